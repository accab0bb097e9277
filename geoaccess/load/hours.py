"""Opening hours of practices in a reference week, from OpenStreetMap's opening_hours syntax.

| value                                              | status  | hours in the week            |
|----------------------------------------------------|---------|------------------------------|
| in the syntax, or plain Dutch or English           | known   | as it says                   |
| none, but weekly columns ma..zo or mo..su          | known   | as they say, empty is closed |
| none at all                                        | assumed | `DefaultHours`               |
| anything else ("see website", "by appointment")    | unknown | `DefaultHours`               |

Evaluation is by opening-hours-py (github.com/remi-dupre/opening-hours-rs), day by day: its walk over many days loses
days behind a rule such as ``|| "by appointment"`` (seen in 2.1.4). Its Dutch holidays are those of date.nager.at, which
count neither Good Friday nor Liberation Day; it knows no school holidays (SH). Hours that say nothing of public
holidays (PH) hold on holidays, too, as the syntax has it, and a note says whom that concerns.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from geoaccess.errors import Fault, ProjectError
from geoaccess.load.cells import as_text, fold, is_unknown
from geoaccess.load.headers import match_headers
from geoaccess.load.hours_notes import hours_notes
from geoaccess.load.hours_text import LONGEST, rewritten, without_comments
from geoaccess.load.phrases import counted
from geoaccess.load.words import DAYS, WEEK_HEADERS, join_week, parse_day
from geoaccess.tables import add_note, require_columns

DAY_S = 86_400
#: days of the reference week with the day before and the day after
DAYS_ASKED = range(-1, 8)

#: without the place, sunrise and sunset would be guesses
_SUN = re.compile(r"sunrise|sunset|dawn|dusk", re.IGNORECASE)

#: opening and closing, in seconds from Monday 00:00
Span = tuple[int, int]


@dataclass(frozen=True)
class DefaultHours:
    """Hours taken for practices of which none are known.

    Attributes
    ----------
    opening_hours : OpenStreetMap syntax.
    source : where they are from.
    date : when that was read, where it is known.
    """

    opening_hours: str
    source: str
    date: dt.date | None = None


#: GPs hold practice on working days, and the out-of-hours service has the rest
GP_HOURS = DefaultHours(
    "Mo-Fr 08:00-17:00; PH off",
    "huisartsenpost Alkmaar, honk.nu/huisartsenpost/patientinformatie",
    dt.date(2026, 11, 23),
)
OUT_OF_HOURS = DefaultHours(
    "Mo-Fr 00:00-08:00,17:00-24:00; Sa,Su,PH 00:00-24:00",
    "huisartsenpost Alkmaar, honk.nu/huisartsenpost/patientinformatie",
    dt.date(2026, 11, 23),
)
#: default hours by the kind of care; any other kind takes those of GPs
DEFAULT_HOURS: Mapping[str, DefaultHours] = MappingProxyType(
    {"huisarts": GP_HOURS, "huisartsenpost": OUT_OF_HOURS}
)


@dataclass(frozen=True, eq=False)
class OpeningWeek:
    """Opening hours of practices in a reference week.

    Attributes
    ----------
    monday : first day of the week.
    spans : DataFrame practice_id, open_s, close_s (int64, seconds of the wall clock from Monday 00:00), one row for
        each time that a practice is open; by practice in the order given, then by time, apart from each other. From
        the Sunday before (-86,400) to the Monday after (691,200); what runs on beyond is cut there.
    status : DataFrame practice_id, opening_hours (raw text or None), status (known, assumed, unknown), read_as (what
        was evaluated), source (of a default, with its date; else None); one row for each practice in the order given.
        Notes are in ``attrs['notes']``.
    holidays : public holidays from the Sunday before to the Monday after.
    """

    monday: dt.date
    spans: pd.DataFrame
    status: pd.DataFrame
    holidays: tuple[dt.date, ...]


def monday_of(day: dt.date) -> dt.date:
    """Monday of the reference week that holds ``day``.

    Examples
    --------
    >>> monday_of(dt.date(2026, 11, 29))
    datetime.date(2026, 11, 23)
    """
    return day - dt.timedelta(days=day.weekday())


def opening_week(
    practices: pd.DataFrame,
    day: dt.date,
    *,
    country: str | None = "NL",
    defaults: Mapping[str, DefaultHours] = DEFAULT_HOURS,
) -> OpeningWeek:
    """Evaluate the opening hours of practices in the week (Monday to Sunday) that holds ``day``.

    Parameters
    ----------
    practices : with practice_id and, where known, opening_hours; or hours in weekly columns ``ma``..``zo`` or
        ``mo``..``su``. A column care chooses the default hours.
    day : any day of the week.
    country : ISO code of the country whose public holidays count; None for no holidays.
    defaults : hours of practices without any, by kind of care; 'huisarts' serves for the kinds not named.

    Returns
    -------
    OpeningWeek

    Raises
    ------
    TableError
        when the table has no practice_id.
    ProjectError
        when the country is not known.
    """
    require_columns(practices, ("practice_id",), "practices")
    check_country(country)
    monday = monday_of(day)
    raw, week = _said(practices)
    other = defaults["huisarts"]
    care = practices["care"].tolist() if "care" in practices.columns else [None] * len(practices)
    read = {text: read_hours(text, monday, country) for text in set(raw) if text is not None}
    rows = [
        _row(text, read, defaults.get(str(kind), other))
        for text, kind in zip(raw, care, strict=True)
    ]
    ids = practices["practice_id"].tolist()
    status = pd.DataFrame(
        rows, columns=["opening_hours", "status", "read_as", "source"], dtype=object
    )
    status.insert(0, "practice_id", ids)
    seen = {text: open_spans(text, monday, country) for text in set(status["read_as"])}
    spans = [seen[text] for text in status["read_as"]]
    flat = [(ids[k], *span) for k, own in enumerate(spans) for span in own]
    table = pd.DataFrame(flat, columns=["practice_id", "open_s", "close_s"])
    table = table.astype({"open_s": "int64", "close_s": "int64"})
    holidays = public_holidays(monday, country)
    for note in hours_notes(status, spans, holidays):
        add_note(status, note)
    if week:
        note = f"Opening hours of {counted(week, 'practice')} were put together from the columns of the week; "
        add_note(status, note + "an empty day counts as closed.")
    return OpeningWeek(monday, table, status, holidays)


def _row(
    text: str | None, read: Mapping[str, str | None], default: DefaultHours
) -> tuple[str | None, str, str, str | None]:
    """Raw text, status, what is evaluated and, where that was assumed, from whom it is."""
    if text is None or read[text] is None:
        source = default.source if default.date is None else f"{default.source}, {default.date}"
        return text, "assumed" if text is None else "unknown", default.opening_hours, source
    return text, "known", str(read[text]), None


def read_hours(text: str, monday: dt.date, country: str | None = "NL") -> str | None:
    """Read opening hours as the expression to evaluate, or None where they cannot be read or say no hours.

    Examples
    --------
    >>> monday = dt.date(2026, 11, 23)
    >>> read_hours("ma t/m vr 8.00-17.00 uur", monday), read_hours("zie website", monday)
    ('Mo-Fr 08:00-17:00', None)
    """
    if len(text) > LONGEST or not text.strip() or _SUN.search(text):
        return None
    for candidate in (without_comments(text), rewritten(text)):
        if candidate and _evaluated(candidate, monday, country) is not None:
            return candidate
    return None


def open_spans(text: str, monday: dt.date, country: str | None = "NL") -> list[Span]:
    """Return the times at which hours in OpenStreetMap syntax are open, in seconds from ``monday`` 00:00.

    Examples
    --------
    >>> open_spans("Fr 22:00-02:00; PH off", dt.date(2026, 11, 23))
    [(424800, 439200)]
    """
    return _evaluated(text, monday, country) or []


def public_holidays(monday: dt.date, country: str | None = "NL") -> tuple[dt.date, ...]:
    """Public holidays from the day before the week of ``monday`` to the day after it.

    Examples
    --------
    >>> public_holidays(dt.date(2026, 12, 21))
    (datetime.date(2026, 12, 25), datetime.date(2026, 12, 26))
    """
    if country is None:
        return ()
    spans = open_spans("PH 12:00-12:01", monday, country)
    return tuple(monday + dt.timedelta(days=start // DAY_S) for start, _ in spans)


def week_text(cells: Sequence[str | None]) -> str:
    """Hours of Monday to Sunday as one value; empty is closed. A cell that cannot be read leaves it unreadable.

    Examples
    --------
    >>> week_text(["8.00-12.00, 13.00-17.00"] * 5 + ["gesloten", None])
    'Mo-Fr 08:00-12:00,13:00-17:00'
    >>> week_text(["op afspraak"] + [None] * 6)
    'Mo: op afspraak'
    """
    hours = [day_hours(cell or "") for cell in cells]
    known = [part for part in hours if part is not None]
    if len(known) == 7:
        return join_week(known)
    given = zip(DAYS, cells, strict=True)
    return "; ".join(f"{day}: {cell}" for day, cell in given if cell)


def day_hours(cell: str) -> str | None:
    """Hours of one day, '' where closed, None where they cannot be read."""
    hours = parse_day(cell)
    if hours is None:
        plain = rewritten(f"ma {cell}")
        if plain and plain.startswith("Mo ") and not re.search(r"[;A-Z]", plain[3:]):
            hours = plain[3:].replace("off", "")
    return hours


def _said(practices: pd.DataFrame) -> tuple[list[str | None], int]:
    """Raw text of each practice, None where it has none, and how many were put together from weekly columns."""
    count = len(practices)
    whole = practices["opening_hours"].tolist() if "opening_hours" in practices else [None] * count
    texts = [as_text(cell) for cell in whole]
    raw: list[str | None] = [None if text is None or is_unknown(text) else text for text in texts]
    found = match_headers([str(header) for header in practices.columns], WEEK_HEADERS)
    none: list[object] = [None] * count
    days = [practices[found[d]].tolist() if d in found else none for d in WEEK_HEADERS]
    put_together = 0
    for k in range(count):
        cells = [as_text(column[k]) for column in days]
        if raw[k] is None and any(cell and fold(cell) not in ("", "onbekend") for cell in cells):
            raw[k] = week_text(cells)
            put_together += 1
    return raw, put_together


def _evaluated(text: str, monday: dt.date, country: str | None) -> list[Span] | None:
    """Open times of an expression, None where it cannot be parsed, or is unknown all week."""
    from opening_hours import OpeningHours, State

    try:
        hours = OpeningHours(text, country=country)
    except Exception:  # noqa: BLE001 - the errors of the library differ from version to version
        return None
    midnight = dt.datetime.combine(monday, dt.time())
    open_spans: list[Span] = []
    unknown = False
    for step in DAYS_ASKED:
        start = midnight + dt.timedelta(days=step)
        for first, last, state, _ in hours.intervals(start, start + dt.timedelta(days=1)):
            unknown |= state == State.UNKNOWN
            if state == State.OPEN:
                open_spans.append((_seconds(first - midnight), _seconds(last - midnight)))
    return None if unknown and not open_spans else _joined(open_spans)


def check_country(country: str | None) -> None:
    """Raise a ProjectError where the public holidays of a country are not known; None has none.

    Examples
    --------
    >>> check_country("NL")
    """
    from opening_hours import OpeningHours

    try:
        OpeningHours("24/7", country=country)
    except Exception:  # noqa: BLE001 - as above
        remedy = "give an ISO code such as NL, or none"
        raise ProjectError(
            Fault("the public holidays of this country are not known", value=country, remedy=remedy)
        ) from None


def _seconds(gone: dt.timedelta) -> int:
    return gone.days * DAY_S + gone.seconds


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined
