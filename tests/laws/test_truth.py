"""The routing core equals the slow router of tests/oracle.py, to the second, on random small worlds.

CI draws the same few hundred worlds each time. For a long random run:
``GEOACCESS_EXAMPLES=20000 python -m pytest tests/laws/test_truth.py``.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from geoaccess.errors import ProjectError
from geoaccess.network.network import build_network
from geoaccess.route.matrix import travel_times
from geoaccess.route.window import NEVER
from tests.oracle import Oracle, oracle_percentile
from tests.whole import arrival_profiles
from tests.worlds import World, cycling_worlds, examples, worlds


def check_truth(world: World, direction: str) -> bool:
    """Compare core and oracle one way; False when points of the world could snap to either of two places."""
    oracle = Oracle(world.streets, world.timetable, world.who, world.max_snap_m)
    departures = world.departures
    truth = {
        (i, j): oracle.arrivals(
            *((site, practice) if direction == "to" else (practice, site)),
            departures,
            site="start" if direction == "to" else "end",
        )
        for i, site in enumerate(world.sites)
        for j, practice in enumerate(world.practices)
    }
    if oracle.ambiguous:
        return False
    network = build_network(world.streets, world.timetable, world.who, max_snap_m=world.max_snap_m)
    sites, practices = world.site_table(), world.practice_table()
    profiles = arrival_profiles(sites, practices, network, world.window, direction)
    assert profiles.shape == (len(practices), len(sites), len(departures))
    for (i, j), expected in truth.items():
        found = [None if a == NEVER else int(a) for a in profiles[j, i]]
        assert found == expected, f"site {i}, practice {j}"
    table = travel_times(
        sites,
        practices,
        network,
        window=world.window,
        percentiles=world.percentiles,
        direction=direction,
    )
    assert list(table.columns[2:]) == [f"minutes_p{p:g}" for p in world.percentiles]
    rows = []
    for (i, j), arrivals in truth.items():
        seconds = [oracle_percentile(arrivals, departures, p) for p in world.percentiles]
        if any(s is not None for s in seconds):
            rows.append((f"s{i}", f"p{j}", *(np.inf if s is None else s / 60 for s in seconds)))
    assert list(table.itertuples(index=False, name=None)) == rows
    return True


@pytest.mark.parametrize("direction", ["to", "from"])
@examples(300)
@given(worlds)
def test_core_equals_oracle(direction: str, world: World) -> None:
    note(str(world))
    assume(check_truth(world, direction))


@pytest.mark.parametrize("direction", ["to", "from"])
@examples(100)
@given(cycling_worlds)
def test_core_equals_oracle_by_bicycle(direction: str, world: World) -> None:
    note(str(world))
    assume(check_truth(world, direction))


@examples(150)
@given(worlds, st.sampled_from([0, 7, 15]))
def test_round_trips_are_out_visit_and_back(world: World, visit_minutes: int) -> None:
    note(str(world))
    oracle = Oracle(world.streets, world.timetable, world.who, world.max_snap_m)
    network = build_network(world.streets, world.timetable, world.who, max_snap_m=world.max_snap_m)
    sites, practices = world.site_table(), world.practice_table()
    options = {"window": world.window, "percentiles": world.percentiles}
    try:
        table = travel_times(
            sites, practices, network, direction="round", visit_minutes=visit_minutes, **options
        )
    except ProjectError as error:
        assume("run past 32:00" not in str(error))
        raise
    rows = []
    for i, site in enumerate(world.sites):
        for j, practice in enumerate(world.practices):
            homes: list[int | None] = []
            for arrival in oracle.arrivals(site, practice, world.departures):
                leave = None if arrival is None else arrival + 60 * visit_minutes
                home = leave and oracle.arrivals(practice, site, [leave], site="end")[0]
                homes.append(home)
            seconds = [oracle_percentile(homes, world.departures, p) for p in world.percentiles]
            if any(s is not None for s in seconds):
                minutes = (np.inf if s is None else s / 60 for s in seconds)
                rows.append((f"s{i}", f"p{j}", *minutes))
    assume(not oracle.ambiguous)
    assert list(table.itertuples(index=False, name=None)) == rows


@pytest.mark.parametrize("direction", ["to", "from"])
@examples(150)
@given(worlds, st.integers(0, 40))
def test_arrive_by_is_the_latest_departure_in_time(
    direction: str, world: World, later: int
) -> None:
    note(str(world))
    oracle = Oracle(world.streets, world.timetable, world.who, world.max_snap_m)
    network = build_network(world.streets, world.timetable, world.who, max_snap_m=world.max_snap_m)
    by_s = min(world.departures[-1] + 60 * later, 32 * 3600)
    clock = f"{by_s // 3600:02d}:{by_s % 3600 // 60:02d}"
    table = travel_times(
        world.site_table(), world.practice_table(), network, arrive_by=clock, direction=direction
    )
    rows = []
    departures = [by_s - 60 * k for k in range(int(world.who.max_minutes), -1, -1)]
    for i, site in enumerate(world.sites):
        for j, practice in enumerate(world.practices):
            ends = (site, practice) if direction == "to" else (practice, site)
            home = "start" if direction == "to" else "end"
            arrivals = oracle.arrivals(*ends, departures, site=home)
            fits = [
                t for t, a in zip(departures, arrivals, strict=True) if a is not None and a <= by_s
            ]
            if fits:
                t = max(fits)
                text = f"{t // 3600:02d}:{t % 3600 // 60:02d}"
                rows.append((f"s{i}", f"p{j}", text, (by_s - t) / 60))
    assume(not oracle.ambiguous)
    assert list(table.itertuples(index=False, name=None)) == rows
