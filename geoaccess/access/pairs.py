"""Pairs of origins and practices that can reach each other, laid in rows once for all measures of catchment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from geoaccess.tables import require_columns

Array = np.ndarray[Any, Any]

#: ids named in a note; the rest is counted
NAMED = 5
#: pairs at which a block of rows ends
BLOCK = 250_000
#: whole-number ids are looked up in a table where they span at most so many times their number, and this many more
SPAN, MORE = 8, 1_000_000


class Block(NamedTuple):
    """The pairs of some origins.

    Attributes
    ----------
    rows : of the origins. minutes : float (k,). practice : int32 (k,). start : first pair of each origin, int32.
    practices : how many there are.
    """

    rows: slice
    minutes: Array
    practice: Array
    start: Array
    practices: int

    def weighted(self, weights: Array) -> sparse.csr_array:
        """Put the weights (k,) of the pairs in a table of origins by practices."""
        table = sparse.csr_array((len(self.start) - 1, self.practices))
        # set one by one: given at once, they would be copied, as parts of larger arrays
        table.data, table.indices, table.indptr = weights, self.practice, self.start
        return table


@dataclass(frozen=True, eq=False)
class Pairs:
    """Reachable pairs of origins and practices, by origin, then practice (compressed sparse rows).

    Attributes
    ----------
    origin_ids : (n,), in the order of the table of demand. practice_ids : (m,), in the order of the table of supply.
    persons : float (n,), 0 where unknown. supply : float (m,), 0 where unknown.
    minutes : csr_array (n, m) of travel times; times of 0 are stored.
    notes : sentences on what is unknown.
    """

    origin_ids: Array
    practice_ids: Array
    persons: Array
    supply: Array
    minutes: sparse.csr_array
    notes: tuple[str, ...]

    def blocks(self) -> Iterator[Block]:
        """Give the rows of some origins at a time, with all their travel times.

        What is computed from so few pairs stays in the cache of a processor, which takes half the time.
        """
        minutes = self.minutes
        wanted = np.arange(0, minutes.nnz, BLOCK)
        bounds = np.unique(np.searchsorted(minutes.indptr[1:], wanted, side="right"))
        for first, last in pairwise([*bounds.tolist(), minutes.shape[0]]):
            start, end = minutes.indptr[first], minutes.indptr[last]
            yield Block(
                slice(first, last),
                minutes.data[start:end],
                minutes.indices[start:end],
                minutes.indptr[first : last + 1] - start,
                minutes.shape[1],
            )


def link(
    demand: pd.DataFrame, supply: pd.DataFrame, times: pd.DataFrame, *, column: str = "minutes"
) -> Pairs:
    """Give origins and practices numbers and lay their travel times in rows, once for all measures.

    Parameters
    ----------
    demand : origin_id, persons (NaN unknown: counts as none, and is said) and optionally kind. An origin may have a row
        for each kind of person, say migrants and other residents; they compete alike, so their persons are added.
    supply : practice_id, supply (for instance fte or consultation hours; NaN unknown: counts as none, and is said).
    times : origin_id, practice_id and ``column`` in minutes, one row for each reachable pair; inf and NaN are not.
    column : the travel times to use.

    Raises
    ------
    ValueError
        if an origin repeats within a kind, practices or pairs repeat, numbers are negative or infinite, or ``times``
        holds an id that is not in its table.
    """
    require_columns(demand, ("origin_id", "persons"), "demand")
    require_columns(supply, ("practice_id", "supply"), "supply")
    require_columns(times, ("origin_id", "practice_id", column), "travel times")
    keys = ["origin_id", *(["kind"] if "kind" in demand.columns else [])]
    if demand.duplicated(keys).any():
        raise ValueError("origins repeat in the demand" + " of one kind" * (len(keys) > 1))
    if supply["practice_id"].duplicated().any():
        raise ValueError("practices repeat in the supply")
    row, seen = pd.factorize(demand["origin_id"])
    people, said = _amounts(demand, "persons", "origins", "origin_id")
    offered, also = _amounts(supply, "supply", "practices", "practice_id")
    # one without the other: pd.unique of text may be of another type than the table's
    origin_ids = demand["origin_id"].to_numpy()[np.unique(row, return_index=True)[1]]
    persons = np.bincount(row, weights=people, minlength=len(origin_ids))
    minutes = _minutes(times, column, pd.Index(seen), pd.Index(supply["practice_id"]))
    practice_ids = supply["practice_id"].to_numpy()
    return Pairs(origin_ids, practice_ids, persons, offered, minutes, (*said, *also))


def _amounts(table: pd.DataFrame, column: str, what: str, key: str) -> tuple[Array, list[str]]:
    """Numbers of a column with 0 for unknown, and a sentence on these."""
    values = table[column].to_numpy(dtype=float, na_value=np.nan)
    if (values < 0).any() or np.isinf(values).any():
        raise ValueError(f"{column} must be 0 or more, and finite")
    unknown = table.loc[np.isnan(values), key].astype(str).tolist()
    said = []
    if unknown:
        said = [
            f"{column} of {len(unknown)} {what} is unknown and counts as none: {some(unknown)}."
        ]
    return np.nan_to_num(values), [text[0].upper() + text[1:] for text in said]


def some(ids: list[str]) -> str:
    """Name the first few ids."""
    return ", ".join(sorted(ids)[:NAMED]) + (", ..." if len(ids) > NAMED else "")


def _minutes(
    times: pd.DataFrame, column: str, origins: pd.Index[Any], practices: pd.Index[Any]
) -> sparse.csr_array:
    """Travel times in rows by origin, then practice."""
    values = times[column].to_numpy(dtype=float, na_value=np.nan)
    # an origin mostly stands in many rows one after the other, so that its id is looked up once
    first = _runs(times["origin_id"])
    origin = _codes(times["origin_id"].iloc[first], origins, "origins")
    practice = _codes(times["practice_id"], practices, "practices")
    length = np.diff(first, append=len(values))
    if len(values) and values.min() < 0:
        raise ValueError("travel times must be 0 or more")
    reached = None if np.isfinite(values.sum()) else np.isfinite(values)
    if reached is None and (origin[1:] > origin[:-1]).all():
        table = _rows(origin, length, practice, values, (len(origins), len(practices)))
        if table is not None:
            return table
    each = np.repeat(origin, length)
    if reached is not None:
        each, practice, values = each[reached], practice[reached], values[reached]
        if len(values) and values.min() < 0:
            raise ValueError("travel times must be 0 or more")
    shape = (len(origins), len(practices))
    table = sparse.csr_array(sparse.coo_array((values, (each, practice)), shape=shape))
    if table.nnz != len(values):
        raise ValueError("pairs of origin and practice repeat in the travel times")
    return table


def _rows(
    origin: Array, length: Array, practice: Array, values: Array, shape: tuple[int, int]
) -> sparse.csr_array | None:
    """Rows of rising origins, as they stand; None where the practices of an origin do not rise."""
    count = np.zeros(shape[0], dtype=np.int32)
    count[origin] = length
    start = np.zeros(shape[0] + 1, dtype=np.int32)
    np.cumsum(count, out=start[1:])
    rises = practice[1:] > practice[:-1]
    rises[start[(start > 0) & (start < len(practice))] - 1] = True
    if not rises.all():
        return None
    table = sparse.csr_array((values, practice, start), shape=shape)
    table.has_canonical_format = True
    return table


def _runs(ids: pd.Series) -> Array:
    """First rows of runs of equal ids."""
    if isinstance(ids.dtype, pd.CategoricalDtype):
        values: Any = ids.cat.codes.to_numpy()
    else:
        values = ids.array if isinstance(ids.dtype, pd.StringDtype) else ids.to_numpy()
    differs = values[1:] != values[:-1]
    if not isinstance(differs, np.ndarray):
        differs = differs.to_numpy(dtype=bool, na_value=True)
    return np.concatenate([np.zeros(min(len(ids), 1), dtype=np.int64), np.flatnonzero(differs) + 1])


def _codes(ids: pd.Series, known: pd.Index[Any], what: str) -> Array:
    """Place in ``known`` of each id (int32)."""
    code = _looked_up(ids, known)
    if len(code) and code.min() < 0:
        stray = [str(name) for name in ids[code < 0].unique()]
        raise ValueError(f"travel times of {what} that are not in their table: {some(stray)}")
    return code


def _looked_up(ids: pd.Series, known: pd.Index[Any]) -> Array:
    """Place in ``known`` of each id, -1 where it is not there (int32)."""
    if isinstance(ids.dtype, pd.CategoricalDtype):
        # the last, which code -1 stands for, is no category
        place = np.append(known.get_indexer(pd.Index(ids.cat.categories)), -1).astype(np.int32)
        code = ids.cat.codes.to_numpy()
        if (place[:-1] == np.arange(len(place) - 1)).all():
            return np.asarray(code.astype(np.int32))
        return np.asarray(place[code])
    if _whole(ids.dtype) and _whole(known.dtype) and len(ids) and len(known):
        low, high = int(known.min()), int(known.max())
        if high - low < SPAN * len(known) + MORE:
            return _counted(ids.to_numpy(), known.to_numpy(), low, high)
    if _text(ids.dtype) and _text(known.dtype):
        import pyarrow as pa
        import pyarrow.compute as pc

        text: Any = ids.array.__arrow_array__()
        among = pa.array(known.array).cast(text.type)
        return np.asarray(pc.index_in(text, value_set=among).fill_null(-1))
    code, seen = pd.factorize(ids)
    return np.asarray(np.append(known.get_indexer(pd.Index(seen)), -1).astype(np.int32)[code])


def _whole(dtype: Any) -> bool:
    """Whether these are numbers that fit in int64."""
    return isinstance(dtype, np.dtype) and np.can_cast(dtype, np.int64) and dtype.kind in "iu"


def _text(dtype: Any) -> bool:
    return isinstance(dtype, pd.StringDtype) and dtype.storage == "pyarrow"


def _counted(ids: Array, known: Array, low: int, high: int) -> Array:
    """Places of whole numbers among others from ``low`` to ``high``, -1 where they are not there (int32)."""
    ids, known = ids.astype(np.int64, copy=False), known.astype(np.int64, copy=False)
    outside = bool(ids.min() < low or ids.max() > high)
    in_order = len(known) == high - low + 1 and bool((known[1:] > known[:-1]).all())
    if in_order and not outside:
        return (ids - low if low else ids).astype(np.int32)
    place = np.full(high - low + 2, -1, dtype=np.int32)
    place[known - low] = np.arange(len(known), dtype=np.int32)
    if outside:
        ids = np.where((ids < low) | (ids > high), high + 1, ids)
    return np.asarray(place[ids - low])
