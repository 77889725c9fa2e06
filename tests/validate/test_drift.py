"""Drift of features and of the mix, in words of levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.validate.drift import (
    drift_sentence,
    feature_drift,
    mix_drift,
    moved_features,
)

from .quarters import customers, dictionary


def test_nothing_moved() -> None:
    table = feature_drift(customers(1), customers(2), dictionary())
    check_table("drift", table)
    assert table["feature"].tolist() == ["frequency", "discount_share"]
    assert table["level"].tolist() == ["none", "none"]
    assert moved_features(table) == []


def test_the_moved_feature_is_named() -> None:
    closed = customers(2).assign(discount_share=lambda f: f["discount_share"] + 6)
    table = feature_drift(customers(1), closed, dictionary()).set_index("feature")
    assert table.loc["discount_share", "level"] == "major"
    assert table.loc["discount_share", "shift_sd"] > 1
    assert table.loc["frequency", "level"] == "none"
    assert moved_features(table.reset_index()) == ["discount_share"]
    assert moved_features(table.reset_index(), level="moderate") == []


def test_only_active_customers_count() -> None:
    closed = customers(2)
    lapsed = closed.assign(state="LAPSED", frequency=99.0)
    table = feature_drift(customers(1), pd.concat([closed, lapsed]), dictionary())
    assert table["level"].tolist() == ["none", "none"]


def test_growing_older_is_no_alert() -> None:
    closed = customers(2).assign(frequency=lambda f: f["frequency"] + 6)
    table = feature_drift(customers(1), closed, dictionary(frequency="whole history"))
    assert table["level"].tolist() == ["ageing", "none"]
    assert moved_features(table) == []


@pytest.mark.parametrize("left", [0, 49])
def test_too_few_customers_at_the_close_are_not_assessed(left: int) -> None:
    closed = customers(2).assign(plan="plus")
    closed["state"] = np.where(np.arange(600) < left, "ACTIVE", "LAPSED")
    facts = pd.concat(
        [dictionary(frequency="whole history"),
         pd.DataFrame([{"name": "plan", "role": "descriptor", "window": "undated"}])]
    )  # fmt: skip
    table = feature_drift(customers(1).assign(plan="plus"), closed, facts)
    check_table("drift", table)
    assert table["level"].tolist() == ["not assessed"] * 3
    assert table[["psi", "psi_corrected", "p_value", "ks", "shift_sd"]].isna().all(axis=None)
    assert table["ages"].tolist() == [True, False, False]
    assert moved_features(table) == []
    assert drift_sentence(table).startswith("Too few customers are active")
    closed.loc[49, "state"] = "ACTIVE"
    if left == 49:
        assert set(feature_drift(customers(1), closed, dictionary())["level"]) != {"not assessed"}


def test_categories_are_compared_by_level() -> None:
    opened, closed = customers(1), customers(2)
    opened["plan"] = np.repeat(["plus", "basic", None], 200)
    closed["plan"] = np.repeat(["plus", "gold", None], [200, 200, 200])
    facts = pd.concat(
        [dictionary(), pd.DataFrame([{"name": "plan", "role": "descriptor", "window": "undated"}])]
    )
    row = feature_drift(opened, closed, facts).set_index("feature").loc["plan"]
    assert row["ks"] == pytest.approx(1 / 3)
    assert row["level"] == "major"
    assert np.isnan(row["shift_sd"])


def test_the_mix_of_segments() -> None:
    def table(*sizes: int) -> pd.DataFrame:
        ids = np.repeat(["S01", "S02", None], sizes)
        return pd.DataFrame({"segment_id": ids})

    found, level = mix_drift(table(500, 500, 90), table(480, 520, 400))
    assert level == "none"
    assert found.distance == pytest.approx(0.02)
    assert mix_drift(table(500, 500, 0), table(800, 200, 0))[1] == "major"


def test_what_moved_is_said_in_words() -> None:
    drift = pd.DataFrame(
        {
            "feature": ["frequency", "discount_share", "age"],
            "role": ["segmenting", "segmenting", "descriptor"],
            "psi_corrected": [0.2, 0.3, 0.9],
            "level": ["moderate", "major", "major"],
        }
    )
    assert drift_sentence(drift) == (
        "Customers moved in features that make the segments: share bought at a discount (much) "
        "and days with a purchase (somewhat)."
    )
    assert drift_sentence(drift.iloc[2:]) == (
        "No feature that makes the segments moved by enough to matter."
    )
