"""Fills and symbols of the interactive map and its legend, as SVG inside the page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from geoaccess.present.classes import (
    AREA_LINE,
    CROSS,
    HATCH,
    HATCH_LINE,
    PRACTICE_FILL,
    PRACTICE_INK,
    SHARE_CLASSES,
    TIME_CLASSES,
)
from geoaccess.present.practice_text import kinds, main_kind
from geoaccess.present.reason_classes import REASON_CLASSES, SIGNS, paler

if TYPE_CHECKING:
    from geoaccess.result import Result

#: letter of each kind of care on its symbol; others take their first
LETTERS: Final = {
    "huisarts": "+", "huisartsenpost": "HP", "apotheek": "A", "tandarts": "T", "ggz": "G", "verloskundige": "V",
    "jgz": "J", "straatdokter": "S", "infopunt": "i", "seh": "SE",
}  # fmt: skip


def symbols(result: Result) -> str:
    """Draw fills and symbols for the map and its legend, as one invisible SVG and a prototype of each symbol."""
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
        parts.append(_unknown(f"unknown-{index}", fill))
    for index, each in enumerate(REASON_CLASSES):
        fill = HATCH_LINE if each.mark == HATCH else each.fill
        parts.append(_unknown(f"unknown-reason-{index}", fill))
        for name, look in ((f"reason-{index}", each), (f"pale-reason-{index}", paler(each))):
            if each.mark in SIGNS:
                parts.append(
                    f'<pattern id="{name}" width="1" height="1" viewBox="-5 -5 10 10">'
                    f'<rect x="-5" y="-5" width="10" height="10" fill="{look.fill}"/>{_sign(look.mark, look.ink)}'
                    "</pattern>"
                )
    drawn = "".join(
        practice_symbol(kind, main=kind == main_kind(result)).replace(
            "<svg", f'<svg id="practice-symbol-{k}"', 1
        )
        for k, kind in enumerate(kinds(result))
    )
    return (
        f'<svg class="defs" aria-hidden="true"><defs>{"".join(parts)}</defs></svg>'
        f'<div class="defs" aria-hidden="true">{drawn}</div>'
    )


def _unknown(name: str, fill: str) -> str:
    return (
        f'<pattern id="{name}" width="1" height="1" viewBox="0 0 10 10">'
        f'<rect width="10" height="10" fill="#fff"/>'
        f'<circle cx="5" cy="5" r="2.8" fill="{fill}" stroke="#444" stroke-width=".5"/></pattern>'
    )


def _sign(sign: str, ink: str) -> str:
    """Lines of a sign in the middle of a square from -5 to 5."""
    lines = "".join(
        "M" + "L".join(f"{3.2 * x:g} {-3.2 * y:g}" for x, y in line) for line in SIGNS[sign]
    )
    return f'<path d="{lines}" stroke="{ink}" stroke-width="1.3" fill="none"/>'


def time_fill(index: int) -> str:
    """SVG fill of a class of travel time."""
    time_class = TIME_CLASSES[index]
    if not time_class.mark:
        return time_class.fill
    return f"url(#time-{index})" if time_class.mark == CROSS else "url(#hatch)"


def reason_fill(index: int, *, pale: bool = False) -> str:
    """SVG fill of a reason; ``pale`` where it stops fewer than half of the people."""
    each = REASON_CLASSES[index]
    if each.mark == HATCH:
        return "url(#hatch)"
    name = f"pale-reason-{index}" if pale else f"reason-{index}"
    return f"url(#{name})" if each.mark else each.fill


def reason_unknown_fill(index: int) -> str:
    """SVG fill of a reason at a site whose residents are unknown."""
    return f"url(#unknown-reason-{index})"


def share_fill(index: int) -> str:
    """SVG fill of a class of areas."""
    return "url(#hatch)" if SHARE_CLASSES[index].mark else SHARE_CLASSES[index].fill


def shade(index: int, width: int) -> str:
    """Swatch of a class of areas."""
    return (
        f'<svg width="{width}" height="13" aria-hidden="true"><rect x=".6" y=".6" width="{width - 1.2}"'
        f' height="11.8" fill="{share_fill(index)}" stroke="{AREA_LINE}" stroke-width="1.2"/></svg>'
    )


def practice_symbol(care: str = "huisarts", *, main: bool = True) -> str:
    """Drawing of a practice: a square with a plus for the main kind of care, with a letter for any other."""
    if main:
        return (
            '<svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true">'
            f'<rect x=".5" y=".5" width="12" height="12" rx="2" fill="{PRACTICE_FILL}" stroke="#fff"/>'
            f'<path d="M6.5 3V10M3 6.5H10" stroke="{PRACTICE_INK}" stroke-width="2"/></svg>'
        )
    letter = LETTERS.get(care) or care[:1].upper() or "?"
    size = 10 if len(letter) == 1 else 8
    return (
        '<svg width="15" height="15" viewBox="0 0 15 15" aria-hidden="true">'
        f'<rect x="1" y="1" width="13" height="13" rx="3" fill="#fff" stroke="{PRACTICE_FILL}" stroke-width="1.6"/>'
        f'<text x="7.5" y="{7.5 + 0.36 * size:g}" font-size="{size}" font-weight="700" text-anchor="middle"'
        f' font-family="Arial, DejaVu Sans, sans-serif" fill="{PRACTICE_FILL}">{escape(letter)}</text></svg>'
    )
