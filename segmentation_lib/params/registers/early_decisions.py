"""Decisions on experiments that are not over: said, and nothing is stopped by them."""

from __future__ import annotations

from datetime import date

from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.params.registers.register import Register

__all__ = ["early_decisions"]


def early_decisions(experiments: Register[Experiment], *, closed: date) -> list[str]:
    """Return a sentence for each decision on an experiment that was not over at the close.

    A decision taken early is no fault of the file, so nothing is stopped by it. One that is dated
    after the close is none of this quarter.

    Args:
        experiments: The register.
        closed: Close of the quarter; not part of it.
    """
    said = []
    for place, entry in enumerate(experiments):
        over = entry.status in ("stopped", "ended")
        later = entry.decided_on is not None and entry.decided_on >= closed
        if entry.decision is None or over or later:
            continue
        said.append(
            f"{experiments.where(place, 'decision')}: {experiments.spot(place, 'decision')} = "
            f"{entry.decision}, but its status is {entry.status}. A decision waits for the "
            "end of its experiment; take it out, or correct `status`."
        )
    return said
