"""Do the segments still hold at the close of the quarter?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_lib.params import Gates
from segmentation_lib.validate.gates.gate import Gate, GateVerdict

__all__ = ["time_gate"]

_TITLE = "Do they still hold at the end of the quarter?"
_MEASURE = (
    "agreement of segments made anew at the end of the quarter with those made before it "
    "(adjusted Rand index, 1 is the same)"
)
_VERDICTS: Mapping[str, GateVerdict] = {
    "valid": "go",
    "recalibrate": "limits",
    "refit": "no-go",
    "not assessed": "not assessed",
}
_UNDATED = (
    "The features carry no date, so the end of the quarter shows the same numbers as its start. "
    "This cannot be checked."
)


def time_gate(temporal: Mapping[str, Any], gates: Gates, quality: Mapping[str, Any]) -> Gate:
    """Judge whether the model of the open still fits the customers of the close.

    Not assessed with too few customers at the close, or features without a date.

    Args:
        temporal: The artefact ``temporal``: the decision, and how well a refit at the close
            agrees with the frozen model, beside what chance refits reach.
        gates: Thresholds.
        quality: The artefact ``quality``: features without a date are the same at both ends, so
            that a test of time would be passed by any model.
    """
    undated = any(check["code"] == "undated_features" for check in quality["checks"])
    asked = "no segment that split, merged, ended or is new"
    if temporal["baseline_low"] is not None:
        asked = f"at least {temporal['baseline_low'] - gates.refit_margin:.2f}, and {asked}"
    verdict = _VERDICTS[str(temporal["decision"])]
    if undated or verdict == "not assessed":
        return Gate(
            "time",
            _TITLE,
            "not assessed",
            _MEASURE,
            "not measured",
            asked,
            _UNDATED if undated else str(temporal["sentence"]),
        )
    return Gate(
        "time",
        _TITLE,
        verdict,
        _MEASURE,
        f"{temporal['frozen_refit_ari']:.2f}",
        asked,
        str(temporal["sentence"]),
    )
