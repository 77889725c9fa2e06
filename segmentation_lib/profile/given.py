"""Names that segments already have: those people gave, else those of last quarter's cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_lib.cluster import Registry

__all__ = ["given_names"]


def given_names(previous: Mapping[str, Any] | None, adopted: str | None) -> dict[str, str]:
    """Return the names that stay, by segment ID: a segment is not renamed by a refresh.

    Args:
        previous: The artefact ``segments`` of the previous quarter, if there was one.
        adopted: Text of the adopted ``segments.yaml``, if there is one; its names count first.

    Raises:
        ContractError: ``segments.yaml`` is not a register.
    """
    last = {card["id"]: card["name"] for card in (previous or {}).get("segments", [])}
    return {**last, **(Registry.read(adopted).names if adopted else {})}
