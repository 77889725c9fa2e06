"""How value is spread: what share of it which share of customers brings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation_lib.profile.value.holdout import placed_customers
from segmentation_lib.profile.value.measure import customer_worth
from segmentation_lib.profile.wording import percent
from segmentation_lib.stats.concentration import gini_interval
from segmentation_lib.stats.intervals import Interval

__all__ = ["concentration", "concentration_sentence", "customer_worth", "value_gini"]

_COLUMNS = ["kind", "label", "customers", "customer_share", "value", "value_share",
            "cumulative_customer_share", "cumulative_value_share"]  # fmt: skip


def concentration(
    worth: pd.DataFrame, assignments_open: pd.DataFrame, *, steps: int = 10
) -> pd.DataFrame:
    """Give the share of customers and the share of value, best first, as a Lorenz curve needs it.

    Args:
        worth: ``customer_id`` and ``value``, from `customer_worth`; a customer without counts 0.
        assignments_open: ``customer_id`` and ``segment_id`` at the quarter's open.
        steps: Equal parts of the customers, from 2.

    Returns:
        Rows of ``kind`` ``customers`` (equal parts, the best customers first, such as ``best
        10%``) and rows of ``kind`` ``segment`` (in the order of value per customer), each with
        ``customers``, ``value``, their shares, and the shares added up. Shares of value are empty
        where the total is not positive; where some customers have a negative value, they rise
        above 1 before they come back.

    Raises:
        ValueError: Fewer than two steps.
    """
    if steps < 2:
        raise ValueError(f"steps = {steps}, must be at least 2")
    people = _placed_worth(worth, assignments_open)
    if people.empty:
        return pd.DataFrame(columns=_COLUMNS)
    best = people.sort_values(["value", "customer_id"], ascending=[False, True])
    steps = min(steps, len(best))
    part = np.arange(len(best)) * steps // len(best)
    parts = best.groupby(part)["value"].agg(["size", "sum"])
    labels = [f"best {percent(1 / steps)}"]
    labels += [f"{round(100 * i / steps)}% to {round(100 * (i + 1) / steps)}%"
               for i in range(1, steps)]  # fmt: skip
    groups = people.groupby("segment_id", sort=True)["value"].agg(["size", "sum"])
    order = (groups["sum"] / groups["size"]).sort_values(ascending=False, kind="stable").index
    ranked = groups.loc[order]
    total = float(people["value"].sum())
    tables = [
        _shares("customers", labels, parts, len(people), total),
        _shares("segment", [str(name) for name in order], ranked, len(people), total),
    ]
    return pd.concat(tables, ignore_index=True)


def value_gini(
    worth: pd.DataFrame,
    assignments_open: pd.DataFrame,
    *,
    seed: int | Sequence[int],
    draws: int = 499,
) -> Interval:
    """Return the Gini coefficient of the value of customers in a segment, with 95 % interval.

    Args:
        worth: ``customer_id`` and ``value``; a customer without counts 0.
        assignments_open: ``customer_id`` and ``segment_id`` at the quarter's open.
        seed: Seed of the bootstrap.
        draws: Bootstrap samples of the customers.
    """
    people = _placed_worth(worth, assignments_open)
    return gini_interval(people["value"].to_numpy(np.float64), seed=seed, draws=draws)


def concentration_sentence(table: pd.DataFrame, spread: Interval) -> str:
    """Say how much of the value the best customers bring.

    Args:
        table: From `concentration`.
        spread: From `value_gini`.
    """
    rows = table[table["kind"] == "customers"]
    if rows.empty or rows["value_share"].isna().all():
        return "How value is spread over customers cannot be said: its total is not positive."
    at = int((rows["cumulative_customer_share"] - 0.2).abs().to_numpy().argmin())
    best = rows.iloc[at]
    return (
        f"The best {percent(best['cumulative_customer_share'])} of customers bring "
        f"{percent(best['cumulative_value_share'])} of the value. The Gini coefficient is "
        f"{spread.value:.2f} (95% interval {spread.low:.2f} to {spread.high:.2f}); 0 would be the "
        "same value for all, 1 all value from one."
    )


def _placed_worth(worth: pd.DataFrame, assignments_open: pd.DataFrame) -> pd.DataFrame:
    placed = placed_customers(assignments_open)
    value = worth.set_index("customer_id")["value"].reindex(placed.index).astype("float64")
    return pd.DataFrame({"segment_id": placed, "value": value.fillna(0.0)}).reset_index()


def _shares(
    kind: str, labels: Sequence[str], groups: pd.DataFrame, customers: int, total: float
) -> pd.DataFrame:
    table = pd.DataFrame({"kind": kind, "label": list(labels)})
    table["customers"], table["value"] = groups["size"].to_numpy(), groups["sum"].to_numpy()
    table["customer_share"] = table["customers"] / customers
    table["value_share"] = table["value"] / total if total > 0 else np.nan
    table["cumulative_customer_share"] = table["customers"].cumsum() / customers
    table["cumulative_value_share"] = table["value"].cumsum() / total if total > 0 else np.nan
    return table[_COLUMNS]
