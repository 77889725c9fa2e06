"""Last quarter's number of segments, held on to as this quarter's choice."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from segmentation_lib.cluster.choose_k import KChoice
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.refresh_words import held_sentence
from segmentation_lib.cluster.today import Today
from segmentation_lib.cluster.transforms import Transforms

__all__ = ["CLEARLY", "CLEARLY_APART", "Admission", "comes_back", "held_choice", "strength_of"]

# Prediction strength varies with the customers and with the halves that are drawn, near the bar by
# a standard deviation of 0.05: this much is more than that, and segments near the bar do not come
# and go. Two of them may differ by more.
CLEARLY = 0.1
CLEARLY_APART = 2**0.5 * CLEARLY


@dataclass(frozen=True)
class Admission:
    """Whether the choice of the number of segments admits what it chose, on the customers of a day.

    Attributes:
        strength: Prediction strength, 0 to 1: how surely they come back on other halves.
        admissible: Whether they come back and are all large enough, as `choose_k` asks of every
            number: a strength a little under its bar is enough where the bootstrap makes up for it.
    """

    strength: float
    admissible: bool

    @classmethod
    def of(cls, choice: KChoice) -> Admission:
        """Return that of the chosen segments."""
        return cls(strength_of(choice), comes_back(choice))


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
    kept = [place for place, flag in enumerate(choice.flags) if flag != "override"]
    return replace(
        choice,
        table=table,
        sentence=_sentence(choice, today.settings.prediction_strength),
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


def _sentence(choice: KChoice, bar: float) -> str:
    chosen = choice.table["chosen"].astype("bool")
    jaccard = float(choice.table.loc[chosen, "jaccard"].iloc[0])
    saved = jaccard if comes_back(choice) else math.nan
    return held_sentence(choice.k, strength_of(choice), bar, saved)
