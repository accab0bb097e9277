"""The order of rows in the files of a feed does not matter."""

from __future__ import annotations

import zipfile
from pathlib import Path
from random import Random
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoaccess.load.gtfs import load_timetable
from geoaccess.load.timetable import Timetable
from tests.load.gtfs.feeds import small_feed, write_feed

HEADER = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type"

#: a feed with a bit of everything, faults included
RICH = small_feed(
    stops="""
        stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
        S,Station,52.00,4.350,1,
        A,Aweg,52.00,4.350,,S
        B,Bweg,52.00,4.360,,
        C,Cweg,52.00,4.370,,
        D,Dweg,52.00,4.380,,
        A,Aplein,52.001,4.350,,S
        X,Xweg,36.00,4.380,,
        Z,Zweg,,,,
        """,
    routes="""
        route_id,route_short_name,route_type
        R,1,3
        Q,2,900
        P,3,x
        """,
    trips="""
        route_id,service_id,trip_id,trip_headsign,block_id
        R,daily,T1,Dweg,b
        R,daily,T2,Aweg,b
        Q,extra,T3,Dweg,
        P,daily,T4,Dweg,
        R,daily,T5,Dweg,
        R,daily,T5,Cweg,
        O,daily,T6,Dweg,
        """,
    calendar_dates="""
        service_id,date,exception_type
        extra,20260302,1
        extra,20260303,1
        extra,20260303,1
        """,
    stop_times=f"""
        {HEADER}
        T1,8:00:00,8:00:00,A,1,
        T1,,,B,2,
        T1,,,C,3,2
        T1,8:08:00,8:08:00,D,4,
        T2,8:10:00,8:10:00,D,1,
        T2,8:12:00,8:12:00,X,2,
        T2,8:14:00,8:13:00,B,2,
        T2,8:18:00,8:18:00,A,7,
        T3,23:50:00,23:50:00,B,1,
        T3,24:10:00,24:10:00,Z,2,
        T3,24:30:00,24:30:00,D,3,3
        T4,9:00:00,9:00:00,A,1,
        T4,9:05:00,9:05:00,D,2,
        T5,9:00:00,9:00:00,A,1,
        T5,9:00:00,9:00:00,A,1,
        T5,9:06:00,9:06:00,D,2,
        T9,9:06:00,9:06:00,D,2,
        """,
    frequencies="""
        trip_id,start_time,end_time,headway_secs,exact_times
        T4,6:00:00,8:00:00,1200,0
        T4,7:30:00,9:00:00,900,1
        T4,9:00:00,9:30:00,0,1
        """,
    transfers="""
        from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id
        S,D,2,120,
        A,D,3,,
        D,S,2,60,
        D,A,2,90,
        D,A,2,80,
        Q,A,2,60,
        A,D,1,,T1
        """,
)


def shuffled(files: dict[str, str | bytes], rng: Random) -> dict[str, str | bytes]:
    mixed: dict[str, str | bytes] = {}
    for name, text in files.items():
        content = text if isinstance(text, str) else text.decode()
        header, *rows = dedent(content).strip("\n").splitlines()
        rng.shuffle(rows)
        mixed[name] = "\n".join([header, *rows]) + "\n"
    return mixed


def assert_same(one: Timetable, other: Timetable) -> None:
    for name in ("stops", "trips", "transfers"):
        assert getattr(one, name).equals(getattr(other, name)), name
    for name in ("first", "stop", "arrival_s", "departure_s", "board", "alight"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.notes == other.notes
    assert one.feeds.drop(columns=["sha256", "file"]).equals(
        other.feeds.drop(columns=["sha256", "file"])
    )


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_row_order_does_not_matter(tmp_path_factory: pytest.TempPathFactory, rng: Random) -> None:
    folder = tmp_path_factory.mktemp("feeds")
    plain = load_timetable(write_feed(folder / "a" / "feed", RICH), "2026-03-03")
    mixed = load_timetable(write_feed(folder / "b" / "feed", shuffled(RICH, rng)), "2026-03-03")
    assert len(plain.notes) > 12
    assert_same(plain, mixed)


@pytest.mark.shared
def test_row_order_of_a_real_feed_does_not_matter(shared: Path, tmp_path: Path) -> None:
    path = shared / "newport_uk" / "newport_gtfs.zip"
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "shapes.txt"}
    mixed = write_feed(tmp_path / "newport_gtfs.zip", shuffled(dict(files), Random(1)))
    assert_same(load_timetable(path, "2023-06-13"), load_timetable(mixed, "2023-06-13"))
