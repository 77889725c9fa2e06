"""Tests of whole paths and their flows on a log that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.profile.journeys import (
    common_paths,
    path_flows,
    session_paths,
    shown_paths,
    steps,
)

from .logs import WINDOW, segments, written

LOG = {
    "a": "v v c buy x|v c c",
    "b": "v c buy|buy v|s s",
    "c": "v s v s v s",
}
WHO = segments(S01=["a", "b"], S02=["c"])


def paths(engine, **options):
    return session_paths(engine, steps(written(LOG), WHO, WINDOW), success=["buy"], **options)


def test_common_paths_end_before_the_success(engine):
    found = common_paths(engine, paths(engine))
    columns = ["segment_id", "rank", "path", "sessions", "customers", "successes"]
    assert found[columns].to_numpy().tolist() == [
        ["S01", 1, "v > c", 3, 2, 2],
        ["S01", 2, "", 1, 1, 1],
        ["S01", 3, "s", 1, 1, 0],
        ["S02", 1, "v > s > v > s > v > …", 1, 1, 0],
    ]
    assert found["share"].tolist() == pytest.approx([0.6, 0.2, 0.2, 1.0])
    assert found["success_share"].tolist() == pytest.approx([2 / 3, 1.0, 0.0, 0.0])
    assert found["small"].all()
    assert found["successful_customers"].tolist() == [2, 1, 0, 0]
    assert found["other_customers"].tolist() == [1, 0, 1, 1]
    assert len(common_paths(engine, paths(engine), top=1)) == 2


def test_flows_end_with_the_success(engine):
    found = path_flows(engine, paths(engine, positions=2))
    columns = ["segment_id", "position", "event", "next_event", "sessions", "customers"]
    assert found[columns].to_numpy().tolist() == [
        ["S01", 1, "v", "c", 3, 2],
        ["S01", 1, "buy", "(end)", 1, 1],
        ["S01", 1, "s", "(end)", 1, 1],
        ["S01", 2, "c", "buy", 2, 2],
        ["S01", 2, "c", "(end)", 1, 1],
        ["S02", 1, "v", "s", 1, 1],
        ["S02", 2, "s", "v", 1, 1],
    ]


def test_what_flows_in_flows_out_and_a_success_keeps_its_name(engine):
    found = path_flows(engine, paths(engine), events=1)
    assert set(found["event"]) == {"v", "buy", "(other)"}
    keys = ["segment_id", "position", "event"]
    into = found.assign(position=found["position"] + 1, event=found["next_event"])
    into = into[(into["position"] <= 5) & (into["event"] != "(end)")]
    out = found[found["position"] > 1].groupby(keys)["sessions"].sum()
    assert into.groupby(keys)["sessions"].sum().to_dict() == out.to_dict()


def test_without_a_success_paths_are_whole(engine):
    table = steps(written({"a": "v buy x"}), segments(S01=["a"]), WINDOW)
    (row,) = common_paths(engine, session_paths(engine, table, success=[])).itertuples()
    assert (row.path, row.successes) == ("v > buy > x", 0)


def test_shares_that_tell_of_a_few_people_are_not_shown():
    rows = [
        ("S01", "add_to_cart > cart", 200, 9, 0.2, 0.5, 9, 9),
        ("S01", "view", 100, 60, 0.1, 0.07, 7, 55),
        ("S01", "view > view", 100, 60, 0.1, 0.93, 55, 7),
        ("S01", "add_to_cart", 100, 60, 0.1, 0.0, 0, 60),
        ("S01", "cart", 100, 60, 0.1, 0.4, 30, 50),
    ]
    columns = ["segment_id", "path", "sessions", "customers", "share", "success_share",
               "successful_customers", "other_customers"]  # fmt: skip
    shown = shown_paths(pd.DataFrame(rows, columns=columns), few=10)
    assert shown["path"].tolist() == ["view", "view > view", "add to cart", "cart"]
    assert shown["success_share"].fillna(-1).tolist() == [-1, -1, 0.0, 0.4]
    assert "customers" not in shown
