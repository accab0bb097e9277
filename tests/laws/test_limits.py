"""Every limit of a traveller is kept exactly, and the random worlds are such that each of them is felt."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, currently_in_test_context, given, note
from hypothesis import strategies as st

from geoaccess.errors import ProjectError
from geoaccess.load.timetable import no_transfers
from geoaccess.network.traveller import Traveller
from geoaccess.route.itinerary import itinerary
from geoaccess.route.matrix import travel_times
from geoaccess.route.window import NEVER
from tests.laws.test_laws import network_of, profiles, timed_rules_only, traveller
from tests.laws.test_truth import (
    check_arrive_by,
    check_round_trips,
    check_truth,
)
from tests.oracle import Foot, Oracle, oracle_percentile
from tests.scanner import Scanner
from tests.whole import arrival_profiles
from tests.worlds import (
    World,
    clock,
    examples,
    points,
    random_world,
    trips_of,
    walkable_world,
    with_trips,
    worlds,
)

randoms = st.randoms(use_true_random=False)
directions = st.sampled_from(["to", "from"])
totals_min = st.sampled_from([0.0, 1.5, 3.0, 5.0, 7.0, 9.99, 12.0, 16.0, 25.0])
#: half of them with many short walks between stops
either = st.one_of(worlds, randoms.map(walkable_world))


def both_ways(world: World, direction: str) -> World:
    """Worlds run from their sites to their practices; on the way back these change places."""
    if direction == "to":
        return world
    return replace(world, sites=world.practices, practices=world.sites)


def walking(world: World, total_min: float | None) -> World:
    """With a limit on all walking, which cyclists cannot have; None changes nothing."""
    if total_min is None:
        return world
    return traveller(world, max_walk_total_min=total_min, cycle=False)


# ---- the limit on all walking


@examples(160)
@given(either, totals_min, directions)
def test_all_walking_equals_the_oracle(world: World, total_min: float, direction: str) -> None:
    world = both_ways(walking(world, total_min), direction)
    note(str(world))
    assume(check_truth(world, direction))


@examples(30)
@given(either, totals_min, st.sampled_from([0, 7]))
def test_round_trips_with_little_walking(world: World, total_min: float, visit: int) -> None:
    check_round_trips(walking(world, total_min), visit)


@examples(30)
@given(either, totals_min, directions, st.integers(0, 40))
def test_arriving_by_a_time_with_little_walking(
    world: World, total_min: float, direction: str, later: int
) -> None:
    world = both_ways(walking(world, total_min), direction)
    check_arrive_by(world, direction, later)


@examples(15)
@given(either, totals_min, directions)
def test_percentiles_of_several_draws_with_little_walking(
    world: World, total_min: float, direction: str
) -> None:
    world = both_ways(walking(world, total_min), direction)
    note(str(world))
    if world.timetable is None:
        return
    # draws have the same nodes, which rules for some trips would upset here
    timetable = replace(world.timetable, transfers=no_transfers())
    later = replace(
        timetable, arrival_s=timetable.arrival_s + 250, departure_s=timetable.departure_s + 250
    )
    world = replace(world, timetable=timetable)
    draws = [world, replace(world, timetable=later)]
    transits = [transit for one in draws for transit in network_of(one).transits]
    if len(transits) < 2:
        return
    network = replace(network_of(world), transits=tuple(transits))
    table = travel_times(
        points(world.sites[:1], "site_id"),
        points(world.practices[:1], "practice_id"),
        network,
        window=world.window,
        percentiles=world.percentiles,
        direction=direction,
    )
    ends = (world.sites[0], world.practices[0])[:: 1 if direction == "to" else -1]
    found: list[int | None] = []
    for one in draws:
        oracle = Oracle(one.streets, one.timetable, one.who, one.max_snap_m)
        found += oracle.arrivals(*ends, one.departures)
        assume(not oracle.ambiguous)
    seconds = [oracle_percentile(found, 2 * world.departures, p) for p in world.percentiles]
    expected = [np.inf if s is None else s / 60 for s in seconds]
    assert table.iloc[:, 2:].to_numpy().tolist() == ([] if min(expected) == np.inf else [expected])


@examples(25)
@given(either, totals_min, st.floats(0.0, 30.0), directions)
def test_more_walking_in_all_never_hurts(
    world: World, total_min: float, more: float, direction: str
) -> None:
    world = both_ways(traveller(world, cycle=False), direction)
    little = profiles_of(walking(world, total_min), direction)
    more_ = profiles_of(walking(world, total_min + more), direction)
    assert (more_ <= little).all()
    assert (profiles_of(world, direction) <= more_).all()


@examples(15)
@given(either, directions)
def test_walking_the_whole_trip_is_no_limit(world: World, direction: str) -> None:
    """Just below ``max_minutes`` the limited search runs, and can differ only in trips that are all walk."""
    world = both_ways(traveller(world, max_minutes=60.0, cycle=False), direction)
    free = profiles_of(world, direction)
    for total_min in (60.0, 200.0):
        same = walking(world, total_min)
        assert same.who.walk_total_s is None
        assert (profiles_of(same, direction) == free).all()
    almost = profiles_of(walking(world, 59.99), direction)
    lasts_s = np.where(free < NEVER, free - np.array(world.departures), 0)
    assert (almost == free)[lasts_s < 3599].all()


@pytest.mark.parametrize("total_min", [-1, 2000, "30", float("nan")])
def test_a_limit_on_all_walking_is_a_number_of_minutes(total_min: Any) -> None:
    with pytest.raises(ProjectError, match="max_walk_total_min"):
        Traveller(max_walk_total_min=total_min)


@pytest.mark.parametrize("direction", ["to", "from"])
def test_the_walking_of_a_trip_is_enough_for_it_and_a_second_less_is_not(direction: str) -> None:
    """The limit is set to what each trip walks, so that one second more or less, of any of its walks, is felt."""
    felt = count = seed = 0
    while count < 25:
        rnd = Random(seed)
        world = walkable_world(rnd) if seed % 2 else random_world(rnd)
        seed += 1
        world = both_ways(traveller(world, cycle=False, max_walk_total_min=None), direction)
        tables = points(world.sites[:1], "site_id"), points(world.practices[:1], "practice_id")
        start = clock(world.departures[0] // 60)
        legs = itinerary(*tables, network_of(world), "s0", "p0", depart=start, direction=direction)
        if not legs.attrs["rides"]:
            continue
        walked_s = round(60 * legs["minutes"][legs["mode"] == "walk"].sum())
        enough = walking(world, walked_s / 60)
        if walked_s == 0 or not check_truth(enough, direction):
            continue
        count += 1
        assert profiles_of(enough, direction)[0, 0, 0] == legs.attrs["arrive_s"]
        less = walking(world, (walked_s - 1) / 60)
        assert check_truth(less, direction)
        felt += bool(profiles_of(less, direction)[0, 0, 0] > legs.attrs["arrive_s"])
    assert felt >= count / 2, f"only {felt} of {count} trips feel a second"


def test_a_limit_on_all_walking_is_not_for_who_cycles() -> None:
    with pytest.raises(ProjectError, match="not measured yet for who cycles"):
        Traveller(cycle=True, max_walk_total_min=20)


# ---- every limit is felt

#: with the limit, and without
LIMITS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "max_rides": ({"max_rides": 1}, {"max_rides": None}),
    "min_transfer_s": (
        {"min_transfer_s": 300, "max_rides": None},
        {"min_transfer_s": 0, "max_rides": None},
    ),
    "max_walk_min": ({"max_walk_min": 5.0}, {"max_walk_min": 20.0}),
    "max_walk_total_min": ({"max_walk_total_min": 4.0}, {"max_walk_total_min": None}),
}


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("direction", ["to", "from"])
def test_each_limit_binds_and_is_the_oracles(limit: str, direction: str) -> None:
    bound, free = LIMITS[limit]
    count = felt = seed = 0
    while count < 12:
        world = both_ways(walkable_world(Random(seed)), direction)
        seed += 1
        with_limit, without = traveller(world, **bound), traveller(world, **free)
        if not check_truth(with_limit, direction):
            continue
        count += 1
        found = [_profiles(one, direction) for one in (with_limit, without)]
        felt += bool((found[0] != found[1]).any())
    assert felt >= 0.3 * count, f"only {felt} of {count} worlds feel the limit"


def profiles_of(world: World, direction: str) -> np.ndarray[Any, Any]:
    if currently_in_test_context():
        note(str(world))
    return _profiles(world, direction)


def _profiles(world: World, direction: str) -> np.ndarray[Any, Any]:
    tables = world.site_table(), world.practice_table()
    return arrival_profiles(*tables, network_of(world), world.window, direction)


# ---- forward and backward


class OracleWalker:
    """The exact walks of the oracle for the scanner, whose own do not know that a corner is in all its streets."""

    def __init__(self, oracle: Oracle) -> None:
        self.snap = lambda lon, lat: oracle.snap((lon, lat))
        self._oracle = oracle

    def distances(self, start: Foot) -> None:
        """Nothing: the oracle remembers them itself."""

    def seconds(self, _: None, start: Foot, end: Foot | None) -> float:
        """Walk between two points; inf where it is too long."""
        walk = self._oracle.walk_s(start, end)
        return math.inf if walk is None else walk


@examples(100)
@given(worlds)
def test_a_forward_scan_agrees_on_every_pair_and_minute(world: World) -> None:
    """The core searches back from the practices; the scanner reads the rides of each departure in order of time."""
    if world.timetable is None:
        return
    world = replace(
        traveller(world, max_rides=None, cycle=False),
        timetable=replace(world.timetable, transfers=no_transfers()),
        max_snap_m=500.0,
    )
    note(str(world))
    practices = list(world.practices)
    oracle = Oracle(world.streets, world.timetable, world.who)
    for place in (*world.sites, *practices):
        oracle.snap(place)
    assume(not oracle.ambiguous)
    scanner = Scanner(world.streets, world.timetable, world.who, practices, OracleWalker(oracle))
    found = profiles(world)
    for i, site in enumerate(world.sites):
        for j in range(len(world.practices)):
            truth = [scanner.arrival(site, j, t) for t in world.departures]
            core = [np.inf if a == NEVER else a for a in found[j, i]]
            assert core == truth, f"site {i}, practice {j}"


@examples(50)
@given(worlds, st.sampled_from([None, None, 4.0, 9.0]))
def test_the_way_back_is_the_way_there_with_time_reversed(
    world: World, total_min: float | None
) -> None:
    """A trip from second d to second a one way is one from -a to -d the other way."""
    world = timed_rules_only(walking(world, total_min))
    first_s, longest_s = world.departures[0], int(60 * world.who.max_minutes)
    minutes = len(world.departures) + longest_s // 60
    if first_s + 60 * minutes + longest_s > 32 * 3600:
        return
    world = replace(
        both_ways(world, "from"), window=(clock(first_s // 60), clock(first_s // 60 + minutes))
    )
    end_s = 2 * first_s + 60 * minutes
    back = profiles_of(world, "from").astype(np.int64)
    there = profiles_of(reversed_in_time(world, end_s), "to").astype(np.int64)
    leave = np.array(world.departures)
    # rows: leaving the practice; columns: leaving the site in the reversed world
    fits = end_s - leave[None, :] - leave[:, None] <= longest_s
    for pair in np.ndindex(back.shape[:2]):
        one = back[pair][:, None] <= end_s - leave[None, :]
        other = there[pair][None, :] <= end_s - leave[:, None]
        assert (one == other)[fits].all(), pair


def reversed_in_time(world: World, end_s: int) -> World:
    """The world as a film run backwards: second t becomes ``end_s - t``."""
    streets = world.streets
    # bits of walkers (1, 2) and cyclists (4, 8): along the segment, and against it
    access = (streets.access & 0b0101) << 1 | (streets.access & 0b1010) >> 1
    world = replace(world, streets=replace(streets, access=access.astype(streets.access.dtype)))
    if world.timetable is None:
        return world
    trips = trips_of(world.timetable)
    before = {trip.next_trip: k for k, trip in enumerate(trips)}
    mirrored = [
        replace(
            trip,
            stops=trip.stops[::-1],
            arrival_s=tuple(end_s - s for s in trip.departure_s[::-1]),
            departure_s=tuple(end_s - s for s in trip.arrival_s[::-1]),
            board=trip.alight[::-1],
            alight=trip.board[::-1],
            next_trip=before.get(k, -1),
        )
        for k, trip in enumerate(trips)
    ]
    sides = {f"{a}_{what}": f"{b}_{what}" for what in ("stop", "route", "trip")
             for a, b in (("from", "to"), ("to", "from"))}  # fmt: skip
    rules = world.timetable.transfers
    timetable = with_trips(world.timetable, mirrored)
    rules = rules.rename(columns=sides)[list(rules.columns)]
    return replace(world, timetable=replace(timetable, transfers=rules))


# ---- round trips


@examples(12)
@given(either, st.sampled_from([0, 7]), st.sampled_from([None, None, 8.0]))
def test_a_round_trip_is_an_itinerary_out_the_visit_and_an_itinerary_back(
    world: World, visit_minutes: int, total_min: float | None
) -> None:
    """Itineraries start at whole minutes, so each departure gets a visit that ends at one."""
    world = walking(world, total_min)
    tables = points(world.sites[:1], "site_id"), points(world.practices[:1], "practice_id")
    network = network_of(world)
    if world.departures[-1] + 60 * (2 * world.who.max_minutes + visit_minutes + 2) > 32 * 3600:
        return
    for t in world.departures:
        start = clock(t // 60)
        out = itinerary(*tables, network, "s0", "p0", depart=start).attrs["arrive_s"]
        visit_s = 60 * visit_minutes + (0 if out is None else -out % 60)
        table = travel_times(
            *tables,
            network,
            window=(start, clock(t // 60 + 1)),
            percentiles=50,
            direction="round",
            visit_minutes=visit_s / 60,
        )
        home = None
        if out is not None:
            leave = clock((out + visit_s) // 60)
            back = itinerary(*tables, network, "s0", "p0", depart=leave, direction="from")
            home = back.attrs["arrive_s"]
        assert table["minutes_p50"].tolist() == ([] if home is None else [(home - t) / 60]), start
