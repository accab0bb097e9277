import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.access.decay import (
    LUO_QI,
    WAN,
    EndingGaussian,
    Exponential,
    Gaussian,
    InversePower,
    Linear,
    Steps,
    Within,
)
from geoaccess.errors import ProjectError

ALL = (
    *(Within(30), LUO_QI, WAN, Linear(60), Gaussian(20), EndingGaussian(60)),
    *(Exponential(0.05), InversePower(1.5)),
)


@pytest.mark.parametrize("decay", ALL)
@given(minutes=st.lists(st.floats(0, 2000), min_size=1))
def test_weights_lie_between_0_and_1_and_never_rise(decay, minutes) -> None:
    times = np.sort(minutes)
    before = times.copy()
    weights = decay(times)
    assert weights.dtype == np.float64
    assert ((weights >= 0) & (weights <= 1)).all()
    assert (np.diff(weights) <= 0).all()
    np.testing.assert_array_equal(times, before)


@pytest.mark.parametrize("decay", ALL)
def test_all_print_formula_and_source_and_are_values(decay) -> None:
    assert str(decay) == decay.formula
    assert decay.formula.startswith("W(t) = ")
    assert decay.source
    assert eval(repr(decay)) == decay
    assert hash(decay) == hash(eval(repr(decay)))


def test_limits_are_inclusive_for_whole_seconds() -> None:
    seconds = np.arange(0, 3700)
    times = seconds / 60
    assert (Within(30)(times) == (seconds <= 1800)).all()
    assert (
        LUO_QI(times)
        == np.select([seconds <= 600, seconds <= 1200, seconds <= 1800], [1, 0.68, 0.22])
    ).all()
    assert (WAN(times) > 0).sum() == 3601


def test_by_hand() -> None:
    at = np.array([30.0])
    assert Gaussian(30)(at) == pytest.approx(math.exp(-0.5))
    assert EndingGaussian(60)(at) == pytest.approx(
        (math.exp(-1 / 8) - math.exp(-1 / 2)) / (1 - math.exp(-1 / 2))
    )
    assert Exponential(0.1)(at) == pytest.approx(math.exp(-3))
    assert InversePower(2)(at) == pytest.approx(1 / 900)
    assert Linear(40)(at) == pytest.approx(0.25)
    # what cannot be divided by is none
    assert Exponential(1)(np.array([300.0])) == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: Within(0),
        lambda: Linear(math.nan),
        lambda: Gaussian(-1),
        lambda: EndingGaussian(math.inf),
        lambda: Exponential(0),
        lambda: InversePower(0),
        lambda: Steps((10.0,), (1.0, 0.5)),
        lambda: Steps((20.0, 10.0), (1.0, 0.5)),
        lambda: Steps((10.0, 20.0), (0.5, 1.0)),
        lambda: Steps((), ()),
    ],
)
def test_what_is_no_decay_is_refused(make) -> None:
    with pytest.raises(ProjectError):
        make()
