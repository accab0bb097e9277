"""Door-to-door times by car: a contrast beside the times without own transport, never part of a verdict.

The search for ways on foot serves here as well: milliseconds of driving stand where it has centimetres of walking.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.errors import Fault, ProjectError, StreetsError
from geoaccess.load.streets import Streets
from geoaccess.network.links import Links
from geoaccess.network.network import MAX_SNAP_M
from geoaccess.network.places import vehicle_links
from geoaccess.network.snapping import Snapped, snap
from geoaccess.network.streets import StreetGraph, build_graph
from geoaccess.tables import check_points, lonlat

Array = np.ndarray[Any, Any]

#: a speed at which a thousand centimetres take a second, so that a "centimetre" is a millisecond
_MS_KMH = 36.0
#: first limit of the search for the nearest practice, in minutes of driving; doubled until one is found
_FIRST_LIMIT_MIN = 8.0


@dataclass(frozen=True)
class Car:
    """How a trip by car is reckoned; all of these are assumptions of 2026, without a source.

    Attributes
    ----------
    speed_factor : share of the speed limit that is driven on the whole, for junctions, bends and other traffic.
    parking_min : minutes added to every trip for parking and the walk from there.
    walk_kmh : speed on the straight line between a door and the nearest road for cars.
    max_minutes : longest trip from door to door.

    Raises
    ------
    ProjectError
        that names every value out of range.
    """

    speed_factor: float = 0.8
    parking_min: float = 5.0
    walk_kmh: float = 4.5
    max_minutes: float = 60.0

    def __post_init__(self) -> None:
        ranges = (
            ("speed_factor", 0.1, 1.5),
            ("parking_min", 0.0, 60.0),
            ("walk_kmh", 0.5, 10.0),
            ("max_minutes", 1.0, 240.0),
        )
        faults = []
        for name, low, high in ranges:
            value = getattr(self, name)
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not (is_number and low <= value <= high):
                problem = f"must be from {low:g} to {high:g}"
                faults.append(Fault(problem, value=str(value), key=f"contrast.{name}"))
        if faults:
            raise ProjectError(faults)


def drive_times(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    roads: Streets,
    car: Car | None = None,
    *,
    workers: int | None = None,
) -> pd.DataFrame:
    """Door-to-door minutes by car, as a contrast beside travel times without own transport.

    Parameters
    ----------
    sites : with site_id and geometry, EPSG:4326.
    practices : with practice_id and geometry, EPSG:4326.
    roads : from `load_roads`.
    car : speed, parking and longest trip; `Car()` by default.
    workers : threads; None for all processors.

    Returns
    -------
    DataFrame
        site_id, practice_id, minutes_car, one row for each pair within ``car.max_minutes``, in the order of the sites
        and then of the practices. Minutes hold the walk to and from the nearest road for cars, at most 500 m away,
        driving at a share of the limit, and parking. ``attrs["notes"]`` say how they were reckoned.

    Raises
    ------
    TableError, StreetsError
        when tables or roads do not fit.
    """
    car = car or Car()
    check_points(sites, "site_id", "sites")
    check_points(practices, "practice_id", "practices")
    graph = drive_graph(roads, car)
    links = _links(
        graph, _snapped(graph, sites), _snapped(graph, practices), car, car.max_minutes, workers
    )
    order = np.lexsort((links.to, links.row))
    times = pd.DataFrame(
        {
            "site_id": sites["site_id"].to_numpy()[links.row[order]],
            "practice_id": practices["practice_id"].to_numpy()[links.to[order]],
            "minutes_car": links.seconds[order] / 60.0 + car.parking_min,
        }
    )
    times.attrs["notes"] = car_notes(roads, car)
    return times


def nearest_by_car(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    roads: Streets,
    car: Car,
    workers: int | None = None,
) -> Array:
    """Minutes by car from every site to the practice that is reached soonest.

    Parameters
    ----------
    sites, practices, roads, car, workers : as in `drive_times`.

    Returns
    -------
    float (sites,)
        inf where no practice is within ``car.max_minutes``.
    """
    graph = drive_graph(roads, car)
    origins, destinations = _snapped(graph, sites), _snapped(graph, practices)
    minutes = np.full(len(sites), np.inf)
    limit = min(car.parking_min + _FIRST_LIMIT_MIN, car.max_minutes)
    while True:
        # whoever is reached within a limit has its nearest within it, so only the others search farther
        left = np.flatnonzero(np.isinf(minutes))
        links = _links(graph, origins.take(left), destinations, car, limit, workers)
        np.minimum.at(minutes, left[links.row], links.seconds / 60.0 + car.parking_min)
        if limit >= car.max_minutes:
            return minutes
        limit = min(2 * limit, car.max_minutes)


def drive_graph(roads: Streets, car: Car) -> StreetGraph:
    """Searchable graph of the roads whose lengths are milliseconds of driving.

    Islands that nobody is snapped to are those of less than 1% of the longest component and 500 seconds of driving.

    Raises
    ------
    StreetsError
        when the streets hold no roads for cars.
    """
    if roads.kmh is None:
        raise StreetsError(
            Fault(
                "these streets hold no roads for cars",
                roads.source,
                remedy="read them with load_roads",
            )
        )
    on_land = roads.fixed_s == 0
    cm_per_ms = np.where(on_land, roads.kmh, 1) * car.speed_factor / 36.0
    ms = np.where(on_land, np.maximum(np.rint(roads.length_cm / cm_per_ms), 1.0), 0.0)
    return build_graph(replace(roads, length_cm=ms.astype(np.int32)), "drive", _MS_KMH)


def car_notes(roads: Streets, car: Car) -> tuple[str, ...]:
    """Say how times by car were reckoned."""
    reckoned = (
        f"by car, as a contrast only: driving at {car.speed_factor:g} of the speed limit, "
        f"{car.parking_min:g} minutes to park (assumptions of 2026), at most {car.max_minutes:g} "
        "minutes; without forbidden turns, bollards and traffic jams"
    )
    return (reckoned, *(f"by car: {note}" for note in roads.notes))


def _snapped(graph: StreetGraph, points: gpd.GeoDataFrame) -> Snapped:
    return snap(graph, *lonlat(points), MAX_SNAP_M)


def _links(
    graph: StreetGraph,
    origins: Snapped,
    destinations: Snapped,
    car: Car,
    limit_min: float,
    workers: int | None,
) -> Links:
    limit_s = max(0.0, 60.0 * (limit_min - car.parking_min))
    return vehicle_links(graph, origins, destinations, car.walk_kmh, limit_s, workers)
