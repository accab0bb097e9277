"""Times of day: the departures asked about, and how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from geoaccess.errors import Fault, ProjectError
from geoaccess.load.timetable import HORIZON_S

#: "never", in seconds; small enough that adding a day to it does not overflow int32
NEVER = np.int32(2_000_000_000)

_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)$")


@dataclass(frozen=True)
class Window:
    """Departures once a minute.

    Attributes
    ----------
    first_s : first departure, seconds of the service day.
    minutes : number of departures.
    """

    first_s: int
    minutes: int

    @property
    def last_s(self) -> int:
        """Last departure."""
        return self.first_s + 60 * (self.minutes - 1)


def parse_clock(text: str, what: str) -> int:
    """Seconds of the service day of a time such as "08:15"; past 24:00 is allowed.

    Raises
    ------
    ProjectError
        when it cannot be read; ``what`` names it.

    Examples
    --------
    >>> parse_clock("25:30", "window")
    91800
    """
    match = _CLOCK.match(str(text).strip())
    if match is None:
        raise ProjectError(
            Fault("not a time of day", what, value=str(text), remedy="write it as HH:MM")
        )
    return 3600 * int(match[1]) + 60 * int(match[2])


def parse_window(window: tuple[str, str], max_minutes: float) -> Window:
    """Read a window of departures such as ("08:00", "10:00"); the end itself is not a departure.

    Parameters
    ----------
    window : first departure and end, "HH:MM" of the service day; past 24:00 is allowed.
    max_minutes : longest travel after the last departure, which must still end before the timetable does (32:00).

    Raises
    ------
    ProjectError
        when a time cannot be read, the window is empty, or it runs too late.

    Examples
    --------
    >>> parse_window(("08:00", "10:00"), 120)
    Window(first_s=28800, minutes=120)
    """
    if isinstance(window, str) or len(window) != 2:
        raise ProjectError(
            Fault("is not two times", "window", value=str(window), remedy='("08:00", "10:00")')
        )
    first_s, end_s = (parse_clock(text, "window") for text in window)
    if end_s <= first_s:
        raise ProjectError(
            Fault(
                "the window of departures ends before it starts",
                "window",
                value=f"{window[0]}-{window[1]}",
                remedy="after midnight, count on: 01:00 is 25:00",
            )
        )
    check_horizon(end_s + 60 * max_minutes, f"{window[0]}-{window[1]}", max_minutes)
    return Window(first_s, (end_s - first_s) // 60)


def check_horizon(last_s: float, value: str, minutes: float) -> None:
    """Refuse travel past the end of the timetable.

    Raises
    ------
    ProjectError
        when ``last_s`` lies past it; ``value`` is what the user wrote, ``minutes`` the longest trip.
    """
    if last_s > HORIZON_S:
        raise ProjectError(
            Fault(
                f"the window and the longest trip ({minutes:g} min) run past {HORIZON_S // 3600}:00",
                "window",
                value=value,
                remedy="end it earlier or lower max_minutes",
            )
        )
