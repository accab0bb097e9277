import numpy as np

from geoaccess.network.junctions import junction_lonlat
from geoaccess.network.streets import build_graph
from tests.network.test_streets import make_streets


def test_junctions_are_where_three_streets_meet_and_not_at_bends_dead_ends_or_landings() -> None:
    """A street with a bend at 1, a crossing at 2 and another at 3, from where a ferry goes to a quay of two more."""
    places = [(4.0, 52.0), (4.01, 52.005), (4.02, 52.0), (4.03, 52.0)]
    places += [(4.02, 52.01), (4.03, 52.01), (4.05, 52.0), (4.06, 52.0), (4.06, 52.01)]
    segments = [(1, 0), (1, 2), (3, 2), (4, 2), (3, 5), (3, 6), (6, 7), (8, 6)]
    fixed = [0, 0, 0, 0, 0, 300, 0, 0]
    graph = build_graph(make_streets(places, segments, fixed_s=fixed), "walk", 4.5)
    found = junction_lonlat(graph)
    assert sorted(map(tuple, found)) == [places[2], places[3], places[6]]


def test_streets_without_any_junction_have_none() -> None:
    graph = build_graph(make_streets([(4.0, 52.0), (4.01, 52.0)], [(0, 1)]), "walk", 4.5)
    assert junction_lonlat(graph).shape == (0, 2)
    assert np.isfinite(junction_lonlat(graph)).all()
