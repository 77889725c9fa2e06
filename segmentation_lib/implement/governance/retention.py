"""Are the rows that were used older than they may be kept?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from segmentation_lib.params.governance import Governance

__all__ = ["retention_sentence"]


def retention_sentence(quality: Mapping[str, Any], governance: Governance | None) -> str | None:
    """Warn of rows older than the declared retention, counted back from the close.

    Args:
        quality: The artefact ``quality``.
        governance: What ``governance.yaml`` says; None where there is no file.

    Returns:
        The warning; None where there is nothing to warn of, or no date to go by.
    """
    days = [table["first_day"] for table in quality["tables"] if table["table"] != "customers"]
    oldest = min((day for day in days if day), default=None)
    if governance is None or oldest is None:
        return None
    close = date.fromisoformat(quality["coverage"]["close"])
    allowed = close - timedelta(days=governance.retention_days)
    if date.fromisoformat(oldest) >= allowed:
        return None
    tables = sorted(
        str(table["table"])
        for table in quality["tables"]
        if table["table"] != "customers"
        and table["first_day"]
        and table["first_day"] < str(allowed)
    )
    return (
        f"Rows of {', '.join(tables)} go back to {oldest}, but governance.yaml says that rows are "
        f"kept {governance.retention_days:,} days, which is back to {allowed}. Delete what is "
        "older in the source, or have the data owner extend the time."
    )
