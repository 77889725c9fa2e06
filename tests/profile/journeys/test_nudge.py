"""Tests of the nudge: delays by hand, a planted half-life, censoring, and an even stream."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.calendar import Window
from segmentation_lib.profile.journeys.delays import delay_counts
from segmentation_lib.profile.journeys.nudge import nudge_windows

from .logs import START, segments

WINDOW = Window(date(2026, 1, 1), date(2026, 4, 1))
PAIR = ("cart", "buy")


def log(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "hours", "event"])
    at = START + pd.to_timedelta((frame["hours"] * 3600).round().astype("int64"), unit="s")
    return frame.assign(occurred_at=at).drop(columns="hours")


def planted(n=3000, *, half_life=3.0, come=1.0, even=False, seed=1):
    """Triggers over the whole quarter, and goals after an exponential wait."""
    rng = np.random.default_rng(seed)
    start = rng.uniform(0, 90 * 24, n)
    scale = 24 * (150 if even else half_life / np.log(2))
    goal = start + rng.exponential(scale, n)
    comes = (rng.random(n) < come) & (goal < 90 * 24)
    names = np.array([f"c{i:05d}" for i in range(n)])
    rows = list(zip(names, start, np.repeat("cart", n), strict=True))
    rows += list(zip(names[comes], goal[comes], np.repeat("buy", n), strict=False))
    return log(rows), names.tolist()


def test_delays_by_hand(engine):
    events = engine.memtable(
        log(
            [
                ("a", 0, "buy"),  # before the trigger: not its answer
                ("a", 5, "cart"),
                ("a", 6.5, "cart"),
                ("a", 7.2, "buy"),  # 2.2 hours after the first trigger
                ("b", 10, "cart"),
                ("b", 10 + 24 * 11, "buy"),  # beyond the horizon of ten days
                ("c", 24 * 89 + 12, "cart"),  # watched for half a day
                ("d", 3, "buy"),  # no trigger
            ]
        ),
        "log",
    )
    who = segments(S01=["a", "c", "d"], S02=["b"])
    counts = delay_counts(engine, events, who, WINDOW, PAIR, 10)
    columns = ["segment_id", "happened", "hour", "customers", "followed"]
    assert counts[columns].to_numpy().tolist() == [
        ["(all)", False, 12, 1, 0],
        ["(all)", False, 240, 1, 1],
        ["(all)", True, 2, 1, 1],
        ["S01", False, 12, 1, 0],
        ["S01", True, 2, 1, 1],
        ["S02", False, 240, 1, 1],
    ]
    found = nudge_windows(engine, events, who, WINDOW, pairs=[PAIR], seed=1, horizon_days=10)
    assert found[["segment_id", "triggers", "goals", "verdict"]].to_numpy().tolist() == [
        ["(all)", 3, 1, "too few"],
        ["S01", 2, 1, "too few"],
        ["S02", 1, 0, "too few"],
    ]
    assert found["day"].isna().all()
    assert "too few to time a nudge" in found["sentence"].iloc[0]


@pytest.mark.parametrize("come", [1.0, 0.6])
def test_a_half_life_of_three_days_gives_its_day(engine, come):
    frame, names = planted(come=come)
    events = engine.memtable(frame, "log")
    row = nudge_windows(engine, events, segments(S01=names), WINDOW, pairs=[PAIR], seed=1).iloc[0]
    # 95 % have come after log2(20) half-lives, give or take the 30 days of the horizon.
    assert row["day"] == pytest.approx(3 * np.log2(20), abs=1.0)
    assert row["day_low"] <= 12.9 <= row["day_high"]
    assert row["median_day"] == pytest.approx(3.0, abs=0.25)
    assert row["completed"] == pytest.approx(come, abs=0.03)
    assert row["still_of_all"] == pytest.approx(0.05 * come, abs=0.01)
    assert row["verdict"] == "found"
    assert "would yet come" in row["sentence"]


def test_no_day_is_named_where_customers_come_at_an_even_rate(engine):
    frame, names = planted(even=True)
    events = engine.memtable(frame, "log")
    row = nudge_windows(engine, events, segments(S01=names), WINDOW, pairs=[PAIR], seed=1).iloc[0]
    assert row["verdict"] == "still coming"
    assert np.isnan(row["day"])
    assert "no day is the right one" in row["sentence"]


def test_segments_follow_all_and_the_seed_decides(engine):
    frame, names = planted(600)
    events = engine.memtable(frame, "log")
    who = segments(S01=names[:300], S02=names[300:])
    found = [
        nudge_windows(engine, events, who, WINDOW, pairs=[PAIR], seed=seed) for seed in (1, 1, 2)
    ]
    assert found[0]["segment_id"].tolist() == ["(all)", "S01", "S02"]
    assert found[0].equals(found[1])
    assert not found[0].equals(found[2])
    assert found[0]["day"].equals(found[2]["day"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pairs": [("buy", "buy")]}, "must be two events"),
        ({"pairs": [PAIR], "horizon_days": 90}, "must be 1 to 89"),
        ({"pairs": [PAIR], "remaining": 1.0}, "between 0 and 1"),
    ],
)
def test_wrong_requests_are_refused(engine, options, message):
    events = engine.memtable(log([("a", 1, "cart")]), "log")
    with pytest.raises(ValueError, match=message):
        nudge_windows(engine, events, segments(S01=["a"]), WINDOW, seed=1, **options)
