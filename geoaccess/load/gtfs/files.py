"""A GTFS feed on disk: a zip or a folder, looked into without unpacking, with limits against hostile archives."""

from __future__ import annotations

import hashlib
import lzma
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from geoaccess.errors import Fault, FeedError

#: most bytes all files of a feed together may hold once unpacked (the feed of the Netherlands: about 2 GB)
MAX_FEED_BYTES = 8 * 1024**3
#: most times a file may shrink in a zip; timetables shrink 5 to 40 times, bombs a thousand
MAX_RATIO = 200
#: files up to this size may shrink as they like
RATIO_FREE_BYTES = 1024**2
#: most entries in a zip
MAX_MEMBERS = 10_000
#: bytes read at a time
BLOCK_BYTES = 16 * 1024**2

#: a folder that holds one of these is the feed
CORE_FILES = ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt")

#: everything the zip modules of the standard library raise on broken archives
_READ_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)


@dataclass(frozen=True)
class FeedFiles:
    """The files of one feed.

    Attributes
    ----------
    path : zip or folder.
    label : short name of it for messages.
    zipped : is `path` a zip.
    members : name of each .txt file in lower case -> its name inside the zip or folder.
    folder : folder inside `path` that holds the files, "" at the top.
    """

    path: Path
    label: str
    zipped: bool
    members: dict[str, str]
    folder: str = ""

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def where(self, name: str) -> str:
        """Name of a file for messages, such as "gtfs.zip/stops.txt"."""
        return f"{self.label}/{self.members.get(name, name)}"


def find_feed(path: Path, label: str | None = None) -> FeedFiles:
    """Look for a feed in a zip or folder, at its top or inside one nested folder.

    Parameters
    ----------
    path : zip or folder.
    label : short name for messages; by default the file name.

    Raises
    ------
    FeedError
        where there is no feed, or the zip is broken, encrypted, or looks made to do harm.
    """
    label = label or path.name
    try:
        if path.is_dir():
            names = _names_in_folder(path, label)
        elif path.is_file():
            names = _names_in_zip(path, label)
        else:
            raise FeedError(Fault("is no file and no folder", str(path), remedy="name a feed"))
    except OSError as error:
        raise FeedError(Fault(f"cannot be opened ({error.strerror})", str(path))) from error
    folder, members = _feed_folder(names, label)
    return FeedFiles(path, label, path.is_file(), members, folder)


def blocks(files: FeedFiles, name: str, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Bytes of one file of a feed, `block_bytes` at a time.

    Raises
    ------
    FeedError
        where the file cannot be read to its end.
    """
    member = files.members[name]
    try:
        if files.zipped:
            with zipfile.ZipFile(files.path) as archive, archive.open(member) as stream:
                while block := stream.read(block_bytes):
                    yield block
        else:
            with (files.path / member).open("rb") as stream:
                while block := stream.read(block_bytes):
                    yield block
    except _READ_FAULTS as error:
        raise FeedError(
            Fault(
                f"cannot be read to its end ({error})",
                files.where(name),
                remedy="fetch the feed again",
            )
        ) from error


def content_key(files: FeedFiles) -> str:
    """Hex sha256 of a feed: of the zip itself, or of the names and contents of the files in a folder."""
    digest = hashlib.sha256()
    if files.zipped:
        with files.path.open("rb") as stream:
            while block := stream.read(BLOCK_BYTES):
                digest.update(block)
    else:
        for name in sorted(files.members):
            digest.update(f"{name}\0{(files.path / files.members[name]).stat().st_size}\0".encode())
            for block in blocks(files, name):
                digest.update(block)
    return digest.hexdigest()


def _names_in_folder(path: Path, label: str) -> list[str]:
    files = [file for pattern in ("*", "*/*") for file in path.glob(pattern)]
    files = [file for file in files if file.suffix.lower() == ".txt" and file.is_file()]
    size = sum(file.stat().st_size for file in files)
    if size > MAX_FEED_BYTES:
        raise FeedError(_too_big(label, size))
    return sorted(file.relative_to(path).as_posix() for file in files)


def _names_in_zip(path: Path, label: str) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except _READ_FAULTS as error:
        raise FeedError(
            Fault(
                f"is no zip that can be opened ({error})",
                label,
                remedy="give a GTFS zip or the folder of its .txt files; fetch it again if it is cut short",
            )
        ) from error
    faults = list(_hostile(members, label))
    if faults:
        raise FeedError(faults)
    return [member.filename for member in members if not member.is_dir()]


def _hostile(members: list[zipfile.ZipInfo], label: str) -> Iterator[Fault]:
    """Tell what makes a zip unfit to be opened at all."""
    if len(members) > MAX_MEMBERS:
        yield Fault(f"holds {len(members):,} entries, the limit is {MAX_MEMBERS:,}", label)
    size = sum(member.file_size for member in members)
    if size > MAX_FEED_BYTES:
        yield _too_big(label, size)
    names = [member.filename for member in members]
    for name in sorted(name for name, times in Counter(names).items() if times > 1):
        yield Fault("stands twice in the zip", f"{label}/{name}", remedy="pack the feed again")
    for member in members:
        name = member.filename
        where = f"{label}/{name}"
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if name.startswith(("/", "\\")) or ".." in parts or name[1:2] == ":":
            yield Fault("has a path that leads out of the zip", where, remedy="pack the feed again")
        if stat.S_ISLNK(member.external_attr >> 16):
            yield Fault("is a link, not a file", where, remedy="pack the file itself")
        if member.flag_bits & 0x1:
            yield Fault("is encrypted", where, remedy="pack the feed without a password")
        if member.file_size > RATIO_FREE_BYTES and member.file_size > MAX_RATIO * max(
            1, member.compress_size
        ):
            yield Fault(
                f"shrinks from {member.file_size:,} to {member.compress_size:,} bytes, more than the "
                f"{MAX_RATIO} times that are accepted: it looks like a zip bomb",
                where,
                remedy="unpack it yourself and give the folder, if you trust it",
            )


def _too_big(label: str, size: int) -> Fault:
    return Fault(
        f"holds {size:,} bytes unpacked, the limit is {MAX_FEED_BYTES:,}",
        label,
        remedy="give a feed of your region only",
    )


def _feed_folder(names: Iterable[str], label: str) -> tuple[str, dict[str, str]]:
    """Folder that holds the feed, and its .txt files."""
    names = list(names)
    folders: dict[str, dict[str, str]] = {}
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        if parts[-1].lower().endswith(".txt"):
            folders.setdefault("/".join(parts[:-1]), {})[parts[-1].lower()] = name
    feeds = sorted(folder for folder, files in folders.items() if set(CORE_FILES) & set(files))
    if "" in feeds or len(feeds) == 1:
        folder = "" if "" in feeds else feeds[0]
        return folder, folders[folder]
    if feeds:
        raise FeedError(
            Fault(
                f"holds {len(feeds)} feeds: {', '.join(feeds)}",
                label,
                remedy="give each feed as a zip or folder of its own",
            )
        )
    inner = sorted(name for name in names if name.lower().endswith(".zip"))
    if inner:
        raise FeedError(
            Fault(
                f"holds no feed but another zip ({inner[0]})",
                label,
                remedy="unpack it and give the inner zip",
            )
        )
    raise FeedError(
        Fault(
            f"holds no GTFS feed: none of {', '.join(CORE_FILES)}",
            label,
            remedy="give a GTFS zip or the folder of its .txt files",
        )
    )
