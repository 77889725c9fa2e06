"""The tree over the number of segments: flows by hand, planted groups, merging branches."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.cluster import active, nearest_segment
from segmentation_lib.cluster.candidates import fit_scan
from segmentation_lib.cluster.tree import (
    flows_over_k,
    ids_in_tree,
    segments_by_k,
    stability_in_tree,
    tree_sentence,
)
from segmentation_lib.params import ClusterParams


def test_flows_by_hand():
    segments = {2: np.repeat([0, 1], [6, 4]), 3: np.repeat([0, 2, 1], [3, 4, 3])}
    tree = flows_over_k(segments)
    check_table("cluster_tree", tree)
    rows = tree[["segment", "next_segment", "customers"]].to_numpy().tolist()
    assert rows == [[1, 1, 3], [1, 3, 3], [2, 2, 3], [2, 3, 1]]
    assert tree["share_of_segment"].tolist() == [0.5, 0.5, 0.75, 0.25]
    assert tree["share_of_next"].tolist() == [1.0, 0.75, 1.0, 0.25]
    assert tree["several_parents"].tolist() == [False, True, False, True]
    mixed = 1 + (0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))
    assert tree["stability"].tolist() == pytest.approx([1.0, mixed, 1.0, mixed])
    assert stability_in_tree(tree).to_numpy().tolist() == [
        [3, 1, 1.0], [3, 3, pytest.approx(mixed)], [3, 2, 1.0]
    ]  # fmt: skip
    said = tree_sentence(tree, chosen=2)
    assert said.startswith("At 3 segments branches merge back: 1 segment is put together")
    assert tree_sentence(tree, chosen=3) == "No more than 3 segments were tried."


def test_cuts_that_fit_into_each_other():
    segments = {2: np.repeat([0, 1], 4), 3: np.repeat([0, 1, 2], [4, 2, 2])}
    tree = flows_over_k(segments)
    assert not tree["several_parents"].any()
    assert tree_sentence(tree, chosen=2).startswith("More than 2 segments only divide the 2")


@pytest.mark.parametrize("name", ["kmeans", "mixture"])
def test_planted_three_merge_back_after_three(name):
    rng = np.random.default_rng(1)
    truth = np.repeat([0, 1, 2], [250, 200, 150])
    X = 6 * np.eye(3, 4)[truth] + rng.normal(size=(600, 4))
    segments = segments_by_k(X, name, ClusterParams(k_max=6, starts=5), seed=1)
    tree = flows_over_k(segments)
    mixed = tree.loc[tree["several_parents"], "next_k"]
    assert mixed.min() > 3
    assert len(mixed) > 0
    flows = tree.groupby("next_k")["customers"].sum()
    assert (flows == 600).all()
    of_next = tree.groupby(["next_k", "next_segment"])["share_of_next"].sum()
    assert of_next.to_numpy() == pytest.approx(1.0)


def test_a_segment_keeps_its_number_from_one_cut_to_the_next():
    rng = np.random.default_rng(2)
    X = 8 * np.eye(3)[np.repeat([0, 1, 2], 100)] + rng.normal(size=(300, 3))
    segments = segments_by_k(X, "kmeans", ClusterParams(k_max=4, starts=5), seed=1)
    largest = segments[3] == segments[2]
    assert largest.mean() > 0.6
    assert set(np.unique(segments[4])) == {0, 1, 2, 3}


def test_a_number_that_is_refused_is_left_out(monkeypatch):
    rng = np.random.default_rng(2)
    X = 8 * np.eye(3)[np.repeat([0, 1, 2], 100)] + rng.normal(size=(300, 3))
    settings = ClusterParams(k_max=4, starts=5)

    def refuses_three(scan, name, k, params, *, seed):
        if k == 3:
            raise ValueError("the centres coincide")
        return fit_scan(scan, name, k, params, seed=seed)

    monkeypatch.setattr("segmentation_lib.cluster.tree.fit_scan", refuses_three)
    segments = segments_by_k(X, "kmeans", settings, seed=1)
    assert list(segments) == [2, 4]
    # Numbered like the segments of two, the last ones before.
    assert (segments[4] == segments[2]).mean() > 0.5
    flows = flows_over_k(segments)
    assert flows[["k", "next_k"]].drop_duplicates().to_numpy().tolist() == [[2, 4]]
    mixed = flows.assign(several_parents=True)
    assert "than the 3 before" not in tree_sentence(mixed, chosen=2)
    assert "from several of the 2 before" in tree_sentence(mixed, chosen=2)


def test_one_number_has_no_flows():
    assert flows_over_k({3: np.array([0, 1, 2])}).empty


def test_the_chosen_segments_are_named_by_the_customers_they_share(customers, model):
    X = model.transforms.matrix(active(customers(1200)))
    published = nearest_segment(model.rule.distances(X))
    renumbered = np.array([2, 0, 3, 1])[published]
    # A tenth of the customers in another segment does not change what a segment is.
    renumbered[::10] = 0
    named = ids_in_tree({3: published % 3, 4: renumbered}, X, model)
    assert named == {3: "S01", 1: "S02", 4: "S03", 2: "S04"}
    assert ids_in_tree({3: published % 3}, X, model) == {}
