"""The log of verdicts: nothing that was refuted vanishes, and no row changes unseen."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.hypotheses.decisions import (
    check_log,
    decision_lines,
    extend_log,
    read_decisions,
)
from segmentation_lib.implement.hypotheses.mistakes import mistakes_sentence, what_we_got_wrong


def _verdicts(**verdicts: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "hypothesis_id": name, "claim": f"12e{i}", "segment_id": "S01",
                "behaviour": f"They {name}.", "metric": "revenue", "direction": "higher",
                "test": "comparison", "min_effect": 5.0, "verdict": verdict, "reason": "",
                "effect": 1 / 3, "low": float("nan"), "high": 123456.789,
                "sentence": f"{verdict}, 1.",
            }
            for i, (name, verdict) in enumerate(verdicts.items())
        ]
    )  # fmt: skip


def _as_file(log: pd.DataFrame) -> pd.DataFrame:
    numbers = {"revision", "min_effect", "effect", "low", "high"}
    text = log.to_csv(index=False, float_format="%.10g", lineterminator="\n")
    types = {name: "str" for name in log.columns if name not in numbers}
    return pd.read_csv(io.StringIO(text), dtype=types, keep_default_na=False, na_values=[""])


def test_the_log_grows_from_quarter_to_quarter():
    first = extend_log(_verdicts(H1="refuted", H2="supported"), period="2025Q1")
    second = extend_log(_verdicts(H1="supported"), period="2025Q2", previous=_as_file(first))
    assert list(zip(second["period"], second["hypothesis_id"], second["verdict"], strict=True)) == [
        ("2025Q1", "H1", "refuted"), ("2025Q1", "H2", "supported"), ("2025Q2", "H1", "supported"),
    ]  # fmt: skip
    assert second["chain"].tolist()[:2] == first["chain"].tolist()
    assert second["chain"].is_unique
    assert first["effect"].iloc[0] == 0.333333
    check_log(_as_file(second))


def test_an_entry_taken_out_of_the_register_stays_in_the_log_of_its_quarter():
    first = extend_log(_verdicts(H1="refuted", H2="supported"), period="2025Q1")
    gone = _verdicts(H1="refuted", H2="supported").iloc[1:]
    again = extend_log(gone, period="2025Q1", own=_as_file(first))
    pd.testing.assert_frame_equal(again, first)


def test_a_verdict_that_turns_in_a_second_run_is_added_not_replaced():
    first = extend_log(_verdicts(H1="refuted"), period="2025Q1")
    turned = extend_log(_verdicts(H1="supported"), period="2025Q1", own=_as_file(first))
    assert turned["verdict"].tolist() == ["refuted", "supported"]
    assert turned["revision"].tolist() == [1, 2]
    back = extend_log(_verdicts(H1="refuted"), period="2025Q1", own=_as_file(turned))
    pd.testing.assert_frame_equal(back, turned)


def test_a_second_run_that_finds_the_same_changes_nothing():
    first = extend_log(_verdicts(H1="refuted", H2="supported"), period="2025Q1")
    again = extend_log(_verdicts(H1="refuted", H2="supported"), period="2025Q1", own=first)
    pd.testing.assert_frame_equal(again, first)


@pytest.mark.parametrize("change", ["reword", "drop", "swap"])
def test_a_log_that_was_changed_by_hand_is_refused(change):
    log = extend_log(_verdicts(H1="refuted", H2="supported", H3="refuted"), period="2025Q1")
    if change == "reword":
        log.loc[0, "verdict"] = "supported"
    elif change == "drop":
        log = log.iloc[1:]
    else:
        log = log.iloc[[1, 0, 2]]
    with pytest.raises(ContractError, match=r"row 1.*only ever added"):
        extend_log(_verdicts(H1="supported"), period="2025Q2", previous=log)


def test_what_we_got_wrong_lists_what_nobody_keeps_any_more():
    first = extend_log(_verdicts(H1="refuted", H2="supported", H3="refuted", H4="refuted"),
                       period="2025Q1")  # fmt: skip
    log = extend_log(_verdicts(H1="supported"), period="2025Q2", previous=first)
    claims = {("H1", "12e0"), ("H3", "other")}
    wrong = what_we_got_wrong(log, claims=claims, names={"S01": "Regulars"})
    assert wrong["hypothesis"].tolist() == ["H1", "H3", "H4"]
    assert wrong["today"].tolist() == [
        "still in the register; supported in 2025Q2", "reworded since", "removed from the register",
    ]  # fmt: skip
    assert wrong["segment"].iloc[0] == "S01 (Regulars)"
    assert wrong["refuted_in"].tolist() == ["2025Q1"] * 3
    assert mistakes_sentence(wrong).startswith("3 beliefs turned out wrong so far; 1 of them is")
    assert mistakes_sentence(wrong.iloc[:0]) == (
        "Nothing that was put to the test has been refuted so far."
    )


def test_an_adopted_verdict_counts_even_if_its_log_is_lost():
    lost = extend_log(_verdicts(H1="refuted"), period="2025Q1")
    text = '{"decision": "adopt", "period": "2025Q1"}\n' + "\n".join(decision_lines(lost, "2025Q1"))
    decisions = read_decisions(text)
    assert [item["decision"] for item in decisions] == ["adopt", "verdict"]
    now = extend_log(_verdicts(H2="supported"), period="2025Q2")
    wrong = what_we_got_wrong(now, claims=set(), names={}, decisions=decisions)
    assert wrong["hypothesis"].tolist() == ["H1"]
    both = what_we_got_wrong(
        extend_log(_verdicts(H2="supported"), period="2025Q2", previous=lost),
        claims=set(), names={}, decisions=decisions,
    )  # fmt: skip
    pd.testing.assert_frame_equal(both, wrong)


def test_decisions_that_cannot_be_read_are_named_by_line():
    assert read_decisions(None) == ()
    text = json.dumps({"decision": "adopt"}) + "\n\nnot json\n[1]\n"
    with pytest.raises(ContractError) as error:
        read_decisions(text, "d.jsonl")
    assert [line.split(": ")[0] for line in str(error.value).splitlines()] == [
        "d.jsonl:3", "d.jsonl:4",
    ]  # fmt: skip
