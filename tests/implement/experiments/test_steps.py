"""A read-out leads to steps: roll out what works, where it works; nothing where nothing shows."""

from __future__ import annotations

from datetime import timedelta

from segmentation_lib.calendar import Window
from segmentation_lib.implement.experiments import (
    Start,
    experiment_steps,
    plan_experiments,
    read_out,
    segments_tested,
)
from segmentation_lib.params.registers.experiments import Guardrail
from tests.implement.experiments.worlds import CLOSE, OPEN, design, quarter, register

NAMES = {"S01": "Loyal", "S02": "Calm"}


def steps(world, entry, limit=10):
    starts = [Start(OPEN, world["assignments"], world["before"])]
    found = read_out(
        register(entry), world["arms"], world["outcomes"], starts, closed=CLOSE, seed=1
    )
    return experiment_steps(found, register(entry), names=NAMES, limit=limit, currency="GBP")


def test_one_effect_for_all_is_rolled_out_to_all():
    (row,) = steps(quarter((6.0, 6.0)), design()).to_dict("records")
    assert (row["segment_id"], row["grade"]) == ("(all)", "experiment")
    assert row["action"] == "Roll out “A voucher” in all segments"
    assert row["why"].startswith("Drawn by lot, those treated had £")
    assert "more in revenue per customer (95% interval +£" in row["why"]


def test_what_works_in_one_segment_is_rolled_out_there():
    (row,) = steps(quarter((8.0, 0.0)), design()).to_dict("records")
    assert row["segment_id"] == "S01"
    assert row["action"] == "Roll out “A voucher” in S01 (Loyal)"


def test_a_test_in_one_segment_says_nothing_of_the_others():
    (row,) = steps(quarter((8.0, 0.0)), design(segments=("S01",))).to_dict("records")
    assert (row["segment_id"], row["action"]) == ("S01", "Roll out “A voucher” in S01 (Loyal)")


def test_a_test_in_some_segments_names_them():
    (row,) = steps(quarter((8.0, 8.0, 0.0)), design(segments=("S01", "S02"))).to_dict("records")
    assert row["segment_id"] == "(all)"
    assert row["action"].endswith("in S01 (Loyal) and S02 (Calm)")


def test_what_does_harm_is_stopped():
    (row,) = steps(quarter((-6.0, -6.0)), design()).to_dict("records")
    assert row["action"] == "Stop “A voucher” in all segments"
    assert "less in revenue" in row["why"]


def test_where_less_is_better_less_is_rolled_out():
    (row,) = steps(quarter((-6.0, -6.0)), design(good="lower")).to_dict("records")
    assert row["action"].startswith("Roll out")


def test_a_broken_guardrail_comes_before_the_roll_out():
    world = quarter((6.0, 6.0))
    treated = (world["arms"]["arm"] == "new").to_numpy()
    world["outcomes"].loc[treated, "active"] = 0.0
    entry = design(guardrails=(Guardrail(metric="active", margin=0.03),))
    (row,) = steps(world, entry).to_dict("records")
    assert row["action"] == "Mend “A voucher” before it is rolled out in all segments"
    assert "But a guardrail broke: share of customers who were active." in row["why"]


def test_nothing_shown_asks_for_nothing():
    assert steps(quarter((0.0, 0.0)), design()).empty
    assert steps(quarter((6.0, 6.0)), design(ends_on=CLOSE)).empty
    assert steps(quarter((6.0, 6.0)), design(), limit=10_000).empty


def test_segments_count_as_tested_once_they_were_read_or_are_planned():
    world = quarter((6.0, 6.0, 0.0))
    later = {"starts_on": CLOSE, "ends_on": CLOSE + timedelta(days=60), "status": "draft"}
    entries = register(design("E1", segments=("S02",)), design("E2", segments=("S03",), **later))
    starts = [Start(OPEN, world["assignments"], world["before"])]
    found = read_out(entries, world["arms"], world["outcomes"], starts, closed=CLOSE, seed=1)
    plan = plan_experiments(
        entries, world["assignments"], world["outcomes"], window=Window(OPEN, CLOSE)
    )
    assert segments_tested(found, plan) == ["S02", "S03"]
