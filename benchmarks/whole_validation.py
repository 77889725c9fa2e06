"""The whole validation of many customers in a process of its own: seconds and peak memory.

``python -m benchmarks.whole_validation`` runs one step after the other and prints one JSON line;
`lines` starts that process, so that its peak memory is its own. A new test is one more step.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.clouds import one_cloud, separated
from benchmarks.measure import Line
from segmentation_lib import stats, validate
from segmentation_lib.cluster import KMeans
from segmentation_lib.validate.existence import existence

__all__ = ["lines"]

ROWS, COLUMNS, LARGEST_K = 100_000, 12, 8
CHOSEN_K = 5
BOOTSTRAPS, NULL_DRAWS = 100, 99
SECONDS_ALLOWED, GIBIBYTES_ALLOWED = 180, 2.0
CLOUDS = {"five groups": separated, "one cloud": one_cloud}


def steps(X: NDArray, *, workers: int) -> dict[str, Callable[[], object]]:
    """Return what is run, by name, in order."""
    algorithm, ks = KMeans(), range(2, LARGEST_K + 1)
    labels = algorithm.fit(X, CHOSEN_K, seed=np.random.SeedSequence(1), starts=20).labels
    customers = pd.Series(np.arange(len(X)))
    names = [f"S{number:02d}" for number in range(CHOSEN_K)]
    columns = [f"feature_{number}" for number in range(X.shape[1])]
    return {
        "indices": lambda: validate.internal_indices(
            X, labels, algorithm, ks=ks, seed=1, draws=NULL_DRAWS, workers=workers
        ),
        "existence": lambda: existence(
            X, algorithm, columns=columns, smallest_jaccard=1.0, seed=1,
            draws=NULL_DRAWS, workers=workers,
        ),
        "segment stability": lambda: validate.segment_stability(
            customers, X, labels, names, algorithm, seed=1, draws=BOOTSTRAPS, workers=workers
        ),
        "global stability": lambda: stats.global_stability(
            X, ks, algorithm, seed=1, draws=BOOTSTRAPS // 2, sample_size=10_000, starts=3,
            workers=workers,
        ),
        "prediction strength": lambda: [
            stats.prediction_strength(X[:10_000], k, algorithm, seed=1) for k in ks
        ],
        "seed agreement": lambda: stats.seed_agreement(X, CHOSEN_K, algorithm, seed=1, starts=20),
    }  # fmt: skip


def lines(*, workers: int) -> Iterator[Line]:
    """Yield a line for data with groups and one for data without; promised are 3 min and 2 GiB."""
    for name in CLOUDS:
        command = [sys.executable, "-m", "benchmarks.whole_validation", name, str(workers)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        parts = ", ".join(f"{step} {seconds:.0f} s" for step, seconds in found["seconds"].items())
        yield Line(
            f"whole validation, {ROWS:,} x {COLUMNS}, k up to {LARGEST_K}, {name}",
            sum(found["seconds"].values()), None,
            f"{found['gibibytes']:.2f} GiB (promised: {SECONDS_ALLOWED} s, "
            f"{GIBIBYTES_ALLOWED:.0f} GiB); {parts}",
        )  # fmt: skip


def _run(name: str, workers: int) -> dict[str, object]:
    X = CLOUDS[name](ROWS, COLUMNS)
    seconds = {}
    begin = time.perf_counter()
    for step, work in steps(X, workers=workers).items():
        work()
        seconds[step] = time.perf_counter() - begin
        begin = time.perf_counter()
    used = [resource.getrusage(whose).ru_maxrss for whose in
            (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]  # fmt: skip
    # The largest of the worker processes counts once for each of them: an upper bound.
    kibibytes = used[0] + workers * used[1]
    return {"seconds": seconds, "gibibytes": kibibytes / 2**20}


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1], int(sys.argv[2]))))
