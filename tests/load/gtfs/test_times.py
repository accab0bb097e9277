"""Stop times: clock, order, blanks, times that run backwards, references to nothing, pickup and drop-off types."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoaccess.errors import FeedError, ProjectError
from geoaccess.load.gtfs import load_timetable
from geoaccess.load.gtfs.clock import BLANK, UNREADABLE, seconds
from geoaccess.load.timetable import Timetable
from tests.load.gtfs.feeds import small_feed, write_feed

DAY = "2026-03-03"
HEADER = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"
#: a second trip that is always in order, so that dropping the first does not empty the timetable
SOUND = "T2,9:00:00,9:00:00,A,1\nT2,9:08:00,9:08:00,D,2\n"


def load(tmp_path: Path, stop_times: str, **changes: str) -> Timetable:
    feed = small_feed(stop_times=f"{HEADER}\n{stop_times}{SOUND}", **changes)
    return load_timetable(write_feed(tmp_path / "feed", feed), DAY)


def calls(timetable: Timetable, trip_id: str = "T1") -> list[tuple[str, int, int]]:
    """Stop, arrival and departure of each call of a trip."""
    rows = np.flatnonzero((timetable.trips["trip_id"] == trip_id).to_numpy())
    assert len(rows) <= 1
    span = slice(*timetable.first[rows[0] : rows[0] + 2]) if len(rows) else slice(0)
    ids = timetable.stops["stop_id"].to_numpy()[timetable.stop[span]].tolist()
    arrival, departure = timetable.arrival_s[span].tolist(), timetable.departure_s[span].tolist()
    return list(zip(ids, arrival, departure, strict=True))


@given(st.integers(0, 99 * 3600 + 3599), st.booleans())
def test_clock_reads_every_second(second: int, short: bool) -> None:
    text = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    text = text.removeprefix("0") if short else text
    assert seconds(pa.array([text, ""])).tolist() == [second, BLANK]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("8:05", 29100),
        ("08:05", 29100),
        ("100:00:00", 360000),
        ("8:5:0", 29100),
        ("", BLANK),
        *((wrong, UNREADABLE) for wrong in ("8h05", "noon", "-1:00:00", "08:60:00", "08:00:60")),
        *(
            (wrong, UNREADABLE)
            for wrong in (
                "08-05-00",
                "999:00:00",
                "8:05:00.5",
                "080500",
                "\u0660\u0668:05:00",
                ":::::::",
            )
        ),
    ],
)
def test_clock_writings(text: str, second: int) -> None:
    assert seconds(pa.array([text])).tolist() == [second]
    assert seconds(pa.array(["08:00:00", text, "8:00:00"])).tolist() == [28800, second, 28800]
    assert seconds(pa.array(["x", text])[1:]).tolist() == [second]


def test_times_with_blanks_before_them(tmp_path: Path) -> None:
    timetable = load(tmp_path, "T1, 8:05:00, 8:05:00 ,A,1\nT1,08:10,08:11,B,2\n")
    assert calls(timetable) == [("A", 29100, 29100), ("B", 29400, 29460)]


def test_rows_need_not_be_sorted(tmp_path: Path) -> None:
    rows = ["T1,8:02:00,8:02:00,B,20\n", "T1,8:08:00,8:08:00,D,100\n", "T1,8:00:00,8:00:00,A,3\n"]
    assert [stop for stop, _, _ in calls(load(tmp_path, "".join(rows)))] == ["A", "B", "D"]


def test_one_of_arrival_and_departure_is_enough(tmp_path: Path) -> None:
    timetable = load(tmp_path, "T1,,8:00:00,A,1\nT1,8:02:00,,B,2\nT1,8:08:00,,D,3\n")
    assert calls(timetable) == [("A", 28800, 28800), ("B", 28920, 28920), ("D", 29280, 29280)]


def test_a_whole_column_of_times_may_be_missing(tmp_path: Path) -> None:
    stop_times = "trip_id,departure_time,stop_id,stop_sequence\nT1,8:00:00,A,1\nT1,8:08:00,D,2\n"
    timetable = load_timetable(write_feed(tmp_path / "a", small_feed(stop_times=stop_times)), DAY)
    assert calls(timetable) == [("A", 28800, 28800), ("D", 29280, 29280)]
    without = "trip_id,stop_id,stop_sequence\nT1,A,1\nT1,D,2\n"
    with pytest.raises(FeedError, match="arrival_time and departure_time are both missing"):
        load_timetable(write_feed(tmp_path / "b", small_feed(stop_times=without)), DAY)


def test_trap_blank_times_are_interpolated_by_distance(tmp_path: Path) -> None:
    """B lies at a third of the way, C at two thirds; the ride starts when the bus leaves."""
    rows = "T1,7:59:00,8:00:00,A,1\nT1,,,B,2\nT1,,,C,3\nT1,8:10:00,8:11:00,D,4\n"
    timetable = load(tmp_path, rows)
    assert calls(timetable) == [
        ("A", 28740, 28800),
        ("B", 29000, 29000),
        ("C", 29200, 29200),
        ("D", 29400, 29460),
    ]
    assert "feed: 2 blank times between timing points filled in by distance" in timetable.notes


def test_blank_times_between_calls_at_one_place_are_spread_evenly(tmp_path: Path) -> None:
    rows = "T1,8:00:00,8:00:00,A,1\nT1,,,A,2\nT1,,,A,3\nT1,8:01:30,8:01:30,A,4\n"
    assert [second for _, second, _ in calls(load(tmp_path, rows))] == [28800, 28830, 28860, 28890]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(data=st.data())
def test_interpolated_times_never_decrease(data: st.DataObject, tmp_path_factory) -> None:
    count = data.draw(st.integers(2, 7))
    stops = data.draw(st.lists(st.sampled_from("ABCD"), min_size=count, max_size=count))
    known = [
        True,
        *data.draw(st.lists(st.booleans(), min_size=count - 2, max_size=count - 2)),
        True,
    ]
    minute = sorted(data.draw(st.lists(st.integers(480, 520), min_size=count, max_size=count)))
    rows = "".join(
        f"T1,{f'{m // 60}:{m % 60:02}:00' if k else ''},,{stop},{place}\n"
        for place, (stop, k, m) in enumerate(zip(stops, known, minute, strict=True))
    )
    found = calls(load(tmp_path_factory.mktemp("feed"), rows))
    seconds_ = [second for _, second, _ in found]
    assert [stop for stop, _, _ in found] == stops
    assert seconds_ == sorted(seconds_)
    assert all(second == m * 60 for second, k, m in zip(seconds_, known, minute, strict=True) if k)


@pytest.mark.parametrize("blank", [0, 2])
def test_a_blank_first_or_last_time_drops_the_trip(tmp_path: Path, blank: int) -> None:
    rows = ["T1,8:00:00,8:00:00,A,1\n", "T1,8:02:00,8:02:00,B,2\n", "T1,8:08:00,8:08:00,D,3\n"]
    rows[blank] = f"T1,,,{'ABD'[blank]},{blank + 1}\n"
    timetable = load(tmp_path, "".join(rows))
    assert timetable.trips["trip_id"].tolist() == ["T2"]
    assert "feed: 1 trip whose first or last time is blank dropped: T1" in timetable.notes


def test_a_time_that_cannot_be_read_drops_the_trip(tmp_path: Path) -> None:
    timetable = load(tmp_path, "T1,8:00:00,8:00:00,A,1\nT1,8h02,8h02,B,2\nT1,8:08:00,8:08:00,D,3\n")
    assert timetable.trips["trip_id"].tolist() == ["T2"]
    assert "feed: 1 trip with a time that cannot be read dropped: T1" in timetable.notes


def test_times_that_run_back_a_little_are_lifted(tmp_path: Path) -> None:
    rows = "T1,8:00:00,8:03:00,A,1\nT1,8:02:00,8:02:00,B,2\nT1,8:04:00,8:03:30,D,3\n"
    timetable = load(tmp_path, rows)
    assert calls(timetable) == [("A", 28800, 28980), ("B", 28980, 28980), ("D", 29040, 29040)]
    assert (
        "feed: 1 trip whose times run backwards by up to 5 minutes set right: T1" in timetable.notes
    )


def test_times_that_run_back_far_drop_the_trip(tmp_path: Path) -> None:
    timetable = load(
        tmp_path, "T1,8:00:00,8:00:00,A,1\nT1,7:30:00,7:30:00,B,2\nT1,8:08:00,8:08:00,D,3\n"
    )
    assert timetable.trips["trip_id"].tolist() == ["T2"]
    assert "feed: 1 trip whose times run backwards dropped: T1" in timetable.notes


def test_times_that_start_again_at_midnight_are_carried_on(tmp_path: Path) -> None:
    timetable = load(
        tmp_path, "T1,23:55:00,23:58:00,A,1\nT1,0:02:00,0:02:00,B,2\nT1,0:08:00,,D,3\n"
    )
    rows = timetable.trips.index[timetable.trips["trip_id"] == "T1"]
    assert timetable.trips.loc[rows, "service_day"].tolist() == [-1, 0]
    last = timetable.first[int(rows[1]) + 1] - 1
    assert timetable.arrival_s[last - 1 : last + 1].tolist() == [86520, 86880]
    assert any("carried on past 24:00" in note for note in timetable.notes)


def test_unknown_stops_are_passed_by(tmp_path: Path) -> None:
    rows = "T1,8:00:00,8:00:00,A,1\nT1,8:02:00,8:02:00,Q,2\nT1,8:03:00,8:03:00,,3\nT1,8:08:00,8:08:00,D,4\n"
    timetable = load(tmp_path, rows)
    assert [stop for stop, _, _ in calls(timetable)] == ["A", "D"]
    assert "feed: 2 stop times at stops that stops.txt lacks dropped: (blank), Q" in timetable.notes


def test_references_to_nothing_that_empty_the_timetable_are_an_error(tmp_path: Path) -> None:
    stop_times = (
        f"{HEADER}\nT1,8:00:00,8:00:00,X,1\nT1,8:02:00,8:02:00,Y,2\nT2,8:00:00,8:00:00,A,1\n"
    )
    with pytest.raises(
        FeedError, match=r"no trip on 2026-03-03 can be ridden: .* fewer than two usable stops"
    ):
        load_timetable(write_feed(tmp_path / "a", small_feed(stop_times=stop_times)), DAY)


def test_trips_with_fewer_than_two_usable_stops_are_dropped(tmp_path: Path) -> None:
    timetable = load(tmp_path, "T1,8:00:00,8:00:00,A,1\nT1,8:02:00,8:02:00,Q,2\n")
    assert timetable.trips["trip_id"].tolist() == ["T2"]
    assert "feed: 1 trip with fewer than two usable stops dropped: T1" in timetable.notes


@pytest.mark.parametrize("numbers", [("-2", "0", "3"), ("0.5", "0.75", "2"), ("1.0", "2.0", "3.0")])
def test_odd_stop_sequences_are_used_in_order_of_size(
    tmp_path: Path, numbers: tuple[str, ...]
) -> None:
    rows = [f"T1,8:0{k}:00,8:0{k}:00,{'ABD'[k]},{numbers[k]}\n" for k in (2, 0, 1)]
    timetable = load(tmp_path, "".join(rows))
    assert [stop for stop, _, _ in calls(timetable)] == ["A", "B", "D"]
    assert any("stop_sequence" in note for note in timetable.notes) == (numbers[0] != "1.0")


@pytest.mark.parametrize("number", ["", "x", "nan"])
def test_a_stop_sequence_that_cannot_be_read_drops_the_trip(tmp_path: Path, number: str) -> None:
    timetable = load(tmp_path, f"T1,8:00:00,8:00:00,A,1\nT1,8:02:00,8:02:00,B,{number}\n")
    assert timetable.trips["trip_id"].tolist() == ["T2"]
    assert "feed: 1 trip with a stop_sequence that cannot be read dropped: T1" in timetable.notes


def test_one_stop_sequence_twice_is_put_in_order_of_time(tmp_path: Path) -> None:
    rows = "T1,8:00:00,8:00:00,A,1\nT1,8:05:00,8:05:00,C,2\nT1,8:02:00,8:02:00,B,2\nT1,8:08:00,8:08:00,D,3\n"
    timetable = load(tmp_path, rows)
    assert [stop for stop, _, _ in calls(timetable)] == ["A", "B", "C", "D"]
    assert "feed: 1 trip with one stop_sequence twice put in order of time: T1" in timetable.notes


@pytest.mark.parametrize("time", ["", "8:02:00"])
def test_one_stop_sequence_twice_without_order_drops_the_trip(tmp_path: Path, time: str) -> None:
    rows = (
        f"T1,8:00:00,8:00:00,A,1\nT1,{time},,C,2\nT1,8:02:00,8:02:00,B,2\nT1,8:08:00,8:08:00,D,3\n"
    )
    timetable = load(tmp_path, rows)
    assert timetable.trips["trip_id"].tolist() == ["T2"]
    assert any("do not tell which comes first dropped: T1" in note for note in timetable.notes)


def test_repeated_rows_count_once(tmp_path: Path) -> None:
    rows = "T1,8:00:00,8:00:00,A,1\nT1,8:02:00,8:02:00,B,2\n"
    timetable = load(tmp_path, rows + rows)
    assert [stop for stop, _, _ in calls(timetable)] == ["A", "B"]
    assert "feed: 2 stop times that repeat another dropped" in timetable.notes


def test_duplicate_trips_and_routes(tmp_path: Path) -> None:
    trips = (
        "route_id,service_id,trip_id,trip_headsign\n"
        "R,daily,T1,b\nR,daily,T2,x\nR,daily,T1,a\nR,daily,T2,x\n,daily,,\n"
    )
    routes = "route_id,route_short_name,route_type\nR,2,3\nR,1,3\n"
    for order in (1, -1):
        shuffled = (
            "\n".join([trips.split("\n", maxsplit=1)[0], *trips.split("\n")[1:-1][::order]]) + "\n"
        )
        timetable = load(
            tmp_path / str(order),
            "T1,8:00:00,8:00:00,A,1\nT1,8:02:00,8:02:00,B,2\n",
            trips=shuffled,
            routes=routes,
        )
        assert timetable.trips["headsign"].tolist() == ["a", "x"]
        assert timetable.trips["line"].tolist() == ["1", "1"]
        assert "feed: 1 row of trips.txt without trip_id dropped" in timetable.notes
        assert "feed: 1 row of trips.txt that repeat another row dropped" in timetable.notes
        assert (
            "feed: 1 row of trips.txt dropped whose trip_id another row has: T1" in timetable.notes
        )
        assert (
            "feed: 1 row of routes.txt dropped whose route_id another row has: R" in timetable.notes
        )


def types(tmp_path: Path, on_demand: str = "as_coded") -> Timetable:
    stop_times = (
        f"{HEADER},pickup_type,drop_off_type\n"
        "T1,8:00:00,8:00:00,A,1,,1\nT1,8:02:00,8:02:00,B,2,1,0\nT1,8:03:00,8:03:00,C,3,3,3\n"
        "T1,8:08:00,8:08:00,D,4,2,2\nT1,8:09:00,8:09:00,C,5,0,9\n"
    )
    feed = write_feed(tmp_path / "feed", small_feed(stop_times=stop_times))
    return load_timetable(feed, DAY, on_demand=on_demand)  # type: ignore[arg-type]


def test_trap_pickup_types(tmp_path: Path) -> None:
    """Nobody gets on at 1, nobody who cannot phone ahead at 2; 3, asking the driver, is no obstacle."""
    timetable = types(tmp_path)
    assert timetable.board.tolist() == [True, False, True, False, True]
    assert timetable.alight.tolist() == [False, True, True, False, True]
    assert any(
        note.startswith("feed: 1 stop time where one must phone ahead not used")
        for note in timetable.notes
    )
    assert (
        "feed: 1 pickup_type or drop_off_type not from 0 to 3 taken for 0 (regular)"
        in timetable.notes
    )


def test_booked_service_can_be_included(tmp_path: Path) -> None:
    timetable = types(tmp_path, "include")
    assert timetable.board.tolist() == [True, False, True, True, True]
    assert timetable.alight.tolist() == [False, True, True, True, True]
    with pytest.raises(ProjectError, match="on_demand must be one of"):
        types(tmp_path, "perhaps")


def test_trap_on_demand_coded_as_every_stop_to_every_stop(tmp_path: Path) -> None:
    pairs = [(a, b) for a in "ABCD" for b in "ABCD" if a != b]
    trips = "route_id,service_id,trip_id\nR,daily,T2\n" + "".join(
        f"X,daily,{a}{b}\n" for a, b in pairs
    )
    routes = "route_id,route_short_name,route_type\nR,1,3\nX,belbus,3\n"
    rows = "".join(
        f"{a}{b},8:00:00,8:00:00,{a},1\n{a}{b},8:10:00,8:10:00,{b},2\n" for a, b in pairs
    )
    timetable = load(tmp_path, rows, trips=trips, routes=routes)
    assert timetable.trips.groupby("route_id")["on_demand"].agg(
        ["sum", "size"]
    ).to_numpy().tolist() == [
        [0, 1],
        [12, 12],
    ]
    assert any(
        "1 route coded as a trip from every stop to every stop" in note for note in timetable.notes
    )
    assert any(
        "12 trips of the date look like on-demand service" in note for note in timetable.notes
    )
    without = load_timetable(tmp_path / "feed", DAY, on_demand="exclude")
    assert without.trips["route_id"].tolist() == ["R"]


def test_a_shuttle_of_two_stops_is_no_on_demand_service(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id\nR,daily,T1\nR,daily,T2\n"
    assert (
        not load(tmp_path, "T1,8:00:00,8:00:00,A,1\nT1,8:08:00,8:08:00,D,2\n", trips=trips)
        .trips["on_demand"]
        .any()
    )


def test_trips_that_can_only_be_booked_and_types_that_say_so_are_tagged(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id\nR,daily,T1\nX,daily,T2\n"
    routes = "route_id,route_short_name,route_type\nR,1,3\nX,2,715\n"
    stop_times = f"{HEADER},pickup_type\nT1,8:00:00,8:00:00,A,1,2\nT1,8:08:00,8:08:00,D,2,1\n"
    feed = small_feed(
        trips=trips, routes=routes, stop_times=stop_times + SOUND.replace("\n", ",\n")
    )
    timetable = load_timetable(write_feed(tmp_path / "feed", feed), DAY)
    assert timetable.trips["on_demand"].tolist() == [True, True]
    assert timetable.board.tolist() == [False, False, True, True]
    with pytest.raises(FeedError, match="all are on-demand service"):
        load_timetable(tmp_path / "feed", DAY, on_demand="exclude")


@pytest.mark.parametrize(
    ("route_type", "mode"),
    [
        *(
            ("0", 0),
            ("1", 1),
            ("2", 2),
            ("3", 3),
            ("4", 4),
            ("5", 5),
            ("6", 6),
            ("7", 7),
            ("11", 11),
            ("12", 12),
        ),
        *(
            ("100", 2),
            ("109", 2),
            ("200", 3),
            ("401", 1),
            ("700", 3),
            ("715", 3),
            ("800", 11),
            ("900", 0),
        ),
        *(("1000", 4), ("1200", 4), ("1300", 6), ("1400", 7), ("1501", 3)),
    ],
)
def test_route_types(tmp_path: Path, route_type: str, mode: int) -> None:
    timetable = load(
        tmp_path,
        "",
        trips="route_id,service_id,trip_id\nR,daily,T2\n",
        routes=f"route_id,route_type\nR,{route_type}\n",
    )
    assert timetable.trips["mode"].tolist() == [mode]
    assert not any("route_type" in note for note in timetable.notes)


@pytest.mark.parametrize("route_type", ["", "8", "1100", "1700", "bus", "-1"])
def test_unknown_route_types_count_as_bus_and_are_said(tmp_path: Path, route_type: str) -> None:
    timetable = load(
        tmp_path,
        "",
        trips="route_id,service_id,trip_id\nR,daily,T2\n",
        routes=f"route_id,route_type\nR,{route_type}\n",
    )
    assert timetable.trips["mode"].tolist() == [3]
    assert "feed: 1 route of no known route_type taken for buses: R" in timetable.notes


def test_trips_that_overtake_each_other_are_left_as_they_are(tmp_path: Path) -> None:
    """Routing splits them; the loader has nothing to mend."""
    timetable = load(tmp_path, "T1,8:00:00,8:00:00,A,1\nT1,9:30:00,9:30:00,D,2\n")
    assert calls(timetable, "T1") == [("A", 28800, 28800), ("D", 34200, 34200)]
    assert calls(timetable, "T2") == [("A", 32400, 32400), ("D", 32880, 32880)]


def test_trap_size_only_the_trips_of_the_date_are_kept(tmp_path: Path) -> None:
    """16 million stop times fit because the file is read in parts and other days are left out at once."""
    days = 50
    trips = "route_id,service_id,trip_id\n" + "".join(f"R,s{k % days},{k}\n" for k in range(1000))
    dates = "service_id,date,exception_type\n" + "".join(
        f"s{k},202605{k % 28 + 1:02},1\n" for k in range(1, days)
    )
    dates += "s0,20260303,1\n"
    rows = "".join(
        f"{k},8:0{n}:00,8:0{n}:00,{'ABCD'[n]},{n}\n" for k in range(1000) for n in range(4)
    )
    feed = small_feed(
        trips=trips, calendar=None, calendar_dates=dates, stop_times=f"{HEADER}\n{rows}"
    )
    timetable = load_timetable(write_feed(tmp_path / "feed", feed), DAY)
    assert len(timetable.trips) == timetable.feeds.loc[0, "active_trips"] == 20
    assert timetable.feeds.loc[0, "stop_times"] == len(timetable.stop) == 80
