"""Print the table: ``python -m benchmarks [--draws 100] [--only stability journeys ...]``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks import journeys, optimum, scoring, stability, whole_validation
from benchmarks.measure import Line, table

PARTS = ("optimum", "stability", "whole", "journeys", "scoring")


def main() -> None:
    """Run the parts that were asked for, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--draws", type=int, default=100, help="bootstrap samples")
    parser.add_argument("--seeds", type=int, default=100, help="seeds for the best optimum")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each side")
    parser.add_argument("--workers", type=int, default=2, help="cores that ours may use")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--shared", type=Path, help="folder that holds reference/")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores; medians; plain is scikit-learn with n_init=10, one thread")
    print(table(list(_lines(asked))))


def _lines(asked: argparse.Namespace) -> Iterator[Line]:
    if "optimum" in asked.only:
        beside = Path(__file__).resolve().parent.parent.parent / "shared"
        shared = asked.shared or Path(os.environ.get("SEGMENT_SHARED") or beside)
        if (shared / "reference").is_dir():
            yield from optimum.lines(shared / "reference", seeds=asked.seeds)
        else:
            print(f"Best optimum skipped: there is no folder {shared / 'reference'}.")
    if "stability" in asked.only:
        yield from stability.lines(draws=asked.draws, workers=asked.workers, repeats=asked.repeats)
    if "whole" in asked.only:
        yield from whole_validation.lines(workers=asked.workers)
    if "journeys" in asked.only:
        yield from journeys.lines()
    if "scoring" in asked.only:
        yield from scoring.lines()


if __name__ == "__main__":
    main()
