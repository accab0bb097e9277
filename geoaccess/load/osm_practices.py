"""Practices straight from an OSM extract: nodes, ways and relations by their tags (`geoaccess.load.osm_care`).

A node inside the building of the same practice, and objects of the same name within 50 m of each other, are one
practice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoaccess.errors import Fault, TableError
from geoaccess.load.cells import fold
from geoaccess.load.osm_care import (
    GONE,
    GONE_REASON,
    GP,
    PLANNED,
    SPECIAL_REASON,
    TAKEN,
    URGENT_REASON,
    other_care,
    rule,
)
from geoaccess.load.phrases import counted, listed
from geoaccess.load.read import check_file, damaged
from geoaccess.tables import LONLAT, add_note, metric_crs

#: reasons whose objects are named in a note of their own: someone may wish them in a table of practices
NAMED_REASONS = (SPECIAL_REASON, URGENT_REASON, GONE_REASON)

SAME_WITHIN_M = 50.0


@dataclass(frozen=True)
class Found:
    """One object with the tags of a practice.

    Its id ('n1', 'w2', 'r3'), its tags, the tag it counts under, its shape and its kind of care.
    """

    key: str
    tags: Mapping[str, str]
    tag: str
    shape: Any = None
    care: str = GP

    @property
    def name(self) -> str | None:
        """Name as tagged, or None."""
        return self.tags.get("name", "").strip() or None


def read_osm_practices(path: Path, care: Collection[str] = (GP,)) -> gpd.GeoDataFrame:
    """Read the practices of an OSM extract; see `geoaccess.load.practices.load_practices` for the columns.

    Parameters
    ----------
    path : the extract.
    care : kinds of care to take.

    Raises
    ------
    TableError
        when the file cannot be read or holds no practice.
    """
    check_file(path)
    try:
        taken, left, nowhere = _scan(path, care)
    except Exception as error:  # noqa: BLE001 - damaged files make the reader fail in any way
        raise damaged(path.name, "OSM data", error) from None
    if not taken:
        what = " or ".join("=".join(pair) for pair in TAKEN[:4])
        remedy = f"use a larger extract, or a table of practices (looked for {what})"
        raise TableError(Fault("no practices in this OSM extract", path.name, remedy=remedy))
    kept, merged = merge_duplicates(taken)
    table = _table(kept)
    table.attrs["source"] = path.name
    counts = Counter(found.tag for found in kept)
    add_note(table, f"Taken from OSM: {_tallied(counts)}.")
    if left:
        counts = Counter(reason for reason, _ in left)
        no = "no general practice" if set(care) == {GP} else "none of the care asked for"
        add_note(table, f"Left out as {no}: {_tallied(counts)}.")
        for reason in NAMED_REASONS:
            names = [name for why, name in left if why == reason]
            if names:
                add_note(table, f"Left out as {reason}: {listed(names)}.")
    if nowhere:
        add_note(table, f"Left out, as their shape is not in the extract: {listed(nowhere)}.")
    if merged:
        pairs = [f"{gone} into {stays}" for gone, stays in merged]
        add_note(table, f"Merged: {counted(len(merged), 'duplicate')} ({listed(pairs)}).")
    add_note(
        table, "OSM does not say who accepts patients: status, fte and listed_patients are unknown."
    )
    return table


def merge_duplicates(found: Sequence[Found]) -> tuple[list[Found], list[tuple[str, str]]]:
    """Make one of what is mapped twice: the same name within 50 m, or one without name inside the other.

    Tags that the kept object lacks are taken from the others of its name.

    Parameters
    ----------
    found : objects with shapes in EPSG:4326.

    Returns
    -------
    tuple
        what is kept, in the order given, and pairs of ids (left out, kept).
    """
    shapes = gpd.GeoSeries([one.shape for one in found], crs=LONLAT)
    middle = shapely.centroid(shapely.union_all(shapely.envelope(np.asarray(shapes.array))))
    local = np.asarray(shapes.to_crs(metric_crs(middle.x, middle.y)).array)
    names = [fold(one.name or "") for one in found]
    first, second = shapely.STRtree(local).query(local, predicate="dwithin", distance=SAME_WITHIN_M)
    near = [
        (int(i), int(j))
        for i, j in zip(first, second, strict=True)
        if i != j and found[i].care == found[j].care
    ]
    label = _components(len(found), [(i, j) for i, j in near if names[i] and names[i] == names[j]])
    inside = [(i, j) for i, j in near if not names[i] and _contains(local[i], local[j])]
    for i in sorted({i for i, _ in inside}):
        homes = sorted((not names[j], j) for one, j in inside if one == i and (names[j] or j < i))
        label[i] = label[homes[0][1]] if homes else label[i]
    groups: dict[int, list[int]] = {}
    for k, group in enumerate(label):
        groups.setdefault(group, []).append(k)
    kept: dict[int, Found] = {}
    merged: list[tuple[str, str]] = []
    for members in groups.values():
        best = min(members, key=lambda k: _rank(found[k]))
        tags = dict(found[best].tags)
        for k in members:
            tags = {**(found[k].tags if names[k] else {}), **tags}
        kept[best] = replace(found[best], tags=tags)
        merged += [(found[k].key, found[best].key) for k in members if k != best]
    return [kept[k] for k in sorted(kept)], merged


def _components(size: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Find the number of the group of each object, where pairs belong together."""
    i, j = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    joined = coo_array((np.ones(len(i), dtype=np.int8), (i, j)), shape=(size, size))
    return [int(group) for group in connected_components(joined, directed=False)[1]]


def _contains(one: Any, other: Any) -> bool:
    """Whether one of two shapes lies in the other."""
    return bool(shapely.covers(one, other) or shapely.covers(other, one))


def _rank(found: Found) -> tuple[bool, bool, int, int]:
    """Order in which duplicates are kept: with a name, with hours, a node before its building, the oldest."""
    kind, number = found.key[0], int(found.key[1:])
    return not found.name, "opening_hours" not in found.tags, "nwr".index(kind), number


def _scan(
    path: Path, care: Collection[str]
) -> tuple[list[Found], list[tuple[str, str]], list[str]]:
    """Objects taken, with shapes; reasons and names of those left out; ids of those whose shape is not in the file.

    The file is read up to three times, each time for the few objects needed, so that memory stays small.
    """
    import osmium

    keys = ["amenity", "healthcare"]
    keys += [f"{life}:{key}" for life in (*GONE, *PLANNED) for key in keys[:2]]
    taken: list[Found] = []
    left: list[tuple[str, str]] = []
    ways: dict[int, list[int]] = {}
    outlines: dict[int, list[int]] = {}
    for thing in osmium.FileProcessor(path).with_filter(osmium.filter.KeyFilter(*keys)):
        tags = {tag.k: tag.v for tag in thing.tags}
        said = rule(tags)
        kind = (GP, said[0]) if said is not None and said[1] else other_care(tags)
        if kind is None or kind[0] not in care:
            if said is not None:
                left.append((said[0], tags.get("name") or f"{thing.type_str()}{thing.id}"))
            continue
        shape = None
        if isinstance(thing, osmium.osm.Node) and thing.location.valid():
            shape = shapely.Point(thing.location.lon, thing.location.lat)
        elif isinstance(thing, osmium.osm.Way):
            ways[thing.id] = [node.ref for node in thing.nodes]
        elif isinstance(thing, osmium.osm.Relation):
            outlines[thing.id] = [
                part.ref for part in thing.members if part.type == "w" and part.role != "inner"
            ]
        taken.append(Found(f"{thing.type_str()}{thing.id}", tags, kind[1], shape, kind[0]))
    shapes = _shapes(path, ways, outlines)
    taken = [replace(one, shape=one.shape or shapes.get(one.key)) for one in taken]
    nowhere = [one.key for one in taken if one.shape is None]
    return [one for one in taken if one.shape is not None], left, nowhere


def _shapes(
    path: Path, ways: Mapping[int, list[int]], outlines: Mapping[int, list[int]]
) -> dict[str, Any]:
    """Shapes of ways and relations by id ('w1', 'r2'): polygons where they close, else lines."""
    import osmium

    lines = dict(ways)
    needed = {way for parts in outlines.values() for way in parts} - set(lines)
    if needed:
        reader = osmium.FileProcessor(path, osmium.osm.WAY)
        for thing in reader.with_filter(osmium.filter.IdFilter(needed)):
            if isinstance(thing, osmium.osm.Way):
                lines[thing.id] = [node.ref for node in thing.nodes]
    nodes = {node for refs in lines.values() for node in refs}
    at: dict[int, tuple[float, float]] = {}
    if nodes:
        reader = osmium.FileProcessor(path, osmium.osm.NODE)
        for thing in reader.with_filter(osmium.filter.IdFilter(nodes)):
            if isinstance(thing, osmium.osm.Node) and thing.location.valid():
                at[thing.id] = (thing.location.lon, thing.location.lat)
    shapes: dict[str, Any] = {}
    for way in ways:
        shapes[f"w{way}"] = _shape([[at[ref] for ref in lines[way] if ref in at]])
    for relation, parts in outlines.items():
        rings = [[at[ref] for ref in lines.get(way, []) if ref in at] for way in parts]
        shapes[f"r{relation}"] = _shape(rings)
    return shapes


def _shape(parts: Sequence[Sequence[tuple[float, float]]]) -> Any:
    """Polygon(s) that lines enclose, else the lines; None where there is not even one."""
    lines = [shapely.LineString(part) for part in parts if len(part) > 1]
    if not lines:
        return None
    polygons = shapely.get_parts(shapely.polygonize(lines))
    return shapely.union_all(polygons if len(polygons) else lines)


def _table(found: Sequence[Found]) -> gpd.GeoDataFrame:
    """Columns of practices; what OSM does not say is unknown."""

    def tagged(key: str) -> pd.Series[Any]:
        return pd.Series([one.tags.get(key, "").strip() or None for one in found], dtype=object)

    rows = len(found)
    return gpd.GeoDataFrame(
        {
            "practice_id": pd.Series([one.key for one in found], dtype=object),
            "name": tagged("name"),
            "geometry": shapely.centroid(np.array([one.shape for one in found])),
            "care": pd.Series([one.care for one in found], dtype=object),
            "fte": np.full(rows, np.nan),
            "listed_patients": np.full(rows, np.nan),
            "status": pd.Series(["unknown"] * rows, dtype=object),
            "status_date": pd.Series([None] * rows, dtype="datetime64[s]"),
            "opening_hours": tagged("opening_hours"),
            "languages": pd.Series([_languages(one.tags) for one in found], dtype=object),
            "interpreter": pd.Series([None] * rows, dtype=object),
            "walk_in": pd.Series([None] * rows, dtype=object),
            "remote_share": np.full(rows, np.nan),
            "serves": pd.Series([None] * rows, dtype=object),
            "at_work": pd.Series([None] * rows, dtype=object),
            "wheelchair": tagged("wheelchair"),
        },
        geometry="geometry",
        crs=LONLAT,
    )


def _languages(tags: Mapping[str, str]) -> str | None:
    """Languages tagged as language:pl=yes (or main, only), with ';' between."""
    spoken = [
        key.removeprefix("language:")
        for key, value in tags.items()
        if key.startswith("language:") and value.strip().casefold() not in {"no", ""}
    ]
    return ";".join(sorted(code for code in spoken if 2 <= len(code) <= 3)) or None


def _tallied(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in counts.most_common())
