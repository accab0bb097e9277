"""Kinds of supply of the report behind the project, each as a row of practices.csv that mends what fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.whole_visits.files import (
    CAMP,
    GROUP,
    SITE,
    Region,
    only,
    persons,
    read_csv,
    run,
    visit_of,
)

#: nobody can go: 06:00 to 21:00 on six days, and the practice is closed by then
LONG = Region().group(shift="06:00-21:00", work_days="Mo-Sa", commute_min=0)


def test_a_practice_for_migrants_sees_people_whom_it_does_not_register(tmp_path: Path) -> None:
    """P1 takes nobody new; P2 is full and takes nobody new either, but whoever walks in is seen."""
    region = Region().group(registered_share=0).practice(status="closed")
    assert run(region, tmp_path).reason()["reason"] == "not_accepting"
    region = region.and_practice(
        practice_id="P2",
        status="closed",
        listed_patients=5000,
        walk_in="yes",
        opening_hours="We 15:00-19:00",
    )
    done = run(region, tmp_path / "walk_in")
    assert done.reason()["reason"] == "feasible"
    assert done.days == ["we"]
    assert done.visit("we")["practice_id"] == "P2"


def test_consultation_hours_on_the_site_are_for_who_lives_there(tmp_path: Path) -> None:
    """Thursday 21:00 to 22:00 at the camp, for S1 only: home from work at 21:00, seen till 21:15, no way to go.

    S2 lies beside it and is not served, so it is still closed for the people of S2.
    """
    region = replace(LONG, sites=(SITE, SITE | {"site_id": "S2"}))
    region = replace(
        region, groups=(*(LONG.groups or ()), {**(LONG.groups or ({},))[0], "site_id": "S2"})
    )
    region = region.and_practice(
        practice_id="P2", at=CAMP, serves="S1", opening_hours="Th 21:00-22:00"
    )
    done = run(region, tmp_path)
    assert only(done.reasons, site_id="S1")["reason"] == "feasible"
    assert only(done.reasons, site_id="S2")["reason"] == "closed_in_free_time"
    visit = done.visit("th", site_id="S1")
    assert visit_of(visit)["arrive"] == visit_of(visit)["start"]
    assert float(visit["door_to_door_min"]) == 15
    without = replace(region, practices=region.practices[:1])
    for key in ("S1", "S2"):
        found = only(run(without, tmp_path / f"no{key}").reasons, site_id=key)
        assert found["reason"] == "closed_in_free_time"


def test_a_doctor_at_the_workplace(tmp_path: Path) -> None:
    """Tuesday 10:00 to 12:00 at work, for the people of kas only: a quarter of an hour away from the bench."""
    groups = (
        {**(LONG.groups or ({},))[0], "share": 0.5},
        GROUP | {"group_id": "hal", "share": 0.5, "shift": "06:00-21:00", "work_days": "Mo-Sa"},
    )
    region = replace(LONG, groups=groups).and_practice(
        practice_id="P2", serves="S1/kas", at_work="yes", opening_hours="Tu 10:00-12:00"
    )
    done = run(region, tmp_path)
    assert only(done.reasons, group_id="kas")["reason"] == "feasible"
    assert float(only(done.reasons, group_id="kas")["residents"]) == 20
    assert only(done.reasons, group_id="hal")["reason"] == "closed_in_free_time"
    assert done.days == ["tu"]
    visit = done.visit("tu", group_id="kas")
    assert float(visit["door_to_door_min"]) == 15
    assert visit["practice_id"] == "P2"
    # on Sunday nobody works, so nobody is there
    sunday = region.practice(1, opening_hours="Su 10:00-12:00")
    done = run(sunday, tmp_path / "sunday")
    assert only(done.reasons, group_id="kas")["reason"] != "feasible"


def test_the_out_of_hours_service_is_care_of_its_own(tmp_path: Path) -> None:
    """A post with no hours given is open by night and at weekends: home at 21:00, the last bus out is that of 22:40.

    Those of 21:40 and 22:40 take as long; the latest is said. There 23:10, seen till 23:25, home with the bus of 23:35
    at 24:05. The GP stays closed.
    """
    region = LONG.and_practice(practice_id="HAP", care="huisartsenpost", opening_hours=None)
    done = run(region, tmp_path)
    assert only(done.reasons, care="huisarts")["reason"] == "closed_in_free_time"
    assert only(done.reasons, care="huisartsenpost")["reason"] == "feasible"
    visit = done.visit("mo", care="huisartsenpost")
    assert visit_of(visit) == {
        "leave": "22:40",
        "arrive": "23:10",
        "start": "23:10",
        "end": "23:25",
        "home": "24:05",
    }
    assert set(done.cascade["care"]) == {"huisarts", "huisartsenpost"}
    last = only(done.cascade, care="huisartsenpost", area_id="total", step="language")
    assert float(last["persons_remaining"]) == 40
    # places are those of the GPs
    assert done.capacity["practice_id"].tolist() == ["P1"]


def test_a_kind_of_care_with_its_own_norm_and_length(tmp_path: Path) -> None:
    """30 minutes by bus: beyond a norm of 20 for the dentist, within that of 30 for the GP."""
    region = Region().and_practice(practice_id="T1", care="tandarts")
    care = '[[care]]\ncare = "tandarts"\nnorm_minutes = 20\n'
    done = run(replace(region, more=care), tmp_path)
    assert only(done.reasons, care="huisarts")["reason"] == "feasible"
    assert only(done.reasons, care="tandarts")["reason"] == "out_of_reach"
    care = '[[care]]\ncare = "tandarts"\nconsult_min = 30\n'
    done = run(replace(region, more=care), tmp_path / "long")
    assert visit_of(done.visit("mo", care="tandarts"))["home"] == "18:05"
    assert visit_of(done.visit("mo", care="huisarts"))["home"] == "17:05"


def test_a_kind_of_care_that_is_nowhere(tmp_path: Path) -> None:
    """Asked for in [[care]], but there is no practice of it: nobody can reach one, and that is said."""
    region = replace(Region(), more='[[care]]\ncare = "seh"\n')
    done = run(region, tmp_path)
    row = only(done.reasons, care="seh")
    assert row["reason"] == "out_of_reach"
    assert float(row["residents"]) == 40
    total = only(done.cascade, care="seh", area_id="total", step="out_of_reach")
    assert float(total["persons_lost"]) == 40


def test_one_by_one_into_places(tmp_path: Path) -> None:
    """10 unregistered people at S1 and 10 at S2, 12 places at P1 and 3 at P2: 5 are left without."""
    region = replace(
        Region(),
        sites=(SITE | {"residents": 20}, SITE | {"site_id": "S2", "residents": 20}),
        groups=(
            GROUP | {"registered_share": 0.5},
            GROUP | {"site_id": "S2", "registered_share": 0.5},
        ),
    ).practice(listed_patients=2083)
    region = region.and_practice(practice_id="P2", listed_patients=2092)
    done = run(region, tmp_path)
    capacity = done.capacity.set_index("practice_id")
    assert capacity["places"].astype(float).to_dict() == {"P1": 12, "P2": 3}
    assert capacity["assigned"].astype(float).to_dict() == {"P1": 12, "P2": 3}
    assert persons(done.unplaced["persons"]) == 5


@pytest.mark.parametrize("measure", ["2sfca", "e2sfca", "3sfca", "bfca", "raam"])
def test_catchment_measures_have_a_column(measure: str, tmp_path: Path) -> None:
    """One practice of one GP, 150 m from 40 people: each has a fortieth of it."""
    streets = ((CAMP, (150.0, 0.0), (20_000.0, 0.0)),)
    region = replace(
        Region(streets=streets), more=f'[measures]\ncatchment = ["{measure}"]\n'
    ).practice(at=(150.0, 0.0))
    done = run(region, tmp_path)
    table = read_csv(done.folder / "access.csv")
    assert table["site_id"].tolist() == ["S1"]
    value = float(table.loc[0, measure])
    if measure != "raam":
        assert value in (pytest.approx(1 / 40), pytest.approx(1000 / 40))
    else:
        assert value > 0


def test_inhabitants_of_areas_compete(tmp_path: Path) -> None:
    """One GP for 40 people on the site and 60 in the area around: a hundredth each, and a fortieth when left out."""
    streets = ((CAMP, (150.0, 0.0), (20_000.0, 0.0)),)
    region = Region(
        streets=streets,
        areas={"A": (-200.0, -200.0, 500.0, 200.0)},
        inhabitants={"A": 60},
        more='[measures]\ncatchment = ["2sfca"]\n',
    ).practice(at=(150.0, 0.0))
    done = run(region, tmp_path)
    value = float(read_csv(done.folder / "access.csv").loc[0, "2sfca"])
    alone = replace(region, more=region.more + "inhabitants = false\n")
    other = float(read_csv(run(alone, tmp_path / "b").folder / "access.csv").loc[0, "2sfca"])
    assert other / value == pytest.approx(100 / 40)


def test_no_measure_asked_for_no_file(tmp_path: Path) -> None:
    assert not (run(Region(), tmp_path).folder / "access.csv").exists()
