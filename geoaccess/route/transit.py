"""Rides: for one practice, the earliest arrival from every event a traveller can board (trip-based profile search).

Arrivals at the practice are taken in order of time. Each marks the ride it ends, back to where it can be boarded, and
from there every change that leads into it. An event is marked once, with the first arrival that it makes possible, and
earlier journeys of the same pattern need no mark, for the later one is as good. So every needed event and change is
read once per practice, whatever the number of departures or origins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.links import Links
from geoaccess.network.network import Transit
from geoaccess.network.timetable import Patterns
from geoaccess.network.transfers import Boardings

Array = np.ndarray[Any, Any]

#: "never", in seconds; small enough that adding a day to it does not overflow int32
NEVER = np.int32(2_000_000_000)


@dataclass(frozen=True, eq=False)
class Window:
    """Departures once a minute.

    Attributes
    ----------
    first_s : first departure, seconds of the service day.
    minutes : number of departures.
    """

    first_s: int
    minutes: int

    @property
    def last_s(self) -> int:
        """Last departure."""
        return self.first_s + 60 * (self.minutes - 1)


@dataclass(frozen=True, eq=False)
class Departures:
    """Events that each origin can board, with the last departure minute that still catches them.

    Attributes
    ----------
    first : int64 (origins + 1,).
    minute : int32 (k,); index of the last departure of the window that catches the event, descending per origin.
    mark : int64 (k,); where the search keeps the arrival that boarding this event makes possible: the event itself,
        or, for everything that leaves after the whole window, one place for each position of a pattern.
    bound_s : events that depart later than this share the place of their position.
    """

    first: Array
    minute: Array
    mark: Array
    bound_s: int


def access_nodes(links: Links, patterns: Patterns) -> Links:
    """Links to stops as links to all nodes of these stops."""
    stop_count = int(patterns.node_stop.max(initial=-1)) + 1
    if len(patterns.node_stop) == stop_count:
        return links
    order = np.argsort(patterns.node_stop, kind="stable")
    node_first = np.searchsorted(patterns.node_stop[order], np.arange(stop_count + 1))
    count = np.diff(node_first)[links.to]
    row = np.repeat(links.row, count)
    start = np.repeat(node_first[:-1][links.to] - (np.cumsum(count) - count), count)
    node = order[start + np.arange(int(count.sum()))].astype(np.int32)
    first = np.zeros(len(links.first), np.int64)
    np.cumsum(np.bincount(row, minlength=len(first) - 1), out=first[1:])
    return Links(first, node, np.repeat(links.seconds, count))


def departures(access: Boardings, patterns: Patterns, window: Window, max_s: int) -> Departures:
    """List what each origin can board in a window (or after it, for who waits).

    Parameters
    ----------
    access : boardings by origin.
    patterns : patterns of the network.
    window : departures.
    max_s : longest trip in seconds; what leaves later than that after the last departure is left out.
    """
    longest = int(access.seconds.max(initial=0))
    bound_s = window.last_s + longest
    first, minute, mark = _departures(
        access.first,
        access.pattern,
        access.position,
        access.seconds,
        patterns.first_journey,
        patterns.first_position,
        patterns.first_event,
        patterns.departure_s,
        patterns.event_count,
        window.first_s,
        window.minutes,
        bound_s,
        window.last_s + max_s,
    )
    return Departures(first, minute, mark, bound_s)


@nb.njit(cache=True, nogil=True)
def _first_at(time, start, step, count, when):  # type: ignore[no-untyped-def]
    """First k of ``count`` with time[start + k * step] >= when; times never decrease with k."""
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if time[start + middle * step] >= when:
            high = middle
        else:
            low = middle + 1
    return low


@nb.njit(cache=True, nogil=True)
def _departures(  # type: ignore[no-untyped-def]
    first,
    pattern,
    position,
    seconds,
    first_journey,
    first_position,
    first_event,
    departure,
    events,
    start_s,
    minutes,
    bound_s,
    end_s,
):
    rows = len(first) - 1
    out_first = np.zeros(rows + 1, np.int64)
    room = 4096
    minute = np.empty(room, np.int32)
    mark = np.empty(room, np.int64)
    size = 0
    some_minute = np.empty(1024, np.int32)
    some_mark = np.empty(1024, np.int64)
    tally = np.zeros(minutes + 1, np.int64)
    for r in range(rows):
        n = 0
        for k in range(first[r], first[r + 1]):
            p = pattern[k]
            length = first_position[p + 1] - first_position[p]
            count = first_journey[p + 1] - first_journey[p]
            start = first_event[p] + position[k]
            j = _first_at(departure, start, length, count, start_s + seconds[k])
            while n + count - j + 1 > len(some_minute):
                some_minute = np.concatenate((some_minute, np.empty_like(some_minute)))
                some_mark = np.concatenate((some_mark, np.empty_like(some_mark)))
            while j < count:
                event = start + j * length
                if departure[event] > bound_s:
                    if departure[event] <= end_s:
                        some_minute[n] = minutes - 1
                        some_mark[n] = events + first_position[p] + position[k]
                        n += 1
                    break
                some_minute[n] = min(minutes - 1, (departure[event] - seconds[k] - start_s) // 60)
                some_mark[n] = event
                n += 1
                j += 1
        while size + n > room:
            room *= 2
            minute = np.concatenate((minute, np.empty_like(minute)))
            mark = np.concatenate((mark, np.empty_like(mark)))
        tally[:] = 0
        for k in range(n):
            tally[minutes - 1 - some_minute[k] + 1] += 1
        for k in range(minutes):
            tally[k + 1] += tally[k]
        for k in range(n):
            slot = minutes - 1 - some_minute[k]
            minute[size + tally[slot]] = some_minute[k]
            mark[size + tally[slot]] = some_mark[k]
            tally[slot] += 1
        size += n
        out_first[r + 1] = size
    return out_first, minute[:size].copy(), mark[:size].copy()


@dataclass(frozen=True, eq=False)
class RideArrays:
    """The arrays that the search kernel reads."""

    first_journey: Array
    first_position: Array
    first_event: Array
    journey_pattern: Array
    journey_event: Array
    arrival_s: Array
    departure_s: Array
    into_first: Array
    into_journey: Array
    into_position: Array


def ride_arrays(transit: Transit) -> RideArrays:
    """Arrays of a network for searches towards practices."""
    patterns, changes = transit.patterns, transit.changes
    size = np.diff(patterns.first_position)[patterns.journey_pattern]
    event_journey = np.repeat(np.arange(len(size), dtype=np.int32), size)
    journey = event_journey[changes.left]
    return RideArrays(
        patterns.first_journey,
        patterns.first_position,
        patterns.first_event,
        patterns.journey_pattern,
        patterns.journey_event,
        patterns.arrival_s,
        patterns.departure_s,
        changes.first,
        journey,
        (changes.left - patterns.journey_event[journey]).astype(np.int32),
    )


@nb.njit(cache=True, nogil=True)
def final_rides(  # type: ignore[no-untyped-def]
    start,
    stop,
    egress_pattern,
    egress_position,
    egress_seconds,
    first_journey,
    first_position,
    first_event,
    arrival,
    from_s,
    until_s,
):
    """Rides that end near a practice: arrival there, journey and position, in order of arrival."""
    room = 1024
    when = np.empty(room, np.int32)
    journey = np.empty(room, np.int32)
    place = np.empty(room, np.int32)
    n = 0
    for k in range(start, stop):
        p = egress_pattern[k]
        length = first_position[p + 1] - first_position[p]
        count = first_journey[p + 1] - first_journey[p]
        base = first_event[p] + egress_position[k]
        j = _first_at(arrival, base, length, count, from_s - egress_seconds[k])
        while n + count - j > room:
            room *= 2
            when = np.concatenate((when, np.empty_like(when)))
            journey = np.concatenate((journey, np.empty_like(journey)))
            place = np.concatenate((place, np.empty_like(place)))
        while j < count:
            at = arrival[base + j * length] + egress_seconds[k]
            if at > until_s:
                break
            when[n] = at
            journey[n] = first_journey[p] + j
            place[n] = egress_position[k]
            n += 1
            j += 1
    # counting sort on the second of arrival
    tally = np.zeros(max(0, until_s - from_s) + 2, np.int32)
    for k in range(n):
        tally[when[k] - from_s + 1] += 1
    for k in range(len(tally) - 1):
        tally[k + 1] += tally[k]
    order = np.empty(n, np.int32)
    for k in range(n):
        slot = when[k] - from_s
        order[tally[slot]] = k
        tally[slot] += 1
    return when[:n][order], journey[:n][order], place[:n][order]


@nb.njit(cache=True, nogil=True)
def mark_rides(  # type: ignore[no-untyped-def]
    when,
    final_journey,
    final_position,
    first_journey,
    first_position,
    journey_pattern,
    journey_event,
    arrival,
    departure,
    into_first,
    into_journey,
    into_position,
    from_s,
    max_s,
    bound_s,
    max_rides,
    reached,
    mark,
    queue_journey,
    queue_position,
):
    """Mark every event with the first arrival at the practice that boarding it makes possible.

    ``reached`` (rounds, journeys) int32 and ``mark`` (events + positions,) int32 are filled. ``max_rides`` is 0 for no
    limit, otherwise the number of rows of ``reached``: row n holds what is reached with at most n + 1 rides.
    The queues are workspace and are returned, for they may have grown.
    """
    events = len(arrival)
    reached[:] = 0
    mark[:] = 2_000_000_000
    rounds = len(reached)
    for d in range(len(when)):
        at = when[d]
        floor_s = max(from_s, at - max_s)
        queue_journey[0] = final_journey[d]
        queue_position[0] = final_position[d]
        head, tail = 0, 1
        level, level_end = 0, 1
        while head < tail:
            if max_rides > 0 and head == level_end:
                level += 1
                level_end = tail
            j = queue_journey[head]
            position = queue_position[head]
            head += 1
            known = reached[level, j]
            if known >= position:
                continue
            p = journey_pattern[j]
            for other in range(j, first_journey[p] - 1, -1):
                if reached[level, other] >= position:
                    break
                for n in range(level, rounds):
                    reached[n, other] = max(reached[n, other], position)
            base = journey_event[j]
            for k in range(position - 1, known - 1, -1):
                event = base + k
                if departure[event] < floor_s:
                    break
                if departure[event] > bound_s:
                    slot = events + first_position[p] + k
                    mark[slot] = min(mark[slot], at)
                else:
                    mark[event] = min(mark[event], at)
                if level + 1 == max_rides:
                    continue
                after = level + 1 if max_rides > 0 else 0
                for m in range(into_first[event], into_first[event + 1]):
                    if reached[after, into_journey[m]] < into_position[m]:
                        if tail == len(queue_journey):
                            queue_journey = np.concatenate(
                                (queue_journey, np.empty_like(queue_journey))
                            )
                            queue_position = np.concatenate(
                                (queue_position, np.empty_like(queue_position))
                            )
                        queue_journey[tail] = into_journey[m]
                        queue_position[tail] = into_position[m]
                        tail += 1
    return queue_journey, queue_position
