import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.access.failing import Failing, failing_areas, failing_clusters, top
from geoaccess.errors import ProjectError
from geoaccess.tables import LONLAT, RD_NEW

WHEN = Failing(min_share=0.5, min_persons=10, distance_m=1000)


def sites(*rows: tuple[str, float, float, float, float]) -> gpd.GeoDataFrame:
    """Id, metres east and north of a place in the Westland, residents, failing."""
    table = pd.DataFrame(rows, columns=["site_id", "x", "y", "residents", "failing"])
    points = gpd.points_from_xy(75_000 + table["x"], 450_000 + table["y"], crs=RD_NEW)
    return gpd.GeoDataFrame(table.drop(columns=["x", "y"]), geometry=points).to_crs(LONLAT)


def boxes(**bounds: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    shapes = [
        shapely.box(75_000 + a, 450_000 + b, 75_000 + c, 450_000 + d)
        for a, b, c, d in bounds.values()
    ]
    ids = list(bounds)
    return gpd.GeoDataFrame(
        {"area_id": ids, "name": [i.title() for i in ids]}, geometry=shapes, crs=RD_NEW
    ).to_crs(LONLAT)


def test_areas_must_fail_in_share_and_in_number() -> None:
    people = pd.DataFrame(
        {
            "area_id": ["a", "a", "b", "c", "d", None, "a"],
            "residents": [20.0, 20.0, 1000.0, 9.0, 40.0, 500.0, math.nan],
            "failing": [20.0, 0.0, 400.0, 9.0, 20.0, 500.0, math.nan],
        }
    )
    areas = pd.DataFrame({"area_id": list("abcd"), "name": ["A", "B", "C", "D"]})
    found = failing_areas(people, areas, WHEN)
    assert found.to_dict("list") == {
        "rank": [1, 1],
        "failing_id": ["a", "d"],
        "places": [2, 1],
        "residents": [40.0, 40.0],
        "failing": [20.0, 20.0],
        "share": [0.5, 0.5],
        "name": ["A", "D"],
    }
    assert found.attrs["notes"] == [
        "1 of 7 places are left out: how many people live or fail there is unknown."
    ]


def test_chains_of_sites_are_one_cluster_named_by_where_most_people_are() -> None:
    table = sites(
        ("c", 0, 0, 6, 6),
        ("b", 1000, 0, 6, 4),
        ("a", 1900, 0, 8, 8),
        ("near but served", 500, 0, 100, 1),
        ("apart", 3000, 0, 20, 15),
        ("too few", 9000, 0, 9, 9),
        ("unknown", 9000, 100, math.nan, math.nan),
    )
    before = table.copy()
    municipality = boxes(west=(-500, -500, 1500, 500), east=(1500, -500, 9500, 500))
    village = boxes(dorp=(1800, -100, 2000, 100))
    named = {"municipality": municipality, "village": village}
    found, cluster = failing_clusters(table, WHEN, named_by=named)
    pd.testing.assert_frame_equal(table, before)
    assert found.to_dict("records") == [
        {
            "rank": 1,
            "failing_id": "a",
            "places": 3,
            "residents": 20.0,
            "failing": 18.0,
            "share": 0.9,
        }
        | {"municipality": "West, East", "village": "Dorp"},
        {
            "rank": 2,
            "failing_id": "apart",
            "places": 1,
            "residents": 20.0,
            "failing": 15.0,
            "share": 0.75,
        }
        | {"municipality": "East", "village": None},
    ]
    assert cluster.tolist() == ["a", "a", "a", None, "apart", None, None]
    assert "1 of 7 places" in found.attrs["notes"][0]
    assert top(found, 1)["failing_id"].tolist() == ["a"]


def test_cells_join_by_edges_not_by_corners() -> None:
    places = [(0, 0), (500, 0), (500, 500), (1000, 1000), (1000, -500), (-500, 0)]
    cells = gpd.GeoDataFrame(
        {
            "cell_id": list("fedcba"),
            "east_m": [75_000 + x for x, _ in places],
            "north_m": [450_000 + y for _, y in places],
            "residents": [10.0] * 6,
            "failing": [10.0, 5.0, 10.0, 10.0, 10.0, 4.9],
        },
        geometry=[shapely.box(75_000 + x, 450_000 + y, 75_500 + x, 450_500 + y) for x, y in places],
        crs=RD_NEW,
    ).to_crs(LONLAT)
    found, cluster = failing_clusters(cells, WHEN, cell_m=500)
    assert cluster.tolist() == ["d", "d", "d", "c", "b", None]
    assert found["failing_id"].tolist() == ["d", "b", "c"]
    assert found["rank"].tolist() == [1, 2, 2]
    assert top(found, 2)["failing_id"].tolist() == ["d", "b", "c"]


def test_nothing_fails() -> None:
    found, cluster = failing_clusters(
        sites(("a", 0, 0, 100, 0), ("b", 0, 0, 0, 0)),
        Failing(0, 0),
        named_by={"village": boxes(x=(0, 0, 9, 9))},
    )
    assert found.empty
    assert found.columns.tolist()[-1] == "village"
    assert cluster.tolist() == [None, None]


rows = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(0, 30), st.floats(0, 1)),
    min_size=1,
    max_size=12,
)


@given(rows, st.randoms())
def test_clusters_are_what_joining_pair_by_pair_gives(drawn, random) -> None:
    table = sites(
        *((f"s{k:02d}", 600 * x, 600 * y, n, round(n * f)) for k, (x, y, n, f) in enumerate(drawn))
    )
    group = {k: k for k, (_, _, n, f) in enumerate(drawn) if round(n * f) >= max(n / 2, 1)}
    for _ in list(group):
        for a in list(group):
            for b in list(group):
                if math.dist(drawn[a][:2], drawn[b][:2]) * 600 <= 1000:
                    group[a] = group[b] = min(group[a], group[b])
    sums = {
        g: sum(round(drawn[k][2] * drawn[k][3]) for k in group if group[k] == g)
        for g in group.values()
    }
    expected = [
        f"s{group[k]:02d}" if k in group and sums[group[k]] >= 10 else None
        for k in range(len(drawn))
    ]
    found, cluster = failing_clusters(table, WHEN)
    assert cluster.tolist() == expected
    assert sorted(found["failing"]) == sorted(s for s in sums.values() if s >= 10)
    assert (np.diff(found["failing"]) <= 0).all()
    shuffled = table.sample(frac=1, random_state=random.randrange(999))
    again, mixed = failing_clusters(shuffled, WHEN)
    pd.testing.assert_frame_equal(again, found)
    assert mixed.loc[table.index].tolist() == expected


def test_thresholds_out_of_range_are_all_named() -> None:
    with pytest.raises(ProjectError) as caught:
        Failing(2, -1, math.inf)
    assert len(caught.value.faults) == 3
