"""Streets to a graph one can search: islands set aside, chains of degree-2 nodes contracted.

A *junction* is a node where a traveller has a choice (or a dead end); a *chain* is the street between two junctions.
Contraction makes walking searches several times faster and changes no distance: all lengths are whole centimetres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geoaccess.errors import StreetsError
from geoaccess.load.streets import (
    CYCLE_BACKWARD,
    CYCLE_FORWARD,
    DRIVE_BACKWARD,
    DRIVE_FORWARD,
    FERRY,
    WALK_BACKWARD,
    WALK_FORWARD,
    Streets,
)
from geoaccess.network.grid import SegmentGrid, segment_grid

Array = np.ndarray[Any, Any]

#: cost of a half-edge against the direction of a one-way: kept, because a point at its very end is still reached there
BLOCKED_CM = 2_000_000_000

#: bits of `Streets.access` of each mode, forward and backward
_BITS = {
    "walk": (WALK_FORWARD, WALK_BACKWARD),
    "cycle": (CYCLE_FORWARD, CYCLE_BACKWARD),
    "drive": (DRIVE_FORWARD, DRIVE_BACKWARD),
}

#: bits of one chain half-edge direction, relative to the chain
FORWARD, BACKWARD = 1, 2

#: A component of the street network is an island that nobody is snapped to when it is shorter than this share of the
#: largest component and shorter than this many metres.
ISLAND_SHARE = 0.01
ISLAND_M = 5000.0


@dataclass(frozen=True, eq=False)
class StreetGraph:
    """Street graph for one mode of travel.

    Attributes
    ----------
    speed_cm_s : speed in centimetres per second (4.5 km/h is 125).
    chain_from, chain_to : int32 (c,); junctions at the two ends of each chain.
    chain_cm : int32 (c,); length of the chain (ferry time is expressed as the distance covered in it).
    chain_access : uint8 (c,); FORWARD and BACKWARD bits.
    out_first, out_to, out_cm, out_chain : adjacency of junctions; out_chain is 2 * chain + (1 if traversed backward);
        out_cm is BLOCKED_CM against a one-way.
    in_first, in_to, in_cm, in_chain : the same with every direction reversed; in_to is where the edge comes from.
    segment_chain, segment_start_cm, segment_end_cm : for each usable segment its chain and the offsets of its two ends.
    segment_lonlat : float64 (s, 4); lon, lat of both ends.
    grid : cells of a lon/lat grid to the segments in them.
    island_count, island_m : components set aside, and their total length.
    """

    speed_cm_s: float
    chain_from: Array
    chain_to: Array
    chain_cm: Array
    chain_access: Array
    out_first: Array
    out_to: Array
    out_cm: Array
    out_chain: Array
    in_first: Array
    in_to: Array
    in_cm: Array
    in_chain: Array
    segment_chain: Array
    segment_start_cm: Array
    segment_end_cm: Array
    segment_lonlat: Array
    grid: SegmentGrid
    island_count: int
    island_m: float

    def __repr__(self) -> str:
        return (
            f"StreetGraph({len(self.out_first) - 1} junctions, {len(self.chain_cm)} chains, "
            f"{self.island_count} islands set aside)"
        )


def build_graph(
    streets: Streets, mode: str, kmh: float, closed: Array | None = None
) -> StreetGraph:
    """Build the searchable graph of the streets that a mode may use.

    Parameters
    ----------
    streets : raw street segments.
    mode : "walk" or "cycle"; "drive" for roads from `geoaccess.load.roads` (see `geoaccess.network.driving`).
    kmh : speed on the streets; it only matters for ferries, whose time is turned into distance at this speed.
    closed : bool (segments,); crossings that nobody makes as on a street, though they do keep islands from being set
        aside; None for none.

    Raises
    ------
    StreetsError
        when no street is open to the mode.
    """
    forward_bit, backward_bit = _BITS[mode]
    speed_cm_s = kmh * 1e5 / 3600.0
    access = (
        FORWARD * ((streets.access & forward_bit) != 0)
        + BACKWARD * ((streets.access & backward_bit) != 0)
    ).astype(np.uint8)
    usable = np.flatnonzero(access)
    if len(usable) == 0:
        raise StreetsError(
            f"{streets.source}: no street in it is open to this mode of travel ({mode})"
        )
    cost_cm = streets.length_cm + np.round(streets.fixed_s * speed_cm_s).astype(np.int32)
    main, island_count, island_m = _without_islands(streets, usable)
    if closed is not None:
        main = main[~closed[main]]
    nodes, ends = np.unique(
        np.concatenate([streets.segment_from[main], streets.segment_to[main]]), return_inverse=True
    )
    start, end = ends[: len(main)].astype(np.int32), ends[len(main) :].astype(np.int32)
    chains = _contract(len(nodes), start, end, cost_cm[main].astype(np.int32), access[main])
    chain_from, chain_to, chain_cm, chain_access, seg_chain, seg_start, seg_end, is_junction = (
        chains
    )
    junction = _number_junctions(is_junction, streets.lon[nodes], streets.lat[nodes])
    chain_from, chain_to = junction[chain_from], junction[chain_to]
    count = int(is_junction.sum())
    out = _adjacency(count, chain_from, chain_to, chain_cm, chain_access, reverse=False)
    into = _adjacency(count, chain_from, chain_to, chain_cm, chain_access, reverse=True)
    on_street = np.flatnonzero(streets.kind[main] != FERRY)
    place = main[on_street]
    lonlat = np.column_stack(
        [
            streets.lon[streets.segment_from[place]],
            streets.lat[streets.segment_from[place]],
            streets.lon[streets.segment_to[place]],
            streets.lat[streets.segment_to[place]],
        ]
    )
    return StreetGraph(
        speed_cm_s,
        chain_from,
        chain_to,
        chain_cm,
        chain_access,
        *out,
        *into,
        seg_chain[on_street],
        seg_start[on_street],
        seg_end[on_street],
        lonlat,
        segment_grid(lonlat),
        island_count,
        island_m,
    )


def _without_islands(streets: Streets, usable: Array) -> tuple[Array, int, float]:
    """Usable segments outside small islands, the number of islands and their length in metres."""
    start, end = streets.segment_from[usable], streets.segment_to[usable]
    size = len(streets.lon)
    links = coo_matrix((np.ones(len(usable), np.int8), (start, end)), shape=(size, size))
    _, label = connected_components(links, directed=False)
    of_segment = label[start]
    length_m = np.bincount(of_segment, weights=streets.length_cm[usable] / 100.0)
    present = np.bincount(of_segment) > 0
    island = present & (length_m < min(ISLAND_SHARE * length_m.max(), ISLAND_M))
    return usable[~island[of_segment]], int(island.sum()), float(length_m[island].sum())


def _number_junctions(is_junction: Array, lon: Array, lat: Array) -> Array:
    """Order junctions along a space-filling curve, so that neighbours are near each other in memory."""
    chosen = np.flatnonzero(is_junction)
    number = np.full(len(is_junction), -1, np.int32)
    code = _morton(lon[chosen], lat[chosen])
    number[chosen[np.lexsort((chosen, code))]] = np.arange(len(chosen), dtype=np.int32)
    return number


def _morton(lon: Array, lat: Array) -> Array:
    """Interleave the bits of two coordinates scaled to 16 bits."""
    code = np.zeros(len(lon), np.uint64)
    for shift, value in enumerate((lon, lat)):
        span = np.ptp(value) or 1.0
        scaled = ((value - value.min()) / span * 65535.0).astype(np.uint64)
        for bit in range(16):
            code |= ((scaled >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + shift)
    return code


def _adjacency(
    count: int, start: Array, end: Array, length: Array, access: Array, *, reverse: bool
) -> tuple[Array, Array, Array, Array]:
    """Compressed adjacency of junctions over chains, cheapest index order: first, to, cm, 2 * chain + backward."""
    chain = np.arange(len(start), dtype=np.int32)
    forward, backward = (BACKWARD, FORWARD) if reverse else (FORWARD, BACKWARD)
    tail, head = np.concatenate([start, end]), np.concatenate([end, start])
    which = np.concatenate([2 * chain, 2 * chain + 1]).astype(np.int32)
    cost = np.concatenate(
        [
            np.where(access & forward, length, BLOCKED_CM),
            np.where(access & backward, length, BLOCKED_CM),
        ]
    ).astype(np.int32)
    order = np.lexsort((which, tail))
    first = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(tail, minlength=count), out=first[1:])
    return first, head[order].astype(np.int32), cost[order], which[order]


@nb.njit(cache=True, nogil=True)
def _walk_chain(  # type: ignore[no-untyped-def]
    segment,
    node,
    chain,
    start,
    end,
    length,
    adj_first,
    adj_segment,
    stops,
    seg_chain,
    seg_start,
    seg_end,
):
    """Follow a chain from ``node`` over ``segment`` to the next junction; return that node and the length."""
    offset = 0
    here = node
    while True:
        forward = start[segment] == here
        seg_chain[segment] = chain
        if forward:
            seg_start[segment] = offset
            offset += length[segment]
            seg_end[segment] = offset
            here = end[segment]
        else:
            seg_end[segment] = offset
            offset += length[segment]
            seg_start[segment] = offset
            here = start[segment]
        if stops[here]:
            return here, offset
        a = adj_segment[adj_first[here]]
        segment = adj_segment[adj_first[here] + 1] if a == segment else a


@nb.njit(cache=True, nogil=True)
def _contract(node_count, start, end, length, access):  # type: ignore[no-untyped-def]
    """Contract nodes of degree 2 that pass traffic on unchanged."""
    size = len(start)
    adj_first = np.zeros(node_count + 1, np.int64)
    for k in range(size):
        adj_first[start[k] + 1] += 1
        adj_first[end[k] + 1] += 1
    for k in range(node_count):
        adj_first[k + 1] += adj_first[k]
    fill = adj_first[:-1].copy()
    adj_segment = np.empty(2 * size, np.int64)
    for k in range(size):
        adj_segment[fill[start[k]]] = k
        fill[start[k]] += 1
        adj_segment[fill[end[k]]] = k
        fill[end[k]] += 1
    stops = np.ones(node_count, np.bool_)
    for k in range(node_count):
        if adj_first[k + 1] - adj_first[k] == 2:
            a, b = adj_segment[adj_first[k]], adj_segment[adj_first[k] + 1]
            if a == b:
                continue
            in_a = (access[a] & 1) != 0 if end[a] == k else (access[a] & 2) != 0
            out_a = (access[a] & 2) != 0 if end[a] == k else (access[a] & 1) != 0
            in_b = (access[b] & 1) != 0 if end[b] == k else (access[b] & 2) != 0
            out_b = (access[b] & 2) != 0 if end[b] == k else (access[b] & 1) != 0
            stops[k] = not (in_a == out_b and in_b == out_a)
    seg_chain = np.full(size, -1, np.int32)
    seg_start = np.zeros(size, np.int32)
    seg_end = np.zeros(size, np.int32)
    chain_from = np.empty(size, np.int32)
    chain_to = np.empty(size, np.int32)
    chain_cm = np.empty(size, np.int32)
    chain_access = np.empty(size, np.uint8)
    count = 0
    for loops in range(2):  # the second pass finds rings without any junction and makes one on them
        for k in range(size):
            if seg_chain[k] >= 0:
                continue
            if loops == 1:
                stops[start[k]] = True
            if stops[start[k]]:
                node = start[k]
            elif stops[end[k]]:
                node = end[k]
            else:
                continue
            here, total = _walk_chain(
                k,
                node,
                count,
                start,
                end,
                length,
                adj_first,
                adj_segment,
                stops,
                seg_chain,
                seg_start,
                seg_end,
            )
            flip = node != start[k]
            flags = access[k]
            chain_access[count] = (flags >> 1 | flags << 1) & 3 if flip else flags
            chain_from[count] = node
            chain_to[count] = here
            chain_cm[count] = total
            count += 1
    return (
        chain_from[:count].copy(),
        chain_to[:count].copy(),
        chain_cm[:count].copy(),
        chain_access[:count].copy(),
        seg_chain,
        seg_start,
        seg_end,
        stops,
    )
