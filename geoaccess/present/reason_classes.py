"""Colours and signs of the reasons why people have no feasible visit, for the interactive and the printed map.

Reasons have no order, so each has a hue of its own from a palette that keeps apart for the colour-blind (Okabe and Ito,
2008), and a sign of its own inside, so that none rests on its colour alone. What is feasible is pale and has no sign.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geoaccess.access.why import CODES, FEASIBLE
from geoaccess.present.classes import CROSS, HATCH

if TYPE_CHECKING:
    from collections.abc import Iterable

IntArray = np.ndarray[Any, np.dtype[np.int64]]
Line = tuple[tuple[float, float], ...]

#: signs as lines in a square from -1 to 1, y upwards
SIGNS: Final[dict[str, tuple[Line, ...]]] = {
    CROSS: (((-0.7, -0.7), (0.7, 0.7)), ((-0.7, 0.7), (0.7, -0.7))),
    "bar": (((-0.9, 0.0), (0.9, 0.0)),),
    "bars": (((-0.8, 0.38), (0.8, 0.38)), ((-0.8, -0.38), (0.8, -0.38))),
    "post": (((0.0, -0.9), (0.0, 0.9)),),
    "back": (((0.35, 0.75), (-0.45, 0.0), (0.35, -0.75)),),
    "slash": (((-0.65, -0.65), (0.65, 0.65)),),
    "box": (((-0.6, -0.6), (-0.6, 0.6), (0.6, 0.6), (0.6, -0.6), (-0.6, -0.6)),),
    "tent": (((-0.75, -0.45), (0.0, 0.6), (0.75, -0.45)),),
}


@dataclass(frozen=True)
class ReasonClass:
    """A reason: its code, fill, the colour of its sign, and that sign (its mark; "" for none)."""

    code: str
    fill: str
    ink: str = ""
    mark: str = ""


#: in the order of `geoaccess.access.why.CODES`
REASON_CLASSES: Final = (
    ReasonClass("not_linked", "#f2f2f2", "#4d4d4d", HATCH),
    ReasonClass("out_of_reach", "#000000", "#ffffff", CROSS),
    ReasonClass("no_service_that_day", "#0072b2", "#ffffff", "bar"),
    ReasonClass("no_service_in_free_time", "#56b4e9", "#000000", "bars"),
    ReasonClass("closed_in_free_time", "#d55e00", "#ffffff", "post"),
    ReasonClass("no_way_back", "#009e73", "#ffffff", "back"),
    ReasonClass("not_accepting", "#cc79a7", "#000000", "slash"),
    ReasonClass("no_room", "#f0e442", "#000000", "box"),
    ReasonClass("language", "#e69f00", "#000000", "tent"),
    ReasonClass(FEASIBLE, "#e3eef8"),
)
#: how much of its colour a reason keeps where it stops fewer than half of the people
PALE: Final = 0.35
FEASIBLE_CLASS: Final = len(REASON_CLASSES) - 1


def paler(look: ReasonClass) -> ReasonClass:
    """Look of a reason where it stops fewer than half of the people: its colour thinned with white.

    Examples
    --------
    >>> paler(REASON_CLASSES[1]).fill
    '#a6a6a6'
    """
    if look.mark in ("", HATCH):
        return look
    parts = (int(look.fill[k : k + 2], 16) for k in (1, 3, 5))
    fill = "#" + "".join(f"{round(PALE * part + (1 - PALE) * 255):02x}" for part in parts)
    return replace(look, fill=fill, ink="#000000")


def reason_classes(codes: Iterable[str]) -> IntArray:
    """Index into `REASON_CLASSES` of every code.

    Raises
    ------
    KeyError
        for a code that is none of `geoaccess.access.why.CODES`: a fault of the program.

    Examples
    --------
    >>> reason_classes(["feasible", "out_of_reach"]).tolist()
    [9, 1]
    """
    number = {code: k for k, code in enumerate(CODES)}
    return np.array([number[code] for code in codes], dtype=np.int64)
