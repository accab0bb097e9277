"""A result with made-up feasible visits: reasons that follow from the travel times, and tables that add up."""

# ruff: noqa: E501  tables of made-up rows read best on one line
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.cascade import cascade
from geoaccess.access.why import CODES, FEASIBLE
from geoaccess.result import Result

GROUPS = (
    ("kas", 0.5, "06:00-15:00"),
    ("distributie", 0.3, "06:00-14:00 | 14:00-22:00"),
    ("slachterij", 0.2, "05:00-17:00"),
)
FIXES = {
    "not_linked": "link", "out_of_reach": "practice_within", "no_service_that_day": "ride_that_day",
    "no_service_in_free_time": "ride_out", "closed_in_free_time": "close_later", "no_way_back": "ride_back",
    "not_accepting": "accept", "no_room": "room", "language": "language",
}  # fmt: skip
KINDS = ("huisarts", "apotheek", "tandarts")
DAY = ("mo", "tu", "we", "th", "fr")
HOSTILE_GROUP = "</script><b>nacht</b> {p} {name}"


def judged(result: Result, groups: Any = GROUPS, kinds: tuple[str, ...] = KINDS) -> Result:
    """Add tables of feasible visits; every reason occurs where there are sites enough."""
    reasons = pd.concat([_reasons(result, groups, kind, k) for k, kind in enumerate(kinds)])
    order = {key: k for k, key in enumerate(result.sites["site_id"])}
    reasons = reasons.sort_values("site_id", key=lambda ids: ids.map(order), kind="stable")
    reasons = reasons.reset_index(drop=True)
    verdicts = _verdicts(result, reasons, kinds[0])
    practices = result.practices["practice_id"]
    number = np.arange(len(practices))
    return replace(
        result,
        visits=_visits(reasons),
        reasons=reasons,
        verdicts=verdicts,
        cascade=_cascade(result, reasons, kinds),
        basket=_basket(result, reasons, kinds),
        opening=pd.DataFrame(
            {
                "practice_id": practices,
                "opening_hours": [None if k % 5 == 1 else "zie website" if k % 5 == 2 else "Mo-Fr 08:00-17:00" for k in number],
                "status": [("known", "assumed", "unknown", "known", "known")[k % 5] for k in number],
                "read_as": "Mo-Fr 08:00-17:00; PH off",
                "source": [None if k % 5 not in (1, 2) else "voorbeeldregister, 2026-11-23" for k in number],
            }
        ),
        capacity=pd.DataFrame(
            {
                "practice_id": practices,
                "places": np.where(number % 4 == 3, np.nan, 40.0 * (number % 3)),
                "places_low": 30.0 * (number % 3),
                "places_high": 55.5 * (number % 3),
                "assigned": np.where(number % 3 == 1, 40, 0),
                "full": number % 3 == 1,
                "status": "unknown", "status_date": pd.NaT, "remote_share": np.nan, "consult_hours_week": 0.0,
            }
        ),
        nearest_room=pd.DataFrame(
            {
                "site_id": result.sites["site_id"],
                "room_practice_id": [practices.iloc[-1] if v < 60 and len(practices) else None for v in result.sites["minutes"]],
                "room_minutes": np.where(result.sites["minutes"] < 60, result.sites["minutes"] + 21.0, np.inf),
                "possible_minutes": result.sites["minutes"].to_numpy(),
            }
        ),
        failing=_failing(result, verdicts),
        assumptions=pd.DataFrame({"parameter": ["consult_min"], "value": [15.0]}),
    )  # fmt: skip


def _reasons(result: Result, groups: Any, care: str, shift_by: int) -> pd.DataFrame:
    sites, ids = result.sites, result.practices["practice_id"].tolist()
    rows = []
    for number, site in enumerate(sites.itertuples()):
        for place, (group, share, shift) in enumerate(groups):
            for people, part in (("registered", 0.67), ("unregistered", 0.33)):
                code = _code(site, number + place + shift_by, place, people)
                near = ids[number % len(ids)] if ids else None
                rows.append(
                    {
                        "site_id": site.site_id, "group_id": group, "care": care, "shift": shift, "people": people,
                        "residents": site.residents * share * part, **_row(code, near, number),
                    }
                )  # fmt: skip
    table = pd.DataFrame(rows)
    if len(table):
        table["fix_time_s"] = table["fix_time_s"].astype("Int32")
    return table


def _code(site: Any, number: int, place: int, people: str) -> str:
    if site.reason == "not_linked":
        return "not_linked"
    if not np.isfinite(site.minutes) or site.minutes > 50:
        return "out_of_reach"
    if site.minutes > 30:
        return CODES[2 + number % 2]
    if place == 2:
        return "closed_in_free_time" if number % 3 else "no_way_back"
    if people == "unregistered":
        return CODES[6 + number % 4]
    return FEASIBLE


def _row(code: str, near: Any, number: int) -> dict[str, Any]:
    fails, far = code != FEASIBLE, code in ("out_of_reach", "not_linked")
    timed = code in ("closed_in_free_time", "no_service_in_free_time", "no_way_back")
    day = DAY[number % 5]
    return {
        "reason": code, "proof_practice_id": None if far else near, "proof_day": None if far else day,
        "proof_outcome": FEASIBLE, "fix_kind": FIXES.get(code), "fix_practice_id": near if fails and not far else None,
        "fix_day": day if fails and not far else None, "fix_time_s": 62_700 + 600 * (number % 7) if timed else None,
        "fix_minutes": 25.0 if timed else 30.0 if code == "out_of_reach" else np.nan,
        "fix_metres": 412.7 if code == "not_linked" else np.nan, "fix_is_enough": bool(fails and number % 4),
        "feasible_days": 0 if fails else 1 + number % 5, "practices_feasible": 0 if fails else 2,
        "best_practice_id": None if fails else near, "best_day": None if fails else day,
        "best_door_to_door_min": np.inf if fails else 85.0, "door_to_door_min_2": np.inf, "door_to_door_min_3": np.inf,
        "work_lost_min": np.inf if far else 73.5 if fails else 0.0, "lost_practice_id": None if far or not fails else near,
        "lost_day": None if far or not fails else day, "remote_share": np.nan, "visits_year": np.nan,
    }  # fmt: skip


def _visits(reasons: pd.DataFrame) -> pd.DataFrame:
    """Best visit of each working day of all people: the worked example of the domain."""
    rows = np.repeat(np.arange(len(reasons)), len(DAY))
    table = reasons.take(rows).reset_index(drop=True)
    table["day"] = np.tile(np.array(DAY, object), len(reasons))
    table["feasible"] = (table["reason"] == FEASIBLE) & (table["day"] == table["best_day"])
    there = table["feasible"].to_numpy()
    table["practice_id"] = table["best_practice_id"].where(there, None)
    for name, clock in (
        ("leave_s", 56_400),
        ("arrive_s", 58_200),
        ("start_s", 58_200),
        ("end_s", 59_100),
        ("home_s", 61_500),
    ):
        table[name] = pd.array(np.where(there, clock, 0), dtype="Int32")
        table.loc[~there, name] = pd.NA
    columns = [
        "site_id",
        "group_id",
        "care",
        "practice_id",
        "day",
        "feasible",
        "leave_s",
        "arrive_s",
        "start_s",
        "end_s",
        "home_s",
        "shift",
        "people",
    ]
    return table[columns]  # fmt: skip


def _verdicts(result: Result, reasons: pd.DataFrame, care: str) -> pd.DataFrame:
    """One row for each site, with the row of reasons that its own is from."""
    rows = []
    of_site = dict(tuple(reasons[reasons["care"] == care].groupby("site_id")))
    for site in result.sites.itertuples():
        here = of_site[site.site_id]
        weight = here["residents"].fillna(1.0)
        fails = here["reason"] != FEASIBLE
        known = np.isfinite(site.residents)
        stuck = weight[fails].groupby(here["reason"]).sum()
        reason = stuck.idxmax() if len(stuck) else FEASIBLE
        row = here[here["reason"] == reason].iloc[0].drop(["care", "residents"]).to_dict()
        share = weight[fails].sum() / weight.sum() if weight.sum() else np.nan
        counts = {
            "site_id": site.site_id, "residents": site.residents,
            "persons_feasible": weight[~fails].sum() if known else np.nan,
            "persons_failing": weight[fails].sum() if known else np.nan, "share_failing": share, "reason": reason,
        }  # fmt: skip
        rows.append(counts | {key: value for key, value in row.items() if key not in counts})
    table = pd.DataFrame(rows, columns=None if rows else ["site_id", *reasons.columns])
    if len(table):
        table["fix_time_s"] = table["fix_time_s"].astype("Int32")
    return table


def _cascade(result: Result, reasons: pd.DataFrame, kinds: tuple[str, ...]) -> pd.DataFrame:
    area = result.sites.set_index("site_id")["area_id"]
    people = reasons.rename(columns={"residents": "persons"})
    people = people.assign(area_id=area.reindex(people["site_id"]).to_numpy(object))
    return pd.concat(
        [cascade(people[people["care"] == kind]).assign(care=kind) for kind in kinds], ignore_index=True
    )  # fmt: skip


def _basket(result: Result, reasons: pd.DataFrame, kinds: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame({"site_id": result.sites["site_id"]})
    weight = reasons["residents"].fillna(1.0)
    shares = {}
    for kind in kinds:
        these = reasons["care"] == kind
        can = weight[these & (reasons["reason"] == FEASIBLE)].groupby(reasons["site_id"]).sum()
        share = can.reindex(table["site_id"]).fillna(0.0) / weight[these].groupby(
            reasons["site_id"]
        ).sum().reindex(table["site_id"])
        shares[kind] = share.to_numpy()
        table[f"{kind}_share_feasible"] = shares[kind]
    least = np.argmin(np.nan_to_num(np.array([shares[kind] for kind in kinds])), axis=0)
    table["worst_care"] = np.array(kinds, object)[least]
    table["worst_reason"] = "closed_in_free_time"
    return table  # fmt: skip


def _failing(result: Result, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Three areas, and four clusters of sites, with the columns of `failing_table`."""
    rows = []
    for place, area in enumerate(result.areas.head(3).itertuples()):
        rows.append(
            {
                "kind": "area",
                "level": "gemeente",
                "failing_id": area.area_id,
                "name": area.name,
                "area": area.name,
                "municipality": None,
                "village": None,
                "places": int(area.sites),
                "part": 0.9 - place / 5,
                "reason": "closed_in_free_time",
                "site_ids": "S01",
            }
        )
    ids = result.sites["site_id"].tolist()
    for place, key in enumerate(ids[:4]):
        rows.append(
            {
                "kind": "cluster",
                "level": None,
                "failing_id": key,
                "name": "Park Zon",
                "area": "Westdorp",
                "municipality": "Westdorp",
                "village": f"Kern {place}",
                "places": 1 + place,
                "part": 0.8,
                "reason": "out_of_reach",
                "site_ids": ";".join(ids[place : 2 * place + 1]),
            }
        )
    table = pd.DataFrame(rows)
    if not len(table):
        return table
    table["residents"] = 100.0 * (10 - np.arange(len(table)))
    table["failing"] = table["residents"] * table.pop("part")
    table["share"] = table["failing"] / table["residents"]
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table
