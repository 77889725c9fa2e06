"""Where answers about prices are, and the price tiers: ``params/<project>/pricing.yaml``."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, FiniteFloat, model_validator

from segmentation_lib.faults import Fault
from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.register import Entry, Register, SegmentId, Words
from segmentation_lib.params.registers.rules import broken_rule
from segmentation_lib.params.section import Section

__all__ = ["AskedPrices", "FourPrices", "PriceStudy", "Tier", "read_pricing"]

Price = Annotated[FiniteFloat, Field(gt=0)]


class FourPrices(Section):
    """Columns of the four prices of van Westendorp."""

    too_cheap: Words = Field(description="Column: so cheap that the quality is doubted.")
    cheap: Words = Field(description="Column: a bargain.")
    expensive: Words = Field(description="Column: getting expensive, but still considered.")
    too_expensive: Words = Field(description="Column: too expensive to be considered.")


class AskedPrices(Section):
    """Columns of "would you buy at this price?" (Gabor and Granger)."""

    price: Words = Field(description="Column of the price that was asked about.")
    would_buy: Words = Field(description="Column of the answer: 1 for yes, 0 for no.")


class Tier(Section):
    """One price tier of a product, cheapest first."""

    name: Words = Field(description="What the tier is called.")
    price: Price = Field(description="Its price, in the project's currency.")
    segments: tuple[SegmentId, ...] = Field(
        default=(), description="Segments it is made for, by permanent ID."
    )


class PriceStudy(Entry):
    """Answers about the price of one product, and the tiers it is to be sold in."""

    product: Words = Field(description="What was priced.")
    four_prices: FourPrices | None = Field(
        default=None, description="Columns of the survey with four prices (van Westendorp)."
    )
    asked_prices: AskedPrices | None = Field(
        default=None, description="Columns of the survey with yes or no (Gabor and Granger)."
    )
    unit_cost: Annotated[FiniteFloat, Field(ge=0)] = Field(
        default=0.0, description="Cost of one unit; the best price earns most after it."
    )
    least_answers: int = Field(
        default=30, ge=10, description="A segment with fewer customers who answered gets no curve."
    )
    tiers: tuple[Tier, ...] = Field(default=(), description="Price tiers, cheapest first.")

    @model_validator(mode="after")
    def _asks(self) -> PriceStudy:
        if self.four_prices is None and self.asked_prices is None:
            raise broken_rule(
                "a price study says in which columns the answers are",
                "Add four_prices or asked_prices.",
            )
        return self


def _all_tier_faults(register: Register[PriceStudy]) -> list[Fault]:
    return [fault for place in range(len(register)) for fault in _tier_faults(register, place)]


def _tier_faults(register: Register[PriceStudy], place: int) -> list[Fault]:
    tiers = register.entries[place].tiers
    faults = [
        Fault(
            register.where(place, "tiers", number + 1, "price"),
            f"{register.spot(place, 'tiers', number + 1, 'price')} = {after.price:g}",
            f"must be above that of the tier before it ({before.name}, {before.price:g})",
            "List the tiers from the cheapest to the dearest, or correct the price.",
        )
        for number, (before, after) in enumerate(pairwise(tiers))
        if after.price <= before.price
    ]
    seen: dict[str, str] = {}
    for number, tier in enumerate(tiers):
        for segment in tier.segments:
            if segment in seen:
                faults.append(
                    Fault(
                        register.where(place, "tiers", number, "segments"),
                        f"{register.spot(place, 'tiers', number, 'segments')} holds {segment}",
                        f"a segment has one tier, and {segment} stands in {seen[segment]} too",
                        "Remove it from one of the two.",
                    )
                )
            seen.setdefault(segment, tier.name)
    return faults


read_pricing = RegisterReader("pricing", PriceStudy, _all_tier_faults)
"""Reads ``pricing.yaml``: a tier is dearer than the one before it, a segment has one tier."""
