"""Who may go where: whom a practice is for, whom it takes, whether it has room, and whether they understand each other.

People are of one kind when every practice treats them alike: they speak the same languages, are or are not registered
with a GP, and the practices that are for some people only are for them, or are not.

| question         | yes                                                                                              |
|------------------|--------------------------------------------------------------------------------------------------|
| serves           | the practice names this site or group in ``serves``, or names none                               |
| accepts          | its status is not closed, or it sees people without registering them (``walk_in``)               |
| has room         | it has places left, or how many is not known, or ``walk_in``; only GPs enlist patients           |
| shares language  | one of the group is one of the practice (Dutch among them in the Netherlands), or there is an    |
|                  | interpreter, or the languages of either are not known                                            |

Who is registered with a GP is taken to be so with any practice of a GP within reach, so that its status and room do not
matter; that is an assumption. For any other care all people are new.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.capacity import CLOSED, OPEN, Room, places
from geoaccess.access.norm import Norm
from geoaccess.load.cells import as_text
from geoaccess.load.phrases import counted, listed
from geoaccess.load.practices import GP_CARE
from geoaccess.load.serves import served as whom_it_serves
from geoaccess.load.serves import serves_text

Array = np.ndarray[Any, Any]

#: language that every practice of a country speaks
COUNTRY_LANGUAGE = {"NL": "nl"}


@dataclass(frozen=True, eq=False)
class Eligible:
    """Which practices people may go to.

    Attributes
    ----------
    kind : int64 (groups, 2); column of the tables for the people of each group who are not registered with a GP, and
        for those who are.
    serves, accepts, has_room, shares_language : bool (practices, kinds).
    notes : what was assumed.
    """

    kind: Array
    serves: Array
    accepts: Array
    has_room: Array
    shares_language: Array
    notes: tuple[str, ...]

    @property
    def usable(self) -> Array:
        """May these people be seen there, bool (practices, kinds)."""
        return np.asarray(self.serves & self.accepts & self.has_room & self.shares_language)


def eligible(
    practices: pd.DataFrame,
    groups: pd.DataFrame,
    care: str = GP_CARE,
    norm: Norm | None = None,
    *,
    country: str | None = "NL",
) -> Eligible:
    """Tell which practices of one kind of care people may go to.

    Parameters
    ----------
    practices : practice_id and, where known, status, fte, listed_patients, walk_in, serves, languages and interpreter.
    groups : site_id, group_id and, where known, languages; one row for each group of a site.
    care : kind of care of the practices; only GPs register people, and have a number of places.
    norm : patients of a full-time GP, and weights of a status; the default `Norm`.
    country : its language is spoken by every practice.

    Raises
    ------
    TableError
        when status, fte or listed patients are no such thing.
    """
    enlists = care == GP_CARE
    walk_in = flags(practices, "walk_in")
    closed = _column(practices, "status").eq(CLOSED).to_numpy(bool)
    room, notes = np.ones(len(practices), bool), []
    if enlists:
        room, said = _room(practices, norm or Norm(), walk_in)
        notes += said
    some, whom, said = served(practices, groups)
    notes += said
    speaks, language, said = _languages(practices, groups, country)
    notes += said

    columns, serve = np.unique(whom, axis=1, return_inverse=True)
    state = [np.zeros(len(groups), np.int64), np.full(len(groups), int(enlists), np.int64)]
    keys = np.concatenate(
        [np.column_stack([language, serve.reshape(-1), registered]) for registered in state]
    )
    kinds, kind = np.unique(keys, axis=0, return_inverse=True)
    registered = kinds[:, 2] > 0
    serves = np.ones((len(practices), len(kinds)), bool)
    serves[some] = columns[:, kinds[:, 1]]
    return Eligible(
        kind.reshape(2, -1).T.astype(np.int64),
        serves,
        (~closed | walk_in)[:, None] | registered,
        room[:, None] | registered,
        speaks[:, kinds[:, 0]],
        tuple(notes),
    )


def flags(practices: pd.DataFrame, name: str) -> Array:
    """Yes in a column of yes, no and unknown, bool (practices,); no where the table has no such column."""
    return np.array([cell is True or cell is np.True_ for cell in _column(practices, name)], bool)


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    """Column of a table, empty where it has none; what is not known is None."""
    if name not in table.columns:
        return pd.Series([None] * len(table), index=table.index, dtype=object)
    column = table[name].astype(object)
    return column.where(column.notna(), None)


def _room(practices: pd.DataFrame, norm: Norm, walk_in: Array) -> tuple[Array, list[str]]:
    """Which practices have places left; those that are closed would have as many as when they were open."""
    asked = pd.DataFrame({"practice_id": practices["practice_id"].to_numpy()})
    for name in ("fte", "listed_patients"):
        asked[name] = practices[name].to_numpy() if name in practices.columns else np.nan
    asked["status"] = _column(practices, "status").replace({CLOSED: OPEN}).to_numpy()
    room = Room(norm.patients_per_fte, norm.conditional_weight, norm.unknown_weight)
    free = places(asked, room)["places"].to_numpy(float)
    unknown = np.isnan(free) & ~walk_in
    notes = []
    if unknown.any():
        notes.append(
            f"Places of {int(unknown.sum())} of {counted(len(practices), 'practice')} of GPs are unknown, because fte "
            "or listed patients are; visits count them as having room."
        )
    return np.isnan(free) | (free > 0) | walk_in, notes


def served(practices: pd.DataFrame, groups: pd.DataFrame) -> tuple[Array, Array, list[str]]:
    """Which practices are for some people only, and for whom, with notes on names that nobody has.

    Parameters
    ----------
    practices : practice_id and optionally serves: sites, or groups of a site, such as ``"S1; S2/kas"``; empty for all.
    groups : site_id and group_id.

    Returns
    -------
    tuple of int64 (some,), bool (some, groups) and list of str
        rows of these practices, and which groups they are for.

    Examples
    --------
    >>> practices = pd.DataFrame({"practice_id": ["p", "q"], "serves": [None, "S1;S2/kas"]})
    >>> groups = pd.DataFrame({"site_id": ["S1", "S2", "S2"], "group_id": ["kas", "kas", "loods"]})
    >>> rows, whom, notes = served(practices, groups)
    >>> rows.tolist(), whom.tolist()
    ([1], [[True, True, False]])
    """
    said = [as_text(cell) for cell in _column(practices, "serves")]
    rows = np.array([k for k, text in enumerate(said) if serves_text(text)], np.int64)
    whom = np.zeros((len(rows), len(groups)), bool)
    if not len(rows):
        return rows, whom, []
    site, group = (groups[name].astype(str).to_numpy(object) for name in ("site_id", "group_id"))
    pair = site + "/" + group
    of_site: dict[str, set[str]] = {name: set() for name in site}
    for name, own in zip(site, group, strict=True):
        of_site[name].add(own)
    strange: list[str] = []
    for k, row in enumerate(rows):
        those, unknown = whom_it_serves(said[row], of_site)
        strange += unknown
        whole = [name for name, own in those or () if own is None]
        part = [f"{name}/{own}" for name, own in those or () if own is not None]
        whom[k] = np.isin(site, whole) | np.isin(pair, part)
    notes = []
    if strange:
        nobody = listed(list(dict.fromkeys(strange)))
        notes.append(f"Practices are said to serve {nobody}: there is no such site or group.")
    return rows, whom, notes


def _languages(
    practices: pd.DataFrame, groups: pd.DataFrame, country: str | None
) -> tuple[Array, Array, list[str]]:
    """Bool (practices, languages of groups), which of these each group has, and notes."""
    own = [_codes(text) for text in _column(practices, "languages")]
    interpreter = flags(practices, "interpreter")
    code, texts = pd.factorize(_column(groups, "languages").map(_joined), use_na_sentinel=False)
    spoken = [_codes(text) for text in texts]
    common = {COUNTRY_LANGUAGE[country]} if country in COUNTRY_LANGUAGE else set()
    shared = np.array(
        [
            [not theirs or not ours or bool(theirs & (ours | common)) for theirs in spoken]
            for ours in own
        ],
        bool,
    ).reshape(len(own), len(spoken))
    silent = sum(not ours for ours in own)
    notes = []
    if silent and any(spoken):
        notes.append(
            f"Languages of {silent} of {counted(len(own), 'practice')} are unknown; nobody is taken to fail on "
            "language there."
        )
    unknown = int(np.array([not theirs for theirs in spoken], bool)[code].sum())
    if unknown:
        notes.append(
            f"Languages of {unknown} of {counted(len(groups), 'group')} are unknown; they are taken to fail nowhere on "
            "language."
        )
    return shared | interpreter[:, None], np.asarray(code, np.int64), notes


def _codes(text: object) -> set[str]:
    """Languages of a cell, none where it holds no text: unknown is None, NaN or NA."""
    if not isinstance(text, str):
        return set()
    return {part.strip().casefold() for part in text.split(";") if part.strip()}


def _joined(text: object) -> str:
    # "" where unknown: factorize would make NaN of None, and a language of that
    return ";".join(sorted(_codes(text)))


#: what is said where people are registered with a GP
REGISTERED_NOTE = (
    "Who is registered with a GP is taken to be registered with any practice of a GP within reach; whether practices "
    "take new patients, and have room, matters to the others only."
)
