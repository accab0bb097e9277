"""The long table of travel times between sites and practices: the contract between routing and access."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.errors import Fault, ProjectError
from geoaccess.network.boardings import boardings
from geoaccess.network.links import Links, node_columns, node_rows
from geoaccess.network.network import Network, Transit
from geoaccess.network.places import Places
from geoaccess.route.profiles import arrivals, latest_departures, travel_seconds
from geoaccess.route.round_trip import back_window, round_trip_seconds
from geoaccess.route.search import Direction, Draw, Search
from geoaccess.route.ways import ways_on_foot
from geoaccess.route.window import NEVER, Window, check_horizon, parse_clock, parse_window
from geoaccess.tables import check_points

Array = np.ndarray[Any, Any]


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
        ``max_minutes`` counts as endless. Where the network holds several draws of the unknown times of lines, of the
        travel times in all of them together.
    direction : "to" the practices; "from" them, with departures from the practice; or "round": from leaving home to
        being home again, with a visit in between and each way within ``max_minutes``.
    visit_minutes : time at the practice on a round trip.
    arrive_by : "HH:MM"; asks for the latest departure that arrives by then instead of percentiles. Departures are once
        a minute over the ``max_minutes`` before it; ``window`` and ``percentiles`` do not matter. With several draws,
        the latest departure that is in time in at least half of them.
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
    return percentile_table(sites, practices, seconds, wanted)


def percentile_table(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    seconds: Array,
    percentiles: tuple[float, ...],
) -> pd.DataFrame:
    """Long table of percentiles of travel times, as `travel_times` returns it.

    Parameters
    ----------
    sites, practices : tables with site_id and practice_id.
    seconds : int32 (practices, percentiles, sites); NEVER where a percentile is endless.
    percentiles : ascending.
    """
    table, practice, site = _pairs(sites, practices, seconds.min(axis=1) < NEVER)
    for k, percentile in enumerate(percentiles):
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
    check_horizon(by_s, arrive_by, 0)
    departs = Window(by_s - 60 * max_minutes, max_minutes + 1)
    search = prepare_search(sites, practices, network, departs, direction, workers)
    each = [search.draws[k : k + 1] for k in range(max(1, len(search.draws)))]
    latest = np.sort([latest_departures(replace(search, draws=one), by_s) for one in each], axis=0)
    latest = latest[len(each) // 2]  # no earlier in half of the draws or more
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
    draw: int = 0,
    max_bytes: int = 256 * 2**20,
    workers: int | None = None,
) -> Iterator[Profiles]:
    """Earliest arrival for every site, practice and departure, block by block.

    Parameters
    ----------
    sites, practices, network, window, workers : as in `travel_times`.
    direction : "to" the practices, or "from" them (arrivals at the sites).
    draw : which of the timetables that the network holds (`Network.transits`), where it holds several, as lines of
        which only the headway is known make it do.
    max_bytes : most memory for the arrivals of one block; a block has at least one site and one practice.

    Yields
    ------
    Profiles
        block after block of sites, and within it of practices.
    """
    departs = parse_window(window, network.who.max_minutes)
    check_points(sites, "site_id", "sites")
    check_points(practices, "practice_id", "practices")
    if not 0 <= draw < max(1, len(network.transits)):
        last = max(1, len(network.transits)) - 1
        raise ProjectError(Fault(f"must be from 0 to {last}", "draw", value=str(draw)))
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
                draw,
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


def links_to_stops(
    sites: Places, network: Network, direction: Direction = "to", workers: int | None = None
) -> Links | None:
    """Ways from sites to stops, or back from these: rows are stops, columns sites; None where nobody rides."""
    transits = _ridden(network)
    if not transits:
        return None
    stops = transits[0].stop_places
    if direction == "to":
        near = network.walks(sites, stops, workers)
        return network.or_cycled(near, sites, stops, workers).transposed(len(stops))
    return network.or_cycled(network.walks(stops, sites, workers), stops, sites, workers)


def _ridden(network: Network) -> tuple[Transit, ...]:
    """Rides that the traveller may make."""
    max_rides = network.who.max_rides
    return network.transits if max_rides is None or max_rides > 0 else ()


def link_points(
    sites: Places,
    practices: Places,
    network: Network,
    window: Window,
    direction: Direction = "to",
    workers: int | None = None,
    draw: int | None = None,
    near: Links | None = None,
) -> Search:
    """As `prepare_search`, for points already snapped.

    Parameters
    ----------
    sites, practices, network, window, direction, workers : as in `prepare_search`, points on the streets.
    draw : one of the timetables of the network; None for all.
    near : from `links_to_stops` of these sites, where many searches share them.
    """
    who, count = network.who, len(practices)
    transits = _ridden(network)
    if draw is not None:
        transits = transits[draw : draw + 1]
    stops = transits[0].stop_places if transits else sites.take(np.empty(0, np.int64))
    # one search on foot between practices and stops and sites together
    if direction == "to":
        walked = network.walks(stops.joined(sites), practices, workers)
        ends = walked.rows(0, len(stops)).transposed(count)
        walk = walked.rows(len(stops), len(stops) + len(sites))
        walk = network.or_cycled(walk, sites, practices, workers).transposed(count)
    else:
        walked = network.walks(practices, stops.joined(sites), workers)
        walked = walked.transposed(len(stops) + len(sites))
        ends = walked.rows(0, len(stops)).transposed(count)
        walk = walked.rows(len(stops), len(stops) + len(sites)).transposed(count)
        walk = network.or_cycled(walk, practices, sites, workers)
    if who.walk_total_s is not None:
        walk = walk.within(who.walk_total_s)
    draws = []
    if transits:  # stops, and the nodes at them, are the same in all draws
        stop_of_node = transits[0].rides.patterns.node_stop
        if near is None:
            near = links_to_stops(sites, network, direction, workers)
        assert near is not None
        near, ends = node_rows(near, stop_of_node), node_columns(ends, stop_of_node)
        for transit in transits:
            rides = transit.rides if direction == "to" else transit.rides_back
            draws.append(
                Draw(
                    rides,
                    near,
                    boardings(ends, rides.patterns, alight=True),
                    ways_on_foot(transit, who, direction),
                )
            )
    return Search(
        direction,
        window,
        int(60 * who.max_minutes),
        who.max_rides or 0,
        len(sites),
        walk,
        tuple(draws),
        workers,
    )
