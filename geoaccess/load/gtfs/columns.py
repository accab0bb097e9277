"""Columns of text of a GTFS feed as numbers, places among ids, and rows with each id once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geoaccess.load.gtfs.report import Finding, listed
from geoaccess.load.gtfs.tables import Array, Rows
from geoaccess.load.phrases import counted


def positions(values: Any, ids: Any) -> Array:
    """Place of each value among `ids` (pyarrow string arrays): int32 (n,), -1 where it is not there."""
    found: Array = pc.fill_null(pc.index_in(values, value_set=ids), -1).to_numpy(
        zero_copy_only=False
    )
    return found


def picked(values: Any, which: Array) -> list[str]:
    """Texts of a pyarrow string array, by number (int) or mask (bool)."""
    index = np.flatnonzero(which) if which.dtype == bool else which
    texts: list[str] = values.take(pa.array(index)).to_pylist()
    return texts


def numbers(values: Any) -> Array:
    """Numbers in a pyarrow string array: float64 (n,), NaN where there is none that can be read."""
    try:
        parsed = pc.cast(pc.replace_with_mask(values, pc.equal(values, ""), "nan"), pa.float64())
    except pa.ArrowInvalid:
        plain = pc.match_substring_regex(values, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
        parsed = pc.cast(pc.if_else(plain, values, "nan"), pa.float64())
    found: Array = parsed.to_numpy(zero_copy_only=False).copy()
    found[~np.isfinite(found)] = np.nan
    return found


def unique_rows(rows: Rows, key: str) -> tuple[Rows, list[Finding]]:
    """Rows in order of their id, without blank ids, each id once.

    Where rows with one id differ, the one is kept that comes first in order of its text, so that the order of the
    file does not matter.
    """
    name = rows.where.rpartition("/")[2]
    findings: list[Finding] = []
    blank = pc.equal(rows[key], "").to_numpy(zero_copy_only=False)
    if blank.any():
        without = counted(int(blank.sum()), "row")
        findings.append(Finding("dropped", f"{without} of {name} without {key} dropped"))
        rows = rows.take(~blank)
    rows = rows.take(pc.sort_indices(rows[key]).to_numpy())
    again = _repeats(rows, [key])
    if not again.any():
        return rows, findings
    table = pa.table(rows.columns)
    columns = [key, *(column for column in rows.columns if column != key)]
    order = pc.sort_indices(table, sort_keys=[(column, "ascending") for column in columns])
    rows = rows.take(order.to_numpy())
    again, same = _repeats(rows, [key]), _repeats(rows, columns)
    ids = picked(rows[key], again & ~same)
    if same.any():
        times = counted(int(same.sum()), "row")
        findings.append(Finding("dropped", f"{times} of {name} that repeat another row dropped"))
    if ids:
        times = counted(len(ids), "row")
        text = f"{times} of {name} dropped whose {key} another row has: {listed(set(ids))}"
        findings.append(Finding("dropped", text))
    return rows.take(~again), findings


def _repeats(rows: Rows, columns: Sequence[str]) -> Array:
    """Which rows equal the row before them in all of some columns: bool (n,)."""
    same = np.ones(len(rows), dtype=bool)
    same[:1] = False
    for column in columns:
        cells = rows[column]
        same[1:] &= pc.equal(cells[1:], cells[:-1]).to_numpy(zero_copy_only=False)
    return same
