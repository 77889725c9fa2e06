"""What the mean of a KPI says, in words."""

from __future__ import annotations

__all__ = ["kpi_words"]

_WORDS = {
    "revenue": "revenue per customer",
    "orders": "orders per customer",
    "active": "share of customers who were active",
    "order_value": "average order value",
    "quarter_sessions": "sessions per customer",
    "visited": "share of customers who visited",
}


def kpi_words(kpi: str) -> str:
    """Return what the mean of a KPI says.

    >>> kpi_words("revenue"), kpi_words("support_tickets")
    ('revenue per customer', 'support tickets per customer')
    """
    return _WORDS.get(kpi, f"{kpi.replace('_', ' ')} per customer")
