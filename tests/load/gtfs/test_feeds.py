"""The front door: dates, service days, several feeds, the feed report. Traps of real feeds are named test_trap_..."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoaccess.errors import FeedError, ProjectError
from geoaccess.load.gtfs import load_timetable, read_feed_report
from geoaccess.load.gtfs.report import REPORT_COLUMNS
from geoaccess.load.timetable import HORIZON_S, Timetable
from tests.load.gtfs.feeds import small_feed, write_feed

DAY = "2026-03-03"
WEEK = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
HEADER = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"


def load(tmp_path: Path, date: str = DAY, **changes: str | bytes | None) -> Timetable:
    return load_timetable(write_feed(tmp_path / "feed", small_feed(**changes)), date)


def starts(timetable: Timetable) -> dict[tuple[str, int], int]:
    first = timetable.departure_s[timetable.first[:-1]].tolist()
    keys = zip(timetable.trips["trip_id"], timetable.trips["service_day"], strict=True)
    return dict(zip(keys, first, strict=True))


def test_the_contract_of_the_timetable(tmp_path: Path) -> None:
    timetable = load(tmp_path)
    assert timetable.date == dt.date(2026, 3, 3)
    assert list(timetable.stops) == ["stop_id", "name", "lon", "lat", "parent_station", "feed"]
    assert list(timetable.trips) == [
        *("trip_id", "route_id", "line", "mode", "headsign", "service_day", "next_trip"),
        *("on_demand", "feed"),
    ]
    assert timetable.stops.iloc[0].tolist() == ["A", "Aweg", 4.35, 52.0, "", "feed"]
    assert timetable.trips.iloc[0].tolist() == ["T1", "R", "1", 3, "Dweg", 0, -1, False, "feed"]
    assert timetable.first.dtype == np.int64
    assert timetable.first.tolist() == [0, 4, 6]
    for array in (timetable.stop, timetable.arrival_s, timetable.departure_s):
        assert array.dtype == np.int32
    assert timetable.board.dtype == timetable.alight.dtype == bool
    assert timetable.stop.tolist() == [0, 1, 2, 3, 0, 3]
    assert timetable.arrival_s.tolist() == [28800, 28920, 29100, 29280, 32400, 32880]
    assert timetable.departure_s.tolist() == [28800, 28950, 29100, 29280, 32400, 32880]
    assert list(timetable.transfers) == [
        *("from_stop", "to_stop", "from_route", "to_route", "from_trip", "to_trip"),
        *("type", "min_transfer_s"),
    ]
    assert timetable.notes == ()
    assert timetable.feeds.loc[0, "active_trips"] == 2


def test_only_stops_that_are_used_are_given(tmp_path: Path) -> None:
    stop_times = f"{HEADER}\nT1,8:00:00,8:00:00,B,1\nT1,8:05:00,8:05:00,D,2\n"
    timetable = load(
        tmp_path, stop_times=stop_times, trips="route_id,service_id,trip_id\nR,daily,T1\n"
    )
    assert timetable.stops["stop_id"].tolist() == ["B", "D"]
    assert timetable.stop.tolist() == [0, 1]


@pytest.mark.parametrize(
    "date", ["2026-03-03", "20260303", dt.date(2026, 3, 3), pd.Timestamp("2026-03-03 08:00")]
)
def test_dates_in_several_forms(tmp_path: Path, date: str | dt.date) -> None:
    assert load_timetable(write_feed(tmp_path / "a", small_feed()), date).date == dt.date(
        2026, 3, 3
    )


@pytest.mark.parametrize("date", ["", "03-03-2026", "2026-02-30", "tomorrow", "9999-12-31"])
def test_what_is_no_date(tmp_path: Path, date: str) -> None:
    with pytest.raises(ProjectError, match="no date"):
        load(tmp_path, date)


def test_no_feed_given() -> None:
    with pytest.raises(ProjectError, match="no GTFS feed is given"):
        load_timetable([], DAY)


# --- dates and service days -----------------------------------------------------------------------------------------


def test_trap_calendar_dates_only(tmp_path: Path) -> None:
    """All of GTFS-NL has no calendar.txt."""
    dates = "service_id,date,exception_type\ndaily,20260303,1\ndaily,20260305,1\n"
    timetable = load(tmp_path, calendar=None, calendar_dates=dates)
    assert timetable.trips["service_day"].tolist() == [0, 0]
    report = timetable.feeds.iloc[0]
    assert (report["first_date"], report["last_date"]) == (dt.date(2026, 3, 3), dt.date(2026, 3, 5))
    with pytest.raises(FeedError, match=r"no trip runs on 2026-03-04.*2026-03-03 and 2026-03-05"):
        load(tmp_path, "2026-03-04", calendar=None, calendar_dates=dates)


def test_calendar_and_exceptions(tmp_path: Path) -> None:
    calendar = f"service_id,{WEEK},start_date,end_date\ndaily,1,1,1,1,1,0,0,20260302,20260313\n"
    dates = "service_id,date,exception_type\ndaily,20260304,2\ndaily,20260307,1\n"
    running = []
    for day in range(1, 16):
        try:
            load(tmp_path / str(day), f"2026-03-{day:02}", calendar=calendar, calendar_dates=dates)
            running.append(day)
        except FeedError:
            pass
    assert running == [2, 3, 5, 6, 7, 9, 10, 11, 12, 13]


@pytest.mark.parametrize("date", ["2025-12-31", "2027-01-01"])
def test_trap_lapsed_feed(tmp_path: Path, date: str) -> None:
    """R5 answers walking only in silence, ferrobus loads every trip."""
    with pytest.raises(FeedError, match=f"the feed covers 2026-01-01 to 2026-12-31, which {date}"):
        load(tmp_path, date)


def test_no_active_trip_on_the_date_is_an_error_although_yesterday_runs_on(tmp_path: Path) -> None:
    calendar = f"service_id,{WEEK},start_date,end_date\ndaily,1,0,1,1,1,1,1,20260101,20261231\n"
    stop_times = f"{HEADER}\nT1,23:50:00,23:50:00,A,1\nT1,25:00:00,25:00:00,B,2\n"
    with pytest.raises(FeedError, match="no trip runs on 2026-03-03"):
        load(tmp_path, calendar=calendar, stop_times=stop_times)


def test_a_feed_whose_services_are_in_no_calendar(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="no trip has a day of service"):
        load(tmp_path, trips="route_id,service_id,trip_id\nR,never,T1\n")


def test_a_feed_that_has_lapsed_by_its_own_word_is_remarked(tmp_path: Path) -> None:
    info = "feed_publisher_name,feed_start_date,feed_end_date,feed_version\nP,20260101,20260201,7\n"
    timetable = load(tmp_path, feed_info=info)
    assert (
        "feed: feed_info.txt vouches for 2026-01-01 to 2026-02-01 only, which 2026-03-03 is not in"
        in timetable.notes
    )
    assert timetable.feeds.loc[0, ["publisher", "version"]].tolist() == ["P", "7"]


def test_bad_dates_and_flags_come_all_at_once_with_their_rows(tmp_path: Path) -> None:
    calendar = (
        f"service_id,{WEEK},start_date,end_date\n"
        "daily,1,1,1,1,1,1,1,20260101,20261231\nx,1,1,1,1,1,1,yes,2026-01-01,20261331\n"
    )
    dates = "service_id,date,exception_type\nx,20260101,1\nx,20260101,3\n"
    with pytest.raises(FeedError) as caught:
        load(tmp_path, calendar=calendar, calendar_dates=dates)
    faults = [(fault.file, fault.row, fault.column, fault.value) for fault in caught.value.faults]
    assert faults == [
        ("feed/calendar.txt", 3, "start_date", "2026-01-01"),
        ("feed/calendar.txt", 3, "end_date", "20261331"),
        ("feed/calendar.txt", 3, "sunday", "yes"),
        ("feed/calendar_dates.txt", 3, "exception_type", "3"),
    ]


def test_a_service_with_two_rows_runs_on_the_days_of_both(tmp_path: Path) -> None:
    calendar = (
        f"service_id,{WEEK},start_date,end_date\n"
        "daily,1,1,1,1,1,1,1,20260101,20260131\ndaily,1,1,1,1,1,1,1,20260301,20260331\n"
    )
    timetable = load(tmp_path / "a", calendar=calendar)
    assert len(timetable.trips) == 2
    assert "several rows in calendar.txt" in timetable.notes[0]
    with pytest.raises(FeedError, match="no trip runs"):
        load(tmp_path / "b", "2026-02-10", calendar=calendar)


def test_a_day_both_added_and_removed_is_removed(tmp_path: Path) -> None:
    dates = "service_id,date,exception_type\ndaily,20260303,1\ndaily,20260303,2\n"
    with pytest.raises(FeedError, match="no trip runs on 2026-03-03"):
        load(tmp_path / "a", calendar_dates=dates)
    assert any(
        "taken as removed" in note
        for note in load(tmp_path / "b", "2026-03-04", calendar_dates=dates).notes
    )


def test_trap_after_midnight(tmp_path: Path) -> None:
    """Trips of the day before that run on, and trips of the day after up to the horizon, are there, shifted."""
    stop_times = (
        f"{HEADER}\nT1,23:50:00,23:50:00,A,1\nT1,25:10:00,25:10:00,B,2\n"
        "T2,7:59:59,7:59:59,A,1\nT2,9:00:00,9:00:00,B,2\n"
    )
    timetable = load(tmp_path, stop_times=stop_times)
    assert starts(timetable) == {
        ("T1", -1): 85800 - 86400,
        ("T1", 0): 85800,
        ("T2", 0): 28799,
        ("T2", 1): 28799 + 86400,
    }
    assert timetable.arrival_s[timetable.first[1] - 1] == 4200
    assert timetable.feeds.loc[0, "active_trips"] == 2


def test_only_trips_under_way_in_the_time_that_counts_are_kept(tmp_path: Path) -> None:
    stop_times = (
        f"{HEADER}\nT1,22:00:00,22:00:00,A,1\nT1,24:00:00,24:00:00,B,2\n"
        "T2,8:00:00,8:00:00,A,1\nT2,9:00:00,9:00:00,B,2\n"
    )
    timetable = load(tmp_path, stop_times=stop_times)
    assert HORIZON_S == 32 * 3600
    assert starts(timetable) == {("T1", 0): 79200, ("T2", 0): 28800}


def test_service_days_run_by_their_own_calendar(tmp_path: Path) -> None:
    """On a Sunday the trips after midnight are those of Saturday."""
    calendar = (
        f"service_id,{WEEK},start_date,end_date\n"
        "sat,0,0,0,0,0,1,0,20260101,20261231\nsun,0,0,0,0,0,0,1,20260101,20261231\n"
    )
    trips = "route_id,service_id,trip_id\nR,sat,T1\nR,sun,T2\n"
    night = "25:00:00,25:00:00,A,1\nT{0},25:30:00,25:30:00,B,2\n"
    stop_times = f"{HEADER}\nT1,{night.format(1)}T2,{night.format(2)}"
    timetable = load(tmp_path, "2026-03-08", calendar=calendar, trips=trips, stop_times=stop_times)
    assert starts(timetable) == {("T1", -1): 3600, ("T2", 0): 90000}


@pytest.mark.parametrize(
    ("date", "before_s", "after_s"),
    [
        ("2026-03-29", -23 * 3600, 24 * 3600),  # summer time began this night
        ("2026-03-28", -24 * 3600, 23 * 3600),
        ("2026-10-25", -25 * 3600, 24 * 3600),  # winter time began this night
        ("2026-10-24", -24 * 3600, 25 * 3600),
        ("2026-03-03", -24 * 3600, 24 * 3600),
    ],
)
def test_service_days_start_at_noon_minus_twelve_hours(
    tmp_path: Path, date: str, before_s: int, after_s: int
) -> None:
    stop_times = (
        f"{HEADER}\nT1,23:30:00,23:30:00,A,1\nT1,26:30:00,26:30:00,B,2\n"
        "T2,6:00:00,6:00:00,A,1\nT2,9:00:00,9:00:00,B,2\n"
    )
    found = starts(load(tmp_path, date, stop_times=stop_times))
    assert found["T1", -1] == 84600 + before_s
    assert found["T2", 1] == 21600 + after_s


def test_without_a_time_zone_days_have_24_hours(tmp_path: Path) -> None:
    stop_times = f"{HEADER}\nT1,23:30:00,23:30:00,A,1\nT1,26:30:00,26:30:00,B,2\n"
    for agency in (None, "agency_name\nA\n", b"", "agency_timezone\nMars/Olympus\n"):
        timetable = load(
            tmp_path / str(agency)[:6], "2026-03-29", agency=agency, stop_times=stop_times
        )
        assert starts(timetable)["T1", -1] == 84600 - 86400
        assert any("no time zone is given" in note for note in timetable.notes)


# --- several feeds --------------------------------------------------------------------------------------------------


def test_several_feeds_have_their_ids_named_after_them(tmp_path: Path) -> None:
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "S,S,52,4.35,1,\nA,A,52,4.35,,S\nD,D,52,4.38,,\n"
    )
    transfers = "from_stop_id,to_stop_id,transfer_type,from_trip_id,from_route_id\nA,D,3,T1,R\n"
    one = write_feed(tmp_path / "x" / "gtfs.zip", small_feed())
    trips = "route_id,service_id,trip_id,block_id\nR,daily,T1,b\nR,daily,T2,b\n"
    stop_times = (
        f"{HEADER}\nT1,8:00:00,8:00:00,A,1\nT1,8:05:00,8:05:00,D,2\n"
        "T2,8:10:00,8:10:00,D,1\nT2,8:20:00,8:20:00,A,2\n"
    )
    other = write_feed(
        tmp_path / "y" / "gtfs.zip",
        small_feed(stops=stops, transfers=transfers, trips=trips, stop_times=stop_times),
    )
    timetable = load_timetable([one, other], DAY)
    assert timetable.trips["trip_id"].tolist() == ["gtfs:T1", "gtfs:T2", "gtfs-2:T1", "gtfs-2:T2"]
    assert timetable.trips["feed"].tolist() == ["gtfs", "gtfs", "gtfs-2", "gtfs-2"]
    assert timetable.trips["route_id"].tolist() == ["gtfs:R"] * 2 + ["gtfs-2:R"] * 2
    assert timetable.trips["next_trip"].tolist() == [-1, -1, 3, -1]
    assert timetable.stops["stop_id"].tolist()[3:] == ["gtfs:D", "gtfs-2:A", "gtfs-2:D"]
    assert timetable.stops["parent_station"].tolist() == ["", "", "", "", "gtfs-2:S", ""]
    assert timetable.first.tolist() == [0, 4, 6, 8, 10]
    assert timetable.stop.tolist()[6:] == [4, 5, 5, 4]
    assert timetable.transfers.iloc[0].tolist() == [4, 5, "gtfs-2:R", "", "gtfs-2:T1", "", 3, -1]
    assert timetable.feeds["feed"].tolist() == ["gtfs", "gtfs-2"]
    assert timetable.feeds["sha256"].nunique() == 2
    alone = load_timetable([other], DAY)
    assert alone.trips["trip_id"].tolist() == ["T1", "T2"]


def test_the_same_feed_twice_is_an_error(tmp_path: Path) -> None:
    """It would double every service."""
    one = write_feed(tmp_path / "x.zip", small_feed())
    (tmp_path / "y.zip").write_bytes(one.read_bytes())
    with pytest.raises(FeedError, match="is the same feed as"):
        load_timetable([one, tmp_path / "y.zip"], DAY)


def test_faults_of_all_feeds_come_at_once(tmp_path: Path) -> None:
    one = write_feed(tmp_path / "x", small_feed(stops=None))
    other = write_feed(tmp_path / "y", small_feed(routes=None))
    with pytest.raises(FeedError) as caught:
        load_timetable([one, other, tmp_path / "z"], DAY)
    assert [fault.file for fault in caught.value.faults] == [
        "x/stops.txt",
        "y/routes.txt",
        str(tmp_path / "z"),
    ]


def test_one_of_several_feeds_may_have_a_day_off_but_not_be_lapsed(tmp_path: Path) -> None:
    weekdays = f"service_id,{WEEK},start_date,end_date\ndaily,1,1,1,1,1,0,0,20260101,20260630\n"
    one = write_feed(tmp_path / "x", small_feed())
    other = write_feed(tmp_path / "y", small_feed(calendar=weekdays))
    timetable = load_timetable([one, other], "2026-03-08")
    assert set(timetable.trips["feed"]) == {"x"}
    assert "y: no trip runs on 2026-03-08" in timetable.notes
    assert timetable.feeds["active_trips"].tolist() == [2, 0]
    with pytest.raises(FeedError, match="y: the feed covers 2026-01-01 to 2026-06-30"):
        load_timetable([one, other], "2026-07-01")


def test_feeds_of_two_time_zones_share_one_clock(tmp_path: Path) -> None:
    british = "agency_name,agency_timezone\nA,Europe/London\n"
    one = write_feed(tmp_path / "x", small_feed())
    other = write_feed(tmp_path / "y", small_feed(agency=british))
    found = starts(load_timetable([one, other], DAY))
    assert found["y:T1", 0] - found["x:T1", 0] == 3600


# --- reports --------------------------------------------------------------------------------------------------------


def test_the_feed_report_looks_at_every_trip(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id\nR,daily,T1\nR,gone,T2\nX,daily,T3\n"
    report = read_feed_report(write_feed(tmp_path / "feed", small_feed(trips=trips)))
    assert list(report) == list(REPORT_COLUMNS)
    row = report.iloc[0]
    assert row["feed"] == "feed"
    assert len(row["sha256"]) == 64
    assert (row["trips"], row["routes"], row["stops"], row["stop_times"]) == (2, 1, 4, 6)
    assert row["modes"] == "bus 1"
    assert pd.isna(row["active_trips"])
    assert "1 trip of routes that routes.txt lacks dropped: X" in row["dropped"]
    assert "1 trip never run, no calendar has their service: gone" in row["dropped"]


def test_a_broken_feed_does_not_hide_that_another_is_lapsed(tmp_path: Path) -> None:
    good = write_feed(tmp_path / "good", small_feed())
    broken = write_feed(tmp_path / "broken", small_feed(trips=None))
    with pytest.raises(FeedError) as caught:
        load_timetable([good, broken], "2031-03-03")
    assert [fault.file for fault in caught.value.faults] == ["broken/trips.txt", "good"]


def test_the_report_of_a_date_says_what_the_notes_say(tmp_path: Path) -> None:
    stop_times = (
        f"{HEADER}\nT1,8:00:00,8:00:00,A,1\nT1,8:05:00,8:05:00,B,2\nT9,8:00:00,8:00:00,A,1\n"
    )
    timetable = load(tmp_path, stop_times=stop_times)
    row = timetable.feeds.iloc[0]
    assert row["active_trips"] == 2
    for text in (
        "1 stop time of trips that trips.txt lacks dropped: T9",
        "1 trip without stop times dropped: T2",
    ):
        assert text in row["dropped"]
        assert f"feed: {text}" in timetable.notes


def test_trap_no_shapes_and_other_optional_files_missing(tmp_path: Path) -> None:
    assert len(load(tmp_path, agency=None, shapes=None).trips) == 2


def test_inputs_are_not_changed(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "a.zip", small_feed())
    before = path.read_bytes()
    feeds = [path]
    load_timetable(feeds, DAY)
    assert path.read_bytes() == before
    assert feeds == [path]
    assert list(tmp_path.iterdir()) == [path]
