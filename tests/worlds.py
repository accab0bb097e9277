"""Small made-up worlds for the tests of the routing core: streets, a timetable, a traveller, sites and practices.

Everything is drawn from one `random.Random`, so that hypothesis can drive (and shrink) it, and a plain loop over
seeds can run for as long as one likes.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from geoaccess.load.streets import Streets
from geoaccess.load.timetable import Timetable
from geoaccess.network.traveller import Traveller

if TYPE_CHECKING:
    from random import Random

METRES_PER_DEGREE = 111195.08
RULE_COLUMNS = (
    "from_stop",
    "to_stop",
    "from_route",
    "to_route",
    "from_trip",
    "to_trip",
    "type",
    "min_transfer_s",
)

Place = tuple[float, float]  # lon, lat
PlaceM = tuple[float, float]  # metres east and north


@dataclass(frozen=True)
class Trip:
    """One trip as a test writes it."""

    stops: tuple[int, ...]
    arrival_s: tuple[int, ...]
    departure_s: tuple[int, ...]
    trip_id: str
    route_id: str
    board: tuple[bool, ...]
    alight: tuple[bool, ...]
    service_day: int = 0
    next_trip: int = -1


@dataclass(frozen=True)
class World:
    """All that a question to the router needs."""

    streets: Streets
    timetable: Timetable | None
    who: Traveller
    sites: tuple[Place, ...]
    practices: tuple[Place, ...]
    window: tuple[str, str]
    max_snap_m: float = 500.0
    percentiles: tuple[float, ...] = (10, 50, 90)

    @property
    def departures(self) -> list[int]:
        """Departure seconds of the window, one a minute."""
        first, last = (3600 * int(t[:2]) + 60 * int(t[3:]) for t in self.window)
        return list(range(first, last, 60))

    def site_table(self) -> gpd.GeoDataFrame:
        """Sites as a public table."""
        return points(self.sites, "site_id")

    def practice_table(self) -> gpd.GeoDataFrame:
        """Practices as a public table."""
        return points(self.practices, "practice_id")

    def __str__(self) -> str:
        s = self.streets
        lines = [
            f"{self.who} window={self.window} snap={self.max_snap_m} percentiles={self.percentiles}"
        ]
        lines += [
            f"node {k}: {lon!r}, {lat!r}"
            for k, (lon, lat) in enumerate(zip(s.lon, s.lat, strict=True))
        ]
        lines += [
            f"segment {a}-{b} {cm} cm fixed {f} s access {x}"
            for a, b, cm, f, x in zip(
                s.segment_from, s.segment_to, s.length_cm, s.fixed_s, s.access, strict=True
            )
        ]
        lines += [f"site {k}: {p}" for k, p in enumerate(self.sites)]
        lines += [f"practice {k}: {p}" for k, p in enumerate(self.practices)]
        t = self.timetable
        if t is not None:
            lines += [
                f"stop {k}: {p}"
                for k, p in enumerate(zip(t.stops["lon"], t.stops["lat"], strict=True))
            ]
            for k, trip in enumerate(t.trips.itertuples()):
                a, b = t.first[k : k + 2]
                calls = [
                    f"{t.stop[i]}@{t.arrival_s[i]}/{t.departure_s[i]}"
                    + ("" if t.board[i] else "!board")
                    + ("" if t.alight[i] else "!alight")
                    for i in range(a, b)
                ]
                lines.append(
                    f"trip {k} {trip.trip_id} {trip.route_id} next {trip.next_trip}: {' '.join(calls)}"
                )
            lines += [f"rule {row}" for row in t.transfers.itertuples(index=False)]
        return "\n".join(lines)


def points(places: tuple[Place, ...], id_column: str) -> gpd.GeoDataFrame:
    """Table of places with running ids."""
    ids = [f"{id_column[0]}{k}" for k in range(len(places))]
    geometry = gpd.points_from_xy([p[0] for p in places], [p[1] for p in places])
    return gpd.GeoDataFrame({id_column: ids}, geometry=geometry, crs=4326)


def make_streets(
    nodes: list[Place], segments: list[tuple[int, int, int, int, int]], source: str = "made up"
) -> Streets:
    """Streets of (from, to, length_cm, fixed_s, access) segments."""
    table = np.array(segments, np.int64).reshape(-1, 5)
    place = np.array(nodes, float).reshape(-1, 2)
    return Streets(
        np.arange(len(nodes), dtype=np.int64),
        place[:, 0].copy(),
        place[:, 1].copy(),
        table[:, 0].astype(np.int32),
        table[:, 1].astype(np.int32),
        table[:, 2].astype(np.int32),
        table[:, 3].astype(np.int32),
        table[:, 4].astype(np.uint8),
        np.where(table[:, 3] > 0, 3, 1).astype(np.uint8),
        source,
    )


def make_timetable(
    stops: list[Place], trips: list[Trip], rules: list[dict[str, Any]] | None = None
) -> Timetable:
    """A timetable of hand-written trips."""
    count = len(stops)
    stop_table = pd.DataFrame(
        {
            "stop_id": [f"S{k}" for k in range(count)],
            "name": [f"Stop {k}" for k in range(count)],
            "lon": [p[0] for p in stops],
            "lat": [p[1] for p in stops],
            "parent_station": "",
            "feed": "f",
        }
    )
    trip_table = pd.DataFrame(
        {
            "trip_id": [t.trip_id for t in trips],
            "route_id": [t.route_id for t in trips],
            "line": [t.route_id for t in trips],
            "mode": 3,
            "headsign": "",
            "service_day": [t.service_day for t in trips],
            "next_trip": [t.next_trip for t in trips],
            "feed": "f",
        }
    )
    rule_table = pd.DataFrame(
        [[{**EMPTY_RULE, **rule}[c] for c in RULE_COLUMNS] for rule in rules or []],
        columns=list(RULE_COLUMNS),
    ).astype({c: "int64" if c in INTEGER_RULE_COLUMNS else "str" for c in RULE_COLUMNS})
    return Timetable(
        dt.date(2026, 11, 24),
        stop_table,
        trip_table,
        np.cumsum([0, *(len(t.stops) for t in trips)]).astype(np.int64),
        np.array([s for t in trips for s in t.stops], np.int32),
        np.array([s for t in trips for s in t.arrival_s], np.int32),
        np.array([s for t in trips for s in t.departure_s], np.int32),
        np.array([s for t in trips for s in t.board], bool),
        np.array([s for t in trips for s in t.alight], bool),
        rule_table,
        pd.DataFrame({"feed": ["f"]}),
    )


INTEGER_RULE_COLUMNS = ("from_stop", "to_stop", "type", "min_transfer_s")
EMPTY_RULE: dict[str, Any] = {
    "from_route": "",
    "to_route": "",
    "from_trip": "",
    "to_trip": "",
    "type": 0,
    "min_transfer_s": -1,
}


def trips_of(timetable: Timetable) -> list[Trip]:
    """The trips of a timetable as a test writes them."""
    t = timetable
    return [
        Trip(
            *(tuple(column[a:b].tolist()) for column in (t.stop, t.arrival_s, t.departure_s)),
            row.trip_id,
            row.route_id,
            *(tuple(column[a:b].tolist()) for column in (t.board, t.alight)),
            row.service_day,
            row.next_trip,
        )
        for row, a, b in zip(t.trips.itertuples(), t.first[:-1], t.first[1:], strict=True)
    ]


def with_trips(timetable: Timetable, trips: list[Trip]) -> Timetable:
    """The same stops and rules with other trips."""
    places = list(zip(timetable.stops["lon"], timetable.stops["lat"], strict=True))
    return replace(make_timetable(places, trips), transfers=timetable.transfers)


# ---- random worlds


def examples(count: int) -> settings:
    """So many examples, the same each time; GEOACCESS_EXAMPLES=20000 asks for a long random run instead."""
    asked = os.environ.get("GEOACCESS_EXAMPLES")
    return settings(
        max_examples=int(asked or count),
        derandomize=asked is None,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@dataclass
class Ground:
    """A flat piece of the earth on which places are drawn in metres."""

    lon: float
    lat: float
    nodes_m: list[PlaceM] = field(default_factory=list)

    def place(self, x_m: float, y_m: float) -> Place:
        """Degrees of a place in metres east and north."""
        return (
            self.lon + x_m / METRES_PER_DEGREE / math.cos(math.radians(self.lat)),
            self.lat + y_m / METRES_PER_DEGREE,
        )


def chance(rnd: Random, share: float) -> bool:
    """Yes in this share of the cases, No when shrunk."""
    return rnd.randint(1, 1000) > 1000 - 1000 * share


def random_world(rnd: Random) -> World:
    """Draw a world in which everything that the definition of travel time names can happen.

    In most worlds walks are short beside the distances, so that rides, changes and transfer rules matter.
    """
    ground = Ground(*rnd.choice([(4.25, 52.0), (-3.0, 51.6), (-51.2, -30.0), (25.0, 68.0)]))
    riding = not chance(rnd, 0.2)
    streets = random_streets(
        rnd, ground, rnd.choice([5000.0, 20_000.0] if riding else [1500.0, 300.0, 4000.0])
    )
    first_min = rnd.choice([480, 0, 3, 721, 1435, 1500, 1600])
    window_min = rnd.randint(1, 25)
    place = calm_place if riding and chance(rnd, 0.7) else random_place
    stops_m = [place(rnd, ground, streets) for _ in range(rnd.choice([3, 3, 4, 4, 5, 6, 8]))]
    if chance(rnd, 0.1):
        stops_m[-1] = stops_m[0]
    relay = chance(rnd, 0.75)
    trips = random_trips(rnd, len(stops_m), 60 * first_min, window_min, relay=relay)
    timetable = make_timetable([ground.place(*s) for s in stops_m], trips, random_rules(rnd, trips))
    starts = [
        near(rnd, stops_m[rnd.choice(rnd.choice(trips).stops[:-1])])
        for _ in range(rnd.randint(1, 2))
    ]
    ends = [
        near(rnd, stops_m[rnd.choice(rnd.choice(trips).stops[1:])])
        for _ in range(rnd.randint(1, 2))
    ]
    if relay:
        starts[0], ends[0] = near(rnd, stops_m[0]), near(rnd, stops_m[-1])
    if not riding or chance(rnd, 0.1):
        starts[0], ends[0] = (random_place(rnd, ground, streets) for _ in range(2))
    return World(
        streets,
        None if chance(rnd, 0.03) else timetable,
        random_traveller(rnd, riding),
        tuple(ground.place(*start) for start in starts),
        tuple(ground.place(*end) for end in ends),
        (clock(first_min), clock(first_min + window_min)),
        rnd.choice([500.0] * 7 + [60.0]),
        rnd.choice([(10, 50, 90), (1, 100), (7, 33.3, 56), (50,), (28, 29, 99)]),
    )


def near(rnd: Random, place_m: PlaceM) -> PlaceM:
    """Draw a place at, or at most 150 m from, another one."""
    off = rnd.choice([0, 20, 20, 40, 150])
    return place_m[0] + rnd.randint(-off, off), place_m[1] + rnd.randint(-off, off)


def clock(minute: int) -> str:
    """Minute of the service day as HH:MM."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def random_traveller(rnd: Random, riding: bool) -> Traveller:
    """Draw a traveller whose limits often bind."""
    cycles = {}
    if chance(rnd, 0.3):
        cycles = {
            "cycle": True,
            "cycle_kmh": rnd.choice([15.0, 12.0, 18.7, 4.0]),
            "max_cycle_min": rnd.choice([30.0, 10.0, 10.0, 4.0, 1.0, 60.0]),
        }
    return Traveller(
        **cycles,
        walk_kmh=rnd.choice([4.5, 3.6, 5.0, 3.0, 4.7]),
        max_walk_min=rnd.choice(
            [10.0, 7.0, 10.0, 5.0, 3.0, 20.0] if riding else [20.0, 60.0, 10.0, 0.0, 600.0]
        ),
        max_rides=rnd.choice([None] * 8 + [3, 3, 3, 2, 2, 2, 1, 0]),
        min_transfer_s=rnd.choice([60, 60, 0, 1, 120, 300]),
        max_minutes=rnd.choice([120.0, 120.0, 60.0, 200.0, 30.0, 12.5]),
    )


def random_streets(rnd: Random, ground: Ground, spread_m: float) -> Streets:
    """Draw streets: trees with loops, one-ways, ferries, closed segments, islands, several components."""
    count = rnd.randint(4, 12)
    coarse = chance(rnd, 0.25)  # a regular grid has many ties
    for _ in range(count):
        x, y = rnd.randint(0, 1000) / 1000 * spread_m, rnd.randint(0, 1000) / 1000 * spread_m
        if coarse:
            x, y = round(x / spread_m * 4) * spread_m / 4, round(y / spread_m * 4) * spread_m / 4
        ground.nodes_m.append((x, y))
    # one in twelve nodes starts a component of its own
    pairs = [
        (rnd.randint(max(0, k - 3), k - 1), k) for k in range(1, count) if not chance(rnd, 0.08)
    ]
    for _ in range(rnd.randint(0, 5)):
        a, b = rnd.randint(0, count - 1), rnd.randint(0, count - 1)
        if a != b and (a, b) not in pairs and (b, a) not in pairs:  # loaders store each piece once
            pairs.append((a, b))
    stretch = rnd.choice([1.0, 1.0, 1.0, 1.4])
    segments = [random_segment(rnd, ground, a, b, stretch) for a, b in pairs]
    if chance(rnd, 0.35):
        segments += island(rnd, ground, spread_m)
    if chance(rnd, 0.05):  # a road so long that islands need 5 km to stay
        ground.nodes_m.append((spread_m + 10_000.0, spread_m))
        segments.append((0, len(ground.nodes_m) - 1, 60_000_000, 0, 15))
    if not any(access & 3 and not fixed for _, _, _, fixed, access in segments):
        segments.append((0, 1, 10_000, 0, 15))
    elif not any(access & 12 and not fixed for _, _, _, fixed, access in segments):
        segments.append((0, 1, 10_000, 0, 12))
    return make_streets([ground.place(x, y) for x, y in ground.nodes_m], segments)


def random_segment(
    rnd: Random, ground: Ground, a: int, b: int, stretch: float
) -> tuple[int, int, int, int, int]:
    """Draw one segment: (from, to, length_cm, fixed_s, access)."""
    if chance(rnd, 0.07):
        return a, b, 0, rnd.randint(1, 900), rnd.choice([15, 15, 1])
    (ax, ay), (bx, by) = ground.nodes_m[a], ground.nodes_m[b]
    cm = max(1, round(100 * math.hypot(ax - bx, ay - by) * (rnd.choice([1.0, stretch]))))
    return a, b, cm, 0, rnd.choice([15] * 12 + [3, 3, 1, 2, 13, 0, 12, 7, 11])


def island(rnd: Random, ground: Ground, spread_m: float) -> list[tuple[int, int, int, int, int]]:
    """Draw a few metres of street away from everything, which may be below 1% of the largest component."""
    x, y = rnd.randint(0, 1000) / 1000 * spread_m, rnd.randint(0, 1000) / 1000 * spread_m
    length_m = rnd.choice([8.0, 30.0, 60.0, 1200.0, 4800.0, 5200.0])
    first = len(ground.nodes_m)
    ground.nodes_m += [(x, y), (x + length_m / 2, y), (x + length_m, y)]
    half = max(1, round(50 * length_m))
    segments = [(first, first + 1, half, 0, 15), (first + 1, first + 2, half, 0, 15)]
    if chance(rnd, 0.3):
        segments.append((0, first, 0, rnd.randint(1, 300), 15))
    return segments


def random_place(rnd: Random, ground: Ground, streets: Streets) -> PlaceM:
    """Draw a place on a node, beside a street, or far from everything."""
    kind = rnd.randint(0, 29)
    if kind == 29:
        return rnd.choice([-470.0, -530.0, -900.0]), rnd.randint(0, 300)
    if kind < 6:
        return rnd.choice(ground.nodes_m)
    k = rnd.randint(0, len(streets.segment_from) - 1)
    (ax, ay), (bx, by) = (ground.nodes_m[n[k]] for n in (streets.segment_from, streets.segment_to))
    t = rnd.randint(0, 40) / 40
    off = rnd.choice([0, 0, 5, 5, 30, 30, 80, 300])
    return ax + t * (bx - ax) + rnd.randint(-off, off), ay + t * (by - ay) + rnd.randint(-off, off)


def calm_place(rnd: Random, ground: Ground, streets: Streets) -> PlaceM:
    """Draw a place at an ordinary street."""
    able = [
        k for k in range(len(streets.access)) if streets.access[k] == 15 and not streets.fixed_s[k]
    ]
    k = rnd.choice(able or [0])
    (ax, ay), (bx, by) = (ground.nodes_m[n[k]] for n in (streets.segment_from, streets.segment_to))
    t, off = rnd.randint(0, 40) / 40, rnd.randint(0, 6)
    return ax + t * (bx - ax) + off, ay + t * (by - ay) - off


def random_trips(
    rnd: Random, stops: int, first_s: int, window_min: int, *, relay: bool
) -> list[Trip]:
    """Draw a few lines of a few trips each around the window; some vehicles go on as another trip.

    In a relay each line covers a part of the way from the first stop to the last, and runs after the one before.
    """
    trips: list[Trip] = []
    most = rnd.choice([12, 12, 12, 12, 8, 3])
    hubs = sorted({0, stops // 3, 2 * stops // 3, stops - 1})
    for line in range(rnd.randint(len(hubs) - 1 if relay else 2, 5)):
        leg = line % (len(hubs) - 1)
        calls = random_calls(rnd, stops)
        if relay:
            calls = [hubs[leg], *calls[: rnd.choice([0, 0, 1])], hubs[leg + 1]]
        later_min = 8 * leg if relay else 0
        masks = [random_mask(rnd, len(calls)) for _ in range(2)]
        hop_s = rnd.choice([60, 180, 420])
        for _ in range(rnd.randint(2, 4)):
            start_s = (
                first_s
                + 60 * (later_min + rnd.randint(-3, window_min + 15))
                + rnd.choice([0, 0, 1, 29])
            )
            own = [random_mask(rnd, len(calls)) for _ in range(2)] if chance(rnd, 0.1) else masks
            route_id = f"R{rnd.choice([line, line, 0])}"
            trips.append(random_trip(rnd, calls, start_s, hop_s, own, route_id, len(trips)))
            if chance(rnd, 0.2):
                onward = [calls[-1], *random_calls(rnd, stops)[:3]]
                start_s = trips[-1].arrival_s[-1] + rnd.choice([0, 30, 600])
                both = [(True,) * len(onward)] * 2
                trips.append(random_trip(rnd, onward, start_s, hop_s, both, route_id, len(trips)))
    rnd.shuffle(trips)
    trips = kept(trips[:most])
    if not trips:
        trips = [random_trip(rnd, [0, 1], first_s + 600, 60, [(True, True)] * 2, "R0", 0)]
    return continued(rnd, trips)


def random_calls(rnd: Random, stops: int) -> list[int]:
    """Draw the stops of a line; some lines come back to a stop."""
    calls = [rnd.randint(0, stops - 1) for _ in range(rnd.randint(2, 6))]
    if chance(rnd, 0.3):
        return calls
    once = list(dict.fromkeys(calls))
    return once if len(once) > 1 else [*once, (once[0] + 1) % stops]


def random_mask(rnd: Random, size: int) -> tuple[bool, ...]:
    """Draw where boarding (or alighting) is allowed."""
    if not chance(rnd, 0.2):
        return (True,) * size
    return tuple(not chance(rnd, 0.3) for _ in range(size))


def random_trip(
    rnd: Random,
    calls: list[int],
    start_s: int,
    hop_s: int,
    masks: list[tuple[bool, ...]],
    route_id: str,
    number: int,
) -> Trip:
    """Draw the times of one trip; a slow one is overtaken by the next."""
    slow = rnd.choice([1, 1, 1, 3])
    arrival, departure, now = [], [], start_s
    for _ in calls:
        arrival.append(now)
        now += rnd.choice([0, 0, 0, 20, 60, 240])
        departure.append(now)
        now += rnd.choice([hop_s, hop_s, 0, hop_s + 17]) * slow
    trip_id = f"T{rnd.choice([number, number, 0])}"
    return Trip(
        tuple(calls), tuple(arrival), tuple(departure), trip_id, route_id, masks[0], masks[1]
    )


def kept(trips: list[Trip]) -> list[Trip]:
    """Trips that a loader keeps: still running after second 0 and starting before 32:00."""
    return [t for t in trips if t.departure_s[-1] > 0 and t.arrival_s[0] < 32 * 3600]


def continued(rnd: Random, trips: list[Trip]) -> list[Trip]:
    """Let some trips go on as another one, mostly where they end."""
    result = list(trips)
    taken: set[int] = set()
    for k in range(len(result)):
        if not chance(rnd, 0.2):
            continue
        able = [
            n
            for n in range(len(result))
            if n != k and n not in taken and result[n].departure_s[0] >= result[k].arrival_s[-1]
        ]
        near = [n for n in able if result[n].stops[0] == result[k].stops[-1]]
        able = near if near else able if chance(rnd, 0.3) else []
        if able:
            n = rnd.choice(able)
            if not leads_to(result, n, k):
                taken.add(n)
                result[k] = replace(result[k], next_trip=n)
    return result


def leads_to(trips: list[Trip], start: int, end: int) -> bool:
    """Does the vehicle of trip start go on, in the end, as trip end."""
    while start >= 0:
        if start == end:
            return True
        start = trips[start].next_trip
    return False


def random_rules(rnd: Random, trips: list[Trip]) -> list[dict[str, Any]]:
    """Draw transfer rules of every type and for trips, routes or all, mostly where one trip ends and one begins."""
    rules = []
    for _ in range(rnd.choice([0, 0, 2, 6, 12, 16])):
        left, boarded = rnd.choice(trips), rnd.choice(trips)
        a, b = left.stops[-1], boarded.stops[0]
        if chance(rnd, 0.4):
            a, b = rnd.choice(left.stops[1:]), rnd.choice(boarded.stops[:-1])
        rule: dict[str, Any] = {"from_stop": a, "to_stop": b, "type": rnd.randint(0, 3)}
        for side, trip in (("from", left), ("to", boarded)):
            about = rnd.choice(["", "", "route", "trip", "both"])
            if about in ("route", "both"):
                rule[f"{side}_route"] = trip.route_id
            if about in ("trip", "both"):
                rule[f"{side}_trip"] = trip.trip_id
        if rule["type"] == 2:
            rule["min_transfer_s"] = rnd.choice([0, 400, -1, 90, 30])
        rules.append(rule)
    return rules


def with_bicycle(world: World, walk_min: float = 4.0) -> World:
    """The same world for one who walks little and may cycle."""
    return replace(world, who=replace(world.who, cycle=True, max_walk_min=walk_min))


worlds = st.randoms(use_true_random=False).map(random_world)
cycling_worlds = worlds.map(with_bicycle)
