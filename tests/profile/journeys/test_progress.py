"""Tests of progress: long and short sessions by hand, and a segment that stalls."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.profile.journeys import steps
from segmentation_lib.profile.journeys.progress import session_progress

from .logs import WINDOW, drawn, segments, written


def test_a_small_log_by_hand(engine):
    log = written({"a": "A B C|A B|A", "b": "A B A B A B A|A B C D"})
    table = engine.store(steps(log, segments(S01=["a"], S02=["b"]), WINDOW), "s")
    found = session_progress(engine, table).set_index("segment_id")
    # Four sessions of more than one event: 2, 1, 6 and 3 minutes, 3, 2, 2 and 4 different events.
    assert found["sessions"].to_dict() == {"(all)": 4, "S01": 2, "S02": 2}
    assert found.loc["(all)", ["median_minutes", "median_new_steps"]].tolist() == [2.5, 2.5]
    assert found.loc["(all)", ["long_minutes", "few_steps"]].tolist() == [3.75, 2.5]
    assert found["stalled"].to_dict() == {"(all)": 1, "S01": 0, "S02": 1}
    assert found.loc["S02", ["stalled_share", "rest_share"]].tolist() == [0.5, 0.0]
    assert found.loc["S01", "seconds_per_new_step"] == pytest.approx(180 / 3)
    assert found["verdict"].to_dict() == {"(all)": "", "S01": "too few", "S02": "too few"}


def test_a_short_way_to_a_goal_is_no_lack_of_progress(engine):
    table = engine.store(
        steps(written({"a": "A buy A A A A A|A B|A B|A B C D"}), segments(S01=["a"]), WINDOW), "s"
    )
    assert session_progress(engine, table)["stalled"].tolist() == [1, 1]
    assert session_progress(engine, table, goals=["buy"])["stalled"].tolist() == [0, 0]


def test_a_segment_that_stalls_is_found_and_one_alike_is_not(engine):
    rng = np.random.default_rng(1)
    customers = np.repeat(np.arange(180), 5)
    paths = []
    for customer in customers:
        stalls = rng.random() < (0.5 if customer >= 120 else 0.1)
        paths.append(np.array(list("AB" * 6) if stalls else list("ABCDE")[: rng.integers(2, 6)]))
    named = [f"c{i:05d}" for i in range(180)]
    who = segments(S01=named[:60], S02=named[60:120], S03=named[120:])
    table = engine.store(steps(drawn(paths, customers), who, WINDOW), "s")
    found = session_progress(engine, table).set_index("segment_id")
    assert found.loc["S03", "verdict"] == "more"
    assert found.loc["S03", "difference_low"] > 0.2
    assert "more than in the other segments" in found.loc["S03", "sentence"]
    alike = segments(S01=named[::3], S02=named[1::3], S03=named[2::3])
    table = engine.store(steps(drawn(paths, customers), alike, WINDOW), "s")
    assert (session_progress(engine, table)["verdict"][1:] == "as elsewhere").all()
