"""GP practices: a table file, or an OSM extract, to one checked row for each practice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from geoaccess.load.figures import Numbers, numbers
from geoaccess.load.headers import (
    Accepted,
    alternatives,
    match_headers,
    repeated,
    unused,
)
from geoaccess.load.osm import OSM_ENDINGS
from geoaccess.load.osm_practices import read_osm_practices
from geoaccess.load.phrases import counted
from geoaccess.load.places import has_place, places
from geoaccess.load.read import Raw, read_ids, read_table, refuse, to_table
from geoaccess.load.words import STATUS, STOP, join_week, parse_day, parse_languages

GP_CARE = "huisarts"
GP_WORDS = (
    "huisarts",
    "huisartsen",
    "huisartsenpraktijk",
    "huisartspraktijk",
    "gp",
    "generalpractice",
)

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
    "mo": "mo, ma, maandag, monday, mon",
    "tu": "tu, di, dinsdag, tuesday, tue",
    "we": "we, wo, woensdag, wednesday, wed",
    "th": "th, do, donderdag, thursday, thu",
    "fr": "fr, vr, vrijdag, friday, fri",
    "sa": "sa, za, zaterdag, saturday, sat",
    "su": "su, zo, zondag, sunday, sun",
}
WEEK = ("mo", "tu", "we", "th", "fr", "sa", "su")


def load_practices(path: str | Path, *, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read GP practices from a table file (as `load_sites`), or straight from an OSM extract.

    Only an id and a place are required. What is not given stays unknown, except that care is then 'huisarts'.

    Parameters
    ----------
    path : CSV, XLSX, GeoJSON, GeoPackage, Shapefile or Parquet with one row for each practice; or an OSM extract
        (.osm.pbf, .osm, .osm.gz, .osm.bz2), of which `geoaccess.load.osm_practices` tells what is taken.
    crs : coordinate system of the coordinates, for instance 'EPSG:28992'; told from the file and its values by default.

    Returns
    -------
    GeoDataFrame
        practice_id (text), name (text or None), geometry (points, EPSG:4326), care (text), fte and listed_patients
        (float64, NaN unknown), status (open, conditional, closed, unknown), status_date (datetime64, NaT unknown),
        opening_hours (raw text in OSM syntax or None), languages ('pl;ro' or None), interpreter (True, False or None),
        and wheelchair (text or None) where the file has it. Rows are in the order of the file.
        ``attrs['source']`` is the file name, ``attrs['notes']`` what was assumed.

    Raises
    ------
    TableError
        with every fault of the file: row, column, value and remedy.
    """
    path = Path(path)
    if path.name.lower().endswith(OSM_ENDINGS):
        return read_osm_practices(path)
    raw = read_table(path, _fits)
    found = match_headers(raw.headers, PRACTICE_HEADERS)
    faults = list(raw.faults)
    keys = read_ids(raw, found, "practice_id", PRACTICE_HEADERS)
    place = places(raw, crs)
    used = [*found.values(), *place.headers]
    parts = _parts(raw, found)
    faults += [*repeated(raw.file, raw.headers, used), *keys.faults, *place.faults]
    faults += [fault for part in parts.values() for fault in part.faults]
    refuse(faults)

    columns: dict[str, Any] = {
        "practice_id": keys.data,
        "name": parts["name"].data,
        "geometry": place.geometry,
        "care": [_care(text) for text in parts["care"].data],
        "fte": parts["fte"].data,
        "listed_patients": parts["listed_patients"].data,
        "status": [word or "unknown" for word in parts["status"].data],
        "status_date": pd.Series(parts["status_date"].data, dtype="datetime64[s]"),
        "opening_hours": parts["opening_hours"].data,
        "languages": parts["languages"].data,
        "interpreter": parts["interpreter"].data,
    }
    if "wheelchair" in found:
        columns["wheelchair"] = parts["wheelchair"].data
    notes = [*place.notes]
    notes += [note for part in parts.values() if isinstance(part, Numbers) for note in part.notes]
    silent = sum(text is None for text in parts["care"].data)
    notes += _assumed(columns, silent)
    if any(day in found for day in WEEK):
        notes.append(
            "Opening hours were put together from the columns of the week; an empty day counts as closed."
        )
    notes += alternatives(raw.headers, found, PRACTICE_HEADERS)
    return to_table(raw, columns, notes + unused(raw.headers, used), found)


def _fits(headers: Sequence[str]) -> bool:
    return "practice_id" in match_headers(headers, PRACTICE_HEADERS) and has_place(headers)


def _parts(raw: Raw, found: Mapping[str, str]) -> dict[str, Texts | Choices | Numbers]:
    """Values, faults and notes of every column but id and place; what is not in the file is empty."""

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
        "opening_hours": _hours(column("opening_hours"), [column(day) for day in WEEK]),
        "languages": _languages(column("languages")),
        "interpreter": yes_or_no(column("interpreter")),
        "wheelchair": texts(column("wheelchair")),
    }


def _care(text: str | None) -> str:
    if text is None or fold(text) in GP_WORDS:
        return GP_CARE
    return text.casefold()


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


def _hours(said: Column, week: Sequence[Column]) -> Choices:
    """Take opening hours as said in one column, else put together from the seven of the week."""
    whole = texts(said)
    days = [texts(day) for day in week]
    faults = [*whole.faults, *(fault for day in days for fault in day.faults)]
    values: list[str | None] = list(whole.data)
    for k, text in enumerate(values):
        cells = [day.data[k] for day in days]
        if text is not None or all(cell is None or cell in {"?", "onbekend"} for cell in cells):
            values[k] = None if text is not None and is_unknown(text) else text
            continue
        hours = [parse_day(cell or "") for cell in cells]
        remedy = "write hours as 08:00-12:00,13:00-17:00, or gesloten"
        faults += [
            week[day].fault(k, "not opening hours", remedy)
            for day, part in enumerate(hours)
            if part is None
        ]
        values[k] = join_week([part or "" for part in hours])
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
