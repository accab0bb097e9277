"""Profiles: for every origin and departure minute the arrival, and from it percentiles of the travel time.

Travel time includes the wait. Within a step of the profile, arrival does not change, so travel times form a short
sequence 60 seconds apart; percentiles are read off these sequences without listing the minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.boardings import Boardings
from geoaccess.network.links import Links
from geoaccess.network.network import Transit
from geoaccess.network.parallel import in_parallel
from geoaccess.route.transit import (
    NEVER,
    Departures,
    Window,
    final_rides,
    mark_rides,
)

Array = np.ndarray[Any, Any]

#: practices searched by one call of the kernel
PRACTICES_PER_TASK = 8


@dataclass(frozen=True, eq=False)
class Search:
    """All that the profiles of a set of origins to a set of practices are computed from.

    Attributes
    ----------
    window : departures.
    max_s : longest trip.
    max_rides : 0 for no limit.
    origins : number of origins.
    walk : walks all the way, by practice (rows) and origin (columns).
    transit : rides, or None where there are none.
    board : what each origin can board.
    egress : where rides to each practice can end.
    workers : threads; None for all processors.
    """

    window: Window
    max_s: int
    max_rides: int
    origins: int
    walk: Links
    transit: Transit | None
    board: Departures | None
    egress: Boardings | None
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
    search : origins, practices, rides and limits.
    percentiles : each from 0 (exclusive) to 100; nearest rank, so a travel time that really occurs.

    Returns
    -------
    int32 (practices, percentiles, origins)
        seconds; NEVER where the share of departures without a trip within the limit is too large.
    """
    ranks = percentile_ranks(search.window.minutes, percentiles)
    practices = len(search.walk.first) - 1
    result = np.empty((practices, len(ranks), search.origins), np.int32)

    def reduce(practice: int, mark: Array, board: Departures) -> None:
        _percentiles(
            mark,
            board.first,
            board.minute,
            board.slot,
            search.window.first_s,
            search.window.minutes,
            ranks,
            search.max_s,
            result[practice],
        )
        _cap_by_walk(search, practice, result[practice])

    _for_each_practice(search, reduce)
    return result


def arrivals(search: Search) -> Array:
    """Earliest arrival for every practice, origin and departure.

    Returns
    -------
    int32 (practices, origins, minutes)
        seconds of the service day; NEVER where there is no trip within the limit.
    """
    practices = len(search.walk.first) - 1
    result = np.empty((practices, search.origins, search.window.minutes), np.int32)

    def reduce(practice: int, mark: Array, board: Departures) -> None:
        _arrivals(
            mark,
            board.first,
            board.minute,
            board.slot,
            search.window.first_s,
            search.max_s,
            result[practice],
        )
        first, last = search.walk.first[practice], search.walk.first[practice + 1]
        depart = search.window.first_s + 60 * np.arange(search.window.minutes, dtype=np.int32)
        origin, seconds = search.walk.to[first:last], search.walk.seconds[first:last]
        in_time = (seconds <= search.max_s)[:, None]
        on_foot = np.where(in_time, seconds[:, None] + depart, NEVER)
        result[practice, origin] = np.minimum(result[practice, origin], on_foot)

    _for_each_practice(search, reduce)
    return result


def _cap_by_walk(search: Search, practice: int, seconds: Array) -> None:
    """Let walking all the way compete: the percentile of a minimum with a constant is the minimum of both."""
    first, last = search.walk.first[practice], search.walk.first[practice + 1]
    origin, walk = search.walk.to[first:last], search.walk.seconds[first:last]
    kept = walk <= search.max_s
    origin, walk = origin[kept], walk[kept]
    seconds[:, origin] = np.minimum(seconds[:, origin], walk)


def _for_each_practice(search: Search, reduce: Callable[[int, Array, Departures], None]) -> None:
    """Search the rides to every practice, in parallel, and hand each result to ``reduce``."""
    practices = len(search.walk.first) - 1
    transit, board, egress = search.transit, search.board, search.egress
    if transit is None or board is None or egress is None:
        none = np.empty(0, np.int32)
        nothing = Departures(np.zeros(search.origins + 1, np.int64), none, none, none, none, 0, 0)
        for practice in range(practices):
            reduce(practice, none, nothing)
        return

    rides, changes = transit.patterns, transit.changes

    def task(chosen: range) -> None:
        rows, journeys = max(1, search.max_rides), len(rides.journey_event)
        asked, done, queue = (np.empty((rows, journeys), np.int32) for _ in range(3))
        queued = np.empty((rows, journeys), np.bool_)
        latest = np.empty((rows, len(rides.node_stop)), np.int32)
        mark = np.empty(board.slots, np.int32)
        for practice in chosen:
            when, journey, position = final_rides(
                egress.first[practice],
                egress.first[practice + 1],
                egress.pattern,
                egress.position,
                egress.seconds,
                rides.first_journey,
                rides.first_position,
                rides.first_event,
                rides.arrival_s,
                search.window.first_s,
                search.window.last_s + search.max_s,
            )
            mark_rides(
                when,
                journey,
                position,
                rides.first_journey,
                rides.first_position,
                rides.board_node,
                rides.journey_pattern,
                rides.journey_event,
                rides.departure_s,
                changes.first,
                changes.left,
                changes.superseded_first,
                changes.superseded_left,
                changes.superseded_at,
                changes.position_bits,
                board.slot_of_event,
                board.slot_of_position,
                search.window.first_s,
                search.max_s,
                board.bound_s,
                search.max_rides,
                asked,
                done,
                latest,
                mark,
                queue,
                queued,
            )
            reduce(practice, mark, board)

    tasks = [
        range(k, min(k + PRACTICES_PER_TASK, practices))
        for k in range(0, practices, PRACTICES_PER_TASK)
    ]
    in_parallel(task, tasks, search.workers)


@nb.njit(cache=True, nogil=True)
def _arrivals(mark, first, minute, slot, start_s, max_s, out):  # type: ignore[no-untyped-def]
    minutes = out.shape[1]
    for origin in range(out.shape[0]):
        k = first[origin]
        best = np.int32(2_000_000_000)
        for m in range(minutes - 1, -1, -1):
            while k < first[origin + 1] and minute[k] >= m:
                best = min(best, mark[slot[k]])
                k += 1
            out[origin, m] = best if best - (start_s + 60 * m) <= max_s else 2_000_000_000


@nb.njit(cache=True, nogil=True)
def _percentiles(mark, first, minute, slot, start_s, minutes, ranks, max_s, out):  # type: ignore[no-untyped-def]
    never = np.int32(2_000_000_000)
    # runs of departures with one arrival, latest first: shortest travel time and number of departures
    shortest = np.empty(minutes, np.int32)
    length = np.empty(minutes, np.int32)
    steps = np.zeros(max_s // 60 + 2, np.int32)
    inside = np.empty(minutes, np.int32)
    for origin in range(out.shape[1]):
        runs = 0
        best = never
        since = np.int32(-1)  # last departure of the current run
        for k in range(first[origin], first[origin + 1]):
            value = mark[slot[k]]
            if value < best:
                m = minute[k]
                if best != never and m < since:
                    shortest[runs] = best - (start_s + 60 * since)
                    length[runs] = since - m
                    runs += 1
                best = value
                since = m
        if best == never:
            for r in range(len(ranks)):
                out[r, origin] = never
            continue
        shortest[runs] = best - (start_s + 60 * since)
        length[runs] = since + 1
        runs += 1
        _read_ranks(shortest, length, runs, ranks, max_s, steps, inside, out[:, origin])


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
            out[r] = 2_000_000_000
            continue
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
        out[r] = value if value <= max_s else 2_000_000_000
    steps[:] = 0
