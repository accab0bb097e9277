"""Walks between points on the street graph: bounded shortest paths from the smaller side, in parallel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.growing import grown
from geoaccess.network.parallel import in_parallel, worker_count
from geoaccess.network.snapping import Snapped
from geoaccess.network.streets import StreetGraph

Array = np.ndarray[Any, Any]

#: junctions within some twenty metres of each other are gone on from in any order
BUCKET_BITS = 11

#: fewest sources searched by one call of the kernel, and calls for each thread where there are more sources: enough
#: to amortise the workspace of a call, which is as large as the graph, few enough to balance threads
SOURCES_PER_TASK = 64
TASKS_PER_THREAD = 16


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
        return Links(*_transpose(self.first, self.to, self.seconds, columns))

    def within(self, limit_s: int) -> Links:
        """Return the walks that take no longer."""
        fits = self.seconds <= limit_s
        first = np.concatenate([[0], np.cumsum(fits)])[self.first].astype(np.int64)
        return Links(first, self.to[fits], self.seconds[fits])

    def rows(self, start: int, stop: int) -> Links:
        """Return the walks of some rows that follow each other."""
        first, last = self.first[start], self.first[stop]
        return Links(
            self.first[start : stop + 1] - first, self.to[first:last], self.seconds[first:last]
        )


def links_of_pairs(row: Array, to: Array, seconds: Array, rows: int) -> Links:
    """Compress (row, to, seconds) triples, each pair at most once, into Links."""
    columns = int(to.max(initial=-1)) + 1
    row, to, seconds = (np.ascontiguousarray(column, np.int32) for column in (row, to, seconds))
    by_column = Links(*_group(to, row, seconds, columns))
    return by_column.transposed(rows)


@nb.njit(cache=True, nogil=True)
def _group(key, value, seconds, keys):  # type: ignore[no-untyped-def]
    """Group values and seconds by key, in the order in which they come."""
    first = np.zeros(keys + 1, np.int64)
    for k in range(len(key)):
        first[key[k] + 1] += 1
    for k in range(keys):
        first[k + 1] += first[k]
    fill = first[:-1].copy()
    grouped_value = np.empty(len(key), np.int32)
    grouped_seconds = np.empty(len(key), np.int32)
    for k in range(len(key)):
        place = fill[key[k]]
        fill[key[k]] += 1
        grouped_value[place] = value[k]
        grouped_seconds[place] = seconds[k]
    return first, grouped_value, grouped_seconds


@nb.njit(cache=True, nogil=True)
def _transpose(first, to, seconds, columns):  # type: ignore[no-untyped-def]
    """Group the entries of rows by column; rows ascend within each column."""
    out_first = np.zeros(columns + 1, np.int64)
    for k in range(len(to)):
        out_first[to[k] + 1] += 1
    for k in range(columns):
        out_first[k + 1] += out_first[k]
    fill = out_first[:-1].copy()
    out_to = np.empty(len(to), np.int32)
    out_seconds = np.empty(len(to), np.int32)
    for row in range(len(first) - 1):
        for k in range(first[row], first[row + 1]):
            place = fill[to[k]]
            fill[to[k]] += 1
            out_to[place] = row
            out_seconds[place] = seconds[k]
    return out_first, out_to, out_seconds


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
    by_source = _search_all(
        graph, sources, targets, int(limit_s * graph.speed_cm_s), workers, reverse=backward
    )
    # targets come in the order they are reached in; transposing puts them in that of their numbers
    by_target = by_source.transposed(len(targets.chain))
    return by_target if backward else by_target.transposed(len(sources.chain))


def _search_all(
    graph: StreetGraph,
    sources: Snapped,
    targets: Snapped,
    limit_cm: int,
    workers: int | None,
    *,
    reverse: bool,
) -> Links:
    """Search the walks of all sources; those of one source come in no order."""
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
    has_target = target_first[1:] > target_first[:-1]
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
            graph.speed_cm_s,
        )
        return result

    size = max(
        SOURCES_PER_TASK, len(linked) // max(1, TASKS_PER_THREAD * worker_count(workers)) + 1
    )
    tasks = [linked[k : k + size] for k in range(0, len(linked), size)]
    parts = in_parallel(task, tasks, workers)
    first = np.zeros(len(sources.chain) + 1, np.int64)
    for chosen, (count, _, _) in zip(tasks, parts, strict=True):
        first[chosen + 1] = count
    np.cumsum(first, out=first)
    to, seconds = np.empty(first[-1], np.int32), np.empty(first[-1], np.int32)
    for chosen, part in zip(tasks, parts, strict=True):
        _put(first, chosen, *part, to, seconds)
    return Links(first, to, seconds)


@nb.njit(cache=True, nogil=True)
def _put(first, chosen, count, part_to, part_seconds, to, seconds):  # type: ignore[no-untyped-def]
    """Copy the walks of the chosen sources, found one source after the other, to their places."""
    m = 0
    for which in range(len(chosen)):
        place = first[chosen[which]]
        for k in range(count[which]):
            to[place + k] = part_to[m]
            seconds[place + k] = part_seconds[m]
            m += 1


@nb.njit(cache=True, nogil=True)
def _move(bucket, buckets, node):  # type: ignore[no-untyped-def]
    """Put a junction at the head of a bucket, out of the one it was in, if any; -1 only takes it out."""
    head, after, before, inside = buckets
    old = inside[node]
    if old >= 0:
        if before[node] >= 0:
            after[before[node]] = after[node]
        else:
            head[old] = after[node]
        if after[node] >= 0:
            before[after[node]] = before[node]
    inside[node] = bucket
    if bucket >= 0:
        before[node] = -1
        after[node] = head[bucket]
        if head[bucket] >= 0:
            before[head[bucket]] = node
        head[bucket] = node


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
    speed_cm_s,
):
    """Shortest paths from each chosen source to every target within ``limit`` centimetres.

    Returns the number of targets of each chosen source, and these targets and the seconds to them in one row.
    """
    junctions = len(first) - 1
    far = np.int32(2_000_000_000)
    dist = np.full(junctions, far, np.int32)
    touched = np.empty(junctions, np.int32)
    best = np.full(len(tgt_offset), far, np.int32)
    reached = np.empty(len(tgt_offset), np.int32)
    # junctions to go on from, in buckets by distance; within one bucket a junction may be gone on from more than once
    head = np.full((limit >> BUCKET_BITS) + 1, -1, np.int32)
    after, before = np.empty(junctions, np.int32), np.empty(junctions, np.int32)
    inside = np.full(junctions, -1, np.int32)
    buckets = (head, after, before, inside)
    count = np.zeros(len(chosen), np.int32)
    out_target = np.empty(1024, np.int32)
    out_seconds = np.empty(1024, np.int32)
    size = 0
    for which in range(len(chosen)):
        s = chosen[which]
        e = src_chain[s]
        n_touched = 0
        n_reached = 0
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
                _move(d >> BUCKET_BITS, buckets, node)
        bucket = 0
        while bucket < len(head):
            node = head[bucket]
            if node < 0:
                bucket += 1
                continue
            _move(-1, buckets, node)
            d = dist[node]
            for h in range(first[node], first[node + 1]):
                e = half[h] >> 1
                if has_target[e]:
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
                    _move(nd >> BUCKET_BITS, buckets, v)
        out_target = grown(out_target, size + n_reached)
        out_seconds = grown(out_seconds, size + n_reached)
        count[which] = n_reached
        for k in range(n_reached):
            t = reached[k]
            out_target[size] = t
            out_seconds[size] = np.int32(np.ceil(best[t] / speed_cm_s - 1e-9))
            size += 1
            best[t] = far
        for k in range(n_touched):
            dist[touched[k]] = far
    return count, out_target[:size].copy(), out_seconds[:size].copy()
