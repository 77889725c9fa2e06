"""The catalogue: every standard feature, with what it needs, its unit and its definition.

Nothing is a feature that does not stand here, in the customers' attributes, or among the
parameter file's own features.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

from segmentation_lib.prepare.windows import AsOf, days_between

__all__ = ["PREFERRED", "STANDARD", "Feature", "FeatureKind", "Missing", "Role", "Transform"]

Role = Literal["segmenting", "descriptor"]
Transform = Literal["none", "log", "rank"]
Missing = Literal["refuse", "impute", "unknown"]
FeatureKind = Literal["number", "category", "ordered"]
Measure = Callable[[ir.Table, AsOf], ir.Value]


@dataclass(frozen=True)
class Feature:
    """One feature: what it says about a customer, and how it is measured.

    Attributes:
        name: Its name, also its column.
        grain: The table of `segmentation_lib.prepare.grains` it is measured over; ``known`` for
            what the list of known customers says already.
        needs: Tables and columns it cannot do without, such as ``orders.discount``.
        unit: Its unit, as printed.
        definition: What it says, in one sentence, with what it is when there is nothing to
            measure.
        measure: The value per customer, from the grain's rows; for ``customers`` and ``known``
            the value of the row.
        empty: Value of a known customer without a row in the grain: a number, ``lookback`` for
            the lookback's days, or ``None`` for missing.
        kind: ``number``, ``category`` or ``ordered`` (a category with an order).
        levels: Levels in order, of an ordered category.
        window: The days it looks back on: ``lookback``, ``history`` or ``undated``.
        transform: Transform before clustering, unless the parameters say otherwise.
        missing: What to do with missing values, unless the parameters say otherwise.
        role: What it is used for.
        sql: Expression of a feature of the parameter file, instead of `measure`.
        without: A table whose presence rules the feature out.
    """

    name: str
    grain: str
    needs: tuple[str, ...]
    unit: str
    definition: str
    measure: Measure | None = None
    empty: float | Literal["lookback"] | None = None
    kind: FeatureKind = "number"
    levels: tuple[str, ...] = ()
    window: Literal["lookback", "history", "undated"] = "lookback"
    transform: Transform = "none"
    missing: Missing = "impute"
    role: Role = "descriptor"
    sql: str = ""
    without: str = ""

    @property
    def table(self) -> str:
        """The canonical table it comes from."""
        return self.needs[0].partition(".")[0] if self.needs else "all"


def _recency(rows: ir.Table, as_of: AsOf) -> ir.Value:
    return as_of.days_since(rows["day"].max())


def _average_order_value(rows: ir.Table, as_of: AsOf) -> ir.Value:
    return rows["spend"].sum().cast("float64") / rows.count()


def _inter_purchase_time(rows: ir.Table, as_of: AsOf) -> ir.Value:
    return days_between(rows["day"].min(), rows["day"].max()) / (rows.count() - 1).nullif(0)


STANDARD: tuple[Feature, ...] = (
    Feature(
        "recency",
        "occasions",
        ("orders",),
        "days",
        "Days since the last day with a purchase; the whole lookback if there is none in it.",
        _recency,
        "lookback",
        transform="log",
    ),
    Feature(
        "recency",
        "events",
        ("events",),
        "days",
        "Days since the last event; the whole lookback if there is none in it.",
        _recency,
        "lookback",
        transform="log",
        without="orders",
    ),
    Feature(
        "frequency",
        "occasions",
        ("orders",),
        "purchase days",
        "Days with positive net spend; several orders on one day count once; 0 if none.",
        lambda rows, as_of: rows.count(),
        0.0,
        transform="log",
    ),
    Feature(
        "monetary",
        "lines",
        ("orders",),
        "currency",
        "Net spend: purchases less returns; 0 without a purchase.",
        lambda rows, as_of: rows["amount"].sum(),
        0.0,
        transform="log",
    ),
    Feature(
        "average_order_value",
        "occasions",
        ("orders",),
        "currency",
        "Net spend per purchase day; missing without a purchase.",
        _average_order_value,
        transform="log",
    ),
    Feature(
        "inter_purchase_time",
        "occasions",
        ("orders",),
        "days",
        "Mean days from one purchase day to the next; missing with fewer than two.",
        _inter_purchase_time,
        transform="log",
    ),
    Feature(
        "category_breadth",
        "purchases",
        ("orders.category",),
        "categories",
        "Different categories bought; 0 without a purchase.",
        lambda rows, as_of: rows["category"].nunique(),
        0.0,
        transform="log",
    ),
    Feature(
        "product_breadth",
        "purchases",
        ("orders.product_id",),
        "products",
        "Different products bought; 0 without a purchase.",
        lambda rows, as_of: rows["product_id"].nunique(),
        0.0,
        transform="log",
    ),
    Feature(
        "discount_share",
        "purchases",
        ("orders.discount",),
        "share",
        "Share of purchased lines with a discount; missing without a purchase.",
        lambda rows, as_of: (rows["discount"].coalesce(0.0) > 0).mean(),
    ),
    Feature(
        "return_rate",
        "rows",
        ("orders",),
        "share",
        "Share of order lines that are returns, cancelled purchases included; missing without "
        "an order line.",
        lambda rows, as_of: (rows["amount"] < 0).mean(),
    ),
    Feature(
        "sessions",
        "events",
        ("events.session_id",),
        "sessions",
        "Different sessions; 0 if none.",
        lambda rows, as_of: rows["session_id"].nunique(),
        0.0,
        transform="log",
    ),
    Feature(
        "days_active",
        "events",
        ("events",),
        "days",
        "Days with at least one event; 0 if none.",
        lambda rows, as_of: rows["day"].nunique(),
        0.0,
        transform="log",
    ),
    Feature(
        "tenure",
        "known",
        (),
        "days",
        "Days since first seen: the first order, event or sign-up.",
        lambda rows, as_of: rows["tenure"],
        window="history",
    ),
)

# Segmenting features unless the parameters name others: of each group, the first that the data
# allow. On the log scale average order value is monetary less frequency, and inter-purchase time
# is frequency turned round: listed too, they would give the same behaviour a second vote.
PREFERRED: tuple[tuple[str, ...], ...] = (
    ("recency",),
    ("frequency",),
    ("monetary",),
    ("category_breadth",),
    ("discount_share",),
    ("return_rate",),
    ("sessions", "days_active"),
)
