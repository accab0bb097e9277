"""Files by key are whole or absent, whatever other processes, disks and users do."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from geoaccess import cache
from geoaccess.cache import cache_folder, clear, entries, entry_path, keep, touch, trim

KEY = "0123456789abcdef" * 4


def write(folder: Path, key: str, size: int = 10, *, used: float | None = None) -> Path:
    assert keep(folder, key, lambda stream: stream.write(b"x" * size) and None)
    path = entry_path(folder, key)
    if used is not None:
        os.utime(path, (used, used))
    return path


def key_of(k: int) -> str:
    return f"{k:064x}"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_is_whole_or_absent(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "cache"

    def half(stream: BinaryIO) -> None:
        stream.write(b"half")
        assert len(names(folder)) == 1
        assert not entry_path(folder, KEY).exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(folder, KEY, half)
    assert names(folder) == set()
    path = write(folder, KEY)
    with pytest.raises(KeyboardInterrupt):
        keep(folder, KEY, half_again)
    assert path.read_bytes() == b"x" * 10
    assert names(folder) == {path.name}


def half_again(stream: BinaryIO) -> None:
    stream.write(b"half")
    raise KeyboardInterrupt


def write_slowly(folder: Path, begin: float) -> bool:
    def slow(stream: BinaryIO) -> None:
        for _ in range(20):
            stream.write(b"x" * 50_000)
            stream.flush()
            time.sleep(0.005)

    time.sleep(max(0.0, begin - time.time()))
    return keep(folder, KEY, slow)


def test_four_processes_write_one_key_at_once(tmp_path: Path) -> None:
    begin = time.time() + 1.5
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        done = pool.starmap_async(write_slowly, [(tmp_path, begin)] * 4)
        path = entry_path(tmp_path, KEY)
        seen = set()
        while not done.ready():
            if path.exists():
                seen.add(len(path.read_bytes()))
            time.sleep(0.001)
        assert done.get() == [True] * 4
    assert seen <= {1_000_000}
    assert names(tmp_path) == {path.name}
    assert path.stat().st_size == 1_000_000


def write_until_killed(folder: Path) -> None:
    def forever(stream: BinaryIO) -> None:
        stream.write(b"half")
        stream.flush()
        time.sleep(60)

    keep(folder, KEY, forever)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_what_a_killed_writer_left_is_passed_over_and_later_removed(tmp_path: Path) -> None:
    writer = multiprocessing.get_context("spawn").Process(
        target=write_until_killed, args=(tmp_path,)
    )
    writer.start()
    give_up = time.monotonic() + 30
    while not any(path.stat().st_size for path in tmp_path.iterdir()):
        assert time.monotonic() < give_up
        time.sleep(0.01)
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    (left,) = names(tmp_path)
    assert left.endswith(".part")
    assert entries(tmp_path) == []
    path = write(tmp_path, KEY)
    assert names(tmp_path) == {left, path.name}  # it might be of somebody who is still writing
    old = time.time() - cache.LEFTOVER_S - 1
    os.utime(tmp_path / left, (old, old))
    trim(tmp_path)
    assert names(tmp_path) == {path.name}


def test_the_oldest_used_go_first(tmp_path: Path) -> None:
    for k in range(4):
        write(tmp_path, key_of(k), 100, used=1000.0 + k)
    touch(entry_path(tmp_path, key_of(0)))
    assert [entry.path.stem for entry in entries(tmp_path)] == [key_of(k) for k in (1, 2, 3, 0)]
    assert keep(
        tmp_path, key_of(9), lambda stream: stream.write(b"y" * 100) and None, max_bytes=300
    )
    assert [entry.path.stem for entry in entries(tmp_path)] == [key_of(k) for k in (3, 0, 9)]


def test_a_file_above_the_limit_drives_nothing_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, KEY)
    assert not keep(
        tmp_path, key_of(9), lambda stream: stream.write(b"y" * 101) and None, max_bytes=100
    )
    assert names(tmp_path) == {f"{KEY}.zip"}
    assert "too large" in caplog.text


def test_a_folder_that_cannot_be_written_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    assert not keep(tmp_path / "file", KEY, lambda _stream: None)
    assert "nothing is kept" in caplog.text
    assert entries(tmp_path / "file") == []
    assert clear(tmp_path / "file") == (0, 0)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_read_only_folder_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path, KEY)
    tmp_path.chmod(0o500)
    try:
        assert not keep(tmp_path, key_of(1), lambda _stream: None)
        assert clear(tmp_path) == (0, 0)
        touch(path)
    finally:
        tmp_path.chmod(0o700)
    assert "nothing is kept" in caplog.text


def test_a_full_disk_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def full(stream: BinaryIO) -> None:
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    assert not keep(tmp_path, KEY, full)
    assert "No space left on device" in caplog.text
    assert names(tmp_path) == set()


def test_clearing_removes_only_what_the_cache_made(tmp_path: Path) -> None:
    write(tmp_path, KEY, 100)
    (tmp_path / f"{KEY}-abc_12.part").write_bytes(b"half")
    mine = ["mine.txt", "holiday.zip", f"{KEY}.txt", f"{KEY[:-1]}.zip", f"x{KEY}.zip"]
    for name in mine:
        (tmp_path / name).write_text("mine")
    (tmp_path / f"{key_of(1)}.zip").mkdir()
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere", KEY)
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (tmp_path / f"{key_of(2)}.zip").symlink_to(outside)
    assert clear(tmp_path) == (2, 104)
    left = {*mine, f"{key_of(1)}.zip", "elsewhere", "outside", f"{key_of(2)}.zip"}
    assert names(tmp_path) == left
    assert names(tmp_path / "elsewhere") == {f"{KEY}.zip"}


def test_a_folder_that_is_not_there_is_empty(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert entries(tmp_path / "no") == []
        assert clear(tmp_path / "no") == (0, 0)
        trim(tmp_path / "no")
    assert caplog.text == ""
    assert names(tmp_path) == set()


def test_where_the_folder_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for off in ("off", "OFF", " off "):
        monkeypatch.setenv(cache.FOLDER_VARIABLE, off)
        assert cache_folder() is None
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path / "x"))
    assert cache_folder() == tmp_path / "x"
    monkeypatch.setenv(cache.FOLDER_VARIABLE, "here")
    assert cache_folder() == Path.cwd() / "here"
    monkeypatch.setenv(cache.FOLDER_VARIABLE, "")
    assert "geoaccess" in str(cache_folder())
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert cache_folder() == tmp_path / "geoaccess"
    assert names(tmp_path) == set()  # to ask makes nothing
