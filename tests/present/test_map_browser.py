"""The page in a real browser with the network cut off."""

from __future__ import annotations

import pytest

from geoaccess.present.map import make_map
from geoaccess.present.site_text import site_sentences

pytestmark = pytest.mark.browser


class Visit:
    """An opened page, everything it asked for and everything it complained about."""

    def __init__(self, browser, path):
        self.requests, self.complaints = [], []
        self.context = browser.new_context(viewport={"width": 1366, "height": 650}, locale="nl-NL")
        self.context.set_offline(True)
        self.page = self.context.new_page()
        own = path.as_uri()

        def guard(route):
            if route.request.url == own or route.request.url.startswith("data:"):
                route.continue_()
            else:
                self.requests.append(route.request.url)
                route.abort()

        self.page.route("**/*", guard)
        self.page.on("request", self.note)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.own = own
        self.page.goto(own)
        self.page.wait_for_function("() => window.geoaccess && window.geoaccess.ready")

    def note(self, request):
        if request.url != self.own and not request.url.startswith("data:"):
            self.requests.append(request.url)

    def count(self, selector):
        return self.page.locator(selector).count()


@pytest.fixture
def visit(browser, tmp_path):
    opened = []

    def go(result, **options):
        path = tmp_path / f"map{len(opened)}.html"
        make_map(result, **options).save(path)
        opened.append(Visit(browser, path))
        return opened[-1]

    yield go
    for each in opened:
        each.context.close()


def test_it_opens_offline_without_a_request_or_a_complaint(visit, result):
    seen = visit(result)
    seen.page.wait_for_timeout(200)
    assert seen.requests == []
    assert seen.complaints == []
    assert seen.page.evaluate("() => window.hacked") is None


def test_every_site_practice_and_area_is_drawn(visit, result):
    seen = visit(result)
    assert seen.count("path.site") == 12
    assert seen.count(".leaflet-practices-pane .practice") == 5
    assert seen.count(".leaflet-areas-pane path") == 4
    assert seen.page.locator("#legend-times tbody tr").count() == 7
    assert seen.page.locator("#legend-times").is_visible()
    assert seen.page.evaluate("() => window.geoaccess.sites") == 12


def test_all_of_the_map_is_on_a_small_laptop(visit, result):
    seen = visit(result)
    for selector in ("h1", ".map", "aside", "footer", "#legend-areas"):
        box = seen.page.locator(selector).first.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1366
        assert box["y"] + box["height"] <= 650
    assert seen.page.locator(".map").bounding_box()["height"] > 400
    boxes = seen.page.evaluate(
        "() => [...document.querySelectorAll('path.site')].map(e => e.getBoundingClientRect().toJSON())"
    )
    inside = seen.page.locator(".map").bounding_box()
    assert all(
        inside["x"] <= box["left"] and box["right"] <= inside["x"] + inside["width"]
        for box in boxes
    )


def test_popups_hold_the_sentence_and_hostile_names_as_text(visit, result):
    seen = visit(result)
    said = seen.page.evaluate(
        """() => window.geoaccess.maps[0].layers.sites.getLayers().map(layer => {
            layer.openPopup();
            const box = layer.getPopup().getElement();
            return [box.querySelector("p").textContent, box.querySelectorAll("td").length,
                    box.querySelectorAll("img, script, b").length];
        })"""
    )
    assert sorted(sentence for sentence, _, _ in said) == sorted(site_sentences(result))
    assert all(cells >= 8 for _, cells, _ in said)
    assert all(foreign == 0 for _, _, foreign in said)
    hint = seen.page.evaluate(
        """() => {
            const [layer] = window.geoaccess.maps[0].layers.practices.getLayers().slice(1);
            layer.openPopup().openTooltip();
            return layer.getPopup().getElement().innerText + layer.getTooltip().getElement().innerText;
        }"""
    )
    assert hint.count("Praktijk <b>Noord</b>") == 2
    assert seen.page.evaluate("() => window.hacked") is None
    assert seen.requests == []
    assert seen.complaints == []


def test_lists_and_layers_work_from_the_keyboard(visit, result):
    seen = visit(result)
    seen.page.locator("[data-spot='site-9']").focus()
    seen.page.keyboard.press("Enter")
    seen.page.locator(".leaflet-popup-content").wait_for()
    assert (
        "Vakantiepark Eiland (320 bewoners)"
        in seen.page.locator(".leaflet-popup-content").inner_text()
    )
    seen.page.keyboard.press("Escape")
    box = seen.page.locator("[data-layer='sites']")
    box.focus()
    seen.page.keyboard.press("Space")
    assert seen.count("path.site") == 0
    seen.page.keyboard.press("Space")
    assert seen.count("path.site") == 12
    seen.page.locator("[data-layer='areas']").uncheck()
    assert seen.count(".leaflet-areas-pane path") == 0
    seen.page.wait_for_timeout(400)  # names fade
    assert seen.count(".area-name") == 0
    assert seen.complaints == []


def test_two_regions_are_two_maps_that_find_their_way_back(visit, make_region):
    seen = visit(make_region())
    assert seen.count(".map") == 2
    assert seen.count("path.site") == 60
    zoom = "() => window.geoaccess.maps[1].map.getZoom()"
    home = seen.page.evaluate(zoom)
    seen.page.evaluate("() => window.geoaccess.maps[1].map.setZoom(15, {animate: false})")
    seen.page.locator("[data-region='1']").click()
    assert seen.page.evaluate(zoom) == home
    assert seen.requests == []
    assert seen.complaints == []


def test_printing_gives_one_sheet_with_everything(visit, make_region, tmp_path):
    seen = visit(make_region())
    seen.page.pdf(path=tmp_path / "print.pdf", prefer_css_page_size=True)
    content = (tmp_path / "print.pdf").read_bytes()
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") <= 1
    assert b"/Count 1" in content
    assert seen.page.evaluate("() => document.documentElement.className") == "by-time"
    assert seen.complaints == []


def test_twenty_thousand_sites_stay_usable(visit, make_region):
    seen = visit(make_region(sites_each=10_000, side=10))
    assert seen.page.evaluate("() => window.geoaccess.sites") == 20_000
    assert seen.count(".leaflet-sites-pane canvas") == 2
    took = seen.page.evaluate(
        """() => {
            const start = performance.now();
            window.geoaccess.maps[0].map.setZoom(13, {animate: false});
            return performance.now() - start;
        }"""
    )
    assert took < 5_000
    assert seen.complaints == []


def test_tiles_are_the_only_request_when_asked_for(visit, result):
    seen = visit(result, tiles="https://tiles.example.org/{z}/{x}/{y}.png")
    seen.page.wait_for_timeout(200)
    assert seen.requests
    assert all(url.startswith("https://tiles.example.org/") for url in seen.requests)
