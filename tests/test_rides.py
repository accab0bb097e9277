"""The rides of a project.toml: lines where there is no timetable, vans, and walking only said out loud."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geoaccess.cli import main
from geoaccess.inputs import read_inputs
from geoaccess.project import load_project, run_project
from geoaccess.route.itinerary import itinerary
from tests.load.lines.osm_text import along, bus, osm, stops

#: streets along the equator: at the left a camp, at the right a practice, 5.5 km apart
NODES = along(0, 0.5, 5, 5.5)
STREET = {"highway": "residential"}
WAYS = {1: ([1, 2], STREET), 2: ([3, 4], STREET), 3: ([2, 3], {**STREET, "foot": "yes"})}
LINE = {7: (stops("n1", "n4"), bus(interval="20", duration="12", ref="36"))}
SITES = "site_id,name,lon,lat,residents\nS1,Camp,0.0001,0.0,40\nS2,Farm,0.006,0.0,12\n"
PRACTICES = "practice_id,name,lon,lat\nP1,Grutto,0.0549,0.0\n"
HEAD = '[project]\nname = "Peel"\nlanguage = "en"\n[inputs]\nsites = "sites.csv"\n'
HEAD += 'practices = "practices.csv"\nosm = "region.osm"\n'
WHEN = "[when]\ndate = 2026-11-24\n"
VAN = """[[van]]
name = "Kas"
days = "Mo-Fr"
departures = ["08:30", 17:40:00]
stops = [
  { site_id = "S1", minutes = 0 },
  { lat = 0.0, lon = 0.03, name = "Shop", minutes = 5 },
  { practice_id = "P1", minutes = 9 },
]
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes a whole project."""
    monkeypatch.setenv("GEOACCESS_CACHE", str(tmp_path / "cache"))

    def write(toml: str = WHEN, inputs: str = "", relations: dict | None = None) -> Path:
        (tmp_path / "sites.csv").write_text(SITES)
        (tmp_path / "practices.csv").write_text(PRACTICES)
        routes = LINE if relations is None else relations
        (tmp_path / "region.osm").write_text(osm(NODES, routes, WAYS))
        (tmp_path / "bare.osm").write_text(osm(NODES, {}, WAYS))
        (tmp_path / "project.toml").write_text(HEAD + inputs + toml)
        return tmp_path / "project.toml"

    return write


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def faults_of(path: Path) -> dict[str | None, str]:
    return {fault.key: str(fault) for fault in read_inputs(path).faults}


def test_lines_of_the_extract_are_used_where_there_is_no_timetable(
    write: Write, tmp_path: Path
) -> None:
    project = write()
    done = run_project(project, tmp_path / "out")
    times = done.result.times.set_index("site_id")
    # the camp is at the stop: 12 minutes, and a wait of anything up to 20
    assert times.loc["S1", "minutes_p50"] == pytest.approx(12 + 10, abs=1.2)
    record = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert record["parameters"]["draws"] == 12
    assert record["rows"]["trips"] > 0
    said = "\n".join(record["warnings"])
    assert "Lines from OpenStreetMap: 1 route (bus 1), 1 line and direction" in said
    assert "service hours assumed (2026-11)" in said
    assert "12 possible timetables are drawn, percentiles are over the departures in all" in said
    assert "walking only" not in said
    assert "only walking" not in said
    html = (tmp_path / "out" / "map.html").read_text("utf-8")
    assert "over 12 possible timetables" in html
    assert any("streets and lines" in line for line in done.result.context.sources)
    again = run_project(project, tmp_path / "again")
    assert again.record["network"] == "from cache"
    assert again.record["warnings"] == record["warnings"]
    assert again.result.context.sources == done.result.context.sources
    assert again.result.times.equals(done.result.times)


@pytest.mark.parametrize(
    ("inputs", "relations", "reason"),
    [
        ("lines = false\n", LINE, ""),
        ("", {}, "holds no route of public transport"),
        ("", {7: (stops("n1", "n99"), bus())}, "none that runs and has two stops"),
        (
            "",
            {7: (stops("n1", "n4"), bus(opening_hours="Su 08:00-20:00"))},
            "no line runs on 2026-11-24",
        ),
    ],
)
def test_walking_only_is_said_with_its_reason(
    write: Write, inputs: str, relations: dict, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write(WHEN, inputs, relations)
    assert call("check", project) == 0
    said = capsys.readouterr().out
    assert "only walking is possible" in said
    assert reason in said
    for _ in range(2):  # the second time from the cache
        study = load_project(project)
        assert study.network.transits == ()
    result = study.measure()
    assert not result.context.transit
    warnings = "\n".join(result.context.warnings)
    assert "only walking was possible" in warnings
    assert reason in warnings
    assert result.context.draws == 0


def test_lines_that_are_asked_for_must_be_there(write: Write, tmp_path: Path) -> None:
    faults = faults_of(write(WHEN, "lines = true\n", {}))
    assert "holds no route of public transport" in str(faults)
    faults = faults_of(write(WHEN, 'lines = "bare.osm"\n'))
    assert "bare.osm: holds no route" in str(faults)
    assert "bare.osm" in faults_of(write(WHEN, 'lines = "bar.osm"\n'))["inputs.lines"]
    assert "true, false, or the name" in faults_of(write(WHEN, "lines = 3\n"))["inputs.lines"]
    sunday = {7: (stops("n1", "n4"), bus(opening_hours="Su 08:00-20:00"))}
    assert "no line runs" in str(faults_of(write(WHEN, "lines = true\n", sunday)))
    far = {k: (lon + 40, lat) for k, (lon, lat) in NODES.items()}
    write()
    (tmp_path / "bare.osm").write_text(osm(far, LINE, {}))
    faults = faults_of(write_again(tmp_path, 'lines = "bare.osm"\n', far))
    assert "no stop of its lines lies near the streets of region.osm" in str(faults)


def write_again(folder: Path, inputs: str, nodes: dict) -> Path:
    """Project beside an extract of elsewhere."""
    (folder / "bare.osm").write_text(osm(nodes, LINE, {}))
    (folder / "project.toml").write_text(HEAD + inputs + WHEN)
    return folder / "project.toml"


def test_a_graph_has_no_lines(write: Write, tmp_path: Path) -> None:
    project = write(WHEN, "lines = true\n")
    (tmp_path / "r.graphml").touch()
    project.write_text(project.read_text().replace("region.osm", "r.graphml"))
    assert "holds only streets" in faults_of(project)["inputs.lines"]


def test_lines_and_vans_need_a_date(write: Write) -> None:
    assert "need the date to travel on" in faults_of(write(""))["when.date"]
    assert "lines = false" in faults_of(write(""))["when.date"]
    assert "need the date" in faults_of(write("", "lines = true\n"))["when.date"]
    assert "need the date" in faults_of(write(VAN, "lines = false\n"))["when.date"]
    assert not faults_of(write("", "lines = false\n"))
    assert not faults_of(write("", "", {}))
    # a date that is wrong is one fault, not two
    assert list(faults_of(write("[when]\ndate = 'x'\n"))) == ["when.date"]


def test_lines_of_another_extract_stand_beside(write: Write, tmp_path: Path) -> None:
    project = write(WHEN, 'lines = "other.osm"\n', {})
    (tmp_path / "other.osm").write_text(osm(NODES, LINE, {}))
    inputs = read_inputs(project)
    assert not inputs.faults
    assert inputs.lines is not None
    assert [record["what"] for record in inputs.records] == ["sites", "practices", "osm", "lines"]
    study = load_project(project)
    assert len(study.network.transits) == 12
    assert any(
        line.startswith("lines (© OpenStreetMap contributors): other.osm") for line in study.sources
    )
    assert read_inputs(project, cache=True).network is not None
    (tmp_path / "other.osm").write_text(osm(NODES, LINE | {9: LINE[7]}, {}))
    assert read_inputs(project, cache=True).network is None


def test_a_van_of_sites_practices_and_places(write: Write) -> None:
    inputs = read_inputs(write(WHEN + VAN, "lines = false\n"))
    assert not inputs.faults
    (van,) = inputs.vans
    assert van.departures == ("08:30", "17:40")
    assert [(stop.name, stop.lon, stop.minutes) for stop in van.stops] == [
        ("Camp", 0.0001, 0),
        ("Shop", 0.03, 5),
        ("Grutto", 0.0549, 9),
    ]
    study = load_project(inputs.settings.file)
    assert len(study.network.transits) == 1
    legs = itinerary(study.sites, study.practices, study.network, "S1", "P1", depart="08:25")
    assert legs["mode"].tolist() == ["walk", "van", "walk"]
    assert legs.attrs["minutes"] == 5 + 9
    warnings = "\n".join(study.measure().context.warnings)
    assert "van 'Kas' (Mo-Fr): runs 2 times on 2026-11-24" in warnings
    assert "only walking" not in warnings


def test_a_van_beside_lines(write: Write) -> None:
    study = load_project(write(WHEN + VAN))
    assert len(study.network.transits) == 12
    for transit in study.network.transits:
        assert {3, 711} == set(transit.timetable.trips["mode"])


def test_every_fault_of_vans_at_once(write: Write) -> None:
    faulty = VAN.replace("Mo-Fr", "daily").replace('"S1"', '"S9"').replace('"08:30"', '"8 uur"')
    faulty += VAN.replace('name = "Kas"\n', "").replace("minutes = 5", 'minutes = "5"')
    faulty += VAN.replace('"Kas"', '"far"').replace("lon = 0.03", "lon = 30").replace("5", "3")
    faulty += VAN.replace('"Kas"', '"half"').replace("lon = 0.03, ", "")
    faulty += VAN.replace('"Kas"', '"both"').replace("lat = 0.0", 'lat = 0.0, practice_id = "P1"')
    faulty += VAN.replace('"Kas"', '"key"').replace("minutes = 9", "minuts = 9")
    faults = faults_of(write(WHEN + faulty, "lines = false\n"))
    assert "did you mean 'S2'?" in faults['van "Kas".stops[1].site_id']
    assert "no weekdays" in faults['van "Kas".days']
    assert "not a time" in faults['van "Kas".departures']
    assert "is missing" in faults["van[2].name"]
    assert "must be a number" in faults["van[2].stops[2].minutes"]
    assert "only half a place" in faults['van "half".stops[2]']
    assert "must have one place" in faults['van "both".stops[2]']
    assert "did you mean 'minutes'?" in faults["van[6].stops[3].minuts"]
    assert "is missing" in faults["van[6].stops[3].minutes"]
    assert "km from the nearest street" in faults[None]
    assert "far: Shop" in faults[None]
    assert len(faults) == 10


@pytest.mark.parametrize("text", ["van = 3\n", "[van]\nname = 'x'\n", "[[van]]\n", "van = [3]\n"])
def test_a_van_that_is_no_table_of_its_own(write: Write, text: str) -> None:
    top = text if text.startswith("van =") else ""
    project = write(WHEN + ("" if top else text), "lines = false\n")
    project.write_text(top + project.read_text())
    faults = faults_of(project)
    assert faults
    assert all(key is not None and key.startswith("van[1]") for key in faults)


def test_what_a_van_is_made_of_is_in_the_key(write: Write, tmp_path: Path) -> None:
    def key() -> str:
        return read_inputs(tmp_path / "project.toml").network_key

    keys = []
    for toml, inputs in (
        (WHEN + VAN, ""),
        (WHEN + VAN, "lines = true\n"),
        (WHEN + VAN, "lines = false\n"),
        (WHEN, ""),
        (WHEN + VAN.replace("08:30", "08:31"), ""),
        (WHEN + VAN.replace("Mo-Fr", "Mo-Th"), ""),
        (WHEN + VAN.replace("0.03,", "0.031,"), ""),
        (WHEN + VAN.replace("minutes = 5", "minutes = 6"), ""),
        (WHEN + VAN + VAN, ""),
    ):
        write(toml, inputs)
        keys.append(key())
    assert len(set(keys)) == len(keys)
    write(WHEN + VAN)
    assert key() == keys[0]
    # a site that a van stops at lies elsewhere; another site may
    (tmp_path / "sites.csv").write_text(SITES.replace("0.006", "0.007"))
    assert key() == keys[0]
    (tmp_path / "sites.csv").write_text(SITES.replace("0.0001", "0.0002"))
    assert key() not in keys


def test_the_command_line_says_what_lines_are_worth(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write(WHEN + VAN)
    assert call("check", project) == 0
    said = capsys.readouterr().out
    assert "lines of public transport: 1 from region.osm" in said
    assert "bus: service hours assumed (2026-11) for 1 of 1 line" in said
    assert "12 possible timetables are drawn" in said
    assert "van: Kas, 3 stops, 08:30, 17:40 (Mo-Fr)" in said
    assert call("trip", project, "S1", "P1", "--depart", "09:00") == 0
    said = capsys.readouterr().out
    assert "every 20 min, times are an example" in said
    assert "this is an example, in possible timetable 1 of 12" in said
    assert call("trip", project, "S1", "P1", "--depart", "08:30") == 0
    said = capsys.readouterr().out
    assert "employer van" in said
    assert call("trip", project, "S1", "P1", "--depart", "09:00", "--json") == 0
    about = json.loads(capsys.readouterr().out)
    assert (about["draw"], about["draws"]) == (1, 12)
    assert [leg["headway_min"] for leg in about["legs"]] == [None, 20, None]


# ---- real extracts


@pytest.mark.parametrize(
    ("folder", "file", "centre", "draws"),
    [
        ("newport_uk", "newport-2023-06-13.osm.pbf", (-3.054, 51.588), 12),
        ("poa_brazil", "poa_osm.pbf", (-51.22, -30.03), 0),
    ],
)
def test_real_extracts_without_a_timetable(
    shared: Path, tmp_path: Path, folder: str, file: str, centre: tuple[float, float], draws: int
) -> None:
    lon, lat = centre
    grid = [(lon + 0.006 * x, lat + 0.004 * y) for x in range(-3, 4) for y in range(-3, 4)]
    rows = [f"{k},{x:.5f},{y:.5f},1" for k, (x, y) in enumerate(grid)]
    (tmp_path / "sites.csv").write_text("\n".join(["site_id,lon,lat,residents", *rows]))
    rows = [f"{k},{x:.5f},{y:.5f}" for k, (x, y) in enumerate(grid[::8])]
    (tmp_path / "practices.csv").write_text("\n".join(["practice_id,lon,lat", *rows]))
    toml = HEAD.replace("region.osm", (shared / folder / file).as_posix()) + WHEN
    (tmp_path / "project.toml").write_text(toml)
    done = run_project(tmp_path / "project.toml", tmp_path / "out", cache=False)
    assert done.record["parameters"]["draws"] == draws
    times = done.result.times
    assert len(times) >= len(grid)
    assert (times["minutes_p10"] <= times["minutes_p50"]).all()
    said = "\n".join(done.record["warnings"])
    if draws:
        assert "Lines from OpenStreetMap: 8 routes (bus 6, train 2)" in said
        assert "bus: headway assumed (2026-11)" in said
        # some trips are rides: their wait differs from departure to departure, a walk takes the same time always
        known = np.isfinite(times["minutes_p90"])
        assert (times["minutes_p90"][known] > times["minutes_p10"][known]).any()
    else:
        assert "only walking was possible" in said
        assert "poa_osm.pbf: holds no route of public transport" in said
