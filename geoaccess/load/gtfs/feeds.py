"""One or several feeds to the timetable of one date, or to a report on whole feeds: the front door of GTFS."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd

from geoaccess.errors import Fault, FeedError, ProjectError
from geoaccess.load.gtfs.calendar import nearest_days
from geoaccess.load.gtfs.days import day_of_feeds, timetables_of
from geoaccess.load.gtfs.feed import Feed, read_feed, used_services
from geoaccess.load.gtfs.files import FeedFiles, find_feed
from geoaccess.load.gtfs.misplaced import Box
from geoaccess.load.gtfs.report import report_row, report_table
from geoaccess.load.gtfs.rides import OnDemand, active_trips, journeys_of
from geoaccess.load.gtfs.times import read_calls
from geoaccess.load.timetable import Timetable, service_date

Feeds = str | Path | Sequence[str | Path]

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
    day, loaded = read_feeds_for(feeds, date, on_demand)
    return timetables_of(loaded, [day_of_feeds(loaded, day)], near, on_demand)[0]


def read_feeds_for(
    feeds: Feeds, date: str | dt.date, on_demand: OnDemand, *, or_days: Sequence[dt.date] = ()
) -> tuple[dt.date, list[Feed]]:
    """Read all feeds but for their stop times; raises what `load_timetable` raises for a date they do not serve.

    A date on which nothing runs is no fault where something does on one of ``or_days``.
    """
    day = _as_date(date)
    if on_demand not in get_args(OnDemand):
        choice = ", ".join(get_args(OnDemand))
        raise ProjectError(Fault(f"on_demand must be one of {choice}", value=str(on_demand)))
    loaded, broken = _read_feeds(feeds)
    faults = [*broken, *_span_faults(loaded, day)]
    if not any(active_trips(feed, one).any() for feed in loaded for one in or_days):
        faults = faults or _idle_faults(loaded, day)
    if faults:
        raise FeedError(faults)
    return day, loaded


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
        reading = read_calls(feed.files, feed.trips.ids, wanted, feed.stops.ids)
        _, stop_times, findings = journeys_of(feed, reading, wanted, near)
        rows.append(report_row(feed, [*feed.findings, *findings], None, stop_times))
    return report_table(rows)


def _as_date(date: str | dt.date) -> dt.date:
    day = service_date(date)
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
