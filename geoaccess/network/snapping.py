"""Points snapped to streets: the nearest point on a usable edge, not the nearest node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.streets import StreetGraph
from geoaccess.tables import METRES_PER_DEGREE

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Snapped:
    """Points on the street graph.

    Attributes
    ----------
    chain : int32 (n,); chain the point lies on, -1 where no usable street is near enough.
    offset_cm : int32 (n,); distance from the chain's first junction to the foot of the point.
    off_street_cm : int32 (n,); straight distance from the point to its foot, walked as well.
    """

    chain: Array
    offset_cm: Array
    off_street_cm: Array

    @property
    def linked(self) -> Array:
        """Bool (n,): is the point linked to the network."""
        return self.chain >= 0

    @property
    def snap_m(self) -> Array:
        """Float (n,): straight distance to the street in metres, NaN where not linked."""
        return np.where(self.linked, self.off_street_cm / 100.0, np.nan)

    def take(self, index: Array) -> Snapped:
        """Return the points at ``index``."""
        return Snapped(self.chain[index], self.offset_cm[index], self.off_street_cm[index])


def snap(graph: StreetGraph, lon: Array, lat: Array, limit_m: float) -> Snapped:
    """Snap points to the nearest point on a usable street.

    Parameters
    ----------
    graph : street graph.
    lon, lat : float64 (n,); degrees. Points without a finite place are not linked.
    limit_m : farthest a point may lie from the street.

    Returns
    -------
    Snapped
        chain is -1 for a point farther than ``limit_m`` from every usable street.
    """
    chain, offset, off = _snap(
        np.ascontiguousarray(lon, dtype=np.float64),
        np.ascontiguousarray(lat, dtype=np.float64),
        limit_m,
        graph.segment_lonlat,
        graph.segment_chain,
        graph.segment_start_cm,
        graph.segment_end_cm,
        graph.grid.first,
        graph.grid.segment,
        *graph.grid.shape,
        *graph.grid.origin,
        *graph.grid.step,
    )
    return Snapped(chain, offset, off)


@nb.njit(cache=True, nogil=True)
def _snap(  # type: ignore[no-untyped-def]
    lon,
    lat,
    limit_m,
    lonlat,
    seg_chain,
    seg_start,
    seg_end,
    grid_first,
    grid_segment,
    nx,
    ny,
    x0,
    y0,
    dx,
    dy,
):
    n = len(lon)
    chain = np.full(n, -1, np.int32)
    offset = np.zeros(n, np.int32)
    off = np.zeros(n, np.int32)
    for k in range(n):
        if not (np.isfinite(lon[k]) and np.isfinite(lat[k])):
            continue
        my = METRES_PER_DEGREE
        mx = my * np.cos(np.radians(lat[k]))
        cell_m = min(dx * mx, dy * my)
        ci, cj = int(np.floor((lon[k] - x0) / dx)), int(np.floor((lat[k] - y0) / dy))
        best = limit_m * limit_m * (1.0 + 1e-12)
        found = -1
        place = 0.0
        # rings that lie wholly outside the grid are skipped at once
        ring = max(0, -ci, -cj, ci - nx + 1, cj - ny + 1)
        while (ring - 1) * cell_m <= np.sqrt(best):
            for j in range(max(0, cj - ring), min(ny - 1, cj + ring) + 1):
                inner = abs(j - cj) < ring
                step = 2 * ring if inner and ring > 0 else 1
                for i in range(ci - ring, ci + ring + 1, step):
                    if i < 0 or i >= nx:
                        continue
                    cell = j * nx + i
                    for g in range(grid_first[cell], grid_first[cell + 1]):
                        s = grid_segment[g]
                        ax, ay = (lonlat[s, 0] - lon[k]) * mx, (lonlat[s, 1] - lat[k]) * my
                        bx, by = (
                            (lonlat[s, 2] - lon[k]) * mx - ax,
                            (lonlat[s, 3] - lat[k]) * my - ay,
                        )
                        square = bx * bx + by * by
                        t = (
                            0.0
                            if square == 0.0
                            else min(1.0, max(0.0, -(ax * bx + ay * by) / square))
                        )
                        px, py = ax + t * bx, ay + t * by
                        d = px * px + py * py
                        if d < best or (d == best and (found < 0 or s < found)):
                            best, found, place = d, s, t
            ring += 1
        if found >= 0:
            chain[k] = seg_chain[found]
            offset[k] = seg_start[found] + int(
                np.round(place * (seg_end[found] - seg_start[found]))
            )
            off[k] = int(np.round(100.0 * np.sqrt(best)))
    return chain, offset, off
