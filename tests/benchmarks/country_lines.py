"""Lines of the made-up country: town buses on a grid, buses between towns, trains; and their timetable of one day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoaccess.load.gtfs.transfers import TRANSFER_COLUMNS
from geoaccess.load.timetable import Timetable
from tests.benchmarks.country import BLOCK_M, HOPS, STOPS, Array, Ground, Towns, lonlat

#: crossings between two stops in a town
STEP = 5
#: from so many stopping places a town has lines across as well, and a railway station
CROSS_PLACES, RAIL_PLACES = 100, 9
#: departures an hour in towns with at least so many stopping places
PER_HOUR = ((300, 6.0), (100, 4.0), (30, 2.5), (0, 1.2))
KMH = {"town": 18.0, "region": 32.0, "rail": 85.0}
DWELL_S = {"town": 10, "region": 10, "rail": 60}
GTFS_MODE = {"town": 3, "region": 3, "rail": 2}
#: of the day's departures, relative to the middle of the day, from each hour on
DAY = {5: 0.3, 6: 0.7, 7: 1.3, 9: 1.0, 16: 1.3, 18: 0.8, 20: 0.5, 24: 0.0}
PEAKS_S = ((7 * 3600, 9 * 3600), (16 * 3600, 18 * 3600))
PEAK_SLOWER = 1.15


@dataclass(frozen=True, eq=False)
class Line:
    """Stopping places in order of travel, and departures an hour in the middle of the day."""

    places: Array
    kind: str
    per_hour: float


@dataclass(frozen=True, eq=False)
class Places:
    """Stopping places, with one stop for each direction: node, and what stops there."""

    node: Array
    rail: Array
    #: number of the place at each node, -1 for none
    bus_at: Array
    #: number of the station of each town, -1 for none
    station: Array


def make_timetable(
    towns: Towns, ground: Ground, scale: float, rng: np.random.Generator
) -> Timetable:
    """Lines and the timetable of one day, with about 45,000 * scale stops and 2,200,000 * scale rides."""
    in_town = np.flatnonzero((towns.node_i % STEP == 0) & (towns.node_j % STEP == 0))
    per_town = np.bincount(towns.node_town[in_town], minlength=len(towns.x))
    with_rail = np.flatnonzero(per_town >= RAIL_PLACES)
    rest = round(STOPS * scale / 2) - len(in_town) - len(with_rail)
    # parents come first among the roads: these carry buses
    bus_roads = int((towns.parent >= 0).sum())
    on_road = _road_places(ground, bus_roads, max(0, rest))
    centre = towns.crossing(with_rail, np.zeros_like(with_rail), np.zeros_like(with_rail))
    node = np.concatenate([in_town, *on_road, centre])
    buses = len(node) - len(centre)
    bus_at = np.full(len(ground.x), -1)
    bus_at[node[:buses]] = np.arange(buses)
    station = np.full(len(towns.x), -1)
    station[with_rail] = buses + np.arange(len(centre))
    places = Places(node, np.arange(len(node)) >= buses, bus_at, station)
    lines = [
        *_town_lines(towns, places, in_town, per_town),
        *_region_lines(towns, places, ground, on_road, per_town),
        *_rail_lines(towns, places),
    ]
    return _timetable(lines, places, ground, scale, rng)


def _road_places(ground: Ground, bus_roads: int, wanted: int) -> list[Array]:
    """Nodes of about ``wanted`` stopping places, spread evenly over the roads with buses."""
    nodes = np.diff(ground.road_first)[:bus_roads]
    total = np.concatenate([[0], np.cumsum(nodes)]) * wanted / max(1, nodes.sum())
    found = []
    for k in range(bus_roads):
        count = min(nodes[k], int(total[k + 1]) - int(total[k]))
        at = ((np.arange(count) + 0.5) * nodes[k] / max(1, count)).astype(int)
        found.append(ground.road_node[ground.road_first[k] + at])
    return found


def _rate(places: int) -> float:
    return next(rate for least, rate in PER_HOUR if places >= least)


def _town_lines(towns: Towns, places: Places, in_town: Array, per_town: Array) -> list[Line]:
    """Buses along the rows of stops of each town; short rows are joined to one line. In large towns also across."""
    lines = []
    first = np.searchsorted(towns.node_town[in_town], np.arange(len(towns.x) + 1))
    for town in range(len(towns.x)):
        here = in_town[first[town] : first[town + 1]]
        i, j, rate = towns.node_i[here], towns.node_j[here], _rate(per_town[town])
        for axis, other in ((i, j), (j, i)):
            if axis is j and per_town[town] < CROSS_PLACES:
                continue
            path: list[Array] = []
            size = 0
            rows = np.unique(axis)
            for row in rows[::1] if axis is i else rows[::2]:
                along = here[axis == row][np.argsort(other[axis == row])]
                path.append(along if len(path) % 2 == 0 else along[::-1])
                size += len(along)
                if size >= 5 or row == rows[-1]:
                    if size >= 2:
                        lines.append(Line(places.bus_at[np.concatenate(path)], "town", rate))
                    path, size = [], 0
    return lines


def _region_lines(
    towns: Towns, places: Places, ground: Ground, on_road: list[Array], per_town: Array
) -> list[Line]:
    """Buses from the centre of each town to that of the nearest larger one."""
    lines = []
    for k, stops in enumerate(on_road):
        here, there = ground.road_towns[:, k]
        path = [_to_edge(towns, here, there), stops, _to_edge(towns, there, here)[::-1]]
        rate = 2.0 if per_town[here] >= 30 else 1.0
        lines.append(Line(places.bus_at[np.concatenate(path)], "region", rate))
    return lines


def _to_edge(towns: Towns, here: int, there: int) -> Array:
    """Stopping places of a town from its centre towards another town, first along its rows, then across."""
    angle = np.arctan2(towns.y[there] - towns.y[here], towns.x[there] - towns.x[here])
    far = towns.radius_m[here] / BLOCK_M
    i, j = (int(far * turn(angle - towns.angle[here]) / STEP) * STEP for turn in (np.cos, np.sin))
    rows = np.arange(0, abs(i) + 1, STEP) * np.sign(i)
    columns = np.arange(STEP, abs(j) + 1, STEP) * np.sign(j)
    grid_i = np.concatenate([rows, np.full(len(columns), i)])
    grid_j = np.concatenate([np.zeros(len(rows), int), columns])
    return towns.crossing(np.full(len(grid_i), here), grid_i, grid_j)


def _rail_lines(towns: Towns, places: Places) -> list[Line]:
    """Trains from the stations at the ends of the network to that of the largest town."""
    with_rail = np.flatnonzero(places.station >= 0)
    parent = np.full(len(towns.x), -1)
    for k in with_rail[1:]:
        larger = with_rail[with_rail < k]
        parent[k] = larger[
            np.argmin(np.hypot(towns.x[larger] - towns.x[k], towns.y[larger] - towns.y[k]))
        ]
    lines = []
    for leaf in sorted(set(with_rail.tolist()) - set(parent.tolist())):
        path = [leaf]
        while parent[path[-1]] >= 0:
            path.append(int(parent[path[-1]]))
        if len(path) > 1:
            lines.append(Line(places.station[np.array(path)], "rail", 1.5))
    return lines


def _timetable(
    lines: list[Line], places: Places, ground: Ground, scale: float, rng: np.random.Generator
) -> Timetable:
    hours = np.array(list(DAY), float)
    weight = np.concatenate([[0.0], np.cumsum(np.diff(hours) * np.array(list(DAY.values()))[:-1])])
    runs = weight[-1] * np.array([line.per_hour for line in lines])
    hops = np.array([len(line.places) - 1 for line in lines])
    rail = np.array([line.kind == "rail" for line in lines])
    # as many rides as asked for, by running all buses as much more or less often
    factor = (HOPS * scale / 2 - (hops * runs)[rail].sum()) / (hops * runs)[~rail].sum()
    runs = np.maximum(1, np.round(np.where(rail, runs, runs * factor))).astype(int)
    stop, arrival, departure, size, route = [], [], [], [], []
    for k, line in enumerate(lines):
        for direction in range(2):
            calls = line.places if direction == 0 else line.places[::-1]
            share = (np.arange(runs[k]) + rng.random()) / runs[k]
            start = np.interp(share * weight[-1], weight, 3600.0 * hours)
            arrive, depart = _times(line.kind, calls, places, ground, start)
            stop.append(np.tile(2 * calls + direction, runs[k]))
            arrival.append(arrive.ravel())
            departure.append(depart.ravel())
            size.append(np.full(runs[k], len(calls)))
            route.append(np.full(runs[k], k))
    of_trip, count = np.concatenate(route), np.concatenate(size)
    kinds = np.array([line.kind for line in lines])
    calls = np.concatenate(stop)
    # every place has a line, but not every direction of it
    used, renumbered = np.unique(calls, return_inverse=True)
    yes = np.ones(len(calls), bool)
    return Timetable(
        dt.date(2026, 11, 24),
        _stop_table(used, places, ground),
        _trip_table(of_trip, kinds),
        np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
        renumbered.astype(np.int32),
        np.concatenate(arrival).astype(np.int32),
        np.concatenate(departure).astype(np.int32),
        yes,
        yes.copy(),
        _rules(used, places, lines),
        pd.DataFrame({"feed": ["made-up"], "made_up": [True]}),
        ("made-up lines of a made-up country",),
    )


def _times(kind: str, calls: Array, places: Places, ground: Ground, start: Array):
    """Arrivals and departures (runs, calls) in whole seconds, slower in the peaks."""
    node = places.node[calls]
    metres = 1.25 * np.hypot(np.diff(ground.x[node]), np.diff(ground.y[node]))
    ride = np.maximum(20.0, metres / (KMH[kind] / 3.6))
    slow = np.ones(len(start))
    if kind != "rail":
        for first_s, last_s in PEAKS_S:
            slow[(start >= first_s) & (start < last_s)] = PEAK_SLOWER
    start = np.round(start / 60.0) * 60
    dwell = DWELL_S[kind]
    run = np.concatenate([[0.0], np.cumsum(ride)])
    arrive = start[:, None] + 5 * np.round((slow[:, None] * run + dwell * np.arange(len(run))) / 5)
    return arrive, arrive + dwell


def _stop_table(used: Array, places: Places, ground: Ground) -> pd.DataFrame:
    """Stops on either side of the street."""
    place, direction = used // 2, used % 2
    x, y = (at[places.node[place]] + 12.0 * (direction - 0.5) for at in (ground.x, ground.y))
    lon, lat = lonlat(x, y)
    return pd.DataFrame(
        {
            "stop_id": [f"{p}{'ab'[d]}" for p, d in zip(place, direction, strict=True)],
            "name": [f"Stop {p}" for p in place],
            "lon": lon,
            "lat": lat,
            "parent_station": "",
            "feed": "made-up",
        }
    )


def _trip_table(line: Array, kinds: Array) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "trip_id": [f"T{k}" for k in range(len(line))],
            "route_id": [f"L{k}" for k in line],
            "line": [str(k) for k in line],
            "mode": pd.Series(kinds).map(GTFS_MODE).to_numpy()[line],
            "headsign": "",
            "service_day": 0,
            "next_trip": -1,
            "feed": "made-up",
        }
    )


def _rules(used: Array, places: Places, lines: list[Line]) -> pd.DataFrame:
    """At every station 2 minutes between trains, and 1 minute from the first line there to the second."""
    by_station: dict[int, list[int]] = {}
    for k, line in enumerate(lines):
        if line.kind == "rail":
            for place in line.places.tolist():
                by_station.setdefault(place, []).append(k)
    rows = []
    for place, here in sorted(by_station.items()):
        stops = np.flatnonzero(used // 2 == place).tolist()
        for a in stops:
            for b in stops:
                rows.append((a, b, "", "", "", "", 2, 120))
                if len(here) > 1:
                    rows.append((a, b, f"L{here[0]}", f"L{here[1]}", "", "", 2, 60))
    rules = pd.DataFrame(rows, columns=list(TRANSFER_COLUMNS))
    whole = ("from_stop", "to_stop", "type", "min_transfer_s")
    return rules.astype({c: "int64" if c in whole else "str" for c in TRANSFER_COLUMNS})
