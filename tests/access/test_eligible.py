from __future__ import annotations

import pandas as pd
import pytest

from geoaccess.access.eligible import eligible


@pytest.mark.parametrize("unknown", [None, float("nan"), "", " "])
def test_unknown_languages_of_groups_fail_nowhere(unknown: object) -> None:
    practices = pd.DataFrame({"practice_id": ["P"], "languages": ["pl"]})
    groups = pd.DataFrame(
        {
            "site_id": ["S", "S", "S"],
            "group_id": ["a", "b", "c"],
            "languages": [unknown, "ro", "pl"],
        }
    )
    who = eligible(practices, groups, "apotheek", country=None)
    assert who.shares_language[0, who.kind[:, 0]].tolist() == [True, False, True]
    assert any("Languages of 1 of 3 groups are unknown" in note for note in who.notes)
    alone = eligible(practices, groups[:1], "apotheek", country="NL")
    assert alone.shares_language.all()
