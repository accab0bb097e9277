"""The two ends of a trip on the streets, on foot and, where the traveller may, by bicycle.

A bicycle, own or lent, may be used at the site's end of a trip: from the site to the stop of the first ride, where it
is left, from the stop of the last ride home, and between site and practice all the way. So there is a bicycle wherever
one comes home from; nothing is said of who put it there. Locking it takes no time. The straight line between a place
and the street it is linked to is covered on foot, at walking speed, also by who cycles from there on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geoaccess.network.links import Links, links_of_pairs, walk_links
from geoaccess.network.snapping import Snapped
from geoaccess.network.streets import StreetGraph

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Places:
    """Points on the streets of walkers and, where the traveller may cycle, on those of cyclists.

    Attributes
    ----------
    walk : on the streets of walkers.
    cycle : the same points on the streets of cyclists; None where the traveller does not cycle.
    """

    walk: Snapped
    cycle: Snapped | None = None

    def __len__(self) -> int:
        return len(self.walk.chain)

    @property
    def linked(self) -> Array:
        """Bool (n,): is the point linked to any street that the traveller may use."""
        return self.walk.linked if self.cycle is None else self.walk.linked | self.cycle.linked

    @property
    def snap_m(self) -> Array:
        """Float (n,): straight distance in metres to the street walked on, else to the one cycled on; else NaN."""
        walked = self.walk.snap_m
        return (
            walked if self.cycle is None else np.where(self.walk.linked, walked, self.cycle.snap_m)
        )

    def take(self, index: Array) -> Places:
        """Return the points at ``index``."""
        return Places(self.walk.take(index), None if self.cycle is None else self.cycle.take(index))

    def joined(self, others: Places) -> Places:
        """Return these points and then ``others``."""
        if self.cycle is None or others.cycle is None:
            return Places(_joined(self.walk, others.walk))
        return Places(_joined(self.walk, others.walk), _joined(self.cycle, others.cycle))


def _joined(one: Snapped, other: Snapped) -> Snapped:
    return Snapped(
        np.concatenate([one.chain, other.chain]),
        np.concatenate([one.offset_cm, other.offset_cm]),
        np.concatenate([one.off_street_cm, other.off_street_cm]),
    )


def vehicle_links(
    graph: StreetGraph,
    origins: Snapped,
    destinations: Snapped,
    walk_kmh: float,
    limit_s: float,
    workers: int | None = None,
) -> Links:
    """Seconds on a vehicle from origins to destinations, the straight lines to and from the street on foot.

    Parameters
    ----------
    graph : streets that the vehicle may use.
    origins, destinations : points snapped to them.
    walk_kmh : walking speed off the street.
    limit_s : longest way in seconds, what is walked included.
    workers : threads; None for all processors.

    Returns
    -------
    Links
        rows are origins, columns destinations; seconds are rounded up to whole seconds.
    """
    pace = graph.speed_cm_s / (walk_kmh * 1e5 / 3600.0)
    return walk_links(
        graph, _on_foot(origins, pace), _on_foot(destinations, pace), limit_s, workers
    )


def _on_foot(points: Snapped, pace: float) -> Snapped:
    """Points whose way off the street counts for as far as the vehicle would go while it is walked."""
    off_cm = np.ceil(
        points.off_street_cm * pace - 0.5 - 1e-6
    )  # halves go down, however pace is rounded
    return replace(points, off_street_cm=off_cm.astype(np.int32))


def quickest(one: Links, other: Links) -> Links:
    """Join two matrices of links of the same points; of a pair that is in both, the shorter time counts.

    Examples
    --------
    >>> pair = np.zeros(1, np.int32)
    >>> one, other = (links_of_pairs(pair, pair, np.array([s]), 1) for s in (60, 45))
    >>> quickest(one, other).seconds.tolist()
    [45]
    """
    row, to, seconds = (
        np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("row", "to", "seconds")
    )
    order = np.lexsort((seconds, to, row))
    row, to, seconds = row[order], to[order], seconds[order]
    shortest = np.ones(len(row), bool)
    shortest[1:] = (row[1:] != row[:-1]) | (to[1:] != to[:-1])
    return links_of_pairs(row[shortest], to[shortest], seconds[shortest], len(one.first) - 1)
