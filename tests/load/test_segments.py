from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.errors import StreetsError
from geoaccess.load.segments import Lines, build_streets
from geoaccess.load.streets import FERRY, MAIN, MINOR, PATH, Streets
from geoaccess.tables import great_circle_m

CITY_LON, CITY_LAT = 4.2, 52.0


def lines_of(
    runs: list[list[int]],
    *,
    access: list[int] | None = None,
    kind: list[int] | None = None,
    duration_s: list[int] | None = None,
    stated_m: list[float] | None = None,
    crossing: list[int] | None = None,
    nodes: int = 12,
) -> Lines:
    """Runs of vertices on nodes that lie 0.001 degrees apart, west to east."""
    count = len(runs)
    return Lines(
        node_id=np.arange(100, 100 + nodes),
        lon=CITY_LON + 0.001 * np.arange(nodes),
        lat=np.full(nodes, CITY_LAT),
        vertex=np.concatenate([np.array(run, dtype=np.int64) for run in runs]),
        line=np.repeat(np.arange(count), [len(run) for run in runs]),
        access=np.array(access or [15] * count, dtype=np.uint8),
        kind=np.array(kind or [MINOR] * count, dtype=np.uint8),
        duration_s=np.array(duration_s or [0] * count),
        stated_m=None if stated_m is None else np.array(stated_m),
        crossing=None if crossing is None else np.array(crossing),
    )


def rows(streets: Streets) -> list[tuple[int, int, int]]:
    return [
        (int(streets.node_id[a]), int(streets.node_id[b]), int(access))
        for a, b, access in zip(
            streets.segment_from, streets.segment_to, streets.access, strict=True
        )
    ]


def test_the_contract_of_streets() -> None:
    streets = build_streets(lines_of([[0, 1, 2], [5, 3]]), "here", ["first"])
    assert streets.node_id.tolist() == [100, 101, 102, 103, 105]  # only nodes that are used
    assert rows(streets) == [(100, 101, 15), (101, 102, 15), (103, 105, 15)]
    assert (streets.source, streets.notes) == ("here", ("first",))
    dtypes = {
        "node_id": "int64",
        "lon": "float64",
        "lat": "float64",
        "segment_from": "int32",
        "segment_to": "int32",
        "length_cm": "int32",
        "fixed_s": "int32",
        "access": "uint8",
        "kind": "uint8",
    }
    assert {name: getattr(streets, name).dtype.name for name in dtypes} == dtypes


def test_a_line_is_split_at_missing_nodes_and_repeated_nodes_are_passed_over() -> None:
    streets = build_streets(lines_of([[0, 1, -1, 2, 3], [4, 4, 5], [6, -1, 7], [8]]), "x")
    assert rows(streets) == [(100, 101, 15), (102, 103, 15), (104, 105, 15)]


def test_segments_run_from_low_to_high_and_keep_their_directions() -> None:
    streets = build_streets(lines_of([[1, 0], [3, 2], [5, 4]], access=[1, 2, 4 + 2]), "x")
    assert rows(streets) == [(100, 101, 2), (102, 103, 1), (104, 105, 8 + 1)]


def test_duplicates_are_merged_whoever_may_use_one_may_use_it() -> None:
    lines = lines_of([[0, 1], [1, 0], [0, 1]], access=[1, 4, 1], kind=[PATH, MAIN, MINOR])
    streets = build_streets(lines, "x")
    assert rows(streets) == [(100, 101, 1 | 8)]
    assert streets.kind.tolist() == [MAIN]


def test_parallel_edges_of_other_length_both_stay() -> None:
    streets = build_streets(lines_of([[0, 1], [0, 1]], stated_m=[np.nan, 500.0]), "x")
    assert sorted(streets.length_cm.tolist()) == [6846, 50000]


@pytest.mark.parametrize(
    ("stated_m", "length_cm"),
    [(np.nan, 6846), (0.07, 6846), (68.461, 6846), (70.0, 7000), (1e9, 6846)],
)
def test_a_stated_length_counts_where_it_is_longer(stated_m: float, length_cm: int) -> None:
    streets = build_streets(lines_of([[0, 1]], stated_m=[stated_m]), "x")
    assert streets.length_cm.tolist() == [length_cm]


def test_a_stated_length_is_spread_over_the_drawn_line() -> None:
    streets = build_streets(lines_of([[0, 1, 2, 4]], stated_m=[400.0]), "x")
    assert streets.length_cm.tolist() == [10000, 10000, 20000]


def test_nodes_at_one_place_are_a_centimetre_apart() -> None:
    lines = lines_of([[0, 1]])
    lines.lon[1] = lines.lon[0]
    assert build_streets(lines, "x").length_cm.tolist() == [1]


def test_lengths_agree_with_the_ellipsoid_within_half_a_percent() -> None:
    lon = np.array([4.2, 4.3, 4.3, -179.95, 10.0])
    lat = np.array([52.0, 52.0, 52.1, 0.0, -45.0])
    start, end = np.array([0, 1, 0, 3, 4]), np.array([1, 2, 2, 3, 0])
    _, _, exact = pyproj.Geod(ellps="WGS84").inv(lon[start], lat[start], lon[end], lat[end])
    metres = great_circle_m(lon[start], lat[start], lon[end], lat[end])
    assert metres == pytest.approx(exact, rel=5e-3)
    across_the_date_line = great_circle_m(*map(np.array, (179.95, 0.0, -179.95, 0.0)))
    assert across_the_date_line == pytest.approx(11119.5, abs=0.1)


def test_a_ferry_takes_its_duration_to_the_second() -> None:
    lines = lines_of([[0, 1, 2, 6, 7], [7, 8]], kind=[FERRY, PATH], duration_s=[601, 0])
    streets = build_streets(lines, "x")
    ferry = streets.kind == FERRY
    assert streets.fixed_s[ferry].sum() == 601
    assert streets.fixed_s[ferry].tolist() == [86, 86, 343, 86]
    assert streets.length_cm[ferry].tolist() == [0, 0, 0, 0]
    assert streets.fixed_s[~ferry].tolist() == [0]
    assert streets.notes == ()


def test_a_ferry_without_duration_sails_at_ten_km_an_hour_and_a_note_says_so() -> None:
    lines = lines_of([[0, 10], [11, 10]], kind=[FERRY, FERRY], duration_s=[0, 0])
    streets = build_streets(lines, "x")
    assert streets.fixed_s.tolist() == [246, 25]  # 684.6 and 68.5 m at 2.78 m/s
    assert streets.notes == ("Ferries without a readable duration, taken to sail at 10 km/h: 2.",)


def test_segments_of_one_crossing_share_its_duration() -> None:
    lines = lines_of(
        [[0, 1], [5, 6], [1, 3], [6, 7]],
        kind=[FERRY] * 4,
        duration_s=[300, 90, 300, 90],
        crossing=[7, 3, 7, 3],
    )
    assert build_streets(lines, "x").fixed_s.tolist() == [100, 200, 45, 45]


def test_no_street_is_an_error() -> None:
    for runs in ([[0], [1]], [[0, -1, 1]], [[2, 2]]):
        with pytest.raises(StreetsError, match="no street"):
            build_streets(lines_of(runs), "x")


@st.composite
def random_lines(draw: st.DrawFn) -> Lines:
    runs = draw(
        st.lists(st.lists(st.integers(-1, 11), min_size=1, max_size=6), min_size=1, max_size=8)
    )
    count = len(runs)
    several = st.lists
    return lines_of(
        [[0, 1], *runs],
        access=[15, *draw(several(st.integers(1, 15), min_size=count, max_size=count))],
        kind=[MINOR, *draw(several(st.integers(0, 3), min_size=count, max_size=count))],
        duration_s=[0, *draw(several(st.integers(0, 900), min_size=count, max_size=count))],
    )


@given(random_lines())
def test_laws_of_any_lines(lines: Lines) -> None:
    before = lines.vertex.copy(), lines.access.copy()
    streets = build_streets(lines, "x")
    assert np.array_equal(lines.vertex, before[0])
    assert np.array_equal(lines.access, before[1])
    ferry = streets.kind == FERRY
    assert (streets.segment_from < streets.segment_to).all()
    assert ((streets.length_cm >= 1) == ~ferry).all()
    assert (streets.fixed_s[~ferry] == 0).all()
    assert (streets.fixed_s >= 0).all()
    assert ((streets.access >= 1) & (streets.access <= 15)).all()
    used = np.union1d(streets.segment_from, streets.segment_to)
    assert np.array_equal(used, np.arange(len(streets.lon)))
    pairs = set()
    for line, kind in enumerate(lines.kind):
        run = lines.vertex[lines.line == line]
        steps = pairwise(run.tolist())
        if kind != FERRY:
            pairs |= {(min(a, b), max(a, b)) for a, b in steps if a != b and min(a, b) >= 0}
    assert len(pairs) == (~ferry).sum()  # nothing lost, nothing twice
    metres = sum(0.001 * (b - a) for a, b in pairs) * np.radians(1) * 6371008.8
    metres *= np.cos(np.radians(CITY_LAT))
    assert abs(streets.length_cm.sum() / 100 - metres) <= 0.01 * len(pairs)


@given(st.integers(1, 5000), st.lists(st.integers(0, 11), min_size=2, max_size=9))
def test_a_crossing_lasts_exactly_its_duration(duration_s: int, run: list[int]) -> None:
    run = [node for k, node in enumerate(run) if node not in run[:k]]  # no way twice over one pair
    if len(run) > 1:
        streets = build_streets(lines_of([run], kind=[FERRY], duration_s=[duration_s]), "x")
        assert streets.fixed_s.sum() == duration_s
