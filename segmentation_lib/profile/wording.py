"""How numbers are written inside sentences, so that all sentences of the report agree."""

from __future__ import annotations

import math
from collections.abc import Mapping

from segmentation_lib.words import listing

__all__ = [
    "against_average",
    "amount",
    "count",
    "listing",
    "number",
    "percent",
    "plural",
    "quantity",
    "titled",
]

_SYMBOLS = {"AUD": "A$", "CAD": "C$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "INR": "₹",
            "JPY": "¥", "USD": "$"}  # fmt: skip
_MINUS = "\u2212"
_MISSING = "an unknown number"
# From here on "twice" is easier to grasp than "101% above".
_TIMES_FROM = 1.995


def count(value: float) -> str:
    """Return a whole number with thousands separators.

    >>> count(12345)
    '12,345'
    """
    return _signed(f"{round(value):,}") if math.isfinite(value) else _MISSING


def number(value: float) -> str:
    """Return a measured number with about three significant digits.

    >>> number(1234.5), number(12.34), number(1.234), number(0.04567), number(-0.32)
    ('1,234', '12.3', '1.23', '0.046', '−0.32')
    """
    if not math.isfinite(value):
        return _MISSING
    size = abs(value)
    if 0 < size < 0.1:
        return _signed(f"{value:.2g}")
    return _signed(f"{value:,.{0 if size >= 100 else 1 if size >= 10 else 2}f}")


def percent(share: float) -> str:
    """Return a share as a percentage; small shares keep one decimal.

    >>> percent(0.314), percent(0.034), percent(1)
    ('31%', '3.4%', '100%')
    """
    if not math.isfinite(share):
        return _MISSING
    value = 100 * share
    return _signed(f"{value:.1f}%" if 0 < abs(value) < 9.95 else f"{value:.0f}%")


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
            an amount, ``index`` (100 = average) as `against_average` says it; any other unit
            follows the number.
        currency: Three-letter code of the project's amounts.
        named: Whether a unit such as ``orders`` is written; signs always are.

    >>> quantity(0.42, "share"), quantity(8.25, "orders"), quantity(80, "money", "EUR")
    ('42%', '8.25 orders', '€80.00')
    """
    if unit == "share":
        return percent(value)
    if unit in ("money", "currency") or (currency and unit == currency):
        return amount(value, currency)
    if unit == "index":
        return against_average(value / 100)
    return f"{number(value)} {unit if named else ''}".rstrip()


def against_average(times: float) -> str:
    """Return how far a value lies from the average, as people say it.

    Args:
        times: The value by the average; 1 is the average.

    >>> against_average(5.59), against_average(1.27), against_average(0.22)
    ('5.6 times the average', '27% above the average', '78% below the average')
    >>> against_average(1.004), against_average(-0.4)
    ('about the average', 'less than nothing, where the average is more')
    """
    if not math.isfinite(times):
        return _MISSING
    if times < 0:
        return "less than nothing, where the average is more"
    if times >= _TIMES_FROM:
        return (
            f"{times:.1f} times the average" if times < 10 else f"{count(times)} times the average"
        )
    points = round(100 * (times - 1))
    if points == 0:
        return "about the average"
    return f"{abs(points)}% {'above' if points > 0 else 'below'} the average"


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


def _signed(text: str) -> str:
    """Write a minus as a minus; what rounds to nothing has no sign."""
    if not text.startswith("-"):
        return text
    bare = text[1:]
    return f"{_MINUS}{bare}" if any(digit in bare for digit in "123456789") else bare
