"""Stops: places that cannot be, stations and platforms."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoaccess.errors import FeedError
from geoaccess.load.gtfs import load_timetable
from geoaccess.load.gtfs.misplaced import Box
from geoaccess.load.timetable import Timetable
from tests.load.gtfs.feeds import small_feed, write_feed

DAY = "2026-03-03"
HEADER = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"


def load(tmp_path: Path, near: Box | None = None, **changes: str) -> Timetable:
    return load_timetable(write_feed(tmp_path / "feed", small_feed(**changes)), DAY, near=near)


def line_of(places: dict[str, tuple[float, float]], minutes: int = 2) -> dict[str, str]:
    """Feed in which trip T1 calls at the places (lat, lon) in order, some minutes apart."""
    stops = "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(
        f"{name},{name},{lat},{lon}\n" for name, (lat, lon) in places.items()
    )
    times = [f"{8 + k * minutes // 60}:{k * minutes % 60:02}:00" for k in range(len(places))]
    rows = [
        f"T1,{time},{time},{name},{k}\n"
        for k, (name, time) in enumerate(zip(places, times, strict=True))
    ]
    return {
        "stops": stops,
        "stop_times": f"{HEADER}\n" + "".join(rows),
        "trips": "route_id,service_id,trip_id\nR,daily,T1\n",
    }


def delft(count: int) -> dict[str, tuple[float, float]]:
    return {f"S{k}": (52.0, 4.3 + k * 0.01) for k in range(count)}


@pytest.mark.parametrize(
    "place", ["0,0", ",", "x,4.36", "95,4.36", "52,200", "nan,4.36", "0.0,0.00001"]
)
def test_stops_without_a_usable_place_are_quarantined(tmp_path: Path, place: str) -> None:
    stops = f"stop_id,stop_lat,stop_lon\nA,52.00,4.350\nB,{place}\nC,52.00,4.370\nD,52.00,4.380\n"
    timetable = load(tmp_path, stops=stops)
    assert timetable.stops["stop_id"].tolist() == ["A", "C", "D"]
    assert timetable.first.tolist() == [0, 3, 5]
    assert "feed: 1 stop without a usable place: B" in timetable.notes
    assert "feed: 1 stop time at stops in quarantine dropped" in timetable.notes
    assert timetable.feeds.loc[0, "quarantined"] == "1 stop without a usable place: B"


def test_a_feed_without_a_single_usable_place_is_an_error(tmp_path: Path) -> None:
    stops = "stop_id,stop_lat,stop_lon\nA,447000,84000\nB,447000,84100\nC,447000,84200\nD,447000,84300\n"
    with pytest.raises(FeedError, match="no trip on 2026-03-03 can be ridden"):
        load(tmp_path, stops=stops)


def test_a_platform_without_a_place_takes_that_of_its_station(tmp_path: Path) -> None:
    stops = (
        "stop_id,stop_lat,stop_lon,location_type,parent_station\n"
        "S,52.00,4.360,1,\nA,52.00,4.350,,\nB,,,0,S\nC,52.00,4.370,,\nD,52.00,4.380,,\n"
    )
    timetable = load(tmp_path, stops=stops)
    assert timetable.stops.set_index("stop_id").loc["B", ["lon", "lat"]].tolist() == [4.36, 52.0]
    assert "feed: 1 stop without a place put at their station: B" in timetable.notes


@pytest.mark.parametrize("wrong", [(36.0, 4.33), (52.0, -4.33), (48.85, 2.35), (4.33, 52.0)])
@pytest.mark.parametrize("count", [3, 12])
def test_trap_misplaced_stops(tmp_path: Path, wrong: tuple[float, float], count: int) -> None:
    """14,636 Dutch stops once lay south of latitude 36."""
    places = delft(count)
    places["S1"] = wrong
    timetable = load(tmp_path, **line_of(places))
    assert timetable.stops["stop_id"].tolist() == sorted(set(places) - {"S1"})
    assert any(
        "1 stop plainly misplaced" in note and note.endswith(": S1") for note in timetable.notes
    )
    assert "feed: 1 stop time at stops in quarantine dropped" in timetable.notes
    assert "S1" in timetable.feeds.loc[0, "quarantined"]


def test_a_stop_moved_by_40_km_is_misplaced_although_it_lies_in_the_usual_area(
    tmp_path: Path,
) -> None:
    places = {**delft(8), "S4": (52.4, 4.34)}
    timetable = load(tmp_path, **line_of(places))
    assert timetable.stops["stop_id"].tolist() == sorted(set(places) - {"S4"})


def test_trap_misplaced_stops_that_lie_together(tmp_path: Path) -> None:
    """A whole run of stops moved: only the ride to it and from it is impossible."""
    places = {
        name: (lat - 16 * (3 <= k < 8), lon)
        for k, (name, (lat, lon)) in enumerate(delft(20).items())
    }
    timetable = load(tmp_path, **line_of(places))
    assert len(timetable.stops) == 15
    assert timetable.stops["lat"].min() == 52.0


def test_misplaced_stops_do_not_disturb_blank_times(tmp_path: Path) -> None:
    places = {
        "A": (52.0, 4.30),
        "B": (52.0, 4.31),
        "X": (36.0, 4.3),
        "C": (52.0, 4.32),
        "D": (52.0, 4.33),
    }
    feed = line_of(places)
    feed["stop_times"] = (
        f"{HEADER}\nT1,8:00:00,,A,1\nT1,,,B,2\nT1,,,X,3\nT1,,,C,4\nT1,8:03:00,,D,5\n"
    )
    timetable = load(tmp_path, **feed)
    assert timetable.stops["stop_id"].tolist() == ["A", "B", "C", "D"]
    assert timetable.arrival_s.tolist() == [28800, 28860, 28920, 28980]


def test_far_stops_that_can_be_reached_are_no_mistake(tmp_path: Path) -> None:
    """A city's feed may hold coaches to another country (Newport's reaches Newcastle)."""
    places = {**delft(12), "PARIS": (48.85, 2.35)}
    feed = line_of(places)
    feed["stop_times"] = feed["stop_times"].replace(
        "8:24:00,8:24:00,PARIS", "13:24:00,13:24:00,PARIS"
    )
    timetable = load(tmp_path, **feed)
    assert "PARIS" in timetable.stops["stop_id"].tolist()
    assert timetable.notes == ()


def test_wrong_times_do_not_put_stops_in_quarantine(tmp_path: Path) -> None:
    """Two halves of a network whose only link takes no time: the times are wrong, not the places."""
    places = {f"S{k}": (52.0, 4.3 + k * 0.01 + (0.3 if k > 4 else 0)) for k in range(10)}
    feed = line_of(places)
    feed["stop_times"] = feed["stop_times"].replace("8:10:00,8:10:00,S5", "8:08:00,8:08:00,S5")
    timetable = load(tmp_path, **feed)
    assert len(timetable.stops) == 10
    assert (
        "feed: 1 pair of stops with rides of more than 400 km/h between them kept"
        in timetable.notes
    )


def test_stops_among_the_streets_are_beyond_suspicion(tmp_path: Path) -> None:
    places = {"A": (52.0, 4.3), "B": (52.0, 4.31), "C": (53.5, 6.5)}
    near_c = (6.4, 53.4, 6.6, 53.6)
    assert load(tmp_path / "a", **line_of(places)).stops["stop_id"].tolist() == ["A", "B"]
    assert load(tmp_path / "b", near_c, **line_of(places)).stops["stop_id"].tolist() == [
        "A",
        "B",
        "C",
    ]


def test_a_timetable_of_elsewhere_is_an_error(tmp_path: Path) -> None:
    assert len(load(tmp_path / "a", (4.3, 51.9, 4.4, 52.1)).stops) == 4
    with pytest.raises(FeedError, match="no stop lies near the streets"):
        load(tmp_path / "b", (5.6, 51.4, 5.8, 51.5))
    turned = (
        "stop_id,stop_lon,stop_lat\nA,52.00,4.350\nB,52.00,4.360\nC,52.00,4.370\nD,52.00,4.380\n"
    )
    with pytest.raises(FeedError, match="seem to be swapped"):
        load(tmp_path / "c", (4.3, 51.9, 4.4, 52.1), stops=turned)


STATION = """\
stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
S,Station,52.00,4.350,1,
A,Perron 1,52.00,4.350,0,S
E,Ingang,52.00,4.351,2,S
N,Knoop,,,3,S
Z,Vak,52.00,4.350,4,A
B,Perron 2,52.00,4.351,,S
C,Cweg,52.00,4.370,,
D,Elders,52.05,4.380,,S
"""


def test_stations_are_parents_and_platforms_are_stops(tmp_path: Path) -> None:
    timetable = load(tmp_path, stops=STATION)
    assert timetable.stops["stop_id"].tolist() == ["A", "B", "C", "D"]
    assert timetable.stops["parent_station"].tolist() == ["S", "S", "", "S"]


def test_a_trip_that_calls_at_a_station_itself_is_accepted(tmp_path: Path) -> None:
    stop_times = (
        f"{HEADER}\nT1,8:00:00,8:00:00,S,1\nT1,8:08:00,8:08:00,C,2\n"
        "T2,8:00:00,8:00:00,Z,1\nT2,8:08:00,8:08:00,C,2\n"
    )
    timetable = load(tmp_path, stops=STATION, stop_times=stop_times)
    assert timetable.stops["stop_id"].tolist() == ["C", "S", "Z"]
    assert timetable.stops["parent_station"].tolist() == ["", "", "S"]
    assert "feed: 2 stations and entrances called at as a stop: S, Z" in timetable.notes


def test_trap_wrongly_grouped_stop_areas(tmp_path: Path) -> None:
    """A platform 6 km from its station is reported, and the station's rules do not reach it."""
    transfers = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nS,C,2,240\n"
    timetable = load(tmp_path, stops=STATION, transfers=transfers)
    assert any(
        "1 stop more than 2 km from their station" in note and note.endswith(": D")
        for note in timetable.notes
    )
    assert timetable.transfers["from_stop"].tolist() == [0, 1]


def test_parents_that_are_missing_are_said(tmp_path: Path) -> None:
    stops = "stop_id,stop_lat,stop_lon,parent_station\nA,52,4.35,Q\nB,52,4.36,\nC,52,4.37,\nD,52,4.38,\n"
    timetable = load(tmp_path, stops=stops)
    assert timetable.stops["parent_station"].tolist() == [""] * 4
    assert "feed: 1 stop with a parent_station that stops.txt lacks: A" in timetable.notes


def test_duplicate_stops_give_one_stop_whatever_their_order(tmp_path: Path) -> None:
    rows = [
        "A,52.00,4.350",
        "A,52.00,4.349",
        "B,52.00,4.360",
        "B,52.00,4.360",
        "C,52.00,4.37",
        "D,52,4.38",
    ]
    found = []
    for place, order in enumerate((rows, rows[::-1])):
        stops = "stop_id,stop_lat,stop_lon\n" + "\n".join(order) + "\n"
        timetable = load(tmp_path / str(place), stops=stops)
        found.append(timetable.stops["lon"].tolist())
        assert "feed: 1 row of stops.txt that repeat another row dropped" in timetable.notes
        assert (
            "feed: 1 row of stops.txt dropped whose stop_id another row has: A" in timetable.notes
        )
    assert found[0] == found[1] == [4.349, 4.36, 4.37, 4.38]
