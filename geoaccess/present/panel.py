"""The legend and the lists beside the interactive map, as HTML in which every text is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from geoaccess.present.classes import (
    AREA_LINE,
    CELL_FILLS,
    CELL_OPACITY,
    CROSS,
    HATCH,
    HATCH_LINE,
    OUTLINE,
    OUTLINE_BEYOND,
    PRACTICE_FILL,
    PRACTICE_INK,
    SHARE_CLASSES,
    SHARE_NO_DATA,
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
    site_hints,
    site_names,
    surface_counts,
    surface_words,
    worst_areas,
    worst_sites,
)
from geoaccess.present.text import minutes_words, number, percent, plain, say

if TYPE_CHECKING:
    from geoaccess.result import Result

AREAS_LISTED, SITES_LISTED = 8, 10


def symbols() -> str:
    """Draw fills and symbols for the map and its legend, as one invisible SVG."""
    hatch = (
        '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect width="6" height="6" fill="#fff"/>'
        f'<path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5" stroke="{HATCH_LINE}" stroke-width="1.5"/></pattern>'
    )
    parts = [hatch]
    for index, time_class in enumerate(TIME_CLASSES):
        if time_class.mark == CROSS:
            parts.append(
                f'<pattern id="time-{index}" width="1" height="1" viewBox="0 0 10 10">'
                f'<rect width="10" height="10" fill="{time_class.fill}"/>'
                f'<path d="M2.6 2.6L7.4 7.4M7.4 2.6L2.6 7.4" stroke="{time_class.ink}"'
                f' stroke-width="1.2"/></pattern>'
            )
        fill = HATCH_LINE if time_class.mark and time_class.mark != CROSS else time_class.fill
        parts.append(
            f'<pattern id="unknown-{index}" width="1" height="1" viewBox="0 0 10 10">'
            f'<rect width="10" height="10" fill="#fff"/>'
            f'<circle cx="5" cy="5" r="2.8" fill="{fill}" stroke="#444" stroke-width=".5"/></pattern>'
        )
    symbol = practice_symbol().replace("<svg", '<svg id="practice-symbol"', 1)
    return (
        f'<svg class="defs" aria-hidden="true"><defs>{"".join(parts)}</defs></svg>'
        f'<div class="defs" aria-hidden="true">{symbol}</div>'
    )


def time_fill(index: int) -> str:
    """SVG fill of a class of travel time."""
    time_class = TIME_CLASSES[index]
    if not time_class.mark:
        return time_class.fill
    return f"url(#time-{index})" if time_class.mark == CROSS else "url(#hatch)"


def share_fill(index: int) -> str:
    """SVG fill of a class of areas."""
    return "url(#hatch)" if SHARE_CLASSES[index].mark else SHARE_CLASSES[index].fill


def practice_symbol() -> str:
    """Drawing of a practice: a square with a plus, unlike any site."""
    return (
        '<svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true">'
        f'<rect x=".5" y=".5" width="12" height="12" rx="2" fill="{PRACTICE_FILL}" stroke="#fff"/>'
        f'<path d="M6.5 3V10M3 6.5H10" stroke="{PRACTICE_INK}" stroke-width="2"/></svg>'
    )


def panel(result: Result, *, tiles: bool) -> str:
    """All of the panel: legend with counts, worst areas, layers, worst sites, remarks on the input."""
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


def _circle(radius: float, fill: str, line: str, width: float) -> str:
    size = 2 * radius + width
    middle = size / 2
    return (
        f'<svg width="{size:.1f}" height="{size:.1f}" aria-hidden="true"><circle cx="{middle:.1f}"'
        f' cy="{middle:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{line}" stroke-width="{width}"/></svg>'
    )


def _time_legend(result: Result) -> str:
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
    practices = number(len(result.practices), language)
    return (
        f"<h2>{_say(language, 'legend_sizes')}</h2>"
        f'<div class="keys" id="legend-sizes">{"".join(keys)}</div>'
        f'<div class="keys"><span>{practice_symbol()}'
        f"{_say(language, 'practice_symbol', count=practices)}</span></div>"
    )


def _area_legend(result: Result) -> str:
    language = result.context.language
    index = share_classes(result.areas["share_beyond"], result.areas["sites"])
    scale, words, others = "", "", ""
    for k, share_class in enumerate(SHARE_CLASSES):
        key = f"share_{share_class.code}"
        if k < SHARE_NO_DATA:
            scale += f"<td>{_shade(k, 48)}</td>"
            words += f"<td>{_say(language, key)}</td>"
        elif (index == k).any():
            count = number(int((index == k).sum()), language)
            others += f"<span>{_shade(k, 20)}{_say(language, key, count=count)}</span>"
    return (
        f"<h2>{_say(language, 'legend_areas')}</h2>"
        f'<table class="shades" id="legend-areas"><tbody><tr>{scale}</tr><tr>{words}</tr></tbody></table>'
        f'<div class="keys">{others}</div>'
    )


def _surface_legend(result: Result) -> str:
    if result.surface is None:
        return ""
    language, cells = result.context.language, len(result.surface)
    swatches, shares = "", ""
    for k, count in enumerate(surface_counts(result)):
        name = _say(language, TIME_CLASSES[k].code)
        fill = "url(#hatch)" if CELL_FILLS[k] == HATCH else CELL_FILLS[k]
        swatches += (
            f'<td title="{name}"><svg width="34" height="13" aria-hidden="true"><rect x=".6" y=".6"'
            f' width="32.8" height="11.8" fill="{fill}" fill-opacity="{CELL_OPACITY}" stroke="{OUTLINE}"'
            ' stroke-width=".8"/></svg></td>'
        )
        shares += f'<td title="{name}">{percent(count / cells, language, short=True)}</td>'
    return (
        f"<h2>{escape(surface_words(result))}</h2>"
        f'<table class="shades" id="legend-surface"><tbody><tr>{swatches}</tr><tr>{shares}</tr></tbody></table>'
        f'<p class="note">{_say(language, "surface_note", count=number(cells, language))}</p>'
    )


def _shade(index: int, width: int) -> str:
    return (
        f'<svg width="{width}" height="13" aria-hidden="true"><rect x=".6" y=".6" width="{width - 1.2}"'
        f' height="11.8" fill="{share_fill(index)}" stroke="{AREA_LINE}" stroke-width="1.2"/></svg>'
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
    if result.surface is not None:
        side = number(result.surface.attrs["cell_m"], language)
        words["surface"] = _say(language, "layer_surface", side=side)
    boxes = "".join(
        f'<label><input type="checkbox" checked data-layer="{name}"> {said}</label>'
        for name, said in words.items()
    )
    return f"<fieldset><legend>{_say(language, 'layers')}</legend>{boxes}</fieldset>"


def _worst_areas(result: Result) -> str:
    if not len(result.areas):
        return ""
    language = result.context.language
    names = area_names(result.areas, language)
    rows = worst_areas(result)
    empty = (result.areas.geometry.isna() | result.areas.geometry.is_empty).to_numpy()
    shade = share_classes(result.areas["share_beyond"], result.areas["sites"])
    items = []
    for row in rows[:AREAS_LISTED]:
        words = area_words(result.areas.iloc[row], language)
        spot = "" if empty[row] else f"area-{row}"
        items.append(
            _item(names[row], words, spot, f'<span class="swatch">{_shade(shade[row], 20)}</span>')
        )
    return _list("worst_areas", items, len(rows), language, "areas.csv")


def _worst_sites(result: Result) -> str:
    language, sites = result.context.language, result.sites
    names = site_names(sites)
    hints = site_hints(result)
    rows = worst_sites(result)
    residents = sites["residents"].to_numpy(dtype=float)
    items = [
        _item(
            names[row], f"{residents_words(residents[row], language)}, {hints[row]}", f"site-{row}"
        )
        for row in rows[:SITES_LISTED]
    ]
    return _list("worst_sites", items, len(rows), language, "sites.csv")


def _item(name: str, words: str, spot: str, swatch: str = "") -> str:
    inside = f"{swatch}<b>{escape(name)}</b><br><span>{escape(words)}</span>"
    if not spot:
        return f'<li><span class="plain-row">{inside}</span></li>'
    return f'<li><button type="button" data-spot="{spot}">{inside}</button></li>'


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
