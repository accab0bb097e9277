"""Every table passes this door: column names, dtypes, units, coordinate systems and the notes a table carries.

Public tables are plain (Geo)DataFrames with fixed English column names; geometry is EPSG:4326 at rest and
metres are computed in a projected system chosen by `metric_crs`. What a loader repaired, left out or
assumed travels with its table as sentences in ``table.attrs["notes"]``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoaccess.errors import Fault, TableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Floats = np.ndarray[Any, np.dtype[np.float64]]

LONLAT = "EPSG:4326"
RD_NEW = "EPSG:28992"

#: the earth as a ball: its mean radius, and a degree of latitude on it
EARTH_RADIUS_M = 6_371_008.8
METRES_PER_DEGREE = 111_195.08

#: lon/lat box in which RD New is accurate to centimetres (the European Netherlands).
RD_LON = (3.0, 7.4)
RD_LAT = (50.6, 53.8)

#: numbers that shapely gives to kinds of shapes
_TYPE_IDS = {"Point": 0, "Polygon": 3, "MultiPolygon": 6}

SITE_OPTIONAL = ("kind", "area_id", "residents_low", "residents_high")
PRACTICE_COLUMNS = (
    "practice_id",
    "name",
    "geometry",
    "care",
    "fte",
    "listed_patients",
    "status",
    "status_date",
    "opening_hours",
    "languages",
    "interpreter",
    "walk_in",
    "remote_share",
    "serves",
    "at_work",
)
#: columns of numbers from 0, and of what
_COUNTS = {"residents": "persons", "fte": "fte", "listed_patients": "persons"}
AREA_COLUMNS = ("area_id", "name", "level", "geometry")


def add_note(table: pd.DataFrame, note: str) -> None:
    """Append one sentence to the notes that travel with ``table`` (in place)."""
    table.attrs.setdefault("notes", []).append(note)


def notes(table: pd.DataFrame) -> list[str]:
    """Sentences on what was repaired, left out or assumed while ``table`` was read."""
    return list(table.attrs.get("notes", []))


def metric_crs(lon: float, lat: float) -> str:
    """Projected coordinate system in which metres are computed around a place.

    Parameters
    ----------
    lon, lat : degrees, EPSG:4326.

    Returns
    -------
    str
        EPSG:28992 inside the Netherlands, otherwise the local UTM zone.

    Examples
    --------
    >>> metric_crs(4.2, 52.0), metric_crs(-3.0, 51.6), metric_crs(-51.2, -30.0)
    ('EPSG:28992', 'EPSG:32630', 'EPSG:32722')
    """
    if RD_LON[0] <= lon <= RD_LON[1] and RD_LAT[0] <= lat <= RD_LAT[1]:
        return RD_NEW
    zone = min(60, max(1, math.floor((lon + 180.0) / 6.0) + 1))
    return f"EPSG:{32600 + zone if lat >= 0 else 32700 + zone}"


def great_circle_m(lon: Floats, lat: Floats, to_lon: Floats, to_lat: Floats) -> Floats:
    """Great-circle metres (haversine) between pairs of places; within 0.6% of the ellipsoid.

    Parameters
    ----------
    lon, lat, to_lon, to_lat : float64 degrees, of shapes that broadcast together.

    Returns
    -------
    float64 of that shape

    Examples
    --------
    >>> great_circle_m(np.array([4.0, 5.0]), np.array([52.0, 52.0]), np.array(4.0), np.array(53.0)).round()
    array([111195., 130176.])
    """
    up, to_up = np.radians(lat), np.radians(to_lat)
    half = np.sin((to_up - up) / 2.0) ** 2
    half += np.cos(up) * np.cos(to_up) * np.sin(np.radians(to_lon - lon) / 2.0) ** 2
    metres: Floats = 2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return metres


def lonlat(table: gpd.GeoDataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Longitudes and latitudes (float64 degrees) of a table of points in EPSG:4326."""
    points = table.geometry
    return points.x.to_numpy(dtype=float), points.y.to_numpy(dtype=float)


def require_columns(table: pd.DataFrame, required: Sequence[str], what: str) -> None:
    """Raise a TableError that names every required column that ``table`` lacks."""
    missing = [column for column in required if column not in table.columns]
    if missing:
        present = ", ".join(map(str, table.columns))
        raise TableError(
            Fault(
                f"the table of {what} lacks column '{column}'",
                remedy=f"add it; the columns are: {present}",
            )
            for column in missing
        )


def check_points(table: gpd.GeoDataFrame, id_column: str, what: str) -> None:
    """Check a table of places that a caller made by hand: ids, points in EPSG:4326, residents where it has them.

    Raises
    ------
    TableError
        with every fault; rows are counted from 0 as in the frame.
    """
    _check_rows(table, id_column, what, ("Point",))


def check_areas(table: gpd.GeoDataFrame) -> None:
    """Check a table of areas that a caller made by hand: ids, and polygons in EPSG:4326.

    Raises
    ------
    TableError
        with every fault; rows are counted from 0 as in the frame.
    """
    _check_rows(table, "area_id", "areas", ("Polygon", "MultiPolygon"))


def _check_rows(table: gpd.GeoDataFrame, id_column: str, what: str, kinds: tuple[str, ...]) -> None:
    if not isinstance(table, gpd.GeoDataFrame):
        remedy = "make it one: geopandas.GeoDataFrame(table, geometry=..., crs=4326)"
        raise TableError(Fault(f"the table of {what} is no GeoDataFrame", remedy=remedy))
    require_columns(table, (id_column, "geometry"), what)
    faults: list[Fault] = []
    if table.crs is None:
        faults.append(
            Fault(f"the table of {what} has no coordinate system", remedy="set_crs(4326)")
        )
    elif not table.crs.equals(LONLAT):
        faults.append(
            Fault(
                f"the table of {what} is in {table.crs.to_string()}",
                remedy="convert it with to_crs(4326)",
            )
        )
    faults += _faulty_rows(table, id_column, what, kinds)
    faults += _faulty_numbers(table, what)
    if faults:
        raise TableError(faults)


def _faulty_rows(
    table: gpd.GeoDataFrame, id_column: str, what: str, kinds: tuple[str, ...]
) -> Iterable[Fault]:
    ids = table[id_column]
    geometry = table.geometry
    places = np.asarray(geometry.array)
    misshapen = ~np.isin(shapely.get_type_id(places), [_TYPE_IDS[kind] for kind in kinds])
    misshapen |= shapely.is_empty(places)
    missing = ids.isna().to_numpy()
    for row in np.flatnonzero(missing):
        yield Fault("empty id", what, int(row), id_column, remedy="give every row an id")
    if not ids.is_unique:
        for row in np.flatnonzero(ids.duplicated(keep="first").to_numpy() & ~missing):
            yield Fault(
                "duplicate id", what, int(row), id_column, str(ids.iloc[row]), "make ids unique"
            )
    for row in np.flatnonzero(misshapen):
        problem = f"no {kinds[0].lower()} geometry"
        yield Fault(problem, what, int(row), "geometry", remedy="give it a place")


def _faulty_numbers(table: pd.DataFrame, what: str) -> Iterable[Fault]:
    """Faults of numbers of people and of fte that are none; NaN is unknown, and no fault."""
    for column, unit in _COUNTS.items():
        if column not in table.columns:
            continue
        given = table[column]
        number = pd.to_numeric(given, errors="coerce").to_numpy(dtype=float, na_value=math.nan)
        wrong = given.notna().to_numpy() & ~((number >= 0) & np.isfinite(number))
        for row in np.flatnonzero(wrong):
            remedy = f"give {unit}, 0 or more, or NaN where it is not known"
            value = str(given.iloc[row])
            yield Fault(f"no number of {column}", what, int(row), column, value, remedy)
