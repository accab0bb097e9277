"""Lines as tables: what was read of each line becomes rows of lines, calls, stops and headways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from geoaccess.load.lines.calls import Array, Call, Course
from geoaccess.load.lines.defaults import DEFAULTS
from geoaccess.load.lines.headways import DEFAULT, Service
from geoaccess.load.lines.routes import Route


class Line(NamedTuple):
    """One direction of a route, with times and headways."""

    line_id: str
    route: Route
    course: Course
    arrival_s: Array
    departure_s: Array
    speed_source: str
    service: Service


def stop_table(lines: Sequence[Line]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Put stops in order of their ids; also the row of each."""
    used: dict[str, Call] = {}
    for line in lines:
        for call in line.course.calls:
            if call.key not in used or not used[call.key].name:
                used[call.key] = call
    keys = sorted(used, key=lambda key: (key[0], int(key[1:])))
    places = [place for key in keys if (place := used[key].place) is not None]
    table = pd.DataFrame(
        {
            "stop_id": keys,
            "name": [used[key].name for key in keys],
            "lon": [place.lon for place in places],
            "lat": [place.lat for place in places],
        }
    )
    return table, {key: row for row, key in enumerate(keys)}


def line_table(lines: Sequence[Line]) -> pd.DataFrame:
    """Names, mode and sources of each line."""
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
        {name: "int64" if name == "mode" else str for name in columns}
    )


def call_table(lines: Sequence[Line], index: dict[str, int]) -> pd.DataFrame:
    """Lay out stops and times of each line; ``index`` gives the row of each stop."""
    rows = [
        (line.line_id, position, index[call.key], arrival_s, departure_s, call.board, call.alight)
        for line in lines
        for position, (call, arrival_s, departure_s) in enumerate(
            zip(line.course.calls, line.arrival_s, line.departure_s, strict=True)
        )
    ]
    names = ["line_id", "position", "stop", "arrival_s", "departure_s", "board", "alight"]
    return pd.DataFrame(rows, columns=names).astype({"line_id": str})


def headway_table(lines: Sequence[Line]) -> pd.DataFrame:
    """Headways of all lines."""
    rows = [(line.line_id, *headway) for line in lines for headway in line.service.headways]
    names = ["line_id", "weekday", "start_s", "end_s", "headway_s"]
    return pd.DataFrame(rows, columns=names).astype(
        {"line_id": str} | dict.fromkeys(names[1:], "int64")
    )
