"""Places for people who are not registered with a GP: how many there are, who gets one where, and who does not."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.assignment import Assignment, assign, split_note
from geoaccess.access.capacity import UNKNOWN, Room, nearest_with_room, places
from geoaccess.access.care import CONTACTS_A_YEAR, CONTACTS_SOURCE
from geoaccess.access.eligible import flags, served
from geoaccess.access.norm import Norm
from geoaccess.load.phrases import counted, listed
from geoaccess.load.practices import GP_CARE
from geoaccess.tables import notes as notes_of
from geoaccess.tables import require_columns

Array = np.ndarray[Any, Any]

WEEKS_A_YEAR = 52
#: persons that are none: rounding of shares
SLACK = 1e-9
#: between the parts of the name of the people of one group; no id holds it
BETWEEN = "\x1f"


@dataclass(frozen=True, eq=False)
class Supply:
    """Places of GPs, and the best assignment of unregistered residents to them.

    Attributes
    ----------
    capacity : a row for every practice of GPs: practice_id, places (expected persons, NaN unknown), assigned (persons),
        full (True, False, None where places are unknown; a walk-in is never full), places_low and places_high (when
        nobody, and when everybody, meets the conditions of practices that have them), walk_in, status, status_date,
        fte, listed_patients, weight (of the status), remote_share, consult_hours_week (hours of consultations in the
        practice that the assigned would need) and source (of the table of practices).
    unplaced : site_id, persons without a place.
    assignment : site_id, practice_id, persons, minutes.
    nearest_room : a row for every site: site_id, room_practice_id (None where none is reached), room_minutes and
        possible_minutes (the nearest with room or with unknown places), inf where there is none.
    parameters : parameter, value, date, source.
    notes : sentences on what was assumed, is unknown or was left out.
    """

    capacity: pd.DataFrame
    unplaced: pd.DataFrame
    assignment: pd.DataFrame
    nearest_room: pd.DataFrame
    parameters: pd.DataFrame
    notes: tuple[str, ...]


def supply(
    sites: pd.DataFrame,
    groups: pd.DataFrame,
    practices: pd.DataFrame,
    times: pd.DataFrame,
    norm: Norm | None = None,
    *,
    column: str = "minutes_p50",
    on: dt.date | None = None,
) -> Supply:
    """Count places, assign unregistered residents to them, and find the nearest practice with room of every site.

    Only GPs register people, so that practices of any other care are left out. A practice that is for some people only
    (``serves``) takes nobody else. One at people's work (``at_work``) is not travelled to from home, and is left out of
    the assignment. One that sees people without registering them (``walk_in``) is a practice with room for the time to
    the nearest; nobody is registered there beyond the places that its fte and list leave.

    Parameters
    ----------
    sites : site_id and residents (NaN unknown: not assigned, but said).
    groups : site_id, group_id, share and registered_share for every site, as from `complete_groups`.
    practices : practice_id and, where known, care, fte, listed_patients, status, status_date, walk_in, serves, at_work
        and remote_share.
    times : site_id, practice_id and ``column`` in minutes of the reachable pairs; other practices may be in it.
    norm : patients of a full-time GP, weights of a status and minutes of a consultation; the default `Norm`.
    column : the travel times to use.
    on : day for which places are counted.

    Raises
    ------
    TableError
        for negative numbers and words that are no status.
    """
    norm = Norm() if norm is None else norm
    gps = _gps(practices)
    room = Room(norm.patients_per_fte, norm.conditional_weight, norm.unknown_weight)
    free = places(gps, room, on=on)
    from_home = times[times["practice_id"].isin(gps.loc[~flags(gps, "at_work"), "practice_id"])]
    only, strange = some_only(gps, groups)
    registers = free.copy()
    registers.loc[flags(gps, "walk_in") & free["places"].isna().to_numpy(), "places"] = 0.0
    found = _assigned(unregistered(sites, groups), registers, from_home, only, column)
    nearest = _nearest_room(sites["site_id"], gps, free, only.whole_sites(from_home), column)
    capacity = _capacity(gps, free, found.capacity, norm, str(practices.attrs.get("source", "")))
    left_out = _left_out(practices, gps, found, from_home)
    return Supply(
        capacity,
        found.unplaced,
        found.assignment,
        nearest,
        _parameters(room, norm),
        (*notes_of(free), *strange, *left_out, *found.notes),
    )


def _gps(practices: pd.DataFrame) -> pd.DataFrame:
    """Practices of GPs with every column that is used here; what is not known is missing."""
    require_columns(practices, ("practice_id",), "practices")
    gps = pd.DataFrame(practices.drop(columns="geometry", errors="ignore"))
    if "care" in gps.columns:
        gps = gps[gps["care"] == GP_CARE]
    gps = gps.reset_index(drop=True)
    for name in ("fte", "listed_patients", "remote_share"):
        gps[name] = gps[name].astype(float) if name in gps.columns else np.nan
    given = (
        gps["status"].astype(object) if "status" in gps.columns else pd.Series([None] * len(gps))
    )
    gps["status"] = given.where(given.notna(), UNKNOWN).astype(object)
    if "status_date" not in gps.columns:
        gps["status_date"] = pd.Series(pd.NaT, index=gps.index, dtype="datetime64[s]")
    gps.attrs = {}
    return gps


def unregistered(sites: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Count the residents of each group of each site who are not registered with a GP.

    Residents x share of the group x (1 - share that is registered). Where all known numbers of residents are whole,
    these are rounded to whole persons, so that their total is the rounded total (largest remainders first, then lower
    ids), and likewise the groups of a site.

    Parameters
    ----------
    sites : site_id, residents (NaN unknown).
    groups : site_id, group_id, share, registered_share.

    Returns
    -------
    DataFrame
        as the rows of ``groups``: site_id, group_id, persons (float; NaN where residents are unknown).

    Examples
    --------
    >>> sites = pd.DataFrame({"site_id": ["a", "b"], "residents": [10, 20]})
    >>> groups = pd.DataFrame({"site_id": ["a", "a", "b"], "group_id": ["1", "2", "1"], "share": [0.5, 0.5, 1.0],
    ...     "registered_share": [0.67, 0.67, 0.67]})
    >>> unregistered(sites, groups)["persons"].tolist()
    [2.0, 1.0, 7.0]
    """
    residents = pd.to_numeric(sites["residents"], errors="coerce").to_numpy(dtype=float)
    site = pd.Index(sites["site_id"]).get_indexer(pd.Index(groups["site_id"]))
    share, registered = (
        groups[name].to_numpy(dtype=float) for name in ("share", "registered_share")
    )
    persons = np.where(site >= 0, residents[site], np.nan) * share * (1.0 - registered)
    known = ~np.isnan(residents)
    if (residents[known] == np.floor(residents[known])).all():
        persons = _whole(persons, site, sites["site_id"], groups["group_id"])
    return pd.DataFrame(
        {
            "site_id": groups["site_id"].to_numpy(),
            "group_id": groups["group_id"].to_numpy(),
            "persons": persons,
        }
    )


def _whole(persons: Array, site: Array, site_ids: pd.Series, group_ids: pd.Series) -> Array:
    """Whole persons of each row: first of the sites, then of the groups of each site."""
    order = np.argsort(site, kind="stable")
    order = order[~np.isnan(persons[order])]
    rows = [part for part in np.split(order, np.flatnonzero(np.diff(site[order])) + 1) if len(part)]
    if not rows:
        return persons
    exact = np.array([math.fsum(persons[part]) for part in rows])
    site_rank = pd.factorize(site_ids, sort=True)[0][[site[part[0]] for part in rows]]
    group_rank = pd.factorize(group_ids, sort=True)[0]
    whole = persons.copy()
    for part, total in zip(rows, _rounded(exact, site_rank), strict=True):
        whole[part] = _rounded(persons[part], group_rank[part], total)
    return whole


def _rounded(exact: Array, rank: Array, total: float | None = None) -> Array:
    """Whole numbers that add up to the total, or to the rounded sum: largest remainders first, then lowest rank."""
    whole = np.floor(exact + SLACK)
    if total is None:
        total = math.floor(math.fsum(exact) + 0.5 + SLACK)
    order = np.lexsort((rank, -np.round(exact - whole, 9)))
    whole[order[: int(total - whole.sum())]] += 1.0
    return whole


@dataclass(frozen=True, eq=False)
class Only:
    """Whom the practices are for that are for some people only.

    Attributes
    ----------
    practice_ids : (some,) of these practices. whom : bool (some, groups), as the rows of the table of groups.
    site_ids, group_ids : (groups,) of the table of groups.
    """

    practice_ids: Array
    whom: Array
    site_ids: Array
    group_ids: Array

    def whole_sites(self, times: pd.DataFrame) -> pd.DataFrame:
        """Return the travel times without the pairs of which the practice is not for everybody of the site."""
        if not len(self.practice_ids):
            return times
        site, ids = pd.factorize(self.site_ids)
        everybody = np.ones((len(self.practice_ids), len(ids)), dtype=bool)
        for row, whom in enumerate(self.whom):
            everybody[row, site[~whom]] = False
        return self._kept(times, times["site_id"], pd.Index(ids), everybody)

    def people(self, times: pd.DataFrame) -> tuple[Array, Array, pd.DataFrame]:
        """Take groups of a site apart where practices do not treat them alike.

        Returns
        -------
        tuple
            the number of the people (from 0) that each row of the table of groups belongs to; their names (the id of
            the site, with the group behind it where a site is taken apart); and the travel times by these names, as
            site_id, of the practices that are for them.
        """
        site, ids = pd.factorize(self.site_ids)
        first = np.unique(site, return_index=True)[1]
        apart = np.zeros(len(ids), dtype=bool)
        apart[site[(self.whom != self.whom[:, first[site]]).any(axis=0)]] = True
        row, number = np.unique(
            np.where(apart[site], np.arange(len(site)), first[site]), return_inverse=True
        )
        names = self.site_ids[row]
        if apart.any():
            own = apart[site[row]]
            names = names.astype(str).astype(object)
            names[own] += BETWEEN + self.group_ids[row].astype(str).astype(object)[own]
            every = pd.DataFrame({"site_id": self.site_ids[row], "people": names})
            times = times.merge(every, on="site_id")
            times = times.drop(columns="site_id").rename(columns={"people": "site_id"})
        if len(self.practice_ids):
            times = self._kept(times, times["site_id"], pd.Index(names), self.whom[:, row])
        return number, names, times

    def _kept(
        self, times: pd.DataFrame, people: pd.Series, names: pd.Index[Any], allowed: Array
    ) -> pd.DataFrame:
        practice = pd.Index(self.practice_ids).get_indexer(pd.Index(times["practice_id"]))
        return times[(practice < 0) | allowed[practice, names.get_indexer(pd.Index(people))]]


def some_only(practices: pd.DataFrame, groups: pd.DataFrame) -> tuple[Only, list[str]]:
    """Read for whom practices are (column serves), with notes on names that nobody has."""
    rows, whom, notes = served(practices, groups)
    ids = practices["practice_id"].to_numpy(dtype=object)[rows]
    site_ids, group_ids = (groups[name].to_numpy(dtype=object) for name in ("site_id", "group_id"))
    return Only(ids, whom, site_ids, group_ids), notes


def _assigned(
    people: pd.DataFrame, free: pd.DataFrame, times: pd.DataFrame, only: Only, column: str
) -> Assignment:
    """Assign the people of every site, and of groups apart where practices do not treat them alike."""
    number, names, times = only.people(times[["site_id", "practice_id", column]])
    persons = np.bincount(number, weights=people["persons"].to_numpy(), minlength=len(names))
    found = assign(pd.DataFrame({"site_id": names, "persons": persons}), free, times, column=column)
    if not any(BETWEEN in str(name) for name in names):
        return found
    first = np.unique(number, return_index=True)[1]
    site_of = pd.Series(people["site_id"].to_numpy(dtype=object)[first], index=names)
    pairs = _by_site(found.assignment, site_of, ["practice_id", "minutes"])
    order = np.lexsort(
        (
            pd.factorize(pairs["practice_id"], sort=True)[0],
            pairs["minutes"],
            pd.Index(people["site_id"].unique()).get_indexer(pd.Index(pairs["site_id"])),
        )
    )
    pairs = pairs[["site_id", "practice_id", "persons", "minutes"]].iloc[order]
    notes = [note for note in found.notes if note not in split_note(found.assignment)]
    return replace(
        found,
        assignment=pairs.reset_index(drop=True),
        unplaced=_by_site(found.unplaced, site_of, []),
        notes=(*split_note(pairs), *notes),
    )


def _by_site(table: pd.DataFrame, site_of: pd.Series, keys: list[str]) -> pd.DataFrame:
    """Persons of the groups of a site added up."""
    named = table.assign(site_id=site_of.reindex(table["site_id"]).to_numpy())
    sums = named.groupby(["site_id", *keys], sort=False)["persons"].sum()
    return sums.reset_index()


def _nearest_room(
    site_ids: pd.Series, gps: pd.DataFrame, free: pd.DataFrame, times: pd.DataFrame, column: str
) -> pd.DataFrame:
    """Nearest practice with room of every site; a walk-in has room for all."""
    some = np.where(flags(gps, "walk_in"), np.inf, free["places"].to_numpy())
    room = pd.DataFrame({"practice_id": gps["practice_id"], "places": some})
    return nearest_with_room(times, site_ids, room, column=column).reset_index()


def _capacity(
    gps: pd.DataFrame, free: pd.DataFrame, taken: pd.DataFrame, norm: Norm, source: str
) -> pd.DataFrame:
    walk_in = flags(gps, "walk_in")
    weights = Room(norm.patients_per_fte, norm.conditional_weight, norm.unknown_weight).weights()
    assigned = taken["assigned"]
    hours = CONTACTS_A_YEAR * norm.consult_min / 60 / WEEKS_A_YEAR
    remote = gps["remote_share"].fillna(0.0)
    return pd.DataFrame(
        {
            "practice_id": gps["practice_id"],
            "places": free["places"],
            "assigned": assigned,
            "full": taken["full"].where(~walk_in, False).astype(object),
            "places_low": free["places_low"],
            "places_high": free["places_high"],
            "walk_in": walk_in,
            "status": gps["status"],
            "status_date": gps["status_date"],
            "fte": gps["fte"],
            "listed_patients": gps["listed_patients"],
            "weight": gps["status"].map(weights).astype(float),
            "remote_share": gps["remote_share"],
            "consult_hours_week": assigned * (1.0 - remote) * hours,
            "source": pd.Series([source] * len(gps), dtype=object),
        }
    )


def _left_out(
    practices: pd.DataFrame, gps: pd.DataFrame, found: Assignment, times: pd.DataFrame
) -> list[str]:
    """Sentences on practices that take no part, and on people without a place who can be seen at a walk-in."""
    said = []
    if len(gps) < len(practices):
        other = counted(len(practices) - len(gps), "practice")
        said.append(f"Only GPs register people: no places are counted for {other} of other care.")
    at_work = gps.loc[flags(gps, "at_work"), "practice_id"]
    if len(at_work):
        said.append(
            "No part in the assignment, being at people's work and not travelled to from home: "
            f"{counted(len(at_work), 'practice')} ({listed(sorted(map(str, at_work)))})."
        )
    walk_in = gps.loc[flags(gps, "walk_in"), "practice_id"]
    if len(walk_in):
        reach = times.loc[times["practice_id"].isin(walk_in), "site_id"].unique()
        left = found.unplaced
        seen = left.loc[left["site_id"].isin(reach), "persons"].sum()
        said.append(
            "Nobody is registered, beyond the places there are, where people are seen without that: "
            f"{counted(len(walk_in), 'practice')} ({listed(sorted(map(str, walk_in)))}). {seen:g} of the "
            f"{left['persons'].sum():g} persons without a place reach such a practice."
        )
    return said


def _parameters(room: Room, norm: Norm) -> pd.DataFrame:
    """Every number behind the tables: parameter, value, date, source."""
    rows = [
        ("contacts with a practice per patient and year", CONTACTS_A_YEAR, *CONTACTS_SOURCE),
        ("consult_min", norm.consult_min, "", "the norm of the project"),
    ]
    more = pd.DataFrame(rows, columns=["parameter", "value", "date", "source"])
    return pd.concat([room.parameters(), more], ignore_index=True)
