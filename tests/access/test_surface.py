"""The surface equals travel times from its centres, and no cell disappears."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, note
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geoaccess import surface
from geoaccess.access.nearest import minutes_column, nearest
from geoaccess.access.norm import Norm
from geoaccess.access.reason import reasons
from geoaccess.access.surface import usable_extent
from geoaccess.errors import ProjectError, TableError
from geoaccess.load.streets import Streets
from geoaccess.network.network import Network, build_network
from geoaccess.network.traveller import Traveller
from geoaccess.route.matrix import travel_times
from tests.network.test_streets import make_streets
from tests.worlds import World, examples, points, worlds

LON, LAT = 4.30, 52.00


@examples(60)
@given(worlds, st.sampled_from([90, 150, 400]))
def test_equal_to_travel_times_from_the_centres(world: World, cell_m: int) -> None:
    note(str(world))
    network = build_network(world.streets, world.timetable, world.who, max_snap_m=world.max_snap_m)
    practices, norm = world.practice_table(), Norm(10, world.percentiles[0])
    found = surface(
        practices,
        network,
        cell_m=cell_m,
        window=world.window,
        percentiles=world.percentiles,
        norm=norm,
    )
    crs, half = found.attrs["crs"], cell_m / 2
    centres = gpd.points_from_xy(found["east_m"] + half, found["north_m"] + half, crs=crs)
    sites = gpd.GeoDataFrame({"site_id": found["cell_id"]}, geometry=centres.to_crs(4326))
    times = travel_times(
        sites, practices, network, window=world.window, percentiles=world.percentiles
    )
    for percentile in world.percentiles:
        column = minutes_column(percentile)
        expected = nearest(times, found["cell_id"], 10, column=column, ranks=1)
        assert found[column].tolist() == expected["minutes"].tolist()
        if percentile == norm.percentile:
            assert found["practice_id"].tolist() == expected["practice_id"].tolist()
            linked = network.snap(sites).linked
            why = reasons(expected["minutes"].reset_index(drop=True), pd.Series(linked), 10)
            assert found["reason"].tolist() == why.tolist()


def cross() -> Streets:
    """Two streets of two kilometres that cross."""
    lonlat = [
        (LON - 0.015, LAT),
        (LON, LAT),
        (LON + 0.015, LAT),
        (LON, LAT - 0.01),
        (LON, LAT + 0.01),
    ]
    return make_streets(lonlat, [(0, 1), (1, 2), (3, 1), (1, 4)])


@pytest.fixture
def network() -> Network:
    return build_network(cross(), None, Traveller(max_walk_min=15), max_snap_m=200)


@pytest.fixture
def practices() -> gpd.GeoDataFrame:
    # two at the same place: the first id in order counts, whatever the order of rows
    return points(((LON, LAT), (LON, LAT)), "practice_id").assign(practice_id=["b", "a"])


def test_every_cell_of_the_extent_has_a_row_and_a_reason(network, practices) -> None:
    found = surface(practices, network, cell_m=100, percentiles=50, norm=Norm(10))
    assert list(found.columns) == [
        *("cell_id", "east_m", "north_m", "minutes_p50", "practice_id", "snap_m", "reason"),
        "geometry",
    ]
    assert found["cell_id"].str.fullmatch(r"E\d{4}N\d{4}").all()
    assert found["cell_id"].is_unique
    covered = shapely.union_all(found.geometry.to_numpy()).buffer(1e-9)
    assert covered.contains(usable_extent(network))
    assert set(found["reason"]) == {"within_norm", "beyond_norm", "no_connection", "not_linked"}
    lost = found["reason"].isin(["no_connection", "not_linked"])
    assert (np.isinf(found["minutes_p50"]) == lost).all()
    assert (found["practice_id"].isna() == lost).all()
    assert set(found.loc[~lost, "practice_id"]) == {"a"}
    assert (found["snap_m"].isna() == (found["reason"] == "not_linked")).all()
    assert found["snap_m"].max() <= 200
    assert (found.crs.to_epsg(), found.attrs["crs"], found.attrs["cell_m"]) == (
        4326,
        "EPSG:28992",
        100,
    )
    unlinked = int((found["reason"] == "not_linked").sum())
    assert f"{unlinked} of {len(found)} cells of 100 x 100 m have their centre more" in " ".join(
        found.attrs["notes"]
    )


def test_the_cell_at_the_practice_is_its_walk_and_far_ones_are_longer(network, practices) -> None:
    found = surface(practices, network, cell_m=100, percentiles=(10, 90), norm=Norm(10, 90))
    here = found[found.contains(shapely.Point(LON, LAT))].iloc[0]
    assert here["reason"] == "within_norm"
    assert here["minutes_p10"] == here["minutes_p90"] < 2.5
    assert here["minutes_p10"] >= here["snap_m"] / 75
    assert not found.columns.str.contains("p50").any()


def test_an_area_decides_which_cells_and_not_what_they_are(network, practices) -> None:
    whole = surface(practices, network, cell_m=250, percentiles=50)
    part = whole.geometry.iloc[[3, 4, 9]].reset_index(drop=True)
    found = surface(practices, network, cell_m=250, percentiles=50, area=part)
    expected = whole.iloc[[3, 4, 9]].reset_index(drop=True)
    assert_frame_equal(found.drop(columns="geometry"), expected.drop(columns="geometry"))
    away = shapely.box(LON + 0.5, LAT, LON + 0.51, LAT + 0.01)
    far = surface(practices, network, cell_m=250, area=away)
    assert len(far) > 5
    assert set(far["reason"]) == {"not_linked"}


def test_no_practice_at_all(network) -> None:
    none = points((), "practice_id")
    found = surface(none, network, cell_m=250)
    assert len(found)
    assert set(found["reason"]) == {"no_connection", "not_linked"}
    assert found["practice_id"].isna().all()


def test_faults_come_before_any_work(network, practices) -> None:
    with pytest.raises(TableError, match="no polygon"):
        surface(practices, network, area=shapely.Polygon())
    with pytest.raises(ProjectError, match="whole number of metres"):
        surface(practices, network, cell_m=0)
    with pytest.raises(ProjectError, match="percentile is above 0"):
        surface(practices, network, percentiles=0)
    with pytest.raises(ProjectError, match="ends before it starts"):
        surface(practices, network, window=("10:00", "09:00"))
    with pytest.raises(TableError, match="lacks column 'practice_id'"):
        surface(practices.drop(columns="practice_id"), network)


def test_inputs_are_unchanged(network, practices) -> None:
    area = gpd.GeoDataFrame(geometry=[shapely.box(LON, LAT, LON + 0.01, LAT + 0.01)], crs=4326)
    before = practices.copy(), area.copy()
    surface(practices, network, area=area)
    assert_geodataframe_equal(practices, before[0])
    assert_geodataframe_equal(area, before[1])
