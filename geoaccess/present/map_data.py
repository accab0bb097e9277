"""Tables and geometry as compact columns for the page: one list per column, whole steps for coordinates."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoaccess.present import map_visits
from geoaccess.present.background import street_lines
from geoaccess.present.classes import (
    STREET_LINES,
    beyond_norm,
    radii,
    rounded_minutes,
    share_classes,
    time_classes,
)
from geoaccess.present.findings import (
    area_names,
    area_words,
    site_names,
)
from geoaccess.present.practice_text import care_of_each, details, kinds
from geoaccess.present.reason_classes import FEASIBLE_CLASS
from geoaccess.present.records import area_records, practice_records, site_records
from geoaccess.present.regions import map_crs, nearest_region
from geoaccess.present.shapes import areas_in_view, label_spots, polygons
from geoaccess.present.site_text import nearest_names, site_templates
from geoaccess.present.text import minutes_words, plain, say
from geoaccess.present.visit_findings import half_fails, judged, site_classes
from geoaccess.present.visit_places import bounds_of
from geoaccess.tables import LONLAT

if TYPE_CHECKING:
    from geoaccess.present.regions import Region
    from geoaccess.result import Result

#: limits that keep the file small: vertices of streets and of areas, tolerance of their lines in metres
STREET_VERTICES, STREET_TOLERANCE_M = 300_000, 3.0
AREA_VERTICES, AREA_TOLERANCE_M = 60_000, 8.0
#: with more areas than this on the map only those with sites get their name
MOST_NAMES = 300
#: how far outside a region its background goes on, as a share of its size
AROUND = 0.45

SITE_DETAILS = (
    "site_id", "kind", "area_name", "residents", "minutes", "practice_name", "minutes_2", "minutes_3",
    "practices_within_norm", "snap_m", "label",
)  # fmt: skip
PRACTICE_DETAILS = ("practice_id", "fte", "listed_patients", "snap_m", "label")
AREA_DETAILS = (
    "area_id", "level", "sites", "sites_beyond", "sites_unknown_residents", "residents",
    "residents_beyond", "rank", "label",
)  # fmt: skip


def origin(result: Result, parts: list[Region]) -> list[int]:
    """Corner (steps of 0.00001 degree east and north) from which all lines are counted."""
    west, south = parts[0].view(map_crs(result))[:2]
    return [round(west * 1e5), round(south * 1e5)]


def parts(result: Result, found: list[Region], corner: list[int]) -> list[dict[str, Any]]:
    """Everything that one map panel draws, for every region."""
    crs = map_crs(result)
    wide = [region.view(crs, AROUND) for region in found]
    shapes = result.areas.set_geometry(result.areas.geometry.make_valid())
    drawn = areas_in_view(shapes, wide)
    near = [np.flatnonzero(np.isin(drawn, areas_in_view(shapes, [view]))) for view in wide]
    sites, practices = _sites(result), _practices(result)
    people = map_visits.people_columns(result)
    areas = _areas(replace(result, areas=shapes.iloc[drawn]), crs, corner)
    clusters = bounds_of(result)
    region_of_practice = nearest_region(result.practices.geometry, found, crs)
    made = []
    for k, region in enumerate(found):
        view = region.view(crs)
        order = sites["order"][np.isin(sites["order"], region.sites)]
        made.append(
            {
                "bounds": [[view[1], view[0]], [view[3], view[2]]],
                "sites": _rows(sites, order),
                "people": map_visits.people_of(people, order),
                "practices": _rows(practices, np.flatnonzero(region_of_practice == k)),
                "areas": _rows(areas, near[k]) | {"row": drawn[near[k]].tolist()},
                "places": _places(clusters, found, k, crs),
                "streets": _streets(result, wide[k], crs, corner, len(found)),
            }
        )
    return made


def _places(
    bounds: list[list[list[float]] | None], found: list[Region], part: int, crs: str
) -> dict[int, list[list[float]]]:
    """Failing clusters that lie in a region, by number, as corners (latitude, longitude)."""
    here: dict[int, list[list[float]]] = {}
    for number, corners in enumerate(bounds):
        if corners is None:
            continue
        (south, west), (north, east) = corners
        middle = gpd.GeoSeries.from_xy([(west + east) / 2], [(south + north) / 2], crs=LONLAT)
        if nearest_region(middle, found, crs)[0] == part:
            here[number] = corners
    return here


def _rows(table: dict[str, Any], rows: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Keep some rows of a table of columns, and how they are numbered in the whole table."""
    kept: dict[str, Any] = {"row": rows.tolist()}
    for key, column in table.items():
        if key == "order":
            continue
        if key == "columns":
            kept[key] = [_column_rows(detail, rows) for detail in column]
        else:
            kept[key] = [column[row] for row in rows]
    return kept


def _column_rows(detail: dict[str, Any], rows: np.ndarray[Any, Any]) -> dict[str, Any]:
    values = [detail["values"][row] for row in rows]
    kept = {key: value for key, value in detail.items() if key != "values"}
    if detail["decimals"] is None:
        codes, levels = pd.factorize(np.array(values, dtype=object))
        return kept | {"levels": list(levels), "codes": codes.tolist()}
    return kept | {"values": values}


def _details(records: pd.DataFrame, wanted: tuple[str, ...], language: str) -> list[dict[str, Any]]:
    """Columns of a popup: label, values, decimals (None for text); columns that are not there are left out."""
    details = []
    for column in wanted:
        if column not in records:
            continue
        values = records[column]
        number = pd.api.types.is_numeric_dtype(values)
        found: list[Any] = values.astype(object).where(values.notna(), None).tolist()
        if any(value is not None for value in found):
            decimals = (1 if column.startswith("minutes") else 2) if number else None
            details.append(
                {"label": say(language, column), "decimals": decimals, "unit": "", "values": found}
            )
    return details


def _points(table: gpd.GeoDataFrame) -> dict[str, list[float]]:
    return {
        "lon": table.geometry.x.round(5).tolist(),
        "lat": table.geometry.y.round(5).tolist(),
    }


def _sites(result: Result) -> dict[str, Any]:
    """Sites with the order in which they are drawn: big before small, beyond the norm on top."""
    sites, language = result.sites, result.context.language
    shown = rounded_minutes(sites["minutes"].to_numpy(dtype=float), result.context.norm_minutes, 0)
    size = radii(sites["residents"])
    beyond = beyond_norm(sites["reason"])
    style = time_classes(sites["minutes"], sites["reason"])
    return (
        _points(sites)
        | {
            "order": np.lexsort((-np.nan_to_num(size), style, _importance(result, beyond))),
            "name": site_names(sites),
            "residents": [
                None if math.isnan(value) else value
                for value in sites["residents"].astype(float).tolist()
            ],
            "why": pd.factorize(sites["reason"])[0].tolist(),
            "minutes": [None if math.isnan(value) else round(value) for value in shown.tolist()],
            "nearest": pd.factorize(np.array(nearest_names(sites, language), dtype=object))[
                0
            ].tolist(),
            "style": style.tolist(),
            "beyond": beyond.astype(int).tolist(),
            "radius": [None if math.isnan(value) else round(value, 1) for value in size.tolist()],
            "columns": _details(site_records(result), SITE_DETAILS, language),
        }
        | map_visits.site_columns(result)
    )


def _importance(result: Result, beyond: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Order in which sites are drawn: those with most to tell last, so that they lie on top."""
    if not judged(result):
        return beyond
    fails = site_classes(result) != FEASIBLE_CLASS
    return np.asarray(fails.astype(int) + half_fails(result))


def site_words(result: Result) -> dict[str, Any]:
    """Sentences on the travel time of a site, for the page to fill in, and the names of the nearest practices."""
    language, sites = result.context.language, result.sites
    return site_templates(result) | {
        "nearest": list(pd.factorize(np.array(nearest_names(sites, language), dtype=object))[1])
    }


def _practices(result: Result) -> dict[str, Any]:
    practices, language = result.practices, result.context.language
    place = {kind: k for k, kind in enumerate(kinds(result))}
    names = practices["name"] if "name" in practices else [None] * len(practices)
    keys = practices["practice_id"]
    return _points(practices) | {
        "name": [
            plain(name) or say(language, "a_practice", id=plain(key))
            for name, key in zip(names, keys, strict=True)
        ],
        "kind": [place[care] for care in care_of_each(result)],
        "columns": [
            *(
                {"label": label, "decimals": None, "unit": "", "values": values}
                for label, values in details(result)
            ),
            *_details(practice_records(result), PRACTICE_DETAILS, language),
        ],
    }


def _areas(result: Result, crs: str, corner: list[int]) -> dict[str, Any]:
    areas, language = result.areas, result.context.language
    metric = _simple_areas(areas.geometry, crs)
    shapes = gpd.GeoSeries(metric, crs=crs).to_crs(LONLAT)
    words = [area_words(areas.iloc[row], language) for row in range(len(areas))]
    norm = minutes_words(result.context.norm_minutes, language)
    return {
        "name": area_names(areas, language),
        "sentence": [say(language, "area_sentence", norm=norm, words=each) for each in words],
        "hint": words,
        "style": share_classes(areas["share_beyond"], areas["sites"]).tolist(),
        "label": _label_places(result, metric, crs),
        "rings": [_rings(shape, corner) for shape in shapes],
        "columns": _details(area_records(result), AREA_DETAILS, language),
    } | map_visits.area_columns(result)


def _label_places(
    result: Result, metric: np.ndarray[Any, Any], crs: str
) -> list[list[float] | None]:
    """Latitude and longitude of the name of each area; None for those that get none."""
    rows = np.arange(len(metric))
    if len(metric) > MOST_NAMES:
        rows = np.flatnonzero(result.areas["sites"].to_numpy() > 0)
    symbols = pd.concat([result.sites.geometry, result.practices.geometry]).to_crs(crs).to_numpy()
    spots = label_spots(metric[rows], shapely.get_coordinates(symbols))
    degrees = gpd.GeoSeries.from_xy(*spots.T, crs=crs).to_crs(LONLAT)
    places: list[list[float] | None] = [None] * len(metric)
    for row, lon, lat in zip(rows.tolist(), degrees.x, degrees.y, strict=True):
        if math.isfinite(lon):
            places[row] = [round(lat, 5), round(lon, 5)]
    return places


def _simple_areas(geometry: gpd.GeoSeries, crs: str) -> np.ndarray[Any, Any]:
    """Areas in metres with few enough vertices; neighbours may part by less than the tolerance."""
    metric = geometry.to_crs(crs)
    tolerance_m = AREA_TOLERANCE_M
    simple = metric.simplify(tolerance_m)
    while (
        shapely.get_num_coordinates(simple.to_numpy()).sum() > AREA_VERTICES and tolerance_m < 500
    ):
        tolerance_m *= 2
        simple = metric.simplify(tolerance_m)
    shapes: np.ndarray[Any, Any] = simple.to_numpy()
    return shapes


def _rings(shape: Any, corner: list[int]) -> list[list[list[int]]]:
    return [
        [_steps(shapely.get_coordinates(ring), corner) for ring in (part.exterior, *part.interiors)]
        for part in polygons(shape)
    ]


def _steps(degrees: np.ndarray[Any, Any], corner: list[int]) -> list[int]:
    """Write a line as whole steps of 0.00001 degree (about a metre), each from the vertex before."""
    whole = np.vstack([corner, np.round(degrees * 1e5)]).astype(np.int64)
    steps = np.diff(whole, axis=0)
    moved = np.asarray(steps.any(axis=1), dtype=bool)
    moved[:2] = True
    flat: list[int] = steps[moved].ravel().tolist()
    return flat


def _streets(
    result: Result,
    view: tuple[float, float, float, float],
    crs: str,
    corner: list[int],
    shares: int,
) -> list[dict[str, Any]]:
    from pyproj import Transformer

    back = Transformer.from_crs(crs, LONLAT, always_xy=True)
    found = street_lines(
        result.background, [view], crs, STREET_TOLERANCE_M, STREET_VERTICES // shares
    )
    layers = []
    for lines in found:
        colour, weight = STREET_LINES[lines.kind]
        degrees = np.column_stack(back.transform(lines.xy[:, 0], lines.xy[:, 1]))
        pieces = np.split(degrees, lines.start[1:-1])
        layers.append(
            {
                "colour": colour,
                "weight": weight * 1.6,
                "quiet": int(lines.kind < 2),
                "lines": [_steps(piece, corner) for piece in pieces],
            }
        )
    return layers
