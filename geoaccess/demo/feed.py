"""The GTFS feed of the demo: stops along the roads, and every trip of two weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from geoaccess.demo.lines import LINES, RAIL_STATIONS, TRAIN, WEEK, Line, days, starts
from geoaccess.demo.places import BUILT, CENTRES, LABEL, PLACES
from geoaccess.demo.plane import Point, dice, distance, length_m, square, to_lonlat
from geoaccess.demo.roads import CYCLE, ROADS, built_up

FIRST_DAY, LAST_DAY = dt.date(2026, 11, 23), dt.date(2026, 12, 6)
TIME_STEP_S = 10
STOP_GAP_TOWN_M, STOP_GAP_COUNTRY_M = 420, 1100
KERB_M = 6
DWELL_TRAIN_S = 60

WORDS = (
    "Berken", "Klaver", "Kievit", "Molen", "Linde", "Hazen", "Wilgen", "Leeuwerik", "Koren", "Essen", "Reiger", "Vlier",
    "Meidoorn", "Zwaluw", "Elzen", "Roggen", "Fazanten", "Iepen", "Lisdodde", "Boekweit", "Merel", "Haver", "Sleedoorn",
    "Kwartel", "Peppel", "Wulpen", "Hop", "Kastanje", "Distel", "Grutto",
)  # fmt: skip
ENDINGS = ("weg", "laan", "straat", "pad", "hof", "kade")


@dataclass(frozen=True)
class Stop:
    """One pole or platform: rows of stops.txt."""

    stop_id: str
    name: str
    point: Point
    parent: str = ""
    platform: str = ""
    station: bool = False


@dataclass(frozen=True)
class Call:
    """Where a line calls: the stop for each direction, and metres from its first stop."""

    there: Stop
    back: Stop
    along_m: float


def feed_texts(road_lines: list[list[Point]]) -> dict[str, str]:
    """Text of every file of the feed, by name.

    Parameters
    ----------
    road_lines : courses of the roads of `roads.ROADS`, in that order.
    """
    on_road = _road_stops(road_lines)
    stations = _stations()
    routes = [(line, _calls(line, number, on_road, stations)) for number, line in enumerate(LINES)]
    used = {stop for _, calls in routes for call in calls for stop in (call.there, call.back)}
    stops = [stop for stop in stations.values() if stop.station]
    stops += sorted(used, key=lambda stop: stop.stop_id)
    return {
        "agency.txt": _table(
            "agency_id,agency_name,agency_url,agency_timezone,agency_lang",
            [("DEMO", f"Demovervoer ({LABEL})", "https://example.org", "Europe/Amsterdam", "nl")],
        ),
        "feed_info.txt": _table(
            "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version",
            [(LABEL, "https://example.org", "nl", _date(FIRST_DAY), _date(LAST_DAY), "1")],
        ),
        "stops.txt": _stops_text(stops),
        "routes.txt": _table(
            "route_id,agency_id,route_short_name,route_long_name,route_type",
            [(line.number, "DEMO", line.number, " - ".join(line.via), line.mode) for line in LINES],
        ),
        "calendar_dates.txt": _calendar_text(),
        **_trip_texts(routes),
    }


# stops


def _road_stops(road_lines: list[list[Point]]) -> dict[tuple[str, str], list[Call]]:
    """Return the calls along each road, both ways; the last of each only holds the metres to the next centre."""
    calls: dict[tuple[str, str], list[Call]] = {}
    taken: set[str] = set()
    for number, ((start, end, kind), line) in enumerate(zip(ROADS, road_lines, strict=True)):
        if kind == CYCLE:
            continue
        row, along, last = [], 0.0, 0.0
        total = length_m(line)
        for k, (a, b) in enumerate(pairwise(line)):
            along += distance(a, b)
            gap = STOP_GAP_TOWN_M if built_up(b) else STOP_GAP_COUNTRY_M
            if along - last >= gap and total - along >= 0.7 * gap:
                last = along
                name = _stop_name(b, taken)
                there, back = _kerbs(a, b)
                code = f"{number:02d}{k:03d}"
                row.append(Call(Stop(f"{code}a", name, there), Stop(f"{code}b", name, back), along))
        calls[start, end] = row
        calls[end, start] = [Call(c.back, c.there, total - c.along_m) for c in reversed(row)]
        centre = Stop("", "", line[-1])
        calls[start, end].append(Call(centre, centre, total))
        calls[end, start].append(Call(centre, centre, total))
    return calls


def _stop_name(p: Point, taken: set[str]) -> str:
    """Made-up street name in the nearest place; adds it to ``taken``."""
    town = min(BUILT, key=lambda row: square(CENTRES[row.name], p)).name
    throw = dice("stop", f"{p[0]},{p[1]}")
    while True:
        word = WORDS[int(throw() * len(WORDS))] + ENDINGS[int(throw() * len(ENDINGS))]
        name = f"{town}, {word}"
        if name not in taken:
            taken.add(name)
            return name


def _kerbs(a: Point, b: Point) -> tuple[Point, Point]:
    """Poles on the right and on the left of the road at b, coming from a."""
    size = distance(a, b)
    dx = round(KERB_M * (b[1] - a[1]) / size)
    dy = round(-KERB_M * (b[0] - a[0]) / size)
    return (b[0] + dx, b[1] + dy), (b[0] - dx, b[1] - dy)


def _stations() -> dict[str, Stop]:
    """Railway stations by name, and their platforms by name and code."""
    stops: dict[str, Stop] = {}
    for number, (name, (x, y)) in enumerate(RAIL_STATIONS.items()):
        parent = f"st{number}"
        stops[name] = Stop(parent, name, (x, y), station=True)
        platforms = {"Spoor 1": (12, 30), "Spoor 2": (24, 22)}
        if name in CENTRES:
            platforms |= {"A": (-14, 6), "B": (-18, -8), "C": (10, -14), "D": (2, -20)}
        for code, (dx, dy) in platforms.items():
            stop_id = f"{parent}-{code.replace(' ', '').lower()}"
            stops[f"{name}/{code}"] = Stop(stop_id, name, (x + dx, y + dy), parent, code)
    return stops


def _calls(
    line: Line,
    number: int,
    on_road: dict[tuple[str, str], list[Call]],
    stations: dict[str, Stop],
) -> list[Call]:
    """Return where a line calls, in order of ``via``."""
    calls = [_centre_call(line.via[0], line, number, stations, 0.0)]
    for start, end in pairwise(line.via):
        done = calls[-1].along_m
        if line.mode == TRAIN:
            metres = distance(RAIL_STATIONS[start], RAIL_STATIONS[end])
        else:
            *between, last = on_road[start, end]
            metres = last.along_m
            if not line.express:
                calls += [Call(c.there, c.back, done + c.along_m) for c in between]
        calls.append(_centre_call(end, line, number, stations, done + metres))
    return calls


def _centre_call(
    name: str, line: Line, number: int, stations: dict[str, Stop], along_m: float
) -> Call:
    if line.mode == TRAIN:
        return Call(stations[f"{name}/Spoor 1"], stations[f"{name}/Spoor 2"], along_m)
    if name in stations:
        pair = ("A", "B") if number % 2 else ("C", "D")
        return Call(stations[f"{name}/{pair[0]}"], stations[f"{name}/{pair[1]}"], along_m)
    x, y = CENTRES[name]
    code = f"c{[row.name for row in PLACES].index(name):02d}"
    there = Stop(f"{code}a", f"{name}, Centrum", (x + 6, y + 5))
    return Call(there, Stop(f"{code}b", f"{name}, Centrum", (x - 6, y - 5)), along_m)


def _stops_text(stops: list[Stop]) -> str:
    rows = []
    for stop in stops:
        lon, lat = to_lonlat(*stop.point)
        kind = 1 if stop.station else 0
        row = (stop.stop_id, f'"{stop.name}"', f"{lat:.6f}", f"{lon:.6f}", kind, stop.parent)
        rows.append((*row, stop.platform))
    header = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,platform_code"
    return _table(header, rows)


# trips


def _trip_texts(routes: list[tuple[Line, list[Call]]]) -> dict[str, str]:
    trips: list[tuple[object, ...]] = []
    times: list[tuple[object, ...]] = []
    for line, calls in routes:
        seconds = _running_times(line, calls)
        for service, text in line.hours:
            for direction in (0, 1):
                ids = [(c.back if direction else c.there).stop_id for c in calls]
                # vehicles turn round at the far end: the way back starts some minutes off the way out
                offset = 7 * direction
                ids, clock = (
                    (ids[::-1], [seconds[-1] - s for s in reversed(seconds)])
                    if direction
                    else (ids, seconds)
                )
                for minute in starts(text):
                    trip = f"{line.number}-{service}-{direction}-{minute}"
                    head = line.via[0] if direction else line.via[-1]
                    trips.append((line.number, service, trip, f'"{head}"', direction))
                    for order, (stop_id, s) in enumerate(zip(ids, clock, strict=True)):
                        at = _clock((minute + offset) * 60 + s)
                        times.append((trip, at, at, stop_id, order))
    return {
        "trips.txt": _table("route_id,service_id,trip_id,trip_headsign,direction_id", trips),
        "stop_times.txt": _table(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence", times
        ),
    }


def _running_times(line: Line, calls: list[Call]) -> list[int]:
    """Seconds from the first stop to each; stops of a train cost a minute more."""
    dwell = DWELL_TRAIN_S if line.mode == TRAIN else 0
    exact = [3.6 * call.along_m / line.kmh + k * dwell for k, call in enumerate(calls)]
    return [TIME_STEP_S * round(s / TIME_STEP_S) for s in exact]


def _calendar_text() -> str:
    services = sorted({text for line in LINES for text, _ in line.hours})
    rows = []
    for service in services:
        for k in range((LAST_DAY - FIRST_DAY).days + 1):
            day = FIRST_DAY + dt.timedelta(days=k)
            if WEEK[day.weekday()] in days(service):
                rows.append((service, _date(day), 1))
    return _table("service_id,date,exception_type", rows)


def _date(day: dt.date) -> str:
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _table(header: str, rows: Sequence[tuple[object, ...]]) -> str:
    return "\n".join([header, *(",".join(map(str, row)) for row in rows), ""])
