"""Opening hours as people write them, brought to the syntax of OpenStreetMap where that leaves no doubt.

A value that is in OpenStreetMap syntax is evaluated as it stands, but for its comments: a comment never adds hours
(``Sa "op afspraak"`` does not mean that Saturday is open all day). Other values are rewritten word by word, Dutch or
English, and the result counts only if it is nothing but days, times and closures. What still cannot be read is unknown.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

LONGEST = 1000
DAY_MIN = 24 * 60
#: hours past midnight that are longer than this are taken for a mistake: '10-6' is 10:00-18:00 to some
LONGEST_NIGHT_MIN = 16 * 60

_COMMENT = re.compile(r'"[^"]*"')
_TIME = re.compile(r"\d\s*:\s*\d\d|24/7|sunrise|sunset|dawn|dusk", re.IGNORECASE)
_STATE = re.compile(r"\b(off|closed|unknown|open)\b", re.IGNORECASE)
#: ', Sa "by appointment"' behind times: days that have a comment for hours
_ADDED_COMMENT = re.compile(r'(?<=[\d"])\s*,\s*([A-Za-z][A-Za-z,\s-]*)?("[^"]*")')

_DAY_WORDS = (
    ("Mo", "maandag(?:en|s)?|mondays?|mon|ma|mo"),
    ("Tu", "dinsdag(?:en|s)?|tuesdays?|tues?|di|tu"),
    ("We", "woensdag(?:en|s)?|wednesdays?|wed|wo|we"),
    ("Th", "donderdag(?:en|s)?|thursdays?|thurs?|thu|do|th"),
    ("Fr", "vrijdag(?:en|s)?|fridays?|fri|vrij|vr|fr"),
    ("Sa", "zaterdag(?:en|s)?|saturdays?|sat|za|sa"),
    ("Su", "zondag(?:en|s)?|sundays?|sun|zo|su"),
    ("Mo-Fr", "werkdagen|doordeweeks|door de week|weekdays"),
    ("Sa-Su", "weekend(?:en)?|weekends"),
    ("Mo-Su", "dagelijks|elke dag|iedere dag|alle dagen|daily|every day"),
    ("PH", "(?:nationale |officiele |algemeen erkende )?feestdagen|(?:public )?holidays|ph"),
)
_DAYS = tuple((re.compile(rf"\b(?:{words})\b\.?"), day) for day, words in _DAY_WORDS)
_OFF = re.compile(r"\b(?:is |zijn )?(?:gesloten|dicht|closed|off|vrij)\b")
_FILLER = re.compile(
    r"\b(?:van|vanaf|from|om|op afspraak|volgens afspraak|na afspraak|by appointment(?: only)?|geopend|open|"
    r"openingstijden|alleen|only|de|het|the|op)\b"
)
_UNTIL = re.compile(
    r"\s*(?:\btot en met\b|\bt/m\b|\bt\.?m\.?\b|\btot\b|\bto\b|\btill?\b|\buntil\b|-)\s*"
)
_AND = re.compile(r"\s*(?:\ben\b|\band\b|&|\+)\s*|\s+/\s+")
_CLOCK = r"(\d{1,2})(?::?([0-5]\d))?"
_AM_PM = re.compile(rf"\b{_CLOCK}\s*([ap])\.?m\b\.?")
_RANGE = re.compile(rf"(?<![\d:]){_CLOCK}-{_CLOCK}(?![\d:])")

_ITEM = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su))?|PH"
_SPANS = r"\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*"
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_PLAIN_RULE = re.compile(rf"(?:{_ITEM})(?:,(?:{_ITEM}))* (?:{_SPANS}|off)|{_SPANS}|off|24/7")


def without_comments(text: str) -> str | None:
    """Leave out the comments of a value in OpenStreetMap syntax; None where it holds nothing else.

    Days that have a comment instead of hours become unknown, as they are in the specification of the tag.

    Examples
    --------
    >>> without_comments('Mo-Fr 08:00-12:00 "by appointment"; Sa "call us" || "ask"')
    'Mo-Fr 08:00-12:00; Sa unknown'
    >>> without_comments('"op afspraak"') is None
    True
    """
    text = _ADDED_COMMENT.sub(lambda found: f"; {found[1] or ''}{found[2]}", text)
    main, *fallbacks = _outside_quotes(text, r"\|\|")
    rules = [rule for part in _outside_quotes(main, ";") if (rule := _rule(part))]
    if not rules:
        return None
    spare = [rule for part in fallbacks if (rule := _rule(part)) and _TIME.search(rule)]
    return " || ".join(["; ".join(rules), *spare])


def _outside_quotes(text: str, separator: str) -> list[str]:
    """Split at a separator that stands outside quotes."""
    return re.split(rf'{separator}(?=(?:[^"]*"[^"]*")*[^"]*$)', text)


def _rule(text: str) -> str:
    """One rule without its comments, '' where it was nothing but a comment."""
    body = " ".join(_COMMENT.sub(" ", text).split()).strip(" ,")
    says = _TIME.search(body) or _STATE.search(body)
    return f"{body} unknown" if body and body != text.strip() and not says else body


def rewritten(text: str) -> str | None:
    """Bring a value in plain Dutch or English to OpenStreetMap syntax; None where that is not sure.

    Examples
    --------
    >>> rewritten("Ma t/m vr: 8.00 - 12.30 en 13-17 uur, za gesloten")
    'Mo-Fr 08:00-12:30,13:00-17:00; Sa off'
    >>> rewritten("ma 8-12, wo 13.00-17.00"), rewritten("telefonisch 8-10"), rewritten("ma-vr 8-12, 1-5")
    ('Mo 08:00-12:00, We 13:00-17:00', None, None)
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub("[\u2010-\u2015\u2212]", "-", re.sub(r'"[^"]*"|\([^)]*\)', " ", plain))
    plain = re.sub(r"[\r\n|]+", ";", plain)
    plain = re.sub(r"\b24/24\b|\b24 ?(?:uur|hours?)(?: per dag)?\b|\b24h\b", "00:00-24:00", plain)
    plain = re.sub(r"(?<=\d)\s*(?:uur|hrs?|hours?|u(?!\w))", " ", plain)
    plain = re.sub(r"(?<=\d)[.uh](?=\d\d(?!\d))", ":", plain)
    plain = _AM_PM.sub(_to_24, plain)
    plain = _UNTIL.sub("-", plain)
    for pattern, day in _DAYS:
        plain = pattern.sub(day, plain)
    plain = _FILLER.sub(" ", _OFF.sub(" off ", plain))
    plain = _AND.sub(",", plain)
    plain = re.sub(r"(?<=[A-Za-z])\s*[:=]", " ", plain)
    plain = _RANGE.sub(_padded, plain)
    plain = re.sub(r"(?<=\d)\s+(?=\d)", ",", " ".join(plain.split()))
    plain = re.sub(r"\s*([,;-])\s*", r"\1", plain).strip(" ,;-.")
    plain = re.sub(r"(?<=\d\d)[,. ]+(?=[MTWFSP])|(?<=off)[,. ]+(?=[MTWFSP])", ", ", plain)
    plain = re.sub(r"[,;]+\s*(?=[^;0-9]*\boff\b)", "; ", plain)
    rules = [rule for rule in re.split(r"\s*(;|, )\s*", plain) if rule]
    if not all(_plain(rule) for rule in rules[::2]):
        return None
    return "".join("; " if rule == ";" else rule for rule in rules)


def _plain(rule: str) -> bool:
    """Whether a rule is days with times in order, or a closure; '8-5' and '1-5' behind '8-12' would be guesses."""
    if not _PLAIN_RULE.fullmatch(rule):
        return False
    ranges = [
        (int(start) * 60 + int(start_min), int(end) * 60 + int(end_min))
        for start, start_min, end, end_min in _SPAN.findall(rule)
    ]
    if any(max(span) > DAY_MIN or span[0] in (span[1], DAY_MIN) for span in ranges):
        return False
    if any(end < start and end + DAY_MIN - start > LONGEST_NIGHT_MIN for start, end in ranges):
        return False
    return all(one[0] < one[1] <= other[0] for one, other in pairwise(ranges))


def _to_24(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3] == "p" else 0)
    return f"{hour}:{found[2] or '00'}"


def _padded(found: re.Match[str]) -> str:
    first, first_min, last, last_min = found.groups()
    return f"{int(first):02}:{first_min or '00'}-{int(last):02}:{last_min or '00'}"
