"""Adoption: a person makes a quarter's proposed segments and model the official ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.quarter import Quarter
from segmentation_lib.run import write_atomically

__all__ = ["adopt"]


def adopt(quarter: Quarter, *, approver: str, reason: str) -> list[str]:
    """Copy a run's proposal to ``params/<project>/`` and log the decision.

    Args:
        quarter: The quarter whose run is adopted, opened to look.
        approver: Who approves.
        reason: Why, in a sentence.

    Returns:
        What was done, a sentence each.

    Raises:
        ContractError: The run was not finished, its scorecard says NO-GO, or approver or reason
            is empty. Nothing is written then.
    """
    project, period = quarter.all_params.project, quarter.all_params.period
    faults = []
    if not approver.strip() or not reason.strip():
        faults.append(_fault("approver or reason is empty", "a decision has a name and a reason"))
    if not quarter.run.done("implement"):
        faults.append(_fault(f"{period} was not run to its end", "only a whole run is adopted"))
    elif quarter.run.read("scorecard")["verdict"] == "NO-GO":
        faults.append(_fault(f"{period} is NO-GO", "segments that failed are not adopted"))
    if faults:
        raise ContractError(faults)
    folder = quarter.root / "params" / project
    segments, model = quarter.run.path("proposed_segments"), quarter.run.path("proposed_model")
    write_atomically(folder / "segments.yaml", segments.read_bytes())
    write_atomically(folder / "model.json", model.read_bytes())
    decision = {
        "decision": "adopt",
        "period": period,
        "approver": approver.strip(),
        "reason": reason.strip(),
        "on": datetime.now(UTC).date().isoformat(),
        "segments": quarter.run.hash("proposed_segments"),
        "model": quarter.run.hash("proposed_model"),
        "verdict": quarter.run.read("scorecard")["verdict"],
    }
    log = folder / "decisions.jsonl"
    earlier = log.read_text(encoding="utf-8") if log.is_file() else ""
    line = json.dumps(decision, ensure_ascii=False)
    write_atomically(log, f"{earlier}{line}\n".encode())
    return [
        f"params/{project}/segments.yaml and model.json are now those of {period}.",
        f"Logged in params/{project}/decisions.jsonl. Commit all three.",
    ]


def _fault(found: str, rule: str) -> Fault:
    return Fault("adopt", found, rule, "Correct it and adopt again.", "adopt")
