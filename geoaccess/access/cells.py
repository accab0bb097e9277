"""The square cells of a national grid that cover an area, and the codes they are known by.

Inside the Netherlands the grid is that of Statistics Netherlands (CBS): squares in RD New (EPSG:28992) whose corners
are whole multiples of their side, from the origin of that system. Elsewhere it is laid out likewise in the UTM zone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geoaccess.errors import Fault, ProjectError, TableError
from geoaccess.tables import LONLAT, RD_NEW, metric_crs

Array = np.ndarray[Any, Any]

SMALLEST_M, LARGEST_M = 10, 10_000
MOST_CELLS = 2_000_000
#: the rectangles around the parts of an area may hold so many times as many cells
LOOKED_AT = 4
#: squares held at once while it is told which lie in an area
BOXES = 200_000
#: what lies this near to the edge of a cell does not count as inside: coordinates are not more exact than that
EDGE_M = 0.01
#: width of the blocks of cells that are searched together first
GROUP_M = 300


@dataclass(frozen=True)
class Grid:
    """A grid of squares.

    Attributes
    ----------
    crs : projected system, "EPSG:28992" or a UTM zone.
    cell_m : side of the squares in metres; corners are multiples of it.
    """

    crs: str
    cell_m: int

    @property
    def code(self) -> tuple[str, int, int]:
        """How cells are named: a template for {east} and {north}, the unit of these in metres, and their digits."""
        if self.crs != RD_NEW:
            system = self.crs.removeprefix("EPSG:")
            return f"CRS{system}RES{self.cell_m}mN{{north}}E{{east}}", 1, 1
        return ("E{east}N{north}", 100, 4) if self.cell_m % 100 == 0 else ("E{east}N{north}", 1, 6)


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of a grid, from south to north and within a row from west to east.

    Attributes
    ----------
    grid : the grid.
    column, row : int64 (n,); the south-west corner of a cell lies at (column, row) times the side.
    """

    grid: Grid
    column: Array
    row: Array

    def ids(self) -> Array:
        """Codes of the cells (n,), see `cell_ids`."""
        return cell_ids(self.grid, self.column, self.row)

    def centres(self) -> tuple[Array, Array]:
        """Longitude and latitude (degrees) of the centres."""
        return _degrees(self.grid, self.column + 0.5, self.row + 0.5)

    def groups(self) -> Array:
        """Numbers (n,) that are the same for cells of one block of neighbours, `GROUP_M` wide or two cells."""
        side = max(2, round(GROUP_M / self.grid.cell_m))
        column, row = self.column // side, self.row // side
        numbers: Array = (row - row.min()) * (int(np.ptp(column)) + 1) + column - column.min()
        return numbers

    def squares(self) -> Array:
        """Polygons (n,) in EPSG:4326."""
        corner = np.stack([self.column, self.row], axis=1)
        around = corner[:, None, :] + np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
        # neighbours share their corners, so each is computed once
        first = around.reshape(-1, 2).min(axis=0)
        wide = int(around[..., 0].max() - first[0]) + 1
        number = (around[..., 1] - first[1]) * wide + around[..., 0] - first[0]
        used, place = np.unique(number, return_inverse=True)
        corners = np.column_stack(
            _degrees(self.grid, used % wide + first[0], used // wide + first[1])
        )
        squares: Array = shapely.polygons(corners[place.reshape(number.shape)])
        return squares


def cell_ids(grid: Grid, column: Array, row: Array) -> Array:
    """Codes of cells by their south-west corner.

    Squares in RD New whose side is a multiple of 100 m have the code of CBS: ``E`` and ``N`` with the hectometres of
    the corner in four digits (E0811N4545). CBS leaves out the last two zeros of a code because the corners are
    multiples of 100 m; those of other sides (250 m) are not, so theirs keep all six digits in metres (E081250N454500).
    Elsewhere the code follows INSPIRE and names system and side as well (CRS32630RES250mN5712250E483500).

    CBS describes its code in "Statistische gegevens per vierkant en postcode", chapter "Codering vierkant".

    Parameters
    ----------
    grid : the grid.
    column, row : int64 (n,); the corner lies at (column, row) times the side.

    Examples
    --------
    >>> list(cell_ids(Grid("EPSG:28992", 500), np.array([162]), np.array([909])))
    ['E0810N4545']
    >>> list(cell_ids(Grid("EPSG:28992", 250), np.array([325]), np.array([1818])))
    ['E081250N454500']
    """
    template, unit, digits = grid.code
    east, north = (column * grid.cell_m // unit).tolist(), (row * grid.cell_m // unit).tolist()
    codes = [
        template.format(east=f"{x:0{digits}d}", north=f"{y:0{digits}d}")
        for x, y in zip(east, north, strict=True)
    ]
    return np.array(codes, dtype=object)


def side_faults(cell_m: object) -> list[Fault]:
    """Say what is wrong with the side of a cell, if anything."""
    whole = isinstance(cell_m, (int, np.integer)) and not isinstance(cell_m, bool)
    if whole and SMALLEST_M <= int(cell_m) <= LARGEST_M:  # type: ignore[call-overload]
        return []
    return [
        Fault(
            f"must be a whole number of metres from {SMALLEST_M} to {LARGEST_M}",
            value=str(cell_m),
            remedy="250 is usual; CBS has squares of 100 and 500",
            key="surface.cell_m",
        )
    ]


def area_polygons(area: object) -> Array:
    """Take the valid polygons (n,) out of an area: a table of polygons, a series of them or one geometry.

    Raises
    ------
    TableError
        when it is empty, has no polygons, or is not in degrees (EPSG:4326).
    """
    geometry = area.geometry if isinstance(area, gpd.GeoDataFrame) else area
    if isinstance(geometry, gpd.GeoSeries):
        if geometry.crs is None or not geometry.crs.equals(LONLAT):
            system = "no coordinate system" if geometry.crs is None else geometry.crs.to_string()
            remedy = "convert it with to_crs(4326)"
            raise TableError(Fault("is not in EPSG:4326", "area", value=system, remedy=remedy))
        shapes = geometry.to_numpy()
    else:
        shapes = np.array([geometry], dtype=object)
    if not all(shape is None or isinstance(shape, shapely.Geometry) for shape in shapes):
        remedy = "give a GeoDataFrame of polygons or a shapely geometry, in EPSG:4326"
        raise TableError(Fault("is no area", "area", value=str(area)[:80], remedy=remedy))
    polygons = _polygons(shapes)
    if not len(polygons):
        raise TableError(
            Fault("holds no polygon", "area", remedy="give the polygons to cover, or leave it out")
        )
    west, south, east, north = shapely.total_bounds(polygons)
    on_earth = west >= -180 and east <= 180 and south >= -85 and north <= 85
    if not on_earth:
        remedy = "convert it to EPSG:4326"
        raise TableError(Fault("is not in degrees", "area", value=f"{west:g}", remedy=remedy))
    return polygons


def _polygons(shapes: Array) -> Array:
    """Parts of shapes that are polygons, mended where they are not valid."""
    parts = shapely.get_parts(shapely.make_valid(shapes))
    parts = shapely.get_parts(parts)  # of the collections that mending makes
    polygons: Array = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    return polygons


def cover(area: object, cell_m: int) -> Cells:
    """Lay the cells of the national grid over an area: every cell that lies in it wholly or in part.

    Parameters
    ----------
    area : polygons in EPSG:4326: a GeoDataFrame, a GeoSeries or one geometry. Their edges are straight lines in the
        system of the grid, in which most areas were drawn.
    cell_m : side of a cell in whole metres.

    Raises
    ------
    TableError, ProjectError
        for an area or a side that cannot be used, or more than `MOST_CELLS` cells.
    """
    if faults := side_faults(cell_m):
        raise ProjectError(faults)
    polygons = area_polygons(area)
    west, south, east, north = shapely.total_bounds(polygons)
    grid = Grid(metric_crs((west + east) / 2, (south + north) / 2), int(cell_m))
    parts = _polygons(gpd.GeoSeries(polygons, crs=LONLAT).to_crs(grid.crs).to_numpy())
    bounds = shapely.bounds(parts) / grid.cell_m
    low, high = np.floor(bounds[:, :2]).astype(np.int64), np.ceil(bounds[:, 2:]).astype(np.int64)
    looked_at = int(np.prod(high - low, axis=1).sum())
    if looked_at > LOOKED_AT * MOST_CELLS:  # rectangles around the parts, so rather many
        raise _too_many(looked_at // LOOKED_AT, grid)
    places = [_inside(part, low[k], high[k], grid.cell_m) for k, part in enumerate(parts.tolist())]
    # parts share cells; a row and a column in one number are sorted fast
    wide = int(high[:, 0].max(initial=0) - low[:, 0].min(initial=0)) + 1
    least = int(low[:, 0].min(initial=0))
    place = np.unique(np.concatenate([row * wide + column - least for row, column in places]))
    if not len(place):
        raise TableError(Fault("holds no polygon", "area", remedy="it is too small to cover"))
    if len(place) > MOST_CELLS:
        raise _too_many(len(place), grid)
    return Cells(grid, place % wide + least, place // wide)


def _too_many(cells: int, grid: Grid) -> ProjectError:
    least = math.ceil(grid.cell_m * math.sqrt(cells / MOST_CELLS))
    return ProjectError(
        Fault(
            f"the area would have about {cells} cells of {grid.cell_m} m, at most {MOST_CELLS} are measured",
            value=str(grid.cell_m),
            remedy=f"choose cells of {least} m or more, or a smaller area",
            key="surface.cell_m",
        )
    )


def _inside(part: Any, low: Array, high: Array, cell_m: int) -> tuple[Array, Array]:
    """Rows and columns of the cells between two corners that lie in a polygon, at least in part."""
    shapely.prepare(part)
    across = np.arange(low[0], high[0])
    step = max(1, BOXES // max(1, len(across)))
    rows, columns = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for start in range(low[1], high[1], step):
        up = np.arange(start, min(start + step, high[1]))
        column, row = np.tile(across, len(up)), np.repeat(up, len(across))
        x, y = column * cell_m, row * cell_m
        boxes = shapely.box(x + EDGE_M, y + EDGE_M, x + cell_m - EDGE_M, y + cell_m - EDGE_M)
        kept = shapely.intersects(part, boxes)
        rows.append(row[kept])
        columns.append(column[kept])
    return np.concatenate(rows), np.concatenate(columns)


def _degrees(grid: Grid, column: Array, row: Array) -> tuple[Array, Array]:
    from pyproj import Transformer

    back = Transformer.from_crs(grid.crs, LONLAT, always_xy=True)
    lon, lat = back.transform(column * float(grid.cell_m), row * float(grid.cell_m))
    return lon, lat
