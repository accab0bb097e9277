"""Vans of employers: what they are given as, and the rides that come of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from geoaccess.errors import ProjectError
from geoaccess.load.vans import VAN, Van, VanStop, van_timetable, weekdays_of

TUESDAY = dt.date(2026, 11, 24)
STOPS = (VanStop(0, 4.30, 52.05), VanStop(7.5, 4.33, 52.06, "Shop"), VanStop(12, 4.35, 52.07))


def starts(van: Van, day: dt.date = TUESDAY) -> list[tuple[int, int]]:
    """Service day and start of each trip."""
    timetable = van_timetable([van], day)
    first = timetable.departure_s[timetable.first[:-1]].tolist()
    return list(zip(timetable.trips["service_day"].tolist(), first, strict=True))


def test_rides_of_a_van_in_full() -> None:
    timetable = van_timetable([Van("Kas", STOPS, ["06:15"], "Tu")], TUESDAY)
    assert timetable.stops[["stop_id", "name", "lon", "lat"]].to_numpy().tolist() == [
        ["Kas#1", "Kas 1", 4.30, 52.05],
        ["Kas#2", "Shop", 4.33, 52.06],
        ["Kas#3", "Kas 3", 4.35, 52.07],
    ]
    (trip,) = timetable.trips.to_dict("records")
    assert (trip["mode"], trip["line"], trip["trip_id"]) == (VAN, "Kas", "Kas@06:15")
    assert (trip["service_day"], trip["next_trip"]) == (0, -1)
    assert timetable.departure_s.tolist() == [22_500, 22_950, 23_220]
    assert timetable.arrival_s.tolist() == timetable.departure_s.tolist()
    assert timetable.stop.tolist() == [0, 1, 2]
    assert timetable.board.all()
    assert timetable.alight.all()
    assert timetable.notes == (
        "van 'Kas' (Tu): runs 1 time on 2026-11-24, a Tu; anyone may ride along",
    )


def test_two_vans_have_stops_and_trips_of_their_own() -> None:
    vans = [Van("a", STOPS[:2], ["08:00", "07:00"]), Van("b", STOPS, ["09:00"])]
    timetable = van_timetable(vans, TUESDAY)
    today = timetable.trips[timetable.trips["service_day"] == 0]
    assert today["trip_id"].tolist() == ["a@07:00", "a@08:00", "b@09:00"]
    last = today.index[-1]
    assert timetable.stop[timetable.first[last] : timetable.first[last + 1]].tolist() == [2, 3, 4]
    assert len(timetable.stops) == 5


def test_days_before_and_after_are_there_as_far_as_they_matter() -> None:
    # Monday's 24:10 is Tuesday's 00:10; Wednesday's 06:15 starts before 32:00, its 12:00 does not
    van = Van("x", STOPS, ("06:15", "12:00", "24:10"), "Mo-We")
    assert starts(van) == [(-1, 600), (0, 22_500), (0, 43_200), (0, 87_000), (1, 86_400 + 22_500)]
    assert starts(Van("x", STOPS, ("23:50",), "Mo")) == [(-1, -600)]
    assert starts(Van("x", STOPS, ("23:48",), "Mo")) == []  # it ends as the day begins


def test_a_day_off_has_no_rides_and_says_so() -> None:
    timetable = van_timetable([Van("x", STOPS, ("06:15",), "Sa-Su")], TUESDAY)
    assert len(timetable.trips) == 0
    assert len(timetable.stop) == len(timetable.arrival_s) == 0
    assert timetable.first.tolist() == [0]
    assert "runs no time on 2026-11-24, a Tu" in timetable.notes[0]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mo-Su", (0, 1, 2, 3, 4, 5, 6)),
        ("Mo", (0,)),
        ("su, mo-tu", (0, 1, 6)),
        ("Sa-Mo", (0, 5, 6)),
        ("ma-vr", (0, 1, 2, 3, 4)),
        ("do,zo", (3, 6)),
        *(("ma-Fr", ()), ("daily", ()), ("", ()), ("Mo-We-Fr", ()), ("Mo,", ()), ("Mo-", ())),
    ],
)
def test_weekdays(text: str, days: tuple[int, ...]) -> None:
    assert weekdays_of(text) == days


def place(**changes: Any) -> VanStop:
    return VanStop(**{"minutes": 5.0, "lon": 4.3, "lat": 52.0, **changes})


@pytest.mark.parametrize(
    ("changes", "key", "problem"),
    [
        ({"name": " "}, "name", "must be text"),
        ({"days": "weekend"}, "days", "no weekdays"),
        ({"departures": ()}, "departures", "are missing"),
        ({"departures": "6 uur"}, "departures", "not a time"),
        ({"departures": ("08:00", "30:01")}, "departures", "not a time"),
        ({"departures": (8,)}, "departures", "not a time"),
        ({"departures": ("08:00", "08:00")}, "departures", "one time twice"),
        ({"stops": STOPS[:1]}, "stops", "two or more"),
        ({"stops": (*STOPS, (13, 4.0, 52.0))}, "stops[4]", "no VanStop"),
        ({"stops": (STOPS[0], place(lon=181.0))}, "stops[2]", "not a place"),
        ({"stops": (STOPS[0], place(lat=float("nan")))}, "stops[2]", "not a place"),
        ({"stops": (STOPS[0], place(minutes="5"))}, "stops[2].minutes", "must be minutes"),
        ({"stops": (STOPS[0], place(minutes=1441))}, "stops[2].minutes", "must be minutes"),
        ({"stops": (STOPS[0], place(), place())}, "stops[3].minutes", "more minutes"),
        ({"stops": (place(), place(minutes=9))}, "stops[1].minutes", "at 0 minutes"),
    ],
)
def test_faults_have_their_key(changes: dict[str, Any], key: str, problem: str) -> None:
    good = {"name": "Kas", "stops": STOPS, "departures": ("08:00",), "days": "Mo"}
    with pytest.raises(ProjectError) as caught:
        Van(**{**good, **changes})
    (fault,) = caught.value.faults
    assert fault.key == key
    assert problem in fault.problem


def test_all_faults_come_at_once() -> None:
    with pytest.raises(ProjectError) as caught:
        Van("", [place(lat=100)], [], "x")
    assert {fault.key for fault in caught.value.faults} == {
        *("name", "days", "departures", "stops", "stops[1]", "stops[1].minutes"),
    }
