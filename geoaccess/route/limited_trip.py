"""One trip under a limit on all walking: the best of all trips with a known arrival, ride by ride back from its end.

Once the arrival is known, what one must know of a ride is the least walking after boarding it with so many rides left.
"""

from __future__ import annotations

import numpy as np

from geoaccess.network.links import Links
from geoaccess.network.timetable import Patterns
from geoaccess.route.best_trip import (
    NEVER,
    BestTrip,
    Ends,
    Stage,
    StopWalks,
    changes_into,
    leave_last,
    make_stage,
    places,
    read_off,
    search_rounds,
)


def limited_trip(
    patterns: Patterns | None,
    transfers: Links | None,
    ends: Ends,
    stop_walks: StopWalks,
    depart_s: int,
    arrive_s: int,
    max_rides: int | None,
    walk_limit_s: int,
) -> BestTrip | None:
    """Find the trip with the fewest rides that arrives by a given second; of these as `best_trip` does.

    Parameters
    ----------
    patterns, transfers, ends, stop_walks, depart_s, max_rides : as in `best_trip`.
    arrive_s : earliest arrival that is possible under the limit; NEVER where there is none.
    walk_limit_s : most seconds on foot in all.

    Returns
    -------
    BestTrip or None
        None when there is no such trip.
    """
    if arrive_s >= NEVER:
        return None
    if ends.all_the_way <= walk_limit_s and depart_s + ends.all_the_way <= arrive_s:
        return BestTrip(arrive_s)
    if patterns is None or transfers is None or not patterns.event_count:
        return None
    rounds = search_rounds(patterns, transfers, depart_s + ends.access, arrive_s, max_rides)
    place = places(patterns)
    egress = np.where(
        patterns.alight_node >= 0, ends.egress[np.maximum(patterns.alight_node, 0)], NEVER
    )[place]
    off = np.where(patterns.arrival_s + egress <= arrive_s, egress, NEVER)
    least = np.full(len(off), NEVER, np.int64)
    stages: list[Stage] = []
    while max_rides is None or len(stages) < max_rides:
        # more rides are of use only with less walking than fewer of them
        off[(off > walk_limit_s) | (off >= least)] = NEVER
        least = np.minimum(least, off)
        stages.append(make_stage(patterns, place, rounds.ready[-1], off))
        if not len(stages[-1].board):
            return None
        chosen = leave_last(stages[-1], ends, depart_s, walk_limit_s)
        if chosen is not None:
            rides = read_off(patterns, transfers, stop_walks, stages, chosen)
            return BestTrip(arrive_s, rides)
        off = changes_into(patterns, place, transfers, stop_walks, rounds.reached[-1], stages[-1])
    return None
