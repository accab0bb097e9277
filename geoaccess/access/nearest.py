"""The nearest practices of every site, from the long table of travel times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geoaccess.access.reason import is_within

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]


def minutes_column(percentile: float) -> str:
    """Name of the column of travel times at a percentile.

    Examples
    --------
    >>> minutes_column(50), minutes_column(97.5)
    ('minutes_p50', 'minutes_p97.5')
    """
    return f"minutes_p{percentile:g}"


def nearest(
    times: pd.DataFrame,
    site_ids: Sequence[str] | pd.Series | pd.Index[Any],
    norm_minutes: float,
    *,
    column: str = "minutes_p50",
    ranks: int = 3,
) -> pd.DataFrame:
    """Find the nearest practices of every site and count those within the norm.

    Nobody disappears: the result has a row for every site asked for, with inf minutes where no (further) practice
    is reached. Practices that are equally far are ordered by id, so that the order of rows means nothing.

    Parameters
    ----------
    times : site_id, practice_id and ``column`` in minutes, one row for each reachable pair.
    site_ids : unique ids of all sites, in the order wanted.
    norm_minutes : the norm in minutes; a practice at exactly the norm counts as within.
    column : the travel times to use; inf and NaN count as not reachable.
    ranks : how many practices to follow (3: the nearest, second and third nearest).

    Returns
    -------
    DataFrame
        indexed by site_id: practice_id of the nearest (None where none), minutes, minutes_2 ... minutes_<ranks>
        (float, inf where there is none) and practices_within_norm (int).

    Raises
    ------
    ValueError
        if ``site_ids`` repeat or ``times`` holds a site that is not among them.

    Examples
    --------
    >>> times = pd.DataFrame({"site_id": ["a", "a"], "practice_id": ["p", "q"], "minutes_p50": [31.0, 12.0]})
    >>> nearest(times, ["a", "b"], 30, ranks=2).T.to_dict("list")
    {'a': ['q', 12.0, 31.0, 1], 'b': [None, inf, inf, 0]}
    """
    ids = pd.Index(site_ids, name="site_id")
    site, practice, practice_ids, minutes = _reachable_pairs(times, ids, column)
    order = np.lexsort((practice, minutes, site))
    site, practice, minutes = site[order], practice[order], minutes[order]

    # after sorting, the k-th nearest practice of a site stands k places after the first of that site
    count = np.bincount(site, minlength=len(ids))
    first = np.cumsum(count) - count
    place = np.arange(len(site)) - first[site]

    by_rank = np.full((len(ids), ranks), np.inf)
    kept = place < ranks
    by_rank[site[kept], place[kept]] = minutes[kept]
    nearest_id = np.full(len(ids), None, dtype=object)
    nearest_id[site[place == 0]] = practice_ids[practice[place == 0]]

    # dtype=object keeps None: pandas 3 would otherwise infer strings and turn it into NaN
    columns: dict[str, Array | pd.Series] = {
        "practice_id": pd.Series(nearest_id, index=ids, dtype=object),
        "minutes": by_rank[:, 0],
    }
    columns |= {f"minutes_{rank}": by_rank[:, rank - 1] for rank in range(2, ranks + 1)}
    columns["practices_within_norm"] = np.bincount(
        site[is_within(minutes, norm_minutes)], minlength=len(ids)
    )
    return pd.DataFrame(columns, index=ids)


def _reachable_pairs(
    times: pd.DataFrame, ids: pd.Index[Any], column: str
) -> tuple[Array, Array, Array, Array]:
    """Site row and practice code (codes in order of id), the ids of the codes, and minutes of the reachable pairs."""
    if not ids.is_unique:
        raise ValueError("site ids repeat")
    minutes = times[column].to_numpy(dtype=float)
    site_code, site_seen = pd.factorize(times["site_id"])
    row_of_code = ids.get_indexer(pd.Index(site_seen))
    if (row_of_code < 0).any():
        stray = [str(name) for name in np.asarray(site_seen)[row_of_code < 0][:5]]
        raise ValueError(f"travel times of sites that are not in the table of sites: {stray}")
    practice_code, practice_ids = pd.factorize(times["practice_id"], sort=True)
    reachable = np.isfinite(minutes)
    return (
        row_of_code[site_code[reachable]],
        practice_code[reachable],
        np.asarray(practice_ids, dtype=object),
        minutes[reachable],
    )
