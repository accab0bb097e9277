"""Rows of visits and reasons as readers get them in files and sheets: fixed columns first, more of them after.

Persons are written to a billionth, because they must add up. What does not exist (no visit, no time, nobody
known) is an empty cell. These tables have hundreds of thousands of rows, so all work is done by column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.access.why import FEASIBLE
from geoaccess.present.reason_text import reason_label, whole_fixes
from geoaccess.present.text import plain, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geoaccess.result import Context, Result

Array = np.ndarray[Any, Any]

#: columns of visits.csv and of reasons.csv that scripts may rely on, in this order
VISIT_COLUMNS = (
    "site_id", "group_id", "care", "practice_id", "day", "feasible", "leave", "arrive", "start", "end", "home",
    "door_to_door_min", "slack_min",
)  # fmt: skip
REASON_COLUMNS = ("site_id", "group_id", "care", "residents", "reason", "proof", "fix")

#: columns of persons, or reckoned from them, which come of shares: less than a billionth of one is rounding
PERSONS = (
    "residents",
    "persons",
    "persons_remaining",
    "persons_lost",
    "consult_hours_week",
    "visits_year",
)
PERSON_DECIMALS = 9
#: changes that are told by a moment before which something must happen
EARLY = ("open_earlier", "ride_out")
#: changes of so many minutes, of which a part counts as a whole one, as in the moment
BY_MINUTES = ("open_earlier", "close_later", "ride_back")
_CLOCKS = ("leave", "arrive", "start", "end", "home")
_MORE_OF_VISITS = ("wait_min", "shift", "people", "persons", "registered_may", "unregistered_may")
_MORE_OF_REASONS = (
    "proof_outcome", "fix_is_enough", "fix_lacks", "shift", "people", "feasible_days", "practices_feasible",
    "best_practice_id", "best_day", "best_door_to_door_min", "door_to_door_min_2", "door_to_door_min_3",
    "work_lost_min", "lost_practice_id", "lost_day", "remote_share", "visits_year", "fix_kind", "fix_practice_id",
    "fix_day", "fix_time", "fix_minutes", "fix_metres",
)  # fmt: skip


def table_of(result: Result, name: str) -> pd.DataFrame | None:
    """Return a table of a result, None where it was not measured."""
    found: pd.DataFrame | None = getattr(result, name)
    return found if found is not None and len(found.columns) else None


def visit_records(result: Result) -> pd.DataFrame | None:
    """Best feasible visit of all people on each day, as in visits.csv: `VISIT_COLUMNS` and more."""
    table = table_of(result, "visits")
    return None if table is None else _visits(table, result.context)


def every_visit_records(result: Result) -> pd.DataFrame | None:
    """As `visit_records` for every practice; None where these were not kept.

    Only visits that time allows are rows; registered_may and unregistered_may say who is seen there, given who it is
    for, new patients, room and language (empty without such people). Whole seconds stand besides.
    """
    table = table_of(result, "every_visit")
    if table is None:
        return None
    records = _visits(table, result.context)
    for name in _CLOCKS:
        records[f"{name}_s"] = table[f"{name}_s"].astype("Int32").array
    return records


def _visits(table: pd.DataFrame, context: Context) -> pd.DataFrame:
    found: dict[str, Any] = {
        name: texts(table[name]) for name in ("site_id", "group_id", "care", "practice_id", "day")
    }
    found["feasible"] = table["feasible"].to_numpy(dtype=bool)
    for name in _CLOCKS:
        found[name] = clock(table[f"{name}_s"], up=name != "leave")
    for name in ("door_to_door_min", "slack_min", *_MORE_OF_VISITS):
        if name in table:
            found[name] = _column(table[name])
    return labelled(found, len(table), context)


def reason_records(result: Result, names: Mapping[Any, str]) -> pd.DataFrame | None:
    """Reason, proof and remedy of all people, as in reasons.csv: `REASON_COLUMNS` and more.

    Parameters
    ----------
    result : with reasons.
    names : what to call practices in the remedy, by id.
    """
    table = table_of(result, "reasons")
    if table is None:
        return None
    language = result.context.language
    found: dict[str, Any] = {name: texts(table[name]) for name in ("site_id", "group_id", "care")}
    found["residents"] = _whole_sites(table)
    found["reason"] = texts(table["reason"])
    found["proof"] = proofs(table)
    found["fix"] = texts(whole_fixes(table, language, names))
    found["reason_text"] = mapped(table["reason"], lambda code: reason_label(code, language))
    for name in _MORE_OF_REASONS:
        if name == "fix_time":
            # as the sentence says: earlier moments are rounded down, all others up
            early = table["fix_kind"].isin(EARLY).to_numpy()
            time_s = table["fix_time_s"]
            found[name] = np.where(early, clock(time_s, up=False), clock(time_s, up=True))
        elif name == "fix_minutes":
            exact = np.round(number(table[name]), PERSON_DECIMALS)
            whole = table["fix_kind"].isin(BY_MINUTES).to_numpy()
            found[name] = np.where(whole, np.ceil(exact), exact)
        elif name == "fix_is_enough":  # where nothing is amiss, nothing is to be mended
            amiss = (table["reason"] != FEASIBLE).to_numpy()
            found[name] = table[name].astype("boolean").where(amiss).array
        elif name in table:
            found[name] = _column(table[name])
    return labelled(found, len(table), result.context)


def _whole_sites(table: pd.DataFrame) -> Array:
    """Persons of every row, rounded so that those of a site and kind of care still add up to its residents."""
    exact = number(table["residents"])
    rounded = np.round(exact, PERSON_DECIMALS)
    key = table.groupby(["site_id", "care"], sort=False).ngroup().to_numpy()
    _, first = np.unique(key, return_index=True)
    whole = np.round(np.bincount(key, exact), PERSON_DECIMALS)
    # what rounding took away or added, at most a few millionths, is for the first row
    rounded[first] += whole - np.bincount(key, rounded)
    return np.round(rounded, PERSON_DECIMALS) + 0.0


def proofs(table: pd.DataFrame) -> Array:
    """Practice and day that prove a reason ("P3 tu"); None where there is none."""
    practice, day = texts(table["proof_practice_id"]), texts(table["proof_day"])
    both = pd.Series(practice, dtype=object).str.cat(pd.Series(day, dtype=object), sep=" ")
    return np.where(pd.isna(both), practice, both.to_numpy(dtype=object))


def clock(seconds: pd.Series, *, up: bool) -> Array:
    """Write times of day as text, hours past 24 after midnight; None where there is none.

    Parameters
    ----------
    seconds : of the service day, missing values allowed.
    up : part of a minute makes it the next one (nobody is home before that), or, if False, the one before (whoever
        leaves then is in time).

    Examples
    --------
    >>> clock(pd.Series([56_430, 90_000, None], dtype="Int32"), up=True).tolist()
    ['15:41', '25:00', None]
    """
    value = seconds.to_numpy(dtype=float, na_value=np.nan) / 60.0
    minutes = np.ceil(value) if up else np.floor(value)
    code, known = pd.factorize(minutes)
    return _at(code, [f"{int(m) // 60:02d}:{int(m) % 60:02d}" for m in known])


def texts(column: pd.Series) -> Array:
    """Clean text of every cell, None where there is none; each different one is cleaned once."""
    return mapped(column, lambda value: plain(value) or None)


def mapped(column: pd.Series, words: Callable[[Any], str | None]) -> Array:
    """Words for every cell, asked once for each different value; None where there is none."""
    code, known = pd.factorize(column)
    return _at(code, [words(value) for value in known])


def _at(code: Array, words: list[str | None] | list[str]) -> Array:
    """Take words by their place; -1 is None."""
    found = np.empty(len(words) + 1, dtype=object)
    found[:-1], found[-1] = words, None
    return np.asarray(found[code], dtype=object)


def number(column: pd.Series) -> Array:
    """Numbers as they are, inf and missing as NaN."""
    value = column.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(value), value, np.nan)


def _column(column: pd.Series) -> Any:
    """One column of any kind: numbers finite or empty, minutes to 0.1, truth as it is, days and the rest as text."""
    name = str(column.name)
    if pd.api.types.is_bool_dtype(column):
        return column.astype("boolean").array
    if pd.api.types.is_datetime64_any_dtype(column):
        return texts(column.dt.strftime("%Y-%m-%d"))
    if not pd.api.types.is_numeric_dtype(column):
        return texts(column)
    value = number(column)
    if pd.api.types.is_integer_dtype(column):
        return pd.array(value, dtype="Float64").astype("Int64")
    if name in PERSONS:
        return np.round(value, PERSON_DECIMALS) + 0.0
    if name.endswith(("_min", "minutes")) or "_min_" in name:
        # 0.0 and not -0.0
        return np.round(value, 1) + 0.0
    return value


def any_columns(table: pd.DataFrame, first: tuple[str, ...] = ()) -> dict[str, Any]:
    """Columns of a table, those named first where it has them, each made ready for files."""
    order = [name for name in first if name in table]
    order += [name for name in table.columns if name not in first and name != "geometry"]
    return {str(name): _column(table[name]) for name in order}


def labelled(found: dict[str, Any], count: int, context: Context) -> pd.DataFrame:
    """Make a table of columns, with the label of made-up data where they are."""
    if context.made_up:
        found["label"] = np.full(count, say(context.language, "made_up").lower(), dtype=object)
    return pd.DataFrame(found, index=pd.RangeIndex(count))
