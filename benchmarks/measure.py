"""Seconds of the wall clock, ours and the rival's in turns; and a table of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Line", "side_by_side", "table"]


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes:
        job: What was done.
        ours: Seconds, ours.
        rival: Seconds, the plain loop's; None where there is no rival.
        says: What came out, and what was promised.
    """

    job: str
    ours: float
    rival: float | None
    says: str


def side_by_side(
    ours: Callable[[], object], rival: Callable[[], object], *, repeats: int = 3
) -> tuple[float, float]:
    """Return the median seconds of both, run in turns so that a busy machine is busy for both."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for side, run in enumerate((ours, rival)):
            begin = time.perf_counter()
            run()
            seconds[side].append(time.perf_counter() - begin)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def table(lines: Sequence[Line]) -> str:
    """Return the lines as a table in plain text."""
    width = max(len(line.job) for line in lines)
    rows = [f"{'job':{width}}  {'ours, s':>9}  {'plain, s':>9}  {'ratio':>6}  result"]
    for line in lines:
        rival = "-" if line.rival is None else f"{line.rival:.3f}"
        ratio = "-" if line.rival is None else f"{line.rival / line.ours:.1f}"
        rows.append(f"{line.job:{width}}  {line.ours:9.3f}  {rival:>9}  {ratio:>6}  {line.says}")
    return "\n".join(rows)
