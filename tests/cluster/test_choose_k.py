"""The number of segments: planted, absent, too small, overridden, at the edge, by KPIs."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.cluster import KMeans, candidates, choose_k
from segmentation_lib.cluster.choice_words import seed_words
from segmentation_lib.faults import ContractError
from segmentation_lib.params import ClusterParams

# The package's name `choose_k` is the function.
choosing = sys.modules[choose_k.__module__]


def params(*algorithms, **options):
    chosen = algorithms or ("kmeans",)
    return ClusterParams(**{"algorithms": chosen, "starts": 5, "min_size": 50, **options})


def groups(sizes, apart=6.0, d=5, seed=1):
    rng = np.random.default_rng(seed)
    centres = np.eye(len(sizes), d) * apart
    return np.vstack([c + rng.normal(size=(n, d)) for c, n in zip(centres, sizes, strict=True)])


def next_quarter(sizes, spent, seed=2):
    """Heavy-tailed revenue by group, and a KPI that says nothing."""
    rng = np.random.default_rng(seed)
    level = np.repeat(np.asarray(spent, dtype=float), sizes)
    return pd.DataFrame(
        {
            "revenue": np.exp(level + rng.normal(size=len(level))),
            "tickets": rng.poisson(1.0, len(level)).astype(float),
        }
    )


def test_planted_four_are_four_with_the_reason():
    choice = choose_k(groups([200, 150, 100, 60]), params(k_max=6), seed=1)
    assert (choice.k, choice.algorithm) == (4, "kmeans")
    assert choice.flags == ()
    assert choice.warnings == ()
    assert choice.seed_agreement == pytest.approx(1.0)
    assert choice.literal_k is None
    assert choice.literal_sentence == ""
    assert not choice.kpis_used
    chosen = choice.table.set_index("k").loc[4]
    assert chosen["prediction_strength"] > 0.95
    assert chosen["smallest_size"] == 60
    assert chosen["smallest_share"] == pytest.approx(60 / 510)
    assert choice.table["chosen"].tolist() == [False, False, True, False, False]
    assert choice.table.set_index("k").loc[4, "reason"] == ""
    assert choice.table.set_index("k").loc[5, "reason"].startswith("prediction strength 0.")
    assert choice.sentence.startswith(
        "4 segments are the most that come back on other halves of the customers (prediction "
        f"strength {chosen['prediction_strength']:.2f}, at least 0.80 is asked for) with none "
        "under 4.0% or 50 customers: the smallest has 60 (11.8%). No KPI was given, so only "
        "their stability decided. 5 segments fail: prediction"
    )


def test_kpis_choose_the_fewest_that_no_larger_number_improves_on():
    sizes = [200, 150, 100, 60]
    X, outcomes = groups(sizes), next_quarter(sizes, [2, 3, 4, 5])
    choice = choose_k(X, params(k_max=6), seed=1, outcomes=outcomes, kpis=["revenue", "tickets"])
    assert choice.k == 4
    assert choice.kpis_used
    assert choice.literal_k == 2
    assert choice.literal_sentence == (
        "The common rule (stop at the first number with any KPI at p < 0.05) would take 2; it "
        "stops too early."
    )
    assert replace(choice, literal_k=4).literal_sentence == ""
    table = choice.table.set_index("k")
    assert table.loc[4, "kpi"] == "revenue"
    assert table.loc[4, "kpi_gain_p"] < 0.001
    assert table.loc[4, "kpi_gain"] > 0.01
    passed_over = table.loc[table["admissible"] & (table.index < 4), "reason"]
    assert len(passed_over) >= 1
    assert all(" segments explain revenue better (p" in text for text in passed_over)
    assert "differ in a KPI of the quarter" in choice.sentence
    assert "explain revenue better (p < 0.001)" in choice.sentence
    assert json.loads(json.dumps(choice.to_json()))["literal_k"] == 2


def test_more_segments_that_add_no_kpi_gain_are_rejected_with_that_reason():
    # Six groups in space, three kinds of spending: pairs of groups spend alike.
    sizes = [120] * 6
    outcomes = next_quarter(sizes, [2, 2, 3.5, 3.5, 5, 5])
    pairs = groups([240, 240, 240], apart=16.0, d=6)
    X = pairs + 6.0 * np.eye(1, 6, 5) * (np.arange(720) // 120 % 2)[:, None]
    geometric = choose_k(X, params(k_max=7), seed=1)
    assert geometric.k == 6
    choice = choose_k(X, params(k_max=7), seed=1, outcomes=outcomes, kpis=["revenue"])
    assert choice.k == 3
    assert choice.table.set_index("k").loc[6, "reason"] == "adds no KPI gain to 3 segments"
    assert "6 segments come back too, but explain no KPI better." in choice.sentence


def test_no_kpi_differs_is_said_and_geometry_decides():
    sizes = [200, 150, 100]
    outcomes = next_quarter(sizes, [3, 3, 3])
    choice = choose_k(groups(sizes), params(k_max=4), seed=1, outcomes=outcomes, kpis=["revenue"])
    assert choice.k == 3
    assert choice.flags == ("no_kpi_differs",)
    assert not choice.kpis_used
    assert "not useful" in choice.warnings[0]
    assert "No KPI differs between the segments of any number" in choice.sentence


def test_only_the_half_that_chooses_is_looked_at():
    sizes = [200, 150, 100]
    X, outcomes = groups(sizes), next_quarter(sizes, [2, 3, 4])
    chooses = np.random.default_rng(1).random(450) < 0.5
    spoiled = outcomes.where(pd.Series(chooses), 1e9)
    one, other = (
        choose_k(X, params(k_max=4), seed=1, outcomes=table, kpis=["revenue"], chooses=chooses)
        for table in (outcomes, spoiled)
    )
    assert one.table.equals(other.table)
    assert one.k == other.k == 3


def test_unequal_groups_are_given_to_the_mixture_with_the_reason():
    rng = np.random.default_rng(4)
    sizes, spread = [600, 250, 100, 60], np.array([1.5, 0.6, 0.6, 0.6])
    centres = np.array([[0, 0, 0, 0], [3.5, 0, 0, 0], [0, 3.5, 0, 0], [0, 0, 3.5, 0.0]])
    truth = np.repeat([0, 1, 2, 3], sizes)
    X = centres[truth] + spread[truth][:, None] * rng.normal(size=(1010, 4))
    choice = choose_k(X, params("kmeans", "mixture", k_min=3, k_max=5), seed=1)
    assert (choice.k, choice.algorithm) == (4, "mixture")
    assert "They are found by the Gaussian mixture: its segments" in choice.sentence
    check_table("k_table", choice.table)
    assert len(choice.table) == 6
    row = choice.table.set_index(["algorithm", "k"]).loc[("kmeans", 4)]
    assert not row["chosen"]
    assert row["reason"] != ""


def test_equal_round_groups_stay_with_the_simpler_algorithm():
    choice = choose_k(groups([150] * 3), params("kmeans", "mixture", k_max=4), seed=1)
    assert (choice.k, choice.algorithm) == (3, "kmeans")
    assert choice.sentence.endswith("found by k-means, the simplest way that holds up.")
    row = choice.table.set_index(["algorithm", "k"]).loc[("mixture", 3)]
    assert row["reason"].startswith("k-means is used: both give the same segments")
    assert choice.table["chosen"].sum() == 1


def test_the_table_has_the_columns_of_the_artefact():
    choice = choose_k(groups([90, 60]), params(k_max=3, starts=2), seed=1)
    check_table("k_table", choice.table)
    assert (choice.table["explained_share"].diff().dropna() > 0).all()
    assert list(choice.table.columns) == [
        "algorithm", "k", "prediction_strength", "jaccard", "silhouette", "davies_bouldin",
        "explained_share", "smallest_share", "smallest_size", "kpi", "kpi_gain", "kpi_gain_p",
        "admissible", "chosen", "reason",
    ]  # fmt: skip


def test_one_cloud_gives_a_working_cut_and_says_so():
    X = np.random.default_rng(3).normal(size=(600, 8))
    choice = choose_k(X, params(k_max=5, starts=1), seed=1)
    assert choice.flags == ("none_admissible", "seed_dependent")
    best = choice.table.loc[choice.table["prediction_strength"].idxmax(), "k"]
    assert choice.k == best
    assert choice.sentence.startswith("No number of segments from 2 to 5 comes back")
    assert "working cut" in choice.warnings[0]
    assert f"{choice.seed_agreement:.2f}" in choice.warnings[1]
    assert choice.seed_sentence.startswith(
        f"Other random starts give other segments (agreement {choice.seed_agreement:.2f} of 1)"
    )


@pytest.mark.parametrize(
    ("agreement", "found", "said"),
    [
        (0.999, 0.6, "the same segments (agreement 1.00 of 1); 60% of the starts found the best"),
        (0.9, 1.0, "nearly the same segments (agreement 0.90 of 1); all of the starts found the"),
        (0.7, 0.001, "other segments (agreement 0.70 of 1); 1% of the starts found the best"),
        (0.9, 0.0, "nearly the same segments (agreement 0.90 of 1); no start found the best"),
        (1.0, float("nan"), "the same segments (agreement 1.00 of 1)."),
    ],
)
def test_random_starts_in_words(agreement, found, said):
    assert seed_words(agreement, found, bar=0.8).startswith(f"Other random starts give {said}")


def test_a_tiny_segment_is_not_admissible():
    X = groups([300, 200, 12])
    choice = choose_k(X, params(k_max=3), seed=1)
    row = choice.table.set_index("k").loc[3]
    assert row["prediction_strength"] >= 0.8
    assert not row["admissible"]
    assert row["reason"] == "smallest segment 12 (2.3%) under 4.0% or 50 customers"
    assert choice.k == 2
    assert choose_k(X, params(k_max=4, min_share=0.02, min_size=10), seed=1).k == 3


def test_a_person_may_override_and_is_named():
    by_hand = params("kmeans", "mixture", k_max=4, k=5, k_reason="The board wants five.")
    choice = choose_k(groups([150, 150, 150]), by_hand, seed=1)
    assert choice.k == 5
    assert choice.flags[0] == "override"
    assert not choice.kpis_used
    assert choice.sentence.startswith("5 segments were set by hand: The board wants five. They ")
    assert choice.sentence.endswith("the rule alone gives 3.")
    assert choice.table["k"].tolist() == [2, 3, 4, 5] * 2
    assert choice.table.loc[choice.table["k"] == 5, "chosen"].sum() == 1


def test_who_set_the_number_by_hand_after_kpis_were_looked_at_is_judged_by_the_others():
    sizes = [150, 150, 150]
    by_hand = params(k_max=4, k=3, k_reason="The board wants three.")
    outcomes = next_quarter(sizes, [2, 3, 4])
    choice = choose_k(groups(sizes), by_hand, seed=1, outcomes=outcomes, kpis=["revenue"])
    assert choice.flags == ("override",)
    assert choice.kpis_used
    assert "it stops too early" not in choice.literal_sentence


class Refuses:
    """k-means until it has been fitted so many times; then it gives no segments."""

    name = "fuzzy"

    def __init__(self, after):
        self.left = after

    def fit(self, X, k, *, seed, starts):
        if self.left == 0:
            raise ValueError("the centres coincide")
        self.left -= 1
        return KMeans().fit(X, k, seed=seed, starts=starts)


def test_segments_that_other_starts_do_not_give_depend_on_chance(monkeypatch):
    # One fit of the scan and ten of halves measure the only number; the fits from other starts
    # are refused.
    refusing = Refuses(after=11)
    for module in (candidates, choosing):
        monkeypatch.setattr(module, "named_algorithm", lambda name, sample_size: refusing)
    choice = choose_k(groups([150] * 3), params("fuzzy", k_min=3, k_max=3), seed=1)
    assert refusing.left == 0
    assert (choice.k, choice.seed_agreement) == (3, 0.0)
    assert choice.flags == ("seed_dependent",)


def test_a_refused_bootstrap_saves_no_segment(monkeypatch):
    refusing = Refuses(after=11)
    monkeypatch.setattr(candidates, "named_algorithm", lambda name, sample_size: refusing)
    X, settings = groups([150] * 3), params("fuzzy")
    candidate = candidates.try_candidate(X, "fuzzy", 3, settings, seed=1, customers=450)
    assert candidate.failure == ""
    assert np.isnan(candidates.with_jaccard(X, candidate, settings, seed=1))


@pytest.mark.parametrize(("low", "high", "flags"), [(2, 4, ("edge_of_range",)), (4, 4, ())])
def test_the_end_of_the_range_is_a_warning(low, high, flags):
    choice = choose_k(groups([150] * 4), params(k_min=low, k_max=high), seed=1)
    assert choice.k == 4
    assert choice.flags == flags
    assert all("widen cluster.k_min or cluster.k_max" in text for text in choice.warnings)


def test_many_customers_are_sampled_and_sizes_scaled_back():
    X = groups([8000, 4000], d=2)
    outcomes = next_quarter([8000, 4000], [2, 3])
    choice = choose_k(X, params(k_max=2, starts=2), seed=1, outcomes=outcomes, kpis=["revenue"])
    assert choice.table["smallest_size"].iloc[0] == pytest.approx(4000, rel=0.05)
    # The rows of outcomes follow the sampled rows: out of step, nothing would differ.
    assert choice.table["kpi_gain"].iloc[0] > 0.1


def test_an_algorithm_that_refuses_the_data_is_out_with_its_words():
    X = groups([150] * 3)
    choice = choose_k(X, params("kmeans", "latent_class", k_max=3), seed=1)
    assert choice.algorithm == "kmeans"
    refused = choice.table[choice.table["algorithm"] == "latent_class"]
    assert not refused["admissible"].any()
    assert (refused["reason"] != "").all()
    with pytest.raises(ContractError, match="two values"):
        choose_k(X, params("latent_class", k_max=3), seed=1)


def test_the_same_for_a_seed():
    X = np.random.default_rng(3).normal(size=(300, 4))
    few = params("kmeans", "mixture", k_max=3, starts=2)
    tables = [choose_k(X, few, seed=seed).table for seed in (1, 1, 2)]
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])


def test_rows_that_do_not_fit_are_refused():
    X, outcomes = groups([60, 60]), next_quarter([60, 60], [1, 2])
    with pytest.raises(ValueError, match="outcomes has 119 rows, X has 120"):
        choose_k(X, params(), seed=1, outcomes=outcomes.head(119), kpis=["revenue"])
    with pytest.raises(ValueError, match="profit not in outcomes"):
        choose_k(X, params(), seed=1, outcomes=outcomes, kpis=["profit"])
    with pytest.raises(ValueError, match="chooses has 3 rows"):
        choose_k(X, params(), seed=1, chooses=np.ones(3, bool))
