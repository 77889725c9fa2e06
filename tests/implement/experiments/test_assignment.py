"""Arms by hash: shares, the same arm for good, nobody in two experiments of a layer."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.experiments.assignment import assign, assignment_split, hash_shares
from segmentation_lib.implement.experiments.layers import layer_slots
from tests.implement.experiments.worlds import arms, design


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    ids = [f"c{i}" for i in range(100_000)]
    return pd.DataFrame({"customer_id": ids, "segment_id": np.tile(["S01", "S02"], 50_000)})


def test_the_hash_is_the_one_that_is_told():
    number = int(hashlib.sha256(b"abc:E1:c7").hexdigest()[:16], 16)
    assert hash_shares(["c7"], salt="abc", name="E1")[0] == number / 2**64


def test_arms_get_their_shares_within_half_a_percent(customers):
    entry = design(arms=arms(control=0.5, a=0.3, b=0.2))
    split = assignment_split(entry, assign(entry, customers))
    overall = split[split["segment_id"] == "(all)"].set_index("arm")
    assert (overall["share"] - overall["planned"]).abs().max() < 0.005
    assert overall["customers"].sum() == 100_000
    assert split["segment_id"].tolist()[::3] == ["(all)", "S01", "S02"]
    assert (split["p_value"] > 0.001).all()


def test_the_same_customer_gets_the_same_arm(customers):
    entry = design()
    everyone = assign(entry, customers).set_index("customer_id")["arm"]
    moved = customers.iloc[::-7].assign(segment_id="S09")
    again = assign(entry, moved).set_index("customer_id")["arm"]
    assert (everyone[again.index] == again).all()
    other = assign(design(salt="xyz"), customers).set_index("customer_id")["arm"]
    assert (everyone == other).mean() == pytest.approx(0.5, abs=0.01)


def test_who_takes_part(customers):
    entry = design(segments=("S01",), traffic=0.4, holdout=0.1)
    consent = customers.assign(marketing_consent=np.arange(100_000) % 4 < 2)
    table = assign(entry, customers, consent=consent, busy=["c0", "c4"])
    agreed = set(consent.loc[consent["marketing_consent"], "customer_id"]) - {"c0", "c4"}
    assert set(table["customer_id"]) <= agreed
    assert set(table["segment_id"]) == {"S01"}
    by_arm = table["arm"].value_counts() / 25_000
    assert by_arm["holdout"] == pytest.approx(0.1, abs=0.01)
    assert by_arm["control"] == pytest.approx(0.9 * 0.4 / 2, abs=0.01)
    # Another experiment keeps out the same people, and more of them if it wants more.
    wider = assign(design("E2", salt="q", holdout=0.2), customers)
    kept = set(table.loc[table["arm"] == "holdout", "customer_id"])
    assert kept < set(wider.loc[wider["arm"] == "holdout", "customer_id"])


def test_experiments_of_a_layer_share_nobody(customers):
    pair = [design("E1", layer="app", traffic=0.6), design("E2", layer="app", traffic=0.4)]
    one, two = (set(assign(entry, customers, beside=pair)["customer_id"]) for entry in pair)
    assert not one & two
    assert len(one) + len(two) == 100_000
    assert len(one) == pytest.approx(60_000, abs=800)


def test_a_later_experiment_moves_no_earlier_one():
    first = design("E1", layer="app", traffic=0.3)
    second = design("E2", layer="app", traffic=0.5, ends_on=date(2025, 12, 31))
    third = design("E3", layer="app", traffic=0.5, starts_on=date(2025, 10, 1),
                   ends_on=date(2025, 12, 31))  # fmt: skip
    assert layer_slots([second, first]) == {"E1": ((0.0, 0.3),), "E2": ((0.3, 0.8),)}
    # The first is over: the third takes its place and what was left, around the second.
    assert layer_slots([third, second, first])["E3"] == ((0.0, 0.3), (0.8, 1.0))
    with pytest.raises(ValueError, match="no room"):
        layer_slots([design("E1", layer="a", traffic=0.6), design("E2", layer="a", traffic=0.6)])
