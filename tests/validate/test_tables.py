"""The page shows the rows and columns that a reader needs, and no others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.params import Gates
from segmentation_lib.validate import (
    baseline_table,
    closest_pairs,
    context_table,
    criteria_table,
    drift_table,
    expectation_table,
    movement_table,
    prediction_table,
    silhouette_table,
    stability_table,
    temporal_table,
)


def test_only_the_closest_pairs() -> None:
    pairs = pd.DataFrame(
        {
            "segment_id": "S01",
            "other_segment_id": [f"S{i:02d}" for i in range(2, 12)],
            "separation": range(10),
            "null_high": 3.0,
            "merge_candidate": False,
            "davies_bouldin_worst": False,
        }
    )
    shown = closest_pairs(pairs)
    assert shown["other_segment_id"].tolist() == [f"S{i:02d}" for i in range(2, 10)]
    assert list(shown.columns[2:]) == ["separation", "crowd", "verdict"]
    assert set(shown["verdict"]) == {"apart"}
    close = closest_pairs(pairs.assign(merge_candidate=True))
    assert set(close["verdict"]) == {"may be one"}
    unknown = closest_pairs(pairs.assign(null_high=float("nan")))
    assert set(unknown["verdict"]) == {"not tested"}


def test_all_kpis_with_every_rival_then_rfm_tiers_alone() -> None:
    baselines = pd.DataFrame(
        [("all", "RFM tiers"), ("all", "random groups"), ("revenue", "RFM tiers"),
         ("revenue", "random groups")],
        columns=["kpi", "rival"],
    ).assign(segments=0.2, rival_score=0.1, difference=0.1, low=0.0, high=0.2, verdict="tie",
             detail="", customers=9)  # fmt: skip
    shown = baseline_table(baselines)
    assert shown[["kpi", "rival"]].to_numpy().tolist() == [
        ["all KPIs", "RFM tiers"],
        ["all KPIs", "random groups"],
        ["revenue per customer", "RFM tiers"],
    ]


def test_descriptors_only_where_they_drifted() -> None:
    drift = pd.DataFrame(
        {
            "feature": ["recency", "age", "region"],
            "role": ["segmenting", "descriptor", "descriptor"],
            "psi": 0.1,
            "psi_corrected": 0.1,
            "p_value": 0.5,
            "ks": 0.0,
            "shift_sd": 0.0,
            "level": ["none", "none", "major"],
        }
    )
    shown = drift_table(drift.assign(psi_corrected=[0.1, 0.1, 0.001]))
    assert shown["feature"].tolist() == ["recency", "region"]
    assert shown["psi_corrected"].tolist() == ["0.10", "under 0.01"]


def test_predictions_and_moves_keep_what_is_read() -> None:
    prediction = pd.DataFrame(
        {"outcome": ["churn"], "measure": "AUC", "base": 0.7, "with_segments": 0.71,
         "segments_alone": 0.6, "p_corrected": 0.02, "p_value": 0.01, "lead_low": 0.0}
    )  # fmt: skip
    assert prediction_table(prediction).iloc[0].tolist() == ["churn", "AUC", 0.7, 0.71, 0.6, 0.02]
    noise = pd.DataFrame(
        {"segment_id": ["all"], "customers": 10, "moved": 0.3, "floor": 0.2, "net": 0.1,
         "low": 0.0, "high": 0.2, "verdict": "within noise"}
    )  # fmt: skip
    assert "net" not in movement_table(noise).columns


def test_small_counts_of_movers_and_stayers_are_not_shown() -> None:
    noise = pd.DataFrame(
        {"segment_id": ["S01", "S02", "S03", "S04", "all"], "customers": [100, 85, 8, 100, 285],
         "moved": [0.5, 5 / 85, 0.25, 0.95, 0.4], "floor": [0.0, 0.2, np.nan, 0.3, 0.1],
         "low": 0.0, "high": 0.1, "verdict": "within noise"}
    )  # fmt: skip
    shown = movement_table(noise).set_index("segment_id")
    assert shown.index[-1] == "All"
    assert shown["moved"].isna().tolist() == [False, True, True, True, False]
    assert shown["by_chance"].isna().tolist() == [False, False, True, False, False]
    assert shown["customers"].isna().tolist() == [False, False, True, False, False]
    assert shown.loc["S01", "customers"] == 100
    assert np.isnan(shown.loc["S03", "difference_to"])


def test_stability_and_silhouettes_without_small_counts() -> None:
    stability = pd.DataFrame(
        {"segment_id": ["S01", "S02"], "customers": [200, 100], "jaccard": [0.9, 0.8],
         "jaccard_low": [0.8, 0.7], "slsw": [0.95, 0.9], "borderline_share": [0.05, 0.05]}
    )  # fmt: skip
    shown = stability_table(stability)
    assert list(shown.columns) == ["segment_id", "customers", "comes_back", "in_a_bad_sample",
                                   "in_pairs_of_samples", "on_a_border"]  # fmt: skip
    assert shown["on_a_border"].tolist() == ["5.0%", "fewer than 10 customers"]
    widths = pd.DataFrame(
        {"segment_id": ["S02", "S01"], "silhouette": [0.3, 0.2], "below_zero_share": [0.2, np.nan]}
    )
    nearer = silhouette_table(widths, stability)["nearer_to_another_segment"]
    assert nearer.tolist() == ["20.0%", "not known"]


def test_criteria_expectations_and_contexts_in_words() -> None:
    criteria = pd.DataFrame(
        [("S01", "customers", 7.0, "at least 100", False), ("S01", "share", 0.251, "w", None),
         ("S01", "order_value", 1234.5, "at least 5", True), ("S01", "growth", np.nan, "w", None)],
        columns=["segment_id", "measure", "value", "asked", "passed"],
    ).astype({"passed": "boolean"})  # fmt: skip
    shown = criteria_table(criteria)
    assert shown["value"].tolist() == ["fewer than 10", "25.1%", "1,234", "not known"]
    assert shown["passed"].tolist() == ["no", "weighed", "yes", "weighed"]
    assert shown["measure"].tolist()[2] == "average order value"
    expectations = pd.DataFrame(
        {"feature": ["discount_share", "age"], "kpi": ["revenue", "revenue"],
         "direction": ["negative", "positive"], "because": "", "slope": [0.4, np.nan]}
    )  # fmt: skip
    told = expectation_table(expectations)
    assert told[["kpi", "expected", "found"]].to_numpy().tolist() == [
        ["revenue per customer", "less", "more"],
        ["revenue per customer", "more", "not clear"],
    ]
    contexts = pd.DataFrame(
        {"context": "acquisition_channel", "level": ["web", "shop"], "customers": 400,
         "adjusted_rand": 0.9, "reference": 0.95, "kpi_order": 1.0,
         "finding": ["", "other segments"]}
    )  # fmt: skip
    places = context_table(contexts)
    assert places["context"].tolist() == ["acquisition channel"] * 2
    assert places["finding"].tolist() == ["as everywhere", "other segments"]


def test_the_end_of_the_quarter_in_five_rows() -> None:
    temporal = {
        "frozen_refit_ari": 0.9, "baseline_low": 0.95, "events": 2,
        "mix": {"psi_corrected": 0.0012, "level": "none"},
        "common_drift": {"found": True, "size_sd": 0.31}, "kpi_flips": None,
    }  # fmt: skip
    shown = temporal_table(temporal, Gates())
    assert shown["value"].tolist() == ["0.90", "2", "under 0.01", "0.31", "not compared"]
    assert shown["asked"].tolist()[0] == "at least 0.92"
    assert shown["verdict"].tolist() == [
        "other segments", "changed", "the same", "moved", "no earlier quarter"
    ]  # fmt: skip
    calm = {**temporal, "frozen_refit_ari": 0.93, "events": 0, "kpi_flips": ["S01 ..."]}
    calm["common_drift"] = {"found": False, "size_sd": 0.0}
    calm["mix"] = {"psi_corrected": 0.3, "level": "major"}
    assert temporal_table(calm, Gates())["verdict"].tolist() == [
        "the same", "none", "other", "the same", "changed"
    ]  # fmt: skip
