"""Names of sheets, and the words of the explanation on rows and parameters, in Dutch and English side by side."""

from __future__ import annotations

from typing import Final

from geoaccess.present.column_text import heading
from geoaccess.present.reason_text import care_words
from geoaccess.present.text import LANGUAGES, plain

#: sheet: name in Dutch and English, and the file that holds the same rows ("" where there is none)
SHEETS: Final[dict[str, tuple[str, str, str]]] = {
    "sites": ("Locaties", "Sites", "sites.csv"),
    "areas": ("Gebieden", "Areas", "areas.csv"),
    "practices": ("Praktijken", "Practices", ""),
    "reasons": ("Redenen", "Reasons", "reasons.csv"),
    "basket": ("Zorgmand", "Care basket", ""),
    "cascade": ("Trap", "Cascade", "cascade.csv"),
    "failing": ("Waar faalt de toegang", "Where access fails", ""),
    "capacity": ("Capaciteit", "Capacity", "capacity.csv"),
    "unplaced": ("Niet geplaatst", "Unplaced", "unplaced.csv"),
    "assignment": ("Toewijzing", "Assignment", ""),
    "access": ("Maten", "Measures", "access.csv"),
    "visits": ("Bezoeken", "Visits", "visits.csv"),
}

_ABOUT: Final = {
    "sheet": ("Blad {sheet}", "Sheet {sheet}"),
    "sheet_file": ("Blad {sheet} ({file})", "Sheet {sheet} ({file})"),
    "rows": ("Rijen", "Rows"),
    "totals": (
        "Bezoek aan {a} in de vrije tijd, in de week van de peildatum",
        "Visits to {a} in free time, in the week of the reference date",
    ),
    "cut": (
        "{shown} van {rows}: meer past niet op een blad; alle rijen staan in {file}",
        "{shown} of {rows}: a sheet holds no more; all rows are in {file}",
    ),
    "assumptions": (
        "Uitgangspunten van bezoek, plaatsen en maten, met datum en bron",
        "Parameters of visits, places and measures, with date and source",
    ),
    "dated": ("{value} ({date}); bron: {source}", "{value} ({date}); source: {source}"),
    "undated": ("{value}; bron: {source}", "{value}; source: {source}"),
    "reasons": (
        "Redenen van bezoek: de codes in volgorde",
        "Reasons of visits: the codes in their order",
    ),
}

#: parameters of `Result.assumptions` by their names
_PARAMETERS: Final = {
    "patients_per_fte": ("norm: patiënten per fte", "norm: patients per fte"),
    "weight of open": ("gewicht van status open", "weight of status open"),
    "weight of conditional": (
        "gewicht van status onder voorwaarden",
        "weight of status conditional",
    ),
    "weight of closed": ("gewicht van status dicht", "weight of status closed"),
    "weight of unknown": ("gewicht van status onbekend", "weight of status unknown"),
    "consult_min": ("duur van een consult (min)", "length of a consultation (min)"),
    "reception_margin_min": ("eerder aanwezig (min)", "margin at the reception (min)"),
    "contacts with a practice per patient and year": (
        "contacten met de praktijk, per patiënt per jaar",
        "contacts with a practice, per patient and year",
    ),
    "min_share where access fails": (
        "waar faalt de toegang: aandeel vanaf",
        "where access fails: share from",
    ),
    "min_persons where access fails": (
        "waar faalt de toegang: personen vanaf",
        "where access fails: persons from",
    ),
    "distance_m where access fails": (
        "waar faalt de toegang: locaties horen bij elkaar tot (m)",
        "where access fails: sites belong together up to (m)",
    ),
}

#: parameters of each kind of care: "norm_minutes of huisarts"
_OF_CARE: Final = {
    "norm_minutes": ("{care}: norm (min)", "{care}: norm (min)"),
    "consult_min": ("{care}: duur van een consult (min)", "{care}: length of a consultation (min)"),
    "margin_min": ("{care}: eerder aanwezig (min)", "{care}: margin at the reception (min)"),
    "opening_hours": (
        "{care}: openingstijden waar ze niet bekend zijn",
        "{care}: opening hours where they are not known",
    ),
}
_GROUP: Final = "default group "
_OF_GROUP: Final = (
    "aangenomen groep {group}: aandeel; werktijden; werkdagen; reistijd naar werk; talen; ingeschreven bij huisarts",
    "assumed group {group}: share; working hours; working days; time to work; languages; registered with a GP",
)

#: sources of what geoaccess itself chose or assumed, whole or up to a ";"
_SOURCES: Final = {
    "the norm of the project": "de norm van het project",
    "assumption: the norm of the project": "aanname: de norm van het project",
    "no norm of its own was found": "een eigen norm is niet gevonden",
    "open day and night, an assumption": "dag en nacht open, een aanname",
    "a choice, no norm": "een keuze, geen norm",
    "definition": "definitie",
    "assumption: halfway none and all": "aanname: halverwege geen en alle",
    "Dutch norm practice": "Nederlandse normpraktijk",
    "no newer found": "geen nieuwere gevonden",
    "Nivel: contacts with the practice per patient and year": "Nivel: contacten met de praktijk per patiënt per jaar",
    "Pharos, Gezondheid van arbeidsmigranten: long days, six days a week, such as 06:00-21:00": (
        "Pharos, Gezondheid van arbeidsmigranten: lange dagen, zes dagen per week, zoals 06:00-21:00"
    ),
    "33% not registered with a GP": "33% niet ingeschreven bij een huisarts",
    "taken to be like the practices of the survey of 1,145 practices: 18.3% full, 50.5% on conditions": (
        "gerekend als de praktijken in de peiling onder 1.145 praktijken: 18,3% vol, 50,5% onder voorwaarden"
    ),
    "access norm of Dutch out-of-hours services, 30 minutes for 90% of the inhabitants: as it is commonly told, "
    "by car": (
        "norm van huisartsenposten, 30 minuten voor 90% van de inwoners: zoals die gewoonlijk genoemd wordt, per auto"
    ),
    "not looked up in a source": "niet in een bron nagezocht",
}  # fmt: skip


def source_words(language: str, source: str) -> str:
    """Write the source of a parameter: what geoaccess chose or assumed in the language, others as they are.

    Examples
    --------
    >>> source_words("nl", "Dutch norm practice; no newer found"), source_words("nl", "Luo & Qi 2009")
    ('Nederlandse normpraktijk; geen nieuwere gevonden', 'Luo & Qi 2009')
    """
    if _column(language):
        return source
    return "; ".join(_SOURCES.get(part, part) for part in source.split("; "))


def sheet_name(language: str, sheet: str) -> str:
    """Name of a sheet of the workbook."""
    return SHEETS[sheet][_column(language)]


def about(language: str, key: str, **values: str) -> str:
    """Words of the explanation of sheets and parameters, filled in."""
    return _ABOUT[key][_column(language)].format_map(values)


def parameter_name(language: str, parameter: str) -> str:
    """Name of a parameter of `Result.assumptions`; as it is where there is no other.

    Examples
    --------
    >>> parameter_name("nl", "consult_min of apotheek")
    'apotheek: duur van een consult (min)'
    """
    if parameter in _PARAMETERS:
        return _PARAMETERS[parameter][_column(language)]
    if parameter.startswith(_GROUP):
        group = plain(parameter.removeprefix(_GROUP))
        return _OF_GROUP[_column(language)].format_map({"group": group})
    what, _, care = parameter.partition(" of ")
    if what in _OF_CARE:
        words = {"care": care_words(care, language)}
        return _OF_CARE[what][_column(language)].format_map(words)
    return heading(language, parameter, "access")


def _column(language: str) -> int:
    return LANGUAGES.index(language) if language in LANGUAGES else 0
