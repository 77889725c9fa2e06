"""Verdicts on hypotheses: planted truth is found, and each way of not knowing has its reason."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.hypotheses.judge import judge_hypotheses, with_scores
from segmentation_lib.implement.hypotheses.words import hypotheses_sentence, published_hypotheses
from segmentation_lib.params.registers import (
    Hypothesis,
    Register,
    hypothesis_declarations,
)

OPEN, CLOSE = date(2025, 7, 1), date(2025, 10, 1)


def _entry(own: str = "H1", **values) -> Hypothesis:
    given = {
        "id": own, "segment": "S01", "behaviour": "b", "because": "c", "metric": "revenue",
        "direction": "higher", "min_effect": 5.0,
    }  # fmt: skip
    return Hypothesis.model_validate({**given, **values})


@pytest.fixture(scope="module")
def quarter() -> dict[str, pd.DataFrame]:
    """Two large segments and a tiny one; S01 spends 20 more, its treated arm another 30."""
    rng = np.random.default_rng(1)
    segment = np.repeat(["S01", "S02", "S03"], [300, 300, 12])
    ids = np.array([f"{i:04d}" for i in range(len(segment))])
    treated = rng.random(len(ids)) < 0.5
    revenue = rng.normal(50, 10, len(ids)) + 20 * (segment == "S01")
    revenue += 30 * ((segment == "S01") & treated)
    outcomes = pd.DataFrame(
        {"customer_id": ids, "revenue": revenue, "active": (rng.random(len(ids)) < 0.5) * 1.0,
         "flat": 1.5}
    )  # fmt: skip
    arms = pd.DataFrame(
        {"experiment_id": "E1", "customer_id": ids, "arm": np.where(treated, "new", "Control"),
         "assigned_at": pd.Timestamp(OPEN)}
    )  # fmt: skip
    return {
        "outcomes": outcomes,
        "assignments_open": pd.DataFrame({"customer_id": ids, "segment_id": segment}),
        "arms": arms,
    }


def _judge(quarter, *entries, **options) -> pd.DataFrame:
    given = {**quarter, "opened": OPEN, "closed": CLOSE, "seed": 1, **options}
    return judge_hypotheses(Register("hypotheses", entries), **given)


def test_planted_effects_get_their_verdicts(quarter):
    table = _judge(
        quarter,
        _entry("up"),
        _entry("far", min_effect=60.0),
        _entry("down", segment="S02", direction="lower"),
        _entry("wrong", segment="S02"),
        _entry("pair", compared_with="S02", min_effect=10.0),
        _entry("same", metric="active", min_effect=0.02),
        _entry("lot", test="experiment", experiment="E1", min_effect=20.0),
    )
    assert table["hypothesis_id"].tolist() == ["up", "far", "down", "wrong", "pair", "same", "lot"]
    assert table["verdict"].tolist() == [
        "supported", "refuted", "supported", "refuted", "supported", "untestable", "supported",
    ]  # fmt: skip
    assert table["reason"].tolist() == ["", "", "", "", "", "undecided", ""]
    found = table.set_index("hypothesis_id")
    joined = quarter["outcomes"].merge(quarter["assignments_open"])
    means = joined.groupby("segment_id")["revenue"].mean()
    assert found.loc["pair", "effect"] == pytest.approx(means["S01"] - means["S02"])
    assert found.loc["lot", "effect"] == pytest.approx(30, abs=4)
    assert (table["low"] < table["effect"]).all()
    assert (table["effect"] < table["high"]).all()
    assert (table["p_corrected"] >= table["p_value"]).all()


def test_every_way_of_not_knowing_has_its_reason(quarter):
    early = quarter["arms"].assign(assigned_at=pd.Timestamp("2025-06-30"))
    cases = {
        "no_metric": _entry("a", metric="nowhere"),
        "no_segment": _entry("b", segment="S77"),
        "too_few": _entry("c", segment="S03"),
        "no_variation": _entry("d", metric="flat"),
        "no_experiment": _entry("e", test="experiment", experiment="E2"),
        "which_arm": _entry("f", test="experiment", experiment="E1", arm="other"),
    }
    table = _judge(quarter, *cases.values())
    assert table["reason"].tolist() == list(cases)
    assert (table["verdict"] == "untestable").all()
    assert table["p_value"].isna().all()
    assert table["sentence"].str.startswith("Untestable this quarter: ").all()
    assert not table["sentence"].str.contains("nan|unknown").any()
    lot = _entry(test="experiment", experiment="E1")
    assert _judge(quarter, lot, arms=early)["reason"].tolist() == ["assigned_before"]
    assert _judge(quarter, lot, arms=None)["reason"].tolist() == ["no_experiment"]
    alone = quarter["arms"].assign(arm="new")
    assert _judge(quarter, lot, arms=alone)["reason"].tolist() == ["no_control"]


def test_customers_kept_out_of_all_experiments_are_no_second_treated_arm(quarter):
    drawn = quarter["arms"]
    kept_out = drawn["arm"].where(np.arange(len(drawn)) % 10 > 0, "holdout")
    lot = _entry(test="experiment", experiment="E1", min_effect=20.0)
    found = _judge(quarter, lot, arms=drawn.assign(arm=kept_out)).iloc[0]
    assert (found["verdict"], found["reason"]) == ("supported", "")
    assert found["customers"] + found["others"] == 270


def test_means_of_a_few_customers_are_not_given(quarter):
    row = _judge(quarter, _entry(segment="S03")).iloc[0]
    assert (row["customers"], row["others"]) == (12, 600)
    assert np.isnan(row["value"])
    assert np.isnan(row["effect"])


def test_an_experiment_is_one_only_where_the_draw_was_checked(quarter):
    lot = _entry(test="experiment", experiment="E1")
    checked = pd.DataFrame(
        {"experiment_id": ["E1"], "arm": ["new"], "segment_id": ["S01"], "grade": ["experiment"]}
    )
    assert _judge(quarter, lot)["grade"].tolist() == ["quasi-experiment"]
    assert _judge(quarter, lot, incremental=checked)["grade"].tolist() == ["experiment"]
    assert _judge(quarter, _entry())["grade"].tolist() == ["association"]


def test_what_was_written_afterwards_cannot_be_supported(quarter):
    entries = (_entry("up"), _entry("far", min_effect=60.0))
    late = hypothesis_declarations(Register("hypotheses", entries))
    table = _judge(quarter, *entries, second_thoughts=late)
    assert table["post_hoc"].all()
    assert table["verdict"].tolist() == ["untestable", "refuted"]
    assert table["reason"].tolist() == ["post_hoc", ""]
    assert "written after the segments were made" in table["sentence"].iloc[0]


def test_only_judges_judge(quarter):
    half = set(quarter["outcomes"]["customer_id"].iloc[::2])
    row = _judge(quarter, _entry(), judges=half).iloc[0]
    assert (row["customers"], row["others"]) == (150, 156)


def test_an_entry_more_changes_no_effect_and_the_correction_counts(quarter):
    one = _judge(quarter, _entry()).iloc[0]
    more = _judge(quarter, _entry("new", metric="active", min_effect=0.0), _entry()).iloc[1]
    for name in ("effect", "low", "high", "p_value"):
        assert one[name] == more[name]
    assert more["p_corrected"] == pytest.approx(2 * one["p_value"])


def test_an_empty_register_gives_an_empty_table(quarter):
    table = _judge(quarter)
    assert table.empty
    assert {"verdict", "sentence", "post_hoc"} <= set(table)
    assert "nothing was put to the test" in hypotheses_sentence(table)


def test_sentences_say_what_was_found_and_what_was_expected(quarter):
    table = _judge(quarter, _entry("up"), _entry("down", segment="S02"), currency="GBP")
    start = table["sentence"].iloc[0]
    assert start.startswith("Supported: revenue per customer was £")
    assert "at least £5.00 more was expected" in start
    assert "less (95% interval −£" in table["sentence"].iloc[1]
    assert hypotheses_sentence(table).startswith("2 hypotheses were put to the test")
    assert hypotheses_sentence(table.iloc[:1]).startswith("1 hypothesis was put to the test")
    page = published_hypotheses(table, names={"S02": "Savers"}, limit=10)
    assert page["verdict"].tolist() == ["refuted", "supported"]
    assert page["segment"].tolist() == ["S02 (Savers)", "S01"]
    back = table.assign(grade=table["grade"].where(table["grade"] == "", None))
    assert published_hypotheses(back, names={}, limit=10)["evidence"].tolist() == ["", ""]
    hidden = published_hypotheses(table, names={}, limit=10_000)
    assert set(hidden["result"]) == {"Too few customers to show."}


def test_scores_become_an_outcome_whose_mean_is_the_score():
    outcomes = pd.DataFrame({"customer_id": ["a", "b", "c", "d"], "revenue": 1.0})
    answers = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "c"],
            "answered_at": pd.to_datetime(["2025-07-02", "2025-08-02", "2025-07-03", "2025-07-04"]),
            "nps": [2.0, 9.0, 7.0, 6.0],
        }
    )
    table = with_scores(outcomes, answers)
    assert table["nps"].tolist()[:3] == [100.0, 0.0, -100.0]
    assert np.isnan(table["nps"].iloc[3])
    assert "nps" not in with_scores(outcomes, None)
    assert "nps" not in outcomes
