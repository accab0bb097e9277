"""A grid over street segments, in which the segments near a point are found without looking at the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np

from geoaccess.tables import METRES_PER_DEGREE

Array = np.ndarray[Any, Any]

#: Size of a cell; larger where streets are sparse, so that there are never far more cells than segments.
CELL_M = 200.0


@dataclass(frozen=True, eq=False)
class SegmentGrid:
    """Cells of a lon/lat grid and the segments whose bounding box touches them.

    Attributes
    ----------
    first : int64 (cells + 1,), segment : int32; segments of each cell, cells row by row from the south-west.
    shape : number of cells from west to east and from south to north.
    origin : lon, lat of the south-west corner.
    step : degrees of one cell.
    """

    first: Array
    segment: Array
    shape: tuple[int, int]
    origin: tuple[float, float]
    step: tuple[float, float]


def segment_grid(lonlat: Array) -> SegmentGrid:
    """Index segments by the cells of a lon/lat grid.

    Parameters
    ----------
    lonlat : float64 (s, 4); lon, lat of both ends of each segment.
    """
    lon = np.minimum(lonlat[:, 0], lonlat[:, 2]), np.maximum(lonlat[:, 0], lonlat[:, 2])
    lat = np.minimum(lonlat[:, 1], lonlat[:, 3]), np.maximum(lonlat[:, 1], lonlat[:, 3])
    origin = float(lon[0].min()), float(lat[0].min())
    middle = 0.5 * (origin[1] + float(lat[1].max()))
    span_x = (float(lon[1].max()) - origin[0]) * METRES_PER_DEGREE * np.cos(np.radians(middle))
    span_y = (float(lat[1].max()) - origin[1]) * METRES_PER_DEGREE
    cell_m = max(CELL_M, float(np.sqrt(max(span_x * span_y, 1.0) / (4.0 * len(lonlat) + 1e4))))
    step = cell_m / METRES_PER_DEGREE / np.cos(np.radians(middle)), cell_m / METRES_PER_DEGREE
    shape = int(span_x / cell_m) + 1, int(span_y / cell_m) + 1
    first, segment = _fill_grid(lonlat, shape[0], shape[1], origin[0], origin[1], step[0], step[1])
    return SegmentGrid(first, segment, shape, origin, step)


@nb.njit(cache=True, nogil=True)
def _fill_grid(lonlat, nx, ny, x0, y0, dx, dy):  # type: ignore[no-untyped-def]
    first = np.zeros(nx * ny + 1, np.int64)
    segment = np.empty(0, np.int32)
    fill = first[:1].copy()
    for go in range(2):
        if go == 1:
            for k in range(nx * ny):
                first[k + 1] += first[k]
            fill = first[:-1].copy()
            segment = np.empty(first[-1], np.int32)
        for k in range(len(lonlat)):
            xa, xb = min(lonlat[k, 0], lonlat[k, 2]), max(lonlat[k, 0], lonlat[k, 2])
            ya, yb = min(lonlat[k, 1], lonlat[k, 3]), max(lonlat[k, 1], lonlat[k, 3])
            for i in range(min(nx - 1, int((xa - x0) / dx)), min(nx - 1, int((xb - x0) / dx)) + 1):
                for j in range(
                    min(ny - 1, int((ya - y0) / dy)), min(ny - 1, int((yb - y0) / dy)) + 1
                ):
                    cell = j * nx + i
                    if go == 0:
                        first[cell + 1] += 1
                    else:
                        segment[fill[cell]] = k
                        fill[cell] += 1
    return first, segment
