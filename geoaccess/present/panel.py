"""The legend and the lists beside the interactive map, as HTML in which every text is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from geoaccess.present import findings, panel_visits
from geoaccess.present.classes import (
    CELL_FILLS,
    CELL_OPACITY,
    HATCH,
    OUTLINE,
    OUTLINE_BEYOND,
    TIME_BOUNDS,
    TIME_CLASSES,
    biggest,
    radii_of,
    share_classes,
    size_steps,
    unknown_radius,
)
from geoaccess.present.findings import (
    area_names,
    area_words,
    class_counts,
    residents_words,
    site_names,
    surface_counts,
    surface_words,
    worst_areas,
    worst_sites,
)
from geoaccess.present.panel_symbols import practice_symbol, shade, time_fill
from geoaccess.present.panel_visits import item, share_legend
from geoaccess.present.practice_text import care_of_each, kinds, main_kind, main_practices
from geoaccess.present.reason_text import GP, care_words
from geoaccess.present.site_text import site_hints
from geoaccess.present.text import minutes_words, number, percent, plain, say
from geoaccess.present.visit_findings import judged
from geoaccess.present.visit_text import tell

if TYPE_CHECKING:
    from geoaccess.result import Result

AREAS_LISTED, SITES_LISTED = 8, 10


def panel(result: Result, *, tiles: bool) -> str:
    """All of the panel: legend with counts, worst areas, layers, worst sites, remarks on the input."""
    if judged(result):
        return _with_visits(result, tiles=tiles)
    return "".join(
        (
            _time_legend(result),
            _size_legend(result),
            _area_legend(result) if len(result.areas) else "",
            _surface_legend(result),
            _worst_areas(result),
            _layers(result, tiles=tiles),
            _worst_sites(result),
            _remarks(result),
        )
    )


def _with_visits(result: Result, *, tiles: bool) -> str:
    """Panel of two sets of legends and lists, of which the page shows the one for the colour that is chosen.

    Without a script all of it is there.
    """
    areas = len(result.areas) > 0
    by_time = (
        _time_legend(result, findings.departure_words(result.context)),
        _area_legend(result) if areas else "",
    )
    return "".join(
        (
            panel_visits.colour_choice(result),
            _shown_for("reason", panel_visits.reason_legend(result)),
            _shown_for("time", *by_time),
            _shown_for("reason", panel_visits.area_legend(result) if areas else ""),
            _size_legend(result),
            _surface_legend(result),
            panel_visits.failing(result),
            panel_visits.cascade(result),
            _layers(result, tiles=tiles),
            _shown_for("reason", panel_visits.worst_sites(result)),
            _shown_for("time", _worst_areas(result), _worst_sites(result)),
            _remarks(result),
        )
    )


def _shown_for(colour: str, *parts: str) -> str:
    return f'<div class="shown-for-{colour}">{"".join(parts)}</div>'


def _circle(radius: float, fill: str, line: str, width: float) -> str:
    size = 2 * radius + width
    middle = size / 2
    return (
        f'<svg width="{size:.1f}" height="{size:.1f}" viewBox="0 0 {size:.1f} {size:.1f}"'
        f' aria-hidden="true"><circle cx="{middle:.1f}"'
        f' cy="{middle:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{line}" stroke-width="{width}"/></svg>'
    )


def _time_legend(result: Result, note: str = "") -> str:
    language, norm = result.context.language, result.context.norm_minutes
    rows = []
    lower_bounds = (0.0, *TIME_BOUNDS)
    for index, (sites, persons, _) in enumerate(class_counts(result)):
        lower = lower_bounds[index] if index < len(lower_bounds) else None
        beyond = lower is None or lower >= norm
        swatch = _circle(
            7.5,
            time_fill(index),
            OUTLINE_BEYOND if beyond else OUTLINE,
            2.2 if beyond else 1,
        )
        bound = ' class="bound"' if lower == norm else ""
        zero = "" if sites else ' class="zero"'
        rows.append(
            f"<tr{bound}><td>{swatch}</td><td>{_say(language, TIME_CLASSES[index].code)}</td>"
            f"<td{zero}>{number(sites, language)}</td><td{zero}>{number(persons, language)}</td></tr>"
        )
    thick = _say(language, "thick_line", norm=minutes_words(norm, language))
    thick += f"; {escape(note)}" if note else ""
    return (
        f"<h2>{_say(language, 'legend_times')}</h2>"
        f'<table class="classes" id="legend-times"><thead><tr><th colspan="2"></th>'
        f"<th>{_say(language, 'head_sites')}</th><th>{_say(language, 'head_persons')}</th></tr></thead>"
        f'<tbody>{"".join(rows)}</tbody></table><p class="note">{thick}</p>'
    )


def _size_legend(result: Result) -> str:
    language, residents = result.context.language, result.sites["residents"]
    most, sites = biggest(residents), len(residents)
    keys = []
    if residents.notna().any():
        for step in size_steps(most):
            radius = float(radii_of(np.array([step], dtype=float), most, sites)[0])
            keys.append(
                f"<span>{_circle(radius, '#fff', OUTLINE, 1)}{number(step, language)}</span>"
            )
    if residents.isna().any():
        dot = _circle(unknown_radius(sites), "url(#unknown-0)", OUTLINE, 1)
        keys.append(f"<span>{dot}{_say(language, 'size_unknown')}</span>")
    return (
        f"<h2>{_say(language, 'legend_sizes')}</h2>"
        f'<div class="keys" id="legend-sizes">{"".join(keys)}</div>'
        f'<div class="keys"><span>{practice_symbol()}{escape(main_practices(result))}</span></div>'
    )


def _area_legend(result: Result) -> str:
    shares = share_classes(result.areas["share_beyond"], result.areas["sites"])
    return share_legend(
        say(result.context.language, "legend_areas"), shares, result.context.language
    )


def _surface_legend(result: Result) -> str:
    if result.surface is None:
        return ""
    language, cells = result.context.language, len(result.surface)
    swatches, words, shares = "", "", ""
    for k, count in enumerate(surface_counts(result)):
        name = _say(language, TIME_CLASSES[k].code)
        fill = "url(#hatch)" if CELL_FILLS[k] == HATCH else CELL_FILLS[k]
        swatches += (
            f'<td title="{name}"><svg width="34" height="13" aria-hidden="true"><rect x=".6" y=".6"'
            f' width="32.8" height="11.8" fill="{fill}" fill-opacity="{CELL_OPACITY}" stroke="{OUTLINE}"'
            ' stroke-width=".8"/></svg></td>'
        )
        words += f'<td title="{name}">{escape(tell(language, f"cell_{TIME_CLASSES[k].code}"))}</td>'
        shares += f'<td title="{name}">{percent(count / cells, language, short=True)}</td>'
    return (
        f'<div class="surface-legend"><h2>{escape(surface_words(result))}</h2>'
        f'<table class="shades" id="legend-surface"><tbody><tr>{swatches}</tr><tr>{words}</tr><tr>{shares}</tr></tbody>'
        f'</table><p class="note">{escape(tell(language, "cells_note", count=number(cells, language)))}</p></div>'
    )


def _layers(result: Result, *, tiles: bool) -> str:
    language = result.context.language
    names = ["sites", "practices", "areas", "streets"]
    if not len(result.areas):
        names.remove("areas")
    if result.background is None:
        names.remove("streets")
    if tiles:
        names.append("tiles")
    words = {name: _say(language, f"layer_{name}") for name in names}
    if (main := main_kind(result)) != GP:
        words["practices"] = escape(care_words(main, language))
    if result.surface is not None:
        side = number(result.surface.attrs["cell_m"], language)
        words["surface"] = _say(language, "layer_surface", side=side)
    boxes = "".join(
        f'<label><input type="checkbox" checked data-layer="{name}"> {said}</label>'
        for name, said in words.items()
    )
    return f"<fieldset><legend>{_say(language, 'layers')}</legend>{boxes}{_other_care(result)}</fieldset>"


def _other_care(result: Result) -> str:
    """Boxes of the other kinds of care, each with its symbol; off until asked for."""
    language, each = result.context.language, care_of_each(result)
    boxes = "".join(
        f'<label><input type="checkbox" data-layer="care-{k}"> {practice_symbol(kind, main=False)}'
        f" {escape(care_words(kind, language))} ({number(each.count(kind), language)})</label>"
        for k, kind in enumerate(kinds(result))
        if k
    )
    return f'<p class="note">{escape(tell(language, "layer_care"))}</p>{boxes}' if boxes else ""


def _worst_areas(result: Result) -> str:
    if not len(result.areas):
        return ""
    language = result.context.language
    names = area_names(result.areas, language)
    rows = worst_areas(result)
    empty = (result.areas.geometry.isna() | result.areas.geometry.is_empty).to_numpy()
    index = share_classes(result.areas["share_beyond"], result.areas["sites"])
    items = []
    for row in rows[:AREAS_LISTED]:
        words = area_words(result.areas.iloc[row], language)
        spot = "" if empty[row] else f"area-{row}"
        items.append(
            item(names[row], words, spot, f'<span class="swatch">{shade(index[row], 20)}</span>')
        )
    return _list("worst_areas", items, len(rows), language, "areas.csv")


def _worst_sites(result: Result) -> str:
    language, sites = result.context.language, result.sites
    names = site_names(sites)
    hints = site_hints(result)
    rows = worst_sites(result)
    residents = sites["residents"].to_numpy(dtype=float)
    items = [
        item(
            names[row], f"{residents_words(residents[row], language)}, {hints[row]}", f"site-{row}"
        )
        for row in rows[:SITES_LISTED]
    ]
    return _list("worst_sites", items, len(rows), language, "sites.csv")


def _list(heading: str, items: list[str], count: int, language: str, file: str) -> str:
    more = ""
    if count > len(items):
        words = _say(language, "more_rows", count=number(count - len(items), language), file=file)
        more = f'<p class="note more">{words}</p>'
    body = f'<ol class="worst">{"".join(items)}</ol>' if items else ""
    if not items:
        more = f'<p class="note">{_say(language, "nothing_beyond")}</p>'
    return f"<h2>{_say(language, heading)}</h2>{body}{more}"


def _remarks(result: Result) -> str:
    lines = [plain(line) for line in result.context.warnings]
    if not lines:
        return ""
    language = result.context.language
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    heading = _say(language, "remarks", count=number(len(lines), language))
    return f"<details><summary>{heading}</summary><ul>{items}</ul></details>"


def _say(language: str, key: str, **values: str) -> str:
    return escape(say(language, key, **values))
