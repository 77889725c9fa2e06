"""What the membership model found, in words, and what it means for people who have not bought."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.profile.wording import listing, number, percent
from segmentation_lib.stats.intervals import Interval
from segmentation_lib.words import feature_words

__all__ = ["meaning_words", "told_words"]

# Shares of the uncertainty taken away, and what they are called.
_WELL, _PARTLY = 0.3, 0.05
_DESCRIPTORS_NAMED = 3
# A tenth of people with less than half as many again as everywhere is not worth paying for.
_WORTH_AIMING = 1.5


def told_words(
    told: bool, skill: float, right: Interval, chance: float, descriptors: pd.DataFrame
) -> str:
    """Return how well the segments can be told, with the numbers.

    Args:
        told: Whether they can be told at all.
        skill: Share of the uncertainty of the base rates that the model takes away.
        right: Share named right, averaged over the segments.
        chance: What blind guessing would name right.
        descriptors: ``descriptor``, ``used`` and ``told``, the best first.
    """
    used = descriptors[descriptors["used"]]
    tried = listing([feature_words(str(name)) for name in used["descriptor"]])
    judged = (
        f"On customers that the model had not seen, it names {percent(right.value)} right, "
        f"averaged over the segments (95% interval {percent(right.low)} to "
        f"{percent(right.high)}); blind guessing names {percent(chance)}."
    )
    if not told:
        return f"The segments cannot be told from descriptors ({tried}). {judged}"
    strong = used.loc[used["told"], "descriptor"].iloc[:_DESCRIPTORS_NAMED]
    by = f", best by {listing([feature_words(str(name)) for name in strong])}"
    how = "well" if skill >= _WELL else "in part" if skill >= _PARTLY else "only a little"
    return f"The segments can be told {how} from descriptors{by if len(strong) else ''}. {judged}"


def meaning_words(told: bool | None, segments: pd.DataFrame, descriptors: pd.DataFrame) -> str:
    """Return what the finding means for reaching people who are not customers yet.

    Args:
        told: Whether the segments can be told; None if that is not known.
        segments: ``segment_id``, ``base_share``, ``top_tenth_share``, ``lift`` and ``told``.
        descriptors: ``descriptor`` and ``told``, the best first.
    """
    wait = "place new customers by what they do in their first weeks"
    if told is None:
        return f"Until that is known, do not aim advertising at a segment; {wait}."
    aimed = segments[segments["told"].astype("bool")] if told else segments.iloc[:0]
    aimed = aimed[aimed["lift"] >= _WORTH_AIMING].sort_values("lift", ascending=False)
    if aimed.empty:
        little = "Advertising to people who are not customers yet cannot be aimed at a segment"
        return f"{little} by these descriptors; {wait}."
    best = aimed.iloc[0]
    rest = sorted(set(segments["segment_id"]) - set(aimed["segment_id"]))
    whom = listing(sorted(aimed["segment_id"])) if rest else "every segment"
    sentences = [
        f"Advertising to people who are not customers yet can be aimed at {whom}.",
        f"Of the tenth of people that look most like {best['segment_id']}, "
        f"{percent(best['top_tenth_share'])} are in it, {number(best['lift'])} times its share "
        f"among all customers ({percent(best['base_share'])}).",
        "The model knows customers only: whether others who look alike become such customers "
        "is an assumption to be tested.",
    ]
    if rest:
        sentences.append(f"For {listing(rest)}, {wait}.")
    return " ".join(sentences)
