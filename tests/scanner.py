"""A second router for real feeds, slow but not hopeless: scipy for the walks, one scan over all connections a trip.

It shares no code with the product. Per departure it reads every ride from one call to the next in order of time and
keeps who can be where when; there is no limit to the number of rides and no rule of transfers.txt in it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

if TYPE_CHECKING:
    from geoaccess.load.streets import Streets
    from geoaccess.load.timetable import Timetable
    from geoaccess.network.traveller import Traveller

Array = np.ndarray[Any, Any]
Place = tuple[float, float]  # lon, lat
Foot = tuple[int, int, int]  # segment, centimetres along it, centimetres off the street
METRES_PER_DEGREE = 111195.08
ISLAND_SHARE, ISLAND_CM = 0.01, 500_000
LONGEST_SNAP_M = 500.0


class Ride(NamedTuple):
    """From one call of a trip to the next; ``last`` is the last of its trip."""

    departure_s: int
    arrival_s: int
    trip: int
    start: int
    end: int
    board: bool
    alight: bool
    last: bool


class Walker:
    """Walks over the streets, one point at a time."""

    def __init__(self, streets: Streets, who: Traveller) -> None:
        self.speed_cm_s = who.walk_kmh * 1e5 / 3600
        self.limit_cm = int(60 * who.max_walk_min * self.speed_cm_s)
        start, end = streets.segment_from, streets.segment_to
        cm = np.where(
            streets.fixed_s > 0, np.rint(streets.fixed_s * self.speed_cm_s), streets.length_cm
        )
        nodes = len(streets.lon)
        usable = (streets.access & 3) > 0
        _, label = connected_components(
            coo_matrix((usable[usable], (start[usable], end[usable])), (nodes, nodes)),
            directed=False,
        )
        street_cm = np.bincount(label[start[usable]], streets.length_cm[usable], len(label))
        island = street_cm < min(ISLAND_SHARE * street_cm.max(), ISLAND_CM)
        usable &= ~island[label[start]]
        self.start, self.end, self.cm = start[usable], end[usable], cm[usable]
        self.forward = (streets.access[usable] & 1) > 0
        self.backward = (streets.access[usable] & 2) > 0
        self.snappable = streets.fixed_s[usable] == 0
        self.place = np.column_stack([streets.lon, streets.lat])
        tail = np.concatenate([self.start[self.forward], self.end[self.backward]])
        head = np.concatenate([self.end[self.forward], self.start[self.backward]])
        cost = np.concatenate([self.cm[self.forward], self.cm[self.backward]])
        order = np.lexsort((cost, head, tail))  # of parallel streets only the shortest counts
        tail, head, cost = tail[order], head[order], cost[order]
        new = np.r_[True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])]
        self.graph = coo_matrix((cost[new], (tail[new], head[new])), (nodes, nodes)).tocsr()

    def snap(self, lon: float, lat: float) -> Foot | None:
        """Segment, offset and distance off the street in centimetres; None where it is too far."""
        scale = METRES_PER_DEGREE * np.array([math.cos(math.radians(lat)), 1.0])
        a = (self.place[self.start] - (lon, lat)) * scale
        b = (self.place[self.end] - (lon, lat)) * scale
        step = b - a
        square = np.maximum((step**2).sum(axis=1), 1e-12)
        t = np.clip(-(a * step).sum(axis=1) / square, 0, 1)
        metres = np.hypot(*(a + t[:, None] * step).T)
        metres[~self.snappable] = np.inf
        k = int(np.argmin(metres))
        if metres[k] > LONGEST_SNAP_M:
            return None
        return k, round(t[k] * self.cm[k]), round(100 * metres[k])

    def distances(self, foot: Foot) -> Array:
        """Centimetres from a point to every node within the limit."""
        k, offset, off = foot
        ends = [
            (node, cm)
            for node, cm, able in (
                (self.start[k], offset, self.backward[k] or offset == 0),
                (self.end[k], self.cm[k] - offset, self.forward[k] or offset == self.cm[k]),
            )
            if able
        ]
        ways = dijkstra(self.graph, indices=[node for node, _ in ends], limit=self.limit_cm)
        return off + np.min(ways + np.array([[cm] for _, cm in ends]), axis=0)

    def seconds(self, distances: Array, start: Foot, end: Foot | None) -> float:
        """Walk from the point with these distances to another; inf where it is too long."""
        if end is None:
            return math.inf
        k, offset, off = end
        found = [math.inf]
        if self.forward[k] or offset == 0:
            found.append(distances[self.start[k]] + offset)
        if self.backward[k] or offset == self.cm[k]:
            found.append(distances[self.end[k]] + self.cm[k] - offset)
        if k == start[0] and (self.forward[k] if offset >= start[1] else self.backward[k]):
            found.append(start[2] + abs(offset - start[1]))
        cm = min(found) + off
        return math.ceil(cm / self.speed_cm_s) if cm <= self.limit_cm else math.inf


class Scanner:
    """Earliest arrivals at given practices, one site and one departure at a time."""

    def __init__(
        self,
        streets: Streets,
        timetable: Timetable,
        who: Traveller,
        practices: list[Place],
        walker: Any = None,
    ) -> None:
        assert len(timetable.transfers) == 0
        assert who.max_rides is None
        self.who, self.walker = who, walker or Walker(streets, who)
        places = zip(timetable.stops["lon"], timetable.stops["lat"], strict=True)
        self.stops = [self.walker.snap(*place) for place in places]
        self.practices = [self.walker.snap(*place) for place in practices]
        self.changes: list[dict[int, float]] = []
        self.egress: list[dict[int, float]] = []
        for k, foot in enumerate(self.stops):
            walks, to_practices = self._walks(foot)
            self.egress.append(to_practices)
            self.changes.append({s: w + who.min_transfer_s for s, w in (walks | {k: 0}).items()})
        self.rides = _rides(timetable)
        self.next_trip = timetable.trips["next_trip"].tolist()

    def _walks(self, foot: Foot | None) -> tuple[dict[int, float], dict[int, float]]:
        """Seconds of the walks from a point to stops and to practices."""
        if foot is None:
            return {}, {}
        distances = self.walker.distances(foot)
        return tuple(
            {
                k: walk
                for k, point in enumerate(points)
                if (walk := self.walker.seconds(distances, foot, point)) < math.inf
            }
            for points in (self.stops, self.practices)
        )

    def arrival(self, site: Place, practice: int, t: int) -> float:
        """Earliest arrival for one departure, inf where there is none."""
        to_stops, all_the_way = self._walks(self.walker.snap(*site))
        best = t + all_the_way.get(practice, math.inf)
        ready = {stop: t + walk for stop, walk in to_stops.items()}
        aboard: set[int] = set()
        for ride in self.rides[bisect_left(self.rides, (t,)) :]:
            if ride.departure_s > t + 60 * self.who.max_minutes:
                break
            if ride.board and ready.get(ride.start, math.inf) <= ride.departure_s:
                aboard.add(ride.trip)
            if ride.trip not in aboard:
                continue
            if ride.alight:
                arrival_s = ride.arrival_s
                best = min(best, arrival_s + self.egress[ride.end].get(practice, math.inf))
                for stop, seconds in self.changes[ride.end].items():
                    ready[stop] = min(ready.get(stop, math.inf), arrival_s + seconds)
            if ride.last and self.next_trip[ride.trip] >= 0:
                aboard.add(self.next_trip[ride.trip])
        return best if best - t <= 60 * self.who.max_minutes else math.inf


def _rides(timetable: Timetable) -> list[Ride]:
    """All rides from one call to the next, in order of time."""
    calls = zip(timetable.first[:-1].tolist(), timetable.first[1:].tolist(), strict=True)
    rides = [
        Ride(
            int(timetable.departure_s[i]),
            int(timetable.arrival_s[i + 1]),
            trip,
            int(timetable.stop[i]),
            int(timetable.stop[i + 1]),
            bool(timetable.board[i]),
            bool(timetable.alight[i + 1]),
            i == b - 2,
        )
        for trip, (a, b) in enumerate(calls)
        for i in range(a, b - 1)
    ]
    # the sort keeps the order of rides that take no time
    return sorted(rides, key=lambda ride: ride[:2])
