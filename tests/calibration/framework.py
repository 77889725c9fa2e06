"""Experiments with promises: run trials on worlds of known truth, and hold the rates to account."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import binom, t

from segmentation_lib.stats import wilson_interval
from segmentation_lib.stats.arrays import one_thread

__all__ = [
    "FIRST_SEED",
    "CaseResult",
    "Claim",
    "Experiment",
    "Measured",
    "Verdict",
    "judge",
    "measured",
    "run",
]

# Seeds below are for development: nothing is judged by what it was built with.
FIRST_SEED = 1000
# Trials handed to a process at once: small enough that both cores finish together.
_BATCH = 2


@dataclass(frozen=True)
class Claim:
    """One promise on a measure that each trial returns.

    Attributes:
        measure: Key in the mapping that a trial returns: 0 or 1, or a number. A trial that does
            not return it, or returns NaN, does not count.
        says: The promise in plain words.
        most: The mean over the trials of all cases is at most this.
        least: ... at least this.
        most_each: The mean of every single case is at most this.
        least_each: ... at least this.
        cases: Names of the cases it speaks of; all when empty.
    """

    measure: str
    says: str
    most: float | None = None
    least: float | None = None
    most_each: float | None = None
    least_each: float | None = None
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Experiment:
    """The same trial in several worlds.

    Attributes:
        name: What is found out, such as "existence on data without groups".
        cases: A world generator per case.
        trial: From a world and a seed to the measures.
        runs: Trials per case in the whole suite.
        slice_runs: Trials per case in the slice that the tests run.
        claims: The promises.
    """

    name: str
    cases: Mapping[str, Callable[[np.random.Generator], Any]]
    trial: Callable[[Any, np.random.SeedSequence], Mapping[str, float]]
    runs: int
    slice_runs: int
    claims: tuple[Claim, ...]

    def __post_init__(self) -> None:
        for claim in self.claims:
            unknown = sorted(set(claim.cases) - set(self.cases))
            if unknown:
                raise ValueError(f"{self.name}: the claim '{claim.says}' names no case: {unknown}")


@dataclass(frozen=True)
class CaseResult:
    """The trials of one case, in the order of their seeds.

    Attributes:
        case: Name of the case.
        trials: What each trial returned.
    """

    case: str
    trials: tuple[Mapping[str, float], ...]

    def values(self, measure: str) -> np.ndarray:
        """Return a measure of all trials that have it."""
        found = np.array([trial.get(measure, np.nan) for trial in self.trials], dtype=np.float64)
        return found[~np.isnan(found)]


@dataclass(frozen=True)
class Measured:
    """The mean of a measure with its 95 % interval: Wilson's for shares, Student's for numbers.

    Attributes:
        mean: Mean over the trials; NaN without trials.
        low: Lower end.
        high: Upper end.
        trials: Number of trials.
        is_share: Whether every value was 0 or 1.
    """

    mean: float
    low: float
    high: float
    trials: int
    is_share: bool


@dataclass(frozen=True)
class Verdict:
    """What became of one promise.

    Attributes:
        claim: The promise.
        where: ``all cases`` or the case it was looked at in (the worst one).
        limit: The promise as text, such as ``at most 8 %``.
        measured: What came out.
        kept: Whether the measured mean is within the promise.
        refuted: Whether a promise that holds would give such a result in less than 1 of 1,000.
    """

    claim: Claim
    where: str
    limit: str
    measured: Measured
    kept: bool
    refuted: bool


def run(
    experiment: Experiment, *, runs: int, processes: int = 1, first_seed: int = FIRST_SEED
) -> tuple[CaseResult, ...]:
    """Run the trials of every case; no result depends on the number of processes.

    A trial's seed depends on its number, the experiment and the case only: another case, or more
    trials, changes none of the others.

    Args:
        experiment: What to run.
        runs: Trials per case.
        processes: Processes to use.
        first_seed: Seed of the first trial; under 1000 for development.
    """
    jobs = [(case, number) for number in range(runs) for case in experiment.cases]
    if processes == 1:
        done = [_one(experiment, case, first_seed + number) for case, number in jobs]
    else:
        work = Parallel(n_jobs=processes, batch_size=_BATCH)
        done = work(delayed(_one)(experiment, case, first_seed + number) for case, number in jobs)
    return tuple(
        CaseResult(case, tuple(d for (c, _), d in zip(jobs, done, strict=True) if c == case))
        for case in experiment.cases
    )


def _one(experiment: Experiment, case: str, seed: int) -> dict[str, float]:
    key = zlib.crc32(f"{experiment.name}/{case}".encode())
    world, trial = np.random.SeedSequence((seed, key)).spawn(2)
    with one_thread():
        made = experiment.cases[case](np.random.default_rng(world))
        return {name: float(value) for name, value in experiment.trial(made, trial).items()}


def measured(values: np.ndarray) -> Measured:
    """Return the mean of a measure with its interval.

    Args:
        values: One value per trial, without NaN.
    """
    n = len(values)
    is_share = bool(np.isin(values, (0.0, 1.0)).all())
    if is_share:
        interval = wilson_interval(int(values.sum()), n)
        return Measured(interval.value, interval.low, interval.high, n, is_share)
    half = float(t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)) if n > 1 else np.inf
    mean = float(values.mean())
    return Measured(mean, mean - half, mean + half, n, is_share)


def judge(experiment: Experiment, results: Sequence[CaseResult]) -> tuple[Verdict, ...]:
    """Hold every promise of an experiment against its results.

    Args:
        experiment: What was run.
        results: Its results.

    Returns:
        For each limit of each claim one verdict; where every case is promised something, that of
        the worst case.
    """
    verdicts = []
    for claim in experiment.claims:
        spoken_of = [r for r in results if not claim.cases or r.case in claim.cases]
        by_case = {r.case: r.values(claim.measure) for r in spoken_of}
        by_case = {case: values for case, values in by_case.items() if len(values)}
        if not by_case:
            raise ValueError(f"{experiment.name}: no trial returned the measure {claim.measure}")
        pooled = np.concatenate(list(by_case.values()))
        for limit, sign in ((claim.most, 1), (claim.least, -1)):
            if limit is not None:
                verdicts.append(_verdict(claim, "all cases", pooled, limit, sign))
        for limit, sign in ((claim.most_each, 1), (claim.least_each, -1)):
            if limit is not None:
                worst = max(by_case, key=lambda case: sign * by_case[case].mean())
                verdicts.append(
                    _verdict(claim, worst, by_case[worst], limit, sign, among=len(by_case))
                )
    return tuple(verdicts)


def _verdict(
    claim: Claim, where: str, values: np.ndarray, limit: float, sign: int, among: int = 1
) -> Verdict:
    found = measured(values)
    word = "at most" if sign > 0 else "at least"
    amount = f"{limit:.4g}" if not found.is_share else f"{100 * limit:.4g} %"
    return Verdict(
        claim=claim,
        where=where,
        limit=f"{word} {amount}" + (" in each case" if among > 1 else ""),
        measured=found,
        kept=bool(sign * (found.mean - limit) <= 1e-12),
        # The worst of several cases had several chances: their number corrects for it.
        refuted=_chance(values, limit, sign, found.is_share) * among < 0.001,
    )


def _chance(values: np.ndarray, limit: float, sign: int, is_share: bool) -> float:
    """Chance of a result at least this far beyond the limit, if the truth is at the limit."""
    n = len(values)
    if is_share:
        count = int(values.sum())
        tail = binom.sf(count - 1, n, limit) if sign > 0 else binom.cdf(count, n, limit)
        return float(tail)
    beyond = sign * (float(values.mean()) - limit)
    if beyond <= 0:
        return 1.0
    error = float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else np.inf
    return float(t.sf(beyond / error, n - 1)) if 0 < error < np.inf else 1.0
