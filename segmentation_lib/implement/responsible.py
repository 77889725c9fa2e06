"""Who answers for the segments: owners from the register, the approver from the decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from segmentation_lib.calendar import Window
from segmentation_lib.cluster import Registry

__all__ = ["names_of", "next_close", "responsible"]


def names_of(cards: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of each segment of the quarter, by ID.

    Args:
        cards: The artefact ``segments``.
    """
    return {card["id"]: str(card["name"]) for card in cards["segments"]}


def responsible(
    register: Registry, decisions: Iterable[Mapping[str, Any]], *, model_hash: str | None
) -> dict[str, Any]:
    """Return who owns each segment, and who adopted the model that placed the customers.

    Args:
        register: The register that is proposed.
        decisions: What `read_decisions` returned, oldest first.
        model_hash: Hash of the model's file, as `segment adopt` logs it.

    Returns:
        ``owners`` by segment (None where nobody is named) and ``approver`` (None where nobody has
        adopted this model).
    """
    owners = {s.id: s.owner for s in register.segments if s.status == "active"}
    approvers = [
        str(line["approver"])
        for line in decisions
        if line["decision"] == "adopt" and line.get("model") == model_hash
    ]
    return {"owners": owners, "approver": approvers[-1] if approvers else None}


def next_close(window: Window) -> date:
    """Return the close of the next period, taken to be as long as this one."""
    return window.end + timedelta(days=window.days)
