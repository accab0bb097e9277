import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.access.nearest import minutes_column, nearest

SITES = ["s1", "s2", "s3", "s4"]
PRACTICES = ["p1", "p2", "p3", "p4", "p5"]

pairs = st.lists(
    st.tuples(
        st.sampled_from(SITES),
        st.sampled_from(PRACTICES),
        st.one_of(st.integers(0, 3600).map(lambda s: s / 60), st.just(math.inf), st.just(math.nan)),
    ),
    unique_by=lambda pair: pair[:2],
)


def table(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["site_id", "practice_id", "minutes_p50"]).astype(
        {"site_id": object, "practice_id": object, "minutes_p50": float}
    )


def by_hand(rows: list[tuple[str, str, float]], site: str, norm: float) -> list[object]:
    reached = sorted((m, p) for s, p, m in rows if s == site and math.isfinite(m))
    times = [m for m, _ in reached[:3]] + [math.inf] * 3
    return [
        reached[0][1] if reached else None,
        *times[:3],
        sum(m <= norm for m, _ in reached),
    ]


@given(pairs, st.integers(1, 60), st.randoms())
def test_equals_sorting_by_hand_in_any_order_of_rows(rows, norm, random) -> None:
    times = table(rows)
    before = times.copy()
    found = nearest(times, SITES, norm)
    pd.testing.assert_frame_equal(times, before)
    for site in SITES:
        assert found.loc[site].tolist() == by_hand(rows, site, norm)
    random.shuffle(rows)
    pd.testing.assert_frame_equal(nearest(table(rows), SITES, norm), found)


def test_nobody_disappears_and_unreachable_is_inf() -> None:
    found = nearest(table([("s2", "p1", 12.0)]), SITES, 30)
    assert found.index.tolist() == SITES
    assert found["minutes"].tolist() == [math.inf, 12.0, math.inf, math.inf]
    assert found["practice_id"].tolist() == [None, "p1", None, None]
    assert found["practices_within_norm"].tolist() == [0, 1, 0, 0]


def test_no_pairs_at_all() -> None:
    found = nearest(table([]), SITES, 30)
    assert np.isinf(found[["minutes", "minutes_2", "minutes_3"]].to_numpy()).all()
    assert found["practice_id"].isna().all()


def test_equally_far_practices_are_ordered_by_id() -> None:
    found = nearest(table([("s1", "p4", 5.0), ("s1", "p2", 5.0), ("s1", "p3", 9.0)]), ["s1"], 5)
    assert found.loc["s1"].tolist() == ["p2", 5.0, 5.0, 9.0, 2]


def test_categorical_ids_and_other_percentiles() -> None:
    times = table([("s1", "p1", 5.0), ("s2", "p2", 6.0)])
    times = times.rename(columns={"minutes_p50": minutes_column(90)})
    times = times.astype({"site_id": "category", "practice_id": "category"})
    found = nearest(times, ["s2", "s1"], 5, column="minutes_p90", ranks=1)
    assert found.to_dict("list") == {
        "practice_id": ["p2", "p1"],
        "minutes": [6.0, 5.0],
        "practices_within_norm": [0, 1],
    }


def test_stray_and_repeated_sites_are_refused() -> None:
    with pytest.raises(ValueError, match=r"not in the table of sites.*s2"):
        nearest(table([("s2", "p1", 1.0)]), ["s1"], 30)
    with pytest.raises(ValueError, match="repeat"):
        nearest(table([]), ["s1", "s1"], 30)
