import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoaccess.access.pairs import Pairs, link

ORIGINS, PRACTICES = 6, 5


def text(values: list[int], dtype: object) -> pd.Series:
    return pd.Series([f"id{value}" for value in values], dtype=dtype)


#: ids of many kinds for the numbers of origins and practices
KINDS = {
    "positions": lambda values: pd.Series(values, dtype=np.int64),
    "from 7": lambda values: pd.Series(values, dtype=np.int64) + 7,
    "gaps": lambda values: pd.Series(values, dtype=np.int64) * -13 + 5,
    "far apart": lambda values: pd.Series(values, dtype=np.int64) * 10**12,
    "small": lambda values: pd.Series(values, dtype=np.uint8),
    "large": lambda values: pd.Series(values, dtype=np.uint64) + np.uint64(2**63),
    "fractions": lambda values: pd.Series(values, dtype=float) / 4,
    "text": lambda values: text(values, "str"),
    "text of Python": lambda values: text(values, pd.StringDtype("python")),
    "text of Arrow": lambda values: text(values, "string[pyarrow]"),
    "objects": lambda values: text(values, object),
    "categories": lambda values: pd.Series(
        pd.Categorical(text(values, "str"), categories=[f"id{k}" for k in (9, 3, 1, 4, 0, 2, 5)])
    ),
}

KINDS["categories in order"] = lambda values: pd.Series(
    pd.Categorical(text(values, "str"), categories=[f"id{k}" for k in range(7)])
)

rows = st.lists(
    st.tuples(
        st.integers(0, ORIGINS - 1),
        st.integers(0, PRACTICES - 1),
        st.one_of(st.integers(0, 90), st.just(math.inf), st.just(math.nan)),
    ),
    unique_by=lambda row: row[:2],
)


def linked(origins, practices, drawn, kind="positions", of_times=None) -> Pairs:
    ids, own = KINDS[kind], KINDS[of_times or kind]
    columns = list(zip(*drawn, strict=True)) or [[], [], []]
    return link(
        pd.DataFrame({"origin_id": ids(origins), "persons": 1.0}),
        pd.DataFrame({"practice_id": ids(practices), "supply": 1.0}),
        pd.DataFrame(
            {
                "origin_id": own(list(columns[0])),
                "practice_id": own(list(columns[1])),
                "minutes": pd.Series(list(columns[2]), dtype=float),
            }
        ),
    )


def dense(origins, practices, drawn) -> np.ndarray:
    """Minutes by row and column of the tables, -1 where out of reach."""
    table = np.full((len(origins), len(practices)), -1.0)
    for origin, practice, minutes in drawn:
        if math.isfinite(minutes):
            table[origins.index(origin), practices.index(practice)] = minutes
    return table


def check(found: Pairs, expected: np.ndarray) -> None:
    minutes = found.minutes
    assert minutes.shape == expected.shape
    assert minutes.indices.dtype == minutes.indptr.dtype == np.int32
    again = np.full(expected.shape, -1.0)
    origin = np.repeat(np.arange(len(expected)), np.diff(minutes.indptr))
    again[origin, minutes.indices] = minutes.data
    np.testing.assert_array_equal(again, expected)
    # by origin, then practice, each pair once
    place = origin * expected.shape[1] + minutes.indices
    assert (np.diff(place) > 0).all()


@pytest.mark.parametrize("kind", list(KINDS))
@settings(max_examples=25, deadline=None)
@given(rows, st.permutations(range(ORIGINS)), st.permutations(range(PRACTICES)), st.booleans())
def test_ids_of_any_kind_in_any_order(kind, drawn, origins, practices, tidy) -> None:
    if tidy:  # as most tables come: by origin, then practice
        drawn = sorted(drawn, key=lambda row: (origins.index(row[0]), practices.index(row[1])))
    found = linked(origins, practices, drawn, kind)
    check(found, dense(origins, practices, drawn))


@settings(max_examples=25, deadline=None)
@given(rows)
def test_categories_and_numbers_of_another_size_stand_for_the_same_ids(drawn) -> None:
    origins, practices = list(range(ORIGINS)), list(range(PRACTICES))
    expected = dense(origins, practices, drawn)
    for kind, of_times in (("text", "categories"), ("objects", "text"), ("positions", "small")):
        check(linked(origins, practices, drawn, kind, of_times), expected)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_pair_that_repeats_and_an_id_that_is_not_there_are_refused(kind) -> None:
    two = [0, 1]
    for drawn in ([(0, 0, 1), (0, 0, 2)], [(0, 0, 1), (1, 0, 2), (0, 0, 3)]):
        with pytest.raises(ValueError, match="pairs of origin and practice repeat"):
            linked(two, two, drawn, kind)
    with pytest.raises(ValueError, match="travel times of origins that are not"):
        linked(two, two, [(0, 0, 1), (3, 0, 1)], kind)
    with pytest.raises(ValueError, match="travel times of practices that are not"):
        linked(two, two, [(0, 0, 1), (0, 3, 1)], kind)
    with pytest.raises(ValueError, match="travel times must be 0 or more"):
        linked(two, two, [(0, 0, math.inf), (0, 1, -1)], kind)


@pytest.mark.parametrize("dtype", ["str", object, "category"])
def test_a_missing_id_is_refused(dtype) -> None:
    ids = pd.DataFrame({"origin_id": ["a", "b"], "persons": 1.0})
    supply = pd.DataFrame({"practice_id": ["p"], "supply": [1.0]})
    for gap in ("origin_id", "practice_id"):
        times = pd.DataFrame({"origin_id": ["a", "b"], "practice_id": ["p", "p"], "minutes": 1.0})
        times.loc[1, gap] = None
        with pytest.raises(ValueError, match="not in their table"):
            link(ids, supply, times.astype({gap: dtype}))
    # numbers are no text
    with pytest.raises(ValueError, match="not in their table"):
        link(ids, supply, times.assign(origin_id=[1, 2], practice_id="p"))


def test_tables_put_together_from_parts_or_emptied() -> None:
    ids = pd.DataFrame({"origin_id": ["a", "b"], "persons": 1.0})
    supply = pd.DataFrame({"practice_id": ["p", "q"], "supply": 1.0})
    times = pd.DataFrame({"origin_id": ["b", "b"], "practice_id": ["p", "q"], "minutes": [1.0, 2]})
    parts = pd.concat([times, times.assign(origin_id="a").iloc[::-1]])
    assert link(ids, supply, parts).minutes.toarray().tolist() == [[1, 2], [1, 2]]
    assert link(ids, supply, times[times["minutes"] > 9]).minutes.nnz == 0
