"""By what a trip is judged: the norm, and the window of departures."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geoaccess.errors import Fault, ProjectError, range_faults
from geoaccess.load.timetable import HORIZON_S

if TYPE_CHECKING:
    from collections.abc import Iterator

#: windows may start and end up to six hours after midnight
LAST_MINUTE = 30 * 60


@dataclass(frozen=True)
class Norm:
    """The longest acceptable travel time, and what a visit and a place at a practice take.

    Attributes
    ----------
    max_minutes : minutes door to door; exactly this many is within the norm.
    percentile : share (%) of the departure minutes in the window whose travel time is at most the one judged:
        50 judges the median, 90 a trip that is as quick or quicker at nine of ten moments.
    consult_min : length of a consultation, minutes (a choice of 2026).
    reception_margin_min : minutes between arriving at a practice and the earliest start of the consultation.
    patients_per_fte : patients of a full-time GP; 2095 is the Dutch norm practice of 2018.
    conditional_weight : share of the places of a practice that takes new patients on conditions, 0 to 1; an assumption,
        see `geoaccess.access.capacity.Room`.
    unknown_weight : the same where it is not known whether a practice takes new patients; None for what follows from
        the practices asked in 2023 (18.3% full, 50.5% on conditions).

    Raises
    ------
    ProjectError
        that names every value out of range.
    """

    max_minutes: float = 30.0
    percentile: float = 50.0
    consult_min: float = 15.0
    reception_margin_min: float = 0.0
    patients_per_fte: float = 2095.0
    conditional_weight: float = 0.5
    unknown_weight: float | None = None

    def __post_init__(self) -> None:
        ranges = (
            ("max_minutes", 1, 1440),
            ("percentile", 1, 99),
            ("consult_min", 1, 480),
            ("reception_margin_min", 0, 240),
            ("patients_per_fte", 1, 10_000),
            ("conditional_weight", 0, 1),
            ("unknown_weight", 0, 1),
        )
        given = ((name, getattr(self, name), low, high) for name, low, high in ranges)
        faults = range_faults("norm", (one for one in given if one[1] is not None))
        if faults:
            raise ProjectError(faults)


@dataclass(frozen=True)
class When:
    """The window of departures.

    Attributes
    ----------
    window : first and last departure as "HH:MM" of the service day; hours past 24 (to 30:00) are after midnight.
    date : the service day; None for the date of the timetable.

    Raises
    ------
    ProjectError
        when a time is not a time, or the window does not run forward.

    Examples
    --------
    >>> When(("7:00", "25:30")).window
    ('07:00', '25:30')
    """

    window: tuple[str, str] = ("08:00", "10:00")
    date: dt.date | None = None

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        minutes = [_minute_of_day(text) for text in self.window]
        for text, minute in zip(self.window, minutes, strict=True):
            if minute is None:
                faults.append(
                    _window_fault(
                        "is not a time from 00:00 to 30:00",
                        text,
                        'write it as "HH:MM"; 25:30 is half past one in the night after',
                    )
                )
        if len(minutes) != 2:
            faults.append(
                _window_fault(
                    "must hold two times", str(list(self.window)), 'write ["08:00", "10:00"]'
                )
            )
        known = [minute for minute in minutes if minute is not None]
        if not faults and known[0] >= known[1]:
            faults.append(
                _window_fault(
                    "must end after it starts",
                    " - ".join(self.window),
                    'past midnight hours go on past 24, such as ["22:00", "25:30"]',
                )
            )
        if faults:
            raise ProjectError(faults)
        tidy = tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in known)
        object.__setattr__(self, "window", tidy)


def _window_fault(problem: str, value: str, remedy: str) -> Fault:
    return Fault(problem, value=value, remedy=remedy, key="when.window")


def _minute_of_day(text: str) -> int | None:
    """Minutes after midnight of the service day, None where the text is no time up to 30:00."""
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text.strip(), re.ASCII)
    minute = int(match[1]) * 60 + int(match[2]) if match else LAST_MINUTE + 1
    return minute if minute <= LAST_MINUTE else None


def misfits(norm: Norm, when: When, max_minutes: float) -> Iterator[Fault]:
    """Yield what does not fit together: norm and window with travellers who give up after ``max_minutes``."""
    if norm.max_minutes > max_minutes:
        yield Fault(
            f"the norm is longer than the longest trip searched ({max_minutes:g} minutes)",
            value=f"{norm.max_minutes:g}",
            remedy="raise max_minutes of the traveller or lower the norm",
            key="norm.max_minutes",
        )
    end_s = 60 * (_minute_of_day(when.window[1]) or 0)
    if end_s + 60 * max_minutes > HORIZON_S:
        yield Fault(
            f"the last trips would end after {HORIZON_S // 3600}:00, where the timetable of a day ends",
            value=" - ".join(when.window),
            remedy=f"end the window earlier or lower max_minutes of the traveller ({max_minutes:g})",
            key="when.window",
        )
