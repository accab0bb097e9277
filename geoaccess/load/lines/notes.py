"""What is said of lines from OpenStreetMap: everything that was left out, assumed or not understood."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from geoaccess.errors import Fault
from geoaccess.load.access_rules import parse_duration
from geoaccess.load.lines.defaults import AS_OF, DEFAULTS
from geoaccess.load.lines.headways import DEFAULT
from geoaccess.load.lines.routes import Found, Route
from geoaccess.load.lines.tables import Line
from geoaccess.load.phrases import counted, listed

#: how many routes a note names before it counts the rest
NAMED = 20


def notes_of(found: Found, lines: Sequence[Line]) -> list[str]:
    """Everything that was left out or assumed."""
    return [
        *_left_out(found, lines),
        *_assumed_headways(lines),
        *_assumed_speeds(lines),
        *_not_understood(lines),
    ]


def _left_out(found: Found, lines: Sequence[Line]) -> list[str]:
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
            f"{counted(len(single), 'route')} without the way back (no other route of that line, no roles of "
            "direction, no public_transport:version): only the direction of the member order is used: "
            f"{listed(single, NAMED)}."
        )
    return notes


def _missing(route: Route, found: Found) -> int:
    """Members that are stops, or may be, and are not in the extract."""
    told = [m for m in route.members if "stop" in m.role or "platform" in m.role]
    return sum(member.key not in found.places for member in told or route.members)


def _one_way(lines: Sequence[Line]) -> list[str]:
    """Routes of no stated version that are alone with their line and end elsewhere than they start."""

    def key(line: Line) -> tuple[str, str, str]:
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


def _assumed_headways(lines: Sequence[Line]) -> list[str]:
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


def _assumed_speeds(lines: Sequence[Line]) -> list[str]:
    notes = []
    for kind, default in DEFAULTS.items():
        of_kind = [line for line in lines if line.route.kind == kind]
        assumed = sum(line.speed_source != "duration" for line in of_kind)
        if assumed:
            notes.append(
                f"{kind}: travel time assumed ({AS_OF}) for {assumed} of {counted(len(of_kind), 'line')}: "
                f"{default.running_kmh:g} km/h over {default.detour:g} times the straight line, "
                f"{default.dwell_s} s a stop."
            )
    around = [line.line_id for line in lines if any(line.course.missing)]
    if around:
        notes.append(
            f"{counted(len(around), 'line')} with stops outside the extract between others, where the way is taken to "
            f"be as long as is usual for that many stops: {listed(around, NAMED)}."
        )
    cut = [line.line_id for line in lines if line.speed_source == "cut"]
    if cut:
        notes.append(
            f"duration not used for {counted(len(cut), 'line')} that start or end outside the extract: "
            f"{listed(cut, NAMED)}."
        )
    return notes


def _not_understood(lines: Sequence[Line]) -> list[str]:
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
            f"What {counted(len(holidays), 'route')} say of public holidays is passed over: "
            "no calendar of them is known."
        )
    return notes


def _label(route: Route) -> str:
    """Id and name of a route for a note."""
    name = route.tags.get("ref") or route.tags.get("name") or ""
    return f"r{route.number} ({route.kind} {name})" if name else f"r{route.number} ({route.kind})"


def nothing_usable(found: Found, file: str) -> Fault:
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
