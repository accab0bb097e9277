"""How people fare for one kind of care, as tables: visits, reasons, and visits to every practice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.care import CONTACTS_A_YEAR
from geoaccess.access.eligible import Eligible
from geoaccess.access.people import People, Rows, together
from geoaccess.access.visit import WeekVisits
from geoaccess.access.visit_tables import (
    DAYS,
    chosen,
    every_visit,
    frame,
    near_practices,
    visit_days,
    week_of,
)
from geoaccess.access.why import Why, why, why_table
from geoaccess.load.practices import GP_CARE

Array = np.ndarray[Any, Any]

#: practices of which the minutes are told
RANKS = 3


@dataclass(frozen=True, eq=False)
class Fares:
    """How people fare for one kind of care, those who fare the same in one row.

    Attributes
    ----------
    rows : the people of each row, by site and group, worst off first.
    reason : of each row.
    chooser : int64 (rows,); row of ``found.best`` of the visits.
    practices : int64 (rows,); usable practices with a feasible visit; the fewest of the people.
    minutes : float (rows, 3); of the quickest of them; the most of the people.
    """

    rows: Rows
    reason: Why
    chooser: Array
    practices: Array
    minutes: Array


def fares(people: People, visits: WeekVisits, who: Eligible) -> Fares:
    """Tell how people fare, and put together those who fare the same.

    Parameters
    ----------
    people : the residents.
    visits : of all of them, in their order.
    who : which practices they may go to.
    """
    reason, keys, of_key = why(
        visits,
        serves=who.serves,
        accepts=who.accepts,
        has_room=who.has_room,
        shares_language=who.shares_language,
    )
    count, minutes = near_practices(visits, keys[:, 0], keys[:, 1], RANKS)
    rows = together(people, _fare(visits, reason, of_key))
    number = len(rows.first)
    fewest = np.full(number, np.iinfo(np.int64).max)
    np.minimum.at(fewest, rows.of, count[of_key])
    longest = np.zeros((number, RANKS))
    np.maximum.at(longest, rows.of, minutes[of_key])
    # worst off first; the order of the people is that of sites and groups
    order = np.lexsort((rows.first, reason.code[of_key[rows.first]], rows.group))
    first = rows.first[order]
    return Fares(
        rows.take(order),
        reason.take(of_key[first]),
        visits.chooser[first],
        fewest[order],
        longest[order],
    )


def _fare(visits: WeekVisits, reason: Why, of_key: Array) -> Array:
    """Give a number that is the same for people with the same reason and visits, int64 (people,)."""
    pairs, of_pair = np.unique(
        visits.chooser * (len(reason.code) + 1) + of_key, return_inverse=True
    )
    chooser, key = np.divmod(pairs, len(reason.code) + 1)
    numbers = [part for part in reason if part.dtype.kind != "f"]
    # -1 where a number does not apply; minutes to the second
    numbers.append(np.nan_to_num(np.round(60 * reason.fix_minutes), nan=-1.0))
    told = np.column_stack(
        [
            visits.found.best[chooser].reshape(len(chooser), 49),
            visits.found.lost[chooser],
            *(part[key].astype(np.int32) for part in numbers),
        ]
    )
    lines = np.ascontiguousarray(told, np.int32)
    whole = lines.view(np.dtype((np.void, lines.shape[1] * lines.itemsize))).reshape(-1)
    fare = np.unique(whole, return_inverse=True)[1]
    return np.asarray(fare.reshape(-1)[of_pair.reshape(-1)], np.int64)


def _ids(people: People, rows: Array, care: str) -> dict[str, Array]:
    groups = people.groups
    return {
        "site_id": groups["site_id"].to_numpy(object)[rows],
        "group_id": groups["group_id"].to_numpy(object)[rows],
        "care": np.full(len(rows), care, object),
    }


def visit_table(people: People, visits: WeekVisits, found: Fares, care: str) -> pd.DataFrame:
    """Table of the best visit of each day; seven rows for each of ``found``."""
    rows = found.rows
    ids = _ids(people, rows.group, care)
    days = visit_days(visits.found.best[found.chooser], visits.practice_ids)
    who = {"shift": rows.shift, "people": rows.who, "persons": rows.persons}
    before, after = (
        frame({name: np.repeat(part, 7) for name, part in parts.items()}) for parts in (ids, who)
    )
    return pd.concat([before, days, after], axis=1)


def reason_table(
    people: People, visits: WeekVisits, found: Fares, care: str, practices: pd.DataFrame
) -> pd.DataFrame:
    """Table of reasons, and of how well people are served over the week."""
    rows, ids, days = found.rows, visits.practice_ids, np.array(DAYS, object)
    week = week_of(visits.found.best[found.chooser], visits.found.lost[found.chooser])
    remote = _remote_share(practices, week.practice)
    contacts = CONTACTS_A_YEAR if care == GP_CARE else np.nan
    columns = _ids(people, rows.group, care) | {"residents": rows.persons}
    served = {
        "shift": rows.shift,
        "people": rows.who,
        "feasible_days": week.days,
        "practices_feasible": found.practices,
        "best_practice_id": chosen(ids, week.practice),
        "best_day": chosen(days, week.day),
        "best_door_to_door_min": week.minutes,
        **{f"door_to_door_min_{n}": found.minutes[:, n - 1] for n in range(2, RANKS + 1)},
        "work_lost_min": week.lost_min,
        "lost_practice_id": chosen(ids, week.lost_practice),
        "lost_day": chosen(days, week.lost_day),
        "remote_share": remote,
        "visits_year": np.round(contacts * (1.0 - remote), 9),
        "share": rows.share,
    }
    return pd.concat([frame(columns), why_table(found.reason, ids), frame(served)], axis=1)


def _remote_share(practices: pd.DataFrame, practice: Array) -> Array:
    """Share of the consultations that take no visit, NaN without a practice; 0 where it is not known."""
    known = np.zeros(len(practices))
    if "remote_share" in practices.columns:
        known = np.nan_to_num(practices["remote_share"].to_numpy(float, na_value=np.nan))
    result = np.full(len(practice), np.nan)
    result[practice >= 0] = known[practice[practice >= 0]]
    return result


def every_table(people: People, visits: WeekVisits, who: Eligible, care: str) -> pd.DataFrame:
    """Table of the best visit of each day to every practice that serves people, one row for each week of a rotation.

    Whether they are accepted, have room and understand each other is told beside it.
    """
    weeks, one = np.unique(people.week, return_index=True)
    table, entry, practice = every_visit(visits, one)
    group = people.group[one][entry]
    serves = who.serves[practice, who.kind[group, 0]]
    table, entry, practice, group = (
        table[serves].reset_index(drop=True),
        entry[serves],
        practice[serves],
        group[serves],
    )
    texts = people.time.alternatives["shift"].to_numpy(object)
    share = np.bincount(people.week, weights=people.share, minlength=len(texts))[weeks]
    more = {
        "shift": texts[weeks[entry]],
        "persons": np.round(share[entry] * people.residents[people.site[one][entry]], 9),
    }
    for name, registered in (("registered_may", True), ("unregistered_may", False)):
        there = np.zeros(len(texts), bool)
        there[people.week[people.registered == registered]] = True
        may = who.usable[practice, who.kind[group, int(registered)]]
        more[name] = pd.arrays.BooleanArray(np.asarray(may, bool), ~there[weeks[entry]])
    whole: pd.DataFrame = pd.concat([frame(_ids(people, group, care)), table, frame(more)], axis=1)
    return whole
