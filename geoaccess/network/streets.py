"""Streets to a graph one can search: islands set aside, chains of degree-2 nodes contracted, points snapped to edges.

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
    FERRY,
    WALK_BACKWARD,
    WALK_FORWARD,
    Streets,
)

Array = np.ndarray[Any, Any]

#: cost of a half-edge against the direction of a one-way: kept, because a point at its very end is still reached there
BLOCKED_CM = 2_000_000_000

#: bits of one chain half-edge direction, relative to the chain
FORWARD, BACKWARD = 1, 2

#: A component of the street network is an island that nobody is snapped to when it is shorter than this share of the
#: largest component and shorter than this many metres.
ISLAND_SHARE = 0.01
ISLAND_M = 2000.0

METRES_PER_DEGREE = 111_195.08
SNAP_CELL_M = 200.0


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
    grid_first, grid_segment, grid_shape, grid_origin, grid_step : cells of a lon/lat grid to the segments in them.
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
    grid_first: Array
    grid_segment: Array
    grid_shape: tuple[int, int]
    grid_origin: tuple[float, float]
    grid_step: tuple[float, float]
    island_count: int
    island_m: float

    def __repr__(self) -> str:
        return (
            f"StreetGraph({len(self.out_first) - 1} junctions, {len(self.chain_cm)} chains, "
            f"{self.island_count} islands set aside)"
        )


@dataclass(frozen=True, eq=False)
class Snapped:
    """Points on the street graph.

    Attributes
    ----------
    chain : int32 (n,); chain the point lies on, -1 where no usable street is near enough.
    offset_cm : int32 (n,); distance from the chain's first junction to the foot of the point.
    off_street_cm : int32 (n,); straight distance from the point to its foot, walked as well.
    """

    chain: Array
    offset_cm: Array
    off_street_cm: Array

    @property
    def linked(self) -> Array:
        """Bool (n,): is the point linked to the network."""
        return self.chain >= 0

    @property
    def snap_m(self) -> Array:
        """Float (n,): straight distance to the street in metres, NaN where not linked."""
        return np.where(self.linked, self.off_street_cm / 100.0, np.nan)

    def take(self, index: Array) -> Snapped:
        """Return the points at ``index``."""
        return Snapped(self.chain[index], self.offset_cm[index], self.off_street_cm[index])


def build_graph(streets: Streets, mode: str, kmh: float) -> StreetGraph:
    """Build the searchable graph of the streets that a mode may use.

    Parameters
    ----------
    streets : raw street segments.
    mode : "walk" or "cycle".
    kmh : speed on the streets; it only matters for ferries, whose time is turned into distance at this speed.

    Raises
    ------
    StreetsError
        when no street is open to the mode.
    """
    forward_bit, backward_bit = (
        (WALK_FORWARD, WALK_BACKWARD) if mode == "walk" else (CYCLE_FORWARD, CYCLE_BACKWARD)
    )
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
    grid_first, grid_segment, grid_shape, grid_origin, grid_step = _grid(lonlat)
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
        grid_first,
        grid_segment,
        grid_shape,
        grid_origin,
        grid_step,
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


def _grid(
    lonlat: Array,
) -> tuple[Array, Array, tuple[int, int], tuple[float, float], tuple[float, float]]:
    """Index segments by the cells of a lon/lat grid of about SNAP_CELL_M metres."""
    lon = np.minimum(lonlat[:, 0], lonlat[:, 2]), np.maximum(lonlat[:, 0], lonlat[:, 2])
    lat = np.minimum(lonlat[:, 1], lonlat[:, 3]), np.maximum(lonlat[:, 1], lonlat[:, 3])
    origin = float(lon[0].min()), float(lat[0].min())
    middle = 0.5 * (origin[1] + float(lat[1].max()))
    span_x = (float(lon[1].max()) - origin[0]) * METRES_PER_DEGREE * np.cos(np.radians(middle))
    span_y = (float(lat[1].max()) - origin[1]) * METRES_PER_DEGREE
    cell_m = max(SNAP_CELL_M, float(np.sqrt(max(span_x * span_y, 1.0) / (4.0 * len(lonlat) + 1e4))))
    step = cell_m / METRES_PER_DEGREE / np.cos(np.radians(middle)), cell_m / METRES_PER_DEGREE
    shape = int(span_x / cell_m) + 1, int(span_y / cell_m) + 1
    first, segment = _fill_grid(lonlat, shape[0], shape[1], origin[0], origin[1], step[0], step[1])
    return first, segment, shape, origin, step


@nb.njit(cache=True, nogil=True)
def _fill_grid(lonlat, nx, ny, x0, y0, dx, dy):  # type: ignore[no-untyped-def]
    first = np.zeros(nx * ny + 1, np.int64)
    segment = np.empty(0, np.int32)
    fill = first[:1].copy()
    for go in range(2):
        if go == 1:
            for k in range(nx * ny):
                first[k + 1] += first[k]
            fill = first[:-1].copy()
            segment = np.empty(first[-1], np.int32)
        for k in range(len(lonlat)):
            xa, xb = min(lonlat[k, 0], lonlat[k, 2]), max(lonlat[k, 0], lonlat[k, 2])
            ya, yb = min(lonlat[k, 1], lonlat[k, 3]), max(lonlat[k, 1], lonlat[k, 3])
            for i in range(min(nx - 1, int((xa - x0) / dx)), min(nx - 1, int((xb - x0) / dx)) + 1):
                for j in range(
                    min(ny - 1, int((ya - y0) / dy)), min(ny - 1, int((yb - y0) / dy)) + 1
                ):
                    cell = j * nx + i
                    if go == 0:
                        first[cell + 1] += 1
                    else:
                        segment[fill[cell]] = k
                        fill[cell] += 1
    return first, segment


def snap(graph: StreetGraph, lon: Array, lat: Array, limit_m: float) -> Snapped:
    """Snap points to the nearest point on a usable street.

    Parameters
    ----------
    graph : street graph.
    lon, lat : float64 (n,); degrees. Points without a finite place are not linked.
    limit_m : farthest a point may lie from the street.

    Returns
    -------
    Snapped
        chain is -1 for a point farther than ``limit_m`` from every usable street.
    """
    chain, offset, off = _snap(
        np.ascontiguousarray(lon, dtype=np.float64),
        np.ascontiguousarray(lat, dtype=np.float64),
        limit_m,
        graph.segment_lonlat,
        graph.segment_chain,
        graph.segment_start_cm,
        graph.segment_end_cm,
        graph.grid_first,
        graph.grid_segment,
        *graph.grid_shape,
        *graph.grid_origin,
        *graph.grid_step,
    )
    return Snapped(chain, offset, off)


@nb.njit(cache=True, nogil=True)
def _snap(  # type: ignore[no-untyped-def]
    lon,
    lat,
    limit_m,
    lonlat,
    seg_chain,
    seg_start,
    seg_end,
    grid_first,
    grid_segment,
    nx,
    ny,
    x0,
    y0,
    dx,
    dy,
):
    n = len(lon)
    chain = np.full(n, -1, np.int32)
    offset = np.zeros(n, np.int32)
    off = np.zeros(n, np.int32)
    for k in range(n):
        if not (np.isfinite(lon[k]) and np.isfinite(lat[k])):
            continue
        my = 111_195.08
        mx = my * np.cos(np.radians(lat[k]))
        cell_m = min(dx * mx, dy * my)
        ci, cj = int(np.floor((lon[k] - x0) / dx)), int(np.floor((lat[k] - y0) / dy))
        best = limit_m * limit_m * (1.0 + 1e-12)
        found = -1
        place = 0.0
        # rings that lie wholly outside the grid are skipped at once
        ring = max(0, -ci, -cj, ci - nx + 1, cj - ny + 1)
        while (ring - 1) * cell_m <= np.sqrt(best):
            for j in range(max(0, cj - ring), min(ny - 1, cj + ring) + 1):
                inner = abs(j - cj) < ring
                step = 2 * ring if inner and ring > 0 else 1
                for i in range(ci - ring, ci + ring + 1, step):
                    if i < 0 or i >= nx:
                        continue
                    cell = j * nx + i
                    for g in range(grid_first[cell], grid_first[cell + 1]):
                        s = grid_segment[g]
                        ax, ay = (lonlat[s, 0] - lon[k]) * mx, (lonlat[s, 1] - lat[k]) * my
                        bx, by = (
                            (lonlat[s, 2] - lon[k]) * mx - ax,
                            (lonlat[s, 3] - lat[k]) * my - ay,
                        )
                        square = bx * bx + by * by
                        t = (
                            0.0
                            if square == 0.0
                            else min(1.0, max(0.0, -(ax * bx + ay * by) / square))
                        )
                        px, py = ax + t * bx, ay + t * by
                        d = px * px + py * py
                        if d < best or (d == best and (found < 0 or s < found)):
                            best, found, place = d, s, t
            ring += 1
        if found >= 0:
            chain[k] = seg_chain[found]
            offset[k] = seg_start[found] + int(
                np.round(place * (seg_end[found] - seg_start[found]))
            )
            off[k] = int(np.round(100.0 * np.sqrt(best)))
    return chain, offset, off
