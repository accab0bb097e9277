"""What was measured: tables, what a reader must know to judge them, and the ways out."""

from __future__ import annotations

import datetime as dt
import importlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.access.areas import sums_by
from geoaccess.load.streets import Streets

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Totals:
    """Sites and people of the whole study.

    "Beyond" means that the reason is not within_norm: a site that cannot be reached or linked is beyond, too.

    Attributes
    ----------
    sites, sites_beyond, sites_unknown_residents : numbers of sites.
    residents, residents_beyond : persons of the sites whose residents are known; NaN where none are.
    share_beyond : residents_beyond / residents (0..1), NaN where no residents are known.
    """

    sites: int
    sites_beyond: int
    sites_unknown_residents: int
    residents: float
    residents_beyond: float
    share_beyond: float


@dataclass(frozen=True)
class Context:
    """What a reader must know to judge the numbers: for whom, when, by which norm, from what, made when.

    Attributes
    ----------
    title : of the study.
    language : "nl" or "en", of everything written for readers.
    date, window : day and departures that were measured.
    norm_minutes, percentile : the norm.
    walk_kmh, max_walk_min, max_minutes, max_walk_total_min : the traveller.
    transit : were there rides and a traveller who may make them; if not, all times are on foot (or by bicycle).
    sources : one line for each input: what, file, date.
    made_up : demo data; every output says so.
    warnings : sentences on what was left out, repaired, assumed or not linked.
    made_on : date of the run.
    versions : software and its version.
    draws : timetables that the percentiles are over: 0 without rides, 1 where it is known when vehicles leave, more
        where for some only the headway is known.
    cycle_kmh, max_cycle_min : of a traveller who may cycle, else None.
    """

    title: str
    language: str
    date: dt.date
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
    made_on: dt.date
    versions: dict[str, str]
    draws: int = 1
    max_walk_total_min: float | None = None
    cycle_kmh: float | None = None
    max_cycle_min: float | None = None


@dataclass(frozen=True, eq=False)
class Result:
    """What was measured, as tables, and the ways out of it.

    Attributes
    ----------
    sites : one row for every site in the order of the input: site_id, name, geometry, residents (NaN unknown),
        area_id, area_name (None outside every area), minutes (inf where no practice is reached), practice_id,
        practice_name (of the nearest), minutes_2, minutes_3, practices_within_norm, snap_m (NaN where not linked),
        reason, and the optional columns of the input; minutes_car (inf where out of reach) only with the contrast.
    practices : as loaded, with snap_m.
    areas : from `geoaccess.access.areas.area_totals`; without rows where no areas were given.
    totals : the whole study.
    times : travel times of reachable pairs.
    background : streets to draw where there are no tiles.
    context : what a reader must know to judge the numbers.
    surface : travel times from every cell of an area, from `Study.surface`; None where none was asked for.
    visits, reasons, cascade, basket, verdicts : feasible visits, as in `geoaccess.access.verdict.Verdict` (where
        ``verdicts`` is called sites).
    opening : how the opening hours of every practice were read, as ``status`` of `geoaccess.load.hours.OpeningWeek`.
    every_visit : the best visit of each day to every practice; None unless asked for.
    capacity, unplaced, assignment, nearest_room : as in `geoaccess.access.supply.Supply`.
    failing : where access fails, most people first, from `geoaccess.access.failing`.
    access : site_id and a column for each catchment measure asked for; None where none was.
    assumptions : parameter, value, date, source; of every default that decided a number.
    """

    sites: gpd.GeoDataFrame
    practices: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    totals: Totals
    times: pd.DataFrame
    background: Streets | None
    context: Context
    surface: gpd.GeoDataFrame | None = None
    visits: pd.DataFrame = field(default_factory=pd.DataFrame)
    reasons: pd.DataFrame = field(default_factory=pd.DataFrame)
    cascade: pd.DataFrame = field(default_factory=pd.DataFrame)
    basket: pd.DataFrame = field(default_factory=pd.DataFrame)
    verdicts: pd.DataFrame = field(default_factory=pd.DataFrame)
    opening: pd.DataFrame = field(default_factory=pd.DataFrame)
    every_visit: pd.DataFrame | None = None
    capacity: pd.DataFrame = field(default_factory=pd.DataFrame)
    unplaced: pd.DataFrame = field(default_factory=pd.DataFrame)
    assignment: pd.DataFrame = field(default_factory=pd.DataFrame)
    nearest_room: pd.DataFrame = field(default_factory=pd.DataFrame)
    failing: pd.DataFrame = field(default_factory=pd.DataFrame)
    access: pd.DataFrame | None = None
    assumptions: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __repr__(self) -> str:
        total = self.totals
        return (
            f"Result({self.context.title!r}: {total.sites_beyond} of {total.sites} sites and "
            f"{total.residents_beyond:g} of {total.residents:g} residents beyond {self.context.norm_minutes:g} minutes)"
        )

    # Imports run one way (this comes before present), so the ways out look their room up when they are called,
    # as pandas does with its plotting backends.

    def map(self, tiles: str | None = None) -> Any:
        """Draw the interactive map: shows itself in a notebook, ``.save("map.html")`` keeps it.

        Parameters
        ----------
        tiles : background map from the internet, as `geoaccess.present.map.make_map` takes it; None, the default, draws
            the streets of the study and makes no request at all.
        """
        return importlib.import_module("geoaccess.present.map").make_map(self, tiles)

    def explore(self, tiles: str | None = None) -> Any:
        """Draw the interactive map: the same as `map`, under the name that geopandas gives it."""
        return self.map(tiles)

    def figure(self) -> Any:
        """Draw the printed map (a matplotlib Figure)."""
        return importlib.import_module("geoaccess.present.figure").make_figure(self)

    def write(self, folder: str | Path, tiles: str | None = None) -> list[Path]:
        """Write maps and tables into ``folder`` (made if absent) and return the files written.

        Parameters
        ----------
        folder : where to write; files of the same names are replaced.
        tiles : background of map.html, as in `map`.
        """
        outputs = importlib.import_module("geoaccess.present.outputs")
        written: list[Path] = outputs.write_outputs(self, folder, tiles)
        return written


def total(sites: gpd.GeoDataFrame) -> Totals:
    """Add up sites and people of a whole study (the table of `Result.sites`)."""
    if not len(sites):
        return Totals(0, 0, 0, np.nan, np.nan, np.nan)
    sums = sums_by(sites, pd.Series("all", index=sites.index)).to_dict("records")[0]
    return Totals(
        sites=int(sums["sites"]),
        sites_beyond=int(sums["sites_beyond"]),
        sites_unknown_residents=int(sums["sites_unknown_residents"]),
        residents=float(sums["residents"]),
        residents_beyond=float(sums["residents_beyond"]),
        share_beyond=float(sums["share_beyond"]),
    )
