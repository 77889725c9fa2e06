"""What the tests for groups say, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from segmentation_lib.stats.existence import GapTest, StructureTest
from segmentation_lib.words import feature_words, listing

__all__ = ["ExistenceLabel", "label_sentence", "modes_sentence", "samples_sentence"]

ExistenceLabel = Literal["natural", "overlapping", "slices", "constructive"]

_SENTENCES = {
    "natural": "There are gaps between groups of customers, confirmed on customers held back "
    "from the search.",
    "overlapping": "There is more than one group of customers, but no clean gap between them: "
    "where one segment ends and the next begins is a choice.",
    "slices": "The same cuts come back, but nothing speaks against one continuous crowd: the "
    "segments are tiers, a convenience.",
    "constructive": "Other samples of the same customers give other segments: there are none "
    "here, so do not name any.",
}
_TWO = 2
_UNSTABLE_STRUCTURE = (
    "There is more than one group of customers, but other samples give other segments than these: "
    "there are none here that would last, so do not name any."
)
_NOT_ASSESSED = (
    "Whether there are groups was not tested: that takes at least two features that are numbers, "
    "because a category, or a yes and no, has gaps by its nature."
)


def label_sentence(
    label: ExistenceLabel,
    structure: StructureTest | None,
    level: float,
    *,
    gap: GapTest | None = None,
    two_modes: Sequence[str] = (),
    groups: int | None = None,
    segments: int | None = None,
) -> str:
    """Say what a label means.

    Args:
        label: The label.
        structure: Test against one crowd; None if it was not made.
        level: Level of the test.
        gap: Test for a gap on customers held back; None if it was not made.
        two_modes: Features that fall into two parts by themselves.
        groups: Groups that stand apart at least; None if that was not tested.
        segments: Number of segments.
    """
    if structure is None:
        known = (
            _SENTENCES["constructive"] if label == "constructive" else "The same cuts come back."
        )
        return f"{known} {_NOT_ASSESSED}"
    if label == "constructive" and structure.p_value <= level:
        return _UNSTABLE_STRUCTURE
    if label == "slices":
        return _slices_sentence(gap is not None and gap.p_value <= level, two_modes)
    if label == "natural" and groups is not None and segments is not None and groups < segments:
        return _finer_sentence(groups, segments)
    return _SENTENCES[label]


def _slices_sentence(gap_found: bool, two_modes: Sequence[str]) -> str:
    """Say that the test against one crowd did not reject it, beside what the others found."""
    if two_modes:
        named = listing([feature_words(name) for name in two_modes])
        one = len(two_modes) == 1
        start = "One feature alone splits" if one else "Single features alone split"
        return (
            f"The same cuts come back. {start} the customers ({named}); beyond that, nothing "
            "speaks against one continuous crowd: the segments are tiers, a convenience."
        )
    if gap_found:
        return (
            "The same cuts come back. Customers held back show a gap, but all in all these "
            "customers are not clearly unlike one crowd: take the segments as tiers, a "
            "convenience."
        )
    return _SENTENCES["slices"]


def _finer_sentence(groups: int, segments: int) -> str:
    if groups < _TWO:
        return (
            "There are gaps between groups of customers, confirmed on customers held back from "
            f"the search, but no border between two of the {segments} segments is confirmed to "
            "run along one."
        )
    return (
        f"There are at least {groups} groups with gaps between them, confirmed on customers held "
        f"back. Some of the {segments} segments may be parts of one group: between these, no gap "
        "was confirmed."
    )


def modes_sentence(features: Sequence[str], label: ExistenceLabel) -> str:
    """Say which features fall into two parts by themselves; empty if none does.

    Args:
        features: Their names.
        label: The label of all features together: without groups, the parts are a finding.

    >>> modes_sentence(["discount_share"], "natural")
    'Taken alone, this feature already falls into two parts: share bought at a discount.'
    """
    if not features:
        return ""
    named = listing([feature_words(name) for name in features])
    already = "already " if label in ("natural", "overlapping") else ""
    if len(features) == 1:
        return f"Taken alone, this feature {already}falls into two parts: {named}."
    return f"Taken alone, these features {already}fall into two parts: {named}."


def samples_sentence(structure: StructureTest | None, gap: GapTest | None) -> str:
    """Say on how many customers and crowds the tests were made; empty if none was.

    Args:
        structure: Test against one crowd.
        gap: Test for a gap on customers held back.
    """
    if structure is None or gap is None:
        return ""
    return (
        f"{structure.draws} crowds without groups, compared on {structure.rows:,} "
        f"customers; gaps looked for on {len(gap.p_values)} random halves of {gap.rows:,} "
        "customers."
    )
