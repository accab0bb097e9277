"""One study: a frozen bundle of inputs, measured in one pass through routing and measures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geoaccess.access.areas import area_totals
from geoaccess.access.assumptions import assumption_table, measure_assumptions
from geoaccess.access.care import CareKind, care_of, for_everybody
from geoaccess.access.cells import side_faults
from geoaccess.access.failing import Failing
from geoaccess.access.failing_table import failing_table
from geoaccess.access.given import check_given
from geoaccess.access.measured import Measured, Measures, catchment_table, competing_areas
from geoaccess.access.nearest import minutes_column
from geoaccess.access.norm import Norm, When, misfits
from geoaccess.access.sites import caveats, measure_sites
from geoaccess.access.supply import Supply, supply
from geoaccess.access.surface import CELL_M, surface
from geoaccess.access.verdict import Verdict, judge_all, main_care
from geoaccess.errors import Fault, ProjectError
from geoaccess.load.default_groups import Group, complete_groups
from geoaccess.load.streets import Streets
from geoaccess.network.driving import Car, car_notes, nearest_by_car
from geoaccess.network.junctions import junction_lonlat
from geoaccess.network.network import Network, means_notes, network_notes
from geoaccess.result import Context, Result, total
from geoaccess.route.matrix import travel_times
from geoaccess.software import versions
from geoaccess.tables import check_areas, check_points, notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import shapely

#: percentiles of travel time over the window that every result holds, besides the one of the norm
PERCENTILES = (10.0, 50.0, 90.0)
LANGUAGES = ("nl", "en")


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
    roads : from `load_roads`, for the contrast with the car; None, the default, for none.
    car : how times by car are reckoned.
    groups : resident groups, as `load_groups` returns them; sites without any have those of ``profile``.
    profile : default groups of residents; () for those built in.
    care : kinds of care with parameters of their own; the other kinds that practices have are judged by the defaults.
    week : networks of Monday to Sunday of the week that holds the date, from `build_week`; None for ``network`` on
        every day, which is said in the warnings.
    measures : catchment measures asked for.
    failing : when access counts as failing somewhere.
    country : whose public holidays count; None for none.

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
    roads: Streets | None = None
    car: Car = field(default_factory=Car)
    groups: pd.DataFrame | None = None
    profile: tuple[Group, ...] = ()
    care: tuple[CareKind, ...] = ()
    week: tuple[Network, ...] | None = None
    measures: Measures = field(default_factory=Measures)
    failing: Failing = field(default_factory=Failing)
    country: str | None = "NL"

    def __post_init__(self) -> None:
        check_points(self.sites, "site_id", "sites")
        check_points(self.practices, "practice_id", "practices")
        check_given(self.week, self.groups, self.profile, self.care, self.measures, self.failing)
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

    @cached_property
    def residents(self) -> pd.DataFrame:
        """Resident groups of every site: its own, or those of the profile."""
        return complete_groups(self.groups, self.sites, self.profile)

    @cached_property
    def main_care(self) -> str:
        """Kind of care by which travel times are judged: GPs, or the first kind where there are none."""
        return main_care(care_of(self.practices).tolist(), self.care)[0]

    @cached_property
    def general_practices(self) -> gpd.GeoDataFrame:
        """Practices of the main kind of care that everybody may go to: travel times are judged by these."""
        general = for_everybody(self.practices, self.main_care)
        return self.practices[general].reset_index(drop=True)

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
            self.general_practices,
            self.network,
            cell_m=cell_m,
            area=self.areas if area is None else area,
            window=self.when.window,
            percentiles=self.percentiles,
            norm=self.norm,
            workers=workers,
        )

    def judge(self, *, all_visits: bool = False, workers: int | None = None) -> Verdict:
        """Judge for everybody and every kind of care whether a visit is feasible in the week of the date, and why not.

        Parameters
        ----------
        all_visits : keep the best visit of each day to every practice, too.
        workers : threads; None for all processors.

        Returns
        -------
        Verdict
        """
        return self._judged(self.sites, all_visits, workers)

    def _judged(self, sites: gpd.GeoDataFrame, all_visits: bool, workers: int | None) -> Verdict:
        return judge_all(
            sites,
            self.practices,
            self.week or (self.network,) * 7,
            self.residents,
            self.care,
            self.norm,
            self.date,
            country=self.country,
            every=all_visits,
            workers=workers,
        )

    def measure(self, *, all_visits: bool = False, workers: int | None = None) -> Result:
        """Route once and derive every measure.

        Parameters
        ----------
        all_visits : as in `judge`.
        workers : threads; None for all processors.

        Returns
        -------
        Result
        """
        times = self.travel_times(workers=workers)
        general = self.general_practices
        sites = measure_sites(
            self.sites,
            general,
            self.areas,
            times[times["practice_id"].isin(general["practice_id"])],
            snap_m=self.network.snap(self.sites).snap_m,
            norm=self.norm,
        )
        if self.roads is not None:
            sites["minutes_car"] = nearest_by_car(sites, general, self.roads, self.car, workers)
        practices = self.practices.assign(snap_m=self.network.snap(self.practices).snap_m)
        cells = None
        if self.cell_m is not None:
            cells = self.surface(cell_m=self.cell_m, workers=workers)
        verdict = self._judged(sites, all_visits, workers)
        column = minutes_column(self.norm.percentile)
        room = supply(
            sites, self.residents, self.practices, times, self.norm, column=column, on=self.date
        )
        competed = self._competed(sites, times, column, workers) if self.measures.names else None
        failing = failing_table(verdict.sites, sites, self.areas, self.failing)
        said = [
            *(() if cells is None else (f"surface: {note}" for note in notes(cells))),
            *verdict.notes,
            *room.notes,
            *(() if competed is None else competed.notes),
            *notes(failing),
        ]
        return Result(
            sites=sites,
            practices=practices,
            areas=area_totals(sites, self.areas),
            totals=total(sites),
            times=times,
            background=self.network.streets,
            context=_context(self, sites, practices, said),
            surface=cells,
            visits=verdict.visits,
            reasons=verdict.reasons,
            cascade=verdict.cascade,
            basket=verdict.basket,
            verdicts=verdict.sites,
            opening=verdict.opening.status,
            every_visit=verdict.every,
            capacity=room.capacity,
            unplaced=room.unplaced,
            assignment=room.assignment,
            nearest_room=room.nearest_room,
            failing=failing,
            access=None if competed is None else competed.access,
            assumptions=_assumptions(self, verdict, room, competed),
        )

    def _competed(
        self, sites: pd.DataFrame, times: pd.DataFrame, column: str, workers: int | None
    ) -> Measured:
        """Measure how people compete for the practices, the inhabitants of areas with them."""
        junctions = junction_lonlat(self.network.graph)
        inhabited = competing_areas(self.areas, self.measures, junctions)
        general = self.practices[care_of(self.practices) == self.main_care].reset_index(drop=True)
        from_areas = None
        if inhabited is not None:
            from_areas = travel_times(
                inhabited,
                general,
                self.network,
                window=self.when.window,
                percentiles=self.norm.percentile,
                workers=workers,
            )
        return catchment_table(
            sites,
            general,
            times,
            self.measures,
            groups=self.residents,
            inhabited=inhabited,
            inhabited_times=from_areas,
            column=column,
        )


def _assumptions(
    study: Study, verdict: Verdict, room: Supply, competed: Measured | None
) -> pd.DataFrame:
    """Parameters that decided a number, with their date and source: parameter, value, date, source."""
    judged = assumption_table(
        verdict.care, study.norm, study.residents, study.profile, study.failing
    )
    tables = [judged, room.parameters]
    if competed is not None:
        tables.append(measure_assumptions(competed.parameters))
    return pd.concat(tables, ignore_index=True)


def _context(
    study: Study,
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    said: Sequence[str],
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
        warnings=_warnings(study, sites, practices, said),
        made_on=dt.date.today(),
        versions=versions(),
        draws=len(study.network.transits) if who.max_rides != 0 else 0,
        max_walk_total_min=who.max_walk_total_min,
        cycle_kmh=who.cycle_kmh if who.cycle else None,
        max_cycle_min=who.max_cycle_min if who.cycle else None,
    )


def _warnings(
    study: Study,
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    more: Sequence[str],
) -> tuple[str, ...]:
    """Collect the notes of every input and of the measures, each once."""
    network, areas = study.network, study.areas
    by_table = {"sites": study.sites, "groups": study.residents, "practices": study.practices}
    if areas is not None:
        by_table["areas"] = areas
    said = [
        *study.notes,
        *(() if study.roads is None else car_notes(study.roads, study.car)),
        *(f"{what}: {note}" for what, table in by_table.items() for note in notes(table)),
        *network_notes(network),
        *notes(sites),
        *caveats(sites, practices, with_areas=areas is not None, max_snap_m=network.max_snap_m),
        *more,
    ]
    if areas is None:
        said.append("no areas were given: there are no totals per area")
    if network.transits and network.who.max_rides != 0 and study.week is None:
        rides = f"visits are judged with the rides of {study.date} on every day"
        said.append(f"the networks of the week were not given (build_week): {rides}")
    return tuple(dict.fromkeys([*said, *means_notes(network)]))
