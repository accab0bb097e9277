"""The lowest travel times from very many points to any of the practices, without a table of all pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from geoaccess.network.network import Network
from geoaccess.network.snapping import Snapped
from geoaccess.route.window import NEVER, Window
from geoaccess.route.matrix import link_points
from geoaccess.route.profiles import travel_seconds

Array = np.ndarray[Any, Any]

#: most travel times held at once, 4 bytes each
MOST_TIMES = 2**26


def lowest_seconds(
    points: Snapped,
    practices: Snapped,
    network: Network,
    window: Window,
    percentiles: tuple[float, ...],
    workers: int | None = None,
) -> tuple[Array, Array]:
    """For every point and percentile the lowest travel time to any practice, and to which.

    Parameters
    ----------
    points, practices : snapped; of practices that are equally near, the first in this order counts.
    network, window, percentiles, workers : as in `travel_seconds`.

    Returns
    -------
    int32 (percentiles, points)
        seconds; NEVER where no practice is reached.
    int32 (percentiles, points)
        number of that practice; -1 where none is reached.
    """
    shape = len(percentiles), len(points.chain)
    seconds, practice = np.full(shape, NEVER, np.int32), np.full(shape, -1, np.int32)
    if not len(practices.chain):
        return seconds, practice
    step = max(1, MOST_TIMES // (len(percentiles) * len(practices.chain)))
    linked = np.flatnonzero(points.linked)
    for k in range(0, len(linked), step):
        some = linked[k : k + step]
        search = link_points(points.take(some), practices, network, window, "to", workers)
        found = travel_seconds(search, percentiles)
        nearest = found.argmin(axis=0)
        seconds[:, some] = np.take_along_axis(found, nearest[None], axis=0)[0]
        practice[:, some] = np.where(seconds[:, some] < NEVER, nearest, -1)
    return seconds, practice
