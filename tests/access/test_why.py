"""One case for each reason, with its proof and the change that mends it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geoaccess.access.why import CODES, FIXES
from tests.access.bus_week import BusWeek, at
from tests.visit_views import reasons


def why(week: BusWeek, **more: object) -> pd.Series:
    return reasons(week.visits(), **more).iloc[0]


def seconds(text: str) -> int:
    return at(text)


def test_feasible() -> None:
    found = why(BusWeek())
    assert found["reason"] == "feasible"
    assert (found["proof_practice_id"], found["proof_day"]) == ("p0", "mo")
    assert found["fix_kind"] is None
    assert found["group_id"] == "day"


def test_closed_in_free_time() -> None:
    found = why(BusWeek(shift_ends="16:00"))
    assert found["reason"] == "closed_in_free_time"
    assert (found["proof_practice_id"], found["proof_day"]) == ("p0", "mo")
    assert found["proof_outcome"] == "feasible"
    # leave 16:40, arrive 17:10, done at 17:25
    assert (found["fix_kind"], found["fix_day"]) == ("close_later", "mo")
    assert (found["fix_time_s"], found["fix_minutes"]) == (seconds("17:25"), 25)
    assert found["fix_is_enough"]
    assert why(BusWeek(shift_ends="16:00", opening=("08:00", "17:25")))["reason"] == "feasible"
    assert why(BusWeek(shift_ends="16:00", opening=("08:00", "17:24")))["reason"] != "feasible"


def test_opening_earlier_may_be_the_smaller_change() -> None:
    week = BusWeek(out=["15:40"], back=["16:35"], opening=("16:25", "19:00"))
    found = why(week)
    assert found["reason"] == "no_way_back"
    # free until 17:05: coming home with the bus of 16:35
    week = BusWeek(out=["15:40"], back=["16:35", "19:35"], opening=("16:25", "19:00"))
    week.work_days = range(0)
    assert why(week)["reason"] == "feasible"


def test_not_linked() -> None:
    found = why(BusWeek(site=(4.30, 52.02)))
    assert found["reason"] == "not_linked"
    assert (found["proof_practice_id"], found["proof_outcome"]) == ("p0", "feasible")
    assert found["fix_kind"] == "link"
    assert found["fix_metres"] == pytest.approx(2224, abs=5)
    assert found["fix_is_enough"]
    both = why(BusWeek(site=(4.30, 52.02), shift_ends="16:00"))
    assert (both["reason"], both["proof_outcome"]) == ("not_linked", "closed_in_free_time")
    assert not both["fix_is_enough"]
    assert (both["fix_lacks"], found["fix_lacks"]) == ("closed_in_free_time", None)


def test_out_of_reach() -> None:
    found = why(BusWeek(norm_minutes=29))
    assert found["reason"] == "out_of_reach"
    assert (found["proof_practice_id"], found["proof_outcome"]) == ("p0", "feasible")
    assert (found["fix_kind"], found["fix_minutes"]) == ("practice_within", 29)
    nothing = why(BusWeek(served="0000000"))
    assert nothing["reason"] == "out_of_reach"
    assert nothing["proof_practice_id"] is None
    assert (nothing["fix_is_enough"], nothing["fix_lacks"]) == (False, None)


def test_no_service_that_day() -> None:
    found = why(BusWeek(served="0000011"))
    assert found["reason"] == "no_service_that_day"
    assert (found["proof_practice_id"], found["proof_day"]) == ("p0", "sa")
    assert found["proof_outcome"] == "closed_in_free_time"
    assert (found["fix_kind"], found["fix_day"]) == ("open_day", "sa")
    assert found["fix_time_s"] == seconds("16:10")
    assert found["fix_is_enough"]


def test_no_service_in_free_time() -> None:
    found = why(BusWeek(out=["10:40"]))
    assert found["reason"] == "no_service_in_free_time"
    assert found["proof_outcome"] == "feasible"
    assert (found["fix_kind"], found["fix_day"]) == ("ride_out", "mo")
    assert found["fix_time_s"] == seconds("15:30")
    assert why(BusWeek(out=["10:40", "15:30"]))["reason"] == "feasible"


def test_no_way_back() -> None:
    found = why(BusWeek(back=["09:35"]))
    assert found["reason"] == "no_way_back"
    assert (found["proof_practice_id"], found["proof_day"]) == ("p0", "mo")
    assert found["proof_outcome"] == "feasible"
    assert (found["fix_kind"], found["fix_time_s"]) == ("ride_back", seconds("16:25"))
    assert np.isnan(found["fix_minutes"])
    assert why(BusWeek(back=["09:35", "16:25"]))["reason"] == "feasible"


@pytest.mark.parametrize(
    ("flag", "reason", "fix"),
    [
        ("accepts", "not_accepting", "accept"),
        ("has_room", "no_room", "room"),
        ("shares_language", "language", "language"),
    ],
)
def test_practice_itself(flag: str, reason: str, fix: str) -> None:
    no = np.array([False])
    found = why(BusWeek(), **{flag: no})
    assert (found["reason"], found["fix_kind"]) == (reason, fix)
    assert (found["proof_practice_id"], found["proof_outcome"]) == ("p0", "feasible")
    assert found["fix_is_enough"]
    # what comes first is the reason, and the proof names what comes after
    names = ["accepts", "has_room", "shares_language"]
    after = names[names.index(flag) + 1 :]
    if after:
        both = why(BusWeek(), **{flag: no, after[-1]: no})
        assert both["reason"] == reason
        assert both["proof_outcome"] == "language"
        assert not both["fix_is_enough"]
    late = why(BusWeek(shift_ends="16:00"), **{flag: no})
    assert (late["reason"], late["proof_outcome"]) == ("closed_in_free_time", reason)
    assert not late["fix_is_enough"]
    assert late["fix_lacks"] == reason
    # who has a visit by that change lacks only what the practice itself lacks, whatever the proof leads to
    other_day = why(BusWeek(served="0000011"), **{flag: no})
    assert (other_day["fix_kind"], other_day["proof_outcome"]) == (
        "open_day",
        "closed_in_free_time",
    )
    assert (other_day["fix_is_enough"], other_day["fix_lacks"]) == (False, reason)


def test_every_code_has_a_fix() -> None:
    assert CODES[-1] == "feasible"
    assert len(FIXES) == len(set(FIXES))


def test_no_practices_and_wrong_flags() -> None:
    with pytest.raises(ValueError, match="accepts must have"):
        reasons(BusWeek().visits(), accepts=np.ones(2, bool))
