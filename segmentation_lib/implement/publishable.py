"""What of the stage may be published: small cells left out, in tables that pages show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.implement.migration import is_segment
from segmentation_lib.profile.wording import quantity
from segmentation_lib.validate import kpi_words

__all__ = ["crm_sentence", "published_baseline"]


def published_baseline(baseline: pd.DataFrame, *, limit: int, currency: str = "") -> pd.DataFrame:
    """Return the KPI baseline as a page shows it: a row per KPI, a column per segment.

    A cell holds the value and its 95 % interval; values of fewer than ``limit`` customers are
    left out.

    Args:
        baseline: The artefact ``kpi_baseline``.
        limit: Smallest count whose value is shown.
        currency: Three-letter code of the amounts.
    """
    cells = baseline[["kpi", "segment_id"]].assign(
        cell=[_cell(row, limit, currency) for row in baseline.to_dict("records")]
    )
    wide = cells.pivot(index="kpi", columns="segment_id", values="cell")
    order = list(dict.fromkeys(baseline["kpi"]))
    segments = sorted(wide.columns, key=lambda name: (not is_segment(name), name))
    shown = wide.loc[order, segments].rename_axis(columns=None).reset_index()
    return shown.assign(kpi=[kpi_words(kpi) for kpi in shown["kpi"]])


def _cell(row: Mapping[Any, Any], limit: int, currency: str) -> str:
    if row["customers"] < limit or pd.isna(row["value"]):
        return "–"
    unit = "" if row["unit"] == "number" else str(row["unit"])
    value, low, high = (quantity(float(row[n]), unit, currency) for n in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def crm_sentence(crm: pd.DataFrame | None, customers: int, *, refused: str = "") -> str:
    """Say what the customer file holds, or why there is none.

    Args:
        crm: The artefact ``crm``; None when it is withheld.
        customers: Customers known at the close.
        refused: Why nothing may be exported.
    """
    if crm is None:
        return f"The customer file is withheld. {refused}"
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
