"""The roadmap of investments: experiments, then releases, then pricing, each in its turn."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter

import pandas as pd

from segmentation_lib.params.registers.investments import Investment

__all__ = ["roadmap"]

_STEPS = ("experiment", "release", "pricing")
_HORIZONS = ("quick_win", "long_term")
_COLUMNS = ["place", "id", "name", "step", "horizon", "kind", "segment_id", "owner", "after",
            "waits_for"]  # fmt: skip


def roadmap(investments: Iterable[Investment]) -> pd.DataFrame:
    """Put the investments that are not over into an order that can be carried out.

    Of those whose forerunners are done, experiments come before releases and these before
    pricing; then quick wins, then the larger expected value per cost, then the ID.

    Args:
        investments: The register ``investments``; `read_investments` has refused circles.

    Returns:
        The artefact ``roadmap``: ``place`` from 1, ``id``, ``name``, ``step``, ``horizon``,
        ``kind``, ``segment_id``, ``owner``, ``after`` (forerunners, joined by a comma) and
        ``waits_for`` (forerunners that failed or were stopped: decide first).
    """
    every = {item.id: item for item in investments}
    live = {name: item for name, item in every.items() if item.status in ("proposed", "running")}
    sorter = TopologicalSorter(
        {name: [first for first in item.after if first in live] for name, item in live.items()}
    )
    sorter.prepare()
    ready: list[str] = []
    rows: list[tuple[object, ...]] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=lambda name: _turn(live[name]))
        item = live[ready.pop(0)]
        sorter.done(item.id)
        over = [
            first
            for first in item.after
            if first in every and every[first].status in ("failed", "stopped")
        ]
        rows.append((len(rows) + 1, item.id, item.name, item.step, item.horizon, item.kind,
                     item.segment, item.owner, ", ".join(item.after),
                     ", ".join(over)))  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS)


def _turn(item: Investment) -> tuple[int, int, float, str]:
    worth = item.expected.likely / max(item.cost, 1.0)
    return _STEPS.index(item.step), _HORIZONS.index(item.horizon), -worth, item.id
