"""Whom to treat in sentences: for whom it pays, beside customers picked at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from segmentation_lib.implement.effects.choice import Choice
from segmentation_lib.implement.effects.held_out import HeldOutTargeting
from segmentation_lib.implement.effects.targeting import LEAVE, TREAT, UNKNOWN, targeting
from segmentation_lib.implement.effects.words import figure_words
from segmentation_lib.profile.wording import plural, titled
from segmentation_lib.words import listing

__all__ = ["choice_sentences"]

Say = Callable[[float], str]


def choice_sentences(
    choice: Choice, *, names: Mapping[str, str] | None = None, currency: str = ""
) -> list[str]:
    """Say whom treating pays for, beside as many customers picked at random.

    Args:
        choice: What `choose_targets` returned.
        names: Names of the segments.
        currency: Three-letter code.
    """
    if choice.reason:
        return [f"Nobody is singled out. {choice.reason}"]
    money, returns = figure_words(currency), choice.returns
    said = []
    if choice.guardrails == "broken":
        said.append("Treat nobody yet: another outcome suffered in the experiment (see above).")
    if not choice.differ and returns["cost"].nunique() == 1:
        said.append(_one_answer(returns, money))
    else:
        said += _by_segment(returns, choice.differ, money, names or {})
    return [*said, _held_out_sentence(choice.held_out, money)]


def _one_answer(returns: pd.DataFrame, money: Say) -> str:
    """Where segments share the effect and the cost, they share the answer."""
    row = returns.iloc[0]
    answers = {
        TREAT: "treating pays in all of them alike",
        LEAVE: "treating costs more than it returns in all of them alike",
        UNKNOWN: "treating is not shown to pay in any of them",
    }
    return (
        "Segments are not shown to differ in what treating does, so they do not say whom to "
        f"treat: {answers[str(row['choice'])]} ({money(row['return'])} per customer after the "
        f"cost, 95% interval {money(row['return_low'])} to {money(row['return_high'])})."
    )


def _by_segment(
    returns: pd.DataFrame, differ: bool, money: Say, names: Mapping[str, str]
) -> list[str]:
    paying = returns[returns["choice"] == TREAT]
    said = ["In no segment is treating shown to return more than it costs."]
    if len(paying):
        parts = [
            f"{titled(str(row['segment_id']), names)} ({money(row['return'])} per customer, "
            f"95% interval {money(row['return_low'])} to {money(row['return_high'])})"
            for row in paying.to_dict("records")
        ]
        sums = targeting(returns, shared=not differ)
        said = [
            f"After its cost, treating pays in {listing(parts)}.",
            f"Treating these {plural(sums.customers, 'customer')} returns "
            f"{money(sums.chosen.value)} (95% interval {money(sums.chosen.low)} to "
            f"{money(sums.chosen.high)}); as many picked at random return "
            f"{money(sums.at_random.value)} ({money(sums.at_random.low)} to "
            f"{money(sums.at_random.high)}). The first figure flatters: the same customers chose "
            "the segments and were counted.",
        ]
    kinds = ((LEAVE, "Treating costs more than it returns in {}."),
             (UNKNOWN, "Not known for {}: there the interval holds 0."))  # fmt: skip
    for kind, words in kinds:
        own = returns.loc[returns["choice"] == kind, "segment_id"].astype("str")
        said += [words.format(listing([titled(name, names) for name in own]))] if len(own) else []
    return said


def _held_out_sentence(held_out: HeldOutTargeting | None, money: Say) -> str:
    if held_out is None:
        return (
            "There are too few customers to choose segments on one half and to judge the choice "
            "on the other."
        )
    area = held_out.qini
    shown = "return more" if held_out.beats_random else "are not shown to return more"
    return (
        f"Judged on customers who had no say in the choice, the best segments first {shown} than "
        "as many customers picked at random (on average over how many are treated, "
        f"{money(area.value)} per customer of all, 95% interval {money(area.low)} to "
        f"{money(area.high)})."
    )
