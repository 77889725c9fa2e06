"""Tests of what is said of reminders and of coming back, in full."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.profile.journeys import (
    funnel_sentences,
    nudge_sentences,
    return_sentences,
)

NUDGES = pd.DataFrame(
    [
        ("add_to_cart", "purchase", "(all)", 500, "found", 0.6, 2.0, 8.0, 7.0, 9.0),
        ("add_to_cart", "purchase", "S01", 480, "found", 0.6, 2.0, 8.0, 7.0, 9.0),
        ("add_to_cart", "purchase", "S02", 20, "found", 0.5, 3.0, 9.0, 7.0, 12.0),
        ("visit", "purchase", "(all)", 900, "none", 0.1, np.nan, np.nan, np.nan, np.nan),
    ],
    columns=["trigger", "goal", "segment_id", "triggers", "verdict", "completed", "median_day",
             "day", "day_low", "day_high"],
)  # fmt: skip
WAITS = pd.DataFrame(
    [
        ("(all)", 0.7, 40.0, np.nan, "differ"),
        ("S01", 0.9, 12.2, 0.001, "sooner"),
        ("S02", 0.3, np.nan, 0.0001, "later"),
        ("S03", 0.7, 41.0, 0.8, "as elsewhere"),
    ],
    columns=["segment_id", "happened_share", "median_day", "p_holm", "verdict"],
).assign(happened=70, censored=30)


def test_a_reminder_is_told_once_where_nearly_all_are_in_one_segment():
    assert nudge_sentences(NUDGES, {"S01": "Regulars"}) == [
        "From add to cart to purchase, all customers: 60% of about 500 get there by themselves, "
        "half of them within 2 days and nearly all within 8 days (95% interval 7 days to 9 days). "
        "Remind after that."
    ]
    assert nudge_sentences(NUDGES.tail(1), {}) == [
        "No day for a reminder stands out: too few come, or they keep coming."
    ]


def test_who_comes_back_sooner_and_later_is_told():
    assert return_sentences(WAITS, {"S01": "Regulars"}) == [
        "All customers: half had bought by day 40; 70% had by the close.",
        "S01 (Regulars): half had bought by day 13, sooner than the others.",
        "S02: fewer than half had bought by the close, later than the others.",
        "No difference is shown for S03.",
    ]
    assert return_sentences(WAITS.head(0), {}) == []


def test_a_share_of_all_but_a_few_is_not_told():
    nearly = NUDGES.head(1).assign(triggers=200, completed=0.97)
    assert "all or nearly all of about 200 get there" in nudge_sentences(nearly, {})[0]
    few_left = WAITS.head(1).assign(happened=597, censored=3, happened_share=0.995)
    assert return_sentences(few_left, {}) == [
        "All customers: half had bought by day 40; nearly all had by the close."
    ]
    few_came = WAITS.head(1).assign(happened=3, censored=597, happened_share=0.005)
    assert return_sentences(few_came, {})[0].endswith("; few had by the close.")


def ends(reached, did):
    columns = ["funnel", "counted", "segment_id", "step", "event", "reached", "did"]
    rows = [("Buy", "customers", "(all)", 1, "view", 500, 500),
            ("Buy", "customers", "(all)", 2, "place_order", reached, did)]  # fmt: skip
    return funnel_sentences(pd.DataFrame(rows, columns=columns))


def test_a_strict_funnel_is_told_beside_who_did_it_at_all():
    assert ends(6, 127) == [
        "Buy: too few customers got to place order in this order; about 130 did it at all in the "
        "quarter, the others in another order, over a longer time or without a step before."
    ]
    nearly = (
        "Buy: about 120 customers got to place order in this order, all or nearly all who did it "
        "at all in the quarter."
    )
    # Of all less those in order only that they are few is known, or nobody.
    assert ends(120, 120) == ends(117, 124) == [nearly]
    assert ends(3, 7) == ["Buy: too few customers to show got to place order, in whatever way."]
    assert ends(0, 60)[0].startswith("Buy: no customers got to place order in this order; about 60")
    assert (
        ends(0, 0)[0] == "Buy: no customer got to place order, in this order or in any other way."
    )
