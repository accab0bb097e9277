"""Read streets: the one door for OpenStreetMap files, saved graphs, graphs in memory and place names."""

from __future__ import annotations

from array import array
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geoaccess.errors import Fault, StreetsError
from geoaccess.load.access_rules import NO_STREET, RULE_KEYS, STREET_KEYS, way_use
from geoaccess.load.graphs import read_graph, read_graphml, read_place
from geoaccess.load.segments import Lines, build_streets, check_places, nothing_usable
from geoaccess.load.streets import Streets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import networkx as nx

    Array = np.ndarray[Any, Any]

#: endings of the names of extracts; without the dot they are what osmium calls the formats
OSM_ENDINGS = (".pbf", ".osm", ".osm.gz", ".osm.bz2")
_ENDINGS = ".osm.pbf, .osm, .osm.gz, .osm.bz2 or .graphml"

#: osmium's coordinate (1e-7 degrees) of a node that is not in the file
_NO_COORDINATE = 2**31 - 1
_UNITS_PER_DEGREE = 1e7


def load_streets(
    source: str | Path | nx.MultiDiGraph[Any] | None = None, *, place: str | None = None
) -> Streets:
    """Streets, paths and ferries that walkers or cyclists may use, with the rules of `geoaccess.load.access_rules`.

    Parameters
    ----------
    source : an OpenStreetMap extract (.osm.pbf, .osm, .osm.gz, .osm.bz2), a graph saved by osmnx (.graphml), or a
        networkx graph as osmnx makes it (nodes with x and y in EPSG:4326 or in graph["crs"]); it is not changed.
    place : a place that OpenStreetMap knows, such as "Westland, Netherlands"; needs a network connection.
        Exactly one of ``source`` and ``place`` is given.

    Returns
    -------
    Streets
        with notes on what was left out or assumed.

    Raises
    ------
    StreetsError
        when the source cannot be read, is damaged, or holds no street.
    """
    if (source is None) == (place is None):
        raise StreetsError(
            Fault("exactly one of source and place is needed", remedy="give a file or a place name")
        )
    if place is not None:
        return read_place(place)
    if isinstance(source, (str, Path)):
        return _read_file(Path(source))
    import networkx as nx

    if isinstance(source, nx.Graph):
        return read_graph(source)
    raise StreetsError(
        Fault(
            "streets are read from a file or a networkx graph",
            value=type(source).__name__,
            remedy=f"give the path of a file that ends in {_ENDINGS}",
        )
    )


def _read_file(path: Path) -> Streets:
    name = path.name.lower()
    if not path.is_file():
        problem = "is a folder, not a file" if path.is_dir() else "no such file"
        raise StreetsError(
            Fault(
                problem,
                str(path),
                remedy="check the path of the street file; a place name is given as place",
            )
        )
    if name.endswith(".graphml"):
        return read_graphml(path)
    for ending in OSM_ENDINGS:
        if name.endswith(ending):
            return read_osm(path, ending.removeprefix("."))
    raise StreetsError(
        Fault("not a kind of street file that is read", path.name, remedy=f"give {_ENDINGS}")
    )


def read_osm(path: Path, form: str) -> Streets:
    """Read the streets of walkers and cyclists in an OpenStreetMap file.

    Parameters
    ----------
    path : an existing file.
    form : its format as osmium calls it: pbf, osm, osm.gz or osm.bz2.

    Raises
    ------
    StreetsError
        when the file is damaged or holds no street.
    """
    ways = read_ways(path, form, STREET_RULES)
    if not ways.uses:
        raise StreetsError(nothing_usable(path.name))
    return _streets_of(ways, path.name)


class Rules(NamedTuple):
    """Which ways are read, and what is made of their tags.

    Attributes
    ----------
    street_keys : a way is looked at when it has one of these tags.
    keys : every tag that the rules look at.
    use : from tags of `keys` to the use of a way, a tuple with ``access``: 0 where nobody may use it.
    no_street : use of a way that is no street at all.
    """

    street_keys: tuple[str, ...]
    keys: tuple[str, ...]
    use: Callable[[dict[str, str]], Any]
    no_street: Any


#: the rules of walkers and cyclists
STREET_RULES = Rules(STREET_KEYS, RULE_KEYS, way_use, NO_STREET)


def read_ways(path: Path, form: str, rules: Rules) -> Ways:
    """Read the usable ways of an OpenStreetMap file with the places of their nodes.

    Parameters
    ----------
    path, form : as in `read_osm`.
    rules : which ways are usable, and how.

    Raises
    ------
    StreetsError
        when the file is damaged.
    """
    import osmium

    try:
        return _read_ways(path, form, rules)
    except (RuntimeError, ValueError, OSError, MemoryError, osmium.InvalidLocationError) as error:
        if isinstance(error, StreetsError):
            raise
        # osmium raises these for damaged files, each with a sentence on what it stumbled over
        raise StreetsError(
            Fault(
                f"cannot be read as {form}: {error}",
                path.name,
                remedy="check that it is an OpenStreetMap file of that kind, or download it again",
            )
        ) from error


class Ways(NamedTuple):
    """Usable ways as they come from osmium.

    Attributes
    ----------
    ref : int64 (k,); node ids along the ways.
    lon, lat : int32 (k,); places of those nodes in 1e-7 degrees, _NO_COORDINATE where they are not in the file.
    line : int32 (k,); the number of the way.
    uses : one for each way.
    closed : number of streets that nobody may use.
    """

    ref: Array
    lon: Array
    lat: Array
    line: Array
    uses: list[Any]
    closed: int

    @property
    def total(self) -> int:
        """Number of streets, open or closed."""
        return len(self.uses) + self.closed


def _read_ways(path: Path, form: str, rules: Rules) -> Ways:
    """Read nodes on osmium's side first, then each usable way with the places of its nodes."""
    import osmium

    file = osmium.io.File(str(path), form)
    locations = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    locations.ignore_errors()
    with osmium.io.Reader(file, osmium.osm.NODE) as reader:
        if reader.header().has_multiple_object_versions:
            raise StreetsError(
                Fault(
                    "holds every version of its objects", path.name, remedy="give a plain extract"
                )
            )
        osmium.apply(reader, locations)
    # each handler is bound to a name: osmium does not keep them alive
    streets = osmium.filter.KeyFilter(*rules.street_keys)
    found = osmium.FileProcessor(file, osmium.osm.WAY).with_filter(streets).with_filter(locations)
    refs, lons, lats, line = array("q"), array("i"), array("i"), array("i")
    uses: list[Any] = []
    closed = 0
    for way, use in _with_uses(found, rules):
        if not use.access:
            closed += use is not rules.no_street or "highway" in way.tags
            continue
        nodes = list(way.nodes)
        refs.extend([node.ref for node in nodes])
        places = [node.location for node in nodes]
        lons.extend([place.x for place in places])
        lats.extend([place.y for place in places])
        line.extend(repeat(len(uses), len(nodes)))
        uses.append(use)
    ways = Ways(
        np.asarray(refs), np.asarray(lons), np.asarray(lats), np.asarray(line), uses, closed
    )
    if ways.ref.min(initial=0) < 0:
        _place_new_nodes(file, ways)
    return ways


def _with_uses(ways: Any, rules: Rules) -> Iterator[tuple[Any, Any]]:
    """Each way with its use; ways with the same tags are judged once."""
    keys = rules.keys
    known: dict[tuple[str | None, ...], Any] = {}
    for way in ways:
        tags = tuple(map(way.tags.get, keys))
        use = known.get(tags)
        if use is None:
            said = zip(keys, tags, strict=True)
            use = known[tags] = rules.use({key: value for key, value in said if value is not None})
        if not way.deleted:
            yield way, use


def _place_new_nodes(file: Any, ways: Ways) -> None:
    """Fill in nodes with negative ids (drawn, but not yet uploaded), which osmium's index passes over."""
    import osmium

    new: dict[int, tuple[int, int]] = {}
    nodes: Any = osmium.FileProcessor(file, osmium.osm.NODE)
    for node in nodes:
        if node.id < 0:
            new[node.id] = (node.location.x, node.location.y)
    for row in np.flatnonzero(ways.ref < 0):
        ways.lon[row], ways.lat[row] = new.get(int(ways.ref[row]), (_NO_COORDINATE, _NO_COORDINATE))


def _streets_of(ways: Ways, name: str) -> Streets:
    lines, notes = lines_of(ways, name)
    closed = f"Closed to walkers and cyclists, so left out: {ways.closed} of {ways.total} ways."
    return build_streets(lines, name, [closed, *notes] if ways.closed else notes)


def lines_of(ways: Ways, name: str) -> tuple[Lines, list[str]]:
    """Lines of usable ways, whose uses begin as a `WayUse` does, and notes on what is not as it should be.

    Raises
    ------
    StreetsError
        for a node that is not on earth.
    """
    node_id, first, vertex = np.unique(ways.ref, return_index=True, return_inverse=True)
    missing = (ways.lon == _NO_COORDINATE) | (ways.lat == _NO_COORDINATE)
    lon, lat = ways.lon[first] / _UNITS_PER_DEGREE, ways.lat[first] / _UNITS_PER_DEGREE
    check_places(lon, lat, node_id, name, ~missing[first])
    access, kind, duration_s, conditional, *_ = map(np.array, zip(*ways.uses, strict=True))
    lines = Lines(
        node_id=node_id,
        lon=lon,
        lat=lat,
        vertex=np.where(missing, -1, vertex),
        line=ways.line,
        access=access.astype(np.uint8),
        kind=kind.astype(np.uint8),
        duration_s=duration_s,
    )
    present = np.bincount(ways.line[~missing], minlength=len(ways.uses))
    notes = {
        "Split where nodes are not in the file (the extract was cut there)": len(
            np.unique(ways.line[missing])
        ),
        "Left out for having fewer than two nodes in the file": int((present < 2).sum()),
        "Open or closed depending on the time, which is ignored": int(conditional.sum()),
    }
    return lines, [f"{what}: {n} of {ways.total} ways." for what, n in notes.items() if n]
