"""The demo as written: the same on every run, labelled, plausible, and equal to the committed copy."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import osmium
import pandas as pd
import pyproj
import pytest
from scipy.spatial import cKDTree

from geoaccess.demo.places import LABEL
from geoaccess.demo.write import write_demo
from geoaccess.load.areas import load_areas
from geoaccess.load.groups import load_groups
from geoaccess.load.hours import opening_week
from geoaccess.load.practices import load_practices
from geoaccess.load.sites import load_sites

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    "areas.geojson", "groups.csv", "gtfs.zip", "practices.csv", "project.toml", "sites.csv", "streets.osm.pbf",
]  # fmt: skip
FILES_OF_TEXT = [name for name in FILES if not name.endswith((".zip", ".pbf"))]
FREE = ("motorway", None)
KINDS = {
    "huisarts", "huisartsenpost", "apotheek", "tandarts", "ggz", "verloskundige", "jgz", "straatdokter", "infopunt",
    "seh",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_demo(tmp_path_factory.mktemp("demo") / "new folder").parent


@pytest.fixture(scope="module")
def feed(demo: Path) -> dict[str, pd.DataFrame]:
    with zipfile.ZipFile(demo / "gtfs.zip") as archive:
        return {
            name.removesuffix(".txt"): pd.read_csv(
                archive.open(name), dtype=str, keep_default_na=False
            )
            for name in archive.namelist()
        }


@pytest.fixture(scope="module")
def streets(demo: Path) -> nx.Graph:
    """Graph of everything but motorways and canals; nodes are (lon, lat)."""
    graph = nx.Graph()
    for _, at, tags in _osm(demo / "streets.osm.pbf"):
        if isinstance(at, list) and tags.get("highway") not in FREE:
            nx.add_path(graph, at)
    return graph


@pytest.fixture(scope="module")
def sites(demo: Path) -> gpd.GeoDataFrame:
    table = pd.read_csv(demo / "sites.csv", sep=";", decimal=",", encoding="utf-8-sig")
    at = gpd.points_from_xy(table.x, table.y)
    return gpd.GeoDataFrame(table, geometry=at, crs=28992).to_crs(4326)


def _osm(path: Path) -> list[tuple[int, Any, dict[str, str]]]:
    """Every object of an OSM file: id, (lon, lat) or the list of them, tags."""
    rows: list[tuple[int, Any, dict[str, str]]] = []
    for thing in osmium.FileProcessor(str(path)).with_locations():
        at = (
            (thing.location.lon, thing.location.lat)
            if thing.is_node()
            else [(node.lon, node.lat) for node in thing.nodes]
        )
        rows.append((thing.id, at, dict(thing.tags)))
    return rows


def _contents(path: Path) -> object:
    """What a file holds, without what depends on the versions of zlib and libosmium."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return [(info.filename, info.date_time, archive.read(info)) for info in archive.infolist()]  # fmt: skip
    if path.suffix == ".pbf":
        return _osm(path)
    return path.read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_committed_copy_is_what_the_code_writes(demo: Path, name: str) -> None:
    assert _contents(demo / name) == _contents(ROOT / "data" / "demo" / name), (
        f"data/demo/{name} is not what geoaccess/demo writes: write it again (see data/README.md)"
    )


def test_every_run_writes_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    assert sorted(path.name for path in demo.iterdir()) == FILES
    code = "import sys, pathlib; from geoaccess.demo.write import write_demo; write_demo(pathlib.Path(sys.argv[1]))"
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "other")],
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "12345", "PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo"},
    )
    write_demo(tmp_path / "again")
    for name in FILES:
        first = (demo / name).read_bytes()
        assert first == (tmp_path / "again" / name).read_bytes(), name
        assert first == (tmp_path / "other" / name).read_bytes(), name


def test_every_file_says_that_it_is_made_up(demo: Path, feed: dict[str, pd.DataFrame]) -> None:
    for name in FILES_OF_TEXT:
        assert LABEL in (demo / name).read_text(encoding="utf-8"), name
    assert set(pd.read_csv(demo / "practices.csv").source) == {LABEL}
    assert set(pd.read_csv(demo / "sites.csv", sep=";").bron) == {LABEL}
    assert set(pd.read_csv(demo / "groups.csv", sep=";").bron) == {LABEL}
    assert gpd.read_file(demo / "areas.geojson").bron.str.startswith(LABEL).all()
    assert tomllib.loads((demo / "project.toml").read_text())["project"]["made_up"] is True
    assert feed["feed_info"].feed_publisher_name.tolist() == [LABEL]
    assert LABEL in feed["agency"].agency_name[0]
    header = osmium.io.Reader(str(demo / "streets.osm.pbf")).header()
    assert LABEL in header.get("generator")
    tagged = [tags for _, _, tags in _osm(demo / "streets.osm.pbf") if tags]
    assert {tags["source"] for tags in tagged} == {LABEL}


def test_sizes(demo: Path, feed: dict[str, pd.DataFrame], sites: gpd.GeoDataFrame) -> None:
    assert 55 <= len(sites) <= 70
    assert 6000 <= sites.bewoners.sum() <= 8000
    assert set(sites.soort) == {
        "woonhuis", "bij het bedrijf", "kassengebied", "polenhotel", "vakantiepark",
    }  # fmt: skip
    care = pd.read_csv(demo / "practices.csv").care.value_counts()
    assert care["huisarts"] == 44
    assert set(care.index) == KINDS
    assert 25 <= len(feed["routes"]) <= 35
    assert (
        8000 <= sum(isinstance(at, tuple) for _, at, _ in _osm(demo / "streets.osm.pbf")) <= 20000
    )
    assert (demo / "streets.osm.pbf").stat().st_size < 500_000
    assert (demo / "gtfs.zip").stat().st_size < 300_000


def test_all_of_it_lies_in_the_two_regions(
    demo: Path, feed: dict[str, pd.DataFrame], sites: gpd.GeoDataFrame
) -> None:
    practices = pd.read_csv(demo / "practices.csv")
    stops = feed["stops"].astype({"stop_lon": float, "stop_lat": float})
    nodes = [at for _, at, _ in _osm(demo / "streets.osm.pbf") if isinstance(at, tuple)]
    for lon, lat in (
        (sites.geometry.x, sites.geometry.y),
        (practices.lon, practices.lat),
        (stops.stop_lon, stops.stop_lat),
        (pd.Series([x for x, _ in nodes]), pd.Series([y for _, y in nodes])),
    ):
        west = lon.between(4.08, 4.45) & lat.between(51.89, 52.08)
        peel = lon.between(5.50, 6.00) & lat.between(51.30, 51.63)
        assert (west | peel).all()
        assert west.any()
        assert peel.any()


def test_streets_hang_together_but_for_the_islet(
    streets: nx.Graph, sites: gpd.GeoDataFrame
) -> None:
    west, peel, *others = sorted(nx.connected_components(streets), key=len, reverse=True)
    if len(west) < len(peel):
        west, peel = peel, west
    assert min(len(west), len(peel)) > 3000
    assert len(others) == 1
    assert 10 < len(others[0]) < 100
    assert all(a != b for a, b in streets.edges)
    lon, lat = (sum(p[k] for p in others[0]) / len(others[0]) for k in (0, 1))
    islet = sites[sites.naam.str.contains("eiland")]
    assert len(islet) == 1
    assert islet.geometry.x.item() == pytest.approx(lon, abs=0.002)
    assert islet.geometry.y.item() == pytest.approx(lat, abs=0.002)


def test_public_streets_hang_together_too(demo: Path) -> None:
    graph = nx.Graph()
    for _, at, tags in _osm(demo / "streets.osm.pbf"):
        closed = tags.get("access") == "private" and "foot" not in tags
        if isinstance(at, list) and tags.get("highway") not in FREE and not closed:
            nx.add_path(graph, at)
    assert nx.number_connected_components(graph) == 3


def test_tags_offer_what_the_street_loader_must_tell_apart(demo: Path) -> None:
    ways = [tags for _, at, tags in _osm(demo / "streets.osm.pbf") if isinstance(at, list)]
    kinds = {tags.get("highway") for tags in ways}
    assert kinds >= {
        "secondary", "tertiary", "unclassified", "residential", "living_street", "footway", "path", "cycleway",
        "track", "service", "motorway",
    }  # fmt: skip
    assert any(tags.get("waterway") == "canal" for tags in ways)
    assert any(tags.get("bridge") == "yes" for tags in ways)
    assert any(tags.get("access") == "private" and "foot" not in tags for tags in ways)
    assert any(tags.get("foot") == "permissive" for tags in ways)


def test_sites_practices_and_stops_lie_beside_streets(
    demo: Path, streets: nx.Graph, feed: dict[str, pd.DataFrame], sites: gpd.GeoDataFrame
) -> None:
    project = pyproj.Transformer.from_crs(4326, 28992, always_xy=True).transform
    steps = []
    for a, b in streets.edges:
        (ax, bx), (ay, by) = project(*zip(a, b, strict=True))
        count = int(max(abs(ax - bx), abs(ay - by)) // 10) + 1
        steps += [(ax + (bx - ax) * k / count, ay + (by - ay) * k / count) for k in range(count)]
    tree = cKDTree(steps)
    practices = pd.read_csv(demo / "practices.csv")
    stops = feed["stops"]
    for lon, lat, limit_m in (
        (sites.geometry.x, sites.geometry.y, 25),
        (practices.lon, practices.lat, 15),
        (stops.stop_lon.astype(float), stops.stop_lat.astype(float), 45),
    ):
        metres, _ = tree.query(list(zip(*project(lon, lat), strict=True)))
        assert metres.max() < limit_m


def test_feed_is_whole(feed: dict[str, pd.DataFrame]) -> None:
    assert "calendar" not in feed
    times, trips, stops = feed["stop_times"], feed["trips"], feed["stops"]
    assert trips.trip_id.is_unique
    assert stops.stop_id.is_unique
    assert set(times.stop_id) == set(stops.stop_id[stops.location_type == "0"])
    assert set(times.trip_id) == set(trips.trip_id)
    assert set(trips.route_id) == set(feed["routes"].route_id)
    assert set(trips.service_id) == set(feed["calendar_dates"].service_id)
    assert set(stops.parent_station) - {""} == set(stops.stop_id[stops.location_type == "1"])
    clock = times.departure_time.str.split(":", expand=True).astype(int)
    seconds = clock[0] * 3600 + clock[1] * 60 + clock[2]
    later = seconds.groupby(times.trip_id).diff().dropna()
    assert (later >= 30).all()
    assert seconds.max() > 27 * 3600


def test_feed_has_its_gaps(feed: dict[str, pd.DataFrame]) -> None:
    dates = feed["calendar_dates"].groupby("service_id").date.apply(set)
    assert {*dates["Mo-Fr"], *dates["Sa"], *dates["Su"]} == {
        *(f"202611{day}" for day in range(23, 31)),
        *(f"2026120{day}" for day in range(1, 7)),
    }
    assert dates["Su"] == {"20261129", "20261206"}
    services = feed["trips"].groupby("route_id").service_id.apply(set)
    weekdays_only = services[services.map(lambda days: days == {"Mo-Fr"})].index
    assert len(weekdays_only) >= 10
    assert len(services[services.map(lambda days: "Su" not in days and "Sa" in days)]) >= 5
    hours = feed["trips"].trip_id.str.rsplit("-", n=1).str[-1].astype(int) / 60
    last = hours.groupby(feed["trips"].route_id).max()
    assert (last[weekdays_only] < 20).all()


def test_areas_tile_and_hold_every_site(demo: Path, sites: gpd.GeoDataFrame) -> None:
    areas = load_areas(demo / "areas.geojson").to_crs(28992)
    assert areas.area_id.is_unique
    assert areas.is_valid.all()
    assert areas.union_all().area == pytest.approx(areas.area.sum(), rel=1e-5)
    joined = sites.to_crs(28992).sjoin(areas)
    assert sorted(joined.id) == sorted(sites.id)
    assert set(joined.municipality) == set(areas.municipality)
    assert set(areas.level) == {"wijk"}


def test_practices_know_and_do_not_know(demo: Path) -> None:
    practices = load_practices(demo / "practices.csv")
    assert set(practices.status) == {"open", "conditional", "closed", "unknown"}
    assert (practices.status_date.isna() == (practices.status == "unknown")).all()
    known = practices.status_date.dropna()
    assert known.between("2026-01-01", "2026-11-23").all()
    gps = practices[practices.care == "huisarts"]
    for column in ("fte", "listed_patients", "opening_hours", "interpreter"):
        assert 1 <= gps[column].isna().sum() <= 8, column
    status = opening_week(practices, date(2026, 11, 24)).status
    assert set(status.status) == {"known", "assumed", "unknown"}
    rewritten = status[(status.status == "known") & (status.opening_hours != status.read_as)]
    assert set(rewritten.opening_hours.str[:2]) == {"ma"}


def test_hours_in_the_evening_are_added_to_those_of_the_day(demo: Path) -> None:
    """A rule behind ';' takes the place of that day's hours; behind ',' it adds to them."""
    practices = load_practices(demo / "practices.csv")
    spans = opening_week(practices, date(2026, 11, 24)).spans
    tuesday = spans[(spans.practice_id == "P08") & (spans.open_s // 86400 == 1)]
    hours = (tuesday[["open_s", "close_s"]] / 3600 - 24).to_numpy().tolist()
    assert hours == [[8, 17], [18.5, 20.5]]


def test_groups_are_as_the_report_has_them(demo: Path) -> None:
    sites = load_sites(demo / "sites.csv")
    groups = load_groups(demo / "groups.csv", sites)
    own = groups.site_id.nunique()
    assert 35 <= own < len(sites) - 15
    assert (groups.site_id.value_counts() > 1).sum() > 20
    people = groups.share * groups.site_id.map(sites.set_index("site_id").residents)
    registered = (people * groups.registered_share).sum() / people.sum()
    assert registered == pytest.approx(0.67, abs=0.02)
    spoken = {code for text in groups.languages for code in text.split(";")}
    assert spoken >= {"pl", "ro", "bg", "hu", "lt"}
    assert groups["shift"].str.contains("|", regex=False).any()
    assert groups["shift"].isin(["22:00-06:30", "06:00-21:00", "06:00-15:00"]).sum() > 40


def test_areas_have_made_up_inhabitants(demo: Path) -> None:
    areas = load_areas(demo / "areas.geojson")
    assert areas.inhabitants.between(100, 20_000).all()
    assert 200_000 < areas.inhabitants.sum() < 400_000


def test_project_names_the_files_beside_it(demo: Path) -> None:
    project = tomllib.loads((demo / "project.toml").read_text(encoding="utf-8"))
    inputs = project["inputs"]
    named = [inputs["sites"], inputs["practices"], inputs["areas"], inputs["osm"], *inputs["gtfs"]]
    assert sorted([*named, inputs["groups"], "project.toml"]) == FILES
    assert project["when"] == {"date": date(2026, 11, 24), "window": ["08:00", "10:00"]}


def test_pieces_of_street_are_neither_tiny_nor_endless(streets: nx.Graph) -> None:
    geod = pyproj.Geod(ellps="GRS80")
    lengths_m = [geod.line_length(*zip(a, b, strict=True)) for a, b in streets.edges]
    assert min(lengths_m) > 3
    assert max(lengths_m) < 1600


def test_trips_follow_one_order_of_stops(feed: dict[str, pd.DataFrame]) -> None:
    """All trips of a line in one direction call at the same stops, none twice."""
    calls = feed["stop_times"].groupby("trip_id", sort=False).stop_id.apply(tuple)
    trips = feed["trips"].set_index("trip_id")
    patterns = defaultdict(set)
    for trip, stops in calls.items():
        patterns[trips.route_id[trip], trips.direction_id[trip]].add(stops)
    assert all(len(pattern) == 1 for pattern in patterns.values())
    assert all(len(set(stops)) == len(stops) for pattern in patterns.values() for stops in pattern)
