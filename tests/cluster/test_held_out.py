"""The half that chooses: stable for a customer, about half, another one for another seed."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster.held_out import chooses, kpis_of
from segmentation_lib.faults import ContractError

IDS = pd.Series([f"C{number:05d}" for number in range(4000)])


def test_a_customer_keeps_the_half_wherever_the_row_is():
    half = pd.Series(chooses(IDS, seed=1), index=IDS)
    order = np.random.default_rng(1).permutation(len(IDS))[:700]
    again = chooses(IDS.iloc[order], seed=1)
    assert again.tolist() == half.iloc[order].tolist()


def test_by_hand():
    digest = hashlib.sha256(b"7:C00000").digest()
    assert chooses(IDS.head(1), seed=7).tolist() == [digest[0] < 128]


def test_about_half_and_another_half_for_another_seed():
    one, other = chooses(IDS, seed=1), chooses(IDS, seed=2)
    assert abs(one.mean() - 0.5) < 0.03
    assert abs((one == other).mean() - 0.5) < 0.03


OUTCOMES = pd.DataFrame(
    {"customer_id": ["b", "a", "c"], "active": [True, False, True], "revenue": [2.0, 1.0, 3.0]}
)


def test_kpis_follow_the_customers():
    table = kpis_of(pd.Series(["a", "x", "b"]), OUTCOMES, None)
    assert list(table.columns) == ["active", "revenue"]
    assert table["revenue"].fillna(-1).tolist() == [1.0, -1.0, 2.0]
    assert table["active"].fillna(-1).tolist() == [0.0, -1.0, 1.0]
    assert list(kpis_of(pd.Series(["a"]), OUTCOMES, ["revenue"]).columns) == ["revenue"]


def test_circular_and_unknown_kpis_are_refused_at_once():
    with pytest.raises(ContractError) as refused:
        kpis_of(pd.Series(["a"]), OUTCOMES, ["recency", "profit"], segmenting=["recency"])
    assert {fault.code for fault in refused.value.faults} == {"circular", "unknown_kpi"}


def test_no_outcomes_are_no_kpis():
    assert kpis_of(pd.Series(["a", "b"]), OUTCOMES[["customer_id"]], None).shape == (2, 0)
