"""The worked example of domain.md, and the tables of visits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geoaccess.access.intervals import interval_rows
from geoaccess.access.visit import VisitRules
from geoaccess.access.visit_tables import every_visit
from geoaccess.errors import ProjectError
from tests.access.bus_week import BusWeek, at, hourly
from tests.visit_views import best_visits, nth_best_minutes, visit_summary


def test_worked_example() -> None:
    table = best_visits(BusWeek().visits())
    assert table["day"].tolist() == ["mo", "tu", "we", "th", "fr", "sa", "su"]
    assert table["feasible"].tolist() == [True] * 5 + [False] * 2
    monday = table.iloc[0]
    assert monday["practice_id"] == "p0"
    times = [monday[f"{c}_s"] for c in ("leave", "arrive", "start", "end", "home")]
    assert times == [at(t) for t in ("15:40", "16:10", "16:10", "16:25", "17:05")]
    assert monday["door_to_door_min"] == 85
    assert monday["wait_min"] == 0
    assert monday["slack_min"] == (at("05:30", 1) - at("17:05")) / 60
    assert table.iloc[5:]["practice_id"].isna().all()
    assert table.iloc[5:]["leave_s"].isna().all()


def test_shift_an_hour_longer_leaves_no_visit_and_says_what_work_it_costs() -> None:
    summary = visit_summary(BusWeek(shift_ends="16:00").visits()).iloc[0]
    assert not summary["feasible"]
    assert summary["feasible_days"] == summary["practices"] == 0
    assert math.isinf(summary["door_to_door_min"])
    # away from 15:40 to 17:05, free from 16:30 on
    assert summary["work_lost_min"] == 50
    assert (summary["lost_practice_id"], summary["lost_day"]) == ("p0", "mo")


def test_summary_counts_days_and_practices() -> None:
    visits = BusWeek().visits(keep_every=True)
    summary = visit_summary(visits).iloc[0]
    assert (summary["feasible_days"], summary["practices"], summary["day"]) == (5, 1, "mo")
    assert (summary["door_to_door_min"], summary["work_lost_min"]) == (85, 0)
    assert nth_best_minutes(visits, 1).tolist() == [85]
    assert nth_best_minutes(visits, 2).tolist() == [np.inf]
    every, _, _ = every_visit(visits, np.arange(len(visits.people)))
    best = best_visits(visits)
    shared = best[best["feasible"]].reset_index(drop=True)
    assert every.astype(str).equals(shared[every.columns].astype(str))


def test_practice_that_may_not_be_chosen_has_no_visits() -> None:
    visits = BusWeek().visits(usable=np.array([False]))
    assert not best_visits(visits)["feasible"].any()
    assert visits.found.pairs.days[0, 0] == 0b11111


def test_night_shift_and_rides_past_midnight() -> None:
    """Free from 15:30 to 05:30; the only bus home leaves at 25:35."""
    week = BusWeek(out=["22:40"], back=["25:35"], opening=("23:30", "25:30"))
    monday = best_visits(week.visits()).iloc[0]
    assert monday["leave_s"] == at("22:40")
    assert monday["end_s"] == at("24:05")  # a trip takes two hours at most
    assert monday["home_s"] == at("26:05")


def test_consultation_waits_where_the_way_home_would_take_too_long() -> None:
    """The bus home leaves 145 minutes after the earliest consultation; trips take at most 120."""
    week = BusWeek(out=["14:40"], back=["17:50"], shift_ends="13:00", opening=("08:00", "18:00"))
    monday = best_visits(week.visits()).iloc[0]
    assert (monday["arrive_s"], monday["end_s"]) == (at("15:10"), at("16:20"))
    assert monday["home_s"] == at("18:20")


def test_walking_only_needs_no_timetable() -> None:
    week = BusWeek(served="0000000", site=(4.515, 52.0))
    monday = best_visits(week.visits()).iloc[0]
    assert monday["feasible"]
    # the latest of equally short ones: done when the practice closes
    assert monday["end_s"] in range(at("16:59"), at("17:00") + 1)
    assert not best_visits(BusWeek(served="0000000").visits())["feasible"].any()


def test_days_with_fewer_rides() -> None:
    week = BusWeek(served="1011111", out=hourly(40), back=hourly(35))
    assert best_visits(week.visits())["feasible"].tolist() == [
        *(True, False, True, True, True),
        *(False, False),
    ]


def test_rules_out_of_range_are_named_at_once() -> None:
    with pytest.raises(ProjectError, match=r"(?s)norm.consult_min.*norm.margin_min"):
        VisitRules(consult_min=0, margin_min=-1)


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="rows of work"):
        BusWeek().visits(work=interval_rows([[], []]))


@pytest.mark.parametrize("cycle", [False, True])
def test_a_site_far_from_any_street_is_judged_on_the_nearest(cycle: bool) -> None:
    far = BusWeek(site=(4.30, 52.02), cycle=cycle).visits()
    near = BusWeek(cycle=cycle).visits()
    assert not best_visits(far)["feasible"].any()
    assert best_visits(near)["feasible"].any()
    assert far.to_street_m[0] == pytest.approx(2224, abs=5)
    assert near.to_street_m[0] == 0
    # on the street itself, it would fare as the site that is there
    assert far.found.pairs.lifted[0, 0] == near.found.pairs.level[0, 0]
