"""Whether categories have a say in the segments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import (
    KMeans,
    categories_ignored,
    category_blocks,
    fit_transforms,
)
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats import adjusted_rand


def mixed(n=600, seed=0):
    """Two numbers that tell two kinds apart, and a channel that tells two others apart."""
    rng = np.random.default_rng(seed)
    high, app = rng.integers(0, 2, n), rng.integers(0, 2, n)
    numbers = 4.0 * high[:, None] + rng.normal(size=(n, 2))
    features = pd.DataFrame(numbers, columns=["orders", "spend"]).assign(
        customer_id=np.arange(n).astype(str), state="ACTIVE", channel=np.where(app, "app", "web")
    )
    return features, high, app


def space(describe, features, **params):
    dictionary = describe(
        ("orders", "number", "none", "refuse"),
        ("channel", "category", "none", "refuse"),
        ("spend", "number", "none", "refuse"),
    )
    return fit_transforms(features, dictionary, ClusterParams(**params))


def test_places_of_the_categories(describe):
    features, _, _ = mixed()
    assert category_blocks(space(describe, features)) == ((1, 2),)


def test_categories_with_a_say_are_not_ignored(describe):
    features, high, app = mixed()
    transforms = space(describe, features)
    X = transforms.matrix(features)
    found = KMeans().fit(X, 4, seed=np.random.SeedSequence(1), starts=10)
    assert adjusted_rand(2 * high + app, found.labels) > 0.9
    told = categories_ignored(X, category_blocks(transforms), 4, KMeans(), seed=1)
    assert told.adjusted_rand < 0.6
    assert not told.ignored
    assert told.finding == ""


def test_categories_with_hardly_any_weight_are_reported(describe):
    features, _, _ = mixed()
    transforms = space(describe, features, weights={"channel": 0.01})
    X = transforms.matrix(features)
    before = X.copy()
    told = categories_ignored(X, category_blocks(transforms), 2, KMeans(), seed=1)
    assert told.adjusted_rand == 1.0
    assert told.ignored
    assert told.finding.startswith("Categories are ignored")
    assert (before == X).all()
    assert told == categories_ignored(X, category_blocks(transforms), 2, KMeans(), seed=1)


def test_numbers_alone_have_no_categories_to_ask_about():
    with pytest.raises(ValueError, match="no category"):
        categories_ignored(np.zeros((4, 1)), (), 2, KMeans(), seed=1)
