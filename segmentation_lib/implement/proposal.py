"""What the run proposes for adoption: the register of segments, with their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segmentation_lib.cluster import RegisteredSegment, Registry

__all__ = ["proposal_sentences", "propose_segments"]


def propose_segments(
    register: Mapping[str, Any], cards: Mapping[str, Any], adopted: str | None = None
) -> Registry:
    """Complete the matched register with the names of this quarter's cards.

    Args:
        register: The artefact ``register``.
        cards: The artefact ``segments``; its names are those people gave, or suggestions.
        adopted: Text of the adopted ``segments.yaml``, if there is one: owners, and names of
            segments without a card, are taken from it.

    Returns:
        The register to adopt.

    Raises:
        ContractError: ``segments.yaml`` is not a register.
    """
    matched = Registry.model_validate(register)
    known = Registry.read(adopted).by_id if adopted else {}
    names = {card["id"]: card["name"] for card in cards["segments"]}

    def completed(segment: RegisteredSegment) -> RegisteredSegment:
        before = known.get(segment.id, segment)
        name = names.get(segment.id) or before.name or segment.name
        return segment.model_copy(update={"name": name, "owner": before.owner or segment.owner})

    return matched.model_copy(
        update={"segments": tuple(completed(segment) for segment in matched.segments)}
    )


def proposal_sentences(register: Registry) -> Sequence[str]:
    """List the segments that are proposed for adoption, a sentence each.

    Args:
        register: What ``propose_segments`` returned.
    """
    return [
        f"{segment.label}: "
        + (
            f"since {segment.first_period}."
            if segment.status == "active"
            else f"retired in {segment.retired_in}."
        )
        for segment in register.segments
    ]
