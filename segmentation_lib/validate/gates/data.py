"""Are the data good enough to find and test segments?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_lib.params import Gates
from segmentation_lib.validate.gates.gate import Gate

__all__ = ["data_gate"]


def data_gate(quality: Mapping[str, Any], gates: Gates) -> Gate:
    """Judge the data: enough active customers, and no quarter cut short.

    Args:
        quality: The artefact ``quality``.
        gates: Thresholds.
    """
    customers = int(quality["states"]["open"].get("ACTIVE", 0))
    partial = any(check["code"] == "partial_quarter" for check in quality["checks"])
    enough = customers >= gates.customers_go
    if enough and not partial:
        sentence = f"{customers:,} active customers are enough to find and test segments."
    elif partial:
        sentence = "The data stop before the quarter does, so its outcomes are not complete."
    else:
        sentence = f"{customers:,} active customers are few; small segments will be missed."
    return Gate(
        "data",
        "Are the data good enough?",
        "go" if enough and not partial else "limits",
        "active customers at the open",
        f"{customers:,}",
        f"at least {gates.customers_go:,}",
        sentence,
    )
