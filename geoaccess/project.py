"""project.toml to results: read every input, build the network, measure, write."""

from __future__ import annotations

import logging
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from scipy.spatial import cKDTree

from geoaccess.errors import Fault, InputError, ProjectError
from geoaccess.load.areas import load_areas
from geoaccess.load.gtfs import load_timetable, read_feed_report
from geoaccess.load.osm import load_streets
from geoaccess.load.practices import load_practices
from geoaccess.load.sites import load_sites
from geoaccess.network.network import build_network
from geoaccess.record import (
    RECORD_FILE,
    as_json,
    input_record,
    output_faults,
    replacing,
    run_record,
)
from geoaccess.settings import Settings, read_settings
from geoaccess.study import Result, Study
from geoaccess.tables import lonlat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd
    import pandas as pd

    from geoaccess.load.streets import Streets
    from geoaccess.load.timetable import Timetable

logger = logging.getLogger(__name__)

Loaded = TypeVar("Loaded")

#: A point farther than this from every street is no place in the region at all: a fault, not merely "not linked".
FAR_M = 10_000.0
METRES_PER_DEGREE = 111_320.0

#: what a source line calls an input; made-up streets do not come from OpenStreetMap
SOURCE_WORDS = {
    "nl": {
        "sites": "woonlocaties",
        "practices": "huisartsenpraktijken",
        "areas": "gebieden",
        "osm": "straten (© OpenStreetMap-bijdragers)",
        "made_up_osm": "straten",
        "gtfs": "dienstregeling",
        "until": "t/m",
    },
    "en": {
        "sites": "housing sites",
        "practices": "GP practices",
        "areas": "areas",
        "osm": "streets (© OpenStreetMap contributors)",
        "made_up_osm": "streets",
        "gtfs": "timetable",
        "until": "to",
    },
}


@dataclass(frozen=True, eq=False)
class Inputs:
    """Everything a project.toml names, as far as it could be read.

    Attributes
    ----------
    settings : the project.toml.
    sites, practices, areas, streets, timetable : as loaded; None where not given or at fault.
    records : one dict for each input file: what, file, sha256, bytes, dates.
    faults : of the project.toml and of every input.
    """

    settings: Settings
    sites: gpd.GeoDataFrame | None
    practices: gpd.GeoDataFrame | None
    areas: gpd.GeoDataFrame | None
    streets: Streets | None
    timetable: Timetable | None
    records: tuple[dict[str, Any], ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, eq=False)
class Run:
    """One finished run.

    Attributes
    ----------
    result : the measures.
    folder : where the outputs are.
    record : what run.json says.
    """

    result: Result
    folder: Path
    record: dict[str, Any]


def silent(stage: str) -> None:
    """Tell nobody which stage begins."""


def run_project(
    path: str | Path,
    output: str | Path | None = None,
    *,
    workers: int | None = None,
    tell: Callable[[str], None] = silent,
) -> Run:
    """Do the whole job: read every input, build the network, measure, write maps, tables and run.json.

    Parameters
    ----------
    path : the project.toml.
    output : folder for the results; None for the project's own, or else maps/<project name> in the current folder.
    workers : threads for routing; None for all processors.
    tell : called with the name of each stage as it begins.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        with every fault of every input at once, or when results cannot be put in place. Nothing is written then, and
        old results are left as they were.
    """
    seconds: dict[str, float] = {}
    with _stage("reading inputs", seconds, tell):
        inputs = read_inputs(path)
        folder = _output_folder(inputs.settings, output)
        _refuse(inputs.faults + tuple(output_faults(folder)))
    with _stage("building the network", seconds, tell):
        study = _build_study(inputs, workers)
    with _stage("measuring", seconds, tell):
        result = study.measure(workers=workers)
    with replacing(folder) as draft:
        with _stage("writing maps and tables", seconds, tell):
            files = [file.name for file in result.write(draft)]
        record = run_record(study, result, inputs.records, seconds, [*files, RECORD_FILE])
        (draft / RECORD_FILE).write_text(as_json(record) + "\n", encoding="utf-8")
    return Run(result, folder, record)


def load_project(path: str | Path) -> Study:
    """Load the study that a project.toml describes, its network included.

    Parameters
    ----------
    path : the project.toml.

    Raises
    ------
    InputError
        with every fault of every input at once.
    """
    inputs = read_inputs(path)
    _refuse(inputs.faults)
    return _build_study(inputs)


def write_times(
    path: str | Path,
    output: str | Path,
    *,
    workers: int | None = None,
    tell: Callable[[str], None] = silent,
) -> int:
    """Write only the travel times of a project.

    Parameters
    ----------
    path : the project.toml.
    output : file to write, .parquet or .csv; replaced when all is done.
    workers, tell : as in `run_project`.

    Returns
    -------
    int
        number of pairs written; percentiles that a pair does not reach are empty.

    Raises
    ------
    InputError
        with every fault of every input at once.
    """
    target = Path(output)
    tell("reading inputs")
    inputs = read_inputs(path)
    faults = output_faults(target.parent)
    if target.suffix.lower() not in (".parquet", ".csv") or target.is_dir():
        faults.append(
            Fault(
                "is not a .parquet or .csv file", str(target), remedy="choose another name with -o"
            )
        )
    _refuse((*inputs.faults, *faults))
    tell("building the network")
    study = _build_study(inputs, workers)
    tell("measuring")
    times = study.travel_times(workers=workers).replace([np.inf], np.nan)
    with replacing(target.parent) as draft:
        if target.suffix.lower() == ".csv":
            times.to_csv(draft / target.name, index=False)
        else:
            times.to_parquet(draft / target.name, index=False)
    return len(times)


def read_inputs(path: str | Path) -> Inputs:
    """Read a project.toml and every file it names, and collect the faults of all of them.

    Parameters
    ----------
    path : the project.toml.

    Raises
    ------
    ProjectError
        only when the file cannot be read as TOML at all; other faults are in the answer.
    """
    settings, faults = read_settings(path)
    sites = _load(faults, load_sites, settings.sites)
    practices = _load(faults, load_practices, settings.practices)
    areas = _load(faults, partial(load_areas, layer=settings.areas_layer), settings.areas)
    streets = _load(faults, load_streets, settings.osm)
    timetable = _load_timetable(faults, settings, streets)
    if streets is not None:
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
        records=tuple(_records(settings, timetable)),
        faults=tuple(faults),
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
            column=id_column,
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
        return read_feed_report(inputs.settings.gtfs) if inputs.settings.gtfs else None
    except InputError:
        return None


def _build_study(inputs: Inputs, workers: int | None = None) -> Study:
    """Join inputs without faults into a study."""
    settings = inputs.settings
    assert inputs.sites is not None
    assert inputs.practices is not None
    assert inputs.streets is not None
    return Study(
        inputs.sites,
        inputs.practices,
        build_network(inputs.streets, inputs.timetable, settings.traveller, workers=workers),
        areas=inputs.areas,
        norm=settings.norm,
        when=settings.when,
        title=settings.name,
        language=settings.language,
        sources=tuple(_source_lines(settings, inputs.records)),
        made_up=settings.made_up,
    )


def _load(faults: list[Fault], load: Callable[[Path], Loaded], path: Path | None) -> Loaded | None:
    """Load one input; its faults join the others."""
    if path is None:
        return None
    try:
        return load(path)
    except InputError as error:
        faults += error.faults
        return None


def _load_timetable(
    faults: list[Fault], settings: Settings, streets: Streets | None
) -> Timetable | None:
    """Load the timetable of the date, if the project has one; stops in the region of the streets are trusted."""
    if not settings.gtfs or settings.when.date is None:
        return None
    near = None
    if streets is not None:
        lon, lat = streets.lon, streets.lat
        near = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    try:
        return load_timetable(settings.gtfs, settings.when.date, near=near)
    except InputError as error:
        faults += error.faults
        return None


def _records(settings: Settings, timetable: Timetable | None) -> Iterator[dict[str, Any]]:
    """Identify every input file; feeds with the period they cover."""
    base = settings.file.absolute().parent
    for what in ("sites", "practices", "areas", "osm"):
        path = getattr(settings, what)
        if path is not None:
            yield input_record(what, path, base)
    for k, path in enumerate(settings.gtfs):
        record = input_record("gtfs", path, base)
        if timetable is not None:
            feed = timetable.feeds.iloc[k]
            record |= {key: str(feed[key]) for key in ("first_date", "last_date")}
            record["active_trips"] = int(feed["active_trips"])
        yield record


def _source_lines(settings: Settings, records: tuple[dict[str, Any], ...]) -> Iterator[str]:
    """Say for each input what it is, in which file, of which date, in the language of the project."""
    words = SOURCE_WORDS[settings.language]
    for record in records:
        what = record["what"]
        if what == "osm" and settings.made_up:
            what = "made_up_osm"
        dates = record["modified"]
        if "first_date" in record:
            dates = f"{record['first_date']} {words['until']} {record['last_date']}"
        yield f"{words[what]}: {Path(record['file']).name} ({dates})"


def _output_folder(settings: Settings, asked: str | Path | None) -> Path:
    """Return the folder asked for, the project's own, or maps/<project name> in the current folder."""
    if asked is not None:
        return Path(asked)
    if settings.output is not None:
        return settings.output
    # the name of a project may hold what no file system takes
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]+', "-", settings.name).strip(" .-")
    return Path("maps") / (name[:80] or "project")


def _refuse(faults: tuple[Fault, ...]) -> None:
    if faults:
        raise ProjectError(faults)


@contextmanager
def _stage(name: str, seconds: dict[str, float], tell: Callable[[str], None]) -> Iterator[None]:
    """Tell that a stage begins, and note how long it took."""
    tell(name)
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds[name] = round(time.perf_counter() - start, 3)
        logger.info("%s took %.3f s", name, seconds[name])
