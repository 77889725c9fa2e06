"""What a feature speaks of: what people value, how they like to be met, or neither."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

__all__ = ["Subject", "subject_of"]

Subject = Literal["value", "reach", ""]

# Families of the catalogue that tell what people look for.
_PREFERENCES = frozenset({"discount", "basket", "breadth", "returns"})
# Families of the catalogue that tell how much and how often, whatever the name of an event is.
_HOW_MUCH = frozenset({"visits", "rhythm", "money", "recency", "tenure", "age"})
_BOUGHT = ("category_share_", "product_share_")
_CONTACT = re.compile(
    r"""
    channel | channels | device | devices | platform | contact | app | apps | web | website |
    online | store | stores | branch | branches | catalogue | catalog | phone | mobile | desktop
    | tablet | mail | email | letter | sms | newsletter | chat | call | calls | social | push |
    browser
    """,
    re.VERBOSE,
)
# Words of an attribute of the customer that says what is looked for; other attributes say who
# somebody is, not what is wanted.
_WANTED = re.compile(
    r"""
    prefer | prefers | preferred | preference | preferences | favourite | favorite | interest |
    interests | style | category | brand | motive | motivation | need | needs | benefit |
    benefits | diet | taste | theme | genre | hobby | product | products | reason
    """,
    re.VERBOSE,
)
# Who somebody is, how much and how often: true of a segment, but no preference.
_NEITHER = re.compile(
    r"""
    age | birth | born | income | salary | wealth | education | children | kids | kidhome |
    teenhome | household | family | gender | sex | marital | married | region | country | city |
    town | postcode | zip | state | district | area | job | occupation | employees | company |
    account | plan | tier | level | consent | sign | signed | signup | joined | acquisition |
    campaign | referral | referrals | since | tenure | recency | last | first | day | days |
    week | weeks | month | months | year | years | frequency | rate | count | number | session |
    sessions | visit | visits | event | events | order | orders | purchase | purchases |
    transactions | revenue | spend | spent | monetary | money | value | margin | profit | amount
    | cost | costs | ticket | tickets | complaint | complaints | score | nps | time | duration |
    minutes | hours | interval | id
    """,
    re.VERBOSE,
)


def subject_of(
    feature: str, family: str = "", *, declared: Mapping[str, Subject] | None = None
) -> Subject:
    """Return which question a feature answers: what they value, or how to reach them.

    What people declared counts first, then the catalogue, then the words of the name: a column of
    one's own called ``store_orders`` tells of a way to meet them, one called ``wine`` of a taste.

    Args:
        feature: Name of the feature; ``feature=level`` for a level of a category.
        family: Family of its phrase, see `trait_phrase`.
        declared: Subject by feature, where people said it.

    >>> subject_of("store_orders"), subject_of("wine"), subject_of("income")
    ('reach', 'value', '')
    >>> subject_of("diet=vegan"), subject_of("region=North"), subject_of("device=tablet")
    ('value', '', 'reach')
    >>> subject_of("region=North", declared={"region": "value"})
    'value'
    """
    name, is_level, _ = feature.partition("=")
    if declared and name in declared:
        return declared[name]
    if family in _HOW_MUCH:
        return ""
    if family in _PREFERENCES or name.startswith(_BOUGHT):
        return "value"
    words = re.split(r"[\W_]+", name.casefold())
    if "acquisition" not in words and any(map(_CONTACT.fullmatch, words)):
        return "reach"
    if is_level:
        return "value" if any(map(_WANTED.fullmatch, words)) else ""
    return "" if any(map(_NEITHER.fullmatch, words)) else "value"
