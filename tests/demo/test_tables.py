"""The tables at the top of the demo's modules fit together, and its places lie where they really lie."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pytest

from geoaccess.demo.groups import GROUPS, REGISTERED, WORK
from geoaccess.demo.lines import LINES, RAIL_STATIONS, TRAIN, days, starts
from geoaccess.demo.people import SITES
from geoaccess.demo.places import CENTRES, FIELD_M, PLACES
from geoaccess.demo.practices import all_practices
from geoaccess.demo.roads import BARRIERS, CYCLE, PARKS, ROADS, road_lines


def test_names_are_unique_and_known() -> None:
    for names in (
        [row.name for row in PLACES],
        [row[0] for row in SITES],
        [row.name for row in all_practices()],
        [line.number for line in LINES],
        [frozenset(road[:2]) for road in ROADS],
    ):
        assert [name for name, count in Counter(names).items() if count > 1] == []
    used = {name for road in ROADS for name in road[:2]} | {row[-3] for row in SITES}
    assert used | {row.town for row in all_practices()} <= set(CENTRES)
    assert set(GROUPS) < {row[0] for row in SITES}
    assert {row.municipality for row in PLACES} == set(FIELD_M)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.number)
def test_a_line_follows_roads_and_runs(line) -> None:
    roads = {frozenset(road[:2]) for road in ROADS if road[2] != CYCLE}
    if line.mode == TRAIN:
        assert set(line.via) <= set(RAIL_STATIONS)
    else:
        assert {frozenset(leg) for leg in pairwise(line.via)} <= roads
    taken = [day for text, _ in line.hours for day in days(text)]
    assert len(taken) == len(set(taken))
    assert all(starts(text) for _, text in line.hours)


def test_roads_run_from_centre_to_centre_and_meet_where_they_cross() -> None:
    lines = road_lines()
    for (start, end, _), line in zip(ROADS, lines, strict=True):
        assert (line[0], line[-1]) == (CENTRES[start], CENTRES[end])
        assert len(set(line)) == len(line)


def test_what_is_made_up_says_so_in_its_name() -> None:
    assert all(row[0].startswith("Demo") for row in SITES)
    assert all(row.name.startswith("Demo") for row in all_practices())
    assert all(park.name.startswith("Demo") for park in PARKS)
    assert all("Demo" in name or name.startswith("Snelweg") for name, _, _ in BARRIERS)


def test_groups_add_up_and_are_known() -> None:
    for name, groups in GROUPS.items():
        assert sum(percent for _, percent, _, _ in groups) == 100, name
        assert len({work for work, *_ in groups}) == len(groups), name
        assert all(languages[:2] in REGISTERED for *_, languages in groups), name
    assert {work for groups in GROUPS.values() for work, *_ in groups} == set(WORK)


def test_a_practice_for_some_serves_groups_that_exist() -> None:
    known = {f"L{k:02d}": GROUPS.get(row[0], ()) for k, row in enumerate(SITES, 1)}
    served = [row.serves for row in all_practices() if row.serves]
    assert len(served) == 2
    for text in served:
        for part in text.split(";"):
            site_id, _, work = part.partition("/")
            assert site_id in known
            assert not work or work in [name for name, *_ in known[site_id]]


def test_places_lie_in_their_municipality(shared: Path) -> None:
    real = gpd.read_file(shared / "nl_gemeenten" / "gemeenten_2022.geojson").set_index(
        "gemeentenaam"
    )
    at = gpd.points_from_xy([row.lon for row in PLACES], [row.lat for row in PLACES])
    for row, point in zip(PLACES, at, strict=True):
        assert real.geometry[row.municipality].contains(point), row.name
