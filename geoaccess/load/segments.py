"""Lines of nodes with their rules -> the straight segments of Streets: lengths, ferry times, no duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geoaccess.errors import Fault, StreetsError
from geoaccess.load.access_rules import FERRY_KMH, LONGEST_FERRY_S
from geoaccess.load.streets import FERRY, Streets, turned
from geoaccess.tables import EARTH_RADIUS_M, great_circle_m

if TYPE_CHECKING:
    from collections.abc import Iterable

    Array = np.ndarray[Any, Any]

#: a stated length counts where it exceeds the drawn line by more than this share (the earth's flattening is 0.3%,
#: but rounding and the choice of earth radius, which must not matter, are far below it)
STATED_LENGTH_MARGIN = 1e-4


@dataclass(frozen=True, eq=False)
class Lines:
    """Ways (or graph edges) as runs of vertices, in order of travel.

    Attributes
    ----------
    node_id : int64 (n,); ids of the nodes.
    lon, lat : float64 (n,); degrees.
    vertex : int (k,); node index of each vertex, -1 where the node is missing: the line is split there.
    line : int (k,); line number of each vertex, never decreasing.
    access, kind : uint8 (lines,); as in `Streets`.
    duration_s : int (lines,); seconds a ferry takes, 0 where unknown.
    stated_m : float64 (lines,) or None; stated lengths in metres, NaN where there is none.
    crossing : int (lines,) or None; lines with the same number share one ferry's duration (default: each its own).
    kmh : uint8 (lines,) or None; speed limits, of roads for cars.
    """

    node_id: Array
    lon: Array
    lat: Array
    vertex: Array
    line: Array
    access: Array
    kind: Array
    duration_s: Array
    stated_m: Array | None = None
    crossing: Array | None = None
    kmh: Array | None = None


def build_streets(lines: Lines, source: str, notes: Iterable[str] = ()) -> Streets:
    """Cut lines into segments, measure them and merge duplicates.

    Parameters
    ----------
    lines : runs of vertices with their access; lines with access 0 must have been left out.
    source : name for `Streets.source`.
    notes : sentences that go before those written here.

    Returns
    -------
    Streets
        nodes in order of their index in ``lines``, segments in order of their nodes, always from the lower index
        to the higher one.

    Raises
    ------
    StreetsError
        when no segment is left.
    """
    start, end, line = _pairs(lines)
    if len(start) == 0:
        who = "walker or cyclist" if lines.kmh is None else "car"
        raise StreetsError(nothing_usable(source, who))
    drawn_m = great_circle_m(lines.lon[start], lines.lat[start], lines.lon[end], lines.lat[end])
    metres = _stretched(drawn_m, line, lines.stated_m)
    fixed_s, assumed = _ferry_seconds(lines, line, metres)
    kind = lines.kind[line].astype(np.uint8)
    length_cm = np.maximum(np.rint(metres * 100.0), 1.0).astype(np.int32)
    length_cm[kind == FERRY] = 0
    access = lines.access[line].astype(np.uint8)
    start, end, access = _low_to_high(start, end, access)
    same = [start, end, length_cm, fixed_s, (kind == FERRY).astype(np.int8)]
    kmh = None
    if lines.kmh is not None:
        kmh = lines.kmh[line].astype(np.uint8)
        same.append(kmh)
    kept, access, kind = _merged(tuple(same), access, kind)
    used, index = _compressed(len(lines.lon), start[kept], end[kept])
    notes = list(notes)
    if assumed:
        notes.append(
            f"Ferries without a readable duration, taken to sail at {FERRY_KMH:g} km/h: {assumed}."
        )
    return Streets(
        node_id=lines.node_id[used].astype(np.int64),
        lon=lines.lon[used].astype(np.float64),
        lat=lines.lat[used].astype(np.float64),
        segment_from=index[start[kept]],
        segment_to=index[end[kept]],
        length_cm=length_cm[kept],
        fixed_s=fixed_s[kept],
        access=access,
        kind=kind,
        source=source,
        notes=tuple(notes),
        kmh=None if kmh is None else kmh[kept],
    )


def nothing_usable(source: str, who: str = "walker or cyclist") -> Fault:
    """Tell that a source holds no street."""
    return Fault(
        f"no street that a {who} may use",
        source,
        remedy="check that this extract or graph holds the streets (highway=...) of the region",
    )


def check_places(
    lon: Array, lat: Array, node_id: Array, source: str, where: Array | None = None
) -> None:
    """Raise a StreetsError that names every node (of those ``where`` is true) that is not on earth."""
    off_earth = ~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0))
    if where is not None:
        off_earth &= where
    if off_earth.any():
        raise StreetsError(
            Fault(
                f"node {node_id[row]} is not on earth",
                source,
                value=f"lon {lon[row]:g}, lat {lat[row]:g}",
                remedy='repair its place; a graph in other coordinates needs graph.graph["crs"]',
            )
            for row in np.flatnonzero(off_earth)
        )


def _pairs(lines: Lines) -> tuple[Array, Array, Array]:
    """Consecutive vertices of one line that are both there and not the same node."""
    start, end = lines.vertex[:-1], lines.vertex[1:]
    real = (lines.line[:-1] == lines.line[1:]) & (start >= 0) & (end >= 0) & (start != end)
    return start[real], end[real], lines.line[:-1][real]


def _stretched(metres: Array, line: Array, stated_m: Array | None) -> Array:
    """Spread a stated length that exceeds the drawn line over its segments, in proportion."""
    if stated_m is None:
        return metres
    drawn = np.bincount(line, metres, minlength=len(stated_m))
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = stated_m / drawn
    believed = (factor > 1.0 + STATED_LENGTH_MARGIN) & (stated_m <= np.pi * EARTH_RADIUS_M)
    factor[~(believed & np.isfinite(factor))] = 1.0
    stretched: Array = metres * factor[line]
    return stretched


def _ferry_seconds(lines: Lines, line: Array, metres: Array) -> tuple[Array, int]:
    """Seconds of each segment (0 off the ferries), and the number of crossings whose duration was assumed.

    The seconds of a crossing add up to its duration exactly: they are differences of a rounded running total.
    """
    fixed_s = np.zeros(len(line), dtype=np.int32)
    ferry = np.flatnonzero(lines.kind[line] == FERRY)
    if len(ferry) == 0:
        return fixed_s, 0
    group = line if lines.crossing is None else lines.crossing[line]
    ferry = ferry[np.argsort(group[ferry], kind="stable")]
    crossing, first, inverse = np.unique(group[ferry], return_index=True, return_inverse=True)
    weight = np.maximum(metres[ferry], 0.01)
    duration = np.zeros(len(crossing))
    np.maximum.at(duration, inverse, lines.duration_s[line[ferry]].astype(float))
    total = np.bincount(inverse, weight)
    assumed = duration == 0
    duration[assumed] = np.clip(
        np.rint(total[assumed] / (FERRY_KMH / 3.6)), 1, float(LONGEST_FERRY_S)
    )
    running = np.cumsum(weight)
    before = (running[first] - weight[first])[inverse]
    upto = np.rint((running - before) / total[inverse] * duration[inverse])
    upto[np.append(first[1:], len(ferry)) - 1] = duration
    seconds = np.diff(upto, prepend=0.0)
    seconds[first] = upto[first]
    fixed_s[ferry] = seconds
    return fixed_s, int(assumed.sum())


def _low_to_high(start: Array, end: Array, access: Array) -> tuple[Array, Array, Array]:
    downwards = start > end
    return (
        np.where(downwards, end, start),
        np.where(downwards, start, end),
        np.where(downwards, turned(access), access).astype(np.uint8),
    )


def _merged(same: tuple[Array, ...], access: Array, kind: Array) -> tuple[Array, Array, Array]:
    """Rows to keep of segments that agree in every column of ``same``; who may use any of them may use the one kept."""
    order = np.lexsort(same[::-1])
    new = np.ones(len(order), dtype=bool)
    if len(order) > 1:
        new[1:] = np.logical_or.reduce([column[order][1:] != column[order][:-1] for column in same])
    first = np.flatnonzero(new)
    return (
        order[first],
        np.bitwise_or.reduceat(access[order], first),
        np.maximum.reduceat(kind[order], first),
    )


def _compressed(nodes: int, start: Array, end: Array) -> tuple[Array, Array]:
    """Nodes that are used, and for each old index the new one."""
    is_used = np.zeros(nodes, dtype=bool)
    is_used[start] = True
    is_used[end] = True
    index = (np.cumsum(is_used) - 1).astype(np.int32)
    return np.flatnonzero(is_used), index
