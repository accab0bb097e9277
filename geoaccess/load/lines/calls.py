"""Members of a route relation to calls: which members are stops, in which order, and how long the ride takes.

| role                                                              | call                                             |
|-------------------------------------------------------------------|--------------------------------------------------|
| stop, platform                                                    | get on and off                                   |
| stop_entry_only, platform_entry_only                              | get on                                           |
| stop_exit_only, platform_exit_only                                | get off                                          |
| forward_stop, forward:stop:3, platform_forward ...                | of the direction of the member order only        |
| backward_stop, backward:stop:3, ...                               | of the way back only                             |
| any other, also none, where no member has a role of those above   | nodes that are tagged as a stop, station or quay |

A stop and a platform directly after each other, close to each other or of one name, are one call, at the platform (that
is where one waits) and with the name of the stop (a platform may be called "3"). Relations that list all stops and then
all platforms are put together in the order of travel.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from geoaccess.load.lines.defaults import BELIEVED_FACTOR, BELIEVED_MORE_S, ModeDefault
from geoaccess.load.lines.routes import Member, Place, Route

Array = np.ndarray[Any, Any]

#: a stop and a platform are one call within this distance, and within the second where they have one name
PAIR_M = 150.0
SAME_NAME_PAIR_M = 500.0

#: tags by which a node without a telling role is a stop
_STOP_TAGS = {
    "highway": ("bus_stop", "platform"),
    "public_transport": ("stop_position", "platform", "station"),
    "railway": ("stop", "halt", "station", "tram_stop", "platform"),
    "amenity": ("bus_station", "ferry_terminal"),
}
_PLATFORM_VALUES = ("bus_stop", "platform")
#: share of a tagged duration that waiting at stops may take at most
_MOST_DWELL = 0.5
_EARTH_RADIUS_M = 6_371_009.0


@dataclass(frozen=True)
class Call:
    """One call of a line.

    Attributes
    ----------
    key : id of the stop: the platform where there is one, else the stop ('n1', 'w2', 'r3').
    platform : is it a platform, not a stop position.
    direction : "forward", "backward" or "" for both.
    place : where it is, None where it is not in the extract.
    name : of the stop, "" where it has none.
    board, alight : may passengers get on and off.
    """

    key: str
    platform: bool
    direction: str
    place: Place | None
    name: str
    board: bool = True
    alight: bool = True


@dataclass(frozen=True)
class Course:
    """One direction of a route.

    Attributes
    ----------
    calls : those that are located.
    missing : number of calls outside the extract between each call and the next.
    whole : are the first and the last call of the route located.
    backward : is it the way back of a relation for both ways.
    """

    calls: tuple[Call, ...]
    missing: tuple[int, ...]
    whole: bool
    backward: bool = False


def calls_of(route: Route, places: Mapping[str, Place]) -> list[Call]:
    """List the calls of a route, one for each member that is a stop, located or not."""
    told = [_told(member, places.get(member.key)) for member in route.members]
    if any(call is not None for call in told):
        return [call for call in told if call is not None]
    guessed = [_guessed(member, places.get(member.key)) for member in route.members]
    return [call for call in guessed if call is not None]


def courses_of(route: Route, places: Mapping[str, Place]) -> list[Course]:
    """Directions of a route: one, or two where its members or its tags say so.

    The way back is a course of its own where members have the role of one direction; without such roles it is the
    same stops backwards for ferries and for version 1 of the scheme, but for round trips, one-way routes and version 2.
    """
    calls = calls_of(route, places)
    if any(call.direction for call in calls):
        there = _course([call for call in calls if call.direction != "backward"])
        back = [call for call in calls if call.direction != "forward"]
        return [there, replace(_course(_turned(back, there.calls)), backward=True)]
    there = _course(calls)
    if not _both_ways(route, there):
        return [there]
    back = [replace(call, board=call.alight, alight=call.board) for call in there.calls[::-1]]
    return [there, Course(tuple(back), there.missing[::-1], there.whole, backward=True)]


def seconds_of(
    course: Course, default: ModeDefault, duration_s: int | None
) -> tuple[Array, Array, str]:
    """Arrival and departure at each call, in seconds from the start of the line.

    A tagged duration is spread over the gaps between stops by the length of the straight lines (the detour factor is
    the same for all of them), less the time at the stops. It is not used where the first or the last stop lies outside
    the extract, as it is that of the whole line, nor where it is beyond belief. Where calls between two stops lie
    outside the extract, the vehicle may have gone far: that stretch counts the usual distance for each of them.

    Parameters
    ----------
    course : with two calls or more.
    default : of its mode.
    duration_s : tagged, or None.

    Returns
    -------
    tuple
        arrivals and departures, int64 (calls,), whole seconds, and "duration", "default", "cut" or "unbelievable".
    """
    dwell_s = float(default.dwell_s)
    missing = np.array(course.missing)
    gap_m = _gaps_m(course, default)
    ride_s = gap_m * default.detour / (default.running_kmh / 3.6)
    stops = len(course.calls) - 2 + missing.sum()
    usual_s = ride_s.sum() + stops * dwell_s
    source = "default" if duration_s is None else "duration"
    if duration_s is not None and not course.whole:
        source = "cut"
    elif duration_s is not None and not (
        usual_s / BELIEVED_FACTOR <= duration_s <= usual_s * BELIEVED_FACTOR + BELIEVED_MORE_S
    ):
        source = "unbelievable"
    if source == "duration" and duration_s is not None:
        dwell_s = min(dwell_s, _MOST_DWELL * duration_s / max(stops, 1))
        share = gap_m / gap_m.sum() if gap_m.sum() > 0 else np.full(len(gap_m), 1 / len(gap_m))
        ride_s = share * (duration_s - stops * dwell_s)
    ride_s = ride_s + missing * dwell_s
    arrival_s = np.concatenate([[0.0], np.cumsum(ride_s) + np.arange(len(ride_s)) * dwell_s])
    departure_s = arrival_s + dwell_s
    departure_s[[0, -1]] = arrival_s[[0, -1]]
    return np.rint(arrival_s).astype(np.int64), np.rint(departure_s).astype(np.int64), source


def _told(member: Member, place: Place | None) -> Call | None:
    """Call of a member whose role says that it is a stop."""
    words = set(re.findall(r"[a-z]+", member.role))
    if not words & {"stop", "platform"}:
        return None
    return _call(
        member,
        place,
        platform="platform" in words,
        board="exit" not in words,
        alight="entry" not in words,
    )


def _guessed(member: Member, place: Place | None) -> Call | None:
    """Call of a node whose tags say that it is a stop; one outside the extract counts as a stop, too."""
    if not member.key.startswith("n") or {"entrance", "exit"} & set(member.role.split("_")):
        return None
    values = {} if place is None else {key: place.tags.get(key, "") for key in _STOP_TAGS}
    if place is not None and not any(value in _STOP_TAGS[key] for key, value in values.items()):
        return None
    return _call(member, place, platform=any(v in _PLATFORM_VALUES for v in values.values()))


def _call(
    member: Member,
    place: Place | None,
    *,
    platform: bool,
    board: bool = True,
    alight: bool = True,
) -> Call:
    directions = [word for word in ("forward", "backward") if word in member.role]
    name = "" if place is None else (place.tags.get("name") or place.tags.get("ref") or "").strip()
    direction = directions[0] if len(directions) == 1 else ""
    return Call(member.key, platform, direction, place, name, board, alight)


def _course(calls: Sequence[Call]) -> Course:
    """Put calls in order of travel, make those of one stop one, leave out those outside the extract."""
    merged = _merged(_interleaved(calls))
    at = [k for k, call in enumerate(merged) if call.place is not None]
    missing = tuple(after - before - 1 for before, after in pairwise(at))
    whole = bool(at) and at[0] == 0 and at[-1] == len(merged) - 1
    return Course(tuple(merged[k] for k in at), missing, whole)


def _interleaved(calls: Sequence[Call]) -> list[Call]:
    """Put platforms that are listed after (or before) all stops behind the stops they belong to."""
    kinds = [call.platform for call in calls]
    switch = [k for k in range(1, len(kinds)) if kinds[k] != kinds[k - 1]]
    if len(switch) != 1 or not 2 <= switch[0] <= len(calls) - 2:
        return list(calls)
    first, second = calls[: switch[0]], calls[switch[0] :]
    after: list[list[Call]] = [[] for _ in first]
    place, matched = -1, 0
    for call in second:
        match = next((k for k in range(place + 1, len(first)) if _near(first[k], call)), None)
        if match is not None:
            place, matched = match, matched + 1
        after[max(place, 0)].append(call)
    if 2 * matched < min(len(first), len(second)):
        return list(calls)
    return [one for call, others in zip(first, after, strict=True) for one in (call, *others)]


def _merged(calls: Sequence[Call]) -> list[Call]:
    """Make one call of a stop and its platform, and of one stop listed twice in a row."""
    merged: list[Call] = []
    k = 0
    while k < len(calls):
        call = calls[k]
        after = calls[k + 1] if k + 1 < len(calls) else None
        later = calls[k + 2] if k + 2 < len(calls) else None
        if (
            after is not None
            and after.platform != call.platform
            and _near(call, after)
            and (later is None or not _nearer(after, later, call))
        ):
            call = _pair(call, after)
            k += 1
        if merged and merged[-1].key == call.key:
            before = merged.pop()
            call = replace(
                call, board=before.board or call.board, alight=before.alight or call.alight
            )
        merged.append(call)
        k += 1
    return merged


def _pair(one: Call, other: Call) -> Call:
    """One call at the platform with the name of the stop."""
    platform, stop = (one, other) if one.platform else (other, one)
    return replace(
        platform,
        name=stop.name or platform.name,
        board=stop.board and platform.board,
        alight=stop.alight and platform.alight,
    )


def _near(one: Call, other: Call) -> bool:
    """Whether two members may be one stop; two outside the extract are taken for one."""
    if one.place is None and other.place is None:
        return True
    same = bool(one.name) and one.name.casefold() == other.name.casefold()
    return _metres(one.place, other.place) <= (SAME_NAME_PAIR_M if same else PAIR_M)


def _nearer(call: Call, later: Call, before: Call) -> bool:
    """Whether a call belongs to the one after it rather than to the one before it."""
    same = bool(before.name) and before.name.casefold() == call.name.casefold()
    if later.platform == call.platform or same:
        return False
    return _metres(call.place, later.place) < _metres(call.place, before.place)


def _turned(back: Sequence[Call], there: Sequence[Call]) -> list[Call]:
    """Put the way back in order of travel: as listed, or backwards where that fits the way there better."""
    located = [call.place for call in back if call.place is not None]
    if not located or not there:
        return list(back)[::-1]
    start, end = there[0].place, there[-1].place
    as_listed = _metres(located[0], end) + _metres(located[-1], start)
    backwards = _metres(located[-1], end) + _metres(located[0], start)
    return list(back) if as_listed < backwards else list(back)[::-1]


def _both_ways(route: Route, course: Course) -> bool:
    """Whether a route without roles of direction stands for the way back, too."""
    tags, calls = route.tags, course.calls
    version = tags.get("public_transport:version", "").strip()
    once = tags.get("roundtrip") == "yes" or tags.get("oneway") == "yes"
    if once or version == "2" or len(calls) < 2 or calls[0].key == calls[-1].key:
        return False
    return version == "1" or route.kind == "ferry"


def _gaps_m(course: Course, default: ModeDefault) -> Array:
    """Straight lines between calls, float64 (calls - 1,); at least the usual distance where some are missing."""
    straight = [_metres(a.place, b.place) for a, b in pairwise(course.calls)]
    around = [(count + 1) * default.spacing_m if count else 0 for count in course.missing]
    return np.maximum(straight, around)


def _metres(one: Place | None, other: Place | None) -> float:
    """Length of the great circle between two places; inf where one is outside the extract."""
    if one is None or other is None:
        return math.inf
    lon, lat, lon2, lat2 = map(math.radians, (one.lon, one.lat, other.lon, other.lat))
    half = math.sin((lat2 - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(half, 1.0)))
