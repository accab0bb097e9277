"""The verdict: for everybody and every kind of care, the best visit, or the reason why there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geoaccess.access.care import CareKind
from geoaccess.access.norm import Norm
from geoaccess.load.hours import OpeningWeek
from geoaccess.network.network import Network


@dataclass(frozen=True, eq=False)
class CareVerdict:
    """How people fare for one kind of care.

    Attributes
    ----------
    care : the kind, as it was judged.
    visits : DataFrame; the best feasible visit of each day, of all people (see `judge_care`).
    reasons : DataFrame; reason, proof, change that mends it, and how well people are served over the week.
    every : DataFrame; as ``visits`` for every practice, feasible ones only; None where not asked for.
    opening : opening hours of the practices of this kind.
    notes : sentences on what was assumed.
    """

    care: CareKind
    visits: pd.DataFrame
    reasons: pd.DataFrame
    every: pd.DataFrame | None
    opening: OpeningWeek
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Verdict:
    """How people fare for all kinds of care.

    Attributes
    ----------
    visits, reasons, every : as in `CareVerdict`, of all kinds one after the other by site and group.
    cascade : area_id ("total" last), care, step, persons_remaining, persons_lost.
    basket : one row for each site: a few columns for each kind, worst_care and worst_reason.
    sites : one row for each site: how its people fare for the main kind of care.
    opening : opening hours of all practices.
    care : the kinds judged, in their order.
    main : name of the main kind.
    notes : sentences on what was assumed.
    """

    visits: pd.DataFrame
    reasons: pd.DataFrame
    cascade: pd.DataFrame
    basket: pd.DataFrame
    sites: pd.DataFrame
    every: pd.DataFrame | None
    opening: OpeningWeek
    care: tuple[CareKind, ...]
    main: str
    notes: tuple[str, ...]


def judge_care(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    week: Sequence[Network],
    groups: pd.DataFrame,
    care: CareKind,
    norm: Norm,
    day: dt.date,
    *,
    country: str | None = "NL",
    every: bool = False,
    workers: int | None = None,
) -> CareVerdict:
    """Judge how people fare for one kind of care."""
    raise NotImplementedError


def judge_all(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    week: Sequence[Network],
    groups: pd.DataFrame,
    care: Sequence[CareKind],
    norm: Norm,
    day: dt.date,
    *,
    country: str | None = "NL",
    every: bool = False,
    workers: int | None = None,
) -> Verdict:
    """Judge how people fare for every kind of care."""
    raise NotImplementedError
