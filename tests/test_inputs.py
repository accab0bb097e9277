"""Inputs of a project: groups and practices of every kind, with the faults of all of them at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from geoaccess.cli import main
from geoaccess.errors import Fault
from geoaccess.inputs import assumptions, read_inputs, source_lines
from geoaccess.project import run_project

STREETS = """<osm version="0.6">
<node id="1" lat="52.0" lon="4.20"/><node id="2" lat="52.0" lon="4.21"/><node id="3" lat="52.01" lon="4.21"/>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way></osm>"""
SITES = "site_id,lon,lat,residents\nS1,4.2,52.0,100\nS2,4.21,52.0,50\nS3,4.21,52.01,\n"
PRACTICES = "practice_id,lon,lat,care,opening_hours\nP1,4.205,52.0,huisarts,Mo-Fr 08:00-17:00\n"
PROJECT = '[inputs]\nsites = "sites.csv"\npractices = "practices.csv"\nosm = "r.osm"\n'
WITH_GROUPS = PROJECT + 'groups = "groups.csv"\n'

Project = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a function that writes a project with its files, some of them given as text or bytes."""

    def write(toml: str = PROJECT, **files: str | bytes) -> Path:
        given = {"sites.csv": SITES, "practices.csv": PRACTICES, "r.osm": STREETS}
        given |= {name.replace("_", "."): content for name, content in files.items()}
        for name, content in (given | {"project.toml": toml}).items():
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / name).write_bytes(data)
        return tmp_path / "project.toml"

    return write


def faults_of(path: Path) -> tuple[Fault, ...]:
    return read_inputs(path).faults


def places(faults: tuple[Fault, ...]) -> list[tuple[object, ...]]:
    return [(fault.file, fault.row or fault.key, fault.column, fault.value) for fault in faults]


def test_groups_are_read_recorded_and_named(project: Project) -> None:
    text = "Locatie;Groep;Aandeel;Dienst;Werkdagen;Reistijd;Talen;Ingeschreven\n"
    text += "S1;kas;0,6;6.00-15.00;ma-za;30;Pools;50%\nS1;nacht;0,4;22-6;ma t/m vr;;Roemeens;\n"
    for data in (text.encode("cp1252"), text.encode("utf-8-sig")):
        inputs = read_inputs(project(WITH_GROUPS, groups_csv=data))
        assert not inputs.faults
        assert inputs.groups is not None
        assert list(inputs.groups["share"]) == [0.6, 0.4]
        assert list(inputs.groups["shift"]) == ["06:00-15:00", "22:00-06:00"]
        assert [record["what"] for record in inputs.records][:2] == ["sites", "groups"]
        (line,) = [
            line for line in source_lines(inputs.settings, inputs.records) if "groep" in line
        ]
        assert line.startswith("groepen bewoners: groups.csv (")
        (said,) = assumptions(inputs)["groups"]
        assert "Groups of 2 sites are assumed" in said


def test_what_groups_leave_out_is_as_the_only_group_of_the_project(project: Project) -> None:
    groups = "site_id,group_id,share\nS1,a,0.5\nS1,b,0.5\n"
    one = "[[groups]]\ngroup_id = 'kas'\nshift = '05:00-14:00'\ncommute_min = 20\nsource = 'gesprek'\n"
    inputs = read_inputs(project(WITH_GROUPS + one, groups_csv=groups))
    assert inputs.groups is not None
    assert set(inputs.groups["shift"]) == {"05:00-14:00"}
    assert any("gesprek" in note for note in inputs.groups.attrs["notes"])
    assert "'kas' (100% of the residents) works 05:00-14:00" in assumptions(inputs)["groups"][0]


def test_groups_and_practices_in_workbooks(project: Project, tmp_path: Path) -> None:
    heads = ["site_id", "persons", "shift", "work_days", "languages", "commute_min"]
    rows = [["S1", 60, "06:00-15:00", "Mo-Sa", "pl", 30], ["S1", 40, "off", None, None, None]]
    _workbook(tmp_path / "groups.xlsx", [heads, *rows])
    heads = ["practice_id", "lon", "lat", "care", "serves", "walk_in", "remote_share", "ma", "di"]
    rows = [["P1", 4.205, 52.0, "HAP", "S1/1; S2", True, 0.2, "8-17", "op afspraak"]]
    _workbook(tmp_path / "practices.xlsx", [heads, *rows])
    toml = WITH_GROUPS.replace("groups.csv", "groups.xlsx")
    inputs = read_inputs(project(toml.replace("practices.csv", "practices.xlsx")))
    assert not inputs.faults, [str(fault) for fault in inputs.faults]
    assert inputs.groups is not None
    assert inputs.practices is not None
    assert list(inputs.groups["share"]) == [0.6, 0.4]
    assert (inputs.practices.care[0], inputs.practices.serves[0]) == ("huisartsenpost", "S1/1;S2")
    assert any(
        "cannot be read and are unknown: P1" in note for note in assumptions(inputs)["practices"]
    )


def _workbook(path: Path, rows: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def test_every_fault_of_groups_practices_and_toml_at_once(project: Project) -> None:
    toml = (
        WITH_GROUPS
        + "[norm]\nconsult_min = -1\n[[groups]]\nshare = 0.4\n[[care]]\ncare = 'ggz'\nnorm_minutes = 'kort'\n"
    )
    groups = (
        "site_id,group_id,share,shift,work_days,commute_min,languages,registered_share\n"
        "S1,a,0.5,06:00-25:99,Mo-Fr,10,pl,0.5\nS1,a,0.5,soms,vaak,-10,klingons,3\nS9,b,0.5,6-15,Mo,999,pl,50%\n"
        "S2,c,0.3,6-15,Mo,10,pl,50%\nS2,d,0.3,6-15,Mo,10,pl,veel\n"
    )
    practices = (
        "practice_id,lon,lat,serves,walk_in,remote_share,fte,status\n"
        "P1,4.205,52.0,S1;S7;S2/c,misschien,200%,-1,vaak\nP1,4.205,,,,,,\n"
    )
    found = places(faults_of(project(toml, groups_csv=groups, practices_csv=practices)))
    assert set(found) == {
        ("project.toml", "care[1].norm_minutes", None, "kort"),
        ("project.toml", "norm.consult_min", None, "-1"),
        ("project.toml", "groups.share", None, None),
        ("groups.csv", 2, "shift", "06:00-25:99"),
        ("groups.csv", 3, "group_id", "a"),
        ("groups.csv", 3, "shift", "soms"),
        ("groups.csv", 3, "work_days", "vaak"),
        ("groups.csv", 3, "commute_min", "-10"),
        ("groups.csv", 3, "languages", "klingons"),
        ("groups.csv", 3, "registered_share", "3"),
        ("groups.csv", 4, "site_id", "S9"),
        ("groups.csv", 4, "commute_min", "999"),
        ("groups.csv", 6, "registered_share", "veel"),
        ("groups.csv", 5, "share", "0.3"),
        ("groups.csv", 4, "share", "0.5"),
        ("practices.csv", 2, "walk_in", "misschien"),
        ("practices.csv", 2, "remote_share", "200%"),
        ("practices.csv", 2, "fte", "-1"),
        ("practices.csv", 2, "status", "vaak"),
        ("practices.csv", 3, "practice_id", "P1"),
        ("practices.csv", 3, "lat", None),
    }


def test_whom_practices_serve_is_looked_up_in_sites_and_groups(project: Project) -> None:
    groups = "site_id,group_id,share\nS1,kas,0.5\nS1,nacht,0.5\n"
    practices = (
        "practice_id,lon,lat,Voor wie\nP1,4.205,52.0,S1;S9\nP2,4.205,52.0,S1/kas;S1/dag;S2/standaard;S2/kas\n"
        "P3,4.205,52.0,iedereen\n"
    )
    found = faults_of(project(WITH_GROUPS, groups_csv=groups, practices_csv=practices))
    assert places(found) == [
        ("practices.csv", 2, "Voor wie", "S9"),
        ("practices.csv", 3, "Voor wie", "S1/dag"),
        ("practices.csv", 3, "Voor wie", "S2/kas"),
    ]
    assert "kas, nacht" in str(found[1].remedy)
    assert "standaard" in str(found[2].remedy)
    # groups that are at fault make no faults of the practices that name them
    broken = groups.replace("0.5", "0.4")
    found = faults_of(project(WITH_GROUPS, groups_csv=broken, practices_csv=practices))
    assert [place[0:2] for place in places(found)] == [("groups.csv", 2), ("practices.csv", 2)]


def test_check_tells_hours_that_cannot_be_read_and_what_is_assumed(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    practices = (
        "practice_id,lon,lat,care,opening_hours,ma,di\nP1,4.205,52.0,huisarts,zie website,,\n"
        "P2,4.205,52.0,apotheek,,,\nP3,4.205,52.0,hap,,,\nP4,4.205,52.0,podoloog,,op afspraak,8-12\n"
    )
    toml = (
        PROJECT
        + "[[care]]\ncare = 'apotheek'\nopening_hours = 'Mo-Fr 09:00-17:30'\n[[care]]\ncare = 'ggz'\n"
    )
    with pytest.raises(SystemExit) as stop:
        main(["check", str(project(toml, practices_csv=practices))])
    assert not stop.value.code
    said = capsys.readouterr().out
    for part in (
        "groups: no table is given",
        "Groups of 3 sites are assumed: 'standaard'",
        "row 5 ma 'op afspraak'",
        "cannot be read and are unknown: P1 'zie website', P4 'Mo: op afspraak; Tu: 8-12'",
        "'Mo-Fr 09:00-17:30' (project.toml)",
        "Kinds of care not known by name count as kinds of their own: 'podoloog' (1)",
        "no practice gives it, so that nobody has it: ggz.",
        "no faults",
    ):
        assert part in said


@pytest.mark.parametrize(
    "broken",
    [
        {"groups_csv": b""},
        {"groups_csv": b"site_id\n"},
        {"groups_csv": b"\x00\x01\x02"},
        {"groups_csv": "groep;dienst\na;6-15\n"},
        {"groups_csv": "site_id,share\nS1,\nS1,0.5\n"},
        {"groups_csv": "site_id,persons\nS1,0\n"},
        {"groups_csv": "site_id,persons\nS1,-4\n"},
        {"groups_csv": 'site_id,shift\nS1,"06:00-14:00 60% | 14:00-22:00 60%"\n'},
        {"practices_csv": "practice_id,lon,lat,serves\nP1,4.2,52.0,S1/\n"},
        {"practices_csv": "naam\nx\n"},
        {"sites_csv": "site_id,lon,lat\n"},
    ],
)
def test_broken_files_are_faults_and_nothing_else(
    project: Project, broken: dict[str, str | bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"groups_csv": "site_id,shift\nS1,6-15\n"} | broken
    path = project(WITH_GROUPS, **files)
    for command in (["check", str(path)], ["run", str(path), "-o", str(path.parent / "out")]):
        with pytest.raises(SystemExit) as stop:
            main(command)
        assert stop.value.code == 2
        said = capsys.readouterr().err
        assert "Traceback" not in said
        assert all(line.split(",")[0].split(":")[0].endswith(".csv") for line in said.splitlines())
        assert not (path.parent / "out").exists()


def test_a_run_names_what_it_assumes_and_records_its_parameters(project: Project) -> None:
    toml = (
        WITH_GROUPS
        + "[norm]\nconsult_min = 10\n[[groups]]\ngroup_id = 'kas'\nshift = '6-15'\ndate = 2026-11-01\n"
        + "[[care]]\ncare = 'apotheek'\nnorm_minutes = 20\n[measures]\ncatchment = ['2sfca']\n"
    )
    path = project(toml, groups_csv="site_id,shift\nS1,22-6\n")
    done = run_project(path, path.parent / "out", cache=False)
    record = json.loads((path.parent / "out" / "run.json").read_text("utf-8"))
    assert record == json.loads(json.dumps(done.record))
    assert [entry["what"] for entry in record["inputs"]] == ["sites", "groups", "practices", "osm"]
    parameters = record["parameters"]
    assert parameters["norm"]["consult_min"] == 10
    assert parameters["country"] == "NL"
    (group,) = parameters["default_groups"]
    assert (group["group_id"], group["shift"], group["date"]) == (
        "kas",
        "06:00-15:00",
        "2026-11-01",
    )
    assert [kind["care"] for kind in parameters["care"]] == ["apotheek", "huisarts"]
    assert parameters["measures"] == {"names": ["2sfca"], "inhabitants": True}
    assert parameters["failing"]["min_persons"] == 50
    assert record["rows"]["groups"] == 3
    assert any(
        "groups: Groups of 2 sites are assumed: 'kas'" in note for note in record["warnings"]
    )
