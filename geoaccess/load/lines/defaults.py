"""What is assumed of a line where OpenStreetMap does not say: the one table of defaults per mode.

Running speed is that between two stops along the route; a route is `detour` times as long as the straight lines
between its stops, and `dwell_s` at each stop holds braking, doors and pulling away. Headways are those of the day
(Monday to Saturday, DAY_S), of the early and late hours, and of Sunday. All of it is dated AS_OF, and how often each
default was used is said in the notes of the lines. Where the figures come from:

- bus, tram and train times: chosen so that the commercial speed at the usual spacing of stops is that of real
  timetables, or a little slower: Newport buses on 2023-06-13 (20 km/h as the crow flies, stops 330 m apart) and Porto
  Alegre buses on 2019-05-13 (18 km/h, 230 m), HTM trams in The Hague and Delft on 2018-03-01 (17 km/h, 430 m),
  Trensurb trains on 2019-05-13 (44 km/h, 1,850 m);
- everything else is an assumption of this package, on the cautious side of what is usual: lines that run more often
  than this are mostly tagged so, or have a GTFS feed.
"""

from __future__ import annotations

from typing import NamedTuple

AS_OF = "2026-11"

HOUR_S = 3600
DAY_LENGTH_S = 24 * HOUR_S

#: hours of the day headway, Monday to Saturday
DAY_S = (7 * HOUR_S, 19 * HOUR_S)
SUNDAY = 6


class ModeDefault(NamedTuple):
    """What is assumed of the lines of one value of the tag route.

    Attributes
    ----------
    mode : GTFS route_type.
    running_kmh : speed between stops, along the route.
    detour : length of the route between two stops, as a multiple of the straight line.
    dwell_s : time lost at each stop.
    spacing_m : usual distance between stops, for the stretches on which stops lie outside the extract.
    day_min, evening_min, sunday_min : headways in minutes.
    first_h, last_h : service hours Monday to Saturday; last_h may be 24.
    sunday_h : first hour on Sunday.
    source : where the figures come from.
    """

    mode: int
    running_kmh: float
    detour: float
    dwell_s: int
    spacing_m: int
    day_min: int
    evening_min: int
    sunday_min: int
    first_h: int
    last_h: int
    sunday_h: int
    source: str


_BUS = "times: Newport 2023-06, Porto Alegre 2019-05; headways and hours: assumption"
_TRAM = "times: HTM 2018-03; headways and hours: assumption"
_TRAIN = "times: Trensurb 2019-05; headways and hours: assumption"
_ASSUMED = "assumption"

#: route=* -> what is assumed of it; any other value of route is no public transport that is read
DEFAULTS: dict[str, ModeDefault] = {
    #                       mode  kmh  detour dwell spacing day even Sun  hours     Sun
    "bus": ModeDefault(3, 36, 1.3, 20, 400, 30, 60, 60, 6, 23, 8, _BUS),
    "trolleybus": ModeDefault(11, 36, 1.3, 20, 400, 15, 30, 30, 6, 23, 8, _BUS),
    "coach": ModeDefault(3, 70, 1.3, 60, 20000, 120, 240, 240, 7, 21, 8, _ASSUMED),
    "share_taxi": ModeDefault(3, 36, 1.3, 20, 400, 20, 60, 60, 6, 22, 8, _ASSUMED),
    "tram": ModeDefault(0, 30, 1.2, 30, 450, 15, 20, 20, 6, 24, 8, _TRAM),
    "light_rail": ModeDefault(0, 45, 1.15, 30, 700, 15, 20, 20, 6, 24, 8, _ASSUMED),
    "subway": ModeDefault(1, 50, 1.15, 35, 900, 10, 15, 15, 6, 24, 8, _ASSUMED),
    "train": ModeDefault(2, 90, 1.1, 75, 5000, 30, 60, 60, 6, 24, 8, _TRAIN),
    "monorail": ModeDefault(12, 40, 1.1, 30, 900, 10, 15, 15, 6, 24, 8, _ASSUMED),
    "ferry": ModeDefault(4, 15, 1.1, 120, 3000, 30, 60, 60, 7, 20, 8, _ASSUMED),
}

#: a tagged duration is believed while the line is not so many times faster, or slower, than the default makes it ...
BELIEVED_FACTOR = 5.0
#: ... and it may always be so much longer: lines wait, and short ones most of all
BELIEVED_MORE_S = 900
