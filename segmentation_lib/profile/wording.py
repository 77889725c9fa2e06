"""How numbers are written inside sentences, so that all sentences of the report agree."""

from __future__ import annotations

import math
from collections.abc import Mapping

from segmentation_lib.words import listing

__all__ = ["amount", "count", "listing", "number", "percent", "plural", "quantity", "titled"]

_SYMBOLS = {"AUD": "A$", "CAD": "C$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "INR": "₹",
            "JPY": "¥", "USD": "$"}  # fmt: skip
_MINUS = "\u2212"
_MISSING = "an unknown number"


def count(value: float) -> str:
    """Return a whole number with thousands separators.

    >>> count(12345)
    '12,345'
    """
    return f"{round(value):,}" if math.isfinite(value) else _MISSING


def number(value: float) -> str:
    """Return a measured number with about three significant digits.

    >>> number(1234.5), number(12.34), number(1.234), number(0.04567)
    ('1,234', '12.3', '1.23', '0.046')
    """
    if not math.isfinite(value):
        return _MISSING
    size = abs(value)
    if 0 < size < 0.1:
        return f"{value:.2g}"
    return f"{value:,.{0 if size >= 100 else 1 if size >= 10 else 2}f}"


def percent(share: float) -> str:
    """Return a share as a percentage; small shares keep one decimal.

    >>> percent(0.314), percent(0.034), percent(1)
    ('31%', '3.4%', '100%')
    """
    if not math.isfinite(share):
        return _MISSING
    value = 100 * share
    return f"{value:.1f}%" if 0 < abs(value) < 9.95 else f"{value:.0f}%"


def amount(value: float, currency: str = "") -> str:
    """Return an amount of money.

    Args:
        value: The amount in currency units.
        currency: Three-letter code; empty leaves the bare number.

    >>> amount(1234.5, "GBP"), amount(12.5, "CHF"), amount(2345678, "EUR"), amount(-3, "USD")
    ('£1,234', 'CHF 12.50', '€2.35 million', '−$3.00')
    """
    if not math.isfinite(value):
        return _MISSING
    size = abs(value)
    if size >= 1_000_000:
        text = f"{size / 1_000_000:,.2f} million"
    else:
        text = f"{size:,.{0 if size >= 100 else 2}f}"
    mark = _SYMBOLS.get(currency, f"{currency} " if currency else "")
    return f"{_MINUS if value < 0 else ''}{mark}{text}"


def quantity(value: float, unit: str, currency: str = "", *, named: bool = True) -> str:
    """Return a number with its unit, as the data dictionary names it.

    Args:
        value: The number.
        unit: ``share`` (0 to 1) is written as a percentage, ``money`` or the currency's code as
            an amount; any other unit follows the number.
        currency: Three-letter code of the project's amounts.
        named: Whether a unit such as ``orders`` is written; signs always are.

    >>> quantity(0.42, "share"), quantity(8.25, "orders"), quantity(80, "money", "EUR")
    ('42%', '8.25 orders', '€80.00')
    """
    if unit == "share":
        return percent(value)
    if unit in ("money", "currency") or (currency and unit == currency):
        return amount(value, currency)
    return f"{number(value)} {unit if named else ''}".rstrip()


def plural(number_of: int, noun: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "segment"), plural(1200, "segment")
    ('1 segment', '1,200 segments')
    """
    return f"{count(number_of)} {noun}{'' if number_of == 1 else 's'}"


def titled(segment_id: str, names: Mapping[str, str]) -> str:
    """Return a segment as sentences name it: its ID, and its name if it has one.

    >>> titled("S02", {"S02": "Frequent"}), titled("S09", {})
    ('S02 (Frequent)', 'S09')
    """
    name = names.get(segment_id)
    return f"{segment_id} ({name})" if name else segment_id
