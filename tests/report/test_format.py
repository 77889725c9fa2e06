"""Numbers as people read them."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.report import format as formats


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("number2", 1234.565, "1,234.57"),
        ("number0", -0.4, "0"),
        ("number1", -0.05000001, "−0.1"),
        ("number", 2, "2.00"),
        ("signed1", 3.14, "+3.1"),
        ("signed1", -3.14, "−3.1"),
        ("signed1", 0.0, "0.0"),
        ("integer", 1_234_567, "1,234,567"),
        ("integer", np.int64(12), "12"),
        ("percent", 0.5, "50.0%"),
        ("percent0", 0.126, "13%"),
        ("points1", -0.021, "−2.1 pts"),
        ("money0", 1234.5, "£1,234"),
        ("money2", Decimal("1234.565"), "£1,234.56"),
        ("money2", -3, "−£3.00"),
        ("compact", 999, "£999"),
        ("compact", 999.6, "£1.00k"),
        ("compact", 12_345, "£12.3k"),
        ("compact", -123_456, "−£123k"),
        ("compact", 1_234_567, "£1.23m"),
        ("compact", 999_600_000, "£1.00bn"),
        ("p_value", 0.0004, "< 0.001"),
        ("p_value", 0.0314, "0.031"),
        ("date", datetime.date(2025, 7, 1), "1 July 2025"),
        ("date", pd.Timestamp(2025, 9, 30), "30 September 2025"),
        ("date", "soon", "soon"),
        ("text", True, "yes"),
        ("text", np.bool_(False), "no"),
        ("text", "a", "a"),
        ("segment", "S01", "S01"),
        ("number1", math.inf, "∞"),
        ("number1", -math.inf, "−∞"),
    ],
)
def test_formats_by_name(name, value, expected):
    assert formats.formatter(name, currency="GBP")(value) == expected


@pytest.mark.parametrize(
    "name",
    ["number2", "integer", "p_value", "percent1", "points1", "money0", "compact", "date", "text"],
)
@pytest.mark.parametrize("value", [None, math.nan, np.float64("nan"), pd.NA, pd.NaT])
def test_what_is_missing_is_a_dash(name, value):
    assert formats.formatter(name)(value) == "–"


@pytest.mark.parametrize(
    ("currency", "expected"),
    [("EUR", "€5"), ("usd", "$5"), ("JPY", "¥5"), ("CHF", "CHF\u00a05"), ("SEK", "SEK\u00a05")],
)
def test_currencies(currency, expected):
    assert formats.money(5, currency=currency) == expected


def test_names_become_words_and_words_stay():
    feature, kpi = formats.formatter("feature"), formats.formatter("kpi")
    assert feature("event_rate_app_open") == "App open events per 30 days"
    assert feature("orders") == "Orders"
    assert kpi("orders") == kpi("orders per customer") == "Orders per customer"
    assert feature(None) == kpi(None) == "–"


def test_a_function_is_a_format():
    assert formats.formatter(lambda value: f"<{value}>")(3) == "<3>"


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(ValueError, match=r"'euros2' is not known; use money0, compact"):
        formats.formatter("euros2")
