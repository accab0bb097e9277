"""Where access fails: areas, and clusters of sites or cells, where many people and a large share of them are stuck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.access.areas import assign_areas
from geoaccess.errors import ProjectError, range_faults
from geoaccess.tables import add_note, lonlat, metric_crs, require_columns

Array = np.ndarray[Any, Any]

#: names of areas told of one cluster
NAMED = 3
COLUMNS = ("rank", "failing_id", "places", "residents", "failing", "share")


@dataclass(frozen=True)
class Failing:
    """When access fails somewhere: both the share and the number of people are at least so large.

    Both are needed: a large share of five people is no matter for a region, nor a thousand people of a city. The
    defaults are choices, not norms.

    Attributes
    ----------
    min_share : of the residents, without a feasible visit.
    min_persons : without a feasible visit.
    distance_m : sites at most so far apart belong together.

    Examples
    --------
    >>> Failing()
    Failing(min_share=0.5, min_persons=50.0, distance_m=1000.0)
    """

    min_share: float = 0.5
    min_persons: float = 50.0
    distance_m: float = 1000.0

    def __post_init__(self) -> None:
        limits = {"min_share": (0.0, 1.0), "min_persons": (0.0, 1e9), "distance_m": (0.0, 1e5)}
        faults = range_faults(
            "failing", ((name, float(getattr(self, name)), *limits[name]) for name in limits)
        )
        if faults:
            raise ProjectError(faults)


def failing_areas(people: pd.DataFrame, areas: pd.DataFrame, when: Failing) -> pd.DataFrame:
    """Find the areas where access fails.

    Parameters
    ----------
    people : area_id (empty outside every area), residents and failing (persons without a feasible visit; NaN unknown),
        one row for each site.
    areas : area_id and name.
    when : the thresholds.

    Returns
    -------
    DataFrame
        rank (1 for the most people; equal ones share a rank), failing_id (the area_id), places (sites), residents,
        failing, share and name, most people first, then by id. ``attrs["notes"]`` count the sites left out.
    """
    require_columns(people, ("area_id", "residents", "failing"), "people")
    known = people["residents"].notna() & people["failing"].notna()
    inside = known & people["area_id"].notna()
    code, ids = pd.factorize(people.loc[inside, "area_id"], sort=True)
    table = _ranked(_sums(people[inside], code, np.asarray(ids, dtype=object)), when)
    names = areas.set_index("area_id")["name"] if "name" in areas.columns else None
    ids_found = table["failing_id"]
    table["name"] = ids_found if names is None else names.reindex(ids_found).to_numpy(dtype=object)
    _say_unknown(table, people, known)
    return table


def failing_clusters(
    places: gpd.GeoDataFrame,
    when: Failing,
    *,
    cell_m: int | None = None,
    named_by: Mapping[str, gpd.GeoDataFrame] | None = None,
) -> tuple[pd.DataFrame, pd.Series]:
    """Find the contiguous clusters of sites or cells where access fails.

    Places at which at least the share of the people fails are joined when they lie together: sites within
    ``distance_m`` of each other, cells that share an edge. Chains of such places are one cluster. A cluster fails if at
    least ``min_persons`` fail in it; its share is then large enough as well.

    Parameters
    ----------
    places : residents and failing (persons without a feasible visit; NaN unknown), one row for each place. Sites have
        site_id and a point (EPSG:4326); cells have cell_id, east_m and north_m, as from `surface`, and a polygon.
    when : the thresholds.
    cell_m : side of the cells in metres; None for sites.
    named_by : polygons with area_id and name (EPSG:4326) by the name of the column they give, for instance
        municipality and village.

    Returns
    -------
    DataFrame
        rank, failing_id (the lowest id of its places), places (how many), residents, failing and share, most people
        first, then by id; then a column for each of ``named_by``: the names of the areas it lies in, the one with the
        most people first. ``attrs["notes"]`` count the places left out.
    Series
        failing_id of each place, None outside the clusters, with the index of ``places``.
    """
    key = "site_id" if cell_m is None else "cell_id"
    require_columns(places, (key, "residents", "failing", "geometry"), "places")
    known = (places["residents"].notna() & places["failing"].notna()).to_numpy()
    people, stuck = (
        places[column].to_numpy(dtype=float, na_value=np.nan) for column in ("residents", "failing")
    )
    with np.errstate(invalid="ignore"):
        fails = known & (stuck > 0) & (stuck >= when.min_share * people)
    rows = np.flatnonzero(fails)
    member = places.iloc[rows]
    label = _near(member, when.distance_m) if cell_m is None else _adjacent(member, cell_m)
    lowest = member[key].groupby(label).min().to_numpy(dtype=object)
    table = _ranked(_sums(member, label, lowest), when)

    of_place = np.full(len(places), None, dtype=object)
    of_place[rows] = np.where(np.isin(lowest, table["failing_id"]), lowest, None)[label]
    cluster = pd.Series(of_place, index=places.index, name="failing_id", dtype=object)
    for column, areas in (named_by or {}).items():
        table[column] = _names(member, of_place[rows], areas, table["failing_id"])
    _say_unknown(table, places, pd.Series(known))
    return table, cluster


def top(table: pd.DataFrame, count: int = 10) -> pd.DataFrame:
    """Take the first rows of a table of failing places, and all that share the last rank."""
    return table[table["rank"] <= count].copy()


def _sums(people: pd.DataFrame, label: Array, ids: Array) -> pd.DataFrame:
    """Places, residents, failing people and their share of each label."""
    count = len(ids)
    sums = {
        column: np.bincount(label, weights=people[column].to_numpy(dtype=float), minlength=count)
        for column in ("residents", "failing")
    }
    share = np.divide(
        sums["failing"], sums["residents"], out=np.zeros(count), where=sums["residents"] > 0
    )
    places = np.bincount(label, minlength=count)
    return pd.DataFrame(
        {"failing_id": pd.Series(ids, dtype=object), "places": places, **sums, "share": share}
    )


def _ranked(table: pd.DataFrame, when: Failing) -> pd.DataFrame:
    """Rows over both thresholds, most people first."""
    # a sum of shares of people is not exact: a billionth below a threshold is on it
    over = table["failing"] >= when.min_persons * (1 - 1e-9)
    over &= table["share"] >= when.min_share - 1e-9
    table = table[over & (table["failing"] > 0)]
    table = table.sort_values(["failing", "failing_id"], ascending=[False, True], ignore_index=True)
    table.insert(0, "rank", table["failing"].rank(method="min", ascending=False).astype("int64"))
    return table[[*COLUMNS]]


def _near(sites: gpd.GeoDataFrame, distance_m: float) -> Array:
    """Cluster of each site: chains of sites at most so far apart."""
    if not len(sites):
        return np.empty(0, dtype=np.int64)
    from scipy.spatial import cKDTree

    lon, lat = lonlat(sites)
    points = sites.geometry.to_crs(metric_crs(float(lon.mean()), float(lat.mean())))
    tree = cKDTree(np.column_stack([points.x, points.y]))
    # a millimetre, because projected coordinates are rounded
    return _joined(tree.query_pairs(distance_m + 1e-3, output_type="ndarray"), len(sites))


def _adjacent(cells: pd.DataFrame, cell_m: int) -> Array:
    """Cluster of each cell: chains of cells that share an edge."""
    require_columns(cells, ("east_m", "north_m"), "cells")
    column, row = (
        (cells[name].to_numpy(dtype=np.int64) // cell_m) for name in ("east_m", "north_m")
    )
    place = pd.MultiIndex.from_arrays([column, row])
    pairs = []
    for right, up in ((1, 0), (0, 1)):
        beside = place.get_indexer(pd.MultiIndex.from_arrays([column + right, row + up]))
        here = np.flatnonzero(beside >= 0)
        pairs.append(np.column_stack([here, beside[here]]))
    return _joined(np.concatenate(pairs), len(cells))


def _joined(pairs: Array, count: int) -> Array:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])


def _names(
    member: gpd.GeoDataFrame, cluster: Array, areas: gpd.GeoDataFrame, ids: pd.Series
) -> pd.Series:
    """Names of the areas in which the places of each cluster lie, the one with the most failing people first."""
    points = gpd.GeoDataFrame(geometry=member.geometry.representative_point(), crs=member.crs)
    area = assign_areas(points, areas)
    names = areas.set_index("area_id")["name" if "name" in areas.columns else "area_id"]
    found = pd.DataFrame(
        {"cluster": cluster, "area_id": area.to_numpy(), "failing": member["failing"].to_numpy()}
    ).dropna(subset=["cluster", "area_id"])
    sums = found.groupby(["cluster", "area_id"])["failing"].sum().reset_index()
    sums = sums.sort_values(["cluster", "failing", "area_id"], ascending=[True, False, True])
    told = {
        name: list(dict.fromkeys(str(names.loc[area_id]) for area_id in part["area_id"]))
        for name, part in sums.groupby("cluster")
    }
    text = [
        ", ".join(told[name][:NAMED]) + (", ..." if len(told[name]) > NAMED else "")
        if name in told
        else None
        for name in ids
    ]
    return pd.Series(text, dtype=object)


def _say_unknown(table: pd.DataFrame, people: pd.DataFrame, known: pd.Series) -> None:
    if unknown := int((~known).sum()):
        add_note(
            table,
            f"{unknown} of {len(people)} places are left out: how many people live or fail there is unknown.",
        )
