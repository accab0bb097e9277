"""Arrays of intervals against sets of seconds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.access.intervals import Intervals, clipped, gaps, interval_rows, joined

SPAN = st.tuples(st.integers(-20, 40), st.integers(-20, 40))
ROWS = st.lists(st.lists(SPAN, max_size=6), max_size=5)


def seconds(spans) -> set[int]:
    return {second for start, end in spans for second in range(start, end)}


@given(ROWS)
def test_a_row_holds_the_seconds_of_its_spans_in_order_and_apart(rows):
    found = interval_rows(rows)
    assert len(found) == len(rows)
    assert found.first.dtype == np.int64
    assert found.start_s.dtype == found.end_s.dtype == np.int32
    for r, spans in enumerate(rows):
        own = found.row(r)
        assert seconds(own) == seconds(spans)
        assert all(start < end for start, end in own)
        assert all(end < start for (_, end), (start, _) in pairwise(own))


@given(ROWS, st.integers(-25, 45), st.integers(-25, 45))
def test_gaps_and_what_is_clipped_tile_the_bounds(rows, from_s, until_s):
    busy = interval_rows(rows)
    free, kept = gaps(busy, from_s, until_s), clipped(busy, from_s, until_s)
    for r in range(len(rows)):
        whole = set(range(from_s, until_s))
        assert seconds(free.row(r)) == whole - seconds(busy.row(r))
        assert seconds(kept.row(r)) == whole & seconds(busy.row(r))


def test_order_of_the_input_does_not_matter():
    row = np.array([1, 0, 1, 0])
    found = joined(row, np.array([50, 5, 0, 0]), np.array([60, 9, 50, 6]), 3)
    assert [found.row(r) for r in range(3)] == [[(0, 9)], [(0, 60)], []]


def test_what_is_no_intervals_is_refused():
    def ints(*values):
        return np.array(values, dtype=np.int32)

    first = np.array([0, 2])
    for start, end in [((0, 5), (5, 9)), ((5, 0), (9, 3)), ((0, 5), (3, 5)), ((0,), (3,))]:
        with pytest.raises(ValueError, match=r"interval|first"):
            Intervals(first, ints(*start), ints(*end))
    with pytest.raises(ValueError, match="int32"):
        Intervals(first, np.array([0, 5]), np.array([3, 9]))
    with pytest.raises(ValueError, match="fall"):
        Intervals(np.array([0, 2, 1, 2]), ints(0, 5), ints(3, 9))
    with pytest.raises(ValueError, match="rows"):
        joined(np.array([2]), np.array([0]), np.array([1]), 2)
    with pytest.raises(ValueError, match="ten years"):
        joined(np.array([0]), np.array([0]), np.array([10**10]), 2)
    with pytest.raises(ValueError, match="from 0"):
        Intervals(np.array([], dtype=np.int64), ints(), ints())
