"""What a limit on all walking of a trip needs to know: how much of every change between rides is on foot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from geoaccess.network.links import Links
from geoaccess.network.network import Transit
from geoaccess.network.timetable import Patterns
from geoaccess.network.traveller import Traveller

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Ways:
    """Ways by row point, ordered by the seconds on foot.

    Attributes
    ----------
    first : int64 (rows + 1,); entries of row i are first[i]:first[i + 1].
    to : int32 (k,); column point.
    seconds : int32 (k,); how long the way takes.
    on_foot_s : int32 (k,); how many of these are on foot.
    """

    first: Array
    to: Array
    seconds: Array
    on_foot_s: Array


@dataclass(frozen=True, eq=False)
class OnFoot:
    """What a search under a limit on all walking of a trip reads beside the journeys.

    Attributes
    ----------
    limit_s : most seconds on foot in one trip.
    into : changes by the node boarded (rows), columns are the nodes left; mirrored for the way back.
    off_first : int64 (nodes + 1,); places to get off at each node.
    off_pattern, off_position : int32 (k,); pattern and position of each.
    """

    limit_s: int
    into: Ways
    off_first: Array
    off_pattern: Array
    off_position: Array


def ways_on_foot(
    transit: Transit, who: Traveller, direction: Literal["to", "from"]
) -> OnFoot | None:
    """Gather what a search reads under a limit on all walking of a trip; None when there is no such limit."""
    if who.walk_total_s is None:
        return None
    links, on_foot_s = transit.transfers, transit.on_foot_s
    if direction == "from":
        return OnFoot(
            who.walk_total_s, walks_first(links, on_foot_s), *_off(transit.rides_back.patterns)
        )
    nodes = len(links.first) - 1
    on_foot_s = replace(links, seconds=on_foot_s).transposed(nodes).seconds
    into = walks_first(links.transposed(nodes), on_foot_s)
    return OnFoot(who.walk_total_s, into, *_off(transit.rides.patterns))


def walks_first(links: Links, on_foot_s: Array) -> Ways:
    """Order links by their seconds on foot, row by row."""
    order = np.lexsort((links.seconds, on_foot_s, links.row))
    return Ways(links.first, links.to[order], links.seconds[order], on_foot_s[order])


def _off(patterns: Patterns) -> tuple[Array, Array, Array]:
    """Places to get off, by node: first, pattern and position, see `OnFoot`."""
    place = np.flatnonzero(patterns.alight_node >= 0)
    place = place[np.argsort(patterns.alight_node[place], kind="stable")]
    nodes = np.arange(len(patterns.node_stop) + 1)
    first = np.searchsorted(patterns.alight_node[place], nodes).astype(np.int64)
    size = np.diff(patterns.first_position)
    pattern = np.repeat(np.arange(len(size), dtype=np.int32), size)[place]
    position = (place - patterns.first_position[pattern]).astype(np.int32)
    return first, pattern, position
