"""The one table of words: everything of the catalogue has some, and words stay as they are."""

from __future__ import annotations

import doctest

import pytest

from segmentation_lib import words
from segmentation_lib.prepare.catalogue import STANDARD
from segmentation_lib.prepare.families import FAMILIES
from segmentation_lib.prepare.outcomes import OUTCOMES

PLAIN = {"sessions"}


def test_examples_in_the_docstrings():
    result = doctest.testmod(words)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("name", sorted({feature.name for feature in STANDARD} - PLAIN))
def test_every_feature_of_the_catalogue_has_words(name):
    assert words.feature_words(name) == words._FEATURES[name]
    assert "_" not in words.feature_words(name)


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
def test_every_family_has_words_for_its_levels(family):
    said = words.feature_words(f"{family}_add_to_cart")
    assert "add to cart" in said
    assert said != f"{family}_add_to_cart".replace("_", " ")


@pytest.mark.parametrize("kpi", sorted(OUTCOMES))
def test_every_outcome_has_words_that_stay(kpi):
    assert words.kpi_name(kpi) == words.kpi_words(kpi) == words._KPIS[kpi]
    assert words.kpi_name(words.kpi_name(kpi)) == words.kpi_name(kpi)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("region=(missing)", "region: not known"),
        ("region=(other)", "region: other"),
        ("acquisition_channel=North_East", "acquisition channel: North_East"),
        ("channel_share_other", "share of orders by other channels"),
        ("channel_share", "channel share"),
        ("days between orders", "days between orders"),
        ("S01", "S01"),
    ],
)
def test_levels_are_kept_to_the_letter(name, said):
    assert words.feature_words(name) == said
