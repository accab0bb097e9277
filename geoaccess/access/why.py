"""Why people have no feasible visit: the first constraint at which none is left, its proof, and what would mend it.

The constraints are applied one on top of the other, in the order of `REASONS`; each asks whether some practice, day and
departure still satisfies this one and all before it. The reason is the first at which none is left. The proof drops
that one alone: a practice and a day that then work, or get as far as a later constraint, which is named. Whoever lives
at a site that is not linked to the streets is put on the nearest one for that.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geoaccess.access.intervals import DAY_S, WEEK_S
from geoaccess.access.visit import WeekVisits
from geoaccess.access.visit_tables import DAYS, chosen, frame
from geoaccess.route.visit_fields import CLOSE_LATER, OPEN_DAY, OPEN_EARLIER, RIDE_BACK, RIDE_OUT
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
#: changes that have a moment, by the number of `geoaccess.route.visit_fields`
_TIMED = {
    OPEN_DAY: "open_day",
    RIDE_OUT: "ride_out",
    CLOSE_LATER: "close_later",
    OPEN_EARLIER: "open_earlier",
    RIDE_BACK: "ride_back",
}
#: what mends each of `CODES` where no moment does
_PLAIN = (
    *("link", "practice_within", "ride_that_day", "ride_out", "none", "ride_back"),
    *("accept", "room", "language", None),
)
_FIX_OF_CODE = np.array([-1 if name is None else FIXES.index(name) for name in _PLAIN])
_RIDE_THAT_DAY, _WITHIN = FIXES.index("ride_that_day"), FIXES.index("practice_within")
_WAY_BACK, _ALL = 6, len(REASONS)
_CHUNK = 1024


class Why(NamedTuple):
    """Reasons, proofs and changes as numbers; -1 is none.

    Attributes
    ----------
    code : number in `CODES`.
    outcome : number in `CODES` of what the proof leads to.
    practice, day : of the proof; row of the table of practices, and day of the week.
    fix : number in `FIXES`.
    fix_practice : row of the table of practices.
    fix_s : moment of the change, seconds from Monday 00:00.
    fix_minutes, fix_metres : float, NaN where they do not apply.
    enough : bool; is a visit feasible by this change alone.
    lack : number in `CODES` of what is in the way after this change, where it is not enough and that is known.
    """

    code: Array
    outcome: Array
    practice: Array
    day: Array
    fix: Array
    fix_practice: Array
    fix_day: Array
    fix_s: Array
    fix_minutes: Array
    fix_metres: Array
    enough: Array
    lack: Array

    def take(self, rows: Array) -> Why:
        """Return some rows."""
        return Why(*(part[rows] for part in self))


def why(
    visits: WeekVisits,
    *,
    serves: Array | None = None,
    accepts: Array | None = None,
    has_room: Array | None = None,
    shares_language: Array | None = None,
) -> tuple[Why, Array, Array]:
    """Find the reason of all people once for each case and kind of people.

    Parameters
    ----------
    visits : from `week_visits`.
    serves, accepts, has_room, shares_language : bool (practices,) or (practices, kinds), kinds as in ``people``; is the
        practice there for these people (to others it is no practice at all), does it accept new patients (true for
        those who are registered there), has it places left, and does it speak a language of the group or has an
        interpreter. All do where left out.

    Returns
    -------
    tuple of Why, int64 (n, 2) and int64 (people,)
        of distinct cases and kinds; these; and which of them each row of people is.
    """
    given = {
        "serves": serves,
        "accepts": accepts,
        "has_room": has_room,
        "shares_language": shares_language,
    }
    parts = [_columns(part, visits, name) for name, part in given.items()]
    kinds = max(part.shape[1] for part in parts)
    keys, row = np.unique(
        np.column_stack([visits.case, visits.kind if kinds > 1 else np.zeros_like(visits.case)]),
        axis=0,
        return_inverse=True,
    )
    site_of_case = np.zeros(visits.found.pairs.level.shape[1], np.int64)
    site_of_case[visits.case] = visits.site
    first_open = _first_open_days(visits)
    judged = [
        _judge(visits, keys[k : k + _CHUNK], site_of_case, parts, first_open)
        for k in range(0, max(1, len(keys)), _CHUNK)
    ]
    whole = Why(*(np.concatenate(part) for part in zip(*judged, strict=True)))
    return whole, keys, row.reshape(-1).astype(np.int64)


def why_table(found: Why, practice_ids: Array) -> pd.DataFrame:
    """Write reasons, proofs and changes as a table.

    Returns
    -------
    DataFrame
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
        fix_lacks : what is in the way after this change; missing where it is enough, or that is not known.
    """
    codes, days = np.array(CODES, object), np.array(DAYS, object)
    timed = found.fix_s >= 0
    time_s = pd.array(np.where(timed, found.fix_s % DAY_S, 0), dtype="Int32")
    time_s[~timed] = pd.NA
    return frame(
        {
            "reason": codes[found.code],
            "proof_practice_id": chosen(practice_ids, found.practice),
            "proof_day": chosen(days, found.day),
            "proof_outcome": chosen(codes, found.outcome),
            "fix_kind": chosen(np.array(FIXES, object), found.fix),
            "fix_practice_id": chosen(practice_ids, found.fix_practice),
            "fix_day": chosen(days, found.fix_day),
            "fix_time_s": time_s,
            "fix_minutes": found.fix_minutes,
            "fix_metres": found.fix_metres,
            "fix_is_enough": found.enough,
            "fix_lacks": chosen(codes, found.lack),
        }
    )


def _columns(given: Array | None, visits: WeekVisits, name: str) -> Array:
    """Bool (practices, kinds), one column where it is the same for all."""
    practices = len(visits.practice_ids)
    if given is None:
        return np.ones((practices, 1), bool)
    table = np.asarray(given, bool)
    table = table[:, None] if table.ndim == 1 else table
    most = int(visits.kind.max(initial=0)) + 1
    if len(table) != practices or 1 < table.shape[1] < most:
        raise ValueError(f"{name} must have a row for each practice and a column for each kind")
    return table


def _judge(
    visits: WeekVisits,
    keys: Array,
    site_of_case: Array,
    parts: list[Array],
    first_open: Array,
) -> Why:
    """Reasons, proofs and changes of some cases and kinds."""
    case, kind = keys[:, 0], keys[:, 1]
    count, every = len(case), np.arange(len(case))
    site = site_of_case[case]
    serves, accepts, room, speaks = (
        p[:, kind] if p.shape[1] > 1 else np.repeat(p, count, axis=1) for p in parts
    )
    if not len(serves):
        return _nothing(visits, site)
    linked = visits.linked[site]
    # who lives off the streets may still be seen at work
    stays = ~linked & (serves & visits.at_work[:, None]).any(axis=0)
    serves &= ~stays | visits.at_work[:, None]
    linked |= stays
    pairs = visits.found.pairs
    level = np.where(serves, pairs.level[:, case], np.uint8(1))
    passed = _beyond(level, accepts, room, speaks)
    top = passed.max(axis=0).astype(np.int64)
    # with its first failing constraint dropped
    lifted = np.where(serves, pairs.lifted[:, case], np.uint8(1))
    lifted = _beyond(lifted, accepts, room, speaks)
    lifted = np.where(level == _WAY_BACK, _drop(accepts, room, speaks), lifted)
    change_s = pairs.fix_size_s[:, case]
    size = np.where(level < _WAY_BACK, change_s, pairs.quickest_s[:, case])
    worth = np.where(passed == top, lifted, np.uint8(0))
    size = np.where(worth == worth.max(axis=0), size, NEVER + 1)
    practice = size.argmin(axis=0)
    reached = serves[practice, every]
    reached &= (level[practice, every] > 1) | (change_s[practice, every] < NEVER)
    outcome = np.where(top == _ALL, top, lifted[practice, every].astype(np.int64))
    top, outcome = np.where(linked, top, 0), np.where(linked, outcome, top)
    # how far people come who are there in time
    there = _beyond(np.full_like(level, _WAY_BACK), accepts, room, speaks)[practice, every]
    there = there.astype(np.int64)
    return _with_change(
        visits, top, outcome, np.where(reached, practice, -1), there, case, site, first_open
    )


def _nothing(visits: WeekVisits, site: Array) -> Why:
    """Say why where there is no practice at all."""
    linked = visits.linked[site]
    none = np.full(len(site), -1)
    code = np.where(linked, 1, 0)
    minutes = np.where(linked, visits.rules.norm_minutes or np.nan, np.nan)
    metres = np.where(linked, np.nan, visits.to_street_m[site])
    fix = _FIX_OF_CODE[code]
    return Why(code, none, none, none, fix, none, none, none, minutes, metres, none > 0, none)


def _beyond(level: Array, accepts: Array, room: Array, speaks: Array) -> Array:
    """Constraints satisfied, those of the practice itself with them."""
    more = accepts.astype(np.uint8)
    more += accepts & room
    more += accepts & room & speaks
    return np.where(level == _WAY_BACK, level + more, level)


def _drop(accepts: Array, room: Array, speaks: Array) -> Array:
    """Constraints satisfied after a visit in free time, the first that the practice itself fails dropped."""
    second = np.where(speaks, np.uint8(9), np.uint8(8))
    first = np.where(room, second, np.uint8(7))
    return np.where(~accepts, first, np.where(~room, second, np.uint8(9)))


def _with_change(
    visits: WeekVisits,
    code: Array,
    outcome: Array,
    practice: Array,
    at_practice: Array,
    case: Array,
    site: Array,
    first_open: Array,
) -> Why:
    """Put beside reason and proof the smallest change that mends it."""
    pairs, at = visits.found.pairs, np.maximum(practice, 0)
    there, fails = practice >= 0, code < _ALL
    fix = _FIX_OF_CODE[code]
    fix_s, minutes = np.full(len(code), -1, np.int64), np.full(len(code), np.nan)
    left = np.where(there | (code == 0), outcome, -1)
    timed = (code > 1) & (code < _WAY_BACK) & there
    kind, size = pairs.fix_kind[at, case], pairs.fix_size_s[at, case]
    for number, name in _TIMED.items():
        these = timed & (kind == number)
        fix[these] = FIXES.index(name)
        moment = pairs.fix_s[at, case][these].astype(np.int64)
        # a moment in the night after Sunday is one of Monday
        fix_s[these] = np.where(moment < NEVER, moment % WEEK_S, -1)
        if number in (CLOSE_LATER, OPEN_EARLIER, RIDE_BACK):
            minutes[these] = np.where(size[these] < DAY_S, size[these] / 60.0, np.nan)
        # there is a visit at that moment: only the practice itself may be in the way
        if number in (OPEN_DAY, RIDE_OUT):
            left[these] = at_practice[these]
    enough = fails & (left == _ALL)
    fix_practice = np.where(fails & (code > 0), practice, -1)
    fix_day = np.where(fix_s >= 0, fix_s // DAY_S, -1)
    that_day = (fix == _RIDE_THAT_DAY) & (fix_practice >= 0)
    fix_day[that_day] = first_open[fix_practice[that_day]]
    if visits.rules.norm_minutes is not None:
        minutes[fix == _WITHIN] = float(visits.rules.norm_minutes)
    return Why(
        code,
        np.where(there | (code == 0), outcome, -1),
        practice,
        np.where(there, pairs.day[at, case], -1).astype(np.int64),
        fix,
        fix_practice,
        fix_day,
        fix_s,
        minutes,
        np.where(code == 0, visits.to_street_m[site], np.nan),
        enough,
        # one that lifts nothing (code and outcome alike) tells nothing of what comes next
        np.where(fails & ~enough & (left > code), left, -1),
    )


def _first_open_days(visits: WeekVisits) -> Array:
    """First day of the week on which each practice opens, -1 where it never does."""
    opening = visits.opening
    result = np.full(len(opening), 7)
    owner = np.repeat(np.arange(len(opening)), np.diff(opening.first))
    inside = (opening.start_s < WEEK_S) & (opening.end_s > 0)
    day = np.maximum(opening.start_s[inside], 0) // DAY_S
    np.minimum.at(result, owner[inside], day)
    return np.where(result < 7, result, -1)
