"""One trip: the best of all trips between two points that leave at or after one moment, ride by ride.

Best is: the earliest arrival, then the fewest rides, then leaving latest, then walking least. Rounds over the rides
give for every node the earliest moment to be there; from the destination back, only what still makes that arrival with
that number of rides is kept, with the least walking from there on. What is read off at the origin is then the best.

All arrays of stops, positions and events are as in `geoaccess.network.timetable.Patterns`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from geoaccess.network.links import Links
from geoaccess.network.timetable import Patterns

Array = np.ndarray[Any, Any]

#: "never" and "no way", in seconds; above any second of the service day
NEVER = 2_000_000_000
#: apart from each other by more than any second or number of journeys: keeps groups apart in one sorted array
STEP = 1 << 40

#: seconds on foot between pairs of stops, and whether that is a straight line for want of a walk within the limit
StopWalks = Callable[[Array, Array], tuple[Array, Array]]


@dataclass(frozen=True, eq=False)
class Cycled:
    """Metres on a bicycle of the ways of `Ends`; NaN where one walks.

    Attributes
    ----------
    all_the_way : from the origin to the destination.
    access, egress : float64 (nodes,); from the origin and to the destination.
    """

    all_the_way: float
    access: Array
    egress: Array


@dataclass(frozen=True, eq=False)
class Ends:
    """Ways without a ride of one question.

    Attributes
    ----------
    all_the_way : seconds from the origin to the destination; NEVER where that is too far.
    access, egress : int64 (nodes,); seconds from the origin and to the destination; NEVER where that is too far.
    cycled : which of them are cycled.
    """

    all_the_way: int
    access: Array
    egress: Array
    cycled: Cycled


@dataclass(frozen=True)
class Ride:
    """Boarding at one event and getting off at a later one of the same journey."""

    board: int
    alight: int


@dataclass(frozen=True)
class BestTrip:
    """What was found.

    Attributes
    ----------
    arrive_s : arrival at the destination, seconds of the service day.
    rides : in order; none when the whole way is walked.
    """

    arrive_s: int
    rides: tuple[Ride, ...] = ()


@dataclass(frozen=True, eq=False)
class _Rounds:
    """Earliest moments by number of rides at most: index 0 is before any ride.

    Attributes
    ----------
    ready : by node, when one can board there.
    reached : by node, when one gets off there.
    """

    ready: list[Array]
    reached: list[Array]


@dataclass(frozen=True, eq=False)
class _Stage:
    """What still makes the arrival with a number of rides left.

    Attributes
    ----------
    board : int64 (k,); events to board, ordered by node and departure.
    key : int64 (k,); node * STEP + departure.
    walk : int64 (k,); least seconds on foot after boarding.
    off : int64 (events,); least seconds on foot after getting off there from the first of these rides.
    """

    board: Array
    key: Array
    walk: Array
    off: Array


def best_trip(
    patterns: Patterns | None,
    transfers: Links | None,
    ends: Ends,
    stop_walks: StopWalks,
    depart_s: int,
    max_s: int,
    max_rides: int | None,
) -> BestTrip | None:
    """Find the best trip that leaves at or after one moment.

    Parameters
    ----------
    patterns, transfers : rides and changes between nodes; None where there are none.
    ends : walks to and from the stops and all the way.
    stop_walks : seconds on foot for pairs of stops left and boarded, to choose the trip with the least walking.
    depart_s : seconds of the service day.
    max_s : longest trip in seconds, counted from ``depart_s``.
    max_rides : most rides; None for no limit.

    Returns
    -------
    BestTrip or None
        None when there is no trip within the limits.
    """
    limit_s = depart_s + max_s
    best_s, fewest = depart_s + ends.all_the_way, 0
    if patterns is None or transfers is None or not patterns.event_count:
        return BestTrip(best_s) if best_s <= limit_s else None
    rounds = _search_rounds(patterns, transfers, depart_s + ends.access, limit_s, max_rides)
    for rides, reached in enumerate(rounds.reached):
        arrive_s = int((reached + ends.egress).min(initial=NEVER))
        if arrive_s < best_s:
            best_s, fewest = arrive_s, rides
    if best_s > limit_s:
        return None
    if fewest == 0:
        return BestTrip(best_s)
    stages = _stages_back(patterns, transfers, ends, stop_walks, rounds, best_s, fewest)
    return BestTrip(best_s, _read_off(patterns, transfers, ends, stop_walks, stages))


def _search_rounds(
    patterns: Patterns, transfers: Links, ready: Array, limit_s: int, max_rides: int | None
) -> _Rounds:
    """Ride once more until that brings nothing new."""
    reached = np.full(len(ready), NEVER, np.int64)
    ready = np.where(ready <= limit_s, ready, NEVER)
    rounds = _Rounds([ready], [reached])
    row = transfers.row
    while max_rides is None or len(rounds.reached) <= max_rides:
        now = np.minimum(reached, _ride(patterns, ready))
        now[now > limit_s] = NEVER
        if (now == reached).all():
            break
        reached = now
        ready = ready.copy()
        np.minimum.at(ready, transfers.to, reached[row] + transfers.seconds)
        ready[ready > limit_s] = NEVER
        rounds.reached.append(reached)
        rounds.ready.append(ready)
    return rounds


def _ride(patterns: Patterns, ready: Array) -> Array:
    """Earliest arrival at each node after one ride boarded at nodes at or after these moments."""
    size = np.diff(patterns.first_position)
    journeys = np.diff(patterns.first_journey)
    pattern = np.repeat(np.arange(len(size)), size)
    at = np.arange(len(pattern)) - patterns.first_position[pattern]
    base = patterns.first_event[pattern] + at
    when = np.where(patterns.board_node >= 0, ready[patterns.board_node], NEVER)
    able = np.flatnonzero(when < NEVER)
    aboard = np.full(len(pattern), NEVER, np.int64)
    aboard[able] = _first_journeys(
        patterns.departure_s,
        base[able],
        size[pattern[able]],
        journeys[pattern[able]],
        when[able],
    )
    # journeys never overtake: the first one caught so far along the pattern is the one to be on
    aboard = np.minimum.accumulate(aboard - pattern * STEP) + pattern * STEP
    before = np.concatenate([[NEVER], aboard[:-1]])
    off = np.flatnonzero((at > 0) & (patterns.alight_node >= 0) & (before < journeys[pattern]))
    arrival = patterns.arrival_s[base[off] + before[off] * size[pattern[off]]]
    reached = np.full(len(ready), NEVER, np.int64)
    np.minimum.at(reached, patterns.alight_node[off], arrival)
    return reached


def _first_journeys(departure: Array, base: Array, step: Array, count: Array, when: Array) -> Array:
    """First journey k of ``count`` with departure[base + k * step] >= when, ``count`` if none: all places at once."""
    low, high = np.zeros(len(base), np.int64), count.astype(np.int64)
    while (open_ := low < high).any():
        middle = (low + high) // 2
        late = departure[base + np.minimum(middle, count - 1) * step] >= when
        high = np.where(open_ & late, middle, high)
        low = np.where(open_ & ~late, middle + 1, low)
    return low


def _stages_back(
    patterns: Patterns,
    transfers: Links,
    ends: Ends,
    stop_walks: StopWalks,
    rounds: _Rounds,
    arrive_s: int,
    rides: int,
) -> list[_Stage]:
    """Keep what makes the arrival with 1, 2, ... ``rides`` rides left, the whole trip last."""
    place = _places(patterns)
    egress = np.where(
        patterns.alight_node >= 0, ends.egress[np.maximum(patterns.alight_node, 0)], NEVER
    )[place]
    off = np.where(patterns.arrival_s + egress <= arrive_s, egress, NEVER)
    stages = [_stage(patterns, place, rounds.ready[rides - 1], off)]
    for before in range(rides - 1, 0, -1):
        off = _changes_into(
            patterns, place, transfers, stop_walks, rounds.reached[before], stages[-1]
        )
        stages.append(_stage(patterns, place, rounds.ready[before - 1], off))
    return stages


def _places(patterns: Patterns) -> Array:
    """Position (counted over all patterns) of each event."""
    size = np.diff(patterns.first_position)[patterns.journey_pattern]
    start = patterns.first_position[patterns.journey_pattern] - patterns.journey_event
    places: Array = np.repeat(start, size) + np.arange(patterns.event_count)
    return places


def _stage(patterns: Patterns, place: Array, ready: Array, off: Array) -> _Stage:
    """Events that can be boarded in time and lead to getting off somewhere worth while."""
    journey = np.repeat(
        np.arange(len(patterns.journey_event)),
        np.diff(patterns.first_position)[patterns.journey_pattern],
    )
    later = np.minimum.accumulate((off + journey * STEP)[::-1])[::-1] - journey * STEP
    same = journey[:-1] == journey[1:]
    walk = np.full(len(off), NEVER, np.int64)
    walk[:-1][same] = later[1:][same]
    node = patterns.board_node[place]
    able = (walk < NEVER) & (node >= 0) & (patterns.departure_s >= ready[node])
    board = np.flatnonzero(able)
    key = node[board].astype(np.int64) * STEP + patterns.departure_s[board]
    order = np.argsort(key, kind="stable")
    return _Stage(board[order], key[order], walk[board[order]], off)


def _changes_into(
    patterns: Patterns,
    place: Array,
    transfers: Links,
    stop_walks: StopWalks,
    reached: Array,
    stage: _Stage,
) -> Array:
    """Least walking after getting off at each event to change to a ride of ``stage``; NEVER where one cannot."""
    off = np.full(patterns.event_count, NEVER, np.int64)
    boarded = np.zeros(len(patterns.node_stop), bool)
    boarded[stage.key // STEP] = True
    link = np.flatnonzero(boarded[transfers.to])
    from_node = transfers.row[link]
    first = np.searchsorted(from_node, np.arange(len(patterns.node_stop) + 1))
    node = patterns.alight_node[place]
    able = (node >= 0) & (patterns.arrival_s >= reached[node])
    able &= patterns.arrival_s <= int((stage.key % STEP).max())
    left = np.flatnonzero(able)
    count = np.diff(first)[node[left]]
    event = np.repeat(left, count)
    chosen = np.repeat(first[node[left]] - (np.cumsum(count) - count), count)
    chosen = link[chosen + np.arange(len(chosen))]
    found = _catch(
        stage, transfers.to[chosen], patterns.arrival_s[event], transfers.seconds[chosen]
    )
    made = found >= 0
    event, chosen, found = event[made], chosen[made], found[made]
    used, which = np.unique(chosen, return_inverse=True)
    stop = patterns.node_stop
    on_foot, _ = stop_walks(stop[transfers.row[used]], stop[transfers.to[used]])
    boarded_node = stage.key // STEP
    least = (
        np.minimum.accumulate((stage.walk + boarded_node * STEP)[::-1])[::-1] - boarded_node * STEP
    )
    np.minimum.at(off, event, on_foot[which] + least[found])
    return off


def _catch(stage: _Stage, node: Array, arrival_s: Array, seconds: Array) -> Array:
    """First ride of ``stage`` at each node after getting off and changing; -1 where all have left."""
    key = node.astype(np.int64) * STEP + arrival_s + seconds
    found = np.searchsorted(stage.key, key)
    there = np.minimum(found, len(stage.key) - 1)
    return np.where((found == there) & (stage.key[there] // STEP == node), found, -1)


def _read_off(
    patterns: Patterns,
    transfers: Links,
    ends: Ends,
    stop_walks: StopWalks,
    stages: list[_Stage],
) -> tuple[Ride, ...]:
    """Follow the stages from the origin: leave as late as possible, then walk as little as possible."""
    whole = stages[-1]
    access = ends.access[whole.key // STEP]
    leave = whole.key % STEP - access
    chosen = int(np.lexsort((whole.board, access + whole.walk, -leave))[0])
    rides: list[Ride] = []
    for left in range(len(stages) - 1, -1, -1):
        stage = stages[left]
        board, walk = int(stage.board[chosen]), int(stage.walk[chosen])
        alight = board + 1 + int(np.argmax(stage.off[board + 1 :] == walk))
        rides.append(Ride(board, alight))
        if left:
            chosen = _next_boarding(patterns, transfers, stop_walks, stages[left - 1], alight, walk)
    return tuple(rides)


def _next_boarding(
    patterns: Patterns,
    transfers: Links,
    stop_walks: StopWalks,
    stage: _Stage,
    alight: int,
    walk: int,
) -> int:
    """First ride of ``stage`` to change to after getting off at an event with ``walk`` seconds on foot to go."""
    node = node_of(patterns, alight, boarding=False)
    link = np.arange(transfers.first[node], transfers.first[node + 1])
    to = transfers.to[link]
    on_foot, _ = stop_walks(np.full(len(to), patterns.node_stop[node]), patterns.node_stop[to])
    ready = patterns.arrival_s[alight] + transfers.seconds[link]
    ready_at = np.full(len(patterns.node_stop), NEVER, np.int64)
    walk_to = np.full(len(patterns.node_stop), NEVER, np.int64)
    ready_at[to], walk_to[to] = ready, on_foot
    boarded, departure = stage.key // STEP, stage.key % STEP
    able = (departure >= ready_at[boarded]) & (walk_to[boarded] + stage.walk == walk)
    options = np.flatnonzero(able)
    return int(options[np.lexsort((stage.board[options], departure[options]))[0]])


def place_of(patterns: Patterns, event: int) -> int:
    """Position, counted over all patterns, of one event."""
    journey = int(np.searchsorted(patterns.journey_event, event, side="right")) - 1
    first = patterns.first_position[patterns.journey_pattern[journey]]
    return int(first + event - patterns.journey_event[journey])


def node_of(patterns: Patterns, event: int, *, boarding: bool) -> int:
    """Node at which an event is boarded or left."""
    nodes = patterns.board_node if boarding else patterns.alight_node
    return int(nodes[place_of(patterns, event)])
