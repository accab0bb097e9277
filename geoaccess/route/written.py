"""Travel times of regions too large for one table: written block by block, and taken up again after a stop.

Each block of practices is one Parquet file, written under a passing name and then renamed, so that a file with a final
name is always whole. A small JSON file beside them says of what the blocks are; only for the same question are blocks
that are already there left as they are.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoaccess.errors import Fault, ProjectError
from geoaccess.network.network import Network
from geoaccess.route.matrix import (
    check_percentiles,
    percentile_table,
    prepare_search,
)
from geoaccess.route.profiles import travel_seconds
from geoaccess.route.search import Direction, Search
from geoaccess.route.window import parse_window
from geoaccess.tables import check_points, lonlat

Array = np.ndarray[Any, Any]

logger = logging.getLogger(__name__)

#: says of what the blocks are; readers of a folder of Parquet files pass names with an underscore over
QUESTION_FILE = "_question.json"
BLOCK_NAMES = "block-*.parquet"
DRAFT_NAMES = ".block-*.part"

#: most bytes that the search results and the table of one block take
BLOCK_BYTES = 512 * 2**20


@dataclass(frozen=True)
class WrittenTimes:
    """What a folder of travel times holds.

    Attributes
    ----------
    folder : `pandas.read_parquet` of it gives the whole table.
    pairs : number of pairs of a site and a practice it can reach.
    blocks : number of files.
    kept : how many of these were there already.
    """

    folder: Path
    pairs: int
    blocks: int
    kept: int


def write_travel_times(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    network: Network,
    folder: str | Path,
    *,
    window: tuple[str, str] = ("08:00", "10:00"),
    percentiles: Sequence[float] | float = (10, 50, 90),
    direction: Direction = "to",
    block_bytes: int = BLOCK_BYTES,
    anew: bool = False,
    workers: int | None = None,
    tell: Callable[[str], None] = lambda _stage: None,
) -> WrittenTimes:
    """Write the table of `travel_times` to a folder of Parquet files, one for each block of practices.

    When a run is stopped, the same call goes on with the first block that is missing; the result is the same as that
    of one run. Beside the network and the links of all points, memory holds one block: for n sites, p percentiles and
    b practices at most n * b * (20 * p + 80) bytes, and b is chosen to keep that within ``block_bytes``.

    Parameters
    ----------
    sites, practices, network, window, percentiles, workers : as in `travel_times`.
    folder : made if absent; it may hold nothing but what an earlier call for the same question wrote.
    direction : "to" the practices or back "from" them.
    block_bytes : most memory for one block, which has at least one practice.
    anew : remove what earlier calls wrote to the folder, whatever the question was.
    tell : called before each block with words on how far the work is.

    Returns
    -------
    WrittenTimes
        Columns are those of `travel_times`, but a percentile that is endless is empty. Rows are ordered by block of
        practices, within it by site, then practice.

    Raises
    ------
    TableError, ProjectError
        as `travel_times`; or when the folder holds the answers to another question or files made otherwise.
    OSError
        when the folder cannot be written to.
    """
    wanted = check_percentiles(percentiles)
    if direction not in ("to", "from"):
        raise ProjectError(Fault("must be to or from", "direction", value=str(direction)))
    departs = parse_window(window, network.who.max_minutes)
    check_points(sites, "site_id", "sites")
    check_points(practices, "practice_id", "practices")
    target, size = Path(folder), block_size(len(sites), len(wanted), block_bytes)
    question = _question(sites, practices, network, departs, wanted, direction, size)
    _open_folder(target, question, anew=anew)
    starts = range(0, max(1, len(practices)), size)
    paths = [target / f"block-{k:05d}.parquet" for k in range(len(starts))]
    rows = [_rows_written(path) for path in paths]
    missing = [k for k in range(len(starts)) if rows[k] is None]
    if missing:
        tell("linking sites and practices")
        search = prepare_search(sites, practices, network, departs, direction, workers)
    for k in missing:
        start, stop = starts[k], min(starts[k] + size, len(practices))
        tell(f"measuring, practice {start + 1} of {len(practices)}")
        seconds = travel_seconds(_practices(search, start, stop), wanted)
        table = percentile_table(sites, practices.iloc[start:stop], seconds, wanted)
        _write_block(table, paths[k])
        rows[k] = len(table)
        logger.info("wrote %s: %d pairs", paths[k], len(table))
    for draft in target.glob(DRAFT_NAMES):  # of runs that were stopped; nobody needs them now
        draft.unlink(missing_ok=True)
    return WrittenTimes(
        target, sum(count or 0 for count in rows), len(starts), len(starts) - len(missing)
    )


def block_size(sites: int, percentiles: int, block_bytes: int) -> int:
    """Practices in one block, by the memory that each may take when every site reaches it.

    Examples
    --------
    >>> block_size(20_000, 3, 512 * 2**20)
    191
    """
    return max(1, block_bytes // (max(1, sites) * (20 * percentiles + 80)))


def _practices(search: Search, start: int, stop: int) -> Search:
    """Search for some of the practices only."""
    draws = tuple(replace(draw, ends=draw.ends.rows(start, stop)) for draw in search.draws)
    return replace(search, walk=search.walk.rows(start, stop), draws=draws)


def _write_block(table: pd.DataFrame, path: Path) -> None:
    """Write one block, whole or not at all."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".part", dir=path.parent)
    draft = Path(name)
    with os.fdopen(handle, "wb") as stream:
        table.replace([np.inf], np.nan).to_parquet(stream, index=False)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        draft.replace(path)
    except OSError:
        if not path.exists():  # another process that is at the same work may have been first
            raise


def _rows_written(path: Path) -> int | None:
    """Rows of a block that is there and whole, else None."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except FileNotFoundError:
        return None
    except (OSError, pa.ArrowException) as error:
        logger.warning("%s is made anew, for it cannot be read: %s", path, error)
        return None


def _open_folder(folder: Path, question: dict[str, Any], *, anew: bool) -> None:
    """Make the folder ready for the blocks of a question, or refuse it."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = folder / QUESTION_FILE
    if anew:
        asked.unlink(missing_ok=True)
        for path in folder.glob(BLOCK_NAMES):
            path.unlink(missing_ok=True)
    known = _known_question(asked)
    if known is None:
        if faults := folder_faults(folder):
            raise ProjectError(faults)
        handle, name = tempfile.mkstemp(prefix=".block-question-", suffix=".part", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(question, stream, indent=2)
        Path(name).replace(asked)
        return
    faults = [
        Fault(
            f"the folder holds travel times for another question: {key} differs",
            str(folder),
            value=str(known.get(key)),
            remedy="choose another folder or empty this one",
        )
        for key in question
        if known.get(key) != question[key]
    ]
    if faults:
        raise ProjectError(faults)


def folder_faults(folder: Path) -> list[Fault]:
    """Say why travel times cannot be written to a folder: it holds files of others, which a reader would mix in."""
    if (folder / QUESTION_FILE).exists():
        return []
    return [
        Fault("the folder holds other files", str(folder), value=name, remedy="choose another")
        for name in sorted(path.name for path in folder.glob("[!.]*"))[:1]
    ]


def _known_question(path: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (TypeError, ValueError):
        return {}


def _question(
    sites: gpd.GeoDataFrame,
    practices: gpd.GeoDataFrame,
    network: Network,
    window: Any,
    percentiles: tuple[float, ...],
    direction: Direction,
    size: int,
) -> dict[str, Any]:
    """All that the blocks depend on, as JSON gives it back."""
    rides = [part for t in network.transits for part in (t.rides.patterns, t.transfers)]
    question = {
        "software": _software(),
        "direction": direction,
        "window": dataclasses.asdict(window),
        "percentiles": list(percentiles),
        "traveller": dataclasses.asdict(network.who),
        "max_snap_m": network.max_snap_m,
        "practices_per_block": size,
        "sites": _digest(sites["site_id"], *lonlat(sites)),
        "practices": _digest(practices["practice_id"], *lonlat(practices)),
        "streets": _digest(*_arrays(network.graph)),
        "date": None if network.timetable is None else network.timetable.date.isoformat(),
        "rides": _digest(*(array for bundle in rides for array in _arrays(bundle))),
    }
    return dict(json.loads(json.dumps(question)))


def _software() -> str:
    """Digest of the modules that compute travel times: blocks of two versions are not put together."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted([*package.glob("network/*.py"), *package.glob("route/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _arrays(bundle: Any) -> list[Array]:
    """Arrays that are fields of a dataclass."""
    values = [getattr(bundle, field.name) for field in dataclasses.fields(bundle)]
    return [value for value in values if isinstance(value, np.ndarray)]


def _digest(*columns: Any) -> str:
    """Digest of arrays and columns: their order, lengths, types and values."""
    digest = hashlib.sha256()
    for column in columns:
        values = np.ascontiguousarray(column)
        if values.dtype.kind == "O":
            texts = json.dumps([str(value) for value in values.tolist()])
            digest.update(f"text {len(values)}\n{texts}".encode())
        else:
            digest.update(f"{values.dtype.str} {len(values)}\n".encode())
            digest.update(values.data)
    return digest.hexdigest()
