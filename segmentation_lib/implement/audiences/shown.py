"""The short rules as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.wording import percent, titled

__all__ = ["published_audiences"]


def published_audiences(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the short rules as a page shows them.

    Args:
        table: From `audience_table`.
        names: Name of each segment, by its ID.

    Returns:
        Columns ``segment``, ``rule``, ``finds`` (share of the segment), ``right`` (share of those
        found) and ``use``.
    """
    rows = table.to_dict("records")
    return pd.DataFrame(
        {
            "segment": [titled(str(row["segment_id"]), names) for row in rows],
            "rule": [row["rule"] or "no short rule" for row in rows],
            "finds": [_share(row["recall"]) for row in rows],
            "right": [_share(row["precision"]) for row in rows],
            "use": ["audience" if row["verdict"] == "audience" else "to explain" for row in rows],
        }
    )


def _share(value: Any) -> str:
    return "–" if pd.isna(value) else percent(value)
