"""A country at once: travel times of all sites to all practices, written to Parquet as it goes.

    python -m tests.benchmarks.national [--output DIR] [--resume] [--scale 1] [--workers N]

Reports seconds for each stage, peak memory and pairs; exits with 1 when it took over 10 minutes or 8 GB. With --resume
it goes on with the blocks that are missing in DIR after it was stopped, even by SIGKILL.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from geoaccess import Traveller
from geoaccess.network import network as building
from geoaccess.record import peak_memory_mb
from geoaccess.route import written
from geoaccess.route.written import WrittenTimes, write_travel_times
from tests.benchmarks.country import make_country

MOST_S, MOST_MB = 600.0, 8000
WINDOW, PERCENTILES, MAX_MINUTES = ("08:00", "10:00"), (10, 50, 90), 60.0

#: the functions of a run that are timed, where they are called from
STAGES = (
    (building, "build_graph", "streets graph"),
    (building, "snap", "stop links"),
    (building, "walk_links", "stop links"),
    (building, "build_patterns", "patterns"),
    (building, "node_links", "changes"),
    (building, "build_changes", "changes"),
    (written, "_question", "fingerprint"),
    (written, "prepare_search", "links of sites"),
    (written, "travel_seconds", "search"),
    (written, "percentile_table", "tables"),
    (written, "_write_block", "write"),
)


def measure(
    folder: Path,
    *,
    scale: float,
    resume: bool,
    workers: int | None = None,
    tell: Callable[[str], None] = lambda _stage: None,
    **more: Any,
) -> tuple[WrittenTimes, dict[str, float], int]:
    """Do it all; return what was written, seconds by stage ("generate" first), and the number of all pairs."""
    seconds: dict[str, float] = {}
    with timed(seconds):
        start = time.perf_counter()
        country = make_country(scale)
        seconds["generate"] = time.perf_counter() - start
        network = building.build_network(
            country.streets,
            country.timetable,
            Traveller(max_minutes=MAX_MINUTES),
            workers=workers,
        )
        result = write_travel_times(
            country.sites,
            country.practices,
            network,
            folder,
            window=WINDOW,
            percentiles=PERCENTILES,
            anew=not resume,
            workers=workers,
            tell=tell,
            **more,
        )
        whole = time.perf_counter() - start
    seconds["other"] = whole - sum(seconds.values())
    return result, seconds, len(country.sites) * len(country.practices)


@contextmanager
def timed(seconds: dict[str, float]) -> Iterator[None]:
    """Add up what the stages take while this lasts."""
    patches = [
        patch.object(module, name, _timed(getattr(module, name), stage, seconds))
        for module, name, stage in STAGES
    ]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def _timed(function: Callable[..., Any], stage: str, seconds: dict[str, float]) -> Any:
    def run(*values: Any, **named: Any) -> Any:
        start, inner = time.perf_counter(), sum(seconds.values())
        try:
            return function(*values, **named)
        finally:
            # what stages within this one took is theirs
            inner = sum(seconds.values()) - inner
            seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - start - inner

    return run


def main(words: list[str] | None = None) -> int:
    """Run from the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.national")
    parser.add_argument(
        "--output", type=Path, help="folder for the blocks; a passing one if absent"
    )
    parser.add_argument("--resume", action="store_true", help="go on with what is in the folder")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is the country")
    parser.add_argument("--workers", type=int)
    asked = parser.parse_args(words)
    if asked.resume and asked.output is None:
        parser.error("--resume needs --output")
    with tempfile.TemporaryDirectory() as passing:
        result, seconds, all_pairs = measure(
            asked.output or Path(passing),
            scale=asked.scale,
            resume=asked.resume,
            workers=asked.workers,
            tell=lambda stage: print(f"  {stage}", file=sys.stderr),
        )
    whole, peak_mb = sum(seconds.values()), peak_memory_mb() or 0
    for stage, value in seconds.items():
        print(f"{stage:16s} {value:9.2f} s")
    print(f"{'all':16s} {whole:9.2f} s of at most {MOST_S:g} s")
    print(f"{'peak memory':16s} {peak_mb:9d} MB of at most {MOST_MB} MB")
    print(f"{'pairs':16s} {result.pairs:9d} of {all_pairs} ({100 * result.pairs / all_pairs:.2f}%)")
    print(f"{'blocks':16s} {result.blocks:9d}, of which {result.kept} were there already")
    return int(whole > MOST_S or peak_mb > MOST_MB)


if __name__ == "__main__":
    sys.exit(main())
