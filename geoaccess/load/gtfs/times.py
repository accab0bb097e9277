"""Stop times of a GTFS feed: read in a stream for the trips asked for, and put in order of travel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geoaccess.load.gtfs.clock import UNREADABLE, seconds
from geoaccess.load.gtfs.columns import numbers, picked, positions
from geoaccess.load.gtfs.files import FeedFiles
from geoaccess.load.gtfs.report import Finding, listed
from geoaccess.load.gtfs.tables import Array, Rows, stream_rows
from geoaccess.load.phrases import counted

#: values of pickup_type and drop_off_type
REGULAR, NONE, PHONE, DRIVER = 0, 1, 2, 3
_TYPES = pa.array(["0", "1", "2", "3"])

#: reasons to drop a trip, in the order in which they are looked for
NO_CALLS = "without stop times"
BAD_TIME = "with a time that cannot be read"
BAD_ORDER = "with a stop_sequence that cannot be read"
SAME_ORDER = "with two stops of one stop_sequence whose times do not tell which comes first"
BLANK_END = "whose first or last time is blank"
BACKWARDS = "whose times run backwards"
FEW_STOPS = "with fewer than two usable stops"
REASONS = (NO_CALLS, BAD_TIME, BAD_ORDER, SAME_ORDER, BLANK_END, BACKWARDS, FEW_STOPS)


@dataclass(frozen=True, eq=False)
class Calls:
    """Stop times of the trips asked for, one entry each.

    Attributes
    ----------
    trip : int32; number of the trip.
    stop : int32; number of the stop, -1 for a stop that stops.txt lacks.
    sequence : float64; stop_sequence, NaN where it cannot be read.
    arrival_s, departure_s : int32; seconds of the service day, or BLANK or UNREADABLE of `clock`.
    pickup, drop_off : uint8; REGULAR, NONE, PHONE or DRIVER.
    """

    trip: Array
    stop: Array
    sequence: Array
    arrival_s: Array
    departure_s: Array
    pickup: Array
    drop_off: Array

    def __len__(self) -> int:
        return len(self.trip)

    def take(self, chosen: Array) -> Calls:
        """Pick stop times by number (int) or mask (bool)."""
        return Calls(*(getattr(self, field.name)[chosen] for field in fields(self)))


@dataclass(frozen=True, eq=False)
class Reading:
    """Stop times of the trips asked for, as they stand in the file, and what is odd about them.

    Attributes
    ----------
    calls : the stop times in the order of the file.
    findings : on the whole file.
    off_trip, off_stop : int32 and object (k,); trip and stop_id of each stop time at a stop that stops.txt lacks.
    odd_trip : int32 (m,); trip of each pickup_type or drop_off_type that is not from 0 to 3.
    """

    calls: Calls
    findings: tuple[Finding, ...]
    off_trip: Array
    off_stop: Array
    odd_trip: Array

    def of(self, wanted: Array) -> tuple[Calls, list[Finding]]:
        """Stop times of some of the trips (a mask), and what was dropped or repaired: as if only these were read."""
        findings = list(self.findings)
        off = wanted[self.off_trip]
        if off.any():
            names = listed(one or "(blank)" for one in set(self.off_stop[off]))
            text = counted(int(off.sum()), "stop time")
            findings.append(
                Finding("dropped", f"{text} at stops that stops.txt lacks dropped: {names}")
            )
        odd = int(wanted[self.odd_trip].sum())
        if odd:
            text = counted(odd, "pickup_type or drop_off_type", "pickup_types and drop_off_types")
            findings.append(Finding("repaired", f"{text} not from 0 to 3 taken for 0 (regular)"))
        kept = wanted[self.calls.trip]
        return (self.calls if kept.all() else self.calls.take(kept)), findings


def read_calls(files: FeedFiles, trips: Any, wanted: Array, stops: Any) -> Reading:
    """Read stop_times.txt, keeping only the trips asked for.

    Parameters
    ----------
    files : the feed.
    trips : pyarrow string array (t,); ids of all trips of the feed.
    wanted : bool (t,); trips to keep.
    stops : pyarrow string array; ids of all stops of the feed.
    """
    findings: list[Finding] = []
    parts: list[Calls] = []
    unknown: set[str] = set()
    rows_unknown = 0
    off_trip, odd_trip = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    off_stop: list[str] = []
    for rows in stream_rows(files, "stop_times.txt", findings):
        trip = positions(rows["trip_id"], trips)
        lost = trip < 0
        if lost.any():
            rows_unknown += int(lost.sum())
            unknown.update(picked(rows["trip_id"], lost))
        keep = wanted[trip] & ~lost if len(wanted) else ~lost
        if keep.any():
            kept = rows if keep.all() else rows.take(keep)
            part, odd = _parse(kept, trip[keep], stops)
            parts.append(part)
            odd_trip.append(odd)
            off = part.stop < 0
            if off.any():
                off_trip.append(part.trip[off])
                off_stop += picked(kept["stop_id"], off)
    if rows_unknown:
        text = counted(rows_unknown, "stop time")
        findings.append(
            Finding("dropped", f"{text} of trips that trips.txt lacks dropped: {listed(unknown)}")
        )
    return Reading(
        _joined(parts),
        tuple(findings),
        np.concatenate(off_trip),
        np.array(off_stop, dtype=object),
        np.concatenate(odd_trip),
    )


def in_order(calls: Calls, trips: Any) -> tuple[Calls, dict[str, Array], list[Finding]]:
    """Put stop times in order of trip and travel, each once.

    Parameters
    ----------
    calls : stop times in any order.
    trips : pyarrow string array (t,); ids of all trips.

    Returns
    -------
    tuple
        the stop times in order; reason -> numbers of the trips that have to be dropped for it; findings.
    """
    bad: dict[str, Array] = {
        BAD_ORDER: np.unique(calls.trip[np.isnan(calls.sequence)]),
        BAD_TIME: np.unique(
            calls.trip[(calls.arrival_s == UNREADABLE) | (calls.departure_s == UNREADABLE)]
        ),
    }
    wrong = (
        np.isin(calls.trip, np.concatenate(list(bad.values()))) if len(calls) else calls.trip > 0
    )
    if wrong.any():
        calls = calls.take(~wrong)
    findings = list(_odd_sequences(calls))
    key = _order_key(calls)
    if np.any(key[1:] < key[:-1]):
        order = np.argsort(key, kind="stable")
        calls, key = calls.take(order), key[order]
    if np.any(key[1:] == key[:-1]):
        calls, bad[SAME_ORDER], more = _without_ties(calls, trips)
        findings += more
    return calls, bad, findings


def _parse(rows: Rows, trip: Array, stops: Any) -> tuple[Calls, Array]:
    """Stop times of some rows, and the trip of each pickup_type or drop_off_type that is none."""
    arrival_s, departure_s = seconds(rows["arrival_time"]), seconds(rows["departure_time"])
    types = []
    odd = []
    for column in ("pickup_type", "drop_off_type"):
        code = positions(rows[column], _TYPES)
        strange = (code < 0) & pc.not_equal(rows[column], "").to_numpy(zero_copy_only=False)
        odd.append(trip[strange])
        types.append(np.maximum(code, REGULAR).astype(np.uint8))
    stop = positions(rows["stop_id"], stops)
    sequence = numbers(rows["stop_sequence"])
    return Calls(trip, stop, sequence, arrival_s, departure_s, types[0], types[1]), np.concatenate(
        odd
    )


def _joined(parts: list[Calls]) -> Calls:
    kinds = (np.int32, np.int32, np.float64, np.int32, np.int32, np.uint8, np.uint8)
    empty = [np.zeros(0, dtype=kind) for kind in kinds]
    columns = [
        np.concatenate([start, *(getattr(part, field.name) for part in parts)])
        for field, start in zip(fields(Calls), empty, strict=True)
    ]
    return Calls(*columns)


def _order_key(calls: Calls) -> Array:
    """Whole number that sorts stop times by trip and then by stop_sequence."""
    sequence = calls.sequence
    if len(sequence) and (
        sequence.min() < 0 or sequence.max() >= 2**31 or np.any(sequence != np.rint(sequence))
    ):
        sequence = np.unique(sequence, return_inverse=True)[1]
    key: Array = (calls.trip.astype(np.int64) << 32) | sequence.astype(np.int64)
    return key


def _odd_sequences(calls: Calls) -> Iterator[Finding]:
    odd = (calls.sequence < 0) | (calls.sequence != np.rint(calls.sequence))
    if odd.any():
        text = counted(int(odd.sum()), "stop_sequence")
        yield Finding("repaired", f"{text} below 0 or not whole used in order of size all the same")


def _without_ties(calls: Calls, trips: Any) -> tuple[Calls, Array, list[Finding]]:
    """Drop repeated stop times, let time decide between stops of one stop_sequence, else give the trip up."""
    columns = (
        calls.drop_off,
        calls.pickup,
        calls.stop,
        np.maximum(calls.arrival_s, calls.departure_s),
        calls.sequence,
        calls.trip,
    )
    calls = calls.take(np.lexsort(columns))
    again = _equal_before(calls, ("trip", "sequence", "stop", "arrival_s", "departure_s"))
    findings: list[Finding] = []
    if again.any():
        text = f"{counted(int(again.sum()), 'stop time')} that repeat another dropped"
        findings.append(Finding("dropped", text))
        calls = calls.take(~again)
    tie = _equal_before(calls, ("trip", "sequence"))
    time_s = np.maximum(calls.arrival_s, calls.departure_s)
    unclear = tie.copy()
    unclear[1:] &= (time_s[1:] == time_s[:-1]) | (time_s[:-1] < 0)
    given_up = np.unique(calls.trip[unclear])
    solved = np.setdiff1d(np.unique(calls.trip[tie]), given_up)
    if len(solved):
        names = listed(picked(trips, solved))
        text = f"{counted(len(solved), 'trip')} with one stop_sequence twice put in order of time: {names}"
        findings.append(Finding("repaired", text))
    return calls.take(~np.isin(calls.trip, given_up)), given_up, findings


def _equal_before(calls: Calls, names: tuple[str, ...]) -> Array:
    """Which stop times equal the one before them in some columns: bool."""
    same = np.ones(len(calls), dtype=bool)
    same[:1] = False
    for name in names:
        column = getattr(calls, name)
        same[1:] &= column[1:] == column[:-1]
    return same
