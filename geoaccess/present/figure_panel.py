"""One map panel of the printed sheet: areas, streets, practices, sites, names and a scale bar, in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geoaccess.present import classes
from geoaccess.present import visit_findings as told
from geoaccess.present.background import street_lines
from geoaccess.present.classes import CROSS, HATCH, SHARE_CLASSES, TIME_CLASSES, TimeClass
from geoaccess.present.figure_text import cut, text_width
from geoaccess.present.findings import area_names, surface_classes
from geoaccess.present.practice_text import care_of_each, main_kind
from geoaccess.present.reason_classes import REASON_CLASSES, SIGNS, ReasonClass, paler
from geoaccess.present.regions import scale_length, view_in_degrees
from geoaccess.present.shapes import areas_in_view, label_spots, polygons
from geoaccess.present.text import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from geoaccess.present.regions import Bounds
    from geoaccess.result import Result

#: circles are drawn this much smaller than on the screen: a sheet is read from nearby
POINTS_PER_PIXEL = 0.62
#: more sites of a class than this are stored as an image in a PDF
MANY = 2_000
HATCHES = "///////"
STREET_VERTICES, STREET_TOLERANCE_M = 250_000, 12.0
#: opacity and width in points by `Streets.kind`: path, minor street, main road, ferry
STREETS = ((0.13, 0.25), (0.2, 0.35), (0.34, 0.8), (0.3, 0.6))


@dataclass(frozen=True, eq=False)
class Canvas:
    """Where a panel is drawn: its axes, what it shows in metres, the system of those, metres per inch.

    ``by_reason`` colours sites and areas by feasible visits, else by travel time.
    """

    axes: Axes
    view: Bounds
    crs: str
    metres_per_inch: float
    by_reason: bool = False


def draw_panel(
    result: Result, canvas: Canvas, numbered: np.ndarray[Any, np.dtype[np.int64]]
) -> None:
    """Draw all layers of one panel; the sites in ``numbered`` get their place in that list beside them."""
    axes, view = canvas.axes, canvas.view
    axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), xticks=[], yticks=[])
    axes.set_facecolor("#fafaf7")
    for spine in axes.spines.values():
        spine.set(color="#8a8a8a", linewidth=0.6)
    _draw_areas(result, canvas)
    _draw_surface(result, canvas)
    _draw_streets(result, canvas)
    _draw_names(result, canvas)
    _draw_sites(result, canvas)
    _draw_practices(result, canvas)
    _draw_numbers(result, canvas, numbered)
    _draw_scale(result, canvas)


def scatter_sites(
    axes: Axes,
    xy: np.ndarray[Any, Any],
    radius: np.ndarray[Any, Any],
    *,
    look: TimeClass | ReasonClass,
    thick: Any,
    zorder: float = 5.0,
    sites: int = 0,
) -> None:
    """Draw sites of one class of travel time or one reason; a NaN radius is a site with unknown residents.

    Parameters
    ----------
    axes : of the panel or of the legend.
    xy : places (n, 2) in the units of ``axes``.
    radius : (n,) points.
    look : the class or reason.
    thick : (n,) which sites get a thick line, such as those beyond the norm.
    zorder : order of drawing.
    sites : number of sites on the map; lines are thinner where there are many.
    """
    unknown = np.isnan(radius)
    small = classes.unknown_radius(sites) * POINTS_PER_PIXEL
    size = (2 * np.where(unknown, small, radius)) ** 2
    line = np.where(thick, classes.OUTLINE_BEYOND, classes.OUTLINE)
    widths = classes.line_widths(sites)
    width = np.where(thick, widths[1], widths[0]) * POINTS_PER_PIXEL
    hatch = look.mark == HATCH
    for rows, fill in ((~unknown, look.fill), (unknown, "#ffffff")):
        if rows.any():
            axes.scatter(
                xy[rows, 0], xy[rows, 1], s=size[rows], c=fill, edgecolors=line[rows].tolist(),
                linewidths=width[rows], zorder=zorder, hatch=HATCHES if hatch else None,
                rasterized=len(xy) > MANY,
            )  # fmt: skip
    if unknown.any() and not hatch:
        axes.scatter(
            xy[unknown, 0], xy[unknown, 1], s=size[unknown] * 0.3, c=look.fill,
            edgecolors="#444444", linewidths=0.3, zorder=zorder,
        )  # fmt: skip
    if look.mark == CROSS:
        axes.scatter(
            xy[:, 0], xy[:, 1], s=size * 0.22, c=look.ink, marker="x",
            linewidths=np.sqrt(size) * 0.08 + 0.3, zorder=zorder + 0.01,
        )  # fmt: skip
    elif look.mark in SIGNS and not unknown.all():
        _scatter_sign(axes, xy[~unknown], size[~unknown], look, zorder)


def _scatter_sign(
    axes: Axes, xy: np.ndarray[Any, Any], size: np.ndarray[Any, Any], look: Any, zorder: float
) -> None:
    """Draw the sign of a reason inside its circles."""
    from matplotlib.path import Path

    lines = SIGNS[look.mark]
    codes = [Path.MOVETO, *[Path.LINETO] * 9]
    path = Path(
        [point for line in lines for point in line],
        [code for line in lines for code in codes[: len(line)]],
    )
    # matplotlib stretches a sign until it fills its square
    reach = max(abs(value) for line in lines for point in line for value in point)
    axes.scatter(
        xy[:, 0], xy[:, 1], s=size * (0.64 * reach) ** 2, marker=path, facecolors="none", edgecolors=look.ink,
        linewidths=np.sqrt(size) * 0.1 + 0.25, zorder=zorder + 0.01, rasterized=len(xy) > MANY,
    )  # fmt: skip


def scatter_practices(axes: Axes, xy: np.ndarray[Any, Any], zorder: float) -> None:
    """Draw practices: green squares with a plus."""
    axes.scatter(
        xy[:, 0], xy[:, 1], s=34, marker="s", c=classes.PRACTICE_FILL, edgecolors="white",
        linewidths=0.6, zorder=zorder,
    )  # fmt: skip
    axes.scatter(
        xy[:, 0], xy[:, 1], s=15, marker="+", c=classes.PRACTICE_INK, linewidths=1.1, zorder=zorder
    )


def points_xy(result: Result, table: str, crs: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Coordinates (n, 2) in ``crs`` of the sites or the practices."""
    geometry = getattr(result, table).geometry.to_crs(crs)
    xy: np.ndarray[Any, np.dtype[np.float64]] = shapely.get_coordinates(geometry.to_numpy())
    return xy


def _draw_areas(result: Result, canvas: Canvas) -> None:
    from matplotlib.collections import PathCollection

    rows, shapes = _areas_in_view(result, canvas)
    areas = result.areas.iloc[rows]
    share = areas["share_beyond"]
    if canvas.by_reason:
        share = told.area_failing(result)["share"].iloc[rows]
    index = classes.share_classes(share, areas["sites"])
    paths = [_outline(shape) for shape in shapes]
    for k, share_class in enumerate(SHARE_CLASSES):
        inside = [path for path, c in zip(paths, index, strict=True) if c == k and path is not None]
        if not inside:
            continue
        line = PathCollection(
            inside, facecolors="none", edgecolors=classes.AREA_LINE, linewidths=0.7, zorder=3
        )
        fill = PathCollection(inside, facecolors=share_class.fill, edgecolors="none", zorder=1)
        if share_class.mark == HATCH:
            fill.set(hatch=HATCHES[:4], edgecolor=classes.HATCH_LINE, linewidth=0)
        # two scales of colour on one another could not be read
        shaded = result.surface is None or canvas.by_reason
        for collection in (fill, line) if shaded else (line,):
            canvas.axes.add_collection(collection, autolim=False)


def _draw_surface(result: Result, canvas: Canvas) -> None:
    """Draw the cells of the access surface under everything but the sheet, as an image."""
    from matplotlib.collections import PathCollection, PolyCollection

    if result.surface is None or canvas.by_reason:
        return
    index = surface_classes(result)
    squares = result.surface.geometry.to_crs(canvas.crs).to_numpy()
    low_high = shapely.bounds(squares)
    west, south, east, north = canvas.view
    seen = (low_high[:, 2] > west) & (low_high[:, 0] < east)
    seen &= (low_high[:, 3] > south) & (low_high[:, 1] < north)
    for k, fill in enumerate(classes.CELL_FILLS):
        drawn = squares[seen & (index == k)]
        if not len(drawn):
            continue
        if fill == HATCH:  # one shape, so that the hatch runs through
            paths = [_outline(shapely.union_all(drawn))]
            style: dict[str, Any] = {
                "facecolors": "white",
                "edgecolor": classes.HATCH_LINE,
                "hatch": HATCHES[:4],
            }
            cells: Any = PathCollection(paths, linewidths=0, zorder=1.5, **style)
        else:
            corners = shapely.get_coordinates(drawn).reshape(-1, 5, 2)
            style = {"facecolors": blend(fill), "edgecolors": "none", "rasterized": True}
            cells = PolyCollection(corners, linewidths=0, antialiased=False, zorder=1.5, **style)
        canvas.axes.add_collection(cells, autolim=False)


def blend(fill: str) -> str:
    """Colour of a cell on paper: matplotlib cannot make a group of squares see-through without seams."""
    parts = (int(fill[k : k + 2], 16) for k in (1, 3, 5))
    opacity = classes.CELL_OPACITY
    return "#" + "".join(f"{round(opacity * part + (1 - opacity) * 255):02x}" for part in parts)


def _areas_in_view(
    result: Result, canvas: Canvas
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, Any]]:
    """Row numbers of the areas to draw and their shapes in metres, cut off a little outside the view."""
    west, south, east, north = canvas.view
    more = 0.05 * (east - west)
    areas = result.areas.to_crs(canvas.crs)
    areas = areas.set_geometry(areas.geometry.make_valid())
    rows = areas_in_view(areas, [canvas.view])
    simple = shapely.simplify(areas.geometry.to_numpy()[rows], canvas.metres_per_inch / 300)
    return rows, shapely.clip_by_rect(simple, west - more, south - more, east + more, north + more)


def _outline(shape: Any) -> Any:
    """Path of a (multi)polygon with its holes; None if there is nothing of it."""
    from matplotlib.path import Path

    rings = [
        shapely.get_coordinates(ring)
        for polygon in shapely.orient_polygons(np.array(polygons(shape), dtype=object))
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings)) if rings else None


def _draw_streets(result: Result, canvas: Canvas) -> None:
    from matplotlib.collections import LineCollection

    found = street_lines(
        result.background,
        [view_in_degrees(canvas.view, canvas.crs)],
        canvas.crs,
        STREET_TOLERANCE_M,
        STREET_VERTICES,
    )
    for lines in found:
        opacity, width = STREETS[lines.kind]
        canvas.axes.add_collection(
            LineCollection(
                lines.pieces(), colors=[(0.0, 0.0, 0.0, opacity)], linewidths=width, zorder=2, rasterized=True
            ),
            autolim=False,
        )  # fmt: skip


def _draw_names(result: Result, canvas: Canvas) -> None:
    from matplotlib.patheffects import withStroke

    west, _, east, _ = canvas.view
    inch = canvas.metres_per_inch
    rows, wide = _areas_in_view(result, canvas)
    shapes = shapely.clip_by_rect(wide, *canvas.view)
    names = [
        cut(name, 1.5, 7.5) for name in area_names(result.areas.iloc[rows], result.context.language)
    ]
    widths = np.array([text_width(name, 7.5) for name in names]) * inch
    box = shapely.bounds(shapes).reshape(-1, 4)
    fits = (box[:, 2] - box[:, 0] > 1.05 * widths) & (box[:, 3] - box[:, 1] > 0.2 * inch)
    symbols = np.vstack([points_xy(result, table, canvas.crs) for table in ("sites", "practices")])
    shapes[~fits] = None
    spots = label_spots(shapes, symbols)
    for row in np.flatnonzero(np.isfinite(spots[:, 0])):
        x, y = spots[row]
        half = 0.53 * widths[row]
        canvas.axes.text(
            min(max(x, west + half), east - half), y, names[row], fontsize=7.5, color="#47415c",
            ha="center", va="center", zorder=4, parse_math=False, clip_on=True,
            path_effects=[withStroke(linewidth=2.2, foreground=(1, 1, 1, 0.85))],
        )  # fmt: skip


def _draw_sites(result: Result, canvas: Canvas) -> None:
    sites = result.sites
    xy = points_xy(result, "sites", canvas.crs)
    radius = classes.radii(sites["residents"]) * POINTS_PER_PIXEL
    looks: tuple[TimeClass | ReasonClass, ...] = TIME_CLASSES
    thick = classes.beyond_norm(sites["reason"])
    index = classes.time_classes(sites["minutes"], sites["reason"])
    order = list(range(len(looks)))
    if canvas.by_reason:
        # what is feasible lies below, then reasons of the fewer, then those of at least half
        looks = (*REASON_CLASSES, *(paler(look) for look in REASON_CLASSES))
        thick, index = told.half_fails(result), told.site_classes(result)
        index = np.where(thick, index, index + len(REASON_CLASSES))
        order = sorted(
            range(len(looks)), key=lambda k: (looks[k].mark != "", k < len(REASON_CLASSES))
        )
    for place, k in enumerate(order):
        rows = np.flatnonzero(index == k)
        rows = rows[np.argsort(-np.nan_to_num(radius[rows]), kind="stable")]
        if len(rows):
            scatter_sites(
                canvas.axes,
                xy[rows],
                radius[rows],
                look=looks[k],
                thick=thick[rows],
                zorder=5 + place / (len(order) + 1),
                sites=len(sites),
            )


def _draw_practices(result: Result, canvas: Canvas) -> None:
    main = main_kind(result)
    rows = [row for row, care in enumerate(care_of_each(result)) if care == main]
    if rows:
        scatter_practices(canvas.axes, points_xy(result, "practices", canvas.crs)[rows], 6)


def _draw_numbers(
    result: Result, canvas: Canvas, numbered: np.ndarray[Any, np.dtype[np.int64]]
) -> None:
    from matplotlib.patheffects import withStroke

    west, south, east, north = canvas.view
    radius = classes.radii(result.sites["residents"]) * POINTS_PER_PIXEL
    xy = points_xy(result, "sites", canvas.crs)
    for place, row in enumerate(numbered.tolist(), start=1):
        x, y = xy[row]
        if west < x < east and south < y < north:
            away = 0.72 * np.nan_to_num(radius[row], nan=3.0) + 1
            canvas.axes.annotate(
                str(place), (x, y), xytext=(away, away), textcoords="offset points", fontsize=8,
                fontweight="bold", zorder=8, annotation_clip=True,
                path_effects=[withStroke(linewidth=2.4, foreground="white")],
            )  # fmt: skip


def _draw_scale(result: Result, canvas: Canvas) -> None:
    from matplotlib.patches import Rectangle

    west, south, east, _ = canvas.view
    length = scale_length(east - west)
    language = result.context.language
    label = (
        f"{number(length / 1000, language)} km"
        if length >= 1000
        else f"{number(length, language)} m"
    )
    inch = canvas.metres_per_inch
    x, y = west + 0.12 * inch, south + 0.10 * inch
    canvas.axes.add_patch(
        Rectangle(
            (x - 0.06 * inch, y - 0.05 * inch), length + 0.12 * inch, 0.25 * inch,
            facecolor="white", alpha=0.85, edgecolor="none", zorder=9,
        )
    )  # fmt: skip
    tick = 0.05 * inch
    canvas.axes.plot(
        [x, x, x + length, x + length],
        [y + tick, y, y, y + tick],
        color="#1c1c1c",
        linewidth=1,
        zorder=10,
    )
    canvas.axes.text(
        x + length / 2, y + 0.03 * inch, label, fontsize=7, ha="center", va="bottom", zorder=10
    )
