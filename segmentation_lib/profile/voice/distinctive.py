"""The words that a segment's customers use more than everybody else."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

from segmentation_lib.profile.voice.vocabulary import Language, answer_length, answer_words
from segmentation_lib.stats.arrays import IntArray
from segmentation_lib.stats.intervals import holm
from segmentation_lib.stats.log_odds import (
    denser_use_p_values,
    overuse_p_values,
    weighted_log_odds,
)

__all__ = ["distinctive_words"]

_LEAST_PEOPLE = 5
_P = 0.05
# Two words that mostly the same people use say the same.
_SAME_PEOPLE = 0.6
_COLUMNS = ["segment_id", "word", "customers", "wrote", "share", "rest_customers", "rest_wrote",
            "rest_share", "log_odds", "z", "p_value", "p_corrected", "shown", "place"]  # fmt: skip


def distinctive_words(
    answers: pd.DataFrame,
    *,
    language: Language = "en",
    most: int = 8,
    least_people: int = _LEAST_PEOPLE,
) -> pd.DataFrame:
    """Find the words and pairs of words that a segment uses more than the rest.

    Words are ranked by weighted log-odds with an informative prior. A word is distinctive if more
    people of the segment use it (Fisher's exact test), and use it more for how much they write
    (binomial test): the larger p-value of the two counts, with Holm's correction over all words
    and segments. People are counted, not tokens, by the latest answer in which each wrote
    something: who writes more often, or longer answers, uses more of every word. A word counts if
    five people or more of the segment use it.

    Args:
        answers: ``customer_id``, ``segment_id``, ``answered_at``, ``comment``; masked.
        language: Which stop words are left out.
        most: Words shown per segment at most; of words that mostly the same people use, one.
        least_people: Fewest people of a segment who use a word.

    Returns:
        A row per segment and distinctive word, by segment and rank: ``segment_id, word,
        customers`` (of the segment who use it in their latest answer), ``wrote`` (of the segment),
        ``share`` (the one by the other), the same of the rest (``rest_customers, rest_wrote,
        rest_share``), ``log_odds, z, p_value, p_corrected, shown`` and ``place``
        (1 for the first that is shown, 0 if not shown).

    Source: Monroe, Colaresi & Quinn (2008), Fightin' Words.
    """
    latest = _latest(answers)
    texts = latest["comment"]
    ids, groups = np.unique(latest["segment_id"].to_numpy(dtype=str), return_inverse=True)
    if len(ids) < 2:
        return _empty()
    bags = [sorted(answer_words(text, language=language)) for text in texts]
    try:
        counter = CountVectorizer(analyzer=list, binary=True, min_df=least_people)
        used = counter.fit_transform(bags).tocsc()
    except ValueError:
        # Too few words are common enough to count.
        return _empty()
    words = np.asarray(counter.get_feature_names_out(), dtype=object)
    users = np.column_stack(
        [np.asarray((groups == g).astype(np.int64) @ used).ravel() for g in range(len(ids))]
    ).astype(np.int64)
    sizes = np.bincount(groups, minlength=len(ids)).astype(np.int64)
    lengths = np.array([answer_length(text, language=language) for text in texts])
    written = np.stack([lengths[groups == g].sum(axis=0) for g in range(len(ids))], axis=1)
    is_pair = np.array([" " in word for word in words])
    table = _tested(words, ids, users, sizes, written[is_pair.astype(np.int64)])
    table = table[(table["p_corrected"] <= _P) & (table["customers"] >= least_people)]
    # A pair says more than a word of it that scores the same.
    ranked = table.assign(z_shown=table["z"].round(6), pair=table["word"].str.contains(" "))
    ranked = ranked.sort_values(
        ["segment_id", "z_shown", "pair", "word"], ascending=[True, False, False, True],
        ignore_index=True,
    )  # fmt: skip
    named = set(ranked["word"])
    people = {
        word: frozenset(used.indices[used.indptr[place] : used.indptr[place + 1]].tolist())
        for word, place in counter.vocabulary_.items()
        if word in named
    }
    places = [
        place
        for name in sorted(set(ranked["segment_id"]))
        for place in _places(ranked.loc[ranked["segment_id"] == name, "word"], people, most)
    ]
    ranked = ranked.assign(place=pd.Series(places, dtype="int64"))
    return ranked.assign(shown=ranked["place"] > 0)[_COLUMNS]


def _latest(answers: pd.DataFrame) -> pd.DataFrame:
    """The latest answer with words of each customer, in order of segment and customer."""
    written = answers[answers["comment"] != ""]
    ordered = written.sort_values(["segment_id", "customer_id", "answered_at", "comment"])
    return ordered.drop_duplicates(["segment_id", "customer_id"], keep="last")


def _tested(
    words: np.ndarray, ids: np.ndarray, users: IntArray, sizes: IntArray, lengths: IntArray
) -> pd.DataFrame:
    """Every word in every segment; ``lengths`` are words written, or pairs where it is a pair."""
    ratio, z = weighted_log_odds(users, sizes)
    p_values = np.maximum(
        overuse_p_values(users, sizes), denser_use_p_values(users, sizes, lengths)
    )
    corrected = holm(p_values.ravel()).reshape(p_values.shape)
    total, people = users.sum(axis=1, keepdims=True), sizes.sum()
    return pd.DataFrame(
        {
            "segment_id": np.tile(ids, len(words)),
            "word": np.repeat(words, len(ids)),
            "customers": users.ravel(),
            "wrote": np.tile(sizes, len(words)),
            "share": (users / sizes).ravel(),
            "rest_customers": (total - users).ravel(),
            "rest_wrote": np.tile(people - sizes, len(words)),
            "rest_share": ((total - users) / (people - sizes)).ravel(),
            "log_odds": ratio.ravel(),
            "z": z.ravel(),
            "p_value": p_values.ravel(),
            "p_corrected": corrected.ravel(),
        }
    )


def _places(words: pd.Series, people: dict[str, frozenset[int]], most: int) -> list[int]:
    """Rank of each word among those shown; 0 for one that repeats a shown one or comes too late."""
    shown: list[str] = []
    places = []
    for word in words:
        repeats = any(_overlap(people[word], people[other]) >= _SAME_PEOPLE for other in shown)
        if not repeats and len(shown) < most:
            shown.append(word)
        places.append(len(shown) if shown and shown[-1] == word else 0)
    return places


def _overlap(first: frozenset[int], second: frozenset[int]) -> float:
    return len(first & second) / max(min(len(first), len(second)), 1)


def _empty() -> pd.DataFrame:
    table = pd.DataFrame({name: pd.Series(dtype="float64") for name in _COLUMNS})
    kinds = {"segment_id": "str", "word": "str", "shown": "bool", "place": "int64"}
    return table.astype({**kinds, "customers": "int64"})
