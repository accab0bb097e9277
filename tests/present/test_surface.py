"""The access surface in files, on the page and on the sheet."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import box

from geoaccess.access.cells import Grid, cover
from geoaccess.access.reason import reasons
from geoaccess.present.classes import NO_DATA, UNREACHABLE
from geoaccess.present.csvs import TABLE_FILES
from geoaccess.present.figure import make_figure
from geoaccess.present.findings import surface_classes, surface_counts, surface_words
from geoaccess.present.map import make_map
from geoaccess.present.map_surface import FIT_M, _fits, surface_parts
from geoaccess.present.outputs import FILES, write_outputs
from geoaccess.present.records import surface_records
from geoaccess.present.regions import regions
from geoaccess.result import Result
from tests.present.test_map_browser import visit  # noqa: F401  a fixture

WITHOUT_VISITS = [name for name in FILES if name not in TABLE_FILES]


def surface_of(practices: gpd.GeoDataFrame, area: Any, cell_m: int) -> gpd.GeoDataFrame:
    """Made-up times that grow from west to east; the last columns are out of reach, the first not linked."""
    cells = cover(area, cell_m)
    part = (cells.column - cells.column.min()) / max(1, np.ptp(cells.column))
    minutes = np.where(part > 0.9, np.inf, np.round(80 * part * 60) / 60)
    linked = part > 0.1
    minutes[~linked] = np.inf
    keys = practices["practice_id"].to_numpy(object)
    table = pd.DataFrame(
        {
            "cell_id": cells.ids(),
            "east_m": cells.column * cell_m,
            "north_m": cells.row * cell_m,
            "minutes_p10": minutes * 0.5,
            "minutes_p50": minutes,
            "practice_id": pd.Series(
                np.where(np.isfinite(minutes), keys[cells.row % len(keys)], None), dtype=object
            ),
            "snap_m": np.where(linked, 12.0, np.nan),
            "reason": reasons(pd.Series(minutes), pd.Series(linked), 30),
        }
    )
    found = gpd.GeoDataFrame(table, geometry=cells.squares(), crs=4326)
    found.attrs = {"cell_m": cell_m, "crs": cells.grid.crs, "notes": ["one note"]}
    return found


def with_surface(result: Result, cell_m: int = 500) -> Result:
    west, south, east, north = result.sites.total_bounds
    return replace(
        result, surface=surface_of(result.practices, box(west, south, east, north), cell_m)
    )


def test_files_hold_every_cell(result, tmp_path) -> None:
    covered = with_surface(result)
    written = write_outputs(covered, tmp_path / "with")
    assert [path.name for path in written] == [*WITHOUT_VISITS, "surface.parquet"]
    assert all(path.exists() for path in written)
    cells = gpd.read_parquet(tmp_path / "with" / "surface.parquet")
    assert cells["cell_id"].tolist() == covered.surface["cell_id"].tolist()
    assert cells.crs.equals("EPSG:4326")
    lost = ~np.isfinite(covered.surface["minutes_p50"])
    assert (cells["minutes_p50"].isna() == lost).all()
    assert shapely.equals_exact(
        cells.geometry.to_numpy(), covered.surface.geometry.to_numpy(), 1e-12
    ).all()
    schema = pq.read_schema(tmp_path / "with" / "surface.parquet")
    about = json.loads(schema.metadata[b"geoaccess"])
    assert (about["cell_m"], about["crs"], about["date"]) == (500, "EPSG:28992", "2026-11-24")
    layers = dict(pyogrio.list_layers(tmp_path / "with" / "result.gpkg"))
    assert layers["surface"] == "Polygon"
    rows = gpd.read_file(tmp_path / "with" / "result.gpkg", layer="surface")
    assert rows["cell_id"].tolist() == cells["cell_id"].tolist()
    assert rows.crs.equals("EPSG:28992")
    assert (rows["minutes"].isna() == lost).all()
    assert set(rows.loc[lost, "reason_text"]) == {
        "geen verbinding",
        "sluit niet aan op het wegennet",
    }
    corner = rows.geometry.bounds.iloc[0]
    assert corner["minx"] == pytest.approx(covered.surface["east_m"].iloc[0], abs=0.01)


def test_without_a_surface_nothing_of_it_is_written(result, tmp_path) -> None:
    names = [path.name for path in write_outputs(result, tmp_path)]
    assert names == WITHOUT_VISITS
    assert "surface" not in dict(pyogrio.list_layers(tmp_path / "result.gpkg"))
    page = (tmp_path / "map.html").read_text("utf-8")
    assert 'data-layer="surface"' not in page
    assert "legend-surface" not in page
    assert surface_records(result).empty


def test_the_workbook_is_the_same(result, tmp_path) -> None:
    values = []
    for name, each in (("a", result), ("b", with_surface(result))):
        write_outputs(each, tmp_path / name)
        book = openpyxl.load_workbook(tmp_path / name / "result.xlsx")
        values.append({sheet.title: list(sheet.values) for sheet in book})
    assert values[0] == values[1]


def test_records_name_practices_and_say_that_data_are_made_up(make_result) -> None:
    records = surface_records(with_surface(make_result(made_up=True)))
    named = records.dropna(subset="practice_id")
    assert set(named.loc[named["practice_id"] == "P1", "practice_name"]) == {"Huisartsen Dorp"}
    assert set(named.loc[named["practice_id"] == "P3", "practice_name"]) == {"P3"}
    assert set(records["label"]) == {"verzonnen demogegevens"}
    assert records.loc[records["practice_id"].isna(), "practice_name"].isna().all()


def test_counts_are_those_of_the_cells(result) -> None:
    covered = with_surface(result)
    counts = surface_counts(covered)
    assert sum(counts) == len(covered.surface)
    reason = covered.surface["reason"]
    assert counts[UNREACHABLE] == (reason == "no_connection").sum() > 0
    assert counts[NO_DATA] == (reason == "not_linked").sum() > 0
    assert surface_words(covered) == (
        "Reistijd vanuit elk vak van 500 x 500 m, ongeacht of er iemand woont"
    )
    english = replace(covered, context=replace(covered.context, language="en"))
    assert "whether or not anyone lives there" in surface_words(english)
    assert surface_words(result) == ""


@pytest.mark.parametrize(
    ("crs", "x", "y"),
    [
        ("EPSG:28992", (10_000, 280_000), (305_000, 615_000)),
        ("EPSG:32630", (3e5, 7e5), (5.5e6, 6e6)),
    ],
)
def test_the_page_places_cells_to_the_metre_wherever_they_are(crs, x, y) -> None:
    random = np.random.default_rng(1)
    grid = Grid(crs, 250)
    column, row = (random.integers(low // 250, high // 250, 400) for low, high in (x, y))
    to_degrees, to_cells = _fits(grid, column, row)
    back = Transformer.from_crs(crs, 4326, always_xy=True)
    degrees = np.column_stack(back.transform(column * 250.0, row * 250.0))
    placed = evaluated(to_degrees, np.column_stack([column, row]))
    off = (
        (placed - degrees)
        * 111_195
        * np.column_stack([np.cos(np.radians(degrees[:, 1])), np.ones(400)])
    )
    assert np.abs(off).max() < FIT_M
    assert np.abs(evaluated(to_cells, degrees) - np.column_stack([column, row])).max() < FIT_M / 250


def evaluated(fit: dict[str, Any], given: np.ndarray) -> np.ndarray:
    u, v = ((given - fit["middle"]) / fit["half"]).T
    powers = [(a, b) for a in range(fit["degree"] + 1) for b in range(fit["degree"] + 1 - a)]
    return np.column_stack(
        [
            sum(factor * u**a * v**b for factor, (a, b) in zip(fit[key], powers, strict=True))
            for key in ("first", "second")
        ]
    )


def test_the_page_holds_a_class_a_time_and_a_practice_for_every_cell(result) -> None:
    covered = with_surface(result)
    (part,) = surface_parts(covered, regions(covered))
    count = len(covered.surface)
    assert sum(run[2] for run in part["runs"]) == count
    assert part["style"] == "".join(map(str, surface_classes(covered)))
    assert len(part["tenths"]) == len(part["practice"]) == count
    lost = ~np.isfinite(covered.surface["minutes_p50"].to_numpy())
    assert (np.array(part["tenths"]) == -1).tolist() == lost.tolist()
    assert (np.array(part["practice"]) == -1).tolist() == lost.tolist()


def test_one_row_one_cell_and_views_without_cells(result, make_region) -> None:
    practices = result.practices
    one = replace(
        result, surface=surface_of(practices, shapely.Point(4.25, 52.0).buffer(1e-6), 500)
    )
    (part,) = surface_parts(one, regions(one))
    assert part["runs"][0][2] == len(one.surface) == 1
    make_map(one)
    region = make_region()
    west = replace(region, surface=surface_of(practices, box(4.2, 52.0, 4.3, 52.05), 500))
    first, second = surface_parts(west, regions(west))
    assert first is not None
    assert second is None
    make_map(west)


def test_the_sheet_shows_the_cells_and_says_what_they_are(result) -> None:
    covered = with_surface(result)
    sheet = make_figure(covered)
    said = " ".join(text.get_text() for text in sheet.texts)
    assert "vanuit elk vak van 500 x 500 m," in said
    assert "Aandeel bewoners buiten de norm, per gebied" not in said
    axes = sheet.axes[-1]
    assert len(axes.collections) > len(make_figure(result).axes[-1].collections)


@pytest.mark.browser
def test_cells_can_be_asked_and_switched_off(visit, result) -> None:  # noqa: F811
    covered = with_surface(result)
    seen = visit(covered)
    assert seen.count(".leaflet-surface-pane canvas") == 1
    cell = covered.surface[covered.surface["reason"] == "beyond_norm"].iloc[7]
    lon, lat = cell.geometry.centroid.coords[0]
    ask = f"""() => {{
        const map = window.geoaccess.maps[0].map;
        map.fire("click", {{latlng: L.latLng({lat}, {lon})}});
    }}"""
    seen.page.evaluate(ask)
    said = seen.page.locator(".leaflet-popup-content").inner_text()
    assert f"Vak {cell['cell_id']}" in said
    assert "ongeacht of er iemand woont" in said
    shown = f"{np.round(cell['minutes_p50'], 1):g}".replace(".", ",")
    assert f"Reistijd (min)\t{shown}" in said
    seen.page.evaluate("() => window.geoaccess.maps[0].map.closePopup()")
    seen.page.wait_for_timeout(400)
    area = "() => getComputedStyle(document.querySelector('.leaflet-areas-pane path')).fillOpacity"
    assert seen.page.evaluate(area) == "0"
    seen.page.locator("[data-layer='surface']").uncheck()
    assert seen.count(".leaflet-surface-pane canvas") == 0
    assert seen.page.evaluate(area) == "1"
    seen.page.evaluate(ask)
    assert seen.count(".leaflet-popup-content") == 0
    seen.page.locator("[data-layer='surface']").check()
    assert seen.count(".leaflet-surface-pane canvas") == 1
    assert seen.requests == []
    assert seen.complaints == []


@pytest.mark.browser
def test_a_click_on_a_cell_is_not_caught_by_the_area_above_it(visit, result) -> None:  # noqa: F811
    covered = with_surface(result)
    inside = covered.areas.geometry.iloc[1].intersection(covered.areas.union_all().envelope)
    free = inside.difference(shapely.MultiPoint(covered.sites.geometry.to_list()).buffer(0.01))
    place = free.representative_point()
    cell = covered.surface[covered.surface.contains(place)].iloc[0]
    seen = visit(covered)
    x, y = seen.page.evaluate(
        f"""() => {{
            const map = window.geoaccess.maps[0].map, box = map.getContainer().getBoundingClientRect();
            const at = map.latLngToContainerPoint([{place.y}, {place.x}]);
            return [box.left + at.x, box.top + at.y];
        }}"""
    )
    seen.page.mouse.click(x, y)
    assert f"Vak {cell['cell_id']}" in seen.page.locator(".leaflet-popup-content").inner_text()


@pytest.mark.browser
def test_every_cell_is_found_where_it_lies(visit, result) -> None:  # noqa: F811
    covered = with_surface(result)
    seen = visit(covered)
    places = [shape.centroid.coords[0] for shape in covered.surface.geometry]
    names = seen.page.evaluate(
        """places => {
            const map = window.geoaccess.maps[0].map;
            return places.map(([lon, lat]) => {
                map.fire("click", {latlng: L.latLng(lat, lon)});
                return [...document.querySelectorAll(".leaflet-popup-content h3")].pop().textContent;
            });
        }""",
        places[::9],
    )
    assert names == [f"Vak {name}" for name in covered.surface["cell_id"].iloc[::9]]


@pytest.mark.browser
def test_a_hundred_thousand_cells_stay_usable(visit, result) -> None:  # noqa: F811
    covered = with_surface(result, 41)
    assert len(covered.surface) > 80_000
    seen = visit(covered)
    took = seen.page.evaluate(
        """() => {
            const start = performance.now();
            window.geoaccess.maps[0].map.setZoom(13, {animate: false});
            return performance.now() - start;
        }"""
    )
    assert took < 2_000
    assert seen.complaints == []
    assert len(make_map(covered).html) < 3_000_000
