"""All algorithms behind one interface, and how far they agree."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.cluster import ALGORITHMS, agreement, algorithm
from segmentation_lib.stats import adjusted_rand, bootstrap_stability
from tests.calibration.worlds import equal_groups

NAMES = ("kmeans", "mixture", "ward", "fuzzy", "latent_class")


def seed(place):
    return np.random.SeedSequence(place)


def test_every_algorithm_is_known_by_its_name():
    assert tuple(ALGORITHMS) == NAMES
    for name in NAMES:
        assert algorithm(name, sample_size=777).name == name
        assert algorithm(name, sample_size=777).sample_size == 777


def test_an_unknown_name_is_refused_with_the_names():
    with pytest.raises(ValueError, match=r"'k-means' is not known. Use one of kmeans, mixture"):
        algorithm("k-means")


def test_planted_groups_are_found_by_all():
    """The check of the feature list: three algorithms, planted four, each at 0.9 or more."""
    for place in range(3):
        world = equal_groups(4, 5.0)(np.random.default_rng(place))
        labels = {}
        for name in ("kmeans", "mixture", "ward"):
            fit = algorithm(name).fit(world.points, 4, seed=seed(place), starts=10)
            labels[name] = fit.labels
            assert adjusted_rand(world.truth, fit.labels) >= 0.9, name
        assert (agreement(labels)["adjusted_rand"] > 0.85).all()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "latent_class"])
def test_one_interface(name):
    world = equal_groups(3, 5.0, n=600)(np.random.default_rng(1))
    fit = algorithm(name).fit(world.points, 3, seed=seed(1), starts=5)
    assert fit.labels.shape == (600,)
    assert (fit.assign(world.points) == fit.labels).mean() > 0.99
    assert fit.centres.shape == (3, 6)
    again = bootstrap_stability(
        world.points, fit.labels, algorithm(name), seed=2, draws=5, starts=3
    )
    assert again.mean_jaccard.min() > 0.9
    assert fit.membership(world.points).sum(axis=1) == pytest.approx(np.ones(600))
    assert fit.explain([f"x{place}" for place in range(6)]).shape == (3, 9)


def test_agreement_by_hand():
    table = agreement(
        {
            name: np.array(labels)
            for name, labels in {
                "kmeans": [0, 0, 1, 1],
                "ward": [1, 1, 0, 0],
                "fuzzy": [0, 1, 0, 1],
            }.items()
        }
    )
    assert table["first"].tolist() == ["kmeans", "kmeans", "ward"]
    assert table["second"].tolist() == ["ward", "fuzzy", "fuzzy"]
    assert table["adjusted_rand"].tolist() == pytest.approx([1.0, -0.5, -0.5])


def test_agreement_needs_the_same_rows():
    with pytest.raises(ValueError, match="kmeans has 2, ward has 3 rows"):
        agreement({"kmeans": np.array([0, 1]), "ward": np.array([0, 1, 1])})
