"""project.toml as checked settings: files that are there, values that fit together, every fault at once."""

from __future__ import annotations

import difflib
import importlib.resources
import os
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from geoaccess.access.care import CareKind
from geoaccess.access.cells import side_faults
from geoaccess.access.failing import Failing
from geoaccess.access.measured import Measures
from geoaccess.access.norm import Norm, When, misfits
from geoaccess.care_settings import care_of, country_of, measures_of, profile_of
from geoaccess.errors import Fault, InputError, ProjectError
from geoaccess.load.default_groups import Group
from geoaccess.network.driving import Car
from geoaccess.network.traveller import Traveller
from geoaccess.schema import (
    ContrastTable,
    Table,
    VanTable,
    validated,
)

MAX_TOML_BYTES = 1_000_000

Checked = TypeVar("Checked", Traveller, When, Norm, Failing)


@dataclass(frozen=True)
class Settings:
    """A checked project.toml: absolute paths and the values that a study is built from.

    Attributes
    ----------
    file : the project.toml.
    name, language, made_up : of the project.
    output : folder for results as the project asks for it, or None.
    country : whose public holidays count, None for none.
    sites, groups, practices, areas, osm : input files, None where not given (or faulty, see `read_settings`);
        practices is the same as osm where they are to be found in the extract.
    areas_layer : layer of the file of areas, None for its usual one.
    gtfs : timetable files.
    lines : OpenStreetMap extract whose route relations are used as lines, None where they are not.
    lines_asked : are they asked for; if not, they are used where there are any.
    vans : timetables of vans as they stand in the file; their sites and practices are not looked up yet.
    profile : default groups of residents, for sites of which none are known; () for those built in.
    care : kinds of care that are asked for, in their order.
    traveller, when, norm, cell_m, car, measures, failing : as in `Study`.
    """

    file: Path
    name: str
    language: str
    made_up: bool
    output: Path | None
    country: str | None
    sites: Path | None
    groups: Path | None
    practices: Path | None
    areas: Path | None
    areas_layer: str | None
    osm: Path | None
    gtfs: tuple[Path, ...]
    lines: Path | None
    lines_asked: bool
    vans: tuple[VanTable, ...]
    traveller: Traveller
    when: When
    norm: Norm
    cell_m: int | None = None
    car: Car | None = None
    profile: tuple[Group, ...] = ()
    care: tuple[CareKind, ...] = ()
    measures: Measures = field(default_factory=Measures)
    failing: Failing = field(default_factory=Failing)

    @property
    def files(self) -> tuple[Path, ...]:
        """Everything that is read: the project.toml and its inputs."""
        given = (
            self.file,
            self.sites,
            self.groups,
            self.practices,
            self.areas,
            self.osm,
            *self.gtfs,
            self.lines,
        )
        return tuple(path for path in given if path is not None)


def read_settings(file: str | Path) -> tuple[Settings, list[Fault]]:
    """Read a project.toml.

    Parameters
    ----------
    file : path of the project.toml.

    Returns
    -------
    Settings, list of Fault
        What is faulty has its default value in the settings (an input: None), so that the inputs that are named
        well can still be read and checked in the same go.

    Raises
    ------
    ProjectError
        when the file cannot be read as TOML at all.
    """
    path = Path(file)
    document = _read_toml(path)
    faults: list[Fault] = []
    toml = validated(document, path.name, faults)
    base = path.absolute().parent

    def placed(key: str, given: Path | None) -> Path | None:
        """Path of an input beside the project, None with a fault where there is no such file."""
        if given is None:
            return None
        full = base / given.expanduser()
        if os.path.exists(full):  # noqa: PTH110  Path.exists raises for a name too long or a closed folder
            return full
        faults.append(_missing_file(path.name, key, given, full))
        return None

    faults += _required(document, path.name)
    sites, groups, practices, areas, osm = (
        placed(f"inputs.{key}", getattr(toml.inputs, key))
        for key in ("sites", "groups", "practices", "areas", "osm")
    )
    if "practices" not in _table(document, "inputs"):
        practices = osm  # practices that no file lists are looked for in the extract
    gtfs = [placed("inputs.gtfs", feed) for feed in toml.inputs.gtfs]
    asked = toml.inputs.lines
    lines = placed("inputs.lines", asked) if isinstance(asked, Path) else None
    if asked is True or (asked is None and not gtfs and not _is_graph(osm)):
        lines = osm
    dateless = toml.when.date is None and "date" not in _table(document, "when")
    if dateless and (gtfs or asked or toml.van):
        what = "a timetable needs" if gtfs else "lines and vans need"
        faults.append(
            Fault(
                f"{what} the date to travel on",
                path.name,
                key="when.date",
                remedy="add date = 2026-11-24 (a day that the timetable covers) under [when]",
            )
        )
    if asked is True and _is_graph(osm):
        lines = None
        problem = "a .graphml holds only streets"
        remedy = 'name an OpenStreetMap extract, as lines = "region.osm.pbf"'
        faults.append(Fault(problem, path.name, key="inputs.lines", value="true", remedy=remedy))
    traveller = _built(Traveller, toml.traveller, "traveller", path.name, faults)
    norm = _built(Norm, toml.norm, "norm", path.name, faults)
    # a faulty window must not hide the faults of the timetable on that date
    when = replace(_built(When, toml.when, "when", path.name, faults), date=toml.when.date)
    faults += [
        replace(fault, file=path.name) for fault in misfits(norm, when, traveller.max_minutes)
    ]
    cell_m = toml.surface.cell_m
    if cell_m is not None and (wrong := side_faults(cell_m)):
        faults += [replace(fault, file=path.name) for fault in wrong]
        cell_m = None
    settings = Settings(
        file=path,
        name=toml.project.name or path.absolute().parent.name,
        language=toml.project.language,
        made_up=toml.project.made_up,
        output=base / toml.project.output.expanduser() if toml.project.output else None,
        country=country_of(toml.project.country, path.name, faults),
        sites=sites,
        groups=groups,
        practices=practices,
        areas=areas,
        areas_layer=toml.inputs.areas_layer,
        osm=osm,
        gtfs=tuple(feed for feed in gtfs if feed is not None),
        lines=lines,
        lines_asked=bool(asked),
        vans=toml.van,
        traveller=traveller,
        when=when,
        norm=norm,
        cell_m=cell_m,
        car=_car(toml.contrast, osm, path.name, faults),
        profile=profile_of(toml.groups, path.name, faults),
        care=care_of(toml.care, path.name, traveller.max_minutes, faults),
        measures=measures_of(toml.measures, path.name, faults),
        failing=_built(Failing, toml.failing, "failing", path.name, faults),
    )
    return settings, faults


def _car(table: ContrastTable, osm: Path | None, file: str, faults: list[Fault]) -> Car | None:
    """Return the car to compare with, None where the contrast is not asked for."""
    try:
        car = Car(speed_factor=table.speed_factor, parking_min=table.parking_min)
    except InputError as error:
        faults += [replace(fault, file=file) for fault in error.faults]
        return None
    if table.car and _is_graph(osm):
        problem = "a .graphml lacks what times by car are reckoned from"
        remedy = "name an OpenStreetMap extract as osm, or leave this out"
        faults.append(Fault(problem, file, key="contrast.car", value="true", remedy=remedy))
        return None
    return car if table.car else None


def _read_toml(path: Path) -> dict[str, Any]:
    """Parse the file; whatever is wrong with it as a file is a ProjectError."""
    try:
        if path.stat().st_size > MAX_TOML_BYTES:
            raise ProjectError(Fault("is far too large for a project.toml", path.name))
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ProjectError(
            Fault(
                "there is no such file",
                str(path),
                remedy="check the path; `geoaccess init DIR` writes a project.toml to fill in",
            )
        ) from error
    except OSError as error:
        raise ProjectError(
            Fault(
                f"cannot be read ({error.strerror})",
                str(path),
                remedy="name the project.toml itself, not its folder, and check that you may read it",
            )
        ) from error
    except UnicodeDecodeError as error:
        raise ProjectError(
            Fault("is not UTF-8 text", path.name, remedy="save it with encoding UTF-8")
        ) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        raise ProjectError(
            Fault(
                f"is not valid TOML: {error}",
                path.name,
                # without a line it says "(at end of document)"
                row=int(place[1]) if place else text.rstrip().count("\n") + 1,
                remedy="write text in double quotes, dates as 2026-11-24, folders with / (also on Windows)",
            )
        ) from error
    except RecursionError as error:
        raise ProjectError(Fault("is nested too deeply", path.name)) from error


def _required(document: dict[str, Any], file: str) -> list[Fault]:
    """Faults for inputs without which there is nothing to measure."""
    given = _table(document, "inputs")
    needed = {"sites": 'sites = "sites.csv"', "osm": 'osm = "region.osm.pbf"'}
    if str(given.get("osm", "")).lower().endswith(".graphml"):
        needed["practices"] = 'practices = "practices.csv" (a .graphml holds only streets)'
    return [
        Fault("is missing", file, key=f"inputs.{key}", remedy=f"add {example} under [inputs]")
        for key, example in needed.items()
        if key not in given
    ]


def _is_graph(path: Path | None) -> bool:
    return path is not None and path.suffix.lower() == ".graphml"


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _missing_file(file: str, key: str, given: Path, full: Path) -> Fault:
    """Fault of an input that is not there, with the most similar name that is."""
    try:
        neighbours = [path.name for path in full.parent.iterdir()]
    except OSError:
        neighbours = []
    near = difflib.get_close_matches(full.name, neighbours, n=1)
    remedy = f"did you mean '{near[0]}'?" if near else "paths are relative to the project.toml"
    return Fault("there is no such file", file, key=key, value=str(given), remedy=remedy)


def _built(kind: type[Checked], table: Table, name: str, file: str, faults: list[Fault]) -> Checked:
    """Make the value object of a table; its own faults join the others and its defaults stand in."""
    try:
        return kind(**table.model_dump())
    except InputError as error:
        faults += [replace(fault, file=file, key=fault.key or name) for fault in error.faults]
        return kind()


INIT_FILE = "project.toml"


def write_template(folder: str | Path) -> Path:
    """Write a commented project.toml to fill in.

    Parameters
    ----------
    folder : where to put it; made if absent.

    Returns
    -------
    Path
        of the file written.

    Raises
    ------
    ProjectError
        when there is a project.toml already: it is never overwritten.
    """
    target = Path(folder) / INIT_FILE
    text = importlib.resources.files("geoaccess").joinpath("template.toml").read_text("utf-8")
    try:
        if target.exists():
            remedy = "choose another folder"
            raise ProjectError(
                Fault("exists already and is left as it is", str(target), remedy=remedy)
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ProjectError(Fault(f"cannot be written ({error.strerror})", str(target))) from error
    return target
