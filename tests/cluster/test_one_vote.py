"""Features that say the same: found in blocks, one vote, and not counted five times."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import algorithm, fit_transforms
from segmentation_lib.cluster.one_vote import vote_blocks
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats import adjusted_rand


def table(columns):
    frame = pd.DataFrame(columns)
    return frame.assign(customer_id=[str(n) for n in range(len(frame))], state="ACTIVE")


def numbers(describe, names):
    return describe(*[(name, "number", "none", "refuse") for name in names])


def two_by_two(n=900, seed=1):
    """Four groups by two features; three more that say nothing."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, n)
    columns = {f"noise_{place}": rng.normal(size=n) for place in range(3)}
    columns["first"] = 4.0 * (truth % 2) + rng.normal(size=n)
    columns["second"] = 4.0 * (truth // 2) + rng.normal(size=n)
    return columns


def labels_of(columns, describe, k=4, **options):
    names = list(columns)
    features = table(columns)
    transforms = fit_transforms(features, numbers(describe, names), ClusterParams(**options))
    X = transforms.matrix(features)
    fitted = algorithm("kmeans").fit(X, k, seed=np.random.SeedSequence(1), starts=10)
    return fitted.labels, transforms


def test_a_feature_taken_five_times_counts_once(describe):
    columns = two_by_two()
    alone, _ = labels_of(columns, describe)
    copies = {f"first_copy_{place}": columns["first"] for place in range(5)}
    together, transforms = labels_of({**columns, **copies}, describe)
    assert adjusted_rand(alone, together) >= 0.95
    weights = {feature.name: feature.weight for feature in transforms.features}
    assert weights["first"] == pytest.approx(6**-0.5)
    assert weights["second"] == 1.0
    assert len(transforms.findings) == 1
    assert transforms.findings[0].startswith("first, first_copy_0, first_copy_1")
    assert transforms.findings[0].endswith("they share one vote, each with the weight 0.41.")


def test_without_it_the_copies_outvote_the_others(describe):
    columns = two_by_two()
    copies = {f"noise_copy_{place}": columns["noise_0"] for place in range(9)}
    alone, _ = labels_of(columns, describe)
    counted, transforms = labels_of({**columns, **copies}, describe, one_vote=1)
    assert adjusted_rand(alone, counted) < 0.8
    assert transforms.findings == ()
    shared, _ = labels_of({**columns, **copies}, describe)
    assert adjusted_rand(alone, shared) >= 0.95


def test_a_weight_that_a_person_gave_stays(describe):
    columns = two_by_two(200)
    copy = {"first_again": columns["first"], "first_thrice": columns["first"]}
    _, transforms = labels_of({**columns, **copy}, describe, weights={"first": 1.0})
    weights = {feature.name: feature.weight for feature in transforms.features}
    assert weights["first"] == 1.0
    assert weights["first_again"] == weights["first_thrice"] == pytest.approx(0.5**0.5)


def test_blocks_by_average_linkage():
    rng = np.random.default_rng(3)
    base = rng.normal(size=2000)
    near = base + 0.2 * rng.normal(size=2000)
    far = base + 0.8 * rng.normal(size=2000)
    columns = {"far": far, "base": base, "mirror": -near, "other": rng.normal(size=2000)}
    shaped = {name: values[:, None] for name, values in columns.items()}
    assert vote_blocks(shaped, threshold=0.9) == [("base", "mirror")]
    assert vote_blocks(shaped, threshold=0.7) == [("far", "base", "mirror")]
    assert vote_blocks(shaped, threshold=0.999) == []


def test_levels_of_one_category_are_no_block_but_two_equal_categories_are():
    rng = np.random.default_rng(4)
    channel = (rng.integers(0, 3, 500)[:, None] == np.arange(3)).astype(float)
    other = (rng.integers(0, 3, 500)[:, None] == np.arange(3)).astype(float)
    columns = {"channel": channel, "other": other, "same": channel[:, [2, 0, 1]]}
    assert vote_blocks(columns, threshold=0.9) == [("channel", "same")]
