"""Resident groups: when people of a site are at work, what they speak, and how many are registered with a GP.

A table of groups has one row for each group of each site. The shares of the groups of a site add up to 1; shifts are
written as `geoaccess.load.shifts` tells. Sites that the table does not name take the default groups of the project
(`[[groups]]`), and without those `BUILT_IN`, which is an assumption that every report must name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from geoaccess.errors import Fault
from geoaccess.load.cells import Column, fold, is_unknown, texts, where
from geoaccess.load.default_groups import (
    BUILT_IN,
    COMMUTE_PROBLEM,
    DAYS_PROBLEM,
    LANGUAGES_PROBLEM,
    LONGEST_COMMUTE_MIN,
    SHARE_SLACK,
    Group,
    days_of,
    sourced,
)
from geoaccess.load.figures import Floats, fractions, numbers
from geoaccess.load.headers import (
    Accepted,
    alternatives,
    match_headers,
    missing_column,
    repeated,
    unused,
)
from geoaccess.load.phrases import counted, listed
from geoaccess.load.read import Raw, read_table, refuse
from geoaccess.load.shifts import NO_WORK, days_text, parse_shift, shift_text
from geoaccess.load.words import parse_languages
from geoaccess.tables import add_note

GROUP_HEADERS: Accepted = {
    "site_id": (
        "site_id, siteid, site, locatie id, locatiecode, locatienummer, woonlocatie id, woonlocatie, huisvesting id, "
        "locatie, id"
    ),
    "group_id": "group_id, groupid, group, groep id, groep, groepscode, groepsnaam, naam groep, naam, name",
    "share": "share, aandeel, fractie, fraction, percentage, procent, percent, deel",
    "persons": (
        "persons, personen, aantal personen, aantal, bewoners, aantal bewoners, residents, people, number, workers, "
        "werknemers, aantal werknemers"
    ),
    "shift": (
        "shift, dienst, werktijden, werktijd, ploeg, ploegendienst, diensten, shifts, rooster, arbeidstijd, "
        "working hours, work hours"
    ),
    "start": "start, begin, begintijd, starttijd, begin werk, van, start time, shift start, from",
    "end": "end, eind, einde, eindtijd, einde werk, tot, end time, shift end, until",
    "work_days": "work_days, werkdagen, dagen, workdays, working days, days",
    "commute_min": (
        "commute_min, reistijd, reistijd werk, woon-werk, woon-werk reistijd, reistijd woon-werk, reisminuten, "
        "commute, commute minutes, minuten naar werk"
    ),
    "languages": "languages, talen, taal, language, gesproken talen, spoken languages",
    "registered_share": (
        "registered_share, ingeschreven, aandeel ingeschreven, ingeschreven huisarts, aandeel met huisarts, "
        "percentage ingeschreven, registered, share registered"
    ),
}

Value = TypeVar("Value")

#: the long days of the source of `BUILT_IN` are 15 hours
LONG_SHIFT_MIN = 15 * 60


def load_groups(
    path: str | Path, sites: pd.DataFrame | None = None, *, default: Group = BUILT_IN
) -> pd.DataFrame:
    """Read resident groups from CSV, XLSX, Parquet or a GIS file, one row for each group of a site.

    Only a site_id is required. A site with one group needs no share; instead of shares, persons may be given. A shift
    may stand in two columns, its start and its end. What is empty of shift, working days, commute and registration is
    taken from ``default``, and a note says how often; languages that are not given stay unknown.

    Parameters
    ----------
    path : file with Dutch or English headers.
    sites : table with site_id; a group of any other site is then a fault.
    default : profile for cells that are empty.

    Returns
    -------
    DataFrame
        site_id, group_id (text), share (of the residents of the site, float64; adds up to 1 in each site), shift,
        work_days (canonical text), commute_min (minutes one way, float64), languages ('pl;ro' or None),
        registered_share (0..1, float64). Rows are in the order of the file. ``attrs['source']`` is the file name,
        ``attrs['notes']`` what was assumed.

    Raises
    ------
    TableError
        with every fault of the file: row, column, value and remedy.
    """
    raw = read_table(path, _fits)
    found = match_headers(raw.headers, GROUP_HEADERS)
    if "share" in found:
        found.pop("persons", None)
    if "shift" in found or not {"start", "end"} <= set(found):
        found = {part: header for part, header in found.items() if part not in ("start", "end")}
    columns = {part: _column(raw, found, part) for part in GROUP_HEADERS}
    faults = [*raw.faults, *repeated(raw.file, raw.headers, found.values())]
    notes: list[str] = []
    site_ids, group_ids = _names(raw, found, columns, sites, faults, notes)
    days = _read(columns["work_days"], _days, faults, NO_WORK)
    own_days = [days_of(default.work_days) or () if cell is None else cell for cell in days]
    shift = columns["shift"] if "start" not in found else _from_to(columns, faults)
    shifts = _read(shift, _shift, faults, NO_WORK, own_days)
    languages = _read(columns["languages"], _languages, faults)
    commute = _commute(columns["commute_min"], faults, notes)
    registered = _fractions(columns["registered_share"], faults, notes)
    share = _shares(found, columns, site_ids, faults, notes)
    refuse(faults)
    notes += _long(shift, shifts, own_days)
    if "persons" in found and sites is not None:
        notes += _other_numbers(columns["persons"], site_ids, sites)

    whole = pd.DataFrame(
        {
            "site_id": pd.Series(site_ids, dtype=object),
            "group_id": pd.Series(group_ids, dtype=object),
            "share": share,
            "shift": pd.Series([cell or default.shift for cell in shifts], dtype=object),
            "work_days": pd.Series([days_text(own) for own in own_days], dtype=object),
            "commute_min": np.where(np.isnan(commute), default.commute_min, commute),
            "languages": pd.Series(languages, dtype=object),
            "registered_share": np.where(
                np.isnan(registered), default.registered_share, registered
            ),
        }
    )
    whole.attrs |= {"source": raw.file, "headers": dict(found), "rows": tuple(raw.rows)}
    empty = {
        "shift": sum(cell is None for cell in shifts),
        "work_days": sum(cell is None for cell in days),
        "commute_min": int(np.isnan(commute).sum()),
        "registered_share": int(np.isnan(registered).sum()),
    }
    notes += _assumed(empty, len(whole), default)
    silent = sum(cell is None for cell in languages)
    if silent:
        notes.append(f"Languages are unknown for {silent} of {counted(len(whole), 'group')}.")
    notes += alternatives(raw.headers, found, GROUP_HEADERS)
    notes += unused(raw.headers, found.values())
    for note in dict.fromkeys([*raw.notes, *notes]):
        add_note(whole, note)
    return whole


def _fits(headers: Sequence[str]) -> bool:
    found = match_headers(headers, GROUP_HEADERS)
    return "site_id" in found and len(found) > 1


def _column(raw: Raw, found: Mapping[str, str], part: str) -> Column:
    """Column of the file, or one of empty cells."""
    if part in found:
        return raw.column(found[part])
    return Column(raw.file, part, raw.rows, [None] * len(raw.cells))


def _names(
    raw: Raw,
    found: Mapping[str, str],
    columns: Mapping[str, Column],
    sites: pd.DataFrame | None,
    faults: list[Fault],
    notes: list[str],
) -> tuple[list[str | None], list[str | None]]:
    """Site and group of every row; groups without a name are numbered in their site."""
    site, group = texts(columns["site_id"]), texts(columns["group_id"])
    faults += [*site.faults, *group.faults]
    if "site_id" not in found:
        faults.append(
            missing_column(raw.file, "site_id", "sites", raw.headers, GROUP_HEADERS, placed=False)
        )
        return site.data, group.data
    known = None if sites is None else set(sites["site_id"])
    first: dict[tuple[str, str], int] = {}
    counts: dict[str, int] = {}
    names: list[str | None] = []
    for k, site_id in enumerate(site.data):
        name = group.data[k]
        if site_id is None:
            faults.append(columns["site_id"].fault(k, "empty id", "name the site of this group"))
            names.append(name)
            continue
        if known is not None and site_id not in known:
            remedy = "use the site_id of the table of sites, or delete the row"
            faults.append(columns["site_id"].fault(k, "no such site", remedy))
        counts[site_id] = counts.get(site_id, 0) + 1
        name = name or str(counts[site_id])
        names.append(name)
        if (site_id, name) in first:
            problem = f"this site has a group of that name, in row {raw.rows[first[site_id, name]]}"
            column = columns["group_id" if "group_id" in found else "site_id"]
            faults.append(column.fault(k, problem, "give every group of a site its own name"))
        first.setdefault((site_id, name), k)
    unnamed = sum(name is None for name in group.data)
    if unnamed:
        notes.append(f"{counted(unnamed, 'group')} without a name got a number in the site.")
    return site.data, names


def _read(
    column: Column,
    parse: Callable[..., tuple[Value | None, str | None]],
    faults: list[Fault],
    meant: Sequence[str] = (),
    context: Sequence[Any] | None = None,
) -> list[Value | None]:
    """Parse the cells, None where empty or unknown; words that are ``meant`` are not unknown."""
    cells = texts(column)
    faults += cells.faults
    values: list[Value | None] = [None] * len(cells.data)
    for k, text in enumerate(cells.data):
        if text is None or (is_unknown(text) and fold(text) not in meant):
            continue
        values[k], problem = parse(text) if context is None else parse(text, context[k])
        if problem:
            faults.append(column.fault(k, problem, "mend it, or leave it empty for the default"))
    return values


def _from_to(columns: Mapping[str, Column], faults: list[Fault]) -> Column:
    """Shifts of a file that gives their start and end in two columns."""
    start, end = columns["start"], columns["end"]
    cells: list[str | None] = []
    for k, pair in enumerate(zip(texts(start).data, texts(end).data, strict=True)):
        first, last = (None if text is None or is_unknown(text) else text for text in pair)
        if (first is None) != (last is None):
            column = start if first is None else end
            remedy = "give both start and end, or neither for the default"
            faults.append(column.fault(k, "half of the shift is missing", remedy))
        cells.append(f"{first}-{last}" if first and last else None)
    return Column(start.file, f"{start.name}-{end.name}", start.rows, cells)


def _long(column: Column, shifts: Sequence[str | None], days: Sequence[Sequence[int]]) -> list[str]:
    """Name shifts that are so long that something else may be meant, such as '6 tot 3' for 06:00-15:00."""
    found = [
        f"row {row} '{text}' as {shift}"
        for row, text, shift, own in zip(column.rows, texts(column).data, shifts, days, strict=True)
        if shift is not None
        and any(
            end - start > LONG_SHIFT_MIN
            for one in parse_shift(shift, own)
            for start, end in one.spans
        )
    ]
    if not found:
        return []
    said = f"Shifts of more than {LONG_SHIFT_MIN // 60} hours, as they were read: {listed(found)}"
    return [f"{said}; if another was meant, write it as 06:00-15:00."]


def _days(text: str) -> tuple[tuple[int, ...] | None, str | None]:
    days = days_of(text)
    return days, DAYS_PROBLEM if days is None else None


def _shift(text: str, days: Sequence[int]) -> tuple[str | None, str | None]:
    try:
        return shift_text(parse_shift(text, days)), None
    except ValueError as error:
        return None, f"the shift {error}; write it as 06:00-15:00"


def _languages(text: str) -> tuple[str | None, str | None]:
    codes = parse_languages(text)
    return codes, None if codes else LANGUAGES_PROBLEM


def _commute(column: Column, faults: list[Fault], notes: list[str]) -> Floats:
    minutes = numbers(column, "measure", "minutes")
    faults += minutes.faults
    notes += minutes.notes
    far = where(minutes.data > LONGEST_COMMUTE_MIN)
    remedy = "give the minutes from home to work, one way"
    faults += [column.fault(k, COMMUTE_PROBLEM, remedy) for k in far]
    return minutes.data


def _fractions(column: Column, faults: list[Fault], notes: list[str]) -> Floats:
    share = fractions(column)
    faults += share.faults
    notes += share.notes
    return share.data


def _shares(
    found: Mapping[str, str],
    columns: Mapping[str, Column],
    site_ids: Sequence[str | None],
    faults: list[Fault],
    notes: list[str],
) -> Floats:
    """Shares that add up to 1 in every site, from shares or persons; a group that is alone has all."""
    part = "persons" if "persons" in found else "share"
    column = columns[part]
    before = len(faults)
    if part == "persons":
        people = numbers(column, "count", "persons")
        faults += people.faults
        notes += [*people.notes, f"Shares were reckoned from '{column.name}' (persons)."]
        values = people.data
    else:
        values = _fractions(column, faults, notes)
    if len(faults) > before or None in site_ids:
        return values
    codes, uniques = pd.factorize(np.array(site_ids, dtype=object))
    alone = np.bincount(codes)[codes] == 1
    values = np.where(np.isnan(values) & alone, 1.0, values)
    for k in where(np.isnan(values)):
        remedy = "give a share to every group of the site"
        faults.append(column.fault(k, "no share, and the site has several groups", remedy))
    totals = np.bincount(codes, weights=values)
    first = np.unique(codes, return_index=True)[1]
    off = totals <= 0 if part == "persons" else np.abs(totals - 1) > SHARE_SLACK
    for site in where(off):
        problem = f"the shares of site '{uniques[site]}' add up to {totals[site]:.4g}, not 1"
        if part == "persons":
            problem = f"site '{uniques[site]}' has no persons in its groups"
        remedy = "mend them, or add a group for the rest of the residents"
        faults.append(column.fault(int(first[site]), problem, remedy))
    rounded = where((np.abs(totals - 1) > 1e-9) & ~off) if part == "share" else []
    if rounded:
        names = listed([str(uniques[site]) for site in rounded])
        notes.append(f"Rounded shares were scaled to add up to 1 in {names}.")
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: Floats = values / totals[codes]
    return shares


def _other_numbers(
    column: Column, site_ids: Sequence[str | None], sites: pd.DataFrame
) -> list[str]:
    """Sentence on sites whose groups have other numbers of people than the site has residents."""
    if "residents" not in sites.columns:
        return []
    people = pd.Series(numbers(column, "count", "persons").data).fillna(0.0)
    total = people.groupby(np.array(site_ids, dtype=object)).sum()
    residents = sites.set_index("site_id")["residents"].reindex(total.index).astype(float)
    other = total.index[(residents.notna() & (residents != total)).to_numpy()]
    if not len(other):
        return []
    pairs = listed([f"{site} {total[site]:g} for {residents[site]:g}" for site in other])
    said = (
        f"The persons in the groups of {counted(len(other), 'site')} do not add up to the residents"
    )
    return [f"{said}; the residents count: {pairs}."]


def _assumed(empty: Mapping[str, int], rows: int, default: Group) -> list[str]:
    """Sentence on the cells that were taken from the default profile."""
    parts = [
        f"{key} of {number} ({getattr(default, key)})" for key, number in empty.items() if number
    ]
    if not parts:
        return []
    return [
        f"Not given among {counted(rows, 'group')} and assumed: {', '.join(parts)}; source: {sourced(default)}."
    ]
