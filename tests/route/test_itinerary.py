"""A trip leg by leg: as long as the matrix says, the best of its kind, and one that can really be made."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from geoaccess.errors import ProjectError
from geoaccess.load.gtfs import load_timetable
from geoaccess.load.osm import load_streets
from geoaccess.load.timetable import Timetable
from geoaccess.network.network import Network, build_network
from geoaccess.network.traveller import Traveller
from geoaccess.route import itinerary as module
from geoaccess.route.itinerary import itinerary
from geoaccess.route.window import NEVER
from tests.oracle import Foot, Oracle, Place
from tests.route.test_newport import read_points
from tests.whole import arrival_profiles
from tests.worlds import (
    Trip,
    World,
    clock,
    continued,
    cycling_worlds,
    examples,
    make_streets,
    make_timetable,
    points,
    random_rules,
    random_trip,
    worlds,
)

directions = st.sampled_from(["to", "from"])


def network_of(world: World) -> Network:
    return build_network(world.streets, world.timetable, world.who, max_snap_m=world.max_snap_m)


def seconds(text: str) -> int:
    hours, minutes, rest = text.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + int(rest)


# ---- a second, slow search


def best_key(
    oracle: Oracle, start: Place, end: Place, t: int, direction: str
) -> tuple[int, int, int, int] | None:
    """Arrival, rides, minus the moment of leaving, seconds on foot and by bicycle: the least of all trips there are."""
    who = oracle.who
    direct = oracle.own_s(start, end, bicycle=True)
    found = [] if direct is None else [(t + direct, 0, -t, direct)]
    boarded: dict[tuple[int, int], dict[int, int]] = {}  # event: moment of leaving: on foot
    for event in oracle.boardable if oracle.trips else ():
        stop, _, departure_s = oracle.trips[event[0]][event[1]][:3]
        walk = oracle.own_s(start, oracle.stop_place[stop], bicycle=direction == "to")
        if walk is not None and t + walk <= departure_s:
            boarded[event] = {departure_s - walk: walk}
    rides, most = 0, math.inf if who.max_rides is None else who.max_rides
    while boarded and rides < min(most, 12):  # nobody needs more here
        rides += 1
        left: dict[tuple[int, int], dict[int, int]] = {}
        for event, ways in boarded.items():
            for off in oracle._ride(event):
                merge(left, off, ways, 0)
        boarded = {}
        for off, ways in left.items():
            stop, arrival_s = oracle.trips[off[0]][off[1]][:2]
            if arrival_s - t > 60 * who.max_minutes:
                continue
            last = oracle.own_s(oracle.stop_place[stop], end, bicycle=direction == "from")
            if last is not None:
                found += [(arrival_s + last, rides, -leave, w + last) for leave, w in ways.items()]
            for event in oracle.onward[off]:
                to_stop = oracle.trips[event[0]][event[1]][0]
                merge(boarded, event, ways, change_walk(oracle, stop, to_stop))
    return min((key for key in found if key[0] - t <= 60 * who.max_minutes), default=None)


def merge(table: dict[Any, dict[int, int]], key: Any, ways: dict[int, int], more: int) -> None:
    known = table.setdefault(key, {})
    for leave, walk in ways.items():
        known[leave] = min(known.get(leave, 10**9), walk + more)


def change_walk(oracle: Oracle, from_stop: int, to_stop: int) -> int:
    if from_stop == to_stop:
        return 0
    feet: list[Foot | None] = oracle.stop_foot
    walk = oracle.walk_s(feet[from_stop], feet[to_stop])
    if walk is not None:
        return walk
    rules = oracle.rules[from_stop, to_stop]
    return rules[0].straight_s


# ---- checks of one table of legs


def check_legs(legs: pd.DataFrame, depart_s: int, who: Traveller) -> None:
    """What holds for every trip, whatever the timetable."""
    assert list(legs.columns) == list(module.COLUMNS)
    arrive_s = legs.attrs["arrive_s"]
    rows = legs.to_dict("records")
    assert {rows[0]["mode"], rows[-1]["mode"]} <= {"walk", "cycle"}
    assert legs.attrs["depart_s"] == depart_s
    assert legs["arrive_s"].iloc[-1] == arrive_s
    assert arrive_s - depart_s <= 60 * who.max_minutes
    total = legs["minutes"].sum() + legs["wait_min"].sum()
    assert total == pytest.approx((arrive_s - depart_s) / 60)
    assert legs.attrs["minutes"] == pytest.approx(total)
    assert (legs["minutes"] >= 0).all()
    assert (legs["wait_min"] >= 0).all()
    assert legs["depart"].map(seconds).tolist() == legs["depart_s"].tolist()
    assert legs["arrive"].map(seconds).tolist() == legs["arrive_s"].tolist()
    walks = legs["mode"] == "walk"
    # only a rule can tell people to walk farther between two stops
    free = walks & (legs["remark"] != "transfer_rule")
    assert (legs["metres"][free] <= who.max_walk_min * who.walk_kmh / 0.06 + 1.3).all()
    assert not walks.iloc[[0, -1]].ne(free.iloc[[0, -1]]).any()
    # the bicycle is at the site's end
    cycled = legs["mode"] == "cycle"
    at_site = 0 if legs.attrs["direction"] == "to" else len(legs) - 1
    assert cycled.sum() <= (who.cycle and cycled.iloc[at_site])
    assert (legs["minutes"][cycled] <= who.max_cycle_min + 1 / 60).all()
    far_m = legs["minutes"] * max(who.cycle_kmh, who.walk_kmh) / 0.06
    assert (legs["metres"][cycled] <= far_m[cycled] + 1.3).all()
    walks |= cycled
    assert (legs["metres"].isna() == ~walks).all()
    assert not (walks & walks.shift(fill_value=False)).any()
    rides = int((~walks & (legs["remark"] != "stay_seated")).sum())
    assert rides == legs.attrs["rides"] <= (math.inf if who.max_rides is None else who.max_rides)
    for before, after in pairwise(rows):
        assert after["depart_s"] >= before["arrive_s"]
        assert after["wait_min"] == pytest.approx((after["depart_s"] - before["arrive_s"]) / 60)
        if after["remark"] != "stay_seated":
            assert (after["from_id"], after["from_name"]) == (before["to_id"], before["to_name"])


def check_rides(legs: pd.DataFrame, timetable: Timetable, oracle: Oracle | None) -> None:
    """Every ride is in the timetable, and every change is allowed and long enough."""
    stop_id = timetable.stops["stop_id"].tolist()
    options: list[list[tuple[tuple[int, int], tuple[int, int]]]] = []
    for leg in legs[~legs["mode"].isin(["walk", "cycle"])].to_dict("records"):
        fits = []
        for k in np.flatnonzero(timetable.trips["trip_id"] == leg["trip_id"]):
            a, b = timetable.first[k : k + 2]
            calls = [
                (stop_id[timetable.stop[i]], timetable.arrival_s[i], timetable.departure_s[i])
                for i in range(a, b)
            ]
            # at its ends a trip has no waiting
            board = [
                i
                for i, call in enumerate(calls)
                if call[0] == leg["from_id"] and call[2] == leg["depart_s"]
            ]
            alight = [
                i
                for i, call in enumerate(calls)
                if call[0] == leg["to_id"] and call[1] == leg["arrive_s"]
            ]
            fits += [((k, i), (k, j)) for i in board for j in alight if i < j]
        assert fits, leg
        if leg["remark"] == "stay_seated":
            options[-1] = [
                (first, last)
                for first, before in options[-1]
                for start, last in fits
                if timetable.trips["next_trip"].iloc[before[0]] == start[0]
            ]
        else:
            options.append(fits)
        assert options[-1]
    assert len(timetable.transfers) or "transfer_rule" not in set(legs["remark"])
    if oracle is None:
        return
    for before, after in pairwise(options):
        assert any(b in oracle.onward.get(a, ()) for _, a in before for b, _ in after)


# ---- the laws


def walkable_world(rnd: Random) -> World:
    """A long street with stops near each other: many trips tie, and many changes are walked or follow a rule."""
    lon, lat = -3.0, 51.6
    scale = 111195.08 * math.cos(math.radians(lat))
    count = rnd.randint(5, 9)
    x_m = [0]
    for _ in range(count - 1):
        x_m.append(x_m[-1] + rnd.choice([100, 300, 300, 600, 900]))
    x_m[-1] += 1500
    places = [(lon + x / scale, lat) for x in x_m]
    streets = make_streets(
        places, [(k, k + 1, 100 * (b - a), 0, 15) for k, (a, b) in enumerate(pairwise(x_m))]
    )
    trips = []
    for k in range(rnd.randint(6, 16)):
        first = rnd.randint(0, count - 2)
        calls = [first, *sorted(rnd.sample(range(first + 1, count), rnd.randint(1, 2)))] if (
            first < count - 2
        ) else [first, first + 1]  # fmt: skip
        start_s = 28_800 + 60 * (4 * first + rnd.randint(0, 20))
        masks = [(True,) * len(calls)] * 2
        trips.append(random_trip(rnd, calls, start_s, 120, masks, f"R{k % 4}", k))
    off_m = rnd.choice([0, 0, 7])
    timetable = make_timetable([(x, y + off_m / 111195.08) for x, y in places],
                               continued(rnd, trips), random_rules(rnd, trips))  # fmt: skip
    who = Traveller(
        max_walk_min=rnd.choice([6.0, 9.0, 13.0]),
        max_rides=rnd.choice([None, None, 3, 2]),
        min_transfer_s=rnd.choice([0, 60, 120]),
    )
    return World(streets, timetable, who, (places[0],), (places[-1],), ("08:00", "08:20"))


@examples(30)
@given(worlds, directions, st.randoms(use_true_random=False))
def test_every_minute_is_the_matrix_and_the_best_of_all(
    world: World, direction: str, rnd: Random
) -> None:
    check_world(world, direction, rnd)


@examples(30)
@given(cycling_worlds, directions, st.randoms(use_true_random=False))
def test_every_minute_by_bicycle_is_the_matrix_and_the_best_of_all(
    world: World, direction: str, rnd: Random
) -> None:
    check_world(world, direction, rnd)


@examples(100)
@given(st.randoms(use_true_random=False).map(walkable_world), directions)
def test_changes_on_foot_and_by_rule_are_the_matrix_and_the_best(
    world: World, direction: str
) -> None:
    check_world(world, direction, Random(1))


def check_world(world: World, direction: str, rnd: Random) -> None:
    """Compare every minute with the matrix, and some with the slow search.

    The way back is asked from a practice where the sites are: worlds run from their sites to their practices.
    """
    note(str(world))
    i, j = rnd.randrange(len(world.sites)), rnd.randrange(len(world.practices))
    note(f"from {i} to {j} {direction}")
    start, end = world.sites[i], world.practices[j]
    site, practice = (start, end) if direction == "to" else (end, start)
    tables = points((site,), "site_id"), points((practice,), "practice_id")
    network = network_of(world)
    profile = arrival_profiles(*tables, network, world.window, direction)[0, 0]
    oracle = Oracle(world.streets, world.timetable, world.who, world.max_snap_m)
    slow = rnd.sample(world.departures, min(3, len(world.departures)))
    for t, arrival in zip(world.departures, profile, strict=True):
        if t not in slow and (profile == NEVER).all():
            continue
        legs = itinerary(*tables, network, "s0", "p0", depart=clock(t // 60), direction=direction)
        key = best_key(oracle, start, end, t, direction) if t in slow else None
        assume(not oracle.ambiguous)
        if arrival == NEVER:
            assert len(legs) == 0
            assert legs.attrs["reason"] in ("not_linked", "no_connection")
            assert legs.attrs["arrive_s"] is key is None
            continue
        assert legs.attrs["reason"] == ""
        assert legs.attrs["arrive_s"] == arrival, clock(t // 60)
        check_legs(legs, t, world.who)
        assert legs["from_id"].iloc[0] == ("s0" if direction == "to" else "p0")
        assert legs["to_id"].iloc[-1] == ("p0" if direction == "to" else "s0")
        if world.timetable is not None:
            check_rides(legs, world.timetable, oracle)
        if key is not None:
            assert (arrival, legs.attrs["rides"], -legs["depart_s"].iloc[0]) == key[:3]
            own = legs["mode"].isin(["walk", "cycle"]) & (legs["remark"] != "transfer_rule")
            if own.equals(legs["metres"].notna()):
                assert 60 * legs["minutes"][own].sum() == pytest.approx(key[3])
            if not (legs["mode"] == "cycle").any():
                metres = key[3] * world.who.walk_kmh / 3.6
                assert legs["metres"].sum() == pytest.approx(metres, abs=0.51 * len(legs))


@examples(30)
@given(worlds, directions, st.integers(-5, 150), st.sampled_from([7, 240]))
def test_arriving_by_a_time_is_leaving_at_the_last_minute_that_does(
    world: World, direction: str, later_min: int, span_min: int
) -> None:
    note(str(world))
    sites, practices, network = world.site_table(), world.practice_table(), network_of(world)
    minute = max(0, world.departures[0] // 60 + later_min)
    if minute + world.who.max_minutes >= 32 * 60:
        return
    window = ("00:00", clock(minute + 1))
    profile = arrival_profiles(sites, practices, network, window, direction)[0, 0]
    in_time = np.flatnonzero(profile <= 60 * minute)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SPAN_MIN", span_min)
        legs = itinerary(
            sites, practices, network, "s0", "p0", arrive_by=clock(minute), direction=direction
        )
    if not len(in_time):
        assert len(legs) == 0
        assert legs.attrs["reason"]
        return
    assert legs.attrs["depart_s"] == 60 * in_time[-1]
    assert legs.attrs["arrive_s"] == profile[in_time[-1]] <= 60 * minute
    check_legs(legs, 60 * int(in_time[-1]), world.who)


# ---- known answers


def line_world(**who: Any) -> tuple[Any, Any, Network]:
    """A street of 12 km with stops every 4 km; a bus that goes on as another, a tram after it."""
    lon, lat = -3.0, 51.6
    scale = 111195.08 * math.cos(math.radians(lat))
    x_km = (0, 4, 8, 12)
    places = [(lon + 1000 * x / scale, lat) for x in x_km]
    streets = make_streets(places, [(k, k + 1, 400_000, 0, 15) for k in range(3)])
    both = (True, True)
    timetable = make_timetable(
        places,
        [
            Trip((0, 1), (29_400, 29_700), (29_400, 29_700), "a", "R1", both, both, next_trip=1),
            Trip((1, 2), (29_760, 30_000), (29_760, 30_000), "b", "R2", both, both),
            Trip((2, 3), (30_030, 30_300), (30_030, 30_300), "early", "R3", both, both),
            Trip((2, 3), (30_060, 30_330), (30_060, 30_330), "c", "R3", both, both),
        ],
    )
    timetable.trips["mode"] = [3, 3, 0, 0]
    timetable.trips["headsign"] = ["East", "Far East", "Sea", "Sea"]
    site, practice = (points((place,), f"{what}_id") for place, what in
                      ((places[0], "site"), (places[3], "practice")))  # fmt: skip
    site["name"], practice["name"] = "Camp", "Grutto"
    return site, practice, build_network(streets, timetable, Traveller(**who))


def test_staying_seated_is_two_rows_and_one_ride() -> None:
    legs = itinerary(*line_world(), "s0", "p0", depart="08:00")
    shown = legs[["mode", "line", "headsign", "depart", "arrive", "remark"]].to_numpy().tolist()
    assert shown == [
        ["walk", "", "", "08:10:00", "08:10:00", ""],
        ["bus", "R1", "East", "08:10:00", "08:15:00", ""],
        ["bus", "R2", "Far East", "08:16:00", "08:20:00", "stay_seated"],
        ["tram", "R3", "Sea", "08:21:00", "08:25:30", ""],
        ["walk", "", "", "08:25:30", "08:25:30", ""],
    ]
    assert legs["wait_min"].tolist() == [10, 0, 1, 1, 0]
    assert legs["from_name"].tolist() == ["Camp", "Stop 0", "Stop 1", "Stop 2", "Stop 3"]
    assert legs["to_name"].iloc[-1] == "Grutto"
    assert legs.attrs["rides"] == 2
    assert legs.attrs["minutes"] == 25.5
    assert itinerary(*line_world(max_rides=1), "s0", "p0", depart="08:00").empty


def test_the_whole_way_on_foot_is_one_leg() -> None:
    legs = itinerary(*line_world(max_walk_min=600, max_minutes=300, max_rides=0), "s0", "p0",
                     depart="08:00")  # fmt: skip
    assert legs["mode"].tolist() == ["walk"]
    assert legs["metres"].tolist() == pytest.approx([12_000], abs=2)
    assert legs["minutes"].tolist() == pytest.approx([160], abs=0.1)
    assert legs.attrs["rides"] == 0


@pytest.mark.parametrize("swap", [False, True])
def test_of_trips_that_leave_and_arrive_together_the_one_with_least_walking(swap: bool) -> None:
    lon, lat = -3.0, 51.6
    scale = 111195.08 * math.cos(math.radians(lat))
    places = [(lon + x / scale, lat) for x in (0, 100, 6000)]
    streets = make_streets(places, [(0, 1, 10_000, 0, 15), (1, 2, 590_000, 0, 15)])
    both = (True, True)
    near = Trip((0, 2), (29_400, 30_000), (29_400, 30_000), "near", "R1", both, both)
    far = Trip((1, 2), (29_480, 30_000), (29_480, 30_000), "far", "R2", both, both)
    timetable = make_timetable(places, [far, near] if swap else [near, far])
    network = build_network(streets, timetable, Traveller())
    ends = points((places[0],), "site_id"), points((places[2],), "practice_id")
    legs = itinerary(*ends, network, "s0", "p0", depart="08:00")
    assert legs["trip_id"].tolist() == ["", "near", ""]
    assert legs["depart_s"].iloc[0] == 29_400 == far.departure_s[0] - 80


def test_a_rule_may_give_less_time_than_the_walk_takes() -> None:
    lon, lat = -3.0, 51.6
    scale = 111195.08 * math.cos(math.radians(lat))
    places = [(lon + x / scale, lat) for x in (0, 5000, 5100, 9000)]
    streets = make_streets(
        places, [(0, 1, 500_000, 0, 15), (1, 2, 10_000, 0, 15), (2, 3, 390_000, 0, 15)]
    )
    both = (True, True)
    trips = [
        Trip((0, 1), (29_400, 30_000), (29_400, 30_000), "a", "R1", both, both),
        Trip((2, 3), (30_030, 30_600), (30_030, 30_600), "b", "R2", both, both),
    ]
    timetable = make_timetable(
        places, trips, [{"from_stop": 1, "to_stop": 2, "type": 2, "min_transfer_s": 30}]
    )
    network = build_network(streets, timetable, Traveller())
    ends = points((places[0],), "site_id"), points((places[3],), "practice_id")
    legs = itinerary(*ends, network, "s0", "p0", depart="08:00")
    check_legs(legs, 28_800, network.who)
    walk = legs.iloc[2]
    assert (walk["depart"], walk["arrive"], walk["remark"]) == (
        "08:20:00",
        "08:20:30",
        "transfer_rule",
    )
    assert walk["metres"] == pytest.approx(100, abs=2)


def test_a_change_that_a_rule_times_is_remarked() -> None:
    site, practice, network = line_world()
    assert network.timetable is not None
    timetable = network.timetable
    for seconds_, tram, remark in ((30, "early", "transfer_rule"), (60, "c", ""), (-1, "c", "")):
        rules = pd.DataFrame(
            [[2, 2, "", "", "", "", 2, seconds_]], columns=timetable.transfers.columns
        ).astype(timetable.transfers.dtypes)
        ruled = replace(timetable, transfers=rules)
        legs = itinerary(
            site, practice, build_network(network.streets, ruled), "s0", "p0", depart="08:00"
        )
        ride = legs[legs["mode"] == "tram"].iloc[0]
        assert (ride["trip_id"], ride["remark"]) == (tram, remark)


def test_ids_and_times_that_are_wrong_are_all_named() -> None:
    world = line_world()
    with pytest.raises(ProjectError) as error:
        itinerary(*world, "S0", "x", depart="8 uur")
    assert len(error.value.faults) == 3
    assert "did you mean 's0'?" in str(error.value)
    assert "did you mean 'p0'?" in str(error.value)
    assert "HH:MM" in str(error.value)
    for times in ({}, {"depart": "08:00", "arrive_by": "09:00"}, {"depart": "31:00"},
                  {"arrive_by": "32:01"}):  # fmt: skip
        with pytest.raises(ProjectError):
            itinerary(*world, "s0", "p0", **times)
    with pytest.raises(ProjectError, match="direction"):
        itinerary(*world, "s0", "p0", depart="08:00", direction="round")
    assert itinerary(*world, "s0", "p0", arrive_by="32:00").attrs["reason"] == ""


def test_ids_may_be_numbers() -> None:
    site, practice, network = line_world()
    legs = itinerary(site.assign(site_id=7), practice, network, 7, "p0", depart="08:00")
    assert legs["from_id"].iloc[0] == "7"


def test_a_site_far_from_every_street_is_not_linked() -> None:
    _, practice, network = line_world()
    legs = itinerary(points(((5.0, 52.0),), "site_id"), practice, network, "s0", "p0",
                     arrive_by="09:00")  # fmt: skip
    assert legs.empty
    assert legs.attrs["reason"] == "not_linked"
    assert list(legs.columns) == list(module.COLUMNS)


@pytest.mark.shared
@pytest.mark.slow
def test_real_trips_in_newport(shared: Path) -> None:
    streets = load_streets(shared / "newport_uk" / "newport-2023-06-13.osm.pbf")
    timetable = load_timetable([shared / "newport_uk" / "newport_gtfs.zip"], date="2023-06-13")
    sites = read_points(shared / "reference" / "newport_sites.csv", "site_id")
    practices = read_points(shared / "reference" / "newport_practices.csv", "practice_id")
    rnd = Random(7)
    ridden = changed = 0
    for who in (Traveller(), Traveller(max_rides=2, max_walk_min=10, min_transfer_s=180)):
        network = build_network(streets, timetable, who)
        for direction in ("to", "from"):
            window = rnd.choice([("07:30", "08:30"), ("17:00", "18:00"), ("22:30", "23:30")])
            profile = arrival_profiles(sites, practices, network, window, direction)
            first_s = seconds(f"{window[0]}:00")
            for _ in range(25):
                i, j, m = (rnd.randrange(n) for n in (len(sites), len(practices), 60))
                ids = sites["site_id"].iloc[i], practices["practice_id"].iloc[j]
                t = first_s + 60 * m
                options = {"depart": clock(t // 60), "direction": direction}
                legs = itinerary(sites, practices, network, *ids, **options)
                if profile[j, i, m] == NEVER:
                    assert legs.empty
                    continue
                assert legs.attrs["arrive_s"] == profile[j, i, m]
                check_legs(legs, t, who)
                check_rides(legs, timetable, None)
                ridden += legs.attrs["rides"] > 0
                changed += legs.attrs["rides"] > 1
    assert ridden > 30
    assert changed > 10
