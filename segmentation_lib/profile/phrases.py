"""The words for a trait: what people are called when a feature of theirs is high, or low."""

from __future__ import annotations

import re
from dataclasses import dataclass

from segmentation_lib.words import feature_words

__all__ = ["Phrase", "phrases_of_catalogue", "trait_phrase"]


@dataclass(frozen=True)
class Phrase:
    """The words for one trait.

    Attributes:
        text: A few words in lower case, such as ``discount-seeking``.
        family: What the trait is about; two traits of one family say nearly the same.
    """

    text: str
    family: str


# Feature of the catalogue -> words when it is high, words when it is low, family.
_LEXICON = {
    "recency": ("long unseen", "recently active", "recency"),
    "frequency": ("frequent", "infrequent", "rhythm"),
    "inter_purchase_time": ("slow to reorder", "quick to reorder", "rhythm"),
    "monetary": ("high-spending", "low-spending", "money"),
    "average_order_value": ("big-basket", "small-basket", "basket"),
    "category_breadth": ("wide-ranging", "narrow-range", "breadth"),
    "product_breadth": ("buying many products", "buying few products", "breadth"),
    "tenure": ("long-standing", "recently joined", "tenure"),
    "discount_share": ("discount-seeking", "full-price", "discount"),
    "return_rate": ("return-prone", "seldom returning", "returns"),
    "sessions": ("often visiting", "seldom visiting", "visits"),
    "days_active": ("active on many days", "active on few days", "visits"),
    "age": ("older", "younger", "age"),
}
# Family of features, one per level -> words when high, words when low, family.
_LEVELS = {
    "channel_share": ("often by {}", "seldom by {}", "channel"),
    "device_share": ("often on {}", "seldom on {}", "device"),
    "visit_channel_share": ("often via {}", "seldom via {}", "visit channel"),
    "event_rate": ("many {} events", "few {} events", "visits"),
}
_LEVEL = re.compile(f"({'|'.join(_LEVELS)})_(.+)")


def trait_phrase(feature: str, *, high: bool) -> Phrase:
    """Return the words for a feature that is high, or low, compared with the base.

    Args:
        feature: A feature's name, or ``feature=level`` for the share of a level.
        high: Whether the segment lies above the base.

    >>> trait_phrase("discount_share", high=True).text
    'discount-seeking'
    >>> trait_phrase("region=North", high=False).text
    'seldom North'
    >>> trait_phrase("basket_depth", high=True).text
    'high basket depth'
    """
    if feature in _LEXICON:
        above, below, family = _LEXICON[feature]
        return Phrase(above if high else below, family)
    name, found, level = feature.partition("=")
    if found:
        return Phrase(_level_words(_words(name), level, high=high), name)
    if match := _LEVEL.fullmatch(feature):
        above, below, family = _LEVELS[match[1]]
        return Phrase((above if high else below).format(_words(match[2])), family)
    return Phrase(f"{'high' if high else 'low'} {feature_words(feature)}", feature)


def phrases_of_catalogue() -> list[tuple[str, bool, str]]:
    """Return the words for every feature of the catalogue: feature, whether high, words."""
    return [
        (feature, high, words)
        for feature, (above, below, _) in _LEXICON.items()
        for high, words in ((True, above), (False, below))
    ]


def _level_words(name: str, level: str, *, high: bool) -> str:
    often = "more often" if high else "seldom"
    if level in ("true", "yes", "1"):
        return f"{often} with {name}"
    if level in ("false", "no", "0"):
        return f"{'seldom' if high else 'more often'} with {name}"
    if level == "(missing)":
        return f"{often} without a known {name}"
    if level == "(other)":
        return f"{often} of another {name}"
    return f"{often} {level}"


def _words(name: str) -> str:
    return name.replace("_", " ")
