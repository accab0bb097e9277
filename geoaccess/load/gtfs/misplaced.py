"""Stops that plainly lie elsewhere than their feed says: no vehicle could get there in the time it takes.

Places alone prove nothing (a city's feed may hold coach stops 500 km away), nor does speed alone (times may be
wrong). So the stops are linked by every hop that a vehicle can make; what is cut off from the rest by impossible
hops only, and lies outside the usual area of the feed or is a single stop, is misplaced.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoaccess.load.gtfs.stops import Stops, distance_cm, unit_vectors
from geoaccess.load.gtfs.tables import Array

#: faster than any train in a straight line ...
_IMPOSSIBLE_KMH = 400.0
#: ... with this much added to every hop, as times are often whole minutes
_SLACK_S = 60
#: the usual area reaches from the median this many times the median distance to it, and at least so many degrees
_SPREADS = 8.0
_LEAST_DEGREES = 0.5
#: credibility of a part of the network up to which it may be misplaced: outside the usual area, or a single stop
_DOUBTFUL = 1

Box = tuple[float, float, float, float]


def misplaced(
    stops: Stops, hop_from: Array, hop_to: Array, gap_s: Array, near: Box | None
) -> tuple[Array, int]:
    """Find stops that are plainly misplaced.

    Parameters
    ----------
    stops : all stops; those used have a place.
    hop_from, hop_to : int (h,); stop numbers of consecutive stop times of all trips.
    gap_s : int (h,); seconds from departure at one to arrival at the other.
    near : lon_min, lat_min, lon_max, lat_max of the streets: stops in there are beyond suspicion.

    Returns
    -------
    tuple
        mask of misplaced stops, bool (stops,), and the number of pairs of stops with impossible hops that remain.
    """
    none = np.zeros(len(stops.ids), dtype=bool)
    where = unit_vectors(stops.lon, stops.lat)
    distance = distance_cm(where[:, hop_from], where[:, hop_to])
    limit_cm = _IMPOSSIBLE_KMH * 100_000 / 3600 * (gap_s + _SLACK_S)
    too_fast = distance > limit_cm
    if not too_fast.any():
        return none, 0
    count = len(stops.ids)
    pair = np.minimum(hop_from, hop_to).astype(np.int64) * count + np.maximum(hop_from, hop_to)
    possible = np.unique(pair[~too_fast])
    impossible = np.setdiff1d(pair[too_fast], possible)
    used = np.unique(np.concatenate([hop_from, hop_to]))
    _, part = connected_components(
        coo_array((np.ones(len(possible)), np.divmod(possible, count)), shape=(count, count)),
        directed=False,
    )
    size = np.bincount(part[used], minlength=int(part.max()) + 1)
    belief = _credibility(stops, used, part, size, near)
    one, other = (part[end] for end in np.divmod(impossible, count))
    wrong_part = np.zeros(len(size), dtype=bool)
    for this, that in ((one, other), (other, one)):
        weaker = (belief[this] < belief[that]) | (
            (belief[this] == belief[that]) & (size[this] < size[that])
        )
        wrong_part[this[weaker & (belief[this] <= _DOUBTFUL)]] = True
    wrong = none.copy()
    wrong[used] = wrong_part[part[used]]
    one, other = np.divmod(impossible, count)
    return wrong, int((~wrong[one] & ~wrong[other]).sum())


def _credibility(stops: Stops, used: Array, part: Array, size: Array, near: Box | None) -> Array:
    """How sure the place of each part of the network is: 0 wholly outside the usual area .. 3 near the streets."""
    lon, lat = stops.lon[used], stops.lat[used]
    belief = np.zeros(len(size), dtype=np.int64)
    belief[part[used[_within(lon, lat, _usual_area(lon, lat))]]] = 2
    belief[(size == 1) & (belief == 2)] = _DOUBTFUL
    if near is not None:
        belief[part[used[_within(lon, lat, near)]]] = 3
    return belief


def _usual_area(lon: Array, lat: Array) -> Box:
    """Box around the medians that a minority of wild places cannot stretch."""
    low, high = [], []
    for degrees in (lon, lat):
        middle = float(np.median(degrees))
        reach = max(_LEAST_DEGREES, _SPREADS * float(np.median(np.abs(degrees - middle))))
        low.append(middle - reach)
        high.append(middle + reach)
    return low[0], low[1], high[0], high[1]


def _within(lon: Array, lat: Array, box: Box) -> Array:
    inside: Array = (lon >= box[0]) & (lon <= box[2]) & (lat >= box[1]) & (lat <= box[3])
    return inside
