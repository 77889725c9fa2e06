"""Wandering of the gap between two groups: exact in a small case, and never a narrower interval."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from segmentation_lib.implement.effects import difference_in_differences
from segmentation_lib.implement.effects.wandering import allow_for_wandering, measure_wandering

TREATED = np.arange(40) < 20


def blocks(*gaps: float, noise: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(3)
    shape = (len(TREATED), len(gaps))
    return 10.0 + np.outer(TREATED, gaps) + noise * rng.normal(size=shape)


def test_a_gap_that_moves_as_a_whole_wanders_by_its_variance():
    gaps = [0.0, 3.0, 1.0, 2.0]
    found = measure_wandering(blocks(*gaps), TREATED, scale="difference")
    assert found == pytest.approx(np.var(gaps, ddof=1))
    logs = measure_wandering(blocks(*gaps), TREATED, scale="ratio")
    assert logs == pytest.approx(np.var(np.log1p(np.array(gaps) / 10), ddof=1))
    assert measure_wandering(blocks(1.0, 1.0, 1.0), TREATED, scale="ratio") == 0.0
    assert measure_wandering(blocks(0.0, 9.0), TREATED, scale="ratio") == 0.0


def test_chance_among_customers_is_taken_off():
    noise = blocks(*[0.0] * 200, noise=2.0)
    # Of 20 customers each: the gap varies by 2 * 4 / 20 by chance.
    assert measure_wandering(noise, TREATED, scale="difference") < 0.15
    weights = np.where(TREATED, 1.0, np.arange(40) % 2)
    assert measure_wandering(noise, TREATED, scale="difference", weights=weights) < 0.25


@pytest.mark.parametrize("scale", ["ratio", "difference"])
def test_the_interval_is_students_with_a_degree_less_than_blocks(scale):
    panel = blocks(0.0, 0.0, 0.0, 0.0, 2.0, noise=1.0)
    found = difference_in_differences(panel, TREATED, scale=scale, seed=1)
    assert allow_for_wandering(found, 0.0, 4) is found
    wide = allow_for_wandering(found, 0.5, 4)
    error = np.sqrt(found.error**2 + 0.5 * 1.25)
    ends = np.array([wide.deciding.low, wide.deciding.high])
    ends = np.log1p(ends) if scale == "ratio" else ends
    assert (ends[1] - ends[0]) / 2 == pytest.approx(t.ppf(0.975, 3) * error)
    assert wide.effect.low < found.effect.low < found.effect.high < wide.effect.high
    assert wide.deciding.value == found.deciding.value
    barely = allow_for_wandering(found, 1e-12, 400)
    assert barely.effect.high - barely.effect.low >= found.effect.high - found.effect.low
