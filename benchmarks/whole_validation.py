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
from segmentation_lib.cluster import KMeans, choose_k
from segmentation_lib.params import ClusterParams
from segmentation_lib.validate.existence import existence

__all__ = ["lines"]

ROWS, COLUMNS, LARGEST_K = 100_000, 12, 8
CHOSEN_K = 5
BOOTSTRAPS, NULL_DRAWS = 100, 99
SECONDS_ALLOWED, GIBIBYTES_ALLOWED = 180, 2.0
CLOUDS = {"five groups": separated, "one cloud": one_cloud}


def steps(X: NDArray, *, workers: int) -> dict[str, Callable[[], object]]:
    """Return what the stage validate runs, and the choice before it, by name and in order."""
    algorithm, ks = KMeans(), range(2, LARGEST_K + 1)
    labels = algorithm.fit(X, CHOSEN_K, seed=np.random.SeedSequence(1), starts=20).labels
    ids = pd.Series([f"{number:06d}" for number in range(len(X))])
    names = [f"S{number:02d}" for number in range(1, CHOSEN_K + 1)]
    columns = [f"feature_{number}" for number in range(X.shape[1])]
    outcomes, placed = _afterwards(ids, labels, names)
    kpis = ["revenue", "active"]
    made: dict[str, stats.NullStudy] = {}

    def crowds() -> None:
        made["study"] = validate.crowd_study(
            X, X, algorithm, columns=columns, ks=ks, seed=1, draws=NULL_DRAWS, workers=workers
        )

    return {
        "choice of k": lambda: choose_k(X, ClusterParams(), seed=1),
        "crowds": crowds,
        "existence": lambda: existence(
            X, X, algorithm, columns=columns, labels=labels, smallest_jaccard=1.0, seed=1,
            study=made["study"], workers=workers,
        ),
        "indices": lambda: validate.internal_indices(
            X, labels, algorithm, ks=ks, seed=1, columns=columns, study=made["study"]
        ),
        "pairs": lambda: validate.pair_separations(
            X, labels, names, made["study"], columns=columns
        ),
        "segment stability": lambda: validate.segment_stability(
            ids, X, labels, names, algorithm, seed=1, draws=BOOTSTRAPS, workers=workers
        ),
        "stability by k": lambda: validate.stability_by_k(
            X, ks, algorithm, seed=1, workers=workers
        ),
        "KPIs": lambda: validate.kpi_effects(outcomes, placed, kpis, seed=1),
        "predictions": lambda: validate.predictive_power(ids, X, labels, outcomes, seed=1),
    }  # fmt: skip


def _afterwards(
    ids: pd.Series, labels: NDArray, names: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the customers do next, and where they were placed."""
    rng = np.random.default_rng(5)
    active = (rng.random(len(ids)) < 0.3 + 0.1 * labels).astype(float)
    revenue = active * np.exp(rng.normal(3 + 0.2 * labels))
    outcomes = pd.DataFrame({"customer_id": ids, "active": active, "revenue": revenue})
    return outcomes, pd.DataFrame({"customer_id": ids, "segment_id": np.array(names)[labels]})


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
