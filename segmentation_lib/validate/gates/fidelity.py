"""Are the customers who are exported placed by the very model that was tested?"""

from __future__ import annotations

from segmentation_lib.validate.gates.gate import Gate

__all__ = ["fidelity_gate"]


def fidelity_gate() -> Gate:
    """Say that customers are placed by the model itself, so that nothing is lost on the way."""
    return Gate(
        "fidelity",
        "Is what we export what was tested?",
        "go",
        "rule that places customers",
        "the model",
        "the tested model itself, or rules measured against it",
        "Customers are tagged by the very model that was tested, not by simplified rules.",
    )
