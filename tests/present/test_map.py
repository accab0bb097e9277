"""The page without a browser: what is in the file, and what is not."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest

from geoaccess.errors import ProjectError
from geoaccess.present.leaflet import leaflet_css, leaflet_js
from geoaccess.present.map import make_map

HOSTILE_START = "</script><img src=x onerror="


class Page(HTMLParser):
    """Tags, attributes, scripts and visible text of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.scripts, self.words = [], [], []
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data
        elif self.inside != "style":
            self.words.append(data)

    @property
    def data(self):
        return json.loads(self.scripts[0])

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def page(result):
    return Page(make_map(result).html)


def test_no_tag_points_outside_the_file(page):
    for tag, attributes in page.tags:
        assert tag not in {"iframe", "object", "embed", "base"}
        for name in ("src", "href", "action", "data", "poster", "srcset", "background"):
            if name in attributes:
                assert attributes[name].startswith("data:"), (tag, attributes)


def test_no_style_points_outside_the_file(result):
    html = make_map(result).html
    for style in re.findall(r"<style>(.*?)</style>", html, re.DOTALL):
        assert "@import" not in style
        assert all(url.startswith("data:") for url in re.findall(r"url\(['\"]?([^)]*)", style))
    assert "sourceMappingURL" not in html
    for host in ("cdn", "unpkg", "jquery", "bootstrap", "fonts.g", "openstreetmap.org"):
        assert host not in html


def test_leaflet_is_inside_with_its_images():
    assert leaflet_css().count("data:image/png;base64,") == 3
    assert "Leaflet 1." in leaflet_js()[:200]


def test_policy_forbids_everything_but_the_scripts_inside(page):
    policy = next(
        attributes["content"] for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )  # fmt: skip
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    digests = {
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in page.scripts[1:]
    }
    assert set(rules["script-src"].split()) == digests
    assert len(digests) == 2


def test_hostile_names_stay_text(result, page):
    html = make_map(result).html
    assert html.count("<script") == 3
    assert html.count("</script") == 3
    assert not [tag for tag, _ in page.tags if tag in {"img", "b1"}]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert "\u2028" not in html
    assert HOSTILE_START not in html
    names = page.data["parts"][0]["sites"]["name"]
    assert any(name.startswith(HOSTILE_START) for name in names)
    assert HOSTILE_START in page.text


def test_every_site_practice_and_area_is_in_the_page(result, page):
    (part,) = page.data["parts"]
    assert sorted(part["sites"]["row"]) == list(range(12))
    assert len(part["practices"]["name"]) == 5
    assert part["practices"]["name"][2] == "praktijk P3"
    assert len(part["areas"]["name"]) == 4
    assert "sentence" not in part["sites"]  # the page builds it from a template
    assert len(page.data["siteWords"]["sentences"]) == 4


def test_sites_beyond_the_norm_are_drawn_last_and_big_ones_first(page):
    sites = page.data["parts"][0]["sites"]
    assert sites["beyond"] == sorted(sites["beyond"])
    for beyond, style in set(zip(sites["beyond"], sites["style"], strict=True)):
        same = [
            radius or 0 for radius, b, s in zip(sites["radius"], sites["beyond"], sites["style"], strict=True)
            if (b, s) == (beyond, style)
        ]  # fmt: skip
        assert same == sorted(same, reverse=True)


def test_title_legend_and_source_are_readable_without_a_script(page):
    for words in (
        "860 van 1.049 arbeidsmigranten (82%) kunnen niet binnen 30 minuten bij een huisarts komen",
        "dinsdag 24 november 2026", "Bron: woonlocaties: sites.csv", "tot en met 15 minuten", "niet bereikbaar",
        "geen gegevens", "bewoners onbekend", "huisartsenpraktijk (5)", "Gebieden met de meeste mensen",
        "Opmerkingen bij de invoer (2)", "dikke rand: buiten de norm van 30 minuten", "Lagen",
    ):  # fmt: skip
        assert words in page.text
    assert "VERZONNEN" not in page.text


def test_made_up_data_carry_a_banner(make_result):
    assert "VERZONNEN DEMOGEGEVENS" in Page(make_map(make_result(made_up=True)).html).text
    assert "MADE-UP DEMO DATA" in Page(make_map(make_result(made_up=True, language="en")).html).text


def test_english_page(make_result):
    page = Page(make_map(make_result(language="en")).html)
    assert page.tags[0][0] == "html"
    assert page.tags[0][1]["lang"] == "en"
    assert "Travel time to the nearest GP" in page.text
    assert "Bron" not in page.text
    assert page.data["language"] == "en"


def test_lines_are_decoded_to_where_they_were(result, page):
    data = page.data
    ring = np.array(data["parts"][0]["areas"]["rings"][1][0][0]).reshape(-1, 2)
    corners = (np.cumsum(ring, axis=0) + data["origin"]) / 1e5
    bounds = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
    assert bounds == pytest.approx(np.array(result.areas.geometry.iloc[1].bounds), abs=2e-5)
    lines = data["parts"][0]["streets"][0]["lines"]
    ends = np.array([line[:2] for line in lines]) + data["origin"]
    assert (ends[:, 0] / 1e5 > 4.0).all()
    assert (ends[:, 0] / 1e5 < 4.5).all()


def test_two_regions_share_nothing_but_the_page(make_region):
    page = Page(make_map(make_region()).html)
    west, east = page.data["parts"]
    assert sorted(west["sites"]["row"] + east["sites"]["row"]) == list(range(60))
    assert len(west["practices"]["name"]) == len(east["practices"]["name"]) == 20
    assert len(west["areas"]["name"]) == len(east["areas"]["name"]) == 5
    assert max(west["sites"]["lon"]) < min(east["sites"]["lon"])


def test_the_file_stays_small(make_region):
    assert len(make_map(make_region()).html.encode()) < 3e6
    assert len(make_map(make_region(sites_each=150, side=130)).html.encode()) < 8e6


def test_same_result_same_page(result):
    assert make_map(result).html == make_map(result).html


def test_saving(result, tmp_path):
    made = make_map(result)
    made.save(tmp_path / "map.html")
    made.save(str(tmp_path / "again.html"))
    assert (tmp_path / "map.html").read_text("utf-8") == made.html
    assert (
        unescape(re.search(r'srcdoc="(.*?)" style', made._repr_html_(), re.DOTALL)[1]) == made.html
    )


def test_tiles_only_when_asked_for(result):
    page = Page(make_map(result, tiles="OpenStreetMap").html)
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv"))
    assert "img-src data: https://tile.openstreetmap.org;" in policy
    assert page.data["tiles"]["url"] == "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
    own = Page(make_map(result, tiles="https://tiles.example.org/{z}/{x}/{y}.png").html)
    assert own.data["tiles"]["host"] == "https://tiles.example.org"
    assert page.data["parts"] == Page(make_map(result).html).data["parts"]


def test_unknown_tiles_are_a_clear_error(result):
    with pytest.raises(ProjectError, match="no background map"):
        make_map(result, tiles="Nosuchmap")


@pytest.mark.parametrize(
    "case", ["no sites", "no practices", "no areas", "no streets", "nobody known"]
)
def test_odd_results_have_a_page_too(result, case):
    made = {
        "no sites": lambda: replace(result, sites=result.sites.iloc[:0], totals=replace(
            result.totals, sites=0, sites_beyond=0, residents=0.0, residents_beyond=0.0)),
        "no practices": lambda: replace(result, practices=result.practices.iloc[:0]),
        "no areas": lambda: replace(result, areas=result.areas.iloc[:0]),
        "no streets": lambda: replace(result, background=None),
        "nobody known": lambda: replace(result, sites=result.sites.assign(residents=np.nan)),
    }[case]()  # fmt: skip
    assert Page(make_map(made).html).data["parts"]
