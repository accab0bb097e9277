"""Cells to values: text, ids, words and dates, each with every fault of its column; numbers are in figures.py.

A cell is whatever a reader found: text in a CSV, a typed value in a workbook, a GIS layer or Parquet. Every
function here takes one `Column` and answers with values, the faults among them and sentences worth telling.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeGuard

import numpy as np
import pandas as pd

from geoaccess.errors import Fault

#: what people write for "not known", folded; such a cell counts as empty where a number, date or choice is asked
UNKNOWN = frozenset(
    (
        "onbekend",
        "unknown",
        "nb",
        "nvt",
        "na",
        "nan",
        "nat",
        "null",
        "none",
        "geen",
        "geengegevens",
        "nodata",
        "leeg",
    )
)
YES = frozenset(
    ("ja", "yes", "true", "waar", "1", "j", "y", "aanwezig", "beschikbaar", "available")
)
NO = frozenset(
    (
        "nee",
        "no",
        "false",
        "onwaar",
        "0",
        "n",
        "geen",
        "niet",
        "afwezig",
        "nietbeschikbaar",
        "notavailable",
    )
)

FORMULA_ERRORS = frozenset(
    (
        *(
            "#N/A",
            "#N/B",
            "#REF!",
            "#VERW!",
            "#VALUE!",
            "#WAARDE!",
            "#DIV/0!",
            "#DEEL/0!",
            "#NAME?",
            "#NAAM?",
        ),
        *(
            "#NUM!",
            "#GETAL!",
            "#NULL!",
            "#LEEG!",
            "#SPILL!",
            "#OVERLOPEN!",
            "#CALC!",
            "#BEREKENEN!",
        ),
    )
)

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\x00"
_DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.ASCII), (1, 2, 3)),
    (re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?: .*)?", re.ASCII), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: .*)?", re.ASCII), (3, 2, 1)),
    (re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII), (1, 2, 3)),
)
_MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_ENGLISH = MappingProxyType({"maa": "mrt", "mar": "mrt", "may": "mei", "oct": "okt"})
_LONG_DATE = re.compile(r"(\d{1,2})[- ]([a-z]{3,9})\.?[- ](\d{4})")


@dataclass(frozen=True, eq=False)
class Column:
    """One column as it stands in a file.

    Attributes
    ----------
    file, name : where it is, for faults.
    rows : row numbers as the user sees them.
    cells : as read, typed or text.
    """

    file: str
    name: str
    rows: Sequence[int]
    cells: Sequence[Any]

    def fault(self, k: int, problem: str, remedy: str) -> Fault:
        """Fault of the k-th cell."""
        value = as_text(self.cells[k])
        if value is not None and len(value) > 60:
            value = value[:57] + "..."
        return Fault(problem, self.file, self.rows[k], self.name, value, remedy)


class Texts(NamedTuple):
    """Text of every cell of a column (None where empty), and its faults."""

    data: list[str | None]
    faults: list[Fault]


class Choices(NamedTuple):
    """Values of a column of words or dates (None where unknown), and its faults."""

    data: list[Any]
    faults: list[Fault]


@lru_cache(maxsize=4096)  # the headers that are known are compared with those of every file again
def fold(text: str) -> str:
    """Reduce a header or word to its bare lower-case letters and digits, so that spellings meet.

    Examples
    --------
    >>> fold("Aantal_Patiënten"), fold("X-coördinaat")
    ('aantalpatienten', 'xcoordinaat')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


def as_text(value: Any) -> str | None:
    """Text of one cell as its owner sees it: trimmed, whole numbers without '.0', None where empty."""
    if isinstance(value, str):
        return value.strip().strip(_INVISIBLE).strip() or None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if math.isnan(number):
            return None
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else str(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    if isinstance(value, bytes):
        return as_text(value.decode("utf-8", "replace"))
    return str(value).strip() or None


def texts(column: Column) -> Texts:
    """Trimmed text of every cell; errors of spreadsheet formulas (#REF!, #N/B) are faults."""
    values = [as_text(value) for value in column.cells]
    faults: list[Fault] = []
    for k, text in enumerate(values):
        if text is not None and text.startswith("#") and text.upper() in FORMULA_ERRORS:
            remedy = "mend the formula in the workbook, or put the value itself there"
            faults.append(column.fault(k, "the formula in this cell failed", remedy))
            values[k] = None
    return Texts(values, faults)


def is_unknown(text: str) -> bool:
    """Whether a cell says that its value is not known ('onbekend', '-', '?', 'n.v.t.')."""
    word = fold(text)
    return not word or word in UNKNOWN


def is_number(value: object) -> TypeGuard[float]:
    """Whether a cell holds a typed number."""
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def where(mask: np.ndarray[Any, Any]) -> list[int]:
    """Positions at which ``mask`` is true."""
    return [int(k) for k in np.flatnonzero(mask)]


def ids(column: Column) -> Texts:
    """Ids as text ('007' keeps its zeros); empty and repeated ids are faults that name the first row."""
    cells = texts(column)
    faults = list(cells.faults)
    failed = {fault.row for fault in faults}
    first: dict[str, int] = {}
    for k, text in enumerate(cells.data):
        if text is None:
            if column.rows[k] not in failed:
                faults.append(column.fault(k, "empty id", "give every row an id of its own"))
        elif text in first:
            problem = f"duplicate id, first used in row {column.rows[first[text]]}"
            faults.append(column.fault(k, problem, "give every row an id of its own"))
        else:
            first[text] = k
    return Texts(cells.data, faults)


def choices(column: Column, words: Mapping[str, Any], accepted: str) -> Choices:
    """Translate words (folded keys of ``words``); what is unknown becomes None, any other word is a fault."""
    cells = texts(column)
    faults = list(cells.faults)
    values: list[Any] = [None] * len(cells.data)
    for k, text in enumerate(cells.data):
        if text is None:
            continue
        word = fold(text)
        if word in words:
            values[k] = words[word]
        elif not is_unknown(text):
            faults.append(column.fault(k, "not one of the words known here", f"use {accepted}"))
    return Choices(values, faults)


def yes_or_no(column: Column) -> Choices:
    """Read ja/nee, yes/no, 1/0 as True/False; None where unknown."""
    words = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)
    return choices(column, words, "ja or nee, or leave it empty")


def dates(column: Column) -> Choices:
    """Dates as datetime.date: 24-11-2026, 24/11/2026, 2026-11-24 or 24 november 2026 (the day comes first)."""
    cells = texts(column)
    faults = list(cells.faults)
    values: list[dt.date | None] = [None] * len(cells.data)
    for k, text in enumerate(cells.data):
        if text is None or is_unknown(text):
            continue
        values[k] = _date(text)
        if values[k] is None:
            remedy = "write dates as 24-11-2026 or 2026-11-24"
            faults.append(column.fault(k, "not a date from 1950 to 2100", remedy))
    return Choices(values, faults)


def _date(text: str) -> dt.date | None:
    parts: tuple[int, int, int] | None = None
    for pattern, order in _DATES:
        found = pattern.fullmatch(text)
        if found:
            parts = (int(found[order[0]]), int(found[order[1]]), int(found[order[2]]))
            break
    else:
        found = _LONG_DATE.fullmatch(text.casefold())
        month = _ENGLISH.get(found[2][:3], found[2][:3]) if found else ""
        if found and month in _MONTHS:
            parts = (int(found[3]), _MONTHS.index(month) + 1, int(found[1]))
    if parts is None or not 1950 <= parts[0] <= 2100:
        return None
    try:
        return dt.date(*parts)
    except ValueError:
        return None
