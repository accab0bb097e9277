"""The access surface as compact columns for the page: runs of cells, a class and a time for each.

The page places cells with a polynomial fitted to the grid's projection, so that no coordinates have to be kept; the fit
is within `FIT_M` of the projection wherever the cells are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.access.cells import Grid
from geoaccess.access.nearest import minutes_column
from geoaccess.present.classes import NO_DATA, UNREACHABLE, rounded_minutes
from geoaccess.present.findings import reason_words, surface_classes, surface_words
from geoaccess.present.map_data import AROUND
from geoaccess.present.records import practice_names
from geoaccess.present.regions import map_crs
from geoaccess.present.text import say
from geoaccess.tables import LONLAT

if TYPE_CHECKING:
    from geoaccess.present.regions import Region
    from geoaccess.result import Result

Array = np.ndarray[Any, Any]

DEGREE = 5
FIT_M = 1.0
#: points along each side of the lattice that the polynomial is fitted to
LATTICE = 25


def surface_parts(result: Result, found: list[Region]) -> list[dict[str, Any] | None]:
    """Cells that each map panel draws; None where no surface was measured or none of it is in view."""
    cells = result.surface
    if cells is None:
        return [None] * len(found)
    crs, style = map_crs(result), surface_classes(result)
    bounds = cells.geometry.bounds.to_numpy()
    drawn = []
    for region in found:
        west, south, east, north = region.view(crs, AROUND)
        seen = (bounds[:, 2] > west) & (bounds[:, 0] < east)
        seen &= (bounds[:, 3] > south) & (bounds[:, 1] < north)
        rows = np.flatnonzero(seen)
        drawn.append(_part(result, cells.iloc[rows], style[rows]) if len(rows) else None)
    return drawn


def cell_words(result: Result) -> dict[str, Any] | None:
    """Words of the popup of a cell; None where no surface was measured."""
    if result.surface is None:
        return None
    language = result.context.language
    return {
        "cell": say(language, "cell", id="{id}"),
        "surface": surface_words(result),
        "minutes": say(language, "minutes"),
        "practice": say(language, "practice_name"),
        "reasons": {
            UNREACHABLE: reason_words("no_connection", language),
            NO_DATA: reason_words("not_linked", language),
        },
    }


def _part(result: Result, cells: pd.DataFrame, style: Array) -> dict[str, Any]:
    grid = Grid(result.surface.attrs["crs"], result.surface.attrs["cell_m"])  # type: ignore[union-attr]
    column = cells["east_m"].to_numpy() // grid.cell_m
    row = cells["north_m"].to_numpy() // grid.cell_m
    minutes = rounded_minutes(
        cells[minutes_column(result.context.percentile)].to_numpy(), result.context.norm_minutes
    )
    practice, keys = pd.factorize(cells["practice_id"])
    names = practice_names(result)
    template, unit, digits = grid.code
    to_degrees, to_cells = _fits(grid, column, row)
    return {
        "side": grid.cell_m,
        "code": template,
        "unit": unit,
        "digits": digits,
        "toDegrees": to_degrees,
        "toCells": to_cells,
        "runs": _runs(column, row),
        "style": "".join(map(str, style.tolist())),
        "tenths": np.where(np.isnan(minutes), -1, np.round(10 * minutes)).astype(int).tolist(),
        "practice": practice.tolist(),
        "names": [names[key] for key in keys],
    }


def _runs(column: Array, row: Array) -> list[list[int]]:
    """Row, first column and number of the cells that stand side by side, for cells in order of row and column.

    Examples
    --------
    >>> _runs(np.array([3, 4, 7, 3]), np.array([0, 0, 0, 1]))
    [[0, 3, 2], [0, 7, 1], [1, 3, 1]]
    """
    apart = (np.diff(row) != 0) | (np.diff(column) != 1)
    first = np.concatenate([[0], np.flatnonzero(apart) + 1])
    count = np.diff(np.append(first, len(row)))
    runs: list[list[int]] = np.stack([row[first], column[first], count], axis=1).tolist()
    return runs


def _fits(grid: Grid, column: Array, row: Array) -> tuple[dict[str, Any], dict[str, Any]]:
    """Polynomials from columns and rows to degrees and back."""
    from pyproj import Transformer

    x, y = np.meshgrid(
        np.linspace(column.min(), column.max() + 1, LATTICE),
        np.linspace(row.min(), row.max() + 1, LATTICE),
    )
    back = Transformer.from_crs(grid.crs, LONLAT, always_xy=True)
    lon, lat = back.transform((x * grid.cell_m).ravel(), (y * grid.cell_m).ravel())
    places, degrees = np.column_stack([x.ravel(), y.ravel()]), np.column_stack([lon, lat])
    return _fit(places, degrees), _fit(degrees, places)


def _fit(given: Array, wanted: Array) -> dict[str, Any]:
    low, high = given.min(axis=0), given.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    u, v = ((given - middle) / half).T
    terms = [u**a * v**b for a in range(DEGREE + 1) for b in range(DEGREE + 1 - a)]
    centre = wanted.mean(axis=0)  # keeps the numbers small and the fit exact
    factors = np.linalg.lstsq(np.stack(terms, axis=1), wanted - centre, rcond=None)[0]
    factors[0] += centre
    return {
        "degree": DEGREE,
        "middle": middle.tolist(),
        "half": half.tolist(),
        "first": factors[:, 0].tolist(),
        "second": factors[:, 1].tolist(),
    }
