"""Do the usual indices look better than on a crowd without groups? Shown, never decisive alone."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.params import Gates
from segmentation_lib.validate.gates.gate import Gate, GateVerdict
from segmentation_lib.words import listing

__all__ = ["internal_gate"]

_NAMES = {"silhouette": "silhouette", "davies_bouldin": "Davies-Bouldin index"}


def internal_gate(indices: pd.DataFrame, strength: float, bar: float, gates: Gates) -> Gate:
    """Judge silhouette and Davies-Bouldin against one cloud, and the prediction strength.

    Args:
        indices: The artefact ``internal_indices``; p-values are empty where no crowd could be
            made to compare with, as from categories alone.
        strength: Prediction strength of the chosen number of segments, 0 to 1.
        bar: Prediction strength that is asked for.
        gates: Thresholds.
    """
    rows = indices[indices["index"].isin(_NAMES)]
    beaten = rows.loc[rows["p_value"] <= gates.structure_p, "index"]
    passed = [_NAMES[str(name)] for name in beaten]
    if strength >= bar:
        passed.append("prediction strength")
    asked = len(rows) + 1
    verdict: GateVerdict = "go" if len(passed) == asked else "limits" if passed else "no-go"
    tested = bool(rows["p_value"].notna().any())
    if not tested:
        verdict = "not assessed"
        sentence = (
            "Without two features that are numbers there is no crowd to compare the segments with, "
            "so the usual measures say nothing."
        )
    elif verdict == "go":
        sentence = "The segments are tighter and further apart than cuts through one crowd."
    elif passed:
        sentence = f"Of the usual measures of quality, only these convince: {listing(passed)}."
    else:
        sentence = "By the usual measures, the segments are no better than cuts through one crowd."
    return Gate(
        "internal",
        "Do the segments hang together?",
        verdict,
        "silhouette, Davies-Bouldin index and prediction strength that convince",
        f"{len(passed)} of {asked}" if tested else "not tested",
        f"p at most {gates.structure_p:g}; prediction strength at least {bar:g}",
        sentence,
    )
