"""The legend and the list of worst places on the printed sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geoaccess.present import classes, figure_visits, findings
from geoaccess.present import visit_findings as told
from geoaccess.present.classes import HATCH, SHARE_CLASSES, SHARE_NO_DATA, TIME_CLASSES
from geoaccess.present.figure_column import SIZE, Column, list_rows, rows_that_fit
from geoaccess.present.figure_panel import (
    HATCHES,
    POINTS_PER_PIXEL,
    blend,
    scatter_practices,
    scatter_sites,
)
from geoaccess.present.figure_text import POINTS_PER_INCH, text_width, write
from geoaccess.present.practice_text import main_practices
from geoaccess.present.site_text import site_hints
from geoaccess.present.text import minutes_words, number, percent, say
from geoaccess.present.visit_text import tell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from geoaccess.present.regions import Bounds
    from geoaccess.result import Result

AREAS_LISTED = 5


def draw_legend(
    sheet: Figure,
    result: Result,
    frame: Bounds,
    worst: np.ndarray[Any, np.dtype[np.int64]],
    *,
    by_reason: bool = False,
) -> int:
    """Draw classes or reasons with counts, sizes, shades and the worst places in a frame (inches).

    Returns
    -------
    int
        how many of the sites in ``worst`` found room in the list.
    """
    left, bottom, width, height = frame
    wide, high = sheet.get_size_inches()
    axes = sheet.add_axes((left / wide, bottom / high, width / wide, height / high))
    axes.set(xlim=(left, left + width), ylim=(bottom, bottom + height))
    axes.axis("off")
    column = Column(sheet, axes, left, left + width, bottom, result.context.language)
    if by_reason:
        return _by_reason(result, column, bottom + height + 0.05, worst)
    top = _times(result, column, bottom + height + 0.05)
    top = _sizes(result, column, top)
    if result.surface is not None:
        top = _surface(result, column, top)
    if len(result.areas):
        if result.surface is None:
            index = classes.share_classes(result.areas["share_beyond"], result.areas["sites"])
            top = _shades(column, top, column.say("legend_areas"), index)
        top = _worst_areas(result, column, top)
    return _worst_sites(result, column, top, worst)


def _by_reason(
    result: Result, column: Column, top: float, worst: np.ndarray[Any, np.dtype[np.int64]]
) -> int:
    """Draw the legend of reasons, and below it as many of the lists and bars as fit."""
    top = figure_visits.draw_reasons(result, column, top)
    top = _sizes(result, column, top)
    if len(result.areas):
        share = told.area_failing(result)["share"]
        index = classes.share_classes(share, result.areas["sites"])
        top = _shades(column, top, tell(column.language, "legend_areas"), index)
    top = figure_visits.draw_failing(result, column, top)
    top = figure_visits.draw_cascade(result, column, top)
    return figure_visits.draw_worst(result, column, top, worst)


def _times(result: Result, column: Column, top: float) -> float:
    language, norm = column.language, result.context.norm_minutes
    y = column.heading(top, column.say("legend_times")) - 0.06
    persons_x, sites_x = column.right, column.right - 0.62
    for x, key in ((sites_x, "head_sites"), (persons_x, "head_persons")):
        column.text(x, y, say(language, key), ha="right", color="#555555")
    lower_bounds = (0.0, *classes.TIME_BOUNDS)
    for index, (sites, persons, _) in enumerate(findings.class_counts(result)):
        y -= 0.175
        lower = lower_bounds[index] if index < len(lower_bounds) else None
        beyond = lower is None or lower >= norm
        if lower == norm:
            column.axes.plot(
                [column.left, column.right], [y + 0.088] * 2, color="#1c1c1c", linewidth=1
            )
        place = np.array([[column.left + 0.1, y]])
        scatter_sites(
            column.axes, place, np.array([4.8]), look=TIME_CLASSES[index], thick=np.array([beyond])
        )
        column.text(column.left + 0.26, y, say(language, TIME_CLASSES[index].code))
        colour = "#1c1c1c" if sites else "#8a8a8a"
        column.text(sites_x, y, number(sites, language), ha="right", color=colour)
        column.text(persons_x, y, number(persons, language), ha="right", color=colour)
    thick = say(language, "thick_line", norm=minutes_words(norm, language))
    return column.note(y - 0.12, thick)


def _sizes(result: Result, column: Column, top: float) -> float:
    language, residents = column.language, result.sites["residents"]
    most, count = classes.biggest(residents), len(residents)
    top = column.heading(top, column.say("legend_sizes"))
    x, lowest = column.left, top
    if residents.notna().any():
        for step in classes.size_steps(most):
            pixels = float(classes.radii_of(np.array([float(step)]), most, count)[0])
            radius = pixels * POINTS_PER_PIXEL / POINTS_PER_INCH
            middle = top - 0.04 - classes.largest_radius(count) * POINTS_PER_PIXEL / POINTS_PER_INCH
            lowest = 2 * middle - top
            column.axes.scatter(
                [x + radius], [middle], s=(2 * radius * POINTS_PER_INCH) ** 2, c="white",
                edgecolors=classes.OUTLINE, linewidths=0.7,
            )  # fmt: skip
            words = number(step, language)
            column.text(x + 2 * radius + 0.06, middle, words)
            x += 2 * radius + 0.06 + text_width(words, SIZE) + 0.16
    x, y = column.left, lowest - 0.1
    if residents.isna().any():
        unknown = np.array([[x + 0.07, y]])
        scatter_sites(
            column.axes, unknown, np.array([np.nan]), look=TIME_CLASSES[0], thick=np.array([False])
        )
        column.text(x + 0.2, y, say(language, "size_unknown"))
        x += 0.2 + text_width(say(language, "size_unknown"), SIZE) + 0.14
    practices = main_practices(result)
    if x + 0.2 + text_width(practices, SIZE) > column.right:
        x, y = column.left, y - 0.17
    scatter_practices(column.axes, np.array([[x + 0.07, y]]), 5)
    column.text(x + 0.2, y, practices)
    return y - 0.1


def _shades(column: Column, top: float, heading: str, index: Any) -> float:
    language = column.language
    y = column.heading(top, heading) - 0.14
    step = (column.right - column.left + 0.06) / SHARE_NO_DATA
    for k in range(SHARE_NO_DATA):
        x = column.left + k * step
        _shade(column.axes, x, y, step - 0.06, k)
        words = say(language, f"share_{SHARE_CLASSES[k].code}")
        column.text(x + (step - 0.06) / 2, y - 0.09, words, ha="center")
    y -= 0.17
    for k in range(SHARE_NO_DATA, len(SHARE_CLASSES)):
        count = int((index == k).sum())
        if count:
            y -= 0.17
            _shade(column.axes, column.left, y, 0.26, k)
            key = f"share_{SHARE_CLASSES[k].code}"
            column.text(
                column.left + 0.34, y + 0.06, say(language, key, count=number(count, language))
            )
    return y - 0.03


def _surface(result: Result, column: Column, top: float) -> float:
    """Draw the colours of the cells, with the share of all cells under each."""
    from matplotlib.patches import Rectangle

    box = (column.left, top - 0.06, column.right - column.left)
    top = write(column.sheet, findings.surface_words(result), box, size=8, lines=2, weight="bold")
    counts, y = findings.surface_counts(result), top - 0.18
    step = (column.right - column.left) / len(counts)
    for k, (fill, count) in enumerate(zip(classes.CELL_FILLS, counts, strict=True)):
        x, hatched = column.left + k * step, fill == HATCH
        column.axes.add_patch(
            Rectangle(
                (x, y), step - 0.06, 0.12, facecolor="white" if hatched else blend(fill), linewidth=0.5,
                edgecolor=classes.HATCH_LINE if hatched else classes.OUTLINE, hatch=HATCHES[:4] if hatched else None,
            )
        )  # fmt: skip
        share = percent(count / max(1, sum(counts)), column.language, short=True)
        column.text(x + (step - 0.06) / 2, y - 0.09, share, ha="center")
    count_words = number(sum(counts), column.language)
    return column.note(y - 0.16, column.say("surface_note", count=count_words))


def _shade(axes: Axes, x: float, y: float, width: float, index: int) -> None:
    from matplotlib.patches import Rectangle

    share_class = SHARE_CLASSES[index]
    size = (width, 0.12)
    if share_class.mark == HATCH:
        axes.add_patch(
            Rectangle((x, y), *size, facecolor="white", edgecolor=classes.HATCH_LINE, linewidth=0, hatch=HATCHES[:4])
        )  # fmt: skip
    fill = "none" if share_class.mark else share_class.fill
    axes.add_patch(
        Rectangle((x, y), *size, facecolor=fill, edgecolor=classes.AREA_LINE, linewidth=0.7)
    )


def _worst_areas(result: Result, column: Column, top: float) -> float:
    rows = findings.worst_areas(result)[:AREAS_LISTED]
    rows = rows[: rows_that_fit(column, top, len(rows), 1.2)]
    names = findings.area_names(result.areas, column.language)
    listed = [
        (names[row], findings.area_words(result.areas.iloc[row], column.language, short=True))
        for row in rows
    ]
    return list_rows(column, top, column.say("worst_areas"), listed, counted=False)


def _worst_sites(
    result: Result, column: Column, top: float, worst: np.ndarray[Any, np.dtype[np.int64]]
) -> int:
    count = rows_that_fit(column, top, len(worst), 0.0)
    names, hints = findings.site_names(result.sites), site_hints(result, short=True)
    residents = result.sites["residents"].to_numpy(dtype=float)
    listed = []
    for row in worst[:count].tolist():
        persons = ""
        if np.isfinite(residents[row]):
            persons = (
                f"{column.say('persons_short', count=number(residents[row], column.language))}, "
            )
        listed.append((names[row], persons + hints[row]))
    list_rows(column, top, column.say("worst_sites"), listed, counted=True)
    return count
