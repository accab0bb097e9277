"""Roads for cars: the rules, and a small extract."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoaccess.errors import StreetsError
from geoaccess.load.osm import load_streets
from geoaccess.load.roads import load_roads, road_use
from geoaccess.load.streets import DRIVE_BACKWARD, DRIVE_FORWARD
from tests.load.test_osm import NODES, STREET, Ways, rows, xml

BOTH = DRIVE_FORWARD | DRIVE_BACKWARD


@pytest.mark.parametrize(
    ("tags", "access", "kmh"),
    [
        ({"highway": "residential"}, BOTH, 30),
        ({"highway": "motorway"}, DRIVE_FORWARD, 100),
        ({"highway": "motorway", "maxspeed": "none"}, DRIVE_FORWARD, 130),
        ({"highway": "primary", "oneway": "-1"}, DRIVE_BACKWARD, 80),
        ({"highway": "primary", "oneway": "yes", "oneway:motor_vehicle": "no"}, BOTH, 80),
        ({"highway": "tertiary", "junction": "roundabout"}, DRIVE_FORWARD, 50),
        ({"highway": "tertiary", "maxspeed": "30 mph"}, BOTH, 48),
        ({"highway": "tertiary", "maxspeed": "nonsense"}, BOTH, 50),
        ({"highway": "tertiary", "maxspeed": "0"}, BOTH, 50),
        ({"highway": "tertiary", "maxspeed": "999"}, BOTH, 130),
        ({"highway": "tertiary", "maxspeed:type": "NL:rural"}, BOTH, 80),
        ({"highway": "residential", "access": "no"}, 0, 30),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, BOTH, 30),
        ({"highway": "residential", "vehicle:backward": "no"}, DRIVE_FORWARD, 30),
        ({"highway": "service", "service": "private"}, 0, 15),
        ({"highway": "track"}, 0, 15),
        ({"highway": "track", "motor_vehicle": "destination"}, BOTH, 15),
        ({"highway": "footway", "motor_vehicle": "yes"}, 0, 0),
        ({"highway": "cycleway"}, 0, 0),
        ({"route": "ferry"}, 0, 0),
        ({"route": "ferry", "motorcar": "yes"}, BOTH, 0),
    ],
)
def test_rules(tags: dict[str, str], access: int, kmh: int) -> None:
    use = road_use(tags)
    assert (use.access, use.kmh) == (access, kmh)


def test_roads_of_an_extract(tmp_path: Path) -> None:
    ways: Ways = [
        ([1, 2], STREET),
        ([3, 2], {"highway": "motorway", "maxspeed": "120"}),
        ([3, 4], {"highway": "footway"}),
        ([4, 5], {"highway": "residential", "access": "no"}),
        ([5, 6], {"route": "ferry", "motor_vehicle": "yes", "duration": "00:05"}),
        ([6, 7], {"building": "yes"}),
    ]
    file = tmp_path / "some.osm"
    file.write_text(xml(NODES, ways), encoding="utf-8")
    roads = load_roads(file)
    assert rows(roads) == [(1, 2, BOTH), (2, 3, DRIVE_BACKWARD), (5, 6, BOTH)]
    assert roads.kmh is not None
    assert roads.kmh.tolist() == [30, 120, 0]
    assert roads.fixed_s.tolist() == [0, 0, 300]
    assert any("1 of 3 roads" in note for note in roads.notes)
    streets = load_streets(file)
    assert streets.kmh is None  # nothing of this is in the streets of walkers
    assert (streets.access < DRIVE_FORWARD).all()


@pytest.mark.parametrize("name", ["a.graphml", "a.txt", "absent.osm.pbf"])
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    if not name.startswith("absent"):
        (tmp_path / name).write_text("x")
    with pytest.raises(StreetsError, match=r"extract|no such file"):
        load_roads(tmp_path / name)


def test_an_extract_without_roads(tmp_path: Path) -> None:
    file = tmp_path / "some.osm"
    file.write_text(xml(NODES, [([1, 2], {"highway": "footway"})]), encoding="utf-8")
    with pytest.raises(StreetsError, match="no street that a car may use"):
        load_roads(file)
