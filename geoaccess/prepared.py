"""Networks that were prepared before: found again by everything that they were made from.

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
from geoaccess.network.store import read_about, read_network, write_network
from geoaccess.record import input_record
from geoaccess.software import versions

if TYPE_CHECKING:
    from geoaccess.load.vans import Van
    from geoaccess.settings import Settings

logger = logging.getLogger(__name__)

#: rises when the same key would stand for another file
FORMAT = 2

#: inputs that a network is made from, as records and settings name them
NETWORK_INPUTS = ("osm", "gtfs", "lines")

#: source that decides what a network holds: a change in it must never be answered with a network made before
_SOURCE = (
    *("errors.py", "tables.py", "load/**/*.py", "network/**/*.py"),
    *("inputs.py", "prepared.py", "project.py", "rides.py"),
)


def network_parameters(settings: Settings, vans: Sequence[Van] = ()) -> dict[str, Any]:
    """Everything but files that the network of a project depends on.

    Parameters
    ----------
    settings : the project.toml.
    vans : its vans, with the places of their stops.
    """
    return {
        "date": settings.when.date.isoformat() if settings.when.date else None,
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
) -> str:
    """Digest of all that a network is made from.

    Parameters
    ----------
    settings : the project.toml.
    records : `input_record` of each input; those that no network is made from are passed over.
    made_with : from `network_software`.
    vans : of the project, with the places of their stops.

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
        "parameters": network_parameters(settings, vans),
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


def find_network(settings: Settings, key: str) -> Network | None:
    """Return the network of a key as if it had been made just now, or None where there is none that is whole."""
    folder = cache_folder()
    if folder is None:
        return None
    path = entry_path(folder, key)
    try:
        if read_about(path).get("key") != key:
            raise ValueError(f"{path.name} holds another network")
        network = read_network(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        logger.warning("%s cannot be read: %s", path, error.strerror or error)
        return None
    except ValueError as error:
        discard(path, str(error))
        return None
    touch(path)
    logger.info("from the cache: %r", network)
    return _at_home(network, settings)


def keep_network(network: Network, settings: Settings, key: str, vans: Sequence[Van] = ()) -> None:
    """Keep a network under its key, unless its files were changed while it was made; faults are warnings."""
    folder = cache_folder()
    if folder is None:
        return
    base = settings.file.absolute().parent
    try:
        now = [input_record(what, path, base) for what, path in _network_files(settings)]
    except OSError as error:
        logger.warning("the network is not kept: %s", error)
        return
    if network_key(settings, now, network_software(), vans) != key:
        logger.warning("the network is not kept: its files were changed while they were read")
        return
    about = {
        "key": key,
        "project": settings.name,
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "files": [Path(record["file"]).name for record in now],
        **network_parameters(settings, vans),
    }
    try:
        keep(folder, key, lambda stream: write_network(network, stream, about))
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
