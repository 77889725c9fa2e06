"""The public event log through its own parameter file: events alone, outcomes out of them."""

from __future__ import annotations

import shutil

import pytest

from segmentation_lib import prepare
from segmentation_lib.engine import Engine
from segmentation_lib.params import load_params
from segmentation_lib.prepare import records


@pytest.fixture(scope="module")
def shop_events(shared, project_root, tmp_path_factory):
    root = tmp_path_factory.mktemp("shop_events")
    (root / "data").mkdir()
    shutil.copy(shared / "data/event_log_ecom/ecom_events.csv.gz", root / "data")
    params = load_params(project_root / "params/shop_events/2024Q2.yaml", "2024Q2.yaml")
    with Engine.open(root, params.data) as engine:
        cleaned = prepare.clean(prepare.load_tables(engine, params), params)
        found = records(cleaned, params)
        return prepare.snapshot(cleaned, params), found, engine.frame(found.event_log)


def test_customers_and_outcomes_of_the_quarter(shop_events):
    prepared = shop_events[0]
    assert len(prepared.outcomes) == 368
    assert (prepared.features_open["state"] == "ACTIVE").sum() == 290
    assert prepared.outcomes["purchases"].sum() == 232
    assert {"quarter_sessions", "active", "support_chats"} <= set(prepared.outcomes)


def test_the_log_is_kept_without_its_repeated_rows(shop_events):
    _, found, log = shop_events
    assert found.purchase_days is found.ledger is found.survey_answers is None
    assert len(log) == 31_106 - 30
    assert log["customer_id"].nunique() == 600
    assert (log["event"] == "purchase").sum() == 470
    assert log["session_id"].nunique() == 3_605
