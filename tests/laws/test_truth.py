"""The routing core equals the slow router of tests/oracle.py, to the second, on random small worlds.

CI draws the same few hundred worlds each time. For a long random run:
``GEOACCESS_EXAMPLES=20000 python -m pytest tests/laws/test_truth.py``.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, note

from geoaccess.network.network import build_network
from geoaccess.route.matrix import arrival_profiles, travel_times
from geoaccess.route.transit import NEVER
from tests.oracle import Oracle, oracle_percentile
from tests.worlds import World, examples, worlds


def check_truth(world: World, direction: str) -> bool:
    """Compare core and oracle one way; False when points of the world could snap to either of two places."""
    oracle = Oracle(world.streets, world.timetable, world.who, world.max_snap_m)
    departures = world.departures
    truth = {
        (i, j): oracle.arrivals(
            *((site, practice) if direction == "to" else (practice, site)), departures
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
