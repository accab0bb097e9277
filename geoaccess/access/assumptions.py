"""Parameters that decide who has a feasible visit, with their dates and sources, so that a report can name them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from geoaccess.access.care import CareKind
from geoaccess.access.failing import Failing
from geoaccess.access.norm import Norm
from geoaccess.load.default_groups import BUILT_IN, Group

GIVEN = "as given for this project"
#: parameter, value, date, source
Row = tuple[str, object, dt.date | None, str]


def assumption_table(
    kinds: Sequence[CareKind],
    norm: Norm,
    groups: pd.DataFrame,
    profile: Sequence[Group] = (),
    failing: Failing | None = None,
) -> pd.DataFrame:
    """List what every kind of care takes, the default groups where they were used, and when access fails.

    Parameters
    ----------
    kinds : kinds of care that were judged.
    norm : of the project.
    groups : as from `complete_groups`: its column assumed tells whether the default groups were used.
    profile : default groups of the project; () for those built in.
    failing : when access counts as failing.

    Returns
    -------
    DataFrame
        parameter, value, date (text, "" where there is none) and source. Parameters are "norm_minutes of NAME",
        "consult_min of NAME", "margin_min of NAME" and "opening_hours of NAME" (where they are not known) of each kind
        of care; "default group NAME" (share of the residents, working hours, working days, minutes to work, languages,
        share registered with a GP); and "NAME where access fails".
    """
    rows: list[Row] = []
    for kind in kinds:
        rules, hours, source = kind.rules(norm), kind.default_hours(), kind.source or GIVEN
        rows += [
            (f"norm_minutes of {kind.care}", rules.norm_minutes, kind.date, source),
            (f"consult_min of {kind.care}", rules.consult_min, kind.date, source),
            (f"margin_min of {kind.care}", rules.margin_min, kind.date, source),
            (f"opening_hours of {kind.care}", hours.opening_hours, hours.date, hours.source),
        ]
    if "assumed" in groups and groups["assumed"].any():
        rows += [
            (f"default group {group.group_id}", _profile(group), group.date, group.source)
            for group in tuple(profile) or (BUILT_IN,)
        ]
    if failing is not None:
        rows += [
            (f"{name} where access fails", getattr(failing, name), None, "a choice, no norm")
            for name in ("min_share", "min_persons", "distance_m")
        ]
    table = pd.DataFrame(rows, columns=["parameter", "value", "date", "source"], dtype=object)
    return table.assign(date=[day.isoformat() if day else "" for *_, day, _ in rows])


def measure_assumptions(measures: pd.DataFrame) -> pd.DataFrame:
    """List the formulas of catchment measures as assumptions: parameter, value, date, source.

    Parameters
    ----------
    measures : measure, unit, formula and source, as ``parameters`` of `geoaccess.access.measured.Measured`.
    """
    return pd.DataFrame(
        {
            "parameter": measures["measure"],
            "value": measures["formula"] + " [" + measures["unit"] + "]",
            "date": "",
            "source": measures["source"],
        }
    )


def _profile(group: Group) -> str:
    """Profile of a default group as values in a fixed order."""
    parts = (
        f"{100 * group.share:g}%",
        group.shift,
        group.work_days or "-",
        f"{group.commute_min:g} min",
        group.languages.replace(";", " ") or "?",
        f"{100 * group.registered_share:g}%",
    )
    return "; ".join(parts)
