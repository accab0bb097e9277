"""Travel time of a site in words: a sentence for pop-ups, and the shortest answer for lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoaccess.present.classes import (
    NO_DATA,
    TIME_CLASSES,
    UNREACHABLE,
    rounded_minutes,
    time_classes,
)
from geoaccess.present.findings import (
    percentile_words,
    reason_words,
    residents_words,
    site_names,
    way_of,
)
from geoaccess.present.text import knows, minutes_words, number, plain, say

if TYPE_CHECKING:
    from geoaccess.result import Result


def site_sentences(result: Result) -> list[str]:
    """Say for every site in one plain sentence how far the nearest GP is, or why there is no answer."""
    sites, context = result.sites, result.context
    language = context.language
    shown = rounded_minutes(
        sites["minutes"].to_numpy(dtype=float), context.norm_minutes, 0
    ).tolist()
    templates = dict(
        zip(pd.factorize(sites["reason"])[1], _sentence_templates(result), strict=True)
    )
    return [
        templates[reason].format_map(
            {
                "name": name,
                "residents": residents_words(residents, language),
                "practice": practice,
                "minutes": minutes_words(minutes, language),
            }
        )
        for name, residents, minutes, practice, reason in zip(
            site_names(sites),
            sites["residents"].to_numpy(dtype=float),
            shown,
            nearest_names(sites, language),
            sites["reason"],
            strict=True,
        )
    ]


def site_templates(result: Result) -> dict[str, list[str]]:
    """Sentences and short answers of `site_sentences` and `site_hints` for every reason that occurs, to be filled in.

    Reasons are in order of first occurrence; left to fill are {name}, {residents}, {practice} and {minutes}.
    """
    language = result.context.language
    return {
        "sentences": _sentence_templates(result),
        "hints": [
            reason_words(str(reason), language)
            for reason in pd.factorize(result.sites["reason"])[1]
        ],
        "counts": [
            say(language, key, count="{count}")
            for key in (
                "residents_unknown", "residents_one", "residents_more", "minutes_one", "minutes_more",
            )
        ],
    }  # fmt: skip


def _sentence_templates(result: Result) -> list[str]:
    context = result.context
    language, way = context.language, way_of(context)
    fixed = {
        "travel": say(language, f"travel_{way}"),
        "how": say(language, f"how_{way}"),
        "norm": minutes_words(context.norm_minutes, language),
        "longest": minutes_words(context.max_minutes, language),
        "begin": context.window[0],
        "end": context.window[1],
        "percentile": percentile_words(context),
        "start": say(language, "from_site", name="{name}", residents="{residents}"),
        "practice": "{practice}",
        "minutes": "{minutes}",
    }
    found = []
    for reason in pd.factorize(result.sites["reason"])[1]:
        key = f"site_{reason}"
        words = reason_words(str(reason), language).replace("{", "{{").replace("}", "}}")
        found.append(say(language, key if knows(key) else "site_other", reason=words, **fixed))
    return found


def nearest_names(sites: pd.DataFrame, language: str) -> list[str]:
    """Return what to call the nearest practice of every site."""
    names = []
    for name, key in zip(sites["practice_name"], sites["practice_id"], strict=True):
        shown = plain(name)
        if not shown and plain(key):
            shown = say(language, "a_practice", id=plain(key))
        names.append(shown or say(language, "unnamed_practice"))
    return names


def site_hints(result: Result, *, short: bool = False) -> list[str]:
    """Shortest answer for every site: its minutes, or why there are none."""
    context = result.context
    language = context.language
    minutes = rounded_minutes(
        result.sites["minutes"].to_numpy(dtype=float), context.norm_minutes, 0
    )
    index = time_classes(result.sites["minutes"], result.sites["reason"])
    hints = []
    for value, k, reason in zip(minutes.tolist(), index, result.sites["reason"], strict=True):
        if k in (UNREACHABLE, NO_DATA):
            words = say(language, TIME_CLASSES[k].code)
            hints.append(words if short else reason_words(str(reason), language))
        elif short:
            hints.append(say(language, "minutes_short", count=number(value, language)))
        else:
            hints.append(minutes_words(value, language))
    return hints
