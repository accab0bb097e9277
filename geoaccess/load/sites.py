"""Housing sites: a table file to one checked row for each site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from geoaccess.errors import Fault
from geoaccess.load.cells import texts, where
from geoaccess.load.figures import Numbers, numbers
from geoaccess.load.headers import (
    Accepted,
    alternatives,
    match_headers,
    repeated,
    unused,
)
from geoaccess.load.places import has_place, places
from geoaccess.load.read import Raw, read_ids, read_table, refuse, to_table

WORDS = ("name", "kind", "area_id")
BOUNDS = ("residents_low", "residents_high")
COUNTS = {
    "residents": "residents",
    "residents_low": "residents",
    "residents_high": "residents",
    "capacity": "places",
}
SITE_HEADERS: Accepted = {
    "site_id": (
        "site_id, siteid, site code, id, locatie id, locatiecode, locatienummer, locatienr, "
        "woonlocatie id, huisvesting id, vestigingsnummer, code, nummer, nr, number, key, "
        "identificatie, identifier, sleutel, volgnummer, osm id, fid, objectid"
    ),
    "name": (
        "name, naam, site name, locatienaam, naam locatie, woonlocatie, locatie, location, "
        "omschrijving, description, titel, title, label"
    ),
    "residents": (
        "residents, bewoners, inwoners, aantal bewoners, aantal inwoners, bewonersaantal, "
        "inwonertal, number of residents, personen, aantal personen, persons, people, population, "
        "bevolking, arbeidsmigranten, aantal arbeidsmigranten, migrants"
    ),
    "residents_low": (
        "residents_low, residents min, min residents, bewoners laag, bewoners min, min bewoners, "
        "minimum bewoners, bewoners minimaal, inwoners min"
    ),
    "residents_high": (
        "residents_high, residents max, max residents, bewoners hoog, bewoners max, max bewoners, "
        "maximum bewoners, bewoners maximaal, inwoners max"
    ),
    "capacity": (
        "capaciteit, capacity, max capaciteit, maximale capaciteit, bedden, aantal bedden, beds, "
        "number of beds, slaapplaatsen, aantal slaapplaatsen, plaatsen, aantal plaatsen"
    ),
    "kind": (
        "kind, soort, type, soort locatie, type locatie, locatietype, soort huisvesting, type "
        "huisvesting, huisvestingstype, woonvorm, categorie, category"
    ),
    "area_id": (
        "area_id, gebied, gebied id, gebiedscode, gemeentecode, gm code, wijkcode, wk code, "
        "buurtcode, bu code"
    ),
}


def load_sites(path: str | Path, *, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read housing sites from CSV, XLSX, GeoJSON, GeoPackage, Shapefile or Parquet.

    Only an id and a place are required. What is not given stays unknown: residents NaN, name None. A capacity (beds)
    is no number of residents: it becomes ``residents_high``, the most people that can live there.

    Parameters
    ----------
    path : file with one row for each site, with Dutch or English headers.
    crs : coordinate system of the coordinates, for instance 'EPSG:28992'; told from the file and its values by default.

    Returns
    -------
    GeoDataFrame
        site_id (text), name (text or None), geometry (points, EPSG:4326), residents (persons, float64, NaN unknown),
        and where present kind, area_id (text or None), residents_low, residents_high (persons, float64).
        Rows are in the order of the file. ``attrs['source']`` is the file name, ``attrs['notes']`` what was assumed.

    Raises
    ------
    TableError
        with every fault of the file: row, column, value and remedy.
    """
    raw = read_table(path, _fits)
    found = match_headers(raw.headers, SITE_HEADERS)
    faults = list(raw.faults)
    keys = read_ids(raw, found, "site_id", SITE_HEADERS)
    place = places(raw, crs)
    used = [*found.values(), *place.headers]
    faults += repeated(raw.file, raw.headers, used)
    words = {part: texts(raw.column(found[part])) for part in WORDS if part in found}
    people = {
        part: numbers(raw.column(found[part]), "count", unit)
        for part, unit in COUNTS.items()
        if part in found
    }
    faults += [*keys.faults, *place.faults]
    faults += [fault for part in words.values() for fault in part.faults]
    faults += [fault for part in people.values() for fault in part.faults]
    refuse(faults or _crossed_bounds(raw, found, people))

    unknown = np.full(len(raw.cells), np.nan)
    columns: dict[str, Any] = {
        "site_id": keys.data,
        "name": words["name"].data if "name" in words else [None] * len(raw.cells),
        "geometry": place.geometry,
        "residents": people["residents"].data if "residents" in people else unknown,
    }
    columns |= {part: words[part].data for part in ("kind", "area_id") if part in words}
    columns |= {part: people[part].data for part in BOUNDS if part in people}
    if "capacity" in people and "residents_high" not in people:
        columns["residents_high"] = people["capacity"].data
    notes = [*place.notes, *(note for part in people.values() for note in part.notes)]
    notes += _residents_notes(columns, found, people)
    notes += alternatives(raw.headers, found, SITE_HEADERS)
    notes += unused(raw.headers, used)
    return to_table(raw, columns, notes, found)


def _fits(headers: Sequence[str]) -> bool:
    return "site_id" in match_headers(headers, SITE_HEADERS) and has_place(headers)


def _crossed_bounds(
    raw: Raw, found: Mapping[str, str], people: Mapping[str, Numbers]
) -> list[Fault]:
    """Faults of rows whose residents_low, residents and residents_high are not in that order."""
    faults: list[Fault] = []
    order = [part for part in ("residents_low", "residents", "residents_high") if part in people]
    for low, high in combinations(order, 2):
        crossed = people[low].data > people[high].data
        for k in where(crossed):
            problem = f"{low} is more than {high} ({people[high].data[k]:g})"
            faults.append(raw.column(found[low]).fault(k, problem, "mend one of the two"))
    return faults


def _residents_notes(
    columns: Mapping[str, Any], found: Mapping[str, str], people: Mapping[str, Numbers]
) -> list[str]:
    """Sentences on what is known of the number of residents."""
    notes: list[str] = []
    if "capacity" in people:
        used = "residents_high" not in people
        what = (
            "it was kept as residents_high"
            if used
            else "it was left out, as residents_high is given"
        )
        notes.append(f"'{found['capacity']}' is a number of places, not of residents: {what}.")
    unknown = int(np.isnan(columns["residents"]).sum())
    if unknown:
        notes.append(f"Residents are unknown for {unknown} of {len(columns['residents'])} sites.")
    return notes
