"""Route relations of an OpenStreetMap file, with the tags and places of the members that may be stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geoaccess.errors import Fault, FeedError, TableError
from geoaccess.load.lines.defaults import DEFAULTS
from geoaccess.load.osm import OSM_ENDINGS
from geoaccess.load.read import check_file, damaged

#: tags that a route takes from its route_master where it has none of the group itself
INHERITED = (
    ("name",),
    ("ref",),
    ("operator",),
    ("duration",),
    ("interval", "interval:conditional"),
    ("opening_hours", "service_times"),
)
#: a route with one of these prefixes before the key route, or with one of these tags set, does not run (any more)
NOT_RUNNING = ("disused", "abandoned", "razed", "demolished", "removed", "was", "proposed")
_NOT_RUNNING_STATES = ("proposed", "construction", "planned", "disused", "abandoned", "suspended")


@dataclass(frozen=True)
class Member:
    """One member of a relation: its id ('n1', 'w2', 'r3') and its role."""

    key: str
    role: str


@dataclass(frozen=True)
class Place:
    """Where a member lies, degrees in EPSG:4326, and its tags."""

    lon: float
    lat: float
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Route:
    """One relation of public transport.

    Attributes
    ----------
    number : id of the relation.
    kind : key of DEFAULTS.
    tags : with those of its route_master.
    members : those that may be stops.
    crossings : ids of the ways that a ferry sails; of other kinds they are not read.
    """

    number: int
    kind: str
    tags: Mapping[str, str]
    members: tuple[Member, ...]
    crossings: tuple[int, ...] = ()


@dataclass
class Found:
    """What an extract holds: routes in order of number, the places of their members, and routes that do not run.

    Of the ways that ferries sail, crossing_nodes has the ids of the nodes.
    """

    routes: list[Route] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    crossing_nodes: dict[int, list[int]] = field(default_factory=dict)
    not_running: list[str] = field(default_factory=list)


def read_routes(path: Path) -> Found:
    """Read the routes of an extract; the file is read up to four times, each time for the few objects needed.

    Raises
    ------
    FeedError
        where the file cannot be read.
    """
    try:
        check_file(path)
        form = next((one for one in OSM_ENDINGS if path.name.lower().endswith(one)), None)
        if form is None:
            endings = ", ".join(OSM_ENDINGS)
            raise FeedError(
                Fault(
                    "not a kind of file that lines are read from",
                    path.name,
                    remedy=f"give an OpenStreetMap extract that ends in {endings}",
                )
            )
        return _read(path, form[1:])
    except FeedError:
        raise
    except TableError as error:
        raise FeedError(error.faults) from None
    except Exception as error:  # noqa: BLE001 - damaged files make the reader fail in any way
        raise FeedError(damaged(path.name, "OSM data", error).faults) from None


def kind_of(tags: Mapping[str, str]) -> str | None:
    """Kind of public transport of a relation (a key of DEFAULTS), or None where it is something else."""
    if tags.get("type") != "route":
        return None
    values = (value.strip().casefold() for value in tags.get("route", "").split(";"))
    return next((value for value in values if value in DEFAULTS), None)


def runs(tags: Mapping[str, str]) -> bool:
    """Whether a route runs at all, as far as its tags say.

    Examples
    --------
    >>> runs({"route": "bus"}), runs({"route": "bus", "disused:route": "bus"}), runs({"state": "proposed"})
    (True, False, False)
    """
    if any(f"{life}:route" in tags for life in NOT_RUNNING):
        return False
    if any(tags.get(life, "no") not in ("", "no") for life in NOT_RUNNING):
        return False
    return tags.get("state", "").strip().casefold() not in _NOT_RUNNING_STATES


def _read(path: Path, form: str) -> Found:
    import osmium

    file = osmium.io.File(str(path), form)
    with osmium.io.Reader(file, osmium.osm.NOTHING) as reader:
        if reader.header().has_multiple_object_versions:
            fault = Fault(
                "holds every version of its objects", path.name, remedy="give a plain extract"
            )
            raise FeedError(fault)
    found = Found()
    masters: dict[int, list[tuple[int, dict[str, str]]]] = {}
    read: dict[int, Route] = {}
    wanted = osmium.filter.KeyFilter("route", "route_master")
    for thing in _relations(file, wanted):
        tags = _tags(thing)
        if tags.get("type") == "route_master":
            for part in thing.members:
                if part.type == "r":
                    masters.setdefault(part.ref, []).append((thing.id, tags))
        kind = kind_of(tags)
        if kind is None:
            continue
        if not runs(tags):
            found.not_running.append(f"r{thing.id}")
            continue
        sailed = tuple(_crossings(thing)) if kind == "ferry" else ()
        read[thing.id] = Route(thing.id, kind, tags, tuple(_members(thing)), sailed)
    for number in sorted(read):
        route = read[number]
        known = sorted(masters.get(number, []), key=lambda pair: pair[0])
        tags = with_shared(route.tags, [master for _, master in known])
        found.routes.append(replace(route, tags=tags))
    found.places.update(_places(file, found.routes))
    ways = {way for route in found.routes for way in route.crossings}
    for thing in _chosen(file, osmium.osm.WAY, ways):
        found.crossing_nodes[thing.id] = [node.ref for node in thing.nodes]
    return found


def _members(relation: Any) -> Iterator[Member]:
    """Members that may be stops: all nodes, and whatever has stop or platform in its role."""
    for part in relation.members:
        role = str(part.role).casefold()
        if part.type == "n" or "stop" in role or "platform" in role:
            yield Member(f"{part.type}{part.ref}", role)


def _crossings(relation: Any) -> Iterator[int]:
    """Ways that are not stops or platforms."""
    for part in relation.members:
        role = str(part.role).casefold()
        if part.type == "w" and "stop" not in role and "platform" not in role:
            yield int(part.ref)


def with_shared(own: Mapping[str, str], masters: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Tags of a route, and of the first route_master that has them those that the route lacks."""
    tags = {key: value for key, value in own.items() if value.strip()}
    for group in INHERITED:
        for master in masters:
            if any(key in tags for key in group):
                break
            tags.update({key: master[key] for key in group if master.get(key, "").strip()})
    return tags


def _places(file: Any, routes: Sequence[Route]) -> dict[str, Place]:
    """Places of all members that are in the file: ways and areas at their centroid."""
    wanted: dict[str, set[int]] = {"n": set(), "w": set(), "r": set()}
    for route in routes:
        for member in route.members:
            wanted[member.key[0]].add(int(member.key[1:]))
    import osmium

    parts: dict[int, tuple[list[int], dict[str, str]]] = {}
    for thing in _chosen(file, osmium.osm.RELATION, wanted["r"]):
        ways = [part.ref for part in thing.members if part.type == "w" and part.role != "inner"]
        parts[thing.id] = (ways, _tags(thing))
    outlines = {way for ways, _ in parts.values() for way in ways}
    lines: dict[int, tuple[list[int], dict[str, str]]] = {}
    for thing in _chosen(file, osmium.osm.WAY, wanted["w"] | outlines):
        lines[thing.id] = ([node.ref for node in thing.nodes], _tags(thing))
    vertices = {node for nodes, _ in lines.values() for node in nodes}
    at: dict[int, tuple[float, float]] = {}
    places: dict[str, Place] = {}
    for thing in _chosen(file, osmium.osm.NODE, wanted["n"] | vertices):
        if thing.location.valid():
            at[thing.id] = (thing.location.lon, thing.location.lat)
            if thing.id in wanted["n"]:
                places[f"n{thing.id}"] = Place(*at[thing.id], _tags(thing))
    for way in wanted["w"] & set(lines):
        nodes, tags = lines[way]
        middle = _middle([[at[node] for node in nodes if node in at]])
        if middle:
            places[f"w{way}"] = Place(*middle, tags)
    for relation, (ways, tags) in parts.items():
        middle = _middle(
            [[at[node] for node in lines[way][0] if node in at] for way in ways if way in lines]
        )
        if middle:
            places[f"r{relation}"] = Place(*middle, tags)
    return places


def _middle(parts: Sequence[Sequence[tuple[float, float]]]) -> tuple[float, float] | None:
    """Centroid of the areas that lines enclose, else of the lines, else of their points."""
    points = [point for part in parts for point in part]
    if not points:
        return None
    lines = [shapely.LineString(part) for part in parts if len(part) > 1]
    shapes = shapely.get_parts(shapely.polygonize(lines)) if lines else []
    whole: Any = shapely.MultiPoint(points)
    if len(shapes) or lines:
        whole = shapely.GeometryCollection(list(shapes) if len(shapes) else lines)
    middle = shapely.centroid(whole)
    lon, lat = float(middle.x), float(middle.y)
    return (lon, lat) if np.isfinite([lon, lat]).all() else points[0]


def _relations(file: Any, chosen: Any) -> Iterator[Any]:
    import osmium

    things: Any = osmium.FileProcessor(file, osmium.osm.RELATION).with_filter(chosen)
    for thing in things:
        if not thing.deleted:
            yield thing


def _chosen(file: Any, kind: Any, ids: set[int]) -> Iterator[Any]:
    """Objects of one kind with these ids."""
    import osmium

    if not ids:
        return
    things: Any = osmium.FileProcessor(file, kind)
    if min(ids) >= 0:  # osmium's filter passes over negative ids (drawn, but not yet uploaded)
        things = things.with_filter(osmium.filter.IdFilter(ids))
    for thing in things:
        if thing.id in ids and not thing.deleted:
            yield thing


def _tags(thing: Any) -> dict[str, str]:
    return {tag.k: tag.v for tag in thing.tags}
