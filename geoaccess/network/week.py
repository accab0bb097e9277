"""Networks of the reference week, Monday to Sunday: days on which the same rides run share one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from geoaccess.errors import Fault, ProjectError
from geoaccess.load.gtfs.feeds import Feeds
from geoaccess.load.gtfs.week import WeekRides, load_week
from geoaccess.load.joined import possible_timetables
from geoaccess.load.lines.draw import DRAWS
from geoaccess.load.lines.lines import Lines
from geoaccess.load.phrases import day_named
from geoaccess.load.streets import Streets, box_of
from geoaccess.load.timetable import Timetable, days_of_week, service_date
from geoaccess.load.vans import SERVICE_DAYS, Van, weekdays_of
from geoaccess.network.network import MAX_SNAP_M, Network, build_networks
from geoaccess.network.traveller import Traveller

Week = tuple[Network, ...]

_ARRAYS = ("first", "stop", "arrival_s", "departure_s", "board", "alight")
_TABLES = ("stops", "trips", "transfers")


def build_week(
    streets: Streets,
    feeds: Feeds | None,
    date: str | dt.date | None = None,
    who: Traveller | None = None,
    *,
    lines: Lines | None = None,
    vans: Sequence[Van] = (),
    draws: int = DRAWS,
    max_snap_m: float = MAX_SNAP_M,
    workers: int | None = None,
) -> tuple[Network, ...]:
    """Prepare the networks of the week, Monday to Sunday, that holds a date.

    Days on which the same rides run have the same object, and all share what does not change in a week. A day that a
    feed does not cover is taken for the same weekday of the nearest week that it covers, or else for the nearest date
    of its kind (working day, or Saturday and Sunday); notes of the networks name these days, and those without rides.
    A public holiday is what the feed says of its date.

    Parameters
    ----------
    streets : from `load_streets`.
    feeds : zip or folder of a GTFS feed, or several of them; None for none.
    date : a date of the week, in the dates of the feeds. Without feeds, lines and vans it may be left out: only walking
        is possible then, on all days alike.
    who, lines, vans, draws, max_snap_m, workers : as in `build_network`.

    Returns
    -------
    tuple of Network
        seven; each is what `build_network` makes for its date. Rides that several days share bear the date of one of
        these, the date asked for where it is among them.

    Raises
    ------
    InputError
        as `load_timetable` and `build_network` do for the date.
    """
    rides = None
    if feeds is not None:
        if date is None:
            problem = "a timetable needs the date to travel on"
            raise ProjectError(Fault(problem, key="date", remedy='such as date="2026-11-24"'))
        rides = load_week(feeds, date, near=box_of(streets))
    return week_networks(
        streets,
        rides,
        who,
        lines=lines,
        vans=vans,
        date=date,
        draws=draws,
        max_snap_m=max_snap_m,
        workers=workers,
    )


def week_networks(
    streets: Streets,
    rides: WeekRides | None,
    who: Traveller | None = None,
    *,
    lines: Lines | None = None,
    vans: Sequence[Van] = (),
    date: str | dt.date | None = None,
    draws: int = DRAWS,
    max_snap_m: float = MAX_SNAP_M,
    workers: int | None = None,
) -> Week:
    """Prepare the networks of a week, as `build_week` does.

    Parameters
    ----------
    streets, who, lines, vans, date, draws, max_snap_m, workers : as in `build_week`.
    rides : from `load_week`; None without timetable.
    """
    if date is None and rides is None and lines is None and not vans:
        alone = build_networks(streets, [()], who, max_snap_m=max_snap_m, workers=workers)
        return week_of_today(alone[0])
    asked = _date_of(rides, date)
    days = days_of_week(asked)
    spans = _spans_of_weekdays(lines)
    known: dict[Any, int] = {}
    distinct: list[tuple[Timetable, ...]] = []
    of_day = np.zeros(7, int)
    for k in sorted(
        range(7), key=lambda day: days[day] != asked
    ):  # the date stands for those like it
        fixed = None if rides is None else rides.timetables[k]
        around = [(k + step) % 7 for step in SERVICE_DAYS]
        runs = tuple(tuple(day in weekdays_of(van.days) for day in around) for van in vans)
        said = tuple(spans[day] for day in around)
        if (id(fixed), runs, said) not in known:
            possible = possible_timetables(
                None if fixed is None else replace(fixed, date=days[k]),
                lines if days[k] == asked or any(said) else None,
                vans,
                days[k],
                draws,
                must_run=days[k] == asked,
            )
            like = (n for n, other in enumerate(distinct) if _same_rides(other, possible))
            place = next(like, len(distinct))
            distinct += [possible] if place == len(distinct) else []
            known[id(fixed), runs, said] = place
        of_day[k] = known[id(fixed), runs, said]
    made = build_networks(
        streets, distinct, who, lines=lines, max_snap_m=max_snap_m, workers=workers
    )
    notes = [*(() if rides is None else rides.notes), *_idle_lines(lines, days, spans)]
    return with_notes(tuple(made[n] for n in of_day), notes)


def week_of_today(network: Network) -> Week:
    """Make the week of today of a network without rides, which is the same on all days, and say so.

    Parameters
    ----------
    network : of a project that gives no date.
    """
    days = days_of_week(dt.date.today())
    said = (
        f"no date is given, and walking needs none: the reference week is that of today, {day_named(days[0])} to "
        f"{day_named(days[-1])}"
    )
    return with_notes((network,) * 7, [said])


def with_notes(week: Week, notes: Sequence[str]) -> Week:
    """Add sentences to the notes of all networks of a week; those that were one object still are."""
    if not notes:
        return week
    made = {id(network): replace(network, notes=(*network.notes, *notes)) for network in week}
    return tuple(made[id(network)] for network in week)


def _date_of(rides: WeekRides | None, date: str | dt.date | None) -> dt.date:
    if date is None and rides is None:
        problem = "lines and vans need the date to travel on"
        raise ProjectError(Fault(problem, key="date", remedy='such as date="2026-11-24"'))
    day = rides.date if rides is not None else None
    asked = day if date is None else service_date(date)
    assert asked is not None
    if day not in (None, asked):
        problem = f"is not the date of the timetables, {day}"
        raise ProjectError(Fault(problem, key="date", value=str(asked), remedy="leave it out"))
    return asked


def _spans_of_weekdays(lines: Lines | None) -> list[tuple[Any, ...]]:
    """When and how often each line runs on each weekday: days around which these are the same have the same rides."""
    spans: list[list[Any]] = [[] for _ in range(7)]
    if lines is not None:
        table = lines.headways[["weekday", "line_id", "start_s", "end_s", "headway_s"]]
        for weekday, *span in sorted(table.itertuples(index=False, name=None)):
            spans[weekday].append(tuple(span))
    return [tuple(own) for own in spans]


def _same_rides(ours: Sequence[Timetable], theirs: Sequence[Timetable]) -> bool:
    """Tell whether two days have the same rides at the same times, in all draws, whatever their dates."""
    return len(ours) == len(theirs) and all(
        all(np.array_equal(getattr(a, name), getattr(b, name)) for name in _ARRAYS)
        and all(getattr(a, name).equals(getattr(b, name)) for name in _TABLES)
        for a, b in zip(ours, theirs, strict=True)
    )


def _idle_lines(
    lines: Lines | None, days: Sequence[dt.date], spans: Sequence[tuple[Any, ...]]
) -> Iterator[str]:
    """Name the days on which no line runs."""
    idle = [day_named(day) for day, own in zip(days, spans, strict=True) if not own]
    if lines is not None and idle:
        yield f"{lines.source}: no line runs on {', '.join(idle)}"
