"""The text files of a GTFS feed as columns of strings, ragged rows and odd column order included.

Files are read in pieces of whole lines. A piece goes through the fast reader of pyarrow; only a piece that it
cannot read (rows with too few or too many cells, blank lines) is read once more, row by row.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from geoaccess.errors import Fault, FeedError
from geoaccess.load.gtfs.files import FeedFiles, blocks
from geoaccess.load.gtfs.report import Finding
from geoaccess.load.gtfs.text import whole_lines
from geoaccess.load.phrases import counted

Array: TypeAlias = np.ndarray[Any, Any]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

#: columns that are read of each file: those that must be there, and those that may be
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "agency.txt": ((), ("agency_id", "agency_timezone")),
    "stops.txt": (
        ("stop_id", "stop_lat", "stop_lon"),
        ("stop_name", "location_type", "parent_station"),
    ),
    "routes.txt": (
        ("route_id", "route_type"),
        ("agency_id", "route_short_name", "route_long_name"),
    ),
    "trips.txt": (("route_id", "service_id", "trip_id"), ("trip_headsign", "block_id")),
    "stop_times.txt": (
        ("trip_id", "stop_id", "stop_sequence"),
        ("arrival_time", "departure_time", "pickup_type", "drop_off_type"),
    ),
    "calendar.txt": (("service_id", *WEEKDAYS, "start_date", "end_date"), ()),
    "calendar_dates.txt": (("service_id", "date", "exception_type"), ()),
    "frequencies.txt": (("trip_id", "start_time", "end_time", "headway_secs"), ("exact_times",)),
    "transfers.txt": (
        ("from_stop_id", "to_stop_id"),
        (
            "transfer_type",
            "min_transfer_time",
            "from_route_id",
            "to_route_id",
            "from_trip_id",
            "to_trip_id",
        ),
    ),
    "feed_info.txt": (
        (),
        ("feed_publisher_name", "feed_version", "feed_start_date", "feed_end_date"),
    ),
}
#: files of the GTFS reference that are not read, as they say nothing about times
UNREAD_FILES = (
    "areas.txt",
    "attributions.txt",
    "booking_rules.txt",
    "fare_attributes.txt",
    "fare_leg_join_rules.txt",
    "fare_leg_rules.txt",
    "fare_media.txt",
    "fare_products.txt",
    "fare_rules.txt",
    "fare_transfer_rules.txt",
    "levels.txt",
    "location_group_stops.txt",
    "location_groups.txt",
    "networks.txt",
    "pathways.txt",
    "rider_categories.txt",
    "route_networks.txt",
    "shapes.txt",
    "stop_areas.txt",
    "timeframes.txt",
    "translations.txt",
)
REQUIRED_FILES = ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt")

#: last cell of text given to the row-by-row reader: if it does not come back, an open quote has swallowed it
_END = "\x03end of file\x03"
#: where none of these is, no cell needs trimming (a line end in a cell needs a quote)
_TRIMMED = (b" ", b"\t", b"\f", b"\v", b'"')
_HEADER_BYTES = 64 * 1024
_PARSE_BLOCK_BYTES = 4 * 1024**2


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a file, as text.

    Attributes
    ----------
    columns : name -> pyarrow string array (n,), trimmed, "" where blank or where the file lacks the column.
    row : int64 (n,); number of each row as its owner sees it (the first one under the header is 2).
    where : name of the file for messages.
    """

    columns: dict[str, Any]
    row: Array
    where: str

    def __len__(self) -> int:
        return len(self.row)

    def __getitem__(self, column: str) -> Any:
        return self.columns[column]

    def take(self, chosen: Array) -> Rows:
        """Pick rows by number (int) or mask (bool)."""
        index = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        picked = {name: values.take(pa.array(index)) for name, values in self.columns.items()}
        return Rows(picked, self.row[index], self.where)


class _Start(NamedTuple):
    """Where in a file a piece starts: name of the file for messages, and number of the row."""

    where: str
    row: int


def check_headers(files: FeedFiles) -> list[Fault]:
    """Files and columns that a feed must have and lacks."""
    faults = [
        Fault("is missing", files.where(name), remedy="every feed has it: fetch the feed again")
        for name in REQUIRED_FILES
        if name not in files
    ]
    if "calendar.txt" not in files and "calendar_dates.txt" not in files:
        faults.append(
            Fault(
                "calendar.txt and calendar_dates.txt are both missing, no day of service is known",
                files.label,
                remedy="add one of them",
            )
        )
    for name, (required, _) in COLUMNS.items():
        if name in files:
            where = files.where(name)
            start = blocks(files, name, _HEADER_BYTES)
            first = next(whole_lines(start, Counter(), where), b"")
            header = _split_header(first)[0]
            if header:
                faults += _lacking(where, header, required)
            elif name in REQUIRED_FILES:
                faults.append(Fault("is empty", where, remedy="fetch the feed again"))
            if (
                name == "stop_times.txt"
                and header
                and not {"arrival_time", "departure_time"} & {*header}
            ):
                faults.append(Fault("arrival_time and departure_time are both missing", where, 1))
    return faults


def _lacking(where: str, header: list[str], required: Sequence[str]) -> Iterator[Fault]:
    for column in required:
        if column not in header:
            present = ", ".join(header[:20])
            yield Fault("the column is missing", where, 1, column, None, f"the file has: {present}")


def read_rows(files: FeedFiles, name: str) -> tuple[Rows, list[Finding]]:
    """Read a whole file; no rows where the feed lacks it.

    Raises
    ------
    FeedError
        where a quote is never closed or the file cannot be read to its end.
    """
    findings: list[Finding] = []
    parts = list(stream_rows(files, name, findings))
    wanted = [column for group in COLUMNS[name] for column in group]
    columns = {
        column: pa.concat_arrays([pa.array([], pa.string()), *(part[column] for part in parts)])
        for column in wanted
    }
    row = np.concatenate([np.zeros(0, np.int64), *(part.row for part in parts)])
    return Rows(columns, row, files.where(name)), findings


def stream_rows(files: FeedFiles, name: str, findings: list[Finding]) -> Iterator[Rows]:
    """Read a file in parts, so that a file of any size fits in memory.

    Parameters
    ----------
    files, name : the feed and the file in it (in lower case); nothing comes where the feed lacks it.
    findings : gets what was repaired or dropped, once the last part is read.
    """
    if name not in files:
        return
    tally: Counter[str] = Counter()
    header: list[str] = []
    wanted = [column for group in COLUMNS[name] for column in group]
    start = _Start(files.where(name), 2)
    for piece in whole_lines(blocks(files, name), tally, start.where):
        body = piece
        if not header:
            header, body = _split_header(piece)
        if header and body:
            rows, start = _read_piece(body, header, wanted, start, tally)
            if len(rows):
                yield rows
    findings += _findings(tally, name)


def _split_header(piece: bytes) -> tuple[list[str], bytes]:
    """Column names in lower case and the rest; a name that is blank or comes twice gets a stand-in."""
    line, _, body = piece.partition(b"\n")
    text = line.decode()
    cells = next(csv.reader([text]), []) if len(text) < csv.field_size_limit() else text.split(",")
    names: list[str] = []
    for place, cell in enumerate(cells):
        name = cell.strip().strip('"').lower()
        names.append(name if name and name not in names else f"column {place + 1}")
    return names, body


def _read_piece(
    text: bytes, header: list[str], wanted: Sequence[str], start: _Start, tally: Counter[str]
) -> tuple[Rows, _Start]:
    """Read whole lines as rows; also where the next piece starts."""
    present = [column for column in wanted if column in header]
    odd = text.startswith(b"\n") or b"\n\n" in text or text.count(b'"') % 2 == 1
    table = None if odd or not present else _read_fast(text, header, present)
    if table is not None:
        columns = {column: table[column].combine_chunks() for column in present}
        row = np.arange(start.row, start.row + len(table), dtype=np.int64)
        next_row = start.row + len(table)
    else:
        cells, row, next_row = _read_slowly(text, len(header), start, tally)
        columns = {
            column: pa.array([line[header.index(column)] for line in cells], pa.string())
            for column in present
        }
    if not text.isascii() or any(sign in text for sign in _TRIMMED):
        columns = {column: pc.utf8_trim_whitespace(cells) for column, cells in columns.items()}
    blank = pa.repeat(pa.scalar("", pa.string()), len(row))
    rows = Rows({column: columns.get(column, blank) for column in wanted}, row, start.where)
    return rows, _Start(start.where, next_row)


def _read_fast(text: bytes, header: list[str], present: list[str]) -> Any | None:
    """Read with pyarrow: a table of strings, or None where a row has too few or too many cells."""
    try:
        return pa_csv.read_csv(
            pa.BufferReader(text),
            read_options=pa_csv.ReadOptions(column_names=header, block_size=_PARSE_BLOCK_BYTES),
            parse_options=pa_csv.ParseOptions(newlines_in_values=b'"' in text),
            convert_options=pa_csv.ConvertOptions(
                include_columns=present,
                column_types=dict.fromkeys(present, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None


def _read_slowly(
    text: bytes, width: int, start: _Start, tally: Counter[str]
) -> tuple[list[list[str]], Array, int]:
    """Read row by row: short rows are filled up, blank cells too many cut, shifted rows dropped."""
    kept: list[list[str]] = []
    numbers: list[int] = []
    number = start.row - 1
    cells: list[str] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text.decode() + _END)), start.row):
            if cells == [_END] or not any(cell.strip() for cell in cells):
                continue
            shifted = any(cell.strip() for cell in cells[width:])
            tally["shifted"] += shifted
            tally["long"] += len(cells) > width and not shifted
            tally["short"] += len(cells) < width
            if not shifted:
                kept.append(cells[:width] + [""] * (width - len(cells)))
                numbers.append(number)
    except csv.Error as error:
        raise _open_quote(_Start(start.where, number + 1)) from error
    if cells != [_END]:
        raise _open_quote(_Start(start.where, number))
    return kept, np.array(numbers, np.int64), number


def _open_quote(place: _Start) -> FeedError:
    problem = "a quote is opened here and never closed"
    return FeedError(Fault(problem, place.where, place.row, remedy="close or remove it"))


def _findings(tally: Counter[str], name: str) -> Iterator[Finding]:
    if tally["utf16"]:
        yield Finding("remark", f"{name} is in UTF-16")
    if tally["nul"]:
        yield Finding("repaired", f"{counted(tally['nul'], 'NUL byte')} taken out of {name}")
    if tally["cp1252"]:
        lines = counted(tally["cp1252"], "line")
        yield Finding("repaired", f"{lines} of {name} read as Windows-1252, being no UTF-8")
    if tally["short"]:
        rows = counted(tally["short"], "row")
        yield Finding("repaired", f"{rows} of {name} with too few cells filled up with blanks")
    if tally["long"]:
        rows = counted(tally["long"], "row")
        yield Finding("repaired", f"blank cells too many cut from {rows} of {name}")
    if tally["shifted"]:
        rows = counted(tally["shifted"], "row")
        yield Finding("dropped", f"{rows} of {name} with more filled cells than columns dropped")
