from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from geoaccess.errors import Fault, TableError
from geoaccess.load.hours import opening_week
from geoaccess.load.practices import load_practices
from geoaccess.load.words import join_week, parse_day, parse_languages
from geoaccess.tables import PRACTICE_COLUMNS, check_points, notes

Write = Callable[..., Path]


def faults_of(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(TableError) as caught:
        load_practices(path)
    return caught.value.faults


def test_only_an_id_and_a_place(write: Write) -> None:
    table = load_practices(write("a.csv", "id,lon,lat\nP1,4.2,52.0\n"))
    assert tuple(table.columns) == PRACTICE_COLUMNS
    row = table.iloc[0]
    assert (row.care, row.status) == ("huisarts", "unknown")
    for column in (
        "name",
        "fte",
        "listed_patients",
        "status_date",
        "opening_hours",
        "languages",
        "interpreter",
        "walk_in",
        "remote_share",
        "serves",
        "at_work",
    ):
        assert pd.isna(row[column]), column
    assert table.status_date.dtype.kind == "M"
    assert any("taken as 'huisarts'" in note for note in notes(table))
    check_points(table, "practice_id", "practices")


def test_everything_in_dutch(write: Write) -> None:
    text = (
        "AGB-code;Praktijknaam;lengtegraad;breedtegraad;fte;Ingeschreven patiënten;Status;Peildatum;"
        "ma;di;wo;do;vr;za;zo;Talen;Tolk;Soort zorg;Rolstoeltoegankelijk\n"
        "01012345;Praktijk A;4,2;52,0;1,5;2.350;Voorwaardelijk;24-11-2026;8.00-17.00;08:00-17:00;08:00-12:00;gesloten;"
        "08:00-17:00;;;Pools, Roemeens;ja;Huisartsenpraktijk;ja\n"
        "01012346;Praktijk B;4,3;52,1;;;patiëntenstop;;;;;;;;;;;spoedpost;\n"
    )
    table = load_practices(write("a.csv", text, "cp1252"))
    first, second = table.iloc[0], table.iloc[1]
    assert (first.practice_id, first.fte, first.listed_patients) == ("01012345", 1.5, 2350)
    assert (first.status, first.status_date) == ("conditional", pd.Timestamp("2026-11-24"))
    assert first.opening_hours == "Mo-Tu 08:00-17:00; We 08:00-12:00; Fr 08:00-17:00"
    assert (first.languages, first.interpreter, first.care) == ("pl;ro", True, "huisarts")
    assert first.wheelchair == "ja"
    assert (second.status, second.care, second.opening_hours) == ("closed", "huisartsenpost", None)
    assert pd.isna(second.status_date)
    assert any("an empty day counts as closed" in note for note in notes(table))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *(
            ("open", "open"),
            ("Ja", "open"),
            ("voorwaardelijk", "conditional"),
            ("conditional", "conditional"),
        ),
        *(
            ("gesloten", "closed"),
            ("dicht", "closed"),
            ("VOL", "closed"),
            ("closed", "closed"),
            ("full", "closed"),
        ),
        *(
            ("Patiëntenstop", "closed"),
            ("onbekend", "unknown"),
            ("unknown", "unknown"),
            ("", "unknown"),
        ),
        *(("-", "unknown"), ("geen patiëntenstop", "open"), ("nee", "closed")),
    ],
)
def test_status_words(write: Write, word: str, status: str) -> None:
    table = load_practices(write("a.csv", f"id,lon,lat,status,x\nP1,4.2,52,{word},y\n"))
    assert table.status[0] == status


def test_a_column_that_asks_for_a_stop_means_the_opposite(write: Write) -> None:
    table = load_practices(
        write("a.csv", "id,lon,lat,patiëntenstop\nP1,4.2,52,ja\nP2,4.2,52,nee\nP3,4.2,52,\n")
    )
    assert list(table.status) == ["closed", "open", "unknown"]


def test_every_fault(write: Write) -> None:
    text = (
        "id;lon;lat;status;peildatum;fte;patienten;tolk;talen;ma;di\n"
        "P1;4,2;52;misschien;31-02-2026;-1;2,5;soms;Klingons;op afspraak;08:00-17:00\n"
        "P1;;52;open;;1;2;ja;pl;;\n"
    )
    faults = faults_of(write("a.csv", text))
    assert [(fault.row, fault.column) for fault in faults] == [
        *(
            (2, "fte"),
            (2, "patienten"),
            (2, "status"),
            (2, "peildatum"),
            (2, "talen"),
            (2, "tolk"),
        ),
        *((3, "id"), (3, "lon")),
    ]
    assert all(fault.remedy and fault.file == "a.csv" for fault in faults)


def test_hours_of_the_week_that_cannot_be_read_are_kept_and_listed(write: Write) -> None:
    text = (
        "id,lon,lat,ma,di,wo\nP1,4.2,52,op afspraak,8-12,\nP2,4.2,52,8-12,?,\nP3,4.2,52,onbekend,,\n"
        "P4,4.2,52,8.00-12.00 uur,wisselend,08:00-08:00\n"
    )
    table = load_practices(write("a.csv", text))
    assert list(table.opening_hours) == [
        "Mo: op afspraak; Tu: 8-12",
        "Mo 08:00-12:00",
        None,
        "Mo: 8.00-12.00 uur; Tu: wisselend; We: 08:00-08:00",
    ]
    (said,) = [note for note in notes(table) if "cannot be read" in note]
    for cell in ("row 2 ma 'op afspraak'", "row 5 di 'wisselend'", "row 5 wo '08:00-08:00'"):
        assert cell in said
    assert "row 3" not in said
    week = opening_week(table, dt.date(2026, 11, 24)).status
    assert list(week.status) == ["unknown", "known", "assumed", "unknown"]


@pytest.mark.parametrize(
    ("word", "care"),
    [
        *(("Huisartsen", "huisarts"), ("GP", "huisarts"), ("amenity=doctors", "huisarts")),
        *(("HAP", "huisartsenpost"), ("Huisartsenspoedpost", "huisartsenpost")),
        *(("Pharmacy", "apotheek"), ("healthcare=pharmacy", "apotheek"), ("Apotheken", "apotheek")),
        *(("dentist", "tandarts"), ("Tandartspraktijk", "tandarts"), ("GGZ", "ggz")),
        *(
            ("midwife", "verloskundige"),
            ("Consultatiebureau", "jgz"),
            ("street doctor", "straatdokter"),
        ),
        *(("Info-punt", "infopunt"), ("Spoedeisende hulp", "seh"), ("A&E", "seh")),
        *(("Podo  loog", "podo loog"), ("", "huisarts"), ("onbekend", "huisarts")),
    ],
)
def test_words_for_care(write: Write, word: str, care: str) -> None:
    table = load_practices(write("a.csv", f"id,lon,lat,care,x\nP1,4.2,52,{word},y\n"))
    assert table.care[0] == care
    named = [note for note in notes(table) if "not known by name" in note]
    assert bool(named) == (care == "podo loog")


def test_for_whom_and_how(write: Write) -> None:
    text = (
        "id;lon;lat;Inloop;Aandeel op afstand;Voor wie;Op het werk\n"
        'P1;4,2;52;ja;30%;"S1, S2/kas ;S1";nee\nP2;4,2;52;nee;0,25;iedereen;ja\nP3;4,2;52;;;;\n'
    )
    for coding in ("utf-8-sig", "cp1252"):
        table = load_practices(write("a.csv", text, coding))
        assert list(table.walk_in) == [True, False, None]
        assert list(table.remote_share[:2]) == [0.3, 0.25]
        assert pd.isna(table.remote_share[2])
        assert list(table.serves) == ["S1;S2/kas", None, None]
        assert list(table.at_work) == [False, True, None]


def test_for_whom_and_how_in_a_workbook(workbook: Write) -> None:
    heads = [
        "practice_id",
        "lon",
        "lat",
        "accepts_unregistered",
        "remote_share",
        "serves",
        "at_work",
    ]
    rows = [heads, ["P1", 4.2, 52.0, True, 0.3, 7, False], ["P2", 4.2, 52.0, None, 1, None, "yes"]]
    table = load_practices(workbook({"a": rows}))
    assert list(table.walk_in) == [True, None]
    assert list(table.remote_share) == [0.3, 1]
    assert list(table.serves) == ["7", None]
    assert list(table.at_work) == [False, True]


def test_percentages_without_a_sign_are_noted(write: Write) -> None:
    table = load_practices(write("a.csv", "id,lon,lat,share remote\nP1,4.2,52,30\nP2,4.2,52,5\n"))
    assert list(table.remote_share) == [0.3, 0.05]
    assert any("'share remote' was read as percentages" in note for note in notes(table))


def test_faults_of_for_whom_and_how(write: Write) -> None:
    text = "id,lon,lat,walk_in,remote_share,at_work\nP1,4.2,52,soms,-0.1,thuis\nP2,4.2,52,ja,150%,\nP3,4.2,52,,veel,\n"
    faults = faults_of(write("a.csv", text))
    assert [(fault.row, fault.column) for fault in faults] == [
        *((2, "walk_in"), (2, "remote_share"), (2, "at_work")),
        *((3, "remote_share"), (4, "remote_share")),
    ]
    assert all(fault.remedy for fault in faults)


def test_opening_hours_as_text_win_from_the_week(write: Write) -> None:
    text = (
        'id,lon,lat,opening_hours,ma\nP1,4.2,52,"Mo-Fr 08:00-17:00; PH off",9-12\nP2,4.2,52,,9-12\n'
    )
    table = load_practices(write("a.csv", text))
    assert list(table.opening_hours) == ["Mo-Fr 08:00-17:00; PH off", "Mo 09:00-12:00"]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:00-17:00", "08:00-17:00"),
        ("8-17", "08:00-17:00"),
        ("8.30 tot 17 uur", "08:30-17:00"),
        ("08:00\u201312:00 / 13:00\u201317:00", "08:00-12:00,13:00-17:00"),
        ("08:00-12:00 13:00-17:00", "08:00-12:00,13:00-17:00"),
        ("0800-1700", "08:00-17:00"),
        ("18:00-24:00", "18:00-24:00"),
        ("24 uur", "00:00-24:00"),
        ("Gesloten", ""),
        ("-", ""),
        ("08:00", None),
        ("08:00-08:00", None),
        ("08:75-17:00", None),
        ("08:00-25:00", None),
        ("op afspraak", None),
    ],
)
def test_hours_of_a_day(text: str, hours: str | None) -> None:
    assert parse_day(text) == hours


def test_week() -> None:
    assert join_week(["a", "b", "b", "", "a", "c", "c"]) == "Mo a; Tu-We b; Fr a; Sa-Su c"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("pl;ro", "pl;ro"),
        ("Pools/Engels", "pl;en"),
        ("nl en", "nl;en"),
        ("PL, pl", "pl"),
        ("alle talen", None),
    ],
)
def test_languages(text: str, codes: str | None) -> None:
    assert parse_languages(text) == codes


def test_r5_reference(shared: Path) -> None:
    table = load_practices(shared / "reference" / "newport_practices.csv")
    assert len(table) == 18
    assert table.practice_id[0] == "n7045110572"
