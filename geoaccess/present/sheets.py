"""Sheets of a workbook as XML, a column at a time: a million rows take seconds where cell by cell they take minutes.

openpyxl makes the workbook, its styles and the first row of a sheet; `filled` puts the rows of a table below it.
"""

from __future__ import annotations

import math
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

#: rows of a sheet that a spreadsheet can hold, the one with the headings among them, and characters of a cell
MOST_ROWS, MOST_CHARACTERS = 1_048_576, 32_767
_CHUNK = 50_000
#: of times, which lie in the sheet as part of a day
CLOCK_FORMAT = "[hh]:mm"

#: numbers of the styles of a column: of its numbers, of its text, of text that looks like a formula
Styles = tuple[int, int, int]


def column_styles(sheet: Worksheet, place: int, number_format: str) -> Styles:
    """Make the styles of a column known to the workbook; uses the second row, which `filled` replaces."""
    cell = sheet.cell(2, place)
    plain = int(cell.style_id)
    cell.number_format = number_format
    number = int(cell.style_id)
    quoted = sheet.cell(3, place)
    quoted.quotePrefix = True
    return number, plain, int(quoted.style_id)


def filled(sheet_xml: bytes, table: pd.DataFrame, styles: Sequence[Styles]) -> Iterator[bytes]:
    """Give the XML of a sheet with the rows of a table below its first row.

    Parameters
    ----------
    sheet_xml : of a sheet as openpyxl writes it, the headings in its first row.
    table : at most `MOST_ROWS` - 1 rows.
    styles : of every column.

    Yields
    ------
    bytes
        parts of the XML.
    """
    before, _, after = sheet_xml.partition(b"</sheetData>")
    before = before.partition(b'<row r="2"')[0]
    last = f"{_letters(len(table.columns))}{len(table) + 1}"
    start, mark, rest = before.partition(b'<dimension ref="')
    yield start + mark + f"A1:{last}".encode() + rest[rest.index(b'"') :]
    bodies = [_cells(table[name], own) for name, own in zip(table.columns, styles, strict=True)]
    for first in range(0, len(table), _CHUNK):
        part = slice(first, min(first + _CHUNK, len(table)))
        numbers = [str(row + 2) for row in range(part.start, part.stop)]
        pieces: list[Any] = [repeat('<row r="'), numbers, repeat('">')]
        for place, body in enumerate(bodies, start=1):
            pieces += [repeat(f'<c r="{_letters(place)}'), numbers, body[part].tolist()]
        pieces.append(repeat("</row>"))
        # zip ends with the numbers
        yield "".join(chain.from_iterable(zip(*pieces, strict=False))).encode()
    yield b"</sheetData>" + after


def widest(column: pd.Series) -> int:
    """Most characters of a cell of a column."""
    known = pd.unique(column.dropna())
    return max((len(str(value)) for value in known), default=0)


def _cells(column: pd.Series, styles: Styles) -> np.ndarray[Any, Any]:
    """XML of every cell of a column, from behind its row number; each different value is written once."""
    code, known = pd.factorize(column)
    cells = np.empty(len(known) + 1, dtype=object)
    cells[:-1], cells[-1] = [_cell(value, styles) for value in known], '"/>'
    return np.asarray(cells[code], dtype=object)


def _cell(value: Any, styles: Styles) -> str:
    number, plain, quoted = styles
    if isinstance(value, str):
        text = escape(value[:MOST_CHARACTERS].replace("\ufffe", "").replace("\uffff", ""))
        style = quoted if value[:1] in ("=", "+", "-", "@") else plain
        return f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(value, (bool, np.bool_)):
        return f'" s="{plain}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, np.integer)):
        return f'" s="{number}"><v>{int(value)}</v></c>'
    return f'" s="{number}"><v>{float(value)!r}</v></c>' if math.isfinite(value) else '"/>'


def day_parts(column: pd.Series) -> pd.Series:
    """Turn times as text ("25:10") into parts of a day, as a spreadsheet keeps them."""
    code, known = pd.factorize(column)
    parts = np.array([_day_part(text) for text in known] + [np.nan])
    return pd.Series(parts[code], index=column.index)


def _day_part(text: str) -> float:
    hours, _, minutes = text.partition(":")
    return (60 * int(hours) + int(minutes)) / 1440


def _letters(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))
