"""Transfer rules, blocks and in-seat transfers."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoaccess.errors import FeedError
from geoaccess.load.gtfs import load_timetable, transfers
from geoaccess.load.timetable import Timetable
from tests.load.gtfs.feeds import small_feed, write_feed

DAY = "2026-03-03"
HEADER = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"
STOPS = """\
stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
S,Station,52.00,4.350,1,
A,Perron 1,52.00,4.350,,S
B,Perron 2,52.00,4.351,,S
C,Cweg,52.00,4.370,,
D,Dweg,52.00,4.380,,
"""


def load(tmp_path: Path, date: str = DAY, **changes: str) -> Timetable:
    return load_timetable(write_feed(tmp_path / "feed", small_feed(**changes)), date)


def rules(timetable: Timetable) -> list[tuple[object, ...]]:
    """Rules with the ids of their stops; trailing columns type and seconds."""
    ids = timetable.stops["stop_id"].to_numpy()
    return [
        (str(ids[row.from_stop]), str(ids[row.to_stop]), row.type, row.min_transfer_s)
        for row in timetable.transfers.itertuples()
    ]


def test_types_0_to_3_are_rows(tmp_path: Path) -> None:
    transfers = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
        "A,B,0,\nA,C,1,\nB,C,2,180\nC,D,3,\nD,A,,\nD,D,2,0\nB,B,2,\n"
    )
    timetable = load(tmp_path, transfers=transfers)
    assert rules(timetable) == [
        ("A", "B", 0, -1),
        ("A", "C", 1, -1),
        ("B", "B", 2, -1),
        ("B", "C", 2, 180),
        ("C", "D", 3, -1),
        ("D", "A", 0, -1),
        ("D", "D", 2, 0),
    ]
    assert (
        timetable.transfers.dtypes[["type", "min_transfer_s", "from_stop", "to_stop"]]
        .eq("int64")
        .all()
    )
    assert timetable.notes == ()


def test_trap_trip_to_trip_and_forbidden_transfers(tmp_path: Path) -> None:
    transfers = (
        "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_trip_id,from_route_id,to_route_id\n"
        "A,B,3,,,,\nA,B,1,T1,T2,,\nA,B,2,,,R,R\n"
    )
    table = load(tmp_path, transfers=transfers).transfers
    assert table[
        ["from_trip", "to_trip", "from_route", "to_route", "type"]
    ].to_numpy().tolist() == [
        ["", "", "", "", 3],
        ["T1", "T2", "", "", 1],
        ["", "", "R", "R", 2],
    ]


def test_stations_stand_for_their_platforms(tmp_path: Path) -> None:
    transfers = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nS,S,2,240\nC,S,3,\n"
    timetable = load(tmp_path, stops=STOPS, transfers=transfers)
    assert rules(timetable) == [
        ("A", "A", 2, 240),
        ("A", "B", 2, 240),
        ("B", "A", 2, 240),
        ("B", "B", 2, 240),
        ("C", "A", 3, -1),
        ("C", "B", 3, -1),
    ]


def test_a_rule_for_platforms_goes_before_one_for_the_station(tmp_path: Path) -> None:
    transfers = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nS,S,3,\nA,B,2,60\nA,S,2,90\n"
    )
    timetable = load(tmp_path, stops=STOPS, transfers=transfers)
    assert rules(timetable) == [
        ("A", "A", 2, 90),
        ("A", "B", 2, 60),
        ("B", "A", 3, -1),
        ("B", "B", 3, -1),
    ]
    assert timetable.notes == ()


def test_of_two_rules_for_the_same_stops_the_stricter_one_counts(tmp_path: Path) -> None:
    transfers = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
        "A,B,2,60\nA,B,2,90\nC,D,2,60\nC,D,3,\nA,B,2,90\n"
    )
    timetable = load(tmp_path, transfers=transfers)
    assert rules(timetable) == [("A", "B", 2, 90), ("C", "D", 3, -1)]
    assert "feed: 2 transfer rules against another for the same stops dropped" in timetable.notes


def test_trap_transfers_pointing_nowhere(tmp_path: Path) -> None:
    """UK2GTFS once emptied a whole timetable over one such row."""
    transfers = (
        "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_route_id,to_trip_id\n"
        "A,Q,2,,,\n,B,2,,,\nA,B,2,T9,,\nA,B,2,,R9,\nA,B,2,,,\n,,4,T1,,T9\n,,4,,,\n"
    )
    timetable = load(tmp_path, transfers=transfers)
    assert len(timetable.trips) == 2
    assert rules(timetable) == [("A", "B", 2, -1)]
    assert any(
        "6 rows of transfers.txt that point to no stop, route or trip" in note
        for note in timetable.notes
    )


def test_unknown_types_and_absurd_times(tmp_path: Path) -> None:
    transfers = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nA,B,9,\nA,B,x,\nB,C,2,-5\nC,D,2,soon\n"
    timetable = load(tmp_path, transfers=transfers)
    assert rules(timetable) == [("B", "C", 2, -1), ("C", "D", 2, -1)]
    assert "feed: 2 rows of transfers.txt of no known transfer_type dropped" in timetable.notes
    assert (
        "feed: 2 min_transfer_times that are no time up to a day taken as not given"
        in timetable.notes
    )


def test_rules_about_stops_without_service_are_left_out(tmp_path: Path) -> None:
    stop_times = (
        f"{HEADER}\nT2,8:00:00,8:00:00,A,1\nT2,8:05:00,8:05:00,D,2\n"
        "T1,8:00:00,8:00:00,A,1\nT1,8:05:00,8:05:00,D,2\n"
    )
    timetable = load(
        tmp_path,
        stop_times=stop_times,
        transfers="from_stop_id,to_stop_id,transfer_type\nA,B,3\nD,A,3\n",
    )
    assert rules(timetable) == [("D", "A", 3, -1)]


def test_absurdly_many_rules_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfers, "MAX_RULES", 3)
    with pytest.raises(FeedError, match="stands for 4 pairs of platforms, the limit is 3"):
        load(tmp_path, stops=STOPS, transfers="from_stop_id,to_stop_id,transfer_type\nS,S,2\n")


# --- vehicles that go on as another trip ------------------------------------------------------------------------------

BLOCK = f"""\
{HEADER}
T1,8:00:00,8:00:00,A,1
T1,8:10:00,8:10:00,C,2
T2,8:15:00,8:15:00,C,1
T2,8:25:00,8:25:00,D,2
T3,8:40:00,8:40:00,D,1
T3,8:50:00,8:50:00,A,2
"""


def trips_of(*blocks: str, services: str = "daily daily daily") -> str:
    rows = zip(blocks, services.split(), strict=True)
    return "route_id,service_id,trip_id,block_id\n" + "".join(
        f"R,{service},T{number},{block}\n" for number, (block, service) in enumerate(rows, 1)
    )


def follows(timetable: Timetable) -> dict[str, str]:
    ids = timetable.trips["trip_id"].tolist()
    onto = timetable.trips["next_trip"].tolist()
    return {ids[row]: ids[then] for row, then in enumerate(onto) if then >= 0}


def test_trap_blocks(tmp_path: Path) -> None:
    """The bus goes on as another trip with its passengers."""
    timetable = load(tmp_path, trips=trips_of("b", "b", "b"), stop_times=BLOCK)
    assert follows(timetable) == {"T1": "T2", "T2": "T3"}
    assert any(
        "2 trips followed by another trip of the same vehicle" in note for note in timetable.notes
    )
    assert follows(load(tmp_path / "x", trips=trips_of("b", "c", "b"), stop_times=BLOCK)) == {}
    assert follows(load(tmp_path / "y", trips=trips_of("", "", ""), stop_times=BLOCK)) == {}


def test_blocks_go_on_only_from_the_same_place_and_in_time(tmp_path: Path) -> None:
    trips = trips_of("b", "b", "b")
    elsewhere = BLOCK.replace("T2,8:15:00,8:15:00,C", "T2,8:15:00,8:15:00,B")
    assert follows(load(tmp_path / "a", trips=trips, stop_times=elsewhere)) == {"T2": "T3"}
    overlapping = load(tmp_path / "b", trips=trips, stop_times=BLOCK.replace("8:15:00", "8:09:59"))
    assert follows(overlapping) == {"T2": "T3"}
    assert any(
        "1 trip of one block that overlap the next not joined" in note for note in overlapping.notes
    )
    at_once = load(tmp_path / "c", trips=trips, stop_times=BLOCK.replace("8:15:00", "8:10:00"))
    assert follows(at_once) == {"T1": "T2", "T2": "T3"}
    stops = "stop_id,stop_lat,stop_lon\nA,52,4.35\nB,52,4.3701\nC,52,4.37\nD,52,4.38\n"
    across = load(tmp_path / "d", trips=trips, stop_times=elsewhere, stops=stops)  # 7 m apart
    assert follows(across) == {"T1": "T2", "T2": "T3"}


def test_blocks_join_trips_of_one_service_day_only(tmp_path: Path) -> None:
    calendar = (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "daily,1,1,1,1,1,1,1,20260101,20261231\nwed,0,0,1,0,0,0,0,20260101,20261231\n"
    )
    trips = trips_of("b", "b", "b", services="daily wed daily")
    assert follows(load(tmp_path / "a", trips=trips, stop_times=BLOCK, calendar=calendar)) == {}
    wednesday = load(tmp_path / "b", "2026-03-04", trips=trips, stop_times=BLOCK, calendar=calendar)
    assert follows(wednesday) == {"T1": "T2", "T2": "T3"}
    late = BLOCK.replace(",8:", ",24:")
    night = load(tmp_path / "c", "2026-03-04", trips=trips_of("b", "b", "b"), stop_times=late)
    table = night.trips
    assert table["service_day"].tolist() == [-1, -1, -1, 0, 0, 0]
    assert table["next_trip"].tolist() == [1, 2, -1, 4, 5, -1]


def test_in_seat_transfers_of_type_4_and_5(tmp_path: Path) -> None:
    head = "from_stop_id,to_stop_id,from_trip_id,to_trip_id,transfer_type\n"
    told = load(
        tmp_path / "a",
        trips=trips_of("", "", ""),
        stop_times=BLOCK,
        transfers=f"{head}C,C,T1,T2,4\n,,T1,T3,4\n",
    )
    assert follows(told) == {"T1": "T2"}
    assert len(told.transfers) == 0
    assert any(
        "1 in-seat transfer to a trip that leaves too early, or besides another, dropped" in note
        for note in told.notes
    )
    banned = load(
        tmp_path / "b",
        trips=trips_of("b", "b", "b"),
        stop_times=BLOCK,
        transfers=f"{head},,T1,T2,5\n",
    )
    assert follows(banned) == {"T2": "T3"}
    back = load(
        tmp_path / "c", trips=trips_of("", "", ""), stop_times=BLOCK, transfers=f"{head},,T3,T1,4\n"
    )
    assert follows(back) == {}
    assert any("leaves too early" in note for note in back.notes)


def test_no_two_trips_go_on_as_the_same(tmp_path: Path) -> None:
    """Two trains that are coupled: the routing core needs chains, so the last to arrive goes on."""
    stop_times = BLOCK.replace("T2,8:15:00,8:15:00,C", "T2,8:05:00,8:05:00,C")
    head = "from_stop_id,to_stop_id,from_trip_id,to_trip_id,transfer_type\n"
    told = load(
        tmp_path / "a",
        trips=trips_of("", "", ""),
        stop_times=stop_times,
        transfers=f"{head},,T1,T3,4\n,,T2,T3,4\n",
    )
    assert follows(told) == {"T2": "T3"}
    mixed = load(
        tmp_path / "b",
        trips=trips_of("", "b", "b"),
        stop_times=stop_times,
        transfers=f"{head},,T1,T3,4\n",
    )
    assert follows(mixed) == {"T1": "T3"}
