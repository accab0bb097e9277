"""Lowest travel times equal those of the full table, whatever the groups and blocks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
from hypothesis import given, note
from hypothesis import strategies as st

from geoaccess.network.boardings import Boardings
from geoaccess.network.links import Links, links_of_pairs
from geoaccess.network.network import build_network
from geoaccess.project import load_project
from geoaccess.route import lowest
from geoaccess.route.lowest import lowest_seconds
from geoaccess.route.matrix import link_points, parse_window
from geoaccess.route.profiles import travel_seconds
from geoaccess.route.search import Draw, Search
from geoaccess.route.window import NEVER, Window
from tests.worlds import Trip, World, examples, points, trips_of, with_trips, worlds


def many_points(
    world: World, count: int, seed: int
) -> tuple[list[tuple[float, float]], np.ndarray]:
    """Places near stops, sites and practices of the world, where rides matter, and near which; one is far away."""
    random = np.random.default_rng(seed)
    anchors = [*world.sites, *world.practices]
    if world.timetable is not None:
        anchors += world.timetable.stops[["lon", "lat"]].to_numpy(float).tolist()
    whose = random.integers(0, len(anchors), count)
    places = np.array(anchors)[whose]
    places += random.uniform(-0.002, 0.002, places.shape) * random.integers(0, 2, (count, 1))
    return [*map(tuple, places.tolist()), (179.0, -80.0)], np.append(whose, 0)


def delayed(trip: Trip) -> Trip:
    """Let a trip run four minutes and a bit later."""
    times = {
        name: tuple(at + 250 for at in getattr(trip, name)) for name in ("arrival_s", "departure_s")
    }
    return replace(trip, **times)


@examples(150)
@given(worlds, st.integers(1, 40), st.integers(0, 2**16), st.sampled_from([1, 5, 99]))
def test_equal_to_the_full_table(world: World, count: int, seed: int, most_points: int) -> None:
    if seed % 5 == 0:
        who = replace(world.who, cycle=False, max_walk_total_min=seed % 7 + 2.0)
        world = replace(world, who=who)
    note(str(world))
    network = build_network(world.streets, world.timetable, world.who, max_snap_m=world.max_snap_m)
    if seed % 2 and world.timetable is not None:  # two draws: the rides, and the same ones later
        later = with_trips(world.timetable, [delayed(trip) for trip in trips_of(world.timetable)])
        other = build_network(world.streets, later, world.who, max_snap_m=world.max_snap_m)
        network = replace(network, transits=(*network.transits, *other.transits))
    places, group = many_points(world, count, seed)
    doctors, _ = many_points(world, 8, seed + 1)
    # some practices twice at one place: ties go to the first
    practices = network.snap(points((*doctors, *doctors[::3]), "practice_id"))
    sites = network.snap(points((*places,), "site_id"))
    departs = parse_window(world.window, world.who.max_minutes)
    every = travel_seconds(link_points(sites, practices, network, departs), world.percentiles)
    if seed % 4 == 0:  # any groups will do
        group = np.random.default_rng(seed).integers(0, 5, len(places))
    with (
        mock.patch.object(lowest, "MOST_POINTS", most_points),
        mock.patch.object(lowest, "MOST_BOUNDS", 30 * most_points),
    ):
        seconds, practice = lowest_seconds(
            sites, group, practices, network, departs, world.percentiles, workers=1
        )
    np.testing.assert_array_equal(seconds, every.min(axis=0))
    np.testing.assert_array_equal(
        practice, np.where(seconds < NEVER, every.argmin(axis=0), -1), err_msg="first of equals"
    )


def test_equal_to_the_full_table_of_a_region(demo_inputs: Path) -> None:
    study = load_project(demo_inputs / "project.toml")
    network, random = study.network, np.random.default_rng(5)
    ends = network.graph.segment_lonlat
    corner = ends[random.integers(0, len(ends), 3000), :2] + random.uniform(
        -0.003, 0.003, (3000, 2)
    )
    group = np.unique(np.floor(corner / 0.01), axis=0, return_inverse=True)[1].ravel()
    sites = network.snap(points((*map(tuple, corner.tolist()),), "site_id"))
    once = network.snap(study.practices)
    practices = once.take(np.append(np.arange(len(once))[::-1], np.arange(0, 40, 3)))
    departs = parse_window(("08:00", "08:30"), network.who.max_minutes)
    every = travel_seconds(link_points(sites, practices, network, departs), (10, 50, 90))
    seconds, practice = lowest_seconds(sites, group, practices, network, departs, (10, 50, 90))
    np.testing.assert_array_equal(seconds, every.min(axis=0))
    np.testing.assert_array_equal(practice, np.where(seconds < NEVER, every.argmin(axis=0), -1))


tables = st.integers(1, 5).flatmap(
    lambda practices: st.lists(
        st.lists(
            st.sampled_from([60, 61, 62, 63, int(NEVER)]), min_size=practices, max_size=practices
        ),
        min_size=1,
        max_size=8,
    )
)


@given(tables, tables, st.integers(1, 4))
def test_of_equally_near_practices_the_first_counts(riding, walking, width: int) -> None:
    """Times out of a table with very many ties, instead of out of a search."""
    sites, practices = len(riding), len(riding[0])
    ride = np.array(riding, np.int32).T
    foot = np.array([(walking[k % len(walking)] * 5)[:practices] for k in range(sites)], np.int32).T
    group = np.arange(sites) // width

    def look_up(part: Search, percentiles: tuple[float, ...]) -> np.ndarray:
        (draw,) = part.draws
        if len(draw.ends.first) == practices + 1 and part.sites == group[-1] + 1:
            found = np.minimum.reduceat(ride, np.flatnonzero(np.diff(group, prepend=-1)), axis=1)
        else:
            found = ride[draw.ends.pattern][:, draw.near.seconds]
        return np.repeat(found[:, None], len(percentiles), axis=1)

    walks, near = np.nonzero(foot < NEVER)
    count, row = np.arange(practices + 1), np.arange(sites, dtype=np.int32)
    search = Search(
        "to",
        Window(0, 1),
        7200,
        0,
        sites,
        links_of_pairs(walks, near, foot[walks, near], practices),
        (
            Draw(
                SimpleNamespace(patterns=SimpleNamespace(node_stop=np.zeros(1, np.int32))),
                Links(np.array([0, sites]), row, row),
                Boardings(count, *(np.arange(practices, dtype=np.int32) for _ in range(3))),
            ),
        ),
        1,
    )
    with mock.patch.object(lowest, "travel_seconds", look_up):
        seconds, practice = lowest._lowest(search, group, (50,))
    both = np.minimum(ride, foot)
    np.testing.assert_array_equal(seconds[0], both.min(axis=0))
    np.testing.assert_array_equal(
        practice[0], np.where(both.min(axis=0) < NEVER, both.argmin(axis=0), -1)
    )


def test_blocks_hold_whole_groups_and_every_point() -> None:
    group = np.array([0, 0, 2, 2, 2, 5, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 9])
    linked = np.arange(len(group)) * 10
    blocks = lowest._blocks(linked, group, 4, 3)
    np.testing.assert_array_equal(np.concatenate(blocks), linked)
    assert [len(np.unique(group[block // 10])) for block in blocks] == [1, 2, 1, 1, 1]
    assert lowest._blocks(linked[:0], group[:0], 4, 3) == []
