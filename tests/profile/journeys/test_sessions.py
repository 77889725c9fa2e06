"""Tests of the steps: sessions of the log, sessions by pauses, order, edges, repeats."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from segmentation_lib.profile.journeys import collapsed, steps

from .logs import START, WINDOW, segments, written

WHO = segments(S01=["a", "b"])


def listed(table):
    frame = table.order_by("customer_id", "session", "step").execute()
    return (
        frame[["customer_id", "session", "step", "event", "next_event"]]
        .fillna("")
        .to_numpy()
        .tolist()
    )


def at(*moments, session=None):
    rows = [("a", START + pd.Timedelta(minutes=m), e, session) for m, e in moments]
    names = ["customer_id", "occurred_at", "event", "session_id"]
    return ibis.memtable(pd.DataFrame(rows, columns=names).astype({"session_id": "str"}))


def test_steps_are_numbered_in_each_session_of_each_customer_of_a_segment():
    log = written({"b": "x y|x", "a": "y", "stranger": "x x x"})
    assert listed(steps(log, WHO, WINDOW)) == [
        ["a", "a/s0", 1, "y", ""],
        ["b", "b/s0", 1, "x", "y"],
        ["b", "b/s0", 2, "y", ""],
        ["b", "b/s1", 1, "x", ""],
    ]


def test_without_sessions_a_pause_longer_than_the_gap_ends_one():
    log = at((0, "x"), (30, "y"), (61, "z")).drop("session_id")
    assert [row[1:4] for row in listed(steps(log, WHO, WINDOW))] == [
        ["a//1", 1, "x"],
        ["a//1", 2, "y"],
        ["a//2", 1, "z"],
    ]
    wide = steps(log, WHO, WINDOW, gap_minutes=31).execute()
    assert wide["session"].unique().tolist() == ["a//1"]


def test_only_rows_without_a_session_are_parted_by_pauses():
    log = at((0, "x"), (500, "y"), session="own").union(at((0, "p"), (500, "q")))
    log = log.mutate(session_id=log["session_id"].nullif("None").nullif("nan"))
    assert [row[1] for row in listed(steps(log, WHO, WINDOW))] == ["a//1", "a//2", "a/own", "a/own"]


def test_events_of_one_instant_stand_in_the_order_of_their_names():
    assert [row[3] for row in listed(steps(at((0, "z"), (0, "m"), (0, "a")), WHO, WINDOW))] == [
        "a",
        "m",
        "z",
    ]


def test_the_sequence_of_the_log_orders_events_of_one_instant():
    log = at((0, "a"), (0, "m"), (0, "z"), (1, "b")).mutate(
        sequence=ibis.cases(
            (ibis._.event == "z", 1), (ibis._.event == "a", 2), (ibis._.event == "m", 3), else_=0
        )
    )
    for table in (log, log.drop("session_id")):
        found = [row[3] for row in listed(steps(table, WHO, WINDOW))]
        assert found == ["z", "a", "m", "b"]


def test_the_window_is_half_open_and_cuts_sessions():
    last = WINDOW.days * 24 * 60
    log = at((-1, "before"), (0, "first"), (last - 1, "last"), (last, "after"), session="s")
    assert [row[3] for row in listed(steps(log, WHO, WINDOW))] == ["first", "last"]


def test_repeats_collapse_and_only_repeats():
    table = steps(written({"a": "x x y x x|x"}), WHO, WINDOW)
    expected = [
        ["a", "a/s0", 1, "x", "y"],
        ["a", "a/s0", 2, "y", "x"],
        ["a", "a/s0", 3, "x", ""],
        ["a", "a/s1", 1, "x", ""],
    ]
    assert listed(collapsed(table)) == expected
    assert listed(collapsed(collapsed(table))) == expected


def test_the_gap_must_be_positive():
    with pytest.raises(ValueError, match="must be positive"):
        steps(written({"a": "x"}), WHO, WINDOW, gap_minutes=0)
