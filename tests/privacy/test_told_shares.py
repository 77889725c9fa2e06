"""Shares, intervals and totals on pages, read by someone who knows how many customers there are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.implement.experiments.pages import published_ratios
from segmentation_lib.implement.kpis import published_baseline
from segmentation_lib.implement.migration.matrix import migration_sentences
from segmentation_lib.implement.trends.history import published_history
from segmentation_lib.profile.value.contribution import OUTSIDE, contribution_shown
from segmentation_lib.small_cells import few_in_share
from segmentation_lib.validate.tables import criteria_table, movement_table


def test_a_share_of_whom_a_few_are_left_is_said_in_words():
    baseline = pd.DataFrame(
        [("S06", "visited", "share", 421 / 428, 0.967, 0.992, 428),
         ("S01", "visited", "share", 0.95, 0.94, 0.96, 1258),
         ("S05", "visited", "share", 4 / 489, 0.002, 0.02, 489)],
        columns=["segment_id", "kpi", "unit", "value", "low", "high", "customers"],
    )  # fmt: skip
    shown = published_baseline(baseline, limit=10)
    assert shown[["S01", "S05", "S06"]].to_numpy().tolist() == [
        ["95% (94% to 96%)", "fewer than 10 people", "nearly everybody"]
    ]


def test_the_history_on_pages_has_no_share_of_a_few_nor_its_distance_to_all():
    rows = [
        (period, segment, measure, unit, value, 428.0)
        for period, value in (("2025Q2", 0.9), ("2025Q3", 421 / 428))
        for segment in ("S05", "S06")
        for measure, unit in (("active", "share"), ("conversion", "share"),
                              ("retention_gap", "points"), ("revenue", "money"))
    ]  # fmt: skip
    columns = ["period", "segment_id", "measure", "unit", "value", "customers"]
    history = pd.DataFrame(rows, columns=columns)
    history.loc[history["segment_id"] == "S05", "value"] = 0.5
    shown = published_history(history, limit=10)
    gone = history.merge(shown, how="left", indicator=True).query("_merge == 'left_only'")
    assert gone[["period", "segment_id", "measure"]].to_numpy().tolist() == [
        ["2025Q3", "S06", "active"], ["2025Q3", "S06", "conversion"],
        ["2025Q3", "S06", "retention_gap"],
    ]  # fmt: skip


def test_every_shown_share_leaves_ten_people_on_both_sides():
    rng = np.random.default_rng(7)
    customers = pd.Series(rng.integers(10, 600, 400))
    did = pd.Series([rng.integers(0, n + 1) for n in customers])
    shown = ~few_in_share(did / customers, customers, limit=10)
    for people in (did[shown], (customers - did)[shown]):
        assert ((people == 0) | (people >= 10)).all()
    assert shown.any()


def test_the_moves_are_told_in_whole_percents():
    matrix = pd.DataFrame(
        [("S01", "S01", 4171), ("S01", "S02", 263), ("S01", "LAPSED", 60), ("S02", "S02", 500)],
        columns=["from_segment_id", "to_segment_id", "customers"],
    ).assign(share=0.0)
    said = migration_sentences(matrix, {"S01": "A", "S02": "B"})[0]
    assert said.endswith(
        "94% are in the same one, 5% moved to another and 1% are in none any more."
    )


def test_all_customers_of_the_ledger_are_told_to_the_nearest_ten():
    table = pd.DataFrame(
        {"segment_id": ["S01", OUTSIDE, "(all)"], "customers": [4494, 519, 5013],
         "revenue_per_customer": 1.0, "revenue_low": 1.0, "revenue_high": 1.0}
    )  # fmt: skip
    assert contribution_shown(table)["customers"].tolist() == [4494, 520, 5010]


def test_an_interval_around_a_hidden_share_is_hidden_too():
    noise = pd.DataFrame(
        {"segment_id": ["S01", "S06"], "customers": [1185, 145], "moved": [0.044, 4 / 145],
         "floor": [0.029, 12.08 / 145], "difference": [0.015, -0.056], "low": [-0.001, -0.114],
         "high": [0.031, 0.001], "verdict": "within noise"}
    )  # fmt: skip
    shown = movement_table(noise)
    assert shown["difference_from"].isna().tolist() == [False, True]
    assert shown["difference_to"].isna().tolist() == [False, True]


def test_a_criterion_on_a_share_does_not_tell_its_count():
    criteria = pd.DataFrame(
        {"segment_id": ["S01", "S04", "S06"], "measure": "visited",
         "value": [0.9114583, 0.3980952, 421 / 428], "asked": "weight 0.5", "passed": None}
    )  # fmt: skip
    assert criteria_table(criteria)["value"].tolist() == ["91%", "40%", "over 95%"]


def test_arms_do_not_tell_how_many_of_a_segment_are_in_none():
    ratios = pd.DataFrame(
        [("E1", "(all)", "control", 205), ("E1", "(all)", "treatment", 217),
         ("E1", "S06", "control", 205), ("E1", "S06", "treatment", 217)],
        columns=["experiment_id", "segment_id", "arm", "customers"],
    ).assign(share=0.5, planned=0.5, level="fine")  # fmt: skip
    shown = published_ratios(ratios, names={"S06": "F"}, limit=10)
    assert shown["customers"].tolist() == ["210", "220", "210", "220"]
