"""Whether two groups can be compared at all: who has a counterpart in the other group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.profile.wording import percent
from segmentation_lib.stats.arrays import BoolArray, FloatArray

__all__ = ["Overlap", "measure_overlap"]

# Beyond these a customer has hardly anyone like them in the other group (Crump et al. 2009).
_RARE = 0.05
_MOST_RARE = 0.10
_MOST_CLIPPED = 0.02
_BALANCED = 0.10


@dataclass(frozen=True)
class Overlap:
    """How alike treated and others are, and become by weighing.

    Attributes:
        clipped: Share of customers whose chance of treatment was moved to the limit.
        rare: Share of customers whose chance is under 5 % or above 95 %.
        worth: Customers of equal weight that the weighed treated, and the weighed others, are
            worth, as a share of their number.
        balance: One row per covariate: ``covariate``, and its standardised difference ``before``
            and ``after`` weighing; 0.1 and less is held to be alike.
    """

    clipped: float
    rare: float
    worth: tuple[float, float]
    balance: pd.DataFrame

    @property
    def largest_after(self) -> float:
        """Largest standardised difference that weighing leaves; 0 without a covariate."""
        return float(self.balance["after"].abs().max()) if len(self.balance) else 0.0

    @property
    def fault(self) -> str:
        """Why the groups cannot be compared, as the end of a sentence; empty if they can."""
        if self.rare > _MOST_RARE or self.clipped > _MOST_CLIPPED:
            alone = max(self.rare, self.clipped)
            return f"{percent(alone)} of customers have almost nobody like them in the other group"
        if self.largest_after > 2 * _BALANCED:
            return (
                f"weighing leaves them apart by {percent(self.largest_after)} of what customers "
                "usually differ by, in something that is known"
            )
        return ""

    @property
    def is_poor(self) -> bool:
        """Whether the groups cannot be compared."""
        return bool(self.fault)


def measure_overlap(
    covariates: FloatArray,
    names: list[str],
    treated: BoolArray,
    chances: FloatArray,
    *,
    clip: float = 0.01,
) -> Overlap:
    """Measure overlap and balance of two groups.

    Args:
        covariates: Numbers known before the treatment, shape (customers, covariates).
        names: Their names.
        treated: Who was treated, shape (customers,).
        chances: Chance of treatment, 0 to 1, as the model has it, shape (customers,).
        clip: Chances nearer to 0 or 1 than this are moved to it.

    Source: Austin (2009) on standardised differences; Kish (1965) on the worth of weights.
    """
    held = np.clip(chances, clip, 1 - clip)
    weights = np.where(treated, 1 / held, 1 / (1 - held))
    spread = np.sqrt((covariates[treated].var(axis=0) + covariates[~treated].var(axis=0)) / 2)
    rows = [_gap(covariates, treated, own) for own in (np.ones(len(treated)), weights)]
    before, after = (
        np.divide(gap, spread, out=np.zeros(len(names)), where=spread > 0) for gap in rows
    )
    balance = pd.DataFrame({"covariate": names, "before": before, "after": after})
    worth = tuple(
        float(weights[group].sum() ** 2 / (weights[group] ** 2).sum() / group.sum())
        for group in (treated, ~treated)
    )
    return Overlap(
        float((held != chances).mean()),
        float(((chances < _RARE) | (chances > 1 - _RARE)).mean()),
        (worth[0], worth[1]),
        balance,
    )


def _gap(covariates: FloatArray, treated: BoolArray, weights: FloatArray) -> FloatArray:
    means = [
        np.average(covariates[group], axis=0, weights=weights[group])
        for group in (treated, ~treated)
    ]
    return np.asarray(means[0] - means[1])
