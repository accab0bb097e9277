"""Made-up tables of visits and places, with the columns that a measured result has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.cascade import cascade
from geoaccess.access.why import CODES, FEASIBLE
from geoaccess.result import Result

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
KINDS = ("huisarts", "apotheek")
GROUPS = (("dag", 0.6, "06:00-16:00"), ("nacht", 0.4, "22:00-06:00"))
CLOCKS = ("leave_s", "arrive_s", "start_s", "end_s", "home_s")
FIX_KINDS = {
    "not_linked": "link", "out_of_reach": "practice_within", "no_service_that_day": "ride_that_day",
    "no_service_in_free_time": "ride_out", "closed_in_free_time": "close_later", "no_way_back": "ride_back",
    "not_accepting": "accept", "no_room": "room", "language": "language",
}  # fmt: skip


def people_of(result: Result, kinds: tuple[str, ...], groups: Any) -> pd.DataFrame:
    """One row for each site, group and kind of care, with the reasons in turn."""
    sites = result.sites
    count = len(groups) * len(kinds)
    names, shares, shifts = zip(*groups, strict=True)
    people = pd.DataFrame(
        {
            "site_id": np.repeat(sites["site_id"].to_numpy(object), count),
            "group_id": np.tile(np.repeat(names, len(kinds)), len(sites)),
            "care": np.tile(np.array(kinds, object), len(sites) * len(groups)),
            "shift": np.tile(np.repeat(shifts, len(kinds)), len(sites)),
        }
    )
    share = np.tile(np.repeat(shares, len(kinds)), len(sites))
    people["persons"] = np.repeat(sites["residents"].to_numpy(float), count) * share
    people["people"] = np.where(people.index % 3 == 1, "unregistered", "all")
    people["reason"] = np.array(CODES, object)[np.arange(len(people)) % len(CODES)]
    return people


def visit_table(people: pd.DataFrame, practices: pd.Series) -> pd.DataFrame:
    rows = np.repeat(np.arange(len(people)), 7)
    table = people.take(rows).reset_index(drop=True)
    day = np.tile(np.arange(7), len(people))
    table["day"] = np.array(DAYS, object)[day]
    table["feasible"] = (table["reason"] == FEASIBLE).to_numpy() & (day < 5)
    there = table["feasible"].to_numpy()
    ids = practices.to_numpy(object)
    table["practice_id"] = np.where(there, ids[rows % len(ids)], None)
    # the worked example, moved by some minutes; on Friday home is after midnight
    start = 56_400 + 61 * (rows % 50) + np.where(day == 4, 30_000, 0)
    for name, after in zip(CLOCKS, (0, 1_800, 1_800, 2_700, 5_100), strict=True):
        table[name] = pd.array(np.where(there, start + after, 0), dtype="Int32")
        table.loc[~there, name] = pd.NA
    table["wait_min"] = np.where(there, 0.0, np.nan)
    table["door_to_door_min"] = np.where(there, 85.0, np.nan)
    table["slack_min"] = np.where(there, 12.25, np.nan)
    order = ["site_id", "group_id", "care", "practice_id", "day", "feasible", *CLOCKS, "wait_min"]
    return table[[*order, "door_to_door_min", "slack_min", "shift", "people", "persons"]]


def reason_table(people: pd.DataFrame, practices: pd.Series) -> pd.DataFrame:
    count, ids = len(people), practices.to_numpy(object)
    fails = (people["reason"] != FEASIBLE).to_numpy()
    closed = (people["reason"] == "closed_in_free_time").to_numpy()
    far = (people["reason"] == "out_of_reach").to_numpy()
    practice = np.where(far, None, ids[np.arange(count) % len(ids)])
    table = people.rename(columns={"persons": "residents"})
    table["proof_practice_id"] = practice
    table["proof_day"] = np.where(far, None, "tu")
    table["proof_outcome"] = FEASIBLE
    table["fix_kind"] = people["reason"].map(FIX_KINDS).to_numpy(object)
    table["fix_practice_id"] = np.where(fails, practice, None)
    table["fix_day"] = np.where(fails & ~far, "tu", None)
    table["fix_time_s"] = pd.array(np.where(closed, 62_700, 0), dtype="Int32")
    table.loc[~closed, "fix_time_s"] = pd.NA
    table["fix_minutes"] = np.where(closed, 25.0, np.where(far, 30.0, np.nan))
    table["fix_metres"] = np.where(people["reason"] == "not_linked", 412.7, np.nan)
    table["fix_is_enough"] = closed
    table["feasible_days"] = np.where(fails, 0, 5)
    table["practices_feasible"] = np.where(fails, 0, 2)
    table["best_practice_id"] = np.where(fails, None, practice)
    table["best_day"] = np.where(fails, None, "mo")
    for name in ("best_door_to_door_min", "door_to_door_min_2", "door_to_door_min_3"):
        table[name] = np.where(fails, np.inf, 85.0)
    table["work_lost_min"] = np.where(far, np.inf, np.where(fails, 73.5, 0.0))
    table["lost_practice_id"] = np.where(fails & ~far, practice, None)
    table["lost_day"] = np.where(fails & ~far, "we", None)
    table["remote_share"] = np.where(fails, np.nan, 0.25)
    table["visits_year"] = np.where(fails, np.nan, 3.825)
    return table


def verdict_table(result: Result, reasons: pd.DataFrame, main: str, groups: int) -> pd.DataFrame:
    residents = result.sites["residents"].to_numpy(float)
    own = reasons[reasons["care"] == main]
    failing = own["residents"].where(own["reason"] != FEASIBLE, own["residents"] * 0.0)
    failing = failing.groupby(own["site_id"].to_numpy()).sum(min_count=groups)
    table = own.drop_duplicates("site_id").drop(columns=["residents", "care"])
    lost = failing.reindex(table["site_id"]).to_numpy()
    table.insert(1, "residents", residents)
    table.insert(2, "persons_feasible", residents - lost)
    table.insert(3, "persons_failing", lost)
    table.insert(4, "share_failing", lost / residents)
    return table.reset_index(drop=True)


def capacity_table(practices: pd.Series) -> pd.DataFrame:
    count = np.arange(len(practices))
    assigned = np.where(count % 2, 12, 0)
    return pd.DataFrame(
        {
            "practice_id": practices,
            "places": np.where(count == 2, np.nan, 12.0),
            "places_low": 6.0,
            "places_high": 18.5,
            "assigned": assigned,
            "full": pd.Series([None if k == 2 else bool(k % 2) for k in count], dtype=object),
            "status": "unknown",
            "status_date": pd.Timestamp("2026-10-01"),
            "remote_share": np.nan,
            "consult_hours_week": assigned * 5.1 * 15 / 52 / 60,
        }
    )


def opening_table(practices: pd.Series) -> pd.DataFrame:
    known = len(practices) - 2
    return pd.DataFrame(
        {
            "practice_id": practices,
            "opening_hours": [None, "zie website", *["Mo-Fr 08:00-17:00"] * known],
            "status": ["assumed", "unknown", *["known"] * known],
            "read_as": "Mo-Fr 08:00-17:00",
            "source": ["huisartsenpost, 2026-11-23"] * 2 + [None] * known,
        }
    )


def with_visits(result: Result, kinds: tuple[str, ...] = KINDS, groups: Any = GROUPS) -> Result:
    """Add made-up tables of visits and places to a result."""
    sites, practices = result.sites, result.practices["practice_id"]
    people = people_of(result, kinds, groups)
    reasons = reason_table(people, practices)
    verdicts = verdict_table(result, reasons, kinds[0], len(groups))
    area = sites.set_index("site_id")["area_id"].reindex(people["site_id"]).to_numpy(object)
    placed = people.assign(area_id=area)
    steps = [cascade(placed[people["care"] == kind]).assign(care=kind) for kind in kinds]
    basket = pd.DataFrame({"site_id": sites["site_id"]})
    for kind in kinds:
        basket[f"{kind}_persons_feasible"] = verdicts["persons_feasible"].to_numpy()
        basket[f"{kind}_share_feasible"] = 1.0 - verdicts["share_failing"].to_numpy()
        basket[f"{kind}_reason"] = verdicts["reason"].to_numpy()
        basket[f"{kind}_minutes"] = verdicts["best_door_to_door_min"].to_numpy()
    basket["worst_care"], basket["worst_reason"] = kinds[-1], "out_of_reach"
    some, two = sites["site_id"].iloc[:2].to_numpy(object), practices.iloc[:2].to_numpy(object)
    room = np.where(np.isfinite(sites["minutes"]), 61.25, np.inf)
    return replace(
        result,
        visits=visit_table(people, practices),
        reasons=reasons,
        cascade=pd.concat(steps, ignore_index=True),
        basket=basket,
        verdicts=verdicts,
        capacity=capacity_table(practices),
        unplaced=pd.DataFrame({"site_id": some, "persons": [7, 2]}),
        assignment=pd.DataFrame(
            {"site_id": some, "practice_id": two, "persons": [5, 4], "minutes": 9.5}
        ),
        nearest_room=pd.DataFrame(
            {
                "site_id": sites["site_id"],
                "room_practice_id": practices.iloc[0],
                "room_minutes": room,
                "possible_minutes": 12.0,
            }
        ),
        access=pd.DataFrame({"site_id": sites["site_id"], "2sfca": 0.000431, "raam": 1.25}),
        failing=pd.DataFrame(
            {
                "kind": ["area", "cluster"], "level": ["gemeente", None], "rank": [1, 1], "failing_id": ["A", some[0]],
                "name": ["Westdorp", "Park Zon"], "area": ["Westdorp", "Westdorp"], "municipality": ["Westdorp", None],
                "village": [None, None], "places": [3, 2], "residents": [300.0, 80.0], "failing": [240.0, 60.0],
                "share": [0.8, 0.75], "reason": ["closed_in_free_time", "language"], "site_ids": ["S01;S02", "S01"],
            }
        ),
        opening=opening_table(practices),
        assumptions=pd.DataFrame(
            {
                "parameter": [
                    "patients_per_fte", "weight of conditional", "a_new_one", "norm_minutes of apotheek",
                    "default group dag",
                    "2sfca",
                ],
                "value": [2095.0, 0.5, "Mo-Fr 08:00-17:00", 20, "100%; 07:00-16:00", "W(t) = 1"],
                "date": ["2018", "", "2026-11-23", "", "2022-04-11", ""],
                "source": ["Dutch norm practice", "assumption: halfway none and all", "honk.nu", "x", "Pharos",
                           "Luo & Wang"],
            }
        ),
    )  # fmt: skip
