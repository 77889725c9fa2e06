"""Who answers for the segments: owners from the register, the approver from the decisions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from segmentation_lib.cluster import Registry

__all__ = ["names_of", "responsible"]


def names_of(cards: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of each segment of the quarter, by ID.

    Args:
        cards: The artefact ``segments``.
    """
    return {card["id"]: str(card["name"]) for card in cards["segments"]}


def responsible(register: Registry, decisions: str | None) -> dict[str, Any]:
    """Return who owns each segment, and who adopted segments last.

    Args:
        register: The register that is proposed.
        decisions: Text of ``decisions.jsonl``; None where nothing was decided.

    Returns:
        ``owners`` by segment (None where nobody is named) and ``approver`` (None where nobody has
        adopted anything).
    """
    owners = {s.id: s.owner for s in register.segments if s.status == "active"}
    lines = [json.loads(line) for line in (decisions or "").splitlines() if line.strip()]
    approvers = [line["approver"] for line in lines if line.get("decision") == "adopt"]
    return {"owners": owners, "approver": approvers[-1] if approvers else None}
