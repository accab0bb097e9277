"""Rides: for one practice, the earliest arrival from every site for every departure (trip-based profile search).

Arrivals at the practice are taken in order of time. Each is followed back along the ride it ends to where that can be
boarded, and from there along every change that leads into it. A boarding is worth nothing when a later one at the same
node makes an arrival possible that is no later, and earlier journeys of the same pattern need not be followed, for the
later one is as good. So every needed event and change is read once per practice, whatever the number of departures or
sites. A site gets a *run* whenever a boarding near it serves departures that no earlier arrival serves: the departures
of a run share one arrival, and its last departure waits least.

On the way back all this happens with time running backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numba as nb
import numpy as np

from geoaccess.network.growing import grown
from geoaccess.route.search import SITE_BITS, SITES_PER_BLOCK, Draw, Runs, Search, site_blocks

Array = np.ndarray[Any, Any]


def run_finder(search: Search, tick_s: int = 60) -> Callable[[int], Iterator[tuple[slice, Runs]]]:
    """Workspace for searches of one thread, as a function from practice to the runs of all sites, block by block.

    The runs of several draws are chained together; those of a block are overwritten by the next.

    Parameters
    ----------
    search : a search.
    tick_s : on the way back, departures are told apart by so many seconds: 60 for those of the window, 1 for all.
    """
    blocks = site_blocks(search)
    draws = [_Workspace(search, draw, tick_s) for draw in search.draws]
    runs = [_room(0, 32 * SITES_PER_BLOCK)]

    def find_runs(practice: int) -> Iterator[tuple[slice, Runs]]:
        for draw in draws:
            draw.mark(practice)
        for k, sites in enumerate(blocks):
            size = sites.stop - sites.start
            if len(runs[0].last) != size:
                runs[0] = _room(size, len(runs[0].before))
            while not _serve_draws(k):
                runs[0] = _room(size, 2 * len(runs[0].before))
            yield sites, runs[0]

    def _serve_draws(block: int) -> bool:
        runs[0].last.fill(-1)
        count = 0
        for draw in draws:
            count = draw.serve(block, runs[0], count)
            if count < 0:
                return False
        return True

    return find_runs


def _room(sites: int, most_runs: int) -> Runs:
    """Room for so many runs."""
    before, until, at_s, length = (np.empty(most_runs, np.int32) for _ in range(4))
    return Runs(np.empty(sites, np.int32), before, until, at_s, length)


class _Journeys(NamedTuple):
    """Arrays of `Patterns` and `Changes` that the kernels read; what is read together lies together.

    Attributes
    ----------
    journey : int32 (journeys, 3); first event, and first journey and first position of its pattern.
    event : int32 (events + 1, 2); departure, and the number of the first change into it.
    change, position_bits : ``left`` and ``position_bits`` of `Changes`.
    """

    journey: Array
    event: Array
    board_node: Array
    change: Array
    position_bits: int
    first_journey: Array
    first_position: Array
    first_event: Array
    arrival_s: Array


class _Ends(NamedTuple):
    first: Array
    pattern: Array
    position: Array
    seconds: Array


class _Reading(NamedTuple):
    """What a search has found so far; a row for each number of rides, one row where these have no limit.

    Attributes
    ----------
    reach : int32 (rows, journeys, 2); position up to which a journey is to be, and has been, followed back.
    queue, queued : int32 and bool (rows, journeys); journeys waiting to be followed.
    latest : int32 (rows, nodes); last departure found so far.
    """

    reach: Array
    queue: Array
    queued: Array
    latest: Array


class _Marks(NamedTuple):
    """Boardings near a site, in order of the arrival at the practice that each makes possible: int32 (marks,)."""

    node: Array
    leaves_s: Array
    at_s: Array


class _Workspace:
    """Search of one draw: its kernel arguments and what they fill."""

    def __init__(self, search: Search, draw: Draw, tick_s: int) -> None:
        p, c, ends = draw.rides.patterns, draw.rides.changes, draw.ends
        self.journeys = _Journeys(
            *draw.rides.tables,
            p.board_node,
            c.left,
            c.position_bits,
            p.first_journey,
            p.first_position,
            p.first_event,
            p.arrival_s,
        )
        self.ends = _Ends(ends.first, ends.pattern, ends.position, ends.seconds)
        self.near = draw.near_blocks
        self.is_near = np.diff(draw.near.first) > 0
        rows, journeys = max(1, search.max_rides), len(p.journey_pattern)
        reach, queue = np.empty((rows, journeys, 2), np.int32), np.empty((rows, journeys), np.int32)
        queued = np.empty((rows, journeys), np.bool_)
        latest = np.empty((rows, len(p.node_stop)), np.int32)
        self.reading = _Reading(reach, queue, queued, latest)
        self.marks, self.count = _marks(4096), 0
        self.need_s = np.empty(len(p.node_stop), np.int32)
        self.reach_s = np.empty(min(search.sites, SITES_PER_BLOCK), np.int32)
        self.search, self.tick_s = search, tick_s
        window, end_s = search.window, search.window.last_s + search.max_s
        self.outward = search.direction == "to"
        # every departure of the window from every site has passed any stop by then
        longest = int(draw.near.seconds.max(initial=0))
        self.bound_s = window.last_s + longest if self.outward else 2_000_000_000
        self.span_s = (window.first_s, end_s) if self.outward else (-end_s, -window.first_s)
        self.ticks = 60 * (window.minutes - 1) // tick_s + 1

    def mark(self, practice: int) -> None:
        """Find the boardings that matter for one practice."""
        while True:
            self.count = _mark(
                self.outward,
                self.ends,
                practice,
                self.journeys,
                self.is_near,
                self.reading,
                self.marks,
                self.search.window.first_s,
                self.ticks,
                self.tick_s,
                *self.span_s,
                self.search.max_s,
                self.search.max_rides,
                self.bound_s,
            )
            if self.count >= 0:
                break
            self.marks = _marks(2 * len(self.marks.node))

    def serve(self, block: int, runs: Runs, count: int) -> int:
        """Chain the runs of a block of sites to the ``count`` there are; their number, -1 when there is no room."""
        if block >= len(self.near):  # no rides near the last sites
            return count
        return int(
            _serve(
                self.outward,
                self.marks,
                self.count,
                self.near[block],
                self.need_s,
                self.reach_s,
                runs,
                count,
                self.search.window.first_s,
                self.ticks,
                self.tick_s,
                self.search.max_s,
            )
        )


def _marks(most: int) -> _Marks:
    node, leaves_s, at_s = (np.empty(most, np.int32) for _ in range(3))
    return _Marks(node, leaves_s, at_s)


class _Final(NamedTuple):
    """Rides that end near a practice, in order of arrival there."""

    at_s: Array
    journey: Array
    position: Array


@nb.njit(cache=True, nogil=True)
def first_at(time, start, step, count, when):  # type: ignore[no-untyped-def]
    """First k of ``count`` with time[start + k * step] >= when; times never decrease with k."""
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if time[start + middle * step] >= when:
            high = middle
        else:
            low = middle + 1
    return low


@nb.njit(cache=True, nogil=True)
def _final_rides(ends, practice, journeys, from_s, until_s):  # type: ignore[no-untyped-def]
    when = np.empty(1024, np.int32)
    journey = np.empty(1024, np.int32)
    place = np.empty(1024, np.int32)
    n = 0
    for k in range(ends.first[practice], ends.first[practice + 1]):
        p = ends.pattern[k]
        length = journeys.first_position[p + 1] - journeys.first_position[p]
        count = journeys.first_journey[p + 1] - journeys.first_journey[p]
        base = journeys.first_event[p] + ends.position[k]
        j = first_at(journeys.arrival_s, base, length, count, from_s - ends.seconds[k])
        when = grown(when, n + count - j)
        journey = grown(journey, n + count - j)
        place = grown(place, n + count - j)
        while j < count:
            at = journeys.arrival_s[base + j * length] + ends.seconds[k]
            if at > until_s:
                break
            when[n] = at
            journey[n] = journeys.first_journey[p] + j
            place[n] = ends.position[k]
            n += 1
            j += 1
    # counting sort on the second of arrival
    tally = np.zeros(max(0, until_s - from_s) + 2, np.int32)
    for k in range(n):
        tally[when[k] - from_s + 1] += 1
    for k in range(len(tally) - 1):
        tally[k + 1] += tally[k]
    at_s = np.empty(n, np.int32)
    final_journey = np.empty(n, np.int32)
    position = np.empty(n, np.int32)
    for k in range(n):
        slot = tally[when[k] - from_s]
        tally[when[k] - from_s] += 1
        at_s[slot] = when[k]
        final_journey[slot] = journey[k]
        position[slot] = place[k]
    return _Final(at_s, final_journey, position)


@nb.njit(cache=True, nogil=True)
def _mark(  # type: ignore[no-untyped-def]
    outward,
    ends,
    practice,
    journeys,
    is_near,
    reading,
    marks,
    start_s,
    ticks,
    tick_s,
    from_s,
    until_s,
    max_s,
    max_rides,
    bound_s,
):
    """Follow all arrivals at one practice back, mark the boardings that matter to sites, and count them.

    Returns -1 when there is no room for all of them.
    """
    final = _final_rides(ends, practice, journeys, from_s, until_s)
    if not outward:  # boardings of one tick are equally good: this spares the search the differences between them
        for d in range(len(final.at_s)):
            tick = min((-final.at_s[d] - start_s) // tick_s, ticks - 1)
            final.at_s[d] = -(start_s + tick_s * tick)
    journey, event, board_node, change = journeys[:4]
    position_bits = np.uint64(journeys.position_bits)
    position_mask = (np.uint64(1) << position_bits) - np.uint64(1)
    reach, queue, queued, latest = reading
    count = 0
    most = len(marks.node)
    rows = len(reach)
    for row in range(rows):
        for j in range(reach.shape[1]):
            reach[row, j, 0] = 0
            reach[row, j, 1] = 0
            queued[row, j] = False
        for node in range(latest.shape[1]):
            latest[row, node] = -2_000_000_000
    size = np.zeros(rows, np.int64)
    for d in range(len(final.at_s)):
        at = final.at_s[d]
        floor_s = max(from_s, at - max_s)
        if final.position[d] <= reach[0, final.journey[d], 1]:
            continue
        reach[0, final.journey[d], 0] = final.position[d]
        queue[0, 0] = final.journey[d]
        size[0] = 1
        row = 0
        while row < rows:
            if size[row] == 0:
                row += 1
                continue
            size[row] -= 1
            j = queue[row, size[row]]
            queued[row, j] = False
            position = reach[row, j, 0]
            known = reach[row, j, 1]
            if known >= position:
                continue
            base, first, place = journey[j, 0], journey[j, 1], journey[j, 2]
            for other in range(j, first - 1, -1):
                if reach[row, other, 1] >= position:
                    break
                for n in range(row, rows):
                    reach[n, other, 0] = max(reach[n, other, 0], position)
                    reach[n, other, 1] = max(reach[n, other, 1], position)
            after = row if max_rides == 0 else row + 1
            is_last = after == rows
            after = min(after, rows - 1)
            waiting = size[after]
            while known < position and event[base + known, 0] < floor_s:
                known += 1
            for k in range(known, position):
                leaves = event[base + k, 0]
                node = board_node[place + k]
                if node < 0:
                    continue
                found = latest[row, node]
                if leaves <= found:
                    continue
                for n in range(row, rows):
                    latest[n, node] = max(latest[n, node], leaves)
                if found < bound_s and is_near[node]:
                    if count == most:
                        return -1
                    marks.node[count] = node
                    marks.leaves_s[count] = leaves
                    marks.at_s[count] = at
                    count += 1
                if is_last:
                    continue
                # unsigned numbers spare the kernel the check for negative indices
                for m in range(np.uint64(event[base + k, 1]), np.uint64(event[base + k + 1, 1])):
                    code = np.uint64(change[m])
                    left, upto = code >> position_bits, np.int64(code & position_mask)
                    if reach[after, left, 0] < upto:
                        reach[after, left, 0] = upto
                        if not queued[after, left]:
                            queued[after, left] = True
                            queue[after, waiting] = left
                            waiting += 1
            if not is_last:
                size[after] = waiting
    return count


@nb.njit(cache=True, nogil=True)
def _serve(  # type: ignore[no-untyped-def]
    outward,
    marks,
    n_marks,
    near,
    need_s,
    reach_s,
    runs,
    count,
    start_s,
    ticks,
    tick_s,
    max_s,
):
    """Chain the runs that the marks give the sites to the ``count`` there are; their number, -1 when there is no room.

    Workspace: ``reach_s`` (sites,), leaving the site at this second or later is of use; ``need_s`` (nodes,), leaving
    the node at this second or later may be of use to a site near it.
    """
    near_first, near_entry = near
    site_mask = np.uint32(SITES_PER_BLOCK - 1)
    last, before, until, at_s, length = runs
    never = np.int32(2_000_000_000)
    room = len(before)
    draw_start = count
    for node in range(len(need_s)):
        need_s[node] = -never if near_first[node] < near_first[node + 1] else never
    for site in range(len(last)):
        reach_s[site] = start_s if outward else -never
    for d in range(n_marks):
        node, leaves, at = marks.node[d], marks.leaves_s[d], marks.at_s[d]
        if leaves < need_s[node]:
            continue
        start, end = near_first[node], near_first[node + 1]
        if count + end - start > room:
            return -1
        need = never
        for m in range(np.uint64(start), np.uint64(end)):
            s = near_entry[m] & site_mask
            walk_s = np.int64(near_entry[m] >> SITE_BITS)
            leave = leaves - walk_s
            if leave >= reach_s[s]:
                if outward:  # departures are a minute apart
                    tick = min(ticks - 1, np.int64(np.uint32(leave - start_s) // np.uint32(60)))
                    depart, arrives = start_s + 60 * tick, at
                    served = np.int64(np.uint32(reach_s[s] - start_s) // np.uint32(60))
                    reach_s[s] = depart + 60 if tick < ticks - 1 else never
                else:  # mirrored: the arrival at the site is the negated second of leaving it
                    tick = (-at - start_s) // tick_s
                    depart, arrives = -at, -leave
                    served = np.int64(0)
                    reach_s[s] = leave + 1
                if arrives - depart <= max_s:
                    k = last[s]
                    if not outward and k >= draw_start and until[k] == tick:
                        at_s[k] = arrives
                    else:
                        if not outward and k >= draw_start:
                            length[k] = until[k] - tick
                        before[count] = k
                        until[count] = tick
                        at_s[count] = arrives
                        length[count] = tick - served + 1
                        last[s] = count
                        count += 1
            need = min(need, reach_s[s] + walk_s)
        need_s[node] = need
    return count
