"""One table of words: what features, KPIs and measures are called on pages and in sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = [
    "capitalised",
    "event_words",
    "feature_words",
    "kpi_name",
    "kpi_words",
    "listing",
    "measure_words",
    "p_words",
]

_FEATURES = {
    # It counts from the last purchase, or from the last event where there are no orders.
    "recency": "recency in days",
    "frequency": "days with a purchase",
    "monetary": "net spend",
    "average_order_value": "average order value",
    "inter_purchase_time": "days between orders",
    "category_breadth": "categories bought",
    "product_breadth": "products bought",
    "discount_share": "share bought at a discount",
    "return_rate": "share returned",
    "days_active": "days with activity",
    "tenure": "days since first seen",
}
# Family of features, one per level -> words around the level, and the level of all others.
_FAMILIES = {
    "channel_share": ("share of orders by {}", "other channels"),
    "device_share": ("share of events on {}", "other devices"),
    "visit_channel_share": ("share of events via {}", "other channels"),
    "event_rate": ("{} events per 30 days", "other"),
}
# What the mean of a KPI of the quarter says.
_KPIS = {
    "revenue": "revenue per customer",
    "orders": "orders per customer",
    "active": "share of customers who were active",
    "order_value": "average order value",
    "quarter_sessions": "sessions per customer",
    "visited": "share of customers who visited",
}
_MEASURES = {
    "adjusted_rand": "agreement (adjusted Rand)",
    "davies_bouldin": "Davies-Bouldin index",
    "explained_share": "variance explained",
}
_LEVELS = {"(missing)": "not known", "(other)": "other"}
_FAMILY = re.compile(f"({'|'.join(_FAMILIES)})_(.+)")


def feature_words(name: str) -> str:
    """Return what a feature is called; words that are given stay.

    Args:
        name: Its name as in the artefacts; ``feature=level`` for a level of a category. A name
            that is not of the catalogue is made readable.

    >>> feature_words("inter_purchase_time"), feature_words("channel_share_app")
    ('days between orders', 'share of orders by app')
    >>> feature_words("plan=basic"), feature_words("basket_depth"), feature_words("net spend")
    ('plan: basic', 'basket depth', 'net spend')
    """
    if name in _FEATURES:
        return _FEATURES[name]
    feature, found, level = name.partition("=")
    if found:
        return f"{feature_words(feature)}: {_LEVELS.get(level, level)}"
    if match := _FAMILY.fullmatch(name):
        around, others = _FAMILIES[match[1]]
        return around.format(others if match[2] == "other" else match[2].replace("_", " "))
    return measure_words(name)


def event_words(event: object) -> str:
    """Return what an event of the log, or an order of events, is called.

    >>> event_words("add_to_cart"), event_words("product_view > add_to_cart")
    ('add to cart', 'product view > add to cart')
    """
    return str(event).replace("_", " ").strip()


def measure_words(measure: str) -> str:
    """Return what a measure is called, such as the heading of its column.

    >>> measure_words("davies_bouldin"), measure_words("value_per_customer")
    ('Davies-Bouldin index', 'value per customer')
    """
    return _MEASURES.get(measure, measure.replace("_", " ").strip())


def kpi_words(kpi: str) -> str:
    """Return what the mean of a KPI says.

    >>> kpi_words("revenue"), kpi_words("support_tickets")
    ('revenue per customer', 'support tickets per customer')
    """
    return _KPIS.get(kpi, f"{kpi.replace('_', ' ')} per customer")


def kpi_name(kpi: str) -> str:
    """Return what a KPI is called in a table; words that are given stay.

    >>> kpi_name("revenue"), kpi_name("support_tickets"), kpi_name("orders per customer")
    ('revenue per customer', 'support tickets', 'orders per customer')
    """
    return _KPIS.get(kpi, feature_words(kpi))


def capitalised(words: str) -> str:
    """Return words as they stand at the head of a row or a column.

    >>> capitalised("net spend"), capitalised("")
    ('Net spend', '')
    """
    return words[:1].upper() + words[1:]


def listing(items: Sequence[str]) -> str:
    """Join items as they stand in a sentence; none is an empty text.

    >>> listing(["NEW", "LAPSED", "INACTIVE"]), listing(["one"])
    ('NEW, LAPSED and INACTIVE', 'one')
    """
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def p_words(p_value: float) -> str:
    """Return a p-value as it stands in a sentence, never one that rounds to nothing.

    >>> p_words(0.0314), p_words(0.00002)
    ('p = 0.031', 'p < 0.001')
    """
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
