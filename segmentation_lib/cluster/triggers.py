"""What calls for new segments: each trigger with what was measured, its limit, and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from segmentation_lib.cluster.champion import Champion
from segmentation_lib.cluster.incumbent import CLEARLY, CLEARLY_APART, Admission
from segmentation_lib.cluster.refresh_evidence import FrozenEvidence, frozen_evidence
from segmentation_lib.cluster.refresh_words import (
    agreement_words,
    drift_words,
    event_list,
    feature_change,
    returns_words,
)
from segmentation_lib.cluster.transforms import Transforms
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import ClusterParams

__all__ = [
    "Action",
    "Asked",
    "Request",
    "Trigger",
    "find_triggers",
    "returns_trigger",
    "trigger_table",
]

Action = Literal["keep", "refit", "resegment"]
Asked = Literal["auto", "keep", "refit", "resegment"]

_UNKNOWN = "not assessed"


@dataclass(frozen=True)
class Request:
    """What people ask of the refresh.

    Attributes:
        asked: ``auto``: the evidence decides; otherwise what is to be done.
        reason: Who asks for it, and why.
        max_age_months: A model that is older is made anew, if that is better.
        margin: A fresh fit may agree this much less than chance refits do.
    """

    asked: Asked = "auto"
    reason: str | None = None
    max_age_months: int = 12
    margin: float = 0.03


@dataclass(frozen=True)
class Trigger:
    """One reason for which segments may have to change.

    Attributes:
        code: ``features``, ``event``, ``drift``, ``agreement``, ``returns``, ``kpi``, ``age`` or
            ``asked``.
        what: What was looked at.
        measured: What was found.
        limit: What is asked for.
        fired: Whether it calls for new segments.
        action: What it calls for when it fires: ``refit`` keeps the number of segments,
            ``resegment`` chooses it anew.
        reason: The finding as a sentence; empty when it does not fire.
    """

    code: str
    what: str
    measured: str
    limit: str
    fired: bool
    action: Action
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return asdict(self)


def trigger_table(triggers: tuple[Trigger, ...]) -> pd.DataFrame:
    """Return ``what, measured, limit, fired`` of each trigger, all text, as it is shown."""
    rows = [(one.what, one.measured, one.limit, "yes" if one.fired else "no") for one in triggers]
    return pd.DataFrame(rows, columns=["what", "measured", "limit", "fired"]).astype("str")


def find_triggers(
    champion: Champion,
    features: pd.DataFrame,
    dictionary: pd.DataFrame,
    transforms: Transforms,
    settings: ClusterParams,
    *,
    opens: date,
    before: pd.DataFrame | None,
    scorecard: Mapping[str, Any] | None,
    request: Request,
    admissions: tuple[Admission | None, Admission | None] = (None, None),
    seed: int,
) -> tuple[Trigger, ...]:
    """Look for whatever may call for new segments.

    Args:
        champion: The model in use.
        features: The artefact ``features_open``.
        dictionary: The artefact ``data_dictionary``.
        transforms: The transforms as they would be fitted today.
        settings: The parameters of the stage.
        opens: First day of the quarter.
        before: The previous run's ``features_open``.
        scorecard: The previous run's ``scorecard``; counts where it judged this model.
        request: What people ask for.
        admissions: Whether the choice of a number admits as many segments, on last quarter's
            customers and on today's; None where the model cannot place them.
        seed: Seed of all samples and starts.

    Raises:
        ContractError: A person asks to keep a model whose features are gone or read otherwise.
    """
    changed = champion.missing_in(features) or champion.redefined(transforms)
    if changed and request.asked == "keep":
        raise ContractError([_impossible(changed)])
    evidence = None
    if before is not None and not changed and not champion.missing_in(before):
        ages = dictionary.loc[dictionary["window"] == "whole history", "name"]
        evidence = frozen_evidence(
            champion.model, before, features, ageing=frozenset(map(str, ages)), seed=seed
        )
    return (
        _asked(champion, settings, request),
        Trigger("features", "The features of the model", "changed" if changed else "the same",
                "the same", bool(changed), "resegment",
                feature_change(changed) if changed else ""),
        *_by_evidence(champion, evidence, request.margin),
        returns_trigger(
            *admissions,
            settings.prediction_strength,
            by_hand=settings.k == champion.model.k,
        ),
        _kpi(champion, scorecard),
        _age(champion, opens, request.max_age_months),
    )  # fmt: skip


def _asked(champion: Champion, settings: ClusterParams, request: Request) -> Trigger:
    what, limit = "A change that a person asks for", "none"
    because = (request.reason or settings.k_reason or "").strip().rstrip(".")
    if request.asked in ("refit", "resegment"):
        wish = "made anew" if request.asked == "refit" else "chosen anew"
        reason = f"A person asked for segments {wish}: {because}."
        return Trigger("asked", what, f"segments {wish}", limit, True, request.asked, reason)
    if settings.k is not None and settings.k != champion.model.k:
        reason = f"A person set the number of segments to {settings.k}: {because}."
        return Trigger("asked", what, f"{settings.k} segments", limit, True, "resegment", reason)
    if champion.model.algorithm not in settings.algorithms:
        reason = "The way the segments are found was taken off the list of algorithms."
        return Trigger("asked", what, "another algorithm", limit, True, "resegment", reason)
    return Trigger("asked", what, "none", limit, False, "resegment")


def _by_evidence(
    champion: Champion, evidence: FrozenEvidence | None, margin: float
) -> tuple[Trigger, ...]:
    event = "Segments that split, merged, ended or are new"
    drift = "Move of all customers together, in standard deviations"
    fresh = "Segments made anew agree with those in use (1 = the same)"
    chance = "no more than by chance"
    if evidence is None:
        return (
            Trigger("event", event, _UNKNOWN, "none", False, "resegment"),
            Trigger("drift", drift, _UNKNOWN, chance, False, "refit"),
            Trigger("agreement", fresh, _UNKNOWN, chance, False, "refit"),
        )
    found, moved, agreed = evidence.events, evidence.drift, evidence.agreement
    bar = agreed.baseline_low - margin
    low = agreed.adjusted_rand < bar
    return (
        Trigger("event", event, str(len(found)) if found else "none", "none", bool(found),
                "resegment", event_list(found, champion.model.segment_ids)),
        Trigger("drift", drift, f"{moved.size:.2f}" if moved.found else "none", chance,
                moved.found, "refit", drift_words(evidence.moved, moved.size)),
        Trigger("agreement", fresh, f"{agreed.adjusted_rand:.2f}", f"at least {bar:.2f}", low,
                "refit", agreement_words(agreed.adjusted_rand, bar) if low else ""),
    )  # fmt: skip


def returns_trigger(
    then: Admission | None, now: Admission | None, asked: float, *, by_hand: bool = False
) -> Trigger:
    """Look whether the choice of a number would still admit as many segments.

    What is clearly not admissible is challenged each quarter, whether it fell or never was; what
    becomes of it, the contest decides. What was admissible must also have fallen by more than
    chance from where it was, also where the bootstrap admitted it below the bar.

    Args:
        then: As many segments on last quarter's customers; None if not known.
        now: The same on today's customers.
        asked: The prediction strength that is asked for, 0 to 1.
        by_hand: Whether a person set their number, so that there is no other one to choose.
    """
    bar = asked - CLEARLY
    if then is not None and then.admissible:
        bar = min(bar, then.strength - CLEARLY_APART)
    lost = now is not None and not now.admissible and now.strength < bar and not by_hand
    measured = _UNKNOWN if now is None or now.strength != now.strength else f"{now.strength:.2f}"
    if then is not None and measured != _UNKNOWN:
        measured += f", {then.strength:.2f} last quarter"
    what = "Segments that come back on other halves of the customers"
    fell = then is not None and then.admissible
    reason = returns_words(measured, bar, fell=fell) if lost else ""
    return Trigger("returns", what, measured, f"at least {bar:.2f}", lost, "resegment", reason)


def _kpi(champion: Champion, scorecard: Mapping[str, Any] | None) -> Trigger:
    gates = () if scorecard is None or not champion.judged else scorecard["gates"]
    verdict = next((str(gate["verdict"]) for gate in gates if gate["code"] == "external"), _UNKNOWN)
    lost = verdict == "no-go"
    reason = "Last quarter the segments did not differ in what customers did next."
    return Trigger(
        "kpi",
        "Difference between segments in what customers did last quarter",
        {"go": "passed", "limits": "passed with limits", "no-go": "failed"}.get(verdict, _UNKNOWN),
        "not failed",
        lost,
        "resegment",
        reason if lost else "",
    )


def _age(champion: Champion, opens: date, limit: int) -> Trigger:
    months = champion.age_in_months(opens)
    old = months > limit
    reason = f"The model is {months} months old; after {limit} months it is looked at anew."
    measured = f"{months} month{'' if months == 1 else 's'}"
    return Trigger("age", "Age of the model", measured, f"at most {limit} months", old, "refit",
                   reason if old else "")  # fmt: skip


def _impossible(changed: tuple[str, ...]) -> Fault:
    return Fault(
        "cluster.refresh = keep",
        feature_change(changed).rstrip("."),
        "a model is kept only with the features it was made of",
        "Bring the features back as they were, or set cluster.refresh to auto or resegment.",
        "refresh_keep",
    )
