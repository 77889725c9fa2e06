"""Quality: what the data hold, what was taken away, and what to know about them.

Everything here is a count or a sum; no customer id is in it, as it feeds a published page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from segmentation_lib.params.models import Params
from segmentation_lib.params.sources import TABLES
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.lifecycle import STATES
from segmentation_lib.prepare.soft_checks import lookback_covered
from segmentation_lib.prepare.tables import Cleaned, Finding

__all__ = ["quality_summary"]

_NEEDED_FOR: Mapping[str, str] = {
    "orders": "revenue, recency, frequency and monetary value",
    "customers": "profiles by attributes, consent to marketing, and linking of identities",
    "events": "sessions, devices, journeys and funnels",
    "outcomes": "validation by outcomes other than purchases",
    "surveys": "satisfaction and the voice of the customer",
    "costs": "cost to serve and contribution",
    "assignments": "results of experiments by segment",
}


def quality_summary(
    cleaned: Cleaned,
    params: Params,
    *,
    states: Mapping[str, pd.Series],
    findings: Sequence[Finding],
) -> dict[str, Any]:
    """Return everything the quality page says, as plain values.

    Args:
        cleaned: The cleaned tables.
        params: All parameters.
        states: Lifecycle states of the customers, by ``open`` and ``close``.
        findings: All findings.

    Returns:
        A dictionary with keys ``period, currency, coverage, tables, waterfall, checks, states,
        identities`` and ``missing_tables``. Amounts have two decimals, those of the waterfall
        four, so that its steps add up exactly.
    """
    tables = [_table(cleaned, name) for name in cleaned]
    ordered = sorted(findings, key=lambda f: (f.severity != "soft", f.code, f.table, f.sentence))
    return {
        "period": params.period,
        "currency": params.data.currency,
        "coverage": _coverage(tables, params),
        "tables": tables,
        "waterfall": {name: _waterfall(cleaned.exclusions, name) for name in cleaned},
        "checks": [asdict(finding) for finding in ordered],
        "states": {moment: _counts(column) for moment, column in states.items()},
        "identities": {"linked": len(cleaned.identities)},
        "missing_tables": [
            {
                "table": name,
                "needed_for": _NEEDED_FOR[name],
                "columns": list(CONTRACT[name].required),
            }
            for name in TABLES
            if name not in cleaned
        ],
    }


def _counts(states: pd.Series) -> dict[str, int]:
    counts = states.value_counts()
    return {state: int(counts.get(state, 0)) for state in STATES}


def _table(cleaned: Cleaned, name: str) -> dict[str, Any]:
    table = cleaned[name]
    contract = CONTRACT[name]
    facts = {"rows": table.count(), "customers": table["customer_id"].nunique()}
    if contract.money is not None:
        facts["amount"] = table[contract.money].sum()
    if contract.time is not None and contract.time in table.columns:
        at = table[contract.time]
        facts |= {"first_day": at.min(), "last_day": at.max()}
    found = cleaned.engine.row(table.aggregate(**facts))
    amount = found.get("amount")
    return {
        "table": name,
        "rows": found["rows"],
        "customers": found["customers"],
        "amount": None if amount is None else round(float(amount), 2),
        "first_day": _day(found.get("first_day")),
        "last_day": _day(found.get("last_day")),
    }


def _day(moment: Any) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d}"


def _coverage(tables: Sequence[Mapping[str, Any]], params: Params) -> dict[str, Any]:
    dated = [t for t in tables if t["table"] in ("orders", "events") and t["first_day"]]
    first = min((t["first_day"] for t in dated), default=None)
    last = max((t["last_day"] for t in dated), default=None)
    window = params.window
    lookback = window.lookback(params.prepare.lookback_days)
    end = min(pd.Timestamp(last).date(), window.last_day) if last else None
    return {
        "open": str(window.start),
        "close": str(window.end),
        "first_day": first,
        "last_day": last,
        "lookback_days": lookback.days,
        "lookback_covered_days": lookback_covered(pd.Timestamp(first) if first else None, lookback),
        "quarter_days": window.days,
        "quarter_covered_days": max(0, (end - window.start).days + 1) if end else 0,
        "partial": params.partial,
    }


def _waterfall(exclusions: pd.DataFrame, name: str) -> list[dict[str, Any]]:
    rows = exclusions.loc[exclusions["table"] == name]
    source_rows = int(rows["rows"].iloc[0])
    steps = []
    for record in rows.to_dict("records"):
        amount = None if pd.isna(record["amount"]) else round(float(record["amount"]), 4)
        count, customers = int(record["rows"]), int(record["customers"])
        per_customer = round(amount / customers, 2) if amount is not None and customers else None
        steps.append(
            {
                "step": int(record["step"]),
                "rule": record["rule"],
                "reason": record["reason"],
                "rows": count,
                "share_of_rows": round(count / source_rows, 4) if source_rows else 0.0,
                "customers": customers,
                "amount": amount,
                "amount_per_row": round(amount / count, 2)
                if amount is not None and count
                else None,
                "amount_per_customer": per_customer,
            }
        )
    return steps
