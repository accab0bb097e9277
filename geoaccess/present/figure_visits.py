"""Legend of reasons, bars of the barriers and lists of failing places on the printed sheet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from geoaccess.present import visit_findings as told
from geoaccess.present.figure_column import (
    ROW,
    SIZE,
    Column,
    list_rows,
    rows_that_fit,
)
from geoaccess.present.figure_panel import scatter_sites
from geoaccess.present.figure_text import cut, text_width
from geoaccess.present.findings import site_names
from geoaccess.present.reason_classes import FEASIBLE_CLASS, REASON_CLASSES
from geoaccess.present.reason_text import persons_words, reason_label
from geoaccess.present.text import number
from geoaccess.present.visit_places import failing_rows
from geoaccess.present.visit_text import tell

if TYPE_CHECKING:
    from geoaccess.result import Result

FAILING_LISTED = 5
#: inches that the first three rows of the list of sites take, and one bar
SITES_ROOM, BAR = 0.85, 0.145
QUIET, BARS = "#555555", "#3b6ea5"


def draw_reasons(result: Result, column: Column, top: float) -> float:
    """Draw the reasons that stop anybody, with sites and persons; return where they end."""
    language = column.language
    y = column.heading(top, tell(language, "reasons_short")) - 0.06
    persons_x, sites_x = column.right, column.right - 0.56
    for x, key in ((sites_x, "head_sites"), (persons_x, "head_persons")):
        column.text(x, y, column.say(key), ha="right", color=QUIET)
    for k, (sites, persons) in enumerate(told.reason_counts(result)):
        if not sites and not persons and k != FEASIBLE_CLASS:
            continue
        y -= 0.175
        if k == FEASIBLE_CLASS:
            column.axes.plot(
                [column.left, column.right], [y + 0.088] * 2, color="#1c1c1c", linewidth=1
            )
        _dot(column, column.left + 0.1, y, k)
        words = number(sites, language)
        room = sites_x - text_width(words, SIZE) - column.left - 0.34
        label = cut(reason_label(REASON_CLASSES[k].code, language), room, SIZE)
        column.text(column.left + 0.26, y, label)
        column.text(sites_x, y, words, ha="right")
        column.text(persons_x, y, persons_words(persons, language), ha="right")
    return column.note(y - 0.12, tell(language, "reason_note"))


def _dot(column: Column, x: float, y: float, k: int, radius: float = 4.8) -> None:
    fails = np.array([k != FEASIBLE_CLASS])
    scatter_sites(
        column.axes, np.array([[x, y]]), np.array([radius]), look=REASON_CLASSES[k], thick=fails
    )


def draw_failing(result: Result, column: Column, top: float) -> float:
    """List where access fails, areas before clusters of sites, as far as there is room; return where it ends."""
    areas, clusters = failing_rows(result)
    places = [*areas[:FAILING_LISTED], *clusters[: max(2, FAILING_LISTED - len(areas))]]
    # a cluster that is all there is in an area would be told twice
    listed = list(dict.fromkeys((place.name, place.short) for place in places))
    listed = listed[: rows_that_fit(column, top, len(listed), SITES_ROOM)]
    return list_rows(column, top, tell(column.language, "failing"), listed, counted=False)


def draw_cascade(result: Result, column: Column, top: float) -> float:
    """Draw the bars of the barriers for everybody where they fit whole; return where they end."""
    bars, steps = told.cascade_of(result), told.step_words(result)
    high = 0.42 + BAR * len(bars)
    if not bars or bars[0] <= 0 or top - high < column.bottom + SITES_ROOM:
        return top
    from matplotlib.patches import Rectangle

    language = column.language
    y = column.heading(top, tell(language, "cascade_short")) + 0.04
    number_x = column.right - 0.42
    bar_left = column.left + 1.32
    longest = number_x - 0.4 - bar_left
    for k, (step, left) in enumerate(zip(steps, bars, strict=True)):
        y -= BAR
        column.text(column.left, y, cut(step, bar_left - column.left - 0.05, SIZE))
        corner = (bar_left, y - 0.045)
        column.axes.add_patch(
            Rectangle(corner, longest * left / bars[0], 0.09, facecolor=BARS, linewidth=0)
        )
        column.text(number_x, y, persons_words(left, language), ha="right")
        if k and bars[k - 1] > left:
            lost = f"\u2212{persons_words(bars[k - 1] - left, language)}"
            column.text(column.right, y, lost, ha="right", color="#8a2b00")
    return y - 0.1


def draw_worst(
    result: Result, column: Column, top: float, worst: np.ndarray[Any, np.dtype[np.int64]]
) -> int:
    """List the sites in ``worst`` with the sign of their reason; return how many found room."""
    count = rows_that_fit(column, top, len(worst), 0.05)
    language, names, table = column.language, site_names(result.sites), told.verdicts(result)
    index = told.site_classes(result)
    listed = []
    for row in worst[:count].tolist():
        persons = float(table["persons_failing"].iloc[row])
        words = ""
        if math.isfinite(persons):
            words = column.say("persons_short", count=persons_words(persons, language))
        listed.append((names[row], words))
    heading = tell(language, "worst_short")
    end = list_rows(column, top, heading, listed, counted=True, margin=0.2)
    for place, row in enumerate(reversed(worst[:count].tolist())):
        _dot(column, column.right - 0.07, end + 0.11 + place * ROW, int(index[row]), 3.6)
    return count
