"""Sentences on opening hours: what was assumed, could not be read, was read in other words, or is odd."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from geoaccess.load.phrases import counted, listed

DAY_S = 86_400
WEEK_S = 7 * DAY_S

_HOLIDAY = re.compile(r"\bPH\b", re.IGNORECASE)
_SCHOOL = re.compile(r"\bSH\b", re.IGNORECASE)
#: the days of a rule that has times
_DAYS_OF_RULE = re.compile(r"\s*([A-Za-z,\s-]*?)\s*\d\d?:\d\d")

Rows = Sequence[Any]
Spans = Sequence[tuple[int, int]]


def hours_notes(
    status: pd.DataFrame, spans: Sequence[Spans], holidays: Sequence[dt.date]
) -> list[str]:
    """Sentences for the table of `geoaccess.load.hours.OpeningWeek`.

    Parameters
    ----------
    status : practice_id, opening_hours, status, read_as, source.
    spans : opening and closing times of each row, seconds from Monday 00:00.
    holidays : public holidays from the day before the week to the day after.
    """
    rows: list[Any] = list(status.itertuples(index=False))
    of_all = f"of {counted(len(rows), 'practice')}"
    assumed = [row for row in rows if row.status == "assumed"]
    unknown = [row for row in rows if row.status == "unknown"]
    known = [(row, own) for row, own in zip(rows, spans, strict=True) if row.status == "known"]
    notes: list[str] = []
    if assumed:
        said = f"Opening hours are not given for {len(assumed)} {of_all}"
        notes.append(f"{said}; assumed are {_defaults(assumed)}.")
    if unknown:
        said = f"Opening hours of {len(unknown)} {of_all} cannot be read and are unknown: {_named(unknown)}"
        notes.append(f"{said}; until they are mended, assumed are {_defaults(unknown)}.")
    other = [row for row, _ in known if row.read_as != row.opening_hours]
    if other:
        pairs = listed([f"{_one(row)} as '{row.read_as}'" for row in other])
        notes.append(f"Opening hours read in other words than they are written in: {pairs}.")
    notes += _oddities(known)
    if holidays:
        notes.append(_holiday_note(known, holidays))
    return notes


def _oddities(known: Sequence[tuple[Any, Spans]]) -> Iterator[str]:
    """Yield sentences on hours that are well written and yet not what one expects."""
    never = [row for row, own in known if not any(end > 0 and start < WEEK_S for start, end in own)]
    if never:
        yield f"Closed all through the reference week by their hours: {_named(never)}."
    always = [row for row, own in known if any(end - start >= DAY_S for start, end in own)]
    if always:
        yield f"Open for a day and a night or longer by their hours: {_named(always)}."
    school = [row for row, _ in known if _SCHOOL.search(row.read_as)]
    if school:
        yield f"School holidays (SH) are not known and were passed over: {_named(school)}."
    replaced = [row for row, _ in known if _replaces(row.read_as)]
    if replaced:
        yield (
            "Where hours of the same days are given twice with ';' between, the later replace the earlier, as the "
            f"syntax has it; a comma would add them: {_named(replaced)}."
        )


def _replaces(text: str) -> bool:
    """Whether a rule replaces the hours of an earlier one for the same days, or for all days.

    Examples
    --------
    >>> _replaces("Mo-Fr 08:00-12:00; 13:00-17:00"), _replaces("Mo-Fr 08:00-12:00; Sa 09:00-12:00")
    (True, False)
    """
    seen: set[str] = set()
    for rule in text.split(";"):
        found = _DAYS_OF_RULE.match(rule)
        if found is None:
            continue
        if seen and (found[1] in seen or not found[1]):
            return True
        seen.add(found[1])
    return False


def _holiday_note(known: Sequence[tuple[Any, Spans]], holidays: Sequence[dt.date]) -> str:
    """Public holidays, and who is taken as open on them for want of a word on holidays."""
    days = ", ".join(f"{day:%A} {day}" for day in holidays)
    note = f"Public holidays in the reference week or beside it: {days}."
    silent = [
        row
        for row, own in known
        if own and not _HOLIDAY.search(row.read_as) and "24/7" not in row.read_as
    ]
    if not silent:
        return note
    return (
        f"{note} The hours of {counted(len(silent), 'practice')} say nothing of public holidays (PH) and were taken "
        f"to hold on them, too: {listed([str(row.practice_id) for row in silent])}."
    )


def _defaults(rows: Rows) -> str:
    """Default hours that were taken, each with its source."""
    used = dict.fromkeys((row.read_as, row.source) for row in rows)
    return " and ".join(f"'{hours}' ({source})" for hours, source in used)


def _named(rows: Rows) -> str:
    return listed([_one(row) for row in rows])


def _one(row: Any) -> str:
    text = str(row.opening_hours)
    return f"{row.practice_id} '{text if len(text) <= 60 else text[:57] + '...'}'"
