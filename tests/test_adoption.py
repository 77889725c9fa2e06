"""Adoption logs the verdicts that a run proposes, each once, and refuses a damaged log."""

from __future__ import annotations

import json
import pathlib
from datetime import date

import pandas as pd
import pytest

from segmentation_lib.adoption import adopt
from segmentation_lib.artefacts import STAGES
from segmentation_lib.faults import ContractError
from segmentation_lib.implement.governance import export_permit
from segmentation_lib.implement.hypotheses import decision_lines, extend_log, read_decisions
from segmentation_lib.params import build_params
from segmentation_lib.params.governance import read_governance
from segmentation_lib.quarter import Quarter

BY = {"approver": "Ann", "reason": "It holds"}


def _verdicts(*found: str) -> pd.DataFrame:
    rows = [
        {"hypothesis_id": f"H{number}", "claim": f"c{number}", "segment_id": "S01",
         "behaviour": "b", "metric": "orders", "direction": "higher", "min_effect": 1.0,
         "test": "comparison", "verdict": verdict, "reason": "", "effect": 2.0, "low": 1.5,
         "high": 2.5, "sentence": f"{verdict}."}
        for number, verdict in enumerate(found, 1)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _quarter(root: pathlib.Path, log: pd.DataFrame | None) -> Quarter:
    params = {"project": "acme", "period": "2026Q3", "data": {"orders": {"path": "orders.csv"}}}
    quarter = Quarter(root, build_params(params), None)
    for stage in STAGES:
        quarter.run.record(stage, {"status": "done"})
    quarter.run.write("scorecard", {"verdict": "GO"})
    quarter.run.write("proposed_segments", "segments: []\n")
    quarter.run.write("proposed_model", "{}")
    if log is not None:
        lines = decision_lines(log, "2026Q3")
        quarter.run.write("proposed_decisions", "".join(f"{line}\n" for line in lines))
    return quarter


def _logged(root: pathlib.Path) -> list[tuple[str, str]]:
    text = (root / "params/acme/decisions.jsonl").read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.splitlines()]
    return [(item["decision"], item.get("hypothesis_id", "")) for item in found]


def test_verdicts_are_logged_once(tmp_path: pathlib.Path) -> None:
    log = extend_log(_verdicts("refuted", "supported"), period="2026Q3")
    quarter = _quarter(tmp_path, log)
    assert adopt(quarter, **BY)[-1] == "2 verdicts on hypotheses logged as well."
    assert _logged(tmp_path) == [("verdict", "H1"), ("verdict", "H2"), ("adopt", "")]
    assert len(adopt(quarter, **BY)) == 2
    assert _logged(tmp_path)[3:] == [("adopt", "")]
    # One more hypothesis adds one line; what is there stays as it is.
    before = (tmp_path / "params/acme/decisions.jsonl").read_text(encoding="utf-8")
    longer = extend_log(_verdicts("refuted", "supported", "refuted"), period="2026Q3", own=log)
    assert adopt(_quarter(tmp_path, longer), **BY)[-1].startswith("1 verdict on")
    assert _logged(tmp_path)[4:] == [("verdict", "H3"), ("adopt", "")]
    after = (tmp_path / "params/acme/decisions.jsonl").read_text(encoding="utf-8")
    assert after.startswith(before)


def test_a_run_without_hypotheses_logs_the_adoption_alone(tmp_path: pathlib.Path) -> None:
    assert len(adopt(_quarter(tmp_path, None), **BY)) == 2
    assert _logged(tmp_path) == [("adopt", "")]


def test_a_last_line_without_an_end_is_not_run_together(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "params/acme/decisions.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text('{"decision": "adopt"}', encoding="utf-8")
    adopt(_quarter(tmp_path, None), **BY)
    assert _logged(tmp_path) == [("adopt", ""), ("adopt", "")]


def test_a_damaged_log_is_refused_and_nothing_is_written(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "params/acme/decisions.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("adopted, I think\n", encoding="utf-8")
    with pytest.raises(ContractError, match=r"params/acme/decisions.jsonl:1: adopted, I think"):
        adopt(_quarter(tmp_path, None), **BY)
    assert not (tmp_path / "params/acme/segments.yaml").exists()
    assert path.read_text(encoding="utf-8") == "adopted, I think\n"


GOVERNED = """
governance:
  data_owner: Head of customer data
  segmentation_owner: Customer insights lead
  approvers: [Head of marketing]
  approval: required
  purpose: To choose messages.
  consent_basis: Consent at sign-up.
  retention_days: 365
  access: [{role: Everyone, reads: [reports], why: No customer is in them.}]
"""


def test_what_was_adopted_is_approved_for_later_quarters_until_it_gets_worse(
    tmp_path: pathlib.Path,
) -> None:
    quarter = _quarter(tmp_path, None)
    limits = {"verdict": "GO WITH LIMITS", "gates": [{"code": "privacy", "verdict": "limits"}]}
    quarter.run.write("scorecard", limits)
    found = [("age", "age", "old", 90, 0.8, "red"), ("age", "age", "young", 90, 0.6, "amber")]
    columns = ["attribute", "words", "level", "customers", "auc", "verdict"]
    quarter.run.write("proxies", pd.DataFrame(found, columns=columns))
    adopt(quarter, approver="Head of marketing", reason="It holds")
    text = (tmp_path / "params/acme/decisions.jsonl").read_text(encoding="utf-8")
    decisions = read_decisions(text)
    assert decisions[-1]["privacy"] == {"gate": "limits", "found": {"age": "red"}}
    governance = read_governance(GOVERNED)
    assert governance is not None
    asked = {
        "project": "acme", "period": "2026Q4", "closes": date(2027, 1, 1),
        "model_hash": quarter.run.hash("proposed_model") or "",
    }  # fmt: skip
    proxies = quarter.run.read("proxies")
    kept = export_permit(governance.values, decisions, limits, proxies=proxies, **asked)
    assert (kept.allowed, kept.approver) == (True, "Head of marketing")
    more = pd.concat([proxies, proxies.assign(attribute="faith")])
    assert not export_permit(governance.values, decisions, limits, proxies=more, **asked).allowed


def test_only_a_role_that_governance_names_adopts(tmp_path: pathlib.Path) -> None:
    quarter = _quarter(tmp_path, None)
    file = tmp_path / "params/acme/governance.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(GOVERNED, encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        adopt(quarter, **BY)
    assert "Head of marketing" in str(caught.value)
    assert not (tmp_path / "params/acme/decisions.jsonl").exists()
    adopt(quarter, approver="head of marketing", reason="It holds")
    assert _logged(tmp_path) == [("adopt", "")]
    file.write_text(GOVERNED.replace("required", "not required"), encoding="utf-8")
    adopt(quarter, **BY)
