"""The words of an answer: single words and pairs, without those that everybody uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from segmentation_lib.profile.voice.masking import MASK

__all__ = ["Language", "answer_length", "answer_words", "stop_words"]

Language = Literal["en", "none"]

# A pair of words does not reach over the end of a clause.
_CLAUSE_END = re.compile(r"[.!?;:,()\"“”\n\r/|]+|\s[-–—]\s")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SHORTEST = 3
# Tells something in a pair only.
_IN_PAIRS = frozenset({"not"})
# "not" is missing here: "not work" says the opposite of "work".
_ENGLISH = frozenset(
    """
    a about after again all also am an and any are aren't as at back be because been before
    being both but by can can't cannot could couldn't did didn't do does doesn't doing don't
    done during each either else even ever every few for from further get gets getting go goes
    going gone got had hadn't has hasn't have haven't having he he's her here hers herself him
    himself his how however i i'd i'll i'm i've if in into is isn't it it's its itself just let
    let's like made make makes many may me might more most much must my myself no nor now of off
    often on once one only or other others our ours ourselves out over own per perhaps quite
    rather really same shall she she's should shouldn't since so some something still such than
    that that's the their theirs them themselves then there there's these they they're they've
    this those though through thus to too under until up upon us used using very via was wasn't
    we we're we've were weren't what what's when where whether which while who who's whom whose
    why will with within without won't would wouldn't yet you you'd you'll you're you've your
    yours yourself yourselves
    """.split()  # noqa: SIM905
)


def stop_words(language: Language) -> frozenset[str]:
    """Return the words that say nothing by themselves.

    Args:
        language: ``en`` for English, ``none`` for no such list.
    """
    return _ENGLISH if language == "en" else frozenset()


def answer_words(text: str, *, language: Language = "en") -> frozenset[str]:
    """Return the different words and pairs of neighbouring words of an answer, in lower case.

    Args:
        text: An answer, masked.
        language: Which words are left out; a pair that holds one of them is left out too.

    >>> sorted(answer_words("The voucher code did not work. Voucher!"))
    ['code', 'not work', 'voucher', 'voucher code', 'work']
    """
    return frozenset(word for words in _telling(text, language) for word in words)


def answer_length(text: str, *, language: Language = "en") -> tuple[int, int]:
    """Return how many words and how many pairs of words an answer holds, repeats included.

    Args:
        text: An answer, masked.
        language: Which words are left out; a pair that holds one of them is left out too.

    >>> answer_length("The voucher code did not work. Voucher!")
    (4, 2)
    """
    singles, pairs = _telling(text, language)
    return len(singles), len(pairs)


def _telling(text: str, language: Language) -> tuple[list[str], list[str]]:
    """Single words and pairs of an answer, in their order."""
    stops = stop_words(language)
    singles: list[str] = []
    pairs: list[str] = []
    for words in _clauses(text):
        telling = [word not in stops and len(word) >= _SHORTEST for word in words]
        singles.extend(
            word
            for word, tells in zip(words, telling, strict=True)
            if tells and word not in _IN_PAIRS
        )
        pairs.extend(
            f"{first} {second}"
            for place, (first, second) in enumerate(pairwise(words))
            if telling[place] and telling[place + 1]
        )
    return singles, pairs


def _clauses(text: str) -> Iterator[list[str]]:
    for clause in _CLAUSE_END.split(MASK.sub(" . ", text)):
        yield [word.casefold().replace("’", "'") for word in _WORD.findall(clause)]
