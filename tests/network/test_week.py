"""The networks of a week are those of its dates, each made once; what a feed does not know is taken from near by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import geoaccess as ga
from geoaccess.errors import FeedError, InputError, ProjectError
from geoaccess.load.gtfs import load_timetable, load_week
from geoaccess.load.osm import load_streets
from geoaccess.load.streets import Streets, box_of
from geoaccess.load.timetable import days_of_week
from geoaccess.load.vans import Van, VanStop
from geoaccess.network.network import Network, build_network
from geoaccess.network.week import build_week
from geoaccess.route.matrix import travel_times
from tests.load.gtfs.feeds import small_feed, write_feed
from tests.load.lines.test_draw import loaded as loaded_lines
from tests.network.test_store import assert_same
from tests.worlds import examples, make_streets, points

TUESDAY = dt.date(2026, 11, 24)
WEEK = days_of_week(TUESDAY)
MO, TU, WE, TH, FR, SA, SU = range(7)
SITES = points(((4.3501, 52.0), (4.3601, 52.0)), "site_id")
PRACTICES = points(((4.3799, 52.0),), "practice_id")


def street() -> Streets:
    """A street past the four stops of the small feed."""
    nodes = [(4.34 + 0.01 * k, 52.0) for k in range(6)]
    return make_streets(nodes, [(k, k + 1, 68_500, 0, 15) for k in range(5)])


def feed(folder: Path, services: Mapping[str, Sequence[dt.date]], *trips: tuple[str, int]) -> Path:
    """Feed whose services run on certain dates, with a trip of 8 minutes for each (service, first second)."""
    rows, calls = [], []
    for number, (service, start_s) in enumerate(trips):
        rows.append(f"R,{service},T{number},Dweg")
        for place, stop in enumerate("ABCD"):
            second = start_s + 160 * place
            clock = f"{second // 3600}:{second // 60 % 60:02d}:{second % 60:02d}"
            calls.append(f"T{number},{clock},{clock},{stop},{place}")
    dates = [f"{name},{day:%Y%m%d},1" for name, days in services.items() for day in days]
    return write_feed(
        folder / "feed.zip",
        small_feed(
            calendar=None,
            calendar_dates="\n".join(["service_id,date,exception_type", *dates]),
            trips="\n".join(["route_id,service_id,trip_id,trip_headsign", *rows]),
            stop_times="\n".join(
                ["trip_id,arrival_time,departure_time,stop_id,stop_sequence", *calls]
            ),
        ),
    )


def weekly(folder: Path, **calendar: str) -> Path:
    """Feed with a service for Monday to Friday at 8:00, and one at 9:00 as ``calendar`` says."""
    header = (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
    )
    rows = [f"{name},{flags}" for name, flags in calendar.items()]
    return write_feed(
        folder / "weekly.zip",
        small_feed(
            calendar="\n".join([header, *rows]),
            trips="route_id,service_id,trip_id,trip_headsign\nR,one,T1,Dweg\nR,two,T2,Dweg\n",
        ),
    )


def groups(week: Sequence[Network]) -> list[int]:
    """Which days share a network: the first day with the same one."""
    return [next(k for k, other in enumerate(week) if other is network) for network in week]


def rides(network: Network) -> int:
    """Trips of the day itself."""
    timetable = network.timetable
    return 0 if timetable is None else int((timetable.trips["service_day"] == 0).sum())


def assert_law(week: Sequence[Network], day: dt.date, alone: Network) -> None:
    """The network of a day is what would be built for that date alone."""
    network = week[day.weekday()]
    assert len(network.transits) == len(alone.transits)
    for ours, theirs in zip(network.transits, alone.transits, strict=True):
        for name in ("stops", "transfers", "on_foot_s", "rides", "cycle_stops"):
            assert_same(getattr(ours, name), getattr(theirs, name), name)
        for name in ("stops", "trips", "transfers"):
            assert_same(getattr(ours.timetable, name), getattr(theirs.timetable, name), name)
    for window in (("00:00", "02:00"), ("07:30", "10:00"), ("23:00", "26:00")):
        assert_frame_equal(
            *(
                travel_times(SITES, PRACTICES, one, window=window, percentiles=(10, 50))
                for one in (network, alone)
            )
        )


def test_working_days_saturday_and_sunday(tmp_path: Path) -> None:
    gtfs = weekly(
        tmp_path, one="1,1,1,1,1,0,0,20260101,20261231", two="0,0,0,0,0,1,0,20260101,20261231"
    )
    week = build_week(street(), gtfs, "2026-11-26")
    assert groups(week) == [0, 0, 0, 0, 0, SA, SU]
    assert [rides(network) for network in week] == [1, 1, 1, 1, 1, 1, 0]
    assert week[TH].timetable
    assert week[TH].timetable.date == dt.date(
        2026, 11, 26
    )  # the date asked for stands for its like
    assert len({id(network.streets) for network in week}) == 1
    assert len({id(network.graph) for network in week}) == 1
    for day in WEEK[:6]:
        assert_law(week, day, build_network(street(), load_timetable(gtfs, day)))
    assert any("no trip runs on Sunday 2026-11-29" in note for note in week[MO].notes)
    assert all(network.notes[-1] == week[MO].notes[-1] for network in week)
    assert ga.build_week is build_week


def test_a_holiday_is_what_the_feed_says_of_it(tmp_path: Path) -> None:
    sundays = "sunday,0,0,0,0,0,0,1,20260101,20261231"
    files = small_feed(
        calendar="service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        f"daily,1,1,1,1,1,1,0,20260101,20261231\n{sundays}\n",
        calendar_dates="service_id,date,exception_type\ndaily,20260406,2\nsunday,20260406,1\n",
        trips="route_id,service_id,trip_id,trip_headsign\nR,daily,T1,Dweg\nR,sunday,T2,Dweg\n",
    )
    gtfs = write_feed(tmp_path / "a.zip", files)
    week = build_week(street(), gtfs, "2026-04-09")  # the Thursday after Easter Monday
    assert groups(week) == [0, 1, 1, 1, 1, 1, 0]
    assert week[MO].timetable
    assert week[MO].timetable.trips["trip_id"].tolist() == ["T2"]


def test_a_ride_of_friday_night_is_in_the_network_of_saturday(tmp_path: Path) -> None:
    gtfs = feed(tmp_path, {"fri": [WEEK[FR]], "all": WEEK}, ("fri", 24 * 3600 - 60), ("all", 43200))
    week = build_week(street(), gtfs, TUESDAY)
    assert groups(week) == [0, 0, 0, 0, FR, SA, 0]
    for day in WEEK:
        assert_law(week, day, build_network(street(), load_timetable(gtfs, day)))
    assert week[SA].timetable
    assert week[SA].timetable.trips["service_day"].tolist() == [-1, 0]


def test_a_feed_of_three_days(tmp_path: Path) -> None:
    gtfs = feed(tmp_path, {"s": WEEK[TU : TH + 1]}, ("s", 8 * 3600), ("s", 9 * 3600))
    week = build_week(street(), gtfs, WEEK[WE])
    assert [rides(network) for network in week] == [2, 2, 2, 2, 2, 0, 0]
    assert groups(week) == [0, 0, 0, 0, 0, SA, SA]
    (note,) = [note for note in week[TU].notes if "covers" in note]
    assert "covers 2026-11-24 to 2026-11-26" in note
    for said in (
        "Monday 2026-11-23 is as Tuesday 2026-11-24",
        "Friday 2026-11-27 is as Thursday 2026-11-26",
        "Saturday 2026-11-28 has no rides",
        "Sunday 2026-11-29 has no rides",
    ):
        assert said in note
    assert "Wednesday" not in note
    with pytest.raises(FeedError, match="covers 2026-11-24 to 2026-11-26, which 2026-11-23"):
        build_week(street(), gtfs, WEEK[MO])


def test_the_same_weekday_of_the_nearest_week_stands_in(tmp_path: Path) -> None:
    dates = [WEEK[WE] - dt.timedelta(days=k) for k in range(8)]  # Wednesday to Wednesday
    saturdays = [day for day in dates if day.weekday() == SA]
    others = [day for day in dates if day.weekday() != SA]
    gtfs = feed(tmp_path, {"s": saturdays, "o": others}, ("s", 30000), ("o", 40000), ("o", 41000))
    week = build_week(street(), gtfs, WEEK[TU])
    assert [rides(network) for network in week] == [2, 2, 2, 2, 2, 1, 2]
    (note,) = [note for note in week[TU].notes if "covers" in note]
    assert "Saturday 2026-11-28 is as Saturday 2026-11-21" in note
    assert "Thursday 2026-11-26 is as Thursday 2026-11-19" in note
    stand_in = build_network(street(), load_timetable(gtfs, "2026-11-21"))
    assert_law(week, WEEK[SA], stand_in)


def test_each_of_several_feeds_has_its_own_dates(tmp_path: Path) -> None:
    short = feed(tmp_path / "a", {"s": WEEK[TU : FR + 1]}, ("s", 8 * 3600))
    long = feed(tmp_path / "b", {"s": WEEK}, ("s", 9 * 3600))
    week = build_week(street(), [short, long], TUESDAY)
    assert [rides(network) for network in week] == [2, 2, 2, 2, 2, 1, 1]
    assert groups(week) == [0, 0, 0, 0, 0, SA, SA]
    assert_law(week, WEEK[WE], build_network(street(), load_timetable([short, long], WEEK[WE])))
    assert sum("covers" in note for note in week[TU].notes) == 1
    # the day before the short feed begins has the rides of the day after, with their own tails
    assert week[MO].timetable
    assert week[MO].timetable.trips["feed"].tolist() == ["feed", "feed-2"]


def test_a_day_of_the_week_must_have_service(tmp_path: Path) -> None:
    around = [WEEK[MO] + dt.timedelta(days=days) for days in (-7, 7)]
    later = feed(tmp_path, {"s": around}, ("s", 0))
    with pytest.raises(FeedError, match="no trip runs on 2026-11-24"):
        build_week(street(), later, WEEK[TU])
    gtfs = feed(tmp_path, {"s": [WEEK[MO], WEEK[WE]]}, ("s", 8 * 3600))
    week = build_week(street(), gtfs, WEEK[TU])
    assert [rides(network) for network in week] == [1, 0, 1, 1, 1, 0, 0]
    assert any("no trip runs on Tuesday 2026-11-24" in note for note in week[MO].notes)
    week = build_week(street(), gtfs, WEEK[WE])
    assert [rides(network) for network in week] == [1, 0, 1, 1, 1, 0, 0]
    assert any("no trip runs on Tuesday 2026-11-24" in note for note in week[MO].notes)


def test_a_day_whose_trips_are_all_broken_is_no_error_of_another_date(tmp_path: Path) -> None:
    gtfs = feed(tmp_path, {"s": WEEK[:SU], "b": WEEK[SU:]}, ("s", 8 * 3600), ("b", 9 * 3600))
    files = {"b": "T1,9:00:00,9:00:00,A,0\n"}
    text = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    text += "T0,8:00:00,8:00:00,A,0\nT0,8:09:00,8:09:00,D,1\n" + files["b"]
    broken = write_feed(tmp_path / "b.zip", _read(gtfs) | {"stop_times.txt": text.encode()})
    week = build_week(street(), broken, TUESDAY)
    assert [rides(network) for network in week] == [1] * 6 + [0]
    with pytest.raises(FeedError, match="no trip on 2026-11-29 can be ridden"):
        build_week(street(), broken, WEEK[SU])


def _read(gtfs: Path) -> dict[str, bytes]:
    import zipfile

    with zipfile.ZipFile(gtfs) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_trips_of_another_name_are_not_shared(tmp_path: Path) -> None:
    gtfs = feed(tmp_path, {"a": WEEK[:TH], "b": WEEK[TH:]}, ("a", 9 * 3600), ("b", 9 * 3600))
    week = build_week(street(), gtfs, TUESDAY)
    assert groups(week) == [0, 0, 0, TH, TH, TH, TH]


def test_each_day_reports_what_is_wrong_with_its_own_trips(tmp_path: Path) -> None:
    gtfs = feed(tmp_path, {"s": WEEK[:SA], "b": WEEK[SA:]}, ("s", 8 * 3600), ("b", 9 * 3600))
    text = _read(gtfs)["stop_times.txt"].decode()
    text = text.replace("T1,9:02:40,9:02:40,B,1", "T1,9:02:40,9:02:40,nowhere,1")
    text = text.replace("stop_sequence\n", "stop_sequence,pickup_type\n").replace(",D,3", ",D,3,9")
    odd = write_feed(tmp_path / "odd.zip", _read(gtfs) | {"stop_times.txt": text.encode()})
    found = load_week(odd, TUESDAY)
    for day in (WEEK[TU], WEEK[SA]):
        timetable, alone = found.timetables[day.weekday()], load_timetable(odd, day)
        assert timetable.notes == alone.notes
        assert_frame_equal(timetable.feeds, alone.feeds)
    assert not any("nowhere" in note for note in found.timetables[TU].notes)
    assert any("nowhere" in note for note in found.timetables[SA].notes)


def test_vans_run_on_their_days() -> None:
    places = (VanStop(0, 4.35, 52.0), VanStop(9, 4.38, 52.0))
    vans = [Van("v", places, ["12:15"], "Mo-Fr"), Van("w", places, ["25:00"], "Fr")]
    week = build_week(street(), None, "2026-11-25", vans=vans)
    assert groups(week) == [0, 0, 0, 0, FR, SA, SU]
    assert [rides(network) for network in week] == [1, 1, 1, 1, 2, 0, 0]
    assert week[SA].timetable
    assert week[SA].timetable.trips["trip_id"].tolist() == ["w@25:00"]
    for day in WEEK:
        assert_law(week, day, build_network(street(), None, vans=vans, date=day))
    with pytest.raises(ProjectError, match="need the date"):
        build_week(street(), None, vans=vans)


def test_vans_beside_a_feed(tmp_path: Path) -> None:
    gtfs = feed(tmp_path, {"s": WEEK}, ("s", 8 * 3600))
    van = Van("v", (VanStop(0, 4.35, 52.0), VanStop(9, 4.38, 52.0)), ["12:15"], "Sa")
    week = build_week(street(), gtfs, TUESDAY, vans=[van])
    assert groups(week) == [0, 0, 0, 0, 0, SA, 0]
    for day in WEEK:
        alone = build_network(street(), load_timetable(gtfs, day), vans=[van])
        assert_law(week, day, alone)


def test_lines_run_in_their_hours_and_are_drawn_alike(tmp_path: Path) -> None:
    hours = {"opening_hours": "Mo-Fr 06:00-20:00; Sa 22:00-25:00", "interval": "30"}
    lines = loaded_lines(tmp_path, hours, {"opening_hours": "Mo-Sa 09:00-12:00"})
    streets = make_streets([(0.0, 0.0), (0.04, 0.0)], [(0, 1, 444_780, 0, 15)])
    week = build_week(streets, None, "2026-03-04", lines=lines, draws=3)
    # Friday has the first rides of Saturday ahead, unlike Thursday those of Friday, and Sunday the last of Saturday
    assert groups(week) == [0, 0, 0, 0, FR, SA, SU]
    assert week[SU].timetable
    assert set(week[SU].timetable.trips["service_day"]) == {-1, 1}
    assert any("no line runs on Sunday 2026-03-08" in note for note in week[MO].notes)
    for day in days_of_week(dt.date(2026, 3, 4))[:6]:
        alone = build_network(streets, None, lines=lines, date=day, draws=3)
        network = week[day.weekday()]
        assert len(network.transits) == 3
        for ours, theirs in zip(network.transits, alone.transits, strict=True):
            assert_same(ours.rides, theirs.rides)
            assert_same(ours.timetable.trips, theirs.timetable.trips)
    with pytest.raises(FeedError, match="no line runs on 2026-03-08"):
        build_week(streets, None, "2026-03-08", lines=lines)


def test_walking_is_the_same_on_all_days_and_needs_no_date() -> None:
    week = build_week(street(), None)
    assert groups(week) == [0] * 7
    assert not week[0].transits
    monday = days_of_week(dt.date.today())[0]
    assert f"the reference week is that of today, Monday {monday} to" in week[0].notes[-1]
    dated = build_week(street(), None, TUESDAY)
    assert groups(dated) == [0] * 7
    assert not any("today" in note for note in dated[0].notes)


def test_dates_that_are_missing_or_wrong(tmp_path: Path) -> None:
    gtfs = feed(tmp_path, {"s": WEEK}, ("s", 8 * 3600))
    with pytest.raises(ProjectError, match="a timetable needs the date"):
        build_week(street(), gtfs)
    with pytest.raises(InputError, match="is no date"):
        build_week(street(), gtfs, "24-11-2026")


def test_stop_times_are_read_once_for_the_whole_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geoaccess.load.gtfs import days

    read, times = days.read_calls, []
    monkeypatch.setattr(days, "read_calls", lambda *args: times.append(args) or read(*args))
    gtfs = feed(tmp_path, {f"s{k}": [day] for k, day in enumerate(WEEK)}, *WEEKLONG)
    found = load_week(gtfs, TUESDAY)
    assert len({id(one) for one in found.timetables}) == 7
    assert len(times) == 1


WEEKLONG = [(f"s{k}", 3600 * (8 + k)) for k in range(7)]

seconds = st.integers(0, 31 * 60).map(lambda minutes: 60 * minutes)
mondays = st.sampled_from([dt.date(2026, 11, 23), dt.date(2026, 10, 19), dt.date(2026, 3, 23)])


@examples(25)
@given(
    mondays,
    st.lists(st.sets(st.integers(-2, 8), min_size=1), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), seconds), min_size=1, max_size=6, unique=True),
    st.integers(0, 6),
)
def test_any_day_of_any_week_is_that_date_alone(
    monday: dt.date,
    runs: list[set[int]],
    starts: list[tuple[int, int]],
    asked: int,
) -> None:
    services = {
        f"s{k}": [monday + dt.timedelta(days=n) for n in sorted(days)]
        for k, days in enumerate(runs)
    }
    trips = [(f"s{k % len(runs)}", start_s) for k, start_s in starts]
    with TemporaryDirectory() as folder:
        gtfs = feed(Path(folder), services, *trips)
        dates = days_of_week(monday)
        near = box_of(street())
        alone: dict[dt.date, Network] = {}
        for day in dates:
            try:
                alone[day] = build_network(street(), load_timetable(gtfs, day, near=near))
            except FeedError:
                continue
        used = [day for service, _ in trips for day in services[service]]
        if dates[asked] not in alone and not (alone and min(used) <= dates[asked] <= max(used)):
            with pytest.raises(FeedError):
                build_week(street(), gtfs, dates[asked])
            return
        week = build_week(street(), gtfs, dates[asked])
    for day, network in alone.items():
        assert_law(week, day, network)
    # nothing is made twice
    keys = {
        id(network): [transit.rides.patterns.departure_s.tolist() for transit in network.transits]
        + [network.timetable.trips["trip_id"].tolist() if network.timetable else []]
        for network in week
    }
    assert len({str(key) for key in keys.values()}) == len(keys)
    if dates[asked] not in alone:
        assert rides(week[asked]) == 0
        return
    assert week[asked].timetable
    assert week[asked].timetable.date == dates[asked]


@pytest.mark.shared
def test_a_real_week(shared: Path) -> None:
    folder = shared / "poa_brazil"
    feeds = [folder / "poa_eptc.zip", folder / "poa_trensurb.zip"]
    streets = load_streets(folder / "poa_osm.pbf")
    week = build_week(streets, feeds, "2019-05-13")
    assert groups(week) == [0, 0, 0, 0, 4, 5, 6]
    for day in (FR, SU):
        date = days_of_week(dt.date(2019, 5, 13))[day]
        alone = build_network(streets, load_timetable(feeds, date, near=box_of(streets)))
        for name in ("stops", "transfers", "on_foot_s", "rides"):
            assert_same(getattr(week[day].transits[0], name), getattr(alone.transits[0], name))
