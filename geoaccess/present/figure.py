"""map.png and map.pdf: the printed map on a sheet of A4, drawn in metres, one panel per region.

Classes, colours, marks and wording are those of the interactive map. Only matplotlib's objects are used,
never its global state, so that nothing stays open and no screen is needed.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from geoaccess.present import findings
from geoaccess.present.figure_legend import draw_legend
from geoaccess.present.figure_panel import Canvas, draw_panel
from geoaccess.present.figure_text import write
from geoaccess.present.regions import map_crs, regions
from geoaccess.present.visit_findings import judged, worst_sites

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.figure import Figure

    from geoaccess.present.regions import Bounds, Region
    from geoaccess.result import Result

#: A4 on its side, its margin and the column of the legend, in inches
WIDTH, HEIGHT, EDGE = 11.69, 8.27, 0.4
LEGEND_WIDTH = 2.8
DPI = 300
NUMBERED = 8

_FONTS = {
    "font.family": ["DejaVu Sans"],
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.5,
    "text.hinting": "none",
}


def make_figure(result: Result, by: Literal["reason", "time"] = "reason") -> Figure:
    """Draw the result on one sheet of A4, landscape.

    Parameters
    ----------
    result : measures of a study.
    by : what the colour of a site says: the reason why a visit fails, or the travel time. Where nobody judged visits it
        is the travel time.

    Returns
    -------
    matplotlib.figure.Figure
        not registered with pyplot: nothing has to be closed.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context(_FONTS), warnings.catch_warnings():  # type: ignore[arg-type]
        _forgive_glyphs()
        sheet = Figure(figsize=(WIDTH, HEIGHT), dpi=100, facecolor="white")
        FigureCanvasAgg(sheet)
        by_reason = by == "reason" and judged(result)
        top, bottom = _heading(sheet, result, by_reason=by_reason), _foot(sheet, result)
        legend = (WIDTH - EDGE - LEGEND_WIDTH, bottom, LEGEND_WIDTH, top - bottom)
        worst = (worst_sites if by_reason else findings.worst_sites)(result)[:NUMBERED]
        listed = draw_legend(sheet, result, legend, worst, by_reason=by_reason)
        parts = regions(result)
        for part, frame in zip(parts, _frames(parts, top, bottom), strict=True):
            canvas = _canvas(sheet, part, frame, map_crs(result), named=len(parts) > 1)
            draw_panel(result, replace(canvas, by_reason=by_reason), worst[:listed])
    return sheet


def make_pages(result: Result) -> list[Figure]:
    """Draw all pages of map.pdf: by reason, then by travel time; only the latter where nobody judged visits."""
    if not judged(result):
        return [make_figure(result)]
    return [make_figure(result, "reason"), make_figure(result, "time")]


def write_png(sheet: Figure, path: Path) -> None:
    """Save at 300 dpi, without the version of the software, so that bytes depend on the result only."""
    import matplotlib as mpl

    with mpl.rc_context(_FONTS), warnings.catch_warnings():  # type: ignore[arg-type]
        _forgive_glyphs()
        sheet.savefig(path, format="png", dpi=DPI, metadata={"Software": None})


def write_pdf(sheets: Figure | Sequence[Figure], path: Path, title: str) -> None:
    """Save one or more pages as PDF with its fonts inside and without the time of making."""
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    metadata = {"Title": title, "Creator": "geoaccess", "Producer": None, "CreationDate": None}
    with mpl.rc_context(_FONTS), warnings.catch_warnings():  # type: ignore[arg-type]
        _forgive_glyphs()
        with PdfPages(path, metadata=metadata) as pages:
            for sheet in [sheets] if isinstance(sheets, Figure) else sheets:
                pages.savefig(sheet, dpi=DPI)


def _forgive_glyphs() -> None:
    """Draw names in a script that the font lacks as boxes; the tables hold them in full."""
    warnings.filterwarnings("ignore", message="Glyph .* missing from font")


def _heading(sheet: Figure, result: Result, *, by_reason: bool) -> float:
    """Write banner, title, sub-line and remarks; return the height in inches below which maps may begin."""
    from matplotlib.patches import Rectangle

    context = result.context
    top, wide = HEIGHT - EDGE, WIDTH - 2 * EDGE
    banner = findings.made_up_line(context)
    if banner:
        corner = (EDGE / WIDTH, (top - 0.23) / HEIGHT)
        sheet.add_artist(
            Rectangle(
                corner, wide / WIDTH, 0.23 / HEIGHT, transform=sheet.transFigure,
                facecolor="#ffd84d", edgecolor="#1c1c1c", linewidth=0.8,
            )
        )  # fmt: skip
        box = (EDGE + 0.08, top - 0.065, wide - 0.16)
        write(sheet, banner, box, size=8.5, lines=1, weight="bold")
        top -= 0.33
    title = findings.title(result) if by_reason else findings.travel_title(result)
    top = write(sheet, title, (EDGE, top, wide), size=15, lines=2, weight="bold")
    subtitle = findings.subline(result) if by_reason else findings.subtitle(context)
    grey = "#333333"
    top = write(sheet, subtitle, (EDGE, top - 0.03, wide), size=8, lines=2, color=grey)
    remarks = " ".join(findings.remarks(result))
    if remarks:
        box = (EDGE, top - 0.01, wide)
        top = write(sheet, remarks, box, size=8, lines=2, style="italic", color=grey)
    return top - 0.08


def _foot(sheet: Figure, result: Result) -> float:
    """Write the source line; return the height in inches above which maps may end."""
    from geoaccess.present.figure_text import LEADING, POINTS_PER_INCH, wrap

    line, wide, size = findings.source_line(result.context), WIDTH - 2 * EDGE, 6.5
    lines = min(3, len(wrap(line, wide, size)))
    top = EDGE - 0.08 + lines * size * LEADING / POINTS_PER_INCH
    write(sheet, line, (EDGE, top, wide), size=size, lines=lines, color="#333333")
    return top + 0.07


def _frames(parts: list[Region], top: float, bottom: float) -> list[Bounds]:
    """Places (left, bottom, width, height in inches) of the panels: in a row or a column, whichever is larger."""
    wide, high = WIDTH - 2 * EDGE - LEGEND_WIDTH - 0.15, top - bottom
    count, gap, name = len(parts), 0.1, 0.22 if len(parts) > 1 else 0.0
    row = ((wide - gap * (count - 1)) / count, high - name)
    column = (wide, (high - gap * (count - 1)) / count - name)
    if _inches_per_metre(parts, row) >= _inches_per_metre(parts, column):
        return [(EDGE + k * (row[0] + gap), bottom, *row) for k in range(count)]
    step = column[1] + name + gap
    return [(EDGE, top - name - column[1] - k * step, *column) for k in range(count)]


def _inches_per_metre(parts: list[Region], size: tuple[float, float]) -> float:
    return min(
        min(
            size[0] / (part.metres[2] - part.metres[0]), size[1] / (part.metres[3] - part.metres[1])
        )
        for part in parts
    )


def _canvas(sheet: Figure, part: Region, frame: Bounds, crs: str, *, named: bool) -> Canvas:
    """Axes of one panel, with the region in the middle and the name above where there are several."""
    left, bottom, width, height = frame
    west, south, east, north = part.metres
    per_inch = max((east - west) / width, (north - south) / height)
    x, y = (west + east) / 2, (south + north) / 2
    half_x, half_y = width * per_inch / 2, height * per_inch / 2
    view = (x - half_x, y - half_y, x + half_x, y + half_y)
    axes = sheet.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT))
    if named:
        box = (left, bottom + height + 0.18, width)
        write(sheet, part.name, box, size=9, lines=1, weight="bold")
    return Canvas(axes, view, crs, per_inch)
