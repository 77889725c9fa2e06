"""What is kept, made anew or chosen anew, and why: in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from segmentation_lib.stats.events import Event
from segmentation_lib.stats.intervals import Interval
from segmentation_lib.words import feature_words, listing

__all__ = [
    "agreement_words",
    "drift_words",
    "event_list",
    "feature_change",
    "gain_words",
    "held_sentence",
    "ids_words",
    "outgrown_words",
    "refresh_sentence",
    "returns_words",
    "surer_words",
]

_MOST_NAMED = 3


def feature_change(names: Sequence[str]) -> str:
    """Say which features are gone or read in another way.

    >>> feature_change(["recency"])
    'The segments in use were made of features that have changed: recency in days.'
    """
    words = [feature_words(name) for name in names[:_MOST_NAMED]]
    if len(names) > _MOST_NAMED:
        words.append(f"{len(names) - _MOST_NAMED} more")
    return f"The segments in use were made of features that have changed: {listing(words)}."


def event_list(events: Sequence[Event], ids: Sequence[str]) -> str:
    """Say what happened to the segments, a short sentence each; empty where nothing did.

    >>> event_list([Event("merged", 1, 0, 0.0)], ["S01", "S02"])
    'S02 has dissolved into S01.'
    """
    said = {
        "merged": "{segment} has dissolved into {into}.",
        "died": "{segment} has ended.",
        "split": "{segment} has split: {share:.0%} of all customers now stand apart from it.",
        "new": "A new group has appeared: {share:.0%} of all customers, most of them newcomers.",
    }
    return " ".join(
        said[event.kind].format(segment=ids[event.segment], into=ids[event.into], share=event.share)
        for event in events
    )


def drift_words(moved: Sequence[str], size: float) -> str:
    """Say in which features all customers moved together; empty where they did not."""
    if not moved:
        return ""
    words = listing([feature_words(name) for name in moved[:_MOST_NAMED]])
    return (
        f"Customers of all segments have moved together since the model was made, most in {words} "
        f"(by {size:.2f} standard deviations)."
    )


def agreement_words(agreement: float, bar: float) -> str:
    """Say that a fresh fit gives other segments."""
    return (
        f"Segments made anew are others than those in use: they agree by {agreement:.2f} of 1, "
        f"and chance alone leaves at least {bar:.2f}."
    )


def returns_words(measured: str, bar: float, *, fell: bool) -> str:
    """Say that as many segments hardly come back on other halves of the customers.

    Args:
        measured: The prediction strengths in words.
        bar: What is clearly too little.
        fell: Whether they did last quarter.
    """
    when = "they hardly come back any more" if fell else "as many segments hardly come back"
    return (
        f"On other halves of the customers {when} (prediction strength {measured}; under {bar:.2f} "
        "is clearly too little)."
    )


def surer_words(k: int, strength: float, before: float) -> str:
    """Say that segments made anew come back, where as many as before do not.

    >>> surer_words(4, 0.961, 0.52)
    'On other halves of the customers 4 segments come back (prediction strength 0.96, not 0.52).'
    """
    return (
        f"On other halves of the customers {k} segments come back (prediction strength "
        f"{strength:.2f}, not {before:.2f})."
    )


def gain_words(gain: Interval) -> str:
    """Say how much better new segments describe customers who had no part in making them.

    >>> gain_words(Interval(0.042, 0.03, 0.054, 0.95))
    'another 4.2% of the differences between customers (95% interval: 3.0% to 5.4%)'
    >>> gain_words(Interval(0.001, -0.002, 0.004, 0.95))
    'between 0.2% less and 0.4% more of the differences between customers (95% interval)'
    """
    what = "of the differences between customers"
    if gain.low > 0:
        ends = f"{gain.low:.1%} to {gain.high:.1%}"
        return f"another {gain.value:.1%} {what} (95% interval: {ends})"
    return f"between {_more(gain.low)} and {_more(gain.high)} {what} (95% interval)"


def _more(share: float) -> str:
    return f"{abs(share):.1%} {'less' if share < 0 else 'more'}"


def ids_words(kept: int, k: int) -> str:
    """Say how many of the new segments carry an ID that people know.

    >>> ids_words(6, 6), ids_words(4, 5)
    ('All 6 segments keep their IDs.', '4 of 5 segments keep their IDs.')
    """
    if kept == k:
        return f"All {k} segments keep their IDs."
    return f"{kept} of {k} segments keep their IDs." if kept else "No segment keeps its ID."


def outgrown_words(k: int) -> str:
    """Say why the number of segments was chosen anew although nothing asked for another one."""
    return (
        f"As many as before, {k}, no longer come back on other halves of the customers with each "
        "large enough, so their number was chosen anew."
    )


def held_sentence(k: int, strength: float, bar: float, jaccard: float = math.nan) -> str:
    """Say why the number of segments is last quarter's.

    Args:
        k: The number.
        strength: Its prediction strength on today's customers.
        bar: The one that is asked for.
        jaccard: What admits them a little under the bar: the least overlap of a segment with its
            copies in bootstrap samples; NaN where it does not.
    """
    asked = f"at least {bar:.2f} is asked for"
    if strength >= bar:
        back = f"come back (prediction strength {strength:.2f}; {asked})"
    elif math.isnan(jaccard):
        less = "come back less surely than is asked for"
        back = f"{less} (prediction strength {strength:.2f}; {asked})"
    else:
        back = (
            f"come back (prediction strength {strength:.2f}, a little under {bar:.2f}, but a "
            f"Jaccard of {jaccard:.2f} or more in refits)"
        )
    return (
        f"{k} segments, as last quarter: their number changes only when segments split, merge, end "
        "or appear, or no longer do what they are for, or when a person asks for it. On other "
        f"halves of the customers they {back}."
    )


def refresh_sentence(
    decision: str,
    *,
    asked: bool = False,
    impossible: bool = False,
    fired: int = 0,
    why_not: str = "",
    ids: str = "",
) -> str:
    """Say in one paragraph what becomes of last quarter's segments.

    Args:
        decision: ``first``, ``keep``, ``refit`` or ``resegment``.
        asked: Whether a person asked for it.
        impossible: Whether the old ones cannot be kept, as their features have changed.
        fired: Number of triggers that fired.
        why_not: Why what was made anew is not proposed; empty where nothing was called for.
        ids: What `ids_words` returned.
    """
    if decision == "first":
        return "This is the first quarter: there are no earlier segments to keep."
    if decision == "keep":
        told = "The same model places everyone again, so that each segment means what it meant."
        if asked:
            return f"We keep last quarter's segments, because a person asked for it. {told}"
        if not fired:
            return f"We keep last quarter's segments: nothing calls for new ones. {told}"
        return (
            f"We keep last quarter's segments. Something calls for new ones, but {why_not}. {told}"
        )
    new = (
        "We propose to make last quarter's segments anew"
        if decision == "refit"
        else "We propose new segments"
    )
    because = "something calls for it, and those made anew are better"
    if impossible:
        because = "the features that the old ones were made of have changed"
    elif asked:
        because = "a person asked for it"
    return f"{new}: {because}. {ids} They become official when a person adopts them."
