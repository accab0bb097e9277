"""Round trips: out, the visit, and back by the next way home, for every departure of the window."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.parallel import in_parallel
from geoaccess.route.profiles import finder, percentile_ranks
from geoaccess.route.search import Search, one_draw, practice_blocks, walk_row
from geoaccess.route.window import NEVER, Window

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
    draws = max(1, len(out.draws))
    ranks = percentile_ranks(draws * out.window.minutes, percentiles)
    practices = len(out.walk.first) - 1
    result = np.full((practices, len(ranks), out.sites), NEVER, np.int32)

    def task(block: range) -> None:
        # each draw is a day of its own: out and back in the same one
        ways = [
            (finder(one_draw(out, k)), finder(one_draw(back, k), tick_s=1)) for k in range(draws)
        ]
        for practice in block:
            walk_out = walk_row(out.walk, practice, out.sites)
            walk_back = walk_row(back.walk, practice, out.sites)
            both = [
                zip(find_out(practice), find_back(practice), strict=True)
                for find_out, find_back in ways
            ]
            for parts in zip(*both, strict=True):
                sites = parts[0][0][0]
                count = sites.stop - sites.start
                totals = np.empty((count, draws, out.window.minutes), np.int32)
                for k, ((_, runs_out), (_, runs_back)) in enumerate(parts):
                    _round_trips(
                        runs_out,
                        walk_out[sites],
                        runs_back,
                        walk_back[sites],
                        out.window.first_s,
                        back.window.first_s,
                        out.max_s,
                        visit_s,
                        totals[:, k],
                    )
                pooled = np.sort(totals.reshape(count, -1), axis=1)
                result[practice, :, sites] = pooled[:, ranks - 1].T

    in_parallel(task, practice_blocks(out), out.workers)
    return result


@nb.njit(cache=True, nogil=True)
def _round_trips(  # type: ignore[no-untyped-def]
    out, walk_out, back, walk_back, start_s, back_start_s, max_s, visit_s, totals
):
    never = np.int32(2_000_000_000)
    minutes = totals.shape[1]
    arrival = np.empty(minutes, np.int32)
    for site in range(totals.shape[0]):
        for m in range(minutes):
            on_foot = walk_out[site] <= max_s
            arrival[m] = start_s + 60 * m + walk_out[site] if on_foot else never
        k = out.last[site]
        while k >= 0:
            for m in range(out.until[k] - out.length[k] + 1, out.until[k] + 1):
                if out.at_s[k] - (start_s + 60 * m) <= max_s:
                    arrival[m] = min(arrival[m], out.at_s[k])
            k = out.before[k]
        # arrivals never decrease with the departure and ways back are chained from the earliest: each is read once
        k = back.last[site]
        for m in range(minutes):
            totals[site, m] = never
            if arrival[m] == never:
                continue
            leave = arrival[m] + visit_s
            home = leave + walk_back[site] if walk_back[site] <= max_s else never
            while k >= 0 and back_start_s + back.until[k] < leave:
                k = back.before[k]
            if k >= 0:
                home = min(home, back.at_s[k])
            if home - leave <= max_s:
                totals[site, m] = home - (start_s + 60 * m)
