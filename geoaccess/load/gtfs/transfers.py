"""Rules of transfers.txt: between which stops, lines and trips one may change, and which trips one may sit through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from geoaccess.errors import Fault, FeedError
from geoaccess.load.gtfs.columns import numbers, picked, positions
from geoaccess.load.gtfs.files import FeedFiles
from geoaccess.load.gtfs.report import Finding, listed
from geoaccess.load.gtfs.stops import STATION_REACH_M, Stops, parent_distance_m
from geoaccess.load.gtfs.tables import Array, Rows, read_rows
from geoaccess.load.phrases import counted

IN_SEAT, NOT_IN_SEAT = 4, 5

#: more rules than this once stations are expanded are taken for a fault
MAX_RULES = 5_000_000
#: no minimum change time is longer
_MOST_CHANGE_S = 86_400

#: columns of Timetable.transfers
TRANSFER_COLUMNS = (
    "from_stop",
    "to_stop",
    "from_route",
    "to_route",
    "from_trip",
    "to_trip",
    "type",
    "min_transfer_s",
)


@dataclass(frozen=True, eq=False)
class Transfers:
    """Rules as they stand in the file, each pointing to something.

    Attributes
    ----------
    rules : DataFrame with TRANSFER_COLUMNS; stops are numbers in stops.txt, stations not yet expanded; types 0 to 3.
    in_seat : int64 (k, 3); trip number, trip number it goes on as, and type IN_SEAT or NOT_IN_SEAT.
    """

    rules: pd.DataFrame
    in_seat: Array


def read_transfers(
    files: FeedFiles, stops: Any, routes: Any, trips: Any
) -> tuple[Transfers, list[Finding]]:
    """Read transfers.txt; rows that point to no stop, route or trip, or are of no known type, are dropped.

    Parameters
    ----------
    files : the feed.
    stops, routes, trips : pyarrow string arrays; all ids of the feed.
    """
    rows, findings = read_rows(files, "transfers.txt")
    kind = np.nan_to_num(numbers(rows["transfer_type"]), nan=-1.0)
    kind[pc.equal(rows["transfer_type"], "").to_numpy(zero_copy_only=False)] = 0
    place = {
        column: positions(rows[column], ids).astype(np.int64)
        for column, ids in (
            ("from_stop_id", stops),
            ("to_stop_id", stops),
            ("from_trip_id", trips),
            ("to_trip_id", trips),
            ("from_route_id", routes),
            ("to_route_id", routes),
        )
    }
    seated = np.isin(kind, [IN_SEAT, NOT_IN_SEAT])
    lost = np.zeros(len(rows), dtype=bool)
    for column, number in place.items():
        needed = ~seated if column.endswith("stop_id") else seated & column.endswith("trip_id")
        lost |= (number < 0) & (_given(rows, column) | needed)
    unknown = ~seated & ~np.isin(kind, [0, 1, 2, 3])
    findings += _left_out(rows, lost, unknown & ~lost)
    seats = seated & ~lost
    in_seat = np.column_stack([place["from_trip_id"], place["to_trip_id"], kind])[seats]
    chosen = ~seated & ~lost & ~unknown
    rules, more = _rules(rows, place, kind, chosen)
    return Transfers(rules, in_seat.astype(np.int64)), [*findings, *more]


def _rules(
    rows: Rows, place: dict[str, Array], kind: Array, chosen: Array
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of types 0 to 3 as a table with TRANSFER_COLUMNS."""
    change_s = numbers(rows["min_transfer_time"])
    sound = (change_s >= 0) & (change_s <= _MOST_CHANGE_S)
    wrong = chosen & ~sound & _given(rows, "min_transfer_time")
    findings = []
    if wrong.any():
        text = counted(int(wrong.sum()), "min_transfer_time")
        findings.append(
            Finding("repaired", f"{text} that are no time up to a day taken as not given")
        )
    texts = {
        f"{end}_{what}": picked(rows[f"{end}_{what}_id"], chosen)
        for what in ("route", "trip")
        for end in ("from", "to")
    }
    table = pd.DataFrame(
        {
            "from_stop": place["from_stop_id"][chosen],
            "to_stop": place["to_stop_id"][chosen],
            **texts,
            "type": kind[chosen].astype(np.int64),
            "min_transfer_s": np.where(sound, change_s, -1)[chosen].astype(np.int64),
        },
        columns=list(TRANSFER_COLUMNS),
    )
    return table, findings


def expand_stations(
    rules: pd.DataFrame, stops: Stops, used: Array, files: FeedFiles
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rules between the stops that are called at; a station stands for all its platforms.

    A platform more than STATION_REACH_M from its station is not meant by it. Where several rules say something about
    the same stops, lines and trips, the one that names the stops themselves goes before one that names stations;
    among equals the higher type (a ban before a time) and the longer time.

    Parameters
    ----------
    rules : as in Transfers.
    stops : all stops of the feed.
    used : bool (stops,); stops that are called at.
    files : the feed, for messages.

    Raises
    ------
    FeedError
        where more than MAX_RULES rules come out.
    """
    members, first = _members(stops, used)
    from_many = np.diff(first)[rules["from_stop"].to_numpy()]
    to_many = np.diff(first)[rules["to_stop"].to_numpy()]
    many = from_many * to_many
    if many.sum() > MAX_RULES:
        raise FeedError(
            Fault(
                f"stands for {int(many.sum()):,} pairs of platforms, the limit is {MAX_RULES:,}",
                files.where("transfers.txt"),
                remedy="look for a parent_station with thousands of stops",
            )
        )
    row = np.repeat(np.arange(len(rules)), many)
    number = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    from_at, to_at = np.divmod(number, np.maximum(to_many[row], 1))
    full = rules.iloc[row].reset_index(drop=True)
    station_ends = np.zeros(len(row), dtype=np.int64)
    for column, at in (("from_stop", from_at), ("to_stop", to_at)):
        named = full[column].to_numpy()
        stop = members[first[named] + at]
        station_ends += stop != named
        full[column] = stop
    full["station_ends"] = station_ends
    full["rank"] = -full["type"]
    full["shortness"] = -full["min_transfer_s"]
    key = list(TRANSFER_COLUMNS[:6])
    full = full.sort_values([*key, "station_ends", "rank", "shortness"], kind="stable")
    again = full.duplicated(key)
    same_rank = full.duplicated([*key, "station_ends"]) & ~full.duplicated(
        [*key, "station_ends", "type", "min_transfer_s"]
    )
    findings = []
    if same_rank.any():
        text = counted(int(same_rank.sum()), "transfer rule")
        findings.append(Finding("dropped", f"{text} against another for the same stops dropped"))
    return full.loc[~again, list(TRANSFER_COLUMNS)].reset_index(drop=True), findings


def _members(stops: Stops, used: Array) -> tuple[Array, Array]:
    """For each row of stops.txt the used stops it stands for: itself, and the platforms of a station."""
    count = len(stops.ids)
    itself = np.flatnonzero(used)
    child = np.flatnonzero(used & (stops.parent >= 0))
    distance_m = parent_distance_m(stops)[child]
    child = child[~(distance_m > STATION_REACH_M)]
    whole = np.concatenate([itself, stops.parent[child]])
    member = np.concatenate([itself, child])
    order = np.lexsort((member, whole))
    first = np.concatenate([[0], np.cumsum(np.bincount(whole, minlength=count))])
    return member[order], first


def _given(rows: Rows, column: str) -> Array:
    given: Array = pc.not_equal(rows[column], "").to_numpy(zero_copy_only=False)
    return given


def _left_out(rows: Rows, lost: Array, unknown: Array) -> Iterator[Finding]:
    if lost.any():
        text = counted(int(lost.sum()), "row")
        ends = rows.take(lost)
        pairs = {
            " > ".join(filter(None, pair))
            for pair in zip(
                ends["from_stop_id"].to_pylist(), ends["to_stop_id"].to_pylist(), strict=True
            )
        }
        yield Finding(
            "dropped",
            f"{text} of transfers.txt that point to no stop, route or trip of the feed dropped: {listed(pairs)}",
        )
    if unknown.any():
        text = counted(int(unknown.sum()), "row")
        yield Finding("dropped", f"{text} of transfers.txt of no known transfer_type dropped")
