from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.errors import FeedError, ProjectError
from geoaccess.load.lines.draw import DRAWS, departures_s, draw_timetable, phase
from geoaccess.load.lines.lines import Lines, load_lines
from geoaccess.load.osm import load_streets
from geoaccess.load.timetable import HORIZON_S, Timetable
from geoaccess.network.network import build_network
from geoaccess.network.traveller import Traveller
from geoaccess.route.matrix import travel_times
from tests.load.lines.osm_text import along, bus, osm, save, stops

MONDAY, FRIDAY, SUNDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 6), dt.date(2026, 3, 8)
H = 3600
#: phases of line r1 in 4 draws, as they were first
PHASES = [0.359159, 0.668313, 0.972405, 0.028681]


def loaded(tmp_path: Path, *tags: dict[str, str]) -> Lines:
    routes = {k: (stops("n1", "n2", "n3"), bus(one)) for k, one in enumerate(tags, start=1)}
    return load_lines(save(tmp_path, osm(along(0, 1, 3), routes)))


def load_long(tmp_path: Path, tags: dict[str, str]) -> Lines:
    """One line of 28 km."""
    return load_lines(save(tmp_path, osm(along(0, 25), {1: (stops("n1", "n2"), bus(tags))})))


def starts(timetable: Timetable, line: str = "r1", service_day: int | None = 0) -> np.ndarray:
    trips = timetable.trips
    chosen = (trips["route_id"] == line).to_numpy()
    if service_day is not None:
        chosen = chosen & (trips["service_day"] == service_day).to_numpy()
    return timetable.departure_s[timetable.first[:-1][chosen]]


def waits(lines: Lines, at_s: int, draws: int, line: str = "r1") -> np.ndarray:
    """Seconds until the next departure, for each draw."""
    found = []
    for draw in range(draws):
        departs = starts(draw_timetable(lines, MONDAY, draw, draws), line, None)
        found.append(departs[departs >= at_s].min() - at_s)
    return np.array(found)


def test_a_timetable_keeps_the_contract(tmp_path: Path) -> None:
    lines = loaded(tmp_path, {"ref": "1", "interval": "20", "to": "End"}, {"interval": "30"})
    timetable = draw_timetable(lines, "2026-03-02")
    trips, calls = timetable.trips, len(timetable.stop)
    assert timetable.date == MONDAY
    assert timetable.first.tolist() == list(range(0, calls + 1, 3))
    assert len(timetable.first) == len(trips) + 1
    dtypes = ("int64", "int32", "int32", "int32", "bool", "bool")
    arrays = ("first", "stop", "arrival_s", "departure_s", "board", "alight")
    assert [str(getattr(timetable, name).dtype) for name in arrays] == list(dtypes)
    assert timetable.stop.reshape(-1, 3).tolist() == [[0, 1, 2]] * len(trips)
    ride = lines.calls[lines.calls["line_id"] == "r1"]["arrival_s"].to_numpy()
    arrivals = timetable.arrival_s.reshape(-1, 3)
    assert (arrivals - arrivals[:, :1] == ride).all()
    assert (timetable.departure_s >= timetable.arrival_s).all()
    assert not trips.duplicated(["trip_id", "service_day"]).any()
    assert set(trips["next_trip"]) == {-1}
    assert set(trips["mode"]) == {3}
    assert trips[trips["route_id"] == "r1"][
        ["line", "headsign"]
    ].drop_duplicates().to_numpy().tolist() == [["1", "End"]]
    assert list(timetable.stops.columns) == [
        *("stop_id", "name", "lon", "lat", "parent_station", "feed")
    ]
    assert len(timetable.transfers) == 0
    assert timetable.feeds["active_trips"].tolist() == [int((trips["service_day"] == 0).sum())]
    assert timetable.feeds["sha256"].tolist() == [lines.sha256]
    assert any("draw 1 of 12" in note for note in timetable.notes)
    assert set(lines.notes) < set(timetable.notes)


def test_a_headway_keeps_its_distance(tmp_path: Path) -> None:
    lines = loaded(tmp_path, {"interval": "20", "opening_hours": "06:00-22:00"})
    departs = starts(draw_timetable(lines, MONDAY))
    assert len(departs) == 48
    assert set(np.diff(departs)) == {1200}
    assert 6 * H <= departs[0] < 6 * H + 1200


def test_services_of_the_days_around(tmp_path: Path) -> None:
    lines = loaded(tmp_path, {"interval": "60", "opening_hours": "Fr 20:00-26:00; Sa 05:00-23:00"})
    saturday = draw_timetable(lines, FRIDAY + dt.timedelta(days=1))
    before = starts(saturday, service_day=-1)
    assert ((before + saturday.arrival_s[2] - saturday.arrival_s[0]) > 0).all()
    assert before.max() < 2 * H
    assert len(before) in (2, 3)
    friday = draw_timetable(lines, FRIDAY)
    after = starts(friday, service_day=1)
    assert after.min() >= 29 * H
    assert after.max() < HORIZON_S
    assert len(after) in (2, 3)
    late = starts(friday)
    assert (late.min() < 21 * H) & (24 * H < late.max() < 26 * H)
    # Friday night is the same service, seen from either day
    assert set(late[late >= 24 * H] - 24 * H) <= set(before.tolist())


def test_a_trip_that_is_under_way_at_midnight_is_there(tmp_path: Path) -> None:
    tags = {"interval": "30", "opening_hours": "20:00-24:00", "duration": "60"}
    timetable = draw_timetable(load_long(tmp_path, tags), MONDAY)
    under_way = starts(timetable, service_day=-1)
    assert len(under_way) == 2
    assert ((under_way > -H) & (under_way < 0)).all()


def test_a_day_without_service_is_an_error(tmp_path: Path) -> None:
    lines = loaded(tmp_path, {"opening_hours": "Mo-Fr 06:00-20:00"})
    with pytest.raises(FeedError, match=r"no line runs on 2026-03-08, a Sunday.*Monday, Tuesday"):
        draw_timetable(lines, SUNDAY)
    with pytest.raises(FeedError, match="no line runs"):
        draw_timetable(loaded(tmp_path, {"opening_hours": "off"}), MONDAY)


@pytest.mark.parametrize(
    ("date", "draw", "draws"),
    [("today", 0, 3), ("2026-03-02", 3, 3), ("2026-03-02", -1, 3), ("2026-03-02", 0, 0)],
)
def test_arguments_that_make_no_sense(tmp_path: Path, date: str, draw: int, draws: int) -> None:
    with pytest.raises(ProjectError):
        draw_timetable(loaded(tmp_path, {}), date, draw, draws)


def test_the_wait_is_spread_evenly_over_the_headway(tmp_path: Path) -> None:
    lines = loaded(tmp_path, {"interval": "20", "opening_hours": "06:00-22:00"})
    draws = 60
    for at_s in (6 * H, 8 * H, 12 * H + 17, 15 * H + 1199):
        wait = np.sort(waits(lines, at_s, draws))
        assert wait.mean() == pytest.approx(600, abs=20)
        # stratified: the k-th wait is within two strata of where an even spread puts it
        assert np.abs(wait - (np.arange(draws) + 0.5) * 1200 / draws).max() < 2 * 1200 / draws
    one_by_one = waits(lines, 8 * H, draws)
    assert 0.3 < (np.diff(one_by_one) > 0).mean() < 0.7  # neither rising nor falling with the draw


def test_waits_for_two_lines_are_independent(tmp_path: Path) -> None:
    tags = {"interval": "20", "opening_hours": "06:00-22:00"}
    lines = loaded(tmp_path, tags, tags)
    draws = 60
    one, other = (waits(lines, 8 * H, draws, line) for line in ("r1", "r2"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.3
    # the better of two lines every 20 minutes: a third of the headway on average
    assert np.minimum(one, other).mean() == pytest.approx(400, abs=50)


@given(st.text(max_size=10), st.integers(1, 50))
def test_phases_fill_every_stratum_once(line: str, draws: int) -> None:
    phases = [phase(line, draw, draws) for draw in range(draws)]
    assert sorted(int(one * draws) for one in phases) == list(range(draws))


def test_phases_are_the_same_for_ever() -> None:
    assert [round(phase("r1", draw, 4), 6) for draw in range(4)] == PHASES


def test_the_same_again_and_nothing_is_changed(tmp_path: Path) -> None:
    lines = loaded(tmp_path, {"interval": "20"}, {})
    before = [table.copy() for table in (lines.lines, lines.calls, lines.stops, lines.headways)]
    one, other = draw_timetable(lines, MONDAY, 2, 5), draw_timetable(lines, MONDAY, 2, 5)
    assert one.departure_s.tolist() == other.departure_s.tolist()
    assert one.trips.equals(other.trips)
    for table, same in zip(
        (lines.lines, lines.calls, lines.stops, lines.headways), before, strict=True
    ):
        pd.testing.assert_frame_equal(table, same)
    third = draw_timetable(lines, MONDAY, 3, 5)
    assert third.departure_s.tolist() != one.departure_s.tolist()
    assert third.stops.equals(one.stops)


def test_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    lines = loaded(tmp_path, {"interval": "20", "interval:conditional": "5 @ (Mo 08:00-09:00)"}, {})
    mixed = replace(
        lines,
        calls=lines.calls.sample(frac=1, random_state=1),
        headways=lines.headways.sample(frac=1, random_state=2),
    )
    one, other = draw_timetable(lines, MONDAY), draw_timetable(mixed, MONDAY)
    assert one.departure_s.tolist() == other.departure_s.tolist()
    assert one.stop.tolist() == other.stop.tolist()
    assert one.trips.equals(other.trips)


def test_gap_at_a_change_of_headway_lies_between_the_two() -> None:
    spans = np.array([[0, 3000, 600], [3000, 9000, 1500]])
    for part in np.linspace(0, 0.999, 37):
        gaps = np.diff(departures_s(spans, part))
        assert gaps.min() >= 599
        assert gaps.max() <= 1501


def test_short_service_has_one_departure_at_any_time_in_it() -> None:
    spans = np.array([[7200, 9000, 3600], [36000, 37800, 3600]])
    assert departures_s(spans, 0.0).tolist() == [7200, 36000]
    assert departures_s(spans, 0.5).tolist() == [8100, 36900]


SPANS = st.lists(
    st.tuples(st.integers(0, 7200), st.integers(60, 20000), st.integers(30, 9000)),
    min_size=1,
    max_size=6,
)


@given(SPANS, st.floats(0, 1, exclude_max=True))
def test_departures_lie_in_service_and_are_as_many_as_the_headways(
    parts: list[tuple[int, int, int]], part: float
) -> None:
    spans, at = [], 0
    for pause, length, headway in parts:
        spans.append((at + pause, at + pause + length, headway))
        at += pause + length
    departs = departures_s(np.array(spans), part)
    assert (np.diff(departs) >= 0).all()
    inside = [any(start <= one < end for start, end, _ in spans) for one in departs.tolist()]
    assert all(inside)
    expected = sum((end - start) / headway for start, end, headway in spans)
    assert abs(len(departs) - expected) <= len(spans)


def test_travel_times_over_draws(tmp_path: Path) -> None:
    """Door to door: the median over draws and minutes is walk + half the headway + ride."""
    nodes = along(0, 1, 2, 3, 4, 5)
    road = {1: (list(nodes), {"highway": "residential"})}
    tags = bus(interval="20", duration="10", opening_hours="05:00-23:00")
    path = save(tmp_path, osm(nodes, {1: (stops("n1", "n6"), tags)}, road))
    lines, streets = load_lines(path), load_streets(path)
    ends = [shapely.Point(0.0, 0.0), shapely.Point(0.05, 0.0)]
    sites = gpd.GeoDataFrame({"site_id": ["a"]}, geometry=ends[:1], crs=4326)
    practices = gpd.GeoDataFrame({"practice_id": ["p"]}, geometry=ends[1:], crs=4326)
    medians, tenths = [], []
    for draw in range(DRAWS):
        network = build_network(streets, draw_timetable(lines, MONDAY, draw), Traveller())
        times = travel_times(sites, practices, network, window=("08:00", "10:00"))
        medians.append(times["minutes_p50"].item())
        tenths.append(times["minutes_p10"].item())
    assert np.mean(medians) == pytest.approx(20, abs=0.6)
    assert np.mean(tenths) == pytest.approx(12, abs=0.6)


def test_newport_on_a_tuesday_and_a_sunday(shared: Path) -> None:
    lines = load_lines(shared / "newport_uk" / "newport-2023-06-13.osm.pbf")
    tuesday, sunday = (draw_timetable(lines, date) for date in ("2023-06-13", "2023-06-18"))
    # line 27 (Mo-Fr 06:15-19:04, 30 minutes by day) and 28 do not run on Sunday, as their opening_hours say
    assert 24 <= len(starts(tuesday, "r10129664")) <= 27
    assert len(starts(sunday, "r10129664")) == 0
    assert set(sunday.trips[sunday.trips["service_day"] == 0]["mode"]) == {2, 3}
    network = build_network(
        load_streets(shared / "newport_uk" / "newport-2023-06-13.osm.pbf"), tuesday
    )
    assert network is not None
