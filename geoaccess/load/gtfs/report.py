"""What a GTFS loader says about a feed: findings in plain sentences, and the row of the feed report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from geoaccess.load import phrases

if TYPE_CHECKING:
    from geoaccess.load.gtfs.feed import Feed

#: how many ids a sentence lists before it counts the rest
IDS_LISTED = 5

MODE_NAMES = {
    0: "tram",
    1: "metro",
    2: "rail",
    3: "bus",
    4: "ferry",
    5: "cable tram",
    6: "cable car",
    7: "funicular",
    11: "trolleybus",
    12: "monorail",
}

#: columns of the feed report, in order
REPORT_COLUMNS = (
    "feed",
    "file",
    "sha256",
    "publisher",
    "version",
    "feed_start_date",
    "feed_end_date",
    "timezone",
    "first_date",
    "last_date",
    "active_trips",
    "trips",
    "routes",
    "modes",
    "stops",
    "stop_times",
    "repaired",
    "dropped",
    "quarantined",
    "remarks",
)


@dataclass(frozen=True)
class Finding:
    """One thing a loader did to a feed, or wants its user to know.

    Attributes
    ----------
    kind : what became of it.
    text : a sentence with the count and, where it helps, the first few ids.
    """

    kind: Literal["repaired", "dropped", "quarantined", "remark"]
    text: str


def listed(ids: Iterable[Any], shown: int = IDS_LISTED) -> str:
    """Write the first few of some ids in sorted order, and how many more there are.

    Examples
    --------
    >>> listed({"b", "a", "c"}, shown=2)
    'a, b and 1 more'
    """
    return phrases.listed(sorted(map(str, ids)), shown)


def sentences(findings: Sequence[Finding], kind: str) -> str:
    """Write findings of one kind as one text, '' where there is none."""
    return "; ".join(finding.text for finding in findings if finding.kind == kind)


def modes_text(modes: Iterable[int]) -> str:
    """Routes per mode, the most frequent first.

    Examples
    --------
    >>> modes_text([3, 3, 0])
    'bus 2, tram 1'
    """
    counts = pd.Series(list(modes), dtype="int64").value_counts()
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{MODE_NAMES.get(int(str(mode)), mode)} {count}" for mode, count in ordered)


def report_row(
    feed: Feed, findings: Sequence[Finding], active_trips: int | None, stop_times: int
) -> dict[str, Any]:
    """Row of the feed report (see REPORT_COLUMNS).

    Parameters
    ----------
    feed : the feed as read.
    findings : everything that was found in it.
    active_trips : trips of trips.txt whose service runs on the date; None where no date was asked for.
    stop_times : stop times that were read for the trips asked for.
    """
    span = feed.service_range
    return {
        "feed": feed.name,
        "file": str(feed.files.path),
        "sha256": feed.sha256,
        **feed.info,
        "timezone": feed.timezone,
        "first_date": None if span is None else span[0],
        "last_date": None if span is None else span[1],
        "active_trips": pd.NA if active_trips is None else active_trips,
        "trips": len(feed.trips.ids),
        "routes": len(feed.routes.ids),
        "modes": modes_text(feed.routes.mode.tolist()),
        "stops": len(feed.stops.ids),
        "stop_times": stop_times,
        "repaired": sentences(findings, "repaired"),
        "dropped": sentences(findings, "dropped"),
        "quarantined": sentences(findings, "quarantined"),
        "remarks": sentences(findings, "remark"),
    }


def report_table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Feed report of several feeds, one row each, with the columns of REPORT_COLUMNS."""
    table = pd.DataFrame(list(rows), columns=list(REPORT_COLUMNS))
    return table.astype({"active_trips": "Int64"})
