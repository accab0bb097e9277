from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.load.lines.defaults import DEFAULTS
from geoaccess.load.lines.headways import Headway, service
from geoaccess.load.lines.hours import parse_conditional, parse_hours, parse_interval

H = 3600
BUS = DEFAULTS["bus"]
DAY = ((6 * H, 23 * H),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mo-Fr 06:00-23:00; Sa,Su 08:00-20:00; PH off", [DAY] * 5 + [((8 * H, 20 * H),)] * 2),
        ("24/7", [((0, 24 * H),)] * 7),
        ("06:00-23:00", [DAY] * 7),
        ("Mo-Su,PH 6:00-23:00", [DAY] * 7),
        ("05:00-01:00", [((5 * H, 25 * H),)] * 7),
        ("05:00-25:00", [((5 * H, 25 * H),)] * 7),
        ("Fr-Mo 06:00-23:00", [DAY, (), (), (), DAY, DAY, DAY]),
        ("Mo-Su 06:00-23:00; Su off", [DAY] * 6 + [()]),
        ("Mo-Fr 06:00-09:00, 15:00-23:00", [((6 * H, 9 * H), (15 * H, 23 * H))] * 5 + [()] * 2),
        ("Mo-Fr 06:00-23:00, Sa 06:00-23:00", [DAY] * 6 + [()]),
        ("Mo 06:00-12:00, Mo 10:00-23:00", [DAY] + [()] * 6),
        ("mo - fr: 06:00 - 23:00;", [DAY] * 5 + [()] * 2),
        ("Sa,Su", [()] * 5 + [((0, 24 * H),)] * 2),
        ("off", [()] * 7),
        ("Mo 06:00\u201323:00", [DAY] + [()] * 6),
        ("06:00-06:00", [((6 * H, 30 * H),)] * 7),
    ],
)
def test_hours(text: str, expected: list[object]) -> None:
    assert parse_hours(text) == tuple(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("", ";", "often", "Mo-Fri 06:00-07:00"),
        *("Mo-Fr 06:00+", "Mo-Fr 06-23", "SH off", "PH-Mo 06:00-07:00"),
        *("Dec 25 off", "Apr-Sep Mo-Fr 06:00-23:00", "sunrise-sunset", '06:00-23:00 "maybe"'),
        *("25:00-26:00", "06:00-31:00", "06:61-07:00", "Mo-Fr 06:00-23:00 || off", "week 1-10"),
        "Mo 06:00-07:00;" * 1000,
    ],
)
def test_hours_that_are_not_understood(text: str) -> None:
    assert parse_hours(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("15", 900), ("00:15", 900), ("15 min", 900), ("PT15M", 900), ("7.5", 450)),
        *(("15-20", 1050), ("00:10 - 00:20", 900), ("01:00", 3600), ("00:00:45", 45)),
        *(("often", None), ("", None), ("0", None), ("-5", None), ("20-15", None), ("5-6-7", None)),
        *(("0.1", None), ("25:00", None), ("15;30", None)),
    ],
)
def test_interval(text: str, seconds: int | None) -> None:
    assert parse_interval(text) == seconds


def test_conditions_and_what_is_not_understood_of_them() -> None:
    text = "10 @ (Mo-Fr 07:00-09:00); 30 @ (Sa,Su);5 @ Mo; x @ (Su); 5 @ (snow); 20"
    rules, broken = parse_conditional(text)
    assert [seconds for seconds, _ in rules] == [600, 1800, 300]
    assert rules[0][1] == (((7 * H, 9 * H),),) * 5 + ((),) * 2
    assert broken == ["x @ (Su)", "5 @ (snow)", "20"]


def of_day(tags: dict[str, str], weekday: int) -> list[tuple[float, float, float]]:
    """Spans of one weekday as hours, hours, minutes."""
    return [
        (one.start_s / H, one.end_s / H, one.headway_s / 60)
        for one in service(tags, BUS).headways
        if one.weekday == weekday
    ]


def test_defaults_of_a_mode() -> None:
    weekday = [(6, 7, 60), (7, 19, 30), (19, 23, 60)]
    assert [of_day({}, day) for day in range(7)] == [weekday] * 6 + [[(8, 23, 60)]]
    said = service({}, BUS)
    assert (said.headway_source, said.hours_source, said.broken) == ("default", "default", ())


def test_interval_and_opening_hours() -> None:
    tags = {"interval": "20", "opening_hours": "Mo-Fr 05:00-01:00"}
    assert service(tags, BUS).headways == tuple(
        Headway(day, 5 * H, 25 * H, 1200) for day in range(5)
    )
    said = service(tags, BUS)
    assert (said.headway_source, said.hours_source) == ("interval", "opening_hours")


def test_service_times_stand_in_for_opening_hours() -> None:
    tags = {"interval": "20", "service_times": "06:00-08:00", "opening_hours": "whenever"}
    said = service(tags, BUS)
    assert said.hours_source == "service_times"
    assert said.broken == ("opening_hours=whenever",)
    assert of_day(tags, 6) == [(6, 8, 20)]


def test_conditions_go_before_the_interval_and_the_later_before_the_earlier() -> None:
    tags = {
        "interval": "20",
        "interval:conditional": "10 @ (Mo-Fr 07:00-09:00); 5 @ (Mo 08:00-10:00); 30 @ (Sa,Su)",
        "opening_hours": "06:00-22:00",
    }
    assert of_day(tags, 0) == [(6, 7, 20), (7, 8, 10), (8, 10, 5), (10, 22, 20)]
    assert of_day(tags, 1) == [(6, 7, 20), (7, 9, 10), (9, 22, 20)]
    assert of_day(tags, 5) == [(6, 22, 30)]
    assert service(tags, BUS).headway_source == "interval + interval:conditional"


def test_conditions_hold_by_the_clock_after_midnight() -> None:
    tags = {
        "interval": "20",
        "interval:conditional": "60 @ (Sa 00:00-02:00)",
        "opening_hours": "Mo-Fr 22:00-01:00",
    }
    assert of_day(tags, 3) == [(22, 25, 20)]
    assert of_day(tags, 4) == [(22, 24, 20), (24, 25, 60)]


def test_times_of_conditions_widen_assumed_hours_only() -> None:
    condition = {"interval:conditional": "10 @ (Mo 04:00-08:00); 40 @ (Su)"}
    assert of_day(condition, 0) == [(4, 8, 10), (8, 19, 30), (19, 23, 60)]
    assert of_day(condition, 6) == [(8, 23, 40)]
    assert of_day({**condition, "opening_hours": "06:00-12:00"}, 0) == [(6, 8, 10), (8, 12, 30)]
    assert service(condition, BUS).headway_source == "interval:conditional + default"


def test_broken_tags_are_named_and_replaced_by_the_default() -> None:
    tags = {"interval": "often", "interval:conditional": "10 @ (Mo); 5 @ (rain)"}
    said = service(tags, BUS)
    assert said.broken == ("interval=often", "interval:conditional=5 @ (rain)")
    assert of_day(tags, 0) == [(6, 23, 10)]
    assert of_day(tags, 1) == of_day({}, 1)


TAG = st.text("MoTuSa 0123456789:-,;@()/+offPH24/7\u2013\u0663", max_size=40) | st.text(max_size=20)


@given(TAG, TAG, TAG)
def test_no_tag_makes_it_crash_or_overlap(interval: str, conditional: str, hours: str) -> None:
    tags = {"interval": interval, "interval:conditional": conditional, "opening_hours": hours}
    headways = service(tags, BUS).headways
    assert all(one.end_s > one.start_s and one.headway_s >= 30 for one in headways)
    for before, after in itertools.pairwise(headways):
        assert before.weekday < after.weekday or before.end_s <= after.start_s
