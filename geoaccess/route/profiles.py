"""Profiles: for every site, practice and departure minute the arrival, and percentiles of the travel time.

Travel time includes the wait. While the arrival stays the same, travel times are 60 seconds apart: a profile is a few
such *runs*, and percentiles are read off the runs without listing the minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numba as nb
import numpy as np

from geoaccess.network.boardings import Boardings
from geoaccess.network.links import Links
from geoaccess.network.network import Rides
from geoaccess.network.parallel import in_parallel
from geoaccess.route.transit import (
    NEVER,
    Departures,
    Landings,
    Window,
    final_rides,
    mark_rides,
)

Array = np.ndarray[Any, Any]

Direction = Literal["to", "from"]

#: practices searched by one call of the kernel
PRACTICES_PER_TASK = 8


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
    rides : what the search reads, mirrored for the way back; None where there are no rides.
    calls : what each site can board in the window, or where the way back to it can end.
    ends : where rides to each practice can end, or where those from it can begin.
    workers : threads; None for all processors.
    """

    direction: Direction
    window: Window
    max_s: int
    max_rides: int
    sites: int
    walk: Links
    rides: Rides | None = None
    calls: Departures | Landings | None = None
    ends: Boardings | None = None
    workers: int | None = None


def percentile_ranks(minutes: int, percentiles: tuple[float, ...]) -> Array:
    """Ranks (1 is the shortest) of the nearest-rank percentiles among ``minutes`` travel times.

    Examples
    --------
    >>> percentile_ranks(60, (10, 50, 90)).tolist()
    [6, 30, 54]
    """
    return np.array(
        [max(1, int(np.ceil(p / 100.0 * minutes - 1e-9))) for p in percentiles], np.int64
    )


def travel_seconds(search: Search, percentiles: tuple[float, ...]) -> Array:
    """Percentiles of the travel time over the departures of the window.

    Parameters
    ----------
    search : sites, practices, rides and limits.
    percentiles : each from 0 (exclusive) to 100, ascending; nearest rank, so a travel time that really occurs.

    Returns
    -------
    int32 (practices, percentiles, sites)
        seconds; NEVER where the share of departures without a trip within the limit is too large.
    """
    ranks = percentile_ranks(search.window.minutes, percentiles)
    practices = len(search.walk.first) - 1
    result = np.full((practices, len(ranks), search.sites), NEVER, np.int32)

    def reduce(practice: int, mark: Array, first: Array, key: Array, slot: Array) -> None:
        _percentiles(
            search.direction == "to",
            mark,
            first,
            key,
            slot,
            search.window.first_s,
            search.window.minutes,
            ranks,
            search.max_s,
            result[practice],
        )

    _for_each_practice(search, reduce)
    # walking all the way competes: the percentile of a minimum with a constant is the minimum of both
    fits = search.walk.seconds <= search.max_s
    practice, site, seconds = search.walk.row[fits], search.walk.to[fits], search.walk.seconds[fits]
    result[practice, :, site] = np.minimum(result[practice, :, site], seconds[:, None])
    return result


def arrivals(search: Search) -> Array:
    """Earliest arrival for every practice, site and departure: at the practice, or at the site on the way back.

    Returns
    -------
    int32 (practices, sites, minutes)
        seconds of the service day; NEVER where there is no trip within the limit.
    """
    practices = len(search.walk.first) - 1
    result = np.full((practices, search.sites, search.window.minutes), NEVER, np.int32)

    def reduce(practice: int, mark: Array, first: Array, key: Array, slot: Array) -> None:
        _arrivals(
            search.direction == "to",
            mark,
            first,
            key,
            slot,
            search.window.first_s,
            search.max_s,
            result[practice],
        )

    _for_each_practice(search, reduce)
    fits = search.walk.seconds <= search.max_s
    practice, site, seconds = search.walk.row[fits], search.walk.to[fits], search.walk.seconds[fits]
    depart = search.window.first_s + 60 * np.arange(search.window.minutes, dtype=np.int32)
    result[practice, site] = np.minimum(result[practice, site], seconds[:, None] + depart)
    return result


def _for_each_practice(
    search: Search, reduce: Callable[[int, Array, Array, Array, Array], None]
) -> None:
    """Search the rides of every practice, in parallel, and hand the marks and the calls of the sites to ``reduce``."""
    calls = search.calls
    if calls is None:
        return
    key = calls.minute if isinstance(calls, Departures) else calls.at_s

    def task(practices: range) -> None:
        mark_practice = _marker(search)
        for practice in practices:
            reduce(practice, mark_practice(practice), calls.first, key, calls.slot)

    in_parallel(task, _practice_blocks(search), search.workers)


def _practice_blocks(search: Search) -> list[range]:
    practices = len(search.walk.first) - 1
    return [
        range(k, min(k + PRACTICES_PER_TASK, practices))
        for k in range(0, practices, PRACTICES_PER_TASK)
    ]


def _marker(search: Search, *, to_the_minute: bool = True) -> Callable[[int], Array]:
    """Workspace for searches of one thread, as a function from practice to the marks of all slots.

    Parameters
    ----------
    search : a search with rides.
    to_the_minute : on the way back, only tell departures apart that lie in different minutes of the window.
    """
    rides, calls, ends = search.rides, search.calls, search.ends
    assert rides is not None
    assert calls is not None
    assert ends is not None
    patterns, changes, window = rides.patterns, rides.changes, search.window
    end_s = window.last_s + search.max_s
    if isinstance(calls, Departures):
        slot_of_position, bound_s = calls.slot_of_position, calls.bound_s
        from_s, until_s = window.first_s, end_s
    else:  # time runs backwards
        slot_of_position, bound_s = np.full(len(patterns.stop), -1, np.int32), int(NEVER)
        from_s, until_s = -end_s, -window.first_s
    rows, journeys = max(1, search.max_rides), len(patterns.journey_event)
    asked, done, queue = (np.empty((rows, journeys), np.int32) for _ in range(3))
    queued = np.empty((rows, journeys), np.bool_)
    latest = np.empty((rows, len(patterns.node_stop)), np.int32)
    mark = np.empty(calls.slots, np.int32)

    def mark_practice(practice: int) -> Array:
        when, journey, position = final_rides(
            ends.first[practice],
            ends.first[practice + 1],
            ends.pattern,
            ends.position,
            ends.seconds,
            patterns.first_journey,
            patterns.first_position,
            patterns.first_event,
            patterns.arrival_s,
            from_s,
            until_s,
        )
        if search.direction == "from" and to_the_minute:
            when = _whole_minutes(when, window)
        mark_rides(
            when,
            journey,
            position,
            patterns.first_journey,
            patterns.first_position,
            patterns.board_node,
            patterns.journey_pattern,
            patterns.journey_event,
            patterns.departure_s,
            changes.first,
            changes.left,
            changes.superseded_first,
            changes.superseded_left,
            changes.superseded_at,
            changes.position_bits,
            calls.slot_of_event,
            slot_of_position,
            from_s,
            search.max_s,
            bound_s,
            search.max_rides,
            asked,
            done,
            latest,
            mark,
            queue,
            queued,
        )
        return mark

    return mark_practice


def _whole_minutes(when: Array, window: Window) -> Array:
    """Replace the moment (negated) by which one must leave by the last departure of the window before it.

    Boardings of the same minute are then equally good, which spares the search the differences between them.
    """
    minute = np.minimum((-when - window.first_s) // 60, window.minutes - 1)
    rounded: Array = (-(window.first_s + 60 * minute)).astype(np.int32)
    return rounded


@nb.njit(cache=True, nogil=True)
def _runs(outward, mark, first, last, key, slot, start_s, minutes, until, shortest, length):  # type: ignore[no-untyped-def]
    """Find the runs of departures with one arrival: last departure, its travel time, number of departures.

    Outward, ``key`` is the last departure minute that catches a call (descending) and its mark the arrival. On the way
    back, ``key`` is the arrival (ascending), its mark the last departure (negated), and the earliest run comes first.
    """
    runs = 0
    if outward:
        best = np.int32(2_000_000_000)
        since = np.int32(-1)
        for k in range(first, last):
            value = mark[slot[k]]
            if value < best:
                m = key[k]
                if best != 2_000_000_000 and m < since:
                    until[runs] = since
                    shortest[runs] = best - (start_s + 60 * since)
                    length[runs] = since - m
                    runs += 1
                best = value
                since = m
        if best != 2_000_000_000:
            until[runs] = since
            shortest[runs] = best - (start_s + 60 * since)
            length[runs] = since + 1
            runs += 1
    else:
        known = np.int32(-1)
        for k in range(first, last):
            value = mark[slot[k]]
            if value == 2_000_000_000:
                continue
            m = min(minutes - 1, (-value - start_s) // 60)
            if m > known:
                until[runs] = m
                shortest[runs] = key[k] - (start_s + 60 * m)
                length[runs] = m - known
                runs += 1
                known = m
                if m == minutes - 1:
                    break
    return runs


@nb.njit(cache=True, nogil=True)
def _arrivals(outward, mark, first, key, slot, start_s, max_s, out):  # type: ignore[no-untyped-def]
    minutes = out.shape[1]
    until = np.empty(minutes, np.int32)
    shortest = np.empty(minutes, np.int32)
    length = np.empty(minutes, np.int32)
    for site in range(out.shape[0]):
        runs = _runs(
            outward,
            mark,
            first[site],
            first[site + 1],
            key,
            slot,
            start_s,
            minutes,
            until,
            shortest,
            length,
        )
        for k in range(runs):
            at = start_s + 60 * until[k] + shortest[k]
            for m in range(until[k] - length[k] + 1, until[k] + 1):
                if at - (start_s + 60 * m) <= max_s:
                    out[site, m] = at


@nb.njit(cache=True, nogil=True)
def _percentiles(outward, mark, first, key, slot, start_s, minutes, ranks, max_s, out):  # type: ignore[no-untyped-def]
    until = np.empty(minutes, np.int32)
    shortest = np.empty(minutes, np.int32)
    length = np.empty(minutes, np.int32)
    steps = np.zeros(max_s // 60 + 2, np.int32)
    inside = np.empty(minutes, np.int32)
    for site in range(out.shape[1]):
        runs = _runs(
            outward,
            mark,
            first[site],
            first[site + 1],
            key,
            slot,
            start_s,
            minutes,
            until,
            shortest,
            length,
        )
        if runs > 0:
            _read_ranks(shortest, length, runs, ranks, max_s, steps, inside, out[:, site])


@nb.njit(cache=True, nogil=True)
def _read_ranks(shortest, length, runs, ranks, max_s, steps, inside, out):  # type: ignore[no-untyped-def]
    """Read off the travel times of the given ranks (ascending) from runs of travel times that are 60 seconds apart."""
    last = max_s // 60
    for k in range(runs):  # a run has one travel time in each of a row of whole minutes
        low = shortest[k] // 60
        if low <= last:
            steps[low] += 1
            steps[min(low + length[k], last + 1)] -= 1
    here = 0  # runs with a travel time in this minute
    below = 0  # travel times in the minutes before
    minute = -1
    for r in range(len(ranks)):
        while minute <= last and below + here < ranks[r]:
            below += here
            minute += 1
            here += steps[minute]
        if minute > last:
            break
        n = 0
        for k in range(runs):
            if 0 <= minute - shortest[k] // 60 < length[k]:
                second = shortest[k] % 60
                m = n
                while m > 0 and inside[m - 1] > second:
                    inside[m] = inside[m - 1]
                    m -= 1
                inside[m] = second
                n += 1
        value = 60 * minute + inside[ranks[r] - below - 1]
        if value <= max_s:
            out[r] = value
    steps[:] = 0
