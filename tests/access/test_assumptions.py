from __future__ import annotations

import datetime as dt

import pandas as pd

from geoaccess.access.assumptions import assumption_table
from geoaccess.access.care import CareKind
from geoaccess.access.failing import Failing
from geoaccess.access.norm import Norm
from geoaccess.load.default_groups import Group, complete_groups

SITES = pd.DataFrame({"site_id": ["S1"]})


def rows(table: pd.DataFrame) -> dict[str, tuple[object, str, str]]:
    return {name: (value, date, source) for name, value, date, source in table.to_numpy().tolist()}


def test_kinds_of_care_have_their_own_numbers_or_those_of_the_project() -> None:
    kinds = (
        CareKind("huisarts"),
        CareKind(
            "apotheek", norm_minutes=20, opening_hours="Mo-Sa 09:00-18:00", source="x", date=dt.date(2026, 1, 2)
        ),
    )  # fmt: skip
    found = rows(assumption_table(kinds, Norm(max_minutes=45), complete_groups(None, SITES)))
    assert found["norm_minutes of huisarts"] == (45.0, "", "as given for this project")
    assert found["norm_minutes of apotheek"] == (20, "2026-01-02", "x")
    assert found["consult_min of apotheek"][0] == 15.0
    assert found["opening_hours of apotheek"] == ("Mo-Sa 09:00-18:00", "2026-01-02", "x")
    assert found["opening_hours of huisarts"][1] == "2026-11-23"


def test_default_groups_are_named_only_where_they_were_used() -> None:
    own = Group(
        "dag", shift="07:00-16:00", languages="pl;ro", source="y", date=dt.date(2022, 4, 11)
    )
    used = rows(assumption_table((), Norm(), complete_groups(None, SITES, [own]), [own]))
    assert used["default group dag"] == (
        "100%; 07:00-16:00; Mo-Sa; 0 min; pl ro; 67%", "2022-04-11", "y",
    )  # fmt: skip
    assert "default group standaard" in rows(
        assumption_table((), Norm(), complete_groups(None, SITES))
    )
    given = complete_groups(None, SITES).assign(assumed=False)
    assert len(assumption_table((), Norm(), given)) == 0


def test_thresholds_are_choices() -> None:
    found = rows(assumption_table((), Norm(), complete_groups(None, SITES[:0]), (), Failing()))
    assert found["min_persons where access fails"] == (50.0, "", "a choice, no norm")
