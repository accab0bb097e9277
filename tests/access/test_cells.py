"""Cells of the national grid: codes, cover, faults."""

import re

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geoaccess.access import cells as cells_module
from geoaccess.access.cells import Cells, Grid, cell_ids, cover
from geoaccess.errors import ProjectError, TableError

#: a few places in the Netherlands, far apart: Amersfoort, Maasvlakte, Vaals, Delfzijl, Deurne
PLACES = [(5.387207, 52.155175), (4.04, 51.95), (6.02, 50.77), (6.93, 53.33), (5.79, 51.46)]


def rd_by_series(lon: float, lat: float) -> tuple[float, float]:
    """RD coordinates by the published series of Schreutelkamp and Strang van Hees (within a metre)."""
    f, g = 0.36 * (lat - 52.15517440), 0.36 * (lon - 5.38720621)
    x = 155000 + 190094.945 * g - 11832.228 * f * g - 114.221 * f**2 * g - 32.391 * g**3
    x += -0.705 * f - 2.340 * f**3 * g - 0.608 * f * g**3 - 0.008 * g**2 + 0.148 * f**2 * g**3
    y = 463000 + 309056.544 * f + 3638.893 * g**2 + 73.077 * f**2 - 157.984 * f * g**2
    y += 59.788 * f**3 + 0.433 * g - 6.439 * f**2 * g**2 - 0.032 * f * g
    return x, y + 0.092 * g**4 - 0.054 * f * g**4


def rd_box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    return gpd.GeoSeries([box(west, south, east, north)], crs=28992).to_crs(4326).iloc[0]


def test_the_origin_of_the_system_starts_a_cell_of_every_side() -> None:
    at = rd_box(155_010, 463_010, 155_040, 463_040)
    assert list(cover(at, 100).ids()) == ["E1550N4630"]
    assert list(cover(at, 500).ids()) == ["E1550N4630"]
    assert list(cover(at, 250).ids()) == ["E155000N463000"]


@pytest.mark.parametrize("cell_m", [100, 250, 500])
@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_codes_are_those_of_the_series_that_defines_rd(lon: float, lat: float, cell_m: int) -> None:
    x, y = rd_by_series(lon, lat)
    assert min(x % cell_m, y % cell_m, -x % cell_m, -y % cell_m) > 1 or lon == PLACES[0][0]
    x, y = (int(value + (1 if lon == PLACES[0][0] else 0)) // cell_m * cell_m for value in (x, y))
    expected = f"E{x:06d}N{y:06d}" if cell_m % 100 else f"E{x // 100:04d}N{y // 100:04d}"
    around = 2e-5 if lon == PLACES[0][0] else 0.0
    place = Point(lon + around, lat + around).buffer(1e-7)
    assert list(cover(place, cell_m).ids()) == [expected]


def test_codes_keep_their_zeros_and_elsewhere_name_their_system() -> None:
    one = np.array([1])
    assert list(cell_ids(Grid("EPSG:28992", 100), one * 13, one * 3055)) == ["E0013N3055"]
    assert list(cell_ids(Grid("EPSG:28992", 50), one * 27, one * 6111)) == ["E001350N305550"]
    ids = cover(box(-3.0, 51.58, -2.999, 51.581), 250).ids()
    assert all(re.fullmatch(r"CRS32630RES250mN57\d{5}E\d{6}", each) for each in ids)
    south = cover(box(-51.2, -30.01, -51.199, -30.009), 500).ids()
    assert all(each.startswith("CRS32722RES500mN66") for each in south)


shapes = st.lists(
    st.tuples(*(st.integers(0, 30) for _ in range(2)), *(st.integers(1, 9) for _ in range(2))),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(shapes, st.sampled_from([100, 250, 500, 37]))
def test_every_cell_of_an_area_is_there_once(corners, cell_m: int) -> None:
    parts = [
        rd_box(80_003 + 90 * x, 450_007 + 90 * y, 80_003 + 90 * (x + w), 450_007 + 90 * (y + h))
        for x, y, w, h in corners
    ]
    found = cover(gpd.GeoSeries(parts, crs=4326), cell_m)
    squares, ids = found.squares(), found.ids()
    assert len(set(ids)) == len(ids)
    area = shapely.union_all(parts)
    # the whole area is covered (to a hair), and no square lies outside it
    assert shapely.union_all(squares).buffer(1e-9).contains(area.buffer(-3e-7))
    assert shapely.intersects(area, squares).all()
    in_order = list(zip(found.row.tolist(), found.column.tolist(), strict=True))
    assert in_order == sorted(in_order)
    lon, lat = found.centres()
    assert shapely.contains_xy(squares, lon, lat).all()
    assert shapely.area(shapely.intersection(squares[:-1], squares[1:])).max(initial=0) < 1e-15
    groups = found.groups()
    assert len(groups) == len(ids)
    assert (groups >= 0).all()


def test_holes_and_distant_parts_have_no_cells() -> None:
    outer, hole = rd_box(80_000, 450_000, 84_000, 454_000), rd_box(81_000, 451_000, 83_000, 453_000)
    ring = outer.difference(hole)
    assert len(cover(outer, 500).row) == 64
    assert len(cover(ring, 500).row) == 48
    far = rd_box(280_000, 590_000, 280_500, 590_500)
    assert len(cover(MultiPolygon([ring, far]), 500).row) == 49


def test_what_only_touches_a_cell_is_not_in_it() -> None:
    assert list(cover(rd_box(80_000, 450_000, 80_500, 450_500), 500).ids()) == ["E0800N4500"]


def test_tables_series_and_geometries_are_the_same() -> None:
    shape = rd_box(80_000, 450_000, 81_000, 450_700)
    table = gpd.GeoDataFrame({"area_id": ["a"]}, geometry=[shape], crs=4326)
    expected = list(cover(shape, 250).ids())
    assert len(expected) == 12
    assert list(cover(table, 250).ids()) == list(cover(table.geometry, 250).ids()) == expected
    bow_tie = Polygon([(4.0, 52.0), (4.01, 52.01), (4.01, 52.0), (4.0, 52.01)])
    assert len(cover(bow_tie, 250).row) > 3


@pytest.mark.parametrize(
    ("area", "said"),
    [
        (gpd.GeoDataFrame({"area_id": []}, geometry=[], crs=4326), "no polygon"),
        (Polygon(), "no polygon"),
        (Point(4, 52), "no polygon"),
        (LineString([(4, 52), (5, 52)]), "no polygon"),
        (None, "no polygon"),
        (box(80_000, 450_000, 81_000, 451_000), "not in degrees"),
        ("Westland", "is no area"),
        (gpd.GeoSeries([box(4, 52, 5, 53)]), "no coordinate system"),
        (gpd.GeoSeries([box(4, 52, 5, 53)], crs=28992), "EPSG:28992"),
    ],
)
def test_what_is_no_area_is_refused(area: object, said: str) -> None:
    with pytest.raises(TableError, match=said):
        cover(area, 250)


@pytest.mark.parametrize("cell_m", [0, -250, 9, 20_000, 250.0, 0.5, "250", True, None])
def test_sides_that_are_none_are_refused(cell_m: object) -> None:
    with pytest.raises(ProjectError, match="whole number of metres from 10 to 10000"):
        cover(box(4, 52, 4.1, 52.1), cell_m)


def test_too_many_cells_name_a_side_that_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    area = rd_box(80_000, 450_000, 90_000, 460_000)
    monkeypatch.setattr(cells_module, "MOST_CELLS", 1_000)
    with pytest.raises(ProjectError, match=r"about \d+ cells of 250 m.*cells of (\d+) m") as caught:
        cover(area, 250)
    least = int(re.search(r"cells of (\d+) m or more", str(caught.value))[1])
    assert isinstance(cover(area, least + 20), Cells)
