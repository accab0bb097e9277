"""Whatever a file holds, a loader answers with a table or a TableError, never with another exception."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoaccess.errors import TableError
from geoaccess.load.areas import load_areas
from geoaccess.load.groups import load_groups
from geoaccess.load.practices import load_practices
from geoaccess.load.sites import load_sites
from geoaccess.tables import check_points

LOADERS: tuple[tuple[Callable[[Path], pd.DataFrame], str], ...] = (
    (load_sites, "site_id"),
    (load_practices, "practice_id"),
    (load_areas, "area_id"),
    (load_groups, "group_id"),
)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SUFFIXES = (
    *(".csv", ".xlsx", ".geojson", ".gpkg", ".parquet", ".shp", ".fgb"),
    *(".osm", ".osm.pbf", ".osm.gz", ".osm.bz2", ".txt", ".xls", ""),
)
STARTS = (
    b"",
    b"id,lon,lat\n",
    b"PK\x03\x04",
    b"SQLite format 3\x00",
    b'{"type":"FeatureCollection"',
    b"PAR1",
)
HEADERS = (
    *(
        "id",
        "site_id",
        "naam",
        "bewoners",
        "capaciteit",
        "lon",
        "lat",
        "x",
        "y",
        "wkt",
        "status",
        "fte",
    ),
    *(
        "statusdatum",
        "ma",
        "zo",
        "talen",
        "tolk",
        "openingstijden",
        "bewoners_min",
        "",
        "id",
        "adres",
        "#",
    ),
    *("aandeel", "personen", "dienst", "van", "tot", "werkdagen", "reistijd", "ingeschreven"),
    *("groep", "voor wie", "inloop", "aandeel op afstand", "op het werk", "zorg"),
)
CELLS = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                " ",
                "S1",
                "S2",
                "4.3",
                "52,01",
                "85.123",
                "447231",
                "1.234",
                "-3",
                "0",
                "-99997",
                "#N/B",
            ),
            *(
                "nan",
                "inf",
                "1e999",
                "POINT (4 52)",
                "POINT EMPTY",
                "POLYGON ((0 0, 1 1",
                "ja",
                "vol",
            ),
            *(
                "24-11-2026",
                "31-02-2026",
                "08:00-17:00",
                "99:00-100:00",
                "pl;ro",
                "'",
                '"',
                "\n",
                "=1+1",
            ),
            *("22-6", "06:00-14:00 60% | off 40%", "ma-za", "60%", "0,5", "S1/a;S2", "op afspraak"),
            *("9" * 400, "Ⅷ", "١٢", "²", "1_000", "0x1", "\u2028"),
        ]
    ),
    st.text(max_size=6),
)


def table_or_error(path: Path) -> None:
    for load, key in LOADERS:
        try:
            table = load(path)
        except TableError:
            continue
        assert len(table)
        assert table.index.equals(pd.RangeIndex(len(table)))
        if key == "group_id":
            assert table.groupby("site_id")["share"].sum().round(9).eq(1).all()
        elif key != "area_id":
            check_points(table, key, "rows")


@pytest.mark.parametrize("suffix", SUFFIXES)
@QUICK
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=200))
def test_random_bytes(tmp_path: Path, suffix: str, start: bytes, rest: bytes) -> None:
    path = tmp_path / f"junk{suffix}"
    path.write_bytes(start + rest)
    table_or_error(path)


def grids(*first: str) -> st.SearchStrategy[tuple[list[str], list[list[str]]]]:
    """Headers that start with those given, and rows of cells under them."""
    return st.lists(st.sampled_from(HEADERS), min_size=1, max_size=5).flatmap(
        lambda rest: st.tuples(
            st.just([*first, *rest]),
            st.lists(
                st.lists(CELLS, min_size=len(first) + len(rest), max_size=len(first) + len(rest)),
                max_size=5,
            ),
        )
    )


GRIDS = (
    grids() | grids("id", "lon", "lat") | grids("id", "wkt") | grids("site_id", "aandeel", "dienst")
)


@QUICK
@given(grid=GRIDS, separator=st.sampled_from(",;\t"), coding=st.sampled_from(["utf-8", "utf-16"]))
def test_random_csv(
    tmp_path: Path, grid: tuple[list[str], list[list[str]]], separator: str, coding: str
) -> None:
    header, rows = grid
    path = tmp_path / "table.csv"
    lines = [separator.join(row) for row in [header, *rows]]
    path.write_bytes("\n".join(lines).encode(coding, "replace"))
    table_or_error(path)


TYPED = st.one_of(
    CELLS, st.none(), st.booleans(), st.floats(), st.integers(), st.datetimes(), st.times()
)


@settings(QUICK, max_examples=30)
@given(width=st.integers(2, 6), data=st.data())
def test_random_workbook(tmp_path: Path, width: int, data: st.DataObject) -> None:
    book = openpyxl.Workbook()
    header = data.draw(st.permutations((*HEADERS[:12], *HEADERS[24:32])))[:width]
    rows = data.draw(st.lists(st.lists(TYPED, min_size=width, max_size=width), max_size=4))
    for row in [header, *rows]:
        try:
            book.active.append(row)
        except (ValueError, openpyxl.utils.exceptions.IllegalCharacterError):
            continue
    path = tmp_path / "table.xlsx"
    book.save(path)
    table_or_error(path)


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.floats(allow_nan=False), st.integers(-(2**70), 2**70), CELLS
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CELLS, inner, max_size=3),
    max_leaves=6,
)
SHAPES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        {"type": "Point", "coordinates": [4.3, 52.0]},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": [85000, 447000, 3]},
        {"type": "MultiPoint", "coordinates": [[4.3, 52.0]]},
        {"type": "LineString", "coordinates": [[4.3, 52.0], [4.4, 52.0]]},
        {"type": "Polygon", "coordinates": [[[4, 52], [5, 53], [5, 52], [4, 53], [4, 52]]]},
        {"type": "Polygon", "coordinates": [[[4, 52], [5, 53]]]},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [4.3, 52]}]},
        {"type": "Polygon", "coordinates": "no"},
    ]
)


@QUICK
@given(data=st.data())
def test_random_geojson(tmp_path: Path, data: st.DataObject) -> None:
    names = st.sampled_from(["id", "naam", "bewoners", "gemeentecode", "lon", "water"])
    features = data.draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "type": st.just("Feature"),
                    "properties": st.dictionaries(names, JSON, max_size=4),
                    "geometry": SHAPES,
                }
            ),
            max_size=4,
        )
    )
    path = tmp_path / "table.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    table_or_error(path)


@QUICK
@given(start=st.integers(0, 4000), size=st.integers(1, 40), junk=st.binary(min_size=1, max_size=40))
def test_damaged_workbook(tmp_path: Path, start: int, size: int, junk: bytes) -> None:
    """A workbook whose sheet is overwritten in one place is told to be damaged, or read."""
    book = openpyxl.Workbook()
    book.active.append(["id", "lon", "lat", "bewoners"])
    book.active.append(["S1", 4.3, 52.0, 12])
    whole = io.BytesIO()
    book.save(whole)
    damaged = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(damaged, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename.startswith(("xl/worksheets", "xl/workbook.xml")):
                data = data[: start % len(data)] + junk + data[start % len(data) + size :]
            new.writestr(part.filename, data)
    path = tmp_path / "table.xlsx"
    path.write_bytes(damaged.getvalue())
    table_or_error(path)
