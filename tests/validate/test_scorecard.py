"""The scorecard's gates and verdict follow fixed rules."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.params import Gates
from segmentation_lib.validate import (
    Gate,
    data_gate,
    external_gate,
    scorecard,
    stability_gate,
    structure_gate,
    usable_gate,
)

GATES = Gates()
SOUND: dict[str, list[dict[str, str]]] = {"checks": []}


def _gate(code: str, verdict: str) -> Gate:
    return Gate(code, "?", verdict, "", "", "", f"{code} says {verdict}.")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ({}, "GO"),
        ({"structure": "limits"}, "GO WITH LIMITS"),
        ({"stability": "no-go"}, "GO WITH LIMITS"),
        ({"structure": "no-go"}, "NO-GO"),
        ({"external": "no-go"}, "NO-GO"),
        ({"data": "no-go"}, "NO-GO"),
        ({"usable": "no-go"}, "NO-GO"),
    ],
)
def test_verdict(verdicts: dict[str, str], expected: str) -> None:
    codes = ["data", "structure", "stability", "external", "usable"]
    card = scorecard([_gate(code, verdicts.get(code, "go")) for code in codes], overrides=["k = 4"])
    assert card["verdict"] == expected
    assert card["overrides"] == ["k = 4"]
    assert [gate["code"] for gate in card["gates"]] == codes
    for code, verdict in verdicts.items():
        assert f"{code} says {verdict}." in card["sentence"]


@pytest.mark.parametrize(
    ("customers", "checks", "verdict"),
    [(1000, [], "go"), (999, [], "limits"), (5000, [{"code": "partial_quarter"}], "limits")],
)
def test_data_gate(customers: int, checks: list[dict[str, str]], verdict: str) -> None:
    quality = {"states": {"open": {"ACTIVE": customers, "NEW": 4}}, "checks": checks}
    assert data_gate(quality, GATES).verdict == verdict


@pytest.mark.parametrize(
    ("p_value", "jaccard", "verdict", "word"),
    [
        (0.01, 0.9, "go", "hang together"),
        (0.20, 0.9, "limits", "tiers"),
        (0.20, 0.3, "no-go", "none here"),
        (0.01, 0.3, "no-go", "none here"),
    ],
)
def test_structure_gate(p_value: float, jaccard: float, verdict: str, word: str) -> None:
    table = pd.DataFrame(
        {
            "index": ["silhouette", "davies_bouldin"],
            "value": [0.3, 1.1],
            "null_mean": [0.2, 1.4],
            "p_value": [0.001, p_value],
        }
    )
    gate = structure_gate(table, jaccard, GATES)
    assert (gate.verdict, word in gate.sentence) == (verdict, True)
    assert gate.value == f"1.10 against 1.40, p = {p_value:.3f}"


@pytest.mark.parametrize(
    ("weakest", "verdict"), [(0.75, "go"), (0.74, "limits"), (0.6, "limits"), (0.59, "no-go")]
)
def test_stability_gate_names_the_weakest(weakest: float, verdict: str) -> None:
    table = pd.DataFrame({"segment_id": ["S01", "S02"], "jaccard": [0.99, weakest]})
    gate = stability_gate(table, GATES)
    assert gate.verdict == verdict
    assert gate.value.endswith("(S02)")


def _effects(**change: object) -> pd.DataFrame:
    row = {"kpi": "order_value", "effect": 0.2, "effect_low": 0.1, "p_corrected": 0.01, **change}
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    "change",
    [{"p_corrected": 0.06}, {"effect": 0.009}, {"effect_low": 0.0}, {"p_corrected": float("nan")}],
)
def test_external_gate_needs_all_three(change: dict[str, float]) -> None:
    assert external_gate(_effects(**change), GATES, SOUND).verdict == "no-go"


def test_external_gate_names_the_kpi_and_its_size() -> None:
    gate = external_gate(_effects(), GATES, SOUND)
    assert gate.verdict == "go"
    assert "differed in average order value." in gate.sentence
    assert "20%" in gate.sentence
    four = pd.concat([_effects(kpi=kpi) for kpi in ("revenue", "orders", "active", "visited")])
    sentence = external_gate(four, GATES, SOUND).sentence
    assert "who were active, orders per customer, revenue per customer and 1 more KPI." in sentence
    assert "No outcome" in external_gate(_effects().iloc[:0], GATES, SOUND).sentence


def test_features_without_a_date_limit_what_a_difference_says() -> None:
    undated = {"checks": [{"code": "undated_features"}]}
    gate = external_gate(_effects(), GATES, undated)
    assert gate.verdict == "limits"
    assert "carry no date" in gate.sentence
    assert external_gate(_effects(effect=0.0), GATES, undated).verdict == "no-go"


@pytest.mark.parametrize(
    ("sizes", "verdict"),
    [
        ([300, 60], "go"),
        ([300, 60, 49], "limits"),
        ([300, 40], "no-go"),
        ([9000, 200, 150], "limits"),
    ],
)
def test_usable_gate(sizes: list[int], verdict: str) -> None:
    ids = [f"S{i:02d}" for i, size in enumerate(sizes, 1) for _ in range(size)]
    gate = usable_gate(pd.DataFrame({"segment_id": [*ids, None]}), GATES)
    assert gate.verdict == verdict
