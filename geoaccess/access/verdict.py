"""The verdict: for everybody and every kind of care, the best visit, or the reason why there is none.

People of a site and group are one row, and more where they fare differently: those who are registered with a GP and
those who are not, and the weeks of a rotation. To fare differently is to have another reason, proof or change that
mends it, or another best visit on some day; of practices that people of one row can visit, the fewest are told, and the
longest minutes to the second and third of them. The row that is worst off comes first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.access.at_work import (
    AT_WORK_NOTE,
    for_whoever_works,
    with_visits_at_work,
    without_hours,
)
from geoaccess.access.basket import basket_table, site_table
from geoaccess.access.care import CareKind, care_of, kinds_to_judge
from geoaccess.access.cascade import cascade
from geoaccess.access.eligible import REGISTERED_NOTE, Eligible, eligible, flags
from geoaccess.access.fares import every_table, fares, reason_table, visit_table
from geoaccess.access.free_time import open_intervals
from geoaccess.access.homes import Homes, link_homes
from geoaccess.access.intervals import Intervals
from geoaccess.access.norm import Norm
from geoaccess.access.people import People, people_of
from geoaccess.access.visit import WeekVisits, week_visits
from geoaccess.load.hours import DEFAULT_HOURS, DefaultHours, OpeningWeek, opening_week
from geoaccess.load.practices import GP_CARE
from geoaccess.network.network import Network
from geoaccess.tables import check_points, notes

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class CareVerdict:
    """How people fare for one kind of care.

    Attributes
    ----------
    care : the kind, as it was judged.
    visits : DataFrame; the best feasible visit of each day, of all people (see `judge_care`).
    reasons : DataFrame; reason, proof, change that mends it, and how well people are served over the week.
    every : DataFrame; the best visit of each day to every practice, feasible ones only; None where not asked for.
    opening : opening hours of the practices of this kind.
    notes : sentences on what was assumed.
    """

    care: CareKind
    visits: pd.DataFrame
    reasons: pd.DataFrame
    every: pd.DataFrame | None
    opening: OpeningWeek
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Verdict:
    """How people fare for all kinds of care.

    Attributes
    ----------
    visits, reasons, every : as in `CareVerdict`, of all kinds; by site, then group, then kind.
    cascade : area_id ("total" last), care, step, persons_remaining, persons_lost; see `geoaccess.access.cascade`.
    basket : one row for each site; see `geoaccess.access.basket.basket_table`.
    sites : one row for each site, for the main kind of care; see `geoaccess.access.basket.site_table`.
    opening : opening hours of all practices.
    care : the kinds judged, in their order.
    main : name of the main kind.
    notes : sentences on what was assumed.
    """

    visits: pd.DataFrame
    reasons: pd.DataFrame
    cascade: pd.DataFrame
    basket: pd.DataFrame
    sites: pd.DataFrame
    every: pd.DataFrame | None
    opening: OpeningWeek
    care: tuple[CareKind, ...]
    main: str
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Inputs:
    """What the verdicts of all kinds of care share."""

    sites: gpd.GeoDataFrame
    people: People
    week: Sequence[Network]
    norm: Norm
    country: str | None
    every: bool
    homes: Homes
    workers: int | None


def judge_care(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    week: Sequence[Network],
    groups: pd.DataFrame,
    care: CareKind,
    norm: Norm,
    day: dt.date,
    *,
    country: str | None = "NL",
    every: bool = False,
    workers: int | None = None,
) -> CareVerdict:
    """Judge how people fare for one kind of care.

    Parameters
    ----------
    sites : points with site_id and, where known, residents.
    practices : points with practice_id, all of this kind of care, and with what is known of fte, listed_patients,
        status, opening_hours, languages, interpreter, walk_in, remote_share, serves and at_work; there may be none.
    week : the networks of Monday to Sunday, of one traveller.
    groups : as `geoaccess.load.default_groups.complete_groups` gives them.
    care : the kind, with its norm, its length of a visit and its hours where none are known.
    norm : of the project.
    day : any day of the reference week.
    country : whose public holidays count, and whose language every practice speaks; None for neither.
    every : keep the best visit of each day to every practice.
    workers : threads; None for all processors.

    Returns
    -------
    CareVerdict
        ``visits``: site_id, group_id, care, practice_id (None without a visit), day ("mo" to "su"), feasible, leave_s,
        arrive_s, start_s, end_s, home_s (Int32, seconds of the day of leaving), wait_min, door_to_door_min, slack_min,
        shift (week of a rotation), people ("all", "registered" or "unregistered") and persons; seven rows for each row
        of ``reasons``.

        ``reasons``: site_id, group_id, care, residents (persons of the row, NaN unknown), what
        `geoaccess.access.why.why_table` gives, shift, people, feasible_days, practices_feasible, best_practice_id,
        best_day, best_door_to_door_min, door_to_door_min_2, door_to_door_min_3 (of the second and third practice, inf
        without), work_lost_min (0 where feasible, inf where no visit is possible at all), lost_practice_id, lost_day,
        remote_share (of the best practice), visits_year (to a GP, by one person; NaN for other care) and share (of the
        residents of the site).

        ``every``: as ``visits`` without people, of each week of a rotation, with registered_may and unregistered_may:
        may they be seen there (NA without such people).

    Raises
    ------
    InputError
        for faulty tables.
    ValueError
        when groups and sites do not fit together, or there are not seven networks of one traveller.
    """
    check_points(sites, "site_id", "sites")
    check_points(practices, "practice_id", "practices")
    inputs = _inputs(sites, week, groups, norm, country, every, workers)
    opening = opening_week(
        practices.assign(care=care.care), day, country=country, defaults=_defaults([care])
    )
    return _judge(inputs, practices, care, opening)


def judge_all(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    week: Sequence[Network],
    groups: pd.DataFrame,
    care: Sequence[CareKind],
    norm: Norm,
    day: dt.date,
    *,
    country: str | None = "NL",
    every: bool = False,
    workers: int | None = None,
) -> Verdict:
    """Judge how people fare for every kind of care.

    Parameters
    ----------
    sites, week, groups, norm, day, country, every, workers : as in `judge_care`; with an area_id of the sites, there is
        a cascade for each area.
    practices : as in `judge_care`, of any kind of care; "huisarts" where they have no column care.
    care : kinds to judge. Others that practices have are judged as well, after these.

    Returns
    -------
    Verdict

    Raises
    ------
    InputError
        for faulty tables, and a kind that is given twice.
    ValueError
        as in `judge_care`.
    """
    check_points(sites, "site_id", "sites")
    check_points(practices, "practice_id", "practices")
    given = care_of(practices)
    kinds = kinds_to_judge(care, given.tolist()) or kinds_to_judge((), [GP_CARE])
    main, said = main_care(given.tolist(), kinds)
    opening = opening_week(
        practices.assign(care=given), day, country=country, defaults=_defaults(kinds)
    )
    inputs = _inputs(sites, week, groups, norm, country, every, workers)
    found = []
    for kind in kinds:
        those = (given == kind.care).to_numpy()
        found.append(_judge(inputs, practices[those], kind, _opening_of(opening, those)))
    names = [kind.care for kind in kinds]
    by_care = dict(zip(names, (one.reasons for one in found), strict=True))
    return Verdict(
        _in_order([one.visits for one in found], inputs),
        _in_order([one.reasons for one in found], inputs),
        _cascades(sites, by_care),
        basket_table(sites["site_id"], by_care),
        site_table(sites, by_care[main]),
        _in_order([one.every for one in found if one.every is not None], inputs) if every else None,
        opening,
        kinds,
        main,
        (*said, *_hours_notes(opening), *(note for one in found for note in one.notes)),
    )


def main_care(given: Sequence[str], kinds: Sequence[CareKind]) -> tuple[str, list[str]]:
    """Kind of care by which sites are judged first, and a note where it is not the GP.

    Examples
    --------
    >>> main_care(["seh", "huisarts"], [])
    ('huisarts', [])
    """
    if GP_CARE in given or not (given or kinds):
        return GP_CARE, []
    main = given[0] if given else kinds[0].care
    if main == GP_CARE:
        return main, []
    return main, [f"No practice is one of a GP: the main measures are those of '{main}'."]


def _inputs(
    sites: gpd.GeoDataFrame,
    week: Sequence[Network],
    groups: pd.DataFrame,
    norm: Norm,
    country: str | None,
    every: bool,
    workers: int | None,
) -> _Inputs:
    people, homes = people_of(sites, groups), link_homes(sites, week, workers)
    return _Inputs(sites, people, week, norm, country, every, homes, workers)


def _defaults(kinds: Sequence[CareKind]) -> Mapping[str, DefaultHours]:
    own = {kind.care: kind.default_hours() for kind in kinds}
    return {GP_CARE: DEFAULT_HOURS[GP_CARE], **own}


def _hours_notes(opening: OpeningWeek) -> list[str]:
    return [f"opening hours: {note}" for note in notes(opening.status)]


def _opening_of(opening: OpeningWeek, those: Array) -> OpeningWeek:
    """Return the opening hours of some practices; notes stay with those of all."""
    status = opening.status[those].reset_index(drop=True)
    status.attrs = {}
    ours = opening.spans["practice_id"].isin(status["practice_id"])
    return replace(opening, status=status, spans=opening.spans[ours].reset_index(drop=True))


def _judge(
    inputs: _Inputs, practices: gpd.GeoDataFrame, care: CareKind, opening: OpeningWeek
) -> CareVerdict:
    people = inputs.people
    who = eligible(practices, people.groups, care.care, inputs.norm, country=inputs.country)
    hours = open_intervals(opening.spans, practices["practice_id"].tolist())
    visits = _visits(inputs, practices, care, who, hours)
    rows = fares(people, visits, who)
    said = [*who.notes, *_hours_notes(opening)]
    if visits.at_work.any():
        said += [AT_WORK_NOTE, *for_whoever_works(practices)]
    if care.care == GP_CARE and people.registered.any():
        said.append(REGISTERED_NOTE)
    return CareVerdict(
        care,
        visit_table(people, visits, rows, care.care),
        reason_table(people, visits, rows, care.care, practices),
        every_table(people, visits, who, care.care) if inputs.every else None,
        opening,
        tuple(f"{care.care}: {note}" for note in said),
    )


def _visits(
    inputs: _Inputs,
    practices: gpd.GeoDataFrame,
    care: CareKind,
    who: Eligible,
    hours: Intervals,
) -> WeekVisits:
    """Search the visits of the week, those at the workplace among them.

    Lost time is that of work and of the way to it: who has to be home half an hour before the shift and the way home
    end, leaves work half an hour earlier.
    """
    at_work = flags(practices, "at_work")
    time = inputs.people.time
    visits = week_visits(
        inputs.sites,
        practices,
        inputs.week,
        inputs.people.table(who.kind),
        time.free,
        without_hours(hours, at_work),
        care.rules(inputs.norm),
        usable=who.usable,
        work=time.away,
        keep_every=inputs.every,
        homes=inputs.homes,
        workers=inputs.workers,
    )
    return with_visits_at_work(visits, hours, at_work, time.work)


def _in_order(tables: list[pd.DataFrame], inputs: _Inputs) -> pd.DataFrame:
    """Tables of the kinds of care as one, by site, then group, then kind, then as they were."""
    if not tables:
        return pd.DataFrame()
    whole = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    groups = inputs.people.groups
    keys = pd.MultiIndex.from_frame(groups[["site_id", "group_id"]])
    place = keys.get_indexer(pd.MultiIndex.from_frame(whole[["site_id", "group_id"]]))
    return whole.take(np.argsort(place, kind="stable")).reset_index(drop=True)


def _cascades(sites: pd.DataFrame, by_care: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Cascade of each kind of care, one after the other in each area."""
    area = None
    if "area_id" in sites.columns:
        area = pd.Series(sites["area_id"].to_numpy(object), index=sites["site_id"])
    parts = []
    for care, reasons in by_care.items():
        people = reasons[["reason"]].assign(persons=reasons["residents"])
        if area is not None:
            people["area_id"] = area.reindex(reasons["site_id"]).to_numpy(object)
        part = cascade(people)
        part.insert(1, "care", care)
        parts.append(part)
    whole = pd.concat(parts, ignore_index=True)
    ids = pd.Index(dict.fromkeys(parts[0]["area_id"]))
    order = np.argsort(ids.get_indexer(whole["area_id"]), kind="stable")
    whole = whole.take(order).reset_index(drop=True)
    whole.attrs["notes"] = list(dict.fromkeys(note for part in parts for note in notes(part)))
    return whole
