from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from geoaccess.errors import Fault, TableError
from geoaccess.load.sites import load_sites
from geoaccess.tables import check_points, notes

Write = Callable[..., Path]


def faults_of(path: Path, **options: str) -> tuple[Fault, ...]:
    with pytest.raises(TableError) as caught:
        load_sites(path, **options)
    return caught.value.faults


def said(path: Path, **options: str) -> str:
    """All messages of a refused file, also those beyond the first twenty."""
    return "\n".join(map(str, faults_of(path, **options)))


def noted(table: pd.DataFrame) -> str:
    return "\n".join(notes(table))


def test_plain_csv(write: Write) -> None:
    table = load_sites(
        write("a.csv", "site_id,name,lon,lat,residents\nA,Kas,4.25,52.0,12\nB,,4.3,52.1,\n")
    )
    assert list(table.columns) == ["site_id", "name", "geometry", "residents"]
    assert list(table.site_id) == ["A", "B"]
    assert list(table.name) == ["Kas", None]
    assert table.residents.dtype == np.float64
    assert table.residents.iloc[0] == 12
    assert np.isnan(table.residents.iloc[1])
    assert table.crs.to_epsg() == 4326
    assert (table.geometry.x[0], table.geometry.y[0]) == (4.25, 52.0)
    assert isinstance(table.index, pd.RangeIndex)
    assert table.attrs["source"] == "a.csv"
    assert "unknown for 1 of 2 sites" in noted(table)
    check_points(table, "site_id", "sites")


def test_dutch_csv_of_excel(write: Write) -> None:
    text = (
        "Locatie-ID;Náám;Aantal bewoners;X-coördinaat;Y-coördinaat;Gemeentecode;Soort locatie\r\n"
        "007;Café € Hoekje;1.234;85123,5;447231,25;GM1783 ;polenhotel\r\n"
        "8;;onbekend;85200;447300;;\r\n"
        ";;;;;;\r\n"
    )
    for coding in ("cp1252", "utf-8-sig", "utf-16", "utf-16-le"):
        table = load_sites(write("a.csv", text, coding))
        assert list(table.site_id) == ["007", "8"]
        assert table.name[0] == "Café € Hoekje"
        assert table.residents[0] == 1234
        assert np.isnan(table.residents[1])
        assert list(table.area_id) == ["GM1783", None]
        assert list(table.kind) == ["polenhotel", None]
        assert abs(table.geometry.x[0] - 4.39) < 0.05
        assert "RD (EPSG:28992) from 'X-coördinaat', 'Y-coördinaat'" in noted(table)
        assert "'1.234' (row 2) is 1234 residents" in noted(table)
        assert "1 wholly empty row" in noted(table)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(write: Write, separator: str) -> None:
    text = "sep=;\n" if separator == ";" else ""
    text += (
        separator.join(["id", "lon", "lat"]) + "\n" + separator.join(["A", "4.2", "52.0"]) + "\n"
    )
    assert list(load_sites(write("a.csv", text)).site_id) == ["A"]


def test_rows_are_counted_as_the_user_sees_them(write: Write) -> None:
    text = 'Overzicht locaties\n\nid,lon,lat,naam\nA,4.2,52,x\n\nB,4.2,52,\'een\n"C",4.2,,"twee\nregels"\nB,4.2,52,\n'
    faults = faults_of(write("a.csv", text))
    assert [(fault.row, fault.column) for fault in faults] == [(7, "lat"), (8, "id")]
    assert "first used in row 6" in faults[1].problem


def test_all_faults_at_once(write: Write) -> None:
    text = (
        "id;naam;bewoners;lat;lon\n"
        "A;x;-4;52,0;4,2\n"
        "A;x;12,5;52,0;4,2\n"
        ";x;ca. 40;52,0;4,2\n"
        "D;x;3;;4,2\n"
        "E;x;3;0;0\n"
        "F;x;3;4,2;52,0\n"
        "G;x;#N/B;52,0;4,2\n"
        "H;x;3;noord;4,2\n"
        "I;x;3;447231;85123\n"
        "J;x;3;52,0;14,2\n"
        "K;x;3;952,0;4,2\n"
    )
    faults = faults_of(write("a.csv", text))
    found = {
        (fault.row, fault.column, fault.problem.split(":")[0].split(",")[0]) for fault in faults
    }
    assert found == {
        (2, "bewoners", "negative number of residents"),
        (3, "id", "duplicate id"),
        (3, "bewoners", "not a whole number of residents"),
        (4, "id", "empty id"),
        (4, "bewoners", "not a number"),
        (5, "lat", "missing coordinates"),
        (6, "lon, lat", "coordinates 0"),
        (7, "lon, lat", "swapped coordinates"),
        (8, "bewoners", "the formula in this cell failed"),
        (9, "lat", "not a coordinate"),
        (10, "lon, lat", "mixed coordinate systems"),
        (11, "lon, lat", "this place is 684 km from the middle of the other rows"),
        (12, "lon, lat", "coordinates outside the range of longitude and latitude (EPSG"),
    }
    assert all(fault.file == "a.csv" and fault.remedy for fault in faults)
    assert faults[0].value == "-4"


def test_swapped_columns_are_one_fault(write: Write) -> None:
    for columns, rows in (
        ("lon,lat", ["52.0,4.2", "52.1,4.3"]),
        ("x,y", ["447231,85123", "447300,85200"]),
        ("lon,lat", ["-30.0,-151.2", "-30.1,-151.1"]),
    ):
        text = f"id,{columns}\n" + "".join(f"{k},{row}\n" for k, row in enumerate(rows))
        (fault,) = faults_of(write("a.csv", text))
        assert "all coordinates are swapped" in fault.problem
        assert "swap the two columns" in (fault.remedy or "")


def test_a_swapped_row_abroad_is_told_by_the_others(write: Write) -> None:
    (fault,) = faults_of(write("a.csv", "id,lon,lat\nA,-3.0,51.6\nB,-3.1,51.5\nC,51.6,-3.0\n"))
    assert fault.row == 4
    assert "swapped" in fault.problem


def test_abroad(write: Write) -> None:
    table = load_sites(write("a.csv", "id,lat,lon\nA,-30.05,-51.2\nB,-30.1,-51.1\n"))
    assert list(table.geometry.y) == [-30.05, -30.1]


def test_stated_system(write: Write) -> None:
    path = write("a.csv", "id,x,y\nA,331000,188000\nB,332000,188500\n")
    assert "swapped" in said(path)
    table = load_sites(path, crs="EPSG:27700")
    assert abs(table.geometry.y[0] - 51.586) < 0.01
    assert "27700" in noted(table)
    assert "unknown coordinate system" in said(path, crs="EPSG:99999999")
    assert "which was stated" in said(write("b.csv", "id,lon,lat\nA,4.2,52\n"), crs="EPSG:28992")


def test_marks_between_thousands_of_metres(write: Write) -> None:
    table = load_sites(write("a.csv", "id;x;y\nA;85.123;447.231\nB;85.124;447.232\n"))
    assert abs(table.geometry.y[0] - 52.0) < 0.05
    assert "between thousands" in noted(table)


def test_three_decimals_of_a_degree_are_decimals(write: Write) -> None:
    table = load_sites(write("a.csv", "id;lon;lat\nA;4,123;52,012\n"))
    assert (table.geometry.x[0], table.geometry.y[0]) == (4.123, 52.012)


def test_thousands_in_doubt_are_faults(write: Write) -> None:
    text = "id;lon;lat;bewoners\nA;4,1;52;1.234\nB;4,1;52;1,234\n"
    assert [fault.row for fault in faults_of(write("a.csv", text))] == [2, 3]


def test_missing_columns(write: Write) -> None:
    faults = faults_of(write("a.csv", "naam,bewoners\nx,3\n"))
    assert [fault.column for fault in faults] == ["site_id", "lon, lat"]
    assert "'naam', 'bewoners'" in faults[0].problem
    assert "PDOK" in said(write("b.csv", "id,adres,postcode\nA,Dam 1,1012AB\n"))
    assert "partner lat" in said(write("c.csv", "id,lon\nA,4.2\n"))
    assert "no column names" in said(write("d.csv", "A1,Kas,4.2,52.0\nA2,Kas,4.2,52.0\n"))
    assert "more than once" in said(write("e.csv", "id,lon,lat,naam,naam\nA,4.2,52,x,y\n"))


def test_capacity_is_not_residents(write: Write) -> None:
    table = load_sites(write("a.csv", "id,lon,lat,capaciteit\nA,4.2,52,80\n"))
    assert np.isnan(table.residents[0])
    assert table.residents_high[0] == 80
    assert "'capaciteit' is a number of places, not of residents" in noted(table)


def test_bounds_of_residents(write: Write) -> None:
    path = write("a.csv", "id,lon,lat,bewoners,bewoners_min,bewoners_max\nA,4.2,52,5,6,4\n")
    assert len(faults_of(path)) == 3
    path = write("a.csv", "id,lon,lat,bewoners,bewoners_min,bewoners_max\nA,4.2,52,5,,8\n")
    assert load_sites(path).residents_high[0] == 8


def test_codes_for_missing_values_never_become_numbers(write: Write) -> None:
    table = load_sites(write("a.csv", "id,lon,lat,inwoners\nA,4.2,52,-99997\nB,4.2,52,7\n"))
    assert np.isnan(table.residents[0])
    assert "unknown: 1" in noted(table)


def test_columns_not_used_are_named(write: Write) -> None:
    table = load_sites(write("a.csv", "id,lon,lat,beheerder,inwoners,bewoners\nA,4.2,52,X,3,5\n"))
    assert table.residents[0] == 5
    assert "'beheerder', 'inwoners'" in noted(table)
    assert "residents was read from 'bewoners', not from 'inwoners'" in noted(table)


def test_wkt(write: Write) -> None:
    path = write("a.csv", 'id,centroide_ll\nA,POINT(4.2 52.0)\nB,"POINT(4.3 52.1)"\n')
    assert list(load_sites(path).geometry.x) == [4.2, 4.3]
    path = write("a.csv", "id;wkt\nA;POINT(4.2 52.0)\nB;POINT(4\nC;\n")
    assert [fault.problem for fault in faults_of(path)] == ["not a place", "missing coordinates"]


def test_workbook(workbook: Write) -> None:
    rows = [
        ["Overzicht", None, None, None],
        ["ID", "lon", "lat", "bewoners"],
        ["007", 4.2, 52.0, 12],
    ]
    path = workbook(
        {"Leeg": [], "Uitleg": [["lees mij"]], "Locaties": [*rows, [8, 4.3, 52.1, None]]}
    )
    table = load_sites(path)
    assert list(table.site_id) == ["007", "8"]
    assert "Sheet 'Locaties' was read" in noted(table)
    assert "row 2" in noted(table)


def test_header_over_two_rows_of_merged_cells(workbook: Write) -> None:
    rows = [["id", "plek", None, "bewoners"], [None, "lon", "lat", None], ["A", 4.2, 52.0, 3]]
    table = load_sites(workbook({"Blad1": rows}))
    assert table.residents[0] == 3
    assert "rows 1 and 2" in noted(table)


def test_typed_fraction_is_no_thousand(workbook: Write) -> None:
    rows = [["id", "lon", "lat", "bewoners"], ["A", 4.2, 52.0, 1.234], ["B", 4.2, 52.0, True]]
    problems = [fault.problem for fault in faults_of(workbook({"Blad1": rows}))]
    assert problems == ["not a whole number of residents", "not a number"]


def test_formula_without_result(workbook: Write) -> None:
    rows = [["id", "lon", "lat", "bewoners"], ["A", 4.2, 52.0, "=6*7"]]
    (fault,) = faults_of(workbook({"Blad1": rows}))
    assert (fault.row, fault.value) == (2, "=6*7")


def test_gis_files(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame(
        {"id": [1.0, 2.0], "naam": ["x", None], "bewoners": [3, 4]},
        geometry=[Point(85000, 447000), box(85000, 447000, 85100, 447100)],
        crs=28992,
    )
    points.to_file(tmp_path / "a.gpkg")
    points.to_file(tmp_path / "a.fgb")
    points.to_parquet(tmp_path / "a.parquet")
    points.to_crs(4326).to_file(tmp_path / "a.geojson")
    for name in ("a.gpkg", "a.fgb", "a.parquet", "a.geojson"):
        table = load_sites(tmp_path / name).set_index("site_id")
        assert set(table.index) == {"1", "2"}
        assert table.geometry.x.between(4.367, 4.369).all()
        assert table.residents["2"] == 4
        assert "(1 polygon)" in noted(table)


def test_geojson_in_rd_is_told_by_its_values(write: Write) -> None:
    feature = (
        '{"type":"Feature","properties":{"id":"A"},"geometry":{"type":"Point","coordinates":[%s]}}'
    )
    text = '{"type":"FeatureCollection","features":[' + feature % "85000,447000" + "]}"
    table = load_sites(write("a.geojson", text))
    assert abs(table.geometry.y[0] - 52.0) < 0.05
    text = '{"type":"FeatureCollection","features":[' + feature % "52.0,4.2" + "]}"
    assert "all coordinates are swapped" in said(write("b.geojson", text))


def test_lines_and_nothing_are_no_places(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame(
        {"id": ["A", "B", "C"]},
        geometry=[LineString([(4, 52), (5, 52)]), None, Point(4, 52)],
        crs=4326,
    )
    table.to_file(tmp_path / "a.gpkg")
    problems = [fault.problem for fault in faults_of(tmp_path / "a.gpkg")]
    assert problems == ["a LineString is no place", "missing coordinates"]


def test_plain_parquet_with_the_id_as_index(tmp_path: Path) -> None:
    frame = pd.DataFrame({"lon": [4.2], "lat": [52.0]}, index=pd.Index(["007"], name="site_id"))
    frame.to_parquet(tmp_path / "a.parquet")
    assert list(load_sites(tmp_path / "a.parquet").site_id) == ["007"]


def test_layers(tmp_path: Path) -> None:
    sites = gpd.GeoDataFrame({"id": ["A"]}, geometry=[Point(4, 52)], crs=4326)
    other = gpd.GeoDataFrame({"note": ["A"]}, geometry=[Point(4, 52)], crs=4326)
    other.to_file(tmp_path / "a.gpkg", layer="other")
    sites.to_file(tmp_path / "a.gpkg", layer="sites")
    assert "Layer 'sites' was read" in noted(load_sites(tmp_path / "a.gpkg"))
    sites.to_file(tmp_path / "a.gpkg", layer="more")
    assert "several layers" in said(tmp_path / "a.gpkg")


def test_twenty_thousand_sites_in_well_under_a_second(write: Write) -> None:
    rows = "".join(f"S{k};naam {k};{k % 90};4,{2000 + k};52,{1000 + k}\n" for k in range(20_000))
    path = write("a.csv", "id;naam;bewoners;lon;lat\n" + rows)
    start = time.process_time()
    table = load_sites(path)
    assert len(table) == 20_000
    assert time.process_time() - start < 1.5  # about 0.35 s; room for a slow machine


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 99_999), st.floats(3.5, 7.0), st.floats(51.0, 53.0)),
        min_size=1,
        max_size=8,
    ),
    comma=st.booleans(),
)
def test_numbers_survive_both_decimal_marks(
    tmp_path: Path, rows: list[tuple[int, float, float]], *, comma: bool
) -> None:
    lines = ["id;bewoners;lon;lat"]
    lines += [f"{k};{people};{lon!r};{lat!r}" for k, (people, lon, lat) in enumerate(rows)]
    text = "\n".join(lines)
    (tmp_path / "a.csv").write_text(text.replace(".", ",") if comma else text, encoding="utf-8")
    table = load_sites(tmp_path / "a.csv")
    assert list(table.residents) == [people for people, _, _ in rows]
    assert list(table.geometry.x) == [lon for _, lon, _ in rows]
    assert list(table.geometry.y) == [lat for _, _, lat in rows]


def test_real_tables(shared: Path) -> None:
    table = load_sites(shared / "reference" / "newport_sites.csv")
    assert (len(table), table.residents.sum()) == (
        300,
        pd.read_csv(shared / "reference" / "newport_sites.csv").residents.sum(),
    )
    hexagons = load_sites(shared / "poa_brazil" / "poa_hexgrid.csv")
    assert len(hexagons) == 1227
    assert "Not used: 3 columns" in noted(hexagons)
