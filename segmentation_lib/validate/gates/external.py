"""Did the segments behave differently in the quarter after they were made?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from segmentation_lib.params import Gates
from segmentation_lib.validate.gates.gate import Gate, GateVerdict
from segmentation_lib.validate.prediction_words import prediction_in_short
from segmentation_lib.validate.predictive import prediction_verdicts
from segmentation_lib.words import kpi_words

__all__ = ["external_gate"]

_UNTESTED = (
    "No KPI could be tested: at least two segments must have customers with values that differ."
)
_MAY_HOLD_IT = "; but the features carry no date and may already hold what happened in it."


def external_gate(
    effects: pd.DataFrame, prediction: pd.DataFrame, gates: Gates, quality: Mapping[str, Any]
) -> Gate:
    """Judge whether the segments differ in a KPI, and whether knowing them helps to predict.

    A KPI counts when its corrected p-value passes, its effect is large enough and the interval
    of the effect stays above zero. A prediction counts when the segments add to all features, or
    predict as well alone; how large the gain is, is shown. Where no KPI could be tested, nothing
    said no.

    Args:
        effects: The artefact ``kpi_effects``.
        prediction: The artefact ``prediction``; may be empty.
        gates: Thresholds.
        quality: The artefact ``quality``: features without a date limit what a difference says.
    """
    names = _differing(effects, gates)
    limits = _prediction_limits(gates)
    verdicts = prediction_verdicts(prediction, **limits)
    counts = int((verdicts["adds"] | verdicts["leads"] | verdicts["stands_in"]).sum())
    tested = bool(effects["p_corrected"].notna().any())
    undated = any(check["code"] == "undated_features" for check in quality["checks"])
    return Gate(
        "external",
        "Do segments behave differently afterwards?",
        _verdict(bool(names), counts > 0, sound=tested and not undated, tested=tested),
        "KPIs of the quarter that differ by segment; predictions that the segment improves, or "
        "makes as well alone",
        f"{len(names)} of {len(effects)}; "
        + (f"{counts} of {len(prediction)}" if len(prediction) else "no prediction"),
        f"at least 1 with an effect of {gates.kpi_effect:g} or more; at least 1",
        " ".join(_sentences(effects, prediction, names, undated, gates)),
    )


def _differing(effects: pd.DataFrame, gates: Gates) -> list[str]:
    counts = (
        (effects["p_corrected"] <= gates.kpi_p)
        & (effects["effect"] >= gates.kpi_effect)
        & (effects["effect_low"] > 0)
    )
    passed = effects[counts].sort_values(["effect", "kpi"], ascending=[False, True])
    return [str(kpi) for kpi in passed["kpi"]]


def _prediction_limits(gates: Gates) -> dict[str, float]:
    return {
        "p": gates.prediction_p,
        "gain": gates.prediction_gain,
        "kept": gates.prediction_kept,
    }


def _verdict(differ: bool, predicts: bool, *, sound: bool, tested: bool) -> GateVerdict:
    if tested and not (differ or predicts):
        return "no-go"
    return "go" if differ and predicts and sound else "limits"


def _sentences(
    effects: pd.DataFrame,
    prediction: pd.DataFrame,
    names: Sequence[str],
    undated: bool,
    gates: Gates,
) -> list[str]:
    """Say in two sentences at most what differs, and what predictions gain."""
    if effects.empty:
        return ["No outcome of the quarter was there to test the segments on."]
    if effects["p_corrected"].isna().all():
        said = [_UNTESTED]
    else:
        said = [f"In the quarter after they were made, the segments {_difference(effects, names)}."]
    if undated and names:
        said[0] = said[0].removesuffix(".") + _MAY_HOLD_IT
    if len(prediction):
        said.append(prediction_in_short(prediction, **_prediction_limits(gates)))
    return said


def _difference(effects: pd.DataFrame, names: Sequence[str]) -> str:
    """Say in how many KPIs the segments differ, in which most, and by how much."""
    if not names:
        return "did not differ in any KPI"
    largest = float(effects.loc[effects["kpi"] == names[0], "effect"].iloc[0])
    size = f"{largest:.0%}" if largest >= 0.005 else "less than 1%"
    most = f"{kpi_words(names[0]).removesuffix(' per customer')} ({size} of the differences)"
    if len(effects) == 1:
        return f"differed in {most}"
    of = "all" if len(names) == len(effects) else f"{len(names)} of"
    if len(names) == 1:
        return f"differed in 1 of {len(effects)} KPIs: {most}"
    return f"differed in {of} {len(effects)} KPIs, most in {most}"
