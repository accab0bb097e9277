from __future__ import annotations

import contextlib
import copy
import inspect
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import osmium
import osmnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from geoaccess.errors import StreetsError
from geoaccess.load.access_rules import RULE_KEYS
from geoaccess.load.graphs import read_graph
from geoaccess.load.osm import load_streets
from geoaccess.load.streets import FERRY, MAIN, Streets

Edge = tuple[Any, Any, dict[str, Any]]


def graph_of(
    edges: list[Edge], count: int = 6, crs: str | None = "epsg:4326"
) -> nx.MultiDiGraph[Any]:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    if crs:
        graph.graph["crs"] = crs
    for k in range(1, count):
        graph.add_node(k, x=round(4.2 + 0.001 * k, 7), y=52.0)
    graph.add_edges_from(edges)
    return graph


def rows(streets: Streets) -> list[tuple[int, int, int]]:
    ids = streets.node_id
    ends = zip(
        ids[streets.segment_from].tolist(),
        ids[streets.segment_to].tolist(),
        streets.access.tolist(),
        strict=True,
    )
    return sorted(ends)


def comparable(streets: Streets) -> list[tuple[object, ...]]:
    """Segments by the ids and places of their ends, whatever the order of nodes and segments."""
    found = []
    for k in range(len(streets.length_cm)):
        ends = [
            (int(streets.node_id[i]), float(streets.lon[i]), float(streets.lat[i]))
            for i in (streets.segment_from[k], streets.segment_to[k])
        ]
        access = int(streets.access[k])
        if ends[0] > ends[1]:
            ends.reverse()
            access = ((access & 5) << 1) | ((access >> 1) & 5)
        what = (int(streets.length_cm[k]), int(streets.fixed_s[k]), access, int(streets.kind[k]))
        found.append((*ends, *what))
    return sorted(found)


def test_tags_of_edges_follow_the_rules() -> None:
    graph = graph_of(
        [
            (1, 2, {"highway": "residential", "oneway": True, "length": 68.46}),
            (2, 3, {"highway": "footway", "oneway": False}),
            (3, 2, {"highway": "footway", "oneway": False, "reversed": True}),
            (4, 3, {"highway": "residential", "oneway": True}),
            (4, 5, {"highway": "motorway"}),
        ]
    )
    streets = load_streets(graph)
    assert rows(streets) == [(1, 2, 7), (2, 3, 3), (3, 4, 11)]
    assert streets.length_cm.tolist() == [6846] * 3
    assert streets.notes == ("Closed to walkers and cyclists, so left out: 1 of 5 edges.",)
    assert streets.source == "graph"


def test_a_list_of_tags_is_open_only_where_each_value_is() -> None:
    graph = graph_of(
        [
            (1, 2, {"highway": ["residential", "footway"]}),
            (2, 3, {"highway": ["motorway_link", "primary"]}),
            (3, 4, {"highway": "service", "access": ["yes", "private"]}),
            (4, 5, {"highway": ["primary", "secondary"], "oneway": [True, False]}),
        ]
    )
    assert rows(load_streets(graph)) == [(1, 2, 3), (4, 5, 7)]
    assert load_streets(graph).kind.max() == MAIN


def test_reversed_edges_are_judged_along_their_way() -> None:
    tags = {"highway": "steps", "conveying": "forward"}
    graph = graph_of([(1, 2, {**tags, "reversed": False}), (2, 1, {**tags, "reversed": True})])
    assert rows(load_streets(graph)) == [(1, 2, 1)]


def test_a_graph_without_tags_is_walked_both_ways_and_cycled_along_its_edges() -> None:
    streets = load_streets(
        graph_of([(1, 2, {}), (2, 1, {}), (3, 2, {}), (3, 4, {"oneway": False})])
    )
    assert rows(streets) == [(1, 2, 15), (2, 3, 3 | 8), (3, 4, 15)]
    assert streets.notes == (
        "No edge has OpenStreetMap tags: each one is taken for an ordinary street.",
    )
    closed = graph_of([(1, 2, {"access": "private"}), (2, 3, {})])
    assert rows(load_streets(closed)) == [(2, 3, 7)]


def test_an_undirected_graph_has_no_directions() -> None:
    graph = nx.MultiGraph(
        graph_of([(1, 2, {"highway": "residential", "oneway": True}), (2, 3, {})])
    )
    assert rows(load_streets(graph)) == [(1, 2, 15)]  # type: ignore[arg-type]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("as_text", [False, True])
def test_geometry_is_followed_and_shared_by_both_directions(turned: bool, as_text: bool) -> None:
    line = [(4.201, 52.0), (4.2015, 52.001), (4.2018, 52.0), (4.202, 52.0)]
    there, back = LineString(line), LineString(line[::-1])
    if turned:
        there, back = back, there  # drawn against the edge
    edges = [
        (1, 2, {"highway": "path", "geometry": there.wkt if as_text else there}),
        (2, 1, {"highway": "path", "geometry": back.wkt if as_text else back, "reversed": True}),
        (1, 2, {"highway": "path"}),
    ]
    streets = load_streets(graph_of(edges))
    assert rows(streets) == [(1, 2, 15), (1, 6, 15), (2, 7, 15), (6, 7, 15)]
    assert streets.lon.tolist() == [4.201, 4.202, 4.2015, 4.2018]
    assert streets.length_cm.sum() == pytest.approx(6846 + 11635 + 11309 + 1369, abs=3)


def test_a_drawn_loop_is_kept_once() -> None:
    ring = [(4.201, 52.0), (4.201, 52.001), (4.202, 52.001), (4.201, 52.0)]
    edges = [
        (1, 1, {"highway": "service", "geometry": LineString(ring)}),
        (1, 1, {"highway": "service", "geometry": LineString(ring[::-1])}),
    ]
    assert len(rows(load_streets(graph_of(edges)))) == 3


@pytest.mark.parametrize(
    ("length", "length_cm"),
    [
        (90.0, 9000),
        ("90.0", 9000),
        (0.09, 6846),
        (-1, 6846),
        ("far", 6846),
        (None, 6846),
        (float("inf"), 6846),
    ],
)
def test_length(length: object, length_cm: int) -> None:
    graph = graph_of([(1, 2, {"highway": "path", "length": length})])
    assert load_streets(graph).length_cm.tolist() == [length_cm]


def test_a_projected_graph() -> None:
    line = LineString([(4.201, 52.0), (4.2015, 52.001), (4.202, 52.0)])
    graph = graph_of(
        [
            (1, 2, {"highway": "path", "geometry": line}),
            (2, 3, {"highway": "path", "length": 68.46}),
        ]
    )
    flat = osmnx.project_graph(graph, to_crs="EPSG:28992")
    assert flat.nodes[1]["x"] > 1000
    there, here = load_streets(graph), load_streets(flat)
    assert here.lon == pytest.approx(there.lon, abs=1e-7)
    assert here.lat == pytest.approx(there.lat, abs=1e-7)
    assert here.length_cm == pytest.approx(there.length_cm, abs=1)
    assert rows(here) == rows(there)


@pytest.mark.parametrize(
    "names", ["abcde", [0.5, 1.5, 2.5, 3.5, 4.5], [2**70, 1, 2, 3, 4], ["1", 1, 4, 5, 6]]
)
def test_nodes_with_other_names_are_numbered(names: Any) -> None:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for k, name in enumerate(names):
        graph.add_node(name, x=round(4.2 + 0.001 * k, 7), y=52.0)
    graph.add_edge(names[1], names[3], highway="path")
    assert load_streets(graph).node_id.tolist() == [1, 3]


def test_the_graph_is_not_changed() -> None:
    line = LineString([(4.201, 52.0), (4.2015, 52.001), (4.202, 52.0)])
    graph = graph_of(
        [(2, 1, {"highway": ["path", "steps"], "geometry": line}), (2, 3, {"highway": "path"})]
    )
    before = copy.deepcopy(graph)
    load_streets(graph)
    assert nx.utils.graphs_equal(graph, before)
    assert graph.graph == before.graph


def _message(graph: Any) -> str:
    with pytest.raises(StreetsError) as caught:
        load_streets(graph)
    assert all(fault.remedy for fault in caught.value.faults)
    return str(caught.value)


def test_faulty_graphs_are_told_apart() -> None:
    good = (1, 2, {"highway": "path"})
    assert "no street" in _message(graph_of([]))
    assert "no street" in _message(nx.MultiDiGraph())
    assert "no street" in _message(graph_of([(1, 2, {"highway": "motorway"})]))
    assert "no street" in _message(graph_of([(1, 1, {"highway": "path"})]))
    for key, value in [("x", float("nan")), ("y", None), ("x", "west"), ("y", float("inf"))]:
        graph = graph_of([good])
        graph.nodes[2][key] = value
        assert "node 2 has no place" in _message(graph)
    graph = graph_of([good])
    for k in (1, 3, 5):
        del graph.nodes[k]["y"]
    assert _message(graph).count("has no place") == 3
    graph = graph_of([good])
    graph.nodes[2]["y"] = 514.2
    assert "node 2 is not on earth" in _message(graph)
    rd = graph_of([good], crs=None)
    rd.nodes[2].update(x=85_000.0, y=446_000.0)
    assert "crs" in _message(rd)
    assert "coordinate system" in _message(graph_of([good], crs="EPSG:0"))
    assert "coordinate system" in _message(graph_of([good], crs="somewhere"))
    for geometry in (
        "LINESTRING (1 2",
        "POINT (4.2 52)",
        7,
        "LINESTRING (4.2 52, NaN 52, 4.3 52)",
    ):
        assert "geometry" in _message(graph_of([(1, 2, {"highway": "path", "geometry": geometry})]))


def test_graphml_without_coordinates(tmp_path: Path) -> None:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph.add_edge(1, 2, highway="path")
    nx.write_graphml(graph, tmp_path / "bare.graphml")
    assert "bare.graphml, value 'x=None, y=None': node 1 has no place" in _message(
        tmp_path / "bare.graphml"
    )


WAYS: list[tuple[list[int], dict[str, str]]] = [
    ([1, 2, 3, 4], {"highway": "residential", "name": "Kade"}),
    ([4, 5, 6], {"highway": "primary", "oneway": "yes", "bicycle": "use_sidepath"}),
    ([9, 8, 6], {"highway": "tertiary", "oneway": "-1", "cycleway:left": "opposite_lane"}),
    ([6, 10, 11, 6], {"highway": "tertiary", "junction": "roundabout"}),
    ([4, 12], {"highway": "steps", "conveying": "backward"}),
    ([12, 13, 14], {"highway": "path", "foot:forward": "no", "access": "permissive"}),
    ([2, 3], {"highway": "footway"}),
    ([5, 13], {"highway": "trunk", "sidewalk": "right"}),
    ([5, 14], {"highway": "service", "access": "private"}),
    ([14, 15, 16], {"route": "ferry", "duration": "00:06"}),
    ([16, 17], {"railway": "platform"}),
    ([17, 18], {"building": "yes"}),
]


def _write(file: Path) -> None:
    place = np.random.default_rng(5).uniform((4.2, 52.0), (4.25, 52.03), size=(20, 2)).round(7)
    with osmium.SimpleWriter(str(file)) as writer:
        for k in range(1, 19):
            writer.add_node(osmium.osm.mutable.Node(id=k, version=1, location=tuple(place[k])))
        for k, (refs, tags) in enumerate(WAYS, start=1):
            writer.add_way(osmium.osm.mutable.Way(id=k, version=1, nodes=refs, tags=tags))


def test_every_route_leads_to_the_same_streets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("region.osm.pbf", "region.osm"):
        _write(tmp_path / name)
    monkeypatch.setattr(osmnx.settings, "useful_tags_way", list(RULE_KEYS))
    graph = osmnx.graph_from_xml(tmp_path / "region.osm", simplify=False, retain_all=True)
    osmnx.save_graphml(graph, tmp_path / "region.graphml")
    pbf = load_streets(tmp_path / "region.osm.pbf")
    assert len(pbf.lon) == 16
    assert pbf.fixed_s[pbf.kind == FERRY].sum() == 360
    for other in (tmp_path / "region.osm", graph, tmp_path / "region.graphml"):
        assert comparable(load_streets(other)) == comparable(pbf)


def test_simplifying_a_graph_keeps_its_length(tmp_path: Path) -> None:
    _write(tmp_path / "region.osm")
    graph = osmnx.graph_from_xml(tmp_path / "region.osm", simplify=False, retain_all=True)
    graph.remove_edges_from(
        [(u, v) for u, v, data in graph.edges(data=True) if data.get("highway") != "residential"]
    )
    simple = osmnx.simplify_graph(graph.subgraph([1, 2, 3, 4]).copy())
    assert len(simple) < 4
    osmnx.save_graphml(simple, tmp_path / "simple.graphml")
    whole = load_streets(graph)
    for short in (simple, tmp_path / "simple.graphml"):
        streets = load_streets(short)
        assert streets.length_cm.sum() == whole.length_cm.sum()
        assert sorted(streets.lon) == sorted(whole.lon)


def test_a_place_is_asked_of_osmnx(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    real = inspect.signature(osmnx.graph_from_place)

    def fetch(*args: Any, **options: Any) -> nx.MultiDiGraph[Any]:
        asked.update(real.bind(*args, **options).arguments)
        assert set(RULE_KEYS) <= set(osmnx.settings.useful_tags_way)
        return graph_of([(1, 2, {"highway": "path"})])

    before = list(osmnx.settings.useful_tags_way)
    monkeypatch.setattr(osmnx, "graph_from_place", fetch)
    streets = load_streets(place="Westland, Netherlands")
    assert (streets.source, asked["query"]) == ("Westland, Netherlands",) * 2
    assert osmnx.settings.useful_tags_way == before


@pytest.mark.parametrize(
    "error", [ConnectionError("no route"), TypeError("not geocoded"), ValueError("nothing found")]
)
def test_without_a_connection_the_remedy_is_an_extract(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fetch(*args: Any, **options: Any) -> None:
        raise error

    before = list(osmnx.settings.useful_tags_way)
    monkeypatch.setattr(osmnx, "graph_from_place", fetch)
    with pytest.raises(StreetsError, match="download an extract"):
        load_streets(place="Nergenshuizen")
    assert osmnx.settings.useful_tags_way == before


VALUES = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.sampled_from(["yes", "no", "trunk", "path", "[", "['a', 'b']", "ferry", "", "(1,)"])
    | st.lists(st.sampled_from(["yes", "no", "path", "motorway"]), max_size=3)
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from((*RULE_KEYS, "length", "reversed", "osmid", "geometry")), VALUES, max_size=6
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), ATTRIBUTES), max_size=6))
def test_any_attributes_load_or_are_a_streets_error(edges: list[Edge]) -> None:
    graph = graph_of(edges)
    with contextlib.suppress(StreetsError):
        streets = read_graph(graph)
        assert ((streets.length_cm == 0) == (streets.kind == FERRY)).all()
