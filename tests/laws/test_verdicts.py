"""Verdicts on random small worlds: with more of anything nobody is worse off; all are counted, and reasons are true."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import given, note
from hypothesis import strategies as st

from geoaccess.access.care import CareKind
from geoaccess.access.intervals import interval_rows
from geoaccess.access.norm import Norm
from geoaccess.access.verdict import Verdict, judge_all
from geoaccess.access.why import CODES, REASONS
from geoaccess.load.default_groups import Group, complete_groups
from geoaccess.network.network import Network, build_network
from tests.laws.test_visits import fewer
from tests.visit_oracle import DAY, Spans
from tests.worlds import World, chance, examples, random_world

TUESDAY = dt.date(2026, 11, 24)
NAMES = ("mo", "tu", "we", "th", "fr", "sa", "su")
ORDER = {code: k for k, code in enumerate(CODES)}


def hours_text(spans: Spans) -> str:
    """Spans of whole minutes as opening hours, day by day; rules after ``;`` would take the nights before away."""
    days: list[list[str]] = [[] for _ in range(7)]
    for a, b in spans:
        start, end = a % DAY // 60, (a % DAY + b - a) // 60
        days[a // DAY % 7].append(f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}")
    said = [
        f"{name.title()} {','.join(times)}"
        for name, times in zip(NAMES, days, strict=True)
        if times
    ]
    return ", ".join(said) or "off"


@dataclass(frozen=True)
class Region:
    """A world with practices and groups as their tables have them."""

    world: World
    rides: tuple[bool, ...]
    opening: tuple[tuple[tuple[int, int], ...], ...]
    practices: tuple[dict[str, Any], ...]
    groups: tuple[Group, ...]
    residents: tuple[float, ...]
    norm: Norm
    networks: dict[int, list[Network]] = field(default_factory=dict, compare=False, repr=False)

    def week(self) -> list[Network]:
        """Networks of the days; built once for each timetable."""
        key = id(self.world.timetable)
        if key not in self.networks:
            w = self.world
            self.networks[key] = [
                build_network(w.streets, timetable, w.who, max_snap_m=w.max_snap_m)
                for timetable in (None, w.timetable)
            ]
        return [self.networks[key][rides] for rides in self.rides]

    def verdict(self) -> Verdict:
        """Judge it."""
        sites = self.world.site_table().assign(residents=self.residents)
        sites["area_id"] = ["AB"[k % 2] for k in range(len(sites))]
        rows = [
            row | {"opening_hours": hours_text(list(spans))}
            for row, spans in zip(self.practices, self.opening, strict=True)
        ]
        points = self.world.practice_table()
        practices = gpd.GeoDataFrame(
            pd.concat([points, pd.DataFrame(rows)], axis=1), geometry="geometry", crs=4326
        )
        groups = complete_groups(None, sites, self.groups)
        kinds = (CareKind("huisarts"),)
        return judge_all(
            sites, practices, self.week(), groups, kinds, self.norm, TUESDAY, country=None
        )


def random_spans(rnd: Random, near_s: int, longest_min: int) -> tuple[tuple[int, int], ...]:
    found = []
    for day in range(7):
        for _ in range(rnd.choice([0, 1, 1, 2])):
            start = DAY * day + near_s + 60 * rnd.randint(-60, 60)
            found.append((max(start, 0), max(start, 0) + 60 * rnd.randint(3, longest_min)))
    return tuple(interval_rows([found]).row(0))


def random_shift(rnd: Random, near_min: int) -> str:
    """Work that leaves some time around the rides, or little."""
    begin = (near_min + rnd.choice([-300, -60, -20, 40, 120])) % 1440
    return f"{begin // 60:02}:{begin % 60:02}-{(begin + 480) % 1440 // 60:02}:{begin % 60:02}"


def random_region(rnd: Random, *, split: bool = True) -> Region:
    """Draw a region; without ``split`` all people of a group fare the same."""
    world = random_world(rnd)
    near_s = world.departures[0] // 60 * 60
    practices = tuple(
        {
            "care": rnd.choice(["huisarts", "huisarts", "huisarts", "apotheek"]),
            "status": rnd.choice(["open", "open", "closed", "unknown"]),
            "fte": rnd.choice([1.0, 2.0, math.nan]),
            "listed_patients": rnd.choice([2000.0, 2095.0, 3000.0]),
            "languages": rnd.choice(["nl", "pl", "ro;bg", None]),
            "interpreter": rnd.choice([False, False, True, None]),
            "serves": rnd.choice([None, None, None, "s0", "s0/g0"]),
            "walk_in": rnd.choice([None, None, True]),
            "at_work": rnd.choice([None, None, None, True]),
        }
        for _ in world.practices
    )
    count = rnd.randint(1, 3)
    groups = tuple(
        Group(
            f"g{k}",
            share=1 / count,
            shift=" | ".join(
                random_shift(rnd, near_s // 60)
                for _ in range(rnd.choice([1, 1, 2]) if split else 1)
            ),
            work_days=rnd.choice(["Mo-Fr", "Mo-Sa", "Mo,We", "geen"]),
            commute_min=rnd.choice([0, 10, 45]),
            languages=rnd.choice(["pl", "ro", "hu;pl", ""]),
            registered_share=rnd.choice([0.0, 0.67, 1.0] if split else [0.0, 0.0, 1.0]),
        )
        for k in range(count)
    )
    return Region(
        world,
        tuple(chance(rnd, 0.8) for _ in range(7)),
        tuple(random_spans(rnd, near_s, 90) for _ in practices),
        practices,
        groups,
        tuple(rnd.choice([0.0, 1.0, 10.0, 137.0, 0.1]) for _ in world.sites),
        Norm(
            max_minutes=rnd.choice([20.0, 35.0]),
            consult_min=rnd.choice([5.0, 15.0]),
            reception_margin_min=rnd.choice([0.0, 3.0]),
        ),
    )


regions = st.randoms(use_true_random=False).map(random_region)
plain_regions = st.randoms(use_true_random=False).map(lambda rnd: random_region(rnd, split=False))


def with_practices(region: Region, **columns: Any) -> Region:
    """The same with other values in some columns."""
    return replace(region, practices=tuple(row | columns for row in region.practices))


def more_of(region: Region, what: str, rnd: Random) -> tuple[Region, Region]:
    """A region, and the same with more of something."""
    if what == "hours":
        longer = tuple(
            tuple(
                interval_rows(
                    [
                        [
                            (max(0, a - 60 * rnd.randint(0, 90)), b + 60 * rnd.randint(0, 90))
                            for a, b in row
                        ]
                    ]
                ).row(0)
            )
            for row in region.opening
        )
        return region, replace(region, opening=longer)
    if what == "trips":
        few = replace(region.world, timetable=fewer(region.world.timetable))
        return replace(region, world=few), region
    if what == "days":
        return region, replace(region, rides=(True,) * 7)
    if what == "norm":
        return region, replace(region, norm=replace(region.norm, max_minutes=120.0))
    more = {
        "languages": {"languages": "bg;hu;nl;pl;ro"},
        "interpreters": {"interpreter": True},
        "places": {"listed_patients": 0.0},
        "status": {"status": "open"},
        "whom": {"serves": None},
    }[what]
    return region, with_practices(region, **more)


def left(verdict: Verdict) -> pd.DataFrame:
    """Share of each group of each site that is left after each constraint, by kind of care."""
    reasons = verdict.reasons.assign(code=verdict.reasons["reason"].map(ORDER))
    keys = ["site_id", "group_id", "care"]
    steps = {
        step: reasons["share"].where(reasons["code"] > k, 0.0) for k, step in enumerate(REASONS)
    }
    return reasons[keys].assign(**steps).groupby(keys, sort=True).sum()


@examples(25)
@given(
    regions,
    st.sampled_from(
        [
            *("hours", "trips", "days", "norm", "languages", "interpreters", "places", "status"),
            "whom",
        ]
    ),
    st.randoms(use_true_random=False),
)
def test_more_of_anything_makes_nobody_worse_off(region: Region, what: str, rnd: Random) -> None:
    region, more = more_of(region, what, rnd)
    note(f"{region}\n{region.world}\n{more}")
    before, after = region.verdict(), more.verdict()
    assert (left(after) >= left(before) - 1e-12).all(axis=None)
    keys = ["site_id", "group_id", "care"]
    quickest = [
        verdict.reasons.groupby(keys)["best_door_to_door_min"].min() for verdict in (before, after)
    ]
    assert (quickest[1] <= quickest[0]).all()
    assert (
        after.basket["huisarts_share_feasible"] >= before.basket["huisarts_share_feasible"] - 1e-12
    ).all()


@examples(25)
@given(regions)
def test_everybody_is_counted_once(region: Region) -> None:
    note(f"{region}\n{region.world}")
    verdict = region.verdict()
    reasons = verdict.reasons
    of_site = dict(
        zip((f"s{k}" for k in range(len(region.residents))), region.residents, strict=True)
    )
    for (site, care), part in reasons.groupby(["site_id", "care"]):
        assert math.fsum(part["residents"]) == of_site[site], care
        assert math.fsum(part["share"]) == 1 or abs(math.fsum(part["share"]) - 1) < 1e-12
    for (area, care), part in verdict.cascade.groupby(["area_id", "care"], sort=False):
        inside = [
            persons for k, persons in enumerate(region.residents) if area in ("total", "AB"[k % 2])
        ]
        everybody = math.fsum(inside)
        assert part["step"].tolist() == list(REASONS), care
        remaining = part["persons_remaining"].to_numpy()
        before = np.r_[everybody, remaining[:-1]]
        assert np.allclose(before - remaining, part["persons_lost"], rtol=1e-12, atol=1e-9)
    whole = verdict.sites["persons_feasible"] + verdict.sites["persons_failing"]
    assert np.allclose(whole, verdict.sites["residents"], rtol=1e-12)
    # seven days for each row, the best of the week among them
    visits = verdict.visits
    assert len(visits) == 7 * len(reasons)
    keys = ["site_id", "group_id", "care", "shift", "people"]
    best = visits.groupby(keys)["door_to_door_min"].min()
    assert np.array_equal(
        best.fillna(math.inf).sort_index(),
        reasons.set_index(keys)["best_door_to_door_min"].sort_index(),
    )
    feasible = visits.groupby(keys)["feasible"].any()
    assert np.array_equal(
        feasible.sort_index(), (reasons.set_index(keys)["reason"] == "feasible").sort_index()
    )


def mended(region: Region, row: Any) -> Region | None:
    """Carry out what mends a reason, where it is a matter of the practice."""
    number = int(row.fix_practice_id[1:]) if row.fix_practice_id else -1
    change = {
        "accept": {"status": "open"},
        "room": {"listed_patients": 0.0, "fte": 2.0},
        "language": {"interpreter": True},
    }.get(row.fix_kind)
    if change is not None:
        rows = list(region.practices)
        rows[number] = rows[number] | change
        return replace(region, practices=tuple(rows))
    if row.fix_kind not in ("close_later", "open_earlier", "open_day"):
        return None
    at_s = DAY * NAMES.index(row.fix_day) + row.fix_time_s
    consult_s = round(60 * region.norm.consult_min)
    if row.fix_kind == "close_later":
        span = (at_s - consult_s - 60 * row.fix_minutes, at_s)
    else:
        span = (at_s, at_s + consult_s)
    # hours are of whole minutes
    start, end = 60 * math.floor(span[0] / 60), 60 * math.ceil(span[1] / 60)
    opening = [list(spans) for spans in region.opening]
    start, end = start % (7 * DAY), start % (7 * DAY) + end - start
    opening[number].append((start, end))
    # across Sunday midnight it is both the last and the first night of the week
    rows = tuple(tuple(interval_rows([spans]).row(0)) for spans in opening)
    return replace(region, opening=rows)


@examples(25)
@given(plain_regions)
def test_reasons_are_true(region: Region) -> None:
    note(f"{region}\n{region.world}")
    verdict = region.verdict()
    keys = ["site_id", "group_id", "care"]
    assert not verdict.reasons.duplicated(keys).any()
    carried_out: dict[Any, pd.DataFrame] = {}
    for row in verdict.reasons.itertuples():
        if row.reason == "feasible":
            assert row.fix_kind is None
            continue
        assert row.proof_outcome is None or ORDER[row.proof_outcome] > ORDER[row.reason]
        other = mended(region, row)
        if other is None:
            continue
        note(f"{row}")
        key = (other.practices, other.opening)
        if repr(key) not in carried_out:
            carried_out[repr(key)] = other.verdict().reasons.set_index(keys)
        after = carried_out[repr(key)].loc[(row.site_id, row.group_id, row.care)]
        assert ORDER[after["reason"]] > ORDER[row.reason]
        if row.fix_kind in ("accept", "room", "language"):
            assert ORDER[after["reason"]] >= ORDER[row.proof_outcome]
            # nothing else was needed, or the later cause is the reason now
            if row.fix_is_enough:
                assert after["reason"] == "feasible"
        elif row.fix_is_enough:
            assert after["reason"] == "feasible"
