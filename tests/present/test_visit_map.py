"""Feasible visits in the page, without a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoaccess.access.why import CODES, FEASIBLE
from geoaccess.present import map_visits, panel_visits, visit_findings, visit_text
from geoaccess.present.map import make_map
from geoaccess.present.practice_text import details, hours_words, kinds
from geoaccess.present.visit_places import bounds_of, failing_rows

from .judged import HOSTILE_GROUP, judged
from .test_map import Page


@pytest.fixture
def told(result):
    return judged(result)


@pytest.fixture
def page(told):
    return Page(make_map(told).html)


def test_the_page_tells_who_fails_why_and_where(told, page):
    failing, total = visit_findings.failing_persons(told)
    assert total == told.sites["residents"].sum()
    for words in (
        f"{round(failing)} van 1.049 bewoners (90%) kunnen in hun vrije tijd geen huisarts bezoeken; voor 470 van hen",
        "Haalbaar bezoek: heenreis, consult van 15 minuten", "week van 23 november 2026 t/m 29 november 2026",
        "Waarom een bezoek aan een huisarts niet lukt", "gesloten in de vrije tijd", "Waar faalt de toegang",
        "Drempels", "Groepen locaties bij elkaar", "Kern 1, Westdorp", "alle bewoners", "Bron: ",
        "Reistijd naar de dichtstbijzijnde huisarts",
    ):  # fmt: skip
        assert words in page.text, words


def test_an_english_page_is_english(make_result):
    page = Page(make_map(judged(make_result(language="en"))).html)
    assert (
        "residents (90%) cannot visit a GP in their free time; for 470 of them a GP is never"
        in page.text
    )
    assert "Where access fails" in page.text
    assert "bewoners" not in page.text.replace("Lege", "")


def test_nothing_from_the_outside_and_no_markup_of_others(make_result):
    result = judged(make_result(), groups=((HOSTILE_GROUP, 1.0, "06:00-15:00"),))
    failing = result.failing.assign(village=HOSTILE_GROUP)
    html = make_map(replace(result, failing=failing)).html
    assert html.count("<script") == 3
    assert HOSTILE_GROUP not in html
    assert Page(html).data["visits"]["groups"] == [HOSTILE_GROUP]


def test_persons_by_reason_add_up_to_the_residents(told):
    counts = visit_findings.reason_counts(told)
    assert sum(persons for _, persons in counts) == pytest.approx(told.sites["residents"].sum())
    assert sum(sites for sites, _ in counts) == len(told.sites)
    bars = visit_findings.cascade_of(told)
    assert bars[0] == pytest.approx(told.sites["residents"].sum())
    assert bars[-1] == pytest.approx(counts[-1][1])
    lost = -np.diff(bars)
    assert lost == pytest.approx([persons for _, persons in counts[:-1]])


def test_areas_fail_by_their_people(told):
    table = visit_findings.area_failing(told)
    inside = told.sites["area_id"].eq("A").to_numpy()
    verdicts = visit_findings.verdicts(told)[inside]
    assert table["failing"].iloc[0] == pytest.approx(verdicts["persons_failing"].sum())
    assert table["share"].iloc[2] != table["share"].iloc[2]  # nobody's number is known there
    assert table["reason"].iloc[3] == FEASIBLE


def decoded(told, page):
    """Rows of people as the page holds them, as plain sentences of codes."""
    (part,), visits = page.data["parts"], page.data["visits"]
    people, rows = part["people"], []
    column = lambda name, k: people[name][k] if isinstance(people[name], list) else people[name]  # noqa: E731
    for place, site in enumerate(part["sites"]["row"]):
        for k in range(people["first"][place], people["first"][place + 1]):
            fix = column("fix", k)
            practice = column("fixPractice", k)
            rows.append(
                {
                    "site_id": told.sites["site_id"].iloc[site],
                    "group_id": visits["groups"][column("group", k)],
                    "reason": CODES[column("reason", k)],
                    "persons": column("persons", k),
                    "fix": ""
                    if fix < 0
                    else visits["fixes"][fix].replace("{p}", visits["practices"][practice]),
                    "leave": column("leave", k),
                    "home": column("home", k),
                }
            )
    return pd.DataFrame(rows)


def test_rows_of_people_survive_the_packing(told, page):
    found = decoded(told, page)
    given = visit_findings.main_reasons(told)
    assert len(found) == len(given)
    keys = ["site_id", "group_id", "reason"]
    assert sorted(map(tuple, found[keys].to_numpy())) == sorted(map(tuple, given[keys].to_numpy()))
    for _, rows in found.groupby("site_id"):
        assert (rows["reason"] == FEASIBLE).is_monotonic_increasing  # what fails is told first
    feasible = found[found["reason"] == FEASIBLE]
    assert set(feasible["leave"]) == {15 * 60 + 40}
    assert set(feasible["home"]) == {17 * 60 + 5}
    assert set(found.loc[found["reason"] != FEASIBLE, "leave"]) == {-1}
    closed = found.loc[found["reason"] == "closed_in_free_time", "fix"]
    assert closed.str.fullmatch(
        r".+ op \w+ open tot \d\d:\d\d(; dat alleen is nog niet genoeg)?"
    ).all()
    assert not closed.str.contains("@|\\{p\\}").any()
    assert closed.str.match("Huisartsen Dorp op|Praktijk|praktijk P3 op|=cmd").all()


def test_moments_never_make_anybody_late(told):
    visits = told.visits.copy()
    visits["leave_s"] += 59
    visits["home_s"] += 1
    rows = visit_findings.main_reasons(told)
    leave, home = map_visits._moments(replace(told, visits=visits), rows)
    assert set(leave[leave >= 0]) == {15 * 60 + 40}
    assert set(home[home >= 0]) == {17 * 60 + 6}


def test_every_kind_of_care_is_a_layer_of_its_own(told):
    care = ["huisarts", "huisarts", "apotheek", "tandarts", "apotheek"]
    result = replace(told, practices=told.practices.assign(care=care))
    assert kinds(result) == ["huisarts", "apotheek", "tandarts"]
    page = Page(make_map(result).html)
    assert page.data["parts"][0]["practices"]["kind"] == [0, 0, 1, 2, 1]
    assert "apotheek (2)" in page.text
    assert "huisartsenpraktijk (2)" in page.text


def test_a_practice_says_what_it_is(told):
    practices = told.practices.assign(
        status=["open", "closed", "unknown", "conditional", "open"], status_date=["2026-10-01", None, None, None, None],
        languages=["nl;pl", None, None, None, None], interpreter=[None, True, None, None, None],
        remote_share=[0.3, np.nan, 0.0, np.nan, np.nan], walk_in=[True, None, None, False, None],
        serves=["S01;S02/kas", None, None, None, None],
    )  # fmt: skip
    lines = dict(details(replace(told, practices=practices)))
    assert lines["Zorg"][0] == "huisarts"
    assert lines["Openingstijden"][:3] == [
        "ma-vr 08:00-17:00; feestdagen gesloten",
        "ma-vr 08:00-17:00; feestdagen gesloten (aangenomen: niet opgegeven; voorbeeldregister, 2026-11-23)",
        "“zie website” is niet te lezen; gerekend met ma-vr 08:00-17:00; feestdagen gesloten",
    ]
    assert lines["Nieuwe patiënten"][:3] == [
        "ja (per 1 oktober 2026)",
        "nee, patiëntenstop (datum onbekend)",
        "onbekend",
    ]
    assert lines["Alleen voor"][0] == "Park Zon, Hoeve 'De Kas' (kas)"
    assert lines["Talen"][:3] == ["nl, pl", "tolk", None]
    assert lines["Consulten op afstand"] == ["30%", None, None, None, None]
    assert lines["Inloop zonder inschrijving"] == ["ja", None, None, None, None]
    assert lines["Plaatsen voor nieuwe patiënten"][:4] == [
        "0",
        "40 (30 tot 55)",
        "80 (60 tot 111)",
        "onbekend",
    ]
    assert lines["Daarvan nodig voor bewoners"][1] == "40 (dan vol)"


def test_hours_are_written_for_readers():
    assert hours_words("24/7", "nl") == "altijd open"
    assert hours_words("Mo,We 09:00-11:00", "en") == "Mo, We 09:00-11:00"
    assert hours_words(None, "nl") == ""


def test_failing_places_have_names_and_spots(told):
    areas, clusters = failing_rows(told)
    assert areas[0].name == "Westdorp"
    assert areas[0].spot == "area-0"
    assert clusters[1].name == "Kern 1, Westdorp"
    assert clusters[0].spot == "place-0"
    assert len(bounds_of(told)) == 4
    assert clusters[0].words == "1 locatie (Park Zon): 560 van 700 bewoners (80%), te ver weg"
    (south, west), (north, east) = bounds_of(told)[1]
    assert (west, east) == (4.21, 4.24)
    assert (south, north) == (52.01, 52.03)


def test_no_area_fails_is_said(told):
    assert "Nergens komen" in panel_visits.failing(replace(told, failing=pd.DataFrame()))


@pytest.mark.parametrize("code", CODES)
def test_a_title_for_every_reason(told, code):
    reasons = told.reasons.assign(reason=code)
    failing = told.verdicts["residents"] if code != FEASIBLE else 0.0 * told.verdicts["residents"]
    verdicts = told.verdicts.assign(reason=code, persons_failing=failing)
    said = visit_findings.title(replace(told, reasons=reasons, verdicts=verdicts))
    assert "{" not in said
    assert ("Alle 1.049 bewoners kunnen" in said) == (code == FEASIBLE)
    assert ("hen allemaal" in said) == (code != FEASIBLE)


def test_titles_count_sites_where_nobody_is_known(told):
    verdicts = told.verdicts.assign(residents=np.nan, persons_failing=np.nan)
    assert visit_findings.title(replace(told, verdicts=verdicts)).startswith(
        "Op 12 van 12 woonlocaties"
    )


def test_both_languages_fill_the_same_places():
    for key in visit_text.words():
        dutch, english = (
            set(re.findall(r"\{(\w+)\}", visit_text.template(code, key))) for code in ("nl", "en")
        )
        assert english <= dutch | {"the", "a"}, key
        assert dutch <= english | {"can", "the", "a"}, key


def test_no_words_are_left_unused():
    folder = Path(visit_text.__file__).parent
    source = "".join(
        path.read_text("utf-8") for path in folder.glob("*.py") if path.name != "visit_text.py"
    )
    source += "".join(path.read_text("utf-8") for path in (folder / "assets").glob("*.js"))
    made = ("why_", "step_", "cell_", "status_", "by_", "remark_")
    left = [
        key
        for key in visit_text.words()
        if not key.startswith(made) and not re.search(rf"[\"'.]{key}\b", source)
    ]
    assert left == []


def test_twenty_thousand_sites_stay_small(make_region):
    result = make_region(sites_each=300, side=10)
    plain = len(make_map(result).html)
    more = len(make_map(judged(result)).html) - plain
    assert more < 600 * 500  # characters a site: six rows of people


@pytest.mark.parametrize(
    "case", ["no sites", "no practices", "no areas", "no visits", "nobody known"]
)
def test_odd_results_have_a_page_too(result, case):
    made = {
        "no sites": lambda: replace(judged(result), sites=result.sites.iloc[:0]),
        "no practices": lambda: judged(replace(result, practices=result.practices.iloc[:0])),
        "no areas": lambda: judged(replace(result, areas=result.areas.iloc[:0])),
        "no visits": lambda: replace(judged(result), visits=pd.DataFrame()),
        "nobody known": lambda: judged(replace(result, sites=result.sites.assign(residents=np.nan))),
    }[case]()  # fmt: skip
    assert Page(make_map(made).html).data["parts"]
