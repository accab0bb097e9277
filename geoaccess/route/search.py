"""What is searched: sites, practices, rides and limits; and the runs of departures that a search finds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numba as nb
import numpy as np

from geoaccess.network.boardings import Boardings
from geoaccess.network.links import Links
from geoaccess.network.network import Rides
from geoaccess.network.parallel import worker_count
from geoaccess.route.ways import OnFoot
from geoaccess.route.window import NEVER, Window

Array = np.ndarray[Any, Any]

Direction = Literal["to", "from"]

#: most practices searched by one task; enough to amortise its workspace
PRACTICES_PER_TASK = 16
#: what the search keeps of so many sites fits in the processor's cache
SITE_BITS = 10
SITES_PER_BLOCK = 1 << SITE_BITS


class Near(NamedTuple):
    """Walks between nodes and the sites of a block: uint32 entries seconds << SITE_BITS | site, by node."""

    first: Array
    entry: Array


@dataclass(frozen=True, eq=False)
class Draw:
    """Rides of one possible timetable, and where they can be boarded and left.

    Attributes
    ----------
    rides : what the search reads, mirrored for the way back.
    near : walks between nodes (rows) and sites (columns).
    ends : where rides to each practice can end, or where those from it can begin.
    on_foot : what a search under a limit on all walking of a trip reads besides; None where there is no such limit.
    """

    rides: Rides
    near: Links
    ends: Boardings
    on_foot: OnFoot | None = None

    @cached_property
    def near_blocks(self) -> list[Near]:
        """Walks to the sites, split by blocks of sites."""
        return _near_blocks(self.near)


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
    draws : none where there are no rides; one for a timetable; several where only headways are known.
    workers : threads; None for all processors.
    """

    direction: Direction
    window: Window
    max_s: int
    max_rides: int
    sites: int
    walk: Links
    draws: tuple[Draw, ...] = ()
    workers: int | None = None


class Runs(NamedTuple):
    """Runs of departures with one arrival, of all sites for one practice.

    The runs of a site are chained: ``last[site]`` is its latest one, ``before[k]`` the one before run k; -1 ends it.

    Attributes
    ----------
    last : int32 (sites,).
    before : int32 (runs,).
    until : int32 (runs,); tick of the last departure, counted from the first of the window.
    at_s : int32 (runs,); arrival.
    length : int32 (runs,); number of departures, ``until`` the last of them.
    """

    last: Array
    before: Array
    until: Array
    at_s: Array
    length: Array


def practice_blocks(search: Search) -> list[range]:
    """Practices in blocks, each searched by one thread; at least four for every thread, where there are so many."""
    practices = len(search.walk.first) - 1
    share = -(-practices // (4 * worker_count(search.workers)))
    step = max(1, min(PRACTICES_PER_TASK, share))
    return [range(k, min(k + step, practices)) for k in range(0, practices, step)]


def one_draw(search: Search, k: int) -> Search:
    """One possible timetable; a search with fewer of them has these again."""
    k %= max(1, len(search.draws))
    return replace(search, draws=search.draws[k : k + 1])


def walk_row(walk: Links, practice: int, sites: int) -> Array:
    """Seconds to go all the way between a practice and every site without a ride, NEVER where it is too far."""
    seconds = np.full(sites, NEVER, np.int32)
    first, last = walk.first[practice], walk.first[practice + 1]
    seconds[walk.to[first:last]] = walk.seconds[first:last]
    return seconds


def site_blocks(search: Search) -> list[slice]:
    """Sites in blocks, whose runs fit in the processor's cache."""
    return [
        slice(k, min(k + SITES_PER_BLOCK, search.sites))
        for k in range(0, search.sites, SITES_PER_BLOCK)
    ]


def _near_blocks(near: Links) -> list[Near]:
    """Split the walks by blocks of sites; there is at least one."""
    entry = near.seconds.astype(np.uint32) << SITE_BITS
    entry |= (near.to & (SITES_PER_BLOCK - 1)).astype(np.uint32)
    blocks = (int(near.to.max(initial=0)) >> SITE_BITS) + 1
    return [Near(*part) for part in _split(near.first, near.to, entry, blocks)]


@nb.njit(cache=True, nogil=True)
def _split(first, site, entry, blocks):  # type: ignore[no-untyped-def]
    rows = len(first) - 1
    firsts = np.zeros((blocks, rows + 1), np.int64)
    for row in range(rows):
        for k in range(first[row], first[row + 1]):
            firsts[site[k] >> SITE_BITS, row + 1] += 1
    parts = []
    for block in range(blocks):
        for row in range(rows):
            firsts[block, row + 1] += firsts[block, row]
        parts.append((firsts[block], np.empty(firsts[block, rows], np.uint32)))
    fill = np.zeros(blocks, np.int64)
    for k in range(len(entry)):
        block = site[k] >> SITE_BITS
        parts[block][1][fill[block]] = entry[k]
        fill[block] += 1
    return parts
