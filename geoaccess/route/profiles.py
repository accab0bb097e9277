"""Profiles: for every site, practice and departure minute the arrival, and percentiles of the travel time.

Travel time includes the wait. While the arrival stays the same, travel times are 60 seconds apart: a profile is a few
such runs (see `geoaccess.route.search.Runs`), and percentiles are read off the runs without listing the minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.parallel import in_parallel, worker_count
from geoaccess.route.search import Runs, Search
from geoaccess.route.transit import run_finder
from geoaccess.route.walk_limited import limited_run_finder
from geoaccess.route.window import NEVER

Array = np.ndarray[Any, Any]


def percentile_ranks(travel_times: int, percentiles: tuple[float, ...]) -> Array:
    """Ranks (1 is the shortest) of the nearest-rank percentiles among so many travel times.

    Examples
    --------
    >>> percentile_ranks(60, (10, 50, 90)).tolist()
    [6, 30, 54]
    """
    return np.array(
        [max(1, int(np.ceil(p / 100.0 * travel_times - 1e-9))) for p in percentiles], np.int64
    )


def travel_seconds(search: Search, percentiles: tuple[float, ...]) -> Array:
    """Percentiles of the travel time over the departures of the window.

    Parameters
    ----------
    search : sites, practices, rides and limits.
    percentiles : each from 0 (exclusive) to 100, ascending; nearest rank, so a travel time that really occurs. With
        several draws, of all their travel times together.

    Returns
    -------
    int32 (practices, percentiles, sites)
        seconds; NEVER where the share of departures without a trip within the limit is too large.
    """
    draws, window = len(search.draws), search.window
    ranks = percentile_ranks(max(1, draws) * window.minutes, percentiles)
    practices = len(search.walk.first) - 1
    result = np.full((practices, len(ranks), search.sites), NEVER, np.int32)

    def reduce(practice: int, sites: slice, runs: Runs) -> None:
        _percentiles(
            runs,
            window.first_s,
            window.minutes * draws,
            ranks,
            search.max_s,
            result[practice, :, sites],
        )

    for_each_practice(search, reduce)
    # walking all the way competes: the percentile of a minimum with a constant is the minimum of both
    fits = search.walk.seconds <= search.max_s
    practice, site, seconds = search.walk.row[fits], search.walk.to[fits], search.walk.seconds[fits]
    result[practice, :, site] = np.minimum(result[practice, :, site], seconds[:, None])
    return result


def arrivals(search: Search) -> Array:
    """Earliest arrival for every practice, site and departure: at the practice, or at the site on the way back.

    Parameters
    ----------
    search : with at most one draw.

    Returns
    -------
    int32 (practices, sites, minutes)
        seconds of the service day; NEVER where there is no trip within the limit.
    """
    assert len(search.draws) <= 1
    practices, window = len(search.walk.first) - 1, search.window
    result = np.full((practices, search.sites, window.minutes), NEVER, np.int32)

    def reduce(practice: int, sites: slice, runs: Runs) -> None:
        _arrivals(runs, window.first_s, search.max_s, result[practice, sites])

    for_each_practice(search, reduce)
    fits = search.walk.seconds <= search.max_s
    practice, site, seconds = search.walk.row[fits], search.walk.to[fits], search.walk.seconds[fits]
    depart = window.first_s + 60 * np.arange(window.minutes, dtype=np.int32)
    result[practice, site] = np.minimum(result[practice, site], seconds[:, None] + depart)
    return result


def latest_departures(search: Search, arrive_by_s: int) -> Array:
    """Last departure of the window, for every practice and site, that arrives in time.

    Parameters
    ----------
    search : sites, practices, rides and limits; with at most one draw.
    arrive_by_s : latest arrival, seconds of the service day.

    Returns
    -------
    int32 (practices, sites)
        seconds of the service day; -NEVER where no departure arrives in time.
    """
    assert len(search.draws) <= 1
    practices = len(search.walk.first) - 1
    result = np.full((practices, search.sites), -NEVER, np.int32)
    start_s, last_s = search.window.first_s, search.window.last_s

    def reduce(practice: int, sites: slice, runs: Runs) -> None:
        _latest(runs, start_s, search.max_s, arrive_by_s, result[practice, sites])

    for_each_practice(search, reduce)
    walk = search.walk
    depart = np.minimum(start_s + 60 * ((arrive_by_s - walk.seconds - start_s) // 60), last_s)
    fits = (walk.seconds <= search.max_s) & (depart >= start_s)
    practice, site = walk.row[fits], walk.to[fits]
    result[practice, site] = np.maximum(result[practice, site], depart[fits])
    return result


def finder(search: Search, tick_s: int = 60) -> Callable[[int], Iterator[tuple[slice, Runs]]]:
    """Workspace for one thread, as `run_finder`, that keeps all limits of the search."""
    limited = any(draw.on_foot is not None for draw in search.draws)
    return (limited_run_finder if limited else run_finder)(search, tick_s)


def for_each_practice(search: Search, reduce: Callable[[int, slice, Runs], None]) -> None:
    """Search the rides of every practice, in parallel, and hand the runs of each block of sites to ``reduce``."""
    if not search.draws:
        return
    threads = min(worker_count(search.workers), len(search.walk.first) - 1)
    # all take the next one from here, so that no thread is left waiting for another's last ones
    practices = iter(range(len(search.walk.first) - 1))

    def task(_thread: int) -> None:
        find_runs = finder(search)
        for practice in practices:
            for sites, runs in find_runs(practice):
                reduce(practice, sites, runs)

    in_parallel(task, range(threads), threads)


@nb.njit(cache=True, nogil=True)
def _latest(runs, start_s, max_s, arrive_by_s, out):  # type: ignore[no-untyped-def]
    for site in range(len(out)):
        k = runs.last[site]
        while k >= 0:
            depart = start_s + 60 * runs.until[k]
            if runs.at_s[k] <= arrive_by_s and runs.at_s[k] - depart <= max_s:
                out[site] = max(out[site], depart)
            k = runs.before[k]


@nb.njit(cache=True, nogil=True)
def _arrivals(runs, start_s, max_s, out):  # type: ignore[no-untyped-def]
    for site in range(out.shape[0]):
        k = runs.last[site]
        while k >= 0:
            at = runs.at_s[k]
            for m in range(runs.until[k] - runs.length[k] + 1, runs.until[k] + 1):
                if at - (start_s + 60 * m) <= max_s:
                    out[site, m] = at
            k = runs.before[k]


@nb.njit(cache=True, nogil=True)
def _percentiles(runs, start_s, most_runs, ranks, max_s, out):  # type: ignore[no-untyped-def]
    """Read off the travel times of the given ranks (ascending): those of a run are 60 seconds apart."""
    last = max_s // 60
    steps = np.zeros(last + 2, np.int32)
    low = np.empty(
        most_runs, np.int32
    )  # whole minutes of the shortest travel time of each run, and seconds over
    second = np.empty(most_runs, np.int32)
    length = np.empty(most_runs, np.int32)
    inside = np.empty(most_runs, np.int32)
    for site in range(out.shape[1]):
        n = 0
        first = last + 1
        end = 0
        k = runs.last[site]
        while k >= 0:
            shortest = np.uint32(runs.at_s[k] - start_s - 60 * runs.until[k])
            minute = np.int32(shortest // np.uint32(60))
            if minute <= last:  # a run has one travel time in each of a row of whole minutes
                low[n] = minute
                second[n] = shortest - np.uint32(60) * np.uint32(minute)
                length[n] = runs.length[k]
                steps[minute] += 1
                after = min(minute + length[n], last + 1)
                steps[after] -= 1
                first = min(first, minute)
                end = max(end, after)
                n += 1
            k = runs.before[k]
        here = 0  # runs with a travel time in this minute
        below = 0  # travel times in the minutes before
        minute = first - 1
        for r in range(len(ranks)):
            while minute < end and below + here < ranks[r]:
                below += here
                minute += 1
                here += steps[minute]
            if below + here < ranks[r] or minute > last:
                break
            found = 0
            for k in range(n):
                if low[k] <= minute < low[k] + length[k]:
                    m = found
                    while m > 0 and inside[m - 1] > second[k]:
                        inside[m] = inside[m - 1]
                        m -= 1
                    inside[m] = second[k]
                    found += 1
            value = 60 * minute + inside[ranks[r] - below - 1]
            if value <= max_s:
                out[r, site] = value
        for m in range(first, end + 1):
            steps[m] = 0
