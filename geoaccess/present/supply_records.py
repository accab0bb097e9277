"""Rows of the cascade of barriers, of places, of catchment measures and of where access fails, for files and sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.access.areas import OUTSIDE
from geoaccess.access.cascade import TOTAL
from geoaccess.present.findings import area_names, site_names
from geoaccess.present.reason_text import people_words, reason_label
from geoaccess.present.text import say
from geoaccess.present.visit_records import PERSON_DECIMALS, any_columns, labelled, mapped, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geoaccess.result import Result

Array = np.ndarray[Any, Any]

#: columns that scripts may rely on, in this order
CASCADE_COLUMNS = ("area_id", "care", "step", "persons_remaining", "persons_lost")
CAPACITY_COLUMNS = ("practice_id", "places", "assigned", "full")
UNPLACED_COLUMNS = ("site_id", "persons")


def cascade_records(result: Result) -> pd.DataFrame | None:
    """People left after each constraint, as in cascade.csv: `CASCADE_COLUMNS`, step_text, area_name."""
    table = table_of(result, "cascade")
    if table is None:
        return None
    language, areas = result.context.language, result.areas
    found = any_columns(table, CASCADE_COLUMNS)
    found["persons_lost"] = _lost(table)
    found["step_text"] = mapped(table["step"], lambda code: reason_label(code, language))
    names: dict[Any, str] = {}
    if len(areas):
        names = dict(zip(areas["area_id"], area_names(areas, language), strict=True))
    names |= {TOTAL: people_words("all", language), OUTSIDE: say(language, "outside_areas")}
    found["area_name"] = mapped(table["area_id"], names.get)
    return labelled(found, len(table), result.context)


def _lost(table: pd.DataFrame) -> Array:
    """People lost at each step as the rounded people left tell it, so that they add up as they are written."""
    left = np.round(table["persons_remaining"].to_numpy(float), PERSON_DECIMALS)
    first = ~table.duplicated(["area_id", "care"]).to_numpy()
    before = np.r_[0.0, left[:-1]]
    everybody = np.round(
        (table["persons_remaining"] + table["persons_lost"]).to_numpy(float), PERSON_DECIMALS
    )
    lost: Array = np.round(np.where(first, everybody, before) - left, PERSON_DECIMALS) + 0.0
    return lost


def capacity_records(result: Result, names: Mapping[Any, str]) -> pd.DataFrame | None:
    """Places of every practice, as in capacity.csv: `CAPACITY_COLUMNS` and more."""
    table = table_of(result, "capacity")
    if table is None:
        return None
    found = any_columns(table, CAPACITY_COLUMNS)
    # true, false or unknown
    found["full"] = table["full"].astype("boolean").array
    found["practice_name"] = mapped(table["practice_id"], names.get)
    return labelled(found, len(table), result.context)


def unplaced_records(result: Result) -> pd.DataFrame | None:
    """People without a place, as in unplaced.csv: `UNPLACED_COLUMNS` and the name of the site."""
    table = table_of(result, "unplaced")
    if table is None:
        return None
    found = any_columns(table, UNPLACED_COLUMNS)
    found["site_name"] = mapped(table["site_id"], _names_of_sites(result).get)
    return labelled(found, len(table), result.context)


def assignment_records(result: Result, names: Mapping[Any, str]) -> pd.DataFrame | None:
    """Who gets a place where: site_id, practice_id, persons, minutes and names."""
    table = table_of(result, "assignment")
    if table is None:
        return None
    found = any_columns(table)
    found["site_name"] = mapped(table["site_id"], _names_of_sites(result).get)
    found["practice_name"] = mapped(table["practice_id"], names.get)
    return labelled(found, len(table), result.context)


def _names_of_sites(result: Result) -> dict[Any, str]:
    return dict(zip(result.sites["site_id"], site_names(result.sites), strict=True))


def access_records(result: Result) -> pd.DataFrame | None:
    """Catchment measures of every site, as in access.csv; None where none were asked for."""
    table = table_of(result, "access")
    if table is None or len(table.columns) < 2:
        return None
    return labelled(any_columns(table, ("site_id",)), len(table), result.context)


def basket_records(result: Result) -> pd.DataFrame | None:
    """Verdict for each kind of care and the worst link, a row for every site."""
    table = table_of(result, "basket")
    if table is None:
        return None
    found = any_columns(table, ("site_id",))
    names = mapped(table["site_id"], _names_of_sites(result).get)
    found = {"site_id": found.pop("site_id"), "site_name": names, **found}
    return labelled(found, len(table), result.context)


def failing_records(result: Result) -> pd.DataFrame | None:
    """Where access fails, most people first."""
    table = table_of(result, "failing")
    if table is None:
        return None
    language, found = result.context.language, any_columns(table)
    found["reason_text"] = mapped(table["reason"], lambda code: reason_label(code, language))
    return labelled(found, len(table), result.context)
