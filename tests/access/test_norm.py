import datetime as dt

import pytest

from geoaccess.access.norm import Norm, When, misfits
from geoaccess.errors import ProjectError


def test_times_are_written_with_two_digits_and_may_pass_midnight() -> None:
    assert When(("7:05", "30:00")).window == ("07:05", "30:00")
    assert When(date=dt.date(2026, 11, 24)).window == ("08:00", "10:00")


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (("8", "10:00"), "not a time"),
        (("08:60", "10:00"), "not a time"),
        (("08:00", "30:01"), "not a time"),
        (("-1:00", "10:00"), "not a time"),
        (("\u0660\u0668:\u0660\u0660", "10:00"), "not a time"),
        (("10:00", "08:00"), "end after it starts"),
        (("08:00", "08:00"), "end after it starts"),
        (("08:00",), "two times"),
        (("08:00", "09:00", "10:00"), "two times"),
    ],
)
def test_a_window_that_is_none(window, said) -> None:
    with pytest.raises(ProjectError, match=said) as caught:
        When(window)
    assert all(fault.key == "when.window" for fault in caught.value.faults)


def test_every_bad_time_is_named() -> None:
    with pytest.raises(ProjectError) as caught:
        When(("8h", "10h"))
    assert [fault.value for fault in caught.value.faults] == ["8h", "10h"]


@pytest.mark.parametrize("value", [0.0, -5.0, 1441.0, float("nan"), float("inf")])
def test_a_norm_out_of_range(value) -> None:
    with pytest.raises(ProjectError, match=r"norm\.max_minutes"):
        Norm(max_minutes=value)
    with pytest.raises(ProjectError, match=r"norm\.percentile"):
        Norm(percentile=value * 100)


def test_norm_and_window_must_fit_the_longest_trip() -> None:
    late = When(("28:00", "30:00"))
    assert not list(misfits(Norm(), late, 120))
    assert [fault.key for fault in misfits(Norm(), late, 121)] == ["when.window"]
    assert [fault.key for fault in misfits(Norm(31), When(), 30)] == ["norm.max_minutes"]
