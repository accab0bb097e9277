"""Classes, colours and symbols that the interactive and the printed map share.

Travel times are coloured from pale blue (near) over orange to dark red (far); lightness falls with every
class, so that the order survives colour blindness and a black-and-white printer. Two classes carry a mark
of their own instead of a colour of the scale: a cross where nothing can be reached, a hatch where the
network says nothing about a site. Areas are shaded on another, quieter scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geoaccess.access.reason import NOT_LINKED, WITHIN_NORM

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]

CROSS, HATCH = "cross", "hatch"


@dataclass(frozen=True)
class TimeClass:
    """One class of travel time: how it is called in files and how its sites are drawn."""

    code: str
    fill: str
    ink: str
    mark: str = ""


@dataclass(frozen=True)
class ShareClass:
    """One class of the share of people beyond the norm in an area."""

    code: str
    fill: str
    mark: str = ""


#: upper bounds in minutes of the first classes; a time on a bound belongs to the lower class
TIME_BOUNDS = (15.0, 30.0, 45.0, 60.0)
TIME_CLASSES = (
    TimeClass("to_15", "#e3eef8", "#1a1a1a"),
    TimeClass("15_to_30", "#a6cbea", "#1a1a1a"),
    TimeClass("30_to_45", "#f5a93c", "#1a1a1a"),
    TimeClass("45_to_60", "#d4541e", "#ffffff"),
    TimeClass("over_60", "#84102f", "#ffffff"),
    TimeClass("unreachable", "#000000", "#ffffff", CROSS),
    TimeClass("no_data", "#f2f2f2", "#4d4d4d", HATCH),
)
UNREACHABLE, NO_DATA = 5, 6
#: cells of the access surface lie under everything else: they are paler, and out of reach is not black but grey
CELL_FILLS = (*(each.fill for each in TIME_CLASSES[:UNREACHABLE]), "#3d3d3d", HATCH)
CELL_OPACITY = 0.62

#: upper bounds of the share of people beyond the norm; the first class is exactly none
SHARE_BOUNDS = (0.0, 0.10, 0.25, 0.50)
SHARE_CLASSES = (
    ShareClass("none", "#f0eef6"),
    ShareClass("to_10", "#dfdbea"),
    ShareClass("10_to_25", "#cdc7df"),
    ShareClass("25_to_50", "#b8b0d2"),
    ShareClass("over_50", "#a096c2"),
    ShareClass("no_data", "#ffffff", HATCH),
    ShareClass("no_sites", "none"),
)
SHARE_NO_DATA, SHARE_NO_SITES = 5, 6

PRACTICE_FILL, PRACTICE_INK = "#00695c", "#ffffff"
OUTLINE, OUTLINE_BEYOND = "#6b6b6b", "#111111"
AREA_LINE, HATCH_LINE = "#6f6a80", "#9a9a9a"
#: colour and width in points of the background by `Streets.kind`: path, minor street, main road, ferry
STREET_LINES = (("#dcdcd6", 0.35), ("#cfcfc9", 0.5), ("#b3b3ad", 1.0), ("#9fb9c9", 0.8))


def time_classes(minutes: pd.Series, reason: pd.Series) -> IntArray:
    """Index into `TIME_CLASSES` for every site.

    Parameters
    ----------
    minutes : travel time to the nearest practice; inf or NaN where none is reached.
    reason : reason code per site; "not_linked" has no time at all.
    """
    value = np.round(minutes.to_numpy(dtype=float, na_value=math.nan), 6)
    found = np.searchsorted(TIME_BOUNDS, value, side="left")
    found = np.where(np.isfinite(value), found, UNREACHABLE)
    return np.where(reason.to_numpy() == NOT_LINKED, NO_DATA, found).astype(np.int64)


def share_classes(share: pd.Series, sites: pd.Series) -> IntArray:
    """Index into `SHARE_CLASSES` for every area.

    Parameters
    ----------
    share : share of people beyond the norm, 0..1; NaN where no residents are known.
    sites : number of sites in the area.
    """
    value = np.round(share.to_numpy(dtype=float, na_value=math.nan), 9)
    found = np.searchsorted(SHARE_BOUNDS, value, side="left")
    found = np.where(np.isfinite(value), found, SHARE_NO_DATA)
    return np.where(sites.to_numpy() == 0, SHARE_NO_SITES, found).astype(np.int64)


def beyond_norm(reason: pd.Series) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which sites are not served within the norm, whatever the reason."""
    return np.asarray(reason.to_numpy() != WITHIN_NORM, dtype=bool)


def rounded_minutes(
    minutes: Sequence[float] | FloatArray, norm_minutes: float, decimals: int = 1
) -> FloatArray:
    """Round times for readers, never across a class bound or the norm.

    30 minutes and one second is beyond a norm of 30; written as 30.0 it would contradict its own class,
    so it becomes 30.1 (or 31 without decimals). inf and NaN both become NaN: files leave them empty.

    Parameters
    ----------
    minutes : times in minutes.
    norm_minutes : the norm, kept apart like the class bounds.
    decimals : digits after the decimal sign.

    Examples
    --------
    >>> rounded_minutes([30.0, 30.01, 54.26, float("inf")], 30.0).tolist()
    [30.0, 30.1, 54.3, nan]
    """
    exact = np.round(np.asarray(minutes, dtype=float), 6)
    exact = np.where(np.isfinite(exact), exact, np.nan)
    result = np.round(exact, decimals).astype(np.float64)
    step = 10.0**-decimals
    for bound in (*TIME_BOUNDS, norm_minutes):
        above = round(math.floor(bound / step + 1e-9) * step + step, decimals)
        result[(exact > bound) & (result <= bound)] = above
    return result


def largest_radius(sites: int) -> float:
    """Radius (px or pt) of the biggest site: smaller where there are many, so that they stay apart."""
    return 20.0 * min(1.0, math.sqrt(math.sqrt(100.0 / max(sites, 1))))


def radii(residents: pd.Series) -> FloatArray:
    """Radius of every site, area proportional to residents; NaN where residents are unknown.

    A floor keeps the smallest sites visible.
    """
    known = residents.to_numpy(dtype=float, na_value=math.nan)
    return radii_of(known, biggest(residents), len(known))


def biggest(residents: pd.Series) -> float:
    """Most residents of any site, at least 1."""
    known = residents.to_numpy(dtype=float, na_value=math.nan)
    known = known[np.isfinite(known)]
    return max(1.0, float(known.max())) if len(known) else 1.0


def radii_of(residents: FloatArray, most: float, sites: int) -> FloatArray:
    """Radius for numbers of residents on the scale of a map with ``sites`` sites, the biggest of ``most``."""
    largest = largest_radius(sites)
    radius: FloatArray = np.maximum(
        largest * np.sqrt(residents / np.float64(most)), min(3.0, largest / 2)
    )
    return radius


def unknown_radius(sites: int) -> float:
    """Radius of the hollow marker of a site whose residents are unknown."""
    return min(5.0, largest_radius(sites) / 2)


def line_widths(sites: int) -> tuple[float, float]:
    """Width of the line around a site, and of that around a site beyond the norm."""
    part = largest_radius(sites) / 20
    return max(0.4, part), max(0.9, 2.2 * part)


def size_steps(most: float) -> list[int]:
    """Up to three round numbers of residents for the legend of sizes, biggest first.

    Examples
    --------
    >>> size_steps(640), size_steps(3)
    ([500, 100, 20], [2])
    """
    steps: list[int] = []
    for part in (most, most / 4, most / 20):
        if part < 1:
            break
        tens = 10 ** math.floor(math.log10(part))
        step = int(tens * max(n for n in (1, 2, 5) if n * tens <= part))
        if step not in steps:
            steps.append(step)
    return steps or [1]
