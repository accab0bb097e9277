"""Lowest travel times equal those of the full table, whatever the groups and blocks."""

from __future__ import annotations

from unittest import mock

import numpy as np
from hypothesis import given, note
from hypothesis import strategies as st

from geoaccess.network.network import build_network
from geoaccess.route import lowest
from geoaccess.route.lowest import lowest_seconds
from geoaccess.route.matrix import link_points, parse_window
from geoaccess.route.profiles import travel_seconds
from geoaccess.route.window import NEVER
from tests.worlds import World, examples, points, worlds


def many_points(world: World, count: int, seed: int) -> tuple[tuple[float, float], ...]:
    """Places scattered over the world and a little around it; the last one far away."""
    streets, random = world.streets, np.random.default_rng(seed)
    lon, lat = (
        random.uniform(column.min() - 0.003, column.max() + 0.003, count)
        for column in (streets.lon, streets.lat)
    )
    return (*zip(lon.tolist(), lat.tolist(), strict=True), (179.0, -80.0))


@examples(150)
@given(
    worlds,
    st.integers(1, 40),
    st.integers(0, 2**16),
    st.integers(1, 8),
    st.sampled_from([1, 5, 99]),
)
def test_equal_to_the_full_table(
    world: World, count: int, seed: int, groups: int, most_points: int
) -> None:
    note(str(world))
    network = build_network(world.streets, world.timetable, world.who, max_snap_m=world.max_snap_m)
    places = points(many_points(world, count, seed), "site_id")
    group = np.random.default_rng(seed).integers(0, groups, len(places))
    sites, practices = network.snap(places), network.snap(world.practice_table())
    departs = parse_window(world.window, world.who.max_minutes)
    every = travel_seconds(link_points(sites, practices, network, departs), world.percentiles)
    with (
        mock.patch.object(lowest, "MOST_POINTS", most_points),
        mock.patch.object(lowest, "MOST_BOUNDS", 3 * most_points),
    ):
        seconds, practice = lowest_seconds(
            sites, group, practices, network, departs, world.percentiles, workers=1
        )
    np.testing.assert_array_equal(seconds, every.min(axis=0))
    np.testing.assert_array_equal(
        practice, np.where(seconds < NEVER, every.argmin(axis=0), -1), err_msg="first of equals"
    )


def test_blocks_hold_whole_groups_and_every_point(monkeypatch) -> None:
    monkeypatch.setattr(lowest, "MOST_POINTS", 4)
    monkeypatch.setattr(lowest, "MOST_BOUNDS", 6)
    group = np.array([0, 0, 2, 2, 2, 5, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 9])
    linked = np.arange(len(group)) * 10
    blocks = lowest._blocks(linked, group, 2)
    np.testing.assert_array_equal(np.concatenate(blocks), linked)
    assert [len(np.unique(group[block // 10])) for block in blocks] == [1, 2, 1, 1, 1]
    assert lowest._blocks(linked[:0], group[:0], 2) == []
