"""The bytes of a feed's text file as whole UTF-8 lines, whatever encoding and line ends they came in."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from geoaccess.errors import Fault, FeedError
from geoaccess.load.gtfs.files import BLOCK_BYTES

#: longest line; a quoted cell that spans more has a stray quote
MAX_LINE_BYTES = 4 * BLOCK_BYTES


def whole_lines(parts: Iterable[bytes], tally: Counter[str], where: str = "") -> Iterator[bytes]:
    r"""Cut the bytes of a file into pieces of whole lines.

    Parameters
    ----------
    parts : the file, in parts of any size.
    tally : gets the counts of what was repaired: "utf16", "nul" (bytes), "cp1252" (lines).
    where : name of the file for messages.

    Yields
    ------
    bytes
        UTF-8 without byte order mark or NUL; every line ends in "\n"; no piece ends inside a quoted cell.

    Raises
    ------
    FeedError
        where a line is longer than MAX_LINE_BYTES.

    Examples
    --------
    >>> list(whole_lines([b"a,b\r\n1,", b'"x\ny"\r2,z'], Counter()))
    [b'a,b\n', b'1,"x\ny"\n', b'2,z\n']
    """
    rest = b""
    for part in _utf8(iter(parts), tally):
        piece = rest + part
        held = b"\r" if piece.endswith(b"\r") else b""
        piece = piece[: len(piece) - len(held)]
        if b"\r" in piece:
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        cut = _last_line_end(piece)
        if not cut and len(piece) > MAX_LINE_BYTES:
            raise FeedError(Fault(f"has a line of more than {MAX_LINE_BYTES:,} bytes", where))
        if cut:
            yield _valid(piece[:cut], tally)
        rest = piece[cut:] + held
    if rest:
        rest = rest.replace(b"\r", b"\n")
        yield _valid(rest if rest.endswith(b"\n") else rest + b"\n", tally)


def _utf8(parts: Iterator[bytes], tally: Counter[str]) -> Iterator[bytes]:
    """Take off byte order mark and NUL bytes, and turn UTF-16 into UTF-8."""
    first = next(parts, b"")
    wide = _wide_encoding(first)
    tally["utf16"] += bool(wide)
    decoder = codecs.getincrementaldecoder(wide)("replace") if wide else None
    for part in chain([first.removeprefix(codecs.BOM_UTF8)], parts):
        narrow = part if decoder is None else decoder.decode(part).encode()
        zeros = narrow.count(b"\0")
        tally["nul"] += zeros
        yield narrow.replace(b"\0", b"") if zeros else narrow


def _wide_encoding(start: bytes) -> str:
    """Name of the UTF-16 codec a file needs, "" for none."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[1:4:2] == b"\0\0" and b"\0" not in start[:4:2]:
        return "utf-16-le"
    if start[:4:2] == b"\0\0" and b"\0" not in start[1:4:2]:
        return "utf-16-be"
    return ""


def _last_line_end(piece: bytes) -> int:
    """Where the last line ends that is not inside a quoted cell; 0 where there is none."""
    end = piece.rfind(b"\n")
    if b'"' not in piece:
        return end + 1
    position = end
    quoted = piece.count(b'"', 0, max(position, 0)) % 2
    while quoted and position > 0:
        earlier = piece.rfind(b"\n", 0, position)
        quoted ^= piece.count(b'"', max(earlier, 0), position) % 2
        position = earlier
    if position < 0 or quoted:
        return end + 1 if len(piece) > MAX_LINE_BYTES else 0
    return position + 1


def _valid(lines: bytes, tally: Counter[str]) -> bytes:
    """Lines as they are where they are UTF-8; those that are not, are read as Windows-1252."""
    if lines.isascii():
        return lines
    try:
        lines.decode()
    except UnicodeDecodeError:
        mended = [_mended(line) for line in lines.split(b"\n")]
        tally["cp1252"] += sum(changed for _, changed in mended)
        return b"\n".join(line for line, _ in mended)
    return lines


def _mended(line: bytes) -> tuple[bytes, bool]:
    try:
        line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace").encode(), True
    return line, False
