"""The explanation in the workbook: finding, totals, parameters with their sources, and what every column means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geoaccess.access.why import CODES
from geoaccess.present.classes import TIME_CLASSES
from geoaccess.present.column_text import definition, heading
from geoaccess.present.findings import (
    class_counts,
    made_up_line,
    percentile_words,
    remarks,
    subtitle,
    title,
)
from geoaccess.present.reason_text import care_words, main_care, reason_label, reason_sentence
from geoaccess.present.sheet_text import SHEETS, about, parameter_name, sheet_name, source_words
from geoaccess.present.sheets import MOST_ROWS
from geoaccess.present.text import DASH, date_words, number, plain, say
from geoaccess.present.visit_records import table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet

    from geoaccess.result import Context, Result

_DEFINED = ("beyond", "no_connection", "not_linked", "share", "rank")

#: a row of the explanation: heading or label, value, number format
Row = tuple[str, Any, str]


def write_about(result: Result, sheet: Worksheet, tables: Mapping[str, pd.DataFrame]) -> None:
    """Fill the sheet of the explanation.

    Parameters
    ----------
    result : what was measured.
    sheet : an empty one.
    tables : the other sheets, by their keys in `sheet_text.SHEETS`, with all of their rows.
    """
    from openpyxl.styles import Alignment, Font

    for label, value, number_format in _about_rows(result, tables):
        row = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value else 1
        put(sheet, row, 1, label)
        put(sheet, row, 2, value, number_format)
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


def _about_rows(result: Result, tables: Mapping[str, pd.DataFrame]) -> list[Row]:
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
        *_visit_totals(result),
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
        *_reason_rows(result),
        *_assumption_rows(result),
        (words("about_sources"), "", ""),
        *((str(k), plain(source), "") for k, source in enumerate(context.sources, start=1)),
    ]
    if context.warnings:
        rows.append((words("about_warnings"), "", ""))
        rows += [(str(k), plain(line), "") for k, line in enumerate(context.warnings, start=1)]
    for key, table in tables.items():
        rows += _sheet_rows(language, key, table)
    return rows


def _assumption_rows(result: Result) -> list[Row]:
    """Every default that decided a number, with its date and source."""
    table, language = table_of(result, "assumptions"), result.context.language
    if table is None:
        return []
    rows: list[Row] = [(about(language, "assumptions"), "", "")]
    for name, value, date, source in zip(
        *(table[column] for column in ("parameter", "value", "date", "source")), strict=True
    ):
        shown = plain(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            shown = number(value, language, 4)
        day, origin = plain(date), source_words(language, plain(source)) or DASH
        key = "dated" if day else "undated"
        said = about(language, key, value=shown or DASH, date=day, source=origin)
        rows.append((parameter_name(language, name), said, ""))
    return rows


def _visit_totals(result: Result) -> list[Row]:
    """How many people have no feasible visit, of those of whom it is known."""
    verdicts, language = table_of(result, "verdicts"), result.context.language
    if verdicts is None:
        return []
    known = verdicts[verdicts["persons_failing"].notna()]
    failing, people = float(known["persons_failing"].sum()), float(known["residents"].sum())
    care = care_words(main_care(result.reasons), language, "a")
    rows: list[Row] = [(about(language, "totals", a=care), "", "")]
    rows.append((heading(language, "persons_feasible"), people - failing, "#,##0"))
    rows.append((heading(language, "persons_failing"), failing, "#,##0"))
    if people > 0:
        rows.append((heading(language, "share_failing"), failing / people, "0.0%"))
    return rows


def _reason_rows(result: Result) -> list[Row]:
    """Codes of reasons in the order in which the constraints are applied, with their sentences."""
    if table_of(result, "reasons") is None:
        return []
    language = result.context.language
    rows: list[Row] = [(about(language, "reasons"), "", "")]
    rows += [
        (code, f"{reason_label(code, language)}: {reason_sentence(code, language)}", "")
        for code in CODES
    ]
    return rows


def _sheet_rows(language: str, key: str, table: pd.DataFrame) -> list[Row]:
    """Name, rows and columns of a sheet."""
    name, file = sheet_name(language, key), SHEETS[key][2]
    title_of = about(language, "sheet_file" if file else "sheet", sheet=name, file=file)
    shown: Any = len(table)
    if len(table) > MOST_ROWS - 1:
        numbers = {"shown": MOST_ROWS - 1, "rows": len(table)}
        words = {each: number(count, language) for each, count in numbers.items()}
        shown = about(language, "cut", file=file, **words)
    rows: list[Row] = [(title_of, "", ""), (about(language, "rows"), shown, "#,##0")]
    for column in map(str, table.columns):
        meaning = definition(language, column, key)
        rows.append(
            (heading(language, column, key), f"{column}: {meaning}" if meaning else column, "")
        )
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


def put(sheet: Worksheet, row: int, column: int, value: Any, number_format: str = "") -> None:
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
