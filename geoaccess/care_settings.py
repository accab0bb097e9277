"""What a project.toml says of people and care, as checked values: groups, kinds of care, measures, holidays.

Every function takes what the file says, the name of the file and a list that gets the faults; what is at fault is left
out or has its default in the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from geoaccess.access.care import CARE_KINDS, CareKind, kinds_to_judge
from geoaccess.access.measured import Measures
from geoaccess.errors import Fault, ProjectError
from geoaccess.load.default_groups import Group, default_groups
from geoaccess.load.hours import check_country
from geoaccess.load.words import parse_care
from geoaccess.schema import CareTable, GroupTable, MeasuresTable


def country_of(said: str, file: str, faults: list[Fault]) -> str | None:
    """Return the country whose holidays count, None where there are to be none."""
    country = said.strip().upper()
    if country in ("", "NONE"):
        return None
    try:
        check_country(country)
    except ProjectError as error:
        remedy = 'give the code of the country, such as "NL", or "" for no holidays'
        faults += [
            replace(fault, file=file, key="project.country", value=said, remedy=remedy)
            for fault in error.faults
        ]
        return None
    return country


def profile_of(tables: tuple[GroupTable, ...], file: str, faults: list[Fault]) -> tuple[Group, ...]:
    """Default groups of the project; those at fault are left out."""
    groups: list[Group] = []
    found: list[Fault] = []
    for k, table in enumerate(tables, start=1):
        given = table.model_dump() | {"group_id": table.group_id.strip() or str(k)}
        try:
            groups.append(Group(**given))
        except ProjectError as error:
            for fault in error.faults:
                key = f"groups[{k}]{(fault.key or '').removeprefix('groups')}"
                found.append(replace(fault, key=key))
    # shares add up only where every one of them could be read
    if not found and not any((fault.key or "").startswith("groups") for fault in faults):
        try:
            default_groups([], groups)
        except ProjectError as error:
            found += error.faults
    faults += [replace(fault, file=file) for fault in found]
    return tuple(groups)


def care_of(
    tables: tuple[CareTable, ...], file: str, max_minutes: float, faults: list[Fault]
) -> tuple[CareKind, ...]:
    """Kinds of care of the project, what they leave out as in `CARE_KINDS`; those at fault are left out.

    No norm may be longer than the longest trip of the traveller, ``max_minutes``.
    """
    kinds: list[CareKind] = []
    known = {fault.key for fault in faults}
    for k, table in enumerate(tables, start=1):
        values: dict[str, Any] = {
            "norm_minutes": table.norm_minutes,
            "consult_min": table.consult_min,
            "margin_min": table.reception_margin_min,
            "opening_hours": table.opening_hours,
        }
        given = {key: value for key, value in values.items() if value is not None}
        if given:  # so that the report does not give the usual source for them
            given |= {"source": file, "date": None}
        if table.opening_hours is not None:
            given["hours_source"] = table.source or file
        about: dict[str, Any] = {"source": table.source, "date": table.date}
        given |= {key: value for key, value in about.items() if value is not None}
        care = parse_care(table.care)[0]
        usual = CARE_KINDS.get(care)
        try:
            kinds.append(replace(usual, **given) if usual else CareKind(care, **given))
        except ProjectError as error:
            for fault in error.faults:
                key = (fault.key or "").replace("care.margin_min", "care.reception_margin_min")
                key = key.replace("care", f"care[{k}]", 1)
                if key not in known:
                    faults.append(replace(fault, file=file, key=key))
        else:
            faults += _too_long(kinds[-1], given, file, f"care[{k}].norm_minutes", max_minutes)
    try:
        kinds_to_judge(kinds, ())
    except ProjectError as error:
        faults += [replace(fault, file=file) for fault in error.faults]
    return tuple(kinds)


def _too_long(
    kind: CareKind, given: Mapping[str, Any], file: str, key: str, max_minutes: float
) -> Iterator[Fault]:
    """Yield a fault where a norm was given that no trip of the traveller can reach."""
    norm = kind.norm_minutes
    if "norm_minutes" in given and norm is not None and norm > max_minutes:
        yield Fault(
            f"is longer than the longest trip searched ({max_minutes:g} minutes)",
            file,
            key=key,
            value=f"{norm:g}",
            remedy="raise max_minutes of the traveller or lower this norm",
        )


def measures_of(table: MeasuresTable, file: str, faults: list[Fault]) -> Measures:
    """Return the catchment measures that are asked for; none where one of them is at fault."""
    try:
        return Measures(table.catchment, table.inhabitants)
    except ProjectError as error:
        faults += [replace(fault, file=file) for fault in error.faults]
        return Measures()
