"""One smallest region for each reason code, worked out by hand; its fix is made in the files, and then it is feasible.

`feasible` itself is the worked example, in test_worked.py.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.whole_visits.files import (
    CODES,
    HOURLY,
    ROAD,
    WORKING_DAYS,
    Bus,
    Region,
    Tables,
    back,
    only,
    out,
    persons,
    run,
    visit_of,
)

#: nobody is registered, so that whether a practice takes new patients matters to everybody
NEW = Region().group(registered_share=0)


def check(done: Tables, code: str, proof: str | None = None, *words: str) -> None:
    """The one row of reasons says this cause, this proof and a fix with these words; the cascade says the same."""
    row = done.reason()
    assert row["reason"] == code
    if proof is not None:
        assert row["proof"] == proof
    for word in words:
        assert word in row["fix"], row["fix"]
    if code == "feasible":
        assert row["fix"] == ""
        assert done.days
    else:
        assert row["fix"] != ""
        assert done.days == []
    total = done.cascade[done.cascade["area_id"] == "total"]
    assert total["step"].tolist() == list(CODES)
    lost = [float(text) for text in total["persons_lost"]]
    assert lost == [40.0 if step == code else 0.0 for step in CODES]


def test_not_linked(tmp_path: Path) -> None:
    """The camp lies 800 m from the only street, which is farther than the 500 m that people walk off the streets.

    The practice is 400 m along the street. A path of 800 m makes it a walk of 1,200 m, which is 16 minutes.
    """
    region = Region(streets=(((0.0, 0.0), (2_000.0, 0.0)),), buses=(out("03:00", "03:30"),))
    region = region.site(at=(0.0, 800.0)).practice(at=(400.0, 0.0))
    check(run(region, tmp_path), "not_linked", None, "800")
    path = ((0.0, 800.0), (0.0, 0.0))
    done = run(replace(region, streets=(*region.streets, path)), tmp_path / "fixed")
    check(done, "feasible")
    assert float(done.visit("we")["door_to_door_min"]) == 16 + 15 + 16


def test_out_of_reach(tmp_path: Path) -> None:
    """The only bus rides for 31 minutes, and the norm is 30: too far at any time, though there is time enough.

    With the norm lifted P1 works, on Monday as on any working day. A practice nearby mends it, a norm of 31 as well.
    """
    buses = (out("15:40", "16:11"), back("16:35", "17:06"))
    region = Region(buses=buses)
    check(run(region, tmp_path), "out_of_reach", "P1 mo", "30 min")
    near = region.and_practice(practice_id="P2", at=(750.0, 0.0))
    near = replace(near, streets=(((0.0, 0.0), (750.0, 0.0), *ROAD[1:]),))
    done = run(near, tmp_path / "near")
    check(done, "feasible")
    assert done.visit("mo")["practice_id"] == "P2"
    assert float(done.visit("mo")["door_to_door_min"]) == 10 + 15 + 10
    done = run(replace(region, norm="max_minutes = 31"), tmp_path / "norm")
    check(done, "feasible")
    assert float(done.visit("mo")["door_to_door_min"]) == 86


def test_no_service_that_day(tmp_path: Path) -> None:
    """The bus rides on Saturday only and the practice is open on working days only; the date is a Tuesday.

    Open on Saturday as well, 10:10 to 10:25 would do: out 09:40, there 10:10, seen till 10:25, back 10:35.
    """
    saturday = "0000010"
    region = Region(
        date="2026-11-28", buses=(out("09:40", "10:10", saturday), back("10:35", "11:05", saturday))
    )
    done = run(region, tmp_path)
    check(done, "no_service_that_day", "P1 sa")
    fixed = region.practice(opening_hours="Mo-Fr 08:00-17:00; Sa 10:10-10:25")
    done = run(fixed, tmp_path / "fixed")
    check(done, "feasible")
    assert done.days == ["sa"]
    # or a bus there and back on a working day
    fixed = region.and_buses(out("15:40", "16:10", "0100000"), back("16:35", "17:05", "0100000"))
    done = run(fixed, tmp_path / "bus")
    check(done, "feasible")
    assert done.days == ["tu"]


def test_no_service_in_free_time(tmp_path: Path) -> None:
    """Buses ride on working days, out only at 09:40, while people are at work (free from 15:30 to 05:30).

    The way back at 16:35 is there. A bus that leaves by then and is there at 16:20 at the latest makes it.
    """
    region = Region(buses=(out("09:40", "10:10", WORKING_DAYS), back("16:35", "17:05")))
    check(run(region, tmp_path), "no_service_in_free_time", None)
    fixed = region.and_buses(out("15:40", "16:10", "0010000"))
    done = run(fixed, tmp_path / "fixed")
    check(done, "feasible")
    assert done.days == ["we"]


def test_closed_in_free_time(tmp_path: Path) -> None:
    """Free from 16:30, there with the bus of 16:40 at 17:10, when the practice is closed.

    Open till 17:25 on Monday would do: then the bus of 17:35 and home at 18:05.
    """
    region = Region().group(shift="06:00-16:00")
    done = run(region, tmp_path)
    check(done, "closed_in_free_time", "P1 mo", "P1", "17:25")
    fixed = region.practice(opening_hours="Mo 08:00-17:25; Tu-Fr 08:00-17:00")
    done = run(fixed, tmp_path / "fixed")
    check(done, "feasible")
    assert done.days == ["mo"]
    assert visit_of(done.visit("mo")) == {
        "leave": "16:40",
        "arrive": "17:10",
        "start": "17:10",
        "end": "17:25",
        "home": "18:05",
    }
    short = region.practice(opening_hours="Mo 08:00-17:24; Tu-Fr 08:00-17:00")
    check(run(short, tmp_path / "short"), "closed_in_free_time", "P1 mo", "17:25")


def test_no_way_back(tmp_path: Path) -> None:
    """The last bus back leaves at 16:24, a minute before the consultation that begins at 16:10 is over.

    People work on all days, so they must be home by 05:30. A bus back at 16:25 would do.
    """
    hourly = tuple(bus for bus in HOURLY if bus.calls[0][1] < "16:00")
    region = Region(buses=(*hourly, back("16:24", "16:54"))).group(work_days="Mo-Su")
    done = run(region, tmp_path)
    check(done, "no_way_back", "P1 mo", "16:25")
    done = run(region.and_buses(back("16:25", "16:55", "0001000")), tmp_path / "fixed")
    check(done, "feasible")
    assert done.days == ["th"]


def test_not_accepting(tmp_path: Path) -> None:
    """Nobody is registered and the only practice takes no new patients, though 1,095 could be on its list."""
    region = NEW.practice(status="closed")
    done = run(region, tmp_path)
    check(done, "not_accepting", "P1 mo", "P1")
    assert float(done.capacity.loc[0, "places"]) == 0
    assert persons(done.unplaced["persons"]) == 40
    done = run(region.practice(status="open"), tmp_path / "fixed")
    check(done, "feasible")
    assert float(done.capacity.loc[0, "places"]) == 2095 - 1000
    assert float(done.capacity.loc[0, "assigned"]) == 40
    assert persons(done.unplaced["persons"]) == 0


def test_no_room(tmp_path: Path) -> None:
    """A full-time GP has 2,095 patients, and this practice has them already; a list of 2,094 leaves one place.

    For the visit one place is room; of the 40 people 39 are still left without a place.
    """
    region = NEW.practice(listed_patients=2095)
    done = run(region, tmp_path)
    check(done, "no_room", "P1 mo", "P1")
    assert persons(done.unplaced["persons"]) == 40
    done = run(region.practice(listed_patients=2094), tmp_path / "fixed")
    check(done, "feasible")
    row = only(done.capacity, practice_id="P1")
    assert (float(row["places"]), float(row["assigned"])) == (1, 1)
    assert persons(done.unplaced["persons"]) == 39
    # a bound practice with conditions at a share of nothing has no room either
    region = NEW.practice(status="conditional")
    done = run(replace(region, norm="conditional_weight = 0"), tmp_path / "none")
    check(done, "no_room", "P1 mo")


def test_language(tmp_path: Path) -> None:
    """The people speak Polish, the practice Dutch, and no interpreter is there."""
    region = Region().practice(languages="nl")
    done = run(region, tmp_path)
    check(done, "language", "P1 mo", "P1")
    assert "polish" in done.reason()["fix"].lower() or "interpreter" in done.reason()["fix"]
    check(run(region.practice(interpreter="yes"), tmp_path / "interpreter"), "feasible")
    check(run(region.practice(languages="nl;pl"), tmp_path / "polish"), "feasible")


@pytest.mark.parametrize(("group", "practice"), [(None, "nl"), ("pl", None), (None, None)])
def test_languages_that_nobody_knows_fail_nobody(
    group: str | None, practice: str | None, tmp_path: Path
) -> None:
    """What is not known is no barrier, and it is said that it is not known."""
    done = run(Region().group(languages=group).practice(languages=practice), tmp_path)
    check(done, "feasible")
    assert "anguages" in done.warnings
    assert "unknown" in done.warnings


def test_words_in_dutch(tmp_path: Path) -> None:
    """The same in Dutch, with Dutch tables."""
    region = replace(Region().practice(languages="nl"), language="nl")
    fix = run(region, tmp_path).reason()["fix"]
    assert "Pools" in fix or "tolk" in fix
    region = replace(Region().group(shift="06:00-16:00"), language="nl")
    fix = run(region, tmp_path / "closed").reason()["fix"]
    assert "maandag" in fix
    assert "17:25" in fix


def test_a_later_cause_comes_next(tmp_path: Path) -> None:
    """Closed in free time, no new patients, full, and Dutch only: each cause comes up when the one before is mended."""
    region = NEW.group(shift="06:00-16:00").practice(
        status="closed", listed_patients=2095, languages="nl"
    )
    mends = (
        ("closed_in_free_time", {"opening_hours": "Mo-Fr 08:00-17:25"}),
        ("not_accepting", {"status": "open"}),
        ("no_room", {"fte": "1.5"}),
        ("language", {"interpreter": "yes"}),
    )
    for k, (code, mend) in enumerate(mends):
        check(run(region, tmp_path / str(k)), code)
        region = region.practice(**mend)
    check(run(region, tmp_path / "fixed"), "feasible")


def test_the_cause_is_that_of_the_practice_that_comes_furthest(tmp_path: Path) -> None:
    """P1 is open but takes nobody, P2 takes everybody but is closed: each alone fails, and the later cause counts.

    The constraints hold one after another: P1 meets all of them up to accepting, so accepting is the first at which
    none is left.
    """
    region = NEW.practice(status="closed").and_practice(
        practice_id="P2", opening_hours="Mo-Fr 08:00-12:00"
    )
    done = run(region, tmp_path)
    check(done, "not_accepting", "P1 mo", "P1")


def test_registered_people_do_not_need_a_place(tmp_path: Path) -> None:
    """Of 40 people 30 are registered: a practice that takes nobody new fails the other 10 only."""
    region = Region().group(registered_share=0.75).practice(status="closed")
    done = run(region, tmp_path)
    assert persons(done.reasons["residents"]) == 40
    assert float(only(done.reasons, reason="feasible")["residents"]) == 30
    assert float(only(done.reasons, reason="not_accepting")["residents"]) == 10
    assert persons(done.unplaced["persons"]) == 10


def test_walking_when_there_is_no_bus(tmp_path: Path) -> None:
    """A practice 1,500 m away is a walk of exactly 20 minutes, the longest: free from 15:30, and 1,501 m is too far."""
    street = ((0.0, 0.0), (1_500.0, 0.0), (1_501.0, 0.0), (5_000.0, 0.0))
    bus = Bus((((0.0, 0.0), "03:00"), ((5_000.0, 0.0), "03:10")))
    region = Region(buses=(bus,), streets=(street,)).practice(at=(1_500.0, 0.0))
    done = run(region, tmp_path)
    check(done, "feasible")
    assert float(done.visit("mo")["door_to_door_min"]) == 55
    region = region.practice(at=(1_501.0, 0.0))
    assert run(region, tmp_path / "far").reason()["reason"] == "out_of_reach"
