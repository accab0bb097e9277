"""Laws on one small region with every kind of trouble in it: sums are exact, and what improves harms nobody."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.whole_visits.files import (
    CAMP,
    CODES,
    GROUP,
    PRACTICE,
    VILLAGE,
    Bus,
    Place,
    Region,
    Tables,
    only,
    persons,
    run,
)

MID: Place = (10_000.0, 0.0)
STREETS: tuple[tuple[Place, ...], ...] = (
    (CAMP, (5_000.0, 0.0), MID, (15_000.0, 0.0), VILLAGE),
    (CAMP, (0.0, 300.0)),
    (VILLAGE, (20_000.0, 450.0)),
)
#: every hour both ways, with a stop halfway
BUSES = (
    *(
        Bus(((CAMP, f"{h:02}:40"), (MID, f"{h:02}:54"), (VILLAGE, f"{h + 1:02}:08")))
        for h in range(5, 22)
    ),
    *(
        Bus(((VILLAGE, f"{h:02}:35"), (MID, f"{h:02}:49"), (CAMP, f"{h + 1:02}:03")), "1111110")
        for h in range(6, 18)
    ),
)
RESIDENTS = {"S1": 41, "S2": 25, "S3": 7, "S4": 33, "S5": None, "S6": 12, "S7": 0}
PLACES: dict[str, Place] = {
    "S1": CAMP,
    "S2": MID,
    "S3": (2_500.0, 900.0),
    "S4": (0.0, 300.0),
    "S5": MID,
    "S6": (20_000.0, 450.0),
    "S7": CAMP,
}
#: site, group, share, shift, work_days, languages, registered_share
GROUPS = (
    ("S1", "kas", 0.6, "06:00-15:00", "Mo-Fr", "pl", 0.5),
    ("S1", "nacht", 0.4, "22:00-06:00", "Mo-Sa", "ro", 0.25),
    ("S2", "wissel", 1, "06:00-15:00 50% | 06:00-16:00 50%", "Mo-Sa", "bg", 0.67),
    ("S3", "kas", 1, "off", "Mo-Fr", "pl", 0),
    ("S4", "vroeg", 0.3, "06:00-16:00", "Mo-Fr", "pl", 0.1),
    ("S4", "laat", 0.7, "09:00-19:00 60% | 06:00-14:00 40%", "Mo-Sa", "ro", 0.3),
    ("S5", "kas", 1, "06:00-16:00", "Mo-Fr", "pl", 0.5),
    ("S6", "lang", 1, "06:00-21:00", "Mo-Sa", "hu", 0.2),
)
KEYS = ("site_id", "group_id", "share", "shift", "work_days", "languages", "registered_share")
REGION = Region(
    sites=tuple(
        {"site_id": key, "name": key, "at": PLACES[key], "residents": number}
        for key, number in RESIDENTS.items()
    ),
    practices=(
        PRACTICE | {"listed_patients": 2080, "languages": "nl;pl"},
        PRACTICE
        | {
            "practice_id": "P2",
            "at": MID,
            "status": "conditional",
            "fte": 0.5,
            "listed_patients": 1020,
            "languages": "nl;ro",
            "opening_hours": "Mo-Th 08:00-12:00,13:00-16:00",
        },
        PRACTICE | {"practice_id": "P3", "at": (0.0, 300.0), "status": "closed", "languages": "nl"},
    ),
    groups=tuple({**GROUP, **dict(zip(KEYS, row, strict=True))} for row in GROUPS),
    buses=BUSES,
    streets=STREETS,
    areas={
        "West": (-1_000.0, -1_000.0, 5_000.0, 2_000.0),
        "Mid": (5_000.0, -1_000.0, 15_000.0, 2_000.0),
        "Oost": (15_000.0, -1_000.0, 25_000.0, 2_000.0),
    },
)
IN_AREA = {"West": ("S1", "S3", "S4", "S7"), "Mid": ("S2", "S5"), "Oost": ("S6",)}
#: all that may be rounded in files
NEAR = {"abs": 1e-6}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Run of the region as it is."""
    return run(REGION, tmp_path_factory.mktemp("base"))


def known(area: str) -> float:
    return math.fsum(RESIDENTS[key] or 0 for key in IN_AREA[area])


def test_reasons_add_up_to_the_residents_of_every_site(base: Tables) -> None:
    for key, number in RESIDENTS.items():
        rows = base.reasons[base.reasons["site_id"] == key]
        assert len(rows), key
        if number is None:
            assert set(rows["residents"]) == {""}
        else:
            assert persons(rows["residents"]) == pytest.approx(number, **NEAR)
    assert len(set(base.reasons["reason"])) >= 5, base.reasons.to_string()
    assert only(base.reasons, site_id="S3")["reason"] == "not_linked"


def test_the_cascade_adds_up_per_area_and_in_total(base: Tables) -> None:
    cascade = base.cascade.copy()
    for column in ("persons_remaining", "persons_lost"):
        cascade[column] = cascade[column].astype(float)
    everybody = math.fsum(number or 0 for number in RESIDENTS.values())
    assert cascade["area_id"].drop_duplicates().tolist()[-1] == "total"
    for area, people in [*((a, known(a)) for a in IN_AREA), ("total", everybody)]:
        rows = cascade[cascade["area_id"] == area]
        assert rows["step"].tolist() == list(CODES), area
        left = people
        for row in rows.itertuples():
            left -= row.persons_lost
            assert row.persons_remaining == pytest.approx(left, **NEAR)
            assert row.persons_lost >= 0
    by_step = cascade[cascade["area_id"] != "total"].groupby("step")["persons_lost"].sum()
    total = cascade[cascade["area_id"] == "total"].set_index("step")["persons_lost"]
    for code in CODES:
        assert by_step[code] == pytest.approx(total[code], **NEAR)
        lost = persons(base.reasons.loc[base.reasons["reason"] == code, "residents"])
        assert lost == pytest.approx(total[code], **NEAR)


def test_everybody_without_a_gp_is_placed_or_left_out(base: Tables) -> None:
    share = {row[0]: 0.0 for row in GROUPS}
    for site, _, part, _, _, _, registered in GROUPS:
        share[site] += part * (1 - registered)
    unregistered = {key: (RESIDENTS[key] or 0) * share.get(key, 0) for key in RESIDENTS}
    assigned = base.capacity["assigned"].astype(float)
    places = base.capacity["places"].astype(float)
    assert (assigned <= places).all()
    # whole persons: each site within one of what the shares say
    total = assigned.sum() + persons(base.unplaced["persons"])
    assert abs(total - math.fsum(unregistered.values())) <= len(RESIDENTS)
    assert total == pytest.approx(round(total))
    for row in base.unplaced.itertuples():
        assert float(row.persons or 0) <= math.ceil(unregistered[row.site_id] + 1e-9)
    # 2095 - 2080 at P1; half of 1047.5 - 1020 at P2; none at P3, which is closed
    by_id = dict(zip(base.capacity["practice_id"], places, strict=True))
    assert by_id == pytest.approx({"P1": 15, "P2": 13.75, "P3": 0})
    # more people than places, all within reach of one: the places are all taken, of an expected number all of it
    assert assigned.sum() == pytest.approx(15 + 13.75)


def test_feasible_visits_keep_their_times_in_order(base: Tables) -> None:
    def seconds(text: str) -> int:
        hours, minutes = text.split(":")[:2]
        return int(hours) * 60 + int(minutes)

    works = base.visits[base.visits["leave"] != ""]
    assert len(works)
    for row in works.itertuples():
        times = [seconds(t) for t in (row.leave, row.arrive, row.start, row.end, row.home)]
        assert times == sorted(times), row
        assert row.practice_id
        assert float(row.door_to_door_min) == pytest.approx(times[4] - times[0], abs=2)
        assert times[1] - times[0] <= 31
    feasible = set(base.reasons.loc[base.reasons["reason"] == "feasible", "site_id"])
    assert set(works["site_id"]) == feasible


def feasible_persons(done: Tables) -> dict[tuple[str, str], float]:
    """Share of the people of each site and group who have a feasible visit; of unknown residents by rows."""
    found = {}
    for key, rows in done.reasons.groupby(["site_id", "group_id"]):
        works = rows["reason"] == "feasible"
        whole = persons(rows["residents"])
        found[key] = persons(rows.loc[works, "residents"]) if whole else float(works.mean())
    return found


def worst(done: Tables) -> dict[tuple[str, str], int]:
    """Number of the first step at which somebody of a site and group is lost."""
    order = [*CODES, "feasible"]
    return {
        key: min(order.index(code) for code in rows["reason"])
        for key, rows in done.reasons.groupby(["site_id", "group_id"])
    }


EXTRA_BUSES = (
    Bus(((CAMP, "19:10"), (MID, "19:20"), (VILLAGE, "19:30"))),
    Bus(((VILLAGE, "20:00"), (MID, "20:10"), (CAMP, "20:20"))),
    Bus(((MID, "07:00"), (CAMP, "07:10"))),
)
BETTER = {
    "longer hours": REGION.practice(0, opening_hours="Mo-Sa 07:00-20:00").practice(
        1, opening_hours="Mo-Fr 08:00-17:00"
    ),
    "evening hours": REGION.practice(0, opening_hours="Mo-Fr 08:00-17:00,18:30-20:30"),
    "more trips": REGION.and_buses(*EXTRA_BUSES),
    "more languages": REGION.practice(0, languages="nl;pl;ro;bg;hu"),
    "an interpreter": REGION.practice(1, interpreter="yes").practice(2, interpreter="yes"),
    "more places": REGION.practice(0, fte=2),
    "a practice that opens its list": REGION.practice(2, status="open"),
    "one practice more": REGION.and_practice(practice_id="P4", at=MID, languages="ro;bg"),
    "a path": replace(REGION, streets=(*STREETS, ((2_500.0, 900.0), (5_000.0, 0.0)))),
    "a higher norm": replace(REGION, norm="max_minutes = 40"),
}


@pytest.mark.parametrize("name", BETTER)
def test_what_improves_harms_nobody(name: str, base: Tables, tmp_path: Path) -> None:
    done = run(BETTER[name], tmp_path)
    before, after = feasible_persons(base), feasible_persons(done)
    assert before.keys() == after.keys()
    for key, people in before.items():
        assert after[key] >= people - 1e-6, (key, people, after[key])
    steps_before, steps_after = worst(base), worst(done)
    for key, step in steps_before.items():
        assert steps_after[key] >= step, (key, step, steps_after[key])


def test_some_improvement_is_seen(base: Tables, tmp_path: Path) -> None:
    """The law above would hold, too, if nothing ever changed: languages and places help somebody."""
    done = run(BETTER["more languages"], tmp_path / "a")
    assert sum(feasible_persons(done).values()) > sum(feasible_persons(base).values()) + 10
    done = run(BETTER["more places"], tmp_path / "b")
    assert persons(done.unplaced["persons"]) < persons(base.unplaced["persons"])


def test_the_same_again(base: Tables, tmp_path: Path) -> None:
    """A second run, from the cache or not, writes the same tables."""
    again = run(REGION, tmp_path)
    for name in ("visits", "reasons", "cascade", "capacity", "unplaced"):
        pd.testing.assert_frame_equal(getattr(base, name), getattr(again, name))
