"""Kinds of care: by which norm each is judged, how long a visit takes, and when it opens if that is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from geoaccess.access.norm import Norm
from geoaccess.access.visit import VisitRules
from geoaccess.errors import Fault, ProjectError
from geoaccess.load.hours import DEFAULT_HOURS, DefaultHours, monday_of, read_hours
from geoaccess.load.practices import GP_CARE

#: contacts of a patient with a Dutch practice of GPs in a year, and where that is from
CONTACTS_A_YEAR = 5.1
CONTACTS_SOURCE = ("2021", "Nivel: contacts with the practice per patient and year")

#: a week without holidays, to see whether hours can be read
_ANY_MONDAY = monday_of(dt.date(2026, 11, 23))


@dataclass(frozen=True)
class CareKind:
    """A kind of care in the basket.

    Attributes
    ----------
    care : its name, as in the column care of the practices.
    norm_minutes : longest trip out that counts; None for the norm of the project.
    consult_min, margin_min : length of a consultation, and minutes between arriving and the earliest start; None for
        those of the project.
    opening_hours : of practices of this kind whose hours are not known, in OpenStreetMap syntax; None for
        `geoaccess.load.hours.DEFAULT_HOURS`.
    source, date : where these are from, and of when that is.
    hours_source : where the opening hours are from; "" for ``source``.

    Raises
    ------
    ProjectError
        that names everything out of range.

    Examples
    --------
    >>> CareKind("apotheek", norm_minutes=20).norm_minutes
    20
    """

    care: str
    norm_minutes: float | None = None
    consult_min: float | None = None
    margin_min: float | None = None
    opening_hours: str | None = None
    source: str = ""
    date: dt.date | None = None
    hours_source: str = ""

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise ProjectError(faults)
        object.__setattr__(self, "care", self.care.strip().casefold())

    def rules(self, norm: Norm) -> VisitRules:
        """Return what a visit takes, by the norm of the project where this kind has none of its own."""
        own = (self.consult_min, self.margin_min, self.norm_minutes)
        project = (
            getattr(norm, "consult_min", VisitRules.consult_min),
            getattr(norm, "reception_margin_min", VisitRules.margin_min),
            norm.max_minutes,
        )
        return VisitRules(*(b if a is None else a for a, b in zip(own, project, strict=True)))

    def default_hours(self) -> DefaultHours:
        """Hours of practices of which none are known."""
        if self.opening_hours is None:
            return DEFAULT_HOURS.get(self.care, DEFAULT_HOURS[GP_CARE])
        return DefaultHours(
            self.opening_hours,
            self.hours_source or self.source or "as given for this project",
            self.date,
        )


def _faults(kind: CareKind) -> Iterator[Fault]:
    if not kind.care.strip():
        yield Fault(
            "must not be empty", key="care.care", remedy='name the kind, such as "apotheek"'
        )
    for name, low, high in (
        ("norm_minutes", 1, 1440),
        ("consult_min", 1, 480),
        ("margin_min", 0, 240),
    ):
        value = getattr(kind, name)
        if value is not None and not low <= value <= high:
            yield Fault(f"must be from {low} to {high}", value=f"{value}", key=f"care.{name}")
    text = kind.opening_hours
    if text is not None and read_hours(text, _ANY_MONDAY) is None:
        yield Fault(
            "are no opening hours that can be read",
            value=text,
            key="care.opening_hours",
            remedy='write them as "Mo-Fr 08:00-17:00; PH off"',
        )


_PROJECT = "assumption: the norm of the project; no norm of its own was found"

#: the kinds of the basket, in its order. What is None is that of the project, which is an assumption.
CARE_KINDS: Mapping[str, CareKind] = MappingProxyType(
    {
        kind.care: kind
        for kind in (
            CareKind(GP_CARE, source="the norm of the project"),
            CareKind(
                "huisartsenpost",
                norm_minutes=30.0,
                source="access norm of Dutch out-of-hours services, 30 minutes for 90% of the inhabitants: "
                "as it is commonly told, by car; not looked up in a source",
            ),
            CareKind("apotheek", source=_PROJECT),
            CareKind("tandarts", source=_PROJECT),
            CareKind("ggz", source=_PROJECT),
            CareKind("verloskundige", source=_PROJECT),
            CareKind("jgz", source=_PROJECT),
            CareKind("straatdokter", source=_PROJECT),
            CareKind("infopunt", source=_PROJECT),
            CareKind(
                "seh",
                opening_hours="24/7",
                source=_PROJECT,
                hours_source="assumption: open day and night",
            ),
        )
    }
)


def kinds_to_judge(care: Sequence[CareKind], given: Sequence[str]) -> tuple[CareKind, ...]:
    """Kinds asked for, and after them every other kind that practices have, in the order of the basket.

    Parameters
    ----------
    care : kinds asked for, in the order wanted.
    given : care of each practice.

    Raises
    ------
    ProjectError
        when a kind is asked for twice.

    Examples
    --------
    >>> [kind.care for kind in kinds_to_judge([CareKind("ggz")], ["podoloog", "seh", "huisarts"])]
    ['ggz', 'huisarts', 'seh', 'podoloog']
    """
    asked = [kind.care for kind in care]
    faults = [
        Fault("this kind of care is given twice", value=name, key="care.care")
        for name in dict.fromkeys(asked)
        if asked.count(name) > 1
    ]
    if faults:
        raise ProjectError(faults)
    others = [name for name in dict.fromkeys(given) if name not in asked]
    order = list(CARE_KINDS)
    others.sort(key=lambda name: order.index(name) if name in order else len(order))
    return (*care, *(CARE_KINDS.get(name, CareKind(name, source=_PROJECT)) for name in others))


def care_of(practices: pd.DataFrame) -> pd.Series:
    """Kind of care of each practice; 'huisarts' where it is not said."""
    if "care" not in practices.columns:
        return pd.Series(GP_CARE, index=practices.index, name="care", dtype=object)
    said = practices["care"].where(practices["care"].notna(), GP_CARE)
    return said.astype(str).str.strip().str.casefold()


def for_everybody(practices: pd.DataFrame, care: str) -> pd.Series:
    """Tell which practices are of a kind of care, and not only for the people of some sites or at their work.

    Parameters
    ----------
    practices : practice_id, and optionally care, serves and at_work; a table without care holds GPs.
    care : the kind.
    """
    every = pd.Series(True, index=practices.index)
    kind = care_of(practices) == care
    serves = practices["serves"].isna() if "serves" in practices else every
    at_work = practices["at_work"].eq(True) if "at_work" in practices else ~every
    return kind & serves & ~at_work
