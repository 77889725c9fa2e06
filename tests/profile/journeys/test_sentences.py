"""Tests of what is said of reminders and of coming back, in full."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.profile.journeys import nudge_sentences, return_sentences

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
)


def test_a_reminder_is_told_once_where_nearly_all_are_in_one_segment():
    assert nudge_sentences(NUDGES, {"S01": "Regulars"}) == [
        "From add to cart to purchase, all customers: 60% get there by themselves, half of them "
        "within 2 days and nearly all within 8 days (95% interval 7 days to 9 days). Remind after "
        "that."
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
