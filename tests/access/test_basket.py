"""Sites by what they lack."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geoaccess.access.basket import basket_table, shares_by_code, site_table

IDS = pd.Series(["s0", "s1"])


def reasons(*rows: tuple[str, str, float, float, float]) -> pd.DataFrame:
    """Rows of site, reason, share, persons and minutes."""
    names = ["site_id", "reason", "share", "residents", "best_door_to_door_min"]
    table = pd.DataFrame(rows, columns=names)
    more: dict[str, Any] = {
        "group_id": [f"g{k}" for k in range(len(table))],
        "feasible_days": range(len(table)),
        "fix_time_s": pd.array([pd.NA] * len(table), dtype="Int32"),
    }
    texts = (
        *("proof_practice_id", "proof_day", "proof_outcome", "fix_kind", "fix_practice_id"),
        *("fix_day", "fix_minutes", "fix_metres", "fix_is_enough", "fix_lacks", "shift", "people"),
        *("best_practice_id", "best_day"),
    )
    return table.assign(**more, **dict.fromkeys(texts))


GP = reasons(
    ("s0", "language", 0.3, 3.0, math.inf),
    ("s0", "no_room", 0.2, 2.0, math.inf),
    ("s0", "no_room", 0.1, 1.0, math.inf),
    ("s0", "feasible", 0.4, 4.0, 40.0),
    ("s1", "feasible", 1.0, math.nan, 30.0),
)
NIGHT = reasons(
    ("s0", "feasible", 1.0, 10.0, 70.0),
    ("s1", "out_of_reach", 1.0, math.nan, math.inf),
)


def test_reason_of_a_site_is_that_of_most_people() -> None:
    sites = pd.DataFrame({"site_id": IDS, "residents": [10.0, np.nan]})
    table = site_table(sites, GP)
    # three fail on room and three on language: the first of equal ones, and of its rows the largest
    assert table["reason"].tolist() == ["no_room", "feasible"]
    assert table["group_id"].tolist() == ["g1", "g4"]
    assert table["persons_failing"].tolist()[0] == 6
    assert table["persons_feasible"].tolist()[0] == 4
    assert table["persons_failing"].isna().tolist() == [False, True]
    assert table["share_failing"].tolist() == [pytest.approx(0.6), 0]
    assert table["feasible_days"].tolist() == [3, 4]
    assert table["best_door_to_door_min"].tolist() == [40, 30]


def test_the_worst_link() -> None:
    basket = basket_table(IDS, {"huisarts": GP, "huisartsenpost": NIGHT})
    assert basket["worst_care"].tolist() == ["huisarts", "huisartsenpost"]
    assert basket["worst_reason"].tolist() == ["no_room", "out_of_reach"]
    assert basket["huisarts_persons_feasible"].tolist()[0] == 4
    assert basket["huisartsenpost_persons_feasible"].isna().tolist() == [False, True]
    assert basket["huisartsenpost_share_feasible"].tolist() == [1, 0]
    assert basket["huisartsenpost_minutes"].tolist() == [70, math.inf]
    assert (shares_by_code(GP, IDS).sum(axis=1) == 1).all()


def test_equal_links_and_no_sites() -> None:
    basket = basket_table(IDS, {"a": NIGHT, "b": NIGHT})
    assert basket["worst_care"].tolist() == ["a", "a"]
    assert basket["worst_reason"].tolist() == ["feasible", "out_of_reach"]
    assert len(basket_table(IDS[:0], {"a": NIGHT[:0]})) == 0
