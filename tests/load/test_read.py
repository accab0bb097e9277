from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from geoaccess.errors import TableError
from geoaccess.load import sheets
from geoaccess.load.headers import match_headers
from geoaccess.load.read import read_table

Write = Callable[..., Path]


def fits(headers: Sequence[str]) -> bool:
    return {"id", "lon"} <= set(headers)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b" \n\n", "the file is empty"),
        ("a.csv", b"id,lon,lat\n", "the table has no rows"),
        ("a.csv", b"id,lon,lat\n,,\n , ,\n", "the table has no rows"),
        ("a.csv", b"PK\x03\x04xxxx", "this is an Excel workbook, not a CSV"),
        ("a.csv", b"<!DOCTYPE html><html>", "this is a web page or XML, not a CSV"),
        ("a.csv", b"id,lon\n\x00\x01\x02", "this is not a text file"),
        ("a.csv", b"\x81\x8d\x8f", "this is not a text file"),
        ("a.csv", b'id,lon\n"A,4\nB,5\n', "quotation mark"),
        ("a.xlsx", b"<html><table>", r"this is a web page \(HTML\), not a workbook"),
        ("a.xlsx", b"id;lon\nA;4\n", "this is not a workbook"),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 600, "the workbook is damaged"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 600, "old .xls workbook, or one with a password"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "unknown file type '.xls'.*save it as .xlsx"),
        ("a.ods", b"PK", "unknown file type"),
        ("a", b"id,lon\n", "unknown file type ''"),
        ("a.geojson", b"id,lon\n", "this is not GeoJSON"),
        ("a.geojson", b'{"type": "FeatureCollection"', "cannot be read as a GIS file"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "no rows|cannot be read"),
        ("a.geojson", b"<OGRVRTDataSource/>", "this is not GeoJSON"),
        ("a.gpkg", b"junk", "this is not a GeoPackage"),
        ("a.gpkg", b"SQLite format 3\x00" + b"x" * 600, "cannot be read as a GIS file"),
        ("a.shp", b"junk", "this is not a .shp file"),
        ("a.parquet", b"PAR1junkPAR1", "cannot be read as Parquet"),
    ],
)
def test_files_that_cannot_be_read(write: Write, name: str, content: bytes, problem: str) -> None:
    with pytest.raises(TableError, match=problem) as caught:
        read_table(write(name, content), fits)
    (fault,) = caught.value.faults
    assert fault.file == name
    assert fault.remedy


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"nowhere.csv: file not found"):
        read_table(tmp_path / "nowhere.csv", fits)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(TableError, match="this is a folder"):
        read_table(tmp_path / "folder.csv", fits)
    with pytest.raises(TableError, match="cannot be opened"):
        read_table("a\x00.csv", fits)


def test_rows_that_are_too_long_or_short(write: Write) -> None:
    raw = read_table(write("a.csv", "id,lon,lat\nA,4,52\nB,4,2,52,0\nC,4\nD,4,52,,\n"), fits)
    assert raw.rows == [2, 4, 5]
    assert [fault.row for fault in raw.faults] == [3]
    assert "1 row" in raw.notes[0]
    assert raw.cells["lat"].to_list() == ["52", None, "52"]


def test_quoted_newlines_and_separators(write: Write) -> None:
    raw = read_table(
        write("a.csv", 'id;lon;naam\r\nA;4;"een; ""twee""\r\ndrie"\r\nB;5;x\r\n'), fits
    )
    assert raw.cells["naam"].to_list() == ['een; "twee"\r\ndrie', "x"]
    assert raw.rows == [2, 3]


def test_headers_that_repeat_or_lack_a_name(write: Write) -> None:
    raw = read_table(write("a.csv", "id,lon,id,,\nA,4,B,x,\n"), fits)
    assert raw.headers == ["id", "lon", "id [2]", "(no name, column 4)"]


def test_sheets(workbook: Write) -> None:
    good = [["id", "lon"], ["A", 4.2]]
    assert read_table(workbook({"a": good, "b": good}), fits).notes[0].startswith("Sheet 'a'")
    with pytest.raises(TableError, match="several sheets"):
        read_table(workbook({"x": [["y"]], "a": good, "b": good}), fits)
    assert read_table(workbook({"x": [["y"]], "a": good}), fits, layer="a").rows == [2]
    with pytest.raises(TableError, match=r"no such sheet.*'x', 'a'"):
        read_table(workbook({"x": [["y"]], "a": good}), fits, layer="q")
    with pytest.raises(TableError, match="the workbook is empty"):
        read_table(workbook({"x": []}), fits)


def test_cells_beside_the_table(workbook: Write) -> None:
    rows = [["id", "lon"], ["A", 4.2, None, "opmerking"], ["B"]]
    raw = read_table(workbook({"a": rows}), fits)
    assert raw.headers == ["id", "lon", "(no name, column 4)"]
    assert not raw.faults
    assert not raw.notes
    with pytest.raises(TableError, match="more than 2000 columns"):
        read_table(workbook({"a": [*rows, [None] * 3000 + ["x"]]}), fits)


def test_a_workbook_that_unpacks_to_an_absurd_size(
    workbook: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook({"a": [["id", "lon"], ["A", 4.2]]})
    monkeypatch.setattr(sheets, "MOST_BYTES", 1000)
    with pytest.raises(TableError, match="unpacks to more than"):
        read_table(path, fits)


def test_headers_meet_whatever_their_spelling() -> None:
    accepted = {"residents": "residents, aantal bewoners", "x": "x, x coordinaat"}
    for headers in (
        ["AANTAL_BEWONERS", "X-coördinaat"],
        ["aantalBewoners", "x (RD)"],
        ["Aantal bewoners [2026]", "X"],
    ):
        assert match_headers(headers, accepted) == dict(zip(accepted, headers, strict=True))
    assert match_headers(["bewoners aantal"], accepted) == {}
