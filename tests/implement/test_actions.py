"""Actions: each rule fires on its fact, stays silent without it, and quotes measured numbers."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.implement import list_actions

GO = {"verdict": "GO", "gates": []}


def card(segment_id, **facts):
    plain = {
        "id": segment_id,
        "name": f"Name {segment_id}",
        "customers": 400,
        "customer_share": 0.25,
        "customer_share_before": None,
        "customer_share_at_open": 0.25,
        "value_share": 0.25,
        "value_index": 100.0,
        "stability": 0.9,
        "ambiguous_share": 0.1,
    }
    return {**plain, **facts}


def gate(code, title, verdict, sentence):
    return {"code": code, "title": title, "verdict": verdict, "sentence": sentence}


def baseline(**active: tuple[float, float, float]) -> pd.DataFrame:
    rows = [(key, "active", *estimate, 100) for key, estimate in active.items()]
    return pd.DataFrame(rows, columns=["segment_id", "kpi", "value", "low", "high", "customers"])


def act(segments, active=None, measure="revenue in the quarter", **options):
    cards = {"segments": segments, "value_measure": measure}
    table = list_actions(cards, GO, baseline(**(active or {})), **options)
    check_table("actions", table)
    assert table["order"].tolist() == list(range(1, len(table) + 1))
    return table


def test_segments_that_do_not_differ_are_only_tested():
    table = act([card("S01"), card("S02", customers=500)])
    assert table[["segment_id", "action", "grade"]].to_numpy().tolist() == [
        ["S02", "Test one offer in S02 (Name S02) against a control group", "assumption"]
    ]
    assert "500 customers" in table["why"].iloc[0]


def test_every_rule_on_its_fact_in_order():
    segments = [
        card("S01", value_index=220.0, value_share=0.55, stability=0.7),
        card("S02", value_index=150.0, value_share=0.3, customer_share_before=0.31),
        card("S03", value_index=30.0, value_share=0.05),
        card("S04", value_index=20.0, value_share=0.05, ambiguous_share=0.3),
        card("S05", value_index=90.0, customers=900),
    ]
    active = {
        "S03": (0.3, 0.25, 0.41),
        "S04": (0.1, 0.05, 0.15),
        "S05": (0.2, 0.15, 0.25),
        "(all)": (0.4, 0.38, 0.42),
    }
    table = act(segments, active, limit=7)
    assert table[["segment_id", "grade"]].to_numpy().tolist() == [
        ["S01", "association"],
        ["S04", "association"],
        ["S02", "assumption"],
        ["S03", "association"],
        ["S01", "assumption"],
        ["S04", "assumption"],
        ["S05", "assumption"],
    ]
    why = table["why"].tolist()
    assert why[0] == (
        "25% of customers account for 55% of revenue in the quarter, each 2.2 times the average."
    )
    assert why[1] == (
        "10% of its customers were active in the quarter (95% interval 5.0% to 15%), against 40% "
        "of all."
    )
    assert why[2].startswith("It went from 31% to 25% of customers")
    assert "shrank" in table["action"].iloc[2]
    assert "0.70 on average (Jaccard); 0.75 is asked for" in why[4]
    assert why[5].startswith("30% of its customers")
    assert why[6].startswith("It has 900 customers")
    assert len(act(segments, active)) == 6
    assert act(segments, active)["action"].iloc[-1].startswith("Test one offer")


def test_a_low_share_within_chance_is_no_reason_to_act():
    table = act([card("S01")], {"S01": (0.3, 0.2, 0.5), "(all)": (0.4, 0.38, 0.42)})
    assert len(table) == 1


def test_win_back_where_most_customers_are_missing():
    active = {"S01": (0.0, 0.0, 0.1), "S02": (0.3, 0.25, 0.35), "(all)": (0.4, 0.38, 0.42)}
    table = baseline(**active)
    table["customers"] = [20, 300, 1000]
    cards = {"segments": [card("S01"), card("S02")], "value_measure": "revenue in the quarter"}
    found = list_actions(cards, GO, table)
    assert found["action"].iloc[0] == "Plan a win-back for S02 (Name S02)"


def test_value_measured_before_the_quarter_is_an_assumption():
    segments = [card("S01", value_index=200.0, value_share=0.5), card("S02")]
    table = act(segments, measure="spend before the quarter")
    assert table["grade"].tolist() == ["assumption", "assumption"]


def _compared(verdict="worse"):
    one = {"rival": "tiers of one feature", "detail": "store_orders", "segments": 0.1,
           "rival_score": 0.2, "kpi": "all", "verdict": verdict}  # fmt: skip
    return pd.DataFrame([one])


def _limits(verdict):
    told = gate("baseline", "Tiers?", verdict, "They explain less.")
    return {"verdict": "GO WITH LIMITS", "gates": [told]}


def test_a_simpler_rule_that_explains_more_is_to_be_compared_first():
    cards = {"segments": [card("S01", value_index=200.0)], "value_measure": "x in the quarter"}
    found = list_actions(cards, _limits("no-go"), baseline(), baselines=_compared())
    check_table("actions", found)
    assert found.iloc[0][["segment_id", "action", "why", "grade"]].tolist() == [
        "(all)",
        "Compare with tiers of store orders before spending by segment",
        "They explain less.",
        "association",
    ]
    assert found["segment_id"].tolist() == ["(all)", "S01", "S01"]
    unnamed = list_actions(cards, _limits("no-go"), baseline())
    assert unnamed["action"].iloc[0] == "Compare with simple tiers before spending by segment"
    fine = list_actions(cards, _limits("go"), baseline(), baselines=_compared("better"))
    assert fine["segment_id"].tolist() == ["S01", "S01"]


def test_a_simpler_rule_that_explains_more_is_named_on_no_go():
    cards = {"segments": [card("S01")], "value_measure": "x"}
    found = list_actions(
        cards, {**_limits("no-go"), "verdict": "NO-GO"}, baseline(), baselines=_compared()
    )
    assert found["action"].iloc[1] == (
        "Use tiers of store orders instead; they explain more with less"
    )


def test_no_segments_give_no_actions():
    assert act([]).empty


@pytest.mark.parametrize(
    ("gates", "actions"),
    [
        ([], ["Do not target, report or plan by these segments"]),
        (
            [
                gate("structure", "Groups", "no-go", "No groups."),
                gate("internal", "Indices", "no-go", "Like noise."),
                gate("stability", "Stability", "limits", "Shaky."),
                gate("house", "House rule", "no-go", "Broken."),
            ],
            [
                "Do not target, report or plan by these segments",
                "Work with plain tiers of recency and spend; these data show no separate groups",
                "Mend what failed here: House rule",
            ],
        ),
    ],
)
def test_no_go_says_what_to_do_instead(gates, actions):
    cards = {"segments": [card("S01", value_index=200.0)], "value_measure": "x"}
    table = list_actions(cards, {"verdict": "NO-GO", "gates": gates}, baseline())
    check_table("actions", table)
    assert table["action"].tolist() == actions
    assert set(table["segment_id"]) == {"(all)"}
    if gates:
        assert table["why"].iloc[0] == "No groups. Like noise."


def test_what_a_test_has_shown_comes_first():
    step = {"segment_id": "S02", "action": "Roll out “X” in S02", "why": "£3 more.",
            "grade": "experiment"}  # fmt: skip
    cards = {"segments": [card("S01", value_share=0.6, value_index=240.0), card("S02")],
             "value_measure": "revenue in the quarter"}  # fmt: skip
    frame = list_actions(cards, GO, baseline(), tested=pd.DataFrame([step]))
    check_table("actions", frame)
    assert frame.iloc[0].drop("order").to_dict() == step
    assert frame["action"].str.startswith("Protect S01").any()
    no_go = {"verdict": "NO-GO", "gates": []}
    refused = list_actions(cards, no_go, baseline(), tested=pd.DataFrame([step]))
    assert "experiment" not in set(refused["grade"])
