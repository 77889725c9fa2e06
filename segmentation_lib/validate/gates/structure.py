"""Are there groups at all, or only cuts through one crowd?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_lib.params import Gates
from segmentation_lib.validate.gates.gate import Gate, GateVerdict
from segmentation_lib.words import listing, p_words

__all__ = ["structure_gate"]

_VERDICTS: Mapping[str, GateVerdict] = {
    "natural": "go",
    "overlapping": "go",
    "slices": "limits",
    "constructive": "no-go",
}
# What a stakeholder reads for each label of Dolnicar & Leisch (2010).
_WORDS = {
    "natural": "natural groups",
    "overlapping": "overlapping groups",
    "slices": "tiers",
    "constructive": "none",
}
_PROVISIONAL = (
    "There may be segments here, but the weakest of them comes back only roughly: treat them as "
    "provisional."
)


def structure_gate(existence: Mapping[str, Any], gates: Gates) -> Gate:
    """Judge whether there is more than one cloud of customers.

    Segments that come back only roughly get no label of their own; they limit here as they do at
    the gate of stability.

    Args:
        existence: The artefact ``existence``: the label, its sentence, the overlap of the weakest
            segment, and the p-values of the two tests behind it.
        gates: Thresholds.
    """
    label, verdict, word = _found(existence, gates)
    tests = existence["structure"], existence["gap"]
    p_values = [p_words(test["p_value"]) if test["assessed"] else "not tested" for test in tests]
    found = f"found {listing(p_values)}" if tests[0]["assessed"] else "none was made"
    return Gate(
        "structure",
        "Are there groups at all?",
        verdict,
        "tests for more than one crowd, and for gaps on held-out customers",
        word,
        f"both p at most {gates.structure_p:g}; {found}",
        _PROVISIONAL if label == "constructive" and verdict == "limits" else existence["sentence"],
    )


def _found(existence: Mapping[str, Any], gates: Gates) -> tuple[str, GateVerdict, str]:
    """Return the label, the verdict, and what a stakeholder reads."""
    label = str(existence["label"])
    if label == "constructive" and existence["smallest_jaccard"] >= gates.jaccard_limits:
        return label, "limits", "not certain"
    if label != "constructive" and not existence["structure"]["assessed"]:
        return label, "not assessed", "not tested"
    return label, _VERDICTS[label], _WORDS[label]
