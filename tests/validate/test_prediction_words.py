"""Predictions in words: what the segments add, what they keep alone, in full and in short."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.validate.prediction_words import prediction_in_short, prediction_sentence

LIMITS = {"p": 0.05, "gain": 0.005}
SHORT = "Knowing the segment on top of the features improves"


def _table(**columns: object) -> pd.DataFrame:
    usual = {"outcome": ["churn", "revenue"], "measure": ["AUC", "R2"], "p_value": [0.001, 0.4],
             "p_corrected": [0.002, 0.4], "gain": [0.02, 0.001], "gain_low": [0.01, -0.01],
             "base": [0.694, 0.281], "with_segments": [0.714, 0.282],
             "p_alone": [0.5, 0.5], "lead_low": [-0.1, -0.1], "share_kept": [0.75, np.nan],
             "note": ["", ""]}  # fmt: skip
    return pd.DataFrame(usual | columns)


def test_the_sentence_says_what_was_found() -> None:
    assert prediction_sentence(_table(), **LIMITS) == (
        "Knowing the segment improves the prediction of churn (from 69.4% to 71.4% of pairs of "
        "customers in the right order; a guess gets 50%). "
        "Alone it keeps 75% of what can be predicted of churn."
    )
    small = prediction_sentence(_table(gain=[0.002, 0.0], share_kept=[0.001, 0.2]), **LIMITS)
    assert "too little to improve a prediction by much" in small
    assert "Alone it keeps nothing of what can be predicted of churn." in small
    value = prediction_sentence(_table(p_corrected=[0.3, 0.01], gain=[0, 0.02]), **LIMITS)
    assert "revenue (from 28.1% to 28.2% of the differences)" in value
    nothing = prediction_sentence(_table(p_corrected=[0.3, 0.4]), **LIMITS)
    assert nothing.startswith(
        "The segment adds nothing to what the features themselves tell about churn and revenue."
    )


def test_a_change_that_does_not_show_is_not_printed() -> None:
    alike = prediction_sentence(_table(with_segments=[0.6944, 0.282]), **LIMITS)
    assert alike.startswith("Knowing the segment improves the prediction of churn. ")


def test_a_lead_is_told_where_nothing_is_added() -> None:
    leading = _table(p_corrected=[0.3, 0.4], p_alone=[0.01, 0.2], lead_low=[0.01, 0.01])
    said = prediction_sentence(leading, **LIMITS)
    assert said.startswith("The segment alone predicts churn better than all features do. ")


@pytest.mark.parametrize(
    ("columns", "rest"),
    [
        ({}, "the prediction of churn."),
        ({"gain": [0.002, 0.0]}, "the prediction of churn a little."),
        ({"gain": [0.0001, 0.0]}, "no prediction noticeably."),
        ({"p_corrected": [0.3, 0.4]}, "no prediction noticeably."),
        (
            {"p_corrected": [0.3, 0.4], "p_alone": [0.001, 0.1], "share_kept": [0.89, 0.99]},
            "no prediction noticeably.",
        ),
        (
            {"p_alone": [0.001, 0.001], "lead_low": [0.01, -0.1], "share_kept": [1.0, 0.97]},
            "the prediction of churn; the segment alone predicts churn better than all features "
            "do, and revenue about as well as all features do.",
        ),
    ],
)
def test_the_short_sentence(columns: dict[str, object], rest: str) -> None:
    assert prediction_in_short(_table(**columns), **LIMITS) == f"{SHORT} {rest}"


def test_segments_that_stand_in_for_the_features_say_so_first() -> None:
    table = _table(p_corrected=[0.3, 0.4], p_alone=[0.001, 0.001], share_kept=[0.99, 0.9])
    said = "The segment alone predicts churn and revenue about as well as all features do."
    assert prediction_in_short(table, **LIMITS) == said
    assert prediction_sentence(table, **LIMITS).startswith(f"{said} Alone it keeps 99% ")
    stricter = prediction_in_short(table, **LIMITS, kept=0.95)
    assert stricter == "The segment alone predicts churn about as well as all features do."
    none = prediction_in_short(table, **LIMITS, kept=1.0)
    assert none == f"{SHORT} no prediction noticeably."
    mixed = table.assign(lead_low=[0.01, -0.1])
    assert prediction_in_short(mixed, **LIMITS) == (
        "The segment alone predicts churn better than all features do, and revenue about as well "
        "as all features do."
    )


def test_nothing_that_could_be_tested() -> None:
    table = _table(p_value=[np.nan, np.nan], note=["12 of 1200 customers left.", ""])
    assert prediction_in_short(table, **LIMITS) == "No outcome could be predicted."
    assert prediction_sentence(table, **LIMITS).endswith("12 of 1200 customers left.")
