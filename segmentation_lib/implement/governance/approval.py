"""May customer files be written: the scorecard, and the approval that governance asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from segmentation_lib.params.governance import Governance

__all__ = ["may_export"]


def may_export(
    governance: Governance | None,
    decisions: Iterable[Mapping[str, Any]],
    scorecard: Mapping[str, Any],
    *,
    model_hash: str,
) -> tuple[bool, str]:
    """Decide whether exports may be written, and say why.

    Exports are withheld on NO-GO, always. With ``approval: required`` they are also withheld
    until the very model that placed the customers was adopted by a role among the approvers.

    Args:
        governance: What ``governance.yaml`` says; None where there is no file.
        decisions: The decisions of ``decisions.jsonl``, oldest first.
        scorecard: The artefact ``scorecard``.
        model_hash: Hash of the file of the model of this run, as `segment adopt` logs it under
            ``model``.

    Returns:
        Whether they may, and a sentence for the page.
    """
    if scorecard["verdict"] == "NO-GO":
        return False, "Customer files are withheld, because the scorecard says NO-GO."
    approver = _approver(governance, decisions, model_hash)
    if approver:
        return True, f"{approver} approved this model."
    if governance is None:
        return True, "Nobody has approved this model, and no governance.yaml asks for it."
    if governance.approval == "not required":
        return True, "Nobody has approved this model; governance.yaml does not require it."
    return False, (
        "Customer files are withheld until this model is approved by "
        f"{' or '.join(governance.approvers)}: `segment adopt` it, naming the role, and run the "
        "quarter again."
    )


def _approver(
    governance: Governance | None, decisions: Iterable[Mapping[str, Any]], model_hash: str
) -> str:
    """Return who adopted the model last; with governance, only the approvers it names count."""
    found = ""
    for decision in decisions:
        name = str(decision.get("approver", "")).strip()
        is_this = decision.get("decision") == "adopt" and decision.get("model") == model_hash
        if is_this and model_hash and name and (governance is None or governance.approves(name)):
            found = name
    return found
