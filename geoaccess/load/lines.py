"""Public transport where there is no timetable: lines from the route relations of an OpenStreetMap extract.

A line is one direction of a relation ``type=route`` of one of the kinds in `geoaccess.load.lines_defaults`. Which
members are its stops is told in `lines_calls`, how tags become headways in `lines_headways`, and
`geoaccess.load.lines_draw` turns lines into one of the timetables that are possible.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from geoaccess.errors import Fault, FeedError
from geoaccess.load.access_rules import parse_duration
from geoaccess.load.gtfs_report import counted, listed
from geoaccess.load.lines_calls import Array, Call, Course, courses_of, seconds_of
from geoaccess.load.lines_defaults import AS_OF, DEFAULTS
from geoaccess.load.lines_headways import DEFAULT, Service, service
from geoaccess.load.lines_osm import Found, Route, read_routes

#: how many routes a note names before it counts the rest
NAMED = 20


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines with headways, known from OpenStreetMap.

    Attributes
    ----------
    lines : one row a line and direction, in order of relation: line_id ('r123', the way back of the same relation
        'r123:back'), name, ref, kind (value of the tag route), mode (GTFS route_type, int), operator, from_name, to_name,
        headway_source ("interval", "interval:conditional", "default", joined by " + "), hours_source ("opening_hours",
        "service_times", "default"), speed_source ("duration", "default"). Unknown text is "".
    calls : one row a call, in order of line and travel: line_id, position (from 0), stop (row of stops), arrival_s,
        departure_s (seconds from the start of the line), board, alight (bool).
    stops : one row a stop: stop_id ('n123', 'w123', 'r123'), name, lon, lat (EPSG:4326).
    headways : when and how often: line_id, weekday (0 is Monday), start_s, end_s (seconds of the service day, end_s may
        exceed 86400), headway_s. Spans of a line and weekday do not overlap.
    source : name of the file.
    sha256 : of its content.
    notes : sentences on what was left out or assumed.
    """

    lines: pd.DataFrame
    calls: pd.DataFrame
    stops: pd.DataFrame
    headways: pd.DataFrame
    source: str
    sha256: str
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Lines({self.source}: {len(self.lines)} lines, {len(self.stops)} stops)"


class _Line(NamedTuple):
    """One direction of a route, with times and headways."""

    line_id: str
    route: Route
    course: Course
    arrival_s: Array
    departure_s: Array
    speed_source: str
    service: Service


def load_lines(source: str | Path) -> Lines:
    """Read the lines of an OpenStreetMap extract.

    Parameters
    ----------
    source : .osm.pbf, .osm, .osm.gz or .osm.bz2.

    Returns
    -------
    Lines
        with notes on every default that was used, by kind of line.

    Raises
    ------
    FeedError
        where the file cannot be read or holds no line that can be used.
    """
    path = Path(source)
    found = read_routes(path)
    lines = [line for route in found.routes for line in _lines_of(route, found)]
    if not lines:
        raise FeedError(_nothing(found, path.name))
    stops, index = _stop_table(lines)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Lines(
        lines=_line_table(lines),
        calls=_call_table(lines, index),
        stops=stops,
        headways=_headway_table(lines),
        source=path.name,
        sha256=sha256,
        notes=tuple(_notes(found, lines)),
    )


def _lines_of(route: Route, found: Found) -> list[_Line]:
    """Directions of a route that have two located stops or more."""
    default = DEFAULTS[route.kind]
    duration_s = parse_duration(route.tags.get("duration"))
    runs = service(route.tags, default)
    lines = []
    for course in courses_of(route, found.places):
        if len(course.calls) > 1:
            line_id = f"r{route.number}{':back' if course.backward else ''}"
            times = seconds_of(course, default, duration_s)
            lines.append(_Line(line_id, route, course, *times, runs))
    return lines


def _nothing(found: Found, file: str) -> Fault:
    """Say why there is no line: none in the file, or none that can be used."""
    problem = "holds no route of public transport (relations with type=route)"
    if found.routes or found.not_running:
        problem = (
            f"holds {counted(len(found.routes) + len(found.not_running), 'route')} of public transport, "
            "but none that runs and has two stops in the extract"
        )
    return Fault(
        f"{problem}: without lines or a timetable only walking is possible",
        file,
        remedy="give a GTFS feed (for the Netherlands http://gtfs.ovapi.nl/nl/gtfs-nl.zip, elsewhere ask the operator "
        "or look at transit.land or mobilitydatabase.org), or a larger extract",
    )


def _stop_table(lines: Sequence[_Line]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Stops in order of their ids, and the row of each."""
    used: dict[str, Call] = {}
    for line in lines:
        for call in line.course.calls:
            if call.key not in used or not used[call.key].name:
                used[call.key] = call
    keys = sorted(used, key=lambda key: (key[0], int(key[1:])))
    places = [place for key in keys if (place := used[key].place) is not None]
    table = pd.DataFrame(
        {
            "stop_id": pd.Series(keys, dtype=object),
            "name": pd.Series([used[key].name for key in keys], dtype=object),
            "lon": [place.lon for place in places],
            "lat": [place.lat for place in places],
        }
    )
    return table, {key: row for row, key in enumerate(keys)}


def _line_table(lines: Sequence[_Line]) -> pd.DataFrame:
    rows = []
    for line in lines:
        tags = line.route.tags
        ends = [tags.get("from", ""), tags.get("to", "")]
        ends = [said or line.course.calls[at].name for said, at in zip(ends, (0, -1), strict=True)]
        if line.course.backward:
            ends = [tags.get(end) or ends[k] for k, end in enumerate(("to", "from"))]
        rows.append(
            (
                line.line_id,
                tags.get("name", ""),
                tags.get("ref", ""),
                line.route.kind,
                DEFAULTS[line.route.kind].mode,
                tags.get("operator", ""),
                *ends,
                line.service.headway_source,
                line.service.hours_source,
                "duration" if line.speed_source == "duration" else DEFAULT,
            )
        )
    names = ("line_id", "name", "ref", "kind", "mode", "operator", "from_name", "to_name")
    columns = [*names, "headway_source", "hours_source", "speed_source"]
    return pd.DataFrame(rows, columns=columns).astype(
        {name: "int64" if name == "mode" else object for name in columns}
    )


def _call_table(lines: Sequence[_Line], index: dict[str, int]) -> pd.DataFrame:
    rows = [
        (line.line_id, position, index[call.key], arrival_s, departure_s, call.board, call.alight)
        for line in lines
        for position, (call, arrival_s, departure_s) in enumerate(
            zip(line.course.calls, line.arrival_s, line.departure_s, strict=True)
        )
    ]
    names = ["line_id", "position", "stop", "arrival_s", "departure_s", "board", "alight"]
    return pd.DataFrame(rows, columns=names).astype({"line_id": object})


def _headway_table(lines: Sequence[_Line]) -> pd.DataFrame:
    rows = [(line.line_id, *headway) for line in lines for headway in line.service.headways]
    names = ["line_id", "weekday", "start_s", "end_s", "headway_s"]
    return pd.DataFrame(rows, columns=names).astype(
        {"line_id": object} | dict.fromkeys(names[1:], "int64")
    )


def _notes(found: Found, lines: Sequence[_Line]) -> list[str]:
    """Everything that was left out or assumed."""
    return [
        *_left_out(found, lines),
        *_assumed_headways(lines),
        *_assumed_speeds(lines),
        *_not_understood(lines),
    ]


def _left_out(found: Found, lines: Sequence[_Line]) -> list[str]:
    notes = []
    used = {line.route.number for line in lines}
    kinds = Counter(route.kind for route in found.routes if route.number in used)
    text = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
    notes.append(
        f"Lines from OpenStreetMap: {counted(len(used), 'route')} ({text}), "
        f"{counted(len(lines), 'line and direction', 'lines and directions')}."
    )
    short = [_label(route) for route in found.routes if route.number not in used]
    if short:
        text = counted(len(short), "route")
        notes.append(f"{text} with fewer than two located stops left out: {listed(short, NAMED)}.")
    if found.not_running:
        text = counted(len(found.not_running), "route")
        notes.append(f"{text} left out as not running: {listed(found.not_running, NAMED)}.")
    missing = {route.number: _missing(route, found) for route in found.routes}
    cut = [_label(route) for route in found.routes if missing[route.number]]
    if cut:
        notes.append(
            f"{counted(sum(missing.values()), 'stop or platform', 'stops and platforms')} of "
            f"{counted(len(cut), 'route')} lie outside the extract: {listed(cut, NAMED)}."
        )
    single = _one_way(lines)
    if single:
        notes.append(
            f"{counted(len(single), 'route')} without the way back (no other route of that line, no roles of direction, "
            f"no public_transport:version): only the direction of the member order is used: {listed(single, NAMED)}."
        )
    return notes


def _missing(route: Route, found: Found) -> int:
    """Members that are stops, or may be, and are not in the extract."""
    told = [m for m in route.members if "stop" in m.role or "platform" in m.role]
    return sum(member.key not in found.places for member in told or route.members)


def _one_way(lines: Sequence[_Line]) -> list[str]:
    """Routes of no stated version that are alone with their line and end elsewhere than they start."""

    def key(line: _Line) -> tuple[str, str, str]:
        tags = line.route.tags
        return (
            line.route.kind,
            tags.get("ref", "") or tags.get("name", ""),
            tags.get("operator", ""),
        )

    times = Counter(key(line) for line in lines)
    return [
        _label(line.route)
        for line in lines
        if times[key(line)] == 1
        and not line.route.tags.get("public_transport:version")
        and not {"roundtrip", "oneway"} & set(line.route.tags)
        and line.course.calls[0].key != line.course.calls[-1].key
    ]


def _assumed_headways(lines: Sequence[_Line]) -> list[str]:
    notes = []
    for kind, default in DEFAULTS.items():
        of_kind = [line.service for line in lines if line.route.kind == kind]
        assumed = sum(DEFAULT in one.headway_source for one in of_kind)
        if assumed:
            notes.append(
                f"{kind}: headway assumed ({AS_OF}) for {assumed} of {counted(len(of_kind), 'line')}: every "
                f"{default.day_min} min by day, {default.evening_min} early and late, {default.sunday_min} on Sunday."
            )
        assumed = sum(one.hours_source == DEFAULT for one in of_kind)
        if assumed:
            notes.append(
                f"{kind}: service hours assumed ({AS_OF}) for {assumed} of {counted(len(of_kind), 'line')}: "
                f"{default.first_h}-{default.last_h} h, on Sunday {default.sunday_h}-{default.last_h} h."
            )
    never = [line.line_id for line in lines if not line.service.headways]
    if never:
        notes.append(f"{counted(len(never), 'line')} never in service: {listed(never, NAMED)}.")
    return notes


def _assumed_speeds(lines: Sequence[_Line]) -> list[str]:
    notes = []
    for kind, default in DEFAULTS.items():
        of_kind = [line for line in lines if line.route.kind == kind]
        assumed = sum(line.speed_source != "duration" for line in of_kind)
        if assumed:
            notes.append(
                f"{kind}: travel time assumed ({AS_OF}) for {assumed} of {counted(len(of_kind), 'line')}: "
                f"{default.running_kmh:g} km/h over {default.detour:g} times the straight line, {default.dwell_s} s a stop."
            )
    cut = [line.line_id for line in lines if line.speed_source == "cut"]
    if cut:
        notes.append(
            f"duration not used for {counted(len(cut), 'line')} that start or end outside the extract: {listed(cut, NAMED)}."
        )
    return notes


def _not_understood(lines: Sequence[_Line]) -> list[str]:
    """Name every tag that was not understood, and the default that stands in for it."""
    broken: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        label, tags = _label(line.route), line.route.tags
        said = [*line.service.broken]
        if tags.get("duration") and parse_duration(tags["duration"]) is None:
            said.append(f"duration={tags['duration']}")
        elif line.speed_source == "unbelievable":
            said.append(f"duration={tags['duration']} (beyond belief for its length)")
        broken[label] += [one for one in said if one not in broken[label]]
    notes = [
        f"{label}: not understood, the default stands in: {'; '.join(said)}."
        for label, said in broken.items()
        if said
    ]
    holidays = {line.route.number for line in lines if line.service.holidays}
    if holidays:
        notes.append(
            f"What {counted(len(holidays), 'route')} say of public holidays is passed over: no calendar of them is known."
        )
    return notes


def _label(route: Route) -> str:
    """Id and name of a route for a note."""
    name = route.tags.get("ref") or route.tags.get("name") or ""
    return f"r{route.number} ({route.kind} {name})" if name else f"r{route.number} ({route.kind})"
