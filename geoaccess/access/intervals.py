"""Spans of time in the reference week, as flat arrays that a kernel can read.

Everything is in seconds of the wall clock from Monday 00:00 of the reference week. Days are 24 hours long, also where
the clock changes. Times before 0 are of the week before, times from `WEEK_S` on of the week after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Int32 = np.ndarray[Any, np.dtype[np.int32]]
Int64 = np.ndarray[Any, np.dtype[np.int64]]

DAY_S = 86_400
WEEK_S = 7 * DAY_S

#: farther from Monday 00:00 than any time that is asked for (ten years), so that sums fit in int32
FARTHEST_S = 10 * 366 * DAY_S


@dataclass(frozen=True, eq=False)
class Intervals:
    """Half-open intervals [start_s, end_s) of many rows (practices, or patterns of free time), one after the other.

    The intervals of row r are those at ``first[r]`` to ``first[r + 1] - 1``. Within a row they are in order and apart:
    each ends before the next one starts, so that what touches is one interval. None is empty.

    Attributes
    ----------
    first : int64 (rows + 1,)
    start_s, end_s : int32 (intervals,), seconds from Monday 00:00 of the reference week.

    Raises
    ------
    ValueError
        when the arrays do not fit together or break that order.

    Examples
    --------
    >>> week = interval_rows([[(0, 60), (90, 120)], [], [(-30, 30)]])
    >>> len(week), week.first.tolist(), week.row(0)
    (3, [0, 2, 2, 3], [(0, 60), (90, 120)])
    """

    first: Int64
    start_s: Int32
    end_s: Int32

    def __post_init__(self) -> None:
        kinds = [str(part.dtype) for part in (self.first, self.start_s, self.end_s)]
        if kinds != ["int64", "int32", "int32"]:
            raise ValueError(f"intervals are arrays of int64, int32 and int32, not of {kinds}")
        count = len(self.start_s)
        if len(self.first) == 0 or self.first[0] != 0 or self.first[-1] != count:
            raise ValueError("first must run from 0 to the number of intervals")
        if len(self.end_s) != count or (np.diff(self.first) < 0).any():
            raise ValueError("first must not fall, and every start needs an end")
        apart = self.start_s[1:] > self.end_s[:-1]
        heads = self.first[(self.first > 0) & (self.first < count)]
        apart[heads - 1] = True
        if not apart.all() or not (self.start_s < self.end_s).all():
            raise ValueError("the intervals of a row must be in order, apart and not empty")

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.first) - 1

    def row(self, r: int) -> list[tuple[int, int]]:
        """Intervals of one row as (start, end)."""
        part = slice(int(self.first[r]), int(self.first[r + 1]))
        return list(zip(self.start_s[part].tolist(), self.end_s[part].tolist(), strict=True))


def interval_rows(rows: Sequence[Iterable[tuple[int, int]]]) -> Intervals:
    """Intervals from lists of (start, end) in seconds, one list a row; `joined` tells what becomes of them.

    Examples
    --------
    >>> interval_rows([[(50, 80), (0, 50)]]).row(0)
    [(0, 80)]
    """
    flat = [(r, start, end) for r, spans in enumerate(rows) for start, end in spans]
    columns = np.array(flat, dtype=np.int64).reshape(-1, 3)
    return joined(columns[:, 0], columns[:, 1], columns[:, 2], len(rows))


def joined(row: Int64, start_s: Int64, end_s: Int64, rows: int) -> Intervals:
    """Sort intervals in any order by row, make those that overlap or touch one, and leave out empty ones.

    Parameters
    ----------
    row : int64 (n,), from 0.
    start_s, end_s : int64 (n,), seconds from Monday 00:00; at most ten years from it.
    rows : how many rows there are; those without intervals are empty.

    Raises
    ------
    ValueError
        for a row out of range or a time too far away.
    """
    row, start_s, end_s = (np.asarray(part, dtype=np.int64) for part in (row, start_s, end_s))
    if len(row) and (row.min() < 0 or row.max() >= rows):
        raise ValueError(f"rows of intervals must be from 0 to {rows - 1}")
    if len(row) and max(np.abs(start_s).max(), np.abs(end_s).max()) > FARTHEST_S:
        raise ValueError("intervals must lie within ten years of the reference week")
    some = np.flatnonzero(end_s > start_s)
    some = some[np.lexsort((start_s[some], row[some]))]
    # rows are laid out one after the other on one long axis, so that one running maximum serves all
    shift = row[some] * (3 * FARTHEST_S)
    start, end = start_s[some] + shift, end_s[some] + shift
    reach = np.maximum.accumulate(end) if len(end) else end
    heads = np.flatnonzero(np.r_[True, start[1:] > reach[:-1]]) if len(end) else some
    tails = np.r_[heads[1:] - 1, len(end) - 1] if len(end) else some
    counts = np.bincount(row[some][heads], minlength=rows)
    first = np.zeros(rows + 1, dtype=np.int64)
    np.cumsum(counts, out=first[1:])
    return Intervals(
        first,
        (start[heads] - shift[heads]).astype(np.int32),
        (reach[tails] - shift[tails]).astype(np.int32),
    )


def gaps(busy: Intervals, from_s: int, until_s: int) -> Intervals:
    """Return what the intervals of ``busy`` leave of [from_s, until_s) in every row.

    Parameters
    ----------
    busy : any intervals; parts outside the bounds do not matter.
    from_s, until_s : bounds, seconds from Monday 00:00.

    Examples
    --------
    >>> gaps(interval_rows([[(10, 20)], []]), 0, 30).row(0)
    [(0, 10), (20, 30)]
    """
    rows = np.arange(len(busy), dtype=np.int64)
    owner = np.repeat(rows, np.diff(busy.first))
    start = np.concatenate((np.full(len(rows), from_s), busy.end_s.astype(np.int64)))
    row = np.concatenate((rows, owner))
    order = np.argsort(row, kind="stable")  # the bound of each row goes before its intervals
    end = np.concatenate((busy.start_s.astype(np.int64), np.full(len(rows), until_s)))
    last = np.argsort(np.concatenate((owner, rows)), kind="stable")
    start, end = np.maximum(start[order], from_s), np.minimum(end[last], until_s)
    return joined(row[order], start, end, len(rows))


def clipped(intervals: Intervals, from_s: int, until_s: int) -> Intervals:
    """Return the parts of intervals inside [from_s, until_s).

    Examples
    --------
    >>> clipped(interval_rows([[(-10, 5), (20, 40)]]), 0, 30).row(0)
    [(0, 5), (20, 30)]
    """
    owner = np.repeat(np.arange(len(intervals), dtype=np.int64), np.diff(intervals.first))
    start = np.maximum(intervals.start_s.astype(np.int64), from_s)
    end = np.minimum(intervals.end_s.astype(np.int64), until_s)
    return joined(owner, start, end, len(intervals))
