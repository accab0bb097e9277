"""Tables of feasible visits: the best of each day, every one, and how well people are served over the week."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.visit import WeekVisits
from geoaccess.route.visit_days import ARRIVE, END, HOME, LEAVE, PRACTICE, START, UNTIL
from geoaccess.route.window import NEVER

Array = np.ndarray[Any, Any]

#: days of the week as they are written in tables
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")


def best_visits(visits: WeekVisits) -> pd.DataFrame:
    """Table of the best visit of all people on each day of the week.

    Returns
    -------
    DataFrame
        seven rows for each row of people, with its site_id and group_id (where it has one): practice_id (None where
        there is no visit), day ("mo" to "su"), feasible, leave_s, arrive_s, start_s, end_s, home_s (Int32, seconds of
        the day of leaving, past 86400 after midnight), wait_min (from arrival to the start), door_to_door_min and
        slack_min (how much later home would still be in the free time), float and NaN where there is no visit.
    """
    best = visits.best.reshape(-1, 7)
    rows = np.repeat(np.arange(len(visits.people)), 7)
    table = _ids(visits.people, rows)
    there = best[:, PRACTICE] >= 0
    practice = np.full(len(best), None, object)
    practice[there] = visits.practice_ids[best[there, PRACTICE]]
    table["practice_id"] = practice
    table["day"] = np.tile(np.array(DAYS, object), len(visits.people))
    return _with_times(table, best, there)


def every_visit(visits: WeekVisits) -> pd.DataFrame:
    """Table of the best visit of all people on each day to every practice, as `best_visits`; feasible ones only.

    Raises
    ------
    ValueError
        when these were not kept.
    """
    every = visits.found.every
    if every is None:
        raise ValueError("week_visits must be asked to keep every visit")
    cases = every.shape[1]
    practice, case, day = np.nonzero(every[..., HOME] < NEVER)
    order = np.argsort(case, kind="stable")
    first = np.searchsorted(case[order], np.arange(cases + 1))
    count = np.diff(first)[visits.case]
    rows = np.repeat(np.arange(len(visits.people)), count)
    start = np.repeat(first[visits.case] - np.r_[0, np.cumsum(count)[:-1]], count)
    entry = order[start + np.arange(len(rows))]
    table = _ids(visits.people, rows)
    table["practice_id"] = visits.practice_ids[practice[entry]]
    table["day"] = np.array(DAYS, object)[day[entry]]
    chosen = every[practice[entry], case[entry], day[entry]]
    return _with_times(table, chosen, np.ones(len(rows), bool))


def _ids(people: pd.DataFrame, rows: Array) -> pd.DataFrame:
    columns = [name for name in ("site_id", "group_id") if name in people]
    return people[columns].take(rows).reset_index(drop=True)


def _with_times(table: pd.DataFrame, visit: Array, there: Array) -> pd.DataFrame:
    table["feasible"] = there
    for name, field in (
        ("leave_s", LEAVE),
        ("arrive_s", ARRIVE),
        ("start_s", START),
        ("end_s", END),
        ("home_s", HOME),
    ):
        table[name] = pd.array(visit[:, field], dtype="Int32")
        table.loc[~there, name] = pd.NA
    for name, later, earlier in (
        ("wait_min", START, ARRIVE),
        ("door_to_door_min", HOME, LEAVE),
        ("slack_min", UNTIL, HOME),
    ):
        minutes = (visit[:, later].astype(float) - visit[:, earlier]) / 60.0
        table[name] = np.where(there, minutes, np.nan)
    return table


def visit_summary(visits: WeekVisits) -> pd.DataFrame:
    """One row for each row of people: how well they are served over days and practices.

    Returns
    -------
    DataFrame
        indexed as ``people``: feasible, feasible_days (days with a feasible visit to some usable practice), practices
        (usable practices with a feasible visit in the week), practice_id, day and door_to_door_min of the best visit of
        the week (the first day of equal ones; None, None and inf without), and work_lost_min, lost_practice_id and
        lost_day: the fewest minutes of busy time that a visit takes, where none is feasible in free time (0 where one
        is, inf where no practice can be visited at any time).
    """
    best = visits.best
    there = best[:, :, PRACTICE] >= 0
    takes = np.where(there, best[:, :, HOME] - best[:, :, LEAVE].astype(np.int64), NEVER)
    day = takes.argmin(axis=1) if len(takes) else np.zeros(0, np.int64)
    row = np.arange(len(best))
    feasible = there.any(axis=1)
    lost = visits.found.lost[visits.chooser]
    lost_min = np.where(lost[:, 0] < NEVER, lost[:, 0] / 60.0, np.inf)
    table = pd.DataFrame({"feasible": feasible}, index=visits.people.index)
    table["feasible_days"] = there.sum(axis=1)
    table["practices"] = _count_practices(visits)
    table["practice_id"] = _chosen(visits.practice_ids, best[row, day, PRACTICE], feasible)
    table["day"] = _chosen(np.array(DAYS, object), day, feasible)
    table["door_to_door_min"] = np.where(feasible, takes[row, day] / 60.0, np.inf)
    table["work_lost_min"] = np.where(feasible, 0.0, lost_min)
    has: Array = np.logical_and(~feasible, np.isfinite(lost_min))
    table["lost_practice_id"] = _chosen(visits.practice_ids, lost[:, 1], has)
    table["lost_day"] = _chosen(np.array(DAYS, object), lost[:, 2], has)
    return table


def _chosen(values: Array, number: Array, there: Any) -> Array:
    result = np.full(len(there), None, object)
    result[there] = values[number[there]]
    return result


def _count_practices(visits: WeekVisits) -> Array:
    count = np.zeros(len(visits.people), np.int64)
    kind = visits.kind
    for practice, days in enumerate(visits.found.pairs.days):
        count += (days[visits.case] > 0) & visits.usable[practice, kind]
    return count


def nth_best_minutes(visits: WeekVisits, n: int) -> pd.Series:
    """Minutes from door to door of the best visit to the practice that comes n-th, 1 for the best.

    Returns
    -------
    Series
        float, named "door_to_door_min_n", with the index of ``people``; inf where fewer practices can be visited.
    """
    if n < 1:
        raise ValueError("n counts from 1")
    kind, people = visits.kind, len(visits.people)
    result = np.full(people, np.inf)
    if n <= len(visits.practice_ids):
        for start in range(0, people, 4096):
            these = slice(start, min(start + 4096, people))
            takes = visits.found.pairs.quickest_s[:, visits.case[these]]
            takes = np.where(visits.usable[:, kind[these]], takes, NEVER)
            chosen = np.partition(takes, n - 1, axis=0)[n - 1]
            result[these] = np.where(chosen < NEVER, chosen / 60.0, np.inf)
    return pd.Series(result, index=visits.people.index, name=f"door_to_door_min_{n}")
