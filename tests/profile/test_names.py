"""Names: from the strongest traits, never shared, and people's own stay."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.profile import suggest_names


def traits(**segments: dict[str, float]) -> pd.DataFrame:
    """Give a trait table from differences by feature; the means agree with them."""
    return pd.DataFrame(
        [
            {
                "segment_id": segment_id,
                "feature": feature,
                "role": "segmenting",
                "customers": 500,
                "mean": 10 + difference,
                "base_mean": 10.0,
                "difference": difference,
            }
            for segment_id, features in segments.items()
            for feature, difference in features.items()
        ],
        columns=["segment_id", "feature", "role", "customers", "mean", "base_mean", "difference"],
    )


def test_two_strongest_traits_make_the_name():
    table = traits(S01={"frequency": 1.2, "discount_share": 0.9, "tenure": 0.4})
    assert suggest_names(table, ["S01"]) == {"S01": "Frequent, discount-seeking"}


def test_segments_that_share_two_traits_get_a_third():
    table = traits(
        S01={"frequency": 1.2, "discount_share": 0.9, "tenure": 0.8},
        S02={"frequency": 1.1, "discount_share": 1.0, "return_rate": 0.5},
        S03={"recency": 1.0, "monetary": -0.5},
    )
    assert suggest_names(table, ["S03", "S02", "S01"]) == {
        "S01": "Frequent, discount-seeking, long-standing",
        "S02": "Frequent, discount-seeking, return-prone",
        "S03": "Long unseen, low-spending",
    }


def test_the_same_traits_in_another_order_are_the_same_words_to_a_reader():
    table = traits(
        S01={"frequency": 1.2, "discount_share": 0.9},
        S02={"frequency": 1.0, "discount_share": 1.1},
    )
    assert suggest_names(table, ["S01", "S02"]) == {
        "S01": "Frequent, discount-seeking (S01)",
        "S02": "Discount-seeking, frequent (S02)",
    }


def test_identical_segments_are_told_apart_by_their_id():
    table = traits(S01={"frequency": 1.0}, S02={"frequency": 1.0}, S03={})
    assert suggest_names(table, ["S01", "S02", "S03"]) == {
        "S01": "Frequent (S01)",
        "S02": "Frequent (S02)",
        "S03": "Close to average",
    }


def test_a_name_given_by_a_person_stays_and_is_not_given_twice():
    table = traits(S01={"recency": 2.0}, S02={"frequency": 1.0, "monetary": 0.8})
    names = suggest_names(
        table, ["S01", "S02"], given={"S01": "frequent, High-Spending", "S02": None}
    )
    assert names == {"S01": "frequent, High-Spending", "S02": "Frequent, high-spending (S02)"}


def test_the_name_of_a_retired_segment_is_not_used_again():
    table = traits(S05={"frequency": 1.0, "monetary": 0.8, "tenure": 0.5})
    names = suggest_names(table, ["S05"], given={"S02": "Frequent, high-spending"})
    assert names == {"S05": "Frequent, high-spending, long-standing"}
