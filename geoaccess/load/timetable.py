"""The table of rides that every transit loader returns: all trips that can be used on one date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt

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
        route_type, int), headsign, service_day (-1, 0 or 1), next_trip (row number of the trip that the same
        vehicle goes on as with passengers seated, -1 where none), feed. The row number is the trip index.
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
