"""Cards: every field of a small case, and sentences whose numbers are the card's."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile import segment_cards, trait_table
from segmentation_lib.profile.value import segment_value, value_outside

IDS = [f"c{i:03}" for i in range(400)]
OPEN = pd.DataFrame({"customer_id": IDS, "segment_id": ["S01"] * 160 + ["S02"] * 160 + [None] * 80})
CLOSE = pd.DataFrame(
    {
        "customer_id": IDS,
        "state": ["ACTIVE"] * 320 + ["LAPSED"] * 40 + ["NEW"] * 40,
        "segment_id": ["S01"] * 80 + ["S02"] * 240 + [None] * 80,
        "confidence": [0.9] * 40 + [0.5] * 40 + [0.8] * 240 + [np.nan] * 80,
        "second_segment_id": ["S02"] * 80 + ["S01"] * 240 + [None] * 80,
    }
)
FEATURES = pd.DataFrame(
    {
        "customer_id": IDS,
        "frequency": [9.0] * 40 + [7.0] * 40 + [2.0] * 240 + [0.0] * 80,
        "plan": ["premium"] * 80 + ["basic"] * 320,
    }
)
DICTIONARY = pd.DataFrame(
    {
        "name": ["frequency", "plan"],
        "role": ["segmenting", "descriptor"],
        "unit": ["orders", None],
        "transform": ["none", "none"],
    }
)
OUTCOMES = pd.DataFrame(
    {"customer_id": IDS, "revenue": [30.0] * 160 + [10.0] * 160 + [40.0] * 40 + [0.0] * 40}
)
STABILITY = pd.DataFrame(
    {"segment_id": ["S01"], "customers": [2], "jaccard": [0.81], "jaccard_low": [0.6],
     "borderline_share": [0.1]}
)  # fmt: skip
CHANGES = pd.DataFrame(
    [
        ("S01", "kept", "S01", "S01 is kept."),
        ("S02", "kept", "S02", "S02 is kept."),
        ("S01", "merged", "S08", "S08 has merged into S01."),
        ("S07", "retired", None, "S07 is retired."),
    ],
    columns=["segment_id", "change", "from_segment_id", "sentence"],
)


@pytest.fixture
def cards():
    return segment_cards(
        traits=trait_table(FEATURES, CLOSE, DICTIONARY),
        value=segment_value(OUTCOMES, OPEN, FEATURES),
        assignments=CLOSE,
        stability=STABILITY,
        changes=CHANGES,
        outside=value_outside(OUTCOMES, OPEN, FEATURES),
        given_names={"S02": "Calm <b>"},
        previous={"segments": [{"id": "S01", "customers": 5, "customer_share": 0.5}]},
        currency="GBP",
    )


def test_every_number_of_a_card(cards):
    card = cards["segments"][0]
    traits, descriptors = card.pop("traits"), card.pop("descriptors")
    sentence = card.pop("sentence")
    assert card == {
        "id": "S01",
        "name": "Frequent",
        "customers": 80,
        "customer_share": 0.25,
        "customers_before": 160,
        "customer_share_before": 0.5,
        "customers_at_open": 160,
        "customer_share_at_open": 0.5,
        "value": 4800.0,
        "value_share": 0.75,
        "value_per_customer": 30.0,
        "value_index": 150.0,
        "confidence_mean": pytest.approx(0.7),
        "ambiguous_share": 0.5,
        "stability": 0.81,
        "borderline_share": 0.1,
        "change": "merged",
        "change_sentence": "S01 is kept. S08 has merged into S01.",
    }
    # Frequency: base mean (8 + 3 x 2) / 4 = 3.5, SD sqrt((65 + 3 x 4) / 4 - 3.5^2) = sqrt(7).
    assert traits == [
        {
            "feature": "frequency",
            "phrase": "frequent",
            "unit": "orders",
            "mean": 8.0,
            "base": 3.5,
            "index": pytest.approx(800 / 3.5),
            "difference": pytest.approx(4.5 / np.sqrt(7)),
            "bold": True,
        }
    ]
    assert [trait["phrase"] for trait in descriptors] == ["more often premium"]
    assert sentence == (
        "80 customers (25%). The 50% of customers it held at the open account for 75% of revenue "
        "in the quarter: £30.00 each, 50% above the average. "
        "Compared with all customers: frequent (8.00 orders against 3.50)."
    )


def test_base_and_those_kept_apart(cards):
    assert cards["base"] == {
        "customers": 320,
        "customers_at_open": 320,
        "value": 6400.0,
        "value_per_customer": 20.0,
        "value_index": 100.0,
        "customers_outside": 80,
        "value_outside": 1600.0,
        "value_share_outside": 0.2,
    }
    assert cards["not_segmented"] == {"LAPSED": 40, "NEW": 40}
    assert cards["retired"] == [
        {"id": "S07", "change": "retired", "sentence": "S07 is retired."},
        {"id": "S08", "change": "merged", "sentence": "S08 has merged into S01."},
    ]
    assert (cards["value_measure"], cards["currency"]) == ("revenue in the quarter", "GBP")


def test_a_name_from_the_register_is_kept_as_it_is(cards):
    second = cards["segments"][1]
    assert second["name"] == "Calm <b>"
    assert (second["stability"], second["change"]) == (None, "kept")


def test_cards_are_plain_json(cards):
    assert json.loads(json.dumps(cards, allow_nan=False)) == cards


def test_a_segment_that_is_empty_now_or_was_at_the_open():
    moved = CLOSE.assign(segment_id=CLOSE["segment_id"].replace("S01", "S03"))
    cards = segment_cards(
        traits=trait_table(FEATURES, moved, DICTIONARY),
        value=segment_value(OUTCOMES[["customer_id"]], OPEN, FEATURES),
        assignments=moved,
    )
    by_id = {card["id"]: card for card in cards["segments"]}
    assert list(by_id) == ["S01", "S02", "S03"]
    assert by_id["S01"]["customers"] == 0
    assert by_id["S01"]["confidence_mean"] is None
    assert by_id["S01"]["sentence"] == (
        "0 customers (0%). No feature sets these customers clearly apart from all others."
    )
    assert (by_id["S03"]["customers"], by_id["S03"]["customers_at_open"]) == (80, 0)
    assert by_id["S03"]["value"] is None
    assert by_id["S03"]["change"] == ""
    assert cards["retired"] == []
