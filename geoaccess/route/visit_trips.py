"""Visits of one site and practice on one kind of day, whoever makes them: trips out, ways home, and what fits.

Only the last departure for each moment of arriving, and of coming home, is listed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np

from geoaccess.route.visit_fields import LAST_S, NONE

Array = np.ndarray[Any, Any]


class Back(NamedTuple):
    """Ways home of one site: rides in order of time, and seconds to walk."""

    until_s: Array
    home_s: Array
    rides: int
    walk_s: int


class Outs(NamedTuple):
    """Departures worth making, each the last with its arrival, in order of time."""

    leave_s: Array
    arrive_s: Array
    n: int


@nb.njit(cache=True, nogil=True)
def first_from(values, count, least):  # type: ignore[no-untyped-def]
    """First k of ``count`` ascending values that is at least so much."""
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if values[middle] >= least:
            high = middle
        else:
            low = middle + 1
    return low


@nb.njit(cache=True, nogil=True)
def list_outs(out, site, walk_s, start_s, minutes, longest_s, leave_s, arrive_s):  # type: ignore[no-untyped-def]
    """Departures of at most ``longest_s`` of one site; how many there are."""
    n = 0
    k = out.last[site]
    while k >= 0:  # from the last departure to the first
        leave = start_s + 60 * out.until[k]
        if out.at_s[k] - leave <= min(longest_s, walk_s - 1):
            leave_s[n] = leave
            arrive_s[n] = out.at_s[k]
            n += 1
        k = out.before[k]
    for m in range(n // 2):
        other = n - 1 - m
        leave_s[m], leave_s[other] = leave_s[other], leave_s[m]
        arrive_s[m], arrive_s[other] = arrive_s[other], arrive_s[m]
    if walk_s > longest_s:
        return n
    # whoever walks may leave at any minute; a ride that is quicker is waited for until walking would be no slower
    rides = n
    for m in range(rides):  # moved to the end, to be merged from there
        leave_s[len(leave_s) - rides + m] = leave_s[m]
        arrive_s[len(leave_s) - rides + m] = arrive_s[m]
    ride = len(leave_s) - rides
    n = 0
    for m in range(minutes):
        leave = start_s + 60 * m
        if ride < len(leave_s) and leave > arrive_s[ride] - walk_s:
            if leave == leave_s[ride]:
                leave_s[n], arrive_s[n] = leave, arrive_s[ride]
                n += 1
                ride += 1
        else:
            leave_s[n], arrive_s[n] = leave, leave + walk_s
            n += 1
    return n


@nb.njit(cache=True, nogil=True)
def list_back(back, site, start_s, until_s, home_s):  # type: ignore[no-untyped-def]
    """Ways home of one site by ride, in order of time; how many there are."""
    n = 0
    k = back.last[site]
    while k >= 0:  # chained from the first departure
        until_s[n] = start_s + back.until[k]
        home_s[n] = back.at_s[k]
        n += 1
        k = back.before[k]
    return n


@nb.njit(cache=True, nogil=True)
def way_home(back, max_s, ready_s, closes_s):  # type: ignore[no-untyped-def]
    """Leave the practice between two moments so as to be home first, and as early as that allows: leave and home."""
    leave, home = NONE, NONE
    if ready_s > closes_s:
        return leave, home
    if back.walk_s <= max_s:
        leave, home = ready_s, ready_s + back.walk_s
    k = first_from(back.until_s, back.rides, ready_s)
    if k < back.rides and back.home_s[k] < home:
        # a trip is not to take too long: the consultation may start later, so that the wait is shorter
        moment = max(ready_s, back.home_s[k] - max_s)
        if moment <= closes_s:
            leave, home = moment, back.home_s[k]
    return leave, home


@nb.njit(cache=True, nogil=True)
def last_way_home(back, max_s, ready_s, by_s):  # type: ignore[no-untyped-def]
    """Last moment from ``ready_s`` on to leave the practice and be home by another; -1 for none."""
    latest = -1
    if back.walk_s <= max_s:
        latest = by_s - back.walk_s
    k = first_from(back.home_s, back.rides, by_s + 1) - 1
    if k >= 0:
        latest = max(latest, back.until_s[k])
    latest = min(latest, LAST_S)
    return latest if latest >= ready_s else -1


@nb.njit(cache=True, nogil=True)
def open_end(opening, a, b, ready_s, limits):  # type: ignore[no-untyped-def]
    """Earliest end of a consultation in opening hours of one who is ready then, NONE for never."""
    for k in range(a, b):
        end = max(ready_s, opening.start_s[k]) + limits.consult_s
        if end <= opening.end_s[k]:
            return end
    return NONE


@nb.njit(cache=True, nogil=True)
def visit_of(opening, a, b, ready_s, limits, back):  # type: ignore[no-untyped-def]
    """End of the consultation and moment of coming home of one who is ready then: home first, then early done."""
    for k in range(a, b):
        earliest = max(ready_s, opening.start_s[k]) + limits.consult_s
        end, home = way_home(back, limits.max_s, earliest, opening.end_s[k])
        if home < NONE:
            return end, home
    return NONE, NONE


@nb.njit(cache=True, nogil=True)
def list_visits(outs, back, opening, a, b, limits, visits):  # type: ignore[no-untyped-def]
    """Visits worth making, LEAVE, ARRIVE, END and HOME: the last departure for each moment of coming home."""
    n = 0
    for k in range(outs.n):
        end, home = visit_of(opening, a, b, outs.arrive_s[k] + limits.margin_s, limits, back)
        if home == NONE:
            break  # nobody who is ready later has a visit, either
        if n > 0 and visits[3, n - 1] == home:
            n -= 1
        visits[0, n], visits[1, n], visits[2, n], visits[3, n] = (
            outs.leave_s[k],
            outs.arrive_s[k],
            end,
            home,
        )
        n += 1
    return n
