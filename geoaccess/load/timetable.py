"""The table of rides that every transit loader returns: all trips that can be used on one date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoaccess.errors import Fault, ProjectError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: Trips of the day after are kept while they start before this second of the service day (32:00, or 08:00 next day):
#: a window may run to 30:00 with two hours of travel behind it.
HORIZON_S = 32 * 3600


@dataclass(frozen=True, eq=False)
class Timetable:
    """Rides that exist on one service day, with the tails of the day before and the head of the day after.

    Times are int32 seconds of the service day of ``date`` (noon minus 12 hours is 0): they are negative before
    it and exceed 86400 after midnight. Only trips that still run after second 0 and start before HORIZON_S are kept.

    Attributes
    ----------
    date : service day.
    stops : DataFrame, one row for each stop that is used: stop_id (namespaced by feed when there are several),
        name, lon, lat, parent_station (stop_id or ""), feed. The row number is the stop index.
    trips : DataFrame, one row for each trip of each service day: trip_id, route_id, line (short name), mode (GTFS
        route_type, int, or `geoaccess.load.vans.VAN`), headsign, service_day (-1, 0 or 1), next_trip (row number of the
        trip that the same vehicle goes on as with passengers seated, -1 where none), feed; headway_s where some are
        trips of a line of which only this is known, not when it leaves (0 for the others). The row number is the trip
        index.
    first : int64 (trips + 1,); stop times of trip k are first[k]:first[k + 1], in order of travel.
    stop : int32 (k,); stop index of each stop time.
    arrival_s, departure_s : int32 (k,); never decreasing along a trip.
    board, alight : bool (k,); may passengers get on (pickup) and off (drop-off) here.
    transfers : DataFrame of special transfer rules between stop indices: from_stop, to_stop (int), from_route,
        to_route (route_id or ""), from_trip, to_trip (trip_id or ""), type (0, 1, 2, 3), min_transfer_s (int, -1
        where not given). Stations are already expanded to their stops; in-seat rules (4, 5) are already in next_trip.
    feeds : DataFrame, the feed report: one row a feed (feed, file, sha256, first_date, last_date, active_trips, ...).
    notes : sentences on what was repaired, dropped or quarantined, with counts.
    """

    date: dt.date
    stops: pd.DataFrame
    trips: pd.DataFrame
    first: np.ndarray[Any, Any]
    stop: np.ndarray[Any, Any]
    arrival_s: np.ndarray[Any, Any]
    departure_s: np.ndarray[Any, Any]
    board: np.ndarray[Any, Any]
    alight: np.ndarray[Any, Any]
    transfers: pd.DataFrame
    feeds: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Timetable({self.date}: {len(self.stops)} stops, {len(self.trips)} trips, {len(self.stop)} stop times)"


def no_transfers() -> pd.DataFrame:
    """Return an empty table of transfer rules, for rides that have none."""
    import pandas as pd

    numbers, texts = ("from_stop", "to_stop"), ("from_route", "to_route", "from_trip", "to_trip")
    rules = pd.DataFrame(columns=[*numbers, *texts, "type", "min_transfer_s"], dtype=object)
    return rules.astype(dict.fromkeys((*numbers, "type", "min_transfer_s"), "int64"))


def service_date(date: str | dt.date) -> dt.date:
    """Day of service, as text or as a date.

    Raises
    ------
    ProjectError
        where it is no date.

    Examples
    --------
    >>> service_date("2026-11-24")
    datetime.date(2026, 11, 24)
    """
    if isinstance(date, str):
        try:
            date = dt.date.fromisoformat(date.strip())
        except ValueError as error:
            raise ProjectError(
                Fault("is no date", column="date", value=str(date), remedy="write it as 2026-11-24")
            ) from error
    return dt.date(date.year, date.month, date.day)


def days_of_week(date: dt.date) -> tuple[dt.date, ...]:
    """Monday to Sunday of the week that holds a date.

    Examples
    --------
    >>> [day.isoformat() for day in days_of_week(dt.date(2026, 11, 29))][::6]
    ['2026-11-23', '2026-11-29']
    """
    monday = date - dt.timedelta(days=date.weekday())
    return tuple(monday + dt.timedelta(days=step) for step in range(7))
