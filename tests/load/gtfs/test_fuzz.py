"""Whatever is done to a feed, it loads soundly or fails with a FeedError; it never crashes.

CI spoils the feed the same few hundred times. For a long random run:
``GEOACCESS_EXAMPLES=20000 python -m pytest tests/load/gtfs/test_fuzz.py``.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoaccess.errors import Fault, FeedError
from geoaccess.load.gtfs import load_timetable, read_feed_report
from geoaccess.load.timetable import HORIZON_S, Timetable
from tests.load.gtfs.feeds import write_feed
from tests.load.gtfs.test_order import RICH

EXAMPLES = os.environ.get("GEOACCESS_EXAMPLES")
CELLS = (
    *(
        "",
        " ",
        "0",
        "1",
        "-1",
        "2",
        "3",
        "4",
        "5",
        "1e300",
        "-1e18",
        "nan",
        "inf",
        "99999999999999999999",
        "0.5",
    ),
    *(
        "A",
        "T1",
        "T2",
        "R",
        "S",
        "daily",
        "x",
        "É",
        "\u0000",
        '"',
        '""',
        ",",
        "\n",
        "\r",
        "\ufeff",
        "a" * 500,
    ),
    *(
        "8:00:00",
        "24:00:00",
        "240:00:00",
        "08:00",
        "20260303",
        "20261301",
        "52.0",
        "4.36",
        "-90",
        "180",
    ),
)


def spoiled(rng: Random) -> dict[str, bytes]:
    """The rich feed with a few cells, rows, files or bytes spoiled."""
    files = {
        name: dedent(text if isinstance(text, str) else text.decode()).strip("\n")
        for name, text in RICH.items()
    }
    for _ in range(rng.randint(1, 6)):
        name = rng.choice(sorted(files))
        rows = [line.split(",") for line in files[name].split("\n")]
        row = rng.randrange(0 if rng.random() < 0.1 else min(1, len(rows) - 1), len(rows))
        deed = rng.random()
        if deed < 0.7:
            rows[row][rng.randrange(len(rows[row]))] = rng.choice(CELLS)
        elif deed < 0.8:
            rows.insert(row, rows[rng.randrange(len(rows))][: rng.randint(0, 9)])
        elif deed < 0.9:
            del rows[row]
        else:
            rows[row].append(rng.choice(CELLS))
        files[name] = "\n".join(",".join(cells) for cells in rows)
    content = {name: text.encode() for name, text in files.items()}
    if rng.random() < 0.1:
        del content[rng.choice(sorted(content))]
    if rng.random() < 0.1:
        name = rng.choice(sorted(content))
        damaged = bytearray(content[name])
        for _ in range(3 if damaged else 0):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        content[name] = bytes(damaged)
    return content


def assert_sound(timetable: Timetable) -> None:
    first, stop = timetable.first, timetable.stop
    assert first[0] == 0
    assert first[-1] == len(stop) == len(timetable.alight)
    assert len(first) == len(timetable.trips) + 1
    assert (np.diff(first) >= 2).all()
    assert sorted(set(stop.tolist())) == list(range(len(timetable.stops)))
    assert timetable.stops["stop_id"].is_unique
    assert timetable.stops[["lon", "lat"]].notna().all(axis=None)
    assert (timetable.departure_s >= timetable.arrival_s).all()
    trip = np.repeat(np.arange(len(timetable.trips)), np.diff(first))
    same = trip[1:] == trip[:-1]
    assert (timetable.arrival_s[1:] >= timetable.departure_s[:-1])[same].all()
    assert (timetable.arrival_s[first[1:] - 1] > 0).all()
    assert (timetable.departure_s[first[:-1]] < HORIZON_S).all()
    follows = timetable.trips["next_trip"].to_numpy()
    joined = follows[follows >= 0].tolist()
    assert len(joined) == len(set(joined))
    assert set(timetable.transfers["type"]) <= {0, 1, 2, 3}
    ends = timetable.transfers[["from_stop", "to_stop"]].to_numpy()
    assert ((ends >= 0) & (ends < len(timetable.stops))).all()
    assert not timetable.transfers.duplicated(list(timetable.transfers)[:6]).any()


@settings(
    max_examples=int(EXAMPLES or 100),
    derandomize=EXAMPLES is None,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.randoms(use_true_random=False))
def test_a_spoiled_feed_loads_or_fails_clearly(
    tmp_path_factory: pytest.TempPathFactory, rng: Random
) -> None:
    content = spoiled(rng)
    folder: Path = write_feed(tmp_path_factory.mktemp("feeds") / "feed", content)
    faults: tuple[Fault, ...] = (Fault("none", "none"),)
    try:
        assert_sound(load_timetable(folder, "2026-03-03"))
        read_feed_report(folder)
    except FeedError as error:
        faults = error.faults
    assert faults
    assert all(fault.file for fault in faults)
