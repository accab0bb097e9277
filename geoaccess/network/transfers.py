"""Transfers: which walks connect alight nodes to board nodes, and which changes between journeys are worth making.

A change into a journey is kept only if it lets passengers leave some stop later than the journey itself and the
changes made at the same stop or before do. What remains is a few changes per event and still contains, for every
arrival, a trip that departs latest with as few rides (trip-based routing, Witt 2015, seen from the destination).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np
import pandas as pd

from geoaccess.network.boardings import boardings
from geoaccess.network.growing import grown
from geoaccess.network.links import Links, links_of_pairs
from geoaccess.network.parallel import in_parallel, worker_count
from geoaccess.network.timetable import Patterns
from geoaccess.network.traveller import Traveller

Array = np.ndarray[Any, Any]

TIMED, MINIMUM, FORBIDDEN = 1, 2, 3


@dataclass(frozen=True, eq=False)
class Changes:
    """Changes between journeys worth making, by the event boarded.

    Attributes
    ----------
    first : int64 (events + 1,).
    left : uint32 or, where that is too small, uint64 (k,); journey << position_bits | position where it is left.
    position_bits : see ``left``.
    """

    first: Array
    left: Array
    position_bits: int


def node_links(
    patterns: Patterns, walks: Links, rules: pd.DataFrame, who: Traveller, straight_s: Array
) -> Links:
    """Seconds from getting off at a node to being ready to get on at another.

    Parameters
    ----------
    patterns : patterns with their nodes.
    walks : walks between stops (rows and columns are stops; the walk from a stop to itself may be absent).
    rules : transfer rules of the timetable.
    who : traveller; min_transfer_s is added to every walk.
    straight_s : int32 (rules,); seconds of the straight walk for each rule, used where no walk was found.

    Returns
    -------
    Links
        rows are nodes left, columns nodes boarded; the minimum transfer time is included.
    """
    stop_count = len(walks.first) - 1
    elsewhere = walks.row != walks.to
    own = np.arange(stop_count, dtype=np.int32)
    base = links_of_pairs(
        np.concatenate([walks.row[elsewhere], own]),
        np.concatenate([walks.to[elsewhere], own]),
        np.concatenate([walks.seconds[elsewhere], np.zeros(stop_count, np.int32)]),
        stop_count,
    )
    if len(rules) == 0 and len(patterns.node_stop) == stop_count:
        return Links(base.first, base.to, base.seconds + np.int32(who.min_transfer_s))
    return _apply_rules(patterns, base, rules, who, straight_s)


def _apply_rules(
    patterns: Patterns, base: Links, rules: pd.DataFrame, who: Traveller, straight_s: Array
) -> Links:
    """Expand stop pairs to node pairs and let the most specific rule decide each of them."""
    stop_count = np.int64(len(base.first) - 1)
    pair = base.row * stop_count + base.to  # ascending
    ruled = rules["from_stop"].to_numpy(np.int64) * stop_count + rules["to_stop"].to_numpy(np.int64)
    at = np.minimum(np.searchsorted(pair, ruled), len(pair) - 1)
    far = np.flatnonzero(pair[at] != ruled)
    added, which = np.unique(ruled[far], return_inverse=True)
    straight = np.full(len(added), np.iinfo(np.int32).max, np.int32)
    np.minimum.at(straight, which, straight_s[far].astype(np.int32))
    has_rule = np.zeros(len(pair) + len(added), bool)
    has_rule[at] = True
    has_rule[len(pair) :] = True
    stops = np.concatenate([pair, added])
    walk = np.concatenate([base.seconds, straight])
    link, from_node, to_node = _node_pairs(patterns.node_stop, *np.divmod(stops, stop_count))
    some = np.flatnonzero(has_rule[link])
    rule_type, minimum = np.full(len(link), -1), np.full(len(link), -1)
    rule_type[some], minimum[some] = _rule_of(patterns, from_node[some], to_node[some], rules)
    walk, walked = walk[link], link < len(pair)
    seconds = walk + who.min_transfer_s
    seconds = np.where(rule_type == TIMED, walk, seconds)
    seconds = np.where((rule_type == MINIMUM) & (minimum >= 0), minimum, seconds)
    usable = (rule_type != FORBIDDEN) & (walked | (rule_type >= 0))
    return links_of_pairs(
        from_node[usable], to_node[usable], seconds[usable], len(patterns.node_stop)
    )


def _node_pairs(node_stop: Array, from_stop: Array, to_stop: Array) -> tuple[Array, Array, Array]:
    """All pairs of nodes of pairs of stops: number of the pair of stops, node left, node boarded."""
    order = np.argsort(node_stop, kind="stable")
    first = np.searchsorted(node_stop[order], np.arange(int(node_stop.max(initial=-1)) + 2))
    from_count, to_count = np.diff(first)[from_stop], np.diff(first)[to_stop]
    count = from_count * to_count
    link = np.repeat(np.arange(len(count)), count)
    rank = np.arange(len(link)) - np.repeat(np.cumsum(count) - count, count)
    from_rank, to_rank = np.divmod(rank, to_count[link])
    return link, order[first[from_stop[link]] + from_rank], order[first[to_stop[link]] + to_rank]


def _rule_of(
    patterns: Patterns, from_node: Array, to_node: Array, rules: pd.DataFrame
) -> tuple[Array, Array]:
    """Type and least seconds of the most specific rule for pairs of nodes; -1 where none fits."""
    links = pd.DataFrame({"link": np.arange(len(from_node))})
    for side, node in (("from", from_node), ("to", to_node)):
        links[f"{side}_stop"] = patterns.node_stop[node].astype(np.int64)
        links[f"{side}_node_trip"] = patterns.node_trip[node]
        links[f"{side}_node_route"] = patterns.node_route[node]
    matched = links.merge(rules, on=["from_stop", "to_stop"], how="inner")
    fits = np.ones(len(matched), bool)
    specific = np.zeros(len(matched), int)
    for side in ("from", "to"):
        asked = {}
        for what in ("trip", "route"):
            asked[what] = matched[f"{side}_{what}"].to_numpy(dtype=object) != ""
            same = (matched[f"{side}_{what}"] == matched[f"{side}_node_{what}"]).to_numpy()
            fits &= ~asked[what] | same
        # the order of the GTFS reference: one trip is more specific than two routes
        specific += np.where(asked["trip"], 3, 1 * asked["route"])
    # the most specific rule wins; among equals the strictest: the highest type, then the longest time
    matched = matched.assign(specific=specific)[fits]
    matched = matched.sort_values(["link", "specific", "type", "min_transfer_s"])
    matched = matched.drop_duplicates("link", keep="last")
    rule_type, minimum = np.full(len(links), -1), np.full(len(links), -1)
    rule_type[matched["link"]] = matched["type"]
    minimum[matched["link"]] = matched["min_transfer_s"]
    return rule_type, minimum


def build_changes(patterns: Patterns, links: Links, workers: int | None = None) -> Changes:
    """All changes between journeys that are worth making (see the module text).

    Parameters
    ----------
    patterns : patterns of the timetable.
    links : seconds from getting off at a node (row) to being ready to get on at another (column).
    workers : threads; None for all processors.
    """
    near = boardings(links.transposed(len(links.first) - 1), patterns, alight=True)
    count = len(patterns.first_journey) - 1
    tasks = np.array_split(np.arange(count), min(max(1, count), 8 * worker_count(workers)))
    most = int(np.diff(patterns.first_position).max(initial=1))
    position_bits = most.bit_length()
    fits = position_bits + len(patterns.journey_pattern).bit_length() <= 32
    nothing = np.empty(0, np.uint32 if fits else np.uint64)

    def task(chosen: Array) -> tuple[Array, Array]:
        if len(chosen) == 0:
            return np.zeros(1, np.int64), nothing
        boarded, left = _changes(
            chosen,
            patterns.first_journey,
            patterns.first_position,
            patterns.first_event,
            patterns.board_node,
            patterns.arrival_s,
            patterns.departure_s,
            near.first,
            near.pattern,
            near.position,
            near.seconds,
            position_bits,
        )
        events = int(patterns.first_event[chosen[-1] + 1] - patterns.first_event[chosen[0]])
        result: tuple[Array, Array] = _grouped(boarded, left.astype(nothing.dtype), events)
        return result

    # each task has the events of patterns in a row, so that its changes follow those of the task before
    parts = in_parallel(task, tasks, workers)
    left = np.concatenate([part[1] for part in parts])
    return Changes(_joined([part[0] for part in parts]), left, position_bits)


def _joined(firsts: list[Array]) -> Array:
    """Bounds of groups that follow each other, from the bounds of each part."""
    counts = [np.diff(first) for first in firsts]
    joined: Array = np.concatenate([[0], *counts]).astype(np.int64)
    return np.cumsum(joined, out=joined)


@nb.njit(cache=True, nogil=True)
def _grouped(boarded, left, events):  # type: ignore[no-untyped-def]
    """Group changes by the event boarded."""
    first = np.zeros(events + 1, np.int64)
    for k in range(len(boarded)):
        first[boarded[k] + 1] += 1
    for k in range(events):
        first[k + 1] += first[k]
    fill = first[:-1].copy()
    grouped = np.empty_like(left)
    for k in range(len(boarded)):
        grouped[fill[boarded[k]]] = left[k]
        fill[boarded[k]] += 1
    return first, grouped


@nb.njit(cache=True, nogil=True)
def _changes(  # type: ignore[no-untyped-def]
    chosen,
    first_journey,
    first_position,
    first_event,
    board_node,
    arrival,
    departure,
    near_first,
    near_pattern,
    near_position,
    near_seconds,
    position_bits,
):
    """Find the changes into the journeys of the chosen patterns, which are in a row.

    Returns the event boarded, counted from the first one of these patterns, and journey and position left as in
    `Changes`.
    """
    never = np.int32(-2_000_000_000)
    nodes = len(near_first) - 1
    patterns = len(first_journey) - 1
    boarded = np.empty(4096, np.int32)
    left = np.empty(4096, np.int64)
    size = 0
    events_before = first_event[chosen[0]]
    # how late one can leave each node to be on the current journey from the current position on
    latest = np.full(nodes, never, np.int32)
    touched = np.empty(nodes, np.int32)
    # changes looked at for the current journey, chained per pattern left; those that another one covers are taken out
    head = np.full(patterns, -1, np.int64)
    used = np.empty(patterns, np.int64)
    seen_journey = np.empty(4096, np.int32)
    seen_position = np.empty(4096, np.int32)
    seen_next = np.empty(4096, np.int32)
    for p in chosen:
        length = first_position[p + 1] - first_position[p]
        # how far each (position, alighting) pair has come back: journeys run from last to first, so it only moves back
        offset = np.zeros(length + 1, np.int64)
        for k in range(length):
            node = board_node[first_position[p] + k]
            offset[k + 1] = offset[k] + (0 if node < 0 else near_first[node + 1] - near_first[node])
        pointer = np.full(offset[length], -2, np.int64)
        for j in range(first_journey[p + 1] - first_journey[p] - 1, -1, -1):
            seen = 0
            n_used = 0
            n_touched = 0
            base = first_event[p] + j * length
            for k in range(length - 1):
                node = board_node[first_position[p] + k]
                if node < 0:
                    continue
                leaves = departure[base + k]
                if latest[node] == never:
                    touched[n_touched] = node
                    n_touched += 1
                latest[node] = max(latest[node], leaves)
                for m in range(near_first[node], near_first[node + 1]):
                    q = near_pattern[m]
                    position = near_position[m]
                    ready = leaves - near_seconds[m]
                    q_length = first_position[q + 1] - first_position[q]
                    slot = offset[k] + m - near_first[node]
                    other = pointer[slot]
                    if other == -2:
                        other = first_journey[q + 1] - first_journey[q] - 1
                    event = first_event[q] + other * q_length + position
                    while other >= 0 and arrival[event] > ready:
                        other -= 1
                        event -= q_length
                    pointer[slot] = other
                    if other < 0:
                        continue
                    if q == p and other <= j and position <= k:
                        continue  # staying seated is as good
                    covered = 0  # up to here, a change looked at before serves as well
                    h = head[q]
                    while h >= 0:
                        if seen_journey[h] >= other:
                            covered = max(covered, seen_position[h])
                        h = seen_next[h]
                    if covered >= position:
                        continue
                    if head[q] < 0:
                        used[n_used] = q
                        n_used += 1
                    before = -1
                    h = head[q]
                    while h >= 0:
                        if seen_journey[h] > other or seen_position[h] > position:
                            before = h
                        elif before < 0:
                            head[q] = seen_next[h]
                        else:
                            seen_next[before] = seen_next[h]
                        h = seen_next[h]
                    if seen == len(seen_journey):
                        seen_journey = grown(seen_journey, seen + 1)
                        seen_position = grown(seen_position, seen + 1)
                        seen_next = grown(seen_next, seen + 1)
                    seen_journey[seen] = other
                    seen_position[seen] = position
                    seen_next[seen] = head[q]
                    head[q] = seen
                    seen += 1
                    gains = False
                    for y in range(covered, position):
                        there = board_node[first_position[q] + y]
                        when = departure[event - position + y]
                        if there >= 0 and when > latest[there]:
                            if latest[there] == never:
                                touched[n_touched] = there
                                n_touched += 1
                            latest[there] = when
                            gains = True
                    if not gains:
                        continue
                    if size == len(boarded):
                        boarded = grown(boarded, size + 1)
                        left = grown(left, size + 1)
                    boarded[size] = base + k - events_before
                    left[size] = ((first_journey[q] + other) << position_bits) + position
                    size += 1
            for h in range(n_used):
                head[used[h]] = -1
            for h in range(n_touched):
                latest[touched[h]] = never
    return boarded[:size], left[:size]
