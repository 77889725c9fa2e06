"""Names: from the strongest traits, never shared, and people's own stay."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.profile.names import (
    name_changes,
    name_warnings,
    stale_words,
    suggest_names,
)


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


def test_two_segments_given_the_same_name_are_told_apart():
    table = traits(S01={"monetary": 2.0}, S02={"monetary": 1.0}, S03={"monetary": 1.5})
    given = {"S01": "Champions", "S02": "champions", "S03": None}
    names = suggest_names(table, ["S01", "S02", "S03"], given=given)
    assert names == {"S01": "Champions", "S02": "champions (S02)", "S03": "High-spending"}


def test_two_segments_of_high_value_get_two_names():
    table = traits(
        S01={"monetary": 2.0, "frequency": 1.0}, S02={"monetary": 1.8, "average_order_value": 1.5}
    )
    names = suggest_names(table, ["S01", "S02"])
    assert names == {"S01": "High-spending, frequent", "S02": "High-spending, big-basket"}


def test_shaky_traits_make_no_names():
    table = traits(S01={"monetary": 2.0, "frequency": 1.0}).assign(stable=[False, True])
    assert suggest_names(table, ["S01"]) == {"S01": "Frequent"}


def recency(mean: float, base: float, difference: float) -> pd.DataFrame:
    return pd.DataFrame(
        [("S03", "recency", "segmenting", "days", 400, mean, base, difference)],
        columns=["segment_id", "feature", "role", "unit", "customers", "mean", "base_mean",
                 "difference"],
    )  # fmt: skip


def test_at_risk_after_42_days_is_warned_of():
    found = name_warnings({"S03": "At risk"}, recency(42, 200, -0.9))
    assert found[["segment_id", "claim", "feature", "kind"]].to_numpy().tolist() == [
        ["S03", "At risk", "recency", "contradicted"]
    ]
    assert found["sentence"].iloc[0] == (
        "S03 is called “At risk”, but its recency in days is 42.0 days on average, against 200 "
        "for all customers; “At risk” promises a higher one. "
        "Rename the segment, or look at it again."
    )


@pytest.mark.parametrize(
    ("mean", "base", "difference", "kind"),
    [
        (210, 200, 0.05, "unsupported"),
        (190, 200, -0.05, "contradicted"),
        (42, 200, 0.1, "contradicted"),
    ],
)
def test_names_need_a_difference_that_bears_them(
    mean: float, base: float, difference: float, kind: str
):
    assert name_warnings({"S03": "At risk"}, recency(mean, base, difference))["kind"].tolist() == [
        kind
    ]


def test_names_that_keep_their_promise_or_cannot_be_checked_are_silent():
    table = recency(300, 200, 0.8)
    names = {"S03": "At risk discount hunters", "S04": "Champions"}
    assert name_warnings(names, table).empty
    assert list(name_warnings({}, table).columns) == list(name_warnings(names, table).columns)


def test_suggested_names_keep_their_promises():
    table = traits(
        S01={"recency": 1.2, "monetary": -0.9}, S02={"frequency": 1.0, "discount_share": 0.9}
    )
    assert name_warnings(suggest_names(table, ["S01", "S02"]), table).empty


def test_money_is_written_as_money():
    table = traits(S01={"monetary": -2.0}).assign(unit="GBP")
    sentence = name_warnings({"S01": "Whales"}, table, currency="GBP")["sentence"].iloc[0]
    assert "its net spend is £8.00 on average, against £10.00 for all customers" in sentence


NOW = {"S01": {"frequency": 1.2, "discount_share": 0.22}, "S02": {"recency": 1.0, "tenure": -0.9}}


def test_a_suggestion_stays_while_every_word_of_it_is_true():
    before = {"S01": "Frequent, discount-seeking"}
    # A fifth of a standard deviation still bears a word, though it would not make one.
    assert suggest_names(traits(**NOW), ["S01"]) == {"S01": "Frequent"}
    assert suggest_names(traits(**NOW), ["S01"], previous=before) == before
    assert name_changes(before, before, traits(**NOW)) == []


@pytest.mark.parametrize(
    ("before", "stale"),
    [
        ("Frequent, high-spending", ["high-spending"]),
        ("Infrequent, full-price", ["Infrequent", "full-price"]),
        ("Frequent, often by web (S01)", ["often by web"]),
        ("Frequent, discount-seeking (S01)", []),
        ("Close to average", ["Close to average"]),
    ],
)
def test_a_suggestion_goes_with_its_first_word_that_is_not_true(before, stale):
    assert stale_words("S01", before, traits(**NOW)) == stale
    names = suggest_names(traits(**NOW), ["S01"], previous={"S01": before})
    assert (names["S01"] == before) == (not stale)


def test_a_change_of_a_suggestion_is_said():
    before = {"S01": "Frequent, high-spending", "S02": "Long unseen, recently joined"}
    names = suggest_names(traits(**NOW), ["S01", "S02"], previous=before)
    assert names == {"S01": "Frequent", "S02": "Long unseen, recently joined"}
    assert name_changes(names, before, traits(**NOW)) == [
        "S01 was called “Frequent, high-spending” last quarter; “high-spending” no longer fits its "
        "customers, so “Frequent” is suggested now. A name that you adopt in segments.yaml stays."
    ]


def test_no_two_segments_share_a_name_old_or_new():
    swapped = traits(S01={"frequency": 1.0, "monetary": 0.8}, S02={"recency": 1.0, "tenure": 0.8},
                     S03={"frequency": 1.1, "monetary": 0.9})  # fmt: skip
    before = {"S01": "Long unseen, long-standing", "S02": "Frequent, high-spending",
              "S03": "Frequent, high-spending, old"}  # fmt: skip
    names = suggest_names(swapped, ["S01", "S02", "S03"], previous=before)
    assert len(set(names.values())) == 3
    # Last quarter's name of one segment is no other's name now: readers would mix them up.
    assert names["S01"] != before["S02"]
    assert names["S02"] != before["S01"]
    taken = suggest_names(
        traits(**NOW), ["S01", "S02"], given={"S02": "frequent"}, previous={"S01": "Frequent"}
    )
    assert taken == {"S01": "Frequent (S01)", "S02": "frequent"}


def test_an_adopted_name_stays_and_every_word_of_the_data_is_checked():
    table = traits(S01={"channel_share_web": -0.9, "frequency": 1.0}).assign(unit="share")
    names = suggest_names(table, ["S01"], given={"S01": "Often by web, frequent"})
    assert names == {"S01": "Often by web, frequent"}
    found = name_warnings(names, table)
    assert found[["claim", "kind"]].to_numpy().tolist() == [["Often by web", "contradicted"]]
