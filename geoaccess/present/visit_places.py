"""Where access fails: areas and clusters of sites, how they are called and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.access.failing import COLUMNS
from geoaccess.present.findings import area_names, site_names
from geoaccess.present.text import number, percent, plain
from geoaccess.present.visit_text import tell

if TYPE_CHECKING:
    from geoaccess.result import Result


@dataclass(frozen=True)
class Place:
    """A failing area or cluster: what it is called, its numbers in words, and its spot on the map.

    ``spot`` is "area-ROW" (of `Result.areas`), "place-N" (of `bounds_of`), or "" where it is nowhere.
    """

    name: str
    words: str
    spot: str
    sites: tuple[int, ...] = ()


def failing_rows(result: Result) -> tuple[list[Place], list[Place]]:
    """Areas, and clusters of sites, where access fails, most people first."""
    table = result.failing
    if not len(table):
        return [], []
    area_ids = {str(key): row for row, key in enumerate(result.areas["area_id"])}
    is_area = _are_areas(table, area_ids)
    areas = [_area(result, row, area_ids) for row in table[is_area].to_dict("records")]
    members = _members(result)
    clusters = [
        _cluster(result, row, members, k)
        for k, row in enumerate(table[~is_area].to_dict("records"))
    ]
    return areas, clusters


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


def _are_areas(table: pd.DataFrame, area_ids: dict[str, int]) -> pd.Series:
    if "what" in table:
        return (table["what"] == "area").astype(bool)
    return table["failing_id"].astype(str).isin(area_ids)


def _members(result: Result) -> dict[str, tuple[int, ...]]:
    """Sites (row numbers) of every cluster by its id, where the verdicts say so."""
    for column in ("failing_id", "cluster_id"):
        if column in result.verdicts:
            of_site = result.verdicts.set_index("site_id")[column].reindex(result.sites["site_id"])
            codes, keys = pd.factorize(of_site)
            return {
                str(key): tuple(np.flatnonzero(codes == k).tolist()) for k, key in enumerate(keys)
            }
    return {}


def _area(result: Result, row: dict[Any, Any], area_ids: dict[str, int]) -> Place:
    language = result.context.language
    place = area_ids.get(str(row["failing_id"]), -1)
    name = plain(row.get("name")) or plain(row["failing_id"])
    spot = ""
    if place >= 0:
        name = area_names(result.areas.iloc[[place]], language)[0]
        shape = result.areas.geometry.iloc[place]
        spot = "" if shape is None or shape.is_empty else f"area-{place}"
    return Place(name, _words(row, language), spot)


def _cluster(
    result: Result, row: dict[Any, Any], members: dict[str, tuple[int, ...]], k: int
) -> Place:
    """Name a cluster after where it lies: village and municipality, or else its first site."""
    language, key = result.context.language, str(row["failing_id"])
    sites = members.get(key)
    if sites is None:
        found = np.flatnonzero(result.sites["site_id"].astype(str) == key)
        sites = tuple(found.tolist())
    told = [plain(value) for column, value in row.items() if column not in (*COLUMNS, "what")]
    name = ", ".join(dict.fromkeys(part for part in told if part))
    if not name and sites:
        name = site_names(result.sites.iloc[[sites[0]]])[0]
    words = _words(row, language)
    count = int(row.get("places", len(sites)))
    of_sites = (
        tell(language, "failing_site")
        if count == 1
        else tell(language, "failing_sites", count=number(count, language))
    )
    return Place(name or key, f"{words}, {of_sites}", f"place-{k}" if sites else "", sites)


def _words(row: dict[Any, Any], language: str) -> str:
    return tell(
        language,
        "failing_row",
        failing=number(round(row["failing"]), language),
        residents=number(round(row["residents"]), language),
        share=percent(float(row["share"]), language),
    )
