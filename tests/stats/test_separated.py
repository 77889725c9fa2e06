"""Groups that stand apart are counted; cuts through one of them are not."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.separated import _joined, separated_groups


def _clouds(seed: int, *, apart: float, groups: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, groups, 1000)
    points = rng.normal(size=(1000, 3))
    points[:, 0] += apart * truth
    return points, truth


def test_two_groups_cut_into_four_stay_two() -> None:
    points, truth = _clouds(1, apart=6)
    four = 2 * truth + (points[:, 1] > 0)
    assert separated_groups(points, four, seed=1) == 2
    assert separated_groups(points, truth, seed=1) == 2


@pytest.mark.parametrize("seed", range(5))
def test_pieces_of_one_crowd_are_one(seed: int) -> None:
    points, _ = _clouds(seed, apart=0)
    pieces = 2 * (points[:, 0] > 0).astype(np.int64) + (points[:, 1] > 0)
    assert separated_groups(points, pieces, seed=seed) == 1


def test_three_groups_in_a_row_are_three_and_empty_labels_do_not_count() -> None:
    points, truth = _clouds(2, apart=6, groups=3)
    assert separated_groups(points, truth, seed=1) == 3
    assert separated_groups(points, 2 * truth, seed=1) == 3
    assert separated_groups(points, np.zeros(1000, dtype=np.int64), seed=1) == 1


def test_the_result_depends_on_the_seed_only() -> None:
    points, truth = _clouds(3, apart=4)
    once, twice = (separated_groups(points, truth, seed=2, workers=w) for w in (1, 2))
    assert once == twice


def test_pairs_join_over_others() -> None:
    assert _joined(np.array([[0, 1], [1, 3]]), 5) == 3
    assert _joined(np.zeros((0, 2), dtype=np.int64), 4) == 4
