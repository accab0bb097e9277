"""The four cases that routing is timed on: the same ones, with the same settings, as for the peers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geoaccess import Traveller, build_network, load_streets, load_timetable, travel_times
from geoaccess.network.network import Network


@dataclass(frozen=True, eq=False)
class Case:
    """Files, points and window of one case."""

    name: str
    streets: Path
    feeds: list[Path]
    date: str
    sites: gpd.GeoDataFrame
    practices: gpd.GeoDataFrame
    window: tuple[str, str]
    percentiles: tuple[int, ...] = (10, 50, 90)

    def prepare(self) -> Network:
        """Network from cold files."""
        timetable = load_timetable(self.feeds, date=self.date)
        return build_network(load_streets(self.streets), timetable, Traveller())

    def matrix(self, network: Network) -> pd.DataFrame:
        """The table a user asks for."""
        return travel_times(
            self.sites,
            self.practices,
            network,
            window=self.window,
            percentiles=self.percentiles,
        )


def _points(table: pd.DataFrame, column: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {column: table.iloc[:, 0].astype(str)},
        geometry=gpd.points_from_xy(table["lon"], table["lat"]),
        crs=4326,
    ).reset_index(drop=True)


def newport(data: Path) -> Case:
    """300 made-up sites and 18 practices; real streets and feed."""
    folder, reference = data / "newport_uk", data / "reference"
    return Case(
        "newport",
        folder / "newport-2023-06-13.osm.pbf",
        [folder / "newport_gtfs.zip"],
        "2023-06-13",
        _points(pd.read_csv(reference / "newport_sites.csv"), "site_id"),
        _points(pd.read_csv(reference / "newport_practices.csv"), "practice_id"),
        ("08:00", "10:00"),
    )


def poa(data: Path) -> Case:
    """Porto Alegre: 1,227 hexagons to the 117 of them with health care."""
    folder = data / "poa_brazil"
    hexagons = pd.read_csv(folder / "poa_hexgrid.csv")
    return Case(
        "poa",
        folder / "poa_osm.pbf",
        [folder / "poa_eptc.zip", folder / "poa_trensurb.zip"],
        "2019-05-13",
        _points(hexagons, "site_id"),
        _points(hexagons[hexagons["healthcare"] > 0], "practice_id"),
        ("14:00", "15:00"),
    )


def porto(data: Path) -> Case:
    """Real streets of Porto with a made-up feed, 300 x 300."""
    folder = data / "porto_streets"
    points = pd.read_csv(folder / "points.csv")
    return Case(
        "porto",
        folder / "porto.osm.pbf",
        [folder / "made_up_gtfs.zip"],
        "2026-03-03",
        _points(points, "site_id"),
        _points(points, "practice_id"),
        ("08:00", "09:00"),
    )


def grid(data: Path) -> Case:
    """A made-up region, 300 x 300."""
    folder = data / "grid_region"
    points = pd.read_csv(folder / "points.csv")
    return Case(
        "grid",
        folder / "grid.osm.pbf",
        [folder / "gtfs.zip"],
        "2026-03-03",
        _points(points, "site_id"),
        _points(points, "practice_id"),
        ("08:00", "09:00"),
    )


CASES: dict[str, Callable[[Path], Case]] = {
    "newport": newport,
    "poa": poa,
    "porto": porto,
    "grid": grid,
}
