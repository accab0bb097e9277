"""Feasible visits on the printed sheet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geoaccess.access.why import FEASIBLE
from geoaccess.present.figure import make_figure, make_pages, write_pdf
from geoaccess.present.reason_classes import REASON_CLASSES, SIGNS

from .judged import judged
from .test_figure import assert_tidy


def words_on(sheet):
    return [text.get_text() for text in (*sheet.texts, *sheet.axes[0].texts)]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("which", ["make_result", "make_region"])
def test_no_text_overlaps_or_leaves_the_sheet(request, which, language):
    made = request.getfixturevalue(which)
    assert_tidy(make_figure(judged(made(language=language, made_up=which == "make_region"))))


def test_the_sheet_tells_who_fails_why_and_where(result):
    told = " ".join(words_on(make_figure(judged(result))))
    for words in (
        "kunnen in hun vrije tijd geen huisarts bezoeken", "gesloten in de vrije tijd",
        "neemt geen nieuwe patiënten aan",
        "Waar faalt de toegang", "Westdorp", "900 van 1.000", "Bron:", "week van 23 november 2026",
    ):  # fmt: skip
        assert words in told, words


def test_bars_of_the_barriers_are_drawn_where_there_is_room(result):
    told = judged(result)
    few = told.reasons.assign(
        reason=np.where(told.reasons["reason"] == FEASIBLE, FEASIBLE, "out_of_reach")
    )
    roomy = replace(told, reasons=few, areas=told.areas.iloc[:0], failing=pd.DataFrame())
    sheet = make_figure(roomy)
    words = words_on(sheet)
    assert "Bewoners die overblijven na elke drempel" in words
    assert "… en dan open" in words
    assert_tidy(sheet)


def test_every_site_is_drawn_once_by_its_reason(result):
    panel = make_figure(judged(result)).axes[1]
    drawn = [
        c
        for c in panel.collections
        if hasattr(c, "get_sizes") and len(c.get_paths()[0].vertices) > 10
    ]
    outlined = [c for c in drawn if c.get_zorder() < 6 and 0.3 not in c.get_linewidths()]
    assert sum(len(c.get_offsets()) for c in outlined) == len(result.sites)


def test_every_reason_looks_different():
    assert len({each.fill for each in REASON_CLASSES}) == len(REASON_CLASSES)
    assert len({each.mark for each in REASON_CLASSES}) == len(REASON_CLASSES)
    assert {each.mark for each in REASON_CLASSES} - {"", "hatch"} == set(SIGNS)


def test_the_pdf_has_a_page_of_travel_times_as_well(result, tmp_path):
    pages = make_pages(judged(result))
    assert len(pages) == 2
    assert "860 van 1.049 arbeidsmigranten (82%)" in " ".join(words_on(pages[1]))
    write_pdf(pages, tmp_path / "map.pdf", "titel")
    content = (tmp_path / "map.pdf").read_bytes()
    assert b"/Count 2" in content
    assert b"/CreationDate" not in content
    assert len(make_pages(result)) == 1


@pytest.mark.parametrize(
    "case", ["no sites", "no practices", "no areas", "nobody known", "all feasible"]
)
def test_odd_results_are_drawn_too(result, case):
    told = judged(result)
    made = {
        "no sites": lambda: replace(told, sites=result.sites.iloc[:0]),
        "no practices": lambda: judged(replace(result, practices=result.practices.iloc[:0])),
        "no areas": lambda: judged(replace(result, areas=result.areas.iloc[:0], background=None)),
        "nobody known": lambda: judged(replace(result, sites=result.sites.assign(residents=np.nan))),
        "all feasible": lambda: replace(
            told, reasons=told.reasons.assign(reason=FEASIBLE), failing=pd.DataFrame(),
            verdicts=told.verdicts.assign(reason=FEASIBLE, persons_failing=0.0, share_failing=0.0),
        ),
    }[case]()  # fmt: skip
    make_figure(made).canvas.draw()
