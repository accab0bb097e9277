"""A stored network is the network: every type, array and table, and every answer."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from pandas.testing import assert_frame_equal

from geoaccess.load.gtfs import load_timetable
from geoaccess.load.osm import load_streets
from geoaccess.network.network import Network, build_network
from geoaccess.network.store import TREE, read_about, read_networks, write_networks
from geoaccess.route.matrix import travel_times
from tests.worlds import World, examples, worlds


def stored(network: Network, path: Path) -> Path:
    with path.open("wb") as stream:
        write_networks([network], stream, {"made": "now"})
    return path


def again(network: Network) -> Network:
    """The network after it was written and read."""
    stream = io.BytesIO()
    write_networks([network], stream, {})
    return read_networks(stream)[0]  # type: ignore[arg-type] - a stream serves zipfile as well as a path


def assert_same(a: Any, b: Any, name: str = "network") -> None:
    """Equal to the last bit, in type, dtype, order in memory and what may be written to."""
    assert type(a) is type(b), name
    if dataclasses.is_dataclass(a):
        for field in dataclasses.fields(a):
            assert_same(getattr(a, field.name), getattr(b, field.name), f"{name}.{field.name}")
    elif isinstance(a, np.ndarray):
        assert (a.dtype, a.shape) == (b.dtype, b.shape), name
        assert a.tolist() == b.tolist(), name
        # compiled code is made for one order in memory and for arrays that may be written to
        for flag in ("C_CONTIGUOUS", "F_CONTIGUOUS", "WRITEABLE", "ALIGNED"):
            assert a.flags[flag] == b.flags[flag], (name, flag)
    elif isinstance(a, pd.DataFrame):
        assert_frame_equal(a, b, check_exact=True, check_freq=True, check_flags=True)
        assert a.attrs == b.attrs, name
        for column in a:
            assert [type(x) for x in a[column]] == [type(x) for x in b[column]], (name, column)
    elif isinstance(a, tuple):
        assert len(a) == len(b), name
        for k, pair in enumerate(zip(a, b, strict=True)):
            assert_same(*pair, f"{name}.{k}")
    else:
        assert a == b, name


@given(worlds)
@examples(25)
def test_random_worlds_come_back_whole_and_give_the_same_times(world: World) -> None:
    network = build_network(world.streets, world.timetable, world.who, max_snap_m=world.max_snap_m)
    copy = again(network)
    assert_same(network, copy)
    times = [
        travel_times(
            world.site_table(),
            world.practice_table(),
            one,
            window=world.window,
            percentiles=world.percentiles,
        )
        for one in (network, copy)
    ]
    assert_frame_equal(*times)


def demo_network(folder: Path, *, riding: bool = True) -> Network:
    streets = load_streets(folder / "streets.osm.pbf")
    timetable = load_timetable(folder / "gtfs.zip", "2026-11-24") if riding else None
    return build_network(streets, timetable)


@pytest.mark.parametrize("riding", [True, False])
def test_what_the_loaders_give_comes_back_whole(demo_inputs: Path, *, riding: bool) -> None:
    network = demo_network(demo_inputs, riding=riding)
    assert network.notes
    assert_same(network, again(network))


@pytest.mark.shared
def test_real_feeds_come_back_whole(shared: Path) -> None:
    folder = shared / "poa_brazil"
    feeds = [folder / "poa_eptc.zip", folder / "poa_trensurb.zip"]
    network = build_network(
        load_streets(folder / "poa_osm.pbf"), load_timetable(feeds, "2019-05-13")
    )
    assert network.timetable
    assert network.timetable.notes
    assert_same(network, again(network))


def test_what_networks_share_is_written_and_read_once(demo_inputs: Path, tmp_path: Path) -> None:
    one, path = demo_network(demo_inputs), tmp_path / "week.zip"
    other = dataclasses.replace(one, transits=(), notes=("no rides",))
    with path.open("wb") as stream:
        write_networks([one, one, other, one], stream, {})
    copies = read_networks(path)
    assert_same((one, one, other, one), copies)
    assert copies[0] is copies[1] is copies[3]
    assert copies[2].graph is copies[0].graph
    assert path.stat().st_size < 1.1 * stored(one, tmp_path / "one.zip").stat().st_size


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, demo_inputs: Path) -> Network:
    return demo_network(demo_inputs, riding=False)


def test_orders_in_memory_and_odd_values_are_kept(small: Network) -> None:
    grid = dataclasses.replace(small.graph.grid, step=(np.float64(0.1), float("inf"), np.int64(3)))
    graph = dataclasses.replace(
        small.graph,
        grid=grid,
        segment_lonlat=np.asfortranarray(small.graph.segment_lonlat),
        chain_to=np.array(["", "Łódź", "a\0b"], dtype=object),
        chain_from=np.zeros((0, 3), np.uint8),
        chain_cm=np.array(["2026-11-24"], "datetime64[s]"),
    )
    network = dataclasses.replace(small, graph=graph)
    assert_same(network, again(network))


def test_what_is_told_of_a_network_is_read_without_it(small: Network, tmp_path: Path) -> None:
    assert read_about(stored(small, tmp_path / "a.zip")) == {"made": "now"}


@pytest.mark.parametrize(
    "value", [{1}, [1], object(), np.array([object()]), np.array([["a"]], dtype=object), 1j]
)
def test_what_cannot_be_stored_is_said_and_not_guessed(small: Network, value: Any) -> None:
    with pytest.raises(TypeError, match=r"network\.0\.max_snap_m"):
        again(dataclasses.replace(small, max_snap_m=value))


@pytest.mark.parametrize("keep", [0, 1, 100, 0.3, 0.9, -1])
def test_a_file_cut_short_is_damaged(small: Network, tmp_path: Path, keep: float) -> None:
    path = stored(small, tmp_path / "a.zip")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(keep * len(whole)) if 0 < keep < 1 else int(keep)])
    with pytest.raises(ValueError, match=r"a\.zip is damaged"):
        read_networks(path)


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"PK\x03\x04" + bytes(100), b"\x93NUMPY" + bytes(50)]
)
def test_another_file_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(ValueError, match="is damaged"):
        read_networks(tmp_path / "a.zip")
    with pytest.raises(ValueError, match="is damaged"):
        read_about(tmp_path / "a.zip")


def test_any_flipped_bit_of_the_values_is_seen(small: Network, tmp_path: Path) -> None:
    path = stored(small, tmp_path / "a.zip")
    whole = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        members = [item for item in archive.infolist() if item.filename.startswith("network")]
    rnd = np.random.default_rng(7)
    for member in members:
        start = member.header_offset + 30 + len(member.filename) + 20  # zip64 extra field
        at = int(rnd.integers(start, start + max(member.file_size, 1)))
        whole[at] ^= 0x10
        path.write_bytes(whole)
        with pytest.raises(ValueError, match="is damaged"):
            read_networks(path)
        whole[at] ^= 0x10
    path.write_bytes(whole)
    assert_same((small,), read_networks(path))


def test_a_shape_that_became_smaller_is_seen(small: Network, tmp_path: Path) -> None:
    path = stored(small, tmp_path / "a.zip")
    whole = path.read_bytes()
    size = str(len(small.streets.lon)).encode()
    for smaller in (b"1" * len(size), b"0".rjust(len(size))):
        path.write_bytes(whole.replace(b"'shape': (%s,)" % size, b"'shape': (%s,)" % smaller, 1))
        with pytest.raises(ValueError, match="is damaged"):
            read_networks(path)


@dataclasses.dataclass
class Elsewhere:
    """A dataclass of somebody else, which does harm when it is made."""

    def __post_init__(self) -> None:
        raise SystemExit("harm was done")


@pytest.mark.parametrize(
    "tree",
    [
        {"class": ["os", "system", {"command": "touch made"}], "name": "x"},
        {"class": ["pathlib", "Path", {}], "name": "x"},
        {"class": ["geoaccess.network.network", "build_network", {}], "name": "x"},
        {"class": ["geoaccess.network.network", "gpd", {}], "name": "x"},
        {"class": ["geoaccess.network.network", "Network", {"streets": 1}], "name": "x"},
        {"class": ["geoaccess.network.store", "Network", {}], "name": "x"},
        {"class": ["geoaccess.network.traveller", "Traveller", {"walk_kmh": -1}], "name": "x"},
        {"class": ["geoaccess.network.traveller", "Traveller", {}], "name": "x"},
        {"tuple": [{"class": ["geoaccess.network.traveller", "Traveller", {}], "name": "x"}]},
        {"tuple": []},
        {"again": "network.0"},
        {"class": ["dataclasses", "Field", {}], "name": "x"},
        {"class": [__name__, "Elsewhere", {}], "name": "x"},
        {"pickle": "network"},
        {"array": "../network"},
        [1],
        1,
    ],
)
def test_a_file_made_up_can_make_nothing_but_a_network(tmp_path: Path, tree: Any) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(TREE, json.dumps(tree))
    with pytest.raises(ValueError, match=r"a\.zip (is damaged|holds no network)"):
        read_networks(tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_pickled_arrays_are_never_read(small: Network, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    stream = io.BytesIO()
    np.save(stream, np.array([object()], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(TREE, json.dumps({"array": "x"}))
        archive.writestr("x.npy", stream.getvalue())
    with pytest.raises(ValueError, match=r"damaged.*pickle"):
        read_networks(path)
