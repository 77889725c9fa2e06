"""Soft checks: what an analyst should know about the data, though it stops nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from segmentation_lib.calendar import Window
from segmentation_lib.params.models import Params
from segmentation_lib.prepare.catalogue import Feature
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.names import counted
from segmentation_lib.prepare.tables import Finding, Tables

__all__ = ["feature_findings", "lookback_covered", "table_findings"]

_ORPHANS = {"events": "orphan_event", "orders": "orphan_order"}
_MANY_NEGATIVE = 0.2
_MANY_MISSING = 0.3
_ALARMING_AUC = 0.95


def table_findings(tables: Tables, params: Params) -> list[Finding]:
    """Return what is noteworthy about the rows that are kept.

    Args:
        tables: The loaded tables.
        params: All parameters.

    Returns:
        Findings with codes ``repeated_rows``, ``orphan_order``, ``orphan_event``,
        ``orphan_row``, ``negative_amount_share``, ``zero_amount``, ``lookback_not_covered``,
        ``partial_quarter`` and ``missing_values``.
    """
    findings = _repeated(tables, params)
    for name in tables:
        findings += _orphans(tables, name)
        findings += _values(tables, name)
    findings += _coverage(tables, params)
    return findings


def lookback_covered(first_day: pd.Timestamp | None, window: Window) -> int:
    """Return how many days of the lookback the data cover, from their first day on.

    >>> lookback_covered(pd.Timestamp("2026-06-01"), Window(pd.Timestamp("2026-01-01").date(),
    ...                                                     pd.Timestamp("2026-07-01").date()))
    30
    """
    if first_day is None:
        return 0
    return max(0, min(window.days, (window.end - first_day.date()).days))


def feature_findings(
    features_open: pd.DataFrame, outcomes: pd.DataFrame, features: Sequence[Feature]
) -> list[Finding]:
    """Return what is noteworthy about the features of the active customers.

    A segmenting feature that alone tells almost perfectly who will buy in the quarter is more
    often a leak than a discovery.

    Args:
        features_open: Features as of the open.
        outcomes: Outcomes of the quarter, same customers.
        features: The features and their roles.

    Returns:
        Findings with codes ``many_missing``, ``constant_feature``, ``single_feature_leak`` and
        ``undated_features``.
    """
    active = features_open.loc[features_open["state"] == "ACTIVE"]
    findings = []
    for feature in features:
        if feature.role != "segmenting" or active.empty:
            continue
        values = active[feature.name]
        missing = int(values.isna().sum())
        if missing > _MANY_MISSING * len(active):
            findings.append(_many_missing(feature, missing, len(active)))
        if values.nunique(dropna=False) <= 1:
            sentence = f"{feature.name} has the same value for all active customers."
            findings.append(Finding("constant_feature", feature.table, len(active), sentence))
        elif feature.kind == "number" and "active" in outcomes:
            auc = _auc(values, outcomes.loc[active.index, "active"])
            if max(auc, 1 - auc) > _ALARMING_AUC:
                findings.append(_leak(feature, auc, len(active)))
    undated = [f.name for f in features if f.role == "segmenting" and f.window == "undated"]
    if undated:
        sentence = (
            f"{counted(len(undated), 'segmenting feature')} carry no date ({', '.join(undated)}): "
            "they may already hold what happened in the quarter."
        )
        findings.append(Finding("undated_features", "customers", len(active), sentence))
    return findings


def _repeated(tables: Tables, params: Params) -> list[Finding]:
    handled = {
        "keep": "They are kept; set prepare.duplicates to drop if they are errors.",
        "drop": "Only the first of each is kept.",
    }[params.prepare.duplicates]
    return [
        Finding(
            "repeated_rows",
            name,
            rows,
            f"{counted(rows, 'row')} of {name} repeat another one in every column. {handled}",
        )
        for name, rows in tables.repeated.items()
        if rows
    ]


def _orphans(tables: Tables, name: str) -> list[Finding]:
    if name == "customers" or "customers" not in tables:
        return []
    orphans = tables[name].anti_join(tables["customers"], "customer_id")
    facts = tables.engine.row(
        orphans.aggregate(rows=orphans.count(), customers=orphans["customer_id"].nunique())
    )
    if not facts["rows"]:
        return []
    sentence = (
        f"{counted(facts['rows'], 'row')} of {name} belong to "
        f"{counted(facts['customers'], 'customer')} that the "
        "customers table does not have; they are used, without attributes."
    )
    return [Finding(_ORPHANS.get(name, "orphan_row"), name, facts["rows"], sentence)]


def _values(tables: Tables, name: str) -> list[Finding]:
    """Look at the values of one table in one pass."""
    table = tables[name]
    contract = CONTRACT[name]
    optional = [c.name for c in contract.columns if not c.required and c.name in table.columns]
    facts: dict[str, Any] = {"rows": table.count()}
    facts |= {f"null_{column}": table[column].isnull().sum() for column in optional}
    if contract.money is not None:
        amount = table[contract.money]
        facts |= {
            "negative": (amount < 0).sum(),
            "returned": amount.sum(where=amount < 0),
            "zero": (amount == 0).sum(),
        }
    found = {key: value or 0 for key, value in tables.engine.row(table.aggregate(**facts)).items()}
    findings = []
    rows = found["rows"]
    if found.get("negative", 0) > _MANY_NEGATIVE * rows:
        sentence = (
            f"{found['negative'] / rows:.0%} of the rows of {name} have a negative amount. If "
            "these are not returns, the sign of the amount may be wrong."
        )
        findings.append(Finding("negative_amount_share", name, found["negative"], sentence))
    elif found.get("negative", 0) and name == "orders":
        sentence = (
            f"{counted(found['negative'], 'row')} of orders are returns, {found['returned']:,.2f} "
            f"in all. A return that exactly reverses an earlier purchase "
            "cancels it; any other lowers the money of its day."
        )
        findings.append(Finding("returns", name, found["negative"], sentence, "info"))
    if found.get("zero", 0):
        sentence = (
            f"{counted(found['zero'], 'row')} of {name} with an amount of 0 count as no purchase."
        )
        findings.append(Finding("zero_amount", name, found["zero"], sentence, "info"))
    for column in optional:
        empty = found[f"null_{column}"]
        if empty > _MANY_MISSING * rows:
            sentence = f"{column} is empty in {empty / rows:.0%} of the rows of {name}."
            findings.append(Finding("missing_values", name, empty, sentence, "info"))
    return findings


def _coverage(tables: Tables, params: Params) -> list[Finding]:
    window = params.window
    lookback = window.lookback(params.prepare.lookback_days)
    findings = []
    for name, time in (("orders", "ordered_at"), ("events", "occurred_at")):
        if name not in tables:
            continue
        table = tables[name]
        span = tables.engine.row(table.aggregate(first=table[time].min(), last=table[time].max()))
        covered = lookback_covered(pd.Timestamp(span["first"]), lookback)
        if covered < lookback.days:
            later = min(lookback.days, covered + window.days)
            sentence = (
                f"The rows of {name} cover {covered} of the {lookback.days} days that features "
                f"look back on. As of the close they cover {later}, so counts and sums grow "
                "between open and close even where behaviour does not change. Set "
                f"prepare.lookback_days to {max(covered, 28)} to compare like with like."
            )
            findings.append(Finding("lookback_not_covered", name, 0, sentence))
        missing = (window.last_day - pd.Timestamp(span["last"]).date()).days
        if params.partial and missing > params.prepare.coverage_days:
            sentence = (
                f"The quarter is not over in the data: {name} end on "
                f"{pd.Timestamp(span['last']):%Y-%m-%d}, {missing} days before its last day. "
                "Outcomes are those of a part of the quarter."
            )
            findings.append(Finding("partial_quarter", name, 0, sentence))
    return findings


def _many_missing(feature: Feature, missing: int, customers: int) -> Finding:
    handled = {
        "impute": "they are filled with the median",
        "unknown": "they form a level of their own",
        "refuse": "which the policy refuse does not allow",
    }[feature.missing]
    share = f"{missing / customers:.0%}"
    sentence = f"{feature.name} is missing for {share} of the active customers; {handled}."
    return Finding("many_missing", feature.table, missing, sentence)


def _leak(feature: Feature, auc: float, customers: int) -> Finding:
    sentence = (
        f"{feature.name} alone tells who is active in the quarter with an AUC of "
        f"{max(auc, 1 - auc):.3f}. Check that it was known when the quarter opened."
    )
    return Finding("single_feature_leak", feature.table, customers, sentence)


def _auc(values: pd.Series, happened: pd.Series) -> float:
    """Return the chance that a customer it happened to has the higher value (ties count half)."""
    given = values.notna().to_numpy()
    positive = happened.to_numpy()[given] > 0
    ones, zeros = int(positive.sum()), int((~positive).sum())
    if not ones or not zeros:
        return 0.5
    ranks = rankdata(values.to_numpy()[given])
    return float((np.sum(ranks[positive]) - ones * (ones + 1) / 2) / (ones * zeros))
