"""Consent to marketing: who may be written to, as the customers' table says."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.prepare.tables import Cleaned

__all__ = ["consent_table"]


def consent_table(cleaned: Cleaned) -> pd.DataFrame | None:
    """Return who agreed to marketing, or None where the data do not say.

    Args:
        cleaned: The cleaned tables.

    Returns:
        ``customer_id`` and ``marketing_consent``, by customer; a missing answer is a no.
    """
    if "customers" not in cleaned or "marketing_consent" not in cleaned["customers"].columns:
        return None
    table = cleaned["customers"].select("customer_id", "marketing_consent")
    frame = cleaned.engine.frame(table.order_by("customer_id"))
    agreed = frame["marketing_consent"].astype("boolean").fillna(False).astype("bool")
    return pd.DataFrame({"customer_id": frame["customer_id"], "marketing_consent": agreed})
