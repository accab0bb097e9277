"""Tables with one row for each row of people, to compare with oracles and with what is worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.visit import WeekVisits
from geoaccess.access.visit_tables import DAYS, chosen, frame, near_practices, visit_days, week_of
from geoaccess.access.why import why, why_table

Array = np.ndarray[Any, Any]


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
    rows = np.repeat(np.arange(len(visits.people)), 7)
    ids = _ids(visits.people, rows)
    return pd.concat([ids, visit_days(visits.best, visits.practice_ids)], axis=1)


def _ids(people: pd.DataFrame, rows: Array) -> pd.DataFrame:
    columns = [name for name in ("site_id", "group_id") if name in people]
    return people[columns].take(rows).reset_index(drop=True)


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
    week = week_of(visits.best, visits.found.lost[visits.chooser])
    ids, days = visits.practice_ids, np.array(DAYS, object)
    table = frame(
        {
            "feasible": week.days > 0,
            "feasible_days": week.days,
            "practices": near_practices(visits, visits.case, visits.kind)[0],
            "practice_id": chosen(ids, week.practice),
            "day": chosen(days, week.day),
            "door_to_door_min": week.minutes,
            "work_lost_min": week.lost_min,
            "lost_practice_id": chosen(ids, week.lost_practice),
            "lost_day": chosen(days, week.lost_day),
        }
    )
    return table.set_axis(visits.people.index)


def nth_best_minutes(visits: WeekVisits, n: int) -> pd.Series:
    """Minutes from door to door of the best visit to the practice that comes n-th, 1 for the best.

    Returns
    -------
    Series
        float, named "door_to_door_min_n", with the index of ``people``; inf where fewer practices can be visited.
    """
    if n < 1:
        raise ValueError("n counts from 1")
    minutes = near_practices(visits, visits.case, visits.kind, n)[1][:, n - 1]
    return pd.Series(minutes, index=visits.people.index, name=f"door_to_door_min_{n}")


def reasons(
    visits: WeekVisits,
    *,
    serves: Array | None = None,
    accepts: Array | None = None,
    has_room: Array | None = None,
    shares_language: Array | None = None,
) -> pd.DataFrame:
    """Give all people the reason why they have no feasible visit, its proof, and the smallest change that mends it.

    Parameters
    ----------
    visits : from `week_visits`.
    serves, accepts, has_room, shares_language : bool (practices,) or (practices, kinds), kinds as in ``people``; is the
        practice there for these people (to others it is no practice at all), does it accept new patients (true for
        those who are registered there), has it places left, and does it speak a language of the group or has an
        interpreter. All do where left out.

    Returns
    -------
    DataFrame
        one row for each row of ``people``, with its index and columns, and those of `why_table`.
    """
    found, _, row = why(
        visits,
        serves=serves,
        accepts=accepts,
        has_room=has_room,
        shares_language=shares_language,
    )
    table = why_table(found.take(row), visits.practice_ids)
    table.index = visits.people.index
    return pd.concat([visits.people, table], axis=1)
