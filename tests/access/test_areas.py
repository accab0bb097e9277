import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from geoaccess.access.areas import area_totals, assign_areas, sums_by

REASONS = ["within_norm", "beyond_norm", "no_connection", "not_linked"]


def areas(*squares: tuple[str, tuple[float, float, float, float]]) -> gpd.GeoDataFrame:
    ids = [name for name, _ in squares]
    return gpd.GeoDataFrame(
        {"area_id": ids, "name": [name.upper() for name in ids], "level": "gemeente"},
        geometry=[box(*bounds) for _, bounds in squares],
        crs=4326,
    )


def sites(points: list[tuple[float, float]], **columns: object) -> gpd.GeoDataFrame:
    table = {"site_id": [f"s{k}" for k in range(len(points))], **columns}
    return gpd.GeoDataFrame(table, geometry=[Point(p) for p in points], crs=4326)


TWO = areas(("west", (0, 0, 1, 1)), ("east", (1, 0, 2, 1)))


def test_inside_outside_and_boundary() -> None:
    found = assign_areas(sites([(0.5, 0.5), (1.5, 0.5), (3, 3), (1, 0.5), (0, 0)]), TWO)
    # a shared boundary goes to the lower id, the outer one to the area itself
    assert found.tolist() == ["west", "east", None, "east", "west"]


def test_overlaps_go_to_the_smallest_area_and_are_told() -> None:
    nested = areas(("municipality", (0, 0, 4, 4)), ("village", (1, 1, 2, 2)))
    found = assign_areas(sites([(1.5, 1.5), (3, 3)]), nested)
    assert found.tolist() == ["village", "municipality"]
    assert found.attrs["notes"] == [
        "1 of 2 sites lie in several areas; each counts in the smallest only"
    ]


def test_own_area_wins_where_it_is_known() -> None:
    points = sites([(0.5, 0.5)] * 3, area_id=["east", "elsewhere", None])
    found = assign_areas(points, TWO)
    assert found.tolist() == ["east", "west", "west"]
    assert found.attrs["notes"][0].startswith(
        "1 of 3 sites name an area_id that is not among the areas"
    )


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8),
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 2), st.integers(1, 2)),
        min_size=1,
        max_size=5,
    ),
    st.randoms(),
)
def test_order_of_rows_means_nothing(points, corners, random) -> None:
    polygons = areas(*((f"a{k}", (x, y, x + w, y + h)) for k, (x, y, w, h) in enumerate(corners)))
    table = sites(points)
    found = assign_areas(table, polygons).to_numpy()
    mixed = list(range(len(polygons)))
    random.shuffle(mixed)
    assert (assign_areas(table, polygons.iloc[mixed]).to_numpy() == found).all()
    back = assign_areas(table.iloc[::-1], polygons).to_numpy()[::-1]
    assert (back == found).all()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["west", "east", None]),
            st.one_of(st.none(), st.integers(0, 500)),
            st.sampled_from(REASONS),
        ),
        max_size=12,
    )
)
def test_areas_add_up_to_everybody_and_nobody_is_counted_twice(rows) -> None:
    table = pd.DataFrame(rows, columns=["area_id", "residents", "reason"])
    table["residents"] = table["residents"].astype(float)
    before = table.copy()
    found = area_totals(table, TWO)
    pd.testing.assert_frame_equal(table, before)
    assert found["sites"].sum() == len(table)
    assert found["sites_unknown_residents"].sum() == table["residents"].isna().sum()
    assert found["residents"].sum() == table["residents"].sum()
    beyond = table[table["reason"] != "within_norm"]
    assert found["sites_beyond"].sum() == len(beyond)
    assert found["residents_beyond"].sum() == beyond["residents"].sum()
    assert ("-" in found["area_id"].tolist()) == table["area_id"].isna().any()
    share = found["share_beyond"].dropna()
    assert ((share >= 0) & (share <= 1)).all()
    assert (found["share_beyond"].notna() == (found["residents"] > 0)).all()
    assert (found["rank"].isna() == ((found["sites"] == 0) | (found["area_id"] == "-"))).all()


def test_unknown_residents_are_no_zero() -> None:
    table = pd.DataFrame(
        {
            "area_id": ["west", "west", "east"],
            "residents": [40.0, np.nan, np.nan],
            "reason": ["within_norm", "no_connection", "beyond_norm"],
        }
    )
    found = area_totals(table, TWO).set_index("area_id")
    west, east = found.loc["west"], found.loc["east"]
    assert (west["residents"], west["residents_beyond"], west["share_beyond"]) == (40, 0, 0)
    assert (west["sites"], west["sites_unknown_residents"], west["sites_beyond"]) == (2, 1, 1)
    assert pd.isna([east["residents"], east["residents_beyond"], east["share_beyond"]]).all()


def test_shares_are_of_people_not_of_points() -> None:
    table = pd.DataFrame(
        {
            "area_id": "west",
            "residents": [90.0, 5.0, 5.0],
            "reason": ["within_norm", "beyond_norm", "not_linked"],
        }
    )
    assert area_totals(table, TWO).loc[0, "share_beyond"] == pytest.approx(0.10)


def test_ranks_most_people_first_then_sites_and_equal_areas_share_a_rank() -> None:
    five = areas(*((name, (k, 0, k + 1, 1)) for k, name in enumerate("abcde")))
    table = pd.DataFrame(
        [
            ("a", 10.0, "beyond_norm"),
            ("b", 30.0, "beyond_norm"),
            ("c", 10.0, "no_connection"),
            ("d", None, "beyond_norm"),
            ("d", None, "beyond_norm"),
        ],
        columns=["area_id", "residents", "reason"],
    )
    ranks = area_totals(table, five)["rank"]
    assert ranks.tolist()[:4] == [2, 1, 2, 4]
    assert ranks.isna().tolist() == [False, False, False, False, True]


def test_without_areas_there_are_no_rows() -> None:
    table = pd.DataFrame({"area_id": [None], "residents": [1.0], "reason": ["beyond_norm"]})
    found = area_totals(table, None)
    assert len(found) == 0
    assert {"area_id", "share_beyond", "rank", "geometry"} <= set(found.columns)


def test_sums_of_nothing_known_are_unknown() -> None:
    table = pd.DataFrame({"residents": [np.nan], "reason": ["within_norm"]})
    assert pd.isna(sums_by(table, pd.Series(["x"])).loc["x", "residents"])
