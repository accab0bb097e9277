"""result.xlsx: an explanation and plain sheets of sites, areas and practices, with real numbers."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pandas as pd

from geoaccess.present.classes import TIME_CLASSES
from geoaccess.present.findings import (
    class_counts,
    made_up_line,
    percentile_words,
    remarks,
    subtitle,
    title,
)
from geoaccess.present.records import area_records, practice_records, site_records
from geoaccess.present.text import DASH, date_words, number, plain, say

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from geoaccess.result import Context, Result

#: number formats; the spreadsheet writes them with the reader's own decimal and thousands signs
_FORMATS = {
    "lon": "0.000000",
    "lat": "0.000000",
    "minutes": "0.0",
    "minutes_2": "0.0",
    "minutes_3": "0.0",
    "minutes_car": "0.0",
    "share_beyond": "0.0%",
    "fte": "0.0#",
}
_WIDEST = 48
_DEFINED = ("beyond", "no_connection", "not_linked", "share", "rank")

#: a row of the explanation: heading or label, value, number format
Row = tuple[str, Any, str]


def write_workbook(result: Result, path: Path) -> None:
    """Write result.xlsx with the sheets Toelichting, Locaties, Gebieden and Praktijken.

    English sheet names and headers where the project is in English. The same result gives the same bytes.
    """
    from openpyxl import Workbook

    language = result.context.language
    book = Workbook()
    book.remove(book.worksheets[0])
    _write_about(result, book.create_sheet(say(language, "sheet_about")))
    for name, records in (
        ("sheet_sites", site_records(result)),
        ("sheet_areas", area_records(result)),
        ("sheet_practices", practice_records(result)),
    ):
        _write_records(records, book.create_sheet(say(language, name)), language)
    _save(book, path, result.context.made_on)


def _write_about(result: Result, sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment, Font

    for heading, value, number_format in _about_rows(result):
        row = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value else 1
        _put(sheet, row, 1, heading)
        _put(sheet, row, 2, value, number_format)
        if value == "":
            sheet.cell(row, 1).font = Font(bold=True, size=12)
        sheet.cell(row, 1).alignment = Alignment(vertical="top", wrap_text=bool(value))
        sheet.cell(row, 2).alignment = Alignment(vertical="top", wrap_text=True, horizontal="left")
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A1"].alignment = Alignment(wrap_text=False)
    sheet.column_dimensions["A"].width = 32
    sheet.column_dimensions["B"].width = 100
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _about_rows(result: Result) -> list[Row]:
    context, totals = result.context, result.totals
    language = context.language

    def words(key: str) -> str:
        return say(language, key)

    cycling: list[Row] = []
    if context.cycle_kmh is not None:
        cycling = [
            (words("about_cycle_kmh"), context.cycle_kmh, "0.0#"),
            (words("about_max_cycle"), context.max_cycle_min, "0.##"),
        ]
    rows: list[Row] = [(plain(context.title), "", "")]
    if context.made_up:
        rows.append((made_up_line(context), "", ""))
    rows += [
        (words("about_finding"), title(result), ""),
        (words("about_measure"), subtitle(context), ""),
        *((words("label"), remark, "") for remark in remarks(result)),
        (words("about_totals"), "", ""),
        (words("sites"), totals.sites, "#,##0"),
        (words("sites_beyond"), totals.sites_beyond, "#,##0"),
        (words("sites_unknown_residents"), totals.sites_unknown_residents, "#,##0"),
        (words("residents"), totals.residents, "#,##0"),
        (words("residents_beyond"), totals.residents_beyond, "#,##0"),
        (words("share_beyond"), totals.share_beyond, "0.0%"),
        *_class_rows(result),
        (words("about_parameters"), "", ""),
        (words("about_date"), date_words(context.date, language, weekday=True), ""),
        (words("about_window"), f"{context.window[0]} {DASH} {context.window[1]}", ""),
        (words("about_percentile"), percentile_words(context), ""),
        (words("about_norm"), context.norm_minutes, "0.##"),
        (words("about_walk_kmh"), context.walk_kmh, "0.0#"),
        (words("about_max_walk"), context.max_walk_min, "0.##"),
        *_walk_total_row(context),
        *cycling,
        (words("about_max_minutes"), context.max_minutes, "0.##"),
        (words("about_made_on"), date_words(context.made_on, language), ""),
        (words("about_made_with"), _versions(context.versions), ""),
        (words("about_definitions"), "", ""),
        _definition(words("define_minutes_cycle" if cycling else "define_minutes")),
        *(_definition(words(f"define_{key}")) for key in _DEFINED),
        (words("about_sources"), "", ""),
        *((str(k), plain(source), "") for k, source in enumerate(context.sources, start=1)),
    ]
    if context.warnings:
        rows.append((words("about_warnings"), "", ""))
        rows += [(str(k), plain(line), "") for k, line in enumerate(context.warnings, start=1)]
    return rows


def _walk_total_row(context: Context) -> list[Row]:
    if context.max_walk_total_min is None:
        return []
    return [(say(context.language, "about_max_walk_total"), context.max_walk_total_min, "0.##")]


def _definition(sentence: str) -> Row:
    term, _, meaning = sentence.partition(": ")
    return term, meaning, ""


def _class_rows(result: Result) -> list[Row]:
    language = result.context.language
    heads = say(language, "head_sites"), say(language, "head_persons")
    rows: list[Row] = [(say(language, "legend_times"), "", "")]
    for time_class, (sites, persons, _) in zip(TIME_CLASSES, class_counts(result), strict=True):
        words = f"{heads[0]}: {number(sites, language)}; {heads[1]}: {number(persons, language)}"
        rows.append((say(language, time_class.code), words, ""))
    return rows


def _versions(versions: dict[str, Any]) -> str:
    return ", ".join(f"{plain(name)} {plain(version)}" for name, version in versions.items())


def _write_records(records: gpd.GeoDataFrame, sheet: Worksheet, language: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    table = pd.DataFrame(records.drop(columns="geometry"))
    for place, column in enumerate(table.columns, start=1):
        header = "nearest_id" if column == "practice_id" and "minutes" in table else str(column)
        heading = sheet.cell(1, place, _heading(language, header))
        heading.font = Font(bold=True, color="FFFFFF")
        heading.fill = PatternFill("solid", fgColor="3B4A5A")
        heading.alignment = Alignment(wrap_text=True, vertical="top")
        number_format = _FORMATS.get(str(column), "#,##0.##")
        if pd.api.types.is_integer_dtype(table[column]):
            number_format = "#,##0"
        values = table[column].astype(object).where(table[column].notna(), None).tolist()
        for row, value in enumerate(values, start=2):
            _put(sheet, row, place, value, number_format)
        widest = max((len(str(value)) for value in values if value is not None), default=0)
        sheet.column_dimensions[get_column_letter(place)].width = min(
            _WIDEST, max(11, widest + 2, len(_heading(language, header)) * 0.7)
        )
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table) + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _heading(language: str, column: str) -> str:
    try:
        return say(language, column)
    except KeyError:
        return column


def _put(sheet: Worksheet, row: int, column: int, value: Any, number_format: str = "") -> None:
    """Fill a cell; text stays text, also where it starts like a formula."""
    if value is None or value == "" or value != value:  # noqa: PLR0124  NaN
        return
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
        if value[0] in "=+-@":
            cell.quotePrefix = True
    elif number_format:
        cell.number_format = number_format


def _save(book: Workbook, path: Path, made_on: datetime.date) -> None:
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
            new.writestr(entry, data)
