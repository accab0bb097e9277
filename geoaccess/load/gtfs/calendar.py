"""Service days of a GTFS feed: which services run on a date, and where a service day lies in real time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geoaccess.errors import Fault, FeedError
from geoaccess.load.gtfs.columns import picked, positions
from geoaccess.load.gtfs.files import FeedFiles
from geoaccess.load.gtfs.report import Finding, listed
from geoaccess.load.gtfs.tables import WEEKDAYS, Array, Rows, read_rows
from geoaccess.load.phrases import counted

#: how far around a date without service the nearest days with service are looked for
_NEARBY_DAYS = 60


@dataclass(frozen=True, eq=False)
class Calendar:
    """Days of service. Dates are ordinals (days since 0001-01-01 is 1), services are numbers in `services`.

    Attributes
    ----------
    services : pyarrow string array (s,); service ids, sorted.
    weekly_service, weekly_start, weekly_end : int64 (w,); rows of calendar.txt.
    weekly_days : bool (w, 7); Monday first.
    added_service, added_day, removed_service, removed_day : int64; rows of calendar_dates.txt.
    """

    services: Any
    weekly_service: Array
    weekly_start: Array
    weekly_end: Array
    weekly_days: Array
    added_service: Array
    added_day: Array
    removed_service: Array
    removed_day: Array


def read_calendar(files: FeedFiles) -> tuple[Calendar, list[Finding]]:
    """Read calendar.txt and calendar_dates.txt; either may be missing.

    A service with several rows in calendar.txt runs on the days of each of them. Where calendar_dates.txt both adds
    and removes a day, the day is removed.

    Raises
    ------
    FeedError
        with every date, weekday flag and exception type that cannot be read.
    """
    weekly, findings = read_rows(files, "calendar.txt")
    special, more = read_rows(files, "calendar_dates.txt")
    faults: list[Fault] = []
    start = _dates(weekly, "start_date", faults)
    end = _dates(weekly, "end_date", faults)
    flags = [_codes(weekly, day, ("0", "1"), faults) for day in WEEKDAYS]
    day = _dates(special, "date", faults)
    exception = _codes(special, "exception_type", ("1", "2"), faults)
    if faults:
        raise FeedError(faults)
    services = pc.unique(pa.concat_arrays([weekly["service_id"], special["service_id"]]))
    services = services.take(pc.sort_indices(services))
    service = positions(special["service_id"], services).astype(np.int64)
    added = exception == 0
    calendar = Calendar(
        services,
        positions(weekly["service_id"], services).astype(np.int64),
        start,
        end,
        np.array(flags, dtype=np.int64).reshape(7, len(weekly)).T == 1,
        service[added],
        day[added],
        service[~added],
        day[~added],
    )
    return calendar, [*findings, *more, *_oddities(calendar)]


def runs_on(calendar: Calendar, day: int) -> Array:
    """Which services run on a date (an ordinal): bool (services,)."""
    running = np.zeros(len(calendar.services), dtype=bool)
    now = (calendar.weekly_start <= day) & (day <= calendar.weekly_end)
    now &= calendar.weekly_days[:, (day - 1) % 7]
    running[calendar.weekly_service[now]] = True
    running[calendar.added_service[calendar.added_day == day]] = True
    running[calendar.removed_service[calendar.removed_day == day]] = False
    return running


def service_range(calendar: Calendar, used: Array) -> tuple[dt.date, dt.date] | None:
    """First and last date on which any of the services in the mask `used` may run; None if there is none."""
    valid = calendar.weekly_days.any(axis=1) & used[calendar.weekly_service]
    valid &= calendar.weekly_start <= calendar.weekly_end
    added = calendar.added_day[used[calendar.added_service]]
    first = np.concatenate([calendar.weekly_start[valid], added])
    last = np.concatenate([calendar.weekly_end[valid], added])
    if not len(first):
        return None
    return dt.date.fromordinal(int(first.min())), dt.date.fromordinal(int(last.max()))


def nearest_days(calendar: Calendar, used: Array, day: int) -> list[dt.date]:
    """Last date before and first date after `day` with service, as far as there are any within two months."""
    found = []
    for step in (-1, 1):
        for distance in range(1, _NEARBY_DAYS + 1):
            if (runs_on(calendar, day + step * distance) & used).any():
                found.append(dt.date.fromordinal(day + step * distance))
                break
    return found


def as_date(text: str) -> dt.date | None:
    """Date that GTFS writes as YYYYMMDD, None where it is none.

    >>> as_date("20260301"), as_date("2026-03-01")
    (datetime.date(2026, 3, 1), None)
    """
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def day_start_s(date: dt.date, timezone: str) -> int:
    """Start of a service day, noon minus 12 hours, in seconds of Unix time.

    >>> day_start_s(dt.date(2026, 3, 29), "Europe/Amsterdam") - day_start_s(
    ...     dt.date(2026, 3, 28), "Europe/Amsterdam"
    ... )  # summer time begins: 23 hours
    82800
    """
    noon = dt.datetime.combine(date, dt.time(12), ZoneInfo(timezone))
    return int(noon.timestamp()) - 12 * 3600


def _dates(rows: Rows, column: str, faults: list[Fault]) -> Array:
    """Ordinals of the YYYYMMDD dates of a column."""
    coded = pc.dictionary_encode(rows[column])
    parsed = [as_date(text) for text in coded.dictionary.to_pylist()]
    known = np.array([date.toordinal() if date else -1 for date in parsed], dtype=np.int64)
    days = known[coded.indices.to_numpy(zero_copy_only=False)] if len(rows) else known
    faults += _faults(rows, column, days < 0, ("is no date", "write it as YYYYMMDD"))
    return days


def _codes(rows: Rows, column: str, allowed: tuple[str, ...], faults: list[Fault]) -> Array:
    """Place of each cell in `allowed`."""
    codes = positions(rows[column], pa.array(allowed))
    choice = " or ".join(allowed)
    faults += _faults(rows, column, codes < 0, (f"is not {choice}", f"write {choice}"))
    return codes


def _faults(rows: Rows, column: str, wrong: Array, said: tuple[str, str]) -> Iterator[Fault]:
    for place in np.flatnonzero(wrong):
        value = rows[column][int(place)].as_py()
        yield Fault(said[0], rows.where, int(rows.row[place]), column, value, said[1])


def _oddities(calendar: Calendar) -> Iterator[Finding]:
    names = calendar.services
    weekly, times = np.unique(calendar.weekly_service, return_counts=True)
    twice = weekly[times > 1]
    if len(twice):
        yield Finding(
            "repaired",
            f"{counted(len(twice), 'service')} with several rows in calendar.txt run on the days of each row: "
            f"{listed(picked(names, twice))}",
        )
    backwards = calendar.weekly_start > calendar.weekly_end
    if backwards.any():
        yield Finding(
            "remark",
            f"{counted(int(backwards.sum()), 'row')} of calendar.txt end before they start and never run: "
            f"{listed(set(picked(names, calendar.weekly_service[backwards])))}",
        )
    both = np.isin(
        calendar.added_service * 10**7 + calendar.added_day,
        calendar.removed_service * 10**7 + calendar.removed_day,
    )
    if both.any():
        yield Finding(
            "repaired",
            f"{counted(int(both.sum()), 'day')} both added and removed in calendar_dates.txt taken as removed: "
            f"{listed(set(picked(names, calendar.added_service[both])))}",
        )
