"""Numbers in sentences: rounding, units, signs and what is not known."""

from __future__ import annotations

import doctest
import math

import pytest

from segmentation_lib.prepare.catalogue import STANDARD
from segmentation_lib.prepare.families import FAMILIES
from segmentation_lib.profile import phrases, wording


@pytest.mark.parametrize("module", [wording, phrases])
def test_examples_in_the_docstrings(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0%"), (0.0994, "9.9%"), (0.0996, "10%"), (-0.05, "−5.0%"), (1.0, "100%")],
)
def test_percent_rounds_once(share, text):
    assert wording.percent(share) == text


@pytest.mark.parametrize("write", [wording.count, wording.number, wording.percent, wording.amount])
def test_what_is_not_known_is_said(write):
    assert write(math.nan) == "an unknown number"


def test_units_decide_how_a_quantity_is_written():
    assert wording.quantity(1234.0, "GBP", "GBP") == "£1,234"
    assert wording.quantity(12.0, "days", "GBP") == "12.0 days"
    assert wording.quantity(0.05, "share", "GBP") == "5.0%"
    assert wording.quantity(3.0, "", "GBP") == "3.00"


def test_every_feature_of_the_catalogue_has_words_of_its_own():
    for name in {feature.name for feature in STANDARD}:
        fallback = name.replace("_", " ")
        assert trait_words(name)[0] != f"high {fallback}"
        assert trait_words(name)[1] != f"low {fallback}"
    for family in FAMILIES:
        assert trait_words(f"{family.name}_x")[0].split()[0] in {"often", "many"}


def trait_words(feature):
    return tuple(phrases.trait_phrase(feature, high=high).text for high in (True, False))


@pytest.mark.parametrize(
    ("feature", "high", "low"),
    [
        ("channel_share_app", "often by app", "seldom by app"),
        ("visit_channel_share_email", "often via email", "seldom via email"),
        ("event_rate_product_view", "many product view events", "few product view events"),
        ("basket_depth", "high basket depth", "low basket depth"),
        ("frequency", "frequent", "infrequent"),
        ("consent=true", "more often with consent", "seldom with consent"),
        ("consent=false", "seldom with consent", "more often with consent"),
        ("region=(other)", "more often of another region", "seldom of another region"),
        ("region=(missing)", "more often without a known region", "seldom without a known region"),
    ],
)
def test_families_of_features_have_words(feature, high, low):
    assert phrases.trait_phrase(feature, high=True).text == high
    assert phrases.trait_phrase(feature, high=False).text == low
