"""Who gets a place where: unregistered residents over the places of practices, as well as it can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from geoaccess.access.capacity import NAMED, practice_rows
from geoaccess.load.phrases import counted

Array = np.ndarray[Any, Any]

#: practices per site that are tried before the prices of places tell which others matter
FIRST_TRIED = 8
#: minutes by which a pair must be cheaper than its price to be of use, and below which two ways are equally good
TOLERANCE = 1e-7
#: persons that are none: rounding of whole-number arithmetic in floats
NOBODY = 1e-9
#: far more than anyone asks for, and well within the integers of the flow
MOST_PERSONS = 2**30


@dataclass(frozen=True, eq=False)
class Assignment:
    """The best assignment of persons to places.

    Attributes
    ----------
    assignment : site_id, practice_id, persons, minutes; by site, then nearest practice first. A site may be split over
        practices.
    capacity : practice_id, places (NaN unknown), assigned (persons) and full (no further person fits; None where places
        are unknown), a row for every practice, in the order of the table.
    unplaced : site_id, persons without a place; only sites that have them, in the order of the table.
    notes : sentences on splits and on what is unknown.
    """

    assignment: pd.DataFrame
    capacity: pd.DataFrame
    unplaced: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Problem:
    """Pairs sorted by site and practice, both numbered in order of id.

    site, practice : int64 (k,), minutes : float (k,), persons : float (sites,), places : float (practices,).
    """

    site: Array
    practice: Array
    minutes: Array
    persons: Array
    places: Array


def assign(
    persons: pd.DataFrame,
    places: pd.DataFrame,
    times: pd.DataFrame,
    *,
    column: str = "minutes_p50",
) -> Assignment:
    """Assign persons to places so that as few as possible are left out and, given that, they travel least.

    A transport problem in two stages (Hitchcock 1941): the largest number of persons that can be placed over the
    reachable pairs, then the least total travel time of that many. Both are exact: HiGHS solves the linear programs on
    the pairs that may matter, and the prices it returns prove that no other pair would help. Among equally good
    assignments sites, then practices, of lower id come first, so that the order of rows means nothing.
    To assign only within a number of minutes, leave the other pairs out of ``times``.

    Parameters
    ----------
    persons : site_id, persons (0 or more; NaN unknown: not assigned, but said).
    places : practice_id, places (0 or more; NaN unknown: nobody is assigned there), as from `places`. If all persons
        are whole numbers, they stay whole and parts of a place are of no use.
    times : site_id, practice_id and ``column`` in minutes, one row for each reachable pair; inf and NaN are not.
    column : the travel times to use.

    Returns
    -------
    Assignment

    Raises
    ------
    ValueError
        if ids or pairs repeat, numbers are negative or infinite, or ``times`` holds an id that is not in its table.

    Examples
    --------
    >>> persons = pd.DataFrame({"site_id": ["a", "b"], "persons": [30, 20]})
    >>> free = pd.DataFrame({"practice_id": ["p", "q"], "places": [25.0, 10.0]})
    >>> times = pd.DataFrame({"site_id": ["a", "a", "b"], "practice_id": ["p", "q", "p"], "minutes_p50": [9.0, 30, 5]})
    >>> best = assign(persons, free, times)
    >>> best.assignment.to_numpy().tolist()
    [['a', 'p', 5, 9.0], ['a', 'q', 10, 30.0], ['b', 'p', 20, 5.0]]
    >>> best.unplaced.to_numpy().tolist()
    [['a', 15]]
    """
    amount, free, site, practice, minutes = _checked(persons, places, times, column)
    site_rank, practice_rank = (_ranks(persons["site_id"]), _ranks(places["practice_id"]))
    whole = bool((amount == np.floor(amount)).all())
    # a millionth of a place is rounding of the norm times fte, not part of a person
    usable = np.nan_to_num(np.floor(free + 1e-6) if whole else free)
    use = (np.nan_to_num(amount)[site] > 0) & (usable[practice] > 0)
    order = np.lexsort((practice_rank[practice[use]], site_rank[site[use]]))
    kept = np.flatnonzero(use)[order]
    by_site, by_practice = np.argsort(site_rank), np.argsort(practice_rank)
    problem = _Problem(
        site_rank[site[kept]],
        practice_rank[practice[kept]],
        minutes[kept],
        np.nan_to_num(amount)[by_site],
        usable[by_practice],
    )
    flow = _solve(problem, whole=whole)
    return _tables(persons, places, (site, practice, minutes, kept), flow, (amount, free), whole)


def _checked(
    persons: pd.DataFrame, places: pd.DataFrame, times: pd.DataFrame, column: str
) -> tuple[Array, Array, Array, Array, Array]:
    """Persons by site, places by practice, and rows and minutes of the reachable pairs."""
    ids = pd.Index(persons["site_id"])
    if not ids.is_unique:
        raise ValueError("site ids repeat")
    amount = persons["persons"].to_numpy(dtype=float, na_value=np.nan)
    free = places["places"].to_numpy(dtype=float, na_value=np.nan)
    for what, values in (("persons", amount), ("places", free)):
        if (values < 0).any() or np.isinf(values).any():
            raise ValueError(f"{what} must be 0 or more, and finite")
    if np.nansum(amount) > MOST_PERSONS:
        raise ValueError(f"at most {MOST_PERSONS} persons can be assigned")
    practice = practice_rows(times, places)
    code, seen = pd.factorize(times["site_id"])
    row_of_code = ids.get_indexer(pd.Index(seen))
    if (row_of_code < 0).any():
        stray = [str(name) for name in np.asarray(seen)[row_of_code < 0][:NAMED]]
        raise ValueError(f"travel times of sites that are not in the table of persons: {stray}")
    site = row_of_code[code].astype(np.int64)
    pair = site * len(places) + practice
    if len(np.unique(pair)) != len(pair):
        raise ValueError("pairs of site and practice repeat in the travel times")
    minutes = times[column].to_numpy(dtype=float, na_value=np.nan)
    if (minutes < 0).any():
        raise ValueError("travel times must be 0 or more")
    reached = np.isfinite(minutes)
    return amount, free, site[reached], practice[reached], minutes[reached]


def _ranks(ids: pd.Series) -> Array:
    """Place of each id when all are sorted."""
    return np.asarray(pd.factorize(ids, sort=True)[0], dtype=np.int64)


def _solve(problem: _Problem, *, whole: bool) -> Array:
    """Persons on each pair."""
    if not len(problem.site):
        return np.empty(0)
    tried, placed = _first_guess(problem)
    if not whole:
        nothing = np.zeros(len(problem.site))
        _, tried, left = _least(problem, nothing, 1.0, float(problem.persons.sum()), tried)
        left += NOBODY
    else:
        left = float(problem.persons.sum()) - placed
    prices, tried, _ = _least(problem, problem.minutes, 0.0, left, tried)
    flow = _by_id(problem, prices, left)
    if whole:
        rounded = np.round(flow)
        if np.abs(rounded - flow).max() > 1e-5:
            raise RuntimeError("the assignment has parts of persons where persons are whole")
        flow = rounded
    else:
        flow = np.where(flow > NOBODY, flow, 0.0)
    return flow


def _first_guess(problem: _Problem) -> tuple[Array, float]:
    """Pairs to begin with (the nearest of each site, and those of a largest flow), and the persons of that flow.

    The flow is the largest where persons are whole; otherwise it only is a good beginning.
    """
    from scipy.sparse.csgraph import maximum_flow

    sites, practices = len(problem.persons), len(problem.places)
    order = np.lexsort((problem.minutes, problem.site))
    count = np.bincount(problem.site, minlength=sites)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    tried = place < FIRST_TRIED

    have = np.minimum(problem.places, problem.persons.sum())
    give, take = (np.floor(part).astype(np.int32) for part in (problem.persons, have))
    first, last = sites + practices, sites + practices + 1
    tail = np.concatenate(
        [problem.site, np.full(sites, first), sites + np.arange(practices, dtype=np.int64)]
    )
    head = np.concatenate(
        [sites + problem.practice, np.arange(sites, dtype=np.int64), np.full(practices, last)]
    )
    widest = np.minimum(give[problem.site], take[problem.practice])
    graph = sparse.csr_array(
        (np.concatenate([widest, give, take]), (tail, head)), shape=(last + 1, last + 1)
    )
    found: Any = maximum_flow(graph, first, last)
    used = found.flow[:sites, sites:first].tocoo()
    moved = used.data > 0
    known = problem.site * practices + problem.practice
    tried[
        np.searchsorted(known, used.row[moved].astype(np.int64) * practices + used.col[moved])
    ] = True
    return tried, float(found.flow_value)


def _least(
    problem: _Problem, cost: Array, cost_left: float, most_left: float, tried: Array
) -> tuple[tuple[Array, Array, float], Array, float]:
    """Assign at the least cost, of pairs and of persons left out, with at most so many left out.

    Only the pairs tried are in the linear program; the prices of its solution tell which others would make it better,
    and once there are none it is the best of all pairs (column generation, Dantzig & Wolfe 1960).

    Returns
    -------
    tuple
        the prices of sites, practices and of leaving out; the pairs tried; the persons left out.
    """
    from scipy.optimize import linprog

    tried = tried.copy()
    sites, practices = len(problem.persons), len(problem.places)
    everyone = np.arange(sites)
    while True:
        pairs = np.flatnonzero(tried)
        columns = np.arange(len(pairs) + sites)
        ones = np.ones(len(columns))
        leave = _matrix(ones, problem.site[pairs], everyone, columns, sites)
        enter = _matrix(
            ones, problem.practice[pairs], np.full(sites, practices), columns, practices + 1
        )
        found: Any = linprog(
            np.concatenate([cost[pairs], np.full(sites, cost_left)]),
            A_ub=enter,
            b_ub=np.append(problem.places, most_left),
            A_eq=leave,
            b_eq=problem.persons,
            method="highs-ipm",
        )
        if found.status != 0:
            raise RuntimeError(f"HiGHS could not assign: {found.message}")
        site_price, price = found.eqlin.marginals, found.ineqlin.marginals
        gain = site_price[problem.site] + price[problem.practice] - cost
        better = (gain > TOLERANCE) & ~tried
        if not better.any():
            left = float(found.x[len(pairs) :].sum())
            return (site_price, price[:-1], float(price[-1])), tried, left
        tried |= better


def _matrix(ones: Array, rows: Array, rest: Array, columns: Array, height: int) -> Any:
    return sparse.csr_matrix(
        (ones, (np.concatenate([rows, rest]), columns)), shape=(height, len(columns))
    )


def _by_id(problem: _Problem, prices: tuple[Array, Array, float], left: float) -> Array:
    """Choose, of all best assignments, the one that serves lower ids first.

    The best assignments are those that use pairs which cost their price only, and fill every place that has one
    (complementary slackness), so that the choice is a transport problem on these few pairs.
    """
    from scipy.optimize import linprog

    site_price, price, price_left = prices
    sites, practices = len(problem.persons), len(problem.places)
    slack = problem.minutes - site_price[problem.site] - price[problem.practice]
    pairs = np.flatnonzero(slack <= 10 * TOLERANCE)
    may_stay = np.flatnonzero(-site_price - price_left <= 10 * TOLERANCE)
    columns = np.arange(len(pairs) + len(may_stay))
    ones = np.ones(len(columns))
    leave = _matrix(ones, problem.site[pairs], may_stay, columns, sites)
    enter = _matrix(
        ones, problem.practice[pairs], np.full(len(may_stay), practices), columns, practices + 1
    )
    filled = np.append(price, price_left) < -10 * TOLERANCE
    most = np.append(problem.places, left)
    # earlier sites and practices count for more, and more still together
    early_site = (sites - np.arange(sites)) / sites
    early_practice = (practices - np.arange(practices)) / practices
    worth = early_site[problem.site[pairs]] * (1.0 + early_practice[problem.practice[pairs]])
    found: Any = linprog(
        np.concatenate([-worth * max(1.0, sites * practices * 1e-4), np.zeros(len(may_stay))]),
        A_ub=enter[~filled],
        b_ub=most[~filled],
        A_eq=sparse.vstack([leave, enter[filled]]),
        b_eq=np.concatenate([problem.persons, most[filled]]),
        method="highs-ipm",
    )
    if found.status != 0:
        raise RuntimeError(f"HiGHS could not choose among equal assignments: {found.message}")
    flow = np.zeros(len(problem.site))
    flow[pairs] = found.x[: len(pairs)]
    return flow


def _tables(
    persons: pd.DataFrame,
    places: pd.DataFrame,
    pairs: tuple[Array, Array, Array, Array],
    flow: Array,
    given: tuple[Array, Array],
    whole: bool,
) -> Assignment:
    amount, free = given
    reached, of_practice, minutes, kept = pairs
    used = kept[flow > 0]
    moved = flow[flow > 0]
    site, practice = reached[used], of_practice[used]
    number = np.int64 if whole else np.float64
    assigned = np.bincount(practice, weights=moved, minlength=len(places))
    placed = np.bincount(site, weights=moved, minlength=len(persons))
    left = np.nan_to_num(amount) - placed
    left[np.abs(left) <= 1e-7 * (1.0 + np.nan_to_num(amount))] = 0.0
    order = np.lexsort((_ranks(places["practice_id"])[practice], minutes[used], site))
    site_ids, practice_ids = persons["site_id"].to_numpy(), places["practice_id"].to_numpy()
    assignment = pd.DataFrame(
        {
            "site_id": site_ids[site[order]],
            "practice_id": practice_ids[practice[order]],
            "persons": moved[order].astype(number),
            "minutes": minutes[used][order],
        }
    )
    spare = free - assigned
    fits_nobody = spare < (1.0 - 1e-6 if whole else 1e-6)
    full = fits_nobody.astype(object)
    full[np.isnan(free)] = None
    capacity = pd.DataFrame(
        {
            "practice_id": practice_ids,
            "places": free,
            "assigned": assigned.astype(number),
            "full": pd.Series(full, dtype=object),
        }
    )
    out = np.flatnonzero(left > 0)
    unplaced = pd.DataFrame({"site_id": site_ids[out], "persons": left[out].astype(number)})
    unknown = np.isnan(free)
    maybe = np.unique(reached[unknown[of_practice]])
    notes = _notes(
        splits=split_note(assignment),
        unknown_persons=site_ids[np.isnan(amount)],
        unknown_places=int(unknown.sum()),
        maybe=float(left[maybe].sum()),
        left=float(left.sum()),
    )
    return Assignment(assignment, capacity, unplaced, tuple(notes))


def split_note(assignment: pd.DataFrame) -> list[str]:
    """Sentence on sites of which people are assigned to several practices, if there are any."""
    split = int((assignment["site_id"].value_counts() > 1).sum())
    return (
        [f"The residents of {counted(split, 'site')} are split over several practices."]
        if split
        else []
    )


def _notes(
    *, splits: list[str], unknown_persons: Array, unknown_places: int, maybe: float, left: float
) -> list[str]:
    notes = list(splits)
    if len(unknown_persons):
        named = ", ".join(sorted(map(str, unknown_persons))[:NAMED])
        named += ", ..." if len(unknown_persons) > NAMED else ""
        count = counted(len(unknown_persons), "site")
        notes.append(f"Left out, because the number of residents is unknown: {count} ({named}).")
    if unknown_places:
        notes.append(
            f"Nobody is assigned where places are unknown ({counted(unknown_places, 'practice')}); {maybe:g} of the "
            f"{left:g} persons without a place can get there."
        )
    return notes
