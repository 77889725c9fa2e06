"""A slice of the calibration suite: no promise is contradicted, and the frame is right."""

from __future__ import annotations

import numpy as np
import pytest

from tests.calibration.framework import Claim, Experiment, judge, measured, run
from tests.calibration.page import section
from tests.calibration.topics import topics

EXPERIMENTS = [
    pytest.param(experiment, id=f"{topic}: {experiment.name}", marks=pytest.mark.slow)
    for topic, module in topics().items()
    for experiment in module.EXPERIMENTS
    if experiment.slice_runs
]


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_no_promise_is_contradicted(experiment):
    verdicts = judge(experiment, run(experiment, runs=experiment.slice_runs))
    assert [f"{v.claim.says}: {v.measured}" for v in verdicts if v.refuted] == []


def _coin(world, seed):
    return {
        "heads": float(world < 0.5),
        "number": world,
        "own": np.random.default_rng(seed).random(),
    }


def _experiment(*claims):
    cases = {"fair": lambda rng: rng.random(), "low": lambda rng: 0.1 * rng.random()}
    return Experiment("coins", cases, _coin, 40, 4, claims)


def test_trials_depend_on_nothing_but_their_seed():
    two = run(_experiment(), runs=6, processes=2)
    one = run(_experiment(), runs=8)
    assert [r.trials for r in two] == [r.trials[:6] for r in one]
    assert len({trial["number"] for r in one for trial in r.trials}) == 16
    assert len({trial["own"] for r in one for trial in r.trials}) == 16


def test_promises_are_judged_pooled_and_by_the_worst_case():
    experiment = _experiment(
        Claim("heads", "pooled", most=0.8, least=0.6),
        Claim("heads", "each", most_each=0.9),
        Claim("number", "small", most=0.2, cases=("low",)),
    )
    most, least, each, small = judge(experiment, run(experiment, runs=40))
    assert (most.measured.trials, small.measured.trials) == (80, 40)
    assert (most.kept, least.kept, each.kept, small.kept) == (True, True, False, True)
    assert (each.where, each.measured.mean, each.refuted) == ("low", 1.0, False)
    assert not small.measured.is_share
    tight = judge(_experiment(Claim("heads", "no", most_each=0.5)), run(experiment, runs=40))[0]
    assert tight.refuted


def test_measures_have_intervals():
    share = measured(np.array([1.0] + [0.0] * 9))
    assert (share.mean, share.is_share) == (0.1, True)
    assert (share.low, share.high) == pytest.approx((0.0179, 0.4042), abs=1e-4)
    number = measured(np.array([1.0, 2.0, 3.0]))
    assert (number.low, number.high) == pytest.approx((2 - 2.4841, 2 + 2.4841), abs=1e-3)


def test_a_claim_on_an_unknown_case_or_measure_is_refused():
    with pytest.raises(ValueError, match="names no case"):
        _experiment(Claim("heads", "x", most=1, cases=("lwo",)))
    experiment = _experiment(Claim("tails", "x", most=1))
    with pytest.raises(ValueError, match="no trial returned the measure tails"):
        judge(experiment, run(experiment, runs=1))


def test_the_page_says_what_was_promised_and_measured():
    experiment = _experiment(Claim("heads", "Heads are not everything", most_each=0.9))
    results = run(experiment, runs=10)
    text = section(pytest, [(experiment, results, judge(experiment, results))])
    assert (
        "| Heads are not everything | at most 90 % in each case | low (the worst) | 100.0 %" in text
    )
    assert "**NO**" in text
    assert "| all cases | 20 |" in text
