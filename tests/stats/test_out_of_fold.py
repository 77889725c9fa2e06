"""Folds, group means out of fold, and the interval that knows folds share their rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from segmentation_lib.stats.out_of_fold import (
    corrected_interval,
    group_predictions,
    repeated_folds,
)


def test_every_row_is_judged_once_per_repeat_and_strata_are_dealt_evenly() -> None:
    strata = (np.arange(100) < 20).astype(np.int64)
    folds = repeated_folds(strata, parts=5, repeats=3, seed=np.random.SeedSequence(1))
    assert len(folds) == 15
    judged = np.concatenate([judge for _, judge in folds])
    assert (np.bincount(judged) == 3).all()
    for fit, judge in folds:
        assert len(np.intersect1d(fit, judge)) == 0
        assert strata[judge].sum() == 4
    again = repeated_folds(strata, parts=5, repeats=3, seed=np.random.SeedSequence(1))
    assert all((a[1] == b[1]).all() for a, b in zip(folds, again, strict=True))


def test_the_interval_is_wider_than_the_naive_one_by_the_published_factor() -> None:
    gains = np.random.default_rng(3).normal(0.01, 0.02, size=25)
    found = corrected_interval(gains, parts=5)
    naive = t.ppf(0.975, 24) * np.sqrt(gains.var(ddof=1) / 25)
    factor = np.sqrt((1 / 25 + 1 / 4) / (1 / 25))
    assert found.value == pytest.approx(gains.mean())
    assert found.high - found.value == pytest.approx(naive * factor)
    assert found.value - found.low == pytest.approx(naive * factor)


def test_one_fold_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        corrected_interval(np.array([0.1]), parts=5)


def test_group_means_come_from_the_rows_of_the_fit_only() -> None:
    values = np.array([1.0, 3.0, 10.0, 99.0, 99.0, 99.0])
    groups = np.array([0, 0, 1, 0, 1, 2])
    fit, judge = np.arange(3), np.arange(3, 6)
    predicted = group_predictions(values, groups, fit, judge)
    assert predicted.tolist() == [2.0, 10.0, pytest.approx(14 / 3)]
