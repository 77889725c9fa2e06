"""Whom to treat: from the read-out to sentences, and why nobody is singled out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts.schema import check_table
from segmentation_lib.implement.effects import choice_sentences, choose_targets, sheets
from segmentation_lib.implement.experiments import Start, read_out
from segmentation_lib.params.effects import TargetingParams
from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.params.registers.register import Register
from segmentation_lib.profile.story.lint import causal_faults

OPEN, CLOSE = date(2025, 7, 1), date(2025, 10, 1)
ASKED = TargetingParams(experiment="E1", cost=2.0, value=0.5)


def design(*arms: str, **changes) -> Experiment:
    shares = [{"name": arm, "share": 0.5 / len(arms)} for arm in arms]
    given = {
        "id": "E1", "what": "A voucher.", "metric": "revenue", "min_effect": 2.0, "salt": "s",
        "owner": "CRM lead", "starts_on": OPEN, "ends_on": date(2025, 9, 30), "status": "ended",
        "arms": [{"name": "control", "share": 0.5, "control": True}, *shares],
    }  # fmt: skip
    return Experiment(**(given | changes))


def trial(*lifts: float, n: int = 3000, lost: float = 0.0):
    """Arms, outcomes and segments; the lifts are those of the segments."""
    rng = np.random.default_rng(8)
    ids = np.array([f"{number:05d}" for number in range(n)])
    segment, treated = np.arange(n) % len(lifts), rng.random(n) < 0.5
    revenue = rng.gamma(2.0, 10.0, n) + np.array(lifts)[segment] * treated
    kept = ~treated | (rng.random(n) >= lost)
    arms = pd.DataFrame(
        {"experiment_id": "E1", "customer_id": ids, "arm": np.where(treated, "voucher", "control"),
         "assigned_at": pd.Timestamp(OPEN)}
    )[kept]  # fmt: skip
    outcomes = pd.DataFrame({"customer_id": ids, "revenue": revenue, "orders": 1.0})
    placed = pd.DataFrame(
        {"customer_id": ids, "segment_id": [f"S0{number + 1}" for number in segment]}
    )
    return arms, outcomes, placed


def choose(entry: Experiment, world, *, asked: TargetingParams | None = ASKED, sign: float = 1.0):
    arms, outcomes, placed = world
    outcomes = outcomes.assign(revenue=sign * outcomes["revenue"])
    register, starts = Register("experiments", (entry,)), (Start(OPEN, placed),)
    read = read_out(register, arms, outcomes, starts, closed=CLOSE, seed=1)
    found = choose_targets(
        asked, register, read, arms=arms, outcomes=outcomes, starts=starts, customers=placed, seed=1
    )
    return found, read


def test_segments_that_differ_get_answers_of_their_own_beside_random_targeting():
    found, read = choose(design("voucher"), trial(20.0, 0.0, 0.0))
    assert (found.reason, found.differ) == ("", True)
    table = found.returns.set_index("segment_id")
    assert table["choice"].to_dict() == {"S01": "treat", "S02": "leave out", "S03": "leave out"}
    drawn = read.effects.set_index("segment_id")["shrunken"]
    assert table.loc["S01", "return"] == pytest.approx(0.5 * drawn["S01"] - 2.0)
    assert table["customers"].tolist() == [1000, 1000, 1000]
    assert found.held_out.beats_random
    said = choice_sentences(found, names={"S01": "Loyal"}, currency="GBP")
    assert said[0].startswith("After its cost, treating pays in S01 (Loyal) (£")
    assert "as many picked at random return" in said[1]
    assert "flatters" in said[1]
    assert said[2] == "Treating costs more than it returns in S02 and S03."
    assert "return more than as many customers picked at random" in said[3]
    assert causal_faults(" ".join(said), "here") == []
    sheet = sheets.returns(found, names={"S01": "Loyal"}, few=10)
    assert sheet["frame"]["segment"].tolist()[0] == "S01 (Loyal)"
    assert sheet["note"] == ""
    check_table("targeting", found.returns)
    check_table("targeting_curve", found.held_out.curve)
    assert len(sheets.curve(found, names={})["frame"]) == 3


def test_segments_that_are_not_shown_to_differ_share_one_answer():
    found, read = choose(design("voucher"), trial(10.0, 10.0, 10.0))
    whole = read.effects.iloc[0]
    assert not found.differ
    assert set(found.returns["return"]) == {0.5 * whole["effect"] - 2.0}
    assert set(found.returns["choice"]) == {"treat"}
    said = choice_sentences(found, currency="GBP")
    assert said[0].startswith(
        "Segments are not shown to differ in what treating does, so they do not say whom to treat: "
        "treating pays in all of them alike (£"
    )
    assert "are not shown to return more" in said[-1]
    # Where the cost differs, the answer may as well.
    costs = TargetingParams(experiment="E1", cost={"S01": 1.0, "S02": 50.0, "S03": 1.0}, value=0.5)
    dear, _ = choose(design("voucher"), trial(10.0, 10.0, 10.0), asked=costs)
    answers = dear.returns.set_index("segment_id")["choice"].to_dict()
    assert answers == {"S01": "treat", "S02": "leave out", "S03": "treat"}
    assert choice_sentences(dear)[0].startswith("After its cost, treating pays in S01 (")


def test_a_metric_that_should_fall_returns_what_it_falls_by():
    up, _ = choose(design("voucher"), trial(20.0, 0.0, 0.0))
    down, _ = choose(design("voucher", good="lower"), trial(20.0, 0.0, 0.0), sign=-1.0)
    columns = ["return", "return_low", "return_high"]
    pd.testing.assert_frame_equal(down.returns[columns], up.returns[columns])
    assert down.held_out.qini.value == pytest.approx(up.held_out.qini.value)


@pytest.mark.parametrize(
    ("entry", "lost", "asked", "reason"),
    [
        (design("voucher"), 0.0, None, "No cost of treating a customer is given"),
        (design("voucher"), 0.0, TargetingParams(experiment="E9", cost=1.0),
         "Experiment E9 is not declared in experiments.yaml."),
        (design("voucher", "letter"), 0.0, ASKED, "does not say which treated arm is meant"),
        (design("voucher"), 0.0, TargetingParams(experiment="E1", arm="x", cost=1.0),
         "names an arm x; E1 treats in voucher."),
        (design("voucher"), 0.0, TargetingParams(experiment="E1", cost={"S01": 1.0}),
         "No cost is given for S02 (implement.effects.targeting.cost)."),
        (design("voucher", denominator="orders"), 0.0, ASKED, "E1 is judged by a ratio"),
        (design("voucher"), 0.3, ASKED,
         "E1 is not read out: its arms do not have the customers they should have."),
        (design("voucher", ends_on=date(2025, 12, 31), status="running"), 0.0, ASKED,
         "E1 is not read out: it runs until 2025-12-31."),
    ],
)  # fmt: skip
def test_nobody_is_singled_out_without_a_sound_read_out(entry, lost, asked, reason):
    found, _ = choose(entry, trial(20.0, 0.0, lost=lost), asked=asked)
    assert reason in found.reason
    assert found.returns.empty
    assert choice_sentences(found) == [f"Nobody is singled out. {found.reason}"]
    with pytest.raises(ValueError, match="there is no curve"):
        sheets.curve(found, names={})


def test_a_broken_guardrail_comes_first_and_few_people_stay_hidden():
    rails = [{"metric": "orders", "margin": 0.1}]
    arms, outcomes, placed = trial(20.0, 0.0, n=1200)
    worse = outcomes["customer_id"].isin(arms.loc[arms["arm"] == "voucher", "customer_id"])
    outcomes["orders"] = np.where(worse, 0.2, 1.0) + np.arange(1200) % 2
    found, _ = choose(design("voucher", guardrails=rails), (arms, outcomes, placed))
    assert choice_sentences(found)[0].startswith("Treat nobody yet: another outcome suffered")
    shown = sheets.returns(
        type(found)("", found.returns.assign(customers=[4, 600]), True), names={}, few=10
    )["frame"]
    assert shown["customers_shown"].tolist() == ["<10", "600"]
    assert shown["total"].isna().tolist() == [True, False]


@pytest.mark.parametrize(("differ_p", "differ"), [(0.045, False), (0.039, True)])
def test_what_is_not_clear_enough_for_the_read_out_is_not_for_the_choice(differ_p, differ):
    arms, outcomes, placed = trial(20.0, 0.0, 0.0)
    register, starts = Register("experiments", (design("voucher"),)), (Start(OPEN, placed),)
    read = read_out(register, arms, outcomes, starts, closed=CLOSE, seed=1)
    read = replace(read, effects=read.effects.assign(differ_p=differ_p))
    found = choose_targets(ASKED, register, read, arms=arms, outcomes=outcomes, starts=starts,
                           customers=placed, seed=1)  # fmt: skip
    assert found.differ == differ
