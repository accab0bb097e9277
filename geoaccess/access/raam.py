"""RAAM: the balance between travelling further and sharing a practice with more people, solved exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from geoaccess.access.catchment import Catchment, conserved, outcome
from geoaccess.access.pairs import Pairs

Array = np.ndarray[Any, Any]

#: practices per origin that are tried before the costs tell which others matter
FIRST_TRIED = 8
MOST_ROUNDS, MOST_STEPS = 200, 200
#: a practice with less than this part of the supply of the largest cannot be chosen
NO_SUPPLY = 1e-9
#: of the way to where a person would be fewer than none, how much is gone; and how much less where that is too far
SHORT_OF, SHORTER = 0.995, 0.8
#: every step aims at products of this part of their mean, none of which may fall below this part of the mean
TOWARDS, EVEN = 0.1, 1e-3
#: relative gap below which the arithmetic of floating point has no more to give
FINEST = 1e-15
#: systems of so many practices, or with so great a share of pairs of practices that share people, are solved as dense
SMALL, MUCH_SHARED = 300, 0.05


@dataclass(frozen=True, eq=False)
class _Choice:
    """The pairs that are tried.

    origin, practice : int64 (k,), by origin; cost : float (k,) of travel; persons : float (n,), all above 0;
    room : float (m,), persons who make the cost of a practice 1: rho S_j.
    """

    origin: Array
    practice: Array
    cost: Array
    persons: Array
    room: Array


def raam(
    pairs: Pairs,
    *,
    tau_min: float = 60.0,
    persons_per_supply: float | None = None,
    tolerance: float = 1e-9,
) -> Catchment:
    """Rational agent access model: everyone goes where crowding and travel together cost least, given all others.

    The cost of practice j for origin i is (D_j / S_j) / rho + t_ij / tau, with D_j the persons who choose j. In the
    equilibrium no one can find a lower cost; it is the minimum of the convex program sum_j D_j^2 / (2 rho S_j) +
    sum_ij x_ij t_ij / tau over the ways x to divide the persons of each origin (Saxon & Snow 2020). It is found with an
    interior-point method (Wright 1997) on the pairs that may matter. The duality gap on *all* pairs is then computed
    anew from the solution: the sum over all persons of what their choice costs more than their cheapest. The run ends
    only when that is at most ``tolerance`` of the minimum.

    Parameters
    ----------
    pairs : as from `link`.
    tau_min : minutes of travel that cost 1.
    persons_per_supply : rho, crowding that costs 1; by default all persons over all supply.
    tolerance : largest duality gap, relative to the minimum.

    Returns
    -------
    Catchment
        value is the cost of the cheapest practice: *lower is better*, inf where no practice with supply is reached
        (less than a billionth of the largest is none).
        Origins without persons have theirs, too. ``practices`` holds the persons who choose each practice as demand.

    Raises
    ------
    ValueError
        if a parameter is not above 0.
    ConservationError
        if the persons who choose a practice are not those who reach one.
    RuntimeError
        if the tolerance is not reached, which one below the precision of floating point will not be.
    """
    for name, number in (("tau_min", tau_min), ("tolerance", tolerance)):
        if not 0 < number < np.inf:
            raise ValueError(f"{name} must be above 0")
    if persons_per_supply is not None and not 0 < persons_per_supply < np.inf:
        raise ValueError("persons_per_supply must be above 0")
    all_supply = float(pairs.supply.sum())
    rho = persons_per_supply
    if rho is None:
        rho = float(pairs.persons.sum()) / all_supply if all_supply > 0 else 1.0
    least = NO_SUPPLY * float(pairs.supply.max(initial=0.0))
    offers = pairs.supply[pairs.minutes.indices] > least
    origin = np.repeat(np.arange(len(pairs.persons)), np.diff(pairs.minutes.indptr))[offers]
    practice = pairs.minutes.indices[offers].astype(np.int64)
    travel = pairs.minutes.data[offers] / tau_min
    room = rho * pairs.supply

    demand, gap = _equilibrium(origin, practice, travel, pairs.persons, room, tolerance)
    reach = np.zeros(len(pairs.persons), dtype=bool)
    reach[origin] = True
    conserved("raam, persons", float(demand.sum()), float(pairs.persons[reach].sum()))
    crowding = np.divide(demand, room, out=np.zeros(len(room)), where=room > 0)
    value = np.full(len(pairs.persons), np.inf)
    reached, cheapest = _cheapest(origin, travel + crowding[practice])
    value[reached] = cheapest
    ratio = np.divide(pairs.supply, demand, out=np.zeros(len(room)), where=demand > 0)
    formula = (
        f"(D_j / S_j) / {rho:.6g} + t_ij / {tau_min:g} min; duality gap {gap:.1e} of the minimum"
    )
    return outcome("raam", formula, "Saxon & Snow 2020", pairs, value, demand, ratio)


def _cheapest(origin: Array, cost: Array) -> tuple[Array, Array]:
    """Origins that have pairs, and the least cost of each; pairs are sorted by origin."""
    if not len(origin):
        return origin, cost
    first = np.flatnonzero(np.diff(origin, prepend=-1))
    return origin[first], np.minimum.reduceat(cost, first)


def _equilibrium(
    origin: Array, practice: Array, travel: Array, persons: Array, room: Array, tolerance: float
) -> tuple[Array, float]:
    """Persons at each practice (m,), and the relative duality gap on all pairs, which proves them right."""
    live = persons[origin] > 0
    origin, practice, travel = origin[live], practice[live], travel[live]
    if not len(origin):
        return np.zeros(len(room)), 0.0
    name, origin = np.unique(origin, return_inverse=True)
    used, practice = np.unique(practice, return_inverse=True)
    # persons are counted in means of an origin, so that numbers are about 1
    unit = float(persons[name].mean())
    people, rooms = persons[name] / unit, room[used] / unit
    tried = _nearest(origin, travel)
    gap = np.inf
    for _ in range(MOST_ROUNDS):
        choice = _Choice(origin[tried], practice[tried], travel[tried], people, rooms)
        divided = _interior(choice, tolerance)
        demand = np.bincount(choice.practice, weights=divided, minlength=len(rooms))
        cost = travel + (demand / rooms)[practice]
        least = _cheapest(origin, cost)[1]
        gap = float(divided @ (cost[tried] - least[choice.origin]))
        gap /= float(0.5 * demand @ (demand / rooms) + divided @ choice.cost)
        if gap <= tolerance:
            break
        within = np.full(len(people), np.inf)
        np.minimum.at(within, choice.origin, cost[tried])
        better = ~tried & (cost < within[origin])
        if not better.any():
            break
        tried |= better
    if not gap <= tolerance:
        raise RuntimeError(f"RAAM: a duality gap of {gap:.1e} is not within {tolerance:.1e}")
    everywhere = np.zeros(len(room))
    everywhere[used] = demand * unit
    return everywhere, gap


def _nearest(origin: Array, travel: Array) -> Array:
    """Which pairs are among the nearest of their origin."""
    order = np.lexsort((travel, origin))
    count = np.bincount(origin)
    tried = np.zeros(len(origin), dtype=bool)
    tried[order] = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count) < FIRST_TRIED
    return tried


def _interior(choice: _Choice, tolerance: float) -> Array:
    """Divide the persons (k,) at the least total cost over the pairs tried.

    Steps on: cost_k + D_j / room_j - level_i = spare_k >= 0, persons_k >= 0, persons_k x spare_k -> 0. The crowding
    D_j / room_j moves along with the persons, so that all but the last hold throughout; the products stay within
    `EVEN` of their mean, from where the duality gap, their sum, is proven to go to nothing (long steps along the
    central path: Wright 1997, chapters 5 and 8).
    """
    origin, practice = choice.origin, choice.practice
    n, m, k = len(choice.persons), len(choice.room), len(choice.origin)
    # in proportion to what practices have, so that no small one is crowded by orders of magnitude at the start
    rooms = choice.room[practice]
    people = rooms * (choice.persons / np.bincount(origin, weights=rooms, minlength=n))[origin]
    crowding = np.bincount(practice, weights=people, minlength=m) / choice.room
    cost = choice.cost + crowding[practice]
    # the level of each origin lies so far below its costs that products are about even from the first
    mean = float(people @ cost) / k
    below = mean * np.bincount(origin, minlength=n) / choice.persons
    spare = cost + (below - _cheapest(origin, cost)[1])[origin]
    product = people * spare
    even = min(EVEN, 0.5 * float(product.min() / product.mean()))
    for _ in range(MOST_STEPS):
        whole = float(people @ choice.cost + 0.5 * crowding @ (crowding * choice.room))
        left = float(product.sum())
        if left <= max(0.1 * tolerance, FINEST) * whole:
            break
        d_people, d_spare = _directions(choice, people, spare)(TOWARDS * left / k - product)
        far = min(1.0, SHORT_OF * _far(people, spare, d_people, d_spare))
        for _ in range(MOST_STEPS):
            product = (people + far * d_people) * (spare + far * d_spare)
            if product.min() >= even * product.mean() and product.sum() < (1 - 0.01 * far) * left:
                break
            far *= SHORTER
        people, spare = people + far * d_people, spare + far * d_spare
        crowding = np.bincount(practice, weights=people, minlength=m) / choice.room
    # rounding of the steps is undone: the persons of an origin are all divided
    people = np.maximum(people, 0.0)
    return np.asarray(
        people * (choice.persons / np.bincount(origin, weights=people, minlength=n))[origin]
    )


def _directions(
    choice: _Choice, people: Array, spare: Array
) -> Callable[[Array], tuple[Array, Array]]:
    """Make ready to find the changes of persons and spare for which persons x spare changes by so much (first order).

    Pairs and origins are eliminated, which leaves one positive definite system over practices.
    """
    origin, practice = choice.origin, choice.practice
    n, m = len(choice.persons), len(choice.room)
    weight = people / spare
    of_origin = np.bincount(origin, weights=weight, minlength=n)
    of_practice = np.bincount(practice, weights=weight, minlength=m)
    start = np.searchsorted(origin, np.arange(n + 1))
    table = sparse.csr_matrix((weight, practice, start), shape=(n, m))
    scaled = sparse.csr_matrix((weight / of_origin[origin], practice, start), shape=(n, m))
    solve = _solver(sparse.diags(choice.room + of_practice) - table.T @ scaled)

    def towards(change: Array) -> tuple[Array, Array]:
        part = change / spare
        total = np.bincount(origin, weights=part, minlength=n) / of_origin
        d_crowding = solve(np.bincount(practice, weights=part, minlength=m) - table.T @ total)
        d_level = (table @ d_crowding) / of_origin - total
        d_spare = d_crowding[practice] - d_level[origin]
        return part - weight * d_spare, d_spare

    return towards


def _solver(system: Any) -> Callable[[Array], Array]:
    """Solve a symmetric system again and again: as sparse where practices share few people, as dense otherwise."""
    from scipy.linalg import lu_factor, lu_solve
    from scipy.sparse.linalg import splu

    size = system.shape[0]
    if size <= SMALL or system.nnz > MUCH_SHARED * size * size:
        factors = lu_factor(system.toarray(), overwrite_a=True, check_finite=False)
        return lambda right: np.asarray(lu_solve(factors, right, check_finite=False))
    sparse_factors: Any = splu(
        system.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}
    )
    return lambda right: np.asarray(sparse_factors.solve(right))


def _far(people: Array, spare: Array, d_people: Array, d_spare: Array) -> float:
    """How much of a step can be taken before persons or spare cost fall below none (at most 1 is of use)."""
    far = 1.0 / SHORT_OF
    for value, change in ((people, d_people), (spare, d_spare)):
        falls = change < 0
        if falls.any():
            far = min(far, float((-value[falls] / change[falls]).min()))
    return far
