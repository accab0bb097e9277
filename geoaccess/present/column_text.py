"""What each column of a sheet is called and what it means, in Dutch and English side by side.

A column that means something else in one sheet stands under "sheet.column"; what is in neither keeps the heading that
`geoaccess.present.text` has for it.
"""

from __future__ import annotations

from typing import Final

from geoaccess.present.reason_text import care_words
from geoaccess.present.text import LANGUAGES, knows, plain, say

#: columns whose headings are in `geoaccess.present.text`: meaning in Dutch and English
_MEANINGS: Final[dict[str, tuple[str, str]]] = {
    "site_id": ("uit de invoer", "from the input"),
    "practice_id": ("uit de invoer", "from the input"),
    "area_id": (
        "uit de invoer; - is buiten alle gebieden, total is iedereen",
        "from the input; - is outside all areas, total is everybody",
    ),
    "care": ("soort zorg", "kind of care"),
    "name": ("uit de invoer", "from the input"),
    "area_name": ("naam van het gebied", "name of the area"),
    "lon": ("graden oosterlengte (EPSG:4326)", "degrees east (EPSG:4326)"),
    "lat": ("graden noorderbreedte (EPSG:4326)", "degrees north (EPSG:4326)"),
    "label": ("de gegevens zijn verzonnen", "the data are made up"),
    "snap_m": (
        "meters tot de straat waarop het adres is aangesloten",
        "metres to the street to which the place is linked",
    ),
    "residents": (
        "personen; leeg: onbekend, dan tellen ze niet mee in aantallen personen",
        "persons; empty: unknown, then they do not count in numbers of persons",
    ),
    "kind": ("uit de invoer", "from the input"),
    "residents_low": ("laagste schatting, uit de invoer", "lowest estimate, input"),
    "residents_high": ("hoogste schatting, uit de invoer", "highest estimate, input"),
    "minutes": (
        "naar de dichtstbijzijnde huisarts, van deur tot deur, wachten inbegrepen; zie de begrippen",
        "to the nearest GP, door to door, waiting included; see the definitions",
    ),
    "time_class": ("klasse van de reistijd", "class of the travel time"),
    "minutes_2": ("reistijd naar de op een na dichtstbijzijnde", "travel time to the second nearest"),
    "minutes_3": ("reistijd naar de op twee na dichtstbijzijnde", "travel time to the third nearest"),
    "practices_within_norm": (
        "aantal dat binnen de norm te bereiken is",
        "number that can be reached within the norm",
    ),
    "minutes_car": ("telt nergens in mee", "counts in nothing else"),
    "level": ("uit de invoer", "from the input"),
    "sites": ("aantal woonlocaties", "number of housing sites"),
    "sites_unknown_residents": ("aantal", "number"),
    "sites_beyond": ("aantal", "number"),
    "residents_beyond": ("personen", "persons"),
    "share_beyond": ("van de bekende bewoners", "of known residents"),
    "rank": ("1 is waar het de meeste mensen betreft", "1 is where it concerns most people"),
    "fte": ("uit de invoer", "from the input"),
    "listed_patients": ("uit de invoer", "from the input"),
    "status": (
        "neemt nieuwe patiënten aan: open, conditional (onder voorwaarden), closed (dicht) of unknown (onbekend)",
        "takes new patients: open, conditional, closed or unknown",
    ),
    "status_date": ("datum waarop de status gold", "date of the status"),
    "opening_hours": ("zoals in de invoer", "as in the input"),
    "languages": ("codes, uit de invoer", "codes, from the input"),
    "interpreter": ("uit de invoer", "from the input"),
}  # fmt: skip

#: column: heading and meaning in Dutch, heading and meaning in English
_COLUMNS: Final[dict[str, tuple[str, str, str, str]]] = {
    "group_id": (
        "Groep", "bewoners met dezelfde werktijden; aangenomen voor locaties zonder groepen, zie de uitgangspunten",
        "Group", "residents with the same working hours; assumed for sites without any, see the parameters",
    ),
    "site_name": ("Locatie", "naam van de locatie", "Site", "name of the site"),
    "practice_name": ("Praktijk", "naam van de praktijk", "Practice", "name of the practice"),
    "persons": ("Personen", "aantal; leeg: onbekend", "Persons", "number; empty: unknown"),
    "sites.reason": (
        "Redencode", "van de reistijd: within_norm, beyond_norm, no_connection of not_linked",
        "Reason code", "of the travel time: within_norm, beyond_norm, no_connection or not_linked",
    ),
    "sites.reason_text": ("Reden", "de redencode van de reistijd in woorden", "Reason", "the reason code in words"),
    "sites.practice_id": (
        "Dichtstbijzijnde praktijk-id", "die het snelst te bereiken is",
        "Nearest practice id", "reached soonest",
    ),
    "sites.practice_name": ("Dichtstbijzijnde praktijk", "naam daarvan", "Nearest practice", "its name"),
    "persons_feasible": (
        "Mensen met haalbaar bezoek",
        "personen die minstens een dag per week in hun vrije tijd naar een huisarts kunnen en terug",
        "People with a feasible visit",
        "persons who can go to a GP and back in their free time on at least one day a week",
    ),
    "persons_failing": (
        "Mensen zonder haalbaar bezoek", "personen voor wie dat op geen enkele dag kan",
        "People without a feasible visit", "persons for whom that is possible on no day",
    ),
    "share_failing": (
        "Aandeel zonder haalbaar bezoek", "van de bewoners, in personen",
        "Share without a feasible visit", "of the residents, in persons",
    ),
    "reason_visit": (
        "Redencode bezoek",
        "de reden van de meeste mensen voor wie een bezoek niet haalbaar is; feasible: voor iedereen haalbaar",
        "Reason code of visits",
        "the reason of most people without a feasible visit; feasible: feasible for everybody",
    ),
    "reason_visit_text": ("Reden bezoek", "de redencode in woorden", "Reason of visits", "the reason code in words"),
    "fix": (
        "Wat helpt", "de kleinste verandering die deze reden wegneemt, en wat dan nog in de weg staat",
        "What helps", "the smallest change that takes this reason away, and what is then still in the way",
    ),
    "explanation": (
        "Uitleg", "voor hoeveel bewoners een bezoek niet haalbaar is, voor wie vooral, waarom, en wat helpt",
        "Explanation", "for how many residents a visit is not feasible, for whom most of all, why, and what helps",
    ),
    "worst_care": (
        "Zwakste schakel", "de soort zorg die voor het kleinste deel van de mensen haalbaar is",
        "Worst link", "the kind of care that is feasible for the smallest share of the people",
    ),
    "worst_reason": ("Redencode zwakste schakel", "waarom die faalt", "Reason code of worst link", "why it fails"),
    "feasible_days": (
        "Haalbare dagen per week", "dagen van de week waarop een bezoek haalbaar is",
        "Feasible days a week", "days of the week on which a visit is feasible",
    ),
    "best_practice_id": (
        "Beste bezoek: praktijk-id", "van het snelste haalbare bezoek",
        "Best visit: practice id", "of the quickest feasible visit",
    ),
    "best_day": (
        "Beste bezoek: dag", "mo (maandag) t/m su (zondag)",
        "Best visit: day", "mo (Monday) to su (Sunday)",
    ),
    "best_door_to_door_min": (
        "Beste bezoek (min)", "van deur tot deur, heen, wachten, consult en terug",
        "Best visit (min)", "door to door: out, waiting, consultation and back",
    ),
    "room_practice_id": (
        "Praktijk met plaats, id", "de dichtstbijzijnde met plaats voor nieuwe patiënten",
        "Practice with room, id", "the nearest with places for new patients",
    ),
    "room_minutes": (
        "Reistijd tot praktijk met plaats (min)", "leeg: geen te bereiken",
        "Travel time to practice with room (min)", "empty: none is reached",
    ),
    "possible_minutes": (
        "Reistijd tot mogelijke plaats (min)", "naar de dichtstbijzijnde met plaats of waarvan dat onbekend is",
        "Travel time to possible room (min)", "to the nearest with room or where that is unknown",
    ),
    "walk_in": ("Inloop", "ziet mensen zonder ze in te schrijven", "Walk-in", "sees people without registering them"),
    "remote_share": (
        "Aandeel op afstand", "deel van de consulten op afstand, dat geen bezoek vraagt",
        "Remote share", "share of consultations done remotely, which need no visit",
    ),
    "serves": ("Voor wie", "locaties of groepen; leeg: iedereen", "For whom", "sites or groups; empty: everybody"),
    "at_work": (
        "Op het werk", "consult op de werkplek, in werktijd",
        "At work", "consultation at work, in working hours",
    ),
    "hours_status": (
        "Openingstijden: status",
        "known: gelezen; assumed: niet gegeven en aangenomen; unknown: niet te lezen en aangenomen",
        "Opening hours: status", "known: read; assumed: not given and assumed; unknown: unreadable and assumed",
    ),
    "hours_read_as": ("Openingstijden: gerekend met", "wat is aangehouden", "Opening hours: used", "what was used"),
    "hours_source": ("Openingstijden: bron", "van wat is aangenomen", "Opening hours: source", "of what was assumed"),
    "day": ("Dag", "mo (maandag) t/m su (zondag)", "Day", "mo (Monday) to su (Sunday)"),
    "visits.practice_id": (
        "Praktijk-id", "van het beste haalbare bezoek die dag; leeg: geen",
        "Practice id", "of the best feasible visit that day; empty: none",
    ),
    "feasible": ("Haalbaar", "is er die dag een haalbaar bezoek", "Feasible", "is a visit feasible that day"),
    "leave": (
        "Vertrek", "uiterlijk van huis, naar beneden afgerond; uren gaan na middernacht door na 24",
        "Leave", "latest departure from home, rounded down; hours go on past 24 after midnight",
    ),
    "arrive": ("Aankomst", "bij de praktijk, naar boven afgerond", "Arrive", "at the practice, rounded up"),
    "start": ("Begin consult", "naar boven afgerond", "Start", "of the consultation, rounded up"),
    "end": ("Einde consult", "naar boven afgerond", "End", "of the consultation, rounded up"),
    "home": ("Thuis", "naar boven afgerond", "Home", "rounded up"),
    "door_to_door_min": (
        "Van deur tot deur (min)", "van vertrek tot thuis",
        "Door to door (min)", "from leaving to home",
    ),
    "slack_min": ("Speling (min)", "tot de vrije tijd om is", "Slack (min)", "until the free time ends"),
    "wait_min": (
        "Wachten (min)", "van aankomst tot begin van het consult",
        "Wait (min)", "from arriving to the start",
    ),
    "shift": (
        "Dienst", "werktijden; van een rooster dat wisselt: deze variant",
        "Shift", "working hours; of a rotation: this variant",
    ),
    "people": (
        "Wie", "all: iedereen van de groep; registered, unregistered: wel of niet ingeschreven bij een huisarts",
        "Who", "all: everybody of the group; registered, unregistered: with a GP or not",
    ),
    "reasons.residents": (
        "Mensen", "personen van deze rij: bewoners x aandeel van de groep; tellen per zorg op tot de bewoners",
        "People", "persons of this row: residents x share of the group; they add up to the residents for each care",
    ),
    "reasons.reason": (
        "Redencode", "de eerste belemmering waarbij geen praktijk en dag overblijven; feasible: haalbaar",
        "Reason code", "the first constraint at which no practice and day are left; feasible: none binds",
    ),
    "reasons.reason_text": ("Reden", "de redencode in woorden", "Reason", "the reason code in words"),
    "proof": (
        "Bewijs",
        "praktijk en dag waarop het lukt, of het verst komt, als alleen deze belemmering vervalt",
        "Proof",
        "practice and day that work, or get farthest, with this constraint alone lifted",
    ),
    "proof_outcome": (
        "Uitkomst bewijs", "wat er dan gebeurt: feasible, of de volgende belemmering",
        "Outcome of proof", "what then happens: feasible, or the next constraint",
    ),
    "fix_is_enough": (
        "Is genoeg", "maakt die ene verandering een bezoek haalbaar",
        "Is enough", "does that one change make a visit feasible",
    ),
    "fix_lacks": (
        "Dan nog", "code van de belemmering die na die verandering nog over is; leeg: geen, of niet bekend",
        "Then still", "code of what is in the way after that change; empty: nothing, or not known",
    ),
    "practices_feasible": (
        "Praktijken met haalbaar bezoek", "aantal in de week",
        "Practices with a feasible visit", "number in the week",
    ),
    "door_to_door_min_2": ("2e praktijk (min)", "van deur tot deur", "2nd practice (min)", "door to door"),
    "door_to_door_min_3": ("3e praktijk (min)", "van deur tot deur", "3rd practice (min)", "door to door"),
    "work_lost_min": (
        "Verloren werktijd (min)",
        "minste werktijd die een bezoek kost als het niet in de vrije tijd kan; leeg: kan nooit",
        "Work lost (min)",
        "least working time that a visit takes if none is feasible in free time; empty: never possible",
    ),
    "lost_practice_id": (
        "Verloren werktijd: praktijk-id", "waar dat bezoek is",
        "Work lost: practice id", "where that visit is",
    ),
    "lost_day": ("Verloren werktijd: dag", "wanneer", "Work lost: day", "when"),
    "visits_year": (
        "Bezoeken per jaar", "verwacht per persoon, zonder de consulten op afstand",
        "Visits a year", "expected per person, without remote consultations",
    ),
    "fix_kind": ("Soort verandering", "code", "Kind of change", "code"),
    "fix_practice_id": ("Verandering: praktijk-id", "waar", "Change: practice id", "where"),
    "fix_day": ("Verandering: dag", "mo (maandag) t/m su (zondag)", "Change: day", "mo (Monday) to su (Sunday)"),
    "fix_time": ("Verandering: tijd", "wanneer", "Change: time", "when"),
    "fix_minutes": (
        "Verandering (min)", "hoeveel eerder of later; bij te ver: de norm",
        "Change (min)", "how much earlier or later; too far: the norm",
    ),
    "fix_metres": ("Verandering (m)", "tot de dichtstbijzijnde straat", "Change (m)", "to the nearest street"),
    "step": (
        "Stap", "de belemmeringen, in deze volgorde opgestapeld",
        "Step", "the constraints, one on top of the other in this order",
    ),
    "step_text": ("Belemmering", "de stap in woorden", "Constraint", "the step in words"),
    "persons_remaining": (
        "Mensen over", "personen voor wie het tot en met deze stap nog kan",
        "People remaining", "persons for whom it works up to and including this step",
    ),
    "persons_lost": (
        "Mensen afgevallen", "personen die bij deze stap afvallen",
        "People lost", "persons lost at this step",
    ),
    "capacity.places": (
        "Plaatsen", "verwacht: max(0; norm x fte - ingeschreven) x gewicht van de status; leeg: onbekend",
        "Places", "expected: max(0, norm x fte - listed) x weight of the status; empty: unknown",
    ),
    "assigned": (
        "Toegewezen", "niet-ingeschreven bewoners die hier een plaats krijgen in de beste verdeling",
        "Assigned", "unregistered residents who get a place here in the best assignment",
    ),
    "full": (
        "Vol", "kan er daarna niemand meer bij; leeg: onbekend",
        "Full", "fits nobody any more then; empty: unknown",
    ),
    "places_low": (
        "Plaatsen laag", "als niemand aan de voorwaarden voldoet",
        "Places low", "if nobody meets the conditions",
    ),
    "places_high": (
        "Plaatsen hoog", "als iedereen aan de voorwaarden voldoet",
        "Places high", "if everybody meets the conditions",
    ),
    "weight": ("Gewicht", "van de status, 0 tot 1", "Weight", "of the status, 0 to 1"),
    "consult_hours_week": (
        "Spreekuur nodig (uur per week)", "uren consult op de praktijk die de toegewezen mensen vragen",
        "Consultation hours needed (a week)", "hours of consultations at the practice that the assigned would need",
    ),
    "source": ("Bron", "van de gegevens", "Source", "of the data"),
    "unplaced.persons": (
        "Zonder plaats", "niet-ingeschreven bewoners die bij geen enkele bereikbare praktijk een plaats krijgen",
        "Without a place", "unregistered residents who get no place at any practice they can reach",
    ),
    "assignment.persons": (
        "Personen", "die hier een plaats krijgen; een locatie kan verdeeld zijn",
        "Persons", "who get a place here; a site may be split",
    ),
    "assignment.minutes": (
        "Reistijd (min)", "van de locatie naar de praktijk",
        "Travel time (min)", "from the site to the practice",
    ),
    "2sfca": (
        "2SFCA", "fte per persoon die bereikbaar is binnen het gebied, gedeeld door wie er ook heen kan",
        "2SFCA", "fte per person within the catchment, shared with all who can get there",
    ),
    "e2sfca": (
        "E2SFCA", "als 2SFCA, met gewichten die dalen met de reistijd",
        "E2SFCA", "as 2SFCA, with weights that fall with travel time",
    ),
    "3sfca": (
        "3SFCA", "als E2SFCA, waarbij mensen over praktijken kiezen",
        "3SFCA", "as E2SFCA, where people choose among practices",
    ),
    "bfca": (
        "BFCA", "als E2SFCA met gewichten die per rij en kolom op 1 uitkomen",
        "BFCA", "as E2SFCA with weights that add up to 1 by row and column",
    ),
    "spatial_availability": (
        "Ruimtelijke beschikbaarheid", "fte die deze locatie toevalt",
        "Spatial availability", "fte that falls to this site",
    ),
    "raam": (
        "RAAM", "evenwicht van drukte en reistijd: hoger is slechter",
        "RAAM", "equilibrium of crowding and travel time: higher is worse",
    ),
    "failing_id": (
        "Id", "gebied, of laagste locatie-id van de cluster",
        "Id", "area, or lowest site id of the cluster",
    ),
    "failing.places": (
        "Locaties", "woonlocaties (of vakken) in dit gebied of deze cluster",
        "Places", "sites (or cells) in this area or cluster",
    ),
    "failing": ("Mensen zonder haalbaar bezoek", "personen", "People without a feasible visit", "persons"),
    "share": ("Aandeel", "van de bewoners", "Share", "of the residents"),
    "municipality": (
        "Gemeente", "waarin het ligt; die met de meeste mensen eerst",
        "Municipality", "in which it lies; the one with most people first",
    ),
    "village": (
        "Plaats", "waarin het ligt; die met de meeste mensen eerst",
        "Village", "in which it lies; the one with most people first",
    ),
    "failing.kind": (
        "Soort", "area: een gebied; cluster: locaties die bij elkaar liggen",
        "Kind", "area: an area; cluster: sites that lie together",
    ),
    "failing.name": (
        "Naam", "van het gebied, of van de locaties met de meeste mensen zonder haalbaar bezoek",
        "Name", "of the area, or of the sites with most people without a feasible visit",
    ),
    "area": ("Gebied", "waarin het ligt", "Area", "in which it lies"),
    "failing.reason": (
        "Redencode", "van de locaties waar de meeste van deze mensen wonen",
        "Reason code", "of the sites where most of these people live",
    ),
    "failing.reason_text": ("Reden", "de redencode in woorden", "Reason", "the reason code in words"),
    "site_ids": (
        "Locaties daarin", "locatie-id's waar mensen geen haalbaar bezoek hebben, de meeste eerst",
        "Sites in it", "site ids where people have no feasible visit, most people first",
    ),
}  # fmt: skip

#: columns of the care basket, which begin with the kind of care
_BASKET: Final[dict[str, tuple[str, str, str, str]]] = {
    "persons_feasible": ("mensen met haalbaar bezoek", "personen", "people with a feasible visit", "persons"),
    "share_feasible": (
        "aandeel met haalbaar bezoek", "van de bewoners",
        "share with a feasible visit", "of the residents",
    ),
    "reason": (
        "redencode", "van de meeste mensen voor wie het niet haalbaar is",
        "reason code", "of most people for whom it is not feasible",
    ),
    "minutes": (
        "beste bezoek (min)", "van deur tot deur, van wie het snelst is",
        "best visit (min)", "door to door, of whoever is quickest",
    ),
}  # fmt: skip


def heading(language: str, column: str, sheet: str = "") -> str:
    """Heading of a column in a sheet; the name of the column where there is none.

    Examples
    --------
    >>> heading("nl", "persons_failing"), heading("en", "apotheek_share_feasible", "basket"), heading("nl", "extra")
    ('Mensen zonder haalbaar bezoek', 'pharmacy: share with a feasible visit', 'extra')
    """
    found = _found(column, sheet)
    if found is not None:
        words = found[2 * _column(language)]
        kind = _kind_of(column) if sheet == "basket" and column not in _COLUMNS else ""
        return f"{care_words(kind, language)}: {words}" if kind else words
    return say(language, column) if knows(column) else plain(column)


def definition(language: str, column: str, sheet: str = "") -> str:
    """Meaning of a column in a sheet; "" where it is not known."""
    found = _found(column, sheet)
    return "" if found is None else found[2 * _column(language) + 1]


def _found(column: str, sheet: str) -> tuple[str, str, str, str] | None:
    own = _COLUMNS.get(f"{sheet}.{column}", _COLUMNS.get(column))
    if own is None and column in _MEANINGS:
        dutch, english = _MEANINGS[column]
        return say("nl", column), dutch, say("en", column), english
    if own is None and sheet == "basket":
        return next((_BASKET[end] for end in _BASKET if column.endswith(f"_{end}")), None)
    return own


def _kind_of(column: str) -> str:
    """Kind of care that a column of the basket is about."""
    end = next((end for end in _BASKET if column.endswith(f"_{end}")), "")
    return column[: -len(end) - 1] if end else ""


def _column(language: str) -> int:
    return LANGUAGES.index(language) if language in LANGUAGES else 0
