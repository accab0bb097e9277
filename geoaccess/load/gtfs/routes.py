"""Routes of a GTFS feed: their line name and mode, and on-demand service that is dressed up as a timetable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from geoaccess.load.gtfs.columns import numbers, picked, positions, unique_rows
from geoaccess.load.gtfs.files import FeedFiles
from geoaccess.load.gtfs.report import MODE_NAMES, Finding, listed
from geoaccess.load.gtfs.tables import Array, read_rows
from geoaccess.load.phrases import counted

BUS = 3

#: extended route types: first and last of a range -> basic mode (the first range that fits counts)
EXTENDED_MODES = (
    (100, 117, 2),  # rail
    (200, 209, 3),  # coach
    (400, 402, 1),  # urban railway, metro, underground
    (403, 404, 2),  # urban railway, all its services
    (405, 405, 12),  # monorail
    (500, 600, 1),  # metro, underground
    (700, 716, 3),  # bus
    (800, 800, 11),  # trolleybus
    (900, 906, 0),  # tram
    (1000, 1021, 4),  # water
    (1200, 1200, 4),  # ferry
    (1300, 1307, 6),  # aerial lift
    (1400, 1402, 7),  # funicular
    (1500, 1507, 3),  # taxi
)
#: extended route types that say themselves that they run on demand
ON_DEMAND_TYPES = (715, *range(1500, 1508))

#: a route of two-stop trips among at least this many stops ...
_ON_DEMAND_STOPS = 4
#: ... that links at least this share of all pairs of them is no timetable
_ON_DEMAND_SHARE = 0.6


@dataclass(frozen=True, eq=False)
class Routes:
    """Routes in order of their id.

    Attributes
    ----------
    ids, line : pyarrow string arrays (r,); `line` is the short name, else the long one.
    mode : int64 (r,); basic GTFS route_type.
    on_demand : bool (r,); the route type says that it runs on demand.
    """

    ids: Any
    line: Any
    mode: Array
    on_demand: Array


def read_routes(files: FeedFiles, agencies: Any) -> tuple[Routes, list[Finding]]:
    """Read routes.txt; route types that are unknown count as bus and are reported.

    Parameters
    ----------
    files : the feed.
    agencies : pyarrow string array; agency ids.
    """
    rows, findings = read_rows(files, "routes.txt")
    rows, more = unique_rows(rows, "route_id")
    findings += more
    kind = numbers(rows["route_type"])
    mode = _basic_modes(kind)
    unknown = mode < 0
    if unknown.any():
        ids = picked(rows["route_id"], unknown)
        text = f"{counted(len(ids), 'route')} of no known route_type taken for buses: {listed(ids)}"
        findings.append(Finding("repaired", text))
    orphan = (positions(rows["agency_id"], agencies) < 0) & (len(agencies) > 0)
    orphan &= pc.not_equal(rows["agency_id"], "").to_numpy(zero_copy_only=False)
    if orphan.any():
        ids = picked(rows["route_id"], orphan)
        text = (
            f"{counted(len(ids), 'route')} of an agency that agency.txt lacks kept: {listed(ids)}"
        )
        findings.append(Finding("remark", text))
    short, long = rows["route_short_name"], rows["route_long_name"]
    line = pc.if_else(pc.equal(short, ""), long, short)
    on_demand = np.isin(kind, ON_DEMAND_TYPES)
    return Routes(rows["route_id"], line, np.where(unknown, BUS, mode), on_demand), findings


def _basic_modes(kind: Array) -> Array:
    mode = np.full(len(kind), -1, dtype=np.int64)
    for first, last, basic in EXTENDED_MODES:
        mode[(kind >= first) & (kind <= last)] = basic
    basic_known = np.isin(kind, list(MODE_NAMES))
    mode[basic_known] = kind[basic_known].astype(np.int64)
    return mode


def every_stop_to_every_stop(route: Array, first: Array, stop: Array) -> Array:
    """Which routes are coded as a trip from every stop to every other: on-demand service.

    Parameters
    ----------
    route : int (t,); route number of each trip.
    first : int64 (t + 1,); stop times of trip k are first[k]:first[k + 1].
    stop : int (k,); stop number of each stop time.

    Returns
    -------
    int array
        numbers of the routes whose trips all have two stops and link at least 60% of all pairs of four or more stops.
    """
    calls = np.diff(first)
    routes = np.unique(route[calls > 0])
    longer = np.unique(route[calls > 2])
    two = (calls == 2) & np.isin(route, np.setdiff1d(routes, longer))
    if not two.any():
        return np.zeros(0, dtype=np.int64)
    start = first[:-1][two]
    ends = np.column_stack([route[two], stop[start], stop[start + 1]]).astype(np.int64)
    ends = np.unique(ends[ends[:, 1] != ends[:, 2]], axis=0)
    pairs = np.unique(np.column_stack([ends[:, 0], np.sort(ends[:, 1:], axis=1)]), axis=0)
    places = np.unique(
        np.concatenate([pairs[:, :2], pairs[:, [0, 2]]]), axis=0
    )  # (route, stop), each once
    numbers_, stops_of = np.unique(places[:, 0], return_counts=True)
    pairs_of = np.array([(pairs[:, 0] == number).sum() for number in numbers_])
    enough = pairs_of >= _ON_DEMAND_SHARE * stops_of * (stops_of - 1) / 2
    found: Array = numbers_[(stops_of >= _ON_DEMAND_STOPS) & enough]
    return found
