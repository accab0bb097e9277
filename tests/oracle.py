"""A second router, slow and simple, that the tests believe: plain Python, every event looked at, nothing clever.

It reads the same tables as the product (Streets, Timetable, Traveller) and shares no code with it. Walks (and ways by
bicycle) are one Dijkstra per point over the raw segments; rides are searched breadth first, ride by ride, over every
event of the timetable, so that the number of rides is exact. A point whose foot is the end of a segment is at that
node.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geoaccess.load.streets import Streets
    from geoaccess.load.timetable import Timetable
    from geoaccess.network.traveller import Traveller

METRES_PER_DEGREE = 111195.08
TIE_M = 1e-6
ISLAND_SHARE, ISLAND_CM = Fraction(1, 100), 500_000

Event = tuple[int, int]  # trip, position along the trip
Place = tuple[float, float]  # lon, lat


@dataclass(frozen=True)
class Segment:
    """A piece of street that a mode may use in at least one direction."""

    start: int
    end: int
    cm: int
    forward: bool
    backward: bool
    ferry: bool


@dataclass(frozen=True)
class Foot:
    """Where a point stands on the streets."""

    segment: int
    offset_cm: int
    off_street_cm: int


@dataclass(frozen=True)
class Rule:
    """A row of transfers.txt; an empty id means any."""

    from_route: str
    to_route: str
    from_trip: str
    to_trip: str
    type: int
    min_transfer_s: int
    straight_s: int

    def covers(self, left: tuple[str, str], boarded: tuple[str, str]) -> bool:
        """Does the rule speak about this (trip_id, route_id) left and that one boarded."""
        return (
            self.from_trip in ("", left[0])
            and self.from_route in ("", left[1])
            and self.to_trip in ("", boarded[0])
            and self.to_route in ("", boarded[1])
        )

    def rank(self) -> tuple[int, int, int]:
        """The highest rank wins: the order of the GTFS reference, then the strictest rule."""
        sides = ((self.from_trip, self.from_route), (self.to_trip, self.to_route))
        named = sorted("trip" if trip else "route" if route else "any" for trip, route in sides)
        order = ["any any", "any route", "route route", "any trip", "route trip", "trip trip"]
        return order.index(" ".join(named)), self.type, self.min_transfer_s


class OnStreets:
    """Ways on the streets that one mode may use: "walk" or "cycle".

    Off the street everybody walks: that part of a cyclist's way counts for as far as the bicycle would have gone.
    ``ambiguous`` says that some point was as near to two places on the streets, so that either would be right.
    """

    def __init__(self, streets: Streets, who: Traveller, mode: str, max_snap_m: float) -> None:
        walks = mode == "walk"
        kmh, minutes = (
            (who.walk_kmh, who.max_walk_min) if walks else (who.cycle_kmh, who.max_cycle_min)
        )
        self.max_snap_m, self.ambiguous = max_snap_m, False
        self.exact_speed = Fraction(str(kmh)) * 100_000 / 3600
        self.pace = Fraction(str(kmh)) / Fraction(str(who.walk_kmh))
        speed_cm_s = kmh * 1e5 / 3600
        self.limit_cm = int(60 * minutes * speed_cm_s)
        self.node_place = list(zip(streets.lon.tolist(), streets.lat.tolist(), strict=True))
        self.segments = usable_segments(streets, speed_cm_s, (1, 2) if walks else (4, 8))
        self.out: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for s in self.segments:
            if s.forward:
                self.out[s.start].append((s.end, s.cm))
            if s.backward:
                self.out[s.end].append((s.start, s.cm))
        self._nodes: dict[Foot, dict[int, int]] = {}
        self._feet: dict[Place, Foot | None] = {}

    def snap(self, place: Place) -> Foot | None:
        """Nearest point on a street, None when it is too far."""
        if place not in self._feet:
            self._feet[place] = self._nearest(place)
        return self._feet[place]

    def _nearest(self, place: Place) -> Foot | None:
        lon, lat = place
        scale_x = math.cos(math.radians(lat)) * METRES_PER_DEGREE
        found = []
        for k, s in enumerate(self.segments):
            if s.ferry:
                continue
            (ax, ay), (bx, by) = (
                (
                    (self.node_place[n][0] - lon) * scale_x,
                    (self.node_place[n][1] - lat) * METRES_PER_DEGREE,
                )
                for n in (s.start, s.end)
            )
            dx, dy = bx - ax, by - ay
            square = dx * dx + dy * dy
            t = 0.0 if square == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / square))
            metres = math.hypot(ax + t * dx, ay + t * dy)
            off_cm = math.ceil(round(100 * metres) * self.pace - Fraction(1, 2))
            found.append((metres, Foot(k, round(t * s.cm), off_cm)))
        best_m, best = min(found, key=lambda candidate: candidate[0])
        rivals = {self._where(foot) for metres, foot in found if metres < best_m + TIE_M}
        self.ambiguous |= len(rivals) > 1
        return best if best_m <= self.max_snap_m else None

    def _where(self, foot: Foot) -> tuple[int, int]:
        """Node -1 - n, or segment and offset."""
        s = self.segments[foot.segment]
        if foot.offset_cm in (0, s.cm):
            return -1 - (s.start if foot.offset_cm == 0 else s.end), 0
        return foot.segment, foot.offset_cm

    def seconds(self, start: Foot | None, end: Foot | None) -> int | None:
        """Seconds of the way between two points, None where there is none within the limit."""
        if start is None or end is None:
            return None
        cm = self._along_cm(start, end)
        if cm is None or cm + start.off_street_cm + end.off_street_cm > self.limit_cm:
            return None
        return math.ceil((cm + start.off_street_cm + end.off_street_cm) / self.exact_speed)

    def _along_cm(self, start: Foot, end: Foot) -> int | None:
        nodes = self._nodes_cm(start)
        s = self.segments[end.segment]
        found = []
        if s.start in nodes and (s.forward or end.offset_cm == 0):
            found.append(nodes[s.start] + end.offset_cm)
        if s.end in nodes and (s.backward or end.offset_cm == s.cm):
            found.append(nodes[s.end] + s.cm - end.offset_cm)
        if start.segment == end.segment:
            ahead = end.offset_cm - start.offset_cm
            if ahead == 0 or (s.forward if ahead > 0 else s.backward):
                found.append(abs(ahead))
        return min(found, default=None)

    def _nodes_cm(self, start: Foot) -> dict[int, int]:
        if start in self._nodes:
            return self._nodes[start]
        s = self.segments[start.segment]
        queue = []
        if s.forward or start.offset_cm == s.cm:
            queue.append((s.cm - start.offset_cm, s.end))
        if s.backward or start.offset_cm == 0:
            queue.append((start.offset_cm, s.start))
        heapq.heapify(queue)
        done: dict[int, int] = {}
        while queue:
            cm, node = heapq.heappop(queue)
            if node in done:
                continue
            done[node] = cm
            for other, length in self.out[node]:
                if other not in done:
                    heapq.heappush(queue, (cm + length, other))
        self._nodes[start] = done
        return done


class Oracle:
    """Answers for one network and one traveller.

    ``ambiguous`` says that some point was as near to two places on the streets, so that either would be right.
    """

    def __init__(
        self,
        streets: Streets,
        timetable: Timetable | None,
        who: Traveller,
        max_snap_m: float = 500.0,
    ) -> None:
        self.who = who
        self.walking = OnStreets(streets, who, "walk", max_snap_m)
        self.cycling = OnStreets(streets, who, "cycle", max_snap_m) if who.cycle else None
        self._reached: dict[frozenset[Event], frozenset[Event]] = {}
        self.stop_place: list[Place] = []
        self.stop_foot: list[Foot | None] = []
        self.trips: list[list[tuple[int, int, int, bool, bool]]] = []
        self.next_trip: list[int] = []
        self.onward: dict[Event, list[Event]] = {}
        if timetable is not None:
            self._read(timetable)

    @property
    def ambiguous(self) -> bool:
        """Could some point snap to either of two places."""
        return self.walking.ambiguous or (self.cycling is not None and self.cycling.ambiguous)

    def snap(self, place: Place) -> Foot | None:
        """Where a walker at a place stands on the streets."""
        return self.walking.snap(place)

    def walk_s(self, start: Foot | None, end: Foot | None) -> int | None:
        """Seconds of the walk between two points, None where there is none within the limit."""
        return self.walking.seconds(start, end)

    def own_s(self, start: Place, end: Place, *, bicycle: bool) -> int | None:
        """Seconds without a ride between two places, by bicycle where there is one and it is quicker."""
        ways = [self.walking, self.cycling] if bicycle else [self.walking]
        found = [on.seconds(on.snap(start), on.snap(end)) for on in ways if on is not None]
        return min((s for s in found if s is not None), default=None)

    # ---- timetable

    def _read(self, timetable: Timetable) -> None:
        stops, trips = timetable.stops, timetable.trips
        places = list(zip(stops["lon"].tolist(), stops["lat"].tolist(), strict=True))
        self.stop_place = places
        self.stop_foot = [self.snap(place) for place in places]
        first = timetable.first.tolist()
        columns = (
            timetable.stop,
            timetable.arrival_s,
            timetable.departure_s,
            timetable.board,
            timetable.alight,
        )
        rows = list(zip(*(c.tolist() for c in columns), strict=True))
        self.trips = [rows[a:b] for a, b in pairwise(first)]
        self.next_trip = trips["next_trip"].tolist()
        self.ids = list(zip(trips["trip_id"].tolist(), trips["route_id"].tolist(), strict=True))
        self.rules: dict[tuple[int, int], list[Rule]] = defaultdict(list)
        for row in timetable.transfers.itertuples():
            lon_lat = places[row.from_stop], places[row.to_stop]
            self.rules[row.from_stop, row.to_stop].append(
                Rule(
                    row.from_route,
                    row.to_route,
                    row.from_trip,
                    row.to_trip,
                    row.type,
                    row.min_transfer_s,
                    self._straight_s(*lon_lat),
                )
            )
        # a passenger may get on anywhere but at the last stop of a trip, and off anywhere but at the first
        self.boardable = [
            (k, i) for k, trip in enumerate(self.trips) for i in range(len(trip) - 1) if trip[i][3]
        ]
        alightable = [
            (k, i) for k, trip in enumerate(self.trips) for i in range(1, len(trip)) if trip[i][4]
        ]
        self.alightable = set(alightable)
        self.onward = {
            left: [e for e in self.boardable if self._can_change(left, e)] for left in alightable
        }

    def _straight_s(self, a: Place, b: Place) -> int:
        dx = (a[0] - b[0]) * METRES_PER_DEGREE * math.cos(math.radians(a[1]))
        dy = (a[1] - b[1]) * METRES_PER_DEGREE
        return math.ceil(math.hypot(dx, dy) / (self.who.walk_kmh / 3.6))

    def _can_change(self, left: Event, boarded: Event) -> bool:
        from_stop, arrival_s = self.trips[left[0]][left[1]][:2]
        to_stop, _, departure_s = self.trips[boarded[0]][boarded[1]][:3]
        if departure_s < arrival_s:
            return False
        change_s = self._change_s(from_stop, to_stop, self.ids[left[0]], self.ids[boarded[0]])
        return change_s is not None and arrival_s + change_s <= departure_s

    def _change_s(
        self, from_stop: int, to_stop: int, left: tuple[str, str], boarded: tuple[str, str]
    ) -> int | None:
        walk = (
            0
            if from_stop == to_stop
            else self.walk_s(self.stop_foot[from_stop], self.stop_foot[to_stop])
        )
        rules = [r for r in self.rules[from_stop, to_stop] if r.covers(left, boarded)]
        if not rules:
            return None if walk is None else walk + self.who.min_transfer_s
        rule = max(rules, key=Rule.rank)
        walk = rule.straight_s if walk is None else walk
        if rule.type == 3:
            return None
        if rule.type == 2 and rule.min_transfer_s >= 0:
            return rule.min_transfer_s
        return walk if rule.type == 1 else walk + self.who.min_transfer_s

    def _ride(self, boarded: Event) -> set[Event]:
        """Every event at which who boards there may get off, seated on into next trips."""
        trip, position = boarded
        found = {(trip, i) for i in range(position + 1, len(self.trips[trip]))}
        seen = {trip}
        while (trip := self.next_trip[trip]) >= 0 and trip not in seen:
            seen.add(trip)
            found |= {(trip, i) for i in range(1, len(self.trips[trip]))}
        return found & self.alightable

    def _ride_all(self, boarded: frozenset[Event]) -> frozenset[Event]:
        """Every event at which who may first board any of these may get off in the end."""
        if boarded in self._reached:
            return self._reached[boarded]
        left: set[Event] = set()
        known, wave, rides = set(boarded), set(boarded), 0
        while wave and (self.who.max_rides is None or rides < self.who.max_rides):
            rides += 1
            off = set().union(*(self._ride(event) for event in wave)) - left
            left |= off
            wave = {event for stop in off for event in self.onward[stop]} - known
            known |= wave
        self._reached[boarded] = frozenset(left)
        return self._reached[boarded]

    # ---- answers

    def arrivals(
        self, start: Place, end: Place, departures: Sequence[int], site: str = "start"
    ) -> list[int | None]:
        """Earliest arrival in seconds of the service day for each departure, None where there is no trip.

        ``site`` says which end is the site, where there may be a bicycle: "start" or "end".
        """
        all_the_way = self.own_s(start, end, bicycle=True)
        access = [self.own_s(start, stop, bicycle=site == "start") for stop in self.stop_place]
        egress = [self.own_s(stop, end, bicycle=site == "end") for stop in self.stop_place]
        answer: list[int | None] = []
        for t in departures:
            found = [] if all_the_way is None else [t + all_the_way]
            for trip, position in self._ride_all(self._first_boardings(access, t)):
                stop, arrival_s = self.trips[trip][position][:2]
                last_walk = egress[stop]
                if last_walk is not None:
                    found.append(arrival_s + last_walk)
            in_time = [a for a in found if a - t <= 60 * self.who.max_minutes]
            answer.append(min(in_time, default=None))
        return answer

    def _first_boardings(self, access: list[int | None], t: int) -> frozenset[Event]:
        found = set()
        for trip, position in self.boardable if self.trips else ():
            stop, _, departure_s = self.trips[trip][position][:3]
            walk = access[stop]
            if walk is not None and t + walk <= departure_s:
                found.add((trip, position))
        return frozenset(found)


def usable_segments(
    streets: Streets, speed_cm_s: float, bits: tuple[int, int] = (1, 2)
) -> list[Segment]:
    """Segments that a mode may use, without small islands; ``bits`` of access open them forward and backward."""
    segments = []
    for start, end, cm, fixed_s, access in zip(
        streets.segment_from.tolist(),
        streets.segment_to.tolist(),
        streets.length_cm.tolist(),
        streets.fixed_s.tolist(),
        streets.access.tolist(),
        strict=True,
    ):
        forward, backward = (bool(access & bit) for bit in bits)
        if forward or backward:
            gone_cm = round(fixed_s * speed_cm_s) if fixed_s else cm
            segments.append(Segment(start, end, gone_cm, forward, backward, fixed_s > 0))
    neighbours = defaultdict(set)
    for s in segments:
        neighbours[s.start].add(s.end)
        neighbours[s.end].add(s.start)
    component: dict[int, int] = {}
    for node in neighbours:
        if node in component:
            continue
        component[node] = node
        todo = [node]
        while todo:
            for other in neighbours[todo.pop()]:
                if other not in component:
                    component[other] = node
                    todo.append(other)
    total: dict[int, int] = defaultdict(int)
    for s in segments:
        total[component[s.start]] += 0 if s.ferry else s.cm
    largest = max(total.values(), default=0)
    island = {c for c, cm in total.items() if cm < ISLAND_SHARE * largest and cm < ISLAND_CM}
    return [s for s in segments if component[s.start] not in island]


def oracle_percentile(
    arrivals: Sequence[int | None], departures: Sequence[int], percentile: float
) -> int | None:
    """Nearest-rank percentile of the travel time in seconds; a departure without a trip counts as endless."""
    times = sorted(
        math.inf if a is None else a - t for a, t in zip(arrivals, departures, strict=True)
    )
    rank = math.ceil(Fraction(str(percentile)) / 100 * len(times))
    chosen = times[rank - 1]
    return None if chosen == math.inf else int(chosen)


def earliest_arrival(
    streets: Streets,
    timetable: Timetable | None,
    who: Traveller,
    site: Place,
    practice: Place,
    departure_s: int,
) -> int | None:
    """Earliest arrival of one trip, in seconds of the service day."""
    return Oracle(streets, timetable, who).arrivals(site, practice, [departure_s])[0]
