"""The account of a scored day: counts only, no customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

__all__ = ["counts", "sentence"]


def counts(states: Mapping[str, int], after: pd.DataFrame, events: pd.DataFrame) -> dict[str, Any]:
    """Count customers by state, in segments, waiting for a second run, and changed.

    Args:
        states: Customers by lifecycle state.
        after: Everyone in a segment after the day, with ``candidate``.
        events: Events of the day.
    """
    people = events.groupby("external_id")["event"].agg(["size", "last"])
    both = people["size"] == 2
    reasons = events.drop_duplicates("external_id", keep="last")["reason"].value_counts()
    return {
        "customers": dict(states),
        "in_segments": len(after),
        "waiting": int(after["candidate"].notna().sum()),
        "moved": int(both.sum()),
        "entered": int((~both & (people["last"] == "enter")).sum()),
        "left": int((~both & (people["last"] == "exit")).sum()),
        "reasons": {str(reason): int(reasons[reason]) for reason in sorted(reasons.index)},
    }


def sentence(report: Mapping[str, Any]) -> str:
    """Say what came of a day.

    Args:
        report: What its ``score.json`` says.

    >>> sentence({"as_of": "2026-11-22", "customers": {"ACTIVE": 900, "NEW": 100},
    ...           "in_segments": 900, "waiting": 4, "moved": 3, "entered": 2, "left": 1})
    '2026-11-22: 3 moved, 2 entered, 1 left; 4 wait for a second run. 900 of 1,000 customers are \
in a segment.'
    """
    everyone = sum(report["customers"].values())
    return (
        f"{report['as_of']}: {report['moved']:,} moved, {report['entered']:,} entered, "
        f"{report['left']:,} left; {report['waiting']:,} wait for a second run. "
        f"{report['in_segments']:,} of {everyone:,} customers are in a segment."
    )
