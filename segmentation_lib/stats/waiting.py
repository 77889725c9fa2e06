"""Kaplan-Meier on equal steps of time, for one sample or for many bootstrap samples at once."""

from __future__ import annotations

import numpy as np

from segmentation_lib.stats.arrays import FloatArray

__all__ = ["binned_completion", "completion_quantile", "resampled"]


def binned_completion(happened: FloatArray, censored: FloatArray) -> FloatArray:
    """Return the share for whom it has happened by the end of each step (Kaplan & Meier 1958).

    Args:
        happened: Events in each step, shape (..., steps).
        censored: Whose watching ended in that step, after its events; same shape.

    >>> binned_completion(np.array([1.0, 1.0]), np.array([1.0, 1.0])).tolist()
    [0.25, 0.625]
    """
    leaving = happened + censored
    at_risk = leaving.sum(axis=-1, keepdims=True) - leaving.cumsum(axis=-1) + leaving
    hazard = np.divide(happened, at_risk, out=np.zeros(at_risk.shape), where=at_risk > 0)
    done: FloatArray = 1 - np.cumprod(1 - hazard, axis=-1)
    return done


def completion_quantile(done: FloatArray, share: float) -> FloatArray:
    """Return by the end of which step a share of all completions of the curve have come.

    Args:
        done: Curves of completion, shape (curves, steps).
        share: Share of what is complete at the end of the curve, 0 to 1.

    Returns:
        Number of steps, 1 or more; NaN for a curve that stays at 0.

    >>> completion_quantile(np.array([[0.2, 0.3, 0.4]]), 0.5)
    array([1.])
    """
    enough = done >= share * done[:, -1:] - 1e-12
    step = np.argmax(enough, axis=1) + 1.0
    return np.where(done[:, -1] > 0, step, np.nan)


def resampled(
    happened: FloatArray, censored: FloatArray, *, draws: int, seed: np.random.SeedSequence
) -> FloatArray:
    """Return the curves of completion of bootstrap samples of the customers.

    Args:
        happened: Events in each step, shape (steps,).
        censored: Ends of watching in each step, shape (steps,).
        draws: Samples.
        seed: Seed of the samples.

    Returns:
        Curves, shape (draws, steps).

    Raises:
        ValueError: Nobody is in the sample.
    """
    counts = np.concatenate([happened, censored])
    total = int(counts.sum())
    if total < 1:
        raise ValueError("0 customers to draw from, must be at least 1")
    drawn = np.random.default_rng(seed).multinomial(total, counts / total, size=draws)
    steps = len(happened)
    return binned_completion(drawn[:, :steps].astype(float), drawn[:, steps:].astype(float))
