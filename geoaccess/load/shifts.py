"""Shifts of resident groups: when people of a group are at work in a week.

A shift is written as ``06:00-15:00``. It holds on the working days of the group, or on days of its own:

| shift                                            | meaning                                                          |
|--------------------------------------------------|------------------------------------------------------------------|
| ``06:00-15:00``                                  | on every working day                                             |
| ``22:00-06:00``                                  | past midnight; it belongs to the day on which it starts          |
| ``06:00-10:00, 16:00-20:00``                     | twice a day, with time in between                                |
| ``Mo-Th 06:00-15:00; Fr 06:00-12:00``            | its own days instead of the working days                         |
| ``06:00-14:00 | 14:00-22:00 | 22:00-06:00``      | rotating: a week of one or the other, each as likely             |
| ``06:00-14:00 50% | 14:00-22:00 30% | off 20%``  | rotating: in half of the weeks, in 30%, and 20% of weeks off     |
| ``off``                                          | no work                                                          |

Alternatives of a rotation are shares of the people of the group in any one week. Days may be Dutch (``ma-za``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from geoaccess.load.cells import fold
from geoaccess.load.figures import parse_number
from geoaccess.load.words import DAYS, WEEK_HEADERS

DAY_MIN = 24 * 60
#: shares of a rotation may be rounded: they must add up to 1 to within this much
SHARE_SLACK = 0.02

#: folded words for no work at all
NO_WORK = ("off", "vrij", "geen", "geenwerk", "werktniet", "none", "nowork", "notworking")

_DAY_NAMES = {
    fold(word): k for k, words in enumerate(WEEK_HEADERS.values()) for word in words.split(",")
}
_DAY_GROUPS = {
    "werkdagen": (0, 5),
    "doordeweeks": (0, 5),
    "weekdays": (0, 5),
    "weekend": (5, 7),
    "dagelijks": (0, 7),
    "daily": (0, 7),
    "elkedag": (0, 7),
    "alledagen": (0, 7),
}
_SHARE = re.compile(r"(.*?)[\s(]*(\d+(?:[.,]\d+)?)\s*%\)?\s*", re.DOTALL)
_TO = re.compile(r"\s*(?:[-\u2010-\u2015]|\bt/m\b|\btot en met\b|\btot\b|\bto\b)\s*")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.]([0-5]\d))?(?::00)?(?:\s*(?:uur|u|h))?")

#: start and end in minutes from Monday 00:00; a shift of Sunday may end on the Monday after
Span = tuple[int, int]


@dataclass(frozen=True)
class Alternative:
    """A week of work, one of those that a rotation goes through.

    Attributes
    ----------
    share : of the people of the group, 0..1; those of all alternatives add up to 1.
    spans : at work, in minutes from Monday 00:00, in order; those that start in the week.
    text : canonical form, without the share.
    """

    share: float
    spans: tuple[Span, ...]
    text: str


def parse_days(text: str) -> tuple[int, ...]:
    """Weekdays (Monday is 0) in order; () where they cannot be read.

    Examples
    --------
    >>> parse_days("Mo-Sa"), parse_days("ma t/m vr, zondag"), parse_days("Sa-Mo"), parse_days("werkdagen")
    ((0, 1, 2, 3, 4, 5), (0, 1, 2, 3, 4, 6), (0, 5, 6), (0, 1, 2, 3, 4))
    >>> parse_days("often")
    ()
    """
    days: set[int] = set()
    plain = re.sub(r"\s*(?:\ben\b|\band\b|&|\+|;)\s*", ",", _TO.sub("-", text.casefold()))
    for item in re.split(r"[,/]|(?<=[a-z])\s+(?=[a-z])", plain.strip(" ,")):
        ends = [fold(end) for end in item.split("-")]
        if len(ends) == 1 and ends[0] in _DAY_GROUPS:
            days |= set(range(*_DAY_GROUPS[ends[0]]))
            continue
        known = [_DAY_NAMES.get(end) for end in ends]
        if None in known or len(known) > 2:
            return ()
        first, last = known[0] or 0, known[-1] or 0
        days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return tuple(sorted(days))


def days_text(days: Sequence[int]) -> str:
    """Weekdays in the syntax of OpenStreetMap.

    Examples
    --------
    >>> days_text((0, 1, 2, 3, 4, 6)), days_text((0, 1)), days_text(())
    ('Mo-Fr,Su', 'Mo,Tu', 'off')
    """
    parts: list[str] = []
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    for run in runs:
        names = [DAYS[day] for day in run]
        parts.append(f"{names[0]}-{names[-1]}" if len(run) > 2 else ",".join(names))
    return ",".join(parts) or "off"


def parse_shift(text: str, work_days: Sequence[int]) -> tuple[Alternative, ...]:
    """Read a shift.

    Parameters
    ----------
    text : as in the table above.
    work_days : weekdays of alternatives that name none of their own, Monday is 0.

    Raises
    ------
    ValueError
        that says what is wrong with it.

    Examples
    --------
    >>> [(one.share, one.text, one.spans) for one in parse_shift("22-6 | ma 6.00-14.00", (0,))]
    [(0.5, '22:00-06:00', ((1320, 1800),)), (0.5, 'Mo 06:00-14:00', ((360, 840),))]
    """
    parts = [part.strip() for part in text.split("|")]
    if not all(parts):
        raise ValueError("has an empty alternative")
    found = [_SHARE.fullmatch(part) for part in parts]
    said = [_percent(match[2]) if match else None for match in found]
    bodies = [match[1].strip() if match else part for match, part in zip(found, parts, strict=True)]
    shares = _shares(said)
    return tuple(
        Alternative(share, *_week(body, work_days))
        for share, body in zip(shares, bodies, strict=True)
    )


def shift_text(alternatives: Sequence[Alternative]) -> str:
    """Write alternatives in canonical form; shares only where they differ.

    Examples
    --------
    >>> shift_text(parse_shift("6-14 50%|14-22 50%", (0,))), shift_text(parse_shift("6-14 75%|vrij 25%", (0,)))
    ('06:00-14:00 | 14:00-22:00', '06:00-14:00 75% | off 25%')
    """
    even = all(abs(one.share - alternatives[0].share) < 1e-9 for one in alternatives)
    return " | ".join(
        one.text if even else f"{one.text} {round(100 * one.share, 6):g}%" for one in alternatives
    )


def _percent(text: str) -> float:
    number = parse_number(text)
    return number[0] / 100 if number else -1.0


def _shares(said: Sequence[float | None]) -> list[float]:
    """Shares of the alternatives: all even, or as said and brought to a sum of exactly 1."""
    known = [share for share in said if share is not None]
    if not known:
        return [1 / len(said)] * len(said)
    if len(known) < len(said):
        raise ValueError("gives a share to some alternatives and not to others")
    if min(known) <= 0 or abs(sum(known) - 1) > SHARE_SLACK:
        raise ValueError(f"has alternatives that add up to {100 * sum(known):g}%, not 100%")
    return [share / sum(known) for share in known]


def _week(text: str, work_days: Sequence[int]) -> tuple[tuple[Span, ...], str]:
    """Spans of one alternative and its canonical form."""
    if fold(text) in NO_WORK:
        return (), "off"
    spans: list[Span] = []
    rules: list[str] = []
    seen: set[int] = set()
    for rule in text.split(";"):
        own, day_spans = _rule(rule)
        days = own or tuple(work_days)
        if seen & set(days):
            raise ValueError(f"names {days_text(sorted(seen & set(days)))} twice")
        seen |= set(days)
        spans += [
            (day * DAY_MIN + start, day * DAY_MIN + end) for day in days for start, end in day_spans
        ]
        times = ",".join(_times(*span) for span in day_spans) or "off"
        rules.append(f"{days_text(own)} {times}" if own else times)
    spans.sort()
    around = [*spans, *((start + 7 * DAY_MIN, end + 7 * DAY_MIN) for start, end in spans[:1])]
    if any(one[1] > other[0] for one, other in pairwise(around)):
        raise ValueError("has times of work that overlap")
    return tuple(spans), "; ".join(rules)


def _rule(text: str) -> tuple[tuple[int, ...], list[Span]]:
    """Days of a rule, () where it names none, and its spans in minutes of the day."""
    plain = _TO.sub("-", text.casefold()).strip(" :")
    match = re.match(r"[^\d]*", plain)
    named = match[0].strip(" :") if match else ""
    idle = re.fullmatch(r"(.+?)\s+(\S+)", named) if named == plain else None
    if idle and fold(idle[2]) in NO_WORK:
        return parse_days(idle[1]), []
    days = parse_days(named) if named else ()
    if named and not days:
        raise ValueError(f"has days that are not known: {named[:30]!r}")
    times = plain[len(match[0]) if match else 0 :]
    return days, sorted(_spans(times))


def _spans(text: str) -> Iterator[Span]:
    for part in re.split(r"\s*(?:,|&|\+|\ben\b|\band\b)\s*", text):
        ends = [_CLOCK.fullmatch(end.strip()) for end in part.split("-")]
        minutes = [60 * int(end[1]) + int(end[2] or 0) for end in ends if end]
        if len(ends) != 2 or len(minutes) != 2 or minutes[0] >= DAY_MIN or minutes[1] > 2 * DAY_MIN:
            raise ValueError(f"has times that cannot be read: {part[:30]!r}")
        start, end = minutes
        end += DAY_MIN if end < start else 0
        if not 0 < end - start <= DAY_MIN:
            raise ValueError(
                f"starts and ends at the same time, or lasts over a day: {part[:30]!r}"
            )
        yield start, end


def _times(start: int, end: int) -> str:
    """Write a span; past midnight hours start at 00:00 again, but for one that lasts a whole day."""
    if end > DAY_MIN and end - start < DAY_MIN:
        end -= DAY_MIN
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
