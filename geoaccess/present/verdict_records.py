"""Columns that tell of sites and areas for how many people a visit is not feasible, why, and what would mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.access.areas import OUTSIDE
from geoaccess.access.why import FEASIBLE
from geoaccess.present.reason_text import reason_label, verdict_sentences, whole_fixes
from geoaccess.present.visit_records import PERSON_DECIMALS, mapped, number, table_of, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geoaccess.result import Result

_PERSONS = ("persons_feasible", "persons_failing")
_BEST = ("feasible_days", "best_practice_id", "best_day", "best_door_to_door_min")
_ROOM = ("room_practice_id", "room_minutes", "possible_minutes")
_SHARE_DECIMALS = 4


def verdict_columns(result: Result, names: Mapping[Any, str]) -> dict[str, Any]:
    """Columns of sites.csv on visits and places, in the order of the sites; none where they were not measured.

    persons_feasible, persons_failing, share_failing, reason_visit, reason_visit_text, fix, fix_is_enough, worst_care,
    worst_reason, feasible_days and the best visit, then the nearest practice with room, and all of it in sentences.

    Parameters
    ----------
    result : with verdicts, basket and nearest_room, or without.
    names : what to call practices, by id.
    """
    language = result.context.language
    found: dict[str, Any] = {}
    verdicts = _by_site(result, "verdicts")
    if verdicts is not None:
        for name in _PERSONS:
            found[name] = np.round(number(verdicts[name]), PERSON_DECIMALS)
        found["share_failing"] = np.round(number(verdicts["share_failing"]), _SHARE_DECIMALS)
        found["reason_visit"] = texts(verdicts["reason"])
        found["reason_visit_text"] = mapped(
            verdicts["reason"], lambda code: reason_label(code, language)
        )
        found["fix"] = texts(whole_fixes(verdicts, language, names))
        failing = (verdicts["reason"] != FEASIBLE).to_numpy()
        found["fix_is_enough"] = verdicts["fix_is_enough"].astype("boolean").where(failing).array
    basket = _by_site(result, "basket")
    if basket is not None:
        found |= {name: texts(basket[name]) for name in ("worst_care", "worst_reason")}
    if verdicts is not None:
        found |= {name: _any(verdicts[name]) for name in _BEST if name in verdicts}
    room = _by_site(result, "nearest_room")
    if room is not None:
        found |= {name: _any(room[name]) for name in _ROOM if name in room}
    reasons = table_of(result, "reasons")
    if verdicts is not None and reasons is not None:
        sites = dict(zip(result.sites["site_id"], result.sites["name"], strict=True))
        told = verdict_sentences(verdicts.reset_index(), reasons, sites, names, language)
        found["explanation"] = texts(told)
    return found


def failing_columns(result: Result) -> dict[str, Any]:
    """Columns of areas.csv on visits: persons_failing and share_failing, in the order of the areas.

    Sites of which the residents or the verdict are unknown take no part; an area without any known has no numbers.
    """
    verdicts = _by_site(result, "verdicts")
    if verdicts is None:
        return {}
    area = result.sites["area_id"].to_numpy(dtype=object)
    key = np.where(pd.isna(area), OUTSIDE, area)
    failing, residents = number(verdicts["persons_failing"]), number(result.sites["residents"])
    known = np.isfinite(failing) & np.isfinite(residents)
    table = pd.DataFrame({"residents": residents, "failing": failing})[known]
    sums = table.groupby(key[known]).sum().reindex(result.areas["area_id"])
    lost, people = sums["failing"].to_numpy(dtype=float), sums["residents"].to_numpy(dtype=float)
    share = np.divide(lost, people, out=np.full(len(people), np.nan), where=people > 0)
    empty = (result.areas["sites"] == 0).to_numpy()
    return {
        "persons_failing": np.where(empty, 0.0, np.round(lost, PERSON_DECIMALS)),
        "share_failing": np.round(share, _SHARE_DECIMALS),
    }


def _by_site(result: Result, name: str) -> pd.DataFrame | None:
    """Rows of a table with one row for each site, in the order of the sites."""
    table = table_of(result, name)
    if table is None:
        return None
    if "site_id" in table:
        table = table.set_index("site_id")
    return table.reindex(result.sites["site_id"])


def _any(column: pd.Series) -> Any:
    """Numbers to 0.1 (days whole), everything else as text."""
    if not pd.api.types.is_numeric_dtype(column):
        return texts(column)
    value = number(column)
    if str(column.name) == "feasible_days":
        return pd.array(value, dtype="Float64").astype("Int64")
    return np.round(value, 1) + 0.0
