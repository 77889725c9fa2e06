"""The number of segments: planted, absent, too small, overridden, at the edge."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.cluster import choose_k
from segmentation_lib.params import ClusterParams


def groups(sizes, apart=6.0, d=5, seed=1):
    rng = np.random.default_rng(seed)
    centres = np.eye(len(sizes), d) * apart
    return np.vstack([c + rng.normal(size=(n, d)) for c, n in zip(centres, sizes, strict=True)])


def test_planted_four_are_four_with_the_reason():
    choice = choose_k(groups([200, 150, 100, 50]), ClusterParams(k_max=6, starts=10), seed=1)
    assert choice.k == 4
    assert choice.flags == ()
    assert choice.warnings == ()
    assert choice.seed_agreement == pytest.approx(1.0)
    chosen = choice.table.set_index("k").loc[4]
    assert chosen["prediction_strength"] > 0.95
    assert chosen["smallest_size"] == 50
    assert chosen["smallest_share"] == pytest.approx(0.1)
    assert choice.table["chosen"].tolist() == [False, False, True, False, False]
    assert choice.table.set_index("k").loc[4, "reason"] == ""
    assert choice.table.set_index("k").loc[5, "reason"].startswith("prediction strength 0.")
    assert choice.sentence.startswith(
        f"4 segments are the most that come back on other halves of the customers (prediction "
        f"strength {chosen['prediction_strength']:.2f}, at least 0.80 is asked for) with none "
        "under 4.0% or 50 customers: the smallest has 50 (10.0%). 5 segments fail: prediction"
    )


def test_the_table_has_the_columns_of_the_artefact():
    from segmentation_lib.artefacts import check_table

    choice = choose_k(groups([90, 60]), ClusterParams(k_max=3, starts=2), seed=1)
    check_table("k_table", choice.table)
    assert (choice.table["explained_share"].diff().dropna() > 0).all()


def test_one_cloud_gives_a_working_cut_and_says_so():
    X = np.random.default_rng(3).normal(size=(600, 8))
    choice = choose_k(X, ClusterParams(k_max=5, starts=5), seed=1)
    assert choice.flags == ("none_admissible", "seed_dependent")
    best = choice.table.loc[choice.table["prediction_strength"].idxmax(), "k"]
    assert choice.k == best
    assert choice.sentence.startswith("No number of segments from 2 to 5 comes back")
    assert "working cut" in choice.warnings[0]
    assert f"{choice.seed_agreement:.2f}" in choice.warnings[1]


def test_a_tiny_segment_is_not_admissible():
    X = groups([300, 200, 12])
    choice = choose_k(X, ClusterParams(k_max=3, starts=5), seed=1)
    row = choice.table.set_index("k").loc[3]
    assert row["prediction_strength"] >= 0.8
    assert not row["admissible"]
    assert row["reason"] == "smallest segment 12 (2.3%) under 4.0% or 50 customers"
    assert choice.k == 2
    allowed = ClusterParams(k_max=4, starts=5, min_share=0.02, min_size=10)
    assert choose_k(X, allowed, seed=1).k == 3


def test_a_person_may_override_and_is_named():
    params = ClusterParams(k_max=4, k=5, k_reason="The board wants five.", starts=5)
    choice = choose_k(groups([150, 150, 150]), params, seed=1)
    assert choice.k == 5
    assert choice.flags[0] == "override"
    assert choice.sentence.startswith("5 segments were set by hand: The board wants five. They ")
    assert choice.sentence.endswith("the rule alone gives 3.")
    assert choice.table["k"].tolist() == [2, 3, 4, 5]


@pytest.mark.parametrize(("low", "high", "flags"), [(2, 4, ("edge_of_range",)), (4, 4, ())])
def test_the_end_of_the_range_is_a_warning(low, high, flags):
    params = ClusterParams(k_min=low, k_max=high, starts=5)
    choice = choose_k(groups([150] * 4), params, seed=1)
    assert choice.k == 4
    assert choice.flags == flags
    assert all("widen cluster.k_min or cluster.k_max" in text for text in choice.warnings)


def test_many_customers_are_sampled_and_sizes_scaled_back():
    X = groups([8000, 4000], d=2)
    choice = choose_k(X, ClusterParams(k_max=2, starts=2), seed=1)
    assert choice.table["smallest_size"].iloc[0] == pytest.approx(4000, rel=0.05)


def test_the_same_for_a_seed():
    X = np.random.default_rng(3).normal(size=(300, 4))
    params = ClusterParams(k_max=3, starts=2)
    tables = [choose_k(X, params, seed=seed).table for seed in (1, 1, 2)]
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])
