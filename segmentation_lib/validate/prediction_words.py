"""What the segments do for predictions, in words: in full, and in short for the cover."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.validate.predictive import prediction_verdicts
from segmentation_lib.words import kpi_words, listing

__all__ = ["prediction_in_short", "prediction_sentence"]


def prediction_in_short(
    prediction: pd.DataFrame, *, p: float, gain: float, kept: float = 0.9
) -> str:
    """Say in one sentence whether predictions need the segments, and how far these go alone.

    Args:
        prediction: The artefact ``prediction``.
        p: Largest corrected p-value at which the segments add, or predict alone.
        gain: Smallest gain in AUC or R2 that is called useful.
        kept: Share of a prediction from which on the segments alone do as well as all features.
    """
    tested = _tested(prediction, p=p, gain=gain, kept=kept)
    if tested.empty:
        return "No outcome could be predicted."
    useful, little = (_names(tested[tested[flag]]) for flag in ("useful", "adds"))
    improved = "no prediction noticeably"
    if useful or little:
        improved = f"the prediction of {listing(useful or little)}{'' if useful else ' a little'}"
    alone = _alone(tested)
    if alone and not (useful or little):
        return f"The segment alone predicts {alone}."
    said = f"Knowing the segment on top of the features improves {improved}"
    return f"{said}; the segment alone predicts {alone}." if alone else f"{said}."


def _alone(tested: pd.DataFrame) -> str:
    """Say what the segments predict without any feature; empty where that is too little."""
    leading = _names(tested[tested["leads"]])
    as_well = _names(tested[tested["stands_in"] & ~tested["leads"]])
    said = [
        *([f"{listing(leading)} better than all features do"] if leading else []),
        *([f"{listing(as_well)} about as well as all features do"] if as_well else []),
    ]
    return ", and ".join(said)


def prediction_sentence(
    prediction: pd.DataFrame, *, p: float, gain: float, kept: float = 0.9
) -> str:
    """Say in plain words what the segments do for predictions.

    Args:
        prediction: The artefact ``prediction``.
        p: Largest corrected p-value at which the segments add.
        gain: Smallest gain in AUC or R2 that is called useful.
        kept: Share of a prediction from which on the segments alone do as well as all features.
    """
    tested = _tested(prediction, p=p, gain=gain, kept=kept)
    if tested.empty:
        reasons = [str(note) for note in prediction["note"] if note]
        return " ".join(["No outcome could be predicted.", *reasons])
    adding = tested[tested["adds"]]
    words = [_words(row) for row in adding.to_dict("records")]
    shares = [_kept(row) for row in tested.to_dict("records") if pd.notna(row["share_kept"])]
    alone = _alone(tested)
    if not words and alone:
        first = f"The segment alone predicts {alone}."
    elif not words:
        first = (
            "The segment adds nothing to what the features themselves tell about "
            f"{listing(_names(tested))}."
        )
    elif adding["useful"].any():
        first = f"Knowing the segment improves the prediction of {listing(words)}."
    else:
        first = (
            f"The segment tells something about {listing(words)} that the features do not, "
            "but too little to improve a prediction by much."
        )
    return " ".join([first, *shares])


def _tested(prediction: pd.DataFrame, *, p: float, gain: float, kept: float) -> pd.DataFrame:
    tested = prediction[prediction["p_value"].notna()]
    return prediction_verdicts(tested, p=p, gain=gain, kept=kept)


def _names(rows: pd.DataFrame) -> list[str]:
    return [_outcome(str(name)) for name in rows["outcome"]]


def _outcome(name: str) -> str:
    return name if name == "churn" else kpi_words(name).removesuffix(" per customer")


def _words(row: Mapping[Hashable, Any]) -> str:
    """Name an outcome, with what the segments changed in words that need no AUC and no R2."""
    name = _outcome(str(row["outcome"]))
    before, after = f"{row['base']:.1%}", f"{row['with_segments']:.1%}"
    if before == after:
        return name
    if row["measure"] == "AUC":
        return (
            f"{name} (from {before} to {after} of pairs of customers in the right order; a guess "
            "gets 50%)"
        )
    return f"{name} (from {before} to {after} of the differences)"


def _kept(row: Mapping[Hashable, Any]) -> str:
    share = f"{row['share_kept']:.0%}" if row["share_kept"] >= 0.005 else "nothing"
    return f"Alone it keeps {share} of what can be predicted of {_outcome(str(row['outcome']))}."
