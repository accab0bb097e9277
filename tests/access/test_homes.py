"""Sites are linked to the streets and stops of a week once, whatever visits share them."""

from __future__ import annotations

import numpy as np
import pytest

from geoaccess.access import homes as homes_module
from geoaccess.access.homes import link_homes
from geoaccess.network.network import build_network
from geoaccess.route import matrix
from tests.access.bus_week import DOCTOR, HOME
from tests.access.care_week import CareWeek
from tests.worlds import make_streets, points

#: 800 m north of the street
AFIELD = (4.30, 52.0072)


def test_a_site_off_the_streets_stands_on_the_nearest() -> None:
    network = build_network(make_streets([HOME, DOCTOR], [(0, 1, 1_505_000, 0, 15)]), None)
    found = link_homes(points((HOME, AFIELD), "site_id"), [network] * 7)
    assert found.linked.tolist() == [True, False]
    assert found.to_street_m == pytest.approx([0.0, 800.0], abs=2.0)
    (places,) = found.places
    assert np.all(places.walk.chain >= 0)
    assert places.walk.off_street_cm.tolist() == [0, 0]
    assert found.out == found.back == (None,)


def test_what_is_no_week_is_refused() -> None:
    with pytest.raises(ValueError, match="7 networks, not 0"):
        link_homes(points((HOME,), "site_id"), [])


def test_kinds_of_care_share_the_ways_to_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out and back, once each; a search that finds them missing would ask again."""
    asked = []

    def counted(*given: object) -> object:
        asked.append(given[2])
        return links_to_stops(*given)

    links_to_stops = matrix.links_to_stops
    for module in (homes_module, matrix):
        monkeypatch.setattr(module, "links_to_stops", counted)
    kinds = ["huisarts", "apotheek", "ggz"]
    verdict = CareWeek(practices=[{"care": kind} for kind in kinds]).all_judged()
    assert asked == ["to", "from"]
    assert verdict.reasons["reason"].tolist() == ["feasible"] * 3
