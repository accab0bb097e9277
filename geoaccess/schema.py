"""The shape of project.toml: its tables, keys and types, and faults in the words of the file."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from geoaccess.access.norm import Norm, When
from geoaccess.errors import Fault
from geoaccess.load.vans import Van
from geoaccess.network.traveller import Traveller


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


def _as_lines(value: object) -> object:
    """Accept true, false or the name of a file."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip():
        return Path(value)
    raise ValueError("must be true, false, or the name of an OpenStreetMap extract, as text")


def _as_id(value: object) -> object:
    """Accept ids that look like numbers without quotes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _as_clocks(value: object) -> object:
    """Accept one time or several, as text or as TOML times."""
    items = value if isinstance(value, list) else [value]
    return tuple(f"{item:%H:%M}" if isinstance(item, dt.time) else item for item in items)


InputPath = Annotated[Path, BeforeValidator(_as_path)]
Id = Annotated[str | None, BeforeValidator(_as_id)]


class Table(BaseModel):
    """A table of project.toml: TOML types as they are, nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ProjectTable(Table):
    """What the project is called and where its results go."""

    name: str = Field(default="", max_length=200)
    language: Literal["nl", "en"] = "nl"
    output: InputPath | None = None
    made_up: bool = False


class InputsTable(Table):
    """Files, relative to project.toml."""

    sites: InputPath | None = None
    practices: InputPath | None = None
    areas: InputPath | None = None
    areas_layer: str | None = None
    osm: InputPath | None = None
    gtfs: Annotated[tuple[InputPath, ...], BeforeValidator(_as_list)] = ()
    lines: Annotated[bool | Path | None, BeforeValidator(_as_lines)] = None


class TravellerTable(Table):
    """Speeds and limits; `geoaccess.network.traveller.Traveller` says what they mean and checks them."""

    walk_kmh: float = Traveller.walk_kmh
    max_walk_min: float = Traveller.max_walk_min
    cycle: bool = Traveller.cycle
    cycle_kmh: float = Traveller.cycle_kmh
    max_cycle_min: float = Traveller.max_cycle_min
    max_rides: int | None = Traveller.max_rides
    min_transfer_s: int = Traveller.min_transfer_s
    max_minutes: float = Traveller.max_minutes


class WhenTable(Table):
    """Day and departures."""

    date: Annotated[dt.date | None, BeforeValidator(_as_date)] = None
    window: Annotated[tuple[str, ...], BeforeValidator(_as_times)] = When.window


class NormTable(Table):
    """The longest acceptable travel time."""

    max_minutes: float = Norm.max_minutes
    percentile: float = Norm.percentile


class SurfaceTable(Table):
    """The access surface; left out, there is none."""

    cell_m: int | None = None


class VanStopTable(Table):
    """One stop of a van: at a site, at a practice, or at a place."""

    minutes: float
    site_id: Id = None
    practice_id: Id = None
    lat: float | None = None
    lon: float | None = None
    name: str = ""


class VanTable(Table):
    """The timetable of one van; `geoaccess.load.vans.Van` says what it means and checks it."""

    name: str
    departures: Annotated[tuple[str, ...], BeforeValidator(_as_clocks)]
    stops: Annotated[tuple[VanStopTable, ...], BeforeValidator(_as_list)]
    days: str = Van.days


class ProjectToml(Table):
    """The whole file."""

    project: ProjectTable = ProjectTable()
    inputs: InputsTable = InputsTable()
    traveller: TravellerTable = TravellerTable()
    when: WhenTable = WhenTable()
    norm: NormTable = NormTable()
    surface: SurfaceTable = SurfaceTable()
    van: Annotated[tuple[VanTable, ...], BeforeValidator(_as_list)] = ()


def validated(document: dict[str, Any], file: str, faults: list[Fault]) -> ProjectToml:
    """Check keys and types of a parsed project.toml.

    Parameters
    ----------
    document : as tomllib reads it.
    file : name of the file, for faults.
    faults : gets a fault for each key that is unknown or wrong; what is wrong has its default in the answer.
    """
    try:
        return ProjectToml.model_validate(document)
    except ValidationError as errors:
        wrong = errors.errors(include_url=False)
    faults += [_fault_of(error, file) for error in wrong]
    places = {error["loc"][:2] for error in wrong}
    rest = {
        table: _without(content, {place[1] for place in places if place[0] == table})
        for table, content in document.items()
        if (table,) not in places
    }
    return ProjectToml.model_validate(rest)


def _without(content: Any, wrong: set[Any]) -> Any:
    """Content of a table without the keys that are wrong, or of a list of tables without those tables."""
    if isinstance(content, dict) and not any(isinstance(key, int) for key in wrong):
        return {key: value for key, value in content.items() if key not in wrong}
    items = content if isinstance(content, list) else [content]
    return [item for k, item in enumerate(items) if k not in wrong]


def _fault_of(error: ErrorDetails, file: str) -> Fault:
    """Say a pydantic error in the words of a project.toml."""
    place = tuple(str(part) for part in error["loc"] if isinstance(part, str))
    key = _key_words(error["loc"])
    kind = error["type"]
    if kind == "extra_forbidden":
        return Fault("unknown key", file, key=key, remedy=_suggestion(place))
    if kind == "missing":
        return Fault("is missing", file, key=key, remedy=f"add {place[-1]} = ... to it")
    if kind in ("model_type", "model_attributes_type"):
        line = "[[van]]" if place[0] == "van" else f"[{key}]"
        return Fault(f"must be a table: a line {line} with its keys below it", file, key=key)
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


def _key_words(place: Sequence[str | int]) -> str:
    """Key path; tables in a list of them are counted from 1.

    Examples
    --------
    >>> _key_words(("van", 0, "stops", 1, "lat"))
    'van[1].stops[2].lat'
    """
    if place[0] != "van":
        return ".".join(map(str, place))
    words = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place]
    return "".join(words).removeprefix(".")


def _known_keys() -> dict[str, list[str]]:
    """Keys of every table of a project.toml; those of the tables within another by its name."""
    single = {
        name: list(type(field.default).model_fields)
        for name, field in ProjectToml.model_fields.items()
        if isinstance(field.default, Table)
    }
    return single | {"van": list(VanTable.model_fields), "stops": list(VanStopTable.model_fields)}


def _suggestion(place: tuple[str, ...]) -> str:
    """Name the nearest known key, the table in which the key is known, or all known keys."""
    known = _known_keys()
    key = place[-1]
    at_top = len(place) == 1
    here = list(ProjectToml.model_fields) if at_top else known[place[-2]]
    near = difflib.get_close_matches(key.lower(), here, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    homes = [table for table, keys in known.items() if key in keys and table != "stops"]
    if homes:
        return f"'{key}' belongs under [{homes[0]}]"
    listed = ", ".join(f"[{name}]" if at_top else name for name in here)
    return f"remove it; known here are: {listed}"
