"""Cost of an access surface of 100,000 cells on Porto Alegre, set against the 1,227 origins of the poa case.

Run: python -m tests.benchmarks.surface [folder of the shared data]. Both are timed in one run, in turns; what is
compared is the median. Links of points, snapping and the tables returned are part of both.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
import time
from pathlib import Path

from geoaccess import surface
from geoaccess.access.cells import cover
from geoaccess.access.surface import usable_extent
from geoaccess.record import peak_memory_mb
from tests.benchmarks.cases import poa

CELLS, PRACTICES, RUNS, MOST_RATIO = 100_000, 100, 5, 15.0


def main() -> int:
    """Print both medians, their ratio and the peak of memory; exit code 1 when the ratio is too high."""
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("GEOACCESS_SHARED", "../shared")
    folder = Path(given)
    case = poa(folder / "data" if (folder / "data").is_dir() else folder)
    network = case.prepare()
    practices = case.practices.iloc[:PRACTICES]
    cell_m = side_for(network, CELLS)
    before = peak_memory_mb()
    options = {"cell_m": cell_m, "window": case.window, "percentiles": case.percentiles}
    cells = surface(practices, network, **options)  # compiles; not timed
    case.matrix(network)
    seconds: dict[str, list[float]] = {"sites": [], "cells": []}
    for _ in range(RUNS):
        for name, job in (
            ("sites", lambda: case.matrix(network)),
            ("cells", lambda: surface(practices, network, **options)),
        ):
            start = time.perf_counter()
            job()
            seconds[name].append(time.perf_counter() - start)
    sites_s, cells_s = (statistics.median(seconds[name]) for name in ("sites", "cells"))
    linked = int((cells["reason"] != "not_linked").sum())
    print(f"{len(case.sites)} sites x {len(case.practices)} practices: {sites_s:.3f} s")
    print(f"{len(cells)} cells of {cell_m} m ({linked} linked) x {len(practices)}: {cells_s:.3f} s")
    print(f"ratio {cells_s / sites_s:.2f} (at most {MOST_RATIO:g}), medians of {RUNS}")
    print(f"peak memory {peak_memory_mb()} MB, {before} MB before the first surface")
    return int(cells_s / sites_s > MOST_RATIO)


def side_for(network, cells: int) -> int:
    """Largest whole side that gives at least so many cells over the extent of the streets."""
    area = usable_extent(network)
    rough = cover(area, 250)
    side = math.ceil(250 * math.sqrt(len(rough.row) / cells))
    while len(cover(area, side).row) < cells:
        side -= 1
    return side


if __name__ == "__main__":
    sys.exit(main())
