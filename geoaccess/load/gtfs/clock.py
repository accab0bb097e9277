"""Times of day as GTFS writes them (8:05:00, 25:10:00, 08:05) to seconds, for whole columns at once."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geoaccess.load.gtfs.tables import Array

#: stand for a blank cell and for one that is no time; both sort before every real time
BLANK = -(2**31)
UNREADABLE = BLANK + 1

#: a trip may run this long after the start of its service day
MAX_HOURS = 240

_PLAIN_WIDTH = 8
_CLOCK = re.compile(r"(\d{1,3}):(\d{1,2})(?::(\d{1,2}))?")


def seconds(text: Any) -> Array:
    """Seconds after the start of the service day.

    Parameters
    ----------
    text : pyarrow string array (n,), trimmed.

    Returns
    -------
    int32 array (n,)
        BLANK for "", UNREADABLE for what is no time or later than MAX_HOURS.

    Examples
    --------
    >>> seconds(pa.array(["8:05:00", "25:10:09", "08:05"])).tolist()
    [29100, 90609, 29100]
    >>> (seconds(pa.array(["", "noon"])) == [BLANK, UNREADABLE]).all().item()
    True
    """
    length = pc.binary_length(text).to_numpy(zero_copy_only=False)
    plain = (length == _PLAIN_WIDTH) | (length == _PLAIN_WIDTH - 1)
    parsed, readable = _plain_seconds(pc.if_else(pa.array(plain), text, "00:00:00"))
    parsed[length == 0] = BLANK
    odd = np.flatnonzero((length != 0) & ~(plain & readable))
    if len(odd):
        parsed[odd] = _odd_seconds(text.take(pa.array(odd)))
    return parsed


def _plain_seconds(text: Any) -> tuple[Array, Array]:
    """Seconds of times that are 7 or 8 bytes long, and which of them are written H:MM:SS or HH:MM:SS."""
    fixed = pc.cast(pc.ascii_lpad(text, _PLAIN_WIDTH, "0"), pa.binary(_PLAIN_WIDTH))
    buffer = np.frombuffer(fixed.buffers()[1], dtype=np.uint8)
    start = fixed.offset * _PLAIN_WIDTH
    signs = buffer[start : start + _PLAIN_WIDTH * len(fixed)].reshape(-1, _PLAIN_WIDTH)
    digits = signs - np.uint8(ord("0"))  # what stands before "0" wraps round to large numbers
    readable = (signs[:, 2] == ord(":")) & (signs[:, 5] == ord(":"))
    for place, highest in ((0, 9), (1, 9), (3, 5), (4, 9), (6, 5), (7, 9)):
        readable &= digits[:, place] <= highest
    whole = digits.astype(np.int32)
    hours = whole[:, 0] * 10 + whole[:, 1]
    minutes = whole[:, 3] * 10 + whole[:, 4]
    return (hours * 60 + minutes) * 60 + whole[:, 6] * 10 + whole[:, 7], readable


def _odd_seconds(text: Any) -> Array:
    """Seconds of times in any other writing; each different one is looked at once."""
    coded = pc.dictionary_encode(text)
    known = np.array([_one(value) for value in coded.dictionary.to_pylist()], dtype=np.int32)
    parsed: Array = known[coded.indices.to_numpy(zero_copy_only=False)]
    return parsed


def _one(text: str) -> int:
    match = _CLOCK.fullmatch(text)
    if not match or not text.isascii():
        return UNREADABLE
    hours, minutes, secs = (int(part or 0) for part in match.groups())
    if hours > MAX_HOURS or minutes > 59 or secs > 59:
        return UNREADABLE
    return (hours * 60 + minutes) * 60 + secs
