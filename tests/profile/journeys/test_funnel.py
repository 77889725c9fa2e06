"""Tests of funnels: order, attempts, bases, windows, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.profile.journeys import funnel, stage_names, steps

from .logs import WINDOW, drawn, segments, written

STAGES = ["view", "cart", "buy"]
LOG = {
    "a": "view x cart buy",  # all the way
    "b": "cart view|buy",  # the cart was before the view, the purchase in another session
    "c": "view|cart buy",  # the cart came in another session
    "d": "view cart|view",  # the better attempt counts
    "e": "buy",
    "f": "view cart buy",
}
WHO = segments(S01=["a", "b", "c", "silent"], S02=["d", "e", "f"])


def counted(engine, log=LOG, stages=STAGES, who=WHO, **options):
    table = steps(written(log), who, WINDOW)
    found = funnel(engine, table, who, stages, name="buying", **options)
    return found, found.groupby("segment_id")["reached"].apply(list).to_dict()


def test_hand_made_case_within_the_session(engine):
    found, reached = counted(engine)
    assert reached == {"(all)": [5, 3, 2], "S01": [3, 1, 1], "S02": [2, 2, 1]}
    row = found[(found["segment_id"] == "S01") & (found["step"] == 2)].iloc[0]
    assert (row["base"], row["lost"], row["small"], row["event"]) == (4, 2, True, "cart")
    assert (row["share_of_all"], row["share_of_previous"]) == (0.25, pytest.approx(1 / 3))
    assert row["previous_low"] == pytest.approx(0.0615, abs=1e-4)
    assert row["previous_high"] == pytest.approx(0.7923, abs=1e-4)
    assert found["segment_id"].unique().tolist() == ["(all)", "S01", "S02"]


def test_who_did_it_at_all_is_counted_beside_who_did_it_in_order(engine):
    found = counted(engine)[0]
    did = found.groupby("segment_id")["did"].apply(list).to_dict()
    # In S01, a, b and c saw, carted and bought, b and c not in one visit; in S02, e only bought.
    assert did == {"(all)": [5, 5, 5], "S01": [3, 3, 3], "S02": [2, 2, 2]}
    assert (found["did"] >= found["reached"]).all()
    by_session = counted(engine, count="sessions")[0].set_index(["segment_id", "step"])["did"]
    assert by_session[("S01", 1)] == 3
    assert by_session[("S01", 3)] == 3


def test_the_first_session_with_the_first_stage_is_told_apart(engine):
    log = {"a": "x|view|view cart buy", "b": "cart|view cart|view cart buy", "c": "buy"}
    who = segments(S01=["a", "b", "c"])
    for within in ("session", 7):
        found = counted(engine, log, who=who, within=within)[0]
        own = found[found["segment_id"] == "S01"]
        assert own["reached"].tolist() == [2, 2, 2]
        assert own["first_reached"].tolist() == [2, 1, 0]
    assert found.loc[found["segment_id"] == "(all)", "first_reached"].tolist() == [2, 1, 0]


def test_days_from_the_first_stage_on_and_the_latest_start_that_serves(engine):
    log = {"a": "view|||view|cart|buy", "b": "view|||cart|buy"}
    who = segments(S01=["a", "b"])
    assert counted(engine, log, who=who, within=2)[1]["S01"] == [2, 1, 1]
    assert counted(engine, log, who=who, within=1)[1]["S01"] == [2, 1, 0]
    assert counted(engine, log, who=who, within=4)[1]["S01"] == [2, 2, 2]


def test_a_session_carried_over_does_not_count_but_days_do(engine):
    assert counted(engine, within=7)[1] == {
        "(all)": [5, 4, 3],
        "S01": [3, 2, 2],
        "S02": [2, 2, 1],
    }


def test_sessions_are_counted_out_of_sessions(engine):
    found, reached = counted(engine, count="sessions")
    assert reached == {"(all)": [6, 3, 2], "S01": [3, 1, 1], "S02": [3, 2, 1]}
    assert found.groupby("segment_id")["base"].first().to_dict() == {
        "(all)": 9,
        "S01": 5,
        "S02": 4,
    }


def test_a_stage_may_be_one_of_several_events_and_one_instant_has_no_order(engine):
    log = {"a": "search cart", "b": "cart search"}
    who = segments(S01=["a", "b"])
    stages = [["search", "view"], "cart"]
    assert stage_names(stages) == ["search or view", "cart"]
    assert counted(engine, log, stages, who)[1]["S01"] == [2, 1]
    table = written(log)
    same = table.mutate(occurred_at=table["occurred_at"].truncate("D"))
    found = funnel(engine, steps(same, who, WINDOW), who, stages, name="x")
    assert found["reached"].tolist() == [2, 2, 2, 2]


def test_counts_never_increase_whatever_the_log(engine):
    rng = np.random.default_rng(3)
    paths = [rng.choice(["view", "cart", "buy", "x"], rng.integers(1, 9)) for _ in range(500)]
    log = drawn(paths, rng.integers(0, 90, 500))
    who = segments(**{f"S0{s}": [f"c{i:05d}" for i in range(s, 90, 3)] for s in range(3)})
    for options in ({}, {"within": 5}, {"count": "sessions"}):
        found = funnel(engine, steps(log, who, WINDOW), who, STAGES, name="x", **options)
        by_step = found.pivot(index="segment_id", columns="step", values="reached").to_numpy()
        assert (np.diff(by_step, axis=1) <= 0).all()
        assert by_step[0].tolist() == by_step[1:].sum(axis=0).tolist()
        assert (found["lost"] >= 0).all()


@pytest.mark.parametrize(
    ("stages", "options", "message"),
    [
        (["view"], {}, "at least 2"),
        (["view", ["cart", "view"]], {}, "view more than once"),
        (["view", []], {}, "an empty stage"),
        (STAGES, {"within": 0}, "at least 1"),
        (STAGES, {"within": 3, "count": "sessions"}, "within the session"),
    ],
)
def test_what_is_no_funnel_is_refused(engine, stages, options, message):
    with pytest.raises(ValueError, match=message):
        counted(engine, stages=stages, **options)
