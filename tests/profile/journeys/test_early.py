"""Tests of early behaviours: the planted threshold, noise, busy people, and who is left out."""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.journeys import early_behaviours, early_sentences

CLOSE = date(2026, 1, 1)


def log(rng, n, rule, *, busy=0.0):
    """Newcomers of 2025, their first week and, by a rule on the counts, a later success."""
    mood = rng.gamma(1 / busy, busy, n) if busy else np.ones(n)
    counts = {name: rng.poisson(mood * 2.5) for name in ("share", "noise", "look")}
    first = rng.integers(0, 270, n)
    parts = [(np.arange(n), first, "start")]
    for name, times in counts.items():
        who = np.repeat(np.arange(n), times)
        parts.append((who, first[who] + rng.integers(0, 7, len(who)), name))
    wins = np.flatnonzero(rng.random(n) < rule(counts))
    parts.append((wins, first[wins] + rng.integers(7, 90, len(wins)), "buy"))
    frames = [pd.DataFrame({"person": w, "day": d, "event": e}) for w, d, e in parts]
    rows = pd.concat(frames)
    rows["customer_id"] = rows["person"].map("c{:05d}".format)
    rows["occurred_at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(rows["day"], unit="D")
    rows["occurred_at"] += pd.Timedelta(hours=9)
    return rows[["customer_id", "occurred_at", "event"]]


def at_least(counts, name="share", times=3):
    return np.where(counts[name] >= times, 0.6, 0.2)


def study(engine, frame, **options):
    options = {"success": ["buy"], "close": CLOSE, "seed": 1, "washout_days": 0} | options
    return early_behaviours(engine, ibis.memtable(frame), **options)


@pytest.fixture(scope="module")
def planted():
    return log(np.random.default_rng(1), 2000, at_least)


def test_the_planted_threshold_is_found_and_noise_is_not(engine, planted):
    found = study(engine, planted)
    rows = found.behaviours.set_index("event")
    share = rows.loc["share"]
    assert (share["threshold"], share["verdict"]) == (3, "predictive")
    assert share["threshold_low"] <= 3 <= share["threshold_high"]
    assert share["ppv_low"] < 0.6 < share["ppv_high"]
    assert share["npv_low"] < 0.8 < share["npv_high"]
    assert share["phi_low"] < 0.41 < share["phi_high"]
    assert rows.drop(index="share")["verdict"].isin(["not predictive", "too few"]).all()
    assert rows.loc["start", "verdict"] == "too few"
    assert "buy" not in rows.index
    assert (found.newcomers, found.too_recent, found.at_start) == (2000, 0, 0)
    first = early_sentences(found)[0]
    about = round(share["reached"], -1)
    assert f"of about {about} newcomers with share at least 3 times in their first" in first
    assert first.endswith("that it causes the return is not shown.")


def test_busy_people_do_more_of_everything(engine):
    def busy_win(counts):
        return 1 / (1 + np.exp(3 - 0.3 * sum(counts.values())))

    found = study(engine, log(np.random.default_rng(2), 3000, busy_win, busy=1.0))
    verdicts = found.behaviours.set_index("event")["verdict"]
    assert verdicts[["share", "noise", "look"]].tolist() == ["busy people"] * 3
    assert early_sentences(found)[0].startswith("Nothing that newcomers do in their first 7 days")


def test_purchase_days_can_be_the_success_and_day_edges_hold(engine, planted):
    by_event = study(engine, planted)
    buys = planted[planted["event"] == "buy"]
    days = buys.assign(day=buys["occurred_at"].dt.normalize())[["customer_id", "day"]]
    rest = planted[planted["event"] != "buy"]
    by_day = study(engine, rest, success=(), purchase_days=ibis.memtable(days))
    assert by_day.base_rate == by_event.base_rate
    columns = ["event", "threshold", "reached", "ppv", "phi"]
    pd.testing.assert_frame_equal(by_day.behaviours[columns], by_event.behaviours[columns])
    early = days.assign(day=days["day"] - pd.Timedelta(days=90))
    assert study(engine, rest, success=(), purchase_days=ibis.memtable(early)).base_rate == 0


def test_who_cannot_be_followed_is_left_out_and_counted(engine, planted):
    # First days are 0 to 269; from 1 January to 1 July there are 181 days.
    first = planted.groupby("customer_id")["occurred_at"].min().dt.day_of_year - 1
    found = study(engine, planted, close=date(2025, 7, 1), washout_days=30)
    seen = first[first < 181]
    assert found.at_start == (seen < 30).sum()
    assert found.newcomers == (seen >= 30).sum()
    assert found.too_recent == (seen > 91).sum()
    assert found.judged == found.newcomers - found.too_recent
    assert (
        f"about {round(found.too_recent, -1):,} came too recently to tell"
        in early_sentences(found)[-1]
    )


def test_the_order_of_rows_changes_nothing(engine, planted):
    shuffled = planted.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(
        study(engine, planted).behaviours, study(engine, shuffled).behaviours
    )


def test_excluded_events_and_an_empty_study(engine, planted):
    found = study(engine, planted, exclude=["share", "start"])
    assert sorted(found.behaviours["event"]) == ["look", "noise"]
    nobody = study(engine, planted, close=date(2025, 2, 1))
    assert (nobody.judged, len(nobody.behaviours)) == (0, 0)
    assert len(early_sentences(nobody)) == 2


def test_wrong_options_are_refused(engine, planted):
    for options, message in (
        ({"success": ()}, "a success is missing"),
        ({"success": "buy"}, "as a list"),
        ({"days": 90}, "under follow_up"),
        ({"washout_days": -1}, "not be negative"),
    ):
        with pytest.raises(ValueError, match=message):
            study(engine, planted, **options)
