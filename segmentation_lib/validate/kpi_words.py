"""How names stand in a sentence: what the mean of a KPI says, and several names in a row."""

from __future__ import annotations

from collections.abc import Sequence

from segmentation_lib.words import kpi_words

__all__ = ["kpi_words", "listing"]


def listing(names: Sequence[str]) -> str:
    """Return names as they stand in a sentence.

    >>> listing(["churn"]), listing(["churn", "revenue", "orders"])
    ('churn', 'churn, revenue and orders')
    """
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
