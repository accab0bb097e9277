"""Wording of maps on feasible visits, in Dutch and English side by side; reasons themselves are in `reason_text`."""

# ruff: noqa: RUF001  the dash of a range is meant
from __future__ import annotations

from typing import Final

from geoaccess.present.text import LANGUAGES

_WORDS: Final[dict[str, tuple[str, str]]] = {
    # title: who cannot visit, and the reason that stops most of them
    "some_cannot": (
        "{failing} van {total} bewoners ({share}) {can} in hun vrije tijd geen {care} bezoeken",
        "{failing} of {total} residents ({share}) cannot visit {care} in their free time",
    ),
    "all_cannot": (
        "Geen van de {total} bewoners kan in de vrije tijd een {care} bezoeken",
        "None of the {total} residents can visit {care} in their free time",
    ),
    "all_can": (
        "Alle {total} bewoners kunnen in hun vrije tijd een {care} bezoeken",
        "All {total} residents can visit {care} in their free time",
    ),
    "some_sites_cannot": (
        "Op {failing} van {total} woonlocaties ({share}) kunnen bewoners in hun vrije tijd geen {care} bezoeken",
        "At {failing} of {total} housing sites ({share}) residents cannot visit {care} in their free time",
    ),
    "all_sites_can": (
        "Vanaf alle {total} woonlocaties is een {care} in de vrije tijd te bezoeken",
        "From all {total} housing sites {care} can be visited in free time",
    ),
    "of_them": ("{count} van hen", "{count} of them"),
    "them_all": ("hen allemaal", "all of them"),
    "why_not_linked": (
        "; van {whom} sluit de locatie niet aan op de weg",
        "; the site of {whom} is not linked to the road",
    ),
    "why_out_of_reach": (
        "; voor {whom} is {a} nooit binnen {norm} te bereiken",
        "; for {whom} {a} is never within {norm}",
    ),
    "why_no_service_that_day": (
        "; voor {whom} is er geen vervoer op dagen dat {the} open is",
        "; for {whom} there is no transport on days that {the} is open",
    ),
    "why_no_service_in_free_time": (
        "; voor {whom} is er geen vervoer als ze vrij zijn",
        "; for {whom} there is no transport when they are free",
    ),
    "why_closed_in_free_time": (
        "; voor {whom} is {the} dan gesloten",
        "; for {whom} {the} is closed then",
    ),
    "why_no_way_back": (
        "; voor {whom} is er geen terugreis op tijd",
        "; for {whom} there is no way back in time",
    ),
    "why_not_accepting": (
        "; voor {whom} is er alleen een patiëntenstop",
        "; {whom} find only practices that accept no new patients",
    ),
    "why_no_room": ("; voor {whom} is er geen plaats meer", "; for {whom} there are no places left"),
    "why_language": (
        "; voor {whom} is er niemand die hun taal spreekt",
        "; for {whom} there is nobody who speaks their language",
    ),
    # sub-line and notes
    "measure": (
        (
            "Haalbaar bezoek: heenreis, {consult} en thuiskomst binnen vrije uren; heenreis hooguit {norm} (norm),"
            " {how}"
        ),
        (
            "Feasible visit: the way there, {consult} and the way home fit into free hours; at most {norm} (norm) to"
            " get there, {how}"
        ),
    ),
    "consult": ("consult van {minutes}", "a consultation of {minutes}"),
    "consult_plain": ("consult", "a consultation"),
    "week": ("week van {start} t/m {end}", "week from {start} to {end}"),
    "remark_not_linked_one": (
        "1 locatie sluit niet aan op het wegennet (geen gegevens): buiten de norm, en een bezoek is niet haalbaar.",
        "1 site does not connect to the streets (no data): beyond the norm, and a visit counts as not feasible.",
    ),
    "remark_not_linked": (
        (
            "{count} locaties sluiten niet aan op het wegennet (geen gegevens): buiten de norm, en een bezoek is niet"
            " haalbaar."
        ),
        (
            "{count} sites do not connect to the streets (no data): beyond the norm, and a visit counts as not"
            " feasible."
        ),
    ),
    # legend and panel
    "colour_by": ("Kleur van de locaties", "Colour of the sites"),
    "by_reason": ("reden", "reason"),
    "by_time": ("reistijd", "travel time"),
    "legend_reasons": ("Waarom een bezoek aan {a} niet lukt", "Why {a} cannot be visited"),
    "reason_note": (
        "kleur: reden van de meeste bewoners zonder haalbaar bezoek; licht, dunne rand: minder dan de helft",
        "colour: reason of most residents without a feasible visit; pale, thin line: fewer than half",
    ),
    "legend_areas": (
        "Aandeel bewoners zonder haalbaar bezoek, per gebied",
        "Share of residents without a feasible visit, by area",
    ),
    "cascade": ("Drempels: wie houdt er een bezoek over?", "Barriers: who is left with a visit?"),
    "cascade_area": ("Gebied", "Area"),
    "cascade_all": ("alle gebieden", "all areas"),
    "cascade_note": (
        "bewoners die overblijven na elke drempel; tussen haakjes hoeveel er afvallen",
        "residents left after each barrier; in brackets how many drop out",
    ),
    "step_start": ("alle bewoners", "all residents"),
    "step_not_linked": ("locatie aan de weg", "site linked to the road"),
    "step_out_of_reach": ("{care} binnen {norm}", "{care} within {norm}"),
    "step_no_service_that_day": ("… op een open dag", "… on an open day"),
    "step_no_service_in_free_time": ("… in hun vrije tijd", "… in their free time"),
    "step_closed_in_free_time": ("… en dan open", "… and open then"),
    "step_no_way_back": ("… en op tijd terug", "… and home in time"),
    "step_not_accepting": ("… neemt patiënten aan", "… accepts patients"),
    "step_no_room": ("… heeft plaats", "… has room"),
    "step_language": ("… spreekt hun taal", "… speaks their language"),
    "failing": ("Waar faalt de toegang", "Where access fails"),
    "failing_areas": ("Gebieden", "Areas"),
    "failing_clusters": ("Groepen locaties bij elkaar", "Groups of sites close together"),
    "failing_none": (
        "Nergens komen het aandeel en het aantal mensen zonder haalbaar bezoek boven de drempels.",
        "Nowhere do both the share and the number of people without a feasible visit exceed the thresholds.",
    ),
    "failing_row": ("{failing} van {residents} bewoners ({share})", "{failing} of {residents} residents ({share})"),
    "failing_short": ("{failing} van {residents} ({share})", "{failing} of {residents} ({share})"),
    "failing_sites": ("{count} locaties", "{count} sites"),
    "failing_site": ("1 locatie", "1 site"),
    "worst_sites": (
        "Locaties met de meeste mensen zonder haalbaar bezoek",
        "Sites with most people without a feasible visit",
    ),
    "persons_failing": ("{count} mensen", "{count} people"),
    "persons_failing_one": ("1 mens", "1 person"),
    "no_worst": ("Geen enkele.", "None."),
    "layer_care": ("Andere zorg", "Other care"),
    # pop-up of a site
    "verdict_all": (
        "Voor geen van de {residents} is een bezoek aan {a} haalbaar.",
        "For none of the {residents} a visit to {a} is feasible.",
    ),
    "verdict_some": (
        "Voor {failing} van de {residents} ({share}) is een bezoek aan {a} niet haalbaar.",
        "For {failing} of the {residents} ({share}) a visit to {a} is not feasible.",
    ),
    "verdict_none": (
        "Alle {residents} kunnen in hun vrije tijd naar {a}.",
        "All {residents} can go to {a} in their free time.",
    ),
    "verdict_one": (
        "Voor de enige bewoner is een bezoek aan {a} niet haalbaar.",
        "For the only resident a visit to {a} is not feasible.",
    ),
    "verdict_one_can": (
        "De enige bewoner kan in de vrije tijd naar {a}.",
        "The only resident can go to {a} in their free time.",
    ),
    "verdict_share": (
        "Aantal bewoners onbekend; voor {share} van hen is een bezoek aan {a} niet haalbaar.",
        "Number of residents unknown; for {share} of them a visit to {a} is not feasible.",
    ),
    "verdict_unknown": ("Aantal bewoners onbekend.", "Number of residents unknown."),
    "verdict_nobody": ("Hier woont niemand.", "Nobody lives here."),
    "or": (" of ", " or "),
    "cells_note": (
        "minuten, en het aandeel van {count} vakken, elk vanuit zijn midden",
        "minutes, and the share of {count} squares, each from its centre",
    ),
    "cell_to_15": ("tot 15", "to 15"),
    "cell_15_to_30": ("15–30", "15–30"),
    "cell_30_to_45": ("30–45", "30–45"),
    "cell_45_to_60": ("45–60", "45–60"),
    "cell_over_60": ("> 60", "> 60"),
    "cell_unreachable": ("nooit", "never"),
    "cell_no_data": ("?", "?"),
    "shift": ("dienst {shift}", "shift {shift}"),
    "unregistered": ("niet ingeschreven", "not registered"),
    "registered": ("ingeschreven bij een huisarts", "registered with a GP"),
    "visit": (
        "Beste bezoek: {day} {leave} weg, {home} thuis, {minutes} ({practice}).",
        "Best visit: {day} leave {leave}, home {home}, {minutes} ({practice}).",
    ),
    "visit_at_work": (
        "Beste bezoek: {day} {leave} tot {home} op het werk, {minutes} ({practice}).",
        "Best visit: {day} {leave} to {home} at work, {minutes} ({practice}).",
    ),
    "next_day": (" de volgende dag", " the next day"),
    "days_one": ("Haalbaar op 1 dag per week.", "Feasible on 1 day a week."),
    "days_more": ("Haalbaar op {count} dagen per week.", "Feasible on {count} days a week."),
    "lost": (
        "Met {minutes} verlof van het werk kan het wel ({practice}, {day}).",
        "With {minutes} off work it can be done ({practice}, {day}).",
    ),
    "helps": ("Wat helpt: {fix}.", "What helps: {fix}."),
    "first": (
        "Als eerste nodig: {fix}.",
        "Needed first: {fix}.",
    ),
    "nothing": ("Geen enkele verandering alleen is genoeg.", "No single change is enough."),
    "room": ("Dichtstbijzijnde praktijk met plaats", "Nearest practice with room"),
    "room_at": ("{practice}, {minutes}", "{practice}, {minutes}"),
    "room_none": ("geen te bereiken", "none within reach"),
    "possible": ("Misschien plaats (status onbekend)", "Perhaps room (status unknown)"),
    "same": ("Hetzelfde als hierboven.", "The same as above."),
    "unplaced": ("Als alle plaatsen zo goed mogelijk verdeeld zijn", "When all places are shared out at best"),
    "unplaced_count": ("{count} niet-ingeschrevenen zonder plaats", "{count} unregistered people without a place"),
    "weakest": ("Zwakste schakel van de zorg", "Weakest link of care"),
    "weakest_is": ("{care}: {share} kan er heen ({reason})", "{care}: {share} can go ({reason})"),
    "weakest_all": ("geen: alle zorg is haalbaar", "none: all care is feasible"),
    "more": ("Meer gegevens", "More data"),
    # pop-up of a practice and of an area
    "hours": ("Openingstijden", "Opening hours"),
    "hours_assumed": ("{hours} (aangenomen: niet opgegeven)", "{hours} (assumed: not given)"),
    "hours_unknown": (
        "“{raw}” is niet te lezen; gerekend met {hours}",
        "“{raw}” cannot be read; {hours} used instead",
    ),
    "status": ("Nieuwe patiënten", "New patients"),
    "status_open": ("ja", "yes"),
    "status_conditional": ("onder voorwaarden", "on conditions"),
    "status_closed": ("nee, patiëntenstop", "no, closed to new patients"),
    "status_unknown": ("onbekend", "unknown"),
    "status_on": ("{status} (per {date})", "{status} (on {date})"),
    "status_undated": ("{status} (datum onbekend)", "{status} (date unknown)"),
    "places": ("Plaatsen voor nieuwe patiënten", "Places for new patients"),
    "places_range": ("{places} ({low} tot {high})", "{places} ({low} to {high})"),
    "places_unknown": ("onbekend", "unknown"),
    "assigned": ("Daarvan nodig voor bewoners", "Of these needed for residents"),
    "assigned_full": ("{count} (dan vol)", "{count} (full then)"),
    "remote_share": ("Consulten op afstand", "Remote consultations"),
    "walk_in": ("Inloop zonder inschrijving", "Walk-in without registration"),
    "at_work": ("Spreekuur op het werk", "Consultations at work"),
    "serves": ("Alleen voor", "Only for"),
    "languages": ("Talen", "Languages"),
    "interpreter": ("tolk", "interpreter"),
    "yes": ("ja", "yes"),
    "area_fails": ("Zonder haalbaar bezoek: {words}.", "Without a feasible visit: {words}."),
    "area_why": ("Voor de meesten van hen: {reason}.", "For most of them: {reason}."),
    # printed sheet
    "cascade_short": ("Bewoners die overblijven na elke drempel", "Residents left after each barrier"),
    "reasons_short": ("Waarom een bezoek niet lukt", "Why a visit fails"),
    "worst_short": ("Locaties: meeste mensen zonder bezoek", "Sites: most people without a visit"),
}  # fmt: skip


def tell(language: str, key: str, **values: str) -> str:
    """Return the sentence of ``key`` in ``language`` ("nl" or "en") with its placeholders filled.

    Raises
    ------
    KeyError
        where the key or one of its placeholders is unknown: a fault of the code, not of the input.
    """
    return template(language, key).format_map(values)


def template(language: str, key: str) -> str:
    """Return the sentence of ``key`` with its placeholders in braces, for the page to fill."""
    return _WORDS[key][LANGUAGES.index(language) if language in LANGUAGES else 0]


def words() -> list[str]:
    """Return the keys that `tell` knows."""
    return list(_WORDS)
