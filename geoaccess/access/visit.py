"""Feasible visits: can people see a doctor in their own time, and when.

A visit on day d leaves home on that day, at a whole minute from 00:00 to 23:59 that lies in a stretch of free time, and
takes place in that one stretch. After the trip out and the reception margin the consultation starts, in opening hours
of that day, and ends in the same ones; home is reached before the stretch of free time ends. Opening hours of a day are
those that overlap it: they may have begun the day before, and run on past midnight. Rides, consultations and ways back
are those of the day of leaving, until 32:00, where its timetable ends. Each way is within the traveller's
``max_minutes`` and the way out within the norm. The consultation may start later than it could, when this brings the
way home within ``max_minutes``.

The best visit of a day takes the fewest minutes from door to door; of these it is the one that leaves last, and of
these the one at the practice that comes first in the table. It is over as early as coming home at that moment allows.

Where the network holds several possible timetables, a day is as good as it is in half of them or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.access.homes import Homes, check_week, distinct_networks, link_homes
from geoaccess.access.intervals import DAY_S, WEEK_S, Intervals, gaps
from geoaccess.errors import Fault, ProjectError
from geoaccess.network.network import Network
from geoaccess.route.matrix import link_points
from geoaccess.route.visit_fields import LAST_S, PRACTICE, Limits
from geoaccess.route.visits import (
    FoundVisits,
    WeekSearch,
    find_visits,
    like_days,
    spans_of_days,
)
from geoaccess.route.window import NEVER, Window
from geoaccess.tables import check_points

Array = np.ndarray[Any, Any]

#: departures of a day from home, and from practices
OUT_WINDOW, BACK_WINDOW = Window(0, 24 * 60), Window(0, LAST_S // 60 + 1)


@dataclass(frozen=True)
class VisitRules:
    """What a visit takes.

    Attributes
    ----------
    consult_min : length of a consultation, minutes.
    margin_min : minutes between arriving at the practice and the earliest start.
    norm_minutes : longest trip out that counts; exactly this long is within the norm. None for the traveller's longest.

    Raises
    ------
    ProjectError
        that names every value out of range.
    """

    consult_min: float = 15.0
    margin_min: float = 0.0
    norm_minutes: float | None = 30.0

    def __post_init__(self) -> None:
        ranges = (("consult_min", 1, 480), ("margin_min", 0, 240), ("norm_minutes", 1, 1440))
        faults = [
            Fault(f"must be from {low} to {high}", value=f"{value}", key=f"norm.{name}")
            for name, low, high in ranges
            if (value := getattr(self, name)) is not None and not low <= value <= high
        ]
        if faults:
            raise ProjectError(faults)

    def limits(self, max_minutes: float) -> Limits:
        """Seconds, for a traveller whose trips take at most so many minutes."""
        max_s = int(60 * max_minutes)
        norm_s = max_s if self.norm_minutes is None else min(max_s, int(60 * self.norm_minutes))
        return Limits(norm_s, max_s, round(60 * self.consult_min), round(60 * self.margin_min))


@dataclass(frozen=True, eq=False)
class WeekVisits:
    """Visits of people to practices in the reference week.

    Attributes
    ----------
    people : as given, one row for each site x group (x alternative).
    site_ids, practice_ids : ids of the tables.
    linked : bool (sites,); is the site linked to the streets. Those that are not have no visits; what ``found.pairs``
        says of how far they get holds for the nearest point of a street.
    to_street_m : float (sites,); straight distance to that point, 0 for those that are linked.
    case : int64 (people,); column of ``found.pairs`` of each row of people. People of a site with the same free time
        are one case.
    chooser : int64 (people,); row of ``found.best`` and ``found.lost``. People of a case with the same practices to
        choose from are one chooser.
    found : the visits of the cases.
    usable : bool (practices, kinds).
    opening : opening hours by practice.
    rules : what a visit takes.
    at_work : bool (practices,); is the practice at the workplace, so that it takes no trip (see `access.at_work`).
    """

    people: pd.DataFrame
    site_ids: Array
    practice_ids: Array
    linked: Array
    to_street_m: Array
    case: Array
    chooser: Array
    found: FoundVisits
    usable: Array
    opening: Intervals
    rules: VisitRules
    at_work: Array

    @cached_property
    def best(self) -> Array:
        """Best visit of each row of people on each day, int32 (people, 7, 7); see `FoundVisits`."""
        return np.asarray(self.found.best[self.chooser])

    @property
    def site(self) -> Array:
        """Row of the table of sites of each row of people, int64 (people,)."""
        return np.asarray(pd.Index(self.site_ids).get_indexer(pd.Index(self.people["site_id"])))

    @property
    def kind(self) -> Array:
        """Column of ``usable`` of each row of people, int64 (people,)."""
        return _kinds(self.people)


def week_visits(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    week: Sequence[Network],
    people: pd.DataFrame,
    free: Intervals,
    opening: Intervals,
    rules: VisitRules | None = None,
    *,
    usable: Array | None = None,
    work: Intervals | None = None,
    keep_every: bool = False,
    homes: Homes | None = None,
    workers: int | None = None,
) -> WeekVisits:
    """Search the feasible visits of a week.

    Parameters
    ----------
    sites, practices : points with site_id and practice_id, EPSG:4326.
    week : the networks of Monday to Sunday, of one traveller; days with the same timetable share one object.
    people : one row for each site x group (x alternative shift): site_id; schedule (int, row of ``free``); kind (int,
        column of ``usable``) where there are several; any other columns, such as group_id and share.
    free : free time by schedule, seconds from Monday 00:00, out of the house allowed from start to end; stretches of
        Sunday may end after the week does, and those of Monday begin before it.
    opening : opening hours by practice (in the order of the table), in the same seconds.
    rules : what a visit takes.
    usable : bool (practices, kinds) or (practices,); practices that the best visit may be at, all where left out.
    work : time that counts as lost when a visit takes it, by schedule; where left out all that is not free.
    keep_every : keep the best visit of each day to every practice.
    homes : from `link_homes` of these sites and week, where visits of several kinds of care share them.
    workers : threads; None for all processors.

    Returns
    -------
    WeekVisits

    Raises
    ------
    TableError
        for faulty tables of points.
    ValueError
        when the inputs do not fit together.

    Notes
    -----
    The definition is that of the module; opening hours, free time and both trips are of one day of leaving.
    """
    rules = rules or VisitRules()
    check_points(sites, "site_id", "sites")
    check_points(practices, "practice_id", "practices")
    usable = _usable(usable, len(practices))
    kind = _kinds(people)
    schedule = people["schedule"].to_numpy(np.int64)
    site = pd.Index(sites["site_id"]).get_indexer(pd.Index(people["site_id"]))
    _check(week, site, schedule, kind, free, opening, usable, work)
    schedules = _distinct_rows(free, work)[schedule]
    keys, chooser = np.unique(
        np.column_stack([site, schedules, _distinct_columns(usable)[kind]]),
        axis=0,
        return_inverse=True,
    )
    chooser = chooser.reshape(-1).astype(np.int64)
    cases = _Cases.of(keys, len(sites))
    homes = link_homes(sites, week, workers) if homes is None else homes
    search = _week_search(
        homes, practices, week, free, opening, rules, usable, work, cases, workers
    )
    found = find_visits(search, keep_every=keep_every)
    linked = homes.linked
    _forget(found, ~linked[keys[cases.chooser_first[:-1], 0]], ~linked[keys[:, 0]])
    return WeekVisits(
        people,
        sites["site_id"].to_numpy(),
        practices["practice_id"].to_numpy(),
        linked,
        homes.to_street_m,
        cases.of_chooser[chooser],
        chooser,
        found,
        usable,
        opening,
        rules,
        np.zeros(len(practices), bool),
    )


class _Cases(NamedTuple):
    """People by site, then by free time (cases), then by practices to choose from (choosers)."""

    first: Array
    schedule: Array
    chooser_first: Array
    column: Array
    of_chooser: Array

    @classmethod
    def of(cls, keys: Array, sites: int) -> _Cases:
        """From site, schedule and column of each chooser, in order."""
        new = np.ones(len(keys), bool)
        new[1:] = (keys[1:, :2] != keys[:-1, :2]).any(axis=1)
        head = np.flatnonzero(new)
        return cls(
            np.searchsorted(keys[head, 0], np.arange(sites + 1)).astype(np.int64),
            np.ascontiguousarray(keys[head, 1]),
            np.append(head, len(keys)).astype(np.int64),
            np.ascontiguousarray(keys[:, 2]),
            np.cumsum(new) - 1,
        )


def _kinds(people: pd.DataFrame) -> Array:
    return people["kind"].to_numpy(np.int64) if "kind" in people else np.zeros(len(people), int)


def _forget(found: FoundVisits, cases: Array, choosers: Array) -> None:
    """Take out the visits of cases and choosers at sites that are not linked."""
    found.pairs.days[:, cases] = 0
    found.pairs.quickest_s[:, cases] = NEVER
    found.best[choosers, :, :PRACTICE] = NEVER
    found.best[choosers, :, PRACTICE] = -1
    found.lost[choosers] = NEVER
    if found.every is not None:
        found.every[:, cases] = NEVER


def _usable(usable: Array | None, practices: int) -> Array:
    """Practices that may be chosen, bool (practices, kinds)."""
    if usable is None:
        return np.ones((practices, 1), bool)
    table = np.asarray(usable, bool)
    return table[:, None] if table.ndim == 1 else table


def _check(
    week: Sequence[Network],
    site: Array,
    schedule: Array,
    kind: Array,
    free: Intervals,
    opening: Intervals,
    usable: Array,
    work: Intervals | None,
) -> None:
    check_week(week)
    if len(opening) != len(usable):
        raise ValueError(f"{len(opening)} rows of opening hours for {len(usable)} practices")
    if work is not None and len(work) != len(free):
        raise ValueError(f"{len(work)} rows of work for {len(free)} of free time")
    for name, values, end in (
        ("site_id", site, None),
        ("schedule", schedule, len(free)),
        ("kind", kind, usable.shape[1]),
    ):
        if len(values) and (values.min() < 0 or (end is not None and values.max() >= end)):
            raise ValueError(f"people: {name} that does not exist")


def _distinct_rows(free: Intervals, work: Intervals | None) -> Array:
    """First row with the same intervals, of each row, int64 (rows,)."""
    known: dict[tuple[object, ...], int] = {}
    parts = (free,) if work is None else (free, work)
    rows = [
        known.setdefault(tuple(tuple(part.row(r)) for part in parts), r) for r in range(len(free))
    ]
    return np.array(rows, np.int64)


def _distinct_columns(usable: Array) -> Array:
    """First column with the same practices, of each column, int64 (columns,)."""
    known: dict[bytes, int] = {}
    columns = [known.setdefault(usable[:, k].tobytes(), k) for k in range(usable.shape[1])]
    return np.array(columns, np.int64)


def _week_search(
    homes: Homes,
    practices: gpd.GeoDataFrame,
    week: Sequence[Network],
    free: Intervals,
    opening: Intervals,
    rules: VisitRules,
    usable: Array,
    work: Intervals | None,
    cases: _Cases,
    workers: int | None,
) -> WeekSearch:
    """Link points to the distinct networks of the week, and cut the week in days."""
    networks = distinct_networks(week)
    network_of_day = np.array(
        [next(k for k, one in enumerate(networks) if one is network) for network in week]
    )
    out, back = [], []
    for k, network in enumerate(networks):
        ends = homes.places[k], network.snap(practices), network
        out.append(link_points(*ends, OUT_WINDOW, "to", workers, near=homes.out[k]))
        back.append(link_points(*ends, BACK_WINDOW, "from", workers, near=homes.back[k]))
    until = 2 * DAY_S
    hours = spans_of_days(
        opening.first, opening.start_s, opening.end_s, begin_by_s=DAY_S, end_by_s=LAST_S
    )
    busy = gaps(free, -DAY_S, WEEK_S + 2 * DAY_S) if work is None else work
    spans, lost = (
        spans_of_days(part.first, part.start_s, part.end_s, begin_by_s=until, end_by_s=2 * WEEK_S)
        for part in (free, busy)
    )
    return WeekSearch(
        tuple(out),
        tuple(back),
        network_of_day,
        hours,
        like_days(network_of_day, hours),
        spans,
        lost,
        cases.first,
        cases.schedule,
        cases.chooser_first,
        cases.column,
        usable,
        rules.limits(week[0].who.max_minutes),
    )
