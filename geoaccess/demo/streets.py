"""Streets of the demo as OSM ways: points of the ground joined to their neighbours, then tagged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from geoaccess.demo.ground import street_points
from geoaccess.demo.plane import (
    Point,
    crossed,
    dice,
    distance,
    length_m,
    neighbour_graph,
    square,
)
from geoaccess.demo.roads import (
    CYCLE,
    MAIN,
    PARKS,
    ROADS,
    barrier_lines,
    built_up,
)

LONGEST_LANE_M, LONGEST_STREET_M = 1500, 200
ISLETS = frozenset(f"park {k}" for k, park in enumerate(PARKS) if park.islet)

Edge = tuple[Point, Point]
Tags = dict[str, str]


@dataclass(frozen=True)
class Way:
    """One OSM way: its vertices in whole metres of RD New, and its tags."""

    points: tuple[Point, ...]
    tags: Tags


def draw_streets(roads: list[list[Point]]) -> list[Way]:
    """All streets, canals and motorways of the demo.

    Parameters
    ----------
    roads : courses of the roads of `roads.ROADS`, in that order.
    """
    ground = street_points(roads)
    road_of = {_edge(a, b): k for k, line in enumerate(roads) for a, b in pairwise(line)}
    edges = _edges(list(ground), road_of, ground)
    label = _labels(edges, road_of, ground)
    ways = [Way(points, _tags(points, what)) for points, what in _strokes(label)]
    uses = Counter(p for way in ways for p in way.points)
    return [_close_dead_end(way, uses) for way in ways] + _barrier_ways()


def _edge(a: Point, b: Point) -> Edge:
    return (a, b) if a < b else (b, a)


# edges


def _edges(points: list[Point], road_of: dict[Edge, int], ground: dict[Point, str]) -> list[Edge]:
    """Join neighbours; keep what no barrier cuts and what hangs together with a road, and the islets."""
    lanes = []
    for i, j in neighbour_graph(points):
        a, b = edge = _edge(points[i], points[j])
        shore = ground[a] != ground[b] and not ISLETS.isdisjoint((ground[a], ground[b]))
        if not shore and square(a, b) < LONGEST_LANE_M**2:
            lanes.append(edge)
    cut = crossed(lanes, _barrier_sides())
    edges = set(road_of).union(edge for k, edge in enumerate(lanes) if k not in cut)
    return sorted(_main_parts(edges, ground))


def _barrier_sides() -> list[Edge]:
    return [side for _, _, line in barrier_lines() for side in pairwise(line)]


def _main_parts(edges: set[Edge], ground: dict[Point, str]) -> Iterator[Edge]:
    """Edges that a road leads to, and those of the islets."""
    beside: dict[Point, list[Point]] = {}
    for a, b in edges:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    reached = {p for p, what in ground.items() if what == "road" or what in ISLETS}
    todo = list(reached)
    while todo:
        for q in beside.get(todo.pop(), ()):
            if q not in reached:
                reached.add(q)
                todo.append(q)
    return (edge for edge in edges if edge[0] in reached)


def _labels(
    edges: list[Edge], road_of: dict[Edge, int], ground: dict[Point, str]
) -> dict[Edge, str]:
    """Say what each edge is; edges of one label may become one way."""
    bridges = crossed(edges, _barrier_sides())
    label = {}
    for k, (a, b) in enumerate(edges):
        kinds = sorted({ground[a], ground[b]})
        parks = [what for what in kinds if what.startswith("park")]
        if (a, b) in road_of:
            inside = "inside" if built_up(a) and built_up(b) else "outside"
            label[a, b] = f"road {road_of[a, b]} {'bridge' if k in bridges else inside}"
        elif parks and set(kinds) <= {parks[0], "road"}:
            label[a, b] = parks[0]
        elif any(what.startswith("town") for what in kinds) and square(a, b) < LONGEST_STREET_M**2:
            label[a, b] = "town"
        else:
            label[a, b] = "field"
    return label


# ways


def _strokes(label: dict[Edge, str]) -> Iterator[tuple[tuple[Point, ...], str]]:
    """Chain edges of one label into ways that run on as straight as they can."""
    beside: dict[Point, list[Point]] = {}
    for a, b in label:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    used: set[Edge] = set()
    for edge, what in label.items():
        if edge in used:
            continue
        used.add(edge)
        line = list(edge)
        for _ in range(2):
            while (p := _onward(line, what, beside, label, used)) is not None:
                used.add(_edge(line[-1], p))
                line.append(p)
            line.reverse()
        yield tuple(line), what


def _onward(
    line: list[Point],
    what: str,
    beside: dict[Point, list[Point]],
    label: dict[Edge, str],
    used: set[Edge],
) -> Point | None:
    """Next point straight on (bends under 45 degrees), or None."""
    (ax, ay), (bx, by) = line[-2], line[-1]
    best, best_cosine = None, 0.7
    for q in sorted(beside[line[-1]]):
        edge = _edge(line[-1], q)
        if edge in used or label[edge] != what or q in line:
            continue
        dot = (bx - ax) * (q[0] - bx) + (by - ay) * (q[1] - by)
        cosine = dot / (distance(line[-2], line[-1]) * distance(line[-1], q))
        if cosine > best_cosine:
            best, best_cosine = q, cosine
    return best


def _tags(points: tuple[Point, ...], what: str) -> Tags:
    """Choose the OSM tags of a way, by its label and by chance."""
    kind, _, rest = what.partition(" ")
    if kind == "road":
        number, place = rest.split()
        return _road_tags(int(number), place)
    if kind == "park":
        return dict(PARKS[int(rest)].tags)
    throw = dice(kind, *(f"{x},{y}" for x, y in points))
    return _pick(TOWN_MIX if kind == "town" else FIELD_MIX, throw())


TOWN_MIX: tuple[tuple[float, Tags], ...] = (
    (0.62, {"highway": "residential", "sidewalk": "both"}),
    (0.16, {"highway": "residential"}),
    (0.05, {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}),
    (0.05, {"highway": "living_street"}),
    (0.05, {"highway": "footway"}),
    (0.04, {"highway": "cycleway", "foot": "yes"}),
    (0.03, {"highway": "service"}),
)
FIELD_MIX: tuple[tuple[float, Tags], ...] = (
    (0.58, {"highway": "unclassified", "maxspeed": "60"}),
    (0.18, {"highway": "track", "tracktype": "grade2"}),
    (0.10, {"highway": "service"}),
    (0.07, {"highway": "cycleway"}),
    (0.07, {"highway": "path", "bicycle": "no"}),
)


def _pick(mix: tuple[tuple[float, Tags], ...], chance: float) -> Tags:
    for share, tags in mix:
        chance -= share
        if chance < 0:
            return dict(tags)
    return dict(mix[0][1])


def _road_tags(number: int, place: str) -> Tags:
    kind = ROADS[number][2]
    tags = {"highway": kind, "name": f"Demoweg {number + 1}"}
    if kind != CYCLE:
        inside = place == "inside"
        tags["maxspeed"] = "50" if inside else "80" if kind == MAIN else "60"
        tags["cycleway"] = "track" if kind == MAIN else "lane"
        tags["sidewalk"] = "both" if inside else "no"
    if place == "bridge":
        tags |= {"bridge": "yes", "layer": "1"}
    return tags


def _close_dead_end(way: Way, uses: Counter[Point]) -> Way:
    """Make some lanes that lead nowhere else the private drive of a firm."""
    dead_end = sum(uses[p] > 1 for p in way.points) == 1
    if dead_end and way.tags["highway"] in ("service", "track") and length_m(way.points) < 500:
        return Way(way.points, {"highway": "service", "access": "private"})
    return way


def _barrier_ways() -> list[Way]:
    ways = []
    for name, kind, line in barrier_lines():
        if kind == "canal":
            ways.append(Way(tuple(line), {"waterway": "canal", "name": name}))
        else:
            back = tuple((x + 12, y + 12) for x, y in reversed(line))
            tags = {"highway": "motorway", "oneway": "yes", "name": name, "maxspeed": "100"}
            ways += [Way(tuple(line), tags), Way(back, dict(tags))]
    return ways
