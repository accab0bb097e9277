"""Numbers in cells: persons, fte and coordinates, with decimal commas and marks between thousands."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from geoaccess.errors import Fault
from geoaccess.load.cells import Column, is_number, is_unknown, texts, where

Floats = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

#: a missing value as statistical offices write it: CBS uses -99997, -99995, -99991 and older -99999997
SENTINEL = -90_000

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " ") | {"\u2212": "-"})
_PLAIN = re.compile(r"[+-]?\d{1,300}(\.0*)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+[.,]\d*|[.,]\d+|\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = re.compile(r"([+-]?[1-9]\d{0,2})(([.,' ])\d{3}(?:\3\d{3})*)([.,]\d*)?", re.ASCII)


class Numbers(NamedTuple):
    """Numbers of a column (NaN where empty, unknown or at fault), its faults and notes."""

    data: Floats
    faults: list[Fault]
    notes: list[str]


class Coordinates(NamedTuple):
    """Coordinates of a column in both readings of '85.123': decimal, and with '.' or ',' between thousands."""

    data: Floats
    grouped: Floats
    empty: Mask
    faults: list[Fault]


def parse_number(text: str) -> tuple[float, float] | None:
    """Read a number in both readings: as decimal, and with '.' or ',' between thousands.

    Returns
    -------
    tuple or None
        (decimal, grouped): the two differ only where one mark with three digits behind it leaves both open.
        None where the text is no number.

    Examples
    --------
    >>> parse_number("12,5"), parse_number("1.234,5"), parse_number("1 234"), parse_number("1.234")
    ((12.5, 12.5), (1234.5, 1234.5), (1234.0, 1234.0), (1.234, 1234.0))
    >>> parse_number("ca. 40") is None
    True
    """
    if _PLAIN.fullmatch(text):
        return float(text), float(text)
    text = text.translate(_SPACES)
    found = _GROUPED.fullmatch(text)
    if found:
        head, tail, mark, fraction = found.groups()
        if fraction is None or fraction[0] != mark:
            digits = head + re.sub(r"[.,' ]", "", tail)
            grouped = float(digits + (fraction or "").replace(",", "."))
            both = fraction is None and len(tail) == 4 and mark in ".,"
            decimal = float(head + tail.replace(",", ".")) if both else grouped
            return (decimal, grouped) if np.isfinite(grouped) else None
    if _DECIMAL.fullmatch(text):
        value = float(text.replace(",", "."))
        return (value, value) if np.isfinite(value) else None
    return None


def numbers(column: Column, kind: Literal["count", "measure"], unit: str) -> Numbers:
    """Read numbers of zero or more; empty, 'onbekend' and the missing-value codes of CBS become NaN.

    Parameters
    ----------
    column : cells.
    kind : 'count' for whole persons ('1.234' is then 1234, and a note says so) or 'measure' ('1.234' is 1.234).
    unit : what is counted, for messages.
    """
    cells = texts(column)
    values = np.full(len(cells.data), np.nan)
    grouped = np.full(len(cells.data), np.nan)
    faults = list(cells.faults)
    for k, text in enumerate(cells.data):
        if text is None:
            continue
        pair = _typed_or_text(column.cells[k], text)
        if pair is not None:
            values[k], grouped[k] = pair
        elif not is_unknown(text):
            remedy = f"give one number of {unit}, or leave it empty if it is not known"
            faults.append(column.fault(k, "not a number", remedy))
    notes: list[str] = []
    if kind == "count":
        values, notes = _without_thousands_marks(column, cells.data, values, grouped, unit)
    codes = where(values <= SENTINEL)
    if codes:
        notes.append(
            f"Missing-value codes (such as -99997) in '{column.name}' were read as unknown: {len(codes)}."
        )
        values[codes] = np.nan
    remedy = "give 0 or more, or leave it empty"
    faults += [column.fault(k, f"negative number of {unit}", remedy) for k in where(values < 0)]
    if kind == "count":
        remedy = f"give whole {unit}; write thousands without a mark (1234)"
        broken = where((values >= 0) & (values % 1 != 0))
        faults += [column.fault(k, f"not a whole number of {unit}", remedy) for k in broken]
    return Numbers(values, faults, notes)


def fractions(column: Column) -> Numbers:
    """Shares from 0 to 1 (NaN where empty or unknown); '60%' is 0.6.

    So is 60, and a note says so, where numbers of the column go past 2 and none lies between 0 and 1.
    """
    cells = texts(column)
    faults = list(cells.faults)
    values = np.full(len(cells.data), np.nan)
    marked = np.zeros(len(cells.data), dtype=bool)
    for k, text in enumerate(cells.data):
        if text is None or is_unknown(text):
            continue
        marked[k] = text.endswith("%")
        pair = _typed_or_text(column.cells[k], text.rstrip("% "))
        if pair is None:
            faults.append(column.fault(k, "not a share", "give a share such as 0.6, or 60%"))
        else:
            values[k] = pair[0] / 100 if marked[k] else pair[0]
    notes = []
    plain = values[~marked]
    if (plain > 2).any() and not ((plain > 0) & (plain < 1)).any():
        values[~marked] /= 100
        notes.append(f"'{column.name}' was read as percentages.")
    wrong = where((values < 0) | (values > 1 + 1e-9))
    faults += [column.fault(k, "not a share from 0 to 1", "give 0.6, or 60%") for k in wrong]
    return Numbers(values, faults, notes)


def coordinates(column: Column) -> Coordinates:
    """Read coordinates in both readings; what is no number is a fault, what is empty is told apart."""
    cells = texts(column)
    values = np.full(len(cells.data), np.nan)
    grouped = np.full(len(cells.data), np.nan)
    faults = list(cells.faults)
    failed = {fault.row for fault in faults}
    empty = np.zeros(len(cells.data), dtype=bool)
    for k, text in enumerate(cells.data):
        pair = None if text is None else _typed_or_text(column.cells[k], text)
        if pair is not None:
            values[k], grouped[k] = pair
        elif text is None or is_unknown(text):
            empty[k] = column.rows[k] not in failed
        else:
            remedy = "give decimal degrees (52.0123) or RD metres (85123.4)"
            faults.append(column.fault(k, "not a coordinate", remedy))
    return Coordinates(values, grouped, empty, faults)


def _typed_or_text(value: object, text: str) -> tuple[float, float] | None:
    """Both readings of a cell; a typed number has only one, and dates and ticks are no numbers."""
    if is_number(value):
        number = float(value)
        return (number, number) if np.isfinite(number) else None
    if isinstance(value, (bool, np.bool_, dt.date, dt.time)):
        return None
    return parse_number(text)


def _without_thousands_marks(
    column: Column, cells: Sequence[str | None], values: Floats, grouped: Floats, unit: str
) -> tuple[Floats, list[str]]:
    """Take '1.234' as 1234, unless the same mark stands before decimals elsewhere in the column."""
    doubtful = where(~np.isnan(values) & (values != grouped))
    if not doubtful:
        return values, []
    said = [text or "" for text in cells]
    marks = {mark for k in doubtful for mark in ".," if mark in said[k]}
    decimals = where((values == grouped) & (values % 1 != 0))
    if len(marks) > 1 or any(mark in said[k] for k in decimals for mark in marks):
        return values, []
    taken = values.copy()
    taken[doubtful] = grouped[doubtful]
    first = doubtful[0]
    note = (
        f"Read with a mark between thousands in '{column.name}': '{said[first]}' (row {column.rows[first]}) "
        f"is {grouped[first]:.0f} {unit}; so in {len(doubtful)} of {len(said)} rows."
    )
    return taken, [note]
