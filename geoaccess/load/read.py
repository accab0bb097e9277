"""One reader of tables: a file becomes raw cells, the row numbers its owner sees, and geometry if it has any."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.errors import Fault, TableError
from geoaccess.load.cells import Column, Texts, fold, ids
from geoaccess.load.headers import Accepted, distinct, missing_column
from geoaccess.load.phrases import quoted
from geoaccess.load.sheets import Fits, read_csv, read_workbook
from geoaccess.tables import LONLAT, add_note

TEXT = (".csv", ".tsv", ".txt")
WORKBOOK = (".xlsx", ".xlsm")
GIS = (".geojson", ".json", ".gpkg", ".shp", ".fgb")
PARQUET = (".parquet", ".geoparquet", ".pq")

#: headers that a layer with geometry, or with polygons, is given besides its fields when it is asked whether it fits
GEOMETRY, POLYGONS = "geometry", "geometry (polygons)"

_SQLITE = b"SQLite format 3\x00"
_ADVICE: Mapping[str, str] = {
    ".xls": "open it in Excel or LibreOffice and save it as .xlsx",
    ".xlsb": "open it in Excel and save it as .xlsx",
    ".ods": "save it as .xlsx or .csv",
    ".zip": "unpack it and name the file inside",
    ".gz": "unpack it and name the file inside",
    ".gml": "save it as GeoPackage, for instance in QGIS",
    ".kml": "save it as GeoPackage, for instance in QGIS",
}


@dataclass(frozen=True, eq=False)
class Raw:
    """A table as it stands in its file: nothing is interpreted yet.

    Attributes
    ----------
    file : name of the file, for faults and notes.
    cells : DataFrame of objects; columns are the headers of the file, the index is the row number as the user sees it
        (row of the sheet or CSV record; feature number from 1 in GIS files and Parquet).
    geometry : GeoSeries with the same index and the coordinate system of the file, or None.
    faults : what is wrong with its structure.
    notes : what was skipped or assumed.
    """

    file: str
    cells: pd.DataFrame
    geometry: gpd.GeoSeries | None
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    @property
    def headers(self) -> list[str]:
        """Column names as they stand in the file."""
        return list(self.cells.columns)

    @property
    def rows(self) -> list[int]:
        """Row numbers as the user sees them."""
        return list(self.cells.index.to_numpy(dtype=int).tolist())

    def column(self, header: str) -> Column:
        """Cells under one header."""
        return Column(self.file, header, self.rows, self.cells[header].to_list())


def read_table(
    path: str | Path, fits: Fits, *, layer: str | None = None, prefer: Sequence[str] = ()
) -> Raw:
    """Read a CSV, XLSX, GeoJSON, GeoPackage, Shapefile, FlatGeobuf or (Geo)Parquet file.

    Parameters
    ----------
    path : a local file.
    fits : tells a header that holds the table asked for from any other; it finds the header row, the separator of a
        CSV, the sheet of a workbook and the layer of a GIS file.
    layer : sheet or layer to read; by default the first one, or the only one that fits.
    prefer : words (folded) in the names of layers by which one is chosen where several fit.

    Raises
    ------
    TableError
        when the file is absent, empty, of an unknown kind or damaged.
    """
    path = Path(path)
    kind = path.suffix.lower()
    head = check_file(path)
    if kind in TEXT or kind in WORKBOOK:
        sheet = read_csv(path, fits) if kind in TEXT else read_workbook(path, fits, layer)
        raw = Raw(path.name, sheet.cells, None, sheet.faults, sheet.notes)
    elif kind in PARQUET:
        raw = _read_parquet(path)
    elif kind in GIS:
        raw = _read_gis(path, head, fits, layer, prefer)
    else:
        known = ", ".join((*TEXT, *WORKBOOK, *GIS, *PARQUET))
        remedy = _ADVICE.get(kind, f"use one of {known}")
        raise TableError(Fault(f"unknown file type '{kind}'", path.name, remedy=remedy))
    if not len(raw.cells) and not raw.faults:
        remedy = "check that this is the file you meant"
        raise TableError(Fault("the table has no rows", path.name, remedy=remedy))
    return raw


def read_ids(raw: Raw, found: Mapping[str, str], column: str, accepted: Accepted) -> Texts:
    """Ids of the rows of ``raw``; no text at all and one fault where the file has no such column.

    Parameters
    ----------
    raw : table as read.
    found : header of each column that is present.
    column : the one with ids.
    accepted : headers accepted for each column.
    """
    if column in found:
        return ids(raw.column(found[column]))
    return Texts([], [missing_column(raw.file, column, "ids", raw.headers, accepted)])


def check_file(path: Path) -> bytes:
    """First bytes of a file that exists, can be opened and is not empty.

    Raises
    ------
    TableError
        otherwise.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
    except FileNotFoundError:
        remedy = "check the path; only local files are read, never web addresses"
        raise TableError(Fault("file not found", str(path), remedy=remedy)) from None
    except IsADirectoryError:
        raise TableError(Fault("this is a folder", str(path), remedy="name a file in it")) from None
    except (OSError, ValueError) as error:
        remedy = "check the path and whether another program holds the file"
        raise TableError(Fault(f"cannot be opened ({error})", str(path), remedy=remedy)) from None
    if not head:
        raise TableError(Fault("the file is empty", path.name, remedy="export it again"))
    return head


def refuse(faults: Iterable[Fault]) -> None:
    """Raise a TableError that lists the faults in order of their rows, if there are any."""
    faults = sorted(faults, key=lambda fault: fault.row or 0)
    if faults:
        raise TableError(faults)


def to_table(
    raw: Raw,
    columns: Mapping[str, Any],
    new_notes: Iterable[str],
    found: Mapping[str, str] | None = None,
) -> gpd.GeoDataFrame:
    """Public table of checked columns; lists become columns of objects, so that unknown text is None.

    Its ``attrs`` hold the source, the row numbers of the file (where each row became one), the headers of the file
    by the column that was ``found`` under them, and the notes: those of the file first, each once.
    """
    table = gpd.GeoDataFrame(
        {
            name: pd.Series(values, dtype=object) if isinstance(values, list) else values
            for name, values in columns.items()
        },
        geometry="geometry",
        crs=LONLAT,
    )
    table.attrs["source"] = raw.file
    table.attrs["headers"] = dict(found or {})
    if len(table) == len(raw.cells):
        table.attrs["rows"] = tuple(raw.rows)
    for note in dict.fromkeys([*raw.notes, *new_notes]):
        add_note(table, note)
    return table


def damaged(file: str, what: str, error: Exception) -> TableError:
    """Error of a file that a library could not read, in one line."""
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return TableError(Fault(f"cannot be read as {what} ({reason})", file, remedy="export it again"))


def _read_parquet(path: Path) -> Raw:
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_schema(path).metadata or {}
        table = gpd.read_parquet(path) if b"geo" in metadata else pd.read_parquet(path)
    except Exception as error:  # noqa: BLE001 - damaged files make the reader fail in any way
        raise damaged(path.name, "Parquet", error) from None
    named = [name for name in table.index.names if name is not None]
    return _raw(path.name, table.reset_index(drop=not named), [])


def _read_gis(path: Path, head: bytes, fits: Fits, layer: str | None, prefer: Sequence[str]) -> Raw:
    import pyogrio

    kind = path.suffix.lower()
    _check_signature(path.name, kind, head)
    options: dict[str, Any] = {"DATE_AS_STRING": "YES"} if kind in {".geojson", ".json"} else {}
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            notes: list[str] = []
            if layer is None:
                layer, notes = _choose_layer(path, fits, prefer)
            elif layer not in (names := [str(name) for name, _ in pyogrio.list_layers(path)]):
                remedy = f"the layers are {quoted(names)}"
                raise TableError(Fault("no such layer", path.name, value=layer, remedy=remedy))
            table = pyogrio.read_dataframe(path, layer=layer, datetime_as_string=True, **options)
    except TableError:
        raise
    except Exception as error:  # noqa: BLE001 - damaged files make the reader fail in any way
        raise damaged(path.name, "a GIS file", error) from None
    notes += [f"The reader of {path.name} warned: {warning.message}." for warning in caught[:3]]
    return _raw(path.name, table, notes)


def _check_signature(file: str, kind: str, head: bytes) -> None:
    """Refuse a file that is not what its name says, before a library guesses at its content."""
    if kind in {".geojson", ".json"} and not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(
        b"{"
    ):
        remedy = "export it again as GeoJSON, coded as UTF-8"
        raise TableError(
            Fault("this is not GeoJSON: it does not start with '{'", file, remedy=remedy)
        )
    if kind == ".gpkg" and not head.startswith(_SQLITE):
        raise TableError(Fault("this is not a GeoPackage", file, remedy="export it again"))
    if kind in {".shp", ".fgb"} and not head.startswith((b"\x00\x00\x27\x0a", b"fgb")):
        raise TableError(Fault(f"this is not a {kind} file", file, remedy="export it again"))


def _choose_layer(path: Path, fits: Fits, prefer: Sequence[str]) -> tuple[str | None, list[str]]:
    """Only layer, or the first that fits with a preferred word in its name, or the first or only one that fits."""
    import pyogrio

    names = [str(name) for name, _ in pyogrio.list_layers(path)]
    if len(names) < 2:
        return (names[0] if names else None), []
    fitting = [name for name in names if fits(_layer_headers(pyogrio.read_info(path, layer=name)))]
    wanted = [name for word in prefer for name in fitting if word in fold(name)]
    doubtful = bool(prefer) or fitting[:1] != names[:1]
    if not wanted and len(fitting) > 1 and doubtful:
        remedy = f"name the layer that is meant, or keep only that one: {quoted(fitting)}"
        raise TableError(Fault("several layers could be the table", path.name, remedy=remedy))
    chosen = [*wanted, *fitting, *names][0]
    others = [name for name in names if name != chosen]
    return chosen, [f"Layer '{chosen}' was read; other layers in the file: {quoted(others)}."]


def _layer_headers(info: dict[str, Any]) -> list[str]:
    """Fields of a layer, and a mark where it has geometry or can hold polygons."""
    kind = info["geometry_type"] or ""
    marks = [GEOMETRY] if kind else []
    if "Polygon" in kind or kind in {"Unknown", "GeometryCollection"}:
        marks.append(POLYGONS)
    return [*map(str, info["fields"]), *marks]


def _raw(file: str, table: pd.DataFrame, notes: list[str]) -> Raw:
    """Cells and geometry apart, with rows counted from 1."""
    geometry: gpd.GeoSeries | None = None
    rows = pd.RangeIndex(1, len(table) + 1)
    if isinstance(table, gpd.GeoDataFrame) and table.active_geometry_name is not None:
        geometry = gpd.GeoSeries(np.asarray(table.geometry.array), index=rows, crs=table.crs)
        table = pd.DataFrame(table.drop(columns=table.active_geometry_name))
    cells = table.astype(object).set_axis(rows)
    cells.columns = pd.Index(distinct([str(header) for header in table.columns]), dtype=object)
    return Raw(file, cells, geometry, (), tuple(notes))
