"""Sites by what they lack: the basket of all kinds of care with its worst link, and the main kind by itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.visit_tables import frame
from geoaccess.access.why import CODES, FEASIBLE

Array = np.ndarray[Any, Any]

_FEASIBLE = CODES.index(FEASIBLE)
#: shares that differ by less are equal
_DECIMALS = 9

#: what a site takes from the row of reasons that its reason is from
_FROM_ROW = (
    *("group_id", "proof_practice_id", "proof_day", "proof_outcome", "fix_kind", "fix_practice_id"),
    *(
        "fix_day",
        "fix_time_s",
        "fix_minutes",
        "fix_metres",
        "fix_is_enough",
        "fix_lacks",
        "shift",
        "people",
    ),
)


def shares_by_code(reasons: pd.DataFrame, site_ids: pd.Series) -> Array:
    """Share of the residents of each site by reason, float (sites, codes); each line adds up to 1."""
    site = pd.Index(site_ids).get_indexer(pd.Index(reasons["site_id"]))
    code = pd.Index(CODES).get_indexer(pd.Index(reasons["reason"]))
    weights = reasons["share"].to_numpy(float)
    flat = np.bincount(
        site * len(CODES) + code, weights=weights, minlength=len(site_ids) * len(CODES)
    )
    shares = flat.reshape(len(site_ids), len(CODES))
    # of people who all fare alike the share is exactly 1
    result: Array = shares / shares.sum(axis=1, keepdims=True)
    return result


def basket_table(site_ids: pd.Series, by_care: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Verdict of each site for each kind of care, and the worst link.

    Parameters
    ----------
    site_ids : of all sites.
    by_care : reasons of each kind, as in `geoaccess.access.verdict.CareVerdict`.

    Returns
    -------
    DataFrame
        one row for each site: site_id; for each kind NAME: NAME_persons_feasible (NaN where residents are unknown),
        NAME_share_feasible (of the residents, known or not), NAME_reason (the one that most people fail on, "feasible"
        where nobody does) and NAME_minutes (fewest from door to door of any group, inf where nobody has a visit); then
        worst_care, the kind with the smallest share (the first of equal ones), and worst_reason.
    """
    columns: dict[str, Array] = {"site_id": site_ids.to_numpy(object)}
    shares, codes = [], []
    for care, reasons in by_care.items():
        share, code = shares_by_code(reasons, site_ids), _worst_code(reasons, site_ids)
        columns[f"{care}_persons_feasible"] = _persons(reasons, site_ids)
        columns[f"{care}_share_feasible"] = share[:, _FEASIBLE]
        columns[f"{care}_reason"] = np.array(CODES, object)[code]
        columns[f"{care}_minutes"] = _fewest_minutes(reasons, site_ids)
        shares.append(share[:, _FEASIBLE])
        codes.append(columns[f"{care}_reason"])
    worst = (
        np.argmin(np.round(shares, _DECIMALS), axis=0) if len(site_ids) else np.zeros(0, np.int64)
    )
    columns["worst_care"] = np.array(list(by_care), object)[worst]
    columns["worst_reason"] = np.array(codes, object)[worst, np.arange(len(site_ids))]
    return frame(columns)


def site_table(sites: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """Verdict of each site for one kind of care.

    Parameters
    ----------
    sites : site_id and, where known, residents.
    reasons : as in `geoaccess.access.verdict.CareVerdict`.

    Returns
    -------
    DataFrame
        one row for each site, in order: site_id, residents, persons_feasible, persons_failing (NaN where residents are
        unknown), share_failing (of the residents, known or not), reason (the one that most people fail on, the first
        of equal ones; "feasible" where nobody does); of the largest row with that reason: group_id, proof_practice_id,
        proof_day, proof_outcome, fix_kind, fix_practice_id, fix_day, fix_time_s, fix_minutes, fix_metres,
        fix_is_enough, fix_lacks, shift and people; feasible_days of the largest row of all; and best_practice_id,
        best_day and best_door_to_door_min of the quickest.
    """
    ids = sites["site_id"].reset_index(drop=True)
    share = shares_by_code(reasons, ids)
    worst = _worst_code(reasons, ids)
    site = pd.Index(ids).get_indexer(pd.Index(reasons["site_id"]))
    code = pd.Index(CODES).get_indexer(pd.Index(reasons["reason"]))
    size = -reasons["share"].to_numpy(float)
    row = _first_rows(len(ids), site, code != worst[site], size)
    largest = _first_rows(len(ids), site, size)
    quickest = _first_rows(len(ids), site, reasons["best_door_to_door_min"].to_numpy(float))
    residents = np.full(len(ids), np.nan)
    if "residents" in sites.columns:
        residents = sites["residents"].to_numpy(float, na_value=np.nan)
    columns: dict[str, Any] = {
        "site_id": ids.to_numpy(object),
        "residents": residents,
        "persons_feasible": _persons(reasons, ids),
        "persons_failing": _persons(reasons, ids, feasible=False),
        "share_failing": np.where(worst == _FEASIBLE, 0.0, 1.0 - share[:, _FEASIBLE]),
        "reason": np.array(CODES, object)[worst],
    }
    columns |= {name: reasons[name].iloc[row].reset_index(drop=True) for name in _FROM_ROW}
    columns["feasible_days"] = reasons["feasible_days"].to_numpy()[largest]
    for name in ("best_practice_id", "best_day", "best_door_to_door_min"):
        columns[name] = reasons[name].iloc[quickest].reset_index(drop=True)
    return frame(columns)


def _worst_code(reasons: pd.DataFrame, site_ids: pd.Series) -> Array:
    """Reason that most people of each site fail on, the first of equal ones."""
    failing = np.round(shares_by_code(reasons, site_ids)[:, :_FEASIBLE], _DECIMALS)
    some = (failing > 0).any(axis=1)
    return np.where(some, failing.argmax(axis=1) if len(failing) else 0, _FEASIBLE)


def _persons(reasons: pd.DataFrame, site_ids: pd.Series, *, feasible: bool = True) -> Array:
    """Persons of each site with, or without, a feasible visit: exact sums, NaN where residents are unknown."""
    site = pd.Index(site_ids).get_indexer(pd.Index(reasons["site_id"]))
    those = (reasons["reason"] == FEASIBLE).to_numpy() == feasible
    persons = reasons["residents"].to_numpy(float)
    # of those with no part in it nothing is counted, but that they are unknown
    counted = np.where(those | np.isnan(persons), persons, 0.0)[np.argsort(site, kind="stable")]
    ends = np.cumsum(np.bincount(site, minlength=len(site_ids)))
    return np.array([math.fsum(part) for part in np.split(counted, ends)[:-1]], float)


def _fewest_minutes(reasons: pd.DataFrame, site_ids: pd.Series) -> Array:
    site = pd.Index(site_ids).get_indexer(pd.Index(reasons["site_id"]))
    minutes = np.full(len(site_ids), np.inf)
    np.minimum.at(minutes, site, reasons["best_door_to_door_min"].to_numpy(float))
    return minutes


def _first_rows(sites: int, site: Array, *keys: Array) -> Array:
    """Row of each site that comes first by the keys, then by its place in the table."""
    order = np.lexsort((*reversed(keys), site))
    return order[np.searchsorted(site[order], np.arange(sites))]
