"""The treated and the control customers of an experiment that tests a hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from segmentation_lib.params.registers import Hypothesis

__all__ = ["Arms", "treated_and_control"]

_CONTROLS = ("control", "holdout")


@dataclass(frozen=True)
class Arms:
    """Who was treated and who was not, by the arm they were assigned to.

    Attributes:
        treated: Customers of the treated arm.
        control: Customers of the control arm.
        grade: ``experiment`` where the arms were drawn by lot, ``quasi-experiment`` where they
            were not, or where nobody looked.
    """

    treated: frozenset[str]
    control: frozenset[str]
    grade: str


def treated_and_control(
    hypothesis: Hypothesis,
    arms: pd.DataFrame | None,
    incremental: pd.DataFrame | None,
    opened: date,
    closed: date,
    controls: Sequence[str] = _CONTROLS,
) -> Arms | str:
    """Find the arms that a hypothesis compares, or say why there are none.

    Args:
        hypothesis: A hypothesis whose test is an experiment.
        arms: The artefact ``experiment_arms``.
        incremental: The artefact ``incremental``, which has checked the draw; None leaves the
            grade at ``quasi-experiment``.
        opened: Open of the quarter. Who was assigned earlier may be in the segment because of
            the treatment.
        closed: Close of the quarter; not part of it.
        controls: Names that a control arm may have.

    Returns:
        The arms; or ``no_experiment``, ``no_control``, ``which_arm`` or ``assigned_before``.
        Customers of two arms are in neither. Beside a control, a holdout is no treated arm.
    """
    if arms is None:
        return "no_experiment"
    rows = arms[arms["experiment_id"].astype("str") == hypothesis.experiment]
    if rows.empty:
        return "no_experiment"
    assigned = pd.to_datetime(rows["assigned_at"])
    if ((assigned < pd.Timestamp(opened)) | (assigned >= pd.Timestamp(closed))).any():
        return "assigned_before"
    names = sorted(set(rows["arm"].astype("str")))
    control = [name for want in controls for name in names if name.lower() == want]
    treated = [name for name in names if name.lower() not in controls]
    if not control:
        return "no_control"
    if hypothesis.arm is not None:
        treated = [name for name in treated if name == hypothesis.arm]
    if len(treated) != 1:
        return "which_arm"
    by_customer = rows.groupby("customer_id")["arm"].nunique()
    clean = rows[rows["customer_id"].isin(by_customer.index[by_customer == 1])]
    members = {
        name: frozenset(clean.loc[clean["arm"] == name, "customer_id"])
        for name in (treated[0], control[0])
    }
    grade = _grade(hypothesis, treated[0], incremental)
    return Arms(members[treated[0]], members[control[0]], grade)


def _grade(hypothesis: Hypothesis, arm: str, incremental: pd.DataFrame | None) -> str:
    if incremental is None:
        return "quasi-experiment"
    own = incremental[
        (incremental["experiment_id"] == hypothesis.experiment)
        & (incremental["arm"] == arm)
        & (incremental["segment_id"] == hypothesis.segment)
    ]
    return "experiment" if (own["grade"] == "experiment").any() else "quasi-experiment"
