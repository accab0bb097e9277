"""Shifts: what is read, what is refused, and that the canonical text means the same."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.load.shifts import days_text, parse_days, parse_shift, shift_text

H = 60


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("06:00-15:00", "06:00-15:00"),
        ("6-15", "06:00-15:00"),
        ("6.00 - 15.00 uur", "06:00-15:00"),
        ("6:00 tot 15:00", "06:00-15:00"),
        ("22:00-30:00", "22:00-06:00"),
        ("06:00-10:00 en 16:00-20:00", "06:00-10:00,16:00-20:00"),
        ("ma-do 6-15; vr 6-12", "Mo-Th 06:00-15:00; Fr 06:00-12:00"),
        ("Mo-Th 6-15; Fr off", "Mo-Th 06:00-15:00; Fr off"),
        ("6-14|14-22|22-6", "06:00-14:00 | 14:00-22:00 | 22:00-06:00"),
        ("6-14 50% | 14-22 (30%) | vrij 20 %", "06:00-14:00 50% | 14:00-22:00 30% | off 20%"),
        ("00:00-24:00", "00:00-24:00"),
        ("06:00-30:00", "06:00-30:00"),
        ("geen", "off"),
    ],
)
def test_shifts_are_read_and_written_again(text, canonical):
    found = parse_shift(text, (0, 1, 2, 3, 4))
    assert shift_text(found) == canonical
    assert parse_shift(canonical, (0, 1, 2, 3, 4)) == found


def test_spans_are_minutes_from_monday():
    (one,) = parse_shift("22:00-06:00", (0, 6))
    assert one.spans == ((22 * H, 30 * H), (6 * 24 * H + 22 * H, 7 * 24 * H + 6 * H))


def test_rounded_shares_of_a_rotation_are_scaled():
    found = parse_shift("6-14 33% | 14-22 33% | 22-6 33%", (0,))
    assert [one.share for one in found] == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("soms", "not known"),
        ("06:00", "cannot be read"),
        ("6-15-20", "cannot be read"),
        ("25:00-26:00", "cannot be read"),
        ("06:00-06:00", "same time"),
        ("06:00-14:00 | ", "empty alternative"),
        ("6-14 50% | 14-22", "to some alternatives"),
        ("6-14 50% | 14-22 30%", "80%"),
        ("6-14, 13-20", "overlap"),
        ("22:00-07:00, 06:30-08:00", "overlap"),
        ("Mo 6-14; Mo-Fr 15-20", "Mo twice"),
        ("xx 6-14", "not known"),
    ],
)
def test_what_is_no_shift_says_why(text, problem):
    with pytest.raises(ValueError, match=problem):
        parse_shift(text, (0, 1))


@given(st.sets(st.integers(0, 6), min_size=1))
def test_days_are_written_and_read_again(days):
    assert parse_days(days_text(sorted(days))) == tuple(sorted(days))


@given(
    st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1439)), min_size=1, max_size=4),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_the_canonical_text_means_the_same(spans, days):
    text = " | ".join(f"{a // 60}:{a % 60:02}-{(a + d) // 60}:{(a + d) % 60:02}" for a, d in spans)
    own = tuple(sorted(days))
    found = parse_shift(text, own)
    assert parse_shift(shift_text(found), own) == found
    assert sum(one.share for one in found) == pytest.approx(1)


@given(st.text(max_size=30))
def test_any_text_is_a_shift_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert parse_shift(text, (0, 1, 2))
