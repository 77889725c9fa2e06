"""Other ways to group the same customers: how far they agree with the chosen one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from segmentation_lib.cluster.algorithms import agreement
from segmentation_lib.cluster.candidates import SPOKEN, fit_scan, scan_rows
from segmentation_lib.cluster.choose_k import KChoice
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.arrays import FloatArray, IntArray
from segmentation_lib.words import listing

__all__ = ["Challenge", "challenge"]

# Groupings that agree less are other segments; those that agree this far are the same.
_NEAR, _SAME = 0.8, 0.97


@dataclass(frozen=True)
class Challenge:
    """What other algorithms say at the chosen number of segments.

    Attributes:
        table: ``first, second, adjusted_rand``, the chosen algorithm first; 1 is the same segments.
        refused: Why an algorithm gave no segments, by its name.
        agrees: Whether every algorithm that gave segments gives nearly the same ones.
        sentence: The finding in words.
    """

    table: pd.DataFrame
    refused: Mapping[str, str]
    agrees: bool
    sentence: str


def challenge(X: FloatArray, choice: KChoice, params: ClusterParams, *, seed: int) -> Challenge:
    """Group the customers of the scan by every other algorithm, and compare with the chosen one.

    Args:
        X: Customers as points, shape (customers, columns).
        choice: The choice that is challenged.
        params: ``algorithms`` and ``compare``.
        seed: Seed, as for `choose_k`.
    """
    scan = X[scan_rows(len(X), seed=seed)]
    groupings: dict[str, IntArray] = {}
    refused: dict[str, str] = {}
    for name in dict.fromkeys((choice.algorithm, *params.algorithms, *params.compare)):
        try:
            groupings[name] = fit_scan(scan, name, choice.k, params, seed=seed).labels
        except ValueError as error:
            refused[name] = str(error)
    table = agreement(groupings)
    own = table[table["first"] == choice.algorithm]
    # What is printed decides: 0.796 is shown as 0.80.
    values = zip(own["second"], own["adjusted_rand"], strict=True)
    reached = {str(name): round(float(value), 2) for name, value in values}
    return Challenge(
        table,
        refused,
        agrees=min(reached.values(), default=1.0) >= _NEAR,
        sentence=" ".join([_sentence(reached, choice), *_refusals(refused)]),
    )


def _sentence(reached: Mapping[str, float], choice: KChoice) -> str:
    near = {name: value for name, value in reached.items() if value >= _NEAR}
    far = {name: value for name, value in reached.items() if value < _NEAR}
    if not reached:
        return f"No other method was compared with {_spoken(choice.algorithm)}."
    if not far:
        same = "the same" if min(near.values()) >= _SAME else "nearly the same"
        verb = "finds" if len(near) == 1 else "find"
        return (
            f"{_who(near, 'Other methods')} {verb} {same} {choice.k} segments: {_span(near)} of 1."
        )
    if not near:
        verb = "finds" if len(far) == 1 else "find"
        return (
            f"{_who(far, 'Other methods')} {verb} other segments: they agree only by "
            f"{_span(far)} of 1. The segments depend on the method that makes them."
        )
    verb = "agrees" if len(far) == 1 else "agree"
    return (
        f"Not every method finds these {choice.k} segments: {_list(far)} {verb} only by "
        f"{_span(far)} of 1, {_list(near)} by {_span(near)}. "
        "The segments depend in part on the method that makes them."
    )


def _refusals(refused: Mapping[str, str]) -> list[str]:
    return [f"{_start(_spoken(name))} gave no segments: {why.rstrip('.')}."
            for name, why in refused.items()]  # fmt: skip


def _who(names: Mapping[str, float], many: str) -> str:
    return _start(_spoken(next(iter(names)))) if len(names) == 1 else many


def _span(reached: Mapping[str, float]) -> str:
    low, high = f"{min(reached.values()):.2f}", f"{max(reached.values()):.2f}"
    return low if low == high else f"{low} to {high}"


def _list(names: Iterable[str]) -> str:
    return listing([_spoken(name) for name in names])


def _spoken(name: str) -> str:
    return SPOKEN.get(name, name)


def _start(words: str) -> str:
    return words[:1].upper() + words[1:]
