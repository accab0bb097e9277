"""A van is a ride like any other: the slow router agrees on random worlds that a van was added to."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from geoaccess.load.joined import possible_timetables
from geoaccess.load.vans import Van, VanStop
from geoaccess.network.network import build_network
from tests.laws.test_truth import check_truth
from tests.oracle import Oracle
from tests.whole import arrival_profiles
from tests.worlds import World, examples, worlds


def random_van(rnd: Random, world: World) -> Van:
    """Draw a van between sites, practices and stops of a world, around its window."""
    places = [*world.sites, *world.practices]
    stops, minutes = [], 0.0
    for _ in range(rnd.randint(2, 4)):
        lon, lat = rnd.choice(places)
        stops.append(VanStop(minutes, lon, lat))
        minutes += rnd.choice([1, 2.5, 9])
    first = world.departures[0] // 60
    leaves = {first + rnd.randint(-5, 25) for _ in range(rnd.randint(1, 4))}
    clocks = [f"{m // 60:02d}:{m % 60:02d}" for m in leaves if 0 <= m <= 30 * 60]
    return Van("van", stops, clocks or ["08:00"], rnd.choice(["Mo-Su", "Tu", "Mo,We"]))


@pytest.mark.parametrize("direction", ["to", "from"])
@examples(60)
@given(worlds, st.randoms(use_true_random=False))
def test_core_equals_oracle_with_a_van(direction: str, world: World, rnd: Random) -> None:
    van = random_van(rnd, world)
    note(f"{world}\n{van}")
    (joined,) = possible_timetables(world.timetable, vans=[van], date="2026-11-24")
    assume(check_truth(replace(world, timetable=joined), direction))


@examples(20)
@given(worlds, st.randoms(use_true_random=False))
def test_a_van_given_to_the_network_is_one_in_its_timetable(world: World, rnd: Random) -> None:
    van = random_van(rnd, world)
    (joined,) = possible_timetables(world.timetable, vans=[van], date="2026-11-24")
    assume(not Oracle(world.streets, joined, world.who, world.max_snap_m).ambiguous)
    found = [
        arrival_profiles(
            world.site_table(),
            world.practice_table(),
            build_network(world.streets, timetable, world.who, max_snap_m=world.max_snap_m, **more),
            world.window,
        ).tolist()
        for timetable, more in (
            (joined, {}),
            (world.timetable, {"vans": [van], "date": joined.date}),
        )
    ]
    assert found[0] == found[1]
