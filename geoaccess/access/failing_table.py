"""The first places where access fails ("waar faalt de toegang"), named so that everybody knows where that is.

Only sites are judged, and areas and clusters of sites by them. Cells of the access surface say how far a practice is,
not who lives there nor when they work, so that nobody can be said to fail there.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.access.areas import assign_areas
from geoaccess.access.failing import NAMED, Failing, failing_areas, failing_clusters, top
from geoaccess.tables import add_note, require_columns
from geoaccess.tables import notes as notes_of

Array = np.ndarray[Any, Any]

MUNICIPALITY = frozenset({"gemeente", "gemeenten", "municipality"})
#: levels below a municipality, the most like a village first
VILLAGE = ("woonplaats", "kern", "dorp", "village", "wijk", "buurt")
COLUMNS = (
    *("kind", "level", "rank", "failing_id", "name", "area", "municipality", "village"),
    *("places", "residents", "failing", "share", "reason", "site_ids"),
)


def failing_table(
    verdicts: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | None,
    when: Failing | None = None,
    *,
    count: int = 10,
) -> pd.DataFrame:
    """List the areas, and the clusters of sites, where most people are without a feasible visit.

    Parameters
    ----------
    verdicts : site_id, residents, persons_failing (NaN unknown) and reason, one row for each site.
    sites : site_id, geometry (points, EPSG:4326) and optionally name and area_id.
    areas : area_id, geometry (polygons, EPSG:4326) and optionally name, level and municipality; or None.
    when : the thresholds, the default `Failing`.
    count : rows of each kind and level; more where the last rank is shared.

    Returns
    -------
    DataFrame
        kind ("area" or "cluster"), level (of areas, None for clusters and where not known), rank (within kind and
        level), failing_id (area_id, or the lowest site_id of a cluster), name (of the area, or of the sites with most
        failing people), area, municipality and village (names of where it lies, None where not known; of a cluster in
        several those with most failing people first), places (sites), residents, failing (persons), share, reason
        (that of the sites where most of the failing people live) and site_ids ("S1;S2", of the sites where people
        fail, most people first). Areas come first, level by level in the order of the table. ``attrs["notes"]`` count
        what is left out.
    """
    require_columns(verdicts, ("site_id", "residents", "persons_failing", "reason"), "verdicts")
    when = Failing() if when is None else when
    judged = verdicts.set_index("site_id").reindex(sites["site_id"])
    names = sites["name"] if "name" in sites.columns else sites["site_id"]
    people = gpd.GeoDataFrame(
        {
            "site_id": sites["site_id"].to_numpy(dtype=object),
            "name": names.where(names.notna(), sites["site_id"]).to_numpy(dtype=object),
            "residents": judged["residents"].to_numpy(dtype=float),
            "failing": judged["persons_failing"].to_numpy(dtype=float),
            "reason": judged["reason"].to_numpy(dtype=object),
        },
        geometry=sites.geometry.to_numpy(),
        crs=sites.crs,
    )
    if "area_id" in sites.columns:
        people["area_id"] = sites["area_id"].to_numpy(dtype=object)
    maps = _maps(areas)
    parts = [_clusters(people, maps, when, count)]
    if areas is not None:
        parts = [*(_areas(people, part, maps, when, count) for part in _levels(areas)), *parts]
    table = pd.concat([part for part in parts if len(part)] or parts[-1:], ignore_index=True)
    table.attrs = {}
    for note in notes_of(parts[-1]):
        add_note(table, note)
    return table


def _level(areas: gpd.GeoDataFrame) -> pd.Series:
    """Level of each area in small letters, "" where not known."""
    if "level" not in areas.columns:
        return pd.Series("", index=areas.index, dtype=object)
    words = [str(word).casefold() for word in areas["level"].fillna("")]
    return pd.Series(words, index=areas.index, dtype=object)


def _levels(areas: gpd.GeoDataFrame) -> list[gpd.GeoDataFrame]:
    """Areas of each level, which do not hold the same people twice."""
    level = _level(areas)
    return [areas[(level == name).to_numpy()] for name in level.unique()]


def _maps(areas: gpd.GeoDataFrame | None) -> dict[str, gpd.GeoDataFrame]:
    """Polygons by which places are named: of any area, of municipalities and of villages, as far as there are any."""
    if areas is None or not len(areas):
        return {}
    level = _level(areas)
    maps = {"area": areas}
    if (whole := level.isin(MUNICIPALITY).to_numpy()).any():
        maps["municipality"] = areas[whole]
    elif "municipality" in areas.columns and areas["municipality"].notna().any():
        within = areas[areas["municipality"].notna().to_numpy()]
        maps["municipality"] = within.assign(name=within["municipality"])
    for name in VILLAGE:
        if (own := (level == name).to_numpy()).any():
            maps["village"] = areas[own]
            break
    return maps


def _areas(
    people: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    maps: dict[str, gpd.GeoDataFrame],
    when: Failing,
    count: int,
) -> pd.DataFrame:
    """Failing areas of one level."""
    inside = people.assign(area_id=assign_areas(people, areas).to_numpy())
    table = top(failing_areas(inside, areas, when), count)
    own = areas.set_index("area_id").loc[table["failing_id"].tolist()]
    level = _level(own).iloc[0] if len(own) else ""
    table["kind"], table["level"] = "area", level or None
    table["area"] = table["name"]
    points = gpd.GeoDataFrame(
        geometry=own.geometry.representative_point().to_numpy(), crs=areas.crs
    )
    for column in ("municipality", "village"):
        found = np.full(len(table), None, dtype=object)
        if column in maps and not (column == "village" and level in MUNICIPALITY):
            ids = assign_areas(points, maps[column])
            found = _named(maps[column]).reindex(ids).to_numpy(dtype=object)
        table[column] = found
    if level in VILLAGE:
        table["village"] = table["name"]
    return _completed(table, inside, inside["area_id"])


def _named(areas: gpd.GeoDataFrame) -> pd.Series:
    ids = pd.Index(areas["area_id"])
    names = areas["name"] if "name" in areas.columns else areas["area_id"]
    known = names.where(names.notna(), areas["area_id"])
    return pd.Series(known.to_numpy(dtype=object), index=ids, dtype=object)


def _clusters(
    people: gpd.GeoDataFrame, maps: dict[str, gpd.GeoDataFrame], when: Failing, count: int
) -> pd.DataFrame:
    """Failing clusters of sites."""
    named_by = {
        column: areas.assign(name=_named(areas).to_numpy()) for column, areas in maps.items()
    }
    places = people.drop(columns="area_id", errors="ignore")
    found, cluster = failing_clusters(places, when, named_by=named_by)
    table = top(found, count)
    table["kind"], table["level"] = "cluster", None
    for column in ("area", "municipality", "village"):
        if column not in table.columns:
            table[column] = None
    table["name"] = None
    table = _completed(table, people, cluster)
    table.attrs = {"notes": notes_of(found)}
    return table


def _completed(table: pd.DataFrame, people: pd.DataFrame, place: pd.Series) -> pd.DataFrame:
    """Add the sites where people fail, and the reason that most of them have; names of clusters are those of sites."""
    fails = (people["failing"] > 0).to_numpy()
    stuck = people[fails].assign(place=place.to_numpy()[fails])
    stuck = stuck.sort_values(["failing", "site_id"], ascending=[False, True])
    by_place = dict(tuple(stuck.dropna(subset=["place"]).groupby("place", sort=False)))
    rows = [by_place[name] for name in table["failing_id"]]
    reasons = [part.groupby("reason", sort=False)["failing"].sum().idxmax() for part in rows]
    names = [_some(part["name"].astype(str).tolist()) for part in rows]
    table["reason"] = pd.Series(reasons, index=table.index, dtype=object)
    table["site_ids"] = pd.Series(
        [";".join(part["site_id"].astype(str)) for part in rows], index=table.index, dtype=object
    )
    own = pd.Series(names, index=table.index, dtype=object)
    table["name"] = table["name"].where(table["name"].notna(), own).astype(object)
    for column in ("level", "area", "municipality", "village"):
        table[column] = table[column].astype(object).where(table[column].notna(), None)
    return table[[*COLUMNS]]


def _some(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
