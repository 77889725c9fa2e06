"""A frozen model at the close: quiet, drifted, merged, split, and the words for it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.cluster import KMeans, score
from segmentation_lib.params import Gates
from segmentation_lib.validate.drift import feature_drift
from segmentation_lib.validate.gates import time_gate
from segmentation_lib.validate.temporal import Temporal, temporal_check

from .quarters import customers, dictionary, model


def check(closed: pd.DataFrame, kpi_order: list[str] | None = None, **windows: str) -> Temporal:
    opened = customers(1)
    found = temporal_check(
        model(),
        opened,
        closed,
        (score(model(), opened), score(model(), closed)),
        KMeans(),
        feature_drift(opened, closed, dictionary(**windows)),
        seed=3,
        kpi_order=kpi_order,
        draws=5,
        starts=3,
    )
    check_table("events", found.events)
    json.dumps(found.summary)
    return found


def segment_of(frame: pd.DataFrame) -> np.ndarray:
    return frame["customer_id"].str[1:].astype(int).to_numpy() % 3


def test_a_quiet_quarter_is_valid() -> None:
    found = check(customers(2))
    assert found.events.empty
    summary = found.summary
    assert (summary["decision"], summary["events"], summary["kpi_flips"]) == ("valid", 0, None)
    assert summary["frozen_refit_ari"] > 0.99
    assert summary["baseline_low"] > 0.99
    assert summary["mix"]["level"] == "none"
    assert summary["moved_features"] == []
    assert summary["sentence"].startswith("At the end of the quarter the segments still hold: none")


def test_customers_who_leave_and_come_change_nothing() -> None:
    later = pd.concat([customers(2, 500), customers(4, 99, first=600)], ignore_index=True)
    assert check(later).summary["decision"] == "valid"


def test_a_market_change_names_the_moved_feature() -> None:
    closed = customers(2).assign(discount_share=lambda f: f["discount_share"] + 1.5)
    summary = check(closed).summary
    assert summary["decision"] == "recalibrate"
    assert summary["common_drift"]["found"]
    assert summary["common_drift"]["size_sd"] == pytest.approx(1.5, abs=0.2)
    assert summary["common_drift"]["columns"] == ["discount_share"]
    assert "customers have moved in share bought at a discount." in summary["sentence"]


def test_growing_older_alone_is_valid() -> None:
    closed = customers(2).assign(frequency=lambda f: f["frequency"] + 1.5)
    assert check(closed).summary["decision"] == "recalibrate"
    opened = customers(1)
    table = feature_drift(opened, closed, dictionary(frequency="whole history"))
    assert table["level"].tolist() == ["ageing", "none"]
    assert check(closed, frequency="whole history").summary["decision"] == "valid"
    little = customers(2).assign(frequency=lambda f: f["frequency"] + 0.5)
    assert check(little).summary["decision"] == "recalibrate"
    assert check(little, frequency="whole history").summary["decision"] == "valid"


def test_a_merger_asks_for_a_refit() -> None:
    closed = customers(2)
    closed.loc[segment_of(closed) == 1, "frequency"] -= 8
    found = check(closed)
    assert found.events.to_dict("records")[0]["event"] == "merged"
    assert found.events.loc[0, ["segment_id", "into_segment_id"]].tolist() == ["S02", "S01"]
    assert found.summary["decision"] == "refit"
    assert "S02 has dissolved: most of its customers are now in S01" in found.summary["sentence"]


def test_a_split_and_a_new_segment_say_where() -> None:
    closed = customers(2)
    closed.loc[segment_of(closed) == 2, "discount_share"] += np.where(np.arange(200) < 90, 7, 0)
    found = check(closed)
    assert found.events[["segment_id", "event"]].values.tolist() == [["S03", "split"]]
    assert found.events.loc[0, "share"] == pytest.approx(0.15, abs=0.01)
    assert "most of all in share bought at a discount" in found.events.loc[0, "sentence"]
    newcomers = customers(5, 90, first=900).assign(frequency=20.0)
    newcomers["frequency"] += np.random.default_rng(1).normal(size=90)
    newcomers["discount_share"] = np.random.default_rng(2).normal(size=90) + 20
    found = check(pd.concat([customers(2), newcomers], ignore_index=True))
    assert found.events["event"].tolist() == ["new"]
    assert found.events["segment_id"].isna().all()
    assert "A new segment has appeared: 13% of all customers" in found.summary["sentence"]


def test_a_flipped_kpi_asks_for_a_refit() -> None:
    flip = "S01 was above S02 in orders per customer last quarter and is below it now."
    summary = check(customers(2), kpi_order=[flip]).summary
    assert summary["decision"] == "refit"
    assert summary["sentence"] == (
        f"At the end of the quarter segments have changed places in a KPI. {flip}"
    )
    assert check(customers(2), kpi_order=[]).summary["decision"] == "valid"


@pytest.mark.parametrize("left", [0, 2, 49])
def test_too_few_customers_at_the_close_are_not_assessed(left: int) -> None:
    closed = customers(2)
    closed["state"] = np.where(np.arange(600) < left, "ACTIVE", "LAPSED")
    found = check(closed, kpi_order=[])
    assert found.events.empty
    assert found.summary["decision"] == "not assessed"
    assert found.summary["customers_close"] == left
    assert found.summary["sentence"] == (
        "Too few customers are active at the end of the quarter to see whether the segments still "
        "hold; at least 50 are needed."
    )
    assert found.summary["frozen_refit_ari"] is None
    assert found.summary["mix"]["level"] == "not assessed"
    gate = time_gate(found.summary, Gates(), {"checks": []})
    assert gate.verdict == "not assessed"


def test_fifty_customers_at_the_close_are_assessed() -> None:
    closed = customers(2)
    closed["state"] = np.where(np.arange(600) < 50, "ACTIVE", "LAPSED")
    assert check(closed).summary["decision"] != "not assessed"


def test_the_same_seed_gives_the_same() -> None:
    first, second = check(customers(2)), check(customers(2))
    assert first.summary == second.summary
    pd.testing.assert_frame_equal(first.events, second.events)
