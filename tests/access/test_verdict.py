"""Verdicts from real tables: whom practices take, what splits people, and sums that are exact."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geoaccess.access.care import CareKind
from geoaccess.access.norm import Norm
from geoaccess.access.why import CODES
from geoaccess.errors import ProjectError
from geoaccess.load.default_groups import Group
from tests.access.bus_week import HOME, at
from tests.access.care_week import GREENHOUSE, CareWeek

NEARBY = (4.515, 52.0)


def only(week: CareWeek) -> pd.Series:
    """The one row of reasons."""
    reasons = week.judged().reasons
    assert len(reasons) == 1
    return reasons.iloc[0]


def test_worked_example() -> None:
    verdict = CareWeek().judged()
    monday = verdict.visits.iloc[0]
    assert monday[["site_id", "group_id", "care", "practice_id", "day"]].tolist() == [
        *("s0", "kas", "huisarts", "p0", "mo")
    ]
    assert (monday["leave_s"], monday["home_s"]) == (at("15:40"), at("17:05"))
    assert monday["door_to_door_min"] == 85
    assert (monday["people"], monday["persons"], monday["shift"]) == ("all", 10, "06:00-15:00")
    row = verdict.reasons.iloc[0]
    assert (row["reason"], row["residents"], row["feasible_days"]) == ("feasible", 10, 5)
    assert (row["best_practice_id"], row["best_day"], row["best_door_to_door_min"]) == (
        *("p0", "mo"),
        85,
    )
    assert (row["practices_feasible"], row["door_to_door_min_2"]) == (1, math.inf)
    assert (row["work_lost_min"], row["visits_year"]) == (0, pytest.approx(5.1))
    late = replace(GREENHOUSE, shift="06:00-16:00")
    row = only(CareWeek(groups=(late,)))
    assert (row["reason"], row["proof_outcome"]) == ("closed_in_free_time", "feasible")
    # to leave home at 15:40 instead of coming home at 16:30, one leaves work at 15:10 instead of 16:00
    assert row["work_lost_min"] == 50
    assert np.isnan(row["remote_share"])


@pytest.mark.parametrize(
    ("practice", "reason", "fix"),
    [
        ({"status": "closed"}, "not_accepting", "accept"),
        ({"status": "open", "fte": 1.0, "listed_patients": 2095.0}, "no_room", "room"),
        ({"languages": "nl;en"}, "language", "language"),
        ({"status": "closed", "walk_in": True}, "feasible", None),
        ({"fte": 1.0, "listed_patients": 3000.0, "walk_in": True}, "feasible", None),
        ({"fte": 1.0, "listed_patients": 3000.0}, "no_room", "room"),
        ({"fte": None, "listed_patients": 3000.0}, "feasible", None),
        ({"languages": "nl", "interpreter": True}, "feasible", None),
        ({"languages": "pl"}, "feasible", None),
        ({"languages": None}, "feasible", None),
        ({"serves": "s0"}, "feasible", None),
        ({"serves": "elsewhere; s0/kas"}, "feasible", None),
        ({"serves": "s0/loods"}, "out_of_reach", "practice_within"),
    ],
)
def test_what_the_practice_says(practice: dict[str, object], reason: str, fix: str | None) -> None:
    row = only(CareWeek(practices=[practice]))
    assert (row["reason"], row["fix_kind"]) == (reason, fix)
    if fix and fix != "practice_within":
        assert (row["proof_practice_id"], row["proof_outcome"]) == ("p0", "feasible")
        assert row["fix_is_enough"]
    if fix == "practice_within":
        assert row["proof_practice_id"] is None
        assert row["proof_outcome"] is None


def test_closed_practice_would_have_the_room_of_an_open_one() -> None:
    full = {"status": "closed", "fte": 1.0, "listed_patients": 3000.0}
    assert only(CareWeek(practices=[full]))["proof_outcome"] == "no_room"
    some = {"status": "closed", "fte": 2.0, "listed_patients": 3000.0}
    assert only(CareWeek(practices=[some]))["proof_outcome"] == "feasible"


def test_who_is_registered_fares_better_and_is_told_apart() -> None:
    some = replace(GREENHOUSE, registered_share=0.67)
    week = CareWeek(groups=(some,), practices=[{"status": "closed"}])
    reasons = week.judged().reasons
    assert reasons["reason"].tolist() == ["not_accepting", "feasible"]
    assert reasons["people"].tolist() == ["unregistered", "registered"]
    assert reasons["residents"].tolist() == [pytest.approx(3.3), pytest.approx(6.7)]
    assert math.fsum(reasons["residents"]) == 10
    # a practice of another kind takes nobody as registered
    ggz = replace(week, care=CareKind("ggz")).judged().reasons
    assert ggz["people"].tolist() == ["all"]
    assert ggz["reason"].tolist() == ["not_accepting"]
    assert np.isnan(ggz["visits_year"]).all()
    # and where both fare the same, they are one row
    row = only(CareWeek(groups=(some,)))
    assert (row["people"], row["residents"]) == ("all", 10)


def test_weeks_of_a_rotation_are_told_apart_where_they_differ() -> None:
    group = replace(GREENHOUSE, shift="06:00-15:00 25% | 07:00-16:00 75%", registered_share=0.5)
    verdict = CareWeek(groups=(group,)).judged()
    reasons = verdict.reasons
    assert reasons["reason"].tolist() == ["closed_in_free_time", "feasible"]
    assert reasons["shift"].tolist() == ["07:00-16:00", "06:00-15:00"]
    assert reasons["people"].tolist() == ["all", "all"]
    assert reasons["residents"].tolist() == [7.5, 2.5]
    assert len(verdict.visits) == 14
    assert verdict.visits["persons"].tolist() == [7.5] * 7 + [2.5] * 7
    # two weeks that fare alike are one row, of the whole shift
    split = "06:00-10:00,10:40-15:00"  # too short a break to go home
    same = replace(group, shift=f"06:00-15:00 25% | {split} 75%")
    row = only(CareWeek(groups=(same,)))
    assert (row["shift"], row["residents"]) == (same.shift, 10)
    three = replace(group, shift=f"06:00-15:00 | {split} | 07:00-16:00")
    reasons = CareWeek(groups=(three,)).judged().reasons
    assert reasons["shift"].tolist() == ["07:00-16:00", f"06:00-15:00 | {split}"]
    assert math.fsum(reasons["residents"]) == 10


def test_nobody_is_lost_without_practices_or_residents() -> None:
    week = CareWeek(sites=[{"residents": 10.0}, {"residents": None}, {"place": (4.3, 52.02)}])
    reasons = replace(week, practices=[]).judged(every=True).reasons
    assert reasons["reason"].tolist() == ["out_of_reach", "out_of_reach", "not_linked"]
    assert reasons["fix_kind"].tolist() == ["practice_within", "practice_within", "link"]
    assert reasons["practices_feasible"].tolist() == [0, 0, 0]
    verdict = week.judged(every=True)
    assert verdict.reasons["reason"].tolist() == ["feasible", "feasible", "not_linked"]
    assert np.isnan(verdict.reasons["residents"]).tolist() == [False, True, True]
    assert verdict.reasons["share"].tolist() == [1, 1, 1]
    assert len(verdict.visits) == 21
    assert verdict.every is not None
    assert len(verdict.every) == 10


def test_every_visit_is_kept_with_who_may_make_it() -> None:
    some = replace(GREENHOUSE, registered_share=0.5)
    practices = [{"status": "closed"}, {"status": "open"}, {"serves": "nobody"}]
    verdict = CareWeek(groups=(some,), practices=practices).judged(every=True)
    every = verdict.every
    assert every is not None
    assert every["practice_id"].tolist() == ["p0"] * 5 + ["p1"] * 5
    assert every["unregistered_may"].tolist() == [False] * 5 + [True] * 5
    assert every["registered_may"].all()
    assert (every["door_to_door_min"] == 85).all()
    assert every["persons"].tolist() == [10.0] * 10
    assert any("nobody" in note for note in verdict.notes)
    # the best visits of both are not at the same practice
    assert verdict.reasons["best_practice_id"].tolist() == ["p1", "p0"]
    assert verdict.reasons["practices_feasible"].tolist() == [1, 2]


def test_all_kinds_of_care() -> None:
    week = CareWeek(
        sites=[{"residents": 10.0, "area_id": "B"}, {"residents": 7.0, "area_id": None}],
        practices=[
            {"care": "huisarts", "status": "closed"},
            {"care": "apotheek", "place": NEARBY},
            {"care": "huisartsenpost"},
        ],
        groups=(
            replace(GREENHOUSE, group_id="a", share=0.35, registered_share=1 / 3),
            replace(GREENHOUSE, group_id="b", share=0.65, shift="09:00-17:30"),
        ),
    )
    verdict = week.all_judged(CareKind("ggz"))
    names = [kind.care for kind in verdict.care]
    assert names == ["ggz", "huisarts", "huisartsenpost", "apotheek"]
    assert verdict.main == "huisarts"
    reasons = verdict.reasons
    assert reasons["site_id"].is_monotonic_increasing
    first = reasons[(reasons["site_id"] == "s0") & (reasons["group_id"] == "a")]
    assert list(dict.fromkeys(first["care"])) == names
    for (site, care), part in reasons.groupby(["site_id", "care"]):
        assert math.fsum(part["residents"]) == {"s0": 10, "s1": 7}[site], care
        order = part.groupby("group_id")["reason"].apply(lambda r: [CODES.index(c) for c in r])
        assert all(codes == sorted(codes) for codes in order)
    cascade = verdict.cascade
    assert list(dict.fromkeys(cascade["area_id"])) == ["B", "-", "total"]
    total = cascade[(cascade["area_id"] == "total") & (cascade["care"] == "huisarts")]
    lost = total.set_index("step")["persons_lost"]
    assert lost["not_accepting"] > 0
    assert lost.sum() + total["persons_remaining"].iloc[-1] == pytest.approx(17, abs=1e-12)
    basket = verdict.basket.set_index("site_id")
    assert basket.loc["s0", "ggz_persons_feasible"] == 0
    assert basket.loc["s0", "huisartsenpost_persons_feasible"] == 10
    assert basket.loc["s0", "huisartsenpost_share_feasible"] == 1
    assert basket["worst_care"].tolist() == ["ggz", "ggz"]
    assert basket["worst_reason"].tolist() == ["out_of_reach", "out_of_reach"]
    sites = verdict.sites.set_index("site_id")
    assert sites.loc["s0", "persons_failing"] + sites.loc["s0", "persons_feasible"] == 10
    # before work at nine one can be there, and not be home in time
    assert sites.loc["s0", "reason"] == "no_way_back"
    assert sites.loc["s0", "group_id"] == "b"
    assert sites.loc["s0", "best_door_to_door_min"] == 85
    assert list(verdict.opening.status["practice_id"]) == ["p0", "p1", "p2"]


def test_own_norm_and_length_of_a_kind() -> None:
    assert only(CareWeek(norm=Norm(max_minutes=29)))["reason"] == "out_of_reach"
    kind = CareKind("huisarts", norm_minutes=30)
    assert only(CareWeek(norm=Norm(max_minutes=29), care=kind))["reason"] == "feasible"
    long = CareKind("huisarts", consult_min=60)
    assert only(CareWeek(care=long))["reason"] == "closed_in_free_time"
    late = CareKind("huisarts", consult_min=60, opening_hours="Mo-Fr 08:00-17:10", source="own")
    verdict = CareWeek(care=late).judged()
    assert verdict.reasons["reason"].tolist() == ["feasible"]
    assert verdict.opening.status["source"].tolist() == ["own"]


def test_hybrid_care_takes_fewer_visits() -> None:
    row = only(CareWeek(practices=[{"remote_share": 0.4}]))
    assert (row["remote_share"], row["visits_year"]) == (0.4, pytest.approx(3.06))


def test_main_kind_without_a_gp_is_said() -> None:
    verdict = CareWeek(practices=[{"care": "infopunt"}]).all_judged()
    assert verdict.main == "infopunt"
    assert any("infopunt" in note for note in verdict.notes)
    assert verdict.sites["reason"].tolist() == ["feasible"]


def test_a_kind_twice_is_refused() -> None:
    with pytest.raises(ProjectError, match="twice"):
        CareWeek().all_judged(CareKind("ggz"), CareKind("ggz"))


def test_at_work_takes_no_trip() -> None:
    worker = replace(GREENHOUSE, shift="06:00-16:30", work_days="Mo,Tu")
    practice = {"at_work": True, "serves": "s0/kas", "opening_hours": "Mo 09:00-10:00"}
    week = CareWeek(groups=(worker,), practices=[practice], norm=Norm(reception_margin_min=5))
    verdict = week.judged(every=True)
    row = verdict.reasons.iloc[0]
    assert (row["reason"], row["feasible_days"], row["work_lost_min"]) == ("feasible", 1, 0)
    assert row["best_door_to_door_min"] == 20
    monday = verdict.visits.iloc[0]
    assert (monday["leave_s"], monday["start_s"], monday["home_s"]) == (
        *(at("09:40"), at("09:45")),
        at("10:00"),
    )
    assert monday["slack_min"] == 390
    assert verdict.every is not None
    assert len(verdict.every) == 1
    assert any("workplace" in note for note in verdict.notes)
    # off the streets, too
    far = replace(week, sites=[{"residents": 10.0, "place": (4.3, 52.02)}])
    assert only(far)["reason"] == "feasible"
    others = replace(worker, group_id="loods")
    reasons = (
        replace(week, groups=(replace(worker, share=0.5), replace(others, share=0.5)))
        .judged()
        .reasons
    )
    assert reasons["reason"].tolist() == ["feasible", "out_of_reach"]


@pytest.mark.parametrize(
    ("hours", "shift", "reason", "fix", "day", "time"),
    [
        ("We 09:00-10:00", "06:00-16:30", "no_service_that_day", "open_day", "mo", "06:00"),
        ("Mo 17:00-18:00", "06:00-16:30", "closed_in_free_time", "open_earlier", "mo", "16:15"),
        ("Mo 05:00-06:10", "06:00-16:30", "closed_in_free_time", "close_later", "mo", "06:15"),
        ("Mo 05:00-06:15", "06:00-16:30", "feasible", None, None, None),
    ],
)
def test_why_a_practice_at_work_does_not_do(
    hours: str, shift: str, reason: str, fix: str | None, day: str | None, time: str | None
) -> None:
    worker = replace(GREENHOUSE, shift=shift, work_days="Mo,Tu")
    row = only(CareWeek(groups=(worker,), practices=[{"at_work": True, "opening_hours": hours}]))
    assert (row["reason"], row["fix_kind"], row["fix_day"]) == (reason, fix, day)
    if time:
        assert row["fix_time_s"] == at(time)
    idle = only(
        CareWeek(
            groups=(replace(worker, shift="off", work_days="geen"),),
            practices=[{"at_work": True, "opening_hours": hours}],
        )
    )
    assert idle["reason"] == "no_service_that_day"


def test_a_nearer_practice_at_work_is_the_best_visit() -> None:
    practices = [{}, {"at_work": True, "opening_hours": "We 09:00-10:00"}]
    row = only(CareWeek(practices=practices))
    assert (row["best_practice_id"], row["best_day"]) == ("p1", "we")
    assert (row["feasible_days"], row["practices_feasible"]) == (5, 2)
    assert (row["best_door_to_door_min"], row["door_to_door_min_2"]) == (15, 85)


def test_walking_home_counts_in_all() -> None:
    near = CareWeek(sites=[{"residents": 3.0, "place": NEARBY}], groups=(Group("all"),))
    assert only(near)["reason"] == "closed_in_free_time"
    assert HOME != NEARBY
