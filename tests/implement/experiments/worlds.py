"""Small experiments whose truth is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.params.registers import Register
from segmentation_lib.params.registers.experiments import Arm, Experiment

OPEN, CLOSE = date(2025, 7, 1), date(2025, 10, 1)


def design(own: str = "E1", **values: object) -> Experiment:
    """An experiment of two equal arms on revenue, over at the close."""
    given = {
        "id": own, "what": "A voucher.", "metric": "revenue", "min_effect": 5.0, "salt": "abc",
        "starts_on": OPEN, "ends_on": date(2025, 9, 30), "owner": "CRM", "status": "ended",
        "arms": arms(control=0.5, new=0.5),
    }  # fmt: skip
    return Experiment.model_validate({**given, **values})


def arms(**shares: float) -> tuple[Arm, ...]:
    """Arms with their shares; the first is the control."""
    return tuple(
        Arm(name=name, share=share, control=place == 0)
        for place, (name, share) in enumerate(shares.items())
    )


def register(*entries: Experiment) -> Register[Experiment]:
    """A register of experiments."""
    return Register("experiments", entries)


def quarter(
    lifts: tuple[float, ...], *, n: int = 1200, seed: int = 1, experiment: str = "E1"
) -> dict[str, pd.DataFrame]:
    """Segments S01, S02, ... of n customers; the treated of each spend so much more than 50."""
    rng = np.random.default_rng(seed)
    segment = np.repeat([f"S{i:02d}" for i in range(1, len(lifts) + 1)], n)
    ids = [f"c{i:05d}" for i in range(len(segment))]
    treated = rng.random(len(ids)) < 0.5
    past = rng.normal(50, 8, len(ids))
    revenue = past + rng.normal(0, 6, len(ids)) + np.repeat(lifts, n) * treated
    outcomes = pd.DataFrame(
        {"customer_id": ids, "revenue": revenue, "orders": 1.0 + rng.poisson(1, len(ids)),
         "active": (rng.random(len(ids)) < 0.7) * 1.0,
         "order_value": np.where(rng.random(len(ids)) < 0.5, 20.0, np.nan)}
    )  # fmt: skip
    return {
        "outcomes": outcomes,
        "assignments": pd.DataFrame({"customer_id": ids, "segment_id": segment}),
        "before": pd.DataFrame({"customer_id": ids, "revenue": past}),
        "arms": pd.DataFrame(
            {"experiment_id": experiment, "customer_id": ids,
             "arm": np.where(treated, "new", "control"), "assigned_at": pd.Timestamp(OPEN)}
        ),
    }  # fmt: skip
