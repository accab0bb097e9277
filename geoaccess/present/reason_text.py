"""Why people have no feasible visit, in words that a councillor understands: labels, sentences, kinds of care, days.

A label is for legends and columns, a sentence for pop-ups and papers. The words are Dutch and English side by side, as
in `geoaccess.present.text`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from geoaccess.access.visit_tables import DAYS
from geoaccess.access.why import FEASIBLE, FIXES
from geoaccess.access.why_text import fix_text
from geoaccess.present.text import LANGUAGES, minutes_words, number, percent, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

#: the kind of care of the main measures, where any practice is one
GP: Final = "huisarts"

#: short, for legends and columns
_LABELS: Final = {
    "not_linked": ("sluit niet aan op het wegennet", "not linked to the streets"),
    "out_of_reach": ("te ver weg", "too far away"),
    "no_service_that_day": ("geen vervoer op open dagen", "no transport on open days"),
    "no_service_in_free_time": ("geen vervoer in de vrije tijd", "no transport in free time"),
    "closed_in_free_time": ("gesloten in de vrije tijd", "closed in free time"),
    "no_way_back": ("niet op tijd terug", "no way back in time"),
    "not_accepting": ("neemt geen nieuwe patiënten aan", "accepts no new patients"),
    "no_room": ("geen plaats meer", "no places left"),
    "language": ("geen gedeelde taal of tolk", "no shared language or interpreter"),
    "feasible": ("haalbaar", "feasible"),
}

_SENTENCES: Final = {
    "not_linked": (
        "De locatie sluit in de gegevens niet aan op het wegennet; controleer de ligging.",
        "The site does not connect to the streets in the data; check where it lies.",
    ),
    "out_of_reach": (
        "Deze mensen kunnen op geen enkel moment van de week binnen {norm} bij {a} komen.",
        "At no time of the week can these people get to {a} within {norm}.",
    ),
    "no_service_that_day": (
        "Op de dagen dat {the} open is, kunnen deze mensen er niet binnen {norm} komen.",
        "On the days that {the} is open, these people cannot get there within {norm}.",
    ),
    "no_service_in_free_time": (
        "Op de momenten dat deze mensen vrij zijn, kunnen ze niet binnen {norm} bij {the} komen.",
        "At the times that these people are free, they cannot get to {the} within {norm}.",
    ),
    "closed_in_free_time": (
        "{The} is dicht op de momenten dat deze mensen vrij zijn en er kunnen komen.",
        "{The} is closed at the times that these people are free and can get there.",
    ),
    "no_way_back": (
        "Deze mensen kunnen wel naar {the}, maar komen niet terug voordat hun vrije tijd om is.",
        "These people can go to {the}, but do not get back before their free time ends.",
    ),
    "not_accepting": (
        "{The} die voor deze mensen haalbaar is, neemt geen nieuwe patiënten aan.",
        "{The} that these people could visit accepts no new patients.",
    ),
    "no_room": (
        "{The} die voor deze mensen haalbaar is, heeft geen plaats meer.",
        "{The} that these people could visit has no places left.",
    ),
    "language": (
        "{The} die voor deze mensen haalbaar is, spreekt hun taal niet en heeft geen tolk.",
        "{The} that these people could visit does not speak their language and has no interpreter.",
    ),
    "feasible": (
        "Deze mensen kunnen in hun vrije tijd naar {the} en op tijd weer thuis zijn.",
        "These people can go to {the} in their free time and be home again in time.",
    ),
}
#: with the pronoun of a neuter noun
_NEUTER: Final = (" die voor deze mensen", " dat voor deze mensen")

_PRACTICE: Final = ("praktijk", "practice")
_A_PRACTICE: Final = ("een praktijk", "a practice")
#: parts of names that say that they are of a practice
_IS_PRACTICE: Final = (
    "praktijk", "practice", "huisarts", "dokter", "doctor", "arts", "apothe", "pharma", "spreekuur", "punt", "post",
    "centrum", "centre", "kliniek", "clinic", "ggz", "jgz", "surgery", "verlosk", "consultatie", "ziekenhuis",
    "hospital", "seh",
)  # fmt: skip

#: kind of care: name, with "the", with "a"; for Dutch and for English
_CARE: Final = {
    "huisarts": (("huisarts", "de praktijk", "een huisarts"), ("GP", "the practice", "a GP")),
    "huisartsenpost": (
        ("huisartsenpost", "de huisartsenpost", "een huisartsenpost"),
        ("out-of-hours GP service", "the out-of-hours service", "an out-of-hours GP service"),
    ),
    "apotheek": (
        ("apotheek", "de apotheek", "een apotheek"),
        ("pharmacy", "the pharmacy", "a pharmacy"),
    ),
    "tandarts": (
        ("tandarts", "de tandarts", "een tandarts"),
        ("dentist", "the dentist", "a dentist"),
    ),
    "ggz": (
        ("geestelijke gezondheidszorg (ggz)", "de ggz-praktijk", "een ggz-praktijk"),
        ("mental health care", "the mental health practice", "a mental health practice"),
    ),
    "verloskundige": (
        ("verloskundige", "de verloskundige", "een verloskundige"),
        ("midwife", "the midwife", "a midwife"),
    ),
    "jgz": (
        ("jeugdgezondheidszorg (jgz)", "het consultatiebureau", "een consultatiebureau"),
        ("youth health care", "the child health clinic", "a child health clinic"),
    ),
    "straatdokter": (
        ("straatdokter", "de straatdokter", "een straatdokter"),
        ("street doctor", "the street doctor", "a street doctor"),
    ),
    "infopunt": (
        ("informatiepunt", "het informatiepunt", "een informatiepunt"),
        ("information point", "the information point", "an information point"),
    ),
    "seh": (
        ("spoedeisende hulp (seh)", "de spoedeisende hulp", "een spoedeisende hulp"),
        ("emergency department", "the emergency department", "an emergency department"),
    ),
}

_DAY_WORDS: Final = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
#: two letters, as Dutch and English tables write them
_DAY_SHORT: Final = {
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}

_SAID: Final = {
    "some": (
        "Voor {failing} van de {residents} bewoners van {site} ({share}) is een bezoek aan {a} niet haalbaar.",
        "For {failing} of the {residents} residents of {site} ({share}) a visit to {a} is not feasible.",
    ),
    "all": (
        "Voor geen van de {residents} bewoners van {site} is een bezoek aan {a} haalbaar.",
        "For none of the {residents} residents of {site} is a visit to {a} feasible.",
    ),
    "none": (
        "Alle {residents} bewoners van {site} kunnen in hun vrije tijd naar {a}.",
        "All {residents} residents of {site} can go to {a} in their free time.",
    ),
    "one": (
        "Voor de enige bewoner van {site} is een bezoek aan {a} niet haalbaar.",
        "For the only resident of {site} a visit to {a} is not feasible.",
    ),
    "one_can": (
        "De enige bewoner van {site} kan in de vrije tijd naar {a}.",
        "The only resident of {site} can go to {a} in their free time.",
    ),
    "share": (
        "Op {site} (aantal bewoners onbekend) is een bezoek aan {a} voor {share} van de mensen niet haalbaar.",
        "At {site} (number of residents unknown) a visit to {a} is not feasible for {share} of the people.",
    ),
    "unknown": (
        "Op {site} is het aantal bewoners onbekend.",
        "At {site} the number of residents is unknown.",
    ),
    "nobody": ("Op {site} woont niemand.", "Nobody lives at {site}."),
    "group": ("De grootste groep daarvan: {group}.", "The largest group of these: {group}."),
    "helps": ("Wat helpt: {fix}.", "What helps: {fix}."),
    "first": (
        "Wat als eerste nodig is: {fix}.",
        "What is needed first: {fix}.",
    ),
    "not_enough": (
        "{fix}; dat alleen is nog niet genoeg",
        "{fix}; that alone is not enough yet",
    ),
    "not_enough_as": (
        "{fix}; dat alleen is nog niet genoeg (dan nog: {lack})",
        "{fix}; that alone is not enough yet (then still: {lack})",
    ),
    "not_known": (
        "{fix}; of dat alleen genoeg is, is niet bekend",
        "{fix}; whether that alone is enough is not known",
    ),
    "within_as": (
        "{fix}; bij wat er nu is ook zonder die norm nog: {lack}",
        "{fix}; with what there is now, even without that norm still: {lack}",
    ),
    "none_as": ("{fix} (dan nog: {lack})", "{fix} (then still: {lack})"),
    "nothing": (
        "Geen enkele verandering alleen is genoeg.",
        "No single change is enough.",
    ),
    "unregistered": ("niet ingeschreven bij een huisarts", "not registered with a GP"),
    "registered": ("ingeschreven bij een huisarts", "registered with a GP"),
    "all_people": ("iedereen", "everybody"),
    "shift": ("dienst {shift}", "shift {shift}"),
    "persons": ("{count} mensen", "{count} people"),
    "persons_one": ("1 mens", "1 person"),
    "under_one": ("minder dan 1", "fewer than 1"),
    "the_norm": ("de norm", "the norm"),
}


def _say(language: str, key: str, **values: str) -> str:
    return _SAID[key][_column(language)].format_map(values)


def _column(language: str) -> int:
    return LANGUAGES.index(language) if language in LANGUAGES else 0


def reason_label(code: str, language: str) -> str:
    """Write a reason code in a few words, for legends and columns; an unknown code as it is.

    Examples
    --------
    >>> reason_label("closed_in_free_time", "nl"), reason_label("language", "en")
    ('gesloten in de vrije tijd', 'no shared language or interpreter')
    """
    return _LABELS[code][_column(language)] if code in _LABELS else code


def reason_sentence(
    code: str, language: str, *, care: str = GP, norm_minutes: float | None = None
) -> str:
    """Say in one sentence what a reason means for the people whom it concerns.

    Parameters
    ----------
    code : one of `geoaccess.access.why.CODES`; any other is given back as it is.
    language : "nl" or "en".
    care : kind of care.
    norm_minutes : the norm of that kind; None where it is not at hand.

    Examples
    --------
    >>> reason_sentence("closed_in_free_time", "nl")
    'De praktijk is dicht op de momenten dat deze mensen vrij zijn en er kunnen komen.'
    >>> reason_sentence("out_of_reach", "en", care="apotheek", norm_minutes=30)
    'At no time of the week can these people get to a pharmacy within 30 minutes.'
    """
    if code not in _SENTENCES:
        return code
    the, a = care_words(care, language, "the"), care_words(care, language, "a")
    said = _SENTENCES[code][_column(language)]
    if the.startswith("het "):
        said = said.replace(*_NEUTER)
    norm = (
        _say(language, "the_norm")
        if norm_minutes is None
        else minutes_words(norm_minutes, language)
    )
    return said.format_map({"the": the, "The": the[0].upper() + the[1:], "a": a, "norm": norm})


def care_words(care: str, language: str, form: Literal["name", "the", "a"] = "name") -> str:
    """Write a kind of care: its name, or with an article; an unknown kind as it is.

    Examples
    --------
    >>> care_words("jgz", "nl"), care_words("jgz", "nl", "the"), care_words("huisarts", "en", "a")
    ('jeugdgezondheidszorg (jgz)', 'het consultatiebureau', 'a GP')
    """
    if care not in _CARE:
        return plain(care)
    return _CARE[care][_column(language)][("name", "the", "a").index(form)]


def day_words(day: str, language: str, *, short: bool = False) -> str:
    """Write a day of the week ("mo" to "su"); anything else as it is.

    Examples
    --------
    >>> day_words("tu", "nl"), day_words("tu", "nl", short=True)
    ('dinsdag', 'di')
    """
    if day not in DAYS:
        return day
    words = _DAY_SHORT if short else _DAY_WORDS
    return words["en" if _column(language) else "nl"][DAYS.index(day)]


def people_words(people: str, language: str) -> str:
    """Say which people of a group a row is about ("all", "registered" or "unregistered")."""
    key = "all_people" if people == "all" else people
    return _say(language, key) if key in _SAID else people


def main_care(reasons: pd.DataFrame) -> str:
    """Kind of care of the main measures: GPs where there are any, else the first kind of the table."""
    kinds = reasons["care"].unique().tolist()
    return GP if GP in kinds or not kinds else str(kinds[0])


def fix_sentences(
    table: pd.DataFrame, language: str, names: Mapping[Any, str] | None = None
) -> pd.Series:
    """Say for every row what would mend its reason, as `geoaccess.access.why_text.fix_text` does for one.

    Parameters
    ----------
    table : fix_kind, fix_practice_id, fix_day, fix_time_s, fix_minutes, fix_metres, as from `why.why_table`.
    language : "nl" or "en".
    names : practice_id to name, to write names instead of ids.

    Returns
    -------
    Series
        of text with the index of ``table``; "" where nothing is amiss.
    """
    columns = ["fix_kind", "fix_practice_id", "fix_day", "fix_time_s", "fix_minutes", "fix_metres"]
    given = table[columns].reset_index(drop=True)
    # numbers that the words do not hold must not make rows differ
    for column, kind in (("fix_minutes", "practice_within"), ("fix_metres", "link")):
        given[column] = given[column].where(given["fix_kind"] == kind)
    # many rows have the same fix: it is put into words once
    code = given.groupby(columns, dropna=False, sort=False).ngroup().to_numpy()
    _, first = np.unique(code, return_index=True)
    spoken: Literal["nl", "en"] = "en" if _column(language) else "nl"
    texts = []
    row: Any
    for row in given.iloc[first].itertuples(index=False):
        name = plain(row.fix_practice_id)
        if names is not None and row.fix_practice_id in names:
            name = names[row.fix_practice_id]
        said = fix_text(row._replace(fix_practice_id=name), spoken) if row.fix_kind in FIXES else ""
        # "praktijk Huisartsenpraktijk Dorp" would say it twice
        if any(word in name.casefold() for word in _IS_PRACTICE):
            said = said.replace(f"{_PRACTICE[_column(language)]} {name}", name)
        texts.append(said)
    found = np.array(texts, object)[code] if len(code) else np.array([], object)
    return pd.Series(found, index=table.index, name="fix", dtype=object)


def whole_fixes(
    table: pd.DataFrame, language: str, names: Mapping[Any, str] | None = None
) -> pd.Series:
    """Say as `fix_sentences` what would mend each reason, and, where that is not enough, what is then still in the way.

    Parameters
    ----------
    table : also fix_is_enough and, where they are there, fix_lacks and care.
    """
    none = pd.Series(None, index=table.index, dtype=object)
    parts = pd.DataFrame(
        {
            "fix": fix_sentences(table, language, names),
            "kind": table["fix_kind"],
            "enough": table["fix_is_enough"].astype("boolean").fillna(False),
            "lack": table.get("fix_lacks", none),
            "care": table.get("care", none),
        }
    )
    # each different one is put together once
    code = parts.groupby(list(parts), dropna=False, sort=False).ngroup().to_numpy()
    _, first = np.unique(code, return_index=True)
    texts = [_whole_fix(row, language) for row in parts.iloc[first].itertuples(index=False)]
    found = np.array(texts, object)[code] if len(code) else np.array([], object)
    return pd.Series(found, index=table.index, name="fix", dtype=object)


def _whole_fix(row: Any, language: str) -> str:
    fix, within = str(row.fix), row.kind == "practice_within"
    if within and not pd.isna(row.care) and row.care != GP:
        # no practice is meant but a pharmacy, an emergency department
        fix = fix.replace(_A_PRACTICE[_column(language)], care_words(row.care, language, "a"), 1)
    if not fix or row.enough:
        return fix
    none = row.kind == "none"
    if pd.isna(row.lack):
        key = "not_known" if within else "not_enough"
        return fix if none else _say(language, key, fix=fix)
    lack = reason_label(row.lack, language)
    # a nearer one is no longer the one that the proof is about
    key = "within_as" if within else "none_as" if none else "not_enough_as"
    return _say(language, key, fix=fix, lack=lack)


def help_sentence(fix: str, *, enough: bool, language: str) -> str:
    """Turn what mends a reason (from `whole_fixes`) into a sentence that does not promise more than it does.

    Examples
    --------
    >>> help_sentence("praktijk P1 op maandag open tot 17:25", enough=True, language="nl")
    'Wat helpt: praktijk P1 op maandag open tot 17:25.'
    """
    if not fix:
        return ""
    nothing = _say(language, "nothing").removesuffix(".")
    if fix.startswith(nothing[0].lower() + nothing[1:]):
        return f"{nothing[0]}{fix[1:]}."
    return _say(language, "helps" if enough else "first", fix=fix)


def group_words(row: Any, language: str) -> str:
    """Name the people of one row of reasons: group, shift, registration and how many.

    Parameters
    ----------
    row : group_id, shift, people and residents, by attribute.
    """
    words = [plain(row.group_id)]
    if plain(row.shift):
        words.append(_say(language, "shift", shift=plain(row.shift)))
    if row.people != "all":
        words.append(people_words(row.people, language))
    if math.isfinite(row.residents):
        count = persons_words(row.residents, language)
        one = count == "1"
        words.append(_say(language, "persons_one" if one else "persons", count=count))
    return ", ".join(words)


def persons_words(persons: float, language: str) -> str:
    """Write a number of persons, which may come of a share, as a whole one that never makes somebody nobody."""
    if 0 < persons < 0.5:
        return _say(language, "under_one")
    return number(round(persons), language)


def verdict_sentences(
    verdicts: pd.DataFrame,
    reasons: pd.DataFrame,
    names: Mapping[Any, str],
    practice_names: Mapping[Any, str],
    language: str,
    *,
    norm_minutes: float | None = None,
) -> pd.Series:
    """Tell for every site for how many people a visit fails, for whom most of all, why, and what would help.

    Parameters
    ----------
    verdicts : `Result.verdicts`: site_id, residents, persons_failing, share_failing, reason.
    reasons : `Result.reasons`; those of the main care are used.
    names, practice_names : how to call sites and practices, by id.
    language : "nl" or "en".
    norm_minutes : norm of the main care, None where it is not at hand.

    Returns
    -------
    Series
        of text with the index of ``verdicts``.
    """
    care = main_care(reasons)
    rows = reasons[reasons["care"] == care]
    rows = rows.assign(fix=whole_fixes(rows, language, practice_names))
    # where nobody's number is known, shares still tell which row is the largest
    size = "share" if "share" in rows else "residents"
    rows = rows.sort_values(size, ascending=False, kind="stable", na_position="last")
    rows = rows.drop_duplicates(["site_id", "reason"])
    site: Any
    row: Any
    row_of = {(row.site_id, row.reason): row for row in rows.itertuples(index=False)}
    found = []
    for site in verdicts.itertuples(index=False):
        said = [_how_many(site, plain(names.get(site.site_id, site.site_id)), care, language)]
        row = row_of.get((site.site_id, site.reason))
        if row is not None and site.reason != FEASIBLE and site.residents != 0:
            said.append(_say(language, "group", group=group_words(row, language)))
            said.append(
                reason_sentence(site.reason, language, care=care, norm_minutes=norm_minutes)
            )
            said.append(help_sentence(row.fix, enough=bool(row.fix_is_enough), language=language))
        found.append(" ".join(part for part in said if part))
    return pd.Series(found, index=verdicts.index, name="sentence", dtype=object)


def _how_many(site: Any, name: str, care: str, language: str) -> str:
    """First sentence on a site: for how many of its residents a visit is not feasible."""
    a = care_words(care, language, "a")
    words = {"site": name, "a": a, "share": percent(float(site.share_failing), language)}
    if not math.isfinite(site.residents):
        known = math.isfinite(site.share_failing)
        return _say(language, "share" if known else "unknown", **words)
    if not site.residents:
        return _say(language, "nobody", **words)
    words["residents"] = number(site.residents, language)
    one, failing = site.residents == 1, float(site.persons_failing)
    if site.share_failing >= 1 - 1e-12:
        return _say(language, "one" if one else "all", **words)
    if failing <= 0:
        return _say(language, "one_can" if one else "none", **words)
    words["failing"] = persons_words(failing, language)
    return _say(language, "some", **words)
