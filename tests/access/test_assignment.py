import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment, linprog

from geoaccess.access.assignment import Assignment, assign

SITES = ["s1", "s2", "s3", "s4"]
PRACTICES = ["p1", "p2", "p3"]


@st.composite
def worlds(draw, *, whole: bool = True):
    """Persons by site, places by practice and minutes of the reachable pairs."""
    number = st.integers(0, 6) if whole else st.integers(0, 60).map(lambda n: n / 7)
    persons = {site: draw(number) for site in SITES}
    free = {
        practice: draw(st.one_of(st.integers(0, 24).map(lambda n: n / 3), st.just(math.nan)))
        for practice in PRACTICES
    }
    minutes = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(SITES), st.sampled_from(PRACTICES)), st.integers(0, 6)
        )
    )
    return persons, free, minutes


def run(persons, free, minutes, order=lambda rows: rows) -> Assignment:
    return assign(
        pd.DataFrame(order(list(persons.items())), columns=["site_id", "persons"]),
        pd.DataFrame(order(list(free.items())), columns=["practice_id", "places"]),
        pd.DataFrame(
            order([(*pair, float(m)) for pair, m in minutes.items()]),
            columns=["site_id", "practice_id", "minutes_p50"],
        ),
    )


def totals(found: Assignment) -> tuple[float, float]:
    table = found.assignment
    return found.unplaced["persons"].sum(), (table["persons"] * table["minutes"]).sum()


def person_by_person(persons, free, minutes) -> tuple[float, float]:
    """Persons left out and minutes of the best assignment of single persons to single places (Hungarian method)."""
    people = [site for site, number in persons.items() for _ in range(int(number))]
    seats = [p for p, n in free.items() if not math.isnan(n) for _ in range(math.floor(n + 1e-6))]
    cost = np.full((len(people), len(seats) + len(people)), 10_000.0)  # the last are no places
    for row, site in enumerate(people):
        for column, practice in enumerate(seats):
            cost[row, column] = minutes.get((site, practice), 100_000.0)
    chosen = cost[linear_sum_assignment(cost)]
    return (chosen == 10_000).sum(), chosen[chosen < 10_000].sum()


def check(found: Assignment, persons, free, minutes) -> None:
    """The assignment is one: nobody twice, nobody lost, no place used twice."""
    table = found.assignment
    assert (table["persons"] > 0).all()
    for row in table.itertuples():
        assert row.minutes == minutes[row.site_id, row.practice_id]
    placed = table.groupby("site_id")["persons"].sum()
    out = found.unplaced.set_index("site_id")["persons"]
    assert (out > 0).all()
    for site, number in persons.items():
        assert placed.get(site, 0) + out.get(site, 0) == pytest.approx(number, abs=1e-6)
    capacity = found.capacity.set_index("practice_id")
    assert capacity.index.tolist() == list(free)
    for practice, number in free.items():
        row = capacity.loc[practice]
        if math.isnan(number):
            assert math.isnan(row["places"])
            assert row["assigned"] == 0
            assert row["full"] is None
        else:
            assert row["assigned"] <= number + 1e-6
            assert row["assigned"] == pytest.approx(
                table.loc[table["practice_id"] == practice, "persons"].sum()
            )


@given(worlds(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_equals_placing_person_by_person_in_any_order_of_rows(world, random) -> None:
    found = run(*world)
    check(found, *world)
    assert totals(found) == pytest.approx(person_by_person(*world))
    assert found.assignment["persons"].dtype == np.int64
    shuffled = run(*world, order=lambda rows: random.sample(rows, len(rows)))
    key = ["site_id", "practice_id"]
    pd.testing.assert_frame_equal(
        shuffled.assignment.sort_values(key, ignore_index=True),
        found.assignment.sort_values(key, ignore_index=True),
    )


@given(worlds(whole=False))
@settings(max_examples=40, deadline=None)
def test_parts_of_persons_equal_a_linear_program_with_a_price_on_being_left_out(world) -> None:
    persons, free, minutes = world
    found = run(*world)
    check(found, *world)
    # one program instead of two: nobody travels over 6 x 7 minutes more so that another gets a place
    pairs = [pair for pair in minutes if not math.isnan(free[pair[1]])]
    cost = [minutes[pair] - 1000.0 for pair in pairs]
    if not pairs:
        assert found.assignment.empty
        return
    rows = [[float(s == site) for s, _ in pairs] for site in persons]
    rows += [[float(p == practice) for _, p in pairs] for practice in free]
    most = [*persons.values(), *np.nan_to_num(list(free.values()))]
    best = linprog(cost, A_ub=rows, b_ub=most, method="highs-ds")
    left, travelled = totals(found)
    assert sum(persons.values()) - left == pytest.approx(best.x.sum(), abs=1e-6)
    assert travelled - 1000.0 * best.x.sum() == pytest.approx(best.fun, abs=1e-4)


@given(worlds(), st.sampled_from(PRACTICES), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_more_places_never_leave_more_people_out(world, practice, more) -> None:
    persons, free, minutes = world
    wider = free | {practice: np.nan_to_num(free[practice]) + more}
    assert totals(run(persons, wider, minutes))[0] <= totals(run(persons, free, minutes))[0]


def test_fewest_left_out_comes_before_travel_time() -> None:
    # a could stay near at p, but b reaches p only
    found = run(
        {"a": 1, "b": 1}, {"p": 1.0, "q": 1.0}, {("a", "p"): 1, ("a", "q"): 500, ("b", "p"): 2}
    )
    assert found.assignment.to_numpy().tolist() == [["a", "q", 1, 500.0], ["b", "p", 1, 2.0]]
    assert found.unplaced.empty
    assert found.capacity["full"].tolist() == [True, True]


def test_a_site_is_split_and_that_is_said() -> None:
    found = run({"a": 7}, {"p": 4.5, "q": 9.0}, {("a", "p"): 1, ("a", "q"): 5})
    assert found.assignment.to_numpy().tolist() == [["a", "p", 4, 1.0], ["a", "q", 3, 5.0]]
    assert found.capacity["full"].tolist() == [True, False]
    assert found.capacity["places"].tolist() == [4.5, 9.0]
    assert "1 site are split" in found.notes[0]


def test_disconnected_sites_stay_without_a_place_with_all_their_persons() -> None:
    found = run({"a": 5, "b": 3}, {"p": 100.0}, {("a", "p"): 1})
    assert found.unplaced.to_numpy().tolist() == [["b", 3]]
    unreachable = run({"a": 5}, {"p": 100.0}, {("a", "p"): math.inf})
    assert unreachable.unplaced.to_numpy().tolist() == [["a", 5]]
    assert run({"a": 5.5}, {"p": 1.0}, {}).unplaced.to_numpy().tolist() == [["a", 5.5]]


def test_lower_ids_come_first_among_equals() -> None:
    everywhere = {(site, practice): 5 for site in "ab" for practice in "pq"}
    found = run({"b": 1, "a": 1}, {"q": 1.0, "p": 1.0}, everywhere)
    assert sorted(found.assignment.to_numpy().tolist()) == [["a", "p", 1, 5.0], ["b", "q", 1, 5.0]]
    scarce = run({"b": 2, "a": 2}, {"q": 0.0, "p": 3.0}, everywhere)
    assert sorted(scarce.assignment.to_numpy().tolist()) == [["a", "p", 2, 5.0], ["b", "p", 1, 5.0]]
    assert scarce.unplaced.to_numpy().tolist() == [["b", 1]]


def test_unknown_persons_and_places_are_said() -> None:
    found = run(
        {"a": math.nan, "b": 4, "c": 3}, {"p": math.nan, "q": 1.0}, {("b", "p"): 5, ("b", "q"): 9}
    )
    assert found.unplaced.to_numpy().tolist() == [["b", 3], ["c", 3]]
    assert "residents is unknown: 1 site" in found.notes[0]
    assert "(a)" in found.notes[0]
    assert "3 of the 6 persons" in found.notes[1]


def test_times_one_place_after_another_in_a_long_chain() -> None:
    """Everyone has to move up by one for the last to get a place."""
    length = 40
    persons = {f"s{k:02d}": 1 for k in range(length)}
    free = {f"p{k:02d}": 1.0 for k in range(length)}
    minutes = {(f"s{k:02d}", f"p{k:02d}"): 1 for k in range(length - 1)}
    minutes |= {(f"s{k:02d}", f"p{k + 1:02d}"): 100 for k in range(length - 1)}
    minutes[f"s{length - 1:02d}", "p00"] = 1
    found = run(persons, free, minutes)
    assert totals(found) == (0, 100 * (length - 1) + 1)


def test_what_cannot_be_is_refused() -> None:
    for persons, free, minutes, why in (
        ({"a": -1}, {"p": 1.0}, {}, "persons must be 0 or more"),
        ({"a": 1}, {"p": math.inf}, {}, "places must be 0 or more"),
        ({"a": 1}, {"p": 1.0}, {("a", "p"): -1}, "travel times must be"),
        ({"a": 1}, {"p": 1.0}, {("b", "p"): 1}, "table of persons"),
        ({"a": 1}, {"p": 1.0}, {("a", "q"): 1}, "table of places"),
    ):
        with pytest.raises(ValueError, match=why):
            run(persons, free, minutes)
    with pytest.raises(ValueError, match="repeat"):
        run({"a": 1}, {"p": 1.0}, {("a", "p"): 1}, order=lambda rows: rows * 2)


@pytest.mark.parametrize("seed", range(4))
def test_crowded_regions_need_more_than_the_nearest_practices(seed) -> None:
    """All pairs at once in one program, where places are so scarce that the nearest practices do not do."""
    draw = np.random.default_rng(seed)
    here, there = draw.random((30, 1, 2)), draw.random((1, 25, 2))
    minutes = np.round(60 * np.hypot(*np.moveaxis(here - there, -1, 0)))
    persons = {f"s{i:02d}": int(n) for i, n in enumerate(draw.integers(1, 40, 30))}
    full = draw.random(25) < 0.5
    free = {
        f"p{j:02d}": float(n) for j, n in enumerate(np.where(full, 1, draw.integers(1, 60, 25)))
    }
    pairs = {(f"s{i:02d}", f"p{j:02d}"): minutes[i, j] for i in range(30) for j in range(25)}
    found = run(persons, free, pairs)
    check(found, persons, free, pairs)
    rows = [[float(s == site) for s, _ in pairs] for site in persons]
    rows += [[float(p == practice) for _, p in pairs] for practice in free]
    cost = np.array(list(pairs.values())) - 10_000
    best = linprog(cost, A_ub=rows, b_ub=[*persons.values(), *free.values()], method="highs-ds")
    left, travelled = totals(found)
    assert sum(persons.values()) - left == round(best.x.sum())
    assert travelled == round(best.fun + 10_000 * best.x.sum())
