from __future__ import annotations

import bz2
import gzip
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoaccess.errors import FeedError, InputError
from geoaccess.load.lines.defaults import DEFAULTS
from geoaccess.load.lines.lines import load_lines
from tests.load.lines.osm_text import (
    BUS_MS,
    POLE,
    POSITION,
    STEP_M,
    along,
    bus,
    called,
    loaded,
    noted,
    osm,
    save,
    stops,
)

THREE = along(0, 1, 3)


def test_a_line_in_full(tmp_path: Path) -> None:
    tags = bus(ref="7", name="Bus 7", operator="Veolia", to="Far", interval="20")
    lines = loaded(
        tmp_path, THREE, {5: (stops("n1", "n2", "n3"), tags)}, node_tags={1: {"name": "Near"}}
    )
    assert lines.lines.to_dict("records") == [
        {
            "line_id": "r5",
            "name": "Bus 7",
            "ref": "7",
            "kind": "bus",
            "mode": 3,
            "operator": "Veolia",
            "from_name": "Near",
            "to_name": "Far",
            "headway_source": "interval",
            "hours_source": "default",
            "speed_source": "default",
        }
    ]
    assert lines.stops.to_dict("list") == {
        "stop_id": ["n1", "n2", "n3"],
        "name": ["Near", "", ""],
        "lon": [0.0, 0.01, 0.03],
        "lat": [0.0, 0.0, 0.0],
    }
    first, second = STEP_M / BUS_MS, 2 * STEP_M / BUS_MS
    expected = [(0, 0), (first, first + 20), (first + 20 + second,) * 2]
    assert lines.calls[["arrival_s", "departure_s"]].to_numpy().tolist() == [
        [round(arrival), round(departure)] for arrival, departure in expected
    ]
    assert lines.calls["position"].tolist() == [0, 1, 2]
    assert lines.headways["headway_s"].unique().tolist() == [1200]
    assert lines.source == "lines.osm"
    assert len(lines.sha256) == 64
    noted(lines, "bus: service hours assumed (2026-11) for 1 of 1 line: 6-23 h")
    noted(lines, "bus: travel time assumed (2026-11) for 1 of 1 line: 36 km/h")
    assert not [note for note in lines.notes if "headway" in note]


@pytest.mark.parametrize("kind", list(DEFAULTS))
def test_every_kind_has_defaults_that_are_counted(tmp_path: Path, kind: str) -> None:
    relation = {k: (stops("n1", "n2", "n3"), bus(route=kind)) for k in (5, 6)}
    lines = loaded(tmp_path, THREE, relation)
    default = DEFAULTS[kind]
    assert lines.lines["mode"].tolist() == [default.mode] * 2
    assert lines.lines["headway_source"].tolist() == ["default"] * 2
    noted(lines, f"{kind}: headway assumed", "2 of 2", f"every {default.day_min} min by day")
    total = lines.calls["arrival_s"].max()
    ride = 3 * STEP_M * default.detour / (default.running_kmh / 3.6)
    assert total == pytest.approx(ride + default.dwell_s, abs=1)


def test_route_master_gives_what_the_route_lacks(tmp_path: Path) -> None:
    master = {
        "type": "route_master",
        "route_master": "bus",
        "ref": "12",
        "name": "Line 12",
        "interval": "10",
        "interval:conditional": "5 @ (Mo)",
        "opening_hours": "06:00-07:00",
        "operator": "Master",
        "duration": "20",
        "from": "Nowhere",
        "colour": "red",
    }
    routes = {
        1: (stops("n1", "n2"), bus(interval="20", operator="Own", name=" ")),
        2: (stops("n2", "n1"), bus()),
        9: ([("r1", ""), ("r2", "")], master),
        8: ([("r2", "")], {"type": "route_master", "route_master": "bus", "ref": "first"}),
    }
    lines = loaded(tmp_path, THREE, routes)
    assert lines.lines["ref"].tolist() == ["12", "first"]
    assert lines.lines["name"].tolist() == ["Line 12", "Line 12"]
    assert lines.lines["operator"].tolist() == ["Own", "Master"]
    assert lines.lines["from_name"].tolist() == ["", ""]
    assert lines.lines["hours_source"].tolist() == ["opening_hours"] * 2
    assert lines.lines["speed_source"].tolist() == ["duration"] * 2
    monday = lines.headways[lines.headways["weekday"] == 0]
    assert monday["headway_s"].tolist() == [1200, 300]


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        *(("interval", "often"), ("interval", "0"), ("duration", "long"), ("duration", "1")),
        *(("duration", "5 days"), ("opening_hours", "mostly"), ("interval:conditional", "5 @ x")),
    ],
)
def test_broken_values_are_named_and_not_guessed(tmp_path: Path, tag: str, value: str) -> None:
    routes = {
        1: (stops("n1", "n2", "n3"), bus({tag: value}, ref="12")),
        2: (stops("n1", "n3"), bus()),
    }
    lines = loaded(tmp_path, THREE, routes)
    note = noted(lines, "not understood", "the default stands in")
    assert note.startswith("r1 (bus 12): ")
    assert f"{tag}={value}" in note
    sources = lines.lines[["headway_source", "hours_source", "speed_source"]]
    assert (sources == "default").all().all()


def test_members_outside_the_extract_are_counted(tmp_path: Path) -> None:
    members = stops("n98", "n1", "n2", "n99")
    routes = {1: (members, bus(ref="5", duration="10")), 2: (stops("n1", "n2"), bus())}
    lines = loaded(tmp_path, THREE, routes)
    assert called(lines, "r1") == ["n1", "n2"]
    noted(lines, "2 stops and platforms of 1 route lie outside the extract: r1 (bus 5)")
    noted(lines, "duration not used", "r1")
    assert lines.lines["speed_source"].tolist() == ["default", "default"]


def test_short_and_disused_routes_are_left_out_and_named(tmp_path: Path) -> None:
    routes = {
        1: (stops("n1", "n2"), bus()),
        2: (stops("n1", "n98"), bus(ref="two")),
        3: ([], bus(name="three")),
        4: (stops("n1", "n2"), bus({"disused:route": "bus"})),
        5: (stops("n1", "n2"), bus(state="proposed")),
        6: (stops("n1", "n2"), {"type": "route", "route": "hiking"}),
        7: (stops("n1", "n2"), bus(disused="no")),
    }
    lines = loaded(tmp_path, THREE, routes)
    assert lines.lines["line_id"].tolist() == ["r1", "r7"]
    noted(lines, "2 routes with fewer than two located stops", "r2 (bus two), r3 (bus three)")
    noted(lines, "2 routes left out as not running: r4, r5")


def test_service_on_holidays_is_said_to_be_passed_over(tmp_path: Path) -> None:
    lines = loaded(
        tmp_path, THREE, {1: (stops("n1", "n2"), bus(opening_hours="Mo-Sa 06:00-20:00; PH off"))}
    )
    noted(lines, "1 route say", "holidays")


@pytest.mark.parametrize(
    "relations",
    [
        {},
        {1: (stops("n1", "n2"), {"type": "route", "route": "hiking"})},
        {1: (stops("n1", "n99"), bus())},
        {1: (stops("n1", "n2"), bus(state="proposed"))},
    ],
)
def test_no_line_means_walking_only(tmp_path: Path, relations: dict[int, Any]) -> None:
    with pytest.raises(FeedError, match=r"lines\.osm.*only walking is possible.*GTFS feed"):
        loaded(tmp_path, THREE, relations)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    good = osm(THREE, {1: (stops("n1", "n2"), bus())})
    faulty = {
        "absent.osm": None,
        "empty.osm": b"",
        "half.osm": good[: len(good) // 2].encode(),
        "not.osm.pbf": b"this is no pbf at all",
        "text.txt": good.encode(),
        "nogz.osm.bz2": good.encode(),
        "tail.osm": good.encode() + b"<x",
    }
    for name, content in faulty.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(FeedError) as caught:
            load_lines(tmp_path / name)
        assert name in str(caught.value)
    with pytest.raises(FeedError):
        load_lines(tmp_path)


def test_kinds_of_file_give_the_same(tmp_path: Path) -> None:
    text = osm(THREE, {1: (stops("n1", "n2", "n3"), bus())})
    plain = load_lines(save(tmp_path, text))
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "a.osm.bz2").write_bytes(bz2.compress(text.encode()))
    for name in ("a.osm.gz", "a.osm.bz2"):
        other = load_lines(str(tmp_path / name))
        pd.testing.assert_frame_equal(plain.calls, other.calls)
        pd.testing.assert_frame_equal(plain.stops, other.stops)


def test_objects_that_are_drawn_but_not_yet_uploaded(tmp_path: Path) -> None:
    nodes = {-1: (0.0, 0.0), -2: (0.01, 0.0)}
    lines = loaded(tmp_path, nodes, {-7: (stops("n-1", "n-2"), bus())})
    assert lines.lines["line_id"].tolist() == ["r-7"]
    assert sorted(lines.stops["stop_id"]) == ["n-1", "n-2"]


def test_order_of_the_file_does_not_matter(tmp_path: Path) -> None:
    routes = {
        **{k: (stops("n1", "n2", "n3"), bus(ref=str(k))) for k in (3, 1, 2)},
        9: ([("r1", "")], {"type": "route_master", "route_master": "bus", "name": "A"}),
        8: ([("r1", "")], {"type": "route_master", "route_master": "bus", "name": "B"}),
    }
    one = loaded(tmp_path, THREE, routes)
    other = loaded(tmp_path, THREE, routes, backwards=True)
    for table in ("lines", "calls", "stops", "headways"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table))
    assert one.notes == other.notes
    assert one.lines["name"].tolist() == ["B", "", ""]


WORD = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
KEYS = st.sampled_from(
    [
        *("interval", "interval:conditional", "opening_hours", "service_times", "duration", "ref"),
        *("name", "from", "to", "state", "disused", "public_transport:version", "roundtrip"),
    ]
)
ROLES = st.sampled_from(
    ["stop", "platform", "forward_stop", "backward:stop:2", "platform_exit_only", "", "start"]
)
REFS = st.sampled_from(["n1", "n2", "n3", "n4", "n99", "w1", "w9", "r1", "r2", "r9"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tags=st.dictionaries(
        KEYS, WORD | st.sampled_from(["1", "yes", "15", "24/7", "Mo 06:00-07:00"])
    ),
    kind=st.sampled_from([*DEFAULTS, "bus;tram", "BUS", "x"]),
    members=st.lists(st.tuples(REFS, ROLES), max_size=12),
)
def test_random_relations_load_or_fail_as_input(
    tmp_path: Path, tags: dict[str, str], kind: str, members: list[tuple[str, str]]
) -> None:
    routes = {1: (members, {"type": "route", "route": kind, **tags}), 2: ([("w1", "outer")], {})}
    node_tags = {1: POLE, 2: POSITION, 3: {"name": "x"}}
    text = osm(along(0, 1, 1, 3), routes, {1: ([1, 2, 99], {})}, node_tags)
    try:
        lines = load_lines(save(tmp_path, text))
    except InputError as error:
        assert "only walking" in str(error)  # noqa: PT017 - any other sentence would be a crash in disguise
        return
    assert (lines.calls.groupby("line_id")["arrival_s"].diff().dropna() >= 0).all()
    assert (lines.calls["departure_s"] >= lines.calls["arrival_s"]).all()
    assert (lines.calls.groupby("line_id").size() >= 2).all()
    assert set(lines.calls["stop"]) == set(range(len(lines.stops)))


def test_lines_of_newport(shared: Path) -> None:
    lines = load_lines(shared / "newport_uk" / "newport-2023-06-13.osm.pbf")
    assert lines.lines["kind"].value_counts().to_dict() == {"bus": 6, "train": 2}
    assert len(lines.stops) == 12
    assert lines.lines["hours_source"].value_counts().to_dict() == {
        "default": 6,
        "opening_hours": 2,
    }
    # 33 routes that run have 2 + 2 + ... located stops; the trains to London and the coaches are cut at the border
    noted(lines, "25 routes with fewer than two located stops left out")
    noted(lines, "2 routes left out as not running: r9982987, r9982988")
    noted(lines, "of 25 routes lie outside the extract")
    assert called(lines, "r12409939") == ["n123360628", "n123360606"]
    by_stop = lines.stops.set_index("stop_id")["name"]
    assert by_stop["n123360628"] == "Rogerstone"
    # line 27 goes out of the extract and comes back: 30 of its stops lie outside on that stretch
    back_in_town = lines.calls[lines.calls["line_id"] == "r10129664"]["arrival_s"].max()
    assert 30 * 60 < back_in_town < 60 * 60


@pytest.mark.parametrize(
    "file", ["poa_brazil/poa_osm.pbf", "porto_streets/porto.osm.pbf", "delft_htm/delft-station.pbf"]
)
def test_extracts_without_any_route(shared: Path, file: str) -> None:
    with pytest.raises(FeedError, match=r"holds no route of public transport.*only walking"):
        load_lines(shared / file)
