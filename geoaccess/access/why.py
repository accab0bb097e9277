"""Why people have no feasible visit: the first constraint at which none is left, its proof, and what would mend it.

The constraints are applied one on top of the other, in the order of `REASONS`; each asks whether some practice, day and
departure still satisfies this one and all before it. The reason is the first at which none is left. The proof drops
that one alone: a practice and a day that then work, or get as far as a later constraint, which is named. Whoever lives
at a site that is not linked to the streets is put on the nearest one for that.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.intervals import DAY_S, WEEK_S
from geoaccess.access.visit import WeekVisits
from geoaccess.access.visit_tables import DAYS
from geoaccess.route.visit_days import (
    CLOSE_LATER,
    OPEN_DAY,
    OPEN_EARLIER,
    RIDE_BACK,
    RIDE_OUT,
)
from geoaccess.route.window import NEVER

Array = np.ndarray[Any, Any]

FEASIBLE = "feasible"
#: the codes in the order in which the constraints are applied
REASONS = (
    "not_linked",
    "out_of_reach",
    "no_service_that_day",
    "no_service_in_free_time",
    "closed_in_free_time",
    "no_way_back",
    "not_accepting",
    "no_room",
    "language",
)
CODES = (*REASONS, FEASIBLE)

#: kinds of change that mend a reason
FIXES = (
    "link",
    "practice_within",
    "open_day",
    "ride_that_day",
    "ride_out",
    "close_later",
    "open_earlier",
    "ride_back",
    "accept",
    "room",
    "language",
    "none",
)
_TIMED = {
    OPEN_DAY: "open_day",
    RIDE_OUT: "ride_out",
    CLOSE_LATER: "close_later",
    OPEN_EARLIER: "open_earlier",
    RIDE_BACK: "ride_back",
}
#: what mends a reason where no moment does
_PLAIN = dict(
    zip(
        REASONS,
        (
            *("link", "practice_within", "ride_that_day", "ride_out", "none", "ride_back"),
            *("accept", "room", "language"),
        ),
        strict=True,
    )
)
_WAY_BACK = 6
_CHUNK = 1024


def reasons(
    visits: WeekVisits,
    *,
    accepts: Array | None = None,
    has_room: Array | None = None,
    shares_language: Array | None = None,
) -> pd.DataFrame:
    """Give all people the reason why they have no feasible visit, its proof, and the smallest change that mends it.

    Parameters
    ----------
    visits : from `week_visits`.
    accepts, has_room, shares_language : bool (practices,) or (practices, kinds), kinds as in ``people``; does the
        practice accept new patients (true for those who are registered there), has it places left, and does it speak a
        language of the group or has an interpreter. All do where left out.

    Returns
    -------
    DataFrame
        one row for each row of ``people``, with its index and columns, and

        reason : one of `CODES`.
        proof_practice_id, proof_day : where it works with the cause dropped, or gets farthest; missing where no
            practice is reached anyhow. Of a feasible visit: the quickest.
        proof_outcome : "feasible", or the later cause that it then fails on.
        fix_kind : one of `FIXES`; missing where nothing is amiss.
        fix_practice_id, fix_day, fix_time_s : where and when (seconds of that day). To close_later and open_earlier:
            the new time; open_day: a consultation at that time; ride_out: leaving the site; ride_back: the practice.
        fix_minutes : practice_within: the norm; close_later, open_earlier: how much; ride_back: how late one is now,
            NaN where there is no ride.
        fix_metres : link: to the nearest street.
        fix_is_enough : is a visit feasible by this change alone.
    """
    limits = visits.rules
    parts = [
        _columns(given, visits, name)
        for name, given in (
            ("accepts", accepts),
            ("has_room", has_room),
            ("shares_language", shares_language),
        )
    ]
    kinds = max(part.shape[1] for part in parts)
    keys, row = np.unique(
        np.column_stack([visits.case, visits.kind if kinds > 1 else np.zeros_like(visits.case)]),
        axis=0,
        return_inverse=True,
    )
    site_of_case = np.zeros(visits.found.best.shape[0], np.int64)
    site_of_case[visits.case] = visits.site
    judged = [
        _judge(visits, keys[k : k + _CHUNK], site_of_case, parts)
        for k in range(0, max(1, len(keys)), _CHUNK)
    ]
    table = pd.concat(judged, ignore_index=True).take(row.reshape(-1))
    table.index = visits.people.index
    within = table["fix_kind"] == "practice_within"
    if limits.norm_minutes is not None:
        table.loc[within, "fix_minutes"] = float(limits.norm_minutes)
    return pd.concat([visits.people, table], axis=1)


def _columns(given: Array | None, visits: WeekVisits, name: str) -> Array:
    """Bool (practices, kinds), one column where it is the same for all."""
    practices = len(visits.practice_ids)
    if given is None:
        return np.ones((practices, 1), bool)
    table = np.asarray(given, bool)
    table = table[:, None] if table.ndim == 1 else table
    if len(table) != practices or table.shape[1] not in (1, *range(_most(visits), 10**6)):
        raise ValueError(f"{name} must have a row for each practice and a column for each kind")
    return table


def _most(visits: WeekVisits) -> int:
    return int(visits.kind.max(initial=0)) + 1


def _judge(
    visits: WeekVisits, keys: Array, site_of_case: Array, parts: list[Array]
) -> pd.DataFrame:
    """Reasons, proofs and changes of some cases and kinds."""
    case, kind = keys[:, 0], keys[:, 1]
    count, every = len(case), np.arange(len(case))
    accepts, room, speaks = (p[:, kind if p.shape[1] > 1 else np.zeros_like(kind)] for p in parts)
    pairs = visits.found.pairs
    level = pairs.level[:, case].astype(np.int64)
    passed = _beyond(level, accepts, room, speaks)
    linked = visits.linked[site_of_case[case]]
    if not len(passed):
        passed = np.ones((1, count), np.int64)
        return _table(visits, np.where(linked, 1, 0), None, None, None, site_of_case[case])
    top = passed.max(axis=0)
    # with its first failing constraint dropped
    lifted = _beyond(pairs.lifted[:, case].astype(np.int64), accepts, room, speaks)
    lifted = np.where(level == _WAY_BACK, _drop(accepts, room, speaks), lifted)
    size = np.where(level < _WAY_BACK, pairs.fix_size_s[:, case], pairs.quickest_s[:, case])
    reached = level > 1
    reached |= pairs.fix_size_s[:, case] < NEVER
    worth = np.where(passed == top, lifted, -1)
    tied = worth == worth.max(axis=0)
    practice = np.where(tied, size, np.int64(NEVER) + 1).argmin(axis=0)
    outcome = np.where(top == len(REASONS), top, lifted[practice, every])
    top, outcome = np.where(linked, top, 0), np.where(linked, outcome, top)
    practice = np.where(reached[practice, every], practice, -1)
    able = accepts & room & speaks
    return _table(
        visits,
        top,
        outcome,
        practice,
        (case, able[practice, every]),
        site_of_case[case],
    )


def _beyond(level: Array, accepts: Array, room: Array, speaks: Array) -> Array:
    """Constraints satisfied, those of the practice itself with them."""
    more = accepts.astype(np.int64)
    more += accepts & room
    more += accepts & room & speaks
    return np.where(level == _WAY_BACK, level + more, level)


def _drop(accepts: Array, room: Array, speaks: Array) -> Array:
    """Constraints satisfied after a visit in free time, the first that the practice itself fails dropped."""
    first = np.where(room, np.where(speaks, 9, 8), 7)
    second = np.where(speaks, 9, 8)
    return np.where(~accepts, first, np.where(~room, second, 9))


def _table(
    visits: WeekVisits,
    top: Array,
    outcome: Array | None,
    practice: Array | None,
    detail: tuple[Array, Array] | None,
    site: Array,
) -> pd.DataFrame:
    codes = np.array(CODES, object)
    count = len(top)
    table = pd.DataFrame({"reason": codes[top]})
    nothing = np.full(count, None, object)
    table["proof_practice_id"], table["proof_day"] = nothing, nothing
    table["proof_outcome"] = nothing
    kinds = np.array([_PLAIN.get(code) for code in codes[top]], object)
    fix_practice, fix_time = np.full(count, -1), np.full(count, NEVER, np.int64)
    minutes, enough = np.full(count, np.nan), np.zeros(count, bool)
    if outcome is not None and practice is not None and detail is not None:
        case, able = detail
        table["proof_outcome"] = codes[outcome]
        pairs, at = visits.found.pairs, np.maximum(practice, 0)
        day = np.where(practice >= 0, pairs.day[at, case], -1)
        table["proof_practice_id"] = _chosen(visits.practice_ids, practice)
        table["proof_day"] = _chosen(np.array(DAYS, object), day)
        fails = top < len(REASONS)
        fix_practice = np.where(fails & (top != 0), practice, -1)
        enough = fails & (outcome == len(REASONS))
        timed = (top > 1) & (top < _WAY_BACK) & (practice >= 0)
        kind, size = pairs.fix_kind[at, case], pairs.fix_size_s[at, case]
        for number, name in _TIMED.items():
            these = timed & (kind == number)
            kinds[these] = name
            fix_time[these] = pairs.fix_s[at, case][these]
            if number in (CLOSE_LATER, OPEN_EARLIER, RIDE_BACK):
                now = size[these] / 60.0
                minutes[these] = np.where(size[these] < DAY_S, now, np.nan)
            if number in (OPEN_DAY, RIDE_OUT):
                enough[these] = able[these]
    table["fix_kind"] = kinds
    table["fix_practice_id"] = _chosen(visits.practice_ids, fix_practice)
    # a moment on the night after Sunday is one of Monday
    moment = np.where(fix_time < NEVER, fix_time % WEEK_S, -1)
    fix_day = np.where(moment >= 0, moment // DAY_S, -1)
    that_day = (kinds == "ride_that_day") & (fix_practice >= 0)
    fix_day[that_day] = [_first_open(visits, int(p)) for p in fix_practice[that_day]]
    table["fix_day"] = _chosen(np.array(DAYS, object), fix_day)
    table["fix_time_s"] = pd.array(np.where(moment >= 0, moment % DAY_S, 0), dtype="Int32")
    table.loc[moment < 0, "fix_time_s"] = pd.NA
    table["fix_minutes"] = minutes
    table["fix_metres"] = np.where(top == 0, visits.to_street_m[site], np.nan)
    table["fix_is_enough"] = enough
    return table


def _chosen(values: Array, number: Array) -> Array:
    result = np.full(len(number), None, object)
    result[number >= 0] = values[number[number >= 0]]
    return result


def _first_open(visits: WeekVisits, practice: int) -> int:
    """First day of the week on which a practice opens, -1 where it never does."""
    spans = visits.opening.row(practice)
    days = [d for d in range(7) for a, b in spans if a < DAY_S * (d + 1) and b > DAY_S * d]
    return min(days, default=-1)
