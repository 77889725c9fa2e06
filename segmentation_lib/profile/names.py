"""Names for segments: what people gave them, else a suggestion from their strongest traits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.claims import claims_of
from segmentation_lib.profile.traits import strongest_traits
from segmentation_lib.profile.wording import quantity
from segmentation_lib.words import feature_words

__all__ = ["name_warnings", "suggest_names"]

_PLAIN = "Close to average"
# Smaller differences are small by Cohen (1988): they bear no name.
_BEARS_A_NAME = 0.2
_WARNINGS = ["segment_id", "name", "claim", "feature", "mean", "base_mean", "difference", "kind",
             "sentence"]  # fmt: skip


def suggest_names(
    traits: pd.DataFrame,
    segment_ids: Iterable[str],
    *,
    given: Mapping[str, str | None] | None = None,
) -> dict[str, str]:
    """Give every segment a name that no other segment has.

    A name given by a person stays; if two segments were given the same one, the later ID is added
    to the second. Otherwise the two strongest traits make the name, such as
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
    names = _told_apart({key: people[key] for key in ids if key in people})
    taken = {_words(name) for name in (*people.values(), *names.values())}
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


def name_warnings(
    names: Mapping[str, str], traits: pd.DataFrame, *, currency: str = ""
) -> pd.DataFrame:
    """Find names that promise what the numbers do not show, such as ``At risk`` for recent buyers.

    Args:
        names: Name by segment ID.
        traits: The artefact ``traits``; what it does not hold cannot be checked.
        currency: Three-letter code of the amounts.

    Returns:
        A row per broken promise, by segment and place in the name: ``segment_id, name, claim``
        (the words), ``feature, mean, base_mean, difference, kind`` and ``sentence``.
        ``contradicted`` says that the trait lies on the other side of all customers;
        ``unsupported`` that it lies within a fifth of a standard deviation of them.
    """
    rows = []
    for segment_id, name in sorted(names.items()):
        own = traits[traits["segment_id"] == segment_id].drop_duplicates("feature")
        known = own.set_index("feature").to_dict("index")
        for claim in claims_of(name):
            trait = known.get(claim.feature)
            if trait is None or pd.isna(trait["difference"]):
                continue
            shown = float(trait["difference"]) * (1 if claim.high else -1)
            if shown >= _BEARS_A_NAME:
                continue
            printed = (trait["mean"] - trait["base_mean"]) * (1 if claim.high else -1)
            against = shown <= -_BEARS_A_NAME or printed < 0
            kind = "contradicted" if against else "unsupported"
            sentence = _warning(segment_id, name, claim.words, claim.feature, trait,
                                high=claim.high, kind=kind, currency=currency)  # fmt: skip
            rows.append([segment_id, name, claim.words, claim.feature, trait["mean"],
                         trait["base_mean"], trait["difference"], kind, sentence])  # fmt: skip
    return pd.DataFrame(rows, columns=_WARNINGS)


def _warning(
    segment_id: str,
    name: str,
    words: str,
    feature: str,
    trait: Mapping[Hashable, Any],
    *,
    high: bool,
    kind: str,
    currency: str,
) -> str:
    unit = trait.get("unit", "")
    unit = "" if pd.isna(unit) else str(unit)
    mean = quantity(float(trait["mean"]), unit, currency)
    base = quantity(float(trait["base_mean"]), unit, currency, named=False)
    wanted = "higher" if high else "lower"
    lies = "" if kind == "contradicted" else ", little apart"
    return (
        f"{segment_id} is called “{name}”, but its {feature_words(feature)} is {mean} on average, "
        f"against {base} for all customers{lies}; “{words}” promises a {wanted} one. "
        "Rename the segment, or look at it again."
    )


def _told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Add the ID to a name that an earlier segment has."""
    taken: set[frozenset[str]] = set()
    result = {}
    for segment_id, name in sorted(names.items()):
        result[segment_id] = f"{name} ({segment_id})" if _words(name) in taken else name
        taken.add(_words(name))
    return result


def _joined(words: list[str]) -> str:
    text = ", ".join(words) or _PLAIN
    return text[0].upper() + text[1:]


def _words(name: str) -> frozenset[str]:
    """Return what a reader remembers of a name: its words, in any order and case."""
    return frozenset(name.casefold().split(", "))
