"""The membership model: told where descriptors tell, and not where they do not."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.membership import membership_model


def world(
    n: int = 900, *, tells: float = 0.0, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Three segments; a plan names the segment of that share of customers, the rest is noise."""
    rng = np.random.default_rng(seed)
    ids = [f"{i:05}" for i in range(n)]
    segment = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    plan = np.where(rng.random(n) < tells, segment, rng.choice(3, n))
    features = pd.DataFrame(
        {
            "customer_id": ids,
            "plan": np.array(["basic", "plus", "premium"])[plan],
            "age": rng.normal(40, 10, n),
            "note": [f"person {i}" for i in range(n)],
            "empty": [None] * n,
            "frequency": rng.normal(size=n),
        }
    )
    placed = pd.DataFrame(
        {"customer_id": ids, "segment_id": np.array(["S01", "S02", "S03"])[segment]}
    )
    dictionary = pd.DataFrame(
        [(name, "descriptor", "customers") for name in ("plan", "age", "note", "empty")]
        + [("frequency", "segmenting", "orders")],
        columns=["name", "role", "table"],
    )
    return features, placed, dictionary


def test_a_plan_that_names_the_segment_tells_it():
    found = membership_model(*world(tells=0.8), seed=1)
    assert found.told is True
    assert found.skill_low > 0.2
    assert found.balanced_accuracy > 0.75
    assert found.chance == pytest.approx(1 / 3)
    assert found.segments["told"].all()
    assert (found.segments["auc"] > 0.8).all()
    table = found.descriptors.set_index("descriptor")
    assert table.index[0] == "plan"
    assert table.loc["plan", "told"]
    assert not table.loc["age", "told"]
    assert table.loc["note", "note"] == "nearly every customer has a value of their own"
    assert table.loc["empty", "note"] == "no value is known"
    assert "best by plan." in found.sentence
    assert "can be aimed at every segment" in found.meaning


def test_lift_is_the_share_in_the_top_tenth_over_the_share_of_all():
    found = membership_model(*world(tells=0.8), seed=1).segments.set_index("segment_id")
    expected = found["top_tenth_share"] / found["base_share"]
    assert found["lift"].tolist() == pytest.approx(expected.tolist())
    assert found.loc["S03", "lift"] > 3


def test_noise_does_not_tell_segments():
    told = [membership_model(*world(300, seed=seed), seed=seed).told for seed in range(10)]
    assert sum(map(bool, told)) <= 1
    found = membership_model(*world(), seed=1)
    assert found.told is False
    assert not found.segments["told"].any()
    assert found.sentence.startswith("The segments cannot be told from descriptors (")
    assert "what they do in their first weeks" in found.meaning


def test_a_curve_of_a_number_is_followed():
    features, placed, dictionary = world()
    middle = placed["segment_id"] == "S01"
    rng = np.random.default_rng(2)
    # Those of S01 are of middle age, all others young or old: no line tells them.
    away = rng.choice([-20.0, 20.0], len(features))
    features["age"] = np.where(middle, 40.0, 40.0 + away) + rng.normal(0, 5, len(features))
    found = membership_model(features, placed, dictionary, seed=1)
    assert found.told
    assert found.segments.set_index("segment_id").loc["S01", "auc"] > 0.9


def test_a_single_descriptor_and_missing_values():
    features, placed, dictionary = world(tells=0.8)
    features.loc[::3, "plan"] = None
    found = membership_model(features, placed, dictionary, seed=1, descriptors=["plan"])
    assert found.told
    assert found.descriptors["levels"].tolist() == [4]


def test_the_order_of_rows_and_a_second_run_change_no_digit():
    features, placed, dictionary = world(tells=0.3)
    first = membership_model(features, placed, dictionary, seed=4).summary()
    turned = membership_model(features[::-1], placed[::-1], dictionary, seed=4).summary()
    assert json.dumps(first) == json.dumps(turned)


def test_what_cannot_be_found_out_says_why():
    features, placed, dictionary = world(40)
    few = membership_model(features, placed, dictionary, seed=1)
    assert few.told is None
    assert "too few customers" in few.sentence
    assert few.summary()["skill"] is None
    features, placed, dictionary = world()
    nothing = membership_model(features, placed, dictionary[-1:], seed=1)
    assert "no attribute that is known before a purchase" in nothing.sentence
    assert "data.customers" in nothing.sentence
    assert nothing.meaning.startswith("Until that is known")
    useless = membership_model(features, placed, dictionary, seed=1, descriptors=["empty"])
    assert "no attribute of the customers table can be used" in useless.sentence
    alone = membership_model(features, placed.assign(segment_id="S01"), dictionary, seed=1)
    assert "fewer than two segments" in alone.sentence
    json.dumps(few.summary())


def test_segments_of_a_few_people_are_left_out():
    features, placed, dictionary = world(tells=0.8)
    placed.loc[:4, "segment_id"] = "S09"
    found = membership_model(features, placed, dictionary, seed=1)
    assert "S09" not in set(found.segments["segment_id"])
    assert found.customers == 895


def test_segmenting_features_and_unknown_columns_are_refused():
    features, placed, dictionary = world()
    with pytest.raises(ValueError, match="made the segments"):
        membership_model(features, placed, dictionary, seed=1, descriptors=["frequency"])
    with pytest.raises(ValueError, match="are no columns"):
        membership_model(features, placed, dictionary, seed=1, descriptors=["income"])
