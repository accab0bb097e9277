"""The people who are judged: residents of a site by group, by week of a rotation, and by registration with a GP."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.free_time import FreeTime, free_time
from geoaccess.tables import require_columns

Array = np.ndarray[Any, Any]

ALL, REGISTERED, UNREGISTERED = STATES = ("all", "registered", "unregistered")


@dataclass(frozen=True, eq=False)
class People:
    """Residents as far as they may fare differently, in the order of sites, groups, weeks of a rotation.

    Attributes
    ----------
    site, group : int64 (people,); row of the table of sites, and of the table of groups.
    week : int64 (people,); which alternative of the rotation, row of ``time.alternatives``.
    registered : bool (people,); with a GP.
    share : float (people,); of the residents of the site; those of a site add up to 1.
    groups : the table of groups, in the order of the sites.
    time : free time and work of the groups.
    residents : float (sites,); NaN where unknown.
    site_ids : of the table of sites.
    """

    site: Array
    group: Array
    week: Array
    registered: Array
    share: Array
    groups: pd.DataFrame
    time: FreeTime
    residents: Array
    site_ids: Array

    def table(self, kind: Array) -> pd.DataFrame:
        """Table for `geoaccess.access.visit.week_visits`.

        Parameters
        ----------
        kind : int64 (groups, 2); kind of those not registered, and of those registered.
        """
        return pd.DataFrame(
            {
                "site_id": self.site_ids[self.site],
                "schedule": self.time.alternatives["pattern"].to_numpy(np.int64)[self.week],
                "kind": kind[self.group, self.registered.astype(np.int64)],
            }
        )


def people_of(sites: pd.DataFrame, groups: pd.DataFrame) -> People:
    """Lay out the residents of sites.

    Parameters
    ----------
    sites : site_id and, where known, residents.
    groups : as `geoaccess.load.default_groups.complete_groups` gives them; every site has groups, whose shares add up
        to 1.

    Raises
    ------
    TableError
        when a column is missing.
    ValueError
        when a group is of no site, or a site has no group.
    """
    needed = ("site_id", "group_id", "share", "shift", "work_days", "commute_min")
    require_columns(groups, (*needed, "registered_share"), "groups")
    site_ids = sites["site_id"].to_numpy(object)
    site = pd.Index(site_ids).get_indexer(pd.Index(groups["site_id"]))
    if (site < 0).any() or len(np.unique(site)) < len(site_ids):
        raise ValueError("every group must be of a site, and every site must have groups")
    order = np.argsort(site, kind="stable")
    groups, site = groups.iloc[order].reset_index(drop=True), site[order]
    time = free_time(groups)
    week_group = np.cumsum(time.alternatives["alternative"].to_numpy() == 0) - 1
    with_gp = np.clip(groups["registered_share"].to_numpy(float), 0.0, 1.0)[week_group]
    share = groups["share"].to_numpy(float)[week_group]
    share = share * time.alternatives["share"].to_numpy(float)
    # those who are not registered come first, each beside the others of the same week
    week = np.repeat(np.arange(len(week_group)), 2)
    registered = np.tile(np.array([False, True]), len(week_group))
    parts = np.column_stack([1.0 - with_gp, with_gp]).reshape(-1)
    some = parts > 0
    week, registered = week[some], registered[some]
    group = week_group[week]
    residents = np.full(len(sites), np.nan)
    if "residents" in sites.columns:
        residents = sites["residents"].to_numpy(float, na_value=np.nan)
    return People(
        site[group].astype(np.int64),
        group.astype(np.int64),
        week.astype(np.int64),
        registered,
        share[week] * parts[some],
        groups,
        time,
        residents,
        site_ids,
    )


@dataclass(frozen=True, eq=False)
class Rows:
    """People put together who fare the same.

    Attributes
    ----------
    of : int64 (people,); row of each of `People`.
    site, group : int64 (rows,).
    first : int64 (rows,); one of the people of each row.
    share, persons : float (rows,); of the residents of the site. Persons of a site add up to its residents exactly,
        and are NaN where these are unknown.
    who : object (rows,); "all", "registered" or "unregistered" people of the group.
    shift : object (rows,); week or weeks of the rotation.
    """

    of: Array
    site: Array
    group: Array
    first: Array
    share: Array
    persons: Array
    who: Array
    shift: Array

    def take(self, order: Array) -> Rows:
        """Return the rows in another order."""
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        parts = (self.site, self.group, self.first, self.share, self.persons, self.who, self.shift)
        return Rows(place[self.of], *(part[order] for part in parts))


def together(people: People, fare: Array) -> Rows:
    """Put people of a group together who fare the same.

    First those of one week of the rotation who are registered with a GP and who are not, then the weeks.

    Parameters
    ----------
    people : the residents.
    fare : int64 (people,); number of how they fare.
    """
    count = len(fare)
    pair = np.zeros(count, bool)
    pair[1:] = people.week[1:] == people.week[:-1]
    alone = ~pair
    alone[:-1] &= ~pair[1:]
    same = np.zeros(count, bool)
    same[1:] = pair[1:] & (fare[1:] == fare[:-1])
    whole = alone | same
    whole[:-1] |= same[1:]
    state = np.where(whole, 0, np.where(people.registered, 1, 2))
    key = (people.group * (int(fare.max(initial=0)) + 1) + fare) * 3 + state
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    # in the order of the people
    order = np.argsort(first, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    of, first = place[of], first[order]
    share = np.bincount(of, weights=people.share, minlength=len(first))
    site = people.site[first]
    return Rows(
        of,
        site,
        people.group[first],
        first,
        share,
        exact_persons(share, site, people.residents),
        np.array(STATES, object)[state[first]],
        _shifts(people, of, first),
    )


def _shifts(people: People, of: Array, first: Array) -> Array:
    """Text of the weeks of a rotation that each row stands for."""
    texts = people.time.alternatives["shift"].to_numpy(object)
    shift = texts[people.week[first]]
    weeks = len(texts)
    row, week = np.divmod(np.unique(of * weeks + people.week), weeks)
    many = np.flatnonzero(np.bincount(row, minlength=len(first)) > 1)
    start, stop = np.searchsorted(row, many), np.searchsorted(row, many + 1)
    own = people.groups["shift"].to_numpy(object)
    of_group = np.bincount(people.group[np.unique(people.week, return_index=True)[1]])
    for k, one in enumerate(many):
        these = week[start[k] : stop[k]]
        group = people.group[first[one]]
        shift[one] = own[group] if len(these) == of_group[group] else " | ".join(texts[these])
    return shift


def exact_persons(share: Array, site: Array, residents: Array) -> Array:
    """Persons by share of the residents, so that the sum (`math.fsum`) over a site is its residents exactly.

    Persons are told to a billionth; what is lost in rounding is put with the row of the most persons.

    Parameters
    ----------
    share : float (rows,); add up to 1 in a site.
    site : int64 (rows,); ascending.
    residents : float (sites,); NaN unknown.

    Examples
    --------
    >>> exact_persons(np.array([0.67, 0.33]), np.zeros(2, int), np.array([10.0])).tolist()
    [6.7, 3.3]
    """
    persons: Array = share * residents[site]
    # of a fraction of a person the rounding would be felt
    persons = np.where(residents[site] >= 0.01, np.round(persons, 9), persons)
    first = np.searchsorted(site, np.arange(len(residents) + 1))
    for one in np.flatnonzero((np.diff(first) > 0) & (residents > 0)):
        rows = slice(first[one], first[one + 1])
        whole, parts = float(residents[one]), persons[rows].tolist()
        if math.fsum(parts) == whole:
            continue
        most = int(np.argmax(persons[rows]))
        others = [-part for k, part in enumerate(parts) if k != most]
        parts[most] = math.fsum([whole, *others])
        total = math.fsum(parts)
        if total != whole:  # halfway between two numbers: the last bit of a small part decides
            few = min(
                (k for k, part in enumerate(parts) if part > 0 and k != most), key=parts.__getitem__
            )
            parts[few] = math.nextafter(parts[few], math.inf if total < whole else 0.0)
        persons[rows] = parts
    return persons
