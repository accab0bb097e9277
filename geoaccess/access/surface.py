"""The access surface: travel time to the nearest practice from every cell of an area, housing site or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoaccess.access.cells import cover
from geoaccess.access.nearest import minutes_column
from geoaccess.access.norm import Norm
from geoaccess.access.reason import NO_CONNECTION, NOT_LINKED, reasons
from geoaccess.route.lowest import lowest_seconds
from geoaccess.route.matrix import check_percentiles
from geoaccess.route.window import NEVER, parse_window
from geoaccess.tables import LONLAT, add_note, check_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geoaccess.network.network import Network

CELL_M = 250


def surface(
    practices: gpd.GeoDataFrame,
    network: Network,
    *,
    cell_m: int = CELL_M,
    area: gpd.GeoDataFrame | gpd.GeoSeries | shapely.Geometry | None = None,
    window: tuple[str, str] = ("08:00", "10:00"),
    percentiles: Sequence[float] | float = (10, 50, 90),
    norm: Norm | None = None,
    workers: int | None = None,
) -> gpd.GeoDataFrame:
    """Travel time to the nearest practice from every square cell of an area.

    A cell's trip starts at its centre, whoever lives there: nothing is said about residents. A centre that lies
    farther from every usable street than the network links points (in water, in a wood) has the reason not_linked. The
    number for a percentile is the lowest of all practices at that percentile: that of the nearest practice to a site at
    the centre, by `travel_times`.

    Parameters
    ----------
    practices : points with practice_id, EPSG:4326.
    network : from `build_network`; it holds the traveller and the date.
    cell_m : side of a cell in whole metres, 10 to 10,000.
    area : polygons to cover, EPSG:4326: every cell that lies in them wholly or in part. None for the rectangle around
        the usable streets of the network.
    window : departures once a minute, as in `travel_times`.
    percentiles : of the travel times over the window.
    norm : gives the reason, and the percentile by which the nearest practice is chosen (measured in any case); 30
        minutes at the median by default.
    workers : threads; None for all processors.

    Returns
    -------
    GeoDataFrame
        one row for every cell, from south to north and from west to east: cell_id (see
        `geoaccess.access.cells.cell_ids`: inside the Netherlands that of CBS), east_m and north_m (of its south-west
        corner, in the system of the grid), minutes_p10, ... (float; inf where there
        is no trip), practice_id (of the nearest; of equally near ones the first in order of id; None where there is
        none), snap_m (metres from the centre to the street; NaN where not linked), reason (within_norm, beyond_norm,
        no_connection or not_linked) and geometry (squares, EPSG:4326). ``attrs`` hold cell_m, crs (of the grid) and
        notes.

    Raises
    ------
    TableError, ProjectError
        for faulty practices, areas, sides, windows or percentiles.

    Notes
    -----
    Memory is bounded: see `geoaccess.route.lowest.lowest_seconds`. The result itself takes about 1 kB a cell.
    """
    norm = norm or Norm()
    check_points(practices, "practice_id", "practices")
    wanted = tuple(sorted({*check_percentiles(percentiles), float(norm.percentile)}))
    departs = parse_window(window, network.who.max_minutes)
    cells = cover(usable_extent(network) if area is None else area, cell_m)
    # in order of id, so that of equally near practices the first id counts, as for sites
    order = np.argsort(pd.factorize(practices["practice_id"], sort=True)[0], kind="stable")
    centres = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*cells.centres()), crs=LONLAT)
    points = network.snap(centres)
    seconds, number = lowest_seconds(
        points,
        cells.groups(),
        network.snap(practices).take(order),
        network,
        departs,
        wanted,
        workers,
    )
    ids = practices["practice_id"].to_numpy(dtype=object)[order]
    judged = wanted.index(float(norm.percentile))
    columns: dict[str, Any] = {
        "cell_id": cells.ids(),
        "east_m": cells.column * cells.grid.cell_m,
        "north_m": cells.row * cells.grid.cell_m,
    }
    for percentile, found in zip(wanted, seconds, strict=True):
        columns[minutes_column(percentile)] = np.where(found < NEVER, found / 60.0, np.inf)
    nearest = np.append(ids, [None])[number[judged]]
    columns["practice_id"] = pd.Series(nearest, dtype=object)
    columns["snap_m"] = points.snap_m
    table = pd.DataFrame(columns)
    table["reason"] = reasons(
        table[minutes_column(norm.percentile)], pd.Series(points.linked), norm.max_minutes
    )
    result = gpd.GeoDataFrame(table, geometry=cells.squares(), crs=LONLAT)
    result.attrs = {"cell_m": cells.grid.cell_m, "crs": cells.grid.crs}
    for note in _remarks(result, network.max_snap_m):
        add_note(result, note)
    return result


def usable_extent(network: Network) -> shapely.Geometry:
    """Rectangle (EPSG:4326) around all streets that points can be linked to."""
    ends = network.graph.segment_lonlat
    lon, lat = ends[:, [0, 2]], ends[:, [1, 3]]
    little = 1e-5  # about a metre, so that one straight street has a rectangle, too
    frame = shapely.box(
        lon.min() - little, lat.min() - little, lon.max() + little, lat.max() + little
    )
    # its edges are straight in degrees, not in metres
    return shapely.segmentize(frame, frame.length / 400)


def _remarks(cells: gpd.GeoDataFrame, max_snap_m: float) -> list[str]:
    side, count = cells.attrs["cell_m"], len(cells)
    return [
        f"{lost} of {count} cells of {side} x {side} m {why}"
        for reason, why in (
            (
                NOT_LINKED,
                f"have their centre more than {max_snap_m:g} m from any usable street: no time is known",
            ),
            (NO_CONNECTION, "have no connection to any practice within the longest trip"),
        )
        if (lost := int((cells["reason"] == reason).sum()))
    ]
