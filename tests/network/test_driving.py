"""Times by car: known answers on a made-up extract, a law, and whether real ones are plausible."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geoaccess.errors import ProjectError, StreetsError
from geoaccess.load.osm import load_streets
from geoaccess.load.roads import load_roads
from geoaccess.network.driving import Car, drive_times, nearest_by_car
from geoaccess.tables import great_circle_m
from tests.load.test_osm import NODES, STREET, Ways, xml


def points(id_column: str, places: dict[str, tuple[float, float]]) -> gpd.GeoDataFrame:
    lon, lat = zip(*places.values(), strict=True)
    geometry = gpd.points_from_xy(lon, lat)
    return gpd.GeoDataFrame({id_column: list(places)}, geometry=geometry, crs=4326)


def write(folder: Path, ways: Ways) -> Path:
    file = folder / "some.osm"
    file.write_text(xml(NODES, ways), encoding="utf-8")
    return file


LINE: Ways = [
    ([1, 2, 3, 4], {"highway": "residential", "maxspeed": "36"}),
    ([4, 5, 6], {"highway": "residential", "maxspeed": "72", "oneway": "yes"}),
    ([6, 9], {"highway": "footway"}),
]
ALL = Car(speed_factor=1.0, parking_min=2.0)


def minutes(file: Path, start: int, end: int, car: Car = ALL) -> list[float]:
    sites, practices = (
        points("site_id", {"s": NODES[start]}),
        points("practice_id", {"p": NODES[end]}),
    )
    return drive_times(sites, practices, load_roads(file), car)["minutes_car"].tolist()


def test_known_times(tmp_path: Path) -> None:
    file = write(tmp_path, LINE)
    block = great_circle_m(*NODES[1], *NODES[2])
    slow, fast = 3 * block / 10.0, 2 * block / 20.0  # 36 and 72 km/h
    assert minutes(file, 1, 4) == [pytest.approx(2 + slow / 60, abs=1 / 59)]
    assert minutes(file, 4, 1) == minutes(file, 1, 4)
    assert minutes(file, 1, 6) == [pytest.approx(2 + (slow + fast) / 60, abs=1 / 59)]
    assert minutes(file, 6, 1) == []  # against a one-way
    half = Car(speed_factor=0.5, parking_min=7.0)
    assert minutes(file, 1, 4, half) == [pytest.approx(7 + 2 * slow / 60, abs=1 / 59)]


def test_from_where_no_car_may_go_one_walks_to_the_road(tmp_path: Path) -> None:
    file = write(tmp_path, LINE)
    walk_s = great_circle_m(*NODES[7], *NODES[6]) / 1.25
    drive_s = great_circle_m(*NODES[4], *NODES[6]) / 20.0
    assert minutes(file, 4, 7) == [pytest.approx(2 + (walk_s + drive_s) / 60, abs=1 / 30)]


def test_the_nearest_and_the_limit(tmp_path: Path) -> None:
    roads = load_roads(write(tmp_path, [([1, 2, 3, 4, 5, 6, 7, 8], STREET)]))
    sites = points("site_id", {"a": NODES[1], "b": NODES[4], "far": (5.0, 52.0)})
    practices = points("practice_id", {"p": NODES[8], "q": NODES[3]})
    times = drive_times(sites, practices, roads)
    assert times[["site_id", "practice_id"]].to_numpy().tolist() == [
        ["a", "p"], ["a", "q"], ["b", "p"], ["b", "q"],
    ]  # fmt: skip
    soonest = times.groupby("site_id")["minutes_car"].min()
    found = nearest_by_car(sites, practices, roads, Car())
    assert found.tolist() == [soonest["a"], soonest["b"], np.inf]
    assert nearest_by_car(sites, practices, roads, Car(max_minutes=4)).tolist() == [np.inf] * 3
    assert any("contrast" in note for note in times.attrs["notes"])


@pytest.mark.parametrize("factor", [0.31, 0.8, 1.0])
def test_driving_faster_never_takes_longer(tmp_path: Path, factor: float) -> None:
    file = write(tmp_path, LINE)
    slower, faster = (Car(speed_factor=f) for f in (factor, factor * 1.2))
    for start, end in ((1, 6), (2, 5), (3, 1)):
        assert minutes(file, start, end, faster) <= minutes(file, start, end, slower)


def test_streets_to_walk_on_are_no_roads(tmp_path: Path) -> None:
    one = points("site_id", {"s": NODES[1]})
    practice = points("practice_id", {"p": NODES[2]})
    with pytest.raises(StreetsError, match="load_roads"):
        drive_times(one, practice, load_streets(write(tmp_path, LINE)))


def test_every_value_out_of_range_is_named() -> None:
    with pytest.raises(ProjectError) as caught:
        Car(speed_factor=0, parking_min=-1, walk_kmh=True, max_minutes=float("nan"))
    keys = [fault.key for fault in caught.value.faults]
    assert keys == [
        f"contrast.{n}" for n in ("speed_factor", "parking_min", "walk_kmh", "max_minutes")
    ]


@pytest.mark.shared
@pytest.mark.slow
def test_newport_is_plausible(shared: Path) -> None:
    roads = load_roads(shared / "newport_uk" / "newport-2023-06-13.osm.pbf")
    tables = []
    for name, key in (("sites", "site_id"), ("practices", "practice_id")):
        table = pd.read_csv(shared / "reference" / f"newport_{name}.csv")
        tables.append(
            points(
                key,
                dict(zip(table[key], zip(table["lon"], table["lat"], strict=True), strict=True)),
            )
        )
    times = drive_times(*tables, roads, Car(parking_min=0.0))
    ends = [
        table.set_index(key).geometry.loc[times[key]]
        for table, key in zip(tables, ("site_id", "practice_id"), strict=True)
    ]
    metres = great_circle_m(*(axis.to_numpy() for end in ends for axis in (end.x, end.y)))
    far = metres > 2000
    kmh = metres[far] / 1000 / (times["minutes_car"].to_numpy()[far] / 60)
    assert far.sum() > 1000
    assert 15 < np.median(kmh) < 80
