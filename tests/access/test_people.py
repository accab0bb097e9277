"""Residents in parts that add up exactly, put together again where they fare the same."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.access.people import exact_persons, people_of, together
from geoaccess.load.default_groups import Group, complete_groups
from tests.worlds import examples

SITES = pd.DataFrame({"site_id": ["b", "a"], "residents": [10.0, np.nan]})
PROFILE = (
    Group("x", share=0.4, shift="06:00-14:00 | 14:00-22:00", registered_share=0.3),
    Group("y", share=0.6, registered_share=1.0),
)


@examples(80)
@given(
    st.lists(st.floats(1e-3, 1.0), min_size=1, max_size=30),
    st.one_of(st.integers(0, 100_000).map(float), st.floats(0, 1e6)),
)
def test_persons_add_up_exactly(weights: list[float], residents: float) -> None:
    share = np.array(weights) / math.fsum(weights)
    persons = exact_persons(share, np.zeros(len(share), np.int64), np.array([residents]))
    assert math.fsum(persons) == residents
    assert np.allclose(persons, share * residents, rtol=1e-12, atol=1e-7)
    assert (persons >= 0).all()


def test_a_sum_halfway_between_two_numbers() -> None:
    share, residents = [0.41415992616816605, 0.585840073831834], 0.9928098524059544
    persons = exact_persons(np.array(share), np.zeros(2, np.int64), np.array([residents]))
    assert math.fsum(persons) == residents


def test_unknown_residents_stay_unknown() -> None:
    persons = exact_persons(np.array([0.5, 0.5, 1.0]), np.array([0, 0, 1]), np.array([np.nan, 3.0]))
    assert np.isnan(persons[:2]).all()
    assert persons[2] == 3


def test_everybody_is_laid_out_once() -> None:
    people = people_of(SITES, complete_groups(None, SITES, PROFILE))
    # two weeks of x, each with and without a GP, and y with one
    assert people.site.tolist() == [0] * 5 + [1] * 5
    assert people.registered.tolist() == [False, True, False, True, True] * 2
    assert people.share[:5] == pytest.approx([0.14, 0.06, 0.14, 0.06, 0.6])
    assert people.table(np.array([[0, 1]] * 4))["kind"].tolist() == [0, 1, 0, 1, 1] * 2


@pytest.mark.parametrize(
    ("fare", "who", "shift"),
    [
        ([0, 0, 0, 0, 0], ["all", "all"], ["06:00-14:00 | 14:00-22:00", "06:00-21:00"]),
        (
            [0, 1, 0, 1, 2],
            ["unregistered", "registered", "all"],
            ["06:00-14:00 | 14:00-22:00"] * 2 + ["06:00-21:00"],
        ),
        ([0, 0, 1, 1, 2], ["all", "all", "all"], ["06:00-14:00", "14:00-22:00", "06:00-21:00"]),
        (
            [0, 0, 0, 1, 2],
            ["all", "unregistered", "registered", "all"],
            ["06:00-14:00", "14:00-22:00", "14:00-22:00", "06:00-21:00"],
        ),
    ],
)
def test_rows_are_split_only_where_people_fare_differently(
    fare: list[int], who: list[str], shift: list[str]
) -> None:
    one = SITES[:1]
    people = people_of(one, complete_groups(None, one, PROFILE))
    rows = together(people, np.array(fare))
    assert rows.who.tolist() == who
    assert rows.shift.tolist() == shift
    assert math.fsum(rows.persons) == 10
    assert rows.share.sum() == pytest.approx(1)
    back = rows.take(np.arange(len(who))[::-1])
    assert back.who[back.of].tolist() == rows.who[rows.of].tolist()


def test_every_site_needs_groups() -> None:
    groups = complete_groups(None, SITES, PROFILE)
    with pytest.raises(ValueError, match="every site must have groups"):
        people_of(SITES, groups[groups["site_id"] == "a"])
