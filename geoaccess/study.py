"""One study: what a run of the pipeline hands to the presentation."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geoaccess.load.streets import Streets


@dataclass(frozen=True)
class Totals:
    """Sites and persons of the whole study; "beyond" means that the reason is not within_norm."""

    sites: int
    sites_beyond: int
    sites_unknown_residents: int
    residents: float
    residents_beyond: float
    share_beyond: float


@dataclass(frozen=True)
class Context:
    """What a reader must know to judge the numbers: when, for whom, from what, made when."""

    title: str
    language: str
    date: datetime.date
    window: tuple[str, str]
    norm_minutes: float
    percentile: float
    walk_kmh: float
    max_walk_min: float
    max_minutes: float
    transit: bool
    sources: tuple[str, ...]
    made_up: bool
    warnings: tuple[str, ...]
    made_on: datetime.date
    versions: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Result:
    """Measures of one study: tables, totals and context."""

    sites: gpd.GeoDataFrame
    practices: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    totals: Totals
    times: pd.DataFrame
    background: Streets | None
    context: Context
