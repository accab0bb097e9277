"""Plane geometry of the demo against pyproj, shapely-free laws, and frozen numbers."""

from __future__ import annotations

import networkx as nx
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoaccess.demo.plane import (
    crossed,
    crosses,
    dice,
    neighbour_graph,
    put,
    square,
    to_lonlat,
    to_rd,
    within,
)

points = st.tuples(st.integers(0, 3000), st.integers(0, 3000))


@pytest.mark.parametrize("lonlat", [(4.05, 51.89), (4.5, 52.1), (5.4, 51.3), (6.0, 51.65)])
def test_rd_agrees_with_the_official_transformation(lonlat: tuple[float, float]) -> None:
    x, y = pyproj.Transformer.from_crs(4326, 28992, always_xy=True).transform(*lonlat)
    assert to_rd(*lonlat) == pytest.approx((x, y), abs=1.0)
    lon, lat = to_lonlat(x, y)
    assert (lon, lat) == pytest.approx(lonlat, abs=5e-6)


def test_chance_is_the_same_everywhere() -> None:
    throw = dice("demo", "1")
    assert [round(throw(), 6) for _ in range(3)] == [0.747218, 0.525181, 0.64474]
    assert all(0 <= dice(str(k))() < 1 for k in range(500))


@given(st.lists(points, min_size=4, max_size=40, unique=True))
@settings(max_examples=60, deadline=None)
def test_neighbour_graph_is_connected_and_plane(where: list[tuple[int, int]]) -> None:
    where = [(10 * x + k, 10 * y + k * k) for k, (x, y) in enumerate(where)]
    if len(set(where)) < len(where) or _all_on_a_line(where):
        return
    pairs = neighbour_graph(where)
    graph = nx.Graph(pairs)
    assert set(graph) == set(range(len(where)))
    assert nx.is_connected(graph)
    edges = [(where[i], where[j]) for i, j in pairs]
    assert not any(crosses(*e, *f) for k, e in enumerate(edges) for f in edges[:k])


def _all_on_a_line(where: list[tuple[int, int]]) -> bool:
    (ax, ay), (bx, by), *rest = where
    return all((bx - ax) * (y - ay) == (by - ay) * (x - ax) for x, y in rest)


@given(st.lists(points, min_size=8, max_size=8))
def test_crossed_agrees_with_crosses(p: list[tuple[int, int]]) -> None:
    edges, barriers = [(p[0], p[1]), (p[2], p[3])], [(p[4], p[5]), (p[6], p[7])]
    expected = {k for k, e in enumerate(edges) if any(crosses(*e, *b) for b in barriers)}
    assert crossed(edges, barriers) == expected


@given(st.lists(points, max_size=30), points, st.integers(1, 900))
def test_within_finds_what_a_full_search_finds(
    where: list[tuple[int, int]], p: tuple[int, int], radius_m: int
) -> None:
    cells: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for q in where:
        put(cells, q)
    expected = sorted(q for q in where if square(p, q) < radius_m**2)
    assert sorted(within(cells, p, radius_m)) == expected
