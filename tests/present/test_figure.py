from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from geoaccess.present.figure import make_figure, write_pdf, write_png
from geoaccess.present.figure_text import cut, text_width, wrap


def text_boxes(sheet):
    """Every text on the sheet with its box in pixels, also those in the legend."""
    sheet.set_dpi(300)
    sheet.canvas.draw()
    legend = sheet.axes[0]
    return [(text.get_text(), text.get_window_extent()) for text in (*sheet.texts, *legend.texts)]


def assert_tidy(sheet):
    boxes = text_boxes(sheet)
    width, height = sheet.get_size_inches() * sheet.dpi
    for words, box in boxes:
        assert box.x0 >= 0, words
        assert box.x1 <= width, words
        assert box.y0 >= 0, words
        assert box.y1 <= height, words
    for k, (words, box) in enumerate(boxes):
        for other_words, other in boxes[k + 1 :]:
            overlap_x = min(box.x1, other.x1) - max(box.x0, other.x0)
            overlap_y = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert overlap_x <= 2 or overlap_y <= 8, (words, other_words)


def test_a4_at_300_dpi_and_a_pdf_with_its_fonts(result, tmp_path):
    sheet = make_figure(result)
    write_png(sheet, tmp_path / "map.png")
    write_pdf(sheet, tmp_path / "map.pdf", "titel")
    with Image.open(tmp_path / "map.png") as image:
        assert image.size == (3507, 2481)
        assert round(image.info["dpi"][0]) == 300
    content = (tmp_path / "map.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/CreationDate" not in content
    assert b"/Type3" not in content


def test_nothing_global_is_touched(result):
    before = "matplotlib.pyplot" in sys.modules
    make_figure(result)
    assert ("matplotlib.pyplot" in sys.modules) == before


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("which", ["make_result", "make_region"])
def test_no_text_overlaps_or_leaves_the_sheet(request, which, language):
    made = request.getfixturevalue(which)
    assert_tidy(make_figure(made(language=language)))


def test_long_names_titles_and_sources_still_fit(make_result):
    long = "Vakantiepark-aan-de-eindeloze-weg " * 8
    result = make_result(
        made_up=True, sources=(long,) * 9, norm_minutes=22.5, max_walk_min=17.25, title=long
    )
    result = replace(
        result,
        sites=result.sites.assign(name=long),
        areas=result.areas.assign(name=long),
        totals=replace(result.totals, residents=1e9, residents_beyond=999_999_999.0),
    )
    sheet = make_figure(result)
    assert_tidy(sheet)
    assert any("…" in text.get_text() for text in sheet.texts)


def test_every_site_is_drawn_once_in_its_class(result):
    sheet = make_figure(result)
    panel = sheet.axes[1]
    circles = [c for c in panel.collections if hasattr(c, "get_sizes") and c.get_zorder() < 6]
    whole = [c for c in circles if c.get_edgecolor().size and len(c.get_paths()[0].vertices) > 10]
    outlined = sum(len(c.get_offsets()) for c in whole if 0.3 not in c.get_linewidths())
    assert outlined == len(result.sites)


def test_numbers_beside_sites_are_those_of_the_list(result):
    sheet = make_figure(result)
    legend, panel = sheet.axes[:2]
    beside = {text.get_text() for text in panel.texts if text.get_text().isdigit()}
    listed = {
        text.get_text() for text in legend.texts
        if text.get_text().isdigit() and text.get_weight() == "bold" and text.get_position()[0] < 8.6
    }  # fmt: skip
    assert beside
    assert beside == listed


def test_two_regions_are_two_panels(make_region):
    sheet = make_figure(make_region())
    assert len(sheet.axes) == 3
    first, second = (axes.get_position() for axes in sheet.axes[1:])
    assert first.x1 < second.x0


@pytest.mark.parametrize(
    "case", ["no sites", "no practices", "no areas", "nobody known", "nothing beyond"]
)
def test_odd_results_are_drawn_too(result, case):
    made = {
        "no sites": lambda: replace(result, sites=result.sites.iloc[:0], totals=replace(
            result.totals, sites=0, sites_beyond=0, residents=0.0, residents_beyond=0.0)),
        "no practices": lambda: replace(result, practices=result.practices.iloc[:0]),
        "no areas": lambda: replace(result, areas=result.areas.iloc[:0], background=None),
        "nobody known": lambda: replace(result, sites=result.sites.assign(residents=np.nan)),
        "nothing beyond": lambda: replace(result, sites=result.sites.assign(reason="within_norm", minutes=5.0)),
    }[case]()  # fmt: skip
    make_figure(made).canvas.draw()


def test_names_in_other_scripts_and_formulas_do_not_break_the_sheet(make_result, tmp_path):
    result = make_result(sources=("$\\frac{a$ $x_$", "公園"))
    odd = result.sites.assign(name=["公園 $x$ \\frac{", "🏠", "Łódź", "a_b^c", "%s", "{}"] * 2)
    write_pdf(make_figure(replace(result, sites=odd)), tmp_path / "map.pdf", "公園")


def test_wrapping_keeps_every_word():
    words = "een twee drie vier vijf zes zeven acht negen tien"
    lines = wrap(words, 1.0, 8)
    assert " ".join(lines) == words
    assert all(text_width(line, 8) <= 1.0 for line in lines)
    assert all(text_width(line, 8) <= 1.0 for line in wrap("x" * 200, 1.0, 8))
    assert text_width(cut(words, 1.0, 8), 8) <= 1.0
    assert wrap("", 1.0, 8) == []
