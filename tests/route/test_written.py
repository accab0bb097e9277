"""Travel times written block by block: the same table, whole blocks only, and never a mixture of two questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from geoaccess import Traveller, build_network, travel_times
from geoaccess.errors import ProjectError, TableError
from geoaccess.network.network import Network
from geoaccess.route import written
from geoaccess.route.written import QUESTION_FILE, write_travel_times
from tests.benchmarks.country import Country, make_country

WINDOW = ("08:00", "08:20")
#: three practices in a block of the country below, so nine blocks of 25 practices
BLOCK_BYTES = 3 * 100 * (20 * 3 + 80)


@pytest.fixture(scope="module")
def country() -> Country:
    return make_country(0.005)


@pytest.fixture(scope="module")
def network(country: Country) -> Network:
    return build_network(country.streets, country.timetable, Traveller(max_minutes=60))


def write(country: Country, network: Network, folder: Path, **more):
    question = {"window": WINDOW, "block_bytes": BLOCK_BYTES, **more}
    return write_travel_times(country.sites, country.practices, network, folder, **question)


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(["site_id", "practice_id"], ignore_index=True)


@pytest.mark.parametrize("direction", ["to", "from"])
def test_the_blocks_together_are_the_table_of_travel_times(
    country: Country, network: Network, tmp_path: Path, direction
) -> None:
    done = write(country, network, tmp_path / "deep" / "times", direction=direction)
    expected = travel_times(
        country.sites, country.practices, network, window=WINDOW, direction=direction
    )
    assert (done.blocks, done.kept, done.pairs) == (9, 0, len(expected))
    assert np.isinf(expected["minutes_p90"]).any()
    assert_frame_equal(
        ordered(pd.read_parquet(done.folder)), ordered(expected.replace([np.inf], np.nan))
    )
    assert len(list(done.folder.glob("block-*"))) == 9
    assert sorted(path.name for path in done.folder.iterdir())[0] == QUESTION_FILE


def test_only_missing_and_damaged_blocks_are_made(
    country: Country, network: Network, tmp_path: Path
) -> None:
    write(country, network, tmp_path)
    blocks = sorted(tmp_path.glob("block-*"))
    before = [path.read_bytes() for path in blocks]
    blocks[4].unlink()
    blocks[6].write_bytes(before[6][: len(before[6]) // 2])
    (tmp_path / ".block-00004-xyz.part").write_bytes(before[4][:100])  # as a killed run leaves it
    times = [path.stat().st_mtime_ns for k, path in enumerate(blocks) if k not in (4, 6)]
    told: list[str] = []
    done = write(country, network, tmp_path, tell=told.append)
    assert (done.blocks, done.kept) == (9, 7)
    assert told[1:] == ["measuring, practice 13 of 25", "measuring, practice 19 of 25"]
    assert [path.read_bytes() for path in blocks] == before
    assert times == [path.stat().st_mtime_ns for k, path in enumerate(blocks) if k not in (4, 6)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        QUESTION_FILE,
        *(path.name for path in blocks),
    ]


def test_nothing_is_searched_when_all_is_there(
    country: Country, network: Network, tmp_path: Path, monkeypatch
) -> None:
    pairs = write(country, network, tmp_path).pairs
    monkeypatch.delattr(written, "prepare_search")
    done = write(country, network, tmp_path)
    assert (done.kept, done.pairs) == (9, pairs)


def test_another_question_is_refused_or_begun_anew(
    country: Country, network: Network, tmp_path: Path
) -> None:
    write(country, network, tmp_path, percentiles=50)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    moved = country.sites.assign(geometry=country.sites.geometry.translate(1e-9))
    slower = build_network(
        country.streets, country.timetable, Traveller(walk_kmh=4.4, max_minutes=60)
    )
    later = replace(country.timetable, departure_s=country.timetable.departure_s + np.int32(1))
    others = [
        ("window", country, network, {"window": ("08:00", "08:30")}),
        ("percentiles", country, network, {"percentiles": 60}),
        ("direction", country, network, {"direction": "from"}),
        ("practices_per_block", country, network, {"block_bytes": 4 * BLOCK_BYTES}),
        ("sites", replace(country, sites=moved), network, {}),
        ("practices", replace(country, practices=country.practices[::-1]), network, {}),
        ("traveller", country, slower, {}),
        ("rides", country, build_network(country.streets, later, network.who), {}),
        ("date", country, build_network(country.streets, None, network.who), {}),
    ]
    for what, of_country, over, more in others:
        with pytest.raises(ProjectError, match=f"for another question: {what} differs"):
            write(of_country, over, tmp_path, **{"percentiles": 50, **more})
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    done = write(country, network, tmp_path, percentiles=60, anew=True)
    assert done.kept == 0
    assert "minutes_p60" in pd.read_parquet(tmp_path).columns


def test_files_of_others_are_left_alone(country: Country, network: Network, tmp_path: Path) -> None:
    (tmp_path / "mine.parquet").write_text("mine")
    for anew in (False, True):
        with pytest.raises(ProjectError, match=r"mine\.parquet.*holds other files"):
            write(country, network, tmp_path, anew=anew)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.parquet"]


def test_a_damaged_question_file_is_another_question(
    country: Country, network: Network, tmp_path: Path
) -> None:
    write(country, network, tmp_path)
    (tmp_path / QUESTION_FILE).write_text('["')
    with pytest.raises(ProjectError, match="another question"):
        write(country, network, tmp_path)


def test_no_practices_and_walking_only_make_a_table_too(
    country: Country, network: Network, tmp_path: Path
) -> None:
    none = replace(country, practices=country.practices[:0])
    assert write(none, network, tmp_path / "none").pairs == 0
    empty = pd.read_parquet(tmp_path / "none")
    assert list(empty.columns) == [
        *("site_id", "practice_id"),
        *("minutes_p10", "minutes_p50", "minutes_p90"),
    ]
    walking = replace(network, transits=())
    done = write(country, walking, tmp_path / "walk")
    expected = travel_times(country.sites, country.practices, walking, window=WINDOW)
    assert_frame_equal(ordered(pd.read_parquet(done.folder)), ordered(expected))


def test_faults_come_before_anything_is_written(
    country: Country, network: Network, tmp_path: Path
) -> None:
    folder = tmp_path / "times"
    twice = replace(country, sites=country.sites.assign(site_id="S"))
    with pytest.raises(TableError):
        write(twice, network, folder)
    with pytest.raises(ProjectError, match="direction"):
        write(country, network, folder, direction="round")
    with pytest.raises(ProjectError, match="percentile"):
        write(country, network, folder, percentiles=0)
    assert not folder.exists()
