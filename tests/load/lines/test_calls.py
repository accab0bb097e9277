from __future__ import annotations

from pathlib import Path

import pytest

from geoaccess.load.lines.defaults import DEFAULTS
from tests.load.lines.osm_text import (
    BUS_MS,
    POLE,
    POSITION,
    along,
    bus,
    called,
    loaded,
    noted,
    stops,
)

THREE = along(0, 1, 3)


def one_line(tmp_path: Path, members: list[tuple[str, str]], **tags: str) -> list[str]:
    nodes = along(0, 1, 3, 6, 10, 15) | {
        11: (0.0, 0.0005),
        12: (0.01, 0.0005),
        13: (0.03, 0.0005),
    }
    return called(loaded(tmp_path, nodes, {7: (members, bus(**tags))}), "r7")


def test_roles_of_getting_on_and_off(tmp_path: Path) -> None:
    members = [
        *(("n1", "stop_entry_only"), ("n2", "platform_entry_only"), ("n3", "stop")),
        *(("n4", "platform"), ("n5", "stop_exit_only"), ("n6", "platform_exit_only")),
    ]
    assert one_line(tmp_path, members) == ["n1>", "n2>", "n3", "n4", "n5<", "n6<"]


def test_a_stop_and_its_platform_are_one_call(tmp_path: Path) -> None:
    members = [
        *(("n1", "stop"), ("n11", "platform"), ("n12", "platform"), ("n2", "stop")),
        *(("n3", "stop_exit_only"), ("n13", "platform"), ("n4", "stop")),
    ]
    assert one_line(tmp_path, members) == ["n11", "n12", "n13<", "n4"]


def test_all_stops_first_and_then_all_platforms(tmp_path: Path) -> None:
    members = [*stops("n1", "n2", "n3", "n4"), *stops("n11", "n13", role="platform")]
    assert one_line(tmp_path, members) == ["n11", "n2", "n13", "n4"]
    assert one_line(tmp_path, members[4:] + members[:4]) == ["n11", "n2", "n13", "n4"]


def test_stops_and_platforms_that_are_far_apart_stay_calls_of_their_own(tmp_path: Path) -> None:
    members = [*stops("n1", "n2"), *stops("n3", "n4", role="platform")]
    assert one_line(tmp_path, members) == ["n1", "n2", "n3", "n4"]


def test_name_of_the_stop_place_of_the_platform(tmp_path: Path) -> None:
    nodes = along(0, 5) | {11: (0.003, 0.0)}
    tags = {1: {"name": "Halt", **POSITION}, 11: {"name": "Halt", **POLE}}
    members = [("n1", "stop"), ("n11", "platform"), ("n2", "stop")]
    lines = loaded(tmp_path, nodes, {1: (members, bus())}, node_tags=tags)
    assert lines.stops["lon"].tolist() == [0.05, 0.003]  # 330 m apart, but of one name
    assert lines.stops["name"].tolist() == ["", "Halt"]
    tags[11] = {"name": "3", **POLE}
    nodes[11] = (0.001, 0.0)
    lines = loaded(tmp_path, nodes, {1: (members, bus())}, node_tags=tags)
    assert lines.stops["name"].tolist() == ["", "Halt"]
    nodes[11] = (0.003, 0.0)
    lines = loaded(tmp_path, nodes, {1: (members, bus())}, node_tags=tags)
    assert called(lines, "r1") == ["n1", "n11", "n2"]


def test_a_stop_listed_twice_in_a_row_is_one_call(tmp_path: Path) -> None:
    members = [("n1", "stop"), ("n2", "stop_exit_only"), ("n2", "stop_entry_only"), ("n3", "stop")]
    assert one_line(tmp_path, members) == ["n1", "n2", "n3"]


def test_round_trip_calls_at_its_first_stop_again(tmp_path: Path) -> None:
    assert one_line(tmp_path, stops("n1", "n2", "n3", "n1")) == ["n1", "n2", "n3", "n1"]


def test_platforms_that_are_ways_or_areas(tmp_path: Path) -> None:
    nodes = along(0, 1, 2) | {
        11: (0.0, 0.001),
        12: (0.0, 0.003),
        21: (0.02, 0.0),
        22: (0.022, 0.0),
        23: (0.022, 0.002),
        24: (0.02, 0.002),
        31: (0.05, 0.0),
        32: (0.054, 0.0),
        33: (0.054, 0.002),
        34: (0.05, 0.002),
    }
    ways = {
        1: ([11, 12], {"name": "Quay"}),
        2: ([21, 22, 23, 24, 21], {}),
        3: ([31, 32, 33], {}),
        4: ([33, 34, 31], {}),
        5: ([1, 2, 3], {"highway": "primary"}),
    }
    area = ([("w3", "outer"), ("w4", "outer")], {"type": "multipolygon", "name": "Hall"})
    members = [("w1", "platform"), ("w5", ""), ("w2", "platform"), ("r8", "platform")]
    lines = loaded(tmp_path, nodes, {8: area, 9: (members, bus())}, ways)
    assert called(lines, "r9") == ["w1", "w2", "r8"]
    assert lines.stops.round(6).to_numpy().tolist() == [
        ["r8", "Hall", 0.052, 0.001],
        ["w1", "Quay", 0.0, 0.002],
        ["w2", "", 0.021, 0.001],
    ]


def test_version_1_roles_of_direction(tmp_path: Path) -> None:
    tags = bus(**{"public_transport:version": "1"}, interval="15", to="End", duration="20")
    tags["from"] = "Start"
    members = [
        *(("n1", "stop"), ("n2", "forward_stop"), ("n4", "backward:stop:2"), ("n5", "stop")),
        ("n3", "forward:stop:3"),
    ]
    lines = loaded(tmp_path, along(0, 1, 3, 2, 4), {3: (members, tags)})
    assert called(lines, "r3") == ["n1", "n2", "n5", "n3"]
    assert called(lines, "r3:back") == ["n5", "n4", "n1"]
    assert lines.lines["from_name"].tolist() == ["Start", "End"]
    assert lines.lines["to_name"].tolist() == ["End", "Start"]
    assert lines.calls.groupby("line_id")["arrival_s"].max().tolist() == [1200, 1200]
    assert lines.headways["line_id"].nunique() == 2


def test_backward_stops_listed_in_their_own_order_of_travel(tmp_path: Path) -> None:
    members = [*stops("n1", "n2", "n3", role="forward_stop")]
    back = stops("n6", "n5", "n4", role="backward_stop")
    nodes = along(0, 1, 2) | {4: (0.0, 0.0003), 5: (0.01, 0.0003), 6: (0.02, 0.0003)}
    tags = {"type": "route", "route": "bus"}
    for order in (back, back[::-1]):
        lines = loaded(tmp_path, nodes, {3: ([*members, *order], tags)})
        assert called(lines, "r3") == ["n1", "n2", "n3"]
        assert called(lines, "r3:back") == ["n6", "n5", "n4"]


def test_which_routes_stand_for_the_way_back(tmp_path: Path) -> None:
    def directions(**tags: str) -> int:
        plain = {"type": "route", "route": "bus"}
        members = [*stops("n1", "n2"), ("n3", "stop_exit_only")]
        return len(loaded(tmp_path, THREE, {1: (members, {**plain, **tags})}).lines)

    version = "public_transport:version"
    assert directions() == 1
    assert directions(**{version: "1"}) == 2
    assert directions(**{version: "2"}) == 1
    assert directions(**{version: "1", "roundtrip": "yes"}) == 1
    assert directions(**{version: "1", "oneway": "yes"}) == 1
    assert directions(route="ferry") == 2
    assert directions(route="ferry", **{version: "2"}) == 1


def test_way_back_swaps_getting_on_and_off(tmp_path: Path) -> None:
    members = [("n1", "stop_entry_only"), ("n2", "stop"), ("n3", "stop")]
    lines = loaded(tmp_path, THREE, {1: (members, {"type": "route", "route": "ferry"})})
    assert called(lines, "r1") == ["n1>", "n2", "n3"]
    assert called(lines, "r1:back") == ["n3", "n2", "n1<"]


def test_missing_way_back_is_said(tmp_path: Path) -> None:
    tags = {"type": "route", "route": "bus", "ref": "9"}
    there, back = (stops("n1", "n2"), tags), (stops("n2", "n1"), tags)
    assert "r1 (bus 9)" in noted(loaded(tmp_path, THREE, {1: there}), "without the way back")
    lines = loaded(tmp_path, THREE, {1: there, 2: back})
    assert not [note for note in lines.notes if "way back" in note]


def test_nodes_without_a_role_count_where_no_member_has_one(tmp_path: Path) -> None:
    members = [("n1", "start"), ("n2", ""), ("n3", "forward"), ("w1", ""), ("n4", "")]
    tags = {1: POLE, 2: {"railway": "halt"}, 3: {"amenity": "bench"}, 4: {"highway": "bus_stop"}}
    nodes = along(0, 1, 3, 6)
    lines = loaded(tmp_path, nodes, {1: (members, bus())}, node_tags=tags)
    assert called(lines, "r1") == ["n1", "n2", "n4"]
    with_role = [*members, ("n3", "stop"), ("n1", "stop")]
    lines = loaded(tmp_path, nodes, {1: (with_role, bus())}, node_tags=tags)
    assert called(lines, "r1") == ["n3", "n1"]


def test_duration_is_spread_by_distance(tmp_path: Path) -> None:
    lines = loaded(tmp_path, THREE, {1: (stops("n1", "n2", "n3"), bus(duration="00:10"))})
    # 600 seconds less 20 at the stop between: a third and two thirds
    assert lines.calls["arrival_s"].tolist() == [0, 193, 600]
    assert lines.calls["departure_s"].tolist() == [0, 213, 600]
    assert lines.lines["speed_source"].tolist() == ["duration"]
    assert not [note for note in lines.notes if "travel time" in note]
    same = {1: (0.0, 0.0), 2: (0.0, 0.0), 3: (0.0, 0.0)}
    lines = loaded(tmp_path, same, {1: (stops("n1", "n2", "n3"), bus(duration="00:01"))})
    assert lines.calls["arrival_s"].tolist() == [0, 20, 60]


@pytest.mark.parametrize("text", ["PT10M", "10", "10 min", "00:10:00"])
def test_ways_to_write_a_duration(tmp_path: Path, text: str) -> None:
    lines = loaded(tmp_path, THREE, {1: (stops("n1", "n2"), bus(duration=text))})
    assert lines.calls["arrival_s"].tolist() == [0, 600]


def test_the_way_through_stops_outside_the_extract_is_not_short(tmp_path: Path) -> None:
    far = ["n1", *(f"n{k}" for k in range(50, 60)), "n2"]
    nodes = along(0, 0.001)
    lines = loaded(tmp_path, nodes, {1: (stops(*far), bus())})
    gap = 11 * DEFAULTS["bus"].spacing_m / BUS_MS
    assert lines.calls["arrival_s"].tolist() == [0, round(gap + 10 * 20)]
    noted(lines, "1 line with stops outside the extract between others", "r1")
    lines = loaded(tmp_path, nodes, {1: (stops(*far), bus(duration="40"))})
    assert lines.calls["arrival_s"].tolist() == [0, 2400]


def test_a_stop_and_platform_outside_the_extract_are_one_call(tmp_path: Path) -> None:
    members = [*stops("n1"), ("n50", "stop"), ("w50", "platform"), *stops("n2")]
    lines = loaded(tmp_path, along(0, 0.1), {1: (members, bus())})
    gap = 2 * DEFAULTS["bus"].spacing_m / BUS_MS
    assert lines.calls["arrival_s"].tolist() == [0, round(gap + 20)]
