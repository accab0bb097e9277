"""The network of one traveller: streets, timetable, links of stops to streets, and the changes worth making."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.load.joined import possible_timetables
from geoaccess.load.lines.draw import DRAWS
from geoaccess.load.lines.lines import Lines
from geoaccess.load.streets import FERRY, Streets
from geoaccess.load.timetable import Timetable
from geoaccess.load.vans import Van
from geoaccess.network.links import Links, walk_links
from geoaccess.network.places import Places, quickest, vehicle_links
from geoaccess.network.snapping import Snapped, snap
from geoaccess.network.stops import LinkedStops, link_stops
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

    @cached_property
    def tables(self) -> tuple[Array, Array]:
        """What a search reads of journeys and of events, each side by side, so that it comes from memory at once.

        Returns
        -------
        tuple of int32 (journeys, 3) and int32 (events + 1, 2)
            First event of each journey, and first journey and first position of its pattern; departure of each event,
            and the number of the first change into it.
        """
        p = self.patterns
        of = p.journey_pattern
        journey = np.column_stack([p.journey_event, p.first_journey[of], p.first_position[of]])
        event = np.empty((p.event_count + 1, 2), np.int32)
        event[:-1, 0], event[-1, 0] = p.departure_s, 0
        event[:, 1] = self.changes.first
        return journey.astype(np.int32), event


@dataclass(frozen=True, eq=False)
class Transit:
    """What rides add to the streets.

    Attributes
    ----------
    timetable : the rides of the day, as loaded.
    stops : stops snapped to the streets of walkers.
    transfers : seconds from getting off at a node to being ready to get on at another.
    on_foot_s : int32 (k,); how many of these seconds are on foot, for each entry of ``transfers``.
    rides : what searches towards a place read.
    cycle_stops : stops snapped to the streets of cyclists; None where the traveller does not cycle.
    """

    timetable: Timetable
    stops: Snapped
    transfers: Links
    on_foot_s: Array
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
    transits : rides: none where only walking is possible, one for a timetable; many with lines of which only the
        headway is known: as many timetables that are possible, drawn. Stops are the same in all of them.
    max_snap_m : farthest a point may lie from a street to be linked.
    notes : sentences on what was set aside or not linked.
    cycle_graph : streets to cycle on; None where the traveller does not cycle.
    """

    streets: Streets
    graph: StreetGraph
    who: Traveller
    transits: tuple[Transit, ...]
    max_snap_m: float
    notes: tuple[str, ...] = ()
    cycle_graph: StreetGraph | None = None

    @property
    def timetable(self) -> Timetable | None:
        """The rides: those of the first draw where there are several, None where there are none."""
        return self.transits[0].timetable if self.transits else None

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

    def or_cycled(
        self, walked: Links, origins: Places, destinations: Places, workers: int | None = None
    ) -> Links:
        """Quickest ways without a ride where one end is a site: on foot or, if the traveller may, by bicycle."""
        cycled = self.cycle_ways(origins, destinations, workers)
        return walked if cycled is None else quickest(walked, cycled)

    def __repr__(self) -> str:
        rides = repr(self.timetable) if self.transits else "no rides"
        draws = f" in {len(self.transits)} draws" if len(self.transits) > 1 else ""
        return f"Network({self.streets!r}, {rides}{draws}, {self.who})"


def build_network(
    streets: Streets,
    timetable: Timetable | None,
    who: Traveller | None = None,
    *,
    lines: Lines | None = None,
    vans: Sequence[Van] = (),
    date: str | dt.date | None = None,
    draws: int = DRAWS,
    max_snap_m: float = MAX_SNAP_M,
    workers: int | None = None,
) -> Network:
    """Prepare streets and rides for one traveller.

    Parameters
    ----------
    streets : from `load_streets`.
    timetable : from `load_timetable`, or None. Without timetable, lines and vans only walking is possible.
    who : traveller; the default `Traveller()` walks at 4.5 km/h, at most 20 minutes at a time.
    lines : from `load_lines`: lines of which only the headway is known. The network then holds several timetables that
        are possible, and percentiles of travel times are over the departures in all of them together.
    vans : vans of employers, as `Van`.
    date : service day of lines and vans; that of the timetable where there is one.
    draws : how many timetables are drawn for lines.
    max_snap_m : farthest a site, practice or stop may lie from a usable street, in metres.
    workers : threads; None for all processors.

    Returns
    -------
    Network

    Raises
    ------
    StreetsError
        when nobody may walk on any of the streets, or cycle where the traveller does.
    FeedError
        when no line runs on the date.
    ProjectError
        when the date is missing or is not that of the timetable, or ``draws`` makes no sense.
    """
    timetables = possible_timetables(timetable, lines, vans, date, draws)
    return build_networks(
        streets, [timetables], who, lines=lines, max_snap_m=max_snap_m, workers=workers
    )[0]


def build_networks(
    streets: Streets,
    days: Sequence[Sequence[Timetable]],
    who: Traveller | None = None,
    *,
    lines: Lines | None = None,
    max_snap_m: float = MAX_SNAP_M,
    workers: int | None = None,
) -> tuple[Network, ...]:
    """Prepare streets and the rides of several days for one traveller; what days have in common is made once.

    Parameters
    ----------
    streets, who, max_snap_m, workers : as in `build_network`.
    days : timetables of each day that are possible, from `possible_timetables`.
    lines : ferries among them are not crossed as streets.

    Returns
    -------
    tuple of Network
        one for each day, as `build_network` makes it.

    Raises
    ------
    StreetsError
        as `build_network` does.
    """
    who = who or Traveller()
    closed = _sailed_by_lines(streets, lines)
    graph = build_graph(streets, "walk", who.walk_kmh, closed)
    notes = [*_island_notes(graph, "street islands")]
    cycle_graph = None
    if who.cycle:
        cycle_graph = build_graph(streets, "cycle", who.cycle_kmh, closed)
        notes += _island_notes(cycle_graph, "islands of streets to cycle on")
        notes.append(
            f"the traveller may cycle at {who.cycle_kmh:g} km/h, at most {who.max_cycle_min:g} minutes at a time, "
            "between the site and a stop or the practice: own or lent bicycle, left and found at the stop"
        )
    if closed.any():
        notes.append(
            f"ferries that are lines are crossed with these, at their headways, and not on the "
            f"{int(closed.sum())} pieces of ferry way in the streets as well"
        )
    ridden = [day for day in days if day and len(day[0].trips)]
    linked = iter(
        link_stops(
            graph, cycle_graph, [day[0].stops for day in ridden], who, max_snap_m, workers=workers
        )
    )
    networks = []
    for day in days:
        own: list[str] = []
        transits: tuple[Transit, ...] = ()
        if day and not len(day[0].trips):
            own += day[0].notes
        elif day:
            transits = _build_transits(day, next(linked), who, workers)
            count = int(transits[0].stop_places.linked.sum())
            own.append(
                f"{count} of {len(day[0].stops)} stops lie within {max_snap_m:g} m of a usable street; "
                "the others can be ridden through, not walked to"
            )
        networks.append(
            Network(streets, graph, who, transits, max_snap_m, (*notes, *own), cycle_graph)
        )
        logger.info("%r", networks[-1])
    return tuple(networks)


def _sailed_by_lines(streets: Streets, lines: Lines | None) -> Array:
    """Segments of ferry ways that a line sails, bool (segments,)."""
    sailed: Array = streets.kind == FERRY
    for end in (streets.segment_from, streets.segment_to):
        sailed = sailed & np.isin(
            streets.node_id[end], () if lines is None else lines.crossing_nodes
        )
    return sailed


def _island_notes(graph: StreetGraph, what: str) -> list[str]:
    if not graph.island_count:
        return []
    length = f"{graph.island_m / 1000:.1f} km in all"
    return [f"{what} not connected to the rest, set aside: {graph.island_count} ({length})"]


def _build_transits(
    timetables: Sequence[Timetable], linked: LinkedStops, who: Traveller, workers: int | None
) -> tuple[Transit, ...]:
    """Rides of each draw; stops and transfers are the same in all of them, so they are linked once."""
    one = timetables[0]
    lon, lat = one.stops["lon"].to_numpy(float), one.stops["lat"].to_numpy(float)
    straight_s = _straight_walk_s(one.transfers, lon, lat, who.walk_kmh)
    places, walks = linked.places, linked.walks
    transfers, on_foot_s = None, np.empty(0, np.int32)
    transits = []
    for timetable in timetables:
        patterns = build_patterns(timetable)
        if transfers is None:
            transfers, on_foot_s = node_links(patterns, walks, timetable.transfers, who, straight_s)
        rides = Rides(patterns, build_changes(patterns, transfers, workers))
        transits.append(Transit(timetable, places.walk, transfers, on_foot_s, rides, places.cycle))
    return tuple(transits)


def _straight_walk_s(rules: pd.DataFrame, lon: Array, lat: Array, walk_kmh: float) -> Array:
    """Seconds to walk in a straight line between the two stops of each transfer rule."""
    a, b = rules["from_stop"].to_numpy(int), rules["to_stop"].to_numpy(int)
    dy = (lat[a] - lat[b]) * METRES_PER_DEGREE
    dx = (lon[a] - lon[b]) * METRES_PER_DEGREE * np.cos(np.radians(lat[a]))
    seconds: Array = np.ceil(np.hypot(dx, dy) / (walk_kmh / 3.6)).astype(np.int32)
    return seconds


def network_notes(network: Network) -> list[str]:
    """Sentences on what was set aside in streets, network and rides."""
    by_source = {
        "streets": network.streets.notes,
        "network": network.notes,
        "rides": network.timetable.notes if network.timetable else (),
    }
    return [f"{source}: {note}" for source, said in by_source.items() for note in said]


def means_notes(network: Network) -> list[str]:
    """Sentence on the means of travel, where there are no rides."""
    own = "on foot or by bicycle" if network.who.cycle else "walks"
    if not network.transits:
        only = "walking and cycling were" if network.who.cycle else "walking was"
        why = "there is no timetable (GTFS), and there are no lines or vans that run"
        return [f"only {only} possible: {why}; all times are {own}"]
    if network.who.max_rides == 0:
        return [f"the traveller makes no rides (max_rides = 0): all times are {own}"]
    return []
