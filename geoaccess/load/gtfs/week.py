"""Feeds to the timetables of a week, Monday to Sunday; days with the same rides share one.

A feed often ends within the week, or begins in it. That it knows nothing of a day does not mean that nothing runs: the
rides of another date stand in, and a note says which. What it does know of a date counts, also on a public holiday.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geoaccess.load.gtfs.days import Day, day_of_feeds, timetables_of
from geoaccess.load.gtfs.feed import Feed
from geoaccess.load.gtfs.feeds import Feeds, read_feeds_for
from geoaccess.load.gtfs.misplaced import Box
from geoaccess.load.gtfs.rides import OnDemand
from geoaccess.load.phrases import day_named
from geoaccess.load.timetable import Timetable, days_of_week, service_date

#: weekdays before this one (Monday is 0) are working days
SATURDAY = 5


@dataclass(frozen=True, eq=False)
class WeekRides:
    """The rides of a week.

    Attributes
    ----------
    date : a date of the week.
    timetables : seven, from Monday; days with the same trips have the same object, which bears the date of one of them:
        ``date`` where it is one.
    notes : sentences on days for which those of another date stand in, and on days without trips.
    """

    date: dt.date
    timetables: tuple[Timetable, ...]
    notes: tuple[str, ...]


def load_week(
    feeds: Feeds,
    date: str | dt.date,
    *,
    near: Box | None = None,
    on_demand: OnDemand = "as_coded",
) -> WeekRides:
    """Read all trips that can be used in the week (Monday to Sunday) that holds a date.

    A day outside the dates of a feed is taken for the same weekday of the nearest week inside, or else for the nearest
    date of its kind (working day, or Saturday and Sunday); without any, it has no rides of this feed.

    Parameters
    ----------
    feeds, near, on_demand : as in `load_timetable`.
    date : in the dates of every feed; on this day or another one of its week there must be service.

    Raises
    ------
    FeedError, ProjectError
        as `load_timetable` does for the date.
    """
    week = days_of_week(service_date(date))
    asked, loaded = read_feeds_for(feeds, date, on_demand, or_days=week)
    taken = {day: [_taken(feed, day) for feed in loaded] for day in week}
    days = {day: day_of_feeds(loaded, day, dates) for day, dates in taken.items()}
    # the date asked for stands for those like it, and comes first where it has rides: then these must be usable
    first = next((day for day in (days[asked], *days.values()) if _runs(day)), days[asked])
    distinct = {first.services: first}
    for day in (days[asked], *days.values()):
        distinct.setdefault(day.services, day)
    made = timetables_of(loaded, list(distinct.values()), near, on_demand)
    of_services = dict(zip(distinct, made, strict=True))
    return WeekRides(
        asked,
        tuple(of_services[day.services] for day in days.values()),
        tuple(_notes(loaded, taken, days)),
    )


def _runs(day: Day) -> bool:
    """Tell whether a trip of any feed runs on the day."""
    return any(one.active[1].any() for one in day.of_feeds)


def stand_in(day: dt.date, first: dt.date, last: dt.date) -> dt.date | None:
    """Date from first to last whose service stands for that of a day: the day itself where it is in there.

    Examples
    --------
    >>> first, last = dt.date(2026, 11, 18), dt.date(2026, 11, 25)  # Wednesday to Wednesday
    >>> sunday, monday = dt.date(2026, 11, 29), dt.date(2026, 11, 16)
    >>> [str(stand_in(day, first, last)) for day in (sunday, monday)]
    ['2026-11-22', '2026-11-23']
    >>> stand_in(sunday, first, dt.date(2026, 11, 20)) is None
    True
    """
    if first <= day <= last:
        return day
    step = 1 if day < first else -1
    edge = first if day < first else last
    found = [edge + dt.timedelta(days=step * k) for k in range(7)]
    found = [one for one in found if first <= one <= last]
    same = [one for one in found if one.weekday() == day.weekday()]
    alike = [one for one in found if (one.weekday() < SATURDAY) == (day.weekday() < SATURDAY)]
    return next(iter([*same, *alike]), None)


def _taken(feed: Feed, day: dt.date) -> dt.date | None:
    """Date whose rides of a feed stand for those of a day."""
    return None if feed.service_range is None else stand_in(day, *feed.service_range)


def _notes(
    feeds: Sequence[Feed], taken: dict[dt.date, list[dt.date | None]], days: dict[dt.date, Day]
) -> Iterator[str]:
    """Name every day that is not what a feed says of its date, and every day without trips."""
    for number, feed in enumerate(feeds):
        instead, idle = [], []
        for day, dates in taken.items():
            other = dates[number]
            if other is None:
                instead.append(f"{day_named(day)} has no rides")
            elif other != day:
                instead.append(f"{day_named(day)} is as {day_named(other)}")
            if other is not None and not days[day].of_feeds[number].active[1].any():
                idle.append(day_named(other))
        if instead and feed.service_range:
            first, last = feed.service_range
            yield (
                f"{feed.name}: the feed covers {first} to {last}, so that other days of the week are taken for what "
                f"they are likely to be: {', '.join(instead)}"
            )
        if idle:
            yield f"{feed.name}: no trip runs on {', '.join(idle)}"
