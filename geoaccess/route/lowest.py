"""The lowest travel times from very many points to any of the practices, without a table of all pairs.

Neighbouring points are taken together first: a group that could start at each of its points at once is nowhere later
than any of them, so its travel times bound theirs from below. Most practices are thereby too far to matter, and exact
times are only computed for the rest. The answer is that of the table of all pairs, whatever the groups.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from geoaccess.network.boardings import Boardings
from geoaccess.network.links import Links, node_rows
from geoaccess.network.network import Network
from geoaccess.network.parallel import in_parallel
from geoaccess.network.places import Places
from geoaccess.route.matrix import link_points
from geoaccess.route.profiles import travel_seconds
from geoaccess.route.search import Draw, Search
from geoaccess.route.window import NEVER, Window

Array = np.ndarray[Any, Any]

#: Most points searched at once, times draws. In a city a point has some 60 walks to stops, in 2 kB; 250 MB in all.
MOST_POINTS = 2**17
#: most bounds (practice, percentile and group) held at once, 4 bytes each
MOST_BOUNDS = 2**26


def lowest_seconds(
    points: Places,
    group: Array,
    practices: Places,
    network: Network,
    window: Window,
    percentiles: tuple[float, ...],
    workers: int | None = None,
) -> tuple[Array, Array]:
    """For every point and percentile the lowest travel time to any practice, and to which.

    Parameters
    ----------
    points, practices : snapped; of practices that are equally near, the first in this order counts.
    group : int64 (points,); same number for points near one another. Groups only matter for speed: a group should be
        no wider than a few hundred metres.
    network, window, percentiles, workers : as in `geoaccess.route.profiles.travel_seconds`.

    Returns
    -------
    int32 (percentiles, points)
        seconds; NEVER where no practice is reached.
    int32 (percentiles, points)
        number of that practice; -1 where none is reached.
    """
    seconds = np.full((len(percentiles), len(points)), NEVER, np.int32)
    practice = np.full(seconds.shape, -1, np.int32)
    if not len(practices):
        return seconds, practice
    linked = np.flatnonzero(points.linked)
    linked = linked[np.argsort(group[linked], kind="stable")]
    most_points = MOST_POINTS // max(1, len(network.transits))
    most_groups = MOST_BOUNDS // max(1, len(percentiles) * len(practices))
    for some in _blocks(linked, group[linked], most_points, max(1, most_groups)):
        search = link_points(points.take(some), practices, network, window, "to", workers)
        found = _lowest(search, group[some], percentiles)
        seconds[:, some], practice[:, some] = found
    return seconds, practice


def _blocks(linked: Array, group: Array, most_points: int, most_groups: int) -> list[Array]:
    """Points, ordered by group, in blocks of whole groups."""
    ends = [*(np.flatnonzero(np.diff(group)) + 1).tolist(), len(linked)]
    cuts, last, groups = [0], 0, 0
    for end in ends:
        if groups == most_groups or (groups and end - cuts[-1] > most_points):
            cuts.append(last)
            groups = 0
        last, groups = end, groups + 1
    return np.split(linked, cuts[1:]) if len(linked) else []


def _lowest(search: Search, group: Array, percentiles: tuple[float, ...]) -> tuple[Array, Array]:
    """Lowest seconds and their practice, both (percentiles, points), of points ordered by group."""
    best, practice = _on_foot(search, len(percentiles))
    if not search.draws:
        return best, practice
    first = np.flatnonzero(np.diff(group, prepend=group[:1] - 1))
    number = np.zeros(len(group), np.int32)
    number[first[1:]] = 1
    number = np.cumsum(number, dtype=np.int32)
    on_foot = Links(np.zeros_like(search.walk.first), *(np.empty(0, np.int32) for _ in range(2)))
    rides_only = replace(search, walk=on_foot)
    together = tuple(replace(draw, near=_joined(draw.near, number)) for draw in search.draws)
    bound = travel_seconds(replace(rides_only, sites=len(first), draws=together), percentiles)
    by_point = tuple(
        replace(draw, near=draw.near.transposed(search.sites)) for draw in search.draws
    )
    rides_only = replace(rides_only, draws=by_point)
    # for each percentile the practice that is nearest to the group as a whole, then all that may be nearer still
    asked = np.zeros((bound.shape[0], bound.shape[2]), np.bool_)
    for k in range(len(percentiles)):
        asked[bound[:, k].argmin(axis=0), np.arange(len(first))] = True
    asked &= bound.min(axis=1) < NEVER
    chosen = [np.flatnonzero(row[number]) for row in asked]
    _improve(rides_only, chosen, percentiles, best, practice)
    chosen = []
    for one in range(len(bound)):
        limit = bound[one][:, number]
        useful = ((limit <= best) & (limit < NEVER)).any(axis=0) & ~asked[one, number]
        chosen.append(np.flatnonzero(useful))
    _improve(rides_only, chosen, percentiles, best, practice)
    return best, practice


def _on_foot(search: Search, percentiles: int) -> tuple[Array, Array]:
    """Lowest seconds of walking all the way and to which practice; the same at every percentile."""
    seconds, practice = np.full(search.sites, NEVER, np.int32), np.full(search.sites, -1, np.int32)
    walk = search.walk.transposed(search.sites)
    fits = walk.seconds <= search.max_s
    order = np.lexsort((walk.to[fits], walk.seconds[fits], walk.row[fits]))
    site = walk.row[fits][order]
    nearest = np.flatnonzero(np.diff(site, prepend=-1))
    seconds[site[nearest]] = walk.seconds[fits][order][nearest]
    practice[site[nearest]] = walk.to[fits][order][nearest]
    return np.tile(seconds, (percentiles, 1)), np.tile(practice, (percentiles, 1))


def _joined(near: Links, group: Array) -> Links:
    """Join walks to points into walks to groups, the shortest to any point; points are numbered group by group."""
    if not len(near.to):
        return near
    column, row = group[near.to], near.row
    begins = (np.diff(column, prepend=-1) != 0) | (np.diff(row, prepend=-1) != 0)
    start = np.flatnonzero(begins)
    first = np.searchsorted(start, near.first).astype(np.int64)
    return Links(first, column[start], np.minimum.reduceat(near.seconds, start))


def _improve(
    search: Search,
    chosen: list[Array],
    percentiles: tuple[float, ...],
    best: Array,
    practice: Array,
) -> None:
    """Lower ``best`` (in place) with the exact times of some points, ascending, for each practice.

    ``search`` has walks by point (rows) and node (columns).
    """

    def task(one: int) -> Array:
        part = replace(
            search,
            sites=len(chosen[one]),
            walk=Links(np.zeros(2, np.int64), search.walk.to, search.walk.seconds),
            draws=tuple(_narrowed(draw, one, chosen[one]) for draw in search.draws),
            workers=1,
        )
        found: Array = travel_seconds(part, percentiles)[0]
        return found

    wanted = [one for one in range(len(chosen)) if len(chosen[one])]
    for one, found in zip(wanted, in_parallel(task, wanted, search.workers), strict=True):
        sites = chosen[one]
        known, whose = best[:, sites], practice[:, sites]
        nearer = (found < known) | ((found == known) & (found < NEVER) & (one < whose))
        best[:, sites] = np.where(nearer, found, known)
        practice[:, sites] = np.where(nearer, one, whose)


def _narrowed(draw: Draw, one: int, sites: Array) -> Draw:
    """Rides between one practice and some of the sites."""
    nodes = len(draw.rides.patterns.node_stop)
    part = slice(draw.ends.first[one], draw.ends.first[one + 1])
    ends = Boardings(
        np.array([0, part.stop - part.start], np.int64),
        draw.ends.pattern[part],
        draw.ends.position[part],
        draw.ends.seconds[part],
    )
    return replace(draw, near=node_rows(draw.near, sites).transposed(nodes), ends=ends)
