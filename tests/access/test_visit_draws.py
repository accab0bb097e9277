"""Where only headways are known there are many timetables, and a day is as good as it is in half of them or more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoaccess.access.intervals import DAY_S, interval_rows
from geoaccess.access.visit import VisitRules, WeekVisits, week_visits
from geoaccess.access.why import CODES
from geoaccess.network.network import Network
from geoaccess.route.visit_fields import HOME, LEAVE, PRACTICE
from tests.load.lines.osm_text import along, bus, loaded, stops
from tests.network.test_draws import ENDS, network_of
from tests.visit_views import reasons


def visits_with(week: list[Network], closes_min: int, free_from_min: int) -> WeekVisits:
    """One site and practice five kilometres apart; free in the evening, open until so late."""
    free = [
        (DAY_S * d + 60 * free_from_min, DAY_S * d + 60 * (free_from_min + 110)) for d in range(7)
    ]
    opening = [(DAY_S * d + 60 * 480, DAY_S * d + 60 * closes_min) for d in range(7)]
    return week_visits(
        *ENDS,
        week,
        pd.DataFrame({"site_id": ["s0"], "schedule": [0]}),
        interval_rows([free]),
        interval_rows([opening]),
        VisitRules(norm_minutes=60),
        keep_every=True,
    )


def takes(visits: WeekVisits) -> np.ndarray:
    """Seconds from door to door on each day, inf for none."""
    best = visits.best[0]
    return np.where(best[:, PRACTICE] >= 0, best[:, HOME] - best[:, LEAVE].astype(float), np.inf)


@pytest.mark.parametrize("draws", [1, 2, 5, 6])
@pytest.mark.parametrize(
    ("closes_min", "free_from_min"), [(1080, 1025), (1080, 1020), (1200, 1000)]
)
def test_a_day_is_that_of_the_middle_draw(
    tmp_path: Path, draws: int, closes_min: int, free_from_min: int
) -> None:
    line = bus(interval="30", duration="12", opening_hours="05:00-24:00")
    way = {7: (stops("n1", "n2"), line), 8: (stops("n2", "n1"), line)}
    drawn = network_of(loaded(tmp_path, along(0, 5), way), draws)
    assert len(drawn.transits) == draws
    none = replace(drawn, transits=())
    # no rides at all on two days: fewer draws there than on the others
    week = [drawn] * 4 + [none] + [drawn] + [none]
    found = visits_with(week, closes_min, free_from_min)
    alone = []
    for transit in drawn.transits:
        one = replace(drawn, transits=(transit,))
        each = visits_with([none if n is none else one for n in week], closes_min, free_from_min)
        alone.append((takes(each), CODES.index(reasons(each)["reason"].iloc[0])))
    by_day = np.sort([seconds for seconds, _ in alone], axis=0)
    assert takes(found).tolist() == by_day[(draws + 1) // 2 - 1].tolist()
    assert found.found.every is not None
    assert np.isinf(takes(found)[[4, 6]]).all()
    # days are alike here, so that the reason is that of the middle draw, too
    codes = sorted((code for _, code in alone), reverse=True)
    assert CODES.index(reasons(found)["reason"].iloc[0]) == codes[(draws + 1) // 2 - 1]
    # what is feasible is so in half of the draws or more, and what is not, in half of them at most
    share = np.isfinite([seconds for seconds, _ in alone]).mean(axis=0)
    assert (share[np.isfinite(takes(found))] >= 0.5).all()
    assert (share[np.isinf(takes(found))] <= 0.5).all()


def test_draws_do_differ(tmp_path: Path) -> None:
    line = bus(interval="30", duration="12", opening_hours="05:00-24:00")
    way = {7: (stops("n1", "n2"), line), 8: (stops("n2", "n1"), line)}
    drawn = network_of(loaded(tmp_path, along(0, 5), way), 6)
    each = [
        takes(visits_with([replace(drawn, transits=(transit,))] * 7, 1080, 1025))[0]
        for transit in drawn.transits
    ]
    assert np.isfinite(each).any()
    assert len(set(each)) > 2
