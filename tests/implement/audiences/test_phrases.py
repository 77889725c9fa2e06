"""Rules in words, as a marketer reads them."""

from __future__ import annotations

import pytest

from segmentation_lib.implement.audiences.phrases import rule_in_words
from segmentation_lib.implement.audiences.rule import Conjunction

from .examples import clause

UNITS = {"recency": "days", "frequency": "purchase days", "monetary": "GBP", "tenure": "days",
         "discount_share": "share", "channel_share_app": "share", "sessions": "sessions",
         "days_active": "days", "age": "years"}  # fmt: skip


@pytest.mark.parametrize(
    ("clauses", "said"),
    [
        ([clause("frequency", ">=", 5), clause("recency", "<=", 31)],
         "buys on at least 5 purchase days and last bought within 31 days"),
        ([clause("monetary", ">", 194.4), clause("monetary", "<=", 900)],
         "spends more than £194 and at most £900"),
        ([clause("discount_share", "<=", 0.45, "pass")],
         "has at most 45% bought at a discount (or unknown)"),
        ([clause("channel_share_app", ">", 0.35)], "has more than 35% of orders by app"),
        ([clause("sessions", ">", 3), clause("sessions", "<=", 8)],
         "has more than 3 and at most 8 sessions"),
        ([clause("recency", ">", 9), clause("recency", "<=", 31)],
         "last bought more than 9 and at most 31 days ago"),
        ([clause("days_active", ">", 7)], "is active on more than 7 days"),
        ([clause("wine", "<=", 80)], "has wine of at most 80"),
        ([clause("age", ">", 30.5)], "has age of more than 30.5 years"),
        ([clause("plan", "in", ("basic", "plus"))], "has plan basic or plus"),
        ([clause("plan", "!=", "basic")], "has plan other than basic"),
        ([clause("region", "is_null", True)], "region is not known"),
        ([clause("lifecycle_state", "=", "ACTIVE")], "is active"),
    ],
)  # fmt: skip
def test_a_part_in_words(clauses, said):
    assert rule_in_words([Conjunction(all=tuple(clauses))], UNITS, currency="GBP") == said


def test_many_parts_are_cut_short():
    parts = [Conjunction(all=(clause("recency", "<=", day),)) for day in range(1, 6)]
    assert rule_in_words(parts, UNITS) == (
        "last bought within 1 day; or last bought within 2 days; or last bought within 3 days; "
        "or in 2 more ways"
    )
    assert rule_in_words([], UNITS) == ""
