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

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numba as nb
import numpy as np

from geoaccess.network.boardings import Boardings
from geoaccess.network.growing import grown
from geoaccess.network.links import Links
from geoaccess.network.network import Rides
from geoaccess.network.parallel import worker_count
from geoaccess.route.window import Window

Array = np.ndarray[Any, Any]

Direction = Literal["to", "from"]

#: most practices searched by one task; enough to amortise its workspace
PRACTICES_PER_TASK = 16


@dataclass(frozen=True, eq=False)
class Draw:
    """Rides of one possible timetable, and where they can be boarded and left.

    Attributes
    ----------
    rides : what the search reads, mirrored for the way back.
    near : walks between nodes (rows) and sites (columns).
    ends : where rides to each practice can end, or where those from it can begin.
    """

    rides: Rides
    near: Links
    ends: Boardings


@dataclass(frozen=True, eq=False)
class Search:
    """All that the profiles between a set of sites and a set of practices are computed from.

    Attributes
    ----------
    direction : "to" the practices or back "from" them.
    window : departures: from the sites, or from the practices on the way back.
    max_s : longest trip.
    max_rides : 0 for no limit.
    sites : number of sites.
    walk : walks all the way, by practice (rows) and site (columns).
    draws : none where there are no rides; one for a timetable; several where only headways are known.
    workers : threads; None for all processors.
    """

    direction: Direction
    window: Window
    max_s: int
    max_rides: int
    sites: int
    walk: Links
    draws: tuple[Draw, ...] = ()
    workers: int | None = None


class Runs(NamedTuple):
    """Runs of departures with one arrival, of all sites for one practice.

    The runs of a site are chained: ``last[site]`` is its latest one, ``before[k]`` the one before run k; -1 ends it.

    Attributes
    ----------
    last : int32 (sites,).
    before : int32 (runs,).
    until : int32 (runs,); tick of the last departure, counted from the first of the window.
    at_s : int32 (runs,); arrival.
    length : int32 (runs,); number of departures, ``until`` the last of them.
    """

    last: Array
    before: Array
    until: Array
    at_s: Array
    length: Array


def practice_blocks(search: Search) -> list[range]:
    """Practices in blocks, each searched by one thread; at least four for every thread, where there are so many."""
    practices = len(search.walk.first) - 1
    share = -(-practices // (4 * worker_count(search.workers)))
    step = max(1, min(PRACTICES_PER_TASK, share))
    return [range(k, min(k + step, practices)) for k in range(0, practices, step)]


def run_finder(search: Search, tick_s: int = 60) -> Callable[[int], Runs]:
    """Workspace for searches of one thread, as a function from practice to the runs of all sites.

    The runs of several draws are chained together; the result is overwritten by the next call.

    Parameters
    ----------
    search : a search.
    tick_s : on the way back, departures are told apart by so many seconds: 60 for those of the window, 1 for all.
    """
    window = search.window
    end_s = window.last_s + search.max_s
    outward = search.direction == "to"
    from_s, until_s = (window.first_s, end_s) if outward else (-end_s, -window.first_s)
    ticks = 60 * (window.minutes - 1) // tick_s + 1
    kernels = [_Workspace(draw, max(1, search.max_rides), search.sites) for draw in search.draws]
    runs = _room(search.sites, 32 * search.sites)

    def find_runs(practice: int) -> Runs:
        nonlocal runs
        while not _search_draws(practice):
            runs = _room(search.sites, 2 * len(runs.before))
        return runs

    def _search_draws(practice: int) -> bool:
        runs.last.fill(-1)
        count = 0
        for work in kernels:
            final = _final_rides(work.ends, practice, work.journeys, from_s, until_s)
            if not outward:
                # boardings of one tick are equally good, which spares the search the differences between them
                tick = np.minimum((-final.at_s - window.first_s) // tick_s, ticks - 1)
                final = final._replace(at_s=(-(window.first_s + tick_s * tick)).astype(np.int32))
            count = _follow(
                outward,
                final,
                work.journeys,
                work.near,
                work.reading,
                runs,
                count,
                window.first_s,
                ticks,
                tick_s,
                from_s,
                search.max_s,
                search.max_rides,
                work.bound_s(window) if outward else 2_000_000_000,
            )
            if count < 0:
                return False
        return True

    return find_runs


def _room(sites: int, most_runs: int) -> Runs:
    """Room for so many runs."""
    before, until, at_s, length = (np.empty(most_runs, np.int32) for _ in range(4))
    return Runs(np.empty(sites, np.int32), before, until, at_s, length)


class _Journeys(NamedTuple):
    """Arrays of `Patterns` and `Changes` that the kernels read."""

    first_journey: Array
    first_position: Array
    first_event: Array
    board_node: Array
    journey_pattern: Array
    journey_event: Array
    arrival_s: Array
    departure_s: Array
    change_first: Array
    change: Array
    superseded_first: Array
    superseded: Array
    superseded_at: Array
    position_bits: int


class _Ends(NamedTuple):
    first: Array
    pattern: Array
    position: Array
    seconds: Array


class _Near(NamedTuple):
    first: Array
    site: Array
    seconds: Array


class _Reading(NamedTuple):
    """What a search has found so far; a row for each number of rides, one row where these have no limit.

    Attributes
    ----------
    asked, done : int32 (rows, journeys); position up to which a journey is to be, and has been, followed back.
    queue, queued : int32 and bool (rows, journeys); journeys waiting to be followed.
    latest : int32 (rows, nodes); last departure found so far.
    reach_s : int32 (sites,); leaving the site at this second or later is of use.
    """

    asked: Array
    done: Array
    queue: Array
    queued: Array
    latest: Array
    reach_s: Array


class _Workspace:
    """Kernel arguments for one draw."""

    def __init__(self, draw: Draw, rows: int, sites: int) -> None:
        p, c, near, ends = draw.rides.patterns, draw.rides.changes, draw.near, draw.ends
        self.journeys = _Journeys(
            p.first_journey,
            p.first_position,
            p.first_event,
            p.board_node,
            p.journey_pattern,
            p.journey_event,
            p.arrival_s,
            p.departure_s,
            c.first,
            c.left,
            c.superseded_first,
            c.superseded_left,
            c.superseded_at,
            c.position_bits,
        )
        self.near = _Near(near.first, near.to, near.seconds)
        self.ends = _Ends(ends.first, ends.pattern, ends.position, ends.seconds)
        count, nodes = len(p.journey_pattern), len(p.node_stop)
        asked, done, queue = (np.empty((rows, count), np.int32) for _ in range(3))
        self.reading = _Reading(
            asked,
            done,
            queue,
            np.empty((rows, count), np.bool_),
            np.empty((rows, nodes), np.int32),
            np.empty(sites, np.int32),
        )

    def bound_s(self, window: Window) -> int:
        """Every departure of the window from every site has passed any stop by then."""
        return window.last_s + int(self.near.seconds.max(initial=0))


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
def _follow(  # type: ignore[no-untyped-def]
    outward,
    final,
    journeys,
    near,
    reading,
    runs,
    count,
    start_s,
    ticks,
    tick_s,
    from_s,
    max_s,
    max_rides,
    bound_s,
):
    """Follow all arrivals at one practice back, chain the runs that they give the sites, and count them.

    Returns -1 when there is no room for all of them.
    """
    first_journey, first_position = journeys.first_journey, journeys.first_position
    board_node, departure = journeys.board_node, journeys.departure_s
    change_first, change = journeys.change_first, journeys.change
    superseded_first, superseded = journeys.superseded_first, journeys.superseded
    superseded_at = journeys.superseded_at
    bits = journeys.position_bits
    low_bits = (1 << bits) - 1
    near_first, near_site, near_s = near
    asked, done, queue, queued, latest, reach_s = reading
    last, before, until, at_s, length = runs
    never = np.int32(2_000_000_000)
    rows = len(asked)
    for row in range(rows):
        for j in range(asked.shape[1]):
            asked[row, j] = 0
            done[row, j] = 0
            queued[row, j] = False
        for node in range(latest.shape[1]):
            latest[row, node] = -2_000_000_000
    for s in range(len(reach_s)):
        reach_s[s] = start_s if outward else -2_000_000_000
    size = np.zeros(rows, np.int64)
    draw_start = count
    for d in range(len(final.at_s)):
        at = final.at_s[d]
        floor_s = max(from_s, at - max_s)
        if final.position[d] <= done[0, final.journey[d]]:
            continue
        asked[0, final.journey[d]] = final.position[d]
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
            position = asked[row, j]
            known = done[row, j]
            if known >= position:
                continue
            p = journeys.journey_pattern[j]
            for other in range(j, first_journey[p] - 1, -1):
                if done[row, other] >= position:
                    break
                for n in range(row, rows):
                    done[n, other] = max(done[n, other], position)
                    asked[n, other] = max(asked[n, other], position)
            base = journeys.journey_event[j]
            place = first_position[p]
            after = row if max_rides == 0 else row + 1
            is_last = after == rows
            asked_after = asked[min(after, rows - 1)]
            queued_after = queued[min(after, rows - 1)]
            queue_after = queue[min(after, rows - 1)]
            waiting = size[min(after, rows - 1)]
            while known < position and departure[base + known] < floor_s:
                known += 1
            for k in range(known, position):
                event = base + k
                leaves = departure[event]
                node = board_node[place + k]
                if node < 0:
                    continue
                found = latest[row, node]
                if leaves <= found:
                    continue
                for n in range(row, rows):
                    latest[n, node] = max(latest[n, node], leaves)
                if found < bound_s:
                    if count + near_first[node + 1] - near_first[node] > len(before):
                        return -1
                    for m in range(near_first[node], near_first[node + 1]):
                        s = near_site[m]
                        leave = leaves - near_s[m]
                        if leave < reach_s[s]:
                            continue
                        if outward:
                            tick = min(ticks - 1, (leave - start_s) // tick_s)
                            depart, arrives = start_s + tick_s * tick, at
                            served = (reach_s[s] - start_s) // tick_s
                            reach_s[s] = depart + tick_s if tick < ticks - 1 else never
                        else:  # mirrored: the arrival at the site is the negated second of leaving it
                            tick = (-at - start_s) // tick_s
                            depart, arrives = -at, -leave
                            served = 0
                            reach_s[s] = leave + 1
                        if arrives - depart > max_s:
                            continue
                        k_run = last[s]
                        if not outward and k_run >= draw_start:
                            if until[k_run] == tick:
                                at_s[k_run] = arrives
                                continue
                            length[k_run] = until[k_run] - tick
                        before[count] = k_run
                        until[count] = tick
                        at_s[count] = arrives
                        length[count] = tick - served + 1
                        last[s] = count
                        count += 1
                if is_last:
                    continue
                for m in range(change_first[event], change_first[event + 1]):
                    other = change[m] >> bits
                    upto = change[m] & low_bits
                    if asked_after[other] < upto:
                        asked_after[other] = upto
                        if not queued_after[other]:
                            queued_after[other] = True
                            queue_after[waiting] = other
                            waiting += 1
                # those superseded by a position followed here are left out
                for m in range(superseded_first[event], superseded_first[event + 1]):
                    if superseded_at[m] < position:
                        break
                    other = superseded[m] >> bits
                    upto = superseded[m] & low_bits
                    if asked_after[other] < upto:
                        asked_after[other] = upto
                        if not queued_after[other]:
                            queued_after[other] = True
                            queue_after[waiting] = other
                            waiting += 1
            if not is_last:
                size[after] = waiting
    return count
