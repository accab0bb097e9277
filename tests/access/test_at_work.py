"""Consultations at the workplace equal those found by trying every minute, and what mends them does."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.access.at_work import for_whoever_works, work_days
from geoaccess.access.intervals import DAY_S, interval_rows
from geoaccess.access.visit import VisitRules
from geoaccess.route.visit_fields import (
    CLOSE_LATER,
    IN_FREE_TIME,
    IN_REACH,
    NO_FIX,
    OPEN_DAY,
    OPEN_EARLIER,
    WAY_BACK,
)
from tests.worlds import examples

Span = tuple[int, int]

span = st.tuples(st.integers(-60, 8 * 1440), st.integers(1, 700), st.sampled_from([0, 0, 20])).map(
    lambda part: (60 * part[0] + part[2], 60 * (part[0] + part[1]))
)
spans = st.lists(span, max_size=6).map(lambda rows: interval_rows([rows]).row(0))
rules = st.builds(VisitRules, st.sampled_from([5.0, 15.0, 20.5]), st.sampled_from([0.0, 5.0, 2.25]))


def tried(hours: list[Span], work: list[Span], day: int, rule: VisitRules) -> int | None:
    """Last minute at which a visit on a day can leave, in seconds of the day."""
    consult_s, margin_s = round(60 * rule.consult_min), round(60 * rule.margin_min)
    for minute in reversed(range(24 * 60)):
        leave = DAY_S * day + 60 * minute
        start, end = leave + margin_s, leave + margin_s + consult_s
        open_then = any(a <= start and end <= b for a, b in hours if a < DAY_S * (day + 1))
        if open_then and any(a <= leave and end <= b for a, b in work):
            return 60 * minute
    return None


@examples(60)
@given(spans, spans, rules)
def test_the_last_minute_that_is_early_enough(
    hours: list[Span], work: list[Span], rule: VisitRules
) -> None:
    found = work_days(hours, work, rule)
    takes = round(60 * rule.consult_min) + round(60 * rule.margin_min)
    for day, visit in enumerate(found.visits):
        assert (None if visit is None else visit[0]) == tried(hours, work, day, rule)
        if visit is not None:
            assert visit[4] - visit[0] == takes
            assert visit[5] >= visit[4]
    feasible = any(visit is not None for visit in found.visits)
    assert (found.level == WAY_BACK) == feasible
    assert found.level < found.lifted or feasible


@examples(60)
@given(spans, spans, rules)
def test_what_mends_hours_does(hours: list[Span], work: list[Span], rule: VisitRules) -> None:
    found = work_days(hours, work, rule)
    if found.fix_kind == NO_FIX:
        return
    consult_s = round(60 * rule.consult_min)
    moment = found.fix_s
    new = {
        CLOSE_LATER: (moment - consult_s - found.fix_size_s, moment),
        OPEN_EARLIER: (moment, moment + consult_s),
        OPEN_DAY: (moment, moment + consult_s),
    }[found.fix_kind]
    # a minute more, for those who leave at whole minutes only
    more = interval_rows([[*hours, (new[0] - 60, new[1] + 60)]]).row(0)
    longer = [(a - 60, b + 60) for a, b in work]
    assert work_days(more, longer, rule).level == WAY_BACK
    assert found.level in (IN_REACH, IN_FREE_TIME)


def test_a_workplace_that_does_not_say_whose_it_is_is_named() -> None:
    table = pd.DataFrame(
        {
            "practice_id": ["P", "Q", "R"],
            "at_work": [True, True, None],
            "serves": [None, "S1", None],
        }
    )
    (note,) = for_whoever_works(table)
    assert note.startswith("At work, but not said whose: P.")
    assert for_whoever_works(table[1:]) == []
