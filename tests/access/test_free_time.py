"""Free time against a minute-by-minute account, and the worked example."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.access.free_time import FROM_S, UNTIL_S, free_time, open_intervals
from geoaccess.access.intervals import DAY_S, WEEK_S
from geoaccess.errors import TableError
from geoaccess.load.default_groups import Group, default_groups
from geoaccess.load.shifts import days_text


def one(shift, work_days="Mo-Sa", commute_min=0.0):
    return free_time(default_groups(["S"], [Group("g", 1.0, shift, work_days, commute_min)]))


def hours(spans):
    return [(start / 3600, end / 3600) for start, end in spans]


def seconds(spans):
    marks = np.zeros(UNTIL_S - FROM_S, dtype=np.int64)
    for start, end in spans:
        marks[start - FROM_S : end - FROM_S] += 1
    return marks


def test_the_worked_example_is_free_from_half_an_hour_after_the_shift():
    free = hours(one("06:00-15:00", "Mo-Fr", 30).free.row(0))
    assert free == [
        (-24, 5.5),
        (15.5, 29.5),
        (39.5, 53.5),
        (63.5, 77.5),
        (87.5, 101.5),
        (111.5, 173.5),
        (183.5, 192),
    ]


def test_night_shifts_leave_the_day_and_reach_into_the_next_week():
    found = one("22:00-06:00", "So-Th".replace("So", "Su"), 20)
    free = hours(found.free.row(0))
    # Sunday night before is work, as is the Sunday night of the week itself
    assert free[0] == pytest.approx((-24, -2 - 1 / 3))
    assert free[1] == pytest.approx((6 + 1 / 3, 22 - 1 / 3))
    assert free[-1] == pytest.approx((168 + 6 + 1 / 3, 168 + 22 - 1 / 3))
    assert free[-2] == pytest.approx((96 + 6 + 1 / 3, 168 - 2 - 1 / 3)), (
        "Friday morning to Sunday evening"
    )
    assert len(free) == 7


def test_alternatives_of_a_rotation_keep_their_shares_and_share_patterns():
    groups = default_groups(
        ["S1", "S2"],
        [
            Group("a", 0.5, "06:00-14:00 60% | 14:00-22:00 40%", "Mo-Fr", 10),
            Group("b", 0.5, "14:00-22:00 | off", "Mo-Fr", 10),
        ],
    )
    found = free_time(groups)
    table = found.alternatives
    assert table[["group_id", "alternative", "shift", "share"]].head(4).to_numpy().tolist() == [
        ["a", 0, "06:00-14:00", 0.6],
        ["a", 1, "14:00-22:00", 0.4],
        ["b", 0, "14:00-22:00", 0.5],
        ["b", 1, "off", 0.5],
    ]
    assert table["pattern"].tolist() == [0, 1, 1, 2] * 2
    assert len(found.free) == len(found.away) == len(found.work) == 3
    assert found.free.row(2) == [(FROM_S, UNTIL_S)]
    assert table.groupby(["site_id", "group_id"])["share"].sum().tolist() == [1.0] * 4


def test_a_split_shift_leaves_the_time_between_if_the_way_is_short():
    assert (10.5 * 3600, 15.5 * 3600) in one("06:00-10:00,16:00-20:00", "Mo", 30).free.row(0)
    assert one("06:00-10:00,11:00-15:00", "Mo", 30).free.row(0)[1][0] == 15.5 * 3600


def test_bad_tables_are_named():
    with pytest.raises(TableError, match="work_days"):
        free_time(pd.DataFrame({"site_id": [], "group_id": [], "shift": [], "commute_min": []}))
    table = default_groups(["S"])
    with pytest.raises(ValueError, match="working days"):
        free_time(table.assign(work_days="soms"))


def test_no_groups_have_no_free_time():
    found = free_time(default_groups([]))
    assert len(found.alternatives) == len(found.free) == 0


DAYS = st.sets(st.integers(0, 6), max_size=7)


@given(DAYS, st.integers(0, 1439), st.integers(1, 1440), st.integers(0, 240))
def test_free_time_work_and_the_way_tile_the_week(days, start, lasts, commute):
    end = start + lasts
    shift = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    found = one(shift, days_text(sorted(days)), commute)
    free, away, work = (seconds(part.row(0)) for part in (found.free, found.away, found.work))
    assert (free + away == 1).all()
    assert (work <= away).all()
    # the account of a plain reader: every week alike, and the way takes the commute at both ends of a shift
    expected = np.zeros(UNTIL_S - FROM_S, dtype=bool)
    at_work = np.zeros(UNTIL_S - FROM_S, dtype=bool)
    for week in range(-2, 3):
        for day in days:
            first = week * WEEK_S + day * DAY_S + 60 * start - FROM_S
            for mask, more in ((expected, 60 * commute), (at_work, 0)):
                mask[max(0, first - more) : max(0, first + 60 * lasts + more)] = True
    assert (away.astype(bool) == expected).all()
    assert (work.astype(bool) == at_work).all()


@given(DAYS, st.integers(0, 1380), st.integers(1, 600), st.integers(0, 100), st.integers(0, 100))
def test_a_shorter_commute_never_takes_free_time(days, start, lasts, commute, more):
    end = start + lasts
    shift = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    text = days_text(sorted(days))
    near, far = (seconds(one(shift, text, way).free.row(0)) for way in (commute, commute + more))
    assert (far <= near).all()


def test_open_intervals_follow_the_order_asked_for():
    spans = pd.DataFrame(
        {"practice_id": ["B", "A", "B", "X"], "open_s": [50, 0, 0, 1], "close_s": [60, 9, 20, 2]}
    )
    found = open_intervals(spans, ["A", "C", "B"])
    assert [found.row(k) for k in range(3)] == [[(0, 9)], [], [(0, 20), (50, 60)]]
