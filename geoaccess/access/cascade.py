"""The cascade of barriers: of all residents, how many are left after each constraint, in persons."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.access.why import CODES, REASONS

Array = np.ndarray[Any, Any]

#: area_id of the rows of everybody together, and of those outside every area
TOTAL, OUTSIDE = "total", "-"


def cascade(people: pd.DataFrame) -> pd.DataFrame:
    """Count the people that each constraint leaves, by area and in total.

    Parameters
    ----------
    people : reason (one of `geoaccess.access.why.CODES`), persons (float, such as residents x share of the group, NaN
        where unknown) and optionally area_id (None outside every area); one row for each site x group (x alternative).

    Returns
    -------
    DataFrame
        area_id, step (the reasons in their order), persons_remaining and persons_lost, float, never rounded: area by
        area in order of area_id, those outside ("-") after them, everybody ("total") last. What remains after a step
        and what is lost at it are what remained before; before the first step that is all persons. Rows with unknown
        persons count as 0; ``attrs["notes"]`` says how many there are.

    Raises
    ------
    ValueError
        for a reason that is none of the codes.

    Examples
    --------
    >>> people = pd.DataFrame({"reason": ["feasible", "no_way_back"], "persons": [12.5, 7.5]})
    >>> cascade(people).tail(4)[["step", "persons_remaining", "persons_lost"]].values.tolist()[0]
    ['no_way_back', 12.5, 7.5]
    """
    unknown = set(people["reason"]) - set(CODES)
    if unknown:
        raise ValueError(f"unknown reasons: {sorted(map(str, unknown))}")
    persons = people["persons"].to_numpy(float)
    known = ~np.isnan(persons)
    code = pd.Index(CODES).get_indexer(pd.Index(people["reason"]))
    groups: list[tuple[str, Array]] = []
    if "area_id" in people:
        area = people["area_id"].where(people["area_id"].notna(), OUTSIDE).astype(str)
        number, ids = pd.factorize(area, sort=True)
        inside = np.split(
            np.argsort(number, kind="stable"), np.cumsum(np.bincount(number, minlength=len(ids)))
        )
        groups = sorted(zip(ids, inside, strict=False), key=lambda part: part[0] == OUTSIDE)
    groups.append((TOTAL, np.arange(len(people))))
    rows = []
    for area_id, all_of_it in groups:
        those = all_of_it[known[all_of_it]]
        rows += _steps(area_id, code[those], persons[those])
    table = pd.DataFrame(
        rows, columns=["area_id", "step", "persons_remaining", "persons_lost"]
    ).astype({"persons_remaining": float, "persons_lost": float})
    notes = []
    if not known.all():
        missing = int((~known).sum())
        notes.append(f"persons are unknown in {missing} of {len(people)} rows; these count as 0")
    table.attrs["notes"] = notes
    return table


def _steps(area_id: str, code: Array, persons: Array) -> list[tuple[str, str, float, float]]:
    """Rows of one area; every number is an exact sum, rounded once."""
    rows = []
    for k, step in enumerate(REASONS):
        lost = math.fsum(persons[code == k])
        rows.append((area_id, step, math.fsum(persons[code > k]), lost))
    return rows
