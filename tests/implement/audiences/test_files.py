"""The folder of the audiences: every rule in every form, and reasons where a system cannot."""

from __future__ import annotations

import json

import pandas as pd

from segmentation_lib.implement import audiences
from segmentation_lib.implement.audiences.files import audience_files
from segmentation_lib.implement.audiences.rule import Audience, Clause, Conjunction, Source


def rule(**more):
    part = Conjunction(all=(Clause(field="recency", op="<=", value=31, null="fail"),))
    source = Source(model_hash="abc", as_of="2025-10-01", window_days=365)
    return Audience(
        segment_id="S01", version="2025Q3", priority=1, source=source, any=(part,), **more
    )


def test_each_rule_is_there_in_every_form():
    files = audience_files([rule()], {"duckdb": "SELECT 1;\n"})
    assert sorted(files) == [
        "S01.json", "audience.schema.json", "duckdb.sql", "hubspot/S01.json", "klaviyo/S01.json",
    ]  # fmt: skip
    assert Audience.from_json(json.loads(files["S01.json"])) == rule()
    assert json.loads(files["hubspot/S01.json"])["name"] == "S01 2025Q3"


def test_a_system_that_cannot_express_a_rule_says_so():
    between = Clause(field="recency", op="between", value=(1, 31), null="fail")
    files = audience_files([rule(exclude=(between,))], {})
    assert "between" in json.loads(files["hubspot/S01.json"])["cannot"]


def test_a_page_shows_shares_and_what_a_rule_is_good_for():
    table = pd.DataFrame(
        [("S01", "buys often", 0.93, 0.97, "audience"),
         ("S02", "", float("nan"), float("nan"), "explanation only")],
        columns=["segment_id", "rule", "recall", "precision", "verdict"],
    )  # fmt: skip
    shown = audiences.published_audiences(table, {"S01": "Regulars"})
    assert shown.to_dict("list") == {
        "segment": ["S01 (Regulars)", "S02"],
        "rule": ["buys often", "no short rule"],
        "finds": ["93%", "–"],
        "right": ["97%", "–"],
        "use": ["audience", "to explain"],
    }
