"""Places for new patients: how many each practice has, and how far the nearest practice with room is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.access.nearest import nearest
from geoaccess.errors import Fault, ProjectError, TableError, range_faults
from geoaccess.tables import add_note, require_columns

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]

OPEN, CONDITIONAL, CLOSED, UNKNOWN = STATUSES = ("open", "conditional", "closed", "unknown")

#: of 1,145 Dutch practices asked in 2023, the share that took new patients on conditions, and that took none
CONDITIONAL_SHARE, FULL_SHARE = 0.505, 0.183
#: a status older than this is as good as unknown: about 60% of practices had a stop at some time in one year
STALE_DAYS = 365
#: practices named in a note; the rest is counted
NAMED = 5


@dataclass(frozen=True)
class Room:
    """How places for new patients follow from the size, the list and the status of a practice.

    places = max(0, patients_per_fte x fte - listed patients) x weight of the status, where an open practice weighs 1
    and a closed one 0.

    The two other weights are not facts. What is known of 2023 is that, of 1,145 practices asked, 18.3% were full and
    50.5% took patients on conditions, so that 31.2% were open. It is not known how many newcomers meet those
    conditions: ``conditional`` is an assumption halfway none and all of them, and `bounds` gives those two extremes. A
    practice of unknown status is taken to be like the practices asked, so its weight follows:
    0.312 + 0.505 x conditional, which is 0.56 by default and lies between 0.31 and 0.82 whatever the conditions are.

    Attributes
    ----------
    patients_per_fte : patients of a full-time GP; 2095 is the Dutch norm practice of 2018 (it was 2168 in 2013 and 2350
        until 2012, and GPs ask for 1800; no newer norm was found).
    conditional : weight from 0 to 1 of a practice that takes new patients on conditions; an assumption.
    unknown : weight from 0 to 1 of a practice whose status is not known; None for what follows from ``conditional``.

    Raises
    ------
    ProjectError
        that names every value out of range.

    Examples
    --------
    >>> Room()
    Room(patients_per_fte=2095.0, conditional=0.5, unknown=None)
    >>> Room().weights()
    {'open': 1.0, 'conditional': 0.5, 'closed': 0.0, 'unknown': 0.5645}
    """

    patients_per_fte: float = 2095.0
    conditional: float = 0.5
    unknown: float | None = None

    def __post_init__(self) -> None:
        limits = [("patients_per_fte", 1.0, 10_000.0), ("conditional", 0.0, 1.0)]
        if self.unknown is not None:
            limits.append(("unknown", 0.0, 1.0))
        faults = range_faults(
            "room", ((name, float(getattr(self, name)), low, high) for name, low, high in limits)
        )
        if faults:
            raise ProjectError(faults)

    def weights(self) -> dict[str, float]:
        """Weight of each status, by the words of the table of practices."""
        derived = 1.0 - FULL_SHARE - CONDITIONAL_SHARE + CONDITIONAL_SHARE * self.conditional
        unknown = round(derived, 6) if self.unknown is None else self.unknown
        return {OPEN: 1.0, CONDITIONAL: self.conditional, CLOSED: 0.0, UNKNOWN: unknown}

    def bounds(self) -> tuple[Room, Room]:
        """Give the same room when no newcomer meets the conditions, and when all do."""
        return Room(self.patients_per_fte, 0.0, self.unknown), Room(
            self.patients_per_fte, 1.0, self.unknown
        )

    def parameters(self) -> pd.DataFrame:
        """List every parameter with its date and source, a row for each: parameter, value, date, source."""
        survey = "survey of 1,145 practices: 18.3% full, 50.5% on conditions"
        given = "as given for this project"
        weights = self.weights()
        norm = self.patients_per_fte == Room.patients_per_fte
        half = self.conditional == Room.conditional
        follows = "taken to be like the practices of the " + survey
        rows = [
            (
                "patients_per_fte",
                self.patients_per_fte,
                *(("2018", "Dutch norm practice; no newer found") if norm else ("", given)),
            ),
            ("weight of open", 1.0, "", "definition"),
            (
                "weight of conditional",
                self.conditional,
                "",
                "assumption: halfway none and all" if half else given,
            ),
            ("weight of closed", 0.0, "", "definition"),
            (
                "weight of unknown",
                weights[UNKNOWN],
                *(("2023", follows) if self.unknown is None else ("", given)),
            ),
        ]
        return pd.DataFrame(rows, columns=["parameter", "value", "date", "source"])


def places(
    practices: pd.DataFrame, room: Room | None = None, *, on: dt.date | None = None
) -> pd.DataFrame:
    """Count the places for new patients of every practice.

    A closed practice has none. Of any other, places are only known if both its fte and its listed patients are: an
    unknown number is not zero, so it stays NaN, and such practices are counted and named in a note. They take nobody
    in an assignment.

    Parameters
    ----------
    practices : practice_id, fte, listed_patients (persons, NaN unknown) and status (`STATUSES`, empty is unknown), and
        optionally status_date and walk_in (True where people are seen without being registered: no note on those).
    room : norm and weights; `Room` by default.
    on : day for which places are counted; statuses without a date, or more than a year older, are then noted.

    Returns
    -------
    DataFrame
        one row for each practice, in the same order: practice_id, places (float, expected persons, NaN unknown), and
        places_low and places_high for the `Room.bounds`. ``attrs["notes"]`` say what is unknown.

    Raises
    ------
    TableError
        that names every negative number and every word that is no status.

    Examples
    --------
    >>> practices = pd.DataFrame({"practice_id": ["a", "b", "c"], "fte": [2.0, 1.0, None],
    ...     "listed_patients": [4000.0, 1995.0, 1500.0], "status": ["open", "conditional", "unknown"]})
    >>> places(practices)["places"].tolist()
    [190.0, 50.0, nan]
    """
    require_columns(practices, ("practice_id", "fte", "listed_patients", "status"), "practices")
    room = Room() if room is None else room
    fte = practices["fte"].to_numpy(dtype=float, na_value=np.nan)
    listed = practices["listed_patients"].to_numpy(dtype=float, na_value=np.nan)
    given = practices["status"]
    status = given.astype(object).where(given.notna(), UNKNOWN).to_numpy(dtype=object)
    _refuse_wrong(practices, fte, listed, status)

    low, high = room.bounds()
    columns: dict[str, Any] = {"practice_id": practices["practice_id"].to_numpy()}
    for name, how in (("places", room), ("places_low", low), ("places_high", high)):
        weight = np.array([how.weights()[word] for word in status], dtype=float)
        free = np.maximum(0.0, how.patients_per_fte * fte - listed)
        columns[name] = np.where(status == CLOSED, 0.0, free * weight)
    table = pd.DataFrame(columns)
    unknown = table["places"].isna().to_numpy()
    if "walk_in" in practices.columns:
        # nobody is registered there, so that no places are missed
        unknown = unknown & ~practices["walk_in"].eq(True).to_numpy(dtype=bool, na_value=False)
    if note := _unknown_note(table, unknown):
        add_note(table, note)
    if on is not None and (note := _stale_note(practices, status, on)):
        add_note(table, note)
    return table


def _refuse_wrong(practices: pd.DataFrame, fte: Array, listed: Array, status: Array) -> None:
    faults = [
        Fault("is negative", "practices", int(row), column, f"{values[row]:g}", "give 0 or more")
        for column, values in (("fte", fte), ("listed_patients", listed))
        for row in np.flatnonzero(values < 0)
    ]
    faults += [
        Fault("is no status", "practices", row, "status", str(word), "use " + ", ".join(STATUSES))
        for row, word in enumerate(status.tolist())
        if word not in STATUSES
    ]
    ids = practices["practice_id"]
    faults += [
        Fault("duplicate id", "practices", int(row), "practice_id", str(ids.iloc[row]))
        for row in np.flatnonzero(ids.duplicated().to_numpy())
    ]
    if faults:
        raise TableError(faults)


def _unknown_note(table: pd.DataFrame, unknown: Array) -> str | None:
    ids = table.loc[unknown, "practice_id"].astype(str).tolist()
    if not ids:
        return None
    named = ", ".join(sorted(ids)[:NAMED]) + (", ..." if len(ids) > NAMED else "")
    return (
        f"Places of {len(ids)} of {len(table)} practices are unknown, because fte or listed patients are: {named}. "
        "They are counted neither as full nor as having room."
    )


def _stale_note(practices: pd.DataFrame, status: Array, on: dt.date) -> str | None:
    said = status != UNKNOWN
    stale = said.copy()
    if "status_date" in practices.columns:
        day = pd.to_datetime(practices["status_date"])
        stale &= ~((pd.Timestamp(on) - day).dt.days <= STALE_DAYS).to_numpy()
    if not stale.any():
        return None
    return (
        f"The status of {int(stale.sum())} of {int(said.sum())} practices is undated or over a year old; about 60% of "
        "Dutch practices took no new patients at some time in 2023, and 27% say so on their website."
    )


def nearest_with_room(
    times: pd.DataFrame,
    site_ids: Sequence[str] | pd.Series | pd.Index[Any],
    places: pd.DataFrame,
    *,
    column: str = "minutes_p50",
) -> pd.DataFrame:
    """Find the nearest practice with room of every site.

    Parameters
    ----------
    times : site_id, practice_id and ``column`` in minutes, one row for each reachable pair.
    site_ids : unique ids of all sites, in the order wanted.
    places : practice_id and places, as from `places`; more than zero is room.
    column : the travel times to use.

    Returns
    -------
    DataFrame
        indexed by site_id: room_practice_id (None where none is reached), room_minutes, and possible_minutes, the
        minutes to the nearest practice that has room or whose places are unknown (inf where there is none).

    Raises
    ------
    ValueError
        if ``site_ids`` or practices repeat, or ``times`` holds a site or practice that is not in its table.

    Examples
    --------
    >>> times = pd.DataFrame({"site_id": ["a"] * 3, "practice_id": ["p", "q", "r"], "minutes_p50": [9.0, 12.0, 31.0]})
    >>> free = pd.DataFrame({"practice_id": ["p", "q", "r"], "places": [0.0, None, 20.0]})
    >>> nearest_with_room(times, ["a"], free).to_dict("list")
    {'room_practice_id': ['r'], 'room_minutes': [31.0], 'possible_minutes': [12.0]}
    """
    row = practice_rows(times, places)
    free = places["places"].to_numpy(dtype=float, na_value=np.nan)[row]
    known = nearest(times[free > 0], site_ids, np.inf, column=column, ranks=1)
    possible = nearest(times[(free > 0) | np.isnan(free)], site_ids, np.inf, column=column, ranks=1)
    return pd.DataFrame(
        {
            "room_practice_id": known["practice_id"],
            "room_minutes": known["minutes"],
            "possible_minutes": possible["minutes"],
        }
    )


def practice_rows(times: pd.DataFrame, places: pd.DataFrame) -> Array:
    """Row of ``places`` for each row of ``times``.

    Raises
    ------
    ValueError
        if practices repeat, or ``times`` holds one that is not in the table.
    """
    ids = pd.Index(places["practice_id"])
    if not ids.is_unique:
        raise ValueError("practice ids repeat")
    code, seen = pd.factorize(times["practice_id"])
    row_of_code = ids.get_indexer(pd.Index(seen))
    if (row_of_code < 0).any():
        stray = [str(name) for name in np.asarray(seen)[row_of_code < 0][:NAMED]]
        raise ValueError(f"travel times to practices that are not in the table of places: {stray}")
    rows: Array = row_of_code[code]
    return rows
