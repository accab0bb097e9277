"""The catchment measures that a project asks for, for the residents of sites and all other inhabitants together.

Residents of sites and inhabitants of areas want the same doctors, so they are one demand. Three assumptions, each said
in a note: most residents of sites are not registered in the municipality, so that they come on top of its inhabitants;
the inhabitants of an area all start from one junction in it; and they travel as the residents do.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoaccess.access.catchment import MEASURES, Catchment
from geoaccess.access.eligible import flags
from geoaccess.access.pairs import Pairs, link
from geoaccess.access.raam import raam
from geoaccess.access.supply import some_only
from geoaccess.errors import Fault, ProjectError
from geoaccess.load.phrases import counted, listed
from geoaccess.tables import require_columns

Array = np.ndarray[Any, Any]

_MEASURE: dict[str, Callable[[Pairs], Catchment]] = {**MEASURES, "raam": raam}
#: every name that a project may ask for
KNOWN = tuple(_MEASURE)
PER_PERSON = "fte for each person; higher is better"
COST = "cost, of which 1 is tau minutes of travel or rho persons for each fte; lower is better"


@dataclass(frozen=True)
class Measures:
    """Which catchment measures are wanted.

    Attributes
    ----------
    names : of `KNOWN` ("2sfca", "e2sfca", "3sfca", "bfca", "spatial_availability", "raam"), in the order of their
        columns; capitals do not matter. None by default.
    inhabitants : do the inhabitants of the areas, where these are known, compete with the residents of sites.

    Raises
    ------
    ProjectError
        that names every unknown or repeated measure.

    Examples
    --------
    >>> Measures(("2SFCA", "raam"))
    Measures(names=('2sfca', 'raam'), inhabitants=True)
    """

    names: tuple[str, ...] = ()
    inhabitants: bool = True

    def __post_init__(self) -> None:
        # one name in a notebook is no list of letters
        given: object = self.names
        each = [given] if isinstance(given, str) else self.names
        names = [str(name).strip().lower() for name in each]
        faults = [_unknown(name) for name in names if name not in KNOWN]
        faults += [
            Fault("is asked for twice", value=name, key="measures.catchment")
            for name in dict.fromkeys(names)
            if name in KNOWN and names.count(name) > 1
        ]
        if faults:
            raise ProjectError(faults)
        object.__setattr__(self, "names", tuple(names))


def _unknown(name: str) -> Fault:
    near = difflib.get_close_matches(name.replace(" ", "_"), KNOWN, n=1)
    remedy = f"did you mean '{near[0]}'?" if near else f"known here are: {', '.join(KNOWN)}"
    return Fault("is no catchment measure", value=name, remedy=remedy, key="measures.catchment")


@dataclass(frozen=True, eq=False)
class Measured:
    """The catchment measures asked for.

    Attributes
    ----------
    access : site_id and a column for each measure (NaN where it cannot be known; RAAM is inf where no practice is
        reached), a row for every site in their order.
    areas : area_id, inhabitants and the same columns for the areas whose inhabitants compete.
    parameters : measure, unit, formula (with its parameters in numbers) and source.
    notes : sentences on what was assumed and what is unknown.
    """

    access: pd.DataFrame
    areas: pd.DataFrame
    parameters: pd.DataFrame
    notes: tuple[str, ...]


def competing_areas(
    areas: gpd.GeoDataFrame | None, measures: Measures, junctions: Array | None = None
) -> gpd.GeoDataFrame | None:
    """Give a point for each area whose inhabitants compete for doctors, to measure travel times from.

    Areas of several levels hold the same people, so that only those of one level are taken: the one with most areas of
    known inhabitants. Streets meet where people live and not in fields, so that the point is the junction nearest to
    the median longitude and latitude of the junctions in the area.

    Parameters
    ----------
    areas : area_id, geometry (polygons, EPSG:4326) and optionally level and inhabitants (NaN unknown), or None.
    measures : what is asked for.
    junctions : float64 (n, 2); from `geoaccess.network.junctions.junction_lonlat`. An area without any has a point
        inside its polygon; so have all where these are not given.

    Returns
    -------
    GeoDataFrame or None
        site_id (the area_id, under the name that `travel_times` wants), level, inhabitants, at_junction and geometry
        (EPSG:4326); None where no measure is asked for, inhabitants are not wanted or none are known.
    """
    wanted = bool(measures.names) and measures.inhabitants
    if not wanted or areas is None or "inhabitants" not in areas.columns:
        return None
    level = (
        areas["level"].fillna("")
        if "level" in areas.columns
        else areas["area_id"].map(lambda _: "")
    )
    known = areas["inhabitants"].notna()
    if not known.any():
        return None
    # of levels with equally many, the first in the table
    chosen = (level == level[known].value_counts(sort=False).idxmax()).to_numpy()
    kept = areas[chosen]
    points = kept.geometry.representative_point().to_numpy()
    at_junction = np.zeros(len(kept), bool)
    if junctions is not None and len(junctions):
        middle = _middles(kept.geometry.to_numpy(), junctions)
        at_junction = middle >= 0
        points[at_junction] = shapely.points(junctions[middle[at_junction]])
    return gpd.GeoDataFrame(
        {
            "site_id": kept["area_id"].to_numpy(),
            "level": level.to_numpy()[chosen],
            "inhabitants": kept["inhabitants"].to_numpy(dtype=float),
            "at_junction": at_junction,
        },
        geometry=points,
        crs=kept.crs,
    )


def _middles(polygons: Array, junctions: Array) -> Array:
    """Row of the junction in each polygon that is nearest to the median of those in it, -1 where there is none."""
    of, row = shapely.STRtree(shapely.points(junctions)).query(polygons, predicate="intersects")
    middle = np.full(len(polygons), -1, np.int64)
    for k in np.unique(of):
        own = np.sort(row[of == k])
        place = junctions[own]
        away = place - np.median(place, axis=0)
        away[:, 0] *= np.cos(np.radians(place[:, 1]))
        middle[k] = own[(away**2).sum(axis=1).argmin()]
    return middle


def catchment_table(
    sites: pd.DataFrame,
    practices: pd.DataFrame,
    times: pd.DataFrame,
    measures: Measures,
    *,
    groups: pd.DataFrame | None = None,
    inhabited: pd.DataFrame | None = None,
    inhabited_times: pd.DataFrame | None = None,
    column: str = "minutes_p50",
) -> Measured:
    """Measure how much supply there is for the people of every site, given all others who can reach it.

    Supply is the fte of a practice. One that is for some people only (``serves``) is supply for the sites that it is
    for as a whole; one at people's work (``at_work``) is not travelled to, and is left out.

    Parameters
    ----------
    sites : site_id and residents (NaN unknown: count as none, and are said).
    practices : practice_id and, where known, fte, serves and at_work; of one kind of care.
    times : site_id, practice_id and ``column`` in minutes of the reachable pairs; other practices may be in it.
    measures : which measures.
    groups : site_id and group_id, to see for which sites a practice is as a whole; None if all are for everybody.
    inhabited : from `competing_areas`; None where only residents compete.
    inhabited_times : travel times from these, as ``times``.
    column : the travel times to use.

    Raises
    ------
    ConservationError
        if supply is lost or made: a fault of the calculation.
    """
    require_columns(practices, ("practice_id",), "practices")
    if inhabited is None or inhabited_times is None:
        inhabited, inhabited_times = sites.iloc[:0].assign(inhabitants=0.0), times.iloc[:0]
    fte = np.full(len(practices), np.nan)
    if "fte" in practices.columns:
        fte = practices["fte"].to_numpy(dtype=float, na_value=np.nan)
    notes = _said(sites, inhabited, inhabited_times)
    times, inhabited_times, said = _open_to_them(practices, groups, times, inhabited_times)
    residents = pd.to_numeric(sites["residents"], errors="coerce").to_numpy(dtype=float)
    # one list of origins: the sites, then the areas, by their place in it
    demand = np.concatenate([residents, inhabited["inhabitants"].to_numpy(dtype=float)])
    pairs = link(
        pd.DataFrame({"origin_id": np.arange(len(demand)), "persons": np.nan_to_num(demand)}),
        pd.DataFrame({"practice_id": practices["practice_id"], "supply": fte}),
        pd.concat(
            [
                _numbered(times, sites, 0, column),
                _numbered(inhabited_times, inhabited, len(sites), column),
            ]
        ),
    )
    found = [_MEASURE[name](pairs) for name in measures.names]
    known = bool((fte > 0).any())
    if not known:
        said.append("The fte of no practice is known, so that no measure of competition can be.")
    access, areas = (
        pd.DataFrame(columns | {one.measure: _values(one, rows, known=known) for one in found})
        for columns, rows in (
            ({"site_id": sites["site_id"].to_numpy()}, slice(None, len(sites))),
            (
                {
                    "area_id": inhabited["site_id"].to_numpy(),
                    "inhabitants": inhabited["inhabitants"].to_numpy(dtype=float),
                },
                slice(len(sites), None),
            ),
        )
    )
    by_measure = [note for one in found for note in one.notes]
    return Measured(
        access, areas, _parameters(found), tuple(dict.fromkeys([*notes, *said, *by_measure]))
    )


def _values(found: Catchment, rows: slice, *, known: bool) -> Array:
    values = found.origins["value"].to_numpy()[rows]
    return values if known else np.full(len(values), np.nan)


def _parameters(found: list[Catchment]) -> pd.DataFrame:
    rows = [
        (one.measure, COST if one.measure == "raam" else PER_PERSON, one.formula, one.source)
        for one in found
    ]
    return pd.DataFrame(rows, columns=["measure", "unit", "formula", "source"])


def _open_to_them(
    practices: pd.DataFrame,
    groups: pd.DataFrame | None,
    times: pd.DataFrame,
    inhabited_times: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Travel times to the practices that people may go to, with notes."""
    ids = practices["practice_id"]
    at_work = flags(practices, "at_work")
    said = []
    if at_work.any():
        names = listed(sorted(ids[at_work].astype(str)))
        said.append(f"Practices at people's work are no supply that is travelled to: {names}.")
    times = times[times["practice_id"].isin(ids[~at_work])]
    inhabited_times = inhabited_times[inhabited_times["practice_id"].isin(ids[~at_work])]
    if groups is not None:
        only, strange = some_only(practices, groups)
        said += strange
        times = only.whole_sites(times)
        for_some = inhabited_times["practice_id"].isin(only.practice_ids)
        inhabited_times = inhabited_times[~for_some]
    return times, inhabited_times, said


def _numbered(times: pd.DataFrame, origins: pd.DataFrame, first: int, column: str) -> pd.DataFrame:
    """Travel times with the place of each origin in the list of all."""
    place = pd.Index(origins["site_id"]).get_indexer(pd.Index(times["site_id"]))
    return pd.DataFrame(
        {
            "origin_id": np.where(place < 0, -1, place + first),
            "practice_id": times["practice_id"].to_numpy(),
            "minutes": times[column].to_numpy(),
        }
    )


def _where(inhabited: pd.DataFrame) -> str:
    """Say which point of an area its inhabitants start from."""
    at_junction = flags(inhabited, "at_junction")
    if not at_junction.any():
        return ""
    where = ", the street junction in the middle of its junctions"
    if not at_junction.all():
        names = listed(sorted(inhabited.loc[~at_junction, "site_id"].astype(str)))
        where += f" (in {names}, where no streets meet, any point inside)"
    return where


def _said(sites: pd.DataFrame, inhabited: pd.DataFrame, times: pd.DataFrame) -> list[str]:
    """Sentences on who competes, and on whom nothing is known."""
    said = []
    unknown = sites.loc[sites["residents"].isna(), "site_id"].astype(str).tolist()
    if unknown:
        said.append(
            f"Residents of {counted(len(unknown), 'site')} are unknown and count as no demand: "
            f"{listed(sorted(unknown))}."
        )
    if not len(inhabited):
        said.append(
            "No inhabitants of areas are known: only the residents of sites compete for practices, so that they seem "
            "to have more than they do."
        )
        return said
    people = inhabited["inhabitants"]
    level = next(iter(inhabited["level"].unique()), "") if "level" in inhabited.columns else ""
    said.append(
        f"{people.sum():,.0f} inhabitants of {counted(len(inhabited), 'area')}{f' ({level})' if level else ''} compete "
        "with the residents of sites. Assumed: residents come on top of the inhabitants, because most are not "
        f"registered; the inhabitants of an area all start from one point in it{_where(inhabited)}; they travel as "
        "the residents do."
    )
    if people.isna().any():
        names = listed(sorted(inhabited.loc[people.isna(), "site_id"].astype(str)))
        said.append(
            f"Inhabitants of {counted(int(people.isna().sum()), 'area')} are unknown and count as none: {names}."
        )
    stuck = (people > 0) & ~inhabited["site_id"].isin(times["site_id"])
    if stuck.any():
        names = listed(sorted(inhabited.loc[stuck, "site_id"].astype(str)))
        said.append(
            f"No practice is reached from the points of {counted(int(stuck.sum()), 'area')} with "
            f"{people[stuck].sum():,.0f} inhabitants, who compete for none: {names}."
        )
    return said
