"""Rows as readers get them in sites.csv, areas.csv, result.xlsx and result.gpkg.

Columns stand in a fixed order and keep the English names of the tables, so that a file can be read back.
Texts are cleaned of control characters, times are rounded to 0.1 minute but never across the norm or a
class bound, and a place that cannot be reached has an empty time, a reason code and the reason in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.access.areas import OUTSIDE
from geoaccess.access.nearest import minutes_column
from geoaccess.present.classes import TIME_CLASSES, rounded_minutes, time_classes
from geoaccess.present.findings import reason_words
from geoaccess.present.text import plain, say
from geoaccess.present.verdict_records import failing_columns, verdict_columns
from geoaccess.present.visit_records import table_of, texts
from geoaccess.tables import AREA_COLUMNS, LONLAT, PRACTICE_COLUMNS, SITE_OPTIONAL

if TYPE_CHECKING:
    from geoaccess.result import Context, Result

#: columns of practices that tell of other kinds of supply, where the table has them
_KINDS_OF_SUPPLY = ("walk_in", "remote_share", "serves", "at_work")
_OPTIONAL = tuple(column for column in SITE_OPTIONAL if column != "area_id")


def site_records(result: Result) -> gpd.GeoDataFrame:
    """One row per site in input order, geometry last (EPSG:4326).

    Columns: site_id, name, lon, lat, residents, optional input columns that are there, area_id,
    area_name, minutes, time_class, reason, reason_text, practice_id, practice_name, minutes_2, minutes_3,
    practices_within_norm, snap_m, minutes_car with the contrast, the verdict on visits (`verdict_columns`), and `label`
    where the data are made up.
    """
    sites, context = result.sites, result.context
    language = context.language
    found: dict[str, Any] = {
        "site_id": texts(sites["site_id"]),
        "name": texts(sites["name"]),
        "lon": np.round(sites.geometry.x.to_numpy(), 6),
        "lat": np.round(sites.geometry.y.to_numpy(), 6),
        "residents": _whole(sites["residents"]),
    }
    for column in _OPTIONAL:
        if column in sites:
            found[column] = _any(sites[column])
    index = time_classes(sites["minutes"], sites["reason"])
    found |= {
        "area_id": texts(sites["area_id"]),
        "area_name": texts(sites["area_name"]),
        "minutes": _minutes(sites["minutes"], context),
        "time_class": [say(language, TIME_CLASSES[k].code) for k in index],
        "reason": texts(sites["reason"]),
        "reason_text": [reason_words(str(reason), language) for reason in sites["reason"]],
        "practice_id": texts(sites["practice_id"]),
        "practice_name": texts(sites["practice_name"]),
        "minutes_2": _minutes(sites["minutes_2"], context),
        "minutes_3": _minutes(sites["minutes_3"], context),
        "practices_within_norm": _whole(sites["practices_within_norm"]),
        "snap_m": _whole(sites["snap_m"].round(0)),
    }
    if "minutes_car" in sites:
        found["minutes_car"] = _whole(sites["minutes_car"].round(1))
    found |= verdict_columns(result, called(result))
    return _frame(found, sites.geometry, context)


def practice_records(result: Result) -> gpd.GeoDataFrame:
    """One row per practice in input order: the columns of the table of practices, snap_m, geometry.

    With visits also what was taken as its opening hours: hours_status (known, assumed or unknown), hours_read_as and,
    where they were assumed, hours_source.
    """
    practices = result.practices
    found: dict[str, Any] = {
        "practice_id": texts(practices["practice_id"]),
        "name": texts(practices["name"]) if "name" in practices else [None] * len(practices),
        "lon": np.round(practices.geometry.x.to_numpy(), 6),
        "lat": np.round(practices.geometry.y.to_numpy(), 6),
    }
    for column in dict.fromkeys((*PRACTICE_COLUMNS, *_KINDS_OF_SUPPLY)):
        if column in practices and column not in {*found, "geometry"}:
            found[column] = _any(practices[column])
    found |= _hours(result)
    if "snap_m" in practices:
        found["snap_m"] = _whole(practices["snap_m"].astype(float).round(0))
    return _frame(found, practices.geometry, result.context)


def _hours(result: Result) -> dict[str, Any]:
    """Tell what was taken as the opening hours of every practice."""
    opening = table_of(result, "opening")
    if opening is None:
        return {}
    status = opening.set_index("practice_id").reindex(result.practices["practice_id"])
    return {f"hours_{name}": texts(status[name]) for name in ("status", "read_as", "source")}


def area_records(result: Result) -> gpd.GeoDataFrame:
    """One row per area in input order: columns as in `Result.areas`, share as a fraction 0..1, geometry.

    With visits also persons_failing and share_failing: people without a feasible visit.
    """
    areas, context = result.areas, result.context
    found: dict[str, Any] = {
        column: texts(areas[column]) for column in AREA_COLUMNS[:3] if column in areas
    }
    outside = (areas["area_id"] == OUTSIDE).to_numpy()
    found["name"] = np.where(outside, say(context.language, "outside_areas"), found["name"])
    for column in ("sites", "residents", "sites_unknown_residents"):
        found[column] = _whole(areas[column])
    for column in ("sites_beyond", "residents_beyond"):
        found[column] = _whole(areas[column])
    found["share_beyond"] = areas["share_beyond"].astype(float).round(4).to_numpy()
    found["rank"] = _whole(areas["rank"])
    found |= failing_columns(result)
    return _frame(found, areas.geometry, context)


def surface_records(result: Result) -> gpd.GeoDataFrame:
    """One row per cell of the access surface in its own order; no rows where none was measured.

    Columns: cell_id, minutes (at the percentile of the norm), time_class, reason, reason_text, practice_id,
    practice_name, snap_m, `label` where the data are made up, geometry.
    """
    context, cells = result.context, result.surface
    if cells is None:
        return gpd.GeoDataFrame({"cell_id": []}, geometry=[], crs=LONLAT)
    language = context.language
    minutes = cells[minutes_column(context.percentile)]
    index = time_classes(minutes, cells["reason"])
    codes, levels = pd.factorize(cells["reason"])
    words = np.array([reason_words(str(reason), language) for reason in levels], dtype=object)
    found: dict[str, Any] = {
        "cell_id": cells["cell_id"],
        "minutes": _minutes(minutes, context),
        "time_class": np.array([say(language, each.code) for each in TIME_CLASSES])[index],
        "reason": cells["reason"],
        "reason_text": words[codes],
        "practice_id": texts(cells["practice_id"]),
        "practice_name": cells["practice_id"].map(practice_names(result)),
        "snap_m": _whole(cells["snap_m"].round(0)),
    }
    return _frame(found, cells.geometry, context)


def practice_names(result: Result) -> dict[Any, str]:
    """Name of each practice by its id; its id where it has none."""
    practices = result.practices
    keys = practices["practice_id"]
    names = practices.get("name", keys)
    return {key: plain(name) or plain(key) for key, name in zip(keys, names, strict=True)}


def called(result: Result) -> dict[Any, str]:
    """Name each practice for a sentence, by its id: its name with the id, or the id."""
    return {
        key: name if name == plain(key) else f"{name} ({plain(key)})"
        for key, name in practice_names(result).items()
    }


def _frame(found: dict[str, Any], geometry: gpd.GeoSeries, context: Context) -> gpd.GeoDataFrame:
    count = len(geometry)
    if context.made_up:
        found["label"] = [say(context.language, "made_up").lower()] * count
    table = pd.DataFrame(found, index=pd.RangeIndex(count))
    return gpd.GeoDataFrame(table, geometry=geometry.to_numpy(), crs=LONLAT)


def _any(column: pd.Series) -> Any:
    """Numbers stay numbers, days are written as such, everything else becomes clean text."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return texts(column.dt.strftime("%Y-%m-%d"))
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return texts(column)
    return _whole(column)


def _whole(column: pd.Series) -> pd.Series:
    """Write counts without a decimal sign where all of them are whole, NaN and inf as missing."""
    value = column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    value = np.where(np.isfinite(value), value, np.nan)
    known = value[np.isfinite(value)]
    if (known == np.round(known)).all():
        return pd.Series(pd.array(value, dtype="Float64")).astype("Int64")
    return pd.Series(value)


def _minutes(column: pd.Series, context: Context) -> Any:
    return rounded_minutes(column.to_numpy(dtype=float), context.norm_minutes)
