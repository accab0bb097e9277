"""Real feeds: the exact numbers on their dates, compared with a slow count in plain Python, and the time they take."""

from __future__ import annotations

import csv
import datetime as dt
import io
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from geoaccess.errors import FeedError
from geoaccess.load.gtfs import load_timetable
from geoaccess.load.timetable import HORIZON_S, Timetable

pytestmark = pytest.mark.shared

#: name -> files, date, trips active on the date, seconds allowed (a slow machine under load included)
CASES = {
    "newport": (("newport_uk/newport_gtfs.zip",), "2023-06-13", (1343,), 2.0),
    "poa": (
        ("poa_brazil/poa_eptc.zip", "poa_brazil/poa_trensurb.zip"),
        "2019-05-13",
        (2374, 529),
        3.0,
    ),
    "delft": (("delft_htm/htm_tram_20180301_gtfs.zip",), "2018-03-01", (1239,), 2.0),
    "grid": (("grid_region/gtfs.zip",), "2026-03-03", (10707,), 5.0),
    "porto": (("porto_streets/made_up_gtfs.zip",), "2026-03-03", (16543,), 5.0),
}


def load(shared: Path, name: str) -> Timetable:
    paths, date, _, _ = CASES[name]
    return load_timetable([shared / path for path in paths], date)


def table(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        if name not in archive.namelist():
            return []
        text = archive.read(name).decode("utf-8-sig")
    return [
        {key.strip(): (value or "").strip() for key, value in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    ]


def running(path: Path, date: dt.date) -> set[str]:
    """Services that run on a date, worked out row by row."""
    text = date.strftime("%Y%m%d")
    services = {
        row["service_id"]
        for row in table(path, "calendar.txt")
        if row["start_date"] <= text <= row["end_date"] and row[date.strftime("%A").lower()] == "1"
    }
    for row in table(path, "calendar_dates.txt"):
        if row["date"] == text:
            (services.add if row["exception_type"] == "1" else services.discard)(row["service_id"])
    return services


def clock(text: str) -> int | None:
    return (
        sum(int(part) * unit for part, unit in zip(text.split(":"), (3600, 60, 1), strict=True))
        if text
        else None
    )


@pytest.mark.parametrize("name", ["newport", "poa", "delft"])
def test_every_ride_of_the_feed_is_there_and_no_other(shared: Path, name: str) -> None:
    """Trips, stops and given times equal those of a reading in plain Python; interpolated times lie between."""
    paths, text, active, _ = CASES[name]
    date = dt.date.fromisoformat(text)
    timetable = load(shared, name)
    assert timetable.feeds["active_trips"].tolist() == list(active)
    ids = timetable.stops["stop_id"].to_numpy()
    expected: dict[tuple[str, int], list[tuple[str, int | None, int | None]]] = {}
    for path in paths:
        prefix = f"{Path(path).stem}:" if len(paths) > 1 else ""
        services = [running(shared / path, date + dt.timedelta(days=day)) for day in (-1, 0, 1)]
        service_of = {
            row["trip_id"]: row["service_id"] for row in table(shared / path, "trips.txt")
        }
        calls: dict[str, list[dict[str, str]]] = {}
        for row in table(shared / path, "stop_times.txt"):
            calls.setdefault(row["trip_id"], []).append(row)
        for trip, rows in calls.items():
            rows.sort(key=lambda row: int(row["stop_sequence"]))
            times = [
                (prefix + row["stop_id"], clock(row["arrival_time"]), clock(row["departure_time"]))
                for row in rows
            ]
            for day in (-1, 0, 1):
                shift = day * 86400
                start, end = times[0][2], times[-1][1]
                assert start is not None
                assert end is not None
                if (
                    service_of[trip] in services[day + 1]
                    and end + shift > 0
                    and start + shift < HORIZON_S
                ):
                    expected[prefix + trip, day] = [
                        (stop, *(None if at is None else at + shift for at in both))
                        for stop, *both in times
                    ]
    assert len(timetable.trips) == len(expected)
    for row, key in enumerate(
        zip(timetable.trips["trip_id"], timetable.trips["service_day"], strict=True)
    ):
        span = slice(timetable.first[row], timetable.first[row + 1])
        stops, arrival, departure = zip(*expected[key], strict=True)
        assert ids[timetable.stop[span]].tolist() == list(stops)
        for found, given in (
            (timetable.arrival_s[span], arrival),
            (timetable.departure_s[span], departure),
        ):
            assert all(
                at is None or at == second for at, second in zip(given, found.tolist(), strict=True)
            )


@pytest.mark.parametrize("name", CASES)
def test_the_timetable_is_sound(shared: Path, name: str) -> None:
    timetable = load(shared, name)
    first = timetable.first
    assert first[0] == 0
    assert first[-1] == len(timetable.stop) == len(timetable.board) == len(timetable.arrival_s)
    assert np.diff(first).min() >= 2
    assert (timetable.departure_s >= timetable.arrival_s).all()
    inside = np.ones(len(timetable.stop) - 1, dtype=bool)
    inside[first[1:-1] - 1] = False
    assert (timetable.arrival_s[1:] >= timetable.departure_s[:-1])[inside].all()
    assert sorted(set(timetable.stop.tolist())) == list(range(len(timetable.stops)))
    assert timetable.stops["stop_id"].is_unique
    assert (timetable.arrival_s[first[1:] - 1] > 0).all()
    assert (timetable.departure_s[first[:-1]] < HORIZON_S).all()
    follows = timetable.trips["next_trip"].to_numpy()
    joined = np.flatnonzero(follows >= 0)
    assert len(set(follows[joined].tolist())) == len(joined)
    assert (
        timetable.departure_s[first[follows[joined]]] >= timetable.arrival_s[first[joined + 1] - 1]
    ).all()


@pytest.mark.parametrize("name", CASES)
def test_loading_is_quick(shared: Path, name: str) -> None:
    load(shared, name)
    start = time.perf_counter()
    load(shared, name)
    assert time.perf_counter() - start < CASES[name][3]


def test_coach_stops_all_over_the_country_are_kept(shared: Path) -> None:
    """Newport's feed reaches Newcastle and London; the streets near Newport do not make that a mistake."""
    path = shared / "newport_uk" / "newport_gtfs.zip"
    timetable = load_timetable(path, "2023-06-13", near=(-3.12, 51.50, -2.85, 51.68))
    assert timetable.stops["lat"].max() > 54.9
    assert timetable.feeds.loc[0, "quarantined"] == ""


def test_blocks_of_newport_join_trips_at_one_stop(shared: Path) -> None:
    timetable = load(shared, "newport")
    joined = np.flatnonzero((timetable.trips["next_trip"] >= 0).to_numpy())
    assert len(joined) == 28


def test_trams_past_midnight_are_there_the_day_after(shared: Path) -> None:
    """The feed holds one day; on the next there is no service, which is an error and no tail of trams in silence."""
    timetable = load(shared, "delft")
    assert timetable.arrival_s.max() > 86400
    assert timetable.stops["parent_station"].str.startswith("stoparea:").all()
    with pytest.raises(FeedError, match="the feed covers 2018-03-01 to 2018-03-01"):
        load_timetable(shared / "delft_htm" / "htm_tram_20180301_gtfs.zip", "2018-03-02")
