"""Which segments grew or shrank enough since the last quarter to be worth a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["size_moves"]

_POINTS = 0.02
_LEAST_POINTS = 0.01
_OF_ITS_SIZE = 0.1


def size_moves(cards: Mapping[str, Any]) -> list[tuple[float, Mapping[str, Any]]]:
    """Return the segments whose share of customers moved much since the last close.

    Much is two points; or one point, if that is a tenth of the segment: a small segment that
    emerges or fades is news long before it moves by two points.

    Args:
        cards: The artefact ``segments``.

    Returns:
        The move (share now less share before) and the card, largest move first.
    """
    moves = []
    for card in cards["segments"]:
        before = card["customer_share_before"]
        if before is None:
            continue
        move = round(float(card["customer_share"]) - float(before), 9)
        emerging = abs(move) >= _LEAST_POINTS and abs(move) >= round(_OF_ITS_SIZE * before, 9)
        if abs(move) >= _POINTS or emerging:
            moves.append((move, card))
    return sorted(moves, key=lambda pair: (-abs(pair[0]), str(pair[1]["id"])))
