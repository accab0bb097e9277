"""Kernel of `geoaccess.route.visits`: the days of one practice and a block of sites."""

from __future__ import annotations

import numba as nb
import numpy as np

from geoaccess.route.visit_fields import (
    ARRIVE,
    END,
    FIELDS,
    FIX_S,
    FIX_SIZE_S,
    HOME,
    IN_REACH,
    KIND,
    LEAVE,
    LEVEL,
    LIFTED,
    LINKED,
    LOST_HOME,
    LOST_LEAVE,
    LOST_S,
    NEARER,
    NO_FIX,
    NONE,
    PRACTICE,
    START,
    UNTIL,
    WAY_BACK,
)
from geoaccess.route.visit_reasons import judge_day, reached
from geoaccess.route.visit_trips import Back, Outs, first_from, list_back, list_outs, list_visits


@nb.njit(cache=True, nogil=True)
def _best_visit(visits, n, free, f, g, limits, day):  # type: ignore[no-untyped-def]
    """Write the visit inside free time that takes least from door to door, the latest of these; is there one."""
    shortest = NONE
    for k in range(f, g):
        low = first_from(visits[0], n, free.start_s[k])
        high = first_from(visits[3], n, free.end_s[k] + 1)
        for m in range(low, high):
            takes = visits[3, m] - visits[0, m]
            if takes <= shortest:
                shortest = takes
                day[LEAVE], day[ARRIVE] = visits[0, m], visits[1, m]
                day[START], day[END] = visits[2, m] - limits.consult_s, visits[2, m]
                day[HOME], day[UNTIL] = visits[3, m], free.end_s[k]
    return shortest < NONE


@nb.njit(cache=True, nogil=True)
def _least_lost(visits, n, busy, f, g, day):  # type: ignore[no-untyped-def]
    """Write the visit that takes least busy time, and of these least from door to door."""
    shortest = NONE
    first = f
    for m in range(n):
        while first < g and busy.end_s[first] <= visits[0, m]:
            first += 1
        lost = 0
        for k in range(first, g):
            if busy.start_s[k] >= visits[3, m]:
                break
            lost += min(busy.end_s[k], visits[3, m]) - max(busy.start_s[k], visits[0, m])
        takes = visits[3, m] - visits[0, m]
        if lost < day[LOST_S] or (lost == day[LOST_S] and takes < shortest):
            shortest = takes
            day[LOST_S], day[LOST_LEAVE], day[LOST_HOME] = lost, visits[0, m], visits[3, m]


@nb.njit(cache=True, nogil=True)
def judge_days(  # type: ignore[no-untyped-def]
    out,
    walk_out,
    back,
    walk_back,
    limits,
    days_here,
    like_day,
    opening,
    practice,
    free,
    busy,
    case_first,
    schedule,
    chooser_first,
    best,
    days,
):
    """Write the days with one network, of the cases of a block of sites at one practice.

    Parameters
    ----------
    out, back : runs of the sites, as `geoaccess.route.search.Runs`.
    walk_out, walk_back : int32 (sites,).
    days_here : days of the week with this network.
    like_day : int64 (7,); of this practice.
    best : the best visits known so far, of all choosers; lost time does not matter where all of a case have any.
    days : int32 (cases of the block, 7, FIELDS).
    """
    minutes = 24 * 60
    leave_s = np.empty(3 * minutes, np.int32)
    arrive_s = np.empty(3 * minutes, np.int32)
    until_s = np.empty(1024, np.int32)
    home_s = np.empty(1024, np.int32)
    visits = np.empty((4, minutes), np.int32)
    base = case_first[0]
    most = 0
    for site in range(len(case_first) - 1):
        most = max(most, case_first[site + 1] - case_first[site])
    served = np.empty(most, np.bool_)
    for site in range(len(case_first) - 1):
        first, last = case_first[site], case_first[site + 1]
        if first == last:
            continue
        walk_s = walk_out[site]
        n = list_outs(out, site, walk_s, 0, minutes, limits.norm_s, leave_s, arrive_s)
        inside = n > 0
        if not inside:
            n = list_outs(out, site, walk_s, 0, minutes, limits.max_s, leave_s, arrive_s)
        if n == 0:
            for case in range(first, last):
                for d in days_here:
                    day = days[case - base, d]
                    for m in range(FIELDS):
                        day[m] = NONE
                    day[LEVEL], day[LIFTED], day[KIND] = LINKED, IN_REACH, NO_FIX
            continue
        outs = Outs(leave_s, arrive_s, n)
        rides = 0
        k = back.last[site]
        while k >= 0:
            rides += 1
            k = back.before[k]
        if rides > len(until_s):
            until_s = np.empty(2 * rides, np.int32)
            home_s = np.empty(2 * rides, np.int32)
        list_back(back, site, 0, until_s, home_s)
        ways = Back(until_s, home_s, rides, walk_back[site])
        quickest = NONE
        for k in range(n):
            quickest = min(quickest, arrive_s[k] - leave_s[k])
        for case in range(first, last):
            served[case - first] = True
            for chooser in range(chooser_first[case], chooser_first[case + 1]):
                some = False
                for d in range(7):
                    some |= best[chooser, d, PRACTICE] >= 0
                served[case - first] &= some
        for kind in days_here:
            if like_day[kind] != kind:
                continue
            a, b = opening.first[7 * practice + kind], opening.first[7 * practice + kind + 1]
            n_visits = list_visits(outs, ways, opening, a, b, limits, visits)
            for d in days_here:
                if like_day[d] != kind:
                    continue
                for case in range(first, last):
                    day = days[case - base, d]
                    for m in range(FIELDS):
                        day[m] = NONE
                    row = 7 * schedule[case] + d
                    f, g = free.first[row], free.first[row + 1]
                    fits = _best_visit(visits, n_visits, free, f, g, limits, day)
                    if not inside:
                        level = reached(outs, opening, a, b, free, f, g, limits)
                        day[LEVEL], day[LIFTED] = LINKED, WAY_BACK if fits else level
                        day[KIND], day[FIX_S], day[FIX_SIZE_S] = NEARER, NONE, quickest
                        day[HOME] = NONE
                    elif fits:
                        day[LEVEL] = day[LIFTED] = WAY_BACK
                        day[KIND] = NO_FIX
                    else:
                        level = reached(outs, opening, a, b, free, f, g, limits)
                        judge_day(outs, ways, opening, a, b, free, f, g, limits, level, day)
                        if n_visits > 0 and not served[case - first]:
                            h, i = busy.first[row], busy.first[row + 1]
                            _least_lost(visits, n_visits, busy, h, i, day)
