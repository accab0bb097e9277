"""What QGIS finds in result.gpkg: columns of visits, and styles for them."""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import closing
from itertools import pairwise
from xml.etree import ElementTree

import geopandas as gpd
import pyogrio
import pytest

from geoaccess.access.why import CODES
from geoaccess.present.geopackage import write_geopackage
from tests.present.visit_results import with_visits


@pytest.fixture
def path(result, tmp_path):
    write_geopackage(with_visits(result), tmp_path / "result.gpkg")
    return tmp_path / "result.gpkg"


def styles_of(path):
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        rows = database.execute(
            "select f_table_name, f_geometry_column, styleQML, useAsDefault from layer_styles"
        ).fetchall()
    return {
        name: (column, ElementTree.fromstring(style), default)
        for name, column, style, default in rows
    }


def test_layers_carry_reason_and_share(path):
    sites = gpd.read_file(path, layer="sites")
    assert {"reason_visit", "share_failing", "persons_failing", "fix"} <= set(sites.columns)
    assert set(sites["reason_visit"]) <= set(CODES)
    areas = gpd.read_file(path, layer="areas")
    assert areas["share_failing"].notna().sum() == 3


def test_every_reason_has_a_colour_and_a_label(path):
    column, style, default = styles_of(path)["sites"]
    assert (column, default) == ("geom", 1)
    renderer = style.find("renderer-v2")
    assert renderer.get("attr") == "reason_visit"
    categories = renderer.findall("categories/category")
    assert [each.get("value") for each in categories] == list(CODES)
    assert categories[4].get("label") == "gesloten in de vrije tijd"
    symbols = {each.get("name") for each in renderer.findall("symbols/symbol")}
    assert {each.get("symbol") for each in categories} == symbols
    colours = [
        each.find("layer/Option/Option[@name='color']").get("value")
        for each in renderer.findall("symbols/symbol")
    ]
    assert len(set(colours)) == len(CODES)


def test_classes_of_areas_leave_no_share_out(path):
    renderer = styles_of(path)["areas"][1].find("renderer-v2")
    ranges = [
        (float(r.get("lower")), float(r.get("upper"))) for r in renderer.findall("ranges/range")
    ]
    assert ranges[0][0] < 0 <= ranges[0][1]
    assert ranges[-1][1] == 1.0
    assert all(one[1] == other[0] for one, other in pairwise(ranges))


def test_other_programs_still_see_the_layers(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        layers = {name for name, kind in pyogrio.list_layers(path) if kind is not None}
    assert layers == {"sites", "practices", "areas"}


def test_without_visits_there_are_no_styles(result, tmp_path):
    write_geopackage(result, tmp_path / "result.gpkg")
    with closing(sqlite3.connect(tmp_path / "result.gpkg")) as database:
        found = database.execute("select name from sqlite_master where name = 'layer_styles'")
        assert found.fetchall() == []
