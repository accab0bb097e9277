"""Default groups of residents: checked profiles for sites of which no groups are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoaccess.errors import Fault, ProjectError
from geoaccess.load.cells import fold
from geoaccess.load.phrases import counted, listed
from geoaccess.load.shifts import NO_WORK, days_text, parse_days, parse_shift, shift_text
from geoaccess.load.words import parse_languages
from geoaccess.tables import add_note, require_columns
from geoaccess.tables import notes as notes_of

GROUP_COLUMNS = (
    "site_id",
    "group_id",
    "share",
    "shift",
    "work_days",
    "commute_min",
    "languages",
    "registered_share",
)

LONGEST_COMMUTE_MIN = 240
#: shares of the groups of a site may be rounded: they must add up to 1 to within this much
SHARE_SLACK = 0.02

DAYS_PROBLEM = "is not weekdays such as 'Mo-Sa' or 'ma-za'"
LANGUAGES_PROBLEM = "is not languages known here, such as 'pl;ro'"
COMMUTE_PROBLEM = f"must be from 0 to {LONGEST_COMMUTE_MIN} minutes"


@dataclass(frozen=True)
class Group:
    """A default group of residents, for sites of which none are known.

    Attributes
    ----------
    group_id : name of the group.
    share : of the residents of a site, above 0 to 1; those of all default groups add up to 1.
    shift : times of work, as `geoaccess.load.shifts` tells ("06:00-15:00", "06:00-14:00 | 14:00-22:00").
    work_days : weekdays of work: "Mo-Sa", or Dutch ("ma-za").
    commute_min : minutes from home to work, and as many back.
    languages : spoken, as codes or names ("pl;ro"); "" where not known.
    registered_share : share that is registered with a GP, 0 to 1.
    source, date : where the profile is from, which the report says, and of when that is.

    Raises
    ------
    ProjectError
        with everything that is wrong, by its key.

    Examples
    --------
    >>> Group("kas", shift="6-15", work_days="ma-za", commute_min=30, languages="Pools").shift
    '06:00-15:00'
    """

    group_id: str
    share: float = 1.0
    shift: str = "06:00-21:00"
    work_days: str = "Mo-Sa"
    commute_min: float = 0.0
    languages: str = ""
    registered_share: float = 0.67
    source: str = "project.toml"
    date: dt.date | None = None

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise ProjectError(faults)
        days = days_of(self.work_days) or ()
        tidy = {
            "group_id": self.group_id.strip(),
            "work_days": days_text(days),
            "shift": shift_text(parse_shift(self.shift, days)),
            "languages": parse_languages(self.languages) or "",
        }
        for key, value in tidy.items():
            object.__setattr__(self, key, value)


def days_of(text: str) -> tuple[int, ...] | None:
    """Weekdays of work (Monday is 0), () for no work, or None where they cannot be read.

    Examples
    --------
    >>> days_of("ma-wo"), days_of("geen"), days_of("soms")
    ((0, 1, 2), (), None)
    """
    return () if fold(text) in NO_WORK else parse_days(text) or None


def _faults(group: Group) -> Iterator[Fault]:
    days = days_of(group.work_days)
    shift_problem = None
    try:
        parse_shift(group.shift, days or ())
    except ValueError as error:
        shift_problem = str(error)
    spoken = not group.languages.strip() or parse_languages(group.languages)
    checks: tuple[tuple[str, str | None], ...] = (
        ("group_id", None if group.group_id.strip() else "must not be empty"),
        ("share", None if 0 < group.share <= 1 else "must be above 0 and at most 1"),
        ("work_days", DAYS_PROBLEM if days is None else None),
        ("shift", shift_problem),
        ("commute_min", None if 0 <= group.commute_min <= LONGEST_COMMUTE_MIN else COMMUTE_PROBLEM),
        ("languages", None if spoken else LANGUAGES_PROBLEM),
        ("registered_share", None if 0 <= group.registered_share <= 1 else "must be from 0 to 1"),
    )
    for key, problem in checks:
        if problem:
            value = str(getattr(group, key))
            yield Fault(problem, value=value, key=f"groups.{key}", remedy=_REMEDIES[key])


_REMEDIES = {
    "group_id": "give it a name",
    "share": "write 60% as 0.6",
    "work_days": 'write them as "Mo-Sa", or "off" for no work',
    "shift": 'write it as "06:00-15:00", "22:00-06:00", "06:00-14:00 | 14:00-22:00" or "off"',
    "commute_min": "give the minutes from home to work, one way",
    "languages": "use names or ISO codes with ';' between: \"pl;ro\"; leave it out where they are not known",
    "registered_share": "write 60% as 0.6",
}


#: for a project without default groups. Working 06:00-21:00 on six days is the example that the source gives of the
#: time barrier; it does not say whether that includes the way to work, and the mildest reading is that it does.
#: The source finds 33% not registered with a GP, and says that this is too low. Languages are left unknown: 73% of the
#: migrants from Central and Eastern Europe are Polish, but a site is not the nation.
BUILT_IN = Group(
    "standaard",
    source="Pharos, Gezondheid van arbeidsmigranten: long days, six days a week, such as 06:00-21:00; "
    "33% not registered with a GP",
    date=dt.date(2022, 4, 11),
)


def default_groups(site_ids: Sequence[str], groups: Sequence[Group] = ()) -> pd.DataFrame:
    """Give every site the default groups of the project, or `BUILT_IN` where there are none.

    Parameters
    ----------
    site_ids : sites without groups of their own.
    groups : default groups; their shares add up to 1 (to within 0.02, then they are scaled).

    Returns
    -------
    DataFrame
        as `load_groups`; a note says that the groups are assumed, with their source.

    Raises
    ------
    ProjectError
        when the shares do not add up to 1, or two groups have the same name.

    Examples
    --------
    >>> default_groups(["S1"])[["site_id", "group_id", "shift", "work_days"]].values.tolist()
    [['S1', 'standaard', '06:00-21:00', 'Mo-Sa']]
    """
    profile = tuple(groups) or (BUILT_IN,)
    total = sum(group.share for group in profile)
    names = [group.group_id for group in profile]
    faults: list[Fault] = []
    if abs(total - 1) > SHARE_SLACK:
        problem = f"the shares of the default groups add up to {total:g}"
        faults.append(Fault(problem, key="groups.share", remedy="make them add up to 1"))
    faults += [
        Fault("two default groups have this name", value=name, key="groups.group_id")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if faults:
        raise ProjectError(faults)
    rows = [
        (
            site_id,
            group.group_id,
            group.share / total,
            group.shift,
            group.work_days,
            float(group.commute_min),
            group.languages or None,
            float(group.registered_share),
        )
        for site_id in site_ids
        for group in profile
    ]
    table = pd.DataFrame(rows, columns=list(GROUP_COLUMNS))
    words = ("site_id", "group_id", "shift", "work_days", "languages")
    table = table.astype(dict.fromkeys(words, object))
    table = table.astype(dict.fromkeys(("share", "commute_min", "registered_share"), float))
    if len(table):
        said = "; ".join(_described(group) for group in profile)
        add_note(table, f"Groups of {counted(len(site_ids), 'site')} are assumed: {said}.")
    return table


def complete_groups(
    groups: pd.DataFrame | None, sites: pd.DataFrame, defaults: Sequence[Group] = ()
) -> pd.DataFrame:
    """Add the default groups for sites that a table of groups does not name.

    Parameters
    ----------
    groups : as `load_groups`, or None; groups of other sites are left out.
    sites : table with site_id.
    defaults : as in `default_groups`.

    Returns
    -------
    DataFrame
        as `load_groups` with a column assumed (bool); in the order of ``sites``.
    """
    require_columns(sites, ("site_id",), "sites")
    if groups is not None:
        require_columns(groups, GROUP_COLUMNS, "groups")
    order = {site_id: k for k, site_id in enumerate(sites["site_id"].tolist())}
    own = default_groups([], defaults) if groups is None else groups[list(GROUP_COLUMNS)]
    here = own["site_id"].isin(order)
    strange = [str(site_id) for site_id in own["site_id"][~here].unique()]
    own = own[here]
    bare = [site_id for site_id in order if site_id not in set(own["site_id"])]
    assumed = default_groups(bare, defaults)
    parts = [own.assign(assumed=False), assumed.assign(assumed=True)]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    place = table["site_id"].map(order).to_numpy()
    table = table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
    table.attrs = {}
    for note in [*(notes_of(groups) if groups is not None else []), *notes_of(assumed)]:
        add_note(table, note)
    if strange:
        add_note(
            table, f"Groups of {counted(len(strange), 'other site')} left out: {listed(strange)}."
        )
    return table


def _described(group: Group) -> str:
    """Profile of a default group in one clause."""
    spoken = group.languages or "unknown"
    return (
        f"'{group.group_id}' ({100 * group.share:g}% of the residents) works {group.shift} on {group.work_days}, "
        f"{group.commute_min:g} minutes from home, languages {spoken}, {100 * group.registered_share:g}% registered "
        f"with a GP (source: {sourced(group)})"
    )


def sourced(group: Group) -> str:
    """Source of a profile, with its date."""
    return group.source if group.date is None else f"{group.source}, {group.date}"
