"""Vans of employers: a small timetable of their own that joins the network as rides.

Anyone at a site may ride along, as with any other ride; a study of those who may not leaves the van out.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.errors import Fault, ProjectError
from geoaccess.load.gtfs.report import report_table
from geoaccess.load.phrases import counted
from geoaccess.load.timetable import HORIZON_S, Timetable, no_transfers

#: mode of a van in `Timetable.trips`: shuttle bus in the extended route types of GTFS, which feeds are read without
VAN = 711

DAY_S = 86400
SERVICE_DAYS = (-1, 0, 1)

#: two letters of each weekday, Monday first, as in opening_hours of OpenStreetMap and in Dutch
_WEEKDAYS = (("mo", "tu", "we", "th", "fr", "sa", "su"), ("ma", "di", "wo", "do", "vr", "za", "zo"))
_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
LAST_H = 30


@dataclass(frozen=True)
class VanStop:
    """A stop of a van.

    Attributes
    ----------
    minutes : after the departure from the first stop.
    lon, lat : degrees, EPSG:4326.
    name : shown in itineraries; "" for the name of the van and the number of the stop.
    """

    minutes: float
    lon: float
    lat: float
    name: str = ""


@dataclass(frozen=True)
class Van:
    """A van that runs at fixed times; the way back is a van of its own, or further stops of this one.

    Attributes
    ----------
    name : shown in itineraries.
    stops : in order, two or more; the first one is at 0 minutes, every next one later.
    departures : from the first stop, "HH:MM" of the service day; to 30:00, for the night after.
    days : weekdays on which it runs: "Mo-Fr", "Mo,We,Sa-Su", or the same in Dutch ("ma-vr").

    Raises
    ------
    ProjectError
        with everything that is wrong, by its key.

    Examples
    --------
    >>> stops = (VanStop(0, 4.30, 52.05), VanStop(12, 4.35, 52.07, "Health centre"))
    >>> Van("Greenhouse van", stops, ("12:15", "17:40"), "Mo-Sa").days
    'Mo-Sa'
    """

    name: str
    stops: Sequence[VanStop]
    departures: Sequence[str]
    days: str = "Mo-Su"

    def __post_init__(self) -> None:
        for many in ("stops", "departures"):
            given = getattr(self, many)
            object.__setattr__(self, many, (given,) if isinstance(given, str) else tuple(given))
        faults = [*_faults(self), *_stop_faults(self.stops)]
        if faults:
            raise ProjectError(faults)


def weekdays_of(text: str) -> tuple[int, ...]:
    """Weekdays (Monday is 0) of a list of days and ranges, in order; () where it cannot be read.

    Examples
    --------
    >>> weekdays_of("Fr-Mo, We"), weekdays_of("ma-vr"), weekdays_of("daily")
    ((0, 2, 4, 5, 6), (0, 1, 2, 3, 4), ())
    """
    days: set[int] = set()
    for item in str(text).casefold().split(","):
        ends = [end.strip() for end in item.split("-")]
        row = next((row for row in _WEEKDAYS if set(ends) <= set(row)), None)
        if row is None or len(ends) > 2:
            return ()
        first, last = row.index(ends[0]), row.index(ends[-1])
        days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return tuple(sorted(days))


def van_timetable(vans: Sequence[Van], day: dt.date) -> Timetable:
    """Rides of vans on a date, with those of the days before and after as in `load_timetable`.

    Days are 24 hours long, also when the clock changes. Every stop of every van is a stop of its own: passengers change
    between vans, and to everything else, on foot.

    Parameters
    ----------
    vans : one or more.
    day : service day.

    Returns
    -------
    Timetable
        with a note for each van on how often it runs, or that it does not.
    """
    trips: list[tuple[int, int, int]] = []  # van, service day, start
    notes = []
    for number, van in enumerate(vans):
        runs, own = weekdays_of(van.days), _starts_s(van)
        for step in SERVICE_DAYS:
            if (day + dt.timedelta(days=step)).weekday() in runs:
                trips += [(number, step, start_s + step * DAY_S) for start_s in own]
        times = counted(len(own), "time") if day.weekday() in runs else "no time"
        notes.append(
            f"van '{van.name}' ({van.days}): runs {times} on {day}, a {_NAMES[day.weekday()]}; "
            "anyone may ride along"
        )
    lasts_s = [round(60 * van.stops[-1].minutes) for van in vans]
    trips = [trip for trip in trips if trip[2] < HORIZON_S and trip[2] + lasts_s[trip[0]] > 0]
    return _timetable(vans, day, trips, notes)


def _timetable(
    vans: Sequence[Van], day: dt.date, trips: list[tuple[int, int, int]], notes: list[str]
) -> Timetable:
    """Lay out trips (van, service day and start of each) as a timetable."""
    sizes = np.array([len(van.stops) for van in vans])
    before = np.concatenate([[0], np.cumsum(sizes)])
    after_s = [np.array([round(60 * stop.minutes) for stop in van.stops]) for van in vans]
    nothing = np.zeros(0, np.int64)
    stop = [before[van] + np.arange(sizes[van]) for van, _, _ in trips]
    at_s = [start_s + after_s[van] for van, _, start_s in trips]
    seconds = np.concatenate([nothing, *at_s]).astype(np.int32)
    return Timetable(
        date=day,
        stops=pd.DataFrame(
            {
                "stop_id": [f"{v.name}#{k}" for v in vans for k in range(1, len(v.stops) + 1)],
                "name": [
                    stop.name or f"{van.name} {k}"
                    for van in vans
                    for k, stop in enumerate(van.stops, start=1)
                ],
                "lon": [float(stop.lon) for van in vans for stop in van.stops],
                "lat": [float(stop.lat) for van in vans for stop in van.stops],
                "parent_station": "",
                "feed": "van",
            }
        ),
        trips=_trip_table(vans, trips),
        first=np.concatenate([[0], np.cumsum([len(one) for one in stop])]).astype(np.int64),
        stop=np.concatenate([nothing, *stop]).astype(np.int32),
        arrival_s=seconds,
        departure_s=seconds.copy(),
        board=np.ones(len(seconds), bool),
        alight=np.ones(len(seconds), bool),
        transfers=no_transfers(),
        feeds=report_table([]),
        notes=tuple(notes),
    )


def _trip_table(vans: Sequence[Van], trips: list[tuple[int, int, int]]) -> pd.DataFrame:
    rows = []
    for number, step, start_s in trips:
        van, own_s = vans[number], start_s - step * DAY_S
        clock = f"{own_s // 3600:02d}:{own_s // 60 % 60:02d}"
        rows.append((f"{van.name}@{clock}", van.name, van.name, VAN, van.stops[-1].name, step, -1))
    names = ["trip_id", "route_id", "line", "mode", "headsign", "service_day", "next_trip"]
    table = pd.DataFrame(rows, columns=names).assign(on_demand=False, feed="van")
    return table.astype(
        dict.fromkeys(("mode", "service_day", "next_trip"), "int64")
        | dict.fromkeys(("trip_id", "route_id", "line", "headsign", "feed"), str)
    )


def _starts_s(van: Van) -> list[int]:
    clocks = [_CLOCK.fullmatch(text) for text in van.departures]
    return sorted(3600 * int(clock[1]) + 60 * int(clock[2]) for clock in clocks if clock)


def _faults(van: Van) -> Iterator[Fault]:
    """Find what is wrong with the name, the days and the times."""
    if not isinstance(van.name, str) or not van.name.strip():
        yield Fault("must be text that names the van", key="name", value=str(van.name))
    if not isinstance(van.days, str) or not weekdays_of(van.days):
        remedy = 'write them as "Mo-Fr" or "Mo,We,Fr"'
        yield Fault("are no weekdays", key="days", value=str(van.days), remedy=remedy)
    if not van.departures:
        remedy = 'add the times at which it leaves, as ["06:15", "17:30"]'
        yield Fault("are missing", key="departures", remedy=remedy)
    for text in van.departures:
        clock = _CLOCK.fullmatch(text) if isinstance(text, str) else None
        if clock is None or 60 * int(clock[1]) + int(clock[2]) > 60 * LAST_H:
            remedy = f'write it as "06:15"; after midnight count on, to {LAST_H}:00'
            yield Fault("is not a time of day", key="departures", value=str(text), remedy=remedy)
    if len(set(van.departures)) < len(van.departures):
        yield Fault("names one time twice", key="departures", remedy="give each departure once")


def _stop_faults(stops: Sequence[Any]) -> Iterator[Fault]:
    """Find what is wrong with the stops: places, and times that do not go on."""
    if len(stops) < 2:
        remedy = "give the stops in order, with the minutes from the first one"
        yield Fault("must be two or more", key="stops", value=str(len(stops)), remedy=remedy)
    before = -math.inf
    for number, stop in enumerate(stops, start=1):
        key = f"stops[{number}]"
        if not isinstance(stop, VanStop):
            yield Fault("is no VanStop", key=key, value=str(stop)[:80])
            continue
        if not (_within(stop.lon, 180) and _within(stop.lat, 90)):
            place = f"lon {stop.lon}, lat {stop.lat}"
            yield Fault("is not a place on earth, in degrees", key=key, value=place)
        if not _within(stop.minutes, 24 * 60):
            problem = "must be minutes from the first stop, at most 1440"
            yield Fault(problem, key=f"{key}.minutes", value=str(stop.minutes))
            continue
        if number == 1 and stop.minutes != 0:
            problem = "the first stop is at 0 minutes"
            yield Fault(problem, key=f"{key}.minutes", value=f"{stop.minutes:g}")
        elif number > 1 and stop.minutes <= before:
            problem = "must be more minutes than at the stop before"
            yield Fault(problem, key=f"{key}.minutes", value=f"{stop.minutes:g}")
        before = stop.minutes


def _within(value: object, most: float) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and abs(float(value)) <= most  # type: ignore[arg-type]
