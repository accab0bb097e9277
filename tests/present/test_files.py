"""sites.csv, areas.csv, result.xlsx, result.gpkg, travel_times.parquet and all of them together."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from dataclasses import replace

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from pandas.testing import assert_frame_equal

from geoaccess.errors import ProjectError
from geoaccess.present import map as map_module
from geoaccess.present.csvs import TABLE_FILES, defused, write_areas_csv, write_sites_csv
from geoaccess.present.geopackage import write_geopackage
from geoaccess.present.outputs import FILES, write_outputs, write_times
from geoaccess.present.records import area_records, practice_records, site_records
from geoaccess.present.workbook import write_workbook


def rows_of(path, delimiter=";"):
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=delimiter))


@pytest.fixture
def sites_csv(result, tmp_path):
    write_sites_csv(result, tmp_path / "sites.csv")
    return rows_of(tmp_path / "sites.csv")


def test_every_site_stays_in_order(result, sites_csv):
    assert [row["site_id"] for row in sites_csv] == result.sites["site_id"].tolist()


def test_columns_of_sites_are_fixed(sites_csv):
    assert list(sites_csv[0]) == [
        "site_id", "name", "lon", "lat", "residents", "area_id", "area_name", "minutes", "time_class",
        "reason", "reason_text", "practice_id", "practice_name", "minutes_2", "minutes_3",
        "practices_within_norm", "snap_m",
    ]  # fmt: skip


def test_numbers_are_dutch_and_rounded_without_contradiction(sites_csv):
    assert sites_csv[0]["minutes"] == "9,2"
    assert sites_csv[0]["residents"] == "120"
    assert sites_csv[3]["minutes"] == "30,0"
    assert sites_csv[4]["minutes"] == "30,1"
    assert sites_csv[2]["residents"] == ""


def test_unreachable_is_an_empty_cell_and_a_reason_in_code_and_words(sites_csv):
    lost, loose = sites_csv[9], sites_csv[10]
    assert (lost["minutes"], lost["reason"], lost["reason_text"]) == (
        "",
        "no_connection",
        "geen verbinding",
    )
    assert (lost["practice_id"], lost["minutes_2"]) == ("", "")
    assert (loose["minutes"], loose["snap_m"], loose["time_class"]) == ("", "", "geen gegevens")


def test_formulas_are_defused(sites_csv):
    assert sites_csv[3]["name"].startswith("'=HYPERLINK")
    assert sites_csv[6]["name"] == "'-2+3"
    assert sites_csv[3]["practice_name"].startswith("'=cmd")


@pytest.mark.parametrize("text", ["=1", "+1+1", "-a", "@x", " =1", "\uff1d1", "-2+3", "+31 15 123"])
def test_defused(text):
    assert defused(text) == "'" + text


@pytest.mark.parametrize("text", ["", "-", "-12", "+3,5", "a=1", "Park-West"])
def test_harmless_text_is_left_alone(text):
    assert defused(text) == text


def test_english_files_have_commas_and_points(make_result, tmp_path):
    write_sites_csv(make_result(language="en"), tmp_path / "sites.csv")
    row = rows_of(tmp_path / "sites.csv", ",")[9]
    assert row["reason_text"] == "no connection"
    assert rows_of(tmp_path / "sites.csv", ",")[0]["minutes"] == "9.2"


def test_a_spreadsheet_with_the_same_locale_reads_the_same_numbers(result, tmp_path):
    write_sites_csv(result, tmp_path / "sites.csv")
    back = pd.read_csv(tmp_path / "sites.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert np.allclose(back["lon"], result.sites.geometry.x, atol=1e-6)
    assert back["residents"].sum() == result.totals.residents
    assert (back["minutes"] > 30).sum() == 5


def test_areas_csv(result, tmp_path):
    write_areas_csv(result, tmp_path / "areas.csv")
    rows = rows_of(tmp_path / "areas.csv")
    assert [row["area_id"] for row in rows] == ["A", "B", "C", "D", "-"]
    assert (rows[0]["share_beyond"], rows[0]["rank"]) == ("0,4425", "2")
    assert (rows[2]["share_beyond"], rows[3]["rank"]) == ("", "")
    assert rows[4]["name"] == "buiten alle gebieden"


def test_optional_columns_and_fractions_are_kept(result):
    sites = result.sites.assign(kind="park", residents_low=[1.5] * 12, residents_high=3)
    records = site_records(replace(result, sites=sites))
    assert records["kind"].tolist() == ["park"] * 12
    assert records["residents_low"].tolist() == [1.5] * 12
    assert records["residents_high"].dtype == "Int64"


def test_made_up_data_say_so_in_every_table(make_result, tmp_path):
    made_up = make_result(made_up=True)
    for records in (site_records(made_up), area_records(made_up), practice_records(made_up)):
        assert set(records["label"]) == {"verzonnen demogegevens"}
    write_times(made_up, tmp_path / "times.parquet")
    about = json.loads(pq.read_schema(tmp_path / "times.parquet").metadata[b"geoaccess"])
    assert about["label"].startswith("VERZONNEN DEMOGEGEVENS")


@pytest.fixture
def book(result, tmp_path):
    write_workbook(result, tmp_path / "result.xlsx")
    return openpyxl.load_workbook(tmp_path / "result.xlsx")


def test_sheets(book):
    assert book.sheetnames == ["Toelichting", "Locaties", "Gebieden", "Praktijken"]
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert sheet.freeze_panes == "C2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert all(sheet.column_dimensions[cell.column_letter].width >= 11 for cell in sheet[1])
        assert all(isinstance(cell.value, str) for cell in sheet[1])
    assert [book[name].max_row for name in book.sheetnames[1:]] == [13, 6, 6]


def test_cells_are_real_numbers_and_text_is_never_a_formula(book):
    sheet = book["Locaties"]
    column = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, column["Reistijd (min)"]).value == 9.2
    assert sheet.cell(2, column["Reistijd (min)"]).number_format == "0.0"
    assert sheet.cell(2, column["Bewoners"]).value == 120
    assert sheet.cell(11, column["Reistijd (min)"]).value is None
    assert sheet.cell(11, column["Reden"]).value == "geen verbinding"
    for row in book.worksheets[1].iter_rows():
        assert all(cell.data_type != "f" for cell in row)
    assert sheet.cell(5, column["Naam"]).value.startswith("=HYPERLINK")
    assert book["Gebieden"]["I2"].number_format == "0.0%"


def test_the_explanation_holds_what_a_reader_needs(book):
    text = "\n".join(
        str(cell.value)
        for row in book["Toelichting"].iter_rows()
        for cell in row
        if cell.value is not None
    )
    for part in (
        "860 van 1.049 arbeidsmigranten", "dinsdag 24 november 2026", "08:00", "sites.csv", "gtfs.zip",
        "Rang", "3 haltes liggen buiten het wegennet", "Norm (min)", "geoaccess 0.1.0", "verbinding",
    ):  # fmt: skip
        assert part in text


def test_english_workbook(make_result, tmp_path):
    write_workbook(make_result(language="en", made_up=True), tmp_path / "result.xlsx")
    book = openpyxl.load_workbook(tmp_path / "result.xlsx")
    assert book.sheetnames == ["Notes", "Sites", "Areas", "Practices"]
    assert book["Notes"]["A2"].value.startswith("MADE-UP DEMO DATA")


def test_geopackage_opens_with_its_layers(result, tmp_path):
    path = tmp_path / "result.gpkg"
    write_geopackage(result, path)
    assert {name for name, _ in pyogrio.list_layers(path)} == {"sites", "practices", "areas"}
    sites = gpd.read_file(path, layer="sites")
    assert sites.crs.to_epsg() == 28992
    assert sites["site_id"].tolist() == result.sites["site_id"].tolist()
    assert sites["minutes"].isna().sum() == 2
    assert sites["reason"].tolist()[9:11] == ["no_connection", "not_linked"]
    assert sites.to_crs(4326).geometry.geom_equals_exact(result.sites.geometry, 1e-6).all()
    areas = gpd.read_file(path, layer="areas")
    assert set(areas.geom_type.dropna()) == {"MultiPolygon"}
    assert areas.geometry.isna().tolist() == [False] * 4 + [True]
    with sqlite3.connect(path) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        assert database.execute("select count(*) from sites where minutes is null").fetchone() == (
            2,
        )
    database.close()


def test_no_areas_and_other_countries(result, tmp_path):
    abroad = replace(
        result,
        sites=result.sites.set_geometry(result.sites.geometry.translate(-7.2, -0.4)),
        practices=result.practices.set_geometry(result.practices.geometry.translate(-7.2, -0.4)),
        areas=result.areas.iloc[:0],
        background=None,
    )
    write_outputs(abroad, tmp_path)
    sites = gpd.read_file(tmp_path / "result.gpkg", layer="sites")
    assert sites.crs.to_epsg() == 32630
    assert len(gpd.read_file(tmp_path / "result.gpkg", layer="areas")) == 0


def test_all_files_are_written_twice_the_same(result, tmp_path):
    first = write_outputs(result, tmp_path / "a" / "b")
    second = write_outputs(result, tmp_path / "c")
    names = [name for name in FILES if name not in TABLE_FILES]
    assert [path.name for path in first] == names
    assert sorted(path.name for path in (tmp_path / "c").iterdir()) == sorted(names)
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_a_result_is_not_changed_by_writing_it(result, tmp_path):
    before = (
        result.sites.copy(),
        result.practices.copy(),
        result.areas.copy(),
        result.times.copy(),
    )
    write_outputs(result, tmp_path)
    for table, old in zip(
        (result.sites, result.practices, result.areas, result.times), before, strict=True
    ):
        assert_frame_equal(pd.DataFrame(table), pd.DataFrame(old))


def test_times_keep_their_numbers(result, tmp_path):
    write_times(result, tmp_path / "times.parquet")
    assert_frame_equal(pd.read_parquet(tmp_path / "times.parquet"), result.times, check_dtype=False)


def test_an_error_half_way_leaves_everything_as_it_was(result, tmp_path, monkeypatch):
    (tmp_path / "sites.csv").write_text("old")

    def broken(*_):
        raise RuntimeError("no map today")

    monkeypatch.setattr(map_module, "make_map", broken)
    with pytest.raises(RuntimeError):
        write_outputs(result, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["sites.csv"]
    assert (tmp_path / "sites.csv").read_text() == "old"


def test_a_folder_that_cannot_be_written_is_a_clear_error(result, tmp_path):
    (tmp_path / "maps").write_text("a file")
    with pytest.raises(ProjectError, match=r"maps.*choose another output folder"):
        write_outputs(result, tmp_path / "maps")
