"""Housing sites of the demo: all made up, and placed beside made-up streets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from geoaccess.demo.places import near
from geoaccess.demo.plane import Point
from geoaccess.demo.roads import PARKS
from geoaccess.demo.streets import Way

Segments = np.ndarray[Any, Any]

HOUSE, FARM, GLASS = "woonhuis", "bij het bedrijf", "kassengebied"
HOTEL, PARK = "polenhotel", "vakantiepark"
SITE_FROM_STREET_M = 18.0

#: name, kind, residents, then where: a place and the metres east and north of it (the parks lie where `roads` has them)
SITES = (
    ("Demohuis Marktzicht", HOUSE, 46, "Naaldwijk", 180, -260),
    ("Demohotel Gouden Kas", HOTEL, 380, "Naaldwijk", -700, 900),
    ("Demokas Westerlee", GLASS, 140, "Naaldwijk", 400, -1350),
    ("Demokas Galgepad", GLASS, 150, "Naaldwijk", -700, -2200),
    ("Demohuis Duinroos", HOUSE, 32, "'s-Gravenzande", 120, 320),
    ("Demokas Zandwerf", GLASS, 120, "'s-Gravenzande", -800, -1500),
    ("Demohotel Zeewind", HOTEL, 210, "'s-Gravenzande", 700, -800),
    ("Demohuis Torenzicht", HOUSE, 28, "Monster", 60, 240),
    ("Demokas Haagweg", GLASS, 130, "Monster", 700, 500),
    ("Demochalets Strandhaver", PARK, 130, "Ter Heijde", 650, 800),
    ("Demopark Zeedistel", PARK, 180, "Heenweg", 0, 0),
    ("Demohuis Heenhof", HOUSE, 36, "Heenweg", 60, 40),
    ("Demobedrijf Nieuwlandse Kade", FARM, 64, "Heenweg", 900, -1500),
    ("Demohotel Oranjepolder", HOTEL, 290, "Maasdijk", -1300, -1500),
    ("Demokas Oude Dijk", GLASS, 95, "Maasdijk", -1000, 600),
    ("Demohuis Dijkzicht", HOUSE, 52, "Maasdijk", 90, 120),
    ("Demopark Polderzicht", PARK, 190, "De Lier", 0, 0),
    ("Demohuis Lierhof", HOUSE, 38, "De Lier", -150, 180),
    ("Demokas Kralingerpad", GLASS, 100, "De Lier", -1500, 500),
    ("Demohuis Vlietzicht", HOUSE, 40, "Honselersdijk", 120, 100),
    ("Demokas Zwethoek", GLASS, 85, "Honselersdijk", 1000, -1500),
    ("Demohuis Kerklaan", HOUSE, 26, "Poeldijk", -120, -90),
    ("Demokas Noordeinde", GLASS, 90, "Poeldijk", 200, 1000),
    ("Demohuis Heulhof", HOUSE, 22, "Kwintsheul", -60, 110),
    ("Demoflat Waterhof", HOUSE, 200, "Wateringen", 300, 350),
    ("Demobedrijf Zwetland", FARM, 34, "'t Woudt", -500, 700),
    ("Demobedrijf Vlaardingsekade", FARM, 30, "Schipluiden", 900, -1600),
    ("Demohuis Gaaghof", HOUSE, 24, "Schipluiden", 80, 150),
    ("Demohuis Hoornhof", HOUSE, 20, "Den Hoorn", -100, 160),
    ("Demoflat Voorhofdreef", HOUSE, 260, "Delft Voorhof", 250, 260),
    ("Demohuis Tanthofhoek", HOUSE, 64, "Delft Tanthof", -300, 150),
    ("Demohotel Schiezicht", HOTEL, 260, "Delft TU-wijk", 420, -300),
    ("Demohuis Kanaalzicht", HOUSE, 96, "Helmond", -200, 300),
    ("Demohotel Peelpoort", HOTEL, 420, "Brouwhuis", 500, -250),
    ("Demohuis Rijpelhof", HOUSE, 120, "Rijpelberg", 150, 200),
    ("Demohuis Brandehof", HOUSE, 44, "Brandevoort", -120, 180),
    ("Demohuis Houthof", HOUSE, 130, "Mierlo-Hout", 200, -160),
    ("Demohuis Astenhof", HOUSE, 78, "Asten", -160, 220),
    ("Demohotel Floralaan", HOTEL, 280, "Asten", 500, -620),
    ("Demobedrijf Ommelse Akker", FARM, 42, "Ommel", 400, -100),
    ("Demohuis Postelhof", HOUSE, 140, "Someren", 150, -180),
    ("Demobedrijf Lieropsedijk", FARM, 36, "Lierop", -800, 500),
    ("Demobedrijf Boerenkamp", FARM, 88, "Someren-Eind", 300, -1050),
    ("Demohotel Heihorst", HOTEL, 240, "Someren-Heide", 500, -900),
    ("Demopark Boomvalk", PARK, 200, "Someren-Heide", 0, 0),
    ("Demopark Keizersmantel", PARK, 210, "Heusden", 0, 0),
    ("Demohuis Deurnehof", HOUSE, 160, "Deurne", 220, -240),
    ("Demohotel Stationspark", HOTEL, 320, "Deurne", -420, -380),
    ("Demobedrijf Vlierdense Bos", FARM, 32, "Vlierden", -600, -200),
    ("Demobedrijf Loonse Veld", FARM, 105, "Liessel", 700, 300),
    ("Demobedrijf Moostdijk", FARM, 96, "Neerkant", 1100, -900),
    ("Demokas Soeloop", GLASS, 170, "Helenaveen", -600, -500),
    ("Demopark Berkenrijs", PARK, 260, "Helenaveen", 0, 0),
    ("Demopark Wollegras", PARK, 170, "Helenaveen", 0, 0),
    ("Demo-eiland Dodaars", PARK, 24, "Neerkant", 0, 0),
    ("Demohuis Gemerthof", HOUSE, 120, "Gemert", -180, 200),
    ("Demohuis Bakelhof", HOUSE, 48, "Bakel", 100, 120),
    ("Demolodges Slagboom", PARK, 140, "Milheeze", 1860, -590),
    ("Demopark Klein Rietveld", PARK, 150, "De Rips", 0, 0),
    ("Demobedrijf Elsenakker", FARM, 54, "Elsendorp", 700, 600),
    ("Demohuis Donkhof", HOUSE, 62, "Beek en Donk", 140, -150),
    ("Demobedrijf Mariaheide", FARM, 26, "Mariahout", -600, 300),
    ("Demohuis Geldrophof", HOUSE, 56, "Geldrop", 180, 160),
    ("Demohuis Mierlohof", HOUSE, 40, "Mierlo", -110, 140),
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A housing site: metres of RD New, residents in persons."""

    site_id: str
    name: str
    kind: str
    residents: int
    x: float
    y: float


def sites(ways: list[Way]) -> list[Site]:
    """Housing sites, each beside the street nearest to where its row puts it."""
    streets = segments(ways)
    middle = {park.name: park.point for park in PARKS}
    rows = []
    for number, (name, kind, residents, town, east_m, north_m) in enumerate(SITES, 1):
        aim = middle.get(name) or near(town, east_m, north_m)
        x, y = beside(streets, aim, SITE_FROM_STREET_M)
        rows.append(Site(f"L{number:02d}", name, kind, residents, x, y))
    return rows


def segments(ways: list[Way]) -> Segments:
    """Pieces of street on foot: float64 (n, 4) of x, y, x, y."""
    streets = (way for way in ways if way.tags.get("highway", "motorway") != "motorway")
    return np.array([(*a, *b) for way in streets for a, b in pairwise(way.points)], dtype=float)


def beside(streets: Segments, aim: Point, gap_m: float) -> tuple[float, float]:
    """Point ``gap_m`` beside the nearest street to ``aim``, on its side of it; decimetres of RD New."""
    ax, ay, bx, by = streets.T
    dx, dy = bx - ax, by - ay
    t = ((aim[0] - ax) * dx + (aim[1] - ay) * dy) / (dx * dx + dy * dy)
    t = np.minimum(1.0, np.maximum(0.0, t))
    x, y = ax + t * dx, ay + t * dy
    k = int(np.argmin((x - aim[0]) ** 2 + (y - aim[1]) ** 2))
    side = dy[k] * (aim[0] - x[k]) - dx[k] * (aim[1] - y[k])
    away = (gap_m if side >= 0 else -gap_m) / math.sqrt(dx[k] * dx[k] + dy[k] * dy[k])
    return round(float(x[k] + away * dy[k]), 1), round(float(y[k] - away * dx[k]), 1)
