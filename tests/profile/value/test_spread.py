"""Concentration, history and durability: exact tables, planted spikes, steady markets."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.calendar import Window
from segmentation_lib.profile.value import (
    concentration,
    concentration_sentence,
    customer_worth,
    durable_sentence,
    durable_value,
    lookback_quarters,
    made_by,
    value_gini,
    value_history,
)
from segmentation_lib.profile.value.durable_words import verdict_sentence
from tests.profile.value.buyers import ledger_of

PLACED = pd.DataFrame(
    {"customer_id": list("abcdef"), "segment_id": ["S01", "S02", "S02", "S02", "S01", None]}
)
WORTH = pd.DataFrame({"customer_id": list("abcdf"), "value": [50.0, 30.0, 15.0, 5.0, 99.0]})


def test_shares_best_first_by_customers_and_by_segments():
    table = concentration(WORTH, PLACED, steps=5)
    people = table[table["kind"] == "customers"]
    assert people["label"].tolist()[:2] == ["best 20%", "20% to 40%"]
    assert people["value"].tolist() == [50.0, 30.0, 15.0, 5.0, 0.0]
    assert people["cumulative_value_share"].tolist() == [0.5, 0.8, 0.95, 1.0, 1.0]
    segments = table[table["kind"] == "segment"]
    assert segments["label"].tolist() == ["S01", "S02"]
    assert segments["cumulative_customer_share"].tolist() == [0.4, 1.0]
    assert segments["value_share"].tolist() == [0.5, 0.5]
    gini = value_gini(WORTH, PLACED, seed=1, draws=99)
    assert gini.value == pytest.approx((4 * 50 + 2 * 30 - 2 * 5) / (5 * 100))
    assert concentration_sentence(table, gini).startswith(
        "The best 20% of customers bring 50% of the value."
    )


def test_negative_values_push_the_curve_over_one_and_a_loss_has_no_shares():
    worth = WORTH.assign(value=[50.0, 30.0, 40.0, -20.0, 0.0])
    people = concentration(worth, PLACED, steps=5).query("kind == 'customers'")
    assert people["cumulative_value_share"].tolist() == [0.5, 0.9, 1.2, 1.2, 1.0]
    lost = concentration(WORTH.assign(value=-1.0), PLACED, steps=2)
    assert lost["value_share"].isna().all()
    assert "cannot be said" in concentration_sentence(lost, value_gini(worth, PLACED, seed=1))


def test_worth_is_by_the_measure_of_the_value_table():
    outcomes = pd.DataFrame({"customer_id": ["a"], "revenue": [5.0]})
    worth = customer_worth(outcomes, PLACED, pd.DataFrame({"customer_id": ["a"]}))
    assert worth["value"].tolist() == [5.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_history_counts_only_those_who_were_customers_before_the_quarter():
    ledger = pd.DataFrame(
        [("a", 4, 10.0), ("a", 0, 30.0), ("b", 4, 10.0), ("b", 1, 20.0), ("c", 1, 70.0),
         ("c", 0, 60.0)],
        columns=["customer_id", "quarters_back", "amount"],
    ).assign(kind="revenue", complete=True)  # fmt: skip
    table = value_history(ledger, PLACED, most_quarters=3)
    first = table[table["segment_id"] == "S01"].set_index("quarters_back")
    second = table[table["segment_id"] == "S02"].set_index("quarters_back")
    assert table["quarters_back"].tolist() == [2, 1, 0, 2, 1, 0]
    # c came in the quarter before this one, so c counts in this one only.
    assert second["customers"].to_dict() == {2: 1, 1: 1, 0: 2}
    assert second["value_per_customer"].to_dict() == {2: 0.0, 1: 20.0, 0: 30.0}
    assert first["value_index"].to_dict()[0] == pytest.approx(100.0)
    assert first["value_index"].to_dict()[1] == 0.0
    assert np.isnan(first["value_index"].to_dict()[2])


@pytest.mark.parametrize("back", [0, 6, 7])
def test_a_planted_spike_is_momentary_in_its_quarter_and_no_change_is_shown_elsewhere(back):
    ledger, placed = ledger_of(
        np.random.default_rng(20 + back), n=1200, quarters=9, spike=(back, 3.0)
    )
    table = durable_value(ledger, placed, seed=1, permutations=399).set_index("segment_id")
    assert table["verdict"].to_dict() == {
        "S01": "durable", "S02": "momentary", "S03": "durable", "S04": "durable"
    }  # fmt: skip
    assert table.loc["S02", "spike_quarters_back"] == back
    assert table.loc["S02", "ratio"] == pytest.approx(3.0, rel=0.4)
    assert table.loc["S02", "level_since"] == (back > 1)
    assert "In S02 one quarter stands out: " in durable_sentence(table.reset_index())


@pytest.mark.parametrize(
    ("factor", "verdict", "sentence"),
    [
        (1.25, "growing", "times as much as before the lookback."),
        (1 / 1.25, "fading", "% less than before the lookback."),
    ],
)
def test_slow_change_through_all_quarters_is_told(factor, verdict, sentence):
    ledger, placed = ledger_of(np.random.default_rng(31), n=1200, quarters=9, grows=factor)
    table = durable_value(ledger, placed, seed=1, permutations=399).set_index("segment_id")
    assert table.loc["S02", "verdict"] == verdict
    # This quarter, over the mean of those five to eight back.
    assert table.loc["S02", "ratio"] == pytest.approx(
        4 / sum(factor ** -np.arange(5.0, 9.0)), rel=0.25
    )
    assert sentence in table.loc["S02", "sentence"]
    assert (table.drop(index="S02")["verdict"] == "durable").all()


def test_what_happened_in_the_lookback_chose_the_customers_and_shows_nothing():
    ledger, placed = ledger_of(
        np.random.default_rng(41), n=1600, quarters=9, spike=(2, 3.0), chosen=True
    )
    table = durable_value(ledger, placed, seed=1, permutations=399).set_index("segment_id")
    assert set(table["verdict"]) == {"durable"}
    assert set(table["quarters"]) == {5}
    assert table.loc["S01", "sentence"] == (
        "Value: no change shown over the five quarters compared."
    )
    assert durable_sentence(table.reset_index(), period="2025Q3") == (
        "No change is shown in the value of S01, S02, S03 and S04. Compared are this quarter and "
        "those before 2024Q3: the quarters between made the segments, and would show a change "
        "where there is none."
    )
    # In segments that no quarter chose, the same spike is found.
    ledger, placed = ledger_of(np.random.default_rng(41), n=1600, quarters=9, spike=(2, 3.0))
    free = durable_value(ledger, placed, seed=1, permutations=399, lookback_quarters=0)
    assert free.set_index("segment_id").loc["S02", "spike_quarters_back"] == 2


def test_a_season_is_no_spike_and_others_who_leave_are_no_growth():
    ledger, placed = ledger_of(np.random.default_rng(42), n=1200, quarters=9)
    joined = ledger.groupby("customer_id")["quarters_back"].transform("max")
    rush = ledger.assign(amount=ledger["amount"] * np.where(ledger["quarters_back"] == 6, 4, 1))
    table = durable_value(rush, placed, seed=1, permutations=399)
    assert set(table["verdict"]) == {"durable"}
    stays = ledger["customer_id"].map(placed.set_index("customer_id")["segment_id"]) == "S02"
    leaves = ~stays & (ledger["quarters_back"] == 0) & (joined > 0)
    left = ledger.assign(amount=ledger["amount"] * np.where(leaves, 0.4, 1))
    gone = durable_value(left, placed, seed=1, permutations=399).set_index("segment_id")
    assert gone.loc["S02", "verdict"] == "durable"


@pytest.mark.parametrize(
    ("days", "first", "end", "quarters"),
    [
        (365, "2026-01-01", "2026-04-01", 4),
        (365, "2026-07-01", "2026-10-01", 4),
        (366, "2026-01-01", "2026-04-01", 4),
        (730, "2026-01-01", "2026-04-01", 8),
        (120, "2026-01-01", "2026-04-01", 2),
        (28, "2026-01-01", "2026-04-01", 1),
        (84, "2026-01-05", "2026-02-02", 3),
    ],
)
def test_the_lookback_in_quarters(days, first, end, quarters):
    window = Window(date.fromisoformat(first), date.fromisoformat(end))
    assert lookback_quarters(days, window) == quarters


ROW = {"segment_id": "S02", "quarters": 8, "verdict": "momentary", "ratio": 2.02,
       "spike_quarters_back": 6.0, "level_since": True, "lookback_quarters": 4}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "period", "sentence"),
    [
        ({}, "2025Q3", "One quarter stands out: 2024Q1, 2.0 times the others. Those compared after "
                       "it are level."),
        ({"level_since": False}, "", "One quarter stands out: the one six quarters before this "
                                     "one, 2.0 times the others."),
        ({"spike_quarters_back": 0.0, "level_since": False, "ratio": np.inf}, "",
         "One quarter stands out: this one, all of the value."),
        ({"verdict": "durable"}, "2025Q3", "Value: no change shown over the eight quarters "
                                           "compared."),
        ({"verdict": "fading", "ratio": 0.6}, "",
         "Value: fading, 40% less than before the lookback."),
        ({"verdict": "growing", "ratio": np.inf}, "",
         "Value: growing, from nothing before the lookback."),
    ],
)  # fmt: skip
def test_sentences_name_quarters_and_say_what_came_after_a_spike(change, period, sentence):
    assert verdict_sentence({**ROW, **change}, period=period) == sentence


def test_the_picture_says_which_quarters_made_the_segments():
    history = pd.DataFrame({"quarters_back": range(7)})
    assert "in 2024Q3 to 2025Q2 made the segments" in made_by(history, 4, "2025Q3")
    assert "made" not in made_by(history, 0, "2025Q3")


def test_too_few_quarters_outside_the_lookback_or_few_customers_are_no_history():
    ledger, placed = ledger_of(np.random.default_rng(33), quarters=5)
    short = durable_value(ledger, placed, seed=1, permutations=19)
    assert set(short["verdict"]) == {"not enough history"}
    assert "too short" in durable_sentence(short)
    ledger, placed = ledger_of(np.random.default_rng(34), n=60, quarters=9)
    few = durable_value(ledger, placed, seed=1, permutations=19)
    assert set(few["verdict"]) == {"not enough history"}
    ledger, placed = ledger_of(np.random.default_rng(35), n=1200, quarters=9)
    partial = ledger.assign(complete=ledger["quarters_back"] > 0)
    open_end = durable_value(partial, placed, seed=1, permutations=19)
    assert set(open_end["verdict"]) == {"not enough history"}


def test_an_incomplete_quarter_is_not_compared():
    ledger, placed = ledger_of(np.random.default_rng(35), n=1200, quarters=9, spike=(6, 4.0))
    partial = ledger.assign(complete=ledger["complete"] & (ledger["quarters_back"] != 6))
    table = durable_value(partial, placed, seed=1, permutations=199)
    assert set(table["verdict"]) == {"durable"}
    assert set(table["quarters"]) == {4}
