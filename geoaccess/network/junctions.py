"""Places where streets meet."""

from __future__ import annotations

from typing import Any

import numpy as np

from geoaccess.network.streets import StreetGraph

Array = np.ndarray[Any, Any]

#: ends of street that meet at a junction; one is a dead end, two are a bend or a change of rules
MEETING = 3


def junction_lonlat(graph: StreetGraph) -> Array:
    """Tell where three or more streets meet.

    Parameters
    ----------
    graph : streets that may be used, islands set aside.

    Returns
    -------
    float64 (n, 2)
        lon and lat in degrees, EPSG:4326.
    """
    streets = np.diff(graph.out_first)
    lonlat = np.full((len(streets), 2), np.nan)
    chain = graph.segment_chain
    for offset_cm, place in (
        (graph.segment_start_cm, graph.segment_lonlat[:, :2]),
        (graph.segment_end_cm, graph.segment_lonlat[:, 2:]),
    ):
        first, last = offset_cm == 0, offset_cm == graph.chain_cm[chain]
        lonlat[graph.chain_from[chain[first]]] = place[first]
        lonlat[graph.chain_to[chain[last]]] = place[last]
    # the end of a ferry where no street begins has no place
    found: Array = lonlat[(streets >= MEETING) & np.isfinite(lonlat[:, 0])]
    return found
