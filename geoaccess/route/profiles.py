"""Profiles: for every site, practice and departure minute the arrival, and percentiles of the travel time.

Travel time includes the wait. While the arrival stays the same, travel times are 60 seconds apart: a profile is a few
such *runs*, and percentiles are read off the runs without listing the minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.parallel import in_parallel
from geoaccess.route.calls import NEVER, Departures
from geoaccess.route.transit import Search, mark_searcher, practice_blocks

Array = np.ndarray[Any, Any]


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


def latest_departures(search: Search, arrive_by_s: int) -> Array:
    """Last departure of the window, for every practice and site, that arrives in time.

    Parameters
    ----------
    search : sites, practices, rides and limits.
    arrive_by_s : latest arrival, seconds of the service day.

    Returns
    -------
    int32 (practices, sites)
        seconds of the service day; -NEVER where no departure arrives in time.
    """
    practices = len(search.walk.first) - 1
    result = np.full((practices, search.sites), -NEVER, np.int32)
    start_s, last_s = search.window.first_s, search.window.last_s

    def reduce(practice: int, mark: Array, first: Array, key: Array, slot: Array) -> None:
        _latest(
            search.direction == "to",
            mark,
            first,
            key,
            slot,
            start_s,
            search.window.minutes,
            search.max_s,
            arrive_by_s,
            result[practice],
        )

    _for_each_practice(search, reduce)
    walk = search.walk
    depart = np.minimum(start_s + 60 * ((arrive_by_s - walk.seconds - start_s) // 60), last_s)
    fits = (walk.seconds <= search.max_s) & (depart >= start_s)
    practice, site = walk.row[fits], walk.to[fits]
    result[practice, site] = np.maximum(result[practice, site], depart[fits])
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
        mark_practice = mark_searcher(search)
        for practice in practices:
            reduce(practice, mark_practice(practice), calls.first, key, calls.slot)

    in_parallel(task, practice_blocks(search), search.workers)


@nb.njit(cache=True, nogil=True)
def find_runs(outward, mark, first, last, key, slot, start_s, minutes, until, shortest, length):  # type: ignore[no-untyped-def]
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
def _latest(outward, mark, first, key, slot, start_s, minutes, max_s, arrive_by_s, out):  # type: ignore[no-untyped-def]
    until = np.empty(minutes, np.int32)
    shortest = np.empty(minutes, np.int32)
    length = np.empty(minutes, np.int32)
    for site in range(len(out)):
        runs = find_runs(
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
            depart = start_s + 60 * until[k]
            if depart + shortest[k] <= arrive_by_s and shortest[k] <= max_s:
                out[site] = max(out[site], depart)


@nb.njit(cache=True, nogil=True)
def _arrivals(outward, mark, first, key, slot, start_s, max_s, out):  # type: ignore[no-untyped-def]
    minutes = out.shape[1]
    until = np.empty(minutes, np.int32)
    shortest = np.empty(minutes, np.int32)
    length = np.empty(minutes, np.int32)
    for site in range(out.shape[0]):
        runs = find_runs(
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
        runs = find_runs(
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
