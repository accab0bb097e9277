"""result.xlsx: an explanation and plain sheets of everything that was measured, with real numbers."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pandas as pd

from geoaccess.present.about import write_about
from geoaccess.present.column_text import heading
from geoaccess.present.records import (
    area_records,
    called,
    practice_names,
    practice_records,
    site_records,
)
from geoaccess.present.sheet_text import sheet_name
from geoaccess.present.sheets import (
    CLOCK_FORMAT,
    MOST_ROWS,
    Styles,
    column_styles,
    day_parts,
    filled,
    widest,
)
from geoaccess.present.supply_records import (
    access_records,
    assignment_records,
    basket_records,
    capacity_records,
    cascade_records,
    failing_records,
    unplaced_records,
)
from geoaccess.present.text import say
from geoaccess.present.visit_records import reason_records, visit_records

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from geoaccess.result import Result

#: number formats by column; the spreadsheet writes them with the reader's own decimal and thousands signs
_FORMATS = {
    "lon": "0.000000",
    "lat": "0.000000",
    "fte": "0.0#",
    "weight": "0.00",
    "raam": "0.00",
    "spatial_availability": "0.000",
    "remote_share": "0%",
    "fix_metres": "#,##0",
    "visits_year": "0.0",
    "consult_hours_week": "#,##0.0",
}
#: ... and by the first or last word of its name
_PERSONS, _MINUTES = "#,##0.0", "0.0"
_FIRST = {"minutes": _MINUTES, "share": "0.0%", "persons": _PERSONS, "places": _PERSONS}
_LAST = {
    "min": _MINUTES, "minutes": _MINUTES, "sfca": "0.000000", "2sfca": "0.000000", "3sfca": "0.000000",
    "e2sfca": "0.000000", "bfca": "0.000000", "persons": _PERSONS, "feasible": _PERSONS, "failing": _PERSONS,
}  # fmt: skip
#: sheets whose residents are parts of people
_PARTS = ("reasons",)
_CLOCKS = ("leave", "arrive", "start", "end", "home", "fix_time")
_WIDEST = 48


def write_workbook(result: Result, path: Path) -> None:
    """Write result.xlsx: Toelichting, Locaties, Gebieden, Praktijken and a sheet for each table that was measured.

    English sheet names and headers where the project is in English. The same result gives the same bytes. A table with
    more rows than a sheet can hold is cut, and the explanation says so.
    """
    from openpyxl import Workbook

    language = result.context.language
    book = Workbook()
    book.remove(book.worksheets[0])
    tables = sheet_tables(result)
    write_about(result, book.create_sheet(say(language, "sheet_about")), tables)
    filling = {}
    for key, table in tables.items():
        sheet = book.create_sheet(sheet_name(language, key))
        cells = _as_cells(table.iloc[: MOST_ROWS - 1])
        filling[sheet.title] = cells, _prepare(sheet, key, cells, language)
    _save(book, path, result.context.made_on, filling)


def sheet_tables(result: Result) -> dict[str, pd.DataFrame]:
    """Tables of the sheets in their order, by the keys of `sheet_text.SHEETS`; only those that were measured."""
    names = practice_names(result)
    tables = {
        "sites": site_records(result).drop(columns="geometry"),
        "areas": area_records(result).drop(columns="geometry"),
        "practices": practice_records(result).drop(columns="geometry"),
        "reasons": reason_records(result, called(result)),
        "basket": basket_records(result),
        "cascade": cascade_records(result),
        "failing": failing_records(result),
        "capacity": capacity_records(result, names),
        "unplaced": unplaced_records(result),
        "assignment": assignment_records(result, names),
        "access": access_records(result),
        "visits": visit_records(result),
    }
    return {key: pd.DataFrame(table) for key, table in tables.items() if table is not None}


def _as_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Replace times of day in words by those of a spreadsheet."""
    clocks = {name: day_parts(table[name]) for name in _CLOCKS if name in table}
    return table.assign(**clocks)


def _prepare(sheet: Worksheet, key: str, table: pd.DataFrame, language: str) -> list[Styles]:
    """Write headings, widths, filter and print settings of a sheet; returns the styles of its columns."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    styles = []
    for place, column in enumerate(table.columns, start=1):
        words = heading(language, str(column), key)
        cell = sheet.cell(1, place, words)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="3B4A5A")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        styles.append(column_styles(sheet, place, _number_format(key, str(column), table)))
        size = 6 if column in _CLOCKS else widest(table[column])
        sheet.column_dimensions[get_column_letter(place)].width = min(
            _WIDEST, max(11, size + 2, len(words) * 0.7)
        )
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table) + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    return styles


def _number_format(key: str, column: str, table: pd.DataFrame) -> str:
    """Choose the number format of a column of a sheet."""
    if column in _CLOCKS:
        return CLOCK_FORMAT
    if column in _FORMATS:
        return _FORMATS[column]
    if pd.api.types.is_integer_dtype(table[column]):
        return "#,##0"
    if key in _PARTS and column == "residents":
        return _PERSONS
    words = column.split("_")
    # of the basket: huisarts_share_feasible
    if "share" in words:
        return _FIRST["share"]
    return _FIRST.get(words[0]) or _LAST.get(words[-1]) or "#,##0.##"


def _save(
    book: Workbook,
    path: Path,
    made_on: datetime.date,
    tables: dict[str, tuple[pd.DataFrame, list[Styles]]],
) -> None:
    """Save without the clock: openpyxl would write the present time into the file and its archive."""
    moment = datetime.datetime(made_on.year, made_on.month, made_on.day)
    book.properties.creator = "geoaccess"
    book.properties.created = moment
    raw = io.BytesIO()
    book.save(raw)
    stamp = f"{moment.isoformat()}Z".encode()
    modified = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = modified.sub(rb"\g<1>" + stamp, data)
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            sheet = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            title = book.sheetnames[int(sheet[1]) - 1] if sheet else ""
            with new.open(entry, "w", force_zip64=title in tables) as file:
                for part in filled(data, *tables[title]) if title in tables else (data,):
                    file.write(part)
