"""Compressed walks: the order of their entries, whatever the order in which the searches find them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.network.links import Links, links_of_pairs, walk_links
from geoaccess.network.snapping import Snapped, snap
from geoaccess.network.streets import build_graph
from tests.network.test_streets import make_streets
from tests.worlds import examples


def dense(links: Links, columns: int) -> np.ndarray:
    """Seconds of all pairs, -1 where there is no walk."""
    table = np.full((len(links.first) - 1, columns), -1)
    table[links.row, links.to] = links.seconds
    return table


def check_order(links: Links) -> None:
    assert (links.first.dtype, links.to.dtype, links.seconds.dtype) == (
        np.int64,
        np.int32,
        np.int32,
    )
    row = links.row.astype(np.int64)
    assert (np.diff(row * 10_000 + links.to) > 0).all()


@examples(100)
@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 8))), st.randoms())
def test_pairs_in_any_order_become_rows_ordered_by_column(pairs, rnd) -> None:
    chosen = sorted(pairs)
    rnd.shuffle(chosen)
    row, to = (np.array([pair[k] for pair in chosen], np.int64) for k in range(2))
    seconds = 100 * row + to
    links = links_of_pairs(row, to, seconds, 8)
    check_order(links)
    expected = np.full((8, 9), -1)
    expected[row, to] = seconds
    assert (dense(links, 9) == expected).all()
    turned = links.transposed(9)
    check_order(turned)
    assert (dense(turned, 8) == expected.T).all()


def test_a_search_from_either_side_gives_rows_in_order() -> None:
    # a crooked lattice, 20 x 20, and points in an order that has nothing to do with their places
    place = np.arange(400)
    lonlat = np.column_stack(
        [4.2 + 0.001 * (place % 20) + 1e-5 * (place % 7), 52.0 + 0.0007 * (place // 20)]
    )
    segments = [(k, k + 1) for k in place if k % 20 < 19] + [(k, k + 20) for k in place[:380]]
    graph = build_graph(make_streets(lonlat, segments), "walk", 4.5)
    rng = np.random.default_rng(1)
    lon, lat = 4.2 + 0.02 * rng.random(300), 52.0 + 0.014 * rng.random(300)
    lon[::50] = 5.0  # not linked
    points = snap(graph, lon, lat, 500.0)
    few = Snapped(
        *(column[:40] for column in (points.chain, points.offset_cm, points.off_street_cm))
    )
    whole = walk_links(graph, points, points, 900.0)
    check_order(whole)
    assert 5_000 < len(whole.to) < 300 * 300
    expected = dense(whole, 300)
    assert (expected == expected.T).all()
    for origins, destinations in ((points, few), (few, points)):
        links = walk_links(graph, origins, destinations, 900.0, workers=3)
        check_order(links)
        rows, columns = len(origins.chain), len(destinations.chain)
        assert (dense(links, columns) == expected[:rows, :columns]).all()
