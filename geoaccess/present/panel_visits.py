"""The part of the panel beside the interactive map on feasible visits, as HTML in which every text is escaped."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

from geoaccess.present import visit_findings as told
from geoaccess.present.classes import (
    OUTLINE,
    OUTLINE_BEYOND,
    SHARE_CLASSES,
    SHARE_NO_DATA,
    share_classes,
)
from geoaccess.present.findings import site_names
from geoaccess.present.map_visits import cascade_data
from geoaccess.present.panel_symbols import reason_fill, shade
from geoaccess.present.reason_classes import FEASIBLE_CLASS, REASON_CLASSES
from geoaccess.present.reason_text import care_words, persons_words, reason_label
from geoaccess.present.text import number, percent, say
from geoaccess.present.visit_places import failing_rows
from geoaccess.present.visit_text import tell

if TYPE_CHECKING:
    from geoaccess.result import Result

PLACES_LISTED, SITES_LISTED = 5, 10


def colour_choice(result: Result) -> str:
    """Radio buttons that choose what the colour of a site says."""
    language = result.context.language
    buttons = "".join(
        f'<label><input type="radio" name="colour" value="{value}"{checked}> {_tell(language, f"by_{value}")}</label>'
        for value, checked in (("reason", " checked"), ("time", ""))
    )
    return (
        f'<fieldset id="colour"><legend>{_tell(language, "colour_by")}</legend>{buttons}</fieldset>'
    )


def reason_legend(result: Result) -> str:
    """Legend of reasons with sites and persons; a reason that stops nobody is left out."""
    language = result.context.language
    rows = []
    for k, (sites, persons) in enumerate(told.reason_counts(result)):
        if not sites and not persons and k != FEASIBLE_CLASS:
            continue
        dot = _dot(k, fails=k != FEASIBLE_CLASS)
        bound = ' class="bound"' if k == FEASIBLE_CLASS else ""
        rows.append(
            f"<tr{bound}><td>{dot}</td><td>{escape(reason_label(REASON_CLASSES[k].code, language))}</td>"
            f"<td>{number(sites, language)}</td><td>{persons_words(persons, language)}</td></tr>"
        )
    a = care_words(told.care_of(result), language, "a")
    return (
        f"<h2>{_tell(language, 'legend_reasons', a=a)}</h2>"
        f'<table class="classes" id="legend-reasons"><thead><tr><th colspan="2"></th>'
        f"<th>{escape(say(language, 'head_sites'))}</th><th>{escape(say(language, 'head_persons'))}</th></tr></thead>"
        f'<tbody>{"".join(rows)}</tbody></table><p class="note">{_tell(language, "reason_note")}</p>'
    )


def _dot(index: int, *, fails: bool) -> str:
    line, width = (OUTLINE_BEYOND, 2.2) if fails else (OUTLINE, 1)
    return (
        '<svg width="19" height="19" viewBox="0 0 19 19" aria-hidden="true"><circle cx="9.5" cy="9.5" r="8"'
        f' fill="{reason_fill(index)}" stroke="{line}" stroke-width="{width}"/></svg>'
    )


def area_legend(result: Result) -> str:
    """Legend of the areas by their share of people without a feasible visit."""
    language = result.context.language
    shares = share_classes(told.area_failing(result)["share"], result.areas["sites"])
    return share_legend(tell(language, "legend_areas"), shares, language, "legend-failing")


def share_legend(heading: str, index: Any, language: str, name: str = "legend-areas") -> str:
    """Legend of shares; ``index`` holds the class of every area."""
    scale, words, others = "", "", ""
    for k, share_class in enumerate(SHARE_CLASSES):
        key = f"share_{share_class.code}"
        if k < SHARE_NO_DATA:
            scale += f"<td>{shade(k, 48)}</td>"
            words += f"<td>{escape(say(language, key))}</td>"
        elif (index == k).any():
            count = number(int((index == k).sum()), language)
            others += f"<span>{shade(k, 20)}{escape(say(language, key, count=count))}</span>"
    return (
        f"<h2>{escape(heading)}</h2>"
        f'<table class="shades" id="{name}"><tbody><tr>{scale}</tr><tr>{words}</tr></tbody></table>'
        f'<div class="keys">{others}</div>'
    )


def cascade(result: Result) -> str:
    """Bars of the barriers for everybody; the page redraws them for the area that is chosen."""
    language, data = result.context.language, cascade_data(result)
    if not data["bars"]:
        return ""
    options = "".join(
        f'<option value="{k}">{escape(name)}</option>' for k, name in enumerate(data["names"])
    )
    chooser = (
        f'<label class="chooser">{_tell(language, "cascade_area")} <select id="cascade-area">{options}</select></label>'
        if len(data["names"]) > 1
        else ""
    )
    bars = data["bars"][0]
    rows = []
    for k, (step, left) in enumerate(zip(data["steps"], bars, strict=True)):
        lost = (
            f" (\u2212{persons_words(bars[k - 1] - left, language)})"
            if k and bars[k - 1] > left
            else ""
        )
        width = 100 * left / bars[0] if bars[0] else 0
        rows.append(
            f'<tr><th scope="row">{escape(step)}</th><td class="bar"><span style="width:{width:.1f}%"></span></td>'
            f"<td>{persons_words(left, language)}<small>{lost}</small></td></tr>"
        )
    return (
        f"<h2>{_tell(language, 'cascade')}</h2>{chooser}"
        f'<table class="cascade" id="cascade" aria-live="polite"><tbody>{"".join(rows)}</tbody></table>'
        f'<p class="note">{_tell(language, "cascade_note")}</p>'
    )


def failing(result: Result) -> str:
    """List areas and of clusters of sites where access fails."""
    language = result.context.language
    areas, clusters = failing_rows(result)
    body = ""
    for key, rows in (("failing_areas", areas), ("failing_clusters", clusters)):
        if rows:
            items = "".join(_place(row) for row in rows[:PLACES_LISTED])
            body += f'<h3>{_tell(language, key)}</h3><ol class="worst">{items}</ol>'
            if len(rows) > PLACES_LISTED:
                more = say(
                    language,
                    "more_rows",
                    count=number(len(rows) - PLACES_LISTED, language),
                    file="result.xlsx",
                )
                body += f'<p class="note more">{escape(more)}</p>'
    if not body:
        body = f'<p class="note">{_tell(language, "failing_none")}</p>'
    return f'<h2>{_tell(language, "failing")}</h2><div id="failing">{body}</div>'


def _place(row: Any) -> str:
    return item(row.name, row.words, row.spot)


def worst_sites(result: Result) -> str:
    """List of the sites with most people without a feasible visit, with the reason of most of them."""
    language = result.context.language
    rows, names, table = told.worst_sites(result), site_names(result.sites), told.verdicts(result)
    items = []
    for row in rows[:SITES_LISTED]:
        site = table.iloc[row]
        words = reason_label(str(site["reason"]), language)
        failing_there = float(site["persons_failing"])
        if math.isfinite(failing_there):
            count = persons_words(failing_there, language)
            key = "persons_failing_one" if count == "1" else "persons_failing"
            words = f"{tell(language, key, count=count)} ({percent(float(site['share_failing']), language)}), {words}"
        items.append(item(names[row], words, f"site-{row}"))
    body = f'<ol class="worst">{"".join(items)}</ol>'
    if not items:
        body = f'<p class="note">{_tell(language, "no_worst")}</p>'
    elif len(rows) > len(items):
        more = say(
            language,
            "more_rows",
            count=number(len(rows) - len(items), language),
            file="reasons.csv",
        )
        body += f'<p class="note more">{escape(more)}</p>'
    return f"<h2>{_tell(language, 'worst_sites')}</h2>{body}"


def item(name: str, words: str, spot: str, swatch: str = "") -> str:
    """One row of a list: a button where there is a spot on the map to go to."""
    inside = f"{swatch}<b>{escape(name)}</b><br><span>{escape(words)}</span>"
    if not spot:
        return f'<li><span class="plain-row">{inside}</span></li>'
    return f'<li><button type="button" data-spot="{spot}">{inside}</button></li>'


def _tell(language: str, key: str, **values: str) -> str:
    return escape(tell(language, key, **values))
