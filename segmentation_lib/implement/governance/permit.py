"""May customer files be written: the scorecard, and the approval that governance asks for.

What is approved is a model, so an approval covers a later quarter that keeps it. It does so as long
as nothing has got worse since, and as long as it is not too old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from segmentation_lib.params.governance import Governance
from segmentation_lib.profile.wording import listing, plural

__all__ = ["Permit", "export_permit", "privacy_findings"]

_GRADES = {"GO": 0, "GO WITH LIMITS": 1, "NO-GO": 2}
_GATE = {"go": 0, "limits": 1, "no-go": 2}
_FOUND = {"not tested": 1, "amber": 2, "red": 3}


@dataclass(frozen=True)
class Permit:
    """Whether customer files may be written.

    Attributes:
        allowed: Whether they may.
        why: A sentence or two for page and manifest.
        approver: Role whose approval covers this quarter; None where there is none.
    """

    allowed: bool
    why: str
    approver: str | None = None


def export_permit(
    governance: Governance | None,
    decisions: Iterable[Mapping[str, Any]],
    scorecard: Mapping[str, Any],
    *,
    project: str,
    period: str,
    closes: date,
    model_hash: str,
    proxies: pd.DataFrame | None = None,
) -> Permit:
    """Decide whether customer files may be written, and say why.

    They are withheld on NO-GO, always. With ``approval: required`` they are also withheld until
    the very model that placed the customers was adopted by a role among the approvers. The last
    such adoption counts, of this quarter or an earlier one, unless the verdict or what was found
    about privacy is worse than what was approved, or it is older than ``approval_valid_days``.

    Args:
        governance: What ``governance.yaml`` says; None where there is no file.
        decisions: The decisions of ``decisions.jsonl``, oldest first.
        scorecard: The artefact ``scorecard``.
        project: Name of the project, for the command that would help.
        period: The quarter. Adoptions of later ones do not count.
        closes: Its close, the day on which the age of an approval is taken.
        model_hash: Hash of the file of the model of this run, as `segment adopt` logs it.
        proxies: The artefact ``proxies``; None where no attribute is protected.
    """
    if scorecard["verdict"] == "NO-GO":
        return Permit(False, "Customer files are withheld, because the scorecard says NO-GO.")
    found = _last_approval(governance, decisions, period, model_hash)
    required = governance is not None and governance.approval == "required"
    if found is None:
        if governance is None:
            return Permit(True, "Nobody has approved this model, and no governance.yaml asks for "
                          "it.")  # fmt: skip
        if not required:
            return Permit(True, "Nobody has approved this model; governance.yaml does not require "
                          "it.")  # fmt: skip
        return Permit(False, "Customer files are withheld until this model is approved. "
                      f"{_command(governance, project, period)}")  # fmt: skip
    given = f"{found['approver']} approved this model on {found.get('on', 'a day not logged')}"
    given += f" for {found.get('period', period)}"
    lapsed = _lapsed(found, scorecard, proxies, governance, closes)
    if not lapsed:
        return Permit(True, f"{given}. {_still(found, scorecard, period, closes)}".strip(),
                      str(found["approver"]))  # fmt: skip
    if not required:
        return Permit(True, f"{given}, but {listing(lapsed)}; governance.yaml does not require it.")
    return Permit(False, f"Customer files are withheld: {given}, but {listing(lapsed)}. "
                  f"{_command(governance, project, period)}")  # fmt: skip


def privacy_findings(
    scorecard: Mapping[str, Any], proxies: pd.DataFrame | None = None
) -> dict[str, Any]:
    """Return what an approver accepts about privacy, as `segment adopt` logs it.

    Args:
        scorecard: The artefact ``scorecard``.
        proxies: The artefact ``proxies``; None where there is none.

    Returns:
        ``gate``, the verdict of the privacy gate, and ``found``, the worst finding (``red``,
        ``amber`` or ``not tested``) of each protected attribute that has one.
    """
    gates = {str(gate["code"]): str(gate["verdict"]) for gate in scorecard.get("gates", [])}
    groups = () if proxies is None else proxies.groupby("attribute", sort=True)["verdict"]
    worst = {str(name): max(map(str, found), key=_rank) for name, found in groups}
    return {
        "gate": gates.get("privacy", "not assessed"),
        "found": {name: word for name, word in worst.items() if word in _FOUND},
    }


def _rank(word: str) -> int:
    return _FOUND.get(word, 0)


def _last_approval(
    governance: Governance | None,
    decisions: Iterable[Mapping[str, Any]],
    period: str,
    model_hash: str,
) -> Mapping[str, Any] | None:
    """Return the last adoption of the model; with governance, only its approvers count."""
    found = None
    for decision in decisions:
        name = str(decision.get("approver", "")).strip()
        is_this = decision.get("decision") == "adopt" and decision.get("model") == model_hash
        is_past = str(decision.get("period", "")) <= period
        if model_hash and is_this and is_past and name:
            found = decision if governance is None or governance.approves(name) else found
    return found


def _lapsed(
    approval: Mapping[str, Any],
    scorecard: Mapping[str, Any],
    proxies: pd.DataFrame | None,
    governance: Governance | None,
    closes: date,
) -> list[str]:
    """Say why an approval does not cover this quarter; what was not logged was not approved."""
    said = []
    approved, now = str(approval.get("verdict", "GO")), str(scorecard["verdict"])
    if _GRADES[now] > _GRADES.get(approved, 0):
        said.append(f"the verdict is now {now}, and {approved} was approved")
    before, after = approval.get("privacy") or {}, privacy_findings(scorecard, proxies)
    known = before.get("found") or {}
    worse = [
        f"{name.replace('_', ' ')} ({word})"
        for name, word in after["found"].items()
        if _rank(word) > _rank(str(known.get(name)))
    ]
    if worse:
        said.append(f"the privacy check now finds {listing(worse)}, which was not approved")
    elif _GATE.get(after["gate"], 0) > _GATE.get(str(before.get("gate")), 0):
        said.append("the privacy check now has limits that were not approved")
    age = _age(approval, closes)
    most = None if governance is None else governance.approval_valid_days
    if most is not None and age is None:
        said.append("the log does not hold the day")
    elif most is not None and age is not None and age > most:
        said.append(
            f"that is {plural(age, 'day')} before the close, and an approval holds "
            f"{plural(most, 'day')}"
        )
    return said


def _still(
    approval: Mapping[str, Any], scorecard: Mapping[str, Any], period: str, closes: date
) -> str:
    """Say why an approval of an earlier quarter covers this one; nothing for its own."""
    if str(approval.get("period", period)) == period:
        return ""
    age = _age(approval, closes)
    old = f", and it was {plural(age, 'day')} old at the close" if age and age > 0 else ""
    return (
        f"It still holds: the model was kept, the verdict is {scorecard['verdict']}, the privacy "
        f"check found nothing new{old}."
    )


def _age(approval: Mapping[str, Any], closes: date) -> int | None:
    try:
        return (closes - date.fromisoformat(str(approval.get("on")))).days
    except ValueError:
        return None


def _command(governance: Governance | None, project: str, period: str) -> str:
    """Return what to do for an approval."""
    roles = () if governance is None else governance.approvers
    who = f"As {' or '.join(roles)}, run" if roles else "Run"
    role = roles[0] if roles else "NAME"
    return (
        f'{who} `segment adopt params/{project}/{period}.yaml --approver "{role}" --reason "…"`, '
        "then run the quarter again."
    )
