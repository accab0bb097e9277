"""All wording of maps, sheets and files, in Dutch and English, and how numbers and dates are written.

Each key holds the Dutch and the English sentence side by side, so that a translation is never forgotten.
Placeholders stand in braces and are filled by `say`; values are put in as they are and never parsed again.
"""

# ruff: noqa: RUF001  the dash of a range is meant
from __future__ import annotations

import datetime
import math
import unicodedata
from typing import Final

import pandas as pd

LANGUAGES = ("nl", "en")
DASH = "–"

_WORDS: Final[dict[str, tuple[str, str]]] = {
    # title: who cannot get there
    "some_persons": (
        "{beyond} van {total} arbeidsmigranten ({share}) {can} niet binnen {norm} bij een huisarts komen{means}",
        "{beyond} of {total} labour migrants ({share}) cannot get to a GP within {norm}{means}",
    ),
    "no_persons": (
        "Alle {total} arbeidsmigranten kunnen binnen {norm} bij een huisarts komen{means}",
        "All {total} labour migrants can get to a GP within {norm}{means}",
    ),
    "all_persons": (
        "Geen van de {total} arbeidsmigranten kan binnen {norm} bij een huisarts komen{means}",
        "None of the {total} labour migrants can get to a GP within {norm}{means}",
    ),
    "some_sites": (
        "Vanaf {beyond} van {total} woonlocaties ({share}) is geen huisarts te bereiken binnen {norm}{means}",
        "From {beyond} of {total} housing sites ({share}) no GP can be reached within {norm}{means}",
    ),
    "no_sites_beyond": (
        "Vanaf alle {total} woonlocaties is een huisarts te bereiken binnen {norm}{means}",
        "From all {total} housing sites a GP can be reached within {norm}{means}",
    ),
    "no_sites_at_all": ("Er zijn geen woonlocaties", "There are no housing sites"),
    "can_one": ("kan", "can"),
    "can_more": ("kunnen", "can"),
    "norm_walk": ("{norm} lopend", "{norm} on foot"),
    "norm_cycle": ("{norm} lopend of fietsend", "{norm} on foot or by bicycle"),
    "means_transit": (" zonder eigen vervoer", " without their own transport"),
    "means_cycle_transit": (" met fiets en openbaar vervoer", " by bicycle and public transport"),
    # sub-line: what was measured
    "measure_transit": (
        "Reistijd van deur tot deur, lopend en met openbaar vervoer, wachten inbegrepen",
        "Door-to-door travel time on foot and by public transport, waiting included",
    ),
    "of_lines": (
        "; van lijnen is alleen bekend hoe vaak ze rijden, niet wanneer: over {draws} mogelijke dienstregelingen",
        "; of lines only how often they run is known, not when: over {draws} possible timetables",
    ),
    "measure_walk": (
        "Looptijd van deur tot deur; alleen lopen, er zijn geen dienstregeling en geen lijnen gebruikt",
        "Door-to-door walking time; walking only, no timetable and no lines were used",
    ),
    "measure_cycle_transit": (
        "Reistijd van deur tot deur, lopend, fietsend en met openbaar vervoer, wachten inbegrepen",
        "Door-to-door travel time on foot, by bicycle and by public transport, waiting included",
    ),
    "measure_cycle": (
        "Reistijd van deur tot deur, lopend of fietsend; er zijn geen dienstregeling en geen lijnen gebruikt",
        "Door-to-door travel time on foot or by bicycle; no timetable and no lines were used",
    ),
    "departure": ("{date}, vertrek tussen {start} en {end}", "{date}, departing {start} to {end}"),
    "median": ("mediaan van alle vertrekminuten", "median of all departure minutes"),
    "percentile": (
        "tijd die bij {percentile}% van de vertrekminuten gehaald wordt",
        "time met at {percentile}% of the departure minutes",
    ),
    "limits": (
        "lopen {speed} km/u, {walk}; hooguit {longest} onderweg",
        "walking {speed} km/h, {walk}; at most {longest} in all",
    ),
    "walk_limit": ("hooguit {walk} per keer", "at most {walk} at a time"),
    "walk_limits": (
        "hooguit {walk} per keer en {total} per reis",
        "at most {walk} at a time and {total} a trip",
    ),
    "limits_cycle": (
        (
            "lopen {speed} km/u, {walk}; fietsen (eigen of geleende fiets, van en naar de locatie)"
            " {cycle} km/u, hooguit {ride} per keer; hooguit {longest} onderweg"
        ),
        (
            "walking {speed} km/h, {walk}; cycling (own or lent bicycle, from and to the site)"
            " {cycle} km/h, at most {ride} at a time; at most {longest} in all"
        ),
    ),
    "remark_unknown_one": (
        "Van 1 locatie is het aantal bewoners onbekend; die telt niet mee in aantallen personen.",
        "For 1 site the number of residents is unknown; it does not count in numbers of persons.",
    ),
    "remark_unknown": (
        "Van {count} locaties is het aantal bewoners onbekend; die tellen niet mee in aantallen personen.",
        "For {count} sites the number of residents is unknown; they do not count in numbers of persons.",
    ),
    "remark_not_linked_one": (
        "1 locatie sluit niet aan op het wegennet (geen gegevens) en telt mee als buiten de norm.",
        "1 site does not connect to the streets (no data) and counts as beyond the norm.",
    ),
    "remark_not_linked": (
        "{count} locaties sluiten niet aan op het wegennet (geen gegevens) en tellen mee als buiten de norm.",
        "{count} sites do not connect to the streets (no data) and count as beyond the norm.",
    ),
    "remark_car": (
        "Ter vergelijking, met auto: {minutes} (mediaan van {count} van {total} locaties); telt nergens in mee.",
        "For comparison, by car: {minutes} (median of {count} of {total} sites); it counts in nothing else.",
    ),
    "remark_car_none": (
        "Ter vergelijking, met auto: vanaf geen enkele locatie is een huisarts te bereiken.",
        "For comparison, by car: no GP can be reached from any site.",
    ),
    "source": (
        "Bron: {sources}; peildatum {date}; bewerking geoaccess{version}, {made_on}.",
        "Source: {sources}; reference date {date}; processed by geoaccess{version}, {made_on}.",
    ),
    "made_up": ("VERZONNEN DEMOGEGEVENS", "MADE-UP DEMO DATA"),
    "made_up_more": (
        "locaties, bewoners, praktijken, straten en dienstregeling bestaan niet",
        "sites, residents, practices, streets and timetable do not exist",
    ),
    # one site in plain sentences
    "from_site": ("Van {name} ({residents})", "From {name} ({residents})"),
    "residents_one": ("1 bewoner", "1 resident"),
    "residents_more": ("{count} bewoners", "{count} residents"),
    "residents_unknown": ("aantal bewoners onbekend", "number of residents unknown"),
    "minutes_one": ("1 minuut", "1 minute"),
    "minutes_more": ("{count} minuten", "{count} minutes"),
    "minutes_short": ("{count} min", "{count} min"),
    "site_within_norm": (
        "{start} is de dichtstbijzijnde huisarts, {practice}, {minutes} {travel}: binnen de norm van {norm}.",
        "{start} the nearest GP, {practice}, is {minutes} {travel}: within the norm of {norm}.",
    ),
    "site_beyond_norm": (
        "{start} is de dichtstbijzijnde huisarts, {practice}, {minutes} {travel}: langer dan de norm van {norm}.",
        "{start} the nearest GP, {practice}, is {minutes} {travel}: longer than the norm of {norm}.",
    ),
    "travel_transit": ("reizen zonder eigen vervoer", "away without own transport"),
    "travel_walk": ("lopen", "away on foot"),
    "travel_cycle_transit": (
        "reizen met fiets en openbaar vervoer",
        "away by bicycle and public transport",
    ),
    "travel_cycle": ("lopen of fietsen", "away on foot or by bicycle"),
    "site_no_connection": (
        (
            "{start} is {how} geen huisarts te bereiken binnen {longest}, bij vertrek tussen {begin} en {end}"
            " ({percentile})."
        ),
        "{start} no GP can be reached {how} within {longest}, departing {begin} to {end} ({percentile}).",
    ),
    "how_transit": ("zonder eigen vervoer", "without own transport"),
    "how_walk": ("lopend", "on foot"),
    "how_cycle_transit": ("met fiets en openbaar vervoer", "by bicycle and public transport"),
    "how_cycle": ("lopend of fietsend", "on foot or by bicycle"),
    "site_not_linked": (
        (
            "{start} is geen reistijd te geven: de locatie sluit niet aan op het wegennet in de gegevens."
            " Controleer de ligging."
        ),
        (
            "{start} no travel time can be given: the site does not connect to the streets in the data."
            " Check where it lies."
        ),
    ),
    "site_other": ("{start}: {reason}.", "{start}: {reason}."),
    "a_practice": ("praktijk {id}", "practice {id}"),
    "unnamed_practice": ("een praktijk zonder naam", "a practice without a name"),
    # classes of travel time
    "to_15": ("tot en met 15 minuten", "up to 15 minutes"),
    "15_to_30": ("15 – 30 minuten", "15 – 30 minutes"),
    "30_to_45": ("30 – 45 minuten", "30 – 45 minutes"),
    "45_to_60": ("45 – 60 minuten", "45 – 60 minutes"),
    "over_60": ("meer dan 60 minuten", "over 60 minutes"),
    "unreachable": ("niet bereikbaar", "out of reach"),
    "no_data": ("geen gegevens", "no data"),
    # classes of the share in an area
    "share_none": ("0%", "0%"),
    "share_to_10": ("tot 10%", "to 10%"),
    "share_10_to_25": ("10–25%", "10–25%"),
    "share_25_to_50": ("25–50%", "25–50%"),
    "share_over_50": ("meer", "more"),
    "share_no_data": ("geen gegevens: bewoners onbekend ({count})", "no data: residents unknown ({count})"),
    "share_no_sites": ("geen woonlocaties ({count})", "no housing sites ({count})"),
    # reasons
    "within_norm": ("binnen de norm", "within the norm"),
    "beyond_norm": ("langer dan de norm", "beyond the norm"),
    "no_connection": ("geen verbinding", "no connection"),
    "not_linked": ("sluit niet aan op het wegennet", "not linked to the streets"),
    # legend, panel and controls
    "legend": ("Legenda", "Legend"),
    "legend_times": ("Reistijd naar de dichtstbijzijnde huisarts", "Travel time to the nearest GP"),
    "legend_sizes": ("Aantal bewoners", "Number of residents"),
    "legend_areas": (
        "Aandeel bewoners buiten de norm, per gebied",
        "Share of residents beyond the norm, by area",
    ),
    "surface": (
        "Reistijd vanuit elk vak van {side} x {side} m, ongeacht of er iemand woont",
        "Travel time from every square of {side} x {side} m, whether or not anyone lives there",
    ),
    "surface_note": (
        "kleuren als hierboven; aandeel van {count} vakken, elk vanuit zijn midden",
        "colours as above; share of {count} squares, each from its centre",
    ),
    "cell": ("Vak {id}", "Square {id}"),
    "head_sites": ("locaties", "sites"),
    "head_persons": ("personen", "persons"),
    "thick_line": ("dikke rand: buiten de norm van {norm}", "thick line: beyond the norm of {norm}"),
    "size_unknown": ("bewoners onbekend", "residents unknown"),
    "practice_symbol": ("huisartsenpraktijk ({count})", "GP practice ({count})"),
    "worst_areas": ("Gebieden met de meeste mensen buiten de norm", "Areas with most people beyond the norm"),
    "worst_sites": ("Grootste locaties buiten de norm", "Biggest sites beyond the norm"),
    "of_persons": ("{beyond} van {total} personen ({share})", "{beyond} of {total} persons ({share})"),
    "of_sites": (
        "{beyond} van {total} locaties (bewoners onbekend)",
        "{beyond} of {total} sites (residents unknown)",
    ),
    "persons_short": ("{count} pers.", "{count} pers."),
    "of_persons_short": ("{beyond} van {total} ({share})", "{beyond} of {total} ({share})"),
    "of_sites_short": ("{beyond} van {total} locaties", "{beyond} of {total} sites"),
    "area_sentence": ("Buiten de norm van {norm}: {words}.", "Beyond the norm of {norm}: {words}."),
    "of_no_sites": ("geen woonlocaties", "no housing sites"),
    "nothing_beyond": ("Geen enkele.", "None."),
    "more_rows": ("en nog {count}; zie {file}", "and {count} more; see {file}"),
    "zoom_to": ("Ga naar", "Go to"),
    "region": ("Deelgebied {number}", "Region {number}"),
    "remarks": ("Opmerkingen bij de invoer ({count})", "Remarks on the input ({count})"),
    "layers": ("Lagen", "Layers"),
    "layer_sites": ("Woonlocaties", "Housing sites"),
    "layer_practices": ("Huisartsenpraktijken", "GP practices"),
    "layer_areas": ("Gebieden", "Areas"),
    "layer_streets": ("Straten", "Streets"),
    "layer_surface": ("Vakken van {side} x {side} m", "Squares of {side} x {side} m"),
    "layer_tiles": ("Achtergrondkaart (internet)", "Background map (internet)"),
    "zoom_in": ("Inzoomen", "Zoom in"),
    "zoom_out": ("Uitzoomen", "Zoom out"),
    "close": ("Sluiten", "Close"),
    "map_label": ("Kaart", "Map"),
    "needs_script": (
        "Zet JavaScript aan om de kaart te zien; de cijfers staan hiernaast.",
        "Turn on JavaScript to see the map; the numbers are in the panel.",
    ),
    "outside_areas": ("buiten alle gebieden", "outside all areas"),
    # columns of the sheets
    "site_id": ("Locatie-id", "Site id"),
    "practice_id": ("Praktijk-id", "Practice id"),
    "area_id": ("Gebiedscode", "Area code"),
    "name": ("Naam", "Name"),
    "kind": ("Soort", "Kind"),
    "level": ("Niveau", "Level"),
    "lon": ("Lengtegraad", "Longitude"),
    "lat": ("Breedtegraad", "Latitude"),
    "residents": ("Bewoners", "Residents"),
    "residents_low": ("Bewoners laag", "Residents low"),
    "residents_high": ("Bewoners hoog", "Residents high"),
    "area_name": ("Gebied", "Area"),
    "minutes": ("Reistijd (min)", "Travel time (min)"),
    "time_class": ("Klasse", "Class"),
    "reason": ("Redencode", "Reason code"),
    "reason_text": ("Reden", "Reason"),
    "practice_name": ("Dichtstbijzijnde praktijk", "Nearest practice"),
    "minutes_2": ("2e praktijk (min)", "2nd practice (min)"),
    "minutes_3": ("3e praktijk (min)", "3rd practice (min)"),
    "practices_within_norm": ("Praktijken binnen de norm", "Practices within the norm"),
    "minutes_car": ("Ter vergelijking, met auto (min)", "For comparison, by car (min)"),
    "snap_m": ("Afstand tot straat (m)", "Distance to street (m)"),
    "label": ("Let op", "Mind"),
    "sites": ("Locaties", "Sites"),
    "sites_unknown_residents": ("Locaties, bewoners onbekend", "Sites, residents unknown"),
    "sites_beyond": ("Locaties buiten de norm", "Sites beyond the norm"),
    "residents_beyond": ("Bewoners buiten de norm", "Residents beyond the norm"),
    "share_beyond": ("Aandeel buiten de norm", "Share beyond the norm"),
    "rank": ("Rang", "Rank"),
    "care": ("Zorg", "Care"),
    "fte": ("Fte", "Fte"),
    "listed_patients": ("Ingeschreven patiënten", "Listed patients"),
    "status": ("Status", "Status"),
    "status_date": ("Status per", "Status as of"),
    "opening_hours": ("Openingstijden", "Opening hours"),
    "languages": ("Talen", "Languages"),
    "interpreter": ("Tolk", "Interpreter"),
    # workbook
    "sheet_about": ("Toelichting", "Notes"),
    "about_finding": ("Uitkomst", "Finding"),
    "about_measure": ("Maat", "Measure"),
    "about_date": ("Peildatum", "Reference date"),
    "about_window": ("Vertrektijden", "Departures"),
    "about_percentile": ("Percentiel", "Percentile"),
    "about_norm": ("Norm (min)", "Norm (min)"),
    "about_walk_kmh": ("Loopsnelheid (km/u)", "Walking speed (km/h)"),
    "about_max_walk": ("Langste stuk lopen (min)", "Longest single walk (min)"),
    "about_max_walk_total": ("Meeste lopen per reis (min)", "Most walking in a trip (min)"),
    "about_cycle_kmh": ("Fietssnelheid (km/u)", "Cycling speed (km/h)"),
    "about_max_cycle": ("Langste stuk fietsen (min)", "Longest single ride by bicycle (min)"),
    "about_max_minutes": ("Langste reis (min)", "Longest trip (min)"),
    "about_made_on": ("Gemaakt op", "Made on"),
    "about_made_with": ("Gemaakt met", "Made with"),
    "about_totals": ("Totalen", "Totals"),
    "about_parameters": ("Uitgangspunten", "Parameters"),
    "about_definitions": ("Begrippen", "Definitions"),
    "about_sources": ("Bronnen", "Sources"),
    "about_warnings": ("Opmerkingen bij de invoer", "Remarks on the input"),
    "define_minutes": (
        (
            "Reistijd: tijd van deur tot deur zonder eigen vervoer, wachten inbegrepen, naar de praktijk die het"
            " snelst te bereiken is. Leeg: niet te bereiken of niet te berekenen; de reden staat erbij. Afgerond op 0,1"
            " minuut, maar nooit over de norm of een klassegrens heen."
        ),
        (
            "Travel time: door-to-door time without own transport, waiting included, to the practice that is"
            " reached soonest. Empty: out of reach or not known; the reason is given. Rounded to 0.1 minute, but"
            " never across the norm or a class bound."
        ),
    ),
    "define_minutes_cycle": (
        (
            "Reistijd: tijd van deur tot deur lopend, met de fiets en met openbaar vervoer (als dat gebruikt is),"
            " wachten inbegrepen, naar de praktijk die het snelst te bereiken is. De fiets, eigen of geleend, wordt"
            " alleen van en naar de locatie gebruikt: tot de halte, waar hij blijft staan, of het hele stuk. Leeg: niet"
            " te bereiken of niet te berekenen; de reden staat erbij. Afgerond op 0,1 minuut, maar nooit over de norm"
            " of een klassegrens heen."
        ),
        (
            "Travel time: door-to-door time on foot, by bicycle and by public transport (where that was used), waiting"
            " included, to the practice that is reached soonest. The bicycle, own or lent, is only used from and to the"
            " site: as far as the stop, where it stays, or all the way. Empty: out of reach or not known; the reason is"
            " given. Rounded to 0.1 minute, but never across the norm or a class bound."
        ),
    ),
    "define_beyond": (
        "Buiten de norm: langer dan de norm, geen verbinding, of niet aangesloten op het wegennet.",
        "Beyond the norm: longer than the norm, no connection, or not linked to the streets.",
    ),
    "define_no_connection": (
        (
            "Geen verbinding: bij te veel van de vertrekminuten (bij de mediaan: de helft) is binnen de langste"
            " reistijd geen praktijk te bereiken."
        ),
        (
            "No connection: at too many of the departure minutes (for the median: half) no practice can be reached"
            " within the longest trip."
        ),
    ),
    "define_not_linked": (
        "Niet aangesloten op het wegennet: de locatie ligt te ver van elke bruikbare straat; er is geen tijd.",
        "Not linked to the streets: the site lies too far from any usable street; there is no time.",
    ),
    "define_share": (
        "Aandeel buiten de norm: bewoners buiten de norm gedeeld door bekende bewoners, in personen.",
        "Share beyond the norm: residents beyond the norm over known residents, in persons.",
    ),
    "define_rank": (
        "Rang: 1 is het gebied met de meeste bewoners buiten de norm.",
        "Rank: 1 is the area with most residents beyond the norm.",
    ),
}  # fmt: skip

_MONTHS: Final = (
    ("januari", "January"), ("februari", "February"), ("maart", "March"), ("april", "April"),
    ("mei", "May"), ("juni", "June"), ("juli", "July"), ("augustus", "August"),
    ("september", "September"), ("oktober", "October"), ("november", "November"), ("december", "December"),
)  # fmt: skip
_DAYS: Final = (
    ("maandag", "Monday"), ("dinsdag", "Tuesday"), ("woensdag", "Wednesday"), ("donderdag", "Thursday"),
    ("vrijdag", "Friday"), ("zaterdag", "Saturday"), ("zondag", "Sunday"),
)  # fmt: skip


def _column(language: str) -> int:
    return LANGUAGES.index(language) if language in LANGUAGES else 0


def words() -> list[str]:
    """Return the keys that `say` knows."""
    return list(_WORDS)


def knows(key: str) -> bool:
    """Whether `say` has words for ``key``."""
    return key in _WORDS


def say(language: str, key: str, **values: str) -> str:
    """Return the sentence of ``key`` in ``language`` ("nl" or "en") with its placeholders filled.

    Raises
    ------
    KeyError
        where the key or one of its placeholders is unknown: a fault of the code, not of the input.

    Examples
    --------
    >>> say("nl", "departure", date="dinsdag 24 november 2026", start="08:00", end="10:00")
    'dinsdag 24 november 2026, vertrek tussen 08:00 en 10:00'
    """
    return _WORDS[key][_column(language)].format_map(values)


def number(value: float, language: str, decimals: int = 0) -> str:
    """Write a number the Dutch or English way; a whole number loses its decimals.

    Examples
    --------
    >>> number(1234.5, "nl", 1), number(1234.5, "en", 1), number(30.0, "nl", 1)
    ('1.234,5', '1,234.5', '30')
    """
    if not math.isfinite(value):
        return DASH
    text = f"{value:,.{decimals}f}"
    if decimals:
        text = text.rstrip("0").rstrip(".")
    return text if _column(language) else text.translate(str.maketrans(",.", ".,"))


def percent(share: float, language: str, *, short: bool = False) -> str:
    """Write a share (0..1) as a whole percentage that never hides a few people.

    Parameters
    ----------
    share : from 0 to 1.
    language : "nl" or "en".
    short : signs instead of words, for narrow columns.

    Examples
    --------
    >>> percent(0.184, "nl"), percent(0.001, "nl"), percent(0.999, "en"), percent(0.0, "nl")
    ('18%', 'minder dan 1%', 'over 99%', '0%')
    """
    if not math.isfinite(share):
        return DASH
    if 0 < share < 0.01:
        return "<1%" if short else ("minder dan 1%", "under 1%")[_column(language)]
    if 0.99 < share < 1:
        return ">99%" if short else ("ruim 99%", "over 99%")[_column(language)]
    return f"{round(100 * share)}%"


def minutes_words(value: float, language: str) -> str:
    """Write a number of minutes with its unit ("1 minuut", "22,5 minuten")."""
    if value == 1:
        return say(language, "minutes_one")
    return say(language, "minutes_more", count=number(value, language, 1))


def date_words(date: datetime.date, language: str, *, weekday: bool = False) -> str:
    """Write a date in words.

    Examples
    --------
    >>> date_words(datetime.date(2026, 11, 24), "nl", weekday=True)
    'dinsdag 24 november 2026'
    """
    column = _column(language)
    text = f"{date.day} {_MONTHS[date.month - 1][column]} {date.year}"
    return f"{_DAYS[date.weekday()][column]} {text}" if weekday else text


def plain(value: object) -> str:
    r"""Text of an input file as one clean line: no control characters, no odd white space; "" if missing.

    Examples
    --------
    >>> plain(" Park\tX\n\x00"), plain(None), plain(float("nan")), plain(pd.NaT)
    ('Park X', '', '', '')
    """
    if value is None or value is pd.NaT or value is pd.NA or value != value:  # noqa: PLR0124  NaN
        return ""
    text = " ".join(str(value).split())
    if text.isprintable():
        return text
    kept = (c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"})
    return " ".join("".join(kept).split())
