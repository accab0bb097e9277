"""Pairs of coordinates become longitudes and latitudes, and every doubt about them a problem.

The coordinate system is told from the values where the caller does not state it:

| values (x, y)                                   | taken as                         |
|-------------------------------------------------|----------------------------------|
| x -10..330 km, y 280..640 km                    | RD New (EPSG:28992)              |
| x -180..180, y -90..90                          | longitude, latitude (EPSG:4326)  |
| x 280..640 km, y -10..330 km, and not the first | RD with its axes swapped: fault  |
| x 50.6..53.8, y 3..7.4                          | lat/lon of the Netherlands: fault|
| x -90..90, y beyond 90 up to 180                | lat/lon of elsewhere: fault      |
| 0, 0, or anything else                          | fault                            |

Beyond that every row must lie within 500 km of the median of all rows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyproj

from geoaccess.errors import Fault, TableError
from geoaccess.load.cells import where
from geoaccess.load.figures import Floats, Mask
from geoaccess.tables import LONLAT, RD_LAT, RD_LON, RD_NEW, great_circle_m

#: RD New with a rim, for practices across the border: metres east and north
RD_X = (-10_000.0, 330_000.0)
RD_Y = (280_000.0, 640_000.0)
FARTHEST_KM = 500.0


class Located(NamedTuple):
    """Longitudes and latitudes (NaN where at fault), their system, problems and notes.

    A problem is (position, problem, remedy); one of all rows together has position -1. The system is None where it
    could not be told.
    """

    lon: Floats
    lat: Floats
    system: pyproj.CRS | None
    problems: list[tuple[int, str, str]]
    notes: list[str]


def parse_crs(crs: str | None, file: str) -> pyproj.CRS | None:
    """Coordinate system that a user states ('EPSG:28992').

    Raises
    ------
    TableError
        when there is no such system.
    """
    if crs is None:
        return None
    try:
        return pyproj.CRS.from_user_input(crs)
    except (pyproj.exceptions.CRSError, ValueError, TypeError):
        remedy = "use EPSG:28992 (RD), EPSG:4326 (lon/lat) or another EPSG code"
        raise TableError(
            Fault("unknown coordinate system", file, value=str(crs), remedy=remedy)
        ) from None


def locate(
    x: Floats, y: Floats, crs: pyproj.CRS | None, *, farthest_km: float = FARTHEST_KM
) -> Located:
    """Turn pairs of coordinates into longitudes and latitudes, with every doubt as a problem.

    Parameters
    ----------
    x, y : east and north (longitude and latitude, or metres); NaN where missing (no problem of its own here).
    crs : their coordinate system, or None to tell it from the values (table at the top of this module).
    farthest_km : a row farther than this from the median of all rows is a problem.
    """
    known = np.isfinite(x) & np.isfinite(y)
    zero = known & (np.abs(x) < 1e-6) & (np.abs(y) < 1e-6)
    degrees, metres = as_degrees(x, y), as_rd(x, y)
    system = crs or _detect(known & ~zero, degrees, metres)
    problems = [(k, "coordinates 0, 0", "give the true place") for k in where(zero)]
    left = known & ~zero
    notes: list[str] = []
    if system is None:
        rows = where(left)
        problem = "coordinates that are neither longitude and latitude nor RD"
        if len(rows) > 1:
            rows, problem = [-1], f"all rows have {problem}"
        remedy = "state the coordinate system (crs = 'EPSG:...'), or give lon/lat or RD"
        return _nowhere(x, [*problems, *((k, problem, remedy) for k in rows)])
    own, other, name = _roles(system, degrees, metres)
    swapped = left & (own == -1)
    if swapped.any() and not (left & (own == 1)).any():
        text = "all coordinates are swapped: " + _SWAP[name]
        problems.append((-1, text, "swap the two columns (or their names)"))
        return _nowhere(x, problems)
    if crs is not None and left.any() and (other & (own != 1))[left].all():
        text = f"the coordinates are not in {name}, which was stated"
        problems.append((-1, text, "state the coordinate system that they are in, or none"))
        return _nowhere(x, problems)
    turned = f"swapped coordinates: {_SWAP.get(name, '')}"
    problems += [(k, turned, "swap the two values") for k in where(swapped)]
    mixed = f"mixed coordinate systems: this row is not in {name}, as most others are"
    remedy = "give all rows in one coordinate system"
    problems += [(k, mixed, remedy) for k in where(left & (own == 0) & other)]
    outside = f"coordinates outside the range of {name}"
    remedy = "give the true place; mind a lost decimal mark"
    problems += [(k, outside, remedy) for k in where(left & (own == 0) & ~other)]
    good = left & (own == 1)
    lon, lat = _to_lonlat(np.where(good, x, np.nan), np.where(good, y, np.nan), system)
    problems += [(k, outside, remedy) for k in where(good & ~np.isfinite(lon))]
    if good.any():
        notes.append(f"Coordinates read as {name}.")
    problems += _far_away(lon, lat, farthest_km)
    return Located(lon, lat, system, problems, notes)


_SWAP = {
    "RD (EPSG:28992)": "in RD, x lies between 0 and 300 km and y between 300 and 620 km",
    "longitude and latitude (EPSG:4326)": "latitude stands where longitude belongs",
}


def _inside(values: Floats, bounds: tuple[float, float]) -> Mask:
    return (values >= bounds[0]) & (values <= bounds[1])


def as_degrees(x: Floats, y: Floats) -> np.ndarray[Any, Any]:
    """1 where a pair can be lon/lat, -1 where it is lat/lon, 0 where neither."""
    dutch = _inside(x, RD_LAT) & _inside(y, RD_LON)
    possible = (np.abs(x) <= 180) & (np.abs(y) <= 90) & ~dutch
    swapped = dutch | ((np.abs(x) <= 90) & (np.abs(y) > 90) & (np.abs(y) <= 180))
    return np.where(possible, 1, np.where(swapped, -1, 0))


def as_rd(x: Floats, y: Floats) -> np.ndarray[Any, Any]:
    """1 where a pair can be RD, -1 where it is RD with its axes swapped, 0 where neither."""
    possible = _inside(x, RD_X) & _inside(y, RD_Y)
    swapped = _inside(x, RD_Y) & _inside(y, RD_X)
    return np.where(possible, 1, np.where(swapped, -1, 0))


def _detect(
    known: Mask, degrees: np.ndarray[Any, Any], metres: np.ndarray[Any, Any]
) -> pyproj.CRS | None:
    """System of most rows; None where no row fits any."""
    in_degrees, in_rd = int((known & (degrees != 0)).sum()), int((known & (metres != 0)).sum())
    if not in_degrees and not in_rd:
        return pyproj.CRS(LONLAT) if not known.any() else None
    return pyproj.CRS(RD_NEW if in_rd > in_degrees else LONLAT)


def _roles(
    system: pyproj.CRS, degrees: np.ndarray[Any, Any], metres: np.ndarray[Any, Any]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], str]:
    """Fit of every pair to the system and to the other one, and the name of the system."""
    if system.equals(pyproj.CRS(LONLAT), ignore_axis_order=True):
        return degrees, metres != 0, "longitude and latitude (EPSG:4326)"
    if system.equals(pyproj.CRS(RD_NEW), ignore_axis_order=True):
        return metres, degrees != 0, "RD (EPSG:28992)"
    code = system.to_authority()
    name = f"{system.name} ({':'.join(code)})" if code else system.name
    return np.ones_like(degrees), np.zeros(len(degrees), dtype=bool), name


def _nowhere(x: Floats, problems: list[tuple[int, str, str]]) -> Located:
    nothing = np.full(len(x), np.nan)
    return Located(nothing, nothing, None, problems, [])


def _to_lonlat(x: Floats, y: Floats, system: pyproj.CRS) -> tuple[Floats, Floats]:
    if system.equals(pyproj.CRS(LONLAT), ignore_axis_order=True):
        return x, y
    try:
        transformer = pyproj.Transformer.from_crs(system, LONLAT, always_xy=True)
        lon, lat = transformer.transform(x, y)
    except pyproj.exceptions.ProjError:
        return np.full(len(x), np.nan), np.full(len(x), np.nan)
    on_earth = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return np.where(on_earth, lon, np.nan), np.where(on_earth, lat, np.nan)


def _far_away(lon: Floats, lat: Floats, farthest_km: float) -> list[tuple[int, str, str]]:
    """Problems of rows more than ``farthest_km`` from the median of all rows."""
    if not np.isfinite(lon).any():
        return []
    lon_0, lat_0 = float(np.nanmedian(lon)), float(np.nanmedian(lat))
    problems: list[tuple[int, str, str]] = []
    middle = np.array(lon_0), np.array(lat_0)
    away_km = great_circle_m(lon, lat, *middle) / 1000.0
    turned_km = great_circle_m(lat, lon, *middle) / 1000.0
    for k in where(away_km > farthest_km):
        problem = f"this place is {away_km[k]:,.0f} km from the middle of the other rows"
        if turned_km[k] <= farthest_km:
            problem = f"swapped coordinates: {problem}"
        problems.append((k, problem, "check the coordinates of this row"))
    return problems
