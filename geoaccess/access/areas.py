"""Sites to areas, and people beyond the norm per area and in total."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoaccess.access.reason import WITHIN_NORM
from geoaccess.tables import LONLAT

#: id of the row that holds the sites outside every area
OUTSIDE = "-"

Array = np.ndarray[Any, Any]

COUNTS = ("sites", "sites_unknown_residents", "sites_beyond")
MEASURES = (
    "sites",
    "residents",
    "sites_unknown_residents",
    "sites_beyond",
    "residents_beyond",
    "share_beyond",
)


def assign_areas(sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Find the area of every site.

    A site's own area_id wins if it is the id of an area. Otherwise the polygon that holds the point decides; a point
    on a boundary or in several overlapping polygons belongs to the smallest of them, then to the lowest id, so
    that the order of rows means nothing.

    Parameters
    ----------
    sites : geometry (points, EPSG:4326) and optionally area_id.
    areas : area_id and geometry (polygons, EPSG:4326).

    Returns
    -------
    Series
        area_id per site (object, None outside every area) with the index of ``sites``, named "area_id". Its
        ``attrs["notes"]`` say how many sites name an unknown area or lie in several.
    """
    by_place, several = _areas_by_place(sites, areas)
    found = by_place.copy()
    unknown = 0
    if "area_id" in sites.columns:
        own = sites["area_id"].to_numpy(dtype=object)
        given = sites["area_id"].notna().to_numpy()
        known = given & sites["area_id"].isin(areas["area_id"]).to_numpy()
        unknown = int((given & ~known).sum())
        found = np.where(known, own, by_place)
        several &= ~known
    result = pd.Series(found, index=sites.index, name="area_id", dtype=object)
    said = []
    if unknown:
        said.append(
            f"{unknown} of {len(sites)} sites name an area_id that is not among the areas; their place decides"
        )
    if several.any():
        said.append(
            f"{int(several.sum())} of {len(sites)} sites lie in several areas; each counts in the smallest only"
        )
    result.attrs["notes"] = said
    return result


def _areas_by_place(sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> tuple[Array, Array]:
    """Area id (or None) of each site by point in polygon, and which sites lie in several polygons."""
    found = np.full(len(sites), None, dtype=object)
    if not len(areas) or not len(sites):
        return found, np.zeros(len(sites), dtype=bool)
    polygons = areas.geometry.to_numpy()
    tree = shapely.STRtree(polygons)
    # "intersects" includes the boundary, which "within" would leave to nobody
    site, area = tree.query(sites.geometry.to_numpy(), predicate="intersects")
    # square degrees order the areas of one region well enough; rounded, because vertex order changes the last bits
    size = np.round(shapely.area(polygons), 12)
    id_rank = pd.factorize(areas["area_id"], sort=True)[0]
    order = np.lexsort((id_rank[area], size[area], site))
    site, area = site[order], area[order]
    first = np.flatnonzero(np.diff(site, prepend=-1))
    found[site[first]] = areas["area_id"].to_numpy(dtype=object)[area[first]]
    return found, np.bincount(site, minlength=len(sites)) > 1


def area_totals(sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Count sites and people, and those beyond the norm, per area.

    Parameters
    ----------
    sites : area_id (None outside every area), residents (NaN unknown) and reason, one row for each site.
    areas : area_id, name, level and geometry, or None.

    Returns
    -------
    GeoDataFrame
        the areas in their own order with the columns sites, residents, sites_unknown_residents, sites_beyond,
        residents_beyond, share_beyond and rank (Int64, 1 = most residents beyond the norm, then most sites; equal
        areas share a rank; NA without sites), and if any sites lie outside every area a last row "-" for them.
        Residents are persons of the sites where they are known, NaN where none of an area's sites are; shares are of
        people. Without areas the table has no rows.
    """
    if areas is None:
        areas, sites = gpd.GeoDataFrame({"area_id": []}, geometry=[], crs=LONLAT), sites.iloc[:0]
    table = _with_outside(areas, any_outside=bool(sites["area_id"].isna().any()))
    sums = sums_by(sites, sites["area_id"].fillna(OUTSIDE)).reindex(table["area_id"])
    for column in MEASURES:
        table[column] = sums[column].to_numpy()
    table[[*COUNTS]] = table[[*COUNTS]].fillna(0).astype(np.int64)
    table.loc[table["sites"] == 0, ["residents", "residents_beyond"]] = 0.0
    table["rank"] = _ranks(table)
    return table


def sums_by(sites: pd.DataFrame, key: pd.Series) -> pd.DataFrame:
    """Sum sites and people over groups of sites.

    Parameters
    ----------
    sites : residents (NaN unknown) and reason, one row for each site.
    key : the group of each site, with the index of ``sites``.

    Returns
    -------
    DataFrame
        indexed by group, with the columns `MEASURES`. Sites whose residents are unknown are counted apart; residents
        are NaN where no site of the group knows them, and the share is NaN where there are no known people.

    Examples
    --------
    >>> sites = pd.DataFrame({"residents": [30, 10, None], "reason": ["within_norm", "no_connection", "beyond_norm"]})
    >>> sums_by(sites, pd.Series(["all"] * 3)).loc["all"].to_dict()  # doctest: +NORMALIZE_WHITESPACE
    {'sites': 3.0, 'residents': 40.0, 'sites_unknown_residents': 1.0, 'sites_beyond': 2.0, 'residents_beyond': 10.0,
     'share_beyond': 0.25}
    """
    residents = sites["residents"].astype(float)
    beyond = sites["reason"] != WITHIN_NORM
    columns = pd.DataFrame(
        {
            "sites": 1,
            "residents": residents,
            "sites_unknown_residents": residents.isna().astype(np.int64),
            "sites_beyond": beyond.astype(np.int64),
            "residents_beyond": residents.where(beyond | residents.isna(), 0.0),
        },
        index=sites.index,
    )
    # min_count: a sum of nothing known is unknown, not zero
    sums = columns.groupby(key.to_numpy(dtype=object), sort=True).sum(min_count=1)
    people = sums["residents"].where(sums["residents"] > 0)
    sums["share_beyond"] = sums["residents_beyond"] / people
    return sums[[*MEASURES]]


def _with_outside(areas: gpd.GeoDataFrame, *, any_outside: bool) -> gpd.GeoDataFrame:
    """Return area_id, name, level and geometry of the areas, with a row for sites outside all of them if there are."""
    rows = {
        "area_id": areas["area_id"].to_list(),
        "name": areas["name" if "name" in areas else "area_id"].to_list(),
        "level": areas["level"].to_list() if "level" in areas else [None] * len(areas),
    }
    shapes = list(areas.geometry)
    if any_outside:
        for column, value in (("area_id", OUTSIDE), ("name", OUTSIDE), ("level", None)):
            rows[column].append(value)
        shapes.append(None)
    columns = {name: pd.Series(values, dtype=object) for name, values in rows.items()}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=areas.crs)


def _ranks(table: pd.DataFrame) -> pd.Series:
    """Rank 1 for most residents beyond the norm, then most sites beyond; areas without sites have none."""
    ranked = table[(table["sites"] > 0) & (table["area_id"] != OUTSIDE)]
    keys = (-ranked["sites_beyond"], -ranked["residents_beyond"].fillna(0.0))
    order = np.lexsort(keys)
    differs = np.zeros(len(ranked), dtype=bool)
    for key in keys:
        values = key.to_numpy(dtype=float)[order]
        differs[1:] |= values[1:] != values[:-1]
    # equal areas share the rank of the first of them
    place = np.maximum.accumulate(np.where(differs, np.arange(len(ranked)), 0)) + 1
    return pd.Series(place, index=ranked.index[order], dtype="Int64").reindex(table.index)
