"""Time of the feasible visits of a week against that of the profile passes they rest on, in one run.

``python -m tests.benchmarks.visits FOLDER`` with the folder of the data; 2,000 sites x 4 groups x 200 practices in
Porto Alegre. Processor time of this process, all threads together. At the end the whole verdict: groups of which two
thirds are registered with a GP, practices that are closed, full or speak other languages, and all tables.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess import Traveller, build_network, load_streets, load_timetable
from geoaccess.access.intervals import DAY_S, gaps, interval_rows
from geoaccess.access.norm import Norm
from geoaccess.access.verdict import judge_all
from geoaccess.access.visit import BACK_WINDOW, OUT_WINDOW, VisitRules, week_visits
from geoaccess.network.network import Network
from geoaccess.route.matrix import link_points
from geoaccess.route.profiles import arrivals, for_each_practice, travel_seconds
from tests.benchmarks.cases import poa

HOUR_S = 3600


def points(case_sites: gpd.GeoDataFrame, column: str, count: int) -> gpd.GeoDataFrame:
    """So many made-up points near the hexagons."""
    random = np.random.default_rng(7 if column == "site_id" else 8)
    near = case_sites.geometry.iloc[random.integers(0, len(case_sites), count)]
    lon = near.x.to_numpy() + random.normal(0, 0.004, count)
    lat = near.y.to_numpy() + random.normal(0, 0.004, count)
    ids = [f"{column[0]}{k}" for k in range(count)]
    return gpd.GeoDataFrame({column: ids}, geometry=gpd.points_from_xy(lon, lat), crs=4326)


def shifts() -> list[list[tuple[int, int]]]:
    """Work and commute of four groups: by day, early, late and by night."""
    spans = [(7.5, 17.5, 5), (5.5, 15.5, 6), (13.5, 23.5, 6), (21.5, 30.5, 5)]
    return [
        [(int(DAY_S * d + HOUR_S * a), int(DAY_S * d + HOUR_S * b)) for d in range(-1, days)]
        for a, b, days in spans
    ]


def seconds(task) -> float:
    """Processor time of a task, the shorter of two."""
    taken = []
    for _ in range(2):
        start = time.process_time()
        task()
        taken.append(time.process_time() - start)
    return min(taken)


def passes(networks: list[Network], sites, practices, reduce) -> None:
    """Profiles of a day out, and of a day and what follows back, for each network."""
    for network in networks:
        ends = network.snap(sites), network.snap(practices)
        reduce(link_points(*ends, network, OUT_WINDOW, "to", 2))
        reduce(link_points(*ends, network, BACK_WINDOW, "from", 2))


def verdicts(
    sites: gpd.GeoDataFrame, practices: gpd.GeoDataFrame, week: list[Network], bare_s: float
) -> None:
    """Print the time of the whole verdict, with made-up practices and groups."""
    random, count = np.random.default_rng(9), len(practices)
    practices = practices.assign(
        status=random.choice(["open", "closed", "unknown"], count),
        fte=1.0,
        listed_patients=random.integers(1800, 2300, count).astype(float),
        languages=random.choice(["nl", "nl;pl", "ro"], count),
        opening_hours="Mo-Fr 08:00-12:00,13:00-17:00",
    )
    sites = sites.assign(residents=random.integers(5, 400, len(sites)).astype(float))
    groups = pd.DataFrame(
        {
            "site_id": np.repeat(sites["site_id"].to_numpy(), 4),
            "group_id": np.tile(list("abcd"), len(sites)),
            "share": 0.25,
            "shift": np.tile(
                ["07:30-17:30", "05:30-15:30", "13:30-23:30", "21:30-06:30"], len(sites)
            ),
            "work_days": np.tile(["Mo-Fr", "Mo-Sa", "Mo-Sa", "Mo-Fr"], len(sites)),
            "commute_min": 0.0,
            "languages": np.tile(["pl", "ro", None, "pl"], len(sites)),
            "registered_share": 0.67,
        }
    )
    for norm in (Norm(max_minutes=30), Norm(max_minutes=60)):
        taken = seconds(
            lambda norm=norm: judge_all(
                *(sites, practices, week, groups, (), norm, dt.date(2019, 5, 13)),
                country="BR",
                workers=2,
            )
        )
        print(
            f"  verdict, norm {norm.max_minutes:g}: {taken:.2f} s, {taken / bare_s:.2f} of the bare passes"
        )


def main(data: Path) -> None:
    """Print processor time of visits and of passes, for a week of one timetable and of three."""
    case = poa(data)
    streets = load_streets(case.streets)
    who = Traveller()
    networks = [
        build_network(streets, load_timetable(case.feeds, date=f"2019-05-{day}"), who)
        for day in (13, 18, 19)
    ]
    sites, practices = points(case.sites, "site_id", 2000), points(case.sites, "practice_id", 200)
    work = interval_rows(shifts())
    free = gaps(work, 0, 7 * DAY_S)
    people = pd.DataFrame(
        {
            "site_id": np.repeat(sites["site_id"].to_numpy(), 4),
            "group_id": np.tile(list("abcd"), len(sites)),
            "schedule": np.tile(np.arange(4), len(sites)),
        }
    )
    opening = interval_rows(
        [
            [
                (DAY_S * d + int(HOUR_S * a), DAY_S * d + int(HOUR_S * b))
                for d in range(5)
                for a, b in ((8, 12), (13, 17))
            ]
            for _ in range(len(practices))
        ]
    )
    for name, week, distinct in (
        ("one timetable", [networks[0]] * 7, networks[:1]),
        ("three", [networks[0]] * 5 + networks[1:], networks),
    ):
        runs = seconds(
            lambda d=distinct: passes(
                d, sites, practices, lambda search: for_each_practice(search, lambda *_: None)
            )
        )
        percentiles = seconds(
            lambda d=distinct: passes(
                d, sites, practices, lambda search: travel_seconds(search, (50.0,))
            )
        )
        dense = seconds(
            lambda d=distinct: passes(
                d,
                sites.iloc[:200],
                practices,
                lambda search: arrivals(replace(search, draws=search.draws[:1])),
            )
        )
        print(
            f"{name}: passes {runs:.2f} s bare, {percentiles:.2f} s with medians, "
            f"{dense:.2f} s as arrivals by the minute (of a tenth of the sites)"
        )
        for norm in (30.0, 60.0, None):
            rules = VisitRules(norm_minutes=norm)
            taken = seconds(
                lambda w=week, r=rules: week_visits(
                    sites, practices, w, people, free, opening, r, workers=2
                )
            )
            print(
                f"  visits, norm {norm}: {taken:.2f} s, {taken / runs:.2f} of the bare passes, "
                f"{taken / percentiles:.2f} of those with medians",
                flush=True,
            )
        verdicts(sites, practices, week, runs)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
