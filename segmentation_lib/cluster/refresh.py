"""Each quarter: keep the model in use, make its segments anew, or choose them anew, and say why.

The model in use is frozen and defends its title. It is kept unless something calls for new
segments and those made anew are better. So the model, and what a segment means, changes for a
reason or not at all, and what was kept has the hash it had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from segmentation_lib.cluster.champion import Champion
from segmentation_lib.cluster.choose_k import KChoice
from segmentation_lib.cluster.contest import Contest, contest, why_not
from segmentation_lib.cluster.identity import Matching, match_segments
from segmentation_lib.cluster.incumbent import Admission, comes_back, held_choice
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.refresh_words import (
    gain_words,
    ids_words,
    outgrown_words,
    refresh_sentence,
    surer_words,
)
from segmentation_lib.cluster.registry import Registry
from segmentation_lib.cluster.today import Today
from segmentation_lib.cluster.transforms import Transforms, active
from segmentation_lib.cluster.triggers import Action, Request, Trigger, find_triggers
from segmentation_lib.stats.intervals import Interval

__all__ = ["Decision", "Refresh", "called_for", "refresh_model"]

Decision = Literal["first", "keep", "refit", "resegment"]


@dataclass(frozen=True)
class Refresh:
    """What became of last quarter's segments.

    Attributes:
        decision: ``first``, ``keep``, ``refit`` or ``resegment``.
        model: The model of record: everything after this stage judges and uses it.
        choice: The number of segments that goes with it.
        matching: What became of each segment, and the register.
        triggers: What was looked at; empty in the first quarter.
        sentence: The decision in one paragraph.
        reasons: Why, a sentence each.
        champion: The model that was in use; None in the first quarter.
        challenger: The model made anew, under its own IDs; None in the first quarter.
        contest: The two side by side; None in the first quarter.
    """

    decision: Decision
    model: Model
    choice: KChoice
    matching: Matching
    triggers: tuple[Trigger, ...] = ()
    sentence: str = ""
    reasons: tuple[str, ...] = ()
    champion: Champion | None = None
    challenger: Model | None = None
    contest: Contest | None = None

    @property
    def tone(self) -> Literal["good", "info", "warn"]:
        """How the finding is shown: good news, news, or a change that was not answered."""
        if self.decision == "keep":
            return "warn" if any(one.fired for one in self.triggers) else "good"
        return "info"

    def feature_findings(self, transforms: Transforms) -> list[str]:
        """Say how the features enter the model of record, a sentence each.

        Args:
            transforms: The transforms as they were fitted today.
        """
        if self.decision == "keep":
            return ["The features enter as they did when the model was made."]
        return list(transforms.findings) or ["Every segmenting feature is used."]

    def to_json(self) -> dict[str, Any]:
        """Return all but the tables as plain JSON values: the artefact ``refresh``."""
        return {
            "decision": self.decision,
            "sentence": self.sentence,
            "reasons": list(self.reasons),
            "model": _named(self.model),
            "champion": None if self.champion is None else _named(self.champion.model),
            "challenger": None if self.challenger is None else _named(self.challenger),
            "contest": None if self.contest is None else self.contest.to_json(),
            "triggers": [one.to_json() for one in self.triggers],
        }


def called_for(triggers: Sequence[Trigger]) -> Action:
    """Return what the triggers call for: the most that one of them asks.

    A person's word goes before all others.
    """
    wishes = [one for one in triggers if one.fired and one.code == "asked"]
    actions = {one.action for one in wishes or triggers if one.fired}
    return "resegment" if "resegment" in actions else "refit" if actions else "keep"


def refresh_model(
    today: Today,
    champion: Champion | None,
    *,
    before: pd.DataFrame | None = None,
    scorecard: Mapping[str, Any] | None = None,
    request: Request | None = None,
) -> Refresh:
    """Keep the model in use, or propose one made anew.

    1. The model in use is held against today's customers (`triggers.find_triggers`).
    2. One is made anew: with as many segments as before and the same algorithm, unless the
       triggers call for more, or as many no longer come back.
    3. It is proposed if something called for it and it is better (`contest.why_not`).

    Args:
        today: The customers at the open.
        champion: The model in use, from `find_champion`; None in the first quarter.
        before: The previous run's ``features_open``.
        scorecard: The previous run's ``scorecard``.
        request: What people ask for; nothing when None.

    Raises:
        ContractError: A person asks to keep a model whose features are gone, or no algorithm can
            group these customers.
    """
    if champion is None:
        return _first(today)
    request = request or Request()
    held = None
    if not (champion.missing_in(today.features) or champion.redefined(today.transforms)):
        held = held_choice(today, champion.model, champion.model.transforms)
    admission = None if held is None else Admission.of(held)
    triggers = find_triggers(
        champion,
        today.features,
        today.dictionary,
        today.transforms,
        today.settings,
        opens=today.opens,
        before=before,
        scorecard=scorecard,
        request=request,
        admissions=(_admission_then(today, champion, held, before), admission),
        seed=today.seed,
    )
    kept = request.asked == "keep"
    wanted: Action = "keep" if kept else called_for(triggers)
    action, choice, challenger = _made_anew(today, champion, wanted, held)
    matching = champion.match(challenger, today.features, period=today.period)
    challenger = challenger.with_segment_ids(matching.segment_ids)
    found = contest(
        champion,
        challenger,
        matching,
        today.features,
        comes_back=comes_back(choice, champion.model),
        kpis_differ=choice.kpis_used and "no_kpi_differs" not in choice.flags,
        admissions=(Admission.of(choice), admission),
        seed=today.seed,
    )
    against = "" if action == "keep" else why_not(action, triggers, found)
    decided = Refresh(
        decision="keep" if action == "keep" or against else _name(action, found),
        model=challenger,
        choice=choice,
        matching=matching,
        triggers=triggers,
        champion=champion,
        challenger=challenger,
        contest=found,
    )
    if decided.decision == "keep" and held is not None:
        kept_as = champion.kept(period=today.period)
        decided = replace(decided, model=champion.model, choice=held, matching=kept_as)
    outgrown = wanted == "refit" and action == "resegment"
    return _told(decided, request, against, outgrown=outgrown)


def _first(today: Today) -> Refresh:
    choice = today.choose(today.transforms, today.settings)
    model = today.fit(choice)
    matching = match_segments(
        model, today.features, registry=Registry(project=today.project), period=today.period
    )
    model = model.with_segment_ids(matching.segment_ids)
    told = refresh_sentence("first")
    return Refresh("first", model, choice, matching, sentence=told)


def _admission_then(
    today: Today, champion: Champion, held: KChoice | None, before: pd.DataFrame | None
) -> Admission | None:
    """Whether as many segments were admissible last quarter, by what is asked for today."""
    if held is None or before is None or champion.missing_in(before):
        return None
    then = replace(today, features=before, kpis=pd.DataFrame(index=active(before).index))
    return Admission.of(held_choice(then, champion.model, champion.model.transforms))


def _made_anew(
    today: Today, champion: Champion, action: Action, held: KChoice | None
) -> tuple[Action, KChoice, Model]:
    """Return what is called for, with as many segments as before only where they come back.

    What is kept is shown in its own space (``held``); what is made anew, in today's.
    """
    if action == "keep" and held is not None:
        return action, held, today.fit(held)
    if action == "refit":
        choice = held_choice(today, champion.model, today.transforms)
        if comes_back(choice):
            return action, choice, today.fit(choice)
    choice = today.choose(today.transforms, today.settings)
    return "resegment", choice, today.fit(choice)


def _name(action: Action, found: Contest) -> Decision:
    """As many segments, all of them recognised, are last quarter's made anew."""
    same = found.same_number and found.ids_kept == found.k
    return "refit" if action == "refit" or same else "resegment"


def _told(decided: Refresh, request: Request, against: str, *, outgrown: bool) -> Refresh:
    fired = [one for one in decided.triggers if one.fired]
    asked = request.asked == "keep" or any(one.code == "asked" for one in fired)
    reasons = [one.reason for one in fired]
    if request.asked == "keep":
        reasons.insert(0, f"A person asked to keep them: {str(request.reason).rstrip('.')}.")
    if decided.decision != "keep" and decided.contest and decided.contest.gain:
        before = decided.champion.model.k if decided.champion else 0
        if outgrown:
            reasons.append(outgrown_words(before))
        codes = {one.code for one in fired}
        reasons.append(_won_by(decided.contest, decided.contest.gain, codes, before))
    ids = "" if decided.contest is None else ids_words(decided.contest.ids_kept, decided.model.k)
    return replace(
        decided,
        sentence=refresh_sentence(
            decided.decision,
            asked=asked,
            impossible=any(one.code == "features" for one in fired),
            fired=len(fired),
            why_not=against,
            ids=ids,
        ),
        reasons=tuple(reasons),
    )


def _won_by(found: Contest, gain: Interval, fired: Set[str], before: int) -> str:
    """Say what segments made anew have over those in use."""
    new, old = found.admission, found.admission_before
    if fired == {"returns"} and new is not None and old is not None:
        return surer_words(found.k, new.strength, old.strength)
    number = max(found.k, before)
    return f"On customers held out, {number} segments made anew explain {gain_words(gain)}."


def _named(model: Model) -> dict[str, Any]:
    return {
        "hash": model.hash,
        "algorithm": model.algorithm,
        "k": model.k,
        "as_of": model.as_of.isoformat(),
    }
