"""Rides of one GTFS feed around one date: its journeys on the service days before, on and after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from geoaccess.errors import Fault, FeedError
from geoaccess.load.gtfs.blocks import Runs, next_runs
from geoaccess.load.gtfs.calendar import day_start_s, runs_on
from geoaccess.load.gtfs.columns import picked
from geoaccess.load.gtfs.feed import Feed
from geoaccess.load.gtfs.journeys import DAY_S, Journeys, build_journeys
from geoaccess.load.gtfs.misplaced import Box
from geoaccess.load.gtfs.report import Finding, listed, report_row, sentences
from geoaccess.load.gtfs.routes import every_stop_to_every_stop
from geoaccess.load.gtfs.stops import PLATFORM, unit_vectors
from geoaccess.load.gtfs.tables import Array
from geoaccess.load.gtfs.times import NONE, PHONE, Reading
from geoaccess.load.gtfs.transfers import expand_stations
from geoaccess.load.phrases import counted
from geoaccess.load.timetable import HORIZON_S

#: what to do with service that has to be booked, see load_timetable
OnDemand = Literal["as_coded", "exclude", "include"]

SERVICE_DAYS = (-1, 0, 1)


@dataclass(frozen=True, eq=False)
class Rides:
    """Rides of one feed, as in Timetable; ids are those of the feed.

    Attributes
    ----------
    stops, trips, transfers : DataFrames as in Timetable, without the column feed.
    first, stop, arrival_s, departure_s, board, alight : arrays as in Timetable.
    report : row of the feed report.
    findings : what was repaired, dropped, quarantined or is worth knowing.
    """

    stops: pd.DataFrame
    trips: pd.DataFrame
    transfers: pd.DataFrame
    first: Array
    stop: Array
    arrival_s: Array
    departure_s: Array
    board: Array
    alight: Array
    report: dict[str, Any]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class FeedDay:
    """A date in one feed.

    Attributes
    ----------
    date : service day; None for a day of which the feed knows nothing, so that nothing runs.
    active : bool (3, trips); trips whose service runs on the service days before, on and after the date.
    shifts_s : start of these service days, in seconds of the timetable.
    """

    date: dt.date | None
    active: Array
    shifts_s: tuple[int, ...]

    @property
    def wanted(self) -> Array:
        """Trips of any of the three days: bool (trips,)."""
        wanted: Array = np.logical_or.reduce(self.active)
        return wanted


def day_of_feed(feed: Feed, date: dt.date | None, home: str) -> FeedDay:
    """Look a date up in a feed; ``home`` is the time zone of the timetable."""
    if date is None:
        nothing = np.zeros((len(SERVICE_DAYS), len(feed.trips.ids)), dtype=bool)
        return FeedDay(None, nothing, tuple(day * DAY_S for day in SERVICE_DAYS))
    dates = [date + dt.timedelta(days=day) for day in SERVICE_DAYS]
    start_s = day_start_s(date, home)
    return FeedDay(
        date,
        np.stack([active_trips(feed, one) for one in dates]),
        tuple(day_start_s(one, feed.timezone or home) - start_s for one in dates),
    )


def active_trips(feed: Feed, date: dt.date) -> Array:
    """Trips whose service runs on a date: bool (trips,)."""
    running = np.append(runs_on(feed.calendar, date.toordinal()), False)  # last: no service
    active: Array = running[feed.trips.service]
    return active


def journeys_of(
    feed: Feed, reading: Reading, wanted: Array, near: Box | None
) -> tuple[Journeys, int, list[Finding]]:
    """Journeys of some of the trips that were read (a mask); also how many stop times they have in the file."""
    calls, findings = reading.of(wanted)
    journeys, building = build_journeys(calls, feed.trips.ids, wanted, feed.stops, near)
    return journeys, len(calls), [*findings, *building]


def rides_around(
    feed: Feed,
    reading: Reading,
    day: FeedDay,
    near: Box | None,
    on_demand: OnDemand,
    *,
    must_ride: bool = True,
) -> Rides:
    """Rides of a feed that are under way between second 0 and HORIZON_S of a date.

    Parameters
    ----------
    feed : the feed.
    reading : its stop times, those of the wanted trips of the day at least.
    day : the date.
    near : box of the streets, see build_journeys.
    on_demand : what to do with service that has to be booked.
    must_ride : is it an error when there are trips on the date and none of them can be ridden.

    Raises
    ------
    FeedError
        where none of the trips of the date can be ridden.
    """
    active = day.active
    journeys, stop_times, findings = journeys_of(feed, reading, day.wanted, near)
    tagged, tagging = _on_demand_trips(feed, journeys, active)
    findings += tagging
    running = active & ~tagged if on_demand == "exclude" else active
    if must_ride and active[1].any() and not journeys.calls[running[1]].any():
        why = sentences(findings, "dropped") or "all are on-demand service"
        raise FeedError(
            Fault(
                f"no trip on {day.date} can be ridden: {why}",
                feed.files.label,
                remedy="mend the feed or fetch it again",
            )
        )
    runs = _runs(feed, journeys, running, day.shifts_s)
    where = unit_vectors(feed.stops.lon, feed.stops.lat)
    follows, joining = next_runs(runs, feed.trips.block, feed.transfers.in_seat, where)
    calls = journeys.calls[runs.trip]
    first = np.concatenate([[0], np.cumsum(calls)]).astype(np.int64)
    entry = np.repeat(journeys.first[runs.trip] - first[:-1], calls) + np.arange(first[-1])
    shift_s = np.repeat(runs.start_s - journeys.departure_s[journeys.first[runs.trip]], calls)
    used = np.zeros(len(feed.stops.ids), dtype=bool)
    used[journeys.stop[entry]] = True
    transfers, expanding = expand_stations(feed.transfers.rules, feed.stops, used, feed.files)
    number = np.cumsum(used) - 1
    for column in ("from_stop", "to_stop"):
        transfers[column] = number[transfers[column].to_numpy()]
    unusable = {NONE} if on_demand == "include" else {NONE, PHONE}
    pickup, drop_off = journeys.pickup[entry], journeys.drop_off[entry]
    findings = [
        *feed.findings,
        *findings,
        *joining,
        *expanding,
        *_stations_called_at(feed, used),
        *_phone(pickup, drop_off, on_demand),
        *_beyond(feed, journeys, day.date),
    ]
    return Rides(
        _stop_table(feed, used),
        _trip_table(feed, runs, follows, tagged),
        transfers,
        first,
        number[journeys.stop[entry]].astype(np.int32),
        (journeys.arrival_s[entry] + shift_s).astype(np.int32),
        (journeys.departure_s[entry] + shift_s).astype(np.int32),
        ~np.isin(pickup, list(unusable)),
        ~np.isin(drop_off, list(unusable)),
        report_row(feed, findings, int(active[1].sum()), stop_times),
        tuple(findings),
    )


def _runs(feed: Feed, journeys: Journeys, active: Array, shifts_s: Sequence[int]) -> Runs:
    """Everything that runs on the three service days and is under way in the time that counts."""
    begin = journeys.first[:-1]
    rideable = journeys.calls > 0
    frequencies = feed.frequencies
    trips, days, repeated, shifts = [], [], [], []
    for place, day in enumerate(SERVICE_DAYS):
        running = active[place] & rideable
        once = np.flatnonzero(running & ~frequencies.listed)
        chosen = running[frequencies.trip]
        again = frequencies.trip[chosen]
        offset_s = frequencies.start_s[chosen] - journeys.departure_s[begin[again]]
        trips += [once, again]
        days.append(np.full(len(once) + len(again), day))
        repeated += [np.zeros(len(once), dtype=bool), np.ones(len(again), dtype=bool)]
        shifts += [np.full(len(once), shifts_s[place]), offset_s + shifts_s[place]]
    trip, day_of, shift_s = np.concatenate(trips), np.concatenate(days), np.concatenate(shifts)
    start_s = journeys.departure_s[begin[trip]] + shift_s
    end_s = journeys.arrival_s[journeys.first[trip + 1] - 1] + shift_s
    keep = np.flatnonzero((end_s > 0) & (start_s < HORIZON_S))
    keep = keep[np.lexsort((start_s[keep], trip[keep], day_of[keep]))]
    trip = trip[keep]
    return Runs(
        trip,
        day_of[keep],
        np.concatenate(repeated)[keep],
        journeys.stop[begin[trip]],
        journeys.stop[journeys.first[trip + 1] - 1],
        start_s[keep],
        end_s[keep],
    )


def _on_demand_trips(feed: Feed, journeys: Journeys, active: Array) -> tuple[Array, list[Finding]]:
    """Trips that run on demand whatever their times say: bool (trips,)."""
    route = feed.trips.route
    everywhere = every_stop_to_every_stop(route, journeys.first, journeys.stop)
    tagged = feed.routes.on_demand[route] | np.isin(route, everywhere)
    rideable = journeys.calls > 0
    trip = np.repeat(np.arange(len(route)), journeys.calls)
    free = np.zeros(len(route), dtype=bool)
    free[trip[~np.isin(journeys.pickup, [NONE, PHONE])]] = True
    booked = np.zeros(len(route), dtype=bool)
    booked[trip[journeys.pickup == PHONE]] = True
    tagged |= booked & ~free
    tagged &= rideable
    findings = []
    today = int((tagged & active[1]).sum())
    if today:
        findings.append(
            Finding(
                "remark",
                f"{counted(today, 'trip')} of the date look like on-demand service and are tagged on_demand",
            )
        )
    if len(everywhere):
        names = listed(picked(feed.routes.ids, everywhere))
        findings.append(
            Finding(
                "remark",
                f"{counted(len(everywhere), 'route')} coded as a trip from every stop to every stop, "
                f"which is on-demand service: {names} (on_demand = 'exclude' leaves them out)",
            )
        )
    return tagged, findings


def _stations_called_at(feed: Feed, used: Array) -> list[Finding]:
    odd = used & (feed.stops.kind != PLATFORM)
    if not odd.any():
        return []
    names = listed(picked(feed.stops.ids, odd))
    text = f"{counted(int(odd.sum()), 'station or entrance', 'stations and entrances')} called at as a stop: {names}"
    return [Finding("remark", text)]


def _phone(pickup: Array, drop_off: Array, on_demand: OnDemand) -> list[Finding]:
    booked = int(((pickup == PHONE) | (drop_off == PHONE)).sum())
    if not booked:
        return []
    text = f"{counted(booked, 'stop time')} where one must phone ahead "
    text += (
        "counted as regular service"
        if on_demand == "include"
        else "not used to get on or off there (on_demand = 'include' uses them)"
    )
    return [Finding("remark", text)]


def _beyond(feed: Feed, journeys: Journeys, date: dt.date | None) -> list[Finding]:
    """Say what is not loaded: trips of two days before that would still run, and a feed that has lapsed."""
    findings = []
    last = journeys.first[1:][journeys.calls > 0] - 1
    long = int((journeys.arrival_s[last] >= 2 * DAY_S).sum())
    if long:
        text = f"{counted(long, 'trip')} run past 48:00; those of two service days before are not loaded"
        findings.append(Finding("remark", text))
    start, end = feed.info["feed_start_date"], feed.info["feed_end_date"]
    if date and ((start and date < start) or (end and date > end)):
        text = (
            f"feed_info.txt vouches for {start or '?'} to {end or '?'} only, which {date} is not in"
        )
        findings.append(Finding("remark", text))
    return findings


def _stop_table(feed: Feed, used: Array) -> pd.DataFrame:
    stops = feed.stops
    parent = stops.parent[used]
    names = np.array(["", *picked(stops.ids, parent[parent >= 0])], dtype=object)
    place = np.where(parent >= 0, np.cumsum(parent >= 0), 0)
    return pd.DataFrame(
        {
            "stop_id": picked(stops.ids, used),
            "name": picked(stops.name, used),
            "lon": stops.lon[used],
            "lat": stops.lat[used],
            "parent_station": names[place].tolist(),
        }
    )


def _trip_table(feed: Feed, runs: Runs, follows: Array, tagged: Array) -> pd.DataFrame:
    route = feed.trips.route[runs.trip]
    return pd.DataFrame(
        {
            "trip_id": picked(feed.trips.ids, runs.trip),
            "route_id": picked(feed.routes.ids, route),
            "line": picked(feed.routes.line, route),
            "mode": feed.routes.mode[route],
            "headsign": picked(feed.trips.headsign, runs.trip),
            "service_day": runs.day,
            "next_trip": follows,
            "on_demand": tagged[runs.trip],
        }
    )
