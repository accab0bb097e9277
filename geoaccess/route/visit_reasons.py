"""How far a day without a feasible visit gets, what dropping its first failing constraint gives, and what mends it."""

from __future__ import annotations

import numba as nb

from geoaccess.route.visit_fields import (
    CLOSE_LATER,
    FIX_S,
    FIX_SIZE_S,
    IN_FREE_TIME,
    IN_REACH,
    KIND,
    LAST_S,
    LEVEL,
    LIFTED,
    NO_FIX,
    NONE,
    OPEN_DAY,
    OPEN_EARLIER,
    OPEN_THEN,
    RIDE_BACK,
    RIDE_OUT,
    THAT_DAY,
    WAY_BACK,
)
from geoaccess.route.visit_trips import first_from, last_way_home, open_end, visit_of, way_home


@nb.njit(cache=True, nogil=True)
def reached(outs, opening, a, b, free, f, g, limits):  # type: ignore[no-untyped-def]
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
            if visit_of(opening, m, m + 1, ready, limits, back)[1] <= free.end_s[k]:
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
            if visit_of(opening, a, b, ready, limits, back)[1] <= free.end_s[k]:
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
            home = visit_of(opening, a, b, ready, limits, back)[1]
            late = min(home - free.end_s[k], 86_400)
            if late < size:
                time, size = end, late
    return time, size


@nb.njit(cache=True, nogil=True)
def judge_day(outs, back, opening, a, b, free, f, g, limits, level, day):  # type: ignore[no-untyped-def]
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
