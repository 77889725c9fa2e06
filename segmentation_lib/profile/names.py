"""Names for segments: what people gave them, else a suggestion from their strongest traits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.claims import claims_of
from segmentation_lib.profile.phrases import trait_phrase
from segmentation_lib.profile.traits import strongest_traits
from segmentation_lib.profile.wording import listing, quantity
from segmentation_lib.words import feature_words

__all__ = ["name_changes", "name_warnings", "stale_words", "suggest_names"]

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
    previous: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Give every segment a name that no other segment has.

    A name given by a person stays; if two segments were given the same one, the later ID is added
    to the second. A name suggested last quarter stays while every word of it is still true, see
    `stale_words`. Otherwise the two strongest traits make the name, such as
    ``Frequent, discount-seeking``; where two segments would share it, a third trait is added to
    both, then a fourth, and at last the ID.

    Args:
        traits: The artefact ``traits``; only segmenting features make names.
        segment_ids: The segments to name.
        given: Names given by people, by segment ID; empty ones count as not given. Names of
            segments that are not to be named, such as retired ones, are not used again.
        previous: Names suggested last quarter that nobody adopted, by segment ID. What one
            segment was called then, no other one is called now.

    Returns:
        Name by segment ID, in order of ID.
    """
    ids = sorted(set(segment_ids))
    people = {key: name for key, name in (given or {}).items() if name}
    names = _told_apart({key: people[key] for key in ids if key in people})
    before = {key: name for key, name in (previous or {}).items() if name and key not in people}
    taken = {_words(name) for name in (*people.values(), *names.values())}
    for key in ids:
        name = before.get(key, "")
        if name and _words(name) not in taken and not stale_words(key, name, traits):
            names[key] = name
            taken.add(_words(name))
    taken |= {_words(name) for key, name in before.items() if key not in ids or key in names}
    others = {key: {_words(name) for other, name in before.items() if other != key} for key in ids}
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
            if uses[_words(draft)] == 1 and _words(draft) not in taken | others[key]
        }
        names.update(settled)
        taken.update(_words(name) for name in settled.values())
        phrases = {key: words for key, words in phrases.items() if key not in settled}
    names.update({key: f"{_joined(words[:2])} ({key})" for key, words in phrases.items()})
    return dict(sorted(names.items()))


def stale_words(segment_id: str, name: str, traits: pd.DataFrame) -> list[str]:
    """Return the words of a suggested name that the data no longer bear.

    A word bears while its trait lies a fifth of a standard deviation or more to its side, in the
    printed means too. That is less than a new name asks for, so a name does not come and go with
    every small change.

    Args:
        segment_id: The segment.
        name: Its name as `suggest_names` once made it.
        traits: The artefact ``traits``.
    """
    rows = traits[(traits["segment_id"] == segment_id) & (traits["role"] == "segmenting")]
    bare = name.removesuffix(f" ({segment_id})")
    if bare == _PLAIN:
        return [bare] if strongest_traits(traits, segment_id, limit=1) else []
    phrases = {
        trait_phrase(str(row["feature"]), high=high).text: (row, high)
        for row in rows.to_dict("records")
        for high in (True, False)
    }
    stale = []
    for words in bare.split(", "):
        row, high = phrases.get(words[:1].lower() + words[1:], phrases.get(words, (None, True)))
        if row is None or pd.isna(row["difference"]) or _broken(row, high=high):
            stale.append(words)
    return stale


def name_changes(
    names: Mapping[str, str], previous: Mapping[str, str], traits: pd.DataFrame
) -> list[str]:
    """Say which suggested names changed since last quarter, and why, a sentence each.

    Args:
        names: What `suggest_names` returned.
        previous: Names suggested last quarter that nobody adopted, by segment ID.
        traits: The artefact ``traits``.
    """
    said = []
    for segment_id, name in sorted(names.items()):
        before = previous.get(segment_id, "")
        if not before or before == name:
            continue
        stale = listing([f"“{words}”" for words in stale_words(segment_id, before, traits)])
        fits = "fits" if stale.count("“") == 1 else "fit"
        why = (
            f"{stale} no longer {fits} its customers" if stale else "another segment has that name"
        )
        said.append(
            f"{segment_id} was called “{before}” last quarter; {why}, so “{name}” is suggested "
            "now. A name that you adopt in segments.yaml stays."
        )
    return said


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
        for claim in claims_of(name, features=map(str, known)):
            trait = known.get(claim.feature)
            if trait is None or pd.isna(trait["difference"]):
                continue
            kind = _broken(trait, high=claim.high)
            if not kind:
                continue
            sentence = _warning(segment_id, name, claim.words, claim.feature, trait,
                                high=claim.high, kind=kind, currency=currency)  # fmt: skip
            rows.append([segment_id, name, claim.words, claim.feature, trait["mean"],
                         trait["base_mean"], trait["difference"], kind, sentence])  # fmt: skip
    return pd.DataFrame(rows, columns=_WARNINGS)


def _broken(trait: Mapping[Hashable, Any], *, high: bool) -> str:
    """How a trait breaks the promise that it is high, or low; empty where it keeps it."""
    side = 1 if high else -1
    shown = float(trait["difference"]) * side
    if shown >= _BEARS_A_NAME:
        return ""
    printed = (trait["mean"] - trait["base_mean"]) * side
    return "contradicted" if shown <= -_BEARS_A_NAME or printed < 0 else "unsupported"


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
