"""What a segment is worth: its share of the value, and its index against the average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = [
    "ALL_SEGMENTS",
    "HEADCOUNT",
    "NO_VALUE",
    "ValueMeasure",
    "customer_worth",
    "has_value",
    "segment_value",
    "value_formats",
    "value_measure",
    "value_outside",
]

ALL_SEGMENTS = "(all)"


@dataclass(frozen=True)
class ValueMeasure:
    """What value is measured by.

    Attributes:
        column: The column that is added up; empty when customers are only counted.
        words: The measure in words, such as ``revenue in the quarter``.
        unit: ``money``, or what is counted.
        in_quarter: Whether it was measured in the quarter, after the segments were fixed.
    """

    column: str
    words: str
    unit: str
    in_quarter: bool


_FROM_OUTCOMES = (
    ValueMeasure("revenue", "revenue in the quarter", "money", True),
    ValueMeasure("orders", "orders in the quarter", "orders", True),
    ValueMeasure("active", "customers active in the quarter", "customers", True),
    ValueMeasure("visited", "customers who visited in the quarter", "customers", True),
)
_FROM_FEATURES = ValueMeasure("monetary", "spend before the quarter", "money", False)
HEADCOUNT = ValueMeasure("", "number of customers", "customers", False)
NO_VALUE = (
    "What they are worth is not known. Give the table orders, or an outcome in money in the table "
    "outcomes, to see it."
)


def value_measure(outcomes: pd.DataFrame, features_open: pd.DataFrame) -> ValueMeasure:
    """Choose what value is measured by, the best that the tables offer.

    In order: revenue in the quarter, spend before the quarter, orders in the quarter, activity
    in the quarter, and where nothing of this is known, the number of customers.

    Args:
        outcomes: Outcomes of the quarter, one row per customer.
        features_open: Features as of the open.
    """
    given = {measure.column: measure for measure in _FROM_OUTCOMES}
    available = [given[name] for name in given if name in outcomes.columns]
    if available and available[0].column == "revenue":
        return available[0]
    if "monetary" in features_open.columns:
        return _FROM_FEATURES
    return available[0] if available else HEADCOUNT


def segment_value(
    outcomes: pd.DataFrame, assignments_open: pd.DataFrame, features_open: pd.DataFrame
) -> pd.DataFrame:
    """Give each segment's value, its share of it, and its index against the average.

    Customers are placed by their segment at the quarter's open, so that the value was earned
    after they were placed. Average and shares refer to all customers in a segment.

    Args:
        outcomes: Outcomes of the quarter, one row per customer; a customer without a row counts 0.
        assignments_open: ``customer_id`` and ``segment_id`` as of the open.
        features_open: Features as of the open; ``monetary`` is the fallback for revenue.

    Returns:
        The artefact ``segment_value``: a row per segment and one for ``(all)``, with ``customers``,
        ``customer_share``, ``value``, ``value_share``, ``value_per_customer``, ``value_index``
        (100 = average; by size they average 100), ``measure`` and ``unit``. Shares and indices
        are empty where the total is not positive.
    """
    measure = value_measure(outcomes, features_open)
    worth = _worth(outcomes, assignments_open, features_open, measure)
    placed = worth[worth["segment_id"].notna()]
    groups = placed.groupby(placed["segment_id"].astype("str"), sort=True)["worth"]
    sizes, sums = groups.size(), groups.sum()
    customers, value = len(placed), float(sums.sum())
    everyone = [ALL_SEGMENTS] if customers else []
    table = pd.DataFrame(
        {
            "segment_id": [*sizes.index, *everyone],
            "customers": [*sizes, *[customers for _ in everyone]],
            "value": [*sums, *[value for _ in everyone]],
        }
    )
    table["customer_share"] = table["customers"] / max(customers, 1)
    table["value_share"] = table["value"] / value if value > 0 else np.nan
    table["value_per_customer"] = table["value"] / table["customers"]
    average = value / customers if value > 0 else np.nan
    table["value_index"] = 100 * table["value_per_customer"] / average
    table["measure"] = measure.words
    table["unit"] = measure.unit
    columns = ["segment_id", "customers", "customer_share", "value", "value_share",
               "value_per_customer", "value_index", "measure", "unit"]  # fmt: skip
    return table[columns]


def has_value(value: pd.DataFrame) -> bool:
    """Tell whether a value table holds a value, and not just a number of customers.

    That somebody came tells nothing of what they are worth.

    Args:
        value: What `segment_value` returned.
    """
    return bool((value["unit"] != HEADCOUNT.unit).any())


def value_formats(value: pd.DataFrame) -> dict[str, str]:
    """Return how the columns of a value table are written, money only where it is money.

    Args:
        value: What `segment_value` returned.
    """
    is_money = bool((value["unit"] == "money").any())
    whole, exact = ("money0", "money2") if is_money else ("integer", "number2")
    return {
        "customer_share": "percent1",
        "value": whole,
        "value_share": "percent1",
        "value_per_customer": exact,
        "value_index": "integer",
    }


def value_outside(
    outcomes: pd.DataFrame, assignments_open: pd.DataFrame, features_open: pd.DataFrame
) -> dict[str, float]:
    """Return the value of known customers who were in no segment, and its share of all value.

    Returns:
        ``customers``, ``value`` and ``value_share`` (of the value inside and outside; empty where
        that is not positive).
    """
    measure = value_measure(outcomes, features_open)
    worth = _worth(outcomes, assignments_open, features_open, measure)
    outside = worth[worth["segment_id"].isna()]
    total = float(worth["worth"].sum())
    value = float(outside["worth"].sum())
    share = value / total if total > 0 else float("nan")
    return {"customers": len(outside), "value": value, "value_share": share}


def customer_worth(
    outcomes: pd.DataFrame, assignments_open: pd.DataFrame, features_open: pd.DataFrame
) -> pd.DataFrame:
    """Return ``customer_id`` and ``value`` of each known customer, by the measure of the table.

    Args:
        outcomes: Outcomes of the quarter, one row per customer; a customer without a row counts 0.
        assignments_open: ``customer_id`` and ``segment_id`` as of the open.
        features_open: Features as of the open; ``monetary`` is the fallback for revenue.
    """
    measure = value_measure(outcomes, features_open)
    worth = _worth(outcomes, assignments_open, features_open, measure)
    return worth[["customer_id", "worth"]].rename(columns={"worth": "value"})


def _worth(
    outcomes: pd.DataFrame,
    assignments: pd.DataFrame,
    features: pd.DataFrame,
    measure: ValueMeasure,
) -> pd.DataFrame:
    placed = assignments[["customer_id", "segment_id"]].sort_values("customer_id")
    if not measure.column:
        return placed.assign(worth=1.0)
    source = outcomes if measure.in_quarter else features
    worth = placed.merge(source[["customer_id", measure.column]], on="customer_id", how="left")
    return worth.assign(worth=worth[measure.column].astype("float64").fillna(0.0))
