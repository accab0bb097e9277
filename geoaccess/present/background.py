"""Streets as a quiet background: merged into long lines, clipped, simplified and kept within a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoaccess.load.streets import FERRY, MAIN, MINOR, PATH
from geoaccess.tables import LONLAT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geoaccess.load.streets import Streets
    from geoaccess.present.regions import Bounds

#: what matters most for finding one's way comes first; the rest is left out where there is too much
_ORDER = (MAIN, FERRY, MINOR, PATH)
MOST_SEGMENTS = 600_000


@dataclass(frozen=True, eq=False)
class Lines:
    """Polylines of one kind of street.

    Attributes
    ----------
    kind : value of `Streets.kind`.
    xy : float64 (k, 2); vertices of all lines, one after the other, in the system asked for.
    start : int64 (n + 1,); line i is ``xy[start[i]:start[i + 1]]``.
    """

    kind: int
    xy: np.ndarray[Any, np.dtype[np.float64]]
    start: np.ndarray[Any, np.dtype[np.int64]]

    def pieces(self) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
        """Every line as an array of vertices (n, 2)."""
        return np.split(self.xy, self.start[1:-1]) if len(self.start) > 1 else []


def street_lines(
    streets: Streets | None,
    views: Sequence[Bounds],
    crs: str,
    tolerance_m: float,
    most_vertices: int,
) -> list[Lines]:
    """Draw-ready lines of the streets inside some views, least important kind first.

    Where there are more vertices than asked for, lines are simplified further, then paths and then minor
    streets are left out: main roads stay.

    Parameters
    ----------
    streets : the street network, or None for no background.
    views : bounds (west, south, east, north) in degrees of what will be shown.
    crs : projected system of the vertices returned.
    tolerance_m : how far a simplified line may lie from its street, in metres.
    most_vertices : limit on the number of vertices of all lines together.
    """
    if streets is None or not len(streets.kind):
        return []
    inside = _segments_inside(streets, views)
    budget = MOST_SEGMENTS
    merged: list[tuple[int, np.ndarray[Any, Any]]] = []
    xy = _projected(streets, inside, crs)
    for kind in _ORDER:
        rows = inside[streets.kind[inside] == kind]
        budget -= len(rows)
        if budget < 0 and merged:
            break
        lines = _merge(streets, rows, xy)
        if len(lines):
            merged.append((kind, lines))
    for factor in (1.0, 3.0, 8.0):
        found = [_simplified(kind, lines, tolerance_m * factor) for kind, lines in merged]
        if sum(len(lines.xy) for lines in found) <= most_vertices:
            break
    while len(found) > 1 and sum(len(lines.xy) for lines in found) > most_vertices:
        found.pop()
    return found[::-1]


def _segments_inside(streets: Streets, views: Sequence[Bounds]) -> np.ndarray[Any, Any]:
    node = np.zeros(len(streets.lon), dtype=bool)
    for west, south, east, north in views:
        node |= (
            (streets.lon >= west)
            & (streets.lon <= east)
            & (streets.lat >= south)
            & (streets.lat <= north)
        )
    return np.flatnonzero(node[streets.segment_from] | node[streets.segment_to])


def _projected(streets: Streets, inside: np.ndarray[Any, Any], crs: str) -> np.ndarray[Any, Any]:
    """Coordinates (n, 2) of the nodes in ``crs``; only those of the segments inside are computed."""
    from pyproj import Transformer

    used = np.unique(np.concatenate([streets.segment_from[inside], streets.segment_to[inside]]))
    xy = np.full((len(streets.lon), 2), np.nan)
    transformer = Transformer.from_crs(LONLAT, crs, always_xy=True)
    xy[used, 0], xy[used, 1] = transformer.transform(streets.lon[used], streets.lat[used])
    return xy


def _merge(
    streets: Streets, rows: np.ndarray[Any, Any], xy: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Join segments into lines that run from crossing to crossing."""
    ends = np.stack([xy[streets.segment_from[rows]], xy[streets.segment_to[rows]]], axis=1)
    ends = ends[np.isfinite(ends).all(axis=(1, 2)) & (ends[:, 0] != ends[:, 1]).any(axis=1)]
    segments = shapely.linestrings(ends)
    parts: np.ndarray[Any, Any] = shapely.get_parts(
        shapely.line_merge(shapely.multilinestrings(segments))
    )
    return parts


def _simplified(kind: int, lines: np.ndarray[Any, Any], tolerance_m: float) -> Lines:
    simple = shapely.simplify(lines, tolerance_m, preserve_topology=False)
    simple = simple[shapely.get_num_coordinates(simple) >= 2]
    xy, index = shapely.get_coordinates(simple, return_index=True)
    count = np.bincount(index, minlength=len(simple))
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return Lines(kind, xy, start)
