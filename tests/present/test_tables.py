"""visits.csv, reasons.csv, cascade.csv, capacity.csv, unplaced.csv, access.csv, visits.parquet, and more of sites."""

from __future__ import annotations

import csv
import io
import math
import time
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from geoaccess.access.why import REASONS
from geoaccess.present.csvs import write_areas_csv, write_csv, write_sites_csv, write_tables
from geoaccess.present.outputs import FILES, write_outputs
from geoaccess.present.supply_records import CAPACITY_COLUMNS, CASCADE_COLUMNS, UNPLACED_COLUMNS
from geoaccess.present.visit_records import (
    PERSON_DECIMALS,
    REASON_COLUMNS,
    VISIT_COLUMNS,
    clock,
    reason_records,
)
from tests.present.visit_results import CLOCKS, with_visits


def rows_of(path, delimiter=";"):
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=delimiter))


@pytest.fixture
def full(result):
    return with_visits(result)


@pytest.fixture
def files(full, tmp_path):
    write_tables(full, tmp_path)
    return {path.stem: rows_of(path) for path in tmp_path.glob("*.csv")}


def test_columns_come_in_the_order_promised(files):
    promised = {
        "visits": VISIT_COLUMNS, "reasons": REASON_COLUMNS, "cascade": CASCADE_COLUMNS,
        "capacity": CAPACITY_COLUMNS, "unplaced": UNPLACED_COLUMNS,
        "access": ("site_id", "2sfca", "raam"),
    }  # fmt: skip
    assert set(files) == set(promised)
    for name, columns in promised.items():
        assert tuple(files[name][0])[: len(columns)] == columns, name
    assert len(files["access"][0]) == 3
    assert tuple(files["visits"][0])[:5] == ("site_id", "group_id", "care", "practice_id", "day")


def test_nobody_disappears(full, files):
    assert len(files["visits"]) == len(full.visits)
    assert len(files["reasons"]) == len(full.reasons)
    assert {row["day"] for row in files["visits"]} == {"mo", "tu", "we", "th", "fr", "sa", "su"}


def test_a_visit_in_the_file(files):
    feasible = [row for row in files["visits"] if row["feasible"] == "True"]
    first = feasible[0]
    # 15:49:09 is 15:49 to leave, but nobody is home before 17:15
    assert {name: first[name] for name in VISIT_COLUMNS[4:]} == {
        "day": "mo", "feasible": "True", "leave": "15:49", "arrive": "16:20", "start": "16:20", "end": "16:35",
        "home": "17:15", "door_to_door_min": "85,0", "slack_min": "12,2",
    }  # fmt: skip
    assert next(row for row in feasible if row["day"] == "fr")["home"] == "25:35"
    lost = next(row for row in files["visits"] if row["feasible"] == "False")
    assert [
        lost[name] for name in ("practice_id", "leave", "home", "door_to_door_min", "slack_min")
    ] == [""] * 5


def test_clock_rounds_so_that_nobody_is_late():
    seconds = pd.Series([56_400, 56_401, 90_000, None], dtype="Int32")
    assert clock(seconds, up=False).tolist() == ["15:40", "15:40", "25:00", None]
    assert clock(seconds, up=True).tolist() == ["15:40", "15:41", "25:00", None]
    assert clock(seconds[:0], up=True).tolist() == []


def test_reasons_are_proven_and_say_what_helps(files):
    row = next(row for row in files["reasons"] if row["reason"] == "closed_in_free_time")
    assert row["proof"].split()[1] == "tu"
    assert row["proof"].split()[0] == row["fix_practice_id"]
    assert row["fix"].endswith(f"({row['fix_practice_id']}) op dinsdag open tot 17:25") or (
        row["fix"] == f"praktijk {row['fix_practice_id']} op dinsdag open tot 17:25"
    )
    assert row["reason_text"] == "gesloten in de vrije tijd"
    assert row["fix_time"] == "17:25"
    far = next(row for row in files["reasons"] if row["reason"] == "out_of_reach")
    said = "een apotheek binnen 30 minuten; of dat alleen genoeg is, is niet bekend"
    assert (far["proof"], far["fix"]) == ("", said)
    assert (far["work_lost_min"], far["best_door_to_door_min"]) == ("", "")
    fine = next(row for row in files["reasons"] if row["reason"] == "feasible")
    assert fine["fix"] == ""


def test_persons_in_the_files_add_up(full, files):
    def persons(row, name):
        return float(row[name].replace(",", ".")) if row[name] else math.nan

    for site_id, residents in zip(full.sites["site_id"], full.sites["residents"], strict=True):
        own = [
            persons(row, "residents")
            for row in files["reasons"]
            if row["site_id"] == site_id and row["care"] == "huisarts"
        ]
        assert np.isnan(residents) or math.fsum(own) == pytest.approx(residents, rel=1e-15)
    steps = [r for r in files["cascade"] if r["area_id"] == "total" and r["care"] == "huisarts"]
    assert [row["step"] for row in steps] == list(REASONS)
    before = persons(steps[0], "persons_remaining") + persons(steps[0], "persons_lost")
    assert before == pytest.approx(full.totals.residents, rel=1e-12)
    for row in steps:
        assert persons(row, "persons_remaining") + persons(row, "persons_lost") == pytest.approx(
            before, rel=1e-12
        )
        before = persons(row, "persons_remaining")


def test_persons_have_at_most_nine_decimals_and_still_add_up(full, tmp_path):
    third = full.totals.residents / 3
    cascade = full.cascade.assign(
        persons_remaining=full.cascade["persons_remaining"] * third / 7,
        persons_lost=full.cascade["persons_lost"] * third / 7,
    )
    odd = replace(
        full,
        cascade=cascade,
        reasons=full.reasons.assign(residents=full.reasons["residents"] * 0.33 * 0.4 + 1e-12),
    )
    write_tables(odd, tmp_path)
    steps = rows_of(tmp_path / "cascade.csv")
    for row in (*steps, *rows_of(tmp_path / "reasons.csv")):
        for name in ("persons_remaining", "persons_lost", "residents"):
            assert len(row.get(name, "").partition(",")[2]) <= 9, row
    total = [row for row in steps if row["area_id"] == "total" and row["care"] == "huisarts"]
    left = [Decimal(row["persons_remaining"].replace(",", ".")) for row in total]
    lost = [Decimal(row["persons_lost"].replace(",", ".")) for row in total]
    assert left[0] == left[-1] + sum(lost[1:])


@pytest.mark.parametrize(
    ("kind", "moment_s", "minutes", "said", "written"),
    [
        ("close_later", 79_490, 94.83, "open tot 22:05", "22:05"),
        ("open_earlier", 20_085, 145.25, "open vanaf 05:34", "05:34"),
    ],
)
def test_a_change_has_the_minutes_of_its_sentence(full, kind, moment_s, minutes, said, written):
    """A practice that closes at 20:30 or opens at 08:00."""
    rows = full.reasons.iloc[[0]].assign(
        fix_kind=kind, fix_practice_id="P1", fix_day="tu", fix_minutes=minutes, fix_is_enough=True
    )
    rows["fix_time_s"] = pd.array([moment_s], dtype="Int32")
    row = reason_records(replace(full, reasons=rows), {}).iloc[0]
    assert row["fix"].endswith(said)
    hour, minute = map(int, row["fix_time"].split(":"))
    assert row["fix_time"] == written
    usual = 20 * 60 + 30 if kind == "close_later" else 8 * 60
    assert abs(60 * hour + minute - usual) == row["fix_minutes"]


def test_thirds_of_people_add_up_to_the_residents_as_they_are_written(full):
    rows = full.reasons.iloc[[0, 0, 0, 0]].assign(
        site_id=["a", "b", "a", "a"], residents=[100 / 3, np.nan, 100 / 3, 100 / 3]
    )
    found = reason_records(replace(full, reasons=rows.reset_index(drop=True)), {})["residents"]
    third = round(100 / 3, PERSON_DECIMALS)
    assert found.tolist()[2:] == [third, third]
    assert found[0] == round(100 - 2 * third, PERSON_DECIMALS) != third
    assert np.isnan(found[1])
    none = reason_records(replace(full, reasons=rows.iloc[:0]), {})
    assert len(none) == 0


def test_unknown_places_are_empty_and_not_full(files):
    assert [row["places"] for row in files["capacity"]] == ["12,0", "12,0", "", "12,0", "12,0"]
    assert [row["full"] for row in files["capacity"]] == ["False", "True", "", "True", "False"]
    assert files["capacity"][1]["status_date"] == "2026-10-01"
    assert [(row["site_id"], row["persons"]) for row in files["unplaced"]] == [
        ("S01", "7"),
        ("S02", "2"),
    ]


def test_sites_carry_their_verdict(full, tmp_path):
    write_sites_csv(full, tmp_path / "sites.csv")
    rows = rows_of(tmp_path / "sites.csv")
    columns = list(rows[0])
    assert columns[columns.index("snap_m") + 1 :] == [
        "persons_feasible", "persons_failing", "share_failing", "reason_visit", "reason_visit_text", "fix",
        "fix_is_enough", "worst_care", "worst_reason", "feasible_days", "best_practice_id", "best_day",
        "best_door_to_door_min", "room_practice_id", "room_minutes", "possible_minutes", "explanation",
    ]  # fmt: skip
    assert [row["site_id"] for row in rows] == full.sites["site_id"].tolist()
    assert rows[0]["reason_visit"] == "not_linked"
    assert rows[0]["persons_failing"] == "120,0"
    assert rows[2]["persons_failing"] == ""
    assert rows[9]["room_minutes"] == ""
    assert rows[0]["explanation"].startswith("Voor geen van de 120 bewoners van ")


def test_verdicts_go_by_id_and_not_by_row(full, tmp_path):
    write_sites_csv(full, tmp_path / "one.csv")
    turned = {
        name: getattr(full, name).iloc[::-1].reset_index(drop=True)
        for name in ("verdicts", "basket")
    }
    write_sites_csv(
        replace(full, **turned, nearest_room=full.nearest_room.iloc[::-1]), tmp_path / "two.csv"
    )
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_areas_carry_the_people_without_a_visit(full, tmp_path):
    write_areas_csv(full, tmp_path / "areas.csv")
    rows = rows_of(tmp_path / "areas.csv")
    failing = full.verdicts.set_index("site_id")["persons_failing"]
    inside = full.sites["site_id"][full.sites["area_id"] == "B"]
    assert float(rows[1]["persons_failing"].replace(",", ".")) == failing[inside].sum()
    assert rows[3]["persons_failing"] == "0,0"
    assert rows[3]["share_failing"] == ""
    # nobody's number is known there
    assert (rows[2]["persons_failing"], rows[2]["share_failing"]) == ("", "")
    assert rows[4]["persons_failing"] != ""


def test_ids_that_are_formulas_or_numbers_stay_text(full, tmp_path):
    reasons = full.reasons.assign(group_id="=1+1", site_id="007")
    write_tables(replace(full, reasons=reasons), tmp_path)
    row = rows_of(tmp_path / "reasons.csv")[0]
    assert (row["group_id"], row["site_id"]) == ("'=1+1", "007")


def test_english_files_and_made_up_labels(make_result, tmp_path):
    write_tables(with_visits(make_result(language="en", made_up=True)), tmp_path)
    row = rows_of(tmp_path / "reasons.csv", ",")[4]
    assert row["fix"].startswith("practice ") or "(" in row["fix"]
    assert row["reason_text"] == "closed in free time"
    for path in tmp_path.iterdir():
        assert {each["label"] for each in rows_of(path, ",")} == {"made-up demo data"}


def test_all_files_of_a_full_result_twice_the_same(full, tmp_path):
    every = full.visits[full.visits["feasible"]].reset_index(drop=True)
    every["registered_may"] = pd.array([True] * len(every), dtype="boolean")
    every["unregistered_may"] = pd.array([None, False] * len(every), dtype="boolean")[: len(every)]
    full = replace(full, every_visit=every)
    first, second = write_outputs(full, tmp_path / "a"), write_outputs(full, tmp_path / "b")
    assert [path.name for path in first] == [*FILES, "access.csv", "visits.parquet"]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
    back = pd.read_parquet(tmp_path / "a" / "visits.parquet")
    assert tuple(back.columns)[: len(VISIT_COLUMNS)] == VISIT_COLUMNS
    assert back["home_s"].tolist() == every["home_s"].tolist()
    assert set(CLOCKS) <= set(back.columns)
    # time allows the visit, but they may not be seen there
    assert back["registered_may"].all()
    assert back["unregistered_may"].astype(object).tolist()[:2] == [pd.NA, False]


def test_no_measures_no_access_file(full, tmp_path):
    write_tables(replace(full, access=None), tmp_path)
    assert not (tmp_path / "access.csv").exists()
    write_tables(replace(full, access=full.access[["site_id"]]), tmp_path)
    assert not (tmp_path / "access.csv").exists()


def test_empty_tables_have_their_headings(full, tmp_path):
    write_tables(
        replace(full, unplaced=full.unplaced.iloc[:0], visits=full.visits.iloc[:0]), tmp_path
    )
    assert rows_of(tmp_path / "unplaced.csv") == []
    assert b"site_id;persons" in (tmp_path / "unplaced.csv").read_bytes()


def test_csv_is_what_pandas_would_write(tmp_path):
    table = pd.DataFrame(
        {
            "text": ["a;b", 'say "x"', None, "two\nlines", "=1"],
            "float": [1.0, 0.1 + 0.2, np.inf, np.nan, 1e-9],
            "whole": pd.array([1, None, 3, 4, 5], dtype="Int64"),
            "truth": pd.array([True, None, False, True, True], dtype="boolean"),
        }
    )
    write_csv(table, tmp_path / "mine.csv", "nl")
    safe = table.assign(
        text=["a;b", 'say "x"', None, "two\nlines", "'=1"],
        float=[1.0, 0.3, np.nan, np.nan, 1e-9],  # without 0.1 + 0.2 = 0.30000000000000004
    )
    safe.to_csv(
        tmp_path / "pandas.csv",
        sep=";",
        decimal=",",
        index=False,
        encoding="utf-8-sig",
        lineterminator="\r\n",
    )
    assert (tmp_path / "mine.csv").read_bytes() == (tmp_path / "pandas.csv").read_bytes()


def test_many_rows_take_seconds(make_region, tmp_path):
    full = with_visits(
        make_region(sites_each=1000), groups=[(f"g{k}", 0.25, "06:00-15:00") for k in range(4)]
    )
    assert len(full.visits) == 112_000
    start = time.process_time()
    write_tables(full, tmp_path)
    # about 1 s; a loop over rows would take ten times as long
    assert time.process_time() - start < 8
