from __future__ import annotations

import pandas as pd
import pytest

from geoaccess.load.serves import served, serves_faults

GROUPS = {"S1": ["kas", "nacht"], "a/b": ["x/y"], "S2": []}


@pytest.mark.parametrize(
    ("text", "found", "unknown"),
    [
        (None, None, []),
        ("all", None, []),
        ("S1", [("S1", None)], []),
        ("S1/kas; S1/nacht ", [("S1", "kas"), ("S1", "nacht")], []),
        ("a/b", [("a/b", None)], []),
        ("a/b/x/y", [("a/b", "x/y")], []),
        ("S3;S1/dag;/kas;S1/;S1 / kas", [], ["S3", "S1/dag", "/kas", "S1/", "S1 / kas"]),
    ],
)
def test_whom_a_practice_serves(text, found, unknown) -> None:
    assert served(text, GROUPS) == (found, unknown)


def test_faults_name_row_column_and_what_there_is() -> None:
    table = pd.DataFrame({"practice_id": ["P1", "P2"], "serves": ["S1/dag;S9", "S2/any"]})
    assert [fault.problem for fault in serves_faults(table, GROUPS)] == [
        "site 'S1' has no such group",
        "no such site",
    ]
    table.attrs |= {"source": "p.csv", "rows": (2, 3), "headers": {"serves": "Voor wie"}}
    first, _ = serves_faults(table, GROUPS)
    assert (first.file, first.row, first.column, first.value) == ("p.csv", 2, "Voor wie", "S1/dag")
    assert "kas, nacht" in str(first.remedy)


def test_a_table_without_the_column_has_no_faults() -> None:
    assert not list(serves_faults(pd.DataFrame({"practice_id": ["P1"]}), GROUPS))
