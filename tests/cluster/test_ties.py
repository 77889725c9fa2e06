"""The space that repeated values stand for."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.cluster.ties import Cells

COUNTS = np.array([[1.0, 0.3], [1.0, 0.7], [2.0, 0.1], [4.0, 0.2], [4.0, 0.9]])


def test_cells_by_hand():
    cells = Cells.of(COUNTS)
    assert cells.low[:, 0].tolist() == [0.5, 0.5, 2.0, 3.0, 3.0]
    assert cells.high[:, 0].tolist() == [1.5, 1.5, 2.0, 5.0, 5.0]
    assert (cells.low[:, 1] == COUNTS[:, 1]).all()
    assert (cells.high[:, 1] == COUNTS[:, 1]).all()
    assert cells.spread == pytest.approx([(0.25 + 0.25 + 0 + 1 + 1) / 5, 0])
    assert cells.spike == pytest.approx([2 / 5 - 1 / 5, 0])


def test_a_spike_is_a_value_far_commoner_than_its_neighbours():
    rng = np.random.default_rng(3)
    none = rng.random(2000) < 0.6
    with_none = np.where(none, 0.0, rng.lognormal(size=2000))
    counts = rng.poisson(1.0, 2000).astype(float)
    spike = Cells.of(np.column_stack([with_none, counts, rng.normal(size=2000)])).spike
    assert spike == pytest.approx([none.mean(), 0.0, 0.0], abs=0.03)


def test_drawn_points_lie_in_their_cells_and_follow_the_generator():
    X = np.random.default_rng(0).poisson(2.0, size=(4000, 2)).astype(float)
    cells = Cells.of(X)
    drawn = cells.draw(np.random.default_rng(1))
    assert ((drawn >= cells.low) & (drawn <= cells.high)).all()
    common = X[:, 0] == 2.0
    assert drawn[common, 0].std() == pytest.approx(12**-0.5, abs=0.02)
    assert (cells.draw(np.random.default_rng(1)) == drawn).all()


def test_one_value_has_no_width():
    cells = Cells.of(np.full((5, 1), 3.0))
    assert cells.spread.tolist() == [0.0]
    assert (cells.draw(np.random.default_rng(0)) == 3.0).all()
