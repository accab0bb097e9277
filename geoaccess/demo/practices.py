"""Practices of the demo, of every kind of care: all made up, and placed beside made-up streets.

Besides GPs as they mostly are, there is each kind of supply with which regions try to reach labour migrants: a
practice of their own in a hospital wing, care that is partly remote, a GP at the workplace, consulting hours at a
housing site, a street doctor, points of information, and care at night and at weekends.
"""

from __future__ import annotations

from dataclasses import dataclass

from geoaccess.demo.people import beside, segments
from geoaccess.demo.places import LABEL, near
from geoaccess.demo.plane import to_lonlat
from geoaccess.demo.streets import Way

PRACTICE_FROM_STREET_M = 9.0

DAY = "Mo-Fr 08:00-17:00; PH off"
LUNCH = "Mo-Fr 08:00-12:00,13:00-17:00; PH off"
HALF_WE = "Mo,Tu,Th,Fr 08:00-17:00; We 08:00-12:30; PH off"
EVENING = "Mo-Fr 08:00-17:00, Tu 18:30-20:30; PH off"
EARLY = "Mo-Th 07:30-17:00; Fr 07:30-16:00"
PLAIN = "ma t/m do 8.00-12.00 en 13.00-17.00 uur, vr 8.00-12.00 uur"
WEBSITE = "zie website"
SATURDAY = "Mo-Fr 08:00-17:00; Sa 09:00-12:00; PH off"
OPEN, CONDITIONAL, CLOSED, UNKNOWN = "open", "conditional", "closed", "unknown"

#: GPs: name, fte, listed patients, status and its date, opening hours, languages, interpreter, then where; None unknown
GPS = (
    ("Kievit", 2.4, 5120, CONDITIONAL, "2026-09-14", DAY, "nl;en", "yes", "Naaldwijk", -140, 160),
    ("Grutto", 3.2, 7040, CLOSED, "2026-10-05", LUNCH, "nl;en;pl", "yes", "Naaldwijk", 420, -350),
    ("Tureluur", 1.0, 2230, CONDITIONAL, "2026-06-22", HALF_WE, "nl", "no", "Naaldwijk", -650, -500),
    ("Scholekster", 2.0, 4310, CONDITIONAL, "2026-08-31", LUNCH, "nl;en", None, "'s-Gravenzande", 150, -100),
    ("Zilvermeeuw", 1.6, 3390, OPEN, "2026-11-02", DAY, "nl;en;de", "yes", "'s-Gravenzande", -350, 420),
    ("Stormvogel", 2.2, 4700, CONDITIONAL, "2026-07-13", DAY, "nl;en", "yes", "Monster", -90, -140),
    ("Bontbek", None, None, UNKNOWN, None, None, "nl", None, "Monster", 500, -700),
    ("Waterhoen", 3.0, 6450, CONDITIONAL, "2026-10-19", EVENING, "nl;en;tr", "yes", "Wateringen", 130, -120),
    ("Meerkoet", 1.8, 3980, CLOSED, "2026-09-28", DAY, "nl;en", "no", "Wateringen", -360, 330),
    ("Reiger", 2.0, 4280, CONDITIONAL, "2026-10-12", HALF_WE, "nl;en;pl", "yes", "De Lier", 110, -130),
    ("Wulp", 1.4, 2890, OPEN, "2026-11-09", DAY, "nl;en", "yes", "Honselersdijk", -130, 90),
    ("Lepelaar", 1.2, 2610, CONDITIONAL, "2026-05-18", PLAIN, "nl", "no", "Poeldijk", 90, 130),
    ("Smient", 1.0, 2080, OPEN, "2026-10-26", EARLY, "nl;en", None, "Schipluiden", -100, -80),
    ("Bergeend", 1.6, 3440, CONDITIONAL, "2026-09-07", DAY, "nl;en", "no", "Den Hoorn", 120, 70),
    ("Zwaan", 4.2, 8630, OPEN, "2026-11-16", SATURDAY, "nl;en;es;ro", "yes", "Delft", -160, 140),
    ("Gierzwaluw", 2.8, 6020, CONDITIONAL, "2026-10-01", DAY, "nl;en", "yes", "Delft Hof van Delft", 120, -160),
    ("Koolmees", 2.0, 4200, CONDITIONAL, "2026-08-17", LUNCH, "nl;en", "no", "Delft Noord", -150, 120),
    ("Boerenzwaluw", 5.2, 10700, OPEN, "2026-11-10", EVENING, "nl;en;pl;bg", "yes", "Delft Voorhof", 90, -120),
    ("Roodborst", 2.6, 5610, CLOSED, "2026-09-21", DAY, "nl;en", "yes", "Delft Tanthof", 140, -110),
    ("Spreeuw", None, 3150, UNKNOWN, None, WEBSITE, "nl;en", None, "Rijswijk", -170, -130),
    ("IJsvogel", 4.0, 8290, CONDITIONAL, "2026-10-20", EVENING, "nl;en;pl;ro", "yes", "Helmond", 160, -120),
    ("Nachtegaal", 2.4, 5150, CONDITIONAL, "2026-07-06", LUNCH, "nl;en;tr", "no", "Helmond", -420, 260),
    ("Ekster", 1.6, 3530, CLOSED, "2026-10-08", DAY, "nl", "no", "Helmond", 350, 480),
    ("Vink", 2.0, 4160, OPEN, "2026-11-03", DAY, "nl;en", "yes", "Mierlo-Hout", -130, 140),
    ("Goudvink", 2.6, 5480, CONDITIONAL, "2026-09-15", EARLY, "nl;en", "yes", "Brandevoort", 160, -90),
    ("Boomklever", 1.4, 2950, CONDITIONAL, "2026-06-29", PLAIN, "nl;en", "no", "Stiphout", 110, 100),
    ("Winterkoning", 2.2, 4750, CONDITIONAL, "2026-10-13", DAY, "nl;en;ar", "yes", "Rijpelberg", -160, -120),
    ("Heggenmus", None, None, UNKNOWN, None, None, "nl;en", None, "Brouwhuis", -120, 140),
    ("Korhoen", 2.4, 5230, CONDITIONAL, "2026-10-27", LUNCH, "nl;en;pl", "yes", "Asten", 140, -130),
    ("Roerdomp", 1.6, 3300, OPEN, "2026-11-05", DAY, "nl;en", "no", "Asten", -400, -250),
    ("Wielewaal", 2.8, 6190, CLOSED, "2026-09-30", DAY, "nl;en;pl", "yes", "Someren", -120, 130),
    ("Boomleeuwerik", 1.2, 2480, CONDITIONAL, "2026-08-24", HALF_WE, "nl", "no", "Someren", 390, -300),
    ("Kraanvogel", 3.4, 7260, CONDITIONAL, "2026-10-15", EVENING, "nl;en;pl", "yes", "Deurne", -150, 160),
    ("Zwarte Specht", 1.8, 3710, OPEN, "2026-11-11", SATURDAY, "nl;en", "yes", "Deurne", 480, -420),
    ("Havik", 2.6, 5590, CONDITIONAL, "2026-09-02", LUNCH, "nl;en", "no", "Gemert", 150, -140),
    ("Sperwer", 2.0, 4370, CLOSED, "2026-10-22", DAY, "nl", None, "Gemert", -450, 300),
    ("Buizerd", 1.4, 2900, CONDITIONAL, "2026-07-20", DAY, "nl;en", "no", "Bakel", -110, -100),
    ("Torenvalk", 2.2, 4640, CONDITIONAL, "2026-10-29", EVENING, "nl;en", "yes", "Beek en Donk", -130, 120),
    ("Steenuil", 1.8, None, UNKNOWN, None, LUNCH, "nl;en", "no", "Mierlo", 120, 80),
    ("Kerkuil", 3.0, 6330, CONDITIONAL, "2026-09-22", DAY, "nl;en", "yes", "Geldrop", -160, -140),
)  # fmt: skip


@dataclass(frozen=True)
class Practice:
    """One practice: a row of practices.csv but for its id. None is not known.

    Attributes
    ----------
    name, care : as in the table; the name says that it is made up.
    town, east_m, north_m : a place, and metres east and north of its centre.
    fte, listed, status, status_date, hours, languages, interpreter : as in the table.
    walk_in : does it see people whom it does not register.
    remote_share : share of its consultations by telephone or video.
    serves : ids of the sites (or site/group) whose people it is for; None for everybody.
    at_work : does it see people at their work.
    """

    name: str
    care: str
    town: str
    east_m: int
    north_m: int
    fte: float | None = None
    listed: int | None = None
    status: str = UNKNOWN
    status_date: str | None = None
    hours: str | None = None
    languages: str | None = None
    interpreter: str | None = None
    walk_in: str | None = None
    remote_share: float | None = None
    serves: str | None = None
    at_work: str | None = None


#: what regions try: each kind of supply that is not an ordinary practice
TRIED = (
    # a practice of their own, in a wing of the hospital, without an appointment
    Practice("Demopraktijk Ooievaar, vleugel B van het Demoziekenhuis", "huisarts", "Helmond", -650, -420, 1.2, 2080,
             OPEN, "2026-11-16", "Mo-Fr 09:00-20:00; Sa 10:00-14:00; PH off", "nl;en;pl;ro;bg;hu;lt", "yes",
             walk_in="yes"),
    # hybrid: by video where that will do, at the practice where it will not
    Practice("Demopraktijk Plevier, hybride zorg", "huisarts", "Naaldwijk", 250, 330, 1.2, 2390, OPEN, "2026-11-12",
             "Mo-Fr 08:00-18:30; PH off", "nl;en;pl", "yes", remote_share=0.55),
    # at work: nobody travels, the employer gives the time
    Practice("Demohuisarts op het werk, Demokwekerij Oranjepolder", "huisarts", "Maasdijk", -1150, -1250, 0.2, None,
             OPEN, "2026-11-09", "Tu,Th 10:00-14:00; PH off", "nl;en;pl;ro", "yes", walk_in="yes",
             serves="L14/kas;L15/kas", at_work="yes"),
    # at home: an evening in the clubhouse of a holiday park
    Practice("Demospreekuur Berkenrijs, in het clubhuis", "huisarts", "Helenaveen", 230, -770, 0.1, None,
             OPEN, "2026-11-10", "Tu,Th 18:30-21:45; PH off", "nl;en;pl;ro", "yes", walk_in="yes", serves="L52;L53"),
    Practice("Demostraatdokter Delft", "straatdokter", "Delft", 90, 260, status=OPEN, status_date="2026-10-30",
             hours="Mo,We,Fr 16:00-19:00; PH off", languages="nl;en;pl;ro", interpreter="yes", walk_in="yes"),
    Practice("Demostraatdokter Helmond", "straatdokter", "Helmond", 140, 90, status=OPEN, status_date="2026-11-02",
             hours="Tu,Th 10:00-12:00,17:00-19:30; PH off", languages="nl;en;pl", interpreter="yes", walk_in="yes"),
    Practice("Demo-infopunt Westland", "infopunt", "Naaldwijk", 40, -90, status=OPEN, status_date="2026-11-02",
             hours="Mo-Fr 09:00-17:00, Th 17:00-20:30; Sa 10:00-14:00; PH off", languages="nl;en;pl;ro;bg",
             interpreter="yes", walk_in="yes"),
    Practice("Demo-infopunt Helmond", "infopunt", "Helmond", -90, -60, status=OPEN, status_date="2026-11-02",
             hours="Mo-We,Fr 10:00-17:00; Th 12:00-20:00; PH off", languages="nl;en;pl;hu", interpreter="yes",
             walk_in="yes"),
    Practice("Demo-infopunt Deurne", "infopunt", "Deurne", 60, -80, status=OPEN, status_date="2026-10-19",
             hours="Sa 12:00-16:00", languages="nl;en;pl", walk_in="yes"),
)  # fmt: skip

NIGHTS = "Mo-Fr 00:00-08:00,17:00-24:00; Sa,Su,PH 00:00-24:00"
EVENINGS = "Mo-Fr 17:00-23:00; Sa,Su,PH 08:00-23:00"
ALWAYS = "24/7"
SHOP = "Mo-Fr 08:00-18:00; Sa 10:00-16:00; PH off"
SHOP_LATE = "Mo-Fr 08:30-18:00, Fr 18:00-20:30; Sa 09:00-17:00; PH off"
WORKING_DAYS = "ma-vr 8.30-17.00 uur"
ASK = "op afspraak"

#: other care: kind, name, status and its date, opening hours, languages, interpreter, then where
OTHERS = (
    ("huisartsenpost", "Demohuisartsenpost Delft", OPEN, "2026-11-01", NIGHTS, "nl;en", "yes", "Delft", 620, -180),
    ("huisartsenpost", "Demohuisartsenpost Westland", OPEN, "2026-11-01", EVENINGS, "nl;en", "yes", "Naaldwijk",
     90, 60),
    ("huisartsenpost", "Demohuisartsenpost Helmond", OPEN, "2026-11-01", NIGHTS, "nl;en", "yes", "Helmond", -610, -380),
    ("seh", "Demoziekenhuis Delft, spoedeisende hulp", OPEN, "2026-11-01", ALWAYS, "nl;en", "yes", "Delft", 640, -200),
    ("seh", "Demoziekenhuis Helmond, spoedeisende hulp", OPEN, "2026-11-01", ALWAYS, "nl;en", "yes", "Helmond",
     -630, -400),
    ("apotheek", "Demoapotheek Kamille", OPEN, "2026-11-01", SHOP_LATE, "nl;en;pl", "yes", "Naaldwijk", -60, -110),
    ("apotheek", "Demoapotheek Duizendblad", OPEN, "2026-11-01", SHOP, "nl;en", "yes", "'s-Gravenzande", 40, 80),
    ("apotheek", "Demoapotheek Zeewolfsmelk", OPEN, "2026-11-01", SHOP, "nl;en", None, "Monster", 30, -60),
    ("apotheek", "Demoapotheek Valeriaan", OPEN, "2026-11-01", SHOP, "nl;en", "yes", "Wateringen", -70, 60),
    ("apotheek", "Demoapotheek Weegbree", OPEN, "2026-11-01", WORKING_DAYS, "nl", None, "De Lier", 60, 40),
    ("apotheek", "Demoapotheek Tijm", OPEN, "2026-11-01", SHOP_LATE, "nl;en", "yes", "Delft", -90, 110),
    ("apotheek", "Demoapotheek Salie", OPEN, "2026-11-01", SHOP, "nl;en;pl", "yes", "Delft Voorhof", -110, 90),
    ("apotheek", "Demoapotheek Venkel", OPEN, "2026-11-01", SHOP_LATE, "nl;en;pl", "yes", "Helmond", 110, -70),
    ("apotheek", "Demoapotheek Munt", OPEN, "2026-11-01", SHOP, "nl;en", "yes", "Brouwhuis", 60, 90),
    ("apotheek", "Demoapotheek Arnica", OPEN, "2026-11-01", SHOP, "nl;en", "yes", "Asten", -50, 60),
    ("apotheek", "Demoapotheek Heemst", OPEN, "2026-11-01", WORKING_DAYS, "nl", None, "Someren", 70, -60),
    ("apotheek", "Demoapotheek Melisse", OPEN, "2026-11-01", SHOP, "nl;en", "yes", "Deurne", 60, 90),
    ("apotheek", "Demoapotheek Lavas", OPEN, "2026-11-01", SHOP, "nl;en", None, "Gemert", -40, -70),
    ("apotheek", "Demoapotheek Kervel", OPEN, "2026-11-01", None, "nl;en", None, "Geldrop", 60, 50),
    ("tandarts", "Demotandarts Schelp", CLOSED, "2026-09-07", DAY, "nl;en", "yes", "Naaldwijk", -230, 90),
    ("tandarts", "Demotandarts Duin", OPEN, "2026-10-12", EVENING, "nl;en;pl", "yes", "'s-Gravenzande", -120, 200),
    ("tandarts", "Demotandarts Vliet", OPEN, "2026-10-26", DAY, "nl;en", "yes", "Wateringen", 240, 130),
    ("tandarts", "Demotandarts Schie", OPEN, "2026-11-09", SATURDAY, "nl;en;pl", "yes", "Delft", 210, -90),
    ("tandarts", "Demotandarts Vaart", OPEN, "2026-10-05", EVENING, "nl;en;pl", "yes", "Helmond", 260, 200),
    ("tandarts", "Demotandarts Brem", CLOSED, "2026-08-31", DAY, "nl", None, "Asten", 130, 190),
    ("tandarts", "Demotandarts Zandpad", OPEN, "2026-10-19", DAY, "nl;en", None, "Deurne", -210, -60),
    ("tandarts", "Demotandarts Turf", UNKNOWN, None, ASK, "nl", None, "Gemert", 180, 120),
    ("ggz", "Demo-ggz Westland", CONDITIONAL, "2026-10-01", DAY, "nl;en", "yes", "Naaldwijk", 330, 140),
    ("ggz", "Demo-ggz Delft", OPEN, "2026-10-15", EVENING, "nl;en;pl", "yes", "Delft Hof van Delft", -160, 120),
    ("ggz", "Demo-ggz Helmond", CONDITIONAL, "2026-09-18", DAY, "nl;en;pl", "no", "Helmond", -300, 120),
    ("verloskundige", "Demoverloskundigen Wieg", OPEN, "2026-11-03", DAY, "nl;en;pl", "yes", "Naaldwijk", -320, -40),
    ("verloskundige", "Demoverloskundigen Nest", OPEN, "2026-10-28", ASK, "nl;en", "yes", "Delft Noord", 120, -90),
    ("verloskundige", "Demoverloskundigen Peel", OPEN, "2026-11-11", EVENING, "nl;en;pl", "yes", "Helmond", 420, 160),
    ("verloskundige", "Demoverloskundigen Heide", OPEN, "2026-10-21", LUNCH, "nl;en", "no", "Asten", -220, 90),
    ("jgz", "Demo-jgz Westland", OPEN, "2026-11-01", LUNCH, "nl;en;pl", "yes", "Naaldwijk", 150, -220),
    ("jgz", "Demo-jgz Wateringen", OPEN, "2026-11-01", "Mo,We 08:30-12:30; PH off", "nl;en", "yes", "Wateringen",
     60, 260),
    ("jgz", "Demo-jgz Delft", OPEN, "2026-11-01", DAY, "nl;en", "yes", "Delft Tanthof", -60, 170),
    ("jgz", "Demo-jgz Helmond", OPEN, "2026-11-01", DAY, "nl;en;pl", "yes", "Helmond", 60, 330),
    ("jgz", "Demo-jgz Deurne", OPEN, "2026-11-01", "Tu,Th 09:00-12:00,13:00-16:00; PH off", "nl;en", "yes", "Deurne",
     -60, 240),
    ("jgz", "Demo-jgz Gemert", OPEN, "2026-11-01", "Tu 08:30-16:30; PH off", "nl", "yes", "Gemert", 90, -210),
)  # fmt: skip


def practices(ways: list[Way]) -> list[dict[str, object]]:
    """Practices as rows of practices.csv, each beside the street nearest to where its row puts it."""
    streets = segments(ways)
    rows: list[dict[str, object]] = []
    for number, row in enumerate(all_practices(), 1):
        aim = near(row.town, row.east_m, row.north_m)
        lon, lat = to_lonlat(*beside(streets, aim, PRACTICE_FROM_STREET_M))
        rows.append(
            {
                "practice_id": f"P{number:02d}",
                "name": row.name,
                "lon": f"{lon:.6f}",
                "lat": f"{lat:.6f}",
                "care": row.care,
                "fte": row.fte,
                "listed_patients": row.listed,
                "status": row.status,
                "status_date": row.status_date,
                "opening_hours": row.hours,
                "languages": row.languages,
                "interpreter": row.interpreter,
                "walk_in": row.walk_in,
                "remote_share": row.remote_share,
                "serves": row.serves,
                "at_work": row.at_work,
                "source": LABEL,
            }
        )
    return rows


def all_practices() -> list[Practice]:
    """GPs, what regions try, and other care, in the order of practices.csv."""
    gps = [
        Practice(
            f"Demopraktijk {name}",
            "huisarts",
            *(town, east_m, north_m, fte, listed, status, date, hours, languages, interpreter),
        )
        for name, fte, listed, status, date, hours, languages, interpreter, town, east_m, north_m in GPS
    ]
    others = [
        Practice(name, care, town, east_m, north_m, None, None, *facts)
        for care, name, *facts, town, east_m, north_m in OTHERS
    ]
    return [*gps, *TRIED, *others]
