"""Visits in the reference week: out, the consultation, and home again inside one stretch of free time.

Arrivals are step functions of the departure (see `geoaccess.route.search.Runs`), and so are visits: for each moment of
coming home only the latest departure matters. These few visits are listed once for each site, practice and kind of
day, and looked up for every stretch of free time of everybody who lives there.

The rules are those of `geoaccess.access.visit`; times are seconds of the service day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from geoaccess.network.parallel import in_parallel
from geoaccess.route.search import Search, one_draw, practice_blocks, walk_row
from geoaccess.route.transit import run_finder
from geoaccess.route.visit_best import better_best, better_lost, count_days, middle_draw
from geoaccess.route.visit_days import judge_days
from geoaccess.route.visit_fields import FIELDS, PRACTICE, Limits, Spans
from geoaccess.route.window import NEVER

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class WeekSearch:
    """All that the visits of a week are computed from.

    Attributes
    ----------
    out, back : searches to and from the same practices and sites, one for each distinct network.
    network_of_day : int64 (7,); which of these runs on each day, from Monday.
    opening : opening hours of day d of practice j, seconds of that day: row 7 * j + d.
    like_day : int64 (practices, 7); first day with the same network and opening hours.
    free, busy : free time, and time that is lost when a visit takes it, of day d of schedule k: row 7 * k + d.
    case_first : int64 (sites + 1,); the cases of site i, people of the same free time, are those from case_first[i] to
        case_first[i + 1].
    schedule : int64 (cases,); free time of each case.
    chooser_first : int64 (cases + 1,); the choosers of a case, people with the same practices to choose from.
    column : int64 (choosers,); which column of ``usable`` each has.
    usable : bool (practices, columns); may the best visit be at this practice.
    limits : norm, longest trip, consultation and margin.
    """

    out: tuple[Search, ...]
    back: tuple[Search, ...]
    network_of_day: Array
    opening: Spans
    like_day: Array
    free: Spans
    busy: Spans
    case_first: Array
    schedule: Array
    chooser_first: Array
    column: Array
    usable: Array
    limits: Limits


class Pairs(NamedTuple):
    """What is known of each practice (rows) and case (columns).

    Attributes
    ----------
    level : uint8; how many of the constraints, in their order, some departure of the week satisfies, from linked (1) to
        way back (6).
    lifted : uint8; as ``level``, when the first constraint that fails is dropped.
    day : int8; day that gets so far with that constraint dropped, -1 for none.
    fix_kind : uint8; see `geoaccess.route.visit_fields`.
    fix_s, fix_size_s : int32; time of the smallest change that would satisfy it (seconds from Monday 00:00), and its
        size.
    days : uint8; bit d is set where there is a feasible visit on day d.
    quickest_s : int32; fewest seconds from door to door of these, NEVER for none.
    """

    level: Array
    lifted: Array
    day: Array
    fix_kind: Array
    fix_s: Array
    fix_size_s: Array
    days: Array
    quickest_s: Array


@dataclass(frozen=True, eq=False)
class FoundVisits:
    """Visits of a week.

    Attributes
    ----------
    pairs : of each practice and case.
    best : int32 (choosers, 7, 7); the best visit of each day at a usable practice: LEAVE, ARRIVE, START, END, HOME,
        UNTIL (the end of the free time) and PRACTICE, which is -1 where there is none.
    lost : int32 (choosers, 5); the visit at a usable practice that takes the least busy time: seconds of it, practice,
        day, leaving and coming home; NEVER where there is no visit at any time, and where there is one that takes none.
    every : int32 (practices, cases, 7, 6) as ``best``, HOME is NEVER where there is none; only where asked for.
    """

    pairs: Pairs
    best: Array
    lost: Array
    every: Array | None = None


def find_visits(week: WeekSearch, *, keep_every: bool = False) -> FoundVisits:
    """Search the visits of all cases to all practices.

    Parameters
    ----------
    week : what to search.
    keep_every : keep the best visit of each day to every practice, too; 168 bytes for each case and practice.
    """
    practices, cases = len(week.usable), len(week.schedule)
    pairs = no_pairs(practices, cases)
    found = _Best.none(len(week.column))
    every = np.full((practices, cases, 7, 6), NEVER, np.int32) if keep_every else None
    lock = Lock()

    def task(block: range) -> None:
        own = _Best.none(len(week.column))
        find = _day_finder(week)
        for practice in block:
            for these, days in find(practice, found.best):
                count_days(
                    days,
                    practice,
                    these,
                    week.usable[practice],
                    week.chooser_first,
                    week.column,
                    Pairs(*(part[practice] for part in pairs)),
                    own.best,
                    own.lost,
                )
                if every is not None:
                    stop = these + len(days)
                    every[practice, these:stop] = days[:, :, :6]
        with lock:
            better_best(own.best, found.best)
            better_lost(own.lost, found.lost)

    in_parallel(task, practice_blocks(week.out[0]), week.out[0].workers)
    found.lost[(found.best[:, :, PRACTICE] >= 0).any(axis=1)] = NEVER
    return FoundVisits(pairs, found.best, found.lost, every)


class _Best(NamedTuple):
    best: Array
    lost: Array

    @classmethod
    def none(cls, choosers: int) -> _Best:
        """Nothing found yet."""
        best = np.full((choosers, 7, 7), NEVER, np.int32)
        best[:, :, PRACTICE] = -1
        return cls(best, np.full((choosers, 5), NEVER, np.int32))


def no_pairs(practices: int, cases: int) -> Pairs:
    """Return pairs of which nothing is known but that the sites are linked."""
    shape = (practices, cases)
    return Pairs(
        np.ones(shape, np.uint8),
        np.full(shape, 2, np.uint8),
        np.full(shape, -1, np.int8),
        np.zeros(shape, np.uint8),
        np.full(shape, NEVER, np.int32),
        np.full(shape, NEVER, np.int32),
        np.zeros(shape, np.uint8),
        np.full(shape, NEVER, np.int32),
    )


def _day_finder(week: WeekSearch) -> Any:
    """Workspace of one thread, as a function from practice to the days of all cases, block of sites by block."""
    draws = max(1, *(len(search.draws) for search in week.out))
    ways = [
        [
            (run_finder(one_draw(out, k)), run_finder(one_draw(back, k), tick_s=1))
            for out, back in zip(week.out, week.back, strict=True)
        ]
        for k in range(draws)
    ]
    days_of = [np.flatnonzero(week.network_of_day == n) for n in range(len(week.out))]
    sites = week.out[0].sites

    def find(practice: int, best: Array) -> Any:
        walks = [
            (walk_row(out.walk, practice, sites), walk_row(back.walk, practice, sites))
            for out, back in zip(week.out, week.back, strict=True)
        ]
        both = [
            zip(find_out(practice), find_back(practice), strict=True)
            for way in ways
            for find_out, find_back in way
        ]
        for parts in zip(*both, strict=True):
            block = parts[0][0][0]
            first, last = int(week.case_first[block.start]), int(week.case_first[block.stop])
            if first == last:
                continue
            days = np.empty((draws, last - first, 7, FIELDS), np.int32)
            for k, ((_, runs_out), (_, runs_back)) in enumerate(parts):
                draw, network = divmod(k, len(week.out))
                judge_days(
                    runs_out,
                    walks[network][0][block],
                    runs_back,
                    walks[network][1][block],
                    week.limits,
                    days_of[network],
                    week.like_day[practice],
                    week.opening,
                    practice,
                    week.free,
                    week.busy,
                    week.case_first[block.start : block.stop + 1],
                    week.schedule,
                    week.chooser_first,
                    best,
                    days[draw],
                )
            if draws > 1:
                middle_draw(days)
            yield first, days[0]

    return find


def spans_of_days(
    first: Array, start_s: Array, end_s: Array, *, begin_by_s: int, end_by_s: int
) -> Spans:
    """Intervals of a week by day, in seconds of that day.

    Parameters
    ----------
    first, start_s, end_s : rows of intervals in seconds from Monday 00:00, as in `geoaccess.access.intervals`.
    begin_by_s : an interval is one of a day when it starts before this second of the day, and ends after its second 0.
    end_by_s : intervals are cut off here.
    """
    rows = len(first) - 1
    count = np.zeros(7 * rows + 1, np.int64)
    starts, ends, owners = [], [], []
    row = np.repeat(np.arange(rows), np.diff(first))
    for day in range(7):
        start, end = start_s - 86_400 * day, end_s - 86_400 * day
        inside = (start < begin_by_s) & (end > 0)
        starts.append(start[inside])
        ends.append(np.minimum(end[inside], end_by_s))
        owners.append(7 * row[inside] + day)
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    np.cumsum(np.bincount(owner, minlength=7 * rows), out=count[1:])
    return Spans(
        count,
        np.concatenate(starts)[order].astype(np.int32),
        np.concatenate(ends)[order].astype(np.int32),
    )


def like_days(network_of_day: Sequence[int] | Array, opening: Spans) -> Array:
    """First day with the same network and opening hours, int64 (practices, 7)."""
    practices = (len(opening.first) - 1) // 7
    result = np.empty((practices, 7), np.int64)
    for practice in range(practices):
        known: dict[tuple[int, bytes, bytes], int] = {}
        for day in range(7):
            a, b = opening.first[7 * practice + day : 7 * practice + day + 2]
            key = (
                int(network_of_day[day]),
                opening.start_s[a:b].tobytes(),
                opening.end_s[a:b].tobytes(),
            )
            result[practice, day] = known.setdefault(key, day)
    return result
