"""What names promise: words found whole, the longest first, and turned round."""

from __future__ import annotations

import pytest

from segmentation_lib.profile.claims import claims_of
from segmentation_lib.profile.phrases import phrases_of_catalogue


@pytest.mark.parametrize(
    ("name", "promises"),
    [
        ("At risk", [("recency", True)]),
        ("at-risk loyals", [("recency", True), ("frequency", True)]),
        ("Champions", [("monetary", True), ("frequency", True), ("recency", False)]),
        ("Infrequent, full-price", [("frequency", False), ("discount_share", False)]),
        ("High value", [("monetary", True)]),
        ("Low-value bargain hunters", [("monetary", False), ("discount_share", True)]),
        ("New customers", [("tenure", False)]),
        ("Lapsed", [("recency", True)]),
        ("Dormant", [("recency", True)]),
        ("Inactive", [("recency", True)]),
        ("Recently active", [("recency", False)]),
        ("Discount seekers", [("discount_share", True)]),
        ("Long unseen, low-spending", [("recency", True), ("monetary", False)]),
        ("Not at risk", [("recency", False)]),
        ("Non-discount", [("discount_share", False)]),
        ("Seldom vouchers", [("discount_share", False)]),
        ("New York families", []),
        ("Renewed interest", []),
        ("Weekend gardeners", []),
    ],
)
def test_promises_of_names(name: str, promises: list[tuple[str, bool]]):
    assert [(claim.feature, claim.high) for claim in claims_of(name)] == promises


def test_every_phrase_of_the_catalogue_makes_its_own_promise():
    broken = [
        words
        for feature, high, words in phrases_of_catalogue()
        if [(claim.feature, claim.high) for claim in claims_of(words)] != [(feature, high)]
    ]
    assert broken == []
