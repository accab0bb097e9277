"""Stops of a GTFS feed: places, stations and their platforms, and stops that cannot be where they are said to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow.compute as pc

from geoaccess.load.gtfs.columns import numbers, picked, positions, unique_rows
from geoaccess.load.gtfs.files import FeedFiles
from geoaccess.load.gtfs.report import Finding, listed
from geoaccess.load.gtfs.tables import Array, Rows, read_rows
from geoaccess.load.phrases import counted
from geoaccess.tables import EARTH_RADIUS_M

#: values of location_type
PLATFORM, STATION, ENTRANCE, NODE, BOARDING_AREA = range(5)

#: a platform farther than this from its station is reported, and the station's transfer rules do not reach it
STATION_REACH_M = 2000
#: places this near to 0, 0 (degrees) are no places
_NULL_ISLAND = 0.001
_QUARANTINE_LISTED = 20


@dataclass(frozen=True, eq=False)
class Stops:
    """All rows of stops.txt in order of their id.

    Attributes
    ----------
    ids, name : pyarrow string arrays (n,).
    lon, lat : float64 (n,); degrees, NaN where there is no usable place.
    kind : int64 (n,); location_type.
    parent : int32 (n,); number of the parent station (also of a boarding area), -1 for none.
    """

    ids: Any
    name: Any
    lon: Array
    lat: Array
    kind: Array
    parent: Array


def read_stops(files: FeedFiles) -> tuple[Stops, list[Finding]]:
    """Read stops.txt.

    A stop without a place takes that of its parent, if that has one; otherwise its lon and lat are NaN.
    """
    rows, findings = read_rows(files, "stops.txt")
    rows, more = unique_rows(rows, "stop_id")
    findings += more
    lon, lat = numbers(rows["stop_lon"]), numbers(rows["stop_lat"])
    unusable = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    unusable |= (np.abs(lon) < _NULL_ISLAND) & (np.abs(lat) < _NULL_ISLAND)
    lon[unusable] = lat[unusable] = np.nan
    kind = numbers(rows["location_type"])
    kind = np.where(np.isin(kind, [STATION, ENTRANCE, NODE, BOARDING_AREA]), kind, PLATFORM).astype(
        np.int64
    )
    parent = positions(rows["parent_station"], rows["stop_id"])
    findings += _orphans(rows, parent)
    deeper = (kind == BOARDING_AREA) & (parent >= 0) & (kind[parent] == PLATFORM)
    parent = np.where(deeper, parent[parent], parent)
    has_parent = parent >= 0
    borrow = unusable & has_parent & ~np.isnan(lon[parent])
    lon[borrow], lat[borrow] = lon[parent[borrow]], lat[parent[borrow]]
    if borrow.any():
        ids = picked(rows["stop_id"], borrow)
        text = f"{counted(len(ids), 'stop')} without a place put at their station: {listed(ids)}"
        findings.append(Finding("repaired", text))
    stops = Stops(rows["stop_id"], rows["stop_name"], lon, lat, kind, parent)
    return stops, [*findings, *_far_parents(stops)]


def without_places(stops: Stops, misplaced: Array) -> Stops:
    """Put stops (a mask) in quarantine: their lon and lat become NaN."""
    lon, lat = stops.lon.copy(), stops.lat.copy()
    lon[misplaced] = lat[misplaced] = np.nan
    return replace(stops, lon=lon, lat=lat)


def quarantine_finding(stops: Stops, chosen: Array, why: str) -> Finding:
    """Sentence that lists stops in quarantine (mask `chosen`)."""
    ids = picked(stops.ids, chosen)
    many = counted(len(ids), "stop")
    return Finding("quarantined", f"{many} {why}: {listed(ids, _QUARANTINE_LISTED)}")


def unit_vectors(lon: Array, lat: Array) -> Array:
    """Places on the unit sphere: float64 (3, n)."""
    along, up = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(up) * np.cos(along), np.cos(up) * np.sin(along), np.sin(up)])


def distance_cm(one: Array, other: Array) -> Array:
    """Great-circle distance between places given as unit vectors (3, n): whole centimetres, int64 (n,)."""
    chord = np.sqrt(((one - other) ** 2).sum(axis=0))
    distance: Array = np.rint(200 * EARTH_RADIUS_M * np.arcsin(np.minimum(chord / 2, 1.0)))
    return distance.astype(np.int64)


def parent_distance_m(stops: Stops) -> Array:
    """Distance of each stop to its parent station in metres: float64 (n,), NaN where that is not known."""
    distance_m = np.full(len(stops.ids), np.nan)
    known = (stops.parent >= 0) & ~np.isnan(stops.lon) & ~np.isnan(stops.lon[stops.parent])
    where = unit_vectors(stops.lon, stops.lat)
    distance_m[known] = distance_cm(where[:, known], where[:, stops.parent[known]]) / 100
    return distance_m


def _far_parents(stops: Stops) -> Iterator[Finding]:
    far = parent_distance_m(stops) > STATION_REACH_M
    if far.any():
        ids = picked(stops.ids, far)
        yield Finding(
            "remark",
            f"{counted(len(ids), 'stop')} more than {STATION_REACH_M / 1000:g} km from their station, whose "
            f"transfer rules are not applied to them: {listed(ids)}",
        )


def _orphans(rows: Rows, parent: Array) -> Iterator[Finding]:
    named = pc.not_equal(rows["parent_station"], "").to_numpy(zero_copy_only=False)
    lost = named & (parent < 0)
    if lost.any():
        ids = picked(rows["stop_id"], lost)
        text = (
            f"{counted(len(ids), 'stop')} with a parent_station that stops.txt lacks: {listed(ids)}"
        )
        yield Finding("remark", text)
