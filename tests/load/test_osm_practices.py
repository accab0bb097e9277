from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from shapely.geometry import Point, box

from geoaccess.errors import TableError
from geoaccess.load.osm_care import other_care, rule
from geoaccess.load.osm_practices import Found, merge_duplicates
from geoaccess.load.practices import load_practices
from geoaccess.tables import PRACTICE_COLUMNS, check_points, notes

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("tags", "tag"),
    [
        ({"amenity": "doctors"}, "amenity=doctors"),
        ({"healthcare": "doctor"}, "healthcare=doctor"),
        ({"healthcare": "centre", "name": "Gezondheidscentrum"}, "healthcare=centre"),
        ({"amenity": "clinic", "healthcare": "clinic"}, "amenity=clinic"),
        ({"amenity": "doctors", "healthcare": "yes"}, "amenity=doctors"),
        ({"amenity": "doctors;pharmacy"}, "amenity=doctors"),
        (
            {"amenity": "doctors", "healthcare:speciality": "dermatology; general"},
            "amenity=doctors",
        ),
        ({"amenity": "doctors", "disused": "no"}, "amenity=doctors"),
        ({"amenity": "doctors", "disused:shop": "yes"}, "amenity=doctors"),
    ],
)
def test_taken(tags: dict[str, str], tag: str) -> None:
    assert rule(tags) == (tag, True)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"amenity": "dentist"}, "amenity=dentist"),
        ({"healthcare": "physiotherapist"}, "healthcare=physiotherapist"),
        ({"amenity": "clinic", "healthcare": "dentist"}, "healthcare=dentist"),
        ({"amenity": "hospital", "healthcare": "centre"}, "amenity=hospital"),
        ({"amenity": "doctors", "healthcare:speciality": "ophthalmology"}, "specialists"),
        ({"amenity": "doctors", "name": "Huisartsenpost Delft"}, "urgent care"),
        ({"disused:amenity": "doctors"}, "disused or planned"),
        ({"was:healthcare": "clinic", "shop": "bakery"}, "disused or planned"),
        ({"amenity": "doctors", "abandoned": "yes"}, "disused or planned"),
    ],
)
def test_near_misses(tags: dict[str, str], reason: str) -> None:
    assert rule(tags) == (reason, False)


@pytest.mark.parametrize("tags", [{"amenity": "bench"}, {"disused:amenity": "pub"}, {}])
def test_no_care_at_all(tags: dict[str, str]) -> None:
    assert rule(tags) is None


@pytest.mark.parametrize(
    ("tags", "care"),
    [
        ({"amenity": "pharmacy"}, "apotheek"),
        ({"healthcare": "dentist"}, "tandarts"),
        ({"healthcare": "midwife"}, "verloskundige"),
        ({"healthcare": "psychotherapist"}, "ggz"),
        ({"amenity": "doctors", "healthcare:speciality": "psychiatry"}, "ggz"),
        ({"amenity": "clinic", "name": "Huisartsenpost Delft"}, "huisartsenpost"),
        ({"amenity": "hospital", "emergency": "yes"}, "seh"),
        ({"amenity": "hospital", "emergency": "no"}, None),
        ({"amenity": "pharmacy", "disused": "yes"}, None),
        ({"disused:amenity": "pharmacy"}, None),
        ({"amenity": "cafe", "name": "De Spoedpost"}, None),
    ],
)
def test_other_care(tags: dict[str, str], care: str | None) -> None:
    said = other_care(tags)
    assert (said and said[0]) == care


def test_other_care_is_taken_where_it_is_asked_for(write: Write) -> None:
    more = (
        '<node id="7" lat="52.01" lon="4.31"><tag k="amenity" v="pharmacy"/><tag k="name" v="Praktijk A"/></node>'
        '<node id="8" lat="52.02" lon="4.31"><tag k="healthcare" v="midwife"/></node>'
    )
    path = write("a.osm", OSM.replace("  <way", more + "  <way", 1))
    table = load_practices(path, care=("huisarts", "tandarts", "apotheek", "jgz"))
    assert dict(zip(table.practice_id, table.care, strict=True)) == {
        "n5": "huisarts",
        "n6": "tandarts",
        "n7": "apotheek",
        "r20": "huisarts",
    }
    said = "\n".join(notes(table))
    assert "1 amenity=dentist, 1 amenity=pharmacy" in said
    assert "Left out as none of the care asked for: 1 healthcare=midwife" in said


def found(key: str, shape: object, **tags: str) -> Found:
    return Found(key, tags, "amenity=doctors", shape)


HOUSE = box(4.3000, 52.0000, 4.3004, 52.0002)


def test_node_in_its_building_is_one_practice() -> None:
    kept, merged = merge_duplicates(
        [
            found("n1", Point(4.3002, 52.0001), wheelchair="yes"),
            found("w2", HOUSE, name="Praktijk A"),
        ]
    )
    assert [one.key for one in kept] == ["w2"]
    assert merged == [("n1", "w2")]


def test_same_name_within_fifty_metres_is_one_practice_with_the_tags_of_both() -> None:
    kept, merged = merge_duplicates(
        [
            found("w9", HOUSE, name="praktijk a", opening_hours="Mo 09:00-12:00", wheelchair="no"),
            found("n5", Point(4.3008, 52.0001), name="Praktijk A", wheelchair="yes"),
            found("n6", Point(4.3100, 52.0001), name="Praktijk A"),
        ]
    )
    assert [one.key for one in kept] == ["w9", "n6"]
    assert kept[0].tags["wheelchair"] == "no"
    assert merged == [("n5", "w9")]


def test_practices_in_one_building_stay_apart() -> None:
    kept, merged = merge_duplicates(
        [
            found("n1", Point(4.3001, 52.0001), name="A"),
            found("n2", Point(4.3003, 52.0001), name="B"),
            found("w3", HOUSE),
            found("n4", Point(4.3004, 52.0003)),
        ]
    )
    assert [one.key for one in kept] == ["n1", "n2", "n4"]
    assert merged == [("w3", "n1")]


OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
  <node id="1" lat="52.0" lon="4.3"/>
  <node id="2" lat="52.0" lon="4.302"/>
  <node id="3" lat="52.002" lon="4.302"/>
  <node id="4" lat="52.002" lon="4.3"/>
  <node id="5" lat="52.01" lon="4.31"><tag k="amenity" v="doctors"/><tag k="name" v="Praktijk A"/>
    <tag k="opening_hours" v="Mo-Fr 08:00-17:00"/><tag k="wheelchair" v="limited"/>
    <tag k="language:pl" v="yes"/><tag k="language:de" v="no"/><tag k="language:ro" v="main"/></node>
  <node id="6" lat="52.01" lon="4.32"><tag k="amenity" v="dentist"/></node>
  <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
    <tag k="amenity" v="clinic"/></way>
  <way id="11"><nd ref="1"/><nd ref="2"/></way>
  <way id="12"><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
  <way id="13"><nd ref="98"/><nd ref="99"/><tag k="healthcare" v="doctor"/></way>
  <relation id="20"><member type="way" ref="11" role="outer"/><member type="way" ref="12" role="outer"/>
    <tag k="type" v="multipolygon"/><tag k="healthcare" v="centre"/><tag k="name" v="Centrum"/></relation>
</osm>
"""


def test_nodes_ways_and_relations(write: Write) -> None:
    table = load_practices(write("a.osm", OSM))
    assert tuple(table.columns) == (*PRACTICE_COLUMNS, "wheelchair")
    assert list(table.practice_id) == ["n5", "r20"]  # w10 is the unnamed outline of the centre
    assert (table.geometry.x[1], table.geometry.y[1]) == (
        pytest.approx(4.301),
        pytest.approx(52.001),
    )
    assert table.opening_hours[0] == "Mo-Fr 08:00-17:00"
    assert (table.languages[0], table.wheelchair[0], table.status[0]) == (
        "pl;ro",
        "limited",
        "unknown",
    )
    assert table.attrs["source"] == "a.osm"
    said = "\n".join(notes(table))
    assert "1 amenity=doctors, 1 healthcare=centre" in said
    assert "1 amenity=dentist" in said
    assert "not in the extract: w13" in said
    assert "1 duplicate (w10 into r20)" in said
    check_points(table, "practice_id", "practices")


def test_extract_without_practices_and_damaged_extracts(write: Write) -> None:
    empty = OSM[: OSM.index("<node")] + "</osm>"
    for path, problem in (
        (write("a.osm", empty), "no practices"),
        (write("b.osm", OSM[:400]), "cannot be read as OSM data"),
        (write("c.osm.pbf", b"junk"), "cannot be read as OSM data"),
        (write("d.osm.pbf", b""), "the file is empty"),
        (Path("nowhere.osm.pbf"), "file not found"),
    ):
        with pytest.raises(TableError, match=problem):
            load_practices(path)


def test_newport(shared: Path) -> None:
    table = load_practices(shared / "newport_uk" / "newport-2023-06-13.osm.pbf")
    reference = pd.read_csv(shared / "reference" / "newport_practices.csv").set_index("practice_id")
    area = reference.index.str.startswith("a")
    ways = [f"w{int(key[1:]) // 2}" for key in reference.index[area]]
    reference.index = [*reference.index[~area], *ways]
    specialists = {"n9249523025", "n9251123263", "n9741154771", "n9741154773", "n10731394635"}
    assert set(table.practice_id) == set(reference.index) - specialists
    both = table.set_index("practice_id")
    away = (both.geometry.x - reference.lon.reindex(both.index)).abs()
    assert away.max() < 2e-4  # centroids against points on the outline
    said = "\n".join(notes(table))
    assert "7 amenity=clinic, 6 amenity=doctors" in said
    assert "5 specialists" in said
    assert "Diabetes Centre" in said
