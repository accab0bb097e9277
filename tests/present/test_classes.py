from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoaccess.present import classes
from geoaccess.present.classes import SHARE_CLASSES, TIME_CLASSES


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


#: how red-blind and green-blind eyes see linear RGB (Machado 2009, severity 1)
BLIND = {
    "none": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}  # fmt: skip


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ) @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])  # fmt: skip
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_a_time_on_a_bound_belongs_to_the_lower_class():
    minutes = pd.Series([0, 15, 15.02, 30, 45, 60, 60.02, math.inf, math.nan, 5])
    reason = pd.Series(["within_norm"] * 9 + ["not_linked"])
    codes = [TIME_CLASSES[k].code for k in classes.time_classes(minutes, reason)]
    assert codes == [
        "to_15", "to_15", "15_to_30", "15_to_30", "30_to_45", "45_to_60", "over_60",
        "unreachable", "unreachable", "no_data",
    ]  # fmt: skip


def test_seconds_of_float_noise_do_not_change_the_class():
    minutes = pd.Series([29.999999999999996, 30.000000000000004, 1800 / 60])
    assert len(set(classes.time_classes(minutes, pd.Series(["within_norm"] * 3)))) == 1


def test_share_classes():
    share = pd.Series([0.0, 0.001, 0.1, 0.25, 0.5, 0.51, 1.0, math.nan, math.nan])
    sites = pd.Series([1] * 8 + [0])
    codes = [SHARE_CLASSES[k].code for k in classes.share_classes(share, sites)]
    assert codes == [
        "none", "to_10", "to_10", "10_to_25", "25_to_50", "over_50", "over_50", "no_data", "no_sites",
    ]  # fmt: skip


@given(
    st.lists(st.floats(0, 200), min_size=1, max_size=20),
    st.sampled_from([20.0, 22.5, 30.0, 45.0]),
    st.sampled_from([0, 1]),
)
def test_rounding_never_crosses_a_bound_or_the_norm(minutes, norm, decimals):
    rounded = classes.rounded_minutes(minutes, norm, decimals)
    exact = np.round(minutes, 6)
    assert np.abs(rounded - exact).max() <= 10.0**-decimals + 1e-6
    for bound in (*classes.TIME_BOUNDS, norm):
        if decimals == 1 or bound == int(bound):
            assert ((rounded > bound) == (exact > bound)).all()


def test_rounding_is_ordinary_away_from_bounds():
    assert classes.rounded_minutes([12.34, 12.36, 0.0], 30).tolist() == [12.3, 12.4, 0.0]


@given(st.lists(st.integers(1, 3000), min_size=2, max_size=30))
def test_area_of_a_circle_is_proportional_to_residents(residents):
    radius = classes.radii(pd.Series(residents, dtype=float))
    big = radius > min(3.0, classes.largest_radius(len(residents)) / 2)
    ratio = radius[big] ** 2 / np.array(residents)[big]
    assert np.allclose(ratio, ratio[0])


def test_unknown_residents_have_no_radius_and_do_not_set_the_scale():
    radius = classes.radii(pd.Series([math.nan, 100.0, 0.0]))
    assert math.isnan(radius[0])
    assert radius[1] == classes.largest_radius(3)
    assert radius[2] > 0


@pytest.mark.parametrize("most", [1, 2, 7, 80, 640, 12_345])
def test_sizes_in_the_legend_are_round_and_falling(most):
    steps = classes.size_steps(most)
    assert steps == sorted(set(steps), reverse=True)
    assert 1 <= len(steps) <= 3
    assert steps[0] <= most


def test_lightness_falls_with_every_class_of_either_scale():
    for scale in (TIME_CLASSES[:6], SHARE_CLASSES[:5]):
        light = [luminance(item.fill) for item in scale]
        assert light == sorted(light, reverse=True)
        assert len(set(light)) == len(light)


@pytest.mark.parametrize("eyes", BLIND)
def test_neighbouring_classes_can_be_told_apart_by_colour_blind_eyes(eyes):
    seen = [lab(BLIND[eyes] @ linear(item.fill)) for item in TIME_CLASSES[:6]]
    for k, first in enumerate(seen):
        for second in seen[k + 1 :]:
            assert np.linalg.norm(first - second) > 12


def test_marks_are_readable_on_their_class():
    for item in TIME_CLASSES:
        light, dark = sorted((luminance(item.fill), luminance(item.ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 3.5
