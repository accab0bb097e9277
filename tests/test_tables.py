import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from geoaccess.errors import TableError
from geoaccess.tables import check_areas, check_points


def sites(**columns: object) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame({"site_id": [1, 2]}, geometry=[Point(4, 52), Point(5, 52)], crs=4326)
    return table.assign(**columns)


def areas(**columns: object) -> gpd.GeoDataFrame:
    shapes = [box(4, 52, 5, 53), box(5, 52, 6, 53)]
    return gpd.GeoDataFrame({"area_id": ["A", "B"]}, geometry=shapes, crs=4326).assign(**columns)


@pytest.mark.parametrize(
    "residents", [[3, np.nan], ["3", None], pd.array([3, pd.NA], dtype="Int64"), [pd.NA, 0.0]]
)
def test_whole_numbers_as_ids_and_unknown_residents_are_fine(residents: object) -> None:
    check_points(sites(residents=residents), "site_id", "sites")
    check_areas(areas(area_id=[1, 2]))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pd.DataFrame(sites()), "the table of sites is no GeoDataFrame"),
        (sites().drop(columns="site_id"), "lacks column 'site_id'"),
        (sites().to_crs(28992), "is in EPSG:28992"),
        (sites().set_crs(None, allow_override=True), "has no coordinate system"),
        (sites(site_id=[7, 7]), "sites, row 1, column 'site_id', value '7': duplicate id"),
        (sites(site_id=[None, "b"]), "row 0, column 'site_id': empty id"),
        (sites(geometry=[None, Point(4, 52)]), "row 0, column 'geometry': no point geometry"),
        (sites(residents=["many", 3]), "row 0, column 'residents', value 'many': no number"),
        (sites(residents=[3, -1]), "row 1, column 'residents', value '-1': no number"),
        (sites(residents=[np.inf, 3]), "row 0, column 'residents', value 'inf': no number"),
    ],
)
def test_faults_of_points_made_by_hand(table: gpd.GeoDataFrame, said: str) -> None:
    with pytest.raises(TableError) as caught:
        check_points(table, "site_id", "sites")
    assert said in str(caught.value)
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (areas().to_crs(28992), "the table of areas is in EPSG:28992"),
        (areas(area_id=["A", "A"]), "areas, row 1, column 'area_id', value 'A': duplicate id"),
        (areas(geometry=[box(4, 52, 5, 53), Point(5, 52)]), "row 1, column 'geometry': no polygon"),
        (areas(geometry=[None, box(4, 52, 5, 53)]), "row 0, column 'geometry': no polygon"),
    ],
)
def test_faults_of_areas_made_by_hand(table: gpd.GeoDataFrame, said: str) -> None:
    with pytest.raises(TableError) as caught:
        check_areas(table)
    assert said in str(caught.value)
    assert len(caught.value.faults) == 1
