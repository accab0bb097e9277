"""Whole GTFS feeds as text: `write_feed(tmp_path / "a.zip", small_feed(stops=...))`."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

#: Four stops on a line in Delft, about 700 m apart, called at by trips T1 (8:00) and T2 (9:00) every day of 2026.
SMALL_FEED = {
    "agency.txt": """
        agency_id,agency_name,agency_url,agency_timezone
        A,Agency,http://example.org,Europe/Amsterdam
        """,
    "stops.txt": """
        stop_id,stop_name,stop_lat,stop_lon
        A,Aweg,52.00,4.350
        B,Bweg,52.00,4.360
        C,Cweg,52.00,4.370
        D,Dweg,52.00,4.380
        """,
    "routes.txt": """
        route_id,agency_id,route_short_name,route_long_name,route_type
        R,A,1,,3
        """,
    "trips.txt": """
        route_id,service_id,trip_id,trip_headsign
        R,daily,T1,Dweg
        R,daily,T2,Dweg
        """,
    "stop_times.txt": """
        trip_id,arrival_time,departure_time,stop_id,stop_sequence
        T1,8:00:00,8:00:00,A,1
        T1,8:02:00,8:02:30,B,2
        T1,8:05:00,8:05:00,C,3
        T1,8:08:00,8:08:00,D,4
        T2,9:00:00,9:00:00,A,1
        T2,9:08:00,9:08:00,D,2
        """,
    "calendar.txt": """
        service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
        daily,1,1,1,1,1,1,1,20260101,20261231
        """,
}


def small_feed(**changes: str | bytes | None) -> dict[str, str | bytes]:
    """SMALL_FEED with files replaced or added (``trips="..."``) or taken out (``trips=None``)."""
    files: dict[str, str | bytes] = {**SMALL_FEED}
    for name, text in changes.items():
        files.pop(f"{name}.txt", None)
        if text is not None:
            files[f"{name}.txt"] = text
    return files


def write_feed(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a feed as a zip (a path that ends in .zip) or as a folder; text is dedented. Returns the path."""
    contents = {
        name: text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode()
        for name, text in files.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
    else:
        for name, content in contents.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)
    return path
