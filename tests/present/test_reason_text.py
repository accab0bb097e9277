from __future__ import annotations

from string import Formatter

import numpy as np
import pandas as pd
import pytest

from geoaccess.access.why import CODES
from geoaccess.access.why_text import fix_text
from geoaccess.present import reason_text as words

KINDS = [
    "huisarts", "huisartsenpost", "apotheek", "tandarts", "ggz", "verloskundige", "jgz", "straatdokter",
    "infopunt", "seh",
]  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_label_and_a_sentence_for_every_kind_of_care(code, language):
    assert words.reason_label(code, language) != code or (code, language) == ("feasible", "en")
    for care in (*KINDS, "fysiotherapeut"):
        said = words.reason_sentence(code, language, care=care, norm_minutes=30)
        assert said[0].isupper()
        assert said.endswith(".")
        assert "{" not in said


def test_neuter_nouns_have_their_own_pronoun():
    said = words.reason_sentence("no_room", "nl", care="infopunt")
    assert said == "Het informatiepunt dat voor deze mensen haalbaar is, heeft geen plaats meer."
    assert " die voor deze mensen " in words.reason_sentence("no_room", "nl")


def test_both_languages_fill_the_same_places():
    for table in (words._SAID, words._SENTENCES):
        for dutch, english in table.values():
            names = [{n for _, n, _, _ in Formatter().parse(s) if n} for s in (dutch, english)]
            # a sentence may begin with the practice in one language only
            dutch_names, english_names = ({n.lower() for n in found} for found in names)
            assert dutch_names == english_names


def test_kinds_and_days_unknown_here_are_left_as_they_are():
    assert words.care_words("fysio\n", "nl") == "fysio"
    assert words.day_words("??", "nl") == "??"
    assert words.reason_label("new_code", "nl") == "new_code"
    assert [words.day_words(d, "en") for d in ("mo", "su")] == ["Monday", "Sunday"]


def fixes(rows):
    columns = ["fix_kind", "fix_practice_id", "fix_day", "fix_time_s", "fix_minutes", "fix_metres"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"fix_time_s": "Int32", "fix_minutes": float, "fix_metres": float})


FIXES = [
    ("close_later", "P1", "mo", 62700, 25.0, None),
    ("link", None, None, None, None, 340.2),
    (None, None, None, None, None, None),
    ("practice_within", None, None, None, 30.0, None),
    ("ride_out", "P1", None, None, None, None),
    ("close_later", "P1", "mo", 62700, 31.0, None),
    ("none", None, None, None, None, None),
]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_fixes_of_many_rows_are_those_of_each_row(language):
    table = fixes(FIXES)
    table.index = range(10, 17)
    found = words.fix_sentences(table, language)
    alone = [fix_text(row, language) for row in table.itertuples()]
    assert found.tolist() == alone
    assert found.index.equals(table.index)


def test_fixes_may_name_the_practice():
    found = words.fix_sentences(fixes(FIXES[:1]), "nl", {"P1": "Jansen {x} = 1"})
    assert found.tolist() == ["praktijk Jansen {x} = 1 op maandag open tot 17:25"]
    found = words.fix_sentences(fixes(FIXES[:1]), "nl", {"P1": "Huisartsenpraktijk Jansen"})
    assert found.tolist() == ["Huisartsenpraktijk Jansen op maandag open tot 17:25"]
    assert words.fix_sentences(fixes([]), "nl").tolist() == []


def test_what_is_not_enough_says_what_is_then_still_in_the_way():
    table = fixes(FIXES).assign(
        fix_is_enough=[False, False, False, False, False, True, False],
        fix_lacks=["no_room", None, None, None, None, None, "no_way_back"],
        care=["huisarts", "huisarts", "huisarts", "apotheek", "huisarts", "huisarts", "huisarts"],
    )
    table.index = range(10, 17)
    found = words.whole_fixes(table, "nl")
    assert found.index.equals(table.index)
    assert found.tolist() == [
        "praktijk P1 op maandag open tot 17:25; dat alleen is nog niet genoeg (dan nog: geen plaats meer)",
        "controleer de ligging en de straten (dichtstbijzijnde straat: 340 m); dat alleen is nog niet genoeg",
        "",
        "een apotheek binnen 30 minuten; of dat alleen genoeg is, is niet bekend",
        "een rit naar een praktijk in de vrije tijd; dat alleen is nog niet genoeg",
        "praktijk P1 op maandag open tot 17:25",
        "geen enkele verandering alleen is genoeg (dan nog: niet op tijd terug)",
    ]
    far = words.whole_fixes(table.iloc[[3]].assign(fix_lacks="no_way_back"), "nl").item()
    assert far == (
        "een apotheek binnen 30 minuten; bij wat er nu is ook zonder die norm nog: niet op tijd terug"
    )
    said = words.whole_fixes(table, "en")
    assert said.iloc[0].endswith("; that alone is not enough yet (then still: no places left)")
    assert said.iloc[3].startswith("a pharmacy within 30 minutes; ")
    assert words.help_sentence(found.iloc[-1], enough=False, language="nl") == (
        "Geen enkele verandering alleen is genoeg (dan nog: niet op tijd terug)."
    )
    assert words.whole_fixes(table[:0], "nl").tolist() == []


def reason_rows(**changes):
    rows = fixes([FIXES[0], FIXES[2]]).assign(
        site_id="S1", group_id=["nacht", "dag"], care="huisarts", residents=[80.0, 40.0],
        reason=["closed_in_free_time", "feasible"], shift=["22:00-06:00", "07:00-15:00"],
        people=["unregistered", "all"], fix_is_enough=[True, False],
    )  # fmt: skip
    return rows.assign(**changes)


def verdict(residents, failing, share, reason="closed_in_free_time"):
    return pd.DataFrame(
        {
            "site_id": ["S1"],
            "residents": [residents],
            "persons_failing": [failing],
            "share_failing": [share],
            "reason": [reason],
        }
    )


def say(table, rows=None, language="nl"):
    rows = reason_rows() if rows is None else rows
    names = {"S1": "Park Zon"}, {"P1": "Dorp"}
    return words.verdict_sentences(table, rows, *names, language, norm_minutes=30.0).iloc[0]


def test_a_site_is_told_for_whom_it_fails_why_and_what_helps():
    assert say(verdict(120.0, 80.0, 2 / 3)) == (
        "Voor 80 van de 120 bewoners van Park Zon (67%) is een bezoek aan een huisarts niet haalbaar."
        " De grootste groep daarvan: nacht, dienst 22:00-06:00, niet ingeschreven bij een huisarts, 80 mensen."
        " De praktijk is dicht op de momenten dat deze mensen vrij zijn en er kunnen komen."
        " Wat helpt: praktijk Dorp op maandag open tot 17:25."
    )


def test_a_change_that_is_not_enough_does_not_promise_anything():
    rows = reason_rows(fix_is_enough=False)
    assert say(verdict(120.0, 80.0, 2 / 3), rows).endswith("; dat alleen is nog niet genoeg.")
    rows = reason_rows(fix_kind="none")
    assert say(verdict(120.0, 80.0, 2 / 3), rows).endswith(
        " Geen enkele verandering alleen is genoeg."
    )
    assert say(verdict(120.0, 80.0, 2 / 3), rows, "en").endswith(" No single change is enough.")


@pytest.mark.parametrize(
    ("residents", "failing", "share", "said"),
    [
        (120.0, 0.0, 0.0, "Alle 120 bewoners van Park Zon kunnen"),
        (120.0, 120.0, 1.0, "Voor geen van de 120 bewoners"),
        (1.0, 1.0, 1.0, "Voor de enige bewoner"),
        (120.0, 0.2, 0.2 / 120, "Voor minder dan 1 van de 120"),
        (np.nan, np.nan, 0.5, "Op Park Zon (aantal bewoners onbekend) is een bezoek"),
        (np.nan, np.nan, np.nan, "Op Park Zon is het aantal bewoners onbekend."),
        (0.0, 0.0, np.nan, "Op Park Zon woont niemand."),
    ],
)
def test_how_many(residents, failing, share, said):
    assert say(verdict(residents, failing, share)).startswith(said)


def test_sites_without_rows_and_other_kinds_of_care():
    assert say(verdict(120.0, 80.0, 2 / 3), reason_rows(site_id="S2")).count(".") == 1
    rows = reason_rows(care="tandarts")
    assert words.main_care(rows) == "tandarts"
    assert "een bezoek aan een tandarts" in say(verdict(120.0, 80.0, 2 / 3), rows)
