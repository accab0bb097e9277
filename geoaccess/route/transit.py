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

from geoaccess.network.boardings import Boardings
from geoaccess.network.growing import grown
from geoaccess.network.links import Links
from geoaccess.network.timetable import Patterns

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
    slot : int32 (k,); where the search keeps the arrival that boarding this event makes possible.
    slot_of_event : int32 (events,); slot of each event that some origin can board in the window, else -1.
    slot_of_position : int32 (positions,); slot shared by all events at this position that depart after ``bound_s``,
        when every departure of the window has passed, else -1.
    slots : number of slots.
    bound_s : see slot_of_position.
    """

    first: Array
    minute: Array
    slot: Array
    slot_of_event: Array
    slot_of_position: Array
    slots: int
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
    slot_of_event = np.full(patterns.event_count, -1, np.int32)
    slot_of_position = np.full(len(patterns.stop), -1, np.int32)
    first, minute, slot, slots = _departures(
        access.first,
        access.pattern,
        access.position,
        access.seconds,
        patterns.first_journey,
        patterns.first_position,
        patterns.first_event,
        patterns.departure_s,
        slot_of_event,
        slot_of_position,
        window.first_s,
        window.minutes,
        bound_s,
        window.last_s + max_s,
    )
    return Departures(first, minute, slot, slot_of_event, slot_of_position, slots, bound_s)


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
    slot_of_event,
    slot_of_position,
    start_s,
    minutes,
    bound_s,
    end_s,
):
    rows = len(first) - 1
    out_first = np.zeros(rows + 1, np.int64)
    minute = np.empty(1024, np.int32)
    slot = np.empty(1024, np.int32)
    slots = 0
    size = 0
    some_minute = np.empty(1024, np.int32)
    some_slot = np.empty(1024, np.int32)
    tally = np.zeros(minutes + 1, np.int64)
    for r in range(rows):
        n = 0
        for k in range(first[r], first[r + 1]):
            p = pattern[k]
            length = first_position[p + 1] - first_position[p]
            count = first_journey[p + 1] - first_journey[p]
            start = first_event[p] + position[k]
            j = _first_at(departure, start, length, count, start_s + seconds[k])
            some_minute = grown(some_minute, n + count - j + 1)
            some_slot = grown(some_slot, n + count - j + 1)
            while j < count:
                event = start + j * length
                if departure[event] > bound_s:
                    if departure[event] <= end_s:
                        some_minute[n] = minutes - 1
                        place = first_position[p] + position[k]
                        if slot_of_position[place] < 0:
                            slot_of_position[place] = slots
                            slots += 1
                        some_slot[n] = slot_of_position[place]
                        n += 1
                    break
                some_minute[n] = min(minutes - 1, (departure[event] - seconds[k] - start_s) // 60)
                if slot_of_event[event] < 0:
                    slot_of_event[event] = slots
                    slots += 1
                some_slot[n] = slot_of_event[event]
                n += 1
                j += 1
        minute = grown(minute, size + n)
        slot = grown(slot, size + n)
        tally[:] = 0
        for k in range(n):
            tally[minutes - 1 - some_minute[k] + 1] += 1
        for k in range(minutes):
            tally[k + 1] += tally[k]
        for k in range(n):
            rank = minutes - 1 - some_minute[k]
            minute[size + tally[rank]] = some_minute[k]
            slot[size + tally[rank]] = some_slot[k]
            tally[rank] += 1
        size += n
        out_first[r + 1] = size
    return out_first, minute[:size].copy(), slot[:size].copy(), slots


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
    when = np.empty(1024, np.int32)
    journey = np.empty(1024, np.int32)
    place = np.empty(1024, np.int32)
    n = 0
    for k in range(start, stop):
        p = egress_pattern[k]
        length = first_position[p + 1] - first_position[p]
        count = first_journey[p + 1] - first_journey[p]
        base = first_event[p] + egress_position[k]
        j = _first_at(arrival, base, length, count, from_s - egress_seconds[k])
        when = grown(when, n + count - j)
        journey = grown(journey, n + count - j)
        place = grown(place, n + count - j)
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
    board_node,
    journey_pattern,
    journey_event,
    departure,
    into_first,
    into,
    rest_first,
    rest,
    rest_at,
    position_bits,
    slot_of_event,
    slot_of_position,
    from_s,
    max_s,
    bound_s,
    max_rides,
    asked,
    done,
    latest,
    mark,
    queue,
    queued,
):
    """Mark every event with the first arrival at the practice that boarding it makes possible.

    An event stays unmarked when a later one of the same pattern or at the same node makes an arrival possible that is
    no later.

    ``mark`` (slots,) is the result. Workspace, a row for each number of rides (one row when ``max_rides`` is
    0, no limit): ``asked`` and ``done`` (rides, journeys), the position up to which a journey is to be and has been
    followed back; ``latest`` (rides, nodes), the last departure found so far; ``queue`` and ``queued``
    (rides, journeys), the journeys waiting to be followed.
    """
    rows = len(asked)
    low_bits = (1 << position_bits) - 1
    asked[:] = 0
    done[:] = 0
    queued[:] = False
    latest[:] = -2_000_000_000
    mark[:] = 2_000_000_000
    size = np.zeros(rows, np.int64)
    for d in range(len(when)):
        at = when[d]
        floor_s = max(from_s, at - max_s)
        if final_position[d] <= done[0, final_journey[d]]:
            continue
        asked[0, final_journey[d]] = final_position[d]
        queue[0, 0] = final_journey[d]
        size[0] = 1
        row = 0
        while row < rows:
            if size[row] == 0:
                row += 1
                continue
            size[row] -= 1
            j = queue[row, size[row]]
            queued[row, j] = False
            position = asked[row, j]
            known = done[row, j]
            if known >= position:
                continue
            p = journey_pattern[j]
            for other in range(j, first_journey[p] - 1, -1):
                if done[row, other] >= position:
                    break
                for n in range(row, rows):
                    done[n, other] = max(done[n, other], position)
                    asked[n, other] = max(asked[n, other], position)
            base = journey_event[j]
            place = first_position[p]
            while known < position and departure[base + known] < floor_s:
                known += 1
            for k in range(known, position):
                event = base + k
                leaves = departure[event]
                node = board_node[place + k]
                if node < 0 or leaves <= latest[row, node]:
                    continue
                for n in range(row, rows):
                    latest[n, node] = max(latest[n, node], leaves)
                slot = slot_of_position[place + k] if leaves > bound_s else slot_of_event[event]
                if slot >= 0:
                    mark[slot] = min(mark[slot], at)
                after = row if max_rides == 0 else row + 1
                if after == rows:
                    continue
                # first the changes that always matter, then those not superseded by a position followed here
                for part in range(2):
                    codes = into if part == 0 else rest
                    bounds = into_first if part == 0 else rest_first
                    for m in range(bounds[event], bounds[event + 1]):
                        if part == 1 and rest_at[m] < position:
                            break
                        other = codes[m] >> position_bits
                        upto = codes[m] & low_bits
                        if asked[after, other] < upto:
                            asked[after, other] = upto
                            if not queued[after, other]:
                                queued[after, other] = True
                                queue[after, size[after]] = other
                                size[after] += 1
