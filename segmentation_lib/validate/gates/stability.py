"""Would we find the same segments from other samples of the customers?"""

from __future__ import annotations

import pandas as pd

from segmentation_lib.params import Gates
from segmentation_lib.validate.gates.gate import Gate, GateVerdict

__all__ = ["stability_gate"]


def stability_gate(stability: pd.DataFrame, gates: Gates) -> Gate:
    """Judge whether the same segments come back from other samples.

    Args:
        stability: The artefact ``segment_stability``.
        gates: Thresholds.
    """
    weakest = stability.sort_values(["jaccard", "segment_id"]).iloc[0]
    value = float(weakest["jaccard"])
    if value >= gates.jaccard_go:
        verdict: GateVerdict = "go"
        sentence = "Every segment comes back when the customers are sampled anew."
    elif value >= gates.jaccard_limits:
        verdict = "limits"
        sentence = f"{weakest['segment_id']} comes back only roughly; treat its edges with care."
    else:
        verdict = "no-go"
        sentence = f"{weakest['segment_id']} does not come back when customers are sampled anew."
    return Gate(
        "stability",
        "Would we find them again?",
        verdict,
        "overlap of the weakest segment with its bootstrap copies (Jaccard)",
        f"{value:.2f} ({weakest['segment_id']})",
        f"go at {gates.jaccard_go:g}, limits at {gates.jaccard_limits:g}",
        sentence,
    )
