"""Round trips: out, the visit, and back by the next way home, for every departure of the window."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.links import Links
from geoaccess.network.parallel import in_parallel
from geoaccess.route.calls import NEVER, Departures, Landings, Window
from geoaccess.route.profiles import find_runs, percentile_ranks
from geoaccess.route.transit import Search, mark_searcher, practice_blocks

Array = np.ndarray[Any, Any]


def back_window(window: Window, max_s: int, visit_s: int) -> Window:
    """Departures from the practice that a round trip within the limits can need."""
    return Window(window.first_s + visit_s, window.minutes + -(-max_s // 60))


def round_trip_seconds(
    out: Search, back: Search, visit_s: int, percentiles: tuple[float, ...]
) -> Array:
    """Percentiles of the time from leaving home to being home again.

    Parameters
    ----------
    out : search to the practices.
    back : search from the same practices to the same sites, over `back_window`.
    visit_s : seconds between arriving at the practice and leaving it.
    percentiles : each from 0 (exclusive) to 100, ascending; nearest rank.

    Returns
    -------
    int32 (practices, percentiles, sites)
        seconds; NEVER where the share of departures without a round trip is too large. Each way is within the limit
        for one trip.
    """
    ranks = percentile_ranks(out.window.minutes, percentiles)
    practices = len(out.walk.first) - 1
    result = np.full((practices, len(ranks), out.sites), NEVER, np.int32)

    def task(block: range) -> None:
        mark_out = mark_searcher(out) if isinstance(out.calls, Departures) else None
        mark_back = (
            mark_searcher(back, to_the_minute=False) if isinstance(back.calls, Landings) else None
        )
        totals = np.empty((out.sites, out.window.minutes), np.int32)
        none, no_call = np.empty(0, np.int32), np.zeros(out.sites + 1, np.int64)
        for practice in block:
            way_out = (none, no_call, none, none)
            way_back = (none, no_call, none, none)
            if mark_out is not None and isinstance(out.calls, Departures):
                way_out = (mark_out(practice), out.calls.first, out.calls.minute, out.calls.slot)
            if mark_back is not None and isinstance(back.calls, Landings):
                way_back = (mark_back(practice), back.calls.first, back.calls.at_s, back.calls.slot)
            _round_trips(
                *way_out,
                _walk_row(out.walk, practice, out.sites),
                *way_back,
                _walk_row(back.walk, practice, out.sites),
                out.window.first_s,
                out.max_s,
                visit_s,
                totals,
            )
            result[practice] = np.sort(totals, axis=1)[:, ranks - 1].T

    in_parallel(task, practice_blocks(out), out.workers)
    return result


def _walk_row(walk: Links, practice: int, sites: int) -> Array:
    """Seconds to walk all the way between a practice and every site, NEVER where it is too far."""
    seconds = np.full(sites, NEVER, np.int32)
    first, last = walk.first[practice], walk.first[practice + 1]
    seconds[walk.to[first:last]] = walk.seconds[first:last]
    return seconds


@nb.njit(cache=True, nogil=True)
def _round_trips(  # type: ignore[no-untyped-def]
    mark_out,
    first_out,
    minute,
    slot_out,
    walk_out,
    mark_back,
    first_back,
    at_s,
    slot_back,
    walk_back,
    start_s,
    max_s,
    visit_s,
    totals,
):
    never = np.int32(2_000_000_000)
    minutes = totals.shape[1]
    until = np.empty(minutes, np.int32)
    shortest = np.empty(minutes, np.int32)
    length = np.empty(minutes, np.int32)
    arrival = np.empty(minutes, np.int32)
    for site in range(totals.shape[0]):
        for m in range(minutes):
            on_foot = walk_out[site] <= max_s
            arrival[m] = start_s + 60 * m + walk_out[site] if on_foot else never
        runs = find_runs(
            True,
            mark_out,
            first_out[site],
            first_out[site + 1],
            minute,
            slot_out,
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
                    arrival[m] = min(arrival[m], at)
        # arrivals never decrease with the departure, so the ways back are read once
        k = first_back[site]
        for m in range(minutes):
            totals[site, m] = never
            if arrival[m] == never:
                continue
            leave = arrival[m] + visit_s
            home = leave + walk_back[site] if walk_back[site] <= max_s else never
            while k < first_back[site + 1] and (
                mark_back[slot_back[k]] == never or -mark_back[slot_back[k]] < leave
            ):
                k += 1
            if k < first_back[site + 1]:
                home = min(home, at_s[k])
            if home - leave <= max_s:
                totals[site, m] = home - (start_s + 60 * m)
