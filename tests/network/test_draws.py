"""Lines known by their headway only: many timetables that are possible, and percentiles over all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geoaccess.errors import ProjectError
from geoaccess.load.lines.lines import Lines, load_lines
from geoaccess.load.osm import load_streets
from geoaccess.load.vans import VAN, Van, VanStop
from geoaccess.network.network import Network, build_network
from geoaccess.network.traveller import Traveller
from geoaccess.route.itinerary import itinerary
from geoaccess.route.matrix import profiles, travel_times
from tests.load.lines.osm_text import along, bus, loaded, osm, save, stops
from tests.network.test_store import again, assert_same
from tests.oracle import Oracle, oracle_percentile
from tests.worlds import make_streets, points

DAY = "2026-11-24"
#: two hamlets 5 degrees/100 apart, where the line stops; nobody walks from one to the other
NEAR, FAR = (0.0, 0.0), (0.05, 0.0)
HAMLETS = make_streets(
    [NEAR, (0.0, 0.001), FAR, (0.05, 0.001)], [(0, 1, 11_120, 0, 15), (2, 3, 11_120, 0, 15)]
)
ENDS = points((NEAR,), "site_id"), points((FAR,), "practice_id")


def shuttle(folder: Path, minutes: int = 20, duration_min: int = 12) -> Lines:
    tags = bus(interval=str(minutes), duration=str(duration_min), opening_hours="05:00-24:00")
    return loaded(folder, along(0, 5), {7: (stops("n1", "n2"), tags)})


def network_of(lines: Lines, draws: int, **more: object) -> Network:
    return build_network(HAMLETS, None, lines=lines, date=DAY, draws=draws, **more)


@pytest.mark.parametrize("draws", [1, 4, 12, 20])
@pytest.mark.parametrize("end", ["08:01", "08:07", "10:00"])
def test_waits_are_even_over_the_headway(tmp_path: Path, draws: int, end: str) -> None:
    """One line every 20 minutes that takes 12, no walk: the wait is anything from 0 to 20, and as likely.

    Over a window of one minute as over one of hours: it is the phase that is not known.
    """
    network = network_of(shuttle(tmp_path), draws)
    times = travel_times(*ENDS, network, window=("08:00", end), percentiles=(10, 50, 90, 100))
    waits = times.iloc[0, 2:].to_numpy(float) - 12
    # phases are in as many equal strata of 20 minutes: that is how exact the draws are; hours make it a minute
    exact = 20 / draws if end != "10:00" else min(1.0, 20 / draws)
    assert waits[:3] == pytest.approx([2, 10, 18], abs=exact)
    assert 20 - exact <= waits[3] <= 20


def test_percentiles_are_those_of_all_draws_together(tmp_path: Path) -> None:
    """Not the mean, nor any other mixture, of the percentiles of each: with a walk that only some draws undercut."""
    two = loaded(
        tmp_path,
        along(0, 5),
        {
            7: (stops("n1", "n2"), bus(interval="20", duration="12")),
            8: (stops("n1", "n2"), bus(interval="45", duration="2")),
        },
    )
    network = network_of(two, 6)
    window, wanted = ("08:00", "09:00"), (5, 10, 37, 50, 90, 95, 100)
    times = travel_times(*ENDS, network, window=window, percentiles=wanted)
    pooled: list[int] = []
    alone = []
    for transit in network.transits:
        oracle = Oracle(HAMLETS, transit.timetable, network.who)
        departures = list(range(8 * 3600, 9 * 3600, 60))
        arrivals = oracle.arrivals(NEAR, FAR, departures)
        assert None not in arrivals
        alone.append(oracle_percentile(arrivals, departures, 50))
        pooled += [a - t for a, t in zip(arrivals, departures, strict=True)]  # type: ignore[operator]
    ranks = [max(1, int(np.ceil(p / 100 * len(pooled) - 1e-9))) for p in wanted]
    expected = np.sort(pooled)[np.array(ranks) - 1] / 60
    assert times.iloc[0, 2:].to_numpy(float) == pytest.approx(expected)
    assert len(set(alone)) > 1


def test_the_way_back_and_round_trips_are_of_all_draws(tmp_path: Path) -> None:
    line = bus(interval="20", duration="12")
    both = loaded(
        tmp_path,
        along(0, 5),
        {7: (stops("n1", "n2"), line), 8: (stops("n2", "n1"), line)},
    )
    network = network_of(both, 10)
    back = travel_times(*ENDS, network, direction="from", percentiles=(10, 50, 90))
    assert back.iloc[0, 2:].to_numpy(float) == pytest.approx([14, 22, 30], abs=1)
    # out and back wait independently: 24 min of riding, 15 of the visit, and two waits of 10 on average
    around = travel_times(
        *ENDS, network, direction="round", percentiles=(50,), window=("08:00", "12:00")
    )
    assert around["minutes_p50"][0] == pytest.approx(24 + 15 + 20, abs=4)
    by = travel_times(*ENDS, network, arrive_by="10:00")
    # half of the possible timetables have a departure that is in time no earlier than this
    assert by["minutes"][0] == pytest.approx(12 + 10, abs=2)


def test_stops_are_linked_once_and_stored_once(tmp_path: Path) -> None:
    network = network_of(shuttle(tmp_path), 5)
    assert len(network.transits) == 5
    first = network.transits[0]
    for transit in network.transits[1:]:
        assert transit.stops is first.stops
        assert transit.transfers is first.transfers
        assert transit.timetable.stops is first.timetable.stops
        assert transit.rides.patterns.node_stop.tolist() == first.rides.patterns.node_stop.tolist()
    copy = again(network)
    assert_same(network, copy)
    assert copy.transits[4].stops.chain is copy.transits[0].stops.chain
    assert network.timetable is first.timetable
    assert "in 5 draws" in repr(network)


def test_a_trip_is_one_of_the_first_draw_and_says_that_it_is_an_example(tmp_path: Path) -> None:
    network = network_of(shuttle(tmp_path), 5)
    for depart in ("08:00", "08:07", "08:13"):
        legs = itinerary(*ENDS, network, "s0", "p0", depart=depart)
        (profile,) = profiles(*ENDS, network, window=(depart, "09:00"))
        assert legs.attrs["arrive_s"] == profile.arrival_s[0, 0, 0]
        assert (legs.attrs["draw"], legs.attrs["draws"]) == (1, 5)
        ride = legs[legs["mode"] == "bus"].iloc[0]
        assert (ride["remark"], ride["headway_min"]) == ("example_times", 20)
        walks = legs[legs["mode"] == "walk"]
        assert walks["headway_min"].isna().all()
    by = itinerary(*ENDS, network, "s0", "p0", arrive_by="09:00")
    assert by.attrs["arrive_s"] <= 9 * 3600


def test_profiles_are_of_the_draw_asked_for(tmp_path: Path) -> None:
    network = network_of(shuttle(tmp_path), 5)
    found = []
    for draw in range(5):
        (block,) = profiles(*ENDS, network, window=("08:00", "09:00"), draw=draw)
        oracle = Oracle(HAMLETS, network.transits[draw].timetable, network.who)
        assert block.arrival_s[0, 0].tolist() == oracle.arrivals(
            NEAR, FAR, block.departure_s.tolist()
        )
        found.append(tuple(block.arrival_s[0, 0].tolist()))
    assert len(set(found)) == 5
    with pytest.raises(ProjectError, match="from 0 to 4"):
        list(profiles(*ENDS, network, draw=5))


def test_walking_only_has_no_draws() -> None:
    network = build_network(HAMLETS, None)
    assert network.transits == ()
    assert network.timetable is None
    assert "no rides" in repr(network)
    legs = itinerary(*ENDS, network, "s0", "p0", depart="08:00")
    assert (legs.attrs["draw"], legs.attrs["draws"]) == (0, 0)


# ---- vans

VAN_STOPS = (VanStop(0, 0.0, 0.0, "Camp"), VanStop(9, 0.05, 0.0, "GP"))


@pytest.mark.parametrize("beside", ["nothing", "lines", "timetable"])
def test_a_van_joins_whatever_there_is(tmp_path: Path, beside: str) -> None:
    van = Van("Kas", VAN_STOPS, ["08:30"], "Tu")
    lines = shuttle(tmp_path)
    feed = network_of(lines, 3).timetable if beside == "timetable" else None
    network = build_network(
        HAMLETS, feed, lines=lines if beside == "lines" else None, vans=[van], date=DAY, draws=3
    )
    assert len(network.transits) == (3 if beside == "lines" else 1)
    for transit in network.transits:
        oracle = Oracle(HAMLETS, transit.timetable, network.who)
        assert oracle.arrivals(NEAR, FAR, [8 * 3600 + 1800]) == [8 * 3600 + 1800 + 540]
    legs = itinerary(*ENDS, network, "s0", "p0", depart="08:30")
    ride = legs[legs["mode"] != "walk"].iloc[0]
    assert (ride["mode"], ride["line"], ride["headsign"]) == ("van", "Kas", "GP")
    assert (ride["from_name"], ride["to_name"], ride["remark"]) == ("Camp", "GP", "")
    assert network.timetable is not None
    assert VAN in network.timetable.trips["mode"].tolist()
    assert any("van 'Kas'" in note for note in network.timetable.notes)


def test_a_van_on_its_day_off_leaves_walking_only() -> None:
    van = Van("Kas", VAN_STOPS, ["08:30"], "Sa")
    network = build_network(HAMLETS, None, vans=[van], date=DAY)
    assert network.transits == ()
    assert any("van 'Kas' (Sa): runs no time on 2026-11-24" in note for note in network.notes)


# ---- ferries

SHORES = along(0, 1, 2, 3)  # a street on each shore, the water between nodes 2 and 3


def crossing(folder: Path, *, way: bool = True, kept: bool = True) -> tuple[Path, Lines | None]:
    """Extract with a ferry way, and with or without a line that sails it."""
    members = [("n2", "stop"), ("n3", "stop"), *([("w3", "")] if way else [])]
    ferry = {"type": "route", "route": "ferry", "interval": "30", "duration": "10"}
    ways = {
        1: ([1, 2], {"highway": "residential"}),
        2: ([3, 4], {"highway": "residential"}),
        3: ([2, 3], {"route": "ferry", "foot": "yes", "duration": "10"}),
    }
    relations = {5: (members, ferry), 6: (stops("n1", "n4"), bus())} if kept else {}
    path = save(folder, osm(SHORES, relations, ways), "shores.osm")
    return path, load_lines(path) if kept else None


def ferry_wait(network: Network) -> list[float]:
    """Percentiles of the time over the water, from shore to shore."""
    ends = points(((0.0099, 0.0),), "site_id"), points(((0.0201, 0.0),), "practice_id")
    table = travel_times(*ends, network, percentiles=(10, 50, 90))
    return [] if table.empty else (table.iloc[0, 2:] - 10).to_list()


def test_a_ferry_that_is_a_line_is_no_street_as_well(tmp_path: Path) -> None:
    path, lines = crossing(tmp_path)
    assert lines is not None
    assert lines.crossing_nodes.tolist() == [2, 3]
    streets = load_streets(path)
    ferry = replace(lines, headways=lines.headways[lines.headways["line_id"].str.startswith("r5")])
    network = build_network(streets, None, lines=ferry, date=DAY)
    assert ferry_wait(network) == pytest.approx([3, 15, 27], abs=1.5)
    assert any("1 pieces of ferry way" in note for note in network.notes)
    # without lines it is crossed as a street: no wait, and that is the time of the way
    assert max(ferry_wait(build_network(streets, None))) < 1


def test_a_ferry_way_of_no_line_stays_a_street(tmp_path: Path) -> None:
    path, lines = crossing(tmp_path, way=False)
    assert lines is not None
    assert len(lines.crossing_nodes) == 0
    network = build_network(load_streets(path), None, lines=lines, date=DAY)
    assert max(ferry_wait(network)) < 1
    assert not any("ferry way" in note for note in network.notes)


def test_an_island_is_no_island_because_its_ferry_is_a_line(tmp_path: Path) -> None:
    """The far shore is short: it counts as connected through the ferry, whoever sails it."""
    nodes = along(0, 60, 61, 61.5)
    ways = {
        1: ([1, 2], {"highway": "residential"}),
        2: ([3, 4], {"highway": "residential"}),
        3: ([2, 3], {"route": "ferry", "foot": "yes", "duration": "10"}),
    }
    ferry = {"type": "route", "route": "ferry", "interval": "30", "duration": "10"}
    members = [("n2", "stop"), ("n3", "stop"), ("w3", "")]
    path = save(tmp_path, osm(nodes, {5: (members, ferry)}, ways), "isle.osm")
    network = build_network(load_streets(path), None, lines=load_lines(path), date=DAY)
    assert network.graph.island_count == 0
    assert network.snap(points(((0.612, 0.0),), "site_id")).linked.all()
    assert network.transits[0].stops.linked.all()


def test_lines_and_walks_of_a_traveller_without_rides(tmp_path: Path) -> None:
    network = network_of(shuttle(tmp_path), 4, who=Traveller(max_rides=0))
    assert travel_times(*ENDS, network).empty
