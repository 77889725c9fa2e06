"""A day in the life: real steps, walked by many, of nobody in particular."""

from __future__ import annotations

from itertools import pairwise

import ibis
import pandas as pd
import pytest

from segmentation_lib.calendar import quarter_window
from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.sessions import steps
from segmentation_lib.profile.story import day_sentence, typical_days
from segmentation_lib.profile.story.day import DAY_COLUMNS

LONG, SHORT, RARE = ("open", "view", "view", "buy"), ("open", "view"), ("open", "secret", "buy")
MONDAY_NOON, SUNDAY_NIGHT = pd.Timestamp("2026-07-06 12:00"), pd.Timestamp("2026-07-12 02:00")


@pytest.fixture
def engine():
    with Engine.memory() as opened:
        yield opened


def log(*visits):
    """Events of visits: customer, session, path, start; a step every two minutes."""
    rows = [
        (customer, start + pd.Timedelta(minutes=2 * place), event, session)
        for customer, session, path, start in visits
        for place, event in enumerate(path)
    ]
    return pd.DataFrame(rows, columns=["customer_id", "occurred_at", "event", "session_id"])


def crowd(people=12, walks=9):
    """S01: twelve walk the long path thrice, three the rare one; S02: nine walk one path."""
    visits = []
    for person in range(people):
        for visit in range(3):
            visits.append((f"a{person:02}", f"s{person}-{visit}", LONG, MONDAY_NOON))
        visits.append((f"a{person:02}", f"s{person}-x", SHORT, SUNDAY_NIGHT))
    visits += [
        (f"r{n}", f"r{n}-{visit}", RARE, MONDAY_NOON) for n in range(3) for visit in range(5)
    ]
    visits += [(f"b{person:02}", f"t{person}", SHORT, MONDAY_NOON) for person in range(walks)]
    return log(*visits)


def days_of(engine, events, closeness=None, **options):
    ids = pd.Series(sorted(set(events["customer_id"])))
    segments = pd.DataFrame(
        {"customer_id": ids, "segment_id": ids.str[0].map({"a": "S01", "r": "S01", "b": "S02"})}
    )
    table = engine.store(
        steps(ibis.memtable(events), ibis.memtable(segments), quarter_window("2026Q3")), "steps"
    )
    return typical_days(table, engine, closeness=closeness, **options)


def near(*ids):
    distances = [0.1 * place for place in range(len(ids))]
    return pd.DataFrame({"customer_id": list(ids), "segment_id": "S01", "distance": distances})


def test_the_medoids_most_typical_path_is_told_with_the_usual_times(engine):
    days = days_of(engine, crowd(), near("a03", "a01"))
    assert list(days.columns) == list(DAY_COLUMNS)
    assert list(days["event"]) == ["open", "view", "buy"]
    assert list(days["minutes"]) == [0, 2, 6]
    assert set(days["segment_id"]) == {"S01"}
    assert set(days["walkers"]) == {12}
    assert set(days["sessions"]) == {36}
    assert set(days["weekday"]) == {"Monday"}
    assert set(days["part_of_day"]) == {"afternoon"}
    assert set(days["source"]) == {"typical customer"}


def test_a_path_of_few_is_never_told_even_if_the_medoid_walked_it(engine):
    days = days_of(engine, crowd(), near("r0", "r1", "a05"))
    assert "secret" not in set(days["event"])
    assert set(days["source"]) == {"typical customer"}
    days = days_of(engine, crowd(), near("r0"))
    assert "secret" not in set(days["event"])
    assert set(days["source"]) == {"most common path"}


def test_under_ten_walkers_nothing_is_told_and_at_ten_it_is(engine):
    assert "S02" not in set(days_of(engine, crowd(walks=9))["segment_id"])
    days = days_of(engine, crowd(walks=10))
    assert set(days.loc[days["segment_id"] == "S02", "walkers"]) == {10}


def test_every_pair_of_steps_stands_in_the_log(engine):
    events = crowd()
    days = days_of(engine, events, near("a00"))
    seen = {
        pair for _, session in events.groupby("session_id") for pair in pairwise(session["event"])
    }
    told = list(days["event"])
    assert set(pairwise(told)) <= seen


def test_nobody_can_be_known_by_it(engine):
    days = days_of(engine, crowd(), near("a03"))
    text = days.to_csv() + day_sentence(days, "S01")
    assert not any(person in text for person in ("a03", "s3-0", "2026", "07-06", "12:0"))


def test_a_customer_with_few_sessions_lends_no_path(engine):
    days = days_of(engine, crowd(), near("a03"), least_sessions=5)
    assert set(days["source"]) == {"most common path"}


def test_a_log_without_shared_paths_has_no_day(engine):
    days = days_of(engine, crowd(people=4, walks=2), near("a01"))
    assert days.empty
    assert list(days.columns) == list(DAY_COLUMNS)
    assert day_sentence(days, "S01", names={"S01": "App"}) == (
        "No path of S01 (App) was walked by enough customers to be shown without showing a "
        "single person."
    )


def test_the_sentence_tells_the_path(engine):
    days = days_of(engine, crowd(), near("a03"))
    assert day_sentence(days, "S01") == (
        "A typical visit, Monday afternoon: open, view (after 2 minutes) and buy "
        "(after 6 minutes). It is the path of a customer from the middle of the segment; 12 "
        "customers walked exactly this path, in 36 sessions."
    )


def test_the_order_of_the_log_does_not_matter(engine):
    events = crowd()
    mixed = events.sample(frac=1, random_state=3, ignore_index=True)
    pd.testing.assert_frame_equal(
        days_of(engine, events, near("a03")), days_of(engine, mixed, near("a03"))
    )
