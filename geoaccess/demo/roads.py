"""Main roads of the demo, and what no street may cross: made up, but between real places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from geoaccess.demo.places import CENTRES, PLACES, near, place
from geoaccess.demo.plane import Cells, Point, crosses, dice, distance, put, square, within

MAIN, LOCAL, CYCLE = "secondary", "tertiary", "cycleway"
COUNTRY_STEP_M = 140

#: Roads from centre to centre: from, to, class. Buses follow these; a bend is drawn by chance.
ROADS = (
    ("Naaldwijk", "Honselersdijk", MAIN),
    ("Honselersdijk", "Poeldijk", LOCAL),
    ("Honselersdijk", "Kwintsheul", LOCAL),
    ("Honselersdijk", "De Lier", LOCAL),
    ("Kwintsheul", "Wateringen", LOCAL),
    ("Poeldijk", "Wateringen", MAIN),
    ("Poeldijk", "Monster", MAIN),
    ("Monster", "'s-Gravenzande", MAIN),
    ("Monster", "Ter Heijde", LOCAL),
    ("'s-Gravenzande", "Naaldwijk", MAIN),
    ("'s-Gravenzande", "Heenweg", LOCAL),
    ("Heenweg", "Maasdijk", LOCAL),
    ("Naaldwijk", "De Lier", MAIN),
    ("Naaldwijk", "Maasdijk", MAIN),
    ("Maasdijk", "Maassluis", MAIN),
    ("De Lier", "Maasland", LOCAL),
    ("De Lier", "Schipluiden", LOCAL),
    ("Maasland", "Maassluis", MAIN),
    ("Maasland", "Schipluiden", LOCAL),
    ("Schipluiden", "Den Hoorn", LOCAL),
    ("Schipluiden", "Delft Tanthof", LOCAL),
    ("Wateringen", "Den Hoorn", MAIN),
    ("Wateringen", "Rijswijk", MAIN),
    ("Den Hoorn", "Delft Hof van Delft", MAIN),
    ("Den Hoorn", "Delft Voorhof", LOCAL),
    ("Delft Hof van Delft", "Delft", MAIN),
    ("Delft", "Delft Noord", MAIN),
    ("Delft Noord", "Rijswijk", MAIN),
    ("Delft", "Delft Station", MAIN),
    ("Delft Station", "Delft Voorhof", MAIN),
    ("Delft Station", "Delft TU-wijk", LOCAL),
    ("Delft Voorhof", "Delft Tanthof", MAIN),
    ("'t Woudt", "Den Hoorn", LOCAL),
    ("De Lier", "'t Woudt", CYCLE),
    ("Kwintsheul", "'t Woudt", CYCLE),
    ("Maasdijk", "De Lier", CYCLE),
    ("Helmond", "Helmond Station", MAIN),
    ("Helmond", "Stiphout", LOCAL),
    ("Helmond", "Dierdonk", MAIN),
    ("Helmond", "Rijpelberg", MAIN),
    ("Helmond", "Aarle-Rixtel", MAIN),
    ("Helmond Station", "Mierlo-Hout", MAIN),
    ("Helmond Station", "Brouwhuis", MAIN),
    ("Mierlo-Hout", "Brandevoort", LOCAL),
    ("Mierlo-Hout", "Mierlo", MAIN),
    ("Brouwhuis", "Rijpelberg", LOCAL),
    ("Brouwhuis", "Deurne", MAIN),
    ("Brouwhuis", "Vlierden", LOCAL),
    ("Brouwhuis", "Ommel", MAIN),
    ("Vlierden", "Deurne", LOCAL),
    ("Ommel", "Asten", MAIN),
    ("Asten", "Someren", MAIN),
    ("Asten", "Heusden", LOCAL),
    ("Asten", "Liessel", MAIN),
    ("Someren", "Lierop", LOCAL),
    ("Someren", "Someren-Eind", LOCAL),
    ("Someren", "Someren-Heide", LOCAL),
    ("Someren-Eind", "Someren-Heide", LOCAL),
    ("Someren-Eind", "Heusden", LOCAL),
    ("Lierop", "Mierlo", LOCAL),
    ("Mierlo", "Geldrop", MAIN),
    ("Liessel", "Deurne", MAIN),
    ("Liessel", "Neerkant", LOCAL),
    ("Neerkant", "Helenaveen", LOCAL),
    ("Helenaveen", "Deurne", LOCAL),
    ("Deurne", "Bakel", MAIN),
    ("Deurne", "Milheeze", LOCAL),
    ("Milheeze", "Bakel", LOCAL),
    ("Milheeze", "De Rips", LOCAL),
    ("De Rips", "Elsendorp", LOCAL),
    ("Elsendorp", "Gemert", LOCAL),
    ("Dierdonk", "Bakel", MAIN),
    ("Bakel", "De Mortel", LOCAL),
    ("De Mortel", "Gemert", LOCAL),
    ("Gemert", "Handel", LOCAL),
    ("Gemert", "Beek en Donk", MAIN),
    ("Beek en Donk", "Aarle-Rixtel", MAIN),
    ("Beek en Donk", "Lieshout", LOCAL),
    ("Aarle-Rixtel", "Lieshout", LOCAL),
    ("Lieshout", "Mariahout", LOCAL),
    ("Stiphout", "Lieshout", CYCLE),
    ("Vlierden", "Asten", CYCLE),
    ("Dierdonk", "Gemert", CYCLE),
)

#: What only the roads above cross, on a bridge: name, class, corners as (place, metres east, metres north).
BARRIERS = (
    ("Demovaart", "canal", (("Gemert", -1900, 3500), ("Beek en Donk", 1500, 300), ("Aarle-Rixtel", 1100, -300),
                            ("Helmond", 900, 700), ("Rijpelberg", -1350, -900), ("Lierop", 2900, 500),
                            ("Someren-Eind", 900, -2400))),
    ("Demovliet", "canal", (("Delft Noord", 600, 1500), ("Delft", 500, 300), ("Delft Voorhof", 700, -300),
                            ("Delft Tanthof", 1200, -1500))),
    ("Snelweg Peel", "motorway", (("Geldrop", -1700, 1400), ("Mierlo", -300, -1700), ("Lierop", 300, 1500),
                                  ("Ommel", -200, -800), ("Liessel", -300, -1200), ("Helenaveen", 1200, -2500))),
    ("Snelweg Midden", "motorway", (("Rijswijk", -1700, 900), ("Den Hoorn", 950, 300), ("Delft Tanthof", -1100, -300),
                                    ("Maasland", 5200, 300))),
    ("Snelweg Maas", "motorway", (("Maasdijk", -1700, -200), ("Maasdijk", 500, -1150), ("Maasland", -1300, -350),
                                  ("Maasland", 3800, -900))),
)  # fmt: skip

#: Country without streets (heath, bog, dunes): place, metres east and north of it, radius in metres.
WILD = (
    ("Someren-Heide", -5200, 2600, 1900),
    ("Neerkant", -3600, -2300, 2100),
    ("Helenaveen", -2300, 2900, 1500),
    ("De Rips", 2200, -1400, 1400),
    ("Monster", -1700, -1200, 650),
)


@dataclass(frozen=True)
class Park:
    """Made-up streets of a holiday park or of an islet, away from any village.

    Attributes
    ----------
    name : made-up name.
    point : centre, whole metres of RD New.
    tags : OSM tags of its streets.
    islet : no street leads there.
    """

    name: str
    point: Point
    tags: tuple[tuple[str, str], ...]
    islet: bool = False


PARK_TAGS = (("highway", "service"), ("access", "private"), ("foot", "permissive"))
GATED_TAGS = (("highway", "service"), ("access", "private"))
PARKS = (
    Park("Demopark Berkenrijs", near("Helenaveen", 200, -800), PARK_TAGS),
    Park("Demopark Wollegras", near("Helenaveen", 1300, 1900), PARK_TAGS),
    Park("Demopark Boomvalk", near("Someren-Heide", -750, -450), PARK_TAGS),
    Park("Demopark Keizersmantel", near("Heusden", 1000, -500), PARK_TAGS),
    Park("Demopark Klein Rietveld", near("De Rips", 950, 500), PARK_TAGS),
    Park("Demopark Zeedistel", near("Heenweg", -850, -250), PARK_TAGS),
    Park("Demopark Polderzicht", near("De Lier", 900, -2500), PARK_TAGS),
    Park("Demopark Slagboom", near("Milheeze", 2000, -700), GATED_TAGS),
    Park("Demo-eiland Dodaars", near("Neerkant", -3600, -2300), GATED_TAGS[:1], islet=True),
)


def road_lines() -> list[list[Point]]:
    """Course of each road of ROADS, from centre to centre, with a vertex wherever two of them meet."""
    seen: Cells = {}
    for centre in CENTRES.values():
        put(seen, centre)
    lines = []
    for start, end, _ in ROADS:
        line = _merge(_trace(start, end), seen)
        for p in line:
            put(seen, p)
        lines.append(line)
    return _join_crossings(lines)


def _trace(start: str, end: str) -> list[Point]:
    """Gentle bend between two places: short steps where houses stand, longer ones outside."""
    a, b = CENTRES[start], CENTRES[end]
    bend = 0.2 * (dice("bend", start, end)() - 0.5)
    control = ((a[0] + b[0]) / 2 - bend * (b[1] - a[1]), (a[1] + b[1]) / 2 + bend * (b[0] - a[0]))
    line = [a]
    parts = max(2, int(distance(a, b) / 10))
    for k in range(1, parts):
        t = k / parts
        u, v, w = (1 - t) * (1 - t), 2 * t * (1 - t), t * t
        p = (
            round(u * a[0] + v * control[0] + w * b[0]),
            round(u * a[1] + v * control[1] + w * b[1]),
        )
        step = min(_step(p, start), _step(p, end))
        if distance(line[-1], p) >= step and distance(p, b) >= 0.6 * step:
            line.append(p)
    return [*line, b]


def _step(p: Point, name: str) -> float:
    town = place(name)
    return 0.95 * town.block_m if distance(p, CENTRES[name]) < town.radius_m else COUNTRY_STEP_M


def _merge(line: list[Point], seen: Cells) -> list[Point]:
    """Let a road run along an earlier one where the two are less than a block apart, as near a centre."""
    merged = [line[0]]
    for p in line[1:-1]:
        close = sorted(within(seen, p, 60), key=lambda q: (square(p, q), q))
        point = close[0] if close else p
        if point not in merged:
            merged.append(point)
    return [*(p for p in merged if p != line[-1]), line[-1]]


def _join_crossings(lines: list[list[Point]]) -> list[list[Point]]:
    """Give roads that cross a shared vertex there."""
    joined = [list(line) for line in lines]
    for i, first in enumerate(joined):
        for second in joined[:i]:
            if _apart(first, second):
                continue
            for _ in range(len(second)):
                crossing = next(_crossings(first, second), None)
                if crossing is None:
                    break
                p, k, m = crossing
                if p not in first:
                    first.insert(k + 1, p)
                if p not in second:
                    second.insert(m + 1, p)
    return joined


def _apart(first: list[Point], second: list[Point]) -> bool:
    def box(line: Iterable[Point], axis: int) -> tuple[int, int]:
        values = [p[axis] for p in line]
        return min(values), max(values)

    for axis in (0, 1):
        low, high = box(first, axis)
        low2, high2 = box(second, axis)
        if high < low2 or high2 < low:
            return True
    return False


def _crossings(first: list[Point], second: list[Point]) -> Iterator[tuple[Point, int, int]]:
    for k, (a, b) in enumerate(pairwise(first)):
        for m, (c, d) in enumerate(pairwise(second)):
            if crosses(a, b, c, d):
                yield meeting_point(a, b, c, d), k, m


def meeting_point(a: Point, b: Point, c: Point, d: Point) -> Point:
    """Whole-metre point where the lines a-b and c-d cross."""
    over = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    t = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / over
    return round(a[0] + t * (b[0] - a[0])), round(a[1] + t * (b[1] - a[1]))


def barrier_lines() -> list[tuple[str, str, list[Point]]]:
    """Name, class and course of each barrier."""
    return [
        (name, kind, _rounded([near(*corner) for corner in corners]))
        for name, kind, corners in BARRIERS
    ]


def _rounded(line: list[Point]) -> list[Point]:
    """Cut the corners of a line three times."""
    for _ in range(3):
        cut = [line[0]]
        for (ax, ay), (bx, by) in pairwise(line):
            cut.append(((3 * ax + bx) // 4, (3 * ay + by) // 4))
            cut.append(((ax + 3 * bx) // 4, (ay + 3 * by) // 4))
        line = [*cut, line[-1]]
    return line


def in_the_wild(p: Point) -> bool:
    """Tell whether a point lies where no street goes."""
    return any(square(near(name, x, y), p) < radius**2 for name, x, y, radius in WILD)


def built_up(p: Point) -> bool:
    """Tell whether a point lies in a place."""
    return any(square(CENTRES[row.name], p) < row.radius_m**2 for row in PLACES)
