"""Tests of transitions: the matrix by hand, rows that sum to one, differences and flows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.journeys import steps
from segmentation_lib.profile.journeys.transitions import (
    END,
    transition_differences,
    transition_matrix,
)

from .logs import WINDOW, drawn, segments, written

NAMED = [f"c{i:05d}" for i in range(150)]
CUSTOMERS = np.repeat(np.arange(150), 8)


def walks(seed, *, more_from=999):
    """Walks of customers with habits; from a customer on, A is oftener followed by B."""
    rng = np.random.default_rng(seed)
    pages = np.array(list("ABCD"))
    taste = rng.dirichlet(np.full(4, 4.0), 150)
    paths = []
    for customer in CUSTOMERS:
        path = ["A"]
        while len(path) < 6:
            forced = path[-1] == "A" and customer >= more_from and rng.random() < 0.4
            path.append("B" if forced else str(rng.choice(pages, p=taste[customer])))
        paths.append(np.array(path[: rng.integers(2, 7)]))
    return drawn(paths, CUSTOMERS)


def test_the_matrix_of_a_small_log(engine):
    table = engine.store(
        steps(written({"a": "A B A|A", "b": "A B"}), segments(S01=["a"], S02=["b"]), WINDOW), "s"
    )
    found = transition_matrix(engine, table)
    columns = ["segment_id", "event", "next_event", "customers", "visits", "moves"]
    assert found[columns].to_numpy().tolist() == [
        ["(all)", "A", END, 2, 4, 2],
        ["(all)", "A", "B", 2, 4, 2],
        ["(all)", "B", END, 2, 2, 1],
        ["(all)", "B", "A", 2, 2, 1],
        ["S01", "A", END, 1, 3, 2],
        ["S01", "A", "B", 1, 3, 1],
        ["S01", "B", "A", 1, 1, 1],
        ["S02", "A", "B", 1, 1, 1],
        ["S02", "B", END, 1, 1, 1],
    ]
    assert found["share"].tolist()[:5] == pytest.approx([0.5, 0.5, 0.5, 0.5, 2 / 3])
    assert found["small"].all()


def test_rows_sum_to_one_and_lie_in_their_intervals(engine):
    who = segments(S01=NAMED[:75], S02=NAMED[75:])
    found = transition_matrix(engine, engine.store(steps(walks(1), who, WINDOW), "s"))
    assert found.groupby(["segment_id", "event"])["share"].sum().to_numpy() == pytest.approx(1.0)
    assert ((found["low"] <= found["share"]) & (found["share"] <= found["high"])).all()
    assert not found["small"].any()


def test_a_segment_that_does_what_the_others_do_differs_by_nothing(engine):
    log = written(dict.fromkeys(NAMED[:80], "A B A|B C"))
    who = segments(S01=NAMED[:40], S02=NAMED[40:80])
    found = transition_differences(engine, engine.store(steps(log, who, WINDOW), "s"))
    assert (found["difference"] == 0.0).all()
    assert not found["verdict"].isin(["more", "less"]).any()


def test_a_planted_move_is_on_top_and_the_same_whatever_the_order_of_the_log(engine):
    who = segments(S01=NAMED[:100], S02=NAMED[100:])
    log = walks(2, more_from=100)
    found = transition_differences(engine, engine.store(steps(log, who, WINDOW), "s"))
    first = found.iloc[0]
    assert {first["event"], first["next_event"]} == {"A", "B"}
    assert (first["rank"], first["p_holm"] < 0.001) == (1, True)
    planted = found[(found["event"] == "A") & (found["next_event"] == "B")]
    verdicts = planted.set_index("segment_id")["verdict"].to_dict()
    assert verdicts == {"S01": "less", "S02": "more"}
    frame = log.execute().sample(frac=1, random_state=1)
    again = engine.store(steps(engine.memtable(frame, "log"), who, WINDOW), "s")
    pd.testing.assert_frame_equal(found, transition_differences(engine, again), check_exact=True)


def test_habits_are_not_taken_for_differences(engine):
    named = 0
    for seed in range(6):
        who = segments(S01=NAMED[::2], S02=NAMED[1::2])
        table = engine.store(steps(walks(10 + seed), who, WINDOW), "s")
        verdicts = transition_differences(engine, table)["verdict"]
        named += bool(verdicts.isin(["more", "less"]).any())
    assert named <= 2


def test_a_move_of_a_few_customers_sets_no_segment_apart(engine):
    who = segments(S01=NAMED[:60], S02=NAMED[60:120])
    usual, often = "A B|A B", "A C|A C|A C|A C|A C|A C"
    for movers, verdict in ((12, "more"), (9, "too few")):
        log = dict.fromkeys(NAMED[:120], usual) | dict.fromkeys(NAMED[:movers], often)
        table = engine.store(steps(written(log), who, WINDOW), "s")
        found = transition_differences(engine, table, fewest_movers=10)
        row = found[(found["segment_id"] == "S01") & (found["next_event"] == "C")].iloc[0]
        assert (row["movers"], row["p_holm"] < 0.05, row["verdict"]) == (movers, True, verdict)
