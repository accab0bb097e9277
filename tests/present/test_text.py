from __future__ import annotations

import datetime
import re
from pathlib import Path
from string import Formatter

import pytest

import geoaccess.present as package
from geoaccess.present import text

SOURCE = (
    "".join(
        path.read_text("utf-8")
        for path in Path(package.__file__).parent.glob("*.py")
        if path.name != "text.py"
    )
    + Path(text.__file__).read_text("utf-8").partition("_MONTHS")[2]
)


def placeholders(language: str, key: str) -> set[str]:
    said = text._WORDS[key][text.LANGUAGES.index(language)]
    return {name for _, name, _, _ in Formatter().parse(said) if name}


@pytest.mark.parametrize("key", text.words())
def test_both_languages_say_the_same_things(key):
    dutch, english = placeholders("nl", key), placeholders("en", key)
    assert dutch - {"can"} == english - {"can"}
    for language in text.LANGUAGES:
        assert text.say(language, key, **dict.fromkeys(placeholders(language, key), "x"))


def test_no_words_are_left_unused():
    made = {f"share_{code}" for code in re.findall(r'ShareClass\("(\w+)"', SOURCE)}
    made |= {f"layer_{name}" for name in ("sites", "practices", "areas", "streets", "tiles")}
    made |= {f"define_{name}" for name in re.findall(r'"(\w+)"', SOURCE)}
    made |= {
        f"site_{reason}" for reason in ("within_norm", "beyond_norm", "no_connection", "not_linked")
    }
    ways = ("transit", "walk", "cycle", "cycle_transit")
    made |= {f"{stem}_{way}" for stem in ("travel", "how", "measure") for way in ways}
    made |= {"means_transit", "means_cycle_transit", "norm_walk", "norm_cycle"}
    made |= {"remark_unknown_one", "remark_not_linked_one"}
    columns = set(re.findall(r"""["'](\w+)["']""", SOURCE)) | {
        "site_id", "practice_id", "area_id", "level", "languages", "interpreter", "residents_low",
        "residents_high", "within_norm", "beyond_norm", "no_connection", "not_linked", "kind",
    }  # fmt: skip
    assert sorted(set(text.words()) - made - columns) == []


def test_values_are_never_read_as_placeholders():
    said = text.say("nl", "from_site", name="{residents} {0}", residents="3 bewoners")
    assert said == "Van {residents} {0} (3 bewoners)"


@pytest.mark.parametrize(
    ("value", "decimals", "dutch", "english"),
    [
        (1234567, 0, "1.234.567", "1,234,567"),
        (4.5, 1, "4,5", "4.5"),
        (30.0, 1, "30", "30"),
        (float("nan"), 0, text.DASH, text.DASH),
    ],
)
def test_numbers(value, decimals, dutch, english):
    assert text.number(value, "nl", decimals) == dutch
    assert text.number(value, "en", decimals) == english


def test_percentages_hide_nobody():
    assert text.percent(1 / 6700, "nl") == "minder dan 1%"
    assert text.percent(6699 / 6700, "nl") == "ruim 99%"
    assert [text.percent(share, "en") for share in (0.0, 0.125, 1.0)] == ["0%", "12%", "100%"]


def test_dates_in_words():
    date = datetime.date(2026, 3, 1)
    assert text.date_words(date, "nl", weekday=True) == "zondag 1 maart 2026"
    assert text.date_words(date, "en", weekday=True) == "Sunday 1 March 2026"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\u2028b", "a b"), ("\ud800x", "x"), ("\u202eabc", "abc"), ("\x00\x07q", "q"), ("é 公園", "é 公園"),
        (5, "5"), (None, ""), (float("nan"), ""), ("  two \r\n lines ", "two lines"),
    ],
)  # fmt: skip
def test_plain_text(raw, clean):
    assert text.plain(raw) == clean
    text.plain(raw).encode("utf-8")
