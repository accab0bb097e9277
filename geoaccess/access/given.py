"""What is asked of feasible visits, as somebody gives it by hand: each of its own kind, or refused with all faults."""

from __future__ import annotations

import pandas as pd

from geoaccess.access.care import CareKind
from geoaccess.access.failing import Failing
from geoaccess.access.measured import Measures
from geoaccess.errors import Fault, ProjectError
from geoaccess.load.default_groups import Group


def check_given(
    week: object,
    groups: object,
    profile: object,
    care: object,
    measures: object,
    failing: object,
) -> None:
    """Refuse what is given as something else, and a week of other than seven networks.

    Parameters
    ----------
    week, groups, profile, care, measures, failing : as the attributes of `geoaccess.study.Study`.

    Raises
    ------
    ProjectError
        that names all of them.
    """
    seven = isinstance(week, (list, tuple)) and len(week) == 7
    table = isinstance(groups, pd.DataFrame)
    given = (
        ("week", week, week is None or seven, "give the seven networks of build_week"),
        ("groups", groups, groups is None or table, "give a table, or None"),
        ("profile", profile, _all_are(profile, Group), "give Groups: (Group('kas'),)"),
        ("care", care, _all_are(care, CareKind), "give CareKinds: (CareKind('apotheek'),)"),
        ("measures", measures, isinstance(measures, Measures), "give Measures(('2sfca',))"),
        ("failing", failing, isinstance(failing, Failing), "give Failing(...)"),
    )
    faults = [
        Fault("is not what is wanted here", value=repr(value)[:60], key=key, remedy=remedy)
        for key, value, right, remedy in given
        if not right
    ]
    if faults:
        raise ProjectError(faults)


def _all_are(given: object, kind: type) -> bool:
    return isinstance(given, (list, tuple)) and all(isinstance(one, kind) for one in given)
