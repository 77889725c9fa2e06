"""Tests of friction: visits counted by hand, the planted loop, and nothing in a random walk."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.journeys import friction_sentences, steps
from segmentation_lib.profile.journeys.friction import page_friction
from segmentation_lib.profile.journeys.visits import before_goal, moves_past, page_visits

from .logs import WINDOW, drawn, segments, written

CUSTOMERS = np.repeat(np.arange(150), 8)
WHO = segments(S01=[f"c{i:05d}" for i in range(90)], S02=[f"c{i:05d}" for i in range(90, 150)])


def walks(seed, *, loop_from=999):
    """Random walks, page A twice as popular; from a customer on, A is often gone back to."""
    rng = np.random.default_rng(seed)
    pages = np.array(list("AABCDEF"))
    paths = []
    for customer in CUSTOMERS:
        path = list(pages[rng.integers(0, 7, rng.integers(4, 9))])
        for step in range(2, len(path)):
            back = customer >= loop_from and path[step - 2] == "A" and rng.random() < 0.7
            path[step] = "A" if back else path[step]
        paths.append(np.array(path))
    return drawn(paths, CUSTOMERS)


def visits(engine, journeys, **options):
    table = steps(written(journeys), segments(S01=sorted(journeys)), WINDOW)
    found = page_visits(before_goal(table, options.pop("goals", ())), quick_seconds=60)
    frame = engine.frame(found.order_by("customer_id", "event"))
    return frame.drop(columns=["segment_id", "pages"]).groupby(["customer_id", "event"]).sum()


@pytest.mark.parametrize(
    ("journey", "returns", "fruitless"),
    [
        ("A B C", 0, 0),
        ("A A A", 0, 0),  # a run is one visit
        ("A B A", 1, 1),  # nothing new follows
        ("A B A C", 1, 0),  # there was something new on the way, and something new follows
        ("A B A B A C", 2, 2),  # the second return has nothing new before it, the first after it
        ("B A B A C", 1, 1),  # nothing new since the visit before
        ("A B A | A", 1, 1),  # another session sees A for the first time again
    ],
)
def test_returns_that_bring_nothing_new_are_counted_by_hand(engine, journey, returns, fruitless):
    own = visits(engine, {"a": journey}).loc[("a", "A")]
    assert (own["returns"], own["fruitless"]) == (returns, fruitless)


def test_every_column_of_one_journey(engine):
    table = visits(engine, {"a": "x y y x z x x"})
    # x: minutes 0, 3, and 5 to 6; away for two minutes, then for one.
    assert table.loc[("a", "x")].to_dict() == {
        "visits": 3, "returns": 2, "fruitless": 1, "quick": 1, "milliseconds": 120_000,
        "left": 2, "repeats": 1, "first": 1, "last": 1,
    }  # fmt: skip
    assert table.loc[("a", "y"), ["visits", "returns", "repeats"]].tolist() == [1, 0, 1]


def test_what_follows_a_goal_is_not_looked_at(engine):
    table = visits(engine, {"a": "x buy x buy x"}, goals=["buy"])
    assert table["visits"].to_dict() == {("a", "buy"): 1, ("a", "x"): 1}
    assert table["fruitless"].sum() == 0


def test_the_table_of_a_small_log_and_its_shares(engine):
    table = engine.store(
        steps(written({"a": "A B A", "b": "A B C"}), segments(S01=["a"], S02=["b"]), WINDOW), "s"
    )
    found = page_friction(engine, table).set_index(["event", "segment_id"])
    everyone, own = found.loc[("A", "(all)")], found.loc[("A", "S01")]
    assert (everyone["visits"], everyone["fruitless"]) == (3, 1)
    assert everyone["loop_rate"] == pytest.approx(1 / 3)
    assert own["loop_rate"] == 0.5
    for row in (everyone, own):
        assert row["norm"] + row["difference"] == pytest.approx(row["loop_rate"])
    assert (found["verdict"] == "too few").all()
    assert found["p_value"].isna().all()
    assert "too few to compare" in own["sentence"]


def test_a_loop_for_everyone_is_on_top(engine):
    table = engine.store(steps(walks(1, loop_from=0), WHO, WINDOW), "s")
    found = page_friction(engine, table)
    first = found.iloc[0]
    assert (first["rank"], first["event"], first["verdict"]) == (1, "A", "friction")
    assert (first["segment_id"], first["compared_with"]) == ("(all)", "other events")
    assert first["low"] <= first["loop_rate"] <= first["high"]
    assert first["difference_low"] > 0
    assert first["p_holm"] >= first["p_value"]
    assert "bring nothing new, against" in first["sentence"]


def test_a_loop_of_a_few_customers_is_no_finding(engine):
    table = engine.store(steps(walks(2, loop_from=90), WHO, WINDOW), "s")
    everyone = page_friction(engine, table).set_index(["event", "segment_id"])
    stuck = int(everyone.loc[("A", "S02"), "stuck"])
    assert 30 < stuck <= 60
    assert everyone.loc[("A", "S02"), "verdict"] == "friction"
    fewer = page_friction(engine, table, fewest_stuck=stuck + 1).set_index(["event", "segment_id"])
    assert fewer.loc[("A", "S02"), "verdict"] == "too few"
    assert fewer["p_holm"].equals(everyone["p_holm"].reindex(fewer.index))


def test_a_loop_in_one_segment_is_found_there(engine):
    table = engine.store(steps(walks(2, loop_from=90), WHO, WINDOW), "s")
    found = page_friction(engine, table)
    stuck = found[(found["verdict"] == "friction") & (found["compared_with"] == "other segments")]
    assert tuple(stuck.iloc[0][["event", "segment_id"]]) == ("A", "S02")
    assert "S01" not in set(stuck["segment_id"])


def test_random_walks_between_equal_pages_have_no_friction_and_equal_digits(engine):
    table = engine.store(steps(walks(3), WHO, WINDOW), "s")
    first, again = page_friction(engine, table), page_friction(engine, table)
    assert (first["verdict"] == "as elsewhere").all()
    assert len(first) == 6 + 12
    assert first.equals(again)


def test_a_goal_is_no_norm_and_a_negative_time_is_refused(engine):
    table = engine.store(steps(written({"a": "A B A buy"}), segments(S01=["a"]), WINDOW), "s")
    assert set(page_friction(engine, table, goals=["buy"])["event"]) == {"A", "B"}
    with pytest.raises(ValueError, match="quick_seconds = -1"):
        page_friction(engine, table, quick_seconds=-1)


def test_moves_past_an_event_by_hand(engine):
    table = steps(written({"a": "A B A C"}), segments(S01=["a"]), WINDOW)
    found = engine.frame(moves_past(table).order_by("event", "seen"))
    assert found[["pages", "event", "seen", "moves"]].to_numpy().tolist() == [
        [4, "A", "A", 2],
        [4, "A", "B", 1],
        [4, "B", "A", 1],
        [4, "B", "B", 1],
    ]


def rows(*found):
    columns = ["rank", "event", "segment_id", "stuck", "loop_rate", "norm", "difference", "verdict"]
    return pd.DataFrame(found, columns=columns)


STALLED = pd.DataFrame(
    [("S02", 0.31, 0.2, 0.11, "more")],
    columns=["segment_id", "stalled_share", "rest_share", "difference", "verdict"],
)


def test_the_sentences_in_full():
    found = rows(
        (1, "help", "(all)", 31, 0.4, 0.25, 0.15, "friction"),
        (2, "delivery_slots", "S03", 120, 0.624, 0.365, 0.259, "friction"),
        (3, "delivery_slots", "(all)", 150, 0.4, 0.3, 0.1, "friction"),
        (4, "home", "S01", 3, 0.1, 0.1, 0.0, "as elsewhere"),
    )
    assert friction_sentences(found, STALLED, {"S03": "Big-basket"}) == [
        "About 120 customers of S03 (Big-basket) go round in circles on delivery slots: 62% of the "
        "segment's visits to it come back with nothing new, against 36% expected from the others.",
        "About 30 customers go round in circles on help: 40% of the visits to it come back with "
        "nothing new, against 25% expected of a page visited so often.",
    ]
    assert friction_sentences(found.tail(1), STALLED, {"S02": "Browsers"}) == [
        "S02 (Browsers) more often take long and get little further: 31% of their visits, against "
        "20% of the others'."
    ]
    assert friction_sentences(found.tail(1), STALLED.head(0), {}) == [
        "No page holds customers up more than others do."
    ]


def test_without_events_every_table_is_empty(engine):
    table = engine.store(steps(written({"a": "A B"}), segments(S01=["z"]), WINDOW), "s")
    found = page_friction(engine, table, goals=["buy"])
    assert found.empty
    assert {"rank", "event", "loop_rate", "verdict", "sentence"} <= set(found.columns)
