"""Trips that are repeated every so many minutes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geoaccess.errors import FeedError
from geoaccess.load.gtfs import frequencies, load_timetable
from geoaccess.load.timetable import Timetable
from tests.load.gtfs.feeds import small_feed, write_feed

DAY = "2026-03-03"
HEADER = "trip_id,start_time,end_time,headway_secs,exact_times\n"


def load(tmp_path: Path, rows: str, **changes: str) -> Timetable:
    feed = small_feed(frequencies=HEADER + rows, **changes)
    return load_timetable(write_feed(tmp_path / "feed", feed), DAY)


def starts(timetable: Timetable, trip_id: str = "T1") -> list[int]:
    rows = (
        (timetable.trips["trip_id"] == trip_id) & (timetable.trips["service_day"] == 0)
    ).to_numpy()
    return timetable.departure_s[timetable.first[:-1][rows]].tolist()


def test_trap_frequencies_with_exact_times(tmp_path: Path) -> None:
    timetable = load(tmp_path, "T1,6:00:00,7:00:00,1200,1\nT1,7:00:00,7:40:00,600,1\n")
    assert starts(timetable) == [21600, 22800, 24000, 25200, 25800, 26400, 27000]
    assert starts(timetable, "T2") == [32400]
    first = timetable.first[0]
    assert (timetable.departure_s[first : first + 4] - timetable.departure_s[first]).tolist() == [
        0,
        150,
        300,
        480,
    ]
    assert timetable.feeds.loc[0, "active_trips"] == 2
    assert timetable.notes == ()


def test_trap_frequencies_without_exact_times_repeat_on_every_run(tmp_path: Path) -> None:
    """Peers draw anew on each run, so that no result can be repeated."""
    rows = "T1,6:00:00,9:00:00,1200,0\nT2,6:00:00,9:00:00,1200,\n"
    timetable, again = load(tmp_path / "a", rows), load(tmp_path / "b", rows)
    for trip in ("T1", "T2"):
        found = starts(timetable, trip)
        assert found == starts(again, trip)
        assert set(np.diff(found).tolist()) == {1200}
        assert 21600 <= found[0] < 21600 + 1200
        assert 32400 - 1200 <= found[-1] < 32400
    assert starts(timetable, "T1") != starts(timetable, "T2")
    assert any("2 trips known by headway only (exact_times 0)" in note for note in timetable.notes)


def test_phases_are_spread_over_the_headway(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id\n" + "".join(f"R,daily,T{k}\n" for k in range(1, 200))
    stop_times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + "".join(
        f"T{k},0:00:00,0:00:00,A,1\nT{k},0:05:00,0:05:00,B,2\n" for k in range(1, 200)
    )
    rows = "".join(f"T{k},6:00:00,7:00:00,3600,0\n" for k in range(1, 200))
    timetable = load(tmp_path, rows, trips=trips, stop_times=stop_times)
    phases = [second - 21600 for k in range(1, 200) for second in starts(timetable, f"T{k}")]
    assert len(phases) == 199
    counts, _ = np.histogram(phases, bins=6, range=(0, 3600))
    assert counts.min() > 15


def test_a_block_shorter_than_its_headway_has_one_run(tmp_path: Path) -> None:
    found = starts(load(tmp_path, "T1,8:00:00,8:01:00,3600,0\n"))
    assert len(found) == 1
    assert 28800 <= found[0] < 28860


def test_runs_after_midnight(tmp_path: Path) -> None:
    timetable = load(tmp_path, "T1,23:30:00,25:30:00,1800,1\n")
    table = timetable.trips[timetable.trips["trip_id"] == "T1"]
    begin = timetable.departure_s[timetable.first[:-1]][table.index].tolist()
    assert list(zip(table["service_day"], begin, strict=True)) == [
        (-1, 0),
        (-1, 1800),
        (-1, 3600),
        (0, 84600),
        (0, 86400),
        (0, 88200),
        (0, 90000),
    ]


def test_overlapping_rows_are_cut_off_and_said(tmp_path: Path) -> None:
    rows = ["T1,6:00:00,8:00:00,1800,1\n", "T1,7:00:00,8:00:00,900,1\n"]
    for place, order in enumerate((rows, rows[::-1])):
        timetable = load(tmp_path / str(place), "".join(order))
        assert starts(timetable) == [21600, 23400, 25200, 26100, 27000, 27900]
        assert (
            "feed: overlapping rows of frequencies.txt cut off where the next begins, 1 trip: T1"
            in timetable.notes
        )


@pytest.mark.parametrize("headway", ["0", "", "-600", "often"])
def test_rows_without_a_headway_are_dropped_and_said(tmp_path: Path, headway: str) -> None:
    timetable = load(tmp_path, f"T1,6:00:00,8:00:00,{headway},1\nT1,8:00:00,8:20:00,600,1\n")
    assert starts(timetable) == [28800, 29400]
    assert any(
        "1 row of frequencies.txt without a headway above 0" in note for note in timetable.notes
    )


def test_a_trip_without_a_usable_row_does_not_run(tmp_path: Path) -> None:
    """Its stop times are a pattern, not a ride."""
    timetable = load(tmp_path, "T1,8:00:00,6:00:00,600,1\nT9,6:00:00,8:00:00,600,1\n")
    assert timetable.trips["trip_id"].tolist() == ["T2"]
    assert any(
        "1 row of frequencies.txt for trips that trips.txt lacks dropped: T9" in note
        for note in timetable.notes
    )


def test_absurdly_many_runs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequencies, "MAX_RUNS", 100)
    with pytest.raises(FeedError, match="asks for 86,400 runs, the limit is 100"):
        load(tmp_path, "T1,0:00:00,24:00:00,1,1\n")


def test_repeated_trips_are_not_joined_in_blocks(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id,block_id\nR,daily,T1,b\nR,daily,T2,b\n"
    timetable = load(tmp_path, "T1,6:00:00,7:00:00,1200,1\n", trips=trips)
    assert (timetable.trips["next_trip"] == -1).all()
    assert (
        "feed: 1 trip of frequencies.txt not joined to the next of their block" in timetable.notes
    )
