"""A fresh fit at the close, beside what chance does to fits at the open."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.cluster import KMeans
from segmentation_lib.stats import refit_agreement


def test_separated_groups_are_found_again(four_groups) -> None:
    opened, _ = four_groups(600, 4, 8.0, 1)
    closed, truth = four_groups(600, 4, 8.0, 2)
    found = refit_agreement(opened, closed, truth, KMeans(), k=4, seed=1, draws=5, starts=3)
    assert found.adjusted_rand > 0.99
    assert found.baseline_low > 0.99


def test_other_groups_at_the_close_disagree(four_groups) -> None:
    opened, _ = four_groups(600, 4, 8.0, 1)
    closed, truth = four_groups(600, 4, 8.0, 2)
    merged = np.where(truth == 3, 2, truth)
    closed[truth == 3] += (np.eye(4)[2] - np.eye(4)[3]) * 8 / np.sqrt(2)
    found = refit_agreement(opened, closed, merged, KMeans(), k=4, seed=1, draws=5, starts=3)
    assert found.adjusted_rand < found.baseline_low - 0.03


def test_same_seed_same_digits_whatever_the_workers(four_groups) -> None:
    opened, truth = four_groups(300, 3, 2.0, 1)
    runs = [
        refit_agreement(opened, opened, truth, KMeans(), k=4, seed=(3, 1), draws=4, starts=2,
                        workers=workers)
        for workers in (1, 2)
    ]  # fmt: skip
    assert runs[0] == runs[1]


def test_one_draw_cannot_be_compared(four_groups) -> None:
    opened, truth = four_groups(100, 3, 2.0, 1)
    with pytest.raises(ValueError, match="at least 2"):
        refit_agreement(opened, opened, truth, KMeans(), k=4, seed=1, draws=1)
