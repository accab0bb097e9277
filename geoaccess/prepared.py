"""Networks that were prepared before: found again by everything that they were made from.

The networks of a week lie in one file, as they share streets and days; that of a single date has a file of its own.

The key of a network is a digest of the contents and names of its files, the parameters, the software and this package's
own source. Two files with one name and other contents never share a key, nor do dates that files were changed matter.
Names count because feeds lend theirs to ids and notes; folders do not, so a copied project is found again. The order
of feeds counts, as stops and trips are numbered in it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geoaccess.cache import cache_folder, discard, entry_path, keep, touch
from geoaccess.load.lines.draw import DRAWS
from geoaccess.network.network import MAX_SNAP_M, Network
from geoaccess.network.store import read_about, read_networks, write_networks
from geoaccess.record import input_record
from geoaccess.software import versions

if TYPE_CHECKING:
    from geoaccess.load.vans import Van
    from geoaccess.settings import Settings

logger = logging.getLogger(__name__)

#: rises when the same key would stand for another file
FORMAT = 3

#: inputs that a network is made from, as records and settings name them
NETWORK_INPUTS = ("osm", "gtfs", "lines")

#: source that decides what a network holds: a change in it must never be answered with a network made before
_SOURCE = (
    *("errors.py", "tables.py", "load/**/*.py", "network/**/*.py"),
    *("inputs.py", "prepared.py", "project.py", "rides.py"),
)


def network_parameters(
    settings: Settings, vans: Sequence[Van] = (), *, week: bool = False
) -> dict[str, Any]:
    """Everything but files that the networks of a project depend on.

    Parameters
    ----------
    settings : the project.toml.
    vans : its vans, with the places of their stops.
    week : are they those of the whole week that holds the date.
    """
    return {
        "date": settings.when.date.isoformat() if settings.when.date else None,
        "week": week,
        "traveller": asdict(settings.traveller),
        "max_snap_m": MAX_SNAP_M,
        "lines": [settings.lines is not None, settings.lines_asked],
        "draws": DRAWS,
        "vans": [asdict(van) for van in vans],
    }


def network_key(
    settings: Settings,
    records: Iterable[Mapping[str, Any]],
    made_with: Mapping[str, Any],
    vans: Sequence[Van] = (),
    *,
    week: bool = False,
) -> str:
    """Digest of all that the network of the date, or the networks of its week, are made from.

    Parameters
    ----------
    settings : the project.toml.
    records : `input_record` of each input; those that no network is made from are passed over.
    made_with : from `network_software`.
    vans : of the project, with the places of their stops.
    week : of the whole week that holds the date.

    Returns
    -------
    str
        64 hex digits.
    """
    paths = [str(path) for _, path in _network_files(settings)]
    names = [Path(path).name for path in paths]
    told = [
        # feeds of the same name are told apart by their folders, in notes as well
        name if names.count(name) == 1 else path
        for name, path in zip(names, paths, strict=True)
    ]
    used = [record for record in records if record["what"] in NETWORK_INPUTS]
    made_of = {
        "files": [
            [record["what"], name, record["sha256"]]
            for record, name in zip(used, told, strict=True)
        ],
        "parameters": network_parameters(settings, vans, week=week),
        "made_with": dict(made_with),
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def network_software() -> dict[str, Any]:
    """Software and machine, as far as they decide what a network holds and how it is written."""
    return {
        "format": FORMAT,
        "source": _source_digest(Path(__file__).parent),
        "versions": versions(),
        "byte_order": sys.byteorder,
        "int": np.dtype(int).str,
    }


def find_networks(settings: Settings, key: str) -> tuple[Network, ...] | None:
    """Return the networks of a key as if they had been made just now, or None where there is no file that is whole."""
    folder = cache_folder()
    if folder is None:
        return None
    path = entry_path(folder, key)
    try:
        if read_about(path).get("key") != key:
            raise ValueError(f"{path.name} holds another network")
        networks = read_networks(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        logger.warning("%s cannot be read: %s", path, error.strerror or error)
        return None
    except ValueError as error:
        discard(path, str(error))
        return None
    touch(path)
    logger.info("from the cache: %r", networks)
    at_home = {id(network): _at_home(network, settings) for network in networks}
    return tuple(at_home[id(network)] for network in networks)


def keep_networks(
    networks: Sequence[Network],
    settings: Settings,
    key: str,
    vans: Sequence[Van] = (),
    *,
    week: bool = False,
) -> None:
    """Keep networks under their key, unless their files were changed meanwhile; faults are warnings.

    Parameters
    ----------
    networks : of the date, or of the week.
    settings : the project.toml.
    key : from `network_key`.
    vans : of the project, with the places of their stops.
    week : are they those of the week.
    """
    folder = cache_folder()
    if folder is None:
        return
    base = settings.file.absolute().parent
    try:
        now = [input_record(what, path, base) for what, path in _network_files(settings)]
    except OSError as error:
        logger.warning("the network is not kept: %s", error)
        return
    if network_key(settings, now, network_software(), vans, week=week) != key:
        logger.warning("the network is not kept: its files were changed while they were read")
        return
    about = {
        "key": key,
        "project": settings.name,
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "files": [Path(record["file"]).name for record in now],
        **network_parameters(settings, vans, week=week),
    }
    try:
        keep(folder, key, lambda stream: write_networks(networks, stream, about))
    except (TypeError, ValueError) as error:
        logger.warning("the network is not kept: %s", error)


def _at_home(network: Network, settings: Settings) -> Network:
    """Name the feeds by where this project has them: the same contents may have been read elsewhere."""
    if network.timetable is None or not settings.gtfs:
        return network
    feeds = network.timetable.feeds
    elsewhere = feeds["file"].tolist()[len(settings.gtfs) :]  # those of lines, by name
    feeds = feeds.assign(file=[*map(str, settings.gtfs), *elsewhere])
    transits = [
        replace(transit, timetable=replace(transit.timetable, feeds=feeds))
        for transit in network.transits
    ]
    return replace(network, transits=tuple(transits))


def _network_files(settings: Settings) -> list[tuple[str, Path]]:
    """Files that a network is made from, in the order of their records."""
    lines = None if settings.lines == settings.osm else settings.lines
    given = [("osm", settings.osm), *(("gtfs", feed) for feed in settings.gtfs), ("lines", lines)]
    return [(what, path) for what, path in given if path is not None]


def _source_digest(package: Path) -> str:
    """Digest of the modules that make networks."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SOURCE for path in package.glob(pattern)):
        text = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()} {len(text)}\n".encode())
        digest.update(text)
    return digest.hexdigest()
