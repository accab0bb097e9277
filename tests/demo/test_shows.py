"""What the demo shows: every reason why a visit fails, every kind of supply, and where access fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoaccess.access.why import CODES
from geoaccess.demo.groups import GROUPS
from geoaccess.demo.people import SITES
from geoaccess.demo.practices import all_practices
from geoaccess.project import load_project
from geoaccess.result import Result


@pytest.fixture(scope="module")
def result(demo_inputs: Path) -> Result:
    return load_project(demo_inputs / "project.toml").measure()


def test_every_reason_occurs_and_half_of_the_people_can_go(result: Result) -> None:
    gp = result.reasons[result.reasons["care"] == "huisarts"]
    people = gp.groupby("reason")["residents"].sum()
    assert set(people.index) == set(CODES)
    assert people.min() > 20
    assert 0.4 < people["feasible"] / people.sum() < 0.75


def test_every_kind_of_supply_is_somebodys_best(result: Result) -> None:
    best = set(result.reasons["best_practice_id"].dropna())
    tried = {
        f"P{k:02d}": row
        for k, row in enumerate(all_practices(), 1)
        if row.walk_in or row.remote_share or row.serves or row.at_work
    }
    assert set(tried) <= best, {k: row.name for k, row in tried.items() if k not in best}
    assert {row.care for row in all_practices()} == set(result.reasons["care"])


def test_supply_at_home_and_at_work_reaches_those_whom_nothing_else_reaches(result: Result) -> None:
    """The neighbours, of other sites or shifts, have no doctor within reach."""
    gp = result.reasons[result.reasons["care"] == "huisarts"]
    ids = {row[0]: f"L{k:02d}" for k, row in enumerate(SITES, 1)}

    def reasons(site: str, group: str | None = None) -> set[str]:
        rows = gp[(gp["site_id"] == ids[site]) & (gp["group_id"] == (group or gp["group_id"]))]
        return set(rows["reason"])

    assert reasons("Demohotel Oranjepolder", "kas") == {"feasible"}
    assert reasons("Demohotel Oranjepolder", "nacht") == {"out_of_reach"}
    assert reasons("Demopark Berkenrijs") == {"feasible"}
    assert reasons("Demopark Wollegras") == {"out_of_reach"}


def test_the_default_profile_is_named_as_an_assumption(result: Result) -> None:
    gp = result.reasons[result.reasons["care"] == "huisarts"]
    assumed = gp[gp["group_id"].isin(["lange dagen", "dagdienst"])]
    sites = assumed["site_id"].nunique()
    assert sites == len(SITES) - len(GROUPS) > 15
    (note,) = [note for note in result.context.warnings if "assumed: 'lange dagen'" in note]
    assert f"Groups of {sites} sites are assumed" in note
    assert "Pharos" in note


def test_days_of_the_week_differ(result: Result) -> None:
    gp = result.visits[(result.visits["care"] == "huisarts") & result.visits["feasible"]]
    days = gp.groupby("day")["persons"].sum()
    assert days["tu"] > 2 * days["sa"] > 0
    assert "su" not in days


def test_access_fails_in_several_places_of_several_municipalities(result: Result) -> None:
    assert len(result.failing) >= 8
    assert result.failing["municipality"].nunique() >= 4
    assert set(result.access.columns) == {"site_id", "2sfca", "e2sfca", "raam"}
    assert result.unplaced["persons"].sum() > 500


def test_the_worst_link_differs_from_site_to_site(result: Result) -> None:
    assert result.basket["worst_care"].nunique() >= 5
