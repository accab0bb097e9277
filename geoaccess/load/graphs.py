"""Street graphs as osmnx makes them: in memory, saved as GraphML, or fetched for a place name."""

from __future__ import annotations

import ast
import contextlib
import math
import operator
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from geoaccess.errors import Fault, StreetsError
from geoaccess.load.access_rules import RULE_KEYS, STREET_KEYS, WayUse, way_use
from geoaccess.load.segments import Lines, build_streets, check_places, nothing_usable
from geoaccess.load.streets import CYCLE_BACKWARD, Streets, turned
from geoaccess.tables import LONLAT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import networkx as nx

    Array = np.ndarray[Any, Any]
    _Tags = tuple[tuple[str, tuple[str, ...]], ...]

_RULE_KEYS = frozenset(RULE_KEYS)
_AN_ORDINARY_STREET = ("highway", ("road",))
_NO_POINTS = np.empty((0, 2))

#: drawn edges are the same when their points agree to this precision (1e-7 degrees, about a centimetre)
_DECIMALS = 7

_DOWNLOAD = (
    "check the name and the connection, or download an extract (.osm.pbf), "
    "e.g. from download.geofabrik.de, and give that file"
)


@dataclass
class _Edges:
    """Edges that are streets, both directions of one street taken together."""

    ends: list[tuple[int, int]] = field(default_factory=list)
    inner: list[Array] = field(default_factory=list)
    uses: list[WayUse] = field(default_factory=list)
    stated_m: list[float] = field(default_factory=list)
    crossing: list[Any] = field(default_factory=list)
    row_of: dict[tuple[int, int, bytes], int] = field(default_factory=dict)


def read_graph(graph: nx.Graph[Any], source: str = "graph") -> Streets:
    """Streets of a networkx graph as osmnx makes it.

    Parameters
    ----------
    graph : nodes have x and y in EPSG:4326 or in ``graph.graph["crs"]``. Of edges the OpenStreetMap tags of
        `RULE_KEYS` are looked at; a list (osmnx writes one where it joined several ways) must be open in each of its
        values. ``geometry`` (LineString or WKT) is followed where it is given; ``length`` (metres) counts where it is
        longer than what is drawn. Where no edge at all has an OpenStreetMap tag, every edge is a street that is walked
        in both directions and cycled in its own.
    source : name for `Streets.source`.

    Raises
    ------
    StreetsError
        for nodes without a place on earth, unreadable geometry, or a graph without streets.
    """
    names, x, y = _node_places(graph, source)
    index = {name: row for row, name in enumerate(names)}
    edges, notes = _read_edges(graph, index, x, y, source)
    if not edges.uses:
        raise StreetsError(nothing_usable(source))
    sizes = np.array([len(inner) for inner in edges.inner])
    inner = np.concatenate([_NO_POINTS, *edges.inner])
    lon, lat = _to_lonlat(
        np.append(x, inner[:, 0]), np.append(y, inner[:, 1]), graph.graph.get("crs"), source
    )
    node_id = _node_ids(names, len(inner))
    check_places(lon, lat, node_id, source)
    access, kind, duration_s, _ = (np.array(column) for column in zip(*edges.uses, strict=True))
    crossing = {key: number for number, key in enumerate(dict.fromkeys(edges.crossing))}
    lines = Lines(
        node_id=node_id,
        lon=lon,
        lat=lat,
        vertex=_vertices(np.array(edges.ends), sizes, len(names)),
        line=np.repeat(np.arange(len(sizes)), sizes + 2),
        access=access.astype(np.uint8),
        kind=kind.astype(np.uint8),
        duration_s=duration_s,
        stated_m=np.array(edges.stated_m),
        crossing=np.array([crossing[key] for key in edges.crossing]),
    )
    return build_streets(lines, source, notes)


def read_graphml(path: Path) -> Streets:
    """Streets of a GraphML file (saved by osmnx or networkx).

    Raises
    ------
    StreetsError
        when the file is damaged or lacks coordinates, and as `read_graph` does.
    """
    import networkx as nx

    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # keys without a type are read as text, as they should be
            graph = nx.read_graphml(path)
    except (
        SyntaxError,
        ValueError,
        LookupError,
        TypeError,
        OSError,
        nx.NetworkXException,
    ) as error:
        raise StreetsError(
            Fault(
                f"cannot be read as GraphML: {error}",
                path.name,
                remedy="save the graph again with osmnx.save_graphml",
            )
        ) from error
    return read_graph(graph, path.name)


def read_place(place: str) -> Streets:
    """Streets of a place by name, fetched from OpenStreetMap's servers with osmnx.

    Raises
    ------
    StreetsError
        when there is no connection or no such place; the remedy is to download an extract.
    """
    if not place.strip():
        raise StreetsError(Fault("the place has no name", remedy=_DOWNLOAD))
    import osmnx

    kept = osmnx.settings.useful_tags_way
    osmnx.settings.useful_tags_way = sorted({*kept, *RULE_KEYS})
    try:
        graph = osmnx.graph_from_place(
            place,
            simplify=False,
            retain_all=True,
            truncate_by_edge=True,
            custom_filter=[
                '["highway"]',
                '["route"="ferry"]',
                '["railway"="platform"]',
                '["public_transport"="platform"]',
            ],
        )
    except OSError as error:  # the errors of requests are OSErrors
        raise StreetsError(
            Fault("OpenStreetMap's servers cannot be reached", place, remedy=_DOWNLOAD)
        ) from error
    except (ValueError, TypeError, KeyError) as error:  # osmnx's own errors: no such place, ...
        raise StreetsError(
            Fault(f"its streets cannot be fetched: {error}", place, remedy=_DOWNLOAD)
        ) from error
    finally:
        osmnx.settings.useful_tags_way = kept
    return read_graph(graph, place)


def _node_places(graph: nx.Graph[Any], source: str) -> tuple[list[Any], Array, Array]:
    names, places, faults = [], [], []
    for name, data in graph.nodes(data=True):
        x, y = _number(data.get("x")), _number(data.get("y"))
        if not (math.isfinite(x) and math.isfinite(y)):
            faults.append(
                Fault(
                    f"node {name} has no place",
                    source,
                    value=f"x={data.get('x')}, y={data.get('y')}",
                    remedy="give every node numbers x and y",
                )
            )
        names.append(name)
        places.append((x, y))
    if faults:
        raise StreetsError(faults)
    table = np.array(places, dtype=float).reshape(-1, 2)
    return names, table[:, 0], table[:, 1]


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _read_edges(
    graph: nx.Graph[Any], index: Mapping[Any, int], x: Array, y: Array, source: str
) -> tuple[_Edges, list[str]]:
    every_edge = list(graph.edges(data=True))
    is_osm = any(_alternatives(data.get(key)) for _, _, data in every_edge for key in STREET_KEYS)
    edges, faults = _Edges(), []
    known: dict[_Tags, WayUse] = {}
    closed = conditional = 0
    for start, end, data in every_edge:
        tags = tuple([(key, _alternatives(data[key])) for key in data.keys() & _RULE_KEYS])
        if not is_osm:
            tags = (*tags, _AN_ORDINARY_STREET)
        use = known.get(tags)
        if use is None:
            use = known[tags] = _strictest(tags)
        if not use.access:
            closed += 1
            continue
        ends = index[start], index[end]
        try:
            inner = _inner_points(data.get("geometry"), x[list(ends)], y[list(ends)])
        except ValueError as error:
            faults.append(Fault(f"edge {start} - {end}: {error}", source, remedy="repair it"))
            continue
        conditional += use.conditional
        _add_edge(edges, ends, inner, _directed(use, graph, data, is_osm), data)
    if faults:
        raise StreetsError(faults)
    return edges, _notes(len(every_edge), closed, conditional, is_osm)


def _directed(use: WayUse, graph: nx.Graph[Any], data: Mapping[str, Any], is_osm: bool) -> WayUse:
    """Use along the edge itself, which may run against its way, in a graph that may have no directions."""
    access = turned(use.access) if _flag(data.get("reversed")) else use.access
    if not graph.is_directed():
        access |= turned(access)
    elif not is_osm and data.get("oneway") is None:
        access &= ~CYCLE_BACKWARD
    return use._replace(access=access)


def _notes(count: int, closed: int, conditional: int, is_osm: bool) -> list[str]:
    notes = []
    if closed:
        notes.append(f"Closed to walkers and cyclists, so left out: {closed} of {count} edges.")
    if conditional:
        notes.append(
            f"Open or closed depending on the time, which is ignored: {conditional} edges."
        )
    if not is_osm:
        notes.append("No edge has OpenStreetMap tags: each one is taken for an ordinary street.")
    return notes


def _add_edge(
    edges: _Edges, ends: tuple[int, int], inner: Array, use: WayUse, data: Mapping[str, Any]
) -> None:
    """Add an edge, or join it with the same street stored before, often in the other direction."""
    points = np.round(inner, _DECIMALS) if len(inner) else inner
    if ends[0] > ends[1] or (ends[0] == ends[1] and points[::-1].tobytes() < points.tobytes()):
        ends, inner, points = ends[::-1], inner[::-1], points[::-1]
        use = use._replace(access=turned(use.access))
    stated_m = _number(data.get("length"))
    drawn = points.tobytes() if len(points) else f"{stated_m:.2f}".encode()
    key = (*ends, drawn)
    row = edges.row_of.setdefault(key, len(edges.uses))
    if row < len(edges.uses):
        edges.uses[row] = _joined(edges.uses[row], use)
        return
    way = data.get("osmid")
    edges.ends.append(ends)
    edges.inner.append(inner)
    edges.uses.append(use)
    edges.stated_m.append(stated_m)
    edges.crossing.append(way if isinstance(way, (str, int)) else (row,))


def _joined(one: WayUse, other: WayUse) -> WayUse:
    return WayUse(
        one.access | other.access,
        max(one.kind, other.kind),
        max(one.duration_s, other.duration_s),
        conditional=one.conditional or other.conditional,
    )


def _strictest(tags: _Tags) -> WayUse:
    """Use of an edge whose tags may have several values: what is allowed with each of them."""
    turns = max([1, *(len(values) for _, values in tags)])
    uses = [
        way_use({key: values[turn % len(values)] for key, values in tags if values})
        for turn in range(turns)
    ]
    access = uses[0].access
    for use in uses:
        access &= use.access
    return WayUse(
        access,
        max(use.kind for use in uses),
        max(use.duration_s for use in uses),
        conditional=any(use.conditional for use in uses),
    )


def _alternatives(value: Any) -> tuple[str, ...]:
    """Values of an attribute as tags: none, one, or several where osmnx joined ways."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ()
    if isinstance(value, str) and value.startswith("["):
        with contextlib.suppress(SyntaxError, ValueError, MemoryError, RecursionError):
            value = ast.literal_eval(value)  # a list that GraphML holds as text
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(sorted({str(one) for one in value}))
    return (str(value),)


def _flag(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() in ("true", "1"))


def _inner_points(geometry: Any, x: Array, y: Array) -> Array:
    """Points (k, 2) of a drawn edge between its ends, whose places are x and y (2,)."""
    import shapely

    if geometry is None or (isinstance(geometry, float) and math.isnan(geometry)):
        return _NO_POINTS
    if isinstance(geometry, str):
        try:
            with np.errstate(invalid="ignore"):  # numbers that are none are told below
                geometry = shapely.from_wkt(geometry)
        except shapely.errors.ShapelyError as error:
            raise ValueError("its geometry is not readable WKT") from error
    if not isinstance(geometry, shapely.LineString):
        raise ValueError("its geometry is not a LineString")
    points: Array = shapely.get_coordinates(geometry)
    if not np.isfinite(points).all():
        raise ValueError("its geometry holds coordinates that are no numbers")
    if len(points) < 3:
        return _NO_POINTS
    gap = np.hypot(points[[0, -1], 0] - x, points[[0, -1], 1] - y).sum()
    gap_turned = np.hypot(points[[-1, 0], 0] - x, points[[-1, 0], 1] - y).sum()
    return points[1:-1] if gap <= gap_turned else points[-2:0:-1]


def _vertices(ends: Array, sizes: Array, nodes: int) -> Array:
    """Node index of each vertex: the ends of each edge with its inner points between them."""
    last = np.cumsum(sizes + 2) - 1
    vertex = np.full(int(last[-1]) + 1, -1, dtype=np.int64)
    vertex[last - sizes - 1] = ends[:, 0]
    vertex[last] = ends[:, 1]
    is_end = np.zeros(len(vertex), dtype=bool)
    is_end[last - sizes - 1] = True
    is_end[last] = True
    vertex[~is_end] = nodes + np.arange(int(sizes.sum()))
    return vertex


def _node_ids(names: list[Any], inner: int) -> Array:
    """Ids of nodes and inner points: OSM ids where all names are whole numbers, else running numbers."""
    try:
        ids = [int(name) if isinstance(name, str) else operator.index(name) for name in names]
    except (TypeError, ValueError):
        return np.arange(len(names) + inner)
    if max(map(abs, ids)) >= 2**62 or len(set(ids)) < len(ids):
        return np.arange(len(names) + inner)
    after = max(0, *ids) + 1
    return np.append(np.array(ids, dtype=np.int64), np.arange(after, after + inner))


def _to_lonlat(x: Array, y: Array, crs: Any, source: str) -> tuple[Array, Array]:
    import pyproj

    if crs is None:
        return x, y
    try:
        system = pyproj.CRS.from_user_input(crs)
        if system == pyproj.CRS.from_user_input(LONLAT):
            return x, y
        transformer = pyproj.Transformer.from_crs(system, LONLAT, always_xy=True)
        lon, lat = transformer.transform(x, y)
    except pyproj.exceptions.ProjError as error:
        raise StreetsError(
            Fault(
                "the coordinate system of the graph is not known",
                source,
                value=str(crs),
                remedy='set graph.graph["crs"], e.g. to "EPSG:4326"',
            )
        ) from error
    return lon, lat
