"""Feasible visits as compact columns for the page, which builds the sentences from codes.

Whatever many rows share is kept once: words of reasons, names of groups, shifts and practices, and the text of a change
without the name of its practice. A row of people is a handful of small numbers, so that thousands of sites stay usable.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geoaccess.access.visit_tables import DAYS
from geoaccess.access.why import CODES, FEASIBLE
from geoaccess.present import visit_findings as told
from geoaccess.present.classes import HATCH, rounded_minutes, share_classes
from geoaccess.present.findings import area_names
from geoaccess.present.panel_symbols import reason_fill, reason_unknown_fill
from geoaccess.present.reason_classes import REASON_CLASSES, paler, reason_classes
from geoaccess.present.reason_text import (
    care_words,
    day_words,
    reason_label,
    reason_sentence,
    whole_fixes,
)
from geoaccess.present.records import practice_names
from geoaccess.present.text import number, percent, plain, say
from geoaccess.present.visit_text import tell, template

if TYPE_CHECKING:
    from geoaccess.result import Result

Array = np.ndarray[Any, Any]

#: stands for the name of a practice while a change is put into words
_NAME: Final = "@@"
_PAGE_WORDS: Final = (
    "verdict_all", "verdict_some", "verdict_none", "verdict_one", "verdict_one_can", "verdict_share",
    "verdict_unknown", "verdict_nobody", "shift", "unregistered", "registered", "visit",
    "visit_at_work", "days_one", "days_more", "lost", "helps", "first",
    "nothing", "room", "room_at", "room_none", "possible", "weakest",
    "weakest_is", "next_day", "unplaced", "unplaced_count", "same", "weakest_all", "more", "persons_failing",
    "persons_failing_one",
)  # fmt: skip


def page_words(result: Result) -> dict[str, Any] | None:
    """Everything about visits that is said once in the page; None where nobody judged visits."""
    if not told.judged(result):
        return None
    language, care = result.context.language, told.care_of(result)
    a = care_words(care, language, "a")
    rows = told.main_reasons(result)
    practices = result.practices
    at_work = practices["at_work"] if "at_work" in practices else pd.Series(False, practices.index)
    return {
        "a": a,
        "words": {key: template(language, key) for key in _PAGE_WORDS},
        "reasons": [
            {
                "label": reason_label(each.code, language),
                "sentence": reason_sentence(
                    each.code, language, care=care, norm_minutes=result.context.norm_minutes
                ),
                "fill": reason_fill(k),
                "plain": each.fill,
                "hatch": int(each.mark == HATCH),
                "unknown": reason_unknown_fill(k),
                "paleFill": reason_fill(k, pale=True),
                "palePlain": paler(each).fill,
            }
            for k, each in enumerate(REASON_CLASSES)
        ],
        "groups": [plain(value) for value in _levels(rows["group_id"])[1]],
        "shifts": [
            plain(value).replace(" | ", tell(language, "or")) for value in _levels(rows["shift"])[1]
        ],
        "fixes": _fixes(rows, language)[1],
        "practices": _practice_names(result),
        "atWork": [int(bool(value)) if not pd.isna(value) else 0 for value in at_work],
        "days": [day_words(day, language, short=True) for day in DAYS],
        "dayNames": [day_words(day, language) for day in DAYS],
        "care": [care_words(kind, language) for kind in _kinds(result)],
        "cascade": cascade_data(result),
    }


def cascade_data(result: Result) -> dict[str, Any]:
    """Names and barriers of every area with people, and the words of the steps."""
    names = dict(
        zip(
            result.areas["area_id"].astype(str),
            area_names(result.areas, result.context.language),
            strict=True,
        )
    )
    row_of = {str(key): row for row, key in enumerate(result.areas["area_id"])}
    bars = told.cascades(result)
    keys = list(bars)
    keys = keys[:1] + sorted(keys[1:], key=lambda key: str(names.get(key, key)).casefold())
    everybody = tell(result.context.language, "cascade_all")
    return {
        "steps": told.step_words(result),
        "names": [everybody, *(names.get(key, key) for key in keys[1:])] if keys else [],
        "rows": [row_of.get(key, -1) for key in keys],
        "bars": [[round(value, 2) for value in bars[key]] for key in keys],
    }


def _practice_names(result: Result) -> list[str]:
    """Name of every practice, or "praktijk" with its id."""
    language = result.context.language
    names = practice_names(result)
    return [
        names[key] if names[key] != plain(key) else say(language, "a_practice", id=plain(key))
        for key in result.practices["practice_id"]
    ]


def _levels(column: pd.Series) -> tuple[Array, list[Any]]:
    codes, levels = pd.factorize(column.astype(object).where(column.notna(), None))
    return codes, list(levels)


def _fixes(rows: pd.DataFrame, language: str) -> tuple[Array, list[str]]:
    """Words of every change without the name of its practice, each once."""
    named = rows.assign(
        fix_practice_id=rows["fix_practice_id"].where(rows["fix_practice_id"].isna(), _NAME)
    )
    said = whole_fixes(named, language)
    codes, levels = pd.factorize(said.where(said != "", None))
    bare = say(language, "a_practice", id=_NAME)
    return codes, [text.replace(bare, "{p}").replace(_NAME, "{p}") for text in levels]


def _kinds(result: Result) -> list[str]:
    return list(dict.fromkeys(result.reasons["care"]))


def site_columns(result: Result) -> dict[str, list[Any]]:
    """Columns of the sites: verdict, persons, nearest practice with room, weakest link of care."""
    if not told.judged(result):
        return {}
    table, sites = told.verdicts(result), result.sites
    found = {
        "verdict": told.site_classes(result).tolist(),
        "half": told.half_fails(result).astype(int).tolist(),
        "failing": _numbers(table["persons_failing"], 2),
        "share": _numbers(table["share_failing"], 4),
    }
    if len(result.unplaced):
        without = result.unplaced.groupby("site_id")["persons"].sum().reindex(sites["site_id"])
        found["unplaced"] = _numbers(without.fillna(0.0), 2)
    return found | _room(result) | _weakest(result, pd.Index(sites["site_id"]))


def _numbers(column: pd.Series, decimals: int) -> list[float | None]:
    values = np.round(column.to_numpy(dtype=float, na_value=math.nan), decimals)
    return [_bare(value) if math.isfinite(value) else None for value in values.tolist()]


def _bare(value: float) -> float | int:
    """Write 12.0 as 12: it is shorter."""
    return int(value) if value == int(value) else value


def _room(result: Result) -> dict[str, list[Any]]:
    table = result.nearest_room
    if not len(table):
        return {}
    table = table.set_index("site_id").reindex(result.sites["site_id"])
    place = pd.Index(result.practices["practice_id"])
    minutes = rounded_minutes(
        table["room_minutes"].to_numpy(dtype=float, na_value=math.nan),
        result.context.norm_minutes,
        0,
    )
    found = {
        "room": place.get_indexer(pd.Index(table["room_practice_id"])).tolist(),
        "roomMinutes": _numbers(pd.Series(minutes), 0),
    }
    if "possible_minutes" in table:
        possible = rounded_minutes(
            table["possible_minutes"].to_numpy(dtype=float, na_value=math.nan),
            result.context.norm_minutes,
            0,
        )
        # only worth telling where it is nearer than room that is sure
        nearer = np.isnan(minutes) | (possible < minutes)
        found["possibleMinutes"] = _numbers(pd.Series(np.where(nearer, possible, np.nan)), 0)
    return found


def _weakest(result: Result, site_ids: pd.Index) -> dict[str, list[Any]]:
    basket, kinds = result.basket, _kinds(result)
    if not len(basket) or len(kinds) < 2:
        return {}
    table = basket.set_index("site_id").reindex(site_ids)
    care = pd.Index(kinds).get_indexer(pd.Index(table["worst_care"]))
    shares = table.reindex(columns=[f"{kind}_share_feasible" for kind in kinds]).to_numpy(
        dtype=float
    )
    share = shares[np.arange(len(table)), np.maximum(care, 0)]
    reason = table["worst_reason"].where(table["worst_reason"].isin(CODES), FEASIBLE)
    return {
        "weak": care.tolist(),
        "weakReason": reason_classes(reason).tolist(),
        "weakShare": _numbers(pd.Series(np.where(care >= 0, share, np.nan)), 4),
    }


def people_columns(result: Result) -> dict[str, Any] | None:
    """Rows of people of the main kind of care, site by site; None where nobody judged visits."""
    if not told.judged(result):
        return None
    rows = told.main_reasons(result)
    place = pd.Index(result.practices["practice_id"])
    day = pd.Index(DAYS)
    leave, home = _moments(result, rows)
    lost = rows["work_lost_min"].to_numpy(dtype=float, na_value=math.nan)
    lost_known = np.isfinite(lost) & (lost > 0)
    kinds = {"all": 0, "registered": 1, "unregistered": 2}
    columns: dict[str, Array] = {
        "group": _levels(rows["group_id"])[0],
        "shift": _levels(rows["shift"])[0],
        "people": rows["people"].map(kinds).fillna(0).astype(int).to_numpy(),
        "reason": reason_classes(rows["reason"]),
        "fix": _fixes(rows, result.context.language)[0],
        "fixPractice": place.get_indexer(pd.Index(rows["fix_practice_id"])),
        "enough": rows["fix_is_enough"].fillna(False).astype(int).to_numpy(),
        "days": rows["feasible_days"].fillna(0).astype(int).to_numpy(),
        "practice": place.get_indexer(pd.Index(rows["best_practice_id"])),
        "day": day.get_indexer(pd.Index(rows["best_day"])),
        "leave": leave,
        "home": home,
        "lost": np.where(lost_known, np.ceil(np.where(lost_known, lost, 0)), -1).astype(int),
        "lostPractice": place.get_indexer(pd.Index(rows["lost_practice_id"])),
        "lostDay": day.get_indexer(pd.Index(rows["lost_day"])),
    }
    order = _telling(rows)
    count = np.bincount(rows["site"].to_numpy(), minlength=len(result.sites))
    persons = np.array(_numbers(rows["residents"], 1), dtype=object)
    return {
        "first": np.concatenate([[0], np.cumsum(count)]),
        "columns": {name: values[order] for name, values in columns.items()}
        | {"persons": persons[order]},
    }


def _telling(rows: pd.DataFrame) -> Array:
    """Order of the rows: by site, what fails before what is feasible, and reasons of most people first."""
    persons = rows["residents"].fillna(0.0).to_numpy(dtype=float)
    of_reason = rows.assign(persons=persons).groupby(["site", "reason"])["persons"].transform("sum")
    feasible = (rows["reason"] == FEASIBLE).to_numpy()
    code = reason_classes(rows["reason"])
    return np.lexsort((-persons, code, -of_reason.to_numpy(), feasible, rows["site"].to_numpy()))


def people_of(people: dict[str, Any] | None, sites: Array) -> dict[str, Any] | None:
    """Rows of people of some sites, in the order of these."""
    if people is None:
        return None
    first = people["first"]
    count = first[sites + 1] - first[sites]
    rows = (
        np.concatenate([np.arange(first[k], first[k + 1]) for k in sites])
        if len(sites)
        else np.array([], int)
    )
    columns = {name: values[rows].tolist() for name, values in people["columns"].items()}
    # a column in which all are the same, mostly -1, is one number
    short = {
        name: values[0] if values and all(value == values[0] for value in values) else values
        for name, values in columns.items()
    }
    return {"first": np.concatenate([[0], np.cumsum(count)]).tolist(), **short}


def _moments(result: Result, rows: pd.DataFrame) -> tuple[Array, Array]:
    """Minutes of the day of leaving and of being home again of the best visit; -1 without.

    Leaving is rounded down and home up, so that nobody who goes by it is late.
    """
    none = np.full(len(rows), -1)
    visits = result.visits
    if not len(visits):
        return none, none.copy()
    keys = ["site_id", "group_id", "care", "people", "shift"]
    keys = [key for key in keys if key in visits and key in rows]
    asked = rows[keys].astype(object).where(rows[keys].notna(), "")
    asked["day"] = rows["best_day"].to_numpy()
    given = visits.loc[visits["feasible"].astype(bool) & (visits["care"] == told.care_of(result))]
    known = given[keys].astype(object).where(given[keys].notna(), "")
    known["day"] = given["day"].to_numpy()
    for name in ("leave_s", "home_s"):
        known[name] = given[name].to_numpy(dtype=float, na_value=math.nan)
    known = known.drop_duplicates([*keys, "day"])
    found = asked.merge(known, on=[*keys, "day"], how="left")
    leave, home = found["leave_s"].to_numpy(dtype=float), found["home_s"].to_numpy(dtype=float)
    there = np.isfinite(leave) & np.isfinite(home)
    return (
        np.where(there, np.floor(np.where(there, leave, 0) / 60), -1).astype(int),
        np.where(there, np.ceil(np.where(there, home, 0) / 60), -1).astype(int),
    )


def area_columns(result: Result) -> dict[str, list[Any]]:
    """Columns of the areas: class of the share without a feasible visit, and a sentence on it."""
    if not told.judged(result) or not len(result.areas):
        return {}
    language, table = result.context.language, told.area_failing(result)
    hints, sentences = [], []
    for sites, row in zip(result.areas["sites"], table.itertuples(index=False), strict=True):
        words = _area_words(row, int(sites), language)
        hints.append(words)
        said = tell(language, "area_fails", words=words)
        reason = str(row.reason)
        if reason != FEASIBLE:
            said += " " + tell(language, "area_why", reason=reason_label(reason, language))
        sentences.append(said)
    return {
        "failStyle": share_classes(table["share"], result.areas["sites"]).tolist(),
        "failHint": hints,
        "failSentence": sentences,
    }


def _area_words(row: Any, sites: int, language: str) -> str:
    if row.residents <= 0:
        return say(language, "residents_unknown" if sites else "of_no_sites")
    return tell(
        language,
        "failing_row",
        failing=number(round(row.failing), language),
        residents=number(round(row.residents), language),
        share=percent(row.share, language),
    )
