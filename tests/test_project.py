import json
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geoaccess import project as project_module
from geoaccess.errors import InputError, ProjectError
from geoaccess.inputs import far_points, read_inputs
from geoaccess.load.sites import load_sites
from geoaccess.load.streets import Streets
from geoaccess.project import load_project, run_project, write_times
from geoaccess.result import Result

OUTPUTS = {
    *("travel_times.parquet", "sites.csv", "areas.csv", "result.gpkg", "result.xlsx"),
    *("map.html", "map.png", "map.pdf", "surface.parquet", "run.json"),
    *("visits.csv", "reasons.csv", "cascade.csv", "capacity.csv", "unplaced.csv", "access.csv"),
}


@pytest.fixture
def demo(demo_inputs: Path, tmp_path: Path) -> Path:
    """Copy of the made-up region's files to change."""
    return Path(shutil.copytree(demo_inputs, tmp_path / "demo"))


@pytest.fixture(scope="session")
def finished(demo_inputs: Path, tmp_path_factory: pytest.TempPathFactory):
    """One run on the made-up region, and the stages it told of."""
    told: list[str] = []
    folder = tmp_path_factory.mktemp("out") / "maps" / "demo"
    return run_project(demo_inputs / "project.toml", folder, tell=told.append), told


def edit(file: Path, change: Callable[[str], str]) -> None:
    file.write_text(change(file.read_text("utf-8-sig")), encoding="utf-8")


def test_a_run_leaves_every_output_and_nothing_else(finished) -> None:
    run, told = finished
    assert {path.name for path in run.folder.iterdir()} == OUTPUTS
    assert {path.name for path in run.folder.parent.iterdir()} == {"demo"}
    assert told == [
        "reading inputs",
        "building the network",
        "measuring",
        "writing maps and tables",
    ]


def test_run_json_says_how_it_was_made(finished, demo_inputs: Path) -> None:
    run, told = finished
    record = json.loads((run.folder / "run.json").read_text("utf-8"))
    assert record == json.loads(json.dumps(run.record))
    assert [entry["what"] for entry in record["inputs"]] == [
        "sites",
        "groups",
        "practices",
        "areas",
        "osm",
        "gtfs",
    ]
    assert all(len(entry["sha256"]) == 64 for entry in record["inputs"])
    assert record["inputs"][-1]["first_date"] <= "2026-11-24" <= record["inputs"][-1]["last_date"]
    assert set(record["seconds"]) == set(told)
    assert record["made_up"] is True
    assert set(record["outputs"]) == OUTPUTS
    assert record["totals"]["sites"] == record["rows"]["sites"] == len(run.result.sites)
    for name in ("visits", "reasons", "cascade", "capacity", "unplaced", "access"):
        assert record["rows"][name] == len(getattr(run.result, name)) > 0
    assert record["parameters"]["week"]["monday"] == "2026-11-23"
    assert record["parameters"]["care"][0]["care"] == record["parameters"]["main_care"]
    assert record["parameters"]["norm"]["consult_min"] == 15
    assert len(record["assumptions"]) == len(run.result.assumptions)
    assert "seed" in record
    # no place on this machine is given away
    assert str(demo_inputs) not in (run.folder / "run.json").read_text("utf-8")


def test_every_site_is_judged_and_areas_fail(finished, demo_inputs: Path) -> None:
    run, _ = finished
    result = run.result
    assert list(result.sites["site_id"]) == list(load_sites(demo_inputs / "sites.csv")["site_id"])
    assert 0.1 < result.totals.share_beyond < 0.9
    assert result.context.made_up
    assert result.areas["rank"].min() == 1
    assert result.areas["residents"].sum() == pytest.approx(result.totals.residents)
    assert {"within_norm", "beyond_norm"} <= set(result.sites["reason"])
    assert all(": " in source for source in result.context.sources)


def test_the_same_inputs_give_the_same_tables(demo_inputs: Path, finished, tmp_path: Path) -> None:
    run, _ = finished
    again = load_project(demo_inputs / "project.toml").measure()
    pd.testing.assert_frame_equal(again.times, run.result.times)
    pd.testing.assert_frame_equal(
        pd.DataFrame(again.sites.drop(columns="geometry")),
        pd.DataFrame(run.result.sites.drop(columns="geometry")),
    )


def test_only_the_times(demo_inputs: Path, finished, tmp_path: Path) -> None:
    run, _ = finished
    toml = demo_inputs / "project.toml"
    assert write_times(toml, tmp_path / "t.parquet") == len(run.result.times)
    assert write_times(toml, tmp_path / "t.csv") == len(run.result.times)
    times = pd.read_parquet(tmp_path / "t.parquet")
    assert list(times.columns) == [
        "site_id",
        "practice_id",
        "minutes_p10",
        "minutes_p50",
        "minutes_p90",
    ]
    assert not np.isinf(times["minutes_p90"]).any()
    np.testing.assert_allclose(pd.read_csv(tmp_path / "t.csv")["minutes_p50"], times["minutes_p50"])
    with pytest.raises(ProjectError, match=r"not a \.parquet or \.csv"):
        write_times(toml, tmp_path / "t.xls")
    with pytest.raises(ProjectError, match="the folder holds other files"):
        write_times(toml, tmp_path)


def test_the_times_of_large_projects_go_to_a_folder_and_are_resumed(
    demo: Path, finished, tmp_path: Path
) -> None:
    run, _ = finished
    folder, told = tmp_path / "times", []
    assert write_times(demo / "project.toml", folder) == len(run.result.times)
    expected = run.result.times.replace([np.inf], np.nan)
    pd.testing.assert_frame_equal(pd.read_parquet(folder), expected)
    assert write_times(demo / "project.toml", folder, tell=told.append) == len(expected)
    assert not any("measuring" in stage for stage in told)
    edit(demo / "project.toml", lambda text: text.replace("walk_kmh = 4.5", "walk_kmh = 4.0"))
    with pytest.raises(ProjectError, match="traveller differs"):
        write_times(demo / "project.toml", folder)


def test_a_failure_while_writing_keeps_the_old_results(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "sites.csv").write_text("old")

    def half(_result: Result, folder: Path) -> list[Path]:
        (folder / "sites.csv").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Result, "write", half)
    with pytest.raises(OSError, match="No space left"):
        run_project(demo / "project.toml", out)
    assert {path.name: path.read_text() for path in out.iterdir()} == {"sites.csv": "old"}
    assert {path.name for path in tmp_path.iterdir()} == {"out", "demo"}


def test_a_folder_that_cannot_be_written_is_told_with_the_other_faults(demo: Path) -> None:
    edit(demo / "sites.csv", lambda text: text.replace(";", ";-", 4))
    (demo / "taken").touch()
    with pytest.raises(InputError) as caught:
        run_project(demo / "project.toml", demo / "taken")
    files = {fault.file for fault in caught.value.faults}
    assert str(demo / "taken") in files


def test_faults_of_all_inputs_come_at_once(demo: Path) -> None:
    edit(demo / "project.toml", lambda text: text.replace("walk_kmh", "wlak_kmh"))
    (demo / "sites.csv").write_text("id,lon,lat\na,4.2,52.0\na,4.2,\n")
    (demo / "practices.csv").write_text("id,lon,lat\np,999,52\n")
    (demo / "areas.geojson").write_text("{}")
    (demo / "gtfs.zip").write_bytes(b"PK nonsense")
    (demo / "streets.osm.pbf").write_bytes(b"nonsense")
    with pytest.raises(ProjectError) as caught:
        run_project(demo / "project.toml", demo / "out")
    files = " ".join(str(fault.file) for fault in caught.value.faults)
    for name in (
        "project.toml",
        "sites.csv",
        "practices.csv",
        "areas.geojson",
        "gtfs.zip",
        "streets",
    ):
        assert name in files, name
    assert not (demo / "out").exists()


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("sites.csv", "id;x;y\nA;75000;450000\nA;75000;450000\n", "duplicate|twice|already"),
        ("sites.csv", "id;x;y;bewoners\nA;75000;450000;-4\n", "-4"),
        ("sites.csv", "id;x;y\nA;75000;\n", "row 2"),
        ("sites.csv", "id;lon;lat\nA;52.0;4.2\n", "swap|km from"),
        (
            "sites.csv",
            "id;lon;lat\nFAR;6.9;53.3\nOK;4.24;51.99\n",
            "FAR.*km from the nearest street",
        ),
        ("sites.csv", "", "empty|no rows"),
        ("practices.csv", "naam;fte\nP;1\n", "practices.csv"),
        ("areas.geojson", "not json", "areas.geojson"),
        ("gtfs.zip", "not a zip", "gtfs.zip"),
        ("streets.osm.pbf", "not a pbf", "streets.osm.pbf"),
        ("project.toml", "[inputs]\n\n[norm", "row 3"),
    ],
)
def test_broken_input_is_one_error_that_names_the_file(
    demo: Path, file: str, content: str, said: str
) -> None:
    (demo / file).write_text(content)
    with pytest.raises(InputError, match=f"(?is){said}") as caught:
        run_project(demo / "project.toml", demo / "out")
    assert file in str(caught.value)
    assert not (demo / "out").exists()


@pytest.mark.parametrize(
    ("old", "new"), [("date = ", "# date = "), ('"08:00", "10:00"', '"10:00", "08:00"')]
)
def test_a_fault_in_when_hides_no_fault_of_the_feeds(demo: Path, old: str, new: str) -> None:
    edit(demo / "project.toml", lambda text: text.replace(old, new))
    (demo / "gtfs.zip").write_bytes(b"PK nonsense")
    faults = read_inputs(demo / "project.toml").faults
    assert {fault.file for fault in faults} == {"project.toml", "gtfs.zip"}


def test_inputs_are_never_overwritten(demo: Path) -> None:
    before = {path.name: path.read_bytes() for path in demo.iterdir()}
    with pytest.raises(ProjectError, match=r"sites\.csv: is an input of this project"):
        run_project(demo / "project.toml", demo)
    with pytest.raises(ProjectError, match=r"sites\.csv: is an input of this project"):
        write_times(demo / "project.toml", demo / "sites.csv")
    assert {path.name: path.read_bytes() for path in demo.iterdir()} == before


def test_times_beyond_reach_are_empty_in_files(finished) -> None:
    run, _ = finished
    stored = pd.read_parquet(run.folder / "travel_times.parquet")
    assert np.isinf(run.result.times["minutes_p90"]).any()
    assert not np.isinf(stored.filter(like="minutes").to_numpy()).any()
    assert len(stored) == len(run.result.times)


def test_a_date_outside_the_feed_names_its_range(demo: Path) -> None:
    edit(demo / "project.toml", lambda text: text.replace("2026-11-24", "2027-11-24"))
    with pytest.raises(InputError, match=r"2026-11-23.*2026-12-06"):
        run_project(demo / "project.toml", demo / "out")


def test_without_timetable_areas_and_practices(demo: Path) -> None:
    edit(
        demo / "project.toml",
        lambda text: "\n".join(
            line
            for line in text.splitlines()
            if not line.startswith(("gtfs", "groups", "areas", "practices"))
        ),
    )
    (demo / "sites.csv").write_text("id;lon;lat\nA;4.2418;51.9893\n")
    inputs = read_inputs(demo / "project.toml")
    assert inputs.timetable is None
    # the made-up extract holds no practices: that is a fault of this project, said once
    assert {fault.file for fault in inputs.faults} == {"streets.osm.pbf"}


def test_far_points_name_row_and_id(demo: Path) -> None:
    (demo / "sites.csv").write_text("id;lon;lat\nNEAR;0.0;0.08\nFAR;0.0;0.1\n")
    line = np.array([0.0, 0.0])
    streets = Streets(line, line, line, line, line, line, line, line, line, "streets.pbf")
    faults = far_points(
        load_sites(demo / "sites.csv", crs="EPSG:4326"), "site_id", streets, "sites.csv"
    )
    (fault,) = faults
    assert (fault.row, fault.column, fault.value, fault.file) == (3, "id", "FAR", "sites.csv")
    assert "11 km from the nearest street of streets.pbf" in faults[0].problem


def test_where_results_go(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def folder(toml: str, asked: str | None = None) -> Path:
        (demo / "project.toml").write_text(toml)
        settings = read_inputs(demo / "project.toml").settings
        return project_module._output_folder(settings, asked)

    assert folder("[project]\nname = 'De Peel'") == Path("maps/De Peel")
    assert folder("[project]\nname = '../a:b/c. '") == Path("maps/a-b-c")
    assert folder("[project]\nname = '..'") == Path("maps/project")
    assert folder("[project]\noutput = 'results'") == demo / "results"
    assert folder("[project]\noutput = 'results'", "here") == Path("here")
    assert folder("") == Path("maps/demo")


def test_a_surface_is_measured_where_it_is_asked_for(demo: Path, tmp_path: Path) -> None:
    edit(demo / "project.toml", lambda text: text.replace("cell_m = 500", "cell_m = 1000"))
    run = run_project(demo / "project.toml", tmp_path / "out")
    assert {path.name for path in run.folder.iterdir()} == OUTPUTS
    cells = gpd.read_parquet(run.folder / "surface.parquet")
    record = json.loads((run.folder / "run.json").read_text("utf-8"))
    assert record["rows"]["cells"] == len(cells) > 500
    assert record["parameters"]["cell_m"] == 1000
    assert set(record["outputs"]) == OUTPUTS
    assert any(note.startswith("surface: ") for note in record["warnings"])
    assert cells["cell_id"].str.fullmatch(r"E\d{4}N\d{4}").all()
    # the same cells and times as a notebook gets, and those of the areas of the project
    again = load_project(demo / "project.toml").surface(cell_m=1000)
    assert again["cell_id"].tolist() == cells["cell_id"].tolist()
    expected = again["minutes_p50"].replace(np.inf, np.nan)
    np.testing.assert_array_equal(cells["minutes_p50"], expected)
    assert again.intersects(run.result.areas.union_all()).all()
    edit(demo / "project.toml", lambda text: text.replace("cell_m = 1000", "# "))
    assert load_project(demo / "project.toml").cell_m is None


def test_a_surface_may_not_replace_an_input(demo: Path) -> None:
    edit(demo / "project.toml", lambda text: text.replace("sites.csv", "surface.parquet"))
    sites = load_sites(demo / "sites.csv")
    sites.attrs = {}
    sites.to_parquet(demo / "surface.parquet")
    with pytest.raises(ProjectError, match=r"surface\.parquet: is an input of this project"):
        run_project(demo / "project.toml", demo)


def test_the_car_stands_beside_the_other_times_and_changes_none(
    demo: Path, finished, tmp_path: Path
) -> None:
    without = finished[0]
    edit(demo / "project.toml", lambda text: text + "\n[contrast]\ncar = true\n")
    run = run_project(demo / "project.toml", tmp_path / "out")
    minutes = run.result.sites["minutes_car"]
    assert np.isfinite(minutes).any()
    pd.testing.assert_frame_equal(
        run.result.sites.drop(columns="minutes_car"), without.result.sites
    )
    assert run.result.totals == without.result.totals
    assert run.record["parameters"]["contrast_car"]["parking_min"] == 5.0
    assert any("as a contrast only" in warning for warning in run.record["warnings"])
    written = pd.read_csv(run.folder / "sites.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert written["minutes_car"].notna().sum() == np.isfinite(minutes).sum()
    assert "Ter vergelijking, met auto:" in (run.folder / "map.html").read_text("utf-8")
    # off: not a trace of it
    assert "minutes_car" not in without.result.sites
    assert without.record["parameters"]["contrast_car"] is None
    assert "met auto" not in (without.folder / "map.html").read_text("utf-8")
