"""What sites can board in a window of departures, and where the way back to them can end."""

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


@dataclass(frozen=True, eq=False)
class Landings:
    """Events at which each origin can get off on the way back, in order of the arrival there.

    Attributes
    ----------
    first : int64 (origins + 1,).
    at_s : int32 (k,); arrival at the origin, ascending per origin.
    slot : int32 (k,); where the search keeps the last departure that makes this arrival possible (negated).
    slot_of_event : int32 (events,); slot of each event of the mirrored patterns, else -1.
    slots : number of slots.
    """

    first: Array
    at_s: Array
    slot: Array
    slot_of_event: Array
    slots: int


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
def first_at(time, start, step, count, when):  # type: ignore[no-untyped-def]
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
            j = first_at(departure, start, length, count, start_s + seconds[k])
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


def landings(egress: Boardings, back: Patterns, window: Window, max_s: int) -> Landings:
    """List where the way back to each origin can end.

    Parameters
    ----------
    egress : boardings of the mirrored patterns by origin; seconds are the walk from the stop to the origin.
    back : mirrored patterns.
    window : departures.
    max_s : longest trip in seconds.
    """
    slot_of_event = np.full(back.event_count, -1, np.int32)
    row, at_s, slot, slots = _landings(
        egress.first,
        egress.pattern,
        egress.position,
        egress.seconds,
        back.first_journey,
        back.first_position,
        back.first_event,
        back.departure_s,
        slot_of_event,
        window.first_s,
        window.last_s + max_s,
    )
    order = np.lexsort((at_s, row))
    first = np.searchsorted(row, np.arange(len(egress.first))).astype(np.int64)
    return Landings(first, at_s[order], slot[order], slot_of_event, slots)


@nb.njit(cache=True, nogil=True)
def _landings(  # type: ignore[no-untyped-def]
    first,
    pattern,
    position,
    seconds,
    first_journey,
    first_position,
    first_event,
    departure,
    slot_of_event,
    start_s,
    end_s,
):
    row = np.empty(1024, np.int32)
    at_s = np.empty(1024, np.int32)
    slot = np.empty(1024, np.int32)
    slots = 0
    n = 0
    for r in range(len(first) - 1):
        for k in range(first[r], first[r + 1]):
            p = pattern[k]
            length = first_position[p + 1] - first_position[p]
            count = first_journey[p + 1] - first_journey[p]
            start = first_event[p] + position[k]
            j = first_at(departure, start, length, count, seconds[k] - end_s)
            row = grown(row, n + count - j)
            at_s = grown(at_s, n + count - j)
            slot = grown(slot, n + count - j)
            while j < count:
                event = start + j * length
                at = seconds[k] - departure[event]
                if at < start_s:
                    break
                if slot_of_event[event] < 0:
                    slot_of_event[event] = slots
                    slots += 1
                row[n] = r
                at_s[n] = at
                slot[n] = slot_of_event[event]
                n += 1
                j += 1
    return row[:n].copy(), at_s[:n].copy(), slot[:n].copy(), slots
