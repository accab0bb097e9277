"""Why a site is, or is not, served: one code per site."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

#: the codes in the order in which they are tried, the most basic obstacle first
NOT_LINKED, NO_CONNECTION, BEYOND_NORM, WITHIN_NORM = (
    "not_linked",
    "no_connection",
    "beyond_norm",
    "within_norm",
)
REASONS = (NOT_LINKED, NO_CONNECTION, BEYOND_NORM, WITHIN_NORM)

#: Times are whole seconds written as minutes; rounding keeps "exactly at the norm" exact (1e-6 min is 0.06 ms).
DECIMALS = 6

BoolArray = np.ndarray[Any, np.dtype[np.bool_]]


def is_within(minutes: pd.Series | np.ndarray[Any, Any], norm_minutes: float) -> BoolArray:
    """Tell which travel times are within the norm; a time of exactly the norm is.

    Parameters
    ----------
    minutes : travel times in minutes; inf and NaN are never within.
    norm_minutes : the norm in minutes.

    Examples
    --------
    >>> is_within(np.array([29.9, 30.0, 30.001, np.inf, np.nan]), 30).tolist()
    [True, True, False, False, False]
    """
    exact = np.round(np.asarray(minutes, dtype=float), DECIMALS)
    return np.asarray(exact <= norm_minutes, dtype=bool)


def reasons(minutes: pd.Series, linked: pd.Series, norm_minutes: float) -> pd.Series:
    """Give every site the reason why it is or is not within the norm.

    Parameters
    ----------
    minutes : travel time in minutes to the nearest practice, one per site; inf (or NaN) where none is reached.
    linked : bool, one per site, in the same order: is the site linked to the street network at all.
    norm_minutes : the norm in minutes.

    Returns
    -------
    Series
        of the codes in `REASONS`, named "reason", with the index of ``minutes``.

    Examples
    --------
    >>> reasons(pd.Series([30, 31, np.inf, np.inf]), pd.Series([True, True, True, False]), 30).tolist()
    ['within_norm', 'beyond_norm', 'no_connection', 'not_linked']
    """
    if len(minutes) != len(linked):
        raise ValueError(f"{len(minutes)} travel times but {len(linked)} links")
    time = minutes.to_numpy(dtype=float)
    codes = np.select(
        [~linked.to_numpy(dtype=bool), ~np.isfinite(time), ~is_within(time, norm_minutes)],
        [NOT_LINKED, NO_CONNECTION, BEYOND_NORM],
        WITHIN_NORM,
    )
    return pd.Series(codes.astype(object), index=minutes.index, name="reason")
