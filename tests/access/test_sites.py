import geopandas as gpd
import numpy as np
import pandas as pd
from geopandas.testing import assert_geodataframe_equal
from shapely.geometry import Point, box

from geoaccess.access.norm import Norm
from geoaccess.access.sites import caveats, measure_sites


def points(id_column: str, ids: list[str], **columns: object) -> gpd.GeoDataFrame:
    places = [Point(4 + k / 100, 52) for k in range(len(ids))]
    return gpd.GeoDataFrame({id_column: ids, **columns}, geometry=places, crs=4326)


SITES = points("site_id", ["a", "b", "c"], residents=[10.0, np.nan, 5.0], kind=["park", "", "hof"])
PRACTICES = points("practice_id", ["p", "q"], name=["De Poort", None])
TIMES = pd.DataFrame(
    {
        "site_id": ["a", "a", "b"],
        "practice_id": ["q", "p", "q"],
        "minutes_p50": [45.0, 30.0, 31.0],
        "minutes_p90": [50.0, 40.0, 35.0],
    }
)
SNAP_M = np.array([3.0, 120.0, np.nan])


def test_every_site_keeps_its_row_and_gets_every_measure() -> None:
    before = SITES.copy()
    found = measure_sites(SITES, PRACTICES, None, TIMES, snap_m=SNAP_M, norm=Norm())
    assert list(found["site_id"]) == ["a", "b", "c"]
    assert list(found["name"]) == ["a", "b", "c"]
    assert list(found["kind"]) == ["park", "", "hof"]
    assert list(found["minutes"]) == [30.0, 31.0, np.inf]
    assert list(found["minutes_2"]) == [45.0, np.inf, np.inf]
    assert list(found["practice_id"]) == ["p", "q", None]
    assert list(found["practice_name"]) == ["De Poort", "q", None]
    assert list(found["practices_within_norm"]) == [1, 0, 0]
    assert list(found["reason"]) == ["within_norm", "beyond_norm", "not_linked"]
    assert found["area_id"].isna().all()
    assert found.crs == SITES.crs
    assert_geodataframe_equal(SITES, before)


def test_another_percentile_judges_other_times() -> None:
    found = measure_sites(SITES, PRACTICES, None, TIMES, snap_m=SNAP_M, norm=Norm(35, 90))
    assert list(found["reason"]) == ["beyond_norm", "within_norm", "not_linked"]


def test_caveats_name_what_is_left_out() -> None:
    areas = gpd.GeoDataFrame(
        {"area_id": ["x"], "name": ["X"]}, geometry=[box(3.9, 51.9, 4.005, 52.1)], crs=4326
    )
    found = measure_sites(SITES, PRACTICES, areas, TIMES, snap_m=SNAP_M, norm=Norm())
    assert list(found["area_name"]) == ["X", None, None]
    practices = PRACTICES.assign(snap_m=[1.0, np.nan])
    said = caveats(found, practices, with_areas=True, max_snap_m=500)
    assert said == [
        "1 of 3 sites lie more than 500 m from any usable street and are not linked: c",
        "1 of 2 practices lie more than 500 m from any usable street and are not linked: q",
        (
            "1 of 3 sites lie 100 to 500 m from the nearest usable street (at most 120 m); "
            "that distance is walked in a straight line"
        ),
        (
            "1 of 3 sites have an unknown number of residents; they are counted as sites but not in "
            "numbers or shares of people"
        ),
        "2 of 3 sites lie outside every area: b, c",
    ]
    assert not caveats(found.iloc[:1], practices.iloc[:1], with_areas=True, max_snap_m=500)
