"""Who is where: nearest centres, the own group's advantage, and the same memory every round."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.cluster.nearest import LaidOut, Nearest, products


def test_products_give_squared_distances():
    X = np.array([[1.0, 2.0], [-3.0, 0.5]])
    lines = products(np.array([[[0.0, 0.0], [1.0, -2.0]]], dtype=np.float32))
    assert lines @ LaidOut.of(X).columns == pytest.approx(np.array([[5.0, 9.25], [16.0, 22.25]]))


def test_sums_are_those_of_the_nearest_centre_in_every_set():
    rng = np.random.default_rng(1)
    X, centres = rng.normal(size=(3000, 3)), rng.normal(size=(40, 5, 3)).astype(np.float32)
    rows = LaidOut.of(X)
    # Forty sets of five leave no room for 3,000 rows in one block.
    sums = Nearest(rows, 40, 5, remember=False).sums(centres)
    for centre, found in zip(centres, sums, strict=True):
        label = ((X[:, None] - centre) ** 2).sum(axis=2).argmin(axis=1)
        assert found[:, -1].tolist() == np.bincount(label, minlength=5).tolist()
        for group in range(5):
            assert found[group, :3] == pytest.approx(X[label == group].sum(axis=0), abs=2e-3)
    assert (Nearest(rows, 40, 5, remember=True).sums(centres) == sums).all()


def test_a_row_at_the_border_leaves_its_group_a_little_before_the_middle():
    # The mean squared distance to the own centre is about 2.3: with 7 rows on each side 2/7 of it,
    # 0.66, is the row's own doing. At -0.05 the squares are 5.06 (own) and 5.52, at -0.3 4.0 and
    # 6.76. The rule for the nearest centre leaves both.
    for place, expected in ((-0.05, [6.0, 8.0]), (-0.3, [7.0, 7.0])):
        X = np.concatenate([[-2.3] * 5, [2.3] * 6, [place, 6.0, -6.0]])[:, None]
        centres = np.array([[[-2.3], [2.3]]], dtype=np.float32)
        nearest = Nearest(LaidOut.of(X), 1, 2, remember=True)
        first = nearest.sums(centres)[0, :, -1]
        assert first.tolist() == [7.0, 7.0]
        assert nearest.sums(centres, first[None])[0, :, -1].tolist() == expected


def test_the_memory_of_dropped_sets_does_not_matter():
    rng = np.random.default_rng(2)
    rows = LaidOut.of(rng.normal(size=(500, 3)))
    centres = rng.normal(size=(6, 4, 3)).astype(np.float32)
    chosen = np.array([False, True, False, True, True, False])
    for remember in (True, False):
        some = Nearest(rows, 6, 4, remember=remember)
        some.sums(centres)
        some.keep(chosen)
        alone = Nearest(rows, 3, 4, remember=remember)
        assert some.sums(centres[chosen]) == pytest.approx(alone.sums(centres[chosen]), abs=1e-3)
