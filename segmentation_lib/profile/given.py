"""Names that segments already have: those people gave, and those of last quarter's cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_lib.cluster import Registry

__all__ = ["given_names", "suggested_names"]


def given_names(adopted: str | None) -> dict[str, str]:
    """Return the names that people gave or adopted, by segment ID: they stay.

    Args:
        adopted: Text of the adopted ``segments.yaml``, if there is one.

    Raises:
        ContractError: ``segments.yaml`` is not a register.
    """
    return dict(Registry.read(adopted).names) if adopted else {}


def suggested_names(previous: Mapping[str, Any] | None, given: Mapping[str, str]) -> dict[str, str]:
    """Return last quarter's names that nobody adopted: they stay while they are true.

    Args:
        previous: The artefact ``segments`` of the previous quarter, if there was one.
        given: What `given_names` returned.
    """
    cards = (previous or {}).get("segments", [])
    return {card["id"]: card["name"] for card in cards if card["id"] not in given}
