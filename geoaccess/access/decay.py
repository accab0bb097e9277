"""How much a practice counts for people who travel t minutes to it: small functions that can be printed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from geoaccess.access.reason import DECIMALS
from geoaccess.errors import Fault, ProjectError, range_faults

Floats = np.ndarray[Any, np.dtype[np.float64]]

#: times are whole seconds written as minutes, so that "exactly at the limit" allows for this
EXACTLY = 0.5 * 10.0**-DECIMALS
#: a weight below this counts as none: dividing by it would run out of the numbers of a computer
NEGLIGIBLE = 1e-100


class Decay(Protocol):
    """A weight from 0 to 1 for each travel time, which never rises with it."""

    @property
    def formula(self) -> str:
        """Formula in numbers, for reports."""
        ...

    @property
    def source(self) -> str:
        """Where the formula is from."""
        ...

    def __call__(self, minutes: Floats) -> Floats:
        """Weights of travel times in minutes, of the same shape."""
        ...


def _check(decay: Any, limits: dict[str, tuple[float, float]]) -> None:
    faults = range_faults(
        "decay", ((name, float(getattr(decay, name)), *limits[name]) for name in limits)
    )
    if faults:
        raise ProjectError(faults)


#: any limit of minutes from a second to a day; inf is none
MINUTES = (1 / 60, 1440.0)


@dataclass(frozen=True)
class Within:
    """All count alike up to a number of minutes.

    Examples
    --------
    >>> Within(30)(np.array([0.0, 30.0, 30.1])).tolist(), str(Within(30))
    ([1.0, 1.0, 0.0], 'W(t) = 1 for t <= 30 min, else 0')
    """

    minutes: float = 30.0
    source: ClassVar[str] = "Luo & Wang 2003"

    def __post_init__(self) -> None:
        _check(self, {"minutes": MINUTES})

    @property
    def formula(self) -> str:
        """Formula in numbers."""
        return f"W(t) = 1 for t <= {self.minutes:g} min, else 0"

    def __str__(self) -> str:
        return self.formula

    def __call__(self, minutes: Floats) -> Floats:
        """Weights of travel times in minutes, of the same shape."""
        # in one step: half the time of comparing first and converting then
        weights = np.empty(minutes.shape)
        np.less_equal(minutes, self.minutes + EXACTLY, out=weights, casting="unsafe")
        return weights


@dataclass(frozen=True)
class Steps:
    """Zones of falling weight: the default is the classic of Luo & Qi.

    Attributes
    ----------
    minutes : upper limits of the zones, rising; a time of exactly a limit is in the zone.
    weights : weight of each zone, from 1 down to 0.
    source : where the steps are from.

    Examples
    --------
    >>> Steps()(np.array([10.0, 10.1, 30.0, 31.0])).tolist(), str(Steps())
    ([1.0, 0.68, 0.22, 0.0], 'W(t) = 1 for t <= 10, 0.68 for t <= 20, 0.22 for t <= 30 min, else 0')
    """

    minutes: tuple[float, ...] = (10.0, 20.0, 30.0)
    weights: tuple[float, ...] = (1.0, 0.68, 0.22)
    source: str = "Luo & Qi 2009"

    def __post_init__(self) -> None:
        faults = []
        if not self.minutes or len(self.minutes) != len(self.weights) or len(self.minutes) > 100:
            faults.append(
                Fault("needs one weight for each limit, 1 to 100 of them", key="decay.weights")
            )
        rising = np.diff((0.0, *self.minutes)) > 0
        if not rising.all() or not all(map(math.isfinite, self.minutes)):
            faults.append(
                Fault("must rise from above 0", value=str(self.minutes), key="decay.minutes")
            )
        falling = np.diff((1.0, *self.weights, 0.0)) <= 0
        if not falling.all():
            faults.append(
                Fault("must fall from 1 to 0", value=str(self.weights), key="decay.weights")
            )
        if faults:
            raise ProjectError(faults)

    @property
    def formula(self) -> str:
        """Formula in numbers."""
        zones = zip(self.weights, self.minutes, strict=True)
        return f"W(t) = {', '.join(f'{w:g} for t <= {m:g}' for w, m in zones)} min, else 0"

    def __str__(self) -> str:
        return self.formula

    def __call__(self, minutes: Floats) -> Floats:
        """Weights of travel times in minutes, of the same shape."""
        # counting the limits that are met is several times as fast as searching for the zone
        met = np.zeros(minutes.shape, dtype=np.uint8)
        for limit in self.minutes:
            met += minutes <= limit + EXACTLY
        return np.asarray((0.0, *reversed(self.weights)), dtype=np.float64).take(met)


#: the steps of Luo & Qi for E2SFCA and of Wan, Zou & Sternberg for 3SFCA
LUO_QI = Steps()
WAN = Steps((10.0, 20.0, 30.0, 60.0), (0.962, 0.704, 0.377, 0.042), "Wan, Zou & Sternberg 2012")


@dataclass(frozen=True)
class Linear:
    """Falls in a straight line to nothing.

    Examples
    --------
    >>> Linear(60)(np.array([0.0, 15.0, 60.0, 90.0])).tolist(), str(Linear(60))
    ([1.0, 0.75, 0.0, 0.0], 'W(t) = max(0, 1 - t/60 min)')
    """

    minutes: float = 60.0
    source: ClassVar[str] = "straight line"

    def __post_init__(self) -> None:
        _check(self, {"minutes": MINUTES})

    @property
    def formula(self) -> str:
        """Formula in numbers."""
        return f"W(t) = max(0, 1 - t/{self.minutes:g} min)"

    def __str__(self) -> str:
        return self.formula

    def __call__(self, minutes: Floats) -> Floats:
        """Weights of travel times in minutes, of the same shape."""
        return _tidy(1.0 - minutes / self.minutes)


@dataclass(frozen=True)
class Gaussian:
    """Falls slowly at first, then quickly, and never quite to nothing.

    Examples
    --------
    >>> Gaussian(20)(np.array([0.0, 20.0])).round(4).tolist(), str(Gaussian(20))
    ([1.0, 0.6065], 'W(t) = exp(-t^2 / (2 x (20 min)^2))')
    """

    sigma_min: float = 20.0
    source: ClassVar[str] = "Ingram 1971"

    def __post_init__(self) -> None:
        _check(self, {"sigma_min": MINUTES})

    @property
    def formula(self) -> str:
        """Formula in numbers."""
        return f"W(t) = exp(-t^2 / (2 x ({self.sigma_min:g} min)^2))"

    def __str__(self) -> str:
        return self.formula

    def __call__(self, minutes: Floats) -> Floats:
        """Weights of travel times in minutes, of the same shape."""
        return _tidy(np.exp(-0.5 * np.square(minutes / self.sigma_min)))


@dataclass(frozen=True)
class EndingGaussian:
    """A Gaussian that is moved down so that it ends at nothing.

    Examples
    --------
    >>> EndingGaussian(60)(np.array([0.0, 30.0, 60.0, 61.0])).round(4).tolist()
    [1.0, 0.7014, 0.0, 0.0]
    """

    minutes: float = 60.0
    source: ClassVar[str] = "Dai 2010"

    def __post_init__(self) -> None:
        _check(self, {"minutes": MINUTES})

    @property
    def formula(self) -> str:
        """Formula in numbers."""
        return (
            f"W(t) = (exp(-(t/{self.minutes:g} min)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2)) "
            f"for t <= {self.minutes:g} min, else 0"
        )

    def __str__(self) -> str:
        return self.formula

    def __call__(self, minutes: Floats) -> Floats:
        """Weights of travel times in minutes, of the same shape."""
        end = math.exp(-0.5)
        return _tidy((np.exp(-0.5 * np.square(minutes / self.minutes)) - end) / (1.0 - end))


@dataclass(frozen=True)
class Exponential:
    """Falls by the same share every minute.

    Examples
    --------
    >>> Exponential(0.05)(np.array([0.0, 20.0])).round(4).tolist(), str(Exponential(0.05))
    ([1.0, 0.3679], 'W(t) = exp(-0.05 t/min)')
    """

    per_minute: float = 0.05
    source: ClassVar[str] = "Wilson 1971"

    def __post_init__(self) -> None:
        _check(self, {"per_minute": (1e-6, 10.0)})

    @property
    def formula(self) -> str:
        """Formula in numbers."""
        return f"W(t) = exp(-{self.per_minute:g} t/min)"

    def __str__(self) -> str:
        return self.formula

    def __call__(self, minutes: Floats) -> Floats:
        """Weights of travel times in minutes, of the same shape."""
        return _tidy(np.exp(-self.per_minute * minutes))


@dataclass(frozen=True)
class InversePower:
    """Falls with a power of the time; less than a minute counts as one, where the power would have no end.

    Examples
    --------
    >>> InversePower(2)(np.array([0.0, 1.0, 10.0])).tolist(), str(InversePower(2))
    ([1.0, 1.0, 0.01], 'W(t) = max(t, 1 min)^-2')
    """

    power: float = 1.0
    source: ClassVar[str] = "Hansen 1959"

    def __post_init__(self) -> None:
        _check(self, {"power": (1e-3, 10.0)})

    @property
    def formula(self) -> str:
        """Formula in numbers."""
        return f"W(t) = max(t, 1 min)^-{self.power:g}"

    def __str__(self) -> str:
        return self.formula

    def __call__(self, minutes: Floats) -> Floats:
        """Weights of travel times in minutes, of the same shape."""
        return _tidy(np.maximum(minutes, 1.0) ** -self.power)


def _tidy(weights: Floats) -> Floats:
    """Weights with what is negligible or negative set to 0, in place."""
    weights[~(weights >= NEGLIGIBLE)] = 0.0
    return weights
