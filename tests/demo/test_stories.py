"""The planted stories are in the data: the break, the loop, the early sign, the wait, the spike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.demo.orders import make_orders
from segmentation_lib.demo.population import make_population
from segmentation_lib.demo.sessions import draw_sessions
from segmentation_lib.demo.spike import spike_lift
from segmentation_lib.demo.wishlist import draw_wishes, move_sessions
from segmentation_lib.demo.world import BARGAIN, LOYAL, SEGMENT_KEYS, quarter_starts, stream

DAY = pd.Timedelta(days=1)


def story(demo_truth, name):
    rows = demo_truth.stories.query("story == @name")
    return rows.set_index("segment")["value"], rows["subject"].iloc[0]


@pytest.fixture(scope="module")
def events(demo_tables, demo_truth):
    """The events with the planted segment of the customer in their quarter; orphans are gone."""
    table = demo_tables["events"]
    at = table["occurred_at"].dt
    table = table.assign(quarter=at.year.astype(str) + "Q" + at.quarter.astype(str))
    planted = demo_truth.segments[["customer_id", "quarter", "segment"]]
    return table.merge(planted, on=["customer_id", "quarter"])


def test_one_segment_breaks_at_the_checkout(events, demo_truth):
    planted, _ = story(demo_truth, "checkout_completion")
    reached = events.loc[events["event"] == "checkout"].drop_duplicates("session_id")
    bought = events.loc[events["event"] == "purchase", "session_id"]
    reached = reached.assign(bought=reached["session_id"].isin(bought))
    realised = reached.groupby("segment")["bought"].agg(["mean", "size"])
    margin = 4 * np.sqrt(planted * (1 - planted) / realised["size"]) + 0.03
    assert ((realised["mean"] - planted).abs() <= margin).all()
    assert (
        planted["big_basket_occasional"] < 0.65 < 0.9 < planted.drop("big_basket_occasional").min()
    )


def test_that_segment_goes_round_in_the_delivery_slots(events, demo_truth):
    planted, page = story(demo_truth, "loop_page")
    (segment,) = planted.index
    visits = events.loc[events["event"] == page].groupby(["segment", "session_id"]).size()
    assert (visits.drop(segment) == 1).all()
    bought = set(events.loc[events["event"] == "purchase", "session_id"])
    stuck = visits[segment][~visits[segment].index.isin(bought)]
    assert stuck.mean() == pytest.approx(planted[segment], abs=0.1)
    assert stuck.min() >= 2
    smooth = visits[segment][visits[segment].index.isin(bought)]
    assert (smooth == 1).all()
    # Whoever is stuck leaves there, and nothing is new after the first visit to the page.
    rows = events.loc[events["session_id"].isin(stuck.index)].sort_values("occurred_at")
    assert set(rows.groupby("session_id")["event"].last()) == {page}
    assert set(rows.groupby(["session_id", "event"]).size().index.levels[1]) >= {"checkout", page}
    arrived = rows.loc[rows["event"] == page].groupby("session_id")["occurred_at"].first()
    fresh = rows.drop_duplicates(["session_id", "event"])
    assert (fresh["occurred_at"] <= fresh["session_id"].map(arrived)).all()


def test_three_favourites_at_first_tell_who_comes_back_to_buy(demo_tables, demo_truth):
    planted, sign = story(demo_truth, "early_threshold")
    _, noise = story(demo_truth, "early_noise")
    table = demo_tables["events"]
    age = table["occurred_at"] - table.groupby("customer_id")["occurred_at"].transform("min")
    later = (table["event"] == "purchase") & (age >= 8 * DAY) & (age < 91 * DAY)
    people = pd.Index(table["customer_id"].unique())
    buys = people.isin(table.loc[later, "customer_id"])
    first = table.loc[age < 7 * DAY]

    def association(event):
        count = first.loc[first["event"] == event].groupby("customer_id").size()
        count = count.reindex(people, fill_value=0).to_numpy()
        return [float(np.corrcoef(count >= least, buys)[0, 1]) for least in range(1, 6)]

    found = association(sign)
    assert 1 + int(np.argmax(found)) == planted["all"] == 3
    assert found[2] > 0.35
    assert max(found[1], found[3]) < found[2] - 0.05
    assert np.abs(association(noise)).max() < 0.05
    counts = table["event"].value_counts()
    assert counts[sign] == counts[noise]
    assert (table["event"].isin([sign, noise]) <= (age < 7 * DAY)).all()


def test_wishes_come_true_with_a_half_life_of_three_days(demo_tables, demo_truth):
    planted, wish = story(demo_truth, "half_life_days")
    (segment,) = planted.index
    table = demo_tables["events"].sort_values("occurred_at")
    wishes = table.loc[table["event"] == wish, ["customer_id", "occurred_at"]]
    bought = table.loc[table["event"] == "purchase", ["customer_id", "occurred_at"]]
    bought = bought.assign(bought_at=bought["occurred_at"])
    joined = pd.merge_asof(wishes, bought, on="occurred_at", by="customer_id", direction="forward")
    days = (joined["bought_at"] - joined["occurred_at"]) / DAY
    back = days[days <= 45]
    assert len(back) > 1000
    assert back.median() == pytest.approx(planted[segment], abs=0.35)
    assert back.mean() * np.log(2) == pytest.approx(planted[segment], abs=0.35)
    # The others do not come back for it: next to nobody between the two.
    assert ((days > 45) & (days < 60)).sum() <= 3
    assert 0.3 <= len(back) / len(days) <= 0.6
    now = demo_truth.segments.query("segment == @segment")["customer_id"]
    assert wishes["customer_id"].isin(now).all()


def test_wishing_moves_sessions_and_makes_none():
    population = make_population(seed=4, customers=600)
    orders = make_orders(population, seed=4)
    sessions = draw_sessions(orders, population, stream(4, "events"))
    wishes = draw_wishes(sessions, orders, seed=4)
    moved = move_sessions(sessions, wishes)
    assert len(wishes.fulfilled) == len(set(wishes.fulfilled)) > 20
    assert not set(wishes.fulfilled) & set(wishes.forgotten)
    np.testing.assert_array_equal(moved.person, sessions.person)
    changed = np.flatnonzero(moved.seconds != sessions.seconds)
    assert set(changed) <= set(wishes.fulfilled)
    assert (sessions.order_id[wishes.fulfilled] == "").all()


def test_one_segment_spends_twice_as_much_in_one_quarter(demo_tables, demo_truth):
    planted, quarter = story(demo_truth, "basket_spike")
    (segment,) = planted.index
    orders = demo_tables["orders"].drop_duplicates()
    orders = orders.loc[(orders["amount"] > 0) & (orders["amount"] < 10_000)]
    at = orders["ordered_at"].dt
    orders = orders.assign(quarter=at.year.astype(str) + "Q" + at.quarter.astype(str))
    rows = orders.merge(demo_truth.segments, on=["customer_id", "quarter"])
    rows = rows.loc[rows["segment"] == segment]
    baskets = rows.groupby(["quarter", "order_id"])["amount"].sum().groupby("quarter").mean()
    before = baskets.drop(quarter)
    assert before.max() / before.min() < 1.1
    assert baskets[quarter] / before.mean() == pytest.approx(planted[segment], rel=0.05)


def test_the_spike_ends_with_its_quarter():
    start, end = quarter_starts()[1:3]
    day = np.array([start - 1, start, end - 1, end, start])
    segment = np.array([BARGAIN, BARGAIN, BARGAIN, BARGAIN, LOYAL])
    assert spike_lift(segment, day).tolist() == [1.0, 2.0, 2.0, 1.0, 1.0]


def test_words_belong_to_one_segment_and_are_in_its_comments(demo_tables, demo_truth):
    words = demo_truth.words
    assert not words["word"].duplicated().any()
    assert set(words["segment"]) == set(SEGMENT_KEYS)
    assert set(words.query("phrases == 2")["word"]) >= {"furniture", "wishlist", "catalogue"}
    assert words.query("word == 'furniture'")["segment"].item() == "big_basket_occasional"
    answers = demo_tables["surveys"].dropna(subset=["comment"])
    at = answers["answered_at"].dt
    answers = answers.assign(quarter=at.year.astype(str) + "Q" + at.quarter.astype(str))
    said = answers.merge(demo_truth.segments, on=["customer_id", "quarter"])
    for word, segment in (("wishlist", "app_browsers"), ("catalogue", "catalogue_era")):
        assert set(said.loc[said["comment"].str.contains(word), "segment"]) == {segment}
