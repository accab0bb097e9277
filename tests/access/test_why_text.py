"""Every kind of change can be said, with and without a moment."""

from __future__ import annotations

import pandas as pd
import pytest

from geoaccess.access.why import FIXES
from geoaccess.access.why_text import fix_text
from tests.access.bus_week import BusWeek
from tests.visit_views import reasons


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", FIXES)
@pytest.mark.parametrize("time_s", [pd.NA, 3601])
def test_every_change_can_be_said(kind: str, language: str, time_s: object) -> None:
    row = pd.Series(
        {
            "fix_kind": kind,
            "fix_practice_id": "P1",
            "fix_day": None if time_s is pd.NA else "sa",
            "fix_time_s": time_s,
            "fix_minutes": 30.0,
            "fix_metres": 812.4,
        }
    )
    text = fix_text(row, language)
    assert text
    assert "{" not in text
    assert "None" not in text
    if kind == "ride_back" and time_s is not pd.NA:
        assert "01:01" in text


def test_of_real_rows() -> None:
    row = next(reasons(BusWeek(shift_ends="16:00").visits()).itertuples())
    assert fix_text(row) == "praktijk p0 op maandag open tot 17:25"
    assert fix_text(next(reasons(BusWeek().visits()).itertuples())) == ""
