"""What the parts of a study must be, for those who make one by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geoaccess.access.care import CareKind
from geoaccess.access.failing import Failing
from geoaccess.access.measured import Measures
from geoaccess.errors import Fault, ProjectError
from geoaccess.load.default_groups import Group

if TYPE_CHECKING:
    from geoaccess.study import Study


def check_kinds(study: Study) -> None:
    """Refuse what is given as something else, and a week of other than seven networks.

    Raises
    ------
    ProjectError
        that names every part that is wrong.
    """
    week, groups = study.week, study.groups
    seven = isinstance(week, (list, tuple)) and len(week) == 7
    wrong = (
        ("week", week is None or seven, "give the seven networks of build_week"),
        ("groups", groups is None or isinstance(groups, pd.DataFrame), "give a table, or None"),
        ("profile", _all_are(study.profile, Group), "give Groups: (Group('kas'),)"),
        ("care", _all_are(study.care, CareKind), "give CareKinds: (CareKind('apotheek'),)"),
        ("measures", isinstance(study.measures, Measures), "give Measures(('2sfca',))"),
        ("failing", isinstance(study.failing, Failing), "give Failing(...)"),
    )
    faults = [
        Fault(
            "is not what is wanted here",
            value=repr(getattr(study, key))[:60],
            key=key,
            remedy=remedy,
        )
        for key, right, remedy in wrong
        if not right
    ]
    if faults:
        raise ProjectError(faults)


def _all_are(given: object, kind: type) -> bool:
    return isinstance(given, (list, tuple)) and all(isinstance(one, kind) for one in given)
