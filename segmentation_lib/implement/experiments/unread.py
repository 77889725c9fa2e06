"""Which experiments have no verdict yet, so that no other page gives them one."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.implement.experiments.admission import REFUSALS
from segmentation_lib.implement.experiments.readout import read_out
from segmentation_lib.implement.experiments.starts import Start
from segmentation_lib.params.registers import Register
from segmentation_lib.params.registers.experiments import Experiment

__all__ = ["unread"]


def unread(
    experiments: Register[Experiment],
    arms: pd.DataFrame | None,
    assignments_open: pd.DataFrame,
    *,
    window: Window,
    redesigned: Collection[str] = (),
) -> dict[str, str]:
    """Return why experiments are not read out, by ID: a sentence each.

    What compares arms elsewhere leaves these experiments out, so that nothing is read too early,
    or after customers went missing. Where there is no register at all, nothing is held back.

    Args:
        experiments: The register.
        arms: The artefact ``experiment_arms``.
        assignments_open: ``customer_id`` and ``segment_id`` at the open.
        window: The quarter.
        redesigned: What `admission.redesigned` returned.
    """
    if not len(experiments):
        return {}
    nobody = pd.DataFrame({"customer_id": pd.Series(dtype="str")})
    found = read_out(experiments, arms, nobody, [Start(window.start, assignments_open)],
                     closed=window.end, redesigned=redesigned).experiments  # fmt: skip
    rows = found[found["reason"].isin(list(REFUSALS))].to_dict("records")
    return {
        str(row["experiment_id"]): f"{row['experiment_id']} is not read out: "
        f"{REFUSALS[str(row['reason'])].format(ends_on=row['ends_on'])}."
        for row in rows
    }
