import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import geoaccess.project
from geoaccess.cli import main

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("numpy", "pandas", "geopandas", "numba", "matplotlib", "folium", "osmnx")


def call(*words: object) -> int:
    """Exit code of the command line in this process."""
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def python_m(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "geoaccess", *words],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--help") == 0
    said = capsys.readouterr().out
    for command in ("demo", "init", "check", "run", "times", "trip"):
        assert command in said
    assert call("--version") == 0
    assert capsys.readouterr().out == f"geoaccess {geoaccess.__version__}\n"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom geoaccess.cli import main\n"
        "try:\n    main(['run', '--help'])\nexcept SystemExit:\n    pass\n"
        f"sys.exit(str([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.stderr.decode().strip() == "[]"


@pytest.mark.parametrize(
    ("words", "code"), [(["--help"], 0), (["check", "Łódź.toml"], 2), (["init", "Łódź"], 0)]
)
def test_a_console_that_lacks_letters_is_no_error(
    words: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = python_m(*words, PYTHONIOENCODING="cp1252", PYTHONPATH=str(ROOT))
    assert b"Error" not in done.stderr
    assert done.returncode == code, done.stderr


def test_no_colours_when_not_a_terminal() -> None:
    done = python_m("run", "--nonsense")
    assert done.returncode == 2
    assert b"\x1b[" not in done.stdout + done.stderr


def test_init_then_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("init", tmp_path / "peel") == 0
    assert call("check", tmp_path / "peel" / "project.toml") == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    lines = said.err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(
        "project.toml, inputs.sites, value 'sites.csv': there is no such file"
    )
    assert call("init", tmp_path / "peel") == 2
    assert "exists already" in capsys.readouterr().err


def test_check_prints_notes_and_the_feed_report(
    demo_inputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("check", demo_inputs / "project.toml") == 0
    said = capsys.readouterr()
    assert said.err == ""
    for part in ("sites:", "practices:", "areas:", "streets:", "active trips:", "first date:"):
        assert part in said.out
    assert said.out.endswith("no faults\n")


def test_check_reports_on_the_feed_even_when_the_date_is_outside_it(
    demo_inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "project.toml").write_text(
        f'[inputs]\ngtfs = "{(demo_inputs / "gtfs.zip").as_posix()}"\n[when]\ndate = 2020-01-01\n'
    )
    assert call("check", tmp_path / "project.toml") == 2
    said = capsys.readouterr()
    assert "timetable of all dates:" in said.out
    assert "last date: 2026-12-06" in said.out
    assert "2026-11-23" in said.err


def test_check_shows_what_could_be_read_beside_the_faults(
    demo_inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sites.csv").write_text("id,lon,lat,bewoners\na,4.2,52.0,-1\nb,4.2,,3\n")
    (tmp_path / "project.toml").write_text(
        f'[inputs]\nsites = "sites.csv"\nosm = "{(demo_inputs / "streets.osm.pbf").as_posix()}"\n'
        f'practices = "{(demo_inputs / "practices.csv").as_posix()}"\n[nrom]\nx = 1\n'
    )
    assert call("check", tmp_path / "project.toml") == 2
    said = capsys.readouterr()
    assert "practices: " in said.out
    assert "did you mean 'norm'?" in said.err
    assert "row 2" in said.err
    assert "row 3" in said.err


def test_demo_then_run_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("demo", "-o", tmp_path / "demo") == 0
    said = capsys.readouterr().out
    assert "made-up demo data" in said
    assert (tmp_path / "demo" / "map.html").is_file()
    project = tmp_path / "demo" / "input" / "project.toml"
    assert call("run", project, "-o", tmp_path / "again", "--workers", 1, "--json") == 0
    said = capsys.readouterr()
    record = json.loads(said.out)
    assert record["folder"] == str(tmp_path / "again")
    assert record["totals"]["sites"] > 50
    assert said.err == ""
    again = (tmp_path / "again" / "sites.csv").read_bytes()
    assert again == (tmp_path / "demo" / "sites.csv").read_bytes()


def test_results_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert call("demo", "-o", tmp_path / "file") == 2
    assert "is a file, not a folder" in capsys.readouterr().err


def test_the_demo_never_takes_the_place_of_own_inputs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "input" / "sites.csv"
    own.parent.mkdir()
    own.write_text("mine")
    assert call("demo", "-o", tmp_path) == 2
    assert "not the demo's" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["input", "sites.csv"]
    assert own.read_text() == "mine"


def test_times(demo_inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("times", demo_inputs / "project.toml", "-o", tmp_path / "t.parquet") == 0
    assert "pairs" in capsys.readouterr().out
    assert (tmp_path / "t.parquet").is_file()
    assert call("times", demo_inputs / "project.toml", "-o", tmp_path / "t.doc") == 2


def test_trip_shows_the_legs_in_the_language_of_the_project(
    demo_inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = demo_inputs / "project.toml"
    assert call("trip", project, "L01", "P02", "--depart", "08:15") == 0
    said = capsys.readouterr()
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines[0] == "VERZONNEN DEMOGEGEVENS"
    assert lines[1] == ("08:15 van Demohuis Marktzicht naar Demopraktijk Grutto: 4 minuten, lopend")
    assert lines[2] == "dinsdag 24 november 2026"
    assert lines[4].split()[:3] == ["08:15:00", "08:18:57", "lopen"]
    text = project.read_text("utf-8").replace('language = "nl"', 'language = "en"')
    for name in (path.name for path in demo_inputs.iterdir()):
        text = text.replace(f'"{name}"', f'"{(demo_inputs / name).as_posix()}"')
    (tmp_path / "project.toml").write_text(text, "utf-8")
    assert call("trip", tmp_path / "project.toml", "L12", "P02", "--arrive-by", "10:00") == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert "from Demohuis Heenhof to Demopraktijk Grutto, arriving by 10:00: " in lines[1]
    assert lines[1].endswith("minutes, 2 rides")
    assert sum(" bus " in line for line in lines[4:]) == 2


def test_trip_back_as_json(demo_inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("trip", demo_inputs / "project.toml", "L12", "P02", "--depart", "09:00", "--back")
    assert call(*words, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    legs = said["legs"]
    assert (legs[0]["from_id"], legs[-1]["to_id"]) == ("P02", "L12")
    assert said["made_up"] is True
    assert said["date"] == "2026-11-24"
    assert said["depart_s"] == 9 * 3600
    total = sum(leg["minutes"] + leg["wait_min"] for leg in legs)
    assert total == pytest.approx(said["minutes"]) == (said["arrive_s"] - 9 * 3600) / 60
    assert {leg["metres"] is None for leg in legs if leg["mode"] != "walk"} == {True}


def test_trip_without_a_connection_says_so(
    demo_inputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("trip", demo_inputs / "project.toml", "L40", "P02", "--depart", "08:15") == 0
    said = capsys.readouterr().out
    assert "geen verbinding binnen 120 minuten, met hooguit 20 minuten lopen per keer" in said


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (["L400", "P02", "--depart", "08:15"], "did you mean 'L40'?"),
        (["L01", "p02", "--depart", "08:15"], "did you mean 'P02'?"),
        (["L01", "P02", "--depart", "quarter past"], "write it as HH:MM"),
        (["L01", "P02", "--depart", "31:00"], "choose an earlier time"),
        (["L01", "P02", "--arrive-by", "33:00"], "choose an earlier time"),
        (["L01", "P02"], "give either the departure or the latest arrival"),
    ],
)
def test_trips_that_cannot_be_asked_for(
    words: list[str], remedy: str, demo_inputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("trip", demo_inputs / "project.toml", *words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert remedy in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("debug", ["", "before", "after", "environment"])
def test_an_unexpected_error_is_one_line_unless_asked(
    debug: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("the disk\nis on fire")

    monkeypatch.setattr(geoaccess.project, "run_project", fail)
    monkeypatch.setenv("GEOACCESS_DEBUG", "1" if debug == "environment" else "")
    words = {"before": ["--debug", "run", "x"], "after": ["run", "x", "--debug"]}
    assert call(*words.get(debug, ["run", "x"])) == 1
    said = capsys.readouterr().err
    if debug:
        assert "Traceback" in said
    else:
        assert said == "RuntimeError: the disk is on fire (geoaccess --debug ... shows where)\n"


def test_ctrl_c_is_a_clean_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    def stop_in_compiled_code(*_args: object, **_options: object) -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as error:
            raise SystemError("returned a result with an exception set") from error

    for way in (stop, stop_in_compiled_code):
        monkeypatch.setattr(geoaccess.project, "run_project", way)
        assert call("run", "x") == 1
        assert capsys.readouterr().err == "stopped\n"


def test_progress_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*_args: object, tell, **_options: object) -> SimpleNamespace:
        tell("measuring")
        return SimpleNamespace(folder=Path("out"), record={})

    monkeypatch.setattr(geoaccess.project, "run_project", run)
    assert call("run", "x", "--json") == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert json.loads(said.out) == {"folder": "out"}
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert call("run", "x", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"folder": "out"}
