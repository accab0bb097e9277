"""Ways between points and nodes with the part of them that is on foot: what a limit on all walking of a trip reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from geoaccess.network.links import Links
from geoaccess.network.timetable import Patterns

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Ways:
    """Ways by row point, ordered by the seconds on foot; a pair may have several.

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
    near : ways between nodes (rows) and sites (columns).
    ends : ways between practices (rows) and nodes (columns).
    into : changes by the node boarded (rows), columns are the nodes left; mirrored for the way back.
    off_first : int64 (nodes + 1,); places to get off at each node.
    off_pattern, off_position : int32 (k,); pattern and position of each.
    """

    limit_s: int
    near: Ways
    ends: Ways
    into: Ways
    off_first: Array
    off_pattern: Array
    off_position: Array


def join_ways(*parts: tuple[Links, Array]) -> Ways:
    """Join links of the same points, each given with the seconds of its entries that are on foot."""
    row, to, seconds = (
        np.concatenate([getattr(links, name) for links, _ in parts])
        for name in ("row", "to", "seconds")
    )
    on_foot_s = np.concatenate([on_foot_s for _, on_foot_s in parts])
    first = np.zeros(len(parts[0][0].first), np.int64)
    np.cumsum(np.bincount(row, minlength=len(first) - 1), out=first[1:])
    order = np.lexsort((seconds, on_foot_s, row))
    return Ways(first, to[order], seconds[order], on_foot_s[order])


def on_foot(limit_s: int, patterns: Patterns, near: Ways, ends: Ways, into: Ways) -> OnFoot:
    """Gather what the search reads, see `OnFoot`; ``patterns`` are mirrored for the way back."""
    place = np.flatnonzero(patterns.alight_node >= 0)
    place = place[np.argsort(patterns.alight_node[place], kind="stable")]
    nodes = np.arange(len(patterns.node_stop) + 1)
    first = np.searchsorted(patterns.alight_node[place], nodes).astype(np.int64)
    size = np.diff(patterns.first_position)
    pattern = np.repeat(np.arange(len(size), dtype=np.int32), size)[place]
    position = (place - patterns.first_position[pattern]).astype(np.int32)
    return OnFoot(limit_s, near, ends, into, first, pattern, position)
