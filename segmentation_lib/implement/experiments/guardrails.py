"""What must not suffer from a treatment, and whether it did."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation_lib.implement.experiments.metrics import measure, metric_name
from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.stats.arrays import spawn_seeds

__all__ = ["GUARDRAIL_COLUMNS", "guardrail_effects"]

GUARDRAIL_COLUMNS = ["experiment_id", "arm", "metric", "unit", "good", "margin", "customers",
                     "control_customers", "value", "control_value", "effect", "low", "high",
                     "verdict"]  # fmt: skip


def guardrail_effects(
    experiment: Experiment,
    people: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    seed: int | Sequence[int] = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Hold what a treatment did to the other outcomes against the loss that is put up with.

    Guardrails are not corrected for their number: a missed loss costs more than a false alarm.

    Args:
        experiment: The experiment.
        people: What `participants` returned.
        outcomes: ``customer_id`` and the outcomes.
        seed: Seed of the permutations.
        level: Level of each interval.

    Returns:
        A row per treated arm and guardrail; its ``verdict`` is ``kept`` where even the worst end of
        the interval is within the margin, ``broken`` where a loss is shown and it may be larger,
        ``open`` where neither is shown, and ``no figures``.
    """
    count = len(experiment.treated) * len(experiment.guardrails)
    seeds = iter(spawn_seeds(seed, max(count, 1)))
    control = (people["arm"] == experiment.control.name).to_numpy(dtype=bool)
    rows = []
    for arm in experiment.treated:
        treated = (people["arm"] == arm.name).to_numpy(dtype=bool)
        for rail in experiment.guardrails:
            found = measure(
                outcomes, people["customer_id"], rail.metric, denominator=rail.denominator
            )
            branch = int(next(seeds).generate_state(1)[0])
            values: tuple[float, ...] = (np.nan,) * 5
            verdict, unit = "no figures", "" if isinstance(found, str) else found.unit
            if not isinstance(found, str) and found.enough(treated, control):
                one = found.effect(treated, control, seed=branch, level=level)
                values = (one.treated, one.control, one.value, one.low, one.high)
                ends = (one.low, one.high) if rail.good == "higher" else (-one.high, -one.low)
                verdict = "kept" if ends[0] >= -rail.margin else "broken" if ends[1] < 0 else "open"
            rows.append((experiment.id, arm.name, metric_name(rail.metric, rail.denominator), unit,
                         rail.good, rail.margin, int(treated.sum()), int(control.sum()), *values,
                         verdict))  # fmt: skip
    frame = pd.DataFrame(rows, columns=GUARDRAIL_COLUMNS)
    return frame.astype({"value": "float64", "effect": "float64"})
