"""Practices of GPs and other care: a table file, or an OSM extract, to one checked row for each practice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.load.cells import (
    Choices,
    Column,
    Texts,
    choices,
    dates,
    fold,
    is_unknown,
    texts,
    yes_or_no,
)
from geoaccess.load.figures import Numbers, fractions, numbers
from geoaccess.load.headers import (
    Accepted,
    alternatives,
    match_headers,
    repeated,
    unused,
)
from geoaccess.load.hours import day_hours, week_text
from geoaccess.load.osm import OSM_ENDINGS
from geoaccess.load.osm_practices import read_osm_practices
from geoaccess.load.phrases import counted, listed
from geoaccess.load.places import has_place, places
from geoaccess.load.read import Raw, read_ids, read_table, refuse, to_table
from geoaccess.load.serves import serves_text
from geoaccess.load.words import (
    CARE,
    STATUS,
    STOP,
    WEEK_HEADERS,
    parse_care,
    parse_languages,
)

GP_CARE = "huisarts"
PRACTICE_HEADERS: Accepted = {
    "practice_id": (
        "practice_id, practiceid, praktijk id, praktijkcode, praktijknummer, agb, agb code, "
        "agb nummer, id, vestigingsnummer, code, nummer, nr, number, key, identificatie, "
        "identifier, volgnummer, osm id, fid, objectid"
    ),
    "name": (
        "name, naam, praktijknaam, practice name, naam praktijk, praktijk, practice, huisarts, "
        "omschrijving, description, titel, title, label"
    ),
    "care": "care, zorg, soort zorg, zorgsoort, zorgvorm, type zorg, zorgtype, care type",
    "fte": "fte, aantal fte, fte huisarts, fte huisartsen, huisartsen fte, gp fte",
    "listed_patients": (
        "listed_patients, ingeschreven patienten, aantal ingeschreven patienten, patienten, "
        "aantal patienten, ingeschrevenen, patients, list size, number of patients, op naam"
    ),
    "status": (
        "status, inschrijfstatus, inschrijving, aanname, aannamestatus, aannamebeleid, "
        "nieuwe patienten, neemt nieuwe patienten aan, neemt patienten aan, "
        "open voor inschrijving, new patients, accepts new patients, accepting, accepting patients"
    ),
    "stop": "patientenstop, inschrijfstop, patient stop",
    "status_date": (
        "status_date, statusdatum, datum status, peildatum, status per, datum, date, bijgewerkt, "
        "updated, checked"
    ),
    "opening_hours": "opening_hours, openingstijden, openingsuren, open uren, openingstijd, hours",
    "languages": "languages, talen, taal, language, gesproken talen, spoken languages",
    "interpreter": "interpreter, tolk, tolkendienst, tolk beschikbaar, interpreters",
    "wheelchair": "wheelchair, rolstoel, rolstoeltoegankelijk, rolstoeltoegankelijkheid",
    "walk_in": (
        "walk_in, inloop, vrije inloop, accepts_unregistered, neemt ongeregistreerden aan, neemt onverzekerden aan, "
        "neemt onverzekerden/ongeregistreerden aan, neemt niet-ingeschrevenen aan, zonder inschrijving"
    ),
    "remote_share": (
        "remote_share, aandeel op afstand, aandeel consulten op afstand, aandeel digitaal, aandeel digitale consulten, "
        "aandeel beeldbellen, share remote"
    ),
    "serves": "serves, voor wie, alleen voor, bestemd voor, bedient, for whom, only for, serves sites",
    "at_work": "at_work, op het werk, op de werkplek, in werktijd, at the workplace",
    **WEEK_HEADERS,
}


def load_practices(
    path: str | Path, *, crs: str | None = None, care: Collection[str] = (GP_CARE,)
) -> gpd.GeoDataFrame:
    """Read practices from a table file (as `load_sites`), or straight from an OSM extract.

    Only an id and a place are required. What is not given stays unknown, except that care is then 'huisarts'. Hours
    that cannot be read are kept as they stand and count as unknown.

    Parameters
    ----------
    path : CSV, XLSX, GeoJSON, GeoPackage, Shapefile or Parquet with one row for each practice; or an OSM extract
        (.osm.pbf, .osm, .osm.gz, .osm.bz2), of which `geoaccess.load.osm_care` tells what is taken.
    crs : coordinate system of the coordinates, for instance 'EPSG:28992'; told from the file and its values by default.
    care : kinds of care to take from an OSM extract; a table tells by its column care.

    Returns
    -------
    GeoDataFrame
        practice_id (text), name (text or None), geometry (points, EPSG:4326), care (text: huisarts, huisartsenpost,
        apotheek, tandarts, ggz, verloskundige, jgz, straatdokter, infopunt or seh, by many words for them, or any other
        word as it stands, in lower case), fte and listed_patients (float64, NaN unknown), status (open, conditional,
        closed, unknown), status_date (datetime64, NaT unknown), opening_hours (raw text in OSM syntax or None; put
        together from columns ma..zo or mo..su where there are these), languages ('pl;ro' or None), interpreter (True,
        False or None);
        walk_in (True, False or None: sees people without registering them), remote_share (float64, 0 to 1, NaN unknown:
        share of the consultations by telephone or video), serves (text or None for everybody: the site_ids it is for,
        or site_id/group_id, with ';' between), at_work (True, False or None: consultations at the workplace, in working
        hours); and wheelchair (text or None) where the file has it. Rows are in the order of the file.
        ``attrs['source']`` is the file name, ``attrs['notes']`` what was assumed.

    Raises
    ------
    TableError
        with every fault of the file: row, column, value and remedy.
    """
    path = Path(path)
    if path.name.lower().endswith(OSM_ENDINGS):
        return read_osm_practices(path, care)
    raw = read_table(path, _fits)
    found = match_headers(raw.headers, PRACTICE_HEADERS)
    faults = list(raw.faults)
    keys = read_ids(raw, found, "practice_id", PRACTICE_HEADERS)
    place = places(raw, crs)
    used = [*found.values(), *place.headers]
    unread: list[str] = []
    parts = _parts(raw, found, unread)
    faults += [*repeated(raw.file, raw.headers, used), *keys.faults, *place.faults]
    faults += [fault for part in parts.values() for fault in part.faults]
    refuse(faults)

    kinds = [None if text is None or is_unknown(text) else text for text in parts["care"].data]
    columns: dict[str, Any] = {
        "practice_id": keys.data,
        "name": parts["name"].data,
        "geometry": place.geometry,
        "care": [GP_CARE if text is None else parse_care(text)[0] for text in kinds],
        "fte": parts["fte"].data,
        "listed_patients": parts["listed_patients"].data,
        "status": [word or "unknown" for word in parts["status"].data],
        "status_date": pd.Series(parts["status_date"].data, dtype="datetime64[s]"),
        "opening_hours": parts["opening_hours"].data,
        "languages": parts["languages"].data,
        "interpreter": parts["interpreter"].data,
        "walk_in": parts["walk_in"].data,
        "remote_share": parts["remote_share"].data,
        "serves": [serves_text(text) for text in parts["serves"].data],
        "at_work": parts["at_work"].data,
    }
    if "wheelchair" in found:
        columns["wheelchair"] = parts["wheelchair"].data
    notes = [*place.notes]
    notes += [note for part in parts.values() if isinstance(part, Numbers) for note in part.notes]
    notes += _assumed(columns, sum(text is None for text in kinds))
    notes += _other_kinds(kinds)
    if any(day in found for day in WEEK_HEADERS):
        notes.append(
            "Opening hours were put together from the columns of the week; an empty day counts as closed."
        )
        notes += unread
    notes += alternatives(raw.headers, found, PRACTICE_HEADERS)
    return to_table(raw, columns, notes + unused(raw.headers, used), found)


def _fits(headers: Sequence[str]) -> bool:
    return "practice_id" in match_headers(headers, PRACTICE_HEADERS) and has_place(headers)


def _parts(
    raw: Raw, found: Mapping[str, str], unread: list[str]
) -> dict[str, Texts | Choices | Numbers]:
    """Values, faults and notes of every column but id and place; what is not in the file is empty.

    ``unread`` gets a note on cells of the week that cannot be read.
    """

    def column(part: str) -> Column:
        if part in found:
            return raw.column(found[part])
        return Column(raw.file, part, raw.rows, [None] * len(raw.cells))

    status = choices(column("status"), STATUS, "open, voorwaardelijk, gesloten or onbekend")
    if "status" not in found and "stop" in found:
        status = choices(column("stop"), STOP, "ja, nee or onbekend")
    return {
        "name": texts(column("name")),
        "care": texts(column("care")),
        "fte": numbers(column("fte"), "measure", "fte"),
        "listed_patients": numbers(column("listed_patients"), "count", "patients"),
        "status": status,
        "status_date": dates(column("status_date")),
        "opening_hours": _hours(
            column("opening_hours"), [column(day) for day in WEEK_HEADERS], unread
        ),
        "languages": _languages(column("languages")),
        "interpreter": yes_or_no(column("interpreter")),
        "walk_in": yes_or_no(column("walk_in")),
        "remote_share": fractions(column("remote_share")),
        "serves": texts(column("serves")),
        "at_work": yes_or_no(column("at_work")),
        "wheelchair": texts(column("wheelchair")),
    }


def _other_kinds(care: Sequence[str | None]) -> list[str]:
    """Sentence on words for care that are not known here."""
    others = Counter(
        name for text in care if text for name, is_known in [parse_care(text)] if not is_known
    )
    if not others:
        return []
    named = listed([f"'{name}' ({number})" for name, number in sorted(others.items())])
    known = ", ".join(dict.fromkeys(CARE.values()))
    return [
        f"Kinds of care not known by name count as kinds of their own: {named}; known are {known}."
    ]


def _languages(column: Column) -> Choices:
    cells = texts(column)
    faults = list(cells.faults)
    values: list[str | None] = [None] * len(cells.data)
    for k, text in enumerate(cells.data):
        if text is None or is_unknown(text):
            continue
        values[k] = parse_languages(text)
        if values[k] is None:
            remedy = "use names or ISO codes with ';' between: pl;ro;nl"
            faults.append(column.fault(k, "not a language known here", remedy))
    return Choices(values, faults)


def _hours(said: Column, week: Sequence[Column], unread: list[str]) -> Choices:
    """Take opening hours as said in one column, else put together from the seven of the week.

    Cells of the week that cannot be read stay in the text as they stand; ``unread`` gets a note that lists them.
    """
    whole = texts(said)
    days = [texts(day) for day in week]
    faults = [*whole.faults, *(fault for day in days for fault in day.faults)]
    values: list[str | None] = [
        None if text is None or is_unknown(text) else text for text in whole.data
    ]
    wrong: list[str] = []
    for k, text in enumerate(values):
        cells = [day.data[k] for day in days]
        if text is not None or all(
            cell is None or fold(cell) in ("", "onbekend") for cell in cells
        ):
            continue
        values[k] = week_text(cells)
        wrong += [
            f"row {said.rows[k]} {column.name} '{cell}'"
            for column, cell in zip(week, cells, strict=True)
            if cell is not None and day_hours(cell) is None
        ]
    if wrong:
        unread.append(
            f"Opening hours that cannot be read were kept as they stand and count as unknown, for the whole week of "
            f"that practice: {listed(wrong)}; write them as 08:00-12:00,13:00-17:00, or gesloten."
        )
    return Choices(values, faults)


def _assumed(columns: Mapping[str, Any], silent: int) -> list[str]:
    """Sentences on what is unknown and on the one thing that is assumed, the kind of care."""
    rows = len(columns["care"])
    notes: list[str] = []
    if silent:
        notes.append(
            f"The kind of care is not given for {silent} of {rows} practices: taken as '{GP_CARE}'."
        )
    unknown = {
        "status": sum(word == "unknown" for word in columns["status"]),
        "fte": int(np.isnan(columns["fte"]).sum()),
        "opening_hours": sum(text is None for text in columns["opening_hours"]),
    }
    missing = [f"{name} of {number}" for name, number in unknown.items() if number]
    if missing:
        notes.append(f"Unknown among {counted(rows, 'practice')}: {', '.join(missing)}.")
    return notes
