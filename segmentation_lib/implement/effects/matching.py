"""A control group with the mix of the treated: each kind of customer weighs as much in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.stats.arrays import BoolArray, FloatArray

__all__ = ["MatchedControl", "matched_control"]


@dataclass(frozen=True)
class MatchedControl:
    """Weights that give the control group the mix of the treated.

    Attributes:
        weights: 1 for each treated customer who has a counterpart, such weights for the control
            group that every kind has the share it has among the treated, and 0 for customers of
            kinds that one group does not have; shape (customers,).
        unmatched: Treated customers of kinds that the control group does not have.
        worth: Control customers of equal weight that would be as many (Kish 1965).
    """

    weights: FloatArray
    unmatched: int
    worth: float


def matched_control(
    customers: pd.DataFrame, treated: BoolArray, columns: Sequence[str]
) -> MatchedControl:
    """Weigh control customers so that they are of the same kinds as the treated.

    Kinds are made of attributes known before, never of the metric's own past: control customers
    who are picked for a past like that of the treated fall back to their own average afterwards,
    which looks like an effect (Daw and Hatfield 2018).

    Args:
        customers: One row per customer.
        treated: Who was treated, shape (customers,).
        columns: Columns whose values together make the kinds; a missing value is a kind too.

    Raises:
        ValueError: A column is missing.

    Source: exact matching by strata (Iacus, King and Porro 2012).

    >>> table = pd.DataFrame({"plan": ["a", "b", "a", "a", "b"]})
    >>> treated = np.array([True, True, False, False, False])
    >>> matched_control(table, treated, ["plan"]).weights.tolist()
    [1.0, 1.0, 0.75, 0.75, 1.5]
    """
    absent = [name for name in columns if name not in customers.columns]
    if absent:
        raise ValueError(f"column {absent[0]} is missing; match by columns that there are")
    kinds = customers.groupby(list(columns), sort=True, dropna=False).ngroup().to_numpy(np.int64)
    size = int(kinds.max()) + 1
    inside = np.bincount(kinds[treated], minlength=size)
    outside = np.bincount(kinds[~treated], minlength=size)
    both = (inside > 0) & (outside > 0)
    share = np.divide(inside * both, outside, out=np.zeros(size), where=outside > 0)
    # The control group keeps its own size, so that weights read as "counts as so many".
    matched = float((inside * both).sum())
    scale = float((outside * both).sum()) / matched if matched else 0.0
    weights = np.where(treated, both[kinds] * 1.0, share[kinds] * scale)
    own = weights[~treated]
    worth = float(own.sum() ** 2 / (own**2).sum()) if (own > 0).any() else 0.0
    return MatchedControl(weights, int(inside[~both].sum()), worth)
