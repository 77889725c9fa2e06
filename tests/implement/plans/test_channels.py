"""Channels: who came by which, and a budget shared to the penny, or left alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from segmentation_lib.engine import Engine
from segmentation_lib.implement.plans.channels import (
    allocate,
    channel_plan,
    channel_reach,
    channel_sentences,
    share_pennies,
    shown_channel_plan,
)
from segmentation_lib.params import DataParams, TableSource
from segmentation_lib.params.registers.channels import ChannelBudget, ChannelLine


def budget(*lines: tuple, amount: float = 100.0) -> ChannelBudget:
    made = [
        ChannelLine(segment="S01", channel=f"c{place}", spent=spent, contacts=n, responses=own,
                    **(more[0] if more else {}))
        for place, (spent, n, own, *more) in enumerate(lines)
    ]  # fmt: skip
    return ChannelBudget(id="plan", budget=amount, owner="CRM", lines=tuple(made))


def test_reach_counts_each_customer_once_per_channel_inside_the_quarter(tmp_path: Path):
    events = pd.DataFrame(
        [("1", "2025-07-01 00:00", "email"), ("1", "2025-07-02 10:00", "email"),
         ("1", "2025-08-01 10:00", "paid"), ("2", "2025-09-30 23:59", "email"),
         ("3", "2025-10-01 00:00", "email"), ("3", "2025-06-30 23:59", "paid"),
         ("9", "2025-08-01 10:00", "email"), ("2", "2025-08-01 10:00", None)],
        columns=["customer_id", "occurred_at", "channel"],
    )  # fmt: skip
    events["occurred_at"] = pd.to_datetime(events["occurred_at"])
    segments = pd.DataFrame(
        {"customer_id": list("1234"), "segment_id": ["S01", "S01", "S01", "S02"]}
    )
    days = {"start": date(2025, 7, 1), "close": date(2025, 10, 1)}
    with Engine.open(tmp_path, DataParams(orders=TableSource(path="absent.csv"))) as engine:
        found = channel_reach(engine, ibis.memtable(events), ibis.memtable(segments), **days)
        bare = ibis.memtable(events.drop(columns="channel"))
        assert channel_reach(engine, bare, ibis.memtable(segments), **days).empty
    assert found[["segment_id", "channel", "customers", "reached"]].to_numpy().tolist() == [
        ["S01", "email", 3, 2],
        ["S01", "paid", 3, 1],
    ]
    assert found["share"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert found["low"].tolist() == pytest.approx([0.2077, 0.0615], abs=1e-3)


def test_allocation_by_hand_and_its_floors_and_caps():
    none, all_ = np.zeros(3), np.full(3, 90.0)
    assert allocate(np.array([1.0, 2, 3]), 60, none, all_).tolist() == pytest.approx([10, 20, 30])
    floors, caps = np.array([15.0, 0, 0]), np.array([90.0, 90, 20])
    assert allocate(np.array([1.0, 2, 3]), 60, floors, caps).tolist() == pytest.approx([15, 25, 20])
    assert allocate(np.zeros(3), 60, none, all_).tolist() == pytest.approx([20, 20, 20])
    assert allocate(np.array([1.0, 0, 0]), 100, none, all_).tolist() == pytest.approx([90, 5, 5])
    with pytest.raises(ValueError, match="must be from the sum of the floors"):
        allocate(np.ones(3), 300, none, all_)


def test_any_allocation_keeps_its_limits_and_sums_to_the_penny():
    rng = np.random.default_rng(5)
    for _ in range(200):
        n = int(rng.integers(1, 9))
        floors = np.round(rng.uniform(0, 50, n), 2)
        caps = np.round(floors + rng.uniform(0, 100, n), 2)
        total = round(float(rng.uniform(floors.sum(), caps.sum())), 2)
        total = min(max(total, round(floors.sum(), 2)), round(caps.sum(), 2))
        weights = rng.exponential(size=n) * rng.integers(0, 2, n)
        found = share_pennies(allocate(weights, total, floors, caps), total)
        assert round(float((found * 100).sum())) == round(total * 100)
        assert (found >= floors - 1e-9).all()
        assert (found <= caps + 1e-9).all()


def test_intervals_that_meet_leave_the_budget_as_it_is():
    plan = channel_plan(budget((100, 500, 30), (300, 1500, 80)))
    assert plan["verdict"].tolist() == ["no reallocation"] * 2
    assert plan["suggested"].tolist() == plan["current"].tolist() == [25.0, 75.0]
    (said,) = channel_sentences([plan], names={})
    assert said.startswith("plan: no reallocation.")


def test_money_moves_to_what_clearly_brings_more_and_the_rest_stays():
    # 20 %, 5 % and 10 %: the third is so small that it meets both, so it keeps its part.
    plan = channel_plan(budget((100, 400, 80), (100, 400, 20), (10, 40, 4)))
    assert plan["verdict"].tolist() == ["more", "less", "same"]
    assert plan["current"].tolist() == [47.62, 47.62, 4.76]
    assert plan["suggested"].tolist() == [76.19, 19.05, 4.76]  # 80 to 20
    assert plan["suggested"].sum() == pytest.approx(100)
    held = channel_plan(
        budget((100, 400, 80, {"cap": 40}), (100, 400, 20, {"floor": 5}), (100, 400, 20))
    )
    assert held["suggested"].tolist() == [40.0, 30.0, 30.0]
    (said,) = channel_sentences([plan], names={"S01": "Loyal"}, currency="GBP")
    assert said.startswith("plan: move £28.57 (29% of the budget), the largest part to c0 for S01")


def test_more_responses_never_get_less_money():
    suggested = [
        channel_plan(budget((100, 1000, own), (100, 1000, 50)))["suggested"].iloc[0]
        for own in range(10, 200, 10)
    ]
    assert all(np.diff(suggested) >= 0)
    assert suggested[0] < 50 < suggested[-1]


def test_a_page_shows_no_count_of_a_few_people():
    shown = shown_channel_plan(channel_plan(budget((100, 400, 80), (100, 400, 4))))
    assert shown["responses_shown"].tolist() == ["80", "<10"]
    hidden = shown.loc[1, ["responses", "rate", "rate_low", "returned", "cost_per_response"]]
    assert hidden.isna().all()
