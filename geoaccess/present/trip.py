"""One trip in words: a headline and a table of its legs, in Dutch or English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geoaccess.present.text import LANGUAGES, minutes_words, number, plain

if TYPE_CHECKING:
    import pandas as pd

    from geoaccess.network.traveller import Traveller

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "trip": (
        "{depart} van {start} naar {end}: {minutes}, {rides}",
        "{depart} from {start} to {end}: {minutes}, {rides}",
    ),
    "trip_by": (
        "{depart} van {start} naar {end}, aankomst uiterlijk {latest}: {minutes}, {rides}",
        "{depart} from {start} to {end}, arriving by {latest}: {minutes}, {rides}",
    ),
    "rides_none": ("lopend", "on foot"),
    "rides_none_cycle": ("fietsend", "by bicycle"),
    "rides_one": ("1 rit", "1 ride"),
    "rides_more": ("{count} ritten", "{count} rides"),
    "no_connection": (
        "{depart} van {start} naar {end}: geen verbinding binnen {longest}, met hooguit {own} per keer",
        "{depart} from {start} to {end}: no connection within {longest}, {own} at most at a time",
    ),
    "no_connection_by": (
        (
            "Van {start} naar {end}, aankomst uiterlijk {latest}: geen verbinding binnen {longest},"
            " met hooguit {own} per keer"
        ),
        "From {start} to {end}, arriving by {latest}: no connection within {longest}, {own} at most at a time",
    ),
    "not_linked": (
        "Van {start} naar {end}: geen reistijd, want een van beide sluit niet aan op het wegennet",
        "From {start} to {end}: no travel time, for one of both does not connect to the streets",
    ),
    "walk_only": ("{walk} lopen", "walking {walk}"),
    "walk_and_cycle": ("{walk} lopen of {ride} fietsen", "walking {walk} or cycling {ride}"),
    "head_wait": ("eerst wachten", "wait first"),
    "head_depart": ("vertrek", "depart"),
    "head_arrive": ("aankomst", "arrive"),
    "head_mode": ("vervoer", "mode"),
    "head_line": ("lijn", "line"),
    "head_from": ("van", "from"),
    "head_to": ("naar", "to"),
    "head_minutes": ("min", "min"),
    "head_metres": ("meter", "metres"),
    "head_remark": ("opmerking", "remark"),
    "walk": ("lopen", "walk"),
    "cycle": ("fietsen", "cycle"),
    "tram": ("tram", "tram"),
    "metro": ("metro", "metro"),
    "train": ("trein", "train"),
    "bus": ("bus", "bus"),
    "ferry": ("veer", "ferry"),
    "cable_tram": ("kabeltram", "cable tram"),
    "cable_car": ("kabelbaan", "cable car"),
    "funicular": ("kabelspoor", "funicular"),
    "trolleybus": ("trolleybus", "trolleybus"),
    "monorail": ("monorail", "monorail"),
    "van": ("busje van de werkgever", "employer van"),
    "transit": ("ov", "transit"),
    "stay_seated": ("blijven zitten", "stay seated"),
    "example_times": ("elke {headway} min, tijden als voorbeeld", "every {headway} min, times are an example"),
    "draw": (
        (
            "Van lijnen is alleen bekend hoe vaak ze rijden, niet wanneer: dit is een voorbeeld,"
            " in mogelijke dienstregeling {draw} van {draws}."
        ),
        (
            "Of lines only how often they run is known, not when: this is an example,"
            " in possible timetable {draw} of {draws}."
        ),
    ),
    "transfer_rule": ("overstaptijd van de dienstregeling", "transfer time of the timetable"),
}  # fmt: skip


def _say(language: str, key: str, **values: str) -> str:
    return _WORDS[key][LANGUAGES.index(language)].format_map(values)


def headline(legs: pd.DataFrame, who: Traveller, language: str) -> str:
    """Say the whole trip in one sentence.

    Parameters
    ----------
    legs : from `geoaccess.itinerary`.
    who : traveller whose limits are named when there is no trip.
    language : "nl" or "en".
    """
    about: dict[Any, Any] = legs.attrs
    latest_s = about["arrive_by_s"]
    values = {
        "start": plain(about["from_name"]),
        "end": plain(about["to_name"]),
        "depart": "" if about["depart_s"] is None else _minute(about["depart_s"]),
        "latest": "" if latest_s is None else _minute(latest_s),
    }
    by = "" if latest_s is None else "_by"
    if about["reason"] == "not_linked":
        return _say(language, "not_linked", **values)
    if about["reason"]:
        own = _say(
            language,
            "walk_and_cycle" if who.cycle else "walk_only",
            walk=minutes_words(who.max_walk_min, language),
            ride=minutes_words(who.max_cycle_min, language),
        )
        limits = {"longest": minutes_words(who.max_minutes, language), "own": own}
        return _say(language, f"no_connection{by}", **values, **limits)
    rides = {0: "rides_none", 1: "rides_one"}.get(about["rides"], "rides_more")
    if not about["rides"] and (legs["mode"] == "cycle").any():
        rides = "rides_none_cycle"
    return _say(
        language,
        f"trip{by}",
        **values,
        minutes=minutes_words(about["minutes"], language),
        rides=_say(language, rides, count=str(about["rides"])),
    )


def leg_table(legs: pd.DataFrame, language: str) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the legs as text.

    Parameters
    ----------
    legs : from `geoaccess.itinerary`.
    language : "nl" or "en".
    """
    heads = [
        "wait",
        "depart",
        "arrive",
        "mode",
        "line",
        "from",
        "to",
        "minutes",
        "metres",
        "remark",
    ]
    rows = [
        [
            number(leg["wait_min"], language, 1) if leg["wait_min"] else "",
            leg["depart"],
            leg["arrive"],
            _say(language, leg["mode"]),
            plain(f"{leg['line']} {leg['headsign']}"),
            plain(leg["from_name"]),
            plain(leg["to_name"]),
            number(leg["minutes"], language, 1),
            number(leg["metres"], language) if leg["mode"] in ("walk", "cycle") else "",
            _remark(leg, language),
        ]
        for leg in legs.to_dict("records")
    ]
    if not any(row[-1] for row in rows):
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    return [_say(language, f"head_{head}") for head in heads], rows


def draw_line(legs: pd.DataFrame, language: str) -> str:
    """Say that the trip is an example, as it is one in the first of several draws; "" where all times are known.

    Parameters
    ----------
    legs : from `geoaccess.itinerary`.
    language : "nl" or "en".
    """
    about: dict[Any, Any] = legs.attrs
    if about["draws"] < 2 and not legs["headway_min"].notna().any():
        return ""
    return _say(language, "draw", draw=str(about["draw"]), draws=str(about["draws"]))


def _remark(leg: dict[Any, Any], language: str) -> str:
    if not leg["remark"]:
        return ""
    return _say(language, leg["remark"], headway=number(leg["headway_min"], language, 1))


def _minute(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}"
