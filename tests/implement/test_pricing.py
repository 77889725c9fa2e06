"""Stated prices: curves by hand, planted prices, contradictions, and what is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.pricing import (
    asked_prices_demand,
    four_prices_demand,
    missing_columns,
    price_demand,
    price_tiers,
    pricing_sentences,
    shown_curve,
    shown_tiers,
)
from segmentation_lib.params.registers.pricing import AskedPrices, FourPrices, PriceStudy, Tier

SEED = np.random.SeedSequence(1)
ASKED = AskedPrices(price="price", would_buy="buys")
FOUR = FourPrices(too_cheap="a", cheap="b", expensive="c", too_expensive="d")


def study(**changes) -> PriceStudy:
    tiers = (Tier(name="Plus", price=20.0, segments=("S01",)),
             Tier(name="Premium", price=40.0, segments=("S02",)))  # fmt: skip
    given = {"id": "plan", "product": "A plan", "asked_prices": ASKED, "tiers": tiers}
    return PriceStudy(**(given | changes))


def answered(halves: dict[str, float], n: int = 150) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Everybody is asked at six prices around the median of the segment, and for four prices."""
    rng = np.random.default_rng(3)
    answers, placed = [], []
    for segment, half in halves.items():
        for number, most in enumerate(half * np.exp(rng.normal(0, 0.4, n))):
            name = f"{segment}-{number:04d}"
            placed.append((name, segment))
            four = [round(part * most, 1) for part in (0.5, 0.7, 0.9, 1.0)]
            answers += [(name, price, float(most >= price), *four)
                        for price in (10.0, 15.0, 20.0, 30.0, 40.0, 60.0)]  # fmt: skip
    frame = pd.DataFrame(answers, columns=["customer_id", "price", "buys", "a", "b", "c", "d"])
    frame.insert(1, "answered_at", pd.Timestamp("2025-08-01"))
    return frame, pd.DataFrame(placed, columns=["customer_id", "segment_id"])


def test_a_curve_by_hand_is_pooled_where_it_would_rise():
    # Of four customers 4, 2, 3 and 0 would buy: the middle two are pooled to 2.5 of 4.
    asked = np.ones((4, 4), dtype=bool)
    bought = np.array([[1, 1, 1, 0], [1, 1, 1, 0], [1, 0, 1, 0], [1, 0, 0, 0]], dtype=bool)
    found = asked_prices_demand(asked, bought, np.array([10.0, 20, 30, 40]), seed=SEED, draws=99)
    assert found.share.tolist() == [1.0, 0.625, 0.625, 0.0]
    assert found.points["willingness"].value == pytest.approx(30 + 10 * 0.125 / 0.625)
    assert found.points["best"].value == 30  # 30 x .625 is the most
    assert found.answers.tolist() == [4, 4, 4, 4]
    assert (found.low <= found.share).all()
    assert (found.high >= found.share).all()
    assert found.high[3] == pytest.approx(0.4899, abs=1e-4)  # Wilson of 0 in 4
    dear = asked_prices_demand(
        asked, bought, np.array([10.0, 20, 30, 40]), seed=SEED, draws=99, unit_cost=28.0
    )
    assert dear.points["best"].value == 30


def test_a_price_beyond_those_asked_is_infinite():
    asked, prices = np.ones((40, 2), dtype=bool), np.array([10.0, 20.0])
    half = [asked_prices_demand(asked, np.full((40, 2), yes), prices, seed=SEED, draws=99)
            .points["willingness"].value for yes in (True, False)]  # fmt: skip
    assert half == [np.inf, -np.inf]


def test_four_prices_by_hand():
    # Three customers: the curves cross where as many say one thing as the other.
    rows = np.array([[2, 4, 6, 8], [3, 5, 7, 9], [4, 6, 8, 10]], dtype="float64")
    found = four_prices_demand(*rows.T, seed=SEED, draws=99)
    points = {name: point.value for name, point in found.points.items()}
    # Too cheap ends at 4 and expensive starts at 6; cheap ends at 6 and too expensive starts at 8.
    assert points["range_low"] == 5  # nobody says either any more: both are 0
    assert points["range_high"] == 7
    assert points["indifference"] == 6  # one calls 6 cheap, one expensive
    assert points["willingness"] == 9
    assert found.prices.tolist() == [8, 9, 10]
    assert found.share.tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    with pytest.raises(ValueError, match="must not fall"):
        four_prices_demand(*rows.T[::-1], seed=SEED, draws=9)


@pytest.mark.parametrize("question", [{"asked_prices": ASKED}, {"four_prices": FOUR}])
def test_planted_prices_of_20_and_40_are_recovered(question):
    given = {"asked_prices": None, "four_prices": None} | question
    _, points = price_demand([study(**given)], *answered({"S01": 20.0, "S02": 40.0}), seed=1,
                             draws=99)  # fmt: skip
    own = points.set_index("segment_id")
    for segment, half in (("S01", 20.0), ("S02", 40.0)):
        assert own.at[segment, "willingness_low"] < half < own.at[segment, "willingness_high"]
        assert own.at[segment, "verdict"] == "measured"
        assert own.at[segment, "customers"] == 150
    assert own.at["S01", "willingness_high"] < own.at["S02", "willingness_low"]
    assert own.at["(all)", "customers"] == 300


def test_tiers_that_fit_and_tiers_the_wrong_way_round():
    for halves, verdicts in (
        ({"S01": 25.0, "S02": 50.0}, ["fits", "fits"]),
        ({"S01": 50.0, "S02": 25.0}, ["out of order", "out of order"]),
        ({"S01": 25.0, "S02": 25.0}, ["fits", "too dear"]),
    ):
        curve, points = price_demand([study()], *answered(halves), seed=1, draws=99)
        tiers = price_tiers([study()], curve, points)
        assert tiers["verdict"].tolist() == verdicts
        said = pricing_sentences(points, tiers, names={"S01": "Loyal"}, currency="GBP")
        assert sum(one.startswith("Error: ") for one in said) == verdicts.count("out of order")
    assert said[0].startswith("S02 finds the tier Premium too dear: ")
    assert tiers["would_buy"].between(0, 1).all()


def test_too_few_answers_are_said_and_the_seed_decides_all():
    answers, placed = answered({"S01": 20.0, "S02": 40.0}, n=40)
    few = answers[(answers["customer_id"] < "S02-0005")]
    curve, points = price_demand([study()], few, placed, seed=1, draws=99)
    assert points["verdict"].tolist() == ["measured", "too few answers", "measured"]
    assert points["customers"].tolist() == [40, 5, 45]
    assert "S02" not in set(curve["segment_id"])
    said = pricing_sentences(points, price_tiers([study()], curve, points), names={})
    assert said[-1] == "Too few answers to tell: S02."
    shuffled = few.sample(frac=1, random_state=5)
    again = price_demand([study()], shuffled, placed, seed=1, draws=99)
    pd.testing.assert_frame_equal(points, again[1])
    pd.testing.assert_frame_equal(curve, again[0])


def test_a_survey_without_the_columns_says_what_to_provide():
    answers, placed = answered({"S01": 20.0}, n=40)
    bare = answers[["customer_id", "answered_at"]]
    assert missing_columns(bare, study()) == ("price", "buys")
    curve, points = price_demand([study()], bare, placed, seed=1)
    assert curve.empty
    assert points.empty
    tiers = price_tiers([study()], curve, points)
    assert tiers["verdict"].tolist() == ["not known", "not known"]
    said = pricing_sentences(points, tiers, names={}, missing=("price", "buys"))
    assert "The survey has no column price and buys." in said[0]
    assert said[1].startswith("To provide: ")


def test_the_last_answer_counts_and_contradictions_are_dropped():
    answers, placed = answered({"S01": 20.0}, n=40)
    late = answers.assign(buys=1 - answers["buys"], answered_at=pd.Timestamp("2025-09-01"))
    both = price_demand([study()], pd.concat([late, answers]), placed, seed=1, draws=99)
    only = price_demand([study()], late, placed, seed=1, draws=99)
    pd.testing.assert_frame_equal(both[1], only[1])
    wrong = answers.assign(d=np.where(answers["customer_id"] < "S01-0005", 0.1, answers["d"]))
    _, points = price_demand(
        [study(asked_prices=None, four_prices=FOUR)], wrong, placed, seed=1, draws=99
    )
    assert points["customers"].tolist() == [35, 35]
    assert points["dropped"].tolist() == [pd.NA, 5]


def test_answers_that_are_neither_yes_nor_no_are_refused():
    answers, placed = answered({"S01": 20.0}, n=40)
    with pytest.raises(ContractError, match=r"surveys\.buys: 4 in 240 of 240 answers"):
        price_demand([study()], answers.assign(buys=4), placed, seed=1)


def test_points_that_stand_for_a_few_are_left_out_and_counts_are_rounded():
    counts = [(5, 100), (6, 95), (7, 88), (8, 41), (9, 12), (10, 4), (11, 0)]
    curve = pd.DataFrame(
        [("plan", "asked prices", "S01", float(price), n / 104, 0.0, 1.0, 104)
         for price, n in counts],
        columns=["study", "method", "segment_id", "price", "share", "low", "high", "customers"],
    )  # fmt: skip
    shown = shown_curve(curve)
    # At 5 four would not buy, at 6 nine; at 9 and 10 too few would.
    assert shown["price"].tolist() == [7, 8, 11]
    assert shown["customers"].tolist() == [100, 100, 100]
    assert shown["share"].tolist() == [0.9, 0.4, 0.0]
    assert (shown["low"] <= shown["share"]).all()
    assert (shown["share"] <= shown["high"]).all()
    assert list(shown.columns) == list(curve.columns)
    assert shown_curve(curve.head(0)).empty


def test_a_tier_that_a_few_would_pay_for_is_told_without_their_share():
    curve, points = price_demand([study()], *answered({"S01": 25.0, "S02": 25.0}), seed=1, draws=99)
    tiers = price_tiers([study()], curve, points)
    dear = tiers["verdict"] == "too dear"
    few = tiers.assign(would_buy=tiers["would_buy"].mask(dear, 6 / 150))
    assert shown_tiers(few).loc[dear, ["would_buy", "low", "high"]].isna().all(axis=None)
    assert shown_tiers(few).loc[~dear, "would_buy"].notna().all()
    said = pricing_sentences(points, few, names={}, currency="GBP")[0]
    assert "too dear: fewer than 10 of those asked would pay £" in said
    assert "%" not in said
