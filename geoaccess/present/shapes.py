"""Polygons of areas, and where the name of an area goes: inside it, away from the symbols on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

    from geoaccess.present.regions import Bounds

#: places tried along each side of an area's box
TRIED = 12
#: names are wide and low: a symbol this many times further away sideways hinders as much
WIDENESS = 3.0

#: with more areas than this in view only those with sites are drawn
MOST_AREAS = 1_500

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]


def polygons(shape: Any) -> list[Any]:
    """Every polygon in a shape of any kind; lines and points in it are passed over."""
    if shape is None or shape.is_empty:
        return []
    parts = shapely.get_parts(shapely.get_parts(shape))
    return [part for part in parts if part.geom_type == "Polygon"]


def areas_in_view(areas: gpd.GeoDataFrame, views: list[Bounds]) -> IntArray:
    """Row numbers of the areas to draw.

    Those that touch a view (west, south, east, north, in the system of ``areas``); where there are very
    many of them (neighbourhoods of a whole country) only those with sites.
    """
    shapes = areas.geometry.to_numpy()
    near = np.zeros(len(shapes), dtype=bool)
    for view in views:
        near |= shapely.intersects(shapes, shapely.box(*view))
    if near.sum() > MOST_AREAS:
        near &= areas["sites"].to_numpy() > 0
    return np.flatnonzero(near).astype(np.int64)


def label_spots(shapes: np.ndarray[Any, Any], symbols: FloatArray) -> FloatArray:
    """Best place for the name of each area.

    Parameters
    ----------
    shapes : polygons (n,) in metres; missing or empty ones get NaN.
    symbols : places (k, 2) in metres that a name should not cover.

    Returns
    -------
    ndarray (n, 2)
        the place inside the area furthest from its edge and from all symbols.
    """
    spots = np.full((len(shapes), 2), np.nan)
    for row, shape in enumerate(shapes):
        found = polygons(shape)
        if found:
            spots[row] = _spot(max(found, key=lambda polygon: polygon.area), symbols)
    return spots


def _spot(shape: Any, symbols: FloatArray) -> FloatArray:
    west, south, east, north = shape.bounds
    share = (np.arange(TRIED) + 0.5) / TRIED
    x, y = np.meshgrid(west + share * (east - west), south + share * (north - south))
    tried = np.column_stack([x.ravel(), y.ravel()])
    tried = np.vstack([shapely.get_coordinates(shapely.point_on_surface(shape)), tried])
    shapely.prepare(shape)
    tried = tried[shapely.contains_xy(shape, tried)]
    squeeze = np.array([1.0 / WIDENESS, 1.0])
    outline = shapely.get_coordinates(shapely.segmentize(shape.boundary, (east - west) / 10 + 1.0))
    room = 2.0 * _nearest(tried * squeeze, outline * squeeze)
    if len(symbols):
        room = np.minimum(room, _nearest(tried * squeeze, symbols * squeeze))
    best: FloatArray = tried[np.argmax(room)]
    return best


def _nearest(places: FloatArray, others: FloatArray) -> FloatArray:
    from scipy.spatial import cKDTree

    distance, _ = cKDTree(others).query(places)
    return np.asarray(distance, dtype=np.float64)
