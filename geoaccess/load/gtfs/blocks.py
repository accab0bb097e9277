"""Vehicles that go on as another trip with their passengers seated: block_id, and transfer types 4 and 5."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geoaccess.load.gtfs.report import Finding
from geoaccess.load.gtfs.stops import distance_cm
from geoaccess.load.gtfs.tables import Array
from geoaccess.load.gtfs.transfers import IN_SEAT, NOT_IN_SEAT
from geoaccess.load.phrases import counted

#: the next trip of a block starts at most this far from where the one before ends
_SAME_PLACE_CM = 10_000


@dataclass(frozen=True, eq=False)
class Runs:
    """Trips as they run around one date; those of frequencies.txt once for every run.

    Attributes
    ----------
    trip : int64 (n,); trip number.
    day : int64 (n,); service day, -1, 0 or 1.
    repeated : bool (n,); a run from frequencies.txt.
    first_stop, last_stop : int32 (n,).
    start_s, end_s : int64 (n,); departure from the first stop, arrival at the last.
    """

    trip: Array
    day: Array
    repeated: Array
    first_stop: Array
    last_stop: Array
    start_s: Array
    end_s: Array


def next_runs(
    runs: Runs, block: Array, in_seat: Array, where: Array
) -> tuple[Array, list[Finding]]:
    """Find the run that each run goes on as.

    Trips of one block and service day follow each other where the next departs no earlier than the one before
    arrives, from the same stop or one within 100 m. A transfer of type 4 says so outright, type 5 forbids it.

    Parameters
    ----------
    runs : all runs.
    block : int64 (trips,); number of the block of each trip of the feed, -1 for none.
    in_seat : int64 (k, 3); trip, next trip, transfer type 4 or 5.
    where : float64 (3, stops); places of the stops as unit vectors.

    Returns
    -------
    tuple
        row number of the next run, int64 (n,), -1 for none, each next run at most once; findings.
    """
    follows = np.full(len(runs.trip), -1, dtype=np.int64)
    trips = len(block)
    rules = np.unique(in_seat, axis=0)
    banned = rules[rules[:, 2] == NOT_IN_SEAT]
    banned_key = banned[:, 0] * trips + banned[:, 1]
    told, onto, useless = _told_pairs(runs, rules[rules[:, 2] == IN_SEAT], trips)
    this, then, overlapping = _block_pairs(runs, block)
    apart_cm = distance_cm(where[:, runs.last_stop[this]], where[:, runs.first_stop[then]])
    fits = apart_cm <= _SAME_PLACE_CM
    fits &= ~np.isin(runs.trip[this] * trips + runs.trip[then], banned_key)
    fits &= ~np.isin(this, told) & ~np.isin(then, onto)
    follows[this[fits]] = then[fits]
    follows[told] = onto
    many = np.bincount(block[block >= 0], minlength=1) > 1
    loose = runs.trip[runs.repeated]
    loose = np.unique(loose[(block[loose] >= 0) & many[block[loose]]])
    return follows, list(_findings(follows, overlapping, useless, len(loose)))


def _block_pairs(runs: Runs, block: Array) -> tuple[Array, Array, int]:
    """Find runs that come one after the other in a block, and how many overlap instead."""
    member = np.flatnonzero((block[runs.trip] >= 0) & ~runs.repeated)
    number = block[runs.trip[member]]
    order = np.lexsort((runs.trip[member], runs.start_s[member], number, runs.day[member]))
    member, number = member[order], number[order]
    this, then = member[:-1], member[1:]
    same = (number[1:] == number[:-1]) & (runs.day[this] == runs.day[then])
    this, then = this[same], then[same]
    later = _later(runs, this, then)
    return this[later], then[later], int((~later).sum())


def _told_pairs(runs: Runs, rules: Array, trips: int) -> tuple[Array, Array, int]:
    """Find runs joined by transfer type 4, the earliest next run of each; and rules no run can follow."""
    single = np.flatnonzero(~runs.repeated)
    key = (runs.day[single] + 1) * trips + runs.trip[single]
    order = np.argsort(key)
    single, key = single[order], key[order]
    this: list[Array] = []
    then: list[Array] = []
    useless = 0
    for day in range(3):
        one, found_one = _find(key, single, day * trips + rules[:, 0])
        other, found_other = _find(key, single, day * trips + rules[:, 1])
        both = found_one & found_other
        one, other = one[both], other[both]
        later = _later(runs, one, other)
        useless += int((~later).sum())
        this.append(one[later])
        then.append(other[later])
    one, other = np.concatenate(this), np.concatenate(then)
    pairs = len(one) + useless
    one, other = _once(one, other, (other, runs.start_s[other]))
    other, one = _once(other, one, (one, -runs.end_s[one]))
    return one, other, pairs - len(one)


def _once(key: Array, partner: Array, order: tuple[Array, Array]) -> tuple[Array, Array]:
    """Keep the first partner of each key in some order (last column first)."""
    sequence = np.lexsort((*order, key))
    key, partner = key[sequence], partner[sequence]
    keep = np.ones(len(key), dtype=bool)
    keep[1:] = key[1:] != key[:-1]
    return key[keep], partner[keep]


def _find(key: Array, rows: Array, wanted: Array) -> tuple[Array, Array]:
    if not len(key):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return rows[at], key[at] == wanted


def _later(runs: Runs, this: Array, then: Array) -> Array:
    later: Array = (runs.start_s[then] >= runs.end_s[this]) & (
        runs.start_s[then] > runs.start_s[this]
    )
    return later


def _findings(follows: Array, overlapping: int, useless: int, loose: int) -> Iterator[Finding]:
    joined = int((follows >= 0).sum())
    if joined:
        text = f"{counted(joined, 'trip')} followed by another trip of the same vehicle, passengers seated"
        yield Finding("remark", text)
    if overlapping:
        text = f"{counted(overlapping, 'trip')} of one block that overlap the next not joined to it"
        yield Finding("remark", text)
    if loose:
        text = f"{counted(loose, 'trip')} of frequencies.txt not joined to the next of their block"
        yield Finding("remark", text)
    if useless:
        text = f"{counted(useless, 'in-seat transfer')} to a trip that leaves too early, or besides another, dropped"
        yield Finding("dropped", text)
