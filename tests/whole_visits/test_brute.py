"""Random regions as files against the definition itself: every departure minute of a week, every practice.

Sites and practices are at bus stops too far apart to walk, so that all times are those of the timetable. A visit is on
the day on which people leave: nobody waits at a practice till the next day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tests.whole_visits.files import (
    CODES,
    DAYS,
    GROUP,
    PRACTICE,
    SITE,
    Bus,
    Place,
    Region,
    is_true,
    persons,
    run,
)

STOPS: tuple[Place, ...] = tuple((5_000.0 * k, 0.0) for k in range(4))
DAY_MIN, WEEK_MIN = 1440, 7 * 1440
NORM_MIN, LONGEST_MIN, CONSULT_MIN, CHANGE_MIN = 30, 120, 15, 1
NEVER = 10**9


@dataclass(frozen=True)
class Practice:
    """As it is written to the file, with minutes of the day; open on the days given."""

    key: str
    stop: int
    blocks: tuple[tuple[int, int], ...]
    days: tuple[int, ...]
    status: str
    listed: int
    languages: str
    interpreter: bool


@dataclass(frozen=True)
class People:
    """A group of a site, and the days on which its people work."""

    site: str
    key: str
    stop: int
    shift: tuple[int, int]
    days: tuple[int, ...]
    commute: int
    language: str
    registered: int


@dataclass(frozen=True)
class Made:
    """A random region and what it is made of."""

    region: Region
    rides: tuple[tuple[int, int, int, int, int], ...]
    practices: tuple[Practice, ...]
    people: tuple[People, ...]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def make(rnd: Random) -> Made:
    buses, rides = [], []
    for _ in range(rnd.randint(8, 40)):
        path = list(range(4)) if rnd.random() < 0.6 else rnd.sample(range(4), rnd.randint(2, 3))
        if rnd.random() < 0.5:
            path = path[::-1]
        time, calls = rnd.randint(5 * 60, 22 * 60), []
        for stop in path:
            calls.append((stop, time))
            time += rnd.randint(3, 25)
        days = "".join(rnd.choice("110") for _ in range(7))
        if "1" not in days:
            days = "1111111"
        buses.append(Bus(tuple((STOPS[stop], clock(at)) for stop, at in calls), days))
        trip = len(buses)
        for day in range(-1, 8):
            if days[day % 7] == "1":
                start = day * DAY_MIN
                rides += [
                    (start + one[1], start + two[1], one[0], two[0], trip * 100 + day)
                    for one, two in pairwise(calls)
                ]
    practices = []
    for k in range(rnd.randint(1, 3)):
        first = rnd.choice([7, 8, 9]) * 60
        noon, last = 12 * 60, rnd.choice([12, 16, 17, 19, 21]) * 60
        blocks = ((first, last),)
        if last > noon and rnd.random() < 0.5:
            blocks = ((first, noon), (13 * 60, last))
        practices.append(
            Practice(
                f"P{k + 1}",
                rnd.randrange(4),
                blocks,
                tuple(sorted(rnd.sample(range(7), rnd.randint(1, 6)))),
                rnd.choice(["open", "open", "closed", "conditional"]),
                rnd.choice([2000, 2000, 2095]),
                rnd.choice(["nl", "nl;pl", "pl;ro"]),
                rnd.random() < 0.2,
            )
        )
    people = []
    sites = [SITE | {"site_id": f"S{k}", "at": STOPS[k], "residents": 30 + k} for k in range(4)]
    for k in range(4):
        for name in "ab":
            start = rnd.choice([5, 6, 8, 13, 14, 21, 22]) * 60
            people.append(
                People(
                    f"S{k}",
                    name,
                    k,
                    (start, start + rnd.choice([8, 9, 10, 13]) * 60 + rnd.choice([0, 7, 30])),
                    tuple(range(7)) if rnd.random() < 0.5 else tuple(rnd.sample(range(7), 5)),
                    rnd.choice([0, 15, 30]),
                    rnd.choice(["pl", "ro"]),
                    rnd.choice([0, 1]),
                )
            )
    region = Region(
        sites=tuple(sites),
        practices=tuple(
            PRACTICE
            | {
                "practice_id": one.key,
                "at": STOPS[one.stop],
                "opening_hours": ",".join(DAYS[d].capitalize() for d in one.days)
                + " "
                + ",".join(f"{clock(a)}-{clock(b)}" for a, b in one.blocks),
                "status": one.status,
                "listed_patients": one.listed,
                "languages": one.languages,
                "interpreter": "yes" if one.interpreter else "no",
            }
            for one in practices
        ),
        groups=tuple(
            GROUP
            | {
                "site_id": one.site,
                "group_id": one.key,
                "share": 0.5,
                "shift": f"{clock(one.shift[0])}-{clock(one.shift[1] % DAY_MIN)}",
                "work_days": ",".join(DAYS[d].capitalize() for d in sorted(one.days)),
                "commute_min": one.commute,
                "languages": one.language,
                "registered_share": one.registered,
            }
            for one in people
        ),
        buses=tuple(buses),
        streets=(STOPS,),
    )
    return Made(region, tuple(sorted(rides)), tuple(practices), tuple(people))


class Truth:
    """What the definition says, found by trying everything."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.arrivals = lru_cache(maxsize=None)(self._arrivals)

    def _arrivals(self, stop: int, leave: int) -> tuple[int, ...]:
        """Earliest minute at each stop, leaving a stop at a minute."""
        at, ready = [NEVER] * len(STOPS), [NEVER] * len(STOPS)
        at[stop] = ready[stop] = leave
        aboard = set()
        for departs, arrives, one, two, trip in self.made.rides:
            if departs < leave:
                continue
            if departs > leave + LONGEST_MIN:
                break
            if trip in aboard or ready[one] <= departs:
                aboard.add(trip)
                if arrives < at[two] and arrives <= leave + LONGEST_MIN:
                    at[two], ready[two] = arrives, min(ready[two], arrives + CHANGE_MIN)
        return tuple(at)

    def free(self, people: People) -> list[tuple[int, int]]:
        """Times between home from work and the way to work."""
        start, end = people.shift
        work = [
            (day * DAY_MIN + start - people.commute, day * DAY_MIN + end + people.commute)
            for day in range(-8, 16)
            if day % 7 in people.days
        ]
        return [(home, leave) for (_, home), (leave, _) in pairwise(work)]

    def judge(self, people: People) -> tuple[str, dict[int, int]]:
        """Reason, and the fewest minutes from door to door on each day with a feasible visit."""
        best: dict[int, int] = {}
        step = 0
        for practice in self.made.practices:
            for leave in range(WEEK_MIN):
                reached, minutes = self._try(people, practice, leave)
                step = max(step, reached)
                if reached == len(CODES):
                    day = leave // DAY_MIN
                    best[day] = min(best.get(day, NEVER), minutes)
        return [*CODES, "feasible"][max(step, 1)], best

    def _try(self, people: People, practice: Practice, leave: int) -> tuple[int, int]:
        """Number of constraints that hold one after another, and the minutes from door to door."""
        arrive = self.arrivals(people.stop, leave)[practice.stop]
        if arrive - leave > NORM_MIN:
            return CODES.index("out_of_reach"), 0
        day = leave // DAY_MIN
        if day not in practice.days:
            return CODES.index("no_service_that_day"), 0
        inside = [(a, b) for a, b in self.free(people) if a <= leave and arrive <= b]
        if not inside:
            return CODES.index("no_service_in_free_time"), 0
        (_, until) = inside[0]
        starts = [
            start
            for opens, closes in practice.blocks
            for start in range(max(arrive, day * DAY_MIN + opens), day * DAY_MIN + closes)
            if start + CONSULT_MIN <= min(until, day * DAY_MIN + closes)
        ]
        if not starts:
            return CODES.index("closed_in_free_time"), 0
        home = min(self.arrivals(practice.stop, s + CONSULT_MIN)[people.stop] for s in starts)
        if home > until:
            return CODES.index("no_way_back"), 0
        if not people.registered:
            if practice.status == "closed":
                return CODES.index("not_accepting"), 0
            if practice.listed >= 2095:
                return CODES.index("no_room"), 0
        if not practice.interpreter and people.language not in practice.languages.split(";"):
            return CODES.index("language"), 0
        return len(CODES), home - leave


@cache
def judged(seed: int) -> tuple[Made, tuple[tuple[People, str, dict[int, int]], ...]]:
    """A random region, and what the definition says of its people."""
    made = make(Random(seed))
    truth = Truth(made)
    return made, tuple((people, *truth.judge(people)) for people in made.people)


@pytest.mark.parametrize("seed", range(6))
def test_files_agree_with_the_definition(seed: int, tmp_path: Path) -> None:
    made, truth = judged(seed)
    done = run(made.region, tmp_path)
    assert persons(done.reasons["residents"]) == pytest.approx(30 + 31 + 32 + 33)
    wrong = []
    for people, reason, best in truth:
        mine = (done.visits["site_id"] == people.site) & (done.visits["group_id"] == people.key)
        visits = done.visits[mine & done.visits["feasible"].map(is_true)]
        found = {DAYS.index(row.day): float(row.door_to_door_min) for row in visits.itertuples()}
        said = done.reason(site_id=people.site, group_id=people.key)["reason"]
        if (said, found) != (reason, best):
            wrong.append((people, reason, said, best, found))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_random_regions_have_every_kind_of_trouble() -> None:
    seen = {reason for seed in range(6) for _, reason, _ in judged(seed)[1]}
    assert len(seen) >= 6, seen
