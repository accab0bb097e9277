"""Areas: municipalities, wijken, buurten or any other polygons, to one checked row for each area.

Headers are known of the Wijk- en Buurtkaart of CBS (also its older names), of the gebiedsindelingen of PDOK and of
plain files. Decisions, each told in a note where it changes something:

- rows of water (`water` JA or B), of GM0998 'Buitenland' and rows without geometry are left out;
- several rows with one id and one name are parts of one area and are joined if they do not overlap; otherwise
  a repeated id is a fault;
- invalid polygons are repaired; lines and points are faults;
- inhabitants of the parts of one area are not added up, because it is not known whether a part states its own or those
  of the whole: they are what the parts agree on, and unknown where they differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geoaccess.errors import Fault, TableError
from geoaccess.load.cells import Column, Texts, as_text, fold, texts, where
from geoaccess.load.figures import Floats, Mask, numbers
from geoaccess.load.headers import Accepted, match_headers, missing_column
from geoaccess.load.locate import locate, parse_crs
from geoaccess.load.phrases import counted, listed, quoted
from geoaccess.load.read import GIS, PARQUET, POLYGONS, Raw, read_table, refuse, to_table
from geoaccess.tables import LONLAT

#: id headers of one level each, the finest first: a layer of buurten names its wijk and gemeente, too
LEVEL_HEADERS: Accepted = {
    "buurt": "buurtcode, bu code, bu_code, buurt id",
    "wijk": "wijkcode, wk code, wk_code, wijk id",
    "gemeente": "gemeentecode, gm code, gm_code, gemeente id, gemeentenummer",
}
NAME_HEADERS: Accepted = {
    "buurt": "buurtnaam, bu naam, buurt",
    "wijk": "wijknaam, wk naam, wijk",
    "gemeente": "gemeentenaam, gm naam, gemeente",
}
AREA_HEADERS: Accepted = {
    "area_id": (
        "area_id, gebied id, gebiedscode, buurtcode, bu code, wijkcode, wk code, gemeentecode, "
        "gm code, statcode, regiocode, regio code, provinciecode, code, identificatie, id, "
        "identifier, key, nummer, nr"
    ),
    "name": (
        "name, naam, gebiedsnaam, area name, statnaam, regionaam, provincienaam, gemeentenaam, "
        "gm naam, omschrijving, description, label"
    ),
    "level": "level, niveau, rubriek, type, soort",
    "inhabitants": (
        "inhabitants, aantal inwoners, aant inw, inwoners, inwonertal, population, "
        "number of inhabitants"
    ),
}
LEVEL_OF_PREFIX = (
    ("GM", "gemeente"),
    ("WK", "wijk"),
    ("BU", "buurt"),
    ("GG", "ggd-regio"),
    ("AM", "arbeidsmarktregio"),
    ("PV", "provincie"),
    ("CR", "corop"),
    ("LD", "landsdeel"),
)
#: words by which a layer is chosen from a file with several of them when none is named
USUAL_LAYERS = ("gemeente", "wijk", "buurt")

#: 'abroad' stands as a municipality in several Dutch files
JUNK_ID, JUNK_NAME = "GM0998", "buitenland"
#: parts of one area overlap by no more than this share of their size
OVERLAP_SHARE = 1e-6


def load_areas(
    path: str | Path,
    *,
    layer: str | None = None,
    id_column: str | None = None,
    name_column: str | None = None,
    level: str | None = None,
    crs: str | None = None,
) -> gpd.GeoDataFrame:
    """Read areas from GeoPackage, GeoJSON, Shapefile or any other polygon file.

    Parameters
    ----------
    path : file with one polygon (or several parts) for each area.
    layer : layer to read; by default the only one, the one of ``level``, or the gemeenten of a CBS file.
    id_column, name_column : columns with the code and the name; found by their Dutch or English headers by default.
    level : what the areas are ('gemeente', 'wijk', 'buurt', ...); told from headers and codes by default.
    crs : coordinate system of the file; by default as the file says, else told from its values.

    Returns
    -------
    GeoDataFrame
        area_id (text), name, level (text or None), geometry (valid polygons or multipolygons, EPSG:4326), in the order
        of the file; where the file has them inhabitants (persons, float64, NaN unknown) and, for areas within a
        municipality, municipality (its name or None). ``attrs['notes']`` tells what was repaired, joined and left out.

    Raises
    ------
    TableError
        with every fault: repeated or empty ids, shapes that are no polygons, swapped coordinates, unknown columns.
    """
    path = Path(path)
    if path.suffix.lower() in {".csv", ".tsv", ".txt", ".xlsx", ".xlsm"}:
        known = ", ".join((*GIS, *PARQUET))
        raise TableError(
            Fault("a table holds no polygons", path.name, remedy=f"use one of {known}")
        )
    raw = read_table(
        path, lambda headers: _fits(headers, id_column), layer=layer, prefer=_usual_layers(level)
    )
    if raw.geometry is None:
        remedy = "use a file of polygons"
        raise TableError(Fault("no polygons: the file has no geometry", raw.file, remedy=remedy))
    headers, faults = _headers(raw, id_column, name_column)
    refuse(faults)
    ids = texts(raw.column(headers["area_id"]))
    names = texts(raw.column(headers["name"])) if "name" in headers else _nothing(raw)
    left_out, notes = _left_out(raw, ids.data, names.data)
    shapes, faults, more = _polygons(raw, ids.data, left_out, crs)
    notes += more
    kept = where(~left_out)
    keys, groups, repeats = _grouped(
        raw.column(headers["area_id"]), ids.data, names.data, kept, shapes
    )
    people, wrong, more = _inhabitants(raw, headers, kept, groups)
    notes += more
    refuse([*faults, *repeats, *wrong])
    if len(kept) > len(keys):
        joined = [str(ids.data[group[0]]) for group in groups if len(group) > 1]
        notes.append(
            f"Joined from parts in several rows: {counted(len(joined), 'area')} ({listed(joined)})."
        )
    columns: dict[str, Any] = {
        "area_id": keys,
        "name": [names.data[group[0]] for group in groups],
        "level": _levels(raw, headers, level, keys, groups),
        "geometry": gpd.GeoSeries([_joined(shapes[group]) for group in groups], crs=LONLAT),
    }
    if "municipality" in headers:
        within = texts(raw.column(headers["municipality"])).data
        columns["municipality"] = [within[group[0]] for group in groups]
    if people is not None:
        columns["inhabitants"] = people
    unused = len(raw.headers) - len(set(headers.values()))
    notes += [f"Not used: {counted(unused, 'other column')}."] if unused else []
    return to_table(raw, columns, notes)


def _fits(headers: Sequence[str], id_column: str | None) -> bool:
    found = match_headers(headers, AREA_HEADERS).get("area_id")
    return POLYGONS in headers and (_named(headers, id_column) if id_column else found) is not None


def _named(headers: Sequence[str], name: str) -> str | None:
    """Header that a caller names, whatever its case and underscores."""
    alike = [header for header in headers if fold(header) == fold(name)]
    return name if name in headers else next(iter(alike), None)


def _usual_layers(level: str | None) -> tuple[str, ...]:
    """Words by which the layer is chosen in a file with several of them."""
    return USUAL_LAYERS if level is None else (fold(level).removesuffix("en"),)


def _headers(
    raw: Raw, id_column: str | None, name_column: str | None
) -> tuple[dict[str, str], list[Fault]]:
    """Headers of area_id, name, level; columns that were named but are not there are faults."""
    found = match_headers(raw.headers, AREA_HEADERS)
    stated = {"area_id": id_column, "name": name_column}
    faults: list[Fault] = []
    for part, header in stated.items():
        if header is None:
            continue
        there = _named(raw.headers, header)
        if there is not None:
            found[part] = there
        else:
            remedy = f"the columns are {quoted(raw.headers)}"
            faults.append(Fault("no such column", raw.file, column=header, remedy=remedy))
    if "area_id" not in found and not faults:
        what = "codes of areas"
        faults.append(missing_column(raw.file, "area_id", what, raw.headers, AREA_HEADERS))
    level = _level_of_header(found.get("area_id"))
    if level is not None and name_column is None:
        found |= match_headers(raw.headers, {"name": NAME_HEADERS[level]})
    if level in ("buurt", "wijk"):
        found |= match_headers(raw.headers, {"municipality": NAME_HEADERS["gemeente"]})
    return found, faults


def _level_of_header(header: str | None) -> str | None:
    """Level that a header such as 'BU_CODE' says."""
    for level, accepted in LEVEL_HEADERS.items():
        if header is not None and match_headers([header], {"id": accepted}):
            return level
    return None


def _nothing(raw: Raw) -> Texts:
    return Texts([None] * len(raw.cells), [])


def _left_out(
    raw: Raw, ids: Sequence[str | None], names: Sequence[str | None]
) -> tuple[Mask, list[str]]:
    """Rows of water, of 'Buitenland' and without geometry, with a note that counts each."""
    assert raw.geometry is not None
    shapes = np.asarray(raw.geometry.array)
    nowhere = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    junk = np.array(
        [
            code == JUNK_ID or (name is not None and fold(name) == JUNK_NAME)
            for code, name in zip(ids, names, strict=True)
        ],
        dtype=bool,
    )
    water = np.zeros(len(junk), dtype=bool)
    header = match_headers(raw.headers, {"water": "water"}).get("water")
    if header is not None:
        words = [(as_text(value) or "").upper() for value in raw.cells[header]]
        if set(words) <= {"JA", "NEE", "B", ""}:
            water = np.isin(words, ["JA", "B"])
    notes: list[str] = []
    for mask, what in (
        (water, "water"),
        (junk & ~water, "no place in the Netherlands"),
        (nowhere & ~junk & ~water, "without geometry"),
    ):
        if mask.any():
            which = listed([ids[k] or "no id" for k in where(mask)])
            notes.append(f"Left out as {what}: {counted(int(mask.sum()), 'row')} ({which}).")
    return water | junk | nowhere, notes


def _polygons(
    raw: Raw, ids: Sequence[str | None], left_out: Mask, crs: str | None
) -> tuple[np.ndarray[Any, Any], list[Fault], list[str]]:
    """Make polygons valid and EPSG:4326 (None where left out or at fault); with faults and notes."""
    assert raw.geometry is not None
    shapes = np.asarray(raw.geometry.array).copy()
    shapes[left_out] = None
    kinds = shapely.get_type_id(shapes)
    holds = np.isin(kinds, [3, 6]) | ((kinds == 7) & (shapely.area(shapes) > 0))
    faults = [
        Fault(
            f"a {shapes[k].geom_type} is no area",
            raw.file,
            raw.rows[k],
            "geometry",
            ids[k],
            "keep polygons only",
        )
        for k in where(~holds & ~left_out)
    ]
    if not holds.any():
        remedy = "use a file (or layer) of polygons"
        return shapes, [Fault("there are no polygons in this file", raw.file, remedy=remedy)], []
    shapes[~holds] = None
    system, found, notes = _system(raw, shapes, crs)
    if system is None:
        return shapes, [*faults, *found], notes
    series = gpd.GeoSeries(shapely.force_2d(shapes), crs=system).to_crs(LONLAT)
    shapes = np.asarray(series.array)
    broken = where(holds & ~shapely.is_valid(shapes))
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    if broken:
        which = listed([ids[k] or "no id" for k in broken])
        notes.append(
            f"Repaired: {counted(len(broken), 'invalid geometry', 'invalid geometries')} ({which})."
        )
    shapes[holds] = [_only_polygons(shape) for shape in shapes[holds]]
    remedy = "draw it again, or leave the row out"
    faults += [
        Fault("nothing is left of this polygon", raw.file, raw.rows[k], "geometry", ids[k], remedy)
        for k in where(holds & (shapely.is_missing(shapes) | ~(shapely.area(shapes) > 0)))
    ]
    return shapes, faults, notes


def _system(
    raw: Raw, shapes: np.ndarray[Any, Any], stated: str | None
) -> tuple[pyproj.CRS | None, list[Fault], list[str]]:
    """Coordinate system of the polygons: as stated, as the file says, or told from their values."""
    assert raw.geometry is not None
    own: pyproj.CRS | None = raw.geometry.crs
    named = parse_crs(stated, raw.file)
    if named is None and own is not None and not own.equals(LONLAT, ignore_axis_order=True):
        return own, [], []
    bounds = shapely.bounds(shapes)
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    located = locate(x, y, named, farthest_km=np.inf)
    faults = [
        Fault(problem, raw.file, None if k < 0 else raw.rows[k], "geometry", remedy=remedy)
        for k, problem, remedy in located.problems
    ]
    return (None if faults else named or located.system), faults, located.notes


def _only_polygons(shape: Any) -> Any:
    """Drop the lines and points of a collection."""
    if shape is None or shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all(parts[shapely.get_type_id(parts) == 3])


def _grouped(
    column: Column,
    ids: Sequence[str | None],
    names: Sequence[str | None],
    kept: Sequence[int],
    shapes: np.ndarray[Any, Any],
) -> tuple[list[str], list[list[int]], list[Fault]]:
    """Rows of each area; empty ids and repeated ids that are not parts of one area are faults."""
    groups: dict[str, list[int]] = {}
    faults: list[Fault] = []
    for k in kept:
        code = ids[k]
        if code is None or code.startswith("-9999"):
            faults.append(column.fault(k, "empty id", "give every area a code of its own"))
        else:
            groups.setdefault(code, []).append(k)
    for rows in groups.values():
        if len(rows) > 1 and not _are_parts([names[k] for k in rows], shapes[rows]):
            problem = f"duplicate id, first used in row {column.rows[rows[0]]}, of another or an overlapping area"
            remedy = "give every area a code of its own"
            faults += [column.fault(k, problem, remedy) for k in rows[1:]]
    return list(groups), list(groups.values()), faults


def _inhabitants(
    raw: Raw, headers: dict[str, str], kept: Sequence[int], groups: Sequence[Sequence[int]]
) -> tuple[Floats | None, list[Fault], list[str]]:
    """Inhabitants of each area, None where the file has none; faults of rows that are left out do not count."""
    if "inhabitants" not in headers:
        return None, [], []
    column = raw.column(headers["inhabitants"])
    found = numbers(column, "count", "inhabitants")
    rows = {raw.rows[k] for k in kept}
    faults = [fault for fault in found.faults if fault.row in rows]
    known = ~np.isnan(found.data)
    stated = [{float(found.data[k]) for k in group if known[k]} for group in groups]
    people = np.array([values.pop() if len(values) == 1 else np.nan for values in stated])
    notes = list(found.notes)
    if unknown := int(np.isnan(people).sum()):
        notes.append(f"Inhabitants are unknown for {unknown} of {counted(len(groups), 'area')}.")
    return people, faults, notes


def _are_parts(names: Sequence[str | None], shapes: np.ndarray[Any, Any]) -> bool:
    """Whether rows with one id are parts of one area: the same name, and no overlap."""
    if len(set(names)) > 1 or shapely.is_missing(shapes).any():
        return False
    sizes = float(shapely.area(shapes).sum())
    return float(shapely.area(shapely.union_all(shapes))) >= sizes * (1 - OVERLAP_SHARE)


def _joined(shapes: np.ndarray[Any, Any]) -> Any:
    return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)


def _levels(
    raw: Raw,
    headers: dict[str, str],
    level: str | None,
    keys: Sequence[str],
    groups: Sequence[Sequence[int]],
) -> list[str | None]:
    """Level of every area: as stated, as a column says, as the id header says, else by the prefix of its code."""
    if level is not None:
        return [level] * len(keys)
    own_level = _level_of_header(headers["area_id"])
    if own_level is not None:
        return [own_level] * len(keys)
    if "level" in headers:
        said = texts(raw.column(headers["level"])).data
        return [said[group[0]] for group in groups]
    by_prefix = dict(LEVEL_OF_PREFIX)
    return [by_prefix.get(key[:2]) if key[2:].isdigit() else None for key in keys]
