"""A folder of files by key that many processes may use at once, and that may vanish at any time.

A file is written beside its place and then moved there, so that it is whole or absent; of two processes that write the
same key, the last one wins, and both wrote the same. A disk that is full or may not be written to costs time, nothing
else: it is a warning. No lock is needed, so none can be left behind.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

logger = logging.getLogger(__name__)

#: names the folder to use instead of the user's cache folder, or "off"
FOLDER_VARIABLE = "GEOACCESS_CACHE"
OFF = "off"

#: most bytes that all files together may take, those used longest ago go first. Set in November 2026: the networks of a
#: week in Porto Alegre take 38 MB and those in Newport 25 MB, so this is some fifty regions.
MAX_BYTES = 2_000_000_000

#: a file that was begun this long ago and never finished was left by a process that was stopped
LEFTOVER_S = 3600.0

_ENTRY_NAME = re.compile(r"[0-9a-f]{64}\.zip")
_DRAFT_NAME = re.compile(r"[0-9a-f]{64}-\w+\.part")


@dataclass(frozen=True)
class Entry:
    """One file of the cache.

    Attributes
    ----------
    path : of the file.
    size_bytes : its size.
    used : when it was last used, seconds since 1970.
    """

    path: Path
    size_bytes: int
    used: float


def cache_folder() -> Path | None:
    """Return the folder for files that can be made again, the user's or $GEOACCESS_CACHE; None where it is off."""
    asked = os.environ.get(FOLDER_VARIABLE, "").strip()
    if asked.lower() == OFF:
        return None
    if asked:
        return Path(os.path.expanduser(asked)).absolute()  # noqa: PTH111 - no error where there is no home
    import platformdirs

    return platformdirs.user_cache_path("geoaccess", appauthor=False)


def entry_path(folder: Path, key: str) -> Path:
    """Place of the file of a key (64 hex digits), whether it exists or not."""
    return folder / f"{key}.zip"


def entries(folder: Path) -> list[Entry]:
    """List the files of the cache, those used longest ago first; files that it did not make are passed over."""
    return sorted(_named(folder, _ENTRY_NAME), key=lambda entry: (entry.used, entry.path))


def touch(path: Path) -> None:
    """Note that a file was used just now."""
    try:
        os.utime(path)
    except OSError:  # a cache that may only be read still serves
        logger.debug("%s may only be read", path)


def discard(path: Path, reason: str) -> None:
    """Remove a file that is of no use and say why."""
    logger.warning("left out of the cache: %s", reason)
    _remove(path)


def keep(
    folder: Path, key: str, write: Callable[[BinaryIO], None], *, max_bytes: int = MAX_BYTES
) -> bool:
    """Write the file of a key, whole or not at all.

    Parameters
    ----------
    folder : of the cache; made if absent.
    key : 64 hex digits.
    write : writes the contents to the stream it is given.
    max_bytes : most that all files may take; those used longest ago are removed.

    Returns
    -------
    bool
        was it kept. If not, a warning in the log says why.
    """
    path = entry_path(folder, key)
    draft = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{key}-", suffix=".part", dir=folder)
        draft = Path(name)
        with os.fdopen(handle, "wb") as stream:
            write(stream)
        if draft.stat().st_size > max_bytes:
            logger.warning("too large for the cache: %d bytes", draft.stat().st_size)
            return False
        draft.replace(path)
    except OSError as error:
        if (
            path.exists()
        ):  # some systems replace no file that is being read: another process has just made it
            return True
        logger.warning("nothing is kept in %s: %s", folder, error.strerror or error)
        return False
    finally:
        if draft is not None:
            _remove(draft)
    trim(folder, max_bytes)
    return True


def trim(folder: Path, max_bytes: int = MAX_BYTES) -> None:
    """Remove files used longest ago until the rest takes at most ``max_bytes``, and what stopped processes left."""
    found = entries(folder)
    excess = sum(entry.size_bytes for entry in found) - max_bytes
    for entry in found:
        if excess <= 0:
            break
        excess -= _remove(entry.path) and entry.size_bytes
        logger.info("removed %s to make room", entry.path.name)
    for draft in _named(folder, _DRAFT_NAME):
        if draft.used < time.time() - LEFTOVER_S:
            _remove(draft.path)


def clear(folder: Path) -> tuple[int, int]:
    """Remove every file that the cache made, finished or not, and nothing else.

    Returns
    -------
    int, int
        number of files removed, and their bytes.
    """
    found = [*_named(folder, _ENTRY_NAME), *_named(folder, _DRAFT_NAME)]
    gone = [entry for entry in found if _remove(entry.path)]
    return len(gone), sum(entry.size_bytes for entry in gone)


def _named(folder: Path, pattern: re.Pattern[str]) -> list[Entry]:
    """Files of the folder itself with such a name; another process may remove them meanwhile."""
    found = []
    try:
        with os.scandir(folder) as listing:
            for item in listing:
                if pattern.fullmatch(item.name) and item.is_file(follow_symlinks=False):
                    there = item.stat(follow_symlinks=False)
                    found.append(Entry(Path(item.path), there.st_size, there.st_mtime))
    except OSError as error:
        logger.debug("%s: %s", folder, error)
    return found


def _remove(path: Path) -> bool:
    """Remove a file; tell whether it was there to remove."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        logger.warning("%s cannot be removed: %s", path, error.strerror)
        return False
    return True
