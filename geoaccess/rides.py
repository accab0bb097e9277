"""The rides that a project.toml names: timetable, lines without one, and vans of employers."""

from __future__ import annotations

import difflib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from geoaccess.errors import Fault, FeedError, InputError, ProjectError
from geoaccess.load.gtfs import load_timetable, load_week, read_feed_report
from geoaccess.load.lines.draw import check_runs
from geoaccess.load.lines.lines import Lines, load_lines
from geoaccess.load.streets import box_of
from geoaccess.load.vans import Van, VanStop
from geoaccess.tables import lonlat

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd

    from geoaccess.load.gtfs import WeekRides
    from geoaccess.load.streets import Streets
    from geoaccess.load.timetable import Timetable
    from geoaccess.schema import VanStopTable
    from geoaccess.settings import Settings

Loaded = TypeVar("Loaded")

#: lines are of elsewhere when no stop lies within this of the streets
NEAR_DEGREES = 0.2


def project_timetable(
    settings: Settings, streets: Streets | None, faults: list[Fault]
) -> Timetable | None:
    """Load the timetable of the date, if the project has one; stops in the region of the streets are trusted."""
    return _from_feeds(settings, faults, partial(load_timetable, near=box_of(streets)))


def project_week(
    settings: Settings, streets: Streets | None, faults: list[Fault]
) -> WeekRides | None:
    """Load the timetables of the week that holds the date, if the project has feeds, as `project_timetable` does."""
    return _from_feeds(settings, faults, partial(load_week, near=box_of(streets)))


def _from_feeds(
    settings: Settings,
    faults: list[Fault],
    load: Callable[[tuple[Path, ...], dt.date], Loaded],
) -> Loaded | None:
    """Load what the feeds say of the date; their faults join the others."""
    if not settings.gtfs:
        return None
    try:
        if settings.when.date is not None:
            return load(settings.gtfs, settings.when.date)
        # a fault already; those of the feeds belong beside it
        read_feed_report(settings.gtfs)
    except InputError as error:
        faults += error.faults
    return None


def project_lines(
    settings: Settings, streets: Streets | None, faults: list[Fault], notes: list[str]
) -> Lines | None:
    """Load the lines of the project; where none were asked for, their absence is a note and not a fault.

    Parameters
    ----------
    settings : the project.toml.
    streets : of the region, None where they are at fault.
    faults, notes : get what is found.
    """
    if settings.lines is None or (settings.lines == settings.osm and streets is None):
        return None
    try:
        lines = load_lines(settings.lines)
        if settings.when.date is not None:
            check_runs(lines, settings.when.date)
        if streets is not None:
            _check_near(lines, streets)
    except FeedError as error:
        if settings.lines_asked:
            faults += error.faults
        else:
            notes += [f"no lines are used: {fault}" for fault in error.faults]
        return None
    if settings.when.date is None:
        if all(fault.key != "when.date" for fault in faults):
            problem = f"the lines of public transport in {lines.source} need the date to travel on"
            remedy = "add date = 2026-11-24 under [when], or lines = false under [inputs] for walking only"
            faults.append(Fault(problem, settings.file.name, key="when.date", remedy=remedy))
        return None
    return lines


def project_vans(
    settings: Settings,
    sites: gpd.GeoDataFrame | None,
    practices: gpd.GeoDataFrame | None,
    faults: list[Fault],
) -> tuple[Van, ...]:
    """Vans of the project with the places of their stops; those at fault are left out.

    Parameters
    ----------
    settings : the project.toml.
    sites, practices : tables in which stops are looked up; None where they are at fault.
    faults : gets what is found.
    """
    tables = {"site_id": sites, "practice_id": practices}
    vans = []
    for table in settings.vans:
        found: list[Fault] = []
        stops = [
            _stop(stop, tables, f"stops[{k}]", found) for k, stop in enumerate(table.stops, start=1)
        ]
        # a stop without a place must not hide what is wrong with the times
        given = [
            stop or VanStop(told.minutes, 0.0, 0.0)
            for stop, told in zip(stops, table.stops, strict=True)
        ]
        try:
            van = Van(table.name, given, table.departures, table.days)
        except ProjectError as error:
            found += error.faults
        else:
            vans += [van] if all(stops) else []
        faults += [
            replace(fault, file=settings.file.name, key=f'van "{table.name}".{fault.key}')
            for fault in found
        ]
    return tuple(vans)


def _stop(
    told: VanStopTable,
    tables: dict[str, gpd.GeoDataFrame | None],
    key: str,
    faults: list[Fault],
) -> VanStop | None:
    """Stop with its place, which is that of a site, of a practice, or told in degrees; None where it has none."""
    place = "lat and lon" if told.lat is not None or told.lon is not None else None
    ways = [way for way in ("site_id", "practice_id") if getattr(told, way) is not None]
    ways += [place] if place else []
    if len(ways) != 1 or (place and (told.lat is None or told.lon is None)):
        problem = "must have one place" if len(ways) != 1 else "has only half a place"
        remedy = "give a site_id, or a practice_id, or both lat and lon"
        said = ", ".join(ways) or "none"
        faults.append(Fault(problem, key=key, value=said, remedy=remedy))
        return None
    if told.lat is not None and told.lon is not None:
        return VanStop(told.minutes, told.lon, told.lat, told.name)
    return _stop_of(told, ways[0], tables[ways[0]], key, faults)


def _stop_of(
    told: VanStopTable,
    way: str,
    table: gpd.GeoDataFrame | None,
    key: str,
    faults: list[Fault],
) -> VanStop | None:
    """Stop at the site or practice of an id."""
    if table is None:  # its own faults tell why
        return None
    wanted, ids = str(getattr(told, way)), [str(known) for known in table[way]]
    if wanted not in ids:
        near = difflib.get_close_matches(wanted, ids, n=1, cutoff=0.0)
        remedy = f"did you mean '{near[0]}'?" if near else "the table is empty"
        faults.append(Fault("there is no such id", key=f"{key}.{way}", value=wanted, remedy=remedy))
        return None
    row = table.iloc[[ids.index(wanted)]]
    name = row["name"].iloc[0] if "name" in row.columns else ""
    lon, lat = lonlat(row)
    known = wanted if pd.isna(name) else str(name).strip() or wanted
    return VanStop(told.minutes, float(lon[0]), float(lat[0]), told.name or known)


def _check_near(lines: Lines, streets: Streets) -> None:
    """Refuse lines of elsewhere: they would end in walking only, unnoticed."""
    west, south, east, north = box_of(streets) or (-180.0, -90.0, 180.0, 90.0)
    lon, lat = lines.stops["lon"].to_numpy(float), lines.stops["lat"].to_numpy(float)
    inside = (lon >= west - NEAR_DEGREES) & (lon <= east + NEAR_DEGREES)
    inside &= (lat >= south - NEAR_DEGREES) & (lat <= north + NEAR_DEGREES)
    if not inside.any():
        problem = f"no stop of its lines lies near the streets of {streets.source}"
        remedy = "give an extract of the region of the streets"
        raise FeedError(Fault(problem, lines.source, remedy=remedy))
