from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import Point

from geoaccess.present.regions import map_crs, nearest_region, regions, scale_length


def moved(result, places):
    sites = result.sites.iloc[: len(places)].copy()
    sites["geometry"] = [Point(place) for place in places]
    return replace(result, sites=sites)


def test_two_regions_far_apart_get_a_panel_each(make_region):
    result = make_region(side=10)
    west, east = regions(result)
    assert len(west.sites) == len(east.sites) == 30
    assert west.sites.max() < east.sites.min()
    assert "Delft" in west.name
    assert "Deurne" in east.name
    assert sorted([*west.sites, *east.sites]) == list(range(60))


def test_sites_close_together_are_one_region(result):
    (part,) = regions(result)
    assert len(part.sites) == 12


@pytest.mark.parametrize("count", [1, 2, 12])
def test_few_sites(result, count):
    places = [(4.2 + 0.001 * k, 52.0) for k in range(count)]
    (part,) = regions(moved(result, places))
    west, south, east, north = part.metres
    assert east - west > 500
    assert north - south > 500


def test_many_clusters_become_at_most_three_panels(result):
    places = [(3.5, 51.3), (4.3, 52.0), (5.2, 52.5), (5.8, 51.4), (6.5, 53.2), (6.8, 52.2)]
    parts = regions(moved(result, places))
    assert 1 <= len(parts) <= 3
    assert sorted(np.concatenate([part.sites for part in parts])) == list(range(6))


def test_an_even_spread_over_the_country_is_one_map(result):
    places = [(4.0 + 0.25 * k, 51.5 + 0.1 * (k % 3)) for k in range(12)]
    assert len(regions(moved(result, places))) == 1


def test_row_order_does_not_matter(make_region):
    result = make_region(side=10)
    turned = replace(result, sites=result.sites.iloc[::-1].reset_index(drop=True))
    for part, other in zip(regions(result), regions(turned), strict=True):
        assert part.metres == pytest.approx(other.metres)
        assert part.name == other.name


def test_without_sites_the_map_looks_at_practices(result):
    empty = replace(result, sites=result.sites.iloc[:0])
    (part,) = regions(empty)
    assert len(part.sites) == 0
    view = part.view(map_crs(empty))
    assert view[0] < 4.20
    assert view[2] > 4.30


def test_practices_go_to_the_region_they_are_nearest_to(make_region):
    result = make_region(side=10)
    parts = regions(result)
    points = gpd.GeoSeries([Point(4.0, 52.0), Point(5.9, 51.4), Point(5.4, 51.6)], crs=4326)
    assert nearest_region(points, parts, map_crs(result)).tolist() == [0, 1, 1]


def test_metric_system(result):
    assert map_crs(result) == "EPSG:28992"
    welsh = moved(result, [(-3.0, 51.6)])
    assert map_crs(welsh) == "EPSG:32630"


def test_scale_bars_are_round():
    assert [scale_length(width) for width in (100_000, 26_000, 900)] == [20_000, 5_000, 100]
