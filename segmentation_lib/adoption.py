"""Adoption: a person makes a quarter's proposed segments and model the official ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.governance import privacy_findings
from segmentation_lib.implement.hypotheses import read_decisions
from segmentation_lib.params.governance import read_governance
from segmentation_lib.profile.wording import plural
from segmentation_lib.quarter import Quarter
from segmentation_lib.run import write_atomically
from segmentation_lib.words import listing

__all__ = ["adopt"]


def adopt(quarter: Quarter, *, approver: str, reason: str) -> list[str]:
    """Copy a run's proposal to ``params/<project>/`` and log the decision.

    The verdicts on the quarter's hypotheses are logged before it, each once.

    Args:
        quarter: The quarter whose run is adopted, opened to look.
        approver: Who approves.
        reason: Why, in a sentence.

    Returns:
        What was done, a sentence each.

    Raises:
        ContractError: The run was not finished, its scorecard says NO-GO, approver or reason is
            empty, or the log of decisions was damaged. Nothing is written then.
    """
    project, period = quarter.all_params.project, quarter.all_params.period
    faults = []
    if not approver.strip() or not reason.strip():
        faults.append(_fault("approver or reason is empty", "a decision has a name and a reason"))
    if not quarter.run.done("implement"):
        faults.append(_fault(f"{period} was not run to its end", "only a whole run is adopted"))
    elif quarter.run.read("scorecard")["verdict"] == "NO-GO":
        faults.append(_fault(f"{period} is NO-GO", "segments that failed are not adopted"))
    faults += _not_among_approvers(quarter, approver)
    if faults:
        raise ContractError(faults)
    folder = quarter.root / "params" / project
    log = folder / "decisions.jsonl"
    earlier = log.read_text(encoding="utf-8") if log.is_file() else ""
    found = _new_verdicts(quarter, earlier)
    segments, model = quarter.run.path("proposed_segments"), quarter.run.path("proposed_model")
    write_atomically(folder / "segments.yaml", segments.read_bytes())
    write_atomically(folder / "model.json", model.read_bytes())
    scorecard = quarter.run.read("scorecard")
    proxies = quarter.run.read("proxies") if quarter.run.has("proxies") else None
    decision = {
        "decision": "adopt",
        "period": period,
        "approver": approver.strip(),
        "reason": reason.strip(),
        "on": datetime.now(UTC).date().isoformat(),
        "segments": quarter.run.hash("proposed_segments"),
        "model": quarter.run.hash("proposed_model"),
        "verdict": scorecard["verdict"],
        # What the approver accepts with it: an approval does not cover what comes up later.
        "privacy": privacy_findings(scorecard, proxies),
    }
    lines = [*found, json.dumps(decision, ensure_ascii=False)]
    start = f"{earlier}\n" if earlier and not earlier.endswith("\n") else earlier
    write_atomically(log, (start + "".join(f"{line}\n" for line in lines)).encode())
    verdicts = [f"{plural(len(found), 'verdict')} on hypotheses logged as well."] if found else []
    return [
        f"params/{project}/segments.yaml and model.json are now those of {period}.",
        f"Logged in params/{project}/decisions.jsonl. Commit all three.",
        *verdicts,
    ]


def _not_among_approvers(quarter: Quarter, approver: str) -> list[Fault]:
    """Return a fault where exports wait for an approver that governance names, and this is none."""
    file = "governance.yaml"
    found = read_governance(quarter.peek_registers([file])[file], file)
    if found is None or found.values.approval != "required" or not approver.strip():
        return []
    if found.values.approves(approver):
        return []
    named = listing(found.values.approvers)
    return [_fault(f"{approver} is not an approver", f"governance.yaml names {named}")]


def _new_verdicts(quarter: Quarter, earlier: str) -> list[str]:
    """Return the proposed lines of the log whose verdicts are not in it yet."""
    name = f"params/{quarter.all_params.project}/decisions.jsonl"
    known = {decision.get("chain") for decision in read_decisions(earlier, name)}
    if not quarter.run.has("proposed_decisions"):
        return []
    lines = quarter.run.read("proposed_decisions").splitlines()
    return [line for line in lines if json.loads(line)["chain"] not in known]


def _fault(found: str, rule: str) -> Fault:
    return Fault("adopt", found, rule, "Correct it and adopt again.", "adopt")
