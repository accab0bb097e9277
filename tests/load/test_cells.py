from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geoaccess.load.cells import Column, as_text, dates, ids, texts, yes_or_no


def column(*cells: Any) -> Column:
    return Column("a.csv", "kolom", range(2, 2 + len(cells)), cells)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  x\u00a0", "x"),
        ("\ufeff\u200b ", None),
        ("007", "007"),
        (7, "7"),
        (7.0, "7"),
        (7.5, "7.5"),
        (np.float64(7.25), "7.25"),
        (np.float32(0.1), "0.1"),
        (np.int64(7), "7"),
        (float("nan"), None),
        (None, None),
        (pd.NA, None),
        (pd.NaT, None),
        (True, "true"),
        (dt.datetime(2026, 11, 24), "2026-11-24"),
        (dt.time(8, 0), "08:00"),
        (b"x", "x"),
    ],
)
def test_text_of_a_cell(value: Any, text: str | None) -> None:
    assert as_text(value) == text


def test_formula_errors() -> None:
    read = texts(column("#REF!", "#n/b", "#1", "x"))
    assert read.data == [None, None, "#1", "x"]
    assert [fault.row for fault in read.faults] == [2, 3]
    assert read.faults[0].value == "#REF!"


def test_ids() -> None:
    read = ids(column("a", " a ", "A", None, 7.0, "#REF!"))
    assert read.data == ["a", "a", "A", None, "7", None]
    assert [(fault.row, fault.problem) for fault in read.faults] == [
        (7, "the formula in this cell failed"),
        (3, "duplicate id, first used in row 2"),
        (5, "empty id"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "24-11-2026",
            "24/11/2026",
            "24.11.2026",
            "2026-11-24",
            "2026-11-24T08:00:00",
            "20261124",
        ),
        *("24 november 2026", "24 Nov 2026", dt.datetime(2026, 11, 24), dt.date(2026, 11, 24)),
    ],
)
def test_dates(text: Any) -> None:
    read = dates(column(text, "onbekend", None))
    assert read.data == [dt.date(2026, 11, 24), None, None]
    assert not read.faults


@pytest.mark.parametrize(
    "text", ["11/24/2026", "31-02-2026", "24-11-26", "vorige week", "45000", 45000, "24-11-1026"]
)
def test_no_dates(text: Any) -> None:
    assert len(dates(column(text)).faults) == 1


def test_yes_or_no() -> None:
    read = yes_or_no(column("Ja", "nee", 1, 0, True, "onbekend", "?", "misschien"))
    assert read.data == [True, False, True, False, True, None, None, None]
    assert [fault.row for fault in read.faults] == [9]
