"""Who is left alone: placed before the close, not over by then, or drawn at the close itself."""

from __future__ import annotations

from datetime import date

import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.implement.tags import holdout_groups

WINDOW = Window(date(2025, 7, 1), date(2025, 10, 1))
ARMS = pd.DataFrame(
    {
        "experiment_id": ["B", "A", "A", "A", "B"],
        "customer_id": ["0001", "0001", "0002", "0003", "0004"],
        "arm": ["holdout", "control", "treatment", "control", "control"],
        "assigned_at": ["2025-08-01", "2024-01-01", "2025-08-01", "2025-09-30", "2025-10-01"],
    }
)
DRAWN = pd.DataFrame(
    {
        "experiment_id": ["C", "C", "C", "A"],
        "external_id": ["0001", "0002", "0005", "0003"],
        "segment_id": "S01",
        "arm": ["control", "picture", "holdout", "control"],
        "starts_on": "2025-10-01",
    }
)


def test_who_was_placed_before_the_close():
    groups = holdout_groups(ARMS, window=WINDOW)
    assert groups.to_dict() == {"0001": "A;B", "0003": "A"}
    named = holdout_groups(ARMS, window=WINDOW, controls=["treatment"])
    assert named.to_dict() == {"0002": "A"}


def test_nobody_is_left_alone_for_an_experiment_that_is_over():
    assert holdout_groups(ARMS, window=WINDOW, over=["A"]).to_dict() == {"0001": "B"}
    assert holdout_groups(ARMS, window=WINDOW, over=["A", "B"]).empty


def test_who_was_drawn_at_the_close_is_left_alone_from_the_first_day():
    groups = holdout_groups(ARMS, window=WINDOW, drawn=DRAWN)
    assert groups.to_dict() == {"0001": "A;B;C", "0003": "A", "0005": "C"}
    alone = holdout_groups(None, window=WINDOW, drawn=DRAWN)
    assert alone.to_dict() == {"0001": "C", "0003": "A", "0005": "C"}
    assert holdout_groups(None, window=WINDOW).empty
