"""project.toml as checked settings: every fault with its key path, unknown keys with the nearest known one."""

from __future__ import annotations

import datetime as dt
import difflib
import importlib.resources
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from geoaccess.access.norm import Norm, When, misfits
from geoaccess.errors import Fault, InputError, ProjectError
from geoaccess.network.traveller import Traveller

MAX_TOML_BYTES = 1_000_000

Checked = TypeVar("Checked", Traveller, When, Norm)


def _as_date(value: object) -> object:
    """Accept 2026-11-24 with or without quotes; a bare number is no date, whatever pydantic makes of it."""
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value.strip())
        except ValueError as error:
            raise ValueError("is not a date; write it as 2026-11-24") from error
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise ValueError("is not a date; write it as 2026-11-24")
    return value


def _as_times(value: object) -> object:
    """Accept two times as text or as TOML times."""
    if not isinstance(value, list):
        raise ValueError('must be two times, such as ["08:00", "10:00"]')
    return tuple(f"{item:%H:%M}" if isinstance(item, dt.time) else item for item in value)


def _as_list(value: object) -> object:
    """Accept one value where a list is meant."""
    return tuple(value) if isinstance(value, list) else (value,)


def _as_path(value: object) -> object:
    if isinstance(value, str) and value.strip():
        return Path(value)
    raise ValueError("must be the name of a file, as text")


InputPath = Annotated[Path, BeforeValidator(_as_path)]


class _Table(BaseModel):
    """A table of project.toml: TOML types as they are, nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ProjectTable(_Table):
    """What the project is called and where its results go."""

    name: str = Field(default="", max_length=200)
    language: Literal["nl", "en"] = "nl"
    output: InputPath | None = None
    made_up: bool = False


class InputsTable(_Table):
    """Files, relative to project.toml."""

    sites: InputPath | None = None
    practices: InputPath | None = None
    areas: InputPath | None = None
    areas_layer: str | None = None
    osm: InputPath | None = None
    gtfs: Annotated[tuple[InputPath, ...], BeforeValidator(_as_list)] = ()


class TravellerTable(_Table):
    """Speeds and limits; `geoaccess.network.traveller.Traveller` says what they mean and checks them."""

    walk_kmh: float = Traveller.walk_kmh
    max_walk_min: float = Traveller.max_walk_min
    cycle: bool = Traveller.cycle
    cycle_kmh: float = Traveller.cycle_kmh
    max_rides: int | None = Traveller.max_rides
    min_transfer_s: int = Traveller.min_transfer_s
    max_minutes: float = Traveller.max_minutes


class WhenTable(_Table):
    """Day and departures."""

    date: Annotated[dt.date | None, BeforeValidator(_as_date)] = None
    window: Annotated[tuple[str, ...], BeforeValidator(_as_times)] = When.window


class NormTable(_Table):
    """The longest acceptable travel time."""

    max_minutes: float = Norm.max_minutes
    percentile: float = Norm.percentile


class ProjectToml(_Table):
    """The whole file."""

    project: ProjectTable = ProjectTable()
    inputs: InputsTable = InputsTable()
    traveller: TravellerTable = TravellerTable()
    when: WhenTable = WhenTable()
    norm: NormTable = NormTable()


@dataclass(frozen=True)
class Settings:
    """A checked project.toml: absolute paths and the values that a study is built from.

    Attributes
    ----------
    file : the project.toml.
    name, language, made_up : of the project.
    output : folder for results as the project asks for it, or None.
    sites, practices, areas, osm : input files, None where not given (or faulty, see `read_settings`); practices is
        the same as osm where they are to be found in the extract.
    areas_layer : layer of the file of areas, None for its usual one.
    gtfs : timetable files.
    traveller, when, norm : as in `Study`.
    """

    file: Path
    name: str
    language: str
    made_up: bool
    output: Path | None
    sites: Path | None
    practices: Path | None
    areas: Path | None
    areas_layer: str | None
    osm: Path | None
    gtfs: tuple[Path, ...]
    traveller: Traveller
    when: When
    norm: Norm


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
    toml = _validated(document, path.name, faults)
    base = path.absolute().parent

    def placed(key: str, given: Path | None) -> Path | None:
        """Path of an input beside the project, None with a fault where there is no such file."""
        if given is None:
            return None
        full = base / given.expanduser()
        if full.exists():
            return full
        faults.append(_missing_file(path.name, key, given, full))
        return None

    faults += _required(document, path.name)
    sites, practices, areas, osm = (
        placed(f"inputs.{key}", getattr(toml.inputs, key))
        for key in ("sites", "practices", "areas", "osm")
    )
    if "practices" not in _table(document, "inputs"):
        practices = osm  # practices that no file lists are looked for in the extract
    gtfs = [placed("inputs.gtfs", feed) for feed in toml.inputs.gtfs]
    if gtfs and toml.when.date is None and "date" not in _table(document, "when"):
        faults.append(
            Fault(
                "a timetable needs the date to travel on",
                path.name,
                key="when.date",
                remedy="add date = 2026-11-24 (a day that the timetable covers) under [when]",
            )
        )
    traveller = _built(Traveller, toml.traveller, "traveller", path.name, faults)
    norm = _built(Norm, toml.norm, "norm", path.name, faults)
    when = _built(When, toml.when, "when", path.name, faults)
    faults += [
        replace(fault, file=path.name) for fault in misfits(norm, when, traveller.max_minutes)
    ]
    settings = Settings(
        file=path,
        name=toml.project.name or path.absolute().parent.name,
        language=toml.project.language,
        made_up=toml.project.made_up,
        output=base / toml.project.output.expanduser() if toml.project.output else None,
        sites=sites,
        practices=practices,
        areas=areas,
        areas_layer=toml.inputs.areas_layer,
        osm=osm,
        gtfs=tuple(feed for feed in gtfs if feed is not None),
        traveller=traveller,
        when=when,
        norm=norm,
    )
    return settings, faults


def _read_toml(path: Path) -> dict[str, Any]:
    """Parse the file; whatever is wrong with it as a file is a ProjectError."""
    try:
        if path.stat().st_size > MAX_TOML_BYTES:
            raise ProjectError(Fault("is far too large for a project.toml", path.name))
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
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
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        raise ProjectError(
            Fault(
                f"is not valid TOML: {error}",
                path.name,
                row=int(place[1]) if place else None,
                remedy="text stands in double quotes; write folders with / , also on Windows",
            )
        ) from error
    except RecursionError as error:
        raise ProjectError(Fault("is nested too deeply", path.name)) from error


def _validated(document: dict[str, Any], file: str, faults: list[Fault]) -> ProjectToml:
    """Check keys and types; add a fault for each that is wrong, and give it its default."""
    try:
        return ProjectToml.model_validate(document)
    except ValidationError as errors:
        wrong = errors.errors(include_url=False)
    faults += [_fault_of(error, file) for error in wrong]
    places = {error["loc"][:2] for error in wrong}
    rest = {
        table: {key: value for key, value in content.items() if (table, key) not in places}
        for table, content in document.items()
        if (table,) not in places
    }
    return ProjectToml.model_validate(rest)


def _fault_of(error: ErrorDetails, file: str) -> Fault:
    """Say a pydantic error in the words of a project.toml."""
    place = tuple(map(str, error["loc"]))
    key = ".".join(place)
    kind = error["type"]
    if kind == "extra_forbidden":
        return Fault("unknown key", file, key=key, remedy=_suggestion(place))
    if kind in ("model_type", "model_attributes_type"):
        return Fault(f"must be a table: a line [{key}] with its keys below it", file, key=key)
    plain = {
        "float_type": "must be a number, without quotes",
        "int_type": "must be a whole number, without quotes",
        "bool_type": "must be true or false, without quotes",
        "string_type": "must be text in quotes",
    }
    problem = plain.get(kind, error["msg"])
    if kind == "value_error":
        problem = str(error["ctx"]["error"])
    elif kind == "literal_error":
        problem = f"must be {error['ctx']['expected']}"
    return Fault(problem, file, key=key, value=str(error["input"])[:80])


def _known_keys() -> dict[str, list[str]]:
    """Keys of every table of a project.toml."""
    return {
        name: list(type(field.default).model_fields)
        for name, field in ProjectToml.model_fields.items()
    }


def _suggestion(place: tuple[str, ...]) -> str:
    """Name the nearest known key, the table in which the key is known, or all known keys."""
    known = _known_keys()
    key = place[-1]
    at_top = len(place) == 1
    here = list(known) if at_top else known[place[0]]
    near = difflib.get_close_matches(key.lower(), here, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    homes = [table for table, keys in known.items() if key in keys]
    if homes:
        return f"'{key}' belongs under [{homes[0]}]"
    listed = ", ".join(f"[{name}]" if at_top else name for name in here)
    return f"remove it; known here are: {listed}"


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


def _built(
    kind: type[Checked], table: _Table, name: str, file: str, faults: list[Fault]
) -> Checked:
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
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise ProjectError(
            Fault(
                "exists already and is left as it is", str(target), remedy="choose another folder"
            )
        ) from error
    except OSError as error:
        raise ProjectError(Fault(f"cannot be written ({error.strerror})", str(target))) from error
    return target
