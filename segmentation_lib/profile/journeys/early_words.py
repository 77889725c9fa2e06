"""What is said of early behaviours."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.profile.journeys.early import EarlyStudy
from segmentation_lib.profile.wording import count, percent, plural
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
        few: Smaller counts of people are not told.
    """
    rows = study.behaviours
    found = rows[(rows["verdict"] == "predictive") & (rows["strength"] != "very weak")]
    found = pd.concat([found[found["phi"] > 0], found[found["phi"] <= 0]])
    sentences = [
        f"{percent(row['ppv'])} of {plural(int(row['reached']), 'newcomer')} with "
        f"{event_words(row['event'])} at least {_times(int(row['threshold']))} in their first "
        f"{study.days} days {outcome} by day {study.follow_up}, against "
        f"{percent(1 - row['npv'])} of the others. {percent(row['reach'])} get that far; that it "
        "causes the return is not shown."
        for _, row in found.head(most).iterrows()
    ]
    if not sentences:
        sentences = [
            f"Nothing that newcomers do in their first {study.days} days tells much about "
            f"who {outcome} by day {study.follow_up}, beyond chance and being busy."
        ]
    sentences.append(_who(study, few))
    return sentences


def _who(study: EarlyStudy, few: int) -> str:
    text = (
        f"{count(study.judged)} of {plural(study.newcomers, 'newcomer')} were followed long "
        f"enough and compared; {_people(study.too_recent, few)} came too recently to tell"
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
    return f"under {few}" if 0 < number < few else count(number)


def _times(threshold: int) -> str:
    return "once" if threshold == 1 else f"{count(threshold)} times"
