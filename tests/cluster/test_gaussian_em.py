"""Expectation-maximisation beside hand-made steps, scikit-learn and R."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.mixture import GaussianMixture

from segmentation_lib.cluster.gaussian_em import Moments, expect, from_labels, improve

NO_FLOOR = 1e-12


def test_one_step_by_hand():
    rows = Moments.of(np.array([[0.0], [2.0], [10.0], [14.0]]), np.array([NO_FLOOR]))
    begun = from_labels(rows, np.array([[0, 0, 1, 1]]), 2)
    assert begun.weights[0] == pytest.approx([0.5, 0.5])
    assert begun.means[0].ravel() == pytest.approx([1, 12])
    assert begun.variances[0].ravel() == pytest.approx([1, 4])
    chances, likelihood = expect(rows, begun)
    assert chances.sum(axis=1) == pytest.approx(np.ones((1, 4)))

    def density(x, mean, variance):
        return np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)

    near, far = 0.5 * density(2.0, 1, 1), 0.5 * density(2.0, 12, 4)
    assert chances[0, 0, 1] == pytest.approx(near / (near + far))
    points = np.array([0.0, 2.0, 10.0, 14.0])
    total = 0.5 * density(points, 1, 1) + 0.5 * density(points, 12, 4)
    assert likelihood[0] == pytest.approx(np.log(total).mean())


def test_the_likelihood_never_falls_and_mixtures_do_not_disturb_each_other():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3)) + 3 * rng.integers(0, 3, 300)[:, None]
    rows = Moments.of(X, np.full(3, 1e-6))
    labels = rng.integers(0, 3, (4, 300))
    mixtures, path = from_labels(rows, labels, 3), []
    for _ in range(15):
        mixtures = improve(rows, mixtures, steps=1, tolerance=0)
        path.append(mixtures.likelihood)
    assert (np.diff(path, axis=0) >= -1e-12).all()
    alone = improve(rows, from_labels(rows, labels[2:3], 3), steps=15, tolerance=0)
    assert alone.likelihood[0] == pytest.approx(path[-1][2], abs=1e-12)


def test_agrees_with_scikit_learn_from_the_same_start():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(400, 4)) * [1, 2, 0.5, 1] + 2.5 * rng.integers(0, 3, 400)[:, None]
    labels = rng.integers(0, 3, 400)
    rows = Moments.of(X, np.full(4, NO_FLOOR))
    begun = from_labels(rows, labels[None], 3)
    ours = improve(rows, begun, steps=500, tolerance=1e-10)
    theirs = GaussianMixture(
        3, covariance_type="diag", reg_covar=0, tol=1e-10, max_iter=500,
        weights_init=begun.weights[0], means_init=begun.means[0],
        precisions_init=1 / begun.variances[0],
    ).fit(X)  # fmt: skip
    assert ours.likelihood[0] == pytest.approx(theirs.score(X), rel=1e-8)
    assert ours.means[0] == pytest.approx(theirs.means_, abs=1e-3)


@pytest.mark.parametrize("name", ["iris", "blobs3", "overlap4", "null_gauss"])
def test_agrees_with_r_from_fixed_labels(shared, name):
    reference = shared / "reference"
    told = json.loads((reference / "expected" / "gmm.json").read_text())[name]["fixed_start"]["VVI"]
    k, expected = told["k"], told["em_from_labels"]["loglik"]
    X = pd.read_csv(reference / "inputs" / f"{name}.csv").to_numpy(float)
    table = pd.read_csv(reference / "inputs" / "labels" / f"{name}_labels.csv")
    labels = table[f"km{k}"].to_numpy() - 1
    rows = Moments.of(X - X.mean(axis=0), np.full(X.shape[1], NO_FLOOR))
    found = improve(rows, from_labels(rows, labels[None], k), steps=20_000, tolerance=1e-12)
    assert found.likelihood[0] * len(X) == pytest.approx(expected, rel=1e-6)


def test_the_best_is_the_likeliest_without_a_tiny_group():
    rng = np.random.default_rng(2)
    X = np.r_[rng.normal(0, 1, 30), rng.normal(4, 1, 30), 500.0, 500.001][:, None]
    rows = Moments.of(X, np.array([NO_FLOOR]))
    halves, tiny = np.repeat([0, 1, 1], [30, 30, 2]), np.repeat([0, 1], [60, 2])
    both = improve(rows, from_labels(rows, np.array([halves, tiny]), 2), steps=1, tolerance=0)
    assert both.likelihood[1] > both.likelihood[0]
    assert both.best(rows, 1, least=2).likelihood[0] == both.likelihood[1]
    assert both.best(rows, 2, least=3).likelihood.tolist() == both.likelihood.tolist()
    joined = both.take(np.array([0])).beside(both.take(np.array([1])))
    assert joined.means.tolist() == both.means.tolist()


def test_a_group_cannot_shrink_under_the_floor():
    X = np.r_[np.zeros(30), np.random.default_rng(0).normal(5, 1, 30)][:, None]
    rows = Moments.of(X, np.array([0.04]))
    labels = np.repeat([0, 1], 30)[None]
    found = improve(rows, from_labels(rows, labels, 2), steps=50, tolerance=1e-9)
    assert found.variances[0, 0, 0] == 0.04
    assert np.isfinite(found.likelihood[0])
