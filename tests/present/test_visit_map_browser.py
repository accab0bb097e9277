"""Feasible visits in a real browser with the network cut off."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from .judged import HOSTILE_GROUP, judged
from .test_map_browser import visit  # noqa: F401  a fixture

pytestmark = pytest.mark.browser

POPUPS = """() => window.geoaccess.maps[0].layers.sites.getLayers().map(layer => {
    layer.openPopup();
    return layer.getPopup().getElement().innerText;
})"""


@pytest.fixture
def seen(visit, result):  # noqa: F811
    return visit(judged(result))


def test_it_opens_by_reason_and_can_show_travel_times(seen):
    assert seen.page.locator("#legend-reasons").is_visible()
    assert not seen.page.locator("#legend-times").is_visible()
    fills = "() => [...document.querySelectorAll('path.site')].map(e => e.getAttribute('fill'))"
    by_reason = seen.page.evaluate(fills)
    assert any(fill.startswith("url(#reason-") for fill in by_reason)
    seen.page.locator("#colour input[value=time]").focus()
    seen.page.keyboard.press("Space")
    assert seen.page.locator("#legend-times").is_visible()
    assert not seen.page.locator("#legend-reasons").is_visible()
    assert not any("reason" in fill for fill in seen.page.evaluate(fills))
    seen.page.locator("#colour input[value=reason]").check()
    assert seen.page.evaluate(fills) == by_reason
    assert seen.requests == []
    assert seen.complaints == []


def test_a_site_tells_everything_in_sentences(seen):
    told = dict(zip(range(12), seen.page.evaluate(POPUPS), strict=True))
    text = next(words for words in told.values() if words.startswith("Park Zon"))
    for words in (
        "van de 120 bewoners", "is een bezoek aan een huisarts niet haalbaar.", "kas, dienst 06:00-15:00", "40 mensen",
        "niet ingeschreven", "Beste bezoek: ma 15:40 weg, 17:05 thuis, 85 minuten (Huisartsen Dorp).",
        "Dichtstbijzijnde praktijk met plaats", "Zwakste schakel van de zorg", "Meer gegevens",
        "Haalbaar op 1 dag per week.", "de dichtstbijzijnde huisarts",
    ):  # fmt: skip
        assert words in text, (words, text)
    far = next(words for words in told.values() if words.startswith("Camping Verweg"))
    assert "Voor geen van de 150 bewoners" in far
    assert "nooit" in far or "op geen enkel moment" in far
    closed = [words for words in told.values() if "open tot 1" in words]
    assert any("verlof van het werk kan het wel" in words for words in closed)
    left = re.compile(r"\{(p|minutes|practice|day|fix|count|share|a|residents)\}")
    assert not any(left.search(words) for words in told.values())
    assert seen.complaints == []


def test_who_gets_no_place_is_told(visit, result):  # noqa: F811
    unplaced = pd.DataFrame({"site_id": ["S01"], "persons": [17]})
    seen = visit(replace(judged(result), unplaced=unplaced))
    told = [
        words
        for words in seen.page.evaluate(POPUPS)
        if "17 niet-ingeschrevenen zonder plaats" in words
    ]
    assert len(told) == 1
    assert told[0].startswith("Park Zon")


def test_a_visit_past_midnight_ends_the_next_day(visit, result):  # noqa: F811
    made = judged(result)
    seen = visit(replace(made, visits=made.visits.assign(home_s=made.visits["home_s"] + 9 * 3600)))
    assert any(
        "15:40 weg, 02:05 de volgende dag thuis, 625 minuten" in words
        for words in seen.page.evaluate(POPUPS)
    )


def test_hostile_groups_stay_text(visit, result):  # noqa: F811
    made = judged(result, groups=((HOSTILE_GROUP, 1.0, "06:00-15:00"),))
    seen = visit(replace(made, failing=made.failing.assign(village=HOSTILE_GROUP)))
    assert all(HOSTILE_GROUP in words for words in seen.page.evaluate(POPUPS))
    assert seen.page.evaluate("() => window.hacked") is None
    assert seen.count("aside b b") == 0
    assert seen.requests == []
    assert seen.complaints == []


def test_barriers_of_an_area_are_chosen_by_list_or_by_clicking_it(seen):
    first = "() => document.querySelector('#cascade tr td:last-child').textContent"
    assert seen.page.evaluate(first) == "1.049"
    seen.page.locator("#cascade-area").select_option(label="Westdorp")
    inside = seen.page.evaluate(first)
    assert inside not in ("1.049", "")
    seen.page.locator("#cascade-area").select_option(index=0)
    assert seen.page.evaluate(first) == "1.049"
    seen.page.locator("[data-spot='area-0']").first.click()
    assert seen.page.evaluate(first) == inside
    words = seen.page.locator(".leaflet-popup-content").inner_text()
    assert "Zonder haalbaar bezoek:" in words
    assert seen.complaints == []


def test_clicking_a_failing_cluster_goes_there(seen):
    zoom = "() => window.geoaccess.maps[0].map.getZoom()"
    before = seen.page.evaluate(zoom)
    seen.page.locator("[data-spot='place-1']").focus()
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate(zoom) > before
    assert seen.complaints == []


def test_other_care_is_drawn_when_asked_for(visit, result):  # noqa: F811
    care = ["huisarts", "huisarts", "apotheek", "tandarts", "apotheek"]
    seen = visit(judged(replace(result, practices=result.practices.assign(care=care))))
    assert seen.count(".leaflet-practices-pane .practice") == 2
    seen.page.locator("[data-layer='care-1']").check()
    assert seen.count(".leaflet-practices-pane .practice") == 4
    assert seen.page.locator(".leaflet-practices-pane .practice text").first.text_content() == "A"
    seen.page.locator("[data-layer='care-1']").uncheck()
    assert seen.count(".leaflet-practices-pane .practice") == 2
    assert seen.complaints == []


def test_a_popup_is_never_higher_than_its_map_nor_wider_than_a_phone(seen):
    seen.page.set_viewport_size({"width": 390, "height": 700})
    seen.page.reload()
    seen.page.wait_for_function("() => window.geoaccess && window.geoaccess.ready")
    seen.page.locator("[data-spot^='site-']:visible").first.click()
    seen.page.wait_for_timeout(500)  # the map moves to show all of it
    popup = seen.page.locator(".leaflet-popup").bounding_box()
    holder = seen.page.locator(".map").bounding_box()
    assert popup["width"] < 390
    assert popup["y"] >= holder["y"]
    assert -1 <= holder["y"] < 700
    assert seen.page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_the_map_moves_far_enough_to_show_a_long_popup_from_its_head(seen):
    # a high map, of which the region takes the middle
    seen.page.set_viewport_size({"width": 1000, "height": 1100})
    seen.page.reload()
    seen.page.wait_for_function("() => window.geoaccess && window.geoaccess.ready")
    for row in range(
        seen.page.evaluate("() => window.geoaccess.maps[0].layers.sites.getLayers().length")
    ):
        seen.page.evaluate(
            """row => { const layer = window.geoaccess.maps[0].layers.sites.getLayers()[row];
            layer.bindPopup("<div style='height: 2000px'>long</div>", layer.getPopup().options);
            layer.openPopup(); }""",
            row,
        )
        seen.page.wait_for_timeout(400)
        popup = seen.page.locator(".leaflet-popup").last.bounding_box()
        holder = seen.page.locator(".map").first.bounding_box()
        assert popup["y"] >= holder["y"] - 0.5, row


def test_printing_gives_one_sheet_by_reason(visit, make_region, tmp_path):  # noqa: F811
    seen = visit(judged(make_region()))
    seen.page.pdf(path=tmp_path / "print.pdf", prefer_css_page_size=True)
    assert b"/Count 1" in (tmp_path / "print.pdf").read_bytes()
    assert seen.complaints == []
