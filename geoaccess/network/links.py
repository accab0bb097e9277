"""Walks between points on the street graph: bounded shortest paths from the smaller side, in parallel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.growing import grown
from geoaccess.network.parallel import in_parallel
from geoaccess.network.snapping import Snapped
from geoaccess.network.streets import StreetGraph

Array = np.ndarray[Any, Any]

#: sources searched by one call of the kernel: enough to amortise its workspace, few enough to balance threads
SOURCES_PER_TASK = 64


@dataclass(frozen=True, eq=False)
class Links:
    """Sparse matrix of walks, by row point.

    Attributes
    ----------
    first : int64 (rows + 1,); entries of row i are first[i]:first[i + 1], ordered by column.
    to : int32 (k,); column point.
    seconds : int32 (k,); whole seconds, rounded up.
    """

    first: Array
    to: Array
    seconds: Array

    @property
    def row(self) -> Array:
        """Row of each entry, int32 (k,)."""
        return np.repeat(np.arange(len(self.first) - 1, dtype=np.int32), np.diff(self.first))

    def transposed(self, columns: int) -> Links:
        """Return the same walks by column point."""
        return links_of_pairs(self.to, self.row, self.seconds, columns)


def links_of_pairs(row: Array, to: Array, seconds: Array, rows: int) -> Links:
    """Compress (row, to, seconds) triples, each pair at most once, into Links."""
    first = np.zeros(rows + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=rows), out=first[1:])
    order = np.lexsort((to, row))
    return Links(first, to[order].astype(np.int32), seconds[order].astype(np.int32))


def node_rows(links: Links, node_stop: Array) -> Links:
    """Links whose rows are stops as links whose rows are all nodes; ``node_stop`` is the stop of each node."""
    if len(node_stop) == len(links.first) - 1:  # each stop is its own and only node
        return links
    count = np.diff(links.first)[node_stop]
    first = np.zeros(len(node_stop) + 1, np.int64)
    np.cumsum(count, out=first[1:])
    entry = np.repeat(links.first[node_stop] - first[:-1], count) + np.arange(int(first[-1]))
    return Links(first, links.to[entry], links.seconds[entry])


def node_columns(links: Links, node_stop: Array) -> Links:
    """Links whose columns are stops as links whose columns are all nodes; ``node_stop`` is the stop of each node."""
    stops = int(node_stop.max(initial=-1)) + 1
    if len(node_stop) == stops:
        return links
    return node_rows(links.transposed(stops), node_stop).transposed(len(links.first) - 1)


def walk_links(
    graph: StreetGraph,
    origins: Snapped,
    destinations: Snapped,
    limit_s: float,
    workers: int | None = None,
) -> Links:
    """Walk seconds from origins to destinations within a limit.

    Parameters
    ----------
    graph : street graph.
    origins, destinations : snapped points; those that are not linked have no walks.
    limit_s : longest walk in seconds, the straight walks to and from the street included.
    workers : threads; None for all processors.

    Returns
    -------
    Links
        rows are origins, columns destinations; seconds are rounded up to whole seconds.
    """
    backward = len(destinations.chain) < len(origins.chain)
    sources, targets = (destinations, origins) if backward else (origins, destinations)
    source, target, cm = _search_all(
        graph, sources, targets, int(limit_s * graph.speed_cm_s), workers, reverse=backward
    )
    seconds = np.ceil(cm / graph.speed_cm_s - 1e-9).astype(np.int32)
    row, to = (target, source) if backward else (source, target)
    return links_of_pairs(row, to, seconds, len(origins.chain))


def _search_all(
    graph: StreetGraph,
    sources: Snapped,
    targets: Snapped,
    limit_cm: int,
    workers: int | None,
    *,
    reverse: bool,
) -> tuple[Array, Array, Array]:
    on_street = np.flatnonzero(targets.linked)
    order = on_street[
        np.lexsort((on_street, targets.offset_cm[on_street], targets.chain[on_street]))
    ]
    target_first = np.zeros(len(graph.chain_cm) + 1, np.int64)
    np.cumsum(
        np.bincount(targets.chain[order], minlength=len(graph.chain_cm)), out=target_first[1:]
    )
    edges = (
        (graph.in_first, graph.in_to, graph.in_cm, graph.in_chain)
        if reverse
        else (graph.out_first, graph.out_to, graph.out_cm, graph.out_chain)
    )
    has_target = (np.diff(target_first) > 0)[edges[3] // 2]
    linked = np.flatnonzero(sources.linked)
    # neighbours in space share the graph in cache
    linked = linked[np.lexsort((linked, graph.chain_from[sources.chain[linked]]))]

    def task(chosen: Array) -> tuple[Array, Array, Array]:
        result: tuple[Array, Array, Array] = _search(
            *edges,
            has_target,
            graph.chain_from,
            graph.chain_to,
            graph.chain_cm,
            graph.chain_access,
            reverse,
            chosen,
            sources.chain,
            sources.offset_cm,
            sources.off_street_cm,
            target_first,
            order,
            targets.offset_cm,
            targets.off_street_cm,
            limit_cm,
        )
        return result

    tasks = [linked[k : k + SOURCES_PER_TASK] for k in range(0, len(linked), SOURCES_PER_TASK)]
    parts = in_parallel(task, tasks, workers)
    if not parts:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int32)
    source, target, cm = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return source, target, cm


@nb.njit(cache=True, nogil=True)
def _push(heap, size, key):  # type: ignore[no-untyped-def]
    """Add a key to a binary heap; return the heap (grown when full) and its size."""
    heap = grown(heap, size + 1)
    k = size
    while k > 0:
        parent = (k - 1) >> 1
        if heap[parent] <= key:
            break
        heap[k] = heap[parent]
        k = parent
    heap[k] = key
    return heap, size + 1


@nb.njit(cache=True, nogil=True)
def _sink(heap, size):  # type: ignore[no-untyped-def]
    """Restore a binary heap of ``size`` keys after its first was taken and its last moved out to fill the gap."""
    key = heap[size]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[k] = heap[child]
        k = child
    heap[k] = key


@nb.njit(cache=True, nogil=True)
def _search(  # type: ignore[no-untyped-def]
    first,
    to,
    cm,
    half,
    has_target,
    chain_from,
    chain_to,
    chain_cm,
    chain_access,
    reverse,
    chosen,
    src_chain,
    src_offset,
    src_off,
    target_first,
    target,
    tgt_offset,
    tgt_off,
    limit,
):
    """Shortest paths from each chosen source to every target within ``limit`` centimetres."""
    junctions = len(first) - 1
    far = np.int32(2_000_000_000)
    dist = np.full(junctions, far, np.int32)
    touched = np.empty(junctions, np.int32)
    best = np.full(len(tgt_offset), far, np.int32)
    reached = np.empty(len(tgt_offset), np.int32)
    heap = np.empty(1024, np.int64)
    out_source = np.empty(1024, np.int32)
    out_target = np.empty(1024, np.int32)
    out_cm = np.empty(1024, np.int32)
    size = 0
    for which in range(len(chosen)):
        s = chosen[which]
        e = src_chain[s]
        n_touched = 0
        n_reached = 0
        n_heap = 0
        ahead = (chain_access[e] & (2 if reverse else 1)) != 0
        behind = (chain_access[e] & (1 if reverse else 2)) != 0
        for k in range(target_first[e], target_first[e + 1]):  # points on the same chain
            t = target[k]
            step = tgt_offset[t] - src_offset[s]
            if (step > 0 and not ahead) or (step < 0 and not behind):
                continue
            d = src_off[s] + tgt_off[t] + abs(step)
            if d <= limit and d < best[t]:
                if best[t] == far:
                    reached[n_reached] = t
                    n_reached += 1
                best[t] = d
        for end in range(2):
            if end == 0 and (behind or src_offset[s] == 0):
                node, d = chain_from[e], src_off[s] + src_offset[s]
            elif end == 1 and (ahead or src_offset[s] == chain_cm[e]):
                node, d = chain_to[e], src_off[s] + chain_cm[e] - src_offset[s]
            else:
                continue
            if d <= limit and d < dist[node]:
                if dist[node] == far:
                    touched[n_touched] = node
                    n_touched += 1
                dist[node] = d
                heap, n_heap = _push(heap, n_heap, (np.int64(d) << 32) | node)
        while n_heap > 0:
            key = heap[0]
            n_heap -= 1
            _sink(heap, n_heap)
            d = np.int32(key >> 32)
            node = np.int32(key & 0xFFFFFFFF)
            if d > dist[node]:
                continue
            for h in range(first[node], first[node + 1]):
                if has_target[h]:
                    e = half[h] >> 1
                    from_end = (half[h] & 1) != 0
                    for k in range(target_first[e], target_first[e + 1]):
                        t = target[k]
                        along = chain_cm[e] - tgt_offset[t] if from_end else tgt_offset[t]
                        if along > 0 and cm[h] == 2_000_000_000:
                            continue  # against a one-way only its very end is reached
                        total = d + along + tgt_off[t]
                        if total <= limit and total < best[t]:
                            if best[t] == far:
                                reached[n_reached] = t
                                n_reached += 1
                            best[t] = total
                nd = d + cm[h]
                v = to[h]
                if nd <= limit and nd < dist[v]:
                    if dist[v] == far:
                        touched[n_touched] = v
                        n_touched += 1
                    dist[v] = nd
                    heap, n_heap = _push(heap, n_heap, (np.int64(nd) << 32) | v)
        out_source = grown(out_source, size + n_reached)
        out_target = grown(out_target, size + n_reached)
        out_cm = grown(out_cm, size + n_reached)
        for k in range(n_reached):
            t = reached[k]
            out_source[size] = s
            out_target[size] = t
            out_cm[size] = best[t]
            size += 1
            best[t] = far
        for k in range(n_touched):
            dist[touched[k]] = far
    return out_source[:size].copy(), out_target[:size].copy(), out_cm[:size].copy()
