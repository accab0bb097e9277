"""Tables of resident groups: headers, shares, defaults, and every fault at once."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.errors import ProjectError, TableError
from geoaccess.load.default_groups import (
    BUILT_IN,
    GROUP_COLUMNS,
    Group,
    complete_groups,
    default_groups,
)
from geoaccess.load.groups import load_groups
from geoaccess.tables import notes

SITES = pd.DataFrame({"site_id": ["S1", "S2", "S3"]})


def test_a_dutch_table(write):
    path = write(
        "groepen.csv",
        "locatie id;groep;aandeel;werktijden;werkdagen;reistijd werk;talen;ingeschreven\n"
        "S1;kas;60%;6.00-15.00 uur;ma-za;25;Pools;50%\n"
        "S1;loods;40%;6-14 | 14-22;ma t/m vr;12,5;Roemeens en Engels;0,25\n"
        "S2;vrij;;geen;;;;\n",
    )
    table = load_groups(path, SITES)
    assert list(table.columns) == list(GROUP_COLUMNS)
    assert table.iloc[:2].to_numpy().tolist() == [
        ["S1", "kas", 0.6, "06:00-15:00", "Mo-Sa", 25.0, "pl", 0.5],
        ["S1", "loods", 0.4, "06:00-14:00 | 14:00-22:00", "Mo-Fr", 12.5, "ro;en", 0.25],
    ]
    last = table.iloc[2]
    assert (last["share"], last["shift"], last["work_days"]) == (1.0, "off", BUILT_IN.work_days)
    assert last["languages"] is None
    assert last["registered_share"] == BUILT_IN.registered_share
    said = " ".join(notes(table))
    assert "work_days of 1 (Mo-Sa)" in said
    assert "Pharos" in said
    assert "Languages are unknown for 1 of 3 groups" in said
    assert table.attrs["source"] == "groepen.csv"


def test_only_sites_are_needed_and_everything_assumed_is_named(write):
    table = load_groups(write("g.csv", "site_id,languages\nS1,pl\nS2,\n"))
    assert table["group_id"].tolist() == ["1", "1"]
    assert table["share"].tolist() == [1.0, 1.0]
    assert table["shift"].tolist() == [BUILT_IN.shift] * 2
    said = " ".join(notes(table))
    for part in ("shift of 2", "work_days of 2", "commute_min of 2", "registered_share of 2"):
        assert part in said


def test_percentages_and_persons_become_shares(write, workbook):
    rows = [
        ["site_id", "group_id", "percentage"],
        ["S1", "a", 33],
        ["S1", "b", 33],
        ["S1", "c", 33],
    ]
    table = load_groups(workbook({"groepen": rows}))
    assert table["share"].tolist() == pytest.approx([1 / 3] * 3)
    assert any("scaled" in note for note in notes(table))
    path = write("g.csv", "site_id,group_id,personen\nS1,a,30\nS1,b,10\nS2,a,7\n")
    table = load_groups(path)
    assert table["share"].tolist() == [0.75, 0.25, 1.0]
    assert any("persons" in note for note in notes(table))


def test_all_faults_are_told_at_once(write):
    path = write(
        "g.csv",
        "site_id,group_id,share,shift,work_days,commute_min,languages,registered_share\n"
        "S1,a,0.5,6-14-22,soms,-5,Klingon,1.2\n"
        ",b,x,,,300,,\n"
        "S9,a,0.5,,,,,\n"
        "S1,a,0.5,,,,,\n",
    )
    with pytest.raises(TableError) as caught:
        load_groups(path, SITES)
    told = {(fault.row, fault.column) for fault in caught.value.faults}
    assert told >= {
        (2, "shift"), (2, "work_days"), (2, "commute_min"), (2, "languages"), (2, "registered_share"),
        (3, "site_id"), (3, "share"), (3, "commute_min"), (4, "site_id"), (5, "group_id"),
    }  # fmt: skip
    assert all(fault.remedy for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("shares", "problem"),
    [
        (("0.5", "0.3"), "add up to 0.8"),
        (("0.7", "0.7"), "add up to 1.4"),
        (("0.7", ""), "no share"),
        (("60", "30"), "add up to 0.9"),
        (("-0.5", "1.5"), "not a share"),
    ],
)
def test_shares_that_do_not_add_up(write, shares, problem):
    rows = "".join(f"S1,{k},{share}\n" for k, share in enumerate(shares))
    with pytest.raises(TableError, match=problem):
        load_groups(write("g.csv", "site_id,group_id,share\n" + rows))


def test_a_table_without_sites_is_refused(write):
    with pytest.raises(TableError, match="site_id"):
        load_groups(write("g.csv", "group_id,share\na,1\n"))


def test_default_groups():
    table = default_groups(["S1", "S2"])
    assert table["group_id"].tolist() == ["standaard"] * 2
    assert table["shift"].tolist() == ["06:00-21:00"] * 2
    (note,) = notes(table)
    assert "2 sites are assumed" in note
    assert "Pharos" in note
    assert "2022-04-11" in note
    empty = default_groups([])
    assert list(empty.columns) == list(GROUP_COLUMNS)
    assert notes(empty) == []


def test_faulty_default_groups_name_every_key():
    with pytest.raises(ProjectError) as caught:
        Group(" ", 0, "6", "soms", -1, "Klingon", 2)
    assert [fault.key for fault in caught.value.faults] == [
        f"groups.{key}"
        for key in ("group_id", "share", "work_days", "shift", "commute_min", "languages", "registered_share")
    ]  # fmt: skip
    with pytest.raises(ProjectError, match="must be above 0"):
        Group("a", math.nan)
    with pytest.raises(ProjectError) as caught:
        default_groups(["S1"], [Group("a", 0.5), Group("a", 0.2)])
    assert len(caught.value.faults) == 2


def test_sites_without_groups_take_the_default(write):
    own = load_groups(write("g.csv", "site_id,group_id,share\nS3,x,1\nS1,a,0.5\nS1,b,0.5\n"))
    before = own.copy(deep=True)
    table = complete_groups(own, SITES, [Group("d", shift="6-15")])
    assert table[["site_id", "group_id", "assumed"]].to_numpy().tolist() == [
        ["S1", "a", False], ["S1", "b", False], ["S2", "d", True], ["S3", "x", False],
    ]  # fmt: skip
    assert any("1 site are assumed" in note for note in notes(table))
    pd.testing.assert_frame_equal(own, before)
    assert complete_groups(None, SITES)["assumed"].tolist() == [True] * 3


@given(st.lists(st.integers(1, 500), min_size=1, max_size=5))
def test_shares_of_a_site_add_up_to_one(persons):
    groups = [Group(str(k), p / sum(persons)) for k, p in enumerate(persons)]
    table = default_groups(["S1"], groups)
    assert table["share"].sum() == pytest.approx(1, abs=1e-12)


def test_persons_that_are_not_the_residents_are_noted(write) -> None:
    sites = pd.DataFrame({"site_id": ["S1", "S2", "S3"], "residents": [100.0, 30.0, float("nan")]})
    path = write("g.csv", "site_id,persons\nS1,60\nS1,20\nS2,30\nS3,5\n")
    said = [note for note in notes(load_groups(path, sites)) if "add up to" in note]
    assert len(said) == 1
    assert said[0].endswith("the residents count: S1 80 for 100.")


def test_a_shift_in_two_columns(write, workbook) -> None:
    rows = [["site_id", "begin", "eind"], ["S1", dt.time(6), dt.time(15)], ["S2", None, None]]
    table = load_groups(workbook({"a": rows}))
    assert list(table["shift"]) == ["06:00-15:00", "06:00-21:00"]
    path = write("g.csv", "site_id;van;tot\nS1;22.00;6 uur\nS2;6:00;\nS3;laat;vroeg\n")
    with pytest.raises(TableError) as caught:
        load_groups(path)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (3, "tot"),
        (4, "van-tot"),
    ]


def test_a_shift_of_more_than_fifteen_hours_is_named_as_it_was_read(write) -> None:
    rows = "locatie;werktijden\nS1;6 tot 3\nS2;06:00-21:00\nS3;22:00-06:00\nS4;7-16 | 16-8\n"
    said = [note for note in notes(load_groups(write("groepen.csv", rows))) if "15 hours" in note]
    assert len(said) == 1
    assert (
        "row 2 '6 tot 3' as 06:00-03:00, row 5 '7-16 | 16-8' as 07:00-16:00 | 16:00-08:00"
        in said[0]
    )


def test_a_table_without_headers_is_not_asked_for_coordinates(write) -> None:
    with pytest.raises(TableError, match=r"with at least site_id$"):
        load_groups(write("g.csv", "S1,0.5,6-15\nS1,0.5,22-6\n"))
