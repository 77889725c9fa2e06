"""Each gate turns its measures into a verdict at the thresholds of the parameters."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.params import Gates
from segmentation_lib.validate.gates import (
    baseline_gate,
    data_gate,
    external_gate,
    fidelity_gate,
    internal_gate,
    privacy_gate,
    stability_gate,
    structure_gate,
    time_gate,
    tone,
    usable_gate,
)

GATES = Gates()
SOUND: dict[str, list[dict[str, str]]] = {"checks": []}


@pytest.mark.parametrize(
    ("customers", "checks", "verdict"),
    [(1000, [], "go"), (999, [], "limits"), (5000, [{"code": "partial_quarter"}], "limits")],
)
def test_data(customers: int, checks: list[dict[str, str]], verdict: str) -> None:
    quality = {"states": {"open": {"ACTIVE": customers, "NEW": 4}}, "checks": checks}
    assert data_gate(quality, GATES).verdict == verdict


@pytest.mark.parametrize(
    ("label", "verdict", "word"),
    [
        ("natural", "go", "natural groups"),
        ("overlapping", "go", "overlapping groups"),
        ("slices", "limits", "tiers"),
        ("constructive", "no-go", "none"),
    ],
)
def test_structure(label: str, verdict: str, word: str) -> None:
    existence = {
        "label": label,
        "sentence": "So it is.",
        "smallest_jaccard": 0.59,
        "structure": {"p_value": 0.0002, "assessed": True},
        "gap": {"p_value": 0.2, "assessed": True},
    }
    gate = structure_gate(existence, GATES)
    assert (gate.verdict, gate.sentence) == (verdict, "So it is.")
    assert gate.value == word
    assert gate.threshold == "both p at most 0.05; found p < 0.001 and p = 0.200"


@pytest.mark.parametrize(("weakest", "verdict"), [(0.6, "limits"), (0.599, "no-go")])
def test_segments_that_come_back_roughly_are_provisional(weakest: float, verdict: str) -> None:
    tested = {"p_value": 0.01, "assessed": True}
    existence = {"label": "constructive", "sentence": "None.", "smallest_jaccard": weakest,
                 "structure": tested, "gap": tested}  # fmt: skip
    gate = structure_gate(existence, GATES)
    assert gate.verdict == verdict
    assert gate.sentence.endswith("treat them as provisional.") == (verdict == "limits")
    assert (gate.value == "none") == (verdict == "no-go")


def test_structure_that_nobody_tested() -> None:
    untested = {"p_value": 1.0, "assessed": False}
    existence = {"label": "slices", "sentence": "Not tested.", "smallest_jaccard": 0.9,
                 "structure": untested, "gap": untested}  # fmt: skip
    gate = structure_gate(existence, GATES)
    assert (gate.verdict, gate.value, gate.sentence) == (
        "not assessed",
        "not tested",
        "Not tested.",
    )
    assert gate.threshold == "both p at most 0.05; none was made"
    shaky = existence | {"label": "constructive", "smallest_jaccard": 0.3}
    assert structure_gate(shaky, GATES).verdict == "no-go"


@pytest.mark.parametrize(
    ("p_values", "strength", "verdict"),
    [
        ((0.05, 0.01), 0.8, "go"),
        ((0.05, 0.01), 0.79, "limits"),
        ((0.06, 0.06), 0.8, "limits"),
        ((0.06, 0.06), 0.79, "no-go"),
    ],
)
def test_internal(p_values: tuple[float, float], strength: float, verdict: str) -> None:
    indices = pd.DataFrame(
        {
            "index": ["silhouette", "davies_bouldin", "explained_share"],
            "value": [0.31, 1.2, 0.5],
            "p_value": [*p_values, 0.9],
        }
    )
    gate = internal_gate(indices, strength, 0.8, GATES)
    assert gate.verdict == verdict
    assert gate.value.endswith(" of 3")


def test_internal_without_a_crowd_to_compare_with_is_not_assessed() -> None:
    indices = pd.DataFrame(
        {"index": ["silhouette", "davies_bouldin"], "p_value": [float("nan")] * 2}
    )
    gate = internal_gate(indices, 0.9, 0.8, GATES)
    assert (gate.verdict, gate.value) == ("not assessed", "not tested")
    assert gate.sentence.startswith("Without two features that are numbers")


@pytest.mark.parametrize(
    ("weakest", "verdict"), [(0.75, "go"), (0.74, "limits"), (0.6, "limits"), (0.59, "no-go")]
)
def test_stability_names_the_weakest(weakest: float, verdict: str) -> None:
    table = pd.DataFrame({"segment_id": ["S01", "S02"], "jaccard": [0.99, weakest]})
    gate = stability_gate(table, GATES)
    assert gate.verdict == verdict
    assert gate.value.endswith("(S02)")


def _effects(**change: object) -> pd.DataFrame:
    row = {"kpi": "order_value", "effect": 0.2, "effect_low": 0.1, "p_corrected": 0.01, **change}
    return pd.DataFrame([row])


def _prediction(**change: object) -> pd.DataFrame:
    row = {
        "outcome": "churn",
        "measure": "AUC",
        "p_value": 0.005,
        "p_corrected": 0.01,
        "gain": 0.02,
        "gain_low": 0.0,
        "p_alone": 0.01,
        "lead_low": -0.01,
        "share_kept": 0.5,
        "note": "",
        **change,
    }
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    "change",
    [{"p_corrected": 0.06}, {"effect": 0.009}, {"effect_low": 0.0}],
)
def test_a_kpi_counts_only_with_p_value_size_and_interval(change: dict[str, float]) -> None:
    assert external_gate(_effects(**change), _prediction(), GATES, SOUND).verdict == "limits"
    none = _prediction(p_corrected=0.9)
    assert external_gate(_effects(**change), none, GATES, SOUND).verdict == "no-go"


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "go"),
        ({"p_corrected": 0.06}, "limits"),
        ({"p_corrected": 0.06, "lead_low": 0.001}, "go"),
        ({"p_corrected": 0.06, "lead_low": 0.001, "p_alone": 0.06}, "limits"),
        ({"p_corrected": 0.06, "share_kept": 0.9}, "go"),
        ({"p_corrected": 0.06, "share_kept": 0.89}, "limits"),
        ({"p_corrected": 0.06, "share_kept": 0.99, "p_alone": 0.06}, "limits"),
        ({"p_corrected": 0.06, "share_kept": float("nan")}, "limits"),
    ],
)
def test_a_prediction_counts_when_the_segments_add_lead_or_stand_in(
    change: dict[str, float], verdict: str
) -> None:
    assert external_gate(_effects(), _prediction(**change), GATES, SOUND).verdict == verdict


def test_how_much_must_be_kept_is_a_parameter() -> None:
    prediction = _prediction(p_corrected=0.06, share_kept=0.8)
    assert external_gate(_effects(), prediction, Gates(prediction_kept=0.8), SOUND).verdict == "go"
    gate = external_gate(_effects(), prediction, Gates(prediction_kept=0.81), SOUND)
    assert gate.verdict == "limits"
    assert "as well as all features" not in gate.sentence


def test_no_kpi_that_could_be_tested_is_no_no() -> None:
    untested = _effects(p_corrected=float("nan"), effect=float("nan"))
    for prediction in (_prediction(), _prediction(p_corrected=0.9)):
        gate = external_gate(untested, prediction, GATES, SOUND)
        assert gate.verdict == "limits"
        assert gate.sentence.startswith("No KPI could be tested: ")
    empty = external_gate(_effects().iloc[:0], _prediction().iloc[:0], GATES, SOUND)
    assert empty.verdict == "limits"
    one = pd.concat([untested, _effects(p_corrected=0.5)])
    assert external_gate(one, _prediction(p_corrected=0.9), GATES, SOUND).verdict == "no-go"


def test_external_names_the_kpi_its_size_and_the_prediction() -> None:
    gate = external_gate(_effects(), _prediction(), GATES, SOUND)
    assert gate.verdict == "go"
    assert gate.sentence == (
        "In the quarter after they were made, the segments differed in average order value (20% of "
        "the differences). Knowing the segment on top of the features improves the prediction of "
        "churn."
    )
    assert gate.value == "1 of 1; 1 of 1"
    four = [_effects(kpi=kpi) for kpi in ("revenue", "orders", "active", "visited")]
    four[1]["effect"] = 0.3
    told = [
        external_gate(pd.concat(effects), _prediction(), GATES, SOUND).sentence
        for effects in (four, [*four, _effects(effect=0.0)], [four[1], _effects(effect=0.0)])
    ]
    assert "differed in all 4 KPIs, most in orders (30% of the differences). " in told[0]
    assert "differed in 4 of 5 KPIs, most in orders (30% of the differences). " in told[1]
    assert "differed in 1 of 2 KPIs: orders (30% of the differences). " in told[2]
    assert all(sentence.count(". ") == 1 for sentence in told)
    none = external_gate(_effects().iloc[:0], _prediction().iloc[:0], GATES, SOUND)
    assert "No outcome" in none.sentence
    assert none.value == "0 of 0; no prediction"


def test_a_gain_that_rounds_to_nothing_is_no_prediction_that_needs_the_segment() -> None:
    for gain in (-0.001, 0.0, 0.0004):
        gate = external_gate(_effects(), _prediction(gain=gain, gain_low=-0.01), GATES, SOUND)
        assert (gate.verdict, gate.value) == ("limits", "1 of 1; 0 of 1")
        assert "improves no prediction noticeably" in gate.sentence
    little = external_gate(_effects(), _prediction(gain=0.001), GATES, SOUND)
    assert little.verdict == "go"
    assert "improves the prediction of churn a little." in little.sentence


def test_an_effect_that_rounds_to_nothing_is_not_printed_as_nought() -> None:
    gates = Gates(kpi_effect=0.001)
    tiny = external_gate(_effects(effect=0.002, effect_low=0.001), _prediction(), gates, SOUND)
    assert "(less than 1% of the differences)" in tiny.sentence


def test_features_without_a_date_limit_what_a_difference_says() -> None:
    undated = {"checks": [{"code": "undated_features"}]}
    gate = external_gate(_effects(), _prediction(), GATES, undated)
    assert gate.verdict == "limits"
    assert "; but the features carry no date and may already hold" in gate.sentence
    assert gate.sentence.count(". ") == 1
    nothing = external_gate(_effects(effect=0.0), _prediction(p_corrected=0.9), GATES, undated)
    assert nothing.verdict == "no-go"


@pytest.mark.parametrize(
    ("decision", "verdict"), [("valid", "go"), ("recalibrate", "limits"), ("refit", "no-go")]
)
def test_time(decision: str, verdict: str) -> None:
    temporal = {
        "decision": decision,
        "frozen_refit_ari": 0.91,
        "baseline_low": 0.9,
        "sentence": "They hold.",
    }
    gate = time_gate(temporal, GATES, SOUND)
    assert (gate.verdict, gate.value, gate.sentence) == (verdict, "0.91", "They hold.")
    assert gate.threshold.startswith("at least 0.87,")
    undated = time_gate(temporal, GATES, {"checks": [{"code": "undated_features"}]})
    assert (undated.verdict, undated.value) == ("not assessed", "not measured")
    assert undated.sentence.endswith("This cannot be checked.")


def test_time_with_too_few_customers_is_not_assessed() -> None:
    temporal = {
        "decision": "not assessed",
        "frozen_refit_ari": None,
        "baseline_low": None,
        "sentence": "Too few.",
    }
    gate = time_gate(temporal, GATES, SOUND)
    assert (gate.verdict, gate.value, gate.sentence) == ("not assessed", "not measured", "Too few.")
    assert gate.threshold == "no segment that split, merged, ended or is new"


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [("better", "go"), ("tie", "limits"), ("worse", "no-go"), ("not compared", "not assessed")],
)
def test_baseline_follows_all_kpis_together_against_rfm_tiers(verdict: str, expected: str) -> None:
    row = {"segments": 0.1, "rival_score": 0.05, "detail": "", "kpi": "all"}
    rows = pd.DataFrame(
        [
            {**row, "rival": "RFM tiers", "verdict": verdict},
            {**row, "rival": "random groups", "verdict": "better"},
        ]
    )
    assert baseline_gate(rows).verdict == expected


def test_baseline_counts_the_kpis_of_the_rival_that_decides() -> None:
    row = {"segments": 0.1, "rival_score": 0.05, "detail": ""}
    named = {**row, "rival": "tiers of one feature", "detail": "store_orders"}
    rows = [
        {**row, "rival": "RFM tiers", "kpi": "all", "verdict": "not compared"},
        {**named, "kpi": "all", "verdict": "worse"},
        {**named, "kpi": "revenue", "verdict": "worse"},
        {**named, "kpi": "orders", "verdict": "tie"},
        {**row, "rival": "random groups", "kpi": "all", "verdict": "better"},
        {**row, "rival": "random groups", "kpi": "revenue", "verdict": "better"},
    ]
    gate = baseline_gate(pd.DataFrame(rows))
    assert (gate.verdict, gate.value) == ("no-go", "0 better, 1 worse of 2")
    assert gate.measure.endswith("than tiers of store orders")
    assert gate.sentence.endswith("Use tiers of store orders instead.")
    rfm = pd.DataFrame(rows).replace({"rival": {"tiers of one feature": "RFM tiers"}}).iloc[1:]
    assert baseline_gate(rfm).measure.endswith("than RFM tiers")


@pytest.mark.parametrize(
    ("sizes", "verdict"),
    [
        ([300, 60], "go"),
        ([300, 60, 49], "limits"),
        ([300, 40], "no-go"),
        ([9000, 200, 150], "limits"),
    ],
)
def test_usable(sizes: list[int], verdict: str) -> None:
    ids = [f"S{i:02d}" for i, size in enumerate(sizes, 1) for _ in range(size)]
    gates = Gates(segment_size=50, segment_share=0.02)
    table = pd.DataFrame({"segment_id": [*ids, None]})
    assert usable_gate(table, gates, sorted(set(ids))).verdict == verdict


def test_a_segment_that_nobody_is_in_any_more_counts() -> None:
    gates = Gates(segment_size=50, segment_share=0.02)
    table = pd.DataFrame({"segment_id": ["S01"] * 300 + ["S03"] * 100 + [None]})
    gate = usable_gate(table, gates, ("S01", "S02", "S03"))
    assert (gate.verdict, gate.value) == ("limits", "no customers")
    assert gate.sentence == (
        "Too small to act on: S02. Nobody is in S02 at the end of the quarter."
    )
    assert usable_gate(table.iloc[:300], gates, ("S01", "S02")).verdict == "no-go"
    few = usable_gate(pd.concat([table, table.assign(segment_id="S02").iloc[:4]]), gates,
                      ("S01", "S02", "S03"))  # fmt: skip
    assert (few.verdict, few.value) == ("limits", "fewer than 10 customers")
    assert few.sentence == "Too small to act on: S02."


def test_nobody_in_any_segment_is_no_go() -> None:
    nobody = pd.DataFrame({"segment_id": pd.Series([None, None], dtype="str")})
    for table in (nobody, nobody.iloc[:0]):
        gate = usable_gate(table, GATES, ("S01", "S02"))
        assert (gate.verdict, gate.value) == ("no-go", "no customers")
        assert gate.sentence == "Nobody is in any segment at the end of the quarter."


def test_privacy_says_that_it_was_not_checked() -> None:
    assert tone(privacy_gate()) == "info"
    assert tone(fidelity_gate()) == "good"
