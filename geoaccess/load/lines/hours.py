"""Tags on the hours and headways of a line: a small, strict part of OpenStreetMap's opening_hours syntax.

Read are weekday lists and ranges with lists of times (``Mo-Fr 06:00-23:00; Sa,Su 08:00-20:00; PH off``), ``24/7``,
times past midnight (``05:00-01:00``, ``05:00-25:00``) and ``off``. What is said of public holidays (PH) is passed over,
as no calendar of them is at hand. Everything else (months, dates, weeks, school holidays, sunrise, open ends,
comments) is unknown, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from geoaccess.load.access_rules import parse_duration
from geoaccess.load.lines.defaults import DAY_LENGTH_S

#: from and until, in seconds of a day; until may be past midnight
Span = tuple[int, int]
#: spans of each weekday, Monday first, in order and apart from each other
Week = tuple[tuple[Span, ...], ...]

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
HOLIDAY = "ph"

SHORTEST_HEADWAY_S = 30
LONGEST_HEADWAY_S = DAY_LENGTH_S
_LONGEST_TAG = 1000
_EN_DASH = "\u2013"

_ALL_DAY: tuple[Span, ...] = ((0, DAY_LENGTH_S),)
_DAY = rf"(?:{'|'.join((*WEEKDAYS, HOLIDAY))})"
_ITEM = rf"{_DAY}(?:\s*-\s*{_DAY})?"
_CLOCK = r"\d{1,2}:[0-5]\d"
_TIMES = rf"{_CLOCK}\s*-\s*{_CLOCK}"
_RULE = re.compile(
    rf"(?P<days>{_ITEM}(?:\s*,\s*{_ITEM})*)?\s*:?\s*"
    rf"(?P<times>{_TIMES}(?:\s*,\s*{_TIMES})*|24/7|off|closed)?",
    re.ASCII,
)
#: ';' starts a rule that replaces what was said of its days, ',' before a weekday one that adds to it
_SEPARATOR = re.compile(r"\s*(;|(?<=\d),(?=\s*[a-z]))\s*")


def parse_hours(text: str) -> Week | None:
    """Read hours of service.

    Parameters
    ----------
    text : value of opening_hours, service_times or a condition.

    Returns
    -------
    Week or None
        None where any part of it is not understood.

    Examples
    --------
    >>> parse_hours("Mo-Fr 06:00-23:00; Sa 22:00-01:30; PH off")[4:]
    (((21600, 82800),), ((79200, 91800),), ())
    >>> parse_hours("Mo-Fr 06:00+") is None, parse_hours("24/7") == parse_hours("Mo-Su")
    (True, True)
    """
    week: list[list[Span]] = [[] for _ in WEEKDAYS]
    parts = _SEPARATOR.split(text.casefold().replace(_EN_DASH, "-").strip()[: _LONGEST_TAG + 1])
    if sum(map(len, parts)) > _LONGEST_TAG:
        return None
    said = False
    for place in range(0, len(parts), 2):
        rule = parts[place].strip()
        if not rule:
            continue
        read = _rule(rule)
        if read is None:
            return None
        days, spans = read
        said = True
        adds = place > 0 and parts[place - 1] == ","
        for day in days:
            week[day] = sorted({*week[day], *spans}) if adds else list(spans)
    return tuple(_joined(spans) for spans in week) if said else None


def _rule(rule: str) -> tuple[set[int], list[Span]] | None:
    """Weekdays and times of one rule."""
    match = _RULE.fullmatch(rule)
    if not match:
        return None
    days = _days(match["days"])
    times = match["times"]
    if days is None:
        return None
    if times in ("off", "closed"):
        return days, []
    if times is None or times == "24/7":
        return days, list(_ALL_DAY)
    spans = []
    for pair in times.split(","):
        start_s, end_s = (_clock_s(clock) for clock in pair.split("-"))
        end_s += DAY_LENGTH_S if end_s <= start_s else 0
        if start_s >= DAY_LENGTH_S or end_s - start_s > DAY_LENGTH_S:
            return None
        spans.append((start_s, end_s))
    return days, spans


def _days(text: str | None) -> set[int] | None:
    """Weekdays of a list such as 'mo-we,fr,ph'; all of them without a list, none for holidays alone."""
    if text is None:
        return set(range(7))
    days: set[int] = set()
    for item in text.split(","):
        ends = [end.strip() for end in item.split("-")]
        if HOLIDAY in ends:
            if len(ends) > 1:
                return None
            continue
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return days


def _clock_s(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch made one."""
    joined: list[Span] = []
    for start_s, end_s in sorted(spans):
        if joined and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return tuple(joined)


def union(one: Week, other: Week) -> Week:
    """Hours that are in one week or in the other."""
    return tuple(_joined([*a, *b]) for a, b in zip(one, other, strict=True))


def parse_interval(text: str) -> int | None:
    """Read a headway; the middle counts of a range.

    Returns
    -------
    int or None
        seconds; None where it is not understood, or is not between 30 seconds and a day.

    Examples
    --------
    >>> parse_interval("15"), parse_interval("00:07:30"), parse_interval("15-20"), parse_interval("often")
    (900, 450, 1050, None)
    """
    ends = [parse_duration(end) for end in text.replace(_EN_DASH, "-").split("-")]
    if len(ends) > 2 or any(end is None for end in ends):
        return None
    known = [end for end in ends if end is not None]
    if known != sorted(known):
        return None
    headway_s = sum(known) // len(known)
    return headway_s if SHORTEST_HEADWAY_S <= headway_s <= LONGEST_HEADWAY_S else None


def parse_conditional(text: str) -> tuple[list[tuple[int, Week]], list[str]]:
    """Read headways under conditions in time: "10 @ (Mo-Fr 07:00-09:00); 30 @ (Sa,Su)".

    Returns
    -------
    tuple
        headways in seconds with their hours, a later one goes before an earlier one; and the parts not understood.

    Examples
    --------
    >>> rules, broken = parse_conditional("10 @ (Mo 07:00-09:00; Tu 08:00-09:00); 5 @ (wet)")
    >>> rules[0][0], rules[0][1][:2], broken
    (600, (((25200, 32400),), ((28800, 32400),)), ['5 @ (wet)'])
    """
    rules: list[tuple[int, Week]] = []
    broken: list[str] = []
    if len(text) > _LONGEST_TAG:
        return [], [f"{text[:40]}..."]
    for part in re.split(r";(?![^(]*\))", text):
        said = part.strip()
        if not said:
            continue
        value, _, condition = said.partition("@")
        condition = condition.strip()
        if condition.startswith("(") and condition.endswith(")"):
            condition = condition[1:-1]
        headway_s, hours = parse_interval(value.strip()), parse_hours(condition)
        if headway_s is None or hours is None:
            broken.append(said)
        else:
            rules.append((headway_s, hours))
    return rules, broken
