"""What the page says of the customer file."""

from __future__ import annotations

import pandas as pd

__all__ = ["crm_sentence"]


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
