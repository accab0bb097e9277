"""The legs of a trip as rows: on foot, by bicycle and rides with their times, names and waits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from geoaccess.load.vans import VAN
from geoaccess.network.network import Transit
from geoaccess.network.traveller import Traveller
from geoaccess.route.best_trip import BestTrip, Ends, StopWalks, node_of, place_of

COLUMNS = (
    "mode",
    "line",
    "headsign",
    "from_name",
    "to_name",
    "depart",
    "arrive",
    "minutes",
    "metres",
    "wait_min",
    "remark",
    "headway_min",
    "from_id",
    "to_id",
    "trip_id",
    "depart_s",
    "arrive_s",
)
NUMBERS = {
    "minutes": "float64",
    "metres": "float64",
    "wait_min": "float64",
    "headway_min": "float64",
    "depart_s": "int64",
    "arrive_s": "int64",
}
#: GTFS route_type
MODES = {
    0: "tram",
    1: "metro",
    2: "train",
    3: "bus",
    4: "ferry",
    5: "cable_tram",
    6: "cable_car",
    7: "funicular",
    11: "trolleybus",
    12: "monorail",
    VAN: "van",
}
#: remarks: same vehicle, the passenger stays seated; the change takes what transfers.txt says, not what walking takes;
#: only the headway of the line is known, so its times are those of one draw
STAY_SEATED, TRANSFER_RULE, EXAMPLE_TIMES = "stay_seated", "transfer_rule", "example_times"


@dataclass(frozen=True)
class Place:
    """Where a leg starts or ends: a site, a practice or a stop."""

    id: str
    name: str


def clock(second: int) -> str:
    """Second of the service day as HH:MM:SS, past 24:00:00 for the night after.

    Examples
    --------
    >>> clock(90061)
    '25:01:01'
    """
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def trip_legs(
    trip: BestTrip,
    transit: Transit | None,
    who: Traveller,
    start: Place,
    end: Place,
    ends: Ends,
    stop_walks: StopWalks,
    depart_s: int,
) -> list[dict[str, Any]]:
    """Rows of the legs of a trip, in order.

    Parameters
    ----------
    trip : from `best_trip`.
    transit : rides; None where the trip has none.
    who : traveller.
    start, end : ends of the trip.
    ends : ways without a ride at the ends of the trip.
    stop_walks : seconds on foot for pairs of stops.
    depart_s : departure asked for; the wait of the first leg counts from here.
    """
    if transit is None or not trip.rides:
        legs = [_own(start, end, depart_s, ends.all_the_way, who, ends.cycled.all_the_way)]
    else:
        patterns = transit.rides.patterns
        first, last = trip.rides[0].board, trip.rides[-1].alight
        node = node_of(patterns, first, boarding=True)
        own_s, cycled_m = int(ends.access[node]), float(ends.cycled.access[node])
        leave_s = int(patterns.departure_s[first]) - own_s
        legs = [_own(start, _stop_of(transit, first), leave_s, own_s, who, cycled_m)]
        for k, ride in enumerate(trip.rides):
            onward = _ride(transit, ride.board, ride.alight)
            if k:
                legs += _change(
                    transit, who, stop_walks, trip.rides[k - 1].alight, ride.board, onward
                )
            legs += onward
        node = node_of(patterns, last, boarding=False)
        own_s, cycled_m = int(ends.egress[node]), float(ends.cycled.egress[node])
        off_s = int(patterns.arrival_s[last])
        legs.append(_own(_stop_of(transit, last), end, off_s, own_s, who, cycled_m))
    before_s = depart_s
    for leg in legs:
        leg["wait_min"] = (leg["depart_s"] - before_s) / 60
        before_s = leg["arrive_s"]
    return legs


def _leg(mode: str, start: Place, end: Place, depart_s: int, arrive_s: int) -> dict[str, Any]:
    return {
        "mode": mode,
        "line": "",
        "headsign": "",
        "from_name": start.name,
        "to_name": end.name,
        "depart": clock(depart_s),
        "arrive": clock(arrive_s),
        "minutes": (arrive_s - depart_s) / 60,
        "metres": np.nan,
        "remark": "",
        "headway_min": np.nan,
        "from_id": start.id,
        "to_id": end.id,
        "trip_id": "",
        "depart_s": depart_s,
        "arrive_s": arrive_s,
    }


def _own(
    start: Place, end: Place, depart_s: int, own_s: int, who: Traveller, cycled_m: float
) -> dict[str, Any]:
    """Way without a ride at an end of the trip: by bicycle over so many metres or, where that is NaN, on foot."""
    if np.isnan(cycled_m):
        return _walk(start, end, depart_s, own_s, who)
    leg = _leg("cycle", start, end, depart_s, depart_s + own_s)
    return {**leg, "metres": float(round(cycled_m))}


def _walk(
    start: Place,
    end: Place,
    depart_s: int,
    walk_s: int,
    who: Traveller,
    allowed_s: int | None = None,
) -> dict[str, Any]:
    """Walk of so many seconds, in ``allowed_s`` where a transfer rule allows less."""
    lasts_s = walk_s if allowed_s is None else min(walk_s, allowed_s)
    leg = _leg("walk", start, end, depart_s, depart_s + lasts_s)
    return {**leg, "metres": float(round(walk_s * who.walk_kmh / 3.6))}


def _change(
    transit: Transit,
    who: Traveller,
    stop_walks: StopWalks,
    alight: int,
    board: int,
    onward: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Walk between two rides, if there is one; a transfer rule that counts is remarked on it or on the ride after."""
    patterns = transit.rides.patterns
    left, boarded = (
        node_of(patterns, alight, boarding=False),
        node_of(patterns, board, boarding=True),
    )
    from_stop, to_stop = patterns.node_stop[[left]], patterns.node_stop[[boarded]]
    on_foot, straight = stop_walks(from_stop, to_stop)
    walk_s = int(on_foot[0])
    link = transit.transfers.first[left] + np.searchsorted(
        transit.transfers.to[transit.transfers.first[left] : transit.transfers.first[left + 1]],
        boarded,
    )
    needs_s = int(transit.transfers.seconds[link])
    walks = []
    if from_stop[0] != to_stop[0]:
        start, end = _stop_of(transit, alight), _stop_of(transit, board)
        walks = [_walk(start, end, int(patterns.arrival_s[alight]), walk_s, who, needs_s)]
    if straight[0] or needs_s != walk_s + who.min_transfer_s:
        (walks or onward)[0]["remark"] = TRANSFER_RULE
    return walks


def _ride(transit: Transit, board: int, alight: int) -> list[dict[str, Any]]:
    """Ride as one row for each trip of the vehicle."""
    patterns, trips = transit.rides.patterns, transit.timetable.trips
    trip = patterns.trip[board : alight + 1]
    starts = [0, *(np.flatnonzero(np.diff(trip)) + 1).tolist(), len(trip)]
    legs = []
    for a, b in pairwise(starts):
        first, last = board + a, board + b - 1
        about = trips.iloc[int(trip[a])]
        leg = _leg(
            MODES.get(int(about["mode"]), "transit"),
            _stop_of(transit, first),
            _stop_of(transit, last),
            int(patterns.departure_s[first]),
            int(patterns.arrival_s[last]),
        )
        leg |= {name: str(about[name]) for name in ("line", "headsign", "trip_id")}
        leg["remark"] = STAY_SEATED if a else ""
        headway_s = int(about.get("headway_s", 0))
        if headway_s:
            leg |= {"remark": EXAMPLE_TIMES, "headway_min": headway_s / 60}
        legs.append(leg)
    return legs


def _stop_of(transit: Transit, event: int) -> Place:
    """Stop of an event."""
    patterns = transit.rides.patterns
    stop = transit.timetable.stops.iloc[int(patterns.stop[place_of(patterns, event)])]
    return Place(str(stop["stop_id"]), str(stop["name"]).strip() or str(stop["stop_id"]))
