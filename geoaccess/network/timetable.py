"""Timetable to patterns: journeys that call at the same places in the same order and never overtake each other.

An *event* is one journey at one position of its pattern. Events are numbered pattern by pattern, journey by journey
(earliest first), position by position, so that a ride is a run of consecutive events and the next journey of the
pattern is ``size`` events further on. Vehicles that go on as another trip are one journey: the passenger stays seated.

Passengers get off at an *alight node* and on at a *board node*. Both are the stop itself, except where transfers.txt
has rules for certain trips or routes: these get nodes of their own, so that a transfer is always a link of two nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
import pandas as pd

from geoaccess.load.timetable import Timetable

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Patterns:
    """Journeys grouped in first-in-first-out patterns.

    Attributes
    ----------
    first_journey : int32 (patterns + 1,); journeys of pattern p.
    first_position : int32 (patterns + 1,); positions of pattern p; their number is its size.
    first_event : int64 (patterns + 1,); events of pattern p.
    board_node, alight_node, stop : int32 (positions,); -1 where nobody may get on or off.
    board_most_s, alight_most_s : int32 (positions,); between two positions of a pattern any journey takes at most the
        difference of these, from departure to departure, or from arrival to arrival.
    journey_pattern : int32 (journeys,).
    journey_event : int64 (journeys,); first event of the journey.
    arrival_s, departure_s, trip : int32 (events,); times and row of Timetable.trips.
    node_stop : int32 (nodes,); stop of each node; the first nodes are the stops themselves.
    node_trip, node_route : object (nodes,); trip_id and route_id the node is reserved for, "" for none.
    """

    first_journey: Array
    first_position: Array
    first_event: Array
    board_node: Array
    alight_node: Array
    stop: Array
    board_most_s: Array
    alight_most_s: Array
    journey_pattern: Array
    journey_event: Array
    arrival_s: Array
    departure_s: Array
    trip: Array
    node_stop: Array
    node_trip: Array
    node_route: Array

    @property
    def event_count(self) -> int:
        """Number of events."""
        return len(self.arrival_s)

    def __repr__(self) -> str:
        return (
            f"Patterns({len(self.first_journey) - 1} patterns, {len(self.journey_pattern)} journeys, "
            f"{self.event_count} events)"
        )


def build_patterns(timetable: Timetable) -> Patterns:
    """Group the journeys of a timetable in patterns without overtaking."""
    nodes = _transfer_nodes(timetable)
    trip_of_row = np.repeat(
        np.arange(len(timetable.trips), dtype=np.int32), np.diff(timetable.first)
    )
    rows, first = _join_trips(timetable)
    board = np.where(timetable.board, nodes.board_node, -1).astype(np.int32)
    alight = np.where(timetable.alight, nodes.alight_node, -1).astype(np.int32)
    arrival, departure = (
        timetable.arrival_s.astype(np.int32),
        timetable.departure_s.astype(np.int32),
    )
    # nobody gets on where a trip ends or off where it starts, and no waiting before or after it counts
    starts, ends = timetable.first[:-1], timetable.first[1:] - 1
    board[ends], alight[starts] = -1, -1
    departure[ends], arrival[starts] = arrival[ends], departure[starts]
    board, alight, arrival, departure = board[rows], alight[rows], arrival[rows], departure[rows]
    pattern_of, count = _same_calls(board, alight, timetable.stop[rows], first)
    order = (
        np.lexsort((arrival[first[1:] - 1], departure[first[:-1]], pattern_of))
        if count
        else np.empty(0, int)
    )
    group, count = _split_overtaking(order, pattern_of, first, arrival, departure)
    return _lay_out(
        order,
        group,
        count,
        first,
        rows,
        board,
        alight,
        arrival,
        departure,
        timetable.stop,
        trip_of_row,
        nodes,
    )


@dataclass(frozen=True, eq=False)
class _Nodes:
    board_node: Array  # (stop times,)
    alight_node: Array
    node_stop: Array
    node_trip: Array
    node_route: Array


def _transfer_nodes(timetable: Timetable) -> _Nodes:
    """Give stop times named by a trip or route rule of transfers.txt nodes of their own."""
    stop_count = len(timetable.stops)
    board, alight = timetable.stop.astype(np.int32), timetable.stop.astype(np.int32)
    nodes = [np.arange(stop_count), *([np.full(stop_count, "", object)] * 2)]
    rules = timetable.transfers
    trip_of_row = np.repeat(np.arange(len(timetable.trips)), np.diff(timetable.first))
    for side, column in (("from", alight), ("to", board)):
        named = rules[(rules[f"{side}_trip"] != "") | (rules[f"{side}_route"] != "")]
        if len(named) == 0:
            continue
        rule_stop = named[f"{side}_stop"].to_numpy(int)
        calls = np.flatnonzero(np.isin(timetable.stop, rule_stop))
        trip, trip_names = _named_calls(timetable, "trip", named, side, calls, trip_of_row)
        route, route_names = _named_calls(timetable, "route", named, side, calls, trip_of_row)
        own = (trip > 0) | (route > 0)
        # ordered by stop, then by trip and route
        key = (timetable.stop[calls[own]].astype(np.int64) * len(trip_names) + trip[own]) * len(
            route_names
        ) + route[own]
        found, number = np.unique(key, return_inverse=True)
        column[calls[own]] = len(nodes[0]) + number
        stop_and_trip, of_route = np.divmod(found, len(route_names))
        of_stop, of_trip = np.divmod(stop_and_trip, len(trip_names))
        added = (of_stop, trip_names[of_trip], route_names[of_route])
        nodes = [np.concatenate(pair) for pair in zip(nodes, added, strict=True)]
    return _Nodes(board, alight, nodes[0].astype(np.int32), nodes[1], nodes[2])


def _named_calls(
    timetable: Timetable,
    what: str,
    named: pd.DataFrame,
    side: str,
    calls: Array,
    trip_of_row: Array,
) -> tuple[Array, Array]:
    """Find the number of the trip or route of each call that a rule at its stop names, else 0; names start with ""."""
    rule_names = named[f"{side}_{what}"].to_numpy(dtype=object)
    names = np.unique(np.append(rule_names, ""))
    known = pd.Index(names)
    ids = timetable.trips[f"{what}_id"].to_numpy(dtype=object)
    of_call = np.maximum(known.get_indexer(pd.Index(ids)), 0)[trip_of_row[calls]]
    rule_stop = named[f"{side}_stop"].to_numpy(np.int64)
    ruled = rule_stop * len(names) + known.get_indexer(pd.Index(rule_names))
    here = np.isin(timetable.stop[calls].astype(np.int64) * len(names) + of_call, ruled)
    return np.where(here, of_call, 0), names


def _join_trips(timetable: Timetable) -> tuple[Array, Array]:
    """Rows of the stop times in the order of journeys, and the first row of each journey."""
    follows = timetable.trips["next_trip"].to_numpy(dtype=np.int64)
    length = np.diff(timetable.first)
    head = np.ones(len(follows), bool)
    head[follows[follows >= 0]] = False
    sequence, journeys = _follow(np.flatnonzero(head), follows)
    size = length[sequence]
    start = np.repeat(timetable.first[:-1][sequence] - (np.cumsum(size) - size), size)
    rows = start + np.arange(len(start))
    first = (
        np.concatenate([[0], np.cumsum(np.add.reduceat(size, journeys))])
        if len(size)
        else np.zeros(1)
    )
    return rows.astype(np.int64), first.astype(np.int64)


@nb.njit(cache=True, nogil=True)
def _follow(heads, follows):  # type: ignore[no-untyped-def]
    sequence = np.empty(len(follows), np.int64)
    start = np.empty(len(heads), np.int64)
    size = 0
    for k in range(len(heads)):
        start[k] = size
        trip = heads[k]
        while trip >= 0:
            sequence[size] = trip
            size += 1
            trip = follows[trip]
    return sequence[:size].copy(), start


def _same_calls(board: Array, alight: Array, stop: Array, first: Array) -> tuple[Array, int]:
    """Give journeys a number by their sequence of stops and nodes."""
    calls = np.column_stack([board, alight, stop.astype(np.int32)]).astype(np.int32)
    known: dict[bytes, int] = {}
    code = np.empty(len(first) - 1, np.int64)
    bounds = first.tolist()
    for k in range(len(code)):
        code[k] = known.setdefault(calls[bounds[k] : bounds[k + 1]].tobytes(), len(known))
    return code, len(known)


@nb.njit(cache=True, nogil=True)
def _split_overtaking(order, pattern_of, first, arrival, departure):  # type: ignore[no-untyped-def]
    """Put each journey in the first group of its pattern whose last journey it follows at every position."""
    n = len(order)
    group = np.empty(n, np.int64)
    last = np.empty(n, np.int64)  # last journey of each group
    count = 0
    start = 0  # first group of the current pattern
    for k in range(n):
        j = order[k]
        if k == 0 or pattern_of[order[k - 1]] != pattern_of[j]:
            start = count
        size = first[j + 1] - first[j]
        chosen = count
        for g in range(start, count):
            other = first[last[g]]
            mine = first[j]
            fits = True
            for p in range(size):
                if (
                    arrival[mine + p] < arrival[other + p]
                    or departure[mine + p] < departure[other + p]
                ):
                    fits = False
                    break
            if fits:
                chosen = g
                break
        if chosen == count:
            count += 1
        last[chosen] = j
        group[k] = chosen
    return group, count


def _lay_out(
    order: Array,
    group: Array,
    count: int,
    first: Array,
    rows: Array,
    board: Array,
    alight: Array,
    arrival: Array,
    departure: Array,
    stop: Array,
    trip_of_row: Array,
    nodes: _Nodes,
) -> Patterns:
    """Arrays of the patterns from journeys ``order`` (by departure) and their ``group``."""
    within = np.argsort(group, kind="stable")
    journey, journey_pattern = order[within], group[within].astype(np.int32)
    size = np.diff(first)[journey]
    start = first[:-1][journey]
    journey_event = np.cumsum(size) - size
    event_row = np.repeat(start - journey_event, size) + np.arange(int(size.sum()))
    first_journey = np.searchsorted(journey_pattern, np.arange(count + 1)).astype(np.int32)
    pattern_size = size[first_journey[:-1]] if count else np.empty(0, np.int64)
    first_position = np.concatenate([[0], np.cumsum(pattern_size)]).astype(np.int32)
    first_event = np.concatenate([journey_event[first_journey[:-1]], [int(size.sum())]]).astype(
        np.int64
    )
    sample = np.repeat(start[first_journey[:-1]] - first_position[:-1], pattern_size) + np.arange(
        int(pattern_size.sum())
    )
    event_departure, event_arrival = departure[event_row], arrival[event_row]
    layout = (first_journey, first_position, first_event)
    return Patterns(
        first_journey=first_journey,
        first_position=first_position,
        first_event=first_event,
        board_node=board[sample],
        alight_node=alight[sample],
        stop=stop[rows[sample]].astype(np.int32),
        board_most_s=_most_times(*layout, event_departure),
        alight_most_s=_most_times(*layout, event_arrival),
        journey_pattern=journey_pattern,
        journey_event=journey_event.astype(np.int64),
        arrival_s=event_arrival,
        departure_s=event_departure,
        trip=trip_of_row[rows[event_row]],
        node_stop=nodes.node_stop,
        node_trip=nodes.node_trip,
        node_route=nodes.node_route,
    )


def mirrored(patterns: Patterns) -> Patterns:
    """Run time backwards: journeys in reverse order and direction, getting on for getting off, seconds negated.

    A search towards a place in the mirrored patterns is a search away from it in the patterns themselves. Event e
    becomes event ``event_count - 1 - e``, and likewise for journeys, patterns and positions.
    """
    journeys, events = len(patterns.journey_pattern), patterns.event_count
    size = np.diff(patterns.first_position)[patterns.journey_pattern]
    return Patterns(
        first_journey=(journeys - patterns.first_journey[::-1]).astype(np.int32),
        first_position=(len(patterns.stop) - patterns.first_position[::-1]).astype(np.int32),
        first_event=events - patterns.first_event[::-1],
        board_node=patterns.alight_node[::-1].copy(),
        alight_node=patterns.board_node[::-1].copy(),
        stop=patterns.stop[::-1].copy(),
        board_most_s=-patterns.alight_most_s[::-1],
        alight_most_s=-patterns.board_most_s[::-1],
        journey_pattern=(len(patterns.first_journey) - 2 - patterns.journey_pattern[::-1]).astype(
            np.int32
        ),
        journey_event=(events - patterns.journey_event - size)[::-1].copy(),
        arrival_s=-patterns.departure_s[::-1],
        departure_s=-patterns.arrival_s[::-1],
        trip=patterns.trip[::-1].copy(),
        node_stop=patterns.node_stop,
        node_trip=patterns.node_trip,
        node_route=patterns.node_route,
    )


@nb.njit(cache=True, nogil=True)
def _most_times(first_journey, first_position, first_event, time):  # type: ignore[no-untyped-def]
    """Sum over positions of the most time that any journey takes from the position before."""
    most = np.zeros(first_position[-1], np.int32)
    for p in range(len(first_journey) - 1):
        size = first_position[p + 1] - first_position[p]
        journeys = first_journey[p + 1] - first_journey[p]
        for k in range(1, size):
            slowest = np.int32(0)
            for j in range(journeys):
                e = first_event[p] + j * size + k
                slowest = max(slowest, time[e] - time[e - 1])
            most[first_position[p] + k] = most[first_position[p] + k - 1] + slowest
    return most
