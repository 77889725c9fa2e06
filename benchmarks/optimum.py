"""How often k-means reaches the best sum of squares known, and how long it takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks import naive
from benchmarks.measure import Line, side_by_side
from segmentation_lib.cluster import KMeans

__all__ = ["lines"]

STARTS = 20
# Seeds that nothing was tuned on.
FIRST_SEED = 1000


def lines(reference: Path, *, seeds: int) -> Iterator[Line]:
    """Yield a line for each reference set; promised is 95 % of seeds, in no more time.

    Args:
        reference: Folder with ``inputs`` and ``expected/starts_sklearn.json``.
        seeds: Number of seeds.
    """
    known = json.loads((reference / "expected" / "starts_sklearn.json").read_text())
    for name, values in known.items():
        data, k = name.rsplit("_k", 1)
        X = pd.read_csv(reference / "inputs" / f"{data}.csv").to_numpy(np.float64)
        yield _line(name, X, int(k), values["best_sse"], seeds)


def _line(name: str, X: NDArray, k: int, best: float, seeds: int) -> Line:
    reached = {"ours": 0, "plain": 0}
    seconds = []
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):

        def ours(seed: int = seed) -> None:
            found = KMeans().fit(X, k, seed=np.random.SeedSequence(seed), starts=STARTS)
            reached["ours"] += found.inertia <= best * (1 + 1e-9)

        def plain(seed: int = seed) -> None:
            reached["plain"] += naive.fitted(X, k, seed).inertia_ <= best * (1 + 1e-9)

        seconds.append(side_by_side(ours, plain, repeats=1))
    own, rival = np.median(seconds, axis=0)
    share = {side: f"{count / seeds:.0%}" for side, count in reached.items()}
    return Line(
        f"k-means, best optimum of {name}", float(own), float(rival),
        f"reached from {share['ours']} of seeds, plain {share['plain']} (promised: 95%, ratio 1)",
    )  # fmt: skip
