"""One gate of the scorecard: what it asks, what was measured, what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Gate", "GateVerdict", "tone"]

GateVerdict = Literal["go", "limits", "no-go", "not assessed"]


@dataclass(frozen=True)
class Gate:
    """One gate of the scorecard.

    Attributes:
        code: Short stable code, which also names its page in the playbook.
        title: The question the gate asks.
        verdict: ``go``, ``limits``, ``no-go`` or ``not assessed``.
        measure: What was measured.
        value: What came out, as text.
        threshold: What the gate asks for, as text.
        sentence: The answer for a reader without statistics.
    """

    code: str
    title: str
    verdict: GateVerdict
    measure: str
    value: str
    threshold: str
    sentence: str


def tone(gate: Gate) -> str:
    """Return the tone of a gate's finding on a page: ``good``, ``warn``, ``bad`` or ``info``."""
    tones = {"go": "good", "limits": "warn", "no-go": "bad", "not assessed": "info"}
    return tones[gate.verdict]
