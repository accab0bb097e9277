from __future__ import annotations

import pandas as pd
import pytest

from geoaccess.access.eligible import eligible, served
from geoaccess.access.norm import Norm


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


GROUPS = pd.DataFrame(
    {
        "site_id": ["S/1", "S2", "S2"],
        "group_id": ["a", "a", "b"],
        "languages": ["pl", "pl", "ro"],
    }
)


def test_whom_a_practice_serves() -> None:
    practices = pd.DataFrame(
        {"practice_id": list("pqrs"), "serves": ["S/1", "S2/b, S/1/a", "iedereen", "S3;S2/a"]}
    )
    rows, whom, notes = served(practices, GROUPS)
    assert rows.tolist() == [0, 1, 3]
    assert whom.tolist() == [[True, False, False], [True, False, True], [False, True, False]]
    assert notes == ["Practices are said to serve S3: there is no such site or group."]
    who = eligible(practices, GROUPS)
    assert who.serves[:, who.kind[:, 0]].tolist()[2] == [True, True, True]
    assert who.serves[rows][:, who.kind[:, 0]].tolist() == whom.tolist()


def test_registered_people_are_taken_by_gps_only() -> None:
    practices = pd.DataFrame({"practice_id": ["p"], "status": ["closed"]})
    gp, other = eligible(practices, GROUPS), eligible(practices, GROUPS, "ggz")
    assert gp.accepts[0, gp.kind].tolist() == [[False, True]] * 3
    assert other.accepts[0, other.kind].tolist() == [[False, False]] * 3


def test_room_follows_the_norm_of_the_project_and_of_gps_only() -> None:
    practices = pd.DataFrame(
        {
            "practice_id": list("pqrst"),
            "fte": [1.0, 1.0, 1.0, float("nan"), 1.0],
            "listed_patients": [2000.0, 2095.0, 2095.0, 2095.0, 2000.0],
            "walk_in": [None, None, True, None, None],
            "status": ["open", "open", "open", "open", "conditional"],
        }
    )
    who = eligible(practices, GROUPS)
    assert who.has_room[:, who.kind[0, 0]].tolist() == [True, False, True, True, True]
    assert any("Places of 1 of 5 practices of GPs are unknown" in note for note in who.notes)
    strict = eligible(practices, GROUPS, norm=Norm(patients_per_fte=1800, conditional_weight=0))
    assert strict.has_room[:, strict.kind[0, 0]].tolist() == [False, False, True, True, False]
    none = eligible(practices, GROUPS, norm=Norm(conditional_weight=0))
    assert none.has_room[:, none.kind[0, 0]].tolist() == [True, False, True, True, False]
    assert eligible(practices, GROUPS, "tandarts").has_room.all()


def test_languages() -> None:
    practices = pd.DataFrame(
        {
            "practice_id": list("pqr"),
            "languages": ["nl", "ro;en", None],
            "interpreter": [False, None, None],
        }
    )
    who = eligible(practices, GROUPS)
    assert who.shares_language[:, who.kind[:, 0]].tolist() == [
        [False, False, False],
        [False, False, True],
        [True, True, True],
    ]
    dutch = GROUPS.assign(languages="nl")
    for country, speaks in (("NL", True), ("BE", False)):
        who = eligible(practices, dutch, country=country)
        assert who.shares_language[1, who.kind[0, 0]] == speaks
