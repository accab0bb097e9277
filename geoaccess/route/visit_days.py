"""Kernels of `geoaccess.route.visits`: the days of one practice and a block of sites."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np

Array = np.ndarray[Any, Any]

#: fields of the best visit on a day: seconds of that day
LEAVE, ARRIVE, START, END, HOME, UNTIL = range(6)
#: how far a day gets: see `geoaccess.route.visits.Pairs`
LEVEL, LIFTED, KIND, FIX_S, FIX_SIZE_S = range(6, 11)
#: the visit that takes least busy time
LOST_S, LOST_LEAVE, LOST_HOME = range(11, 14)
FIELDS = 14
#: field of the best visit over practices that takes the place of LEVEL
PRACTICE = 6

#: the timetable of a day ends here (32:00), and so do consultations
LAST_S = 32 * 3600
NONE = 2_000_000_000

#: kinds of change: a practice nearer by, opening on a day, a ride out, closing later, opening earlier, a ride back
NO_FIX, NEARER, OPEN_DAY, RIDE_OUT, CLOSE_LATER, OPEN_EARLIER, RIDE_BACK = range(7)

#: constraints, numbered in their order
LINKED, IN_REACH, THAT_DAY, IN_FREE_TIME, OPEN_THEN, WAY_BACK = range(1, 7)


class Spans(NamedTuple):
    """Intervals of many rows: those of row r are at first[r] to first[r + 1] - 1, in order and apart."""

    first: Array
    start_s: Array
    end_s: Array


class Limits(NamedTuple):
    """Seconds: longest trip out that counts, longest trip, consultation, and margin between arrival and start."""

    norm_s: int
    max_s: int
    consult_s: int
    margin_s: int


class _Back(NamedTuple):
    """Ways home of one site: rides in order of time, and seconds to walk."""

    until_s: Array
    home_s: Array
    rides: int
    walk_s: int


class _Outs(NamedTuple):
    """Departures worth making, each the last with its arrival, in order of time."""

    leave_s: Array
    arrive_s: Array
    n: int


@nb.njit(cache=True, nogil=True)
def _first_from(values, count, least):  # type: ignore[no-untyped-def]
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
def _list_outs(out, site, walk_s, start_s, minutes, longest_s, leave_s, arrive_s):  # type: ignore[no-untyped-def]
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
def _list_back(back, site, start_s, until_s, home_s):  # type: ignore[no-untyped-def]
    n = 0
    k = back.last[site]
    while k >= 0:  # chained from the first departure
        until_s[n] = start_s + back.until[k]
        home_s[n] = back.at_s[k]
        n += 1
        k = back.before[k]
    return n


@nb.njit(cache=True, nogil=True)
def _way_home(back, max_s, ready_s, closes_s):  # type: ignore[no-untyped-def]
    """Leave the practice between two moments so as to be home first, and as early as that allows: leave and home."""
    leave, home = NONE, NONE
    if ready_s > closes_s:
        return leave, home
    if back.walk_s <= max_s:
        leave, home = ready_s, ready_s + back.walk_s
    k = _first_from(back.until_s, back.rides, ready_s)
    if k < back.rides and back.home_s[k] < home:
        # a trip is not to take too long: the consultation may start later, so that the wait is shorter
        moment = max(ready_s, back.home_s[k] - max_s)
        if moment <= closes_s:
            leave, home = moment, back.home_s[k]
    return leave, home


@nb.njit(cache=True, nogil=True)
def _last_way_home(back, max_s, ready_s, by_s):  # type: ignore[no-untyped-def]
    """Last moment from ``ready_s`` on to leave the practice and be home by another; -1 for none."""
    latest = -1
    if back.walk_s <= max_s:
        latest = by_s - back.walk_s
    k = _first_from(back.home_s, back.rides, by_s + 1) - 1
    if k >= 0:
        latest = max(latest, back.until_s[k])
    latest = min(latest, LAST_S)
    return latest if latest >= ready_s else -1


@nb.njit(cache=True, nogil=True)
def _open_end(opening, a, b, ready_s, limits):  # type: ignore[no-untyped-def]
    """Earliest end of a consultation in opening hours of one who is ready then, NONE for never."""
    for k in range(a, b):
        end = max(ready_s, opening.start_s[k]) + limits.consult_s
        if end <= opening.end_s[k]:
            return end
    return NONE


@nb.njit(cache=True, nogil=True)
def _visit(opening, a, b, ready_s, limits, back):  # type: ignore[no-untyped-def]
    """End of the consultation and moment of coming home of one who is ready then: home first, then early done."""
    for k in range(a, b):
        earliest = max(ready_s, opening.start_s[k]) + limits.consult_s
        end, home = _way_home(back, limits.max_s, earliest, opening.end_s[k])
        if home < NONE:
            return end, home
    return NONE, NONE


@nb.njit(cache=True, nogil=True)
def _list_visits(outs, back, opening, a, b, limits, visits):  # type: ignore[no-untyped-def]
    """Visits worth making, LEAVE, ARRIVE, END and HOME: the last departure for each moment of coming home."""
    n = 0
    for k in range(outs.n):
        end, home = _visit(opening, a, b, outs.arrive_s[k] + limits.margin_s, limits, back)
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


@nb.njit(cache=True, nogil=True)
def _reached(outs, opening, a, b, free, f, g, limits):  # type: ignore[no-untyped-def]
    """How far a day gets without a way back, from IN_REACH to OPEN_THEN."""
    if a == b:
        return IN_REACH
    level = THAT_DAY
    for k in range(f, g):
        first = _first_from(outs.leave_s, outs.n, free.start_s[k])
        if first < outs.n and outs.arrive_s[first] <= free.end_s[k]:
            level = IN_FREE_TIME
            ready = outs.arrive_s[first] + limits.margin_s
            if _open_end(opening, a, b, ready, limits) <= free.end_s[k]:
                return OPEN_THEN
    return level


@nb.njit(cache=True, nogil=True)
def _change_hours(outs, back, opening, a, b, free, f, g, limits):  # type: ignore[no-untyped-def]
    """Smallest change of opening hours that makes a visit: kind, time and size; also for hours that are not there."""
    kind, time, size = NO_FIX, NONE, NONE
    for k in range(f, g):
        first = _first_from(outs.leave_s, outs.n, free.start_s[k])
        if first == outs.n:
            continue
        ready = outs.arrive_s[first] + limits.margin_s
        end, home = _way_home(back, limits.max_s, ready + limits.consult_s, LAST_S)
        if home > free.end_s[k]:
            continue
        if back.walk_s <= limits.max_s and ready + limits.consult_s + back.walk_s <= free.end_s[k]:
            end = ready + limits.consult_s  # slower home than by the ride, but no wait for it
        latest = _last_way_home(back, limits.max_s, end, free.end_s[k])
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
            if _visit(opening, m, m + 1, ready, limits, back)[1] <= free.end_s[k]:
                return leave
    return NONE


@nb.njit(cache=True, nogil=True)
def _lift_free_time(outs, back, opening, a, b, free, f, g, limits):  # type: ignore[no-untyped-def]
    """How far a day gets when the trip out may be at any time."""
    level = IN_FREE_TIME
    for k in range(f, g):
        ready = max(outs.arrive_s[0] + limits.margin_s, free.start_s[k])
        if _open_end(opening, a, b, ready, limits) <= free.end_s[k]:
            level = OPEN_THEN
            if _visit(opening, a, b, ready, limits, back)[1] <= free.end_s[k]:
                return WAY_BACK
    return level


@nb.njit(cache=True, nogil=True)
def _lift_hours(outs, back, free, f, g, limits):  # type: ignore[no-untyped-def]
    """How far a day gets when the practice is open at any time."""
    for k in range(f, g):
        first = _first_from(outs.leave_s, outs.n, free.start_s[k])
        if first < outs.n:
            ready = outs.arrive_s[first] + limits.margin_s + limits.consult_s
            if _way_home(back, limits.max_s, ready, LAST_S)[1] <= free.end_s[k]:
                return WAY_BACK
    return OPEN_THEN


@nb.njit(cache=True, nogil=True)
def _lateness(outs, back, opening, a, b, free, f, g, limits):  # type: ignore[no-untyped-def]
    """End of the consultation after which the way home is least late, and by how much."""
    time, size = NONE, NONE
    for k in range(f, g):
        first = _first_from(outs.leave_s, outs.n, free.start_s[k])
        if first == outs.n:
            continue
        ready = outs.arrive_s[first] + limits.margin_s
        end = _open_end(opening, a, b, ready, limits)
        if end <= free.end_s[k]:
            home = _visit(opening, a, b, ready, limits, back)[1]
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
            first = _first_from(outs.leave_s, outs.n, free.start_s[k])
            if first < outs.n and outs.arrive_s[first] <= free.end_s[k]:
                lifted = IN_FREE_TIME
                ready = outs.arrive_s[first] + limits.margin_s + limits.consult_s
                end, home = _way_home(back, limits.max_s, ready, LAST_S)
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
        low = _first_from(visits[0], n, free.start_s[k])
        high = _first_from(visits[3], n, free.end_s[k] + 1)
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
        n = _list_outs(out, site, walk_s, 0, minutes, limits.norm_s, leave_s, arrive_s)
        inside = n > 0
        if not inside:
            n = _list_outs(out, site, walk_s, 0, minutes, limits.max_s, leave_s, arrive_s)
        if n == 0:
            for case in range(first, last):
                for d in days_here:
                    day = days[case - base, d]
                    for m in range(FIELDS):
                        day[m] = NONE
                    day[LEVEL], day[LIFTED], day[KIND] = LINKED, IN_REACH, NO_FIX
            continue
        outs = _Outs(leave_s, arrive_s, n)
        rides = 0
        k = back.last[site]
        while k >= 0:
            rides += 1
            k = back.before[k]
        if rides > len(until_s):
            until_s = np.empty(2 * rides, np.int32)
            home_s = np.empty(2 * rides, np.int32)
        _list_back(back, site, 0, until_s, home_s)
        ways = _Back(until_s, home_s, rides, walk_back[site])
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
            n_visits = _list_visits(outs, ways, opening, a, b, limits, visits)
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


@nb.njit(cache=True, nogil=True)
def _ahead(a, b):  # type: ignore[no-untyped-def]
    """Is day a better than day b."""
    takes_a = a[HOME] - a[LEAVE] if a[HOME] < NONE else NONE
    takes_b = b[HOME] - b[LEAVE] if b[HOME] < NONE else NONE
    if takes_a != takes_b:
        return takes_a < takes_b
    if a[LEVEL] != b[LEVEL]:
        return a[LEVEL] > b[LEVEL]
    if a[LIFTED] != b[LIFTED]:
        return a[LIFTED] > b[LIFTED]
    if a[FIX_SIZE_S] != b[FIX_SIZE_S]:
        return a[FIX_SIZE_S] < b[FIX_SIZE_S]
    return a[LOST_S] < b[LOST_S]


@nb.njit(cache=True, nogil=True)
def middle_draw(days):  # type: ignore[no-untyped-def]
    """Put in the first draw, for every case and day, the draw that is as good as the others or better in half of them.

    With the days of each draw from good to bad, that is the one at the middle: what it offers, at least half of the
    draws offer.
    """
    draws = days.shape[0]
    order = np.empty(draws, np.int64)
    chosen = np.empty(FIELDS, np.int32)
    for case in range(days.shape[1]):
        for d in range(7):
            for k in range(draws):
                m = k
                while m > 0 and _ahead(days[k, case, d], days[order[m - 1], case, d]):
                    order[m] = order[m - 1]
                    m -= 1
                order[m] = k
            middle = order[(draws + 1) // 2 - 1]
            for m in range(FIELDS):
                chosen[m] = days[middle, case, d, m]
            for m in range(FIELDS):
                days[0, case, d, m] = chosen[m]


@nb.njit(cache=True, nogil=True)
def count_days(days, practice, start, usable, chooser_first, column, pairs, best, lost):  # type: ignore[no-untyped-def]
    """Gather the days of the cases from ``start`` on at one practice, and the best visits of whom it is usable for."""
    for c in range(len(days)):
        case = start + c
        level, lifted, proof, mask, quickest = 0, 0, -1, 0, NONE
        kind, time, size = NO_FIX, NONE, NONE
        for d in range(7):
            day = days[c, d]
            takes = day[HOME] - day[LEAVE] if day[HOME] < NONE else NONE
            if takes < NONE:
                mask |= 1 << d
                # the proof of a feasible visit is its quickest one
                if takes < quickest:
                    quickest, proof = takes, d
            if day[LEVEL] > level:
                level, lifted = day[LEVEL], 0
                kind, time, size = NO_FIX, NONE, NONE
                proof = d
            if day[LEVEL] == level:
                if day[LIFTED] > lifted:
                    lifted, proof = day[LIFTED], d
                if day[FIX_SIZE_S] < size:
                    kind, size = day[KIND], day[FIX_SIZE_S]
                    time = day[FIX_S] + 86_400 * d if day[FIX_S] < NONE else NONE
                    if day[LIFTED] == lifted:
                        proof = d
        pairs.level[case], pairs.lifted[case], pairs.day[case] = level, lifted, proof
        pairs.fix_kind[case], pairs.fix_s[case], pairs.fix_size_s[case] = kind, time, size
        pairs.days[case], pairs.quickest_s[case] = mask, quickest
        for chooser in range(chooser_first[case], chooser_first[case + 1]):
            if not usable[column[chooser]]:
                continue
            for d in range(7):
                day = days[c, d]
                if day[HOME] < NONE and _sooner(day, practice, best[chooser, d]):
                    for m in range(6):
                        best[chooser, d, m] = day[m]
                    best[chooser, d, PRACTICE] = practice
                if day[LOST_S] < NONE:
                    _keep_least(
                        lost[chooser], day[LOST_S], practice, d, day[LOST_LEAVE], day[LOST_HOME]
                    )


@nb.njit(cache=True, nogil=True)
def _sooner(visit, practice, other):  # type: ignore[no-untyped-def]
    """Is a visit better than another: less from door to door, then later from home, then the practice that is first."""
    if other[PRACTICE] < 0:
        return True
    takes, takes_other = visit[HOME] - visit[LEAVE], other[HOME] - other[LEAVE]
    if takes != takes_other:
        return takes < takes_other
    if visit[LEAVE] != other[LEAVE]:
        return visit[LEAVE] > other[LEAVE]
    return practice < other[PRACTICE]


@nb.njit(cache=True, nogil=True)
def _keep_least(row, lost_s, practice, day, leave_s, home_s):  # type: ignore[no-untyped-def]
    better = lost_s < row[0]
    if lost_s == row[0]:
        takes, other = home_s - leave_s, row[4] - row[3]
        better = takes < other
        if takes == other:
            better = day < row[2] or (day == row[2] and practice < row[1])
    if better:
        row[0], row[1], row[2], row[3], row[4] = lost_s, practice, day, leave_s, home_s


@nb.njit(cache=True, nogil=True)
def better_best(own, best):  # type: ignore[no-untyped-def]
    """Take over from ``own`` the visits that are better than those in ``best``."""
    for case in range(len(own)):
        for d in range(7):
            if own[case, d, PRACTICE] >= 0 and _sooner(
                own[case, d], own[case, d, PRACTICE], best[case, d]
            ):
                for m in range(7):
                    best[case, d, m] = own[case, d, m]


@nb.njit(cache=True, nogil=True)
def better_lost(own, lost):  # type: ignore[no-untyped-def]
    """Take over from ``own`` the visits that take less busy time than those in ``lost``."""
    for case in range(len(own)):
        if own[case, 0] < NONE:
            _keep_least(
                lost[case], own[case, 0], own[case, 1], own[case, 2], own[case, 3], own[case, 4]
            )
