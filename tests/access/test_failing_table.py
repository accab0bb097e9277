import math

import geopandas as gpd
import pandas as pd
import shapely

from geoaccess.access.failing import Failing
from geoaccess.access.failing_table import COLUMNS, failing_table
from geoaccess.tables import LONLAT, RD_NEW

WHEN = Failing(min_share=0.5, min_persons=10, distance_m=1000)


def world(*rows: tuple[str, float, float, float, float, str]):
    """Verdicts and sites: id, metres east of a place in the Westland and north, residents, failing, reason."""
    table = pd.DataFrame(rows, columns=["site_id", "x", "y", "residents", "failing", "reason"])
    verdicts = table.rename(columns={"failing": "persons_failing"}).drop(columns=["x", "y"])
    points = gpd.points_from_xy(75_000 + table["x"], 450_000 + table["y"], crs=RD_NEW)
    names = [None if name == "d" else name.upper() for name in table["site_id"]]
    sites = gpd.GeoDataFrame({"site_id": table["site_id"], "name": names}, geometry=points)
    return verdicts.sample(frac=1, random_state=1), sites.to_crs(LONLAT)


def boxes(*rows: tuple[str, str, str | None, tuple[float, float, float, float]]):
    shapes = [
        shapely.box(75_000 + a, 450_000 + b, 75_000 + c, 450_000 + d) for *_, (a, b, c, d) in rows
    ]
    columns = {
        "area_id": [r[0] for r in rows],
        "name": [r[1] for r in rows],
        "level": [r[2] for r in rows],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=RD_NEW).to_crs(LONLAT)


VERDICTS, SITES = world(
    ("a", 0, 0, 30, 30, "no_room"),
    ("b", 800, 0, 40, 25, "language"),
    ("c", 1500, 0, 10, 10, "language"),
    ("d", 9000, 0, 20, 20, "no_way_back"),
    ("e", 9000, 5000, 900, 100, "no_room"),
    ("f", 9000, 100, math.nan, math.nan, "no_room"),
)
WEST, EAST = (-500.0, -500.0, 5000.0, 9000.0), (5000.0, -500.0, 9500.0, 9000.0)
MUNICIPALITIES = boxes(("GM1", "West", "gemeente", WEST), ("GM2", "Oost", "gemeente", EAST))
VILLAGES = boxes(
    ("BU1", "Honselersdijk", "buurt", (-500, -500, 400, 500)),
    ("BU2", "Naaldwijk", "buurt", (400, -500, 4000, 500)),
)


def test_areas_and_clusters_by_hand() -> None:
    """West: 65 of 80 fail; Oost: 120 of 920, too small a share. The cluster a-b-c has 65 of 80, d alone 20 of 20."""
    areas = pd.concat([MUNICIPALITIES, VILLAGES], ignore_index=True)
    found = failing_table(VERDICTS, SITES, areas, WHEN)
    assert tuple(found.columns) == COLUMNS
    rows = found.drop(columns=["residents", "share", "site_ids", "reason"]).to_numpy().tolist()
    both = "Naaldwijk, Honselersdijk"
    assert rows == [
        ["area", "gemeente", 1, "GM1", "West", "West", "West", None, 3, 65.0],
        ["area", "buurt", 1, "BU2", "Naaldwijk", "Naaldwijk", "West", "Naaldwijk", 2, 35.0],
        ["area", "buurt", 2, "BU1", *["Honselersdijk"] * 2, "West", "Honselersdijk", 1, 30.0],
        ["cluster", None, 1, "a", "A, B, C", both, "West", both, 3, 65.0],
        ["cluster", None, 2, "d", "d", "Oost", "Oost", None, 1, 20.0],
    ]
    assert found["reason"].tolist() == [*["language"] * 2, "no_room", "language", "no_way_back"]
    assert found["site_ids"].tolist() == ["a;b;c", "b;c", "a", "a;b;c", "d"]
    assert found["residents"].tolist() == [80, 50, 30, 80, 20]
    assert found["share"].tolist() == [65 / 80, 0.7, 1, 65 / 80, 1]
    assert found.attrs["notes"] == [
        "1 of 6 places are left out: how many people live or fail there is unknown."
    ]
    first = failing_table(VERDICTS, SITES, areas, WHEN, count=1)
    assert first["failing_id"].tolist() == ["GM1", "BU2", "a"]


def test_names_come_from_what_is_known() -> None:
    named = VILLAGES.assign(municipality="Westland")
    found = failing_table(VERDICTS, SITES, named, WHEN)
    assert found["municipality"].tolist() == ["Westland", "Westland", "Westland", None]
    bare = VILLAGES.drop(columns=["name", "level"])
    found = failing_table(VERDICTS, SITES, bare, WHEN)
    assert found["area"].tolist() == ["BU2", "BU1", "BU2, BU1", None]
    assert found[["level", "municipality", "village"]].isna().all(axis=None)
    nowhere = failing_table(VERDICTS, SITES.drop(columns="name"), None, WHEN)
    assert nowhere["name"].tolist() == ["a, b, c", "d"]
    assert nowhere["area"].tolist() == [None, None]


def test_the_area_that_a_site_names_wins() -> None:
    sites = SITES.assign(area_id=["GM2", None, None, None, None, None])
    found = failing_table(VERDICTS, sites, MUNICIPALITIES, WHEN)
    west = found[found["failing_id"] == "GM1"]
    assert west["site_ids"].tolist() == ["b;c"]
    assert found["kind"].tolist() == ["area", "cluster", "cluster"]


def test_nothing_fails() -> None:
    served = VERDICTS.assign(persons_failing=0.0)
    for areas in (None, MUNICIPALITIES, MUNICIPALITIES.iloc[:0]):
        found = failing_table(served, SITES, areas, WHEN)
        assert found.empty
        assert tuple(found.columns) == COLUMNS
    nobody = failing_table(VERDICTS.iloc[:0], SITES.iloc[:0], MUNICIPALITIES, WHEN)
    assert nobody.empty
