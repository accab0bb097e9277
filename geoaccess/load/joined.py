"""Rides from several sources as one timetable: feeds, lines of which only the headway is known, vans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geoaccess.errors import Fault, ProjectError
from geoaccess.load.gtfs.report import report_table
from geoaccess.load.lines.draw import DRAWS, draw_timetable, draws_note
from geoaccess.load.lines.lines import Lines
from geoaccess.load.timetable import Timetable, service_date
from geoaccess.load.vans import Van, van_timetable

#: columns of trips that not every source has, and what stands in for them
_OPTIONAL = {"on_demand": False, "headway_s": 0}


def join_timetables(timetables: Sequence[Timetable]) -> Timetable:
    """Join the rides of several sources for one date; passengers may change between them wherever they can walk.

    Stops, trips and their stop times keep their order, those of the first timetable first. Ids are kept as they are:
    rows tell apart what has one id in two sources, and transfer rules stay with the stops of their own source.

    Parameters
    ----------
    timetables : of one date, at least one.

    Raises
    ------
    ProjectError
        where the dates differ.
    """
    dates = sorted({timetable.date for timetable in timetables})
    if len(dates) != 1:
        days = ", ".join(map(str, dates)) or "none"
        raise ProjectError(Fault("timetables of one date can be joined", "date", value=days))
    if len(timetables) == 1:
        return timetables[0]
    stops, trips, transfers, first, stop = [], [], [], [np.zeros(1, np.int64)], []
    stops_before = trips_before = calls_before = 0
    optional = [name for name in _OPTIONAL if any(name in one.trips for one in timetables)]
    for one in timetables:
        follows = one.trips["next_trip"].to_numpy()
        missing = {name: _OPTIONAL[name] for name in optional if name not in one.trips}
        shifted = np.where(follows < 0, -1, follows + trips_before)
        trips.append(one.trips.assign(next_trip=shifted, **missing))
        rules = {side: one.transfers[side] + stops_before for side in ("from_stop", "to_stop")}
        transfers.append(one.transfers.assign(**rules))
        stops.append(one.stops)
        first.append(one.first[1:] + calls_before)
        stop.append((one.stop + stops_before).astype(np.int32))
        stops_before += len(one.stops)
        trips_before += len(one.trips)
        calls_before += len(one.stop)
    return Timetable(
        date=dates[0],
        stops=pd.concat(stops, ignore_index=True),
        trips=pd.concat(trips, ignore_index=True),
        first=np.concatenate(first),
        stop=np.concatenate(stop),
        arrival_s=np.concatenate([one.arrival_s for one in timetables]),
        departure_s=np.concatenate([one.departure_s for one in timetables]),
        board=np.concatenate([one.board for one in timetables]),
        alight=np.concatenate([one.alight for one in timetables]),
        transfers=pd.concat(
            [rules for rules in transfers if len(rules)] or transfers[:1], ignore_index=True
        ),
        feeds=report_table([row for one in timetables for row in _rows(one.feeds)]),
        notes=tuple(dict.fromkeys(note for one in timetables for note in one.notes)),
    )


def possible_timetables(
    timetable: Timetable | None,
    lines: Lines | None = None,
    vans: Sequence[Van] = (),
    date: str | dt.date | None = None,
    draws: int = DRAWS,
    *,
    must_run: bool = True,
) -> tuple[Timetable, ...]:
    """All rides of a date: one timetable, or where lines leave at unknown minutes ``draws`` of those that are possible.

    Stops, and the order of stops and rides, are the same in all of them.

    Parameters
    ----------
    timetable : from `load_timetable`, or None.
    lines : from `load_lines`, or None.
    vans : vans of employers; one that does not run on the date is named in the notes.
    date : service day; may be left out where there is a timetable, which has one.
    draws : how many timetables are drawn for lines.
    must_run : is it an error when no line runs on the date.

    Returns
    -------
    tuple of Timetable
        without any where there are no rides to make.

    Raises
    ------
    ProjectError
        where the date is missing or is not that of the timetable, or ``draws`` makes no sense.
    FeedError
        where no line runs on the date, if one must.
    """
    day = _date_of(timetable, date, needed=lines is not None or bool(vans))
    if day is None:
        return ()
    fixed = [] if timetable is None else [timetable]
    if vans:
        fixed.append(van_timetable(vans, day))
    if lines is None:
        return (join_timetables(fixed),) if fixed else ()
    made = []
    for draw in range(max(draws, 1)):
        drawn = draw_timetable(lines, day, draw, draws, must_run=must_run)
        notes = (*lines.notes, draws_note(lines, draws))
        made.append(join_timetables([*fixed, replace(drawn, notes=notes)]))
    same = {name: getattr(made[0], name) for name in ("stops", "transfers", "feeds", "notes")}
    return (made[0], *(replace(one, **same) for one in made[1:]))


def _date_of(
    timetable: Timetable | None, date: str | dt.date | None, *, needed: bool
) -> dt.date | None:
    """Date of all rides; None where nothing needs one."""
    day = None if date is None else service_date(date)
    if timetable is None:
        if needed and day is None:
            remedy = 'such as date="2026-11-24"'
            problem = "lines and vans need the date to travel on"
            raise ProjectError(Fault(problem, key="date", remedy=remedy))
        return day if needed else None
    if day not in (None, timetable.date):
        problem = f"is not the date of the timetable, {timetable.date}"
        raise ProjectError(Fault(problem, key="date", value=str(day), remedy="leave it out"))
    return timetable.date


def _rows(feeds: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(key): value for key, value in row.items()} for row in feeds.to_dict("records")]
