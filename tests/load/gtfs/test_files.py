"""Feeds on disk: what is found, and what is refused."""

from __future__ import annotations

import io
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from geoaccess.errors import FeedError
from geoaccess.load.gtfs import files, load_timetable
from geoaccess.load.gtfs.files import content_key, find_feed
from tests.load.gtfs.feeds import small_feed, write_feed

DAY = "2026-03-03"


def test_zip_and_folder_give_the_same(tmp_path: Path) -> None:
    zipped = load_timetable(write_feed(tmp_path / "a.zip", small_feed()), DAY)
    folder = load_timetable(str(write_feed(tmp_path / "a", small_feed())), DAY)
    assert len(zipped.trips) == 2
    assert zipped.trips.equals(folder.trips)
    assert zipped.arrival_s.tolist() == folder.arrival_s.tolist()


@pytest.mark.parametrize("name", ["feed.zip", "feed"])
def test_a_nested_folder_is_accepted(tmp_path: Path, name: str) -> None:
    files = {f"inner/{file}": text for file, text in small_feed().items()}
    files["__MACOSX/inner/._stops.txt"] = "junk"
    timetable = load_timetable(write_feed(tmp_path / name, files), DAY)
    assert len(timetable.trips) == 2
    assert any("inner" in note for note in timetable.notes)


def test_file_names_in_capitals_are_accepted(tmp_path: Path) -> None:
    files = {file.upper(): text for file, text in small_feed().items()}
    assert len(load_timetable(write_feed(tmp_path / "a.zip", files), DAY).trips) == 2


def test_two_feeds_in_one_zip_are_refused(tmp_path: Path) -> None:
    files = {f"{side}/{file}": text for side in "xy" for file, text in small_feed().items()}
    with pytest.raises(FeedError, match="holds 2 feeds: x, y"):
        load_timetable(write_feed(tmp_path / "a.zip", files), DAY)


def test_a_nested_zip_is_refused(tmp_path: Path) -> None:
    inner = write_feed(tmp_path / "inner.zip", small_feed()).read_bytes()
    with pytest.raises(FeedError, match=r"another zip \(inner.zip\)"):
        load_timetable(write_feed(tmp_path / "a.zip", {"inner.zip": inner}), DAY)


def test_no_feed_at_all(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="is no file and no folder"):
        load_timetable(tmp_path / "none.zip", DAY)
    with pytest.raises(FeedError, match="holds no GTFS feed"):
        load_timetable(write_feed(tmp_path / "a.zip", {"readme.txt": "hello"}), DAY)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FeedError, match="holds no GTFS feed"):
        load_timetable(tmp_path / "empty", DAY)
    (tmp_path / "b.zip").write_bytes(b"")
    with pytest.raises(FeedError, match="no zip that can be opened"):
        load_timetable(tmp_path / "b.zip", DAY)


@pytest.mark.parametrize("name", ["../stops.txt", "/etc/stops.txt", "a\\..\\..\\b.txt", "C:/x.txt"])
def test_path_tricks_are_refused(tmp_path: Path, name: str) -> None:
    path = write_feed(tmp_path / "a.zip", {**small_feed(), name: "x"})
    with pytest.raises(FeedError, match="path that leads out of the zip"):
        load_timetable(path, DAY)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.zip"]


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "a.zip", small_feed())
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("shapes.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FeedError, match="is a link"):
        load_timetable(path, DAY)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "a.zip", small_feed())
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = 0
        while (start := content.find(mark, start)) >= 0:
            content[start + place] |= 1
            start += 4
    path.write_bytes(bytes(content))
    with pytest.raises(FeedError, match="is encrypted -> pack the feed without a password"):
        load_timetable(path, DAY)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "a.zip", {**small_feed(), "shapes.txt": b"0" * 3_000_000})
    with pytest.raises(FeedError, match=r"more than the 200 times .* zip bomb"):
        load_timetable(path, DAY)


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_absurd_sizes_are_refused(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_feed(tmp_path / name, small_feed())
    monkeypatch.setattr(files, "MAX_FEED_BYTES", 500)
    with pytest.raises(FeedError, match="bytes unpacked, the limit is 500"):
        load_timetable(path, DAY)


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_feed(tmp_path / "a.zip", small_feed())
    monkeypatch.setattr(files, "MAX_MEMBERS", 3)
    with pytest.raises(FeedError, match="holds 6 entries"):
        load_timetable(path, DAY)


def test_a_file_that_stands_twice_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "a.zip", small_feed())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("stops.txt", "stop_id\nX\n")
    with pytest.raises(FeedError, match="stands twice"):
        load_timetable(path, DAY)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95, 0.999])
def test_a_zip_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    path = write_feed(tmp_path / "a.zip", small_feed())
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(FeedError, match="no zip that can be opened"):
        load_timetable(path, DAY)


def test_damaged_bytes_are_a_feed_error_or_harmless(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "a.zip", small_feed())
    whole = path.read_bytes()
    refused = 0
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        path.write_bytes(bytes(damaged))
        try:
            load_timetable(path, DAY)
        except FeedError:
            refused += 1
    assert refused > 100


def test_a_size_that_lies_is_refused(tmp_path: Path) -> None:
    """The directory of the zip says 10 bytes, the file holds more: nothing beyond is read, the checksum fails."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in small_feed().items():
            archive.writestr(name, text)
    content = bytearray(buffer.getvalue())
    entry = content.find(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(bytes(content))
    with pytest.raises(FeedError, match="cannot be read to its end"):
        load_timetable(tmp_path / "a.zip", DAY)


def test_same_file_name_other_feed(tmp_path: Path) -> None:
    """The key of a feed is its content, whatever its file is called."""
    one = write_feed(tmp_path / "x" / "gtfs.zip", small_feed())
    other = write_feed(tmp_path / "y" / "gtfs.zip", small_feed(feed_info="feed_version\n2\n"))
    assert content_key(find_feed(one)) != content_key(find_feed(other))
    shutil.copy(one, other)
    assert content_key(find_feed(one)) == content_key(find_feed(other))
    folder = write_feed(tmp_path / "z", small_feed())
    before = content_key(find_feed(folder))
    (folder / "trips.txt").write_text("route_id,service_id,trip_id\n")
    assert content_key(find_feed(folder)) != before
