import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from geoaccess.access import raam as module
from geoaccess.access.catchment import Catchment
from geoaccess.access.pairs import Pairs, link
from geoaccess.access.raam import raam

ORIGINS, PRACTICES = 5, 4


def pairs_of(persons, supply, minutes) -> Pairs:
    rows = [(f"o{i}", f"p{j}", float(t)) for (i, j), t in minutes.items()]
    return link(
        pd.DataFrame({"origin_id": [f"o{i}" for i in range(len(persons))], "persons": persons}),
        pd.DataFrame({"practice_id": [f"p{j}" for j in range(len(supply))], "supply": supply}),
        pd.DataFrame(rows, columns=["origin_id", "practice_id", "minutes"]).astype(
            {"minutes": float}
        ),
    )


worlds = st.tuples(
    st.tuples(*[st.one_of(st.just(0.0), st.floats(1, 500))] * ORIGINS),
    st.tuples(*[st.one_of(st.just(0.0), st.floats(0.1, 3))] * PRACTICES),
    st.dictionaries(
        st.tuples(st.integers(0, ORIGINS - 1), st.integers(0, PRACTICES - 1)),
        st.integers(0, 7200).map(lambda s: s / 60),
        min_size=6,
    ),
)


def costs(found: Catchment) -> list[float]:
    return found.origins["value"].tolist()


def test_two_practices_by_hand() -> None:
    """100 persons, practices of 1 at 0 and 30 minutes, rho = 50: D1/50 = D2/50 + 30/60, so D1 = 62.5, D2 = 37.5.

    Both then cost 1.25. Who lives nowhere near the first but 60 minutes from the second pays 37.5/50 + 1.
    """
    found = raam(pairs_of((100.0, 0.0), (1.0, 1.0), {(0, 0): 0, (0, 1): 30, (1, 1): 60}))
    assert found.practices["demand"].tolist() == pytest.approx([62.5, 37.5])
    assert costs(found) == pytest.approx([1.25, 1.75])
    assert found.practices["ratio"].tolist() == pytest.approx([1 / 62.5, 1 / 37.5])


def test_two_towns_by_hand() -> None:
    """Practices of 2 and 1; 120 persons beside the first and 15 minutes from the second, 30 beside the second.

    rho = 150/3 = 50, so that D1/100 and D2/50 are the crowding. The 30 stay: the first is 30 minutes away. The 120 use
    both, so D1/100 = D2/50 + 15/60 with D1 + D2 = 150: D2 = 125/3 and D1 = 325/3. Both cost the 120 then 13/12; the 30
    pay 5/6, less than 13/12 + 1/2 at the first.
    """
    minutes = {(0, 0): 0, (0, 1): 15, (1, 0): 30, (1, 1): 0}
    found = raam(pairs_of((120.0, 30.0), (2.0, 1.0), minutes))
    assert found.practices["demand"].tolist() == pytest.approx([325 / 3, 125 / 3])
    assert costs(found) == pytest.approx([13 / 12, 5 / 6])


def test_nobody_travels_for_nothing() -> None:
    """10 persons crowd the first practice by 10/50 only, less than the 30/60 that the second costs in travel."""
    few = pairs_of((10.0,), (1.0, 1.0), {(0, 0): 0, (0, 1): 30})
    found = raam(few, persons_per_supply=50)
    assert found.practices["demand"].tolist() == pytest.approx([10, 0], abs=1e-6)
    assert costs(found) == pytest.approx([0.2])


def test_a_chain_of_three_by_hand() -> None:
    """Origins of 90 and 30 share the middle one of three practices, all of 1 and at no distance; rho = 40.

    First 90 = x + y and 30 = z + w over practices 1, 2 and 2, 3. All crowding is equal if D = 40 each: x = 40 would
    leave 50 for the second alone, so o0 has 45 and 45, and o1 goes to the third with all of its 30.
    """
    found = raam(pairs_of((90.0, 30.0), (1.0,) * 3, {(0, 0): 0, (0, 1): 0, (1, 1): 0, (1, 2): 0}))
    assert found.practices["demand"].tolist() == pytest.approx([45, 45, 30])
    assert costs(found) == pytest.approx([45 / 40, 30 / 40])


def test_out_of_reach_costs_without_end_and_empty_practices_are_no_choice() -> None:
    found = raam(pairs_of((5.0, 5.0, 0.0), (0.0, 1.0), {(0, 0): 1, (1, 0): 1, (1, 1): 30}))
    assert costs(found)[0] == costs(found)[2] == math.inf
    assert costs(found)[1] == pytest.approx(5 / 10 + 0.5)
    empty = raam(pairs_of((0.0,), (1.0,), {(0, 0): 30}))
    assert costs(empty) == [0.5]
    assert costs(raam(pairs_of((3.0,), (0.0,), {(0, 0): 30}))) == [math.inf]
    assert costs(raam(pairs_of((3.0,), (1.0,), {}))) == [math.inf]
    speck = raam(pairs_of((5.0,), (1e-30, 1.0), {(0, 0): 1, (0, 1): 30}))
    assert costs(speck) == pytest.approx([1.5])


@pytest.mark.parametrize("seed", [417, 1260, 1544])
def test_small_and_large_practices_together(seed) -> None:
    """Sparse cases in which supply and persons span orders of magnitude; the gap is checked by the run itself."""
    draw = np.random.default_rng(seed)
    reached = draw.random((40, 30)) < 0.05
    table = {(i, j): draw.integers(0, 60) for i, j in zip(*np.nonzero(reached), strict=True)}
    persons = draw.random(40) ** 4 * 1e4 * (draw.random(40) < 0.8)
    pairs = pairs_of(persons, draw.random(30) ** 3 / 10, table)
    for rho in (0.01, None, 1e6):
        assert "e-1" in raam(pairs, persons_per_supply=rho, tolerance=1e-10).formula


def program(pairs: Pairs, rho: float):
    """Origin, practice and travel cost of each pair that can be used, persons of origins, and rho S."""
    origin = np.repeat(np.arange(len(pairs.persons)), np.diff(pairs.minutes.indptr))
    practice, travel = pairs.minutes.indices, pairs.minutes.data / 60
    use = (pairs.persons[origin] > 0) & (pairs.supply[practice] > 0)
    return origin[use], practice[use], travel[use], rho * pairs.supply


@given(worlds)
@settings(max_examples=40, deadline=None)
def test_equals_a_quadratic_program_solved_otherwise(world) -> None:
    """Against sequential quadratic programming (SLSQP) on all persons of all pairs at once."""
    pairs = pairs_of(*world)
    rho = 100.0
    origin, practice, travel, room = program(pairs, rho)
    if not len(origin):
        return
    found = raam(pairs, persons_per_supply=rho, tolerance=1e-11)
    live = np.unique(origin)
    gives = (origin == live[:, None]).astype(float)
    people = pairs.persons[live]

    def at(x):
        return np.bincount(practice, weights=x, minlength=len(room))

    def crowding(x):
        return np.divide(at(x), room, out=np.zeros(len(room)), where=room > 0)

    best = minimize(
        lambda x: (0.5 * at(x) @ crowding(x) + x @ travel) / 100,
        (gives.T * (people / gives.sum(axis=1))).sum(axis=1),
        jac=lambda x: (crowding(x)[practice] + travel) / 100,
        bounds=[(0, None)] * len(origin),
        constraints={"type": "eq", "fun": lambda x: gives @ x - people, "jac": lambda x: gives},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    assert found.practices["demand"].to_numpy() == pytest.approx(at(best.x), rel=1e-3, abs=0.05)
    crowd = found.practices["demand"].to_numpy()
    ours = np.divide(crowd, room, out=np.zeros(len(room)), where=room > 0)
    # our dual bound proves that no division can be better than ours by more than the tolerance
    value = np.array(costs(found))[live]
    bound = value @ people - 0.5 * (ours * ours) @ room
    assert bound <= best.fun * 100 * (1 + 1e-9)
    assert bound >= best.fun * 100 * (1 - 1e-6)


@given(worlds)
@settings(max_examples=40, deadline=None)
def test_used_practices_cost_the_same_and_unused_no_less(world) -> None:
    pairs = pairs_of(*world)
    rho = 100.0
    origin, practice, travel, room = program(pairs, rho)
    people, rooms = pairs.persons, np.where(room > 0, room, 1.0)
    if not len(origin):
        return
    name, row = np.unique(origin, return_inverse=True)
    choice = module._Choice(row, practice.astype(np.int64), travel, people[name], rooms)
    divided = module._interior(choice, 1e-12)
    assert (divided >= 0).all()
    np.testing.assert_allclose(np.bincount(row, weights=divided), people[name], rtol=1e-12)
    cost = travel + (np.bincount(practice, weights=divided, minlength=len(rooms)) / rooms)[practice]
    least = np.full(len(name), np.inf)
    np.minimum.at(least, row, cost)
    used = divided > 1e-3 * people[origin]
    assert (cost[used] - least[row][used]).max() < 1e-5
    found = raam(pairs, persons_per_supply=rho, tolerance=1e-11)
    assert np.array(costs(found))[name] == pytest.approx(least, rel=1e-5, abs=1e-6)


def geography(origins: int, practices: int) -> Pairs:
    draw = np.random.default_rng(5)
    here, there = 60 * draw.random((origins, 1, 2)), 60 * draw.random((1, practices, 2))
    minutes = np.hypot(*np.moveaxis(here - there, -1, 0))
    table = {(i, j): minutes[i, j] for i, j in zip(*np.nonzero(minutes < 40), strict=True)}
    return pairs_of(draw.integers(0, 200, origins), draw.random(practices) ** 3, table)


@pytest.mark.parametrize("small", [0, 300])
def test_a_region_with_far_more_pairs_than_are_tried(monkeypatch, small) -> None:
    """The costs of *all* pairs prove the outcome, by the sparse as by the dense way to solve."""
    monkeypatch.setattr(module, "SMALL", small)
    monkeypatch.setattr(module, "MUCH_SHARED", float(small == 0))
    pairs = geography(150, 60)
    rho = pairs.persons.sum() / pairs.supply.sum()
    found = raam(pairs, tolerance=1e-10)
    crowd = found.practices["demand"].to_numpy()
    assert crowd.sum() == pytest.approx(pairs.persons[np.diff(pairs.minutes.indptr) > 0].sum())
    origin, practice, travel, room = program(pairs, rho)
    cost = travel + (crowd / room)[practice]
    least = np.full(len(pairs.persons), np.inf)
    np.minimum.at(least, origin, cost)
    live = np.isfinite(least)
    assert np.array(costs(found))[live] == pytest.approx(least[live])
    # the dual bound from the outcome alone: crowding prices every division
    bound = least[live] @ pairs.persons[live] - 0.5 * crowd @ (crowd / room)
    assert bound > 0
    better = raam(pairs, tolerance=1e-12)
    assert better.practices["demand"].to_numpy() == pytest.approx(crowd, rel=1e-3, abs=1e-2)


def test_parameters_out_of_range_and_hopeless_tolerances_are_refused() -> None:
    pairs = pairs_of((100.0, 3.0), (1.0, 1.0), {(0, 0): 0, (0, 1): 30, (1, 1): 7})
    for wrong in ({"tau_min": 0}, {"persons_per_supply": -1.0}, {"tolerance": math.inf}):
        with pytest.raises(ValueError, match="must be above 0"):
            raam(pairs, **wrong)
    with pytest.raises(RuntimeError, match="duality gap"):
        raam(geography(40, 20), tolerance=1e-300)
