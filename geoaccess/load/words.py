"""Words of practices: status, spoken languages and the weekly opening hours that stand in seven columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from geoaccess.load.cells import fold

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
#: columns of a table with opening hours by day, and their headers
WEEK_HEADERS = MappingProxyType(
    {
        "mo": "mo, ma, maandag, monday, mon",
        "tu": "tu, di, dinsdag, tuesday, tue",
        "we": "we, wo, woensdag, wednesday, wed",
        "th": "th, do, donderdag, thursday, thu",
        "fr": "fr, vr, vrijdag, friday, fri",
        "sa": "sa, za, zaterdag, saturday, sat",
        "su": "su, zo, zondag, sunday, sun",
    }
)
CLOSED = ("gesloten", "dicht", "closed", "off", "nee", "x", "geen", "")
ALWAYS = ("24uur", "24h", "247", "hele dag", "heledag")


def _by_word(table: Mapping[str, str]) -> Mapping[str, str]:
    """Value of each folded word of a table of value to words."""
    return MappingProxyType(
        {fold(word): value for value, words in table.items() for word in words.split(",")}
    )


#: status of a practice for new patients, by the words used for it
STATUS = _by_word(
    {
        "open": "open, ja, yes, true, 1, j, y, vrij, beschikbaar, accepting, neemt patienten aan, "
        "geen stop, geen patientenstop, open voor inschrijving, inschrijving mogelijk, plaats",
        "conditional": "conditional, voorwaardelijk, onder voorwaarden, open onder voorwaarden, beperkt, beperkt open, "
        "limited, partly, partial, deels, gedeeltelijk, gedeeltelijke patientenstop, wachtlijst, waiting list",
        "closed": "closed, gesloten, dicht, vol, full, nee, no, false, 0, n, stop, patientenstop, inschrijfstop, "
        "not accepting, geen nieuwe patienten, neemt geen patienten aan, volledige patientenstop, geen plaats",
        "unknown": "unknown, onbekend",
    }
)
#: the same for a column that asks the other way round: is there a patient stop
STOP = MappingProxyType(
    dict(STATUS)
    | dict.fromkeys(("ja", "yes", "true", "1", "j", "y"), "closed")
    | dict.fromkeys(("nee", "no", "false", "0", "n", "geen"), "open")
)

#: kinds of care that are known by name, by the words used for them; the first one is what the tables hold
CARE = _by_word(
    {
        "huisarts": "huisarts, huisartsen, huisartsenpraktijk, huisartspraktijk, huisartsenzorg, gp, gps, gp practice, "
        "apotheekhoudende huisarts, general practice, general practitioner, family doctor, doctors, doctor, "
        "amenity=doctors, healthcare=doctor",
        "huisartsenpost": "huisartsenpost, huisartsenspoedpost, hap, spoedpost, spoedpost huisartsen, dokterspost, "
        "out of hours, out of hours gp, out of hours service, gp out of hours",
        "apotheek": "apotheek, apotheken, pharmacy, chemist, amenity=pharmacy, healthcare=pharmacy",
        "tandarts": "tandarts, tandartsen, tandartspraktijk, mondzorg, dentist, dental practice, amenity=dentist, "
        "healthcare=dentist",
        "ggz": "ggz, geestelijke gezondheidszorg, basis ggz, gespecialiseerde ggz, mental health, mental health care, "
        "psycholoog, psychologen, psychologist, psychotherapist, psychiatry, healthcare=psychotherapist",
        "verloskundige": "verloskundige, verloskundigen, verloskundigenpraktijk, verloskunde, vroedvrouw, midwife, "
        "midwifery, healthcare=midwife",
        "jgz": "jgz, consultatiebureau, jeugdgezondheidszorg, cjg, centrum voor jeugd en gezin, child health, "
        "child health clinic, well baby clinic, youth health care",
        "straatdokter": "straatdokter, straatdokters, straatarts, straatzorg, street doctor, street medicine",
        "infopunt": "infopunt, informatiepunt, info punt, inloophuis, information point, information desk, info point",
        "seh": "seh, spoedeisende hulp, eerste hulp, eh, emergency, emergency department, er, a&e, "
        "accident and emergency",
    }
)

#: ISO 639-1 code of a language, by its Dutch, English or own name
LANGUAGES = _by_word(
    {
        "ar": "arabisch, arabic",
        "bg": "bulgaars, bulgarian",
        "cs": "tsjechisch, czech",
        "de": "duits, german, deutsch",
        "el": "grieks, greek",
        "en": "engels, english",
        "es": "spaans, spanish",
        "et": "ests, estonian",
        "fa": "farsi, perzisch, persian",
        "fr": "frans, french",
        "hr": "kroatisch, croatian",
        "hu": "hongaars, hungarian, magyar",
        "it": "italiaans, italian",
        "lt": "litouws, lithuanian",
        "lv": "lets, latvian",
        "nl": "nederlands, dutch",
        "pl": "pools, polish, polski",
        "pt": "portugees, portuguese",
        "ro": "roemeens, romanian, moldavisch",
        "ru": "russisch, russian",
        "sk": "slowaaks, slovak",
        "sl": "sloveens, slovenian",
        "sr": "servisch, serbian",
        "tr": "turks, turkish",
        "uk": "oekraiens, ukrainian",
        "zh": "chinees, mandarijn, chinese",
    }
)

_CODE = re.compile(r"[a-z]{2,3}")
_TIMES = re.compile(r"(\d{1,2})(?::?(\d\d))?-(\d{1,2})(?::?(\d\d))?", re.ASCII)


def parse_care(text: str) -> tuple[str, bool]:
    """Name of a kind of care, and whether it is one that is known; any other name stays, in lower case.

    Examples
    --------
    >>> parse_care("Pharmacy"), parse_care("amenity=dentist"), parse_care("Podoloog")
    (('apotheek', True), ('tandarts', True), ('podoloog', False))
    """
    known = CARE.get(fold(text))
    return known or " ".join(text.casefold().split()), known is not None


def parse_languages(text: str) -> str | None:
    """Languages as ISO codes with ';' between, in the order given, or None where a word is not known.

    Examples
    --------
    >>> parse_languages("Pools en Engels"), parse_languages("pl;ro, NL"), parse_languages("Klingon")
    ('pl;en', 'pl;ro;nl', None)
    """
    words: list[str] = []
    for part in re.split(r"[;,/|+&\n]", text):
        inside = re.split(r"\s+(?:en|and)\s+(?=\S)|\s+", part.strip())
        words += [word for word in inside if word]
    codes: list[str] = []
    for word in words:
        code = LANGUAGES.get(fold(word), word.casefold())
        if not _CODE.fullmatch(code):
            return None
        codes.append(code)
    return ";".join(dict.fromkeys(codes)) or None


def parse_day(text: str) -> str | None:
    """Read the hours of one day as OSM syntax ('' where closed), or None where they cannot be read.

    Examples
    --------
    >>> parse_day("8.00 - 12.00 en 13.00 - 17.00 uur"), parse_day("gesloten"), parse_day("op afspraak")
    ('08:00-12:00,13:00-17:00', '', None)
    """
    word = fold(text)
    if word in CLOSED:
        return ""
    if word in ALWAYS:
        return "00:00-24:00"
    plain = re.sub(r"\b(uur|u|hrs?|h)\b", " ", text.casefold())
    plain = re.sub(r"(\d)[.h](\d\d)", r"\1:\2", plain)
    plain = re.sub(r"\s*(?:[-\u2013\u2014]|\btot\b|\bt/m\b|\bto\b)\s*", "-", plain)
    plain = re.sub(r"\s+(?:en|and)\s+|[;/&+\n]", ",", plain.strip())
    plain = re.sub(r"\s*,\s*|(?<=\d)\s+(?=\d)", ",", plain)
    ranges = [_range(part) for part in plain.strip().split(",") if part]
    return ",".join(map(str, ranges)) if ranges and None not in ranges else None


def _range(text: str) -> str | None:
    """One 'hh:mm-hh:mm', or None where it is no range of hours."""
    found = _TIMES.fullmatch(text.strip())
    if not found:
        return None
    first, first_min, last, last_min = (int(part or 0) for part in found.groups())
    if max(first_min, last_min) > 59 or first > 23 or last * 60 + last_min > 24 * 60:
        return None
    if (first, first_min) == (last, last_min):
        return None
    return f"{first:02}:{first_min:02}-{last:02}:{last_min:02}"


def join_week(hours: Sequence[str]) -> str:
    """Join the hours of Monday to Sunday ('' is closed) to one opening_hours of OSM.

    Examples
    --------
    >>> join_week(["08:00-17:00"] * 5 + ["", ""]), join_week([""] * 7)
    ('Mo-Fr 08:00-17:00', 'off')
    >>> join_week(["22:00-06:00", "08:00-12:00"] + [""] * 5)
    'Mo 22:00-06:00, Tu 08:00-12:00'
    """
    rules: list[str] = []
    first = 0
    for last in range(7):
        if last < 6 and hours[last + 1] == hours[first]:
            continue
        if hours[first]:
            span = DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
            rules.append(f"{span} {hours[first]}")
        first = last + 1
    spans = re.findall(r"(\d\d:\d\d)-(\d\d:\d\d)", ",".join(hours))
    # behind ';' the hours of a day would take the place of those that run on from the night before
    separator = ", " if any(end < start for start, end in spans) else "; "
    return separator.join(rules) or "off"
