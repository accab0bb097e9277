"""The worked example of domain.md: a bus every hour between a site and a practice 15 km away, and variations of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from geoaccess.access.intervals import DAY_S, gaps, interval_rows
from geoaccess.access.visit import VisitRules, WeekVisits, week_visits
from geoaccess.network.network import build_network
from geoaccess.network.traveller import Traveller
from tests.worlds import Place, Trip, make_streets, make_timetable, points

HOME, DOCTOR = (4.30, 52.0), (4.52, 52.0)


def at(text: str, day: int = 0) -> int:
    """Seconds from Monday 00:00."""
    return DAY_S * day + 3600 * int(text[:2]) + 60 * int(text[3:])


def bus(start: int, end: int, times: list[str], minutes: int = 30) -> list[Trip]:
    """Trips without stops in between."""
    return [
        Trip(
            (start, end),
            (at(t), at(t) + 60 * minutes),
            (at(t), at(t) + 60 * minutes),
            f"{start}{t}",
            "R",
            (True, True),
            (True, True),
        )
        for t in times
    ]


def hourly(minute: int, hours: range = range(6, 24)) -> list[str]:
    """Every hour at that minute."""
    return [f"{hour:02d}:{minute:02d}" for hour in hours]


@dataclass
class BusWeek:
    """What a test varies; a shift from 06:00 to 15:00 with 30 minutes of commute, Monday to Friday by default."""

    out: list[str] = field(default_factory=lambda: hourly(40))
    back: list[str] = field(default_factory=lambda: hourly(35))
    served: str = "1111111"
    opening: tuple[str, str] = ("08:00", "17:00")
    open_days: range = range(5)
    shift_ends: str = "15:00"
    work_days: range = range(-1, 8)
    norm_minutes: float = 30.0
    site: Place = HOME
    cycle: bool = False

    def visits(self, **more: object) -> WeekVisits:
        nodes = [HOME, DOCTOR]
        streets = make_streets(nodes, [(0, 1, 1_505_000, 0, 15)])
        trips = bus(0, 1, self.out) + bus(1, 0, self.back)
        timetable = make_timetable(nodes, trips)
        who = Traveller(cycle=self.cycle)
        rides, walks = (build_network(streets, t, who) for t in (timetable, None))
        week = [rides if flag == "1" else walks for flag in self.served]
        work = [(at("05:30", d), at(self.shift_ends, d) + 1800) for d in self.work_days]
        opening = [(at(self.opening[0], d), at(self.opening[1], d)) for d in self.open_days]
        return week_visits(
            points((self.site,), "site_id"),
            points((DOCTOR,), "practice_id"),
            week,
            pd.DataFrame({"site_id": ["s0"], "group_id": ["day"], "schedule": [0]}),
            gaps(interval_rows([work]), 0, 8 * DAY_S),
            interval_rows([opening]),
            VisitRules(norm_minutes=self.norm_minutes),
            **more,
        )
