from __future__ import annotations

import numpy as np
import pyproj
import pytest

from geoaccess.load.locate import locate

NAN = np.nan


def columns(*pairs: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.array(pairs, dtype=float).T
    return x, y


def test_the_centre_of_rd_is_in_amersfoort() -> None:
    located = locate(*columns((155000.0, 463000.0)), None)
    assert located.system == pyproj.CRS("EPSG:28992")
    assert located.lon[0] == pytest.approx(5.38720621, abs=3e-6)
    assert located.lat[0] == pytest.approx(52.15517440, abs=3e-6)


def test_rd_across_the_border_is_rd() -> None:
    assert not locate(*columns((310_000, 315_000), (200_000, 290_000)), None).problems


@pytest.mark.parametrize(
    ("pairs", "positions"),
    [
        ([(4.2, 52.0), (52.0, 4.2)], [1]),
        ([(52.0, 4.2), (52.1, 4.3)], [-1]),
        ([(85e3, 447e3), (447e3, 85e3)], [1]),
        ([(447e3, 85e3)], [-1]),
        ([(0.0, 0.0), (4.2, 52.0)], [0]),
        ([(4.2, 52.0), (4.3, 52.0), (85e3, 447e3)], [2]),
        ([(4.2, 52.0), (85e3, 447e3), (85e3, 447e3)], [0]),
        ([(4.2, 52.0), (4.2, 520.0)], [1]),
        ([(467e3, 6.8e6)], [0]),
        ([(NAN, 52.0), (4.2, 52.0)], []),
        ([(NAN, NAN)], []),
        ([(-3.0, 51.6), (-3.1, 51.6), (-13.1, 51.6)], [2]),
        ([(51.5, -30.0)], []),
    ],
)
def test_problems(pairs: list[tuple[float, float]], positions: list[int]) -> None:
    located = locate(*columns(*pairs), None)
    assert [problem[0] for problem in located.problems] == positions
    for k in positions:
        assert k < 0 or np.isnan(located.lon[k]) or "km" in located.problems[0][1]


def test_a_system_that_is_stated_wins() -> None:
    x, y = columns((331_000, 188_000))
    assert locate(x, y, pyproj.CRS("EPSG:27700")).lat[0] == pytest.approx(51.586, abs=0.01)
    assert locate(x, y, None).problems[0][0] == -1
    far = locate(*columns((1e12, 1e12)), pyproj.CRS("EPSG:32631"))
    assert [problem[0] for problem in far.problems] == [0]
