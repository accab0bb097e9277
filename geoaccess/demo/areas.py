"""Made-up outlines of the villages and quarters of the demo: what lies nearest to each, and no real boundary."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from geoaccess.demo.places import BUILT, CENTRES, OUTSIDE, Place
from geoaccess.demo.plane import Point, to_rd

#: Frame in which an outline may lie: the sea coast and the river on one side, a wide margin on the others.
FRAMES = (
    tuple(to_rd(*corner) for corner in ((4.090, 51.972), (4.220, 51.897), (4.480, 51.900), (4.480, 52.060),
                                        (4.220, 52.077))),
    tuple(to_rd(*corner) for corner in ((5.430, 51.290), (6.020, 51.290), (6.020, 51.630), (5.430, 51.630))),
)  # fmt: skip
#: Municipalities of the demo that no housing site lies in.
LEFT_OUT = ("Rijswijk", "Maassluis")
GRID_M = 10
#: made-up inhabitants for each square kilometre of a disc as wide as a place
INHABITANTS_KM2 = 3600


def outlines() -> list[tuple[Place, list[Point]]]:
    """Villages and quarters, each with its ring (closed, counterclockwise, whole metres of RD New)."""
    seeds = [CENTRES[row.name] for row in BUILT] + list(OUTSIDE)
    inside = [row for row in BUILT if row.municipality not in LEFT_OUT]
    cells = [_cell(CENTRES[row.name], seeds) for row in inside]
    return [(row, [*ring, ring[0]]) for row, ring in zip(inside, cells, strict=True)]


def inhabitants(place: Place) -> int:
    """Made-up number of inhabitants, to the ten."""
    return 10 * round(INHABITANTS_KM2 * math.pi * place.radius_m**2 / 1e7)


def _cell(centre: Point, seeds: list[Point]) -> list[Point]:
    """Part of the frame that is nearer to ``centre`` than to any other seed, on a grid of 10 m."""
    ring = [(float(x), float(y)) for x, y in FRAMES[0 if centre[0] < 100_000 else 1]]
    for other in seeds:
        if other != centre:
            ring = _clip(ring, _nearer(centre, other))
    rounded = [(GRID_M * round(x / GRID_M), GRID_M * round(y / GRID_M)) for x, y in ring]
    return list(dict.fromkeys(rounded))


def _nearer(centre: Point, other: Point) -> Callable[[tuple[float, float]], float]:
    """Positive on the side of the bisector where ``centre`` is nearer."""
    dx, dy = other[0] - centre[0], other[1] - centre[1]
    mx, my = (other[0] + centre[0]) / 2, (other[1] + centre[1]) / 2
    return lambda p: dx * (mx - p[0]) + dy * (my - p[1])


def _clip(
    ring: list[tuple[float, float]], inside: Callable[[tuple[float, float]], float]
) -> list[tuple[float, float]]:
    """Part of a convex ring where ``inside`` is positive."""
    kept = []
    for p, q in pairwise([*ring, ring[0]]):
        a, b = inside(p), inside(q)
        if a >= 0:
            kept.append(p)
        if a * b < 0:
            t = a / (a - b)
            kept.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
    return kept
