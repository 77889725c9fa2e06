"""The tables of the plans: segments by name, few people hidden, findings first."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from segmentation_lib.implement.plans import sheets as plan_sheets
from segmentation_lib.implement.pricing import price_demand
from segmentation_lib.params.registers.investments import read_investments
from segmentation_lib.report import table

NAMES = {"S01": "Loyal", "S02": "Bargain"}
INVESTMENTS = """\
investments:
  - id: INV1
    name: More
    kind: bet
    horizon: quick_win
    step: release
    segment: S01
    hypothesis: H1
    metric: orders
    expected: {low: -1, likely: 2, high: 3}
    cost: 5
    owner: Team
    status: proposed
"""


def _changes(*outcomes: str) -> pd.DataFrame:
    rows = [
        (f"kpis:k{n}", "kpis", "remove", f"k{n}", f"Reason {n}.", "results", "(all)", "suggested",
         outcome)
        for n, outcome in enumerate(outcomes)
    ]  # fmt: skip
    columns = ["id", "parameter", "action", "item", "evidence", "source", "segment_id", "decision",
               "outcome"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def test_reach_of_a_few_and_of_all_but_a_few_is_hidden() -> None:
    reach = pd.DataFrame(
        {"segment_id": ["S01", "S01", "S01", "S02"], "channel": ["ad", "app", "email", "ad"],
         "customers": [100, 100, 100, 50], "reached": [4, 95, 60, 0],
         "share": [0.04, 0.95, 0.6, 0.0], "low": [0.0] * 4, "high": [1.0] * 4}
    )  # fmt: skip
    frame = plan_sheets.reach(reach, names=NAMES, few=10)["frame"]
    assert frame[["segment", "channel", "reached_shown"]].to_numpy().tolist() == [
        ["S01 (Loyal)", "ad", "<10"],
        ["S01 (Loyal)", "email", "60"],
        ["S02 (Bargain)", "ad", "0"],
    ]
    assert frame["share"].isna().tolist() == [True, False, False]


def test_prices_of_a_few_are_hidden_and_no_answers_give_an_empty_table() -> None:
    points = pd.DataFrame(
        {"study": "p", "method": "asked prices", "segment_id": ["S01", "(all)"],
         "customers": [9, 40], "willingness": [5.0, 6.0], "willingness_low": [4.0, 5.0],
         "willingness_high": [6.0, 7.0], "verdict": ["measured", "measured"]}
    )  # fmt: skip
    frame = plan_sheets.prices(points, names=NAMES, few=10)["frame"]
    assert frame["customers_shown"].tolist() == ["<10", "40"]
    assert frame["segment"].tolist() == ["S01 (Loyal)", "all customers"]
    assert frame["willingness"].isna().tolist() == [True, False]
    none = pd.DataFrame({"customer_id": ["a"], "segment_id": ["S01"]})
    curve, empty = price_demand((), pd.DataFrame(), none, seed=1)
    assert len(curve) == len(plan_sheets.prices(empty, names=NAMES, few=10)["frame"]) == 0


def test_a_ranking_that_rests_on_a_few_customers_is_left_out() -> None:
    ranked = pd.DataFrame(
        {"rank": [1, 2, None], "id": ["P1", "P2", "P3"], "segment_id": ["S01", "S02", "S01"],
         "feature": ["a", "b", "c"], "reach": [9.0, 10.0, None], "value": 1.0, "effect": 0.1,
         "confidence": 0.5, "effort": 2.0, "score": 3.0, "note": "n", "reach_source": "data",
         "value_source": "data", "effect_source": "data"}
    )  # fmt: skip
    assert plan_sheets.ranks(ranked, names=NAMES, few=10)["frame"]["feature"].tolist() == ["b", "c"]


def test_bubbles_hold_the_forecast_as_it_stands() -> None:
    frame = plan_sheets.bubbles(read_investments(INVESTMENTS, "investments.yaml"))
    assert frame.to_dict("records") == [
        {"id": "INV1", "name": "More", "kind": "bet", "cost": 5.0, "low": -1.0, "likely": 2.0,
         "high": 3.0}
    ]  # fmt: skip


def test_what_changes_is_said_first_and_that_nobody_applied_it() -> None:
    one = _changes("in the proposal", "declined")
    assert plan_sheets.changes_sentences(one) == [
        "Remove k0 (kpis): Reason 0.",
        "All is in proposed/parameters.diff; a person applies it, no run does.",
    ]
    said = plan_sheets.changes_sentences(_changes(*["in the proposal"] * 5), most=3)
    assert said[3] == "2 further changes: see the table."
    assert len(said) == 5
    (none,) = plan_sheets.changes_sentences(_changes("declined"))
    assert none.startswith("Nothing in this quarter speaks for a change")
    (lost,) = plan_sheets.changes_sentences(_changes(), has_file=False)
    assert lost.startswith("The quarter's parameter file was not found")


@pytest.mark.parametrize(
    "sheet",
    [
        plan_sheets.changes(_changes("declined")),
        plan_sheets.turns(
            pd.DataFrame(
                [(1, "I", "n", "release", "quick_win", "core", "S01", "o", "", "")],
                columns=["place", "id", "name", "step", "horizon", "kind", "segment_id", "owner",
                         "after", "waits_for"],
            ),
            names=NAMES,
        ),
    ],
)  # fmt: skip
def test_a_sheet_is_what_a_table_takes(sheet: dict[str, Any]) -> None:
    html = str(table(**sheet)._repr_html_())
    assert html.count("<tr>") == 2
    assert "quick win" in html or "declined" in html
