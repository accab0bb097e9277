"""Feasible visits equal those found by trying everything, on random small worlds; and nobody loses by more of anything."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import pandas as pd
from hypothesis import assume, given, note
from hypothesis import strategies as st

from geoaccess.access.intervals import interval_rows
from geoaccess.access.visit import VisitRules, WeekVisits, best_visits, visit_summary, week_visits
from geoaccess.network.network import Network, build_network
from geoaccess.route.window import NEVER
from tests.oracle import Oracle
from tests.visit_oracle import DAY, Question, Spans, Trips
from tests.worlds import World, chance, examples, random_world


@dataclass(frozen=True)
class Week:
    """A world with opening hours, free time and days without rides."""

    world: World
    rides: tuple[bool, ...]
    opening: list[Spans]
    free: list[Spans]
    rules: VisitRules

    def networks(self) -> list[Network]:
        w = self.world
        both = [
            build_network(w.streets, timetable, w.who, max_snap_m=w.max_snap_m)
            for timetable in (None, w.timetable)
        ]
        return [both[rides] for rides in self.rides]

    def people(self) -> pd.DataFrame:
        schedules = range(len(self.free))
        rows = [(f"s{i}", f"g{k}", k) for i in range(len(self.world.sites)) for k in schedules]
        return pd.DataFrame(rows, columns=["site_id", "group_id", "schedule"])

    def visits(self, **more: object) -> WeekVisits:
        return week_visits(
            self.world.site_table(),
            self.world.practice_table(),
            self.networks(),
            self.people(),
            interval_rows(self.free),
            interval_rows(self.opening),
            self.rules,
            **more,
        )

    def __str__(self) -> str:
        return f"{self.world}\nrides {self.rides}\nopen {self.opening}\nfree {self.free}\n{self.rules}"


def spans(rnd: Random, near_s: int, days: range, most: int, longest_min: int) -> Spans:
    """Draw a few stretches of time a day, near the rides; some run on past midnight."""
    found: Spans = []
    for day in days:
        if chance(rnd, 0.25):
            continue
        for _ in range(rnd.randint(1, most)):
            start = DAY * day + near_s + 60 * rnd.randint(-60, 50) + rnd.choice([0, 0, 0, 17])
            found.append((start, start + 60 * rnd.randint(3, longest_min) + rnd.choice([0, 0, 1])))
    return [tuple(row) for row in interval_rows([found]).row(0)]


def random_week(rnd: Random) -> Week:
    """Draw a week in which few days differ, so that trying everything stays bearable."""
    world = random_world(rnd)
    near_s = world.departures[0]
    late = range(-1, 7)
    opening = [
        spans(rnd, near_s + 60 * rnd.choice([10, 30, 0, 300]), late, 2, 70)
        for _ in world.practices
    ]
    free = [
        spans(rnd, near_s + 60 * rnd.choice([0, 0, -30, 60, -400]), late, 2, 150)
        for _ in range(rnd.randint(1, 2))
    ]
    if chance(rnd, 0.2):
        free.append([])
    rides = tuple(not chance(rnd, 0.2) for _ in range(7))
    longest = world.who.max_minutes
    rules = VisitRules(
        consult_min=rnd.choice([5, 1, 15, 10.5]),
        margin_min=rnd.choice([0, 0, 2, 5.5]),
        norm_minutes=rnd.choice([None, longest, 20, 35, 10]),
    )
    return Week(world, rides, opening, free, rules)


weeks = st.randoms(use_true_random=False).map(random_week)


def questions(week: Week) -> tuple[dict[tuple[int, int, int], Question], bool]:
    """What is to be known of each site, practice and schedule, and could points snap to either of two places."""
    w = week.world
    oracles = [Oracle(w.streets, t, w.who, w.max_snap_m) for t in (None, w.timetable)]
    max_s = int(60 * w.who.max_minutes)
    norm = week.rules.norm_minutes
    norm_s = max_s if norm is None else min(max_s, int(60 * norm))
    found = {}
    for i, site in enumerate(w.sites):
        for j, practice in enumerate(w.practices):
            both = [Trips(oracle, site, practice, max_s) for oracle in oracles]
            for k, free in enumerate(week.free):
                found[i, j, k] = Question(
                    [both[rides] for rides in week.rides],
                    week.opening[j],
                    free,
                    norm_s,
                    round(60 * week.rules.consult_min),
                    round(60 * week.rules.margin_min),
                )
                both[0].out()
    return found, any(oracle.ambiguous for oracle in oracles)


@examples(60)
@given(weeks)
def test_visits_equal_those_found_by_trying_everything(week: Week) -> None:
    note(str(week))
    asked, ambiguous = questions(week)
    assume(not ambiguous)
    visits = week.visits(keep_every=True)
    pairs = visits.found.pairs
    row = {
        (int(site[1:]), schedule): k
        for k, (site, schedule) in enumerate(
            zip(visits.people["site_id"], visits.people["schedule"], strict=True)
        )
    }
    best_of: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    lost_of: dict[int, list[tuple[int, ...]]] = {}
    for (i, j, k), question in asked.items():
        case = visits.case[row[i, k]]
        days = [question.best(day) for day in range(7)]
        for day, best in enumerate(days):
            mine = visits.found.every[j, case, day, :5]
            assert (None if mine[4] == NEVER else tuple(mine.tolist())) == best, (i, j, k, day)
            if best is not None:
                ranked = (best[4] - best[0], -best[0], j)
                best_of.setdefault((row[i, k], day), []).append((*ranked, *best))
        assert pairs.days[j, case] == sum(1 << d for d, b in enumerate(days) if b is not None)
        level = question.level()
        assert pairs.level[j, case] == level, (i, j, k)
        if level < 6:
            longest_s = int(60 * week.world.who.max_minutes) if level == 1 else None
            lifted = max(level + 1, question.level(lift=level + 1, longest_s=longest_s))
            assert pairs.lifted[j, case] == lifted, (i, j, k, level)
        lost = question.least_lost()
        if lost is not None:
            lost_of.setdefault(row[i, k], []).append((*lost, j))
    for person in range(len(visits.people)):
        for day in range(7):
            found = visits.best[person, day]
            expected = min(best_of.get((person, day), []), default=None)
            if expected is None:
                assert found[6] == -1
            else:
                assert (*found[:5].tolist(), found[6]) == (*expected[3:], expected[2])
        lost = visits.found.lost[visits.case[person]]
        expected = min(lost_of.get(person, []), default=None)
        if expected is None or any((person, d) in best_of for d in range(7)):
            assert lost[0] == NEVER
        else:
            assert (lost[0], lost[4] - lost[3], lost[2], lost[1]) == expected
    assert best_visits(visits)["feasible"].sum() == len(best_of)
    assert (visit_summary(visits)["practices"] >= visit_summary(visits)["feasible"]).all()
    assert np.isfinite(visit_summary(visits)["door_to_door_min"]).sum() == len(
        {person for person, _ in best_of}
    )
