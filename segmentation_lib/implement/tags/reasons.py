"""Why customers changed their tag, where the quarter itself says so."""

from __future__ import annotations

import pandas as pd

__all__ = ["ledger_reasons"]


def ledger_reasons(
    previous: pd.DataFrame | None,
    at_open: pd.DataFrame,
    changes: pd.DataFrame,
    consent: pd.DataFrame | None,
) -> dict[str, list[str]]:
    """Return who opted out, what retired, and whom a new model placed elsewhere on one day.

    Args:
        previous: ``assignments_close`` of the previous quarter; None in the first quarter.
        at_open: The artefact ``assignments_open``: the same day, by this quarter's model.
        changes: The artefact ``segment_changes``.
        consent: The artefact ``consent``; None where nothing is known.

    Returns:
        ``opted_out``, ``retired`` and ``refitted``, the arguments of `quarter_ledger`.

    >>> day = pd.DataFrame({"customer_id": ["1", "2"], "segment_id": ["S01", "S02"]})
    >>> changes = pd.DataFrame({"segment_id": ["S01"], "change": ["kept"]})
    >>> ledger_reasons(day, day.assign(segment_id="S02"), changes, None)
    {'opted_out': [], 'retired': [], 'refitted': ['1']}
    """
    opted_out: list[str] = []
    if consent is not None:
        opted_out = sorted(consent.loc[~consent["marketing_consent"], "customer_id"].astype("str"))
    retired = sorted(changes.loc[changes["change"] == "retired", "segment_id"])
    return {"opted_out": opted_out, "retired": retired, "refitted": _refitted(previous, at_open)}


def _refitted(previous: pd.DataFrame | None, at_open: pd.DataFrame) -> list[str]:
    if previous is None:
        return []
    both = previous[["customer_id", "segment_id"]].merge(
        at_open[["customer_id", "segment_id"]], on="customer_id", suffixes=("", "_now")
    )
    both = both.dropna()
    return sorted(both.loc[both["segment_id"] != both["segment_id_now"], "customer_id"])
