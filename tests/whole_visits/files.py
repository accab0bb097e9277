"""Small regions as real files (OSM XML, GTFS, CSV, project.toml), and the tables that `geoaccess run` makes of them.

Places are metres east and north of a point in the west of the Netherlands. Walking is 4.5 km/h, which is 75 metres a
minute, at most 20 minutes (1,500 metres) at a time; a place on a node of a street is 0 metres from it.
"""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geoaccess.cli import main

LON, LAT = 4.3, 52.0
M_PER_DEGREE = 111_195.08
METRES_A_MINUTE = 75

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
CODES = (
    *("not_linked", "out_of_reach", "no_service_that_day", "no_service_in_free_time"),
    *("closed_in_free_time", "no_way_back", "not_accepting", "no_room", "language"),
)
ALL_DAYS = "1111111"
WORKING_DAYS = "1111100"

Place = tuple[float, float]
#: the bus stops at both ends of a road of 20 km, which nobody walks
CAMP: Place = (0.0, 0.0)
VILLAGE: Place = (20_000.0, 0.0)
ROAD = ((0.0, 0.0), (5_000.0, 0.0), (10_000.0, 0.0), (15_000.0, 0.0), (20_000.0, 0.0))


@dataclass(frozen=True)
class Bus:
    """A trip that calls at places at times (HH:MM), on weekdays given as in calendar.txt."""

    calls: tuple[tuple[Place, str], ...]
    days: str = ALL_DAYS


def out(start: str, end: str, days: str = ALL_DAYS) -> Bus:
    """Bus from the camp to the village."""
    return Bus(((CAMP, start), (VILLAGE, end)), days)


def back(start: str, end: str, days: str = ALL_DAYS) -> Bus:
    """Bus from the village to the camp."""
    return Bus(((VILLAGE, start), (CAMP, end)), days)


#: out at :40, back at :35, half an hour each, from early till late on every day
HOURLY = (
    *(out(f"{hour:02}:40", f"{hour + 1:02}:10") for hour in range(5, 23)),
    *(back(f"{hour:02}:35", f"{hour + 1:02}:05") for hour in range(6, 24)),
)
SITE = {"site_id": "S1", "name": "Kamp", "at": CAMP, "residents": 40}
PRACTICE = {
    "practice_id": "P1",
    "name": "De Grutto",
    "at": VILLAGE,
    "care": "huisarts",
    "fte": 1,
    "listed_patients": 1000,
    "status": "open",
    "status_date": "2026-11-01",
    "opening_hours": "Mo-Fr 08:00-17:00",
    "languages": "nl;pl",
    "interpreter": "no",
}
GROUP = {
    "site_id": "S1",
    "group_id": "kas",
    "share": 1,
    "shift": "06:00-15:00",
    "work_days": "Mo-Fr",
    "commute_min": 30,
    "languages": "pl",
    "registered_share": 1,
}


@dataclass(frozen=True)
class Region:
    """A project, before it is written. ``more`` is appended to project.toml, ``inputs`` to its [inputs]."""

    sites: tuple[Mapping[str, Any], ...] = (SITE,)
    practices: tuple[Mapping[str, Any], ...] = (PRACTICE,)
    groups: tuple[Mapping[str, Any], ...] | None = (GROUP,)
    buses: tuple[Bus, ...] = HOURLY
    streets: tuple[tuple[Place, ...], ...] = (ROAD,)
    #: name -> west, south, east, north in metres
    areas: Mapping[str, tuple[float, float, float, float]] = field(default_factory=dict)
    inhabitants: Mapping[str, int] = field(default_factory=dict)
    date: str = "2026-11-24"
    language: str = "en"
    norm: str = ""
    traveller: str = ""
    more: str = ""

    def site(self, k: int = 0, /, **change: Any) -> Region:
        """Copy of the region with a site changed."""
        return replace(self, sites=_changed(self.sites, k, change))

    def practice(self, k: int = 0, /, **change: Any) -> Region:
        """Copy of the region with a practice changed."""
        return replace(self, practices=_changed(self.practices, k, change))

    def group(self, k: int = 0, /, **change: Any) -> Region:
        """Copy of the region with a group changed."""
        return replace(self, groups=_changed(self.groups or (), k, change))

    def and_practice(self, **values: Any) -> Region:
        """Copy of the region with one practice more."""
        return replace(self, practices=(*self.practices, PRACTICE | values))

    def and_buses(self, *buses: Bus) -> Region:
        """Copy of the region with more trips."""
        return replace(self, buses=(*self.buses, *buses))


def _changed(
    rows: Sequence[Mapping[str, Any]], k: int, change: Mapping[str, Any]
) -> tuple[Mapping[str, Any], ...]:
    return tuple({**row, **change} if n == k else row for n, row in enumerate(rows))


def write(region: Region, folder: Path) -> Path:
    """Write all files of a region and give the path of its project.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    write_table(region.sites, folder / "sites.csv")
    write_table(region.practices, folder / "practices.csv")
    (folder / "region.osm").write_text(_osm(region.streets), "utf-8")
    _write_gtfs(region.buses, folder / "gtfs.zip")
    lines = [
        "[project]",
        'name = "Test"',
        f'language = "{region.language}"',
        'output = "out"',
        "[inputs]",
        'sites = "sites.csv"',
        'practices = "practices.csv"',
        'osm = "region.osm"',
        'gtfs = ["gtfs.zip"]',
    ]
    if region.groups is not None:
        write_table(region.groups, folder / "groups.csv")
        lines.append('groups = "groups.csv"')
    if region.areas:
        _write_areas(region, folder / "areas.geojson")
        lines.append('areas = "areas.geojson"')
    lines += ["[traveller]", region.traveller, "[when]", f"date = {region.date}"]
    lines += ["[norm]", region.norm, region.more]
    (folder / "project.toml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder / "project.toml"


def write_table(rows: Sequence[Mapping[str, Any]], path: Path, separator: str = ",") -> None:
    """Write rows as CSV; a place becomes lon and lat, and columns are those of all rows."""
    flat = []
    for row in rows:
        values = dict(row)
        if "at" in values:
            lon, lat = degrees(values.pop("at"))
            values |= {"lon": f"{lon:.9f}", "lat": f"{lat:.9f}"}
        flat.append({key: "" if value is None else value for key, value in values.items()})
    columns = dict.fromkeys(key for row in flat for key in row)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(columns), delimiter=separator, restval="")
        writer.writeheader()
        writer.writerows(flat)


def degrees(place: Place) -> tuple[float, float]:
    """Longitude and latitude of a place in metres."""
    lon = LON + place[0] / (M_PER_DEGREE * math.cos(math.radians(LAT)))
    return round(lon, 9), round(LAT + place[1] / M_PER_DEGREE, 9)


def _osm(streets: Sequence[Sequence[Place]]) -> str:
    number: dict[Place, int] = {}
    for street in streets:
        for place in street:
            number.setdefault(place, len(number) + 1)
    parts = ['<osm version="0.6">']
    for place, k in number.items():
        lon, lat = degrees(place)
        parts.append(f'<node id="{k}" lon="{lon:.9f}" lat="{lat:.9f}"/>')
    for k, street in enumerate(streets, start=1):
        refs = "".join(f'<nd ref="{number[place]}"/>' for place in street)
        parts.append(f'<way id="{k}">{refs}<tag k="highway" v="residential"/></way>')
    return "\n".join([*parts, "</osm>"])


def _write_gtfs(buses: Sequence[Bus], path: Path) -> None:
    places = list(dict.fromkeys(place for bus in buses for place, _ in bus.calls))
    days = list(dict.fromkeys(bus.days for bus in buses))
    stops = [
        [f"s{k}", f"Halte {k}", *(f"{x:.9f}" for x in degrees(place)[::-1])]
        for k, place in enumerate(places)
    ]
    calls = [
        [f"t{k}", f"{time}:00", f"{time}:00", f"s{places.index(place)}", n]
        for k, bus in enumerate(buses)
        for n, (place, time) in enumerate(bus.calls, start=1)
    ]
    week = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
    files: dict[str, tuple[str, list[list[Any]]]] = {
        "agency.txt": (
            "agency_id,agency_name,agency_url,agency_timezone",
            [["A", "Streekbus", "https://example.org", "Europe/Amsterdam"]],
        ),
        "stops.txt": ("stop_id,stop_name,stop_lat,stop_lon", stops),
        "routes.txt": ("route_id,agency_id,route_short_name,route_type", [["R", "A", "36", 3]]),
        "calendar.txt": (
            f"service_id,{week},start_date,end_date",
            [[f"d{one}", *one, "20260101", "20261231"] for one in days],
        ),
        "trips.txt": (
            "route_id,service_id,trip_id",
            [["R", f"d{bus.days}", f"t{k}"] for k, bus in enumerate(buses)],
        ),
        "stop_times.txt": ("trip_id,arrival_time,departure_time,stop_id,stop_sequence", calls),
    }
    with zipfile.ZipFile(path, "w") as feed:
        for name, (header, rows) in files.items():
            text = io.StringIO()
            text.write(header + "\n")
            csv.writer(text, lineterminator="\n").writerows(rows)
            feed.writestr(name, text.getvalue())


def _write_areas(region: Region, path: Path) -> None:
    features = []
    for name, (west, south, east, north) in region.areas.items():
        ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        properties: dict[str, Any] = {"area_id": name, "name": name}
        if region.inhabitants:
            properties["aantal_inwoners"] = region.inhabitants[name]
        features.append(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Polygon", "coordinates": [[degrees(p) for p in ring]]},
            }
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")


@dataclass(frozen=True)
class Tables:
    """What a run left behind, as text, and the folder that it is in."""

    folder: Path
    visits: pd.DataFrame
    reasons: pd.DataFrame
    cascade: pd.DataFrame
    capacity: pd.DataFrame
    unplaced: pd.DataFrame
    record: dict[str, Any]

    @property
    def warnings(self) -> str:
        """All warnings of run.json as one text."""
        return "\n".join(self.record["warnings"])

    @property
    def days(self) -> list[str]:
        """Days with a feasible visit, of whatever site, in the order of the file."""
        return self.visits.loc[self.visits["feasible"].map(is_true), "day"].tolist()

    def visit(self, day: str = "mo", **where: str) -> pd.Series:
        """The one visit on a day."""
        return only(self.visits, day=day, **where)

    def reason(self, **where: str) -> pd.Series:
        """The one row of reasons."""
        return only(self.reasons, **where)


def only(table: pd.DataFrame, **where: str) -> pd.Series:
    """The one row that has these values."""
    found = table
    for column, value in where.items():
        found = found[found[column] == value]
    assert len(found) == 1, f"{len(found)} rows for {where}:\n{table.to_string()}"
    return found.iloc[0]


def is_true(text: str) -> bool:
    """Read yes or no as files have it."""
    word = text.strip().lower()
    assert word in {"true", "false", "1", "0", "ja", "nee", "yes", "no"}, text
    return word in {"true", "1", "ja", "yes"}


def call(*words: object) -> int:
    """Exit code of the command line."""
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def run(region: Region, folder: Path, *options: str) -> Tables:
    """Write a region, run it, and read what it made."""
    project = write(region, folder)
    assert call("run", project, *options) == 0
    return read(folder / "out", region.language)


def read(folder: Path, language: str = "en") -> Tables:
    """Read the tables of a run."""
    return Tables(
        folder,
        *(
            read_csv(folder / f"{name}.csv", language)
            for name in ("visits", "reasons", "cascade", "capacity", "unplaced")
        ),
        record=json.loads((folder / "run.json").read_text("utf-8")),
    )


def read_csv(path: Path, language: str = "en") -> pd.DataFrame:
    """Read one table of a run as text, with a decimal point."""
    table = pd.read_csv(
        path,
        sep="," if language == "en" else ";",
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
    )
    return table


def persons(column: pd.Series) -> float:
    """Sum of persons in a column of text."""
    return math.fsum(float(text.replace(",", ".")) for text in column if text)


def visit_of(row: pd.Series) -> dict[str, str]:
    """Times of a visit as the issue names them."""
    return {name: row[name] for name in ("leave", "arrive", "start", "end", "home")}
