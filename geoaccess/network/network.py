"""The network of one traveller: streets, timetable, links of stops to streets, and the changes worth making."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.load.streets import Streets
from geoaccess.load.timetable import Timetable
from geoaccess.network.links import Links, walk_links
from geoaccess.network.places import Places, quickest, vehicle_links
from geoaccess.network.snapping import Snapped, snap
from geoaccess.network.streets import StreetGraph, build_graph
from geoaccess.network.timetable import Patterns, build_patterns, mirrored
from geoaccess.network.transfers import Changes, build_changes, node_links
from geoaccess.network.traveller import Traveller
from geoaccess.tables import METRES_PER_DEGREE, lonlat

Array = np.ndarray[Any, Any]

logger = logging.getLogger(__name__)

#: Farthest a site, practice or stop may lie from a usable street, in metres.
MAX_SNAP_M = 500.0


@dataclass(frozen=True, eq=False)
class Rides:
    """Journeys and the changes between them.

    Attributes
    ----------
    patterns : journeys in first-in-first-out patterns.
    changes : changes between journeys worth making.
    """

    patterns: Patterns
    changes: Changes


@dataclass(frozen=True, eq=False)
class Transit:
    """What rides add to the streets.

    Attributes
    ----------
    timetable : the rides of the day, as loaded.
    stops : stops snapped to the streets of walkers.
    transfers : seconds from getting off at a node to being ready to get on at another.
    rides : what searches towards a place read.
    cycle_stops : stops snapped to the streets of cyclists; None where the traveller does not cycle.
    """

    timetable: Timetable
    stops: Snapped
    transfers: Links
    rides: Rides
    cycle_stops: Snapped | None = None

    @property
    def stop_places(self) -> Places:
        """Stops as ends of the ways to and from a site."""
        return Places(self.stops, self.cycle_stops)

    @cached_property
    def rides_back(self) -> Rides:
        """What searches away from a place read: the rides with time running backwards, made when first asked for."""
        back = mirrored(self.rides.patterns)
        nodes = len(back.node_stop)
        return Rides(back, build_changes(back, self.transfers.transposed(nodes)))


@dataclass(frozen=True, eq=False)
class Network:
    """Everything that routing reads, prepared for one traveller and one date.

    Attributes
    ----------
    streets : the raw streets (drawn as background).
    graph : streets to walk on.
    who : the traveller.
    transit : rides, or None where only walking is possible.
    max_snap_m : farthest a point may lie from a street to be linked.
    notes : sentences on what was set aside or not linked.
    cycle_graph : streets to cycle on; None where the traveller does not cycle.
    """

    streets: Streets
    graph: StreetGraph
    who: Traveller
    transit: Transit | None
    max_snap_m: float
    notes: tuple[str, ...] = ()
    cycle_graph: StreetGraph | None = None

    def snap(self, points: gpd.GeoDataFrame) -> Places:
        """Snap a table of points (EPSG:4326) to the streets."""
        lon, lat = lonlat(points)
        walk, cycle = (
            None if graph is None else snap(graph, lon, lat, self.max_snap_m)
            for graph in (self.graph, self.cycle_graph)
        )
        assert walk is not None
        return Places(walk, cycle)

    def walks(self, origins: Places, destinations: Places, workers: int | None = None) -> Links:
        """Ways on foot, no longer than the traveller walks at a time: rows are origins, columns destinations."""
        limit_s = 60.0 * self.who.max_walk_min
        return walk_links(self.graph, origins.walk, destinations.walk, limit_s, workers)

    def cycle_ways(
        self, origins: Places, destinations: Places, workers: int | None = None
    ) -> Links | None:
        """Ways by bicycle, no longer than the traveller cycles at a time; None where the traveller does not cycle."""
        if self.cycle_graph is None or origins.cycle is None or destinations.cycle is None:
            return None
        return vehicle_links(
            self.cycle_graph,
            origins.cycle,
            destinations.cycle,
            self.who.walk_kmh,
            60.0 * self.who.max_cycle_min,
            workers,
        )

    def own_ways(self, origins: Places, destinations: Places, workers: int | None = None) -> Links:
        """Quickest ways without a ride where one end is a site: on foot or, if the traveller may, by bicycle."""
        walked = self.walks(origins, destinations, workers)
        cycled = self.cycle_ways(origins, destinations, workers)
        return walked if cycled is None else quickest(walked, cycled)

    def __repr__(self) -> str:
        rides = repr(self.transit.timetable) if self.transit else "no rides"
        return f"Network({self.streets!r}, {rides}, {self.who})"


def build_network(
    streets: Streets,
    timetable: Timetable | None,
    who: Traveller | None = None,
    *,
    max_snap_m: float = MAX_SNAP_M,
    workers: int | None = None,
) -> Network:
    """Prepare streets and rides for one traveller.

    Parameters
    ----------
    streets : from `load_streets`.
    timetable : from `load_timetable`, or None: then only walking is possible.
    who : traveller; the default `Traveller()` walks at 4.5 km/h, at most 20 minutes at a time.
    max_snap_m : farthest a site, practice or stop may lie from a usable street, in metres.
    workers : threads; None for all processors.

    Returns
    -------
    Network

    Raises
    ------
    StreetsError
        when nobody may walk on any of the streets, or cycle where the traveller does.
    """
    who = who or Traveller()
    graph = build_graph(streets, "walk", who.walk_kmh)
    notes = [*_island_notes(graph, "street islands")]
    cycle_graph = None
    if who.cycle:
        cycle_graph = build_graph(streets, "cycle", who.cycle_kmh)
        notes += _island_notes(cycle_graph, "islands of streets to cycle on")
        notes.append(
            f"the traveller may cycle at {who.cycle_kmh:g} km/h, at most {who.max_cycle_min:g} minutes at a time, "
            "between the site and a stop or the practice: own or lent bicycle, left and found at the stop"
        )
    transit = None
    if timetable is not None:
        transit = _build_transit(graph, cycle_graph, timetable, who, max_snap_m, workers)
        linked = int(transit.stop_places.linked.sum())
        notes.append(
            f"{linked} of {len(timetable.stops)} stops lie within {max_snap_m:g} m of a usable street; "
            "the others can be ridden through, not walked to"
        )
    network = Network(streets, graph, who, transit, max_snap_m, tuple(notes), cycle_graph)
    logger.info("%r", network)
    return network


def _island_notes(graph: StreetGraph, what: str) -> list[str]:
    if not graph.island_count:
        return []
    length = f"{graph.island_m / 1000:.1f} km in all"
    return [f"{what} not connected to the rest, set aside: {graph.island_count} ({length})"]


def _build_transit(
    graph: StreetGraph,
    cycle_graph: StreetGraph | None,
    timetable: Timetable,
    who: Traveller,
    max_snap_m: float,
    workers: int | None,
) -> Transit:
    lon, lat = timetable.stops["lon"].to_numpy(float), timetable.stops["lat"].to_numpy(float)
    stops = snap(graph, lon, lat, max_snap_m)
    walks = walk_links(graph, stops, stops, 60.0 * who.max_walk_min, workers)
    patterns = build_patterns(timetable)
    straight_s = _straight_walk_s(timetable.transfers, lon, lat, who.walk_kmh)
    transfers = node_links(patterns, walks, timetable.transfers, who, straight_s)
    rides = Rides(patterns, build_changes(patterns, transfers, workers))
    cycle_stops = None if cycle_graph is None else snap(cycle_graph, lon, lat, max_snap_m)
    return Transit(timetable, stops, transfers, rides, cycle_stops)


def _straight_walk_s(rules: pd.DataFrame, lon: Array, lat: Array, walk_kmh: float) -> Array:
    """Seconds to walk in a straight line between the two stops of each transfer rule."""
    a, b = rules["from_stop"].to_numpy(int), rules["to_stop"].to_numpy(int)
    dy = (lat[a] - lat[b]) * METRES_PER_DEGREE
    dx = (lon[a] - lon[b]) * METRES_PER_DEGREE * np.cos(np.radians(lat[a]))
    seconds: Array = np.ceil(np.hypot(dx, dy) / (walk_kmh / 3.6)).astype(np.int32)
    return seconds
