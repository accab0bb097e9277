"""CSV files made to open in a spreadsheet with a double click and to be read back.

UTF-8 with a byte order mark; for Dutch `;` between fields and a decimal comma, for English `,` and a
decimal point. An unreachable site has an empty time plus a reason in code and in words. Text from input
files that a spreadsheet would run as a formula gets an apostrophe in front.

| file | rows |
|---|---|
| sites.csv, areas.csv | every site, every area |
| visits.csv | best feasible visit of all people on each day of the week |
| reasons.csv | why people have no feasible visit, the proof, and what would mend it |
| cascade.csv | people left after each constraint, by area and in total |
| capacity.csv, unplaced.csv | places of every practice, and people who get none |
| access.csv | catchment measures of every site, where any were asked for |
"""

from __future__ import annotations

import csv
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.present.records import area_records, called, practice_names, site_records
from geoaccess.present.supply_records import (
    access_records,
    capacity_records,
    cascade_records,
    unplaced_records,
)
from geoaccess.present.visit_records import reason_records, visit_records

if TYPE_CHECKING:
    from pathlib import Path

    from geoaccess.result import Result

#: starts of text that a spreadsheet takes for a formula, half and full width; a plain number is harmless
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_HARMLESS = re.compile(r"-|[+-]?\d+([.,]\d+)?")
#: rows put together at a time
_CHUNK = 100_000

#: files of visits and places, and that of catchment measures, which only some results have
TABLE_FILES = ("visits.csv", "reasons.csv", "cascade.csv", "capacity.csv", "unplaced.csv")
ACCESS_FILE = "access.csv"


def defused(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> defused("=1+1"), defused("Park X"), defused("-12"), defused("-")
    ("'=1+1", 'Park X', '-12', '-')
    """
    risky = _FORMULA.match(text) and not _HARMLESS.fullmatch(text)
    return f"'{text}" if risky else text


def write_sites_csv(result: Result, path: Path) -> None:
    """Write one row per site in input order; columns as in `records.site_records`."""
    write_csv(site_records(result).drop(columns="geometry"), path, result.context.language)


def write_areas_csv(result: Result, path: Path) -> None:
    """Write one row per area in input order; columns as in `records.area_records`."""
    write_csv(area_records(result).drop(columns="geometry"), path, result.context.language)


def write_tables(result: Result, folder: Path) -> list[str]:
    """Write the files of visits and places that the result has, and return their names."""
    tables = (
        visit_records(result),
        reason_records(result, called(result)),
        cascade_records(result),
        capacity_records(result, practice_names(result)),
        unplaced_records(result),
        access_records(result),
    )
    written = []
    for name, table in zip((*TABLE_FILES, ACCESS_FILE), tables, strict=True):
        if table is not None:
            write_csv(table, folder / name, result.context.language)
            written.append(name)
    return written


def write_csv(table: pd.DataFrame, path: Path, language: str) -> None:
    """Write a table in the way of this module.

    Each different value of a column is put into words once, so that a million rows take seconds.

    Parameters
    ----------
    table : columns of text, numbers or truth; missing and infinite values become empty cells.
    path : file to write.
    language : "nl" or "en".
    """
    separator, decimal = (",", ".") if language == "en" else (";", ",")
    columns = [_words(table[name], decimal) for name in table.columns]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\r\n")
        writer.writerow(table.columns)
        for start in range(0, len(table), _CHUNK):
            part = slice(start, start + _CHUNK)
            writer.writerows(zip(*(column[part].tolist() for column in columns), strict=True))


def _words(column: pd.Series, decimal: str) -> np.ndarray[Any, Any]:
    """Every cell of a column as text."""
    code, known = pd.factorize(column)
    words = np.empty(len(known) + 1, dtype=object)
    words[:-1], words[-1] = [_word(value, decimal) for value in known], ""
    return np.asarray(words[code], dtype=object)


def _word(value: Any, decimal: str) -> str:
    if isinstance(value, str):
        return defused(value)
    if isinstance(value, float):
        # fifteen digits are all that a float holds for sure; a sixteenth makes 6.071999999999999 of 6.072
        number = repr(float(f"{value:.15g}"))
        return number.replace(".", decimal) if math.isfinite(value) else ""
    return str(value)
