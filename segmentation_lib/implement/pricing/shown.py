"""Demand curves as pages show them, without counts of a few people.

Who would still buy at a price is among those who would buy at a lower one, and a share times the
customers is a count. So both are rounded, and share and interval follow from the rounded counts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.small_cells import round_counts
from segmentation_lib.stats import wilson_interval

__all__ = ["shown_curve", "shown_tiers"]

_ENDS = ("value", "low", "high")


def shown_curve(curve: pd.DataFrame, *, few: int = 10) -> pd.DataFrame:
    """Return the points of the curves that a page may show.

    Args:
        curve: The artefact ``price_curve``.
        few: Customers and buyers are rounded to the nearest of these. Points at which fewer would
            buy, or fewer would not, are left out.

    Returns:
        The columns of ``price_curve``, with rounded ``customers`` and what follows from them.
    """
    buyers = (curve["share"] * curve["customers"]).round()
    near = round_counts(curve.assign(buyers=buyers), "customers", "buyers", limit=few)
    others = (curve["customers"] - buyers).between(1, few - 1)
    near = near[near["customers"].notna() & near["buyers"].notna() & ~others]
    near = near.astype({"customers": "int64", "buyers": "int64"})
    pairs = zip(near["buyers"], near["customers"], strict=True)
    ends = [
        [getattr(found, end) for end in _ENDS] for found in (wilson_interval(*p) for p in pairs)
    ]
    shares = np.array(ends, dtype="float64").reshape(-1, 3).T
    told = near.assign(**dict(zip(("share", "low", "high"), shares, strict=True)))
    return told[list(curve.columns)].reset_index(drop=True)


def shown_tiers(tiers: pd.DataFrame, *, few: int = 10) -> pd.DataFrame:
    """Return price tiers without shares that stand for a few people.

    Args:
        tiers: What `price_tiers` returned.
        few: Where fewer customers would buy, or fewer would not, the share and its interval are
            missing.
    """
    buyers = (tiers["would_buy"] * tiers["customers"]).round()
    others = tiers["customers"] - buyers
    small = buyers.between(1, few - 1) | others.between(1, few - 1)
    return tiers.assign(**{name: tiers[name].mask(small) for name in ("would_buy", "low", "high")})
