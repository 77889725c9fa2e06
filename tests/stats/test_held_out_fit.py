"""Segments made anew beside frozen ones, on rows held out."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.cluster import KMeans
from segmentation_lib.stats.held_out_fit import held_out_gain


def nearest(centres):
    return lambda X: ((X[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)


def groups(n=600, shift=0.0, seed=1):
    rng = np.random.default_rng(seed)
    centres = np.array([[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]])
    return centres[rng.integers(0, 3, n)] + rng.normal(size=(n, 2)) + shift, centres


def test_frozen_segments_that_still_fit_lose_nothing():
    rows, centres = groups()
    gain = held_out_gain(rows, nearest(centres), centres, KMeans(), k=3, seed=1)
    assert gain.low <= 0
    assert abs(gain.value) < 0.001


def test_a_move_of_all_rows_is_the_loss_of_the_frozen_segments():
    rows, centres = groups(shift=0.7)
    gain = held_out_gain(rows, nearest(centres), centres, KMeans(), k=3, seed=1)
    # Each row is 0.7 off in two columns: 0.98 of the variance, which is that of the rows.
    assert gain.value == pytest.approx(0.98 / rows.var(axis=0).sum(), rel=0.25)
    assert gain.low > 0


def test_fewer_segments_than_the_frozen_ones_explain_less():
    rows, centres = groups()
    gain = held_out_gain(rows, nearest(centres), centres, KMeans(), k=2, seed=1)
    assert gain.high < -0.2


def test_same_seed_same_digits_and_no_row_is_changed():
    rows, centres = groups(60)
    copy = rows.copy()
    gains = [
        held_out_gain(rows, nearest(centres), centres, KMeans(), k=3, seed=7) for _ in range(2)
    ]
    assert gains[0] == gains[1]
    assert (rows == copy).all()


@pytest.mark.parametrize(("folds", "rows", "says"), [(1, 60, "1 folds"), (2, 4, "no 3 segments")])
def test_what_cannot_be_held_out_is_refused(folds, rows, says):
    points, centres = groups(rows)
    with pytest.raises(ValueError, match=says):
        held_out_gain(points, nearest(centres), centres, KMeans(), k=3, seed=1, folds=folds)
