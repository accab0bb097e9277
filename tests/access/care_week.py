"""Verdicts in the world of the worked example: a bus every hour between sites in the west and practices in the east."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from geoaccess.access.care import CareKind
from geoaccess.access.norm import Norm
from geoaccess.access.verdict import CareVerdict, Verdict, judge_all, judge_care
from geoaccess.load.default_groups import Group, complete_groups
from geoaccess.network.network import Network, build_network
from geoaccess.network.traveller import Traveller
from tests.access.bus_week import DOCTOR, HOME, bus, hourly
from tests.worlds import Place, make_streets, make_timetable

DAY = dt.date(2026, 11, 24)
GREENHOUSE = Group(
    "kas",
    shift="06:00-15:00",
    work_days="Mo-Fr",
    commute_min=30,
    languages="pl",
    registered_share=0.0,
)


def network(out: list[str], back: list[str]) -> Network:
    """Streets between the two ends, and a bus."""
    nodes = [HOME, DOCTOR]
    streets = make_streets(nodes, [(0, 1, 1_505_000, 0, 15)])
    rides = make_timetable(nodes, bus(0, 1, out) + bus(1, 0, back)) if out else None
    return build_network(streets, rides, Traveller())


def table(rows: list[dict[str, Any]], id_column: str, place: Place) -> gpd.GeoDataFrame:
    """Table of points; ids are numbered where not given."""
    rows = [{id_column: f"{id_column[0]}{k}", "place": place} | row for k, row in enumerate(rows)]
    places = [row.pop("place") for row in rows]
    xy = [p[0] for p in places], [p[1] for p in places]
    columns = None if rows else [id_column]
    return gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=columns), geometry=gpd.points_from_xy(*xy), crs=4326
    )


@dataclass
class CareWeek:
    """What a test varies: one site of ten people of one group, and one practice, open and with room, by default."""

    sites: list[dict[str, Any]] = field(default_factory=lambda: [{"residents": 10.0}])
    practices: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    groups: tuple[Group, ...] = (GREENHOUSE,)
    care: CareKind = field(default_factory=lambda: CareKind("huisarts"))
    norm: Norm = field(default_factory=Norm)
    out: list[str] = field(default_factory=lambda: hourly(40))
    back: list[str] = field(default_factory=lambda: hourly(35))

    def _inputs(self) -> tuple[Any, ...]:
        sites = table(self.sites, "site_id", HOME)
        practices = table(self.practices, "practice_id", DOCTOR)
        week = [network(self.out, self.back)] * 7
        return sites, practices, week, complete_groups(None, sites, self.groups)

    def judged(self, **more: Any) -> CareVerdict:
        """Verdict for one kind of care."""
        return judge_care(*self._inputs(), self.care, self.norm, DAY, **more)

    def all_judged(self, *care: CareKind, **more: Any) -> Verdict:
        """Verdict for all kinds."""
        return judge_all(*self._inputs(), care, self.norm, DAY, **more)
