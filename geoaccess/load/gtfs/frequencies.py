"""Trips that frequencies.txt repeats every so many minutes, as runs with a start of their own."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from geoaccess.errors import Fault, FeedError
from geoaccess.load.gtfs.clock import seconds
from geoaccess.load.gtfs.columns import numbers, picked, positions
from geoaccess.load.gtfs.files import FeedFiles
from geoaccess.load.gtfs.report import Finding, listed
from geoaccess.load.gtfs.tables import Array, Rows, read_rows
from geoaccess.load.phrases import counted

#: more runs than this in one feed are taken for a fault (a bus every second, all day)
MAX_RUNS = 2_000_000
#: headways above this are all the same: one run
_MOST_HEADWAY_S = 10_000_000


@dataclass(frozen=True, eq=False)
class Frequencies:
    """Runs of the trips in frequencies.txt on any day of service.

    Attributes
    ----------
    listed : bool (trips,); the trip is in frequencies.txt, so its stop times are a pattern and no ride of their own.
    trip : int64 (r,); trip number of each run, in order.
    start_s : int64 (r,); departure from the first stop, seconds of the service day.
    """

    listed: Array
    trip: Array
    start_s: Array


def read_frequencies(files: FeedFiles, trips: Any) -> tuple[Frequencies, list[Finding]]:
    """Read frequencies.txt and work out when the runs start.

    With exact_times 1 runs start at start_time and every headway after it, before end_time. With exact_times 0 only
    the headway is known: the first run starts at a fixed part of a headway after start_time, drawn from the trip id
    and the start_time, so that trips are spread evenly and every computer draws the same.

    Parameters
    ----------
    files : the feed.
    trips : pyarrow string array (t,); ids of all trips.

    Raises
    ------
    FeedError
        where there would be more than MAX_RUNS runs.
    """
    rows, findings = read_rows(files, "frequencies.txt")
    trip = positions(rows["trip_id"], trips).astype(np.int64)
    repeated = np.zeros(len(trips), dtype=bool)
    repeated[trip[trip >= 0]] = True
    start_s, end_s = (seconds(rows[c]).astype(np.int64) for c in ("start_time", "end_time"))
    headway_s = np.clip(np.nan_to_num(numbers(rows["headway_secs"])), 0, _MOST_HEADWAY_S)
    headway_s = headway_s.astype(np.int64)
    exact = numbers(rows["exact_times"]) == 1
    fit = (trip >= 0) & (start_s >= 0) & (end_s > start_s) & (headway_s > 0)
    findings += _misfits(rows, trip, fit)
    blocks = np.column_stack([trip, start_s, end_s, headway_s, exact])[fit]
    blocks, cut = _without_overlap(np.unique(blocks, axis=0))
    if len(cut):
        names = listed(picked(trips, cut))
        text = f"overlapping rows of frequencies.txt cut off where the next begins, {counted(len(cut), 'trip')}"
        findings.append(Finding("repaired", f"{text}: {names}"))
    run_trip, run_start_s = _runs(blocks, trips, files)
    if len(blocks) and not blocks[:, 4].all():
        drawn = np.unique(blocks[blocks[:, 4] == 0, 0])
        text = (
            f"{counted(len(drawn), 'trip')} known by headway only (exact_times 0): "
            "the first departure is drawn within the headway, the same on every run"
        )
        findings.append(Finding("remark", text))
    return Frequencies(repeated, run_trip, run_start_s), findings


def _misfits(rows: Rows, trip: Array, fit: Array) -> Iterator[Finding]:
    unknown = trip < 0
    if unknown.any():
        ids = set(picked(rows["trip_id"], unknown))
        text = counted(int(unknown.sum()), "row")
        yield Finding(
            "dropped",
            f"{text} of frequencies.txt for trips that trips.txt lacks dropped: {listed(ids)}",
        )
    useless = ~unknown & ~fit
    if useless.any():
        ids = set(picked(rows["trip_id"], useless))
        text = counted(int(useless.sum()), "row")
        yield Finding(
            "dropped",
            f"{text} of frequencies.txt without a headway above 0 or a span of time dropped: {listed(ids)}",
        )


def _without_overlap(blocks: Array) -> tuple[Array, Array]:
    """Cut each block (trip, start, end, ...) off where the next of its trip begins; also the trips concerned."""
    blocks = blocks.copy()
    over = (blocks[1:, 0] == blocks[:-1, 0]) & (blocks[1:, 1] < blocks[:-1, 2])
    blocks[:-1, 2][over] = blocks[1:, 1][over]
    return blocks[blocks[:, 2] > blocks[:, 1]], np.unique(blocks[:-1, 0][over])


def _runs(blocks: Array, trips: Any, files: FeedFiles) -> tuple[Array, Array]:
    """Trip and start of every run of the blocks (trip, start, end, headway, exact)."""
    trip, start_s, end_s, headway_s, exact = blocks.T
    window_s = np.minimum(headway_s, end_s - start_s)
    ids = picked(trips, trip)
    draw = np.array(
        [zlib.crc32(f"{one}|{start}".encode()) for one, start in zip(ids, start_s, strict=True)],
        dtype=np.int64,
    )
    first_s = start_s + np.where(exact == 1, 0, draw % np.maximum(window_s, 1))
    count = (end_s - first_s + headway_s - 1) // np.maximum(headway_s, 1)
    if count.sum() > MAX_RUNS:
        raise FeedError(
            Fault(
                f"asks for {int(count.sum()):,} runs, the limit is {MAX_RUNS:,}",
                files.where("frequencies.txt"),
                column="headway_secs",
                remedy="look for headways of a few seconds",
            )
        )
    number = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(trip, count), np.repeat(first_s, count) + number * np.repeat(headway_s, count)
