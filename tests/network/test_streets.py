"""The contracted graph against the raw streets, and snapping against a search over every segment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from geoaccess.errors import StreetsError
from geoaccess.load.streets import FERRY, MINOR, WALK_BACKWARD, WALK_FORWARD, Streets
from geoaccess.network.links import walk_links
from geoaccess.network.snapping import Snapped, snap
from geoaccess.network.streets import ISLAND_M, ISLAND_SHARE, build_graph
from geoaccess.tables import METRES_PER_DEGREE

LIMIT_S = 100_000.0


def make_streets(lonlat, segments, length_cm=None, access=None, fixed_s=None) -> Streets:
    lon, lat = np.array(lonlat, float).T
    start, end = np.array(segments, np.int32).reshape(-1, 2).T
    if length_cm is None:
        dx = (lon[end] - lon[start]) * METRES_PER_DEGREE * np.cos(np.radians(lat[start]))
        dy = (lat[end] - lat[start]) * METRES_PER_DEGREE
        length_cm = np.maximum(1, np.round(100 * np.hypot(dx, dy)))
    count = len(start)
    fixed = np.zeros(count, np.int32) if fixed_s is None else np.array(fixed_s, np.int32)
    return Streets(
        np.arange(len(lon)),
        lon,
        lat,
        start,
        end,
        np.where(fixed > 0, 0, np.array(length_cm)).astype(np.int32),
        fixed,
        np.full(count, WALK_FORWARD | WALK_BACKWARD, np.uint8)
        if access is None
        else np.array(access, np.uint8),
        np.where(fixed > 0, FERRY, MINOR).astype(np.uint8),
        "made in a test",
    )


@st.composite
def street_worlds(draw) -> Streets:
    """Nodes on a small lattice with random segments: trees, rings, one-ways, ferries, islands, double streets' ends."""
    size = draw(st.integers(2, 14))
    places = draw(
        st.lists(
            st.tuples(st.integers(0, 5), st.integers(0, 5)),
            min_size=size,
            max_size=size,
            unique=True,
        )
    )
    # off the lattice by different amounts, so that no node lies on a street of two others
    lonlat = [
        (
            4.2 + 0.002 * x + 1e-5 * ((7 * x * x + 13 * y) % 31),
            52.0 + 0.001 * y + 1e-5 * ((11 * x + 5 * y * y) % 23),
        )
        for x, y in places
    ]
    pair = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(
        lambda p: p[0] != p[1]
    )
    pairs = draw(
        st.lists(pair, min_size=1, max_size=3 * size, unique_by=lambda p: (min(p), max(p))),
    )
    access = draw(
        st.lists(st.sampled_from([1, 2, 3, 3, 3]), min_size=len(pairs), max_size=len(pairs))
    )
    ferry = draw(
        st.lists(st.sampled_from([0, 0, 0, 0, 300]), min_size=len(pairs), max_size=len(pairs))
    )
    if all(ferry):
        ferry[0] = 0
    return make_streets(lonlat, pairs, access=access, fixed_s=ferry)


def raw_distances(streets: Streets, speed_cm_s: float) -> np.ndarray:
    """All-pairs distances in centimetres over the raw segments."""
    cost = streets.length_cm + np.round(streets.fixed_s * speed_cm_s)
    size = len(streets.lon)
    best: dict[tuple[int, int], float] = {}
    for k in range(len(cost)):
        a, b = int(streets.segment_from[k]), int(streets.segment_to[k])
        for ok, edge in (
            (streets.access[k] & WALK_FORWARD, (a, b)),
            (streets.access[k] & WALK_BACKWARD, (b, a)),
        ):
            if ok:
                best[edge] = min(best.get(edge, np.inf), cost[k])
    rows, columns = np.array(list(best)).T
    return dijkstra(coo_matrix((list(best.values()), (rows, columns)), shape=(size, size)).tocsr())


def kept_segments(streets: Streets) -> np.ndarray:
    size = len(streets.lon)
    ends = (streets.segment_from, streets.segment_to)
    label = connected_components(
        coo_matrix((np.ones(len(ends[0])), ends), shape=(size, size)), directed=False
    )[1]
    of_segment = label[streets.segment_from]
    metres = {c: streets.length_cm[of_segment == c].sum() / 100 for c in set(of_segment.tolist())}
    longest = max(metres.values())
    return np.array(
        [metres[c] >= min(ISLAND_SHARE * longest, ISLAND_M) for c in of_segment.tolist()]
    )


@settings(deadline=None, max_examples=150, derandomize=True)
@given(street_worlds(), st.booleans())
def test_walks_between_nodes_equal_the_raw_graph(streets: Streets, more_origins: bool) -> None:
    graph = build_graph(streets, "walk", 4.5)
    on_street = kept_segments(streets) & (streets.kind != FERRY)
    nodes = np.unique(
        np.concatenate([streets.segment_from[on_street], streets.segment_to[on_street]])
    )
    points = snap(graph, streets.lon[nodes], streets.lat[nodes], 1.0)
    assert points.linked.all()
    # searching from the origins or from the destinations must not matter
    some = np.arange(len(nodes))[: max(1, len(nodes) // 2)]
    origins, destinations = (
        (points, points.take(some)) if more_origins else (points.take(some), points)
    )
    links = walk_links(graph, origins, destinations, LIMIT_S)
    expected = raw_distances(streets, graph.speed_cm_s)[np.ix_(nodes, nodes)]
    expected = expected[:, some] if more_origins else expected[some]
    got = np.full(expected.shape, np.inf)
    got[links.row, links.to] = links.seconds
    np.testing.assert_array_equal(got, np.ceil(expected / graph.speed_cm_s - 1e-9))


@settings(deadline=None, max_examples=100, derandomize=True)
@given(
    street_worlds(),
    st.lists(st.tuples(st.floats(-0.5, 5.5), st.floats(-0.5, 5.5)), min_size=1, max_size=8),
)
def test_snapping_finds_the_nearest_usable_street(streets: Streets, places) -> None:
    graph = build_graph(streets, "walk", 4.5)
    lon = np.array([4.2 + 0.002 * x for x, _ in places])
    lat = np.array([52.0 + 0.001 * y for _, y in places])
    limit_m = 120.0
    found = snap(graph, lon, lat, limit_m)
    usable = np.flatnonzero(kept_segments(streets) & (streets.kind != FERRY))
    for k in range(len(lon)):
        nearest = np.inf
        scale = np.array([METRES_PER_DEGREE * np.cos(np.radians(lat[k])), METRES_PER_DEGREE])
        here = np.array([lon[k], lat[k]])
        for s in usable:
            a = (
                np.array(
                    [streets.lon[streets.segment_from[s]], streets.lat[streets.segment_from[s]]]
                )
                - here
            ) * scale
            b = (
                np.array([streets.lon[streets.segment_to[s]], streets.lat[streets.segment_to[s]]])
                - here
            ) * scale
            t = np.clip(-(a @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
            nearest = min(nearest, float(np.hypot(*(a + t * (b - a)))))
        assert found.linked[k] == (nearest <= limit_m)
        if found.linked[k]:
            assert found.snap_m[k] == pytest.approx(nearest, abs=0.006)


def test_islands_are_set_aside_counted_and_nobody_is_snapped_to_them() -> None:
    mainland = [(4.2 + 0.003 * k, 52.0) for k in range(60)]  # about 12 km
    island = [(4.2, 52.002), (4.2005, 52.002)]  # 34 m
    segments = [(k, k + 1) for k in range(59)] + [(60, 61)]
    graph = build_graph(make_streets(mainland + island, segments), "walk", 4.5)
    assert graph.island_count == 1
    assert graph.island_m == pytest.approx(34, abs=1)
    on_island = snap(graph, np.array([4.2]), np.array([52.002]), 500.0)
    assert on_island.snap_m[0] == pytest.approx(0.002 * METRES_PER_DEGREE, abs=0.5)
    assert not snap(graph, np.array([4.2]), np.array([52.002]), 200.0).linked[0]


def test_two_villages_joined_by_nothing_but_a_bus_are_both_usable() -> None:
    villages = [(4.20, 52.0), (4.21, 52.0), (4.40, 52.0), (4.41, 52.0)]
    graph = build_graph(make_streets(villages, [(0, 1), (2, 3)]), "walk", 4.5)
    assert graph.island_count == 0


def test_a_ring_without_a_junction_can_be_walked_around_the_short_way() -> None:
    ring = [(4.2, 52.0), (4.21, 52.0), (4.21, 52.01), (4.2, 52.01)]
    graph = build_graph(
        make_streets(ring, [(0, 1), (1, 2), (2, 3), (3, 0)], length_cm=[1000] * 4), "walk", 3.6
    )
    points = snap(graph, np.array([4.2, 4.2]), np.array([52.0, 52.01]), 1.0)
    links = walk_links(graph, points, points, LIMIT_S)
    assert links.seconds.tolist() == [0, 10, 10, 0]


def test_an_escalator_is_walked_one_way_only() -> None:
    graph = build_graph(
        make_streets(
            [(4.2, 52.0), (4.201, 52.0)], [(0, 1)], length_cm=[3600], access=[WALK_FORWARD]
        ),
        "walk",
        3.6,
    )
    points = snap(graph, np.array([4.2, 4.201]), np.array([52.0, 52.0]), 1.0)
    links = walk_links(graph, points, points, LIMIT_S)
    assert list(
        zip(links.row.tolist(), links.to.tolist(), links.seconds.tolist(), strict=True)
    ) == [
        (0, 0, 0),
        (0, 1, 36),
        (1, 1, 0),
    ]


def test_points_without_a_place_are_not_linked() -> None:
    graph = build_graph(make_streets([(4.2, 52.0), (4.21, 52.0)], [(0, 1)]), "walk", 4.5)
    assert snap(
        graph, np.array([np.nan, np.inf, 4.2]), np.array([52.0, 52.0, 52.0]), 500.0
    ).linked.tolist() == [
        False,
        False,
        True,
    ]


def test_the_limit_is_exact() -> None:
    graph = build_graph(
        make_streets([(4.2, 52.0), (4.21, 52.0)], [(0, 1)], length_cm=[12_500]), "walk", 4.5
    )
    points = snap(graph, np.array([4.2, 4.21]), np.array([52.0, 52.0]), 1.0)
    assert (
        len(walk_links(graph, points.take(np.array([0])), points.take(np.array([1])), 100.0).to)
        == 1
    )
    assert (
        len(walk_links(graph, points.take(np.array([0])), points.take(np.array([1])), 99.9).to) == 0
    )


def test_no_street_open_to_walkers_is_an_error() -> None:
    streets = make_streets([(4.2, 52.0), (4.21, 52.0)], [(0, 1)], access=[0])
    with pytest.raises(StreetsError, match="no street in it is open"):
        build_graph(streets, "walk", 4.5)


def test_snapped_take_keeps_order() -> None:
    points = Snapped(
        np.array([3, -1, 5], np.int32), np.array([1, 0, 2], np.int32), np.array([7, 0, 9], np.int32)
    )
    assert points.take(np.array([2, 0])).chain.tolist() == [5, 3]
    assert np.isnan(points.snap_m[1])
