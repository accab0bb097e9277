"""Profiles: for every origin and departure minute the arrival, and from it percentiles of the travel time.

Travel time includes the wait. Within a step of the profile, arrival does not change, so travel times form a short
sequence 60 seconds apart; percentiles are read off these sequences without listing the minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.links import Links, worker_count
from geoaccess.network.transfers import Boardings
from geoaccess.route.transit import (
    Departures,
    RideArrays,
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
    rides : arrays of the timetable, or None where there is none.
    board : what each origin can board.
    egress : where rides to each practice can end.
    """

    window: Window
    max_s: int
    max_rides: int
    origins: int
    walk: Links
    rides: RideArrays | None
    board: Departures | None
    egress: Boardings | None


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
            board.mark,
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
            board.mark,
            search.window.first_s,
            search.max_s,
            result[practice],
        )
        first, last = search.walk.first[practice], search.walk.first[practice + 1]
        depart = search.window.first_s + 60 * np.arange(search.window.minutes, dtype=np.int32)
        origin, seconds = search.walk.to[first:last], search.walk.seconds[first:last]
        on_foot = np.where(seconds <= search.max_s, seconds, 1_000_000_000)[:, None] + depart
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
    rides, board, egress = search.rides, search.board, search.egress
    if rides is None or board is None or egress is None:
        nothing = Departures(
            np.zeros(search.origins + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.int64), 0
        )
        for practice in range(practices):
            reduce(practice, np.empty(0, np.int32), nothing)
        return
    places = int(rides.first_position[-1])

    def task(chosen: range) -> None:
        reached = np.empty((max(1, search.max_rides), len(rides.journey_event)), np.int32)
        mark = np.empty(len(rides.arrival_s) + places, np.int32)
        queues = np.empty(4096, np.int32), np.empty(4096, np.int32)
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
            queues = mark_rides(
                when,
                journey,
                position,
                rides.first_journey,
                rides.first_position,
                rides.journey_pattern,
                rides.journey_event,
                rides.arrival_s,
                rides.departure_s,
                rides.into_first,
                rides.into_journey,
                rides.into_position,
                search.window.first_s,
                search.max_s,
                board.bound_s,
                search.max_rides,
                reached,
                mark,
                queues[0],
                queues[1],
            )
            reduce(practice, mark, board)

    tasks = [
        range(k, min(k + PRACTICES_PER_TASK, practices))
        for k in range(0, practices, PRACTICES_PER_TASK)
    ]
    with ThreadPoolExecutor(worker_count()) as pool:
        list(pool.map(task, tasks))


@nb.njit(cache=True, nogil=True)
def _arrivals(mark, first, minute, place, start_s, max_s, out):  # type: ignore[no-untyped-def]
    minutes = out.shape[1]
    for origin in range(out.shape[0]):
        k = first[origin]
        best = np.int32(2_000_000_000)
        for m in range(minutes - 1, -1, -1):
            while k < first[origin + 1] and minute[k] >= m:
                best = min(best, mark[place[k]])
                k += 1
            out[origin, m] = best if best - (start_s + 60 * m) <= max_s else 2_000_000_000


@nb.njit(cache=True, nogil=True)
def _percentiles(mark, first, minute, place, start_s, minutes, ranks, max_s, out):  # type: ignore[no-untyped-def]
    never = np.int32(2_000_000_000)
    # runs of departures with one arrival, latest first: shortest travel time and number of departures
    shortest = np.empty(minutes, np.int32)
    length = np.empty(minutes, np.int32)
    for origin in range(out.shape[1]):
        runs = 0
        best = never
        since = np.int32(-1)  # last departure of the current run
        for k in range(first[origin], first[origin + 1]):
            value = mark[place[k]]
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
        reachable = 0
        for k in range(runs):
            reachable += length[k]
        for r in range(len(ranks)):
            rank = ranks[r]
            if rank > reachable:
                out[r, origin] = never
                continue
            # smallest whole minute below which at least ``rank`` travel times end
            low, high = 0, max_s // 60 + 1
            while low < high:
                middle = (low + high) >> 1
                count = 0
                for k in range(runs):
                    count += max(0, min(length[k], middle - shortest[k] // 60 + 1))
                if count >= rank:
                    high = middle
                else:
                    low = middle + 1
            below = 0
            for k in range(runs):
                below += max(0, min(length[k], low - shortest[k] // 60))
            # each run has at most one travel time within that minute: pick by the seconds beyond it
            wanted = rank - below
            second = -1
            for _ in range(wanted):
                step = 60
                ties = 0
                for k in range(runs):
                    inside = low - shortest[k] // 60
                    rest = shortest[k] % 60
                    if 0 <= inside < length[k] and rest > second:
                        if rest < step:
                            step = rest
                            ties = 1
                        elif rest == step:
                            ties += 1
                second = step
                wanted -= ties
                if wanted <= 0:
                    break
            value = 60 * low + second
            out[r, origin] = value if value <= max_s else never
