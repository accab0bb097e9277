"""On real streets and a real timetable the core equals a second, independent router."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

import geopandas as gpd
import pandas as pd
import pytest

from geoaccess.load.gtfs import load_timetable
from geoaccess.load.osm import load_streets
from geoaccess.network.network import build_network
from geoaccess.network.traveller import Traveller
from geoaccess.route.window import NEVER
from tests.scanner import Scanner
from tests.whole import arrival_profiles
from tests.worlds import clock

PAIRS = 200


def read_points(path: Path, id_column: str) -> gpd.GeoDataFrame:
    table = pd.read_csv(path)
    geometry = gpd.points_from_xy(table["lon"], table["lat"])
    return gpd.GeoDataFrame(table[[id_column]], geometry=geometry, crs=4326)


@pytest.mark.shared
@pytest.mark.slow
def test_200_random_trips_equal_those_of_a_slow_router(shared: Path) -> None:
    streets = load_streets(shared / "newport_uk" / "newport-2023-06-13.osm.pbf")
    timetable = load_timetable([shared / "newport_uk" / "newport_gtfs.zip"], date="2023-06-13")
    sites = read_points(shared / "reference" / "newport_sites.csv", "site_id")
    practices = read_points(shared / "reference" / "newport_practices.csv", "practice_id")
    who = Traveller()
    network = build_network(streets, timetable, who)
    places = [(point.x, point.y) for point in practices.geometry]
    scanner = Scanner(streets, timetable, who, places)
    rnd = Random(20230613)
    rides = exact = 0
    for _ in range(PAIRS):
        site, practice = rnd.randrange(len(sites)), rnd.randrange(len(practices))
        minute = rnd.choice([rnd.randrange(6 * 60, 20 * 60), rnd.randrange(30 * 60)])
        window = clock(minute), clock(minute + 1)
        found = arrival_profiles(sites.iloc[[site]], practices.iloc[[practice]], network, window)
        arrival = math.inf if found[0, 0, 0] == NEVER else int(found[0, 0, 0])
        point = sites.geometry.iloc[site]
        truth = scanner.arrival((point.x, point.y), practice, 60 * minute)
        assert (arrival == math.inf) == (truth == math.inf), (site, practice, window)
        assert truth == math.inf or abs(arrival - truth) <= 60, (site, practice, window)
        rides += truth - 60 * minute > 60 * who.max_walk_min and truth < math.inf
        exact += arrival == truth
    assert rides > PAIRS / 3  # the question was not only about walks and missing trips
    assert exact >= PAIRS - 2  # two points may lie as near to one street as to another
