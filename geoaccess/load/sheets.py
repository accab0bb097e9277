"""CSV files and workbooks to raw cells: coding, separator, sheet and header row are found, not asked for."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from geoaccess.errors import Fault, TableError
from geoaccess.load.cells import as_text
from geoaccess.load.headers import distinct
from geoaccess.load.phrases import counted, quoted

#: tells whether a header (list of column names) holds what is asked of a table
Fits = Callable[[Sequence[str]], bool]

#: a header is looked for in this many rows from the top: titles may stand above it
HEADER_SEARCH_ROWS = 20
SEPARATORS = ";,\t|"
#: a workbook unpacks to at most this many bytes, and a sheet has at most as many rows as Excel allows
MOST_BYTES = 600_000_000
MOST_ROWS = 1_048_576
MOST_COLUMNS = 2_000


class Sheet(NamedTuple):
    """Cells of a sheet or CSV file: DataFrame of objects, indexed by the row number as the user sees it."""

    cells: pd.DataFrame
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]


def read_csv(path: Path, fits: Fits) -> Sheet:
    """Read a CSV with ',', ';', tab or '|' in UTF-8, UTF-16 or Windows-1252.

    Raises
    ------
    TableError
        when it is no text table.
    """
    text, notes = _decode(path.name, path.read_bytes())
    separator, skipped = _separator(text, fits)
    records: list[list[str]] = []
    try:
        for record in _records(text, separator):
            records.append(record)  # noqa: PERF402 - the count is needed when a record fails
    except csv.Error as error:
        remedy = "close every quotation mark; double those inside quoted text"
        fault = Fault(
            f"not readable from here ({error})", path.name, len(records) + 1, remedy=remedy
        )
        raise TableError(fault) from None
    sheet = _table(path.name, records, fits, skipped=skipped)
    return sheet._replace(notes=(*notes, *sheet.notes))


def read_workbook(path: Path, fits: Fits, name: str | None = None) -> Sheet:
    """Read the first sheet of an .xlsx workbook, or the only one whose header fits, or the one that is named.

    Raises
    ------
    TableError
        when it is no workbook, or the sheet cannot be told.
    """
    formulas = _check_workbook(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl warns of styles and validation, never of values
            names, chosen, rows = _sheet_rows(path, fits, name, values=True)
            stored = _sheet_rows(path, fits, chosen, values=False)[2] if formulas else []
    except TableError:
        raise
    except Exception as error:  # noqa: BLE001 - damaged workbooks make openpyxl fail in any way
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        remedy = "open it in Excel or LibreOffice and save it again as .xlsx"
        problem = f"cannot be read as a workbook ({reason})"
        raise TableError(Fault(problem, path.name, remedy=remedy)) from None
    sheet = _table(path.name, rows, fits, width=_width(path.name, rows))
    faults = (*sheet.faults, *_unsaved_formulas(path.name, rows, stored))
    others = [other for other in names if other != chosen]
    notes = [f"Sheet '{chosen}' was read; other sheets: {quoted(others)}."] if others else []
    return Sheet(sheet.cells, faults, (*notes, *sheet.notes))


def _decode(file: str, data: bytes) -> tuple[str, list[str]]:
    """Text of a file, whatever its coding; not text, or another kind of file, is refused."""
    start = data[:64].lstrip().lower()
    if start.startswith((b"pk\x03\x04", b"\xd0\xcf\x11\xe0")):
        remedy = "give it the extension .xlsx, or save it as CSV"
        raise TableError(Fault("this is an Excel workbook, not a CSV", file, remedy=remedy))
    coding = "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        coding = "utf-16"
    elif data[1:200:2].count(0) > len(data[1:200:2]) // 2:
        coding = "utf-16-le"
    elif data[0:200:2].count(0) > len(data[0:200:2]) // 2:
        coding = "utf-16-be"
    notes: list[str] = []
    try:
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            text = data.decode("cp1252")
            notes.append("The text is not UTF-8 and was read as Windows-1252.")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        remedy = "save it as CSV UTF-8, or give the file the extension of what it is"
        raise TableError(Fault("this is not a text file", file, remedy=remedy))
    if text.lstrip().lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        remedy = "it may be the answer of a web site; download or export the data again"
        raise TableError(Fault("this is a web page or XML, not a CSV", file, remedy=remedy))
    if not text.strip():
        raise TableError(Fault("the file is empty", file, remedy="export it again"))
    return text, notes


def _records(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _separator(text: str, fits: Fits) -> tuple[str, int]:
    """Separator that makes the best header, and the number of rows above the table ('sep=;')."""
    first = text.split("\n", 1)[0].strip().lower()
    if first[:4] == "sep=" and first[4:] and first[4:] in SEPARATORS:
        return first[4:], 1
    best, best_score = SEPARATORS[0], (False, 0)
    for separator in SEPARATORS:
        try:
            top = list(islice(_records(text, separator), HEADER_SEARCH_ROWS))
        except csv.Error:
            continue
        names = _header(top, fits).names
        score = (fits(names), len(names))
        if score > best_score:
            best, best_score = separator, score
    return best, 0


class _Header(NamedTuple):
    start: int
    height: int
    names: list[str]


def _header(rows: Sequence[Sequence[Any]], fits: Fits) -> _Header:
    """Row (or two rows, where cells were merged) with the column names.

    The first that fits; where none does, the first row with two names or more, so that faults can be told.
    """
    top = [[as_text(value) or "" for value in row] for row in rows[:HEADER_SEARCH_ROWS]]
    for k, names in enumerate(top):
        if fits(names):
            return _Header(k, 1, names)
    for k in range(len(top) - 1):
        upper, lower = top[k], top[k + 1]
        width = max(len(upper), len(lower))
        pairs = zip(
            upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower)), strict=True
        )
        names = [below or above for above, below in pairs]
        if fits(names):
            return _Header(k, 2, names)
    for least in (2, 1):
        for k, names in enumerate(top):
            if sum(map(bool, names)) >= least:
                return _Header(k, 1, names)
    return _Header(0, 1, [])


def _width(file: str, rows: Sequence[Sequence[Any]]) -> int:
    """Columns of a sheet, up to the last cell with anything in it.

    Raises
    ------
    TableError
        when a stray cell far out would make the table absurdly wide.
    """
    width = 0
    for row in rows:
        used = len(row)
        while used > width and as_text(row[used - 1]) is None:
            used -= 1
        width = max(width, used)
    if width > MOST_COLUMNS:
        problem = f"the sheet has more than {MOST_COLUMNS} columns (the last is column {width})"
        raise TableError(Fault(problem, file, remedy="delete what stands beside the table"))
    return width


def _table(
    file: str,
    rows: Sequence[Sequence[Any]],
    fits: Fits,
    *,
    skipped: int = 0,
    width: int | None = None,
) -> Sheet:
    """Cells under the header; empty rows are left out and counted, rows that are too long are faults.

    The rows of a sheet may be of any length up to its ``width``; those of a CSV must be as long as its header.
    """
    start, height, names = _header(rows[skipped:], fits)
    start += skipped
    ragged = width is None
    width = max(len(names), width or 0)
    names = names + [""] * (width - len(names))
    faults: list[Fault] = []
    kept: list[list[Any]] = []
    numbers: list[int] = []
    empty = short = 0
    for number, row in enumerate(rows[start + height :], start + height + 1):
        if not any(as_text(value) for value in row):
            empty += 1
            continue
        if any(as_text(value) for value in row[width:]):
            remedy = (
                "put quotes around text with separators in it; use ';' where decimals have a comma"
            )
            problem = f"the row has more cells than the header, which has {width}"
            faults.append(Fault(problem, file, number, remedy=remedy))
            continue
        short += ragged and len(row) < width
        kept.append([*row[:width], *[None] * (width - len(row))])
        numbers.append(number)
    notes: list[str] = []
    if start > skipped:
        notes.append(
            f"The column names were found in row {start + height}; the rows above were skipped."
        )
    if height == 2:
        notes.append(f"The column names were put together from rows {start + 1} and {start + 2}.")
    if empty:
        notes.append(f"Skipped: {counted(empty, 'wholly empty row')}.")
    if short:
        notes.append(
            f"Shorter than the header, so read with empty cells at the end: {counted(short, 'row')}."
        )
    return Sheet(_frame(names, kept, numbers), tuple(faults), tuple(notes))


def _frame(names: Sequence[str], kept: list[list[Any]], numbers: list[int]) -> pd.DataFrame:
    """Object frame with distinct column names; columns without name and content are left out."""
    used = [k for k, name in enumerate(names) if name or any(as_text(row[k]) for row in kept)]
    headers = distinct([names[k] or f"(no name, column {k + 1})" for k in used])
    columns = {header: [row[k] for row in kept] for header, k in zip(headers, used, strict=True)}
    return pd.DataFrame(columns, index=pd.Index(numbers, dtype="int64"), dtype=object)


def _check_workbook(path: Path) -> bool:
    """Refuse what is no workbook or unpacks to an absurd size; tell whether it holds formulas."""
    with path.open("rb") as stream:
        head = stream.read(512).lstrip()
    remedy = "open it in Excel or LibreOffice and save it as .xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        problem = "this is an old .xls workbook, or one with a password"
        raise TableError(Fault(problem, path.name, remedy=remedy + ", without a password"))
    if head.startswith(b"<"):
        raise TableError(
            Fault("this is a web page (HTML), not a workbook", path.name, remedy=remedy)
        )
    if not head.startswith(b"PK"):
        raise TableError(Fault("this is not a workbook", path.name, remedy=remedy))
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MOST_BYTES:
                problem = f"the workbook unpacks to more than {MOST_BYTES // 1_000_000} MB"
                raise TableError(Fault(problem, path.name, remedy="save the sheet as CSV"))
            sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
            return any(b"<f>" in (data := archive.read(part)) or b"<f " in data for part in sheets)
    except TableError:
        raise
    except Exception as error:  # noqa: BLE001 - damaged archives fail in any way
        problem = f"the workbook is damaged ({error})"
        raise TableError(Fault(problem, path.name, remedy=remedy)) from None


def _sheet_rows(
    path: Path, fits: Fits, name: str | None, *, values: bool
) -> tuple[list[str], str, list[Sequence[Any]]]:
    """Names of all sheets, the chosen one, and its rows (stored values, or formulas where there are any)."""
    import openpyxl

    with path.open("rb") as stream:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=values)
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        for sheet in sheets.values():
            sheet.reset_dimensions()
        if name is None:
            tops = {
                title: list(sheet.iter_rows(values_only=True, max_row=HEADER_SEARCH_ROWS))
                for title, sheet in sheets.items()
            }
            name = _choose_sheet(path.name, tops, fits)
        elif name not in sheets:
            remedy = f"the sheets are {quoted(list(sheets))}"
            raise TableError(Fault("no such sheet", path.name, value=name, remedy=remedy))
        return list(sheets), name, list(islice(sheets[name].iter_rows(values_only=True), MOST_ROWS))


def _choose_sheet(file: str, tops: dict[str, list[Sequence[Any]]], fits: Fits) -> str:
    """Take the first sheet if its header fits, else the only other one that fits, else the first with content."""
    fitting = [title for title, rows in tops.items() if fits(_header(rows, fits).names)]
    filled = [title for title, rows in tops.items() if any(map(any, rows))]
    if not filled:
        raise TableError(Fault("the workbook is empty", file, remedy="check that it was saved"))
    if len(fitting) > 1 and fitting[0] != filled[0]:
        remedy = f"put the one that is meant first: {quoted(fitting)}"
        raise TableError(Fault("several sheets could be the table", file, remedy=remedy))
    return fitting[0] if fitting else filled[0]


def _unsaved_formulas(
    file: str, rows: Sequence[Sequence[Any]], stored: Sequence[Sequence[Any]]
) -> list[Fault]:
    """Faults of formulas without a stored result: they look empty to every program but a spreadsheet."""
    return [
        Fault(
            "the formula in this cell has no stored result",
            file,
            number,
            value=str(formula)[:60],
            remedy="open the workbook in Excel or LibreOffice and save it",
        )
        for number, (values, formulas) in enumerate(zip(rows, stored, strict=False), 1)
        for value, formula in zip(values, formulas, strict=False)
        if value is None and isinstance(formula, str) and formula.startswith("=")
    ]
