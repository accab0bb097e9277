"""Where rides can be boarded (or left) from a point, given the walks between that point and the stops around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba as nb
import numpy as np

from geoaccess.network.growing import grown
from geoaccess.network.links import Links
from geoaccess.network.timetable import Patterns

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Boardings:
    """For each row point the places where rides can be boarded (or left), after pruning.

    Attributes
    ----------
    first : int64 (rows + 1,); entries of each row, pattern by pattern.
    pattern : int32 (k,).
    position : int32 (k,); position within the pattern.
    seconds : int32 (k,); walk from the row point to there, or from there to the row point.
    """

    first: Array
    pattern: Array
    position: Array
    seconds: Array

    def rows(self, start: int, stop: int) -> Boardings:
        """Return the entries of some rows that follow each other."""
        first, last = self.first[start], self.first[stop]
        return Boardings(
            self.first[start : stop + 1] - first,
            self.pattern[first:last],
            self.position[first:last],
            self.seconds[first:last],
        )


def boardings(links: Links, patterns: Patterns, *, alight: bool = False) -> Boardings:
    """Where rides can be boarded (left) from each row point of ``links``, whose columns are nodes.

    A boarding is dropped when another one of the same pattern is upstream and can be reached no later than needed to
    catch the same journey: whoever boards upstream can do all that one who boards here can do. Mirrored for alighting.
    """
    node = patterns.alight_node if alight else patterns.board_node
    used = np.flatnonzero(node >= 0)
    order = used[np.argsort(node[used], kind="stable")]
    node_first = np.searchsorted(node[order], np.arange(len(patterns.node_stop) + 1)).astype(
        np.int64
    )
    pattern_of = np.repeat(
        np.arange(len(patterns.first_position) - 1, dtype=np.int32),
        np.diff(patterns.first_position),
    )
    most = patterns.alight_most_s if alight else patterns.board_most_s
    first, place, seconds = _expand(
        links.first,
        links.to,
        links.seconds,
        node_first,
        order,
        pattern_of,
        patterns.first_position,
        most,
        alight,
    )
    pattern = pattern_of[place]
    return Boardings(
        first, pattern, (place - patterns.first_position[pattern]).astype(np.int32), seconds
    )


@nb.njit(cache=True, nogil=True)
def _expand(  # type: ignore[no-untyped-def]
    first, to, seconds, node_first, node_place, pattern_of, first_position, most, alight
):
    rows = len(first) - 1
    out_first = np.zeros(rows + 1, np.int64)
    place = np.empty(1024, np.int32)
    walk = np.empty(1024, np.int32)
    size = 0
    far = np.int32(2_000_000_000)
    best = np.full(len(pattern_of), far, np.int32)
    seen = np.full(len(first_position) - 1, -1, np.int64)  # last row that came by each pattern
    near = np.empty(len(first_position), np.int32)
    for r in range(rows):
        n = 0
        for k in range(first[r], first[r + 1]):
            node = to[k]
            for m in range(node_first[node], node_first[node + 1]):
                p = node_place[m]
                if seen[pattern_of[p]] != r:
                    seen[pattern_of[p]] = r
                    near[n] = pattern_of[p]
                    n += 1
                best[p] = min(best[p], seconds[k])
        for k in range(n):
            start, stop = first_position[near[k]], first_position[near[k] + 1]
            place = grown(place, size + stop - start)
            walk = grown(walk, size + stop - start)
            bound = np.int64(far)
            for m in range(stop - start):
                p = stop - 1 - m if alight else start + m
                if best[p] == far:
                    continue
                value = np.int64(best[p]) + (most[p] if alight else -most[p])
                if value < bound:
                    bound = value
                    place[size] = p
                    walk[size] = best[p]
                    size += 1
                best[p] = far
        out_first[r + 1] = size
    return out_first, place[:size].copy(), walk[:size].copy()
