"""The base of smooth effects: what it holds, what it leaves out, and how it shrinks."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.spline import group_columns, smooth_base

RNG = np.random.default_rng(5)
X = RNG.normal(size=(600, 4))
GROUPS = (X[:, 0] > 0).astype(np.int64) + (X[:, 1] > 0)


def _left_over(base: np.ndarray, target: np.ndarray) -> float:
    """Share of the target's variance that the base does not hold."""
    fitted = base @ np.linalg.lstsq(base, target, rcond=None)[0]
    return float(((target - fitted) ** 2).mean() / target.var())


def test_columns_are_uncorrelated_and_of_mean_square_one() -> None:
    base = smooth_base(X, GROUPS, most=100)
    np.testing.assert_allclose(base.T @ base / len(X), np.eye(base.shape[1]), atol=1e-10)
    np.testing.assert_allclose(base[:, 0], 1.0, atol=1e-10)
    # Four features of five columns, two directions of three groups with three products.
    assert base.shape[1] == 1 + 4 * 5 + 3


def test_smooth_effects_are_held_and_steps_are_not() -> None:
    base = smooth_base(X, GROUPS, most=100)
    assert _left_over(base, X[:, 2] ** 3 - X[:, 0] ** 2) < 0.01
    assert _left_over(base, np.sin(X[:, 3])) < 0.01
    assert _left_over(base, (X[:, 0] > 0).astype(float)) > 0.05


def test_products_along_the_groups_directions_are_held() -> None:
    groups = (X @ np.array([1.0, 1.0, 0, 0]) > 0).astype(np.int64)
    along = X @ np.linalg.svd([X[groups == g].mean(0) for g in (0, 1)] - X.mean(0))[2][0]
    assert _left_over(smooth_base(X, groups, most=100), along**2) < 0.01
    assert _left_over(smooth_base(X, groups, most=9), along**2) > 0.3


@pytest.mark.parametrize(("most", "columns"), [(24, 24), (23, 20), (16, 16), (12, 12), (10, 9),
                                               (8, 5), (4, 4), (2, 2)])  # fmt: skip
def test_the_base_shrinks_to_the_room_there_is(most: int, columns: int) -> None:
    assert smooth_base(X, GROUPS, most=most).shape[1] == columns


def test_constants_flags_counts_and_repetitions_cost_no_columns() -> None:
    few = RNG.integers(0, 3, 600).astype(float)
    flag = (few > 1).astype(float)
    odd = np.column_stack([np.ones(600), flag, flag, few])
    base = smooth_base(odd, (few > 0).astype(np.int64), most=100)
    # Three values make two free columns, whatever is derived from them.
    assert base.shape[1] == 3
    zeros = np.where(RNG.random(600) < 0.8, 0.0, RNG.exponential(size=600))
    assert _left_over(smooth_base(zeros[:, None], flag.astype(np.int64), most=50), zeros) < 1e-9
    assert smooth_base(np.ones((20, 3)), np.arange(20) % 2, most=5).shape == (20, 1)


def test_every_group_but_the_largest_has_a_column() -> None:
    columns = group_columns(np.array([2, 0, 2, 5, 2]))
    assert columns.tolist() == [[0, 0], [1, 0], [0, 0], [0, 1], [0, 0]]
