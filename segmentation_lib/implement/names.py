"""What the segments of the quarter are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["names_of"]


def names_of(cards: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of each segment of the quarter, by ID.

    Args:
        cards: The artefact ``segments``.
    """
    return {card["id"]: str(card["name"]) for card in cards["segments"]}
