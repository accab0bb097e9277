"""Measures of access with competition: what supply there is for each person, given who else can reach it.

A practice that many can reach has less to give to each. All measures begin with pairs of origins and practices (`link`)
and travel times in minutes; unreachable pairs count as no access, an origin without persons gets its value, and a
practice that nobody can reach contributes nothing. Each run checks that no supply is lost or made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from geoaccess.access.decay import LUO_QI, WAN, Decay, Within
from geoaccess.tables import require_columns

Array = np.ndarray[Any, Any]

#: relative difference between supply given and supply received at which a run stops
CONSERVED = 1e-9
#: ids named in a note; the rest is counted
NAMED = 5


class ConservationError(ArithmeticError):
    """Supply was lost or made: a fault of the calculation, not of its input."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Reachable pairs of origins and practices, by origin, then practice (compressed sparse rows).

    Attributes
    ----------
    origin_ids : (n,), in the order of the table of demand. practice_ids : (m,), in the order of the table of supply.
    persons : float (n,), 0 where unknown. supply : float (m,), 0 where unknown.
    minutes : csr_array (n, m) of travel times; times of 0 are stored.
    notes : sentences on what is unknown.
    """

    origin_ids: Array
    practice_ids: Array
    persons: Array
    supply: Array
    minutes: sparse.csr_array
    notes: tuple[str, ...]

    def weighted(self, weights: Array) -> sparse.csr_array:
        """Return the pairs with other values (k,) than minutes."""
        minutes = self.minutes
        return sparse.csr_array((weights, minutes.indices, minutes.indptr), shape=minutes.shape)


@dataclass(frozen=True, eq=False)
class Catchment:
    """The outcome of a measure.

    Attributes
    ----------
    measure : its name. formula : with its parameters in numbers. source : of the formula.
    origins : origin_id, persons and value, one row for each origin, in the order of the table of demand.
    practices : practice_id, supply, demand (persons who compete for it) and ratio (supply for each of them; NaN where
        nobody can reach it), one row for each practice, in the order of the table of supply.
    notes : sentences on what is unknown or reached by nobody.
    """

    measure: str
    formula: str
    source: str
    origins: pd.DataFrame
    practices: pd.DataFrame
    notes: tuple[str, ...]


def link(
    demand: pd.DataFrame, supply: pd.DataFrame, times: pd.DataFrame, *, column: str = "minutes"
) -> Pairs:
    """Give origins and practices numbers and lay their travel times in rows, once for all measures.

    Parameters
    ----------
    demand : origin_id, persons (NaN unknown: counts as none, and is said) and optionally kind. An origin may have a row
        for each kind of person, say migrants and other residents; they compete alike, so their persons are added.
    supply : practice_id, supply (for instance fte or consultation hours; NaN unknown: counts as none, and is said).
    times : origin_id, practice_id and ``column`` in minutes, one row for each reachable pair; inf and NaN are not.
    column : the travel times to use.

    Raises
    ------
    ValueError
        if an origin repeats within a kind, practices or pairs repeat, numbers are negative or infinite, or ``times``
        holds an id that is not in its table.
    """
    require_columns(demand, ("origin_id", "persons"), "demand")
    require_columns(supply, ("practice_id", "supply"), "supply")
    require_columns(times, ("origin_id", "practice_id", column), "travel times")
    keys = ["origin_id", *(["kind"] if "kind" in demand.columns else [])]
    if demand.duplicated(keys).any():
        raise ValueError("origins repeat in the demand" + " of one kind" * (len(keys) > 1))
    if supply["practice_id"].duplicated().any():
        raise ValueError("practices repeat in the supply")
    row, seen = pd.factorize(demand["origin_id"])
    people, said = _amounts(demand, "persons", "origins", "origin_id")
    offered, also = _amounts(supply, "supply", "practices", "practice_id")
    # one without the other: pd.unique of text may be of another type than the table's
    origin_ids = demand["origin_id"].to_numpy()[np.unique(row, return_index=True)[1]]
    persons = np.bincount(row, weights=people, minlength=len(origin_ids))
    minutes = _minutes(times, column, pd.Index(seen), pd.Index(supply["practice_id"]))
    practice_ids = supply["practice_id"].to_numpy()
    return Pairs(origin_ids, practice_ids, persons, offered, minutes, (*said, *also))


def _amounts(table: pd.DataFrame, column: str, what: str, key: str) -> tuple[Array, list[str]]:
    """Numbers of a column with 0 for unknown, and a sentence on these."""
    values = table[column].to_numpy(dtype=float, na_value=np.nan)
    if (values < 0).any() or np.isinf(values).any():
        raise ValueError(f"{column} must be 0 or more, and finite")
    unknown = table.loc[np.isnan(values), key].astype(str).tolist()
    said = []
    if unknown:
        said = [
            f"{column} of {len(unknown)} {what} is unknown and counts as none: {_some(unknown)}."
        ]
    return np.nan_to_num(values), [text[0].upper() + text[1:] for text in said]


def _some(ids: list[str]) -> str:
    return ", ".join(sorted(ids)[:NAMED]) + (", ..." if len(ids) > NAMED else "")


def _codes(ids: pd.Series, known: pd.Index[Any], what: str) -> Array:
    """Place in ``known`` of each id (int32)."""
    code, seen = pd.factorize(ids)
    place = known.get_indexer(pd.Index(seen)).astype(np.int32)
    if (place < 0).any() or (code < 0).any():
        stray = [str(name) for name in np.asarray(seen)[place < 0]]
        raise ValueError(f"travel times of {what} that are not in their table: {_some(stray)}")
    return place[code]


def _minutes(
    times: pd.DataFrame, column: str, origins: pd.Index[Any], practices: pd.Index[Any]
) -> sparse.csr_array:
    values = times[column].to_numpy(dtype=float, na_value=np.nan)
    origin = _codes(times["origin_id"], origins, "origins")
    practice = _codes(times["practice_id"], practices, "practices")
    if not np.isfinite(values.sum()):
        reached = np.isfinite(values)
        origin, practice, values = origin[reached], practice[reached], values[reached]
    if len(values) and values.min() < 0:
        raise ValueError("travel times must be 0 or more")
    if len(origin) and (origin[1:] < origin[:-1]).any():
        order = np.argsort(origin, kind="stable")
        origin, practice, values = origin[order], practice[order], values[order]
    start = np.searchsorted(origin, np.arange(len(origins) + 1, dtype=np.int32))
    table = sparse.csr_array((values, practice, start), shape=(len(origins), len(practices)))
    if not table.has_canonical_format:
        # sorting in place would change the caller's numbers where they were taken over as they are
        table = table.copy()
        table.has_sorted_indices = False
        table.sort_indices()
        table.has_canonical_format = False
        same = table.indices[1:] == table.indices[:-1]
        first = table.indptr[1:-1]
        same[first[(first > 0) & (first < len(values))] - 1] = False
        if same.any():
            raise ValueError("pairs of origin and practice repeat in the travel times")
    return table


def two_step(pairs: Pairs, within: Within | None = None) -> Catchment:
    """2SFCA: the ratio of each practice to all within a number of minutes, added up over the practices within it.

    R_j = S_j / sum of P_i with t_ij <= T; A_i = sum of R_j with t_ij <= T (Luo & Wang 2003).
    """
    within = Within() if within is None else within
    return _stepped(
        "2sfca", pairs, within(pairs.minutes.data), str(within), "Luo & Wang 2003", pairs.persons
    )


def enhanced_two_step(pairs: Pairs, decay: Decay = LUO_QI) -> Catchment:
    """E2SFCA: as 2SFCA, with those nearby counting for more, in both steps.

    R_j = S_j / sum P_i W(t_ij); A_i = sum R_j W(t_ij) (Luo & Qi 2009).
    """
    weights = decay(pairs.minutes.data)
    return _stepped("e2sfca", pairs, weights, decay.formula, "Luo & Qi 2009", pairs.persons)


def three_step(pairs: Pairs, decay: Decay = WAN, within: Within | None = None) -> Catchment:
    """3SFCA: as E2SFCA, where people divide their demand over the practices within reach.

    G_ij = W_ij / sum_k W_ik over the pairs within T; R_j = S_j / sum G P W; A_i = sum G R W (Wan, Zou &
    Sternberg 2012). ``within`` is T, 60 minutes by default.
    """
    within = Within(60.0) if within is None else within
    weights = decay(pairs.minutes.data) * within(pairs.minutes.data)
    chosen = _divided(weights, pairs.weighted(weights).sum(axis=1), _origins(pairs))
    formula = f"{decay.formula}; T = {within.minutes:g} min"
    return _stepped(
        "3sfca", pairs, chosen * weights, formula, "Wan, Zou & Sternberg 2012", pairs.persons
    )


def balanced(pairs: Pairs, decay: Decay = LUO_QI) -> Catchment:
    """BFCA: people are divided over practices, and the ratio of a practice over people, so that neither counts twice.

    R_j = S_j / sum P_i W_ij / (sum_k W_ik); A_i = sum R_j W_ij / (sum_k W_kj) (Paez, Higgins & Vivona 2019). Persons in
    reach of a practice add up to all demand, and the values of origins to the ratios of the practices.
    """
    weights = decay(pairs.minutes.data)
    weighted = pairs.weighted(weights)
    in_reach = weighted.sum(axis=1)
    people = pairs.weighted(_divided(weights, in_reach, _origins(pairs)))
    demand = people.T @ pairs.persons
    ratio = _ratio(pairs.supply, demand)
    shared = pairs.weighted(_divided(weights, weighted.sum(axis=0), pairs.minutes.indices))
    value = shared @ ratio
    conserved("bfca, persons", float(demand.sum()), float(pairs.persons[in_reach > 0].sum()))
    conserved("bfca, ratios", float(value.sum()), float(ratio.sum()))
    source = "Paez, Higgins & Vivona 2019"
    return outcome("bfca", decay.formula, source, pairs, value, demand, ratio)


def spatial_availability(pairs: Pairs, decay: Decay = LUO_QI) -> Catchment:
    """Spatial availability: the supply that falls to each origin when every practice is divided among all in reach.

    V_i = sum_j S_j P_i F_ij / sum_k P_k F_kj (Soukhov et al. 2023). The value is per person, V_i / P_i, which equals
    E2SFCA with the same F (2SFCA where F is 1 within a limit); the column available holds V_i.
    """
    outcome = _stepped(
        "spatial_availability",
        pairs,
        decay(pairs.minutes.data),
        decay.formula,
        "Soukhov et al. 2023",
        pairs.persons,
    )
    outcome.origins["available"] = outcome.origins["value"] * pairs.persons
    return outcome


def _stepped(
    measure: str, pairs: Pairs, weights: Array, formula: str, source: str, persons: Array
) -> Catchment:
    """Two steps with weights (k,): ratios of practices, then their weighted sum for every origin."""
    weighted = pairs.weighted(weights)
    demand = weighted.T @ persons
    ratio = _ratio(pairs.supply, demand)
    value = weighted @ ratio
    conserved(measure, float(value @ persons), float(pairs.supply[demand > 0].sum()))
    return outcome(measure, formula, source, pairs, value, demand, ratio)


def _origins(pairs: Pairs) -> Array:
    """Origin of each pair."""
    return np.repeat(np.arange(len(pairs.persons)), np.diff(pairs.minutes.indptr))


def _divided(weights: Array, sums: Array, group: Array) -> Array:
    """Weights (k,) over the sum of their group; none where that is none."""
    share = np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums > 0)
    return np.asarray(weights * share[group])


def _ratio(supply: Array, demand: Array) -> Array:
    """Supply over demand, nothing where no demand is: such a practice has nobody to give to."""
    return np.divide(supply, demand, out=np.zeros(len(supply)), where=demand > 0)


def conserved(measure: str, given: float, taken: float) -> None:
    """Stop the run where what was given is not what was taken, but for rounding.

    Raises
    ------
    ConservationError
    """
    if not abs(given - taken) <= CONSERVED * max(abs(given), abs(taken)):
        raise ConservationError(f"{measure}: {given!r} was given, but {taken!r} was there to give")


def outcome(
    measure: str,
    formula: str,
    source: str,
    pairs: Pairs,
    value: Array,
    demand: Array,
    ratio: Array,
) -> Catchment:
    """Put values (n,) of origins, and demand and ratios (m,) of practices into tables."""
    origins = pd.DataFrame(
        {"origin_id": pairs.origin_ids, "persons": pairs.persons, "value": value}
    )
    reached = demand > 0
    practices = pd.DataFrame(
        {
            "practice_id": pairs.practice_ids,
            "supply": pairs.supply,
            "demand": demand,
            "ratio": np.where(reached, ratio, np.nan),
        }
    )
    notes = list(pairs.notes)
    idle = [str(name) for name in pairs.practice_ids[~reached & (pairs.supply > 0)]]
    if idle:
        notes.append(
            f"{len(idle)} practices are reached by nobody and count for nobody: {_some(idle)}."
        )
    return Catchment(measure, formula, source, origins, practices, tuple(notes))


#: the measures by the names that a project asks for, with the parameters of their papers
MEASURES: dict[str, Callable[[Pairs], Catchment]] = {
    "2sfca": two_step,
    "e2sfca": enhanced_two_step,
    "3sfca": three_step,
    "bfca": balanced,
    "spatial_availability": spatial_availability,
}
