"""Rides of several sources as one timetable: every trip is there, and nothing points to another's stops."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from geoaccess.errors import FeedError, ProjectError
from geoaccess.load.joined import join_timetables, possible_timetables
from geoaccess.load.lines.draw import draw_timetable
from geoaccess.load.timetable import Timetable
from geoaccess.load.vans import Van, VanStop, van_timetable
from tests.load.lines.osm_text import along, bus, loaded, stops
from tests.worlds import Trip, World, examples, make_timetable, worlds

TUESDAY = dt.date(2026, 11, 24)
VAN_STOPS = (VanStop(0, 4.30, 52.05, "Camp"), VanStop(12, 4.35, 52.07, "GP"))


def described(timetable: Timetable) -> list[tuple[object, ...]]:
    """Every trip by its names and the ids of its stops, and the id of the trip it goes on as."""
    t = timetable
    ids = t.stops["stop_id"].to_numpy()
    names = t.trips["trip_id"].tolist()
    found = []
    for k, row in enumerate(t.trips.to_dict("records")):
        a, b = t.first[k : k + 2]
        onward = names[row["next_trip"]] if row["next_trip"] >= 0 else None
        times = [column[a:b].tolist() for column in (t.arrival_s, t.departure_s, t.board, t.alight)]
        found.append((row["trip_id"], row["service_day"], onward, *ids[t.stop[a:b]], *times))
    return found


def rules(timetable: Timetable) -> list[tuple[object, ...]]:
    ids = timetable.stops["stop_id"].to_numpy()
    table = timetable.transfers
    named = table.assign(from_stop=ids[table["from_stop"]], to_stop=ids[table["to_stop"]])
    return list(named.itertuples(index=False, name=None))


@given(worlds, worlds)
@examples(60)
def test_joining_keeps_every_trip_and_rule(one: World, other: World) -> None:
    parts = [world.timetable for world in (one, other) if world.timetable is not None]
    if not parts:
        return
    before = [(described(part), rules(part)) for part in parts]
    joined = join_timetables(parts)
    assert described(joined) == [trip for trips, _ in before for trip in trips]
    assert rules(joined) == [rule for _, own in before for rule in own]
    assert [(described(part), rules(part)) for part in parts] == before
    assert joined.first.dtype == np.int64
    assert (joined.stop.dtype, joined.arrival_s.dtype) == (np.int32, np.int32)


def test_one_timetable_is_itself() -> None:
    one = van_timetable([Van("a", VAN_STOPS, ["08:00"])], TUESDAY)
    assert join_timetables([one]) is one


def test_columns_that_one_lacks_and_notes_of_all() -> None:
    both = (True, True)
    trip = Trip((0, 1), (0, 60), (0, 60), "t", "r", both, both)
    feed = replace(make_timetable([(4.3, 52.0), (4.4, 52.0)], [trip]), notes=("a", "same"))
    van = replace(van_timetable([Van("v", VAN_STOPS, ["08:00"], "Tu")], TUESDAY), notes=("same",))
    joined = join_timetables([feed, van])
    assert joined.trips["on_demand"].tolist() == [False, False]
    assert "headway_s" not in joined.trips
    assert joined.notes == ("a", "same")
    assert joined.trips["mode"].tolist() == [3, 711]
    assert len(joined.feeds) == 1


def test_dates_that_differ_are_refused() -> None:
    van = Van("v", VAN_STOPS, ["08:00"])
    with pytest.raises(ProjectError, match="one date"):
        join_timetables(
            [van_timetable([van], TUESDAY), van_timetable([van], dt.date(2026, 11, 25))]
        )
    with pytest.raises(ProjectError, match="none"):
        join_timetables([])


def test_draws_are_the_lines_beside_everything_else(tmp_path: Path) -> None:
    lines = loaded(tmp_path, along(0, 1, 3), {5: (stops("n1", "n2", "n3"), bus(interval="20"))})
    van = Van("v", VAN_STOPS, ["08:00"], "Tu")
    feed = draw_timetable(lines, TUESDAY, 3, 5)  # any timetable will do
    made = possible_timetables(feed, lines, [van], draws=5)
    assert len(made) == 5
    fixed = len(feed.trips) + 1
    for draw, one in enumerate(made):
        own = draw_timetable(lines, TUESDAY, draw, 5)
        assert described(one)[: fixed - 1] == described(feed)
        assert described(one)[fixed:] == described(own)
        assert one.trips["headway_s"].tolist()[fixed - 1] == 0
        assert set(one.trips["headway_s"].tolist()[fixed:]) == {1200}
        # what is the same is one and the same object: it is stored once
        assert one.stops is made[0].stops
        assert one.transfers is made[0].transfers
    starts = [one.departure_s[one.first[fixed]] for one in made]
    assert len(set(starts)) == 5
    assert sum("5 possible timetables are drawn" in note for note in made[0].notes) == 1
    assert not any("draw 1 of" in note for note in made[0].notes[len(feed.notes) :])
    pd.testing.assert_frame_equal(feed.stops, made[0].stops.iloc[: len(feed.stops)])


def test_headways_change_with_the_hour(tmp_path: Path) -> None:
    tags = bus({"interval": "20", "interval:conditional": "5 @ (07:00-09:00)"})
    lines = loaded(tmp_path, along(0, 1, 3), {5: (stops("n1", "n2", "n3"), tags)})
    timetable = draw_timetable(lines, TUESDAY, 0, 4)
    today = timetable.trips["service_day"].to_numpy() == 0
    start = timetable.departure_s[timetable.first[:-1]][today]
    peak = (start >= 7 * 3600) & (start < 9 * 3600)
    assert set(timetable.trips["headway_s"][today][peak]) == {300}
    assert set(timetable.trips["headway_s"][today][~peak]) == {1200}


def test_nothing_to_ride_needs_no_date() -> None:
    assert possible_timetables(None) == ()
    assert possible_timetables(None, date="2026-11-24") == ()


def test_dates_that_are_missing_or_wrong(tmp_path: Path) -> None:
    van = Van("v", VAN_STOPS, ["08:00"])
    lines = loaded(
        tmp_path, along(0, 1), {5: (stops("n1", "n2"), bus(opening_hours="Mo-Fr 06:00-20:00"))}
    )
    for more in ({"vans": [van]}, {"lines": lines}):
        with pytest.raises(ProjectError, match="need the date"):
            possible_timetables(None, **more)
    with pytest.raises(ProjectError, match="is no date"):
        possible_timetables(None, vans=[van], date="24-11-2026")
    feed = van_timetable([van], TUESDAY)
    with pytest.raises(ProjectError, match="is not the date of the timetable, 2026-11-24"):
        possible_timetables(feed, vans=[van], date="2026-11-25")
    (joined,) = possible_timetables(feed, vans=[van], date="2026-11-24")
    assert len(joined.trips) == 2 * len(feed.trips)
    with pytest.raises(FeedError, match="no line runs on 2026-11-22"):
        possible_timetables(None, lines, date="2026-11-22")
    with pytest.raises(ProjectError, match="draws must be"):
        possible_timetables(None, lines, date="2026-11-24", draws=0)
