"""The inputs that a project.toml names: read in one go, with the faults of all of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from scipy.spatial import cKDTree

from geoaccess.access.care import kinds_to_judge
from geoaccess.errors import Fault, InputError
from geoaccess.load.areas import load_areas
from geoaccess.load.default_groups import BUILT_IN, complete_groups
from geoaccess.load.groups import load_groups
from geoaccess.load.gtfs import read_feed_report
from geoaccess.load.hours import DEFAULT_HOURS, opening_week
from geoaccess.load.osm import load_streets
from geoaccess.load.practices import GP_CARE, load_practices
from geoaccess.load.roads import load_roads
from geoaccess.load.serves import serves_faults
from geoaccess.load.sites import load_sites
from geoaccess.load.streets import box_of
from geoaccess.prepared import find_networks, network_key, network_software
from geoaccess.record import input_record
from geoaccess.rides import project_lines, project_timetable, project_vans, project_week
from geoaccess.settings import Settings, read_settings
from geoaccess.tables import METRES_PER_DEGREE, lonlat, notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd
    import pandas as pd

    from geoaccess.load.gtfs import WeekRides
    from geoaccess.load.lines.lines import Lines
    from geoaccess.load.streets import Streets
    from geoaccess.load.timetable import Timetable
    from geoaccess.load.vans import Van
    from geoaccess.network.network import Network

Loaded = TypeVar("Loaded")

#: A point farther than this from every street is no place in the region at all: a fault, not merely "not linked".
FAR_M = 10_000.0

#: what a source line calls an input; made-up streets do not come from OpenStreetMap
SOURCE_WORDS = {
    "nl": {
        "sites": "woonlocaties",
        "groups": "groepen bewoners",
        "practices": "praktijken en andere zorg",
        "areas": "gebieden",
        "osm": "straten (© OpenStreetMap-bijdragers)",
        "made_up_osm": "straten",
        "gtfs": "dienstregeling",
        "lines": "lijnen (© OpenStreetMap-bijdragers)",
        "osm_lines": "straten en lijnen (© OpenStreetMap-bijdragers)",
        "until": "t/m",
    },
    "en": {
        "sites": "housing sites",
        "groups": "groups of residents",
        "practices": "practices and other care",
        "areas": "areas",
        "osm": "streets (© OpenStreetMap contributors)",
        "made_up_osm": "streets",
        "gtfs": "timetable",
        "lines": "lines (© OpenStreetMap contributors)",
        "osm_lines": "streets and lines (© OpenStreetMap contributors)",
        "until": "to",
    },
}


@dataclass(frozen=True, eq=False)
class Inputs:
    """Everything a project.toml names, as far as it could be read.

    Attributes
    ----------
    settings : the project.toml.
    sites, groups, practices, areas, streets, timetable, lines : as loaded; None where not given or at fault. From the
        cache, the timetable has all rides.
    vans : those without faults.
    notes : why there are no lines, where none were asked for.
    records : one dict for each input file: what, file, sha256, bytes, dates.
    faults : of the project.toml and of every input.
    network : of the date, made before from these files and settings, or None.
    network_key : names the network, or those of the week, that these files and settings make; "" without streets.
    whole_week : is the week that holds the date asked for, and not only the date.
    week_rides : timetables of the week, where it is asked for.
    week : networks of the week made before, Monday to Sunday, or None.
    roads : for cars, where the contrast with the car is asked for.
    """

    settings: Settings
    sites: gpd.GeoDataFrame | None
    practices: gpd.GeoDataFrame | None
    areas: gpd.GeoDataFrame | None
    streets: Streets | None
    timetable: Timetable | None
    lines: Lines | None
    vans: tuple[Van, ...]
    notes: tuple[str, ...]
    records: tuple[dict[str, Any], ...]
    faults: tuple[Fault, ...]
    network: Network | None = None
    network_key: str = ""
    whole_week: bool = False
    week_rides: WeekRides | None = None
    week: tuple[Network, ...] | None = None
    roads: Streets | None = None
    groups: pd.DataFrame | None = None


def read_inputs(path: str | Path, *, cache: bool = False, week: bool = False) -> Inputs:
    """Read a project.toml and every file it names, and collect the faults of all of them.

    Parameters
    ----------
    path : the project.toml.
    cache : may streets and timetable come out of a network that was kept in the cache.
    week : read the timetables of the whole week that holds the date.

    Raises
    ------
    ProjectError
        only when the file cannot be read as TOML at all; other faults are in the answer.
    """
    settings, faults = read_settings(path)
    records = list(_records(settings))
    sites = _load(faults, load_sites, settings.sites)
    # what a table of groups leaves out is as in the profile of the project, where that is only one
    profile = settings.profile[0] if len(settings.profile) == 1 else BUILT_IN
    groups = _load(faults, partial(load_groups, sites=sites, default=profile), settings.groups)
    asked = (GP_CARE, *(kind.care for kind in settings.care))
    practices = _load(faults, partial(load_practices, care=asked), settings.practices)
    if sites is not None and practices is not None:
        faulty = any((fault.key or "").startswith("groups") for fault in faults)
        faults += serves_faults(practices, _group_names(settings, sites, groups, faulty))
    vans = project_vans(settings, sites, practices, faults)
    date = settings.when.date
    of_week = week and date is not None  # walking needs no date, and is the same on all days
    key, kept = _kept(settings, records, vans, cache=cache, week=of_week)
    network = None if kept is None else kept[date.weekday() if date and len(kept) > 1 else 0]
    areas = _load(faults, partial(load_areas, layer=settings.areas_layer), settings.areas)
    lines: Lines | None = None
    told: list[str] = []
    rides: WeekRides | None = None
    if network is None:
        streets = _load(faults, load_streets, settings.osm)
        if of_week:
            rides = project_week(settings, streets, faults)
            timetable = None if rides is None else rides.timetables[rides.date.weekday()]
        else:
            timetable = project_timetable(settings, streets, faults)
        lines = project_lines(settings, streets, faults, told)
    else:
        streets, timetable = network.streets, network.timetable
    # without streets the fault of the file is known already
    by_car = settings.car is not None and streets is not None
    roads = _load(faults, load_roads, settings.osm) if by_car else None
    if streets is not None:
        if vans:
            faults += far_points(_van_stops(vans), "stop", streets, settings.file.name)
        if sites is not None and settings.sites:
            faults += far_points(sites, "site_id", streets, settings.sites.name)
        if practices is not None and settings.practices and settings.practices != settings.osm:
            faults += far_points(practices, "practice_id", streets, settings.practices.name)
    return Inputs(
        settings=settings,
        sites=sites,
        practices=practices,
        areas=areas,
        streets=streets,
        timetable=timetable,
        lines=lines,
        vans=vans,
        notes=tuple(told),
        records=tuple(_dated(records, timetable)),
        faults=tuple(faults),
        network=network,
        network_key=key,
        whole_week=week,
        week_rides=rides,
        week=kept if of_week else None,
        roads=roads,
        groups=groups,
    )


def far_points(
    points: gpd.GeoDataFrame, id_column: str, streets: Streets, file: str
) -> list[Fault]:
    """Faults for points more than `FAR_M` from every street: such a place is mistaken or the extract is.

    Parameters
    ----------
    points : sites or practices, EPSG:4326.
    id_column : of the table.
    streets : of the region.
    file : name of the file the points came from.
    """
    lon, lat = lonlat(points)
    # one flat scale for the region is exact enough to tell 10 km; streets are sampled at their nodes
    scale = np.array([np.cos(np.radians(np.median(streets.lat))), 1.0]) * METRES_PER_DEGREE
    tree = cKDTree(np.column_stack([streets.lon, streets.lat]) * scale)
    distance_m = np.asarray(tree.query(np.column_stack([lon, lat]) * scale)[0])
    rows = points.attrs.get("rows", ())
    return [
        Fault(
            f"lies {distance_m[k] / 1000:.0f} km from the nearest street of {streets.source}",
            file,
            row=rows[k] if len(rows) == len(points) else None,
            # the name that the column has in the file
            column=points.attrs.get("headers", {}).get(id_column, id_column),
            value=str(points[id_column].iloc[k]),
            remedy="check its coordinates, leave it out, or use an extract that covers it",
        )
        for k in np.flatnonzero(distance_m > FAR_M)
    ]


def feed_report(inputs: Inputs) -> pd.DataFrame | None:
    """Report on the feeds of a project: for the trips of its date or, where that is at fault, on the whole feeds.

    Parameters
    ----------
    inputs : from `read_inputs`.

    Returns
    -------
    DataFrame or None
        one row a feed; None without feeds, or where they cannot be read (the faults of ``inputs`` say why).
    """
    if inputs.timetable is not None:
        return inputs.timetable.feeds
    try:
        feeds = inputs.settings.gtfs
        return read_feed_report(feeds, near=box_of(inputs.streets)) if feeds else None
    except InputError:
        return None


def assumptions(inputs: Inputs) -> dict[str, list[str]]:
    """Say which groups of residents and opening hours are assumed or cannot be read, before anything is measured.

    Parameters
    ----------
    inputs : from `read_inputs`.

    Returns
    -------
    dict
        sentences on "groups" and "practices"; none on what is at fault.
    """
    settings, sites, practices = inputs.settings, inputs.sites, inputs.practices
    found: dict[str, list[str]] = {"groups": [], "practices": []}
    bad_profile = any((fault.key or "").startswith("groups") for fault in inputs.faults)
    if sites is not None and not bad_profile and (inputs.groups is not None or not settings.groups):
        known = [] if inputs.groups is None else notes(inputs.groups)
        every = notes(complete_groups(inputs.groups, sites, settings.profile))
        found["groups"] = [note for note in every if note not in known]
    if practices is not None and not any(fault.key == "care.care" for fault in inputs.faults):
        day = settings.when.date or dt.date.today()
        kinds = kinds_to_judge(settings.care, practices["care"].tolist())
        defaults = {**DEFAULT_HOURS, **{kind.care: kind.default_hours() for kind in kinds}}
        week = opening_week(practices, day, country=settings.country, defaults=defaults)
        found["practices"] = notes(week.status)
        absent = [kind.care for kind in settings.care if kind.care not in set(practices["care"])]
        if absent:
            said = (
                f"Asked for, but no practice gives it, so that nobody has it: {', '.join(absent)}."
            )
            found["practices"].append(said)
    return found


def source_lines(
    settings: Settings, records: tuple[dict[str, Any], ...], *, with_lines: bool = False
) -> Iterator[str]:
    """Say for each input what it is, in which file, of which date, in the language of the project.

    Parameters
    ----------
    settings : the project.toml.
    records : of its inputs, as `Inputs.records`.
    with_lines : are lines used that come from the extract of the streets.
    """
    words = SOURCE_WORDS[settings.language]
    for record in records:
        what = record["what"]
        if what == "osm" and with_lines:
            what = "osm_lines"
        elif what == "osm" and settings.made_up:
            what = "made_up_osm"
        dates = record["modified"]
        if "first_date" in record:
            dates = f"{record['first_date']} {words['until']} {record['last_date']}"
        yield f"{words[what]}: {Path(record['file']).name} ({dates})"


def _group_names(
    settings: Settings, sites: pd.DataFrame, groups: pd.DataFrame | None, faulty: bool
) -> dict[str, list[str]]:
    """Names of the groups of every site; none where they are not known, as the groups are at fault."""
    names: dict[str, list[str]] = {site_id: [] for site_id in sites["site_id"]}
    if faulty or (groups is None and settings.groups is not None):
        return names
    usual = [group.group_id for group in settings.profile or (BUILT_IN,)]
    if groups is not None:
        for site_id, group_id in zip(groups["site_id"], groups["group_id"], strict=True):
            names[site_id].append(group_id)
    return {site_id: own or usual for site_id, own in names.items()}


def _van_stops(vans: tuple[Van, ...]) -> gpd.GeoDataFrame:
    """List the stops of all vans as a table of points."""
    import geopandas as gpd

    stops = [
        (f"{van.name}: {stop.name or k}", stop)
        for van in vans
        for k, stop in enumerate(van.stops, 1)
    ]
    places = gpd.points_from_xy([stop.lon for _, stop in stops], [stop.lat for _, stop in stops])
    return gpd.GeoDataFrame({"stop": [name for name, _ in stops]}, geometry=places, crs=4326)


def _kept(
    settings: Settings,
    records: list[dict[str, Any]],
    vans: tuple[Van, ...],
    *,
    cache: bool,
    week: bool,
) -> tuple[str, tuple[Network, ...] | None]:
    """Key of the networks asked for, and these as they were kept; one of a date may lie among those of its week."""
    if not settings.osm:
        return "", None
    software = network_software()
    key = network_key(settings, records, software, vans, week=week)
    found = find_networks(settings, key) if cache else None
    if cache and found is None and not week and settings.when.date is not None:
        of_week = network_key(settings, records, software, vans, week=True)
        found = find_networks(settings, of_week)
    return key, found


def _load(faults: list[Fault], load: Callable[[Path], Loaded], path: Path | None) -> Loaded | None:
    """Load one input; its faults join the others."""
    if path is None:
        return None
    try:
        return load(path)
    except InputError as error:
        faults += error.faults
        return None


def _records(settings: Settings) -> Iterator[dict[str, Any]]:
    """Identify every input file."""
    base = settings.file.absolute().parent
    for what in ("sites", "groups", "practices", "areas", "osm"):
        path = getattr(settings, what)
        if path is not None:
            yield input_record(what, path, base)
    for path in settings.gtfs:
        yield input_record("gtfs", path, base)
    if settings.lines is not None and settings.lines != settings.osm:
        yield input_record("lines", settings.lines, base)


def _dated(records: list[dict[str, Any]], timetable: Timetable | None) -> Iterator[dict[str, Any]]:
    """Add to the record of each feed the period it covers and the trips of the date; feeds come first in the report."""
    feeds = iter([] if timetable is None else timetable.feeds.to_dict("records"))
    for record in records:
        feed = next(feeds, None) if record["what"] == "gtfs" else None
        if feed is None:
            yield record
        else:
            dates = {key: str(feed[key]) for key in ("first_date", "last_date")}
            yield record | dates | {"active_trips": int(feed["active_trips"])}
