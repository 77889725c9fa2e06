"""Who answered, and the score: exact counts by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.voice.satisfaction import satisfaction_table
from segmentation_lib.stats.intervals import wilson_interval
from segmentation_lib.stats.net_promoter import net_promoter_interval

PLACED = pd.DataFrame(
    {"customer_id": [f"c{i:03}" for i in range(120)],
     "segment_id": ["S01"] * 80 + ["S02"] * 30 + [None] * 10}
)  # fmt: skip


def answers(scores: dict[str, list[float]]) -> pd.DataFrame:
    rows = [
        (customer, "S01" if int(customer[1:]) < 80 else "S02", score)
        for customer, given in scores.items()
        for score in given
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "segment_id", "nps"])
    return frame.assign(answered_at=pd.Timestamp("2025-08-01"), comment="")


def test_exact_table():
    scores = {f"c{i:03}": [10.0] for i in range(20)} | {f"c{i:03}": [3.0] for i in range(20, 28)}
    scores |= {"c028": [7.0], "c029": [8.0, 6.0], "c030": [float("nan")]}
    table = satisfaction_table(answers(scores), PLACED).set_index("segment_id")
    assert list(table.index) == ["S01", "S02", "(all)"]
    row = table.loc["S01"]
    # The last score of c029 counts; c030 answered, but gave no score.
    assert row[["customers", "answered", "scored"]].tolist() == [80, 31, 30]
    assert row[["promoters", "passives", "detractors"]].tolist() == [20, 1, 9]
    assert row["enough"]
    assert row["nps"] == pytest.approx(100 * 11 / 30)
    assert row["nps_low"] == net_promoter_interval(20, 1, 9).low
    assert row["answer_low"] == wilson_interval(31, 80).low
    assert table.loc["(all)", "customers"] == 110
    assert table.loc["S02", "answered"] == 0
    assert np.isnan(table.loc["S02", "nps"])


def test_scores_of_a_few_are_not_given():
    few = answers({f"c{i:03}": [10.0] for i in range(9)})
    row = satisfaction_table(few, PLACED).set_index("segment_id").loc["S01"]
    assert row["scored"] == 9
    assert row[["promoters", "passives", "detractors", "nps", "nps_low"]].isna().all()
    shown = satisfaction_table(few, PLACED, small_cell=9).set_index("segment_id").loc["S01"]
    assert shown["nps"] == 100.0
    assert not shown["enough"]


def test_nobody_in_a_segment_gives_an_empty_table():
    assert satisfaction_table(answers({}), PLACED.assign(segment_id=None)).empty
