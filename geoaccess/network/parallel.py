"""Kernels release the interpreter's lock, so plain threads use all processors; threads live as long as one call."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def worker_count(workers: int | None = None) -> int:
    """Threads to use: as asked, or else the processors this process may run on."""
    if workers is not None:
        return max(1, workers)
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # not on Windows and macOS
        return max(1, os.cpu_count() or 1)


def in_parallel(
    task: Callable[[Item], Outcome], items: Iterable[Item], workers: int | None = None
) -> list[Outcome]:
    """Outcomes of ``task`` for all items, in their order.

    Parameters
    ----------
    task : runs in a thread, so what it shares with others it must not change.
    items : one call each.
    workers : threads; None for all processors.
    """
    chosen = list(items)
    threads = min(worker_count(workers), len(chosen))
    if threads <= 1:
        return [task(item) for item in chosen]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(task, chosen))
