from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from geoaccess.present import findings, site_text
from geoaccess.present.text import DASH
from geoaccess.result import Totals


def with_totals(result, **values):
    totals = {
        "sites": 60, "sites_beyond": 12, "sites_unknown_residents": 0,
        "residents": 6700.0, "residents_beyond": 1234.0, "share_beyond": 1234 / 6700, **values,
    }  # fmt: skip
    return replace(result, totals=Totals(**totals))


def test_the_title_states_the_finding(result):
    assert findings.title(with_totals(result)) == (
        "1.234 van 6.700 arbeidsmigranten (18%) kunnen niet binnen 30 minuten bij een huisarts komen"
        " zonder eigen vervoer"
    )


@pytest.mark.parametrize(
    ("values", "start"),
    [
        ({"residents_beyond": 1.0, "sites_beyond": 1}, "1 van 6.700 arbeidsmigranten (minder dan 1%) kan niet"),
        ({"residents_beyond": 0.0, "sites_beyond": 0}, "Alle 6.700 arbeidsmigranten kunnen binnen 30"),
        ({"residents_beyond": 6700.0}, "Geen van de 6.700 arbeidsmigranten kan binnen"),
        ({"residents": 0.0, "residents_beyond": 0.0}, "Vanaf 12 van 60 woonlocaties (20%) is geen huisarts"),
        ({"residents_beyond": 0.0}, "Vanaf 12 van 60 woonlocaties (20%)"),
        ({"residents": 0.0, "residents_beyond": 0.0, "sites_beyond": 0}, "Vanaf alle 60 woonlocaties is een"),
        ({"sites": 0}, "Er zijn geen woonlocaties"),
    ],
)  # fmt: skip
def test_titles_of_other_findings(result, values, start):
    assert findings.title(with_totals(result, **values)).startswith(start)


CYCLING = {"cycle_kmh": 14.5, "max_cycle_min": 25.0}


@pytest.mark.parametrize(("language", "word"), [("nl", "fiets"), ("en", "bicycle")])
@pytest.mark.parametrize("transit", [True, False])
def test_times_of_cyclists_never_pass_for_those_of_walkers(make_result, language, word, transit):
    result = make_result(language=language, transit=transit, **CYCLING)
    sentences = [
        text
        for text, reason in zip(
            site_text.site_sentences(result), result.sites["reason"], strict=True
        )
        if reason in ("within_norm", "beyond_norm", "no_connection")
    ]
    assert len(sentences) > 2
    speed = "14,5" if language == "nl" else "14.5"
    assert speed in findings.subtitle(result.context)
    assert "25 min" in findings.subtitle(result.context)
    for text in (findings.title(result), findings.subtitle(result.context), *sentences):
        assert word in text
        assert "eigen vervoer" not in text
        assert "own transport" not in text
    walker = make_result(language=language, transit=transit)
    for text in (
        findings.title(walker),
        findings.subtitle(walker.context),
        *site_text.site_sentences(walker),
    ):
        assert word not in text


def test_without_a_timetable_everything_says_walking_only(make_result):
    result = make_result(transit=False)
    assert "binnen 30 minuten lopend" in findings.title(result)
    assert "alleen lopen" in findings.subtitle(result.context)
    assert not any("openbaar vervoer" in line for line in site_text.site_sentences(result))


def test_english(make_result):
    result = with_totals(make_result(language="en"))
    assert findings.title(result) == (
        "1,234 of 6,700 labour migrants (18%) cannot get to a GP within 30 minutes"
        " without their own transport"
    )
    assert "Tuesday 24 November 2026, departing 08:00 to 10:00" in findings.subtitle(result.context)


def test_subtitle_names_a_limit_on_all_walking_when_there_is_one(make_result):
    limited = {"max_walk_total_min": 25.0}
    said = [
        findings.subtitle(make_result(language=language, **more).context)
        for language in ("nl", "en")
        for more in ({}, limited)
    ]
    assert ["hooguit 20 minuten per keer; hooguit 120" in words for words in said][:2] == [1, 0]
    assert "hooguit 20 minuten per keer en 25 minuten per reis; hooguit 120" in said[1]
    assert "at most 20 minutes at a time; at most 120" in said[2]
    assert "at most 20 minutes at a time and 25 minutes a trip; at most 120" in said[3]


def test_subtitle_names_day_window_percentile_and_limits(make_result):
    words = findings.subtitle(make_result(percentile=90.0, walk_kmh=4.5).context)
    for part in (
        "dinsdag 24 november 2026",
        "08:00",
        "10:00",
        "90%",
        "4,5 km/u",
        "20 minuten",
        "120 minuten",
    ):
        assert part in words


def test_remarks_count_what_the_title_cannot_hold(result):
    assert findings.remarks(result) == [
        "Van 2 locaties is het aantal bewoners onbekend; die tellen niet mee in aantallen personen.",
        "1 locatie sluit niet aan op het wegennet (geen gegevens) en telt mee als buiten de norm.",
    ]


def test_one_plain_sentence_for_every_site(result):
    said = site_text.site_sentences(result)
    assert len(said) == len(result.sites)
    assert said[0] == (
        "Van Park Zon (120 bewoners) is de dichtstbijzijnde huisarts, Huisartsen Dorp, 9 minuten reizen"
        " zonder eigen vervoer: binnen de norm van 30 minuten."
    )
    assert "aantal bewoners onbekend" in said[2]
    assert "praktijk P3" in said[2]
    assert "31 minuten" in said[4], "30 minutes and a second may not be called 30"
    assert said[4].startswith("Van S05 ")
    assert "geen huisarts te bereiken binnen 120 minuten" in said[9]
    assert "sluit niet aan op het wegennet" in said[10]
    assert "(1 bewoner)" in said[11]


def test_an_unknown_reason_is_shown_as_it_is(result):
    sites = result.sites.copy()
    sites.loc[0, "reason"] = "closed_in_free_time"
    assert "closed_in_free_time" in site_text.site_sentences(replace(result, sites=sites))[0]


def test_class_counts_add_up_to_everyone(result):
    counts = findings.class_counts(result)
    assert sum(sites for sites, _, _ in counts) == len(result.sites)
    assert np.nansum([persons for _, persons, _ in counts]) == result.totals.residents
    assert sum(unknown for _, _, unknown in counts) == result.totals.sites_unknown_residents


def test_a_class_of_unknown_residents_is_not_a_class_of_nobody(result):
    counts = findings.class_counts(
        replace(result, sites=result.sites.assign(residents=float("nan")))
    )
    assert all(math.isnan(persons) if sites else persons == 0 for sites, persons, _ in counts)


def test_worst_places_come_first(result):
    names = np.array(findings.area_names(result.areas, "nl"))
    assert names[findings.worst_areas(result)].tolist() == [
        names[1], "buiten alle gebieden", "Westdorp", "Zonderdorp",
    ]  # fmt: skip
    worst = result.sites.iloc[findings.worst_sites(result)]
    assert worst["name"].tolist()[:2] == ["Vakantiepark Eiland", "Polenhotel Oost"]
    assert (worst["reason"] != "within_norm").all()
    assert len(worst) == result.totals.sites_beyond


def test_area_words(result):
    said = [findings.area_words(result.areas.iloc[row], "nl") for row in range(4)]
    assert said[0] == "150 van 339 personen (44%)"
    assert said[2] == "1 van 1 locaties (bewoners onbekend)"
    assert said[3] == "geen woonlocaties"


def test_source_line(make_result):
    line = findings.source_line(make_result().context)
    assert line.startswith("Bron: woonlocaties: sites.csv")
    assert "peildatum 24 november 2026; bewerking geoaccess 0.1.0, 25 november 2026." in line
    assert f"Bron: {DASH}" in findings.source_line(make_result(sources=(), versions={}).context)


def test_shares_without_residents_do_not_crash(result):
    assert findings.title(
        with_totals(result, residents=0.0, residents_beyond=0.0, share_beyond=math.nan)
    )
