"""How well chances of classes were predicted: exact values on a few rows."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.class_skill import (
    balanced_accuracy,
    class_aucs,
    log_loss_skill,
    share_in_top,
)

BASE = np.array([0.75, 0.25])
CLASSES = np.array([0, 0, 0, 1])


def test_base_rates_have_no_skill_and_certainty_has_all():
    assert log_loss_skill(np.tile(BASE, (4, 1)), BASE, CLASSES) == pytest.approx(0.0)
    assert log_loss_skill(np.eye(2)[CLASSES], BASE, CLASSES) == pytest.approx(1.0)


def test_skill_worked_out_by_hand():
    chances = np.array([[0.9, 0.1], [0.9, 0.1], [0.5, 0.5], [0.5, 0.5]])
    loss = -(2 * np.log(0.9) + 2 * np.log(0.5))
    plain = -(3 * np.log(0.75) + np.log(0.25))
    assert log_loss_skill(chances, BASE, CLASSES) == pytest.approx(1 - loss / plain)


def test_small_classes_are_named_too():
    # Every row is more likely of the large class, but the last one less so than usual.
    chances = np.array([[0.8, 0.2], [0.8, 0.2], [0.6, 0.4], [0.6, 0.4]])
    assert balanced_accuracy(chances, BASE, CLASSES) == pytest.approx((2 / 3 + 1) / 2)


def test_area_under_the_curve_and_a_class_that_is_absent():
    chances = np.array([[0.9, 0.1, 0], [0.6, 0.4, 0], [0.3, 0.7, 0], [0.5, 0.5, 0]])
    found = class_aucs(chances, CLASSES)
    assert found[:2].tolist() == pytest.approx([2 / 3, 2 / 3])
    assert np.isnan(found[2])


def test_ties_at_the_border_count_in_part():
    chances = np.array([0.9] + [0.5] * 9)
    own = np.array([1.0] + [1.0] * 3 + [0.0] * 6)
    assert share_in_top(chances, own, part=0.1) == pytest.approx(1.0)
    assert share_in_top(chances, own, part=0.4) == pytest.approx((1 + 3 * 3 / 9) / 4)
    assert share_in_top(chances, own, part=1.0) == pytest.approx(own.mean())
