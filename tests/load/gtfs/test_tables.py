"""Text files as they come: encodings, line ends, ragged rows, quotes."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.errors import FeedError
from geoaccess.load.gtfs import load_timetable, text
from geoaccess.load.gtfs.files import find_feed
from geoaccess.load.gtfs.tables import read_rows
from geoaccess.load.gtfs.text import whole_lines
from geoaccess.load.timetable import Timetable
from tests.load.gtfs.feeds import SMALL_FEED, small_feed, write_feed

DAY = "2026-03-03"


def load(tmp_path: Path, **changes: str | bytes | None) -> Timetable:
    return load_timetable(write_feed(tmp_path / "feed", small_feed(**changes)), DAY)


def text_of(name: str) -> str:
    return dedent(SMALL_FEED[f"{name}.txt"]).lstrip("\n")


def same_rides(one: Timetable, other: Timetable) -> bool:
    return (
        one.trips.equals(other.trips)
        and one.stops.equals(other.stops)
        and one.arrival_s.tolist() == other.arrival_s.tolist()
        and one.stop.tolist() == other.stop.tolist()
    )


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="byte order mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="utf-16"),
        pytest.param(lambda text: text.encode("utf-16-be"), id="utf-16-be without mark"),
        pytest.param(lambda text: text.encode("utf-16-le"), id="utf-16-le without mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="crlf"),
        pytest.param(lambda text: text.replace("\n", "\r").encode(), id="cr"),
        pytest.param(lambda text: text.replace("\n", "\n\n").encode(), id="blank lines"),
        pytest.param(lambda text: text.replace("\n", " \n").encode(), id="trailing spaces"),
        pytest.param(lambda text: text.replace(",", " , ").encode(), id="spaces round commas"),
        pytest.param(lambda text: text.replace("\n", ",\n").encode(), id="trailing comma"),
        pytest.param(lambda text: text.replace("e", "e\0").encode(), id="nul bytes"),
        pytest.param(lambda text: text.rstrip("\n").encode(), id="no line end at the end"),
        pytest.param(
            lambda text: "\n".join(
                ",".join(f'"{cell}"' for cell in line.split(",")) for line in text.split("\n")[:-1]
            ).encode(),
            id="all quoted",
        ),
        pytest.param(
            lambda text: (text.title().split("\n")[0] + text[text.index("\n") :]).encode(),
            id="capitals",
        ),
    ],
)
def test_the_writing_does_not_matter(tmp_path: Path, written) -> None:
    plain = load(tmp_path / "plain")
    names = ("agency", "stops", "routes", "trips", "stop_times", "calendar")
    other = load(tmp_path / "other", **{name: written(text_of(name)) for name in names})
    assert same_rides(plain, other)


@pytest.mark.parametrize("name", ["stops", "routes", "trips", "stop_times", "calendar"])
def test_odd_column_order(tmp_path: Path, name: str) -> None:
    lines = [line.split(",")[::-1] for line in text_of(name).splitlines()]
    turned = "\n".join(",".join(["extra", *cells]) for cells in lines)
    assert same_rides(load(tmp_path / "a"), load(tmp_path / "b", **{name: turned}))


def test_windows_1252_is_read_and_said(tmp_path: Path) -> None:
    stops = text_of("stops").replace("Aweg", "Café").encode("cp1252")
    timetable = load(tmp_path, stops=stops)
    assert timetable.stops["name"].tolist()[0] == "Café"
    assert "feed: 1 line of stops.txt read as Windows-1252, being no UTF-8" in timetable.notes


def test_short_rows_are_filled_up_and_counted(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id,trip_headsign,block_id\nR,daily,T1\nR,daily,T2,Dweg,\n"
    timetable = load(tmp_path, trips=trips)
    assert timetable.trips["headsign"].tolist() == ["", "Dweg"]
    assert "feed: 1 row of trips.txt with too few cells filled up with blanks" in timetable.notes


def test_blank_cells_too_many_are_cut_and_counted(tmp_path: Path) -> None:
    trips = "route_id,service_id,trip_id\nR,daily,T1,,\nR,daily,T2\n"
    timetable = load(tmp_path, trips=trips)
    assert len(timetable.trips) == 2
    assert "feed: blank cells too many cut from 1 row of trips.txt" in timetable.notes


def test_shifted_rows_are_dropped_and_counted(tmp_path: Path) -> None:
    """A comma too many without quotes shifts the cells: such a row cannot be trusted."""
    stops = text_of("stops").replace("Bweg", "Bweg, hoek")
    timetable = load(tmp_path, stops=stops)
    assert timetable.stops["stop_id"].tolist() == ["A", "C", "D"]
    assert "feed: 1 row of stops.txt with more filled cells than columns dropped" in timetable.notes
    assert "feed: 1 stop time at stops that stops.txt lacks dropped: B" in timetable.notes


def test_quoted_cells_may_hold_commas_quotes_and_line_ends(tmp_path: Path) -> None:
    stops = text_of("stops").replace("Aweg", '"A ""weg"",\nDelft"')
    assert load(tmp_path, stops=stops).stops["name"].tolist()[0] == 'A "weg",\nDelft'


def test_a_quote_inside_a_cell_is_text(tmp_path: Path) -> None:
    stops = text_of("stops").replace("Bweg", 'Kade 5" pijp')
    timetable = load(tmp_path, stops=stops)
    assert timetable.stops["name"].tolist() == ["Aweg", 'Kade 5" pijp', "Cweg", "Dweg"]


@pytest.mark.parametrize("cell", ["Cweg", "4.370"])
def test_a_quote_that_is_never_closed_is_an_error(tmp_path: Path, cell: str) -> None:
    """It would swallow the rest of the file."""
    stops = text_of("stops").replace(cell, f'"{cell}')
    with pytest.raises(
        FeedError, match=r"stops.txt, row 4: a quote is opened here and never closed"
    ):
        load(tmp_path, stops=stops)


def test_rows_are_numbered_as_in_the_file(tmp_path: Path) -> None:
    text = 'service_id,date,exception_type\n\ns,20260101,1\n"s\n",20260102,1\ns,20260103\n\ns,20260104,1\n'
    path = write_feed(tmp_path / "feed", small_feed(calendar_dates=text.encode()))
    rows, _ = read_rows(find_feed(path), "calendar_dates.txt")
    assert rows.row.tolist() == [3, 4, 5, 7]
    assert rows["service_id"].to_pylist() == ["s", "s", "s", "s"]


@pytest.mark.parametrize("name", ["stops", "routes", "trips", "stop_times"])
def test_empty_files_are_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(FeedError, match=rf"{name}.txt: is empty"):
        load(tmp_path / "a", **{name: b""})
    with pytest.raises(FeedError):
        load(tmp_path / "b", **{name: text_of(name).splitlines()[0]})


def test_missing_files_and_columns_come_all_at_once(tmp_path: Path) -> None:
    changes = {"routes": None, "calendar": None, "stops": "stop_id,stop_name\nA,Aweg\n"}
    with pytest.raises(FeedError) as caught:
        load(tmp_path, **changes)
    assert [(fault.file, fault.column) for fault in caught.value.faults] == [
        ("feed/routes.txt", None),
        ("feed", None),
        ("feed/stops.txt", "stop_lat"),
        ("feed/stops.txt", "stop_lon"),
    ]


def test_files_of_unknown_name_are_named(tmp_path: Path) -> None:
    timetable = load(tmp_path, frecuencias="trip_id\n", shapes="shape_id\n")
    assert "feed: 1 file of no name known to GTFS not read: frecuencias.txt" in timetable.notes


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_LINE_BYTES", 100)
    with pytest.raises(FeedError, match="a line of more than 100 bytes"):
        list(whole_lines([b"x" * 60, b"x" * 60], Counter(), "a.txt"))


@given(
    cells=st.lists(
        st.lists(st.text('ab,"\n é\r', max_size=4), min_size=2, max_size=2), min_size=1, max_size=8
    ),
    size=st.integers(1, 9),
)
def test_pieces_never_end_inside_a_cell(cells: list[list[str]], size: int) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    content = ("\r\n".join(quoted) + "\r\n").encode()
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    pieces = list(whole_lines(parts, Counter()))
    assert all(piece.endswith(b"\n") and piece.count(b'"') % 2 == 0 for piece in pieces)
    assert b"".join(pieces) == content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def test_small_parts_read_as_large_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    lines = [f'S{k},"Halte, {k}",52.{k:03},4.3' for k in range(200)]
    rng.shuffle(lines)
    stops = "stop_id,stop_name,stop_lat,stop_lon\n" + "\n".join(lines) + "\n"
    files = find_feed(write_feed(tmp_path / "feed", small_feed(stops=stops)))
    whole, _ = read_rows(files, "stops.txt")
    monkeypatch.setattr("geoaccess.load.gtfs.files.blocks.__defaults__", (64,))
    parts, _ = read_rows(files, "stops.txt")
    assert parts["stop_name"].equals(whole["stop_name"])
    assert parts.row.tolist() == whole.row.tolist() == list(range(2, 202))
