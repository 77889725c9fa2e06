"""Criteria declared before clustering are held against each segment; late ones are marked."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.params import Criteria, KnockOut, build_params, declarations
from segmentation_lib.validate.criteria import check_criteria, criteria_sentence, segment_measures


@pytest.fixture
def measures() -> pd.DataFrame:
    at_open = pd.DataFrame(
        {"customer_id": list("abcdef"), "segment_id": ["S01", "S01", "S01", "S02", "S02", None]}
    )
    at_close = pd.DataFrame(
        {"customer_id": list("abcde"), "segment_id": ["S01", "S01", "S02", "S02", "S02"]}
    )
    stability = pd.DataFrame({"segment_id": ["S02", "S01"], "jaccard": [0.7, 0.9]})
    outcomes = pd.DataFrame(
        {"customer_id": list("abcdef"), "revenue": [1.0, 2.0, 6.0, 10.0, None, 99.0]}
    )
    return segment_measures(at_open, at_close, stability, outcomes)


def test_measures(measures: pd.DataFrame) -> None:
    assert list(measures.columns) == ["customers", "share", "growth", "stability", "revenue"]
    assert measures.loc["S01"].round(4).tolist() == [2, 0.4, -0.3333, 0.9, 3]
    assert measures.loc["S02"].tolist() == [3, 0.6, 0.5, 0.7, 10]


def test_each_segment_is_held_against_each_criterion(measures: pd.DataFrame) -> None:
    criteria = Criteria(
        knock_outs=(
            KnockOut(measure="stability", at_least=0.75),
            KnockOut(measure="customers", at_least=2, at_most=10),
        ),
        attractiveness={"revenue": 1.0},
    )
    late = ("knock-out stability at least 0.75",)
    table = check_criteria(criteria, measures, second_thoughts=late)
    assert table[["segment_id", "kind", "measure", "asked", "post_hoc"]].to_numpy().tolist() == [
        ["S01", "knock-out", "stability", "at least 0.75", True],
        ["S02", "knock-out", "stability", "at least 0.75", True],
        ["S01", "knock-out", "customers", "at least 2 and at most 10", False],
        ["S02", "knock-out", "customers", "at least 2 and at most 10", False],
        ["S01", "attractiveness", "revenue", "weight 1", False],
        ["S02", "attractiveness", "revenue", "weight 1", False],
    ]
    assert table["passed"].tolist()[:4] == [True, False, True, True]
    assert table["passed"].isna().tolist()[4:] == [True, True]
    assert criteria_sentence(table) == (
        "Not worth serving by the declared criteria: S02 (stability at least 0.75)."
    )


def test_an_unknown_value_passes_nothing_and_an_unknown_measure_is_refused(
    measures: pd.DataFrame,
) -> None:
    measures.loc["S01", "revenue"] = float("nan")
    table = check_criteria(
        Criteria(knock_outs=(KnockOut(measure="revenue", at_most=100),)), measures
    )
    assert table["passed"].tolist() == [False, True]
    with pytest.raises(ContractError, match="Did you mean revenue"):
        check_criteria(Criteria(fit={"revenues": 1.0}), measures)


def test_without_criteria_nothing_is_held_against_anyone(measures: pd.DataFrame) -> None:
    table = check_criteria(Criteria(), measures)
    assert len(table) == 0
    assert criteria_sentence(table) == (
        "No knock-out criterion was declared (criteria.knock_outs), so no segment was judged by "
        "whether it is worth serving."
    )
    met = check_criteria(Criteria(knock_outs=(KnockOut(measure="share", at_most=1),)), measures)
    assert criteria_sentence(met) == "Every segment meets every knock-out criterion."


def test_declarations_are_lines_that_can_be_compared() -> None:
    params = build_params(
        {
            "project": "acme",
            "period": "2026Q3",
            "kpis": ["revenue"],
            "data": {"orders": {"path": "o.csv"}},
            "validate": {
                "expectations": [{"feature": "recency", "kpi": "revenue", "direction": "negative"}]
            },
            "criteria": {
                "knock_outs": [{"measure": "customers", "at_least": 100, "at_most": 1e6}],
                "fit": {"growth": 0.5, "share": 0.5},
            },
        }
    )
    assert declarations(params) == (
        "KPI revenue",
        "expectation recency and revenue: negative",
        "fit growth: weight 0.5",
        "fit share: weight 0.5",
        "knock-out customers at least 100",
        "knock-out customers at most 1e+06",
    )
