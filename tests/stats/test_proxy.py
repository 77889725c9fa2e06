"""How well a grouping tells an attribute: perfect, not at all, and faults."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.proxy import proxy_skill


def seed(number=1):
    return np.random.SeedSequence(number)


def test_a_copy_of_the_attribute_tells_it_perfectly():
    levels = np.repeat([0, 1, 2], 40)
    skill = proxy_skill(levels, levels, seed=seed())
    assert [round(auc.value, 12) for auc in skill.aucs] == [1.0, 1.0, 1.0]
    assert skill.told == 1.0
    assert round(skill.blind, 3) == 0.333


def test_a_grouping_by_lot_tells_nothing():
    rng = np.random.default_rng(3)
    skill = proxy_skill(rng.integers(0, 5, 3000), rng.integers(0, 2, 3000), seed=seed())
    assert all(auc.low < 0.5 and auc.value < 0.53 for auc in skill.aucs)
    assert abs(skill.told - skill.blind) < 0.05


def test_the_area_is_that_of_two_shares():
    # In group 0, 80 % are of level 1, in group 1 20 %: the area is (1 + 0.8 - 0.2) / 2.
    groups = np.repeat([0, 1], 500)
    levels = np.concatenate([np.repeat([1, 0], [400, 100]), np.repeat([1, 0], [100, 400])])
    skill = proxy_skill(groups, levels, seed=seed())
    assert abs(skill.aucs[1].value - 0.8) < 1e-9
    assert abs(skill.told - 0.8) < 1e-9
    again = proxy_skill(groups, levels, seed=seed())
    assert again == skill


def test_too_few_rows_or_levels_are_refused():
    with pytest.raises(ValueError, match="two or more of at least 5 rows"):
        proxy_skill(np.zeros(9, int), np.array([0] * 6 + [1] * 3), seed=seed())
    with pytest.raises(ValueError, match="two or more"):
        proxy_skill(np.zeros(9, int), np.zeros(9, int), seed=seed())
