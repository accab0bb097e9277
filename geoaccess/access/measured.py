"""The catchment measures that a project asks for, for the residents of sites and all other inhabitants together."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from geoaccess.access.catchment import MEASURES
from geoaccess.errors import Fault, ProjectError

#: every name that a project may ask for
KNOWN = (*MEASURES, "raam")


@dataclass(frozen=True)
class Measures:
    """Which catchment measures are wanted.

    Attributes
    ----------
    names : of `KNOWN` ("2sfca", "e2sfca", "3sfca", "bfca", "spatial_availability", "raam"), in the order of their
        columns; capitals do not matter. None by default.
    inhabitants : do the inhabitants of the areas, where these are known, compete with the residents of sites.

    Raises
    ------
    ProjectError
        that names every unknown or repeated measure.

    Examples
    --------
    >>> Measures(("2SFCA", "raam"))
    Measures(names=('2sfca', 'raam'), inhabitants=True)
    """

    names: tuple[str, ...] = ()
    inhabitants: bool = True

    def __post_init__(self) -> None:
        # one name in a notebook is no list of letters
        given: object = self.names
        each = [given] if isinstance(given, str) else self.names
        names = [str(name).strip().lower() for name in each]
        faults = [_unknown(name) for name in names if name not in KNOWN]
        faults += [
            Fault("is asked for twice", value=name, key="measures.catchment")
            for name in dict.fromkeys(names)
            if name in KNOWN and names.count(name) > 1
        ]
        if faults:
            raise ProjectError(faults)
        object.__setattr__(self, "names", tuple(names))


def _unknown(name: str) -> Fault:
    near = difflib.get_close_matches(name.replace(" ", "_"), KNOWN, n=1)
    remedy = f"did you mean '{near[0]}'?" if near else f"known here are: {', '.join(KNOWN)}"
    return Fault("is no catchment measure", value=name, remedy=remedy, key="measures.catchment")
