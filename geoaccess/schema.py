"""The shape of project.toml: its tables, keys and types, and faults in the words of the file."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from geoaccess.access.failing import Failing
from geoaccess.access.measured import Measures
from geoaccess.access.norm import Norm, When
from geoaccess.errors import Fault
from geoaccess.load.default_groups import Group
from geoaccess.load.vans import Van
from geoaccess.network.driving import Car
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


def _as_joined(value: object, between: str = ";") -> object:
    """Accept a list of words where words with ';' between are meant."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return between.join(value)
    return value


def _as_rotation(value: object) -> object:
    """Accept a list of shifts where alternatives with '|' between are meant."""
    return _as_joined(value, " | ")


InputPath = Annotated[Path, BeforeValidator(_as_path)]
Id = Annotated[str | None, BeforeValidator(_as_id)]
#: keys and numbers of tables on the way to a value of the file
Place = tuple[int | str, ...]
Words = Annotated[str, BeforeValidator(_as_joined)]
Date = Annotated[dt.date | None, BeforeValidator(_as_date)]


class Table(BaseModel):
    """A table of project.toml: TOML types as they are, nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ProjectTable(Table):
    """What the project is called and where its results go."""

    name: str = Field(default="", max_length=200)
    language: Literal["nl", "en"] = "nl"
    output: InputPath | None = None
    made_up: bool = False
    country: str = "NL"


class InputsTable(Table):
    """Files, relative to project.toml."""

    sites: InputPath | None = None
    groups: InputPath | None = None
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
    max_walk_total_min: float | None = Traveller.max_walk_total_min


class WhenTable(Table):
    """Day and departures."""

    date: Date = None
    window: Annotated[tuple[str, ...], BeforeValidator(_as_times)] = When.window


class NormTable(Table):
    """The longest acceptable travel time; `geoaccess.access.norm.Norm` says what the keys mean and checks them."""

    max_minutes: float = Norm.max_minutes
    percentile: float = Norm.percentile
    consult_min: float = Norm.consult_min
    reception_margin_min: float = Norm.reception_margin_min
    patients_per_fte: float = Norm.patients_per_fte
    conditional_weight: float = Norm.conditional_weight
    unknown_weight: float | None = Norm.unknown_weight


class GroupTable(Table):
    """One default group of residents; `geoaccess.load.default_groups.Group` says what the keys mean and checks them."""

    group_id: Annotated[str, BeforeValidator(_as_id)] = ""
    share: float = Group.share
    shift: Annotated[str, BeforeValidator(_as_rotation)] = Group.shift
    work_days: Words = Group.work_days
    commute_min: float = Group.commute_min
    languages: Words = Group.languages
    registered_share: float = Group.registered_share
    source: str = Group.source
    date: Date = None


class CareTable(Table):
    """One kind of care; `geoaccess.access.care.CareKind` says what the keys mean and checks them.

    What is None is as usual for this kind of care.
    """

    care: str = ""
    norm_minutes: float | None = None
    consult_min: float | None = None
    reception_margin_min: float | None = None
    opening_hours: str | None = None
    source: str | None = None
    date: Date = None


class MeasuresTable(Table):
    """Catchment measures; `geoaccess.access.measured.Measures` says what there is and checks it."""

    catchment: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = Measures.names
    inhabitants: bool = Measures.inhabitants


class FailingTable(Table):
    """When access fails somewhere; `geoaccess.access.failing.Failing` says what the keys mean and checks them."""

    min_share: float = Failing.min_share
    min_persons: float = Failing.min_persons
    distance_m: float = Failing.distance_m


class SurfaceTable(Table):
    """The access surface; left out, there is none."""

    cell_m: int | None = None


class ContrastTable(Table):
    """Other means of travel, shown for comparison only; `geoaccess.network.driving.Car` checks the values."""

    car: bool = False
    parking_min: float = Car.parking_min
    speed_factor: float = Car.speed_factor


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
    contrast: ContrastTable = ContrastTable()
    measures: MeasuresTable = MeasuresTable()
    failing: FailingTable = FailingTable()
    groups: Annotated[tuple[GroupTable, ...], BeforeValidator(_as_list)] = ()
    care: Annotated[tuple[CareTable, ...], BeforeValidator(_as_list)] = ()
    van: Annotated[tuple[VanTable, ...], BeforeValidator(_as_list)] = ()


def validated(document: dict[str, Any], file: str, faults: list[Fault]) -> ProjectToml:
    """Check keys and types of a parsed project.toml.

    Parameters
    ----------
    document : as tomllib reads it.
    file : name of the file, for faults.
    faults : gets a fault for each key that is unknown or wrong; what is wrong has its default in the answer.
    """
    told = False
    # what is left of a faulty table in a list is of use, unless it lacks what it cannot do without
    for whole_tables in (False, True):
        try:
            return ProjectToml.model_validate(document)
        except ValidationError as errors:
            wrong = errors.errors(include_url=False)
        if not told:
            faults += [_fault_of(error, file) for error in wrong]
        told = True
        document = _without(document, [error["loc"] for error in wrong], whole_tables)
    return ProjectToml.model_validate(document)


def _without(
    document: dict[str, Any], wrong: Sequence[Place], whole_tables: bool
) -> dict[str, Any]:
    """Document without the keys that are wrong; of a list of tables either those keys or the whole tables."""
    rest = {}
    for name, content in document.items():
        places = [place[1:] for place in wrong if place[0] == name]
        if () in places:
            continue
        if not any(isinstance(place[0], int) for place in places):
            keys = {place[0] for place in places}
            rest[name] = (
                {k: value for k, value in content.items() if k not in keys} if keys else content
            )
            continue
        items = content if isinstance(content, list) else [content]
        bad = {place[0] for place in places if whole_tables or len(place) == 1}
        keys_of = {
            k: {place[1] for place in places if place[0] == k}
            for k in range(len(items))
            if k not in bad
        }
        rest[name] = [
            {key: value for key, value in items[k].items() if key not in keys}
            for k, keys in keys_of.items()
        ]
    return rest


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
        line = f"[[{place[0]}]]" if place[0] in _lists() else f"[{key}]"
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
    if place[0] not in _lists():
        return ".".join(map(str, place))
    words = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place]
    return "".join(words).removeprefix(".")


def _lists() -> dict[str, type[Table]]:
    """Tables of which a project.toml may have several, by name."""
    return {"groups": GroupTable, "care": CareTable, "van": VanTable}


def _known_keys() -> dict[str, list[str]]:
    """Keys of every table of a project.toml; those of the tables within another by its name."""
    tables = {
        name: type(field.default)
        for name, field in ProjectToml.model_fields.items()
        if isinstance(field.default, Table)
    }
    tables |= _lists() | {"stops": VanStopTable}
    return {name: list(table.model_fields) for name, table in tables.items()}


def _suggestion(place: tuple[str, ...]) -> str:
    """Name the nearest known key, the table in which the key is known, or all known keys."""
    known = _known_keys()
    key = place[-1]
    at_top = len(place) == 1
    here = list(ProjectToml.model_fields) if at_top else known[place[-2]]
    lists = _lists()
    homes = [table for table, keys in known.items() if key in keys and table != "stops"]
    home = ""
    if homes and place[0] not in lists:
        home = f"[[{homes[0]}]]" if homes[0] in lists else f"[{homes[0]}]"
        home = f"'{key}' belongs under {home}"
    near = difflib.get_close_matches(key.lower(), here, n=1)
    near = near or [name for name in here if len(key) > 3 and key.lower() in name]
    if near:
        return f"did you mean '{near[0]}'?" + (f" ({home})" if home else "")
    if home:
        return home
    names = (f"[[{name}]]" if name in lists else f"[{name}]" for name in here) if at_top else here
    return f"remove it; known here are: {', '.join(names)}"
