"""The demo's planted experiments: who is in which arm, and what treatments and events do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.demo.population import Population
from segmentation_lib.demo.season import timestamps
from segmentation_lib.demo.world import (
    LOYAL,
    REGIONS,
    SEGMENT_KEYS,
    START,
    BoolArray,
    FloatArray,
    IntArray,
    TextArray,
)

EXPERIMENT_ID = "EXP-001"
HOLDOUT_ID = "HOLDOUT-2025"
ASSIGNED_AT = pd.Timestamp("2025-07-01")
ASSIGNED_DAY = (ASSIGNED_AT - START).days
# The treatment makes the baskets of one segment larger, and does nothing for the others.
TREATED_SEGMENT = LOYAL
BASKET_LIFT = 1.25
HOLDOUT_SHARE = 0.10
# Nobody drew lots for this: deliveries are free in one region, from one day on.
LOCAL_ID = "NE-001"
LOCAL_REGION = REGIONS.index("North")
LOCAL_DAY = (pd.Timestamp("2025-08-01") - START).days
LOCAL_LIFT = 1.25


@dataclass(frozen=True)
class Arms:
    """Who takes part, one row per person.

    Attributes:
        assigned: Whether the person was a customer on the day of assignment.
        treated: Whether an assigned person is in the treatment arm of `EXP-001`.
        held_out: Whether an assigned person is kept out of all campaigns.
    """

    assigned: BoolArray
    treated: BoolArray
    held_out: BoolArray


def assign_arms(population: Population) -> Arms:
    """Assign people to arms by a hash of their customer id, as a test tool does.

    Args:
        population: The people of the demo.

    Returns:
        The arms; everybody who is a customer on 2025-07-01 takes part.
    """
    assigned = (population.joined < ASSIGNED_DAY) & (population.left > ASSIGNED_DAY)
    treated = _hash_share(population.customer_id, "exp-001-assigned") < 0.5
    held_out = _hash_share(population.customer_id, "holdout-2025-001") < HOLDOUT_SHARE
    return Arms(assigned=assigned, treated=assigned & treated, held_out=assigned & held_out)


def basket_lift(arms: Arms, person: IntArray, segment: IntArray, day: IntArray) -> FloatArray:
    """Return the factor by which the treatment changes the baskets of orders.

    Args:
        arms: Who is in which arm.
        person: The buyer's row in the population, one per order.
        segment: The segment in which the buyer behaves at that time, one per order.
        day: Day of the order since the world's start.

    Returns:
        1.25 for orders of treated loyal regulars from 2025-07-01 on, otherwise 1.
    """
    lifted = arms.treated[person] & (segment == TREATED_SEGMENT) & (day >= ASSIGNED_DAY)
    return np.where(lifted, BASKET_LIFT, 1.0)


def local_lift(population: Population, person: IntArray, day: IntArray) -> FloatArray:
    """Return the factor by which free delivery in one region changes the baskets of orders.

    Args:
        population: The people of the demo.
        person: The buyer's row in the population, one per order.
        day: Day of the order since the world's start.

    Returns:
        1.25 for orders of customers in the North from 2025-08-01 on, otherwise 1.
    """
    lifted = (population.region[person] == LOCAL_REGION) & (day >= LOCAL_DAY)
    return np.where(lifted, LOCAL_LIFT, 1.0)


def assignment_table(population: Population, arms: Arms) -> pd.DataFrame:
    """Return the assignments table: one row per experiment and person, under the first id.

    Args:
        population: The people of the demo.
        arms: Who is in which arm.

    Returns:
        Columns `experiment_id, customer_id, arm, assigned_at`.
    """
    ids = population.customer_id[arms.assigned]
    tests = {
        EXPERIMENT_ID: np.where(arms.treated[arms.assigned], "treatment", "control"),
        HOLDOUT_ID: np.where(arms.held_out[arms.assigned], "holdout", "contactable"),
    }
    frames = [
        pd.DataFrame(
            {
                "experiment_id": experiment_id,
                "customer_id": ids,
                "arm": arm,
                "assigned_at": timestamps(np.full(len(ids), ASSIGNED_DAY * 86_400)),
            }
        )
        for experiment_id, arm in tests.items()
    ]
    return pd.concat(frames, ignore_index=True)


def planted_effects() -> pd.DataFrame:
    """Return the true effect of every experiment, and of free delivery, on every segment's baskets.

    Returns:
        Columns `experiment_id, segment, relative_basket_effect`; 0 where nothing happens. That
        of `NE-001` holds for customers of one region only.
    """
    rows = [
        (EXPERIMENT_ID, key, BASKET_LIFT - 1.0 if number == TREATED_SEGMENT else 0.0)
        for number, key in enumerate(SEGMENT_KEYS)
    ]
    rows += [(HOLDOUT_ID, key, 0.0) for key in SEGMENT_KEYS]
    rows += [(LOCAL_ID, key, LOCAL_LIFT - 1.0) for key in SEGMENT_KEYS]
    return pd.DataFrame(rows, columns=["experiment_id", "segment", "relative_basket_effect"])


def _hash_share(ids: TextArray, key: str) -> FloatArray:
    """Return a stable number in 0 to 1 for each id; `key` must be 16 characters long."""
    hashed = pd.util.hash_array(ids, hash_key=key, categorize=False)
    return np.asarray((hashed % np.uint64(10_000)) / 10_000.0, dtype=np.float64)
