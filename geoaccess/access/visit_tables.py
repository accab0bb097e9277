"""Tables of feasible visits: the best of each day, every one, and how well people are served over the week."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geoaccess.access.visit import WeekVisits
from geoaccess.route.visit_fields import ARRIVE, END, HOME, LEAVE, PRACTICE, START, UNTIL
from geoaccess.route.window import NEVER

Array = np.ndarray[Any, Any]

#: days of the week as they are written in tables
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
#: people looked at together, so that what is known of them and all practices stays in memory near by
_CHUNK = 1024


def visit_days(best: Array, practice_ids: Array) -> pd.DataFrame:
    """Table of the best visits of the seven days of the week.

    Parameters
    ----------
    best : int32 (rows, 7, 7), as `geoaccess.route.visits.FoundVisits.best`.
    practice_ids : of the table of practices.

    Returns
    -------
    DataFrame
        seven rows for each of ``best``: practice_id (None where there is no visit), day ("mo" to "su"), feasible,
        leave_s, arrive_s, start_s, end_s, home_s (Int32, seconds of the day of leaving, past 86400 after midnight),
        wait_min (from arrival to the start), door_to_door_min and slack_min (how much later home would still be in the
        free time), float and NaN where there is no visit.
    """
    flat = best.reshape(-1, 7)
    practice = flat[:, PRACTICE]
    days = np.tile(np.array(DAYS, object), len(best))
    table = frame({"practice_id": chosen(practice_ids, practice), "day": days})
    return _with_times(table, flat, practice >= 0)


def every_visit(visits: WeekVisits, people: Array) -> tuple[pd.DataFrame, Array, Array]:
    """Table of the best visit on each day to every practice, feasible ones only.

    Parameters
    ----------
    visits : of a week, with every visit kept.
    people : int64 (n,); rows of people to tell of.

    Returns
    -------
    tuple of DataFrame, int64 (visits,) and int64 (visits,)
        as `visit_days` for each visit, by people, then practice, then day; which of ``people`` makes each, and row of
        the table of practices.

    Raises
    ------
    ValueError
        when these were not kept.
    """
    every = visits.found.every
    if every is None:
        raise ValueError("week_visits must be asked to keep every visit")
    practice, case, day = np.nonzero(every[..., HOME] < NEVER)
    order = np.argsort(case, kind="stable")
    first = np.searchsorted(case[order], np.arange(every.shape[1] + 1))
    own = visits.case[people]
    count = np.diff(first)[own]
    who = np.repeat(np.arange(len(people)), count)
    start = np.repeat(first[own] - np.r_[0, np.cumsum(count)[:-1]], count)
    entry = order[start + np.arange(len(who))]
    table = frame(
        {
            "practice_id": visits.practice_ids[practice[entry]],
            "day": np.array(DAYS, object)[day[entry]],
        }
    )
    found = every[practice[entry], case[entry], day[entry]]
    whole = _with_times(table, found, np.ones(len(who), bool))
    return whole, who, practice[entry]


def _with_times(table: pd.DataFrame, visit: Array, there: Array) -> pd.DataFrame:
    table["feasible"] = there
    for name, field in (
        ("leave_s", LEAVE),
        ("arrive_s", ARRIVE),
        ("start_s", START),
        ("end_s", END),
        ("home_s", HOME),
    ):
        table[name] = pd.arrays.IntegerArray(visit[:, field].astype(np.int32), ~there)
    for name, later, earlier in (
        ("wait_min", START, ARRIVE),
        ("door_to_door_min", HOME, LEAVE),
        ("slack_min", UNTIL, HOME),
    ):
        minutes = (visit[:, later].astype(float) - visit[:, earlier]) / 60.0
        minutes[~there] = np.nan
        table[name] = minutes
    return table


class Week(NamedTuple):
    """How people are served over the week.

    Attributes
    ----------
    days : int64; days with a feasible visit to some usable practice.
    practice, day : int64; of the best visit of the week, the first day of equal ones; -1 for none.
    minutes : float; from door to door, inf for none.
    lost_min : float; fewest minutes of busy time that a visit takes: 0 where one is feasible in free time, inf where no
        usable practice can be visited at any time.
    lost_practice, lost_day : int64; of that visit, -1 where there is none or one is feasible in free time.
    """

    days: Array
    practice: Array
    day: Array
    minutes: Array
    lost_min: Array
    lost_practice: Array
    lost_day: Array


def week_of(best: Array, lost: Array) -> Week:
    """Sum up the week.

    Parameters
    ----------
    best : int32 (rows, 7, 7); lost : int32 (rows, 5); as in `geoaccess.route.visits.FoundVisits`.
    """
    there = best[:, :, PRACTICE] >= 0
    takes = np.where(there, best[:, :, HOME] - best[:, :, LEAVE].astype(np.int64), NEVER)
    day = takes.argmin(axis=1) if len(takes) else np.zeros(0, np.int64)
    row = np.arange(len(best))
    feasible = there.any(axis=1)
    has: Array = np.logical_and(~feasible, lost[:, 0] < NEVER)
    lost_min = np.where(has, lost[:, 0] / 60.0, np.inf)
    return Week(
        there.sum(axis=1),
        np.where(feasible, best[row, day, PRACTICE], -1),
        np.where(feasible, day, -1),
        np.where(feasible, takes[row, day] / 60.0, np.inf),
        np.where(feasible, 0.0, lost_min),
        np.where(has, lost[:, 1], -1),
        np.where(has, lost[:, 2], -1),
    )


def frame(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Table of columns in which text stays as it is, and None where there is none."""
    return pd.DataFrame(
        {
            name: pd.Series(part, dtype=object)
            if getattr(part, "dtype", None) == np.dtype(object)
            else part
            for name, part in columns.items()
        }
    )


def chosen(values: Array, number: Array) -> Array:
    """Values by number, None for -1."""
    result = np.full(len(number), None, object)
    there = number >= 0
    result[there] = values[number[there]]
    return result


def near_practices(
    visits: WeekVisits, case: Array, kind: Array, ranks: int = 1
) -> tuple[Array, Array]:
    """Count the usable practices with a feasible visit in the week, and tell how long the quickest ones take.

    Parameters
    ----------
    visits : of a week.
    case, kind : int64 (n,); of people.
    ranks : how many practices to tell of.

    Returns
    -------
    tuple of int64 (n,) and float (n, ranks)
        practices, and minutes from door to door of the best visit to the practice that comes first, second, ...; inf
        where there are fewer.
    """
    quickest_s = visits.found.pairs.quickest_s
    count, minutes = np.zeros(len(case), np.int64), np.full((len(case), ranks), np.inf)
    known = min(ranks, len(quickest_s))
    for start in range(0, len(case), _CHUNK):
        these = slice(start, min(start + _CHUNK, len(case)))
        takes = np.where(visits.usable[:, kind[these]], quickest_s[:, case[these]], NEVER)
        count[these] = (takes < NEVER).sum(axis=0)
        if known:
            first = np.partition(takes, range(known), axis=0)[:known].T
            minutes[these, :known] = np.where(first < NEVER, first / 60.0, np.inf)
    return count, minutes
