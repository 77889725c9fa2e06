"""Run the calibration suite: `python -m tests.calibration [--only TOPIC]`.

The whole suite writes docs/calibration.md. The exit code is 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.calibration.framework import FIRST_SEED, judge, run
from tests.calibration.page import page, section
from tests.calibration.topics import topics

PAGE = Path(__file__).resolve().parents[2] / "docs" / "calibration.md"


def main() -> int:
    """Run what was asked for, print it, and write the page if that was everything."""
    found = topics()
    parser = argparse.ArgumentParser(prog="python -m tests.calibration", description=__doc__)
    parser.add_argument("--only", choices=sorted(found), help="run one topic, and only print it")
    parser.add_argument("--runs", type=int, help="trials per case instead of the suite's; only "
                        "prints")  # fmt: skip
    parser.add_argument(
        "--first-seed",
        type=int,
        default=FIRST_SEED,
        help="another first seed; under 1000 for development; only prints",
    )
    parser.add_argument("--processes", type=int, default=2, help="processes (default 2)")
    asked = parser.parse_args()
    sections, broken = [], []
    for topic, module in found.items():
        if asked.only not in (None, topic):
            continue
        parts = []
        for experiment in module.EXPERIMENTS:
            runs = asked.runs or experiment.runs
            results = run(
                experiment, runs=runs, processes=asked.processes, first_seed=asked.first_seed
            )
            verdicts = judge(experiment, results)
            broken += [verdict for verdict in verdicts if not verdict.kept]
            parts.append((experiment, results, verdicts))
        sections.append(section(module, parts))
        print(sections[-1], flush=True)
    if asked.only is None and asked.runs is None and asked.first_seed == FIRST_SEED:
        PAGE.write_text(page(sections), encoding="utf-8")
    for verdict in broken:
        print(f"BROKEN: {verdict.claim.says} ({verdict.where})", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
