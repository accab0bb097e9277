"""How often a line runs: its tags, and the default of its mode where they are silent, to headways by weekday."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from geoaccess.load.lines.defaults import DAY_LENGTH_S, DAY_S, HOUR_S, SUNDAY, ModeDefault
from geoaccess.load.lines.hours import (
    HOLIDAY,
    Span,
    Week,
    parse_conditional,
    parse_hours,
    parse_interval,
    union,
)

INTERVAL, CONDITIONAL = "interval", "interval:conditional"
HOURS_KEYS = ("opening_hours", "service_times")
DEFAULT = "default"


class Headway(NamedTuple):
    """Headway of one line in one span of one weekday, in seconds of the service day (until may be past midnight)."""

    weekday: int
    start_s: int
    end_s: int
    headway_s: int


class Service(NamedTuple):
    """When and how often a line runs.

    Attributes
    ----------
    headways : in order of weekday and time; spans of a weekday do not overlap.
    headway_source : "interval", "interval:conditional", "default" or several of them, joined by " + ".
    hours_source : "opening_hours", "service_times" or "default".
    broken : tags that are not understood, as "key=value".
    holidays : are public holidays spoken of.
    """

    headways: tuple[Headway, ...]
    headway_source: str
    hours_source: str
    broken: tuple[str, ...]
    holidays: bool


def service(tags: Mapping[str, str], default: ModeDefault) -> Service:
    """Headways of a line by weekday.

    `opening_hours` (else `service_times`) say when it runs, `interval:conditional` how often at certain times,
    `interval` how often at all others. Where the hours are not tagged, the default hours are widened by the times of
    the conditions, as they are times of service. Conditions hold by the clock: that of a Saturday at 00:30 counts for
    the service of Friday night.

    Parameters
    ----------
    tags : tags of the line.
    default : of its mode.
    """
    broken: list[str] = []
    rules: list[tuple[int, Week]] = []
    hours_source, hours = DEFAULT, default_hours(default)
    for key in HOURS_KEYS:
        if tags.get(key):
            read = parse_hours(tags[key])
            if read is not None:
                hours_source, hours = key, read
                break
            broken.append(f"{key}={tags[key]}")
    interval_s: int | None = None
    if tags.get(INTERVAL):
        interval_s = parse_interval(tags[INTERVAL])
        if interval_s is None:
            broken.append(f"{INTERVAL}={tags[INTERVAL]}")
    if tags.get(CONDITIONAL):
        rules, faulty = parse_conditional(tags[CONDITIONAL])
        broken += [f"{CONDITIONAL}={part}" for part in faulty]
    if hours_source == DEFAULT:
        for _, condition in rules:
            hours = union(hours, _timed(condition))
    headways, used = _spread(hours, rules, interval_s, default)
    sources = [name for name in (INTERVAL, CONDITIONAL, DEFAULT) if name in used]
    said = " ".join(tags.get(key, "") for key in (*HOURS_KEYS, CONDITIONAL)).casefold()
    words = re.findall(r"[a-z]+", said)
    return Service(
        tuple(headways),
        " + ".join(sources) or (INTERVAL if interval_s else DEFAULT),
        hours_source,
        tuple(broken),
        HOLIDAY in words,
    )


def default_hours(default: ModeDefault) -> Week:
    """Service hours of a mode where they are not tagged."""
    weekday = ((default.first_h * HOUR_S, default.last_h * HOUR_S),)
    sunday = ((default.sunday_h * HOUR_S, default.last_h * HOUR_S),)
    return (*[weekday] * SUNDAY, sunday)


def default_headway_s(default: ModeDefault, weekday: int, time_s: int) -> int:
    """Headway of a mode at a time of a service day where it is not tagged."""
    if weekday == SUNDAY:
        return default.sunday_min * 60
    day = DAY_S[0] <= time_s < DAY_S[1]
    return (default.day_min if day else default.evening_min) * 60


def _timed(condition: Week) -> Week:
    """Spans of a condition that name times, not whole days."""
    return tuple(
        tuple(span for span in spans if span[1] - span[0] < DAY_LENGTH_S) for spans in condition
    )


def _spread(
    hours: Week, rules: list[tuple[int, Week]], interval_s: int | None, default: ModeDefault
) -> tuple[list[Headway], set[str]]:
    """Headways of all weekdays, and which sources they come from."""
    headways: list[Headway] = []
    used: set[str] = set()
    for weekday in range(7):
        by_clock = [(headway_s, _around(condition, weekday)) for headway_s, condition in rules]
        cuts = {*DAY_S, *(end for _, spans in by_clock for span in spans for end in span)}
        for start_s, end_s in hours[weekday]:
            ends = sorted({start_s, end_s, *(cut for cut in cuts if start_s < cut < end_s)})
            for from_s, until_s in pairwise(ends):
                headway_s, source = interval_s, INTERVAL
                if headway_s is None:
                    headway_s, source = default_headway_s(default, weekday, from_s), DEFAULT
                for under_s, spans in by_clock:
                    if any(low <= from_s < high for low, high in spans):
                        headway_s, source = under_s, CONDITIONAL
                used.add(source)
                last = headways[-1] if headways else None
                touches = last and last.weekday == weekday and last.end_s == from_s
                if last and touches and last.headway_s == headway_s:
                    headways[-1] = last._replace(end_s=until_s)
                else:
                    headways.append(Headway(weekday, from_s, until_s, headway_s))
    return headways, used


def _around(condition: Week, weekday: int) -> list[Span]:
    """Spans of the days before, of and after a weekday, in seconds of its service day."""
    return [
        (start_s + step * DAY_LENGTH_S, end_s + step * DAY_LENGTH_S)
        for step in (-1, 0, 1)
        for start_s, end_s in condition[(weekday + step) % 7]
    ]
