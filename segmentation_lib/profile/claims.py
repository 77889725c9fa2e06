"""What the words of a segment's name promise: which trait, and whether it should be high or low."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from segmentation_lib.profile.phrases import phrases_of_catalogue, trait_phrase

__all__ = ["Claim", "claims_of"]


@dataclass(frozen=True)
class Claim:
    """One promise of a name.

    Attributes:
        words: The words that make it, as they stand in the name.
        feature: The feature it speaks of.
        high: Whether the feature should be high.
    """

    words: str
    feature: str
    high: bool


_LONG_AWAY = ("recency", True)
_RECENT = ("recency", False)
_OFTEN = ("frequency", True)
_SELDOM = ("frequency", False)
_RICH = ("monetary", True)
_POOR = ("monetary", False)
_NEW = ("tenure", False)
_OLD = ("tenure", True)
_DISCOUNT = ("discount_share", True)
_FULL_PRICE = ("discount_share", False)

Promise = tuple[str, bool]
# Words of marketers -> what they promise; several where the word means several things at once.
_WORDS: tuple[tuple[str, tuple[Promise, ...]], ...] = (
    (r"at[ -]risk|slipping( away)?|churn(ing|ers?)?|(about to )?leav(e|ing)|lapsed|lapsing|dormant|"
     r"inactive|sleep(ing|ers?)|hibernating|lost|gone quiet|win[ -]?back|drifting( away)?|fading",
     (_LONG_AWAY,)),
    (r"active|engaged|recent( buyers| customers)?", (_RECENT,)),
    (r"champions?", (_RICH, _OFTEN, _RECENT)),
    (r"loyal(s|ists?)?|frequent(ly)?|regulars?|habitual|heavy (users?|buyers?)|devoted|faithful|"
     r"high[ -]frequency", (_OFTEN,)),
    (r"infrequent(ly)?|occasional(s|ly)?|rare(ly buying)?|one[ -](time|off)( buyers?)?|"
     r"light (users?|buyers?)|low[ -]frequency|sporadic", (_SELDOM,)),
    (r"(high|top|best)[ -](value|valued|spend(ing|ers?)?|worth|customers?)|vips?|big[ -]spend(ing|"
     r"ers?)|whales?|most valuable|valuable|high rollers?", (_RICH,)),
    (r"(low|least)[ -](value|valued|spend(ing|ers?)?|worth|valuable)|small spenders?", (_POOR,)),
    (r"new(comers?|bies?|ly joined)?(?! (york|zealand|england|orleans))|starters?|beginners?|"
     r"just joined", (_NEW,)),
    (r"veterans?|long[ -](time|term|standing)|established|old[ -]timers?", (_OLD,)),
    (r"discount( |-)?(hunters?|seekers?|seeking|buyers?|lovers?)?|bargain( |-)?(hunters?|seekers?)?"
     r"|deal( |-)?(hunters?|seekers?)?|deals|coupons?( clippers?)?|vouchers?|promo(tion)?s?|"
     r"price[ -]sensitive|sale shoppers?", (_DISCOUNT,)),
    (r"full[ -]price", (_FULL_PRICE,)),
    (r"(big|large)[ -](baskets?|tickets?|orders?)",
     (("average_order_value", True),)),
    (r"small[ -](baskets?|tickets?|orders?)",
     (("average_order_value", False),)),
    (r"returners?|returns?|return[ -]prone|send(ing)? back",
     (("return_rate", True),)),
    (r"explorers?|variety[ -]seek(ers?|ing)|wide[ -]ranging|all[ -]rounders?",
     (("category_breadth", True),)),
    (r"(app|mobile)( |-)?(users?|shoppers?|buyers?|first|fans?|lovers?)?",
     (("channel_share_app", True),)),
    (r"browsers?|window[ -]shoppers?|visitors?", (("sessions", True),)),
)  # fmt: skip
_TURNED = re.compile(
    r"\b(not|no|non|never|without|low|lower|less|least|little|seldom|rarely|few|hardly|un)[ -]*$"
)


def claims_of(name: str, *, features: Iterable[str] = ()) -> list[Claim]:
    """Return what a name promises, in the order of its words.

    The longest words that match count: ``infrequent`` is not ``frequent``, and ``full-price`` is
    no price. A word such as ``not``, ``low`` or ``seldom`` before them turns a promise round.

    Args:
        name: Name of a segment.
        features: Features of the data at hand; their own phrases, such as ``often by web``, are
            read as well as those of the catalogue.

    >>> [(claim.words, claim.feature, claim.high) for claim in claims_of("Loyal, at risk")]
    [('Loyal', 'frequency', True), ('at risk', 'recency', True)]
    >>> [(claim.words, claim.high) for claim in claims_of("Seldom discount")]
    [('Seldom discount', False)]
    """
    found: list[tuple[int, int, tuple[Promise, ...]]] = []
    for pattern, promises in _patterns(features):
        for match in pattern.finditer(name):
            found.append((match.start(), match.end(), promises))
    # Longer words first, so that no part of them is read again.
    found.sort(key=lambda item: (item[0] - item[1], item[0]))
    taken: list[tuple[int, int]] = []
    claims: list[tuple[int, Claim]] = []
    for start, end, promises in found:
        if any(start < there[1] and end > there[0] for there in taken):
            continue
        taken.append((start, end))
        before = _TURNED.search(name[:start].casefold())
        words = name[before.start() if before else start : end]
        claims += [
            (start, Claim(words, feature, high != bool(before))) for feature, high in promises
        ]
    return [claim for _, claim in sorted(claims, key=lambda item: item[0])]


def _patterns(features: Iterable[str]) -> list[tuple[re.Pattern[str], tuple[Promise, ...]]]:
    catalogue = [
        (re.escape(text), ((feature, high),)) for feature, high, text in phrases_of_catalogue()
    ]
    own = [
        (re.escape(trait_phrase(feature, high=high).text), ((feature, high),))
        for feature in sorted(set(features))
        for high in (True, False)
    ]
    return [
        (re.compile(rf"(?:(?<![\w-])|(?<=\bnon-))(?:{pattern})(?![\w-])", re.IGNORECASE), promises)
        for pattern, promises in (*_WORDS, *catalogue, *own)
    ]
