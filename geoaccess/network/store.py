"""Networks as one file: a plain zip of .npy arrays, Arrow tables and JSON, so that nothing in it can run code.

A network is walked field by field, whatever its dataclasses hold, so a new field needs no change here unless it is of
a kind never seen before: that is a TypeError, not a guess. Members are not compressed, and every one carries the
checksum that zip files have, which reading verifies. What several days, or several draws, share is written, and read,
once.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import sys
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa

from geoaccess.network.network import Network

ABOUT, TREE = "about.json", "network.json"

#: values that JSON keeps as they are (a float also when it is not finite: Python reads back what it writes)
_PLAIN = (type(None), bool, int, float, str)

#: what zipfile, numpy, pyarrow and the constructors raise on a file that is cut short, damaged or made up
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, MemoryError, RuntimeError, ArithmeticError),
    *(ValueError, TypeError, LookupError, AttributeError),
)


def write_networks(networks: Sequence[Network], stream: BinaryIO, about: Mapping[str, Any]) -> None:
    """Write networks; what they share, and one that comes again, is written once.

    Parameters
    ----------
    networks : one from `build_network`, or those of a week.
    stream : open for writing in binary.
    about : what to tell of the network without reading it, as JSON takes it.

    Raises
    ------
    TypeError
        when the network holds a kind of value that is not known here.
    OSError
        when the disk is full, for one.
    """
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(ABOUT, json.dumps(dict(about)))
        archive.writestr(TREE, json.dumps(_packed(tuple(networks), "network", archive, {})))


def read_networks(path: Path) -> tuple[Network, ...]:
    """Read networks that `write_networks` wrote: the same types, dtypes, orders of arrays, and objects shared.

    Raises
    ------
    ValueError
        when the file is not whole, is damaged, or is something else.
    OSError
        when there is no such file or it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            networks = _unpacked(json.loads(archive.read(TREE)), archive, {})
    except _DAMAGE as error:
        raise ValueError(f"{path.name} is damaged ({error})") from error
    found = networks if isinstance(networks, tuple) else ()
    if not found or not all(isinstance(one, Network) for one in found):
        raise ValueError(f"{path.name} holds no network")
    return found


def read_about(path: Path) -> dict[str, Any]:
    """Read what a file tells of its networks; raises as `read_networks` does."""
    try:
        with zipfile.ZipFile(path) as archive:
            return dict(json.loads(archive.read(ABOUT)))
    except _DAMAGE as error:
        raise ValueError(f"{path.name} is damaged ({error})") from error


def _packed(value: Any, name: str, archive: zipfile.ZipFile, seen: dict[int, Any]) -> Any:
    """Value as JSON; arrays and tables become members of the archive, named by their path of fields.

    ``seen`` has what stands for each array, table and object written before, by identity.
    """
    if type(value) in _PLAIN:
        return value
    if id(value) in seen:
        return seen[id(value)]
    if type(value) is tuple:
        items = [_packed(item, f"{name}.{k}", archive, seen) for k, item in enumerate(value)]
        return {"tuple": items}
    if type(value) is dt.date:
        return {"date": value.isoformat()}
    if isinstance(value, np.generic):
        _write_array(value, name, archive)
        return {"scalar": name}
    if type(value) is np.ndarray and value.dtype.kind != "O":
        _write_array(value, name, archive)
        return seen.setdefault(id(value), {"array": name})
    if type(value) is np.ndarray and value.ndim == 1:
        texts = value.tolist()
        if any(type(text) is not str for text in texts):
            raise TypeError(f"{name} holds objects that are no text")
        _write_table(pa.table({"text": pa.array(texts, pa.string())}), name, archive)
        return seen.setdefault(id(value), {"texts": name})
    if type(value) is pd.DataFrame:
        _write_table(pa.Table.from_pandas(value), name, archive)
        return seen.setdefault(id(value), {"table": name})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: _packed(getattr(value, field.name), f"{name}.{field.name}", archive, seen)
            for field in dataclasses.fields(value)
        }
        seen[id(value)] = {"again": name}
        return {"class": [type(value).__module__, type(value).__name__, fields], "name": name}
    raise TypeError(f"{name} is a {type(value).__name__}, which cannot be stored")


def _unpacked(packed: Any, archive: zipfile.ZipFile, read: dict[str, Any]) -> Any:
    """Value of JSON; ``read`` has what was read before, by name."""
    match packed:
        case {"tuple": items}:
            return tuple(_unpacked(item, archive, read) for item in items)
        case {"date": text}:
            return dt.date.fromisoformat(text)
        case {"scalar": name}:
            return _read_array(name, archive)[()]
        case {"array": name} | {"texts": name} | {"table": name} | {"again": name} if name in read:
            return read[name]
        case {"array": name}:
            read[name] = _read_array(name, archive)
            return read[name]
        case {"texts": name}:
            texts = _read_table(name, archive)["text"].to_pylist()
            read[name] = np.array(texts, dtype=object)
            return read[name]
        case {"table": name}:
            read[name] = _read_table(name, archive).to_pandas()
            return read[name]
        case {"class": [module, kind, fields], "name": name}:
            make = _dataclass_named(module, kind)
            values = {key: _unpacked(field, archive, read) for key, field in fields.items()}
            return read.setdefault(name, make(**values))
        case dict() | list():
            raise ValueError("a value of a kind that is not known here")
    return packed


def _dataclass_named(module: str, name: str) -> Any:
    """Look a dataclass of this package up; a file can name nothing else, and nothing is imported for it."""
    found = getattr(sys.modules.get(module), name, None)
    if not (isinstance(found, type) and dataclasses.is_dataclass(found)):
        raise ValueError(f"{module}.{name} is no dataclass")
    if not (module.startswith("geoaccess.") and found.__module__ == module):
        raise ValueError(f"{module}.{name} is not of this package")
    return found


def _write_array(array: Any, name: str, archive: zipfile.ZipFile) -> None:
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)


def _read_array(name: str, archive: zipfile.ZipFile) -> Any:
    with archive.open(f"{name}.npy") as member:
        array = np.lib.format.read_array(member, allow_pickle=False)
        # the checksum is compared when the end is reached, which a damaged shape may stop short of
        if member.read(1):
            raise ValueError(f"{name} is longer than it says")
    return array


def _write_table(table: pa.Table, name: str, archive: zipfile.ZipFile) -> None:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    archive.writestr(f"{name}.arrow", sink.getbuffer())


def _read_table(name: str, archive: zipfile.ZipFile) -> pa.Table:
    with pa.ipc.open_stream(archive.read(f"{name}.arrow")) as reader:
        return reader.read_all()
