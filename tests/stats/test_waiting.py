"""Tests of waits on a grid of time."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.survival import kaplan_meier
from segmentation_lib.stats.waiting import binned_completion, completion_quantile, resampled


def test_the_grid_gives_the_curve_of_kaplan_and_meier():
    rng = np.random.default_rng(1)
    wait, end = rng.integers(0, 30, 500), rng.integers(0, 30, 500)
    happened = wait <= end
    hour = np.minimum(wait, end)
    done = binned_completion(
        np.bincount(hour[happened], minlength=30), np.bincount(hour[~happened], minlength=30)
    )
    curve = kaplan_meier(hour.astype(float), happened, np.arange(30.0))
    assert done == pytest.approx(1 - curve.waiting)


def test_a_share_is_that_of_what_is_complete_at_the_end():
    curves = np.array([[0.1, 0.35, 0.4], [0.0, 0.0, 0.4], [0.0, 0.0, 0.0]])
    assert completion_quantile(curves, 0.5).tolist()[:2] == [2.0, 3.0]
    assert np.isnan(completion_quantile(curves, 0.5)[2])


def test_samples_vary_as_shares_do_and_depend_on_the_seed_only():
    happened, censored = np.array([20.0, 0.0]), np.array([0.0, 80.0])
    drawn = [
        resampled(happened, censored, draws=4000, seed=np.random.SeedSequence(s)) for s in (1, 1, 2)
    ]
    assert (drawn[0] == drawn[1]).all()
    assert (drawn[0] != drawn[2]).any()
    assert drawn[0][:, -1].mean() == pytest.approx(0.2, abs=0.003)
    assert drawn[0][:, -1].std() == pytest.approx(0.04, abs=0.002)
    with pytest.raises(ValueError, match="0 customers"):
        resampled(np.zeros(2), np.zeros(2), draws=1, seed=np.random.SeedSequence(1))
