"""Public transport where there is no timetable: lines from the route relations of an OpenStreetMap extract.

A line is one direction of a relation ``type=route`` of one of the kinds in `geoaccess.load.lines.defaults`. Which
members are its stops is told in `calls`, how tags become headways in `headways`, and `draw` turns lines into one of
the timetables that are possible.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.errors import FeedError
from geoaccess.load.access_rules import parse_duration
from geoaccess.load.lines.calls import courses_of, seconds_of
from geoaccess.load.lines.defaults import DEFAULTS
from geoaccess.load.lines.headways import service
from geoaccess.load.lines.notes import notes_of, nothing_usable
from geoaccess.load.lines.routes import Found, Route, read_routes
from geoaccess.load.lines.tables import Line, call_table, headway_table, line_table, stop_table


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines with headways, known from OpenStreetMap.

    Attributes
    ----------
    lines : one row a line and direction, in order of relation: line_id ('r123', the way back of the same relation
        'r123:back'), name, ref, kind (value of the tag route), mode (GTFS route_type, int), operator, from_name,
        to_name, headway_source ("interval", "interval:conditional", "default", joined by " + "), hours_source
        ("opening_hours", "service_times", "default"), speed_source ("duration", "default"). Unknown text is "".
    calls : one row a call, in order of line and travel: line_id, position (from 0), stop (row of stops), arrival_s,
        departure_s (seconds from the start of the line), board, alight (bool).
    stops : one row a stop: stop_id ('n123', 'w123', 'r123'), name, lon, lat (EPSG:4326).
    headways : when and how often: line_id, weekday (0 is Monday), start_s, end_s (seconds of the service day, end_s may
        exceed 86400), headway_s. Spans of a line and weekday do not overlap.
    crossing_nodes : int64 (k,); OSM ids of the nodes of the ways that ferries of these lines sail, ascending: nobody
        crosses there as on a street, without waiting.
    source : name of the file.
    sha256 : of its content.
    notes : sentences on what was left out or assumed.
    """

    lines: pd.DataFrame
    calls: pd.DataFrame
    stops: pd.DataFrame
    headways: pd.DataFrame
    crossing_nodes: np.ndarray[Any, Any]
    source: str
    sha256: str
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Lines({self.source}: {len(self.lines)} lines, {len(self.stops)} stops)"


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
        raise FeedError(nothing_usable(found, path.name))
    stops, index = stop_table(lines)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Lines(
        lines=line_table(lines),
        calls=call_table(lines, index),
        stops=stops,
        headways=headway_table(lines),
        crossing_nodes=_crossing_nodes(lines, found),
        source=path.name,
        sha256=sha256,
        notes=tuple(notes_of(found, lines)),
    )


def _crossing_nodes(lines: list[Line], found: Found) -> np.ndarray[Any, Any]:
    """Nodes of the ways that the lines in use sail."""
    sailed = {way for line in lines for way in line.route.crossings}
    nodes = {node for way in sailed for node in found.crossing_nodes.get(way, [])}
    return np.array(sorted(nodes), dtype=np.int64)


def _lines_of(route: Route, found: Found) -> list[Line]:
    """Directions of a route that have two located stops or more."""
    default = DEFAULTS[route.kind]
    duration_s = parse_duration(route.tags.get("duration"))
    runs = service(route.tags, default)
    lines = []
    for course in courses_of(route, found.places):
        if len(course.calls) > 1:
            line_id = f"r{route.number}{':back' if course.backward else ''}"
            times = seconds_of(course, default, duration_s)
            lines.append(Line(line_id, route, course, *times, runs))
    return lines
