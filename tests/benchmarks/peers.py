"""Our matrices beside those of a peer, in one run on one machine.

    python -m tests.benchmarks.peers DATA [--runs 5]

DATA is the folder with the real data. Needs `pip install ferrobus`, which is no dependency of the project. Prints
medians for the four cases, and ratios to ferrobus where that can load the feed: 60 departures one by one, and a single
one. The figures of r5py and R5 are those of a 2-core machine, 2026-11-23; ferrobus, measured then and now, tells how
much slower or faster this machine is.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.benchmarks.cases import CASES, Case

#: seconds on the machine of 2026-11-23
R5PY = {"poa": 36.4, "newport": 6.6, "porto": 3.6, "grid": 5.0}
R5 = {"porto": 1.47, "grid": 2.0}
CALENDAR = """service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
{service},1,1,1,1,1,0,0,20260301,20260331
"""


def median_s(task: Callable[[], Any], runs: int) -> float:
    """Median seconds of a task after one call that is not counted."""
    task()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def ferrobus_matrix(case: Case, folder: Path) -> Callable[[int], Any]:
    """Matrix of one departure by ferrobus, from feeds unpacked into ``folder`` with the calendar.txt it needs."""
    import ferrobus

    feeds = []
    for feed in case.feeds:
        target = folder / feed.stem
        with zipfile.ZipFile(feed) as archive:
            archive.extractall(target)
        if not (target / "calendar.txt").exists():
            dates = (target / "calendar_dates.txt").read_text().splitlines()
            service = dates[1].split(",")[0]
            (target / "calendar.txt").write_text(CALENDAR.format(service=service))
        feeds.append(str(target))
    model = ferrobus.create_transit_model(str(case.streets), feeds, None, 1200)
    points = [
        ferrobus.create_transit_point(point.y, point.x, model, 1200)
        for point in case.sites.geometry
    ]
    return lambda second: ferrobus.travel_time_matrix(model, points, second, 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    for name, make in CASES.items():
        case = make(asked.data)
        network = case.prepare()
        ours = median_s(lambda: case.matrix(network), asked.runs)  # noqa: B023
        line = f"{name}: {ours:.3f} s, {R5PY[name] / ours:.0f} times r5py's speed"
        if name in R5:
            line += f", {R5[name] / ours:.1f} times R5's"
            one = replace(case, window=("08:00", "08:01"), percentiles=(50,))
            single = median_s(lambda: one.matrix(network), asked.runs)  # noqa: B023
            folder = Path(tempfile.mkdtemp())
            peer = ferrobus_matrix(case, folder)
            peer_single = median_s(lambda: peer(8 * 3600), asked.runs)  # noqa: B023
            peer_window = median_s(
                lambda: [peer(8 * 3600 + 60 * m) for m in range(60)],  # noqa: B023
                1,
            )
            shutil.rmtree(folder)
            line += (
                f"; ferrobus {peer_window:.2f} s for 60 departures: {peer_window / ours:.1f} times"
                f"; one departure {single:.3f} s, ferrobus {peer_single:.3f} s"
            )
        print(line, flush=True)


if __name__ == "__main__":
    main()
