"""What a pop-up tells of a practice: kind of care, hours and how sure these are, room, languages, ways of working."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geoaccess.present.findings import site_names
from geoaccess.present.reason_text import GP, care_words, main_care
from geoaccess.present.text import date_words, number, percent, plain, say
from geoaccess.present.visit_text import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geoaccess.result import Result

_DUTCH: Final = {
    "Mo": "ma", "Tu": "di", "We": "wo", "Th": "do", "Fr": "vr", "Sa": "za", "Su": "zo",
    "PH": "feestdagen", "SH": "schoolvakanties", "off": "gesloten", "closed": "gesloten", "24/7": "altijd open",
}  # fmt: skip
_ENGLISH: Final = {
    "PH": "public holidays",
    "SH": "school holidays",
    "off": "closed",
    "24/7": "always open",
}
_WORD = re.compile(r"24/7|[A-Za-z]+")

Column = tuple[str, list[str | None]]


def kinds(result: Result) -> list[str]:
    """Kinds of care that the practices give, the main one first, then those with most practices."""
    found = care_of_each(result)
    if not found:
        return []
    order = sorted(set(found), key=lambda kind: (-found.count(kind), kind))
    main = main_kind(result)
    return [main, *(kind for kind in order if kind != main)] if main in order else order


def main_kind(result: Result) -> str:
    """Kind of care of the main measures: of the verdict, or else GPs, or else the first of the table."""
    if len(result.reasons):
        return main_care(result.reasons)
    found = care_of_each(result)
    return GP if GP in found or not found else found[0]


def care_of_each(result: Result) -> list[str]:
    """Kind of care of every practice; GPs where the table does not say."""
    practices = result.practices
    given = practices["care"] if "care" in practices else [None] * len(practices)
    return [plain(care).casefold() or GP for care in given]


def main_practices(result: Result) -> str:
    """Name and number of the practices of the main kind of care."""
    language, main = result.context.language, main_kind(result)
    count = number(care_of_each(result).count(main), language)
    if main == GP:
        return say(language, "practice_symbol", count=count)
    return f"{care_words(main, language)} ({count})"


def hours_words(value: object, language: str) -> str:
    """Write opening hours in OpenStreetMap syntax for readers.

    Examples
    --------
    >>> hours_words("Mo-Fr 08:00-12:00,13:00-17:00; PH off", "nl")
    'ma-vr 08:00-12:00, 13:00-17:00; feestdagen gesloten'
    """
    names = _ENGLISH if language == "en" else _DUTCH
    said = _WORD.sub(lambda match: names.get(match[0], match[0]), plain(value))
    return re.sub(r"([,;])(?=\S)", r"\1 ", said)


def details(result: Result) -> list[Column]:
    """Label and text of every practice for each line of a pop-up; None where there is nothing to tell."""
    language, practices = result.context.language, result.practices
    made: dict[str, list[str | None]] = {
        "care": [care_words(care, language) for care in care_of_each(result)],
        "hours": list(_hours(result)),
        "status": list(_status(result)),
        "places": list(_places(result)),
        "assigned": list(_assigned(result)),
        "languages": list(_languages(practices, language)),
        "remote_share": [_share(value, language) for value in _column(practices, "remote_share")],
        "walk_in": [_yes(value, language) for value in _column(practices, "walk_in")],
        "at_work": [_yes(value, language) for value in _column(practices, "at_work")],
        "serves": list(_serves(result)),
    }
    labels = {"care": say(language, "care")}
    return [
        (labels.get(key) or tell(language, key), values)
        for key, values in made.items()
        if any(value is not None for value in values)
    ]


def _column(table: pd.DataFrame, name: str) -> list[Any]:
    return table[name].tolist() if name in table else [None] * len(table)


def _of_practices(result: Result, table: pd.DataFrame, names: tuple[str, ...]) -> Iterator[Any]:
    """Rows of another table on practices in the order of the practices; None where it has none."""
    if not len(table) or "practice_id" not in table:
        yield from [None] * len(result.practices)
        return
    kept = [name for name in names if name in table]
    rows = {row[0]: row for row in table[["practice_id", *kept]].itertuples(index=False)}
    for key in result.practices["practice_id"]:
        yield rows.get(key)


def _hours(result: Result) -> Iterator[str | None]:
    language = result.context.language
    read = _of_practices(result, result.opening, ("opening_hours", "status", "read_as", "source"))
    for raw, row in zip(_column(result.practices, "opening_hours"), read, strict=True):
        status = getattr(row, "status", "known")
        used = hours_words(getattr(row, "read_as", None) or raw, language)
        source = plain(getattr(row, "source", None))
        if status == "assumed":
            said = tell(language, "hours_assumed", hours=used)
            yield f"{said[:-1]}; {source})" if source else said
        elif status == "unknown":
            yield tell(language, "hours_unknown", raw=plain(row.opening_hours), hours=used)
        else:
            yield used or None


def _status(result: Result) -> Iterator[str | None]:
    language, practices = result.context.language, result.practices
    dates = _column(practices, "status_date")
    for status, date in zip(_column(practices, "status"), dates, strict=True):
        code = plain(status)
        if not code:
            yield None
            continue
        known = code in ("open", "conditional", "closed", "unknown")
        said = tell(language, f"status_{code}") if known else code
        given = plain(date)
        moment = pd.to_datetime(given, errors="coerce") if given else pd.NaT
        if not pd.isna(moment):
            yield tell(language, "status_on", status=said, date=date_words(moment.date(), language))
        elif code == "unknown":
            yield said
        else:
            yield tell(language, "status_undated", status=said)


def _places(result: Result) -> Iterator[str | None]:
    language = result.context.language
    for row in _of_practices(result, result.capacity, ("places", "places_low", "places_high")):
        if row is None:
            yield None
        elif not math.isfinite(row.places):
            yield tell(language, "places_unknown")
        else:
            places = number(math.floor(row.places + 1e-9), language)
            low, high = (
                getattr(row, "places_low", row.places),
                getattr(row, "places_high", row.places),
            )
            if math.isfinite(low) and math.isfinite(high) and high - low >= 1:
                ends = {
                    "low": number(math.floor(low + 1e-9), language),
                    "high": number(math.floor(high + 1e-9), language),
                }
                yield tell(language, "places_range", places=places, **ends)
            else:
                yield places


def _assigned(result: Result) -> Iterator[str | None]:
    language = result.context.language
    for row in _of_practices(result, result.capacity, ("assigned", "full")):
        count = getattr(row, "assigned", math.nan)
        if row is None or not math.isfinite(count):
            yield None
        elif getattr(row, "full", False) and count > 0:
            yield tell(language, "assigned_full", count=number(round(count), language))
        else:
            yield number(round(count), language)


def _languages(practices: pd.DataFrame, language: str) -> Iterator[str | None]:
    interpreters = _column(practices, "interpreter")
    for spoken, interpreter in zip(_column(practices, "languages"), interpreters, strict=True):
        parts = [part.strip() for part in plain(spoken).split(";") if part.strip()]
        if _true(interpreter):
            parts.append(tell(language, "interpreter"))
        yield ", ".join(parts) or None


def _serves(result: Result) -> Iterator[str | None]:
    """For whom a practice is: names of sites, with the group where it is for one group."""
    keys = result.sites["site_id"].astype(str)
    names = dict(zip(keys, site_names(result.sites), strict=True))
    for value in _column(result.practices, "serves"):
        said = []
        for part in filter(None, (each.strip() for each in plain(value).split(";"))):
            site, _, group = part.partition("/")
            said.append(names.get(site, site) + (f" ({group})" if group else ""))
        yield ", ".join(said) or None


def _share(value: Any, language: str) -> str | None:
    if value is None or pd.isna(value) or value <= 0:
        return None
    return percent(float(value), language)


def _yes(value: Any, language: str) -> str | None:
    return tell(language, "yes") if _true(value) else None


def _true(value: Any) -> bool:
    return value is not None and not pd.isna(value) and bool(value)
