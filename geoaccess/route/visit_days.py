"""Kernels of `geoaccess.route.visits`: the days of one practice and a block of sites."""

from __future__ import annotations

import numba as nb
import numpy as np

from geoaccess.route.visit_ways import (
    LAST_S,
    NONE,
    Back,
    Outs,
    first_from,
    last_way_home,
    list_back,
    list_outs,
    list_visits,
    open_end,
    visit_after,
    way_home,
)

#: fields of the best visit on a day: seconds of that day
LEAVE, ARRIVE, START, END, HOME, UNTIL = range(6)
#: how far a day gets: see `geoaccess.route.visits.Pairs`
LEVEL, LIFTED, KIND, FIX_S, FIX_SIZE_S = range(6, 11)
#: the visit that takes least busy time
LOST_S, LOST_LEAVE, LOST_HOME = range(11, 14)
FIELDS = 14
#: field of the best visit over practices that takes the place of LEVEL
PRACTICE = 6

#: kinds of change: a practice nearer by, opening on a day, a ride out, closing later, opening earlier, a ride back
NO_FIX, NEARER, OPEN_DAY, RIDE_OUT, CLOSE_LATER, OPEN_EARLIER, RIDE_BACK = range(7)

#: constraints, numbered in their order
LINKED, IN_REACH, THAT_DAY, IN_FREE_TIME, OPEN_THEN, WAY_BACK = range(1, 7)


@nb.njit(cache=True, nogil=True)
def _reached(outs, opening, a, b, free, f, g, limits):  # type: ignore[no-untyped-def]
    """How far a day gets without a way back, from IN_REACH to OPEN_THEN."""
    if a == b:
        return IN_REACH
    level = THAT_DAY
    for k in range(f, g):
        first = first_from(outs.leave_s, outs.n, free.start_s[k])
        if first < outs.n and outs.arrive_s[first] <= free.end_s[k]:
            level = IN_FREE_TIME
            ready = outs.arrive_s[first] + limits.margin_s
            if open_end(opening, a, b, ready, limits) <= free.end_s[k]:
                return OPEN_THEN
    return level


@nb.njit(cache=True, nogil=True)
def _change_hours(outs, back, opening, a, b, free, f, g, limits):  # type: ignore[no-untyped-def]
    """Smallest change of opening hours that makes a visit: kind, time and size; also for hours that are not there."""
    kind, time, size = NO_FIX, NONE, NONE
    for k in range(f, g):
        first = first_from(outs.leave_s, outs.n, free.start_s[k])
        if first == outs.n:
            continue
        ready = outs.arrive_s[first] + limits.margin_s
        end, home = way_home(back, limits.max_s, ready + limits.consult_s, LAST_S)
        if home > free.end_s[k]:
            continue
        if back.walk_s <= limits.max_s and ready + limits.consult_s + back.walk_s <= free.end_s[k]:
            end = ready + limits.consult_s  # slower home than by the ride, but no wait for it
        latest = last_way_home(back, limits.max_s, end, free.end_s[k])
        for m in range(a, b):
            if opening.start_s[m] <= end - limits.consult_s and end - opening.end_s[m] < size:
                kind, time, size = CLOSE_LATER, end, end - opening.end_s[m]
            start = latest - limits.consult_s
            earlier = opening.start_s[m] - start
            if 0 <= earlier < size and latest <= opening.end_s[m]:
                kind, time, size = OPEN_EARLIER, start, earlier
    return kind, time, size


@nb.njit(cache=True, nogil=True)
def _ride_out(back, opening, a, b, free, f, g, limits):  # type: ignore[no-untyped-def]
    """First moment at which a ride out of as long as the norm would make a visit, NONE for never."""
    for k in range(f, g):
        for m in range(a, b):
            leave = max(free.start_s[k], opening.start_s[m] - limits.margin_s - limits.norm_s, 0)
            leave = 60 * -(-leave // 60)
            if leave >= 86_400:
                continue
            ready = leave + limits.norm_s + limits.margin_s
            if visit_after(opening, m, m + 1, ready, limits, back)[1] <= free.end_s[k]:
                return leave
    return NONE


@nb.njit(cache=True, nogil=True)
def _lift_free_time(outs, back, opening, a, b, free, f, g, limits):  # type: ignore[no-untyped-def]
    """How far a day gets when the trip out may be at any time."""
    level = IN_FREE_TIME
    for k in range(f, g):
        ready = max(outs.arrive_s[0] + limits.margin_s, free.start_s[k])
        if open_end(opening, a, b, ready, limits) <= free.end_s[k]:
            level = OPEN_THEN
            if visit_after(opening, a, b, ready, limits, back)[1] <= free.end_s[k]:
                return WAY_BACK
    return level


@nb.njit(cache=True, nogil=True)
def _lift_hours(outs, back, free, f, g, limits):  # type: ignore[no-untyped-def]
    """How far a day gets when the practice is open at any time."""
    for k in range(f, g):
        first = first_from(outs.leave_s, outs.n, free.start_s[k])
        if first < outs.n:
            ready = outs.arrive_s[first] + limits.margin_s + limits.consult_s
            if way_home(back, limits.max_s, ready, LAST_S)[1] <= free.end_s[k]:
                return WAY_BACK
    return OPEN_THEN


@nb.njit(cache=True, nogil=True)
def _lateness(outs, back, opening, a, b, free, f, g, limits):  # type: ignore[no-untyped-def]
    """End of the consultation after which the way home is least late, and by how much."""
    time, size = NONE, NONE
    for k in range(f, g):
        first = first_from(outs.leave_s, outs.n, free.start_s[k])
        if first == outs.n:
            continue
        ready = outs.arrive_s[first] + limits.margin_s
        end = open_end(opening, a, b, ready, limits)
        if end <= free.end_s[k]:
            home = visit_after(opening, a, b, ready, limits, back)[1]
            late = min(home - free.end_s[k], 86_400)
            if late < size:
                time, size = end, late
    return time, size


@nb.njit(cache=True, nogil=True)
def _judge(outs, back, opening, a, b, free, f, g, limits, level, day):  # type: ignore[no-untyped-def]
    """Write what is to be known of a day without a feasible visit: what dropping its first failing constraint gives."""
    day[LEVEL] = level
    lifted, kind, time, size = level + 1, NO_FIX, NONE, NONE
    if level == IN_REACH:  # closed all day
        for k in range(f, g):
            first = first_from(outs.leave_s, outs.n, free.start_s[k])
            if first < outs.n and outs.arrive_s[first] <= free.end_s[k]:
                lifted = IN_FREE_TIME
                ready = outs.arrive_s[first] + limits.margin_s + limits.consult_s
                end, home = way_home(back, limits.max_s, ready, LAST_S)
                if home <= free.end_s[k] and home - outs.leave_s[first] < size:
                    kind, time = OPEN_DAY, end - limits.consult_s
                    size = home - outs.leave_s[first]
    elif level == THAT_DAY:
        lifted = _lift_free_time(outs, back, opening, a, b, free, f, g, limits)
        time = _ride_out(back, opening, a, b, free, f, g, limits)
        kind, size = RIDE_OUT if time < NONE else NO_FIX, 0 if time < NONE else NONE
    elif level == IN_FREE_TIME:
        lifted = _lift_hours(outs, back, free, f, g, limits)
        kind, time, size = _change_hours(outs, back, opening, a, b, free, f, g, limits)
    elif level == OPEN_THEN:
        time, size = _lateness(outs, back, opening, a, b, free, f, g, limits)
        kind = RIDE_BACK
    day[LIFTED], day[KIND], day[FIX_S], day[FIX_SIZE_S] = lifted, kind, time, size


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
    out, back : runs of the sites, as `geoaccess.route.transit.Runs`.
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
                        level = _reached(outs, opening, a, b, free, f, g, limits)
                        day[LEVEL], day[LIFTED] = LINKED, WAY_BACK if fits else level
                        day[KIND], day[FIX_S], day[FIX_SIZE_S] = NEARER, NONE, quickest
                        day[HOME] = NONE
                    elif fits:
                        day[LEVEL] = day[LIFTED] = WAY_BACK
                        day[KIND] = NO_FIX
                    else:
                        level = _reached(outs, opening, a, b, free, f, g, limits)
                        _judge(outs, ways, opening, a, b, free, f, g, limits, level, day)
                        if n_visits > 0 and not served[case - first]:
                            h, i = busy.first[row], busy.first[row + 1]
                            _least_lost(visits, n_visits, busy, h, i, day)
