"""Feeds that were read to the timetables of one or several dates; stop times are read once for all of these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoaccess.errors import Fault, FeedError
from geoaccess.load.gtfs.feed import Feed
from geoaccess.load.gtfs.misplaced import Box
from geoaccess.load.gtfs.report import Finding, report_table
from geoaccess.load.gtfs.rides import FeedDay, OnDemand, Rides, day_of_feed, rides_around
from geoaccess.load.gtfs.times import read_calls
from geoaccess.load.timetable import Timetable

#: stops this far (degrees) outside the box of the streets are still near them
_NEAR_DEGREES = 0.05


@dataclass(frozen=True, eq=False)
class Day:
    """A date in all feeds.

    Attributes
    ----------
    date : service day of the timetable.
    of_feeds : what each feed knows of it, which may be the rides of another date.
    """

    date: dt.date
    of_feeds: tuple[FeedDay, ...]

    @property
    def services(self) -> tuple[tuple[bytes, tuple[int, ...]], ...]:
        """What decides which trips run, and when: two days with the same have the same rides."""
        return tuple((day.active.tobytes(), day.shifts_s) for day in self.of_feeds)


def day_of_feeds(
    feeds: Sequence[Feed], date: dt.date, taken: Sequence[dt.date | None] | None = None
) -> Day:
    """Look a date up in all feeds.

    Parameters
    ----------
    feeds : one or more.
    date : service day.
    taken : date of each feed whose rides are taken for it, None for no rides; by default the date itself.
    """
    home, dates = _home(feeds), [date] * len(feeds) if taken is None else taken
    return Day(
        date,
        tuple(day_of_feed(feed, one, home) for feed, one in zip(feeds, dates, strict=True)),
    )


def timetables_of(
    feeds: Sequence[Feed], days: Sequence[Day], near: Box | None, on_demand: OnDemand
) -> list[Timetable]:
    """Timetables of some days, each as if it was the only one.

    Parameters
    ----------
    feeds : one or more.
    days : the first one must have rides that can be made, near the streets; the others need not.
    near, on_demand : as in `load_timetable`.

    Raises
    ------
    FeedError
        where no trip of the first day can be ridden, or all are elsewhere.
    """
    rides: list[list[Rides]] = [[] for _ in days]
    faults: list[Fault] = []
    for number, feed in enumerate(feeds):
        of_feed = [day.of_feeds[number] for day in days]
        wanted = np.logical_or.reduce([day.wanted for day in of_feed])
        reading = read_calls(feed.files, feed.trips.ids, wanted, feed.stops.ids)
        try:
            for place, day in enumerate(of_feed):
                ridden = rides_around(feed, reading, day, near, on_demand, must_ride=place == 0)
                rides[place].append(ridden)
        except FeedError as error:
            faults += error.faults
    if faults:
        raise FeedError(faults)
    if near is not None:
        _check_near(rides[0], near, ", ".join(feed.files.label for feed in feeds))
    home = _home(feeds)
    return [_joined(feeds, ridden, day, home) for ridden, day in zip(rides, days, strict=True)]


def _home(feeds: Sequence[Feed]) -> str:
    """Time zone of the timetable: that of the first feed that tells its own."""
    return next((feed.timezone for feed in feeds if feed.timezone), "UTC")


def _check_near(rides: Sequence[Rides], near: Box, label: str) -> None:
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


def _joined(feeds: Sequence[Feed], rides: Sequence[Rides], day: Day, home: str) -> Timetable:
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
        date=day.date,
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


def _notes(feeds: Sequence[Feed], rides: Sequence[Rides], day: Day, home: str) -> list[str]:
    """All findings as sentences, with the feed they are about."""
    notes = []
    for feed, ride, of_feed in zip(feeds, rides, day.of_feeds, strict=True):
        findings = list(ride.findings)
        if not ride.report["active_trips"]:
            findings.append(Finding("remark", f"no trip runs on {of_feed.date or day.date}"))
        if feed.timezone and feed.timezone != home:
            text = f"times of {feed.timezone} are turned into those of {home}"
            findings.append(Finding("remark", text))
        notes += [f"{feed.name}: {finding.text}" for finding in findings]
    return notes
