"""The learning log: nothing vanishes, the first expectation counts, failures are in the rate."""

from __future__ import annotations

import io
from datetime import date

import pandas as pd
import pytest

from segmentation_lib.artefacts import ARTEFACTS
from segmentation_lib.artefacts.schema import check_table
from segmentation_lib.implement.effects import (
    answer,
    experiment_rows,
    hit_rate,
    learning_log,
    learning_results,
    learning_sentences,
    sheets,
)
from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.params.registers.register import Register
from segmentation_lib.profile.story.lint import causal_faults


def item(name: str = "T1", **changes) -> dict[str, object]:
    return {
        "id": name, "kind": "experiment", "what": f"Test {name}", "segment_id": "S01",
        "metric": "revenue", "direction": "higher", "min_effect": 0.05, "status": "running",
    } | changes  # fmt: skip


def log_of(*quarters: tuple[str, list[dict[str, object]]]) -> pd.DataFrame:
    log = None
    for period, rows in quarters:
        log = learning_log(log, pd.DataFrame(rows, columns=list(rows[0]) if rows else ["id"]),
                           period)  # fmt: skip
        # Through a file and back, as from run to run.
        again = pd.read_csv(io.StringIO(log.to_csv(index=False)))
        next_year = learning_log(again, pd.DataFrame({"id": []}), "9999Q9")
        pd.testing.assert_frame_equal(next_year[: len(log)], log)
        log = again
    return learning_log(log, pd.DataFrame(quarters[-1][1] or {"id": []}), quarters[-1][0])


RESULT = {"status": "ended", "effect": 0.1, "low": 0.02, "high": 0.18, "verdict": "more",
          "grade": "experiment"}  # fmt: skip


def test_a_row_is_added_only_when_there_is_news_and_the_result_stays():
    log = log_of(
        ("2025Q1", [item()]),
        ("2025Q2", [item(**RESULT)]),
        ("2025Q3", [item(status="ended")]),
        ("2025Q4", [item(status="ended", decision="keep", decided_on="2025-10-03")]),
    )
    assert log["period"].tolist() == ["2025Q1", "2025Q2", "2025Q4"]
    assert log["answer"].tolist() == ["", "as expected", "as expected"]
    assert log["effect"].iloc[1:].tolist() == [0.1, 0.1]
    assert log["decision"].tolist() == ["", "", "keep"]
    check_table("learning_log", log)
    assert list(log.columns) == list(ARTEFACTS["learning_log"].columns)


def test_the_first_expectation_counts():
    eased = item(**RESULT | {"effect": 0.03}, min_effect=0.01)
    log = log_of(("2025Q1", [item()]), ("2025Q2", [eased]))
    assert log["min_effect"].tolist() == [0.05, 0.05]
    assert log["changed"].tolist() == [False, True]
    assert log["answer"].iloc[-1] == "as expected, but smaller"
    turned = item(**RESULT | {"effect": -0.1, "verdict": "less"}, direction="lower")
    log = log_of(("2025Q1", [item()]), ("2025Q2", [turned]))
    assert log["answer"].iloc[-1] == "the other way"
    assert learning_results(log)["changed"].tolist() == [True]


def test_a_test_taken_out_of_its_file_stays_and_counts():
    log = log_of(
        ("2025Q1", [item("A"), item("B")]),
        ("2025Q2", [item("A", **RESULT)]),
        ("2025Q3", []),
    )
    kept = log[["period", "id", "status", "answer"]].values.tolist()
    assert kept == [
        ["2025Q1", "A", "running", ""],
        ["2025Q1", "B", "running", ""],
        ["2025Q2", "A", "ended", "as expected"],
        ["2025Q2", "B", "removed", "removed"],
        ["2025Q3", "A", "removed", "as expected"],
    ]
    hits, over, share = hit_rate(learning_results(log))
    assert (hits, over) == (1, 2)
    assert (round(share.low, 3), round(share.high, 3)) == (0.095, 0.905)


def test_the_first_answer_counts_and_one_that_comes_back_is_no_second_test():
    worse = RESULT | {"effect": 0.0, "low": -0.1, "high": 0.1, "verdict": "no difference shown"}
    log = log_of(("2025Q1", [item(**worse)]), ("2025Q2", [item(**RESULT)]))
    assert len(log) == 2
    results = learning_results(log)
    assert results["answer"].tolist() == ["no difference shown"]
    assert results["effect"].tolist() == [0.0]
    assert hit_rate(results)[:2] == (0, 1)


def test_failures_are_in_the_rate_and_named():
    rows = [
        item("A", **RESULT, decision="keep"),
        item("B", **RESULT | {"verdict": "less", "effect": -0.1}),
        item("C", **RESULT | {"verdict": "not credible", "effect": float("nan")}),
        item("D", status="stopped"),
        item("E"),
    ]
    results = learning_results(log_of(("2025Q1", rows)))
    answers = ["as expected", "the other way", "no answer", "stopped", ""]
    assert results["answer"].tolist() == answers
    assert hit_rate(results)[:2] == (1, 4)
    said = learning_sentences(results)
    assert said[0].startswith("1 of 4 finished tests showed what was expected (25%, 95%")
    assert said[1] == (
        "Came out the other way: Test B (B); Gave no answer: Test C (C); Stopped before the end: "
        "Test D (D)."
    )
    assert "Still without a decision: Test B (B), Test C (C) and Test D (D)." in said
    assert causal_faults(" ".join(said), "here") == []
    assert learning_sentences(results[:0]) == [
        "The learning log is empty: no test has been listed yet."
    ]


def test_a_second_run_of_a_quarter_writes_it_anew():
    first = learning_log(None, pd.DataFrame([item()]), "2025Q1")
    again = learning_log(first, pd.DataFrame([item(status="stopped")]), "2025Q1")
    assert again["status"].tolist() == ["stopped"]
    with pytest.raises(ValueError, match="test T1 is there twice"):
        learning_log(None, pd.DataFrame([item(), item()]), "2025Q1")


def test_experiments_come_from_their_read_out():
    def design(name: str, *arms: str) -> Experiment:
        shares = [{"name": arm, "share": 1 / (len(arms) + 1)} for arm in arms]
        control = {"name": "control", "share": 1 / (len(arms) + 1), "control": True}
        return Experiment(
            id=name, what=f"Test {name}", metric="revenue", min_effect=2.0, salt="s", owner="CRM",
            arms=[control, *shares], starts_on=date(2025, 7, 1), ends_on=date(2025, 9, 1),
            status="ended",
        )  # fmt: skip

    designs = [design("A", "t"), design("B", "x", "y"), *(design(name, "t") for name in "CDEFG")]
    register = Register("experiments", tuple(designs))
    overview = pd.DataFrame(
        {"experiment_id": list("ABCDEFG"), "state": ["read"] * 2 + ["not read"] * 4 + ["read"],
         "reason": ["", "", "sample ratio", "no assignments", "over", "not started", ""]}
    )  # fmt: skip
    effects = pd.DataFrame(
        [("A", "t", "(all)", 3.0, 1.0, 5.0, "more"), ("A", "t", "S01", 9.0, 1.0, 5.0, "as all"),
         ("B", "x", "(all)", 0.5, -1.0, 2.0, "not shown"),
         ("B", "y", "(all)", None, None, None, "too few"),
         ("G", "t", "(all)", 1.0, -1.0, 3.0, "not shown"),
         ("G", "t", "S01", 9.0, 5.0, 13.0, "more"),
         ("G", "t", "S02", -1.0, -4.0, 2.0, "not shown")],
        columns=["experiment_id", "arm", "segment_id", "effect", "low", "high", "verdict"],
    )  # fmt: skip
    log = learning_log(None, experiment_rows(register, overview, effects), "2025Q3")
    assert log[["id", "answer", "grade"]].values.tolist() == [
        ["A", "as expected", "experiment"],
        ["B x", "no difference shown", "experiment"],
        ["B y", "no answer", ""],
        ["C", "no answer", ""],
        ["D", "no answer", ""],
        ["E", "", ""],
        ["F", "", ""],
        ["G", "in some segments only", "experiment"],
    ]
    # As of the close, whatever the register says by now.
    assert log["status"].tolist() == ["ended"] * 6 + ["planned", "ended"]


def test_what_an_earlier_quarter_found_is_not_lost_to_one_that_cannot_judge_it():
    late = item(status="ended", verdict="not judged")
    log = log_of(("2025Q1", [item(**RESULT)]), ("2025Q2", [late]))
    assert log["answer"].tolist() == ["as expected"]
    never = learning_log(None, pd.DataFrame([late]), "2025Q1")
    assert never["answer"].tolist() == ["no answer"]


def test_the_table_of_the_page_shows_expectation_and_result():
    rows = [item("A", **RESULT, unit="relative", decision="keep", decided_on="2025-04-02"),
            item("B", unit="money", min_effect=10.0, effect=2.5, low=-1.0, high=6.0,
                 verdict="no difference shown", status="ended"),
            item("C", min_effect=0.0)]  # fmt: skip
    shown = sheets.log(learning_results(log_of(("2025Q1", rows))), currency="GBP")["frame"]
    assert shown["expected"].tolist() == [
        "revenue per customer higher by 5.0% or more",
        "revenue per customer higher by £10.00 or more",
        "revenue per customer higher",
    ]  # fmt: skip
    assert shown["found"].tolist() == ["10% (2.0% to 18%)", "£2.50 (−£1.00 to £6.00)", ""]
    assert shown["answer"].tolist() == ["as expected", "no difference shown", "running"]
    assert shown["decision"].tolist() == ["keep 2025-04-02", "", ""]


def test_answers_know_their_verdicts():
    assert answer("", 0.0, "higher", 0.0) == ""
    assert answer("less", -0.2, "lower", 0.1) == "as expected"
    with pytest.raises(ValueError, match="'maybe' is not known"):
        answer("maybe", 0.0, "higher", 0.0)
