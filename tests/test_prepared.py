"""A second run of the same project skips preparation; anything that differs makes another network."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoaccess import inputs as inputs_module
from geoaccess import prepared, project, rides
from geoaccess.cache import entries
from geoaccess.cli import main
from geoaccess.errors import InputError
from geoaccess.inputs import read_inputs
from geoaccess.network.traveller import Traveller
from geoaccess.prepared import network_key, network_software
from geoaccess.project import load_project, run_project, write_times
from geoaccess.settings import read_settings
from tests.network.test_store import assert_same


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test alone."""
    monkeypatch.setenv("GEOACCESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def demo(demo_inputs: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_inputs, tmp_path / "demo"))


def edit(file: Path, change: Callable[[str], str]) -> None:
    file.write_text(change(file.read_text("utf-8-sig")), encoding="utf-8")


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every step of preparation fail."""

    def fail(*_args: object, **_options: object) -> None:
        raise AssertionError("prepared again")

    for module, name in (
        (inputs_module, "load_streets"),
        (rides, "load_timetable"),
        (rides, "load_week"),
        (rides, "load_lines"),
        (project, "build_network"),
        (project, "week_networks"),
    ):
        monkeypatch.setattr(module, name, fail)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_second_run_prepares_nothing_and_says_the_same(
    demo: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_project(demo / "project.toml", tmp_path / "first")
    assert files(kept) == [f"{first.record['network_key']}.zip"]
    forbid(monkeypatch)
    second = run_project(demo / "project.toml", tmp_path / "second")
    assert (first.record["network"], second.record["network"]) == ("prepared", "from cache")
    passing = ("network", "made_at", "seconds", "peak_memory_mb")
    for name in passing:
        first.record.pop(name)
        second.record.pop(name)
    assert first.record == second.record
    assert first.record["warnings"]
    assert (tmp_path / "first/sites.csv").read_bytes() == (
        tmp_path / "second/sites.csv"
    ).read_bytes()
    pd.testing.assert_frame_equal(first.result.times, second.result.times)
    record = json.loads((tmp_path / "second" / "run.json").read_text("utf-8"))
    assert (record["network"], len(record["network_key"])) == ("from cache", 64)


def test_networks_and_notes_are_the_same(
    demo: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = load_project(demo / "project.toml")
    forbid(monkeypatch)
    again = load_project(demo / "project.toml")
    assert_same(fresh.network, again.network)
    assert fresh.sources == again.sources
    with pytest.raises(AssertionError, match="prepared again"):
        load_project(demo / "project.toml", cache=False)
    with pytest.raises(AssertionError, match="prepared again"):
        read_inputs(demo / "project.toml")  # as `geoaccess check` does


def test_days_of_the_week_are_shared_in_the_cache_as_well(demo: Path, kept: Path) -> None:
    fresh, again = (load_project(demo / "project.toml").week for _ in range(2))
    assert fresh
    assert again
    assert len(files(kept)) == 1
    assert_same(fresh, again)
    numbers = [[week.index(network) for network in week] for week in (fresh, again)]
    assert numbers[0] == numbers[1]
    assert len(set(numbers[0])) < 7
    assert len({id(network.graph) for network in again}) == 1


def test_a_day_is_taken_from_a_week_that_was_kept(
    demo: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = load_project(demo / "project.toml", cache=False, week=False)
    assert alone.week is None
    load_project(demo / "project.toml")
    forbid(monkeypatch)
    again = load_project(demo / "project.toml", week=False)
    assert again.week is None
    assert_same(alone.network.transits, again.network.transits)
    write_times(demo / "project.toml", tmp_path / "a.parquet")
    assert len(files(kept)) == 1


def test_a_day_alone_is_no_week(demo: Path, kept: Path) -> None:
    load_project(demo / "project.toml", week=False)
    inputs = read_inputs(demo / "project.toml", cache=True, week=True)
    assert (inputs.week, inputs.network) == (None, None)
    load_project(demo / "project.toml")
    assert len(files(kept)) == 2


def test_without_rides_and_date_every_day_is_the_same(
    demo: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for old in ('gtfs = ["gtfs.zip"]', "date = 2026-11-24"):
        changed_toml(old, "")(demo)
    for _ in range(2):
        study = load_project(demo / "project.toml")
        assert study.week
        assert {id(network) for network in study.week} == {id(study.network)}
        assert (
            sum("the reference week is that of today" in note for note in study.network.notes) == 1
        )
        forbid(monkeypatch)
    assert len(files(kept)) == 1


def test_times_come_from_the_cache(
    demo: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_times(demo / "project.toml", tmp_path / "a.parquet")
    forbid(monkeypatch)
    write_times(demo / "project.toml", tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


@pytest.mark.parametrize("way", ["off", "option"])
def test_without_cache_nothing_is_read_or_written(
    demo: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    load_project(demo / "project.toml")
    before = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
    if way == "off":
        monkeypatch.setenv("GEOACCESS_CACHE", "off")
    forbid(monkeypatch)
    with pytest.raises(AssertionError, match="prepared again"):
        load_project(demo / "project.toml", cache=way == "off")
    assert {path.name: path.stat().st_mtime_ns for path in kept.iterdir()} == before


def test_a_moved_project_and_files_with_new_dates_are_known(
    demo: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_project(demo / "project.toml")
    moved = tmp_path / "moved"
    demo.rename(moved)
    os.utime(moved / "gtfs.zip", (1.6e9, 1.6e9))
    os.utime(moved / "streets.osm.pbf", (1.6e9, 1.6e9))
    forbid(monkeypatch)
    network = load_project(moved / "project.toml").network
    assert network.timetable
    # feeds are named by where they are now
    assert list(network.timetable.feeds["file"]) == [str(moved / "gtfs.zip")]


def key(folder: Path) -> str:
    settings, _ = read_settings(folder / "project.toml")
    records = inputs_module._records(settings)
    return network_key(settings, records, prepared.network_software())


def changed_toml(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        def replaced(text: str) -> str:
            assert old in text
            return text.replace(old, new)

        edit(folder / "project.toml", replaced)

    return change


def same_name_other_content(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        there = (folder / name).stat()
        content = bytearray((folder / name).read_bytes())
        content[-1] ^= 1  # the same length, and below the same dates
        (folder / name).write_bytes(content)
        os.utime(folder / name, ns=(there.st_atime_ns, there.st_mtime_ns))

    return change


def renamed_feed(folder: Path) -> None:
    (folder / "gtfs.zip").rename(folder / "other.zip")
    changed_toml("gtfs.zip", "other.zip")(folder)


def drop_feed(folder: Path) -> None:
    edit(
        folder / "project.toml",
        lambda text: "\n".join(x for x in text.splitlines() if not x.startswith("gtfs")),
    )


OTHER_TRAVELLERS = {
    "walk_kmh": 4.4,
    "max_walk_min": 19.0,
    "cycle": True,
    "cycle_kmh": 14.0,
    "max_cycle_min": 29.0,
    "max_rides": 3,
    "min_transfer_s": 61,
    "max_minutes": 119.0,
    "max_walk_total_min": 40.0,
}


def test_every_parameter_of_the_traveller_changes_the_key(demo: Path) -> None:
    assert set(OTHER_TRAVELLERS) == {field.name for field in fields(Traveller)}
    settings, _ = read_settings(demo / "project.toml")
    who, records = settings.traveller, list(inputs_module._records(settings))
    others = [who, *(replace(who, **{name: value}) for name, value in OTHER_TRAVELLERS.items())]
    software = network_software()
    keys = {network_key(replace(settings, traveller=x), records, software) for x in others}
    assert len(keys) == len(others)


@pytest.mark.parametrize(
    "change",
    [
        same_name_other_content("gtfs.zip"),
        same_name_other_content("streets.osm.pbf"),
        changed_toml("2026-11-24", "2026-11-25"),
        renamed_feed,
        drop_feed,
        changed_toml("walk_kmh = 4.5", "walk_kmh = 4.4"),
    ],
)
def test_whatever_a_network_is_made_from_changes_its_key(
    demo: Path, change: Callable[[Path], None]
) -> None:
    before = key(demo)
    change(demo)
    assert key(demo) != before
    assert len(key(demo)) == 64


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "sites.csv").write_text("id;lon;lat\nA;4.2418;51.9893\n"),
        lambda folder: edit(folder / "project.toml", lambda text: text + "\n# a remark\n"),
        lambda folder: os.utime(folder / "gtfs.zip", (1e9, 1e9)),
    ],
)
def test_what_no_network_is_made_from_does_not(demo: Path, change: Callable[[Path], None]) -> None:
    before = key(demo)
    change(demo)
    assert key(demo) == before


def test_the_order_of_feeds_counts_and_so_do_folders_of_feeds_with_one_name(demo: Path) -> None:
    (demo / "other").mkdir()
    shutil.copy(demo / "gtfs.zip", demo / "other" / "gtfs.zip")
    same_name_other_content("other/gtfs.zip")(demo)
    keys = []
    for feeds in ('"gtfs.zip", "other/gtfs.zip"', '"other/gtfs.zip", "gtfs.zip"', '"gtfs.zip"'):
        drop_feed(demo)
        changed_toml("[inputs]", f"[inputs]\ngtfs = [{feeds}]")(demo)
        keys.append(key(demo))
    assert len(set(keys)) == 3


@pytest.mark.parametrize("what", ["MAX_SNAP_M", "FORMAT"])
def test_constants_change_the_key(demo: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    before = key(demo)
    monkeypatch.setattr(prepared, what, 7)
    assert key(demo) != before


def test_software_and_machine_change_the_key(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, software = key(demo), network_software()
    for name in software:
        monkeypatch.setattr(prepared, "network_software", lambda n=name: software | {n: "x"})
        assert key(demo) != before
    assert {"geoaccess", "numpy", "osmium", "pyarrow"} <= set(software["versions"])


def test_a_change_of_source_changes_the_key(tmp_path: Path) -> None:
    package = Path(shutil.copytree(Path(prepared.__file__).parent, tmp_path / "geoaccess"))
    before = prepared._source_digest(package)
    assert before == network_software()["source"]
    for name in (
        "load/osm.py",
        "network/transfers.py",
        "tables.py",
        "load/new.py",
        "load/gtfs/new.py",
        "inputs.py",
    ):
        with (package / name).open("a") as file:
            file.write("# changed\n")
        after = prepared._source_digest(package)
        assert after != before, name
        before = after
    (package / "present" / "map.py").write_text("")
    assert prepared._source_digest(package) == before


def test_a_faulty_project_keeps_nothing(demo: Path, kept: Path, tmp_path: Path) -> None:
    for name, content in (("sites.csv", "id;x;y\nA;75000;\n"), ("gtfs.zip", "no zip")):
        (demo / name).write_text(content)
        with pytest.raises(InputError):
            run_project(demo / "project.toml", tmp_path / "out")
        with pytest.raises(InputError):
            load_project(demo / "project.toml")
    assert files(kept) == []


def test_files_that_change_while_they_are_read_keep_nothing(
    demo: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    really_build = project.week_networks

    def build(*args, **options):
        same_name_other_content("streets.osm.pbf")(demo)
        return really_build(*args, **options)

    monkeypatch.setattr(project, "week_networks", build)
    load_project(demo / "project.toml")
    assert files(kept) == []
    assert "changed while they were read" in caplog.text


def spoil_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"garbage" * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:-1000]),
        lambda path: path.write_bytes(path.read_bytes()[:1000]),
        spoil_middle,
    ],
)
def test_a_damaged_entry_is_said_removed_and_made_anew(
    demo: Path, kept: Path, spoil: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    fresh = load_project(demo / "project.toml")
    (entry,) = entries(kept)
    spoil(entry.path)
    again = load_project(demo / "project.toml")
    assert_same(fresh.network, again.network)
    assert "is damaged" in caplog.text
    assert read_inputs(demo / "project.toml", cache=True).network is not None


def test_an_entry_of_another_key_is_damaged(
    demo: Path, kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_project(demo / "project.toml")
    (entry,) = entries(kept)
    changed_toml("walk_kmh = 4.5", "walk_kmh = 4.4")(demo)
    entry.path.rename(kept / f"{key(demo)}.zip")
    assert read_inputs(demo / "project.toml", cache=True).network is None
    assert "another network" in caplog.text


def test_a_cache_that_cannot_be_used_only_warns(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GEOACCESS_CACHE", str(tmp_path / "file"))
    assert load_project(demo / "project.toml").network.transits
    assert "nothing is kept" in caplog.text


def load_at(toml: Path, begin: float) -> float:
    time.sleep(max(0.0, begin - time.time()))
    study = load_project(toml)
    return float(np.sum(study.network.graph.chain_cm))


@pytest.mark.slow
def test_four_runs_at_once_all_succeed(demo: Path, kept: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        totals = pool.starmap(load_at, [(demo / "project.toml", time.time() + 3)] * 4)
    assert len(set(totals)) == 1
    assert len(files(kept)) == 1
    assert read_inputs(demo / "project.toml", cache=True).network is not None


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def test_the_command_lists_and_clears(
    demo: Path, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("cache") == 0
    assert capsys.readouterr().out == f"{kept}: 0 networks, 0.0 MB of at most 2000 MB\n"
    toml = demo / "project.toml"
    assert call("times", toml, "-o", tmp_path / "t.csv", "--no-cache") == 0
    assert files(kept) == []
    assert call("times", toml, "-o", tmp_path / "t.csv") == 0
    (kept / f"{'0' * 64}.zip").write_bytes(b"garbage")
    (kept / "mine.txt").touch()
    capsys.readouterr()
    assert call("cache") == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3
    assert "2 networks" in said[0]
    assert "damaged" in said[1] or "damaged" in said[2]
    (line,) = [line for line in said if "2026-11-24" in line and "made" in line]
    assert "streets.osm.pbf, gtfs.zip" in line
    assert "used 20" in line
    assert call("cache", "--clear") == 0
    said = capsys.readouterr().out
    assert said.startswith(f"removed 2 files from {kept}: ")
    assert said.endswith(" MB freed\n")
    assert files(kept) == ["mine.txt"]


def test_the_command_says_when_the_cache_is_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GEOACCESS_CACHE", "off")
    for words in (("cache",), ("cache", "--clear")):
        assert call(*words) == 0
        assert capsys.readouterr().out == "nothing is kept: GEOACCESS_CACHE is off\n"
