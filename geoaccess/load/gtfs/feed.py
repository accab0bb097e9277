"""One GTFS feed but for its stop times: everything that is small, read and checked once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow.compute as pc

from geoaccess.errors import FeedError
from geoaccess.load.gtfs.calendar import Calendar, as_date, read_calendar, service_range
from geoaccess.load.gtfs.columns import picked, positions, unique_rows
from geoaccess.load.gtfs.files import FeedFiles, content_key
from geoaccess.load.gtfs.frequencies import Frequencies, read_frequencies
from geoaccess.load.gtfs.report import Finding, listed
from geoaccess.load.gtfs.routes import Routes, read_routes
from geoaccess.load.gtfs.stops import Stops, read_stops
from geoaccess.load.gtfs.tables import COLUMNS, UNREAD_FILES, Array, Rows, check_headers, read_rows
from geoaccess.load.gtfs.transfers import Transfers, read_transfers
from geoaccess.load.phrases import counted


@dataclass(frozen=True, eq=False)
class Trips:
    """Trips in order of their id, without those of routes that routes.txt lacks.

    Attributes
    ----------
    ids, headsign : pyarrow string arrays (t,).
    route : int64 (t,); route number.
    service : int64 (t,); service number, -1 where no calendar has it.
    block : int64 (t,); number of the block, -1 for none.
    """

    ids: Any
    headsign: Any
    route: Array
    service: Array
    block: Array


@dataclass(frozen=True, eq=False)
class Feed:
    """A feed but for its stop times.

    Attributes
    ----------
    name : what its ids are prefixed with where there are several feeds.
    files : where it is.
    sha256 : key of its content.
    info : publisher, version, feed_start_date, feed_end_date.
    timezone : of its times, "" where the feed does not say.
    calendar, routes, stops, trips, frequencies, transfers : its tables.
    service_range : first and last date with service; None if no trip ever runs.
    findings : what was repaired, dropped, quarantined or is worth knowing.
    """

    name: str
    files: FeedFiles
    sha256: str
    info: dict[str, Any]
    timezone: str
    calendar: Calendar
    routes: Routes
    stops: Stops
    trips: Trips
    frequencies: Frequencies
    transfers: Transfers
    service_range: tuple[dt.date, dt.date] | None
    findings: tuple[Finding, ...]


def read_feed(files: FeedFiles, name: str) -> Feed:
    """Read everything but the stop times of a feed.

    Raises
    ------
    FeedError
        with every file and column that is missing, else with every date that cannot be read.
    """
    faults = check_headers(files)
    if faults:
        raise FeedError(faults)
    calendar, findings = read_calendar(files)
    info, info_findings = _read_info(files)
    agencies, agency_findings = read_rows(files, "agency.txt")
    timezone, zone_findings = _timezone(agencies)
    routes, route_findings = read_routes(files, agencies["agency_id"])
    stops, stop_findings = read_stops(files)
    trips, trip_findings = _read_trips(files, routes, calendar)
    frequencies, frequency_findings = read_frequencies(files, trips.ids)
    transfers, transfer_findings = read_transfers(files, stops.ids, routes.ids, trips.ids)
    findings += [
        *info_findings,
        *agency_findings,
        *zone_findings,
        *route_findings,
        *stop_findings,
        *trip_findings,
        *frequency_findings,
        *transfer_findings,
    ]
    strange = sorted(set(files.members) - set(COLUMNS) - set(UNREAD_FILES))
    if strange:
        text = (
            f"{counted(len(strange), 'file')} of no name known to GTFS not read: {listed(strange)}"
        )
        findings.append(Finding("remark", text))
    if files.folder:
        findings.append(Finding("remark", f"the feed lies in the folder {files.folder} inside"))
    return Feed(
        name,
        files,
        content_key(files),
        info,
        timezone,
        calendar,
        routes,
        stops,
        trips,
        frequencies,
        transfers,
        service_range(calendar, used_services(trips, calendar)),
        tuple(findings),
    )


def used_services(trips: Trips, calendar: Calendar) -> Array:
    """Which services have trips: bool (services,)."""
    used = np.zeros(len(calendar.services), dtype=bool)
    used[trips.service[trips.service >= 0]] = True
    return used


def _read_trips(
    files: FeedFiles, routes: Routes, calendar: Calendar
) -> tuple[Trips, list[Finding]]:
    rows, findings = read_rows(files, "trips.txt")
    rows, more = unique_rows(rows, "trip_id")
    findings += more
    route = positions(rows["route_id"], routes.ids).astype(np.int64)
    lost = route < 0
    if lost.any():
        ids = set(picked(rows["route_id"], lost))
        text = f"{counted(int(lost.sum()), 'trip')} of routes that routes.txt lacks dropped: {listed(ids)}"
        findings.append(Finding("dropped", text))
        rows, route = rows.take(~lost), route[~lost]
    service = positions(rows["service_id"], calendar.services).astype(np.int64)
    if (service < 0).any():
        ids = set(picked(rows["service_id"], service < 0))
        text = f"{counted(int((service < 0).sum()), 'trip')} never run, no calendar has their service: {listed(ids)}"
        findings.append(Finding("dropped", text))
    blocks = pc.unique(rows["block_id"])
    block = positions(rows["block_id"], blocks).astype(np.int64)
    block[pc.equal(rows["block_id"], "").to_numpy(zero_copy_only=False)] = -1
    return Trips(rows["trip_id"], rows["trip_headsign"], route, service, block), findings


def _read_info(files: FeedFiles) -> tuple[dict[str, Any], list[Finding]]:
    """Who published the feed, which version, and for which dates they stand by it."""
    rows, findings = read_rows(files, "feed_info.txt")
    return {
        "publisher": _first(rows, "feed_publisher_name"),
        "version": _first(rows, "feed_version"),
        "feed_start_date": as_date(_first(rows, "feed_start_date")),
        "feed_end_date": as_date(_first(rows, "feed_end_date")),
    }, findings


def _first(rows: Rows, column: str) -> str:
    return next((text for text in sorted(rows[column].to_pylist()) if text), "")


def _timezone(agencies: Rows) -> tuple[str, list[Finding]]:
    """Time zone of the agencies, the most frequent if they differ."""
    findings: list[Finding] = []
    names = Counter(text for text in agencies["agency_timezone"].to_pylist() if text)
    unknown = sorted(name for name in names if not _is_zone(name))
    if unknown:
        findings.append(Finding("remark", f"agency_timezone is not known: {listed(unknown)}"))
        names = Counter({name: times for name, times in names.items() if name not in unknown})
    if not names:
        text = (
            "no time zone is given in agency.txt: it is taken for that of the other feeds, or UTC"
        )
        return "", [*findings, Finding("remark", text)]
    chosen = min(names, key=lambda name: (-names[name], name))
    if len(names) > 1:
        text = f"agencies differ in time zone ({listed(names)}); all times are taken for {chosen}"
        findings.append(Finding("remark", text))
    return chosen, findings


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
