import numpy as np
import pandas as pd
import pytest

from geoaccess.access.reason import is_within, reasons


def test_a_time_of_exactly_the_norm_is_within() -> None:
    assert is_within(np.array([1800 / 60, 1801 / 60]), 30).tolist() == [True, False]
    # 0.1 + 0.2 is a hair more than 0.3: rounding must not turn that into a breach of the norm
    assert is_within(np.array([0.1 + 0.2]), 0.3).tolist() == [True]


def test_one_second_over_any_norm_is_beyond() -> None:
    norms = np.arange(1, 121)
    assert all(is_within(np.array([norm]), float(norm)).all() for norm in norms)
    assert not any(is_within(np.array([norm + 1 / 60]), float(norm)).any() for norm in norms)


def test_not_linked_comes_before_every_other_reason() -> None:
    minutes = pd.Series([10.0, np.inf, np.nan, np.inf], index=list("abcd"))
    found = reasons(minutes, pd.Series([False, False, True, True]), 30)
    assert found.to_dict() == {
        "a": "not_linked",
        "b": "not_linked",
        "c": "no_connection",
        "d": "no_connection",
    }
    assert found.name == "reason"


def test_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="2 travel times but 1 links"):
        reasons(pd.Series([1.0, 2.0]), pd.Series([True]), 30)
