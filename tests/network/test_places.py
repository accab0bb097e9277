"""Ways without a ride at the site's end of a trip, on foot and by bicycle: answers known beforehand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geoaccess.errors import ProjectError, StreetsError
from geoaccess.load.access_rules import way_use
from geoaccess.network.network import Network, build_network
from geoaccess.network.traveller import Traveller
from geoaccess.route.itinerary import itinerary
from geoaccess.route.matrix import travel_times
from tests.worlds import Trip, make_streets, make_timetable, points

LON, LAT = 4.25, 52.0
SCALE = 111195.08 * math.cos(math.radians(LAT))
CYCLIST = Traveller(cycle=True)
LANE = {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}


def place(x_m: float, y_m: float) -> tuple[float, float]:
    return LON + x_m / SCALE, LAT + y_m / 111195.08


def village(lane: Mapping[str, str] = LANE, **who: Any) -> tuple[Any, Any, Network]:
    """A footway of 3 km from the site to the practice, and a cycleway and a one-way lane around, 2 km each.

    The lane is drawn from the practice, so it is one-way towards the site.
    """
    nodes = [place(0, 0), place(3000, 0), place(1500, 1400)]
    ways = [
        (0, 1, 300_000, {"highway": "footway"}),
        (0, 2, 200_000, {"highway": "cycleway", "foot": "no"}),
        (1, 2, 200_000, lane),
    ]
    streets = make_streets(nodes, [(a, b, cm, 0, way_use(tags).access) for a, b, cm, tags in ways])
    network = build_network(streets, None, replace(CYCLIST, **who))
    return points((nodes[0],), "site_id"), points((nodes[1],), "practice_id"), network


def minutes(world: tuple[Any, Any, Network], direction: str = "to") -> float | None:
    table = travel_times(*world, percentiles=50, direction=direction)
    return float(table["minutes_p50"].iloc[0]) if len(table) else None


def test_a_bicycle_keeps_off_footways_and_takes_cycleways_and_lanes_open_against_the_oneway() -> (
    None
):
    assert minutes(village()) == minutes(village(), "from") == 16  # 4 km at 15 km/h
    oneway = {"highway": "residential", "oneway": "yes"}
    assert minutes(village(oneway)) is None  # 3 km is too far to walk
    assert minutes(village(oneway), "from") == 16
    assert minutes(village(oneway, max_walk_min=40)) == 40
    assert minutes(village(oneway, max_walk_min=40), "from") == 16


def test_only_who_may_cycle_does() -> None:
    world = village(cycle=False, max_walk_min=60)
    assert minutes(world) == 40
    assert world[2].cycle_graph is None
    assert not any("cycle" in note for note in world[2].notes)
    assert any("cycle at 15 km/h, at most 30 minutes" in note for note in village()[2].notes)


def test_the_limit_of_the_bicycle_is_its_own() -> None:
    assert minutes(village(max_cycle_min=16)) == 16
    assert minutes(village(max_cycle_min=15.9)) is None
    assert minutes(village(cycle_kmh=30, max_cycle_min=8)) == 8


def test_a_leg_by_bicycle_says_so_and_how_far() -> None:
    legs = itinerary(*village(), "s0", "p0", depart="08:00")
    assert legs[["mode", "minutes", "metres"]].to_numpy().tolist() == [["cycle", 16, 4000]]
    legs = itinerary(*village(), "s0", "p0", arrive_by="09:00", direction="from")
    assert legs[["mode", "depart", "arrive"]].to_numpy().tolist() == [
        ["cycle", "08:44:00", "09:00:00"]
    ]


def test_off_the_street_a_cyclist_walks() -> None:
    _, practice, network = village()
    site = points((place(0, -45),), "site_id")  # 36 s on foot
    assert minutes((site, practice, network)) == pytest.approx(16.6, abs=0.02)
    legs = itinerary(site, practice, network, "s0", "p0", depart="08:00")
    assert legs["metres"].tolist() == pytest.approx([4045], abs=3)
    limited = replace(network, who=replace(network.who, max_cycle_min=16.5))
    assert minutes((site, practice, limited)) is None


def test_a_site_on_a_cycleway_only_is_linked() -> None:
    nodes = [place(0, 0), place(3000, 0), place(3000, 1000)]
    streets = make_streets(
        nodes,
        [
            (0, 1, 300_000, 0, way_use({"highway": "cycleway", "foot": "no"}).access),
            (1, 2, 100_000, 0, way_use({"highway": "residential"}).access),
        ],
    )
    site, practice = points((nodes[0],), "site_id"), points((nodes[2],), "practice_id")
    for who, linked in ((Traveller(), False), (CYCLIST, True)):
        network = build_network(streets, None, who)
        places = network.snap(site)
        assert len(places) == 1
        assert places.linked.tolist() == places.take(np.array([0])).linked.tolist() == [linked]
        assert (places.snap_m < 1).tolist() == [linked]
        assert minutes((site, practice, network)) == (16 if linked else None)


def bus_world(who: Traveller) -> tuple[Any, Any, Network]:
    """A street with the site at 0, stops at 5 and 12 km and the practice at 14 km; a bus each way."""
    km = (0, 5, 12, 14)
    nodes = [place(1000 * x, 0) for x in km]
    streets = make_streets(
        nodes, [(k, k + 1, 100_000 * (km[k + 1] - km[k]), 0, 15) for k in range(3)]
    )
    both = (True, True)
    out = Trip((0, 1), (30_600, 31_200), (30_600, 31_200), "out", "R1", both, both)
    back = Trip((1, 0), (34_200, 34_800), (34_200, 34_800), "back", "R1", both, both)
    timetable = make_timetable([nodes[1], nodes[2]], [out, back])
    ends = points((nodes[0],), "site_id"), points((nodes[3],), "practice_id")
    return *ends, build_network(streets, timetable, who)


def test_the_bicycle_stays_at_the_stop_and_the_rest_is_walked() -> None:
    walker, cyclist = Traveller(max_walk_min=30), Traveller(max_walk_min=30, cycle=True)
    assert itinerary(*bus_world(walker), "s0", "p0", depart="08:00").empty
    assert itinerary(*bus_world(CYCLIST), "s0", "p0", depart="08:00").empty  # 2 km is walked
    legs = itinerary(*bus_world(cyclist), "s0", "p0", depart="08:00")
    shown = legs[["mode", "depart", "arrive", "metres"]].fillna(-1).to_numpy().tolist()
    assert shown == [
        ["cycle", "08:10:00", "08:30:00", 5000],
        ["bus", "08:30:00", "08:40:00", -1],
        ["walk", "08:40:00", "09:06:40", 2000],
    ]
    home = itinerary(*bus_world(cyclist), "s0", "p0", depart="09:00", direction="from")
    shown = home[["mode", "depart", "arrive", "metres"]].fillna(-1).to_numpy().tolist()
    assert shown == [
        ["walk", "09:03:20", "09:30:00", 2000],
        ["bus", "09:30:00", "09:40:00", -1],
        ["cycle", "09:40:00", "10:00:00", 5000],
    ]


def test_streets_on_which_nobody_may_cycle_are_refused() -> None:
    nodes = [place(0, 0), place(500, 0)]
    streets = make_streets(nodes, [(0, 1, 50_000, 0, way_use({"highway": "footway"}).access)])
    with pytest.raises(StreetsError, match="cycle"):
        build_network(streets, None, CYCLIST)


@pytest.mark.parametrize(
    "wrong", [{"cycle": 1}, {"max_cycle_min": -1}, {"cycle_kmh": 100}, {"max_cycle_min": "30"}]
)
def test_a_traveller_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ProjectError) as error:
        Traveller(**wrong)
    assert [fault.key for fault in error.value.faults] == [f"traveller.{key}" for key in wrong]
