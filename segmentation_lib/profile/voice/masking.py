"""Personal data in people's own words, masked before anybody reads them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

__all__ = ["MASK", "mask_personal"]

MASK = re.compile(r"\[(?:e-mail|link|handle|account|date|number|postcode|customer|name)\]")

# In this order: what looks like two things is masked as the first. Addresses go before names, so
# that no part of an address is taken for a name; numbers go after ids.
_ADDRESSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail", re.compile(
        r"[\w.+'-]+\s?(?:@|[\[({]\s?at\s?[\])}])\s?[\w-]+(?:\s?(?:\.|[\[({]\s?dot\s?[\])}])\s?\w[\w-]*)+",
        re.IGNORECASE,
    )),
    ("link", re.compile(
        r"(?:https?://|www\.)\S*[\w/]"
        r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|info|io|co|uk|de|ch|at|fr|it|es|nl|eu)\b(?:/\S*)?",
        re.IGNORECASE,
    )),
    ("handle", re.compile(r"(?<![\w@])@\w[\w.]*\w")),
)  # fmt: skip
_NUMBERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("account", re.compile(
        r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?\b"
    )),
    ("date", re.compile(r"\b(?:\d{1,2}([./-])\d{1,2}\1\d{2,4}|\d{4}-\d{2}-\d{2})\b")),
    ("number", re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?!\w)")),
    ("number", re.compile(r"(?<!\w)(?:\+\s?|\()?\d(?:[\s()./-]{0,3}\d){6,14}(?!\w)")),
    ("number", re.compile(r"(?<![\w.,])#?[A-Za-z]{0,4}-?\d{5,}(?!\w)")),
    ("postcode", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")),
)  # fmt: skip
# Shorter ids are ordinary numbers; shorter names are also words, and need their capital.
_SHORTEST_ID, _SHORTEST_NAME = 4, 4
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
# What is said just before a person's name.
_ADDRESSED = re.compile(
    r"((?i:\b(?:mr|mrs|ms|miss|dr|prof|herr|frau|madame|monsieur|dear|my name is|i am called|"
    r"sincerely)\.?,?\s+))(?:[A-ZÀ-Þ][\w'’-]+)(?:\s+[A-ZÀ-Þ][\w'’-]+)?"
)
_POSSESSIVE = re.compile(r"['’]s$")


def mask_personal(
    texts: Iterable[str], *, ids: Collection[str] = (), names: Collection[str] = ()
) -> list[str]:
    """Mask what names or reaches a person: addresses, links, numbers, ids and names.

    E-mail addresses (also written with ``(at)``), links, handles, bank accounts, card and other
    long numbers, telephone numbers, full dates, British postcodes, the customer ids and names
    that are handed in, and a name after a form of address. No rule finds everything: a person
    should read a quote before it is published.

    Args:
        texts: What people wrote.
        ids: Customer ids; those of fewer than four characters are ordinary numbers and stay.
        names: Names of people, each word of which is masked; words of four letters or more
            whatever their case.

    Returns:
        The texts with masks such as ``[e-mail]``.

    >>> mask_personal(["Ring 020 7946 0018 or jo@example.com, Mrs Smith."])
    ['Ring [number] or [e-mail], Mrs [name].']
    """
    known = {value.casefold(): "[customer]" for value in ids if len(value) >= _SHORTEST_ID}
    for name in names:
        for word in _WORD.findall(name):
            known[word.casefold() if len(word) >= _SHORTEST_NAME else word] = "[name]"
    return [_masked(text, known) for text in texts]


def _masked(text: str, known: dict[str, str]) -> str:
    # A mask that the writer typed would look like one of ours, and is no harm.
    for kind, pattern in _ADDRESSES:
        text = pattern.sub(f"[{kind}]", text)
    if known:
        text = _WORD.sub(lambda word: _known(word[0], known), text)
    for kind, pattern in _NUMBERS:
        text = pattern.sub(f"[{kind}]", text)
    return _ADDRESSED.sub(r"\1[name]", text)


def _known(word: str, known: dict[str, str]) -> str:
    plain = _POSSESSIVE.sub("", word)
    return known.get(plain, known.get(plain.casefold(), word))
