"""Feasible visits equal those found by trying everything, on random small worlds; nobody loses by more of anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import numpy as np
import pandas as pd
from hypothesis import assume, given, note
from hypothesis import strategies as st

from geoaccess.access.intervals import interval_rows
from geoaccess.access.visit import VisitRules, WeekVisits, week_visits
from geoaccess.access.why import CODES
from geoaccess.load.timetable import Timetable
from geoaccess.network.network import Network, build_network
from geoaccess.route.window import NEVER
from tests.oracle import Oracle
from tests.visit_oracle import DAY, Question, Spans, Trips
from tests.visit_views import best_visits, reasons, visit_summary
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
        return (
            f"{self.world}\nrides {self.rides}\nopen {self.opening}\nfree {self.free}\n{self.rules}"
        )


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
        spans(rnd, near_s + 60 * rnd.choice([10, 30, 0, 300]), late, 2, 70) for _ in world.practices
    ]
    free = [
        spans(rnd, near_s + 60 * rnd.choice([0, 0, -30, 60, -400]), late, 2, 150)
        for _ in range(rnd.randint(1, 2))
    ]
    if chance(rnd, 0.2):
        free.append([])
    served = rnd.choice([0.8, 0.8, 0.8, 0.3])
    rides = tuple(chance(rnd, served) for _ in range(7))
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


@examples(6)
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
        if not visits.linked[i]:  # what pairs say of these holds for the nearest street
            continue
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
        lost = visits.found.lost[visits.chooser[person]]
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


def levels(week: Week) -> tuple[np.ndarray, np.ndarray]:
    """Constraints satisfied, and minutes of the best visit of each day, of each row of people."""
    visits = week.visits()
    best = visits.best
    takes = np.where(best[:, :, 6] >= 0, best[:, :, 4] - best[:, :, 0].astype(np.int64), NEVER)
    level = visits.found.pairs.level[:, visits.case].max(axis=0, initial=0)
    return level, takes


def wider(row: Spans, rnd: Random) -> Spans:
    """Longer spans, and one more."""
    longer = [(a - 60 * rnd.randint(0, 20), b + 60 * rnd.randint(0, 20)) for a, b in row]
    start = DAY * rnd.randint(0, 6) + 60 * rnd.randint(0, 1439)
    return interval_rows([[*longer, (start, start + 3600)]]).row(0)


@examples(25)
@given(weeks, st.sampled_from(["opening", "free", "rides", "rules", "trips"]), st.randoms())
def test_more_of_anything_makes_nobody_worse_off(week: Week, what: str, rnd: Random) -> None:
    note(str(week))
    more = {
        "opening": lambda: replace(week, opening=[wider(row, rnd) for row in week.opening]),
        "free": lambda: replace(week, free=[wider(row, rnd) for row in week.free]),
        "rides": lambda: replace(week, rides=(True,) * 7),
        "rules": lambda: replace(
            week, rules=VisitRules(week.rules.consult_min, week.rules.margin_min, None)
        ),
        "trips": lambda: week,
    }[what]()
    if what == "trips":
        week = replace(week, world=replace(week.world, timetable=fewer(week.world.timetable)))
    level, takes = levels(week)
    level_more, takes_more = levels(more)
    assert (level_more >= level).all()
    assert (takes_more <= takes).all()


def fewer(timetable: Timetable | None) -> Timetable | None:
    """The same stops with half of the trips."""
    if timetable is None:
        return None
    kept = np.arange(len(timetable.trips)) % 2 == 0
    number = np.where(kept, np.cumsum(kept) - 1, -1)
    trips = timetable.trips[kept].reset_index(drop=True)
    onward = trips["next_trip"].to_numpy()
    trips["next_trip"] = np.where(onward >= 0, number[onward], -1)
    calls = np.diff(timetable.first)
    call = np.repeat(kept, calls)
    columns = ("stop", "arrival_s", "departure_s", "board", "alight")
    return replace(
        timetable,
        trips=trips,
        first=np.r_[0, np.cumsum(calls[kept])].astype(np.int64),
        **{name: getattr(timetable, name)[call] for name in columns},
    )


@examples(25)
@given(weeks, st.randoms())
def test_reasons_are_proven_and_mended(week: Week, rnd: Random) -> None:
    note(str(week))
    visits = week.visits()
    practices = len(week.world.practices)
    flags = {
        name: np.array([not chance(rnd, 0.3) for _ in range(practices)])
        for name in ("accepts", "has_room", "shares_language")
    }
    table = reasons(visits, **flags)
    order = {code: k for k, code in enumerate(CODES)}
    for row in table.itertuples():
        if row.reason == "feasible":
            assert pd.isna(row.fix_kind)
            continue
        assert pd.isna(row.proof_outcome) or order[row.proof_outcome] > order[row.reason]
        if row.fix_kind not in ("close_later", "open_earlier", "open_day"):
            continue
        practice = int(row.fix_practice_id[1:])
        at_s = DAY * ("mo", "tu", "we", "th", "fr", "sa", "su").index(row.fix_day) + row.fix_time_s
        consult_s = round(60 * week.rules.consult_min)
        span = {
            "close_later": (at_s - consult_s - round(60 * row.fix_minutes or 0), at_s),
            "open_earlier": (at_s, at_s + consult_s),
            "open_day": (at_s, at_s + consult_s),
        }[row.fix_kind]
        opening = list(week.opening)
        # the night after Sunday is written as that of Monday
        opening[practice] = interval_rows(
            [[*opening[practice], span, (span[0] + 7 * DAY, span[1] + 7 * DAY)]]
        ).row(0)
        mended = reasons(replace(week, opening=opening).visits(), **flags).loc[row.Index]
        assert order[mended["reason"]] > order[row.reason]
        if row.fix_is_enough:
            assert mended["reason"] == "feasible"
    # flags only ever add
    better = reasons(visits, **{name: np.ones(practices, bool) for name in flags})
    assert (better["reason"].map(order) >= table["reason"].map(order)).all()
