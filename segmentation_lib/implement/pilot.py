"""Where an offer is tested first: a large segment that is worth it, by value or by a KPI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from segmentation_lib.profile.value import ALL_SEGMENTS, HEADCOUNT
from segmentation_lib.profile.wording import quantity
from segmentation_lib.validate import kpi_words

__all__ = ["LITTLE_VALUE", "pilot_segment"]

# Index of value, average 100, up to which a segment is worth little.
LITTLE_VALUE = 80.0


def pilot_segment(
    cards: Mapping[str, Any], baseline: pd.DataFrame, kpis: Sequence[str]
) -> tuple[Mapping[str, Any], str] | None:
    """Pick the largest segment that is worth an offer.

    Args:
        cards: The artefact ``segments``.
        baseline: The artefact ``kpi_baseline``.
        kpis: KPIs declared for the segments. Where value is not known, the segments above the
            average of the first one are worth an offer. Without a declared one, a KPI decides
            only if it is the only one: which of several should grow is for people to say.

    Returns:
        Its card and why it was picked; None where there are no customers.
    """
    segments, facts = cards["segments"], dict[str, str]()
    if cards["value_measure"] == HEADCOUNT.words:
        facts = _above_average(baseline, kpis, str(cards.get("currency") or ""))
        worth = [card for card in segments if card["id"] in facts]
    else:
        worth = [card for card in segments if (card["value_index"] or 0) > LITTLE_VALUE]
    candidates = [card for card in worth or segments if card["customers"]]
    if not candidates:
        return None
    card = max(candidates, key=lambda card: (card["customers"], card["id"]))
    return card, facts.get(card["id"], "the most to learn from")


def _above_average(baseline: pd.DataFrame, kpis: Sequence[str], currency: str) -> dict[str, str]:
    """Return the segments above the average of a KPI, each with what was measured."""
    known = list(dict.fromkeys(str(kpi) for kpi in baseline["kpi"]))
    asked = [kpi for kpi in kpis if kpi in known] or known * (len(known) == 1)
    rows = baseline[baseline["kpi"].isin(asked[:1]) & baseline["value"].notna()]
    overall = rows[rows["segment_id"] == ALL_SEGMENTS]
    if overall.empty:
        return {}
    average = float(overall["value"].iloc[0])
    above = rows[(rows["segment_id"] != ALL_SEGMENTS) & (rows["value"] > average)]
    return {
        str(row["segment_id"]): f"and {kpi_words(asked[0])} was "
        f"{_amount(row['value'], row['unit'], currency)} in the quarter, against "
        f"{_amount(average, row['unit'], currency)} over all"
        for row in above.to_dict("records")
    }


def _amount(value: float, unit: str, currency: str) -> str:
    return quantity(value, "" if unit == "number" else unit, currency, named=False)
