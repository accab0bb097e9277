"""Stops linked to the streets: those that several days have in common are snapped, and walked from, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoaccess.network.links import Links, links_of_pairs, walk_links
from geoaccess.network.places import Places
from geoaccess.network.snapping import snap
from geoaccess.network.streets import StreetGraph
from geoaccess.network.traveller import Traveller

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class LinkedStops:
    """Stops on the streets.

    Attributes
    ----------
    places : the stops.
    walks : seconds on foot between them, no longer than the traveller walks at a time.
    """

    places: Places
    walks: Links

    def take(self, index: Array) -> LinkedStops:
        """Return the stops at ``index``, each at most once."""
        number = np.full(len(self.places), -1, np.int32)
        number[index] = np.arange(len(index), dtype=np.int32)
        row, to = number[self.walks.row], number[self.walks.to]
        kept = (row >= 0) & (to >= 0)
        walks = links_of_pairs(row[kept], to[kept], self.walks.seconds[kept], len(index))
        return LinkedStops(self.places.take(index), walks)


def link_stops(
    graph: StreetGraph,
    cycle_graph: StreetGraph | None,
    days: Sequence[pd.DataFrame],
    who: Traveller,
    max_snap_m: float,
    *,
    workers: int | None = None,
) -> list[LinkedStops]:
    """Link the stops of each day.

    Parameters
    ----------
    graph, cycle_graph : streets to walk and to cycle on.
    days : stops of each day, as in `geoaccess.load.timetable.Timetable`.
    who, max_snap_m, workers : as in `build_network`.
    """
    if not days:
        return []
    every, index = (days[0], []) if len(days) == 1 else _together(days)
    lon, lat = every["lon"].to_numpy(float), every["lat"].to_numpy(float)
    stops = snap(graph, lon, lat, max_snap_m)
    walks = walk_links(graph, stops, stops, 60.0 * who.max_walk_min, workers)
    cycle = None if cycle_graph is None else snap(cycle_graph, lon, lat, max_snap_m)
    linked = LinkedStops(Places(stops, cycle), walks)
    return [linked.take(own) for own in index] if index else [linked]


def _together(days: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, list[Array]]:
    """Join the stops of all days, each once; and say where those of each day are among them."""
    same = ["feed", "stop_id", "lon", "lat"]
    # sources may lend the same id to several stops of a day
    told = [
        stops[same].assign(again=stops.groupby(same, dropna=False).cumcount()) for stops in days
    ]
    every = pd.concat(told, ignore_index=True)
    number = every.groupby([*same, "again"], sort=False, dropna=False).ngroup().to_numpy()
    ends = np.cumsum([len(stops) for stops in days])[:-1]
    return every[~every.duplicated()], np.split(number, ends)
