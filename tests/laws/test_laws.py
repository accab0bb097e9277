"""Laws of travel time that hold whatever the streets, the timetable and the traveller."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import fields, replace
from itertools import pairwise
from random import Random
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import given, note
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geoaccess.load.timetable import Timetable
from geoaccess.network.network import Network, build_network
from geoaccess.route.matrix import travel_times
from geoaccess.route.window import NEVER
from tests.whole import arrival_profiles
from tests.worlds import (
    World,
    clock,
    cycling_worlds,
    examples,
    points,
    random_mask,
    random_trip,
    trips_of,
    with_trips,
    worlds,
)

randoms = st.randoms(use_true_random=False)


def network_of(world: World) -> Network:
    return build_network(world.streets, world.timetable, world.who, max_snap_m=world.max_snap_m)


def profiles(world: World) -> np.ndarray[Any, Any]:
    """Arrivals by practice, site and departure; NEVER is later than anything."""
    note(str(world))
    return arrival_profiles(
        world.site_table(), world.practice_table(), network_of(world), world.window
    )


def traveller(world: World, **changes: Any) -> World:
    return replace(world, who=replace(world.who, **changes))


def timed_rules_only(world: World) -> World:
    """Without the transfer rules that fall back on a straight line where no walk is short enough.

    They say how long a change takes only while the walk is too long for the traveller.
    """
    if world.timetable is None:
        return world
    rules = world.timetable.transfers
    timed = (rules["type"] == 3) | ((rules["type"] == 2) & (rules["min_transfer_s"] >= 0))
    kept = rules[timed].reset_index(drop=True)
    return replace(world, timetable=replace(world.timetable, transfers=kept))


@examples(60)
@given(worlds, st.sampled_from([4.5, 7.2, 9.0]))
def test_faster_walking_never_lengthens_a_trip(world: World, faster_kmh: float) -> None:
    # at these speeds a ferry second is a whole number of centimetres
    slow = traveller(timed_rules_only(world), walk_kmh=3.6)
    assert (profiles(traveller(slow, walk_kmh=faster_kmh)) <= profiles(slow)).all()


@examples(60)
@given(worlds)
def test_a_later_departure_never_arrives_earlier(world: World) -> None:
    arrival = profiles(world).astype(np.int64)
    earlier, later = arrival[..., :-1], arrival[..., 1:]
    departure = np.array(world.departures[:-1])
    in_time = later - departure <= int(
        60 * world.who.max_minutes
    )  # else the longer trip is too long
    assert (earlier <= later)[in_time].all()


@examples(60)
@given(worlds)
def test_nobody_arrives_before_leaving_or_after_the_limit(world: World) -> None:
    arrival = profiles(world).astype(np.int64)
    seconds = (arrival - np.array(world.departures))[arrival < NEVER]
    assert ((seconds >= 0) & (seconds <= 60 * world.who.max_minutes)).all()
    assert (arrival <= NEVER).all()


@examples(60)
@given(worlds, randoms)
def test_adding_a_trip_never_hurts(world: World, rnd: Random) -> None:
    if world.timetable is None:
        return
    trips = trips_of(world.timetable)
    calls = [rnd.randint(0, len(world.timetable.stops) - 1) for _ in range(rnd.randint(2, 4))]
    start_s = world.departures[0] + rnd.randint(0, 1800)
    masks = [random_mask(rnd, len(calls)) for _ in range(2)]
    new = replace(random_trip(rnd, calls, start_s, 120, masks, "new", 0), trip_id="new")
    richer = replace(world, timetable=with_trips(world.timetable, [*trips, new]))
    assert (profiles(richer) <= profiles(world)).all()


@examples(40)
@given(worlds)
def test_a_timetable_never_hurts_who_can_walk(world: World) -> None:
    assert (profiles(world) <= profiles(replace(world, timetable=None))).all()


@examples(60)
@given(worlds)
def test_more_rides_never_hurt(world: World) -> None:
    allowed = [profiles(traveller(world, max_rides=rides)) for rides in (0, 1, 2, 3, 20, None)]
    for few, more in pairwise(allowed):
        assert (more <= few).all()
    assert (allowed[-1] == allowed[-2]).all()  # nobody needs 20 rides here


@examples(60)
@given(worlds, st.sampled_from([1.05, 1.5, 4.0]))
def test_longer_walks_never_hurt(world: World, factor: float) -> None:
    world = timed_rules_only(world)
    longer = traveller(world, max_walk_min=min(600.0, world.who.max_walk_min * factor))
    assert (profiles(longer) <= profiles(world)).all()


@examples(60)
@given(cycling_worlds, st.sampled_from(["to", "from"]))
def test_a_bicycle_never_hurts_and_is_only_used_where_one_may(world: World, way: str) -> None:
    def found(**changes: Any) -> np.ndarray[Any, Any]:
        other = traveller(world, **changes)
        tables = other.site_table(), other.practice_table()
        return arrival_profiles(*tables, network_of(other), world.window, way)

    walker = found(cycle=False)
    assert (found() <= walker).all()
    assert (found(max_cycle_min=600.0) <= found()).all()
    # speed and limit of a bicycle are nothing to those who walk
    assert (found(cycle=False, cycle_kmh=45.0, max_cycle_min=600.0) == walker).all()


@examples(60)
@given(worlds, st.integers(1, 90))
def test_more_minutes_only_add_arrivals(world: World, more: int) -> None:
    patient = profiles(traveller(world, max_minutes=world.who.max_minutes + more))
    found = profiles(world)
    assert (patient[found < NEVER] == found[found < NEVER]).all()


@examples(60)
@given(worlds, st.integers(0, 300))
def test_shorter_changes_never_hurt(world: World, min_transfer_s: int) -> None:
    quick, slow = sorted([min_transfer_s, world.who.min_transfer_s])
    assert (
        profiles(traveller(world, min_transfer_s=quick))
        <= profiles(traveller(world, min_transfer_s=slow))
    ).all()


@examples(40)
@given(worlds, st.sampled_from([60, 3600, 20_000, 80_000]))
def test_midnight_is_a_time_like_any_other(world: World, shift_s: int) -> None:
    shift_s -= shift_s % 60
    first_s, last_s = world.departures[0], world.departures[-1] + 60
    if last_s + shift_s + 60 * world.who.max_minutes > 32 * 3600:
        return
    window = (clock((first_s + shift_s) // 60), clock((last_s + shift_s) // 60))
    later = replace(world, window=window)
    if world.timetable is not None:
        t = world.timetable
        times = {
            k: (getattr(t, k) + shift_s).astype(np.int32) for k in ("arrival_s", "departure_s")
        }
        later = replace(later, timetable=replace(t, **times))
    arrival = profiles(world).astype(np.int64)
    assert (profiles(later) == np.where(arrival < NEVER, arrival + shift_s, NEVER)).all()


@examples(60)
@given(worlds, randoms)
def test_staying_seated_is_one_ride(world: World, rnd: Random) -> None:
    """A trip cut in two, with passengers seated, is still the same trip."""
    if world.timetable is None:
        return
    trips = trips_of(world.timetable)
    for k in range(len(trips)):
        trip = trips[k]
        if len(trip.stops) < 3:
            continue
        cut = rnd.randint(1, len(trip.stops) - 2)
        parts = [
            replace(
                trip,
                **{
                    f.name: getattr(trip, f.name)[piece]
                    for f in fields(trip)
                    if isinstance(getattr(trip, f.name), tuple)
                },
            )
            for piece in (slice(cut + 1), slice(cut, None))
        ]
        trips[k] = replace(parts[0], next_trip=len(trips))
        trips.append(parts[1])
    in_two = replace(world, timetable=with_trips(world.timetable, trips))
    assert (profiles(in_two) == profiles(world)).all()


@examples(60)
@given(worlds, randoms)
def test_the_order_of_sites_and_practices_is_irrelevant(world: World, rnd: Random) -> None:
    """Nor does it matter who else is asked about, nor how the work is divided among threads."""
    network = network_of(world)
    base = arrival_profiles(world.site_table(), world.practice_table(), network, world.window)
    site = [rnd.randint(0, len(world.sites) - 1) for _ in range(rnd.choice([1, 3, 150]))]
    practice = [rnd.randint(0, len(world.practices) - 1) for _ in range(rnd.choice([1, 20]))]
    sites = points(tuple(world.sites[k] for k in site), "site_id")
    practices = points(tuple(world.practices[k] for k in practice), "practice_id")
    asked = arrival_profiles(sites, practices, network, world.window)
    assert (asked == base[np.ix_(practice, site)]).all()
    options = {"window": world.window, "percentiles": world.percentiles}
    table = travel_times(sites, practices, network, **options)
    reverse = travel_times(sites[::-1], practices[::-1], network, **options)
    ids = ["site_id", "practice_id"]
    assert_frame_equal(
        table.sort_values(ids, ignore_index=True), reverse.sort_values(ids, ignore_index=True)
    )
    assert list(dict.fromkeys(table["site_id"])) == [
        k for k in sites["site_id"] if k in set(table["site_id"])
    ]


@examples(60)
@given(worlds, randoms)
def test_the_order_of_the_timetable_is_irrelevant(world: World, rnd: Random) -> None:
    if world.timetable is None:
        return
    shuffled = replace(world, timetable=shuffle_timetable(world.timetable, rnd))
    assert (profiles(shuffled) == profiles(world)).all()


def shuffle_timetable(timetable: Timetable, rnd: Random) -> Timetable:
    """The same trips, stops and rules in another order."""
    trips = trips_of(timetable)
    trip_order, stop_order = list(range(len(trips))), list(range(len(timetable.stops)))
    rnd.shuffle(trip_order)
    rnd.shuffle(stop_order)
    new_trip = {old: new for new, old in enumerate(trip_order)} | {-1: -1}
    new_stop = {old: new for new, old in enumerate(stop_order)}
    trips = [
        replace(
            trips[k],
            stops=tuple(new_stop[s] for s in trips[k].stops),
            next_trip=new_trip[trips[k].next_trip],
        )
        for k in trip_order
    ]
    rules = timetable.transfers.sample(frac=1, random_state=rnd.randint(0, 99)).assign(
        from_stop=lambda t: t["from_stop"].map(new_stop),
        to_stop=lambda t: t["to_stop"].map(new_stop),
    )
    stops = timetable.stops.iloc[stop_order].reset_index(drop=True)
    return with_trips(
        replace(
            timetable,
            stops=stops,
            transfers=rules.reset_index(drop=True).astype(timetable.transfers.dtypes),
        ),
        trips,
    )


@examples(40)
@given(worlds)
def test_inputs_are_unchanged(world: World) -> None:
    sites, practices = world.site_table(), world.practice_table()
    inputs = {
        "streets": world.streets,
        "timetable": world.timetable,
        "sites": sites,
        "practices": practices,
    }
    before = copy.deepcopy(inputs)
    for_each_array(inputs, lambda array: array.setflags(write=False))
    network = network_of(world)
    prepared = copy.deepcopy((network.graph, network.transits))
    for _ in range(2):
        arrival_profiles(sites, practices, network, world.window)
        travel_times(sites, practices, network, window=world.window, percentiles=world.percentiles)
    assert_same(before, inputs)
    assert_same(prepared, (network.graph, network.transits))


def for_each_array(value: Any, act: Callable[[np.ndarray[Any, Any]], None]) -> None:
    """Act on every array inside dicts and dataclasses."""
    if isinstance(value, np.ndarray):
        act(value)
    elif isinstance(value, dict):
        for item in value.values():
            for_each_array(item, act)
    elif hasattr(value, "__dataclass_fields__"):
        for f in fields(value):
            for_each_array(getattr(value, f.name), act)


def assert_same(a: Any, b: Any) -> None:
    """Compare dicts, sequences, dataclasses, frames and arrays all the way down."""
    assert type(a) is type(b)
    if isinstance(a, gpd.GeoDataFrame):
        assert a.crs == b.crs
        assert_frame_equal(pd.DataFrame(a), pd.DataFrame(b))
        assert a.attrs == b.attrs
    elif isinstance(a, pd.DataFrame):
        assert_frame_equal(a, b)
        assert a.attrs == b.attrs
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    elif isinstance(a, dict):
        assert_same(list(a.values()), list(b.values()))
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for one, other in zip(a, b, strict=True):
            assert_same(one, other)
    elif hasattr(a, "__dataclass_fields__"):
        assert_same(
            [getattr(a, f.name) for f in fields(a)], [getattr(b, f.name) for f in fields(b)]
        )
    else:
        assert a == b


@examples(40)
@given(worlds)
def test_an_unreachable_site_is_left_out_and_disturbs_nobody(world: World) -> None:
    network = network_of(world)
    sites = points((*world.sites, (100.0, 10.0)), "site_id")
    practices = points((*world.practices, (100.0, 10.0)), "practice_id")
    options = {"window": world.window, "percentiles": world.percentiles}
    found = travel_times(sites, practices, network, **options)
    alone = travel_times(world.site_table(), world.practice_table(), network, **options)
    assert_frame_equal(found, alone)
    arrival = arrival_profiles(sites, practices, network, world.window)
    assert (arrival[-1] == NEVER).all()
    assert (arrival[:, -1] == NEVER).all()
