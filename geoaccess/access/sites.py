"""All measures of a site in one table, and sentences on what the table cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.access.areas import assign_areas
from geoaccess.access.nearest import minutes_column, nearest
from geoaccess.access.reason import reasons
from geoaccess.load.phrases import listed
from geoaccess.tables import add_note

if TYPE_CHECKING:
    import geopandas as gpd

    from geoaccess.access.norm import Norm

Array = np.ndarray[Any, Any]


def measure_sites(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | None,
    times: pd.DataFrame,
    *,
    snap_m: Array,
    norm: Norm,
) -> gpd.GeoDataFrame:
    """Complete the table of sites with every measure of each site.

    Parameters
    ----------
    sites, practices, areas : as loaded; areas may be None.
    times : travel times of reachable pairs, with the column of the norm's percentile.
    snap_m : float, one per site: metres to the street it is linked to, NaN where it is not linked.
    norm : the norm.

    Returns
    -------
    GeoDataFrame
        one row for every site in the order given, with the columns that `geoaccess.result.Result.sites` lists.
        ``attrs["notes"]`` hold the notes of the assignment to areas.
    """
    sites = sites.reset_index(drop=True)
    found = nearest(
        times,
        sites["site_id"],
        norm.max_minutes,
        column=minutes_column(norm.percentile),
    ).reset_index(drop=True)
    columns: dict[str, Any] = {str(column): found[column] for column in found.columns}
    columns["practice_name"] = _names_of(found["practice_id"], practices, "practice_id")
    columns["snap_m"] = snap_m
    linked = pd.Series(np.isfinite(snap_m))
    columns["reason"] = reasons(found["minutes"], linked, norm.max_minutes)
    if "name" not in sites:
        columns["name"] = sites["site_id"]
    residents = sites.get("residents", np.nan)
    # "coerce" turns every kind of missing value into NaN; anything else was refused at the door
    numbers = pd.to_numeric(pd.Series(residents, index=sites.index), errors="coerce")
    columns["residents"] = numbers.astype(float)
    area_id = _area_ids(sites, areas)
    columns["area_id"] = area_id
    columns["area_name"] = _names_of(area_id, areas, "area_id")
    result = sites.assign(**columns)
    result.attrs = {}
    for note in area_id.attrs.get("notes", ()):
        add_note(result, note)
    return result


def _area_ids(sites: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None) -> pd.Series:
    """Area of every site; without areas the sites keep the area_id they came with."""
    if areas is not None:
        return assign_areas(sites, areas)
    ids = pd.Series(sites.get("area_id"), index=sites.index, dtype=object)
    return ids.where(ids.notna(), None)


def _names_of(ids: pd.Series, table: pd.DataFrame | None, id_column: str) -> pd.Series:
    """Names of ids; the id itself where a name is missing, None where there is no id."""
    if table is None:
        return pd.Series(None, index=ids.index, dtype=object)
    own_ids = table[id_column].astype(object)
    names = table["name"].astype(object) if "name" in table else own_ids
    by_id = dict(zip(own_ids, names.where(names.notna(), own_ids), strict=True))
    return pd.Series([by_id.get(name) for name in ids], index=ids.index, dtype=object)


def caveats(
    sites: gpd.GeoDataFrame, practices: gpd.GeoDataFrame, *, with_areas: bool, max_snap_m: float
) -> list[str]:
    """Say in sentences what the measures leave out or had to bend.

    Parameters
    ----------
    sites : from `measure_sites`.
    practices : with snap_m (NaN where not linked).
    with_areas : were there areas to assign sites to.
    max_snap_m : farthest a point may lie from a street to be linked.
    """
    said: list[str] = []
    for what, table, id_column in (
        ("sites", sites, "site_id"),
        ("practices", practices, "practice_id"),
    ):
        lost = table.loc[table["snap_m"].isna(), id_column]
        if len(lost):
            said.append(
                f"{len(lost)} of {len(table)} {what} lie more than {max_snap_m:g} m from any usable street and are "
                f"not linked: {listed(lost.map(str).tolist(), 5)}"
            )
    bent = sites["snap_m"] > max_snap_m / 5
    if bent.any():
        said.append(
            f"{int(bent.sum())} of {len(sites)} sites lie {max_snap_m / 5:g} to {max_snap_m:g} m from the nearest "
            f"usable street (at most {sites['snap_m'].max():.0f} m); that distance is walked in a straight line"
        )
    unknown = sites["residents"].isna()
    if unknown.any():
        said.append(
            f"{int(unknown.sum())} of {len(sites)} sites have an unknown number of residents; they are counted as "
            "sites but not in numbers or shares of people"
        )
    outside = sites["area_id"].isna()
    if with_areas and outside.any():
        ids = sites.loc[outside, "site_id"]
        said.append(
            f"{len(ids)} of {len(sites)} sites lie outside every area: {listed(ids.map(str).tolist(), 5)}"
        )
    return said
