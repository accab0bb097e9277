"""Places of raw rows: columns with coordinates, geometry or WKT become points in EPSG:4326, or faults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geoaccess.errors import Fault
from geoaccess.load.cells import as_text, fold, where
from geoaccess.load.figures import Floats, coordinates
from geoaccess.load.headers import Accepted, match_headers
from geoaccess.load.locate import Located, as_degrees, as_rd, locate, parse_crs
from geoaccess.load.phrases import counted, quoted
from geoaccess.load.read import Raw
from geoaccess.tables import LONLAT

PLACE_HEADERS: Accepted = {
    "lon": (
        "lon, longitude, lng, long, lengtegraad, oosterlengte, geo lengte, wgs84 lon, wgs84 "
        "longitude, lon wgs84, longitude wgs84, lengtegraad wgs84, gps lon, gps longitude, x "
        "wgs84, wgs84 x"
    ),
    "lat": (
        "lat, latitude, breedtegraad, noorderbreedte, geo breedte, wgs84 lat, wgs84 latitude, lat "
        "wgs84, latitude wgs84, breedtegraad wgs84, gps lat, gps latitude, y wgs84, wgs84 y"
    ),
    "x": (
        "x, rd x, x rd, x coord, x coordinaat, x coordinate, coord x, coordinaat x, x coordinaat "
        "rd, x coord rd, rd x coordinaat, point x, xcoor, x rd new, easting"
    ),
    "y": (
        "y, rd y, y rd, y coord, y coordinaat, y coordinate, coord y, coordinaat y, y coordinaat "
        "rd, y coord rd, rd y coordinaat, point y, ycoor, y rd new, northing"
    ),
    "wkt": "wkt, geometry, geometrie, geom, centroide ll, centroide rd, the geom",
}
ADDRESS_HEADERS = (
    "adres, address, straat, straatnaam, street, huisnummer, postcode, postalcode, zip, zipcode, "
    "plaats, woonplaats, city"
)


class Places(NamedTuple):
    """Points in EPSG:4326 (None where at fault), the headers used, faults and notes."""

    geometry: gpd.GeoSeries
    headers: list[str]
    faults: list[Fault]
    notes: list[str]


def has_place(headers: Sequence[str]) -> bool:
    """Whether a header holds coordinates or geometry as text."""
    return _coordinate_headers(headers) is not None


def places(raw: Raw, crs: str | None) -> Places:
    """Place of every row, from its geometry or from its columns with coordinates.

    Parameters
    ----------
    raw : table as read.
    crs : coordinate system the user states, or None to tell it from the file and its values.
    """
    stated = parse_crs(crs, raw.file)
    if raw.geometry is not None and not raw.geometry.isna().all():
        return _from_geometry(raw, raw.geometry, "geometry", [], stated)
    headers = _coordinate_headers(raw.headers)
    if headers is None:
        nothing = gpd.GeoSeries([None] * len(raw.cells), crs=LONLAT)
        return Places(nothing, [], [_no_place(raw)], [])
    if len(headers) == 1:
        with np.errstate(all="ignore"):
            values = [_shape(value) for value in raw.cells[headers[0]]]
        geometry = gpd.GeoSeries(values, index=raw.cells.index)
        return _from_geometry(raw, geometry, headers[0], headers, stated)
    return _from_columns(raw, headers, stated)


def _coordinate_headers(headers: Sequence[str]) -> list[str] | None:
    """Headers of east and north, or the one with geometry as text; None where there are none."""
    found = match_headers(headers, PLACE_HEADERS)
    for pair in (("lon", "lat"), ("x", "y")):
        if all(part in found for part in pair):
            return [found[part] for part in pair]
    return [found["wkt"]] if "wkt" in found else None


def _no_place(raw: Raw) -> Fault:
    headers = raw.headers
    found = match_headers(headers, PLACE_HEADERS)
    for part, partner in (("lon", "lat"), ("lat", "lon"), ("x", "y"), ("y", "x")):
        if part in found:
            problem = f"there is a column '{found[part]}' but none with its partner {partner}"
            return Fault(problem, raw.file, column=partner, remedy=f"add the column {partner}")
    address = [header for header in headers if fold(header) in ADDRESS_HEADERS.split(", ")]
    if address:
        return Fault(
            f"there is an address ({quoted(address)}) but there are no coordinates",
            raw.file,
            remedy="look the addresses up first, for instance with PDOK Locatieserver, and add columns lon and lat; "
            "geoaccess asks no web service while it reads",
        )
    return Fault(
        f"no columns with coordinates; the columns found are {quoted(headers) or 'none'}",
        raw.file,
        column="lon, lat",
        remedy="add lon and lat (or latitude/longitude, lengtegraad/breedtegraad), or x and y in RD",
    )


def _from_columns(raw: Raw, headers: list[str], crs: pyproj.CRS | None) -> Places:
    east, north = (coordinates(raw.column(header)) for header in headers)
    x, y, notes = east.data, north.data, []
    if crs is None and _grouped_fits_better(x, y, east.grouped, north.grouped):
        x, y = east.grouped, north.grouped
        notes.append(f"{quoted(headers)} were read with a mark between thousands, as metres.")
    located = locate(x, y, crs)
    both = f"{headers[0]}, {headers[1]}"
    faults = [*east.faults, *north.faults]
    for k in where(east.empty | north.empty):
        empty = [
            header for header, part in zip(headers, (east, north), strict=True) if part.empty[k]
        ]
        faults.append(
            Fault(
                "missing coordinates",
                raw.file,
                raw.rows[k],
                ", ".join(empty),
                remedy="give the row a place; geocode its address if it has one",
            )
        )
    pairs = [raw.column(header) for header in headers]
    for k, problem, remedy in located.problems:
        value = None if k < 0 else ", ".join(str(as_text(part.cells[k])) for part in pairs)
        row = None if k < 0 else raw.rows[k]
        faults.append(Fault(problem, raw.file, row, both, value, remedy))
    points = gpd.GeoSeries(_points(located), crs=LONLAT)
    sentences = [note.removesuffix(".") + f" from {quoted(headers)}." for note in located.notes]
    return Places(points, headers, faults, notes + sentences)


def _grouped_fits_better(x: Floats, y: Floats, grouped_x: Floats, grouped_y: Floats) -> bool:
    """Whether '85.123' must be 85123 metres: all rows are RD that way, and none is anything as decimals."""
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any() or ((x == grouped_x) & (y == grouped_y))[known].all():
        return False
    as_decimals = (as_degrees(x, y) != 0) | (as_rd(x, y) != 0)
    return not as_decimals[known].any() and bool((as_rd(grouped_x, grouped_y) == 1)[known].all())


def _points(located: Located) -> np.ndarray[Any, Any]:
    good = np.isfinite(located.lon) & np.isfinite(located.lat)
    points = np.full(len(good), None, dtype=object)
    points[good] = shapely.points(located.lon[good], located.lat[good])
    return points


def _shape(value: object) -> Any:
    """Geometry from a cell with WKT or WKB; an empty cell gives None, nonsense an empty point."""
    if isinstance(value, bytes):
        return shapely.from_wkb(value, on_invalid="ignore") or shapely.Point()
    text = as_text(value)
    if text is None:
        return None
    text = text.split(";", 1)[1] if text.upper().startswith("SRID=") and ";" in text else text
    return shapely.from_wkt(text, on_invalid="ignore") or shapely.Point()


def _from_geometry(
    raw: Raw, geometry: gpd.GeoSeries, column: str, headers: list[str], crs: pyproj.CRS | None
) -> Places:
    shapes = np.asarray(geometry.array)
    kinds = np.array(
        [shape.geom_type if shape is not None else "" for shape in shapes], dtype=object
    )
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    polygons = np.isin(kinds, ["Polygon", "MultiPolygon"]) & ~empty
    singles = (kinds == "MultiPoint") & (shapely.get_num_geometries(shapes) == 1) & ~empty
    notes: list[str] = []
    points = np.full(len(shapes), None, dtype=object)
    points[singles] = shapely.get_geometry(shapes[singles], 0)
    plain = (kinds == "Point") & ~empty
    points[plain] = shapes[plain]
    if polygons.any():
        points[polygons] = shapely.point_on_surface(shapes[polygons])
        notes.append(
            f"A point inside stands for each polygon ({counted(int(polygons.sum()), 'polygon')})."
        )
    faults: list[Fault] = []
    for k in where(shapely.is_missing(points)):
        remedy = "give the row a point (or a polygon)"
        said = raw.column(column).fault(k, "not a place", remedy) if headers else None
        if said is None or said.value is None:
            problem = "missing coordinates" if empty[k] else f"a {kinds[k]} is no place"
            said = Fault(problem, raw.file, raw.rows[k], column, remedy=remedy)
        faults.append(said)
    system, more = _system(raw, geometry, crs)
    located = locate(shapely.get_x(points), shapely.get_y(points), system)
    for k, problem, remedy in located.problems:
        value = None if k < 0 else shapely.to_wkt(points[k], rounding_precision=6)
        row = None if k < 0 else raw.rows[k]
        faults.append(Fault(problem, raw.file, row, column, value, remedy))
    return Places(
        gpd.GeoSeries(_points(located), crs=LONLAT), headers, faults, notes + more + located.notes
    )


def _system(
    raw: Raw, geometry: gpd.GeoSeries, stated: pyproj.CRS | None
) -> tuple[pyproj.CRS | None, list[str]]:
    """Coordinate system of a geometry column: as stated, else as the file says.

    GeoJSON that says nothing counts as EPSG:4326 by its standard, yet often holds RD: its values are looked at.
    """
    own = geometry.crs
    if stated is not None:
        differs = own is not None and not own.equals(stated, ignore_axis_order=True)
        said = (
            f"{raw.file} says {own.name}, but was read as {stated.name}, as stated."
            if differs
            else ""
        )
        return stated, [said] if said else []
    if own is None or own.equals(pyproj.CRS(LONLAT), ignore_axis_order=True):
        return None, []
    return own, []
