from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geoaccess.load.streets import FERRY, MAIN, MINOR, PATH, Streets
from geoaccess.present.background import street_lines

EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)


def made(points, segments, kinds):
    lon, lat = np.array(points, dtype=float).T
    start, end = np.array(segments, dtype=np.int32).T
    count = len(segments)
    return Streets(
        node_id=np.arange(len(points)), lon=lon, lat=lat, segment_from=start, segment_to=end,
        length_cm=np.full(count, 100, dtype=np.int32), fixed_s=np.zeros(count, dtype=np.int32),
        access=np.full(count, 3, dtype=np.uint8), kind=np.array(kinds, dtype=np.uint8), source="made up",
    )  # fmt: skip


def drawn(streets, views=(EVERYWHERE,), tolerance_m=1.0, most_vertices=10_000):
    return street_lines(streets, list(views), "EPSG:28992", tolerance_m, most_vertices)


def test_segments_in_a_row_become_one_line():
    points = [(4.20, 52.0), (4.21, 52.001), (4.22, 52.0), (4.23, 52.002)]
    (lines,) = drawn(made(points, [(0, 1), (2, 1), (2, 3)], [MINOR] * 3))
    assert len(lines.pieces()) == 1
    assert len(lines.xy) == 4


def test_lines_stop_where_streets_cross_and_where_the_kind_changes():
    points = [(4.2, 52.0), (4.21, 52.0), (4.22, 52.0), (4.21, 52.01), (4.23, 52.0)]
    streets = made(points, [(0, 1), (1, 2), (1, 3), (2, 4)], [MAIN, MAIN, MAIN, PATH])
    found = {lines.kind: len(lines.pieces()) for lines in drawn(streets)}
    assert found == {PATH: 1, MAIN: 3}


def test_total_length_is_kept(make_result):
    streets = make_result().background
    found = drawn(streets, tolerance_m=0.001, most_vertices=10**6)
    drawn_m = sum(
        np.hypot(*np.diff(piece, axis=0).T).sum() for lines in found for piece in lines.pieces()
    )
    lon, lat = np.deg2rad(streets.lon), np.deg2rad(streets.lat)
    dx = (lon[streets.segment_to] - lon[streets.segment_from]) * np.cos(lat.mean())
    dy = lat[streets.segment_to] - lat[streets.segment_from]
    assert drawn_m == pytest.approx(6_371_000 * np.hypot(dx, dy).sum(), rel=5e-3)


def test_streets_outside_every_view_are_left_out():
    points = [(4.2, 52.0), (4.21, 52.0), (5.7, 51.4), (5.71, 51.4), (6.5, 53.0), (6.51, 53.0)]
    streets = made(points, [(0, 1), (2, 3), (4, 5)], [MAIN] * 3)
    (lines,) = drawn(streets, views=[(4.1, 51.9, 4.3, 52.1), (5.6, 51.3, 5.8, 51.5)])
    assert len(lines.pieces()) == 2


def test_too_much_detail_costs_paths_before_main_roads(make_result):
    streets = make_result().background
    everything = drawn(streets)
    some = drawn(streets, most_vertices=sum(len(lines.xy) for lines in everything) // 2)
    few = drawn(streets, most_vertices=10)
    assert [lines.kind for lines in everything] == [PATH, MINOR, FERRY, MAIN]
    assert [lines.kind for lines in some] == [MINOR, FERRY, MAIN]
    assert [lines.kind for lines in few] == [MAIN]


def test_nothing_to_draw(result):
    assert drawn(None) == []
    assert drawn(made([(4.2, 52.0), (4.2, 52.0)], [(0, 1)], [MAIN])) == []
    none = replace(result.background, **{
        name: getattr(result.background, name)[:0]
        for name in ("segment_from", "segment_to", "length_cm", "fixed_s", "access", "kind")
    })  # fmt: skip
    assert drawn(none) == []
