"""When people are free for a visit and when practices are open, as intervals of the reference week.

Free time of a group is the week minus work and the way to it and back (domain: "the day minus work and commute"). A
shift belongs to the day on which it starts, runs across midnight where it does, and so does free time. Weeks of work
repeat: what is on the Sunday before is what is on the Sunday of the week. Public holidays are days of work like any
other here, which is an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoaccess.access.intervals import (
    DAY_S,
    WEEK_S,
    Intervals,
    clipped,
    gaps,
    interval_rows,
    joined,
)
from geoaccess.load.default_groups import days_of
from geoaccess.load.shifts import Alternative, parse_shift
from geoaccess.tables import require_columns

#: the reference week with the day before and the day after, in seconds from Monday 00:00
FROM_S = -DAY_S
UNTIL_S = WEEK_S + DAY_S


@dataclass(frozen=True, eq=False)
class FreeTime:
    """Free time of resident groups in the reference week, from the Sunday before to the Monday after.

    Many groups share a pattern of work, so the intervals are kept once for each different one.

    Attributes
    ----------
    alternatives : DataFrame site_id, group_id, alternative (0, 1, ... within the group), shift (text of this
        alternative), share (of the people of the group that have this alternative in any one week, adds up to 1),
        pattern (int64, row in the intervals); groups in the order given.
    free : time at home or to spend, row for each pattern; the complement of ``away`` in [FROM_S, UNTIL_S).
    away : at work or on the way, row for each pattern.
    work : at work, without the way, row for each pattern.
    """

    alternatives: pd.DataFrame
    free: Intervals
    away: Intervals
    work: Intervals


def free_time(groups: pd.DataFrame) -> FreeTime:
    """Work out the free intervals of resident groups.

    Parameters
    ----------
    groups : as `geoaccess.load.groups.load_groups`: site_id, group_id, shift, work_days, commute_min.

    Raises
    ------
    TableError
        when a column is missing.
    ValueError
        when a shift cannot be read, or working days cannot (never in tables of `load_groups`).

    Examples
    --------
    >>> from geoaccess.load.default_groups import Group, default_groups
    >>> table = default_groups(["S1"], [Group("kas", shift="06:00-15:00", work_days="Mo-Fr", commute_min=30)])
    >>> [(start / 3600, end / 3600) for start, end in free_time(table).free.row(0)][:2]
    [(-24.0, 5.5), (15.5, 29.5)]
    """
    needed = ["site_id", "group_id", "shift", "work_days", "commute_min"]
    require_columns(groups, needed, "groups")
    patterns: dict[tuple[tuple[tuple[int, int], ...], float], int] = {}
    week_of: dict[tuple[str, str], tuple[Alternative, ...]] = {}
    rows: list[tuple[str, str, int, str, float, int]] = []
    for site_id, group_id, shift, days, commute_min in groups[needed].itertuples(index=False):
        if (shift, days) not in week_of:
            week_of[shift, days] = _alternatives(shift, days)
        for k, one in enumerate(week_of[shift, days]):
            # without work there is no way to it, so that all who are free share a pattern
            key = (one.spans, float(commute_min) if one.spans else 0.0)
            pattern = patterns.setdefault(key, len(patterns))
            rows.append((site_id, group_id, k, one.text, one.share, pattern))
    names = ["site_id", "group_id", "alternative", "shift", "share", "pattern"]
    table = pd.DataFrame(rows, columns=names)
    table = table.astype({"alternative": "int64", "share": "float64", "pattern": "int64"})
    away = _weeks([(spans, commute_min) for spans, commute_min in patterns])
    work = _weeks([(spans, 0.0) for spans, _ in patterns])
    return FreeTime(table, gaps(away, FROM_S, UNTIL_S), away, work)


def open_intervals(spans: pd.DataFrame, practice_ids: pd.Series | list[str]) -> Intervals:
    """Lay out opening hours as intervals, a row for each practice in the order asked for.

    Parameters
    ----------
    spans : practice_id, open_s, close_s, as in `geoaccess.load.hours.OpeningWeek`; of other practices, too.
    practice_ids : order of the rows, each once; a practice without spans is closed all week.

    Examples
    --------
    >>> spans = pd.DataFrame({"practice_id": ["P1"], "open_s": [28800], "close_s": [61200]})
    >>> open_intervals(spans, ["P0", "P1"]).row(1)
    [(28800, 61200)]
    """
    require_columns(spans, ("practice_id", "open_s", "close_s"), "opening hours")
    place = pd.Index(practice_ids).get_indexer(pd.Index(spans["practice_id"]))
    kept = place >= 0
    return joined(
        place[kept].astype(np.int64),
        spans["open_s"].to_numpy(np.int64)[kept],
        spans["close_s"].to_numpy(np.int64)[kept],
        len(practice_ids),
    )


def _alternatives(shift: str, work_days: str) -> tuple[Alternative, ...]:
    days = days_of(work_days)
    if days is None:
        raise ValueError(f"working days cannot be read: {work_days!r}")
    return parse_shift(shift, days)


def _weeks(patterns: list[tuple[tuple[tuple[int, int], ...], float]]) -> Intervals:
    """Work with the way before and after it, in the week and where the weeks beside it reach into the days around."""
    rows = [
        [
            (
                60 * start + week_s - round(60 * commute_min),
                60 * end + week_s + round(60 * commute_min),
            )
            for week_s in (-WEEK_S, 0, WEEK_S)
            for start, end in spans
        ]
        for spans, commute_min in patterns
    ]
    return clipped(interval_rows(rows), FROM_S, UNTIL_S)
