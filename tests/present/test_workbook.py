"""Sheets of visits, reasons and places in result.xlsx, and what the explanation says of them."""

from __future__ import annotations

import re
import time
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from geoaccess.access.care import CARE_KINDS
from geoaccess.load.default_groups import BUILT_IN
from geoaccess.present import sheets, workbook
from geoaccess.present.column_text import definition, heading
from geoaccess.present.sheet_text import SHEETS, sheet_name, source_words
from geoaccess.present.workbook import sheet_tables, write_workbook
from tests.present.visit_results import with_visits


@pytest.fixture
def full(result):
    return with_visits(result)


@pytest.fixture
def book(full, tmp_path):
    write_workbook(full, tmp_path / "result.xlsx")
    return openpyxl.load_workbook(tmp_path / "result.xlsx")


def column_of(sheet, name):
    place = next(cell.column for cell in sheet[1] if cell.value == name)
    return [row[0] for row in sheet.iter_rows(min_row=2, min_col=place, max_col=place)]


def explanation(book):
    return "\n".join(
        " | ".join(str(cell.value) for cell in row if cell.value is not None)
        for row in book.worksheets[0].iter_rows()
    )


def test_there_is_a_sheet_for_every_table(book, full):
    assert book.sheetnames == [
        "Toelichting", "Locaties", "Gebieden", "Praktijken", "Redenen", "Zorgmand", "Trap", "Waar faalt de toegang",
        "Capaciteit", "Niet geplaatst", "Toewijzing", "Maten", "Bezoeken",
    ]  # fmt: skip
    rows = {
        "Redenen": full.reasons,
        "Bezoeken": full.visits,
        "Trap": full.cascade,
        "Maten": full.access,
    }
    for name, table in rows.items():
        assert book[name].max_row == len(table) + 1
        assert book[name].freeze_panes == "C2"
        assert book[name].auto_filter.ref.endswith(str(len(table) + 1))


def test_visits_have_times_that_a_spreadsheet_can_count_with(book, full):
    sheet = book["Bezoeken"]
    leave, home = column_of(sheet, "Vertrek"), column_of(sheet, "Thuis")
    feasible = np.flatnonzero(full.visits["feasible"])
    first, friday = feasible[0], feasible[4]
    assert leave[first].number_format == "[hh]:mm"
    assert leave[first].value.total_seconds() == 60 * (15 * 60 + 49)
    # more than a day: 25:35
    assert round(home[friday].value.total_seconds()) == 92_100
    assert leave[np.flatnonzero(~full.visits["feasible"])[0]].value is None
    slack = column_of(sheet, "Speling (min)")[first]
    assert (slack.value, slack.number_format) == (12.2, "0.0")
    assert column_of(sheet, "Haalbaar")[first].value is True


def test_persons_and_shares_have_their_formats(book):
    assert column_of(book["Redenen"], "Mensen")[0].number_format == "#,##0.0"
    assert column_of(book["Trap"], "Mensen afgevallen")[0].number_format == "#,##0.0"
    assert column_of(book["Capaciteit"], "Plaatsen")[0].number_format == "#,##0.0"
    assert column_of(book["Capaciteit"], "Plaatsen")[2].value is None
    assert (
        column_of(book["Zorgmand"], "apotheek: aandeel met haalbaar bezoek")[0].number_format
        == "0.0%"
    )
    assert column_of(book["Redenen"], "Beste bezoek (min)")[9].number_format == "0.0"
    assert column_of(book["Maten"], "2SFCA")[0].number_format == "0.000000"
    assert column_of(book["Locaties"], "Aandeel zonder haalbaar bezoek")[0].number_format == "0.0%"
    assert column_of(book["Niet geplaatst"], "Zonder plaats")[0].number_format == "#,##0"


def test_text_is_never_a_formula(full, tmp_path):
    hostile = replace(
        full, reasons=full.reasons.assign(group_id='=HYPERLINK("x")', site_id="<a&b>")
    )
    write_workbook(hostile, tmp_path / "result.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "result.xlsx")["Redenen"]
    cell = column_of(sheet, "Groep")[0]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ('=HYPERLINK("x")', "s", True)
    assert column_of(sheet, "Locatie-id")[0].value == "<a&b>"


def test_pandas_reads_the_same_numbers(full, tmp_path):
    write_workbook(full, tmp_path / "result.xlsx")
    back = pd.read_excel(tmp_path / "result.xlsx", sheet_name="Redenen")
    assert np.allclose(back["Mensen"], full.reasons["residents"], equal_nan=True)
    assert back["Redencode"].tolist() == full.reasons["reason"].tolist()
    assert (
        back["Verloren werktijd (min)"].isna().sum()
        == (full.reasons["work_lost_min"] == np.inf).sum()
    )


def test_the_explanation_defines_every_column_of_every_sheet(book, full):
    text = explanation(book)
    for key, table in sheet_tables(full).items():
        for column in table.columns:
            for language in ("nl", "en"):
                assert definition(language, column, key), (key, column)
                assert heading(language, column, key), (key, column)
            assert (
                f"{heading('nl', column, key)} | {column}: {definition('nl', column, key)}" in text
            )
    headings = [heading("nl", column, "reasons") for column in sheet_tables(full)["reasons"]]
    assert len(set(headings)) == len(headings)


def test_the_explanation_names_every_assumption_with_date_and_source(book):
    text = explanation(book)
    assert "norm: patiënten per fte | 2.095 (2018); bron: Nederlandse normpraktijk" in text
    assert (
        "gewicht van status onder voorwaarden | 0,5; bron: aanname: halverwege geen en alle" in text
    )
    assert "a_new_one | Mo-Fr 08:00-17:00 (2026-11-23); bron: honk.nu" in text
    assert "apotheek: norm (min) | 20; bron: x" in text
    assert "aangenomen groep dag: aandeel; werktijden" in text
    assert "2SFCA | W(t) = 1; bron: Luo & Wang" in text
    assert "closed_in_free_time | gesloten in de vrije tijd: De praktijk is dicht" in text


def test_sources_of_our_own_are_dutch_in_a_dutch_workbook():
    """Every part of a source that geoaccess writes itself has Dutch words; those of users stay as they are."""
    own = {kind.source for kind in CARE_KINDS.values()} | {BUILT_IN.source}
    for source in own:
        for part in source.split("; "):
            assert source_words("nl", part) != part, part
        assert source_words("en", source) == source
    assert source_words("nl", "lijst van de GGD; mei 2026") == "lijst van de GGD; mei 2026"


def test_a_sheet_that_would_be_too_long_is_cut_and_says_so(full, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 101)
    monkeypatch.setattr("geoaccess.present.about.MOST_ROWS", 101)
    write_workbook(full, tmp_path / "result.xlsx")
    book = openpyxl.load_workbook(tmp_path / "result.xlsx")
    assert book["Bezoeken"].max_row == 101
    assert f"100 van {len(full.visits)}" in explanation(book)
    assert "alle rijen staan in visits.csv" in explanation(book)


def test_excel_could_hold_no_more():
    assert sheets.MOST_ROWS == 1_048_576


def test_english_workbook(make_result, tmp_path):
    write_workbook(with_visits(make_result(language="en", made_up=True)), tmp_path / "result.xlsx")
    book = openpyxl.load_workbook(tmp_path / "result.xlsx")
    assert book.sheetnames[4:] == [sheet_name("en", key) for key in list(SHEETS)[3:]]
    assert column_of(book["Reasons"], "People")[0].value == 72
    assert column_of(book["Visits"], "Mind")[0].value == "made-up demo data"


def test_empty_tables_are_sheets_with_headings(full, tmp_path):
    write_workbook(replace(full, unplaced=full.unplaced.iloc[:0]), tmp_path / "result.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "result.xlsx")["Niet geplaatst"]
    assert [cell.value for cell in sheet[1]] == ["Locatie-id", "Zonder plaats", "Locatie"]
    assert sheet.max_row == 1


def test_rows_are_well_formed(full, tmp_path):
    write_workbook(full, tmp_path / "result.xlsx")
    with zipfile.ZipFile(tmp_path / "result.xlsx") as file:
        xml = file.read("xl/worksheets/sheet5.xml").decode()
    assert (
        f'<dimension ref="A1:{sheets._letters(len(sheet_tables(full)["reasons"].columns))}' in xml
    )
    rows = re.findall(r'<row r="(\d+)"', xml)
    assert rows == [str(k) for k in range(1, len(full.reasons) + 2)]


def test_sheet_names_are_allowed():
    for dutch, english, _ in SHEETS.values():
        assert max(len(dutch), len(english)) <= 31


def test_many_rows_take_seconds(make_region, tmp_path):
    groups = [(f"g{k}", 0.25, "06:00-15:00") for k in range(4)]
    full = with_visits(make_region(sites_each=1000, side=4), groups=groups)
    start = time.process_time()
    write_workbook(full, tmp_path / "result.xlsx")
    # about 5 s for 112,000 visits; cell by cell it took over a minute
    assert time.process_time() - start < 25
