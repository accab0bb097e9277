"""One or several feeds to the timetable of one date, or to a report on whole feeds: the front door of GTFS."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd

from geoaccess.errors import Fault, FeedError, ProjectError
from geoaccess.load.gtfs.calendar import day_start_s, nearest_days
from geoaccess.load.gtfs.feed import Feed, read_feed, used_services
from geoaccess.load.gtfs.files import FeedFiles, find_feed
from geoaccess.load.gtfs.misplaced import Box
from geoaccess.load.gtfs.report import Finding, report_row, report_table
from geoaccess.load.gtfs.rides import (
    SERVICE_DAYS,
    OnDemand,
    Rides,
    active_trips,
    read_journeys,
    rides_around,
)
from geoaccess.load.timetable import Timetable

Feeds = str | Path | Sequence[str | Path]

#: stops this far (degrees) outside the box of the streets are still near them
_NEAR_DEGREES = 0.05
_YEARS = (1970, 2199)


def load_timetable(
    feeds: Feeds,
    date: str | dt.date,
    *,
    near: Box | None = None,
    on_demand: OnDemand = "as_coded",
) -> Timetable:
    """Read all trips that can be used on one date.

    Parameters
    ----------
    feeds : zip or folder of a GTFS feed, or several of them; with several, every id becomes "feed:id".
    date : service day, a date or "2026-11-24".
    near : lon_min, lat_min, lon_max, lat_max of the streets (degrees). Stops in there are never taken for misplaced,
        and a timetable without a single stop near there is an error.
    on_demand : service that has to be booked. "as_coded": where the feed says that one must phone ahead (pickup_type or
        drop_off_type 2), one cannot get on or off, as the traveller of this package is no subscriber and may not speak
        the language; to ask the driver (3) is no obstacle. "exclude": trips tagged as on-demand service (column
        on_demand of Timetable.trips) are left out as well. "include": booked service counts as regular.

    Returns
    -------
    Timetable
        whose trips have, besides the columns of the contract, `on_demand` (bool). Trips of frequencies.txt stand in
        it once for every run, under one trip_id.

    Raises
    ------
    FeedError
        with every fault that makes a feed unfit; a date outside a feed's range, or without a single trip, is one.
    ProjectError
        where an argument makes no sense.
    """
    day = _as_date(date)
    if on_demand not in get_args(OnDemand):
        choice = ", ".join(get_args(OnDemand))
        raise ProjectError(Fault(f"on_demand must be one of {choice}", value=str(on_demand)))
    loaded, broken = _read_feeds(feeds)
    faults = [*broken, *_span_faults(loaded, day)] or _idle_faults(loaded, day)
    if faults:
        raise FeedError(faults)
    zones = [feed.timezone for feed in loaded if feed.timezone]
    home = zones[0] if zones else "UTC"
    start_s = day_start_s(day, home)
    rides: list[Rides] = []
    for feed in loaded:
        shifts_s = [
            day_start_s(day + dt.timedelta(days=step), feed.timezone or home) - start_s
            for step in SERVICE_DAYS
        ]
        try:
            rides.append(rides_around(feed, day, shifts_s, near, on_demand))
        except FeedError as error:
            faults += error.faults
    if faults:
        raise FeedError(faults)
    if near is not None:
        _check_near(rides, near, ", ".join(feed.files.label for feed in loaded))
    return _joined(loaded, rides, day, home)


def read_feed_report(feeds: Feeds, *, near: Box | None = None) -> pd.DataFrame:
    """Look at whole feeds, whatever the date: every trip is read and checked.

    The report of a single date, for its trips only, is Timetable.feeds.

    Parameters
    ----------
    feeds, near : as in load_timetable.

    Returns
    -------
    DataFrame
        one row a feed: feed, file, sha256, publisher, version, feed_start_date, feed_end_date (as feed_info.txt says),
        timezone, first_date, last_date (of service), active_trips (missing here), trips, routes, modes (routes per
        mode), stops, stop_times, and in sentences what was repaired, dropped, quarantined, and other remarks.

    Raises
    ------
    FeedError
        with every fault that makes a feed unfit.
    """
    rows = []
    loaded, broken = _read_feeds(feeds)
    if broken:
        raise FeedError(broken)
    for feed in loaded:
        wanted = np.ones(len(feed.trips.ids), dtype=bool)
        _, stop_times, findings = read_journeys(feed, wanted, near)
        rows.append(report_row(feed, [*feed.findings, *findings], None, stop_times))
    return report_table(rows)


def _as_date(date: str | dt.date) -> dt.date:
    if isinstance(date, str):
        try:
            date = dt.date.fromisoformat(date.strip())
        except ValueError as error:
            raise ProjectError(
                Fault("is no date", column="date", value=str(date), remedy="write it as 2026-11-24")
            ) from error
    day = dt.date(date.year, date.month, date.day)
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise ProjectError(Fault("is no date of service", column="date", value=str(day)))
    return day


def _read_feeds(feeds: Feeds) -> tuple[list[Feed], list[Fault]]:
    """Read all feeds but for their stop times; the faults are those of feeds that cannot be read."""
    paths = [Path(feeds)] if isinstance(feeds, (str, Path)) else [Path(path) for path in feeds]
    if not paths:
        raise ProjectError(Fault("no GTFS feed is given", column="gtfs"))
    loaded: list[Feed] = []
    faults: list[Fault] = []
    for path, label, name in zip(paths, _labels(paths), _names(paths), strict=True):
        try:
            files: FeedFiles = find_feed(path, label)
            loaded.append(read_feed(files, name))
        except FeedError as error:
            faults += error.faults
    keys = [feed.sha256 for feed in loaded]
    for place, feed in enumerate(loaded):
        if feed.sha256 in keys[:place]:
            other = loaded[keys.index(feed.sha256)].files.path
            faults.append(
                Fault(f"is the same feed as {other}", str(feed.files.path), remedy="give it once")
            )
    return loaded, faults


def _labels(paths: list[Path]) -> list[str]:
    """Short names for messages: the file name, or the whole path where several feeds have that name."""
    names = [path.name or str(path) for path in paths]
    return [
        name if names.count(name) == 1 else str(path)
        for name, path in zip(names, paths, strict=True)
    ]


def _names(paths: list[Path]) -> list[str]:
    """Names to prefix ids with: the file name without its ending, numbered where it comes again."""
    names: list[str] = []
    for path in paths:
        stem = path.stem if path.suffix.lower() == ".zip" else path.name
        stem = stem or "feed"
        name, number = stem, 1
        while name in names:
            number += 1
            name = f"{stem}-{number}"
        names.append(name)
    return names


def _span_faults(feeds: list[Feed], day: dt.date) -> list[Fault]:
    """Faults for feeds that do not cover the date."""
    faults = []
    for feed in feeds:
        span = feed.service_range
        if span is None:
            problem = "no trip has a day of service: the services of trips.txt are in no calendar"
            faults.append(Fault(problem, feed.files.label, remedy="fetch the feed again"))
        elif not span[0] <= day <= span[1]:
            faults.append(
                Fault(
                    f"the feed covers {span[0]} to {span[1]}, which {day} is not in",
                    feed.files.label,
                    remedy="take a date in that range, or a feed for that date",
                )
            )
    return faults


def _idle_faults(feeds: list[Feed], day: dt.date) -> list[Fault]:
    """Faults for all feeds when no trip at all runs on the date; one of several may have a day off."""
    if any(active_trips(feed, day).any() for feed in feeds):
        return []
    faults = []
    for feed in feeds:
        used = used_services(feed.trips, feed.calendar)
        days = nearest_days(feed.calendar, used, day.toordinal())
        faults.append(
            Fault(
                f"no trip runs on {day}, though the feed covers "
                f"{' to '.join(str(end) for end in feed.service_range or ())}",
                feed.files.label,
                remedy=f"the nearest days with service are {' and '.join(map(str, days)) or 'months away'}",
            )
        )
    return faults


def _check_near(rides: list[Rides], near: Box, label: str) -> None:
    """Refuse a timetable of elsewhere: it would end in walking only, unnoticed."""
    lon = np.concatenate([ride.stops["lon"].to_numpy() for ride in rides])
    lat = np.concatenate([ride.stops["lat"].to_numpy() for ride in rides])
    if not len(lon) or _any_near(lon, lat, near):
        return
    remedy = "give the feed of the region of the streets"
    if _any_near(lat, lon, near):
        remedy = "stop_lat and stop_lon seem to be swapped"
    raise FeedError(
        Fault(
            f"no stop lies near the streets (longitude {near[0]:.2f} to {near[2]:.2f}, latitude {near[1]:.2f} to "
            f"{near[3]:.2f}); the stops lie at {lon.min():.2f} to {lon.max():.2f}, {lat.min():.2f} to {lat.max():.2f}",
            label,
            remedy=remedy,
        )
    )


def _any_near(lon: np.ndarray, lat: np.ndarray, near: Box) -> bool:
    inside = (lon >= near[0] - _NEAR_DEGREES) & (lon <= near[2] + _NEAR_DEGREES)
    inside &= (lat >= near[1] - _NEAR_DEGREES) & (lat <= near[3] + _NEAR_DEGREES)
    return bool(inside.any())


def _joined(feeds: list[Feed], rides: list[Rides], day: dt.date, home: str) -> Timetable:
    """One timetable of the rides of all feeds, ids prefixed where there are several."""
    stops, trips, transfers, first = [], [], [], [np.zeros(1, dtype=np.int64)]
    stop = []
    stops_before = trips_before = calls_before = 0
    for feed, ride in zip(feeds, rides, strict=True):
        prefix = f"{feed.name}:" if len(feeds) > 1 else ""
        stops.append(
            _prefixed(ride.stops, ("stop_id", "parent_station"), prefix).assign(feed=feed.name)
        )
        table = _prefixed(ride.trips, ("trip_id", "route_id"), prefix).assign(feed=feed.name)
        follows = table["next_trip"].to_numpy()
        trips.append(table.assign(next_trip=np.where(follows < 0, -1, follows + trips_before)))
        rules = _prefixed(
            ride.transfers, ("from_route", "to_route", "from_trip", "to_trip"), prefix
        )
        transfers.append(
            rules.assign(
                from_stop=rules["from_stop"] + stops_before, to_stop=rules["to_stop"] + stops_before
            )
        )
        first.append(ride.first[1:] + calls_before)
        stop.append((ride.stop + stops_before).astype(np.int32))
        stops_before += len(ride.stops)
        trips_before += len(ride.trips)
        calls_before += len(ride.stop)
    return Timetable(
        date=day,
        stops=pd.concat(stops, ignore_index=True),
        trips=pd.concat(trips, ignore_index=True),
        first=np.concatenate(first),
        stop=np.concatenate(stop),
        arrival_s=np.concatenate([ride.arrival_s for ride in rides]),
        departure_s=np.concatenate([ride.departure_s for ride in rides]),
        board=np.concatenate([ride.board for ride in rides]),
        alight=np.concatenate([ride.alight for ride in rides]),
        transfers=pd.concat(transfers, ignore_index=True),
        feeds=report_table([ride.report for ride in rides]),
        notes=tuple(_notes(feeds, rides, day, home)),
    )


def _prefixed(table: pd.DataFrame, columns: Sequence[str], prefix: str) -> pd.DataFrame:
    if not prefix:
        return table
    new = {
        column: [f"{prefix}{one}" if one else "" for one in table[column].tolist()]
        for column in columns
    }
    return table.assign(**new)


def _notes(feeds: list[Feed], rides: list[Rides], day: dt.date, home: str) -> list[str]:
    """All findings as sentences, with the feed they are about."""
    notes = []
    for feed, ride in zip(feeds, rides, strict=True):
        findings = list(ride.findings)
        if not ride.report["active_trips"]:
            findings.append(Finding("remark", f"no trip runs on {day}"))
        if feed.timezone and feed.timezone != home:
            text = f"times of {feed.timezone} are turned into those of {home}"
            findings.append(Finding("remark", text))
        notes += [f"{feed.name}: {finding.text}" for finding in findings]
    return notes
