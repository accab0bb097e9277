"""Groups of residents of the demo: when they work, what they speak and how many have a GP. All of it is made up."""

from __future__ import annotations

from geoaccess.demo.people import SITES
from geoaccess.demo.places import LABEL

#: name -> times of work, working days
WORK = {
    "kas": ("06:00-15:00", "ma-za"),
    "voedsel": ("06:00-14:00 | 14:00-22:00 | 22:00-06:00", "ma-vr"),
    "nacht": ("22:00-06:30", "zo-do"),
    "lang": ("06:00-21:00", "ma-za"),
    "akker": ("07:00-18:00", "ma-za"),
    "magazijn": ("07:30-16:30", "ma-vr"),
}

#: language of most of a group -> share with a GP, and why; 0.67 over all, as the report behind this project has it
REGISTERED = {
    "pl": (0.76, "komen hier het langst, vaker een vast adres"),
    "hu": (0.62, "blijven meestal een seizoen of langer"),
    "lt": (0.60, "wisselen vaak van locatie"),
    "ro": (0.52, "korter hier, verhuizen vaak"),
    "bg": (0.48, "korter hier, weinig bereikt met voorlichting"),
}
#: long days leave no time to register: so much less
LONG_DAYS = 0.05

#: site -> groups: work, percentage of the residents, minutes to work, languages. Sites without take the default groups.
GROUPS = {
    "Demohotel Gouden Kas": (("kas", 45, 20, "pl"), ("voedsel", 30, 35, "ro;bg"), ("nacht", 25, 40, "pl")),
    "Demokas Westerlee": (("kas", 80, 5, "pl"), ("lang", 20, 5, "ro")),
    "Demokas Galgepad": (("kas", 70, 5, "pl"), ("lang", 30, 5, "bg")),
    "Demokas Zandwerf": (("kas", 100, 10, "pl;en"),),
    "Demohotel Zeewind": (("kas", 50, 25, "pl"), ("nacht", 30, 45, "pl;en"), ("lang", 20, 25, "ro")),
    "Demokas Haagweg": (("kas", 60, 10, "pl"), ("lang", 40, 10, "lt")),
    "Demochalets Strandhaver": (("kas", 60, 30, "pl"), ("voedsel", 40, 35, "bg")),
    "Demopark Zeedistel": (("kas", 55, 30, "pl"), ("lang", 45, 25, "ro")),
    "Demobedrijf Nieuwlandse Kade": (("akker", 100, 0, "pl"),),
    "Demohotel Oranjepolder": (("kas", 60, 10, "pl"), ("nacht", 40, 35, "ro")),
    "Demokas Oude Dijk": (("kas", 100, 10, "ro"),),
    "Demopark Polderzicht": (("kas", 50, 25, "pl"), ("nacht", 50, 40, "bg")),
    "Demokas Kralingerpad": (("kas", 100, 5, "pl"),),
    "Demohuis Lierhof": (("kas", 60, 15, "pl"), ("magazijn", 40, 20, "pl;en")),
    "Demokas Zwethoek": (("kas", 70, 5, "pl"), ("lang", 30, 5, "ro;bg")),
    "Demokas Noordeinde": (("kas", 75, 10, "pl"), ("lang", 25, 10, "lt")),
    "Demoflat Waterhof": (("voedsel", 40, 30, "pl"), ("magazijn", 35, 25, "hu;en"), ("kas", 25, 25, "bg")),
    "Demoflat Voorhofdreef": (("voedsel", 45, 30, "pl"), ("nacht", 30, 35, "ro"), ("magazijn", 25, 30, "bg;en")),
    "Demohotel Schiezicht": (("nacht", 50, 40, "pl"), ("kas", 30, 35, "pl"), ("lang", 20, 35, "ro")),
    "Demohuis Kanaalzicht": (("voedsel", 60, 25, "pl"), ("magazijn", 40, 20, "hu")),
    "Demohotel Peelpoort": (("voedsel", 50, 25, "pl"), ("nacht", 30, 30, "ro"), ("magazijn", 20, 20, "lt;en")),
    "Demohuis Rijpelhof": (("magazijn", 60, 20, "pl"), ("nacht", 40, 30, "pl")),
    "Demohuis Houthof": (("voedsel", 100, 25, "pl"),),
    "Demohotel Floralaan": (("voedsel", 40, 20, "pl"), ("akker", 35, 15, "bg"), ("magazijn", 25, 20, "hu")),
    "Demohuis Astenhof": (("magazijn", 55, 15, "pl"), ("kas", 45, 20, "ro")),
    "Demohuis Postelhof": (("voedsel", 60, 20, "pl"), ("akker", 40, 15, "ro")),
    "Demobedrijf Boerenkamp": (("akker", 100, 0, "ro"),),
    "Demohotel Heihorst": (("voedsel", 55, 30, "pl"), ("lang", 45, 20, "bg")),
    "Demopark Boomvalk": (("nacht", 50, 35, "pl"), ("kas", 50, 25, "pl")),
    "Demopark Keizersmantel": (("kas", 50, 20, "pl"), ("lang", 50, 25, "hu")),
    "Demohuis Deurnehof": (("voedsel", 70, 20, "pl"), ("magazijn", 30, 20, "lt")),
    "Demohotel Stationspark": (("voedsel", 45, 25, "pl"), ("nacht", 35, 30, "ro"), ("akker", 20, 20, "pl")),
    "Demobedrijf Loonse Veld": (("akker", 100, 0, "pl"),),
    "Demobedrijf Moostdijk": (("akker", 100, 0, "bg"),),
    "Demokas Soeloop": (("kas", 60, 10, "pl"), ("lang", 40, 10, "ro")),
    "Demopark Berkenrijs": (("kas", 40, 15, "pl"), ("lang", 35, 20, "ro"), ("nacht", 25, 45, "pl")),
    "Demopark Wollegras": (("kas", 60, 20, "pl"), ("lang", 40, 20, "bg")),
    "Demohuis Gemerthof": (("magazijn", 50, 20, "pl"), ("voedsel", 50, 25, "ro")),
    "Demohuis Bakelhof": (("kas", 100, 15, "pl"),),
    "Demolodges Slagboom": (("lang", 60, 25, "pl"), ("nacht", 40, 40, "lt")),
    "Demohuis Donkhof": (("magazijn", 60, 20, "pl"), ("akker", 40, 15, "bg")),
    "Demobedrijf Elsenakker": (("akker", 100, 0, "hu"),),
}  # fmt: skip


def groups() -> list[tuple[object, ...]]:
    """Rows of groups.csv, its header first."""
    header = (
        "locatie",
        "groep",
        "aandeel",
        "werktijden",
        "werkdagen",
        "reistijd werk",
        "talen",
        "ingeschreven",
    )
    rows: list[tuple[object, ...]] = [(*header, "reden", "bron")]  # fmt: skip
    for number, (name, *_) in enumerate(SITES, 1):
        for work, percent, commute_min, languages in GROUPS.get(name, ()):
            shift, days = WORK[work]
            share, reason = REGISTERED[languages[:2]]
            if work == "lang":
                share, reason = share - LONG_DAYS, f"{reason}; lange dagen"
            rows.append(
                (
                    *(f"L{number:02d}", work, f"{percent}%", shift, days, commute_min, languages),
                    *(f"{share:.2f}".replace(".", ","), reason, LABEL),
                )
            )
    return rows
