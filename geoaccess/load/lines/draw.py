"""Lines with headways to a timetable: one of those that are possible, as the phase of a line is not known.

Each line has a phase in [0, 1) of its headway. Over all draws the phases of one line fall in as many equal strata, one
in each (a Latin hypercube: strata in an order of its own for each line, so that the phases of two lines that one may
change between are independent). What travellers experience is the percentile over draws and departure minutes
together; over the draws alone the wait at any minute is spread evenly over the headway.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geoaccess.errors import Fault, FeedError, ProjectError
from geoaccess.load.gtfs.report import modes_text, report_table
from geoaccess.load.lines.defaults import DAY_LENGTH_S
from geoaccess.load.lines.lines import Lines
from geoaccess.load.osm import OSM_ENDINGS
from geoaccess.load.phrases import WEEKDAYS, counted
from geoaccess.load.timetable import HORIZON_S, Timetable, no_transfers, service_date

Array = np.ndarray[Any, Any]

#: draws that make up an answer where the caller does not choose
DRAWS = 12
MOST_DRAWS = 10_000

SERVICE_DAYS = (-1, 0, 1)


def draw_timetable(
    lines: Lines, date: str | dt.date, draw: int = 0, draws: int = DRAWS, *, must_run: bool = True
) -> Timetable:
    """One possible timetable of a date, the same on every run and every computer.

    Services of the days before and after are in it as in `load_timetable`; days are 24 hours long, also when the clock
    changes, as the extract does not say in which time zone it is. Stops, lines and the number of stops of a line do
    not depend on the draw, so that links to stops are computed once for all draws.

    Parameters
    ----------
    lines : from load_lines.
    date : service day; public holidays are not known.
    draw : number of the draw, 0 to draws - 1.
    draws : how many there are.
    must_run : is it an error when no line runs on the date.

    Raises
    ------
    FeedError
        where no line runs on that date, if one must.
    ProjectError
        where an argument makes no sense.
    """
    day = service_date(date)
    _check_draw(draw, draws)
    if must_run:
        check_runs(lines, day)
    ids = lines.lines["line_id"].tolist()
    headways = _headways_of(lines)
    phases = [phase(line, draw, draws) for line in ids]
    calls = _calls_of(lines)
    line, service_day, start_s, headway_s = ([np.zeros(0, np.int64)] for _ in range(4))
    for step in SERVICE_DAYS:
        weekday = (day + dt.timedelta(days=step)).weekday()
        for number, part in enumerate(phases):
            spans = headways.get((number, weekday))
            if spans is None:
                continue
            leaves_s = departures_s(spans, part)
            begin_s = leaves_s + step * DAY_LENGTH_S
            kept = (begin_s < HORIZON_S) & (begin_s + calls.length_s[number] > 0)
            line.append(np.full(kept.sum(), number))
            service_day.append(np.full(kept.sum(), step))
            start_s.append(begin_s[kept])
            headway_s.append(_headways_at(spans, leaves_s[kept]))
    starts = _Starts(*map(np.concatenate, (line, service_day, start_s, headway_s)))
    return _timetable(lines, day, draw, draws, calls, starts)


def draws_note(lines: Lines, draws: int = DRAWS) -> str:
    """Say what the times of lines are worth, for a network that holds all draws."""
    return (
        f"{lines.source}: of lines only how often they run is known, not at which minutes: {draws} possible "
        "timetables are drawn, percentiles are over the departures in all of these together, and single trips "
        "are those of the first, as an example"
    )


def check_runs(lines: Lines, day: dt.date) -> None:
    """Raise a FeedError where no line runs on a date."""
    days = sorted(set(lines.headways["weekday"].tolist()))
    if day.weekday() not in days:
        raise FeedError(
            Fault(
                f"no line runs on {day}, a {WEEKDAYS[day.weekday()]}",
                lines.source,
                remedy=f"take one of {', '.join(WEEKDAYS[one] for one in days) or 'other lines'}",
            )
        )


def phase(line_id: str, draw: int, draws: int) -> float:
    """Phase of a line in one draw, as a part of its headway.

    Examples
    --------
    >>> sorted(int(4 * phase("r1", draw, 4)) for draw in range(4))
    [0, 1, 2, 3]
    """
    keys = [_random(f"{line_id}|{draws}|{one}") for one in range(draws)]
    stratum = sum(key < keys[draw] for key in keys)
    return (stratum + keys[draw][1]) / draws


def departures_s(spans: Array, phase: float) -> Array:
    """Departures of a line on one weekday, seconds of the service day.

    Time is counted in headways from the first second of service, across changes of headway, so that the gap at a
    change lies between the two headways. Service shorter than its headway has one departure.

    Parameters
    ----------
    spans : int64 (k, 3); start, end and headway in seconds, spans apart from each other.
    phase : in [0, 1).

    Examples
    --------
    >>> departures_s(np.array([[0, 1800, 600], [1800, 5400, 1200]]), 0.5).tolist()
    [300, 900, 1500, 2400, 3600, 4800]
    """
    spans = spans[np.argsort(spans[:, 0])]
    begins = np.flatnonzero(np.append(True, spans[1:, 0] != spans[:-1, 1]))
    found = []
    for block in np.split(spans, begins[1:]):
        clock_s = np.append(block[:1, 0], block[:, 1]).astype(float)
        passed = np.concatenate([[0.0], np.cumsum((block[:, 1] - block[:, 0]) / block[:, 2])])
        total = float(passed[-1])
        first = phase * min(1.0, total)
        count = max(1, math.ceil(total - first))
        at_s = np.floor(np.interp(first + np.arange(count), passed, clock_s)).astype(np.int64)
        found.append(
            np.minimum(at_s, block[-1, 1] - 1)
        )  # rounding must not reach the end of service
    return np.concatenate(found)


def _headways_at(spans: Array, at_s: Array) -> Array:
    """Headway of each departure: that of the span it lies in."""
    spans = spans[np.argsort(spans[:, 0])]
    found: Array = spans[np.searchsorted(spans[:, 0], at_s, side="right") - 1, 2]
    return found


def _random(text: str) -> tuple[int, float]:
    """Two numbers that look random, from a text: one to sort by, one in [0, 1)."""
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "big"), (int.from_bytes(digest[8:], "big") >> 11) / 2.0**53


class _Calls(NamedTuple):
    """Calls of all lines as arrays; line k has rows first[k]:first[k + 1] and takes length_s[k] from end to end."""

    first: Array
    stop: Array
    arrival_s: Array
    departure_s: Array
    board: Array
    alight: Array
    length_s: Array


class _Starts(NamedTuple):
    """Trips: row of the line, service day, when they leave, and how often the line runs then."""

    line: Array
    service_day: Array
    start_s: Array
    headway_s: Array


def _headways_of(lines: Lines) -> dict[tuple[int, int], Array]:
    """Spans of each line (row) and weekday as rows of start, end and headway; nothing where it does not run."""
    number = {line: k for k, line in enumerate(lines.lines["line_id"])}
    table = lines.headways.assign(line=lines.headways["line_id"].map(number))
    columns = ["line", "weekday", "start_s", "end_s", "headway_s"]
    rows = table[columns].sort_values(columns).to_numpy(dtype=np.int64)
    changes = np.flatnonzero((rows[1:, :2] != rows[:-1, :2]).any(axis=1)) + 1
    parts = [part for part in np.split(rows, changes) if len(part)]
    return {(int(part[0, 0]), int(part[0, 1])): part[:, 2:] for part in parts}


def _calls_of(lines: Lines) -> _Calls:
    number = {line: k for k, line in enumerate(lines.lines["line_id"])}
    table = lines.calls.assign(line=lines.calls["line_id"].map(number))
    table = table.sort_values(["line", "position"], kind="stable")
    counts = np.bincount(table["line"].to_numpy(dtype=np.int64), minlength=len(number))
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    arrival_s = table["arrival_s"].to_numpy(dtype=np.int64)
    return _Calls(
        first,
        table["stop"].to_numpy(dtype=np.int32),
        arrival_s,
        table["departure_s"].to_numpy(dtype=np.int64),
        table["board"].to_numpy(dtype=bool),
        table["alight"].to_numpy(dtype=bool),
        arrival_s[first[1:] - 1],
    )


def _timetable(
    lines: Lines,
    day: dt.date,
    draw: int,
    draws: int,
    calls: _Calls,
    starts: _Starts,
) -> Timetable:
    """Lay the trips out as a timetable."""
    count = np.diff(calls.first)[starts.line]
    first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    row = np.repeat(calls.first[starts.line] - first[:-1], count) + np.arange(first[-1])
    shift_s = np.repeat(starts.start_s, count)
    feed = _stem(lines.source)
    trips = _trip_table(lines, starts).assign(feed=feed)
    text = (
        f"{lines.source}: lines with headways, draw {draw + 1} of {draws}: "
        "the minutes at which they leave are drawn, only how often they run is known"
    )
    return Timetable(
        date=day,
        stops=lines.stops.assign(parent_station="", feed=feed),
        trips=trips,
        first=first,
        stop=calls.stop[row],
        arrival_s=(calls.arrival_s[row] + shift_s).astype(np.int32),
        departure_s=(calls.departure_s[row] + shift_s).astype(np.int32),
        board=calls.board[row],
        alight=calls.alight[row],
        transfers=no_transfers(),
        feeds=_report(lines, feed, int((starts.service_day == 0).sum())),
        notes=(*lines.notes, text),
    )


def _trip_table(lines: Lines, starts: _Starts) -> pd.DataFrame:
    table, (line, service_day, start_s, headway_s) = lines.lines, starts
    ids, refs, names = (table[name].to_numpy()[line] for name in ("line_id", "ref", "name"))
    clocks = [
        f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
        for second in (start_s - service_day * DAY_LENGTH_S).tolist()
    ]
    trip_ids = [f"{one}@{clock}" for one, clock in zip(ids, clocks, strict=True)]
    return pd.DataFrame(
        {
            "trip_id": trip_ids,
            "route_id": ids.tolist(),
            "line": np.where(refs != "", refs, names).tolist(),
            "mode": table["mode"].to_numpy(dtype=np.int64)[line],
            "headsign": table["to_name"].to_numpy()[line].tolist(),
            "service_day": service_day.astype(np.int64),
            "next_trip": np.full(len(line), -1, dtype=np.int64),
            "on_demand": np.zeros(len(line), dtype=bool),
            "headway_s": headway_s.astype(np.int64),
        }
    )


def _report(lines: Lines, feed: str, active: int) -> pd.DataFrame:
    """Row of the feed report."""
    row: dict[str, Any] = {
        "feed": feed,
        "file": lines.source,
        "sha256": lines.sha256,
        "publisher": "OpenStreetMap",
        "version": "",
        "timezone": "",
        **dict.fromkeys(("feed_start_date", "feed_end_date", "first_date", "last_date")),
        "active_trips": active,
        "trips": active,
        "routes": len(lines.lines),
        "modes": modes_text(lines.lines["mode"]),
        "stops": len(lines.stops),
        "stop_times": len(lines.calls),
        "repaired": "",
        "dropped": "",
        "quarantined": "",
        "remarks": " ".join(lines.notes) or counted(len(lines.lines), "line"),
    }
    return report_table([row])


def _stem(source: str) -> str:
    """File name without its endings."""
    ending = next((one for one in OSM_ENDINGS if source.lower().endswith(one)), "")
    stem = source[: len(source) - len(ending)].removesuffix(".osm")
    return stem or Path(source).name


def _check_draw(draw: int, draws: int) -> None:
    if not 1 <= draws <= MOST_DRAWS:
        raise ProjectError(
            Fault(f"draws must be 1 to {MOST_DRAWS:,}", column="draws", value=str(draws))
        )
    if not 0 <= draw < draws:
        raise ProjectError(Fault(f"draw must be 0 to {draws - 1}", column="draw", value=str(draw)))
