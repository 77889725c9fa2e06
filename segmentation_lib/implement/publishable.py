"""What of the stage may be published: small cells left out, in tables that pages show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.implement.small_cells import suppress

__all__ = ["crm_sentence", "published_baseline"]


def published_baseline(baseline: pd.DataFrame, *, limit: int) -> pd.DataFrame:
    """Return the KPI baseline with values of fewer than ``limit`` customers left out.

    Args:
        baseline: The artefact ``kpi_baseline``.
        limit: Smallest count that is shown.
    """
    shown = suppress(baseline, "customers", limit=limit, derived=["value", "low", "high"])
    return shown[["segment_id", "kpi", "value", "low", "high", "customers"]]


def crm_sentence(scorecard: Mapping[str, Any], crm: pd.DataFrame | None, customers: int) -> str:
    """Say what the customer file holds, or why there is none.

    Args:
        scorecard: The artefact ``scorecard``.
        crm: The artefact ``crm``; None when it is withheld.
        customers: Customers known at the close.
    """
    if crm is None:
        return (
            f"The customer file is withheld, because the scorecard says {scorecard['verdict']}: "
            "tags on segments that failed would mislead everyone downstream."
        )
    left_out = customers - len(crm)
    tagged = int((crm["segment_id"] != "none").sum())
    sentence = (
        f"exports/crm.csv holds {len(crm):,} customers, {tagged:,} of them with a segment; all "
        f"tags are valid until {crm['valid_until'].iloc[0]}."
        if len(crm)
        else "exports/crm.csv holds no customer."
    )
    if left_out:
        sentence += f" {left_out:,} customers who did not agree to marketing are left out."
    return sentence
