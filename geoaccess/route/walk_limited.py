"""Searches under a limit on all walking of a trip: who walks less may arrive later, so both are kept.

As in `transit`, arrivals at the practice are taken in order of time and followed back. A *label* says that boarding an
event makes this arrival possible with so many seconds on foot from there on. Labels come by ascending arrival, so one
is worth following only where it needs less walking than all labels before it, at that event or at a later one of the
same pattern or node. Each label is offered to the sites near its stop: a site that can walk there within what is left
of the limit has found the earliest arrival for all departures not served yet.

Changes are read off the links between nodes, not off the changes prepared for searches without this limit: one that is
no quicker than those may need less walking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numba as nb
import numpy as np

from geoaccess.network.growing import grown
from geoaccess.route.search import Draw, Runs, Search
from geoaccess.route.transit import first_at
from geoaccess.route.ways import OnFoot, Ways, walks_first

Array = np.ndarray[Any, Any]


def limited_run_finder(
    search: Search, tick_s: int = 60
) -> Callable[[int], Iterator[tuple[slice, Runs]]]:
    """As `transit.run_finder`, for a search whose draws have `OnFoot`; all sites are one block."""
    window, outward = search.window, search.direction == "to"
    end_s = window.last_s + search.max_s
    from_s, until_s = (window.first_s, end_s) if outward else (-end_s, -window.first_s)
    ticks = 60 * (window.minutes - 1) // tick_s + 1
    draws = [
        (_arguments(draw, draw.on_foot), draw.on_foot)
        for draw in search.draws
        if draw.on_foot is not None
    ]
    most_events = max((len(journeys.arrival_s) for (journeys, *_), _ in draws), default=0)
    least_s = np.empty((max(1, search.max_rides), most_events), np.int32)
    reach_s = np.empty(search.sites, np.int32)
    empty = (np.empty(1024, np.int32) for _ in range(4))
    runs = Runs(np.empty(search.sites, np.int32), *empty)

    def find_runs(practice: int) -> Iterator[tuple[slice, Runs]]:
        nonlocal runs
        runs.last.fill(-1)
        count = 0
        for (journeys, ends, near, into), on_foot in draws:
            final = _final_labels(ends, practice, journeys, from_s, until_s, on_foot.limit_s)
            if not outward:  # leaving within one tick is leaving at its start
                tick = np.minimum((-final.at_s - window.first_s) // tick_s, ticks - 1)
                final = final._replace(at_s=(-(window.first_s + tick_s * tick)).astype(np.int32))
            order = np.lexsort((final.on_foot_s, final.at_s))
            runs, count = _follow(
                outward,
                _Final(*(column[order] for column in final)),
                journeys,
                near,
                into,
                least_s,
                reach_s,
                runs,
                count,
                window.first_s,
                ticks,
                tick_s,
                from_s,
                search.max_s,
                search.max_rides,
                on_foot.limit_s,
            )
        yield slice(0, search.sites), runs

    return find_runs


class _Journeys(NamedTuple):
    """Arrays of `Patterns` and `OnFoot` that the kernels read."""

    first_journey: Array
    first_position: Array
    first_event: Array
    board_node: Array
    journey_pattern: Array
    journey_event: Array
    arrival_s: Array
    departure_s: Array
    off_first: Array
    off_pattern: Array
    off_position: Array


class _Ways(NamedTuple):
    first: Array
    to: Array
    seconds: Array
    on_foot_s: Array


class _Ends(NamedTuple):
    first: Array
    pattern: Array
    position: Array
    seconds: Array


class _Final(NamedTuple):
    """Rides that end near a practice: arrival there, and the seconds on foot to it."""

    at_s: Array
    journey: Array
    position: Array
    on_foot_s: Array


def _arguments(draw: Draw, on_foot: OnFoot) -> tuple[_Journeys, _Ends, _Ways, _Ways]:
    """Return journeys, ends, near and into, as kernels take them."""

    def plain(ways: Ways) -> _Ways:
        return _Ways(ways.first, ways.to, ways.seconds, ways.on_foot_s)

    patterns, ends = draw.rides.patterns, draw.ends
    journeys = _Journeys(
        patterns.first_journey,
        patterns.first_position,
        patterns.first_event,
        patterns.board_node,
        patterns.journey_pattern,
        patterns.journey_event,
        patterns.arrival_s,
        patterns.departure_s,
        on_foot.off_first,
        on_foot.off_pattern,
        on_foot.off_position,
    )
    return (
        journeys,
        _Ends(ends.first, ends.pattern, ends.position, ends.seconds),
        plain(walks_first(draw.near, draw.near.seconds)),
        plain(on_foot.into),
    )


@nb.njit(cache=True, nogil=True)
def _final_labels(ends, practice, journeys, from_s, until_s, limit_s):  # type: ignore[no-untyped-def]
    """Rides that end near a practice, in no special order."""
    at_s = np.empty(1024, np.int32)
    journey = np.empty(1024, np.int32)
    position = np.empty(1024, np.int32)
    on_foot_s = np.empty(1024, np.int32)
    n = 0
    for k in range(ends.first[practice], ends.first[practice + 1]):
        if ends.seconds[k] > limit_s:
            continue
        p = ends.pattern[k]
        length = journeys.first_position[p + 1] - journeys.first_position[p]
        count = journeys.first_journey[p + 1] - journeys.first_journey[p]
        base = journeys.first_event[p] + ends.position[k]
        j = first_at(journeys.arrival_s, base, length, count, from_s - ends.seconds[k])
        at_s = grown(at_s, n + count - j)
        journey = grown(journey, n + count - j)
        position = grown(position, n + count - j)
        on_foot_s = grown(on_foot_s, n + count - j)
        while j < count:
            at = journeys.arrival_s[base + j * length] + ends.seconds[k]
            if at > until_s:
                break
            at_s[n] = at
            journey[n] = journeys.first_journey[p] + j
            position[n] = ends.position[k]
            on_foot_s[n] = ends.seconds[k]
            n += 1
            j += 1
    return _Final(at_s[:n].copy(), journey[:n].copy(), position[:n].copy(), on_foot_s[:n].copy())


@nb.njit(cache=True, nogil=True)
def _dominated(label_s, label_walk, count, by_s, walk):  # type: ignore[no-untyped-def]
    """Is a label with this deadline and walking no better than one of ``count`` others, ascending in both."""
    k = count
    while k > 0 and label_s[k - 1] >= by_s:
        k -= 1
    return k < count and label_walk[k] <= walk


@nb.njit(cache=True, nogil=True)
def _put(label_s, label_walk, count, row, by_s, walk):  # type: ignore[no-untyped-def]
    """Add a label to a row of labels, none of which dominates it, in place of those it dominates.

    Returns the labels, which are copied when they need more room.
    """
    n = count[row]
    if n == label_s.shape[1]:
        wider_s = np.empty((label_s.shape[0], 2 * n), label_s.dtype)
        wider_walk = np.empty((label_s.shape[0], 2 * n), label_s.dtype)
        for r in range(label_s.shape[0]):
            for k in range(count[r]):
                wider_s[r, k] = label_s[r, k]
                wider_walk[r, k] = label_walk[r, k]
        label_s, label_walk = wider_s, wider_walk
    high = n
    while high > 0 and label_s[row, high - 1] > by_s:
        high -= 1
    low = high
    while low > 0 and label_walk[row, low - 1] >= walk:
        low -= 1
    if low == high:
        for k in range(n, high, -1):
            label_s[row, k] = label_s[row, k - 1]
            label_walk[row, k] = label_walk[row, k - 1]
    else:
        for k in range(high, n):
            label_s[row, k - high + low + 1] = label_s[row, k]
            label_walk[row, k - high + low + 1] = label_walk[row, k]
    count[row] = n - (high - low) + 1
    label_s[row, low] = by_s
    label_walk[row, low] = walk
    return label_s, label_walk


@nb.njit(cache=True, nogil=True)
def _serve(  # type: ignore[no-untyped-def]
    outward, s, leave, at, reach_s, runs, count, draw_start, start_s, ticks, tick_s, max_s
):
    """Give a site, which can leave at second ``leave`` to arrive ``at``, a run; return the runs and their number."""
    last, before, until, at_s, length = runs
    if outward:
        tick = min(ticks - 1, (leave - start_s) // tick_s)
        depart = start_s + tick_s * tick
        served = (reach_s[s] - start_s) // tick_s
        reach_s[s] = depart + tick_s if tick < ticks - 1 else np.int32(2_000_000_000)
        arrives = at
    else:  # mirrored: the arrival at the site is the negated second at which one would leave it
        tick = (-at - start_s) // tick_s
        depart = -at
        reach_s[s] = leave + 1
        served = 0
        arrives = -leave
    if arrives - depart > max_s:
        return runs, count
    k = last[s]
    if not outward and k >= draw_start:
        if until[k] == tick:
            at_s[k] = arrives
            return runs, count
        length[k] = until[k] - tick
    before = grown(before, count + 1)
    until = grown(until, count + 1)
    at_s = grown(at_s, count + 1)
    length = grown(length, count + 1)
    before[count] = k
    until[count] = tick
    at_s[count] = arrives
    length[count] = tick - served + 1
    last[s] = count
    return Runs(last, before, until, at_s, length), count + 1


@nb.njit(cache=True, nogil=True)
def _follow(  # type: ignore[no-untyped-def]
    outward,
    final,
    journeys,
    near,
    into,
    least,
    reach_s,
    runs,
    run_count,
    start_s,
    ticks,
    tick_s,
    from_s,
    max_s,
    max_rides,
    limit_s,
):
    """Follow all arrivals at one practice back, and chain the runs that they give the sites.

    ``least`` (rides, events) is workspace: fewest seconds on foot after boarding each event, with at most so many rides
    from there on (one row when rides have no limit).
    """
    first_journey, first_position = journeys.first_journey, journeys.first_position
    arrival, departure = journeys.arrival_s, journeys.departure_s
    rows, nodes = least.shape[0], len(journeys.off_first) - 1
    for row in range(rows):
        for event in range(len(arrival)):
            least[row, event] = limit_s + 1
    for s in range(len(reach_s)):
        reach_s[s] = start_s if outward else -2_000_000_000
    draw_start = run_count
    # labels by number of rides and node: to board there, and to get off there and change
    on_s, off_s = np.empty((rows * nodes, 4), np.int32), np.empty((rows * nodes, 4), np.int32)
    on_walk, off_walk = np.empty((rows * nodes, 4), np.int32), np.empty((rows * nodes, 4), np.int32)
    on_count, off_count = np.zeros(rows * nodes, np.int32), np.zeros(rows * nodes, np.int32)
    queue_row = np.empty(1024, np.int32)  # rides waiting to be followed, first come first served
    queue_journey = np.empty(1024, np.int32)
    queue_position = np.empty(1024, np.int32)
    queue_walk = np.empty(1024, np.int32)
    for d in range(len(final.at_s)):
        at = final.at_s[d]
        floor_s = max(from_s, at - max_s)
        queue_row[0], queue_journey[0] = 0, final.journey[d]
        queue_position[0], queue_walk[0] = final.position[d], final.on_foot_s[d]
        head, tail = 0, 1
        while head < tail:
            row, j = queue_row[head], queue_journey[head]
            position, walk = queue_position[head], queue_walk[head]
            head += 1
            p = journeys.journey_pattern[j]
            length = first_position[p + 1] - first_position[p]
            base = journeys.journey_event[j]
            place = first_position[p]
            if least[row, base + position - 1] <= walk:
                continue
            for other in range(j - 1, first_journey[p] - 1, -1):  # earlier ones are no better
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
                node = journeys.board_node[place + k]
                if node < 0:
                    continue
                c = row * nodes + node
                if _dominated(on_s[c], on_walk[c], on_count[c], leaves, walk):
                    continue
                for n in range(row, rows):
                    c = n * nodes + node
                    if not _dominated(on_s[c], on_walk[c], on_count[c], leaves, walk):
                        on_s, on_walk = _put(on_s, on_walk, on_count, c, leaves, walk)
                for m in range(near.first[node], near.first[node + 1]):
                    if walk + near.on_foot_s[m] > limit_s:
                        break
                    s = near.to[m]
                    leave = leaves - near.seconds[m]
                    if leave >= reach_s[s]:
                        runs, run_count = _serve(
                            outward,
                            s,
                            leave,
                            at,
                            reach_s,
                            runs,
                            run_count,
                            draw_start,
                            start_s,
                            ticks,
                            tick_s,
                            max_s,
                        )
                after = row if max_rides == 0 else row + 1
                if after == rows:
                    continue
                for m in range(into.first[node], into.first[node + 1]):
                    total = walk + into.on_foot_s[m]
                    if total > limit_s:
                        break
                    left, by_s = into.to[m], leaves - into.seconds[m]
                    c = after * nodes + left
                    if by_s < floor_s or _dominated(
                        off_s[c], off_walk[c], off_count[c], by_s, total
                    ):
                        continue
                    for n in range(after, rows):
                        c = n * nodes + left
                        if not _dominated(off_s[c], off_walk[c], off_count[c], by_s, total):
                            off_s, off_walk = _put(off_s, off_walk, off_count, c, by_s, total)
                    for c in range(journeys.off_first[left], journeys.off_first[left + 1]):
                        q, upto = journeys.off_pattern[c], journeys.off_position[c]
                        size = first_position[q + 1] - first_position[q]
                        count = first_journey[q + 1] - first_journey[q]
                        start = journeys.first_event[q] + upto
                        last = first_at(arrival, start, size, count, by_s + 1) - 1
                        if last < 0 or least[after, start + last * size - 1] <= total:
                            continue
                        queue_row = grown(queue_row, tail + 1)
                        queue_journey = grown(queue_journey, tail + 1)
                        queue_position = grown(queue_position, tail + 1)
                        queue_walk = grown(queue_walk, tail + 1)
                        queue_row[tail], queue_journey[tail] = after, first_journey[q] + last
                        queue_position[tail], queue_walk[tail] = upto, total
                        tail += 1
    return runs, run_count
