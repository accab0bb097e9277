import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.access.capacity import STATUSES, Room, nearest_with_room, places
from geoaccess.errors import ProjectError, TableError


def practices(*rows: tuple[str, float | None, float | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["practice_id", "fte", "listed_patients", "status"]).astype(
        {"fte": float, "listed_patients": float}
    )


def test_places_by_hand() -> None:
    found = places(
        practices(
            ("open", 2.0, 4000.0, "open"),  # 2 x 2095 - 4000
            ("half", 1.0, 2000.0, "conditional"),  # 95 / 2
            ("shut", 3.0, 100.0, "closed"),
            ("what", 1.0, 1095.0, "unknown"),  # 1000 x (0.312 + 0.505 / 2)
            ("none", 1.0, 2095.0, None),
            ("over", 1.0, 3000.0, "open"),
        )
    )
    assert found["places"].tolist() == pytest.approx([190, 47.5, 0, 564.5, 0, 0])
    assert found["places_low"].tolist() == pytest.approx([190, 0, 0, 312, 0, 0])
    assert found["places_high"].tolist() == pytest.approx([190, 95, 0, 817, 0, 0])
    assert not found.attrs.get("notes")


def test_what_is_unknown_is_named_and_not_zero_but_closed_is_closed() -> None:
    table = practices(
        ("b", None, 1000.0, "open"),
        ("a", 1.0, None, "conditional"),
        ("c", None, None, "closed"),
        ("d", None, None, None),
        ("e", 1.0, 95.0, "open"),
    )
    before = table.copy()
    found = places(table)
    pd.testing.assert_frame_equal(table, before)
    assert np.isnan(found["places"]).tolist() == [True, True, False, True, False]
    assert found["places"].iloc[2] == 0
    [note] = found.attrs["notes"]
    assert "3 of 5 practices" in note
    assert "a, b, d" in note


def test_old_and_undated_statuses_are_said() -> None:
    table = practices(*((name, 1.0, 95.0, "open") for name in "abc"), ("d", 1.0, 95.0, "unknown"))
    assert "notes" not in places(table).attrs
    table["status_date"] = pd.to_datetime(["2026-01-05", "2025-01-05", None, None])
    [note] = places(table, on=dt.date(2026, 3, 1)).attrs["notes"]
    assert "2 of 3 practices" in note


@given(
    st.floats(0, 10),
    st.floats(0, 20_000),
    st.sampled_from(STATUSES),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 5),
)
def test_more_care_and_fewer_patients_never_take_places_away(
    fte, listed, status, one, other, more
) -> None:
    low, high = sorted((one, other))
    [few] = places(practices(("a", fte, listed, status)), Room(conditional=low))["places"]
    [many] = places(
        practices(("a", fte + more, listed / (1 + more), status)), Room(conditional=high)
    )["places"]
    assert 0 <= few <= many
    assert few <= max(0, 2095 * fte - listed)


def test_the_default_lies_within_its_bounds_and_every_parameter_has_a_source() -> None:
    low, high = Room().bounds()
    for status, weight in Room().weights().items():
        assert low.weights()[status] <= weight <= high.weights()[status]
    table = Room().parameters()
    assert (table["source"].str.len() > 0).all()
    assert table.set_index("parameter").loc["patients_per_fte", ["value", "date"]].tolist() == [
        2095.0,
        "2018",
    ]
    mine = Room(1800, 0.3, 0.9).parameters()
    assert mine["source"].tolist().count("as given for this project") == 3


def test_parameters_out_of_range_are_all_named() -> None:
    with pytest.raises(ProjectError) as caught:
        Room(0, 1.5, math.nan)
    assert len(caught.value.faults) == 3


def test_faults_of_the_table_are_all_named() -> None:
    table = practices(("a", -1.0, 5.0, "open"), ("a", 1.0, -5.0, "vol"))
    with pytest.raises(TableError) as caught:
        places(table)
    assert {fault.column for fault in caught.value.faults} == {
        "fte",
        "listed_patients",
        "status",
        "practice_id",
    }


def times(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["site_id", "practice_id", "minutes_p50"])


def test_nearest_with_room_skips_the_full_and_tells_of_the_unknown() -> None:
    free = pd.DataFrame({"practice_id": list("pqr"), "places": [0.0, math.nan, 3.0]})
    table = times(
        ("a", "p", 5.0), ("a", "q", 10.0), ("a", "r", 100.0), ("b", "p", 5.0), ("c", "q", 7)
    )
    found = nearest_with_room(table, list("abcd"), free)
    assert found["room_practice_id"].tolist() == ["r", None, None, None]
    assert found["room_minutes"].tolist() == [100.0, math.inf, math.inf, math.inf]
    assert found["possible_minutes"].tolist() == [10.0, math.inf, 7.0, math.inf]


def test_practices_without_places_table_are_refused() -> None:
    free = pd.DataFrame({"practice_id": ["p"], "places": [1.0]})
    with pytest.raises(ValueError, match=r"not in the table of places.*q"):
        nearest_with_room(times(("a", "q", 1.0)), ["a"], free)
    with pytest.raises(ValueError, match="practice ids repeat"):
        nearest_with_room(times(("a", "p", 1.0)), ["a"], pd.concat([free, free]))
