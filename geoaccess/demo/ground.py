"""Where street points of the demo lie: along roads, on the lattices of towns, in parks and thinly in the fields."""

from __future__ import annotations

from collections.abc import Iterator

from geoaccess.demo.places import BUILT, CENTRES, FIELD_M, Place, near, nearest_place
from geoaccess.demo.plane import Cells, Point, dice, distance, put, side, square, within
from geoaccess.demo.roads import PARKS, ROADS, in_the_wild

FIELD_REACH_M = 3400
#: Lattices of country lanes: middle, direction of its rows, reach and step in metres.
FIELDS = (
    ("De Lier", (5.0, 6.0), 11_000, 430),
    ("De Lier", (5.0, 6.0), 11_000, 600),
    ("De Lier", (5.0, 6.0), 11_000, 800),
    ("Deurne", (6.0, 1.0), 21_000, 780),
)
#: no lanes lie in the sea, right of this line
COAST = (near("Ter Heijde", 0, 250), near("Heenweg", -2300, -50))


def street_points(roads: list[list[Point]]) -> dict[Point, str]:
    """Every street point of the demo and what it belongs to.

    Parameters
    ----------
    roads : courses of the main roads; their points come first and keep others at a distance.

    Returns
    -------
    dict
        point -> "road", "park <row of PARKS>", "town <name>" or "field".
    """
    ground: dict[Point, str] = {p: "road" for line in roads for p in line}
    cells: Cells = {}
    for p in ground:
        put(cells, p)
    layers = (
        (_park_points(), 0.75),
        (_town_points(), 0.62),
        (_field_points(), 0.42),
    )
    for points, clear_share in layers:
        for p, what, step_m in points:
            if next(within(cells, p, clear_share * step_m), None) is None:
                ground[p] = what
                put(cells, p)
    return ground


def _lattice(
    centre: Point, along: tuple[float, float], step_m: float, reach_m: float, seed: str
) -> Iterator[Point]:
    """Points of a slightly shaken square lattice around a centre."""
    throw = dice("lattice", seed)
    size = distance((0, 0), (round(along[0] * 1000), round(along[1] * 1000))) / 1000
    ux, uy = along[0] / size, along[1] / size
    count = int(reach_m / step_m) + 1
    for i in range(-count, count + 1):
        for j in range(-count, count + 1):
            du = (i + 0.3 * (throw() - 0.5)) * step_m
            dv = (j + 0.3 * (throw() - 0.5)) * step_m
            yield round(centre[0] + du * ux - dv * uy), round(centre[1] + du * uy + dv * ux)


def _town_points() -> Iterator[tuple[Point, str, float]]:
    for town in BUILT:
        centre = CENTRES[town.name]
        along = _main_direction(town)
        lobes = _lobes(town)
        for p in _lattice(centre, along, town.block_m, 1.7 * town.radius_m, town.name):
            inside = any(square(p, middle) < radius * radius for middle, radius in lobes)
            if inside and _owner(p) is town:
                yield p, f"town {town.name}", town.block_m


def _main_direction(town: Place) -> tuple[float, float]:
    """Streets of a place run along its first road."""
    name = next((b if a == town.name else a) for a, b, _ in ROADS if town.name in (a, b))
    a, b = CENTRES[town.name], CENTRES[name]
    return float(b[0] - a[0]), float(b[1] - a[1])


def _lobes(town: Place) -> list[tuple[Point, float]]:
    """Shape a place: a disc and three smaller ones at its edge, so that no two look alike."""
    throw = dice("lobes", town.name)
    x, y = CENTRES[town.name]
    lobes = [((x, y), 0.85 * town.radius_m)]
    for _ in range(3):
        dx, dy = (2 * (throw() - 0.5) * 0.8 * town.radius_m for _ in range(2))
        lobes.append(((round(x + dx), round(y + dy)), 0.55 * town.radius_m))
    return lobes


def _owner(p: Point) -> Place:
    """Where two places touch, a street belongs to the one that reaches furthest there."""
    return min(BUILT, key=lambda row: distance(CENTRES[row.name], p) / row.radius_m)


def _field_points() -> Iterator[tuple[Point, str, float]]:
    for middle, along, reach_m, step in FIELDS:
        for p in _lattice(CENTRES[middle], along, step, reach_m, f"field {middle} {step}"):
            home = nearest_place(p)
            if home is None or FIELD_M[home.municipality] != step:
                continue
            reached = square(p, CENTRES[home.name]) < FIELD_REACH_M**2
            if reached and _on_land(p) and not in_the_wild(p):
                yield p, "field", step


def _on_land(p: Point) -> bool:
    return side(*COAST, p) > 0


def _park_points() -> Iterator[tuple[Point, str, float]]:
    for k, park in enumerate(PARKS):
        for p in _lattice(park.point, (3.0, 1.0), 60, 130, park.name):
            yield p, f"park {k}", 60
