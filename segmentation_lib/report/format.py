"""Numbers as people read them: money, percentages, counts, and a dash for what is not known."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from segmentation_lib.words import capitalised, feature_words, kpi_name

__all__ = [
    "NOT_AVAILABLE",
    "Formatter",
    "as_told",
    "compact_money",
    "feature",
    "formatter",
    "integer",
    "kpi",
    "money",
    "number",
    "p_value",
    "percent",
    "points",
]

Formatter = Callable[[Any], str]

NOT_AVAILABLE = "–"
_MINUS = "\u2212"
_SYMBOLS = {
    "AUD": "A$",
    "CAD": "C$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "INR": "₹",
    "JPY": "¥",
    "USD": "$",
}
_NAME = re.compile(
    r"(money|compact|percent|points|number|signed|integer|p_value|text|feature|kpi|date|segment)"
    r"([0-4])?"
)


_SHARE = re.compile(r"(?:percent|points)([0-4])?")


def number(value: Any, decimals: int = 2, *, signed: bool = False) -> str:
    """Return a number with thousands separators and a fixed count of decimals.

    Args:
        value: A number; ``None``, NaN and NaT give a dash.
        decimals: Digits after the point.
        signed: Put a plus before numbers above zero.

    >>> number(12345.678, 1)
    '12,345.7'
    >>> number(-0.001, 2)
    '0.00'
    """
    if is_missing(value):
        return NOT_AVAILABLE
    if isinstance(value, float) and math.isinf(value):
        return "∞" if value > 0 else f"{_MINUS}∞"
    exact = value if isinstance(value, (int, Decimal)) else float(value)
    text = f"{abs(exact):,.{decimals}f}"
    if not any(digit in text for digit in "123456789"):
        return text
    if exact < 0:
        return f"{_MINUS}{text}"
    return f"+{text}" if signed else text


def integer(value: Any) -> str:
    """Return a count with thousands separators.

    >>> integer(12345)
    '12,345'
    """
    return number(value, 0)


def percent(value: Any, decimals: int = 1, *, signed: bool = False) -> str:
    """Return a share between 0 and 1 as a percentage.

    >>> percent(0.1234)
    '12.3%'
    """
    if is_missing(value):
        return NOT_AVAILABLE
    return f"{number(float(value) * 100, decimals, signed=signed)}%"


def points(value: Any, decimals: int = 1) -> str:
    """Return a difference of shares as signed percentage points.

    >>> points(0.021)
    '+2.1 pts'
    """
    if is_missing(value):
        return NOT_AVAILABLE
    return f"{number(float(value) * 100, decimals, signed=True)} pts"


def p_value(value: Any) -> str:
    """Return a p-value with three decimals, and never as zero.

    >>> p_value(0.0002)
    '< 0.001'
    """
    if not is_missing(value) and value < 0.0005:
        return "< 0.001"
    return number(value, 3)


def money(value: Any, decimals: int = 0, *, currency: str = "EUR") -> str:
    """Return an amount with its currency's sign, or with the code where it has no common sign.

    >>> money(1234.5, 2, currency="GBP")
    '£1,234.50'
    >>> money(-12, currency="USD")
    '−$12'
    """
    return _with_currency(number(value, decimals), currency)


def compact_money(value: Any, *, currency: str = "EUR") -> str:
    """Return an amount in thousands or millions with three figures that count.

    >>> compact_money(1_234_567, currency="GBP")
    '£1.23m'
    >>> compact_money(845, currency="GBP")
    '£845'
    """
    if is_missing(value) or math.isinf(value):
        return number(value)
    size = abs(float(value))
    for floor, divisor, suffix in ((999.5e6, 1e9, "bn"), (999.5e3, 1e6, "m"), (999.5, 1e3, "k")):
        if size >= floor:
            scaled = float(value) / divisor
            decimals = 0 if abs(scaled) >= 99.95 else 1 if abs(scaled) >= 9.995 else 2
            return _with_currency(number(scaled, decimals) + suffix, currency)
    return money(value, 0, currency=currency)


def as_told(frame: pd.DataFrame, columns: Sequence[str], name: str | Formatter) -> pd.DataFrame:
    """Round shares to the digits that a format shows, so that a drawing tells no more than it says.

    A drawing's coordinates can be measured: with its base, an exact share is a count of people.

    Args:
        frame: Any frame.
        columns: Its columns to be drawn.
        name: Their format; values of formats other than percent and points stay as they are.

    >>> as_told(pd.DataFrame({"share": [418 / 421]}), ["share"], "percent0")["share"].tolist()
    [0.99]
    """
    match = _SHARE.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        return frame
    return frame.assign(**{c: frame[c].round(2 + int(match[1] or 1)) for c in columns})


def formatter(name: str | Formatter, *, currency: str = "EUR") -> Formatter:
    """Return the function that a format's name stands for.

    Args:
        name: ``money``, ``compact``, ``percent``, ``points``, ``number``, ``signed``,
            ``integer``, ``p_value``, ``date``, ``text``, ``feature`` or ``kpi`` (what it is
            called), or ``segment``, where a digit may follow for the decimals (``percent1``), or a
            function of your own.
        currency: Three-letter code for ``money`` and ``compact``.

    Raises:
        ValueError: There is no such format.

    >>> formatter("signed1")(3.14)
    '+3.1'
    """
    if callable(name):
        return name
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(
            f"format {name!r} is not known; use money0, compact, percent1, points1, number2, "
            "signed1, integer, p_value, date, text, feature, kpi or segment"
        )
    kind, digits = match[1], match[2]
    places: dict[str, Any] = {} if digits is None else {"decimals": int(digits)}
    functions: dict[str, Formatter] = {
        "money": lambda value: money(value, **places, currency=currency),
        "compact": lambda value: compact_money(value, currency=currency),
        "percent": lambda value: percent(value, **places),
        "points": lambda value: points(value, **places),
        "number": lambda value: number(value, **places),
        "signed": lambda value: number(value, **places, signed=True),
        "integer": integer,
        "p_value": p_value,
        "date": _date,
        "text": text,
        "feature": feature,
        "kpi": kpi,
        "segment": text,
    }
    return functions[kind]


def text(value: Any) -> str:
    """Return any value as text: yes and no for flags, a dash for what is missing.

    >>> text(True)
    'yes'
    """
    if is_missing(value):
        return NOT_AVAILABLE
    if type(value).__name__ in {"bool", "bool_"}:
        return "yes" if value else "no"
    return str(value)


def feature(value: Any) -> str:
    """Return what a feature or an index is called, as the head of a row.

    >>> feature("inter_purchase_time"), feature("davies_bouldin")
    ('Days between orders', 'Davies-Bouldin index')
    """
    return NOT_AVAILABLE if is_missing(value) else capitalised(feature_words(str(value)))


def kpi(value: Any) -> str:
    """Return what a KPI is called, as the head of a row.

    >>> kpi("order_value"), kpi("churn")
    ('Average order value', 'Churn')
    """
    return NOT_AVAILABLE if is_missing(value) else capitalised(kpi_name(str(value)))


def is_missing(value: Any) -> bool:
    """Tell whether a value is None, NaN, NaT or NA.

    >>> is_missing(float("nan"))
    True
    """
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, (float, Decimal)) and math.isnan(value)


def _date(value: Any) -> str:
    if is_missing(value):
        return NOT_AVAILABLE
    if isinstance(value, datetime):
        value = value.date()
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value)


def _with_currency(digits: str, currency: str) -> str:
    if digits == NOT_AVAILABLE:
        return digits
    sign = _MINUS if digits.startswith(_MINUS) else ""
    symbol = _SYMBOLS.get(currency.upper(), f"{currency.upper()}\u00a0")
    return f"{sign}{symbol}{digits.removeprefix(_MINUS)}"
