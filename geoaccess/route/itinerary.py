"""One trip between a site and a practice, leg by leg: why a travel time is what it is."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.errors import Fault, ProjectError
from geoaccess.load.timetable import HORIZON_S
from geoaccess.network.links import walk_links
from geoaccess.network.network import Network, Transit
from geoaccess.network.places import Places
from geoaccess.route.best_trip import NEVER, BestTrip, Cycled, Ends, best_trip
from geoaccess.route.legs import COLUMNS, NUMBERS, Place, trip_legs
from geoaccess.route.limited_trip import limited_trip
from geoaccess.route.matrix import link_points
from geoaccess.route.profiles import arrivals
from geoaccess.route.search import Direction
from geoaccess.route.window import Window, parse_clock
from geoaccess.tables import METRES_PER_DEGREE, check_points

Array = np.ndarray[Any, Any]

NOT_LINKED, NO_CONNECTION = "not_linked", "no_connection"

#: minutes searched at a time for the latest departure
SPAN_MIN = 240


@dataclass(frozen=True, eq=False)
class _End:
    """One end of the trip and where it is on the streets."""

    place: Place
    point: Places


def itinerary(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    network: Network,
    site_id: object,
    practice_id: object,
    *,
    depart: str | None = None,
    arrive_by: str | None = None,
    direction: Direction = "to",
) -> pd.DataFrame:
    """Find the legs of one trip between a site and a practice: the trip behind a travel time.

    Of all trips that arrive earliest, it is one with the fewest rides; of these one that leaves latest, and of these
    one with the least walking and cycling. Its length, from the departure asked for to the arrival, is the travel time
    of `travel_times` for that departure, to the second. Where a network holds several draws of the unknown times of
    lines, the trip is one in the first of them: an example, as its legs say.

    Parameters
    ----------
    sites : points with site_id, EPSG:4326; a name, where there is one, is shown.
    practices : points with practice_id, EPSG:4326.
    network : from `build_network`; it holds the traveller and the date.
    site_id, practice_id : one of each.
    depart : "HH:MM" of the service day; 01:00 in the night after it is "25:00".
    arrive_by : "HH:MM"; the trip leaves at the last whole minute from which one arrives no later than this.
        Exactly one of both is given.
    direction : "to" the practice, or "from" it.

    Returns
    -------
    DataFrame
        one row a leg: mode (walk, cycle, bus, tram, ...), line, headsign, from_name, to_name, depart, arrive (HH:MM:SS
        of the service day, past 24:00 for the night after), minutes, metres (walk and cycle: as far as one gets in that
        time, so a ferry without timetable counts, too; NaN for rides), wait_min (before this leg; before the first one:
        how much later than asked for one may leave), remark, from_id, to_id, trip_id, depart_s, arrive_s.

        A vehicle that goes on as another trip with its passengers has a row for each trip, with the remark
        "stay_seated"; together they are one ride. A change that is there, or takes what it takes, because of
        a rule in transfers.txt has the remark "transfer_rule" (on its walk, or on the ride after it); its walk never
        lasts longer than the rule gives, and may be longer than the traveller walks otherwise. A ride of a line of
        which only the headway is known has the remark "example_times" and this headway in headway_min (NaN for the
        rest).

        Waits and minutes add up to ``attrs["minutes"]``. Also in ``attrs``: depart_s, the departure asked for or found,
        arrive_s, arrive_by_s, rides, direction, site_id, practice_id, from_name, to_name, draws (how many the network
        holds), draw (1, the one this trip is in; 0 without rides to make), and reason. Without a trip
        the table is empty, and reason is "not_linked" (an end lies too far from every street) or "no_connection"
        (within the limits of the traveller), else "".

    Raises
    ------
    TableError, ProjectError
        for faulty tables, ids that are not there, and times that cannot be read or are too late.
    """
    check_points(sites, "site_id", "sites")
    check_points(practices, "practice_id", "practices")
    max_minutes = network.who.max_minutes
    faults: list[Fault] = []
    site = _find(sites, "site_id", site_id, "sites", network, faults)
    practice = _find(practices, "practice_id", practice_id, "practices", network, faults)
    depart_s, arrive_by_s = _moments(depart, arrive_by, max_minutes, faults)
    if direction not in ("to", "from"):
        faults.append(Fault("direction is 'to' or 'from'", "direction", value=str(direction)))
    if faults or site is None or practice is None:
        raise ProjectError(faults)
    start, end = (site, practice) if direction == "to" else (practice, site)
    if depart_s is None:
        assert arrive_by_s is not None
        depart_s = _latest_departure(network, site.point, practice.point, arrive_by_s, direction)
    found = None if depart_s is None else _search(network, start, end, depart_s, direction)
    legs = pd.DataFrame([] if found is None else found[1], columns=list(COLUMNS)).astype(NUMBERS)
    linked = bool(start.point.linked[0] and end.point.linked[0])
    legs.attrs = {
        "site_id": site.place.id,
        "practice_id": practice.place.id,
        "direction": direction,
        "from_name": start.place.name,
        "to_name": end.place.name,
        "draws": len(network.transits),
        "draw": min(1, len(network.transits)),
        "arrive_by_s": arrive_by_s,
        "reason": "" if found else NO_CONNECTION if linked else NOT_LINKED,
        "depart_s": depart_s,
        "arrive_s": found[0].arrive_s if found else None,
        "minutes": (found[0].arrive_s - depart_s) / 60 if found and depart_s is not None else None,
        "rides": len(found[0].rides) if found else None,
    }
    return legs


def _find(
    table: gpd.GeoDataFrame,
    column: str,
    wanted: object,
    what: str,
    network: Network,
    faults: list[Fault],
) -> _End | None:
    """Find a row by its id and snap it; an id that is not there is a fault that names the nearest one."""
    ids = [str(known) for known in table[column]]
    if str(wanted) in ids:
        found = table.iloc[[ids.index(str(wanted))]]
        name = found["name"].iloc[0] if "name" in found.columns else ""
        text = "" if pd.isna(name) else str(name).strip()
        return _End(Place(str(wanted), text or str(wanted)), network.snap(found))
    lower = {known.lower(): known for known in ids}
    near = difflib.get_close_matches(str(wanted).lower(), list(lower), n=1, cutoff=0.0)
    remedy = f"did you mean '{lower[near[0]]}'?" if near else "the table is empty"
    faults.append(
        Fault("there is no such id", what, column=column, value=str(wanted), remedy=remedy)
    )
    return None


def _moments(
    depart: str | None, arrive_by: str | None, max_minutes: float, faults: list[Fault]
) -> tuple[int | None, int | None]:
    """Seconds of the service day of the one time that is given."""
    if (depart is None) == (arrive_by is None):
        problem = "give either the departure or the latest arrival"
        faults.append(Fault(problem, "time", remedy='such as "08:15"'))
        return None, None
    what, text = ("depart", depart) if arrive_by is None else ("arrive_by", arrive_by)
    try:
        moment = parse_clock(str(text), what)
    except ProjectError as error:
        faults += error.faults
        return None, None
    longest_s = 60 * max_minutes if arrive_by is None else 0
    if moment + longest_s > HORIZON_S:
        last = f"{HORIZON_S // 3600}:00"
        problem = f"runs past {last}, where the timetable ends"
        if longest_s:
            problem = f"this and the longest trip ({max_minutes:g} min) run past {last}"
        faults.append(Fault(problem, what, value=str(text), remedy="choose an earlier time"))
    return (moment, None) if arrive_by is None else (None, moment)


def _latest_departure(
    network: Network, site: Places, practice: Places, arrive_by_s: int, direction: Direction
) -> int | None:
    """Last whole minute from which the trip arrives in time; None where there is none on the day."""
    minutes = arrive_by_s // 60 + 1
    while minutes > 0:
        span = min(SPAN_MIN, minutes)
        window = Window(60 * (minutes - span), span)
        search = link_points(site, practice, network, window, direction, workers=1, draw=0)
        found = arrivals(search)[0, 0]
        in_time = np.flatnonzero(found <= arrive_by_s)
        if len(in_time):
            return window.first_s + 60 * int(in_time[-1])
        minutes -= span
    return None


def _arrival(network: Network, start: Places, end: Places, depart_s: int) -> int:
    """Earliest arrival for one departure, NEVER where there is no trip."""
    search = link_points(start, end, network, Window(depart_s, 1), workers=1, draw=0)
    return int(arrivals(search)[0, 0, 0])


def _search(
    network: Network, start: _End, end: _End, depart_s: int, direction: Direction
) -> tuple[BestTrip, list[dict[str, Any]]] | None:
    """Find the best trip and write its legs."""
    who = network.who
    transit = network.transits[0] if network.transits and who.max_rides != 0 else None
    ends = _ends(network, transit, start.point, end.point, direction)

    def stop_walks(from_stop: Array, to_stop: Array) -> tuple[Array, Array]:
        assert transit is not None
        return _stop_walks(network, transit, from_stop, to_stop)

    patterns, transfers = (transit.rides.patterns, transit.transfers) if transit else (None, None)
    rest = (ends, stop_walks, depart_s)
    if who.walk_total_s is None:
        max_s = int(60 * who.max_minutes)
        trip = best_trip(patterns, transfers, *rest, max_s, who.max_rides)
    else:
        arrive_s = _arrival(network, start.point, end.point, depart_s)
        trip = limited_trip(patterns, transfers, *rest, arrive_s, who.max_rides, who.walk_total_s)
    if trip is None:
        return None
    legs = trip_legs(trip, transit, who, start.place, end.place, ends, stop_walks, depart_s)
    return trip, legs


def _ends(
    network: Network, transit: Transit | None, start: Places, end: Places, direction: Direction
) -> Ends:
    """Ways from one point to the other, to all stops and from all stops: the bicycle is at the site's end only."""
    direct, direct_m = _ways(network, start, end, cycles=True)
    all_the_way = int(direct.min(initial=NEVER)), float(direct_m[0, 0])
    if transit is None:
        nothing = np.empty(0, np.int64)
        return Ends(all_the_way[0], nothing, nothing, Cycled(all_the_way[1], nothing, nothing))
    stops, stop = transit.stop_places, transit.rides.patterns.node_stop
    access, access_m = _ways(network, start, stops, cycles=direction == "to")
    egress, egress_m = _ways(network, stops, end, cycles=direction == "from")
    return Ends(
        all_the_way[0],
        access[0, stop],
        egress[stop, 0],
        Cycled(all_the_way[1], access_m[0, stop], egress_m[stop, 0]),
    )


def _ways(
    network: Network, origins: Places, destinations: Places, *, cycles: bool
) -> tuple[Array, Array]:
    """Seconds without a ride (origins, destinations), and metres on a bicycle where that is quicker than walking."""
    shape = len(origins), len(destinations)
    seconds, metres = np.full(shape, NEVER, np.int64), np.full(shape, np.nan)
    walks = network.walks(origins, destinations, 1)
    seconds[walks.row, walks.to] = walks.seconds
    ways = network.cycle_ways(origins, destinations, 1) if cycles else None
    if ways is None or origins.cycle is None or destinations.cycle is None:
        return seconds, metres
    quicker = ways.seconds < seconds[ways.row, ways.to]
    row, to, cycled_s = ways.row[quicker], ways.to[quicker], ways.seconds[quicker]
    seconds[row, to] = cycled_s
    # what is walked off the street takes longer than it would by bicycle
    off_m = (origins.cycle.off_street_cm[row] + destinations.cycle.off_street_cm[to]) / 100.0
    riding_s = np.maximum(cycled_s - off_m / (network.who.walk_kmh / 3.6), 0.0)
    metres[row, to] = off_m + riding_s * network.who.cycle_kmh / 3.6
    return seconds, metres


def _stop_walks(
    network: Network, transit: Transit, from_stop: Array, to_stop: Array
) -> tuple[Array, Array]:
    """Seconds on foot from stop to stop, and where this is a straight line: only a transfer rule links them."""
    froms, a = np.unique(from_stop, return_inverse=True)
    tos, b = np.unique(to_stop, return_inverse=True)
    walks = walk_links(
        network.graph,
        transit.stops.take(froms),
        transit.stops.take(tos),
        60.0 * network.who.max_walk_min,
        1,
    )
    seconds = np.full((len(froms), len(tos)), NEVER, np.int64)
    seconds[walks.row, walks.to] = walks.seconds
    found = seconds[a, b]
    stops = transit.timetable.stops
    lon, lat = stops["lon"].to_numpy(float), stops["lat"].to_numpy(float)
    dy = (lat[from_stop] - lat[to_stop]) * METRES_PER_DEGREE
    dx = (lon[from_stop] - lon[to_stop]) * METRES_PER_DEGREE * np.cos(np.radians(lat[from_stop]))
    straight = np.ceil(np.hypot(dx, dy) / (network.who.walk_kmh / 3.6)).astype(np.int64)
    found = np.where(from_stop == to_stop, 0, found)
    return np.where(found < NEVER, found, straight), found == NEVER
