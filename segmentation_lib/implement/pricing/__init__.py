"""Prices: what segments say they would pay, with intervals, and whether the tiers agree."""

from __future__ import annotations

from segmentation_lib.implement.pricing.answers import missing_columns
from segmentation_lib.implement.pricing.demand import (
    Demand,
    asked_prices_demand,
    four_prices_demand,
)
from segmentation_lib.implement.pricing.shown import shown_curve, shown_tiers
from segmentation_lib.implement.pricing.tiers import price_tiers, pricing_sentences
from segmentation_lib.implement.pricing.willingness import price_demand

__all__ = [
    "Demand",
    "asked_prices_demand",
    "four_prices_demand",
    "missing_columns",
    "price_demand",
    "price_tiers",
    "pricing_sentences",
    "shown_curve",
    "shown_tiers",
]
