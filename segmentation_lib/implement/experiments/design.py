"""What an experiment can find before it starts, by segment, from the data's own spread."""

from __future__ import annotations

import math

import pandas as pd

from segmentation_lib.implement.experiments.metrics import Measure, measure, metric_name
from segmentation_lib.implement.experiments.sample_ratio import ALL_SEGMENTS
from segmentation_lib.params.registers.experiments import Experiment, design_hash
from segmentation_lib.stats.power import (
    customers_needed,
    minimum_detectable_effect,
    power_of,
    share_deviation,
)

__all__ = ["DESIGN_COLUMNS", "design_table"]

_ALPHA, _POWER = 0.05, 0.8
# The spread of a share moves with the effect that is looked for; this settles at once.
_ROUNDS = 20
DESIGN_COLUMNS = ["experiment_id", "design", "arm", "segment_id", "metric", "unit", "treated",
                  "control", "mean", "deviation", "min_effect", "detectable",
                  "detectable_relative", "power", "needed", "quarters", "verdict"]  # fmt: skip


def design_table(
    experiment: Experiment, assigned: pd.DataFrame, outcomes: pd.DataFrame
) -> pd.DataFrame:
    """Say of every treated arm and segment whether its smallest effect that matters can be seen.

    The spread is that of the same customers in the quarter that is over. An adjustment for what
    came before (CUPED) is not counted on: on revenue with many zeros it saves next to nothing.

    Args:
        experiment: The experiment.
        assigned: What `assign` returned for it.
        outcomes: ``customer_id`` and the outcomes of the quarter that is over.

    Returns:
        A row per treated arm and segment, ``(all)`` first: the ``design``'s hash, customers of
        both arms (``treated``, ``control``), ``mean`` and standard ``deviation`` of the metric,
        ``min_effect``, the effect found four times in five (``detectable``, and by the mean),
        ``power`` to find the smallest effect that matters, customers ``needed`` in both arms for a
        power of 80 %, how many ``quarters`` of such customers these are, and the ``verdict``:
        ``can be tested``, ``too small to test`` or ``no figures``. All questions that are asked at
        once are counted: treated arms, and segments times treated arms.
    """
    design = design_hash(experiment)
    found = measure(
        outcomes,
        assigned["customer_id"],
        experiment.metric,
        denominator=experiment.denominator,
    )
    segments = sorted(assigned["segment_id"].unique())
    rows = []
    for arm in experiment.treated:
        for name in (ALL_SEGMENTS, *segments):
            own = (assigned["segment_id"] == name) | (name == ALL_SEGMENTS)
            questions = len(experiment.treated) * (1 if name == ALL_SEGMENTS else len(segments))
            treated = own & (assigned["arm"] == arm.name)
            control = own & (assigned["arm"] == experiment.control.name)
            figures = _figures(found, experiment, treated, control, _ALPHA / questions)
            rows.append((experiment.id, design, arm.name, name,
                         metric_name(experiment.metric, experiment.denominator),
                         "" if isinstance(found, str) else found.unit,
                         int(treated.sum()), int(control.sum()), *figures))  # fmt: skip
    return pd.DataFrame(rows, columns=DESIGN_COLUMNS)


def _figures(
    found: Measure | str,
    experiment: Experiment,
    treated: pd.Series,
    control: pd.Series,
    alpha: float,
) -> tuple[float | str, ...]:
    effect, nan = experiment.min_effect, math.nan
    nothing = (nan, nan, effect, nan, nan, nan, nan, nan, "no figures")
    sizes = int(treated.sum()), int(control.sum())
    if isinstance(found, str) or min(sizes) == 0:
        return nothing
    both = treated.to_numpy(dtype=bool), control.to_numpy(dtype=bool)
    mean, deviation = found.typical(both[0] | both[1])
    if math.isnan(deviation) or deviation == 0:
        return nothing
    detectable = minimum_detectable_effect(deviation, *sizes, alpha=alpha, power=_POWER)
    if found.kind == "share":
        sign = 1.0 if experiment.good == "higher" else -1.0
        for _ in range(_ROUNDS):
            spread = share_deviation(mean, sign * detectable, *sizes)
            detectable = minimum_detectable_effect(spread, *sizes, alpha=alpha, power=_POWER)
        deviation = share_deviation(mean, sign * effect, *sizes)
    needed = customers_needed(
        effect, deviation, treated_share=sizes[0] / sum(sizes), alpha=alpha, power=_POWER
    )
    return (
        mean,
        deviation,
        effect,
        detectable,
        detectable / mean if mean > 0 else nan,
        power_of(effect, deviation, *sizes, alpha=alpha),
        needed,
        float(math.ceil(needed / sum(sizes))),
        # The read-out compares no arms that are smaller, however large the effect.
        "can be tested" if detectable <= effect and found.enough(*both) else "too small to test",
    )
