"""The benchmark of a country, made small: what it makes up, and the whole chain through a kill and a resumption."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks import national
from tests.benchmarks.country import HOPS, NODES, STOPS, make_country

SCALE = 0.005
#: practices in one block, so that the 25 practices of this scale make five of them
FIVE = 5 * 100 * (20 * 3 + 80)

CHILD = f"""
import sys, time
from pathlib import Path
from tests.benchmarks.national import measure
measure(Path(sys.argv[1]), scale={SCALE}, resume=False, tell=lambda stage: time.sleep(0.5),
        block_bytes={FIVE})
"""


def test_the_country_is_as_large_as_it_should_be_and_always_the_same() -> None:
    scale = 0.05
    country, again = make_country(scale), make_country(scale)
    table = country.timetable
    hops = len(table.stop) - len(table.trips)
    for count, wanted in (
        (len(country.streets.lon), NODES),
        (len(table.stops), STOPS),
        (hops, HOPS),
    ):
        assert count == pytest.approx(wanted * scale, rel=0.03)
    assert (len(country.sites), len(country.practices)) == (1000, 250)
    for name in ("lon", "lat", "segment_from", "segment_to", "length_cm"):
        assert (getattr(country.streets, name) == getattr(again.streets, name)).all()
    for name in ("first", "stop", "arrival_s", "departure_s"):
        assert (getattr(table, name) == getattr(again.timetable, name)).all()
    assert country.sites.geometry.equals(again.sites.geometry)
    # what the rest of the chain takes for granted
    assert (np.diff(table.first) >= 2).all()
    same_trip = np.ones(len(table.stop), bool)
    same_trip[table.first[:-1]] = False
    assert (table.arrival_s[same_trip] >= table.departure_s[np.flatnonzero(same_trip) - 1]).all()
    assert set(table.stop.tolist()) == set(range(len(table.stops)))
    # most nodes only bend a street
    degree = np.bincount(np.concatenate([country.streets.segment_from, country.streets.segment_to]))
    assert 0.55 < (degree == 2).mean() < 0.85


def test_a_killed_run_goes_on_where_it_was_and_ends_the_same(tmp_path: Path) -> None:
    whole, seconds, pairs = national.measure(
        tmp_path / "whole", scale=SCALE, resume=False, block_bytes=FIVE
    )
    assert (whole.blocks, whole.kept) == (5, 0)
    assert pairs == 2500
    assert 0.2 * pairs < whole.pairs <= pairs
    assert {stage for _, _, stage in national.STAGES} < set(seconds)
    root = Path(national.__file__).parents[2]
    path = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "killed")],
        env={**os.environ, "PYTHONPATH": path},
        cwd=root,
    )
    try:
        deadline = time.monotonic() + 120.0
        while len(list((tmp_path / "killed").glob("block-*"))) < 2:
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    left = {path: path.stat().st_mtime_ns for path in (tmp_path / "killed").glob("block-*")}
    assert 2 <= len(left) < 5
    resumed, _, _ = national.measure(
        tmp_path / "killed", scale=SCALE, resume=True, block_bytes=FIVE
    )
    assert (resumed.blocks, resumed.kept, resumed.pairs) == (5, len(left), whole.pairs)
    assert {path: path.stat().st_mtime_ns for path in left} == left
    names = sorted(path.name for path in whole.folder.iterdir())
    assert names == sorted(path.name for path in resumed.folder.iterdir())
    for name in names:
        assert (whole.folder / name).read_bytes() == (resumed.folder / name).read_bytes()
    assert len(pd.read_parquet(resumed.folder)) == whole.pairs


def test_the_exit_code_tells_whether_it_was_within_the_limits(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    assert national.main(["--scale", str(SCALE), "--output", str(tmp_path)]) == 0
    assert "search" in capsys.readouterr().out
    monkeypatch.setattr(national, "MOST_S", 0.0)
    assert national.main(["--scale", str(SCALE), "--output", str(tmp_path), "--resume"]) == 1
    assert "1, of which 1 were there already" in capsys.readouterr().out
    monkeypatch.setattr(national, "MOST_S", 600.0)
    monkeypatch.setattr(national, "MOST_MB", 10)
    assert national.main(["--scale", str(SCALE), "--workers", "1"]) == 1
