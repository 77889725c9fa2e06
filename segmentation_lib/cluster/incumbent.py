"""Last quarter's number of segments, held on to as this quarter's choice."""

from __future__ import annotations

from dataclasses import replace

from segmentation_lib.cluster.choose_k import KChoice
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.refresh_words import held_sentence
from segmentation_lib.cluster.today import Today
from segmentation_lib.cluster.transforms import Transforms

__all__ = ["comes_back", "held_choice", "strength_of"]


def held_choice(today: Today, model: Model, transforms: Transforms) -> KChoice:
    """Return last quarter's number and algorithm as this quarter's choice.

    This quarter's KPIs have no say in it, so that all customers may judge them.

    Args:
        today: The customers at the open.
        model: The model in use.
        transforms: The space in which the segments are looked at.
    """
    held = {"k": model.k, "k_reason": "Last quarter's.", "algorithms": (model.algorithm,)}
    choice = today.choose(transforms, today.settings.model_copy(update=held))
    table = choice.table.copy()
    others = table["admissible"].astype("bool") & ~table["chosen"].astype("bool")
    table.loc[others, "reason"] = f"last quarter's number, {model.k}, is kept"
    strength = strength_of(choice)
    kept = [place for place, flag in enumerate(choice.flags) if flag != "override"]
    return replace(
        choice,
        table=table,
        sentence=held_sentence(model.k, strength, today.settings.prediction_strength),
        flags=tuple(choice.flags[place] for place in kept),
        warnings=tuple(choice.warnings[place] for place in kept),
        kpis_used=False,
    )


def comes_back(choice: KChoice, champion: Model | None = None) -> bool:
    """Whether the chosen segments come back on other halves of the customers and are large enough.

    Args:
        choice: The choice.
        champion: Where given, coming back at least as surely as its number does is enough.
    """
    table = choice.table
    chosen = table[table["chosen"].astype("bool")].iloc[0]
    if champion is None or bool(chosen["admissible"]):
        return bool(chosen["admissible"])
    same = table[(table["k"] == champion.k) & (table["algorithm"] == champion.algorithm)]
    strengths = same["prediction_strength"]
    return bool(len(same)) and bool((chosen["prediction_strength"] >= strengths).all())


def strength_of(choice: KChoice) -> float:
    """Return the prediction strength of the chosen segments, 0 to 1."""
    chosen = choice.table["chosen"].astype("bool")
    return float(choice.table.loc[chosen, "prediction_strength"].iloc[0])
