import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoaccess.access.norm import Norm
from geoaccess.access.supply import Supply, supply, unregistered

DAY = dt.date(2026, 11, 24)


def sites_of(**residents: float) -> pd.DataFrame:
    return pd.DataFrame({"site_id": list(residents), "residents": list(residents.values())})


def groups_of(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["site_id", "group_id", "share", "registered_share"])


def practices_of(**rows: dict) -> pd.DataFrame:
    """Practices of one fte with 2095 patients, but for what is given."""
    usual = {"care": "huisarts", "fte": 1.0, "listed_patients": 2095.0, "status": "open"}
    return pd.DataFrame([{"practice_id": name, **usual, **own} for name, own in rows.items()])


def times_of(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["site_id", "practice_id", "minutes_p50"])


def plain(table: pd.DataFrame) -> list[list[object]]:
    return table.astype(object).where(table.notna(), None).to_numpy().tolist()


#: 100 and 50 residents, of whom 40 and 20 are not registered; p has 30 places, q has 10, r is full
SITES = sites_of(a=100, b=50)
GROUPS = groups_of(("a", "1", 0.5, 0.6), ("a", "2", 0.5, 0.6), ("b", "1", 1.0, 0.6))
PRACTICES = practices_of(
    p={"listed_patients": 2065.0, "status_date": pd.Timestamp(2026, 11, 1), "remote_share": 0.25},
    q={"fte": 2.0, "listed_patients": 4170.0, "status": "conditional"},
    r={},
)
TIMES = times_of(("a", "p", 10), ("a", "q", 20), ("b", "p", 5), ("b", "r", 1))


def test_places_assignment_and_who_is_left_out_by_hand() -> None:
    """b has only p for its 20, which leaves 10 of the 30 for a; q has (2 x 2095 - 4170) x 0.5 = 10; 20 of a remain."""
    found = supply(SITES, GROUPS, PRACTICES, TIMES, Norm(consult_min=20), on=DAY)
    assert plain(found.assignment) == [["a", "p", 10, 10], ["a", "q", 10, 20], ["b", "p", 20, 5]]
    assert plain(found.unplaced) == [["a", 20]]
    columns = ["practice_id", "places", "assigned", "full", "places_low", "places_high", "weight"]
    assert plain(found.capacity[columns]) == [
        ["p", 30, 30, True, 30, 30, 1],
        ["q", 10, 10, True, 0, 20, 0.5],
        ["r", 0, 0, True, 0, 0, 1],
    ]
    # 30 persons x 5.1 contacts x 3/4 in the practice x 20 minutes, over 52 weeks of 60 minutes
    hours = found.capacity["consult_hours_week"].tolist()
    assert hours == pytest.approx([30 * 5.1 * 0.75 / 3 / 52, 10 * 5.1 / 3 / 52, 0])
    assert found.capacity["status"].tolist() == ["open", "conditional", "open"]
    assert found.capacity["status_date"].isna().tolist() == [False, True, True]
    assert plain(found.nearest_room) == [["a", "p", 10, 10], ["b", "p", 5, 5]]
    assert found.parameters["parameter"].is_unique
    assert "The residents of 1 site are split over several practices." in found.notes
    assert any("undated or over a year old" in note for note in found.notes)


def test_a_bare_table_has_unknown_places_and_people() -> None:
    bare = pd.DataFrame({"practice_id": ["p"]})
    found = supply(sites_of(a=math.nan, b=9), GROUPS, bare, times_of(("b", "p", 3)))
    assert plain(found.capacity[["places", "assigned", "full", "status"]]) == [
        [None, 0, None, "unknown"]
    ]
    assert plain(found.unplaced) == [["b", 4]]
    assert plain(found.nearest_room) == [["a", None, math.inf, math.inf], ["b", None, math.inf, 3]]
    assert any("number of residents is unknown: 1 site (a)" in note for note in found.notes)
    nobody = supply(SITES, GROUPS, bare.iloc[:0], TIMES.iloc[:0])
    assert nobody.capacity.empty
    assert nobody.unplaced["persons"].sum() == 60


def test_other_care_has_no_places() -> None:
    both = pd.concat([PRACTICES, practices_of(t={"care": "tandarts", "listed_patients": 0.0})])
    times = pd.concat([TIMES, times_of(("a", "t", 1))])
    found = supply(SITES, GROUPS, both, times)
    assert found.capacity["practice_id"].tolist() == ["p", "q", "r"]
    assert found.nearest_room["room_practice_id"].tolist() == ["p", "p"]
    assert (
        "Only GPs register people: no places are counted for 1 practice of other care."
        in found.notes
    )


def test_a_walk_in_has_room_for_all_but_registers_nobody() -> None:
    walk_in = practices_of(w={"walk_in": True, "fte": math.nan, "listed_patients": math.nan})
    found = supply(SITES, GROUPS, walk_in, times_of(("a", "w", 7)))
    assert plain(found.unplaced) == [["a", 40], ["b", 20]]
    assert found.nearest_room["room_minutes"].tolist() == [7, math.inf]
    assert found.capacity["full"].tolist() == [False]
    assert found.capacity["walk_in"].tolist() == [True]
    assert plain(found.capacity[["places", "assigned"]]) == [[None, 0]]
    assert not any("unknown" in note for note in found.notes)
    assert any("40 of the 60 persons without a place reach such" in note for note in found.notes)


def test_a_practice_at_work_is_not_travelled_to() -> None:
    at_work = practices_of(g={"at_work": True, "listed_patients": 0.0})
    found = supply(SITES, GROUPS, at_work, times_of(("a", "g", 7)))
    assert found.unplaced["persons"].sum() == 60
    assert found.nearest_room["room_practice_id"].tolist() == [None, None]
    assert any("at people's work" in note for note in found.notes)


def test_a_practice_takes_only_those_whom_it_serves() -> None:
    """s is for b only, k for one of the two groups of a: 20 of its 40 people."""
    some = practices_of(
        s={"serves": "b", "listed_patients": 0.0}, k={"serves": "a/2; zz", "listed_patients": 0.0}
    )
    times = times_of(("a", "s", 1), ("b", "s", 9), ("a", "k", 4), ("b", "k", 1))
    found = supply(SITES, GROUPS, some, times)
    assert plain(found.assignment) == [["a", "k", 20, 4], ["b", "s", 20, 9]]
    assert plain(found.unplaced) == [["a", 20]]
    # k is not for all of a, so it is not the nearest of the site
    assert found.nearest_room["room_practice_id"].tolist() == [None, "s"]
    assert any("zz" in note for note in found.notes)
    # both groups of a go to p, one of them to k as well
    more = pd.concat([PRACTICES.iloc[:1], some])
    found = supply(SITES, GROUPS, more, pd.concat([times, times_of(("a", "p", 9))]))
    assert plain(found.assignment) == [["a", "k", 20, 4], ["a", "p", 20, 9], ["b", "s", 20, 9]]
    assert found.unplaced.empty
    assert "The residents of 1 site are split over several practices." in found.notes


shares = st.floats(0, 1).map(lambda x: round(x, 3))


@given(
    st.lists(st.tuples(st.integers(0, 500), shares, shares, shares), min_size=1, max_size=8),
    st.randoms(),
)
@settings(max_examples=50, deadline=None)
def test_rounding_keeps_the_total_and_is_never_off_by_a_person(rows, random) -> None:
    sites = sites_of(**{f"s{k}": row[0] for k, row in enumerate(rows)})
    groups = groups_of(
        *(
            (f"s{k}", name, part, registered)
            for k, (_, share, first, second) in enumerate(rows)
            for name, part, registered in (("x", share, first), ("y", 1 - share, second))
        )
    )
    found = unregistered(sites, groups)
    exact = sites.set_index("site_id")["residents"].reindex(groups["site_id"]).to_numpy()
    exact = exact * groups["share"].to_numpy() * (1 - groups["registered_share"].to_numpy())
    persons = found["persons"].to_numpy()
    assert (persons == np.floor(persons)).all()
    assert (persons >= 0).all()
    assert np.abs(persons - exact).max() < 2
    by_site = found.groupby("site_id")["persons"].sum()
    assert (by_site <= sites.set_index("site_id")["residents"].reindex(by_site.index)).all()
    assert np.abs(by_site - pd.Series(exact).groupby(groups["site_id"]).sum()).max() < 1 + 1e-6
    assert abs(persons.sum() - math.fsum(exact)) <= 0.5 + 1e-6
    mixed = groups.iloc[random.sample(range(len(groups)), len(groups))]
    again = unregistered(sites.iloc[::-1], mixed).set_index(["site_id", "group_id"])["persons"]
    pd.testing.assert_series_equal(
        again.sort_index(), found.set_index(["site_id", "group_id"])["persons"].sort_index()
    )


def test_parts_of_persons_stay_parts() -> None:
    persons = unregistered(sites_of(a=10.5, b=math.nan), GROUPS)["persons"].tolist()
    assert persons == pytest.approx([2.1, 2.1, math.nan], nan_ok=True)


def test_nothing_that_is_given_changes() -> None:
    given_tables = (SITES, GROUPS, PRACTICES, TIMES)
    before = [table.copy() for table in given_tables]
    assert isinstance(supply(*given_tables), Supply)
    for table, was in zip(given_tables, before, strict=True):
        pd.testing.assert_frame_equal(table, was)
