"""project.toml to results: read every input, build the network, measure, write."""

from __future__ import annotations

import logging
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geoaccess.errors import Fault, ProjectError
from geoaccess.inputs import Inputs, read_inputs, source_lines
from geoaccess.network.driving import Car
from geoaccess.network.network import Network, build_network
from geoaccess.network.week import week_networks, week_of_today, with_notes
from geoaccess.prepared import keep_networks
from geoaccess.present.drafts import RECORD_FILE, output_faults, overwritten_inputs, replacing
from geoaccess.present.outputs import FILES, OPTIONAL_FILES
from geoaccess.record import as_json, run_record
from geoaccess.result import Result
from geoaccess.route.written import folder_faults, write_travel_times
from geoaccess.settings import Settings
from geoaccess.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geoaccess.load.streets import Streets


logger = logging.getLogger(__name__)


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
    cache: bool = True,
    all_visits: bool = False,
    tell: Callable[[str], None] = silent,
) -> Run:
    """Do the whole job: read every input, build the network, measure, write maps, tables and run.json.

    Parameters
    ----------
    path : the project.toml.
    output : folder for the results; None for the project's own, or else maps/<project name> in the current folder.
    workers : threads for routing; None for all processors.
    cache : use networks that were prepared before from the same files and settings, and keep new ones.
    all_visits : write visits.parquet too, with the best visit of each day to every practice.
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
        inputs = read_inputs(path, cache=cache, week=True)
        folder = _output_folder(inputs.settings, output)
        results = [folder / name for name in (*FILES, *OPTIONAL_FILES, RECORD_FILE)]
        faults = output_faults(folder) or overwritten_inputs(results, inputs.settings.files)
        _refuse((*inputs.faults, *faults))
    with _stage("building the network", seconds, tell):
        study = _build_study(inputs, workers, cache=cache)
    with _stage("measuring", seconds, tell):
        result = study.measure(all_visits=all_visits, workers=workers)
    with replacing(folder) as draft:
        with _stage("writing maps and tables", seconds, tell):
            files = [file.name for file in result.write(draft)]
        record = run_record(study, result, inputs.records, seconds, [*files, RECORD_FILE])
        record |= _network_record(inputs)
        (draft / RECORD_FILE).write_text(as_json(record) + "\n", encoding="utf-8")
    return Run(result, folder, record)


def load_project(path: str | Path, *, cache: bool = True, week: bool = True) -> Study:
    """Load the study that a project.toml describes, its networks included.

    Parameters
    ----------
    path : the project.toml.
    cache : as in `run_project`.
    week : prepare the whole week that holds the date, which visits are judged over; off, only the date.

    Raises
    ------
    InputError
        with every fault of every input at once.
    """
    inputs = read_inputs(path, cache=cache, week=week)
    _refuse(inputs.faults)
    return _build_study(inputs, cache=cache)


def write_times(
    path: str | Path,
    output: str | Path,
    *,
    workers: int | None = None,
    cache: bool = True,
    tell: Callable[[str], None] = silent,
) -> int:
    """Write only the travel times of a project.

    Parameters
    ----------
    path : the project.toml.
    output : file to write, .parquet or .csv, replaced when all is done; or a folder (a name without suffix) for a large
        project, written block by block: see `write_travel_times`.
    workers, cache, tell : as in `run_project`.

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
    inputs = read_inputs(path, cache=cache)
    blocks = target.suffix == ""
    faults = output_faults(target if blocks else target.parent)
    faults = faults or overwritten_inputs([target], inputs.settings.files)
    if blocks:
        faults = faults or folder_faults(target)
    elif target.suffix.lower() not in (".parquet", ".csv") or target.is_dir():
        faults.append(
            Fault(
                "is not a .parquet or .csv file", str(target), remedy="choose another name with -o"
            )
        )
    _refuse((*inputs.faults, *faults))
    tell("building the network")
    study = _build_study(inputs, workers, cache=cache)
    if blocks:
        return write_travel_times(
            study.sites,
            study.practices,
            study.network,
            target,
            window=study.when.window,
            percentiles=study.percentiles,
            workers=workers,
            tell=tell,
        ).pairs
    tell("measuring")
    times = study.travel_times(workers=workers).replace([np.inf], np.nan)
    with replacing(target.parent) as draft:
        if target.suffix.lower() == ".csv":
            times.to_csv(draft / target.name, index=False)
        else:
            times.to_parquet(draft / target.name, index=False)
    return len(times)


def _build_study(inputs: Inputs, workers: int | None = None, *, cache: bool) -> Study:
    """Join inputs without faults into a study, with the networks that were asked for."""
    settings = inputs.settings
    assert inputs.sites is not None
    assert inputs.practices is not None
    assert inputs.streets is not None
    week = None
    if inputs.whole_week and settings.when.date is not None:
        week = _build_week(inputs, inputs.streets, workers, cache=cache)
        network = week[settings.when.date.weekday()]
    else:
        network = _build_day(inputs, inputs.streets, workers, cache=cache)
        if inputs.whole_week:
            week = week_of_today(network)
            network = week[0]
    with_lines = len(network.transits) > 1 and settings.lines == settings.osm
    return Study(
        inputs.sites,
        inputs.practices,
        network,
        areas=inputs.areas,
        norm=settings.norm,
        when=settings.when,
        title=settings.name,
        language=settings.language,
        sources=tuple(source_lines(settings, inputs.records, with_lines=with_lines)),
        made_up=settings.made_up,
        cell_m=settings.cell_m,
        roads=inputs.roads,
        car=settings.car or Car(),
        groups=inputs.groups,
        profile=settings.profile,
        care=settings.care,
        measures=settings.measures,
        failing=settings.failing,
        country=settings.country,
        week=week,
    )


def _build_week(
    inputs: Inputs, streets: Streets, workers: int | None, *, cache: bool
) -> tuple[Network, ...]:
    """Networks of the week: from the cache, or new ones that are kept there."""
    settings, week = inputs.settings, inputs.week
    if week is None:
        week = week_networks(
            streets,
            inputs.week_rides,
            settings.traveller,
            lines=inputs.lines,
            vans=inputs.vans,
            date=settings.when.date,
            workers=workers,
        )
        week = with_notes(week, inputs.notes)
        if cache:
            keep_networks(week, settings, inputs.network_key, inputs.vans, week=True)
    return week


def _build_day(inputs: Inputs, streets: Streets, workers: int | None, *, cache: bool) -> Network:
    """Network of the date: from the cache, or a new one that is kept there."""
    settings, network = inputs.settings, inputs.network
    if network is None:
        network = build_network(
            streets,
            inputs.timetable,
            settings.traveller,
            lines=inputs.lines,
            vans=inputs.vans,
            date=settings.when.date,
            workers=workers,
        )
        network = replace(network, notes=(*network.notes, *inputs.notes))
        if cache:
            keep_networks([network], settings, inputs.network_key, inputs.vans)
    return network


def _network_record(inputs: Inputs) -> dict[str, str]:
    """Say where the network came from, and the key that stands for all that it was made from."""
    made = "prepared" if inputs.network is None else "from cache"
    return {"network": made, "network_key": inputs.network_key}


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
