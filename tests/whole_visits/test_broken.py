"""Broken inputs of visits: exit 2, one message for every fault with file, row, column and what to do, no output."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.whole_visits.files import GROUP, PRACTICE, Region, call, write


def messages(project: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What `run` says when it refuses, a line for each fault; nothing is written."""
    capsys.readouterr()
    assert call("run", project) == 2
    assert not (project.parent / "out").exists()
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    lines = (said.out + said.err).splitlines()
    return [line for line in lines if line.strip() and not line.startswith("note:")]


def about(lines: list[str], *words: str) -> str:
    """The one line that holds all these words."""
    found = [line for line in lines if all(word in line for word in words)]
    assert len(found) == 1, (words, lines)
    return found[0]


def test_every_fault_of_groups_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (
        GROUP | {"group_id": "a", "share": 0.5},
        GROUP | {"group_id": "b", "share": 0.5, "shift": "vroeg"},
        GROUP | {"site_id": "S9", "group_id": "c"},
        GROUP | {"site_id": "", "group_id": "d"},
    )
    lines = messages(write(Region(groups=rows), tmp_path), capsys)
    assert "vroeg" in about(lines, "groups.csv", "row 3", "shift")
    about(lines, "groups.csv", "row 4", "site_id", "S9")
    about(lines, "groups.csv", "row 5", "site_id")
    assert len(lines) == 3
    rows = (
        GROUP | {"work_days": "soms"},
        GROUP | {"group_id": "b", "commute_min": -5},
        GROUP | {"group_id": "c", "languages": "Klingon"},
        GROUP | {"group_id": "d", "registered_share": "170%"},
        GROUP,
    )
    rows = tuple(row | {"share": 0.2} for row in rows)
    lines = messages(write(Region(groups=rows), tmp_path), capsys)
    about(lines, "groups.csv", "row 2", "work_days", "soms")
    about(lines, "groups.csv", "row 3", "commute_min")
    about(lines, "groups.csv", "row 4", "languages", "Klingon")
    about(lines, "groups.csv", "row 5", "registered_share", "170%")
    about(lines, "groups.csv", "row 6", "group_id", "kas")
    assert len(lines) == 5
    assert all(" -> " in line for line in lines), "each says what to do"


def test_shares_that_do_not_add_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (GROUP | {"share": 0.5}, GROUP | {"group_id": "b", "share": 0.3})
    lines = messages(write(Region(groups=rows), tmp_path), capsys)
    line = about(lines, "groups.csv", "S1")
    assert "0.8" in line or "80%" in line


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "misschien"}, ("row 2", "status", "misschien")),
        ({"languages": "Klingon"}, ("row 2", "languages", "Klingon")),
        ({"interpreter": "soms"}, ("row 2", "interpreter", "soms")),
        ({"fte": -1}, ("row 2", "fte", "-1")),
        ({"remote_share": "200%"}, ("row 2", "remote_share", "200%")),
        ({"walk_in": "soms"}, ("row 2", "walk_in", "soms")),
        ({"at_work": "soms"}, ("row 2", "at_work", "soms")),
        ({"serves": "S1;S8"}, ("row 2", "serves", "S8")),
        ({"serves": "S1/nacht"}, ("row 2", "serves", "nacht")),
    ],
)
def test_practices(
    change: dict, words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = messages(write(Region().practice(**change), tmp_path), capsys)
    assert " -> " in about(lines, "practices.csv", *words)
    assert len(lines) == 1


PROFILE = '[[groups]]\ngroup_id = "kas"\n'


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (PROFILE + 'shift = "6 tot laat"\n', ("groups", "shift")),
        (PROFILE + 'work_days = "soms"\n', ("groups", "work_days", "soms")),
        (PROFILE + "share = 0.4\n", ("groups", "share")),
        (PROFILE + 'share = 0.5\n[[groups]]\ngroup_id = "kas"\nshare = 0.5\n', ("groups", "kas")),
        (PROFILE + 'shfit = "06:00-15:00"\n', ("groups", "shfit", "did you mean 'shift'")),
        (PROFILE + "registered_share = 67\n", ("groups", "registered_share", "67")),
        ('[[care]]\ncare = "apotheek"\nnorm_minutes = -3\n', ("care", "norm_minutes", "-3")),
        ('[[care]]\ncare = "apotheek"\nopening_hours = "soms"\n', ("opening_hours", "soms")),
        ('[[care]]\ncare = "apotheek"\n[[care]]\ncare = "pharmacy"\n', ("care", "apotheek")),
        ("[[care]]\nnorm_minutes = 30\n", ("care",)),
        ('[measures]\ncatchment = ["2sfa"]\n', ("measures", "2sfa", "2sfca")),
        ("[failing]\nmin_share = 50\n", ("failing", "min_share", "50")),
        ("[failing]\nmin_person = 50\n", ("failing", "min_person", "min_persons")),
    ],
)
def test_project(
    more: str, words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = messages(write(replace(Region(), more=more), tmp_path), capsys)
    about(lines, "project.toml", *words)
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("norm", "words"),
    [
        ("consult_min = 0", ("consult_min", "0")),
        ("reception_margin_min = -1", ("reception_margin_min", "-1")),
        ("patients_per_fte = -2", ("patients_per_fte", "-2")),
        ("conditional_weight = 1.5", ("conditional_weight", "1.5")),
        ("unknown_weight = -0.1", ("unknown_weight", "-0.1")),
        ('consult_min = "lang"', ("consult_min", "lang")),
    ],
)
def test_norm(
    norm: str, words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = messages(write(replace(Region(), norm=norm), tmp_path), capsys)
    about(lines, "project.toml", *words)


def test_no_such_country(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = write(Region(), tmp_path)
    project.write_text(project.read_text().replace("[project]", '[project]\ncountry = "XX"'))
    about(messages(project, capsys), "project.toml", "country", "XX")


def test_faults_of_all_kinds_come_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    region = Region().group(shift="vroeg").practice(status="misschien")
    region = replace(region, more="[failing]\nmin_share = 50\n", norm="consult_min = 0")
    lines = messages(write(region, tmp_path), capsys)
    about(lines, "groups.csv", "shift")
    about(lines, "practices.csv", "status")
    about(lines, "failing", "min_share")
    about(lines, "consult_min")
    assert len(lines) == 4


def test_no_such_file_and_an_empty_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = write(Region(), tmp_path)
    (tmp_path / "groups.csv").unlink()
    about(messages(project, capsys), "groups.csv")
    (tmp_path / "groups.csv").write_text("site_id,group_id\n")
    # no groups at all is no fault: every site takes the default
    assert call("check", project) in {0, 2}
    (tmp_path / "groups.csv").write_text("groep,dienst\nkas,06:00-15:00\n")
    about(messages(project, capsys), "groups.csv", "site_id")
    assert PRACTICE["practice_id"] == "P1"
