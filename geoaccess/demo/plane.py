"""Plane geometry of the demo: whole metres of RD New, so that every comparison is exact on every machine.

Nothing here calls a projection library or a trigonometric function: both may differ in the last digit from one
platform to the next, and the demo must come out byte for byte the same.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

#: x, y in whole metres, EPSG:28992
Point = tuple[int, int]

RD_ORIGIN = (155_000.0, 463_000.0)
LONLAT_ORIGIN = (5.38720621, 52.15517440)
CELL_M = 250

#: Short series between RD New and lon/lat (power of the first offset, power of the second, coefficient), good to about
#: a quarter of a metre. From F.H. Schreutelkamp and G.L. Strang van Hees, "Benaderingsformules ...", Geodesia 2001.
_X_TERMS = (
    (0, 1, 190094.945),
    (1, 1, -11832.228),
    (2, 1, -114.221),
    (0, 3, -32.391),
    (1, 0, -0.705),
    (3, 1, -2.340),
    (1, 3, -0.608),
    (0, 2, -0.008),
    (2, 3, 0.148),
)
_Y_TERMS = (
    (1, 0, 309056.544),
    (0, 2, 3638.893),
    (2, 0, 73.077),
    (1, 2, -157.984),
    (3, 0, 59.788),
    (0, 1, 0.433),
    (2, 2, -6.439),
    (1, 1, -0.032),
    (0, 4, 0.092),
    (1, 4, -0.054),
)
_LAT_TERMS = (
    (0, 1, 3235.65389),
    (2, 0, -32.58297),
    (0, 2, -0.24750),
    (2, 1, -0.84978),
    (0, 3, -0.06550),
    (2, 2, -0.01709),
    (1, 0, -0.00738),
    (4, 0, 0.00530),
    (2, 3, -0.00039),
    (4, 1, 0.00033),
    (1, 1, -0.00012),
)
_LON_TERMS = (
    (1, 0, 5260.52916),
    (1, 1, 105.94684),
    (1, 2, 2.45656),
    (3, 0, -0.81885),
    (1, 3, 0.05594),
    (3, 1, -0.05607),
    (0, 1, 0.01199),
    (3, 2, -0.00256),
    (1, 4, 0.00128),
    (0, 2, 0.00022),
    (2, 0, -0.00022),
    (5, 0, 0.00026),
)


def _series(terms: Iterable[tuple[int, int, float]], a: float, b: float) -> float:
    total = 0.0
    for p, q, coefficient in terms:
        # a plain loop: from Python 3.12 on, sum() rounds otherwise
        total += coefficient * _power(a, p) * _power(b, q)
    return total


def _power(base: float, exponent: int) -> float:
    """Power by multiplication: the library's pow may round differently elsewhere."""
    result = 1.0
    for _ in range(exponent):
        result *= base
    return result


def to_rd(lon: float, lat: float) -> Point:
    """Whole metres of RD New of a place in the Netherlands given in degrees.

    Examples
    --------
    >>> to_rd(5.38720621, 52.15517440)
    (155000, 463000)
    """
    d_lat, d_lon = 0.36 * (lat - LONLAT_ORIGIN[1]), 0.36 * (lon - LONLAT_ORIGIN[0])
    x = RD_ORIGIN[0] + _series(_X_TERMS, d_lat, d_lon)
    y = RD_ORIGIN[1] + _series(_Y_TERMS, d_lat, d_lon)
    return round(x), round(y)


def to_lonlat(x: float, y: float) -> tuple[float, float]:
    """Degrees (lon, lat), rounded to 7 decimals as OSM keeps them, of metres of RD New.

    Examples
    --------
    >>> to_lonlat(155_000, 463_000)
    (5.3872062, 52.1551744)
    """
    dx, dy = (x - RD_ORIGIN[0]) * 1e-5, (y - RD_ORIGIN[1]) * 1e-5
    lat = LONLAT_ORIGIN[1] + _series(_LAT_TERMS, dx, dy) / 3600.0
    lon = LONLAT_ORIGIN[0] + _series(_LON_TERMS, dx, dy) / 3600.0
    return round(lon, 7), round(lat, 7)


def dice(*key: str) -> Callable[[], float]:
    """Repeatable chance: numbers from 0 up to 1 that depend on the words of ``key`` alone.

    A linear congruential generator written out, because the algorithms of `random` and numpy may change.

    Examples
    --------
    >>> dice("a")() == dice("a")() != dice("b")()
    True
    """
    state = zlib.crc32("/".join(key).encode())

    def throw() -> float:
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) / 2**31

    return throw


def square(a: Point, b: Point) -> int:
    """Squared distance in square metres."""
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def distance(a: Point, b: Point) -> float:
    """Distance in metres (a square root is exact to the last bit everywhere, hypot is not)."""
    return math.sqrt(square(a, b))


def length_m(line: Sequence[Point]) -> float:
    """Length of a line in metres."""
    total = 0.0
    for a, b in pairwise(line):
        total += distance(a, b)
    return total


def crosses(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Tell whether the segments a-b and c-d cross, each at an inner point of the other."""
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def side(p: Point, q: Point, r: Point) -> int:
    """Positive where r lies left of the way from p to q, negative where right, zero on it."""
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


def crossed(
    edges: Sequence[tuple[Point, Point]], barriers: Iterable[tuple[Point, Point]]
) -> set[int]:
    """Row numbers of the edges that any of the barriers crosses."""
    (ax, ay), (bx, by) = np.array(edges, dtype=np.int64).transpose(1, 2, 0)
    rows: set[int] = set()
    for (cx, cy), (dx, dy) in barriers:
        c_side = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        d_side = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
        a_side = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
        b_side = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
        # signs, for a product of two such areas may pass 64 bits
        hit = (np.sign(c_side) * np.sign(d_side) < 0) & (np.sign(a_side) * np.sign(b_side) < 0)
        rows.update(np.flatnonzero(hit).tolist())
    return rows


#: points by square cell, to find neighbours without looking at all of them
Cells = dict[tuple[int, int], list[Point]]


def put(cells: Cells, p: Point) -> None:
    """Add a point to its cell (in place)."""
    cells.setdefault((p[0] // CELL_M, p[1] // CELL_M), []).append(p)


def within(cells: Cells, p: Point, radius_m: float) -> Iterator[Point]:
    """Points nearer to ``p`` than ``radius_m``."""
    reach = int(radius_m // CELL_M) + 1
    cx, cy = p[0] // CELL_M, p[1] // CELL_M
    for ix in range(cx - reach, cx + reach + 1):
        for iy in range(cy - reach, cy + reach + 1):
            for q in cells.get((ix, iy), ()):
                if square(p, q) < radius_m * radius_m:
                    yield q


def neighbour_graph(points: Sequence[Point]) -> list[tuple[int, int]]:
    """Join points that have no third point between them: pairs of row numbers, a streetlike plane graph.

    "Between" is the lune of the beta-skeleton with beta 1.5: the graph holds the relative neighbourhood graph, so it
    is connected, and lies within the Gabriel graph, so no two of its edges cross. Candidates come from a Delaunay
    triangulation, which holds every such edge however it breaks its ties; the choice among them is whole-number
    arithmetic.
    """
    from scipy.spatial import Delaunay, cKDTree

    xy = np.array(points, dtype=np.int64)
    triangles = Delaunay(xy.astype(float)).simplices
    sides = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    sides = np.unique(np.sort(sides, axis=1), axis=0)
    p, q = xy[sides[:, 0]], xy[sides[:, 1]]
    span = ((p - q) ** 2).sum(axis=1)
    # the lune of beta 1.5 reaches 0.71 of the span from its middle
    near = cKDTree(xy).query_ball_point((p + q) / 2.0, 0.75 * np.sqrt(span))
    kept = []
    for row, (i, j) in enumerate(sides.tolist()):
        between = xy[[k for k in near[row] if k not in (i, j)]]
        to_p = ((4 * between - p[row] - 3 * q[row]) ** 2).sum(axis=1)
        to_q = ((4 * between - 3 * p[row] - q[row]) ** 2).sum(axis=1)
        if not ((to_p < 9 * span[row]) & (to_q < 9 * span[row])).any():
            kept.append((i, j))
    return kept
