"""Shifts, weeks and hours that are not simple: nights, rotations, breaks, holidays, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.whole_visits.files import (
    PRACTICE,
    SITE,
    WORKING_DAYS,
    Region,
    back,
    call,
    only,
    out,
    persons,
    read,
    run,
    visit_of,
    write,
    write_table,
)

DAWN = (out("06:40", "07:10"), back("08:35", "09:05"))


@pytest.mark.parametrize(
    ("shift", "days"),
    [
        # home at 06:30 after the nights that begin on Monday to Friday: the bus of 06:40 is caught every day
        ("22:00-06:00", ["mo", "tu", "we", "th", "fr"]),
        # home at 06:50: only on Monday, after the Sunday night off, is the bus of 06:40 caught
        ("22:00-06:20", ["mo"]),
        # home at 06:40 on the dot
        ("22:00-06:10", ["mo", "tu", "we", "th", "fr"]),
    ],
)
def test_a_shift_across_midnight(shift: str, days: list[str], tmp_path: Path) -> None:
    """One bus out, 06:40 to 07:10; the practice opens at 08:00: wait 50 minutes, seen till 08:15, home 09:05."""
    done = run(Region(buses=DAWN).group(shift=shift), tmp_path)
    assert done.days == days
    assert visit_of(done.visit("mo")) == {
        "leave": "06:40",
        "arrive": "07:10",
        "start": "08:00",
        "end": "08:15",
        "home": "09:05",
    }
    assert float(done.visit("mo")["door_to_door_min"]) == 145
    # work begins at 22:00 on Monday, and the way to it takes half an hour
    assert float(done.visit("mo")["slack_min"]) == 12 * 60 + 25


def test_the_night_of_sunday_reaches_into_monday(tmp_path: Path) -> None:
    """Nights that begin on Sunday to Thursday: on Friday morning people come home, on Saturday they are free.

    Home at 06:50 on Monday to Friday is too late for the bus of 06:40 on all five days that the practice is open.
    """
    region = Region(buses=DAWN).group(shift="22:00-06:20", work_days="Su,Mo,Tu,We,Th")
    assert run(region, tmp_path).reason()["reason"] == "no_service_in_free_time"


def test_rotating_shifts_share_out_the_people(tmp_path: Path) -> None:
    """Three people in four are on the shift till 15:00, which works; one in four on that till 16:00, which does not."""
    region = Region().group(shift="06:00-15:00 75% | 06:00-16:00 25%")
    done = run(region, tmp_path)
    assert persons(done.reasons["residents"]) == pytest.approx(40, abs=1e-7)
    assert float(only(done.reasons, reason="feasible")["residents"]) == 30
    failing = only(done.reasons, reason="closed_in_free_time")
    assert float(failing["residents"]) == 10
    # the worst reason comes first
    assert done.reasons["reason"].tolist() == ["closed_in_free_time", "feasible"]
    total = done.cascade[done.cascade["area_id"] == "total"].set_index("step")
    assert float(total.loc["closed_in_free_time", "persons_lost"]) == 10
    assert float(total.loc["language", "persons_remaining"]) == 30


def test_rotations_that_fare_alike_add_up_to_everybody(tmp_path: Path) -> None:
    region = Region().site(residents=41).group(shift="06:00-14:00 | 14:00-22:00 | 22:00-06:00")
    done = run(region, tmp_path)
    assert persons(done.reasons["residents"]) == pytest.approx(41, abs=1e-7)
    assert set(done.reasons["reason"]) == {"feasible"}
    assert done.days


def test_two_blocks_a_day(tmp_path: Path) -> None:
    """There at 11:50 is too late for 15 minutes before the break at 12:00: wait till 13:00, seen till 13:15.

    There at 11:45 is just in time.
    """
    free = Region(buses=(out("11:20", "11:50"), back("12:20", "12:50"), back("13:35", "14:05")))
    free = free.practice(opening_hours="Mo-Fr 08:00-12:00,13:00-17:00").group(shift="off")
    done = run(free, tmp_path)
    assert visit_of(done.visit("th")) == {
        "leave": "11:20",
        "arrive": "11:50",
        "start": "13:00",
        "end": "13:15",
        "home": "14:05",
    }
    early = replace(free, buses=(out("11:15", "11:45"), back("12:20", "12:50")))
    assert visit_of(run(early, tmp_path / "early").visit("th")) == {
        "leave": "11:15",
        "arrive": "11:45",
        "start": "11:45",
        "end": "12:00",
        "home": "12:50",
    }


@pytest.mark.parametrize(
    ("date", "closed"), [("2026-04-08", ["mo"]), ("2026-12-22", ["fr"]), ("2026-05-14", ["th"])]
)
def test_dutch_holidays(date: str, closed: list[str], tmp_path: Path) -> None:
    """Easter Monday 6 April, Christmas Day on a Friday and Ascension on a Thursday; the hours say `PH off`."""
    region = replace(Region(), date=date).practice(opening_hours="Mo-Fr 08:00-17:00; PH off")
    done = run(region, tmp_path)
    assert done.days == [day for day in ("mo", "tu", "we", "th", "fr") if day not in closed]
    # hours that say nothing of holidays hold on them, and that is said
    done = run(region.practice(opening_hours="Mo-Fr 08:00-17:00"), tmp_path / "open")
    assert done.days == ["mo", "tu", "we", "th", "fr"]
    assert "holiday" in done.warnings
    # another country, none
    done = run(replace(region, more="[failing]\n"), tmp_path / "same")
    assert len(done.days) == 4


def test_open_on_a_holiday_only(tmp_path: Path) -> None:
    """Open on Mondays but not on holidays, in the week of Easter Monday: on no day is there a practice open."""
    region = replace(Region(), date="2026-04-07").practice(opening_hours="Mo 08:00-17:00; PH off")
    done = run(region, tmp_path)
    assert done.reason()["reason"] == "no_service_that_day"
    assert run(replace(region, date="2026-04-14"), tmp_path / "after").days == ["mo"]


def test_rides_past_midnight(tmp_path: Path) -> None:
    """Free from 23:30; bus out 23:40, there at 24:10 while the evening practice is open till 02:00, home at 25:05.

    Only the nights after Monday and Tuesday: it opens at 18:00 on these days.
    """
    buses = (
        out("23:40", "24:10"),
        back("24:35", "25:05"),
    )
    region = Region(buses=buses).group(shift="12:00-23:00", work_days="Mo-Su")
    region = region.practice(opening_hours="Mo,Tu 18:00-02:00")
    done = run(region, tmp_path)
    assert done.days == ["mo", "tu"]
    assert visit_of(done.visit("mo")) == {
        "leave": "23:40",
        "arrive": "24:10",
        "start": "24:10",
        "end": "24:25",
        "home": "25:05",
    }
    assert float(done.visit("tu")["door_to_door_min"]) == 85


def test_a_visit_just_after_midnight_belongs_to_its_own_day(tmp_path: Path) -> None:
    """Leaving at 00:20 on a trip that is written as 24:20: that is the night after the trip's service day."""
    buses = (out("24:20", "24:50", "1000000"), back("25:15", "25:45", "1000000"))
    region = Region(date="2026-11-23", buses=buses).group(
        shift="12:00-23:50", work_days="Mo-Su", commute_min=0
    )
    region = region.practice(opening_hours="24/7")
    done = run(region, tmp_path)
    assert len(done.days) == 1
    row = done.visits[done.visits["feasible"].str.lower() == "true"].iloc[0]
    assert float(row["door_to_door_min"]) == 85
    assert (row["day"], row["leave"]) in {("mo", "24:20"), ("tu", "00:20")}


def test_unknown_residents_are_judged_and_not_counted(tmp_path: Path) -> None:
    """A site whose residents nobody knows has its reason, and no persons anywhere."""
    region = Region().site(residents=None)
    region = replace(
        region,
        sites=(*region.sites, SITE | {"site_id": "S2"}),
        groups=(*(region.groups or ()), {**(region.groups or ({},))[0], "site_id": "S2"}),
    ).practice(status="closed")
    region = region.group(0, registered_share=0).group(1, registered_share=0)
    done = run(region, tmp_path)
    assert done.reason(site_id="S1")["reason"] == "not_accepting"
    assert done.reason(site_id="S1")["residents"] == ""
    total = done.cascade[done.cascade["area_id"] == "total"].set_index("step")
    assert float(total.loc["not_linked", "persons_remaining"]) == 40
    assert float(total.loc["not_accepting", "persons_lost"]) == 40
    assert persons(done.unplaced["persons"]) == 40
    assert "S1" in done.warnings


def test_a_site_without_groups_takes_the_default(tmp_path: Path) -> None:
    """Without groups people work 06:00-21:00 on six days, and 67% are registered: an assumption that is said."""
    done = run(replace(Region(), groups=None), tmp_path)
    assert set(done.reasons["reason"]) == {"closed_in_free_time"}
    assert persons(done.reasons["residents"]) == pytest.approx(40, abs=1e-7)
    assert "06:00-21:00" in done.warnings
    assert "67%" in done.warnings or "0.67" in done.warnings
    assert "Pharos" in done.warnings
    group = '[[groups]]\ngroup_id = "kas"\nshift = "06:00-15:00"\nwork_days = "Mo-Fr"\ncommute_min = 30\n'
    group += 'languages = "pl"\nregistered_share = 1.0\nsource = "uitzendbureau X"\n'
    done = run(replace(Region(), groups=None, more=group), tmp_path / "own")
    assert done.reason()["reason"] == "feasible"
    assert done.reason()["group_id"] == "kas"
    assert "uitzendbureau X" in done.warnings


@pytest.mark.parametrize("text", ["zie website", "op afspraak", "Mo-Fr 8:00-17:00; sometimes"])
def test_hours_that_cannot_be_read(text: str, tmp_path: Path) -> None:
    """The practice is taken to be open as GPs usually are, and it is listed with what it said."""
    done = run(Region().practice(opening_hours=text), tmp_path)
    assert done.reason()["reason"] == "feasible"
    said = [line for line in done.record["warnings"] if "P1" in line and text in line]
    assert said, done.warnings
    assert "08:00-17:00" in done.warnings


def test_hours_that_are_not_given(tmp_path: Path) -> None:
    """The default is said with its source."""
    done = run(Region().practice(opening_hours=None), tmp_path)
    assert done.reason()["reason"] == "feasible"
    said = [line for line in done.record["warnings"] if "Mo-Fr 08:00-17:00" in line]
    assert said, done.warnings


def test_hours_in_columns_of_a_dutch_table(tmp_path: Path) -> None:
    """Columns ma..zo in a CSV with ; and decimal commas: open on Tuesday till 16:20 (too early) and on Thursday."""
    project = write(Region(), tmp_path)
    hours = {
        "ma": "",
        "di": "8.00-16.20",
        "wo": "gesloten",
        "do": "8:00 - 12:00 en 13.00 - 17.00 uur",
    }
    hours |= {"vr": "dicht", "za": "", "zo": ""}
    row = {
        "praktijkcode": "P1",
        "naam": "De Grutto",
        "at": PRACTICE["at"],
        "fte": "1,0",
        "ingeschreven": "",
        "aantal patiënten": "1000",
        "status": "open",
        "talen": "Nederlands, Pools",
        "tolk": "nee",
        **hours,
    }
    row.pop("ingeschreven")
    write_table([row], tmp_path / "practices.csv", ";")
    assert call("run", project) == 0
    done = read(tmp_path / "out")
    assert done.days == ["th"]
    assert visit_of(done.visit("th"))["home"] == "17:05"
    assert "columns of the week" in done.warnings


def test_rounded_shares_of_a_dutch_table_of_groups(tmp_path: Path) -> None:
    """Three times 33% of 40 people are 40 people; Dutch headers, words, decimal commas and percentages are read."""
    project = write(Region(language="nl"), tmp_path)
    header = "Locatie;Groep;Aandeel;Dienst;Werkdagen;Reistijd;Talen;Ingeschreven\n"
    rows = (
        "S1;Kas;33%;06:00-15:00;ma t/m vr;30;Pools;100%\n"
        "S1;Hal;33%;6.00-16.00 uur;ma-vr;30;Pools;1,0\n"
        "S1;Vrij;0,33;geen;geen;0;Oekraïens, Pools;1\n"
    )
    (tmp_path / "groups.csv").write_text(header + rows, encoding="cp1252")
    assert call("run", project) == 0
    done = read(tmp_path / "out", "nl")
    assert done.reasons["group_id"].tolist() == ["Kas", "Hal", "Vrij"]
    assert done.reasons["reason"].tolist() == ["feasible", "closed_in_free_time", "feasible"]
    assert persons(done.reasons["residents"]) == pytest.approx(40, abs=1e-7)


def test_a_day_of_the_week_that_cannot_be_read(tmp_path: Path) -> None:
    """One cell that nobody understands makes the hours of the practice unknown, and it is listed with what it said."""
    region = Region().practice(opening_hours=None, ma="8-17", di="soms open", vr="gesloten")
    done = run(region, tmp_path)
    said = [line for line in done.record["warnings"] if "P1" in line and "soms open" in line]
    assert said, done.warnings
    assert done.days == ["mo", "tu", "we", "th", "fr"]


def test_days_without_any_bus(tmp_path: Path) -> None:
    """A feed that has no trip at all on Saturday and Sunday is no fault: on these days people walk."""
    buses = (out("15:40", "16:10", WORKING_DAYS), back("16:35", "17:05", WORKING_DAYS))
    done = run(Region(buses=buses).practice(opening_hours="24/7"), tmp_path)
    assert done.days == ["mo", "tu", "we", "th", "fr"]


def test_all_visits_of_every_practice(tmp_path: Path) -> None:
    """With --all-visits a table of every practice: P2 is closed after noon, so no visit is feasible there."""
    region = Region().and_practice(practice_id="P2", opening_hours="Mo-Fr 08:00-12:00")
    region = region.and_practice(practice_id="P3", opening_hours="We 08:00-17:00")
    done = run(region, tmp_path, "--all-visits")
    every = pd.read_parquet(done.folder / "visits.parquet")
    works = every[every["feasible"].astype(bool)]
    found = {(row.practice_id, row.day) for row in works.itertuples()}
    assert found == {("P1", day) for day in ("mo", "tu", "we", "th", "fr")} | {("P3", "we")}
    assert set(works["door_to_door_min"]) == {85}
    assert int(done.reason()["practices_feasible"]) == 2
    run(region, tmp_path / "less")
    assert not (tmp_path / "less" / "out" / "visits.parquet").exists()
