"""What travel_times refuses, and how it says so."""

from __future__ import annotations

import pytest

from geoaccess.errors import ProjectError
from geoaccess.network.traveller import Traveller
from geoaccess.route.matrix import check_percentiles
from geoaccess.route.window import parse_window


@pytest.mark.parametrize(
    ("window", "problem"),
    [
        (("08:00",), "is not two times"),
        ("08:00-10:00", "is not two times"),
        (("8h", "10:00"), "not a time of day"),
        (("10:00", "10:00"), "ends before it starts"),
        (("29:00", "31:00"), "run past 32:00"),
    ],
)
def test_a_window_that_cannot_be_is_refused(window, problem: str) -> None:
    with pytest.raises(ProjectError, match=problem):
        parse_window(window, 120)


def test_percentiles_may_be_one_number_and_come_back_in_order() -> None:
    assert check_percentiles(50) == (50.0,)
    assert check_percentiles((90, 10, 50, 10)) == (10.0, 50.0, 90.0)


@pytest.mark.parametrize("percentiles", [(), (0,), (101,), ("median",), None])
def test_percentiles_that_cannot_be_are_refused(percentiles) -> None:
    with pytest.raises(ProjectError, match=r"percentile|not numbers"):
        check_percentiles(percentiles)


@pytest.mark.parametrize(
    "values",
    [{"walk_kmh": "4.5"}, {"walk_kmh": 0}, {"max_rides": -1}, {"max_rides": 1.5}, {"cycle": 1}],
)
def test_a_traveller_that_cannot_be_is_refused(values) -> None:
    with pytest.raises(ProjectError, match=f"traveller.{next(iter(values))}"):
        Traveller(**values)
