"""Headers: which column of a file holds what, in Dutch or English, whatever the case, accents and underscores."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from geoaccess.errors import Fault
from geoaccess.load.cells import fold
from geoaccess.load.figures import parse_number
from geoaccess.load.phrases import counted, quoted

#: accepted headers of each column with commas between, the preferred one first
Accepted = Mapping[str, str]


def match_headers(headers: Sequence[str], accepted: Accepted) -> dict[str, str]:
    """Find the header of each column.

    Parameters
    ----------
    headers : as they stand in the file.
    accepted : headers accepted for each column; where several are present the first one listed is taken.

    Returns
    -------
    dict
        column to header, for the columns that are present.

    Examples
    --------
    >>> match_headers(["ID", "Aantal_Bewoners (2026)"], {"site_id": "site_id, id", "residents": "aantal bewoners"})
    {'site_id': 'ID', 'residents': 'Aantal_Bewoners (2026)'}
    """
    by_word: dict[str, str] = {}
    for header in headers:
        by_word.setdefault(fold(header), header)
    for header in headers:
        by_word.setdefault(fold(re.sub(r"[(\[].*?[)\]]", "", header)), header)
    by_word.pop("", None)
    found: dict[str, str] = {}
    for column, names in accepted.items():
        for name in names.split(","):
            header = by_word.get(fold(name), "")
            if header and header not in found.values():
                found[column] = header
                break
    return found


def alternatives(headers: Sequence[str], found: Mapping[str, str], accepted: Accepted) -> list[str]:
    """Sentences that name the headers which would have served for a column, too, but were not taken."""
    notes: list[str] = []
    for column, header in found.items():
        words = {fold(name) for name in accepted[column].split(",")}
        others = [
            other for other in headers if other not in found.values() and fold(other) in words
        ]
        if others:
            notes.append(f"{column} was read from '{header}', not from {quoted(others)}.")
    return notes


def distinct(headers: Sequence[str]) -> list[str]:
    """Headers with ' [2]' behind the second of the same name, and so on.

    Examples
    --------
    >>> distinct(["id", "x", "id", "id"])
    ['id', 'x', 'id [2]', 'id [3]']
    """
    seen: dict[str, int] = {}
    names: list[str] = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        names.append(header if seen[header] == 1 else f"{header} [{seen[header]}]")
    return names


def repeated(file: str, headers: Sequence[str], used: Iterable[str]) -> list[Fault]:
    """Faults of headers that are used and stand twice in the file (`distinct` has marked the second one)."""
    return [
        Fault(
            "this column name stands more than once in the file",
            file,
            column=header,
            remedy="rename or delete one of them",
        )
        for header in used
        if f"{header} [2]" in headers
    ]


def missing_column(
    file: str,
    column: str,
    what: str,
    headers: Sequence[str],
    accepted: Accepted,
    *,
    placed: bool = True,
) -> Fault:
    """Fault of a required column that is not there: what was found, and what would do.

    A table that is ``placed`` needs coordinates as well.
    """
    named = [header for header in headers if header]
    if named and any(parse_number(header) for header in named):
        place = " and lon, lat (or x, y)" if placed else ""
        return Fault(
            f"no column names: the first row seems to hold data ({quoted(named[:8])})",
            file,
            remedy=f"put a row of column names on top, with at least {column}{place}",
        )
    return Fault(
        f"no column with {what}; the columns found are {quoted(named) or 'none'}",
        file,
        column=column,
        remedy=f"name it {column}, or one of: {accepted[column].partition(', ')[2]}",
    )


def unused(headers: Sequence[str], used: Iterable[str]) -> list[str]:
    """Note that names the columns which are not used (an empty list where all are)."""
    used = set(used)
    left = [header for header in headers if header not in used]
    if not left:
        return []
    return [f"Not used: {counted(len(left), 'column')} ({quoted(left)})."]
