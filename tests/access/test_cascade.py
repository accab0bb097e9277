"""Persons left after each barrier add up."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.access.cascade import cascade
from geoaccess.access.why import CODES, REASONS
from tests.worlds import examples

rows = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.floats(0, 1e5, allow_nan=False),
        st.sampled_from(["B", "A", None]),
    ),
    max_size=20,
)


@examples(80)
@given(rows)
def test_what_is_left_and_lost_is_everybody(people: list[tuple[str, float, str | None]]) -> None:
    given_people = pd.DataFrame(people, columns=["reason", "persons", "area_id"])
    table = cascade(given_people)
    for area_id, part in table.groupby("area_id", sort=False):
        assert part["step"].tolist() == list(REASONS)
        those = [
            (reason, persons)
            for reason, persons, area in people
            if area_id in ("total", area or "-")
        ]
        before = math.fsum(persons for _, persons in those)
        for remaining, lost in zip(part["persons_remaining"], part["persons_lost"], strict=True):
            assert remaining + lost == pytest.approx(before, rel=1e-12, abs=1e-9)
            before = remaining
        feasible = math.fsum(persons for reason, persons in those if reason == "feasible")
        assert before == pytest.approx(feasible)
    areas = list(dict.fromkeys(table["area_id"]))
    assert areas[-1] == "total"
    inside = sorted({area for _, _, area in people if area})
    assert areas[:-1] == inside + (["-"] if any(not area for _, _, area in people) else [])


def test_unknown_persons_are_counted_apart() -> None:
    table = cascade(pd.DataFrame({"reason": ["language", "feasible"], "persons": [np.nan, 3.0]}))
    assert table["persons_lost"].sum() == 0
    assert table.attrs["notes"] == ["persons are unknown in 1 of 2 rows; these count as 0"]


def test_unknown_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="gone fishing"):
        cascade(pd.DataFrame({"reason": ["gone fishing"], "persons": [1.0]}))
