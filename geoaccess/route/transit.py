"""Rides: for one practice, the earliest arrival from every event a traveller can board (trip-based profile search).

Arrivals at the practice are taken in order of time. Each marks the ride it ends, back to where it can be boarded, and
from there every change that leads into it. An event is marked once, with the first arrival that it makes possible, and
earlier journeys of the same pattern need no mark, for the later one is as good. So every needed event and change is
read once per practice, whatever the number of departures or origins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numba as nb
import numpy as np

from geoaccess.network.boardings import Boardings
from geoaccess.network.growing import grown
from geoaccess.network.links import Links
from geoaccess.network.network import Rides
from geoaccess.route.calls import NEVER, Departures, Landings, Window, first_at

Array = np.ndarray[Any, Any]

Direction = Literal["to", "from"]

#: practices searched by one call of the kernel
PRACTICES_PER_TASK = 8


@dataclass(frozen=True, eq=False)
class Search:
    """All that the profiles between a set of sites and a set of practices are computed from.

    Attributes
    ----------
    direction : "to" the practices or back "from" them.
    window : departures: from the sites, or from the practices on the way back.
    max_s : longest trip.
    max_rides : 0 for no limit.
    sites : number of sites.
    walk : walks all the way, by practice (rows) and site (columns).
    rides : what the search reads, mirrored for the way back; None where there are no rides.
    calls : what each site can board in the window, or where the way back to it can end.
    ends : where rides to each practice can end, or where those from it can begin.
    workers : threads; None for all processors.
    """

    direction: Direction
    window: Window
    max_s: int
    max_rides: int
    sites: int
    walk: Links
    rides: Rides | None = None
    calls: Departures | Landings | None = None
    ends: Boardings | None = None
    workers: int | None = None


def practice_blocks(search: Search) -> list[range]:
    """Practices in blocks, each searched by one thread."""
    practices = len(search.walk.first) - 1
    return [
        range(k, min(k + PRACTICES_PER_TASK, practices))
        for k in range(0, practices, PRACTICES_PER_TASK)
    ]


def mark_searcher(search: Search, *, to_the_minute: bool = True) -> Callable[[int], Array]:
    """Workspace for searches of one thread, as a function from practice to the marks of all slots.

    Parameters
    ----------
    search : a search with rides.
    to_the_minute : on the way back, only tell departures apart that lie in different minutes of the window.
    """
    rides, calls, ends = search.rides, search.calls, search.ends
    assert rides is not None
    assert calls is not None
    assert ends is not None
    patterns, changes, window = rides.patterns, rides.changes, search.window
    end_s = window.last_s + search.max_s
    if isinstance(calls, Departures):
        slot_of_position, bound_s = calls.slot_of_position, calls.bound_s
        from_s, until_s = window.first_s, end_s
    else:  # time runs backwards
        slot_of_position, bound_s = np.full(len(patterns.stop), -1, np.int32), int(NEVER)
        from_s, until_s = -end_s, -window.first_s
    rows, journeys = max(1, search.max_rides), len(patterns.journey_event)
    asked, done, queue = (np.empty((rows, journeys), np.int32) for _ in range(3))
    queued = np.empty((rows, journeys), np.bool_)
    latest = np.empty((rows, len(patterns.node_stop)), np.int32)
    mark = np.empty(calls.slots, np.int32)

    def mark_practice(practice: int) -> Array:
        when, journey, position = final_rides(
            ends.first[practice],
            ends.first[practice + 1],
            ends.pattern,
            ends.position,
            ends.seconds,
            patterns.first_journey,
            patterns.first_position,
            patterns.first_event,
            patterns.arrival_s,
            from_s,
            until_s,
        )
        if search.direction == "from" and to_the_minute:
            when = _whole_minutes(when, window)
        mark_rides(
            when,
            journey,
            position,
            patterns.first_journey,
            patterns.first_position,
            patterns.board_node,
            patterns.journey_pattern,
            patterns.journey_event,
            patterns.departure_s,
            changes.first,
            changes.left,
            changes.superseded_first,
            changes.superseded_left,
            changes.superseded_at,
            changes.position_bits,
            calls.slot_of_event,
            slot_of_position,
            from_s,
            search.max_s,
            bound_s,
            search.max_rides,
            asked,
            done,
            latest,
            mark,
            queue,
            queued,
        )
        return mark

    return mark_practice


def _whole_minutes(when: Array, window: Window) -> Array:
    """Replace the moment (negated) by which one must leave by the last departure of the window before it.

    Boardings of the same minute are then equally good, which spares the search the differences between them.
    """
    minute = np.minimum((-when - window.first_s) // 60, window.minutes - 1)
    rounded: Array = (-(window.first_s + 60 * minute)).astype(np.int32)
    return rounded


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
        j = first_at(arrival, base, length, count, from_s - egress_seconds[k])
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
