"""The ledger: exact events, a past that cannot change, and every snapshot replayed from it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.tags import (
    LEDGER_COLUMNS,
    append,
    contactable,
    membership_events,
    quarter_ledger,
    replay,
)

Q2, Q3 = date(2025, 6, 30), date(2025, 9, 30)


def snapshot(**segments):
    return pd.DataFrame(
        {"external_id": list(segments), "segment_id": list(segments.values())}, dtype="str"
    )


def rows(ledger):
    return [tuple(row) for row in ledger.itertuples(index=False)]


BEFORE = snapshot(c01="S01", c02="S01", c03="S02", c04="none", c06="S09", c07="S01", c08="S02")
AFTER = snapshot(c01="S01", c02="S02", c03="none", c04="S01", c05="S02", c06="S01", c07="S02")


def test_exact_events():
    events = membership_events(
        BEFORE, AFTER, at=Q3, opted_out={"c08"}, retired=["S09"], refitted=["c07"], seen=["c04"]
    )
    assert tuple(events.columns) == LEDGER_COLUMNS
    assert rows(events) == [
        ("c02", "S01", "exit", "2025-09-30", "moved", "S01"),
        ("c02", "S02", "enter", "2025-09-30", "moved", "S01"),
        ("c03", "S02", "exit", "2025-09-30", "lapsed", "S02"),
        ("c04", "S01", "enter", "2025-09-30", "returned", "none"),
        ("c05", "S02", "enter", "2025-09-30", "new", "none"),
        ("c06", "S09", "exit", "2025-09-30", "retired", "S09"),
        ("c06", "S01", "enter", "2025-09-30", "retired", "S09"),
        ("c07", "S01", "exit", "2025-09-30", "refit", "S01"),
        ("c07", "S02", "enter", "2025-09-30", "refit", "S01"),
        ("c08", "S02", "exit", "2025-09-30", "optout", "S02"),
    ]


def test_the_first_quarter_and_a_night_have_reasons_of_their_own():
    assert set(membership_events(None, AFTER, at=Q3)["reason"]) == {"first"}
    night = membership_events(BEFORE, AFTER, at=Q3, reason="score", opted_out=["c08"])
    assert set(night.loc[night["external_id"] != "c08", "reason"]) == {"score"}
    assert set(night.loc[night["external_id"] == "c08", "reason"]) == {"optout"}


def test_nothing_changed_is_no_event():
    shuffled = BEFORE.sample(frac=1, random_state=1)
    assert membership_events(BEFORE, shuffled, at=Q3).empty
    assert append(None, membership_events(BEFORE, BEFORE, at=Q3)).columns.tolist() == list(
        LEDGER_COLUMNS
    )


def test_missing_values_are_no_segment():
    gaps = BEFORE.assign(segment_id=BEFORE["segment_id"].where(BEFORE["segment_id"] != "none"))
    assert membership_events(gaps, BEFORE, at=Q3).empty


def test_a_customer_twice_and_an_unknown_reason_are_refused():
    with pytest.raises(ContractError, match="1 customers occur twice"):
        membership_events(None, pd.concat([BEFORE, BEFORE.iloc[:1]]), at=Q3)
    with pytest.raises(ContractError, match="“because” is unknown"):
        membership_events(None, BEFORE, at=Q3, reason="because")


def test_the_past_cannot_be_changed():
    ledger = append(None, membership_events(None, BEFORE, at=Q3))
    with pytest.raises(ContractError, match="2025-06-30 comes after one of 2025-09-30"):
        append(ledger, membership_events(BEFORE, AFTER, at=Q2))


def test_events_that_do_not_follow_are_refused():
    ledger = append(None, membership_events(None, BEFORE, at=Q2))
    with pytest.raises(ContractError, match=r"6 entries .* and 0 exits"):
        append(ledger, membership_events(None, BEFORE, at=Q3))
    stray = membership_events(snapshot(c01="S02", c99="S01"), snapshot(), at=Q3)
    with pytest.raises(ContractError, match=r"0 entries .* and 2 exits"):
        append(ledger, stray)
    once = membership_events(BEFORE, AFTER, at=Q3)
    with pytest.raises(ContractError, match="the events"):
        append(append(ledger, once), once)


def test_odd_ledgers_are_refused():
    ledger = append(None, membership_events(None, BEFORE, at=Q3))
    with pytest.raises(ContractError, match="columns reason are missing"):
        replay(ledger.drop(columns="reason"))
    with pytest.raises(ContractError, match="event is “joined”"):
        replay(ledger.assign(event="joined"))
    with pytest.raises(ContractError, match="empty cells"):
        replay(ledger.assign(at=None))
    with pytest.raises(ContractError, match="days go back"):
        append(None, ledger.assign(at=[f"2025-09-{30 - n}" for n in range(len(ledger))]))


def test_a_withheld_quarter_keeps_the_ledger_and_the_nights():
    ledger = quarter_ledger(None, BEFORE, at=Q2)
    night = membership_events(BEFORE, AFTER, at=Q2 + timedelta(days=3), reason="score")
    assert quarter_ledger(ledger, None, at=Q3).equals(ledger)
    assert quarter_ledger(ledger, None, at=Q3, nights=[night]).equals(append(ledger, night))
    assert quarter_ledger(None, None, at=Q3).empty


def test_a_night_after_the_close_does_not_belong_to_the_quarter():
    ledger = quarter_ledger(None, BEFORE, at=Q2)
    night = membership_events(BEFORE, AFTER, at=Q3 + timedelta(days=1), reason="score")
    with pytest.raises(ContractError, match="comes after"):
        quarter_ledger(ledger, BEFORE, at=Q3, nights=[night])


def test_who_opted_out_is_in_no_export_with_all_of_their_past():
    ledger = quarter_ledger(quarter_ledger(None, BEFORE, at=Q2), AFTER, at=Q3)
    shown = contactable(ledger, AFTER)
    assert "c08" in set(ledger["external_id"])
    assert set(shown["external_id"]) == set(ledger["external_id"]) - {"c08"}
    assert replay(shown).equals(replay(ledger))


def test_the_older_ledger_is_the_beginning_of_the_newer():
    older = quarter_ledger(None, BEFORE, at=Q2)
    newer = quarter_ledger(older, AFTER, at=Q3)
    assert len(newer) == len(older) + 10
    assert _begins(older, newer)


@pytest.mark.parametrize("seed", range(6))
def test_every_snapshot_is_replayed_from_the_ledger(seed):
    """Random histories: segments come and go, customers opt out and return, some nights run."""
    rng = np.random.default_rng(seed)
    ids = np.array([f"{number:03d}" for number in range(60)])
    ledger, told, day = None, [], date(2024, 3, 31)
    for quarter in range(6):
        nights, start = [], replay(ledger)
        for night in range(rng.integers(0, 4)):
            now = _world(rng, ids, quarter)
            at = day - timedelta(days=20 - night)
            nights.append(membership_events(start, now, at=at, reason="score"))
            start = _inside(now)
            told.append((at, start))
        withheld = quarter > 0 and rng.random() < 0.25
        after = None if withheld else _world(rng, ids, quarter)
        gone = [] if after is None else sorted(set(ids) - set(after["external_id"]))
        older = ledger
        ledger = quarter_ledger(
            ledger, after, at=day, nights=nights, opted_out=gone, retired=["S05"] * (quarter > 3)
        )
        told.append((day, start if after is None else _inside(after)))
        assert older is None or _begins(older, ledger)
        day += timedelta(days=91)
    assert len(told) >= 6
    for at, expected in told:
        pd.testing.assert_frame_equal(replay(ledger, at), expected)
    pd.testing.assert_frame_equal(replay(ledger), told[-1][1])


def _begins(older, newer):
    return older.equals(newer.head(len(older)))


def _world(rng, ids, quarter):
    """Give a customer file: some customers opted out, the others in a segment or in none."""
    here = np.sort(rng.choice(ids, rng.integers(30, 60), replace=False))
    choices = ["S01", "S02", "S03", "none"] + ["S05"] * (quarter <= 3)
    return pd.DataFrame({"external_id": here, "segment_id": rng.choice(choices, len(here))})


def _inside(world):
    return world[world["segment_id"] != "none"].reset_index(drop=True).astype("str")
