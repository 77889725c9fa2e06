"""The model in use beside one made anew, on today's customers, and which of them is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.cluster.algorithms import algorithm
from segmentation_lib.cluster.champion import Champion
from segmentation_lib.cluster.identity import Matching
from segmentation_lib.cluster.incumbent import CLEARLY_APART, Admission
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.refresh_words import gain_words
from segmentation_lib.cluster.transforms import active
from segmentation_lib.cluster.triggers import Action, Trigger
from segmentation_lib.stats.agreement import adjusted_rand
from segmentation_lib.stats.held_out_fit import held_out_gain
from segmentation_lib.stats.intervals import Interval

__all__ = ["Contest", "contest", "why_not"]

# Fits of the folds look at as many customers as other repeated fits do.
_SAMPLE_SIZE = 5_000


@dataclass(frozen=True)
class Contest:
    """What the model made anew has over the model in use.

    Attributes:
        agreement: Adjusted Rand index of the two on today's customers; NaN where the model in use
            can no longer place them.
        gain: How much more of the differences between customers segments made anew explain, on
            customers who had no part in making them; None where the model in use can no longer
            place them.
        ids_kept: Number of new segments with an ID that people know.
        k: Number of new segments.
        k_before: Number of segments in use.
        comes_back: Whether the new segments come back on other halves of the customers at least
            as surely as is asked for, or as the segments in use do.
        kpis_differ: Whether a KPI spoke for their number.
        admission: Whether the choice of a number admits the new segments, and how surely they
            come back.
        admission_before: The same of as many as before, placed as the model in use places them;
            None where it can no longer place them.
    """

    agreement: float
    gain: Interval | None
    ids_kept: int
    k: int
    k_before: int
    comes_back: bool
    kpis_differ: bool
    admission: Admission | None = None
    admission_before: Admission | None = None

    @property
    def same_number(self) -> bool:
        """Whether there are as many as before."""
        return self.k == self.k_before

    @property
    def surely(self) -> bool:
        """Whether the new segments are admissible, and come back clearly more surely."""
        new, before = self.admission, self.admission_before
        if new is None or before is None or not new.admissible:
            return False
        return new.strength >= before.strength + CLEARLY_APART

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        gain = self.gain
        return {
            "k": self.k,
            "agreement": self.agreement,
            "gain": None if gain is None else gain.value,
            "gain_low": None if gain is None else gain.low,
            "gain_high": None if gain is None else gain.high,
            "ids_kept": self.ids_kept,
            "comes_back": self.comes_back,
            "kpis_differ": self.kpis_differ,
            "surely": self.surely,
            "admissible": None if self.admission is None else self.admission.admissible,
            "strength": None if self.admission is None else self.admission.strength,
            "strength_before": (
                None if self.admission_before is None else self.admission_before.strength
            ),
        }


def contest(
    champion: Champion,
    challenger: Model,
    matching: Matching,
    features: pd.DataFrame,
    *,
    comes_back: bool,
    kpis_differ: bool,
    admissions: tuple[Admission | None, Admission | None] = (None, None),
    seed: int,
) -> Contest:
    """Set the model in use beside one made anew.

    The gain is measured in the space of the model in use, by the algorithm that made it. It is
    that of as many segments as the larger of both models has: fewer segments always explain less.

    Args:
        champion: The model in use.
        challenger: The model made anew, under permanent IDs.
        matching: What became of each segment.
        features: The artefact ``features_open``.
        comes_back: Whether the new segments come back on other halves of the customers.
        kpis_differ: Whether a KPI spoke for their number.
        admissions: Whether the choice of a number admits the new segments, and as many as before.
        seed: Seed of the folds.
    """
    known = {segment.id for segment in champion.registry.active}
    kept = len(known & set(matching.segment_ids))
    gain, agreement = None, float("nan")
    if not champion.missing_in(features):
        customers = active(features)
        models = (champion.model, challenger)
        old, new = (model.transforms.matrix(customers) for model in models)
        both = ~(np.isnan(old).any(axis=1) | np.isnan(new).any(axis=1))
        labels = champion.model.rule.assign(old[both]), challenger.rule.assign(new[both])
        agreement = adjusted_rand(*labels)
        gain = held_out_gain(
            old[both],
            champion.model.rule.assign,
            champion.model.centres,
            algorithm(champion.model.algorithm, sample_size=_SAMPLE_SIZE),
            k=max(champion.model.k, challenger.k),
            seed=(seed, 75),
        )
    return Contest(
        agreement=agreement,
        gain=gain,
        ids_kept=kept,
        k=challenger.k,
        k_before=champion.model.k,
        comes_back=comes_back,
        kpis_differ=kpis_differ,
        admission=admissions[0],
        admission_before=admissions[1],
    )


def why_not(action: Action, triggers: Sequence[Trigger], found: Contest) -> str:
    """Say why the model made anew is not proposed; empty if it is.

    A person's word, and features that changed, decide alone. Otherwise it must come back, and win
    on customers held out: explain more of them (the 95 % interval above 0: a tie keeps the model
    in use), or do again what the segments in use no longer do: differ in KPIs, or come back on
    other halves. Where nothing else calls for it, coming back is what it must win by: in one crowd
    another cut may explain a little more than last quarter's. More segments always explain more, so
    that counts for them only where something split or appeared. Segments that are the same in
    number must all be recognised.

    Args:
        action: What the triggers call for.
        triggers: All triggers.
        found: The contest.
    """
    fired = {one.code for one in triggers if one.fired}
    if fired & {"asked", "features"}:
        return ""
    surely = "returns" in fired and found.surely
    if fired == {"returns"} and not surely:
        return (
            "segments made anew do not come back as surely as is asked for on other halves of the "
            "customers, and clearly more surely than those in use"
        )
    if not found.comes_back:
        return "segments made anew come back less surely on other halves of the customers"
    useful = surely or ("kpi" in fired and found.kpis_differ)
    if not useful and (found.gain is None or found.gain.low <= 0):
        said = "" if found.gain is None else f": they explain {gain_words(found.gain)}"
        return f"segments made anew are not clearly better{said}"
    if not useful and found.k > found.k_before and "event" not in fired:
        return "more segments always explain more, and nothing has split or appeared"
    if action == "refit" and found.ids_kept < found.k:
        return (
            f"only {found.ids_kept} of {found.k} segments could be recognised among those made "
            "anew; ask for `resegment` to have them replaced"
        )
    return ""
