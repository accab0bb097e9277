"""The long table of travel times between sites and practices: the contract between routing and access."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.errors import Fault, ProjectError
from geoaccess.load.timetable import HORIZON_S
from geoaccess.network.boardings import boardings
from geoaccess.network.links import walk_links
from geoaccess.network.network import Network
from geoaccess.network.snapping import Snapped
from geoaccess.route.profiles import Direction, Search, arrivals, travel_seconds
from geoaccess.route.transit import NEVER, Window, access_nodes, departures, landings
from geoaccess.tables import check_points

Array = np.ndarray[Any, Any]

_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)$")


def parse_window(window: tuple[str, str], max_minutes: float) -> Window:
    """Read a window of departures such as ("08:00", "10:00"); the end itself is not a departure.

    Parameters
    ----------
    window : first departure and end, "HH:MM" of the service day; past 24:00 is allowed.
    max_minutes : longest trip, which must still end before the timetable does (32:00).

    Raises
    ------
    ProjectError
        when a time cannot be read, the window is empty, or it runs too late.

    Examples
    --------
    >>> parse_window(("08:00", "10:00"), 120)
    Window(first_s=28800, minutes=120)
    """
    faults = []
    seconds = []
    for text in window:
        match = _CLOCK.match(str(text).strip())
        if match is None:
            faults.append(
                Fault("not a time of day", "window", value=str(text), remedy="write it as HH:MM")
            )
        else:
            seconds.append(3600 * int(match[1]) + 60 * int(match[2]))
    if not faults and seconds[1] <= seconds[0]:
        faults.append(
            Fault(
                "the window of departures ends before it starts",
                "window",
                value=f"{window[0]}-{window[1]}",
                remedy="after midnight, count on: 01:00 is 25:00",
            )
        )
    if not faults and seconds[1] + 60 * max_minutes > HORIZON_S:
        faults.append(
            Fault(
                f"the window and the longest trip ({max_minutes:g} min) run past {HORIZON_S // 3600}:00",
                "window",
                value=f"{window[0]}-{window[1]}",
                remedy="end it earlier or lower max_minutes",
            )
        )
    if faults:
        raise ProjectError(faults)
    return Window(seconds[0], (seconds[1] - seconds[0]) // 60)


def travel_times(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    network: Network,
    *,
    window: tuple[str, str] = ("08:00", "10:00"),
    percentiles: Sequence[float] = (10, 50, 90),
    direction: Direction = "to",
    workers: int | None = None,
) -> pd.DataFrame:
    """Door-to-door travel times from sites to practices, waiting included.

    Parameters
    ----------
    sites : points with site_id, EPSG:4326.
    practices : points with practice_id, EPSG:4326.
    network : from `build_network`; it holds the traveller and the date.
    window : departures once a minute from the first time to just before the second.
    percentiles : of the travel time over these departures (nearest rank); a departure without a trip within
        ``max_minutes`` counts as endless.
    direction : "to" the practices, or "from" them: then the departures are those from the practice.
    workers : threads; None for all processors.

    Returns
    -------
    DataFrame
        site_id, practice_id and minutes_p10, minutes_p50, ... (float, exact to the second; inf where that percentile
        is endless). Only pairs that at least one percentile reaches; ordered by site, then practice.

    Raises
    ------
    TableError, ProjectError
        for faulty tables, windows or percentiles.
    """
    wanted = check_percentiles(percentiles)
    departs = parse_window(window, network.who.max_minutes)
    search = prepare_search(sites, practices, network, departs, direction, workers)
    seconds = travel_seconds(search, wanted)
    practice, site = np.nonzero((seconds < NEVER).any(axis=1))
    order = np.lexsort((practice, site))
    practice, site = practice[order], site[order]
    table = pd.DataFrame(
        {
            "site_id": sites["site_id"].array.take(site),
            "practice_id": practices["practice_id"].array.take(practice),
        }
    )
    for k, percentile in enumerate(wanted):
        chosen = seconds[practice, k, site]
        table[f"minutes_p{percentile:g}"] = np.where(chosen < NEVER, chosen / 60.0, np.inf)
    return table


def check_percentiles(percentiles: Sequence[float]) -> tuple[float, ...]:
    """Percentiles as a tuple, each once, ascending.

    Raises
    ------
    ProjectError
        when there is none, or one is not above 0 and at most 100.
    """
    wanted = tuple(sorted({float(p) for p in percentiles}))
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
    sites: Snapped,
    practices: Snapped,
    network: Network,
    window: Window,
    direction: Direction = "to",
    workers: int | None = None,
) -> Search:
    """As `prepare_search`, for points already snapped."""
    who, transit = network.who, network.transit
    walk_s, max_s = 60.0 * who.max_walk_min, int(60 * who.max_minutes)
    count, graph = len(practices.chain), network.graph
    if direction == "to":
        walk = walk_links(graph, sites, practices, walk_s, workers).transposed(count)
    else:
        walk = walk_links(graph, practices, sites, walk_s, workers)
    search = Search(
        direction, window, max_s, who.max_rides or 0, len(sites.chain), walk, workers=workers
    )
    if transit is None or who.max_rides == 0:
        return search
    if direction == "to":
        rides = transit.rides
        near_site = walk_links(graph, sites, transit.stops, walk_s, workers)
        near_practice = walk_links(graph, transit.stops, practices, walk_s, workers)
        near_practice = near_practice.transposed(count)
    else:
        rides = transit.rides_back
        near_site = walk_links(graph, transit.stops, sites, walk_s, workers)
        near_site = near_site.transposed(len(sites.chain))
        near_practice = walk_links(graph, practices, transit.stops, walk_s, workers)
    patterns = rides.patterns
    at_site = boardings(access_nodes(near_site, patterns), patterns)
    list_calls = departures if direction == "to" else landings
    return replace(
        search,
        rides=rides,
        calls=list_calls(at_site, patterns, window, max_s),
        ends=boardings(access_nodes(near_practice, patterns), patterns, alight=True),
    )


def arrival_profiles(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    network: Network,
    window: tuple[str, str],
    direction: Direction = "to",
) -> Array:
    """Earliest arrivals, int32 (practices, sites, minutes) in seconds of the service day; NEVER where there is none."""
    search = prepare_search(
        sites, practices, network, parse_window(window, network.who.max_minutes), direction
    )
    return arrivals(search)
