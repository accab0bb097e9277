"""Towns and villages of the demo: their names and places are real (to about 300 m), their size and streets are not."""

from __future__ import annotations

from dataclasses import dataclass

from geoaccess.demo.plane import Point, square, to_rd

#: what every file of the demo says of itself
LABEL = "verzonnen demogegevens"


@dataclass(frozen=True)
class Place:
    """A town, village, quarter or station.

    Attributes
    ----------
    name : real name.
    lon, lat : degrees, EPSG:4326.
    municipality : name of the municipality it lies in.
    radius_m : how far its made-up streets reach; 0 for a station, which has none of its own.
    block_m : made-up distance between its streets.
    """

    name: str
    lon: float
    lat: float
    municipality: str
    radius_m: int
    block_m: int


PLACES = (
    # Westland and Delft
    Place("Naaldwijk", 4.2098, 51.9942, "Westland", 1150, 105),
    Place("'s-Gravenzande", 4.1652, 52.0010, "Westland", 1050, 105),
    Place("Monster", 4.1750, 52.0264, "Westland", 800, 105),
    Place("Wateringen", 4.2730, 52.0240, "Westland", 950, 105),
    Place("De Lier", 4.2480, 51.9745, "Westland", 750, 100),
    Place("Honselersdijk", 4.2300, 52.0080, "Westland", 600, 100),
    Place("Poeldijk", 4.2190, 52.0240, "Westland", 550, 95),
    Place("Kwintsheul", 4.2560, 52.0150, "Westland", 400, 90),
    Place("Maasdijk", 4.2120, 51.9590, "Westland", 450, 90),
    Place("Heenweg", 4.1620, 51.9790, "Westland", 230, 85),
    Place("Ter Heijde", 4.1680, 52.0310, "Westland", 220, 80),
    Place("Schipluiden", 4.3150, 51.9765, "Midden-Delfland", 450, 95),
    Place("Den Hoorn", 4.3310, 52.0010, "Midden-Delfland", 480, 95),
    Place("Maasland", 4.2730, 51.9345, "Midden-Delfland", 500, 95),
    Place("'t Woudt", 4.2945, 51.9925, "Midden-Delfland", 130, 80),
    Place("Maassluis", 4.2520, 51.9220, "Maassluis", 700, 115),
    Place("Rijswijk", 4.3256, 52.0363, "Rijswijk", 1000, 115),
    Place("Delft", 4.3571, 52.0116, "Delft", 850, 95),
    Place("Delft Station", 4.3565, 52.0067, "Delft", 0, 100),
    Place("Delft Hof van Delft", 4.3430, 52.0130, "Delft", 680, 110),
    Place("Delft Noord", 4.3620, 52.0230, "Delft", 720, 115),
    Place("Delft Voorhof", 4.3530, 51.9965, "Delft", 800, 120),
    Place("Delft Tanthof", 4.3480, 51.9830, "Delft", 850, 120),
    Place("Delft TU-wijk", 4.3730, 52.0000, "Delft", 850, 130),
    # Helmond and de Peel
    Place("Helmond", 5.6570, 51.4793, "Helmond", 1150, 105),
    Place("Helmond Station", 5.6614, 51.4756, "Helmond", 0, 100),
    Place("Stiphout", 5.6200, 51.4845, "Helmond", 750, 110),
    Place("Mierlo-Hout", 5.6340, 51.4690, "Helmond", 850, 110),
    Place("Brandevoort", 5.6100, 51.4600, "Helmond", 850, 110),
    Place("Rijpelberg", 5.7020, 51.4730, "Helmond", 850, 115),
    Place("Brouwhuis", 5.7010, 51.4620, "Helmond", 800, 110),
    Place("Dierdonk", 5.6770, 51.5000, "Helmond", 650, 115),
    Place("Geldrop", 5.5583, 51.4225, "Geldrop-Mierlo", 1100, 115),
    Place("Mierlo", 5.6161, 51.4403, "Geldrop-Mierlo", 650, 105),
    Place("Deurne", 5.7947, 51.4631, "Deurne", 1200, 110),
    Place("Vlierden", 5.7595, 51.4455, "Deurne", 250, 90),
    Place("Liessel", 5.8220, 51.4150, "Deurne", 450, 95),
    Place("Neerkant", 5.8683, 51.3700, "Deurne", 320, 90),
    Place("Helenaveen", 5.9178, 51.3878, "Deurne", 260, 90),
    Place("Asten", 5.7483, 51.4019, "Asten", 900, 105),
    Place("Ommel", 5.7508, 51.4185, "Asten", 270, 90),
    Place("Heusden", 5.7581, 51.3742, "Asten", 380, 95),
    Place("Someren", 5.7111, 51.3856, "Someren", 880, 105),
    Place("Someren-Eind", 5.7333, 51.3567, "Someren", 380, 95),
    Place("Someren-Heide", 5.6960, 51.3520, "Someren", 260, 90),
    Place("Lierop", 5.6800, 51.4183, "Someren", 360, 90),
    Place("Gemert", 5.6906, 51.5558, "Gemert-Bakel", 1050, 105),
    Place("Bakel", 5.7403, 51.5033, "Gemert-Bakel", 550, 100),
    Place("De Mortel", 5.7128, 51.5408, "Gemert-Bakel", 280, 90),
    Place("Milheeze", 5.7789, 51.5022, "Gemert-Bakel", 350, 90),
    Place("De Rips", 5.8075, 51.5486, "Gemert-Bakel", 280, 90),
    Place("Handel", 5.7117, 51.5850, "Gemert-Bakel", 320, 90),
    Place("Elsendorp", 5.7719, 51.5750, "Gemert-Bakel", 240, 90),
    Place("Beek en Donk", 5.6300, 51.5267, "Laarbeek", 700, 105),
    Place("Aarle-Rixtel", 5.6383, 51.5092, "Laarbeek", 500, 100),
    Place("Lieshout", 5.5950, 51.5192, "Laarbeek", 450, 100),
    Place("Mariahout", 5.5720, 51.5380, "Laarbeek", 270, 90),
)

#: Neighbours outside the demo, real too: they only shape the made-up outlines of the areas.
NEIGHBOURS = (
    ("Hoek van Holland", 4.1330, 51.9780),
    ("Rozenburg", 4.2480, 51.9040),
    ("Vlaardingen", 4.3420, 51.9250),
    ("Kethel", 4.3900, 51.9420),
    ("Delfgauw", 4.3990, 52.0085),
    ("Pijnacker", 4.4330, 52.0190),
    ("Loosduinen", 4.2420, 52.0560),
    ("Wateringse Veld", 4.2960, 52.0420),
    ("Ypenburg", 4.3730, 52.0400),
    ("Nuenen", 5.5530, 51.4730),
    ("Eindhoven", 5.4950, 51.4300),
    ("Heeze", 5.5720, 51.3830),
    ("Leende", 5.5530, 51.3510),
    ("Maarheeze", 5.6170, 51.3120),
    ("Nederweert", 5.7490, 51.2860),
    ("Ospel", 5.7850, 51.3000),
    ("Meijel", 5.8850, 51.3440),
    ("Panningen", 5.9790, 51.3270),
    ("Grashoek", 5.9600, 51.3650),
    ("America", 5.9770, 51.4380),
    ("Griendtsveen", 5.8960, 51.4430),
    ("Ysselsteyn", 5.8970, 51.4900),
    ("Vredepeel", 5.8700, 51.5400),
    ("Landhorst", 5.8050, 51.6130),
    ("Boekel", 5.6740, 51.6030),
    ("Erp", 5.6060, 51.5990),
    ("Veghel", 5.5480, 51.6160),
    ("Sint-Oedenrode", 5.4600, 51.5670),
    ("Son", 5.4920, 51.5120),
    ("Gerwen", 5.5500, 51.4890),
)

#: places with streets of their own
BUILT = tuple(row for row in PLACES if row.radius_m > 0)
#: centre of each neighbour in whole metres of RD New
OUTSIDE = tuple(to_rd(lon, lat) for _, lon, lat in NEIGHBOURS)

#: Made-up metres between country lanes, by municipality: glasshouses lie close together, peat lands far apart.
FIELD_M = {
    "Westland": 430,
    "Delft": 600,
    "Rijswijk": 600,
    "Midden-Delfland": 800,
    "Maassluis": 800,
    "Helmond": 780,
    "Geldrop-Mierlo": 780,
    "Deurne": 780,
    "Asten": 780,
    "Someren": 780,
    "Gemert-Bakel": 780,
    "Laarbeek": 780,
}

#: centre of each place in whole metres of RD New
CENTRES = {row.name: to_rd(row.lon, row.lat) for row in PLACES}


def place(name: str) -> Place:
    """Return the place called ``name``."""
    return next(row for row in PLACES if row.name == name)


def near(name: str, east_m: int, north_m: int) -> Point:
    """Point so many metres east and north of the centre of a place."""
    x, y = CENTRES[name]
    return x + east_m, y + north_m


def nearest_place(p: Point) -> Place | None:
    """Return the place whose centre is nearest to a point, or None where a neighbour outside the demo is nearer."""
    own, home = min((square(CENTRES[row.name], p), k) for k, row in enumerate(BUILT))
    return None if any(square(other, p) < own for other in OUTSIDE) else BUILT[home]
