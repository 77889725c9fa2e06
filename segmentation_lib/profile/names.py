"""Names for segments: what people gave them, else a suggestion from their strongest traits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd

from segmentation_lib.profile.traits import strongest_traits

__all__ = ["suggest_names"]

_PLAIN = "Close to average"


def suggest_names(
    traits: pd.DataFrame,
    segment_ids: Iterable[str],
    *,
    given: Mapping[str, str | None] | None = None,
) -> dict[str, str]:
    """Give every segment a name that no other segment has.

    A name given by a person stays. Otherwise the two strongest traits make the name, such as
    ``Frequent, discount-seeking``; where two segments would share it, a third trait is added to
    both, then a fourth, and at last the ID.

    Args:
        traits: The artefact ``traits``; only segmenting features make names.
        segment_ids: The segments to name.
        given: Names given by people, by segment ID; empty ones count as not given. Names of
            segments that are not to be named, such as retired ones, are not used again.

    Returns:
        Name by segment ID, in order of ID.
    """
    ids = sorted(set(segment_ids))
    people = {key: name for key, name in (given or {}).items() if name}
    names = {segment_id: people[segment_id] for segment_id in ids if segment_id in people}
    taken = {_words(name) for name in people.values()}
    phrases = {
        segment_id: [phrase.text for _, phrase in strongest_traits(traits, segment_id, limit=4)]
        for segment_id in ids
        if segment_id not in names
    }
    for depth in (2, 3, 4):
        drafts = {key: _joined(words[:depth]) for key, words in phrases.items()}
        uses = Counter(_words(draft) for draft in drafts.values())
        settled = {
            key: draft
            for key, draft in drafts.items()
            if uses[_words(draft)] == 1 and _words(draft) not in taken
        }
        names.update(settled)
        taken.update(_words(name) for name in settled.values())
        phrases = {key: words for key, words in phrases.items() if key not in settled}
    names.update({key: f"{_joined(words[:2])} ({key})" for key, words in phrases.items()})
    return dict(sorted(names.items()))


def _joined(words: list[str]) -> str:
    text = ", ".join(words) or _PLAIN
    return text[0].upper() + text[1:]


def _words(name: str) -> frozenset[str]:
    """Return what a reader remembers of a name: its words, in any order and case."""
    return frozenset(name.casefold().split(", "))
