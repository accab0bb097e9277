"""Days of several timetables, and of all practices, put together: the middle one, and the best visit of each day."""

from __future__ import annotations

import numba as nb
import numpy as np

from geoaccess.route.visit_fields import (
    FIELDS,
    FIX_S,
    FIX_SIZE_S,
    HOME,
    KIND,
    LEAVE,
    LEVEL,
    LIFTED,
    LOST_HOME,
    LOST_LEAVE,
    LOST_S,
    NO_FIX,
    NONE,
    PRACTICE,
)


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
