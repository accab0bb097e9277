"""Phrases of which faults and notes are made: numbers with their noun, and lists that stay short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

#: how many names a phrase lists before it counts the rest
SHOWN = 10
QUOTED = 20

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> counted(1, "trip"), counted(1200, "trip"), counted(0, "row of it", "rows of it")
    ('1 trip', '1,200 trips', '0 rows of it')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str], shown: int = SHOWN) -> str:
    """Write the first few names in the order given, and how many more there are.

    Examples
    --------
    >>> listed(["b", "a", "c"], 2), listed(["b"])
    ('b, a and 1 more', 'b')
    """
    more = len(names) - shown
    text = ", ".join(names[:shown])
    return f"{text} and {more:,} more" if more > 0 else text


def quoted(names: Sequence[str]) -> str:
    """Write the first 20 names in quotes, each cut at 60 letters.

    Examples
    --------
    >>> quoted(["x", "y"])
    "'x', 'y'"
    """
    return listed([f"'{name[:60]}'" for name in names], QUOTED)


def day_named(date: dt.date) -> str:
    """Write a date with its weekday.

    Examples
    --------
    >>> day_named(dt.date(2026, 11, 24))
    'Tuesday 2026-11-24'
    """
    return f"{WEEKDAYS[date.weekday()]} {date}"
