"""Opening hours: known answers, laws, holidays, and what people really write."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoaccess.errors import ProjectError, TableError
from geoaccess.load.hours import (
    DAY_S,
    GP_HOURS,
    OUT_OF_HOURS,
    monday_of,
    open_spans,
    opening_week,
    public_holidays,
    read_hours,
    week_text,
)
from geoaccess.load.hours_text import rewritten, without_comments
from geoaccess.load.lines.hours import parse_hours
from geoaccess.load.practices import load_practices
from geoaccess.load.words import DAYS, join_week
from geoaccess.tables import notes

MONDAY = dt.date(2026, 11, 23)
CHRISTMAS = dt.date(2026, 12, 21)
KINGS_DAY = dt.date(2027, 4, 27)


def clock(text, monday=MONDAY):
    """Open times in the week itself, as 'Mo 08:00-12:00' (hours past 24 are of the day after)."""
    told = []
    for start, end in open_spans(text, monday):
        if 0 <= start < 7 * DAY_S:
            day = start // DAY_S
            parts = [f"{(at - day * DAY_S) // 3600:02}:{at % 3600 // 60:02}" for at in (start, end)]
            told.append(f"{DAYS[day]} {'-'.join(parts)}")
    return told


def table(**hours):
    return pd.DataFrame({"practice_id": list(hours), "opening_hours": list(hours.values())})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mo 08:00-12:00,13:00-17:00", ["Mo 08:00-12:00", "Mo 13:00-17:00"]),
        ("Mo,Tu 08:00-12:00; Tu off", ["Mo 08:00-12:00"]),
        ("Fr 22:00-02:00", ["Fr 22:00-26:00"]),
        ("Fr 22:00-26:00", ["Fr 22:00-26:00"]),
        ("Sa 20:00-24:00, Su 00:00-04:00", ["Sa 20:00-28:00"]),
        (
            "Mo-Fr 08:00-12:00; Mo 13:00-17:00",
            ["Mo 13:00-17:00", *(f"{d} 08:00-12:00" for d in DAYS[1:5])],
        ),
        ("Mo 08:00-12:00, Mo 13:00-17:00", ["Mo 08:00-12:00", "Mo 13:00-17:00"]),
        ("week 1-53/2 Mo 08:00-12:00", []),
        ("week 2-52/2 Mo 08:00-12:00", ["Mo 08:00-12:00"]),
        ("Mo[4] 10:00-12:00", ["Mo 10:00-12:00"]),
        ("Mo[1] 10:00-12:00", []),
        ("Jan-Jun Mo 10:00-12:00", []),
        ("2026 Nov 24 10:00-12:00", ["Tu 10:00-12:00"]),
        ("off", []),
    ],
)
def test_hours_in_the_syntax(text, expected):
    assert MONDAY.isocalendar().week == 48
    assert clock(text) == expected


def test_around_the_clock_covers_the_week_and_the_days_beside_it():
    assert open_spans("24/7", MONDAY) == [(-DAY_S, 8 * DAY_S)]
    assert open_spans("Su 20:00-30:00", MONDAY)[0] == (-4 * 3600, 6 * 3600)


def test_a_fallback_with_a_remark_loses_no_days():
    text = read_hours('Mo-Fr 08:00-12:00 || "by appointment"', MONDAY)
    assert clock(text) == [f"{day} 08:00-12:00" for day in DAYS[:5]]


# -- laws -------------------------------------------------------------------------------------------------------------

TIME = st.integers(0, 47).map(lambda half: 30 * half)


@st.composite
def day_hours(draw, night=False):
    """Up to two blocks of a day, and past midnight where asked for."""
    marks = sorted(draw(st.sets(TIME, min_size=4, max_size=4)))
    blocks = [tuple(marks[:2]), tuple(marks[2:])][: draw(st.integers(0, 2))]
    if night and blocks and draw(st.booleans()):
        start, _ = blocks[-1]
        blocks[-1] = (start, 1440 + draw(st.integers(0, max(0, marks[0] // 30 - 1))) * 30)
    return blocks


def written(blocks):
    return ",".join(
        f"{start // 60:02}:{start % 60:02}-{(end - 1440 if end > 1440 else end) // 60:02}:{end % 60:02}"
        for start, end in blocks
    )


def merged(spans):
    seen = []
    for start, end in sorted(spans):
        if seen and start <= seen[-1][1]:
            seen[-1] = (seen[-1][0], max(end, seen[-1][1]))
        else:
            seen.append((start, end))
    return [(max(a, -DAY_S), min(b, 8 * DAY_S)) for a, b in seen if b > -DAY_S and a < 8 * DAY_S]


@settings(max_examples=60)
@given(st.lists(day_hours(night=True), min_size=7, max_size=7))
def test_weekly_columns_mean_what_they_say(week):
    cells = [written(blocks) for blocks in week]
    names = ["ma", "di", "wo", "do", "vr", "za", "zo"]
    frame = pd.DataFrame([["P", *cells]], columns=["practice_id", *names])
    found = opening_week(frame, MONDAY)
    if not any(cells):
        assert found.status["status"].tolist() == ["assumed"]
        return
    assert found.status["status"].tolist() == ["known"]
    expected = merged(
        (86400 * (day + 7 * step) + 60 * start, 86400 * (day + 7 * step) + 60 * end)
        for step in (-1, 0, 1)
        for day, blocks in enumerate(week)
        for start, end in blocks
    )
    assert found.spans[["open_s", "close_s"]].to_numpy().tolist() == [list(s) for s in expected]


@settings(max_examples=60)
@given(st.lists(day_hours(), min_size=7, max_size=7))
def test_two_readers_of_the_syntax_agree(week):
    text = join_week([written(blocks) for blocks in week])
    other = parse_hours(text)
    assert other is not None
    expected = merged(
        (86400 * (day + 7 * step) + start, 86400 * (day + 7 * step) + end)
        for step in (-1, 0, 1)
        for day, spans in enumerate(other)
        for start, end in spans
    )
    assert open_spans(text, MONDAY) == expected


@settings(max_examples=40)
@given(st.text(alphabet='MoTuWeFrSaPH 0123456789:-,;|"+/()[]offuntil', max_size=40))
def test_any_text_is_read_or_unknown_never_an_error(text):
    read = read_hours(text, MONDAY)
    assert read is None or isinstance(open_spans(read, MONDAY), list)


# -- holidays ---------------------------------------------------------------------------------------------------------


def test_the_second_day_of_christmas_closes_who_says_so():
    assert public_holidays(CHRISTMAS) == (dt.date(2026, 12, 25), dt.date(2026, 12, 26))
    assert "Sa 09:00-12:00" not in clock("Mo-Sa 09:00-12:00; PH off", CHRISTMAS)
    assert "Th 09:00-12:00" in clock("Mo-Sa 09:00-12:00; PH off", CHRISTMAS)
    assert clock("PH 10:00-11:00", CHRISTMAS) == ["Fr 10:00-11:00", "Sa 10:00-11:00"]


def test_kings_day_is_a_holiday_and_moves_off_a_sunday():
    assert public_holidays(monday_of(KINGS_DAY)) == (KINGS_DAY,)
    assert dt.date(2025, 4, 26) in public_holidays(dt.date(2025, 4, 21))
    assert "Tu 08:00-17:00" not in clock(GP_HOURS.opening_hours, monday_of(KINGS_DAY))
    assert public_holidays(MONDAY) == public_holidays(CHRISTMAS, None) == ()


def test_gps_and_the_out_of_hours_service_share_the_week():
    for monday in (MONDAY, CHRISTMAS, monday_of(KINGS_DAY)):
        both = [
            *open_spans(GP_HOURS.opening_hours, monday),
            *open_spans(OUT_OF_HOURS.opening_hours, monday),
        ]
        assert sum(end - start for start, end in both) == 9 * DAY_S
        assert merged(both) == [(-DAY_S, 8 * DAY_S)]


def test_a_note_names_the_holidays_and_who_is_silent_on_them():
    frame = table(A="Mo-Fr 08:00-17:00", B="Mo-Fr 08:00-17:00; PH off")
    found = opening_week(frame, KINGS_DAY)
    note = next(note for note in notes(found.status) if "Public holidays" in note)
    assert "Tuesday 2027-04-27" in note
    assert "1 practice say nothing" in note
    assert note.endswith(": A.")
    assert not any("holiday" in note for note in notes(opening_week(frame, MONDAY).status))


# -- status -----------------------------------------------------------------------------------------------------------


def test_status_tells_known_assumed_and_unknown_apart():
    frame = table(A="Mo 08:00-12:00", B=None, C="zie website", D="onbekend", E="off")
    found = opening_week(frame, dt.date(2026, 11, 27))
    status = found.status.set_index("practice_id")
    assert found.monday == MONDAY
    assert status["status"].to_dict() == {
        "A": "known", "B": "assumed", "C": "unknown", "D": "assumed", "E": "known",
    }  # fmt: skip
    assert status.loc["C", "opening_hours"] == "zie website"
    assert status.loc["C", "read_as"] == GP_HOURS.opening_hours
    assert "honk.nu" in status.loc["B", "source"]
    assert status.loc["A", "source"] is None
    assert found.spans.groupby("practice_id").size().to_dict() == {"A": 2, "B": 6, "C": 6, "D": 6}
    said = " ".join(notes(found.status))
    assert "not given for 2 of 5 practices" in said
    assert "C 'zie website'" in said
    assert "Closed all through the reference week by their hours: E 'off'" in said


def test_the_kind_of_care_chooses_the_default():
    frame = table(A=None, B=None, C=None).assign(care=["huisarts", "huisartsenpost", "tandarts"])
    found = opening_week(frame, MONDAY)
    assert found.status["read_as"].tolist() == [
        GP_HOURS.opening_hours, OUT_OF_HOURS.opening_hours, GP_HOURS.opening_hours,
    ]  # fmt: skip


def test_rows_are_by_practice_then_time_and_the_input_stays():
    frame = table(B="Tu 10:00-11:00,08:00-09:00", A="Mo 08:00-09:00")
    before = frame.copy(deep=True)
    found = opening_week(frame, MONDAY).spans
    assert found["practice_id"].tolist() == ["B", "B", "A", "A"]
    assert found["open_s"].tolist() == [115200, 122400, 28800, 7 * DAY_S + 28800]
    pd.testing.assert_frame_equal(frame, before)


def test_odd_hours_are_noted():
    frame = table(
        A="Mo-Fr 08:00-12:00; 13:00-17:00",
        B="24/7",
        C="Mo-Fr 08:00-12:00; SH off",
        D='Mo-Fr 08:00-12:00 "op afspraak"',
        E="ma-vr 8-12",
    )
    said = notes(opening_week(frame, MONDAY).status)
    for words, name in [
        ("the later replace", "A"), ("a day and a night", "B"), ("School holidays", "C"),
        ("Remarks", "D"), ("other words", "E"),
    ]:  # fmt: skip
        assert [note for note in said if words in note and f"{name} '" in note], words


def test_bad_arguments():
    with pytest.raises(TableError, match="practice_id"):
        opening_week(pd.DataFrame({"id": []}), MONDAY)
    with pytest.raises(ProjectError, match="XX"):
        opening_week(table(A="24/7"), MONDAY, country="XX")
    empty = opening_week(table(), MONDAY)
    assert len(empty.spans) == len(empty.status) == 0


def test_weekly_columns_of_a_file(write):
    path = write(
        "p.csv",
        "id;lon;lat;ma;di;wo;do;vr;za;zo\nP1;4.3;52.0;08:00-12:00, 13:00-17:00;gesloten;;;08.00 - 12.00 uur;;\n",
    )
    found = opening_week(load_practices(path), MONDAY)
    hours = [
        (a / 3600 % 24, b / 3600 % 24) for a, b in found.spans[["open_s", "close_s"]].to_numpy()
    ]
    assert hours == [(8, 12), (13, 17), (8, 12), (8, 12), (13, 17)]


def test_unreadable_weekly_columns_keep_their_text():
    frame = pd.DataFrame(
        {"practice_id": ["P", "Q"], "mo": ["op afspraak", "8-12 (op afspraak)"], "tu": ["8-12", ""]}
    )
    status = opening_week(frame, MONDAY).status
    assert status["status"].tolist() == ["unknown", "known"]
    assert status["opening_hours"].tolist() == ["Mo: op afspraak; Tu: 8-12", "Mo 08:00-12:00"]
    assert week_text([None] * 7) == "off"


# -- what people write ------------------------------------------------------------------------------------------------

WEEKDAYS = "Mo-Fr 08:00-17:00"
TWICE = "Mo-Fr 08:00-12:00,13:00-17:00"
MESSY = [
    ("Mo-Fr 08:00-17:00;", WEEKDAYS),
    ("Mo-Fr: 08:00-17:00", WEEKDAYS),
    ("mo-fr 08:00-17:00", WEEKDAYS),
    ("MO-FR 08:00-17:00", WEEKDAYS),
    ("Mo - Fr 08:00 - 17:00", WEEKDAYS),
    ("Mo-Fr 8:00-17:00", WEEKDAYS),
    ("Mo-Fr 8-17", WEEKDAYS),
    ("Mo-Fr 08.00-17.00", WEEKDAYS),
    ("Mo-Fr 08:00\u201317:00", WEEKDAYS),
    ("Mo\u2013Fr 08:00 \u2014 17:00", WEEKDAYS),
    ("Mo-Fr 0800-1700", WEEKDAYS),
    ("Mon-Fri 8am-5pm", WEEKDAYS),
    ("Monday to Friday 8:00 am - 5:00 p.m.", WEEKDAYS),
    ("ma-vr 08:00-17:00", WEEKDAYS),
    ("Ma t/m Vr 8.00 - 17.00 uur", WEEKDAYS),
    ("maandag t/m vrijdag: 08.00 tot 17.00 uur", WEEKDAYS),
    ("maandag tot en met vrijdag van 8:00 tot 17:00 uur", WEEKDAYS),
    ("Werkdagen 8u-17u", WEEKDAYS),
    ("doordeweeks van 08.00 uur tot 17.00 uur", WEEKDAYS),
    ("ma, di, wo, do, vr 8-17 uur", WEEKDAYS),
    ("ma di wo do vr: 8:00-17:00", None),
    ("ma.-vr. 8:00-17:00", WEEKDAYS),
    ("ma-vr 8u00-17u00, za en zo gesloten", WEEKDAYS),
    ("Ma-Vr 8.00-17.00; weekend gesloten", WEEKDAYS),
    ("ma-vr 8:00-17:00 (op afspraak)", WEEKDAYS),
    ("ma-vr 8:00-17:00 op afspraak", WEEKDAYS),
    ('Mo-Fr 08:00-17:00 "by appointment"', WEEKDAYS),
    ('Mo-Fr 08:00-17:00 open "by appointment"', WEEKDAYS),
    ('Mo-Fr 08:00-17:00; Sa "op afspraak"', WEEKDAYS),
    ('Mo-Fr 08:00-17:00, Sa,Su "call us"', WEEKDAYS),
    ('Mo-Fr 08:00-17:00 || "op afspraak"', WEEKDAYS),
    ('Mo-Fr 08:00-17:00; "spoed: bel 112"', WEEKDAYS),
    ("Mo-Fr 08:00-17:00+", WEEKDAYS),
    ("Mo-Fr 08:00-12:00 13:00-17:00", TWICE),
    ("Mo-Fr 08:00-12:00, 13:00-17:00", TWICE),
    ("ma-vr 8-12 en 13-17", TWICE),
    ("ma-vr 8.00-12.00 / 13.00-17.00", TWICE),
    ("ma-vr 8:00-12:00 & 13:00-17:00 uur", TWICE),
    ("Mo-Fr 08:00-12:00,13:00-17:00;PH off", TWICE),
    ("ma-vr 8-12 en 13-17, feestdagen gesloten", TWICE),
    ("ma 8-12\ndi 9-12", "Mo 08:00-12:00; Tu 09:00-12:00"),
    ("ma 8-12 | di 9-12", "Mo 08:00-12:00; Tu 09:00-12:00"),
    ("maandags 8-12, woensdags 13-16", "Mo 08:00-12:00; We 13:00-16:00"),
    ("dagelijks 9-21 uur", "Mo-Su 09:00-21:00"),
    ("24 uur per dag", "24/7"),
    ("24/24", "24/7"),
    ("24/7", "24/7"),
    ("24/7 open", "24/7"),
    ("za 22.00-02.00", "Sa 22:00-26:00"),
    ("gesloten", "off"),
    ("op afspraak", None),
    ('"op afspraak"', None),
    ("by appointment", None),
    ("zie website", None),
    ("https://praktijk.example/openingstijden", None),
    ("telefonisch 8-10, spreekuur 10-12", None),
    ("ma-vr 8-12, 1-5", None),
    ("ma-vr 10 tot 6", None),
    ("ma-vr 8-17, 's avonds op afspraak", None),
    ("Mo-Fr 08:00-12:00; 2e en 4e woensdag 18-20", None),
    ("sunrise-sunset", None),
    ("Mo-Fr 25:00-26:00", None),
    ("Mo-Fr 08:00-17:60", None),
    ("unknown", None),
    ("?!", None),
    ("Mo-Fr 08:00-17:00 " * 80, None),
]


@pytest.mark.parametrize(("text", "same_as"), MESSY)
def test_what_people_write_is_read_rightly_or_not_at_all(text, same_as):
    read = read_hours(text, MONDAY)
    if same_as is None:
        assert read is None
    else:
        assert read is not None
        assert open_spans(read, MONDAY) == open_spans(same_as, MONDAY)


def test_a_day_with_a_remark_for_hours_is_not_open_all_day():
    assert without_comments('Sa "op afspraak"') == "Sa unknown"
    assert rewritten("za op afspraak") is None
    assert read_hours('Sa "op afspraak"', MONDAY) is None


def test_hours_in_the_real_extracts_are_read_or_listed(shared):
    practices = load_practices(shared / "newport_uk" / "newport-2023-06-13.osm.pbf")
    found = opening_week(practices, dt.date(2023, 6, 13), country="GB")
    status = found.status
    assert status["practice_id"].tolist() == practices["practice_id"].tolist()
    given = practices["opening_hours"].notna().to_numpy()
    assert given.any()
    assert (status["status"].to_numpy() == "assumed").tolist() == (~given).tolist()
    assert "unknown" not in status["status"].tolist()


def test_nearly_all_hours_in_a_real_extract_are_read(shared):
    import osmium

    extract = shared / "newport_uk" / "newport-2023-06-13.osm.pbf"
    texts = {thing.tags.get("opening_hours") for thing in osmium.FileProcessor(str(extract))}
    unread = sorted(text for text in texts - {None} if read_hours(text, MONDAY) is None)
    assert len(texts) > 600
    assert len(unread) == 11, unread
    assert 'Mo-Su "by appointment"' in unread
    assert "Mo-Su dawn-dusk" in unread
