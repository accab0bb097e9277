"""The long table of travel times between sites and practices: the contract between routing and access."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.errors import Fault, ProjectError
from geoaccess.load.timetable import HORIZON_S
from geoaccess.network.boardings import boardings
from geoaccess.network.network import Network
from geoaccess.network.places import Places
from geoaccess.route.calls import NEVER, Window, access_nodes, departures, landings
from geoaccess.route.profiles import arrivals, latest_departures, travel_seconds
from geoaccess.route.round_trip import back_window, round_trip_seconds
from geoaccess.route.transit import Direction, Search
from geoaccess.tables import check_points

Array = np.ndarray[Any, Any]

_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)$")


def parse_clock(text: str, what: str) -> int:
    """Seconds of the service day of a time such as "08:15"; past 24:00 is allowed.

    Raises
    ------
    ProjectError
        when it cannot be read; ``what`` names it.

    Examples
    --------
    >>> parse_clock("25:30", "window")
    91800
    """
    match = _CLOCK.match(str(text).strip())
    if match is None:
        raise ProjectError(
            Fault("not a time of day", what, value=str(text), remedy="write it as HH:MM")
        )
    return 3600 * int(match[1]) + 60 * int(match[2])


def parse_window(window: tuple[str, str], max_minutes: float) -> Window:
    """Read a window of departures such as ("08:00", "10:00"); the end itself is not a departure.

    Parameters
    ----------
    window : first departure and end, "HH:MM" of the service day; past 24:00 is allowed.
    max_minutes : longest travel after the last departure, which must still end before the timetable does (32:00).

    Raises
    ------
    ProjectError
        when a time cannot be read, the window is empty, or it runs too late.

    Examples
    --------
    >>> parse_window(("08:00", "10:00"), 120)
    Window(first_s=28800, minutes=120)
    """
    if isinstance(window, str) or len(window) != 2:
        raise ProjectError(
            Fault("is not two times", "window", value=str(window), remedy='("08:00", "10:00")')
        )
    first_s, end_s = (parse_clock(text, "window") for text in window)
    if end_s <= first_s:
        raise ProjectError(
            Fault(
                "the window of departures ends before it starts",
                "window",
                value=f"{window[0]}-{window[1]}",
                remedy="after midnight, count on: 01:00 is 25:00",
            )
        )
    _check_horizon(end_s + 60 * max_minutes, f"{window[0]}-{window[1]}", max_minutes)
    return Window(first_s, (end_s - first_s) // 60)


def _check_horizon(last_s: float, value: str, minutes: float) -> None:
    if last_s > HORIZON_S:
        raise ProjectError(
            Fault(
                f"the window and the longest trip ({minutes:g} min) run past {HORIZON_S // 3600}:00",
                "window",
                value=value,
                remedy="end it earlier or lower max_minutes",
            )
        )


def travel_times(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    network: Network,
    *,
    window: tuple[str, str] = ("08:00", "10:00"),
    percentiles: Sequence[float] | float = (10, 50, 90),
    direction: Literal["to", "from", "round"] = "to",
    visit_minutes: float = 15.0,
    arrive_by: str | None = None,
    workers: int | None = None,
) -> pd.DataFrame:
    """Door-to-door travel times between sites and practices, waiting included.

    Parameters
    ----------
    sites : points with site_id, EPSG:4326.
    practices : points with practice_id, EPSG:4326.
    network : from `build_network`; it holds the traveller and the date.
    window : departures once a minute from the first time to just before the second.
    percentiles : of the travel time over these departures (nearest rank); a departure without a trip within
        ``max_minutes`` counts as endless.
    direction : "to" the practices; "from" them, with departures from the practice; or "round": from leaving home to
        being home again, with a visit in between and each way within ``max_minutes``.
    visit_minutes : time at the practice on a round trip.
    arrive_by : "HH:MM"; asks for the latest departure that arrives by then instead of percentiles. Departures are once
        a minute over the ``max_minutes`` before it; ``window`` and ``percentiles`` do not matter.
    workers : threads; None for all processors.

    Returns
    -------
    DataFrame
        site_id, practice_id and minutes_p10, minutes_p50, ... (float, exact to the second; inf where that percentile
        is endless). Only pairs that at least one percentile reaches; ordered by site, then practice. With
        ``arrive_by``: latest_departure ("HH:MM") and minutes, from then until ``arrive_by``.

    Raises
    ------
    TableError, ProjectError
        for faulty tables, windows, percentiles or directions.
    """
    wanted = check_percentiles(percentiles)
    if direction not in ("to", "from", "round") or (direction == "round" and arrive_by is not None):
        raise ProjectError(
            Fault(
                "must be to, from or round; with arrive_by, to or from",
                "direction",
                value=str(direction),
            )
        )
    if direction == "round":
        seconds = _round_trips(sites, practices, network, window, wanted, visit_minutes, workers)
    elif arrive_by is not None:
        return _arrive_by(sites, practices, network, arrive_by, direction, workers)
    else:
        departs = parse_window(window, network.who.max_minutes)
        search = prepare_search(sites, practices, network, departs, direction, workers)
        seconds = travel_seconds(search, wanted)
    table, practice, site = _pairs(sites, practices, seconds.min(axis=1) < NEVER)
    for k, percentile in enumerate(wanted):
        chosen = seconds[practice, k, site]
        table[f"minutes_p{percentile:g}"] = np.where(chosen < NEVER, chosen / 60.0, np.inf)
    return table


def _pairs(
    sites: gpd.GeoDataFrame, practices: gpd.GeoDataFrame, reached: Array
) -> tuple[pd.DataFrame, Array, Array]:
    """Table of the ids of the pairs in ``reached`` (practices, sites), and their practice and site numbers."""
    site, practice = np.nonzero(reached.T)
    table = pd.DataFrame(
        {
            "site_id": sites["site_id"].array.take(site),
            "practice_id": practices["practice_id"].array.take(practice),
        }
    )
    return table, practice, site


def _round_trips(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    network: Network,
    window: tuple[str, str],
    percentiles: tuple[float, ...],
    visit_minutes: float,
    workers: int | None,
) -> Array:
    if not 0 <= visit_minutes <= 24 * 60:
        raise ProjectError(
            Fault("must be from 0 to 1440", "visit_minutes", value=str(visit_minutes))
        )
    longest = 2 * network.who.max_minutes + visit_minutes
    visit_s, departs = round(60 * visit_minutes), parse_window(window, longest)
    out = prepare_search(sites, practices, network, departs, "to", workers)
    returns = back_window(departs, out.max_s, visit_s)
    back = prepare_search(sites, practices, network, returns, "from", workers)
    return round_trip_seconds(out, back, visit_s, percentiles)


def _arrive_by(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    network: Network,
    arrive_by: str,
    direction: Direction,
    workers: int | None,
) -> pd.DataFrame:
    by_s, max_minutes = parse_clock(arrive_by, "arrive_by"), int(network.who.max_minutes)
    _check_horizon(by_s, arrive_by, 0)
    departs = Window(by_s - 60 * max_minutes, max_minutes + 1)
    search = prepare_search(sites, practices, network, departs, direction, workers)
    latest = latest_departures(search, by_s)
    table, practice, site = _pairs(sites, practices, latest > -NEVER)
    depart = latest[practice, site]
    hours, minutes = np.divmod(depart // 60, 60)
    table["latest_departure"] = [f"{h:02d}:{m:02d}" for h, m in zip(hours, minutes, strict=True)]
    table["minutes"] = (by_s - depart) / 60.0
    return table


@dataclass(frozen=True, eq=False)
class Profiles:
    """Arrivals of a block of sites and practices.

    Attributes
    ----------
    sites, practices : rows of the tables asked about.
    departure_s : int32 (minutes,); seconds of the service day.
    arrival_s : int32 (sites, practices, minutes); NEVER where there is no trip within the limit.
    """

    sites: slice
    practices: slice
    departure_s: Array
    arrival_s: Array


def profiles(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    network: Network,
    *,
    window: tuple[str, str] = ("08:00", "10:00"),
    direction: Direction = "to",
    max_bytes: int = 256 * 2**20,
    workers: int | None = None,
) -> Iterator[Profiles]:
    """Earliest arrival for every site, practice and departure, block by block.

    Parameters
    ----------
    sites, practices, network, window, workers : as in `travel_times`.
    direction : "to" the practices, or "from" them (arrivals at the sites).
    max_bytes : most memory for the arrivals of one block; a block has at least one site and one practice.

    Yields
    ------
    Profiles
        block after block of sites, and within it of practices.
    """
    departs = parse_window(window, network.who.max_minutes)
    check_points(sites, "site_id", "sites")
    check_points(practices, "practice_id", "practices")
    site_points, practice_points = network.snap(sites), network.snap(practices)
    departure_s = departs.first_s + 60 * np.arange(departs.minutes, dtype=np.int32)
    pairs = max(1, max_bytes // (4 * departs.minutes))
    site_step = max(1, min(len(sites), pairs))
    practice_step = max(1, pairs // site_step)
    for i in range(0, len(sites), site_step):
        block = np.arange(i, min(i + site_step, len(sites)))
        for j in range(0, len(practices), practice_step):
            some = np.arange(j, min(j + practice_step, len(practices)))
            search = link_points(
                site_points.take(block),
                practice_points.take(some),
                network,
                departs,
                direction,
                workers,
            )
            yield Profiles(
                slice(i, i + len(block)),
                slice(j, j + len(some)),
                departure_s,
                arrivals(search).transpose(1, 0, 2),
            )


def check_percentiles(percentiles: Sequence[float] | float) -> tuple[float, ...]:
    """Percentiles (or a single one) as a tuple, each once, ascending.

    Raises
    ------
    ProjectError
        when there is none, or one is not above 0 and at most 100.
    """
    try:
        wanted = tuple(sorted({float(p) for p in np.atleast_1d(np.asarray(percentiles))}))
    except (TypeError, ValueError) as error:
        raise ProjectError(
            Fault("not numbers", "percentiles", value=str(percentiles), remedy="(10, 50, 90)")
        ) from error
    faults = [
        Fault("a percentile is above 0 and at most 100", "percentiles", value=f"{p:g}")
        for p in wanted
        if not 0 < p <= 100
    ]
    if not wanted:
        faults.append(
            Fault("no percentile asked for", "percentiles", remedy="ask for 50, the median")
        )
    if faults:
        raise ProjectError(faults)
    return wanted


def prepare_search(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    network: Network,
    window: Window,
    direction: Direction = "to",
    workers: int | None = None,
) -> Search:
    """Link sites and practices to the network and list what can be used in the window."""
    check_points(sites, "site_id", "sites")
    check_points(practices, "practice_id", "practices")
    return link_points(
        network.snap(sites), network.snap(practices), network, window, direction, workers
    )


def link_points(
    sites: Places,
    practices: Places,
    network: Network,
    window: Window,
    direction: Direction = "to",
    workers: int | None = None,
) -> Search:
    """As `prepare_search`, for points already snapped."""
    who, transit = network.who, network.transit
    max_s, count = int(60 * who.max_minutes), len(practices)
    if direction == "to":
        walk = network.own_ways(sites, practices, workers).transposed(count)
    else:
        walk = network.own_ways(practices, sites, workers)
    search = Search(direction, window, max_s, who.max_rides or 0, len(sites), walk, workers=workers)
    if transit is None or who.max_rides == 0:
        return search
    stops = transit.stop_places
    if direction == "to":
        rides = transit.rides
        near_site = network.own_ways(sites, stops, workers)
        near_practice = network.walks(stops, practices, workers).transposed(count)
    else:
        rides = transit.rides_back
        near_site = network.own_ways(stops, sites, workers).transposed(len(sites))
        near_practice = network.walks(practices, stops, workers)
    patterns = rides.patterns
    at_site = boardings(access_nodes(near_site, patterns), patterns)
    list_calls = departures if direction == "to" else landings
    return replace(
        search,
        rides=rides,
        calls=list_calls(at_site, patterns, window, max_s),
        ends=boardings(access_nodes(near_practice, patterns), patterns, alight=True),
    )
