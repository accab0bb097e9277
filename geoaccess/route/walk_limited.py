"""Searches under a limit on all walking of a trip: who walks less may arrive later, so both are kept.

As in `transit`, arrivals at the practice are taken in order of time and followed back. A *label* says that boarding an
event makes this arrival possible with so many seconds on foot from there on. Labels come by ascending arrival, so one
is worth following only where it needs less walking than all labels before it, at that event or at a later event of the
same pattern or node. Each label is offered to the sites near its stop: a site that can walk there within what is left
of the limit has found the earliest arrival for all departures not served yet.

Changes are read off the links between nodes, not off the changes prepared for searches without this limit: among those
no slower there may be one with less walking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.growing import grown
from geoaccess.network.links import Links
from geoaccess.network.timetable import Patterns
from geoaccess.route.calls import first_at

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Ways:
    """Ways between points and nodes, by row, ordered by the seconds on foot.

    Attributes
    ----------
    first : int64 (rows + 1,).
    to : int32 (k,).
    seconds : int32 (k,); how long the way takes.
    on_foot_s : int32 (k,); how many of these are on foot.
    """

    first: Array
    to: Array
    seconds: Array
    on_foot_s: Array


@dataclass(frozen=True, eq=False)
class LimitedRides:
    """What a search under a limit on all walking reads.

    Attributes
    ----------
    patterns : journeys, mirrored for the way back.
    limit_s : most seconds on foot in one trip.
    into : changes by the node boarded, columns are the nodes left.
    call_first, call_pattern, call_position : by node, where it is possible to get off there.
    near_site : by node, the sites around it.
    near_practice : by practice, the nodes around it.
    """

    patterns: Patterns
    limit_s: int
    into: Ways
    call_first: Array
    call_pattern: Array
    call_position: Array
    near_site: Ways
    near_practice: Ways


@dataclass(frozen=True, eq=False)
class Runs:
    """Departures with one arrival in a row, in no special order.

    Attributes
    ----------
    site : int32 (k,).
    until : int32 (k,); the last departure of the run.
    arrival_s : int32 (k,).
    length : int32 (k,); number of departures.
    """

    site: Array
    until: Array
    arrival_s: Array
    length: Array


def ways(links: Links, on_foot_s: Array | None = None) -> Ways:
    """Order links by the seconds on foot, which are all their seconds where none are given."""
    walk = links.seconds if on_foot_s is None else on_foot_s
    order = np.lexsort((links.seconds, walk, links.row))
    return Ways(links.first, links.to[order], links.seconds[order], walk[order])


def limited_rides(
    patterns: Patterns,
    transfers: Links,
    on_foot_s: Array,
    limit_s: int,
    near_site: Ways,
    near_practice: Ways,
) -> LimitedRides:
    """Gather what the search reads.

    Parameters
    ----------
    patterns : patterns of the timetable, or mirrored ones.
    transfers, on_foot_s : by node boarded, the nodes left (mirrored: by node left, the nodes boarded).
    limit_s : most seconds on foot in one trip.
    near_site : by node, the sites around it.
    near_practice : by practice, the nodes around it.
    """
    place = np.flatnonzero(patterns.alight_node >= 0)
    place = place[np.argsort(patterns.alight_node[place], kind="stable")]
    nodes = np.arange(len(patterns.node_stop) + 1)
    call_first = np.searchsorted(patterns.alight_node[place], nodes).astype(np.int64)
    size = np.diff(patterns.first_position)
    pattern = np.repeat(np.arange(len(size), dtype=np.int32), size)[place]
    position = (place - patterns.first_position[pattern]).astype(np.int32)
    return LimitedRides(
        patterns,
        limit_s,
        ways(transfers, on_foot_s),
        call_first,
        pattern,
        position,
        near_site,
        near_practice,
    )


def run_finder(
    rides: LimitedRides,
    sites: int,
    *,
    outward: bool,
    start_s: int,
    departures: int,
    step_s: int,
    max_s: int,
    max_rides: int,
) -> Callable[[int], Runs]:
    """Workspace for searches of one thread, as a function from practice to the runs of all sites.

    Parameters
    ----------
    rides : what the search reads; mirrored for the way back.
    sites : number of sites.
    outward : to the practice, not back from it.
    start_s : first departure, seconds of the service day.
    departures, step_s : number of departures, and seconds from one to the next.
    max_s : longest trip.
    max_rides : most rides in one trip, 0 for no limit.
    """
    patterns, near = rides.patterns, rides.near_practice
    last_s = start_s + step_s * (departures - 1)
    from_s, until_s = (start_s, last_s + max_s) if outward else (-last_s - max_s, -start_s)
    least_s = np.empty((max(1, max_rides), patterns.event_count), np.int32)

    def find(practice: int) -> Runs:
        when, journey, position, walk = _final_labels(
            near.first[practice],
            near.first[practice + 1],
            near.to,
            near.seconds,
            near.on_foot_s,
            rides.call_first,
            rides.call_pattern,
            rides.call_position,
            patterns.first_journey,
            patterns.first_position,
            patterns.first_event,
            patterns.arrival_s,
            from_s,
            until_s,
            rides.limit_s,
        )
        if not outward:  # leaving between two departures is leaving at the first of them
            step = np.minimum((-when - start_s) // step_s, departures - 1)
            when = (-(start_s + step_s * step)).astype(np.int32)
        order = np.lexsort((walk, when))
        found = _search(
            when[order],
            journey[order],
            position[order],
            walk[order],
            patterns.first_journey,
            patterns.first_position,
            patterns.first_event,
            patterns.board_node,
            patterns.journey_pattern,
            patterns.journey_event,
            patterns.arrival_s,
            patterns.departure_s,
            rides.into.first,
            rides.into.to,
            rides.into.seconds,
            rides.into.on_foot_s,
            rides.call_first,
            rides.call_pattern,
            rides.call_position,
            rides.near_site.first,
            rides.near_site.to,
            rides.near_site.seconds,
            rides.near_site.on_foot_s,
            sites,
            outward,
            start_s,
            departures,
            step_s,
            from_s,
            max_s,
            rides.limit_s,
            max_rides,
            least_s,
        )
        return Runs(*found)

    return find


@nb.njit(cache=True, nogil=True)
def _final_labels(  # type: ignore[no-untyped-def]
    start,
    stop,
    node,
    seconds,
    on_foot,
    call_first,
    call_pattern,
    call_position,
    first_journey,
    first_position,
    first_event,
    arrival,
    from_s,
    until_s,
    limit_s,
):
    """Rides that end near a practice: arrival there, journey, position, and the seconds on foot to it."""
    when = np.empty(1024, np.int32)
    journey = np.empty(1024, np.int32)
    place = np.empty(1024, np.int32)
    walk = np.empty(1024, np.int32)
    n = 0
    for k in range(start, stop):
        if on_foot[k] > limit_s:
            break
        for m in range(call_first[node[k]], call_first[node[k] + 1]):
            p = call_pattern[m]
            length = first_position[p + 1] - first_position[p]
            count = first_journey[p + 1] - first_journey[p]
            base = first_event[p] + call_position[m]
            j = first_at(arrival, base, length, count, from_s - seconds[k])
            when = grown(when, n + count - j)
            journey = grown(journey, n + count - j)
            place = grown(place, n + count - j)
            walk = grown(walk, n + count - j)
            while j < count:
                at = arrival[base + j * length] + seconds[k]
                if at > until_s:
                    break
                when[n] = at
                journey[n] = first_journey[p] + j
                place[n] = call_position[m]
                walk[n] = on_foot[k]
                n += 1
                j += 1
    return when[:n].copy(), journey[:n].copy(), place[:n].copy(), walk[:n].copy()


@nb.njit(cache=True, nogil=True)
def _dominated(at, walk, count, t, w):  # type: ignore[no-untyped-def]
    """Is a label with deadline ``t`` and ``w`` seconds on foot no better than one of these, ascending in both."""
    i = count
    while i > 0 and at[i - 1] >= t:
        i -= 1
    return i < count and walk[i] <= w


@nb.njit(cache=True, nogil=True)
def _put(at, walk, count, key, t, w):  # type: ignore[no-untyped-def]
    """Add a label that is not dominated to row ``key`` in place of those it dominates; return the (grown) arrays."""
    n = count[key]
    if n == at.shape[1]:
        wider_at = np.empty((at.shape[0], 2 * n), at.dtype)
        wider_walk = np.empty((at.shape[0], 2 * n), at.dtype)
        for k in range(at.shape[0]):
            for m in range(count[k]):
                wider_at[k, m] = at[k, m]
                wider_walk[k, m] = walk[k, m]
        at, walk = wider_at, wider_walk
    high = n
    while high > 0 and at[key, high - 1] > t:
        high -= 1
    low = high
    while low > 0 and walk[key, low - 1] >= w:
        low -= 1
    if low == high:
        for m in range(n, high, -1):
            at[key, m] = at[key, m - 1]
            walk[key, m] = walk[key, m - 1]
    elif low + 1 < high:
        for m in range(high, n):
            at[key, m - high + low + 1] = at[key, m]
            walk[key, m - high + low + 1] = walk[key, m]
    count[key] = n - (high - low) + 1
    at[key, low] = t
    walk[key, low] = w
    return at, walk


@nb.njit(cache=True, nogil=True)
def _search(  # type: ignore[no-untyped-def]
    when,
    final_journey,
    final_position,
    final_walk,
    first_journey,
    first_position,
    first_event,
    board_node,
    journey_pattern,
    journey_event,
    arrival,
    departure,
    into_first,
    into_node,
    into_seconds,
    into_walk,
    call_first,
    call_pattern,
    call_position,
    site_first,
    site,
    site_seconds,
    site_walk,
    sites,
    outward,
    start_s,
    departures,
    step_s,
    from_s,
    max_s,
    limit_s,
    max_rides,
    least,
):
    """Runs of all sites, from the final labels in order of arrival.

    ``least`` (rides, events) is workspace: fewest seconds on foot after boarding each event, with so many rides at
    most (one row when there is no limit to them).
    """
    rows, nodes = least.shape[0], len(call_first) - 1
    least[:] = limit_s + 1
    # labels by number of rides and node: to board there, and to get off there for a change
    board_at = np.empty((rows * nodes, 4), np.int32)
    board_walk = np.empty((rows * nodes, 4), np.int32)
    board_count = np.zeros(rows * nodes, np.int32)
    off_at = np.empty((rows * nodes, 4), np.int32)
    off_walk = np.empty((rows * nodes, 4), np.int32)
    off_count = np.zeros(rows * nodes, np.int32)
    queue = np.empty((256, 4), np.int32)  # rides before, journey, position, seconds on foot
    # per site: outward, the last departure served; on the way back, the run that is still growing
    known = np.full(sites, -1, np.int32)
    best = np.full(sites, 2_000_000_000, np.int32)
    run_site = np.empty(1024, np.int32)
    run_until = np.empty(1024, np.int32)
    run_arrival = np.empty(1024, np.int32)
    run_length = np.empty(1024, np.int32)
    runs = 0
    for d in range(len(when)):
        at = when[d]
        floor_s = max(from_s, at - max_s)
        queue[0, 0] = 0
        queue[0, 1] = final_journey[d]
        queue[0, 2] = final_position[d]
        queue[0, 3] = final_walk[d]
        head, tail = 0, 1
        while head < tail:
            row, j = queue[head, 0], queue[head, 1]
            position, walk = queue[head, 2], queue[head, 3]
            head += 1
            p = journey_pattern[j]
            length = first_position[p + 1] - first_position[p]
            base = journey_event[j]
            place = first_position[p]
            if least[row, base + position - 1] <= walk:
                continue
            # earlier journeys of the pattern are no better
            for other in range(j - 1, first_journey[p] - 1, -1):
                event = base - (j - other) * length + position - 1
                if least[row, event] <= walk or departure[event] < floor_s:
                    break
                for _ in range(position):
                    if least[row, event] <= walk or departure[event] < floor_s:
                        break
                    for n in range(row, rows):
                        least[n, event] = min(least[n, event], walk)
                    event -= 1
            for k in range(position - 1, -1, -1):
                event = base + k
                leaves = departure[event]
                if leaves < floor_s or least[row, event] <= walk:
                    break
                for n in range(row, rows):
                    least[n, event] = min(least[n, event], walk)
                node = board_node[place + k]
                if node < 0:
                    continue
                key = row * nodes + node
                if _dominated(board_at[key], board_walk[key], board_count[key], leaves, walk):
                    continue
                for n in range(row, rows):
                    key = n * nodes + node
                    if not _dominated(
                        board_at[key], board_walk[key], board_count[key], leaves, walk
                    ):
                        board_at, board_walk = _put(
                            board_at, board_walk, board_count, key, leaves, walk
                        )
                for m in range(site_first[node], site_first[node + 1]):
                    if walk + site_walk[m] > limit_s:
                        break
                    i = site[m]
                    if outward:
                        minute = min(departures - 1, (leaves - site_seconds[m] - start_s) // step_s)
                        if minute <= known[i]:
                            continue
                        until, arrive, before = minute, at, known[i]
                        known[i] = minute
                    else:
                        home = site_seconds[m] - leaves
                        if home >= best[i]:
                            continue
                        minute = (-at - start_s) // step_s
                        until, arrive, before = known[i], best[i], minute
                        known[i] = minute
                        best[i] = home
                        if until <= before:  # replaced by one that leaves as late
                            continue
                    run_site = grown(run_site, runs + 1)
                    run_until = grown(run_until, runs + 1)
                    run_arrival = grown(run_arrival, runs + 1)
                    run_length = grown(run_length, runs + 1)
                    run_site[runs] = i
                    run_until[runs] = until
                    run_arrival[runs] = arrive
                    run_length[runs] = until - before
                    runs += 1
                after = row if max_rides == 0 else row + 1
                if after == rows:
                    continue
                for m in range(into_first[node], into_first[node + 1]):
                    total = walk + into_walk[m]
                    if total > limit_s:
                        break
                    by = leaves - into_seconds[m]
                    if by < floor_s:
                        continue
                    key = after * nodes + into_node[m]
                    if _dominated(off_at[key], off_walk[key], off_count[key], by, total):
                        continue
                    for n in range(after, rows):
                        key = n * nodes + into_node[m]
                        if not _dominated(off_at[key], off_walk[key], off_count[key], by, total):
                            off_at, off_walk = _put(off_at, off_walk, off_count, key, by, total)
                    for c in range(call_first[into_node[m]], call_first[into_node[m] + 1]):
                        q = call_pattern[c]
                        size = first_position[q + 1] - first_position[q]
                        count = first_journey[q + 1] - first_journey[q]
                        start = first_event[q] + call_position[c]
                        other = first_at(arrival, start, size, count, by + 1) - 1
                        if other < 0:
                            continue
                        if least[after, start + other * size - 1] <= total:
                            continue
                        if tail == len(queue):
                            longer = np.empty((2 * tail, 4), np.int32)
                            for n in range(head, tail):
                                for x in range(4):
                                    longer[n, x] = queue[n, x]
                            queue = longer
                        queue[tail, 0] = after
                        queue[tail, 1] = first_journey[q] + other
                        queue[tail, 2] = call_position[c]
                        queue[tail, 3] = total
                        tail += 1
    if not outward:
        for i in range(sites):
            if known[i] >= 0:
                run_site = grown(run_site, runs + 1)
                run_until = grown(run_until, runs + 1)
                run_arrival = grown(run_arrival, runs + 1)
                run_length = grown(run_length, runs + 1)
                run_site[runs] = i
                run_until[runs] = known[i]
                run_arrival[runs] = best[i]
                run_length[runs] = known[i] + 1
                runs += 1
    return (
        run_site[:runs].copy(),
        run_until[:runs].copy(),
        run_arrival[:runs].copy(),
        run_length[:runs].copy(),
    )
