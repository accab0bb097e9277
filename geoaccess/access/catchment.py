"""Measures of access with competition: what supply there is for each person, given who else can reach it.

A practice that many can reach has less to give to each. All measures begin with pairs of origins and practices
(`geoaccess.access.pairs.link`) and travel times in minutes; unreachable pairs count as no access, an origin without
persons gets its value, and a practice that nobody can reach contributes nothing. Each run checks that no supply is lost
or made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.decay import LUO_QI, WAN, Decay, Within
from geoaccess.access.pairs import Block, Pairs, some
from geoaccess.load.phrases import counted

Array = np.ndarray[Any, Any]

#: relative difference between supply given and supply received at which a run stops
CONSERVED = 1e-9


class ConservationError(ArithmeticError):
    """Supply was lost or made: a fault of the calculation, not of its input."""


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


def two_step(pairs: Pairs, within: Within | None = None) -> Catchment:
    """2SFCA: the ratio of each practice to all within a number of minutes, added up over the practices within it.

    R_j = S_j / sum of P_i with t_ij <= T; A_i = sum of R_j with t_ij <= T (Luo & Wang 2003).
    """
    within = Within() if within is None else within
    return _stepped("2sfca", pairs, _weigher(within), str(within), "Luo & Wang 2003")


def enhanced_two_step(pairs: Pairs, decay: Decay = LUO_QI) -> Catchment:
    """E2SFCA: as 2SFCA, with those nearby counting for more, in both steps.

    R_j = S_j / sum P_i W(t_ij); A_i = sum R_j W(t_ij) (Luo & Qi 2009).
    """
    return _stepped("e2sfca", pairs, _weigher(decay), decay.formula, "Luo & Qi 2009")


def three_step(pairs: Pairs, decay: Decay = WAN, within: Within | None = None) -> Catchment:
    """3SFCA: as E2SFCA, where people divide their demand over the practices within reach.

    G_ij = W_ij / sum_k W_ik over the pairs within T; R_j = S_j / sum G P W; A_i = sum G R W (Wan, Zou &
    Sternberg 2012). ``within`` is T, 60 minutes by default.
    """
    within = Within(60.0) if within is None else within

    def chosen(block: Block) -> Array:
        weights = decay(block.minutes) * within(block.minutes)
        return _divided(weights, block.weighted(weights).sum(axis=1), block) * weights

    formula = f"{decay.formula}; T = {within.minutes:g} min"
    return _stepped("3sfca", pairs, chosen, formula, "Wan, Zou & Sternberg 2012")


def balanced(pairs: Pairs, decay: Decay = LUO_QI) -> Catchment:
    """BFCA: people are divided over practices, and the ratio of a practice over people, so that neither counts twice.

    R_j = S_j / sum P_i W_ij / (sum_k W_ik); A_i = sum R_j W_ij / (sum_k W_kj) (Paez, Higgins & Vivona 2019). Persons in
    reach of a practice add up to all demand, and the values of origins to the ratios of the practices.
    """
    persons = pairs.persons
    demand, offered = np.zeros(len(pairs.supply)), np.zeros(len(pairs.supply))
    in_reach = np.zeros(len(persons))
    for block in pairs.blocks():
        weights = decay(block.minutes)
        weighted = block.weighted(weights)
        in_reach[block.rows] = weighted.sum(axis=1)
        offered += weighted.sum(axis=0)
        divided = _divided(weights, in_reach[block.rows], block)
        demand += block.weighted(divided).T @ persons[block.rows]
    ratio = _ratio(pairs.supply, demand)
    shared = _ratio(ratio, offered)
    value = np.zeros(len(persons))
    for block in pairs.blocks():
        value[block.rows] = block.weighted(decay(block.minutes)) @ shared
    conserved("bfca, persons", float(demand.sum()), float(persons[in_reach > 0].sum()))
    conserved("bfca, ratios", float(value.sum()), float(ratio.sum()))
    source = "Paez, Higgins & Vivona 2019"
    return outcome("bfca", decay.formula, source, pairs, value, demand, ratio)


def spatial_availability(pairs: Pairs, decay: Decay = LUO_QI) -> Catchment:
    """Spatial availability: the supply that falls to each origin when every practice is divided among all in reach.

    V_i = sum_j S_j P_i F_ij / sum_k P_k F_kj (Soukhov et al. 2023). The value is per person, V_i / P_i, which equals
    E2SFCA with the same F (2SFCA where F is 1 within a limit); the column available holds V_i.
    """
    outcome = _stepped(
        "spatial_availability", pairs, _weigher(decay), decay.formula, "Soukhov et al. 2023"
    )
    outcome.origins["available"] = outcome.origins["value"] * pairs.persons
    return outcome


def _weigher(decay: Decay) -> Callable[[Block], Array]:
    return lambda block: np.asarray(decay(block.minutes))


def _stepped(
    measure: str, pairs: Pairs, weigh: Callable[[Block], Array], formula: str, source: str
) -> Catchment:
    """Two steps with the weights of pairs: ratios of practices, then their weighted sum for every origin."""
    demand = np.zeros(len(pairs.supply))
    for block in pairs.blocks():
        demand += block.weighted(weigh(block)).T @ pairs.persons[block.rows]
    ratio = _ratio(pairs.supply, demand)
    value = np.zeros(len(pairs.persons))
    for block in pairs.blocks():
        # weighing once more takes less time than keeping all weights
        value[block.rows] = block.weighted(weigh(block)) @ ratio
    # no dot product: its threads would go on waiting for more, at the expense of others
    given = float((value * pairs.persons).sum())
    conserved(measure, given, float(pairs.supply[demand > 0].sum()))
    return outcome(measure, formula, source, pairs, value, demand, ratio)


def _divided(weights: Array, sums: Array, block: Block) -> Array:
    """Weights (k,) over the sum of their origin; none where that is none."""
    share = np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums > 0)
    return np.asarray(weights * np.repeat(share, np.diff(block.start)))


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
            f"Reached by nobody, so that they count for nobody: {counted(len(idle), 'practice')} ({some(idle)})."
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
