"""Consultations at the workplace: in working hours, without a trip.

A visit takes place inside one stretch of work and the opening hours of one day. People leave their work, wait for the
reception margin, see the doctor and are back at work: from door to door it takes the margin and the consultation. It
counts as feasible in free time, although it takes time of work, because the employer gives that time; so there are no
minutes of work lost. Only the people whom the practice serves can use it, wherever they live.

| the first that fails    | when                                          |
|-------------------------|-----------------------------------------------|
| no_service_that_day     | nobody works on a day on which it opens       |
| closed_in_free_time     | it is open on a day of work, but not long     |
|                         | enough inside a stretch of work               |

The best visit of a day leaves at the last whole minute that is early enough.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.eligible import flags
from geoaccess.access.intervals import DAY_S, Intervals
from geoaccess.access.visit import VisitRules, WeekVisits
from geoaccess.load.phrases import listed
from geoaccess.route.visit_fields import (
    CLOSE_LATER,
    IN_FREE_TIME,
    IN_REACH,
    NO_FIX,
    OPEN_DAY,
    OPEN_EARLIER,
    OPEN_THEN,
    PRACTICE,
    THAT_DAY,
    WAY_BACK,
)
from geoaccess.route.window import NEVER

Array = np.ndarray[Any, Any]
Span = tuple[int, int]

AT_WORK_NOTE = (
    "Consultations at the workplace take no trip and are in working hours; they count as feasible in free time, "
    "because the employer gives the time."
)


def for_whoever_works(practices: pd.DataFrame) -> list[str]:
    """Say at which workplaces practices see everybody who works, because the table does not say whose they are."""
    whose = practices["serves"].notna() if "serves" in practices else np.zeros(len(practices), bool)
    ids = practices.loc[flags(practices, "at_work") & ~whose, "practice_id"].astype(str).tolist()
    if not ids:
        return []
    named = listed(sorted(ids), 5)
    said = "These count for everybody who works; name their sites or groups in the column serves."
    return [f"At work, but not said whose: {named}. {said}"]


@dataclass(frozen=True)
class WorkDays:
    """What people of one pattern of work can do at one practice at their work.

    Attributes
    ----------
    visits : by day of the week: leaving, arriving, start, end, back and end of the stretch of work, in seconds of that
        day; None where there is no visit.
    level, lifted, day, fix_kind, fix_s, fix_size_s : as in `geoaccess.route.visits.Pairs`.
    """

    visits: tuple[tuple[int, ...] | None, ...]
    level: int
    lifted: int
    day: int
    fix_kind: int = NO_FIX
    fix_s: int = int(NEVER)
    fix_size_s: int = int(NEVER)


def without_hours(opening: Intervals, at_work: Array) -> Intervals:
    """Keep the opening hours of practices that people travel to; those at work are never open to them."""
    kept = ~np.repeat(at_work, np.diff(opening.first))
    first = np.concatenate([[0], np.cumsum(kept)])[opening.first].astype(np.int64)
    return Intervals(first, opening.start_s[kept], opening.end_s[kept])


def with_visits_at_work(
    visits: WeekVisits, opening: Intervals, at_work: Array, work: Intervals
) -> WeekVisits:
    """Put visits at the workplace among those that take a trip.

    Parameters
    ----------
    visits : from `week_visits`, to which the practices at work were never open (`without_hours`).
    opening : opening hours of all practices.
    at_work : bool (practices,).
    work : time at work, by schedule of ``visits.people``.

    Returns
    -------
    WeekVisits
        with the rows of these practices, and with their visits where they are the best; nothing given is changed.
    """
    if not at_work.any():
        return replace(visits, opening=opening)
    found = visits.found
    pairs = type(found.pairs)(*(part.copy() for part in found.pairs))
    best, lost = found.best.copy(), found.lost.copy()
    every = None if found.every is None else found.every.copy()
    schedule = np.zeros(pairs.level.shape[1], np.int64)
    schedule[visits.case] = visits.people["schedule"].to_numpy(np.int64)
    people_of_schedule = [np.flatnonzero(schedule == one) for one in range(len(work))]
    case_of_chooser = np.zeros(len(best), np.int64)
    case_of_chooser[visits.chooser] = visits.case
    kind_of_chooser = np.zeros(len(best), np.int64)
    kind_of_chooser[visits.chooser] = visits.kind
    for practice in np.flatnonzero(at_work):
        hours = opening.row(int(practice))
        may = visits.usable[practice, kind_of_chooser]
        for one, cases in enumerate(people_of_schedule):
            if not len(cases):
                continue
            days = work_days(hours, work.row(one), visits.rules)
            _write_pairs(pairs, int(practice), cases, days)
            choosers = np.flatnonzero(may & (schedule[case_of_chooser] == one))
            for day, visit in enumerate(days.visits):
                if visit is not None:
                    _take_better(best, choosers, day, visit, int(practice))
                    if every is not None:
                        every[practice, cases, day] = visit
    lost[(best[:, :, PRACTICE] >= 0).any(axis=1)] = NEVER
    whole = replace(found, pairs=pairs, best=best, lost=lost, every=every)
    return replace(visits, found=whole, opening=opening, at_work=at_work)


def _write_pairs(pairs: Any, practice: int, cases: Array, days: WorkDays) -> None:
    some = [visit for visit in days.visits if visit is not None]
    pairs.level[practice, cases], pairs.lifted[practice, cases] = days.level, days.lifted
    pairs.day[practice, cases], pairs.fix_kind[practice, cases] = days.day, days.fix_kind
    pairs.fix_s[practice, cases] = days.fix_s
    pairs.fix_size_s[practice, cases] = days.fix_size_s
    pairs.days[practice, cases] = sum(
        1 << day for day, visit in enumerate(days.visits) if visit is not None
    )
    pairs.quickest_s[practice, cases] = min((visit[4] - visit[0] for visit in some), default=NEVER)


def _take_better(
    best: Array, choosers: Array, day: int, visit: tuple[int, ...], practice: int
) -> None:
    """Take over a visit where it takes less than the best, then where it leaves later, then where it comes first."""
    now = best[choosers, day].astype(np.int64)
    takes, leave = visit[4] - visit[0], visit[0]
    before = now[:, 4] - now[:, 0]
    tie = (takes == before) & (
        (leave > now[:, 0]) | ((leave == now[:, 0]) & (practice < now[:, 6]))
    )
    better = choosers[(now[:, PRACTICE] < 0) | (takes < before) | tie]
    best[better, day] = (*visit, practice)


def work_days(hours: list[Span], work: list[Span], rules: VisitRules) -> WorkDays:
    """Judge one practice at work for one pattern of work.

    Parameters
    ----------
    hours, work : open, and at work, in seconds from Monday 00:00.
    rules : what a visit takes; the norm does not matter.

    Examples
    --------
    >>> hours, work = [(9 * 3600, 10 * 3600)], [(6 * 3600, 15 * 3600)]
    >>> monday = work_days(hours, work, VisitRules()).visits[0]
    >>> [f"{second / 3600:.2f}" for second in monday]
    ['9.75', '9.75', '9.75', '10.00', '10.00', '15.00']
    """
    consult_s, margin_s = round(60 * rules.consult_min), round(60 * rules.margin_min)
    days = [_day_visit(hours, work, day, consult_s, margin_s) for day in range(7)]
    if any(day is not None for day in days):
        first = next(k for k, day in enumerate(days) if day is not None)
        return WorkDays(tuple(days), WAY_BACK, WAY_BACK, first)
    long = [span for span in work if span[1] - span[0] >= consult_s + margin_s]
    here = [(start, end) for start, end in long if 0 <= start < 7 * DAY_S]
    open_days = [d for d in range(7) if _on_day(hours, d)]
    both = [d for d in open_days if _on_day(work, d)]
    if not open_days or not both:
        if not here:
            return WorkDays(tuple(days), IN_REACH, THAT_DAY, -1)
        start = here[0][0] + margin_s
        return WorkDays(
            *(tuple(days), IN_REACH, IN_FREE_TIME, start // DAY_S),
            *(OPEN_DAY, start, consult_s + margin_s),
        )
    kind, moment, size = _change_hours(hours, long, both, consult_s, margin_s)
    lifted = WAY_BACK if any(_on_day(long, d) for d in both) else OPEN_THEN
    day = both[0] if kind == NO_FIX else moment // DAY_S % 7
    return WorkDays(tuple(days), IN_FREE_TIME, lifted, day, kind, moment, size)


def _on_day(spans: list[Span], day: int) -> list[Span]:
    return [(a, b) for a, b in spans if a < DAY_S * (day + 1) and b > DAY_S * day]


def _day_visit(
    hours: list[Span], work: list[Span], day: int, consult_s: int, margin_s: int
) -> tuple[int, ...] | None:
    """Last visit that leaves on a day."""
    found: tuple[int, ...] | None = None
    midnight = DAY_S * day
    for opens, closes in _on_day(hours, day):
        for begins, ends in work:
            first = max(begins, opens - margin_s, midnight)
            leave = min(closes, ends) - consult_s - margin_s
            leave = min(60 * (leave // 60), midnight + DAY_S - 60)
            if leave < first:
                continue
            start, end = leave + margin_s, leave + margin_s + consult_s
            visit = tuple(t - midnight for t in (leave, leave, start, end, end, ends))
            if found is None or visit[0] > found[0]:
                found = visit
    return found


def _change_hours(
    hours: list[Span], work: list[Span], days: list[int], consult_s: int, margin_s: int
) -> tuple[int, int, int]:
    """Smallest change of opening hours that makes a visit: kind, moment and size."""
    found: tuple[int, int, int] = NO_FIX, int(NEVER), int(NEVER)
    for day in days:
        for opens, closes in _on_day(hours, day):
            for begins, ends in _on_day(work, day):
                done = max(begins + margin_s, opens) + consult_s
                if done <= ends and done - closes < found[2]:
                    found = CLOSE_LATER, done, done - closes
                start = min(closes, ends) - consult_s
                if start - margin_s >= begins and opens - start < found[2]:
                    found = OPEN_EARLIER, start, opens - start
    return found
