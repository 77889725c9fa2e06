"""Single cells of a segment, known or not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.story.sources import Tables, rows_of

__all__ = ["known", "row_of", "words_of"]


def row_of(tables: Tables, name: str, segment_id: str) -> Mapping[Any, Any]:
    """Return a segment's first row of a table; empty if there is none.

    Args:
        tables: Tables of the quarter.
        name: Name of the table.
        segment_id: The segment.
    """
    rows = rows_of(tables, name, segment_id=segment_id)
    return rows.iloc[0].to_dict() if len(rows) else {}


def known(row: Mapping[Any, Any], column: str) -> float | None:
    """Return a number of a row, None where it is not known.

    Args:
        row: What `row_of` returned.
        column: Name of the column.
    """
    value = row.get(column)
    if value is None or pd.isna(value) or not math.isfinite(float(value)):
        return None
    return float(value)


def words_of(row: Mapping[Any, Any], column: str) -> str:
    """Return the words of a row, empty where there are none.

    Args:
        row: What `row_of` returned.
        column: Name of the column.
    """
    value = row.get(column)
    return "" if value is None or pd.isna(value) else str(value)
