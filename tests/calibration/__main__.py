"""Run the calibration suite: `python -m tests.calibration [--only TOPIC ...]`.

It writes the sections of docs/calibration.md that it measured; the others stay. The exit code is 1
if a promise is broken.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.calibration.framework import FIRST_SEED, judge, run
from tests.calibration.page import page, section, sections_of
from tests.calibration.topics import topics

PAGE = Path(__file__).resolve().parents[2] / "docs" / "calibration.md"


def main() -> int:
    """Run what was asked for, print it, and write its sections of the page."""
    found = topics()
    parser = argparse.ArgumentParser(prog="python -m tests.calibration", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=sorted(found), help="run these topics only")
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
    before = sections_of(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}
    sections, broken = {topic: before[topic] for topic in found if topic in before}, []
    measured = asked.runs is None and asked.first_seed == FIRST_SEED
    for topic, module in found.items():
        if asked.only is not None and topic not in asked.only:
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
        sections[topic] = section(module, parts)
        print(sections[topic], flush=True)
        if measured:
            ordered = {name: sections[name] for name in found if name in sections}
            PAGE.write_text(page(ordered), encoding="utf-8")
    for verdict in broken:
        print(f"BROKEN: {verdict.claim.says} ({verdict.where})", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
