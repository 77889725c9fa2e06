"""Who is to be left alone in which experiment, as the customer file says it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.implement.tags.cells import harmless

__all__ = ["holdout_groups"]

_COLUMNS = ["customer_id", "experiment_id", "arm"]


def holdout_groups(
    arms: pd.DataFrame | None,
    *,
    window: Window,
    controls: Sequence[str] = ("control", "holdout"),
    over: Collection[str] = (),
    drawn: pd.DataFrame | None = None,
) -> pd.Series:
    """Return the experiments in which each customer is to be left alone.

    The file is used from the close on. So an experiment that is over counts no more, and one
    whose arms were drawn at the close counts already: nobody must write to its control before
    its placements come back with the data.

    Args:
        arms: The artefact ``experiment_arms``; None without experiments in the data.
        window: The quarter; placements from the close on do not count.
        controls: Names of the arms that are left alone.
        over: IDs of experiments that are over, which leave nobody alone any more.
        drawn: The artefact ``experiment_assignments``: arms that were drawn at the close.

    Returns:
        The IDs of the experiments, sorted, with ``;`` between them, by customer; only customers
        who are left alone in at least one.
    """
    known = []
    if arms is not None:
        known.append(arms[pd.to_datetime(arms["assigned_at"]) < pd.Timestamp(window.end)])
    if drawn is not None:
        known.append(drawn.rename(columns={"external_id": "customer_id"}))
    if not known:
        return pd.Series(dtype="str")
    told = pd.concat([one[_COLUMNS].astype("str") for one in known])
    alone = told["arm"].isin(list(controls)) & ~told["experiment_id"].isin(list(over))
    pairs = told.loc[alone, ["customer_id", "experiment_id"]].drop_duplicates()
    pairs = pairs.sort_values(["customer_id", "experiment_id"])
    joined: pd.Series = pairs.groupby("customer_id")["experiment_id"].agg(";".join)
    return joined.map(harmless)
