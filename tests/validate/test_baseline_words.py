"""The comparison in words: which rule to use instead, and where a simpler one is better."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.validate.baseline_words import baseline_sentence, better_rule
from segmentation_lib.validate.baselines import baseline_verdict, compared_rival

RFM, ONE, CHANCE = "RFM tiers", "tiers of one feature", "random groups"
EXPLAIN = "of the differences between customers in the next quarter than"


def _row(rival: str, verdict: str, kpi: str = "all", own: float = 0.2, score: float = 0.1):
    detail = "store_orders" if rival == ONE else ""
    return {"kpi": kpi, "rival": rival, "segments": own, "rival_score": score, "verdict": verdict,
            "detail": detail}  # fmt: skip


def _table(*rows) -> pd.DataFrame:
    return pd.DataFrame([*rows, _row(CHANCE, "better", score=-0.01)])


def test_the_rule_that_is_better_is_named_by_its_feature() -> None:
    table = _table(_row(RFM, "not compared"), _row(ONE, "worse", own=0.027, score=0.046))
    assert (compared_rival(table), baseline_verdict(table)) == (ONE, "worse")
    assert better_rule(table) == "tiers of store orders"
    assert baseline_sentence(table) == (
        f"The segments explain less {EXPLAIN} tiers of store orders: 2.7% against 4.6%. "
        "Use tiers of store orders instead."
    )


def test_of_two_better_rules_the_one_that_explains_more_is_named() -> None:
    table = _table(_row(RFM, "worse", score=0.3), _row(ONE, "worse", score=0.4))
    assert better_rule(table) == "tiers of store orders"
    assert better_rule(_table(_row(RFM, "worse", score=0.5), _row(ONE, "worse"))) == RFM
    assert better_rule(_table(_row(RFM, "tie"), _row(CHANCE, "worse"))) == ""


def test_single_kpis_that_are_lost_are_said_of_every_rival() -> None:
    table = _table(
        _row(RFM, "better"), _row(ONE, "better"),
        _row(RFM, "worse", "orders"), _row(ONE, "worse", "order_value"),
    )  # fmt: skip
    assert baseline_sentence(table) == (
        f"The segments explain more {EXPLAIN} RFM tiers: 20.0% against 10.0%. "
        "RFM tiers are better for orders per customer. "
        "Tiers of store orders alone are better for average order value."
    )


def test_shares_that_round_to_nothing_are_not_printed() -> None:
    neither = baseline_sentence(_table(_row(RFM, "tie", own=-0.1, score=0.0004)))
    assert f"no more {EXPLAIN} RFM tiers: neither explains any. The simpler one" in neither
    one = baseline_sentence(_table(_row(RFM, "better", own=0.1, score=-0.2)))
    assert "10.0% against nothing." in one


def test_nothing_to_compare_with() -> None:
    table = pd.DataFrame([_row(RFM, "not compared")])
    assert (compared_rival(table), baseline_verdict(table)) == (None, "not compared")
    assert (better_rule(table), "no KPI or no rival" in baseline_sentence(table)) == ("", True)
