"""GP practices straight from an OSM extract: nodes, ways and relations by their tags.

What is taken (`TAKEN`) and what is left out though it is near (`rule` gives the reason, counted in a note):

| tags                                                           | taken | why                                      |
|----------------------------------------------------------------|-------|------------------------------------------|
| amenity=doctors, healthcare=doctor                             | yes   | a doctor's practice                      |
| amenity=clinic, healthcare=clinic, healthcare=centre           | yes   | health centres, many of them with GPs    |
| ... with healthcare:speciality, none of it general practice    | no    | specialists (dermatology, diabetes, ...) |
| ... with another amenity or healthcare (dentist, hospital ...) | no    | the other tag says more                  |
| ... named huisartsenpost, spoedpost, out of hours              | no    | urgent care: nobody can register there   |
| disused:amenity=doctors and the like, or disused=yes           | no    | it is gone, or not there yet             |
| any other healthcare=*, amenity=dentist, hospital, ...         | no    | other care                               |

`healthcare:speciality` counts as general practice where it has one of `GENERAL` among its values. A node inside the
building of the same practice, and objects of the same name within 50 m of each other, are one practice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
from geoaccess.load.phrases import counted, listed
from geoaccess.load.read import check_file, damaged
from geoaccess.tables import LONLAT, add_note, metric_crs

#: the first tag that an object has is the one it is counted under
TAKEN = (
    ("amenity", "doctors"),
    ("healthcare", "doctor"),
    ("amenity", "clinic"),
    ("healthcare", "clinic"),
    ("healthcare", "centre"),
)
#: values that say no more than the tags above; any other value beside a tag above wins from it
VAGUE = ("yes", "doctor", "doctors", "clinic", "centre")
OTHER_AMENITY = ("dentist", "hospital", "pharmacy", "veterinary", "nursing_home", "social_facility")
#: what is counted as a near miss without any tag above, besides every other healthcare=*
NEAR_AMENITY = ("dentist", "hospital")
GENERAL = (
    *("general", "general_practice", "general_practitioner", "general_medicine", "gp", "community"),
    *("family_medicine", "family", "family_practice", "primary_care", "huisarts"),
)
GONE = ("disused", "abandoned", "was", "closed", "demolished", "removed", "razed", "construction")
PLANNED = ("proposed", "planned")
URGENT = ("huisartsenpost", "spoedpost", "outofhours")

GONE_REASON, SPECIAL_REASON, URGENT_REASON = "disused or planned", "specialists", "urgent care"
#: reasons whose objects are named in a note of their own: someone may wish them in a table of practices
NAMED_REASONS = (SPECIAL_REASON, URGENT_REASON, GONE_REASON)

SAME_WITHIN_M = 50.0


@dataclass(frozen=True)
class Found:
    """One object with the tags of a practice: id ('n1', 'w2', 'r3'), its tags, the tag it counts under, its shape."""

    key: str
    tags: Mapping[str, str]
    tag: str
    shape: Any = None

    @property
    def name(self) -> str | None:
        """Name as tagged, or None."""
        return self.tags.get("name", "").strip() or None


def rule(tags: Mapping[str, str]) -> tuple[str, bool] | None:
    """Say what the tags of one object are: (tag or reason, taken), or None where they are no care at all.

    Examples
    --------
    >>> rule({"amenity": "doctors"}), rule({"amenity": "clinic", "healthcare:speciality": "diabetes"})
    (('amenity=doctors', True), ('specialists', False))
    >>> rule({"disused:amenity": "doctors"}), rule({"amenity": "bench"})
    (('disused or planned', False), None)
    """
    values = {key: _values(tags, key) for key in ("amenity", "healthcare")}
    tag = next((f"{key}={value}" for key, value in TAKEN if value in values[key]), None)
    if tag is None:
        before = [(key, value) for life in (*GONE, *PLANNED) for key, value in _under(tags, life)]
        if any(pair in TAKEN for pair in before):
            return GONE_REASON, False
        other = [f"healthcare={value}" for value in values["healthcare"]]
        other += [f"amenity={value}" for value in values["amenity"] if value in NEAR_AMENITY]
        return (other[0], False) if other else None
    if any(tags.get(life, "no") not in {"no", ""} for life in (*GONE, *PLANNED)):
        return GONE_REASON, False
    for key, known in values.items():
        specific = [value for value in known if value not in VAGUE]
        clash = specific if key == "healthcare" else [v for v in specific if v in OTHER_AMENITY]
        if clash and not any((key, value) in TAKEN for value in known):
            return f"{key}={clash[0]}", False
    special = _values(tags, "healthcare:speciality")
    if special and not any(value in GENERAL for value in special):
        return SPECIAL_REASON, False
    if any(word in fold(tags.get("name", "")) for word in URGENT):
        return URGENT_REASON, False
    return tag, True


def read_osm_practices(path: Path) -> gpd.GeoDataFrame:
    """Read the practices of an OSM extract; see `geoaccess.load.practices.load_practices` for the columns.

    Raises
    ------
    TableError
        when the file cannot be read or holds no practice.
    """
    check_file(path)
    try:
        taken, left, nowhere = _scan(path)
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
        add_note(table, f"Left out as no general practice: {_tallied(counts)}.")
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
    near = [(int(i), int(j)) for i, j in zip(first, second, strict=True) if i != j]
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


def _values(tags: Mapping[str, str], key: str) -> list[str]:
    """Values of one key, which may hold several with ';' between."""
    return [value.strip().casefold() for value in tags.get(key, "").split(";") if value.strip()]


def _under(tags: Mapping[str, str], prefix: str) -> list[tuple[str, str]]:
    """Pairs of key and value behind a prefix such as 'disused:'."""
    return [
        (key, value)
        for key in ("amenity", "healthcare")
        for value in _values(tags, f"{prefix}:{key}")
    ]


def _scan(path: Path) -> tuple[list[Found], list[tuple[str, str]], list[str]]:
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
        if said is None or not said[1]:
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
        taken.append(Found(f"{thing.type_str()}{thing.id}", tags, said[0], shape))
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
            "care": pd.Series(["huisarts"] * rows, dtype=object),
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
