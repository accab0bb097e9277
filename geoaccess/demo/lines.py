"""Bus, tram and train lines of the demo: all made up."""

from __future__ import annotations

from dataclasses import dataclass

from geoaccess.demo.places import near
from geoaccess.demo.plane import Point

TRAM, TRAIN, BUS = 0, 2, 3
WEEK = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

#: Railway stations: name -> point. Buses stop at those that are a place of their own.
RAIL_STATIONS: dict[str, Point] = {
    "Rijswijk Station": near("Rijswijk", 350, -420),
    "Delft Station": near("Delft Station", 0, 0),
    "Geldrop Station": near("Geldrop", -450, -350),
    "Helmond Station": near("Helmond Station", 0, 0),
    "Deurne Station": near("Deurne", -500, -500),
}


@dataclass(frozen=True)
class Line:
    """One line, run alike in both directions.

    Attributes
    ----------
    number : its number.
    mode : GTFS route_type.
    via : places it calls at; a road (or the railway) joins each to the next.
    hours : (days, starts) pairs: days as "Mo-Fr", starts as "first-last/minutes between" parts, past 24:00 too.
    kmh : mean speed.
    express : stops in the centres only.
    """

    number: str
    mode: int
    via: tuple[str, ...]
    hours: tuple[tuple[str, str], ...]
    kmh: int = 24
    express: bool = False


LINES = (
    # Westland and Delft
    Line("T1", TRAM, ("Wateringen", "Den Hoorn", "Delft Hof van Delft", "Delft", "Delft Station", "Delft TU-wijk"),
         (("Mo-Fr", "05:50-19:00/10 19:20-24:50/20"), ("Sa", "06:20-24:50/20"), ("Su", "07:50-24:20/30")), 22),
    Line("S1", TRAIN, ("Rijswijk Station", "Delft Station"),
         (("Mo-Sa", "05:40-24:40/30"), ("Su", "07:10-24:10/30")), 60),
    Line("31", BUS, ("Naaldwijk", "De Lier", "Schipluiden", "Delft Tanthof", "Delft Voorhof", "Delft Station"),
         (("Mo-Fr", "06:10-18:40/30 22:10-22:10/60"), ("Sa", "08:10-17:10/60"))),
    Line("32", BUS, ("'s-Gravenzande", "Naaldwijk", "Honselersdijk", "Kwintsheul", "Wateringen", "Rijswijk"),
         (("Mo-Fr", "05:55-19:55/15 20:25-23:55/30"), ("Sa", "07:25-23:25/30"), ("Su", "09:25-22:25/60"))),
    Line("33", BUS, ("Monster", "Poeldijk", "Wateringen", "Rijswijk"),
         (("Mo-Fr", "06:05-18:45/20 19:45-22:45/60"), ("Sa", "08:05-18:05/30"), ("Su", "10:05-18:05/60"))),
    Line("34", BUS, ("'s-Gravenzande", "Monster", "Ter Heijde"), (("Sa-Su", "09:20-17:20/60"),)),
    Line("35", BUS, ("Naaldwijk", "Maasdijk", "Maassluis"), (("Mo-Fr", "06:35-18:35/60"), ("Sa", "08:35-16:35/120"))),
    Line("36", BUS, ("'s-Gravenzande", "Heenweg", "Maasdijk"), (("Mo-Fr", "06:50-18:50/120"),), 28, True),
    Line("37", BUS, ("Honselersdijk", "De Lier", "Maasland", "Maassluis"),
         (("Mo-Fr", "06:25-18:25/60"), ("Sa", "09:25-17:25/120"))),
    Line("38", BUS, ("Naaldwijk", "Honselersdijk", "Poeldijk", "Monster"),
         (("Mo-Fr", "06:40-18:10/30"), ("Sa", "08:40-17:40/60"))),
    Line("39", BUS, ("Schipluiden", "De Lier", "Naaldwijk"), (("Mo-Fr", "07:35-08:05/30 14:40-16:10/45"),)),
    Line("40", BUS, ("Delft Tanthof", "Delft Voorhof", "Delft Station", "Delft", "Delft Noord", "Rijswijk"),
         (("Mo-Fr", "06:00-19:00/15 19:30-24:00/30"), ("Sa", "07:00-23:30/30"), ("Su", "08:30-23:00/30"))),
    Line("41", BUS, ("Delft Hof van Delft", "Delft", "Delft Station", "Delft TU-wijk"),
         (("Mo-Fr", "06:35-19:20/15 20:05-22:35/30"), ("Sa", "08:35-18:35/30"))),
    Line("42", BUS, ("'t Woudt", "Den Hoorn", "Delft Voorhof", "Delft Station"), (("Mo-Fr", "07:15-17:15/120"),)),
    Line("N30", BUS, ("Rijswijk", "Wateringen", "Kwintsheul", "Honselersdijk", "Naaldwijk", "'s-Gravenzande"),
         (("Fr-Sa", "24:40-27:40/60"),), 30),
    # Helmond and de Peel
    Line("S2", TRAIN, ("Geldrop Station", "Helmond Station", "Deurne Station"),
         (("Mo-Sa", "05:45-24:15/30"), ("Su", "07:15-23:45/30")), 70),
    Line("21", BUS, ("Helmond Station", "Brouwhuis", "Ommel", "Asten", "Someren"),
         (("Mo-Fr", "06:05-18:35/30 19:35-22:35/60"), ("Sa", "08:05-18:05/60"), ("Su", "10:05-18:05/120")), 28),
    Line("22", BUS, ("Helmond Station", "Mierlo-Hout", "Mierlo", "Geldrop"),
         (("Mo-Fr", "06:10-18:50/20 19:40-22:40/60"), ("Sa", "07:40-18:40/30"), ("Su", "09:40-18:40/60")), 26),
    Line("23", BUS, ("Helmond Station", "Helmond", "Aarle-Rixtel", "Beek en Donk", "Gemert"),
         (("Mo-Fr", "06:15-18:45/30 22:15-22:15/60"), ("Sa", "08:15-18:15/60"), ("Su", "10:15-18:15/120")), 28),
    Line("24", BUS, ("Beek en Donk", "Lieshout", "Mariahout"), (("Mo-Fr", "06:50-18:50/60"),), 26),
    Line("25", BUS, ("Helmond Station", "Helmond", "Dierdonk", "Bakel", "De Mortel", "Gemert"),
         (("Mo-Fr", "06:25-18:25/60"), ("Sa", "08:25-16:25/120")), 28),
    Line("26", BUS, ("Helmond Station", "Brouwhuis", "Vlierden", "Deurne"), (("Mo-Fr", "06:45-18:45/60"),), 28),
    Line("27", BUS, ("Deurne", "Liessel", "Neerkant"), (("Mo-Fr", "06:40-18:40/60"), ("Sa", "09:40-15:40/120")), 30),
    Line("28", BUS, ("Deurne", "Helenaveen"), (("Mo-Fr", "07:05-17:05/120"),), 36),
    Line("29", BUS, ("Deurne", "Milheeze", "Bakel"), (("Mo-Fr", "07:00-18:00/60"),), 30),
    Line("51", BUS, ("Stiphout", "Helmond", "Helmond Station", "Brouwhuis", "Rijpelberg"),
         (("Mo-Fr", "06:00-19:00/15 19:30-23:30/30"), ("Sa", "07:00-23:00/30"), ("Su", "09:00-22:00/60")), 20),
    Line("52", BUS, ("Brandevoort", "Mierlo-Hout", "Helmond Station", "Helmond", "Dierdonk"),
         (("Mo-Fr", "06:07-18:52/15 19:37-23:37/30"), ("Sa", "07:07-23:07/30"), ("Su", "09:07-22:07/60")), 20),
    Line("53", BUS, ("Helmond Station", "Helmond", "Rijpelberg"),
         (("Mo-Fr", "06:30-18:30/20"), ("Sa", "09:00-17:30/30")), 20),
    Line("54", BUS, ("Gemert", "Handel"), (("Mo-Fr", "07:30-17:30/60"),), 26),
    Line("55", BUS, ("Asten", "Heusden", "Someren-Eind", "Someren"), (("Mo-Fr", "06:55-18:55/60"),), 28),
    Line("56", BUS, ("Someren", "Lierop", "Mierlo"), (("Mo-Fr", "07:10-18:10/60"),), 30),
    Line("57", BUS, ("Asten", "Liessel", "Deurne"), (("Mo-Fr", "06:30-18:30/60"), ("Sa", "08:30-16:30/120")), 30),
    Line("58", BUS, ("Someren-Heide", "Someren"), (("Mo-Fr", "07:45-09:45/60 14:20-17:20/60"),), 28),
    Line("59", BUS, ("Gemert", "Elsendorp", "De Rips", "Milheeze"), (("Mo-Fr", "07:20-17:20/120"),), 34, True),
    Line("N50", BUS, ("Helmond Station", "Brouwhuis", "Ommel", "Asten", "Someren"), (("Fr-Sa", "24:15-26:45/75"),), 32),
)  # fmt: skip


def days(text: str) -> tuple[str, ...]:
    """Days of "Mo-Fr" or "Sa".

    Examples
    --------
    >>> days("Fr-Sa"), days("Su")
    (('Fr', 'Sa'), ('Su',))
    """
    first, _, last = text.partition("-")
    return WEEK[WEEK.index(first) : WEEK.index(last or first) + 1]


def starts(text: str) -> list[int]:
    """Minutes of the service day of "06:10-07:10/30 22:10-22:10/60".

    Examples
    --------
    >>> starts("06:10-07:10/30 25:10-25:10/60")
    [370, 400, 430, 1510]
    """
    minutes: list[int] = []
    for part in text.split():
        span, _, every = part.partition("/")
        first, last = (int(clock[:2]) * 60 + int(clock[3:]) for clock in span.split("-"))
        minutes += range(first, last + 1, int(every))
    return minutes
