"""Where access fails: areas and clusters of sites, how they are called and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from geoaccess.present.findings import area_names
from geoaccess.present.reason_text import reason_label
from geoaccess.present.text import number, percent, plain
from geoaccess.present.visit_text import tell

if TYPE_CHECKING:
    from geoaccess.result import Result


@dataclass(frozen=True)
class Place:
    """A failing area or cluster of sites.

    Attributes
    ----------
    name : what it is called.
    words : persons, their share, and the reason of most of them.
    short : persons and their share, for narrow columns.
    spot : on the map: "area-ROW" (of `Result.areas`), "place-N" (of `bounds_of`), or "" where it is nowhere.
    sites : row numbers of the failing sites of a cluster.
    """

    name: str
    words: str
    short: str
    spot: str
    sites: tuple[int, ...] = ()


def failing_rows(result: Result) -> tuple[list[Place], list[Place]]:
    """Areas, and clusters of sites, where access fails, most people first."""
    table = result.failing
    if not len(table):
        return [], []
    rows = table.sort_values("failing", ascending=False, kind="stable").to_dict("records")
    areas = [_area(result, row) for row in rows if row["kind"] == "area"]
    found = [row for row in rows if row["kind"] != "area"]
    return areas, [_cluster(result, row, k) for k, row in enumerate(found)]


def bounds_of(result: Result) -> list[list[list[float]] | None]:
    """South-west and north-east corner (latitude, longitude) of the sites of every failing cluster."""
    found: list[list[list[float]] | None] = []
    for place in failing_rows(result)[1]:
        here = result.sites.geometry.iloc[list(place.sites)]
        if not len(here):
            found.append(None)
            continue
        west, south, east, north = (round(float(value), 5) for value in here.total_bounds)
        found.append([[south, west], [north, east]])
    return found


def _area(result: Result, row: dict[Any, Any]) -> Place:
    place = int(pd.Index(result.areas["area_id"]).get_indexer(pd.Index([row["failing_id"]]))[0])
    name, spot = plain(row["name"]) or plain(row["failing_id"]), ""
    if place >= 0:
        name = area_names(result.areas.iloc[[place]], result.context.language)[0]
        shape = result.areas.geometry.iloc[place]
        spot = "" if shape is None or shape.is_empty else f"area-{place}"
    within = plain(row.get("municipality"))
    name += f", {within}" if within and within != name else ""
    language = result.context.language
    return Place(name, _words(row, language), _share(row, language, short=True), spot)


def _cluster(result: Result, row: dict[Any, Any], k: int) -> Place:
    """Name a cluster after where it lies, village and municipality, or else after its sites."""
    language = result.context.language
    keys = pd.Index(result.sites["site_id"].astype(str))
    rows = keys.get_indexer(pd.Index(plain(row["site_ids"]).split(";")))
    sites = tuple(int(place) for place in rows if place >= 0)
    where = [plain(row.get(column)) for column in ("village", "municipality")]
    where = [part for part in where if part] or [plain(row.get("area"))]
    name = ", ".join(dict.fromkeys(word for part in where if part for word in part.split(", ")))
    name = name or plain(row["name"]) or plain(row["failing_id"])
    count = int(row["places"])
    key = "failing_site" if count == 1 else "failing_sites"
    which = plain(row["name"])
    of_sites = tell(language, key, count=number(count, language))
    of_sites += f" ({which})" if which and which != name else ""
    words = f"{of_sites}: {_words(row, language)}"
    spot = f"place-{k}" if sites else ""
    return Place(name, words, _share(row, language, short=True), spot, sites)


def _words(row: dict[Any, Any], language: str) -> str:
    said = _share(row, language)
    reason = plain(row.get("reason"))
    return f"{said}, {reason_label(reason, language)}" if reason else said


def _share(row: dict[Any, Any], language: str, *, short: bool = False) -> str:
    return tell(
        language,
        "failing_short" if short else "failing_row",
        failing=number(round(row["failing"]), language),
        residents=number(round(row["residents"]), language),
        share=percent(float(row["share"]), language, short=short),
    )
