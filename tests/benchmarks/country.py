"""A made-up country for measuring scale: towns of all sizes, the streets in and between them, sites and practices.

Everything is drawn from one seed and grows with ``scale``; at 1 there are 1.5 million street nodes, 45,000 stops,
2.2 million rides from stop to stop on the day, 5,000 practices and 20,000 sites. Densities do not depend on the scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from geoaccess.load.streets import (
    CYCLE_BACKWARD,
    CYCLE_FORWARD,
    MAIN,
    MINOR,
    WALK_BACKWARD,
    WALK_FORWARD,
    Streets,
)
from geoaccess.load.timetable import Timetable
from geoaccess.tables import METRES_PER_DEGREE

NODES, STOPS, HOPS, PRACTICES, SITES = 1_500_000, 45_000, 2_200_000, 5_000, 20_000
TOWNS, AREA_M2 = 1_200, 35_000e6
#: distance between crossings in a town, share of the nodes that are crossings, and share of nodes on country roads
BLOCK_M, CROSSINGS, ON_ROADS = 90.0, 0.298, 0.2
#: share of the streets of a regular grid that are missing, and nodes between two crossings on average
MISSING, BENDS = 0.12, 1.0
RURAL_SITES = 0.15
ORIGIN = 5.3, 52.1

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Towns:
    """Towns, the largest first.

    ``x, y, radius_m, angle`` by town; ``parent`` the nearest larger town (-1 for the largest). Crossings lie on a grid
    with the town's centre at (0, 0): ``node_town, node_i, node_j`` by crossing. ``cell_first`` and ``cell``: number of
    the crossing (-1 for none) in the square around each town, row by row of ``reach`` crossings on each side.
    """

    x: Array
    y: Array
    radius_m: Array
    angle: Array
    parent: Array
    node_town: Array
    node_i: Array
    node_j: Array
    reach: Array
    cell_first: Array
    cell: Array

    def crossing(self, town: Array, i: Array, j: Array) -> Array:
        """Numbers of crossings, -1 where there is none."""
        reach = self.reach[town]
        inside = (abs(i) <= reach) & (abs(j) <= reach)
        place = self.cell_first[town] + (i + reach) * (2 * reach + 1) + (j + reach)
        return np.where(inside, self.cell[np.where(inside, place, 0)], -1)


@dataclass(frozen=True, eq=False)
class Ground:
    """Nodes in metres and the segments between them; nodes of each country road in order of travel."""

    x: Array
    y: Array
    start: Array
    end: Array
    kind: Array
    road_towns: Array
    road_first: Array
    road_node: Array


@dataclass(frozen=True, eq=False)
class Country:
    """All that a run of the whole chain needs."""

    streets: Streets
    timetable: Timetable
    sites: gpd.GeoDataFrame
    practices: gpd.GeoDataFrame


def make_country(scale: float = 1.0, seed: int = 1) -> Country:
    """Make up a country; the same for the same scale and seed."""
    from tests.benchmarks.country_lines import make_timetable

    rng = np.random.default_rng(seed)
    towns = make_towns(scale, rng)
    ground = make_ground(towns, scale, rng)
    timetable = make_timetable(towns, ground, scale, rng)
    town = np.arange(len(towns.node_town))
    roads = np.arange(len(ground.x) - len(ground.road_node), len(ground.x))
    count = round(SITES * scale)
    rural = rng.random(count) < RURAL_SITES
    sites = np.where(rural, rng.choice(roads, count), rng.choice(town, count))
    far = np.hypot(towns.node_i, towns.node_j) * BLOCK_M / towns.radius_m[towns.node_town]
    near_centre = np.exp(-far)
    practices = rng.choice(town, round(PRACTICES * scale), p=near_centre / near_centre.sum())
    return Country(
        _streets(ground),
        timetable,
        _points(ground, sites, "site_id", rng),
        _points(ground, practices, "practice_id", rng),
    )


def lonlat(x: Array, y: Array) -> tuple[Array, Array]:
    """Degrees of places in metres."""
    lat = ORIGIN[1] + y / METRES_PER_DEGREE
    return ORIGIN[0] + x / (METRES_PER_DEGREE * np.cos(np.radians(lat))), lat


def _points(ground: Ground, node: Array, id_column: str, rng: np.random.Generator):
    """Points some metres from street nodes."""
    x, y = (place[node] + rng.normal(0.0, 15.0, len(node)) for place in (ground.x, ground.y))
    ids = [f"{id_column[0]}{k:05d}" for k in range(len(node))]
    return gpd.GeoDataFrame({id_column: ids}, geometry=gpd.points_from_xy(*lonlat(x, y)), crs=4326)


def make_towns(scale: float, rng: np.random.Generator) -> Towns:
    """Lay out towns whose sizes follow Zipf's law, apart from each other."""
    count = max(10, round(TOWNS * scale))
    share = 1.0 / (np.arange(count) + 6.0)
    radius = BLOCK_M * np.sqrt(NODES * CROSSINGS * scale * share / share.sum() / np.pi)
    side = np.sqrt(AREA_M2 * scale)
    x, y, parent = np.zeros(count), np.zeros(count), np.full(count, -1)
    for k in range(count):
        for _ in range(300):
            x[k], y[k] = rng.uniform(0.0, side, 2)
            gap = np.hypot(x[:k] - x[k], y[:k] - y[k]) - radius[:k] - radius[k]
            if gap.min(initial=np.inf) > 800.0:
                break
        if k:
            parent[k] = np.argmin(gap)
    blocks = radius / BLOCK_M
    reach = blocks.astype(int)
    cell_first = np.concatenate([[0], np.cumsum((2 * reach + 1) ** 2)])
    cell = np.full(cell_first[-1], -1)
    nodes, size = [], 0
    for k in range(count):
        i, j = np.mgrid[-reach[k] : reach[k] + 1, -reach[k] : reach[k] + 1].reshape(2, -1)
        inside = np.flatnonzero(i**2 + j**2 <= blocks[k] ** 2)
        cell[cell_first[k] + inside] = size + np.arange(len(inside))
        nodes.append(np.array([np.full(len(inside), k), i[inside], j[inside]]))
        size += len(inside)
    angle = rng.uniform(0.0, np.pi / 2, count)
    node_town, node_i, node_j = np.concatenate(nodes, axis=1)
    return Towns(
        x, y, radius, angle, parent, node_town, node_i, node_j, reach, cell_first[:-1], cell
    )


def make_ground(towns: Towns, scale: float, rng: np.random.Generator) -> Ground:
    """Streets of all towns, and roads between neighbours."""
    town, i, j = towns.node_town, towns.node_i, towns.node_j
    cos, sin = np.cos(towns.angle[town]), np.sin(towns.angle[town])
    x = towns.x[town] + BLOCK_M * (cos * i - sin * j) + rng.uniform(-25.0, 25.0, len(town))
    y = towns.y[town] + BLOCK_M * (sin * i + cos * j) + rng.uniform(-25.0, 25.0, len(town))
    pairs = []
    for step_i, step_j in ((1, 0), (0, 1)):
        other = towns.crossing(town, i + step_i, j + step_j)
        there = (other >= 0) & (rng.random(len(other)) >= MISSING)
        pairs.append(np.array([np.flatnonzero(there), other[there]]))
    streets = np.concatenate(pairs, axis=1)
    x, y, start, end, _ = _bent(
        x, y, streets, rng.poisson(BENDS, streets.shape[1]), rng.normal(0.0, 8.0, streets.shape[1])
    )
    joined = _neighbours(towns)
    ends = np.array([_edge_crossing(towns, joined, k) for k in range(2)])
    length = np.hypot(*(place[ends[0]] - place[ends[1]] for place in (x, y)))
    bends = np.maximum(1, length * NODES * scale * ON_ROADS / length.sum()).astype(int)
    in_towns, minor = len(x), len(start)
    x, y, road_start, road_end, _ = _bent(
        x, y, ends, bends, rng.normal(0.0, 0.08, len(bends)) * length
    )
    return Ground(
        x,
        y,
        np.concatenate([start, road_start]),
        np.concatenate([end, road_end]),
        np.repeat(np.array([MINOR, MAIN], np.uint8), [minor, len(road_start)]),
        joined,
        np.concatenate([[0], np.cumsum(bends)]),
        np.arange(in_towns, len(x)),
    )


def _bent(x: Array, y: Array, ends: Array, bends: Array, sag_m: Array):
    """Add curved streets between pairs of nodes, with a number of nodes on the way; return nodes and segments."""
    size = len(x)
    street = np.repeat(np.arange(len(bends)), bends)
    before = np.cumsum(bends) - bends
    rank = np.arange(len(street)) - before[street]
    along = (rank + 1) / (bends[street] + 1)
    (xa, xb), (ya, yb) = x[ends][:, street], y[ends][:, street]
    length = np.maximum(np.hypot(xb - xa, yb - ya), 1.0)
    off = sag_m[street] * np.sin(np.pi * along)
    x = np.concatenate([x, xa + along * (xb - xa) - off * (yb - ya) / length])
    y = np.concatenate([y, ya + along * (yb - ya) + off * (xb - xa) / length])
    # every street is its first end, its bends, its last end
    chain = np.empty(len(street) + 2 * len(bends), int)
    first = before + 2 * np.arange(len(bends))
    chain[first], chain[first + bends + 1] = ends
    chain[first[street] + 1 + rank] = size + np.arange(len(street))
    inner = np.ones(len(chain), bool)
    inner[first + bends + 1] = False
    at = np.flatnonzero(inner)
    return x, y, chain[at], chain[at + 1], street


def _neighbours(towns: Towns) -> Array:
    """Pairs of towns joined by a road: each to the nearest larger one, then to its two nearest. int (2, roads)."""
    pairs = {(k, int(p)): None for k, p in enumerate(towns.parent) if p >= 0}
    for k in range(len(towns.x)):
        gap = np.hypot(towns.x - towns.x[k], towns.y - towns.y[k]) - towns.radius_m
        gap[k] = np.inf
        for other in np.argsort(gap)[:2].tolist():
            if (k, other) not in pairs and (other, k) not in pairs:
                pairs[(k, other)] = None
    return np.array(list(pairs)).T


def _edge_crossing(towns: Towns, joined: Array, side: int) -> Array:
    """Crossing where each road leaves one of its towns."""
    here, there = joined[side], joined[1 - side]
    dx, dy = towns.x[there] - towns.x[here], towns.y[there] - towns.y[here]
    cos, sin = np.cos(towns.angle[here]), np.sin(towns.angle[here])
    far = np.hypot(dx, dy)
    blocks = towns.radius_m[here] / BLOCK_M
    # towards the other town in the grid of this one, rounded to the inside
    i = np.trunc(blocks * (cos * dx + sin * dy) / far).astype(int)
    j = np.trunc(blocks * (cos * dy - sin * dx) / far).astype(int)
    return towns.crossing(here, i, j)


def _streets(ground: Ground) -> Streets:
    lon, lat = lonlat(ground.x, ground.y)
    length = np.hypot(*(place[ground.start] - place[ground.end] for place in (ground.x, ground.y)))
    count = len(length)
    both = WALK_FORWARD | WALK_BACKWARD | CYCLE_FORWARD | CYCLE_BACKWARD
    return Streets(
        np.arange(len(lon), dtype=np.int64),
        lon,
        lat,
        ground.start.astype(np.int32),
        ground.end.astype(np.int32),
        np.maximum(1, np.round(100.0 * length)).astype(np.int32),
        np.zeros(count, np.int32),
        np.full(count, both, np.uint8),
        ground.kind,
        "made-up country",
    )
