"""The worked example of the definition of a feasible visit, as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.whole_visits.files import SITE, Region, run, visit_of


def test_the_worked_example(tmp_path: Path) -> None:
    """Work ends at 15:00, half an hour to get home; bus out at :40, back at :35, half an hour each way.

    Free from 15:30, out 15:40, there 16:10, seen till 16:25, back at 16:35, home 17:05: 85 minutes. The next bus out
    is there at 17:10, when the practice is closed. The practice is closed in the weekend. Work starts at 06:00 on the
    next day, so the free time ends at 05:30: 745 minutes after 17:05, and on Friday two days more.
    """
    done = run(Region(), tmp_path)
    assert done.days == ["mo", "tu", "we", "th", "fr"]
    for day in done.days:
        visit = done.visit(day)
        assert visit_of(visit) == {
            "leave": "15:40",
            "arrive": "16:10",
            "start": "16:10",
            "end": "16:25",
            "home": "17:05",
        }
        assert float(visit["door_to_door_min"]) == 85
        assert float(visit["slack_min"]) == 745 + (2880 if day == "fr" else 0)
        assert (visit["site_id"], visit["group_id"], visit["care"]) == ("S1", "kas", "huisarts")
        assert visit["practice_id"] == "P1"
    for day in ("sa", "su"):
        assert set(visit_of(done.visit(day)).values()) == {""}
    reason = done.reason()
    assert reason["reason"] == "feasible"
    assert float(reason["residents"]) == 40
    assert reason["fix"] == ""


def test_an_hour_longer_at_work_and_it_is_closed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Free from 16:30: the first bus, 16:40, is there at 17:10, ten minutes after closing time."""
    done = run(Region(language="nl").group(shift="06:00-16:00"), tmp_path)
    # the finding is said on the screen, too, where all is English
    assert "None of the 40 residents can visit a GP" in capsys.readouterr().out
    assert done.days == []
    reason = done.reason()
    assert reason["reason"] == "closed_in_free_time"
    assert reason["proof"] == "P1 mo"
    assert "17:25" in reason["fix"]


@pytest.mark.usefixtures("papers")
@pytest.mark.parametrize("language", ["nl", "en"])
def test_all_outputs_of_people_without_a_visit(language: str, tmp_path: Path) -> None:
    """Maps and papers are made, too, and say why a visit fails; a second site has nobody who is known to live there."""
    region = Region(language=language).group(shift="06:00-16:00")
    region = replace(region, sites=(*region.sites, SITE | {"site_id": "S2", "residents": None}))
    done = run(region, tmp_path)
    for name in ("map.html", "map.png", "map.pdf", "result.gpkg", "result.xlsx"):
        assert (done.folder / name).stat().st_size > 1000
    html = (done.folder / "map.html").read_text("utf-8")
    assert ("closed in free time" if language == "en" else "gesloten in de vrije tijd") in html
    for name in ("visits", "reasons", "cascade", "capacity", "unplaced"):
        assert f"{name}.csv" in done.record["outputs"], done.record["outputs"]


@pytest.mark.parametrize(
    ("shift_end", "closing", "feasible"),
    [
        ("15:10", "17:00", True),
        ("15:11", "17:00", False),
        ("15:10", "16:25", True),
        ("15:10", "16:24", False),
    ],
)
def test_to_the_minute(shift_end: str, closing: str, feasible: bool, tmp_path: Path) -> None:
    """Free at 15:40 is just in time for the bus of 15:40; seen till 16:25 is just in time for closing then."""
    region = Region().group(shift=f"06:00-{shift_end}")
    done = run(region.practice(opening_hours=f"Mo-Fr 08:00-{closing}"), tmp_path)
    assert (done.reason()["reason"] == "feasible") is feasible
    assert bool(done.days) is feasible


@pytest.mark.parametrize(("work_start", "feasible"), [("17:35", True), ("17:34", False)])
def test_home_before_the_way_to_work(work_start: str, feasible: bool, tmp_path: Path) -> None:
    """Work twice a day: home at 17:05, half an hour to work, so it may start at 17:35 and not a minute before.

    Open from 16:00 to 16:30 only, so that there is no other visit; the bus of 15:40 is the only one that fits.
    """
    region = Region().group(shift=f"06:00-15:00, {work_start}-20:00")
    done = run(region.practice(opening_hours="Mo-Fr 16:00-16:30"), tmp_path)
    reason = done.reason()
    if feasible:
        assert visit_of(done.visit("we"))["home"] == "17:05"
        assert float(done.visit("we")["slack_min"]) == 0
    assert reason["reason"] == ("feasible" if feasible else "no_way_back")


def test_reception_and_length_of_the_consultation(tmp_path: Path) -> None:
    """With 10 minutes at the reception and 16 with the doctor the bus of 16:35 is missed: home at 18:05."""
    done = run(Region(norm="consult_min = 16\nreception_margin_min = 10"), tmp_path)
    visit = visit_of(done.visit("mo"))
    assert visit == {
        "leave": "15:40",
        "arrive": "16:10",
        "start": "16:20",
        "end": "16:36",
        "home": "18:05",
    }
    done = run(Region(norm="consult_min = 15\nreception_margin_min = 10"), tmp_path / "b")
    assert visit_of(done.visit("mo"))["home"] == "17:05"


def test_walking_to_the_stops_is_counted(tmp_path: Path) -> None:
    """The camp is 300 m (4 minutes) before the stop and the practice 150 m (2 minutes) after it.

    Leave 15:36, there 16:12, seen till 16:27, at the stop 16:29 for the bus of 16:35, home 17:09.
    """
    region = Region(streets=(((-300.0, 0.0), (0.0, 0.0), (20_000.0, 0.0), (20_150.0, 0.0)),))
    region = region.site(at=(-300.0, 0.0)).practice(at=(20_150.0, 0.0))
    done = run(region, tmp_path)
    # a norm of 30 minutes: 36 is out of reach
    assert done.reason()["reason"] == "out_of_reach"
    done = run(replace(region, norm="max_minutes = 36"), tmp_path / "norm")
    assert visit_of(done.visit("tu")) == {
        "leave": "15:36",
        "arrive": "16:12",
        "start": "16:12",
        "end": "16:27",
        "home": "17:09",
    }
    assert float(done.visit("tu")["door_to_door_min"]) == 93
