"""Do the arms have the customers they should: if not, the read-out stops."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.stats.intervals import holm
from segmentation_lib.stats.sample_ratio import sample_ratio_p_value

__all__ = [
    "ALL_SEGMENTS",
    "RATIO_COLUMNS",
    "SAMPLE_RATIO_ALARM",
    "SAMPLE_RATIO_WARNING",
    "sample_ratios",
    "worst_level",
]

ALL_SEGMENTS = "(all)"
SAMPLE_RATIO_ALARM = 0.001
"""Below this, over all or in a segment, the read-out stops: two sound experiments in a thousand
are stopped for nothing."""
SAMPLE_RATIO_WARNING = 0.01
"""Below this, over all, the figures are shown with a warning to look for lost customers: one sound
experiment in a hundred gets one. To warn of segments as well would be a second question, and make
it two in a hundred."""

RATIO_COLUMNS = ["experiment_id", "segment_id", "arm", "customers", "share", "planned", "p_value",
            "p_corrected", "level"]  # fmt: skip
_RANK = {"alarm": 3, "warning": 2, "fine": 1, "too few": 0}


def sample_ratios(experiment: Experiment, people: pd.DataFrame) -> pd.DataFrame:
    """Hold the customers of the arms against their planned shares, over all and by segment.

    Args:
        experiment: The experiment.
        people: ``arm`` and ``segment_id`` of the customers who take part.

    Returns:
        A row per segment and arm, those of ``(all)`` first: ``customers``, ``share``, ``planned``,
        ``p_value`` of the split, ``p_corrected`` (by Holm over the segments; that of ``(all)`` is
        a question of its own), and its ``level``: ``alarm``, ``warning`` (of ``(all)`` only),
        ``fine`` or ``too few``.
    """
    shares = {arm.name: arm.share for arm in experiment.arms}
    names = [ALL_SEGMENTS, *sorted(people["segment_id"].unique())]
    table = people.groupby(["segment_id", "arm"]).size().unstack(fill_value=0)
    table = table.reindex(columns=list(shares), fill_value=0)
    table.loc[ALL_SEGMENTS] = table.sum()
    p_values = np.array(
        [sample_ratio_p_value(table.loc[n].astype(int).tolist(), list(shares.values()))
         for n in names]
    )  # fmt: skip
    corrected = np.append(p_values[:1], holm(p_values[1:]))
    rows = []
    for name, p_value, own in zip(names, p_values, corrected, strict=True):
        total = int(table.loc[name].sum())
        rows += [
            (experiment.id, name, arm, int(table.loc[name, arm]),
             int(table.loc[name, arm]) / total if total else np.nan, planned, p_value, own,
             _level(own, whole=name == ALL_SEGMENTS))
            for arm, planned in shares.items()
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=RATIO_COLUMNS)


def worst_level(ratios: pd.DataFrame) -> str:
    """Return the gravest level of an experiment."""
    return max(ratios["level"], key=lambda level: _RANK[level], default="too few")


def _level(p_value: float, *, whole: bool) -> str:
    if np.isnan(p_value):
        return "too few"
    if p_value < SAMPLE_RATIO_ALARM:
        return "alarm"
    return "warning" if whole and p_value < SAMPLE_RATIO_WARNING else "fine"
