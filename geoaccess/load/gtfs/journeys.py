"""Trips fit to ride: times filled in and mended, stops that are no place left out, trips beyond repair dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geoaccess.load.gtfs.clock import BLANK
from geoaccess.load.gtfs.columns import picked
from geoaccess.load.gtfs.misplaced import Box, misplaced
from geoaccess.load.gtfs.report import Finding, listed
from geoaccess.load.gtfs.stops import (
    Stops,
    distance_cm,
    quarantine_finding,
    unit_vectors,
    without_places,
)
from geoaccess.load.gtfs.tables import Array
from geoaccess.load.gtfs.times import (
    BACKWARDS,
    BLANK_END,
    FEW_STOPS,
    NO_CALLS,
    REASONS,
    Calls,
    in_order,
)
from geoaccess.load.phrases import counted

DAY_S = 86_400
#: a time may run back this far and is then lifted to the one before it; a trip that runs back farther is dropped
MOST_LIFT_S = 300
#: 23:55, 0:10 means 24:10 where the step over midnight is at most this long
_MOST_MIDNIGHT_STEP_S = 3 * 3600


@dataclass(frozen=True, eq=False)
class Journeys:
    """Trips of a feed as on a service day, each with two stops or more, or none at all.

    Attributes
    ----------
    first : int64 (trips + 1,); stop times of trip k of the feed are first[k]:first[k + 1].
    stop : int32 (k,); stop number.
    arrival_s, departure_s : int32 (k,); never decreasing along a trip.
    pickup, drop_off : uint8 (k,).
    """

    first: Array
    stop: Array
    arrival_s: Array
    departure_s: Array
    pickup: Array
    drop_off: Array

    @property
    def calls(self) -> Array:
        """Number of stop times of each trip: int64 (trips,)."""
        return np.diff(self.first)


def build_journeys(
    calls: Calls, trips: Any, wanted: Array, stops: Stops, near: Box | None
) -> tuple[Journeys, list[Finding]]:
    """Turn the stop times of a feed into trips fit to ride.

    Parameters
    ----------
    calls : stop times in any order.
    trips : pyarrow string array (t,); ids of all trips of the feed.
    wanted : bool (t,); trips that were asked for.
    stops : all stops of the feed.
    near : lon_min, lat_min, lon_max, lat_max of the streets, where misplaced stops are not looked for.

    Returns
    -------
    tuple
        the journeys, and what was interpolated, repaired, dropped and quarantined.
    """
    present = np.zeros(len(trips), dtype=bool)
    present[calls.trip] = True
    calls, bad, ordering = in_order(calls, trips)
    bad[NO_CALLS] = np.flatnonzero(wanted & ~present)
    called_at = np.zeros(len(stops.ids), dtype=bool)
    called_at[calls.stop[calls.stop >= 0]] = True
    nowhere = called_at & np.isnan(stops.lon)
    if nowhere.any():
        ordering.append(quarantine_finding(stops, nowhere, "without a usable place"))
    timed, unfit, findings = _mended(calls, stops, trips)
    wrong, too_fast = misplaced(stops, *_hops(timed), near)
    if wrong.any():
        quarantine = quarantine_finding(
            stops, wrong, "plainly misplaced: no vehicle could reach them in the time given"
        )
        timed, unfit, findings = _mended(calls, without_places(stops, wrong), trips)
        findings.append(quarantine)
    if too_fast:
        pairs = counted(too_fast, "pair")
        findings.append(
            Finding(
                "remark", f"{pairs} of stops with rides of more than 400 km/h between them kept"
            )
        )
    findings += _dropped({**bad, **unfit}, trips)
    first = np.concatenate([[0], np.cumsum(np.bincount(timed.trip, minlength=len(trips)))])
    journeys = Journeys(
        first.astype(np.int64),
        timed.stop,
        timed.arrival_s,
        timed.departure_s,
        timed.pickup,
        timed.drop_off,
    )
    return journeys, [*ordering, *findings]


def _mended(
    calls: Calls, stops: Stops, trips: Any
) -> tuple[Calls, dict[str, Array], list[Finding]]:
    """Ordered stop times at real places with all times known; trips that could not be mended, by reason."""
    had = np.bincount(calls.trip, minlength=len(trips)) > 0
    calls, findings = _at_places(calls, stops)
    calls = _both_times(calls)
    blank = calls.arrival_s == BLANK
    start, end = _ends(calls.trip)
    bad = {BLANK_END: np.union1d(calls.trip[start & blank], calls.trip[end & blank])}
    calls, bad[BACKWARDS], more = _forwards(calls, trips)
    bad[FEW_STOPS] = np.flatnonzero(had & (np.bincount(calls.trip, minlength=len(trips)) < 2))
    gone = np.zeros(len(trips), dtype=bool)
    for numbers in bad.values():
        gone[numbers] = True
    if gone.any():
        calls = calls.take(~gone[calls.trip])
    blanks = int((calls.arrival_s == BLANK).sum())
    if blanks:
        calls = _interpolated(calls, stops)
        text = f"{counted(blanks, 'blank time')} between timing points filled in by distance"
        more.append(Finding("remark", text))
    return calls, bad, [*findings, *more]


def _at_places(calls: Calls, stops: Stops) -> tuple[Calls, list[Finding]]:
    """Leave out stop times at stops that are unknown or in quarantine."""
    unknown = calls.stop < 0
    nowhere = ~unknown & np.isnan(stops.lon[calls.stop]) if len(stops.lon) else ~unknown
    findings = []
    if nowhere.any():
        text = f"{counted(int(nowhere.sum()), 'stop time')} at stops in quarantine dropped"
        findings.append(Finding("dropped", text))
    off = unknown | nowhere
    return (calls.take(~off) if off.any() else calls), findings


def _both_times(calls: Calls) -> Calls:
    """Where only one of arrival and departure is given, the other equals it."""
    arrival_s, departure_s = calls.arrival_s, calls.departure_s
    return replace(
        calls,
        arrival_s=np.where(arrival_s == BLANK, departure_s, arrival_s),
        departure_s=np.where(departure_s == BLANK, arrival_s, departure_s),
    )


def _ends(trip: Array) -> tuple[Array, Array]:
    """Masks of the first and the last stop time of each trip."""
    change = np.ones(len(trip) + 1, dtype=bool)
    change[1:-1] = trip[1:] != trip[:-1]
    return change[:-1], change[1:]


def _forwards(calls: Calls, trips: Any) -> tuple[Calls, Array, list[Finding]]:
    """Mend times that run backwards along a trip; give up the trips where they run back far."""
    known = np.flatnonzero(calls.arrival_s != BLANK)
    event_s = np.column_stack([calls.arrival_s[known], calls.departure_s[known]]).ravel()
    event_s = event_s.astype(np.int64)
    trip = np.repeat(calls.trip[known].astype(np.int64), 2)
    same = trip[1:] == trip[:-1]
    step = event_s[1:] - event_s[:-1]
    if not np.any(same & (step < 0)):
        return calls, np.zeros(0, dtype=np.int64), []
    midnight = same & (step < 0) & (step + DAY_S <= _MOST_MIDNIGHT_STEP_S)
    nights = np.concatenate([[0], np.cumsum(midnight)])
    start, _ = _ends(trip)
    event_s += DAY_S * (
        nights - nights[np.maximum.accumulate(np.where(start, np.arange(len(trip)), 0))]
    )
    lifted_s = np.maximum.accumulate((trip << 40) + event_s) - (trip << 40)
    lift = lifted_s - event_s
    bad = np.unique(trip[lift > MOST_LIFT_S])
    arrival_s, departure_s = calls.arrival_s.copy(), calls.departure_s.copy()
    arrival_s[known], departure_s[known] = lifted_s[::2], lifted_s[1::2]
    findings = []
    over = np.setdiff1d(trip[1:][midnight], bad)
    late = np.setdiff1d(trip[lift > 0], bad)
    for numbers, what in (
        (over, "that start again at 0:00 after midnight carried on past 24:00"),
        (late, f"whose times run backwards by up to {MOST_LIFT_S // 60} minutes set right"),
    ):
        if len(numbers):
            names = listed(picked(trips, numbers))
            text = f"{counted(len(numbers), 'trip')} {what}: {names}"
            findings.append(Finding("repaired", text))
    return replace(calls, arrival_s=arrival_s, departure_s=departure_s), bad, findings


def _interpolated(calls: Calls, stops: Stops) -> Calls:
    """Fill blank times in proportion to the straight-line distance between stops, in whole seconds."""
    place = np.arange(len(calls))
    known = calls.arrival_s != BLANK
    before = np.maximum.accumulate(np.where(known, place, 0))
    after = np.minimum.accumulate(np.where(known, place, len(calls))[::-1])[::-1]
    where = unit_vectors(stops.lon, stops.lat)[:, calls.stop]
    along_cm = np.concatenate([[0], np.cumsum(distance_cm(where[:, 1:], where[:, :-1]))])
    gap = np.flatnonzero(~known)
    left, right = before[gap], after[gap]
    done, whole = along_cm[gap] - along_cm[left], along_cm[right] - along_cm[left]
    no_way = whole == 0
    done[no_way], whole[no_way] = (gap - left)[no_way], (right - left)[no_way]
    start_s = calls.departure_s[left].astype(np.int64)
    time_s = start_s + (calls.arrival_s[right] - start_s) * done // whole
    arrival_s, departure_s = calls.arrival_s.copy(), calls.departure_s.copy()
    arrival_s[gap] = departure_s[gap] = time_s
    return replace(calls, arrival_s=arrival_s, departure_s=departure_s)


def _hops(calls: Calls) -> tuple[Array, Array, Array]:
    """From stop, to stop and seconds between of consecutive stop times."""
    hop = calls.trip[1:] == calls.trip[:-1]
    gap_s = calls.arrival_s[1:] - calls.departure_s[:-1]
    return calls.stop[:-1][hop], calls.stop[1:][hop], gap_s[hop]


def _dropped(bad: dict[str, Array], trips: Any) -> Iterator[Finding]:
    """One sentence for each reason; a trip is counted under the first that holds."""
    counted_before = np.zeros(len(trips), dtype=bool)
    for reason in REASONS:
        numbers = bad.get(reason, np.zeros(0, dtype=np.int64)).astype(np.int64)
        numbers = numbers[~counted_before[numbers]]
        counted_before[numbers] = True
        if len(numbers):
            names = listed(picked(trips, numbers))
            yield Finding("dropped", f"{counted(len(numbers), 'trip')} {reason} dropped: {names}")
