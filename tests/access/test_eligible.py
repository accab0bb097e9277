"""Whom practices see: unknown languages fail nobody, however a table says that they are unknown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geoaccess.access.eligible import eligible
from geoaccess.access.norm import Norm


@pytest.mark.parametrize("unknown", [None, np.nan, pd.NA, ""])
def test_groups_of_unknown_languages_fail_nowhere_on_language(unknown: object) -> None:
    practices = pd.DataFrame({"practice_id": ["P"], "languages": ["nl;en"], "interpreter": [None]})
    groups = pd.DataFrame(
        {"site_id": ["A", "A"], "group_id": ["1", "2"], "languages": ["pl", unknown]}
    )
    found = eligible(practices, groups, "huisarts", Norm(), country="NL")
    assert found.shares_language[0, found.kind[0]].tolist() == [False, False]
    assert found.shares_language[0, found.kind[1]].tolist() == [True, True]
    assert any(note.startswith("Languages of 1 of 2 groups are unknown") for note in found.notes)


@pytest.mark.parametrize("unknown", [None, np.nan, pd.NA, ""])
def test_practices_of_unknown_languages_fail_nobody_on_language(unknown: object) -> None:
    practices = pd.DataFrame({"practice_id": ["P", "Q"], "languages": [unknown, "nl"]})
    groups = pd.DataFrame({"site_id": ["A"], "group_id": ["1"], "languages": ["pl"]})
    found = eligible(practices, groups, "huisarts", Norm(), country="NL")
    assert found.shares_language[:, found.kind[0, 0]].tolist() == [True, False]
    assert any(note.startswith("Languages of 1 of 2 practices are unknown") for note in found.notes)
