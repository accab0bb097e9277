"""One study: a frozen bundle of inputs, and the result that one pass through routing and measures gives."""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.metadata
import platform
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.access.areas import area_totals, sums_by
from geoaccess.access.cells import side_faults
from geoaccess.access.norm import Norm, When, misfits
from geoaccess.access.sites import caveats, measure_sites
from geoaccess.access.surface import CELL_M, surface
from geoaccess.errors import Fault, ProjectError
from geoaccess.load.streets import Streets
from geoaccess.network.network import Network
from geoaccess.route.matrix import travel_times
from geoaccess.tables import check_areas, check_points, notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import shapely

#: percentiles of travel time over the window that every result holds, besides the one of the norm
PERCENTILES = (10.0, 50.0, 90.0)
LANGUAGES = ("nl", "en")

#: software whose version can change a number or a picture
SOFTWARE = (
    "geoaccess", "folium", "geopandas", "matplotlib", "numba", "numpy", "osmium", "osmnx", "pandas", "pyarrow",
    "pyogrio", "pyproj", "scipy", "shapely",
)  # fmt: skip


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
    walk_kmh, max_walk_min, max_minutes : the traveller.
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
    cycle_kmh: float | None = None
    max_cycle_min: float | None = None


@dataclass(frozen=True, eq=False)
class Study:
    """Everything one measurement needs.

    Attributes
    ----------
    sites, practices : tables of points as `load_sites` and `load_practices` return them.
    network : from `build_network`; holds the traveller and the timetable.
    areas : table of polygons from `load_areas`, or None for no totals per area.
    norm : the norm, 30 minutes at the median by default.
    when : the window of departures, 08:00-10:00 by default.
    title : stands over maps and tables.
    language : "nl" or "en".
    sources : one line for each input, shown as the source.
    made_up : True labels every output as made-up demo data.
    notes : further sentences on the inputs, carried into the warnings.
    cell_m : side in metres of the cells of the access surface that `measure` adds; None for no surface.

    Raises
    ------
    InputError
        when tables, language, norm or date do not fit.
    """

    sites: gpd.GeoDataFrame
    practices: gpd.GeoDataFrame
    network: Network
    areas: gpd.GeoDataFrame | None = None
    norm: Norm = field(default_factory=Norm)
    when: When = field(default_factory=When)
    title: str = ""
    language: str = "nl"
    sources: tuple[str, ...] = ()
    made_up: bool = False
    notes: tuple[str, ...] = ()
    cell_m: int | None = None

    def __post_init__(self) -> None:
        check_points(self.sites, "site_id", "sites")
        check_points(self.practices, "practice_id", "practices")
        if self.areas is not None:
            check_areas(self.areas)
        faults = list(misfits(self.norm, self.when, self.network.who.max_minutes))
        if self.cell_m is not None:
            faults += side_faults(self.cell_m)
        if self.language not in LANGUAGES:
            faults.append(
                Fault(f"must be one of {', '.join(LANGUAGES)}", value=self.language, key="language")
            )
        timetable = self.network.timetable
        if timetable and self.when.date not in (None, timetable.date):
            faults.append(
                Fault(
                    f"is not the date of the timetable, {timetable.date}",
                    value=str(self.when.date),
                    remedy="load the timetable for the date of the study",
                    key="when.date",
                )
            )
        if faults:
            raise ProjectError(faults)

    def __repr__(self) -> str:
        return f"Study({len(self.sites)} sites, {len(self.practices)} practices, {self.network!r})"

    @property
    def date(self) -> dt.date:
        """The day measured: the timetable's; when only walking is possible, the day given or else today."""
        timetable = self.network.timetable
        return timetable.date if timetable else self.when.date or dt.date.today()

    @property
    def percentiles(self) -> tuple[float, ...]:
        """Percentiles of travel time in the result, ascending: the usual ones and the norm's."""
        return tuple(sorted({*PERCENTILES, self.norm.percentile}))

    def travel_times(self, *, workers: int | None = None) -> pd.DataFrame:
        """Travel times of all reachable pairs, one column for each of `percentiles`.

        Parameters
        ----------
        workers : threads; None for all processors.
        """
        return travel_times(
            self.sites,
            self.practices,
            self.network,
            window=self.when.window,
            percentiles=self.percentiles,
            workers=workers,
        )

    def surface(
        self,
        *,
        cell_m: int = CELL_M,
        area: gpd.GeoDataFrame | gpd.GeoSeries | shapely.Geometry | None = None,
        workers: int | None = None,
    ) -> gpd.GeoDataFrame:
        """Travel time to the nearest practice from every square cell, housing site or not.

        Parameters
        ----------
        cell_m : side of a cell in whole metres.
        area : polygons to cover, EPSG:4326; None for the areas of the study, or without these for the rectangle around
            the usable streets.
        workers : threads; None for all processors.

        Returns
        -------
        GeoDataFrame
            one row for every cell, as from `geoaccess.access.surface.surface`, with `percentiles` and the norm and
            window of the study.
        """
        return surface(
            self.practices,
            self.network,
            cell_m=cell_m,
            area=self.areas if area is None else area,
            window=self.when.window,
            percentiles=self.percentiles,
            norm=self.norm,
            workers=workers,
        )

    def measure(self, *, workers: int | None = None) -> Result:
        """Route once and derive every measure.

        Parameters
        ----------
        workers : threads; None for all processors.

        Returns
        -------
        Result
        """
        times = self.travel_times(workers=workers)
        snap_m = self.network.snap(self.sites).snap_m
        sites = measure_sites(
            self.sites, self.practices, self.areas, times, snap_m=snap_m, norm=self.norm
        )
        practices = self.practices.assign(snap_m=self.network.snap(self.practices).snap_m)
        cells = None
        if self.cell_m is not None:
            cells = self.surface(cell_m=self.cell_m, workers=workers)
        return Result(
            sites=sites,
            practices=practices,
            areas=area_totals(sites, self.areas),
            totals=total(sites),
            times=times,
            background=self.network.streets,
            context=_context(self, sites, practices, () if cells is None else notes(cells)),
            surface=cells,
        )


@dataclass(frozen=True, eq=False)
class Result:
    """What was measured, as tables, and the ways out of it.

    Attributes
    ----------
    sites : one row for every site in the order of the input: site_id, name, geometry, residents (NaN unknown),
        area_id, area_name (None outside every area), minutes (inf where no practice is reached), practice_id,
        practice_name (of the nearest), minutes_2, minutes_3, practices_within_norm, snap_m (NaN where not linked),
        reason, and the optional columns of the input.
    practices : as loaded, with snap_m.
    areas : from `geoaccess.access.areas.area_totals`; without rows where no areas were given.
    totals : the whole study.
    times : travel times of reachable pairs.
    background : streets to draw where there are no tiles.
    context : what a reader must know to judge the numbers.
    surface : travel times from every cell of an area, from `Study.surface`; None where none was asked for.
    """

    sites: gpd.GeoDataFrame
    practices: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    totals: Totals
    times: pd.DataFrame
    background: Streets | None
    context: Context
    surface: gpd.GeoDataFrame | None = None

    def __repr__(self) -> str:
        total = self.totals
        return (
            f"Result({self.context.title!r}: {total.sites_beyond} of {total.sites} sites and "
            f"{total.residents_beyond:g} of {total.residents:g} residents beyond {self.context.norm_minutes:g} minutes)"
        )

    # Imports run one way (study comes before present), so the ways out look their room up when they are called,
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


def _context(
    study: Study,
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    on_cells: Sequence[str],
) -> Context:
    who = study.network.who
    return Context(
        title=study.title,
        language=study.language,
        date=study.date,
        window=study.when.window,
        norm_minutes=study.norm.max_minutes,
        percentile=study.norm.percentile,
        walk_kmh=who.walk_kmh,
        max_walk_min=who.max_walk_min,
        max_minutes=who.max_minutes,
        transit=bool(study.network.transits) and who.max_rides != 0,
        sources=study.sources,
        made_up=study.made_up,
        warnings=_warnings(study, sites, practices, on_cells),
        made_on=dt.date.today(),
        versions=versions(),
        draws=len(study.network.transits) if who.max_rides != 0 else 0,
        cycle_kmh=who.cycle_kmh if who.cycle else None,
        max_cycle_min=who.max_cycle_min if who.cycle else None,
    )


def _warnings(
    study: Study,
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    on_cells: Sequence[str],
) -> tuple[str, ...]:
    """Collect the notes of every input and of the measures, each once."""
    network, areas = study.network, study.areas
    rides = network.timetable.notes if network.timetable else ()
    by_source: dict[str, Iterable[str]] = {
        "sites": notes(study.sites),
        "practices": notes(study.practices),
        "areas": () if areas is None else notes(areas),
        "streets": network.streets.notes,
        "network": network.notes,
        "rides": rides,
    }
    said = [
        *study.notes,
        *(f"{what}: {note}" for what, found in by_source.items() for note in found),
        *notes(sites),
        *caveats(sites, practices, with_areas=areas is not None, max_snap_m=network.max_snap_m),
        *(f"surface: {note}" for note in on_cells),
    ]
    if areas is None:
        said.append("no areas were given: there are no totals per area")
    own = "on foot or by bicycle" if network.who.cycle else "walks"
    if not network.transits:
        only = "walking and cycling were" if network.who.cycle else "walking was"
        said.append(
            f"only {only} possible: there is no timetable (GTFS), and there are no lines or vans that run; "
            f"all times are {own}"
        )
    elif network.who.max_rides == 0:
        said.append(f"the traveller makes no rides (max_rides = 0): all times are {own}")
    return tuple(dict.fromkeys(said))


def versions() -> dict[str, str]:
    """Return the versions of Python and of the software whose version can change a number or a picture."""
    found = {"python": platform.python_version()}
    for name in SOFTWARE:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found
