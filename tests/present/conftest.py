"""Made-up results, built in code: a small one with every class and reason, and one shaped like the demo."""

from __future__ import annotations

import datetime
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, Polygon, box

from geoaccess.load.streets import FERRY, MAIN, MINOR, PATH, Streets
from geoaccess.result import Context, Result, Totals

CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = '</script><img src=x onerror="window.hacked=1">\'"&\u2028{name} $\\frac{a $title'
FORMULA = '=HYPERLINK("http://example.org","x")'


def made_context(**changes: Any) -> Context:
    context = Context(
        title="Proefgebied",
        language="nl",
        date=datetime.date(2026, 11, 24),
        window=("08:00", "10:00"),
        norm_minutes=30.0,
        percentile=50.0,
        walk_kmh=4.5,
        max_walk_min=20.0,
        max_minutes=120.0,
        transit=True,
        sources=(
            "woonlocaties: sites.csv (2026-11-01)",
            "dienstregeling: gtfs.zip (23-11-2026 t/m 29-11-2026)",
            "straten: region.osm.pbf (© OpenStreetMap-bijdragers)",
        ),
        made_up=False,
        warnings=("3 haltes liggen buiten het wegennet.", f"Naam {HOSTILE}"),
        made_on=datetime.date(2026, 11, 25),
        versions={"geoaccess": "0.1.0", "python": "3.11"},
    )
    return replace(context, **changes)


def area_table(sites: gpd.GeoDataFrame, polygons: dict[str, tuple[str, Any]]) -> gpd.GeoDataFrame:
    beyond = sites["reason"] != "within_norm"
    rows = []
    for key, (name, geometry) in polygons.items():
        here = (sites["area_id"] == key).to_numpy()
        known = sites["residents"][here].sum(min_count=1)
        lost = sites["residents"][here & beyond].sum()
        rows.append(
            {
                "area_id": key,
                "name": name,
                "level": "gemeente",
                "geometry": geometry,
                "sites": int(here.sum()),
                "residents": float(np.nan_to_num(known)),
                "sites_unknown_residents": int(sites["residents"][here].isna().sum()),
                "sites_beyond": int((here & beyond).sum()),
                "residents_beyond": float(lost),
                "share_beyond": lost / known if known > 0 else np.nan,
            }
        )
    areas = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)
    rank = areas["residents_beyond"].rank(ascending=False, method="min")
    areas["rank"] = rank.where(areas["sites"] > 0).astype("Int64")
    return areas


def totals_of(sites: gpd.GeoDataFrame) -> Totals:
    beyond = sites["reason"] != "within_norm"
    known = float(sites["residents"].sum())
    lost = float(sites["residents"][beyond].sum())
    return Totals(
        sites=len(sites),
        sites_beyond=int(beyond.sum()),
        sites_unknown_residents=int(sites["residents"].isna().sum()),
        residents=known,
        residents_beyond=lost,
        share_beyond=lost / known if known else np.nan,
    )


def times_of(sites: gpd.GeoDataFrame) -> pd.DataFrame:
    near = sites[np.isfinite(sites["minutes"].to_numpy())]
    return pd.DataFrame(
        {
            "site_id": near["site_id"],
            "practice_id": near["practice_id"],
            "minutes_p10": near["minutes"] * 0.8,
            "minutes_p50": near["minutes"],
            "minutes_p90": near["minutes"] * 1.3,
        }
    ).reset_index(drop=True)


def grid_streets(centres: list[tuple[float, float]], side: int, step: float) -> Streets:
    """Irregular grids of streets around some places."""
    random = np.random.default_rng(7)
    lon, lat, start, end, kind = [], [], [], [], []
    for east, north in centres:
        base = len(lon) and sum(len(part) for part in lon)
        x, y = np.meshgrid(np.arange(side), np.arange(side))
        x = (x - side / 2) * step * 1.6 + east + random.normal(0, step / 4, x.shape)
        y = (y - side / 2) * step + north + random.normal(0, step / 4, y.shape)
        lon.append(x.ravel())
        lat.append(y.ravel())
        number = np.arange(side * side).reshape(side, side) + base
        for a, b, count in (
            (number[:, :-1], number[:, 1:], np.arange(side)[:, None]),
            (number[:-1], number[1:], np.arange(side)[None, :]),
        ):
            line = np.broadcast_to(count, a.shape)
            start.append(a.ravel())
            end.append(b.ravel())
            kind.append(np.where(line % 12 == 0, MAIN, np.where(line % 3, PATH, MINOR)).ravel())
    segments = np.concatenate(start)
    kinds = np.concatenate(kind).astype(np.uint8)
    kinds[:2] = FERRY
    return Streets(
        node_id=np.arange(sum(map(len, lon))),
        lon=np.concatenate(lon),
        lat=np.concatenate(lat),
        segment_from=segments.astype(np.int32),
        segment_to=np.concatenate(end).astype(np.int32),
        length_cm=np.full(len(segments), 10_000, dtype=np.int32),
        fixed_s=np.zeros(len(segments), dtype=np.int32),
        access=np.full(len(segments), 3, dtype=np.uint8),
        kind=kinds,
        source="made up",
    )


def site_table(
    names: list[str | None], *, lon: Any, lat: Any, residents: Any, minutes: Any, reason: Any,
    area: Any, nearest: Any, practice_names: dict[str, str | None],
) -> gpd.GeoDataFrame:  # fmt: skip
    minutes = np.asarray(minutes, dtype=float)
    found = np.isfinite(minutes)
    return gpd.GeoDataFrame(
        {
            "site_id": [f"S{k:02d}" for k in range(1, len(names) + 1)],
            "name": names,
            "residents": np.asarray(residents, dtype=float),
            "area_id": area,
            "area_name": area,
            "minutes": minutes,
            "practice_id": [key if ok else None for key, ok in zip(nearest, found, strict=True)],
            "practice_name": [
                practice_names[key] if ok else None for key, ok in zip(nearest, found, strict=True)
            ],
            "minutes_2": minutes + 7.04,
            "minutes_3": minutes + 15.5,
            "practices_within_norm": np.where(minutes <= 30, 2, 0),
            "snap_m": np.where(np.array(reason) == "not_linked", np.nan, 12.34),
            "reason": reason,
        },
        geometry=[Point(x, y) for x, y in zip(lon, lat, strict=True)],
        crs=4326,
    )


def practice_table(names: list[str | None], lon: Any, lat: Any) -> gpd.GeoDataFrame:
    count = len(names)
    return gpd.GeoDataFrame(
        {
            "practice_id": [f"P{k}" for k in range(1, count + 1)],
            "name": names,
            "care": "huisarts",
            "fte": [1.5] * count,
            "status": "unknown",
            "opening_hours": "Mo-Fr 08:00-17:00",
            "snap_m": 8.0,
        },
        geometry=[Point(x, y) for x, y in zip(lon, lat, strict=True)],
        crs=4326,
    )


def small_result(**changes: Any) -> Result:
    """12 sites of every class and reason, 5 practices, 3 areas (one with unknown residents)."""
    practices = practice_table(
        ["Huisartsen Dorp", "Praktijk <b>Noord</b>", None, "=cmd|' /C calc'!A0", "Praktijk Zuid"],
        [4.20, 4.25, 4.22, 4.30, 4.27],
        [52.00, 52.02, 51.98, 52.01, 51.97],
    )
    reason = (
        ["within_norm"] * 4 + ["beyond_norm"] * 5 + ["no_connection", "not_linked", "within_norm"]
    )
    sites = site_table(
        ["Park Zon", "Hoeve 'De Kas'", HOSTILE, FORMULA, None, "Polenhotel Oost", "-2+3", "Camping Verweg",
         "Kasteelhoeve aan de lange weg naar het strand 12 bis", "Vakantiepark Eiland", "Schuur", "Dorpshuis"],
        lon=[4.19, 4.21, 4.24, 4.26, 4.16, 4.31, 4.33, 4.15, 4.35, 4.13, 4.36, 4.23],
        lat=[51.99, 52.01, 52.03, 51.99, 52.04, 52.03, 51.95, 51.95, 51.98, 51.92, 52.05, 51.97],
        residents=[120, 60, np.nan, 8, 45, 240, 75, 150, np.nan, 320, 30, 1],
        minutes=[9.2, 15.0, 22.4, 30.0, 30.01, 44.6, 45.1, 58.7, 75.0, np.inf, np.inf, 12.0],
        reason=reason,
        area=["A", "A", "A", "A", "B", "B", "B", "A", "C", None, "B", "A"],
        nearest=["P1", "P2", "P3", "P4", "P1", "P2", "P5", "P1", "P4", "P1", "P1", "P3"],
        practice_names=dict(zip(practices["practice_id"], practices["name"], strict=True)),
    )  # fmt: skip
    polygons = {
        "A": (
            "Westdorp",
            Polygon([(4.1, 51.93), (4.28, 51.93), (4.28, 52.04), (4.2, 52.06), (4.1, 52.0)]),
        ),
        "B": (HOSTILE[:40], box(4.28, 51.99, 4.38, 52.07)),
        "C": ("Zonderdorp", box(4.28, 51.93, 4.38, 51.99)),
        "D": ("Leegdorp", box(4.38, 51.93, 4.45, 52.07)),
    }
    areas = area_table(sites, polygons)
    outside = sites[sites["area_id"].isna()]
    row = area_table(outside.assign(area_id="-"), {"-": (None, None)})
    areas = pd.concat([areas, row], ignore_index=True)
    return Result(
        sites=sites,
        practices=practices,
        areas=gpd.GeoDataFrame(areas, geometry="geometry", crs=4326),
        totals=totals_of(sites),
        times=times_of(sites),
        background=grid_streets([(4.25, 51.99)], 40, 0.004),
        context=made_context(**changes),
    )


def region_result(sites_each: int = 30, side: int = 62, **changes: Any) -> Result:
    """Shaped like the demo: two regions 110 km apart, 40 practices, 10 areas, about 15,000 segments."""
    random = np.random.default_rng(3)
    centres = [(4.25, 52.0), (5.78, 51.45)]
    area_names = [
        ["Westland", "Delft", "Midden-Delfland", "Rijswijk", "Den Haag"],
        ["Helmond", "Deurne", "Asten", "Someren", "Gemert-Bakel"],
    ]
    lon, lat, names, keys, plon, plat, polygons = [], [], [], [], [], [], {}
    for (east, north), municipalities in zip(centres, area_names, strict=True):
        for k, name in enumerate(municipalities):
            low = east - 0.2 + 0.08 * k
            skew = 0.03 * (-1) ** k
            polygons[name] = (
                name,
                Polygon([
                    (low, north - 0.12), (low + 0.08, north - 0.12), (low + 0.08 - skew, north),
                    (low + 0.08, north + 0.12), (low, north + 0.12), (low + skew, north),
                ]),
            )  # fmt: skip
        x, y = random.uniform(-0.19, 0.19, sites_each), random.uniform(-0.11, 0.11, sites_each)
        lon += list(east + x)
        lat += list(north + y)
        keys += [municipalities[int((v + 0.2) / 0.08)] for v in x]
        names += [f"Locatie {len(names) + k + 1}" for k in range(sites_each)]
        plon += list(east + random.uniform(-0.15, 0.15, 20))
        plat += list(north + random.uniform(-0.1, 0.1, 20))
    count = len(names)
    practices = practice_table([f"Praktijk {k}" for k in range(1, 41)], plon, plat)
    distance = np.hypot(
        (np.array(lon)[:, None] - np.array(plon)) * 0.62, np.array(lat)[:, None] - np.array(plat)
    )
    minutes = np.round(distance.min(axis=1) * 700 + random.gamma(2.0, 6.0, count), 2)
    minutes[random.random(count) < 0.08] = np.inf
    reason = np.where(
        np.isinf(minutes), "no_connection", np.where(minutes <= 30, "within_norm", "beyond_norm")
    )
    reason[3 % count] = "not_linked"
    minutes[3 % count] = np.inf
    residents = np.round(np.exp(random.normal(4.2, 0.9, count)))
    residents[random.random(count) < 0.05] = np.nan
    sites = site_table(
        names, lon=lon, lat=lat, residents=residents, minutes=minutes, reason=reason, area=keys,
        nearest=practices["practice_id"].to_numpy()[distance.argmin(axis=1)],
        practice_names=dict(zip(practices["practice_id"], practices["name"], strict=True)),
    )  # fmt: skip
    changes = {"title": "Westland en De Peel", "made_up": True, **changes}
    return Result(
        sites=sites,
        practices=practices,
        areas=area_table(sites, polygons),
        totals=totals_of(sites),
        times=times_of(sites),
        background=grid_streets(centres, side, 0.004),
        context=made_context(**changes),
    )


@pytest.fixture
def result() -> Result:
    return small_result()


@pytest.fixture
def make_result() -> Any:
    return small_result


@pytest.fixture
def make_region() -> Any:
    return region_result


@pytest.fixture(scope="session")
def browser() -> Any:
    """Debian's chromium; absent, tests skip, or fail where GEOACCESS_REQUIRE_BROWSER=1 is set."""
    missing = pytest.fail if os.environ.get("GEOACCESS_REQUIRE_BROWSER") == "1" else pytest.skip
    if not CHROMIUM.exists():
        missing(f"needs chromium at {CHROMIUM} (apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("needs the Python package playwright")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()
