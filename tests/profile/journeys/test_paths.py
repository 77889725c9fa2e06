"""Tests of path patterns: what is cut, what is counted, and what stands out at equal length."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.journeys import (
    path_patterns,
    pattern_sentences,
    shown_patterns,
    steps,
)
from segmentation_lib.profile.journeys.subsequences import journeys_to, occurrences

from .logs import WINDOW, drawn, segments, written

EVENTS = np.array(["home", "search", "view", "compare", "help"])


def orders(engine, log, *, unit="session", longest=3, gaps=False, least=1):
    who = segments(S01=list(log))
    table = steps(written(log), who, WINDOW)
    cut = engine.store(journeys_to(table, ["buy"], unit=unit), "cut")
    found = occurrences(engine, cut, longest=longest, gaps=gaps, least=least)
    frame = engine.frame(found.order_by("unit", "events", "pattern"))
    return {unit: part["pattern"].tolist() for unit, part in frame.groupby("unit")}


def test_journeys_end_at_their_first_success(engine):
    log = {"a": "v c buy x|x", "b": "buy v"}
    assert orders(engine, log, longest=2) == {"a/s0": ["c", "v", "v > c"], "a/s1": ["x"]}
    assert orders(engine, log, unit="customer", longest=2) == {"a": ["c", "v", "v > c"]}


def test_adjacent_and_gapped_orders_by_hand(engine):
    log = {"a": "x y x z"}
    assert orders(engine, log)["a/s0"] == [
        "x", "y", "z", "x > y", "x > z", "y > x", "x > y > x", "y > x > z",
    ]  # fmt: skip
    assert orders(engine, log, gaps=True)["a/s0"] == [
        "x", "y", "z", "x … x", "x … y", "x … z", "y … x", "y … z",
        "x … x … z", "x … y … x", "x … y … z", "y … x … z",
    ]  # fmt: skip


def test_customers_go_on_from_session_to_session(engine):
    assert orders(engine, {"a": "x|y"}, unit="customer", longest=2)["a"] == ["x", "y", "x > y"]
    assert orders(engine, {"a": "x|y"}, longest=2) == {"a/s0": ["x"], "a/s1": ["y"]}


def test_rare_orders_are_left_out(engine):
    log = {"a": "x y", "b": "x y", "c": "y x"}
    for gaps, joint in ((False, " > "), (True, " … ")):
        found = orders(engine, log, longest=2, gaps=gaps, least=2)
        assert found["a/s0"] == ["x", "y", f"x{joint}y"]
        assert found["c/s0"] == ["x", "y"]


def shop(rng, n, *, effect=1.0, step=None, sessions=1):
    """Sessions whose success depends on their length, and perhaps on ``compare``."""
    lengths = rng.integers(2, 10, n)
    paths = [rng.choice(EVENTS, length, p=[0.3, 0.25, 0.25, 0.1, 0.1]) for length in lengths]
    odds = np.exp(0.5 * lengths - 3.5) * np.array([effect ** ("compare" in p) for p in paths])
    wins = rng.random(n) < odds / (1 + odds)
    end = ["buy"] if step is None else [step, "buy"]
    paths = [np.append(p, end) if won else p for p, won in zip(paths, wins, strict=True)]
    return drawn(paths, np.arange(n) // sessions)


def study(engine, log, customers, **options):
    half = [f"c{i:05d}" for i in range(customers)]
    who = segments(S01=half[::2], S02=half[1::2])
    table = engine.store(steps(log, who, WINDOW), "steps")
    return path_patterns(engine, table, success=["buy"], **options)


@pytest.mark.parametrize(
    ("unit", "gaps"), [("customer", False), ("session", False), ("session", True)]
)
def test_the_planted_event_is_on_top_and_length_is_taken_out(engine, unit, gaps):
    found = study(
        engine, shop(np.random.default_rng(1), 4000, effect=3.0), 4000, unit=unit, gaps=gaps
    )
    top = found.patterns.iloc[0]
    assert "compare" in top["pattern"]
    row = found.patterns.set_index("pattern").loc["compare"]
    assert row["verdict"] == "success"
    assert row["low"] < 3.0 < row["high"]
    assert row["crude_odds_ratio"] > row["odds_ratio"]
    flagged = found.patterns[found.patterns["verdict"].isin(["success", "on the way"])]
    assert flagged["pattern"].str.contains("compare").all()
    assert "compare" in pattern_sentences(found)[0]
    assert row["share_with"] > row["share_without"] + 0.1
    assert "need not cause it" in " ".join(pattern_sentences(found))


def test_long_journeys_succeed_more_but_no_event_matters(engine):
    found = study(engine, shop(np.random.default_rng(2), 4000), 4000, unit="session")
    assert (found.patterns["crude_odds_ratio"] > 1.5).sum() > 10
    assert set(found.patterns["verdict"]) <= {"no difference", "too few"}
    assert pattern_sentences(found)[0].startswith("No step stands out: ")
    assert (found.journeys, found.customers, found.at_once) == (4000, 4000, 0)


def test_a_step_that_success_cannot_do_without_is_no_finding(engine):
    found = study(engine, shop(np.random.default_rng(3), 4000, step="pay"), 4000)
    through = found.patterns["pattern"].str.contains("pay")
    assert set(found.patterns.loc[through, "verdict"]) <= {"on the way", "too few"}
    assert "pay" not in " ".join(pattern_sentences(found))


def test_steps_known_to_be_on_the_way_are_no_findings(engine):
    log = shop(np.random.default_rng(1), 4000, effect=3.0)
    found = study(engine, log, 4000, on_the_way=["compare"])
    through = found.patterns["pattern"].str.contains("compare")
    assert found.patterns.loc[found.patterns["pattern"] == "compare", "verdict"].item() == (
        "on the way"
    )
    assert "success" not in set(found.patterns.loc[through, "verdict"])


def test_the_same_sessions_again_are_no_more_evidence(engine):
    rng = np.random.default_rng(4)
    paths = [rng.choice(EVENTS, 4) for _ in range(300)]
    ends = [["buy"] if rng.random() < 0.4 else [] for _ in paths]
    whole = [np.append(p, e) for p, e in zip(paths, ends, strict=True) for _ in range(8)]
    once = study(engine, drawn(whole, np.arange(2400)), 2400, unit="session")
    alike = study(engine, drawn(whole, np.arange(2400) // 8), 300, unit="session")
    assert (once.patterns["verdict"].isin(["success", "stalling"])).sum() > 5
    assert (alike.patterns["verdict"].isin(["success", "stalling"])).sum() == 0


def test_with_many_customers_a_part_is_drawn_the_same_each_time(engine):
    log = shop(np.random.default_rng(5), 600, sessions=2)
    part = study(engine, log, 300, unit="session", most_customers=100)
    again = study(engine, log, 300, unit="session", most_customers=100)
    assert (part.customers, part.people_in_all, part.journeys) == (100, 300, 200)
    pd.testing.assert_frame_equal(part.patterns, again.patterns)


def test_two_customers_are_no_evidence_of_a_page(engine):
    rng = np.random.default_rng(7)
    paths, customers = [], []
    for session in range(1200):
        rare = session % 20 == 0
        path = list(rng.choice(EVENTS, 4)) + ["error"] * rare
        won = rng.random() < (0.02 if rare else 0.6)
        paths.append(np.array(path + ["buy"] * won))
        # Sixty sessions with the event: of two customers, or of many.
        customers.append(session // 20 % 2 if rare else 2 + session // 4)
    rare = study(engine, drawn(paths, np.array(customers)), 302)
    row = rare.patterns.set_index("pattern").loc["error"]
    assert (row["customers"], row["verdict"]) == (2, "too few")
    assert np.isnan(row["p_value"])
    assert not rare.patterns["verdict"].isin(["success", "stalling"]).any()
    many = study(engine, drawn(paths, np.arange(1200) // 4), 302)
    found = many.patterns.set_index("pattern").loc["error"]
    assert (found["customers"], found["verdict"]) == (60, "stalling")
    assert pattern_sentences(many)[0].startswith("Visits with error (60 customers) end in a")
    # One or two of the sixty bought: neither the sentence nor the table says how many.
    assert 0 < found["successful_customers"] < 10
    assert "end in a purchase for under 10 of them; without," in pattern_sentences(many)[0]
    shown = shown_patterns(many.patterns).set_index("pattern")
    assert np.isnan(shown.loc["error", "share_with"])
    assert shown.loc["home", "share_with"] == pytest.approx(
        many.patterns.set_index("pattern").loc["home", "share_with"]
    )
    with pytest.raises(ValueError, match="fewest = 1"):
        study(engine, drawn(paths, np.arange(1200)), 1200, fewest=1)


def test_nothing_to_compare_is_said_and_wrong_options_are_refused(engine):
    rng = np.random.default_rng(6)
    log = drawn([rng.choice(EVENTS, 3) for _ in range(100)], np.arange(100))
    found = study(engine, log, 100)
    assert pattern_sentences(found) == [
        "All 100 visits did not end in a purchase, so there is nothing to compare."
    ]
    for options, message in (
        ({"longest": 0}, "1 to 5"),
        ({"least_support": 0.0}, "between 0 and 1"),
    ):
        with pytest.raises(ValueError, match=message):
            study(engine, log, 100, **options)
    with pytest.raises(ValueError, match="as a list"):
        path_patterns(engine, log, success="buy")
