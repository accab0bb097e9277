"""For whom a practice is, where it is not for everybody: the column serves of the practices.

``S1`` is all residents of site S1 and ``S2/kas`` the group kas of site S2; several are written with ';' between.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from geoaccess.errors import Fault
from geoaccess.load.cells import as_text, fold, is_unknown

#: folded words for everybody
EVERYBODY = ("iedereen", "everybody", "everyone", "allen", "alle", "all", "alles")

#: site, and group where it is one group only
Served = tuple[str, str | None]


def serves_text(text: str | None) -> str | None:
    """Tidy a cell: entries with ';' between, None for everybody.

    Examples
    --------
    >>> serves_text(" S1 , S2/kas"), serves_text("iedereen"), serves_text("-")
    ('S1;S2/kas', None, None)
    """
    entries = [part.strip() for part in re.split(r"[;,|\n]", text or "")]
    entries = [part for part in dict.fromkeys(entries) if part and not is_unknown(part)]
    if not entries or any(fold(part) in EVERYBODY for part in entries):
        return None
    return ";".join(entries)


def served(
    text: str | None, groups: Mapping[str, Collection[str]]
) -> tuple[list[Served] | None, list[str]]:
    """Look up for whom a practice is.

    Parameters
    ----------
    text : as from `serves_text`, or None.
    groups : group_ids of each site_id. Ids may hold a '/' themselves.

    Returns
    -------
    list of (site_id, group_id or None for all groups) or None, list of text
        those it is for, None for everybody; and the entries that are no site or group.

    Examples
    --------
    >>> served("S1;S2/kas;S2/x", {"S1": ["kas"], "S2": ["kas"]})
    ([('S1', None), ('S2', 'kas')], ['S2/x'])
    """
    tidy = serves_text(text)
    if tidy is None:
        return None, []
    found: list[Served] = []
    unknown: list[str] = []
    for entry in tidy.split(";"):
        split = [(entry[:at], entry[at + 1 :]) for at, sign in enumerate(entry) if sign == "/"]
        matches: list[Served] = [(entry, None)] if entry in groups else []
        matches += [(site, group) for site, group in split if group in groups.get(site, ())]
        found += matches
        if not matches:
            unknown.append(entry)
    return found, unknown


def serves_faults(
    practices: pd.DataFrame, groups: Mapping[str, Collection[str]]
) -> Iterator[Fault]:
    """Yield a fault for every site or group that a practice serves and that does not exist.

    Parameters
    ----------
    practices : with serves, as from `load_practices`.
    groups : group_ids of each site_id; where a site has none, they are not known, and any may be named.
    """
    if "serves" not in practices.columns:
        return
    rows = practices.attrs.get("rows", ())
    for k, cell in enumerate(practices["serves"].tolist()):
        for entry in served(as_text(cell), groups)[1]:
            site = next((site for site in groups if entry.startswith(f"{site}/")), None)
            if site is None:
                problem = "no such site"
                remedy = "use site_ids, or site_id/group_id, with ';' between; leave it empty for everybody"
            elif groups[site]:
                problem = f"site '{site}' has no such group"
                own = ", ".join(sorted(groups[site]))
                remedy = f"its groups are: {own}; or name the site alone for all of them"
            else:
                continue
            yield Fault(
                problem,
                practices.attrs.get("source"),
                row=rows[k] if len(rows) == len(practices) else None,
                column=practices.attrs.get("headers", {}).get("serves", "serves"),
                value=entry,
                remedy=remedy,
            )
