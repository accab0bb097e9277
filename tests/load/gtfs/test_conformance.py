"""Every feed of the conformance set either loads as written here, or fails as written here; none crashes."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoaccess.errors import FeedError
from geoaccess.load.gtfs import load_timetable, read_feed_report

#: a Saturday on which both services of most feeds run
DATE = "2010-06-05"

HEADWAY = "3 trips known by headway only"
SEATED = "2 trips followed by another trip"
PHONE = "stop times where one must phone ahead"
SHORT = "with too few cells filled up with blanks"

#: feed -> (trips, stop times, what the notes say, each of them in one note)
LOADS: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "bad_eol.zip": (156, 648, (HEADWAY, SEATED, PHONE)),
    "bad_utf8": (
        *(156, 648),
        (
            *("2 lines of agency.txt", "1 line of routes.txt", "1 line of stops.txt"),
            *("1 line of trips.txt", "1 line of stop_times.txt", HEADWAY, SEATED, PHONE),
        ),
    ),
    "contains_null": (
        *(156, 648),
        ("1 NUL byte taken out of stops.txt", SHORT, SHORT, SHORT, SHORT, HEADWAY, SEATED, PHONE),
    ),
    "duplicate_schedule_id": (156, 648, ("WE", HEADWAY, SEATED, PHONE)),
    "duplicate_stop": (156, 648, (SHORT, SHORT, SHORT, SHORT, HEADWAY, SEATED)),
    "duplicate_stop_sequence": (2, 10, ("put in order of time: CITY1", PHONE)),
    "empty_file": (156, 648, ("no time zone is given", SHORT, SHORT, SHORT, HEADWAY, SEATED)),
    "extra_row_cells": (156, 648, ("cut from 1 row of routes.txt", HEADWAY, SEATED)),
    "filter_unusual_trips": (176, 748, (HEADWAY, SEATED)),
    "flatten_feed": (
        *(16, 50),
        ("without stop times dropped: route_8_2", "two usable stops dropped: route_5_1, route_5_2"),
    ),
    "good_feed": (156, 648, (HEADWAY, SEATED, PHONE)),
    "good_feed.zip": (156, 648, (HEADWAY, SEATED, PHONE)),
    "googletransit": (156, 648, ("lies in the folder good_feed", HEADWAY, SEATED, PHONE)),
    "invalid_agency_ids": (14, 40, (SEATED,)),
    "invalid_route_agency": (14, 40, ("of an agency that agency.txt lacks", SEATED)),
    "missing_agency": (156, 648, ("no time zone is given", "1 row of trips.txt", HEADWAY)),
    "missing_column": (156, 648, (SHORT, SHORT, SHORT, HEADWAY, SEATED)),
    "missing_departure_time": (2, 8, ()),
    "missing_endpoint_times": (
        *(154, 644),
        ("first or last time is blank dropped: AB2, BFC2", HEADWAY, "1 trip followed by", PHONE),
    ),
    "missing_row_cells": (156, 648, ("1 row of routes.txt", HEADWAY, SEATED, PHONE)),
    "negative_stop_sequence": (156, 648, ("1 stop_sequence below 0", HEADWAY, SEATED)),
    "only_calendar_dates": (140, 592, (HEADWAY, SEATED)),
    "repeated_route_name": (156, 648, (HEADWAY, SEATED)),
    "same_short_long_name": (156, 648, (HEADWAY, SEATED)),
    "undefined_stop": (
        *(156, 648),
        ("1 stop time at stops that stops.txt lacks dropped: NADAR", HEADWAY, SEATED),
    ),
    "unknown_file": (14, 40, ("not read: frecuencias.txt", SEATED, PHONE)),
    "unrecognized_columns": (156, 648, (HEADWAY, SEATED)),
    "unused_stop": (156, 648, (HEADWAY, SEATED)),
    "utf16": (
        *(156, 648),
        (*["is in UTF-16"] * 8, SHORT, SHORT, SHORT, SHORT, HEADWAY, SEATED, PHONE),
    ),
    "utf8bom": (156, 648, (HEADWAY, SEATED)),
}
#: dates of feeds that do not cover DATE
DATES = {"only_calendar_dates": "2007-06-04"}

#: feed -> what each fault says
FAILS: dict[str, tuple[str, ...]] = {
    "au-sydney-entrances": (
        "routes.txt: is missing",
        "trips.txt: is missing",
        "stop_times.txt: is missing",
        "both missing, no day of service is known",
    ),
    "bad_date_format": (
        "calendar.txt, row 2, column 'start_date', value '2007.01.01': is no date -> write it as YYYYMMDD",
        "calendar_dates.txt, row 2, column 'date', value '2007-06-04': is no date -> write it as YYYYMMDD",
    ),
    "missing_calendar": ("both missing, no day of service is known",),
    "missing_routes": ("routes.txt: is missing",),
    "missing_stop_times": ("stop_times.txt: is missing",),
    "missing_stops": ("stops.txt: is missing",),
    "missing_trips": ("trips.txt: is missing",),
    "missing_weekday_column": ("calendar.txt, row 1, column 'thursday': the column is missing",),
    "one_line.kml": ("is no zip that can be opened",),
    "one_stop.kml": ("is no zip that can be opened",),
    "unknown_format.zip": ("is no zip that can be opened",),
    "upgrade_translations": ("holds 2 feeds: new-feed, old-feed",),
}

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def feeds(shared: Path) -> Path:
    return shared / "gtfs_conformance" / "data"


def test_every_feed_of_the_set_is_in_the_tables(feeds: Path) -> None:
    assert sorted(path.name for path in feeds.iterdir()) == sorted([*LOADS, *FAILS])


@pytest.mark.parametrize("name", LOADS)
def test_feeds_that_load(feeds: Path, name: str) -> None:
    trips, stop_times, said = LOADS[name]
    timetable = load_timetable(feeds / name, DATES.get(name, DATE))
    assert (len(timetable.trips), len(timetable.stop)) == (trips, stop_times)
    notes = list(timetable.notes)
    for text in said:
        note = next((note for note in notes if text in note), None)
        assert note is not None, f"{text!r} is not said in {notes}"
        notes.remove(note)
    assert notes == []
    assert len(read_feed_report(feeds / name)) == 1


@pytest.mark.parametrize("name", FAILS)
def test_feeds_that_fail(feeds: Path, name: str) -> None:
    with pytest.raises(FeedError) as caught:
        load_timetable(feeds / name, DATE)
    assert len(caught.value.faults) == len(FAILS[name])
    for fault, text in zip(caught.value.faults, FAILS[name], strict=True):
        assert text in str(fault)
    with pytest.raises(FeedError):
        read_feed_report(feeds / name)


@pytest.mark.parametrize(
    "name", sorted(set(LOADS) - {"missing_departure_time"} - {"duplicate_stop_sequence"})
)
def test_no_feed_loads_outside_its_range(feeds: Path, name: str) -> None:
    with pytest.raises(FeedError, match=r"the feed covers 200\d-\d\d-\d\d to 20\d\d-\d\d-\d\d"):
        load_timetable(feeds / name, "2031-01-01")
