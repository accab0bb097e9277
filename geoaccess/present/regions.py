"""Where the map looks: one region for each clearly separate cluster of sites."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from geoaccess import tables
from geoaccess.access.areas import OUTSIDE
from geoaccess.present.findings import area_names
from geoaccess.present.text import say

if TYPE_CHECKING:
    from geoaccess.result import Result

#: sites further apart than this, with nothing between them, are different regions
GAP_M = 20_000.0
MOST_REGIONS = 3
#: room around the sites of a region
MARGIN, MARGIN_M = 0.06, 800.0
#: where a map looks when there is nothing to look at
NOWHERE = (5.2, 52.1)

Bounds = tuple[float, float, float, float]
IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, eq=False)
class Region:
    """A cluster of sites.

    Attributes
    ----------
    name : after the areas in it with most residents.
    sites : row numbers of its sites.
    metres : bounds (west, south, east, north) in the projected system of `map_crs`.
    """

    name: str
    sites: IntArray
    metres: Bounds

    def view(self, crs: str, share: float = 0.0) -> Bounds:
        """Bounds in degrees, widened on every side by a share of the longest side."""
        west, south, east, north = self.metres
        more = share * max(east - west, north - south)
        return view_in_degrees((west - more, south - more, east + more, north + more), crs)


def view_in_degrees(metres: Bounds, crs: str) -> Bounds:
    """Bounds in degrees of a frame (west, south, east, north) in metres."""
    frame = shapely.segmentize(shapely.box(*metres), (metres[2] - metres[0]) / 8)
    low_high = gpd.GeoSeries([frame], crs=crs).to_crs(tables.LONLAT).total_bounds
    west, south, east, north = (float(value) for value in low_high)
    return west, south, east, north


def map_crs(result: Result) -> str:
    """Projected system of the printed map and of the GeoPackage: RD New for Dutch data, else UTM."""
    for table in (result.sites, result.practices, result.areas):
        if len(table) and not np.isnan(table.total_bounds).any():
            west, south, east, north = table.total_bounds
            return tables.metric_crs((west + east) / 2, (south + north) / 2)
    return tables.RD_NEW


def regions(result: Result) -> list[Region]:
    """Split the map into one region per cluster of sites, at most three, from west to east.

    Clusters count as separate where more than 20 km lies between them and showing them apart saves at
    least half of the ground of one map around all; otherwise there is one region.
    """
    crs = map_crs(result)
    table = result.sites if len(result.sites) else result.practices
    points = (
        table.geometry if len(table) else gpd.GeoSeries.from_xy(*zip(NOWHERE), crs=tables.LONLAT)
    )
    xy = shapely.get_coordinates(points.to_crs(crs).to_numpy())
    label = _clusters(xy) if len(result.sites) else np.zeros(len(xy), dtype=np.int64)
    keys = np.unique(label)
    parts = [_padded(xy[label == key]) for key in keys]
    whole = _padded(xy)
    if sum(map(_ground, parts)) > 0.5 * _ground(whole):
        label, keys, parts = np.zeros(len(xy), dtype=np.int64), np.array([0]), [whole]
    found = []
    for place, k in enumerate(sorted(range(len(parts)), key=lambda k: parts[k]), start=1):
        rows = np.flatnonzero(label == keys[k]) if len(result.sites) else np.array([], dtype=int)
        found.append(Region(_name(result, rows, place), rows.astype(np.int64), parts[k]))
    return found


def nearest_region(points: gpd.GeoSeries, parts: list[Region], crs: str) -> IntArray:
    """Index of the region that each point (EPSG:4326) lies in or nearest to."""
    if not len(points):
        return np.array([], dtype=np.int64)
    xy = shapely.get_coordinates(points.to_crs(crs).to_numpy())
    gaps = []
    for part in parts:
        west, south, east, north = part.metres
        dx = np.maximum(np.maximum(west - xy[:, 0], xy[:, 0] - east), 0.0)
        dy = np.maximum(np.maximum(south - xy[:, 1], xy[:, 1] - north), 0.0)
        gaps.append(np.hypot(dx, dy))
    return np.asarray(np.argmin(np.array(gaps), axis=0), dtype=np.int64)


def scale_length(width_m: float) -> float:
    """Round length in metres for a scale bar on a map ``width_m`` wide: at most a fifth of it.

    Examples
    --------
    >>> scale_length(31_000.0), scale_length(1_900.0)
    (5000.0, 200.0)
    """
    target = max(width_m / 5, 1.0)
    tens: float = 10.0 ** math.floor(math.log10(target))
    return max(n * tens for n in (1.0, 2.0, 5.0) if n * tens <= target)


def _clusters(xy: np.ndarray[Any, Any]) -> IntArray:
    """Label of the cluster of every point: single linkage on a coarse grid, so that its cost is bounded."""
    from scipy.cluster import hierarchy

    cell_m = max(1_000.0, float(np.ptp(xy, axis=0).max()) / 60)
    cells, inverse = np.unique(np.floor(xy / cell_m), axis=0, return_inverse=True)
    if len(cells) == 1:
        return np.zeros(len(xy), dtype=np.int64)
    tree = hierarchy.linkage(cells * cell_m, method="single")
    label = hierarchy.fcluster(tree, t=GAP_M, criterion="distance")
    if label.max() > MOST_REGIONS:
        label = hierarchy.fcluster(tree, t=MOST_REGIONS, criterion="maxclust")
    return np.asarray(label[inverse.ravel()], dtype=np.int64)


def _padded(xy: np.ndarray[Any, Any]) -> Bounds:
    low, high = xy.min(axis=0), xy.max(axis=0)
    margin = max(float((high - low).max()) * MARGIN, MARGIN_M)
    return (
        float(low[0] - margin),
        float(low[1] - margin),
        float(high[0] + margin),
        float(high[1] + margin),
    )


def _ground(bounds: Bounds) -> float:
    west, south, east, north = bounds
    return (east - west) * (north - south)


def _name(result: Result, rows: IntArray, place: int) -> str:
    """Name a region after the two areas in it with most residents, or else give it a number."""
    language, areas = result.context.language, result.areas
    here = result.sites.iloc[rows]
    weight = here["residents"].fillna(0.0).groupby(here["area_id"]).sum()
    names = dict(zip(areas["area_id"], area_names(areas, language), strict=True))
    keys = sorted(
        (key for key in weight.index if key in names and key != OUTSIDE),
        key=lambda key: (-float(weight[key]), str(key)),
    )
    if not keys:
        return say(language, "region", number=str(place))
    return ", ".join(names[key] for key in keys[:2]) + (" …" if len(keys) > 2 else "")
