"""Feasible visits by trying everything: every departure minute, every second at which a consultation can start.

Plain Python on the slow router of tests/oracle.py; it shares no code with the product. Numbers of constraints are those
of domain.md in their order, from linked (1) to way back (6).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from tests.oracle import Oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle import Place

DAY, LAST = 86_400, 115_200
CHUNK = 1200

Spans = list[tuple[int, int]]


@dataclass(eq=False)
class Trips:
    """Trips between one site and one practice on one kind of day."""

    oracle: Oracle
    site: Place
    practice: Place
    max_s: int
    _home: dict[int, list[int | None]] = field(default_factory=dict)

    @cache  # noqa: B019
    def out(self) -> list[tuple[int, int]]:
        """Every departure of the day with its arrival, where there is one."""
        minutes = range(0, DAY, 60)
        found = self.oracle.arrivals(self.site, self.practice, minutes)
        return [(t, a) for t, a in zip(minutes, found, strict=True) if a is not None]

    def home(self, leave: int) -> int | None:
        """Arrival at home of who leaves the practice then."""
        chunk, place = divmod(leave, CHUNK)
        if chunk not in self._home:
            moments = range(chunk * CHUNK, (chunk + 1) * CHUNK)
            self._home[chunk] = self.oracle.arrivals(self.practice, self.site, moments)
        return self._home[chunk][place]


@dataclass(eq=False)
class Question:
    """One site, one practice, the week."""

    week: list[Trips]
    opening: Spans
    free: Spans
    norm_s: int
    consult_s: int
    margin_s: int

    def blocks(self, day: int) -> Spans:
        """Opening hours that overlap the day, in its seconds, until 32:00."""
        shifted = [(o - DAY * day, c - DAY * day) for o, c in self.opening]
        return [(o, min(c, LAST)) for o, c in shifted if o < DAY and c > 0]

    def free_on(self, day: int) -> Spans:
        """Free time in seconds of the day."""
        return [(a - DAY * day, b - DAY * day) for a, b in self.free]

    def departures(self, day: int, longest_s: int) -> list[tuple[int, int]]:
        """Departures of a day with a trip out of at most so long."""
        return [(t, a) for t, a in self.week[day].out() if a - t <= longest_s]

    def starts(self, day: int, ready: int) -> Iterator[int]:
        """Every second at which a consultation can start."""
        for opens, closes in self.blocks(day):
            yield from range(max(ready, opens), closes - self.consult_s + 1)

    def soonest(self, day: int, ready: int) -> tuple[int, int] | None:
        """Home and end of consultation, whatever opening hours give: first home, then first end."""
        key = day, ready
        if key not in self._soonest:
            ends = (s + self.consult_s for s in self.starts(day, ready))
            homes = ((self.week[day].home(e), e) for e in ends)
            self._soonest[key] = min(((h, e) for h, e in homes if h is not None), default=None)
        return self._soonest[key]

    def __post_init__(self) -> None:
        self._soonest: dict[tuple[int, int], tuple[int, int] | None] = {}

    def best(self, day: int) -> tuple[int, ...] | None:
        """Leave, arrive, start, end, home of the best visit of a day."""
        found = []
        for t, arrive in self.departures(day, self.norm_s):
            visit = self.soonest(day, arrive + self.margin_s)
            if visit is None:
                continue
            home, end = visit
            if any(a <= t and home <= b for a, b in self.free_on(day)):
                found.append((home - t, -t, arrive, end, home))
        if not found:
            return None
        _, minus, arrive, end, home = min(found)
        return -minus, arrive, end - self.consult_s, end, home

    def least_lost(self) -> tuple[int, int, int] | None:
        """Fewest seconds outside free time of any visit of the week, and door to door of the shortest such, and day."""
        found = []
        for day in range(7):
            for t, arrive in self.departures(day, self.norm_s):
                visit = self.soonest(day, arrive + self.margin_s)
                if visit is not None:
                    home = visit[0]
                    inside = sum(max(0, min(b, home) - max(a, t)) for a, b in self.free_on(day))
                    found.append((home - t - inside, home - t, day))
        return min(found, default=None)

    def level(self, lift: int = 0, longest_s: int | None = None) -> int:
        """How many constraints some departure of the week satisfies; the one to be lifted counts as satisfied."""
        longest_s = self.norm_s if longest_s is None else longest_s
        return max(self._day_level(day, lift, longest_s) for day in range(7))

    def _day_level(self, day: int, lift: int, longest_s: int) -> int:
        departures = self.departures(day, longest_s)
        if not departures:
            return 1
        if not self.blocks(day) and lift != 3:
            return 2
        level = 3
        for t, arrive in departures:
            for a, b in self.free_on(day):
                if lift != 4 and not (a <= t and arrive <= b):
                    continue
                level = max(level, 4)
                ready = arrive + self.margin_s
                if lift == 4:
                    ready = max(ready, a)
                level = max(level, self._after(day, lift, ready, b))
                if level == 6:
                    return 6
        return 4 if lift == 4 and level == 3 else level

    def _after(self, day: int, lift: int, ready: int, until: int) -> int:
        """From the arrival on: 4, or 5 with a whole consultation inside free time, or 6 with a way back, too."""
        if lift == 5:
            last = min(until, LAST) - self.consult_s
            for s in range(ready, last + 1):
                home = self.week[day].home(s + self.consult_s)
                if home is not None and home <= until:
                    return 6
            return 5
        level = 4
        for s in self.starts(day, ready):
            end = s + self.consult_s
            if end > until:
                break
            if lift == 6:
                return 6
            level = 5
            home = self.week[day].home(end)
            if home is not None and home <= until:
                return 6
        return level
