"""Housing sites and practices of the demo: all made up, and placed beside made-up streets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from geoaccess.demo.places import LABEL, near
from geoaccess.demo.plane import Point, to_lonlat
from geoaccess.demo.roads import PARKS
from geoaccess.demo.streets import Way

Segments = np.ndarray[Any, Any]

HOUSE, FARM, GLASS = "woonhuis", "bij het bedrijf", "kassengebied"
HOTEL, PARK = "polenhotel", "vakantiepark"
SITE_FROM_STREET_M, PRACTICE_FROM_STREET_M = 18.0, 9.0

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

DAY = "Mo-Fr 08:00-17:00; PH off"
LUNCH = "Mo-Fr 08:00-12:00,13:00-17:00; PH off"
HALF_WE = "Mo,Tu,Th,Fr 08:00-17:00; We 08:00-12:30; PH off"
EVENING = "Mo-Fr 08:00-17:00; Tu 18:30-20:30; PH off"
EARLY = "Mo-Th 07:30-17:00; Fr 07:30-16:00"
SATURDAY = "Mo-Fr 08:00-17:00; Sa 09:00-12:00; PH off"
OPEN, CONDITIONAL, CLOSED, UNKNOWN = "open", "conditional", "closed", "unknown"

#: name, fte, listed patients, status and its date, opening hours, languages, interpreter, then where; None is not known
PRACTICES = (
    ("Kievit", 2.4, 5120, CONDITIONAL, "2026-09-14", DAY, "nl;en", "yes", "Naaldwijk", -140, 160),
    ("Grutto", 3.2, 7040, CLOSED, "2026-10-05", LUNCH, "nl;en;pl", "yes", "Naaldwijk", 420, -350),
    ("Tureluur", 1.0, 2230, CONDITIONAL, "2026-06-22", HALF_WE, "nl", "no", "Naaldwijk", -650, -500),
    ("Scholekster", 2.0, 4310, CONDITIONAL, "2026-08-31", LUNCH, "nl;en", None, "'s-Gravenzande", 150, -100),
    ("Zilvermeeuw", 1.6, 3390, OPEN, "2026-11-02", DAY, "nl;en;de", "yes", "'s-Gravenzande", -350, 420),
    ("Stormvogel", 2.2, 4700, CONDITIONAL, "2026-07-13", DAY, "nl;en", "no", "Monster", -90, -140),
    ("Bontbek", None, None, UNKNOWN, None, None, "nl", None, "Monster", 380, -420),
    ("Waterhoen", 3.0, 6450, CONDITIONAL, "2026-10-19", EVENING, "nl;en;tr", "yes", "Wateringen", 130, -120),
    ("Meerkoet", 1.8, 3980, CLOSED, "2026-09-28", DAY, "nl;en", "no", "Wateringen", -360, 330),
    ("Reiger", 2.0, 4280, CONDITIONAL, "2026-10-12", HALF_WE, "nl;en;pl", "yes", "De Lier", 110, -130),
    ("Wulp", 1.4, 2890, OPEN, "2026-11-09", DAY, "nl;en", "yes", "Honselersdijk", -130, 90),
    ("Lepelaar", 1.2, 2610, CONDITIONAL, "2026-05-18", LUNCH, "nl", "no", "Poeldijk", 90, 130),
    ("Smient", 1.0, 2080, OPEN, "2026-10-26", EARLY, "nl;en", None, "Schipluiden", -100, -80),
    ("Bergeend", 1.6, 3440, CONDITIONAL, "2026-09-07", DAY, "nl;en", "no", "Den Hoorn", 120, 70),
    ("Zwaan", 4.2, 8630, OPEN, "2026-11-16", SATURDAY, "nl;en;es;ro", "yes", "Delft", -160, 140),
    ("Gierzwaluw", 2.8, 6020, CONDITIONAL, "2026-10-01", DAY, "nl;en", "yes", "Delft Hof van Delft", 120, -160),
    ("Koolmees", 2.0, 4200, CONDITIONAL, "2026-08-17", LUNCH, "nl;en", "no", "Delft Noord", -150, 120),
    ("Boerenzwaluw", 5.2, 10700, OPEN, "2026-11-10", EVENING, "nl;en;pl;bg", "yes", "Delft Voorhof", 90, -120),
    ("Roodborst", 2.6, 5610, CLOSED, "2026-09-21", DAY, "nl;en", "yes", "Delft Tanthof", 140, -110),
    ("Spreeuw", None, 3150, UNKNOWN, None, DAY, "nl;en", None, "Rijswijk", -170, -130),
    ("IJsvogel", 4.0, 8290, CONDITIONAL, "2026-10-20", EVENING, "nl;en;pl;ro", "yes", "Helmond", 160, -120),
    ("Nachtegaal", 2.4, 5150, CONDITIONAL, "2026-07-06", LUNCH, "nl;en;tr", "no", "Helmond", -420, 260),
    ("Ekster", 1.6, 3530, CLOSED, "2026-10-08", DAY, "nl", "no", "Helmond", 350, 480),
    ("Vink", 2.0, 4160, OPEN, "2026-11-03", DAY, "nl;en", "yes", "Mierlo-Hout", -130, 140),
    ("Goudvink", 2.6, 5480, CONDITIONAL, "2026-09-15", EARLY, "nl;en", "yes", "Brandevoort", 160, -90),
    ("Boomklever", 1.4, 2950, CONDITIONAL, "2026-06-29", HALF_WE, "nl;en", "no", "Stiphout", 110, 100),
    ("Winterkoning", 2.2, 4750, CONDITIONAL, "2026-10-13", DAY, "nl;en;ar", "yes", "Rijpelberg", -160, -120),
    ("Heggenmus", None, None, UNKNOWN, None, None, "nl;en", None, "Brouwhuis", -120, 140),
    ("Korhoen", 2.4, 5230, CONDITIONAL, "2026-10-27", LUNCH, "nl;en;pl", "yes", "Asten", 140, -130),
    ("Roerdomp", 1.6, 3300, OPEN, "2026-11-05", DAY, "nl;en", "no", "Asten", -400, -250),
    ("Wielewaal", 2.8, 6190, CLOSED, "2026-09-30", DAY, "nl;en;pl", "yes", "Someren", -120, 130),
    ("Boomleeuwerik", 1.2, 2480, CONDITIONAL, "2026-08-24", HALF_WE, "nl", "no", "Someren", 390, -300),
    ("Kraanvogel", 3.4, 7260, CONDITIONAL, "2026-10-15", DAY, "nl;en;pl", "yes", "Deurne", -150, 160),
    ("Zwarte Specht", 1.8, 3710, OPEN, "2026-11-11", SATURDAY, "nl;en", "yes", "Deurne", 480, -420),
    ("Havik", 2.6, 5590, CONDITIONAL, "2026-09-02", LUNCH, "nl;en", "no", "Gemert", 150, -140),
    ("Sperwer", 2.0, 4370, CLOSED, "2026-10-22", DAY, "nl", None, "Gemert", -450, 300),
    ("Buizerd", 1.4, 2900, CONDITIONAL, "2026-07-20", DAY, "nl;en", "no", "Bakel", -110, -100),
    ("Torenvalk", 2.2, 4640, CONDITIONAL, "2026-10-29", EVENING, "nl;en", "yes", "Beek en Donk", -130, 120),
    ("Steenuil", 1.8, None, UNKNOWN, None, LUNCH, "nl;en", "no", "Mierlo", 120, 80),
    ("Kerkuil", 3.0, 6330, CONDITIONAL, "2026-09-22", DAY, "nl;en", "yes", "Geldrop", -160, -140),
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
    streets = _segments(ways)
    middle = {park.name: park.point for park in PARKS}
    rows = []
    for number, (name, kind, residents, town, east_m, north_m) in enumerate(SITES, 1):
        aim = middle.get(name) or near(town, east_m, north_m)
        x, y = _beside(streets, aim, SITE_FROM_STREET_M)
        rows.append(Site(f"L{number:02d}", name, kind, residents, x, y))
    return rows


def practices(ways: list[Way]) -> list[dict[str, object]]:
    """Practices as rows of practices.csv, each beside the street nearest to where its row puts it."""
    streets = _segments(ways)
    rows: list[dict[str, object]] = []
    for number, row in enumerate(PRACTICES, 1):
        name, fte, listed, status, date, hours, languages, interpreter, town, east_m, north_m = row
        lon, lat = to_lonlat(*_beside(streets, near(town, east_m, north_m), PRACTICE_FROM_STREET_M))
        rows.append(
            {
                "practice_id": f"P{number:02d}",
                "name": f"Demopraktijk {name}",
                "lon": f"{lon:.6f}",
                "lat": f"{lat:.6f}",
                "care": "huisarts",
                "fte": fte,
                "listed_patients": listed,
                "status": status,
                "status_date": date,
                "opening_hours": hours,
                "languages": languages,
                "interpreter": interpreter,
                "source": LABEL,
            }
        )
    return rows


def _segments(ways: list[Way]) -> Segments:
    """Pieces of street on foot: float64 (n, 4) of x, y, x, y."""
    streets = (way for way in ways if way.tags.get("highway", "motorway") != "motorway")
    return np.array([(*a, *b) for way in streets for a, b in pairwise(way.points)], dtype=float)


def _beside(streets: Segments, aim: Point, gap_m: float) -> tuple[float, float]:
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
