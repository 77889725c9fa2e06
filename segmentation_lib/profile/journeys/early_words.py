"""What is said of early behaviours."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.profile.journeys.early import EarlyStudy
from segmentation_lib.profile.wording import count, percent
from segmentation_lib.small_cells import rounded
from segmentation_lib.words import event_words

__all__ = ["early_sentences"]


def early_sentences(
    study: EarlyStudy, *, outcome: str = "came to a success", most: int = 3, few: int = 10
) -> list[str]:
    """Say which early behaviours go with a success, and of whom nothing is known.

    What goes with it very weakly is not said; it is in the table.

    Args:
        study: The study.
        outcome: What a success is, in words, such as ``bought again``.
        most: Behaviours named; those that go with more success before those that go with less.
        few: Counts are told rounded to these, those of fewer people not at all, nor shares that
            would give them away.
    """
    rows = study.behaviours
    found = rows[(rows["verdict"] == "predictive") & (rows["strength"] != "very weak")]
    found = pd.concat([found[found["phi"] > 0], found[found["phi"] <= 0]])
    sentences = [_sentence(row, study, outcome, few) for _, row in found.head(most).iterrows()]
    if not sentences:
        sentences = [
            f"Nothing that newcomers do in their first {study.days} days tells much about "
            f"who {outcome} by day {study.follow_up}, beyond chance and being busy."
        ]
    sentences.append(_who(study, few))
    return sentences


def _sentence(row: pd.Series, study: EarlyStudy, outcome: str, few: int) -> str:
    others = _share(1 - row["npv"], row["customers"] - row["reached"], few)
    return (
        f"{_share(row['ppv'], row['reached'], few).capitalize()} of about "
        f"{_near(row['reached'], few)} newcomers with {event_words(row['event'])} at least "
        f"{_times(int(row['threshold']))} in their first {study.days} days {outcome} by day "
        f"{study.follow_up}, against {others} of the others. {percent(row['reach'])} get that "
        "far; that it causes the return is not shown."
    )


def _who(study: EarlyStudy, few: int) -> str:
    text = (
        f"{_people(study.judged, few).capitalize()} of {_people(study.newcomers, few)} newcomers "
        f"were followed long enough and compared; {_people(study.too_recent, few)} came too "
        "recently to tell"
    )
    if not study.left_out:
        return f"{text}."
    early = f"in their first {study.days} days"
    others = _people(study.left_out, few)
    if study.again:
        return f"{text}, and {others} without a success {early} are left out."
    return (
        f"{text}, and {others} with a success {early} already are left out: what they did then may "
        "follow from it."
    )


def _people(number: int, few: int) -> str:
    if 0 < number < few:
        return f"under {few}"
    return f"about {_near(number, few)}" if number else "none"


def _near(number: float, few: int) -> str:
    return count(int(rounded(pd.Series([int(number)]), limit=few).fillna(few).iloc[0]))


def _share(share: float, people: float, few: int) -> str:
    """Return a share of people, without telling of the few who did, or who did not."""
    did = round(share * people)
    if people - did < few:
        return "all or nearly all"
    return "none or few" if did < few else percent(share)


def _times(threshold: int) -> str:
    return "once" if threshold == 1 else f"{count(threshold)} times"
