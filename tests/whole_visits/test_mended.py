"""What is said to mend a reason is made in the files of random regions: then people can go, or fail as was foretold."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.whole_visits.files import CODES, DAYS, Bus, Region, is_true, run
from tests.whole_visits.test_brute import STOPS, Made, clock, make

ORDER = [*CODES, "feasible"]
#: a ride that is said to be missing is made as quick as can be
RIDE_MIN = 1


def minutes(text: str) -> int:
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def mended(made: Made, row: Any) -> Region | None:
    """The region with the fix of a row of reasons, None where it names no change that can be made in the files."""
    region, kind = made.region, row.fix_kind
    ids = [one.key for one in made.practices]
    if kind in {"", "none"} or row.fix_practice_id not in ids:
        return None
    k = ids.index(row.fix_practice_id)
    practice = made.practices[k]
    if kind == "accept":
        return region.practice(k, status="open")
    if kind == "room":
        return region.practice(k, listed_patients=2094, fte=1)
    if kind == "language":
        return region.practice(k, interpreter="yes")
    if not row.fix_time:
        return None
    time, day = minutes(row.fix_time), DAYS.index(row.fix_day)
    if kind in {"close_later", "open_earlier"}:
        blocks = list(practice.blocks) if day in practice.days else []
        if kind == "close_later":
            ends = [end for _, end in blocks if end < time]
            if not ends:
                return None
            extra = (max(ends), time)
        else:
            starts = [start for start, _ in blocks if start > time]
            if not starts:
                return None
            extra = (time, min(starts))
        hours = str(region.practices[k]["opening_hours"])
        name = DAYS[day].capitalize()
        more = f", {name} {clock(extra[0])}-{clock(extra[1])}"
        return region.practice(k, opening_hours=hours + more)
    days = "".join("1" if n == day else "0" for n in range(7))
    home, there = STOPS[int(row.site_id[1:])], STOPS[practice.stop]
    ends = (home, there) if kind == "ride_out" else (there, home)
    if kind not in {"ride_out", "ride_back"} or home == there:
        return None
    ride = Bus(((ends[0], clock(time)), (ends[1], clock(time + RIDE_MIN))), days)
    return region.and_buses(ride)


@pytest.mark.parametrize("seed", [0, 1, 2, 6, 7, 8])
def test_the_fix_mends(seed: int, tmp_path: Path) -> None:
    """Up to three kinds of fix of each region are tried."""
    made = make(Random(seed))
    before = run(made.region, tmp_path / "before")
    tried: set[tuple[str, bool]] = set()
    for row in before.reasons[before.reasons["reason"] != "feasible"].itertuples():
        what = (str(row.fix_kind), is_true(str(row.fix_is_enough)))
        region = None if what in tried else mended(made, row)
        if region is None or len(tried) == 3:
            continue
        tried.add(what)
        after = run(region, tmp_path / str(len(tried)))
        found = after.reason(site_id=row.site_id, group_id=row.group_id)["reason"]
        if what[1]:
            assert found == "feasible", (row, found)
        else:
            assert ORDER.index(found) > ORDER.index(str(row.reason)), (row, found)
