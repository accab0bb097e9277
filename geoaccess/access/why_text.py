"""What would mend a reason, as a sentence in Dutch or English that a councillor understands."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

_DAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SHORT = ("mo", "tu", "we", "th", "fr", "sa", "su")

_TEXTS = {
    "nl": {
        "link": "controleer de ligging en de straten (dichtstbijzijnde straat: {metres} m)",
        "practice_within": "een praktijk binnen {minutes} minuten",
        "open_day": "praktijk {practice} ook open op {day} om {time}",
        "ride_that_day": "een rit op {day}, als praktijk {practice} open is",
        "ride_out": "een rit van de locatie naar praktijk {practice} op {day} om {time}",
        "close_later": "praktijk {practice} op {day} open tot {time}",
        "open_earlier": "praktijk {practice} op {day} open vanaf {time}",
        "ride_back": "een rit terug van praktijk {practice} op {day} om {time}",
        "accept": "praktijk {practice} neemt nieuwe patiënten aan",
        "room": "één plaats bij praktijk {practice}",
        "language": "praktijk {practice} spreekt een taal van de groep of heeft een tolk",
        "none": "geen enkele verandering alleen is genoeg",
    },
    "en": {
        "link": "check where the site and the streets lie (nearest street: {metres} m)",
        "practice_within": "a practice within {minutes} minutes",
        "open_day": "practice {practice} also open on {day} at {time}",
        "ride_that_day": "a ride on {day}, when practice {practice} is open",
        "ride_out": "a ride from the site to practice {practice} on {day} at {time}",
        "close_later": "practice {practice} open until {time} on {day}",
        "open_earlier": "practice {practice} open from {time} on {day}",
        "ride_back": "a ride back from practice {practice} on {day} at {time}",
        "accept": "practice {practice} accepts new patients",
        "room": "one place at practice {practice}",
        "language": "practice {practice} speaks a language of the group or has an interpreter",
        "none": "no single change is enough",
    },
}
#: where no moment is known
_TIMELESS = {
    "nl": {
        "ride_out": "een rit naar een praktijk in de vrije tijd",
        "ride_that_day": "een rit op een dag waarop een praktijk open is",
        "ride_back": "een rit terug in de vrije tijd",
    },
    "en": {
        "ride_out": "a ride to a practice in free time",
        "ride_that_day": "a ride on a day on which a practice is open",
        "ride_back": "a ride back in free time",
    },
}


def fix_text(row: Any, language: Literal["nl", "en"] = "nl") -> str:
    """Say the change that mends a reason.

    Parameters
    ----------
    row : a row of `geoaccess.access.why.why_table`, by attribute or key (a Series or a named tuple).
    language : "nl" or "en".

    Returns
    -------
    str
        without a capital or full stop; "" where nothing is amiss. Moments are rounded up to whole minutes, and down for
        an earlier opening.

    Examples
    --------
    >>> row = pd.Series({"fix_kind": "close_later", "fix_practice_id": "P1", "fix_day": "mo", "fix_time_s": 62700,
    ...                  "fix_minutes": 25.0, "fix_metres": float("nan")})
    >>> fix_text(row), fix_text(row, "en")
    ('praktijk P1 op maandag open tot 17:25', 'practice P1 open until 17:25 on Monday')
    """
    kind = row.fix_kind
    if pd.isna(kind):
        return ""
    day, time_s = row.fix_day, row.fix_time_s
    timed = kind in ("ride_out", "ride_back") and pd.isna(time_s)
    if timed or (kind == "ride_that_day" and pd.isna(day)):
        return _TIMELESS[language][kind]
    minute = 0 if pd.isna(time_s) else int(time_s) // 60
    if not pd.isna(time_s) and int(time_s) % 60 and kind not in ("open_earlier", "ride_out"):
        minute += 1
    minutes, metres = row.fix_minutes, row.fix_metres
    return _TEXTS[language][kind].format(
        practice=row.fix_practice_id,
        day="" if pd.isna(day) else _DAYS[language][_SHORT.index(day)],
        time=f"{minute // 60:02d}:{minute % 60:02d}",
        minutes="" if pd.isna(minutes) else f"{minutes:g}",
        metres="" if pd.isna(metres) else f"{metres:.0f}",
    )
