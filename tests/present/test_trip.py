from __future__ import annotations

from string import Formatter
from typing import Any

import pandas as pd
import pytest

from geoaccess.network.traveller import Traveller
from geoaccess.present import trip
from geoaccess.route.legs import COLUMNS, EXAMPLE_TIMES, MODES, STAY_SEATED, TRANSFER_RULE

ABOUT: dict[str, Any] = {
    "from_name": "Camp {x}",
    "to_name": "Grutto",
    "reason": "",
    "depart_s": 90_000,
    "arrive_s": 91_350,
    "arrive_by_s": None,
    "minutes": 22.5,
    "rides": 1,
    "draw": 1,
    "draws": 1,
}


def legs_of(rows: list[dict[str, Any]], **about: Any) -> pd.DataFrame:
    legs = pd.DataFrame(rows, columns=list(COLUMNS))
    legs.attrs = {**ABOUT, **about}
    return legs


def placeholders(said: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(said) if name}


@pytest.mark.parametrize("key", trip._WORDS)
def test_both_languages_say_the_same_things(key: str) -> None:
    dutch, english = trip._WORDS[key]
    assert placeholders(dutch) == placeholders(english)


def test_every_mode_and_remark_has_words() -> None:
    words = {"walk", "cycle", "transit", STAY_SEATED, TRANSFER_RULE, EXAMPLE_TIMES}
    assert {*MODES.values(), *words} <= set(trip._WORDS)


@pytest.mark.parametrize(
    ("about", "language", "said"),
    [
        ({}, "nl", "25:00 van Camp {x} naar Grutto: 22,5 minuten, 1 rit"),
        ({"rides": 0, "minutes": 1.0}, "nl", "25:00 van Camp {x} naar Grutto: 1 minuut, lopend"),
        (
            {"rides": 2, "arrive_by_s": 91_800},
            "en",
            "25:00 from Camp {x} to Grutto, arriving by 25:30: 22.5 minutes, 2 rides",
        ),
        (
            {"reason": "no_connection", "minutes": None, "arrive_s": None, "rides": None},
            "en",
            "25:00 from Camp {x} to Grutto: no connection within 120 minutes, walking 20 minutes at most at a time",
        ),
        (
            {"reason": "no_connection", "depart_s": None, "arrive_by_s": 3600},
            "nl",
            (
                "Van Camp {x} naar Grutto, aankomst uiterlijk 01:00: geen verbinding binnen 120 minuten,"
                " met hooguit 20 minuten lopen per keer"
            ),
        ),
        (
            {"reason": "not_linked", "depart_s": None},
            "nl",
            "Van Camp {x} naar Grutto: geen reistijd, want een van beide sluit niet aan op het wegennet",
        ),
    ],
)
def test_headline(about: dict[str, Any], language: str, said: str) -> None:
    assert trip.headline(legs_of([], **about), Traveller(), language) == said


def test_headline_of_a_cyclist() -> None:
    who = Traveller(cycle=True, max_cycle_min=25)
    alone = legs_of([{"mode": "cycle"}], rides=0)
    assert trip.headline(alone, who, "nl").endswith("22,5 minuten, fietsend")
    assert trip.headline(legs_of([{"mode": "walk"}], rides=0), who, "en").endswith("on foot")
    nowhere = legs_of([], reason="no_connection")
    assert trip.headline(nowhere, who, "nl").endswith(
        "met hooguit 20 minuten lopen of 25 minuten fietsen per keer"
    )
    assert trip.headline(nowhere, who, "en").endswith(
        "walking 20 minutes or cycling 25 minutes at most at a time"
    )


def test_rows_of_legs() -> None:
    nan = float("nan")
    blank = {
        "line": "",
        "headsign": "",
        "remark": "",
        "metres": nan,
        "wait_min": 0.0,
        "headway_min": nan,
    }
    times = {"depart": "08:00:00", "arrive": "08:05:00", "minutes": 5.0}
    walk = {
        **blank,
        **times,
        "mode": "walk",
        "from_name": "Camp",
        "to_name": "A\x00",
        "metres": 1375.0,
    }
    bus = {**blank, **times, "mode": "bus", "line": "36", "headsign": "Delft", "from_name": "A",
           "to_name": "B", "wait_min": 2.25}  # fmt: skip
    heads, rows = trip.leg_table(legs_of([walk, bus]), "nl")
    assert heads[-1] == "meter"
    assert rows == [
        ["", "08:00:00", "08:05:00", "lopen", "", "Camp", "A", "5", "1.375"],
        ["2,2", "08:00:00", "08:05:00", "bus", "36 Delft", "A", "B", "5", ""],
    ]
    cycled = trip.leg_table(legs_of([{**walk, "mode": "cycle"}]), "nl")[1][0]
    assert (cycled[3], cycled[8]) == ("fietsen", "1.375")
    heads, rows = trip.leg_table(legs_of([walk, {**bus, "remark": STAY_SEATED}]), "en")
    assert heads[-1] == "remark"
    assert [row[-1] for row in rows] == ["", "stay seated"]


def test_times_that_are_an_example_are_said_to_be() -> None:
    times = {"depart": "08:00:00", "arrive": "08:05:00", "minutes": 5.0, "wait_min": 0.0}
    names = {"line": "36", "headsign": "", "from_name": "A", "to_name": "B", "metres": float("nan")}
    bus = {**times, **names, "mode": "bus", "remark": EXAMPLE_TIMES, "headway_min": 7.5}
    legs = legs_of([bus], draws=12)
    assert trip.leg_table(legs, "nl")[1][0][-1] == "elke 7,5 min, tijden als voorbeeld"
    assert trip.leg_table(legs, "en")[1][0][-1] == "every 7.5 min, times are an example"
    assert "dit is een voorbeeld, in mogelijke dienstregeling 1 van 12" in trip.draw_line(
        legs, "nl"
    )
    # a walk is one in the first draw, too: in another a ride may be quicker
    walk = {**bus, "mode": "walk", "remark": "", "headway_min": float("nan")}
    assert "1 of 12" in trip.draw_line(legs_of([walk], draws=12), "en")
    assert "1 of 12" in trip.draw_line(legs_of([], draws=12), "en")
    assert trip.draw_line(legs_of([walk]), "en") == ""
